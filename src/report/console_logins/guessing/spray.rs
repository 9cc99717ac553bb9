//! Failures of many users from one address, at once or slowly, and who got in from there.
//!
//! Who is wrongly accused: an office behind one address on a Monday. So who got in from there within the hour and the
//! next does not count, and where more newcomers get in than a guesser would hit, nobody is named as entered. Nor is who
//! got in before the failures, where people get in from there at all: more than [`FEW`] users. A success more than a day later
//! counts only where no other user ever got in from there. Where all who failed got in
//! from there before, and after, it is where they work. Who slips past: a guesser
//! inside of that office or on its VPN; one who tries fewer users than the limit in two weeks; one whose first try hits
//! and who then waits.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::facts::{ByHour, Facts, Hours, Times, in_pair, shown as place};
use super::{Attack, Limits, SHOWN, SLOW_HOURS, named, rules};
use crate::model::{EventTime, HIDDEN_USER_NAME, Hour, grouped, quantity};
use crate::report::console_logins::tried::Who;
use crate::report::{Finding, Severity};

/// How long after the last failure a success from the address still belongs to the spray at least, in seconds: a day.
const AFTER: i64 = 24 * 3600;
/// As [`AFTER`], of the one user who ever gets in from there: two weeks.
const AFTER_ALONE: i64 = SLOW_HOURS as i64 * 3600;
/// How long before the first failure a success may be the spray's own first try, in seconds: half an hour.
const BEFORE: i64 = 1800;
/// How many users get in from an address at most for one of them to have been hit by the first try.
const FEW: usize = 2;

/// What came from one address.
struct Spray<'a> {
    ip: IpAddr,
    /// Failures in the hours of the spray.
    failed: BTreeMap<Who<'a>, Times>,
    /// Whose users those are.
    accounts: BTreeSet<&'a str>,
    /// How many of them have names that exist.
    known: usize,
    /// Who got in after the first of them and not before, or by the spray's first try.
    entered: BTreeMap<Who<'a>, Entered>,
    /// Whether all who failed got in from there before the first failure and after their last.
    is_of_regulars: bool,
    /// How many users the hours that count were tried with.
    tried: i64,
    is_slow: bool,
}

/// How one user got in.
#[derive(Clone, Copy)]
struct Entered {
    /// Whether with MFA each time.
    with_mfa: bool,
    /// Whether before anything failed.
    is_first: bool,
}

/// Failures of many users from one address: a finding for each account that was tried or entered.
pub(super) fn of<'a>(facts: &Facts<'a>, ip: IpAddr, limits: Limits) -> Vec<Attack<'a>> {
    let users = facts.at(ip);
    let Some(spray) = at_once(ip, &users, limits).or_else(|| slowly(ip, &users, limits)) else { return Vec::new() };
    spray.accounts.iter().chain(&spray.entered_only()).map(|account| spray.attack(account, facts)).collect()
}

fn at_once<'a>(ip: IpAddr, users: &BTreeMap<Who<'a>, &Hours>, limits: Limits) -> Option<Spray<'a>> {
    let hours: BTreeSet<Hour> = users.values().flat_map(|hours| hours.failures.keys().copied()).collect();
    let mut tried: BTreeMap<Hour, i64> = BTreeMap::new();
    for (who, of_user) in users {
        // The pairs that begin with an hour of failures of this user, or with the hour before it.
        let begins =
            of_user.failures.keys().flat_map(|&hour| [Hour(hour.0 - 1), hour]).filter(|hour| hours.contains(hour));
        for hour in begins.collect::<BTreeSet<Hour>>() {
            // Who got in within the pair mistyped a password, or was hit: either way no sign of a spray.
            if in_pair(&of_user.successes, hour).events == 0 {
                let failures = in_pair(&of_user.failures, hour).events;
                *tried.entry(hour).or_default() += if who.is_hidden() { failures } else { failures.min(1) };
            }
        }
    }
    let pairs: Vec<(Hour, i64)> = tried.into_iter().collect();
    let sprayed = pairs.iter().filter(|(_, tried)| *tried >= limits.spray_users);
    let hours: BTreeSet<Hour> = sprayed.clone().flat_map(|&(hour, _)| [hour, Hour(hour.0 + 1)]).collect();
    let tried = sprayed.map(|(_, tried)| *tried).max()?;
    Some(Spray::new(ip, users, |hour| hours.contains(&hour), (tried, false)))
}

