//! What one key is among its owner's: which it replaced, which replaced it, which are active beside it.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::State;
use crate::aggregate::principals::Principals;
use crate::model::{AccessKeyKind, EventTime};
use crate::report::Severity;
use crate::report::key_age::days_between;
use crate::report::key_facts::KeyFacts;

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
    /// Keys of the same owner that were active while it was, and none of them is known to have ended.
    pub other_active: Vec<&'a str>,
    /// Severity of the worst finding about it, else info.
    pub severity: Severity,
}

impl Key<'_> {
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
        .map(|&facts| {
            let of_account = last_events.get(facts.account).copied();
            // Of an account without logs, state alone tells how long a key was idle.
            let logs_until = of_account.or(facts.in_state.and_then(|state| state.as_of)).or(as_of);
            let last_use = facts.last_used().max(facts.in_state.and_then(|state| state.last_used));
            let idle_since = last_use.or(facts.known_creation());
            Key {
                last_use,
                age_days: facts.known_since.zip(as_of).map(|(from, to)| days_between(from, to)),
                unused_days: idle_since.zip(logs_until).map(|(from, to)| days_between(from, to)),
                logs_until,
                rotated_from: None,
                rotated_to: None,
                other_active: Vec::new(),
                severity: Severity::Info,
                facts,
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
        add_rotations(&mut keys, &places);
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
/// then. Each key is replaced once.
fn add_rotations(keys: &mut [Key<'_>], places: &[usize]) {
    let mut in_order = places.to_vec();
    in_order.sort_by_key(|&place| (keys[place].facts.known_since, keys[place].facts.id));
    let mut replaced = BTreeSet::new();
    for (rank, &new) in in_order.iter().enumerate() {
        if keys[new].facts.known_creation().is_none() {
            continue;
        }
        let before = in_order[..rank].iter().rev().copied();
        let ended = |place: &usize| keys[*place].facts.is_ended() && !replaced.contains(place);
        if let Some(old) = before.clone().find(ended) {
            replaced.insert(old);
            keys[old].rotated_to = Some(keys[new].facts.id);
            keys[new].rotated_from = Some(keys[old].facts.id);
        }
    }
}

fn add_others(keys: &mut [Key<'_>], places: &[usize]) {
    let meet = |a: &Key<'_>, b: &Key<'_>| {
        let times = a.facts.active.zip(b.facts.active);
        times.is_some_and(|((a_from, a_to), (b_from, b_to))| a_from.max(b_from) <= a_to.min(b_to))
    };
    for &place in places {
        let others = places.iter().filter(|&&other| other != place && meet(&keys[place], &keys[other]));
        keys[place].other_active = others.map(|&other| keys[other].facts.id).collect();
    }
}
