//! Workers over a shared list of objects, each with its own decoder and state, folded together at the end.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ahash::RandomState;

use super::counting::{Counting, Counts, Rules};
use super::gaps::gaps_of;
use super::memory::MemoryLimit;
use super::object::{Buffers, Content, Counter, Fate, Found, failure_of, judge, judge_parts, skipped_by_key, worded};
use super::queue::{PartQueue, Share, Tally};
use super::shares::Shares;
use super::{Coverage, Failure, Meter};
use crate::aggregate::{AggregateKind, State};
use crate::decode::{Aside, Decoder, Parts, PartsEnd};
use crate::filter::{Dedupe, Filters};
use crate::input::{Listing, LogObject};
use crate::model::{Day, EventTime, TimeWindow, grouped};

/// What a scan may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of JSON that one object may give; past it the object is damaged. Default 8 GiB.
    pub max_object_bytes: u64,
    /// Bytes of one record; a longer one is malformed and passed over. Default 64 MiB.
    pub max_record_bytes: usize,
    /// Bytes that the process may hold; `None` is no limit.
    pub max_memory: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_object_bytes: 8 << 30, max_record_bytes: 64 << 20, max_memory: None }
    }
}

/// What to scan, and how.
pub struct ScanRequest<'a> {
    /// The objects.
    pub listing: Listing,
    /// What is counted; `None` is everything that has a time.
    pub window: Option<TimeWindow>,
    /// What of it is counted.
    pub filters: &'a Filters,
    /// What is remembered.
    pub aggregates: &'a [&'static AggregateKind],
    /// How many threads work.
    pub threads: NonZeroUsize,
    /// Whether copies of an event are counted once.
    pub dedupe: bool,
    /// What may be used.
    pub limits: Limits,
    /// Set from outside to stop early: the answer is then marked interrupted.
    pub stop: &'a AtomicBool,
    /// Where progress is shown.
    pub meter: &'a Meter,
}

/// What a scan came to.
pub struct ScanOutcome {
    /// What is remembered.
    pub state: State,
    /// What was read.
    pub coverage: Coverage,
    /// The time of the newest event met, counted or not.
    pub newest_event_read: Option<EventTime>,
    /// The newest delivery day of the objects that the window left unopened.
    pub newest_pruned_day: Option<Day>,
}

/// Why a scan has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The process held more than `--max-memory`.
    #[error(
        "memory: {} bytes held, {} allowed by --max-memory: allow more, narrow the window, or give up de-duplication with \
         --no-dedupe",
        grouped(held),
        grouped(limit)
    )]
    Memory {
        /// Bytes held.
        held: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Threads cannot be started.
    #[error("threads: {0}: ask for fewer with --threads")]
    Threads(String),
}

/// Scans all objects of the request.
///
/// # Errors
/// [`ScanError`]; what cannot be read is no error but part of the coverage.
pub fn scan(request: ScanRequest<'_>) -> Result<ScanOutcome, ScanError> {
    let ScanRequest { listing, window, filters, limits, threads, .. } = request;
    let rules = Rules { window, filters, dedupe: request.dedupe.then(Dedupe::default) };
    let shared = Shared {
        objects: &listing.objects,
        shares: Shares::new(listing.objects.len(), threads.get()),
        parts: PartQueue::new(threads.get()),
        rules: &rules,
        fingerprints: RandomState::new(),
        limits,
        memory: MemoryLimit::new(limits.max_memory),
        stop: request.stop,
        meter: request.meter,
        aggregates: request.aggregates,
    };
    Meter::add(&request.meter.objects, listing.objects.len() as u64);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build();
    let pool = pool.map_err(|error| ScanError::Threads(error.to_string()))?;
    let done = pool.broadcast(|context| Worker::new(&shared).run(context.index()));
    if let (Some(held), Some(limit)) = (shared.memory.excess(), limits.max_memory) {
        return Err(ScanError::Memory { held, limit });
    }
    let mut outcome = fold(done, request.aggregates, &listing);
    outcome.coverage.interrupted = request.stop.load(Ordering::Relaxed) || listing.interrupted;
    outcome.coverage.gaps = gaps_of(&listing, window);
    outcome.coverage.conflicting_ids = rules.dedupe.as_ref().map_or(0, Dedupe::conflicting_ids);
    outcome.coverage.warnings = warnings_of(&outcome.coverage, filters);
    Ok(outcome)
}

