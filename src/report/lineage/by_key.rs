//! Which issuances the key of a session can come from: they issued that key, for its account, and it was used within
//! their life.
//!
//! Where records mask their access keys, thousands of sessions share one key with thousands of issuances, and most fit
//! most. Then the few are given that answer for all: the earliest, and of those alike in what they tell the one that
//! ends last.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::Credential;
use super::lifetimes::{LONGEST_LIFE, LONGEST_ROLE_LIFE, SLACK_SECONDS};
use super::places::Places;
use super::spans::Spans;
use crate::aggregate::Sym;
use crate::aggregate::issuances::Issuance;
use crate::model::EventTime;

/// Up to so many issuances of one key are looked at one by one.
const FEW: usize = 8;

/// What of a session decides which issuances it can come from.
pub(super) struct Use<'a> {
    account: &'a str,
    activity: Option<(EventTime, EventTime)>,
}

/// Issuances by the key that they issued.
pub(super) struct ByKey<'i, 'a> {
    issuances: &'i [Issuance<'a>],
    places: Places,
    /// Keys that more than a few records say they issued.
    many: AHashMap<Sym, Many<'a>>,
}

/// The issuances of one key by account.
#[derive(Default)]
struct Many<'a> {
    of_account: AHashMap<&'a str, Part>,
    of_none: Part,
    all: Part,
}

/// Issuances in order: those that tell the caller's arn, which come first of all, and the others.
#[derive(Default)]
struct Part([Fitting; 2]);

/// Issuances by the time in which their key works.
#[derive(Default)]
struct Fitting {
    listed: Vec<(i64, i64, usize)>,
    spans: Spans,
    /// Those that nobody took yet.
    left: Spans,
    /// Of each begin the one with the latest end so far, by what they tell.
    latest: BTreeMap<Tells, Vec<(i64, i64, usize)>>,
}

/// What an issuance says of the sessions that it explains.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tells {
    End,
    Mfa,
    /// The life, and whether a service called.
    Life(Option<i64>, bool),
}

impl<'a> Use<'a> {
    /// That of a session.
    pub fn of(credential: &Credential<'a>) -> Self {
        Self { account: credential.account_id(), activity: credential.activity() }
    }

    /// Whether a key that `issuance` issued can be the one that was used: same account, used within its life.
    fn fits(&self, issuance: &Issuance<'_>) -> bool {
        let accounts = [issuance.account_id(), issuance.recipient_account_id()];
        let same_account = self.account.is_empty() || accounts.contains(&self.account) || accounts == ["", ""];
        let (begin, end) = life(issuance);
        let (first, last) = self.times();
        same_account && begin <= last && end >= first
    }

    fn times(&self) -> (i64, i64) {
        self.activity.map_or((i64::MIN, i64::MAX), |(first, last)| (first.0, last.0))
    }
}

/// From when to when a key works that `issuance` issued; always, if that is not known.
fn life(issuance: &Issuance<'_>) -> (i64, i64) {
    let Some(issued) = issuance.time() else { return (i64::MIN, i64::MAX) };
    let of_service = (issuance.caller_type() == "AWSService").then_some(LONGEST_ROLE_LIFE);
    let life = issuance.life().max(of_service).unwrap_or(LONGEST_LIFE);
    let expires = issuance.expiration().unwrap_or(issued.plus_seconds(life));
    (issued.plus_seconds(-SLACK_SECONDS).0, expires.0)
}

impl<'i, 'a> ByKey<'i, 'a> {
    /// All of these, which are in order.
    pub fn new(issuances: &'i [Issuance<'a>]) -> Self {
        Self::with_many(issuances, FEW)
    }

    fn with_many(issuances: &'i [Issuance<'a>], few: usize) -> Self {
        let keys = issuances.iter().map(Issuance::access_key).zip(0..);
        let places = Places::new(keys.filter(|&(key, _)| key != Sym::EMPTY));
        let many = places.groups().filter(|group| group.len() > few);
        let many = many.map(|group| (group[0].0, Many::new(issuances, group.iter().map(|&(_, place)| place))));
        Self { issuances, many: many.collect(), places }
    }

    /// The first issuance that fits.
    pub fn first(&self, key: Sym, used: &Use<'_>) -> Option<&'i Issuance<'a>> {
        let place = match self.many.get(&key) {
            Some(many) => many.parts(used).filter_map(|part| part.first(used)).min(),
            None => self.places.of(key).find(|&place| used.fits(&self.issuances[place])),
        };
        place.map(|place| &self.issuances[place])
    }

    /// Adds those that fit: all of a few; of many the earliest, at least `least` of them, and those that answer for all.
    pub fn fitting(&self, key: Sym, used: &Use<'_>, least: usize, into: &mut Vec<usize>) {
        match self.many.get(&key) {
            Some(many) => many.parts(used).for_each(|part| part.fitting(used, least, into)),
            None => into.extend(self.places.of(key).filter(|&place| used.fits(&self.issuances[place]))),
        }
    }

    /// Gives each of many that fit, unless it was given before; of a few none.
    pub fn take_many(&mut self, key: Sym, used: &Use<'_>, mut taken: impl FnMut(usize)) {
        let (first, last) = used.times();
        if let Some(many) = self.many.get_mut(&key) {
            let parts = many.parts_mut(used).flat_map(|part| &mut part.0);
            parts.for_each(|fitting| fitting.left.take(first, last, &mut taken));
        }
    }
}

