//! What a ledger says of the plan that its reading was a part of, and of what was met where that plan was made.

use super::Ledger;
use super::ledger::{KNOWN_PLACE, SHARD, SHARDS};
use super::rows::BesideRow;
use crate::input::{Arrivals, Listing};
use crate::scan::gaps::deliveries_of;

/// A shard of a plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlannedShard {
    /// The plan.
    pub plan: String,
    /// How many shards it has.
    pub of: u64,
    /// Which of them this is, counted from 1.
    pub number: u64,
    /// What it is known by.
    pub shard: String,
}

impl PlannedShard {
    /// The rows that say so.
    pub fn rows(&self) -> [BesideRow; 2] {
        let shard = BesideRow {
            what: SHARD.to_owned(),
            name: self.shard.clone(),
            why: self.plan.clone(),
            count: self.number,
            newest_day: None,
        };
        let shards =
            BesideRow { what: SHARDS.to_owned(), name: self.plan.clone(), count: self.of, ..BesideRow::default() };
        [shard, shards]
    }
}

impl BesideRow {
    /// What a listing met beside its objects, and the accounts and regions that it knows to log without an object to read:
    /// what whoever reads the objects elsewhere would not meet again.
    pub fn of_listing(listing: &Listing, arrivals: &Arrivals) -> Vec<Self> {
        let mut ledger = Ledger::default();
        ledger.add_beside(listing, arrivals, 0);
        let beside = Listing { pruned: listing.pruned.clone(), ..Listing::default() };
        let known = deliveries_of(&beside, arrivals).known().into_iter().filter(|known| known.day.is_none());
        ledger.beside.extend(known.map(|known| Self {
            what: KNOWN_PLACE.to_owned(),
            name: known.place.0,
            why: known.place.1,
            ..Self::default()
        }));
        ledger.beside.sort();
        ledger.beside
    }
}

impl Ledger {
    /// Enters what is known beside what a reading meets.
    pub fn add(&mut self, beside: Vec<BesideRow>) {
        self.beside.extend(beside);
        self.beside.sort();
    }

    /// The shards whose readings it holds; none of what was read without a plan.
    pub fn planned(&self) -> impl Iterator<Item = PlannedShard> {
        let of = |plan: &str| self.beside.iter().find(|row| row.what == SHARDS && row.name == plan);
        self.beside.iter().filter(|row| row.what == SHARD).map(move |row| PlannedShard {
            plan: row.why.clone(),
            of: of(&row.why).map_or(0, |row| row.count),
            number: row.count,
            shard: row.name.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_known_by_its_rows() {
        let shard = |number| PlannedShard { plan: "p".into(), of: 3, number, shard: format!("s{number}") };
        let rows = [shard(1), shard(3)].iter().flat_map(PlannedShard::rows).collect();
        let ledger = Ledger { beside: rows, ..Ledger::default() };
        assert_eq!(ledger.planned().collect::<Vec<_>>(), [shard(1), shard(3)]);
        assert_eq!(Ledger::default().planned().count(), 0);
    }
}
