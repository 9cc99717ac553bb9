//! Whom a resource policy (of a bucket, key, secret, queue) lets in from outside of the account.

use std::collections::{BTreeMap, BTreeSet};

use super::idle::{Asker, is_negated, narrows, plain_operator, tests};
use super::pattern::matches;
use super::trust::is_for_all;
use super::{Condition, Listed, Statement, only_stars};
use crate::model::{Arn, SourceAddress, is_account_id};

/// Who is let in from outside of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outsiders {
    /// Whether anybody is, without a condition that says who or whence.
    pub anyone: bool,
    /// Other accounts, each with whether a condition narrows it further wherever it is named.
    pub accounts: BTreeMap<String, bool>,
    /// Organizations (`o-…`) that a condition holds everybody, or a service, to. Whether the account is in one of them is not
    /// in the policy.
    pub organizations: BTreeSet<String>,
    /// Address ranges, VPCs and VPC endpoints (`203.0.113.9/32`, `vpce-…`) that a condition holds everybody to, and nothing but
    /// them. Whose they are is not in the policy.
    pub networks: BTreeSet<String>,
}

/// Condition keys that say who asks, or from where.
const WHO: [&str; 21] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpcsourceip",
    "elasticfilesystem:accessedviamounttarget",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sts:externalid",
];

/// Those whose value is an account, or an ARN that has one.
const ACCOUNT: [&str; 7] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
];

/// Those whose value is an organization, or a path in one that begins with it.
const ORGANIZATION: [&str; 4] =
    ["aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"];

/// Those that say whence, not who.
const WHENCE: [&str; 4] = ["aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"];

/// Actions by which somebody only brings something in: how other accounts, those of AWS's own load balancers among them,
/// deliver logs and messages.
///
/// Source: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer"; Amazon Redshift
/// management guide, "Database audit logging".
const DELIVERS: [&str; 13] = [
    "events:putevents",
    "firehose:putrecord",
    "firehose:putrecordbatch",
    "kinesis:putrecord",
    "kinesis:putrecords",
    "s3:abortmultipartupload",
    "s3:getbucketacl",
    "s3:getbucketlocation",
    "s3:putobject",
    "s3:putobjectacl",
    "s3:putobjecttagging",
    "sns:publish",
    "sqs:sendmessage",
];

/// What a service needs beside [`DELIVERS`] to deliver: it looks whether the bucket is there, and asks for keys that it
/// encrypts with. To decrypt is not part of it.
///
/// Source: AWS Config developer guide, "Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel"
/// (s3:ListBucket); AWS CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail" (kms:GenerateDataKey*,
/// kms:DescribeKey).
const SERVICES_DELIVER: [&str; 6] = [
    "kms:describekey",
    "kms:encrypt",
    "kms:generatedatakey",
    "kms:generatedatakey*",
    "kms:generatedatakeywithoutplaintext",
    "s3:listbucket",
];

/// An account, or an organization, for which a service may come in is one that is narrowed, since only the service comes.
///
/// Known misses: services without a source, which any account may have call (the confused deputy), and canonical user ids;
/// what a `Deny` takes back action by action.
///
/// Source: IAM user guide, "AWS JSON policy elements: Principal", "Cross-account policy evaluation logic", "The confused
/// deputy problem" and "AWS global condition context keys"; KMS developer guide, "AWS KMS condition keys"
/// (kms:CallerAccount).
pub(super) fn outsiders(statements: &[Statement], own_account: &str) -> Outsiders {
    let mut found = Outsiders::default();
    for statement in statements.iter().filter(|statement| statement.is_allow()) {
        let Some(principals) = &statement.principals else { continue };
        let guards: Vec<&Statement> = statements.iter().filter(|deny| guards(deny, statement)).collect();
        let is_narrow = |account| !guards.is_empty() || says_who(&statement.condition, account);
        let of_aws = principals.by_kind.get("AWS").into_iter().flatten().filter(|_| !principals.is_not);
        let named: BTreeSet<&str> = of_aws.clone().filter_map(|value| account_of(value)).collect();
        let is_open = principals.is_not || of_aws.clone().any(|value| value == "*");
        let asked = if is_open { accounts_of(&statement.condition) } else { Some(BTreeSet::new()) };
        for account in named.iter().chain(asked.iter().flatten()) {
            found.add(account, own_account, (is_narrow(Some(account)), delivers(statement)));
        }
        found.anyone |= asked.is_none() && !is_narrow(None);
        let is_service = !principals.is_not && principals.by_kind.contains_key("Service");
        if is_service && !services_deliver(statement) {
            for account in accounts_of(&statement.condition).iter().flatten() {
                found.add(account, own_account, (true, false));
            }
        }
        if is_open && asked.is_none() && !delivers(statement) {
            found.organizations.extend(organizations_of(statement, &guards));
            found.networks.extend(networks_of(statement, &guards));
        } else if is_service && !services_deliver(statement) {
            // Who denies all but an organization, mostly lets services through.
            found.organizations.extend(organizations_of(statement, &[]));
        }
    }
    found
}

