//! JSON Lines: a row object a line. The rows of an audit carry `report` as their first member.

use std::io::{self, Write};

use serde::Serialize;

use super::json::Row;
use super::json_layout::{ElementALine, buffered};
use super::{Content, Document};

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    buffered(out, |out| {
        for section in document.sections() {
            let table = &section.table;
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
