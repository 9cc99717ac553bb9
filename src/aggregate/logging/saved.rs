//! Changes of logging as column batches: a table of counts, one each for addresses and keys, and one of facts.

use super::{KIND, Key, LoggingChanges, LoggingRow};
use crate::aggregate::iam_changes::Outcome;
use crate::aggregate::{Batch, BatchError, Reader, Sym, SymSet, Symbols};
use crate::model::{EventTime, FactKind, LoggingCondition, LoggingEffect, LoggingObject, LoggingReach, TrailFact};

const ADDRESSES: &str = "logging_addresses";
const ACCESS_KEYS: &str = "logging_access_keys";
const FACTS: &str = "logging_trails";

pub(super) fn save(of: &LoggingChanges, symbols: &Symbols) -> Vec<Batch> {
    let rows = || of.rows.iter();
    let changes = keyed(KIND.name, rows(), symbols)
        .ints("events", rows().map(|row| Some(row.events)))
        .spans(rows().map(|row| row.span));
    let facts = || of.facts.iter();
    let facts = Batch::new(FACTS)
        .texts("fact", facts().map(|fact| Some(fact.kind.as_str())))
        .texts("name", facts().map(|fact| Some(fact.name.as_str())))
        .texts("home", facts().map(|fact| Some(fact.home.as_str())))
        .ints("time", facts().map(|fact| fact.time.map(|time| time.0)));
    let addresses = texts(ADDRESSES, "source_address", of, |row| &row.addresses, symbols);
    let access_keys = texts(ACCESS_KEYS, "access_key_id", of, |row| &row.access_keys, symbols);
    vec![changes, addresses, access_keys, facts]
}

/// A table with a row for each text of a set.
fn texts(table: &str, column: &str, all: &LoggingChanges, of: fn(&LoggingRow) -> &SymSet, symbols: &Symbols) -> Batch {
    let pairs: Vec<(&LoggingRow, Sym)> =
        all.rows.iter().flat_map(|row| of(row).iter().map(move |sym| (row, sym))).collect();
    keyed(table, pairs.iter().map(|(row, _)| *row), symbols)
        .texts(column, pairs.iter().map(|&(_, sym)| Some(symbols.text(sym))))
}

fn keyed<'a>(table: &str, rows: impl Iterator<Item = &'a LoggingRow> + Clone, symbols: &'a Symbols) -> Batch {
    let keys = || rows.clone().map(|row| row.key);
    let text = |of: fn(Key) -> Sym| keys().map(move |key| Some(symbols.text(of(key))));
    Batch::new(table)
        .texts("account_id", text(|key| key.account_id))
        .texts("actor", text(|key| key.actor))
        .ints("is_service_linked", keys().map(|key| Some(i64::from(key.is_service_linked))))
        .texts("event", text(|key| key.event))
        .texts("name", text(|key| key.name))
        .texts("home_account_id", text(|key| key.home))
        .texts("bucket", text(|key| key.bucket))
        .texts("effect", keys().map(|key| Some(key.effect.as_str())))
        .texts("object", keys().map(|key| Some(key.object.as_str())))
        .texts("reach", keys().map(|key| Some(key.reach.as_str())))
        .texts("condition", keys().map(|key| Some(key.condition.as_str())))
        .texts("outcome", keys().map(|key| Some(key.outcome.as_str())))
}

pub(super) fn load(into: &mut LoggingChanges, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let table = Reader::of(batches, KIND.name)?;
    let (events, spans) = (table.full_ints("events")?, table.spans()?);
    for (i, key) in keys(table, symbols)?.into_iter().enumerate() {
        let row = into.row(key);
        row.events += events[i];
        row.span.merge(spans[i]);
    }
    let table = Reader::of(batches, ADDRESSES)?;
    for (key, text) in keys(table, symbols)?.into_iter().zip(table.full_texts("source_address")?) {
        into.row(key).addresses.insert(symbols.intern(text));
    }
    let table = Reader::of(batches, ACCESS_KEYS)?;
    for (key, text) in keys(table, symbols)?.into_iter().zip(table.full_texts("access_key_id")?) {
        into.row(key).access_keys.insert(symbols.intern(text));
    }
    facts(into, Reader::of(batches, FACTS)?)
}

fn facts(into: &mut LoggingChanges, table: Reader<'_>) -> Result<(), BatchError> {
    let (names, homes, times) = (table.full_texts("name")?, table.full_texts("home")?, table.ints("time")?);
    for (i, word) in table.full_texts("fact")?.into_iter().enumerate() {
        let kind =
            FactKind::parse(word).ok_or_else(|| table.bad_cell("fact", i, "is not a word that is known here"))?;
        into.facts.insert(TrailFact { time: times[i].map(EventTime), ..TrailFact::new(kind, names[i], homes[i]) });
    }
    Ok(())
}

/// The key of each row of `table`.
fn keys(table: Reader<'_>, symbols: &mut Symbols) -> Result<Vec<Key>, BatchError> {
    let mut texts = Vec::new();
    for name in ["account_id", "actor", "event", "name", "home_account_id", "bucket"] {
        texts.push(table.full_texts(name)?);
    }
    let (effects, objects, reaches) =
        (table.full_texts("effect")?, table.full_texts("object")?, table.full_texts("reach")?);
    let (conditions, outcomes) = (table.full_texts("condition")?, table.full_texts("outcome")?);
    let linked = table.full_ints("is_service_linked")?;
    (0..table.rows())
        .map(|i| {
            let bad = |column| move || table.bad_cell(column, i, "is not a word that is known here");
            let mut text = |column: usize| symbols.intern(texts[column][i]);
            Ok(Key {
                account_id: text(0),
                actor: text(1),
                event: text(2),
                name: text(3),
                home: text(4),
                bucket: text(5),
                is_service_linked: linked[i] != 0,
                effect: LoggingEffect::parse(effects[i]).ok_or_else(bad("effect"))?,
                object: LoggingObject::parse(objects[i]).ok_or_else(bad("object"))?,
                reach: LoggingReach::parse(reaches[i]).ok_or_else(bad("reach"))?,
                condition: LoggingCondition::parse(conditions[i]).ok_or_else(bad("condition"))?,
                outcome: Outcome::parse(outcomes[i]).ok_or_else(bad("outcome"))?,
            })
        })
        .collect()
}
