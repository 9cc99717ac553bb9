//! The findings of an earlier answer, as today's are looked up in them.
//!
//! Two findings are of one problem when rule, account and subject are the same: evidence, counts and sentences may differ.
//! As IAM's names do not differ by case, neither do subjects. Beyond that, as findings are merged:
//!
//! - a key has one verdict, which changes from one rule to another;
//! - the sessions of a principal that one rule holds for make one finding, whose subject is the session where there is one
//!   and the principal where there are more: it is the principal that tells them apart;
//! - a finding for many accounts is one of each account;
//! - what a finding holds as evidence (`told_by`) is known with it;
//! - rules that tell one fact tell the same problem, where its events are not all later than the earlier answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::Found;
use crate::model::EventTime;
use crate::report::same_fact::{FactId, fact_of, is_one_fact};
use crate::report::{Finding, Rule, Severity, with_rules};

/// Evidence that says when the events of a finding began.
const BEGINS: [&str; 3] = ["first_seen", "first_failure", "first_used"];

/// Evidence that says when they ended.
const ENDS: [&str; 5] = ["last_seen", "last_sign_in", "last_failure", "last_used", "last_success"];

/// Rules of which one holds for a key: its verdict, which may change.
const VERDICTS: [&str; 5] = ["key-leak-suspect", "key-embedded", "key-hosted-ci", "key-roaming", "key-quiet"];

/// What tells a problem from others.
type Identity = (&'static str, String, String);

/// A finding, its place in the list, and the severities under which it was told.
#[derive(Clone, Copy, Debug)]
struct Entry {
    place: usize,
    /// Of the finding that it was told by.
    led: Severity,
    /// Its own.
    own: Severity,
}

/// Findings that can be looked up.
#[derive(Debug, Default)]
pub(super) struct Known {
    findings: Vec<Finding>,
    by_identity: BTreeMap<Identity, Vec<Entry>>,
    by_fact: BTreeMap<FactId, Vec<Entry>>,
}

/// What was found in them of one finding.
#[derive(Debug)]
pub(super) struct Hit {
    /// The severity that it had; its own where that is among those it was told under.
    pub severity: Severity,
    /// The places of all that tell the same.
    pub places: Vec<usize>,
}

impl Known {
    /// Findings as an audit tells them: what one holds as evidence is known with it.
    pub fn of_audit(findings: Vec<Finding>) -> Self {
        let mut known = Self::default();
        for finding in findings.into_iter().flat_map(members) {
            known.add(finding);
        }
        known
    }

    /// Findings of one report, out of those of any: each stands for itself, as the report alone tells them.
    pub fn of_report(findings: Vec<Finding>, rules: &[Rule]) -> Self {
        let is_of_report = |finding: &Finding| rules.iter().any(|rule| rule.id == finding.rule);
        let mut known = Self::default();
        for finding in findings.into_iter().flat_map(members).flat_map(apart) {
            let is_known = || known.by_identity.contains_key(&identity(&finding));
            if is_of_report(&finding) && !is_known() {
                known.add(finding);
            } else if is_of_report(&finding) {
                known.add_severity(&finding);
            }
        }
        known
    }

    /// All of them, in order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn add(&mut self, finding: Finding) {
        let (place, led) = (self.findings.len(), finding.severity);
        for told in std::iter::once(finding.clone()).chain(told(&finding)) {
            self.enter(&told, Entry { place, led, own: told.severity });
        }
        self.findings.push(finding);
    }

    /// A finding that another with its identity stands for.
    fn add_severity(&mut self, finding: &Finding) {
        let place =
            self.by_identity.get(&identity(finding)).and_then(|entries| entries.first()).map(|entry| entry.place);
        if let Some(place) = place {
            self.enter(finding, Entry { place, led: finding.severity, own: finding.severity });
        }
    }

    fn enter(&mut self, finding: &Finding, entry: Entry) {
        self.by_identity.entry(identity(finding)).or_default().push(entry);
        if let Some(fact) = fact_of(finding) {
            self.by_fact.entry(fact).or_default().push(entry);
        }
    }

    /// What is known of a problem that a finding of today tells: by its own name, else by what it was told by, else, of
    /// events that are not all later than `end`, by the fact.
    pub fn find(&self, finding: &Finding, end: Option<EventTime>) -> Option<Hit> {
        let own = self.by_identity.get(&identity(finding));
        let mut told: Vec<Entry> =
            told(finding).iter().filter_map(|told| self.by_identity.get(&identity(told))).flatten().copied().collect();
        let entries = own.cloned().unwrap_or_else(|| std::mem::take(&mut told));
        let entries = if entries.is_empty() { self.of_fact(finding, end) } else { entries };
        let severity = nearest(finding.severity, entries.iter().map(|entry| entry.led))?;
        let places = entries.iter().chain(&told).map(|entry| entry.place).collect();
        Some(Hit { severity, places })
    }

    /// The severity that a row which is a finding had, whoever else told it.
    pub fn of_row(&self, finding: &Finding) -> Option<Severity> {
        nearest(finding.severity, self.by_identity.get(&identity(finding))?.iter().map(|entry| entry.own))
    }

    fn of_fact(&self, finding: &Finding, end: Option<EventTime>) -> Vec<Entry> {
        let Some(fact) = fact_of(finding) else { return Vec::new() };
        let is_later = begin(finding).zip(end).is_some_and(|(begin, end)| begin >= end);
        let entries = if is_later { None } else { self.by_fact.get(&fact) };
        let is_same = |entry: &&Entry| is_one_fact(&fact, [finding.rule, self.findings[entry.place].rule]);
        entries.into_iter().flatten().filter(is_same).copied().collect()
    }
}