/// What all workers look at.
struct Shared<'a> {
    objects: &'a [LogObject],
    shares: Shares,
    parts: PartQueue,
    rules: &'a Rules<'a>,
    fingerprints: RandomState,
    limits: Limits,
    memory: MemoryLimit,
    stop: &'a AtomicBool,
    meter: &'a Meter,
    aggregates: &'a [&'static AggregateKind],
}

impl Shared<'_> {
    fn is_over(&self) -> bool {
        let dedupe_bytes = || self.rules.dedupe.as_ref().map_or(0, Dedupe::bytes);
        self.stop.load(Ordering::Relaxed) || self.memory.is_exceeded(dedupe_bytes)
    }
}

/// What one worker came to.
struct Done<'a> {
    state: State,
    counts: Counts,
    coverage: Coverage,
    unjudged: Vec<Unjudged<'a>>,
}

/// An object that was read in parts, some of them elsewhere and perhaps not yet.
struct Unjudged<'a> {
    object: &'a LogObject,
    envelope: bool,
    end: PartsEnd,
    tally: Arc<Tally>,
}

struct Worker<'a> {
    shared: &'a Shared<'a>,
    decoder: Decoder,
    state: State,
    counts: Counts,
    coverage: Coverage,
    unjudged: Vec<Unjudged<'a>>,
}

impl<'a> Worker<'a> {
    fn new(shared: &'a Shared<'a>) -> Self {
        let decoder = Decoder::new(shared.fingerprints.clone(), shared.limits.max_record_bytes);
        let state = State::new(shared.aggregates);
        let (counts, coverage) = (Counts::default(), Coverage::default());
        Self { shared, decoder, state, counts, coverage, unjudged: Vec::new() }
    }

