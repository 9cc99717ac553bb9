//! Writing a rollup into one file.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::columns::{Texts, put_columns};
use super::{BlockEntry, Extent, Index, MARK, Notes, PartEntry};
use crate::aggregate::{Batch, PartitionKey};
use crate::rollup::bytes::put;
use crate::rollup::dataset;
use crate::rollup::manifest::{By, Made, ROLLUP_VERSION};
use crate::rollup::sha256;

/// Bytes that are packed together: enough for texts to repeat, few enough for one account and day to be read alone.
const BLOCK: usize = 8 << 20;

/// zstd's level: half of what level 3 costs more, for a tenth less.
const LEVEL: i32 = 6;

/// A partition's tables; the ledger's where nothing says which partition.
pub(in crate::rollup) type Part<'a> = (Option<(By, &'a PartitionKey)>, Vec<Batch>);

/// Writes the tables of partitions, the ledger's last; gives the bytes that were written.
///
/// # Errors
/// Those of `out`.
pub(in crate::rollup) fn pack<'a>(
    out: impl Write,
    parts: impl Iterator<Item = Part<'a>>,
    (made, notes, attached): (&Made, &Notes, &[u8]),
) -> io::Result<u64> {
    let mut file = File { out, at: 0, block: Block::default(), blocks: Vec::new() };
    file.put(MARK)?;
    file.put(&ROLLUP_VERSION.to_le_bytes())?;
    for part in parts {
        file.part(part)?;
    }
    file.end_block()?;
    let extent = Extent { at: file.at, bytes: attached.len() as u64, sha256: sha256(attached) };
    file.put(attached)?;
    let index = Index {
        trailscan: env!("CARGO_PKG_VERSION").to_owned(),
        schema: dataset::SCHEMA.clone(),
        duplicates_dropped: made.duplicates_dropped,
        events_counted: made.events_counted,
        blocks: std::mem::take(&mut file.blocks),
        attached: Some(extent).filter(|_| !attached.is_empty()),
        notes: notes.clone(),
    };
    let text = serde_json::to_vec(&index)?;
    let index = zstd::bulk::compress(&text, LEVEL)?;
    file.put(&index)?;
    file.put(&(index.len() as u64).to_le_bytes())?;
    file.put(&(text.len() as u64).to_le_bytes())?;
    file.put(&Sha256::digest(&index))?;
    file.put(MARK)?;
    Ok(file.at)
}

struct File<W> {
    out: W,
    at: u64,
    block: Block,
    blocks: Vec<BlockEntry>,
}

#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    texts: Texts,
    parts: Vec<PartEntry>,
}

impl<W: Write> File<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    fn part(&mut self, (of, batches): Part<'_>) -> io::Result<()> {
        let begin = self.block.bytes.len();
        for mut batch in batches.into_iter().filter(|batch| batch.rows() > 0) {
            batch.sort();
            let table = dataset::EMPTY.iter().position(|known| known.table == batch.table);
            let table = table.ok_or_else(|| io::Error::other(format!("table {} is not known", batch.table)))?;
            put(&mut self.block.bytes, table as u64);
            put(&mut self.block.bytes, batch.rows() as u64);
            put_columns(&mut self.block.bytes, &batch, &mut self.block.texts);
        }
        self.block.parts.push(PartEntry::new(of, self.block.bytes.len() - begin));
        if self.block.bytes.len() >= BLOCK { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> io::Result<()> {
        let Block { bytes, texts, parts } = std::mem::take(&mut self.block);
        if parts.is_empty() {
            return Ok(());
        }
        let mut raw = Vec::with_capacity(bytes.len() * 2);
        put(&mut raw, texts.len() as u64);
        texts.iter().for_each(|text| put(&mut raw, text.len() as u64));
        texts.iter().for_each(|text| raw.extend_from_slice(text.as_bytes()));
        raw.extend_from_slice(&bytes);
        let packed = zstd::bulk::compress(&raw, LEVEL)?;
        let (at, raw) = (self.at, raw.len() as u64);
        self.put(&packed)?;
        self.blocks.push(BlockEntry { at, bytes: packed.len() as u64, raw, sha256: sha256(&packed), parts });
        Ok(())
    }
}
