//! Events: the facts of `events`. There are as many as there are, so they are written when they are asked for, part by part.

use super::{DAY, ExportContent, ExportTable};
use crate::report::events;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "events",
    about: "A row is one counted event with a time; record is the whole of it as JSON, secrets replaced.",
    key: &[DAY, "time", "event_id", "account_id"],
    content: ExportContent::of(&events::REPORT, COLUMNS),
};

const COLUMNS: &[&str] = &[
    DAY,
    "time",
    "event_id",
    "account_id",
    "event",
    "service",
    "region",
    "principal",
    "session_id",
    "access_key_id",
    "address",
    "user_agent",
    "vpc_endpoint_id",
    "resources",
    "error",
    "error_message",
    "read_only",
    "event_type",
    "category",
    "record",
];
