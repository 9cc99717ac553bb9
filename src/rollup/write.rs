//! What a scan keeps, as files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::dataset::{self, DAY};
use super::manifest::{By, FileEntry, Made, Manifest, TableEntry};
use super::pack::{self, Notes};
use super::sha256;
use crate::aggregate::{Batch, PartitionKey, Partitions};
use crate::coverage::Coverage;
use crate::input::{self, ROLLUP};
use crate::output::{Format, NewFile, NewFolder, OutputError, coverage_json, foreign_to};
use crate::scan::rollup::Rolled;

/// The coverage beside the tables.
const COVERAGE: &str = "coverage.json";

/// The extension of the name of a rollup that is one file.
const EXTENSION: &str = "rollup";

/// What was written, in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Tables with rows.
    pub tables: usize,
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// A rollup that is being written.
#[derive(Debug)]
pub enum NewRollup {
    /// A folder of Parquet files.
    Folder(NewFolder),
    /// One file.
    File(NewFile),
}

impl NewRollup {
    /// Begins it: one file where its name ends in `.rollup`, else a folder. `overwrite` lets it take the place of an
    /// earlier one.
    ///
    /// # Errors
    /// [`OutputError`] when the build or the place cannot take it.
    pub fn create(path: &Path, overwrite: bool) -> Result<Self, OutputError> {
        if path.extension().is_none_or(|extension| extension != EXTENSION) || path.is_dir() {
            Format::Parquet.built()?;
            return NewFolder::create(path, foreign_in, overwrite).map(Self::Folder);
        }
        match fs::metadata(path) {
            Ok(there) if there.is_file() && !overwrite => return Err(OutputError::IsThere(path.to_owned())),
            Ok(there) if there.is_file() && !input::is_rollup(path) => {
                return Err(OutputError::ForeignFile(path.to_owned()));
            }
            _ => {}
        }
        NewFile::create(path).map(Self::File)
    }

    /// Where it will lie, as it was given.
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder(folder) => folder.path(),
            Self::File(file) => file.path(),
        }
    }
}

/// Writes what a scan kept; it appears when all of it is written.
///
/// # Errors
/// [`OutputError`] naming the file.
pub fn write(
    rolled: &Rolled,
    (coverage, duplicates_dropped): (&Coverage, bool),
    to: NewRollup,
) -> Result<Written, OutputError> {
    let made = Made { duplicates_dropped, events_counted: coverage.events_counted };
    match to {
        NewRollup::Folder(folder) => write_folder(rolled, (coverage, &made), folder),
        NewRollup::File(file) => write_file(rolled, (&made, &Notes::default(), &[]), file),
    }
}

/// Writes it as one file, with what is to be told of it and bytes that are attached.
pub(super) fn write_file(
    rolled: &Rolled,
    (made, notes, attached): (&Made, &Notes, &[u8]),
    mut file: NewFile,
) -> Result<Written, OutputError> {
    let path = file.path().to_owned();
    let mut tables = BTreeSet::new();
    let parts = parts_of(rolled).inspect(|(_, batches)| {
        tables.extend(batches.iter().filter(|batch| batch.rows() > 0).map(|batch| batch.table.clone()));
    });
    let mut out = BufWriter::new(&mut file);
    let packed = pack::pack(&mut out, parts, (made, notes, attached)).and_then(|bytes| out.flush().map(|()| bytes));
    drop(out);
    let bytes = packed.map_err(|source| OutputError::Write { path, source })?;
    file.commit()?;
    Ok(Written { tables: tables.len(), files: 1, bytes })
}

/// The partitions, then the ledger.
fn parts_of(rolled: &Rolled) -> impl Iterator<Item = pack::Part<'_>> {
    let counted = rolled.counted.saved().map(|(key, batches)| (Some((By::Event, key)), batches));
    let remembered = rolled.remembered.saved().map(|(key, batches)| (Some((By::Delivery, key)), batches));
    let ledger = std::iter::once_with(|| (None, rolled.ledger.save()));
    counted.chain(remembered).chain(ledger)
}

