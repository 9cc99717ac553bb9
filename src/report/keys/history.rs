//! What one key is among its owner's: which it replaced, which replaced it, which are active beside it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::places::{self, Places};
use crate::aggregate::principals::Principals;
use crate::aggregate::{State, Symbols};
use crate::model::{AccessKeyKind, EventTime, Network, SourceAddress};
use crate::report::Severity;
use crate::report::key_age::days_between;
use crate::report::key_facts::KeyFacts;

/// The most keys that are named beside one: an IAM user has two, so more are seen only where ends are not in the logs.
///
/// Source: IAM user guide, "IAM and AWS STS quotas": access keys assigned to an IAM user, 2.
const OTHERS: usize = 10;

/// A key with what follows from the facts of all.
#[derive(Clone, Debug)]
pub(super) struct Key<'a> {
    pub facts: KeyFacts<'a>,
    /// Whole days since it is known to exist.
    pub age_days: Option<i64>,
    /// The last counted event of its account: what happened later nobody here knows.
    pub logs_until: Option<EventTime>,
    /// Its last use, by the logs or by state.
    pub last_use: Option<EventTime>,
    /// Whole days from its last use, else its creation, to `logs_until`.
    pub unused_days: Option<i64>,
    /// The key that it replaced.
    pub rotated_from: Option<&'a str>,
    /// The key that replaced it.
    pub rotated_to: Option<&'a str>,
    /// Whether it is used from nowhere but the networks of the key that it replaced.
    pub takes_over: bool,
    /// How many keys of the same owner were active while it was, of which none is known to have ended.
    pub others_active: usize,
    /// The first [`OTHERS`] of them to be active, by id.
    pub other_active: Vec<&'a str>,
    /// Where it was used, beside the other keys of its owner.
    pub places: Places,
    /// Severity of the worst finding about it, else info.
    pub severity: Severity,
}

impl<'a> Key<'a> {
    /// Of which nothing follows from others yet.
    fn new(facts: KeyFacts<'a>) -> Self {
        Self {
            facts,
            age_days: None,
            logs_until: None,
            last_use: None,
            unused_days: None,
            rotated_from: None,
            rotated_to: None,
            takes_over: false,
            others_active: 0,
            other_active: Vec::new(),
            places: Places::default(),
            severity: Severity::Info,
        }
    }

    /// Whether it was created in the window and never used in it; `None` where the creation is not in the window.
    pub fn is_never_used(&self) -> Option<bool> {
        match (self.facts.used, self.facts.is_creation_counted) {
            (Some(_), _) => Some(false),
            (None, true) => Some(true),
            (None, false) => None,
        }
    }
}

