//! Root's keys, MFA and use, as the credential report and the account summary tell them.
//!
//! Where the two disagree, the one that shows a violation is believed and the other is named: the summary is always
//! current, the report may be four hours old, and neither may have been fetched today.

use super::{Look, ROOT_DAYS, ROOT_HAS_KEY, ROOT_USED, ROOT_WITHOUT_MFA, SubjectKind, Violation};
use crate::model::{EventTime, quantity};
use crate::posture::{Credentials, Source};

pub(super) fn judge(look: Look<'_>) -> Vec<Violation<'_>> {
    [has_key(look), without_mfa(look), used(look)].into_iter().flatten().collect()
}

fn subject(look: Look<'_>) -> (String, SubjectKind) {
    (format!("root@{}", look.account_id), SubjectKind::Root)
}

/// Root's row of the credential report, and the file.
fn reported(look: Look<'_>) -> Option<(&Credentials, &Source)> {
    let part = look.credentials()?;
    Some((part.value.root.as_ref()?, &part.source))
}

fn has_key(look: Look<'_>) -> Option<Violation<'_>> {
    let keys = reported(look).map(|(root, source)| (root.keys.iter().filter(|key| key.active).count(), source));
    let summary = look.account.summary.as_ref().map(|part| (part.value.root_keys, &part.source));
    if let Some((count @ 1.., source)) = keys {
        let otherwise = if matches!(summary, Some((Some(false), _))) { "; the account summary says none" } else { "" };
        let (root, _) = reported(look)?;
        let used = root.keys.iter().filter_map(|key| key.last_used.time()).max();
        let last = used.map_or_else(|| ", never used".to_owned(), |last| format!(", last used {}", last.day()));
        let detail = format!("root has {}{last}{otherwise}", quantity(count as u64, "active access key"));
        let since = root.keys.iter().filter(|key| key.active).filter_map(|key| key.rotated.time()).min();
        let found = look.breaks(ROOT_HAS_KEY, subject(look), detail, source);
        return Some(look.since(found, since).with("last_used", used.map(|time| time.to_string())));
    }
    let Some((Some(true), source)) = summary else { return None };
    let otherwise = if keys.is_some() { "; the credential report shows no active one" } else { "" };
    Some(look.breaks(ROOT_HAS_KEY, subject(look), format!("root has an access key{otherwise}"), source))
}

/// Root has no MFA device.
pub(in crate::report) fn without_mfa(look: Look<'_>) -> Option<Violation<'_>> {
    let summary = look.account.summary.as_ref();
    if summary.is_some_and(|part| part.value.root_password == Some(false)) {
        return None;
    }
    let report = reported(look).and_then(|(root, source)| Some((root.mfa_active?, source)));
    let summary = summary.and_then(|part| Some((part.value.root_mfa?, &part.source)));
    let source = match (report, summary) {
        (_, Some((false, source))) | (Some((false, source)), _) => source,
        _ => return None,
    };
    let differ = matches!((report, summary), (Some((a, _)), Some((b, _))) if a != b);
    let otherwise = if differ { "; credential report and account summary disagree" } else { "" };
    Some(look.breaks(ROOT_WITHOUT_MFA, subject(look), format!("root has no MFA device{otherwise}"), source))
}

fn used(look: Look<'_>) -> Option<Violation<'_>> {
    let (root, source) = reported(look)?;
    let password = root.password_last_used.time();
    let key = root.keys.iter().filter_map(|key| key.last_used.time()).max();
    let last = password.max(key)?;
    let days = look.age(Some(last), source)?;
    if days >= look.number(&ROOT_DAYS) {
        return None;
    }
    let what = if Some(last) == key { "access key" } else { "password" };
    let detail = format!("root's {what} was last used on {}", last.day());
    let found = look.since(look.breaks(ROOT_USED, subject(look), detail, source), Some(last));
    let text = |time: Option<EventTime>| time.map(|time| time.to_string());
    Some(found.with("password_last_used", text(password)).with("key_last_used", text(key)))
}
