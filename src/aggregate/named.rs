//! Exact maps, sets and counters by symbol: a short list while few, a hash table when many.

use super::{Remap, Sym};

/// Past this many members a list becomes a table.
const FEW: usize = 12;

/// A value for each symbol.
#[derive(Clone, Debug)]
pub struct SymMap<V> {
    /// Members in order of arrival.
    syms: Vec<Sym>,
    /// The value of each member.
    values: Vec<V>,
    /// Where each member is in `syms`, once there are more than [`FEW`]. Boxed, so that the many short ones stay small.
    places: Option<Box<Places>>,
    /// The symbol asked for last, and its place; means nothing while empty. Events of one principal come in runs.
    last: (Sym, u32),
}

/// Where each of many symbols is in a list. Symbols are small numbers, so that a multiplication spreads them.
#[derive(Clone, Debug)]
struct Places {
    /// A place counted from 1, or 0; a power of two of them, at most half taken.
    slots: Vec<u32>,
}

/// Exact counts by symbol.
#[derive(Clone, Debug, Default)]
pub struct SymCounts(SymMap<i64>);

/// An exact set of symbols.
#[derive(Clone, Debug, Default)]
pub struct SymSet(SymMap<()>);

impl<V> Default for SymMap<V> {
    fn default() -> Self {
        Self { syms: Vec::new(), values: Vec::new(), places: None, last: (Sym::EMPTY, 0) }
    }
}

impl<V: Default> SymMap<V> {
    /// The value of `sym`, put in with its default when new.
    pub fn entry(&mut self, sym: Sym) -> &mut V {
        let place = match self.last {
            (last, place) if last == sym && !self.syms.is_empty() => place as usize,
            _ => self.look_up(sym),
        };
        &mut self.values[place]
    }

    /// The value of `sym`, if it is in.
    pub fn get(&self, sym: Sym) -> Option<&V> {
        self.place(sym).map(|place| &self.values[place])
    }

    /// Every symbol with its value, in no lasting order.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &V)> + '_ {
        self.syms.iter().copied().zip(&self.values)
    }

    /// How many distinct symbols there are.
    pub fn len(&self) -> usize {
        self.syms.len()
    }

    /// Whether there is no symbol.
    pub fn is_empty(&self) -> bool {
        self.syms.is_empty()
    }

    fn look_up(&mut self, sym: Sym) -> usize {
        let place = match self.place(sym) {
            Some(place) => place,
            None => self.push(sym),
        };
        self.last = (sym, place as u32);
        place
    }

    fn place(&self, sym: Sym) -> Option<usize> {
        match &self.places {
            Some(places) => places.find(&self.syms, sym),
            None => self.syms.iter().position(|&s| s == sym),
        }
    }

    #[cold]
    fn push(&mut self, sym: Sym) -> usize {
        let place = self.syms.len();
        self.syms.push(sym);
        self.values.push(V::default());
        match &mut self.places {
            Some(places) => places.add_last(&self.syms),
            None if place < FEW => {}
            None => self.places = Some(Box::new(Places::of(&self.syms))),
        }
        place
    }
}

impl Places {
    /// The places of all of `syms`, with room for as many more.
    fn of(syms: &[Sym]) -> Self {
        let mut places = Self { slots: vec![0; (syms.len() * 4).next_power_of_two()] };
        for (place, &sym) in syms.iter().enumerate() {
            let free = places.probe(syms, sym).0;
            places.slots[free] = place as u32 + 1;
        }
        places
    }

    #[inline]
    fn find(&self, syms: &[Sym], sym: Sym) -> Option<usize> {
        self.probe(syms, sym).1
    }

    /// Takes in the last of `syms`, which is new.
    fn add_last(&mut self, syms: &[Sym]) {
        if syms.len() * 2 > self.slots.len() {
            *self = Self::of(syms);
        } else if let Some(&sym) = syms.last() {
            let free = self.probe(syms, sym).0;
            self.slots[free] = syms.len() as u32;
        }
    }

    /// The slot of `sym`, and its place if it has one; else the slot is free.
    #[inline]
    fn probe(&self, syms: &[Sym], sym: Sym) -> (usize, Option<usize>) {
        let spread = u64::from(sym.0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut slot = (spread >> (u64::BITS - self.slots.len().trailing_zeros())) as usize;
        loop {
            match self.slots[slot] as usize {
                0 => return (slot, None),
                place if syms[place - 1] == sym => return (slot, Some(place - 1)),
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
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
