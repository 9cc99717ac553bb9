//! Interning: each distinct text is kept once and known by a small number.

use std::hash::BuildHasher;
use std::sync::LazyLock;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// One key for all tables of the process, so that merging takes the hashes over.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// A text of one [`Symbols`] table; means nothing in another. Never the largest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

/// How many recently seen texts are known without a look-up in the table.
const RECENT: usize = 1 << 12;

/// The texts of one state. A text seen before costs one compare when it was seen recently, else one hash more, and no
/// allocation.
#[derive(Clone, Debug)]
pub struct Symbols {
    table: HashTable<u32>,
    /// Where each text ends in the table's one string, which is where the next begins.
    ends: Vec<usize>,
    /// The hash of each text, so that growing reads no text.
    hashes: Vec<u64>,
    text: String,
    /// Recently seen texts, by a number that costs less than a hash: records of one object say the same again and again.
    recent: Box<[Recent; RECENT]>,
}

/// The length of a text and its first and last eight bytes: all of one of up to sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ends {
    head: u64,
    tail: u64,
    length: usize,
}

/// A recently seen text, in half of what the processor fetches from memory in one go.
#[derive(Clone, Copy, Debug)]
struct Recent {
    head: u64,
    tail: u64,
    /// Where it begins in the table's one string.
    start: u64,
    length: u32,
    sym: Sym,
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
            recent: Box::new([Recent { head: 0, tail: 0, start: 0, length: 0, sym: Sym::EMPTY }; RECENT]),
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
    /// Past 2³² − 1 distinct texts, some hundred gigabytes after any memory limit.
    #[inline]
    pub fn intern(&mut self, text: &str) -> Sym {
        // Most fields of most records are absent.
        if text.is_empty() {
            return Sym::EMPTY;
        }
        let ends = Ends::of(text);
        let recent = self.recent[ends.place()];
        if recent.ends() == ends && (text.len() <= Ends::ALL || self.bytes_of(recent) == text.as_bytes()) {
            return recent.sym;
        }
        self.look_up(ends, text)
    }

    /// The symbol of `text` if it was interned before.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.find_hashed(HASHER.hash_one(text), text)
    }

    /// The text of `sym`.
    pub fn text(&self, sym: Sym) -> &str {
        &self.text[self.start(sym)..self.ends[sym.0 as usize]]
    }

    /// Takes in all texts of `other` and says what its symbols are called here.
    pub fn absorb(&mut self, other: &Self) -> Remap {
        let hashes = &self.hashes;
        self.table.reserve(other.hashes.len(), |&i| hashes[i as usize]);
        let theirs = other.hashes.iter().enumerate();
        Remap(theirs.map(|(i, &hash)| self.intern_hashed(hash, other.text(Sym(i as u32)))).collect())
    }

    /// The symbol of `text`, from now on among the recently seen.
    #[inline(never)]
    fn look_up(&mut self, ends: Ends, text: &str) -> Sym {
        let sym = self.intern_hashed(HASHER.hash_one(text), text);
        if let Ok(length) = u32::try_from(text.len()) {
            let start = self.start(sym) as u64;
            self.recent[ends.place()] = Recent { head: ends.head, tail: ends.tail, start, length, sym };
        }
        sym
    }

    #[inline]
    fn bytes_of(&self, recent: Recent) -> &[u8] {
        let start = recent.start as usize;
        &self.text.as_bytes()[start..start + recent.length as usize]
    }

    #[inline]
    fn start(&self, sym: Sym) -> usize {
        (sym.0 as usize).checked_sub(1).map_or(0, |before| self.ends[before])
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
        let next = u32::try_from(self.ends.len()).ok().filter(|&next| next < u32::MAX);
        let next = next.expect("fewer than 2^32 - 1 distinct texts");
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(hash, next, |&i| hashes[i as usize]);
        Sym(next)
    }
}

impl Ends {
    /// The longest text that is all told.
    const ALL: usize = 16;

    #[inline]
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (head, tail) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
            _ => (bytes.iter().fold(0, |all, &byte| all << 8 | u64::from(byte)), 0),
        };
        Self { head, tail, length: bytes.len() }
    }

    /// Where such a text is kept: texts of one kind differ at their ends.
    #[inline]
    fn place(self) -> usize {
        let mixed = (self.head ^ self.tail.rotate_left(29) ^ self.length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> (u64::BITS - RECENT.trailing_zeros())) as usize
    }
}

impl Recent {
    #[inline]
    fn ends(&self) -> Ends {
        Ends { head: self.head, tail: self.tail, length: self.length as usize }
    }
}

impl Remap {
    /// What `sym` of the absorbed table is called now.
    pub fn of(&self, sym: Sym) -> Sym {
        self.0[sym.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equal_texts_have_equal_symbols_and_others_do_not(
            texts in prop::collection::vec(prop_oneof!["[ab\0é]{0,9}", "sessions?[ab]{0,4}.{0,2}-long-[ab]{0,4}-ending"], 0..200),
        ) {
            let (mut symbols, mut plain) = (Symbols::default(), HashMap::new());
            for text in &texts {
                let sym = symbols.intern(text);
                prop_assert_eq!(*plain.entry(text).or_insert(sym), sym);
                prop_assert_eq!(symbols.text(sym), text);
            }
            for text in &texts {
                prop_assert_eq!(symbols.intern(text), plain[text]);
                prop_assert_eq!(symbols.find(text), Some(plain[text]));
            }
            prop_assert_eq!(symbols.intern(""), Sym::EMPTY);
        }
    }
}
