//! Whom a role's trust policy lets in from outside of the role's account, and whom it names inside.

use std::collections::{BTreeMap, BTreeSet};

use super::idle::{Asker, is_negated, narrowing_keys, narrows, plain_operator, tests};
use super::pattern::matches;
use super::provider::{Vouched, pools, vouched};
use super::{Condition, Listed, Statement};
use crate::model::{Arn, is_account_id};

/// How wide a principal of a trust policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenTo {
    /// `*`, or all but some (`NotPrincipal`).
    Anyone,
    /// Whomever a web identity provider vouches for: one where anybody can have an account, without a condition that says
    /// whose tokens are meant, or any without a condition.
    AnySubject,
    /// Guests of an identity pool of Amazon Cognito, who sign in nowhere: anybody on the internet who knows the pool's id, which is
    /// in every app that uses it. It is how such apps are meant to work.
    Guests,
    /// Another account, or a user or role of it.
    OtherAccount,
    /// An identity provider of the account's own, whatever it says of whom.
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
    /// Keys of the conditions that narrow it, in lower case (`sts:externalid`, `aws:principalorgid`); empty when none.
    pub condition_keys: BTreeSet<String>,
    /// Keys of conditions that stand there and narrow nothing.
    pub idle_keys: BTreeSet<String>,
    /// The identity pools of [`OpenTo::Guests`]; whose these are the policy does not say.
    pub pools: BTreeSet<String>,
}

impl OpenPrincipal {
    /// Whether no condition narrows it.
    pub fn is_unconditional(&self) -> bool {
        self.condition_keys.is_empty()
    }

    /// Whether anybody at all can be it, not meant to be so as [`OpenTo::Guests`] are.
    pub fn is_anyone(&self) -> bool {
        self.is_unconditional() && matches!(self.open_to, OpenTo::Anyone | OpenTo::AnySubject)
    }

    /// Whether anybody can be it who knows, or guesses, an external id.
    pub fn is_by_external_id(&self) -> bool {
        self.open_to == OpenTo::Anyone && self.condition_keys.iter().eq(["sts:externalid"])
    }

    fn add(&mut self, other: &Self) {
        self.pools.extend(other.pools.iter().cloned());
        if other.is_unconditional() {
            *self = Self { pools: std::mem::take(&mut self.pools), ..other.clone() };
        } else if !self.is_unconditional() {
            // Whichever statement is met suffices, so only what all of them ask for is sure.
            self.condition_keys.retain(|key| other.condition_keys.contains(key));
            // None in common: those of either, so that it does not look unconditional.
            if self.condition_keys.is_empty() {
                self.condition_keys = other.condition_keys.clone();
            }
        }
    }
}

/// How a role is assumed: by principals of AWS, of a SAML provider, of another provider.
const WAYS: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

const PRINCIPAL_ACCOUNT: &str = "aws:principalaccount";

/// Source: IAM user guide, "AWS JSON policy elements: Principal".
pub(super) fn open_principals(statements: &[Statement], own_account: &str) -> Vec<OpenPrincipal> {
    let mut found: BTreeMap<(OpenTo, String), OpenPrincipal> = BTreeMap::new();
    for statement in statements.iter().filter(|statement| lets_in(statement)) {
        let keys: BTreeSet<String> = statement.condition.values().flat_map(|keys| keys.keys().cloned()).collect();
        for (open_to, principal, account_id) in outside(statement, own_account) {
            let ways = ways(statement, (open_to, &principal));
            let Some((open_to, mut condition_keys)) = narrowed(open_to, &principal, &statement.condition) else {
                continue;
            };
            if is_closed(statements, &ways) {
                continue;
            }
            let of_condition = open_to == OpenTo::OtherAccount
                && principal == account_id
                && accounts_of(&statement.condition).is_some_and(|accounts| accounts.contains(&account_id));
            if of_condition {
                condition_keys.remove(PRINCIPAL_ACCOUNT);
            }
            if !matches!(open_to, OpenTo::AnySubject | OpenTo::Guests) {
                condition_keys.extend(guards(statements, &ways));
            }
            let mut idle_keys: BTreeSet<String> = keys.difference(&condition_keys).cloned().collect();
            if of_condition {
                // That one says which account it is.
                idle_keys.remove(PRINCIPAL_ACCOUNT);
            }
            let mut of_guests = BTreeSet::new();
            if open_to == OpenTo::Guests {
                of_guests = pools(&principal, &statement.condition);
                // They say whose guests are meant.
                idle_keys.clear();
            }
            let named = principal.clone();
            let open =
                OpenPrincipal { open_to, principal: named, account_id, condition_keys, idle_keys, pools: of_guests };
            found.entry((open_to, principal)).and_modify(|known| known.add(&open)).or_insert(open);
        }
    }
    found.into_values().collect()
}

