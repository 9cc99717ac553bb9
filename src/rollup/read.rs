//! A rollup as an input: opened, checked, and read as far as a question needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::folder::Folder;
use super::manifest::By;
use super::pack::{Pack, Which};
use super::{RollupError, dataset};
use crate::aggregate::{AggregateKind, Batch, BatchError, PartitionKey, State};
use crate::input::ROLLUP;
use crate::scan::rollup::{Asked, CutDay, Kept, Ledger, Rolled};

/// A rollup that was opened.
pub struct Rollup {
    place: PathBuf,
    ledger: Ledger,
    content: Content,
}

enum Content {
    Folder(Folder),
    Pack(Pack),
}

impl Rollup {
    /// Opens the rollup in a folder or a file, and reads its ledger.
    ///
    /// # Errors
    /// [`RollupError`] when it is of another version, or damaged.
    pub fn open(place: &Path) -> Result<Self, RollupError> {
        let (content, batches) = if place.is_dir() {
            let folder = Folder::open(place)?;
            let batches = folder.ledger(place)?;
            (Content::Folder(folder), batches)
        } else {
            let pack = Pack::open(place)?;
            let mut tables = Tables::new(Ledger::default().save());
            for batches in pack.read(place, Option::is_none) {
                let batches = batches?.into_iter().flat_map(|(_, batches)| batches);
                tables.append_all(batches).map_err(|error| damaged(place, &error))?;
            }
            (Content::Pack(pack), tables.into_batches())
        };
        let ledger = Ledger::load(&batches).map_err(|error| damaged(place, &error))?;
        Ok(Self { place: place.to_owned(), ledger, content })
    }

    /// Makes sure that copies of an event were dropped, or were not, as is asked.
    ///
    /// # Errors
    /// [`RollupError::Copies`].
    pub fn check_copies(&self, dropped: bool) -> Result<(), RollupError> {
        let were_dropped = match &self.content {
            Content::Folder(folder) => folder.duplicates_dropped,
            Content::Pack(pack) => pack.duplicates_dropped(),
        };
        let made = if were_dropped { "without" } else { "with" };
        let refused = RollupError::Copies { place: self.place.clone(), made };
        if were_dropped == dropped { Ok(()) } else { Err(refused) }
    }

    /// Whether it was made before that aggregate was kept.
    pub fn lacks(&self, kind: &'static AggregateKind) -> bool {
        let knows = |batch: Batch| match &self.content {
            Content::Folder(folder) => folder.knows(&batch.table),
            Content::Pack(pack) => pack.knows(&batch.table),
        };
        !State::new(&[kind]).save().into_iter().any(knows)
    }

    /// Where it lies.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// What was read for it.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The file that it is.
    pub(super) const fn pack(&self) -> Option<&Pack> {
        match &self.content {
            Content::Folder(_) => None,
            Content::Pack(pack) => Some(pack),
        }
    }

    /// Adds the part of it that answers.
    fn add_to(&self, answer: &mut Answer<'_>, asked: &Asked<'_>) -> Result<(), RollupError> {
        let cut = |CutDay { account, day }| RollupError::Cut { place: self.place.clone(), account, day };
        let counted: BTreeSet<PartitionKey> = self.ledger.counted(asked).map_err(cut)?.into_iter().collect();
        let is_wanted = |by: By, key: &PartitionKey| match by {
            By::Event => counted.contains(key),
            By::Delivery => asked.remembers(key.day),
        };
        answer.kept.cover(&self.ledger, asked);
        match &self.content {
            Content::Folder(folder) => {
                let is_wanted = |table: &str, by, key: &_| answer.tables.has(table) && is_wanted(by, key);
                let parts = folder.read(&self.place, is_wanted)?;
                answer.add(parts.into_iter().map(|(.., batch)| batch)).map_err(|error| damaged(&self.place, &error))
            }
            Content::Pack(pack) => {
                let is_wanted = |which: &Which| which.as_ref().is_some_and(|(by, key)| is_wanted(*by, key));
                pack.read(&self.place, &is_wanted).try_for_each(|parts| {
                    let batches = parts?.into_iter().flat_map(|(_, batches)| batches);
                    answer.add(batches).map_err(|error| damaged(&self.place, &error))
                })
            }
        }
    }

