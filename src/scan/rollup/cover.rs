//! What of a rollup answers a window and filters, and the coverage of that part: the coverage that the logs would give.

use std::collections::BTreeSet;

use super::Ledger;
use super::ledger::{
    CATEGORY, CONFLICTING_IDS, FAILED_PLACE, KNOWN_PLACE, MANAGEMENT, OCSF, OCSF_LACKING, OCSF_LOST, PRUNED, READS,
    REGION, REGIONS_LISTED, SKIPPED_ENTRY, UNLISTED, WARNING,
};
use super::rows::{DeliveryRow, EventDayRow, LoggingCallRow, LoggingFactRow, ObjectRow, day_of};
use super::{DAMAGED, FAILED, READ};
use crate::aggregate::{AggregateKind, Batch, BatchError, PartitionKey, State};
use crate::coverage::{CoverageFacts, Failure};
use crate::decode::Lost;
use crate::filter::Filters;
use crate::input::{Arrivals, DayRange, DeliveryDay, KeyKind, ListingFailure};
use crate::model::{
    Day, EventTime, FactKind, LoggingCall, LoggingCondition, LoggingEffect, LoggingObject, LoggingReach, TimeWindow,
    TrailFact,
};
use crate::scan::gather::account_of_place;
use crate::scan::logging::{LoggingNotes, NotedCall};

/// What is asked of a rollup.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// What is counted; `None` is everything.
    pub window: Option<TimeWindow>,
    /// The days of delivery that a scan of the logs would read.
    pub days: DayRange,
    /// What of it is counted: accounts at most.
    pub filters: &'a Filters,
}

/// The parts of rollups that answer.
pub struct Kept {
    /// What is remembered of the partitions that count, and of the deliveries that a scan would read.
    pub(in crate::scan) state: State,
    pub(in crate::scan) covered: Vec<Covered>,
}

impl Kept {
    /// No part of any, to answer with these aggregates.
    pub fn new(kinds: &[&'static AggregateKind]) -> Self {
        Self { state: State::new(kinds), covered: Vec::new() }
    }

    /// Adds what a rollup says that it covered, of what is asked. Its partitions that [`Ledger::counted`] names, and those of
    /// the deliveries that [`Asked::remembers`], are for [`Kept::add`].
    pub fn cover(&mut self, ledger: &Ledger, asked: &Asked<'_>) {
        self.covered.push(ledger.cover(asked));
    }

    /// Adds the tables of partitions.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    pub fn add(&mut self, batches: &[Batch]) -> Result<(), BatchError> {
        self.state.add(batches)
    }

    /// Adds parts of other rollups.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.covered.extend(other.covered);
        Self { state: self.state.merge(other.state), ..self }
    }

    /// Adds places that are known to be missing.
    pub fn lack(&mut self, places: Vec<ListingFailure>) {
        self.meet(Arrivals { failures: places, ..Arrivals::default() });
    }

    /// Adds what was met beside the objects that it stands for.
    pub fn meet(&mut self, arrivals: Arrivals) {
        self.covered.push(Covered { arrivals, ..Covered::default() });
    }
}

/// A day that the window cuts: a part of its events is inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutDay {
    /// The account.
    pub account: String,
    /// The day.
    pub day: Day,
}

/// What a rollup adds to the coverage of a scan.
#[derive(Default)]
pub(in crate::scan) struct Covered {
    /// Numbers, and failures of objects.
    pub coverage: CoverageFacts,
    /// What a listing met beside objects.
    pub arrivals: Arrivals,
    pub logging: LoggingNotes,
    pub newest_event: Option<EventTime>,
}

impl Asked<'_> {
    /// Whether what is remembered of a day of delivery explains the answer.
    pub fn remembers(&self, delivery_day: Option<Day>) -> bool {
        delivery_day.is_none_or(|day| self.days.contains(day))
    }

    fn has_account(&self, account: &str) -> bool {
        self.filters.accounts().is_empty() || self.filters.accounts().iter().any(|asked| asked == account)
    }
}

impl EventDayRow {
    /// Whether all its events lie inside the window; `None` where it cuts them.
    fn is_inside(&self, window: Option<TimeWindow>) -> Option<bool> {
        let Some(window) = window else { return Some(true) };
        // A day of updates alone has no counted event.
        let begin = day_of(self.event_day).map(|day| day.start().0);
        let inside = |time: Option<i64>| time.or(begin).is_some_and(|time| window.contains(EventTime(time)));
        let is_around = self.first_event.is_some_and(|first| first < window.since().0)
            && self.last_event.is_some_and(|last| last >= window.until().0);
        let (first, last) = (inside(self.first_event), inside(self.last_event));
        (first == last && !is_around).then_some(first)
    }
}

