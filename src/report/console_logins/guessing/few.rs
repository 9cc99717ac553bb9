//! Failures of a few users at a place where nobody ever got in, and then one user of their account gets in there: a spray that
//! stays below the limit and hits.
//!
//! Who is wrongly accused: three colleagues in a hotel, of whom two give up. So those who failed never get in from there, in all
//! that was read; nobody else does from its whole network, as people of an office do; whoever got in had come from elsewhere
//! before, and came without MFA; and users of whom one's name begins as the other's are one person (`ana`, `ana-admin`). An
//! office whose address has just changed looks the same on the last day that was read. Who slips past: a guesser who takes
//! more than a day, tries one user beside the one that he enters, or hits two; who comes from the company's network; who is let
//! in by MFA, too.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::facts::{Facts, Times, network, shown as place};
use super::{Attack, named, rules};
use crate::model::{EventTime, Network, quantity};
use crate::report::console_logins::tried::Who;
use crate::report::{Finding, Severity};

/// From how many users on that failed and stayed out.
const FEW: usize = 2;
/// How long before the success they failed at most, in seconds: a day.
const BEFORE: i64 = 24 * 3600;

/// Who got in from each network, and when first.
type Entries<'a> = BTreeMap<Network, BTreeMap<Who<'a>, EventTime>>;

/// A finding for each address of which nothing else was told; `sprays` are addresses of which a spray was, `told` users of
/// whom it is known that somebody guessed.
pub(super) fn of<'a>(facts: &Facts<'a>, sprays: &BTreeSet<IpAddr>, told: &BTreeSet<Who<'a>>) -> Vec<Attack<'a>> {
    let entries = entries(facts);
    let others = facts.addresses.keys().filter(|ip| !sprays.contains(ip));
    others.filter_map(|&ip| at(facts, ip, &entries)).filter(|attack| attack.entered.is_disjoint(told)).collect()
}

fn entries<'a>(facts: &Facts<'a>) -> Entries<'a> {
    let mut entries = Entries::new();
    for (&who, of_user) in &facts.users {
        for (&ip, hours) in &of_user.at {
            let Some((network, first)) = network(ip).zip(hours.first_success()) else { continue };
            let known = entries.entry(network).or_default().entry(who).or_insert(first);
            *known = first.min(*known);
        }
    }
    entries
}

fn at<'a>(facts: &Facts<'a>, ip: IpAddr, entries: &Entries<'a>) -> Option<Attack<'a>> {
    let entered = entries.get(&network(ip)?)?;
    let (&who, &first_entered) = entered.first_key_value().filter(|_| entered.len() == 1)?;
    let users = facts.at(ip);
    let success = users.get(&who)?.first_success().filter(|success| *success == first_entered)?;
    let is_without_mfa = users.get(&who)?.without_mfa.values().any(|times| times.first() == Some(success));
    let failed = failed(facts, (who, success), ip);
    let mut all = Times::default();
    failed.values().for_each(|times| all.merge(times.events, times.span));
    let is_new = || facts.users.get(&who).is_some_and(|of_user| of_user.is_new_at(ip, success));
    if failed.len() < FEW || !is_without_mfa || !is_new() || all.first()? >= success {
        return None;
    }
    Some(attack(facts, (who, success), ip, (failed, all)))
}

/// The failures, until somebody got in, of those of the account who did not.
fn failed<'a>(facts: &Facts<'a>, (who, success): (Who<'a>, EventTime), ip: IpAddr) -> BTreeMap<Who<'a>, Times> {
    let name = |who: &Who<'a>| facts.users.get(who).map_or("", |of_user| of_user.name).to_ascii_lowercase();
    let own = name(&who);
    let mut found = BTreeMap::new();
    for (other, hours) in facts.at(ip) {
        if other.account != who.account || other.is_hidden() || other == who || may_be_one_person(&name(&other), &own) {
            continue;
        }
        let within =
            |times: &&Times| times.first() < Some(success) && times.last() >= Some(success.plus_seconds(-BEFORE));
        let mut all = Times::default();
        hours.failures.values().filter(within).for_each(|times| all.merge(times.events, times.span));
        if all.events > 0 {
            found.insert(other, all);
        }
    }
    // Of users of one person one counts.
    let names: Vec<(Who<'a>, String)> = found.keys().map(|who| (*who, name(who))).collect();
    found.retain(|who, _| {
        let own = name(who);
        !names.iter().any(|(other, name)| other < who && may_be_one_person(name, &own))
    });
    found
}

/// Whether one of two names begins as the other. Records of Identity Center have none.
pub(super) fn may_be_one_person(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && (one.starts_with(other) || other.starts_with(one))
}

fn attack<'a>(
    facts: &Facts<'a>,
    (who, success): (Who<'a>, EventTime),
    ip: IpAddr,
    (failed, all): (BTreeMap<Who<'a>, Times>, Times),
) -> Attack<'a> {
    let names: Vec<&str> = failed.keys().map(|who| facts.shown(*who)).collect();
    let summary = format!(
        "sign-ins of {} failed from one address from whose network nobody else ever got in; then the first sign-in of {} from \
         there worked, without MFA",
        quantity(failed.len() as u64, "user"),
        facts.shown(who),
    );
    let evidence = [
        ("users", json!(failed.len())),
        ("principal_list", json!(names)),
        ("failures", json!(all.events)),
        ("signed_in", json!([facts.shown(who)])),
        ("first_sign_in", json!(success)),
        ("address", json!(place(ip))),
        ("first_failure", json!(all.first())),
        ("last_failure", json!(all.last())),
    ];
    let finding = Finding {
        severity: Severity::Medium,
        rule: rules::PASSWORD_SPRAY.id,
        account_id: who.account.to_owned(),
        subject: place(ip),
        summary,
        count: all.events,
        evidence: named(evidence),
    };
    Attack { finding, failed: failed.into_keys().collect(), entered: [who].into(), from: Some(ip) }
}
