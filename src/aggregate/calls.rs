//! Calls: which principal made which call how often, and how they ended.
//!
//! A row per (principal, account, eventSource, eventName). It is for a report that is asked alone: an audit does not pay for
//! it. Attribution is the model's, as in `principals`, and every counted event is in exactly one row. Memory: some 100 bytes
//! a row, texts apart.

use hashbrown::HashMap;

use super::{Aggregate, AggregateKind, Batch, BatchError, Reader, Remap, RowMemo, Seen, Span, Sym, Symbols, Tally};
use crate::model::{EventTime, UserIdentity, principal_of};

/// Registers [`Calls`].
pub static KIND: AggregateKind = AggregateKind {
    name: "calls",
    summary: "principals: how often each made which call, denied or not, first and last",
    empty: || Box::new(Calls::default()),
};

/// Every call of every principal.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    rows: HashMap<CallKey, CallCounts, ahash::RandomState>,
    /// Place in `faces` of each identity.
    memo: RowMemo,
    /// Principal and `userIdentity.accountId`; without one the account is that of the record.
    faces: Vec<(Sym, Option<Sym>)>,
    places: HashMap<(Sym, Option<Sym>), u32, ahash::RandomState>,
}

/// What tells two rows apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallKey {
    /// The principal, as printed.
    pub principal: Sym,
    /// `userIdentity.accountId`, else the account that received the record.
    pub account: Sym,
    /// `eventSource`.
    pub service: Sym,
    /// `eventName`.
    pub event_name: Sym,
}

/// How often a call was made, and how that ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// Events, failures and denials.
    pub tally: Tally,
    /// First and last event.
    pub span: Span,
}

impl Calls {
    /// Every row, in no lasting order.
    pub fn rows(&self) -> impl Iterator<Item = (&CallKey, &CallCounts)> {
        self.rows.iter()
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

    fn add(&mut self, key: CallKey, counts: &CallCounts) {
        let row = self.rows.entry(key).or_default();
        row.tally.merge(counts.tally);
        row.span.merge(counts.span);
    }
}

impl Aggregate for Calls {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let place = match self.memo.get(seen.event.identity) {
            Some(known) => known,
            None => self.meet(seen),
        };
        let (principal, account) = self.faces[place];
        let account = account.unwrap_or_else(|| seen.account());
        let key = CallKey { principal, account, service: seen.service(), event_name: seen.event_name() };
        let row = self.rows.entry(key).or_default();
        row.tally.merge(seen.tally());
        seen.event.event_time.into_iter().for_each(|time| row.span.see(time));
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        for (key, counts) in &other.rows {
            let key = CallKey {
                principal: remap.of(key.principal),
                account: remap.of(key.account),
                service: remap.of(key.service),
                event_name: remap.of(key.event_name),
            };
            self.add(key, counts);
        }
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        let (keys, counts) = (|| self.rows.keys(), || self.rows.values());
        let micros = |time: Option<EventTime>| time.map(|time| time.0);
        vec![
            Batch::new(KIND.name)
                .texts("principal", keys().map(|key| Some(symbols.text(key.principal))))
                .texts("account_id", keys().map(|key| Some(symbols.text(key.account))))
                .texts("service", keys().map(|key| Some(symbols.text(key.service))))
                .texts("event_name", keys().map(|key| Some(symbols.text(key.event_name))))
                .ints("events", counts().map(|counts| Some(counts.tally.events)))
                .ints("errors", counts().map(|counts| Some(counts.tally.errors)))
                .ints("denied", counts().map(|counts| Some(counts.tally.denied)))
                .ints("first_seen", counts().map(|counts| micros(counts.span.first())))
                .ints("last_seen", counts().map(|counts| micros(counts.span.last()))),
        ]
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        let table = Reader::of(batches, KIND.name)?;
        let texts = |name| table.full_texts(name);
        let (principal, account) = (texts("principal")?, texts("account_id")?);
        let (service, event_name) = (texts("service")?, texts("event_name")?);
        let [events, errors, denied] =
            [table.full_ints("events")?, table.full_ints("errors")?, table.full_ints("denied")?];
        let (first, last) = (table.ints("first_seen")?, table.ints("last_seen")?);
        for row in 0..table.rows() {
            let key = CallKey {
                principal: symbols.intern(principal[row]),
                account: symbols.intern(account[row]),
                service: symbols.intern(service[row]),
                event_name: symbols.intern(event_name[row]),
            };
            let tally = Tally { events: events[row], errors: errors[row], denied: denied[row] };
            let mut counts = CallCounts { tally, span: Span::default() };
            [first[row], last[row]].into_iter().flatten().for_each(|time| counts.span.see(EventTime(time)));
            self.add(key, &counts);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::aggregate::principals::{self, Principals};
    use crate::aggregate::testing::{fold, hold_laws, steps};

    proptest! {
        #[test]
        fn laws(steps in steps(), cut in 0usize..40) {
            hold_laws(&KIND, &steps, cut)?;
        }

        #[test]
        fn the_calls_of_a_principal_add_up(steps in steps()) {
            let state = fold(&[&KIND, &principals::KIND], &steps);
            let calls = state.get::<Calls>().unwrap();
            for row in state.get::<Principals>().unwrap().rows() {
                let mut sum = CallCounts::default();
                for (key, counts) in calls.rows().filter(|(key, _)| (key.principal, key.account) == (row.principal, row.account)) {
                    prop_assert!(row.services.iter().any(|service| service == key.service));
                    sum.tally.merge(counts.tally);
                    sum.span.merge(counts.span);
                }
                prop_assert_eq!((sum.tally, sum.span), (row.tally, row.span));
            }
        }
    }
}
