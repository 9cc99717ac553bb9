//! What a coverage means, in words.

use std::collections::BTreeSet;

use crate::coverage::{CoverageFacts, SEE_LOGGING_CHANGES};
use crate::filter::Filters;
use crate::model::grouped;

/// What the reader of the coverage should be told in words.
pub(super) fn warnings_of(coverage: &CoverageFacts, filters: &Filters) -> Vec<String> {
    let changes = BTreeSet::from_iter(coverage.logging_changes.iter().map(|change| change.event.as_str()));
    let changes = Vec::from_iter(changes).join(", ");
    let logging = format!("what trails record ({changes}): {SEE_LOGGING_CHANGES}");
    let told = |count: u64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{} {many}", grouped(count))),
    };
    let blind = coverage.events_counted > 0 && coverage.read_only_events == 0 && filters.is_empty();
    let warnings = [
        told(
            coverage.events_without_time,
            "event has no readable eventTime and is not counted",
            "events have no readable eventTime and are not counted",
        ),
        told(
            coverage.lossy_objects,
            "object holds bytes that are not UTF-8: shown as U+FFFD",
            "objects hold bytes that are not UTF-8: shown as U+FFFD",
        ),
        told(
            coverage.archived(),
            "object is archived and was not read: restore it with `aws s3api restore-object` and scan again",
            "objects are archived and were not read: restore them with `aws s3api restore-object` and scan again",
        ),
        told(
            coverage.late_events,
            "record is marked as delivered late: more may follow, scan again later",
            "records are marked as delivered late: more may follow, scan again later",
        ),
        told(
            coverage.updated_events,
            "record updates an earlier one (addendum UPDATED_DATA): counted among the duplicates",
            "records update earlier ones (addendum UPDATED_DATA): counted among the duplicates",
        ),
        told(
            coverage.conflicting_ids,
            "event id came with different content: all of it was counted",
            "event ids came with different content: all of it was counted",
        ),
        told(
            coverage.logging_changes.len() as u64,
            &format!("call changed {logging}"),
            &format!("calls changed {logging}"),
        ),
        blind.then(|| "no read-only event at all: the trail seems to record write events only".to_owned()),
    ];
    warnings.into_iter().flatten().collect()
}
