//! What deserves attention in a session. The severity of a row is that of the worst rule that holds, else info.

use std::net::IpAddr;

use ahash::AHashMap;
use serde_json::{Map, Value, json};

use super::rule_texts as texts;
use super::{Known, Network};
use crate::aggregate::issuances::Issuance;
use crate::model::{EventTime, SourceAddress, grouped, quantity};
use crate::report::addresses::Whereabouts;
use crate::report::lineage::{Kind, is_instance_name, issuing_service};
use crate::report::source_list::address_texts;
use crate::report::{AwsRanges, Finding, Severity};

/// How long after its expiry a call may still be recorded before that is noted, in seconds.
const EXPIRY_SLACK: i64 = 60;

/// A rule, when it holds and what it then says.
pub(super) struct Rule {
    rule: crate::report::Rule,
    holds: fn(&Known<'_>) -> bool,
    /// One sentence about the session.
    says: fn(&Known<'_>) -> String,
}

/// All rules, worst first; the table in the report's help says the same.
pub(super) static RULES: &[Rule] = &[
    Rule {
        rule: texts::ROOT_WITHOUT_MFA,
        holds: |known| is_without_mfa(known) && is_root(known) && is_own(known),
        says: |known| format!("{} was used in a session without MFA", known.principal()),
    },
    Rule {
        rule: texts::CONSOLE_WITHOUT_MFA,
        holds: |known| is_without_mfa(known) && known.kind == Kind::Console && !is_root(known) && !known.enrols,
        says: |known| format!("{} was at the console without MFA", known.principal()),
    },
    Rule { rule: texts::FALSE_INSTANCE_NAME, holds: is_false_instance, says: false_instance_name },
    Rule {
        rule: texts::INSTANCE_IN_NETWORKS,
        holds: |known| is_in_networks(known) && !is_told_of_set(known),
        says: instance_in_networks,
    },
    Rule { rule: texts::USED_ELSEWHERE, holds: |known| known.away.gone > 0, says: used_elsewhere },
    Rule { rule: texts::USED_IN_TURN, holds: |known| known.away.in_turn > 0, says: used_in_turn },
    Rule { rule: texts::IMDS_V1, holds: |known| known.session.ec2_role_deliveries().contains(&"1.0"), says: imds_v1 },
    Rule {
        rule: texts::SESSION_WITHOUT_MFA,
        holds: |known| is_without_mfa(known) && is_persons(known),
        says: |known| format!("{} was used in a session that an IAM user got without MFA", known.principal()),
    },
    Rule { rule: texts::AFTER_EXPIRY, holds: is_used_after_expiry, says: used_after_expiry },
    Rule {
        rule: texts::ACROSS_PRIVATE,
        holds: |known| addresses_across(known) > 0 && !is_told_of_set(known),
        says: used_across_private,
    },
];

/// The rules that hold for `known`, worst first.
fn holding(known: &Known<'_>) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(|rule| (rule.holds)(known))
}

/// The severity of a row: that of the worst rule that holds, else info.
pub(super) fn severity(known: &Known<'_>) -> Severity {
    holding(known).map(|rule| rule.rule.severity).max().unwrap_or(Severity::Info).max(known.of_set)
}

/// The groups of all sessions, by rule, account and principal.
#[derive(Default)]
pub(super) struct Groups<'a>(AHashMap<(&'static str, &'a str, &'a str), Group<'a>>);

/// The sessions of one principal that one rule holds for; together they make one finding.
struct Group<'a> {
    rule: &'static Rule,
    /// The session with most events, then with the smallest id.
    worst: &'a Known<'a>,
    /// The ids of all of them.
    session_ids: Vec<&'a str>,
    events: i64,
}

impl<'a> Groups<'a> {
    /// Adds a session to the groups of the rules that hold for it and gives its severity. Sessions come in the order of
    /// their ids.
    pub fn add(&mut self, known: &'a Known<'a>) -> Severity {
        let mut severity = known.of_set;
        for rule in holding(known) {
            severity = severity.max(rule.rule.severity);
            let key = (rule.rule.id, known.session.account_id(), known.principal());
            let group = self.0.entry(key).or_insert_with(|| Group::new(rule, known));
            group.add(known);
        }
        severity
    }

    /// A finding for each group, in no lasting order.
    pub fn findings(self, aws: Option<&AwsRanges>) -> Vec<Finding> {
        self.0.into_values().map(|group| group.finding(aws)).collect()
    }
}

