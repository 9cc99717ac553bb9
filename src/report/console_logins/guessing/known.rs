//! Sign-ins that got as far as the second factor and failed there: whoever tried knows the password.
//!
//! Of Identity Center the records say so. Of the console, `CheckMfa` says that the second factor was asked for, and a
//! failed `ConsoleLogin` of the same user, address and day that it was not given: by days, because nothing ties the two
//! records together. Who is wrongly accused: the owner, whose codes are out of step, so a day with a success from the same
//! address is left out, unless [`GUESSES`] or more failures came before the first success from there ever: an owner at a
//! new place who mistypes so often looks the same. Who slips past: whoever guesses from the owner's own address.
//!
//! Whoever turns back when asked leaves no end at all. [`TURNED_BACK`] of these a day, from an address that never got in,
//! are found as well. Wrongly accused: an owner without the device who tries all day at a new place, so it is never high;
//! and an owner whose sign-ins ended in a region that was not read.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::facts::{ByHour, Hours, OfUser, Times, shown as place};
use super::{Attack, from, named, rules, some};
use crate::model::{Day, EventTime, Hour, quantity};
use crate::report::console_logins::tried::Who;
use crate::report::{Finding, Severity};

/// From how many on it is no owner who gave up.
const MANY: i64 = 3;
/// From how many on a success after them does not speak for the owner, where it is the first from there.
const GUESSES: i64 = 5;
/// From how many on, a day, those who were asked for the second factor and ended nothing are no owner without the device.
const TURNED_BACK: i64 = 5;

/// What failed at the second factor, and whether it was given in the end.
#[derive(Default)]
struct Refused {
    all: Times,
    addresses: BTreeSet<IpAddr>,
    /// Failures of days on which nobody got in.
    held: i64,
    /// Times that somebody turned back when asked.
    turned_back: i64,
    /// Addresses that got in after [`GUESSES`], and whether the user had got in from elsewhere before.
    entered: BTreeMap<IpAddr, bool>,
}

pub(super) fn of<'a>(who: Who<'a>, of_user: &OfUser<'a>) -> Option<Attack<'a>> {
    let refused = Refused::of(of_user);
    let severity = refused.severity(who)?;
    let shown = of_user.shown(who);
    let one = if refused.turned_back > 0 { "sign-in" } else { "failed sign-in" };
    let failed = quantity(refused.all.events.unsigned_abs(), one);
    let from = from(&refused.addresses);
    let summary = match refused.entered.keys().next() {
        None => {
            format!("the password of {shown} is known, MFA held: {failed} from {from} got as far as the second factor")
        }
        Some(&entered) => format!(
            "the password of {shown} is known, and the second factor may have been guessed: {failed} from {from} got as far \
             as it, and then a sign-in from {}, new to the user, worked",
            place(entered)
        ),
    };
    let evidence = [
        ("user", json!(shown)),
        ("failures", json!(refused.all.events - refused.turned_back)),
        ("addresses", json!(refused.addresses.len())),
        ("address_list", json!(some(&refused.addresses))),
        ("first_failure", json!(refused.all.first())),
        ("last_failure", json!(refused.all.last())),
        ("entered_from", json!(some(&refused.entered.keys().copied().collect()))),
    ];
    let mut evidence = named(evidence);
    if refused.turned_back > 0 {
        evidence.insert("turned_back".to_owned(), json!(refused.turned_back));
    }
    let finding = Finding {
        severity,
        rule: rules::PASSWORD_KNOWN.id,
        account_id: who.account.to_owned(),
        subject: who.principal.to_owned(),
        summary,
        count: refused.all.events,
        evidence,
    };
    let entered = refused.entered.keys().map(|_| who).collect();
    Some(Attack { finding, failed: [who].into(), entered, from: None })
}

impl Refused {
    fn of(of_user: &OfUser<'_>) -> Self {
        let mut refused = Self::default();
        let earliest = of_user.at.values().filter_map(Hours::first_success).min();
        for (&ip, hours) in &of_user.at {
            let (held, given) = (held(hours), given(hours).unwrap_or_default());
            let turned_back = turned_back(hours);
            if held.events + given.events + turned_back.events == 0 {
                continue;
            }
            refused.all.merge(held.events, held.span);
            refused.all.merge(turned_back.events, turned_back.span);
            refused.addresses.insert(ip);
            refused.held += held.events;
            refused.turned_back += turned_back.events;
            if given.events > 0 {
                refused.all.merge(given.events, given.span);
                refused.entered.insert(ip, earliest.is_some_and(|first| Some(first) < given.first()));
            }
        }
        refused
    }

    /// High where the address is known to be new, else by what failed.
    fn severity(&self, who: Who<'_>) -> Option<Severity> {
        match self.held {
            _ if self.entered.values().any(|&is_new| is_new) => Some(Severity::High),
            MANY.. => Some(Severity::High),
            0 if self.entered.is_empty() && self.turned_back == 0 => None,
            _ if who.is_root() || self.turned_back > 0 => Some(Severity::Medium),
            _ => Some(Severity::Low),
        }
    }
}

/// Failures from one address at the second factor, of days without a success from there.
fn held(hours: &Hours) -> Times {
    let entered = by_day(&hours.successes, |_| true);
    stopped(hours, |day| !entered.contains_key(&day), |_| true)
}

/// Failures at the second factor before the first success from an address, of the same day, where they are many.
fn given(hours: &Hours) -> Option<Times> {
    let entered = hours.first_success()?;
    let given = stopped(hours, |day| day == entered.day(), |last| last <= entered);
    (given.events >= GUESSES).then_some(given)
}

/// Times that the second factor was asked for and nothing ended, where nobody ever got in from the address; of days on
/// which they are many.
fn turned_back(hours: &Hours) -> Times {
    let mut all = Times::default();
    if hours.first_success().is_some() {
        return all;
    }
    let failed = by_day(&hours.failures, |_| true);
    for (day, asked) in by_day(&hours.asked, |_| true) {
        let count = asked.events - failed.get(&day).map_or(0, |failed| failed.events);
        if count >= TURNED_BACK {
            all.merge(count, asked.span);
        }
    }
    all
}

/// Failures at the second factor, of days that hold, in hours whose last failure holds.
fn stopped(hours: &Hours, of_day: impl Fn(Day) -> bool, until: impl Fn(EventTime) -> bool) -> Times {
    let (failed, asked) = (by_day(&hours.failures, &until), by_day(&hours.asked, |_| true));
    let refused = by_day(&hours.refused, &until);
    let mut all = Times::default();
    for (day, failed) in failed.iter().filter(|(day, _)| of_day(**day)) {
        let told = |times: Option<&Times>| times.map_or(0, |times| times.events);
        let count = told(refused.get(day)) + told(asked.get(day)).min(failed.events - told(refused.get(day)));
        if count > 0 {
            all.merge(count, failed.span);
        }
    }
    all
}

fn by_day(by_hour: &ByHour, until: impl Fn(EventTime) -> bool) -> BTreeMap<Day, Times> {
    let mut days: BTreeMap<Day, Times> = BTreeMap::new();
    for (&hour, times) in by_hour.iter().filter(|(_, times)| times.last().is_none_or(&until)) {
        days.entry(Hour::start(hour).day()).or_default().merge(times.events, times.span);
    }
    days
}
