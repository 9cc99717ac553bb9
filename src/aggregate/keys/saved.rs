//! The saved form of [`Keys`]: a table a level, each row led by the access key id it belongs to.

use super::super::{Batch, BatchError, Reader, Span, Sym, SymMap, Symbols};
use super::{Change, Creation, KeyStatus, KeyUse, Keys, SourceUse};
use crate::model::{EventTime, Hour};

const KEY: &str = "access_key_id";
const CREATED: &str = "created";
const CHANGED: &str = "changed";

/// All tables of `keys`.
pub(super) fn save(keys: &Keys, symbols: &Symbols) -> Vec<Batch> {
    vec![
        uses(keys, symbols),
        holders(keys, symbols),
        sources(keys, symbols),
        hours(keys, symbols),
        agents(keys, symbols),
        endpoint_owners(keys, symbols),
        regions(keys, symbols),
        creations(keys, symbols),
        changes(keys, symbols),
        counted(keys, symbols),
        accounts(keys, symbols),
    ]
}

/// Adds all tables to `keys`.
pub(super) fn load(keys: &mut Keys, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
    load_uses(keys, Reader::of(batches, "keys")?, symbols)?;
    load_holders(keys, Reader::of(batches, "key_holders")?, symbols)?;
    load_sources(keys, Reader::of(batches, "key_sources")?, symbols)?;
    load_hours(keys, Reader::of(batches, "key_source_hours")?, symbols)?;
    load_agents(keys, Reader::of(batches, "key_user_agents")?, symbols)?;
    load_endpoint_owners(keys, Reader::of(batches, "key_endpoint_owners")?, symbols)?;
    load_regions(keys, Reader::of(batches, "key_regions")?, symbols)?;
    load_creations(keys, Reader::of(batches, "key_creations")?, symbols)?;
    load_changes(keys, Reader::of(batches, "key_changes")?, symbols)?;
    load_counted(keys, Reader::of(batches, "key_counted")?, symbols)?;
    load_accounts(keys, Reader::of(batches, "key_log_accounts")?, symbols)
}

fn uses(keys: &Keys, symbols: &Symbols) -> Batch {
    let rows = &keys.rows;
    Batch::new("keys")
        .texts(KEY, rows.iter().map(|row| Some(symbols.text(row.key))))
        .ints("events", rows.iter().map(|row| Some(row.tally.events)))
        .ints("errors", rows.iter().map(|row| Some(row.tally.errors)))
        .ints("denied", rows.iter().map(|row| Some(row.tally.denied)))
        .spans(rows.iter().map(|row| row.span))
        .ints("first_success", rows.iter().map(|row| micros(row.successes.first())))
        .ints("last_success", rows.iter().map(|row| micros(row.successes.last())))
}

fn load_uses(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (events, errors, denied) = (table.full_ints("events")?, table.full_ints("errors")?, table.full_ints("denied")?);
    let spans = table.spans()?;
    let (first_success, last_success) = (table.ints("first_success")?, table.ints("last_success")?);
    for (i, key) in table.full_texts(KEY)?.into_iter().enumerate() {
        let row = row_of(keys, symbols.intern(key));
        row.tally.events += events[i];
        row.tally.errors += errors[i];
        row.tally.denied += denied[i];
        row.span.merge(spans[i]);
        for time in [first_success[i], last_success[i]].into_iter().flatten() {
            row.successes.see(EventTime(time));
        }
    }
    Ok(())
}

fn holders(keys: &Keys, symbols: &Symbols) -> Batch {
    let key_of = |row: u32| symbols.text(keys.rows[row as usize].key);
    Batch::new("key_holders")
        .texts(KEY, keys.holders.iter().map(|holder| Some(key_of(holder.row))))
        .texts("principal", keys.holders.iter().map(|holder| Some(symbols.text(holder.principal))))
        .texts("account_id", keys.holders.iter().map(|holder| Some(symbols.text(holder.account))))
        .ints("events", keys.holders.iter().map(|holder| Some(holder.events)))
}

fn load_holders(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (principals, accounts) = (table.full_texts("principal")?, table.full_texts("account_id")?);
    let events = table.full_ints("events")?;
    for (i, key) in table.full_texts(KEY)?.into_iter().enumerate() {
        let (principal, account) = (symbols.intern(principals[i]), symbols.intern(accounts[i]));
        let place = keys.holder(symbols.intern(key), principal, account);
        keys.holders[place].events += events[i];
    }
    Ok(())
}

fn sources(keys: &Keys, symbols: &Symbols) -> Batch {
    let rows: Vec<(Sym, Sym, &SourceUse)> =
        keys.rows.iter().flat_map(|row| row.sources.iter().map(|(source, used)| (row.key, source, used))).collect();
    Batch::new("key_sources")
        .texts(KEY, rows.iter().map(|row| Some(symbols.text(row.0))))
        .texts("source", rows.iter().map(|row| Some(symbols.text(row.1))))
        .ints("events", rows.iter().map(|row| Some(row.2.events)))
        .spans(rows.iter().map(|row| row.2.span))
        .ints("via_vpc_endpoint", rows.iter().map(|row| Some(i64::from(row.2.via_vpc_endpoint))))
        .ints("identity_checks", rows.iter().map(|row| Some(row.2.identity_checks)))
}

