//! What deserves attention in a session. The severity of a row is that of the worst rule that holds, else info.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ahash::AHashMap;
use serde_json::{Map, Value, json};

use super::Known;
use super::rule_texts as texts;
use crate::model::{EventTime, Network, SourceAddress, grouped, quantity};
use crate::report::addresses::Whereabouts;
use crate::report::lineage::{Kind, is_instance_name, issuing_service, session_name};
use crate::report::{AwsRanges, Finding, Severity};

/// How long after its expiry a call may still be recorded before that is noted, in seconds.
const EXPIRY_SLACK: i64 = 60;

/// A rule and when it holds.
pub(super) struct Rule {
    rule: crate::report::Rule,
    /// One sentence about the session, when the rule holds.
    says: fn(&Known<'_>) -> Option<String>,
}

impl Rule {
    /// Of its findings, and of rows for which no worse rule holds.
    pub(super) const fn severity(&self) -> Severity {
        self.rule.severity
    }
}

/// All rules, worst first; the table in the report's help says the same.
pub(super) static RULES: &[Rule] = &[
    Rule { rule: texts::ROOT_WITHOUT_MFA, says: root_without_mfa },
    Rule { rule: texts::CONSOLE_WITHOUT_MFA, says: console_without_mfa },
    Rule { rule: texts::FALSE_INSTANCE_NAME, says: false_instance_name },
    Rule { rule: texts::INSTANCE_IN_NETWORKS, says: instance_in_networks },
    Rule { rule: texts::USED_ELSEWHERE, says: used_elsewhere },
    Rule { rule: texts::IMDS_V1, says: imds_v1 },
    Rule { rule: texts::SESSION_WITHOUT_MFA, says: session_without_mfa },
    Rule { rule: texts::AFTER_EXPIRY, says: used_after_expiry },
    Rule { rule: texts::ACROSS_PRIVATE, says: used_across_private },
];

/// The rules that hold for `known`, worst first.
pub(super) fn holding(known: &Known<'_>) -> Vec<(&'static Rule, String)> {
    RULES.iter().filter_map(|rule| Some((rule, (rule.says)(known)?))).collect()
}

/// The severity of a row: that of the worst rule that holds, else info.
pub(super) fn severity(known: &Known<'_>) -> Severity {
    worst(&holding(known))
}

/// The worst severity of these, else info.
pub(super) fn worst(holding: &[(&'static Rule, String)]) -> Severity {
    holding.iter().map(|(rule, _)| rule.severity()).max().unwrap_or(Severity::Info)
}

/// The sessions of one principal that one rule holds for; together they make one finding.
pub(super) struct Group<'a> {
    rule: &'static Rule,
    /// The session with most events, then with the smallest id, and what the rule says of it.
    worst: (usize, &'a Known<'a>, String),
    /// The ids of all of them.
    session_ids: Vec<&'a str>,
    events: i64,
}

/// The groups of all sessions, by rule, account and principal. `all` comes in the order of session ids.
pub(super) fn groups<'a>(all: &'a [Known<'a>], holding: Vec<Vec<(&'static Rule, String)>>) -> Vec<Group<'a>> {
    let mut groups: AHashMap<(&str, &str, &str), Group<'a>> = AHashMap::new();
    for (i, (known, holding)) in all.iter().zip(holding).enumerate() {
        let session = known.session;
        for (rule, says) in holding {
            let group = groups.entry((rule.rule.id, session.account_id(), session.principal())).or_insert_with(|| {
                Group { rule, worst: (i, known, String::new()), session_ids: Vec::new(), events: 0 }
            });
            group.add(i, known, says);
        }
    }
    groups.into_values().collect()
}

impl<'a> Group<'a> {
    fn add(&mut self, i: usize, known: &'a Known<'a>, says: String) {
        let events = |known: &Known<'_>| known.session.tally().events;
        if self.session_ids.is_empty() || events(known) > events(self.worst.1) {
            self.worst = (i, known, says);
        }
        self.session_ids.push(&known.credential.id);
        self.events += events(known);
    }

