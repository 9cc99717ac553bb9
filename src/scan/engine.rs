//! Workers over a shared list of objects, each with its own decoder and state, folded together at the end.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tracing::info;

use super::counting::{Counting, Counts, Rules};
use super::doubts::{
    Newest, tell_broken_records, tell_empty_window, tell_lost_by_ocsf, tell_not_found, tell_unbelieved_times,
};
use super::fold::{Done, Folded, fold};
use super::gaps::{Judged, add_gaps};
use super::limits::{END_OF_CENTURY, Limits, workers};
use super::memory::MemoryLimit;
use super::object::{
    Buffers, Content, Counter, Fate, Found, Unjudged, died, interrupted, judge, open, skipped_by_key, worded,
};
use super::queue::{PartQueue, Share, Tally};
use super::rollup::Kept;
use super::seen::Seen;
use super::shares::Shares;
use super::turn::Turn;
use super::warnings::warnings_of;
use super::{Meter, ScanError, ScanOutcome, ScanRequest, verify};
use crate::aggregate::{AggregateKind, State};
use crate::coverage::CoverageFacts;
use crate::decode::{Archive, Aside, Decoder, HEAD, Parts};
use crate::input::{Body, Fetched, LogObject, Source, caught};
use crate::integrity::SeenObject;

/// Scans all objects of the request.
///
/// # Errors
/// [`ScanError`]; what cannot be read is no error but part of the coverage.
pub fn scan(request: ScanRequest<'_>) -> Result<ScanOutcome, ScanError> {
    scan_beside(request, None)
}

/// Scans all objects of the request, and adds what earlier scans kept.
///
/// # Errors
/// [`ScanError`]; what cannot be read is no error but part of the coverage.
pub fn scan_beside(request: ScanRequest<'_>, mut kept: Option<Kept>) -> Result<ScanOutcome, ScanError> {
    let begun = Instant::now();
    let (done, rules) = work(&request, || State::new(request.aggregates).bounded(request.limits.events))?;
    let ScanRequest { listing, window, filters, .. } = request;
    let listed = request.source.map_or(0, Source::listed);
    let mut arrivals = request.source.map(Source::arrivals).unwrap_or_default();
    let read = begun.elapsed();
    let folded = caught(|| fold(done, request.aggregates, &rules, &mut kept)).map_err(ScanError::Died)?;
    let Folded { state, mut coverage, mut newest_event_read, seen } = folded;
    coverage.add_unreached(listing.objects.len() as u64 + listed);
    coverage.conflicting_ids = rules.conflicting_ids();
    for covered in kept.into_iter().flat_map(|kept| kept.covered) {
        newest_event_read = newest_event_read.max(covered.newest_event);
        coverage.add_kept(covered.coverage);
        arrivals.extend(covered.arrivals);
    }
    info!(
        objects = coverage.objects_read,
        events = coverage.events,
        json_bytes = coverage.bytes_json,
        read = ?read,
        merged = ?(begun.elapsed() - read),
        "scan ends"
    );
    coverage.add_listing(&listing);
    coverage.add_arrivals(&arrivals);
    coverage.settle_failures(&arrivals);
    let newest_pruned_day = listing.pruned.newest_day.max(arrivals.pruned.newest_day);
    coverage.interrupted = request.stop.load(Ordering::Relaxed) || listing.interrupted;
    add_gaps(&mut coverage, (&listing, &arrivals), Judged { window, now: request.now });
    coverage.warnings = warnings_of(&coverage, filters);
    let newest = Newest { event: newest_event_read, pruned_day: newest_pruned_day };
    coverage.warnings.extend(arrivals.warnings);
    tell_broken_records(&mut coverage);
    tell_lost_by_ocsf(&mut coverage);
    tell_unbelieved_times(&mut coverage);
    tell_empty_window(&mut coverage, window, newest, arrivals.regions_listed > 0);
    tell_not_found(&mut coverage, filters);
    coverage.warnings.extend(filters.warnings());
    let unseen = if request.verify.is_some() { verify::unseen(&seen, &mut coverage) } else { 0 };
    let verified = verify::judged((seen, unseen), request.verify.as_ref(), &mut coverage);
    Ok(ScanOutcome { state, coverage: coverage.into(), newest_event_read, newest_pruned_day, verified })
}

