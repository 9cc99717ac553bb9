//! First and last time something was seen.

use crate::model::EventTime;

/// The earliest and the latest of some moments. Empty until the first is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    first: i64,
    last: i64,
}

impl Default for Span {
    fn default() -> Self {
        Self { first: i64::MAX, last: i64::MIN }
    }
}

impl Span {
    /// Takes in a moment.
    pub fn see(&mut self, time: EventTime) {
        self.first = self.first.min(time.0);
        self.last = self.last.max(time.0);
    }

    /// Takes in all of `other`.
    pub fn merge(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    /// The earliest moment.
    pub fn first(&self) -> Option<EventTime> {
        (self.first <= self.last).then_some(EventTime(self.first))
    }

    /// The latest moment.
    pub fn last(&self) -> Option<EventTime> {
        (self.first <= self.last).then_some(EventTime(self.last))
    }
}
