//! Failures of many users of one account at once, from many addresses: no address and no user stands out, the account
//! does.
//!
//! Who is wrongly accused: an account whose many users mistype on a Monday and give up, so more users have to stay out
//! than get in. Failures with names that the account does not have count once an address, as a user of their own, and not
//! where somebody gets in from that address: people mistype names as well. People whose users were all deleted and who did
//! not hear of it look the same; so does who mistypes in the middle of a wave on a phone and gets in on a laptop in
//! another network, the first time in these logs. A name that
//! was right at the first try is told where nobody else ever got in from that address: not in an office. Who slips past: who
//! hits from the address where the same user failed, whoever hits two users from one address, and a guesser who hides among a busy account's sign-ins, or who is slow as well
//! as widespread (see [`trickle`](super::trickle)).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::facts::{Facts, Hours, OfUser, Times, in_pair, shown};
use super::few::may_be_one_person;
use super::{Attack, Limits, SHOWN, named, rules, some};
use crate::model::{EventTime, Hour, grouped, quantity};
use crate::report::console_logins::tried::Who;
use crate::report::{Finding, Severity};

/// How many times the users of a spray from one address it takes.
const MORE_USERS: i64 = 3;

/// How long after failures at an address the first success from there belongs to them, in seconds: a day.
const AFTER: i64 = 24 * 3600;

/// Users of one account, their failures from addresses that are no spray by themselves.
type Users<'f, 'a> = BTreeMap<Who<'a>, &'f OfUser<'a>>;

/// Failures of one user.
type FailuresAt = BTreeMap<Hour, Vec<(IpAddr, Times)>>;

/// A finding for each account that was sprayed at; `sprays` are the addresses that were found to be one alone.
pub(super) fn of<'a>(facts: &Facts<'a>, sprays: &BTreeSet<IpAddr>, limits: Limits) -> Vec<Attack<'a>> {
    let mut accounts: BTreeMap<&str, Users<'_, 'a>> = BTreeMap::new();
    for (&who, of_user) in &facts.users {
        accounts.entry(who.account).or_default().insert(who, of_user);
    }
    accounts.into_iter().filter_map(|(account, users)| of_account(facts, (account, &users), sprays, limits)).collect()
}

fn of_account<'a>(
    facts: &Facts<'a>,
    (account, users): (&str, &Users<'_, 'a>),
    sprays: &BTreeSet<IpAddr>,
    limits: Limits,
) -> Option<Attack<'a>> {
    let mut by_hour: BTreeMap<Hour, BTreeSet<Who<'a>>> = BTreeMap::new();
    for (&who, of_user) in users {
        for &hour in of_user.all.failures.keys().chain(of_user.all.successes.keys()) {
            by_hour.entry(hour).or_default().insert(who);
        }
    }
    let within = |hour: Hour| {
        let next = by_hour.get(&Hour(hour.0 + 1)).into_iter().flatten();
        by_hour.get(&hour).into_iter().flatten().chain(next).copied().collect::<BTreeSet<Who<'a>>>()
    };
    let tries = Tries::of(users, sprays);
    let mut hits: BTreeMap<Who<'a>, Hit> = BTreeMap::new();
    let mut attacked: BTreeMap<Who<'a>, Times> = BTreeMap::new();
    let mut addresses: BTreeSet<IpAddr> = BTreeSet::new();
    for &hour in by_hour.keys() {
        let here = within(hour);
        let (got_in, out): (Vec<_>, Vec<_>) =
            here.iter().partition(|who| in_pair(&users[*who].all.successes, hour).events > 0);
        let failed: Vec<(Who<'a>, BTreeMap<IpAddr, Times>)> =
            out.into_iter().map(|&who| (who, tries.failed(who, hour))).filter(|(_, from)| !from.is_empty()).collect();
        let count = failed.iter().map(|(who, from)| if who.is_hidden() { from.len() as i64 } else { 1 }).sum::<i64>();
        if count < limits.spray_users * MORE_USERS || count <= got_in.len() as i64 {
            continue;
        }
        let wave: BTreeSet<IpAddr> = failed.iter().flat_map(|(_, from)| from.keys().copied()).collect();
        hits.extend(got_in.into_iter().filter_map(|&who| Some((who, tries.hit((who, users[&who]), hour, &wave)?))));
        addresses.extend(&wave);
        keep_worst(&mut attacked, failed);
    }
    if attacked.is_empty() {
        return None;
    }
    let known = attacked.keys().filter(|who| !who.is_hidden());
    let names = known.map(|who| users[who].shown(*who)).take(SHOWN).collect();
    let unknown = attacked.iter().filter(|(who, _)| who.is_hidden()).map(|(_, times)| times.events).sum();
    let mut all = Times::default();
    attacked.values().for_each(|times| all.merge(times.events, times.span));
    for (who, hit) in first_tries(facts, account, (&attacked, &addresses)) {
        hits.entry(who).or_insert(hit);
    }
    let then = told(&hits, users);
    let when = format!("from {} within an hour and the next{then}", super::from(&addresses));
    let failed = Failed { users: attacked.into_keys().collect(), names, unknown, all, addresses: &addresses };
    Some(with_hits(attack(account, failed, &when), &hits, users))
}

