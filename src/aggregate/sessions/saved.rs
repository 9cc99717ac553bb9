//! Sessions as column batches: one table of counts, and one each for facts, addresses and VPC endpoints, which name their
//! session and access key by its natural key, so that files of several rollups can be queried together.

use std::sync::Arc;

use super::facts::{Facts, Key, TEXT_COLUMNS};
use super::places::{EndpointUse, Usage};
use super::session::Row;
use super::{KIND, Sessions};
use crate::aggregate::{Batch, BatchError, Reader, Span, Sym, Symbols, Tally};
use crate::model::EventTime;

const FACTS: &str = "session_facts";
const SOURCES: &str = "session_addresses";
const ENDPOINTS: &str = "session_vpc_endpoints";
/// The columns of [`Usage::to_numbers`].
const USAGE: [&str; 4] = ["usage_first", "usage_last", "usage_events", "usage_programs"];

pub(super) fn save(rows: &[Row], symbols: &Symbols) -> Vec<Batch> {
    let time = |time: Option<EventTime>| time.map(|time| time.0);
    let sessions = keyed(KIND.name, rows.iter(), symbols)
        .ints("events", rows.iter().map(|row| Some(row.tally.events)))
        .ints("errors", rows.iter().map(|row| Some(row.tally.errors)))
        .ints("denied", rows.iter().map(|row| Some(row.tally.denied)))
        .ints("first_seen", rows.iter().map(|row| time(row.span.first())))
        .ints("last_seen", rows.iter().map(|row| time(row.span.last())))
        .ints("in_console", rows.iter().map(|row| Some(i64::from(row.in_console))));
    vec![sessions, save_facts(rows, symbols), save_sources(rows, symbols), save_endpoints(rows, symbols)]
}

fn save_sources(rows: &[Row], symbols: &Symbols) -> Batch {
    let pairs: Vec<(&Row, (Sym, &Usage))> =
        rows.iter().flat_map(|row| row.sources.iter().map(move |source| (row, source))).collect();
    let texts = pairs.iter().map(|&(_, (source, _))| Some(symbols.text(source)));
    let batch = keyed(SOURCES, pairs.iter().map(|&(row, _)| row), symbols).texts("source_address", texts);
    with_usage(batch, &pairs.iter().map(|&(_, (_, usage))| *usage).collect::<Vec<_>>())
}

fn save_endpoints(rows: &[Row], symbols: &Symbols) -> Batch {
    let pairs: Vec<(&Row, &EndpointUse)> =
        rows.iter().flat_map(|row| row.endpoints.iter().map(move |used| (row, used))).collect();
    let batch = keyed(ENDPOINTS, pairs.iter().map(|&(row, _)| row), symbols)
        .texts("vpc_endpoint_id", pairs.iter().map(|&(_, used)| Some(symbols.text(used.endpoint))))
        .texts("vpc_endpoint_account_id", pairs.iter().map(|&(_, used)| Some(symbols.text(used.owner))));
    with_usage(batch, &pairs.iter().map(|&(_, used)| used.usage).collect::<Vec<_>>())
}

fn with_usage(mut batch: Batch, usages: &[Usage]) -> Batch {
    for (place, name) in USAGE.iter().enumerate() {
        batch = batch.ints(name, usages.iter().map(|usage| Some(usage.to_numbers()[place])));
    }
    batch
}

fn save_facts(rows: &[Row], symbols: &Symbols) -> Batch {
    let pairs: Vec<(&Row, &Facts)> = rows.iter().flat_map(|row| row.facts.iter().map(move |f| (row, f))).collect();
    let facts = || pairs.iter().map(|&(_, facts)| facts);
    let mut batch = keyed(FACTS, pairs.iter().map(|&(row, _)| row), symbols);
    for (place, name) in TEXT_COLUMNS.iter().enumerate() {
        batch = batch.texts(name, facts().map(|facts| Some(symbols.text(facts.texts[place]))));
    }
    batch
        .ints("mfa_authenticated", facts().map(|facts| facts.mfa.map(i64::from)))
        .ints("assumed_root", facts().map(|facts| Some(i64::from(facts.assumed_root))))
        .ints("console_click", facts().map(|facts| Some(i64::from(facts.console_click))))
}

fn keyed<'a>(table: &str, rows: impl Iterator<Item = &'a Row> + Clone, symbols: &'a Symbols) -> Batch {
    Batch::new(table)
        .texts("principal_id", rows.clone().map(|row| Some(symbols.text(row.key.principal_id))))
        .ints("creation_date", rows.clone().map(|row| row.key.creation_date.map(|date| date.0)))
        .texts("access_key_id", rows.map(|row| Some(symbols.text(row.access_key))))
}

