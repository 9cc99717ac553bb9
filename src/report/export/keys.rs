//! Long-lived access keys: the facts of `keys`.

use super::{ExportContent, ExportTable};
use crate::report::keys;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "keys",
    about: "A row is one long-lived access key that a counted event used, created, changed or deleted. Logs are not a list of keys: one that was neither used nor changed is not here.",
    key: &["access_key_id"],
    content: ExportContent::of(&keys::REPORT, COLUMNS),
};

const COLUMNS: &[&str] = &[
    "access_key_id",
    "account_id",
    "principal",
    "is_root",
    "status",
    "status_time",
    "status_by",
    "created",
    "created_basis",
    "created_by",
    "created_for_other",
    "events",
    "errors",
    "first_used",
    "last_used",
    "last_success",
    "rotated_from",
    "rotated_to",
];
