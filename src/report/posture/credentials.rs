//! Passwords, MFA and keys of users, as the credential report tells them.

use super::{
    CERTIFICATE_TOO_OLD, IDLE_DAYS, KEY_NEVER_USED, KEY_TOO_OLD, Look, MAX_AGE, PASSWORD_MAX_AGE, PASSWORD_TOO_OLD,
    PASSWORD_WITHOUT_MFA, SubjectKind, TWO_ACTIVE_KEYS, UNUSED_GRACE, USER_IDLE, Violation,
};
use crate::model::{EventTime, quantity};
use crate::posture::{Answer, CredentialReport, Credentials, Dated, KeyState, Source};
use crate::report::{Rule, Severity};

/// A user's row and the file that has it.
#[derive(Clone, Copy)]
struct Row<'a> {
    name: &'a str,
    user: &'a Credentials,
    source: &'a Source,
}

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<CredentialReport>) -> Vec<Violation<'a>> {
    let rows = part.value.users.iter().map(|(name, user)| Row { name, user, source: &part.source });
    rows.flat_map(|row| {
        let keys = look.account.keys_of(row.name);
        let own = [
            password_without_mfa(look, row),
            password_too_old(look, row),
            two_active_keys(look, row, &keys),
            idle(look, row, &keys),
        ];
        let of_keys = keys
            .into_iter()
            .filter(|key| key.active)
            .flat_map(move |key| [key_too_old(look, row, key), key_never_used(look, row, key)]);
        let of_certificates = [0, 1].map(|place| certificate_too_old(look, row, place));
        own.into_iter().chain(of_keys).chain(of_certificates).flatten().collect::<Vec<_>>()
    })
    .collect()
}

fn subject(row: Row<'_>) -> (String, SubjectKind) {
    (row.user.arn.clone(), SubjectKind::User)
}

fn has_password(row: Row<'_>) -> bool {
    row.user.password_enabled == Some(true)
}

fn password_without_mfa<'a>(look: Look<'a>, row: Row<'a>) -> Option<Violation<'a>> {
    if !has_password(row) || row.user.mfa_active != Some(false) {
        return None;
    }
    let last = row.user.password_last_used.time();
    let used = match last {
        Some(last) => format!("last used {}", last.day()),
        None => "never used".to_owned(),
    };
    let detail = format!("{} has a password, {used}, and no MFA device", row.name);
    let found = look.breaks(PASSWORD_WITHOUT_MFA, subject(row), detail, row.source);
    let since = row.user.password_last_changed.time();
    Some(look.since(found, since).with("password_last_used", last.map(|time| time.to_string())))
}

fn password_too_old<'a>(look: Look<'a>, row: Row<'a>) -> Option<Violation<'a>> {
    let changed = row.user.password_last_changed.time().filter(|_| has_password(row));
    let days = look.age(changed, row.source)?;
    if days <= look.number(&PASSWORD_MAX_AGE) {
        return None;
    }
    let detail = format!("the password of {} is {} old", row.name, quantity(days.unsigned_abs(), "day"));
    Some(look.since(look.breaks(PASSWORD_TOO_OLD, subject(row), detail, row.source), changed))
}

/// Both older than the limit break rotation; with a younger one a rotation may be under way, which is told as info.
fn two_active_keys<'a>(look: Look<'a>, row: Row<'a>, keys: &[KeyState<'a>]) -> Option<Violation<'a>> {
    let active: Vec<_> = keys.iter().filter(|key| key.active).collect();
    if active.len() < 2 {
        return None;
    }
    let ids: Vec<&str> = active.iter().filter_map(|key| key.id).collect();
    let names = if ids.len() == active.len() { format!(": {}", ids.join(", ")) } else { String::new() };
    let limit = look.number(&MAX_AGE);
    let is_old = |key: &&KeyState<'a>| look.age(key.created, row.source).is_none_or(|days| days > limit);
    let (severity, under_way) = match active.iter().copied().all(|key| is_old(&key)) {
        true => (TWO_ACTIVE_KEYS.severity, ""),
        false => (Severity::Info, "; a rotation may be under way"),
    };
    let detail = format!("{} has {} active access keys{names}{under_way}", row.name, active.len());
    let since = active.iter().filter_map(|key| key.created).max();
    let found = look.breaks(Rule { severity, ..TWO_ACTIVE_KEYS }, subject(row), detail, row.source);
    Some(look.since(found, since).with("access_key_ids", ids))
}