/// Pairs of hours overlap: of each user the worst is kept.
fn keep_worst<'a>(attacked: &mut BTreeMap<Who<'a>, Times>, failed: Vec<(Who<'a>, BTreeMap<IpAddr, Times>)>) {
    for (who, from) in failed {
        let mut times = Times::default();
        from.values().for_each(|here| times.merge(here.events, here.span));
        let known = attacked.entry(who).or_default();
        if known.events < times.events {
            *known = times;
        }
    }
}

/// A sign-in in the middle of a wave, or after it from an address of the wave, that worked from where its user never got in
/// before.
#[derive(Clone, Copy)]
struct Hit {
    ip: IpAddr,
    with_mfa: bool,
    /// Whether the user failed first, as the others did.
    failed: bool,
    /// Whether it takes more than two who share an address to explain it.
    is_sure: bool,
}

/// Who got in, in words that follow what failed.
fn told<'a>(hits: &BTreeMap<Who<'a>, Hit>, users: &Users<'_, 'a>) -> String {
    let Some((who, hit)) = hits.first_key_value() else { return ", and none of them got in".to_owned() };
    let others = match hits.len() - 1 {
        0 => String::new(),
        more => format!(" (and {} more)", quantity(more as u64, "user")),
    };
    let (name, from) = (users[who].shown(*who), shown(hit.ip));
    match hit.failed {
        true => format!("; one of {name} failed with them and then worked from {from}{others}"),
        false => format!("; then the first sign-in of {name} from {from}, one of these, worked{others}"),
    }
}

/// The spray with those who got in.
fn with_hits<'a>(mut spray: Attack<'a>, hits: &BTreeMap<Who<'a>, Hit>, users: &Users<'_, 'a>) -> Attack<'a> {
    if hits.is_empty() {
        return spray;
    }
    if hits.values().any(|hit| !hit.with_mfa && hit.is_sure) {
        spray.finding.severity = Severity::High;
    }
    let names: Vec<&str> = hits.keys().map(|who| users[who].shown(*who)).collect();
    let from: BTreeSet<String> = hits.values().map(|hit| shown(hit.ip)).collect();
    spray.finding.evidence.insert("signed_in".to_owned(), json!(names));
    spray.finding.evidence.insert("signed_in_from".to_owned(), json!(from));
    spray.entered.extend(hits.keys());
    spray
}

/// What was tried at one account.
struct Tries<'a> {
    failures: BTreeMap<Who<'a>, FailuresAt>,
    /// Where somebody got in from.
    entered: BTreeMap<Hour, BTreeSet<IpAddr>>,
}

impl<'a> Tries<'a> {
    fn of(users: &Users<'_, 'a>, sprays: &BTreeSet<IpAddr>) -> Self {
        let failures = users.iter().map(|(&who, of_user)| (who, failures_at(of_user, sprays))).collect();
        let mut entered: BTreeMap<Hour, BTreeSet<IpAddr>> = BTreeMap::new();
        for (&ip, hours) in users.values().flat_map(|of_user| &of_user.at) {
            hours.successes.keys().for_each(|&hour| {
                entered.entry(hour).or_default().insert(ip);
            });
        }
        Self { failures, entered }
    }

    /// How a user got in who failed within an hour and the next, as the others of the wave did: from an address of theirs, or
    /// from one where it had neither got in before nor failed itself. Who mistypes gets in from where the mistake was made, or
    /// from a place of its own.
    fn hit(&self, (who, of_user): (Who<'a>, &OfUser<'a>), hour: Hour, wave: &BTreeSet<IpAddr>) -> Option<Hit> {
        let failed = self.failures.get(&who).map(|failures| in_pair_at(failures, hour))?;
        let first = failed.values().filter_map(Times::first).min()?;
        let is_new = |hours: &Hours| hours.first_success().is_some_and(|success| success > first);
        let is_theirs = |ip: &IpAddr| wave.contains(ip) || !failed.contains_key(ip);
        let hit = of_user
            .at
            .iter()
            .find(|(ip, hours)| is_new(hours) && is_theirs(ip) && in_pair(&hours.successes, hour).last() > Some(first));
        let is_with_mfa = |hours: &Hours| in_pair(&hours.without_mfa, hour).events == 0;
        hit.map(|(&ip, hours)| Hit { ip, with_mfa: is_with_mfa(hours), failed: true, is_sure: true })
    }

