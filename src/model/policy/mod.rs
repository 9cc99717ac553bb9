//! IAM policy documents: what a document grants, read alike from logs and from IAM's own state.
//!
//! A document is a text (plain or percent-encoded) or a JSON value; `Statement`, `Action`, `Resource` and the like may be
//! one value or a list. Reading is lenient where IAM is strict (element names in any case), because what is read here was
//! mostly accepted by IAM before. Nothing is evaluated: a `Deny` elsewhere, a permissions boundary or an organisation's
//! policy can take away what a document grants, and no judgement here knows of them.
//!
//! Source: IAM user guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".

mod at_will;
mod class;
mod idle;
mod met;
mod names;
mod normal;
pub(crate) mod pattern;
mod percent;
mod provider;
mod reach;
mod resource;
mod statement;
mod trust;
mod trusted;
mod verbs;
mod widest;

use std::collections::BTreeSet;

use serde_json::Value;

use idle::Asker;
use pattern::only_stars;

pub use class::{Grant, PolicyClass, is_quarantine};
pub(crate) use names::{OWN_ROLE, OWN_USER};
pub use normal::NormalPolicy;
pub use resource::{Outsiders, organization_of};
pub use statement::{Condition, Effect, Listed, Principals, Statement};
pub use trust::{OpenPrincipal, OpenTo};
pub use trusted::{Trusted, TrustedKind};

/// What CloudTrail and IAM print in place of a value that they keep to themselves.
pub(crate) const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Why a document cannot be judged, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The record does not hold the document: CloudTrail omitted, cut or hid it.
    #[error("the policy document is not in the record ({0})")]
    Withheld(&'static str),
    /// A percent sign without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("the policy document is not percent-encoded UTF-8")]
    Encoding,
    /// The text is not JSON, or ends early.
    #[error("the policy document is not JSON: {0}")]
    Json(String),
    /// The JSON is no policy.
    #[error("the policy document has {0}")]
    Shape(&'static str),
}

impl PolicyError {
    /// Whether somebody kept the document back; a document that is there but cannot be read gives `false`.
    pub fn is_withheld(&self) -> bool {
        matches!(self, Self::Withheld(_))
    }
}

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    statements: Vec<Statement>,
    /// Whether `${…}` is a variable in it: only since version 2012-10-17.
    has_variables: bool,
}

