//! What deserves attention, with its evidence.

use std::str::FromStr;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::model::Arn;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Tidy up.
    Low,
    /// Plan a change.
    Medium,
    /// Act soon.
    High,
    /// Act now.
    Critical,
}

impl Severity {
    /// All of them, mildest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word that is printed: `info`, `low`, `medium`, `high`, `critical`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A word that is no severity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is none of {}", Severity::ALL.map(Severity::as_str).join(", "))]
pub struct SeverityError {
    word: String,
}

impl FromStr for Severity {
    type Err = SeverityError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|severity| severity.as_str() == word);
        known.ok_or_else(|| SeverityError { word: word.to_owned() })
    }
}

/// One thing that a report found, explained by its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Which rule found it: `root-access-key`.
    pub rule: &'static str,
    /// The account it is about; empty when unknown.
    pub account_id: String,
    /// What it is about: a principal, key or session, as its report prints it.
    pub subject: String,
    /// One sentence.
    pub summary: String,
    /// How many events stand behind it.
    pub count: i64,
    /// What was seen, by name: values of the row that decided.
    pub evidence: Map<String, Value>,
}

impl Finding {
    /// What it says, with what it is about where the summary does not name it.
    pub fn sentence(&self) -> String {
        // "root of 111122223333 …" names root@111122223333, and "alice has …" the user alice.
        let subject = self.subject.strip_prefix("root@").unwrap_or(&self.subject);
        let name = Arn::parse(subject).map_or(subject, |arn| arn.name());
        let is_named = !name.is_empty() && self.summary.contains(name);
        if is_named { self.summary.clone() } else { format!("{}: {}", self.subject, self.summary) }
    }
}

/// Its fields, and between count and evidence when, from where and with what, as [`Finding::occurrence`] says.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seen = self.occurrence();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("severity", &self.severity)?;
        map.serialize_entry("rule", self.rule)?;
        map.serialize_entry("account_id", &self.account_id)?;
        map.serialize_entry("subject", &self.subject)?;
        map.serialize_entry("summary", &self.summary)?;
        map.serialize_entry("count", &self.count)?;
        map.serialize_entry("first_seen", &seen.first_seen)?;
        map.serialize_entry("last_seen", &seen.last_seen)?;
        map.serialize_entry("addresses", &seen.addresses)?;
        map.serialize_entry("credentials", &seen.credentials)?;
        map.serialize_entry("evidence", &self.evidence)?;
        map.end()
    }
}

/// Sorts findings: worst first, then by rule, account and subject, then by whatever else they say, so that any scan gives
/// the same list.
pub fn sort(findings: &mut [Finding]) {
    #[cfg(test)]
    assert_registered(findings);
    fn key(finding: &Finding) -> (std::cmp::Reverse<Severity>, &str, &str, &str) {
        (std::cmp::Reverse(finding.severity), finding.rule, &finding.account_id, &finding.subject)
    }
    findings.sort_by(|a, b| {
        let rest = |finding: &Finding| Value::Object(finding.evidence.clone()).to_string();
        key(a)
            .cmp(&key(b))
            .then_with(|| (&a.summary, a.count).cmp(&(&b.summary, b.count)))
            .then_with(|| rest(a).cmp(&rest(b)))
    });
}

/// Every finding names a rule that its report registers, so that `trailscan explain` knows it.
#[cfg(test)]
fn assert_registered(findings: &[Finding]) {
    let known = super::with_rules().flat_map(|report| report.rules);
    for finding in findings {
        assert!(known.clone().any(|rule| rule.id == finding.rule), "{} is in no report's rules", finding.rule);
    }
}