impl Outsiders {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        !self.anyone && self.accounts.is_empty() && self.organizations.is_empty() && self.networks.is_empty()
    }

    fn add(&mut self, account: &str, own_account: &str, (is_narrow, delivers): (bool, bool)) {
        if account != own_account && !delivers {
            let narrow = self.accounts.entry(account.to_owned()).or_insert(is_narrow);
            *narrow &= is_narrow;
        }
    }
}

/// The account of a principal; `None` for what is none of an account, such as CloudFront's and ids of the deleted.
fn account_of(value: &str) -> Option<&str> {
    let account = Arn::parse(value).map_or(value, |arn| arn.account_id);
    is_account_id(account).then_some(account)
}

/// Whether a condition says who or whence: for anybody, or for an account that is named, of which it has to say more.
fn says_who(condition: &Condition, account: Option<&str>) -> bool {
    tests(condition).any(|(test, values)| {
        let is_narrow = || narrows(test, values, Asker::Stranger) || names_source(test, values);
        let says_more = |account| !only_names(account, (test, values));
        WHO.contains(&test.1) && is_narrow() && account.is_none_or(says_more)
    })
}

/// Whether a test says no more than that `account` is meant: by its id, or by an ARN that stands for all of its users or
/// roles. It gives the same as the account for a principal.
///
/// Source: IAM user guide, "AWS global condition context keys", aws:PrincipalAccount and aws:PrincipalArn; KMS developer
/// guide, "AWS KMS condition keys", kms:CallerAccount.
fn only_names(account: &str, (test, values): ((&str, &str), &BTreeSet<String>)) -> bool {
    let is_named = values.iter().any(|value| account_of(value) == Some(account));
    match test.1 {
        "aws:principalaccount" | "kms:calleraccount" => is_named,
        "aws:principalarn" => is_named && !narrows(test, values, Asker::Holder),
        _ => false,
    }
}

/// Whether a condition names what a service calls for, be its account open: a bucket's ARN has none, and its name is nobody
/// else's. Of most services a name ends the ARN and `distribution/*` is anybody's; of buckets and APIs it comes first.
///
/// Source: Service Authorization Reference, resource types of Amazon S3 and of Amazon API Gateway.
fn names_source((operator, key): (&str, &str), values: &BTreeSet<String>) -> bool {
    let (plain, needs_no_key) = plain_operator(operator);
    let is_name = |arn: Arn<'_>| match arn.service {
        "s3" | "execute-api" => true,
        _ => !arn.resource.rsplit(['/', ':']).next().is_some_and(only_stars),
    };
    let is_named =
        |value: &String| Arn::parse(value).is_some_and(|arn| !arn.resource.starts_with(['*', '?']) && is_name(arn));
    key == "aws:sourcearn" && !is_negated(plain) && !needs_no_key && values.iter().all(is_named)
}

/// The accounts that a condition asks for, where it asks for any.
fn accounts_of(condition: &Condition) -> Option<BTreeSet<&str>> {
    let mut asked = tests(condition).filter_map(|((operator, key), values)| {
        let (plain, needs_no_key) = plain_operator(operator);
        let is_asked = ACCOUNT.contains(&key) && !is_negated(plain) && !needs_no_key;
        let accounts: Option<BTreeSet<&str>> = values.iter().map(|value| account_of(value)).collect();
        accounts.filter(|accounts| is_asked && !accounts.is_empty())
    });
    asked.next()
}

