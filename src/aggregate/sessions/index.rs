//! Where a member of a long list is: nearly all sessions have one of what masked records give one session thousands of.

use hashbrown::HashMap;

use super::facts::Facts;
use crate::aggregate::Sym;

/// Up to so many members are looked at one by one.
const FEW: usize = 8;

type Places<K> = HashMap<K, u32, ahash::RandomState>;

/// The places of the members of a row's lists, once these are long. A shortcut only: no part of a state.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    facts: Places<Facts>,
    /// By endpoint and owner.
    endpoints: Places<(Sym, Sym)>,
}

impl Index {
    /// The place of these facts in `list`.
    pub fn of_facts(index: &mut Option<Box<Self>>, list: &[Facts], facts: &Facts) -> Option<usize> {
        if list.len() <= FEW {
            return list.iter().position(|known| known == facts);
        }
        find(&mut index.get_or_insert_default().facts, list, |known| *known, facts)
    }

    /// The place of the endpoint and owner `key` in `list`.
    pub fn of_endpoint<T>(
        index: &mut Option<Box<Self>>,
        list: &[T],
        key_of: impl Fn(&T) -> (Sym, Sym),
        key: (Sym, Sym),
    ) -> Option<usize> {
        if list.len() <= FEW {
            return list.iter().position(|known| key_of(known) == key);
        }
        find(&mut index.get_or_insert_default().endpoints, list, key_of, &key)
    }
}

/// Looks `key` up, after the members that were put in since the last time are known; all of a list are distinct.
fn find<K: Eq + std::hash::Hash, T>(
    places: &mut Places<K>,
    list: &[T],
    key_of: impl Fn(&T) -> K,
    key: &K,
) -> Option<usize> {
    for (place, member) in list.iter().enumerate().skip(places.len()) {
        places.insert(key_of(member), place as u32);
    }
    places.get(key).map(|&place| place as usize)
}
