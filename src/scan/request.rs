//! What a scan is asked for, and what it gives.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use super::{Limits, Meter};
use crate::aggregate::{AggregateKind, State};
use crate::coverage::Coverage;
use crate::filter::Filters;
use crate::input::{Listing, Source};
use crate::integrity::{Asked, Verified};
use crate::model::{Day, EventTime, TimeWindow};

/// What to scan, and how.
pub struct ScanRequest<'a> {
    /// The objects that are there.
    pub listing: Listing,
    /// Gives objects that arrive while the scan runs; they are read after those that are there.
    pub source: Option<&'a dyn Source>,
    /// What is counted; `None` is everything that has a time.
    pub window: Option<TimeWindow>,
    /// The moment that the answer is of: days of the window that have not begun by then are no gaps. `None`: all have.
    pub now: Option<EventTime>,
    /// What of it is counted.
    pub filters: &'a Filters,
    /// What is remembered.
    pub aggregates: &'a [&'static AggregateKind],
    /// How many threads work, at most: no more do than can.
    pub threads: NonZeroUsize,
    /// Whether copies of an event are counted once.
    pub dedupe: bool,
    /// What may be used.
    pub limits: Limits,
    /// Set from outside to stop early: the answer is then marked interrupted.
    pub stop: &'a AtomicBool,
    /// Where progress is shown.
    pub meter: &'a Meter,
    /// By which public keys objects are verified in the same pass, and of what that is told; `None`: they are not.
    pub verify: Option<Asked<'a>>,
}

/// What a scan came to.
#[non_exhaustive]
pub struct ScanOutcome {
    /// What is remembered.
    pub state: State,
    /// What was read.
    pub coverage: Coverage,
    /// The time of the newest event read, counted or not.
    pub newest_event_read: Option<EventTime>,
    /// The newest delivery day of the objects that the window left unopened.
    pub newest_pruned_day: Option<Day>,
    /// What digests prove of the objects, where that was asked.
    pub verified: Option<Verified>,
}

impl ScanOutcome {
    /// That of a run without logs: nothing is remembered, and nothing was read.
    pub fn without_logs() -> Self {
        Self {
            state: State::new(&[]),
            coverage: Coverage::default(),
            newest_event_read: None,
            newest_pruned_day: None,
            verified: None,
        }
    }
}
