//! A table on a terminal that is too narrow for it: a block a row, a line a column.

use std::io::{self, Write};

use super::cell;
use super::grid::severity;
use super::layout::must;
use super::paint::Paint;
use crate::report::{Table, Value};

/// Writes every row as a block; says how many columns it showed. Values are whole: the terminal may wrap them.
pub(super) fn write(table: &Table, paint: Paint, out: &mut dyn Write) -> io::Result<usize> {
    let columns = must(table);
    let names = columns.iter().map(|&i| cell::width(table.columns[i].name)).max().unwrap_or(0);
    for (number, row) in table.rows.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        for &i in &columns {
            let name = table.columns[i].name;
            let text = cell::whole(row.get(i).unwrap_or(&Value::Null));
            let text = match name {
                "severity" | "verdict" if severity(table, row).is_empty() => paint.verdict(&text),
                "severity" | "verdict" => paint.severity(severity(table, row), &text),
                _ => text.into_owned(),
            };
            let padding = " ".repeat(names - cell::width(name));
            writeln!(out, "{}{padding}  {text}", paint.faint(name))?;
        }
    }
    if !table.rows.is_empty() {
        writeln!(out)?;
    }
    Ok(columns.len())
}
