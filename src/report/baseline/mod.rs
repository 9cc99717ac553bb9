//! What is new since an earlier answer: `--baseline`.
//!
//! A [`Baseline`] is what was known then: the findings, the things that rows told of, and how far that answer could see. It
//! is read from the JSON of an answer; another source has to fill in the same. [`Baseline::news`] says how the findings of
//! today stand to it, which of its findings are gone and why, and which principals, keys, ways into roles, regions and
//! networks are seen for the first time.
//!
//! New is only what the earlier answer would have seen. What it lacks because it did not read the account, the region, the
//! time or the rows is not covered, and said to be so; and what is gone is told with the reason, which is seldom that
//! somebody put it right.

mod caveats;
mod document;
mod gone;
mod known;
mod reach;
mod standing;
#[cfg(test)]
mod tests;
mod things;

use std::collections::BTreeSet;

use document::{Found, Written};
pub use gone::{Cause, Gone};
use known::Known;
pub use reach::{Asked, FILTERS, Reach, moment};
pub use standing::{Counts, Standing};
use things::Inventory;
pub use things::{FirstSeen, Kind as KindOfThings, Seen};

use super::{Finding, Report, Table, by_name};
use crate::model::EventTime;

/// What a report was asked about, among what it was asked.
pub const ARGUMENT: &str = "argument";

/// Why an earlier answer cannot be compared with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// It is not JSON document.
    #[error("no JSON document ({why}): the baseline is an earlier answer that --format json wrote")]
    NoJson {
        /// What is wrong.
        why: String,
    },
    /// It is JSON, and lacks what an answer has.
    #[error(
        "no answer of trailscan, or of a version without what is compared ({why}): make it again with --format json"
    )]
    NoAnswer {
        /// What it lacks.
        why: String,
    },
    /// It answers something else.
    #[error("it is the answer of {has}, and {wanted} is asked: give an earlier answer of {wanted}{or_audit}")]
    OtherReport {
        /// What it answers.
        has: String,
        /// What is asked.
        wanted: String,
        /// What else would do.
        or_audit: &'static str,
    },
}

/// What was known at the time of an earlier answer.
#[derive(Debug)]
pub struct Baseline {
    source: String,
    version: String,
    reach: Reach,
    reports: BTreeSet<String>,
    known: Known,
    things: Vec<(&'static KindOfThings, Inventory)>,
    suppressed: usize,
    /// Findings of rules that no report has any more.
    unknown_rules: usize,
    /// Reports that did not hold all their rows.
    cut: Vec<&'static str>,
    /// Reports of which no things are known, for want of columns.
    without_things: BTreeSet<&'static str>,
}

/// An answer of today, to be compared with a baseline.
pub struct Today<'a> {
    /// What it rests on.
    pub reach: &'a Reach,
    /// The reports that answer.
    pub reports: &'a [&'static Report],
    /// Their findings, as they are told: a list a section.
    pub findings: &'a [&'a [Finding]],
    /// All rows of those reports that tell of things.
    pub tables: &'a [Table],
    /// Whether the user's config leaves a finding out.
    pub left_out: &'a dyn Fn(&Finding) -> bool,
}

/// How an answer differs from an earlier one.
#[derive(Clone, Debug)]
pub struct News {
    /// Where the earlier answer was read from.
    pub source: String,
    /// The version that made it.
    pub version: String,
    /// What it rests on.
    pub reach: Reach,
    /// What weakens the comparison, in sentences.
    pub caveats: Vec<String>,
    /// How many findings stand how.
    pub counts: Counts,
    /// Its findings that are not found any more, worst first.
    pub gone: Vec<Gone>,
    /// What is seen for the first time, by kind.
    pub first_seen: Vec<FirstSeen>,
}

impl Baseline {
    /// Reads an earlier answer as JSON. `source` names it in sentences; `report` is what is asked now, `None` for the audit.
    ///
    /// # Errors
    /// [`BaselineError`] for what is no answer, or not one of what is asked.
    pub fn read(json: &[u8], source: &str, report: Option<&'static Report>) -> Result<Self, BaselineError> {
        let mut written: Written = serde_json::from_slice(json).map_err(|error| BaselineError::of(json, &error))?;
        check(&written, report)?;
        let reach = written.reach();
        let mut parts = written.take_parts();
        if let Some(report) = report {
            parts.retain(|name, _| name == report.name);
        }
        let found = std::mem::take(&mut written.findings);
        let told = found.len();
        let findings: Vec<Finding> = found.into_iter().filter_map(Found::read).collect();
        let mut baseline = Self {
            source: source.to_owned(),
            version: written.trailscan,
            reports: parts.keys().cloned().collect(),
            unknown_rules: told - findings.len(),
            known: match report {
                Some(report) => Known::of_report(findings, report.rules),
                None => Known::of_audit(findings),
            },
            things: Vec::new(),
            suppressed: written.suppressed,
            cut: Vec::new(),
            without_things: BTreeSet::new(),
            reach,
        };
        for (name, part) in parts {
            baseline.take_rows(&name, &part);
        }
        Ok(baseline)
    }

