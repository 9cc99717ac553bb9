//! Changes of logging: the facts of the report `logging`.

use super::{ExportContent, ExportTable};
use crate::report::logging;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "logging",
    about: "A row is one kind of change of logging: equal calls by one principal on one trail, bucket or key, with one outcome.",
    key: logging::REPORT.key,
    content: ExportContent::of(&logging::REPORT, COLUMNS),
};

const COLUMNS: &[&str] = &[
    "account_id",
    "event",
    "actor",
    "object",
    "name",
    "home_account_id",
    "effect",
    "organization",
    "outcome",
    "events",
    "address_list",
    "access_key_ids",
    "undone",
    "first_seen",
    "last_seen",
];
