//! Aggregates without their type: what [`Aggregate`] says, for any of them.

use std::any::Any;

use super::{Aggregate, Batch, BatchError, Remap, Seen, Symbols, Wanted};
use crate::model::Event;

/// [`Aggregate`], so that a state can hold many kinds.
pub trait Erased: Any + Send {
    /// [`Aggregate::observe`].
    fn observe(&mut self, seen: &mut Seen<'_>);

    /// [`Aggregate::SEES_COPIES`].
    fn sees_copies(&self) -> bool;

    /// [`Aggregate::copy`].
    fn copy(&mut self, seen: &mut Seen<'_>);

    /// [`Aggregate::bound`].
    fn bound(&mut self, wanted: Wanted);

    /// Whether [`Aggregate::REMEMBER`] says how.
    fn remembers(&self) -> bool;

    /// [`Aggregate::REMEMBER`].
    fn remember(&mut self, event: &Event<'_>, symbols: &mut Symbols);

    /// [`Aggregate::merge`].
    ///
    /// # Panics
    /// When `other` is of another type: two kinds have one name, and half of what was counted would be lost.
    fn merge(&mut self, other: Box<dyn Any>, remap: &Remap);

    /// [`Aggregate::save`].
    fn save(&self, symbols: &Symbols) -> Vec<Batch>;

    /// [`Aggregate::load`].
    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError>;
}

impl<A: Aggregate> Erased for A {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        Aggregate::observe(self, seen);
    }

    fn sees_copies(&self) -> bool {
        A::SEES_COPIES
    }

    fn copy(&mut self, seen: &mut Seen<'_>) {
        Aggregate::copy(self, seen);
    }

    fn bound(&mut self, wanted: Wanted) {
        Aggregate::bound(self, wanted);
    }

    fn remembers(&self) -> bool {
        A::REMEMBER.is_some()
    }

    fn remember(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        if let Some(remember) = A::REMEMBER {
            remember(self, event, symbols);
        }
    }

    fn merge(&mut self, other: Box<dyn Any>, remap: &Remap) {
        let other = other.downcast::<Self>().expect("two kinds of aggregates have one name");
        Aggregate::merge(self, *other, remap);
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        Aggregate::save(self, symbols)
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        Aggregate::load(self, batches, symbols)
    }
}