impl Policy {
    /// Reads a document from its text: JSON, percent-encoded JSON, or either within a JSON string.
    ///
    /// # Errors
    /// When the text is no policy document, or says that the document was left out.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        match text {
            "" => return Err(PolicyError::Shape("no text")),
            HIDDEN => return Err(PolicyError::Withheld("hidden")),
            _ => {}
        }
        let decoded = if text.starts_with(['{', '"']) { text.into() } else { percent::decode(text)? };
        let value = serde_json::from_str(&decoded).map_err(|error| PolicyError::Json(error.to_string()))?;
        match value {
            Value::String(inner) if text.starts_with('"') => Self::read(&inner),
            Value::String(_) => Err(PolicyError::Shape("a string where an object belongs")),
            other => Self::from_value(&other),
        }
    }

    /// The JSON of a document that IAM's API percent-encodes, as the AWS CLI prints it; the text where it is none.
    #[cfg(feature = "iam")]
    pub(crate) fn decoded(text: &str) -> Value {
        let value = percent::decode(text).ok().and_then(|decoded| serde_json::from_str(&decoded).ok());
        value.unwrap_or_else(|| Value::String(text.to_owned()))
    }

    /// A document as JSON on one line, from a JSON value as in [`Policy::from_value`]; the text itself where it is not JSON,
    /// empty where there is none.
    pub fn text_of(value: &Value) -> String {
        let Value::String(text) = value else {
            return if value.is_null() { String::new() } else { value.to_string() };
        };
        let text = text.trim_start_matches('\u{feff}').trim();
        let plain =
            if text.starts_with(['{', '"']) { text.into() } else { percent::decode(text).unwrap_or(text.into()) };
        match serde_json::from_str(&plain) {
            Ok(inner @ Value::String(_)) => Self::text_of(&inner),
            Ok(document) => document.to_string(),
            Err(_) => text.to_owned(),
        }
    }

    /// Reads a document from a JSON value: an object, or a string as in [`Policy::read`].
    ///
    /// # Errors
    /// When the value is no policy document, or says that the document was left out (`{"omitted": true}`).
    pub fn from_value(value: &Value) -> Result<Self, PolicyError> {
        if let Value::String(text) = value {
            return Self::read(text);
        }
        if value.is_null() {
            return Err(PolicyError::Withheld("absent"));
        }
        let object = value.as_object().ok_or(PolicyError::Shape("no object at its top"))?;
        if object.get("omitted").is_some_and(|omitted| *omitted == Value::Bool(true) || *omitted == "true") {
            return Err(PolicyError::Withheld("omitted by CloudTrail"));
        }
        let statement = statement::element(object, "Statement").ok_or(PolicyError::Shape("no Statement"))?;
        let statements = match statement {
            Value::Array(many) => many.iter().map(Statement::read).collect::<Result<_, _>>()?,
            one => vec![Statement::read(one)?],
        };
        let version = statement::element(object, "Version").and_then(Value::as_str);
        Ok(Self { statements, has_variables: version == Some("2012-10-17") })
    }

    /// The statements of several documents as one: what somebody who holds them all may do.
    pub fn joined<'a>(policies: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut joined = Self { statements: Vec::new(), has_variables: true };
        for policy in policies {
            joined.statements.extend(policy.statements.iter().cloned());
        }
        joined
    }

    /// The statements, as written and in their order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether it allows everything, in whatever words: [`Grant::Admin`].
    pub fn grants_admin(&self) -> bool {
        self.grant() == Grant::Admin
    }

    /// The ways from what it allows to everything: `iam:AttachUserPolicy`, `iam:PassRole + lambda:CreateFunction`; those
    /// through IAM Identity Center (`sso:CreateAccountAssignment`), where it names that service, in the accounts that
    /// administer it. Empty where none is known.
    ///
    /// A way counts when it is open for users, roles and policies that the document does not name, whatever the wildcards;
    /// statements add up; a condition that narrows takes a statement out, a `Deny` without a condition takes back.
    pub fn escalations(&self) -> Vec<String> {
        reach::escalations(self)
    }

    /// Whether there are statements and none of them allows anything: a document that only takes away.
    pub fn only_denies(&self) -> bool {
        !self.statements.is_empty() && !self.statements.iter().any(Statement::is_allow)
    }

    /// Whether a statement allows every action of `service` (`iam`, `s3`) on every resource without a condition.
    pub fn allows_all_actions_of(&self, service: &str) -> bool {
        let of_service = |action: &str| whole_service(action).is_some_and(|named| named.eq_ignore_ascii_case(service));
        self.unconditional()
            .any(|statement| statement.actions.has(|action| is_any_action(action) || of_service(action)))
    }

    /// The services of which every action is allowed on every resource without a condition, in lower case; `*:*` is in
    /// [`Policy::grants_admin`] and names none.
    pub fn whole_services(&self) -> BTreeSet<String> {
        let listed = self.unconditional().filter(|statement| matches!(statement.actions, Listed::Only(_)));
        let actions = listed.flat_map(|statement| statement.actions.values());
        actions.filter_map(|action| whole_service(action)).map(str::to_ascii_lowercase).collect()
    }

    /// Whether a statement allows all but what it lists: `Allow` with `NotAction`.
    pub fn uses_not_action(&self) -> bool {
        self.statements.iter().any(|statement| statement.is_allow() && matches!(statement.actions, Listed::AllBut(_)))
    }

    /// Whether a statement allows on all resources but those that it lists: `Allow` with `NotResource`.
    pub fn uses_not_resource(&self) -> bool {
        self.statements.iter().any(|statement| statement.is_allow() && matches!(statement.resources, Listed::AllBut(_)))
    }

    /// Actions that change something and are allowed on every resource without a condition: as written, sorted.
    ///
    /// An action changes something when its name starts with a verb such as Create, Put, Delete, Update, Attach, Pass, Run
    /// (any case, `Batch` in front is skipped), or when its wildcard can stand for one: `s3:*`, `s3:P*`. What the
    /// action names begins after the colon. With `NotAction`, what is allowed is unknown but wide and is given as
    /// `NotAction: …`. Known misses: actions that change something under another verb; reports actions that AWS offers on
    /// `*` only. Source: Service Authorization Reference (the access levels that verbs mostly follow).
    pub fn write_on_all_resources(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        for statement in self.unconditional() {
            match &statement.actions {
                Listed::Only(actions) => {
                    found.extend(actions.iter().filter(|action| verbs::may_write(action)).cloned())
                }
                Listed::AllBut(actions) => drop(found.insert(format!("NotAction: {}", actions.join(", ")))),
                Listed::Absent => {}
            }
        }
        found.into_iter().collect()
    }

    /// The document as what it comes to, for comparing: order, case of actions, string or list, `Sid` and the way in which
    /// actions are spread over statements make no difference. A wildcard is not resolved: `s3:*` beside `s3:GetObject`
    /// differs from `s3:*` alone.
    pub fn normalised(&self) -> NormalPolicy {
        NormalPolicy::of(self)
    }

    /// Whom a trust policy lets in from outside of `own_account`: anyone, other accounts, identity providers that no
    /// condition narrows. Sorted, each once and as open as it is anywhere.
    pub fn open_principals(&self, own_account: &str) -> Vec<OpenPrincipal> {
        trust::open_principals(&self.statements, own_account)
    }

    /// Whom a trust policy lets in, as written: each on its terms.
    pub fn trusted(&self) -> BTreeSet<Trusted> {
        trusted::trusted(&self.statements)
    }

    /// The users and roles of `own_account` that a trust policy names, as written and sorted; the account itself is left
    /// out.
    pub fn named_insiders(&self, own_account: &str) -> BTreeSet<String> {
        trust::named_insiders(&self.statements, own_account)
    }

    /// Whether a trust policy lets in `own_account` itself: whoever of it may call sts:AssumeRole.
    pub fn lets_in_account(&self, own_account: &str) -> bool {
        trust::lets_in_account(&self.statements, own_account)
    }

    /// The services of AWS that a trust policy lets in, sorted.
    pub fn named_services(&self) -> BTreeSet<String> {
        trust::named_services(&self.statements)
    }

    /// The identity providers that a trust policy lets in for some of their subjects, each with these, sorted.
    pub fn named_providers(&self) -> BTreeSet<String> {
        trust::named_providers(&self.statements)
    }

    /// Whom a resource policy lets in from outside of `own_account`.
    pub fn outsiders(&self, own_account: &str) -> Outsiders {
        resource::outsiders(&self.statements, own_account)
    }

    /// What the document grants at its widest.
    pub fn grant(&self) -> Grant {
        if self.only_denies() {
            Grant::DenyOnly
        } else if !self.escalations().is_empty() {
            // What leads out through Identity Center is nothing in most accounts.
            let is_everything = || reach::covers_most(self) && !reach::in_account(self).is_empty();
            if is_everything() { Grant::Admin } else { Grant::Escalation }
        } else if let Some(grant) = at_will::granted(self) {
            grant
        } else if !self.whole_services().is_empty() || self.all_but_on_all_resources() {
            Grant::FullService
        } else {
            Grant::Other
        }
    }

    /// The statements that give [`Policy::grant`], by their places from 0: the first that gives it alone, with every `Deny`
    /// beside it; where none does, statements of which none can be left out. Empty of [`Grant::Other`] and less, which no
    /// statement in particular gives.
    pub fn widest_statements(&self) -> Vec<usize> {
        widest::statements(self)
    }

    /// Statements that allow on every resource without a condition that narrows.
    fn unconditional(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| {
            statement.is_allow()
                && idle::narrowing_keys(&statement.condition, Asker::Holder).is_empty()
                && statement.is_of_everything()
        })
    }

    fn all_but_on_all_resources(&self) -> bool {
        self.unconditional().any(|statement| matches!(statement.actions, Listed::AllBut(_)))
    }
}

/// `*` or `*:*`.
fn is_any_action(action: &str) -> bool {
    only_stars(action) || action.split_once(':').is_some_and(|(service, name)| only_stars(service) && only_stars(name))
}

/// The service of `service:*`.
fn whole_service(action: &str) -> Option<&str> {
    let (service, name) = action.split_once(':')?;
    (only_stars(name) && !service.contains(['*', '?'])).then_some(service)
}

#[cfg(test)]
mod tests;
