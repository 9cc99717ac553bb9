//! All that one worker, or in the end the whole scan, remembers.

use super::parts::Parts;
use super::{Aggregate, AggregateKind, Batch, BatchError, Symbols, Wanted};
use crate::model::Event;

/// A set of aggregates over one table of symbols.
pub struct State {
    symbols: Symbols,
    parts: Parts,
}

impl State {
    /// An empty state of these aggregates; naming one twice is the same as once.
    pub fn new(kinds: &[&'static AggregateKind]) -> Self {
        Self { symbols: Symbols::default(), parts: Parts::new(kinds) }
    }

    /// The state, in which no more single events are kept than these.
    #[must_use]
    pub fn bounded(mut self, wanted: Wanted) -> Self {
        self.parts.bound(wanted);
        self
    }

    /// Shows a copy of a counted event to every aggregate that has a use for it.
    #[inline]
    pub fn copy(&mut self, event: &Event<'_>) {
        self.parts.copy(event, &mut self.symbols);
    }

    /// Shows a counted event to every aggregate.
    pub fn observe(&mut self, event: &Event<'_>) {
        self.parts.observe(event, &mut self.symbols);
    }

    /// Shows a record, counted or not, to every aggregate that explains rows by it.
    pub fn remember(&mut self, event: &Event<'_>) {
        self.parts.remember(event, &mut self.symbols);
    }

    /// Adds all that `other`, a state of the same aggregates, remembers.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let remap = self.symbols.absorb(&other.symbols);
        self.parts.merge(other.parts, &remap);
        self
    }

    /// The aggregate of type `A`, if this state has one.
    pub fn get<A: Aggregate>(&self) -> Option<&A> {
        self.parts.get()
    }

    /// The texts behind the symbols of its aggregates.
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The whole state as column batches.
    pub fn save(&self) -> Vec<Batch> {
        self.parts.save(&self.symbols)
    }

    /// A state of `kinds` from saved batches.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    pub fn load(kinds: &[&'static AggregateKind], batches: &[Batch]) -> Result<Self, BatchError> {
        let mut state = Self::new(kinds);
        state.add(batches)?;
        Ok(state)
    }

    /// Adds saved batches, as if the state that was saved were merged.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    pub fn add(&mut self, batches: &[Batch]) -> Result<(), BatchError> {
        self.parts.load(batches, &mut self.symbols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::{Remap, Seen, activity};

    #[derive(Default)]
    struct Other;

    impl Aggregate for Other {
        fn observe(&mut self, _: &mut Seen<'_>) {}
        fn merge(&mut self, _: Self, _: &Remap) {}
    }

    static OTHER: AggregateKind =
        AggregateKind { name: "activity", summary: "of the same name", empty: || Box::new(Other) };

    #[test]
    #[should_panic(expected = "two kinds of aggregates have one name")]
    fn what_cannot_be_merged_is_never_dropped() {
        let _ = State::new(&[&OTHER]).merge(State::new(&[&activity::KIND]));
    }
}
