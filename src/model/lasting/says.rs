//! What a record says: the names in its parameters and its response, and whether it says what a table of changes asks for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What a record says under the names of members.
pub(super) type Named = BTreeMap<String, BTreeSet<String>>;

/// What a record says under these names, in its parameters and its response, at any depth.
///
/// A call of IAM that names no user is about the user that calls. Source: IAM API reference, `DeactivateMFADevice` and others,
/// UserName.
pub(super) fn named(record: &Value, names: &[&str]) -> Named {
    let mut found = Named::new();
    for document in ["requestParameters", "responseElements"] {
        if let Some(document) = record.get(document) {
            within(document, names, &mut found);
        }
    }
    let is_of_iam = || record.get("eventSource").and_then(Value::as_str) == Some("iam.amazonaws.com");
    if names.contains(&"userName") && !found.contains_key("userName") && is_of_iam() {
        let identity = record.get("userIdentity").filter(|identity| identity["type"] == "IAMUser");
        let own = identity.and_then(|identity| identity.get("userName")?.as_str());
        found.extend(own.map(|own| ("userName".to_owned(), BTreeSet::from([own.to_owned()]))));
    }
    found
}

fn within(value: &Value, names: &[&str], found: &mut Named) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if names.contains(&name.as_str()) {
                    let mut texts = BTreeSet::new();
                    leaves(member, &mut texts);
                    if !texts.is_empty() {
                        found.entry(name.clone()).or_default().append(&mut texts);
                    }
                }
                within(member, names, found);
            }
        }
        Value::Array(members) => members.iter().for_each(|member| within(member, names, found)),
        _ => {}
    }
}

/// The texts and numbers that a member is, or lists.
fn leaves(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if !text.is_empty() => drop(into.insert(text.clone())),
        Value::Number(number) => drop(into.insert(number.to_string())),
        Value::Array(members) => members.iter().for_each(|member| leaves(member, into)),
        _ => {}
    }
}

/// Whether the parameters of a call say something: `status:Active` that a member of that name is so, `a|b:c|d` that one of
/// them is one of these, with a `*` at an end for anything, `?name` that there is such a member; `!` before it that they
/// do not. Upper and lower case are one.
pub(super) fn is_said(record: &Value, what: &str) -> bool {
    if let Some(what) = what.strip_prefix('!') {
        return !is_said(record, what);
    }
    let Some(parameters) = record.get("requestParameters") else { return false };
    if let Some(name) = what.strip_prefix('?') {
        return is_within(parameters, &|known, value| known == name && !value.is_null());
    }
    let Some((names, values)) = what.split_once(':') else { return false };
    let is_one = |text: &str| values.split('|').any(|value| is_like(text, value));
    is_within(parameters, &|known, value| names.split('|').any(|name| name == known) && is_text(value, &is_one))
}

/// Whether root made a call about itself that worked: one of IAM that names no user, or one of the sign-in page. The console may
/// name root as a user, `AWS ROOT USER`.
///
/// Source: CloudTrail user guide, "AWS Management Console sign-in events", events of the root user.
pub(super) fn is_of_root(record: &Value) -> bool {
    let said = |document: &str, name: &str| record.get(document).and_then(|document| document.get(name)?.as_str());
    let event = record.get("eventName").and_then(Value::as_str).unwrap_or_default();
    said("userIdentity", "type") == Some("Root")
        && matches!(said("requestParameters", "userName"), None | Some("" | "AWS ROOT USER"))
        && said("responseElements", event) != Some("Failure")
}

/// Whether a mark of a table is about what a call says, and not about what it names.
pub(super) fn is_saying(mark: &str) -> bool {
    mark.starts_with('?') || mark.contains(':')
}

fn is_within(value: &Value, is_found: &dyn Fn(&str, &Value) -> bool) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, member)| is_found(name, member) || is_within(member, is_found))
        }
        Value::Array(members) => members.iter().any(|member| is_within(member, is_found)),
        _ => false,
    }
}

fn is_text(value: &Value, is_one: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_one(text),
        Value::Bool(is_so) => is_one(if *is_so { "true" } else { "false" }),
        Value::Array(members) => members.iter().any(|member| is_text(member, is_one)),
        _ => false,
    }
}

fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_ascii_lowercase(), pattern.to_ascii_lowercase());
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => text.contains(pattern.trim_matches('*')),
        (Some(end), None) => text.ends_with(end),
        (None, Some(begin)) => text.starts_with(begin),
        (None, None) => text == pattern,
    }
}

/// Whether two texts name the same: one may be the ARN of the other.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let is_arn_of = |arn: &str, name: &str| {
        let rest = arn.strip_suffix(name).filter(|_| arn.starts_with("arn:"));
        rest.is_some_and(|rest| rest.ends_with([':', '/']))
    };
    one == other || is_arn_of(one, other) || is_arn_of(other, one) || is_secret(one, other) || is_secret(other, one)
}

/// Whether an ARN is that of the secret of this name: six letters and digits follow the name.
///
/// Source: AWS Secrets Manager user guide, "What's in a Secrets Manager secret?"
fn is_secret(arn: &str, name: &str) -> bool {
    let rest = arn.split_once(":secret:").and_then(|(_, rest)| rest.strip_prefix(name)?.strip_prefix('-'));
    rest.is_some_and(|rest| rest.len() == 6 && !name.is_empty())
}

/// Names, without the ARN of one that is there by its name, too.
pub(super) fn each_once(names: &BTreeSet<String>) -> impl Iterator<Item = &str> {
    names
        .iter()
        .map(String::as_str)
        .filter(|arn| !names.iter().any(|name| arn.len() > name.len() && is_same(arn, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_says() {
        let record = serde_json::json!({"requestParameters": {"status": "Active", "x": {"enable": false, "a": ["One", "Two"]},
            "policyArn": "arn:aws:iam::aws:policy/AWSDenyAll", "gone": null}});
        for said in [
            "status:active",
            "!status:Inactive",
            "enable:false",
            "enable|other:true|false",
            "a:two",
            "?x",
            "!?gone",
            "policyArn:*/AWSDenyAll",
            "policyArn:arn:*",
            "policyArn:*Deny*",
        ] {
            assert!(is_said(&record, said), "{said}");
        }
        for unsaid in ["status:Inactive", "enable:true", "?gone", "?enabled", "policyArn:AWSDenyAll", "!?x", "status"] {
            assert!(!is_said(&record, unsaid), "{unsaid}");
        }
        assert!(!is_said(&serde_json::json!({"responseElements": {"status": "Active"}}), "status:Active"));
    }
}
