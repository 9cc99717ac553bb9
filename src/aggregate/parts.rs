//! Aggregates side by side, without the texts that they share: what a state and its partitions are made of.

use std::any::Any;

use super::{Aggregate, AggregateKind, AnyAggregate, Batch, BatchError, Remap, Seen, Symbols, Wanted};
use crate::model::Event;

/// An aggregate of each kind.
#[derive(Default)]
pub(super) struct Parts {
    all: Vec<(&'static AggregateKind, Box<dyn AnyAggregate>)>,
    /// Those that remember records, few among them: their places.
    remembering: Vec<usize>,
}

impl Parts {
    /// An empty aggregate of each kind; naming one twice is the same as once.
    pub fn new(kinds: &[&'static AggregateKind]) -> Self {
        let mut parts = Self::default();
        for kind in kinds {
            if parts.all.iter().all(|(known, _)| known != kind) {
                parts.push(kind, (kind.empty)());
            }
        }
        parts
    }

    fn push(&mut self, kind: &'static AggregateKind, part: Box<dyn AnyAggregate>) {
        if part.remembers() {
            self.remembering.push(self.all.len());
        }
        self.all.push((kind, part));
    }

    /// Shows a counted event to every aggregate.
    #[inline]
    pub fn observe(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        let mut seen = Seen::new(event, symbols);
        for (_, part) in &mut self.all {
            part.observe(&mut seen);
        }
    }

    /// Shows a copy of a counted event to those that have a use for it.
    #[inline]
    pub fn copy(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        for (_, part) in self.all.iter_mut().filter(|(_, part)| part.sees_copies()) {
            part.copy(&mut Seen::new(event, symbols));
        }
    }

    /// Has no more single events kept than these.
    pub fn bound(&mut self, wanted: Wanted) {
        self.all.iter_mut().for_each(|(_, part)| part.bound(wanted));
    }

    /// Shows a record, counted or not, to every aggregate that explains rows by it.
    #[inline]
    pub fn remember(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        for &place in &self.remembering {
            self.all[place].1.remember(event, symbols);
        }
    }

    /// Adds all that `other` remembers; its symbols are translated by `remap`.
    pub fn merge(&mut self, other: Self, remap: &Remap) {
        for (kind, theirs) in other.all {
            match self.all.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, ours)) => ours.merge(theirs, remap),
                None => {
                    let mut ours = (kind.empty)();
                    ours.merge(theirs, remap);
                    self.push(kind, ours);
                }
            }
        }
    }

    /// The aggregate of type `A`, if there is one.
    pub fn get<A: Aggregate>(&self) -> Option<&A> {
        self.all.iter().find_map(|(_, part)| {
            let any: &dyn Any = &**part;
            any.downcast_ref::<A>()
        })
    }

    /// All of them as column batches.
    pub fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        self.all.iter().flat_map(|(_, part)| part.save(symbols)).collect()
    }

    /// Adds saved batches, as if merged.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    pub fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        self.all.iter_mut().try_for_each(|(_, part)| part.load(batches, symbols))
    }
}
