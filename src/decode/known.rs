//! Knowing a `userIdentity` again by its raw text.
//!
//! Trails repeat the same few thousand identities millions of times. The raw text of each is hashed; one seen before is
//! known by its [`IdentityRef`] without being read again, so reading may allocate.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::RandomState;
use prefetch_index::prefetch_index;

use crate::model::IdentityRef;

/// Past this many distinct identities the table starts afresh, so that memory stays flat.
const MOST: usize = 1 << 18;
/// A power of two.
const FIRST_SLOTS: usize = 1 << 10;
/// How many recently seen identities are known without a look-up in the table; a power of two.
const RECENT: usize = 1 << 11;

/// Generations are unique in the process, so that a reference of one decoder never means something to another.
static GENERATION: AtomicU32 = AtomicU32::new(1);

/// What is known of an identity that was seen before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Its name.
    pub identity: IdentityRef,
    /// What is known of its text.
    pub print: Print,
}

/// What is worked out of the text of an identity, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    /// A keyed hash of the decoded fields.
    pub fingerprint: u64,
    /// Whether the text is JSON to its end.
    pub is_json: bool,
}

/// What stands for a raw text: a keyed hash and the length. The key is random, so nobody who writes logs can make two
/// texts meet; by chance two of a full table do so once in five hundred million tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    hash: u64,
    length: u32,
}

/// The identities that one decoder has met.
pub(super) struct IdentityTable {
    /// Open addressing, at most half taken.
    slots: Vec<Slot>,
    /// The print of each identity.
    prints: Vec<Print>,
    /// Recently seen identities: nine of ten are seen again soon, and the table is larger than the nearest caches.
    recent: Box<[Slot; RECENT]>,
    generation: u32,
    hasher: RandomState,
}

/// A key, in sixteen bytes with the number of its identity, counted from 1; a number of 0 is a free slot.
#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u64,
    length: u32,
    number: u32,
}

const FREE: Slot = Slot { hash: 0, length: 0, number: 0 };

impl IdentityTable {
    /// An empty table.
    pub fn new() -> Self {
        Self {
            slots: vec![FREE; FIRST_SLOTS],
            prints: Vec::new(),
            recent: Box::new([FREE; RECENT]),
            generation: GENERATION.fetch_add(1, Ordering::Relaxed),
            hasher: RandomState::default(),
        }
    }

    /// The key of the identity with this raw text, whose place the processor is told to fetch.
    #[inline]
    pub fn announce(&self, raw: &str) -> Key {
        let key = Key { hash: self.hasher.hash_one(raw), length: raw.len() as u32 };
        prefetch_index(&self.recent[..], key.recent());
        key
    }

    /// What is known of the identity of that key; `print` makes its print when it is new.
    #[inline]
    pub fn find(&mut self, key: Key, print: impl FnOnce() -> Print) -> Known {
        let recent = self.recent[key.recent()];
        let number = if recent.is_of(key) { recent.number } else { self.look_up(key, print) };
        let slot = number - 1;
        Known { identity: IdentityRef { generation: self.generation, slot }, print: self.prints[slot as usize] }
    }

    /// The number of the identity of that key, from now on among the recently seen.
    #[inline(never)]
    fn look_up(&mut self, key: Key, print: impl FnOnce() -> Print) -> u32 {
        let number = match self.slots[self.slot(key)].number {
            0 => self.insert(key, print()),
            number => number,
        };
        self.recent[key.recent()] = Slot::new(key, number);
        number
    }

    /// The slot of `key`, or the free one where it belongs.
    #[inline]
    fn slot(&self, key: Key) -> usize {
        let mut at = key.hash as usize & (self.slots.len() - 1);
        while self.slots[at].number != 0 && !self.slots[at].is_of(key) {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    #[cold]
    fn insert(&mut self, key: Key, print: Print) -> u32 {
        if self.prints.len() >= MOST {
            self.slots.fill(FREE);
            self.recent.fill(FREE);
            self.prints.clear();
            self.generation = GENERATION.fetch_add(1, Ordering::Relaxed);
        } else if self.prints.len() * 2 >= self.slots.len() {
            let more = vec![FREE; self.slots.len() * 2];
            for slot in std::mem::replace(&mut self.slots, more).into_iter().filter(|slot| slot.number != 0) {
                let place = self.slot(Key { hash: slot.hash, length: slot.length });
                self.slots[place] = slot;
            }
        }
        self.prints.push(print);
        let number = self.prints.len() as u32;
        let place = self.slot(key);
        self.slots[place] = Slot::new(key, number);
        number
    }
}

impl Slot {
    fn new(key: Key, number: u32) -> Self {
        Self { hash: key.hash, length: key.length, number }
    }

    #[inline]
    fn is_of(&self, key: Key) -> bool {
        self.hash == key.hash && self.length == key.length && self.number != 0
    }
}

impl Key {
    /// Where such an identity is kept among the recently seen.
    #[inline]
    fn recent(self) -> usize {
        (self.hash >> (u64::BITS - RECENT.trailing_zeros())) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_knows_a_text_again() {
        let mut table = IdentityTable::new();
        let print = |fingerprint| Print { fingerprint, is_json: true };
        let mut find = |raw: &str, known: Option<u64>| {
            table.find(table.announce(raw), || print(known.expect("a text that was met before is known"))).identity
        };
        let first = find("a", Some(1));
        assert_ne!(first, find("b", Some(2)));
        assert_eq!(first, find("a", None));
        assert_ne!(first, IdentityTable::new().find(Key { hash: 7, length: 1 }, || print(1)).identity);
    }

    #[test]
    fn a_table_grows_and_starts_afresh() {
        let mut table = IdentityTable::new();
        let texts = MOST as u64 + 10;
        let print = |fingerprint| Print { fingerprint, is_json: true };
        let key = |table: &IdentityTable, n: u64| table.announce(&n.to_string());
        let known: Vec<Known> = (0..texts).map(|n| table.find(key(&table, n), || print(n))).collect();
        let slots = |known: &[Known]| known.iter().map(|known| known.identity.slot).collect::<Vec<_>>();
        assert_eq!(slots(&known[..MOST]), (0..MOST as u32).collect::<Vec<_>>(), "small and dense");
        assert_eq!(slots(&known[MOST..]), (0..10).collect::<Vec<_>>());
        assert_ne!(known[0].identity.generation, known[MOST].identity.generation);
        for n in MOST as u64..texts {
            let again = table.find(key(&table, n), || unreachable!("known"));
            assert_eq!((again.identity, again.print), (known[n as usize].identity, print(n)));
        }
    }
}
