//! What proof rests on: which days each account and region delivered, and what of an account was not read.
//!
//! Facts only; what they prove is for the report to say. Not printed: gaps, failures and counts are.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Day;

/// What was read of each account, and on which days it delivered.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ProofBasis {
    /// The days on which each account and region delivered an object, or that digests cover.
    pub days: BTreeMap<(String, String), BTreeSet<Day>>,
    /// Those of them that digests cover and on which no object was delivered.
    pub quiet: BTreeMap<(String, String), BTreeSet<Day>>,
    /// The first and the last day of which gaps speak; `None` where no object tells its day.
    pub judged: Option<(Day, Day)>,
    /// The days with counted management events of each account and region, and whether one of these only read.
    pub recorded: BTreeMap<(String, String), BTreeMap<Day, bool>>,
    /// Objects that failed, are archived, are damaged or hold malformed records or events without a time, by the account of their key;
    /// under an empty text those whose account is not known.
    pub unread: BTreeMap<String, u64>,
    /// Accounts whose objects lie under an organization's id, with these ids; none where only that is known.
    pub of_organization: BTreeMap<String, BTreeSet<String>>,
    /// Regions that the logs show to be enabled, with their account first.
    pub enabled_regions: BTreeSet<(String, String)>,
}

impl ProofBasis {
    /// Adds days with management events, each with its account, its region and whether one of these only read.
    pub fn add_recorded(&mut self, days: impl IntoIterator<Item = ((String, String), Day, bool)>) {
        for (place, day, reads) in days {
            *self.recorded.entry(place).or_default().entry(day).or_default() |= reads;
        }
    }
}
