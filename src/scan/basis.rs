//! What proof rests on: which days each account and region delivered, and what of an account was not read.
//!
//! Facts only; what they prove is for the report to say. Not printed: gaps, failures and counts are.

use std::collections::{BTreeMap, BTreeSet};

use crate::input::LogObject;
use crate::model::Day;

/// What was read of each account, and on which days it delivered.
#[derive(Clone, Debug, Default)]
pub struct ProofBasis {
    /// The days on which each account and region delivered an object, or that digests cover.
    pub days: BTreeMap<(String, String), BTreeSet<Day>>,
    /// The first and the last day of which gaps speak; `None` where no object tells its day.
    pub judged: Option<(Day, Day)>,
    /// Counted events that only read, by account.
    pub read_only: BTreeMap<String, u64>,
    /// Objects that failed, are archived, are damaged or hold malformed records or events without a time, by the account of their key;
    /// under an empty text those whose account is not known.
    pub unread: BTreeMap<String, u64>,
    /// Accounts whose objects lie under an organization's id.
    pub of_organization: BTreeSet<String>,
    /// Regions that the logs show to be enabled, with their account first.
    pub enabled_regions: BTreeSet<(String, String)>,
}

impl ProofBasis {
    /// Notes that something of an object was not read.
    pub(super) fn object_not_read(&mut self, object: &LogObject) {
        self.not_read(object.key().map(|key| key.account_id));
    }

    /// Notes that something of an account was not read; `None` where nobody knows of which.
    pub(super) fn not_read(&mut self, account: Option<String>) {
        *self.unread.entry(account.unwrap_or_default()).or_default() += 1;
    }

    pub(super) fn add_unread(&mut self, unread: BTreeMap<String, u64>) {
        for (account, count) in unread {
            *self.unread.entry(account).or_default() += count;
        }
    }
}

/// The account whose folder a place lies in: `…/AWSLogs/[o-id/]ACCOUNT/…`.
pub(super) fn account_of_place(place: &str) -> Option<String> {
    let (_, below) = place.rsplit_once("AWSLogs/")?;
    let is_account = |part: &&str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit());
    below.split('/').take(2).find(is_account).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_of_a_folder_that_cannot_be_listed() {
        let of = |place| account_of_place(place);
        let account = Some("111122223333".to_owned());
        assert_eq!(of("/logs/AWSLogs/111122223333/CloudTrail/eu-west-1"), account);
        assert_eq!(of("s3://b/AWSLogs/o-exampleorg/AWSLogs/o-exampleorg/111122223333/"), account);
        assert_eq!(of("AWSLogs/o-exampleorg"), None);
        assert_eq!(of("/logs/111122223333"), None);
    }
}
