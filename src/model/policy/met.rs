//! Conditions that narrow, but not the one call that matters: a list of regions that holds IAM's, a pattern of services that
//! any matches, a list of policies that has the administrator's.

use std::collections::BTreeSet;

use super::Condition;
use super::idle::{Asker, is_negated, narrows, plain_operator, tests};
use super::pattern::matches;

/// A call as conditions are asked about it.
#[derive(Clone, Copy)]
pub(super) struct Call<'c> {
    pub partition: &'c str,
    /// `iam:PassRole`.
    pub action: &'c str,
    /// The services that a role is passed to: `lambda.amazonaws.com`.
    pub passed_to: &'c [&'c str],
}

/// Whether no test of `condition` keeps whoever holds the policy from the call.
///
/// Known misses: MFA, addresses and dates are taken for narrow, whoever meets them.
pub(super) fn is_met(call: Call<'_>, condition: &Condition) -> bool {
    tests(condition).all(|(test, values)| !narrows(test, values, Asker::Holder) || allows_call(call, test, values))
}

fn allows_call(call: Call<'_>, (operator, key): (&str, &str), values: &BTreeSet<String>) -> bool {
    let Call { partition, action, passed_to } = call;
    let (plain, _) = plain_operator(operator);
    let is_pattern = matches!(plain, "stringlike" | "arnlike" | "arnequals");
    if is_negated(plain) || !is_pattern && !matches!(plain, "stringequals" | "stringequalsignorecase") {
        return false;
    }
    let holds = |text: &str| {
        values.iter().any(|value| if is_pattern { matches(value, text) } else { value.eq_ignore_ascii_case(text) })
    };
    match key {
        "aws:requestedregion" => action.starts_with("iam:") && holds(region_of_iam(partition)),
        "iam:passedtoservice" => {
            let any = ["zz9zz9zz9.amazonaws.com", "zz9zz9zz9.amazonaws.com.cn"];
            action == "iam:PassRole" && any.iter().chain(passed_to).any(|service| holds(service))
        }
        "iam:policyarn" => {
            let of_aws = |name| format!("arn:{partition}:iam::aws:policy/{name}");
            is_attaching(action) && ["AdministratorAccess", "IAMFullAccess"].map(of_aws).iter().any(|arn| holds(arn))
        }
        _ => false,
    }
}

/// The calls that have the key `iam:PolicyARN`, of those that give rights.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS IAM".
fn is_attaching(action: &str) -> bool {
    ["iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy"].contains(&action)
}

/// The region in which all of a partition's calls of IAM are made.
///
/// Source: IAM user guide, "AWS global condition context keys", aws:RequestedRegion; AWS General Reference, "AWS Identity
/// and Access Management endpoints and quotas"; for the sovereign and the isolated partitions botocore, `data/iam`,
/// endpoint-rule-set-1 (signingRegion).
fn region_of_iam(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        _ => "us-east-1",
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn met(action: &str, operator: &str, key: &str, value: &str) -> bool {
        let keys = [(key.to_lowercase(), BTreeSet::from([value.to_owned()]))].into();
        let condition = [(operator.to_lowercase(), keys)].into();
        let passed_to: &[&str] = &["lambda.amazonaws.com"];
        let of = |partition| Call { partition, action, passed_to };
        ["aws", "aws-cn", "aws-us-gov", "aws-eusc"].into_iter().any(|partition| is_met(of(partition), &condition))
    }

    #[test]
    fn what_a_call_meets_and_what_comes_near() {
        for (action, operator, key, value) in [
            ("iam:CreateAccessKey", "StringEquals", "aws:RequestedRegion", "us-east-1"),
            ("iam:CreateAccessKey", "StringEquals", "aws:RequestedRegion", "cn-north-1"),
            ("iam:CreateAccessKey", "StringEquals", "aws:RequestedRegion", "eusc-de-east-1"),
            ("iam:CreateAccessKey", "ForAnyValue:StringLike", "aws:RequestedRegion", "us-*"),
            ("iam:PassRole", "StringLike", "iam:PassedToService", "*.amazonaws.com"),
            ("iam:PassRole", "StringEquals", "iam:PassedToService", "lambda.amazonaws.com"),
            ("iam:AttachUserPolicy", "ArnEquals", "iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess"),
            ("iam:AttachRolePolicy", "ArnLike", "iam:PolicyARN", "arn:aws:iam::aws:policy/*"),
            ("iam:AttachGroupPolicy", "StringEquals", "iam:PolicyARN", "arn:aws:iam::aws:policy/IAMFullAccess"),
        ] {
            assert!(met(action, operator, key, value), "{action} {operator} {key} {value}");
        }
        for (action, operator, key, value) in [
            ("iam:CreateAccessKey", "StringEquals", "aws:RequestedRegion", "eu-west-1"),
            ("iam:CreateAccessKey", "StringEquals", "aws:RequestedRegion", "us-*"),
            ("s3:DeleteBucket", "StringEquals", "aws:RequestedRegion", "us-east-1"),
            ("iam:PassRole", "StringLike", "iam:PassedToService", "ec2*.amazonaws.com"),
            ("iam:PassRole", "StringEquals", "iam:PassedToService", "*.amazonaws.com"),
            ("iam:CreateAccessKey", "StringLike", "iam:PassedToService", "*.amazonaws.com"),
            ("iam:AttachUserPolicy", "ArnEquals", "iam:PolicyARN", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("iam:AttachUserPolicy", "StringEquals", "iam:PolicyARN", "arn:aws:iam::aws:policy/*"),
            ("iam:PutUserPolicy", "ArnEquals", "iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess"),
            ("iam:CreateAccessKey", "Bool", "aws:MultiFactorAuthPresent", "true"),
            ("iam:CreateAccessKey", "IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ] {
            assert!(!met(action, operator, key, value), "{action} {operator} {key} {value}");
        }
    }
}
