//! Exact counts for pairs of texts on UTC days: the part that the aggregates by day share. Which pairs, they say.

use hashbrown::HashMap;

use super::{Batch, BatchError, Reader, Remap, Seen, Span, Sym, Symbols, Tally};
use crate::model::{Day, EventTime};

/// Hours of a day.
const HOURS_A_DAY: i32 = 24;

/// Two texts and a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayKey {
    /// The texts, in the order of the table's columns.
    pub texts: [Sym; 2],
    /// The day.
    pub day: Day,
}

/// What happened on that day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// Events and failures.
    pub tally: Tally,
    /// Events with readOnly true.
    pub read_only: i64,
    /// First and last event.
    pub span: Span,
    /// The UTC clock hours with an event, a bit an hour.
    hours: u32,
}

/// Counts by [`DayKey`]. Memory: some 100 bytes for each pair and day with an event.
#[derive(Clone, Debug, Default)]
pub struct DayTable {
    rows: HashMap<DayKey, DayCounts, ahash::RandomState>,
}

impl DayTable {
    /// Every pair and day with its counts, in no lasting order.
    pub fn rows(&self) -> impl Iterator<Item = (&DayKey, &DayCounts)> {
        self.rows.iter()
    }

    pub(super) fn count(&mut self, texts: [Sym; 2], time: EventTime, seen: &mut Seen<'_>) {
        let row = self.rows.entry(DayKey { texts, day: time.day() }).or_default();
        row.tally.merge(seen.tally());
        row.read_only += i64::from(seen.event.read_only == Some(true));
        row.span.see(time);
        row.hours |= 1 << time.hour().0.rem_euclid(HOURS_A_DAY);
    }

    pub(super) fn merge(&mut self, other: &Self, remap: &Remap) {
        for (key, counts) in &other.rows {
            let key = DayKey { texts: key.texts.map(|text| remap.of(text)), day: key.day };
            self.rows.entry(key).or_default().merge(counts);
        }
    }

    /// The rows as a table of that name; `columns` are what its two texts are called.
    pub(super) fn save(&self, table: &str, columns: [&str; 2], symbols: &Symbols) -> Batch {
        let (keys, counts) = (|| self.rows.keys(), || self.rows.values());
        let micros = |time: Option<EventTime>| time.map(|time| time.0);
        Batch::new(table)
            .texts(columns[0], keys().map(|key| Some(symbols.text(key.texts[0]))))
            .texts(columns[1], keys().map(|key| Some(symbols.text(key.texts[1]))))
            .ints("day", keys().map(|key| Some(i64::from(key.day.0))))
            .ints("events", counts().map(|counts| Some(counts.tally.events)))
            .ints("errors", counts().map(|counts| Some(counts.tally.errors)))
            .ints("denied", counts().map(|counts| Some(counts.tally.denied)))
            .ints("read_only", counts().map(|counts| Some(counts.read_only)))
            .ints("first_seen", counts().map(|counts| micros(counts.span.first())))
            .ints("last_seen", counts().map(|counts| micros(counts.span.last())))
            .ints("hours", counts().map(|counts| Some(i64::from(counts.hours))))
    }

    /// Adds what [`DayTable::save`] gave.
    pub(super) fn load(
        &mut self,
        table: Reader<'_>,
        columns: [&str; 2],
        symbols: &mut Symbols,
    ) -> Result<(), BatchError> {
        let texts = [table.full_texts(columns[0])?, table.full_texts(columns[1])?];
        let numbers = ["day", "events", "errors", "denied", "read_only", "first_seen", "last_seen", "hours"];
        let [day, events, errors, denied, read_only, first, last, hours] = {
            let mut read = Vec::with_capacity(numbers.len());
            for name in numbers {
                read.push(table.full_ints(name)?);
            }
            <[Vec<i64>; 8]>::try_from(read).expect("a column for each name")
        };
        for row in 0..table.rows() {
            let bad = |column, why| table.bad_cell(column, row, why);
            let day = i32::try_from(day[row]).map_err(|_| bad("day", "is not a day since 1970"))?;
            let hours = u32::try_from(hours[row]).ok().filter(|hours| hours >> HOURS_A_DAY == 0);
            let mut counts = DayCounts {
                tally: Tally { events: events[row], errors: errors[row], denied: denied[row] },
                read_only: read_only[row],
                span: Span::default(),
                hours: hours.ok_or_else(|| bad("hours", "has other bits than those of 24 hours"))?,
            };
            counts.span.see(EventTime(first[row]));
            counts.span.see(EventTime(last[row]));
            let texts = [symbols.intern(texts[0][row]), symbols.intern(texts[1][row])];
            self.rows.entry(DayKey { texts, day: Day(day) }).or_default().merge(&counts);
        }
        Ok(())
    }
}

impl DayCounts {
    /// Distinct UTC clock hours with an event.
    pub fn active_hours(&self) -> u32 {
        self.hours.count_ones()
    }

    /// Adds `other`, of the same day.
    pub fn merge(&mut self, other: &Self) {
        self.tally.merge(other.tally);
        self.read_only += other.read_only;
        self.span.merge(other.span);
        self.hours |= other.hours;
    }
}
