//! The saved form of [`Principals`]: a table a set, each row led by the principal and account it belongs to.

use super::super::{Batch, BatchError, Reader, Sym, SymSet, Symbols};
use super::{PrincipalUse, Principals, SessionRef};
use crate::model::EventTime;

/// A plain set of texts of a row: the table and column it is saved under, and where it lives.
struct TextSet {
    table: &'static str,
    column: &'static str,
    of: fn(&PrincipalUse) -> &SymSet,
    of_mut: fn(&mut PrincipalUse) -> &mut SymSet,
}

static TEXT_SETS: [TextSet; 6] = [
    TextSet { table: "principal_types", column: "type", of: |row| &row.types, of_mut: |row| &mut row.types },
    TextSet {
        table: "principal_ids",
        column: "principal_id",
        of: |row| &row.principal_ids,
        of_mut: |row| &mut row.principal_ids,
    },
    TextSet {
        table: "principal_access_keys",
        column: "access_key_id",
        of: |row| &row.access_keys,
        of_mut: |row| &mut row.access_keys,
    },
    TextSet { table: "principal_sources", column: "source", of: |row| &row.sources, of_mut: |row| &mut row.sources },
    TextSet {
        table: "principal_services",
        column: "service",
        of: |row| &row.services,
        of_mut: |row| &mut row.services,
    },
    TextSet { table: "principal_regions", column: "region", of: |row| &row.regions, of_mut: |row| &mut row.regions },
];

/// All tables of `principals`.
pub(super) fn save(principals: &Principals, symbols: &Symbols) -> Vec<Batch> {
    let rows = &principals.rows;
    let mut batches = vec![uses(rows, symbols), sessions(rows, symbols), events(rows, symbols), hours(rows, symbols)];
    for set in &TEXT_SETS {
        let cells = cells_of(rows, |row| (set.of)(row).iter());
        let batch = led(set.table, &cells, symbols);
        batches.push(batch.texts(set.column, cells.iter().map(|(_, text)| Some(symbols.text(*text)))));
    }
    batches
}

/// Adds all tables to `principals`.
pub(super) fn load(principals: &mut Principals, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    load_uses(principals, Reader::of(batches, "principals")?, symbols)?;
    load_sessions(principals, Reader::of(batches, "principal_sessions")?, symbols)?;
    load_events(principals, Reader::of(batches, "principal_events")?, symbols)?;
    load_hours(principals, Reader::of(batches, "principal_hours")?, symbols)?;
    for set in &TEXT_SETS {
        let table = Reader::of(batches, set.table)?;
        let texts = table.full_texts(set.column)?;
        for (row, text) in leads(principals, table, symbols)?.into_iter().zip(texts) {
            (set.of_mut)(&mut principals.rows[row]).insert(symbols.intern(text));
        }
    }
    Ok(())
}

fn uses(rows: &[PrincipalUse], symbols: &Symbols) -> Batch {
    Batch::new("principals")
        .texts("principal", rows.iter().map(|row| Some(symbols.text(row.principal))))
        .texts("account_id", rows.iter().map(|row| Some(symbols.text(row.account))))
        .ints("events", rows.iter().map(|row| Some(row.tally.events)))
        .ints("errors", rows.iter().map(|row| Some(row.tally.errors)))
        .ints("denied", rows.iter().map(|row| Some(row.tally.denied)))
        .spans(rows.iter().map(|row| row.span))
}

fn load_uses(principals: &mut Principals, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (events, errors, denied) = (table.full_ints("events")?, table.full_ints("errors")?, table.full_ints("denied")?);
    let spans = table.spans()?;
    for (i, row) in leads(principals, table, symbols)?.into_iter().enumerate() {
        let row = &mut principals.rows[row];
        row.tally.events += events[i];
        row.tally.errors += errors[i];
        row.tally.denied += denied[i];
        row.span.merge(spans[i]);
    }
    Ok(())
}

fn sessions(rows: &[PrincipalUse], symbols: &Symbols) -> Batch {
    let cells = cells_of(rows, |row| row.sessions.iter().copied());
    led("principal_sessions", &cells, symbols)
        .texts("session_of", cells.iter().map(|(_, session)| Some(symbols.text(session.id))))
        .ints("created", cells.iter().map(|(_, session)| session.created.map(|time| time.0)))
}

fn load_sessions(principals: &mut Principals, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (ids, created) = (table.full_texts("session_of")?, table.ints("created")?);
    for (i, row) in leads(principals, table, symbols)?.into_iter().enumerate() {
        let session = SessionRef { id: symbols.intern(ids[i]), created: created[i].map(EventTime) };
        principals.rows[row].sessions.insert(session);
    }
    Ok(())
}

fn events(rows: &[PrincipalUse], symbols: &Symbols) -> Batch {
    let cells = cells_of(rows, |row| row.event_names.iter());
    led("principal_events", &cells, symbols)
        .texts("event_name", cells.iter().map(|(_, (name, _))| Some(symbols.text(*name))))
        .ints("events", cells.iter().map(|(_, (_, count))| Some(*count)))
}

fn load_events(principals: &mut Principals, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (names, counts) = (table.full_texts("event_name")?, table.full_ints("events")?);
    for (i, row) in leads(principals, table, symbols)?.into_iter().enumerate() {
        principals.rows[row].event_names.add(symbols.intern(names[i]), counts[i]);
    }
    Ok(())
}

fn hours(rows: &[PrincipalUse], symbols: &Symbols) -> Batch {
    let cells = cells_of(rows, |row| row.hours.iter());
    led("principal_hours", &cells, symbols).ints("hour", cells.iter().map(|(_, hour)| Some(i64::from(hour.0))))
}

fn load_hours(principals: &mut Principals, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let hours = table.full_ints("hour")?;
    for (i, row) in leads(principals, table, symbols)?.into_iter().enumerate() {
        let hour = EventTime::from_seconds(hours[i].saturating_mul(3600)).hour();
        if i64::from(hour.0) != hours[i] {
            return Err(table.bad_cell("hour", i, "is not an hour since 1970"));
        }
        principals.rows[row].hours.insert(hour);
    }
    Ok(())
}

/// Every member of a row's set, with the row.
fn cells_of<'a, T, I: Iterator<Item = T>>(
    rows: &'a [PrincipalUse],
    members: impl Fn(&'a PrincipalUse) -> I,
) -> Vec<(&'a PrincipalUse, T)> {
    rows.iter().flat_map(|row| members(row).map(move |member| (row, member))).collect()
}

/// A table led by the principal and account of each cell's row.
fn led<T>(table: &str, cells: &[(&PrincipalUse, T)], symbols: &Symbols) -> Batch {
    Batch::new(table)
        .texts("principal", cells.iter().map(|(row, _)| Some(symbols.text(row.principal))))
        .texts("account_id", cells.iter().map(|(row, _)| Some(symbols.text(row.account))))
}

/// The rows, made when new, that the lines of a table belong to.
fn leads(principals: &mut Principals, table: Reader<'_>, symbols: &mut Symbols) -> Result<Vec<usize>, BatchError> {
    let (names, accounts): (Vec<&str>, Vec<&str>) = (table.full_texts("principal")?, table.full_texts("account_id")?);
    let pairs: Vec<(Sym, Sym)> =
        names.iter().zip(accounts).map(|(name, account)| (symbols.intern(name), symbols.intern(account))).collect();
    Ok(pairs.into_iter().map(|(name, account)| principals.row(name, account)).collect())
}