    /// What it was asked.
    pub fn asked(&self) -> &Asked {
        &self.reach.asked
    }

    fn take_rows(&mut self, name: &str, part: &document::Part) {
        let Some(report) = by_name(name) else { return };
        let cuts =
            |asked: &&String| asked.starts_with("min-") && report.options.iter().any(|o| o.name == asked.as_str());
        let is_cut = part.rows_total > part.rows_shown || self.reach.asked.keys().any(|asked| cuts(&asked));
        if is_cut {
            self.cut.push(report.name);
        }
        for kind in KindOfThings::of(name) {
            match kind.inventory(&part.rows, is_cut) {
                Some(inventory) => self.things.push((kind, inventory)),
                None => _ = self.without_things.insert(report.name),
            }
        }
    }

    /// How an answer of today differs from it, and how each of its findings stands: a list for each that was given.
    pub fn news(&self, today: &Today<'_>) -> (News, Vec<Vec<Standing>>) {
        let mut met: BTreeSet<usize> = BTreeSet::new();
        let mut stand = |finding: &Finding| {
            let (standing, places) = self.standing(finding, today.reach);
            met.extend(places);
            standing
        };
        let standings: Vec<Vec<Standing>> =
            today.findings.iter().map(|list| list.iter().map(&mut stand).collect()).collect();
        let first_seen = self.things.iter().filter_map(|(kind, inventory)| {
            let table = today.tables.iter().find(|table| table.report == kind.report)?;
            let first = FirstSeen::of(kind, table, inventory, (&self.reach, today.reach));
            (!first.seen.is_empty() || first.not_covered > 0).then_some(first)
        });
        let news = News {
            source: self.source.clone(),
            version: self.version.clone(),
            reach: self.reach.clone(),
            caveats: self.caveats(today),
            counts: Counts::of(standings.iter().flatten()),
            gone: self.gone(today, &met),
            first_seen: first_seen.collect(),
        };
        (news, standings)
    }

    /// The inventory of the things that are the rows of a report, where its rows are things.
    fn rows_of(&self, report: &str) -> Option<(&'static KindOfThings, &Inventory)> {
        let mut things = self.things.iter().filter(|(kind, _)| kind.report == report && kind.is_rows());
        things.next().map(|(kind, inventory)| (*kind, inventory))
    }
}

impl News {
    /// The moment that the news are since: up to which the earlier answer tells.
    pub fn since(&self) -> Option<EventTime> {
        self.reach.end()
    }

    /// How many things are seen for the first time.
    pub fn first_seen(&self) -> usize {
        self.first_seen.iter().map(|first| first.seen.len()).sum()
    }
}

/// Refuses the answer of something else.
fn check(written: &Written, report: Option<&'static Report>) -> Result<(), BaselineError> {
    let of_others = || BaselineError::OtherReport {
        has: written.report.clone().unwrap_or_else(|| "an audit".to_owned()),
        wanted: report.map_or_else(|| "the audit".to_owned(), |report| report.name.to_owned()),
        or_audit: if report.is_some_and(|report| report.argument.is_none()) { ", or of an audit" } else { "" },
    };
    match (&written.report, &written.reports, report) {
        (None, None, _) => Err(BaselineError::NoAnswer { why: "neither `report` nor `reports`".to_owned() }),
        (None, Some(_), None) => Ok(()),
        (None, Some(parts), Some(report)) if parts.contains_key(report.name) => Ok(()),
        (Some(name), _, Some(report)) if *name == report.name => Ok(()),
        _ => Err(of_others()),
    }
}

impl BaselineError {
    fn of(json: &[u8], error: &serde_json::Error) -> Self {
        let why = error.to_string();
        let is_json = error.is_data() && json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
        if is_json { Self::NoAnswer { why } } else { Self::NoJson { why } }
    }
}