fn load_sources(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (sources, events) = (table.full_texts("source")?, table.full_ints("events")?);
    let spans = table.spans()?;
    let via_vpc_endpoint = table.full_ints("via_vpc_endpoint")?;
    let identity_checks = table.full_ints("identity_checks")?;
    for (i, key) in table.full_texts(KEY)?.into_iter().enumerate() {
        let source = row_of(keys, symbols.intern(key)).sources.entry(symbols.intern(sources[i]));
        source.events += events[i];
        source.via_vpc_endpoint |= via_vpc_endpoint[i] != 0;
        source.identity_checks += identity_checks[i];
        source.span.merge(spans[i]);
    }
    Ok(())
}

fn hours(keys: &Keys, symbols: &Symbols) -> Batch {
    let of_row = |row: &'_ KeyUse| -> Vec<(Sym, Sym, Hour)> {
        row.sources.iter().flat_map(|(sym, used)| used.hours.iter().map(move |hour| (row.key, sym, hour))).collect()
    };
    let rows: Vec<(Sym, Sym, Hour)> = keys.rows.iter().flat_map(of_row).collect();
    Batch::new("key_source_hours")
        .texts(KEY, rows.iter().map(|row| Some(symbols.text(row.0))))
        .texts("source", rows.iter().map(|row| Some(symbols.text(row.1))))
        .ints("hour", rows.iter().map(|row| Some(i64::from(row.2.0))))
}

fn load_hours(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (sources, hours) = (table.full_texts("source")?, table.full_ints("hour")?);
    for (i, key) in table.full_texts(KEY)?.into_iter().enumerate() {
        let hour = EventTime::from_seconds(hours[i].saturating_mul(3600)).hour();
        if i64::from(hour.0) != hours[i] {
            return Err(table.bad_cell("hour", i, "is not an hour since 1970"));
        }
        row_of(keys, symbols.intern(key)).sources.entry(symbols.intern(sources[i])).hours.insert(hour);
    }
    Ok(())
}

/// Spans of a source by some text: a row of key, source, text and both ends of the span.
fn spans<'k>(
    keys: &'k Keys,
    symbols: &Symbols,
    (table, column): (&'static str, &'static str),
    of: impl Fn(&'k SourceUse) -> &'k SymMap<Span>,
) -> Batch {
    let of_key = |row: &'k KeyUse| row.sources.iter().map(move |(source, used)| (row.key, source, used));
    let sources = keys.rows.iter().flat_map(of_key);
    let rows: Vec<(Sym, Sym, Sym, Span)> = sources
        .flat_map(|(key, source, used)| of(used).iter().map(move |(text, span)| (key, source, text, *span)))
        .collect();
    Batch::new(table)
        .texts(KEY, rows.iter().map(|row| Some(symbols.text(row.0))))
        .texts("source", rows.iter().map(|row| Some(symbols.text(row.1))))
        .texts(column, rows.iter().map(|row| Some(symbols.text(row.2))))
        .spans(rows.iter().map(|row| row.3))
}

