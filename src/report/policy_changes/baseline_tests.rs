//! Administrator roles that tools make in every account, and administrators under a condition.

use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan};
use crate::report::{Options, Value};

const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const MANAGEMENT: &str = "123456789012";
const STRANGER: &str = "999988887777";

/// A call of the setup role of an account.
fn call(account: usize, name: &str, request: Json) -> Json {
    let account = account_id(account);
    json!({
        "eventTime": "2026-01-02T03:00:00Z", "eventName": name, "eventSource": "iam.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": account, "requestParameters": request,
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROASETUP:x", "accountId": account,
            "arn": format!("arn:aws:sts::{account}:assumed-role/setup/x"),
            "sessionContext": { "sessionIssuer": { "type": "Role", "principalId": "AROASETUP", "accountId": account,
                "arn": format!("arn:aws:iam::{account}:role/setup"), "userName": "setup" } },
        },
    })
}

fn account_id(account: usize) -> String {
    format!("{:012}", 200_000 + account)
}

fn trust(principal: Json) -> String {
    json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal } }).to_string()
}

/// A role that is made with a trust policy and given everything.
fn admin_role(account: usize, name: &str, principal: Json) -> Vec<Json> {
    vec![
        call(account, "CreateRole", json!({ "roleName": name, "assumeRolePolicyDocument": trust(principal) })),
        call(account, "AttachRolePolicy", json!({ "roleName": name, "policyArn": ADMIN })),
    ]
}

/// Something in the management account, so that its logs are among those that were read.
fn management() -> Json {
    let mut made = call(0, "CreateUser", json!({ "userName": "x" }));
    made["recipientAccountId"] = json!(MANAGEMENT);
    made
}

/// `rule severity` of what is told of roles, each once.
fn found(records: Vec<Json>) -> Vec<String> {
    let state = scan(&samples(records));
    let findings = (REPORT.answer)(&View::new(&state, &Options::default())).findings;
    let of_roles = findings.into_iter().filter(|found| found.subject.starts_with("role/"));
    let mut lines: Vec<String> = of_roles.map(|found| format!("{} {}", found.rule, found.severity.as_str())).collect();
    lines.dedup();
    lines
}

#[test]
fn a_role_of_a_stack_is_as_strong_as_whoever_makes_stacks() {
    let stack = || json!({ "Service": "cloudformation.amazonaws.com" });
    assert_eq!(found(admin_role(1, "cdk-exec", stack())), ["admin-granted low"]);
    for (principal, why) in [
        (json!({ "Service": "ec2.amazonaws.com" }), "another service hands it to a machine"),
        (json!({ "Service": ["cloudformation.amazonaws.com", "lambda.amazonaws.com"] }), "others beside it"),
        (json!({ "AWS": format!("arn:aws:iam::{}:user/x", account_id(1)) }), "a user"),
        (json!({ "AWS": format!("arn:aws:iam::{}:root", account_id(1)) }), "the account"),
        (
            json!({ "AWS": format!("arn:aws:iam::{}:root", account_id(1)), "Service": "cloudformation.amazonaws.com" }),
            "the account beside it",
        ),
    ] {
        assert_eq!(found(admin_role(1, "cdk-hnb659fds-cfn-exec-role", principal)), ["admin-granted high"], "{why}");
    }
    let attached = admin_role(1, "cdk-exec", stack())[1..].to_vec();
    assert_eq!(found(attached), ["admin-granted high"], "whom it lets in nobody knows");
    let reopened = call(
        1,
        "UpdateAssumeRolePolicy",
        json!({ "roleName": "cdk-exec", "policyDocument": trust(json!({ "AWS": STRANGER })) }),
    );
    let told = found([admin_role(1, "cdk-exec", stack()), vec![reopened]].concat());
    assert_eq!(told, ["admin-granted high", "role-trust-opened high"]);
}

