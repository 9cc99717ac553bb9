//! Findings about policies: what was granted, to whom, in which class, and which limits fell.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::change::{Change, Target, named};
use super::super::versions::{Holders, Holdings};
use super::super::{facts, rules};
use super::baseline::{OF_OWN, Trusted};
use super::doors::Doors;
use super::{Draft, Found, Known, by, groups, guests, listed, some_of};
use crate::aggregate::iam_changes::{Act, Granted, Outcome, TargetKind};
use crate::model::{Arn, Grant, PolicyClass, grouped};
use crate::report::Severity;

/// Seconds within which whoever lost a boundary is deleted, where that is why.
const HOUR: i64 = 3_600;

pub(super) fn of(all: &[Change<'_>], known: &Known<'_>) -> Vec<Found> {
    let mut found = admin_granted(all, known);
    found.extend(admin_written(all));
    found.extend(trust_opened(all, known));
    found.extend(boundaries_removed(all));
    found.extend(policies_on_users(all));
    found.extend(inline_policies(all));
    found.extend(own_broad(all));
    found.extend(policy_classes(all));
    found.extend(denied(all));
    found
}

/// Whether somebody of the account was given what makes an administrator, be it under a condition.
pub(super) fn is_admin_grant(change: &Change<'_>) -> bool {
    let is_grant = |grant: Grant| grant.is_admin_equivalent() || grant == Grant::AdminOnCondition;
    change.gave_policy() && change.grant().is_some_and(is_grant) && !change.is_provisioning()
}

fn admin_granted(all: &[Change<'_>], known: &Known<'_>) -> Vec<Found> {
    let doors = Doors::of(all, &known.administrators);
    let of_target = |(target, rows): (Target<'_>, Vec<usize>)| {
        let (account_id, kind, name) = target;
        let (policies, by, again) = (listed(all, &rows, policy_name), by(all, &rows), removed_again(all, &rows));
        let (what, severity, because) = judged_grant(rows.iter().filter_map(|&row| all[row].grant()).max());
        let holders = doors.behind(target, rows.iter().filter_map(|&row| all[row].span.last()).max());
        let held = match kind {
            _ if holders.is_empty() => String::new(),
            TargetKind::Group => format!("; it is held by {}", some_of(&holders)),
            _ => format!("; its trust policy names {}", some_of(&holders)),
        };
        let milder = match (kind, known.baseline.trusted(target)) {
            (TargetKind::PermissionSet, _) => {
                Some((Severity::Medium, "a permission set gives it to whoever is assigned to it"))
            }
            (TargetKind::Role, Trusted::CloudFormation) => Some((
                Severity::Low,
                "only CloudFormation of the account may assume it: as strong as whoever may hand it to a stack",
            )),
            (TargetKind::Role, Trusted::OwnAccounts) => Some(OF_OWN),
            _ => None,
        };
        let (severity, because) = milder.filter(|milder| milder.0 < severity).unwrap_or((severity, because));
        let found = Draft::new(&rules::ADMIN_GRANTED, account_id, named(kind, name))
            .summary(format!("{} was granted {what} ({policies}) {by}{again}{held}", named(kind, name)))
            .severity(severity, because)
            .found(all, rows);
        if holders.is_empty() { found } else { found.with("held_by", json!(holders)) }
    };
    groups(all, is_admin_grant, Change::target).into_iter().map(of_target).collect()
}

/// What so wide a grant is, and how much it matters.
fn judged_grant(grant: Option<Grant>) -> (&'static str, Severity, &'static str) {
    match grant {
        Some(Grant::Admin) => (
            "administrator rights",
            Severity::High,
            "nearly every action on every resource, without a condition that narrows",
        ),
        Some(Grant::AdminOnCondition) => (
            "administrator rights on a condition",
            Severity::Medium,
            "MFA, an address range, a name or a date keeps out nobody who holds it for good; yet MFA is what AWS advises",
        ),
        _ => (
            "what leads to administrator rights",
            Severity::High,
            "the holder can make itself administrator in a call or two",
        ),
    }
}

/// Customer-managed policies that were written, or put into force, to allow everything: the deed of who wrote them, as far
/// as somebody holds them by then.
fn admin_written<'a>(all: &'a [Change<'a>]) -> Vec<Found> {
    let writes = |change: &Change<'_>| {
        let writes = change.did(Act::WritePolicy) || change.did(Act::SetDefaultVersion);
        writes && change.grant().is_some_and(Grant::is_admin_equivalent) && !change.is_provisioning()
    };
    let holdings = Holdings::of(all);
    let weight = |change: &Change<'a>| match holdings.holders(change) {
        _ if !change.puts_into_force() => (Severity::Low, "this version is not the default one: nobody has it yet"),
        Holders::Nobody => (Severity::Medium, "a policy grants nothing until somebody is given it"),
        Holders::Unknown => {
            (Severity::High, "it holds at once for whoever has the policy; who that is these logs do not show")
        }
        Holders::Known => (Severity::High, "it holds at once for all who have the policy"),
    };
    let of_policy = |((account_id, name, (severity, because)), rows): ((&str, &str, _), Vec<usize>)| {
        let in_force = rows.iter().map(|&row| &all[row]).filter(|change| change.puts_into_force());
        let holders = holdings.all_holders(in_force).into_iter();
        let holders: BTreeSet<String> = holders.map(|(_, kind, name)| named(kind, name)).collect();
        let held = if holders.is_empty() { String::new() } else { format!("; it is held by {}", some_of(&holders)) };
        let summary =
            format!("the policy {name} was written to allow everything, or what leads there, {}{held}", by(all, &rows));
        Draft::new(&rules::ADMIN_GRANTED, account_id, named(TargetKind::Policy, name))
            .summary(summary)
            .severity(severity, because)
            .found(all, rows)
            .with("held_by", json!(holders))
    };
    groups(all, writes, |change| (change.account_id, change.target, weight(change)))
        .into_iter()
        .map(of_policy)
        .collect()
}

