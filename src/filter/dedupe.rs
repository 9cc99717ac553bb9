//! Exact de-duplication: an event that was delivered twice is counted once.

use std::hash::BuildHasher;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;
use prefetch_index::prefetch_index;

use crate::model::Event;

/// Accounts fall into so many groups, each with tables of its own: objects are read account by account, so that what is
/// looked up at one time lies close together.
const GROUPS: usize = 16;
/// The tables of a group keep threads out of each other's way and bound how much is copied when one grows.
const SHARDS: usize = 64;
/// A shard grows when more than 17 of 20 places are taken…
const FULLEST: (usize, usize) = (17, 20);
/// …by a quarter, so that a place is never bought for more than 23.6 bytes an event…
const GROWTH: (usize, usize) = (5, 4);
/// …beyond this many buckets, up to which it doubles.
const SMALL: usize = 256;
const FIRST_BUCKETS: usize = 4;
/// Places of a bucket.
const PLACES: usize = 4;

/// What an event is to those seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// Not seen before.
    New,
    /// The same event again: same id, same account, same content.
    Duplicate,
}

/// An event that will be seen soon: the hash of its id and account.
#[derive(Clone, Copy, Debug)]
pub struct Announced(u64);

/// The events seen so far, shared by all threads: 16 bytes each, with the free places between at most 24 beyond the first
/// 16 MiB of all tables together.
///
/// Equality is by two keyed 64-bit hashes, of (eventID, account) and of the content (the decoded fields and the
/// sub-documents): 128 bits together.
///
/// [`by_bytes`](Self::by_bytes) takes the bytes of the record for the content. Records of the same bytes have the same
/// content, so as long as it [`tells`](Self::tells) the copies, they are those that the content tells.
pub struct Dedupe {
    ids: RandomState,
    contents: RandomState,
    shards: Box<[Mutex<Shard>]>,
    conflicts: AtomicU64,
    by_bytes: bool,
}

#[derive(Default)]
struct Shard {
    buckets: Vec<Bucket>,
    taken: usize,
}

/// (id, content) of some events whose ids begin alike, taken places first; an id of zero is a free place. As large as
/// what the processor fetches from memory in one go.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Bucket([(u64, u64); PLACES]);

impl Default for Dedupe {
    fn default() -> Self {
        let shards = (0..GROUPS * SHARDS).map(|_| Mutex::default()).collect();
        let (ids, contents) = (RandomState::default(), RandomState::default());
        Self { ids, contents, shards, conflicts: AtomicU64::new(0), by_bytes: false }
    }
}

impl Dedupe {
    /// A set that compares events by the bytes of their records.
    pub fn by_bytes() -> Self {
        Self { by_bytes: true, ..Self::default() }
    }

    /// Whether it can tell copies from others: not by bytes, once an id came with two contents. They may say the same.
    #[inline]
    pub fn tells(&self) -> bool {
        !self.by_bytes || self.conflicting_ids() == 0
    }

    /// Has the processor fetch the place of an event that will be seen soon, and names the event for [`see`](Self::see).
    /// The table is larger than any cache, so a look-up that has not been announced waits for memory.
    #[inline]
    pub fn announce(&self, event_id: &str, account_id: &str) -> Announced {
        let id = self.id_of(event_id, account_id);
        let shard = lock(self.shard(id, account_id));
        prefetch_index(&shard.buckets, home(id, shard.buckets.len()));
        Announced(id)
    }

    /// Takes in an event and says whether it was seen before. An event without eventID is never a duplicate.
    ///
    /// `fingerprint` is a hash of what its userIdentity and its sub-documents say, or of the bytes of its record where they
    /// are compared, equal for equal ones in the whole process; `announced` is what [`announce`](Self::announce) gave for
    /// this event, if it was announced.
    #[inline]
    pub fn see(&self, event: &Event<'_>, fingerprint: u64, announced: Option<Announced>) -> Sighting {
        if event.event_id.is_empty() {
            return Sighting::New;
        }
        let id = match announced {
            Some(Announced(id)) => id,
            None => self.id_of(event.event_id, event.account_id()),
        };
        let content = if self.by_bytes { fingerprint } else { self.content_of(event, fingerprint) };
        let (sighting, conflict) = lock(self.shard(id, event.account_id())).see(id, content);
        if conflict {
            self.conflicts.fetch_add(1, Ordering::Relaxed);
        }
        sighting
    }

