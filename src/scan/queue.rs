//! Parts of large objects on their way from the thread that cuts them to whichever thread has time, and what was found in
//! them on its way back.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::decode::{Aside, Part};
use crate::input::LogObject;

/// A part, and where to tell what was found in it.
pub(super) struct Share {
    /// The part, and its number among those of its object.
    pub part: Part,
    pub number: u64,
    /// What all parts of its object gave.
    pub tally: Arc<Tally>,
    /// The object.
    pub object: LogObject,
}

/// What the parts of one object gave, whoever read them. Complete when all threads are done.
#[derive(Debug, Default)]
pub(super) struct Tally {
    events: AtomicU64,
    malformed: AtomicU64,
    broken: AtomicU64,
    aside: Mutex<Option<Aside>>,
    /// The last part with results of a query or a page, and whether it says that they are not all.
    unfinished: Mutex<Option<(u64, bool)>>,
    died: Mutex<Option<String>>,
}

impl Tally {
    /// Adds events of which something is not JSON.
    pub fn add_broken(&self, events: u64) {
        self.broken.fetch_add(events, Ordering::Relaxed);
    }

    /// Events of which something is not JSON so far.
    pub fn broken(&self) -> u64 {
        self.broken.load(Ordering::Relaxed)
    }

    /// Adds what was found in one part.
    pub fn add(&self, events: u64, malformed: u64, aside: Option<Aside>) {
        self.events.fetch_add(events, Ordering::Relaxed);
        self.malformed.fetch_add(malformed, Ordering::Relaxed);
        if let Some(kind) = aside {
            let mut known = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
            *known = Some(known.map_or(kind, |known| known.min(kind)));
        }
    }

    /// Says whether results in a part are not all.
    pub fn unfinished(&self, number: u64, is: bool) {
        let mut known = self.unfinished.lock().unwrap_or_else(PoisonError::into_inner);
        *known = (*known).max(Some((number, is)));
    }

    /// Whether the last results say that they are not all; `None` where there are none.
    pub fn is_unfinished(&self) -> Option<bool> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).map(|(_, is)| is)
    }

    /// Says that whoever read a part died of it.
    pub fn died(&self, why: String) {
        self.died.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// Why a part could not be read to its end.
    pub fn why_died(&self) -> Option<String> {
        self.died.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Events so far.
    pub fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    /// Malformed records so far.
    pub fn malformed(&self) -> u64 {
        self.malformed.load(Ordering::Relaxed)
    }

    /// What CloudTrail delivers beside events, as far as it was found; the first by its order, where there are several.
    pub fn aside(&self) -> Option<Aside> {
        *self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A short queue. Memory in it is bounded: a cutter that finds it full reads its part itself.
pub(super) struct PartQueue {
    inner: Mutex<Inner>,
    changed: Condvar,
    most: usize,
}

#[derive(Default)]
struct Inner {
    parts: VecDeque<Share>,
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
    pub fn offer(&self, part: Share) -> Option<Share> {
        let mut inner = self.lock();
        if inner.parts.len() >= self.most {
            return Some(part);
        }
        inner.parts.push_back(part);
        self.changed.notify_one();
        None
    }

    /// A part, if one waits.
    pub fn take(&self) -> Option<Share> {
        self.lock().parts.pop_front()
    }

    /// Says that the calling thread may cut, until the [`Cutter`] is dropped: however it ends, nobody waits for it.
    pub fn cutter(&self) -> Cutter<'_> {
        Cutter(self)
    }

    /// A part, waiting for one while any thread may still cut; `None` when there will be no more.
    pub fn wait(&self) -> Option<Share> {
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

/// A thread that may still put parts in.
pub(super) struct Cutter<'a>(&'a PartQueue);

impl Drop for Cutter<'_> {
    fn drop(&mut self) {
        self.0.lock().cutters -= 1;
        self.0.changed.notify_all();
    }
}
