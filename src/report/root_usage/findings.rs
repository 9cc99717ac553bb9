//! What deserves attention in root use, each with the values of the row that decided.

use serde_json::{Map, Value, json};

use super::usage::Usage;
use crate::aggregate::issuances::Issuance;
use crate::aggregate::root_use::{Count, RootClass};
use crate::model::{IssuanceApi, grouped};
use crate::report::source_list::{address_texts, ip_addresses};
use crate::report::{Finding, Severity, finding};

/// Sign-in events that change who can sign in as root. Source: CloudTrail user guide, "AWS Management Console sign-in
/// events", root user password and e-mail changes.
const CREDENTIAL_CHANGES: [&str; 3] = ["EmailUpdated", "PasswordRecoveryCompleted", "PasswordUpdated"];

/// All findings, worst first.
pub(super) fn of(usages: &[Usage<'_>], issued: &[Issuance<'_>]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = usages.iter().flat_map(|usage| of_usage(usage, issued)).collect();
    finding::sort(&mut findings);
    findings
}

fn of_usage(usage: &Usage<'_>, issued: &[Issuance<'_>]) -> Vec<Finding> {
    let own = match usage.class {
        RootClass::AccessKey => Some(access_key(usage)),
        RootClass::Federation => Some(federation(usage)),
        RootClass::AssumeRoot => Some(assume_root(usage, issued)),
        RootClass::Console => Some(console(usage)),
        RootClass::Service => None,
    };
    let mut findings: Vec<Finding> = own.into_iter().collect();
    findings.extend(key_created(usage));
    findings.extend(credential_change(usage));
    findings.extend(sign_in_without_mfa(usage));
    findings.extend(sign_in_failures(usage));
    findings
}

fn access_key(usage: &Usage<'_>) -> Finding {
    let keys = usage.access_keys.iter().copied().collect::<Vec<_>>().join(", ");
    let summary = format!("root of {} has a long-lived access key in use: {keys}", usage.account_id);
    finding(usage, "root-access-key", usage.tally.events, summary)
}

fn federation(usage: &Usage<'_>) -> Finding {
    let summary = format!("root of {} issued federated credentials that were used", usage.account_id);
    finding(usage, "root-federation", usage.tally.events, summary)
}

fn assume_root(usage: &Usage<'_>, issued: &[Issuance<'_>]) -> Finding {
    let of_row = issued.iter().filter(|issuance| {
        issuance.api() == IssuanceApi::AssumeRoot && usage.access_keys.contains(issuance.access_key_id())
    });
    let mut callers: Vec<&str> = of_row.map(Issuance::caller).collect();
    callers.sort_unstable();
    callers.dedup();
    let by = if callers.is_empty() { "a caller not in range".to_owned() } else { callers.join(", ") };
    let summary = format!("root of {} was assumed centrally by {by}", usage.account_id);
    let mut found = finding(usage, "root-assume-root", usage.tally.events, summary);
    found.evidence.insert("issued_by".to_owned(), json!(callers));
    found
}

/// One finding for the console row, of the row's own severity.
fn console(usage: &Usage<'_>) -> Finding {
    let everyday = usage.count(Count::Everyday);
    let (rule, count, what) = match usage.severity() {
        Severity::Low => ("root-attempts", usage.tally.events, "was tried without success".to_owned()),
        _ if everyday > 0 => ("root-everyday-use", everyday, "was used for what needs no root".to_owned()),
        _ => ("root-console-use", usage.tally.events, "was used at the console for tasks that need root".to_owned()),
    };
    finding(usage, rule, count, format!("root of {} {what}", usage.account_id))
}

fn key_created(usage: &Usage<'_>) -> Option<Finding> {
    let created = usage.count(Count::KeysCreated);
    let summary = format!("root of {} made an access key for itself", usage.account_id);
    let mut found = (created > 0).then(|| finding(usage, "root-key-created", created, summary))?;
    found.severity = Severity::Critical;
    found.evidence.insert("created_key_ids".to_owned(), json!(usage.created_keys));
    Some(found)
}

fn credential_change(usage: &Usage<'_>) -> Option<Finding> {
    let changes: Vec<(&str, i64)> =
        CREDENTIAL_CHANGES.iter().filter_map(|&name| Some((name, *usage.event_names.get(name)?))).collect();
    let count = changes.iter().map(|(_, count)| count).sum::<i64>();
    let names = changes.iter().map(|&(name, _)| name).collect::<Vec<_>>().join(", ");
    let summary = format!("the way to sign in as root of {} was changed: {names}", usage.account_id);
    let mut found = (count > 0).then(|| finding(usage, "root-credential-change", count, summary))?;
    found.severity = Severity::High;
    Some(found)
}

fn sign_in_without_mfa(usage: &Usage<'_>) -> Option<Finding> {
    let count = usage.count(Count::SignInsWithoutMfa);
    let summary = format!("root of {} signed in without MFA, {}", usage.account_id, times(count));
    let mut found = (count > 0).then(|| finding(usage, "root-sign-in-without-mfa", count, summary))?;
    found.severity = Severity::High;
    Some(found)
}

/// Failures in a row that also shows use; a row of nothing but failures is found by [`console`].
fn sign_in_failures(usage: &Usage<'_>) -> Option<Finding> {
    let count = usage.count(Count::SignInFailures);
    let beside_use = count > 0 && usage.tally.events > usage.tally.errors;
    let summary = format!("a sign-in as root of {} failed, {}", usage.account_id, times(count));
    let mut found = beside_use.then(|| finding(usage, "root-sign-in-failures", count, summary))?;
    found.severity = Severity::Low;
    Some(found)
}

/// `once`, `1,200 times`.
fn times(count: i64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{} times", grouped(count)) }
}

fn finding(usage: &Usage<'_>, rule: &'static str, count: i64, summary: String) -> Finding {
    Finding {
        severity: usage.severity(),
        rule,
        account_id: usage.account_id.to_owned(),
        subject: format!("root@{}", usage.account_id),
        summary,
        count,
        evidence: evidence(usage),
    }
}

fn evidence(usage: &Usage<'_>) -> Map<String, Value> {
    let addresses = address_texts(&ip_addresses(usage.addresses.iter().copied()));
    let values = [
        ("class", json!(usage.class.as_str())),
        ("events", json!(usage.tally.events)),
        ("errors", json!(usage.tally.errors)),
        ("everyday_events", json!(usage.count(Count::Everyday))),
        ("sign_ins", json!(usage.count(Count::SignIns))),
        ("sign_in_failures", json!(usage.count(Count::SignInFailures))),
        ("mfa", json!(usage.mfa())),
        ("access_key_ids", json!(usage.access_keys)),
        ("address_list", json!(addresses)),
        ("first_seen", json!(usage.span.first())),
        ("last_seen", json!(usage.span.last())),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
