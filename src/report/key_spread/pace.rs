//! Whether hours of use are those of a machine.

use std::collections::BTreeMap;

use crate::aggregate::HourSet;
use crate::model::Hour;

/// Days of use from which hours of the day are a habit.
const LEAST_DAYS: usize = 4;

/// The longest rest, in hours, that a machine takes: people sleep longer.
pub(super) const LONGEST_REST: i32 = 7;

/// Days of use from which hours are a person's or a clock's.
const CLOCK_DAYS: usize = 10;

/// Hours of the day at which a schedule starts, at most, where they are not one after the other.
const FEW_HOURS: usize = 3;

/// The days of which nearly each one must have a call.
const WEEKS: i32 = 14;

/// Whether the hours are used day and night: no eight hours of the day in a row are free of habitual use. An hour of the
/// day is habitual when it was used on two days and on three of ten active days.
///
/// Known misses: a machine that works at office hours only, or less than four days. People in several time zones who share
/// a key and a network look like a machine.
pub(in crate::report) fn is_day_and_night(hours: &HourSet) -> bool {
    let days = hours.days().len();
    if days < LEAST_DAYS {
        return false;
    }
    let mut days_of = [0usize; 24];
    for hour in hours.iter() {
        days_of[hour.0.rem_euclid(24) as usize] += 1;
    }
    let is_habit = |count: usize| count >= 2 && count * 10 >= days * 3;
    longest_rest(|hour| is_habit(days_of[hour])) <= LONGEST_REST
}

/// The most hours of the day in a row, over midnight too, that are not used.
pub(super) fn longest_rest(is_used: impl Fn(usize) -> bool) -> i32 {
    let (mut rest, mut longest) = (0, 0);
    for hour in (0..48).map(|hour| hour % 24) {
        rest = if is_used(hour) { 0 } else { rest + 1 };
        longest = longest.max(rest);
    }
    longest
}

/// Whether an hour lies in the night of whoever works at `hours`: in the longest rest of the day.
pub(super) fn is_at_night(hours: &HourSet, hour: Hour) -> bool {
    let mut is_used = [false; 24];
    hours.iter().for_each(|hour| is_used[hour.0.rem_euclid(24) as usize] = true);
    let of_day = hour.0.rem_euclid(24) as usize;
    if is_used[of_day] {
        return false;
    }
    let before = (1..24).take_while(|step| !is_used[(of_day + 24 - step) % 24]).count();
    let after = (1..24).take_while(|step| !is_used[(of_day + step) % 24]).count();
    i32::try_from(before + 1 + after).is_ok_and(|rest| rest >= longest_rest(|hour| is_used[hour]))
}

/// Whether nearly every day has a call, weekends included: nine of ten days over two weeks or more.
pub(super) fn is_every_day(hours: &HourSet) -> bool {
    let days = hours.days();
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return false };
    let all = last.0 - first.0 + 1;
    all >= WEEKS && days.len() as i64 * 10 >= i64::from(all) * 9
}

/// Whether the hours are those of a person at work: on ten days or more, a night of eight hours free, and no weekend but
/// rarely. Machines that work at office hours only look the same.
pub(super) fn is_of_office(hours: &HourSet) -> bool {
    let days = hours.days();
    let mut is_used = [false; 24];
    hours.iter().for_each(|hour| is_used[hour.0.rem_euclid(24) as usize] = true);
    // 1970-01-01 was a Thursday: Saturday and Sunday are the second and third day after it.
    let weekends = days.iter().filter(|day| matches!(day.0.rem_euclid(7), 2 | 3)).count();
    days.len() >= CLOCK_DAYS && weekends * 10 <= days.len() && longest_rest(|hour| is_used[hour]) > LONGEST_REST
}

/// The hours of the day that a clock keeps: the very same, three or fewer or without a gap, on nine of ten days, ten at
/// least. People begin and rest at other hours from day to day.
pub(super) fn by_the_clock(hours: &HourSet) -> Option<Vec<i32>> {
    let mut of_days: BTreeMap<i32, u32> = BTreeMap::new();
    for hour in hours.iter() {
        *of_days.entry(hour.0.div_euclid(24)).or_default() |= 1 << hour.0.rem_euclid(24);
    }
    let mut days_of: BTreeMap<u32, usize> = BTreeMap::new();
    of_days.values().for_each(|kept| *days_of.entry(*kept).or_default() += 1);
    let (kept, days) = days_of.into_iter().max_by_key(|(_, days)| *days)?;
    let kept: Vec<i32> = (0..24).filter(|hour| kept & (1 << hour) != 0).collect();
    let is_set = kept.len() <= FEW_HOURS || kept.windows(2).all(|pair| pair[1] == pair[0] + 1);
    (of_days.len() >= CLOCK_DAYS && days * 10 >= of_days.len() * 9 && is_set).then_some(kept)
}

