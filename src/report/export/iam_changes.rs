//! Changes of IAM: the facts of `policy-changes`.

use super::{ExportContent, ExportTable};
use crate::report::policy_changes;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "iam_changes",
    about: "A row is one kind of change of IAM: equal calls by one principal on one target, with one outcome.",
    key: policy_changes::REPORT.key,
    content: ExportContent::of(&policy_changes::REPORT, COLUMNS),
};

const COLUMNS: &[&str] = &[
    "account_id",
    "event",
    "actor",
    "target_kind",
    "target",
    "policy",
    "version",
    "invoked_by",
    "policy_class",
    "grant",
    "outcome",
    "events",
    "address_list",
    "first_seen",
    "last_seen",
    "mfa_delay_seconds",
];