pub(super) fn load(into: &mut Sessions, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    load_counts(into, batches, symbols)?;
    load_facts(into, batches, symbols)?;
    load_sources(into, batches, symbols)?;
    load_endpoints(into, batches, symbols)
}

fn load_sources(into: &mut Sessions, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let places = places(into, batches, SOURCES, symbols)?;
    let table = Reader::of(batches, SOURCES)?;
    let (texts, usages) = (table.texts("source_address")?, usages(table)?);
    for (i, place) in places.into_iter().enumerate() {
        let source = symbols.intern(texts[i].as_deref().unwrap_or_default());
        into.rows[place].sources.entry(source).merge(&usages[i]);
    }
    Ok(())
}

fn load_endpoints(into: &mut Sessions, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let places = places(into, batches, ENDPOINTS, symbols)?;
    let table = Reader::of(batches, ENDPOINTS)?;
    let (ids, owners) = (table.texts("vpc_endpoint_id")?, table.texts("vpc_endpoint_account_id")?);
    let usages = usages(table)?;
    for (i, place) in places.into_iter().enumerate() {
        let mut sym = |cell: &Option<Arc<str>>| symbols.intern(cell.as_deref().unwrap_or_default());
        let (endpoint, owner) = (sym(&ids[i]), sym(&owners[i]));
        into.rows[place].endpoint(endpoint, owner).merge(&usages[i]);
    }
    Ok(())
}

fn usages(table: Reader<'_>) -> Result<Vec<Usage>, BatchError> {
    let columns = USAGE.iter().map(|name| table.ints(name)).collect::<Result<Vec<_>, _>>()?;
    let usage = |row: usize| Usage::of_numbers([0, 1, 2, 3].map(|column| columns[column][row].unwrap_or_default()));
    Ok((0..table.rows()).map(usage).collect())
}

fn load_counts(into: &mut Sessions, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let places = places(into, batches, KIND.name, symbols)?;
    let table = Reader::of(batches, KIND.name)?;
    let (events, errors, denied) = (table.ints("events")?, table.ints("errors")?, table.ints("denied")?);
    let (first, last, console) = (table.ints("first_seen")?, table.ints("last_seen")?, table.ints("in_console")?);
    for (i, place) in places.into_iter().enumerate() {
        let row = &mut into.rows[place];
        let count = |cells: &[Option<i64>]| cells[i].unwrap_or_default();
        row.tally.merge(Tally { events: count(events), errors: count(errors), denied: count(denied) });
        let mut span = Span::default();
        for time in [first[i], last[i]].into_iter().flatten() {
            span.see(EventTime(time));
        }
        row.span.merge(span);
        row.in_console |= count(console) == 1;
    }
    Ok(())
}

fn load_facts(into: &mut Sessions, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let places = places(into, batches, FACTS, symbols)?;
    let table = Reader::of(batches, FACTS)?;
    let texts = TEXT_COLUMNS.iter().map(|name| table.texts(name)).collect::<Result<Vec<_>, _>>()?;
    let mfa = table.ints("mfa_authenticated")?;
    let (assumed_root, console_click) = (table.ints("assumed_root")?, table.ints("console_click")?);
    for (i, place) in places.into_iter().enumerate() {
        let mut facts = Facts {
            texts: [Sym::EMPTY; TEXT_COLUMNS.len()],
            mfa: mfa[i].map(|flag| flag == 1),
            assumed_root: assumed_root[i] == Some(1),
            console_click: console_click[i] == Some(1),
        };
        for (text, cells) in facts.texts.iter_mut().zip(&texts) {
            *text = symbols.intern(cells[i].as_deref().unwrap_or_default());
        }
        into.rows[place].add_facts(facts);
    }
    Ok(())
}

/// The row in memory of each row of `table`.
fn places(
    into: &mut Sessions,
    batches: &[Batch],
    table: &str,
    symbols: &mut Symbols,
) -> Result<Vec<usize>, BatchError> {
    let table = Reader::of(batches, table)?;
    let (principals, dates) = (table.texts("principal_id")?, table.ints("creation_date")?);
    let access_keys = table.texts("access_key_id")?;
    let mut intern = |cell: &Option<Arc<str>>| symbols.intern(cell.as_deref().unwrap_or_default());
    Ok((0..table.rows())
        .map(|i| {
            let access_key = intern(&access_keys[i]);
            let key = Key::of_saved(intern(&principals[i]), dates[i].map(EventTime), access_key);
            into.row(key, access_key)
        })
        .collect())
}