    /// Adds all of it to what a scan keeps.
    ///
    /// # Errors
    /// [`RollupError::Part`] when a part of it is damaged.
    pub fn unroll(&self, rolled: &mut Rolled) -> Result<(), RollupError> {
        let mut ledger = self.ledger.clone();
        ledger.note_unknown_calls();
        rolled.ledger.extend(ledger);
        let whole = Tables::new(dataset::EMPTY.clone());
        let mut add = |by: By, key: &PartitionKey, batches: Vec<Batch>| {
            let partitions = match by {
                By::Event => &mut rolled.counted,
                By::Delivery => &mut rolled.remembered,
            };
            let mut tables = whole.clone();
            let added = tables.append_all(batches).and_then(|()| partitions.add(key, &tables.into_batches()));
            added.map_err(|error| damaged(&self.place, &error))
        };
        match &self.content {
            Content::Folder(folder) => {
                let mut parts: BTreeMap<(By, PartitionKey), Vec<Batch>> = BTreeMap::new();
                for (by, key, batch) in folder.read(&self.place, |_, _, _| true)? {
                    parts.entry((by, key)).or_default().push(batch);
                }
                parts.into_iter().try_for_each(|((by, key), batches)| add(by, &key, batches))
            }
            Content::Pack(pack) => {
                for parts in pack.read(&self.place, Option::is_some) {
                    for (which, batches) in parts? {
                        which.map_or(Ok(()), |(by, key)| add(by, &key, batches))?;
                    }
                }
                Ok(())
            }
        }
    }
}

/// What of some rollups answers.
///
/// # Errors
/// [`RollupError`] when the window cuts a day, or a part that is needed is missing or damaged.
pub fn answer(rollups: &[Rollup], kinds: &[&'static AggregateKind], asked: &Asked<'_>) -> Result<Kept, RollupError> {
    let tables = Tables::new(State::new(kinds).save());
    // A state for each thread, however many rollups there are.
    let size = rollups.len().div_ceil(rayon::current_num_threads()).max(1);
    let kept: Vec<Kept> = rollups
        .par_chunks(size)
        .map(|rollups| {
            let mut answer = Answer { kept: Kept::new(kinds), tables: tables.clone(), rows: 0, empty: &tables };
            rollups.iter().try_for_each(|rollup| rollup.add_to(&mut answer, asked))?;
            let last = rollups.last().map(Rollup::place).unwrap_or(Path::new(""));
            answer.load().map_err(|error| damaged(last, &error))?;
            Ok(answer.kept)
        })
        .collect::<Result<_, _>>()?;
    Ok(kept.into_iter().reduce(Kept::merge).unwrap_or_else(|| Kept::new(kinds)))
}

/// As many rows are taken in at once: enough that it costs little to begin, few enough to hold.
const ROWS: usize = 1 << 18;

/// An answer that grows, and the rows that wait to be taken in.
struct Answer<'a> {
    kept: Kept,
    tables: Tables,
    rows: usize,
    empty: &'a Tables,
}

impl Answer<'_> {
    /// Adds the rows of its tables.
    fn add(&mut self, batches: impl Iterator<Item = Batch>) -> Result<(), BatchError> {
        let rows = &mut self.rows;
        self.tables.append_all(batches.inspect(|batch| *rows += batch.rows()))?;
        if self.rows >= ROWS { self.load() } else { Ok(()) }
    }

    /// Takes in the rows that wait.
    fn load(&mut self) -> Result<(), BatchError> {
        self.rows = 0;
        let tables = std::mem::replace(&mut self.tables, self.empty.clone());
        self.kept.add(&tables.into_batches())
    }
}

/// Tables that rows are appended to.
#[derive(Clone)]
struct Tables(BTreeMap<String, Batch>);

impl Tables {
    /// These, without rows.
    fn new(empty: Vec<Batch>) -> Self {
        Self(empty.into_iter().map(|batch| (batch.table.clone(), batch)).collect())
    }

    fn has(&self, table: &str) -> bool {
        self.0.contains_key(table)
    }

    /// Appends the rows of all tables that are among them.
    fn append_all(&mut self, batches: impl IntoIterator<Item = Batch>) -> Result<(), BatchError> {
        batches.into_iter().try_for_each(|batch| match self.0.get_mut(&batch.table) {
            Some(table) => table.append(batch),
            None => Ok(()),
        })
    }

    fn into_batches(self) -> Vec<Batch> {
        self.0.into_values().collect()
    }
}

/// The error for a rollup whose tables are not what they should be.
fn damaged(place: &Path, error: &BatchError) -> RollupError {
    let file = if place.is_dir() { place.join(ROLLUP) } else { place.to_owned() };
    RollupError::Part { file, why: error.to_string() }
}