    /// The finding: about the session where there is one, else about the principal, with the busiest session as example.
    /// With AWS's ranges it says where the addresses are, if it is about those.
    pub fn finding(self, aws: Option<&AwsRanges>) -> Finding {
        let (_, known, mut says) = self.worst;
        let is_about_networks = [texts::INSTANCE_IN_NETWORKS.id, texts::USED_ELSEWHERE.id].contains(&self.rule.rule.id);
        let whereabouts = aws.filter(|_| is_about_networks).map(|aws| Whereabouts::of(&known.addresses, aws));
        if let Some(sentence) = whereabouts.and_then(|whereabouts| whereabouts.sentence()) {
            says += &format!("; {sentence}");
        }
        let session = known.session;
        let others = self.session_ids.len() - 1;
        let (subject, summary) = match others {
            0 => (known.credential.id.clone(), says),
            1 => (known.principal().to_owned(), format!("{says}; so was 1 other session")),
            _ => (known.principal().to_owned(), format!("{says}; so were {others} other sessions")),
        };
        let mut evidence = evidence_of(known);
        evidence.insert("session_id".to_owned(), json!(known.credential.id));
        evidence.insert("sessions".to_owned(), json!(self.session_ids.len()));
        evidence.insert("session_ids".to_owned(), json!(self.session_ids));
        let (rule, severity) = (self.rule.rule.id, self.rule.severity());
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
    let addresses: Vec<String> = known.addresses.iter().map(IpAddr::to_string).collect();
    let values: [(&str, Value); 15] = [
        ("kind", json!(known.kind.as_str())),
        ("principal", json!(known.session.principal())),
        ("session_name", json!(session_name(credential))),
        ("access_key_ids", json!(known.session.access_key_ids())),
        ("mfa", json!(known.mfa.answer)),
        ("mfa_basis", json!(known.mfa.basis)),
        ("issued_by", json!(issuance.map(|issuance| issuance.caller()))),
        ("issued_from", json!(issuance.map(|issuance| issuance.source_address()))),
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

fn root_without_mfa(known: &Known<'_>) -> Option<String> {
    let holds = known.mfa.answer == "no" && is_own(known) && is_at_an_address(known) && is_root(known);
    holds.then(|| format!("{} was used in a session without MFA", known.principal()))
}

fn console_without_mfa(known: &Known<'_>) -> Option<String> {
    let holds = known.mfa.answer == "no" && known.kind == Kind::Console && is_at_an_address(known) && !is_root(known);
    holds.then(|| format!("{} was at the console without MFA", known.principal()))
}

/// Only where a person is known to be behind the session: workloads have no MFA, and an issuer that is not in range may
/// be one.
fn session_without_mfa(known: &Known<'_>) -> Option<String> {
    let is_of_user = || known.credential.issuance().is_some_and(|issuance| issuance.caller_type() == "IAMUser");
    let is_persons = || match known.kind {
        Kind::Role => is_of_user(),
        Kind::UserToken => !is_root(known),
        _ => false,
    };
    let holds = known.mfa.answer == "no" && is_at_an_address(known) && is_persons();
    holds.then(|| format!("{} was used in a session that an IAM user got without MFA", known.principal()))
}

/// A session named like an EC2 instance whose issuing call is known and was not made by EC2.
fn false_instance_name(known: &Known<'_>) -> Option<String> {
    let issuance = known.credential.issuance()?;
    let name = session_name(known.credential);
    let holds = is_instance_name(name)
        && known.session.identity_type() == "AssumedRole"
        && issuing_service(issuance).is_empty()
        && known.session.ec2_role_deliveries().is_empty();
    holds.then(|| format!("a session named {name} like an instance was issued to {}", issuance.caller()))
}

fn instance_in_networks(known: &Known<'_>) -> Option<String> {
    let networks = public_networks(&known.addresses).len();
    let holds = known.kind == Kind::Ec2 && networks > 1;
    holds.then(|| {
        let name = session_name(known.credential);
        format!("credentials of instance {name} were used from {networks} public networks")
    })
}

fn imds_v1(known: &Known<'_>) -> Option<String> {
    let holds = known.session.ec2_role_deliveries().contains(&"1.0");
    holds.then(|| {
        let name = session_name(known.credential);
        format!("{name} got its credentials from the instance metadata service of version 1")
    })
}

fn used_after_expiry(known: &Known<'_>) -> Option<String> {
    let (expires, last) = (known.expiry.at?, known.session.span().last()?);
    // With a key of unknown issue the end is not known either.
    let all_known = known.credential.issuances.len() >= known.session.access_keys().count();
    let holds = known.expiry.basis == "response" && all_known && last > expires.plus_seconds(EXPIRY_SLACK);
    holds.then(|| format!("the session was used after it expired at {}", EventTime::to_string(&expires)))
}

fn used_elsewhere(known: &Known<'_>) -> Option<String> {
    let issued_from = issuing_address(known).filter(|address| !address.is_private())?;
    let home = issued_from.network()?;
    let away = public_networks(&known.addresses).into_iter().filter(|network| *network != home).count();
    let from = issued_from.ip()?;
    (away > 0).then(|| format!("issued to {from}, used from {}", quantity(away as u64, "other public network")))
}

/// Issued at a public address and used from a private one, or the other way round (an instance: used from both). Mostly
/// this is a VPC endpoint or NAT.
fn used_across_private(known: &Known<'_>) -> Option<String> {
    let is_private = |ip: &IpAddr| SourceAddress::Ip(*ip).is_private();
    if known.kind == Kind::Ec2 {
        let holds = known.addresses.iter().any(is_private) && !known.addresses.iter().all(is_private);
        let name = session_name(known.credential);
        return holds.then(|| format!("credentials of instance {name} were used from private and public addresses"));
    }
    let issued_from = issuing_address(known)?;
    let across = known.addresses.iter().filter(|ip| is_private(ip) != issued_from.is_private());
    let (count, from) = (across.count(), issued_from.ip()?);
    let (here, there) = if issued_from.is_private() { ("private", "public") } else { ("public", "private") };
    let addresses = if count == 1 { "address" } else { "addresses" };
    let used = format!("used from {} {there} {addresses}", grouped(count));
    (count > 0).then(|| format!("issued to the {here} address {from}, {used}"))
}

/// The address that the credentials were issued to, unless a service got them.
fn issuing_address(known: &Known<'_>) -> Option<SourceAddress> {
    let issuance = known.credential.issuance().filter(|issuance| issuance.caller_type() != "AWSService")?;
    Some(SourceAddress::parse(issuance.source_address())).filter(|address| address.ip().is_some())
}

fn public_networks(addresses: &BTreeSet<IpAddr>) -> BTreeSet<Network> {
    let public = addresses.iter().map(|ip| SourceAddress::Ip(*ip)).filter(|address| !address.is_private());
    public.filter_map(SourceAddress::network).collect()
}

fn is_root(known: &Known<'_>) -> bool {
    known.session.identity_type() == "Root"
}

/// Whether anything but a service used the session: a session with no address at all is a service at work for someone
/// (SSM, Secrets Manager and KMS do so under the caller's name, with keys and creation dates of their own).
fn is_at_an_address(known: &Known<'_>) -> bool {
    !known.addresses.is_empty()
}

fn is_own(known: &Known<'_>) -> bool {
    matches!(known.kind, Kind::Console | Kind::UserToken)
}
