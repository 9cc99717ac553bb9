//! Conditions that whoever holds a policy can come to meet: MFA, an address range, an own name, a date.
//!
//! They keep somebody out, so a document that allows everything under one of them is not [`Grant::Admin`]. But they keep out
//! nobody who holds the user or role for good: a thief who owns a user types its code or registers a device, whoever writes
//! the policy picks the range, and a name is met by the one who has it. So it is no small grant either:
//! [`Grant::AdminOnCondition`]. An administrator who must use MFA is what AWS advises, so this is always milder than everything
//! without a condition.
//!
//! Conditions on what is called, or on what it is called for (regions, tags, services, prefixes), take part of the rights
//! away from everybody and are left in place.
//!
//! Source: IAM user guide, "AWS global condition context keys": properties of the principal, of the role session and of the
//! network; "IAM: Allows IAM users to self-manage an MFA device".

use std::collections::BTreeSet;

use super::idle::{is_negated, plain_operator};
use super::{Grant, Policy, reach};

/// Keys that say who calls, with what in hand, from where or when: not what is called.
const ABOUT_CALLER: [&str; 9] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalarn",
    "aws:sourceip",
    "aws:tokenissuetime",
    "aws:userid",
    "aws:username",
];

/// How keys begin that hold a tag of who calls.
const TAG: &str = "aws:principaltag/";

/// What a document grants to whoever meets the conditions about the caller; `None` where that is not everything.
pub(super) fn granted(policy: &Policy) -> Option<Grant> {
    let mut relaxed = policy.clone();
    let mut is_changed = false;
    for statement in relaxed.statements.iter_mut().filter(|statement| statement.is_allow()) {
        for (operator, keys) in &mut statement.condition {
            let before = keys.len();
            keys.retain(|key, values| !is_at_will((operator, key), values));
            is_changed |= keys.len() < before;
        }
        statement.condition.retain(|_, keys| !keys.is_empty());
    }
    let is_everything = || !reach::in_account(&relaxed).is_empty() && reach::covers_most(&relaxed);
    (is_changed && is_everything()).then_some(Grant::AdminOnCondition)
}

/// Whether one test is met by somebody who holds the policy. MFA that must be absent, and an exception, are not looked at.
fn is_at_will((operator, key): (&str, &str), values: &BTreeSet<String>) -> bool {
    let (plain, _) = plain_operator(operator);
    let asks_for = |word: &str| values.iter().all(|value| value.eq_ignore_ascii_case(word));
    let is_tag = key.starts_with(TAG) && !values.iter().any(|value| value.contains("${"));
    (ABOUT_CALLER.contains(&key) || is_tag)
        && !is_negated(plain)
        && match plain {
            "bool" => asks_for("true"),
            "null" => asks_for("false"),
            _ => true,
        }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn grant(actions: Value, condition: Value) -> Grant {
        let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*", "Condition": condition });
        Policy::from_value(&json!({ "Version": "2012-10-17", "Statement": [statement] })).unwrap().grant()
    }

    #[test]
    fn everything_under_a_condition_about_the_caller() {
        for condition in [
            json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }),
            json!({ "Null": { "aws:MultiFactorAuthAge": "false" } }),
            json!({ "NumericLessThan": { "aws:MultiFactorAuthAge": "3600" } }),
            json!({ "IpAddress": { "aws:SourceIp": "198.51.100.66/32" } }),
            json!({ "DateLessThan": { "aws:CurrentTime": "2027-01-01T00:00:00Z" } }),
            json!({ "StringEquals": { "aws:username": "backup" } }),
            json!({ "ArnEquals": { "aws:PrincipalArn": "arn:aws:iam::111122223333:user/backup" } }),
            json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" }, "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } }),
            json!({ "StringEquals": { "aws:PrincipalTag/team": "ops" } }),
            json!({ "Null": { "aws:TokenIssueTime": "false" } }),
        ] {
            assert_eq!(grant(json!("*"), condition.clone()), Grant::AdminOnCondition, "{condition}");
        }
    }

    #[test]
    fn what_comes_near_it() {
        let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
        assert_eq!(grant(json!("s3:*"), mfa.clone()), Grant::Other, "not everything");
        assert_eq!(grant(json!("iam:CreateAccessKey"), mfa), Grant::Other, "a way there is not everything");
        for condition in [
            json!({ "StringEquals": { "aws:RequestedRegion": "eu-west-1" } }),
            json!({ "StringEquals": { "aws:ResourceTag/team": "ops" } }),
            json!({ "StringEquals": { "aws:PrincipalTag/team": "${aws:ResourceTag/team}" } }),
            json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" }, "StringEquals": { "aws:ResourceTag/team": "ops" } }),
        ] {
            assert_eq!(grant(json!("*"), condition.clone()), Grant::Other, "{condition}");
        }
        for condition in [
            json!({ "IpAddress": { "aws:SourceIp": "64.0.0.0/8" } }),
            json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }),
            json!({ "DateLessThan": { "aws:CurrentTime": "2099-01-01T00:00:00Z" } }),
            json!({ "Null": { "aws:TokenIssueTime": "true" } }),
        ] {
            assert_eq!(grant(json!("*"), condition.clone()), Grant::Admin, "no condition at all: {condition}");
        }
    }
}
