//! Findings about the organization: what limited its accounts, who administers services for it, accounts that came to it.

use super::super::beyond_rules as rules;
use super::super::change::Change;
use super::baseline::Baseline;
use super::sharing::lasts;
use super::{Draft, Found, groups, listed};
use crate::aggregate::iam_changes::Act;
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

fn lifted(all: &[Change<'_>]) -> Vec<Found> {
    // A policy can be deleted only where it is attached to nothing.
    let lifts = |change: &Change<'_>| {
        did(change, Act::LiftLimit)
            && match change.event.name() {
                "DetachPolicy" => !FULL_ACCESS.contains(&change.target),
                "DisablePolicyType" => LIMITS.contains(&change.target),
                other => other != "DeletePolicy",
            }
    };
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let is_mild = |row: &usize| all[*row].event.name() == "MoveAccount" || is_replaced(all, &all[*row]);
        let (severity, because) = match rows.iter().all(is_mild) {
            true => (
                Severity::Low,
                "the caller attached another policy there within a day, or moved an account under others",
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

/// Whether the same caller attached something else to the same place within a day. What allows everything is no limit.
fn is_replaced(all: &[Change<'_>], lifted: &Change<'_>) -> bool {
    let near = |time| lifted.span.first() <= time && time <= lifted.span.last().map(|last| last.plus_seconds(DAY));
    let before = |change: &Change<'_>| {
        let from = lifted.span.first().map(|first| first.plus_seconds(-DAY));
        from <= change.span.last() && change.span.last() <= lifted.span.last()
    };
    !lifted.policy.is_empty()
        && all.iter().any(|change| {
            did(change, Act::SetLimit)
                && (change.actor, change.policy) == (lifted.actor, lifted.policy)
                && change.target != lifted.target
                && !FULL_ACCESS.contains(&change.target)
                && (near(change.span.last()) || before(change))
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
