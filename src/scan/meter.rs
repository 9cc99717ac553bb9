//! How far a scan has come: read by a progress bar while the scan runs.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that only grow, but for a scan that begins again. They inform, nothing is decided by them.
#[derive(Debug, Default)]
pub struct Meter {
    /// Objects to be opened.
    pub objects: AtomicU64,
    /// Objects that are done with, one way or another.
    pub objects_done: AtomicU64,
    /// Bytes read from objects.
    pub bytes_compressed: AtomicU64,
    /// Bytes of JSON they gave.
    pub bytes_json: AtomicU64,
    /// Events read.
    pub events: AtomicU64,
}

impl Meter {
    /// Back to where a scan begins.
    pub(super) fn restart(&self) {
        let Self { objects, objects_done, bytes_compressed, bytes_json, events } = self;
        for counter in [objects, objects_done, bytes_compressed, bytes_json, events] {
            counter.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn add(counter: &AtomicU64, by: u64) {
        counter.fetch_add(by, Ordering::Relaxed);
    }
}