impl<'a> ScanRequest<'a> {
    /// What decides whether an event counts.
    fn rules(&self, seen: &Seen) -> Rules<'a> {
        Rules {
            window: self.window,
            filters: self.filters,
            dedupe: self.dedupe.then(|| Arc::clone(&seen.dedupe)),
            fingerprint: seen.fingerprint,
            fingerprints: seen.fingerprints.clone(),
            latest: self.limits.latest_time.unwrap_or(END_OF_CENTURY),
        }
    }

    /// Whether everything can be read a second time.
    fn can_begin_again(&self) -> bool {
        self.source.is_none() && !self.listing.objects.iter().any(LogObject::may_wait)
    }
}

/// Has workers read all objects, each of which keeps what it reads in a `start` of its own; gives what they came to, and
/// what decided which events counted.
///
/// Copies of an event are nearly always of the same bytes, which are compared faster than what they say. Where an event
/// comes again in other bytes, all is read anew by what it says: nothing is left of the first reading.
pub(super) fn work<'a, K: Turn>(
    request: &ScanRequest<'a>,
    start: impl Fn() -> K + Sync,
) -> Result<(Vec<Done<K>>, Rules<'a>), ScanError> {
    if !request.dedupe || request.can_begin_again() {
        let rules = request.rules(&Seen::by_bytes());
        let done = read_all(request, &rules, &start)?;
        // Who stops a scan has what it read until then, which is told to be a part.
        if rules.tells_copies() || request.stop.load(Ordering::Relaxed) {
            return Ok((done, rules));
        }
        info!("an event came again in other bytes: scan begins again");
        request.meter.restart();
    }
    work_after(request, &Seen::default(), start)
}

/// As [`work`], where others were seen before.
pub(super) fn work_after<'a, K: Turn>(
    request: &ScanRequest<'a>,
    seen: &Seen,
    start: impl Fn() -> K + Sync,
) -> Result<(Vec<Done<K>>, Rules<'a>), ScanError> {
    let rules = request.rules(seen);
    Ok((read_all(request, &rules, start)?, rules))
}

/// Has workers read all objects, or as many as it takes to see that `rules` cannot tell copies.
fn read_all<K: Turn>(
    request: &ScanRequest<'_>,
    rules: &Rules<'_>,
    start: impl Fn() -> K + Sync,
) -> Result<Vec<Done<K>>, ScanError> {
    let threads = workers(request.threads);
    let objects = &request.listing.objects;
    let shared = Shared {
        objects,
        source: request.source,
        shares: Shares::new(objects.len(), threads.get()),
        parts: PartQueue::new(threads.get()),
        rules,
        limits: request.limits,
        memory: MemoryLimit::new(request.limits.max_memory),
        stop: request.stop,
        meter: request.meter,
        verifies: request.verify.is_some(),
    };
    Meter::add(&request.meter.objects, objects.len() as u64);
    info!(objects = objects.len(), threads, aggregates = names(request.aggregates), "scan begins");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build();
    let pool = pool.map_err(|error| ScanError::Threads(error.to_string()))?;
    let done = pool.broadcast(|context| caught(|| Worker::new(&shared, start()).run(context.index())));
    if let (Some(held), Some(limit)) = (shared.memory.excess(), request.limits.max_memory) {
        return Err(ScanError::Memory { held, limit });
    }
    done.into_iter().collect::<Result<_, _>>().map_err(ScanError::Died)
}

/// The names of aggregates, each once.
fn names(aggregates: &[&'static AggregateKind]) -> String {
    let names: BTreeSet<&str> = aggregates.iter().map(|kind| kind.name).collect();
    names.into_iter().collect::<Vec<_>>().join(",")
}

/// What all workers look at.
pub(super) struct Shared<'a> {
    objects: &'a [LogObject],
    source: Option<&'a dyn Source>,
    shares: Shares,
    parts: PartQueue,
    rules: &'a Rules<'a>,
    pub limits: Limits,
    memory: MemoryLimit,
    pub stop: &'a AtomicBool,
    meter: &'a Meter,
    /// Whether objects are verified.
    pub verifies: bool,
}

