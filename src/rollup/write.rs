//! What a scan keeps, as files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::dataset::{self, DAY};
use super::manifest::{By, FileEntry, Made, Manifest, TableEntry};
use crate::aggregate::{Batch, PartitionKey, Partitions};
use crate::coverage::Coverage;
use crate::input::ROLLUP;
use crate::output::{Format, NewFolder, OutputError, coverage_json, foreign_to};
use crate::scan::rollup::Rolled;

/// The coverage beside the tables.
const COVERAGE: &str = "coverage.json";

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

/// Begins the folder of a rollup. `overwrite` lets it take the place of an earlier one.
///
/// # Errors
/// [`OutputError`] when the build or the place cannot take it.
pub fn open(path: &Path, overwrite: bool) -> Result<NewFolder, OutputError> {
    Format::Parquet.built()?;
    NewFolder::create(path, foreign_in, overwrite)
}

/// Writes what a scan kept; the folder appears when all of it is written.
///
/// # Errors
/// [`OutputError`] naming the file.
pub fn write(
    rolled: &Rolled,
    (coverage, duplicates_dropped): (&Coverage, bool),
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
    let made = Made { duplicates_dropped, events_counted: coverage.events_counted };
    let manifest = Manifest::new(&made, tables.into_values().collect(), written);
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

/// The digest of a file, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
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