/// Users who failed and never got in from the address, more of them than of those who did.
fn slowly<'a>(ip: IpAddr, users: &BTreeMap<Who<'a>, &Hours>, limits: Limits) -> Option<Spray<'a>> {
    let known = || users.iter().filter(|(who, _)| !who.is_hidden());
    let strangers = || known().map(|(_, hours)| hours).filter(|hours| hours.successes.is_empty());
    let starts: BTreeSet<Hour> = strangers().filter_map(|hours| hours.failures.keys().next().copied()).collect();
    let tried = tried_since(strangers().map(|hours| &hours.failures), starts);
    let at_home = known().filter(|(_, hours)| !hours.successes.is_empty()).count() as i64;
    // All two weeks in which enough failed are one spray.
    let sprayed: Vec<(Hour, i64)> =
        tried.into_iter().filter(|&(_, tried)| tried >= limits.spray_users && tried > at_home).collect();
    let tried = sprayed.iter().map(|(_, tried)| *tried).max()?;
    let starts: BTreeSet<Hour> = sprayed.into_iter().map(|(start, _)| start).collect();
    let is_within = |hour: Hour| {
        let start = starts.range(..=hour).next_back();
        start.is_some_and(|start| hour.0 < start.0 + SLOW_HOURS)
    };
    Some(Spray::new(ip, users, is_within, (tried, true)))
}

/// How many users failed in the [`SLOW_HOURS`] from each of `starts`: each counts for the starts that lie no further before
/// one of its failures, so where those begin one is added and behind their end taken away.
fn tried_since<'h>(users: impl Iterator<Item = &'h ByHour>, starts: BTreeSet<Hour>) -> Vec<(Hour, i64)> {
    let starts: Vec<Hour> = starts.into_iter().collect();
    let mut changes = vec![0; starts.len() + 1];
    for failures in users {
        let mut counted_to = 0;
        for &hour in failures.keys() {
            let from = starts.partition_point(|start| start.0 + SLOW_HOURS <= hour.0).max(counted_to);
            let to = starts.partition_point(|start| *start <= hour).max(from);
            changes[from] += 1;
            changes[to] -= 1;
            counted_to = to;
        }
    }
    let sums = changes.into_iter().scan(0, |sum, change| {
        *sum += change;
        Some(*sum)
    });
    starts.into_iter().zip(sums).collect()
}

impl<'a> Spray<'a> {
    fn new(
        ip: IpAddr,
        users: &BTreeMap<Who<'a>, &Hours>,
        within: impl Fn(Hour) -> bool,
        (tried, is_slow): (i64, bool),
    ) -> Self {
        let mut failed: BTreeMap<Who<'a>, Times> = BTreeMap::new();
        let mut all = Times::default();
        for (&who, hours) in users {
            let times = Times::of(&hours.failures, &within);
            if times.events > 0 {
                all.merge(times.events, times.span);
                failed.insert(who, times);
            }
        }
        let known = failed.keys().filter(|who| !who.is_hidden()).count();
        let at_home = users.values().filter(|hours| !hours.successes.is_empty()).count();
        let alone = if known > 1 && at_home == 1 { AFTER_ALONE } else { 0 };
        let span = all.first().zip(all.last());
        let after = |span| patience(failed.len(), span).max(alone);
        let span = span.map(|(first, last)| (first, last.plus_seconds(after((first, last)))));
        // Where no name but one exists, it may be the person who got in, looking for the right name elsewhere.
        let may_begin_right = known > 1 && at_home <= FEW;
        let newcomers = users.iter().filter_map(|(&who, hours)| Some((who, newcomer(hours, span?, may_begin_right)?)));
        let accounts = failed.keys().map(|who| who.account).collect();
        let is_regular = |(who, times): (&Who<'a>, &Times)| {
            let got_in = users.get(who).into_iter().flat_map(|hours| hours.successes.values());
            let (before, after) = (got_in.clone().filter_map(Times::first).min(), got_in.filter_map(Times::last).max());
            before.is_some_and(|before| Some(before) < all.first()) && after > times.last()
        };
        let is_of_regulars = !failed.is_empty() && failed.iter().all(is_regular);
        Self { ip, entered: newcomers.collect(), failed, accounts, known, is_of_regulars, tried, is_slow }
    }

