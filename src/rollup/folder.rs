//! A rollup that is a folder of Parquet files, opened and read.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use rayon::prelude::*;
use serde::Deserialize;

use super::dataset::{self, DAY};
use super::manifest::{By, FileEntry, Manifest, ROLLUP_VERSION};
use super::{RollupError, sha256};
use crate::aggregate::{Batch, Cells, PartitionKey};
use crate::input::{ROLLUP, explain_io};
use crate::model::Day;
use crate::scan::rollup::Ledger;

/// The largest list that is read; that of ten years of a hundred accounts has some hundred megabytes.
const MOST_BYTES: u64 = 1 << 30;

/// A folder that was opened.
pub(super) struct Folder {
    pub duplicates_dropped: bool,
    tables: Vec<String>,
    written: Vec<FileEntry>,
}

/// What is read of a list before all else.
#[derive(Deserialize)]
struct Version {
    rollup_version: u64,
}

impl Folder {
    /// Opens a folder and makes sure that all of it is there.
    ///
    /// # Errors
    /// [`RollupError`] when it is of another version, or damaged.
    pub fn open(folder: &Path) -> Result<Self, RollupError> {
        let Manifest { tables, written, duplicates_dropped, .. } = manifest(folder)?;
        written.iter().try_for_each(|entry| check_size(folder, entry))?;
        let tables = tables.into_iter().map(|table| table.name).collect();
        Ok(Self { duplicates_dropped, tables, written })
    }

    /// Whether whoever made it knew of that table.
    pub fn knows(&self, table: &str) -> bool {
        self.tables.iter().any(|known| known == table)
    }

    /// The tables of its ledger.
    ///
    /// # Errors
    /// [`RollupError`] when one is missing or damaged.
    pub fn ledger(&self, folder: &Path) -> Result<Vec<Batch>, RollupError> {
        let table = |name: &str| {
            let file = dataset::ledger_file(name);
            let missing = || RollupError::part(folder, &file, "is not listed in rollup.json");
            read(folder, self.written.iter().find(|entry| entry.file == file).ok_or_else(missing)?)
        };
        Ledger::TABLES.iter().map(|about| table(about.name)).collect()
    }

    /// The tables of the partitions that are wanted.
    ///
    /// # Errors
    /// [`RollupError::Part`].
    pub fn read(
        &self,
        folder: &Path,
        is_wanted: impl Fn(&str, By, &PartitionKey) -> bool,
    ) -> Result<Vec<(By, PartitionKey, Batch)>, RollupError> {
        let wanted = self.written.iter().filter_map(|entry| {
            let (by, key) = (entry.by?, PartitionKey { account: entry.account.clone(), day: entry.day.map(Day) });
            is_wanted(&entry.table, by, &key).then_some((entry, by, key))
        });
        let wanted: Vec<(&FileEntry, By, PartitionKey)> = wanted.collect();
        let read = |(entry, by, key): (&FileEntry, By, PartitionKey)| {
            let batch = with_columns(read(folder, entry)?, by, &key);
            Ok((by, key, batch.map_err(|why| RollupError::part(folder, &entry.file, why))?))
        };
        wanted.into_par_iter().map(read).collect()
    }
}

/// The batch with the columns that are known, in their order; the day of a partition is one.
fn with_columns(batch: Batch, by: By, key: &PartitionKey) -> Result<Batch, String> {
    let known =
        dataset::EMPTY.iter().find(|known| known.table == batch.table).ok_or("is of a table that is not known")?;
    let rows = batch.rows();
    let mut columns = batch.columns;
    let mut take = |name: &str| {
        let place = columns.iter().position(|(found, _)| found == name);
        let day = || Cells::Int(vec![key.day.map(|day| i64::from(day.0)); rows]);
        place.map(|place| columns.swap_remove(place).1).or_else(|| (name == DAY && by == By::Event).then(day))
    };
    let column = |(name, cells): &(String, Cells)| match (cells, take(name)) {
        (Cells::Int(_), Some(Cells::Int(cells))) => Ok((name.clone(), Cells::Int(cells))),
        (Cells::Text(_), Some(Cells::Text(cells))) => Ok((name.clone(), Cells::Text(cells))),
        _ => Err(format!("has no column {name} of the type that is known here")),
    };
    let columns = known.columns.iter().map(column).collect::<Result<_, _>>()?;
    Ok(Batch { table: batch.table, columns })
}

fn manifest(folder: &Path) -> Result<Manifest, RollupError> {
    let file = folder.join(ROLLUP);
    let failed = |why: String| RollupError::Manifest { file: file.clone(), why };
    let mut text = String::new();
    let opened = File::open(&file).and_then(|opened| opened.take(MOST_BYTES).read_to_string(&mut text));
    opened.map_err(|error| failed(explain_io(&error)))?;
    let unreadable = |error: serde_json::Error| failed(format!("is not a list of a rollup: {error}"));
    let Version { rollup_version: found } = serde_json::from_str(&text).map_err(unreadable)?;
    if found != u64::from(ROLLUP_VERSION) {
        return Err(RollupError::Version { file, found, known: ROLLUP_VERSION });
    }
    serde_json::from_str(&text).map_err(unreadable)
}

/// Makes sure that a file is there and as long as it was, whether or not it is read: what a report has no need of today
/// is missing tomorrow.
fn check_size(folder: &Path, entry: &FileEntry) -> Result<(), RollupError> {
    let failed = |why: String| RollupError::part(folder, &entry.file, why);
    let bytes = fs::metadata(folder.join(&entry.file)).map_err(|error| failed(explain_io(&error)))?.len();
    let listed = entry.bytes;
    if bytes == listed { Ok(()) } else { Err(failed(format!("has {bytes} bytes where rollup.json lists {listed}"))) }
}

/// The batch of a file that is what was written.
fn read(folder: &Path, entry: &FileEntry) -> Result<Batch, RollupError> {
    let failed = |why: String| RollupError::part(folder, &entry.file, why);
    let bytes = fs::read(folder.join(&entry.file)).map_err(|error| failed(explain_io(&error)))?;
    if sha256(&bytes) != entry.sha256 {
        return Err(failed("is not what was written: its SHA-256 is not the one in rollup.json".to_owned()));
    }
    decode(folder, &entry.table, bytes).map_err(|error| match error {
        Ok(why) => failed(why),
        Err(error) => error,
    })
}

#[cfg(feature = "columnar")]
fn decode(_: &Path, table: &str, bytes: Vec<u8>) -> Result<Batch, Result<String, RollupError>> {
    super::parquet::batch(table, bytes).map_err(Ok)
}

#[cfg(not(feature = "columnar"))]
fn decode(folder: &Path, _: &str, _: Vec<u8>) -> Result<Batch, Result<String, RollupError>> {
    Err(Err(RollupError::NotBuilt(folder.to_owned())))
}
