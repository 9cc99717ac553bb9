//! Exact sets and counters of symbols: a short list while few, a hash table when many.

use hashbrown::HashMap;

use super::{Remap, Sym};

/// Past this many members a list becomes a table.
const FEW: usize = 12;

/// Exact counts by symbol.
#[derive(Clone, Debug, Default)]
pub struct SymCounts {
    /// Members in order of arrival.
    list: Vec<(Sym, i64)>,
    /// Where each member is in `list`, once there are more than [`FEW`].
    places: HashMap<Sym, u32, ahash::RandomState>,
}

impl SymCounts {
    /// Adds `by` to the count of `sym`.
    pub fn add(&mut self, sym: Sym, by: i64) {
        match self.place(sym) {
            Some(i) => self.list[i].1 += by,
            None => self.push(sym, by),
        }
    }

    /// Adds all counts of `other`.
    pub fn merge(&mut self, other: &Self, remap: &Remap) {
        for &(sym, count) in &other.list {
            self.add(remap.of(sym), count);
        }
    }

    /// Every symbol with its count, in no lasting order.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, i64)> + '_ {
        self.list.iter().copied()
    }

    /// How many distinct symbols there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn place(&self, sym: Sym) -> Option<usize> {
        if self.list.len() > FEW {
            return self.places.get(&sym).map(|&i| i as usize);
        }
        self.list.iter().position(|&(s, _)| s == sym)
    }

    #[cold]
    fn push(&mut self, sym: Sym, by: i64) {
        self.list.push((sym, by));
        if self.list.len() == FEW + 1 {
            self.places = self.list.iter().enumerate().map(|(i, &(s, _))| (s, i as u32)).collect();
        } else if self.list.len() > FEW {
            self.places.insert(sym, self.list.len() as u32 - 1);
        }
    }
}

/// An exact set of symbols.
#[derive(Clone, Debug, Default)]
pub struct SymSet(SymCounts);

impl SymSet {
    /// Puts `sym` in.
    pub fn insert(&mut self, sym: Sym) {
        self.0.add(sym, 0);
    }

    /// Puts all of `other` in.
    pub fn merge(&mut self, other: &Self, remap: &Remap) {
        self.0.merge(&other.0, remap);
    }

    /// The members, in no lasting order.
    pub fn iter(&self) -> impl Iterator<Item = Sym> + '_ {
        self.0.iter().map(|(sym, _)| sym)
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
