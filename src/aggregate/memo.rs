//! Remembering, per distinct identity, where its row is.

use crate::model::IdentityRef;

/// A row number for each [`IdentityRef`], so that a known identity needs no lookup by text.
///
/// A shortcut only: it is not part of a state, is not merged and not saved.
#[derive(Clone, Debug, Default)]
pub struct RowMemo {
    generation: u32,
    rows: Vec<u32>,
}

const UNKNOWN: u32 = u32::MAX;

impl RowMemo {
    /// The row that was kept for `identity`.
    pub fn get(&self, identity: IdentityRef) -> Option<usize> {
        if self.generation != identity.generation {
            return None;
        }
        self.rows.get(identity.slot as usize).copied().filter(|&row| row != UNKNOWN).map(|row| row as usize)
    }

    /// Keeps `row` for `identity`; rows past 2³²−2 are simply not kept.
    pub fn keep(&mut self, identity: IdentityRef, row: usize) {
        if self.generation != identity.generation {
            self.rows.clear();
            self.generation = identity.generation;
        }
        let slot = identity.slot as usize;
        if slot >= self.rows.len() {
            self.rows.resize(slot + 1, UNKNOWN);
        }
        self.rows[slot] = u32::try_from(row).unwrap_or(UNKNOWN);
    }
}
