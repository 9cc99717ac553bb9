//! A grid of counts: rows with a name on the left and a note on the right, cells in five shades.

use maud::{Markup, html};

use super::super::super::sanitize;
use super::{LABEL_CHAR, NOTE_CHAR, room, shade, svg};
use crate::model::grouped;
use crate::report::charts::{Grid, GridCell, GridColumns, GridRow};

/// Height of a row.
const ROW: usize = 22;

/// Between the labels and the first column, and between the last column and the notes.
const GAP: usize = 10;

/// Width and height of the legend's swatches.
const SWATCH: usize = 14;

/// Least room between two dates above the columns.
const DATE: usize = 78;

/// Names up to this many characters stand upright.
const SHORT: usize = 3;

/// What the legend says beside its swatches.
struct Words {
    counts: String,
    /// Where the mark's swatch begins, from the left of the legend.
    mark: usize,
    width: usize,
}

/// Where everything stands.
struct Layout {
    left: usize,
    top: usize,
    column: usize,
    columns: usize,
    width: usize,
    height: usize,
}

pub(super) fn draw(grid: &Grid, title: &str) -> Markup {
    let layout = Layout::of(grid);
    let most = most(grid);
    svg(
        layout.width,
        layout.height,
        title,
        &html! {
            (heads(grid, &layout))
            @for (i, row) in grid.rows.iter().enumerate() { (draw_row(row, i, most, &layout)) }
            (legend(grid, &layout))
        },
    )
}

fn most(grid: &Grid) -> i64 {
    grid.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.count).max().unwrap_or(0)
}

impl Words {
    fn of(grid: &Grid) -> Self {
        let most = most(grid);
        let counts = if most > 1 { format!("1 to {} {}", grouped(most), grid.unit) } else { grid.unit.to_owned() };
        let mark = 5 * (SWATCH + 2) + 8 + counts.len() * NOTE_CHAR + 18;
        let marked = grid.mark.map_or(0, |told| SWATCH + 6 + told.len() * NOTE_CHAR);
        Self { counts, mark, width: mark + marked }
    }
}

impl Layout {
    fn of(grid: &Grid) -> Self {
        let severities = grid.rows.iter().any(|row| row.severity.is_some());
        let labels = room(grid.rows.iter().map(|row| row.label.as_str()), LABEL_CHAR);
        let left = labels + GAP + if severities { 14 } else { 0 };
        let (columns, column, top) = match &grid.columns {
            GridColumns::Names(names) => {
                let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
                let top = if longest <= SHORT { 22 } else { 16 + longest * LABEL_CHAR * 4 / 5 };
                (names.len(), 24, top)
            }
            GridColumns::Days(axis) => (axis.len(), days_wide(axis.len()), 24),
        };
        let notes = room(grid.rows.iter().map(|row| row.note.as_str()), NOTE_CHAR);
        let slant = if top > 24 { top * 3 / 5 } else { 0 };
        let width = left + columns * column + GAP + notes.max(slant).max(70);
        let width = width.max(left + Words::of(grid).width);
        Self { left, top, column, columns, width, height: top + grid.rows.len() * ROW + 34 }
    }

    fn x(&self, column: usize) -> usize {
        self.left + column * self.column
    }

    fn y(&self, row: usize) -> usize {
        self.top + row * ROW
    }

    fn bottom(&self, grid: &Grid) -> usize {
        self.y(grid.rows.len())
    }
}

/// Few days are wide enough to be hit, many fit the page.
fn days_wide(days: usize) -> usize {
    (640 / days.max(1)).clamp(7, 24)
}

fn heads(grid: &Grid, layout: &Layout) -> Markup {
    let bottom = layout.bottom(grid);
    match &grid.columns {
        GridColumns::Names(names) if layout.top <= 24 => html! {
            @for (i, name) in names.iter().enumerate() {
                text.axis.middle x=(layout.x(i) + layout.column / 2) y=(layout.top - 7) { (sanitize(name)) }
            }
        },
        GridColumns::Names(names) => html! {
            @for (i, name) in names.iter().enumerate() {
                @let (x, y) = (layout.x(i) + layout.column / 2 + 3, layout.top - 6);
                text.axis.mono transform={ "translate(" (x) " " (y) ") rotate(-55)" } { (sanitize(name)) }
            }
        },
        GridColumns::Days(axis) => {
            let every = DATE.div_ceil(layout.column);
            html! {
                @for i in (0..axis.len()).step_by(every) {
                    line.tick x1=(layout.x(i)) x2=(layout.x(i)) y1=(layout.top - 16) y2=(bottom) {}
                    text.axis x=(layout.x(i) + 4) y=(layout.top - 8) { (axis.day(i)) }
                }
            }
        }
    }
}

fn draw_row(row: &GridRow, i: usize, most: i64, layout: &Layout) -> Markup {
    let y = layout.y(i);
    let severity = row.severity.map(|severity| severity.as_str());
    html! {
        g class=[severity] {
            @if let Some(severity) = severity { circle.dot cx="6" cy=(y + ROW / 2) r="4" { title { (severity) } } }
            text.label x=(if severity.is_some() { 16 } else { 0 }) y=(y + 15) { (sanitize(&row.label)) }
            line.base x1=(layout.left) x2=(layout.x(layout.columns)) y1=(y + ROW) y2=(y + ROW) {}
            @for cell in &row.cells { (draw_cell(cell, y, most, layout)) }
            text.noted x=(layout.x(layout.columns) + GAP) y=(y + 15) { (sanitize(&row.note)) }
        }
    }
}

fn draw_cell(cell: &GridCell, y: usize, most: i64, layout: &Layout) -> Markup {
    let gap = if layout.column > 10 { 2 } else { 1 };
    let marked = cell.marked.then_some(if cell.count > 0 { "ring" } else { "gap" });
    html! {
        g class=[marked] {
            rect class={ "s" (shade(cell.count, most)) } x=(layout.x(cell.column) + 1) y=(y + 2) width=(layout.column - gap) height=(ROW - 3) rx="2" {
                title { (sanitize(&cell.told)) }
            }
        }
    }
}

fn legend(grid: &Grid, layout: &Layout) -> Markup {
    let y = layout.bottom(grid) + 12;
    let words = Words::of(grid);
    let (after, mark) = (layout.left + 5 * (SWATCH + 2) + 8, layout.left + words.mark);
    let is_toned = grid.rows.iter().any(|row| row.severity.is_some());
    let is_gap = grid.rows.iter().flat_map(|row| &row.cells).any(|cell| cell.marked && cell.count == 0);
    html! {
        g.legend.info[is_toned] {
            @for level in 1..=5 {
                rect class={ "s" (level) } x=(layout.left + (level - 1) * (SWATCH + 2)) y=(y) width=(SWATCH) height=(SWATCH) rx="2" {}
            }
            text.noted x=(after) y=(y + 11) { (words.counts) }
            @if let Some(told) = grid.mark {
                g class=(if is_gap { "gap" } else { "ring" }) { rect class=(if is_gap { "s0" } else { "s3" }) x=(mark) y=(y) width=(SWATCH) height=(SWATCH) rx="2" {} }
                text.noted x=(mark + SWATCH + 6) y=(y + 11) { (told) }
            }
        }
    }
}
