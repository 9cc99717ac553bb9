//! Services that watch an account and were switched off.

use std::collections::{BTreeMap, BTreeSet};

use super::super::beyond_rules as rules;
use super::super::change::Change;
use super::{Draft, Found, groups, listed};
use crate::aggregate::iam_changes::{Act, ON};
use crate::model::EventTime;
use crate::report::Severity;

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// When a service was switched on in an account, and by whom.
type Starts<'a> = BTreeMap<(&'a str, &'static str), BTreeSet<(EventTime, &'a str)>>;

pub(super) fn of(all: &[Change<'_>]) -> Vec<Found> {
    let starts = starts(all);
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let (severity, because) = match rows.iter().all(|&row| is_short(&all[row], &starts)) {
            true => {
                (Severity::Low, "it came back within a day, or the caller had switched it on within the week before")
            }
            false => (Severity::Medium, "what happened since is not seen by it; who hides does this early"),
        };
        let what = listed(all, &rows, |change| match change.target {
            "" => format!("{} ({})", change.event.name(), service(change)),
            target => format!("{} ({} {target})", change.event.name(), service(change)),
        });
        Draft::new(&rules::DETECTION_OFF, account_id, actor)
            .summary(format!("{actor} switched off what watches the account: {what}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, stops, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}

fn stops(change: &Change<'_>) -> bool {
    change.did(Act::StopDetection) && change.policy != ON && !change.is_provisioning()
}

fn starts<'a>(all: &[Change<'a>]) -> Starts<'a> {
    let mut starts = Starts::new();
    let is_start =
        |change: &&Change<'a>| change.did(Act::StartDetection) || change.did(Act::StopDetection) && change.policy == ON;
    for change in all.iter().filter(is_start) {
        let of_service = starts.entry((change.account_id, change.event.source())).or_default();
        of_service.extend(change.times().map(|time| (time, change.actor)));
    }
    starts
}

/// Whether each time it came back within a day, or had been there for no more than a week, by the same caller.
fn is_short(change: &Change<'_>, starts: &Starts<'_>) -> bool {
    let Some(starts) = starts.get(&(change.account_id, change.event.source())) else { return false };
    let is_short = |time: EventTime| {
        let (before, after) = (time.plus_seconds(-WEEK), time.plus_seconds(DAY));
        let mut near = starts.iter().filter(|(start, _)| (before..=after).contains(start));
        near.any(|&(start, actor)| start >= time || actor == change.actor)
    };
    let mut times = change.times().peekable();
    times.peek().is_some() && times.all(is_short)
}

/// `guardduty`.
fn service(change: &Change<'_>) -> &'static str {
    let source = change.event.source();
    source.strip_suffix(".amazonaws.com").unwrap_or(source)
}