    fn run(mut self, worker: usize) -> Done<'a> {
        let shared = self.shared;
        let mut buffers = Buffers::default();
        while !shared.is_over() {
            if let Some(part) = shared.parts.take() {
                self.part(&part);
                continue;
            }
            match shared.shares.next(worker) {
                Some(object) => self.object(&shared.objects[object], &mut buffers),
                None => break,
            }
        }
        shared.parts.retire();
        while let Some(part) = shared.parts.wait() {
            self.part(&part);
        }
        Done { state: self.state, counts: self.counts, coverage: self.coverage, unjudged: self.unjudged }
    }

    fn object(&mut self, object: &'a LogObject, buffers: &mut Buffers) {
        match skipped_by_key(object) {
            Some(kind) => self.coverage.enter(object, Fate::Skipped(kind), false),
            None => self.read(object, buffers),
        }
        Meter::add(&self.shared.meter.objects_done, 1);
    }

    fn read(&mut self, object: &'a LogObject, buffers: &mut Buffers) {
        let packed = Counter::new(self.shared.stop);
        match buffers.open(object, self.shared.limits.max_object_bytes, &packed) {
            Err(error) => self.coverage.enter(object, Fate::Failed(worded(&error)), false),
            Ok(Content::Whole(json)) => self.whole(object, json, &packed),
            Ok(Content::Stream(stream)) => self.stream(object, stream, &packed),
        }
        self.coverage.bytes_compressed += packed.bytes();
        Meter::add(&self.shared.meter.bytes_compressed, packed.bytes());
    }

    fn whole(&mut self, object: &LogObject, json: &[u8], packed: &Counter<'_>) {
        let text = match simdutf8::basic::from_utf8(json) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(json),
        };
        let (events, malformed) = (self.counts.events, self.counts.malformed);
        let (decoder, mut sink) = self.sink();
        let document = decoder.document(&text, &mut sink);
        let events = self.counts.events - events;
        self.took(json.len() as u64, events);
        let found = Found {
            events,
            aside: self.counts.aside.take().map(Aside::as_str),
            envelope: document.envelope,
            ending: document.ending,
            json_bytes: json.len() as u64,
        };
        let fate = if packed.was_stopped() { interrupted(packed.bytes()) } else { judge(object, found) };
        if matches!(fate, Fate::Skipped(_)) {
            self.counts.malformed = malformed;
        }
        self.coverage.enter(object, fate, matches!(text, Cow::Owned(_)));
    }

    /// Cuts a stream into parts for whoever has time. What became of the object is known when all parts are read.
    fn stream(&mut self, object: &'a LogObject, stream: Box<dyn Read + Send + '_>, packed: &Counter<'_>) {
        let mut parts = Parts::new(stream, self.shared.limits.max_record_bytes);
        let (tally, mut stopped) = (Arc::new(Tally::default()), false);
        for part in parts.by_ref() {
            if let Some(share) = self.shared.parts.offer(Share { part, tally: Arc::clone(&tally) }) {
                self.part(&share);
            }
            stopped = self.shared.is_over();
            if stopped {
                break;
            }
        }
        let (envelope, end) = (parts.has_envelope(), parts.end());
        self.counts.malformed += end.malformed;
        tally.add(0, end.malformed, None);
        self.took(end.bytes, 0);
        if stopped || packed.was_stopped() {
            return self.coverage.enter(object, interrupted(packed.bytes()), end.lossy);
        }
        self.unjudged.push(Unjudged { object, envelope, end, tally });
    }

    fn part(&mut self, share: &Share) {
        let (events, malformed) = (self.counts.events, self.counts.malformed);
        let (decoder, mut sink) = self.sink();
        decoder.part(&share.part, &mut sink);
        let events = self.counts.events - events;
        share.tally.add(events, self.counts.malformed - malformed, self.counts.aside.take());
        self.took(0, events);
    }

    fn took(&mut self, json: u64, events: u64) {
        self.coverage.bytes_json += json;
        Meter::add(&self.shared.meter.bytes_json, json);
        Meter::add(&self.shared.meter.events, events);
    }

    fn sink(&mut self) -> (&mut Decoder, Counting<'_>) {
        let sink = Counting { rules: self.shared.rules, counts: &mut self.counts, state: &mut self.state };
        (&mut self.decoder, sink)
    }
}

/// The fate of an object of which this much was read before a stop.
fn interrupted(read: u64) -> Fate {
    let why = "interrupted before its end".to_owned();
    if read > 0 { Fate::Damaged(why) } else { Fate::Failed(why) }
}

fn fold(done: Vec<Done<'_>>, aggregates: &[&'static AggregateKind], listing: &Listing) -> ScanOutcome {
    let mut coverage = Coverage::default();
    let mut newest_event_read = None;
    let mut states: Vec<State> = Vec::with_capacity(done.len());
    let mut unjudged = Vec::new();
    for worker in done {
        coverage.add_objects(worker.coverage);
        newest_event_read = newest_event_read.max(worker.counts.fold_into(&mut coverage));
        states.push(worker.state);
        unjudged.extend(worker.unjudged);
    }
    for object in unjudged {
        object.judge(&mut coverage);
    }
    let state = states.into_iter().reduce(State::merge).unwrap_or_else(|| State::new(aggregates));
    coverage.add_listing(listing);
    coverage.failures.sort();
    coverage.logging_changes.sort();
    ScanOutcome { state, coverage, newest_event_read, newest_pruned_day: listing.pruned.newest_day }
}

