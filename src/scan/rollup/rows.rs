//! The tables of the ledger: what was read, and how many events each account has on each day.

use super::row::rows;
use crate::coverage::ObjectMet;
use crate::input::{KeyKind, LogKey, file_name};
use crate::model::{Day, EventTime};

rows! {
    /// A row is one object that was met.
    pub struct ObjectRow in "objects" {
        /// Path or URI, as the user can use it.
        name: String,
        /// `read`, `damaged`, `failed` or `skipped`.
        fate: String,
        /// What failed, or the kind under which it was skipped.
        why: String,
        /// Records of which something is not JSON.
        broken_records: u64,
        /// The account of its key; empty where the name does not say.
        account_id: String,
        /// The region of its key.
        region: String,
        /// The stream of its key: CloudTrail, CloudTrail-Digest and so on.
        kind: String,
        /// The day of delivery, as days since 1970.
        delivery_day: Option<i64>,
        /// The moment of delivery.
        delivered: Option<i64>,
        /// The organization of its key.
        organization_id: String,
        /// Whether the folders are in AWSLogs layout, so that a window goes by the day of delivery.
        in_layout: bool,
    }
}

rows! {
    /// A row is one account, region and day of delivery, and what its objects gave; without them of all other objects.
    pub struct DeliveryRow in "deliveries" {
        /// The account.
        account_id: String,
        /// The region.
        region: String,
        /// The day of delivery, as days since 1970.
        delivery_day: Option<i64>,
        /// Bytes read from objects.
        bytes_compressed: u64,
        /// Bytes of JSON they gave.
        bytes_json: u64,
        /// Objects with bytes that are not UTF-8.
        lossy_objects: u64,
        /// Records that are events, copies included.
        events: u64,
        /// Those without a readable eventTime, or with one that no trail can have recorded.
        events_without_time: u64,
        /// Those of them whose time is not believed.
        events_unbelievable_time: u64,
        /// The first time that is not believed.
        unbelieved_first: Option<i64>,
        /// The last time that is not believed.
        unbelieved_last: Option<i64>,
        /// Records that CloudTrail marks as delivered late.
        late_events: u64,
        /// Records beside events: digests, Insights, aggregated events.
        aside_records: u64,
        /// Things in a record's place that are no events.
        malformed_records: u64,
        /// Events of which something is not JSON.
        broken_records: u64,
        /// The time of the newest event.
        newest_event: Option<i64>,
    }
}

rows! {
    /// A row is one account of which something in a delivery was not read or not understood.
    pub struct UnreadRow in "unread" {
        /// The account whose logs are concerned; empty where nobody knows.
        account_id: String,
        /// The day of delivery, as days since 1970.
        delivery_day: Option<i64>,
        /// How many objects or events.
        count: u64,
    }
}

rows! {
    /// A row is one account, region and day of delivery that keys tell of; without a day, a place that is known to log.
    pub struct DeliveryDayRow in "delivery_days" {
        /// The account.
        account_id: String,
        /// The region.
        region: String,
        /// The day, as days since 1970.
        delivery_day: Option<i64>,
        /// Whether a log object was delivered.
        has_logs: bool,
        /// The clock hours that digests cover, by their end: a bit an hour.
        hours_by_end: u64,
        /// The same, by the moment before their end.
        hours_before: u64,
        /// Whether the objects lie under an organization's id.
        of_organization: bool,
    }
}

rows! {
    /// A row is one call that changes logging, of every record that was read.
    pub struct LoggingCallRow in "logging_calls" {
        /// The day of delivery, as days since 1970.
        delivery_day: Option<i64>,
        /// The moment that tells it from others: of deletions of objects the begin of the day.
        moment: Option<i64>,
        /// When; of deletions of objects the first of the day.
        time: Option<i64>,
        /// The account that received the record.
        account_id: String,
        /// The principal that called.
        actor: String,
        /// The eventName.
        event: String,
        /// What it does to the logs.
        effect: String,
        /// What it is about.
        object: String,
        /// The name of that.
        name: String,
        /// The account whose logs it is about first.
        home_account_id: String,
        /// Whose logs it is about.
        reach: String,
        /// When that holds.
        condition: String,
        /// The bucket that a condition is about.
        bucket: String,
    }
}

