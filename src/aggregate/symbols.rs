//! Interning: each distinct text is kept once and known by a small number.

use std::hash::BuildHasher;
use std::sync::LazyLock;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// One key for all tables of the process, so that merging takes the hashes over.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// A text of one [`Symbols`] table; means nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

/// The texts of one state. A text seen before costs one hash and one compare, and no allocation.
#[derive(Clone, Debug)]
pub struct Symbols {
    table: HashTable<u32>,
    entries: Vec<Entry>,
    text: String,
}

/// Where a text lies in the table's one string, and its hash, so that growing reads no text.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    start: usize,
    length: u32,
}

/// How the symbols of one table are called in another: made by [`Symbols::absorb`].
#[derive(Debug)]
pub struct Remap(Vec<Sym>);

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Self { table: HashTable::new(), entries: Vec::new(), text: String::new() };
        symbols.intern("");
        symbols
    }
}

impl Sym {
    /// The empty text, the same in every table.
    pub const EMPTY: Self = Self(0);
}

impl Symbols {
    /// The symbol of `text`, which is a field of a record and so far shorter than 4 GiB.
    ///
    /// # Panics
    /// Past 2³² distinct texts, some hundred gigabytes after any memory limit.
    pub fn intern(&mut self, text: &str) -> Sym {
        self.intern_hashed(HASHER.hash_one(text), text)
    }

    /// The symbol of `text` if it was interned before.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.find_hashed(HASHER.hash_one(text), text)
    }

    /// The text of `sym`.
    pub fn text(&self, sym: Sym) -> &str {
        let entry = &self.entries[sym.0 as usize];
        &self.text[entry.start..entry.start + entry.length as usize]
    }

    /// Takes in all texts of `other` and says what its symbols are called here.
    pub fn absorb(&mut self, other: &Self) -> Remap {
        let theirs = other.entries.iter().enumerate();
        Remap(theirs.map(|(i, entry)| self.intern_hashed(entry.hash, other.text(Sym(i as u32)))).collect())
    }

    #[inline]
    fn intern_hashed(&mut self, hash: u64, text: &str) -> Sym {
        match self.find_hashed(hash, text) {
            Some(known) => known,
            None => self.insert(hash, text),
        }
    }

    #[inline]
    fn find_hashed(&self, hash: u64, text: &str) -> Option<Sym> {
        let is_same = |&i: &u32| self.entries[i as usize].hash == hash && self.text(Sym(i)) == text;
        self.table.find(hash, is_same).map(|&i| Sym(i))
    }

    #[cold]
    fn insert(&mut self, hash: u64, text: &str) -> Sym {
        let next = u32::try_from(self.entries.len()).expect("fewer than 2^32 distinct texts");
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { hash, start: self.text.len(), length });
        self.text.push_str(text);
        let entries = &self.entries;
        self.table.insert_unique(hash, next, |&i| entries[i as usize].hash);
        Sym(next)
    }
}

impl Remap {
    /// What `sym` of the absorbed table is called now.
    pub fn of(&self, sym: Sym) -> Sym {
        self.0[sym.0 as usize]
    }
}
