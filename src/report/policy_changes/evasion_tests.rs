//! Ways around what is told of changes, each beside the ordinary deed that looks like it.

use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan};
use crate::report::Options;

const ACCOUNT: &str = "111122223333";
const STRANGER: &str = "999988887777";
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const READ: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn arn(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

/// A call by a user of the account at a moment of the second of January, or of another day.
fn call(by: &str, time: &str, name: &str, request: Json) -> Json {
    let time = if time.contains('T') { format!("{time}:00Z") } else { format!("2026-01-02T{time}:00Z") };
    json!({
        "eventTime": time, "eventName": name, "eventSource": "iam.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": ACCOUNT, "requestParameters": request,
        "userIdentity": { "type": "IAMUser", "principalId": by, "accountId": ACCOUNT, "arn": arn(&format!("user/{by}")) },
    })
}

fn document(actions: &Json) -> String {
    json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": actions, "Resource": "*" } })
        .to_string()
}

fn join(by: &str, time: &str, (user, group): (&str, &str)) -> Json {
    call(by, time, "AddUserToGroup", json!({ "userName": user, "groupName": group }))
}

fn rename(time: &str, (old, new): (&str, &str)) -> Json {
    call("boss", time, "UpdateGroup", json!({ "groupName": old, "newGroupName": new }))
}

fn attach_to_group(by: &str, time: &str, (group, policy): (&str, &str)) -> Json {
    call(by, time, "AttachGroupPolicy", json!({ "groupName": group, "policyArn": policy }))
}

fn trust(by: &str, time: &str, statement: &Json) -> Json {
    let document = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
    call(by, time, "UpdateAssumeRolePolicy", json!({ "roleName": "ops", "policyDocument": document }))
}

fn lets_in(principal: &Json) -> Json {
    json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal })
}

/// The same made by a service of AWS.
fn by_service(service: &str, mut record: Json) -> Json {
    record["userIdentity"]["invokedBy"] = json!(service);
    record
}

fn answer_of(records: Vec<Json>, details: Option<&Json>) -> Answer {
    let (state, options) = (scan(&samples(records)), Options::default());
    let posture = details.map(|details| crate::posture::testing::load(&[details.to_string()]));
    (REPORT.answer)(&View { posture: posture.as_ref(), ..View::new(&state, &options) })
}

/// `severity subject` of what a rule finds.
fn told_with(rule: &str, records: Vec<Json>, details: Option<&Json>) -> Vec<String> {
    let findings = answer_of(records, details).findings.into_iter().filter(|found| found.rule == rule);
    findings.map(|found| format!("{} {}", found.severity.as_str(), found.subject)).collect()
}

fn told(rule: &str, records: Vec<Json>) -> Vec<String> {
    told_with(rule, records, None)
}

/// State in which `ops` is administrator, bob is in Developers and boss in Admins.
fn state() -> Json {
    let attached = |arn: &str| json!([{ "PolicyName": arn.rsplit('/').next(), "PolicyArn": arn }]);
    let user = |name: &str, groups: Json| json!({ "UserName": name, "Arn": arn(&format!("user/{name}")), "GroupList": groups });
    let group = |name: &str, policy: &str| json!({ "GroupName": name, "Arn": arn(&format!("group/{name}")), "AttachedManagedPolicies": attached(policy) });
    json!({
        "UserDetailList": [user("bob", json!(["Developers"])), user("boss", json!(["Admins", "Developers"]))],
        "GroupDetailList": [group("Admins", ADMIN), group("Developers", &arn("policy/dev-base"))],
        "RoleDetailList": [{ "RoleName": "ops", "Arn": arn("role/ops"), "Path": "/", "AttachedManagedPolicies": attached(ADMIN),
            "AssumeRolePolicyDocument": { "Statement": [] } }],
        "Policies": [],
    })
}

