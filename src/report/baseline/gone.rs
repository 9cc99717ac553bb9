//! Findings of an earlier answer that are not found any more, and why.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::known::{begin, ended};
use super::reach::{Reach, moment};
use super::standing::{is_of_state, may_be_of_state, report_of};
use super::{Baseline, Today};
use crate::model::EventTime;
use crate::report::Finding;

/// A finding that is not found any more.
#[derive(Clone, Debug)]
pub struct Gone {
    /// As it was told.
    pub finding: Finding,
    /// Why.
    pub cause: Cause,
    /// Why, in a sentence.
    pub why: String,
}

/// Why a finding is not found any more. Only the last may mean that it was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The user's config leaves it out.
    Suppressed,
    /// Its report was not asked.
    NotAsked,
    /// Its account was not read.
    NotRead,
    /// A filter leaves its events out.
    Filtered,
    /// Its events, or some of them, lie outside of what was read.
    OutOfWindow,
    /// Something could not be read.
    Partial,
    /// It was looked for, and not found.
    NotFound,
}

impl Cause {
    /// The word that is printed: `suppressed`, `not-asked`, `not-read`, `filtered`, `out-of-window`, `partial`, `not-found`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suppressed => "suppressed",
            Self::NotAsked => "not-asked",
            Self::NotRead => "not-read",
            Self::Filtered => "filtered",
            Self::OutOfWindow => "out-of-window",
            Self::Partial => "partial",
            Self::NotFound => "not-found",
        }
    }
}

impl Baseline {
    /// What is gone of its findings, all but those at the places that were met.
    pub(super) fn gone(&self, today: &Today<'_>, met: &BTreeSet<usize>) -> Vec<Gone> {
        let known = self.known.findings().iter().enumerate();
        // What is left out now is not told by itself, whoever else tells the fact.
        let is_missing = |(place, finding): &(usize, &Finding)| !met.contains(place) || (today.left_out)(finding);
        let missing = known.filter(is_missing).map(|(_, finding)| finding);
        let gone = |finding: &Finding| {
            let (cause, why) = self.why(finding, today);
            Gone { finding: finding.clone(), cause, why }
        };
        let mut gone: Vec<Gone> = missing.map(gone).collect();
        // What may be put right stands first within its severity.
        gone.sort_by_key(|gone| (Reverse(gone.finding.severity), Reverse(gone.cause)));
        gone
    }

    fn why(&self, finding: &Finding, today: &Today<'_>) -> (Cause, String) {
        let (account, now) = (&finding.account_id, today.reach);
        if (today.left_out)(finding) {
            return (Cause::Suppressed, "left out by trailscan.toml now".to_owned());
        }
        let report =
            report_of(finding.rule).filter(|report| !today.reports.iter().any(|asked| asked.name == report.name));
        if let Some(report) = report {
            return (Cause::NotAsked, format!("{} did not answer this time", report.name));
        }
        if is_of_state(finding) {
            if !account.is_empty() && !now.state_accounts.contains(account) {
                return (Cause::NotRead, format!("no file of IAM's state of account {account} was read"));
            }
        } else if let Some(why) = self.unread(finding, now) {
            return why;
        }
        if now.is_partial {
            return (Cause::Partial, "not found, and not all could be read".to_owned());
        }
        (Cause::NotFound, "not found any more".to_owned())
    }

    /// Why what events told is not told any more, where they were not read.
    pub(super) fn unread(&self, finding: &Finding, now: &Reach) -> Option<(Cause, String)> {
        let account = &finding.account_id;
        if self.reach.accounts.contains(account) && !now.accounts.contains(account) {
            return Some((Cause::NotRead, format!("no event of account {account} was read")));
        }
        if let Some(filter) = now.narrower_than(&self.reach) {
            return Some((Cause::Filtered, format!("this was asked with {filter}")));
        }
        if may_be_of_state(finding) && now.lacks_state(account, &self.reach) {
            let why = format!("no file of IAM's state of account {account} was read, which may have told it");
            return Some((Cause::NotRead, why));
        }
        let (first, last) = (begin(finding), ended(finding));
        let is_before = |time: Option<EventTime>, moment: EventTime| time.is_some_and(|time| time < moment);
        let start = now.start().filter(|start| is_before(first, *start) || is_before(last, *start));
        if let Some(start) = start {
            let why = match last.filter(|last| *last < start) {
                Some(last) => {
                    format!("its last event of {} lies before what was read now, from {}", last.day(), moment(start))
                }
                None => format!("a part of its events lies before what was read now, from {}", moment(start)),
            };
            return Some((Cause::OutOfWindow, why));
        }
        let says_no_time = first.is_none() && last.is_none();
        let began = now.first_event.filter(|began| says_no_time && is_before(self.reach.first_event, *began));
        if let Some(start) = began {
            let why = format!("what was read now begins later than the baseline, at {}", moment(start));
            return Some((Cause::OutOfWindow, why));
        }
        if let Some(end) = now.end().filter(|end| says_no_time && self.reach.last_event.is_some_and(|last| last > *end))
        {
            let why = format!("what was read now ends earlier than the baseline, at {}", moment(end));
            return Some((Cause::OutOfWindow, why));
        }
        let end = now.end().filter(|end| last.is_some_and(|last| last > *end))?;
        Some((Cause::OutOfWindow, format!("a part of its events lies after what was read now, to {}", moment(end))))
    }
}
