//! A plan: what is to be read, divided into shards of about as many bytes, which tasks read in any order on any machines.
//!
//! All objects of one account and day of delivery are in one shard, and the days of an account follow each other in it:
//! copies of an event are told apart within a shard, and nearly all copies are delivered close to each other. What lies on
//! both sides of a border between two shards is counted twice, and there are at most as many borders as shards.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::shard::{Shard, plan_id};
use crate::input::FoundObject;
use crate::model::Day;
use crate::scan::rollup::BesideRow;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// A digest of its shards' ids: what is planned again of the same objects has the same.
    pub id: String,
    /// Its shards.
    pub shards: Vec<Shard>,
}

/// The objects of one account and day of delivery.
#[derive(Default)]
struct Delivered {
    bytes: u64,
    objects: Vec<FoundObject>,
}

impl Plan {
    /// Divides `objects` into as many shards as there are tasks, or fewer where there is less to divide. Objects whose names
    /// tell no account and day are one shard, whatever their number, since copies of an event may lie in any of them.
    /// `beside` is what was met beside the objects.
    pub fn new(objects: Vec<FoundObject>, beside: Vec<BesideRow>, tasks: NonZeroU32) -> Self {
        let mut named: BTreeMap<(String, Day), Delivered> = BTreeMap::new();
        let mut unnamed = Vec::new();
        for object in objects {
            match object.key() {
                Some(key) => {
                    let delivered = named.entry((key.account_id, key.day)).or_default();
                    delivered.bytes += object.bytes_to_read();
                    delivered.objects.push(object);
                }
                None => unnamed.push(object),
            }
        }
        let mut parts = match (tasks.get(), unnamed.is_empty()) {
            (1, _) => vec![named.into_values().flat_map(|delivered| delivered.objects).chain(unnamed).collect()],
            (tasks, true) => cut(named.into_values().collect(), tasks),
            (tasks, false) => [cut(named.into_values().collect(), tasks - 1), vec![unnamed]].concat(),
        };
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() {
            parts.push(Vec::new());
        }
        let mut beside = Some(beside);
        let shards = parts.into_iter().map(|part| Shard::new(part, beside.take().unwrap_or_default()));
        let mut shards: Vec<Shard> = shards.collect();
        let (id, of) = (plan_id(&shards), shards.len() as u64);
        for (number, shard) in (1..).zip(&mut shards) {
            (shard.plan, shard.number, shard.of) = (id.clone(), number, of);
        }
        Self { id, shards }
    }

    /// The accounts whose days lie in several shards.
    pub fn divided_accounts(&self) -> usize {
        let mut holders: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for shard in &self.shards {
            for (account, _) in &shard.accounts_days {
                let numbers = holders.entry(account).or_default();
                if numbers.last() != Some(&shard.number) {
                    numbers.push(shard.number);
                }
            }
        }
        holders.values().filter(|numbers| numbers.len() > 1).count()
    }
}

