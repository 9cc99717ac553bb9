//! Parts of large objects on their way from the thread that cuts them to whichever thread has time.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::decode::Part;

/// A short queue. Memory in it is bounded: a cutter that finds it full reads its part itself.
pub(super) struct PartQueue {
    inner: Mutex<Inner>,
    changed: Condvar,
    most: usize,
}

#[derive(Default)]
struct Inner {
    parts: VecDeque<Part>,
    /// Threads that may still put parts in.
    cutters: usize,
}

impl PartQueue {
    /// A queue for `threads` threads, all of which may cut until they say otherwise. A lone thread keeps its parts.
    pub fn new(threads: usize) -> Self {
        let most = if threads > 1 { threads * 2 } else { 0 };
        Self { inner: Mutex::new(Inner { parts: VecDeque::new(), cutters: threads }), changed: Condvar::new(), most }
    }

    /// Puts a part in, or gives it back when the queue is full.
    pub fn offer(&self, part: Part) -> Option<Part> {
        let mut inner = self.lock();
        if inner.parts.len() >= self.most {
            return Some(part);
        }
        inner.parts.push_back(part);
        self.changed.notify_one();
        None
    }

    /// A part, if one waits.
    pub fn take(&self) -> Option<Part> {
        self.lock().parts.pop_front()
    }

    /// Says that the calling thread will cut no more.
    pub fn retire(&self) {
        self.lock().cutters -= 1;
        self.changed.notify_all();
    }

    /// A part, waiting for one while any thread may still cut; `None` when there will be no more.
    pub fn wait(&self) -> Option<Part> {
        let mut inner = self.lock();
        loop {
            if let Some(part) = inner.parts.pop_front() {
                return Some(part);
            }
            if inner.cutters == 0 {
                return None;
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
