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

/// How many texts met of late are known without a look into the table.
const RECENT: usize = 1 << 11;

/// The texts of one state. A text seen before costs one compare when it was met of late, else one hash more, and no
/// allocation.
#[derive(Clone, Debug)]
pub struct Symbols {
    table: HashTable<u32>,
    /// Where each text ends in the table's one string, which is where the next begins.
    ends: Vec<usize>,
    /// The hash of each text, so that growing reads no text.
    hashes: Vec<u64>,
    text: String,
    /// Texts met of late, by a number that costs less than a hash: records of one object say the same again and again.
    recent: Box<[Sym; RECENT]>,
}

/// How the symbols of one table are called in another: made by [`Symbols::absorb`].
#[derive(Debug)]
pub struct Remap(Vec<Sym>);

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Self {
            table: HashTable::new(),
            ends: Vec::new(),
            hashes: Vec::new(),
            text: String::new(),
            recent: Box::new([Sym::EMPTY; RECENT]),
        };
        symbols.intern_hashed(HASHER.hash_one(""), "");
        symbols
    }
}

impl Sym {
    /// The empty text, the same in every table.
    pub const EMPTY: Self = Self(0);
}

impl Symbols {
    /// The symbol of `text`.
    ///
    /// # Panics
    /// Past 2³² distinct texts, some hundred gigabytes after any memory limit.
    pub fn intern(&mut self, text: &str) -> Sym {
        let place = place_of(text);
        let recent = self.recent[place];
        if self.text(recent) == text {
            return recent;
        }
        let sym = self.intern_hashed(HASHER.hash_one(text), text);
        self.recent[place] = sym;
        sym
    }

    /// The symbol of `text` if it was interned before.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.find_hashed(HASHER.hash_one(text), text)
    }

    /// The text of `sym`.
    pub fn text(&self, sym: Sym) -> &str {
        let place = sym.0 as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.text[start..self.ends[place]]
    }

    /// Takes in all texts of `other` and says what its symbols are called here.
    pub fn absorb(&mut self, other: &Self) -> Remap {
        let theirs = other.hashes.iter().enumerate();
        Remap(theirs.map(|(i, &hash)| self.intern_hashed(hash, other.text(Sym(i as u32)))).collect())
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
        self.table.find(hash, |&i| self.text(Sym(i)) == text).map(|&i| Sym(i))
    }

    #[cold]
    fn insert(&mut self, hash: u64, text: &str) -> Sym {
        let next = u32::try_from(self.ends.len()).expect("fewer than 2^32 distinct texts");
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(hash, next, |&i| hashes[i as usize]);
        Sym(next)
    }
}

/// A number of a text's length, beginning and end: texts of one kind differ there.
#[inline]
fn place_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (head, tail) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => bytes.iter().fold((0, 0), |(head, tail), &byte| (head << 8 | u64::from(byte), tail)),
    };
    let mixed = (head ^ tail.rotate_left(29) ^ bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (u64::BITS - RECENT.trailing_zeros())) as usize
}

impl Remap {
    /// What `sym` of the absorbed table is called now.
    pub fn of(&self, sym: Sym) -> Sym {
        self.0[sym.0 as usize]
    }
}
