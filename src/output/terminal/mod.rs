//! Text for people: aligned tables, or records where a table does not fit, then findings.
//!
//! A table on a terminal keeps to the width it is given: columns of [`Prominence::First`] always, the others by their
//! [`Prominence`] while they fit, texts cut with `…` (ARNs at their start, since names stand at the end), times to the
//! minute, lists to their first members and `+N`, counts by hour or day drawn as a line of blocks. Ids are never shortened: after one that is too long for its column the
//! row goes on in the next line. Without a width (a pipe, a file) nothing is cut, and a row is a line; lists that were asked
//! for are whole everywhere. Headers are never broken.
//! Everything that comes from a log is escaped by [`sanitize`](super::sanitize()), in pipes too: most end in a pager.
//!
//! The coverage line goes to stderr, and so is lost to a file: there it is the last line, and an answer that is partial
//! says so everywhere.
//!
//! [`Prominence`]: crate::report::Prominence
//! [`Prominence::First`]: crate::report::Prominence::First

mod cell;
mod findings;
mod grid;
mod layout;
mod news;
mod paint;
mod records;
mod sparkline;
mod tree;

use std::io::{self, Write};

use paint::Paint;

pub(super) use cell::whole as cell_text;
pub(super) use tree::write as write_tree;

use super::coverage::nothing_read;
use super::{Content, Document, Place, Section, Style, coverage_line, sanitize};
use crate::coverage::{Coverage, NOT_READ};
use crate::model::quantity;
use crate::report::{Severity, Table, typed};

/// Writes every section; those of an audit under headings, with a line that counts all findings.
pub(super) fn write(document: &Document<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(style.color);
    let counted = over(document.coverage);
    if let Some(nothing) = nothing_read(document.coverage) {
        writeln!(out, "{}\n", paint.severity(Severity::High, nothing))?;
    }
    if let Some(told) = document.news {
        news::write(told, document.sections(), style, out)?;
    }
    match document.content {
        Content::Report(section) => write_section(section, (&counted, false), style, out)?,
        Content::Audit(sections) => {
            findings::write_worst(sections, style, out)?;
            for section in sections {
                let name = paint.heading(section.table.report);
                let dash = if section.summary.is_empty() { "" } else { " — " };
                writeln!(out, "{name}{dash}{}\n", section.summary)?;
                write_section(section, (&counted, true), style, out)?;
                writeln!(out)?;
            }
            findings::write_totals(sections, paint, out)?;
        }
    }
    if style.place == Place::File || document.coverage.is_partial() {
        writeln!(out, "\n{}", sanitize(&coverage_line(document.coverage, document.window)))?;
    }
    Ok(())
}

/// What the answers rest on: `2,900 counted events`.
fn over(coverage: &Coverage) -> String {
    let events = quantity(coverage.events_counted, "counted event");
    let files = quantity(coverage.state_files.len() as u64, "state file");
    match coverage.state_files.len() {
        0 if coverage.events == 0 && coverage.verification.is_some() => quantity(coverage.objects_read, "object"),
        0 if coverage.events == 0 && coverage.objects_skipped.contains_key(NOT_READ) => {
            quantity(coverage.objects_found, "object")
        }
        0 => events,
        _ if coverage.objects_found == 0 => files,
        _ => format!("{events} and {files}"),
    }
}

fn write_section(
    section: &Section,
    (over, is_audit): (&str, bool),
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let table = &section.table;
    if table.rows.is_empty() && table.rows_total == 0 {
        writeln!(out, "{}: no rows over {over}", table.report)?;
    } else {
        match &section.tree {
            Some(forest) => tree::write(forest, style, out)?,
            None if section.repeats_findings() => {}
            None => write_rows((table, is_audit), style, out)?,
        }
    }
    if let Some(hidden) = &section.hidden {
        for line in findings::lines(&sanitize(hidden), style.width, 0) {
            writeln!(out, "{}", Paint::new(style.color).faint(&line))?;
        }
    }
    findings::write(section, style, out)?;
    if section.suppressed > 0 {
        let line = format!("{} suppressed by trailscan.toml", quantity(section.suppressed as u64, "finding"));
        writeln!(out, "{}", Paint::new(style.color).faint(&line))?;
    }
    Ok(())
}

/// Writes rows that rest on no logs.
pub(super) fn write_list(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    write_rows((table, false), style, out)
}

/// The rows, and what of the table is not shown.
fn write_rows((table, is_audit): (&Table, bool), style: Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(style.color);
    let drawn = sparkline::drawn(table);
    let table = &*drawn;
    let shown = match layout::fit(table, style.width) {
        Some(slots) => {
            grid::write(table, &slots, style, out)?;
            slots.iter().map(|slot| slot.index).collect()
        }
        None => records::write(table, paint, out)?,
    };
    let more = table.rows_total.saturating_sub(table.rows.len());
    if more > 0 {
        let rows = quantity(more as u64, "more row");
        writeln!(out, "{}", paint.faint(&format!("{rows} (--limit 0 shows all)")))?;
    }
    let hidden: Vec<&str> =
        (0..table.columns.len()).filter(|i| !shown.contains(i)).map(|i| table.columns[i].name).collect();
    if !hidden.is_empty() {
        let columns = quantity(hidden.len() as u64, "more column");
        let how = if is_audit { format!("trailscan {} ", typed(table.report)) } else { String::new() };
        let line = format!("{columns} ({how}--columns all, or +NAME): {}", hidden.join(", "));
        let lines = findings::lines(&line, style.width, 0);
        // An audit is an overview: a line a table.
        let most = if is_audit { 1 } else { lines.len() };
        for line in &lines[..most] {
            let more = if most < lines.len() { " …" } else { "" };
            writeln!(out, "{}", paint.faint(&format!("{line}{more}")))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