/// The days with a call before `hour`.
pub(super) fn days_before(hours: &HourSet, hour: Hour) -> usize {
    let mut days: Vec<i32> =
        hours.iter().take_while(|known| known.0 < hour.0).map(|hour| hour.0.div_euclid(24)).collect();
    days.dedup();
    days.len()
}

/// The last hour of use up to `hour`, and the first after it.
pub(super) fn around(hours: &HourSet, hour: Hour) -> (Option<Hour>, Option<Hour>) {
    let before = hours.iter().take_while(|known| known.0 <= hour.0).last();
    (before, hours.iter().find(|known| known.0 > hour.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hours of the day `of_day` on the days `days`.
    fn hours(days: impl Iterator<Item = i32> + Clone, of_day: &[i32]) -> HourSet {
        let mut hours = HourSet::default();
        days.for_each(|day| of_day.iter().for_each(|hour| hours.insert(Hour(day * 24 + hour))));
        hours
    }

    #[test]
    fn machines_do_not_sleep() {
        let all: Vec<i32> = (0..24).collect();
        for of_day in [&all[..], &[0, 4, 8, 12, 16, 20], &[0, 8, 16], &[5, 11, 17, 23]] {
            assert!(is_day_and_night(&hours(0..7, of_day)), "{of_day:?}");
        }
        let person: Vec<i32> = (8..24).collect();
        for of_day in [&person[..], &[3, 15], &[10], &[]] {
            assert!(!is_day_and_night(&hours(0..31, of_day)), "{of_day:?}");
        }
        assert!(!is_day_and_night(&hours(0..3, &all)), "three days are no habit");
        let mut one_night = hours(0..31, &person);
        one_night.merge(&hours(4..6, &all));
        assert!(!is_day_and_night(&one_night), "two nights of a month are none");
    }

    #[test]
    fn nights_are_the_longest_rest() {
        let office = hours(0..5, &[8, 9, 18]);
        for (of_day, is_night) in [(19, true), (2, true), (7, true), (8, false), (12, false), (17, false)] {
            assert_eq!(is_at_night(&office, Hour(24 * 9 + of_day)), is_night, "{of_day}");
        }
    }

    #[test]
    fn people_have_weekends() {
        assert!(is_every_day(&hours(0..31, &[10])));
        assert!(!is_every_day(&hours((0..31).filter(|day| day % 7 < 5), &[10])));
        assert!(!is_every_day(&hours(0..13, &[10])), "less than two weeks");
        assert!(!is_every_day(&HourSet::default()));
    }

    #[test]
    fn clocks_keep_the_same_hours() {
        let weekdays = || (4..32).filter(|day| !matches!(day % 7, 2 | 3));
        for of_day in [&[2][..], &[8, 12, 16], &[8, 9, 10, 11, 12, 13, 14, 15, 16, 17]] {
            assert_eq!(by_the_clock(&hours(weekdays(), of_day)).as_deref(), Some(of_day));
        }
        assert_eq!(by_the_clock(&hours(weekdays(), &[8, 9, 11, 13])), None, "with breaks");
        assert_eq!(by_the_clock(&hours(0..9, &[2])), None, "nine days");
        let mut person = HourSet::default();
        (0..20).for_each(|day| person.insert(Hour(day * 24 + 9 + day % 3)));
        assert_eq!(by_the_clock(&person), None, "at nine, ten or eleven");
        let mut late = hours(weekdays(), &[2]);
        late.merge(&hours(4..6, &[3]));
        assert_eq!(by_the_clock(&late), Some(vec![2]), "two runs of twenty took longer");
        late.merge(&hours(6..8, &[3]));
        assert_eq!(by_the_clock(&late), None);
    }

    #[test]
    fn offices_close() {
        let weekdays = || (4..32).filter(|day| !matches!(day % 7, 2 | 3));
        assert!(is_of_office(&hours(weekdays(), &[8, 12, 17])));
        assert!(!is_of_office(&hours(4..32, &[8, 12, 17])), "weekends");
        assert!(!is_of_office(&hours(weekdays(), &[3, 9, 15, 21])), "nights");
        assert!(!is_of_office(&hours(weekdays().take(9), &[8])), "nine days");
    }

    #[test]
    fn hours_around() {
        let hours = hours(0..2, &[1, 5]);
        assert_eq!(around(&hours, Hour(3)), (Some(Hour(1)), Some(Hour(5))));
        assert_eq!(around(&hours, Hour(5)), (Some(Hour(5)), Some(Hour(25))));
        assert_eq!(around(&hours, Hour(29)), (Some(Hour(29)), None));
        assert_eq!(
            (days_before(&hours, Hour(1)), days_before(&hours, Hour(5)), days_before(&hours, Hour(40))),
            (0, 1, 2)
        );
    }
}
