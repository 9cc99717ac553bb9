//! The ledger of a rollup: what was read, place by place, and what was counted, day by day.

use super::keeper::Place;
use super::numbers::DayNumbers;
use super::row::{Row, TableAbout};
use super::rows::{
    BesideRow, DeliveryDayRow, DeliveryRow, EventDayNameRow, EventDayRow, LoggingCallRow, LoggingFactRow, ObjectRow,
    UnreadRow, saved_day,
};
use crate::aggregate::{Batch, BatchError, PartitionKey};
use crate::coverage::{CoverageFacts, OcsfRead};
use crate::input::{Arrivals, Deliveries, Listing, ListingFailure, Pruned};
use crate::model::EventTime;
use crate::scan::logging::{LoggingNotes, NotedCall};
use crate::scan::recorded::category;

/// What was read for a rollup, and what it counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Every object that was met.
    pub objects: Vec<ObjectRow>,
    pub(super) deliveries: Vec<DeliveryRow>,
    pub(super) unread: Vec<UnreadRow>,
    pub(super) delivery_days: Vec<DeliveryDayRow>,
    pub(super) logging_calls: Vec<LoggingCallRow>,
    pub(super) logging_facts: Vec<LoggingFactRow>,
    pub(super) event_days: Vec<EventDayRow>,
    pub(super) event_day_names: Vec<EventDayNameRow>,
    pub(super) beside: Vec<BesideRow>,
}

/// What a row of [`BesideRow`] is of.
pub(super) const UNLISTED: &str = "unlisted";
pub(super) const FAILED_PLACE: &str = "failed-place";
pub(super) const SKIPPED_ENTRY: &str = "skipped";
pub(super) const PRUNED: &str = "pruned";
pub(super) const REGIONS_LISTED: &str = "regions-listed";
pub(super) const CONFLICTING_IDS: &str = "conflicting-ids";
pub(super) const WARNING: &str = "warning";
/// Events of a day of delivery that came as OCSF.
pub(super) const OCSF: &str = "ocsf";
/// Those of them that do not carry all of their records.
pub(super) const OCSF_LACKING: &str = "ocsf-lacking";
/// A field that some of them do not carry.
pub(super) const OCSF_LOST: &str = "ocsf-lost";
/// An account and a region that are known to log.
pub(super) const KNOWN_PLACE: &str = "known-place";
/// The calls that are kept by their names, all in one text.
pub(super) const CALLS: &str = "calls";
/// A shard of a plan, and how many a plan has.
pub(super) const SHARD: &str = "shard";
pub(super) const SHARDS: &str = "shards";

impl Ledger {
    /// Every table, in the order in which they are saved.
    pub const TABLES: [TableAbout; 9] = [
        ObjectRow::ABOUT,
        DeliveryRow::ABOUT,
        UnreadRow::ABOUT,
        DeliveryDayRow::ABOUT,
        LoggingCallRow::ABOUT,
        LoggingFactRow::ABOUT,
        EventDayRow::ABOUT,
        EventDayNameRow::ABOUT,
        BesideRow::ABOUT,
    ];

    /// All of it as column batches.
    pub fn save(&self) -> Vec<Batch> {
        vec![
            ObjectRow::save(&self.objects),
            DeliveryRow::save(&self.deliveries),
            UnreadRow::save(&self.unread),
            DeliveryDayRow::save(&self.delivery_days),
            LoggingCallRow::save(&self.logging_calls),
            LoggingFactRow::save(&self.logging_facts),
            EventDayRow::save(&self.event_days),
            EventDayNameRow::save(&self.event_day_names),
            BesideRow::save(&self.beside),
        ]
    }

