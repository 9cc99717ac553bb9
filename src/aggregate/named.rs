//! Exact maps, sets and counters by symbol: a short list while few, a hash table when many.

use smallvec::SmallVec;

use super::{Remap, Sym};

/// Past this many members a list becomes a table.
const FEW: usize = 12;

/// A value for each symbol. The first `FIRST` members take no memory of their own: nearly all maps have few.
#[derive(Clone, Debug)]
pub struct SymMap<V, const FIRST: usize = 1> {
    /// Members in order of arrival.
    members: SmallVec<[(Sym, V); FIRST]>,
    /// Where each member is, once there are more than [`FEW`].
    places: Places,
    /// The symbol asked for last, and its place; means nothing while empty. Events of one principal come in runs.
    last: (Sym, u32),
}

/// Where each of many symbols is in a list. Symbols are small numbers, so that a multiplication spreads them.
#[derive(Clone, Debug, Default)]
struct Places {
    /// A power of two of them, at most half taken; none in a list that is searched.
    slots: Box<[Slot]>,
}

/// A symbol and its place, counted from 1; a place of 0 is a free slot.
#[derive(Clone, Copy, Debug)]
struct Slot {
    sym: Sym,
    place: u32,
}

const FREE: Slot = Slot { sym: Sym::EMPTY, place: 0 };

/// Exact counts by symbol.
#[derive(Clone, Debug, Default)]
pub struct SymCounts(SymMap<i64>);

/// An exact set of symbols.
#[derive(Clone, Debug, Default)]
pub struct SymSet(SymMap<(), 4>);

impl<V, const FIRST: usize> Default for SymMap<V, FIRST> {
    fn default() -> Self {
        Self { members: SmallVec::new(), places: Places::default(), last: (Sym::EMPTY, 0) }
    }
}

impl<V: Default, const FIRST: usize> SymMap<V, FIRST> {
    /// The value of `sym`, put in with its default when new.
    pub fn entry(&mut self, sym: Sym) -> &mut V {
        let place = match self.last {
            (last, place) if last == sym && !self.members.is_empty() => place as usize,
            _ => self.look_up(sym),
        };
        &mut self.members[place].1
    }

    /// The value of `sym`, if it is in.
    pub fn get(&self, sym: Sym) -> Option<&V> {
        self.place(sym).map(|place| &self.members[place].1)
    }

    /// Every symbol with its value, in no lasting order.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &V)> + '_ {
        self.members.iter().map(|(sym, value)| (*sym, value))
    }

    /// How many distinct symbols there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no symbol.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    fn look_up(&mut self, sym: Sym) -> usize {
        let place = match self.place(sym) {
            Some(place) => place,
            None => self.push(sym),
        };
        self.last = (sym, place as u32);
        place
    }

    #[inline]
    fn place(&self, sym: Sym) -> Option<usize> {
        match self.members.len() > FEW {
            true => self.places.find(sym),
            false => self.members.iter().position(|&(known, _)| known == sym),
        }
    }

    #[cold]
    fn push(&mut self, sym: Sym) -> usize {
        self.members.push((sym, V::default()));
        if self.members.len() > FEW {
            self.places.add_last(self.members.len(), self.members.iter().map(|&(sym, _)| sym));
        }
        self.members.len() - 1
    }
}

impl Places {
    #[inline]
    fn find(&self, sym: Sym) -> Option<usize> {
        (self.slots[self.slot(sym)].place as usize).checked_sub(1)
    }

    /// Takes in the last of a list of `many` symbols, which is new; all of them where there is no room.
    fn add_last(&mut self, many: usize, mut syms: impl DoubleEndedIterator<Item = Sym>) {
        if many * 2 > self.slots.len() {
            self.slots = vec![FREE; (many * 2).next_power_of_two()].into();
            for (sym, place) in syms.zip(1..) {
                self.put(sym, place);
            }
        } else if let Some(sym) = syms.next_back() {
            self.put(sym, many as u32);
        }
    }

    fn put(&mut self, sym: Sym, place: u32) {
        let slot = self.slot(sym);
        self.slots[slot] = Slot { sym, place };
    }

    /// The slot of `sym`, or the free one where it belongs.
    #[inline]
    fn slot(&self, sym: Sym) -> usize {
        let spread = u64::from(sym.0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut slot = (spread >> (u64::BITS - self.slots.len().trailing_zeros())) as usize;
        while self.slots[slot].place != 0 && self.slots[slot].sym != sym {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
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

    /// Puts all of `other` in.
    pub fn merge(&mut self, other: &Self, remap: &Remap) {
        for sym in other.iter() {
            self.insert(remap.of(sym));
        }
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
