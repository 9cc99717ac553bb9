//! What was read, what was not, and why: part of every answer.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::ProofBasis;
use super::rollup::ObjectRow;
use crate::input::{Arrivals, Listing, ListingFailure, Pruned};
use crate::model::{Day, EventTime, Settled};

/// What a scan covered. Two identities hold:
/// `objects_found = objects_read + objects_damaged + objects_failed + objects_skipped + objects_pruned` and
/// `events = events_in_window + events_out_of_window + events_without_time`, where
/// `events_in_window = events_counted + events_filtered + duplicate_events`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Coverage {
    /// Log objects met.
    pub objects_found: u64,
    /// Objects read whole.
    pub objects_read: u64,
    /// Objects of which a part could be read.
    pub objects_damaged: u64,
    /// Objects of which nothing could be read.
    pub objects_failed: u64,
    /// Objects that hold no CloudTrail events, by kind.
    pub objects_skipped: BTreeMap<String, u64>,
    /// Objects whose key says that they lie outside the window; never opened.
    pub objects_pruned: u64,
    /// Places that could not be asked or not be listed to their end; how many objects are there is not known.
    pub places_failed: u64,
    /// Records that are events.
    pub events: u64,
    /// Events inside the window (all with a time, when there is no window).
    pub events_in_window: u64,
    /// Events before or after the window.
    pub events_out_of_window: u64,
    /// Events without a readable eventTime, or with one that no trail can have recorded; never counted.
    pub events_without_time: u64,
    /// Those of them whose time is before 2006 or more than a day after now.
    pub events_unbelievable_time: u64,
    /// Events inside the window that a filter left out.
    pub events_filtered: u64,
    /// Events that the reports count.
    pub events_counted: u64,
    /// Copies of counted events.
    pub duplicate_events: u64,
    /// Records that CloudTrail delivered again with updated data (`addendum` UPDATED_DATA), where the earlier record is
    /// counted; among `duplicate_events`.
    pub updated_events: u64,
    /// Records that CloudTrail marks as delivered late (`addendum` DELIVERY_DELAY or SERVICE_OUTAGE).
    pub late_events: u64,
    /// Counted events that only read.
    pub read_only_events: u64,
    /// Event ids that came with different content; all were kept.
    pub conflicting_ids: u64,
    /// Records that CloudTrail writes beside events, wherever they stood: digests, Insights, aggregated events. Never
    /// counted as events.
    pub aside_records: u64,
    /// Things in a record's place that are no events.
    pub malformed_records: u64,
    /// Events that count although something of them, a sub-document such as requestParameters or a text, is no JSON: what it
    /// says is not known.
    pub broken_records: u64,
    /// Objects with bytes that are no UTF-8, which are shown as U+FFFD.
    pub lossy_objects: u64,
    /// Bytes read from objects.
    pub bytes_compressed: u64,
    /// Bytes of JSON they gave.
    pub bytes_json: u64,
    /// Accounts of the counted events.
    pub accounts: BTreeSet<String>,
    /// Regions of the counted events.
    pub regions: BTreeSet<String>,
    /// Counted events by category: management, data, network, …
    pub categories: BTreeMap<String, u64>,
    /// Time of the earliest counted event.
    pub first_event: Option<EventTime>,
    /// Time of the latest counted event.
    pub last_event: Option<EventTime>,
    /// Days of the window without an object, at its end too, per account and region that has any. A day whose hours digests
    /// cover is none.
    pub gaps: Vec<Gap>,
    /// The accounts and their regions of which `gaps` speaks: those whose objects lie in AWSLogs layout. Of others no
    /// object tells its day.
    #[serde(skip)]
    pub delivered: BTreeMap<String, BTreeSet<String>>,
    /// What else the reader should know.
    pub warnings: Vec<String>,
    /// What could not be read: places that could not be listed, then objects that failed or are damaged.
    pub failures: Vec<Failure>,
    /// Calls that stopped logging, changed it, or took away what it delivered.
    pub logging_changes: Vec<LoggingChange>,
    /// What proof rests on, account by account.
    #[serde(skip)]
    pub proof: ProofBasis,
    /// Files of IAM's state that were read beside the logs, or without any.
    pub state_files: Vec<StateFile>,
    /// How many broken records each object holds, where there are any.
    #[serde(skip)]
    pub broken_in: BTreeMap<String, u64>,
    /// The first and the last of the times that were not believed.
    #[serde(skip)]
    pub unbelieved_times: Option<(EventTime, EventTime)>,
    /// Whether there was a window, and no event of it in all that was found.
    #[serde(skip)]
    pub window_is_empty: bool,
    /// Accounts and regions that were asked for, of which no event and no delivery was found: `account 111122223333`.
    #[serde(skip)]
    pub not_found: BTreeSet<String>,
    /// Every object that was met, where a rollup is made.
    #[serde(skip)]
    pub objects: Option<Vec<ObjectRow>>,
    /// Whether the user stopped the scan before its end.
    pub interrupted: bool,
}