impl Ledger {
    /// The partitions whose events count.
    ///
    /// # Errors
    /// [`CutDay`] where the window ends within the events of one.
    pub fn counted(&self, asked: &Asked<'_>) -> Result<Vec<PartitionKey>, CutDay> {
        let mut counted = Vec::new();
        for row in self.event_days.iter().filter(|row| asked.has_account(&row.account_id)) {
            let key = PartitionKey { account: row.account_id.clone(), day: day_of(row.event_day) };
            match row.is_inside(asked.window) {
                Some(true) => counted.push(key),
                Some(false) => {}
                None => return Err(CutDay { account: key.account, day: key.day.unwrap_or(Day(0)) }),
            }
        }
        Ok(counted)
    }

    /// The objects that need not be read again: all but those of which nothing could be read.
    pub fn held(&self) -> impl Iterator<Item = &ObjectRow> {
        self.objects.iter().filter(|object| object.fate != FAILED)
    }

    /// The objects that were read, as far as they could be.
    pub fn delivered(&self) -> impl Iterator<Item = &ObjectRow> {
        self.objects.iter().filter(|object| [READ, DAMAGED].contains(&object.fate.as_str()))
    }

    /// What a scan of the logs would say that it covered.
    fn cover(&self, asked: &Asked<'_>) -> Covered {
        let mut covered = Covered::default();
        covered.add_objects(self, asked);
        for row in self.deliveries.iter().filter(|row| asked.remembers(day_of(row.delivery_day))) {
            covered.add_delivery(row);
        }
        covered.add_days(self, asked);
        covered.add_names(self, asked);
        covered.add_beside(self, asked);
        for row in self.logging_calls.iter().filter(|row| asked.remembers(day_of(row.delivery_day))) {
            covered.logging.extend_calls(row);
        }
        for row in self.logging_facts.iter().filter(|row| asked.remembers(day_of(row.delivery_day))) {
            covered.logging.extend_facts(row);
        }
        covered
    }
}

impl Covered {
    fn add_objects(&mut self, ledger: &Ledger, asked: &Asked<'_>) {
        let coverage = &mut self.coverage;
        for row in &ledger.objects {
            let key = row.key();
            if let Some(key) = key.filter(|key| key.in_layout && !asked.days.contains(key.day)) {
                let pruned = &mut self.arrivals.pruned;
                pruned.objects += 1;
                pruned.newest_day = pruned.newest_day.max(Some(key.day));
                if key.kind == KeyKind::CloudTrail {
                    pruned.places.insert((key.account_id, key.region));
                }
                continue;
            }
            coverage.objects_found += 1;
            if row.broken_records > 0 {
                *coverage.broken_in.entry(row.name.clone()).or_default() += row.broken_records;
            }
            match row.fate.as_str() {
                READ => coverage.objects_read += 1,
                DAMAGED => coverage.objects_damaged += 1,
                FAILED => coverage.objects_failed += 1,
                _ => *coverage.objects_skipped.entry(row.why.clone()).or_default() += 1,
            }
            if [DAMAGED, FAILED].contains(&row.fate.as_str()) {
                coverage.failures.push(Failure { object: row.name.clone(), why: row.why.clone() });
            }
        }
        for row in ledger.unread.iter().filter(|row| asked.remembers(day_of(row.delivery_day))) {
            *coverage.proof.unread.entry(row.account_id.clone()).or_default() += row.count;
        }
    }

    fn add_delivery(&mut self, row: &DeliveryRow) {
        let coverage = &mut self.coverage;
        coverage.bytes_compressed += row.bytes_compressed;
        coverage.bytes_json += row.bytes_json;
        coverage.lossy_objects += row.lossy_objects;
        coverage.events += row.events;
        coverage.events_without_time += row.events_without_time;
        coverage.events_unbelievable_time += row.events_unbelievable_time;
        coverage.late_events += row.late_events;
        coverage.aside_records += row.aside_records;
        coverage.malformed_records += row.malformed_records;
        coverage.broken_records += row.broken_records;
        if let (Some(first), Some(last)) = (row.unbelieved_first, row.unbelieved_last) {
            let (known_first, known_last) = coverage.unbelieved_times.unwrap_or((EventTime(first), EventTime(last)));
            coverage.unbelieved_times = Some((known_first.min(EventTime(first)), known_last.max(EventTime(last))));
        }
        self.newest_event = self.newest_event.max(row.newest_event.map(EventTime));
    }

    /// Adds what counts. What else was read lies outside the window.
    fn add_days(&mut self, ledger: &Ledger, asked: &Asked<'_>) {
        let coverage = &mut self.coverage;
        for row in ledger.event_days.iter().filter(|row| row.is_inside(asked.window) == Some(true)) {
            let all = row.events + row.duplicate_events;
            coverage.events_in_window += all;
            if !asked.has_account(&row.account_id) {
                coverage.events_filtered += all;
                continue;
            }
            coverage.events_counted += row.events;
            coverage.duplicate_events += row.duplicate_events;
            coverage.updated_events += row.updated_events;
            coverage.read_only_events += row.read_only_events;
            coverage.first_event = [coverage.first_event, row.first_event.map(EventTime)].into_iter().flatten().min();
            coverage.last_event = coverage.last_event.max(row.last_event.map(EventTime));
            if row.events > 0 && !row.account_id.is_empty() {
                coverage.accounts.insert(row.account_id.clone());
            }
        }
        let timed = coverage.events_in_window;
        coverage.events_out_of_window = coverage.events.saturating_sub(coverage.events_without_time + timed);
        // Events of the window that were delivered later than a scan would read are there all the same.
        coverage.events = timed + coverage.events_out_of_window + coverage.events_without_time;
    }

