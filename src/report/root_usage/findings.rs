//! What deserves attention in root use, each with the values of the row that decided.

use serde_json::json;

use super::central::Central;
use super::evidence::finding;
use super::usage::{Issued, Usage};
use super::{central_findings, takeover};
use crate::aggregate::root_use::{Count, RootClass};
use crate::model::{AccessKeyKind, grouped, quantity};
use crate::report::{Finding, Severity, finding};

/// All findings, worst first.
pub(super) fn of<'a>(usages: &[Usage<'a>], issued: &Issued<'a>, central: &Central<'a>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = usages.iter().flat_map(of_usage).collect();
    findings.extend(central_findings::of(usages, issued, central));
    findings.extend(takeover::of_email(usages, central));
    finding::sort(&mut findings);
    findings
}

fn of_usage(usage: &Usage<'_>) -> Vec<Finding> {
    let own = match usage.class {
        RootClass::AccessKey => Some(access_key(usage)),
        RootClass::Federation => Some(federation(usage)),
        RootClass::Console => console(usage),
        RootClass::AssumeRoot => opened_centrally(usage),
        RootClass::Service => None,
    };
    let mut findings: Vec<Finding> = own.into_iter().collect();
    findings.extend(key_created(usage));
    findings.extend(takeover::of_usage(usage));
    findings.extend(without_mfa(usage));
    findings.extend(sign_in_failures(usage));
    findings
}

/// Keys by their ids; tokens that they got for themselves (GetSessionToken) by their number.
fn access_key(usage: &Usage<'_>) -> Finding {
    let is_token = |key: &&&str| AccessKeyKind::of(key) == AccessKeyKind::Temporary;
    let tokens = usage.access_keys.iter().filter(is_token).count();
    let keys: Vec<&str> = usage.access_keys.iter().filter(|key| !is_token(key)).copied().collect();
    let keys = if keys.is_empty() { "one whose own calls were not read".to_owned() } else { keys.join(", ") };
    let through = match tokens {
        0 => String::new(),
        _ => format!(", also through {} that it got for itself", quantity(tokens as u64, "token")),
    };
    let summary = format!("root of {} has a long-lived access key in use: {keys}{through}", usage.account_id);
    finding(usage, "root-access-key", usage.tally.events, summary)
}

fn federation(usage: &Usage<'_>) -> Finding {
    let summary = format!("root of {} issued federated credentials that were used", usage.account_id);
    finding(usage, "root-federation", usage.tally.events, summary)
}

/// One finding for the console row, of the row's own severity. Use without MFA for nothing but tasks is reported by
/// [`without_mfa`], and a reset that was asked for or completed by `takeover`.
fn console(usage: &Usage<'_>) -> Option<Finding> {
    let everyday = usage.count(Count::Everyday);
    let (rule, count, what) = if !usage.is_use() {
        let tried =
            usage.tally.events - usage.event_names.get("PasswordRecoveryRequested").copied().unwrap_or_default();
        if tried == 0 {
            return None;
        }
        ("root-attempts", tried, "was tried without success".to_owned())
    } else if everyday > 0 {
        (
            "root-everyday-use",
            everyday,
            format!("did everyday work that does not need root{}{}", opened(usage), refused(usage)),
        )
    } else if let Some(days) = usage.idle_days() {
        let days = days.len();
        let what = format!("was used on {} without a task that needs root", quantity(days as u64, "day"));
        ("root-everyday-use", i64::try_from(days).unwrap_or(i64::MAX), what)
    } else if usage.is_without_mfa() || usage.count(Count::Uses) == usage.count(Count::ResetsCompleted) {
        return None;
    } else {
        ("root-console-use", usage.tally.events, used(usage).to_owned())
    };
    Some(finding(usage, rule, count, format!("root of {} {what}", usage.account_id)))
}

/// A central session that let everybody in: what unlocks a bucket or queue deletes its policy or narrows it.
fn opened_centrally(usage: &Usage<'_>) -> Option<Finding> {
    let count = Some(usage.count(Count::OpenedToEverybody)).filter(|count| *count > 0)?;
    let policies = quantity(count.unsigned_abs(), "bucket or queue policy");
    let summary = format!("root of {} let everybody into {policies}, in a central session", usage.account_id);
    Some(finding(usage, "root-everyday-use", count, summary))
}

fn opened(usage: &Usage<'_>) -> String {
    match usage.count(Count::OpenedToEverybody) {
        0 => String::new(),
        opened => format!("; it let everybody into {}", quantity(opened.unsigned_abs(), "bucket or queue policy")),
    }
}

/// Where nothing but steps of signing in worked, that all else was refused or failed.
fn refused(usage: &Usage<'_>) -> &'static str {
    let steps = ["ConsoleLogin", "CheckMfa", "PasswordRecoveryRequested"];
    let of_page: i64 = steps.iter().filter_map(|name| usage.event_names.get(name)).sum();
    let failed = usage.tally.errors - usage.count(Count::SignInFailures);
    if failed >= usage.tally.events - of_page { "; all of it was refused, but somebody holds root" } else { "" }
}

fn used(usage: &Usage<'_>) -> &'static str {
    // Who completes a reset reads root's mail, and is not in yet.
    let did_more = usage.count(Count::Uses) > usage.count(Count::SignIns) + usage.count(Count::ResetsCompleted);
    match (did_more, usage.mfa()) {
        // What the console reads by itself is no task, and may be all that was done.
        (true, "yes") if usage.count(Count::ReadOnly) > 0 => {
            "was used with MFA, and changed nothing but what needs root"
        }
        (true, "yes") => "was used with MFA, for tasks that need root",
        (true, _) => "was used for tasks that need root",
        (false, "yes") => "signed in with MFA, and nothing else of it was read",
        (false, _) => "signed in, and nothing else of it was read",
    }
}

fn key_created(usage: &Usage<'_>) -> Option<Finding> {
    let created = usage.count(Count::KeysCreated);
    let summary = format!("root of {} made an access key for itself", usage.account_id);
    let mut found = (created > 0).then(|| finding(usage, "root-key-created", created, summary))?;
    found.severity = Severity::Critical;
    found.evidence.insert("created_key_ids".to_owned(), json!(usage.created_keys));
    Some(found)
}

/// Sign-ins without MFA, else sessions that say so.
fn without_mfa(usage: &Usage<'_>) -> Option<Finding> {
    let (sign_ins, sessions) = (usage.count(Count::SignInsWithoutMfa), usage.count(Count::WithoutMfa));
    let is_session = usage.class == RootClass::Console && usage.is_use() && usage.is_without_mfa();
    let (count, how) = match sign_ins {
        1.. => (sign_ins, format!("signed in without MFA, {}", times(sign_ins))),
        _ if is_session => (sessions, "was used in sessions without MFA".to_owned()),
        _ => return None,
    };
    let summary = format!("root of {} {how}", usage.account_id);
    let mut found = finding(usage, "root-sign-in-without-mfa", count, summary);
    found.severity = Severity::High;
    Some(found)
}

/// Failures in a row that also shows use; a row of nothing but failures is found by [`console`].
fn sign_in_failures(usage: &Usage<'_>) -> Option<Finding> {
    let count = usage.count(Count::SignInFailures);
    let beside_use = count > 0 && usage.is_use();
    let summary = format!("a sign-in as root of {} failed, {}", usage.account_id, times(count));
    let mut found = beside_use.then(|| finding(usage, "root-sign-in-failures", count, summary))?;
    found.severity = Severity::Low;
    Some(found)
}

/// `once`, `1,200 times`.
fn times(count: i64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{} times", grouped(count)) }
}
