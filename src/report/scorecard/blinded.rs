//! What blinded the logs of which account: calls that stopped or narrowed logging, or deleted logs.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Day;

/// A call after which logs are less than all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blinding {
    /// What was called, on what and by whom, in words.
    pub what: String,
    /// The day from which logs may lack something; `None` is any.
    pub from: Option<Day>,
    /// The last such day; `None` where it was not seen to end.
    pub until: Option<Day>,
    /// The accounts whose logs are concerned.
    pub accounts: BTreeSet<String>,
    /// Whether those of all accounts of the organization are, too.
    pub is_organizations: bool,
    /// Whether those of all accounts are.
    pub is_everyones: bool,
}

/// All such calls within the days that are looked at, as far as an account asks: the first, and how many there are. An
/// organization may have as many of them as accounts, so none is kept for each account.
#[derive(Clone, Debug, Default)]
pub struct Blindings {
    of_account: BTreeMap<String, Told>,
    organization: BTreeSet<String>,
    of_organization: Told,
    of_everyone: Told,
}

#[derive(Clone, Debug, Default)]
struct Told {
    /// Its place among all, and what it was.
    first: Option<(usize, String)>,
    count: usize,
}

impl Told {
    fn add(&mut self, place: usize, what: &str) {
        self.count += 1;
        self.first.get_or_insert_with(|| (place, what.to_owned()));
    }
}

impl Blindings {
    /// Those of `all` that concern the `days` looked at; `None` is all days. `organization` are the accounts of the
    /// organization.
    pub fn new(all: Vec<Blinding>, organization: BTreeSet<String>, days: Option<(Day, Day)>) -> Self {
        let is_within = |blinding: &&Blinding| {
            let Some((first, last)) = days else { return true };
            blinding.from.is_none_or(|from| from <= last) && blinding.until.is_none_or(|until| until >= first)
        };
        let mut found = Self { organization, ..Self::default() };
        for (place, blinding) in all.iter().filter(is_within).enumerate() {
            if blinding.is_everyones {
                found.of_everyone.add(place, &blinding.what);
                continue;
            }
            if blinding.is_organizations {
                found.of_organization.add(place, &blinding.what);
            }
            let is_told = |account: &&String| blinding.is_organizations && found.organization.contains(*account);
            for account in blinding.accounts.iter().filter(|account| !is_told(account)) {
                found.of_account.entry(account.clone()).or_default().add(place, &blinding.what);
            }
        }
        found
    }

    /// The first that concerns an account, and how many more do.
    pub(super) fn first(&self, account: &str) -> Option<(&str, usize)> {
        let is_member = self.organization.contains(account);
        let of_organization = is_member.then_some(&self.of_organization);
        let told = [self.of_account.get(account), of_organization, Some(&self.of_everyone)].into_iter().flatten();
        let (_, what) = told.clone().filter_map(|told| told.first.as_ref()).min()?;
        Some((what, told.map(|told| told.count).sum::<usize>() - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_is_told_of_what_concerns_it() {
        let day = |day: i32| Some(Day(day));
        let of = |what: &str, accounts: &[&str], is_organizations| Blinding {
            what: what.to_owned(),
            accounts: accounts.iter().map(|account| (*account).to_owned()).collect(),
            is_organizations,
            ..Blinding::default()
        };
        let all = vec![
            Blinding { until: day(4), ..of("before", &["a"], false) },
            Blinding { from: day(9), ..of("after", &["a"], false) },
            of("own", &["a", "b"], false),
            of("organization", &["a", "z"], true),
            Blinding { is_everyones: true, ..of("everyone", &["a"], false) },
        ];
        let blinded = Blindings::new(all, ["a".to_owned(), "c".to_owned()].into(), Some((Day(5), Day(8))));
        assert_eq!(blinded.first("a"), Some(("own", 2)));
        assert_eq!(blinded.first("b"), Some(("own", 1)));
        assert_eq!(blinded.first("c"), Some(("organization", 1)));
        assert_eq!(blinded.first("z"), Some(("organization", 1)), "outside of the organization, and concerned");
        assert_eq!(blinded.first("x"), Some(("everyone", 0)));
        assert_eq!(Blindings::default().first("a"), None);
    }
}
