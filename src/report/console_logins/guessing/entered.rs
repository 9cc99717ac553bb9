//! Many failures of one user, and then a success: the password may have been guessed.
//!
//! Who is wrongly accused: who forgot a password, tried it many times and then remembered; least where that is where the user
//! always signs in, and MFA was given. Where somebody else set the password in between, that explains the success, unless it
//! came from a place that is new to the user. A success from another address is milder, unless it is of the network of the
//! failures, where the user never was, and without the MFA that the user gives elsewhere. Who slips past: a guesser who needs fewer tries than the limit, or who waits
//! more than [`AFTER`] with another address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::facts::{ByHour, Facts, Hours, OfUser, Times, in_pair, network, shown as place};
use super::user::{self, Guessed};
use super::{Attack, Limits, from, named, rules, some};
use crate::model::{Day, EventTime, Hour, SignInMfa, quantity};
use crate::report::console_logins::tried::Who;
use crate::report::{Finding, Severity};

/// How long after the last failure a success from another address still belongs to it, in seconds: a day.
const AFTER: i64 = 24 * 3600;
/// Addresses from which failures of one user are no person's own mistake.
const MANY_ADDRESSES: usize = 3;

/// Days on which a user got in from an address before, from which it is the user's own desk.
const OWN_DAYS: usize = 3;

/// Failures and the success after them.
struct Hit {
    failed: Times,
    entered: Times,
    with_mfa: bool,
}

/// Failures of each user from one address and a success from there: at once, or slowly with no success between.
pub(super) fn from_one_address<'a>(facts: &Facts<'a>, ip: IpAddr, limits: Limits) -> Vec<Attack<'a>> {
    let users = facts.at(ip).into_iter().filter(|(who, _)| !who.is_hidden());
    let hits = users.filter_map(|(who, hours)| Some((who, at_once(hours, limits).or_else(|| slowly(hours, limits))?)));
    let addresses = BTreeSet::from([ip]);
    hits.map(|(who, hit)| {
        let is_own = facts.users.get(&who).is_some_and(|of_user| is_own_desk(of_user, &hit, ip));
        let severity = if is_own { Severity::Low } else { severity(who, hit.with_mfa) };
        let reset = facts.users.get(&who).and_then(|of_user| reset_between(of_user, &hit, ip));
        attack((who, facts.shown(who)), &hit, (&addresses, ip), (severity, reset))
    })
    .collect()
}

fn at_once(hours: &Hours, limits: Limits) -> Option<Hit> {
    let hit = |hour: Hour| {
        let failed = in_pair(&hours.failures, hour);
        let after = |times: &Times| times.events > 0 && times.last() > failed.first();
        let entered = in_pair(&hours.successes, hour);
        let with_mfa = !after(&in_pair(&hours.without_mfa, hour));
        (failed.events >= limits.failures && after(&entered)).then_some((hour, Hit { failed, entered, with_mfa }))
    };
    let hits = hours.failures.keys().filter_map(|&hour| hit(hour));
    hits.max_by_key(|(hour, hit)| (hit.failed.events, std::cmp::Reverse(*hour))).map(|(_, hit)| hit)
}

/// The longest run of failures that ends in a success; order within an hour is known only by first and last.
fn slowly(hours: &Hours, limits: Limits) -> Option<Hit> {
    let mut worst: Option<Hit> = None;
    let mut failed = Times::default();
    let all: BTreeSet<Hour> = hours.failures.keys().chain(hours.successes.keys()).copied().collect();
    for hour in all {
        if let Some(times) = hours.failures.get(&hour) {
            failed.merge(times.events, times.span);
        }
        let Some(&entered) = hours.successes.get(&hour) else { continue };
        let is_hit = failed.events >= limits.failures && entered.last() > failed.first();
        if is_hit && worst.as_ref().is_none_or(|worst| worst.failed.events < failed.events) {
            let with_mfa = !hours.without_mfa.contains_key(&hour);
            worst = Some(Hit { failed, entered, with_mfa });
        }
        failed = Times::default();
    }
    worst
}

/// Failures of one user from several addresses, at once or slowly, and a success: from one of them, or from an address
/// that the user had not come from before.
pub(super) fn from_anywhere<'a>(who: Who<'a>, of_user: &OfUser<'a>, limits: Limits) -> Option<Attack<'a>> {
    let Guessed { failed, addresses, .. } = user::guessed(of_user, limits)?;
    let (first, last) = (failed.first()?, failed.last()?.plus_seconds(AFTER));
    let is_strange = |ip: &IpAddr, hours: &Hours| {
        addresses.contains(ip) || hours.first_success().is_some_and(|success| success > first)
    };
    let strangers = of_user.at.iter().filter(|(ip, hours)| is_strange(ip, hours));
    let hits = strangers.filter_map(|(&ip, hours)| Some((success_within(hours, first, last)?, ip)));
    let Some(((entered, with_mfa), ip)) = hits.min_by_key(|((entered, _), ip)| (entered.first(), *ip)) else {
        return after_all(who, of_user, limits);
    };
    // One address that fails and another that gets in may be a program with an old password, and its owner.
    let is_one = addresses.len() < MANY_ADDRESSES && !addresses.contains(&ip);
    let is_neighbour = !with_mfa && addresses.iter().any(|&from| is_next_to(of_user, (from, ip), first));
    let hit = Hit { failed, entered, with_mfa };
    let is_only = addresses.len() == 1 && addresses.contains(&ip);
    let severity = match is_one {
        true if !is_neighbour => Severity::Medium,
        false if is_only && is_own_desk(of_user, &hit, ip) => Severity::Low,
        _ => severity(who, with_mfa),
    };
    let reset = reset_between(of_user, &hit, ip);
    Some(attack((who, of_user.shown(who)), &hit, (&addresses, ip), (severity, reset)))
}

