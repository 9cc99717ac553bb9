//! What makes the answer of a finished scan doubtful as a whole: a window without any event, an account of which nothing
//! was found, filters that nothing passes, times that cannot be, events that were not understood.

use std::collections::BTreeSet;

use crate::coverage::CoverageFacts;
use crate::filter::Filters;
use crate::model::{Day, EventTime, TimeWindow, grouped, quantity};

/// The most objects, accounts or regions that are named one by one.
const NAMED: usize = 10;

/// The newest of what was found, in the window or not.
#[derive(Clone, Copy)]
pub(super) struct Newest {
    /// The time of the newest event read.
    pub event: Option<EventTime>,
    /// The newest delivery day of the objects that were left shut.
    pub pruned_day: Option<Day>,
}

/// Names the objects with events that were not understood whole.
pub(super) fn tell_broken_records(coverage: &mut CoverageFacts) {
    let named = coverage.broken_in.iter().take(NAMED).map(|(object, &count)| {
        let (records, they) = if count == 1 { ("record has", "it counts") } else { ("records have", "they count") };
        format!(
            "{object}: {} {records} a sub-document that is not JSON, or columns left out: {they} without what it says; \
             fetch the object again, or scan the log files that it was made of",
            grouped(count)
        )
    });
    let named: Vec<String> = named.collect();
    coverage.warnings.extend(named);
    if let Some(more @ 1..) = coverage.broken_in.len().checked_sub(NAMED) {
        coverage.warnings.push(format!("{} with such records", quantity(more as u64, "more object")));
    }
}

/// Says what events lost that came as OCSF.
pub(super) fn tell_lost_by_ocsf(coverage: &mut CoverageFacts) {
    let ocsf = &coverage.ocsf;
    if ocsf.lacking == 0 {
        return;
    }
    let lost = Vec::from_iter(ocsf.lost.iter().copied()).join(", ");
    let carry = match ocsf.lacking {
        1 => "does not carry all of its record",
        _ => "do not carry all of their records",
    };
    coverage.warnings.push(format!(
        "{} of {} that came as OCSF {carry} ({lost}): what is not there proves nothing; scan CloudTrail's own log files for \
         it",
        grouped(ocsf.lacking),
        quantity(ocsf.events, "event")
    ));
}

/// Names the times that were not believed.
pub(super) fn tell_unbelieved_times(coverage: &mut CoverageFacts) {
    let Some((first, last)) = coverage.unbelieved_times else { return };
    let times = if first == last { first.to_string() } else { format!("from {first} to {last}") };
    let events = quantity(coverage.events_unbelievable_time, "event");
    coverage.warnings.push(format!(
        "{events} not counted: the time ({times}) is before 2006 or after tomorrow, which no trail can have recorded"
    ));
}

/// Marks a window in which nothing was delivered, though it was looked for: a trail that stopped must not read as a quiet
/// account. Of a bucket only the days of the window are listed (`is_listed`), so where it has no object none is left shut.
pub(super) fn tell_empty_window(
    coverage: &mut CoverageFacts,
    window: Option<TimeWindow>,
    newest: Newest,
    is_listed: bool,
) {
    let in_reach = coverage.objects_failed + coverage.places_failed + coverage.archived();
    let looked = coverage.objects_read + coverage.objects_damaged + coverage.objects_pruned > 0;
    let looked = looked || is_listed && in_reach == 0;
    let Some(window) = window.filter(|_| looked && coverage.events_in_window == 0 && !coverage.interrupted) else {
        return;
    };
    coverage.window_is_empty = true;
    let event = newest.event.map(|time| format!("of {time}"));
    let newest = event.or_else(|| newest.pruned_day.map(|day| format!("delivered on {day}")));
    let newest = newest.map(|newest| format!(" (the newest found is {newest})")).unwrap_or_default();
    let elsewhere = [
        (coverage.objects_pruned, "object was", "objects were", "delivered"),
        (coverage.events_out_of_window, "event is", "events are", "known"),
    ];
    let elsewhere: Vec<String> = elsewhere
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many, how)| format!("{} {} {how}", grouped(count), if *count == 1 { one } else { many }))
        .collect();
    let elsewhere = match elsewhere.is_empty() {
        true => String::new(),
        false => format!(", and outside of it {}", elsewhere.join(" and ")),
    };
    coverage.warnings.push(format!(
        "no event lies between {} and {}{newest}{elsewhere}: check that the trail still delivers, or widen the window",
        window.since(),
        window.until()
    ));
}

/// Marks accounts and regions that were asked for of which nothing was found: a mistyped id must not read as a quiet
/// account. With other filters beside it an account without counted events is no wonder, so these are only told when
/// nothing at all passes them.
pub(super) fn tell_not_found(coverage: &mut CoverageFacts, filters: &Filters) {
    let looked = coverage.objects_read + coverage.objects_damaged + coverage.objects_pruned > 0;
    if !looked || coverage.window_is_empty || coverage.interrupted {
        return;
    }
    let within = filters.within_accounts();
    if within.is_empty() {
        add_not_found(coverage, filters);
    } else if coverage.events_counted == 0 {
        let (flags, events) = (within.join(", "), quantity(coverage.events_in_window, "event"));
        let of_patterns = "patterns match whole names, and upper and lower case differ".to_owned();
        let told = filters.has_patterns().then_some(of_patterns).into_iter();
        let told: Vec<String> = told.chain(filters.missed(&coverage.values_left_out)).collect();
        let told = if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) };
        coverage.warnings.push(format!("no event passes {flags}, of {events} read{told}"));
    }
}

/// Marks accounts and regions that were asked for and of which there is nothing. Objects of an account that lie outside the
/// window, or digests of quiet days, show that it exists.
pub(super) fn add_not_found(coverage: &mut CoverageFacts, filters: &Filters) {
    let accounts: BTreeSet<&String> = coverage.accounts.iter().chain(coverage.delivered.keys()).collect();
    let regions: BTreeSet<&String> = coverage.regions.iter().chain(coverage.delivered.values().flatten()).collect();
    let missing = [missing("account", filters.accounts(), &accounts), missing("region", filters.regions(), &regions)];
    let (names, warnings): (Vec<_>, Vec<_>) = missing.into_iter().flatten().unzip();
    coverage.not_found = names.into_iter().collect();
    coverage.warnings.extend(warnings);
}

/// What was asked for and is not among what was `found`, each with a warning.
fn missing(kind: &str, asked: &[String], found: &BTreeSet<&String>) -> Vec<(String, String)> {
    let names: Vec<&str> = found.iter().map(|name| name.as_str()).collect();
    let there = match names.split_at_checked(NAMED) {
        _ if names.is_empty() => String::new(),
        Some((some, rest)) if !rest.is_empty() => format!(" (found: {} and {} more)", some.join(", "), rest.len()),
        _ => format!(" (found: {})", names.join(", ")),
    };
    let asked: BTreeSet<&String> = asked.iter().filter(|name| !found.contains(name)).collect();
    let told =
        |name: &String| (format!("{kind} {name}"), format!("nothing is of {kind} {name}: check --{kind}{there}"));
    asked.into_iter().map(told).collect()
}
