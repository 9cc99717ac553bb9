//! Long-lived credentials that are no access keys, as their own lists tell them.

use super::{BEARER_KEY, Look, MAX_AGE, OTHER_CREDENTIAL_TOO_OLD, SubjectKind, Violation};
use crate::model::quantity;
use crate::posture::{Dated, OtherCredential};

/// Services that take a name and a password. Those of all others (Amazon Bedrock, CloudWatch) are bearer keys: who has one
/// needs nothing else, and programs are what it is made for.
///
/// Source: IAM user guide, "Service-specific credentials for IAM users"; Amazon Bedrock user guide, "API keys"; Amazon
/// CloudWatch Logs user guide, "Setting up bearer token authentication" ("Restrict the use of API keys …").
const NAME_AND_PASSWORD: [&str; 2] = ["cassandra.amazonaws.com", "codecommit.amazonaws.com"];

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Vec<OtherCredential>>) -> Vec<Violation<'a>> {
    let is_over = |one: &OtherCredential| match (one.expires, look.moment(&part.source)) {
        (Some(expires), Some(moment)) => expires <= moment,
        _ => false,
    };
    let usable = part.value.iter().filter(|one| one.active && !is_over(one));
    usable.flat_map(|one| [too_old(look, part, one), bearer_key(look, part, one)]).flatten().collect()
}

fn too_old<'a>(
    look: Look<'a>,
    part: &'a Dated<Vec<OtherCredential>>,
    one: &'a OtherCredential,
) -> Option<Violation<'a>> {
    let days = look.age(one.created, &part.source).filter(|days| *days > look.number(&MAX_AGE))?;
    let detail = format!("{} of {} is {} old", what(one), one.user_name, quantity(days.unsigned_abs(), "day"));
    Some(found(look, (part, one), OTHER_CREDENTIAL_TOO_OLD, detail))
}

fn bearer_key<'a>(
    look: Look<'a>,
    part: &'a Dated<Vec<OtherCredential>>,
    one: &'a OtherCredential,
) -> Option<Violation<'a>> {
    if !is_bearer_key(one) {
        return None;
    }
    let end = one.expires.map_or_else(|| "never ends".to_owned(), |expires| format!("ends on {}", expires.day()));
    let detail = format!("{} of {} is active and {end}", what(one), one.user_name);
    Some(found(look, (part, one), BEARER_KEY, detail))
}

fn found<'a>(
    look: Look<'a>,
    (part, one): (&'a Dated<Vec<OtherCredential>>, &'a OtherCredential),
    rule: crate::report::Rule,
    detail: String,
) -> Violation<'a> {
    let found = look.breaks(rule, (one.id.as_str(), SubjectKind::Key), detail, &part.source);
    let found = look.since(found, one.created).with("user_name", one.user_name.as_str());
    found.with("service", one.service.as_str()).with("expires", one.expires.map(|time| time.to_string()))
}

fn is_bearer_key(one: &OtherCredential) -> bool {
    !one.service.is_empty() && !NAME_AND_PASSWORD.contains(&one.service.as_str())
}

/// `an SSH key`, `a credential for codecommit.amazonaws.com`.
fn what(one: &OtherCredential) -> String {
    match one.service.as_str() {
        "" => "an SSH key".to_owned(),
        service if is_bearer_key(one) => format!("a bearer key for {service}"),
        service => format!("a credential for {service}"),
    }
}
