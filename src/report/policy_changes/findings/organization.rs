//! Findings about the organization: what limited its accounts, who administers services for it, accounts that came to it.

use std::collections::BTreeSet;

use super::super::beyond_rules as rules;
use super::super::change::Change;
use super::baseline::Baseline;
use super::sharing::lasts;
use super::{Draft, Found, groups, listed};
use crate::aggregate::iam_changes::{Act, LIMITS_NOTHING};
use crate::report::Severity;

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// AWS's own policy that allows everything: an account without it may do less.
///
/// Source: AWS Organizations user guide, "Service control policies (SCPs)".
const FULL_ACCESS: [&str; 2] = ["p-FullAWSAccess", "p-RCPFullAWSAccess"];

/// Types of policies that limit what may be done.
///
/// Source: AWS Organizations API reference, DisablePolicyType.
const LIMITS: [&str; 2] = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];

/// Types of policies that forbid no calls to speak of, as far as a single policy goes.
///
/// Source: AWS Organizations user guide, "Managing organization policies", management policies.
const NO_LIMITS: [&str; 3] = ["AISERVICES_OPT_OUT_POLICY", "BACKUP_POLICY", "TAG_POLICY"];

/// Services whose delegated administrator gives rights in other accounts, or takes their logs.
const POWERS: [&str; 5] = [
    "account.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "iam.amazonaws.com",
    "member.org.stacksets.cloudformation.amazonaws.com",
    "sso.amazonaws.com",
];

pub(super) fn of(all: &[Change<'_>], baseline: &Baseline<'_>) -> Vec<Found> {
    let mut found = lifted(all);
    found.extend(delegated(all, baseline));
    found.extend(grown(all));
    found
}

fn did(change: &Change<'_>, act: Act) -> bool {
    change.did(act) && !change.is_provisioning()
}

/// Policies that these logs show to be made. What rewrites one so that it allows everything is told as such. Known miss: what
/// allowed everything when it was made, and was rewritten before it was attached, is held for one that limits nothing.
struct Made<'a> {
    /// Those that forbid no calls, by type.
    others: BTreeSet<&'a str>,
    /// Those that allow everything.
    empty: BTreeSet<&'a str>,
}

impl<'a> Made<'a> {
    fn of(all: &[Change<'a>]) -> Self {
        let made = |holds: fn(&str) -> bool| {
            let made = all.iter().filter(|change| change.did(Act::MakeLimit) && !change.target.is_empty());
            made.filter(|change| holds(change.policy)).map(|change| change.target).collect()
        };
        Self { others: made(|kind| NO_LIMITS.contains(&kind)), empty: made(|kind| kind.ends_with(LIMITS_NOTHING)) }
    }

    /// Whether attaching that policy limits something, as far as these logs show.
    fn limits(&self, policy: &str) -> bool {
        !FULL_ACCESS.contains(&policy) && !self.others.contains(policy) && !self.empty.contains(policy)
    }
}

fn lifted(all: &[Change<'_>]) -> Vec<Found> {
    let made = Made::of(all);
    // A policy can be deleted only where it is attached to nothing.
    let lifts = |change: &Change<'_>| {
        did(change, Act::LiftLimit)
            && match change.event.name() {
                "DetachPolicy" => !FULL_ACCESS.contains(&change.target) && !made.others.contains(change.target),
                "DisablePolicyType" => LIMITS.contains(&change.target),
                other => other != "DeletePolicy",
            }
    };
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let is_mild = |row: &usize| all[*row].event.name() == "MoveAccount" || is_replaced(all, &all[*row], &made);
        let (severity, because) = match rows.iter().all(is_mild) {
            true => (
                Severity::Low,
                "the caller attached it again or another there within a day, or moved an account under others",
            ),
            false => (Severity::Medium, "accounts below may do what it denied; what that was is not in the record"),
        };
        let what = listed(all, &rows, |change| match change.policy {
            "" => format!("{} ({})", change.target, change.event.name()),
            place => format!("{} of {place} ({})", change.target, change.event.name()),
        });
        Draft::new(&rules::LIMIT_LIFTED, account_id, actor)
            .summary(format!("{actor} took a limit from accounts of the organization: {what}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, lifts, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}

/// Whether the same caller each time attached it again to the same place within a day, or another a day before or after. What
/// allows everything is no limit.
fn is_replaced(all: &[Change<'_>], lifted: &Change<'_>, made: &Made<'_>) -> bool {
    if lifted.policy.is_empty() {
        return false;
    }
    let set = all.iter().filter(|change| {
        did(change, Act::SetLimit)
            && (change.actor, change.policy) == (lifted.actor, lifted.policy)
            && made.limits(change.target)
    });
    let (mut same, mut others) = (BTreeSet::new(), BTreeSet::new());
    for change in set {
        if change.target == lifted.target { &mut same } else { &mut others }.extend(change.times());
    }
    let mut times = lifted.times().peekable();
    times.peek().is_some()
        && times.all(|time| {
            let (before, after) = (time.plus_seconds(-DAY), time.plus_seconds(DAY));
            same.range(time..=after).next().is_some() || others.range(before..=after).next().is_some()
        })
}

fn delegated(all: &[Change<'_>], baseline: &Baseline<'_>) -> Vec<Found> {
    let to_strangers = |change: &Change<'_>| {
        let (service, account) = change.policy.split_once(" to ").unwrap_or((change.policy, ""));
        change.act() == Act::DelegateAdmin && POWERS.contains(&service) && !baseline.owns(account)
    };
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let (severity, because) = match rows.iter().any(|&row| to_strangers(&all[row])) {
            true => (Severity::Medium, "an account that was not read reaches into all others by that service"),
            false => (Severity::Low, "the usual way to set up an organization, and a way to reach into its accounts"),
        };
        let what = listed(all, &rows, |change| format!("{} ({})", change.policy, change.event.name()));
        Draft::new(&rules::SERVICE_DELEGATED, account_id, actor)
            .summary(format!("{actor} let services into the organization: {what}"))
            .severity(severity, because)
            .found(all, rows)
    };
    let delegates = |change: &Change<'_>| did(change, Act::DelegateAdmin) || did(change, Act::TrustService);
    groups(all, delegates, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}

fn grown(all: &[Change<'_>]) -> Vec<Found> {
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let (severity, because) = match lasts(all, &rows, WEEK) {
            true => (Severity::Info, "the work of the caller for a week or longer"),
            false => (Severity::Low, "new accounts cost money, and hold whatever is run there"),
        };
        let calls = listed(all, &rows, |change| change.event.name().to_owned());
        Draft::new(&rules::ORGANIZATION_GROWN, account_id, actor)
            .summary(format!("{actor} brought accounts into an organization ({calls})"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, |change| did(change, Act::GrowOrganization), |change| (change.account_id, change.actor))
        .into_iter()
        .map(of_actor)
        .collect()
}
