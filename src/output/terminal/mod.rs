//! Text for people: aligned tables, or records where a table does not fit, then findings.
//!
//! A table on a terminal takes the width it is given and never wraps: columns of [`Prominence::First`] always, of
//! [`Prominence::Second`] while they fit, texts cut with `…` (ARNs at their start, since names stand at the end), lists
//! to their first members and `+N`; ids are never shortened. Without a width (a pipe, a file) nothing is cut but lists,
//! and headers stay on one line. Everything that comes from a log is escaped by [`sanitize`](super::sanitize()), in pipes
//! too: most end in a pager.
//!
//! The coverage line goes to stderr, and so is lost to a file or pager; without a width it is the last line here too, and
//! an answer that is partial says so everywhere.
//!
//! [`Prominence::First`]: crate::report::Prominence::First
//! [`Prominence::Second`]: crate::report::Prominence::Second

mod cell;
mod findings;
mod grid;
mod layout;
mod paint;
mod records;

use std::io::{self, Write};

use paint::Paint;

use super::quantity::{grouped, quantity};
use super::{Content, Document, Section, Style, coverage_line, sanitize};
use crate::report::Table;

/// Writes every section; those of an audit under headings, with a line that counts all findings.
pub(super) fn write(document: &Document<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(style.color);
    let counted = document.coverage.events_counted;
    match document.content {
        Content::Report(section) => write_section(section, counted, style, out)?,
        Content::Audit(sections) => {
            for section in sections {
                let name = paint.heading(section.table.report);
                let dash = if section.summary.is_empty() { "" } else { " — " };
                writeln!(out, "{name}{dash}{}\n", section.summary)?;
                write_section(section, counted, style, out)?;
                writeln!(out)?;
            }
            findings::write_totals(sections, paint, out)?;
        }
    }
    if style.width.is_none() || document.coverage.is_partial() {
        writeln!(out, "\n{}", sanitize(&coverage_line(document.coverage, document.window)))?;
    }
    Ok(())
}

fn write_section(section: &Section, counted: u64, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let table = &section.table;
    if table.rows.is_empty() && table.rows_total == 0 {
        let events = quantity(counted, "counted event");
        writeln!(out, "{}: no rows over {events}", table.report)?;
    } else {
        write_rows(table, style, out)?;
    }
    findings::write(&section.findings, style, out)
}

/// The rows, and what of the table is not shown.
fn write_rows(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(style.color);
    let shown = match layout::fit(table, style.width) {
        Some(slots) => {
            grid::write(table, &slots, style, out)?;
            slots.len()
        }
        None => records::write(table, paint, out)?,
    };
    let more = table.rows_total.saturating_sub(table.rows.len());
    if more > 0 {
        let rows = if more == 1 { "row" } else { "rows" };
        writeln!(out, "{}", paint.faint(&format!("{} more {rows} (--limit 0 shows all)", grouped(more))))?;
    }
    let hidden = table.columns.len() - shown;
    if hidden > 0 && style.width.is_some() {
        let columns = if hidden == 1 { "column" } else { "columns" };
        writeln!(out, "{}", paint.faint(&format!("{hidden} more {columns} (--columns NAME,… or --format json)")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
