//! Activity: the facts of `activity`.

use super::{ExportContent, ExportTable};
use crate::report::activity;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "activity",
    about: "A row is one account and one UTC day with a counted event; every counted event is in exactly one row.",
    key: &["day", "account_id"],
    content: ExportContent::of(&activity::REPORT, COLUMNS),
};

const COLUMNS: &[&str] = &[
    "day",
    "account_id",
    "events",
    "errors",
    "denied",
    "read_only",
    "active_hours",
    "events_by_region",
    "events_by_hour",
];