    /// Whether an event with that id and account was seen, whatever else it said.
    pub fn has(&self, event_id: &str, account_id: &str) -> bool {
        let id = self.id_of(event_id, account_id);
        lock(self.shard(id, account_id)).has(id)
    }

    /// How many ids came with more than one content.
    pub fn conflicting_ids(&self) -> u64 {
        self.conflicts.load(Ordering::Relaxed)
    }

    /// Bytes that the set takes.
    pub fn bytes(&self) -> u64 {
        self.shards.iter().map(|shard| lock(shard).buckets.capacity() * size_of::<Bucket>()).sum::<usize>() as u64
    }

    #[inline]
    fn id_of(&self, event_id: &str, account_id: &str) -> u64 {
        self.ids.hash_one((event_id, account_id)).max(1)
    }

    /// A hash of what an event says beside its id and account.
    #[inline]
    fn content_of(&self, event: &Event<'_>, fingerprint: u64) -> u64 {
        self.contents.hash_one((
            (event.event_time.map(|t| t.0), event.event_name, event.event_source, event.aws_region),
            (event.source_ip_address, event.user_agent, event.error_code, event.error_message),
            (event.event_type, event.event_category, event.read_only),
            (event.vpc_endpoint_id, event.vpc_endpoint_account_id),
            (event.shared_event_id, event.session_credential_from_console, fingerprint),
        ))
    }

    #[inline]
    fn shard(&self, id: u64, account_id: &str) -> &Mutex<Shard> {
        &self.shards[group_of(account_id) * SHARDS + (id >> (u64::BITS - SHARDS.trailing_zeros())) as usize]
    }
}

