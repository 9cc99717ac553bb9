//! The events of one place: nearly always one.

use smallvec::SmallVec;

use super::EventRow;
use crate::aggregate::Remap;

/// The events of one place, and copies of them in other bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    counted: SmallVec<[EventRow; 1]>,
    /// What was passed over as a copy, each text once; never one that a counted event has.
    copies: Vec<EventRow>,
}

impl Group {
    /// Adds a counted event.
    pub fn add(&mut self, row: EventRow) {
        self.copies.retain(|copy| copy.record != row.record);
        self.counted.push(row);
    }

    /// Adds a copy of a counted event, which may be in another worker's group.
    pub fn add_copy(&mut self, row: EventRow) {
        if self.counted.iter().chain(&self.copies).all(|known| known.record != row.record) {
            self.copies.push(row);
        }
    }

    /// Adds the events of the same place.
    pub fn merge(&mut self, other: Self) {
        other.counted.into_iter().for_each(|row| self.add(row));
        other.copies.into_iter().for_each(|row| self.add_copy(row));
    }

    /// The group in another table of symbols.
    pub fn renamed(mut self, remap: &Remap) -> Self {
        self.counted.iter_mut().chain(&mut self.copies).for_each(|row| row.rename(remap));
        self
    }

    /// As many events as were counted, in the order of their bytes; of each, of all its copies, the least.
    pub fn rows(&self) -> Vec<&EventRow> {
        let mut rows: Vec<&EventRow> = self.counted.iter().chain(&self.copies).collect();
        rows.sort_by_key(|row| &row.record);
        let counted = self.counted.len();
        if rows.len() == counted {
            return rows;
        }
        // Copies are equal as JSON. Where that does not tell them apart, the least of all are taken.
        let mut least: Vec<(Option<serde_json::Value>, &EventRow)> = Vec::new();
        let mut others = Vec::new();
        for row in rows {
            let said = serde_json::from_str(&row.record).ok();
            match said.is_some() && least.iter().any(|(known, _)| *known == said) {
                true => others.push(row),
                false => least.push((said, row)),
            }
        }
        let mut chosen: Vec<&EventRow> = least.into_iter().map(|(_, row)| row).chain(others).take(counted).collect();
        chosen.sort_by_key(|row| &row.record);
        chosen
    }
}
