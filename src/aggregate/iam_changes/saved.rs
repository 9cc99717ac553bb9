//! Changes of IAM as column batches: one table of counts, and one each for addresses, access keys and moments.

use super::act::TargetKind;
use super::event::IamEvent;
use super::key::{Granted, Key, Outcome};
use super::{IamChange, IamChanges, KIND};
use crate::aggregate::{Batch, BatchError, Reader, SymSet, Symbols};
use crate::model::{EventTime, PolicyClass};

const ADDRESSES: &str = "iam_change_addresses";
const ACCESS_KEYS: &str = "iam_change_access_keys";
const MOMENTS: &str = "iam_change_moments";

pub(super) fn save(rows: &[IamChange], symbols: &Symbols) -> Vec<Batch> {
    let changes = keyed(KIND.name, rows.iter(), symbols)
        .ints("events", rows.iter().map(|row| Some(row.events)))
        .spans(rows.iter().map(|row| row.span));
    let addresses = members(ADDRESSES, "source_address", |row| &row.addresses, (rows, symbols));
    let access_keys = members(ACCESS_KEYS, "access_key_id", |row| &row.access_keys, (rows, symbols));
    let moments: Vec<_> = rows.iter().flat_map(|row| row.moments.iter().map(move |time| (row, time.0))).collect();
    let moments = keyed(MOMENTS, moments.iter().map(|(row, _)| *row), symbols)
        .ints("time", moments.iter().map(|&(_, time)| Some(time)));
    vec![changes, addresses, access_keys, moments]
}

/// A row for each member of a set of each change.
fn members(
    table: &str,
    column: &str,
    set: fn(&IamChange) -> &SymSet,
    (rows, symbols): (&[IamChange], &Symbols),
) -> Batch {
    let members: Vec<_> = rows.iter().flat_map(|row| set(row).iter().map(move |sym| (row, sym))).collect();
    keyed(table, members.iter().map(|(row, _)| *row), symbols)
        .texts(column, members.iter().map(|&(_, sym)| Some(symbols.text(sym))))
}

fn keyed<'a>(table: &str, rows: impl Iterator<Item = &'a IamChange> + Clone, symbols: &'a Symbols) -> Batch {
    let keys = || rows.clone().map(|row| row.key);
    Batch::new(table)
        .texts("account_id", keys().map(|key| Some(symbols.text(key.account_id))))
        .texts("event", keys().map(|key| Some(key.event.name())))
        .texts("actor", keys().map(|key| Some(symbols.text(key.actor))))
        .texts("target_kind", keys().map(|key| Some(key.target_kind.as_str())))
        .texts("target", keys().map(|key| Some(symbols.text(key.target))))
        .texts("policy", keys().map(|key| Some(symbols.text(key.policy))))
        .texts("version", keys().map(|key| Some(symbols.text(key.version))))
        .texts("invoked_by", keys().map(|key| Some(symbols.text(key.invoked_by))))
        .texts("policy_class", keys().map(|key| Some(key.policy_class.as_str())))
        .texts("grant", keys().map(|key| Some(key.granted.as_str())))
        .texts("outcome", keys().map(|key| Some(key.outcome.as_str())))
}

pub(super) fn load(into: &mut IamChanges, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    let table = Reader::of(batches, KIND.name)?;
    let (events, spans) = (table.full_ints("events")?, table.spans()?);
    for (i, key) in keys(table, symbols)?.into_iter().enumerate() {
        let row = into.row(key);
        row.events += events[i];
        row.span.merge(spans[i]);
    }
    let table = Reader::of(batches, ADDRESSES)?;
    let keys_of_addresses = keys(table, symbols)?;
    for (key, address) in keys_of_addresses.into_iter().zip(table.full_texts("source_address")?) {
        into.row(key).addresses.insert(symbols.intern(address));
    }
    // States of before this table was made do not have it.
    if let Ok(table) = Reader::of(batches, ACCESS_KEYS) {
        let keys_of_access_keys = keys(table, symbols)?;
        for (key, access_key) in keys_of_access_keys.into_iter().zip(table.full_texts("access_key_id")?) {
            into.row(key).access_keys.insert(symbols.intern(access_key));
        }
    }
    let table = Reader::of(batches, MOMENTS)?;
    for (key, time) in keys(table, symbols)?.into_iter().zip(table.full_ints("time")?) {
        into.row(key).moments.insert(EventTime(time));
    }
    Ok(())
}

/// The key of each row of `table`.
fn keys(table: Reader<'_>, symbols: &mut Symbols) -> Result<Vec<Key>, BatchError> {
    let names = ["account_id", "actor", "target", "policy"].map(|name| table.full_texts(name));
    let [accounts, actors, targets, policies] = names;
    let (accounts, actors, targets, policies) = (accounts?, actors?, targets?, policies?);
    let (versions, services) = (later(table, "version")?, later(table, "invoked_by")?);
    let (kinds, classes) = (table.full_texts("target_kind")?, table.full_texts("policy_class")?);
    let (events, grants, outcomes) =
        (table.full_texts("event")?, table.full_texts("grant")?, table.full_texts("outcome")?);
    (0..table.rows())
        .map(|i| {
            let bad = |column| move || table.bad_cell(column, i, "is not a word that is known here");
            let target_kind = TargetKind::parse(kinds[i]).ok_or_else(bad("target_kind"))?;
            Ok(Key {
                account_id: symbols.intern(accounts[i]),
                event: IamEvent::about(events[i], target_kind).ok_or_else(bad("event"))?,
                actor: symbols.intern(actors[i]),
                target_kind,
                target: symbols.intern(targets[i]),
                policy: symbols.intern(policies[i]),
                version: symbols.intern(versions[i]),
                invoked_by: symbols.intern(services[i]),
                policy_class: PolicyClass::parse(classes[i]).ok_or_else(bad("policy_class"))?,
                granted: Granted::parse(grants[i]).ok_or_else(bad("grant"))?,
                outcome: Outcome::parse(outcomes[i]).ok_or_else(bad("outcome"))?,
            })
        })
        .collect()
}

/// A column that states saved before it was made do not have: empty there.
fn later<'a>(table: Reader<'a>, column: &str) -> Result<Vec<&'a str>, BatchError> {
    if table.texts(column).is_ok() { table.full_texts(column) } else { Ok(vec![""; table.rows()]) }
}