#[test]
fn own_accounts_are_milder_than_strangers_and_a_name_is_nothing() {
    let to = |account: &str| json!({ "AWS": format!("arn:aws:iam::{account}:role/audit") });
    let in_accounts = |count: usize, whom: &str| -> Vec<Json> {
        (0..count).flat_map(|account| admin_role(account, "AWSControlTowerExecution", to(whom))).collect()
    };
    let with = |mut records: Vec<Json>| {
        records.push(management());
        records
    };
    for accounts in [2, 3] {
        let told = found(with(in_accounts(accounts, MANAGEMENT)));
        assert_eq!(told, ["admin-granted medium", "role-trust-opened medium"], "a thief may sit in it");
    }
    assert_eq!(
        found(in_accounts(3, MANAGEMENT)),
        ["admin-granted high", "role-trust-opened high"],
        "nothing was read of it"
    );
    assert_eq!(found(with(in_accounts(3, STRANGER))), ["admin-granted high", "role-trust-opened high"]);
    let both = json!({ "AWS": [MANAGEMENT, STRANGER] });
    let mixed: Vec<Json> =
        (0..3).flat_map(|account| admin_role(account, "OrganizationAccountAccessRole", both.clone())).collect();
    assert_eq!(found(with(mixed)), ["admin-granted high", "role-trust-opened high"]);
    let hands = json!({ "AWS": MANAGEMENT, "Service": "ec2.amazonaws.com" });
    let handed: Vec<Json> = (0..3).flat_map(|account| admin_role(account, "base", hands.clone())).collect();
    assert!(found(with(handed)).contains(&"admin-granted high".to_owned()), "machines beside it");
    let state = scan(&samples(in_accounts(1, STRANGER)));
    let told = (REPORT.answer)(&View::new(&state, &Options::default())).findings;
    let opened = told.iter().find(|found| found.rule == "role-trust-opened").unwrap();
    assert!(
        opened.summary.starts_with("role/AWSControlTowerExecution, an administrator, may be assumed"),
        "{}",
        opened.summary
    );
    let plain = call(1, "CreateRole", json!({ "roleName": "r", "assumeRolePolicyDocument": trust(to(MANAGEMENT)) }));
    assert_eq!(found(with(vec![plain])), ["role-trust-opened low"]);
}

#[test]
fn a_trust_policy_shows_whom_it_lets_in() {
    let principal = json!({ "AWS": STRANGER, "Service": "lambda.amazonaws.com" });
    let state = scan(&samples(vec![admin_role(1, "r", principal).swap_remove(0)]));
    let answer = (REPORT.answer)(&View::new(&state, &Options::default()));
    let place = COLUMNS.iter().position(|column| column.name == "policy").unwrap();
    assert_eq!(answer.rows[0][place], Value::text("999988887777; service:lambda.amazonaws.com"));
    let summary = &answer.findings[0].summary;
    assert!(summary.contains("from outside of the account: 999988887777; set by"), "{summary}");
}

#[test]
fn an_administrator_on_a_condition_is_one_all_the_same() {
    let put = |actions: &str, condition: Json| {
        let document = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": actions, "Resource": "*", "Condition": condition } });
        let request = json!({ "roleName": "ops", "policyName": "p", "policyDocument": document.to_string() });
        found(vec![call(1, "PutRolePolicy", request)])
    };
    let mfa = || json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    assert_eq!(put("*", mfa()), ["admin-granted medium"]);
    assert_eq!(put("*", json!({ "IpAddress": { "aws:SourceIp": "198.51.100.66/32" } })), ["admin-granted medium"]);
    assert_eq!(put("*", json!({ "IpAddress": { "aws:SourceIp": "64.0.0.0/6" } })), ["admin-granted high"]);
    assert_eq!(put("*", json!({ "StringEquals": { "aws:RequestedRegion": "eu-west-1" } })), [""; 0]);
    assert_eq!(put("s3:*", mfa()), [""; 0]);
    let mut itself = call(
        1,
        "PutUserPolicy",
        json!({ "userName": "ana", "policyName": "p", "policyDocument":
        json!({ "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": mfa() } }).to_string() }),
    );
    let arn = format!("arn:aws:iam::{}:user/ana", account_id(1));
    itself["userIdentity"] =
        json!({ "type": "IAMUser", "accountId": account_id(1), "principalId": "AIDAANA", "arn": arn });
    let state = scan(&samples(vec![itself]));
    let findings = (REPORT.answer)(&View::new(&state, &Options::default())).findings;
    let told: Vec<_> = findings.iter().map(|found| (found.rule, found.severity)).collect();
    assert!(told.contains(&("self-grant", Severity::High)), "{told:?}");
}
