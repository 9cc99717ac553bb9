//! A map in order of its keys that mostly has one: a tree would take a node of eleven for it.

use std::collections::BTreeMap;
use std::ops::Index;

use smallvec::SmallVec;

/// Past this many keys the list becomes a tree.
const FEW: usize = 8;

/// Keys in order, with their values.
#[derive(Clone, Debug)]
pub(super) struct Few<K, V> {
    /// In order, while they are few; else empty.
    list: SmallVec<[(K, V); 1]>,
    tree: BTreeMap<K, V>,
}

impl<K, V> Default for Few<K, V> {
    fn default() -> Self {
        Self { list: SmallVec::new(), tree: BTreeMap::new() }
    }
}

impl<K: Ord, V: Default> Few<K, V> {
    /// The value of `key`, put in with its default when new.
    pub fn entry(&mut self, key: K) -> &mut V {
        if self.tree.is_empty() {
            match self.list.binary_search_by(|(known, _)| known.cmp(&key)) {
                Ok(place) => return &mut self.list[place].1,
                Err(place) if self.list.len() < FEW => {
                    self.list.insert(place, (key, V::default()));
                    return &mut self.list[place].1;
                }
                Err(_) => self.tree.extend(self.list.drain(..)),
            }
        }
        self.tree.entry(key).or_default()
    }

    /// The value of `key`, if it is in.
    pub fn get(&self, key: &K) -> Option<&V> {
        let place = self.list.binary_search_by(|(known, _)| known.cmp(key));
        place.ok().map(|place| &self.list[place].1).or_else(|| self.tree.get(key))
    }

    /// Every key with its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.list.iter().map(|(key, value)| (key, value)).chain(&self.tree)
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len() + self.tree.len()
    }
}

impl<K: Ord, V: Default> Index<&K> for Few<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("a key of the map")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_keys_are_in_order_as_in_a_tree() {
        for most in [1_u32, 7, 8, 9, 40] {
            let (mut few, mut tree) = (Few::<u32, u32>::default(), BTreeMap::new());
            for n in 0..100_u32 {
                let key = n * 37 % most;
                *few.entry(key) += n;
                *tree.entry(key).or_default() += n;
            }
            assert!(few.iter().eq(&tree), "{most}");
            assert!(few.keys().eq(tree.keys()) && few.len() == tree.len());
            assert_eq!((few.get(&0), few[&0], few.get(&most)), (tree.get(&0), tree[&0], None));
        }
    }
}
