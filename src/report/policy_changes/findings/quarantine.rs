//! AWS's own alarm: it puts a user under quarantine when it finds a key of the user in public.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::access_rules;
use super::super::change::{Change, Target, named};
use super::super::told::Told;
use super::policies::policy_name;
use super::{Draft, Found, by, groups, listed};
use crate::aggregate::iam_changes::{Act, Outcome, TargetKind};
use crate::model::Grant;
use crate::report::Severity;

pub(super) fn of(all: &[Change<'_>], told: &Told<'_>) -> Vec<Found> {
    let mut found = quarantined(all);
    found.extend(lifted(all, told));
    found.extend(containment_lifted(all));
    found
}

/// Put on. Lifting it later makes it no milder.
fn quarantined(all: &[Change<'_>]) -> Vec<Found> {
    let is_put = |change: &Change<'_>| change.gave_policy() && change.is_about_quarantine();
    let of_user = |((account_id, kind, name), rows): (Target<'_>, Vec<usize>)| {
        let who = named(kind, name);
        let by_aws = rows.iter().any(|&row| is_of_aws(&all[row]));
        let (severity, because) = if by_aws {
            (Severity::Critical, "AWS found a key of this user where anybody can read it; the key still works")
        } else {
            (
                Severity::High,
                "AWS's quarantine, put on by somebody of the account: who did it takes a key of this user for leaked",
            )
        };
        let policies = listed(all, &rows, policy_name);
        let summary = match by_aws {
            true => format!("AWS says that a key of {who} is public: it put the user under quarantine ({policies})"),
            false => format!("{who} was put under AWS's quarantine ({policies}) {}", by(all, &rows)),
        };
        let lifted = rows.iter().filter_map(|&row| all[row].removed).max();
        Draft::new(&access_rules::QUARANTINED, account_id, who)
            .summary(summary)
            .severity(severity, because)
            .found(all, rows)
            .with("lifted", json!(lifted))
    };
    groups(all, is_put, Change::target).into_iter().map(of_user).collect()
}

/// Whether AWS put it on: as a service, as root, or under the user's own identity. Nobody quarantines itself; that a thief
/// might is harmless.
///
/// Source: panther-labs/panther-analysis, `aws_key_compromised.yml` (the user's own identity, from an address of AWS).
fn is_of_aws(change: &Change<'_>) -> bool {
    change.is_provisioning()
        || change.is_by_itself()
        || change.actor.starts_with("root@")
        || change.actor.starts_with("service:")
}

/// Taken off, written over, or tried to.
fn lifted(all: &[Change<'_>], told: &Told<'_>) -> Vec<Found> {
    let takes = |change: &Change<'_>| {
        let takes = matches!(change.act(), Act::Detach | Act::DeleteInline) && change.is_about_quarantine();
        let writes_over = change.act() == Act::PutInline
            && crate::model::is_quarantine(change.policy, change.policy_class)
            && !change.is_about_quarantine();
        (takes || writes_over) && change.outcome != Outcome::Failed
    };
    let of_user = |(target, rows): (Target<'_>, Vec<usize>)| {
        let (account_id, kind, name) = target;
        let who = named(kind, name);
        let (done, itself) =
            (rows.iter().any(|&row| all[row].succeeded()), rows.iter().any(|&row| all[row].is_by_itself()));
        let keys = if done && !itself { keys_gone(all, told, (target, &rows)) } else { Vec::new() };
        let (severity, because) = match (done, itself) {
            (true, false) if !keys.is_empty() => {
                (Severity::Low, "the keys that the user had then were deleted or switched off before")
            }
            (true, true) => {
                (Severity::High, "the user that AWS put under quarantine lifted it: so did whoever has its key")
            }
            (true, false) => (Severity::High, "right only after the leaked key is gone; see that it is"),
            (false, _) => (Severity::Medium, "it was refused, and somebody tried"),
        };
        let what = if done { "was lifted" } else { "was nearly lifted" };
        let deleted = if keys.is_empty() { String::new() } else { format!(", after {} was deleted", keys.join(", ")) };
        let found = Draft::new(&access_rules::QUARANTINE_LIFTED, account_id, &*who)
            .summary(format!("AWS's quarantine of {who} {what} {}{deleted}", by(all, &rows)))
            .severity(severity, because)
            .found(all, rows)
            .with("by_itself", json!(itself));
        if keys.is_empty() { found } else { found.with("deleted_keys", json!(keys)) }
    };
    groups(all, takes, Change::target).into_iter().map(of_user).collect()
}

/// The inline policy that the console writes into a role to end its sessions.
///
/// Source: IAM user guide, "Revoke IAM role temporary security credentials".
const REVOKES_SESSIONS: &str = "AWSRevokeOlderSessions";

/// How long a session of a role lasts at most, in seconds.
///
/// Source: AWS STS API reference, AssumeRole, DurationSeconds.
const LONGEST_SESSION: i64 = 12 * 3600;

const DENIES_ALL: &str = "AWSDenyAll";

/// What only denied, and was taken off a user or role, or written over, by another than had put it on.
fn containment_lifted(all: &[Change<'_>]) -> Vec<Found> {
    let put = Contained::of(all);
    let lifts = |change: &Change<'_>| put.is_lifted_by(change).is_some();
    let of_target = |((account_id, kind, name), rows): (Target<'_>, Vec<usize>)| {
        let is_seen = rows.iter().any(|&row| put.is_lifted_by(&all[row]) == Some(true));
        let (severity, because) = match is_seen {
            true => (
                Severity::Medium,
                "another principal had put it on; whether what it held back is over is not known here",
            ),
            false => (Severity::Low, "who put it on, and when, is not in these logs"),
        };
        let policies = listed(all, &rows, policy_name);
        let who = named(kind, name);
        Draft::new(&access_rules::CONTAINMENT_LIFTED, account_id, &*who)
            .summary(format!("what denied {who} its rights ({policies}) was taken off {}", by(all, &rows)))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, lifts, Change::target).into_iter().map(of_target).collect()
}

/// Who put what only denies on which user or role, and when.
struct Contained<'c, 'a>(BTreeMap<(Target<'a>, &'a str), Vec<&'c Change<'a>>>);

impl<'c, 'a> Contained<'c, 'a> {
    fn of(all: &'c [Change<'a>]) -> Self {
        let mut found: BTreeMap<(Target<'a>, &'a str), Vec<&'c Change<'a>>> = BTreeMap::new();
        for change in all.iter().filter(|change| change.gave_policy() && change.grant() == Some(Grant::DenyOnly)) {
            found.entry((change.target(), change.policy)).or_default().push(change);
        }
        Self(found)
    }

    /// Whether a change ends what another principal put on in these logs (`true`), or AWS's policy that denies all
    /// (`false`); `None` where it ends nothing of that kind. AWS's quarantine is told apart.
    fn is_lifted_by(&self, change: &Change<'a>) -> Option<bool> {
        let takes = change.did(Act::Detach)
            || change.did(Act::DeleteInline)
            || change.did(Act::PutInline) && change.grant() != Some(Grant::DenyOnly);
        let is_of_one = matches!(change.target_kind, TargetKind::User | TargetKind::Role);
        if !takes || !is_of_one || change.is_about_quarantine() || change.is_provisioning() {
            return None;
        }
        let before = self.0.get(&(change.target(), change.policy)).into_iter().flatten();
        let before: Vec<_> = before.filter(|put| put.span.first() <= change.span.last()).collect();
        if before.is_empty() {
            let is_all = change.did(Act::Detach) && policy_name(change) == DENIES_ALL;
            return (is_all && change.grant() == Some(Grant::DenyOnly)).then_some(false);
        }
        let is_over = change.policy == REVOKES_SESSIONS
            && before.iter().all(|put| {
                let ends = put.span.last().map(|last| last.plus_seconds(LONGEST_SESSION));
                ends < change.span.first()
            });
        (!is_over && before.iter().all(|put| put.actor != change.actor)).then_some(true)
    }
}

/// The user's keys that were deleted before somebody else lifted the quarantine, where none that it had when that was put
/// on still works. Which key leaked no record says. What writes over the policy is no end of a clean-up.
fn keys_gone<'a>(all: &[Change<'_>], told: &Told<'a>, (user, rows): (Target<'_>, &[usize])) -> Vec<&'a str> {
    let Some(now) = rows.iter().map(|&row| all[row].span.first()).min().flatten() else { return Vec::new() };
    if rows.iter().any(|&row| all[row].act() == Act::PutInline) {
        return Vec::new();
    }
    let put =
        all.iter().filter(|change| change.gave_policy() && change.is_about_quarantine() && change.target() == user);
    let then = put.filter_map(|change| change.span.last()).filter(|time| *time <= now).max();
    told.deleted_keys(user, (then.unwrap_or(now), now))
}