fn trust_opened(all: &[Change<'_>], known: &Known<'_>) -> Vec<Found> {
    let opens = |change: &Change<'_>| {
        let sets_trust = change.did(Act::CreateRole) || change.did(Act::UpdateTrust);
        let is_told = !change.is_provisioning() || known.baseline.is_strange(change);
        sets_trust && is_told && judged_trust(change.granted).is_some()
    };
    let of_role = |(target, rows): (Target<'_>, Vec<usize>)| {
        let (account_id, kind, name) = target;
        let judged = rows.iter().map(|&row| judged_opening(all, &all[row], known));
        let (severity, because) = judged.max_by_key(|(severity, _)| *severity).unwrap_or((Severity::Info, ""));
        let whom: BTreeSet<&str> = rows.iter().flat_map(|&row| outsiders(&all[row])).collect();
        let whom = some_of(&whom.into_iter().map(str::to_owned).collect());
        let what = if known.administrators.has(target) { ", an administrator," } else { "" };
        Draft::new(&rules::TRUST_OPENED, account_id, named(kind, name))
            .summary(format!(
                "{}{what} may be assumed from outside of the account: {whom}; set {}",
                named(kind, name),
                by(all, &rows)
            ))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, opens, Change::target).into_iter().map(of_role).collect()
}

/// How much it matters that a trust policy lets in others.
fn judged_opening(all: &[Change<'_>], change: &Change<'_>, known: &Known<'_>) -> (Severity, &'static str) {
    let is_admin = known.administrators.has(change.target());
    let is_own = known.baseline.trusted_by(change) == Trusted::OwnAccounts;
    if let Some(judged) = guests::judged(all, change, (&outsiders(change), is_admin)) {
        return judged;
    }
    match judged_trust(change.granted).unwrap_or((Severity::Info, "")) {
        (Severity::Medium, _) if change.is_provisioning() => match (is_admin, known.baseline.knows_organization()) {
            (true, true) => (
                Severity::High,
                "another account than the organization's other roles trust may assume it, and it is administrator; AWS set \
                 it up for whoever asked",
            ),
            (true, false) => (
                Severity::Medium,
                "an account that was not read may assume it, and it is administrator; whether that is the organization's \
                 management account is not known here",
            ),
            (false, _) => (Severity::Low, "AWS set it up for whoever asked; what the role may do is not known here"),
        },
        (Severity::Medium, _) if is_admin && is_own => OF_OWN,
        (Severity::Medium, _) if is_admin => {
            (Severity::High, "others may assume it with no condition but an external id, and it is administrator")
        }
        (Severity::Medium, _) if is_own => (Severity::Low, "only accounts that were read here, too, may assume it"),
        (Severity::Low, _) if is_admin && !is_own && change.did(Act::UpdateTrust) => {
            (Severity::Medium, "others may assume it under a condition, and it is administrator")
        }
        judged => judged,
    }
}

/// Whom a trust policy lets in from outside: neither users and roles of the account nor services, nor providers whose subjects
/// it names.
fn outsiders<'a>(change: &Change<'a>) -> Vec<&'a str> {
    let is_insider = |arn: Arn<'_>| {
        arn.service == "iam" && arn.account_id == change.account_id && !arn.resource.contains("-provider/")
    };
    let is_inside = |text: &str| {
        ["service:", "account:", "provider:"].iter().any(|kind| text.starts_with(kind))
            || Arn::parse(text).is_some_and(is_insider)
    };
    change.policy.split("; ").filter(|text| !is_inside(text)).collect()
}

