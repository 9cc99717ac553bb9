//! Keeping to `--max-memory`: while objects are read, and until the answer is written.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use super::ScanError;

/// How often a watch looks. What grows in between is a few megabytes.
const LOOKS_EVERY: Duration = Duration::from_millis(10);

/// Watches the process from now on and calls `exceeded` once when it holds more than `most` bytes: what a report works
/// out and a format builds is no part of a scan. Where the system does not say what a process holds, nothing is watched.
///
/// # Errors
/// When there can be no thread for it.
pub fn watch_memory(most: u64, exceeded: impl FnOnce(ScanError) + Send + 'static) -> io::Result<()> {
    let look = move || loop {
        match held() {
            None => return,
            Some(held) if held > most => return exceeded(ScanError::Memory { held, limit: most }),
            Some(_) => thread::sleep(LOOKS_EVERY),
        }
    };
    thread::Builder::new().name("memory".to_owned()).spawn(look).map(drop)
}

/// The bytes that the process holds.
fn held() -> Option<u64> {
    memory_stats::memory_stats().map(|stats| stats.physical_mem as u64)
}

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
        let held = held().unwrap_or_else(at_least);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_watch_tells_once_what_is_held_and_allowed() {
        let (tell, told) = mpsc::channel();
        watch_memory(1, move |error| tell.send(error.to_string()).unwrap()).unwrap();
        let told: Vec<String> = told.into_iter().collect();
        assert!(told.len() == 1 && told[0].contains(" 1 allowed by --max-memory"), "{told:?}");
    }
}
