//! The scorecard of an audit: the seven practices, account by account.
//!
//! Not a report: it reads the findings of all of them. A finding that matters (low or worse) and whose rule breaks a
//! practice makes that practice INCORRECT for its account. CORRECT needs proof: state of that account, of the last day of
//! its logs or the day before, without a violation and without a change after it; for the use of root and of embedded
//! keys, which only logs show, thirty whole days of logs of every enabled region, which nothing blinded. What is neither
//! is UNKNOWN, with what would settle it.

mod blinded;
mod covered;
mod in_logs;
mod key_sessions;
mod logs;
mod matrix;
mod proof;
pub(super) mod regions;
mod unexplained;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::columns::columns;
use super::{Finding, Practice, Report, Role, Rule, Severity, Table, by_name, joined, same_fact};
use crate::posture::Posture;
pub use blinded::{Blinding, Blindings};
pub use in_logs::InLogs;
pub use logs::LogSpan;
pub use matrix::matrix;
pub(super) use proof::{WHOLE_DAYS, by_whole_logs};

/// How a practice stands in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Logs or state show a violation.
    Incorrect,
    /// Nothing shows a violation, and nothing proves that there is none.
    Unknown,
    /// What was read proves that there is no violation.
    Correct,
}

/// One practice of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The account.
    pub account_id: String,
    /// The practice.
    pub practice: Practice,
    /// How it stands.
    pub verdict: Verdict,
    /// How many findings break it; what logs and state show together counts once.
    pub violations: usize,
    /// The worst of them: the first of the most severe, as the reports order them.
    pub worst: Option<Worst>,
    /// What the verdict rests on, in one sentence.
    pub why: String,
    /// The command that shows the violations, or that would settle an UNKNOWN; `None` for CORRECT.
    pub next: Option<String>,
}

/// The worst finding that breaks a practice.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// What the logs hold beside findings.
    pub in_logs: InLogs,
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
///
/// `reports` are those that made the findings.
pub fn scorecard(evidence: &Evidence<'_>, reports: &[&'static Report]) -> Vec<Score> {
    let rules = reports.iter().flat_map(|report| report.rules.iter().map(|rule| (report.name, rule)));
    let practices: BTreeMap<&str, (&Rule, &str)> =
        rules.filter(|(_, rule)| rule.practice.is_some()).map(|(report, rule)| (rule.id, (rule, report))).collect();
    let mut violations: BTreeMap<(&str, Practice), Vec<&Finding>> = BTreeMap::new();
    for &finding in evidence.findings.iter().filter(|finding| finding.severity > Severity::Info) {
        for practice in practices.get(finding.rule).into_iter().flat_map(|(rule, _)| rule.practices()) {
            violations.entry((&finding.account_id, practice)).or_default().push(finding);
        }
    }
    let of_state = evidence.posture.iter().flat_map(|posture| posture.accounts.keys());
    let mut accounts: BTreeSet<&str> = evidence.accounts.iter().chain(of_state).map(String::as_str).collect();
    // What breaks a practice of an account that no record names still stands here, under no id.
    accounts.extend(violations.keys().map(|(account, _)| *account));
    let score = |account: &&str, practice: Practice| match violations.get(&(*account, practice)) {
        Some(found) => broken(account, practice, found, &|rule| practices.get(rule).map(|(_, report)| *report)),
        None => unbroken(account, practice, evidence),
    };
    accounts.iter().flat_map(|account| Practice::ALL.map(|practice| score(account, practice))).collect()
}

/// Puts the accounts first that break most: by the most severe violation, then by how many practices they break and how
/// often. The practices of an account stay together, in their order.
pub fn worst_accounts_first(scores: &mut [Score]) {
    let mut ranks: BTreeMap<String, (Option<Severity>, usize, usize)> = BTreeMap::new();
    for score in scores.iter() {
        let (severity, practices, violations) = ranks.entry(score.account_id.clone()).or_default();
        *severity = (*severity).max(score.worst.as_ref().map(|worst| worst.severity));
        *practices += usize::from(score.verdict == Verdict::Incorrect);
        *violations += score.violations;
    }
    scores.sort_by_cached_key(|score| (Reverse(ranks.get(&score.account_id).copied()), score.account_id.clone()));
}