/// The organizations that a statement is for: those that its condition asks for, or that a `Deny` of all others leaves.
fn organizations_of(allow: &Statement, guards: &[&Statement]) -> BTreeSet<String> {
    let asked = tests(&allow.condition).filter(|((operator, _), _)| {
        let (plain, needs_no_key) = plain_operator(operator);
        !is_negated(plain) && !needs_no_key
    });
    let left = guards.iter().flat_map(|deny| tests(&deny.condition)).filter(|((operator, _), _)| is_negated(operator));
    let of_key = asked.chain(left).filter(|((_, key), _)| ORGANIZATION.contains(key));
    of_key.flat_map(|(_, values)| values).filter_map(|value| organization_of(value)).map(str::to_owned).collect()
}

/// The networks that a statement is for, where nothing else says who: its condition asks for them, or a `Deny` of all others
/// leaves them. Private addresses are left out; what they are in is for the VPC to say.
fn networks_of(allow: &Statement, guards: &[&Statement]) -> BTreeSet<String> {
    let is_said = |((operator, key), values): &((&str, &str), &BTreeSet<String>)| {
        let is_plain = !is_negated(plain_operator(operator).0);
        is_plain && WHO.contains(key) && (narrows((operator, key), values, Asker::Stranger))
    };
    let asked: Vec<_> = tests(&allow.condition).filter(is_said).collect();
    let is_whence = |((_, key), _): &((&str, &str), &BTreeSet<String>)| WHENCE.contains(key);
    let mut of_guards: Vec<Vec<_>> = Vec::new();
    for &deny in guards {
        of_guards.push(tests(&deny.condition).filter(|((operator, _), _)| is_negated(operator)).collect());
    }
    // Who is named as well is told as that.
    let is_named = !asked.iter().all(is_whence) || of_guards.iter().any(|left| !left.iter().any(is_whence));
    let all = asked.into_iter().chain(of_guards.into_iter().flatten()).filter(is_whence);
    let values = all.filter(|_| !is_named).flat_map(|(_, values)| values);
    let is_private = |value: &&String| SourceAddress::parse(value.split('/').next().unwrap_or_default()).is_private();
    values.filter(|value| !is_private(value)).cloned().collect()
}

/// The organization of an id or a path of one: `o-exampleorgid/r-…/ou-…/*`.
///
/// Source: AWS Organizations API reference, Organization, Id (pattern `o-[a-z0-9]{10,32}`).
pub fn organization_of(value: &str) -> Option<&str> {
    let id = value.split('/').next()?;
    let is_one = id.strip_prefix("o-").is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    is_one.then_some(id)
}

fn delivers(statement: &Statement) -> bool {
    does_only(statement, |action| DELIVERS.contains(&action))
}

fn services_deliver(statement: &Statement) -> bool {
    does_only(statement, |action| DELIVERS.contains(&action) || SERVICES_DELIVER.contains(&action))
}

fn does_only(statement: &Statement, is_meant: impl Fn(&str) -> bool) -> bool {
    match &statement.actions {
        Listed::Only(actions) => actions.iter().all(|action| is_meant(&action.to_ascii_lowercase())),
        Listed::AllBut(_) | Listed::Absent => false,
    }
}

