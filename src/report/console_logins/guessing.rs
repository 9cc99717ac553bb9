//! Passwords that are guessed: many users from one address, many failures of one user, and whether it worked.
//!
//! All of it looks at pairs of clock hours, one and the next, so a run of guesses is not cut at the full hour. Sign-ins
//! through an identity provider are left out: nobody's password was asked for here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::rules;
use super::tried::{Row, Tried, Who};
use crate::aggregate::Span;
use crate::model::{EventTime, HIDDEN_USER_NAME, Hour, SignInMfa, grouped, quantity};
use crate::report::{Finding, Severity};

/// Members of a list in the evidence; the report's rows have all.
const SHOWN: usize = 20;

/// The numbers that the user may set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Users from which failures from one address are a spray.
    pub spray_users: i64,
    /// Failures from which one user is being guessed at.
    pub failures: i64,
}

/// Something found, and whose rows it stands on.
pub(super) struct Attack<'a> {
    pub finding: Finding,
    /// Whose failures.
    failed: BTreeSet<Who<'a>>,
    /// Whose successes.
    entered: BTreeSet<Who<'a>>,
}

/// How often, first and last.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    events: i64,
    span: Span,
}

/// How often in each clock hour.
type ByHour = BTreeMap<Hour, Times>;

/// What one user did, from one address or from all.
#[derive(Debug, Default)]
struct Hours {
    failures: ByHour,
    successes: ByHour,
    /// Those of the successes that do not say that MFA was used.
    without_mfa: ByHour,
}

impl Attack<'_> {
    /// Whether `row` is part of it.
    pub fn concerns(&self, row: &Row<'_>) -> bool {
        let of = if row.succeeded { &self.entered } else { &self.failed };
        of.contains(&row.who) && row.mfa != SignInMfa::IdentityProvider
    }
}

impl Times {
    fn merge(&mut self, events: i64, span: Span) {
        self.events += events;
        self.span.merge(span);
    }

    fn first(&self) -> Option<EventTime> {
        self.span.first()
    }

    fn last(&self) -> Option<EventTime> {
        self.span.last()
    }
}

impl Hours {
    fn add(&mut self, hour: Hour, one: &Tried<'_>) {
        let by_hour = if one.succeeded { &mut self.successes } else { &mut self.failures };
        by_hour.entry(hour).or_default().merge(one.events, one.span);
        if one.succeeded && one.mfa != SignInMfa::Yes {
            self.without_mfa.entry(hour).or_default().merge(one.events, one.span);
        }
    }

    /// The pair of hours with most failures, the earliest of equals: its first hour and what failed in it.
    fn worst_pair(&self) -> Option<(Hour, Times)> {
        let pairs = self.failures.keys().map(|&hour| (hour, in_pair(&self.failures, hour)));
        pairs.max_by_key(|&(hour, times)| (times.events, std::cmp::Reverse(hour)))
    }
}

/// All attacks. `tried` may come in any order.
pub(super) fn attacks<'a>(tried: &[Tried<'a>], limits: Limits) -> Vec<Attack<'a>> {
    let asked: Vec<(Hour, &Tried<'a>)> = tried
        .iter()
        .filter(|one| one.mfa != SignInMfa::IdentityProvider)
        .filter_map(|one| Some((one.hour?, one)))
        .collect();
    let mut by_address: BTreeMap<IpAddr, BTreeMap<Who<'a>, Hours>> = BTreeMap::new();
    let mut by_user: BTreeMap<Who<'a>, Hours> = BTreeMap::new();
    for (hour, one) in asked {
        by_user.entry(one.who).or_default().add(hour, one);
        if let Some(ip) = one.ip {
            by_address.entry(ip).or_default().entry(one.who).or_default().add(hour, one);
        }
    }
    let mut attacks = Vec::new();
    for (&ip, users) in &by_address {
        attacks.extend(users.iter().filter_map(|(&who, hours)| guessed(ip, who, hours, limits)));
        attacks.extend(spray(ip, users, limits));
    }
    let guessed: BTreeSet<Who<'a>> = attacks
        .iter()
        .filter(|attack| attack.finding.rule == rules::BRUTE_FORCE_SUCCESS.id)
        .flat_map(|attack| attack.entered.iter().copied())
        .collect();
    let others = by_user.iter().filter(|(who, _)| !guessed.contains(who));
    attacks.extend(others.filter_map(|(&who, hours)| tried_at(who, hours, &by_address, limits)));
    attacks
}

