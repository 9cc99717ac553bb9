//! Where a key was used, beside the other keys of its owner: a key that somebody else made, or switched on again, is used
//! where its owner is, or elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::Symbols;
use crate::aggregate::keys::{KeyStatus, KeyUse};
use crate::model::{EventTime, Network, SourceAddress};
use crate::report::key_facts::KeyFacts;

/// So many keys that one principal made for others and that were deleted again are its work: a store of secrets hands out
/// keys for hours.
const HABIT: usize = 5;

/// What is known of a key's places.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    /// Whether it was used from a network in which no other key of its owner was.
    pub is_apart: bool,
    /// Whether it was used since it was switched on again, and from a network in which it was not before.
    pub is_new_since_on: bool,
    /// Whether it was used since it was switched on again.
    pub is_used_since_on: bool,
    /// Whether its maker has made many keys for others that were deleted again.
    pub is_of_habit: bool,
}

/// Those of each key, in the order of `all`.
pub(super) fn of(all: &[KeyFacts<'_>], symbols: &Symbols) -> Vec<Places> {
    let mut users: BTreeMap<(&str, &str), BTreeMap<Network, BTreeSet<&str>>> = BTreeMap::new();
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    for facts in all {
        let of_owner = users.entry((facts.account, facts.owner)).or_default();
        for network in networks(facts.used, symbols, |_, _| true) {
            of_owner.entry(network).or_default().insert(facts.id);
        }
        if let Some((_, by)) = facts.created.filter(|_| is_passing(facts)) {
            *made.entry(by).or_default() += 1;
        }
    }
    let of_key = |facts: &KeyFacts<'_>| {
        let of_owner = users.get(&(facts.account, facts.owner));
        let is_alone =
            |network: &Network| of_owner.is_some_and(|all| all.get(network).is_some_and(|ids| ids.len() == 1));
        let mut places = Places {
            is_apart: networks(facts.used, symbols, |_, _| true).iter().any(is_alone),
            is_of_habit: facts.created.is_some_and(|(_, by)| made.get(by).is_some_and(|many| *many >= HABIT)),
            ..Places::default()
        };
        if let Some(on) = facts.switched_on {
            let before = networks(facts.used, symbols, |first, _| first < on.time);
            let since = networks(facts.used, symbols, |_, last| last >= on.time);
            places.is_used_since_on = facts.last_used().is_some_and(|last| last >= on.time);
            places.is_new_since_on = since.difference(&before).next().is_some();
        }
        places
    };
    all.iter().map(of_key).collect()
}

/// Whether somebody else made it, and it was deleted again.
fn is_passing(facts: &KeyFacts<'_>) -> bool {
    facts.is_created_for_other == Some(true) && facts.status == Some(KeyStatus::Deleted)
}

/// The networks of a key's use whose first and last moment `holds`.
fn networks(
    used: Option<&KeyUse>,
    symbols: &Symbols,
    holds: impl Fn(EventTime, EventTime) -> bool,
) -> BTreeSet<Network> {
    let sources = used.into_iter().flat_map(|used| used.sources.iter());
    let held = sources.filter(|(_, source)| {
        source.span.first().zip(source.span.last()).is_some_and(|(first, last)| holds(first, last))
    });
    held.filter_map(|(address, _)| SourceAddress::parse(symbols.text(address)).network()).collect()
}
