//! How many events, how many of them failed, how many were denied.

use crate::model::Event;

/// Exact counts of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All events.
    pub events: i64,
    /// Events with errorCode or errorMessage.
    pub errors: i64,
    /// Events whose errorCode says AccessDenied or Unauthorized.
    pub denied: i64,
}

impl Tally {
    /// The counts of one event.
    pub fn of(event: &Event<'_>) -> Self {
        let is_error = event.is_error();
        Self { events: 1, errors: i64::from(is_error), denied: i64::from(is_error && event.is_denied()) }
    }

    /// Adds `other`.
    pub fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.errors += other.errors;
        self.denied += other.denied;
    }
}
