//! What is remembered of the events: one file per aggregate, each a commutative monoid that can be saved.
//!
//! An [`Aggregate`] sees each counted event once ([`Aggregate::observe`]) and each record that explains others, counted
//! or not ([`Aggregate::REMEMBER`]). States of parallel workers are folded with [`State::merge`], and any state can
//! leave and come back as typed column [`Batch`]es. Reports are views over a finished [`State`]; joins are theirs.
//!
//! Laws, held by tests: merging is commutative and associative with the empty state as identity; splitting the events
//! anywhere and merging gives the rows of one pass; saving and loading changes nothing.

pub mod activity;
pub mod around;
mod batch;
mod by_day;
pub mod calls;
mod erased;
pub mod events;
mod hours;
pub mod iam_changes;
pub mod issuances;
pub mod key_days;
pub mod keys;
pub mod logging;
pub mod made;
mod memo;
mod named;
mod partitions;
mod parts;
pub mod principal_days;
pub mod principals;
pub mod root_use;
pub mod secret_reads;
mod seen;
pub mod sessions;
pub mod sign_ins;
mod span;
mod state;
mod symbols;
mod tally;
pub mod uses;

#[cfg(test)]
pub(crate) mod testing;

pub use batch::{Batch, BatchError, Cells, Reader};
pub use by_day::{DayCounts, DayKey, DayTable};
pub use hours::HourSet;
pub use memo::RowMemo;
pub use named::{SymCounts, SymMap, SymSet};
pub use partitions::{PartitionKey, Partitions};
pub use seen::Seen;
pub use span::Span;
pub use state::State;
pub use symbols::{Remap, Sym, Symbols};
pub use tally::Tally;

use std::any::Any;

use crate::model::Event;

/// Something that is remembered of the events.
pub trait Aggregate: Any + Send + Sized {
    /// Counts one event: inside the window, past the filters, not a duplicate.
    ///
    /// Called per event: no allocation for what was seen before.
    fn observe(&mut self, seen: &mut Seen<'_>);

    /// Whether [`copy`](Self::copy) is of use to it.
    const SEES_COPIES: bool = false;

    /// Is shown a copy of a counted event, which does not count: the same event, perhaps in other bytes.
    fn copy(&mut self, seen: &mut Seen<'_>) {
        let _ = seen;
    }

    /// Keeps no more single events than these, where it keeps any; their number is still that of all.
    fn bound(&mut self, wanted: Wanted) {
        let _ = wanted;
    }

    /// How it remembers a record only to explain rows, if it does: called for every record of every object read, whether
    /// or not it is counted, and again for duplicates. Must be idempotent and quick to turn away what it has no use for.
    const REMEMBER: Option<Remember<Self>> = None;

    /// Adds all that `other` remembers; its symbols are translated by `remap`.
    fn merge(&mut self, other: Self, remap: &Remap);

    /// The whole state as column batches, rows in any order. Texts are written out, never symbols. What never leaves the
    /// process saves nothing.
    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        let _ = symbols;
        Vec::new()
    }

    /// Adds a saved state to this one, as if merged.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        let _ = (batches, symbols);
        Ok(())
    }
}

/// [`Aggregate::REMEMBER`].
pub type Remember<A> = fn(&mut A, &Event<'_>, &mut Symbols);

/// Which single events are kept, by their order in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// All of them.
    #[default]
    All,
    /// The first so many.
    First(usize),
    /// The last so many.
    Last(usize),
}

/// An [`Aggregate`] of any type, as a [`State`] holds it. Every aggregate is one; nothing else can be.
pub trait AnyAggregate: erased::Erased {}

impl<A: Aggregate> AnyAggregate for A {}

/// An entry of the registry: how to make an empty aggregate.
pub struct AggregateKind {
    /// The name under which its batches are saved.
    pub name: &'static str,
    /// What it remembers, in one line.
    pub summary: &'static str,
    /// Makes an empty one.
    pub empty: fn() -> Box<dyn AnyAggregate>,
}

impl PartialEq for AggregateKind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for AggregateKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every aggregate, in the order in which they are saved.
pub static AGGREGATES: &[&AggregateKind] = &[
    &root_use::KIND,
    &keys::KIND,
    &issuances::KIND,
    &sessions::KIND,
    &principals::KIND,
    &sign_ins::KIND,
    &iam_changes::KIND,
    &logging::KIND,
    &activity::KIND,
    &key_days::KIND,
    &principal_days::KIND,
    &secret_reads::KIND,
    &calls::KIND,
];
