//! Days of the window without an object.

use std::collections::{BTreeMap, BTreeSet};

use super::{Coverage, Gap};
use crate::input::{Arrivals, KeyKind, Listing};
use crate::model::{Day, TimeWindow};

/// The days on which each account and region delivered.
type Days = BTreeMap<(String, String), BTreeSet<Day>>;

/// Tells a coverage which accounts and regions delivered by day, and on which days they did not.
pub(super) fn add_gaps(
    coverage: &mut Coverage,
    (listing, arrivals): (&Listing, &Arrivals),
    window: Option<TimeWindow>,
) {
    let days = days_of(listing, arrivals);
    coverage.gaps = gaps_of(&days, listing, arrivals, window);
    for (account, region) in days.into_keys() {
        coverage.delivered.entry(account).or_default().insert(region);
    }
}

/// Every account and region in AWSLogs layout that was met, those included whose objects were all pruned.
fn days_of(listing: &Listing, arrivals: &Arrivals) -> Days {
    let mut days: Days = arrivals.delivered.clone();
    for place in listing.pruned.places.iter().chain(&arrivals.pruned.places) {
        days.entry(place.clone()).or_default();
    }
    for key in listing.objects.iter().filter_map(|object| object.key()) {
        if key.in_layout && key.kind == KeyKind::CloudTrail {
            days.entry((key.account_id, key.region)).or_default().insert(key.day);
        }
    }
    days
}

/// The gaps of every account and region that the listing shows to log: days between the first and the last that are
/// looked at without an object whose key carries that day.
///
/// With a window those are its days that have begun by the newest delivery; without one, or with one that has no start,
/// the days between the oldest and the newest delivery of the whole listing. Objects outside AWSLogs layout say nothing
/// here.
fn gaps_of(days: &Days, listing: &Listing, arrivals: &Arrivals, window: Option<TimeWindow>) -> Vec<Gap> {
    let delivered = || days.values().flatten().copied();
    let newest = delivered().max().max(listing.pruned.newest_day).max(arrivals.pruned.newest_day);
    let (Some(first), Some(last)) = (match window {
        Some(window) if window.since() <= Day(0).start() => {
            (delivered().min(), newest.map(|day| day.min(last_day(window))))
        }
        Some(window) => (Some(window.since().day()), newest.map(|day| day.min(last_day(window)))),
        None => (delivered().min(), newest),
    }) else {
        return Vec::new();
    };
    days.iter()
        .flat_map(|((account, region), seen)| {
            missing(first, last, seen).into_iter().map(move |(from, to)| Gap {
                account: account.clone(),
                region: region.clone(),
                from,
                to,
            })
        })
        .collect()
}

/// The last day that has a moment inside the window.
fn last_day(window: TimeWindow) -> Day {
    crate::model::EventTime(window.until().0 - 1).day()
}

/// Runs of days from `first` to `last` that are not in `seen`.
fn missing(first: Day, last: Day, seen: &BTreeSet<Day>) -> Vec<(Day, Day)> {
    let mut runs = Vec::new();
    let mut from = first.0;
    for day in seen.range(first..=last.max(first)) {
        if day.0 > from {
            runs.push((Day(from), Day(day.0 - 1)));
        }
        from = day.0 + 1;
    }
    if from <= last.0 {
        runs.push((Day(from), last));
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_missing_days() {
        let runs = |seen: &[i32]| missing(Day(3), Day(8), &seen.iter().map(|&d| Day(d)).collect());
        assert_eq!(runs(&[]), [(Day(3), Day(8))]);
        assert_eq!(runs(&[3, 4, 5, 6, 7, 8]), []);
        assert_eq!(runs(&[1, 4, 6, 9]), [(Day(3), Day(3)), (Day(5), Day(5)), (Day(7), Day(8))]);
        assert_eq!(missing(Day(3), Day(2), &BTreeSet::new()), []);
    }
}