/// Users and roles of the account itself that a statement names.
pub(super) fn named_insiders(statements: &[Statement], own_account: &str) -> BTreeSet<String> {
    let named =
        statements.iter().filter(|statement| lets_in(statement)).filter_map(|statement| statement.principals.as_ref());
    let named = named.filter(|principals| !principals.is_not).filter_map(|principals| principals.by_kind.get("AWS"));
    let is_insider = |value: &&String| {
        Arn::parse(value)
            .is_some_and(|arn| arn.account_id == own_account && !own_account.is_empty() && arn.resource != "root")
    };
    named.flatten().filter(is_insider).cloned().collect()
}

/// Whether a statement lets in the account itself, so whoever of it may call sts:AssumeRole: by its id, its root, or `*` that a
/// condition narrows to it. `*` otherwise is open to anyone, and all but some are, too.
pub(super) fn lets_in_account(statements: &[Statement], own_account: &str) -> bool {
    let is_account = |statement: &Statement, value: &String| {
        let is_root = |arn: Arn<'_>| arn.account_id == own_account && arn.resource == "root";
        let is_narrowed = || accounts_of(&statement.condition).is_some_and(|accounts| accounts.contains(own_account));
        value == own_account || Arn::parse(value).is_some_and(is_root) || value == "*" && is_narrowed()
    };
    statements.iter().filter(|statement| lets_in(statement)).any(|statement| {
        let principals = statement.principals.as_ref().filter(|principals| !principals.is_not);
        let mut values = principals.and_then(|principals| principals.by_kind.get("AWS")).into_iter().flatten();
        values.any(|value| is_account(statement, value))
    })
}

/// Services that a statement names.
pub(super) fn named_services(statements: &[Statement]) -> BTreeSet<String> {
    let named =
        statements.iter().filter(|statement| lets_in(statement)).filter_map(|statement| statement.principals.as_ref());
    let named =
        named.filter(|principals| !principals.is_not).filter_map(|principals| principals.by_kind.get("Service"));
    named.flatten().cloned().collect()
}

/// Identity providers that a statement lets in for some of their subjects: those that [`open_principals`] leaves out. Each by
/// its host or name, with the subjects that the condition names.
pub(super) fn named_providers(statements: &[Statement]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for statement in statements.iter().filter(|statement| lets_in(statement)) {
        let principals = statement.principals.as_ref().filter(|principals| !principals.is_not);
        let values = principals.and_then(|principals| principals.by_kind.get("Federated")).into_iter().flatten();
        for provider in values.filter(|value| vouched(value, &statement.condition) == Vouched::ForSome) {
            let (_, name) = provider.split_once("-provider/").unwrap_or(("", provider));
            let key = format!("{}:sub", name.to_ascii_lowercase());
            let asked = tests(&statement.condition).filter(|((_, of), _)| **of == *key);
            let subjects: BTreeSet<&str> = asked.flat_map(|(_, values)| values).map(String::as_str).collect();
            let subjects: Vec<&str> = subjects.into_iter().collect();
            let of = if subjects.is_empty() { String::new() } else { format!(" for {}", subjects.join(", ")) };
            // A semicolon stands between those that are let in.
            found.insert(format!("{name}{of}").replace(';', ","));
        }
    }
    found
}

/// Whether a statement lets somebody assume the role: not one that only allows sts:TagSession or sts:SetSourceIdentity.
pub(super) fn lets_in(statement: &Statement) -> bool {
    statement.is_allow() && WAYS.iter().any(|action| is_about(statement, action))
}

fn is_about(statement: &Statement, action: &str) -> bool {
    match &statement.actions {
        Listed::Only(patterns) => patterns.iter().any(|pattern| matches(pattern, action)),
        Listed::AllBut(patterns) => !patterns.iter().any(|pattern| matches(pattern, action)),
        Listed::Absent => true,
    }
}

/// The ways in that a statement allows to a principal: the one of its kind; where that is not allowed, all that are.
///
/// Source: AWS STS API reference, AssumeRole, AssumeRoleWithSAML and AssumeRoleWithWebIdentity.
fn ways(statement: &Statement, (open_to, principal): (OpenTo, &str)) -> Vec<&'static str> {
    let own = match open_to {
        OpenTo::Anyone | OpenTo::OtherAccount => WAYS[0],
        OpenTo::AnySubject | OpenTo::Federation if principal.contains(":saml-provider/") => WAYS[1],
        OpenTo::AnySubject | OpenTo::Guests | OpenTo::Federation => WAYS[2],
    };
    if is_about(statement, own) {
        return vec![own];
    }
    WAYS.into_iter().filter(|way| is_about(statement, way)).collect()
}

