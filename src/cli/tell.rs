//! Lines on stderr. Names come from file systems and logs, so they are made safe for a terminal; a stderr that is gone
//! is no reason to stop.

use std::io::Write;

use trailscan::coverage::Coverage;
use trailscan::model::grouped;
use trailscan::output::sanitize;

/// The most places, and the most objects, that are named; the coverage has them all.
const NAMED_FAILURES: usize = 10;

/// `trailscan: line`.
pub fn line(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "trailscan: {}", sanitize(text.as_ref()));
}

/// The places that could not be listed, the objects that failed or are damaged, and what else the reader should know.
pub fn troubles(coverage: &Coverage) {
    let places = usize::try_from(coverage.places_failed).unwrap_or(usize::MAX).min(coverage.failures.len());
    let (places, objects) = coverage.failures.split_at(places);
    for (failures, what) in [(places, "listed"), (objects, "read")] {
        for failure in failures.iter().take(NAMED_FAILURES) {
            line(format!("{}: {}", failure.object, failure.why));
        }
        if let Some(more @ 1..) = failures.len().checked_sub(NAMED_FAILURES) {
            line(format!("{} more could not be {what}: --coverage FILE names them all", grouped(more)));
        }
    }
    for warning in &coverage.warnings {
        line(format!("warning: {warning}"));
    }
}
