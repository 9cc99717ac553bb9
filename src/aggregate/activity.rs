//! Activity: how much happened in each account on each UTC day, in which hours and regions.
//!
//! A row per account and day. Events of one object share their account and nearly always their day, so an event mostly
//! costs one compare and a few additions. Memory: one row, some 400 bytes, for each account and day with an event.

#[cfg(test)]
mod tests;

use hashbrown::HashMap;

use super::{Aggregate, AggregateKind, Batch, BatchError, Reader, Remap, Seen, Sym, SymCounts, Symbols, Tally};
use crate::model::Day;

/// Registers [`Activity`].
pub static KIND: AggregateKind = AggregateKind {
    name: "activity",
    summary: "events of each account and UTC day: errors, hours of the day, regions",
    empty: || Box::new(Activity::default()),
};

const REGIONS: &str = "activity_regions";
const HOURS: &str = "activity_hours";

/// Hours of a day.
const HOURS_A_DAY: usize = 24;

/// Every account and day with an event.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    rows: Vec<DayUse>,
    places: HashMap<(Sym, Day), u32, ahash::RandomState>,
    /// The row of the last event: the next one is mostly of the same account and day.
    last: usize,
}

/// What happened in one account on one day.
#[derive(Clone, Debug)]
pub struct DayUse {
    /// The account that the events are counted for; empty where no record says.
    pub account: Sym,
    /// The day.
    pub day: Day,
    /// Events and failures.
    pub tally: Tally,
    /// Events with readOnly true.
    pub read_only: i64,
    /// Events by `awsRegion`.
    pub regions: SymCounts,
    /// Events by UTC hour.
    pub hours: [i64; HOURS_A_DAY],
}

impl Activity {
    /// Every account and day, in no lasting order.
    pub fn rows(&self) -> &[DayUse] {
        &self.rows
    }

    fn row(&mut self, account: Sym, day: Day) -> usize {
        let next = self.rows.len() as u32;
        let place = *self.places.entry((account, day)).or_insert(next);
        if place == next {
            self.rows.push(DayUse::new(account, day));
        }
        place as usize
    }
}

impl Aggregate for Activity {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let event = seen.event;
        let Some(time) = event.event_time else { return };
        let (account, day) = (seen.account(), time.day());
        if !self.rows.get(self.last).is_some_and(|row| row.day == day && row.account == account) {
            self.last = self.row(account, day);
        }
        let (region, tally) = (seen.region(), seen.tally());
        let row = &mut self.rows[self.last];
        row.tally.merge(tally);
        row.read_only += i64::from(event.read_only == Some(true));
        row.regions.add(region, 1);
        row.hours[time.hour().0.rem_euclid(HOURS_A_DAY as i32) as usize] += 1;
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        for theirs in &other.rows {
            let place = self.row(remap.of(theirs.account), theirs.day);
            self.rows[place].merge(theirs, remap);
        }
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        let rows = &self.rows;
        let counts = keyed(KIND.name, rows.iter(), symbols)
            .ints("events", rows.iter().map(|row| Some(row.tally.events)))
            .ints("errors", rows.iter().map(|row| Some(row.tally.errors)))
            .ints("denied", rows.iter().map(|row| Some(row.tally.denied)))
            .ints("read_only", rows.iter().map(|row| Some(row.read_only)));
        let regions: Vec<_> = rows.iter().flat_map(|row| row.regions.iter().map(move |count| (row, count))).collect();
        let hours: Vec<_> = rows
            .iter()
            .flat_map(|row| row.hours.iter().enumerate().map(move |(hour, &events)| (row, hour, events)))
            .filter(|&(.., events)| events > 0)
            .collect();
        let regions = keyed(REGIONS, regions.iter().map(|&(row, _)| row), symbols)
            .texts("region", regions.iter().map(|&(_, (region, _))| Some(symbols.text(region))))
            .ints("events", regions.iter().map(|&(_, (_, events))| Some(events)));
        let hours = keyed(HOURS, hours.iter().map(|&(row, ..)| row), symbols)
            .ints("hour", hours.iter().map(|&(_, hour, _)| i64::try_from(hour).ok()))
            .ints("events", hours.iter().map(|&(.., events)| Some(events)));
        vec![counts, regions, hours]
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        let table = Reader::of(batches, KIND.name)?;
        let (events, errors) = (table.full_ints("events")?, table.full_ints("errors")?);
        let (denied, read_only) = (table.full_ints("denied")?, table.full_ints("read_only")?);
        for (i, place) in self.places_of(table, symbols)?.into_iter().enumerate() {
            let row = &mut self.rows[place];
            row.tally.merge(Tally { events: events[i], errors: errors[i], denied: denied[i] });
            row.read_only += read_only[i];
        }
        let table = Reader::of(batches, REGIONS)?;
        let (regions, events) = (table.full_texts("region")?, table.full_ints("events")?);
        for (i, place) in self.places_of(table, symbols)?.into_iter().enumerate() {
            self.rows[place].regions.add(symbols.intern(regions[i]), events[i]);
        }
        let table = Reader::of(batches, HOURS)?;
        let (hours, events) = (table.full_ints("hour")?, table.full_ints("events")?);
        for (i, place) in self.places_of(table, symbols)?.into_iter().enumerate() {
            let hour = usize::try_from(hours[i]).ok().filter(|&hour| hour < HOURS_A_DAY);
            let hour = hour.ok_or_else(|| table.bad_cell("hour", i, "is not an hour of a day"))?;
            self.rows[place].hours[hour] += events[i];
        }
        Ok(())
    }
}

impl Activity {
    /// The row in memory of each row of `table`.
    fn places_of(&mut self, table: Reader<'_>, symbols: &mut Symbols) -> Result<Vec<usize>, BatchError> {
        let (accounts, days) = (table.full_texts("account_id")?, table.full_ints("day")?);
        let mut places = Vec::with_capacity(table.rows());
        for (i, account) in accounts.into_iter().enumerate() {
            let day = i32::try_from(days[i]).map_err(|_| table.bad_cell("day", i, "is not a day since 1970"))?;
            places.push(self.row(symbols.intern(account), Day(day)));
        }
        Ok(places)
    }
}

fn keyed<'a>(table: &str, rows: impl Iterator<Item = &'a DayUse> + Clone, symbols: &'a Symbols) -> Batch {
    Batch::new(table)
        .texts("account_id", rows.clone().map(|row| Some(symbols.text(row.account))))
        .ints("day", rows.map(|row| Some(i64::from(row.day.0))))
}

impl DayUse {
    fn new(account: Sym, day: Day) -> Self {
        Self {
            account,
            day,
            tally: Tally::default(),
            read_only: 0,
            regions: SymCounts::default(),
            hours: [0; HOURS_A_DAY],
        }
    }

    fn merge(&mut self, other: &Self, remap: &Remap) {
        self.tally.merge(other.tally);
        self.read_only += other.read_only;
        self.regions.merge(&other.regions, remap);
        for (ours, theirs) in self.hours.iter_mut().zip(other.hours) {
            *ours += theirs;
        }
    }
}
