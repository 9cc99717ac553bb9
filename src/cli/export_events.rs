//! The events of an export: the logs are read once more for some hours at a time, so that memory does not grow with the number
//! of events. What lies in S3 is listed once for all of them.

use std::collections::BTreeMap;

use trailscan::aggregate::activity::Activity;
use trailscan::aggregate::events::{self, Events};
use trailscan::aggregate::{AggregateKind, State};
use trailscan::input::{DayRange, FoundObject, Input};
use trailscan::model::{EventTime, TimeWindow, grouped};
use trailscan::output::ExportWriter;
use trailscan::report::{Options, View};
use trailscan::scan::ScanOutcome;

use super::exit::Problem;
use super::reading::Reading;
use super::remote::Remote;
use super::{progress, scan, tell};

/// Events that are held at once, unless an hour has more.
const MOST: i64 = 25_000;

const KINDS: [&AggregateKind; 1] = [&events::KIND];

/// Hours that follow each other, and how many events were counted in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    first: i32,
    last: i32,
    events: i64,
}

/// Refuses what can be read once only.
///
/// # Errors
/// [`Problem::Usage`] for standard input.
pub fn check(reading: &Reading) -> Result<(), Problem> {
    match reading.reads.inputs().contains(&Input::Stdin) {
        false => Ok(()),
        true => Err(Problem::usage(
            "--with-events: it reads the logs several times, and standard input can be read once; save it to a file and give that",
        )),
    }
}

/// Writes the events that `state` has counted.
///
/// # Errors
/// When the logs cannot be read again, or the events cannot be written.
pub fn write(
    writer: &mut ExportWriter<'_>,
    mut reading: Reading,
    (state, late_slack): (&State, i64),
) -> Result<(), Problem> {
    let (window, days) = (reading.window, reading.days);
    reading.cache = None;
    let remote = Remote::of(&reading);
    let found = progress::listing(reading.work.progress, || remote.look())?.objects;
    for part in parts(&hours(state), MOST) {
        let Some(hours) = part.window(window) else { continue };
        reading.window = Some(hours);
        reading.days = both(DayRange::of_window(hours, late_slack, reading.now), days);
        let delivered = of_days(&found, reading.days);
        remote.set_listed(&mut reading, &delivered);
        let mut outcome = scan::read(&reading, &KINDS)?;
        if counted(&outcome) < part.events {
            // Some were delivered later than that.
            reading.days = days;
            remote.set_listed(&mut reading, &found);
            outcome = scan::read(&reading, &KINDS)?;
        }
        let read = counted(&outcome);
        if read != part.events {
            let (read, expected) = (grouped(read.unsigned_abs()), grouped(part.events.unsigned_abs()));
            tell::line(format!("warning: {read} events from {} on were read again, {expected} before", hours.since()));
        }
        let options = Options::default();
        writer.events(&View::new(&outcome.state, &options))?;
    }
    Ok(())
}

/// The objects that may have been delivered on those days: all whose names do not tell a day.
fn of_days(found: &[FoundObject], days: DayRange) -> Vec<FoundObject> {
    let is_of = |found: &&FoundObject| found.key().is_none_or(|key| !key.in_layout || days.contains(key.day));
    found.iter().filter(is_of).cloned().collect()
}

fn counted(outcome: &ScanOutcome) -> i64 {
    outcome.state.get::<Events>().map_or(0, |events| i64::try_from(events.counted()).unwrap_or(i64::MAX))
}

/// Counted events by clock hour, since 1970.
fn hours(state: &State) -> BTreeMap<i32, i64> {
    let mut hours = BTreeMap::new();
    for row in state.get::<Activity>().into_iter().flat_map(Activity::rows) {
        for (hour, events) in (0..).zip(row.hours).filter(|(_, events)| *events > 0) {
            *hours.entry(row.day.0 * 24 + hour).or_default() += events;
        }
    }
    hours
}

/// The hours in parts of at most so many events, or of one hour.
fn parts(hours: &BTreeMap<i32, i64>, most: i64) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (&hour, &events) in hours {
        match parts.last_mut().filter(|part| part.events + events <= most) {
            Some(part) => (part.last, part.events) = (hour, part.events + events),
            None => parts.push(Part { first: hour, last: hour, events }),
        }
    }
    parts
}

impl Part {
    /// Its time, within that window.
    fn window(self, within: Option<TimeWindow>) -> Option<TimeWindow> {
        let at = |hour: i32| EventTime::from_seconds(i64::from(hour) * 3_600);
        let (since, until) = (at(self.first), at(self.last + 1));
        let since = within.map_or(since, |within| since.max(within.since()));
        let until = within.map_or(until, |within| until.min(within.until()));
        TimeWindow::new(since, until).ok()
    }
}

/// The days of both.
fn both(one: DayRange, other: DayRange) -> DayRange {
    let last = match (one.last, other.last) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    DayRange { first: one.first.max(other.first), last }
}

#[cfg(test)]
mod tests {
    use trailscan::model::Day;

    use super::*;

    #[test]
    fn parts_hold_as_many_as_fit() {
        let hours: BTreeMap<i32, i64> = [(1, 10), (2, 5), (30, 4), (31, 50), (32, 1)].into();
        let part = |first, last, events| Part { first, last, events };
        assert_eq!(parts(&hours, 15), [part(1, 2, 15), part(30, 30, 4), part(31, 31, 50), part(32, 32, 1)]);
        assert_eq!(parts(&hours, 100), [part(1, 32, 70)]);
        assert_eq!(parts(&BTreeMap::new(), 15), []);
    }

    #[test]
    fn a_part_ends_with_the_window() {
        let at = |text| EventTime::parse(text).unwrap();
        let window = TimeWindow::new(at("1970-01-01T01:30:00Z"), at("1970-01-01T02:30:00Z")).unwrap();
        let part = Part { first: 1, last: 2, events: 1 };
        assert_eq!(part.window(Some(window)), Some(window));
        let alone = part.window(None).unwrap();
        assert_eq!((alone.since(), alone.until()), (at("1970-01-01T01:00:00Z"), at("1970-01-01T03:00:00Z")));
        assert_eq!(Part { first: 9, last: 9, events: 1 }.window(Some(window)), None);
    }

    #[test]
    fn objects_are_chosen_by_the_day_that_their_folder_tells() {
        let found = |key: &str| FoundObject {
            name: format!("s3://logs/{key}"),
            bytes: 1,
            etag: None,
            archived: false,
            named: false,
        };
        let file = "111122223333_CloudTrail_us-east-1_20260905T1200Z_a.json.gz";
        let folder = |day: &str| format!("AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/{day}");
        let objects = [
            found(&format!("{}/{file}", folder("04"))),
            found(&format!("{}/{file}", folder("05"))),
            // A lone file name is not trusted.
            found(file),
            found("pasted.json"),
        ];
        let day = EventTime::parse("2026-09-05T00:00:00Z").unwrap().day();
        let days = DayRange { first: Some(day), last: Some(day) };
        assert_eq!(of_days(&objects, days), objects[1..]);
        assert_eq!(of_days(&objects, DayRange::ALL), objects);
    }

    #[test]
    fn days_of_both() {
        let range = |first, last| DayRange { first: Some(Day(first)), last: Some(Day(last)) };
        assert_eq!(both(range(1, 5), range(3, 9)), range(3, 5));
        assert_eq!(both(range(1, 5), DayRange::ALL), range(1, 5));
    }
}
