//! Who reads which object: every worker has a stretch of the listing, and takes from others when it is done.
//!
//! Neighbours in a listing are of one account, region and day, so the sessions and principals that a worker meets again
//! are mostly its own: less is learned twice and less is left to merge than when all take turns.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The objects that are still to be read, by their numbers.
pub(super) struct Shares {
    stretches: Vec<Mutex<Range<usize>>>,
}

impl Shares {
    /// `objects` dealt to `workers` in equal stretches.
    pub fn new(objects: usize, workers: usize) -> Self {
        let from = |worker: usize| objects * worker / workers;
        Self { stretches: (0..workers).map(|worker| Mutex::new(from(worker)..from(worker + 1))).collect() }
    }

    /// The next object for a worker; `None` when nobody has any left.
    pub fn next(&self, worker: usize) -> Option<usize> {
        loop {
            if let Some(object) = self.stretch(worker).next() {
                return Some(object);
            }
            let richest = (0..self.stretches.len()).max_by_key(|&other| self.stretch(other).len())?;
            let taken = self.take_half(richest)?;
            *self.stretch(worker) = taken;
        }
    }

    /// The later half of what `worker` has left, at least one object; `None` when it has none.
    fn take_half(&self, worker: usize) -> Option<Range<usize>> {
        let mut stretch = self.stretch(worker);
        let middle = stretch.start + stretch.len() / 2;
        let taken = middle..stretch.end;
        stretch.end = middle;
        (!taken.is_empty()).then_some(taken)
    }

    fn stretch(&self, worker: usize) -> MutexGuard<'_, Range<usize>> {
        self.stretches[worker].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_object_is_read_once_by_someone() {
        for (objects, workers) in [(0, 1), (1, 3), (2, 8), (100, 3)] {
            let shares = Shares::new(objects, workers);
            let mut seen = BTreeSet::new();
            // The last worker is quick, the others take a turn now and then.
            for turn in 0.. {
                let worker = if turn % 7 == 0 { turn / 7 % workers } else { workers - 1 };
                match shares.next(worker) {
                    Some(object) => assert!(seen.insert(object), "{object} of {objects}"),
                    None => break,
                }
            }
            assert_eq!(seen.len(), objects);
        }
    }

    #[test]
    fn a_worker_reads_its_own_stretch_first() {
        let shares = Shares::new(10, 2);
        let first: Vec<_> = (0..5).filter_map(|_| shares.next(1)).collect();
        assert_eq!(first, [5, 6, 7, 8, 9]);
        assert_eq!(shares.next(1), Some(2), "then the later half of what the other has left");
        assert_eq!(shares.next(0), Some(0));
    }
}
