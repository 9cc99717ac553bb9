//! Interning: each distinct text is kept once and known by a small number.

use ahash::RandomState;
use hashbrown::HashTable;

/// A text of one [`Symbols`] table; means nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

/// The texts of one state. A text seen before costs one hash and one compare, and no allocation.
#[derive(Clone, Debug)]
pub struct Symbols {
    hasher: RandomState,
    table: HashTable<u32>,
    ends: Vec<usize>,
    text: String,
}

/// How the symbols of one table are called in another: made by [`Symbols::absorb`].
#[derive(Debug)]
pub struct Remap(Vec<Sym>);

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols =
            Self { hasher: RandomState::new(), table: HashTable::new(), ends: Vec::new(), text: String::new() };
        symbols.intern("");
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
        let hash = self.hasher.hash_one(text);
        if let Some(&found) = self.table.find(hash, |&i| slice(&self.text, &self.ends, i) == text) {
            return Sym(found);
        }
        self.insert(hash, text)
    }

    /// The symbol of `text` if it was interned before.
    pub fn find(&self, text: &str) -> Option<Sym> {
        let hash = self.hasher.hash_one(text);
        self.table.find(hash, |&i| slice(&self.text, &self.ends, i) == text).map(|&i| Sym(i))
    }

    /// The text of `sym`.
    pub fn text(&self, sym: Sym) -> &str {
        slice(&self.text, &self.ends, sym.0)
    }

    /// Takes in all texts of `other` and says what its symbols are called here.
    pub fn absorb(&mut self, other: &Self) -> Remap {
        Remap((0..other.ends.len() as u32).map(|i| self.intern(other.text(Sym(i)))).collect())
    }

    #[cold]
    fn insert(&mut self, hash: u64, text: &str) -> Sym {
        let next = u32::try_from(self.ends.len()).expect("fewer than 2^32 distinct texts");
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let (all, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.table.insert_unique(hash, next, |&i| hasher.hash_one(slice(all, ends, i)));
        Sym(next)
    }
}

impl Remap {
    /// What `sym` of the absorbed table is called now.
    pub fn of(&self, sym: Sym) -> Sym {
        self.0[sym.0 as usize]
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], index: u32) -> &'a str {
    let index = index as usize;
    let start = if index == 0 { 0 } else { ends[index - 1] };
    &text[start..ends[index]]
}
