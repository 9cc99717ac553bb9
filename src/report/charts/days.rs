//! An axis of UTC days, in steps of a day, a week or four weeks, so that any span fits.

use crate::model::{Day, quantity};

/// The most steps of an axis.
const STEPS: i32 = 100;

/// How long a step of an axis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One day.
    Day,
    /// Seven days, from a Monday.
    Week,
    /// 28 days, from a Monday.
    FourWeeks,
}

/// Days from a first to a last, in equal steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayAxis {
    first: Day,
    steps: usize,
    step: Step,
}

impl Step {
    /// Its days.
    pub const fn days(self) -> i32 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::FourWeeks => 28,
        }
    }

    /// The word for it: `day`, `week`, `four weeks`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::FourWeeks => "four weeks",
        }
    }
}

impl DayAxis {
    /// An axis that holds all of `days`; `None` when there is none. Past 2,800 days it ends at the last day and begins
    /// where room ends: times that far apart are forged or broken, and a picture of them would show nothing.
    pub fn over(days: impl IntoIterator<Item = Day>) -> Option<Self> {
        let (first, last) = days.into_iter().fold((None, None), |(first, last): (Option<Day>, Option<Day>), day| {
            (Some(first.map_or(day, |first| first.min(day))), Some(last.map_or(day, |last| last.max(day))))
        });
        let (first, last) = (first?, last?);
        let span = last.0.saturating_sub(first.0);
        let fits = |step: &Step| span / step.days() < STEPS - 1;
        let step = [Step::Day, Step::Week].into_iter().find(fits).unwrap_or(Step::FourWeeks);
        let first = Day(first.0.max(last.0.saturating_sub(STEPS * step.days())));
        let first = if step == Step::Day { first } else { monday(first) };
        let steps = usize::try_from((last.0 - first.0) / step.days() + 1).unwrap_or(1);
        Some(Self { first, steps, step })
    }

    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.steps
    }

    /// Whether there is no step: never, an axis holds a day.
    pub fn is_empty(&self) -> bool {
        self.steps == 0
    }

    /// How long a step is.
    pub fn step(&self) -> Step {
        self.step
    }

    /// The step that `day` lies in; `None` before the first and after the last.
    pub fn place(&self, day: Day) -> Option<usize> {
        let place = usize::try_from(day.0.checked_sub(self.first.0)?.div_euclid(self.step.days())).ok()?;
        (place < self.steps).then_some(place)
    }

    /// The first day of a step.
    pub fn day(&self, place: usize) -> Day {
        Day(self.first.0 + place as i32 * self.step.days())
    }

    /// A sentence for events that lie before the axis; `None` when there are none.
    pub(in crate::report) fn not_drawn(&self, events: i64) -> Option<String> {
        let events = (events > 0).then(|| quantity(events.unsigned_abs(), "event"))?;
        Some(format!("{events} before {} not drawn", self.first))
    }

    /// A step in words: `2026-09-07`, `the week from 2026-09-07`.
    pub fn told(&self, place: usize) -> String {
        match self.step {
            Step::Day => self.day(place).to_string(),
            step => format!("the {} from {}", step.as_str(), self.day(place)),
        }
    }
}

/// The Monday at or before `day`; 1970-01-01 was a Thursday.
fn monday(day: Day) -> Day {
    Day(day.0 - (day.0 + 3).rem_euclid(7))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(first: i32, last: i32) -> DayAxis {
        DayAxis::over([Day(last), Day(first)]).unwrap()
    }

    #[test]
    fn every_day_has_its_step() {
        for last in [0, 1, 50, 98, 99, 100, 500, 2_000, 2_700, 40_000, i32::MAX / 86_400] {
            let axis = axis(0, last);
            assert!(axis.len() <= STEPS as usize + 5, "{last}: {}", axis.len());
            assert_eq!(axis.place(Day(last)), Some(axis.len() - 1), "{last}");
            if last <= 2_700 {
                assert_eq!(axis.place(Day(0)), Some(0), "{last}");
            }
            assert!(axis.place(axis.day(0)) == Some(0) && axis.place(Day(axis.day(0).0 - 1)).is_none());
        }
        assert!(DayAxis::over([]).is_none());
    }

    #[test]
    fn steps_grow_and_begin_on_mondays() {
        assert_eq!(
            [axis(0, 98).step(), axis(0, 99).step(), axis(0, 700).step()],
            [Step::Day, Step::Week, Step::FourWeeks]
        );
        let day = Day::from_ymd(2026, 9, 9).unwrap();
        assert_eq!(monday(day).to_string(), "2026-09-07");
        assert_eq!(monday(monday(day)), monday(day));
        let weeks = axis(day.0, day.0 + 200);
        assert_eq!(weeks.told(0), "the week from 2026-09-07");
        assert_eq!(axis(day.0, day.0).told(0), "2026-09-09");
    }
}
