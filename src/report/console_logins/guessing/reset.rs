//! A password that nobody had to guess: somebody else set it, and then somebody signed in with it.
//!
//! A help desk takes the lost device away, sets a password, and the person signs in from where they always do. A thief who
//! may change users does the same and signs in himself. What tells them apart is whence: the place of whoever did it, or one
//! that is new to a user who always came from the same. Who is wrongly accused: a person who comes to the help desk with a
//! new phone, or is abroad; so a place from which several others sign in, too, is told mildly. Who slips past: a thief who
//! signs in from the company's network, and one who resets a user that never signed in before.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::json;

use super::facts::{Facts, OfUser, network, shown as place};
use super::{Attack, named, rules};
use crate::model::{Day, EventTime, Network, quantity};
use crate::report::console_logins::resets::Deeds;
use crate::report::console_logins::tried::Who;
use crate::report::user_arns::user_of;
use crate::report::{Finding, Severity};

const DAY: i64 = 24 * 3600;

/// How long after a password was set the first sign-in belongs to it, in seconds: a week.
const AFTER: i64 = 7 * DAY;

/// Other people who sign in from a place that is nobody's own.
const COMPANY: usize = 2;

/// A user who came from at most so many networks on at least so many days is known to have its place.
const SETTLED: (usize, usize) = (2, 3);

/// A password that was set and the first sign-in after it.
struct Entry {
    set: EventTime,
    /// When a device was taken away or registered by the same principal within a day.
    device: Option<EventTime>,
    at: EventTime,
    ip: IpAddr,
    is_of_actor: bool,
    severity: Severity,
}

/// The worst of what others did to a user and what followed.
pub(super) fn of<'a>(facts: &Facts<'a>, who: Who<'a>, of_user: &OfUser<'a>) -> Option<Attack<'a>> {
    let resets = of_user.resets.as_ref()?;
    let entries = resets.iter().flat_map(|(&actor, deeds)| {
        let of_deeds = deeds.passwords.iter().filter_map(move |&set| entry(facts, (who, of_user), (actor, deeds), set));
        of_deeds.map(move |entry| (actor, entry))
    });
    let (actor, entry) =
        entries.max_by_key(|(actor, entry)| (entry.severity, std::cmp::Reverse((entry.set, entry.ip, *actor))))?;
    Some(attack((who, of_user.shown(who)), actor, &entry))
}

fn entry<'a>(
    facts: &Facts<'a>,
    (who, of_user): (Who<'a>, &OfUser<'a>),
    (actor, deeds): (&str, &Deeds),
    set: EventTime,
) -> Option<Entry> {
    let (at, ip) = first_success(of_user, set)?;
    let near = set.plus_seconds(-DAY)..=at.min(set.plus_seconds(DAY));
    let device = deeds.devices.range(near.clone()).next().copied();
    let holds_device = deeds.registered.range(near).next().is_some();
    let before = device.map_or(set, |device| device.min(set));
    let there = network(ip)?;
    let home = Home::of(of_user, there, before);
    if home.networks.contains(&there) {
        return None;
    }
    let is_of_actor = deeds.networks.contains(&there);
    let is_companys = others_at(facts, there, (who, actor)) >= COMPANY;
    let is_known = !home.networks.is_empty();
    let severity = match (device.is_some(), is_of_actor) {
        (true, true) if is_companys => is_known.then_some(Severity::Low),
        (true, true) => Some(match (is_known, holds_device) {
            (true, _) => Severity::High,
            (false, true) => Severity::Medium,
            (false, false) => Severity::Low,
        }),
        (true, false) => (home.is_settled() && !is_companys).then_some(Severity::Medium),
        (false, true) => (is_known && !is_companys).then_some(Severity::Medium),
        (false, false) => None,
    }?;
    Some(Entry { set, device, at, ip, is_of_actor, severity })
}