fn write_folder(
    rolled: &Rolled,
    (coverage, made): (&Coverage, &Made),
    folder: NewFolder,
) -> Result<Written, OutputError> {
    let mut files = Files { folder: &folder, tables: dataset::tables(), parts: BTreeMap::new(), written: Vec::new() };
    files.partitions(&rolled.counted, By::Event)?;
    files.partitions(&rolled.remembered, By::Delivery)?;
    for batch in rolled.ledger.save() {
        let name = dataset::ledger_file(&batch.table);
        files.table(&batch, FileEntry { file: name, ..FileEntry::none() })?;
    }
    let mut text = coverage_json(coverage);
    text.push('\n');
    files.file(text.as_bytes(), FileEntry { file: COVERAGE.to_owned(), ..FileEntry::none() })?;
    let Files { tables, written, .. } = files;
    let bytes = written.iter().map(|file| file.bytes).sum();
    let with_rows = tables.values().filter(|table| table.rows > 0).count();
    let told = Written { tables: with_rows, files: written.len(), bytes };
    let manifest = Manifest::new(made, tables.into_values().collect(), written);
    // Last, since it lists all others.
    folder.write(ROLLUP, |out| manifest.write(out))?;
    folder.commit()?;
    Ok(told)
}

fn foreign_in(folder: &Path) -> io::Result<Option<PathBuf>> {
    foreign_to(folder, ROLLUP)
}

/// The files so far.
struct Files<'a> {
    folder: &'a NewFolder,
    tables: BTreeMap<String, TableEntry>,
    /// How many parts lie in a folder.
    parts: BTreeMap<String, usize>,
    written: Vec<FileEntry>,
}

impl Files<'_> {
    fn partitions(&mut self, partitions: &Partitions, by: By) -> Result<(), OutputError> {
        for (key, batches) in partitions.saved() {
            for batch in batches.into_iter().filter(|batch| batch.rows() > 0) {
                self.partition(batch, key, by)?;
            }
        }
        Ok(())
    }

    fn partition(&mut self, mut batch: Batch, key: &PartitionKey, by: By) -> Result<(), OutputError> {
        batch.sort();
        if by == By::Event {
            // The name of the folder says it.
            batch.columns.retain(|(name, _)| name != DAY);
        }
        let folder = dataset::folder_of(&batch.table, key);
        let part = self.parts.entry(folder.clone()).or_default();
        let file = format!("{folder}/part-{part}.parquet");
        *part += 1;
        let day = key.day.map(|day| day.0);
        self.table(&batch, FileEntry { file, by: Some(by), account: key.account.clone(), day, ..FileEntry::none() })
    }

    fn table(&mut self, batch: &Batch, entry: FileEntry) -> Result<(), OutputError> {
        let path = self.folder.path().join(&entry.file);
        let bytes = encode(batch).map_err(|source| OutputError::Write { path, source })?;
        if let Some(table) = self.tables.get_mut(&batch.table) {
            table.rows += batch.rows();
        }
        self.file(&bytes, FileEntry { table: batch.table.clone(), ..entry })
    }

    fn file(&mut self, bytes: &[u8], entry: FileEntry) -> Result<(), OutputError> {
        self.folder.write(&entry.file, |out| out.write_all(bytes))?;
        self.written.push(FileEntry { bytes: bytes.len() as u64, sha256: sha256(bytes), ..entry });
        Ok(())
    }
}

impl FileEntry {
    fn none() -> Self {
        Self {
            file: String::new(),
            bytes: 0,
            sha256: String::new(),
            table: String::new(),
            by: None,
            account: String::new(),
            day: None,
        }
    }
}

#[cfg(feature = "columnar")]
fn encode(batch: &Batch) -> io::Result<Vec<u8>> {
    super::parquet::bytes(batch).map_err(io::Error::other)
}

/// Not reached: [`open`] has refused.
#[cfg(not(feature = "columnar"))]
fn encode(_: &Batch) -> io::Result<Vec<u8>> {
    Err(io::ErrorKind::Unsupported.into())
}
