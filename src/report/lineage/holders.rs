//! The counted session that shows a caller's key, where one of the two records tells no creation date.
//!
//! Access key ids are unique only together with the secret, hence account and time. Where records mask them, thousands of
//! sessions have one.

use ahash::AHashMap;

use super::Credential;
use super::lifetimes::LONGEST_LIFE;
use super::places::Places;
use super::spans::Least;
use crate::aggregate::Sym;
use crate::aggregate::issuances::Issuance;
use crate::model::EventTime;

/// Up to so many sessions of one key are looked at one by one.
const FEW: usize = 8;

/// The counted sessions by the keys that they show.
pub(super) struct Holders<'a> {
    places: Places,
    /// Keys of more than a few sessions.
    many: AHashMap<Sym, Many<'a>>,
}

/// The sessions of one key.
struct Many<'a> {
    /// Those of each account, and those of none.
    of_account: AHashMap<&'a str, Least>,
    all: Least,
    /// Those without a creation date, which go by their key: hardly more than one.
    dateless: Vec<usize>,
}

impl<'a> Holders<'a> {
    /// Those of `all`, counted sessions in the order of their ids.
    pub fn of(all: &[Credential<'a>]) -> Self {
        Self::with_many(all, FEW)
    }

    fn with_many(all: &[Credential<'a>], few: usize) -> Self {
        let places = all.iter().enumerate();
        let keys = |(place, credential): (usize, &Credential<'a>)| {
            credential.used_keys().map(move |key| (key, place)).collect::<Vec<_>>()
        };
        let places = Places::new(places.flat_map(keys));
        let many = places.groups().filter(|group| group.len() > few);
        let many = many.map(|group| (group[0].0, Many::of(all, group.iter().map(|&(_, place)| place))));
        Self { many: many.collect(), places }
    }

    /// The first of them that can have made `call`.
    pub fn of_call(&self, call: &Issuance<'_>, all: &[Credential<'_>]) -> Option<usize> {
        self.of_key(call.caller_access_key(), call, all)
    }

    fn of_key(&self, key: Sym, call: &Issuance<'_>, all: &[Credential<'_>]) -> Option<usize> {
        match (self.many.get(&key), call.caller_creation_date()) {
            (None, _) => self.places.of(key).find(|&place| is_holder(&all[place], call)),
            (Some(many), Some(_)) => many.dateless.iter().copied().find(|&place| is_holder(&all[place], call)),
            (Some(many), None) => many.first(call.caller_account_id(), call.time()),
        }
    }
}

impl<'a> Many<'a> {
    fn of(all: &[Credential<'a>], places: impl Iterator<Item = usize>) -> Self {
        let mut of_account: AHashMap<&str, Vec<(i64, i64, usize)>> = AHashMap::new();
        let mut dateless = Vec::new();
        for place in places {
            let credential = &all[place];
            let (begin, end) = alive(credential);
            of_account.entry(credential.account_id()).or_default().push((begin, end, place));
            if credential.creation_date().is_none() {
                dateless.push(place);
            }
        }
        let every = Least::new(of_account.values().flatten().copied());
        let of_account = of_account.into_iter().map(|(account, spans)| (account, Least::new(spans)));
        Self { of_account: of_account.collect(), all: every, dateless }
    }

    fn first(&self, account: &str, time: Option<EventTime>) -> Option<usize> {
        let least = |spans: &Least| time.map_or(spans.of_all, |time| spans.at(time.0));
        if account.is_empty() {
            return least(&self.all);
        }
        [account, ""].into_iter().filter_map(|name| self.of_account.get(name).and_then(least)).min()
    }
}

fn is_holder(credential: &Credential<'_>, call: &Issuance<'_>) -> bool {
    let dates = [credential.creation_date(), call.caller_creation_date()];
    let accounts = [credential.account_id(), call.caller_account_id()];
    let same_account = accounts[0] == accounts[1] || accounts.contains(&"");
    let (begin, end) = alive(credential);
    dates.contains(&None) && same_account && call.time().is_none_or(|time| begin <= time.0 && time.0 <= end)
}

/// From when to when it may have made calls, the longest life before and after what was counted of it; always, if nothing
/// is known of it.
fn alive(credential: &Credential<'_>) -> (i64, i64) {
    let known = credential.activity();
    known.map_or((i64::MIN, i64::MAX), |(first, last)| {
        (first.plus_seconds(-LONGEST_LIFE).0, last.plus_seconds(LONGEST_LIFE).0)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::aggregate::issuances::Issuances;
    use crate::aggregate::sessions::Sessions;
    use crate::aggregate::sessions::sample::{record, samples, scan, with};
    use crate::report::lineage::Known;

    const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", ""];

    proptest! {
        #[test]
        fn of_many_the_first_is_found_as_among_few(
            sessions in prop::collection::vec((0usize..3, 0u32..12, prop::bool::weighted(0.9)), 1..24),
            calls in prop::collection::vec((0usize..3, 0u32..12, any::<bool>()), 1..12),
        ) {
            let day = |day: u32| format!("2026-01-{:02}T00:00:00Z", day + 1);
            let use_of = |(n, &(account, at, dated)): (usize, &(usize, u32, bool))| {
                let created = dated.then(|| day(at));
                with(record("AssumedRole", &format!("AROA:{n}"), "ASIAMASKED", created.as_deref()), [
                    ("/eventTime", json!(day(at))),
                    ("/userIdentity/accountId", json!(ACCOUNTS[account])),
                    ("/userIdentity/arn", json!("")),
                ])
            };
            let call = |&(account, at, dated): &(usize, u32, bool)| {
                let created = dated.then(|| day(at));
                with(record("AssumedRole", "AROA:caller", "ASIAMASKED", created.as_deref()), [
                    ("/eventTime", json!(day(at))), ("/eventName", json!("AssumeRole")),
                    ("/eventSource", json!("sts.amazonaws.com")),
                    ("/userIdentity/arn", json!(if account == 2 { String::new() }
                        else { format!("arn:aws:sts::{}:assumed-role/r/s", ACCOUNTS[account]) })),
                    ("/responseElements", json!({ "credentials": { "accessKeyId": format!("ASIA{account}{at}{dated}") } })),
                ])
            };
            let used = scan(&samples(sessions.iter().enumerate().map(use_of)));
            let calling = scan(&samples(calls.iter().map(call)));
            let sessions = used.get::<Sessions>().unwrap().all(used.symbols());
            let all: Vec<Credential<'_>> =
                sessions.map(|session| Credential::new(Default::default(), Known::Counted(session))).collect();
            let (few, many) = (Holders::with_many(&all, usize::MAX), Holders::with_many(&all, 0));
            let key = used.symbols().find("ASIAMASKED").unwrap();
            for call in calling.get::<Issuances>().unwrap().all(calling.symbols()) {
                let (few, many) = (few.of_key(key, &call, &all), many.of_key(key, &call, &all));
                prop_assert_eq!(few, many);
            }
        }
    }
}
