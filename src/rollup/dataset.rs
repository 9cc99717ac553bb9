//! Where the parts of a rollup lie, and what their tables are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::manifest::{ColumnEntry, TableEntry};
use super::sha256;
use crate::aggregate::{AGGREGATES, Batch, Cells, PartitionKey, State};
use crate::model::is_account_id;
use crate::scan::rollup::{Ledger, TableAbout};

/// The name of a folder whose value nobody knows, which Hive, Spark, DuckDB and polars read as null.
const UNKNOWN: &str = "__HIVE_DEFAULT_PARTITION__";

/// The column that a partition leaves to the name of its folder.
pub(super) const DAY: &str = "day";

/// The folder of a partition of a table. An account that is none, which a record can say, has no folder of its own.
pub(super) fn folder_of(table: &str, key: &PartitionKey) -> String {
    let account = if is_account_id(&key.account) { key.account.as_str() } else { UNKNOWN };
    let day = key.day.map_or_else(|| UNKNOWN.to_owned(), |day| day.to_string());
    format!("{table}/account={account}/day={day}")
}

/// The file of a table of the ledger.
pub(super) fn ledger_file(table: &str) -> String {
    format!("{table}/part-0.parquet")
}

/// Every table, without rows yet, by name; each aggregate's, then the ledger's.
pub(super) fn tables() -> BTreeMap<String, TableEntry> {
    let of_aggregates = AGGREGATES.iter().flat_map(|kind| {
        let about = move |batch: Batch| TableEntry {
            about: format!("A part of {}: {}.", kind.name, kind.summary),
            internal: true,
            partitioned: true,
            rows: 0,
            columns: batch.columns.iter().map(|(name, cells)| column(name, cells, "")).collect(),
            name: batch.table,
        };
        State::new(&[kind]).save().into_iter().map(about)
    });
    let empty = Ledger::default().save();
    let of_ledger = Ledger::TABLES.iter().zip(empty).map(|(table, batch)| of_ledger(table, &batch));
    of_aggregates.chain(of_ledger).map(|table| (table.name.clone(), table)).collect()
}

/// Every table without rows: the aggregates', by the order of their registry, then the ledger's.
pub(super) static EMPTY: LazyLock<Vec<Batch>> = LazyLock::new(|| {
    let of_aggregates = AGGREGATES.iter().flat_map(|kind| State::new(&[kind]).save());
    of_aggregates.chain(Ledger::default().save()).collect()
});

/// Tables that rollups of the same version lack which were made before these; the first came first.
const LATER: [&[&str]; 3] = [
    &["iam_change_access_keys"],
    &["secret_reads", "secret_read_hours", "secret_read_addresses", "secret_read_access_keys"],
    &["calls"],
];

/// The tables of all rollups of this version: with all of [`LATER`], without the last of them, and so on.
static KNOWN: LazyLock<Vec<Vec<Batch>>> = LazyLock::new(|| {
    let without = |begin: usize| {
        let lacks = |batch: &&Batch| LATER[begin..].iter().any(|tables| tables.contains(&batch.table.as_str()));
        EMPTY.iter().filter(|batch| !lacks(batch)).cloned().collect()
    };
    (0..=LATER.len()).rev().map(without).collect()
});

/// SHA-256 of the names and types of all columns, in hexadecimal: what has other columns is not read.
pub(super) static SCHEMA: LazyLock<String> = LazyLock::new(|| schema(&EMPTY));

/// The tables of what has that [`SCHEMA`], or that of a rollup from before some of [`LATER`].
pub(super) fn tables_of(written: &str) -> Option<&'static [Batch]> {
    KNOWN.iter().map(Vec::as_slice).find(|tables| schema(tables) == written)
}

fn schema(tables: &[Batch]) -> String {
    let mut text = String::new();
    for batch in tables {
        text.push_str(&batch.table);
        for (name, cells) in &batch.columns {
            text.push(match cells {
                Cells::Int(_) => ' ',
                Cells::Text(_) => '\t',
            });
            text.push_str(name);
        }
        text.push('\n');
    }
    sha256(text.as_bytes())
}

fn of_ledger(table: &TableAbout, batch: &Batch) -> TableEntry {
    let columns = table.columns.iter().zip(&batch.columns);
    TableEntry {
        name: table.name.to_owned(),
        about: table.about.to_owned(),
        internal: false,
        partitioned: false,
        rows: 0,
        columns: columns.map(|(about, (name, cells))| column(name, cells, about.about)).collect(),
    }
}

fn column(name: &str, cells: &Cells, about: &str) -> ColumnEntry {
    let (kind, sql_type) = match cells {
        Cells::Int(_) => ("int64", "bigint"),
        Cells::Text(_) => ("text", "string"),
    };
    ColumnEntry { name: name.to_owned(), kind: kind.to_owned(), sql_type: sql_type.to_owned(), about: about.to_owned() }
}
