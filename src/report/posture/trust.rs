//! Whom roles let in from outside their account.

use std::collections::BTreeSet;

use serde_json::json;

use super::documents::is_kept_by_aws;
use super::violation::some_of;
use super::{Look, NOT_JUDGED, SubjectKind, TRUSTS_ANYONE, TRUSTS_OTHER_ACCOUNT, Violation};
use crate::model::{Grant, OpenPrincipal, OpenTo};
use crate::posture::{Authorization, Dated, Role};
use crate::report::{Rule, Severity};

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Authorization>) -> Vec<Violation<'a>> {
    let roles = part.value.roles.iter().flatten().filter(|(_, role)| !is_kept_by_aws(role));
    roles.flat_map(|(name, role)| of_role(look, part, (name, role))).collect()
}

fn of_role<'a>(
    look: Look<'a>,
    part: &'a Dated<Authorization>,
    (name, role): (&'a String, &'a Role),
) -> Vec<Violation<'a>> {
    let breaks = |rule, detail: String| look.breaks(rule, (role.arn.as_str(), SubjectKind::Role), detail, &part.source);
    let trust = match &role.trust {
        Ok(trust) => trust,
        Err(error) => return vec![breaks(NOT_JUDGED, format!("the trust policy of {name}: {error}"))],
    };
    let (guests, open): (Vec<_>, Vec<_>) =
        trust.open_principals(look.account_id).into_iter().partition(|open| open.open_to == OpenTo::Guests);
    let (anyone, others): (Vec<_>, Vec<_>) = open.into_iter().partition(OpenPrincipal::is_anyone);
    let mut found = Vec::new();
    if !guests.is_empty() {
        let grant = part.value.role_grant(role);
        let detail = format!(
            "{name} trusts {}: anybody on the internet has it, and {}",
            some_of(&guests.iter().map(say).collect::<Vec<_>>()),
            granted(grant)
        );
        let rule = Rule { severity: of_guests(grant), ..TRUSTS_ANYONE };
        found.push(breaks(rule, detail).with("principals", evidence(&guests)).with("grant", grant.as_str()));
    }
    if !anyone.is_empty() {
        let detail = format!("{name} trusts {}", some_of(&anyone.iter().map(say).collect::<Vec<_>>()));
        found.push(breaks(TRUSTS_ANYONE, detail).with("principals", evidence(&anyone)));
    }
    if !others.is_empty() {
        let detail = format!("{name} trusts {}", some_of(&others.iter().map(say).collect::<Vec<_>>()));
        found.push(breaks(TRUSTS_OTHER_ACCOUNT, detail).with("principals", evidence(&others)));
    }
    found.into_iter().map(|violation| look.since(violation, role.created)).collect()
}

/// How much it matters that anybody has what a role is granted, which is how apps without sign-in are meant to work.
fn of_guests(grant: Grant) -> Severity {
    match grant {
        Grant::Admin | Grant::Escalation => Severity::High,
        Grant::AdminOnCondition | Grant::FullService | Grant::NotJudged => Severity::Medium,
        Grant::Other | Grant::DenyOnly => Severity::Low,
    }
}

fn granted(grant: Grant) -> &'static str {
    match grant {
        Grant::Admin | Grant::Escalation | Grant::AdminOnCondition => "it is administrator, or can become one",
        Grant::FullService => "it may do all that a service can",
        Grant::NotJudged => "what it may do is not known",
        Grant::Other | Grant::DenyOnly => "it is granted less than a whole service",
    }
}

fn say(open: &OpenPrincipal) -> String {
    let whom = match open.open_to {
        OpenTo::Anyone if open.principal == "NotPrincipal" => "anyone but those that it names".to_owned(),
        OpenTo::Anyone => "anyone".to_owned(),
        OpenTo::OtherAccount if open.account_id == open.principal => format!("account {}", open.account_id),
        OpenTo::OtherAccount => open.principal.clone(),
        OpenTo::Guests if open.pools.is_empty() => format!("guests of {}", open.principal),
        OpenTo::Guests => {
            format!("guests of the identity pool {}", some_of(&Vec::from_iter(open.pools.iter().cloned())))
        }
        OpenTo::AnySubject => format!("whomever {} vouches for, whoever that is", open.principal),
        OpenTo::Federation => format!("whomever {} vouches for", open.principal),
    };
    let listed = |keys: &BTreeSet<String>| keys.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    match (open.condition_keys.is_empty(), open.idle_keys.is_empty()) {
        (false, _) => format!("{whom} (if {})", listed(&open.condition_keys)),
        (true, false) => format!("{whom} (the condition on {} keeps nobody out)", listed(&open.idle_keys)),
        (true, true) => whom,
    }
}

fn evidence(principals: &[OpenPrincipal]) -> serde_json::Value {
    let one = |open: &OpenPrincipal| json!({ "principal": open.principal, "condition_keys": open.condition_keys, "idle_keys": open.idle_keys });
    principals.iter().map(one).collect()
}
