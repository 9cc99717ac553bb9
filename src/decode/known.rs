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

/// Generations are unique in the process, so that a reference of one decoder never means something to another.
static GENERATION: AtomicU32 = AtomicU32::new(1);

/// What is known of an identity that was seen before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Its name.
    pub identity: IdentityRef,
    /// A keyed hash of its decoded fields.
    pub fingerprint: u64,
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
    taken: usize,
    generation: u32,
    hasher: RandomState,
}

/// A key with the number of its identity, counted from 1, and its fingerprint; a number of 0 is a free slot.
#[derive(Clone, Copy, Debug)]
struct Slot {
    key: Key,
    number: u32,
    fingerprint: u64,
}

const FREE: Slot = Slot { key: Key { hash: 0, length: 0 }, number: 0, fingerprint: 0 };

impl IdentityTable {
    /// An empty table.
    pub fn new() -> Self {
        let generation = GENERATION.fetch_add(1, Ordering::Relaxed);
        Self { slots: vec![FREE; FIRST_SLOTS], taken: 0, generation, hasher: RandomState::default() }
    }

    /// The key of the identity with this raw text, whose slot the processor is told to fetch: the table is larger than
    /// the nearest caches.
    #[inline]
    pub fn announce(&self, raw: &str) -> Key {
        let key = Key { hash: self.hasher.hash_one(raw), length: raw.len() as u32 };
        prefetch_index(&self.slots, self.home(key));
        key
    }

    /// What is known of the identity of that key; `fingerprint` makes its fingerprint when it is new.
    #[inline]
    pub fn find(&mut self, key: Key, fingerprint: impl FnOnce() -> u64) -> Known {
        let slot = &self.slots[self.slot(key)];
        match slot.number {
            0 => self.insert(key, fingerprint()),
            number => self.known(number, slot.fingerprint),
        }
    }

    #[inline]
    fn known(&self, number: u32, fingerprint: u64) -> Known {
        Known { identity: IdentityRef { generation: self.generation, slot: number - 1 }, fingerprint }
    }

    #[inline]
    fn home(&self, key: Key) -> usize {
        key.hash as usize & (self.slots.len() - 1)
    }

    /// The slot of `key`, or the free one where it belongs.
    #[inline]
    fn slot(&self, key: Key) -> usize {
        let mut at = self.home(key);
        while self.slots[at].number != 0 && self.slots[at].key != key {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    #[cold]
    fn insert(&mut self, key: Key, fingerprint: u64) -> Known {
        if self.taken >= MOST {
            self.slots.fill(FREE);
            self.taken = 0;
            self.generation = GENERATION.fetch_add(1, Ordering::Relaxed);
        } else if self.taken * 2 >= self.slots.len() {
            let more = vec![FREE; self.slots.len() * 2];
            for slot in std::mem::replace(&mut self.slots, more).into_iter().filter(|slot| slot.number != 0) {
                let place = self.slot(slot.key);
                self.slots[place] = slot;
            }
        }
        self.taken += 1;
        let number = self.taken as u32;
        let place = self.slot(key);
        self.slots[place] = Slot { key, number, fingerprint };
        self.known(number, fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_knows_a_text_again() {
        let mut table = IdentityTable::new();
        let mut find = |raw: &str, print: Option<u64>| {
            table.find(table.announce(raw), || print.expect("a text that was met before is known")).identity
        };
        let first = find("a", Some(1));
        assert_ne!(first, find("b", Some(2)));
        assert_eq!(first, find("a", None));
        assert_ne!(first, IdentityTable::new().find(Key { hash: 7, length: 1 }, || 1).identity);
    }

    #[test]
    fn a_table_grows_and_starts_afresh() {
        let mut table = IdentityTable::new();
        let texts = MOST as u64 + 10;
        let key = |table: &IdentityTable, n: u64| table.announce(&n.to_string());
        let known: Vec<Known> = (0..texts).map(|n| table.find(key(&table, n), || n)).collect();
        let slots = |known: &[Known]| known.iter().map(|known| known.identity.slot).collect::<Vec<_>>();
        assert_eq!(slots(&known[..MOST]), (0..MOST as u32).collect::<Vec<_>>(), "small and dense");
        assert_eq!(slots(&known[MOST..]), (0..10).collect::<Vec<_>>());
        assert_ne!(known[0].identity.generation, known[MOST].identity.generation);
        for n in MOST as u64..texts {
            let again = table.find(key(&table, n), || unreachable!("known"));
            assert_eq!((again.identity, again.fingerprint), (known[n as usize].identity, n));
        }
    }
}
