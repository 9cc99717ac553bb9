//! Reading a rollup that lies in one file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::columns::read_columns;
use super::{BlockEntry, HEAD, Index, MARK, Notes, PartEntry, TAIL};
use crate::aggregate::{Batch, PartitionKey};
use crate::input::explain_io;
use crate::model::Day;
use crate::rollup::bytes::Bytes;
use crate::rollup::manifest::{By, ROLLUP_VERSION};
use crate::rollup::{RollupError, dataset, sha256};

/// The most rows of a table in a partition that are read.
const MOST_ROWS: usize = 1 << 28;

/// A file that was opened: its index.
pub(in crate::rollup) struct Pack {
    index: Index,
    /// Its tables, in their order.
    tables: &'static [Batch],
}

/// Which partition a part is.
pub(in crate::rollup) type Which = Option<(By, PartitionKey)>;

impl Pack {
    /// Reads the index of a file.
    ///
    /// # Errors
    /// [`RollupError`] when it is of another version, or damaged.
    pub fn open(path: &Path) -> Result<Self, RollupError> {
        let failed = |why: String| RollupError::Part { file: path.to_owned(), why };
        let io = |error: io::Error| failed(explain_io(&error));
        let mut file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let cut_off = || failed("is cut off".to_owned());
        let mut head = [0; HEAD];
        file.read_exact(&mut head).map_err(|_| cut_off())?;
        let found = head.last_chunk::<4>().map_or(0, |version| u32::from_le_bytes(*version));
        if found != ROLLUP_VERSION {
            return Err(RollupError::Version { file: path.to_owned(), found: found.into(), known: ROLLUP_VERSION });
        }
        let end = length.checked_sub(TAIL as u64).ok_or_else(cut_off)?;
        let tail = bytes_at(&mut file, end, TAIL as u64).map_err(io)?;
        let mut tail = Bytes(&tail);
        let mut size = || tail.take(8).and_then(|size| size.try_into().ok()).map_or(0, u64::from_le_bytes);
        let (size, unpacked) = (size(), size());
        let digest = tail.take(32).unwrap_or_default();
        if tail.0 != MARK {
            return Err(cut_off());
        }
        let at = end.checked_sub(size).ok_or_else(cut_off)?;
        let packed = bytes_at(&mut file, at, size).map_err(io)?;
        if sha256(&packed) != crate::model::hexadecimal(digest) {
            return Err(failed("is not what was written: the SHA-256 of its index is another".to_owned()));
        }
        let text = zstd::bulk::decompress(&packed, usize::try_from(unpacked).unwrap_or(usize::MAX)).map_err(io)?;
        let index: Index = serde_json::from_slice(&text).map_err(|error| failed(format!("has no index: {error}")))?;
        let Some(tables) = dataset::tables_of(&index.schema) else {
            let by = &index.trailscan;
            return Err(failed(format!("has other columns than are known here (trailscan {by} wrote it)")));
        };
        Ok(Self { index, tables })
    }

    /// Whether whoever made it knew of that table.
    pub fn knows(&self, table: &str) -> bool {
        self.tables.iter().any(|known| known.table == table)
    }

    pub const fn duplicates_dropped(&self) -> bool {
        self.index.duplicates_dropped
    }

    /// What whoever wrote it tells of it.
    pub const fn notes(&self) -> &Notes {
        &self.index.notes
    }

    /// The bytes that whoever wrote it attached.
    ///
    /// # Errors
    /// [`RollupError::Part`].
    pub fn attached(&self, path: &Path) -> Result<Vec<u8>, RollupError> {
        let failed = |why: String| RollupError::Part { file: path.to_owned(), why };
        let Some(extent) = &self.index.attached else { return Ok(Vec::new()) };
        let read = File::open(path).and_then(|mut file| bytes_at(&mut file, extent.at, extent.bytes));
        let bytes = read.map_err(|error| failed(explain_io(&error)))?;
        let is_it = sha256(&bytes) == extent.sha256;
        if is_it {
            Ok(bytes)
        } else {
            Err(failed("is not what was written: the SHA-256 of a part is another".to_owned()))
        }
    }

    /// The parts that are wanted, each as its tables with rows, block by block.
    ///
    /// # Errors
    /// [`RollupError::Part`].
    pub fn read<'a>(
        &'a self,
        path: &'a Path,
        is_wanted: impl Fn(&Which) -> bool + Copy + 'a,
    ) -> impl Iterator<Item = Result<Vec<(Which, Vec<Batch>)>, RollupError>> + 'a {
        let holds = move |block: &&BlockEntry| block.parts.iter().any(|part| is_wanted(&part.which()));
        self.index.blocks.iter().filter(holds).map(move |block| read_block((path, self.tables), block, is_wanted))
    }
}

fn read_block(
    (path, tables): (&Path, &[Batch]),
    block: &BlockEntry,
    is_wanted: impl Fn(&Which) -> bool,
) -> Result<Vec<(Which, Vec<Batch>)>, RollupError> {
    let failed = |why: String| RollupError::Part { file: path.to_owned(), why };
    let io = |error: io::Error| failed(explain_io(&error));
    let packed = File::open(path).and_then(|mut file| bytes_at(&mut file, block.at, block.bytes)).map_err(io)?;
    if sha256(&packed) != block.sha256 {
        return Err(failed("is not what was written: the SHA-256 of a block is another".to_owned()));
    }
    let raw = usize::try_from(block.raw).unwrap_or(usize::MAX);
    let raw = zstd::bulk::decompress(&packed, raw).map_err(io)?;
    parts((&raw, tables), &block.parts, is_wanted)
        .ok_or_else(|| failed("holds no tables where its index says so".to_owned()))
}

impl PartEntry {
    fn which(&self) -> Which {
        let key = PartitionKey { account: self.account.clone(), day: self.day.map(Day) };
        self.by.map(|by| (by, key))
    }
}

fn bytes_at(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn parts(
    (raw, tables): (&[u8], &[Batch]),
    parts: &[PartEntry],
    is_wanted: impl Fn(&Which) -> bool,
) -> Option<Vec<(Which, Vec<Batch>)>> {
    let mut bytes = Bytes(raw);
    let texts = texts(&mut bytes)?;
    let mut wanted = Vec::new();
    for part in parts {
        let mut bytes = Bytes(bytes.take(usize::try_from(part.length).ok()?)?);
        let which = part.which();
        if !is_wanted(&which) {
            continue;
        }
        let mut batches = Vec::new();
        while !bytes.0.is_empty() {
            let table = tables.get(bytes.length()?)?;
            let rows = bytes.length().filter(|&rows| rows <= MOST_ROWS)?;
            batches.push(read_columns(&mut bytes, table.clone(), rows, &texts)?);
        }
        wanted.push((which, batches));
    }
    Some(wanted)
}

fn texts(bytes: &mut Bytes<'_>) -> Option<Vec<Arc<str>>> {
    let count = bytes.length()?;
    let mut lengths = Vec::with_capacity(count.min(bytes.0.len()));
    for _ in 0..count {
        lengths.push(bytes.length()?);
    }
    lengths.into_iter().map(|length| std::str::from_utf8(bytes.take(length)?).ok().map(Arc::from)).collect()
}
