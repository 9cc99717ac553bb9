//! What was read of logs: what they can prove of an account, and what they lack.

use std::collections::{BTreeMap, BTreeSet};

use super::Blindings;
use crate::coverage::Stands;
use crate::model::{Day, quantity};

/// So many days with events and without one that only reads are no chance.
const DAYS_WITHOUT_READS: usize = 7;

/// What was read of logs.
#[derive(Clone, Debug, Default)]
pub struct LogSpan {
    /// The regions of each account whose objects tell their day; of other logs nobody knows which days are missing.
    pub regions: BTreeMap<String, BTreeSet<String>>,
    /// Accounts with days without an object.
    pub accounts_with_gaps: BTreeSet<String>,
    /// Whether filters left out some events of the accounts that are counted.
    pub is_filtered: bool,
    /// Why what was read of any account is not all: filtered out or cut short; `None` when it is all.
    pub not_whole: Option<String>,
    /// The days on which each account and region delivered an object, or that digests cover.
    pub days: BTreeMap<(String, String), BTreeSet<Day>>,
    /// Those of them that digests cover and on which no object was delivered.
    pub quiet: BTreeMap<(String, String), BTreeSet<Day>>,
    /// The first and the last whole day that are looked at; `None` where there is none.
    pub whole_days: Option<(Day, Day)>,
    /// The day of the last counted event; stands in where no object tells its day.
    pub last_event_day: Option<Day>,
    /// The days with management events of each account and region, and whether one of these only read.
    pub recorded: BTreeMap<(String, String), BTreeMap<Day, bool>>,
    /// What was not read of each account: objects, records; under an empty text what may be of any account.
    pub unread: BTreeMap<String, u64>,
    /// Fields that events of OCSF among them did not carry.
    pub lost_by_ocsf: BTreeSet<&'static str>,
    /// Calls that stopped or narrowed logging, or deleted logs.
    pub blinded: Blindings,
    /// Regions that the logs show to be enabled, by account.
    pub enabled_regions: BTreeMap<String, BTreeSet<String>>,
    /// The organization of each account, where CloudTrail delivers its objects under the id of one; of an account under two,
    /// and of rollups, it is not known.
    pub organizations: BTreeMap<String, String>,
    /// How the objects of each account stand to CloudTrail's digests; `None` where nobody asked.
    pub stands: Option<BTreeMap<String, Stands>>,
}

impl LogSpan {
    /// Why what an account did not do in the logs may have been missed; `None` where they would show it.
    pub(in crate::report) fn lacks(&self, account: &str) -> Option<String> {
        if self.accounts_with_gaps.contains(account) {
            let gaps = "the logs of this account have days without an object".to_owned();
            return Some(self.not_read(account).or_else(|| self.no_days(account)).unwrap_or(gaps));
        }
        self.not_read(account).or_else(|| self.no_days(account)).or_else(|| self.blinded(account))
    }

    /// Why an account's logs are not what CloudTrail delivered, where digests say so.
    pub(super) fn tampered(&self, account: &str) -> Option<String> {
        let stands = self.stands.as_ref()?.get(account)?;
        let [altered, missing] = [stands.altered, stands.missing].map(|count| quantity(count, "object"));
        let verb = |count, one, many| if count == 1 { one } else { many };
        let was = verb(
            stands.altered,
            "was altered since CloudTrail delivered it",
            "were altered since CloudTrail delivered them",
        );
        let is = verb(stands.missing, "is", "are");
        match (stands.altered, stands.missing) {
            (0, 0) => None,
            (_, 0) => Some(format!("{altered} of this account {was}")),
            (0, _) => Some(format!("{missing} of this account that CloudTrail delivered {is} not there")),
            _ => Some(format!("{altered} of this account {was}, and {missing} {is} not there")),
        }
    }