/// Whether a success came from beside an address of the failures, of a network from which the user had never got in before the
/// first of them, and the user had been using MFA elsewhere. The owner who mistypes there would have been asked for it.
fn is_next_to(of_user: &OfUser<'_>, (from, ip): (IpAddr, IpAddr), first: EventTime) -> bool {
    let earlier = |by_hour: &ByHour| by_hour.values().filter(|times| times.first() < Some(first)).count();
    let is_known = |(at, hours): (&IpAddr, &Hours)| network(*at) == network(ip) && earlier(&hours.successes) > 0;
    let had_mfa = of_user.at.values().any(|hours| earlier(&hours.successes) > earlier(&hours.without_mfa));
    network(from).is_some() && network(from) == network(ip) && had_mfa && !of_user.at.iter().any(is_known)
}

/// Slow failures from [`MANY_ADDRESSES`], and soon after the last of them the first success ever from an address.
fn after_all<'a>(who: Who<'a>, of_user: &OfUser<'a>, limits: Limits) -> Option<Attack<'a>> {
    let mut firsts = BTreeMap::new();
    for (&ip, hours) in &of_user.at {
        let first = hours.successes.iter().next().and_then(|(hour, times)| Some((times.first()?, hour, *times)));
        firsts.extend(first.map(|(time, hour, times)| ((time, ip), (times, !hours.without_mfa.contains_key(hour)))));
    }
    let (guessed, ip, (entered, with_mfa)) = user::guessed_before(of_user, limits, AFTER, firsts)?;
    if guessed.addresses.len() < MANY_ADDRESSES {
        return None;
    }
    let hit = Hit { failed: guessed.failed, entered, with_mfa };
    let reset = reset_between(of_user, &hit, ip);
    Some(attack((who, of_user.shown(who)), &hit, (&guessed.addresses, ip), (severity(who, with_mfa), reset)))
}

/// Whether the success had MFA and came from where the user had got in on some days before the first failure.
fn is_own_desk(of_user: &OfUser<'_>, hit: &Hit, ip: IpAddr) -> bool {
    let before = |times: &Times| times.first().is_some_and(|first| Some(first) < hit.failed.first());
    let hours = of_user.at.get(&ip).into_iter().flat_map(|hours| &hours.successes);
    let days: BTreeSet<Day> = hours.filter(|(_, times)| before(times)).map(|(hour, _)| hour.start().day()).collect();
    hit.with_mfa && days.len() >= OWN_DAYS
}

/// When somebody else set the password between the first failure and the success, where the success came from no place that
/// is new to the user.
fn reset_between(of_user: &OfUser<'_>, hit: &Hit, ip: IpAddr) -> Option<EventTime> {
    let (first, entered) = hit.failed.first().zip(hit.entered.last())?;
    of_user.password_set((first, entered)).filter(|_| !of_user.is_new_at(ip, first))
}

/// Successes from one address between two moments, and whether all of them had MFA.
fn success_within(hours: &Hours, first: EventTime, last: EventTime) -> Option<(Times, bool)> {
    let within = |times: &Times| times.last() > Some(first) && times.first() <= Some(last);
    let entered = hours.successes.iter().find(|(_, times)| within(times));
    entered.map(|(hour, &times)| (times, !hours.without_mfa.contains_key(hour)))
}

fn severity(who: Who<'_>, with_mfa: bool) -> Severity {
    match (with_mfa, who.is_root()) {
        (true, _) => Severity::Medium,
        (false, true) => Severity::Critical,
        (false, false) => Severity::High,
    }
}

fn attack<'a>(
    (who, shown): (Who<'a>, &str),
    hit: &Hit,
    (addresses, entered_from): (&BTreeSet<IpAddr>, IpAddr),
    (severity, reset): (Severity, Option<EventTime>),
) -> Attack<'a> {
    let (severity, so) = match reset {
        Some(_) => (Severity::Low, "somebody else set the password in between, which explains it"),
        None if severity == Severity::Low => (severity, "the user signs in from there as a matter of course"),
        None => (severity, "the password may have been guessed"),
    };
    let mfa = if hit.with_mfa { SignInMfa::Yes } else { SignInMfa::No };
    let told = if hit.with_mfa { " with MFA" } else { "" };
    let is_same = addresses.len() == 1 && addresses.contains(&entered_from);
    let then_from = if is_same { String::new() } else { format!(" from {}", place(entered_from)) };
    let summary = format!(
        "{} of {shown} from {}, and then a sign-in{then_from} that worked{told}: {so}",
        quantity(hit.failed.events.unsigned_abs(), "sign-in failure"),
        from(addresses),
    );
    let evidence = [
        ("user", json!(shown)),
        ("address", json!(place(entered_from))),
        ("address_list", json!(some(addresses))),
        ("failures", json!(hit.failed.events)),
        ("first_failure", json!(hit.failed.first())),
        ("last_failure", json!(hit.failed.last())),
        ("sign_ins", json!(hit.entered.events)),
        ("last_sign_in", json!(hit.entered.last())),
        ("mfa", json!(mfa.as_str())),
        ("password_set", json!(reset)),
    ];
    let finding = Finding {
        severity,
        rule: rules::BRUTE_FORCE_SUCCESS.id,
        account_id: who.account.to_owned(),
        subject: who.principal.to_owned(),
        summary,
        count: hit.failed.events,
        evidence: named(evidence),
    };
    Attack { finding, failed: [who].into(), entered: [who].into(), from: None }
}