    /// The ledger that was saved.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    pub fn load(batches: &[Batch]) -> Result<Self, BatchError> {
        Ok(Self {
            objects: Row::load(batches)?,
            deliveries: Row::load(batches)?,
            unread: Row::load(batches)?,
            delivery_days: Row::load(batches)?,
            logging_calls: Row::load(batches)?,
            logging_facts: Row::load(batches)?,
            event_days: Row::load(batches)?,
            event_day_names: Row::load(batches)?,
            beside: Row::load(batches)?,
        })
    }

    /// Adds the rows of another one; each stays a row of its own.
    pub fn extend(&mut self, other: Self) {
        let Self { objects, deliveries, unread, delivery_days, logging_calls, logging_facts, .. } = other;
        self.objects.extend(objects);
        self.deliveries.extend(deliveries);
        self.unread.extend(unread);
        self.delivery_days.extend(delivery_days);
        self.logging_calls.extend(logging_calls);
        self.logging_facts.extend(logging_facts);
        self.event_days.extend(other.event_days);
        self.event_day_names.extend(other.event_day_names);
        self.beside.extend(other.beside);
        self.sort();
    }

    /// Puts the rows into an order that no order of reading changes.
    pub(super) fn sort(&mut self) {
        self.objects.sort();
        self.deliveries.sort();
        self.unread.sort();
        self.delivery_days.sort();
        self.logging_calls.sort();
        self.logging_facts.sort();
        self.event_days.sort();
        self.event_day_names.sort();
        self.beside.sort();
        // Of many parts each says the same.
        self.beside.dedup_by(|a, b| a.what == CALLS && a == b);
    }

    /// Enters what the objects of one place gave.
    pub(super) fn add_place(
        &mut self,
        place: &Place,
        mut coverage: CoverageFacts,
        (logging, newest): (&LoggingNotes, Option<EventTime>),
    ) {
        let day = place.as_ref().and_then(|(.., day)| saved_day(Some(*day)));
        self.add_logging(logging, day);
        let objects = coverage.objects.take().unwrap_or_default();
        let broken = std::mem::take(&mut coverage.broken_in);
        self.objects.extend(objects.into_iter().map(ObjectRow::of).map(|mut object| {
            object.broken_records = broken.get(&object.name).copied().unwrap_or_default();
            object
        }));
        let unread = std::mem::take(&mut coverage.proof.unread);
        let unread = unread.into_iter();
        self.unread.extend(unread.map(|(account_id, count)| UnreadRow { account_id, delivery_day: day, count }));
        self.add_ocsf(&coverage.ocsf, day);
        let row = delivery_row(place, &coverage, newest);
        if row != delivery_row(place, &CoverageFacts::default(), None) {
            self.deliveries.push(row);
        }
    }

    fn add_ocsf(&mut self, ocsf: &OcsfRead, delivery_day: Option<i64>) {
        let row = |what: &str, name: &str, count| BesideRow {
            what: what.to_owned(),
            name: name.to_owned(),
            count,
            newest_day: delivery_day,
            ..BesideRow::default()
        };
        let numbers = [(OCSF, ocsf.events), (OCSF_LACKING, ocsf.lacking)];
        self.beside.extend(numbers.map(|(what, count)| row(what, "", count)).into_iter().filter(|row| row.count > 0));
        self.beside.extend(ocsf.lost.iter().map(|name| row(OCSF_LOST, name, 1)));
    }

    fn add_logging(&mut self, logging: &LoggingNotes, delivery_day: Option<i64>) {
        self.logging_calls.extend(logging.calls().map(|noted| {
            let NotedCall { moment, time, account_id, actor, call } = noted;
            LoggingCallRow {
                delivery_day,
                moment: moment.map(|time| time.0),
                time: time.map(|time| time.0),
                account_id,
                actor,
                event: call.event,
                effect: call.effect.as_str().to_owned(),
                object: call.object.as_str().to_owned(),
                name: call.name,
                home_account_id: call.home,
                reach: call.reach.as_str().to_owned(),
                condition: call.condition.as_str().to_owned(),
                bucket: call.bucket,
            }
        }));
        self.logging_facts.extend(logging.facts().map(|fact| LoggingFactRow {
            delivery_day,
            fact: fact.kind.as_str().to_owned(),
            name: fact.name.clone(),
            home_account_id: fact.home.clone(),
            time: fact.time.map(|time| time.0),
        }));
    }

    /// Enters what an account has on a day.
    pub(super) fn add_day(&mut self, key: &PartitionKey, numbers: DayNumbers) {
        let event_day = saved_day(key.day);
        let name = |what: &str, name: String, events: u64| EventDayNameRow {
            account_id: key.account.clone(),
            event_day,
            what: what.to_owned(),
            name,
            events,
        };
        let regions = numbers.regions.into_iter().map(|(region, events)| name(REGION, region, events));
        let categories = numbers.categories.into_iter().map(|(text, events)| name(CATEGORY, category(&text), events));
        let management = [MANAGEMENT, READS].into_iter().zip(numbers.management);
        let management = management.flat_map(|(what, regions)| regions.into_iter().map(move |of| (what, of)));
        let management = management.map(|(what, (region, events))| name(what, region, events));
        self.event_day_names.extend(regions.chain(categories).chain(management));
        self.event_days.push(EventDayRow {
            account_id: key.account.clone(),
            event_day,
            events: numbers.events,
            duplicate_events: numbers.duplicates,
            updated_events: numbers.updates,
            read_only_events: numbers.read_only,
            first_event: numbers.first.map(|time| time.0),
            last_event: numbers.last.map(|time| time.0),
        });
    }

    /// Enters what was met beside the objects that were read.
    pub(super) fn add_beside(&mut self, listing: &Listing, arrivals: &Arrivals, conflicting_ids: u64) {
        let row = |what: &str, name: &str, count| BesideRow {
            what: what.to_owned(),
            name: name.to_owned(),
            count,
            ..BesideRow::default()
        };
        let failed = |what: &str, failure: &ListingFailure| BesideRow {
            why: failure.why.clone(),
            ..row(what, &failure.object, 1)
        };
        let pruned =
            |pruned: &Pruned| BesideRow { newest_day: saved_day(pruned.newest_day), ..row(PRUNED, "", pruned.objects) };
        let beside = &mut self.beside;
        beside.extend(listing.failures.iter().map(|failure| failed(UNLISTED, failure)));
        beside.extend(arrivals.failures.iter().map(|failure| failed(FAILED_PLACE, failure)));
        let skipped = listing.skipped.iter().chain(&arrivals.skipped);
        beside.extend(skipped.map(|(kind, &count)| row(SKIPPED_ENTRY, kind, count)));
        beside.extend([pruned(&listing.pruned), pruned(&arrivals.pruned)].into_iter().filter(|row| row.count > 0));
        let numbers = [(REGIONS_LISTED, arrivals.regions_listed), (CONFLICTING_IDS, conflicting_ids)];
        beside.extend(numbers.map(|(what, count)| row(what, "", count)).into_iter().filter(|row| row.count > 0));
        beside.extend(arrivals.warnings.iter().map(|warning| row(WARNING, warning, 1)));
    }

    /// Takes out ids with more than one content of which earlier scans told.
    pub(super) fn forget_conflicts(&mut self, known: u64) {
        for row in self.beside.iter_mut().filter(|row| row.what == CONFLICTING_IDS) {
            row.count = row.count.saturating_sub(known);
        }
        self.beside.retain(|row| row.what != CONFLICTING_IDS || row.count > 0);
    }

    /// How many events are counted.
    pub fn events_counted(&self) -> u64 {
        self.event_days.iter().map(|row| row.events).sum()
    }

    /// The time of the newest event that was read.
    pub fn newest_event(&self) -> Option<EventTime> {
        self.deliveries.iter().filter_map(|row| row.newest_event).max().map(EventTime)
    }

    /// The last time that was not believed, of any event.
    pub fn last_unbelieved(&self) -> Option<EventTime> {
        self.deliveries.iter().filter_map(|row| row.unbelieved_last).max().map(EventTime)
    }

    /// Enters what keys tell of deliveries.
    pub(super) fn add_deliveries(&mut self, deliveries: &Deliveries) {
        self.delivery_days.extend(deliveries.known().into_iter().map(|known| DeliveryDayRow {
            account_id: known.place.0,
            region: known.place.1,
            delivery_day: saved_day(known.day),
            has_logs: known.has_logs,
            hours_by_end: known.hours[0].into(),
            hours_before: known.hours[1].into(),
            of_organization: known.of_organization,
        }));
    }
}

