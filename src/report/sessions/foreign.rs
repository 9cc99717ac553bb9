//! Accounts that assumed roles and are in none of the logs that were read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::sets::{About, Told, short, some};
use super::{Known, rule_texts as texts};
use crate::model::quantity;
use crate::report::Severity;

/// One finding for each foreign account, over all accounts whose roles it assumed. `ours` are those whose own trails were
/// read.
///
/// Known miss: an account in which no credentials were ever issued is not among these.
pub(super) fn findings(ours: &BTreeSet<&str>, all: &[Known<'_>]) -> Vec<About> {
    let mut of_account: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, known) in all.iter().enumerate() {
        let Some(issuance) = known.credential.issuance().filter(|issuance| issuance.caller_type() == "AWSAccount")
        else {
            continue;
        };
        let caller = issuance.caller().strip_prefix("account:").unwrap_or_default();
        if !caller.is_empty() && !ours.contains(caller) {
            of_account.entry(caller).or_default().push(place);
        }
    }
    of_account.into_iter().map(|(account, members)| finding(all, account, &members)).collect()
}

fn finding(all: &[Known<'_>], account: &str, members: &[usize]) -> About {
    let roles: BTreeSet<&str> = members.iter().map(|&member| all[member].principal()).collect();
    let roles: Vec<String> = roles.into_iter().map(str::to_owned).collect();
    let accounts: BTreeSet<&str> = members.iter().map(|&member| all[member].session.account_id()).collect();
    let sessions = quantity(members.len() as u64, "session");
    Told {
        rule: &texts::FOREIGN_ACCOUNT,
        severity: Severity::Low,
        account_id: if accounts.len() == 1 { accounts.first().copied().unwrap_or_default() } else { "" },
        subject: format!("account:{account}"),
        summary: format!(
            "account {account}, of which no logs were read, assumed {} in {sessions}",
            some(&roles.iter().map(|role| short(role).to_owned()).collect::<Vec<_>>())
        ),
        evidence: vec![("foreign_account_id", json!(account)), ("roles", json!(roles)), ("accounts", json!(accounts))],
    }
    .about(all, members)
}