/// Days without an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// First day without.
    pub from: Day,
    /// Last day without.
    pub to: Day,
}

/// An object that could not be read, or not whole; or a place that could not be listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Failure {
    /// Path or URI, as the user can use it.
    pub object: String,
    /// What failed, and the next step when known.
    pub why: String,
}

/// A file of IAM's state. The command line fills it in: no scan reads one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateFile {
    /// Its path, as the user can use it.
    pub file: String,
    /// What it holds: `credential-report`, …; `None` when that could not be told.
    pub kind: Option<&'static str>,
    /// The account that it is of; `None` when that could not be told.
    pub account_id: Option<String>,
    /// When it was made; else the newest date in it.
    pub as_of: Option<EventTime>,
    /// How that is known: `generated`, `newest-date` or `none`.
    pub as_of_basis: &'static str,
    /// `read`, `damaged` (a part counts) or `failed`; `failures` says why.
    pub status: &'static str,
}

/// A call that changed what a trail records.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LoggingChange {
    /// When.
    pub time: Option<EventTime>,
    /// The eventName: StopLogging, DeleteTrail, UpdateTrail, PutEventSelectors, DeleteBucket, …
    pub event: String,
    /// The principal.
    pub actor: String,
    /// The name of the trail, event data store, bucket, key or organization that it is about; empty when the record does
    /// not say.
    pub trail: String,
    /// The account that it was made in.
    pub account_id: String,
    /// What it did to the logs: `stopped`, `deleted`, `narrowed`, or `kept` for a trail that was changed and records as
    /// much as before.
    pub effect: &'static str,
    /// When logging that was stopped went on; `None` when that was not seen.
    pub undone: Option<EventTime>,
    /// Whose logs it concerns.
    #[serde(skip)]
    pub concerns: Settled,
}

impl Coverage {
    /// Objects that were skipped, of all kinds.
    pub fn skipped(&self) -> u64 {
        self.objects_skipped.values().sum()
    }

    /// Objects that lie in an archive and were not read.
    pub fn archived(&self) -> u64 {
        self.objects_skipped.get("archived").copied().unwrap_or(0)
    }

    /// Whether something in reach was not read or not understood, or nothing lies in the window or is of an account
    /// or region that was asked for: the answer is partial.
    pub fn is_partial(&self) -> bool {
        let failed = self.objects_damaged
            + self.objects_failed
            + self.places_failed
            + self.malformed_records
            + self.broken_records;
        let unread = self.archived() + self.events_without_time;
        failed + unread > 0
            || self.window_is_empty
            || !self.not_found.is_empty()
            || self.interrupted
            || self.state_files.iter().any(|file| file.status != "read")
    }
}

/// The span of both.
pub(super) fn widest(
    one: Option<(EventTime, EventTime)>,
    other: Option<(EventTime, EventTime)>,
) -> Option<(EventTime, EventTime)> {
    match (one, other) {
        (Some((first, last)), Some((earlier, later))) => Some((first.min(earlier), last.max(later))),
        (one, other) => one.or(other),
    }
}