impl<'a> Group<'a> {
    fn new(rule: &'static Rule, first: &'a Known<'a>) -> Self {
        Self { rule, worst: first, session_ids: Vec::new(), events: 0 }
    }

    fn add(&mut self, known: &'a Known<'a>) {
        let events = |known: &Known<'_>| known.session.tally().events;
        if events(known) > events(self.worst) {
            self.worst = known;
        }
        self.session_ids.push(known.credential.id());
        self.events += events(known);
    }

    /// The finding: about the session where there is one, else about the principal, with the busiest session as example.
    /// With AWS's ranges it says where the addresses are, if it is about those.
    fn finding(self, aws: Option<&AwsRanges>) -> Finding {
        let known = self.worst;
        let mut says = (self.rule.says)(known);
        let is_about_networks = [texts::INSTANCE_IN_NETWORKS.id, texts::USED_ELSEWHERE.id, texts::USED_IN_TURN.id]
            .contains(&self.rule.rule.id);
        let whereabouts = aws.filter(|_| is_about_networks).map(|aws| Whereabouts::of(known.addresses, aws));
        if let Some(sentence) = whereabouts.and_then(|whereabouts| whereabouts.sentence()) {
            says += &format!("; {sentence}");
        }
        let session = known.session;
        let others = self.session_ids.len() - 1;
        let (subject, summary) = match others {
            0 => (known.credential.id().to_owned(), says),
            1 => (known.principal().to_owned(), format!("{says}; so was 1 other session")),
            _ => (known.principal().to_owned(), format!("{says}; so were {others} other sessions")),
        };
        let mut evidence = evidence_of(known);
        evidence.insert("session_id".to_owned(), json!(known.credential.id()));
        evidence.insert("sessions".to_owned(), json!(self.session_ids.len()));
        evidence.insert("session_ids".to_owned(), json!(self.session_ids));
        let (rule, severity) = (self.rule.rule.id, self.rule.rule.severity);
        Finding {
            severity,
            rule,
            account_id: session.account_id().to_owned(),
            subject,
            summary,
            count: self.events,
            evidence,
        }
    }
}