    /// Accounts that were entered and where nothing failed: of a name tried in many accounts one was right at once.
    fn entered_only(&self) -> BTreeSet<&'a str> {
        let entered = self.entered.keys().filter(|_| !self.is_place_of_many()).map(|who| who.account);
        entered.filter(|account| !self.accounts.contains(account)).collect()
    }

    /// Whether somebody who got in is called as one whose sign-in failed in another account.
    fn is_same_name(&self, entered: &BTreeMap<Who<'a>, Entered>, facts: &Facts<'a>) -> bool {
        let name = |who: &Who<'a>| facts.users.get(who).map_or("", |of_user| of_user.name);
        let failed: BTreeSet<&str> = self.failed.keys().map(name).filter(|name| !name.is_empty()).collect();
        entered.keys().any(|who| failed.contains(name(who)))
    }

    /// Whether so many got in that it is a place where people work: a guesser hits few.
    fn is_place_of_many(&self) -> bool {
        self.entered.len() as i64 > (self.tried / 2).max(1)
    }

    fn severity(&self, entered: &BTreeMap<Who<'a>, Entered>) -> Severity {
        match self.known {
            _ if !entered.is_empty() && !self.is_place_of_many() => match entered.values().all(|one| one.with_mfa) {
                true => Severity::Medium,
                false => Severity::High,
            },
            // Nobody but names that do not exist: a list from elsewhere, or one person who forgot their name.
            0..=1 => Severity::Low,
            _ if self.is_of_regulars || self.entered.len() as i64 >= self.tried => Severity::Low,
            _ => Severity::Medium,
        }
    }

    /// Who got in, in words that follow what failed.
    fn told(&self, entered: &BTreeMap<Who<'a>, Entered>, facts: &Facts<'a>) -> String {
        match entered.first_key_value() {
            None => String::new(),
            Some(_) if self.is_place_of_many() => {
                format!("; {} signed in from there, too", quantity(entered.len() as u64, "user"))
            }
            Some((who, one)) if one.is_first => {
                format!("; just before them a sign-in of {} worked", facts.shown(*who))
            }
            Some((who, _)) => format!("; then a sign-in of {} worked", facts.shown(*who)),
        }
    }

    fn attack(&self, account: &'a str, facts: &Facts<'a>) -> Attack<'a> {
        let from = Who { account, principal: "" };
        let only_entered = !self.accounts.contains(account);
        let failed_from = if only_entered { Who { account: "", principal: "" } } else { from };
        let is_told = move |who: &Who<'a>| only_entered || who.account == account;
        let here = || self.failed.range(failed_from..).take_while(move |(who, _)| is_told(who));
        let users: Vec<&str> =
            here().map(|(who, _)| facts.shown(*who)).filter(|name| *name != HIDDEN_USER_NAME).collect();
        let unknown: i64 = here().filter(|(who, _)| who.is_hidden()).map(|(_, times)| times.events).sum();
        let mut all = Times::default();
        here().for_each(|(_, times)| all.merge(times.events, times.span));
        let of_account = self.entered.range(from..).take_while(|(who, _)| who.account == account);
        let entered: BTreeMap<Who<'a>, Entered> = of_account.map(|(&who, &one)| (who, one)).collect();
        let names: Vec<&str> = entered.keys().map(|who| facts.shown(*who)).collect();
        let then = self.told(&entered, facts);
        let place_told = if self.ip.is_ipv6() { "one IPv6 /64" } else { "one address" };
        let slowly = if self.is_slow { ", slowly" } else { "" };
        let is_strange = only_entered && !self.is_same_name(&entered, facts);
        let elsewhere = format!(" in {}", quantity(self.accounts.len() as u64, "other account"));
        let elsewhere = if only_entered { &*elsewhere } else { "" };
        let summary = format!(
            "sign-ins of {} and {} with unknown names{elsewhere} failed from {place_told}{slowly}{then}",
            quantity(users.len() as u64, "user"),
            grouped(unknown),
        );
        let evidence = [
            ("users", json!(users.len())),
            ("principal_list", json!(users.iter().take(SHOWN).collect::<Vec<_>>())),
            ("unknown_name_failures", json!(unknown)),
            ("failures", json!(all.events)),
            ("accounts", json!(self.accounts.len())),
            ("signed_in", json!(names)),
            ("address", json!(place(self.ip))),
            ("first_failure", json!(all.first())),
            ("last_failure", json!(all.last())),
        ];
        let finding = Finding {
            severity: if is_strange { self.severity(&entered).min(Severity::Medium) } else { self.severity(&entered) },
            rule: rules::PASSWORD_SPRAY.id,
            account_id: account.to_owned(),
            subject: place(self.ip),
            summary,
            count: all.events,
            evidence: named(evidence),
        };
        let entered = entered.into_keys().collect();
        let failed = here().map(|(who, _)| *who).filter(|who| who.account == account).collect();
        Attack { finding, failed, entered, from: Some(self.ip) }
    }
}

