//! Principals: the facts of `principals`.

use super::{ExportContent, ExportTable};
use crate::report::principals;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "principals",
    about: "A row is one principal of one account; every counted event is in exactly one row.",
    key: &["principal", "account_id"],
    content: ExportContent::of(&principals::REPORT, COLUMNS),
};

const COLUMNS: &[&str] = &[
    "principal",
    "account_id",
    "type",
    "events",
    "errors",
    "denied",
    "access_keys",
    "sessions",
    "active_days",
    "principal_id_list",
    "address_list",
    "service_list",
    "region_list",
    "top_events",
    "first_seen",
    "last_seen",
];
