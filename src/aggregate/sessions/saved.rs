//! Sessions as column batches: one table of counts, and one each for facts, access keys and addresses, which name their
//! session by its natural key, so that files of several rollups can be queried together.

use super::facts::{Facts, Key, TEXT_COLUMNS};
use super::session::Row;
use super::{KIND, Sessions};
use crate::aggregate::{Batch, BatchError, Reader, Span, Sym, Symbols, Tally};
use crate::model::EventTime;

const FACTS: &str = "session_facts";
const ACCESS_KEYS: &str = "session_access_keys";
const ADDRESSES: &str = "session_addresses";

pub(super) fn save(rows: &[Row], symbols: &Symbols) -> Vec<Batch> {
    let time = |time: Option<EventTime>| time.map(|time| time.0);
    let sessions = keyed(KIND.name, rows.iter(), symbols)
        .ints("events", rows.iter().map(|row| Some(row.tally.events)))
        .ints("errors", rows.iter().map(|row| Some(row.tally.errors)))
        .ints("denied", rows.iter().map(|row| Some(row.tally.denied)))
        .ints("first_seen", rows.iter().map(|row| time(row.span.first())))
        .ints("last_seen", rows.iter().map(|row| time(row.span.last())))
        .ints("in_console", rows.iter().map(|row| Some(i64::from(row.in_console))));
    let set = |name, members: fn(&Row) -> &crate::aggregate::SymSet, column| {
        let pairs: Vec<(&Row, Sym)> = rows.iter().flat_map(|r| members(r).iter().map(move |sym| (r, sym))).collect();
        let texts = pairs.iter().map(|&(_, sym)| Some(symbols.text(sym)));
        keyed(name, pairs.iter().map(|&(row, _)| row), symbols).texts(column, texts)
    };
    let keys = set(ACCESS_KEYS, |row| &row.access_keys, "session_access_key_id");
    let addresses = set(ADDRESSES, |row| &row.addresses, "source_address");
    vec![sessions, save_facts(rows, symbols), keys, addresses]
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
        .texts("access_key_id", rows.map(|row| Some(symbols.text(row.key.access_key_id))))
}

pub(super) fn load(into: &mut Sessions, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    load_counts(into, batches, symbols)?;
    load_facts(into, batches, symbols)?;
    for (table, column) in [(ACCESS_KEYS, "session_access_key_id"), (ADDRESSES, "source_address")] {
        let places = places(into, batches, table, symbols)?;
        let texts = Reader::of(batches, table)?.texts(column)?;
        for (place, text) in places.into_iter().zip(texts) {
            let sym = symbols.intern(text.as_deref().unwrap_or_default());
            let row = &mut into.rows[place];
            if table == ACCESS_KEYS { row.access_keys.insert(sym) } else { row.addresses.insert(sym) }
        }
    }
    Ok(())
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
    let mut intern = |cell: &Option<String>| symbols.intern(cell.as_deref().unwrap_or_default());
    Ok((0..table.rows())
        .map(|i| {
            into.row(Key {
                principal_id: intern(&principals[i]),
                creation_date: dates[i].map(EventTime),
                access_key_id: intern(&access_keys[i]),
            })
        })
        .collect())
}