/// How long after the last failure a success still belongs to the spray, in seconds: a day, or of a slow one twice as long as it
/// took from user to user.
fn patience(users: usize, (first, last): (EventTime, EventTime)) -> i64 {
    let steps = i64::try_from(users.saturating_sub(1)).unwrap_or(i64::MAX).max(1);
    AFTER.max(2 * (last.0 - first.0) / 1_000_000 / steps)
}

/// How somebody got in within a span, or shortly before it where it may have begun with the right password, and never
/// before that from this address.
fn newcomer(hours: &Hours, (first, last): (EventTime, EventTime), may_begin_right: bool) -> Option<Entered> {
    let success = hours.first_success().filter(|success| *success <= last)?;
    let is_first = success < first;
    if is_first && !(may_begin_right && first <= success.plus_seconds(BEFORE)) {
        return None;
    }
    let is_within = |times: &&Times| times.first().is_some_and(|time| time <= last);
    Some(Entered { with_mfa: !hours.without_mfa.values().any(|times| is_within(&times)), is_first })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn users_are_counted_for_each_start(
            users in prop::collection::vec(prop::collection::btree_set(0_i32..1200, 1..6), 0..12),
        ) {
            let users: Vec<ByHour> = users
                .into_iter()
                .map(|hours| hours.into_iter().map(|hour| (Hour(hour), Times::default())).collect())
                .collect();
            let starts: BTreeSet<Hour> = users.iter().filter_map(|hours| hours.keys().next().copied()).collect();
            let within = |start: Hour, hour: Hour| (start.0..start.0 + SLOW_HOURS).contains(&hour.0);
            let count = |start: Hour| users.iter().filter(|hours| hours.keys().any(|&hour| within(start, hour))).count();
            let expected: Vec<(Hour, i64)> = starts.iter().map(|&start| (start, count(start) as i64)).collect();
            prop_assert_eq!(tried_since(users.iter(), starts), expected);
        }
    }
}
