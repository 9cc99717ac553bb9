//! Users of one account who are tried now and then, day after day, from addresses that nobody ever gets in from: a spray that
//! is slow as well as widespread.
//!
//! Who is wrongly accused: people who give up on several days, each time at a place where nobody signs in; so it takes
//! [`DAYS`] days of each of several users within two weeks, and a place counts only where no user of any account got in from
//! its network. Who slips past: who tries each user less often than that, or comes from the company's network.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::account::{Failed, attack};
use super::facts::{Facts, OfUser, Times, network};
use super::{Attack, Limits, SHOWN, SLOW_HOURS};
use crate::model::{Day, Network};
use crate::report::console_logins::tried::Who;

/// Days on which a user has to be tried.
const DAYS: usize = 3;

/// Two weeks.
const WINDOW: i32 = SLOW_HOURS / 24;

/// Failures of one user at strange places, by day.
type ByDay = BTreeMap<Day, Vec<(IpAddr, Times)>>;

/// A finding for each account of which nothing else was told; `sprays` are addresses that were found to be one alone.
pub(super) fn of<'a>(
    facts: &Facts<'a>,
    sprays: &BTreeSet<IpAddr>,
    limits: Limits,
    told: &BTreeSet<String>,
) -> Vec<Attack<'a>> {
    let known = places_of_success(facts);
    let mut accounts: BTreeMap<&str, BTreeMap<Who<'a>, ByDay>> = BTreeMap::new();
    let others = facts.users.iter().filter(|(who, _)| !who.is_hidden() && !told.contains(who.account));
    for (&who, of_user) in others {
        let days = strange_failures(of_user, sprays, &known);
        if days.len() >= DAYS {
            accounts.entry(who.account).or_default().insert(who, days);
        }
    }
    accounts.iter().filter_map(|(account, users)| of_account(facts, account, users, limits)).collect()
}

fn places_of_success(facts: &Facts<'_>) -> BTreeSet<Network> {
    let all = facts.users.values().flat_map(|of_user| &of_user.at);
    all.filter(|(_, hours)| !hours.successes.is_empty()).filter_map(|(ip, _)| network(*ip)).collect()
}

fn strange_failures(of_user: &OfUser<'_>, sprays: &BTreeSet<IpAddr>, known: &BTreeSet<Network>) -> ByDay {
    let mut days = ByDay::new();
    let is_strange = |ip: &IpAddr| !sprays.contains(ip) && network(*ip).is_some_and(|at| !known.contains(&at));
    for (&ip, hours) in of_user.at.iter().filter(|(ip, _)| is_strange(ip)) {
        for (hour, times) in &hours.failures {
            days.entry(hour.start().day()).or_default().push((ip, *times));
        }
    }
    days
}

/// The two weeks in which most users were tried on [`DAYS`] days, the first of equals.
fn of_account<'a>(
    facts: &Facts<'a>,
    account: &str,
    users: &BTreeMap<Who<'a>, ByDay>,
    limits: Limits,
) -> Option<Attack<'a>> {
    let starts: BTreeSet<Day> = users.values().flat_map(|days| days.keys().copied()).collect();
    let within = |start: Day| start..Day(start.0 + WINDOW);
    let is_tried = |days: &ByDay, start: Day| days.range(within(start)).nth(DAYS - 1).is_some();
    let tried = |start: Day| users.values().filter(|days| is_tried(days, start)).count();
    let worst = starts.into_iter().map(|start| (tried(start), start));
    let (count, start) = worst.max_by_key(|&(count, start)| (count, std::cmp::Reverse(start)))?;
    if (count as i64) < limits.spray_users {
        return None;
    }
    let (mut all, mut addresses, mut failed) = (Times::default(), BTreeSet::new(), BTreeSet::new());
    let hit = users.iter().filter(|(_, days)| is_tried(days, start));
    for (&who, days) in hit {
        failed.insert(who);
        for (ip, times) in days.range(within(start)).flat_map(|(_, all)| all) {
            addresses.insert(*ip);
            all.merge(times.events, times.span);
        }
    }
    let names = failed.iter().map(|who| facts.shown(*who)).take(SHOWN).collect();
    let places = super::from(&addresses);
    let when = format!("on {DAYS} days or more within two weeks from {places} that nobody got in from");
    Some(attack(account, Failed { users: failed, names, unknown: 0, all, addresses: &addresses }, &when))
}