/// Every credential idle: a moment of last use, or of creation where it was never used, is known of each and lies back.
fn idle<'a>(look: Look<'a>, row: Row<'a>, keys: &[KeyState<'a>]) -> Option<Violation<'a>> {
    let user = row.user;
    let unused = |answer: Answer| matches!(answer, Answer::None | Answer::NoInformation);
    let mut last_uses: Vec<Option<EventTime>> = Vec::new();
    if has_password(row) {
        let never = unused(user.password_last_used);
        let made = user.password_last_changed.time().or(user.created).filter(|_| never);
        last_uses.push(user.password_last_used.time().or(made));
    }
    for key in keys.iter().filter(|key| key.active) {
        let slot = key.slot.and_then(|slot| user.keys.get(slot - 1));
        let made = key.created.filter(|_| slot.is_some_and(|slot| unused(slot.last_used)));
        last_uses.push(key.last_used.or(made));
    }
    let last = last_uses.into_iter().collect::<Option<Vec<_>>>()?.into_iter().max()?;
    let days = look.age(Some(last), row.source)?;
    if days <= look.number(&IDLE_DAYS) {
        return None;
    }
    let active = keys.iter().filter(|key| key.active).count();
    let what = match (has_password(row), active) {
        (true, 0) => "password".to_owned(),
        (true, n) => format!("password and {}", quantity(n as u64, "access key")),
        (false, n) => quantity(n as u64, "access key"),
    };
    let detail = format!("{} did not use {what} for {}", row.name, quantity(days.unsigned_abs(), "day"));
    Some(look.since(look.breaks(USER_IDLE, subject(row), detail, row.source), Some(last)))
}

/// The key's id, else its user and its place in the report.
fn key_subject(row: Row<'_>, key: KeyState<'_>) -> (String, SubjectKind) {
    let place = || format!("{} access_key_{}", row.user.arn, key.slot.unwrap_or(1));
    (key.id.map_or_else(place, str::to_owned), SubjectKind::Key)
}

fn key_too_old<'a>(look: Look<'a>, row: Row<'a>, key: KeyState<'a>) -> Option<Violation<'a>> {
    let days = look.age(key.created, row.source)?;
    if days <= look.number(&MAX_AGE) {
        return None;
    }
    let used =
        key.last_used.map_or_else(|| "not known to be used".to_owned(), |last| format!("last used {}", last.day()));
    let detail = format!("a key of {} is {} old, {used}", row.name, quantity(days.unsigned_abs(), "day"));
    let found = look.breaks(KEY_TOO_OLD, key_subject(row, key), detail, row.source);
    Some(of_key(look.since(found, key.created), row, key))
}

/// Source: IAM user guide, "Generate credential reports", `cert_1_active` and `cert_1_last_rotated`.
fn certificate_too_old<'a>(look: Look<'a>, row: Row<'a>, place: usize) -> Option<Violation<'a>> {
    let certificate = row.user.certificates.get(place).filter(|certificate| certificate.active)?;
    let made = certificate.rotated.time();
    let days = look.age(made, row.source).filter(|days| *days > look.number(&MAX_AGE))?;
    let detail = format!("a signing certificate of {} is {} old", row.name, quantity(days.unsigned_abs(), "day"));
    let subject = (format!("{} cert_{}", row.user.arn, place + 1), SubjectKind::Key);
    let found = look.breaks(CERTIFICATE_TOO_OLD, subject, detail, row.source);
    Some(look.since(found, made).with("user", row.user.arn.as_str()))
}

fn key_never_used<'a>(look: Look<'a>, row: Row<'a>, key: KeyState<'a>) -> Option<Violation<'a>> {
    let days = look.age(key.created, row.source).filter(|_| key.never_used)?;
    if days <= look.number(&UNUSED_GRACE) {
        return None;
    }
    let detail = format!("a key of {} was never used in {}", row.name, quantity(days.unsigned_abs(), "day"));
    let found = look.breaks(KEY_NEVER_USED, key_subject(row, key), detail, row.source);
    Some(of_key(look.since(found, key.created), row, key))
}

fn of_key<'a>(found: Violation<'a>, row: Row<'a>, key: KeyState<'a>) -> Violation<'a> {
    let found = found.with("user", row.user.arn.as_str()).with("access_key_id", key.id);
    found.with("last_used", key.last_used.map(|time| time.to_string()))
}
