//! Reads of secrets as column batches: a table of counts, and one each for hours, addresses and access keys.

use super::{KIND, Key, SecretRead, SecretReads};
use crate::aggregate::iam_changes::Outcome;
use crate::aggregate::{Batch, BatchError, Reader, SymSet, Symbols};
use crate::model::Hour;

const HOURS: &str = "secret_read_hours";
const ADDRESSES: &str = "secret_read_addresses";
const ACCESS_KEYS: &str = "secret_read_access_keys";

pub(super) fn save(rows: &[SecretRead], symbols: &Symbols) -> Vec<Batch> {
    let reads = keyed(KIND.name, rows.iter(), symbols)
        .ints("events", rows.iter().map(|row| Some(row.events)))
        .spans(rows.iter().map(|row| row.span));
    let hours: Vec<_> = rows.iter().flat_map(|row| row.hours.iter().map(move |hour| (row, hour))).collect();
    let hours = keyed(HOURS, hours.iter().map(|(row, _)| *row), symbols)
        .ints("hour", hours.iter().map(|&(_, hour)| Some(i64::from(hour.0))));
    let addresses = members(ADDRESSES, "source_address", |row| &row.addresses, (rows, symbols));
    let access_keys = members(ACCESS_KEYS, "access_key_id", |row| &row.access_keys, (rows, symbols));
    vec![reads, hours, addresses, access_keys]
}

/// A row for each member of a set of each read.
fn members(
    table: &str,
    column: &str,
    set: fn(&SecretRead) -> &SymSet,
    (rows, symbols): (&[SecretRead], &Symbols),
) -> Batch {
    let members: Vec<_> = rows.iter().flat_map(|row| set(row).iter().map(move |sym| (row, sym))).collect();
    keyed(table, members.iter().map(|(row, _)| *row), symbols)
        .texts(column, members.iter().map(|&(_, sym)| Some(symbols.text(sym))))
}

fn keyed<'a>(table: &str, rows: impl Iterator<Item = &'a SecretRead> + Clone, symbols: &'a Symbols) -> Batch {
    let keys = || rows.clone().map(|row| row.key);
    Batch::new(table)
        .texts("account_id", keys().map(|key| Some(symbols.text(key.account_id))))
        .texts("principal", keys().map(|key| Some(symbols.text(key.principal))))
        .texts("event", keys().map(|key| Some(symbols.text(key.event))))
        .texts("secret", keys().map(|key| Some(symbols.text(key.secret))))
        .texts("outcome", keys().map(|key| Some(key.outcome.as_str())))
}

pub(super) fn load(into: &mut SecretReads, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let table = Reader::of(batches, KIND.name)?;
    let (events, spans) = (table.full_ints("events")?, table.spans()?);
    for (i, key) in keys(table, symbols)?.into_iter().enumerate() {
        let row = into.row(key);
        row.events += events[i];
        row.span.merge(spans[i]);
    }
    let table = Reader::of(batches, HOURS)?;
    for (i, (key, hour)) in keys(table, symbols)?.into_iter().zip(table.full_ints("hour")?).enumerate() {
        let hour = i32::try_from(hour).map_err(|_| table.bad_cell("hour", i, "is no hour since 1970"))?;
        into.row(key).hours.insert(Hour(hour));
    }
    let table = Reader::of(batches, ADDRESSES)?;
    for (key, text) in keys(table, symbols)?.into_iter().zip(table.full_texts("source_address")?) {
        into.row(key).addresses.insert(symbols.intern(text));
    }
    let table = Reader::of(batches, ACCESS_KEYS)?;
    for (key, text) in keys(table, symbols)?.into_iter().zip(table.full_texts("access_key_id")?) {
        into.row(key).access_keys.insert(symbols.intern(text));
    }
    Ok(())
}

/// The key of each row of `table`.
fn keys(table: Reader<'_>, symbols: &mut Symbols) -> Result<Vec<Key>, BatchError> {
    let [accounts, principals, events, secrets] =
        ["account_id", "principal", "event", "secret"].map(|name| table.full_texts(name));
    let (accounts, principals, events, secrets) = (accounts?, principals?, events?, secrets?);
    let outcomes = table.full_texts("outcome")?;
    (0..table.rows())
        .map(|i| {
            let bad = || table.bad_cell("outcome", i, "is no word that is known here");
            Ok(Key {
                account_id: symbols.intern(accounts[i]),
                principal: symbols.intern(principals[i]),
                event: symbols.intern(events[i]),
                secret: symbols.intern(secrets[i]),
                outcome: Outcome::parse(outcomes[i]).ok_or_else(bad)?,
            })
        })
        .collect()
}