#[test]
fn the_trust_of_an_administrator_role_is_rewritten() {
    let provider = |host: &str, subject: &str| {
        let mut condition = json!({ "StringEquals": {} });
        condition["StringEquals"][format!("{host}:sub")] = json!(subject);
        json!({ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
            "Principal": { "Federated": arn(&format!("oidc-provider/{host}")) } })
    };
    let github = "token.actions.githubusercontent.com";
    let rewritten = |statement: Json| {
        told_with("admin-role-trust-rewritten", vec![trust("boss", "05:00", &statement)], Some(&state()))
    };
    for statement in [
        provider(github, "repo:evil-org/x:ref:refs/heads/main"),
        lets_in(&json!({ "AWS": arn("root") })),
        lets_in(&json!({ "Service": "ec2.amazonaws.com" })),
        lets_in(&json!({ "Service": ["cloudformation.amazonaws.com", "lambda.amazonaws.com"] })),
    ] {
        assert_eq!(rewritten(statement.clone()), ["medium role/ops"], "{statement}");
    }
    assert_eq!(rewritten(lets_in(&json!({ "Service": "cloudformation.amazonaws.com" }))), ["low role/ops"]);
    assert_eq!(rewritten(lets_in(&json!({ "AWS": arn("user/bob") }))), [""; 0], "told as an insider");
    let conditional = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": STRANGER },
        "Condition": { "IpAddress": { "aws:SourceIp": "198.51.100.0/24" } } });
    assert_eq!(rewritten(conditional.clone()), [""; 0], "told as opened");
    let opened = vec![trust("boss", "05:00", &conditional)];
    assert_eq!(told_with("role-trust-opened", opened.clone(), Some(&state())), ["medium role/ops"]);
    assert_eq!(told("role-trust-opened", opened), ["low role/ops"], "no administrator");
    let evil = || trust("boss", "05:00", &provider(github, "repo:acme/app:ref:refs/heads/main"));
    assert_eq!(told("admin-role-trust-rewritten", vec![evil()]), [""; 0], "no administrator");
    let own = call(
        "boss",
        "03:00",
        "CreateRole",
        json!({ "roleName": "ops", "assumeRolePolicyDocument": json!({ "Statement": [] }).to_string() }),
    );
    assert_eq!(told_with("admin-role-trust-rewritten", vec![own, evil()], Some(&state())), [""; 0], "its own new role");
    let again = vec![trust("tool", "03:00", &provider(github, "repo:acme/app:ref:refs/heads/main")), evil()];
    let found = answer_of(again, Some(&state())).findings;
    let actors: Vec<&Json> = found
        .iter()
        .filter(|found| found.rule == "admin-role-trust-rewritten")
        .map(|found| &found.evidence["actors"])
        .collect();
    assert_eq!(actors, [&json!([arn("user/tool")])], "the same text again is no change");
    let summary = &found.iter().find(|found| found.rule == "admin-role-trust-rewritten").unwrap().summary;
    assert!(
        summary.ends_with(
            "now lets in provider:token.actions.githubusercontent.com for repo:acme/app:ref:refs/heads/main"
        ),
        "{summary}"
    );
}

#[test]
fn a_stack_set_is_as_good_as_who_made_it() {
    let (org_member, own) =
        ("member.org.stacksets.cloudformation.amazonaws.com", "stacksets.cloudformation.amazonaws.com");
    let make = |role: &str, principal: &str| {
        let document = json!({ "Statement": lets_in(&json!({ "AWS": principal })) }).to_string();
        call("boss", "05:00", "CreateRole", json!({ "roleName": role, "assumeRolePolicyDocument": document }))
    };
    let admin = |role: &str| call("boss", "05:01", "AttachRolePolicy", json!({ "roleName": role, "policyArn": ADMIN }));
    let told = |records: Vec<Json>| told("role-trust-opened", records);
    for service in [org_member, own, "controltower.amazonaws.com"] {
        let anyone = vec![by_service(service, make("cfg", "*"))];
        assert_eq!(told(anyone), ["high role/cfg"], "{service}");
    }
    let backdoor = |principal: &str| vec![by_service(own, make("cfg", principal)), by_service(own, admin("cfg"))];
    let organization = by_service("organizations.amazonaws.com", make("OrganizationAccountAccessRole", "444455556666"));
    assert_eq!(told([backdoor(STRANGER), vec![organization.clone()]].concat()), ["high role/cfg"]);
    assert_eq!(told([backdoor("444455556666"), vec![organization]].concat()), [""; 0], "the management account");
    assert_eq!(told(backdoor(STRANGER)), ["medium role/cfg"], "it may be the management account");
    assert_eq!(told(vec![by_service(own, make("vendor", STRANGER))]), ["low role/vendor"]);
    assert_eq!(told(vec![by_service("controltower.amazonaws.com", make("x", STRANGER))]), [""; 0]);
}