/// A thread that panicked cannot have left a shard half written.
fn lock(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Shard {
    /// Whether the pair is new, and whether its id now has a second content.
    fn see(&mut self, id: u64, content: u64) -> (Sighting, bool) {
        if self.taken * FULLEST.1 >= self.buckets.len() * PLACES * FULLEST.0 {
            self.grow();
        }
        let mut contents_of_id = 0;
        let mut at = home(id, self.buckets.len());
        loop {
            for place in &mut self.buckets[at].0 {
                if place.0 == 0 {
                    *place = (id, content);
                    self.taken += 1;
                    return (Sighting::New, contents_of_id == 1);
                }
                if place.0 == id {
                    if place.1 == content {
                        return (Sighting::Duplicate, false);
                    }
                    contents_of_id += 1;
                }
            }
            at = after(at, self.buckets.len());
        }
    }

    /// Whether an id is there.
    fn has(&self, id: u64) -> bool {
        let buckets = self.buckets.len();
        if buckets == 0 {
            return false;
        }
        let mut at = home(id, buckets);
        loop {
            for place in &self.buckets[at].0 {
                if place.0 == 0 || place.0 == id {
                    return place.0 == id;
                }
            }
            at = after(at, buckets);
        }
    }

    #[cold]
    fn grow(&mut self) {
        let buckets = match self.buckets.len() {
            few if few < SMALL => (few * 2).max(FIRST_BUCKETS),
            many => many * GROWTH.0 / GROWTH.1,
        };
        let mut roomier = vec![Bucket::default(); buckets];
        for &(id, content) in self.buckets.iter().flat_map(|bucket| &bucket.0).filter(|(id, _)| *id != 0) {
            let mut at = home(id, buckets);
            loop {
                if let Some(free) = roomier[at].0.iter_mut().find(|place| place.0 == 0) {
                    *free = (id, content);
                    break;
                }
                at = after(at, buckets);
            }
        }
        self.buckets = roomier;
    }
}

/// The bucket where an id is looked for first: what of the id does not name the shard, scaled to the number of buckets.
#[inline]
fn home(id: u64, buckets: usize) -> usize {
    ((u128::from(id << SHARDS.trailing_zeros()) * buckets as u128) >> 64) as usize
}

/// The bucket after the one at `at`, the first after the last.
#[inline]
fn after(at: usize, buckets: usize) -> usize {
    if at + 1 == buckets { 0 } else { at + 1 }
}

/// The group of an account, by the last eight digits of its number.
#[inline]
fn group_of(account_id: &str) -> usize {
    let digits = account_id.as_bytes().last_chunk().map_or(0, |&last| u64::from_le_bytes(last));
    (digits.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - GROUPS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EventTime, UserIdentity, testing};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Texts that stand in another field, or are cut elsewhere, are other events; and so are flags.
    #[test]
    fn no_two_contents_are_one() {
        let identity = UserIdentity::default();
        let base = testing::event(&identity);
        let events = [
            base,
            Event { event_time: base.event_time.map(|time| time.plus_seconds(1)), ..base },
            Event { event_time: None, ..base },
            Event { event_time: Some(EventTime(0)), ..base },
            Event { error_code: "A", ..base },
            Event { error_message: "A", ..base },
            Event { error_code: "AB", ..base },
            Event { error_code: "A", error_message: "B", ..base },
            Event { error_code: "", error_message: "AB", ..base },
            Event { vpc_endpoint_id: "A", ..base },
            Event { vpc_endpoint_account_id: "A", ..base },
            Event { shared_event_id: "A", ..base },
            Event { event_type: "A", ..base },
            Event { event_category: "A", ..base },
            Event { user_agent: "A", ..base },
            Event { source_ip_address: "A", ..base },
            Event { aws_region: "A", ..base },
            Event { event_source: "A", ..base },
            Event { event_name: "A", ..base },
            Event { read_only: Some(false), ..base },
            Event { read_only: Some(true), ..base },
            Event { session_credential_from_console: Some(false), ..base },
            Event { session_credential_from_console: Some(true), ..base },
        ];
        let dedupe = Dedupe::default();
        let contents: BTreeSet<u64> = events.iter().map(|event| dedupe.content_of(event, 1)).collect();
        assert_eq!(contents.len(), events.len());
        assert!(!contents.contains(&dedupe.content_of(&base, 2)));
        assert_ne!(dedupe.id_of("ab", "c"), dedupe.id_of("a", "bc"));
    }

    #[test]
    fn by_bytes_nothing_else_counts_until_an_id_has_two() {
        let identity = UserIdentity::default();
        let base = Event { event_id: "one", ..testing::event(&identity) };
        let again = Event { event_name: "A", ..base };
        let dedupe = Dedupe::by_bytes();
        assert_eq!([dedupe.see(&base, 1, None), dedupe.see(&again, 1, None)], [Sighting::New, Sighting::Duplicate]);
        dedupe.see(&Event { event_id: "other", ..base }, 2, None);
        assert!(dedupe.tells());
        dedupe.see(&base, 2, None);
        assert!(!dedupe.tells());
        // By content the same is a conflict, and told.
        let dedupe = Dedupe::default();
        assert_eq!([dedupe.see(&base, 1, None), dedupe.see(&again, 1, None)], [Sighting::New, Sighting::New]);
        assert!(dedupe.tells() && dedupe.conflicting_ids() == 1);
    }

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
                prop_assert_eq!(shard.has(id), true);
                prop_assert_eq!(sighting == Sighting::New, seen.insert((id, content)));
                conflicts += usize::from(conflict);
            }
            let mut contents: BTreeMap<u64, usize> = BTreeMap::new();
            for (id, _) in &seen {
                *contents.entry(*id).or_default() += 1;
            }
            prop_assert!((1u64..40).all(|id| shard.has(id << 50 | 1) == contents.contains_key(&(id << 50 | 1))));
            prop_assert_eq!(conflicts, contents.values().filter(|n| **n > 1).count());
        }
    }

    #[test]
    fn memory_stays_under_24_bytes_an_event() {
        let mut shard = Shard::default();
        let hasher = foldhash::fast::FixedState::with_seed(1);
        for n in 0u64..200_000 {
            shard.see(hasher.hash_one(n).max(1), n);
            if n > 2 * (SMALL * PLACES) as u64 {
                assert!(shard.buckets.capacity() * size_of::<Bucket>() <= (n as usize + 1) * 24, "{n}");
            }
        }
    }
}