fn evidence_of(known: &Known<'_>) -> Map<String, Value> {
    let credential = known.credential;
    let issuance = credential.issuance();
    let addresses = address_texts(known.addresses);
    let values: [(&str, Value); 16] = [
        ("kind", json!(known.kind.as_str())),
        ("principal", json!(known.session.principal())),
        ("session_name", json!(known.name)),
        ("access_key_ids", json!(known.session.access_key_ids())),
        ("mfa", json!(known.mfa.answer)),
        ("mfa_basis", json!(known.mfa.basis)),
        ("issued_by", json!(issuance.map(|_| credential.issuer()))),
        ("issued_from", json!(credential.issued_from_text())),
        ("on_behalf_of", json!(credential.person())),
        ("issue_confidence", json!(credential.confidence.as_str())),
        ("expires", json!(known.expiry.at)),
        ("expires_basis", json!(known.expiry.basis)),
        ("ec2_role_delivery", json!(known.session.ec2_role_deliveries())),
        ("address_list", json!(addresses)),
        ("first_seen", json!(known.session.span().first())),
        ("last_seen", json!(known.session.span().last())),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Whether a record says that there was no MFA, and something but a service used the session: one with no address at all
/// is a service at work for someone (SSM, Secrets Manager and KMS do so under the caller's name, with keys and creation
/// dates of their own).
fn is_without_mfa(known: &Known<'_>) -> bool {
    known.mfa.answer == "no" && !known.addresses.is_empty()
}

fn is_root(known: &Known<'_>) -> bool {
    known.session.identity_type() == "Root"
}

fn is_own(known: &Known<'_>) -> bool {
    matches!(known.kind, Kind::Console | Kind::UserToken)
}

/// Whether a person is known to be behind the session: workloads have no MFA, and an issuer that is not in range may be
/// one.
fn is_persons(known: &Known<'_>) -> bool {
    match known.kind {
        Kind::Role => known.credential.issuance().is_some_and(|issuance| issuance.caller_type() == "IAMUser"),
        Kind::UserToken => !is_root(known),
        _ => false,
    }
}

/// A session named like an EC2 instance, which makes it one of that kind, whose issuing call is known and was not made by
/// EC2.
pub(super) fn is_false_instance(known: &Known<'_>) -> bool {
    known.kind == Kind::Ec2
        && known.session.identity_type() == "AssumedRole"
        && known.credential.issuance().is_some_and(|issuance| issuing_service(issuance).is_empty())
        && is_instance_name(known.name)
        && known.session.ec2_role_deliveries().is_empty()
}

fn false_instance_name(known: &Known<'_>) -> String {
    let name = known.name;
    let caller = known.credential.issuance().map_or("", Issuance::caller);
    format!("a session named {name} like an instance was issued to {caller}")
}

/// IPv4 and IPv6 networks of one host have nothing in common.
fn is_in_networks(known: &Known<'_>) -> bool {
    known.kind == Kind::Ec2 && public_networks(known) > 1 && !is_false_instance(known)
}

/// Whether a finding about several sessions tells more of the same fact.
fn is_told_of_set(known: &Known<'_>) -> bool {
    known.of_set >= Severity::Medium
}

fn instance_in_networks(known: &Known<'_>) -> String {
    let (name, networks) = (known.name, public_networks(known));
    format!("credentials of instance {name} were used from {networks} public networks")
}

fn imds_v1(known: &Known<'_>) -> String {
    let name = known.name;
    format!("{name} got its credentials from the instance metadata service of version 1")
}

fn is_used_after_expiry(known: &Known<'_>) -> bool {
    let Some((expires, last)) = known.expiry.at.zip(known.session.span().last()) else { return false };
    // With a key of unknown issue the end is not known either.
    let all_known = || known.credential.issuances().count() >= known.session.access_keys().count();
    last > expires.plus_seconds(EXPIRY_SLACK) && known.expiry.basis == "response" && all_known()
}

fn used_after_expiry(known: &Known<'_>) -> String {
    let expires = known.expiry.at.as_ref().map(EventTime::to_string).unwrap_or_default();
    format!("the session was used after it expired at {expires}")
}

fn used_elsewhere(known: &Known<'_>) -> String {
    let from = known.issued_to.as_ref().map(IpAddr::to_string).unwrap_or_default();
    let away = quantity(known.away.gone as u64, "other public network");
    format!("issued to {from}, used from {away}")
}

fn used_in_turn(known: &Known<'_>) -> String {
    let from = known.issued_to.as_ref().map(IpAddr::to_string).unwrap_or_default();
    let away = quantity(known.away.in_turn as u64, "other public network");
    format!("issued to {from}, used from there and from {away} in turn by the same programs")
}

/// Mostly this is a VPC endpoint or NAT.
fn used_across_private(known: &Known<'_>) -> String {
    let Some(from) = known.issued_to.filter(|_| known.kind != Kind::Ec2) else {
        let name = known.name;
        return format!("credentials of instance {name} were used from private and public addresses");
    };
    let (here, there) = if is_private(&from) { ("private", "public") } else { ("public", "private") };
    let count = addresses_across(known);
    let addresses = if count == 1 { "address" } else { "addresses" };
    format!("issued to the {here} address {from}, used from {} {there} {addresses}", grouped(count))
}

/// How many addresses are private though the session was issued at a public one, or the other way round; of an instance
/// how many are private, if not all.
fn addresses_across(known: &Known<'_>) -> usize {
    let differing = |from| known.addresses.iter().filter(|ip| is_private(ip) != from).count();
    if known.kind == Kind::Ec2 {
        let private = differing(false);
        return if private < known.addresses.len() { private } else { 0 };
    }
    known.issued_to.map_or(0, |from| differing(is_private(&from)))
}

/// How many public networks of one family the session was used from: those of the family that has more.
fn public_networks(known: &Known<'_>) -> usize {
    let (v4, v6): (Vec<Network>, Vec<Network>) = networks(known).partition(|at| matches!(at, Network::V4(_)));
    v4.len().max(v6.len())
}

/// The distinct public networks that the session was used from: addresses in order have theirs side by side.
fn networks(known: &Known<'_>) -> impl Iterator<Item = Network> {
    let public = known.addresses.iter().filter(|ip| !is_private(ip));
    let mut last = None;
    public
        .filter_map(|&ip| SourceAddress::Ip(ip).network())
        .filter(move |&network| last.replace(network) != Some(network))
}

fn is_private(ip: &IpAddr) -> bool {
    SourceAddress::Ip(*ip).is_private()
}
