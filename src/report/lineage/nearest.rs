//! Pairs of sessions and issuances by time: the nearest first, each session and each issuance once.
//!
//! Issuances of one moment wait in one queue, so that as many of one name as there are events cost no more than their
//! number: only the first of a queue is ever looked at.

use std::collections::{BTreeMap, VecDeque};
use std::hash::Hash;

use ahash::{AHashMap, AHashSet};

use super::lifetimes::within_slack;
use crate::model::EventTime;

/// Issuances by key and moment, and the sessions that want one.
pub(super) struct Nearest<K> {
    /// The queue of each moment.
    moments: AHashMap<K, BTreeMap<i64, usize>>,
    /// Issuances of one key and moment, in order.
    queues: Vec<VecDeque<usize>>,
    /// Distance in microseconds, session and queue.
    wishes: Vec<(i64, usize, usize)>,
}

impl<K: Eq + Hash> Nearest<K> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { moments: AHashMap::new(), queues: Vec::new(), wishes: Vec::new() }
    }

    /// Whether there is no issuance.
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// Adds an issuance; they come in order.
    pub fn add(&mut self, key: K, time: EventTime, issuance: usize) {
        let moments = self.moments.entry(key).or_default();
        let queue = *moments.entry(time.0).or_insert_with(|| {
            self.queues.push(VecDeque::new());
            self.queues.len() - 1
        });
        self.queues[queue].push_back(issuance);
    }

    /// Notes that a session of that creation date may be paired with any issuance of `key` within the slack.
    pub fn wish(&mut self, session: usize, key: &K, created: EventTime) {
        let Some(moments) = self.moments.get(key) else { return };
        let near = moments.range(within_slack(created));
        self.wishes.extend(near.map(|(&time, &queue)| ((time - created.0).abs(), session, queue)));
    }

    /// The pairs, nearest first, of equally near ones the first session with the first issuance.
    pub fn pairs(mut self) -> Vec<(usize, usize)> {
        self.wishes.sort_unstable();
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        let mut paired = AHashSet::new();
        for wishes in self.wishes.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let session = wishes[0].1;
            if paired.contains(&session) {
                continue;
            }
            let first = |queue: usize| self.queues[queue].front().map(|&issuance| (issuance, queue));
            if let Some((issuance, queue)) = wishes.iter().filter_map(|&(_, _, queue)| first(queue)).min() {
                self.queues[queue].pop_front();
                paired.insert(session);
                pairs.push((session, issuance));
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every pair within the slack, sorted, each session and issuance once.
    fn naive(issuances: &[(u8, i64)], sessions: &[(u8, i64)]) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for (s, (name, created)) in sessions.iter().enumerate() {
            for (i, (of, time)) in issuances.iter().enumerate() {
                let distance = (time - created).abs();
                if name == of && distance <= 2_000_000 {
                    all.push((distance, s, i));
                }
            }
        }
        all.sort_unstable();
        let (mut pairs, mut of_session, mut of_issuance) = (Vec::new(), Vec::new(), Vec::new());
        for (_, s, i) in all {
            if !of_session.contains(&s) && !of_issuance.contains(&i) {
                of_session.push(s);
                of_issuance.push(i);
                pairs.push((s, i));
            }
        }
        pairs
    }

    proptest! {
        #[test]
        fn pairs_are_those_of_every_pair_looked_at(
            issuances in prop::collection::vec((0u8..3, (0i64..24).prop_map(|half| half * 500_000)), 0..40),
            sessions in prop::collection::vec((0u8..3, (0i64..24).prop_map(|half| half * 500_000)), 0..40),
        ) {
            let mut nearest = Nearest::new();
            for (i, &(name, time)) in issuances.iter().enumerate() {
                nearest.add(name, EventTime(time), i);
            }
            for (s, &(name, created)) in sessions.iter().enumerate() {
                nearest.wish(s, &name, EventTime(created));
            }
            prop_assert_eq!(nearest.pairs(), naive(&issuances, &sessions));
        }
    }
}