impl Coverage {
    /// Adds what a worker met of objects.
    pub(super) fn add_objects(&mut self, other: Self) {
        self.proof.add_unread(other.proof.unread);
        self.objects_found += other.objects_found;
        self.objects_read += other.objects_read;
        self.objects_damaged += other.objects_damaged;
        self.objects_failed += other.objects_failed;
        self.bytes_compressed += other.bytes_compressed;
        self.bytes_json += other.bytes_json;
        self.lossy_objects += other.lossy_objects;
        self.failures.extend(other.failures);
        if let Some(objects) = other.objects {
            self.objects.get_or_insert_default().extend(objects);
        }
        for (object, count) in other.broken_in {
            *self.broken_in.entry(object).or_default() += count;
        }
        for (kind, count) in other.objects_skipped {
            *self.objects_skipped.entry(kind).or_default() += count;
        }
    }

    /// Adds what an earlier scan covered.
    pub(super) fn add_kept(&mut self, other: Self) {
        self.events += other.events;
        self.events_in_window += other.events_in_window;
        self.events_out_of_window += other.events_out_of_window;
        self.events_without_time += other.events_without_time;
        self.events_unbelievable_time += other.events_unbelievable_time;
        self.events_filtered += other.events_filtered;
        self.events_counted += other.events_counted;
        self.duplicate_events += other.duplicate_events;
        self.updated_events += other.updated_events;
        self.late_events += other.late_events;
        self.read_only_events += other.read_only_events;
        self.conflicting_ids += other.conflicting_ids;
        self.aside_records += other.aside_records;
        self.malformed_records += other.malformed_records;
        self.broken_records += other.broken_records;
        self.accounts.extend(other.accounts.iter().cloned());
        self.regions.extend(other.regions.iter().cloned());
        for (category, count) in &other.categories {
            *self.categories.entry(category.clone()).or_default() += count;
        }
        self.first_event = [self.first_event, other.first_event].into_iter().flatten().min();
        self.last_event = self.last_event.max(other.last_event);
        self.unbelieved_times = widest(self.unbelieved_times, other.unbelieved_times);
        for (account, count) in &other.proof.read_only {
            *self.proof.read_only.entry(account.clone()).or_default() += count;
        }
        self.add_objects(other);
    }

    /// Adds what a stop left unread of all objects that were `listed`.
    pub(super) fn add_unreached(&mut self, listed: u64) {
        let unreached = listed.saturating_sub(self.objects_found);
        if unreached > 0 {
            self.objects_found += unreached;
            self.objects_skipped.insert("not-reached".to_owned(), unreached);
        }
    }

    /// Adds what the listing left out.
    pub(super) fn add_listing(&mut self, listing: &Listing) {
        self.add_left_out(&listing.skipped, &listing.pruned);
        self.objects_found += listing.failures.len() as u64;
        self.objects_failed += listing.failures.len() as u64;
        self.add_failures(&listing.failures);
    }

    /// Adds what a source left out.
    pub(super) fn add_arrivals(&mut self, arrivals: &Arrivals) {
        self.add_left_out(&arrivals.skipped, &arrivals.pruned);
    }

    /// Orders the failures: first the places that could not be listed, so that no number of objects hides one. Nothing
    /// is to fail after this but files of state.
    pub(super) fn settle_failures(&mut self, arrivals: &Arrivals) {
        let objects = std::mem::take(&mut self.failures);
        self.places_failed += arrivals.failures.len() as u64;
        self.add_failures(&arrivals.failures);
        self.failures.sort();
        self.failures.extend(objects);
        self.failures[self.places_failed as usize..].sort();
    }

    fn add_failures(&mut self, failures: &[ListingFailure]) {
        for failure in failures {
            self.proof.not_read(super::basis::account_of_place(&failure.object));
            self.failures.push(Failure { object: failure.object.clone(), why: failure.why.clone() });
        }
    }

    fn add_left_out(&mut self, skipped: &BTreeMap<&'static str, u64>, pruned: &Pruned) {
        for (kind, count) in skipped {
            self.objects_found += count;
            *self.objects_skipped.entry((*kind).to_owned()).or_default() += count;
        }
        self.objects_found += pruned.objects;
        self.objects_pruned += pruned.objects;
    }
}