fn broken<'r>(
    account: &str,
    practice: Practice,
    found: &[&Finding],
    report_of: &dyn Fn(&str) -> Option<&'r str>,
) -> Score {
    // Of equal ones that which logs and state show together, then the first: reports give their worst first.
    let first = found.iter().rev().max_by_key(|finding| (finding.severity, joined::is_joined(finding.rule)));
    let worst = first.map(|finding| Worst {
        severity: finding.severity,
        rule: finding.rule,
        subject: finding.subject.clone(),
        summary: finding.summary.clone(),
    });
    Score {
        account_id: account.to_owned(),
        practice,
        verdict: Verdict::Incorrect,
        violations: same_fact::distinct(found),
        why: first.map_or_else(String::new, |worst| worst.sentence()),
        next: worst.as_ref().and_then(|worst| report_of(worst.rule)).map(|report| match by_name(report) {
            Some(report) if report.needs_no_logs() => format!("trailscan {} --iam-dir DIR", report.name),
            _ => format!("trailscan {report}"),
        }),
        worst,
    }
}

fn unbroken(account: &str, practice: Practice, evidence: &Evidence<'_>) -> Score {
    let (verdict, why, next) = match proof::of(account, practice, evidence) {
        Ok(why) => (Verdict::Correct, why, None),
        Err(lack) => {
            let next = lack.next.unwrap_or_else(|| practice.settled_by().to_owned());
            (Verdict::Unknown, lack.why, Some(next))
        }
    };
    let account_id = account.to_owned();
    Score { account_id, practice, verdict, violations: 0, worst: None, why, next }
}

impl Practice {
    /// What would settle whether the practice is kept.
    pub const fn settled_by(self) -> &'static str {
        match self {
            Self::RestrictRootUse | Self::RolesNotKeys => {
                "trailscan audit --days 30 s3://BUCKET, where every enabled region delivered on each of these days"
            }
            Self::NoRootKeys | Self::MfaForConsole | Self::RotateKeys => {
                "until aws iam generate-credential-report | grep -q COMPLETE; do sleep 2; done; \
                 aws iam get-credential-report > FILE, then --credential-report FILE"
            }
            Self::PoliciesOnGroups | Self::AwsManagedPolicies => {
                "aws iam get-account-authorization-details > FILE, then --authorization-details FILE"
            }
        }
    }
}

/// The name of a scorecard's table.
pub const SCORECARD: &str = "scorecard";

columns! {
    const COLUMNS;
    fn cells(score: Score) {
        let worst = score.worst;
    }

    account_id("account_id", "The account.") => score.account_id,
    text("practice", "The practice.").role(Role::Practice) => score.practice.as_str(),
    verdict("verdict", "INCORRECT, UNKNOWN or CORRECT.") => score.verdict.as_str(),
    count("violations", "Findings that break it; what logs and state show together counts once.").unit("findings")
        .role(Role::Violations) => score.violations,
    text("why", "What the verdict rests on: the worst violation, the proof, or what is missing.").role(Role::Why) => score.why,
    severity("severity", "Severity of the worst violation.").asked() => worst.as_ref().map(|worst| worst.severity),
    text("rule", "The rule that found the worst violation.").asked()
        => worst.as_ref().map_or("", |worst| worst.rule),
    text("subject", "What the worst violation is about.").asked() => worst.map(|worst| worst.subject).unwrap_or_default(),
    text("next", "The command that shows the violations, or what would settle an UNKNOWN.").last()
        => score.next.unwrap_or_default(),
}

/// The columns of a scorecard's table.
pub fn columns() -> Vec<super::Column> {
    COLUMNS.to_vec()
}

/// The table of a scorecard.
pub fn table(scores: Vec<Score>) -> Table {
    let rows = scores.into_iter().map(cells).collect();
    Table::named(SCORECARD, &["account_id", "practice"], COLUMNS.to_vec(), rows)
}

#[cfg(test)]
mod tests;