fn judged_trust(granted: Granted) -> Option<(Severity, &'static str)> {
    match granted {
        Granted::TrustAnyone => Some((
            Severity::High,
            "anyone with an AWS account, or with an account at that identity provider, may assume it",
        )),
        Granted::TrustOutside => {
            Some((Severity::Medium, "principals of another account, or anyone with an external id, may assume it"))
        }
        Granted::TrustConditional => Some((Severity::Low, "principals of others may assume it under a condition")),
        Granted::Nothing | Granted::Policy(_) | Granted::TrustInside => None,
    }
}

fn boundaries_removed(all: &[Change<'_>]) -> Vec<Found> {
    let of_target = |((account_id, kind, name), rows): ((&str, TargetKind, &str), Vec<usize>)| {
        let is_set = rows.iter().all(|&row| all[row].act() == Act::PutBoundary);
        let what = if is_set { "set to what limits nothing" } else { "deleted" };
        let summary = format!("the permissions boundary of {} was {what} {}", named(kind, name), by(all, &rows));
        let (severity, because) = if is_deleted_next(all, (account_id, kind, name), &rows) {
            (Severity::Info, "whoever had it was deleted within the hour")
        } else if is_set && !rows.iter().any(|&row| all[row].is_by_itself()) {
            (Severity::Low, "a boundary that allows everything is none; whether it had another is not known here")
        } else {
            (Severity::Medium, "its policies hold in full now; whether they grant much is not known here")
        };
        Draft::new(&rules::BOUNDARY_REMOVED, account_id, named(kind, name))
            .summary(summary)
            .severity(severity, because)
            .found(all, rows)
    };
    let removes = |change: &Change<'_>| {
        let is_idle = || Grant::of_managed(change.policy).is_admin_equivalent();
        change.did(Act::DeleteBoundary) || change.did(Act::PutBoundary) && is_idle() && !change.is_provisioning()
    };
    groups(all, removes, Change::target).into_iter().map(of_target).collect()
}

