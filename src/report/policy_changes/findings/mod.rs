//! What deserves attention in changes of IAM. Each finding names the rows that it rests on and says why it matters so
//! much; a row's severity is that of the worst finding that rests on it.

mod baseline;
mod detection;
mod doors;
mod elsewhere;
mod guests;
mod handed_roles;
mod identity_center;
mod insiders;
mod organization;
mod people;
mod policies;
mod provisioning;
mod quarantine;
mod self_grants;
mod sharing;
mod unseen_versions;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::change::Change;
use super::power::Administrators;
use super::told::Told;
use crate::posture::Posture;
use crate::report::source_list::address_texts;
use crate::report::{Finding, Rule, Severity};
pub(super) use baseline::Baseline;

/// A finding and the places of the changes that it rests on.
pub(super) struct Found {
    pub finding: Finding,
    pub rows: Vec<usize>,
}

/// What is known beside a change itself.
pub(super) struct Known<'a> {
    pub administrators: Administrators<'a>,
    pub baseline: Baseline<'a>,
    pub told: Told<'a>,
    /// IAM's own state.
    pub posture: Option<&'a Posture>,
}

/// All findings, in no lasting order.
pub(super) fn of<'a>(all: &'a [Change<'a>], known: &Known<'a>) -> Vec<Found> {
    let administrators = &known.administrators;
    let mut found = policies::of(all, known);
    found.extend(self_grants::of(all, known));
    found.extend(insiders::of(all, administrators));
    found.extend(unseen_versions::of(all));
    found.extend(quarantine::of(all, &known.told));
    found.extend(elsewhere::of(all, known));
    found.extend(handed_roles::of(all, known));
    found.extend(identity_center::of(all, administrators));
    found.extend(sharing::of(all, &known.baseline));
    found.extend(organization::of(all, &known.baseline));
    found.extend(detection::of(all));
    found.extend(provisioning::of(all));
    found.extend(people::of(all, &known.told));
    found
}

/// What makes a finding, but for the changes themselves.
struct Draft {
    rule: &'static str,
    severity: Severity,
    account_id: String,
    subject: String,
    summary: String,
    /// Why it is of this severity.
    because: &'static str,
}

impl Draft {
    fn new(rule: &Rule, account_id: &str, subject: impl Into<String>) -> Self {
        Self {
            rule: rule.id,
            severity: rule.severity,
            account_id: account_id.to_owned(),
            subject: subject.into(),
            summary: String::new(),
            because: "",
        }
    }

    fn severity(mut self, severity: Severity, because: &'static str) -> Self {
        (self.severity, self.because) = (severity, because);
        self
    }

    fn summary(mut self, summary: String) -> Self {
        self.summary = summary;
        self
    }

    /// The finding about these changes.
    fn found(self, all: &[Change<'_>], rows: Vec<usize>) -> Found {
        let changes = || rows.iter().map(|&row| &all[row]);
        let addresses: BTreeSet<IpAddr> = changes().flat_map(|change| &change.addresses).copied().collect();
        let addresses: BTreeSet<String> = address_texts(&addresses).into_iter().collect();
        let evidence = [
            ("severity_because", json!(self.because)),
            ("actors", json!(changes().map(|change| change.actor).collect::<BTreeSet<_>>())),
            ("changes", changes().map(evidence_of).collect()),
            ("address_list", json!(addresses)),
            ("access_key_ids", json!(changes().flat_map(|change| &change.access_keys).collect::<BTreeSet<_>>())),
            ("first_seen", json!(changes().filter_map(|change| change.span.first()).min())),
            ("last_seen", json!(changes().filter_map(|change| change.span.last()).max())),
        ];
        let finding = Finding {
            severity: self.severity,
            rule: self.rule,
            account_id: self.account_id,
            subject: self.subject,
            summary: self.summary,
            count: changes().map(|change| change.events).sum(),
            evidence: evidence.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        Found { finding, rows }
    }
}

impl Found {
    fn with(mut self, name: &str, value: Value) -> Self {
        self.finding.evidence.insert(name.to_owned(), value);
        self
    }
}

/// A change as evidence: what is unknown is left out.
fn evidence_of(change: &Change<'_>) -> Value {
    let texts = [
        ("event", change.event.name()),
        ("actor", change.actor),
        ("target_kind", change.target_kind.as_str()),
        ("target", change.target),
        ("policy", change.policy),
        ("version", change.version),
        ("invoked_by", change.invoked_by),
        ("policy_class", change.policy_class.as_str()),
        ("grant", change.granted.as_str()),
        ("outcome", change.outcome.as_str()),
    ];
    let known = texts.into_iter().filter(|(_, text)| !matches!(*text, "" | "none"));
    let mut evidence: Map<String, Value> = known.map(|(name, text)| (name.to_owned(), json!(text))).collect();
    evidence.insert("events".to_owned(), json!(change.events));
    for (name, time) in
        [("first_seen", change.span.first()), ("last_seen", change.span.last()), ("removed", change.removed)]
    {
        evidence.extend(time.map(|time| (name.to_owned(), json!(time))));
    }
    Value::Object(evidence)
}

/// Places of the changes for which `holds` is true, by `key`; places in the order of `all`.
fn groups<'c, 'a, K: Ord>(
    all: &'c [Change<'a>],
    holds: impl Fn(&Change<'a>) -> bool,
    key: impl Fn(&'c Change<'a>) -> K,
) -> BTreeMap<K, Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (place, change) in all.iter().enumerate().filter(|(_, change)| holds(change)) {
        groups.entry(key(change)).or_default().push(place);
    }
    groups
}

/// The distinct texts that `of` gives, as [`some_of`] lists them.
fn listed<'a>(all: &[Change<'a>], rows: &[usize], of: impl Fn(&Change<'a>) -> String) -> String {
    some_of(&rows.iter().map(|&row| of(&all[row])).collect())
}

/// The names, `, `-joined; past `MOST` as `and N more`.
fn some_of(names: &BTreeSet<String>) -> String {
    const MOST: usize = 3;
    let shown: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Who called: `by arn:aws:iam::111122223333:user/name`.
fn by(all: &[Change<'_>], rows: &[usize]) -> String {
    format!("by {}", listed(all, rows, |change| change.actor.to_owned()))
}
