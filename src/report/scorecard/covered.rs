//! What a coverage can prove, as the reports ask for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Blinding, Blindings, LogSpan};
use crate::coverage::{Coverage, Gap, LoggingChange};
use crate::model::{Day, EventTime, LoggingEffect, TimeWindow};

impl LogSpan {
    /// What a coverage tells: of events within `window`, read at `now`. `is_filtered`: filters left out some of the events
    /// of the accounts that are counted.
    pub fn of(coverage: &Coverage, window: Option<TimeWindow>, now: EventTime, is_filtered: bool) -> Self {
        let proof = &coverage.proof;
        let archived = coverage.archived();
        let not_whole = if coverage.interrupted {
            Some("the scan was interrupted".to_owned())
        } else if archived > 0 {
            Some("archived objects were not read".to_owned())
        } else if is_filtered {
            Some("filters left out events".to_owned())
        } else {
            None
        };
        let mut enabled_regions = BTreeMap::<String, BTreeSet<String>>::new();
        for (account, region) in &proof.enabled_regions {
            enabled_regions.entry(account.clone()).or_default().insert(region.clone());
        }
        let whole_days = proof.judged.and_then(|judged| whole_days(window, now, judged));
        // Today is not over: what is missing of it may come.
        let is_over = |gap: &&Gap| whole_days.is_none_or(|(_, last)| gap.from <= last);
        Self {
            regions: coverage.delivered.clone(),
            accounts_with_gaps: coverage.gaps.iter().filter(is_over).map(|gap| gap.account.clone()).collect(),
            is_filtered,
            not_whole,
            days: proof.days.clone(),
            quiet: proof.quiet.clone(),
            whole_days,
            last_event_day: coverage.last_event.map(EventTime::day),
            recorded: proof.recorded.clone(),
            unread: proof.unread.clone(),
            lost_by_ocsf: coverage.ocsf.lost.clone(),
            blinded: Blindings::new(
                coverage.logging_changes.iter().filter_map(|change| blinding(change, coverage)).collect(),
                proof.of_organization.keys().cloned().collect(),
                whole_days,
            ),
            enabled_regions,
            organizations: proof.of_organization.iter().filter_map(only_one).collect(),
            stands: coverage.verification.as_ref().map(|verification| verification.accounts.clone()),
        }
    }
}

/// The organization of an account whose objects lie under the id of one and no other.
fn only_one((account, ids): (&String, &BTreeSet<String>)) -> Option<(String, String)> {
    let id = ids.first().filter(|_| ids.len() == 1)?;
    Some((account.clone(), id.clone()))
}

/// The whole days among those that are judged: a window may begin and end within a day, and today is not over.
fn whole_days(window: Option<TimeWindow>, now: EventTime, (first, last): (Day, Day)) -> Option<(Day, Day)> {
    let ends = window.map_or(now, |window| window.until().min(now));
    let begins = window.map_or(first, |window| {
        let day = window.since().day();
        if day.start() < window.since() { Day(day.0 + 1) } else { day }
    });
    let (first, last) = (first.max(begins), last.min(Day(ends.day().0 - 1)));
    (first <= last).then_some((first, last))
}

/// What a change keeps from the logs; `None` of one after which as much is recorded as before.
fn blinding(change: &LoggingChange, coverage: &Coverage) -> Option<Blinding> {
    let concerns = &change.concerns;
    if !concerns.effect.blinds() {
        return None;
    }
    // Whether a trail that was stopped is the organization's, its record does not say.
    let is_organizations = !concerns.is_own
        && concerns.effect == LoggingEffect::Stopped
        && coverage.proof.of_organization.contains_key(&change.account_id);
    let when = change.time.map(|time| format!(" on {}", time.day())).unwrap_or_default();
    let on = if change.trail.is_empty() { String::new() } else { format!(" of {}", change.trail) };
    let deleted = concerns.effect == LoggingEffect::Deleted;
    Some(Blinding {
        what: format!("{}{on} by {}{when}", change.event, change.actor),
        from: change.time.map(EventTime::day).filter(|_| !deleted),
        until: change.undone.map(EventTime::day),
        accounts: concerns.homes.clone(),
        is_organizations,
        is_everyones: concerns.is_everyones,
    })
}