    fn add_names(&mut self, ledger: &Ledger, asked: &Asked<'_>) {
        let counts =
            |row: &&EventDayRow| asked.has_account(&row.account_id) && row.is_inside(asked.window) == Some(true);
        let counted: BTreeSet<(&str, Option<i64>)> =
            ledger.event_days.iter().filter(counts).map(|row| (row.account_id.as_str(), row.event_day)).collect();
        for row in &ledger.event_day_names {
            match row.what.as_str() {
                _ if !counted.contains(&(row.account_id.as_str(), row.event_day)) => {}
                REGION if !row.name.is_empty() => drop(self.coverage.regions.insert(row.name.clone())),
                MANAGEMENT | READS => {
                    let day = row.event_day.and_then(|day| i32::try_from(day).ok()).map(Day);
                    let place = (row.account_id.clone(), row.name.clone());
                    self.coverage.proof.add_recorded(day.map(|day| (place, day, row.what == READS)));
                }
                CATEGORY => *self.coverage.categories.entry(row.name.clone()).or_default() += row.events,
                _ => {}
            }
        }
    }

    fn add_beside(&mut self, ledger: &Ledger, asked: &Asked<'_>) {
        let (coverage, arrivals) = (&mut self.coverage, &mut self.arrivals);
        for row in &ledger.beside {
            let failure = || ListingFailure { object: row.name.clone(), why: row.why.clone() };
            match row.what.as_str() {
                UNLISTED => {
                    coverage.objects_found += 1;
                    coverage.objects_failed += 1;
                    coverage.proof.not_read(account_of_place(&row.name));
                    coverage.failures.push(Failure { object: row.name.clone(), why: row.why.clone() });
                }
                FAILED_PLACE => arrivals.failures.push(failure()),
                SKIPPED_ENTRY => {
                    coverage.objects_found += row.count;
                    *coverage.objects_skipped.entry(row.name.clone()).or_default() += row.count;
                }
                PRUNED => {
                    arrivals.pruned.objects += row.count;
                    arrivals.pruned.newest_day = arrivals.pruned.newest_day.max(day_of(row.newest_day));
                }
                REGIONS_LISTED => arrivals.regions_listed += row.count,
                // Of all days: which of two contents was seen first is chance.
                CONFLICTING_IDS => coverage.conflicting_ids += row.count,
                KNOWN_PLACE => arrivals.delivered.begin((row.name.clone(), row.why.clone())),
                OCSF | OCSF_LACKING | OCSF_LOST if !asked.remembers(day_of(row.newest_day)) => {}
                OCSF => coverage.ocsf.events += row.count,
                OCSF_LACKING => coverage.ocsf.lacking += row.count,
                OCSF_LOST => coverage.ocsf.lost.extend(Lost::known(&row.name)),
                WARNING => arrivals.warnings.push(row.name.clone()),
                _ => {}
            }
        }
        for row in &ledger.delivery_days {
            let day = day_of(row.delivery_day);
            if day.is_some_and(|day| !asked.days.contains(day)) {
                continue;
            }
            arrivals.delivered.add(DeliveryDay {
                place: (row.account_id.clone(), row.region.clone()),
                day,
                has_logs: row.has_logs,
                hours: [row.hours_by_end, row.hours_before].map(|hours| hours as u32),
                of_organization: row.of_organization && day.is_some(),
            });
        }
    }
}

impl LoggingNotes {
    /// Takes in a call that was saved. One whose words are not known here is of a later version, which is refused before.
    fn extend_calls(&mut self, row: &LoggingCallRow) {
        let words = (
            LoggingEffect::parse(&row.effect),
            LoggingObject::parse(&row.object),
            LoggingReach::parse(&row.reach),
            LoggingCondition::parse(&row.condition),
        );
        let (Some(effect), Some(object), Some(reach), Some(condition)) = words else { return };
        let call = LoggingCall {
            event: row.event.clone(),
            effect,
            object,
            name: row.name.clone(),
            home: row.home_account_id.clone(),
            reach,
            condition,
            bucket: row.bucket.clone(),
        };
        self.add_call(NotedCall {
            moment: row.moment.map(EventTime),
            time: row.time.map(EventTime),
            account_id: row.account_id.clone(),
            actor: row.actor.clone(),
            call,
        });
    }

    fn extend_facts(&mut self, row: &LoggingFactRow) {
        if let Some(kind) = FactKind::parse(&row.fact) {
            let fact = TrailFact::new(kind, &row.name, &row.home_account_id);
            self.add_fact(TrailFact { time: row.time.map(EventTime), ..fact });
        }
    }
}
