//! Whom a role's trust policy lets in from outside of the role's account.

use std::collections::{BTreeMap, BTreeSet};

use super::Statement;
use crate::model::Arn;

/// How wide a principal of a trust policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenTo {
    /// `*`, or all but some (`NotPrincipal`).
    Anyone,
    /// Another account, or a user or role of it.
    OtherAccount,
    /// A SAML or web identity provider.
    Federation,
}

/// A principal from outside that may assume a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPrincipal {
    /// How wide it is.
    pub open_to: OpenTo,
    /// As written in the policy: `*`, an account id, an ARN, a provider.
    pub principal: String,
    /// The account it belongs to; empty for `*` and providers.
    pub account_id: String,
    /// Keys of the conditions it must meet, in lower case (`sts:externalid`, `aws:principalorgid`); empty when none.
    pub condition_keys: BTreeSet<String>,
}

impl OpenPrincipal {
    /// Whether no condition narrows it.
    pub fn is_unconditional(&self) -> bool {
        self.condition_keys.is_empty()
    }
}

/// Source: IAM user guide, "AWS JSON policy elements: Principal".
pub(super) fn open_principals(statements: &[Statement], own_account: &str) -> Vec<OpenPrincipal> {
    let mut found: BTreeMap<(OpenTo, String), OpenPrincipal> = BTreeMap::new();
    for statement in statements.iter().filter(|statement| statement.is_allow()) {
        let keys: BTreeSet<String> = statement.condition.values().flat_map(|keys| keys.keys().cloned()).collect();
        for (open_to, principal, account_id) in outside(statement, own_account) {
            // A provider that any condition narrows is how federation is meant to be set up.
            if open_to == OpenTo::Federation && !keys.is_empty() {
                continue;
            }
            let open =
                OpenPrincipal { open_to, principal: principal.clone(), account_id, condition_keys: keys.clone() };
            let known = found.entry((open_to, principal)).or_insert_with(|| open.clone());
            if open.is_unconditional() {
                *known = open;
            } else if !known.is_unconditional() {
                // Whichever statement is met suffices, so only what all of them ask for is sure.
                known.condition_keys.retain(|key| keys.contains(key));
                // None in common: those of either, so that it does not look unconditional.
                if known.condition_keys.is_empty() {
                    known.condition_keys = keys.clone();
                }
            }
        }
    }
    found.into_values().collect()
}

fn outside(statement: &Statement, own_account: &str) -> Vec<(OpenTo, String, String)> {
    let Some(principals) = &statement.principals else { return Vec::new() };
    if principals.is_not {
        return vec![(OpenTo::Anyone, "NotPrincipal".to_owned(), String::new())];
    }
    let mut found = Vec::new();
    for (kind, values) in &principals.by_kind {
        for value in values {
            let judged = match kind.as_str() {
                "AWS" => of_aws(value, own_account),
                "Federated" => Some((OpenTo::Federation, "")),
                _ => None,
            };
            found.extend(judged.map(|(open_to, account)| (open_to, value.clone(), account.to_owned())));
        }
    }
    found
}

/// An id such as `AIDA…` stands for a principal that was deleted: it lets nobody in.
fn of_aws<'a>(value: &'a str, own_account: &str) -> Option<(OpenTo, &'a str)> {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let account = match Arn::parse(value) {
        Some(arn) => arn.account_id,
        None if value == "*" || is_account(value) => value,
        None => return None,
    };
    match account {
        "*" => Some((OpenTo::Anyone, "")),
        own if own == own_account => None,
        other => Some((OpenTo::OtherAccount, other)),
    }
}
