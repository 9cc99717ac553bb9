//! Exact maps, sets and counters by symbol: a short list while few, a hash table when many.

use smallvec::SmallVec;

use super::{Remap, Sym};

/// Past this many members a list becomes a table.
const FEW: usize = 12;

/// A value for each symbol. The first `FIRST` members take no memory of their own: nearly all maps have few.
#[derive(Clone, Debug)]
pub struct SymMap<V, const FIRST: usize = 1> {
    /// A list of the members while they are [`FEW`]; then a table of a power of two of slots, at most half taken, the
    /// others named [`FREE`].
    slots: SmallVec<[(Sym, V); FIRST]>,
    /// How many members there are.
    members: u32,
    /// The symbol asked for last, and its slot; means nothing while empty. Events of one principal come in runs.
    last: (Sym, u32),
}

/// The symbol of a free slot, which no text has.
const FREE: Sym = Sym(u32::MAX);

/// Exact counts by symbol.
#[derive(Clone, Debug, Default)]
pub struct SymCounts(SymMap<i64>);

/// An exact set of symbols.
#[derive(Clone, Debug, Default)]
pub struct SymSet(SymMap<(), 4>);

impl<V, const FIRST: usize> Default for SymMap<V, FIRST> {
    fn default() -> Self {
        Self { slots: SmallVec::new(), members: 0, last: (Sym::EMPTY, 0) }
    }
}

impl<V: Default, const FIRST: usize> SymMap<V, FIRST> {
    /// The value of `sym`, put in with its default when new.
    pub fn entry(&mut self, sym: Sym) -> &mut V {
        let slot = match self.last {
            (last, slot) if last == sym && self.members > 0 => slot as usize,
            _ => self.look_up(sym),
        };
        &mut self.slots[slot].1
    }

    /// The value of `sym`, if it is in.
    pub fn get(&self, sym: Sym) -> Option<&V> {
        let slot = self.slots.get(self.slot(sym))?;
        (slot.0 == sym && sym != FREE).then_some(&slot.1)
    }

    /// Every symbol with its value, in no lasting order.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &V)> + '_ {
        self.slots.iter().filter(|(sym, _)| *sym != FREE).map(|(sym, value)| (*sym, value))
    }

    /// How many distinct symbols there are.
    pub fn len(&self) -> usize {
        self.members as usize
    }

    /// Whether there is no symbol.
    pub fn is_empty(&self) -> bool {
        self.members == 0
    }

    fn look_up(&mut self, sym: Sym) -> usize {
        let mut slot = self.slot(sym);
        if self.slots.get(slot).is_none_or(|slot| slot.0 != sym) {
            slot = self.put(sym);
        }
        self.last = (sym, slot as u32);
        slot
    }

    /// The slot of `sym`; of one that is not in the free slot where it belongs, or the end of the list.
    #[inline]
    fn slot(&self, sym: Sym) -> usize {
        if self.len() <= FEW {
            return self.slots.iter().position(|&(known, _)| known == sym).unwrap_or(self.slots.len());
        }
        // Symbols are small numbers, so that a multiplication spreads them: by another number for each size, since members
        // that come in the order of a larger table would else all be put into one end of this one.
        let bits = self.slots.len().trailing_zeros();
        let by = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(u64::from(2 * bits + 1));
        let mut slot = (u64::from(sym.0).wrapping_mul(by) >> (u64::BITS - bits)) as usize;
        while self.slots[slot].0 != sym && self.slots[slot].0 != FREE {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        slot
    }

    /// Puts in a new member and gives its slot.
    #[cold]
    fn put(&mut self, sym: Sym) -> usize {
        self.members += 1;
        if self.len() <= FEW {
            self.slots.push((sym, V::default()));
            return self.slots.len() - 1;
        }
        if self.len() * 2 > self.slots.len() {
            let room = (self.len() * 2).next_power_of_two();
            let more = std::iter::repeat_with(|| (FREE, V::default())).take(room).collect();
            for member in std::mem::replace(&mut self.slots, more).into_iter().filter(|(known, _)| *known != FREE) {
                let slot = self.slot(member.0);
                self.slots[slot] = member;
            }
        }
        let slot = self.slot(sym);
        self.slots[slot].0 = sym;
        slot
    }
}

impl SymCounts {
    /// Adds `by` to the count of `sym`.
    pub fn add(&mut self, sym: Sym, by: i64) {
        *self.0.entry(sym) += by;
    }

    /// Adds all counts of `other`.
    pub fn merge(&mut self, other: &Self, remap: &Remap) {
        for (sym, count) in other.iter() {
            self.add(remap.of(sym), count);
        }
    }

    /// Every symbol with its count, in no lasting order.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, i64)> + '_ {
        self.0.iter().map(|(sym, &count)| (sym, count))
    }

    /// How many distinct symbols there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl SymSet {
    /// Puts `sym` in.
    pub fn insert(&mut self, sym: Sym) {
        self.0.entry(sym);
    }

    /// Whether `sym` is in.
    pub fn contains(&self, sym: Sym) -> bool {
        self.0.get(sym).is_some()
    }

    /// Puts all of `other` in.
    pub fn merge(&mut self, other: &Self, remap: &Remap) {
        for sym in other.iter() {
            self.insert(remap.of(sym));
        }
    }

    /// Puts all of `other`, of the same table of symbols, in.
    pub fn extend(&mut self, other: &Self) {
        for sym in other.iter() {
            self.insert(sym);
        }
    }

    /// Makes this a set of another table of symbols.
    pub fn rename(&mut self, remap: &Remap) {
        let mut renamed = Self::default();
        renamed.merge(self, remap);
        *self = renamed;
    }

    /// The members, in no lasting order.
    pub fn iter(&self) -> impl Iterator<Item = Sym> + '_ {
        self.0.iter().map(|(sym, ())| sym)
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Members between two free slots, at most: what a look-up has to go through.
    fn longest_run(set: &SymSet) -> usize {
        set.0.slots.split(|(sym, ())| *sym == FREE).map(<[_]>::len).max().unwrap_or(0)
    }

    /// The members of a table come in an order that suits it; put into another as they come, they spread there as well.
    #[test]
    fn members_of_one_set_spread_in_another() {
        let mut whole = SymSet::default();
        (0..40_000).for_each(|n| whole.insert(Sym(n)));
        for part in [20, 100, 1_000, 5_000, 20_000, 40_000] {
            let mut set = SymSet::default();
            whole.iter().take(part).for_each(|sym| set.insert(sym));
            assert_eq!(set.len(), part);
            assert!(longest_run(&set) <= 40, "{part}: {}", longest_run(&set));
        }
        assert!(longest_run(&whole) <= 40, "{}", longest_run(&whole));
    }

    proptest! {
        #[test]
        fn counts_are_exact_for_few_and_for_many(
            syms in prop::collection::vec((0u32..80).prop_map(|n| n * 0x0100_0001), 0..400), far in 0u32..1000,
        ) {
            let (mut counts, mut plain) = (SymCounts::default(), BTreeMap::new());
            for (by, sym) in syms.iter().map(|&sym| Sym(sym / (far + 1))).enumerate() {
                counts.add(sym, by as i64);
                *plain.entry(sym).or_default() += by as i64;
                prop_assert_eq!(counts.0.get(sym), plain.get(&sym));
            }
            prop_assert_eq!(counts.len(), plain.len());
            prop_assert_eq!(counts.iter().collect::<BTreeMap<_, _>>(), plain);
            prop_assert_eq!(counts.0.get(Sym(u32::MAX)), None);
        }
    }
}