fn denials(statements: &[Statement]) -> impl Iterator<Item = &Statement> {
    statements.iter().filter(|statement| !statement.is_allow() && is_for_all(statement))
}

/// Whether a `Deny` for all, without a condition, stands before each of the ways. One of another action, such as
/// sts:TagSession, keeps nobody out.
fn is_closed(statements: &[Statement], ways: &[&str]) -> bool {
    ways.iter().all(|way| denials(statements).any(|deny| deny.condition.is_empty() && is_about(deny, way)))
}

pub(super) fn is_for_all(statement: &Statement) -> bool {
    let all = |principals: &super::Principals| {
        !principals.is_not && principals.by_kind.get("AWS").is_some_and(|values| values.contains("*"))
    };
    statement.principals.as_ref().is_some_and(all)
}

/// Keys of what a `Deny` for all turns away but for some: `Deny * if StringNotEquals aws:PrincipalOrgID`. As good as a
/// condition on what is allowed, where it denies all of the ways.
fn guards(statements: &[Statement], ways: &[&str]) -> BTreeSet<String> {
    let denied = denials(statements).filter(|deny| ways.iter().all(|way| is_about(deny, way)));
    let turned = denied.flat_map(|deny| tests(&deny.condition)).filter(|((operator, key), values)| {
        let positive = operator.trim_end_matches("ifexists").replacen("not", "", 1);
        is_negated(operator) && narrows((&positive, key), values, Asker::Stranger)
    });
    turned.map(|((_, key), _)| key.to_owned()).collect()
}

/// How wide a principal is under a condition, and the keys that narrow it; `None` where a provider's own subjects are meant.
fn narrowed(open_to: OpenTo, principal: &str, condition: &Condition) -> Option<(OpenTo, BTreeSet<String>)> {
    match open_to {
        OpenTo::Anyone => Some((open_to, narrowing_keys(condition, Asker::Stranger))),
        OpenTo::OtherAccount => {
            let mut keys = narrowing_keys(condition, Asker::Stranger);
            // The other account's own rules for its people count where that account is trusted.
            keys.extend(narrowing_keys(condition, Asker::Holder));
            Some((open_to, keys))
        }
        OpenTo::AnySubject | OpenTo::Guests | OpenTo::Federation => match vouched(principal, condition) {
            Vouched::ForSome => None,
            Vouched::ForGuests => Some((OpenTo::Guests, BTreeSet::new())),
            Vouched::ForAny => Some((OpenTo::AnySubject, BTreeSet::new())),
            Vouched::ByOwn => Some((OpenTo::Federation, BTreeSet::new())),
        },
    }
}

fn outside(statement: &Statement, own_account: &str) -> Vec<(OpenTo, String, String)> {
    let Some(principals) = &statement.principals else { return Vec::new() };
    let of_condition = accounts_of(&statement.condition);
    if principals.is_not {
        return vec![(OpenTo::Anyone, "NotPrincipal".to_owned(), String::new())];
    }
    let mut found = Vec::new();
    for (kind, values) in &principals.by_kind {
        for value in values {
            if let (Some((OpenTo::Anyone, _)), Some(accounts)) = (of_aws(value, own_account), &of_condition)
                && kind == "AWS"
            {
                let others = accounts.iter().filter(|account| *account != own_account);
                found.extend(others.map(|account| (OpenTo::OtherAccount, account.clone(), account.clone())));
                continue;
            }
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

/// The accounts to which a condition narrows whoever asks, where it lists them: as good as principals.
///
/// Source: IAM user guide, "AWS global condition context keys", aws:PrincipalAccount.
fn accounts_of(condition: &Condition) -> Option<&BTreeSet<String>> {
    let mut of_key = tests(condition).filter(|((operator, key), values)| {
        let (plain, _) = plain_operator(operator);
        *key == PRINCIPAL_ACCOUNT
            && matches!(plain, "stringequals" | "stringequalsignorecase" | "stringlike")
            && values.iter().all(|value| is_account_id(value))
    });
    let (_, accounts) = of_key.next()?;
    of_key.next().is_none().then_some(accounts)
}

/// An id such as `AIDA…` stands for a principal that was deleted: it lets nobody in.
fn of_aws<'a>(value: &'a str, own_account: &str) -> Option<(OpenTo, &'a str)> {
    let account = match Arn::parse(value) {
        Some(arn) => arn.account_id,
        None if value == "*" || is_account_id(value) => value,
        None => return None,
    };
    match account {
        "*" => Some((OpenTo::Anyone, "")),
        own if own == own_account => None,
        other => Some((OpenTo::OtherAccount, other)),
    }
}
