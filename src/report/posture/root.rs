//! Root's keys, certificates, MFA and use, as the credential report and the account summary tell them.
//!
//! Where the two disagree, the one that shows a violation is believed and the other is named: the summary is always
//! current, the report may be four hours old, and neither may have been fetched today.

use super::{Look, ROOT_DAYS, ROOT_HAS_CERTIFICATE, ROOT_HAS_KEY, ROOT_USED, ROOT_WITHOUT_MFA, SubjectKind, Violation};
use crate::model::{Arn, EventTime, quantity};
use crate::posture::{Credentials, ReportedKey, Source};
use crate::report::{Rule, Severity};

/// Partitions in which nobody signs in as root: GovCloud's root belongs to the standard account beside it, and the China
/// Regions know no root user.
///
/// Source: AWS GovCloud (US) user guide, "AWS Identity and Access Management" (root user); Amazon Web Services in China,
/// "Identity and Access Management", how it differs: "there is no concept of the root user".
const WITHOUT_ROOT_SIGN_IN: [&str; 2] = ["aws-us-gov", "aws-cn"];

pub(super) fn judge(look: Look<'_>) -> Vec<Violation<'_>> {
    [has_key(look), has_certificate(look), without_mfa(look), used(look)].into_iter().flatten().collect()
}

fn subject(look: Look<'_>) -> (String, SubjectKind) {
    (format!("root@{}", look.account_id), SubjectKind::Root)
}

/// Root's row of the credential report, and the file.
fn reported(look: Look<'_>) -> Option<(&Credentials, &Source)> {
    let part = look.credentials()?;
    Some((part.value.root.as_ref()?, &part.source))
}

/// An active key, else an inactive one, which can be made active again: that is milder.
fn has_key(look: Look<'_>) -> Option<Violation<'_>> {
    let reported = reported(look);
    let keys = |holds: fn(&ReportedKey) -> bool| {
        reported.map(|(root, _)| root.keys.iter().filter(|key| holds(key)).collect::<Vec<_>>()).unwrap_or_default()
    };
    let (active, all) = (keys(|key| key.active), keys(ReportedKey::exists));
    let summary = look.account.summary.as_ref().map(|part| (part.value.root_keys, &part.source));
    let otherwise = if matches!(summary, Some((Some(false), _))) { "; the account summary says none" } else { "" };
    if let (Some((_, source)), false) = (reported, all.is_empty()) {
        let (rule, kind, keys) = match active.is_empty() {
            true => (Rule { severity: Severity::Medium, ..ROOT_HAS_KEY }, "inactive access key", all),
            false => (ROOT_HAS_KEY, "active access key", active),
        };
        let used = keys.iter().filter_map(|key| key.last_used.time()).max();
        let last = used.map_or_else(|| ", never used".to_owned(), |last| format!(", last used {}", last.day()));
        let detail = format!("root has {}{last}{otherwise}", quantity(keys.len() as u64, kind));
        let since = keys.iter().filter_map(|key| key.rotated.time()).min();
        let found = look.breaks(rule, subject(look), detail, source);
        return Some(look.since(found, since).with("last_used", used.map(|time| time.to_string())));
    }
    let Some((Some(true), source)) = summary else { return None };
    let otherwise = if reported.is_some() { "; the credential report shows none" } else { "" };
    Some(look.breaks(ROOT_HAS_KEY, subject(look), format!("root has an access key{otherwise}"), source))
}

/// A signing certificate: a long-lived credential of root, too.
fn has_certificate(look: Look<'_>) -> Option<Violation<'_>> {
    if let Some((root, source)) = reported(look) {
        let all: Vec<_> = root.certificates.iter().filter(|certificate| certificate.exists()).collect();
        let active = all.iter().filter(|certificate| certificate.active).count();
        let (rule, kind, count) = match active {
            0 => {
                (Rule { severity: Severity::Medium, ..ROOT_HAS_CERTIFICATE }, "inactive signing certificate", all.len())
            }
            _ => (ROOT_HAS_CERTIFICATE, "active signing certificate", active),
        };
        if count > 0 {
            let since = all.iter().filter_map(|certificate| certificate.rotated.time()).min();
            let detail = format!("root has {}", quantity(count as u64, kind));
            return Some(look.since(look.breaks(rule, subject(look), detail, source), since));
        }
    }
    let summary = look.account.summary.as_ref().filter(|part| part.value.root_certificates == Some(true))?;
    Some(look.breaks(ROOT_HAS_CERTIFICATE, subject(look), "root has a signing certificate", &summary.source))
}

/// Root has no MFA device, and a password that it could protect.
pub(in crate::report) fn without_mfa(look: Look<'_>) -> Option<Violation<'_>> {
    if partition(look).is_some_and(|partition| WITHOUT_ROOT_SIGN_IN.contains(&partition)) || has_no_password(look) {
        return None;
    }
    let report = reported(look).and_then(|(root, source)| Some((root.mfa_active?, source)));
    let summary = look.account.summary.as_ref().and_then(|part| Some((part.value.root_mfa?, &part.source)));
    let source = match (report, summary) {
        (_, Some((false, source))) | (Some((false, source)), _) => source,
        _ => return None,
    };
    let differ = matches!((report, summary), (Some((a, _)), Some((b, _))) if a != b);
    let otherwise = if differ { "; credential report and account summary disagree" } else { "" };
    Some(look.breaks(ROOT_WITHOUT_MFA, subject(look), format!("root has no MFA device{otherwise}"), source))
}

/// Whether the summary, which is always current, says that root has no password, or else the report does.
fn has_no_password(look: Look<'_>) -> bool {
    let summary = look.account.summary.as_ref().and_then(|part| part.value.root_password);
    let report = reported(look).and_then(|(root, _)| root.password_enabled);
    summary.or(report) == Some(false)
}

/// The partition of an account, from the first arn of its state.
fn partition(look: Look<'_>) -> Option<&str> {
    let reported = look.credentials().map(|part| &part.value);
    let of_report = reported.into_iter().flat_map(|report| report.root.iter().chain(report.users.values()));
    let state = look.authorization().map(|part| &part.value);
    let users = state.into_iter().flat_map(|state| state.users.iter().flat_map(|users| users.values()));
    let roles = state.into_iter().flat_map(|state| state.roles.iter().flat_map(|roles| roles.values()));
    let arns = of_report.map(|row| &*row.arn).chain(users.map(|user| &*user.arn)).chain(roles.map(|role| &*role.arn));
    arns.filter_map(Arn::parse).map(|arn| arn.partition).next()
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