rows! {
    /// A row is one thing that a record tells of trails, of every record that was read.
    pub struct LoggingFactRow in "logging_facts" {
        /// The day of delivery, as days since 1970.
        delivery_day: Option<i64>,
        /// What is told.
        fact: String,
        /// Of what: a trail's or bucket's name, a key's id, a region.
        name: String,
        /// The account that it belongs to.
        home_account_id: String,
        /// When, where that matters.
        time: Option<i64>,
    }
}

rows! {
    /// A row is one account and UTC day with a counted event.
    pub struct EventDayRow in "event_days" {
        /// The account; empty where no record says.
        account_id: String,
        /// The day, as days since 1970.
        event_day: Option<i64>,
        /// Counted events.
        events: u64,
        /// Copies of them.
        duplicate_events: u64,
        /// Updates among the copies.
        updated_events: u64,
        /// Counted events that only read.
        read_only_events: u64,
        /// The time of the first counted event.
        first_event: Option<i64>,
        /// The time of the last.
        last_event: Option<i64>,
    }
}

rows! {
    /// A row is one region, one category, or one region of management events or of their reads, of the counted events of an
    /// account and UTC day.
    pub struct EventDayNameRow in "event_day_names" {
        /// The account.
        account_id: String,
        /// The day, as days since 1970.
        event_day: Option<i64>,
        /// `region`, `category`, `management` or `reads`.
        what: String,
        /// Its name.
        name: String,
        /// Counted events.
        events: u64,
    }
}

rows! {
    /// A row is something met beside objects: a place that could not be listed, what was left shut, a warning.
    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(default)]
    pub struct BesideRow in "beside" {
        /// What it is of: `unlisted`, `failed-place`, `skipped`, `pruned`, `warning`, `shard` and so on.
        what: String,
        /// Path, URI, kind, account, id or text.
        name: String,
        /// What failed; the region of a place, the plan of a shard.
        why: String,
        /// How many; the number of a shard.
        count: u64,
        /// The newest day of delivery, as days since 1970.
        newest_day: Option<i64>,
    }
}

/// The fate of an object that was read whole.
pub(in crate::scan) const READ: &str = "read";
/// Of one of which a part was read.
pub(in crate::scan) const DAMAGED: &str = "damaged";
/// Of one of which nothing could be read.
pub(in crate::scan) const FAILED: &str = "failed";
/// Of one that holds no events.
pub(in crate::scan) const SKIPPED: &str = "skipped";

impl ObjectRow {
    /// An object and what became of it.
    pub(super) fn of(met: ObjectMet) -> Self {
        let ObjectMet { name, fate, why, key } = met;
        let text = |of: fn(&LogKey) -> &str| key.as_ref().map(of).unwrap_or_default().to_owned();
        Self {
            name,
            fate: fate.to_owned(),
            why,
            broken_records: 0,
            account_id: text(|key| &key.account_id),
            region: text(|key| &key.region),
            kind: text(|key| key.kind.as_str()),
            delivery_day: key.as_ref().map(|key| i64::from(key.day.0)),
            delivered: key.as_ref().and_then(|key| key.delivered).map(|time| time.0),
            organization_id: text(|key| key.organization_id.as_deref().unwrap_or_default()),
            in_layout: key.is_some_and(|key| key.in_layout),
        }
    }

    /// What its name says.
    pub(super) fn key(&self) -> Option<LogKey> {
        Some(LogKey {
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            kind: KeyKind::parse(&self.kind)?,
            day: day_of(self.delivery_day)?,
            organization_id: Some(self.organization_id.clone()).filter(|id| !id.is_empty()),
            delivered: self.delivered.map(EventTime),
            in_layout: self.in_layout,
        })
    }

    /// As [`LogObject::identity`](crate::input::LogObject::identity).
    pub fn identity(&self) -> Option<&str> {
        self.delivered.map(|_| file_name(&self.name))
    }

    /// Whether it is delivered events, not what CloudTrail writes beside them.
    pub fn is_of_events(&self) -> bool {
        KeyKind::parse(&self.kind) == Some(KeyKind::CloudTrail)
    }
}

/// A day that was saved.
pub(super) fn day_of(saved: Option<i64>) -> Option<Day> {
    saved.and_then(|day| i32::try_from(day).ok()).map(Day)
}

/// A day to be saved.
pub(super) fn saved_day(day: Option<Day>) -> Option<i64> {
    day.map(|day| i64::from(day.0))
}
