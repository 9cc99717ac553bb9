//! Root use: the facts of `root-usage`.

use super::{ExportContent, ExportTable};
use crate::report::root_usage;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "root_use",
    about: "A row is one account and one class, the way in which its root was used.",
    key: &["account_id", "class"],
    content: ExportContent::of(&root_usage::REPORT, COLUMNS),
};

const COLUMNS: &[&str] = &[
    "account_id",
    "class",
    "events",
    "everyday_events",
    "errors",
    "read_only",
    "sign_ins",
    "sign_in_failures",
    "mfa",
    "access_key_ids",
    "address_list",
    "top_events",
    "first_seen",
    "last_seen",
];
