//! Sessions, joined with who issued them: the facts of `sessions`.

use super::{ExportContent, ExportTable};
use crate::report::sessions;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "sessions",
    about: "A row is one session of temporary credentials with a counted event, joined with the call that issued it.",
    key: &["session_id"],
    content: ExportContent::of(&sessions::REPORT, COLUMNS),
};

const COLUMNS: &[&str] = &[
    "session_id",
    "kind",
    "account_id",
    "role",
    "role_id",
    "session_name",
    "principal",
    "access_key_ids",
    "creation_date",
    "expires",
    "expires_basis",
    "mfa",
    "mfa_basis",
    "source_identity",
    "issued_event",
    "issued_by",
    "issued_by_key",
    "issued_from",
    "issue_confidence",
    "parent_session",
    "in_console",
    "address_list",
    "ec2_role_delivery",
    "in_scope_of",
    "on_behalf_of",
    "delegate_account_id",
    "sign_in_session",
    "vpc_endpoint_account_ids",
    "events",
    "errors",
    "first_seen",
    "last_seen",
];
