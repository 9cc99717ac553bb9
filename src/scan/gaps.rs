//! Days of the window without an object, and days that digests show to be quiet.

use std::collections::BTreeSet;

use crate::coverage::{CoverageFacts, Gap};
use crate::input::{Arrivals, Delivered, Deliveries, DeliveryDays, Listing};
use crate::model::{Day, EventTime, TimeWindow};

/// Which days are looked at for gaps.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// The window, if there is one.
    pub window: Option<TimeWindow>,
    /// Days that begin later have not come yet.
    pub now: Option<EventTime>,
}

/// Tells a coverage which accounts and regions delivered by day, and on which days they did not.
pub(super) fn add_gaps(coverage: &mut CoverageFacts, (listing, arrivals): (&Listing, &Arrivals), judged: Judged) {
    let Delivered { days, quiet, of_organization } = deliveries_of(listing, arrivals).into_days();
    coverage.proof.judged = judged.days(&days, listing.pruned.newest_day.max(arrivals.pruned.newest_day));
    coverage.gaps = coverage.proof.judged.map(|range| gaps_of(&days, range)).unwrap_or_default();
    coverage.proof.of_organization = of_organization;
    for (account, region) in days.keys() {
        coverage.delivered.entry(account.clone()).or_default().insert(region.clone());
    }
    coverage.proof.days = days;
    coverage.proof.quiet = quiet;
}

/// What all keys say of deliveries.
pub(super) fn deliveries_of(listing: &Listing, arrivals: &Arrivals) -> Deliveries {
    let mut seen = arrivals.delivered.clone();
    listing.pruned.places.iter().chain(&arrivals.pruned.places).for_each(|place| seen.begin(place.clone()));
    listing.objects.iter().filter_map(|object| object.delivery()).for_each(|key| seen.see(key));
    seen
}

impl Judged {
    /// The first and the last day that are looked at. With a window those are its days that have begun; without one, or
    /// with one that has no start, it begins with the oldest delivery, and without one it ends with the newest of the
    /// whole listing. Objects outside AWSLogs layout say nothing here.
    fn days(self, days: &DeliveryDays, newest_pruned: Option<Day>) -> Option<(Day, Day)> {
        let delivered = || days.values().flatten().copied();
        let Some(window) = self.window else {
            return delivered().min().zip(delivered().max().max(newest_pruned));
        };
        let begins = if window.since() <= Day(0).start() { delivered().min()? } else { window.since().day() };
        let ends = last_day(window);
        Some((begins, self.now.map_or(ends, |now| ends.min(now.day()))))
    }
}

/// The gaps of every account and region that the listing shows to log: days of `range` without an object whose key
/// carries that day, and without a digest that ends in each of its clock hours.
fn gaps_of(days: &DeliveryDays, (first, last): (Day, Day)) -> Vec<Gap> {
    let of_place = |((account, region), seen): (&(String, String), &BTreeSet<Day>)| {
        let gap = |(from, to)| Gap { account: account.clone(), region: region.clone(), from, to };
        missing(first, last, seen).into_iter().map(gap).collect::<Vec<_>>()
    };
    days.iter().flat_map(of_place).collect()
}

/// The last day that has a moment inside the window.
fn last_day(window: TimeWindow) -> Day {
    EventTime(window.until().0 - 1).day()
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

    #[test]
    fn the_end_of_a_window_is_judged_like_its_middle() {
        let one =
            |seen: &[i32]| DeliveryDays::from([(("a".into(), "r".into()), seen.iter().map(|&day| Day(day)).collect())]);
        let window = |from: i32, to: i32| TimeWindow::new(Day(from).start(), Day(to).start()).ok();
        let days = |seen: &[i32], window, now: Option<i32>| {
            Judged { window, now: now.map(|day| Day(day).start()) }.days(&one(seen), None)
        };
        assert_eq!(days(&[3, 4], window(3, 9), Some(20)), Some((Day(3), Day(8))));
        assert_eq!(days(&[3, 4], window(3, 9), Some(6)), Some((Day(3), Day(6))), "the rest has not begun");
        assert_eq!(days(&[3, 4], None, Some(20)), Some((Day(3), Day(4))));
        assert_eq!(days(&[], None, None), None);
    }
}
