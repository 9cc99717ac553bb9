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
const LEAST: Room = Room { text: 15, list: 0, id: 15, time: cell::TO_THE_MINUTE };

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
        let whole = |i: usize| measures[i].cells.max(measures[i].floor);
        return Some(shown.map(|(index, _)| Slot { index, width: whole(index) }).collect());
    };
    let mut slots: Vec<Slot> =
        must(table).into_iter().map(|index| Slot { index, width: measures[index].within(LEAST) }).collect();
    let taken = slots.iter().map(|slot| slot.width + GAP).sum::<usize>();
    let mut left = (width + GAP).checked_sub(taken)?;

    let fair = |i: usize| measures[i].within(FAIR);
    for (prominence, room) in [(Prominence::Second, FAIR), (Prominence::Third, FAIR), (Prominence::Last, GOOD)] {
        grow(&mut slots, &mut left, |i| (measures[i].kind, measures[i].within(room)));
        for (index, column) in table.columns.iter().enumerate() {
            let is_shown = slots.iter().any(|slot| slot.index == index);
            let is_next = !table.chosen && !is_shown && column.prominence == prominence;
            if is_next && let Some(rest) = left.checked_sub(fair(index) + GAP) {
                left = rest;
                slots.push(Slot { index, width: fair(index) });
            }
        }
        slots.sort_by_key(|slot| slot.index);
    }
    grow(&mut slots, &mut left, |i| (measures[i].kind, measures[i].cells.max(measures[i].floor)));
    Some(slots)
}

/// The columns that are shown whatever the width: those of first prominence and when it was, or the ones asked for.
pub(super) fn must(table: &Table) -> Vec<usize> {
    let when = when(&table.columns);
    let is_must = |i: usize, column: &Column| table.chosen || column.prominence == Prominence::First || when == Some(i);
    (0..table.columns.len()).filter(|&i| is_must(i, &table.columns[i])).collect()
}

/// The most prominent column that says when; of equal ones the last, which is when it last was.
fn when(columns: &[Column]) -> Option<usize> {
    let times = columns.iter().enumerate().filter(|(_, column)| column.kind == ColumnKind::Time);
    let shown = times.filter(|(_, column)| column.prominence < Prominence::Asked);
    shown.rev().min_by_key(|(_, column)| column.prominence).map(|(place, _)| place)
}

/// Widens the columns up to what each could do with: ids first, since one that is too long costs a line, and a time that
/// stands first; then always the narrowest of those that lack something, so that none takes all that is left; and last the
/// seconds of other times.
fn grow(slots: &mut [Slot], left: &mut usize, wish: impl Fn(usize) -> (ColumnKind, usize)) {
    let turn = |slot: &Slot| match wish(slot.index).0 {
        ColumnKind::Id => 0,
        ColumnKind::Time => 2 * usize::from(slot.index > 0),
        _ => 1,
    };
    for now in 0..=2 {
        while *left > 0 {
            let lacks = |slot: &&mut Slot| turn(slot) == now && slot.width < wish(slot.index).1;
            let Some(narrowest) = slots.iter_mut().filter(lacks).min_by_key(|slot| slot.width) else { break };
            narrowest.width += 1;
            *left -= 1;
        }
    }
}

fn measure(table: &Table, index: usize) -> Measure {
    let column = &table.columns[index];
    // Nobody finds a column by a part of its name.
    let mut measure = Measure { kind: column.kind, floor: cell::width(column.name), cells: 0 };
    for value in table.rows.iter().map(|row| &row[index]) {
        measure.floor = measure.floor.max(cell::floor(value, column));
        measure.cells = measure.cells.max(cell::width(&cell::whole(value)));
    }
    measure
}

/// Whether the values of a column stand at its right edge.
pub(super) fn is_right(kind: ColumnKind) -> bool {
    kind == ColumnKind::Count
}
