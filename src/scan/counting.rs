//! What becomes of each event: window, filters, de-duplication, then the state; and the numbers of it all.

use std::sync::Arc;

use indexmap::IndexMap;

use super::gather::widest;
use super::keep::Keep;
use super::logging::LoggingNotes;
use super::recorded::Recorded;
use super::update::{Update, is_update};
use crate::coverage::{CoverageFacts, OcsfRead};
use crate::decode::{Aside, Fingerprint, Lost, Sink};
use crate::filter::{Announced, Dedupe, Filters, Sighting, Values};
use crate::model::{Event, EventTime, TimeWindow};

/// What decides whether an event is counted; shared by all workers.
pub(super) struct Rules<'a> {
    pub window: Option<TimeWindow>,
    pub filters: &'a Filters,
    pub dedupe: Option<Arc<Dedupe>>,
    /// What contents are hashes of.
    pub fingerprint: Fingerprint,
    /// Their keys, so that those of any worker, and of another scan that goes on with these, can be compared.
    pub fingerprints: ahash::RandomState,
    /// The last moment that is believed of an event.
    pub latest: EventTime,
}

impl Rules<'_> {
    /// How many ids came with more than one content.
    pub fn conflicting_ids(&self) -> u64 {
        self.dedupe.as_ref().map_or(0, |dedupe| dedupe.conflicting_ids())
    }

    /// Whether copies are told from others, or none are looked for.
    pub fn tells_copies(&self) -> bool {
        self.dedupe.as_ref().is_none_or(|dedupe| dedupe.tells())
    }
}

/// What one worker has counted. Folds into [`CoverageFacts`].
#[derive(Default)]
pub(super) struct Counts {
    pub events: u64,
    out_of_window: u64,
    without_time: u64,
    unbelievable: u64,
    /// The least and the greatest time that is not believed.
    unbelieved: Option<(EventTime, EventTime)>,
    filtered: u64,
    counted: u64,
    duplicates: u64,
    pub malformed: u64,
    /// Events of which something is not JSON.
    pub broken: u64,
    /// Events that were made of events of OCSF, how many of them lack something, and what.
    ocsf: (u64, u64, Lost),
    /// What was found beside events since it was last taken; the first by its order, where there are several.
    pub aside: Option<Aside>,
    asides: u64,
    updates: u64,
    /// Updates of earlier records, which are judged when all has been read.
    pub waiting: Vec<Update>,
    late: u64,
    read_only: u64,
    recorded: Recorded,
    undated: Names,
    first: Option<EventTime>,
    last: Option<EventTime>,
    newest: Option<EventTime>,
    pub logging: LoggingNotes,
    /// Of filtered events, up to the first that is counted.
    values: Values,
}

/// Texts with counts, in the order in which they were first seen; mostly the same as last time.
#[derive(Default)]
struct Names {
    counts: IndexMap<String, u64, ahash::RandomState>,
    last: usize,
}

/// One worker's sink.
pub(super) struct Counting<'a, K> {
    pub rules: &'a Rules<'a>,
    pub counts: &'a mut Counts,
    pub kept: &'a mut K,
}

impl<K: Keep> Sink for Counting<'_, K> {
    /// The event as de-duplication knows it.
    type Note = Option<Announced>;

    #[inline]
    fn coming(&mut self, event_id: &str, recipient_account_id: &str) -> Self::Note {
        // Without them, which event it is can be said only when all of it has been read.
        let is_told = !event_id.is_empty() && !recipient_account_id.is_empty();
        let dedupe = self.rules.dedupe.as_ref().filter(|_| is_told);
        dedupe.map(|dedupe| dedupe.announce(event_id, recipient_account_id))
    }

    #[inline]
    fn event(&mut self, event: &Event<'_>, fingerprint: u64, announced: Self::Note) {
        if event.event_time.is_some_and(|time| !time.is_believable(self.rules.latest)) {
            return self.unbelievable(event, fingerprint, announced);
        }
        self.kept.remember(event);
        self.counts.events += 1;
        self.counts.note(event);
        let Some(time) = event.event_time else {
            self.counts.without_time += 1;
            self.counts.undated.add(event.account_id());
            return;
        };
        if self.rules.window.is_some_and(|window| !window.contains(time)) {
            self.counts.out_of_window += 1;
        } else if !self.rules.filters.accepts(event) {
            self.counts.filtered += 1;
            // What filters that nothing passes may have meant.
            if self.counts.counted == 0 {
                self.rules.filters.note(event, &mut self.counts.values);
            }
        } else if is_update(event) && self.waits(event) {
            // Counted or not when all has been read.
        } else if self.is_again(event, fingerprint, announced) {
            self.counts.duplicates += 1;
            self.kept.pass_over(event);
        } else {
            self.counts.count(event, time);
            self.kept.observe(event);
        }
    }

    fn broken_part(&mut self) {
        self.counts.broken += 1;
    }

    fn of_ocsf(&mut self, lost: Lost) {
        let (events, lacking, all) = self.counts.ocsf;
        self.counts.ocsf = (events + 1, lacking + u64::from(!lost.is_nothing()), all.and(lost));
    }

    fn malformed(&mut self) {
        self.counts.malformed += 1;
    }

    fn aside(&mut self, kind: Aside) {
        self.counts.asides += 1;
        self.counts.aside = Some(self.counts.aside.map_or(kind, |known| known.min(kind)));
    }
}

