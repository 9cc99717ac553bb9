//! What a worker keeps of the events it reads: one state of all, or one of each account and day.

use crate::aggregate::State;
use crate::model::Event;

/// Takes in the events of a scan.
pub(super) trait Keep {
    /// Takes in a record that was read, counted or not.
    fn remember(&mut self, event: &Event<'_>);

    /// Takes in a counted event.
    fn observe(&mut self, event: &Event<'_>);

    /// Is told of a copy of a counted event.
    fn pass_over(&mut self, event: &Event<'_>);

    /// Is told of an update of an event that counts itself.
    fn supersede(&mut self, event: &Event<'_>);
}

impl Keep for State {
    #[inline]
    fn remember(&mut self, event: &Event<'_>) {
        Self::remember(self, event);
    }

    #[inline]
    fn observe(&mut self, event: &Event<'_>) {
        Self::observe(self, event);
    }

    #[inline]
    fn pass_over(&mut self, event: &Event<'_>) {
        self.copy(event);
    }

    #[inline]
    fn supersede(&mut self, _: &Event<'_>) {}
}
