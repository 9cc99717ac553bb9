//! Root use as column batches: one table of counts, and one each for addresses, event names, created keys,
//! addresses that asked for a reset, and days.

use super::class::RootClass;
use super::use_row::{COUNT_COLUMNS, Key, RootUseRow};
use super::{KIND, RootUse};
use crate::aggregate::{Batch, BatchError, Reader, Sym, Symbols, Tally};
use crate::model::Day;

const ADDRESSES: &str = "root_use_addresses";
const EVENT_NAMES: &str = "root_use_event_names";
const CREATED_KEYS: &str = "root_use_created_keys";
const RESET_ADDRESSES: &str = "root_use_reset_addresses";
const DAYS: &str = "root_use_days";

pub(super) fn save(rows: &[RootUseRow], symbols: &Symbols) -> Vec<Batch> {
    let mut counts = keyed(KIND.name, rows.iter(), symbols)
        .ints("events", rows.iter().map(|row| Some(row.tally.events)))
        .ints("errors", rows.iter().map(|row| Some(row.tally.errors)))
        .ints("denied", rows.iter().map(|row| Some(row.tally.denied)))
        .spans(rows.iter().map(|row| row.span));
    for (place, name) in COUNT_COLUMNS.iter().enumerate() {
        counts = counts.ints(name, rows.iter().map(|row| Some(row.counts[place])));
    }
    let members = |table, column, of: &dyn Fn(&RootUseRow) -> Vec<(Sym, i64)>| {
        let all: Vec<_> = rows.iter().flat_map(|row| of(row).into_iter().map(move |member| (row, member))).collect();
        keyed(table, all.iter().map(|&(row, _)| row), symbols)
            .texts(column, all.iter().map(|&(_, (sym, _))| Some(symbols.text(sym))))
            .ints("events", all.iter().map(|&(_, (_, count))| Some(count)))
    };
    let addresses = members(ADDRESSES, "source_address", &|row| row.addresses.iter().map(|sym| (sym, 0)).collect());
    let names = members(EVENT_NAMES, "event_name", &|row| row.event_names.iter().collect());
    let keys = members(CREATED_KEYS, "created_key_id", &|row| row.created_keys.iter().map(|sym| (sym, 0)).collect());
    let resets =
        members(RESET_ADDRESSES, "source_address", &|row| row.reset_addresses.iter().map(|sym| (sym, 0)).collect());
    vec![counts, addresses, names, keys, resets, days(rows, symbols)]
}

fn days(rows: &[RootUseRow], symbols: &Symbols) -> Batch {
    let all: Vec<_> =
        rows.iter().flat_map(|row| row.days.iter().map(move |(day, events)| (row, day, events))).collect();
    keyed(DAYS, all.iter().map(|&(row, ..)| row), symbols)
        .ints("day", all.iter().map(|(_, day, _)| Some(i64::from(day.0))))
        .ints("events", all.iter().map(|&(.., &events)| Some(events)))
        .ints("used", all.iter().map(|(row, day, _)| Some(i64::from(row.used_days.contains(*day)))))
        .ints("tasks", all.iter().map(|(row, day, _)| Some(i64::from(row.task_days.contains(*day)))))
}

fn load_days(into: &mut RootUse, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let places = places(into, batches, DAYS, symbols)?;
    let table = Reader::of(batches, DAYS)?;
    let (days, events) = (table.full_ints("day")?, table.full_ints("events")?);
    let (used, tasks) = (table.full_ints("used")?, table.full_ints("tasks")?);
    for (i, place) in places.into_iter().enumerate() {
        let day = i32::try_from(days[i]).map_err(|_| table.bad_cell("day", i, "is not a day since 1970"))?;
        let row = &mut into.rows[place];
        *row.days.entry(Day(day)).or_default() += events[i];
        row.used_days.extend((used[i] > 0).then_some(Day(day)));
        row.task_days.extend((tasks[i] > 0).then_some(Day(day)));
    }
    Ok(())
}

fn keyed<'a>(table: &str, rows: impl Iterator<Item = &'a RootUseRow> + Clone, symbols: &'a Symbols) -> Batch {
    Batch::new(table)
        .texts("account_id", rows.clone().map(|row| Some(symbols.text(row.key.account_id))))
        .texts("class", rows.clone().map(|row| Some(row.key.class.as_str())))
        .texts("access_key_id", rows.map(|row| Some(symbols.text(row.key.access_key_id))))
}

pub(super) fn load(into: &mut RootUse, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    load_counts(into, batches, symbols)?;
    load_days(into, batches, symbols)?;
    for (table, column) in [
        (ADDRESSES, "source_address"),
        (EVENT_NAMES, "event_name"),
        (CREATED_KEYS, "created_key_id"),
        (RESET_ADDRESSES, "source_address"),
    ] {
        let places = places(into, batches, table, symbols)?;
        let reader = Reader::of(batches, table)?;
        let (texts, events) = (reader.texts(column)?, reader.ints("events")?);
        for (i, place) in places.into_iter().enumerate() {
            let sym = symbols.intern(texts[i].as_deref().unwrap_or_default());
            let row = &mut into.rows[place];
            match table {
                ADDRESSES => row.addresses.insert(sym),
                RESET_ADDRESSES => row.reset_addresses.insert(sym),
                EVENT_NAMES => row.event_names.add(sym, events[i].unwrap_or_default()),
                _ => row.created_keys.insert(sym),
            }
        }
    }
    Ok(())
}

fn load_counts(into: &mut RootUse, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let places = places(into, batches, KIND.name, symbols)?;
    let table = Reader::of(batches, KIND.name)?;
    let (events, errors, denied) = (table.ints("events")?, table.ints("errors")?, table.ints("denied")?);
    let spans = table.spans()?;
    let counts = COUNT_COLUMNS.iter().map(|name| table.ints(name)).collect::<Result<Vec<_>, _>>()?;
    for (i, place) in places.into_iter().enumerate() {
        let row = &mut into.rows[place];
        let number = |cells: &[Option<i64>]| cells[i].unwrap_or_default();
        row.tally.merge(Tally { events: number(events), errors: number(errors), denied: number(denied) });
        row.span.merge(spans[i]);
        for (count, cells) in row.counts.iter_mut().zip(&counts) {
            *count += number(cells);
        }
    }
    Ok(())
}

/// The row in memory of each row of `table`.
fn places(into: &mut RootUse, batches: &[Batch], table: &str, symbols: &mut Symbols) -> Result<Vec<usize>, BatchError> {
    let reader = Reader::of(batches, table)?;
    let (accounts, classes) = (reader.texts("account_id")?, reader.texts("class")?);
    let access_keys = reader.texts("access_key_id")?;
    (0..reader.rows())
        .map(|i| {
            let class = classes[i].as_deref().and_then(RootClass::parse);
            Ok(into.row(Key {
                account_id: symbols.intern(accounts[i].as_deref().unwrap_or_default()),
                class: class.ok_or_else(|| reader.bad_cell("class", i, "no class of root use"))?,
                access_key_id: symbols.intern(access_keys[i].as_deref().unwrap_or_default()),
            }))
        })
        .collect()
}
