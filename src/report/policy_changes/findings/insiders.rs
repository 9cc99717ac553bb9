//! Findings about people of the account who came to administrator rights by a door that stood there: a group that holds
//! them, a role that has them.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::change::{Change, Target, named};
use super::super::power::Administrators;
use super::super::{access_rules, rules};
use super::doors::insiders;
use super::policies::removed_again;
use super::{Draft, Found, by, groups, listed};
use crate::aggregate::iam_changes::{Act, Granted, TargetKind};
use crate::model::{Arn, Grant};
use crate::report::Severity;

pub(super) fn of(all: &[Change<'_>], administrators: &Administrators<'_>) -> Vec<Found> {
    let mut found = joined(all, administrators);
    found.extend(let_in(all, administrators));
    found
}

/// Users that joined a group which was administrator by then. Who joined by itself is told as a self-grant.
fn joined(all: &[Change<'_>], administrators: &Administrators<'_>) -> Vec<Found> {
    let joins = |change: &Change<'_>| {
        let group = (change.account_id, TargetKind::Group, change.policy);
        change.did(Act::Join) && !change.is_by_itself() && administrators.has_at(group, change.span.last())
    };
    let of_user = |((account_id, kind, name), rows): (Target<'_>, Vec<usize>)| {
        let which = listed(all, &rows, |change| named(TargetKind::Group, change.policy));
        let (by, again) = (by(all, &rows), removed_again(all, &rows));
        Draft::new(&rules::ADMIN_GRANTED, account_id, named(kind, name))
            .summary(format!(
                "{} was put into {which}, which holds administrator rights, {by}{again}",
                named(kind, name)
            ))
            .severity(
                Severity::Medium,
                "the usual way to make an administrator, and a way to stay; the record cannot tell",
            )
            .found(all, rows)
    };
    groups(all, joins, Change::target).into_iter().map(of_user).collect()
}

/// Users and roles of the account that the trust policy of an administrator role came to name; users, and callers that let
/// themselves in, also for a role of which nothing is known.
fn let_in(all: &[Change<'_>], administrators: &Administrators<'_>) -> Vec<Found> {
    let names = |change: &Change<'_>| {
        change.did(Act::UpdateTrust)
            && !change.is_provisioning()
            && !matches!(change.granted, Granted::Nothing | Granted::Policy(Grant::NotJudged))
            && !insiders(change).is_empty()
            && (administrators.has(change.target()) || names_caller(change) || names_user(change))
    };
    let of_role = |(target, rows): (Target<'_>, Vec<usize>)| {
        let (account_id, kind, name) = target;
        let (is_admin, itself) = (administrators.has(target), rows.iter().any(|&row| names_caller(&all[row])));
        let (severity, because) = match (is_admin, itself) {
            (true, true) => (Severity::High, "the caller let itself into a role that is administrator"),
            (true, false) => (
                Severity::Medium,
                "they may be administrator now; whether the policy named them before is not in the record",
            ),
            (false, true) => (Severity::Low, "the caller let itself in; what the role may do is not known here"),
            (false, false) => {
                (Severity::Low, "users have long-lived credentials; what the role may do is not known here")
            }
        };
        let whom: BTreeSet<&str> = rows.iter().flat_map(|&row| insiders(&all[row])).collect();
        let listed: Vec<&str> = whom.iter().copied().take(3).collect();
        let more = whom.len().saturating_sub(listed.len());
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let which = if is_admin { "an administrator role" } else { "a role" };
        let summary =
            format!("{}, {which}, now names {}{more}; set {}", named(kind, name), listed.join(", "), by(all, &rows));
        Draft::new(&access_rules::NAMES_INSIDER, account_id, named(kind, name))
            .summary(summary)
            .severity(severity, because)
            .found(all, rows)
            .with("principals", json!(whom))
    };
    groups(all, names, Change::target).into_iter().map(of_role).collect()
}

fn names_caller(change: &Change<'_>) -> bool {
    insiders(change).contains(&change.actor)
}

fn names_user(change: &Change<'_>) -> bool {
    insiders(change).iter().any(|arn| Arn::parse(arn).is_some_and(|arn| arn.resource.starts_with("user/")))
}
