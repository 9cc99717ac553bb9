//! What a scan's coverage can prove, as the reports ask for it.

use std::collections::{BTreeMap, BTreeSet};

use trailscan::model::{Day, EventTime, LoggingEffect};
use trailscan::report::{Blinding, Blindings, LogSpan};
use trailscan::scan::{Coverage, Gap, LoggingChange};

use super::reading::Reading;

/// What was read of logs.
pub fn logs(reading: &Reading, coverage: &Coverage) -> LogSpan {
    let proof = &coverage.proof;
    let archived = coverage.objects_skipped.get("archived").copied().unwrap_or(0);
    let not_whole = if coverage.interrupted {
        Some("the scan was interrupted".to_owned())
    } else if archived > 0 {
        Some("archived objects were not read".to_owned())
    } else if !reading.filters.are_accounts_alone() {
        Some("filters left out events".to_owned())
    } else {
        None
    };
    let mut enabled_regions = BTreeMap::<String, BTreeSet<String>>::new();
    for (account, region) in &proof.enabled_regions {
        enabled_regions.entry(account.clone()).or_default().insert(region.clone());
    }
    let whole_days = proof.judged.and_then(|judged| whole_days(reading, judged));
    // Today is not over: what is missing of it may come.
    let is_over = |gap: &&Gap| whole_days.is_none_or(|(_, last)| gap.from <= last);
    LogSpan {
        regions: coverage.delivered.clone(),
        accounts_with_gaps: coverage.gaps.iter().filter(is_over).map(|gap| gap.account.clone()).collect(),
        is_filtered: !reading.filters.are_accounts_alone(),
        not_whole,
        days: proof.days.clone(),
        whole_days,
        last_event_day: coverage.last_event.map(EventTime::day),
        read_only: proof.read_only.clone(),
        unread: proof.unread.clone(),
        blinded: Blindings::new(
            coverage.logging_changes.iter().filter_map(|change| blinding(change, coverage)).collect(),
            proof.of_organization.clone(),
            whole_days,
        ),
        enabled_regions,
    }
}

/// The whole days among those that are judged: a window may begin and end within a day, and today is not over.
fn whole_days(reading: &Reading, (first, last): (Day, Day)) -> Option<(Day, Day)> {
    let ends = reading.window.map_or(reading.now, |window| window.until().min(reading.now));
    let begins = reading.window.map_or(first, |window| {
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
        && coverage.proof.of_organization.contains(&change.account_id);
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