    /// Whether digests prove an account's logs, in words behind what these prove; empty where nobody asked.
    pub(super) fn verified(&self, account: &str) -> String {
        let Some(all) = &self.stands else { return String::new() };
        let stands = all.get(account).copied().unwrap_or_default();
        // What is of no account may be of this one.
        let open = stands.open() + all.get("").map_or(0, Stands::open);
        match (stands.verified, open, stands.gaps) {
            (0, ..) => "; no digest verifies these logs".to_owned(),
            (_, 0, 0) => "; digests verify all of these logs".to_owned(),
            (_, 0, gaps) => format!("; digests verify these logs, with {} between them", quantity(gaps, "gap")),
            (_, open, _) => format!("; {} of these logs and their digests are not verified", quantity(open, "object")),
        }
    }

    /// Why not all of an account's logs were read.
    pub(super) fn not_read(&self, account: &str) -> Option<String> {
        let unread = |of: &str| self.unread.get(of).copied().unwrap_or(0);
        if let Some(why) = &self.not_whole {
            return Some(why.clone());
        }
        let (own, anybodys) = (unread(account), unread(""));
        let lost = Vec::from_iter(self.lost_by_ocsf.iter().copied()).join(", ");
        let lost = if lost.is_empty() { lost } else { format!(": OCSF did not carry {lost}") };
        match (own, anybodys) {
            (0, 0) => None,
            (0, _) => Some(format!(
                "{} of which the account is not known could not be read, or not whole{lost}",
                quantity(anybodys, "object")
            )),
            _ => Some(format!("{} of this account could not be read, or not whole{lost}", quantity(own, "object"))),
        }
    }

    /// Why the days of an account are not known.
    pub(super) fn no_days(&self, account: &str) -> Option<String> {
        self.regions
            .get(account)
            .is_none_or(BTreeSet::is_empty)
            .then(|| "file names carry no dates, so missing days cannot be detected".to_owned())
    }

    /// What blinded the logs of an account in the days that are looked at.
    pub(super) fn blinded(&self, account: &str) -> Option<String> {
        let (what, more) = self.blinded.first(account)?;
        let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        Some(format!("the logs may lack something: {what}{more}"))
    }

    /// The last day of an account's logs among those that are looked at.
    pub(super) fn last_day(&self, account: &str) -> Option<Day> {
        let places = self.days.range((account.to_owned(), String::new())..);
        let newest = places.take_while(|((of, _), _)| of == account).flat_map(|(_, days)| days);
        let within = self.whole_days.map_or(Day(i32::MAX), |(_, last)| last);
        newest.copied().filter(|day| *day <= within).max().or(self.last_event_day)
    }

    /// Why what only read may not be in the logs of an account; `None` where it is.
    ///
    /// Nearly all that works in a region reads there, if only to assume a role. So days with management events and
    /// none that only read, one after the other, tell of a trail that records write events only; a region with few events
    /// tells nothing.
    pub(super) fn lacks_reads(&self, account: &str) -> Option<String> {
        let places = self.recorded.range((account.to_owned(), String::new())..);
        let places = || places.clone().take_while(|((of, _), _)| of == account);
        if !places().any(|(_, days)| days.values().any(|reads| *reads)) {
            return Some(
                "no read-only event of this account was read: its trail seems to record write events only".to_owned(),
            );
        }
        let silent: Vec<_> =
            places().filter_map(|((_, region), days)| Some((region, self.days_without_reads(days)?))).collect();
        let &(region, (first, last)) = silent.first()?;
        let more = match silent.len() - 1 {
            0 => String::new(),
            more => format!(" (and of {})", quantity(more as u64, "more region")),
        };
        Some(format!(
            "no read-only event of {region} was read on its days with events from {first} to {last}{more}: the trail seems to \
             record write events only there"
        ))
    }

    /// The longest time in which a place has events on day after day and none that only read.
    fn days_without_reads(&self, days: &BTreeMap<Day, bool>) -> Option<(Day, Day)> {
        let (first, last) = self.whole_days.unwrap_or((Day(i32::MIN), Day(i32::MAX)));
        let within: Vec<(Day, bool)> = days.range(first..=last).map(|(day, reads)| (*day, *reads)).collect();
        let silent = within.split(|(_, reads)| *reads).filter(|days| days.len() >= DAYS_WITHOUT_READS);
        let longest = silent.max_by_key(|days| days.len())?;
        Some((longest.first()?.0, longest.last()?.0))
    }
}