/// Whether a `Deny` turns everybody away from all that is allowed, but for some: `Deny * if StringNotEquals
/// aws:PrincipalOrgID`. Its tests are joined by AND, so that each one lets somebody through: with `aws:SecureTransport`
/// `false` beside it, whoever uses HTTPS.
///
/// Known miss: a `Deny` of the resource's own ARN beside what is allowed on `*`, which a resource policy takes for the same,
/// does not count.
///
/// Source: IAM user guide, "Conditions with multiple context keys or values".
fn guards(deny: &Statement, allow: &Statement) -> bool {
    let covers_actions = match (&deny.actions, &allow.actions) {
        (Listed::Only(denied), Listed::Only(allowed)) => allowed.iter().all(|action| is_covered(denied, action)),
        (Listed::Only(denied), Listed::AllBut(others)) => others.iter().all(|other| {
            let service = other.split(':').next().unwrap_or_default();
            is_covered(denied, &format!("{service}:*"))
        }),
        _ => false,
    };
    let covers_resources = match (&deny.resources, &allow.resources) {
        (Listed::Absent, _) => true,
        (Listed::Only(denied), Listed::Only(allowed)) => allowed.iter().all(|resource| is_covered(denied, resource)),
        (Listed::Only(denied), _) => is_covered(denied, "*"),
        (Listed::AllBut(_), _) => false,
    };
    let covers = covers_actions && covers_resources;
    !deny.is_allow() && is_for_all(deny) && covers && tests(&deny.condition).all(exempts_some)
}

/// Whether one of the patterns stands for all that `pattern` does.
fn is_covered(patterns: &[String], pattern: &str) -> bool {
    let covers =
        |wide: &String| wide == pattern || matches(wide, pattern) && !(wide.contains('?') && pattern.contains('*'));
    patterns.iter().any(covers)
}

