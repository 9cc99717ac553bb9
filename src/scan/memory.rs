//! Keeping to `--max-memory`.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many bytes the process may hold, and the most it was seen to hold when that was too much.
#[derive(Debug)]
pub(super) struct MemoryLimit {
    most: Option<u64>,
    exceeded: AtomicU64,
}

impl MemoryLimit {
    pub fn new(most: Option<u64>) -> Self {
        Self { most, exceeded: AtomicU64::new(0) }
    }

    /// Whether the process holds too much. Asked between objects and parts, not per event. Where the system does not
    /// say what a process holds, `at_least`, a part of it that is known, is taken.
    pub fn is_exceeded(&self, at_least: impl FnOnce() -> u64) -> bool {
        let Some(most) = self.most else { return false };
        let held = memory_stats::memory_stats().map_or_else(at_least, |stats| stats.physical_mem as u64);
        if held > most {
            self.exceeded.fetch_max(held, Ordering::Relaxed);
        }
        self.excess().is_some()
    }

    /// What was held when it was too much.
    pub fn excess(&self) -> Option<u64> {
        Some(self.exceeded.load(Ordering::Relaxed)).filter(|held| *held > 0)
    }
}