#[test]
fn a_caller_gives_itself_more_by_its_group_or_its_policy() {
    let secrets = || document(&json!(["secretsmanager:GetSecretValue", "kms:Decrypt"]));
    let into_group = |by: &str| {
        call(
            by,
            "05:00",
            "PutGroupPolicy",
            json!({ "groupName": "Developers", "policyName": "x", "policyDocument": secrets() }),
        )
    };
    let into_policy = |by: &str| {
        let request = json!({ "policyArn": arn("policy/dev-base"), "setAsDefault": true, "policyDocument": secrets() });
        let mut record = call(by, "05:00", "CreatePolicyVersion", request);
        record["responseElements"] = json!({ "policyVersion": { "versionId": "v2", "isDefaultVersion": true } });
        record
    };
    let self_grant = |records: Vec<Json>, details: Option<&Json>| told_with("self-grant", records, details);
    let medium = [format!("medium {}", arn("user/bob"))];
    for deed in [into_group("bob"), into_policy("bob")] {
        assert_eq!(self_grant(vec![deed.clone()], Some(&state())), medium, "{deed}");
        assert_eq!(self_grant(vec![deed], None), [""; 0], "nobody knows that it is the caller's");
    }
    for deed in [into_group("boss"), into_policy("boss")] {
        assert_eq!(self_grant(vec![deed], Some(&state())), [format!("low {}", arn("user/boss"))], "an administrator");
    }
    assert_eq!(self_grant(vec![into_group("eve"), into_policy("eve")], Some(&state())), [""; 0], "in no group");
    let by_logs = vec![join("boss", "02:00", ("bob", "Data")), attach_to_group("bob", "05:00", ("Data", READ))];
    assert_eq!(self_grant(by_logs, None), medium);
    let other = vec![join("boss", "02:00", ("bob", "Data")), attach_to_group("bob", "05:00", ("Ops", READ))];
    assert_eq!(self_grant(other, None), [""; 0], "a group that it is not in");
    let held = vec![
        call("boss", "02:00", "AttachUserPolicy", json!({ "userName": "bob", "policyArn": arn("policy/dev-base") })),
        into_policy("bob"),
    ];
    assert_eq!(self_grant(held, None), medium);
}

#[test]
fn an_administrator_gains_nothing() {
    let attach = |by: &str, user: &str, policy: &str| {
        call(by, "05:00", "AttachUserPolicy", json!({ "userName": user, "policyArn": policy }))
    };
    let full = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
    let self_grant = |records: Vec<Json>, details: Option<&Json>| told_with("self-grant", records, details);
    let line = |severity: &str, user: &str| [format!("{severity} {}", arn(&format!("user/{user}")))];
    assert_eq!(self_grant(vec![attach("boss", "boss", full)], Some(&state())), line("low", "boss"));
    assert_eq!(self_grant(vec![join("boss", "05:00", ("boss", "Developers"))], Some(&state())), line("low", "boss"));
    assert_eq!(self_grant(vec![attach("bob", "bob", full)], Some(&state())), line("high", "bob"));
    // State shows what the caller made of itself.
    let mut after = state();
    after["UserDetailList"][0]["AttachedManagedPolicies"] =
        json!([{ "PolicyName": "AdministratorAccess", "PolicyArn": ADMIN }]);
    assert_eq!(self_grant(vec![attach("bob", "bob", ADMIN)], Some(&after)), line("high", "bob"), "by itself");
    after["UserDetailList"][0]["GroupList"] = json!(["Admins"]);
    let joined = vec![attach("bob", "bob", ADMIN), join("bob", "05:00", ("bob", "Admins"))];
    assert_eq!(self_grant(joined, Some(&after)), line("high", "bob"), "by itself, twice");
    // What others gave it before.
    let before = call("boss", "02:00", "AttachUserPolicy", json!({ "userName": "bob", "policyArn": ADMIN }));
    assert_eq!(self_grant(vec![before.clone(), attach("bob", "bob", full)], None), line("low", "bob"));
    let after = call("boss", "07:00", "AttachUserPolicy", json!({ "userName": "bob", "policyArn": ADMIN }));
    assert_eq!(self_grant(vec![after, attach("bob", "bob", full)], None), line("high", "bob"), "only later");
    let taken = call("boss", "03:00", "DetachUserPolicy", json!({ "userName": "bob", "policyArn": ADMIN }));
    assert_eq!(self_grant(vec![before, taken, attach("bob", "bob", full)], None), line("high", "bob"), "no more");
}