fn load_spans(
    keys: &mut Keys,
    table: Reader<'_>,
    symbols: &mut Symbols,
    (column, of): (&'static str, fn(&mut SourceUse) -> &mut SymMap<Span>),
) -> Result<(), BatchError> {
    let (sources, texts) = (table.full_texts("source")?, table.full_texts(column)?);
    let spans = table.spans()?;
    for (i, key) in table.full_texts(KEY)?.into_iter().enumerate() {
        let source = row_of(keys, symbols.intern(key)).sources.entry(symbols.intern(sources[i]));
        of(source).entry(symbols.intern(texts[i])).merge(spans[i]);
    }
    Ok(())
}

fn agents(keys: &Keys, symbols: &Symbols) -> Batch {
    spans(keys, symbols, ("key_user_agents", "user_agent"), |used| &used.agents)
}

fn load_agents(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    load_spans(keys, table, symbols, ("user_agent", |used| &mut used.agents))
}

fn endpoint_owners(keys: &Keys, symbols: &Symbols) -> Batch {
    spans(keys, symbols, ("key_endpoint_owners", "owner_account_id"), |used| &used.endpoint_owners)
}

fn load_endpoint_owners(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    load_spans(keys, table, symbols, ("owner_account_id", |used| &mut used.endpoint_owners))
}

/// The accounts whose logs were read.
fn accounts(keys: &Keys, symbols: &Symbols) -> Batch {
    Batch::new("key_log_accounts").texts("account_id", keys.accounts.iter().map(|account| Some(symbols.text(account))))
}

fn load_accounts(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    for account in table.full_texts("account_id")? {
        keys.accounts.insert(symbols.intern(account));
    }
    Ok(())
}

fn regions(keys: &Keys, symbols: &Symbols) -> Batch {
    let rows: Vec<_> = keys.rows.iter().flat_map(|row| row.regions.iter().map(|region| (row.key, region))).collect();
    Batch::new("key_regions")
        .texts(KEY, rows.iter().map(|row| Some(symbols.text(row.0))))
        .texts("region", rows.iter().map(|row| Some(symbols.text(row.1))))
}

fn load_regions(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    for (key, region) in table.full_texts(KEY)?.into_iter().zip(table.full_texts("region")?) {
        row_of(keys, symbols.intern(key)).regions.insert(symbols.intern(region));
    }
    Ok(())
}

fn creations(keys: &Keys, symbols: &Symbols) -> Batch {
    let rows: Vec<(Sym, Creation)> =
        keys.creations.iter().flat_map(|(&key, all)| all.iter().map(move |creation| (key, *creation))).collect();
    Batch::new("key_creations")
        .texts(KEY, rows.iter().map(|row| Some(symbols.text(row.0))))
        .ints("time", rows.iter().map(|row| Some(row.1.time.0)))
        .texts("creator", rows.iter().map(|row| Some(symbols.text(row.1.creator))))
        .texts("account_id", rows.iter().map(|row| Some(symbols.text(row.1.account))))
        .texts("user_name", rows.iter().map(|row| Some(symbols.text(row.1.user_name))))
}

fn load_creations(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (times, creators) = (table.full_ints("time")?, table.full_texts("creator")?);
    let (accounts, user_names) = (table.full_texts("account_id")?, table.full_texts("user_name")?);
    for (i, key) in table.full_texts(KEY)?.into_iter().enumerate() {
        let creation = Creation {
            time: EventTime(times[i]),
            creator: symbols.intern(creators[i]),
            account: symbols.intern(accounts[i]),
            user_name: symbols.intern(user_names[i]),
        };
        keys.add_creation(symbols.intern(key), creation);
    }
    Ok(())
}

fn changes(keys: &Keys, symbols: &Symbols) -> Batch {
    let rows: Vec<(Sym, Change)> =
        keys.changes.iter().flat_map(|(&key, all)| all.iter().map(move |change| (key, *change))).collect();
    Batch::new("key_changes")
        .texts(KEY, rows.iter().map(|row| Some(symbols.text(row.0))))
        .ints("time", rows.iter().map(|row| Some(row.1.time.0)))
        .texts("status", rows.iter().map(|row| Some(row.1.status.as_str())))
        .texts("changed_by", rows.iter().map(|row| Some(symbols.text(row.1.by))))
        .texts("account_id", rows.iter().map(|row| Some(symbols.text(row.1.account))))
        .texts("user_name", rows.iter().map(|row| Some(symbols.text(row.1.user_name))))
}

fn load_changes(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    let (times, statuses) = (table.full_ints("time")?, table.full_texts("status")?);
    let (by, accounts) = (table.full_texts("changed_by")?, table.full_texts("account_id")?);
    let user_names = table.full_texts("user_name")?;
    for (i, key) in table.full_texts(KEY)?.into_iter().enumerate() {
        let change = Change {
            time: EventTime(times[i]),
            status: KeyStatus::parse(statuses[i])
                .ok_or_else(|| table.bad_cell("status", i, "is not a status of a key"))?,
            by: symbols.intern(by[i]),
            account: symbols.intern(accounts[i]),
            user_name: symbols.intern(user_names[i]),
        };
        keys.add_change(symbols.intern(key), change);
    }
    Ok(())
}

/// Which creations and changes were counted, not only remembered.
fn counted(keys: &Keys, symbols: &Symbols) -> Batch {
    let created = keys.created.iter().map(|key| (*key, CREATED));
    let rows: Vec<(Sym, &str)> = created.chain(keys.changed.iter().map(|key| (*key, CHANGED))).collect();
    Batch::new("key_counted")
        .texts(KEY, rows.iter().map(|row| Some(symbols.text(row.0))))
        .texts("what", rows.iter().map(|row| Some(row.1)))
}

fn load_counted(keys: &mut Keys, table: Reader<'_>, symbols: &mut Symbols) -> Result<(), BatchError> {
    for (i, (key, what)) in table.full_texts(KEY)?.into_iter().zip(table.full_texts("what")?).enumerate() {
        let keys = match what {
            CREATED => &mut keys.created,
            CHANGED => &mut keys.changed,
            _ => return Err(table.bad_cell("what", i, "is neither created nor changed")),
        };
        keys.insert(symbols.intern(key));
    }
    Ok(())
}

fn row_of(keys: &mut Keys, key: Sym) -> &mut KeyUse {
    let row = keys.row(key);
    &mut keys.rows[row as usize]
}

fn micros(time: Option<EventTime>) -> Option<i64> {
    time.map(|time| time.0)
}
