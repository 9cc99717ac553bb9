//! Principals by day: how much each did in each account on each UTC day.
//!
//! For exports and not for reports: what `principals` remembers of time is hours, which cost a bit each, and no counts.
//! Attribution is the model's, and every counted event is in exactly one row, as in `principals`.

use hashbrown::HashMap;

use super::{Aggregate, AggregateKind, Batch, BatchError, DayTable, Reader, Remap, RowMemo, Seen, Sym, Symbols};
use crate::model::{UserIdentity, principal_of};

/// Registers [`PrincipalDays`].
pub static KIND: AggregateKind = AggregateKind {
    name: "principal_days",
    summary: "principals: events in each account on each UTC day",
    empty: || Box::new(PrincipalDays::default()),
};

const COLUMNS: [&str; 2] = ["principal", "account_id"];

/// Every principal, account and day.
#[derive(Clone, Debug, Default)]
pub struct PrincipalDays {
    table: DayTable,
    /// Place in `faces` of each identity.
    memo: RowMemo,
    /// Principal and `userIdentity.accountId`; without one the account is that of the record.
    faces: Vec<(Sym, Option<Sym>)>,
    places: HashMap<(Sym, Option<Sym>), u32, ahash::RandomState>,
}

impl PrincipalDays {
    /// The counts, in no lasting order; the texts of a row are principal and account.
    pub fn table(&self) -> &DayTable {
        &self.table
    }

    #[cold]
    fn meet(&mut self, seen: &mut Seen<'_>) -> usize {
        let identity: &UserIdentity<'_> = &seen.event.user_identity;
        let account = (!identity.account_id.is_empty()).then(|| seen.symbols.intern(&identity.account_id));
        let face = (seen.symbols.intern(&principal_of(identity)), account);
        let next = self.faces.len() as u32;
        let place = *self.places.entry(face).or_insert(next);
        if place == next {
            self.faces.push(face);
        }
        self.memo.keep(seen.event.identity, place as usize);
        place as usize
    }
}

impl Aggregate for PrincipalDays {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let Some(time) = seen.event.event_time else { return };
        let place = match self.memo.get(seen.event.identity) {
            Some(known) => known,
            None => self.meet(seen),
        };
        let (principal, account) = self.faces[place];
        let account = account.unwrap_or_else(|| seen.account());
        self.table.count([principal, account], time, seen);
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
    use crate::aggregate::principals::{self, Principals};
    use crate::aggregate::testing::{fold, hold_laws, steps};
    use crate::aggregate::{BatchError, Cells, State};

    proptest! {
        #[test]
        fn laws(steps in steps(), cut in 0usize..40) {
            hold_laws(&KIND, &steps, cut)?;
        }

        #[test]
        fn the_days_of_a_principal_add_up(steps in steps()) {
            let state = fold(&[&KIND, &principals::KIND], &steps);
            let days = state.get::<PrincipalDays>().unwrap().table();
            let principals = state.get::<Principals>().unwrap();
            for row in principals.rows() {
                let mut sum = crate::aggregate::DayCounts::default();
                let of_row = days.rows().filter(|(key, _)| key.texts == [row.principal, row.account]);
                let active = of_row.map(|(_, counts)| sum.merge(counts)).count();
                prop_assert_eq!((sum.tally, sum.span), (row.tally, row.span));
                prop_assert_eq!(active, row.hours.days().len());
            }
            let named = principals.rows().len();
            prop_assert!(days.rows().count() >= named);
        }
    }

    #[test]
    fn an_hour_past_the_day_is_refused() {
        let mut saved = State::new(&[&KIND]).save();
        for (name, cells) in &mut saved[0].columns {
            match cells {
                Cells::Int(cells) => cells.push(Some(if name == "hours" { 1 << 24 } else { 0 })),
                Cells::Text(cells) => cells.push(Some("".into())),
            }
        }
        let error = State::load(&[&KIND], &saved).err().unwrap();
        let why = "has other bits than those of 24 hours";
        assert_eq!(error, BatchError::BadCell("principal_days".into(), "hours".into(), 0, why));
    }
}