impl Shared<'_> {
    fn decoder(&self) -> Decoder {
        let decoder = Decoder::new(self.rules.fingerprints.clone(), self.limits.max_record_bytes);
        decoder.with(self.rules.fingerprint).carving(self.limits.carve)
    }

    pub fn is_over(&self) -> bool {
        let dedupe_bytes = || self.rules.dedupe.as_ref().map_or(0, |dedupe| dedupe.bytes());
        self.stop.load(Ordering::Relaxed) || !self.rules.tells_copies() || self.memory.is_exceeded(dedupe_bytes)
    }
}

pub(super) struct Worker<'a, K> {
    pub shared: &'a Shared<'a>,
    decoder: Decoder,
    kept: K,
    counts: Counts,
    pub coverage: CoverageFacts,
    pub unjudged: Vec<Unjudged>,
    /// What was seen of objects that are verified.
    pub seen: Vec<SeenObject>,
}

impl<'a, K: Turn> Worker<'a, K> {
    fn new(shared: &'a Shared<'a>, kept: K) -> Self {
        let decoder = shared.decoder();
        let (counts, coverage) = (Counts::default(), CoverageFacts::default());
        Self { shared, decoder, kept, counts, coverage, unjudged: Vec::new(), seen: Vec::new() }
    }

    fn run(mut self, worker: usize) -> Done<K> {
        let shared = self.shared;
        let cutter = shared.parts.cutter();
        let mut buffers = Buffers::default();
        while !shared.is_over() {
            if let Some(part) = shared.parts.take() {
                self.part(&part);
                continue;
            }
            match shared.shares.next(worker) {
                Some(object) => self.object(&shared.objects[object], None, &mut buffers),
                None => break,
            }
        }
        self.arriving(&mut buffers);
        drop(cutter);
        while let Some(part) = shared.parts.wait() {
            self.part(&part);
        }
        let Self { kept, counts, coverage, unjudged, seen, .. } = self;
        Done { kept, counts, coverage, unjudged, seen }
    }

    /// Turns to an object.
    fn turn(&mut self, object: &LogObject) {
        if self.kept.turn(object, &mut self.counts, &mut self.coverage) {
            self.decoder = self.shared.decoder();
        }
    }

    /// Takes the objects of the source as they arrive.
    fn arriving(&mut self, buffers: &mut Buffers) {
        let shared = self.shared;
        let Some(source) = shared.source else { return };
        while !shared.is_over() {
            if let Some(part) = shared.parts.take() {
                self.part(&part);
                continue;
            }
            let Some(Fetched { object, body }) = source.next() else { return };
            let found = shared.objects.len() as u64 + source.listed();
            shared.meter.objects.fetch_max(found, Ordering::Relaxed);
            self.object(&object, Some(body), buffers);
        }
    }

    /// Reads an object, whose `body` is there or must be opened. Dies alone of it.
    fn object(&mut self, object: &LogObject, body: Option<Body>, buffers: &mut Buffers) {
        self.turn(object);
        let events = self.counts.events;
        if let Err(why) = caught(|| self.take(object, body, buffers)) {
            (self.decoder, *buffers) = (self.shared.decoder(), Buffers::default());
            self.counts.aside = None;
            let why = why.to_string();
            self.unseen(object, &why);
            self.coverage.enter(object, died(why, self.counts.events - events), false);
        }
        Meter::add(&self.shared.meter.objects_done, 1);
    }

    fn take(&mut self, object: &LogObject, body: Option<Body>, buffers: &mut Buffers) {
        match (skipped_by_key(object), body) {
            (Some(kind), body) => {
                self.witness(object, body);
                self.coverage.enter(object, Fate::Skipped(kind), false);
            }
            (None, None) => {
                let body = open(object).map_or_else(|error| Body::Failed(worded(&error)), Body::Stream);
                self.read(object, body, buffers);
            }
            (None, Some(body)) => self.read(object, body, buffers),
        }
    }

