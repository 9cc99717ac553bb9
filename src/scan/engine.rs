//! Workers over a shared list of objects, each with its own decoder and state, folded together at the end.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ahash::RandomState;

use super::counting::{Counting, Counts, Rules};
use super::gaps::gaps_of;
use super::memory::MemoryLimit;
use super::object::{Buffers, Content, Counter, Fate, Found, failure_of, judge, judge_parts, skipped_by_key, worded};
use super::queue::PartQueue;
use super::{Coverage, Failure, Meter};
use crate::aggregate::{AggregateKind, State};
use crate::decode::{Decoder, Part, Parts};
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
        next: AtomicUsize::new(0),
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
    let done = pool.broadcast(|_| Worker::new(&shared).run());
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
    next: AtomicUsize,
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
struct Done {
    state: State,
    counts: Counts,
    coverage: Coverage,
}

struct Worker<'a> {
    shared: &'a Shared<'a>,
    decoder: Decoder,
    state: State,
    counts: Counts,
    coverage: Coverage,
}

impl<'a> Worker<'a> {
    fn new(shared: &'a Shared<'a>) -> Self {
        let decoder = Decoder::new(shared.fingerprints.clone(), shared.limits.max_record_bytes);
        let state = State::new(shared.aggregates);
        Self { shared, decoder, state, counts: Counts::default(), coverage: Coverage::default() }
    }

    fn run(mut self) -> Done {
        let shared = self.shared;
        let mut buffers = Buffers::default();
        while !shared.is_over() {
            if let Some(part) = shared.parts.take() {
                self.part(&part);
                continue;
            }
            match shared.objects.get(shared.next.fetch_add(1, Ordering::Relaxed)) {
                Some(object) => self.object(object, &mut buffers),
                None => break,
            }
        }
        shared.parts.retire();
        while let Some(part) = shared.parts.wait() {
            self.part(&part);
        }
        Done { state: self.state, counts: self.counts, coverage: self.coverage }
    }

    fn object(&mut self, object: &LogObject, buffers: &mut Buffers) {
        let fate = match skipped_by_key(object) {
            Some(kind) => Fate::Skipped(kind),
            None => self.read(object, buffers),
        };
        self.coverage.objects_found += 1;
        self.coverage.failures.extend(failure_of(object, &fate));
        match fate {
            Fate::Read => self.coverage.objects_read += 1,
            Fate::Damaged(_) => self.coverage.objects_damaged += 1,
            Fate::Failed(_) => self.coverage.objects_failed += 1,
            Fate::Skipped(kind) => *self.coverage.objects_skipped.entry(kind.to_owned()).or_default() += 1,
        }
        Meter::add(&self.shared.meter.objects_done, 1);
    }

    fn read(&mut self, object: &LogObject, buffers: &mut Buffers) -> Fate {
        let packed = Counter::default();
        let fate = match buffers.open(object, self.shared.limits.max_object_bytes, &packed) {
            Err(error) => Fate::Failed(worded(&error)),
            Ok(Content::Whole(json)) => self.whole(object, json),
            Ok(Content::Stream(stream)) => self.stream(object, stream),
        };
        self.coverage.bytes_compressed += packed.bytes();
        Meter::add(&self.shared.meter.bytes_compressed, packed.bytes());
        fate
    }

    fn whole(&mut self, object: &LogObject, json: &[u8]) -> Fate {
        let text = match simdutf8::basic::from_utf8(json) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(json),
        };
        let (events, malformed, asides) = (self.counts.events, self.counts.malformed, self.counts.asides.clone());
        let (decoder, mut sink) = self.sink();
        let document = decoder.document(&text, &mut sink);
        self.took(json.len() as u64, self.counts.events - events, matches!(text, Cow::Owned(_)));
        let aside = self.counts.asides.iter().find(|now| !asides.contains(now)).map(|(kind, _)| kind.as_str());
        let found = Found {
            events: self.counts.events - events,
            aside,
            envelope: document.envelope,
            ending: document.ending,
            json_bytes: json.len() as u64,
        };
        let fate = judge(object, found);
        if matches!(fate, Fate::Skipped(_)) {
            self.counts.malformed = malformed;
        }
        fate
    }

    /// Cuts a stream into parts for whoever has time.
    fn stream(&mut self, object: &LogObject, stream: Box<dyn std::io::Read + Send + '_>) -> Fate {
        let mut parts = Parts::new(stream, self.shared.limits.max_record_bytes);
        let mut any = 0;
        let asides = self.counts.asides.clone();
        let events = self.counts.events;
        for part in parts.by_ref() {
            if self.shared.is_over() {
                return Fate::Damaged("interrupted before its end".to_owned());
            }
            any += 1;
            if let Some(part) = self.shared.parts.offer(part) {
                self.part(&part);
            }
        }
        let (envelope, end) = (parts.has_envelope(), parts.end());
        self.counts.malformed += end.malformed;
        self.took(end.bytes, 0, end.lossy);
        // Parts may be read elsewhere, so their events are not known here; a part that holds records is taken for some.
        let aside = self.counts.asides.iter().find(|now| !asides.contains(now)).map(|(kind, _)| kind.as_str());
        let only_asides = any == 1 && aside.is_some() && self.counts.events == events;
        let events = if only_asides { 0 } else { any };
        let found = Found { events, aside, envelope, ending: end.ending, json_bytes: end.bytes };
        judge_parts(object, &end, found)
    }

    fn part(&mut self, part: &Part) {
        let events = self.counts.events;
        let (decoder, mut sink) = self.sink();
        decoder.part(part, &mut sink);
        self.took(0, self.counts.events - events, false);
    }

    fn took(&mut self, json: u64, events: u64, lossy: bool) {
        self.coverage.bytes_json += json;
        self.coverage.lossy_objects += u64::from(lossy);
        Meter::add(&self.shared.meter.bytes_json, json);
        Meter::add(&self.shared.meter.events, events);
    }

    fn sink(&mut self) -> (&mut Decoder, Counting<'_>) {
        let sink = Counting { rules: self.shared.rules, counts: &mut self.counts, state: &mut self.state };
        (&mut self.decoder, sink)
    }
}

fn fold(done: Vec<Done>, aggregates: &[&'static AggregateKind], listing: &Listing) -> ScanOutcome {
    let mut coverage = Coverage::default();
    let mut newest_event_read = None;
    let mut states: Vec<State> = Vec::with_capacity(done.len());
    for worker in done {
        coverage.add_objects(worker.coverage);
        newest_event_read = newest_event_read.max(worker.counts.fold_into(&mut coverage));
        states.push(worker.state);
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

impl Coverage {
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
