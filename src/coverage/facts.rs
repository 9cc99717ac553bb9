//! What was read, what was not, and why, while it is still gathered.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::ProofBasis;
use crate::input::LogKey;
use crate::model::{Day, EventTime, Settled};

/// How the warning ends that calls changed what trails record; what shows `logging_changes` beside it need not say so again.
pub const SEE_LOGGING_CHANGES: &str = "see logging_changes in the coverage";

/// The kind under which objects are skipped that a scan would read, where only a listing is asked.
pub const NOT_READ: &str = "not-read";

/// What a scan covered, open to whoever gathers it; [`Coverage`](super::Coverage) is the same once it is whole. Two
/// identities hold:
/// `objects_found = objects_read + objects_damaged + objects_failed + objects_skipped + objects_pruned` and
/// `events = events_in_window + events_out_of_window + events_without_time`, where
/// `events_in_window = events_counted + events_filtered + duplicate_events`.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct CoverageFacts {
    /// Log objects found.
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
    /// Records beside events, wherever they stood: digests, Insights, aggregated events, events of OCSF that no call made.
    /// Never counted as events.
    pub aside_records: u64,
    /// Things in a record's place that are no events.
    pub malformed_records: u64,
    /// Events that count although something of them is not known: a sub-document such as requestParameters or a text is no
    /// JSON, or the row of an export or an event of OCSF lacks fields of a record.
    pub broken_records: u64,
    /// Objects with bytes that are not UTF-8, which are shown as U+FFFD.
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
    /// What digests prove of the objects, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
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
    /// Events that came as OCSF.
    #[serde(skip)]
    pub ocsf: OcsfRead,
    /// The first and the last of the times that were not believed.
    #[serde(skip)]
    pub unbelieved_times: Option<(EventTime, EventTime)>,
    /// Whether there was a window, and no event of it in all that was found.
    #[serde(skip)]
    pub window_is_empty: bool,
    /// Accounts and regions that were asked for, of which no event and no delivery was found: `account 111122223333`.
    #[serde(skip)]
    pub not_found: BTreeSet<String>,
    /// What filtered events have where the filters of the flag ask for something else; whole where no event is counted.
    #[serde(skip)]
    pub values_left_out: BTreeMap<&'static str, BTreeSet<String>>,
    /// Every object that was met, where a rollup is made.
    #[serde(skip)]
    pub objects: Option<Vec<ObjectMet>>,
    /// Whether the user stopped the scan before its end.
    pub interrupted: bool,
}

/// What digests prove of the objects of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Log objects.
    pub logs: Stands,
    /// Digests.
    pub digests: Stands,
    /// Spans of hours without a digest, between others of the same trail or up to the end of the window.
    pub gaps: u64,
    /// Log objects, digests and gaps of each account; of no account those of which no digest can tell.
    #[serde(skip)]
    pub accounts: BTreeMap<String, Stands>,
}

/// How many objects stand so to the digests in reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stands {
    /// What CloudTrail delivered.
    pub verified: u64,
    /// Proven by nothing, and nothing speaks against them.
    pub unverified: u64,
    /// Not what was delivered.
    pub altered: u64,
    /// Named by a digest and not there.
    pub missing: u64,
    /// There, and in no digest, though digests cover their hour.
    pub unlisted: u64,
    /// Spans of hours without a digest: of an account, not of a kind of object.
    #[serde(skip)]
    pub gaps: u64,
}

impl Stands {
    /// Those that are not verified.
    pub const fn open(&self) -> u64 {
        self.unverified + self.altered + self.missing + self.unlisted
    }
}

/// Events that came as OCSF, and what they lost by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OcsfRead {
    /// How many there are.
    pub events: u64,
    /// How many of them do not carry all of their record.
    pub lacking: u64,
    /// What some of them do not carry: names of a record's fields.
    pub lost: BTreeSet<&'static str>,
}

impl OcsfRead {
    /// Adds others.
    pub(crate) fn add(&mut self, other: Self) {
        self.events += other.events;
        self.lacking += other.lacking;
        self.lost.extend(other.lost);
    }
}

/// An object that was met, and what became of it.
#[derive(Clone, Debug)]
pub struct ObjectMet {
    /// Path or URI, as the user can use it.
    pub name: String,
    /// `read`, `damaged`, `failed` or `skipped`.
    pub fate: &'static str,
    /// What failed, or the kind under which it was skipped.
    pub why: String,
    /// What its name says of it.
    pub key: Option<LogKey>,
}

/// Days without an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
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

/// A file of IAM's state that was read beside logs, or without any.
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
    /// What became of it; `failures` says why.
    pub status: StateFileStatus,
}

/// What became of a file of IAM's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StateFileStatus {
    /// Read whole.
    Read,
    /// Read in part, which counts.
    Damaged,
    /// Not read.
    Failed,
}

/// A call that changed what a trail records.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
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

impl StateFileStatus {
    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Damaged => "damaged",
            Self::Failed => "failed",
        }
    }
}

impl CoverageFacts {
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
            || self.state_files.iter().any(|file| file.status != StateFileStatus::Read)
    }
}
