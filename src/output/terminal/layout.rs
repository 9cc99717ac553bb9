//! Which columns a table shows and how wide they are. No text is written here.

use super::cell;
use crate::report::{Column, ColumnKind, Prominence, Table};

/// Spaces between two columns.
pub(super) const GAP: usize = 2;

/// What a text, a list, a long id and a time get while columns ask to be let in.
#[derive(Clone, Copy)]
struct Room {
    text: usize,
    list: usize,
    id: usize,
    time: usize,
}

/// What the columns that must be shown are begun with.
const LEAST: Room = Room { text: 16, list: 0, id: 15, time: cell::TO_THE_MINUTE };

/// Before columns of second and third prominence are let in. A text that is cut still says something, a name above all;
/// an id that is too long costs a line.
const FAIR: Room = Room { text: 16, list: 40, id: 48, time: cell::TO_THE_MINUTE };

/// Before the last columns are let in.
const GOOD: Room = Room { text: 48, list: 40, id: 64, time: cell::TO_THE_SECOND };

/// A text up to this width (the name of an instance's session) is never cut.
const SHORT_TEXT: usize = 19;

/// An id up to this width (those of keys, accounts, unique ids) never stands on a line of its own.
const SHORT_ID: usize = 24;

/// A column that is shown.
#[derive(Debug)]
pub(super) struct Slot {
    /// Its place in the table.
    pub(super) index: usize,
    pub(super) width: usize,
}

/// The widths that a column could do with.
struct Measure {
    kind: ColumnKind,
    /// Below it a header, a number or a list of one member would not fit.
    floor: usize,
    /// With all cells whole.
    cells: usize,
    /// The header on one line.
    header: usize,
}

impl Measure {
    /// The width with that much room for what may be shortened or broken.
    fn within(&self, room: Room) -> usize {
        let room = match self.kind {
            ColumnKind::Text if self.cells <= SHORT_TEXT => self.cells,
            ColumnKind::Text => room.text,
            ColumnKind::List | ColumnKind::NamedCounts => room.list,
            ColumnKind::Id if self.cells > SHORT_ID => room.id,
            ColumnKind::Time => room.time,
            ColumnKind::Id | ColumnKind::Count => self.cells,
        };
        self.cells.min(room).max(self.floor)
    }
}

/// The columns that fit `width` and their widths; `None` when those that must be shown do not fit. Without a width all
/// columns but those that have to be asked for, whole.
pub(super) fn fit(table: &Table, width: Option<usize>) -> Option<Vec<Slot>> {
    let measures: Vec<Measure> = (0..table.columns.len()).map(|i| measure(table, i)).collect();
    let Some(width) = width else {
        let shown = table.columns.iter().enumerate().filter(|(_, c)| table.chosen || c.prominence < Prominence::Asked);
        let whole = |i: usize| measures[i].cells.max(measures[i].header);
        return Some(shown.map(|(index, _)| Slot { index, width: whole(index) }).collect());
    };
    let mut slots: Vec<Slot> =
        must(table).into_iter().map(|index| Slot { index, width: measures[index].within(LEAST) }).collect();
    let taken = slots.iter().map(|slot| slot.width + GAP).sum::<usize>();
    let mut left = (width + GAP).checked_sub(taken)?;

    let fair = |i: usize| measures[i].within(FAIR);
    for (prominence, room) in [(Prominence::Second, FAIR), (Prominence::Third, FAIR), (Prominence::Last, GOOD)] {
        grow(&mut slots, &mut left, |i| measures[i].within(room));
        for (index, column) in table.columns.iter().enumerate() {
            let is_next = !table.chosen && column.prominence == prominence;
            if is_next && let Some(rest) = left.checked_sub(fair(index) + GAP) {
                left = rest;
                slots.push(Slot { index, width: fair(index) });
            }
        }
        slots.sort_by_key(|slot| slot.index);
    }
    grow(&mut slots, &mut left, |i| measures[i].cells.max(measures[i].floor));
    for slot in &mut slots {
        // A header is put on one line whole or not at all: half of it would gain nothing.
        if let Some(rest) = left.checked_sub(measures[slot.index].header.saturating_sub(slot.width)) {
            left = rest;
            slot.width = slot.width.max(measures[slot.index].header);
        }
    }
    Some(slots)
}

/// The columns that are shown whatever the width: those of first prominence, or the ones asked for.
pub(super) fn must(table: &Table) -> Vec<usize> {
    let is_must = |column: &Column| table.chosen || column.prominence == Prominence::First;
    (0..table.columns.len()).filter(|&i| is_must(&table.columns[i])).collect()
}

/// Widens the columns, from the left, up to what each could do with.
fn grow(slots: &mut [Slot], left: &mut usize, wish: impl Fn(usize) -> usize) {
    for slot in slots {
        let more = wish(slot.index).saturating_sub(slot.width).min(*left);
        slot.width += more;
        *left -= more;
    }
}

fn measure(table: &Table, index: usize) -> Measure {
    let column = &table.columns[index];
    let header = cell::width(column.name);
    let word = column.name.split_inclusive('_').map(cell::width).max().unwrap_or(0);
    let mut measure = Measure { kind: column.kind, floor: word, cells: 0, header };
    for value in table.rows.iter().map(|row| &row[index]) {
        measure.floor = measure.floor.max(cell::floor(value, column));
        measure.cells = measure.cells.max(cell::width(&cell::whole(value)));
    }
    measure
}

/// The header in lines of at most `width`, broken after `_` so that the lines joined are the column's name.
pub(super) fn header_lines(name: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_inclusive('_') {
        match lines.last_mut() {
            Some(line) if cell::width(line) + cell::width(word) <= width => line.push_str(word),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Whether the values of a column stand at its right edge.
pub(super) fn is_right(kind: ColumnKind) -> bool {
    kind == ColumnKind::Count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_break_at_their_joints() {
        assert_eq!(header_lines("peak_concurrent_addresses", 11), ["peak_", "concurrent_", "addresses"]);
        assert_eq!(header_lines("peak_concurrent_addresses", 16), ["peak_concurrent_", "addresses"]);
        assert_eq!(header_lines("events", 2), ["events"]);
        for width in 0..30 {
            assert_eq!(header_lines("peak_concurrent_addresses", width).concat(), "peak_concurrent_addresses");
        }
    }
}
