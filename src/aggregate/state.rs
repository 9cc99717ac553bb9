//! All that one worker, or in the end the whole scan, remembers.

use std::any::Any;

use super::{Aggregate, AggregateKind, AnyAggregate, Batch, BatchError, Seen, Symbols};
use crate::model::Event;

/// A set of aggregates over one table of symbols.
pub struct State {
    symbols: Symbols,
    parts: Vec<(&'static AggregateKind, Box<dyn AnyAggregate>)>,
}

impl State {
    /// An empty state of these aggregates; naming one twice is the same as once.
    pub fn new(kinds: &[&'static AggregateKind]) -> Self {
        let mut parts: Vec<(&'static AggregateKind, Box<dyn AnyAggregate>)> = Vec::new();
        for kind in kinds {
            if parts.iter().all(|(known, _)| known != kind) {
                parts.push((kind, (kind.empty)()));
            }
        }
        Self { symbols: Symbols::default(), parts }
    }

    /// Shows a counted event to every aggregate.
    pub fn observe(&mut self, event: &Event<'_>) {
        let mut seen = Seen::new(event, &mut self.symbols);
        for (_, part) in &mut self.parts {
            part.observe(&mut seen);
        }
    }

    /// Shows a record, counted or not, to every aggregate that explains rows by it.
    pub fn remember(&mut self, event: &Event<'_>) {
        for (_, part) in &mut self.parts {
            part.remember(event, &mut self.symbols);
        }
    }

    /// Adds all that `other`, a state of the same aggregates, remembers.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let remap = self.symbols.absorb(&other.symbols);
        for (kind, theirs) in other.parts {
            match self.parts.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, ours)) => ours.merge(theirs, &remap),
                None => {
                    let mut ours = (kind.empty)();
                    ours.merge(theirs, &remap);
                    self.parts.push((kind, ours));
                }
            }
        }
        self
    }

    /// The aggregate of type `A`, if this state has one.
    pub fn get<A: Aggregate>(&self) -> Option<&A> {
        self.parts.iter().find_map(|(_, part)| {
            let any: &dyn Any = &**part;
            any.downcast_ref::<A>()
        })
    }

    /// The texts behind the symbols of its aggregates.
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The whole state as column batches.
    pub fn save(&self) -> Vec<Batch> {
        self.parts.iter().flat_map(|(_, part)| part.save(&self.symbols)).collect()
    }

    /// A state of `kinds` from saved batches.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    pub fn load(kinds: &[&'static AggregateKind], batches: &[Batch]) -> Result<Self, BatchError> {
        let mut state = Self::new(kinds);
        for (_, part) in &mut state.parts {
            part.load(batches, &mut state.symbols)?;
        }
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::{Remap, activity};

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
