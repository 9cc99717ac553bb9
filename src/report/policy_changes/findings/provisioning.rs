//! What AWS did by itself to set up accounts: one line for all of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::access_rules;
use super::super::change::Change;
use super::policies::policy_name;
use super::{Draft, Found};
use crate::aggregate::iam_changes::Act;
use crate::model::{grouped, quantity};
use crate::report::Severity;

pub(super) fn of(all: &[Change<'_>]) -> Option<Found> {
    let is_telling = |change: &Change<'_>| {
        change.is_provisioning()
            && !change.is_about_quarantine()
            && (change.gave_rights() || change.did(Act::CreateRole) || change.did(Act::UpdateTrust))
    };
    let rows: Vec<usize> = (0..all.len()).filter(|&row| is_telling(&all[row])).collect();
    let accounts: BTreeSet<&str> = rows.iter().map(|&row| all[row].account_id).collect();
    let services: BTreeSet<&str> = rows.iter().map(|&row| all[row].invoked_by).collect();
    let first = accounts.first()?;
    let (account_id, subject) = if accounts.len() == 1 { (*first, *first) } else { ("", "organization") };
    let admins = rows.iter().filter(|&&row| all[row].grant().is_some_and(|grant| grant.is_admin_equivalent()));
    let admins: BTreeSet<_> = admins.map(|&row| all[row].target()).collect();
    let gave = match admins.len() {
        0 => String::new(),
        1 => "; 1 role got administrator rights".to_owned(),
        many => format!("; {} roles got administrator rights", grouped(many as i64)),
    };
    let services: Vec<&str> = services.into_iter().collect();
    let summary = format!(
        "AWS itself set up roles in {}: {}{gave}",
        quantity(accounts.len() as u64, "account"),
        services.join(", ")
    );
    let done = done(all, &rows);
    let draft = Draft::new(&access_rules::PROVISIONED, account_id, subject)
        .summary(summary)
        .severity(Severity::Info, "signed by AWS's services; whoever asked them is told by what they called");
    // Hundreds of accounts have the same few changes: kinds and accounts say all.
    let found = draft.found(all, rows).with("changes", done);
    Some(found.with("accounts", json!(accounts)).with("services", json!(services)))
}

/// Each kind of change, in how many accounts, with one role of each.
fn done(all: &[Change<'_>], rows: &[usize]) -> Value {
    let mut kinds: BTreeMap<(&str, &str, String), (BTreeSet<&str>, &str)> = BTreeMap::new();
    for change in rows.iter().map(|&row| &all[row]) {
        let policy = if change.gave_policy() { policy_name(change) } else { String::new() };
        let (accounts, target) = kinds.entry((change.invoked_by, change.event.name(), policy)).or_default();
        accounts.insert(change.account_id);
        *target = change.target;
    }
    let one = |((service, event, policy), (accounts, target)): (_, (BTreeSet<&str>, _))| json!({ "invoked_by": service, "event": event, "policy": policy, "accounts": accounts.len(), "target": target });
    kinds.into_iter().map(one).collect()
}
