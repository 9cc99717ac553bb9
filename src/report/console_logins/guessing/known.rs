//! Sign-ins that got as far as the second factor and failed there: whoever tried knows the password.
//!
//! Of Identity Center the records say so. Of the console, `CheckMfa` says that the second factor was asked for, and a
//! failed `ConsoleLogin` of the same user, address and day that it was not given: by days, because nothing ties the two
//! records together. Who is wrongly accused: the owner, whose codes are out of step, so a day with a success from the same
//! address is left out. Who slips past: whoever guesses from the owner's own address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::facts::{ByHour, Hours, OfUser, Times};
use super::{Attack, from, named, rules, some};
use crate::model::{Day, Hour, quantity};
use crate::report::console_logins::tried::Who;
use crate::report::{Finding, Severity};

/// From how many on it is no owner who gave up.
const MANY: i64 = 3;

pub(super) fn of<'a>(who: Who<'a>, of_user: &OfUser<'a>) -> Option<Attack<'a>> {
    let mut refused = Times::default();
    let mut addresses: BTreeSet<IpAddr> = BTreeSet::new();
    for (&ip, hours) in &of_user.at {
        let here = stopped(hours);
        if here.events > 0 {
            refused.merge(here.events, here.span);
            addresses.insert(ip);
        }
    }
    let severity = match refused.events {
        0 => return None,
        1..MANY if who.is_root() => Severity::Medium,
        1..MANY => Severity::Low,
        _ => Severity::High,
    };
    let shown = of_user.shown(who);
    let summary = format!(
        "the password of {shown} is known, MFA held: {} from {} got as far as the second factor",
        quantity(refused.events.unsigned_abs(), "failed sign-in"),
        from(&addresses),
    );
    let evidence = [
        ("user", json!(shown)),
        ("failures", json!(refused.events)),
        ("addresses", json!(addresses.len())),
        ("address_list", json!(some(&addresses))),
        ("first_failure", json!(refused.first())),
        ("last_failure", json!(refused.last())),
    ];
    let finding = Finding {
        severity,
        rule: rules::PASSWORD_KNOWN.id,
        account_id: who.account.to_owned(),
        subject: who.principal.to_owned(),
        summary,
        count: refused.events,
        evidence: named(evidence),
    };
    Some(Attack { finding, failed: [who].into(), entered: BTreeSet::new(), from: None })
}

/// Failures from one address at the second factor, of days without a success from there.
fn stopped(hours: &Hours) -> Times {
    let (failed, asked) = (by_day(&hours.failures), by_day(&hours.asked));
    let (refused, entered) = (by_day(&hours.refused), by_day(&hours.successes));
    let mut all = Times::default();
    for (day, failed) in failed.iter().filter(|(day, _)| !entered.contains_key(day)) {
        let told = |times: Option<&Times>| times.map_or(0, |times| times.events);
        let count = told(refused.get(day)) + told(asked.get(day)).min(failed.events - told(refused.get(day)));
        if count > 0 {
            all.merge(count, failed.span);
        }
    }
    all
}

fn by_day(by_hour: &ByHour) -> BTreeMap<Day, Times> {
    let mut days: BTreeMap<Day, Times> = BTreeMap::new();
    for (&hour, times) in by_hour {
        days.entry(Hour::start(hour).day()).or_default().merge(times.events, times.span);
    }
    days
}
