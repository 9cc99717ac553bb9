//! Findings about people's ways in: passwords, MFA devices and the rules for passwords.

use serde_json::json;

use super::super::change::{Change, Target, named};
use super::super::follow_ups::moments;
use super::super::rules;
use super::super::told::Told;
use super::{Draft, Found, by, groups};
use crate::aggregate::iam_changes::{Act, TargetKind};
use crate::model::{EventTime, PasswordPolicy, quantity};
use crate::report::Severity;

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

pub(super) fn of(all: &[Change<'_>], told: &Told<'_>) -> Vec<Found> {
    let mut found = mfa_deactivated(all, told);
    found.extend(passwords(all, told));
    found.extend(resets(all));
    found.extend(password_policies(all));
    found
}

fn mfa_deactivated(all: &[Change<'_>], told: &Told<'_>) -> Vec<Found> {
    let enabled = moments(all, Act::EnableMfa);
    let of_user = |(target, rows): (Target<'_>, Vec<usize>)| {
        let (account_id, kind, name) = target;
        let last = last_of(all, &rows);
        let again = enabled.get(&target).and_then(|times| times.range(last?..).next()).copied();
        let (severity, because) = if is_replaced(all, target, last) {
            (Severity::Info, "the user enabled a device again within a day")
        } else if again.is_some() {
            (Severity::Low, "a device was enabled again")
        } else {
            without_new_device(all, told, (target, &rows))
        };
        let summary = format!("MFA of {} was deactivated {}; {because}", named(kind, name), by(all, &rows));
        let itself = rows.iter().all(|&row| all[row].is_by_itself());
        Draft::new(&rules::MFA_DEACTIVATED, account_id, named(kind, name))
            .summary(summary)
            .severity(severity, because)
            .found(all, rows)
            .with("by_itself", json!(itself))
            .with("enabled_again", json!(again))
    };
    groups(all, |change| change.did(Act::DeactivateMfa), Change::target).into_iter().map(of_user).collect()
}

/// How much it matters where no device was enabled afterwards.
fn without_new_device(
    all: &[Change<'_>],
    told: &Told<'_>,
    (target, rows): (Target<'_>, &[usize]),
) -> (Severity, &'static str) {
    let last = last_of(all, rows);
    if is_closed(all, target, last) || is_without_password(all, target, last) {
        // IAM deletes no user that still has a device: whoever leaves loses it first.
        (Severity::Info, "the user or its password was deleted, too")
    } else if told.is_cleaned_up(target) {
        (Severity::Info, "a central root session took it off, by AWS's task to delete root's credentials")
    } else {
        had_another(all, told, (target, rows))
    }
}

/// How much it matters where another device may be left: one that was enabled before and not taken since, or one that a later
/// sign-in used. Up to eight devices are allowed, so the safe order of a swap is the new one first, days before maybe. Where
/// the logs end, the new one may be still to come, as long as nobody signed in without.
///
/// Source: IAM user guide, "AWS Multi-factor authentication in IAM" (eight devices).
fn had_another(
    all: &[Change<'_>],
    told: &Told<'_>,
    (target, rows): (Target<'_>, &[usize]),
) -> (Severity, &'static str) {
    let last = last_of(all, rows);
    // A record that does not name the device may be about any.
    let takes = |row: usize, serial: &str| all[row].policy == serial || all[row].policy.is_empty();
    let is_left = |device: &Change<'_>| {
        !rows.iter().any(|&row| takes(row, device.policy) && all[row].span.last() >= device.span.last())
    };
    let brought = all.iter().filter(|change| {
        let enables = change.did(Act::EnableMfa) && change.target() == target;
        enables && !change.policy.is_empty() && is_left(change)
    });
    let is_by_others = || !rows.iter().any(|&row| is_by_owner(&all[row]));
    match brought.map(is_by_owner).max() {
        Some(true) => (Severity::Info, "the user had enabled another device before"),
        Some(false) => (Severity::Low, "another device had been enabled before"),
        None if told.signed_in_with_mfa(target, last) => (Severity::Info, "a later sign-in gave MFA by another device"),
        None if told.ends_within(HOUR, last) && is_by_others() && !told.signed_in_without_mfa(target, last) => {
            (Severity::Low, "a device may follow, and less than an hour after it was read")
        }
        None => (Severity::High, "no device was seen enabled again"),
    }
}

/// New console passwords: MFA after a while, or never.
fn passwords(all: &[Change<'_>], told: &Told<'_>) -> Vec<Found> {
    let enabled = moments(all, Act::EnableMfa);
    let of_user = |(target, rows): (Target<'_>, Vec<usize>)| {
        let (account_id, kind, name) = target;
        let user = named(kind, name);
        if let Some(delay) = rows.iter().filter_map(|&row| all[row].mfa_delay).max() {
            let (severity, because) = match delay {
                0..DAY => (Severity::Info, "within a day"),
                _ => (Severity::Low, "a password alone did for more than a day"),
            };
            let draft = Draft::new(&rules::MFA_DELAY, account_id, &*user)
                .summary(format!("{user} had a console password for {} before MFA", waited(delay)))
                .severity(severity, because);
            return Some(draft.found(all, rows).with("mfa_delay_seconds", json!(delay)));
        }
        if enabled.contains_key(&target) {
            return None;
        }
        let made = all.iter().any(|change| change.did(Act::Create) && change.target() == target);
        let last = last_of(all, &rows);
        let (rule, severity, because, then) = if is_closed(all, target, last) {
            let because = "the user or its password was deleted afterwards";
            (&rules::PASSWORD_WITHOUT_MFA, Severity::Low, because, "; it was deleted afterwards")
        } else if told.ends_within(DAY, last) {
            let because = "a device may follow within a day, and less than that was read";
            (&rules::PASSWORD_NEW, Severity::Low, because, " yet: less than a day after it was read")
        } else {
            let because = "a password alone may do; MFA may have been enabled outside of what was read";
            (&rules::PASSWORD_WITHOUT_MFA, Severity::Medium, because, "")
        };
        let known = if made { ", made in these logs," } else { "" };
        let draft = Draft::new(rule, account_id, &*user)
            .summary(format!("{user}{known} was given a console password {} and no MFA{then}", by(all, &rows)))
            .severity(severity, because);
        Some(draft.found(all, rows).with("user_created_in_range", json!(made)))
    };
    groups(all, |change| change.did(Act::CreateLogin), Change::target).into_iter().filter_map(of_user).collect()
}

fn resets(all: &[Change<'_>]) -> Vec<Found> {
    let is_reset = |change: &Change<'_>| change.did(Act::UpdateLogin) && !change.is_by_itself();
    let of_user = |((account_id, kind, name), rows): (Target<'_>, Vec<usize>)| {
        let summary = format!("the console password of {} was set anew {}", named(kind, name), by(all, &rows));
        Draft::new(&rules::PASSWORD_RESET, account_id, named(kind, name))
            .summary(summary)
            .severity(Severity::Low, "mostly a help desk's work; the record cannot tell")
            .found(all, rows)
    };
    groups(all, is_reset, Change::target).into_iter().map(of_user).collect()
}

fn password_policies(all: &[Change<'_>]) -> Vec<Found> {
    let deleted = groups(all, |change| change.did(Act::DeletePasswordPolicy), |change| change.account_id);
    let deleted = deleted.into_iter().map(|(account_id, rows)| {
        Draft::new(&rules::PASSWORD_POLICY_DELETED, account_id, account_id)
            .summary(format!("the password policy of {account_id} was deleted {}", by(all, &rows)))
            .severity(
                Severity::Medium,
                "IAM's default holds: eight characters suffice and old passwords may be used again",
            )
            .found(all, rows)
    });
    let updated =
        groups(all, |change| change.did(Act::UpdatePasswordPolicy), |change| (change.account_id, change.policy));
    let weak = updated.into_iter().filter_map(|((account_id, terms), rows)| {
        let policy = PasswordPolicy::parse(terms)?;
        let weaknesses = policy.weaknesses();
        let (severity, because) = match weaknesses.as_slice() {
            [] => return None,
            _ if policy.minimum_length < PasswordPolicy::LENGTH => (Severity::Medium, "short passwords can be guessed"),
            _ => (Severity::Low, "long enough, but a leaked password may come back"),
        };
        let summary =
            format!("the password policy of {account_id} was set weak {}: {}", by(all, &rows), weaknesses.join(", "));
        let draft = Draft::new(&rules::PASSWORD_POLICY_WEAK, account_id, account_id).summary(summary);
        Some(draft.severity(severity, because).found(all, rows).with("password_policy", json!(terms)))
    });
    deleted.chain(weak).collect()
}

/// Whether the user itself enabled a device within a day after `since`: a new phone. A device that somebody else enables for
/// it may be theirs.
fn is_replaced(all: &[Change<'_>], target: Target<'_>, since: Option<EventTime>) -> bool {
    let until = since.map(|time| time.plus_seconds(DAY));
    all.iter().any(|change| {
        let enables = change.did(Act::EnableMfa) && change.target() == target && is_by_owner(change);
        enables && change.span.first() >= since && change.span.first() <= until
    })
}

/// Whether the user itself called, or root about itself.
fn is_by_owner(change: &Change<'_>) -> bool {
    let is_root = change.target_kind == TargetKind::Account && change.target.starts_with("root@");
    change.is_by_itself() || is_root && change.actor == change.target
}

/// Whether the password was deleted before `until`, and none given since: whoever cleans up, or moves people to Identity
/// Center, begins with it.
fn is_without_password(all: &[Change<'_>], target: Target<'_>, until: Option<EventTime>) -> bool {
    let did = |act: Act| all.iter().filter(move |change| change.did(act) && change.target() == target);
    let deleted = did(Act::DeleteLogin).filter_map(|change| change.span.last()).max();
    deleted.is_some() && deleted <= until && !did(Act::CreateLogin).any(|change| change.span.last() >= deleted)
}

/// Whether the user, or its password, was deleted at or after `since`.
fn is_closed(all: &[Change<'_>], target: Target<'_>, since: Option<EventTime>) -> bool {
    let closes = |change: &Change<'_>| {
        (change.did(Act::DeleteLogin) || change.did(Act::Delete) && change.target_kind == TargetKind::User)
            && change.target() == target
    };
    all.iter().any(|change| closes(change) && change.span.last() >= since)
}

fn last_of(all: &[Change<'_>], rows: &[usize]) -> Option<EventTime> {
    rows.iter().filter_map(|&row| all[row].span.last()).max()
}

/// `5 days`, in the largest unit that fills at least one.
fn waited(seconds: i64) -> String {
    let unit = [(DAY, "day"), (3_600, "hour"), (60, "minute")].into_iter().find(|(length, _)| seconds >= *length);
    let (length, word) = unit.unwrap_or((1, "second"));
    quantity((seconds / length).unsigned_abs(), word)
}
