//! Why an answer is empty: what was read, what the window and the filters took away, and where the newest event lies.

use trailscan::coverage::Coverage;
use trailscan::model::{Day, EventTime, quantity};

/// How near to now the logs come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Newest {
    /// The latest event that was read, inside the window or not.
    pub event: Option<EventTime>,
    /// The latest delivery day of the objects that the window left shut.
    pub pruned_day: Option<Day>,
}

/// One line that explains an answer without rows.
pub fn empty_answer(coverage: &Coverage, newest: Newest) -> String {
    let read = coverage.objects_read + coverage.objects_damaged;
    let mut parts = vec![format!("no rows: {} read, {}", quantity(read, "object"), quantity(coverage.events, "event"))];
    if coverage.objects_pruned > 0 {
        let day = newest.pruned_day.map(|day| format!(" (the newest of {day})")).unwrap_or_default();
        parts.push(format!("{} delivered outside the window{day}", quantity(coverage.objects_pruned, "object")));
    }
    if coverage.events_out_of_window > 0 {
        parts.push(format!("{} outside the window", quantity(coverage.events_out_of_window, "event")));
    }
    if coverage.events_filtered > 0 {
        parts.push(format!("{} left out by the filters", quantity(coverage.events_filtered, "event")));
    }
    if coverage.events_without_time > 0 {
        parts.push(format!("{} without a readable time", quantity(coverage.events_without_time, "event")));
    }
    if coverage.events_counted > 0 {
        parts.push(format!("{} counted; none is relevant to this report", quantity(coverage.events_counted, "event")));
    }
    if let Some(time) = newest.event {
        parts.push(format!("the newest event read is of {time}"));
    }
    if coverage.events_counted == 0 && coverage.objects_pruned + coverage.events_out_of_window > 0 {
        parts.push("widen the window with --since or --days".to_owned());
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use trailscan::coverage::CoverageFacts;

    use super::*;

    #[test]
    fn what_took_the_events_away() {
        let newest = Newest { event: EventTime::parse("2023-07-10T11:42:18Z"), pruned_day: None };
        let mut read = CoverageFacts::default();
        (read.objects_read, read.events) = (1, 1200);
        let mut outside = read.clone();
        outside.events_out_of_window = 1200;
        assert_eq!(
            empty_answer(&outside.into(), newest),
            "no rows: 1 object read, 1,200 events; 1,200 events outside the window; the newest event read is of \
             2023-07-10T11:42:18Z; widen the window with --since or --days"
        );
        let mut counted = read;
        (counted.events_counted, counted.events_filtered) = (2, 1198);
        assert_eq!(
            empty_answer(&counted.into(), newest),
            "no rows: 1 object read, 1,200 events; 1,198 events left out by the filters; 2 events counted; none is relevant \
             to this report; the newest event read is of 2023-07-10T11:42:18Z"
        );
    }

    #[test]
    fn everything_was_left_shut() {
        let mut coverage = CoverageFacts::default();
        coverage.objects_pruned = 3;
        let newest = Newest { event: None, pruned_day: Day::from_ymd(2023, 7, 10) };
        assert_eq!(
            empty_answer(&coverage.into(), newest),
            "no rows: 0 objects read, 0 events; 3 objects delivered outside the window (the newest of 2023-07-10); \
             widen the window with --since or --days"
        );
    }
}
