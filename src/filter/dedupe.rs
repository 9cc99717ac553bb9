//! Exact de-duplication: an event that was delivered twice is counted once.

use std::hash::BuildHasher;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;
use prefetch_index::prefetch_index;

use crate::model::{Event, SignIn};

/// Shards keep threads out of each other's way and bound how much is copied when a table grows.
const SHARDS: usize = 256;
/// A shard grows when more than 17 of 20 places are taken…
const FULLEST: (usize, usize) = (17, 20);
/// …by a quarter, so that a place is never bought for more than 23.6 bytes an event…
const GROWTH: (usize, usize) = (5, 4);
/// …beyond the first 8 MiB of all shards together, up to which it doubles.
const SMALL: usize = 2048;
const FIRST_PLACES: usize = 64;

/// What an event is to those seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// Not seen before.
    New,
    /// The same event again: same id, same account, same decoded fields.
    Duplicate,
}

/// An event that will be seen soon: the hash of its id and account.
#[derive(Clone, Copy, Debug)]
pub struct Announced(u64);

/// The events seen so far, shared by all threads: 16 bytes each, at most 24 with the free places between once there
/// are half a million.
///
/// Equality is by two keyed 64-bit hashes, of (eventID, account) and of the decoded fields: 128 bits together.
pub struct Dedupe {
    ids: RandomState,
    contents: RandomState,
    shards: Box<[Mutex<Shard>]>,
    conflicts: AtomicU64,
}

#[derive(Default)]
struct Shard {
    /// (id, content); an id of zero is a free place.
    places: Vec<(u64, u64)>,
    taken: usize,
}

impl Default for Dedupe {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { ids: RandomState::default(), contents: RandomState::default(), shards, conflicts: AtomicU64::new(0) }
    }
}

impl Dedupe {
    /// Has the processor fetch the place of an event that will be seen soon, and names the event for [`see`](Self::see).
    /// The table is larger than any cache, so a look-up that has not been announced waits for memory.
    #[inline]
    pub fn announce(&self, event_id: &str, account_id: &str) -> Announced {
        let id = self.ids.hash_one((event_id, account_id)).max(1);
        let shard = lock(&self.shards[(id >> 56) as usize]);
        prefetch_index(&shard.places, home(id, shard.places.len()));
        Announced(id)
    }

    /// Takes in an event and says whether it was seen before. An event without eventID is never a duplicate.
    ///
    /// `identity_fingerprint` is a hash of its decoded userIdentity, equal for equal identities in the whole process;
    /// `announced` is what [`announce`](Self::announce) gave for this event, if it was announced.
    #[inline]
    pub fn see(&self, event: &Event<'_>, identity_fingerprint: u64, announced: Option<Announced>) -> Sighting {
        if event.event_id.is_empty() {
            return Sighting::New;
        }
        let id = match announced {
            Some(Announced(id)) => id,
            None => self.ids.hash_one((event.event_id, event.account_id())).max(1),
        };
        let content = self.contents.hash_one((
            (event.event_time.map(|t| t.0), event.event_name, event.event_source, event.aws_region),
            (event.source_ip_address, event.user_agent, event.error_code, event.error_message),
            (event.event_type, event.event_category, event.read_only, event.vpc_endpoint_id),
            (event.shared_event_id, event.session_credential_from_console, identity_fingerprint),
            // Reports count how a sign-in ended: which of two accounts of it came first must not decide.
            sign_in_of(event),
        ));
        let shard = &self.shards[(id >> 56) as usize];
        let (sighting, conflict) = lock(shard).see(id, content);
        if conflict {
            self.conflicts.fetch_add(1, Ordering::Relaxed);
        }
        sighting
    }

    /// How many ids came with more than one content.
    pub fn conflicting_ids(&self) -> u64 {
        self.conflicts.load(Ordering::Relaxed)
    }

    /// Bytes that the set takes.
    pub fn bytes(&self) -> u64 {
        self.shards.iter().map(|shard| lock(shard).places.capacity() as u64 * 16).sum()
    }
}

/// How a sign-in ended; nothing for any other event.
#[inline]
fn sign_in_of(event: &Event<'_>) -> Option<(bool, Option<bool>)> {
    (event.event_name == "ConsoleLogin").then(|| {
        let sign_in = SignIn::of(event);
        (sign_in.succeeded, sign_in.mfa_used)
    })
}

/// A thread that panicked cannot have left a shard half written.
fn lock(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Shard {
    /// Whether the pair is new, and whether its id now has a second content.
    fn see(&mut self, id: u64, content: u64) -> (Sighting, bool) {
        if self.taken * FULLEST.1 >= self.places.len() * FULLEST.0 {
            self.grow();
        }
        let mut contents_of_id = 0;
        let mut place = home(id, self.places.len());
        loop {
            match self.places[place] {
                (0, _) => break,
                (known, same) if known == id && same == content => return (Sighting::Duplicate, false),
                (known, _) if known == id => contents_of_id += 1,
                _ => {}
            }
            place = if place + 1 == self.places.len() { 0 } else { place + 1 };
        }
        self.places[place] = (id, content);
        self.taken += 1;
        (Sighting::New, contents_of_id == 1)
    }

    #[cold]
    fn grow(&mut self) {
        let places = match self.places.len() {
            few if few < SMALL => (few * 2).max(FIRST_PLACES),
            many => many * GROWTH.0 / GROWTH.1,
        };
        let mut roomier = Vec::with_capacity(places);
        roomier.resize(places, (0, 0));
        for &(id, content) in self.places.iter().filter(|(id, _)| *id != 0) {
            let mut place = home(id, places);
            while roomier[place].0 != 0 {
                place = if place + 1 == places { 0 } else { place + 1 };
            }
            roomier[place] = (id, content);
        }
        self.places = roomier;
    }
}

/// The place where an id is looked for first: the low 56 bits of the id, scaled to the number of places.
#[inline]
fn home(id: u64, places: usize) -> usize {
    ((u128::from(id << 8) * places as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn a_shard_is_a_set_of_pairs(pairs in proptest::collection::vec((1u64..40, 0u64..4), 0..600)) {
            // Few distinct homes: long runs of neighbours, wrapping round.
            let mut shard = Shard::default();
            let mut seen = BTreeSet::new();
            let mut conflicts = 0;
            for &(id, content) in &pairs {
                let id = id << 50 | 1;
                let (sighting, conflict) = shard.see(id, content);
                prop_assert_eq!(sighting == Sighting::New, seen.insert((id, content)));
                conflicts += usize::from(conflict);
            }
            let mut contents: BTreeMap<u64, usize> = BTreeMap::new();
            for (id, _) in &seen {
                *contents.entry(*id).or_default() += 1;
            }
            prop_assert_eq!(conflicts, contents.values().filter(|n| **n > 1).count());
        }
    }

    #[test]
    fn memory_stays_under_24_bytes_an_event() {
        let mut shard = Shard::default();
        let hasher = foldhash::fast::FixedState::with_seed(1);
        for n in 0u64..200_000 {
            shard.see(hasher.hash_one(n).max(1), n);
            if n > 2 * SMALL as u64 {
                assert!(shard.places.capacity() * 16 <= (n as usize + 1) * 24, "{n}");
            }
        }
    }
}
