//! Timelines for Timesketch: of rows with a sentence, the fields that it needs (message, datetime, timestamp_desc) before all
//! others, as JSON Lines or CSV; else of the findings, each where it begins and where it ends.
//!
//! A finding that has no time, of what stands in IAM's state, is on no timeline.
//!
//! What plaso finds in an event of CloudTrail is called as plaso calls it. Source: Timesketch user guide, "Create timeline
//! from JSON/JSONL/CSV file"; plaso, parser plugin `aws_cloudtrail_log`.

use std::io::{self, Write};

use serde::Serialize;

use super::json::Row;
use super::json_layout::{ElementALine, buffered};
use super::{Document, Section, findings};
use crate::report::{Column, ColumnKind, Finding, Role, Table, Value, findings_table};

/// What a time says, and what kind of event it is to plaso.
const TIME: &str = "Event Time";
const DATA_TYPE: &str = "aws:cloudtrail:entry";

/// The same of findings, which plaso does not know.
const OF_FINDING: &str = "trailscan:finding";
const FIRST_SEEN: &str = "First Seen";
const LAST_SEEN: &str = "Last Seen";

/// Columns under the names that plaso gives them.
const RENAMED: &[(&str, &str)] = &[
    ("access_key_id", "access_key"),
    ("account_id", "account_identifier"),
    ("address", "source_ip"),
    ("event", "event_name"),
    ("record", "cloud_trail_event"),
    ("service", "event_source"),
];

const FIRST: [Column; 5] = [
    Column::text("message", "The event in a sentence."),
    Column::time("datetime", "When."),
    Column::count("timestamp", "When, in microseconds since 1970."),
    Column::text("timestamp_desc", "What the time says."),
    Column::text("data_type", "What kind of event it is."),
];

/// Writes a row object a line.
pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    buffered(out, |out| {
        each(document, |Section { table, .. }| {
            for values in &table.rows {
                let mut line = serde_json::Serializer::with_formatter(&mut *out, ElementALine::one_line());
                Row { report: None, columns: &table.columns, values }.serialize(&mut line)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        })
    })
}

/// Gives each table of the document whose rows have a time and a sentence, as a timeline; that of its findings where none has.
pub(super) fn each(document: &Document<'_>, mut write: impl FnMut(&Section) -> io::Result<()>) -> io::Result<()> {
    let mut timelines: Vec<Table> = document.sections().iter().filter_map(|section| timeline(&section.table)).collect();
    if timelines.is_empty() {
        timelines.push(of_findings(&findings::worst_first(document)));
    }
    timelines.into_iter().try_for_each(|table| write(&Section::new("", table)))
}

/// The findings by time, a line for the first event of each, and one for the last where that is another.
fn of_findings(found: &[&Finding]) -> Table {
    let named = findings_table([]);
    let columns = FIRST.into_iter().chain(named.columns.into_iter().map(renamed)).collect();
    let mut moments: Vec<_> = Vec::new();
    for finding in found {
        let seen = finding.occurrence();
        let last = seen.last_seen.filter(|last| Some(*last) != seen.first_seen);
        moments.extend(seen.first_seen.map(|time| (time, FIRST_SEEN, *finding)));
        moments.extend(last.map(|time| (time, LAST_SEEN, *finding)));
    }
    moments.sort_by_key(|(time, ..)| *time);
    let row = |(time, what, finding): (_, &str, &Finding)| {
        let message = format!("{} finding: {}", finding.severity.as_str(), finding.sentence());
        let first = [Value::text(message), Value::time(Some(time)), Value::Count(time.0), Value::text(what)];
        let rest = findings_table([finding]).rows.into_iter().flatten();
        first.into_iter().chain([Value::text(OF_FINDING)]).chain(rest).collect()
    };
    Table::named(named.report, &[], columns, moments.into_iter().map(row).collect())
}

/// The table as a timeline; `None` for one whose rows have no sentence or no time.
fn timeline(table: &Table) -> Option<Table> {
    let message = Role::Message.place(&table.columns)?;
    let time = table.columns.iter().position(|column| column.kind == ColumnKind::Time)?;
    let others: Vec<usize> = (0..table.columns.len()).filter(|place| ![message, time].contains(place)).collect();
    let columns = FIRST.into_iter().chain(others.iter().map(|&place| renamed(table.columns[place])));
    let rows = table.rows.iter().map(|row| {
        let stamp = match &row[time] {
            Value::Time(time) => Value::Count(time.0),
            _ => Value::Null,
        };
        let first = [row[message].clone(), row[time].clone(), stamp, Value::text(TIME), Value::text(DATA_TYPE)];
        first.into_iter().chain(others.iter().map(|&place| row[place].clone())).collect()
    });
    Some(Table::named(table.report, &[], columns.collect(), rows.collect()))
}

fn renamed(column: Column) -> Column {
    let name = RENAMED.iter().find(|(ours, _)| *ours == column.name).map_or(column.name, |(_, plaso)| plaso);
    Column { name, ..column }
}