/// What the reader of the coverage should be told in words.
fn warnings_of(coverage: &Coverage, filters: &Filters) -> Vec<String> {
    let changes = BTreeSet::from_iter(coverage.logging_changes.iter().map(|change| change.event.as_str()));
    let changes = Vec::from_iter(changes).join(", ");
    let logging = format!("what trails record ({changes}): see logging_changes in the coverage");
    let told = |count: u64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{} {many}", grouped(count))),
    };
    let blind = coverage.events_counted > 0 && coverage.read_only_events == 0 && filters.is_empty();
    let warnings = [
        told(
            coverage.events_without_time,
            "event has no readable eventTime and is not counted",
            "events have no readable eventTime and are not counted",
        ),
        told(
            coverage.lossy_objects,
            "object holds bytes that are no UTF-8: shown as U+FFFD",
            "objects hold bytes that are no UTF-8: shown as U+FFFD",
        ),
        told(
            coverage.late_events,
            "record is marked as delivered late: more may follow, scan again later",
            "records are marked as delivered late: more may follow, scan again later",
        ),
        told(
            coverage.updated_events,
            "record updates an earlier one (addendum UPDATED_DATA): counted among the duplicates",
            "records update earlier ones (addendum UPDATED_DATA): counted among the duplicates",
        ),
        told(
            coverage.conflicting_ids,
            "event id came with different content: all of it was counted",
            "event ids came with different content: all of it was counted",
        ),
        told(
            coverage.logging_changes.len() as u64,
            &format!("call changed {logging}"),
            &format!("calls changed {logging}"),
        ),
        blind.then(|| "no read-only event at all: the trail seems to record write events only".to_owned()),
    ];
    warnings.into_iter().flatten().collect()
}

impl Unjudged<'_> {
    /// Enters what became of the object; what no log holds is no malformed record.
    fn judge(self, coverage: &mut Coverage) {
        let Self { object, envelope, end, tally } = self;
        let aside = tally.aside().map(Aside::as_str);
        let (ending, json_bytes) = (end.ending, end.bytes);
        let fate = judge_parts(object, &end, Found { events: tally.events(), aside, envelope, ending, json_bytes });
        if matches!(fate, Fate::Skipped(_)) {
            coverage.malformed_records -= tally.malformed();
        }
        coverage.enter(object, fate, end.lossy);
    }
}

impl Coverage {
    /// Enters what became of an object, and whether bytes of it are no UTF-8, which matters where it was read.
    fn enter(&mut self, object: &LogObject, fate: Fate, lossy: bool) {
        self.objects_found += 1;
        self.lossy_objects += u64::from(lossy && matches!(fate, Fate::Read | Fate::Damaged(_)));
        self.failures.extend(failure_of(object, &fate));
        match fate {
            Fate::Read => self.objects_read += 1,
            Fate::Damaged(_) => self.objects_damaged += 1,
            Fate::Failed(_) => self.objects_failed += 1,
            Fate::Skipped(kind) => *self.objects_skipped.entry(kind.to_owned()).or_default() += 1,
        }
    }

    /// Adds what a worker met of objects.
    fn add_objects(&mut self, other: Self) {
        self.objects_found += other.objects_found;
        self.objects_read += other.objects_read;
        self.objects_damaged += other.objects_damaged;
        self.objects_failed += other.objects_failed;
        self.bytes_compressed += other.bytes_compressed;
        self.bytes_json += other.bytes_json;
        self.lossy_objects += other.lossy_objects;
        self.failures.extend(other.failures);
        for (kind, count) in other.objects_skipped {
            *self.objects_skipped.entry(kind).or_default() += count;
        }
    }

    /// Adds what the listing left out, and what a stop left unread.
    fn add_listing(&mut self, listing: &Listing) {
        let unreached = listing.objects.len() as u64 - self.objects_found;
        if unreached > 0 {
            self.objects_found += unreached;
            self.objects_skipped.insert("not-reached".to_owned(), unreached);
        }
        for (kind, count) in &listing.skipped {
            self.objects_found += count;
            *self.objects_skipped.entry((*kind).to_owned()).or_default() += count;
        }
        self.objects_found += listing.pruned.objects + listing.failures.len() as u64;
        self.objects_pruned += listing.pruned.objects;
        self.objects_failed += listing.failures.len() as u64;
        let failures = listing.failures.iter();
        self.failures.extend(failures.map(|f| Failure { object: f.object.clone(), why: f.why.clone() }));
    }
}