/// Of the severities that were told the one of today, else the worst that is milder, else the mildest.
fn nearest(today: Severity, told: impl Iterator<Item = Severity>) -> Option<Severity> {
    let told: BTreeSet<Severity> = told.collect();
    told.range(..=today).next_back().or_else(|| told.first()).copied()
}

fn identity(finding: &Finding) -> Identity {
    // Of a key one verdict holds, the first that does.
    let problem = if VERDICTS.contains(&finding.rule) { VERDICTS[0] } else { finding.rule };
    (problem, finding.account_id.clone(), about(finding).to_ascii_lowercase())
}

/// What a finding is about, however many sessions it counts.
fn about(finding: &Finding) -> &str {
    let text = |name: &str| finding.evidence.get(name).and_then(Value::as_str);
    text("session_id").and_then(|_| text("principal")).unwrap_or(&finding.subject)
}

/// When its events began; `None` where it does not say.
pub(super) fn begin(finding: &Finding) -> Option<EventTime> {
    BEGINS.iter().filter_map(|name| time(finding, name)).min()
}

/// When its events ended; `None` where it does not say.
pub(super) fn ended(finding: &Finding) -> Option<EventTime> {
    ENDS.iter().filter_map(|name| time(finding, name)).max()
}

fn time(finding: &Finding, name: &str) -> Option<EventTime> {
    EventTime::parse(finding.evidence.get(name)?.as_str()?)
}

/// Its regions, where it says them.
pub(super) fn regions(finding: &Finding) -> Vec<&str> {
    let list = finding.evidence.get("region_list").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The findings that one for many accounts stands for; else the finding itself.
pub(super) fn members(finding: Finding) -> Vec<Finding> {
    let told = told(&finding);
    let is_of_many = finding.account_id.is_empty()
        && !told.is_empty()
        && told.iter().all(|told| told.rule == finding.rule && !told.account_id.is_empty());
    if is_of_many { told } else { vec![finding] }
}

/// A finding and those that it holds as evidence, each for itself.
fn apart(finding: Finding) -> Vec<Finding> {
    let told = told(&finding);
    std::iter::once(finding).chain(told).collect()
}

/// The findings that a finding holds as evidence.
fn told(finding: &Finding) -> Vec<Finding> {
    let list = finding.evidence.get("told_by").and_then(Value::as_array);
    let found = list.into_iter().flatten().filter_map(|told| serde_json::from_value::<Found>(told.clone()).ok());
    found.filter_map(Found::read).collect()
}

impl Found {
    /// The finding; `None` when no report knows its rule.
    pub(super) fn read(self) -> Option<Finding> {
        let rule = with_rules().flat_map(|report| report.rules).find(|rule| rule.id == self.rule)?;
        Some(Finding {
            severity: self.severity.parse().ok()?,
            rule: rule.id,
            account_id: self.account_id,
            subject: self.subject,
            summary: self.summary,
            count: self.count,
            evidence: self.evidence,
        })
    }
}
