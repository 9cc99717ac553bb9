//! A table as rows of aligned columns.

use std::io::{self, Write};

use super::super::Style;
use super::cell;
use super::layout::{GAP, Slot, is_right};
use super::paint::Paint;
use crate::report::{Column, Role, Severity, Table, Value};

/// Writes header, rule and rows.
pub(super) fn write(table: &Table, slots: &[Slot], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(style.color);
    write_header(table, slots, paint, out)?;
    let rule: Vec<String> = slots.iter().map(|slot| "─".repeat(slot.width)).collect();
    writeln!(out, "{}", paint.faint(&rule.join(&" ".repeat(GAP))))?;
    let mut line = Line { breaks: style.width.is_some(), ..Line::new(table, slots) };
    for row in &table.rows {
        let severity = severity(table, row);
        for slot in slots {
            let column = &table.columns[slot.index];
            let value = &row[slot.index];
            let text = match style.width {
                Some(_) if !table.chosen => cell::within(value, column, slot.width),
                Some(_) if !cell::is_list(value) => cell::within(value, column, slot.width),
                // Who asks for a list, or reads it with a program, wants all of it.
                _ => cell::unabridged(value),
            };
            let painted = match judged(column, severity, paint, &text) {
                Some(painted) => painted,
                None if *value == Value::Null => paint.faint(&text),
                None => text.as_ref().to_owned(),
            };
            line.push(&painted, cell::width(&text), out)?;
        }
        line.write(out)?;
    }
    Ok(())
}

/// The severity that a row carries, if it has one.
pub(super) fn severity(table: &Table, row: &[Value]) -> Option<Severity> {
    match row[Role::Severity.place(&table.columns)?] {
        Value::Severity(severity) => Some(severity),
        _ => None,
    }
}

/// A severity, or a verdict, which has the colour of the row's severity; `None` of other columns.
pub(super) fn judged(column: &Column, severity: Option<Severity>, paint: Paint, text: &str) -> Option<String> {
    matches!(column.role?, Role::Severity | Role::Verdict).then(|| match severity {
        Some(severity) => paint.severity(severity, text),
        None => paint.verdict(text),
    })
}

fn write_header(table: &Table, slots: &[Slot], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Line::new(table, slots);
    for slot in slots {
        let name = table.columns[slot.index].name;
        line.push(&paint.heading(name), cell::width(name), out)?;
    }
    line.write(out)
}

/// A line that cells are put into, one after the other.
struct Line<'a> {
    table: &'a Table,
    slots: &'a [Slot],
    next: usize,
    text: String,
    /// Whether a row goes on in the next line after a cell that does not fit: what a program reads stays on one.
    breaks: bool,
}

impl<'a> Line<'a> {
    fn new(table: &'a Table, slots: &'a [Slot]) -> Self {
        Self { table, slots, next: 0, text: String::new(), breaks: true }
    }

    /// Puts the next cell; `width` is what `text` takes without its colours. After a cell that does not fit its column (a
    /// long id) the row goes on in the next line.
    fn push(&mut self, text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let slot = &self.slots[self.next];
        let padding = " ".repeat(slot.width.saturating_sub(width));
        if self.next > 0 {
            self.text.push_str(&" ".repeat(GAP));
        }
        self.next += 1;
        if is_right(self.table.columns[slot.index].kind) {
            self.text.push_str(&padding);
            self.text.push_str(text);
        } else {
            self.text.push_str(text);
            self.text.push_str(&padding);
        }
        let so_far = self.next;
        if self.breaks && width > slot.width && so_far < self.slots.len() {
            self.write(out)?;
            self.next = so_far;
            let indent = self.slots[..so_far].iter().map(|slot| slot.width + GAP).sum::<usize>() - GAP;
            self.text.push_str(&" ".repeat(indent));
        }
        Ok(())
    }

    /// Ends the line, without blanks at its end.
    fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.text.trim_end_matches(' '))?;
        self.text.clear();
        self.next = 0;
        Ok(())
    }
}
