//! What makes the answer of a finished scan doubtful as a whole: a window without any event, times that cannot be, events
//! that were not understood.

use super::{Coverage, ScanOutcome};
use crate::model::{TimeWindow, grouped, quantity};

/// The most objects with broken records that are named.
const NAMED: usize = 10;

/// Names the objects with events that were not understood whole.
pub(super) fn tell_broken_records(coverage: &mut Coverage) {
    let named = coverage.broken_in.iter().take(NAMED).map(|(object, &count)| {
        let (records, they) = if count == 1 { ("record has", "it counts") } else { ("records have", "they count") };
        format!(
            "{object}: {} {records} a sub-document that is no JSON: {they} without what it says; fetch the object again",
            grouped(count)
        )
    });
    let named: Vec<String> = named.collect();
    coverage.warnings.extend(named);
    if let Some(more @ 1..) = coverage.broken_in.len().checked_sub(NAMED) {
        coverage.warnings.push(format!("{} with such records", quantity(more as u64, "more object")));
    }
}

/// Names the times that were not believed.
pub(super) fn tell_unbelieved_times(coverage: &mut Coverage) {
    let Some((first, last)) = coverage.unbelieved_times else { return };
    let times = if first == last { first.to_string() } else { format!("from {first} to {last}") };
    let events = quantity(coverage.events_unbelievable_time, "event");
    coverage.warnings.push(format!(
        "{events} not counted: the time ({times}) is before 2006 or after tomorrow, which no trail can have recorded"
    ));
}

/// Marks a window in which nothing was delivered, though it was looked for: a trail that stopped must not read as a quiet
/// account.
pub(super) fn tell_empty_window(outcome: &mut ScanOutcome, window: Option<TimeWindow>) {
    let coverage = &mut outcome.coverage;
    let looked = coverage.objects_read + coverage.objects_damaged + coverage.objects_pruned > 0;
    let Some(window) = window.filter(|_| looked && coverage.events_in_window == 0 && !coverage.interrupted) else {
        return;
    };
    coverage.window_is_empty = true;
    let newest = outcome.newest_event_read.map(|time| format!("of {time}"));
    let newest = newest.or_else(|| outcome.newest_pruned_day.map(|day| format!("delivered on {day}")));
    let newest = newest.map(|newest| format!(" (the newest found is {newest})")).unwrap_or_default();
    coverage.warnings.push(format!(
        "no event lies between {} and {}{newest}: check that the trail still delivers, or widen the window",
        window.since(),
        window.until()
    ));
}