    /// What failed in an hour and the next; of names that do not exist only where nobody got in from.
    fn failed(&self, who: Who<'a>, hour: Hour) -> BTreeMap<IpAddr, Times> {
        let mut from = self.failures.get(&who).map(|failures| in_pair_at(failures, hour)).unwrap_or_default();
        if who.is_hidden() {
            let entered = [hour, Hour(hour.0 + 1)].into_iter().filter_map(|hour| self.entered.get(&hour)).flatten();
            entered.for_each(|ip| {
                from.remove(ip);
            });
        }
        from
    }
}

/// Who got in at the first try from an address of the wave, after somebody failed there and stayed out: where nobody else ever
/// got in. Sure where two or more others failed there, or the user had always come from elsewhere.
fn first_tries<'a>(
    facts: &Facts<'a>,
    account: &str,
    (attacked, wave): (&BTreeMap<Who<'a>, Times>, &BTreeSet<IpAddr>),
) -> BTreeMap<Who<'a>, Hit> {
    let mut hits = BTreeMap::new();
    for &ip in wave {
        let here = facts.at(ip);
        let mut entered = here.iter().filter(|(_, hours)| !hours.successes.is_empty());
        let (Some((&who, hours)), None) = (entered.next(), entered.next()) else { continue };
        let Some(success) = hours.first_success().filter(|_| who.account == account) else { continue };
        // Whoever failed here itself is looked at among those who failed.
        if failed_before(hours, success) {
            continue;
        }
        let name = |who: &Who<'a>| facts.users.get(who).map_or("", |of_user| of_user.name).to_ascii_lowercase();
        let is_other = |other: &Who<'a>| !other.is_hidden() && !may_be_one_person(&name(other), &name(&who));
        let others = here.iter().filter(|(other, _)| attacked.contains_key(other) && is_other(other));
        let others = others.filter(|(_, hours)| failed_before(hours, success)).count();
        let is_new = facts.users.get(&who).is_some_and(|of_user| of_user.is_new_at(ip, success));
        let with_mfa = !hours.successes.keys().next().is_some_and(|hour| hours.without_mfa.contains_key(hour));
        if others > 0 {
            hits.insert(who, Hit { ip, with_mfa, failed: false, is_sure: others > 1 || is_new });
        }
    }
    hits
}

/// Whether anything failed in the [`AFTER`] before a success.
fn failed_before(hours: &Hours, success: EventTime) -> bool {
    let since = success.plus_seconds(-AFTER);
    hours.failures.values().any(|times| times.first() < Some(success) && times.last() >= Some(since))
}

/// Failures of a user by hour and address, from addresses that are no spray by themselves.
fn failures_at(of_user: &OfUser<'_>, sprays: &BTreeSet<IpAddr>) -> FailuresAt {
    let mut failures = FailuresAt::new();
    for (&ip, hours) in of_user.at.iter().filter(|(ip, _)| !sprays.contains(ip)) {
        for (&hour, &times) in &hours.failures {
            failures.entry(hour).or_default().push((ip, times));
        }
    }
    failures
}

/// Those of an hour and the next.
fn in_pair_at(failures: &FailuresAt, hour: Hour) -> BTreeMap<IpAddr, Times> {
    let mut found: BTreeMap<IpAddr, Times> = BTreeMap::new();
    for (ip, times) in [hour, Hour(hour.0 + 1)].iter().filter_map(|hour| failures.get(hour)).flatten() {
        found.entry(*ip).or_default().merge(times.events, times.span);
    }
    found
}

/// Failures of users of an account that no address and no user stands out for.
pub(super) struct Failed<'a, 'f> {
    pub users: BTreeSet<Who<'a>>,
    /// What is shown of them.
    pub names: Vec<&'a str>,
    /// Failures with names that do not exist.
    pub unknown: i64,
    pub all: Times,
    pub addresses: &'f BTreeSet<IpAddr>,
}

/// The spray that they are; `when` says how they came, in words that follow "failed".
pub(super) fn attack<'a>(account: &str, failed: Failed<'a, '_>, when: &str) -> Attack<'a> {
    let Failed { users, names, unknown, all, addresses } = failed;
    let known = users.iter().filter(|who| !who.is_hidden()).count();
    let and_unknown = if unknown > 0 { format!(" and {} with unknown names", grouped(unknown)) } else { String::new() };
    let evidence = [
        ("users", json!(known)),
        ("principal_list", json!(names)),
        ("failures", json!(all.events)),
        ("addresses", json!(addresses.len())),
        ("address_list", json!(some(addresses))),
        ("first_failure", json!(all.first())),
        ("last_failure", json!(all.last())),
    ];
    let mut evidence = named(evidence);
    if unknown > 0 {
        evidence.insert("unknown_name_failures".to_owned(), json!(unknown));
    }
    let finding = Finding {
        severity: Severity::Medium,
        rule: rules::PASSWORD_SPRAY.id,
        account_id: account.to_owned(),
        subject: account.to_owned(),
        summary: format!("sign-ins of {}{and_unknown} failed {when}", quantity(known as u64, "user")),
        count: all.events,
        evidence,
    };
    Attack { finding, failed: users, entered: BTreeSet::new(), from: None }
}
