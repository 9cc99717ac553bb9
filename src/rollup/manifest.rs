//! `rollup.json`: what a rollup holds, for programs and for people, and what it is known by.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::report::export::SCHEMA_VERSION;

/// The version of the tables of a rollup: another one is not read. A column that is new, gone or of another meaning raises it.
pub const ROLLUP_VERSION: u32 = 2;

/// What holds for every table.
const CONVENTIONS: [&str; 6] = [
    "Account ids and all other ids are text; an empty text is unknown or not applicable.",
    "Times are int64: microseconds since 1970, UTC; hours and days are counted since 1970; flags are 0 and 1.",
    "Rows of one key add up over the partitions of a table.",
    "The day of a partition is the UTC day of the events; of files with \"by\": \"delivery\" it is the day on which their \
     object was delivered, __HIVE_DEFAULT_PARTITION__ where no name says it.",
    "The account of a partition is the one that received the events.",
    "Internal tables serve to load the rollup again; what their rows mean may change with rollup_version.",
];

/// All of it. The first field is what the folder is known by.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub rollup_version: u32,
    pub trailscan: String,
    /// That of `export`, which has the tables for other programs.
    pub schema_version: u32,
    pub duplicates_dropped: bool,
    pub events_counted: u64,
    pub conventions: Vec<String>,
    pub tables: Vec<TableEntry>,
    pub written: Vec<FileEntry>,
}

/// A table.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TableEntry {
    pub name: String,
    pub about: String,
    pub internal: bool,
    pub partitioned: bool,
    pub rows: usize,
    pub columns: Vec<ColumnEntry>,
}

/// A column.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ColumnEntry {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub sql_type: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
}

/// What decides whether a file of a partition is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum By {
    /// The day of its events.
    Event,
    /// The day of delivery of the objects that its records came in.
    Delivery,
}

/// A file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FileEntry {
    pub file: String,
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// `None` of files that are no partition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// Days since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<i32>,
}

/// How it was made, and what came of it.
pub(super) struct Made {
    pub duplicates_dropped: bool,
    pub events_counted: u64,
}

impl Manifest {
    /// The list of a rollup that is written now.
    pub fn new(made: &Made, tables: Vec<TableEntry>, written: Vec<FileEntry>) -> Self {
        Self {
            rollup_version: ROLLUP_VERSION,
            trailscan: env!("CARGO_PKG_VERSION").to_owned(),
            schema_version: SCHEMA_VERSION,
            duplicates_dropped: made.duplicates_dropped,
            events_counted: made.events_counted,
            conventions: CONVENTIONS.map(str::to_owned).to_vec(),
            tables,
            written,
        }
    }

    /// Writes it, for people too.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        writeln!(out)
    }
}