/// Many failures of one user from one address, and then a success.
fn guessed<'a>(ip: IpAddr, who: Who<'a>, hours: &Hours, limits: Limits) -> Option<Attack<'a>> {
    let after = |by_hour: &ByHour, hour: Hour, failed: &Times| {
        let entered = in_pair(by_hour, hour);
        (entered.events > 0 && entered.last() > failed.first()).then_some(entered)
    };
    let hit = |hour: Hour| {
        let failed = in_pair(&hours.failures, hour);
        let entered = (failed.events >= limits.failures).then(|| after(&hours.successes, hour, &failed))??;
        Some((hour, failed, entered))
    };
    let hits = hours.failures.keys().filter_map(|&hour| hit(hour));
    let (hour, failed, entered) = hits.max_by_key(|(hour, failed, _)| (failed.events, std::cmp::Reverse(*hour)))?;
    let with_mfa = after(&hours.without_mfa, hour, &failed).is_none();
    let severity = match (with_mfa, who.is_root()) {
        (true, _) => Severity::Medium,
        (false, true) => Severity::Critical,
        (false, false) => Severity::High,
    };
    let mfa = if with_mfa { " with MFA" } else { "" };
    let summary = format!(
        "{} from {ip}, and then a sign-in that worked{mfa}: the password may have been guessed",
        quantity(failed.events.unsigned_abs(), "sign-in failure"),
    );
    let evidence = [
        ("address", json!(ip.to_string())),
        ("failures", json!(failed.events)),
        ("first_failure", json!(failed.first())),
        ("last_failure", json!(failed.last())),
        ("sign_ins", json!(entered.events)),
        ("last_sign_in", json!(entered.last())),
        ("mfa", json!(if with_mfa { "yes" } else { "no" })),
    ];
    let finding = Finding {
        severity,
        rule: rules::BRUTE_FORCE_SUCCESS.id,
        account_id: who.account.to_owned(),
        subject: who.principal.to_owned(),
        summary,
        count: failed.events,
        evidence: named(evidence),
    };
    Some(Attack { finding, failed: [who].into(), entered: [who].into() })
}

/// Failures of many users from one address: a finding for each account that was tried.
fn spray<'a>(ip: IpAddr, users: &BTreeMap<Who<'a>, Hours>, limits: Limits) -> Vec<Attack<'a>> {
    let hours: BTreeSet<Hour> = users.values().flat_map(|hours| hours.failures.keys().copied()).collect();
    // Who got in within the pair mistyped a password, or was hit: either way no sign of a spray.
    let tried = |hour: Hour| {
        let failures = users.iter().map(|(who, hours)| (who, hours, in_pair(&hours.failures, hour).events));
        let stayed_out = failures.filter(|(_, hours, _)| in_pair(&hours.successes, hour).events == 0);
        stayed_out.map(|(who, _, failures)| if who.is_hidden() { failures } else { failures.min(1) }).sum::<i64>()
    };
    let sprayed: BTreeSet<Hour> = hours
        .into_iter()
        .filter(|&hour| tried(hour) >= limits.spray_users)
        .flat_map(|hour| [hour, Hour(hour.0 + 1)])
        .collect();
    let with_failures = |hour: &&Hour| users.values().any(|hours| hours.failures.contains_key(hour));
    let Some(&end) = sprayed.iter().rev().find(with_failures) else { return Vec::new() };
    let within = |by_hour: &ByHour, also: Option<Hour>| {
        let mut times = Times::default();
        for (_, of_hour) in by_hour.iter().filter(|(hour, _)| sprayed.contains(hour) || also == Some(**hour)) {
            times.merge(of_hour.events, of_hour.span);
        }
        times
    };
    let mut spray = Spray { ip, failed: BTreeMap::new(), entered: BTreeMap::new() };
    for (&who, hours) in users {
        let failed = within(&hours.failures, None);
        let entered = within(&hours.successes, Some(Hour(end.0 + 1)));
        if failed.events > 0 {
            spray.failed.insert(who, failed);
            if entered.events > 0 && entered.last() > failed.first() {
                spray.entered.insert(who, entered);
            }
        }
    }
    let accounts: BTreeSet<&str> = spray.failed.keys().map(|who| who.account).collect();
    accounts.into_iter().map(|account| spray.attack(account)).collect()
}

/// What came from one address.
struct Spray<'a> {
    ip: IpAddr,
    failed: BTreeMap<Who<'a>, Times>,
    /// Who signed in after an own failure.
    entered: BTreeMap<Who<'a>, Times>,
}