/// Whether a test of a `Deny` holds for all but some who are named, or but for AWS's own services and the roles that only
/// these can use.
///
/// Source: IAM user guide, "AWS global condition context keys" (aws:PrincipalIsAWSService and aws:ViaAWSService are in every
/// request) and "Create a service-linked role"; IAM API reference, CreateRole, RoleName (no colon, as in
/// `role/aws:ec2-infrastructure`).
fn exempts_some(((operator, key), values): ((&str, &str), &BTreeSet<String>)) -> bool {
    let positive = operator.trim_end_matches("ifexists").replacen("not", "", 1);
    let of_services = |value: &String| {
        let roles = ["role/aws-service-role/", "role/aws:"];
        Arn::parse(value).is_some_and(|arn| roles.iter().any(|begin| arn.resource.starts_with(begin)))
    };
    match key {
        "aws:principalisawsservice" | "aws:viaawsservice" => {
            positive == "bool" && values.iter().all(|value| value.eq_ignore_ascii_case("false"))
        }
        "aws:principalarn" if is_negated(operator) && values.iter().any(of_services) => {
            let others = values.iter().filter(|value| !of_services(value)).cloned().collect();
            narrows((&positive, key), &others, Asker::Stranger)
        }
        _ => WHO.contains(&key) && is_negated(operator) && narrows((&positive, key), values, Asker::Stranger),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Policy;

    fn of(statement: Value) -> String {
        let policy = Policy::from_value(&json!({ "Version": "2012-10-17", "Statement": statement })).unwrap();
        let found = policy.outsiders("111122223333");
        let accounts = found.accounts.iter().map(|(id, narrow)| if *narrow { format!("({id})") } else { id.clone() });
        let anyone = found.anyone.then(|| "*".to_owned());
        let others = found.organizations.iter().chain(&found.networks).cloned();
        anyone.into_iter().chain(accounts).chain(others).collect::<Vec<_>>().join(" ")
    }

    fn read(principal: Value, condition: Value) -> Value {
        json!({ "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*",
            "Condition": condition })
    }

    #[test]
    fn who_comes_in_from_outside() {
        let none = || json!({});
        assert_eq!(of(read(json!("*"), none())), "*");
        assert_eq!(of(read(json!({ "AWS": "999988887777" }), none())), "999988887777");
        assert_eq!(of(read(json!({ "AWS": ["arn:aws-cn:iam::999988887777:role/x", "*"] }), none())), "* 999988887777");
        let own = [
            "111122223333",
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::cloudfront:user/CloudFront Origin",
            "AIDAX",
        ];
        for inside in own {
            assert_eq!(of(read(json!({ "AWS": inside }), none())), "", "{inside}");
        }
        assert_eq!(of(read(json!({ "Service": "cloudtrail.amazonaws.com" }), none())), "");
        assert_eq!(
            of(json!({ "Effect": "Allow", "NotPrincipal": { "AWS": "111122223333" }, "Action": "s3:*",
            "Resource": "*" })),
            "*"
        );
        assert_eq!(of(json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" })), "");
        assert_eq!(of(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" })), "", "of a user, no resource's");
    }

    #[test]
    fn conditions_that_say_who() {
        let anyone = |operator: &str, key: &str, value: &str| of(read(json!("*"), json!({ operator: { key: value } })));
        for (operator, key, value) in [
            ("StringEquals", "AWS:SourceOwner", "111122223333"),
            ("StringEquals", "kms:CallerAccount", "111122223333"),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:::bucket"),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:bucket"),
            ("ArnLike", "aws:SourceArn", "arn:aws:execute-api:us-east-1:*:abc123/*"),
            ("ArnLike", "aws:SourceArn", "arn:aws:cloudfront::*:distribution/EXAMPLE"),
            ("ArnLike", "aws:SourceArn", "arn:aws:events:*:111122223333:rule/*"),
            ("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
            ("Bool", "elasticfilesystem:AccessedViaMountTarget", "true"),
        ] {
            assert_eq!(anyone(operator, key, value), "", "{key}");
        }
        for (operator, key, value) in [
            ("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control"),
            ("Bool", "aws:SecureTransport", "true"),
            ("StringLike", "aws:PrincipalArn", "*"),
            ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-example"),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:*"),
            ("ArnLike", "aws:SourceArn", "arn:aws:cloudfront::*:distribution/*"),
            ("ArnLike", "aws:SourceArn", "arn:aws:events:*:*:rule/*"),
            ("StringLike", "aws:SourceVpce", "vpce-*"),
            ("StringLike", "aws:Referer", "example.com"),
        ] {
            assert_eq!(anyone(operator, key, value), "*", "{key}");
        }
        for (operator, key, value) in [
            ("StringEquals", "aws:PrincipalAccount", "999988887777"),
            ("StringEquals", "kms:CallerAccount", "999988887777"),
            ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::999988887777:role/*"),
            ("StringLike", "aws:PrincipalArn", "arn:aws:iam::999988887777:*"),
        ] {
            assert_eq!(anyone(operator, key, value), "999988887777", "as good as a principal: {key}");
            let named = read(json!({ "AWS": "999988887777" }), json!({ operator: { key: value } }));
            assert_eq!(of(named), "999988887777", "said twice: {key}");
        }
        for (operator, key, value) in [
            ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::999988887777:role/ops-*"),
            ("StringEquals", "aws:SourceAccount", "999988887777"),
        ] {
            assert_eq!(anyone(operator, key, value), "(999988887777)", "{key}");
        }
        let more =
            json!({ "StringEquals": { "aws:PrincipalAccount": "999988887777", "aws:PrincipalOrgID": "o-example" } });
        assert_eq!(of(read(json!("*"), more)), "(999988887777)", "of the organization no more than the account");
        let narrow = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-example" } });
        assert_eq!(of(read(json!({ "AWS": "999988887777" }), narrow)), "(999988887777)");
    }

    #[test]
    fn organizations_that_come_in_by_a_condition() {
        let with = |principal: Value, action: &str, condition: Value| {
            let mut statement = read(principal, condition);
            statement["Action"] = json!(action);
            of(statement)
        };
        let asks = |operator: &str, key: &str, value: Value| json!({ operator: { key: value } });
        for (operator, key, value) in [
            ("StringEquals", "aws:PrincipalOrgID", json!("o-example")),
            ("StringLike", "AWS:PrincipalOrgId", json!("o-example")),
            ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", json!("o-example/r-ab12/ou-ab12-11111111/*")),
            ("StringEquals", "aws:SourceOrgID", json!("o-example")),
        ] {
            for principal in [json!("*"), json!({ "AWS": "*" })] {
                let condition = asks(operator, key, value.clone());
                assert_eq!(with(principal, "s3:GetObject", condition), "o-example", "{key}");
            }
        }
        let two = asks("StringEquals", "aws:PrincipalOrgID", json!(["o-one", "o-two"]));
        assert_eq!(with(json!("*"), "s3:GetObject", two), "o-one o-two");
        let service = || json!({ "Service": "events.amazonaws.com" });
        let source = asks("StringEquals", "aws:SourceOrgID", json!("o-example"));
        assert_eq!(with(service(), "lambda:InvokeFunction", source.clone()), "o-example");
        for (principal, action, condition) in [
            (
                json!({ "AWS": "111122223333" }),
                "s3:GetObject",
                asks("StringEquals", "aws:PrincipalOrgID", json!("o-example")),
            ),
            (json!("*"), "events:PutEvents", asks("StringEquals", "aws:PrincipalOrgID", json!("o-example"))),
            (service(), "s3:PutObject", source.clone()),
            (service(), "kms:GenerateDataKey*", source),
            (
                json!("*"),
                "s3:GetObject",
                json!({ "StringEquals": { "aws:PrincipalOrgID": "o-example", "aws:PrincipalAccount": "111122223333" } }),
            ),
        ] {
            assert_eq!(with(principal.clone(), action, condition.clone()), "", "{principal} {action} {condition}");
        }
        for (operator, value) in
            [("StringNotEquals", "o-example"), ("StringLike", "o-*"), ("StringEqualsIfExists", "o-x")]
        {
            let condition = asks(operator, "aws:PrincipalOrgID", json!(value));
            assert_eq!(with(json!("*"), "s3:GetObject", condition), "*", "{operator} {value}: anybody");
        }
    }

    #[test]
    fn networks_that_come_in_by_a_condition() {
        let anyone = |condition: Value| of(read(json!("*"), condition));
        assert_eq!(anyone(json!({ "IpAddress": { "aws:SourceIp": "203.0.113.9/32" } })), "203.0.113.9/32");
        let two = json!({ "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "198.51.100.0/24"] } });
        assert_eq!(anyone(two), "198.51.100.0/24", "private addresses are nobody's");
        assert_eq!(anyone(json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } })), "vpce-1");
        assert_eq!(anyone(json!({ "StringEquals": { "aws:SourceVpc": "vpc-1" } })), "vpc-1");
        for (who, told) in [
            (json!({ "aws:PrincipalOrgID": "o-example" }), "o-example"),
            (json!({ "aws:PrincipalAccount": "111122223333" }), ""),
            (json!({ "aws:PrincipalAccount": "999988887777" }), "(999988887777)"),
        ] {
            let condition = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.9/32" }, "StringEquals": who });
            assert_eq!(anyone(condition), told, "{who}");
        }
        let from = || json!({ "IpAddress": { "aws:SourceIp": "203.0.113.9/32" } });
        assert_eq!(of(read(json!({ "AWS": "111122223333" }), from())), "", "of the account");
        assert_eq!(of(read(json!({ "AWS": "999988887777" }), from())), "(999988887777)");
        let mut delivers = read(json!("*"), from());
        delivers["Action"] = json!("s3:PutObject");
        assert_eq!(of(delivers), "", "it brings something in");
        let guarded = |condition: Value| {
            let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition });
            of(json!([read(json!("*"), json!({})), deny]))
        };
        assert_eq!(guarded(json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.9/32" } })), "203.0.113.9/32");
        assert_eq!(guarded(json!({ "StringNotEquals": { "aws:SourceVpce": "vpce-1" } })), "vpce-1");
    }

    #[test]
    fn services_that_come_in_for_another_account() {
        let with = |action: &str, condition: Value| {
            let mut statement = read(json!({ "Service": "sns.amazonaws.com" }), condition);
            statement["Action"] = json!(action);
            of(statement)
        };
        for (operator, key, value) in [
            ("StringEquals", "aws:SourceAccount", json!("999988887777")),
            ("StringEquals", "aws:SourceAccount", json!(["111122223333", "999988887777"])),
            ("ArnLike", "aws:SourceArn", json!("arn:aws:sns:*:999988887777:*")),
        ] {
            for action in ["sqs:ReceiveMessage", "kms:Decrypt", "s3:GetObject"] {
                assert_eq!(with(action, json!({ operator: { key: value } })), "(999988887777)", "{action} {value}");
            }
            for action in ["s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "kms:GenerateDataKey*"] {
                assert_eq!(with(action, json!({ operator: { key: value } })), "", "it delivers: {action} {value}");
            }
        }
        for condition in [
            json!({}),
            json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } }),
            json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::bucket" } }),
            json!({ "ArnLike": { "aws:SourceArn": "arn:aws:sns:*:*:*" } }),
            json!({ "StringNotEquals": { "aws:SourceAccount": "999988887777" } }),
        ] {
            assert_eq!(with("kms:Decrypt", condition.clone()), "", "{condition}");
        }
        let service = json!({ "Effect": "Allow", "Principal": { "Service": "cloudfront.amazonaws.com" }, "Action": "s3:GetObject",
            "Resource": "*", "Condition": { "StringEquals": { "aws:SourceAccount": "111122223333" } } });
        let perimeter = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {
            "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-example" },
            "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } } });
        assert_eq!(of(json!([service, perimeter])), "", "a Deny lets nobody in");
    }

    #[test]
    fn deliveries_and_what_is_denied_to_all_but_some() {
        let load_balancer = json!({ "AWS": "arn:aws:iam::127311923021:root" });
        let write = |principal: Value| json!({ "Effect": "Allow", "Principal": principal, "Action": ["s3:PutObject", "s3:GetBucketAcl"], "Resource": "*" });
        assert_eq!(of(write(load_balancer)), "");
        assert_eq!(of(write(json!("*"))), "*", "anybody may fill it");
        let deny = |operator: &str, key: &str, value: &str| {
            json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": "*", "Condition": { operator: { key: value } } })
        };
        let guarded = |deny: Value| of(json!([read(json!("*"), json!({})), deny]));
        assert_eq!(guarded(deny("StringNotEquals", "aws:PrincipalOrgID", "o-example")), "o-example");
        assert_eq!(guarded(deny("StringNotEquals", "s3:x-amz-server-side-encryption", "aws:kms")), "*");
        assert_eq!(guarded(deny("Bool", "aws:SecureTransport", "false")), "*");
        let mut of_other = deny("StringNotEquals", "aws:PrincipalOrgID", "o-example");
        of_other["Action"] = json!("s3:PutObject");
        assert_eq!(guarded(of_other), "*", "another action");
    }

    #[test]
    fn what_a_deny_does_not_cover() {
        let deny = |action: &str, resource: Value, condition: Value| {
            let allow = json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::b1/*" });
            of(json!([allow, { "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource,
                "Condition": condition }]))
        };
        let all = || json!(["arn:aws:s3:::b1", "arn:aws:s3:::b1/*"]);
        let org = || json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-x" } });
        for (action, resource) in [("s3:*", all()), ("s3:Get*", json!("*")), ("*", json!("arn:aws:s3:::b1*"))] {
            assert_eq!(deny(action, resource.clone(), org()), "o-x", "{action} {resource}");
        }
        for (action, resource) in [
            ("s3:*", json!("arn:aws:s3:::b1/private/*")),
            ("s3:*", json!("arn:aws:s3:::b1/?")),
            ("s3:Put*", all()),
            ("kms:*", json!("*")),
        ] {
            assert_eq!(deny(action, resource.clone(), org()), "*", "{action} {resource}");
        }
        for beside in [
            json!({ "BoolIfExists": { "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false" } }),
            json!({ "ArnNotLikeIfExists": { "aws:PrincipalArn": "arn:aws:iam::*:role/aws:ec2-infrastructure" } }),
            json!({ "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" } }),
        ] {
            let mut tests = org();
            tests.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
            let told = deny("s3:*", all(), tests);
            assert_eq!(told.split(' ').next(), Some("o-x"), "{beside}");
        }
        for beside in [
            json!({ "Bool": { "aws:SecureTransport": "false" } }),
            json!({ "Bool": { "aws:PrincipalIsAWSService": "true" } }),
            json!({ "IpAddress": { "aws:SourceIp": "203.0.113.9/32" } }),
            json!({ "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/Deploy" } }),
        ] {
            let mut tests = org();
            tests.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
            assert_eq!(deny("s3:*", all(), tests), "*", "{beside}");
        }
        let but = json!([{ "Effect": "Allow", "Principal": "*", "NotAction": "s3:DeleteObject", "Resource": "*" },
            { "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*", "Condition": org() }]);
        assert_eq!(of(but), "*", "all that is not denied");
    }
}
