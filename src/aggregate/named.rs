//! Exact maps, sets and counters by symbol: a short list while few, a hash table when many.

use hashbrown::HashMap;

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
    places: Option<Box<HashMap<Sym, u32, ahash::RandomState>>>,
    /// The symbol asked for last, and its place; means nothing while empty. Events of one principal come in runs.
    last: (Sym, u32),
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
            Some(places) => places.get(&sym).map(|&i| i as usize),
            None => self.syms.iter().position(|&s| s == sym),
        }
    }

    #[cold]
    fn push(&mut self, sym: Sym) -> usize {
        let place = self.syms.len();
        self.syms.push(sym);
        self.values.push(V::default());
        match &mut self.places {
            Some(places) => drop(places.insert(sym, place as u32)),
            None if place < FEW => {}
            None => self.places = Some(Box::new(self.syms.iter().copied().zip(0..).collect())),
        }
        place
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
