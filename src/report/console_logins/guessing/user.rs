//! Many failures of one user, from wherever, at once or slowly, of which none is known to have been guessed right.
//!
//! Who is wrongly accused: a program with an old password, and an owner who gave up. Who slips past: a guesser who stays
//! below the limit in two weeks.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::facts::{OfUser, Times, in_pair};
use super::{Attack, Limits, SLOW_HOURS, from, named, rules, some};
use crate::model::{EventTime, Hour, quantity};
use crate::report::console_logins::tried::Who;
use crate::report::{Finding, Severity};

/// Addresses from which failures of one user are an attack, whoever the user is.
const ATTACK_ADDRESSES: usize = 5;

/// Failures of one user that are enough to be guessing.
pub(super) struct Guessed {
    pub failed: Times,
    pub addresses: BTreeSet<IpAddr>,
    pub is_slow: bool,
}

/// The worst guessing of a user: at once, else slowly.
pub(super) fn guessed(of_user: &OfUser<'_>, limits: Limits) -> Option<Guessed> {
    at_once(of_user, limits).or_else(|| slowly(of_user, limits))
}

fn at_once(of_user: &OfUser<'_>, limits: Limits) -> Option<Guessed> {
    let (hour, failed) = of_user.all.worst_pair().filter(|(_, failed)| failed.events >= limits.failures)?;
    let from_here = of_user.at.iter().filter(|(_, hours)| in_pair(&hours.failures, hour).events > 0);
    Some(Guessed { failed, addresses: from_here.map(|(&ip, _)| ip).collect(), is_slow: false })
}

/// Failures that nobody answered with a success from the same address, by hour.
type Unanswered = BTreeMap<Hour, Vec<(IpAddr, Times)>>;

fn unanswered(of_user: &OfUser<'_>) -> Unanswered {
    let mut unanswered = Unanswered::new();
    for (&ip, hours) in &of_user.at {
        let answered = |hour: &Hour, times: &Times| hours.got_in(*hour, times.first());
        for (&hour, &times) in hours.failures.iter().filter(|(hour, times)| !answered(hour, times)) {
            unanswered.entry(hour).or_default().push((ip, times));
        }
    }
    unanswered
}

/// Failures of hours, as one.
fn together<'t>(all: impl Iterator<Item = &'t (IpAddr, Times)>) -> Guessed {
    let mut guessed = Guessed { failed: Times::default(), addresses: BTreeSet::new(), is_slow: true };
    for (ip, times) in all {
        guessed.failed.merge(times.events, times.span);
        guessed.addresses.insert(*ip);
    }
    guessed
}

/// Slow guessing that ended shortly before one of these moments, the first that it did; `within` are seconds. Of two weeks with
/// more failures nothing need have come.
pub(super) fn guessed_before<M>(
    of_user: &OfUser<'_>,
    limits: Limits,
    within: i64,
    moments: BTreeMap<(EventTime, IpAddr), M>,
) -> Option<(Guessed, IpAddr, M)> {
    let failures = unanswered(of_user);
    moments.into_iter().find_map(|((time, ip), moment)| {
        let hour = time.hour();
        let recent = || failures.range(Hour(hour.0 - SLOW_HOURS)..=hour).flat_map(|(_, all)| all);
        let is_before = |times: &&(IpAddr, Times)| times.1.last() < Some(time);
        let is_near = recent().rev().any(|(_, times)| {
            times.last() < Some(time) && times.last().is_some_and(|last| last.plus_seconds(within) >= time)
        });
        let guessed = is_near.then(|| together(recent().filter(is_before)))?;
        (guessed.failed.events >= limits.failures).then_some((guessed, ip, moment))
    })
}

/// The two weeks with most failures that nobody answered with a success from the same address.
fn slowly(of_user: &OfUser<'_>, limits: Limits) -> Option<Guessed> {
    let unanswered = unanswered(of_user);
    // Two places run over the hours, so each is added and taken away once.
    let hours: Vec<(Hour, i64)> =
        unanswered.iter().map(|(&hour, all)| (hour, all.iter().map(|(_, times)| times.events).sum())).collect();
    let (mut start, mut sum, mut worst) = (0, 0, (0, 0, 0));
    for end in 0..hours.len() {
        sum += hours[end].1;
        while hours[end].0.0 - hours[start].0.0 >= SLOW_HOURS {
            sum -= hours[start].1;
            start += 1;
        }
        if sum > worst.0 {
            worst = (sum, start, end);
        }
    }
    let (sum, start, end) = worst;
    if sum < limits.failures {
        return None;
    }
    Some(together(unanswered.range(hours[start].0..=hours[end].0).flat_map(|(_, all)| all)))
}

/// Guessing at one user that is not known to have worked.
pub(super) fn tried_at<'a>(who: Who<'a>, of_user: &OfUser<'a>, limits: Limits) -> Option<Attack<'a>> {
    let Guessed { failed, addresses, is_slow } = guessed(of_user, limits)?;
    let is_attack = who.is_root() || addresses.len() >= ATTACK_ADDRESSES;
    let when = if is_slow { ", slowly" } else { " within an hour and the next" };
    let summary = format!(
        "{} of {} from {}{when}",
        quantity(failed.events.unsigned_abs(), "sign-in failure"),
        of_user.shown(who),
        from(&addresses)
    );
    let evidence = [
        ("user", json!(of_user.shown(who))),
        ("failures", json!(failed.events)),
        ("addresses", json!(addresses.len())),
        ("address_list", json!(some(&addresses))),
        ("first_failure", json!(failed.first())),
        ("last_failure", json!(failed.last())),
    ];
    let finding = Finding {
        severity: if is_attack { Severity::Medium } else { Severity::Low },
        rule: rules::SIGN_IN_GUESSING.id,
        account_id: who.account.to_owned(),
        subject: who.principal.to_owned(),
        summary,
        count: failed.events,
        evidence: named(evidence),
    };
    Some(Attack { finding, failed: [who].into(), entered: BTreeSet::new(), from: None })
}
