//! Which of many spans of time hold a moment or meet another span, without a look at each.

use std::collections::{BTreeMap, BTreeSet};

/// The end of what is no span: nothing ends so early.
const GONE: i64 = i64::MIN;

/// Spans in the order in which they begin, each with the place that it stands for.
#[derive(Clone, Default)]
pub(super) struct Spans {
    begins: Vec<i64>,
    places: Vec<usize>,
    /// A tree over the ends: node `n` has the later end of nodes `2n` and `2n + 1`; the leaves come last.
    ends: Vec<i64>,
    leaves: usize,
}

impl Spans {
    /// Spans (begin, end, place).
    pub fn new(mut spans: Vec<(i64, i64, usize)>) -> Self {
        spans.sort_unstable_by_key(|&(begin, _, place)| (begin, place));
        let leaves = spans.len().next_power_of_two();
        let mut ends = vec![GONE; 2 * leaves];
        for (leaf, &(_, end, _)) in spans.iter().enumerate() {
            ends[leaves + leaf] = end.max(GONE + 1);
        }
        for node in (1..leaves).rev() {
            ends[node] = ends[2 * node].max(ends[2 * node + 1]);
        }
        let begins = spans.iter().map(|&(begin, ..)| begin).collect();
        Self { begins, places: spans.into_iter().map(|(.., place)| place).collect(), ends, leaves }
    }

    /// The places of the spans that begin by `last` and do not end before `first`, in the order in which they begin.
    pub fn meeting(&self, first: i64, last: i64) -> impl Iterator<Item = usize> + '_ {
        let begun = self.begins.partition_point(|&begin| begin <= last);
        let mut from = 0;
        std::iter::from_fn(move || {
            let leaf = self.next(from, first).filter(|&leaf| leaf < begun)?;
            from = leaf + 1;
            Some(self.places[leaf])
        })
    }

    /// As [`Spans::meeting`], and takes them out.
    pub fn take(&mut self, first: i64, last: i64, mut taken: impl FnMut(usize)) {
        let begun = self.begins.partition_point(|&begin| begin <= last);
        while let Some(leaf) = self.next(0, first).filter(|&leaf| leaf < begun) {
            taken(self.places[leaf]);
            let mut node = self.leaves + leaf;
            self.ends[node] = GONE;
            while node > 1 {
                node /= 2;
                self.ends[node] = self.ends[2 * node].max(self.ends[2 * node + 1]);
            }
        }
    }

    /// The first leaf, `from` or behind it, that does not end before `first`.
    fn next(&self, from: usize, first: i64) -> Option<usize> {
        if from >= self.leaves {
            return None;
        }
        let (mut node, first) = (self.leaves + from, first.max(GONE + 1));
        // Up to a part that has one, then down to its first.
        while self.ends[node] < first {
            while node % 2 == 1 {
                node /= 2;
                if node <= 1 {
                    return None;
                }
            }
            node += 1;
        }
        while node < self.leaves {
            node *= 2;
            if self.ends[node] < first {
                node += 1;
            }
        }
        Some(node - self.leaves).filter(|&leaf| leaf < self.places.len())
    }
}

/// The least place whose span holds a moment.
pub(super) struct Least {
    /// Of all.
    pub of_all: Option<usize>,
    /// From each moment on, where it changes.
    changes: Vec<(i64, Option<usize>)>,
}

impl Least {
    /// Spans (begin, end, place), both ends within.
    pub fn new(spans: impl IntoIterator<Item = (i64, i64, usize)>) -> Self {
        let mut changes: BTreeMap<i64, Vec<(bool, usize)>> = BTreeMap::new();
        for (begin, end, place) in spans.into_iter().filter(|(begin, end, _)| begin <= end) {
            changes.entry(begin).or_default().push((true, place));
            if let Some(behind) = end.checked_add(1) {
                changes.entry(behind).or_default().push((false, place));
            }
        }
        let of_all = changes.values().flatten().map(|&(_, place)| place).min();
        let mut open = BTreeSet::new();
        let least = |(moment, changes): (i64, Vec<(bool, usize)>)| {
            for (opens, place) in changes {
                if opens {
                    open.insert(place);
                } else {
                    open.remove(&place);
                }
            }
            (moment, open.first().copied())
        };
        Self { of_all, changes: changes.into_iter().map(least).collect() }
    }

    /// Of those spans that hold `moment`.
    pub fn at(&self, moment: i64) -> Option<usize> {
        let behind = self.changes.partition_point(|&(from, _)| from <= moment);
        self.changes[..behind].last().and_then(|&(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_a_look_at_each_says(
            spans in prop::collection::vec((0i64..30, -3i64..20), 0..40),
            asked in prop::collection::vec((0i64..40, 0i64..40), 1..20),
        ) {
            let spans: Vec<(i64, i64, usize)> =
                spans.iter().zip(0..).map(|(&(begin, length), place)| (begin, begin + length, place)).collect();
            let sorted = {
                let mut spans = spans.clone();
                spans.sort_by_key(|&(begin, _, place)| (begin, place));
                spans
            };
            let all = Spans::new(spans.clone());
            let mut left = Spans::new(spans.clone());
            let mut taken = BTreeSet::new();
            let least = Least::new(spans.iter().copied());
            for (first, last) in asked {
                let meets = |&&(begin, end, _): &&(i64, i64, usize)| begin <= last && end >= first;
                let expected: Vec<usize> = sorted.iter().filter(meets).map(|&(.., place)| place).collect();
                prop_assert_eq!(all.meeting(first, last).collect::<Vec<_>>(), expected.clone());
                let mut now = Vec::new();
                left.take(first, last, |place| now.push(place));
                let expected: Vec<usize> = expected.into_iter().filter(|&place| taken.insert(place)).collect();
                prop_assert_eq!(now, expected);
                let holds = |&&(begin, end, _): &&(i64, i64, usize)| begin <= first && first <= end;
                let expected = spans.iter().filter(holds).map(|&(.., place)| place).min();
                prop_assert_eq!(least.at(first), expected);
            }
        }
    }
}