/// What a row of [`EventDayNameRow`] names.
pub(super) const REGION: &str = "region";
pub(super) const CATEGORY: &str = "category";
pub(super) const MANAGEMENT: &str = "management";
pub(super) const READS: &str = "reads";

fn delivery_row(place: &Place, coverage: &CoverageFacts, newest: Option<EventTime>) -> DeliveryRow {
    let (account_id, region, day) = match place {
        Some((account, region, day)) => (account.clone(), region.clone(), Some(*day)),
        None => Default::default(),
    };
    let (first, last) = coverage.unbelieved_times.unzip();
    DeliveryRow {
        account_id,
        region,
        delivery_day: saved_day(day),
        bytes_compressed: coverage.bytes_compressed,
        bytes_json: coverage.bytes_json,
        lossy_objects: coverage.lossy_objects,
        events: coverage.events,
        events_without_time: coverage.events_without_time,
        events_unbelievable_time: coverage.events_unbelievable_time,
        unbelieved_first: first.map(|time| time.0),
        unbelieved_last: last.map(|time| time.0),
        late_events: coverage.late_events,
        aside_records: coverage.aside_records,
        malformed_records: coverage.malformed_records,
        broken_records: coverage.broken_records,
        newest_event: newest.map(|time| time.0),
    }
}
