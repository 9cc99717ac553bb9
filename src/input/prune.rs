//! Which delivery days a window reads.

use crate::model::{Day, EventTime, TimeWindow};

/// The longest life of STS credentials: a session inside a window may have been issued this long before it.
///
/// Source: STS API reference, `GetSessionToken` and `GetFederationToken`: at most 129,600 seconds.
const LONGEST_SESSION_SECONDS: i64 = 36 * 3600;

/// The delivery days that are read, both ends included; an open end is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRange {
    /// First day that is read.
    pub first: Option<Day>,
    /// Last day that is read.
    pub last: Option<Day>,
}

impl DayRange {
    /// Every day.
    pub const ALL: Self = Self { first: None, last: None };

    /// What must be read to answer for `window`: from 36 h before it, since what it holds may have been issued then,
    /// until `late_slack_seconds` after it, since CloudTrail delivers late, but not past `now`.
    ///
    /// No day inside the window is ever left out, whatever `now` says.
    pub fn of_window(window: TimeWindow, late_slack_seconds: i64, now: EventTime) -> Self {
        let late = window.until().plus_seconds(late_slack_seconds.max(0));
        let last = late.min(now).max(window.until());
        Self { first: Some(window.since().plus_seconds(-LONGEST_SESSION_SECONDS).day()), last: Some(last.day()) }
    }

    /// Whether objects delivered on `day` are read.
    pub fn contains(self, day: Day) -> bool {
        self.first.is_none_or(|first| first <= day) && self.last.is_none_or(|last| day <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(since: &str, until: &str, now: &str) -> Option<(String, String)> {
        let at = EventTime::parse;
        let range = DayRange::of_window(TimeWindow::new(at(since)?, at(until)?).ok()?, 2 * 86_400, at(now)?);
        Some((range.first?.to_string(), range.last?.to_string()))
    }

    #[test]
    fn a_window_reads_what_explains_it_and_what_comes_late() {
        for (since, until, now, first, last) in [
            ("2023-07-10T12:00:00Z", "2023-07-11T00:00:00Z", "2023-08-01T00:00:00Z", "2023-07-09", "2023-07-13"),
            ("2023-07-10T11:59:59Z", "2023-07-11T00:00:00Z", "2023-08-01T00:00:00Z", "2023-07-08", "2023-07-13"),
            ("2023-07-10T00:00:00Z", "2023-07-11T00:00:00Z", "2023-07-11T09:00:00Z", "2023-07-08", "2023-07-11"),
            ("2023-07-10T00:00:00Z", "2023-07-11T00:00:00Z", "2023-07-01T00:00:00Z", "2023-07-08", "2023-07-11"),
        ] {
            assert_eq!(days(since, until, now), Some((first.into(), last.into())), "{since} {until} {now}");
        }
    }

    #[test]
    fn both_ends_are_read_and_their_neighbours_are_not() {
        let range = DayRange { first: Some(Day(10)), last: Some(Day(12)) };
        assert_eq!([9, 10, 12, 13].map(|day| range.contains(Day(day))), [false, true, true, false]);
        assert!(DayRange::ALL.contains(Day(i32::MIN)) && DayRange::ALL.contains(Day(i32::MAX)));
    }

    proptest::proptest! {
        #[test]
        fn no_event_that_counts_or_explains_is_left_shut(
            since in 0i64..2_000_000_000,
            length in 1i64..100 * 86_400,
            before in 0i64..=36 * 3600,
            into in 0.0f64..1.0,
            slack in 0i64..7 * 86_400,
            late in 0.0f64..1.0,
        ) {
            let at = EventTime::from_seconds;
            let window = TimeWindow::new(at(since), at(since + length)).unwrap();
            let delay = (slack as f64 * late) as i64;
            let counted = since + (length as f64 * into) as i64;
            let now = at(counted + delay);
            let range = DayRange::of_window(window, slack, now);
            proptest::prop_assert!(range.contains(at(counted + delay).day()), "counted");
            proptest::prop_assert!(range.contains(at(since - before).day()), "issued before");
        }
    }
}