impl<K: Keep> Counting<'_, K> {
    /// An event whose time no trail can have recorded is one without a time, so that it widens nothing.
    #[cold]
    fn unbelievable(&mut self, event: &Event<'_>, fingerprint: u64, announced: Option<Announced>) {
        let counts = &mut *self.counts;
        counts.unbelievable += 1;
        counts.unbelieved = widest(counts.unbelieved, event.event_time.map(|time| (time, time)));
        self.event(&Event { event_time: None, ..*event }, fingerprint, announced);
    }

    /// Whether an update of an earlier record waits. Where every copy counts, so does an update.
    #[cold]
    fn waits(&mut self, event: &Event<'_>) -> bool {
        let update = Update::of(event).filter(|_| self.rules.dedupe.is_some());
        let waits = update.is_some();
        self.counts.waiting.extend(update);
        waits
    }

    /// Whether the event is a copy of one that was counted before.
    #[inline]
    fn is_again(&mut self, event: &Event<'_>, fingerprint: u64, announced: Option<Announced>) -> bool {
        let dedupe = self.rules.dedupe.as_ref();
        dedupe.is_some_and(|dedupe| dedupe.see(event, fingerprint, announced) == Sighting::Duplicate)
    }
}

impl Counts {
    /// What is noted of every event, counted or not.
    #[inline]
    fn note(&mut self, event: &Event<'_>) {
        self.newest = self.newest.max(event.event_time);
        self.logging.note(event);
        if !event.addendum.is_empty()
            && ["\"DELIVERY_DELAY\"", "\"SERVICE_OUTAGE\""].iter().any(|reason| event.addendum.contains(reason))
        {
            self.late += 1;
        }
    }

    /// Counts an update of which the original, or a later one, counts.
    pub fn superseded(&mut self, event: &Event<'_>, kept: &mut impl Keep) {
        self.updates += 1;
        self.duplicates += 1;
        kept.supersede(event);
    }

    /// Counts an event that had to wait; one without a time never waits.
    pub fn count_late(&mut self, event: &Event<'_>, kept: &mut impl Keep) {
        if let Some(time) = event.event_time {
            self.count(event, time);
            kept.observe(event);
        }
    }

    #[inline]
    fn count(&mut self, event: &Event<'_>, time: EventTime) {
        self.counted += 1;
        if event.read_only == Some(true) {
            self.read_only += 1;
        }
        self.recorded.add(event, time);
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = self.last.max(Some(time));
    }

    /// Adds these numbers to a coverage; gives the time of the newest event read.
    pub fn fold_into(self, coverage: &mut CoverageFacts) -> Option<EventTime> {
        coverage.events += self.events;
        coverage.events_in_window += self.counted + self.filtered + self.duplicates;
        coverage.events_out_of_window += self.out_of_window;
        coverage.events_without_time += self.without_time;
        coverage.events_unbelievable_time += self.unbelievable;
        coverage.unbelieved_times = widest(coverage.unbelieved_times, self.unbelieved);
        coverage.events_filtered += self.filtered;
        coverage.events_counted += self.counted;
        coverage.duplicate_events += self.duplicates;
        coverage.updated_events += self.updates;
        coverage.late_events += self.late;
        coverage.read_only_events += self.read_only;
        coverage.aside_records += self.asides;
        coverage.malformed_records += self.malformed;
        coverage.broken_records += self.broken;
        let (events, lacking, lost) = self.ocsf;
        coverage.ocsf.add(OcsfRead { events, lacking, lost: lost.names().collect() });
        for (flag, values) in self.values {
            coverage.values_left_out.entry(flag).or_default().extend(values);
        }
        coverage.first_event = [coverage.first_event, self.first].into_iter().flatten().min();
        coverage.last_event = coverage.last_event.max(self.last);
        self.recorded.fold_into(coverage);
        for (account, count) in self.undated.counts {
            *coverage.proof.unread.entry(account).or_default() += count;
        }
        self.newest
    }
}

impl Names {
    #[inline]
    fn add(&mut self, name: &str) {
        match self.counts.get_index_mut(self.last) {
            Some((last, count)) if last == name => *count += 1,
            _ => self.add_other(name),
        }
    }

    fn add_other(&mut self, name: &str) {
        self.last = match self.counts.get_index_of(name) {
            Some(place) => place,
            None => self.counts.insert_full(name.to_owned(), 0).0,
        };
        self.counts[self.last] += 1;
    }
}