    fn read(&mut self, object: &LogObject, body: Body, buffers: &mut Buffers) {
        let packed = Counter::new(self.shared.stop);
        let most = self.shared.limits.max_object_bytes;
        let whole;
        let content = match body {
            Body::Skipped(kind) => {
                self.unseen(object, kind);
                return self.coverage.enter(object, Fate::Skipped(kind), false);
            }
            Body::Failed(why) => {
                self.unseen(object, &why);
                return self.coverage.enter(object, Fate::Failed(why), false);
            }
            Body::Stream(stream) => buffers.open(stream, most, &packed),
            Body::Whole(body) => {
                whole = body;
                buffers.open_whole(&whole.bytes, most, &packed)
            }
        };
        match content {
            Err(error) => {
                self.unseen(object, &worded(&error));
                self.coverage.enter(object, Fate::Failed(worded(&error)), false);
            }
            Ok(Content::Whole(json)) => {
                self.see(object, json);
                self.whole(object, json, &packed);
            }
            Ok(Content::Stream(stream)) => {
                let (stream, hash) = self.hashed(object, stream);
                self.stream(object, stream, &packed);
                self.see_hashed(object, hash, packed.was_stopped());
            }
            Ok(Content::Archive(kind, stream)) => self.archive(object, Archive::new(kind, stream), &packed),
        }
        self.coverage.bytes_compressed += packed.bytes();
        Meter::add(&self.shared.meter.bytes_compressed, packed.bytes());
    }

    pub fn whole(&mut self, object: &LogObject, json: &[u8], packed: &Counter<'_>) {
        let text = match simdutf8::basic::from_utf8(json) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(json),
        };
        let (events, malformed, broken) = (self.counts.events, self.counts.malformed, self.counts.broken);
        let (decoder, mut sink) = self.sink();
        let document = decoder.document(&text, &mut sink);
        let events = self.counts.events - events;
        self.took(json.len() as u64, events);
        let found = Found {
            events,
            aside: self.counts.aside.take().map(Aside::as_str),
            envelope: document.envelope,
            ending: document.ending,
            is_late: document.is_late,
            has_records: document.has_records,
            is_unfinished: document.is_unfinished,
            others: self.counts.malformed - malformed,
            json_bytes: json.len() as u64,
            head: &json[..json.len().min(HEAD)],
        };
        let fate = if packed.was_stopped() { interrupted(packed.bytes()) } else { judge(object, found) };
        if matches!(fate, Fate::Skipped(_) | Fate::Failed(_)) {
            self.counts.malformed = malformed;
        } else if self.counts.malformed > malformed {
            self.coverage.proof.object_not_read(object);
        }
        self.coverage.enter_broken(object, self.counts.broken - broken);
        self.coverage.enter(object, fate, matches!(text, Cow::Owned(_)));
    }

    /// Cuts a stream into parts for whoever has time. What became of the object is known when all parts are read.
    pub fn stream(&mut self, object: &LogObject, stream: Box<dyn Read + Send + '_>, packed: &Counter<'_>) {
        let mut parts = Parts::new(stream, self.shared.limits.max_record_bytes).carving(self.shared.limits.carve);
        let (tally, mut stopped) = (Arc::new(Tally::default()), false);
        for (number, part) in (0..).zip(parts.by_ref()) {
            let share = Share { part, number, tally: Arc::clone(&tally), object: object.clone() };
            if let Some(share) = self.shared.parts.offer(share) {
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
        self.unjudged.push(Unjudged { object: object.clone(), envelope, end, tally });
    }

    fn part(&mut self, share: &Share) {
        self.turn(&share.object);
        let (events, malformed, broken) = (self.counts.events, self.counts.malformed, self.counts.broken);
        let read = caught(|| {
            let (decoder, mut sink) = self.sink();
            decoder.part(&share.part, &mut sink)
        });
        match read {
            Ok(is_unfinished) => is_unfinished.into_iter().for_each(|is| share.tally.unfinished(share.number, is)),
            Err(why) => {
                self.decoder = self.shared.decoder();
                share.tally.died(why.to_string());
            }
        }
        let events = self.counts.events - events;
        share.tally.add_broken(self.counts.broken - broken);
        share.tally.add(events, self.counts.malformed - malformed, self.counts.aside.take());
        self.took(0, events);
    }

    fn took(&mut self, json: u64, events: u64) {
        self.coverage.bytes_json += json;
        Meter::add(&self.shared.meter.bytes_json, json);
        Meter::add(&self.shared.meter.events, events);
    }

    fn sink(&mut self) -> (&mut Decoder, Counting<'_, K>) {
        let (rules, counts) = (self.shared.rules, &mut self.counts);
        let sink = Counting { rules, counts, kept: &mut self.kept };
        (&mut self.decoder, sink)
    }
}
