//! Long-lived access keys by day: how much each did from each source on each UTC day.
//!
//! For exports and not for reports: what `keys` remembers of a source is its hours, which cost a bit each, and no counts.
//! Counts the same calls as `keys`: of access keys and of bearer tokens.

use super::{Aggregate, AggregateKind, Batch, BatchError, DayTable, Reader, Remap, RowMemo, Seen, Sym, Symbols};
use crate::model::{Event, UserIdentity};

/// Registers [`KeyDays`].
pub static KIND: AggregateKind = AggregateKind {
    name: "key_days",
    summary: "long-lived access keys: events from each source on each UTC day",
    empty: || Box::new(KeyDays::default()),
};

const COLUMNS: [&str; 2] = ["access_key_id", "source"];

/// Every key, source and day: `accessKeyId` and `sourceIPAddress`, as written.
#[derive(Clone, Debug, Default)]
pub struct KeyDays {
    table: DayTable,
    /// The symbol of the key of each identity; that of the empty text where no long-lived key signed.
    keys: RowMemo,
    /// The symbol of the bearer token that an identity without a key may carry.
    bearers: RowMemo,
}

impl KeyDays {
    /// The counts, in no lasting order; the texts of a row are key and source.
    pub fn table(&self) -> &DayTable {
        &self.table
    }

    #[cold]
    fn meet(&mut self, seen: &mut Seen<'_>) -> Sym {
        let identity: &UserIdentity<'_> = &seen.event.user_identity;
        let key = seen.symbols.intern(identity.long_lived_key().unwrap_or_default());
        self.keys.keep(seen.event.identity, key.0 as usize);
        if identity.may_carry_bearer_token() {
            let bearer = seen.symbols.intern(&identity.bearer_key());
            self.bearers.keep(seen.event.identity, bearer.0 as usize);
        }
        key
    }

    /// The bearer token that the call carried, if it did.
    fn bearer(&self, event: &Event<'_>) -> Option<Sym> {
        let known = self.bearers.get(event.identity)?;
        event.is_call_with_bearer_token().then_some(Sym(known as u32))
    }
}

impl Aggregate for KeyDays {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let key = match self.keys.get(seen.event.identity) {
            Some(known) => Sym(known as u32),
            None => self.meet(seen),
        };
        let key = if key == Sym::EMPTY { self.bearer(seen.event) } else { Some(key) };
        let Some(key) = key else { return };
        let Some(time) = seen.event.event_time else { return };
        let source = seen.address();
        self.table.count([key, source], time, seen);
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        self.table.merge(&other.table, remap);
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        vec![self.table.save(KIND.name, COLUMNS, symbols)]
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        self.table.load(Reader::of(batches, KIND.name)?, COLUMNS, symbols)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::aggregate::State;
    use crate::aggregate::keys::{self, Keys};
    use crate::aggregate::testing::{fold, hold_laws, steps};

    fn days(state: &State) -> &KeyDays {
        state.get::<KeyDays>().unwrap()
    }

    proptest! {
        #[test]
        fn laws(steps in steps(), cut in 0usize..40) {
            hold_laws(&KIND, &steps, cut)?;
        }

        #[test]
        fn each_source_of_a_key_adds_up(steps in steps()) {
            let state = fold(&[&KIND, &keys::KIND], &steps);
            let sum = |key, source| -> i64 {
                let of_both = days(&state).table().rows().filter(|(row, _)| row.texts == [key, source]);
                of_both.map(|(_, counts)| counts.tally.events).sum()
            };
            let all: i64 = days(&state).table().rows().map(|(_, counts)| counts.tally.events).sum();
            let keys = state.get::<Keys>().unwrap();
            for row in keys.rows() {
                for (source, used) in row.sources.iter() {
                    prop_assert_eq!(sum(row.key, source), used.events);
                }
            }
            prop_assert_eq!(all, keys.rows().iter().map(|row| row.tally.events).sum::<i64>());
        }
    }
}
