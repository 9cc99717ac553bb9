//! States kept apart by account and day, over one table of symbols.
//!
//! Events split anywhere and merged give the rows of one pass, so any of the partitions, merged, are the state of their
//! events. Symbols are shared: a table of its own for each partition would cost more than most of them hold.

use indexmap::IndexMap;

use super::parts::Parts;
use super::{AggregateKind, Batch, BatchError, Symbols};
use crate::model::{Day, Event};

/// What a partition is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionKey {
    /// The account; empty where nobody says.
    pub account: String,
    /// The UTC day; `None` where nobody says.
    pub day: Option<Day>,
}

/// A state for each [`PartitionKey`] that was met.
pub struct Partitions {
    kinds: Vec<&'static AggregateKind>,
    symbols: Symbols,
    parts: IndexMap<PartitionKey, Parts, ahash::RandomState>,
    /// The partition of the last event: the next one is mostly of the same.
    last: usize,
}

impl PartitionKey {
    /// Whether this is the partition of that account and day.
    #[inline]
    pub fn is(&self, account: &str, day: Option<Day>) -> bool {
        self.day == day && self.account == account
    }
}

impl Partitions {
    /// No partition yet; each will have these aggregates.
    pub fn new(kinds: &[&'static AggregateKind]) -> Self {
        Self { kinds: kinds.to_vec(), symbols: Symbols::default(), parts: IndexMap::default(), last: 0 }
    }

    /// Shows a counted event to the partition of that account and day.
    pub fn observe(&mut self, event: &Event<'_>, account: &str, day: Option<Day>) {
        let place = self.place(account, day);
        self.parts[place].observe(event, &mut self.symbols);
    }

    /// Shows a record, counted or not, to the partition of that account and day.
    pub fn remember(&mut self, event: &Event<'_>, account: &str, day: Option<Day>) {
        let place = self.place(account, day);
        self.parts[place].remember(event, &mut self.symbols);
    }

    /// Adds all that `other`, of the same aggregates, remembers, partition by partition.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let remap = self.symbols.absorb(&other.symbols);
        for (key, theirs) in other.parts {
            let place = self.place(&key.account, key.day);
            self.parts[place].merge(theirs, &remap);
        }
        self
    }

    /// Adds saved batches to the partition of that account and day, as if merged.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    pub fn add(&mut self, key: &PartitionKey, batches: &[Batch]) -> Result<(), BatchError> {
        let place = self.place(&key.account, key.day);
        self.parts[place].load(batches, &mut self.symbols)
    }

    /// Every partition as column batches, in the order of their keys.
    pub fn saved(&self) -> impl Iterator<Item = (&PartitionKey, Vec<Batch>)> {
        let mut parts: Vec<(&PartitionKey, &Parts)> = self.parts.iter().collect();
        parts.sort_by_key(|(key, _)| *key);
        parts.into_iter().map(|(key, parts)| (key, parts.save(&self.symbols)))
    }

    fn place(&mut self, account: &str, day: Option<Day>) -> usize {
        let is_last = self.parts.get_index(self.last).is_some_and(|(key, _)| key.is(account, day));
        if !is_last {
            let entry = self.parts.entry(PartitionKey { account: account.to_owned(), day });
            self.last = entry.index();
            entry.or_insert_with(|| Parts::new(&self.kinds));
        }
        self.last
    }
}
