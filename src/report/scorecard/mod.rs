//! The scorecard of an audit: the seven practices, account by account.
//!
//! Not a report: it reads the findings of all of them. A finding that matters (low or worse) and whose rule breaks a
//! practice makes that practice INCORRECT for its account. CORRECT needs proof: state of that account, newer than the
//! window's start, without a violation; for the use of root and of embedded keys, which only logs show, thirty days of
//! logs without a gap. What is neither is UNKNOWN, with the command that would settle it.

mod proof;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Finding, Practice, Rule, Severity};
use crate::posture::Posture;
pub use proof::LogSpan;

/// How a practice stands in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Logs or state show a violation.
    Incorrect,
    /// Nothing shows a violation, and nothing proves that there is none.
    Unknown,
    /// What was read proves that there is no violation.
    Correct,
}

/// One practice of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// The account.
    pub account_id: String,
    /// Its name, where `--account-names` gives one.
    pub account_name: Option<String>,
    /// The practice.
    #[serde(serialize_with = "word_of_practice")]
    pub practice: Practice,
    /// How it stands.
    pub verdict: Verdict,
    /// How many findings break it.
    pub violations: usize,
    /// The worst of them.
    pub worst: Option<Worst>,
    /// What the verdict rests on, in one sentence.
    pub why: String,
    /// The command that shows the violations, or that would settle an UNKNOWN; `None` for CORRECT.
    pub next: Option<String>,
}

/// The worst finding that breaks a practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Worst {
    /// How much it matters.
    pub severity: Severity,
    /// The rule that found it.
    pub rule: &'static str,
    /// What it is about.
    pub subject: String,
    /// One sentence.
    pub summary: String,
}

/// What a scorecard is made from.
pub struct Evidence<'a> {
    /// The findings of every report that ran, suppressed ones left out.
    pub findings: Vec<&'a Finding>,
    /// The accounts of the counted events.
    pub accounts: &'a BTreeSet<String>,
    /// What was read of logs; `None` when none were.
    pub logs: Option<LogSpan>,
    /// IAM's own state, where it was read.
    pub posture: Option<&'a Posture>,
}

impl Verdict {
    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incorrect => "INCORRECT",
            Self::Unknown => "UNKNOWN",
            Self::Correct => "CORRECT",
        }
    }
}

/// The score of every account that logs or state speak of, by account, then in the order of [`Practice::ALL`].
pub fn scorecard(evidence: &Evidence<'_>, rules: impl Iterator<Item = &'static Rule>) -> Vec<Score> {
    let practices: BTreeMap<&str, Practice> = rules.filter_map(|rule| Some((rule.id, rule.practice?))).collect();
    let mut violations: BTreeMap<(&str, Practice), Vec<&Finding>> = BTreeMap::new();
    for &finding in evidence.findings.iter().filter(|finding| finding.severity > Severity::Info) {
        if let Some(&practice) = practices.get(finding.rule) {
            violations.entry((&finding.account_id, practice)).or_default().push(finding);
        }
    }
    let of_state = evidence.posture.iter().flat_map(|posture| posture.accounts.keys());
    let mut accounts: BTreeSet<&str> = evidence.accounts.iter().chain(of_state).map(String::as_str).collect();
    accounts.extend(violations.keys().map(|(account, _)| *account).filter(|account| !account.is_empty()));
    let score = |account: &&str, practice: Practice| match violations.get(&(*account, practice)) {
        Some(found) => broken(account, practice, found),
        None => unbroken(account, practice, evidence),
    };
    accounts.iter().flat_map(|account| Practice::ALL.map(|practice| score(account, practice))).collect()
}

fn broken(account: &str, practice: Practice, found: &[&Finding]) -> Score {
    // Of equal ones the first: the reports give their worst first, in a fixed order.
    let worst = found.iter().rev().max_by_key(|finding| finding.severity);
    let worst = worst.map(|finding| Worst {
        severity: finding.severity,
        rule: finding.rule,
        subject: finding.subject.clone(),
        summary: finding.summary.clone(),
    });
    Score {
        account_id: account.to_owned(),
        account_name: None,
        practice,
        verdict: Verdict::Incorrect,
        violations: found.len(),
        why: worst.as_ref().map_or_else(String::new, |worst| worst.summary.clone()),
        next: Some(format!("trailscan {}", practice.drill_down())),
        worst,
    }
}

fn unbroken(account: &str, practice: Practice, evidence: &Evidence<'_>) -> Score {
    let (verdict, why, next) = match proof::of(account, practice, evidence) {
        Ok(why) => (Verdict::Correct, why, None),
        Err(why) => (Verdict::Unknown, why, Some(practice.settled_by().to_owned())),
    };
    let account_id = account.to_owned();
    Score { account_id, account_name: None, practice, verdict, violations: 0, worst: None, why, next }
}

impl Practice {
    /// The command that shows what breaks the practice.
    pub const fn drill_down(self) -> &'static str {
        match self {
            Self::RestrictRootUse | Self::NoRootKeys => "root-usage",
            Self::MfaForConsole => "console-logins",
            Self::RolesNotKeys => "key-spread",
            Self::RotateKeys => "keys",
            Self::PoliciesOnGroups | Self::AwsManagedPolicies => "policy-changes",
        }
    }

    /// What would settle whether the practice is kept.
    pub const fn settled_by(self) -> &'static str {
        match self {
            Self::RestrictRootUse => "trailscan root-usage --days 30 over logs without a gap",
            Self::RolesNotKeys => "trailscan key-spread --days 30 over logs without a gap",
            Self::NoRootKeys | Self::MfaForConsole | Self::RotateKeys => {
                "aws iam generate-credential-report; aws iam get-credential-report > FILE, then --credential-report FILE"
            }
            Self::PoliciesOnGroups | Self::AwsManagedPolicies => {
                "aws iam get-account-authorization-details > FILE, then --authorization-details FILE"
            }
        }
    }
}

fn word_of_practice<S: serde::Serializer>(practice: &Practice, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(practice.as_str())
}

#[cfg(test)]
mod tests;
