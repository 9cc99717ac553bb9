//! What makes the answer of a finished scan doubtful as a whole: a window without any event, times that cannot be.

use super::{Coverage, ScanOutcome};
use crate::model::{TimeWindow, quantity};

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
/// account. Of a bucket only the days of the window are listed (`is_listed`), so where it has no object none is left shut.
pub(super) fn tell_empty_window(outcome: &mut ScanOutcome, window: Option<TimeWindow>, is_listed: bool) {
    let coverage = &mut outcome.coverage;
    let in_reach = coverage.objects_failed + coverage.places_failed + coverage.archived();
    let looked = coverage.objects_read + coverage.objects_damaged + coverage.objects_pruned > 0;
    let looked = looked || is_listed && in_reach == 0;
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
