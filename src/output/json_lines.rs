//! JSON Lines: a row object a line. The rows of an audit carry `report` as their first member. Of rows that are events it
//! is their records, unless columns were chosen.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use super::json::Row;
use super::json_layout::{ElementALine, buffered};
use super::{Content, Document};
use crate::report::{Role, Table};

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    buffered(out, |out| {
        for section in document.sections() {
            let table = &section.table;
            if let Some(record) = Role::Record.place(&table.columns).filter(|_| !table.chosen) {
                write_records(table, record, out)?;
                continue;
            }
            let report = matches!(document.content, Content::Audit(_)).then_some(table.report);
            for values in &table.rows {
                let mut line = serde_json::Serializer::with_formatter(&mut *out, ElementALine::one_line());
                Row { report, columns: &table.columns, values }.serialize(&mut line)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    })
}

/// Writes the records of a table, which stand in the column at `place`, as they are, but for characters that must be escaped wherever JSON is written.
fn write_records(table: &Table, place: usize, out: &mut dyn Write) -> io::Result<()> {
    for record in table.rows.iter().filter_map(|row| row[place].as_text()) {
        ElementALine::one_line().write_string_fragment(out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