/// Whether the target was deleted within an hour after the last of these changes.
fn is_deleted_next(all: &[Change<'_>], target: Target<'_>, rows: &[usize]) -> bool {
    let Some(last) = rows.iter().filter_map(|&row| all[row].span.last()).max() else { return false };
    let soon = last..=last.plus_seconds(HOUR);
    all.iter().any(|change| {
        let deletes = change.did(Act::Delete) && change.target() == target;
        deletes && change.span.last().is_some_and(|time| soon.contains(&time))
    })
}

fn policies_on_users(all: &[Change<'_>]) -> Vec<Found> {
    let is_on_user = |change: &Change<'_>| {
        change.gave_rights() && change.target_kind == TargetKind::User && !change.is_about_quarantine()
    };
    let of_user = |((account_id, kind, name), rows): ((&str, TargetKind, &str), Vec<usize>)| {
        let (policies, by) = (listed(all, &rows, policy_name), by(all, &rows));
        let gone = rows.iter().all(|&row| all[row].removed.is_some());
        let (severity, because) = if gone {
            (Severity::Info, "all of it was removed later")
        } else {
            (Severity::Low, "it works, but nobody oversees permissions user by user")
        };
        Draft::new(&rules::USER_POLICY, account_id, named(kind, name))
            .summary(format!(
                "{} got policies of its own: {policies}; {by}{}",
                named(kind, name),
                removed_again(all, &rows)
            ))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, is_on_user, Change::target).into_iter().map(of_user).collect()
}

fn inline_policies(all: &[Change<'_>]) -> Vec<Found> {
    let of_account = |(account_id, rows): (&str, Vec<usize>)| {
        let held = listed(all, &rows, inline_of);
        let summary = format!("policies were written into users, groups or roles of {account_id}: {held}");
        Draft::new(&rules::INLINE_POLICY, account_id, account_id)
            .summary(summary)
            .severity(Severity::Info, "a matter of order; what a policy grants is judged apart")
            .found(all, rows)
    };
    let writes = |change: &Change<'_>| {
        change.did(Act::PutInline) && change.gave_rights() && !change.is_provisioning() && !change.is_about_quarantine()
    };
    groups(all, writes, |change| change.account_id).into_iter().map(of_account).collect()
}

/// Own policies, inline or customer-managed, that allow a whole service or more.
fn own_broad(all: &[Change<'_>]) -> Vec<Found> {
    let is_broad = |change: &Change<'_>| {
        let writes = change.did(Act::WritePolicy) || change.did(Act::PutInline);
        let is_broad = |grant: Grant| grant == Grant::FullService || grant.is_admin_equivalent();
        writes && change.grant().is_some_and(is_broad) && !change.is_provisioning()
    };
    let of_account = |(account_id, rows): (&str, Vec<usize>)| {
        let held = listed(all, &rows, |change| match change.act() {
            Act::PutInline => inline_of(change),
            _ => change.target_name(),
        });
        let gone = rows.iter().all(|&row| all[row].removed.is_some());
        let (severity, because) = if gone {
            (Severity::Info, "all of it was removed later")
        } else {
            (
                Severity::Low,
                "AWS keeps managed policies for whole services and follows new ones; who is given how much is judged apart",
            )
        };
        Draft::new(&rules::OWN_BROAD, account_id, account_id)
            .summary(format!(
                "own policies of {account_id} allow whole services, or what leads to everything: {held}; {}",
                by(all, &rows)
            ))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, is_broad, |change| change.account_id).into_iter().map(of_account).collect()
}

/// The shares of the classes, where not all are AWS-managed. It rests on no row: it makes none of them worse.
fn policy_classes(all: &[Change<'_>]) -> Vec<Found> {
    let of_account = |(account_id, facts): (&String, &facts::PolicyFacts)| {
        let share = |part: i64| format!("{part} ({} %)", part * 100 / facts.given().max(1));
        let summary = format!(
            "of {} given in {account_id}, {} AWS-managed, {} customer-managed, {} inline",
            policies(facts.given()),
            share(facts.aws_managed),
            share(facts.customer_managed),
            share(facts.inline),
        );
        let draft = Draft::new(&rules::POLICY_CLASSES, account_id, account_id.as_str())
            .summary(summary)
            .severity(Severity::Info, "a number to know; an own policy can be right");
        let mut found = draft.found(all, Vec::new());
        found.finding.count = facts.given();
        found
            .with("aws_managed", json!(facts.aws_managed))
            .with("customer_managed", json!(facts.customer_managed))
            .with("inline", json!(facts.inline))
            .with("users_with_policies", json!(facts.users_with_policies))
    };
    let own = |(_, facts): &(&String, &facts::PolicyFacts)| facts.customer_managed + facts.inline > 0;
    facts::of(all).iter().filter(own).map(of_account).collect()
}

fn denied(all: &[Change<'_>]) -> Vec<Found> {
    let is_denied =
        |change: &Change<'_>| change.outcome == Outcome::Denied && gains(change.act()) && !change.is_provisioning();
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let calls = listed(all, &rows, |change| change.event.name().to_owned());
        Draft::new(&rules::DENIED_CHANGES, account_id, actor)
            .summary(format!("{actor} was refused changes of IAM: {calls}"))
            .severity(Severity::Low, "nothing was changed")
            .found(all, rows)
    };
    groups(all, is_denied, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}

/// Whether who does it gains permissions, or another way in.
fn gains(act: Act) -> bool {
    !matches!(
        act,
        Act::Detach
            | Act::DeleteInline
            | Act::DeletePolicy
            | Act::Leave
            | Act::Rename
            | Act::DeleteLogin
            | Act::ChangePassword
            | Act::EnableMfa
            | Act::HandleMfa
            | Act::Delete
            | Act::RemoveCredential
            | Act::GetToken
            | Act::Share
            | Act::AddLayer
            | Act::SetLimit
            | Act::TrustService
            | Act::GrowOrganization
    )
}

/// An inline policy and whose it is; that of a permission set has no name.
fn inline_of(change: &Change<'_>) -> String {
    match change.policy {
        "" => format!("that of {}", change.target_name()),
        name => format!("{name} of {}", change.target_name()),
    }
}

/// A policy as a sentence names it: the end of its ARN, or that it is inline.
pub(super) fn policy_name(change: &Change<'_>) -> String {
    match change.policy_class {
        PolicyClass::Inline if change.policy.is_empty() => "its inline policy".to_owned(),
        PolicyClass::Inline => format!("inline {}", change.policy),
        _ => Arn::parse(change.policy).map_or(change.policy, |arn| arn.name()).to_owned(),
    }
}

fn policies(number: i64) -> String {
    if number == 1 { "1 policy".to_owned() } else { format!("{} policies", grouped(number)) }
}

/// `; removed later` where that holds for all, `; partly removed later` where for some.
pub(super) fn removed_again(all: &[Change<'_>], rows: &[usize]) -> &'static str {
    let removed = rows.iter().filter(|&&row| all[row].removed.is_some()).count();
    match removed {
        0 => "",
        some if some < rows.len() => "; partly removed later",
        _ => "; removed later",
    }
}
