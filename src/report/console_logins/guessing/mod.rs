//! Passwords that are guessed: of one user or of many, from one address or from many, at once or slowly, and whether it
//! worked. A file a question; what all of them look at is in [`facts`].
//!
//! At once is a pair of clock hours, one and the next, so that a run of guesses is not cut at the full hour. Slowly is
//! [`SLOW_HOURS`]. An IPv6 address stands for its /64. A failure is answered when the same user gets in from the same address in that hour or the next: people
//! mistype, and answered failures speak for nobody's guessing but where they are many.

mod account;
mod entered;
mod facts;
mod few;
mod known;
mod reset;
mod spray;
mod trickle;
mod user;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Map, Value};

use super::rules;
use super::tried::{Row, SignInSteps, Who};
use crate::model::SignInMfa;
use crate::report::{Finding, Severity};
use facts::{Facts, shown};

/// Members of a list in the evidence; the report's rows have all.
const SHOWN: usize = 20;
/// The hours within which slow guessing is counted: two weeks.
const SLOW_HOURS: i32 = 14 * 24;

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
    /// The address that a spray came from.
    from: Option<IpAddr>,
}

/// The worst that was found of each user's failures and successes.
pub(super) struct Attacked<'a> {
    failed: BTreeMap<Who<'a>, Severity>,
    entered: BTreeMap<Who<'a>, Severity>,
}

impl<'a> Attacked<'a> {
    pub(super) fn by(attacks: &[Attack<'a>]) -> Self {
        let worst = |whose: for<'f> fn(&'f Attack<'a>) -> &'f BTreeSet<Who<'a>>| {
            let mut worst: BTreeMap<Who<'a>, Severity> = BTreeMap::new();
            for attack in attacks {
                for &who in whose(attack) {
                    let known = worst.entry(who).or_insert(attack.finding.severity);
                    *known = attack.finding.severity.max(*known);
                }
            }
            worst
        };
        Self { failed: worst(|attack| &attack.failed), entered: worst(|attack| &attack.entered) }
    }

    /// The severity of the worst finding that a row is part of.
    pub(super) fn severity(&self, row: &Row<'a>) -> Option<Severity> {
        let of = if row.succeeded { &self.entered } else { &self.failed };
        of.get(&row.who).copied().filter(|_| row.mfa != SignInMfa::IdentityProvider)
    }
}

impl Attack<'_> {
    fn is(&self, rule: &crate::report::Rule) -> bool {
        self.finding.rule == rule.id
    }
}

/// All attacks. What one of them tells of a user no milder one tells again.
pub(super) fn attacks<'a>(steps: &SignInSteps<'a>, limits: Limits) -> Vec<Attack<'a>> {
    let facts = Facts::of(steps);
    let mut attacks = Vec::new();
    for &ip in facts.addresses.keys() {
        attacks.extend(entered::from_one_address(&facts, ip, limits));
        attacks.extend(spray::of(&facts, ip, limits));
    }
    let told = |attacks: &[Attack<'a>]| -> BTreeSet<Who<'a>> {
        let of_one = attacks.iter().filter(|one| one.is(&rules::BRUTE_FORCE_SUCCESS) || one.is(&rules::PASSWORD_KNOWN));
        of_one.flat_map(|attack| attack.failed.iter().copied()).collect()
    };
    let entered = told(&attacks);
    let others = || facts.users.iter().filter(|(who, _)| !who.is_hidden());
    attacks.extend(
        others()
            .filter(|(who, _)| !entered.contains(who))
            .filter_map(|(&who, of_user)| entered::from_anywhere(who, of_user, limits)),
    );
    let entered = told(&attacks);
    attacks.extend(
        others()
            .filter_map(|(&who, of_user)| known::of(who, of_user))
            .filter(|known| !known.entered.is_empty() || known.failed.is_disjoint(&entered)),
    );
    let known = told(&attacks);
    attacks.extend(
        others()
            .filter(|(who, _)| !known.contains(who))
            .filter_map(|(&who, of_user)| user::tried_at(who, of_user, limits)),
    );
    attacks.extend(others().filter_map(|(&who, of_user)| reset::of(&facts, who, of_user)));
    let mut sprays: BTreeSet<IpAddr> = attacks.iter().filter_map(|attack| attack.from).collect();
    let hits = few::of(&facts, &sprays, &known);
    sprays.extend(hits.iter().filter_map(|attack| attack.from));
    attacks.extend(hits);
    let of_accounts = account::of(&facts, &sprays, limits);
    let told = of_accounts.iter().map(|attack| attack.finding.account_id.clone()).collect();
    attacks.extend(of_accounts);
    attacks.extend(trickle::of(&facts, &sprays, limits, &told));
    attacks
}

fn named<const N: usize>(values: [(&str, Value); N]) -> Map<String, Value> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The address, or how many there are.
fn from(addresses: &BTreeSet<IpAddr>) -> String {
    match addresses.first() {
        Some(&only) if addresses.len() == 1 => shown(only),
        _ => format!("{} addresses", addresses.len()),
    }
}

/// Some of the addresses, for the evidence.
fn some(addresses: &BTreeSet<IpAddr>) -> Vec<String> {
    addresses.iter().take(SHOWN).map(|&ip| shown(ip)).collect()
}
