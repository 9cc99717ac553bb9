//! Days of the window without an object, and days that digests show to be quiet.

use std::collections::{BTreeMap, BTreeSet};

use super::{Coverage, Gap};
use crate::input::{Arrivals, KeyKind, Listing, LogKey};
use crate::model::{Day, EventTime, TimeWindow};

/// The days on which each account and region delivered.
type Days = BTreeMap<(String, String), BTreeSet<Day>>;

/// All clock hours of a day, a bit an hour.
const ALL_HOURS: u32 = (1 << 24) - 1;

/// Which days are looked at for gaps.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// The window, if there is one.
    pub window: Option<TimeWindow>,
    /// Days that begin later have not come yet.
    pub now: Option<EventTime>,
}

/// Tells a coverage which accounts and regions delivered by day, and on which days they did not.
pub(super) fn add_gaps(coverage: &mut Coverage, (listing, arrivals): (&Listing, &Arrivals), judged: Judged) {
    let mut seen = Deliveries { days: arrivals.delivered.clone(), ..Deliveries::default() };
    for place in listing.pruned.places.iter().chain(&arrivals.pruned.places) {
        seen.days.entry(place.clone()).or_default();
    }
    listing.objects.iter().filter_map(|object| object.key()).for_each(|key| seen.see(key));
    let organization = std::mem::take(&mut seen.of_organization);
    let days = seen.into_days();
    coverage.proof.judged = judged.days(&days, listing.pruned.newest_day.max(arrivals.pruned.newest_day));
    coverage.gaps = coverage.proof.judged.map(|range| gaps_of(&days, range)).unwrap_or_default();
    coverage.proof.of_organization = organization;
    for (account, region) in days.keys() {
        coverage.delivered.entry(account.clone()).or_default().insert(region.clone());
    }
    coverage.proof.days = days;
}

/// What keys say of deliveries.
#[derive(Default)]
struct Deliveries {
    /// Every account and region in AWSLogs layout that was met, those included whose objects were all pruned.
    days: Days,
    /// The clock hours for which there is a digest: by its end, and by the moment before that.
    hours: BTreeMap<(String, String, Day), [u32; 2]>,
    of_organization: BTreeSet<String>,
}

impl Deliveries {
    fn see(&mut self, key: LogKey) {
        let is_log = key.kind == KeyKind::CloudTrail;
        if !key.in_layout || !is_log && key.kind != KeyKind::Digest {
            return;
        }
        if key.organization_id.is_some() && !self.of_organization.contains(&key.account_id) {
            self.of_organization.insert(key.account_id.clone());
        }
        // One that ends with an hour covers that hour; one that ends within it counts for it, too.
        let end = key.delivered.filter(|_| !is_log);
        for (way, moment) in end.into_iter().flat_map(|end| [end, end.plus_seconds(-1)]).enumerate() {
            let of_day = self.hours.entry((key.account_id.clone(), key.region.clone(), moment.day())).or_default();
            of_day[way] |= 1 << moment.hour().0.rem_euclid(24);
        }
        let days = self.days.entry((key.account_id, key.region)).or_default();
        if is_log {
            days.insert(key.day);
        }
    }

    fn into_days(self) -> Days {
        let Self { mut days, hours, .. } = self;
        for ((account, region, day), _) in hours.into_iter().filter(|(_, hours)| hours.contains(&ALL_HOURS)) {
            days.entry((account, region)).or_default().insert(day);
        }
        days
    }
}

impl Judged {
    /// The first and the last day that are looked at. With a window those are its days that have begun; without one, or
    /// with one that has no start, it begins with the oldest delivery, and without one it ends with the newest of the
    /// whole listing. Objects outside AWSLogs layout say nothing here.
    fn days(self, days: &Days, newest_pruned: Option<Day>) -> Option<(Day, Day)> {
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
///
/// CloudTrail writes a digest for each hour and region of a trail with validation, also when nothing happened: what a
/// day of them leaves open is less than an hour after the last. Source: CloudTrail user guide, "Digest files".
fn gaps_of(days: &Days, (first, last): (Day, Day)) -> Vec<Gap> {
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

    fn key(kind: KeyKind, delivered: EventTime) -> LogKey {
        LogKey {
            account_id: "111122223333".into(),
            region: "eu-west-1".into(),
            kind,
            day: delivered.day(),
            organization_id: None,
            delivered: Some(delivered),
            in_layout: true,
        }
    }

    /// The days of the one place of these keys.
    fn days_of(keys: impl IntoIterator<Item = LogKey>) -> BTreeSet<Day> {
        let mut seen = Deliveries::default();
        keys.into_iter().for_each(|key| seen.see(key));
        seen.into_days().into_values().next().unwrap_or_default()
    }

    /// Keys of digests, one for each hour of a day.
    fn digests(end: impl Fn(i64) -> EventTime) -> Vec<LogKey> {
        (0..24).map(|hour| key(KeyKind::Digest, end(hour))).collect()
    }

    /// The days of one place, by keys of log objects and of digests that end at these hours.
    fn days(logs: &[i32], digests: &[(i32, std::ops::Range<i64>)]) -> BTreeSet<Day> {
        let logs = logs.iter().map(|&day| key(KeyKind::CloudTrail, Day(day).start()));
        let ends = digests
            .iter()
            .flat_map(|(day, hours)| hours.clone().map(|hour| Day(*day).start().plus_seconds(hour * 3600 + 2520)));
        days_of(logs.chain(ends.map(|end| key(KeyKind::Digest, end))))
    }

    #[test]
    fn digests_of_all_hours_make_a_day_quiet() {
        assert_eq!(days(&[1], &[(2, 0..24)]), BTreeSet::from([Day(1), Day(2)]));
        assert_eq!(days(&[1], &[(2, 0..23)]), BTreeSet::from([Day(1)]), "an hour is missing");
        assert_eq!(days(&[], &[(2, 12..24), (3, 0..12)]), BTreeSet::new(), "two halves are no day");
        let on_the_hour = digests(|hour| Day(2).start().plus_seconds((hour + 1) * 3600));
        assert_eq!(days_of(on_the_hour), BTreeSet::from([Day(2)]));
    }

    #[test]
    fn the_end_of_a_window_is_judged_like_its_middle() {
        let one = |seen: &[i32]| Days::from([(("a".into(), "r".into()), seen.iter().map(|&day| Day(day)).collect())]);
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
