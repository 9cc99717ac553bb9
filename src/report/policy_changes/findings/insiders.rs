//! Findings about people of the account who came to administrator rights by a door that stood there: a group that holds
//! them, a role that has them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::super::change::{Change, Target, named};
use super::super::power::Administrators;
use super::super::{access_rules, rules};
use super::doors::insiders;
use super::policies::removed_again;
use super::{Draft, Found, by, groups, listed, some_of};
use crate::aggregate::iam_changes::{Act, Granted, TargetKind};
use crate::model::{Arn, EventTime, Grant};
use crate::report::Severity;

pub(super) fn of(all: &[Change<'_>], administrators: &Administrators<'_>) -> Vec<Found> {
    let mut found = joined(all, administrators);
    found.extend(let_in(all, administrators));
    found.extend(rewritten(all, administrators));
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
        let which = if is_admin { "an administrator role" } else { "a role" };
        let shown = some_of(&whom.iter().map(|text| (*text).to_owned()).collect());
        let summary = format!("{}, {which}, now names {shown}; set {}", named(kind, name), by(all, &rows));
        Draft::new(&access_rules::NAMES_INSIDER, account_id, named(kind, name))
            .summary(summary)
            .severity(severity, because)
            .found(all, rows)
            .with("principals", json!(whom))
    };
    groups(all, names, Change::target).into_iter().map(of_role).collect()
}

/// Trust policies of administrator roles that were replaced, and now let in what neither a user or role of the account nor an
/// outsider's finding tells: the account itself, services, subjects of identity providers. What the logs show to have been let
/// in before is left out, and roles that the caller made itself, whose rights are told.
///
/// Known miss: whom it let in before the logs is not known, so a tool that writes the same text again looks like a change,
/// once.
fn rewritten(all: &[Change<'_>], administrators: &Administrators<'_>) -> Vec<Found> {
    let before = Trusts::of(all);
    let lets_in = |change: &Change<'_>| {
        change.did(Act::UpdateTrust)
            && !change.is_provisioning()
            && matches!(change.granted, Granted::Nothing)
            && administrators.has(change.target())
            && !before.made_by(change)
            && before.new_of(change).next().is_some()
    };
    let of_role = |((account_id, kind, name), rows): (Target<'_>, Vec<usize>)| {
        let whom: BTreeSet<&str> = rows.iter().flat_map(|&row| before.new_of(&all[row])).collect();
        let is_stack = whom.iter().all(|text| *text == "service:cloudformation.amazonaws.com");
        let (severity, because) = match is_stack {
            true => (
                Severity::Low,
                "CloudFormation of the account may assume it: as strong as whoever may hand it to a stack",
            ),
            false => (Severity::Medium, "they may be administrator now; whom it let in before is not in the record"),
        };
        let summary = format!(
            "the trust policy of {}, an administrator role, was rewritten {}, and now lets in {}",
            named(kind, name),
            by(all, &rows),
            some_of(&whom.iter().map(|text| (*text).to_owned()).collect())
        );
        Draft::new(&access_rules::ADMIN_TRUST_REWRITTEN, account_id, named(kind, name))
            .summary(summary)
            .severity(severity, because)
            .found(all, rows)
            .with("principals", json!(whom))
    };
    groups(all, lets_in, Change::target).into_iter().map(of_role).collect()
}

/// Whom the trust policies of roles let in, by the time from which these logs show it.
struct Trusts<'a> {
    since: BTreeMap<(Target<'a>, &'a str), Option<EventTime>>,
    makers: BTreeSet<(Target<'a>, &'a str)>,
}

impl<'a> Trusts<'a> {
    fn of(all: &[Change<'a>]) -> Self {
        let mut found = Self { since: BTreeMap::new(), makers: BTreeSet::new() };
        for change in all.iter().filter(|change| change.did(Act::CreateRole) || change.did(Act::UpdateTrust)) {
            if change.act() == Act::CreateRole {
                found.makers.insert((change.target(), change.actor));
            }
            for text in change.policy.split("; ") {
                let since = found.since.entry((change.target(), text)).or_insert(change.span.first());
                *since = change.span.first().min(*since);
            }
        }
        found
    }

    fn made_by(&self, change: &Change<'a>) -> bool {
        self.makers.contains(&(change.target(), change.actor))
    }

    /// Those that a change lets in and no earlier one did.
    fn new_of(&self, change: &Change<'a>) -> impl Iterator<Item = &'a str> {
        let (target, first) = (change.target(), change.span.first());
        let is_new =
            move |text: &&str| self.since.get(&(target, *text)).is_none_or(|since| *since >= first) && !text.is_empty();
        change.policy.split("; ").filter(is_new)
    }
}

fn names_caller(change: &Change<'_>) -> bool {
    insiders(change).contains(&change.actor)
}

fn names_user(change: &Change<'_>) -> bool {
    insiders(change).iter().any(|arn| Arn::parse(arn).is_some_and(|arn| arn.resource.starts_with("user/")))
}
