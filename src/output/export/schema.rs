//! `schema.json`: the tables of an export, their columns, types, units and meaning, for programs and for people.

use std::io::{self, Write};

use serde::Serialize;

use super::ExportLayout;
use crate::model::{EventTime, TimeWindow};
use crate::output::{Format, VERSION};
use crate::report::export::{DAY, EXPORT_EVENTS, ExportTable, SCHEMA_VERSION};
use crate::report::{Column, ColumnKind};

/// What holds for every table.
const CONVENTIONS: [&str; 6] = [
    "Account ids and all other ids are text.",
    "Times are UTC; a day is text, YYYY-MM-DD.",
    "Null is unknown or not applicable.",
    "Lists are sorted; {name, count} lists come by count, then name, those of days and hours by name.",
    "CSV: lists are joined by ;, {name, count} lists are name:count;…; a text that a spreadsheet would take for a \
     formula begins with '.",
    "By day: the day is the name of the folder (day=YYYY-MM-DD), not a column of the file.",
];

/// A table that was written.
pub(super) struct Written {
    pub table: &'static ExportTable,
    pub rows: usize,
}

#[derive(Serialize)]
struct Schema<'a> {
    trailscan: &'static str,
    schema_version: u32,
    window: Option<Window>,
    formats: Vec<&'static str>,
    partition_by: Option<&'static str>,
    conventions: [&'static str; 6],
    tables: Vec<TableSchema<'a>>,
    written: Vec<WrittenFile<'a>>,
}

/// A file of the export: what [`super::proof`] knows it by.
#[derive(Serialize)]
struct WrittenFile<'a> {
    file: &'a str,
    bytes: u64,
}

#[derive(Serialize)]
struct Window {
    since: EventTime,
    until: EventTime,
}

#[derive(Serialize)]
struct TableSchema<'a> {
    name: &'static str,
    about: &'static str,
    key: &'a [&'static str],
    files: Vec<String>,
    partitioned: bool,
    rows: usize,
    columns: Vec<ColumnSchema>,
}

#[derive(Serialize)]
struct ColumnSchema {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    sql_type: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    unit: &'static str,
    about: &'static str,
}

/// Writes it.
pub(super) fn write(
    (tables, files): (&[Written], &[(String, u64)]),
    layout: &ExportLayout,
    window: Option<TimeWindow>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let schema = Schema {
        trailscan: VERSION,
        schema_version: SCHEMA_VERSION,
        window: window.map(|window| Window { since: window.since(), until: window.until() }),
        formats: layout.formats.iter().map(|format| format.as_str()).collect(),
        partition_by: layout.by_day.then_some(DAY),
        conventions: CONVENTIONS,
        tables: tables.iter().map(|written| table(written, layout)).collect(),
        written: files.iter().map(|(file, bytes)| WrittenFile { file, bytes: *bytes }).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &schema)?;
    writeln!(out)
}

fn table<'a>(written: &Written, layout: &ExportLayout) -> TableSchema<'a> {
    let table = written.table;
    let partitioned = layout.is_by_day(table) && table.has_day();
    let day = partitioned.then_some("*");
    let file = |format: &Format| layout.place(table, *format, (day, 0)).replace("day=*", "*");
    // Of events a day may have several.
    let is_one = table.name != EXPORT_EVENTS.name;
    let files = |format: &Format| if is_one { file(format) } else { file(format).replace("part-0", "*") };
    TableSchema {
        name: table.name,
        about: table.about,
        key: table.key,
        files: layout.formats.iter().map(files).collect(),
        partitioned,
        rows: written.rows,
        columns: table.columns().into_iter().map(column).collect(),
    }
}

/// Logical type, and the type of the Parquet column in Athena and Spark.
const fn types(kind: ColumnKind) -> (&'static str, &'static str) {
    match kind {
        ColumnKind::Text | ColumnKind::Id => ("text", "string"),
        ColumnKind::Count => ("int64", "bigint"),
        ColumnKind::Time => ("timestamp[us, UTC]", "timestamp"),
        ColumnKind::List => ("list<text>", "array<string>"),
        ColumnKind::NamedCounts => {
            ("list<struct<name: text, count: int64>>", "array<struct<name:string,count:bigint>>")
        }
    }
}

fn column(column: Column) -> ColumnSchema {
    let (kind, sql_type) = types(column.kind);
    ColumnSchema { name: column.name, kind, sql_type, unit: column.unit, about: column.about }
}