/// Every key with its place among those of its owner, in the order of `all`.
pub(super) fn of<'a>(state: &'a State, all: &[KeyFacts<'a>], as_of: Option<EventTime>) -> Vec<Key<'a>> {
    let last_events = last_events(state);
    let mut keys: Vec<Key<'a>> = all
        .iter()
        .zip(places::of(all, state.symbols()))
        .map(|(&facts, places)| {
            let of_account = last_events.get(facts.account).copied();
            // Of an account without logs, state alone tells how long a key was idle.
            let logs_until = of_account.or(facts.in_state.and_then(|state| state.as_of)).or(as_of);
            let last_use = facts.last_used().max(facts.in_state.and_then(|state| state.last_used));
            let idle_since = last_use.or(facts.known_creation());
            Key {
                last_use,
                places,
                age_days: facts.known_since.zip(as_of).map(|(from, to)| days_between(from, to)),
                unused_days: idle_since.zip(logs_until).map(|(from, to)| days_between(from, to)),
                logs_until,
                ..Key::new(facts)
            }
        })
        .collect();
    let mut by_owner: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    // A key for one service replaces no access key, and stands beside it by design.
    let is_access_key = |facts: &KeyFacts<'_>| AccessKeyKind::of(facts.id) == AccessKeyKind::LongLived;
    for (place, facts) in all.iter().enumerate().filter(|(_, facts)| !facts.owner.is_empty() && is_access_key(facts)) {
        by_owner.entry((facts.account, facts.owner)).or_default().push(place);
    }
    for places in by_owner.into_values().filter(|places| places.len() > 1) {
        for (new, old) in add_rotations(&mut keys, &places) {
            let [here, there] = [new, old].map(|place| networks(&keys[place].facts, state.symbols()));
            keys[new].takes_over = !here.is_empty() && here.is_subset(&there);
        }
        add_others(&mut keys, &places);
    }
    keys
}

/// The last counted event of each account.
fn last_events(state: &State) -> BTreeMap<&str, EventTime> {
    let mut last = BTreeMap::new();
    for row in state.get::<Principals>().map(Principals::rows).unwrap_or_default() {
        if let Some(time) = row.span.last() {
            let known = last.entry(state.symbols().text(row.account)).or_insert(time);
            *known = time.max(*known);
        }
    }
    last
}

/// A key whose creation is known replaced the key that its owner had before and that has ended since, or had just
/// then. Each key is replaced once. Gives the places of each new key and of the one that it replaced.
fn add_rotations(keys: &mut [Key<'_>], places: &[usize]) -> Vec<(usize, usize)> {
    let mut rotations = Vec::new();
    let mut in_order = places.to_vec();
    in_order.sort_by_key(|&place| (keys[place].facts.known_since, keys[place].facts.id));
    // Those that have ended and were not replaced yet, the latest last.
    let mut ended: Vec<usize> = Vec::new();
    for new in in_order {
        if keys[new].facts.known_creation().is_some()
            && let Some(old) = ended.pop()
        {
            keys[old].rotated_to = Some(keys[new].facts.id);
            keys[new].rotated_from = Some(keys[old].facts.id);
            rotations.push((new, old));
        }
        if keys[new].facts.is_ended() {
            ended.push(new);
        }
    }
    rotations
}

/// The networks from which a key was used.
fn networks(facts: &KeyFacts<'_>, symbols: &Symbols) -> BTreeSet<Network> {
    let sources = facts.used.into_iter().flat_map(|used| used.sources.iter());
    sources.filter_map(|(source, _)| SourceAddress::parse(symbols.text(source)).network()).collect()
}

/// Goes through the keys as they become active, with those beside it that still are: time grows with the keys, and not
/// with their pairs.
fn add_others(keys: &mut [Key<'_>], places: &[usize]) {
    let times = |place: usize| keys[place].facts.active.filter(|(from, to)| from <= to).map(|times| (times, place));
    let mut in_order: Vec<((EventTime, EventTime), usize)> = places.iter().filter_map(|&place| times(place)).collect();
    in_order.sort_by_key(|&((from, _), place)| (from, keys[place].facts.id));
    let mut ends: BinaryHeap<Reverse<(EventTime, usize)>> = BinaryHeap::new();
    let mut active: BTreeSet<usize> = BTreeSet::new();
    for (rank, &((from, to), place)) in in_order.iter().enumerate() {
        while let Some(&Reverse((end, ended))) = ends.peek()
            && end < from
        {
            ends.pop();
            active.remove(&ended);
        }
        let later = rank + 1..in_order.partition_point(|&((other, _), _)| other <= to);
        let others = active.iter().copied().chain(later.clone()).take(OTHERS);
        let mut ids: Vec<&str> = others.map(|rank| keys[in_order[rank].1].facts.id).collect();
        ids.sort_unstable();
        keys[place].others_active = active.len() + later.len();
        keys[place].other_active = ids;
        ends.push(Reverse((to, rank)));
        active.insert(rank);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::aggregate::keys::KeyStatus;

    fn key(id: &str, active: Option<(i64, i64)>, is_ended: bool) -> Key<'_> {
        let facts = KeyFacts {
            id,
            account: "",
            owner: "ana",
            used: None,
            created: active.filter(|(from, _)| from % 3 != 0).map(|(from, _)| (EventTime(from), "ana")),
            is_creation_counted: false,
            is_created_for_other: None,
            known_since: active.map(|(from, _)| EventTime(from)),
            status: is_ended.then_some(KeyStatus::Deleted),
            status_time: None,
            status_by: "",
            switched_on: None,
            active: active.map(|(from, to)| (EventTime(from), EventTime(to))),
            in_state: None,
        };
        Key::new(facts)
    }

    /// Every pair looked at.
    fn others_of<'a>(keys: &[Key<'a>], place: usize) -> Vec<&'a str> {
        let meet = |a: &Key<'_>, b: &Key<'_>| {
            let times = a.facts.active.zip(b.facts.active);
            times.is_some_and(|((a_from, a_to), (b_from, b_to))| a_from.max(b_from) <= a_to.min(b_to))
        };
        let others = (0..keys.len()).filter(|&other| other != place && meet(&keys[place], &keys[other]));
        others.map(|other| keys[other].facts.id).collect()
    }

    /// Of each key the one that it replaced: the latest before it that has ended and that no other replaced.
    fn rotations<'a>(keys: &[Key<'a>]) -> Vec<Option<&'a str>> {
        let mut in_order: Vec<usize> = (0..keys.len()).collect();
        in_order.sort_by_key(|&place| (keys[place].facts.known_since, keys[place].facts.id));
        let (mut replaced, mut from) = (BTreeSet::new(), vec![None; keys.len()]);
        for (rank, &new) in in_order.iter().enumerate() {
            let mut before = in_order[..rank].iter().rev();
            let ended = |old: &&usize| keys[**old].facts.is_ended() && !replaced.contains(*old);
            if keys[new].facts.known_creation().is_some()
                && let Some(&old) = before.find(ended)
            {
                replaced.insert(old);
                from[new] = Some(keys[old].facts.id);
            }
        }
        from
    }

    proptest! {
        #[test]
        fn neighbours_are_those_of_all_pairs(
            spans in prop::collection::vec((prop::option::of((0_i64..40, -1_i64..20)), any::<bool>()), 0..40),
        ) {
            let ids: Vec<String> = (0..spans.len()).map(|i| format!("AKIA{:04}", i * 7919 % 1000)).collect();
            let spans = spans.iter().map(|&(span, is_ended)| (span.map(|(from, long)| (from, from + long)), is_ended));
            let mut keys: Vec<Key<'_>> = ids.iter().zip(spans).map(|(id, (span, ended))| key(id, span, ended)).collect();
            let places: Vec<usize> = (0..keys.len()).collect();
            let expected: Vec<_> = places.iter().map(|&place| others_of(&keys, place)).collect();
            let replaced = rotations(&keys);
            add_others(&mut keys, &places);
            add_rotations(&mut keys, &places);
            for (place, mut others) in expected.into_iter().enumerate() {
                prop_assert_eq!(keys[place].rotated_from, replaced[place]);
                prop_assert_eq!(keys[place].others_active, others.len());
                prop_assert_eq!(keys[place].other_active.len(), others.len().min(OTHERS));
                others.sort_unstable();
                if others.len() <= OTHERS {
                    prop_assert_eq!(&keys[place].other_active, &others);
                }
                prop_assert!(keys[place].other_active.iter().all(|id| others.contains(id)));
            }
        }
    }
}
