//! Which accounts there are: that of each who asks, and where a role is named those of its organization.
//!
//! Source: Organizations API reference, "ListAccounts", which only the management account and delegated administrators may
//! call.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_organizations::types::{Account, AccountState};
use tokio::task::JoinSet;

use super::asker::Calls;
use super::{AccountSnapshot, SnapshotRequest};
use crate::input::caught_in;
use crate::input::s3::{Access, Needs, refusal_of};
use crate::model::{Arn, organization_of};

/// An account, and how it is asked.
pub(super) struct Target {
    /// Whose credentials.
    pub access: Arc<Access>,
    /// The role that is assumed with them.
    pub role: Option<String>,
    /// The account.
    pub account_id: String,
    /// What the organization calls it.
    pub name: Option<String>,
    /// The organization that it is in, where that was asked.
    pub organization: Option<String>,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Each account once.
    pub targets: Vec<Target>,
    /// Who gives no account, and accounts that cannot be asked.
    pub unread: Vec<AccountSnapshot>,
}

impl Target {
    /// This account, which was not written.
    pub fn unread(&self, why: String) -> AccountSnapshot {
        let name = self.name.clone();
        AccountSnapshot { name, ..AccountSnapshot::unread(Some(self.account_id.clone()), self.access.label(), why) }
    }
}

/// Asks everyone at once. Of several who see an account the first asks it, and with its own credentials before a role.
pub(super) async fn accounts(request: &SnapshotRequest) -> Found {
    let mut asking = JoinSet::new();
    for (number, access) in request.who.iter().cloned().enumerate() {
        let role = request.organization_role.clone();
        asking.spawn(async move {
            let seen = caught_in(seen_by(&access, role.as_deref())).await.unwrap_or_else(Err);
            (number, access, seen)
        });
    }
    let mut all = asking.join_all().await;
    all.sort_by_key(|(number, ..)| *number);
    let mut found = Found::default();
    for (_, access, seen) in all {
        match seen {
            Ok(seen) => {
                found.targets.extend(seen.targets);
                found.unread.extend(seen.unread);
            }
            Err(why) => found.unread.push(AccountSnapshot::unread(None, access.label(), why)),
        }
    }
    found.targets.sort_by_key(|target| target.role.is_some());
    let mut known = BTreeSet::new();
    found.targets.retain(|target| known.insert(target.account_id.clone()));
    let mut told = BTreeSet::new();
    // One who may ask takes the place of another who may not.
    found.unread.retain(|one| one.account_id.as_ref().is_none_or(|id| !known.contains(id) && told.insert(id.clone())));
    found
}

async fn seen_by(access: &Arc<Access>, role: Option<&str>) -> Result<Found, String> {
    let config = access.connect().await.map_err(|error| error.unnamed())?;
    let asked = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
    let caller = asked.map_err(|error| refusal_of(&error, Needs::GetCallerIdentity).why)?;
    let account_id = caller.account.ok_or("STS does not say whose these credentials are")?;
    let partition = caller.arn.as_deref().and_then(Arn::parse).map_or("aws", |arn| arn.partition).to_owned();
    let own = Target { access: Arc::clone(access), role: None, account_id, name: None, organization: None };
    match role {
        None => Ok(Found { targets: vec![own], ..Found::default() }),
        Some(role) => of_organization(own, &config, &format!("arn:{partition}:iam::ACCOUNT:role/{role}")).await,
    }
}

/// All accounts of the organization, the caller's own with its own credentials. `role` is an ARN with `ACCOUNT` in the place
/// of the account.
async fn of_organization(own: Target, config: &SdkConfig, role: &str) -> Result<Found, String> {
    let calls = Calls::default();
    let client = aws_sdk_organizations::Client::new(config);
    let pages = client.list_accounts().into_paginator().send();
    let pages = calls.pages("organizations:ListAccounts", pages).await;
    let pages = pages.map_err(|lost| format!("the accounts of the organization cannot be listed: {}", lost.why))?;
    let mut found = Found::default();
    for account in pages.into_iter().flat_map(|page| page.accounts.unwrap_or_default()) {
        let Some(account_id) = account.id.clone() else { continue };
        let name = account.name.clone();
        let role = (account_id != own.account_id).then(|| role.replace("ACCOUNT", &account_id));
        let organization = organization_in(account.arn.as_deref().unwrap_or_default()).map(str::to_owned);
        let target = Target { access: Arc::clone(&own.access), role, account_id, name, organization };
        match closed(&account) {
            Some(state) => found.unread.push(target.unread(format!("is {state}: nothing in it can be asked"))),
            None => found.targets.push(target),
        }
    }
    if found.targets.iter().all(|target| target.account_id != own.account_id) {
        found.targets.push(own);
    }
    Ok(found)
}

/// The organization of an account's ARN: `arn:aws:organizations::111122223333:account/o-exampleorgid/444455556666`.
///
/// Source: Organizations API reference, Account, Arn.
fn organization_in(arn: &str) -> Option<&str> {
    let arn = Arn::parse(arn).filter(|arn| arn.service == "organizations")?;
    organization_of(arn.resource.strip_prefix("account/")?)
}

/// The state of an account that is not active.
fn closed(account: &Account) -> Option<String> {
    let state = account.state.as_ref().filter(|state| **state != AccountState::Active)?;
    Some(state.as_str().to_ascii_lowercase().replace('_', " "))
}
