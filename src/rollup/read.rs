//! A rollup as an input: opened, checked, and read as far as a question needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;

use super::RollupError;
use super::dataset::{self, DAY};
use super::manifest::{By, FileEntry, Manifest, ROLLUP_VERSION};
use super::write::sha256;
use crate::aggregate::{AggregateKind, Batch, Cells, PartitionKey, State};
use crate::input::{ROLLUP, explain_io};
use crate::model::Day;
use crate::scan::rollup::{Asked, CutDay, Kept, Ledger};

/// The largest list that is read; that of ten years of a hundred accounts has some hundred megabytes.
const MOST_BYTES: u64 = 1 << 30;

/// A rollup that was opened.
pub struct Rollup {
    folder: PathBuf,
    duplicates_dropped: bool,
    written: Vec<FileEntry>,
    ledger: Ledger,
}

/// What is read of a list before all else.
#[derive(Deserialize)]
struct Version {
    rollup_version: u64,
}

impl Rollup {
    /// Opens the rollup in a folder, and reads its ledger.
    ///
    /// # Errors
    /// [`RollupError`] when it is of another version, or damaged.
    pub fn open(folder: &Path) -> Result<Self, RollupError> {
        let Manifest { written, duplicates_dropped, .. } = manifest(folder)?;
        written.iter().try_for_each(|entry| check_size(folder, entry))?;
        let mut batches = Vec::new();
        for table in Ledger::TABLES {
            let name = dataset::ledger_file(table.name);
            let missing = || part(folder, &name, "is not listed in rollup.json");
            let entry = written.iter().find(|entry| entry.file == name).ok_or_else(missing)?;
            batches.push(read(folder, entry)?);
        }
        let ledger = Ledger::load(&batches).map_err(|error| part(folder, ROLLUP, error))?;
        Ok(Self { folder: folder.to_owned(), duplicates_dropped, written, ledger })
    }

    /// Makes sure that copies of an event were dropped, or were not, as is asked.
    ///
    /// # Errors
    /// [`RollupError::Copies`].
    pub fn check_copies(&self, dropped: bool) -> Result<(), RollupError> {
        let made = if self.duplicates_dropped { "without" } else { "with" };
        let refused = RollupError::Copies { folder: self.folder.clone(), made };
        if self.duplicates_dropped == dropped { Ok(()) } else { Err(refused) }
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was read for it.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The part of it that answers.
    ///
    /// # Errors
    /// [`RollupError`] when the window cuts a day, or a part that is needed is missing or damaged.
    pub fn answer(&self, kinds: &[&'static AggregateKind], asked: &Asked<'_>) -> Result<Kept, RollupError> {
        let cut = |CutDay { account, day }| RollupError::Cut { folder: self.folder.clone(), account, day };
        let counted: BTreeSet<PartitionKey> = self.ledger.counted(asked).map_err(cut)?.into_iter().collect();
        let mut tables: BTreeMap<String, Batch> =
            State::new(kinds).save().into_iter().map(|batch| (batch.table.clone(), batch)).collect();
        let is_wanted = |entry: &&FileEntry| {
            let day = entry.day.map(Day);
            tables.contains_key(&entry.table)
                && match entry.by {
                    Some(By::Event) => counted.contains(&PartitionKey { account: entry.account.clone(), day }),
                    Some(By::Delivery) => asked.remembers(day),
                    None => false,
                }
        };
        let wanted: Vec<&FileEntry> = self.written.iter().filter(is_wanted).collect();
        let parts: Vec<Batch> = wanted.par_iter().map(|entry| read(&self.folder, entry)).collect::<Result<_, _>>()?;
        for (entry, batch) in wanted.into_iter().zip(parts) {
            let whole = tables.get_mut(&entry.table);
            let appended = whole.map_or(Ok(()), |whole| append(whole, batch, entry));
            appended.map_err(|why| part(&self.folder, &entry.file, why))?;
        }
        let batches: Vec<Batch> = tables.into_values().collect();
        let state = State::load(kinds, &batches).map_err(|error| part(&self.folder, ROLLUP, error))?;
        Ok(Kept::new(&self.ledger, state, asked))
    }
}

fn part(folder: &Path, file: &str, why: impl ToString) -> RollupError {
    RollupError::Part { file: folder.join(file), why: why.to_string() }
}

fn manifest(folder: &Path) -> Result<Manifest, RollupError> {
    let file = folder.join(ROLLUP);
    let failed = |why: String| RollupError::Manifest { file: file.clone(), why };
    let mut text = String::new();
    let opened = File::open(&file).and_then(|opened| opened.take(MOST_BYTES).read_to_string(&mut text));
    opened.map_err(|error| failed(explain_io(&error)))?;
    let unreadable = |error: serde_json::Error| failed(format!("is no list of a rollup: {error}"));
    let Version { rollup_version: found } = serde_json::from_str(&text).map_err(unreadable)?;
    if found != u64::from(ROLLUP_VERSION) {
        return Err(RollupError::Version { file, found, known: ROLLUP_VERSION });
    }
    serde_json::from_str(&text).map_err(unreadable)
}

/// Makes sure that a file is there and as long as it was, whether or not it is read: what a report has no need of today
/// is missing tomorrow.
fn check_size(folder: &Path, entry: &FileEntry) -> Result<(), RollupError> {
    let failed = |why: String| part(folder, &entry.file, why);
    let bytes = fs::metadata(folder.join(&entry.file)).map_err(|error| failed(explain_io(&error)))?.len();
    let listed = entry.bytes;
    if bytes == listed { Ok(()) } else { Err(failed(format!("has {bytes} bytes where rollup.json lists {listed}"))) }
}

/// The batch of a file that is what was written.
fn read(folder: &Path, entry: &FileEntry) -> Result<Batch, RollupError> {
    let failed = |why: String| part(folder, &entry.file, why);
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

/// Puts the rows of a part behind those of the whole table.
fn append(whole: &mut Batch, part: Batch, entry: &FileEntry) -> Result<(), String> {
    let rows = part.rows();
    let mut columns: BTreeMap<String, Cells> = part.columns.into_iter().collect();
    for (name, cells) in &mut whole.columns {
        let day = || Cells::Int(vec![entry.day.map(i64::from); rows]);
        let more = columns.remove(name).or_else(|| (name == DAY && entry.by == Some(By::Event)).then(day));
        match (cells, more) {
            (Cells::Int(cells), Some(Cells::Int(more))) => cells.extend(more),
            (Cells::Text(cells), Some(Cells::Text(more))) => cells.extend(more),
            _ => return Err(format!("has no column {name} of the type that is known here")),
        }
    }
    Ok(())
}