#[test]
fn a_group_by_another_name_is_the_same_group() {
    let joined = |records: Vec<Json>, details: Option<&Json>| told_with("admin-granted", records, details);
    let hidden = vec![rename("02:00", ("Admins", "Interns")), join("boss", "03:00", ("bob", "Interns"))];
    assert_eq!(joined(hidden.clone(), Some(&state())), ["medium user/bob"], "state has the old name");
    let mut after = state();
    after["GroupDetailList"][0]["GroupName"] = json!("Interns");
    assert_eq!(joined(hidden, Some(&after)), ["medium user/bob"], "state has the new one");
    let by_logs = vec![
        attach_to_group("boss", "01:00", ("Ops", ADMIN)),
        rename("02:00", ("Ops", "Newsletter")),
        join("boss", "03:00", ("bob", "Newsletter")),
    ];
    assert_eq!(joined(by_logs, None), ["high group/Ops", "medium user/bob"]);
    let first = vec![
        join("boss", "01:00", ("bob", "Interns")),
        rename("02:00", ("Interns", "Ops")),
        attach_to_group("boss", "03:00", ("Ops", ADMIN)),
    ];
    let found = answer_of(first, None).findings.into_iter().find(|found| found.rule == "admin-granted").unwrap();
    assert_eq!(found.evidence["held_by"], json!(["user/bob"]));
    let moved = vec![
        call("boss", "02:00", "UpdateGroup", json!({ "groupName": "Admins", "newPath": "/x/" })),
        join("boss", "03:00", ("bob", "Interns")),
    ];
    assert_eq!(joined(moved.clone(), Some(&state())), [""; 0], "a path is no name");
    assert_eq!(answer_of(moved, None).rows.len(), 1, "and no change");
}

#[test]
fn what_holds_a_thief_back_is_taken_off() {
    let deny = json!({ "Statement": { "Effect": "Deny", "Action": "*", "Resource": "*" } }).to_string();
    let put = |name: &str| {
        call("boss", "01:00", "PutUserPolicy", json!({ "userName": "bob", "policyName": name, "policyDocument": deny }))
    };
    let take =
        |by: &str, name: &str| call(by, "23:00", "DeleteUserPolicy", json!({ "userName": "bob", "policyName": name }));
    let lifted = |records: Vec<Json>| told("containment-lifted", records);
    assert_eq!(lifted(vec![put("q"), take("eve", "q")]), ["medium user/bob"]);
    let over = call(
        "eve",
        "23:00",
        "PutUserPolicy",
        json!({ "userName": "bob", "policyName": "q", "policyDocument": document(&json!("s3:GetObject")) }),
    );
    assert_eq!(lifted(vec![put("q"), over]), ["medium user/bob"]);
    assert_eq!(lifted(vec![put("q"), take("boss", "q")]), [""; 0], "who put it on");
    assert_eq!(lifted(vec![put("q"), take("eve", "other")]), [""; 0]);
    assert_eq!(lifted(vec![take("eve", "q")]), [""; 0], "nobody knows what it said");
    let aws = "arn:aws:iam::aws:policy/AWSDenyAll";
    let attached =
        |by: &str, time: &str, name: &str| call(by, time, name, json!({ "userName": "bob", "policyArn": aws }));
    let (on, off) = (attached("boss", "01:00", "AttachUserPolicy"), attached("eve", "23:00", "DetachUserPolicy"));
    assert_eq!(lifted(vec![on, off.clone()]), ["medium user/bob"]);
    assert_eq!(lifted(vec![off]), ["low user/bob"], "nobody knows who put it on");
    let revoke = |time: &str, name: &str| {
        call(
            if name.starts_with("Put") { "boss" } else { "eve" },
            time,
            name,
            json!({ "roleName": "ops", "policyName": "AWSRevokeOlderSessions", "policyDocument": deny }),
        )
    };
    let revoked = |end: &str| lifted(vec![revoke("01:00", "PutRolePolicy"), revoke(end, "DeleteRolePolicy")]);
    assert_eq!(
        (revoked("05:00"), revoked("14:00")),
        (vec!["medium role/ops".to_owned()], vec![]),
        "sessions end by themselves"
    );
    let guard = |time: &str, name: &str, by: &str| {
        call(by, time, name, json!({ "groupName": "g", "policyName": "p", "policyDocument": deny }))
    };
    assert_eq!(
        lifted(vec![guard("01:00", "PutGroupPolicy", "boss"), guard("05:00", "DeleteGroupPolicy", "eve")]),
        [""; 0]
    );
}
