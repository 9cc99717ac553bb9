//! What makes the answer of a finished scan doubtful as a whole: a window without any event, an account of which nothing
//! was found, times that cannot be.

use super::{Coverage, ScanOutcome};
use crate::filter::Filters;
use crate::model::{TimeWindow, quantity};

/// The accounts that a warning names as those that were found.
const NAMED: usize = 10;

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

/// Marks accounts that were asked for of which nothing was found: a mistyped id must not read as a quiet account. With
/// other filters beside it an account without counted events is no wonder, so only whole accounts are judged.
pub(super) fn tell_accounts_not_found(coverage: &mut Coverage, filters: &Filters) {
    let judged = filters.are_accounts_alone() && !coverage.window_is_empty && !coverage.interrupted;
    if !judged || coverage.objects_read + coverage.objects_damaged + coverage.objects_pruned == 0 {
        return;
    }
    // Objects of an account that lie outside the window, or digests of quiet days, show that it exists.
    let is_found =
        |account: &&String| coverage.accounts.contains(*account) || coverage.delivered.contains_key(*account);
    let missing = filters.accounts().iter().filter(|account| !is_found(account)).cloned().collect();
    coverage.accounts_not_found = missing;
    let others: Vec<&str> = coverage.delivered.keys().map(String::as_str).collect();
    let found = match others.split_at_checked(NAMED) {
        _ if others.is_empty() => String::new(),
        Some((some, rest)) if !rest.is_empty() => format!(" (found: {} and {} more)", some.join(", "), rest.len()),
        _ => format!(" (found: {})", others.join(", ")),
    };
    let warnings = coverage.accounts_not_found.iter();
    let warnings = warnings.map(|account| format!("nothing is of account {account}: check --account{found}"));
    coverage.warnings.extend(warnings.collect::<Vec<_>>());
}
