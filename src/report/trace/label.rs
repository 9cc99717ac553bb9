//! A hop in words, for the tree on a terminal and for Graphviz.

use super::graph::{Graph, Node};
use super::hop::Facts;
use super::origin::OriginKind;
use crate::model::{EventTime, SourceAddress, grouped, quantity};
use crate::report::lineage::{Kind, role_name};

/// Addresses and keys that are named; of more there is the number.
const NAMED: usize = 3;

/// What a place is called.
pub(super) fn label(graph: &Graph<'_>, place: usize, facts: &Facts<'_>) -> String {
    match graph.node(place) {
        Node::Origin(origin) => match origin.kind {
            OriginKind::NotInRange => "issuer not in range".to_owned(),
            OriginKind::IdentityProvider if origin.provider.is_empty() => {
                format!("identity provider of {}", origin.name)
            }
            OriginKind::IdentityProvider => {
                // The principalId of a web identity begins with its provider.
                let name = origin.name.strip_prefix(origin.provider).unwrap_or(&origin.name);
                format!("identity provider {}: {}", origin.provider, name.trim_start_matches(':'))
            }
            OriginKind::Account => format!("{}, a caller that only its own trail names", origin.name),
            OriginKind::User => format!("user {}", origin.name),
            _ => origin.name.clone().into_owned(),
        },
        Node::Key(key) => format!("access key {}", key.id),
        Node::Credential(credential) => match credential.kind() {
            Kind::Console => format!("console session of {}", facts.principal),
            Kind::UserToken => format!("session token of {}", facts.principal),
            Kind::AssumeRoot => format!("{} by AssumeRoot", facts.principal),
            Kind::Federated if facts.session_name.is_empty() => format!("federated user of {}", facts.principal),
            Kind::Federated => format!("federated user {}", facts.session_name),
            kind => {
                let role = Some(role_name(credential)).filter(|name| !name.is_empty());
                let (role, name) = (role.unwrap_or(&facts.principal), facts.session_name);
                let name = if name.is_empty() { String::new() } else { format!("/{name}") };
                let kind = if kind == Kind::Role { String::new() } else { format!(" ({})", kind.as_str()) };
                format!("{role}{name}{kind}")
            }
        },
    }
}

/// What is known of a place, in lines of phrases.
pub(super) fn lines(graph: &Graph<'_>, place: usize, facts: &Facts<'_>, shown: usize) -> Vec<Vec<String>> {
    let mut lines = match graph.node(place) {
        Node::Origin(_) => vec![Vec::new()],
        Node::Key(_) => vec![creation(facts), used(facts)],
        Node::Credential(_) => vec![issue(facts), names(facts), used(facts)],
    };
    let hidden = facts.issued - shown;
    if let Some(last) = lines.last_mut().filter(|_| hidden > 0) {
        let are = if hidden == 1 { "is" } else { "are" };
        let credentials = quantity(hidden as u64, "other credential");
        last.push(format!("{credentials} issued by it {are} not shown (trace it to see them)"));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn issue(facts: &Facts<'_>) -> Vec<String> {
    let mut line = Vec::new();
    match facts.issued_at {
        Some(at) => line.push(format!("{} {}", facts.issued_event, time(at))),
        None if facts.issued_event.is_empty() => line.push("no issuing record in range".to_owned()),
        None => line.push(facts.issued_event.to_owned()),
    }
    if !facts.issued_from.is_empty() {
        let address = SourceAddress::parse(facts.issued_from).ip().map(|address| facts.named(address));
        line.push(format!("from {}", address.as_deref().unwrap_or(facts.issued_from)));
    }
    if let Some(confidence) = facts.confidence.filter(|_| !facts.issued_event.is_empty()) {
        line.push(confidence.as_str().to_owned());
    }
    if let Some((at, basis)) = facts.expires.and_then(|expires| Some((expires.at?, expires.basis))) {
        let life = facts.issued_at.map(|issued| life(at.seconds() - issued.seconds())).unwrap_or_default();
        let about = if basis == "estimate" { ", an estimate" } else { "" };
        line.push(format!("expires {}{life}{about}", time(at)));
    }
    if let Some(mfa) = facts.mfa {
        let basis = if mfa.basis == "none" { String::new() } else { format!(" ({})", mfa.basis) };
        line.push(format!("MFA {}{basis}", mfa.answer));
    }
    line
}

fn creation(facts: &Facts<'_>) -> Vec<String> {
    let created = facts.issued_at.map(|at| format!("created {} by {}", time(at), facts.issued_by));
    created.into_iter().collect()
}

fn names(facts: &Facts<'_>) -> Vec<String> {
    let mut line = vec![facts.id.clone().into_owned()];
    if !facts.access_key_ids.iter().all(|key| facts.id.starts_with(key)) {
        let keys: Vec<String> = facts.access_key_ids.iter().map(|&key| key.to_owned()).collect();
        line.push(some(&keys, keys.len()));
    }
    if !facts.source_identity.is_empty() {
        line.push(format!("source identity {}", facts.source_identity));
    }
    if !facts.person.is_empty() {
        line.push(format!("on behalf of {}", facts.person));
    }
    line
}

fn used(facts: &Facts<'_>) -> Vec<String> {
    let Some(tally) = facts.tally else { return Vec::new() };
    if tally.events == 0 {
        return vec!["no use counted".to_owned()];
    }
    let number = |count: i64, what: &str| quantity(count.unsigned_abs(), what);
    let mut line = vec![number(tally.events, "event")];
    if tally.errors > 0 {
        line.push(number(tally.errors, "error"));
    }
    match (facts.span.first(), facts.span.last()) {
        (Some(first), Some(last)) if first != last => line.push(format!("{} to {}", time(first), time(last))),
        (Some(first), _) => line.push(format!("at {}", time(first))),
        _ => {}
    }
    if !facts.addresses.is_empty() {
        line.push(format!("from {}", addresses(facts)));
    }
    line
}

/// The addresses, the first of them with what is known of them.
fn addresses(facts: &Facts<'_>) -> String {
    let named: Vec<String> = facts.addresses.iter().take(NAMED).map(|&address| facts.named(address)).collect();
    some(&named, facts.addresses.len())
}

/// `a, b, c +2`: the first of `all`.
fn some(names: &[String], all: usize) -> String {
    let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = all.saturating_sub(NAMED);
    if more == 0 { named } else { format!("{named} +{}", grouped(more)) }
}

fn time(time: EventTime) -> String {
    time.to_string().replace('T', " ")
}

/// ` (12 h)`; nothing for what is no life.
fn life(seconds: i64) -> String {
    match seconds {
        ..=0 => String::new(),
        s if s % 3600 == 0 => format!(" ({} h)", s / 3600),
        s if s > 3600 => format!(" ({} h {} min)", s / 3600, s % 3600 / 60),
        s => format!(" ({} min)", s.div_euclid(60).max(1)),
    }
}
