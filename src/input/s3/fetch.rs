//! Fetching what was found: many objects at once, never more bytes in memory than allowed.
//!
//! The bytes of an object are paid for before it is asked for and given back when the scan is done with them, so a scan
//! that is slower than the network holds the network back. An object larger than [`Fetcher::window`] is read in ranges,
//! each of which is requested again on its own when it is cut short.

use std::io::{self, Read};
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;

use super::bucket::{Bucket, Listed};
use super::explain::{Next, Refusal};
use super::ledger::Wanted;
use crate::input::caught::caught_in;
use crate::input::{Body, Fetched, KeyKind, LogKey, LogObject, WholeBody};

/// Bytes are counted in units of this many.
const UNIT: u64 = 1 << 10;
/// What an object costs beside its bytes.
const OVERHEAD: u64 = 2 << 10;
/// Objects up to this many bytes are fetched in one request.
const WHOLE: u64 = 16 << 20;

/// Fetches objects.
pub struct Fetcher {
    requests: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    /// The most bytes of one object in memory.
    window: u64,
    digests: bool,
    ready: mpsc::UnboundedSender<Fetched>,
}

impl Fetcher {
    /// Fetches `concurrency` objects at once and holds `max_in_flight` bytes at most; digests, too, where they are wanted.
    pub fn new(
        (concurrency, max_in_flight): (usize, u64),
        digests: bool,
        ready: mpsc::UnboundedSender<Fetched>,
    ) -> Self {
        let units = units_of(max_in_flight);
        Self {
            requests: Arc::new(Semaphore::new(concurrency)),
            bytes: Arc::new(Semaphore::new(usize::try_from(units).unwrap_or(usize::MAX >> 3))),
            window: window_of(max_in_flight),
            digests,
            ready,
        }
    }

    /// Fetches all that is found.
    pub async fn run(self, mut found: mpsc::Receiver<Wanted>) {
        let mut tasks = JoinSet::new();
        while let Some(Wanted { bucket, origin, object, .. }) = found.recv().await {
            let log = LogObject::fetched(origin, Arc::clone(&bucket.uri), object.key.clone());
            let is_wanted = self.digests && is_digest(&object) && !object.archived;
            if let Some(kind) = skipped_as(&object).filter(|_| !is_wanted) {
                let _ = self.ready.send(Fetched { object: log, body: Body::Skipped(kind) });
                continue;
            }
            let units = (object.size.min(self.window) + OVERHEAD).div_ceil(UNIT);
            let bytes = Arc::clone(&self.bytes).acquire_many_owned(u32::try_from(units).unwrap_or(u32::MAX)).await;
            let (Ok(bytes), Ok(turn)) = (bytes, Arc::clone(&self.requests).acquire_owned().await) else { return };
            let (ready, window) = (self.ready.clone(), self.window);
            tasks.spawn(async move {
                let _turn = turn;
                if object.size <= window {
                    let body = caught_in(whole(&bucket, &object, bytes)).await.unwrap_or_else(Body::Failed);
                    let _ = ready.send(Fetched { object: log, body });
                } else {
                    let (sender, chunks) = mpsc::channel(1);
                    let body = Body::Stream(Box::new(Chunks::new(chunks, object.size, bytes)));
                    let _ = ready.send(Fetched { object: log, body });
                    let to_tell = sender.clone();
                    if let Err(why) = caught_in(ranges(&bucket, object, range_of(window), sender)).await {
                        let _ = to_tell.send(Err(why)).await;
                    }
                }
            });
            while tasks.try_join_next().is_some() {}
        }
        while tasks.join_next().await.is_some() {}
    }
}

/// The kind under which archived objects are skipped.
pub const ARCHIVED: &str = "archived";

/// The kind under which an object is not fetched, if so.
pub fn skipped_as(object: &Listed) -> Option<&'static str> {
    let by_key = LogKey::parse(&object.key).and_then(|key| key.kind.skipped_as());
    by_key.or(object.archived.then_some(ARCHIVED))
}

fn is_digest(object: &Listed) -> bool {
    LogKey::parse(&object.key).is_some_and(|key| key.kind == KeyKind::Digest)
}

/// How many requests fetch an object of so many bytes.
pub fn requests_of(size: u64, max_in_flight: u64) -> u64 {
    let window = window_of(max_in_flight);
    if size <= window { 1 } else { size.div_ceil(range_of(window)) }
}

fn units_of(max_in_flight: u64) -> u64 {
    (max_in_flight / UNIT).clamp(8, u64::from(u32::MAX))
}

/// The most bytes of one object in memory.
fn window_of(max_in_flight: u64) -> u64 {
    WHOLE.min(units_of(max_in_flight) * UNIT - OVERHEAD)
}

/// The bytes of one range.
fn range_of(window: u64) -> u64 {
    (window / 4).max(UNIT)
}

async fn whole(bucket: &Bucket, object: &Listed, held: OwnedSemaphorePermit) -> Body {
    match bucket.get(object, None).await {
        Ok(got) => Body::Whole(WholeBody { bytes: got.bytes, held: Box::new(held), signed: got.signed }),
        Err(Refusal { next: Next::Archived, .. }) => Body::Skipped(ARCHIVED),
        Err(refusal) => Body::Failed(refusal.why),
    }
}

/// Sends an object range by range, as fast as they are taken.
async fn ranges(bucket: &Bucket, mut object: Listed, length: u64, chunks: mpsc::Sender<Result<Vec<u8>, String>>) {
    let mut from = 0;
    while from < object.size {
        let to = object.size.min(from + length);
        let got = bucket.get(&object, Some((from, to))).await;
        let failed = got.is_err();
        let chunk = got.map_err(|refusal| refusal.why).map(|got| {
            // Some listings tell no tag: the first range then says what the others must be of.
            object.etag = object.etag.take().or(got.etag);
            got.bytes
        });
        if chunks.send(chunk).await.is_err() || failed {
            return;
        }
        from = to;
    }
}

/// Reads an object whose ranges arrive.
struct Chunks {
    chunks: mpsc::Receiver<Result<Vec<u8>, String>>,
    chunk: io::Cursor<Vec<u8>>,
    /// Bytes that have not arrived.
    missing: u64,
    _held: OwnedSemaphorePermit,
}

impl Chunks {
    fn new(chunks: mpsc::Receiver<Result<Vec<u8>, String>>, size: u64, held: OwnedSemaphorePermit) -> Self {
        Self { chunks, chunk: io::Cursor::default(), missing: size, _held: held }
    }
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let got = self.chunk.read(into)?;
            if got > 0 || into.is_empty() || self.missing == 0 {
                return Ok(got);
            }
            self.chunk = match self.chunks.blocking_recv() {
                Some(Ok(chunk)) => io::Cursor::new(chunk),
                Some(Err(why)) => return Err(io::Error::other(why)),
                None => return Err(io::Error::other("stopped before its end")),
            };
            self.missing = self.missing.saturating_sub(self.chunk.get_ref().len() as u64);
        }
    }
}