/// Cuts what follows each other into `tasks` parts: each goes where the middle of its bytes lies.
fn cut(all: Vec<Delivered>, tasks: u32) -> Vec<Vec<FoundObject>> {
    // What is left shut takes a little time all the same.
    let weight = |delivered: &Delivered| u128::from(delivered.bytes.max(1));
    let total: u128 = all.iter().map(weight).sum();
    let mut parts: Vec<Vec<FoundObject>> = (0..tasks).map(|_| Vec::new()).collect();
    let mut before = 0;
    for delivered in all {
        let twice_middle = 2 * before + weight(&delivered);
        before += weight(&delivered);
        let place = twice_middle * u128::from(tasks) / (2 * total);
        if let Some(part) = usize::try_from(place).ok().and_then(|place| parts.get_mut(place)) {
            part.extend(delivered.objects);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::shard::ShardError;
    use super::*;

    fn object(account: u8, day: u8, number: usize, bytes: u64) -> FoundObject {
        let account = format!("1111222233{account:02}");
        let day = 1 + day % 28;
        let name = format!("AWSLogs/{account}/CloudTrail/us-east-1/2026/09/{day:02}/{number}.json.gz");
        FoundObject { name, bytes, etag: None, archived: false, named: false }
    }

    fn unnamed(number: usize) -> FoundObject {
        FoundObject { name: format!("copied/{number}.json"), ..object(0, 0, 0, 9) }
    }

    fn plan(objects: Vec<FoundObject>, tasks: u32) -> Plan {
        Plan::new(objects, Vec::new(), NonZeroU32::new(tasks).unwrap())
    }

    proptest! {
        #[test]
        fn every_object_is_in_one_shard_and_a_day_is_whole(
            days in prop::collection::vec((0..4u8, 0..28u8, 0..1000u64), 0..60),
            others in 0..3usize,
            tasks in 1..9u32,
        ) {
            let named = days.iter().enumerate().map(|(number, &(account, day, bytes))| object(account, day, number, bytes));
            let objects: Vec<_> = named.chain((0..others).map(unnamed)).collect();
            let made = plan(objects.clone(), tasks);
            prop_assert!(made.shards.len() <= tasks.max(2) as usize);
            let mut planned: Vec<_> = made.shards.iter().flat_map(|shard| shard.objects.clone()).collect();
            planned.sort();
            let mut expected = objects.clone();
            expected.sort();
            prop_assert_eq!(planned, expected);
            let mut days: Vec<_> = made.shards.iter().flat_map(|shard| &shard.accounts_days).collect();
            let all = days.len();
            days.dedup();
            prop_assert_eq!(days.len(), all, "no account and day is in two shards, and they follow each other");
            // No shard has more than its even share and one day of an account.
            let total: u64 = made.shards.iter().map(|shard| shard.bytes).sum();
            let mut of_days: BTreeMap<_, u64> = BTreeMap::new();
            for object in objects.iter().filter(|object| object.key().is_some()) {
                let key = object.key().unwrap();
                *of_days.entry((key.account_id, key.day)).or_default() += object.bytes;
            }
            let largest = of_days.values().copied().max().unwrap_or_default();
            let share = total.div_ceil(u64::from(tasks.max(2) - u32::from(others > 0 && tasks > 1)));
            for shard in made.shards.iter().filter(|shard| !shard.accounts_days.is_empty() && tasks > 1) {
                prop_assert!(shard.bytes <= share + largest + 60, "{} of {share} and {largest}", shard.bytes);
            }
            let mut reversed = objects;
            reversed.reverse();
            prop_assert_eq!(plan(reversed, tasks), made, "whatever the order");
        }
    }

    #[test]
    fn shards_are_even_and_ids_say_what_they_hold() {
        let objects: Vec<_> = (0..4).flat_map(|account| (0..28).map(move |day| object(account, day, 0, 100))).collect();
        let made = plan(objects.clone(), 4);
        let of = |shard: &Shard| (shard.bytes, shard.accounts_days.len(), shard.number, shard.of);
        assert_eq!(made.shards.iter().map(of).collect::<Vec<_>>(), [1, 2, 3, 4].map(|number| (2800, 28, number, 4)));
        assert_eq!((made.divided_accounts(), plan(objects.clone(), 3).divided_accounts()), (0, 2));
        let mut changed = objects;
        changed[0].bytes += 1;
        let other = plan(changed, 4);
        assert_ne!(other.id, made.id);
        let same: Vec<bool> = made.shards.iter().zip(&other.shards).map(|(one, two)| one.shard == two.shard).collect();
        assert_eq!(same, [false, true, true, true]);
    }

    #[test]
    fn what_tells_no_day_is_a_shard_of_its_own() {
        let objects = || vec![object(0, 0, 0, 10), object(0, 9, 1, 10), unnamed(0), unnamed(1)];
        let sizes = |tasks| plan(objects(), tasks).shards.iter().map(|shard| shard.objects.len()).collect::<Vec<_>>();
        assert_eq!([sizes(1), sizes(2), sizes(3), sizes(9)], [vec![4], vec![2, 2], vec![1, 1, 2], vec![1, 1, 2]]);
        assert_eq!(plan(Vec::new(), 3).shards.len(), 1, "what was met beside objects has a shard in any case");
    }

    #[test]
    fn a_line_is_read_back_or_refused() {
        let shard = plan(vec![object(0, 0, 0, 10), unnamed(1)], 1).shards.remove(0);
        let line = serde_json::to_string(&shard).unwrap();
        assert_eq!(Shard::parse(&format!("{line}\n")), Ok(shard));
        assert_eq!(Shard::parse(""), Err(ShardError::Lines(0)));
        assert_eq!(Shard::parse(&format!("{line}\n{line}\n")), Err(ShardError::Lines(2)));
        assert!(matches!(Shard::parse("{}"), Err(ShardError::Line(_))));
        assert!(matches!(Shard::parse(&line[..line.len() - 9]), Err(ShardError::Line(_))));
        let later = line.replace("\"plan_version\":1", "\"plan_version\":2");
        assert_eq!(Shard::parse(&later), Err(ShardError::Version(2)));
        assert!(matches!(Shard::parse(&line.replace("\"bytes\":10}", "\"bytes\":11}")), Err(ShardError::Changed(_))));
    }
}
