//! Ways to take over an account's root: a new e-mail address, a reset of its password.
//!
//! Whoever reads root's mailbox can reset its password. The address of a member account can be changed by the management
//! account or a delegated administrator as well as by root. Source: AWS Account Management reference guide, "Update the root
//! user email address for any AWS account in your organization"; CloudTrail user guide, "AWS Management Console sign-in
//! events" (PasswordRecoveryRequested, PasswordRecoveryCompleted, PasswordUpdated, EmailUpdated).
//!
//! Who is wrongly accused: whoever moves accounts to other mailboxes on purpose. Who slips past: whoever gets hold of the
//! mailbox itself, and asks for no reset in the days that were read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::central::{Call, Central, addresses, named};
use super::evidence::finding;
use super::usage::Usage;
use crate::aggregate::Span;
use crate::aggregate::root_use::{Count, ReachOutcome, RootClass};
use crate::report::source_list::{address_texts, ip_addresses};
use crate::report::{Finding, Severity};

/// Sign-in events that change who can sign in as root, and what counts those that worked.
const CREDENTIAL_CHANGES: [(&str, Count); 3] = [
    ("EmailUpdated", Count::EmailsUpdated),
    ("PasswordRecoveryCompleted", Count::ResetsCompleted),
    ("PasswordUpdated", Count::PasswordsUpdated),
];
/// The one that anybody can cause who knows root's e-mail address.
const RESET_REQUESTED: &str = "PasswordRecoveryRequested";

/// In the evidence: whether root did it itself, and all that was read of its sessions and sign-ins had MFA.
const IN_SESSION: &str = "in_session_with_mfa";

/// What a row of root's own events shows.
pub(super) fn of_usage(usage: &Usage<'_>) -> Option<Finding> {
    credential_change(usage).or_else(|| reset_requested(usage))
}

fn credential_change(usage: &Usage<'_>) -> Option<Finding> {
    let counted = CREDENTIAL_CHANGES.iter().map(|&(name, count)| (name, usage.count(count)));
    let changes: Vec<(&str, i64)> = counted.filter(|(_, count)| *count > 0).collect();
    let count = changes.iter().map(|(_, count)| count).sum::<i64>();
    let names = changes.iter().map(|&(name, _)| name).collect::<Vec<_>>().join(", ");
    let asked = reset_from(usage);
    let asked_from =
        if asked.is_empty() { String::new() } else { format!("; a reset was requested from {}", asked.join(", ")) };
    let summary = format!("the way to sign in as root of {} was changed: {names}{asked_from}", usage.account_id);
    let mut found = (count > 0).then(|| finding(usage, "root-credential-change", count, summary))?;
    // A reset is completed by whoever reads the mailbox, in no session.
    let in_session = usage.count(Count::ResetsCompleted) == 0 && usage.mfa() == "yes";
    let is_own_password = in_session && usage.count(Count::EmailsUpdated) == 0;
    found.severity = if is_own_password { Severity::Medium } else { Severity::High };
    found.evidence.insert("reset_requested_from".to_owned(), json!(asked));
    found.evidence.insert(IN_SESSION.to_owned(), json!(in_session));
    Some(found)
}

fn reset_requested(usage: &Usage<'_>) -> Option<Finding> {
    let count = *usage.event_names.get(RESET_REQUESTED)?;
    let asked = reset_from(usage);
    let from = if asked.is_empty() { String::new() } else { format!(" from {}", asked.join(", ")) };
    let summary = format!("a reset of the password of root of {} was requested{from}", usage.account_id);
    let mut found = finding(usage, "root-password-reset-requested", count, summary);
    found.severity = Severity::Low;
    found.evidence.insert("reset_requested_from".to_owned(), json!(asked));
    Some(found)
}

fn reset_from(usage: &Usage<'_>) -> Vec<String> {
    address_texts(&ip_addresses(usage.reset_addresses.iter().copied()))
}

/// A finding for each account whose e-mail address was changed, or whose change was tried.
pub(super) fn of_email(usages: &[Usage<'_>], central: &Central<'_>) -> Vec<Finding> {
    let of_root =
        |account: &str| usages.iter().find(|usage| (usage.account_id, usage.class) == (account, RootClass::Console));
    let has_mfa = |account: &str| of_root(account).is_some_and(|usage| usage.mfa() == "yes");
    let mut accounts: BTreeMap<&str, Vec<&Call<'_>>> = BTreeMap::new();
    for call in central.calls.iter().filter(|call| call.event_name != "AssumeRoot") {
        accounts.entry(call.target).or_default().push(call);
    }
    let of_account = |(account, calls): (&str, Vec<&Call<'_>>)| email_change((account, has_mfa(account)), &calls);
    accounts.into_iter().map(of_account).collect()
}

/// `has_mfa` says that root itself was in sessions with MFA, and in no others.
fn email_change((account, has_mfa): (&str, bool), calls: &[&Call<'_>]) -> Finding {
    let any = |name: Option<&str>, outcome: ReachOutcome| {
        calls.iter().any(|call| call.outcome == outcome && name.is_none_or(|name| call.event_name == name))
    };
    let (severity, what) = if any(Some("AcceptPrimaryEmailUpdate"), ReachOutcome::Worked) {
        (Severity::High, "was changed")
    } else if any(None, ReachOutcome::Worked) {
        (Severity::High, "is being changed: the code sent to the new address is still to come")
    } else if any(None, ReachOutcome::Denied) {
        (Severity::Medium, "was to be changed, which was denied")
    } else {
        (Severity::Low, "was to be changed, which failed")
    };
    let by: BTreeSet<&str> = calls.iter().map(|call| call.caller).collect();
    let by: Vec<&str> = by.into_iter().collect();
    let keys: BTreeSet<&str> = calls.iter().map(|call| call.caller_key).filter(|key| !key.is_empty()).collect();
    let mut span = Span::default();
    calls.iter().for_each(|call| span.merge(call.reached.span));
    let count = calls.iter().map(|call| call.reached.events).sum();
    let addresses = addresses(calls.iter().copied());
    let from = addresses.first().map_or_else(String::new, |address| format!(" from {address}"));
    let evidence = [
        ("by", json!(by)),
        (IN_SESSION, json!(has_mfa && by == [format!("root@{account}")])),
        ("events", json!(count)),
        ("access_key_ids", json!(keys)),
        ("address_list", json!(addresses)),
        ("first_seen", json!(span.first())),
        ("last_seen", json!(span.last())),
    ];
    Finding {
        severity,
        rule: "root-email-change",
        account_id: account.to_owned(),
        subject: format!("root@{account}"),
        summary: format!("the e-mail address of root of {account} {what}; by {}{from}", by.join(", ")),
        count,
        evidence: named(evidence),
    }
}