/// The first success at or after a moment, within [`AFTER`]; within an hour order is known only by first and last.
fn first_success(of_user: &OfUser<'_>, since: EventTime) -> Option<(EventTime, IpAddr)> {
    let all = of_user.at.iter().flat_map(|(&ip, hours)| hours.successes.values().map(move |times| (ip, times)));
    let after = all.filter_map(|(ip, times)| {
        let at = [times.first(), times.last()].into_iter().flatten().find(|time| *time >= since)?;
        (at <= since.plus_seconds(AFTER)).then_some((at, ip))
    });
    after.min()
}

/// Where a user signed in from before a moment.
struct Home {
    networks: BTreeSet<Network>,
    days: BTreeSet<Day>,
}

impl Home {
    /// Of the family of `like`: between IPv4 and IPv6 nothing is new.
    fn of(of_user: &OfUser<'_>, like: Network, before: EventTime) -> Self {
        let mut home = Self { networks: BTreeSet::new(), days: BTreeSet::new() };
        for (&ip, hours) in &of_user.at {
            let Some(at) = network(ip).filter(|at| is_v6(*at) == is_v6(like)) else { continue };
            let earlier = hours.successes.values().filter_map(|times| times.first()).filter(|time| *time < before);
            for time in earlier {
                home.networks.insert(at);
                home.days.insert(time.day());
            }
        }
        home
    }

    fn is_settled(&self) -> bool {
        (1..=SETTLED.0).contains(&self.networks.len()) && self.days.len() >= SETTLED.1
    }
}

const fn is_v6(network: Network) -> bool {
    matches!(network, Network::V6(_))
}

/// How many users but these two signed in from a network.
fn others_at(facts: &Facts<'_>, there: Network, (who, actor): (Who<'_>, &str)) -> usize {
    let machines = facts.addresses.iter().filter(|(ip, _)| network(**ip) == Some(there));
    let users = machines.flat_map(|(ip, users)| users.iter().map(move |user| (ip, user)));
    let got_in = users.filter(|(ip, user)| {
        let hours = facts.users.get(user).and_then(|of_user| of_user.at.get(ip));
        hours.is_some_and(|hours| !hours.successes.is_empty())
    });
    let others: BTreeSet<&Who<'_>> =
        got_in.map(|(_, user)| user).filter(|user| **user != who && user.principal != actor).collect();
    others.len()
}

fn attack<'a>((who, shown): (Who<'a>, &str), actor: &str, entry: &Entry) -> Attack<'a> {
    let minutes = (entry.at.seconds() - entry.set.seconds()).unsigned_abs().div_ceil(60).max(1);
    let device = if entry.device.is_some() { ", and changed its MFA device," } else { "" };
    let whose = if entry.is_of_actor { "where that principal called from" } else { "new to the user" };
    let summary = format!(
        "{actor} set the password of {shown}{device} and {} later somebody signed in as it from {}, {whose}: the user may have \
         been taken over",
        quantity(minutes, "minute"),
        place(entry.ip),
    );
    let principal = match user_of(who.principal) {
        Some(_) => who.principal.to_owned(),
        None => format!("user/{shown}"),
    };
    let evidence = [
        ("user", json!(shown)),
        ("principal", json!(principal)),
        ("actor", json!(actor)),
        ("address", json!(place(entry.ip))),
        ("is_actors_network", json!(entry.is_of_actor)),
        ("password_set", json!(entry.set)),
        ("mfa_device_changed", json!(entry.device)),
        ("signed_in", json!(entry.at)),
        ("first_seen", json!(entry.device.map_or(entry.set, |device| device.min(entry.set)))),
        ("last_seen", json!(entry.at)),
    ];
    let finding = Finding {
        severity: entry.severity,
        rule: rules::SIGN_IN_AFTER_RESET.id,
        account_id: who.account.to_owned(),
        subject: who.principal.to_owned(),
        summary,
        count: 2 + i64::from(entry.device.is_some()),
        evidence: named(evidence),
    };
    Attack { finding, failed: BTreeSet::new(), entered: [who].into(), from: None }
}
