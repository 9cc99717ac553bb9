//! Accounts that assumed roles and are in none of the logs that were read, whether or not they went on to call.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::about::{About, Told, short, some};
use super::{Facts, Known, rule_texts as texts};
use crate::aggregate::principals::Principals;
use crate::aggregate::{Span, State};
use crate::model::{EventTime, quantity};
use crate::report::Severity;
use crate::report::lineage::Credential;

/// What one foreign account got.
#[derive(Default)]
struct Got<'l, 'a> {
    /// The places of sessions of which events were counted.
    members: Vec<usize>,
    /// Sessions that a counted call issued, and of which no event was counted.
    unused: Vec<&'l Credential<'a>>,
}

/// One finding for each foreign account, over all accounts whose roles it assumed. Those whose own trails were read are
/// none. A session without any call is told, too: credentials that a stranger could get may be used where these logs do
/// not reach, in another region or for data events.
///
/// Known miss: an account in which no credentials were ever issued is not among those that were read.
pub(super) fn findings(facts: &Facts<'_>, all: &[Known<'_>]) -> Vec<About> {
    let lineage = facts.lineage;
    let foreign = |credential: &Credential<'_>| {
        let account = caller_account(credential)?;
        (!lineage.recipients.contains(account)).then(|| account.to_owned())
    };
    let mut of_account: BTreeMap<String, Got<'_, '_>> = BTreeMap::new();
    for (place, known) in all.iter().enumerate() {
        if let Some(account) = foreign(known.credential) {
            of_account.entry(account).or_default().members.push(place);
        }
    }
    let called = counted_calls(facts.state);
    for credential in &lineage.credentials[lineage.counted..] {
        if let Some(account) = foreign(credential).filter(|account| is_counted(credential, called.get(account))) {
            of_account.entry(account).or_default().unused.push(credential);
        }
    }
    of_account.into_iter().map(|(account, got)| finding(all, &account, &got)).collect()
}

/// The account that assumed the role, where a record names no more of the caller.
///
/// Source: IAM user guide, "Logging IAM and AWS STS API calls with AWS CloudTrail": the record of the account that owns
/// the role tells the type AWSAccount, the account and the principalId of a caller of another account.
fn caller_account<'a>(credential: &Credential<'a>) -> Option<&'a str> {
    let issuance = credential.issuance().filter(|issuance| issuance.caller_type() == "AWSAccount")?;
    issuance.caller().strip_prefix("account:").filter(|account| !account.is_empty())
}

/// When calls of each foreign account were counted. Issuances are remembered counted or not, and what a filter leaves out
/// is not to be told.
fn counted_calls(state: &State) -> BTreeMap<String, Span> {
    let mut calls: BTreeMap<String, Span> = BTreeMap::new();
    for used in state.get::<Principals>().map(Principals::rows).unwrap_or_default() {
        if let Some(account) = state.symbols().text(used.principal).strip_prefix("account:") {
            calls.entry(account.to_owned()).or_default().merge(used.span);
        }
    }
    calls
}

fn is_counted(credential: &Credential<'_>, calls: Option<&Span>) -> bool {
    let time = issued(credential);
    time.is_some() && calls.is_some_and(|calls| calls.first() <= time && time <= calls.last())
}

fn issued(credential: &Credential<'_>) -> Option<EventTime> {
    credential.issuance().and_then(|issuance| issuance.time())
}

fn finding(all: &[Known<'_>], account: &str, got: &Got<'_, '_>) -> About {
    let used = || got.members.iter().map(|&member| all[member].credential);
    let every = || used().chain(got.unused.iter().copied());
    let roles: BTreeSet<String> = every().map(|credential| credential.principal().into_owned()).collect();
    let accounts: BTreeSet<&str> = every().map(Credential::account_id).collect();
    let names: Vec<String> = roles.iter().map(|role| short(role).to_owned()).collect();
    let (sessions, unused) = (got.members.len() as u64, got.unused.len() as u64);
    let how = match (sessions, unused) {
        (_, 0) => format!("in {}", quantity(sessions, "session")),
        (0, _) => format!("in {} without a call in these logs", quantity(unused, "session")),
        _ => format!("in {}, and {unused} more without a call in these logs", quantity(sessions, "session")),
    };
    let told = Told {
        rule: &texts::FOREIGN_ACCOUNT,
        severity: Severity::Low,
        account_id: if accounts.len() == 1 { accounts.first().copied().unwrap_or_default() } else { "" },
        subject: format!("account:{account}"),
        summary: format!("account {account}, of which no logs were read, assumed {} {how}", some(&names)),
        evidence: vec![("foreign_account_id", json!(account)), ("roles", json!(roles)), ("accounts", json!(accounts))],
    };
    let mut about = told.about(all, &got.members);
    add_unused(&mut about, &got.unused);
    about
}

/// Adds what is known of sessions without a call: the calls that issued them.
fn add_unused(about: &mut About, unused: &[&Credential<'_>]) {
    if unused.is_empty() {
        return;
    }
    let sources: BTreeSet<&str> = unused.iter().map(|credential| credential.issued_from_source()).collect();
    let keys: BTreeSet<&str> =
        unused.iter().flat_map(|credential| credential.issuances()).map(|issuance| issuance.access_key_id()).collect();
    let first = unused.iter().filter_map(|credential| issued(credential)).min();
    let last = unused.iter().filter_map(|credential| issued(credential)).max();
    about.finding.count += unused.len() as i64;
    let told: [(&str, Value); 5] = [
        ("unused_sessions", json!(unused.len())),
        ("unused_access_key_ids", json!(keys)),
        ("unused_issued_from", json!(sources)),
        ("unused_first_issued", json!(first)),
        ("unused_last_issued", json!(last)),
    ];
    about.finding.evidence.extend(told.map(|(name, value)| (name.to_owned(), value)));
}
