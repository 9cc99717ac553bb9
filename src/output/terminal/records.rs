//! A table on a terminal that is too narrow for it: a block a row, a line a column.

use std::io::{self, Write};

use super::cell;
use super::grid::{judged, severity};
use super::layout::must;
use super::paint::Paint;
use crate::report::Table;

/// Writes every row as a block; says which columns it showed. Values are whole: the terminal may wrap them.
pub(super) fn write(table: &Table, paint: Paint, out: &mut dyn Write) -> io::Result<Vec<usize>> {
    let columns = must(table);
    let names = columns.iter().map(|&i| cell::width(table.columns[i].name)).max().unwrap_or(0);
    for (number, row) in table.rows.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        for &i in &columns {
            let text = if table.chosen { cell::unabridged(&row[i]) } else { cell::whole(&row[i]) };
            let column = &table.columns[i];
            let text = judged(column, severity(table, row), paint, &text).unwrap_or_else(|| text.into_owned());
            let name = column.name;
            let padding = " ".repeat(names - cell::width(name));
            writeln!(out, "{}{padding}  {text}", paint.faint(name))?;
        }
    }
    if !table.rows.is_empty() {
        writeln!(out)?;
    }
    Ok(columns)
}