impl<'a> Many<'a> {
    fn new(issuances: &[Issuance<'a>], places: impl Iterator<Item = usize>) -> Self {
        let mut many = Self::default();
        for place in places {
            let issuance = &issuances[place];
            let (account, recipient) = (issuance.account_id(), issuance.recipient_account_id());
            many.all.add(issuance, place);
            if account.is_empty() && recipient.is_empty() {
                many.of_none.add(issuance, place);
            }
            for name in [Some(account), Some(recipient).filter(|name| *name != account)].into_iter().flatten() {
                if !name.is_empty() {
                    many.of_account.entry(name).or_default().add(issuance, place);
                }
            }
        }
        let parts = many.of_account.values_mut().chain([&mut many.of_none, &mut many.all]);
        parts.flat_map(|part| &mut part.0).for_each(Fitting::sort);
        many
    }

    fn parts(&self, used: &Use<'_>) -> impl Iterator<Item = &Part> {
        let of_all = used.account.is_empty();
        let of_account = if of_all { Some(&self.all) } else { self.of_account.get(used.account) };
        of_account.into_iter().chain((!of_all).then_some(&self.of_none))
    }

    fn parts_mut(&mut self, used: &Use<'_>) -> impl Iterator<Item = &mut Part> {
        let of_all = used.account.is_empty();
        let of_account = if of_all { Some(&mut self.all) } else { self.of_account.get_mut(used.account) };
        of_account.into_iter().chain((!of_all).then_some(&mut self.of_none))
    }
}

impl Part {
    fn add(&mut self, issuance: &Issuance<'_>, place: usize) {
        self.0[usize::from(issuance.caller_arn().is_empty())].add(issuance, place);
    }

    fn first(&self, used: &Use<'_>) -> Option<usize> {
        let (first, last) = used.times();
        self.0.iter().find_map(|fitting| fitting.spans.meeting(first, last).next())
    }

    fn fitting(&self, used: &Use<'_>, least: usize, into: &mut Vec<usize>) {
        let (first, last) = used.times();
        for fitting in &self.0 {
            into.extend(fitting.spans.meeting(first, last).take(least.max(1)));
            for latest in fitting.latest.values() {
                let begun = latest.partition_point(|&(begin, ..)| begin <= last);
                into.extend(latest[..begun].last().filter(|&&(_, end, _)| end >= first).map(|&(.., place)| place));
            }
        }
    }
}

impl Fitting {
    fn add(&mut self, issuance: &Issuance<'_>, place: usize) {
        let (begin, end) = life(issuance);
        self.listed.push((begin, end, place));
        let of_service = issuance.caller_type() == "AWSService";
        let told = if issuance.expiration().is_some() { Tells::End } else { Tells::Life(issuance.life(), of_service) };
        for tells in [Some(told), issuance.has_mfa_serial().then_some(Tells::Mfa)].into_iter().flatten() {
            self.latest.entry(tells).or_default().push((begin, end, place));
        }
    }