impl<'a> Spray<'a> {
    fn attack(&self, account: &str) -> Attack<'a> {
        let here = || self.failed.iter().filter(|(who, _)| who.account == account);
        let users: Vec<&str> = here().map(|(who, _)| who.principal).filter(|name| *name != HIDDEN_USER_NAME).collect();
        let unknown: i64 = here().filter(|(who, _)| who.is_hidden()).map(|(_, times)| times.events).sum();
        let mut all = Times::default();
        here().for_each(|(_, times)| all.merge(times.events, times.span));
        let entered: BTreeSet<Who<'a>> = self.entered.keys().copied().filter(|who| who.account == account).collect();
        let names: Vec<&str> = entered.iter().map(|who| who.principal).collect();
        let severity = match (names.is_empty(), self.known()) {
            (false, _) => Severity::High,
            // Nobody but names that do not exist: a list from elsewhere, or one person who forgot their name.
            (true, 0..=1) => Severity::Low,
            (true, _) => Severity::Medium,
        };
        let then = if names.is_empty() { String::new() } else { format!("; then a sign-in of {} worked", names[0]) };
        let summary = format!(
            "sign-ins of {} and {} with unknown names failed from one address{then}",
            quantity(users.len() as u64, "user"),
            grouped(unknown),
        );
        let evidence = [
            ("users", json!(users.len())),
            ("principal_list", json!(users.iter().take(SHOWN).collect::<Vec<_>>())),
            ("unknown_name_failures", json!(unknown)),
            ("failures", json!(all.events)),
            ("accounts", json!(self.failed.keys().map(|who| who.account).collect::<BTreeSet<_>>().len())),
            ("signed_in", json!(names)),
            ("first_failure", json!(all.first())),
            ("last_failure", json!(all.last())),
        ];
        let finding = Finding {
            severity,
            rule: rules::PASSWORD_SPRAY.id,
            account_id: account.to_owned(),
            subject: self.ip.to_string(),
            summary,
            count: all.events,
            evidence: named(evidence),
        };
        Attack { finding, failed: here().map(|(who, _)| *who).collect(), entered }
    }

    /// Users that exist, in all accounts.
    fn known(&self) -> usize {
        self.failed.keys().filter(|who| !who.is_hidden()).count()
    }
}

/// Many failures of one user, from wherever.
fn tried_at<'a>(
    who: Who<'a>,
    hours: &Hours,
    by_address: &BTreeMap<IpAddr, BTreeMap<Who<'a>, Hours>>,
    limits: Limits,
) -> Option<Attack<'a>> {
    let (hour, failed) = hours.worst_pair().filter(|(_, failed)| failed.events >= limits.failures)?;
    if who.is_hidden() {
        return None;
    }
    let from_here =
        |users: &BTreeMap<Who<'a>, Hours>| users.get(&who).is_some_and(|h| in_pair(&h.failures, hour).events > 0);
    let addresses: Vec<String> =
        by_address.iter().filter(|(_, users)| from_here(users)).map(|(ip, _)| ip.to_string()).collect();
    let summary = format!(
        "{} from {} within an hour and the next",
        quantity(failed.events.unsigned_abs(), "sign-in failure"),
        if addresses.len() == 1 { addresses[0].clone() } else { format!("{} addresses", addresses.len()) },
    );
    let evidence = [
        ("failures", json!(failed.events)),
        ("addresses", json!(addresses.len())),
        ("address_list", json!(addresses.iter().take(SHOWN).collect::<Vec<_>>())),
        ("first_failure", json!(failed.first())),
        ("last_failure", json!(failed.last())),
    ];
    let finding = Finding {
        severity: if who.is_root() { Severity::Medium } else { Severity::Low },
        rule: rules::SIGN_IN_GUESSING.id,
        account_id: who.account.to_owned(),
        subject: who.principal.to_owned(),
        summary,
        count: failed.events,
        evidence: named(evidence),
    };
    Some(Attack { finding, failed: [who].into(), entered: BTreeSet::new() })
}

/// What happened in an hour and the next.
fn in_pair(by_hour: &ByHour, hour: Hour) -> Times {
    let mut times = Times::default();
    for of_hour in [hour, Hour(hour.0 + 1)].iter().filter_map(|hour| by_hour.get(hour)) {
        times.merge(of_hour.events, of_hour.span);
    }
    times
}

fn named<const N: usize>(values: [(&str, Value); N]) -> Map<String, Value> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
