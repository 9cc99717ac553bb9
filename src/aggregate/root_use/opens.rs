//! Whether a resource policy that root writes lets everybody in: no task that needs root does that.
//!
//! Source: IAM user guide, "AWS JSON policy elements: Principal" (`*` with Allow is anyone) and "Global condition context
//! keys". Known misses: a condition on a key that is not in the list is taken as none, one on a wide range of addresses as
//! narrow; access control lists and public access blocks are no task that needs root anyway.

use crate::model::{Condition, Event, Policy, Statement, members};

/// Condition keys that narrow who is let in, in lower case.
const NARROWING: [&str; 16] = [
    "aws:calledvia",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
];

/// Whether `event` is a call that writes a policy of a bucket or queue, and the policy allows everybody something.
pub(super) fn opens_to_everybody(event: &Event<'_>) -> bool {
    let document = match (event.event_source, event.event_name) {
        ("s3.amazonaws.com", "PutBucketPolicy") => members(event.request_parameters, ["bucketPolicy"])[0],
        ("sqs.amazonaws.com", "SetQueueAttributes") => {
            let [attributes] = members(event.request_parameters, ["attributes"]);
            members(attributes.json(), ["Policy"])[0]
        }
        _ => return false,
    };
    Policy::read(document.json()).is_ok_and(|policy| policy.statements().iter().any(lets_everybody_in))
}

fn lets_everybody_in(statement: &Statement) -> bool {
    let Some(principals) = &statement.principals else { return false };
    let is_anyone = principals.is_not || principals.by_kind.get("AWS").is_some_and(|values| values.contains("*"));
    statement.is_allow() && is_anyone && !is_narrow(&statement.condition)
}

fn is_narrow(condition: &Condition) -> bool {
    let is_everything = |value: &String| matches!(value.as_str(), "*" | "0.0.0.0/0" | "::/0" | "arn:aws:iam::*:*");
    let narrows = |(key, values): (&String, &std::collections::BTreeSet<String>)| {
        NARROWING.contains(&key.as_str()) && !values.iter().any(is_everything)
    };
    condition.values().flatten().any(narrows)
}
