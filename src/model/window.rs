//! The span of `eventTime` that is counted.

use super::EventTime;

/// Why a window cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// `since` is not before `until`.
    #[error("the window is empty: since {since} is not before until {until}")]
    Empty {
        /// First moment asked for.
        since: EventTime,
        /// First moment no longer asked for.
        until: EventTime,
    },
}

/// A span of time: `since` is inside, `until` is not. Events outside are read but not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWindow {
    since: EventTime,
    until: EventTime,
}

impl TimeWindow {
    /// The window from `since` (inclusive) to `until` (exclusive).
    ///
    /// # Errors
    /// [`WindowError::Empty`] when nothing can lie in it.
    pub fn new(since: EventTime, until: EventTime) -> Result<Self, WindowError> {
        if since < until { Ok(Self { since, until }) } else { Err(WindowError::Empty { since, until }) }
    }

    /// First moment inside.
    pub const fn since(&self) -> EventTime {
        self.since
    }

    /// First moment after.
    pub const fn until(&self) -> EventTime {
        self.until
    }

    /// Whether `time` lies inside.
    pub fn contains(&self, time: EventTime) -> bool {
        self.since <= time && time < self.until
    }
}