    /// Makes it ready once all are in.
    fn sort(&mut self) {
        self.spans = Spans::new(std::mem::take(&mut self.listed));
        self.left = self.spans.clone();
        for latest in self.latest.values_mut() {
            latest.sort_unstable_by_key(|&(begin, _, place)| (begin, place));
            for at in 1..latest.len() {
                let (_, end, place) = latest[at - 1];
                if end > latest[at].1 {
                    (latest[at].1, latest[at].2) = (end, place);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::aggregate::issuances::Issuances;
    use crate::aggregate::sessions::sample::{record, samples, scan, with};

    const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", ""];

    fn issue(hour: u32, end: Option<u32>, life: i64, (account, target): (usize, usize), flags: (bool, bool)) -> Value {
        let (mfa, by_service) = flags;
        let target = ACCOUNTS[target];
        with(
            record(if by_service { "AWSService" } else { "IAMUser" }, "AIDAX", "AKIAX", None),
            [
                ("/eventName", json!("AssumeRole")),
                ("/eventSource", json!("sts.amazonaws.com")),
                ("/eventTime", json!(format!("2026-01-{:02}T{:02}:00:00Z", 1 + hour / 24, hour % 24))),
                ("/recipientAccountId", json!(ACCOUNTS[account])),
                ("/userIdentity/arn", json!(if mfa { "" } else { "arn:aws:iam::111122223333:user/u" })),
                (
                    "/requestParameters",
                    json!({
                        "roleArn": if target.is_empty() { String::new() } else { format!("arn:aws:iam::{target}:role/r") },
                        "durationSeconds": life * 3600, "serialNumber": if mfa { "m" } else { "" },
                    }),
                ),
                (
                    "/responseElements",
                    json!({ "credentials": { "accessKeyId": "ASIAMASKED",
                        "expiration": end.map(|hour| format!("2026-01-{:02}T{:02}:30:00Z", 1 + hour / 24, hour % 24)) },
                        "assumedRoleUser": { "assumedRoleId": "AROA:s" } }),
                ),
            ],
        )
    }

    fn records() -> impl Strategy<Value = Vec<Value>> {
        let one = (0u32..48, prop::option::of(0u32..60), 1i64..5, (0usize..3, 0usize..3), any::<(bool, bool)>());
        let one = one.prop_map(|(hour, end, life, accounts, flags)| issue(hour, end, life, accounts, flags));
        prop::collection::vec(one, 1..30)
    }

    proptest! {
        #[test]
        fn of_many_those_given_answer_as_all_do(
            records in records(),
            asked in prop::collection::vec((0usize..3, 0i64..60, 0i64..9, 0usize..4), 1..12),
        ) {
            let state = scan(&samples(records));
            let all = state.get::<Issuances>().unwrap().all(state.symbols());
            let key = state.symbols().find("ASIAMASKED").unwrap();
            let (few, mut many) = (ByKey::with_many(&all, usize::MAX), ByKey::with_many(&all, 0));
            let (mut used_few, mut used_many) = (vec![false; all.len()], vec![false; all.len()]);
            let start = EventTime::parse("2026-01-01T00:00:00Z").unwrap();
            for (account, hour, length, least) in asked {
                let activity = (length < 8).then(|| {
                    (start.plus_seconds(hour * 3600), start.plus_seconds((hour + length) * 3600))
                });
                let used = Use { account: ACCOUNTS[account], activity };
                let (mut every, mut given) = (Vec::new(), Vec::new());
                few.fitting(key, &used, least, &mut every);
                many.fitting(key, &used, least, &mut given);
                given.sort_unstable();
                given.dedup();
                prop_assert!(given.iter().all(|place| every.contains(place)));
                prop_assert!(given.len() >= least.min(every.len()));
                let earliest = |list: &[usize]| list.iter().map(|&i| (all[i].time(), i)).min();
                prop_assert_eq!(earliest(&every), earliest(&given));
                let end = |list: &[usize]| list.iter().filter_map(|&i| all[i].expiration()).max();
                prop_assert_eq!(end(&every), end(&given));
                let mfa = |list: &[usize]| list.iter().any(|&i| all[i].has_mfa_serial());
                prop_assert_eq!(mfa(&every), mfa(&given));
                if end(&every).is_none() {
                    let life = |list: &[usize]| list.iter().filter_map(|&i| all[i].life()).max();
                    prop_assert_eq!(life(&every), life(&given));
                    let until = |i: &usize| Some(all[*i].time()?.plus_seconds(all[*i].life()?));
                    let until = |list: &[usize]| list.iter().filter_map(until).max();
                    prop_assert_eq!(until(&every), until(&given));
                }
                let (first, of_many) = (few.first(key, &used), many.first(key, &used));
                prop_assert_eq!(first.map(Issuance::time), of_many.map(Issuance::time));
                prop_assert_eq!(first.map(Issuance::account_id), of_many.map(Issuance::account_id));
                every.iter().for_each(|&i| used_few[i] = true);
                many.take_many(key, &used, |i| used_many[i] = true);
                prop_assert_eq!(&used_few, &used_many);
            }
        }
    }
}
