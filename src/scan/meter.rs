//! How far a scan has come: read by a progress bar while the scan runs.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that only grow. They inform, nothing is decided by them.
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
    pub(super) fn add(counter: &AtomicU64, by: u64) {
        counter.fetch_add(by, Ordering::Relaxed);
    }
}
