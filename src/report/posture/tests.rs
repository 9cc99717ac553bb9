//! Each rule with what it holds for and what comes near and is none. State is given as the AWS CLI prints it.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::State;
use crate::model::EventTime;
use crate::posture::Posture;
use crate::posture::testing::{ACCOUNT, HEADER, load};
use crate::report::Options;

const NOW: &str = "2026-09-14T00:00:00Z";

fn answer_with(posture: &Posture, options: &Options) -> crate::report::Answer {
    let state = State::new(&[]);
    let view = View { as_of: EventTime::parse(NOW), posture: Some(posture), ..View::new(&state, options) };
    let answer = (REPORT.answer)(&view);
    assert_eq!(answer.rows.len(), answer.findings.len(), "rows are findings");
    answer
}

/// `rule subject` of all findings, sorted; subjects without the account's arn.
fn found_with(files: &[String], options: &Options) -> BTreeSet<String> {
    let answer = answer_with(&load(files), options);
    let short = |text: &str| text.replace(&format!("arn:aws:iam::{ACCOUNT}:"), "");
    answer.findings.iter().map(|finding| format!("{} {}", finding.rule, short(&finding.subject))).collect()
}

fn found(files: &[String]) -> BTreeSet<String> {
    found_with(files, &Options::default())
}

fn set<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.into_iter().map(str::to_owned).collect()
}

/// A row of the report; a cell that is not named is that of a user without credentials, made in 2024.
fn row(user: &str, cells: &[(&str, &str)]) -> String {
    let arn = match user {
        "<root_account>" => format!("arn:aws:iam::{ACCOUNT}:root"),
        name => format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
    };
    let cell = |name: &str| match (cells.iter().find(|(column, _)| *column == name), name) {
        (Some((_, value)), _) => (*value).to_owned(),
        (None, "user") => user.to_owned(),
        (None, "arn") => arn.clone(),
        (None, "user_creation_time") => "2024-01-01T00:00:00+00:00".to_owned(),
        (None, "password_enabled") if user == "<root_account>" => "not_supported".to_owned(),
        (None, name) if name.ends_with("_active") || name == "password_enabled" => "false".to_owned(),
        (None, _) => "N/A".to_owned(),
    };
    HEADER.split(',').map(cell).collect::<Vec<_>>().join(",")
}

fn report(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn days_ago(days: i64) -> String {
    EventTime::parse(NOW).unwrap().plus_seconds(-days * 86_400).to_string()
}

/// A key with these cells: made and last used, days ago; `None` is never.
fn key<'a>(made: &'a str, used: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![("access_key_1_active", "true"), ("access_key_1_last_rotated", made), ("access_key_1_last_used_date", used)]
}

fn password<'a>(changed: &'a str, used: &'a str, mfa: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("password_enabled", "TRUE"),
        ("password_last_changed", changed),
        ("password_last_used", used),
        ("mfa_active", mfa),
    ]
}

fn summary(numbers: Json) -> String {
    json!({ "SummaryMap": numbers }).to_string()
}

#[test]
fn root_keys_from_the_report_or_the_summary() {
    let root =
        |active: &str| report(&[row("<root_account>", &[("access_key_2_active", active), ("mfa_active", "true")])]);
    let mfa = |keys: i64| summary(json!({ "AccountMFAEnabled": 1, "AccountAccessKeysPresent": keys }));
    let hit = set(["root-has-access-key root@111122223333"]);
    assert_eq!(found(&[root("true")]), hit);
    assert_eq!(found(&[mfa(1)]), hit);
    assert_eq!(found(&[root("false"), mfa(1)]), hit, "either says so");
    assert_eq!(found(&[root("true"), mfa(0)]), hit);
    assert_eq!(found(&[root("false"), mfa(0)]), set([]));
    assert_eq!(found(&[root("not_supported")]), set([]));
    let (made, mfa) = (("access_key_1_last_rotated", "2019-06-01T00:00:00+00:00"), ("mfa_active", "true"));
    let inactive = report(&[row("<root_account>", &[made, mfa])]);
    assert_eq!(found(&[inactive]), hit, "one that can be made active again");
}

#[test]
fn root_certificates_from_the_report_or_the_summary() {
    let root = |cells: &[(&str, &str)]| report(&[row("<root_account>", &[cells, &[("mfa_active", "true")]].concat())]);
    let summary = |n: i64| summary(json!({ "AccountMFAEnabled": 1, "AccountSigningCertificatesPresent": n }));
    let hit = set(["root-has-signing-certificate root@111122223333"]);
    assert_eq!(found(&[root(&[("cert_2_active", "true")])]), hit);
    assert_eq!(found(&[root(&[("cert_1_last_rotated", "2019-06-01T00:00:00+00:00")])]), hit, "inactive");
    assert_eq!(found(&[summary(1)]), hit);
    assert_eq!(found(&[root(&[]), summary(0)]), set([]));
    assert_eq!(found(&[report(&[row("bob", &[("cert_1_active", "true")])])]), set([]), "not root's");
}

#[test]
fn roots_that_nobody_signs_in_as() {
    let root = |cells: &[(&str, &str)]| report(&[row("<root_account>", cells)]);
    let hit = set(["root-without-mfa root@111122223333"]);
    assert_eq!(found(&[root(&[("password_enabled", "FALSE")])]), set([]), "managed centrally");
    assert_eq!(found(&[root(&[("password_enabled", "TRUE")])]), hit);
    let present = summary(json!({ "AccountMFAEnabled": 0, "AccountPasswordPresent": 1 }));
    assert_eq!(found(&[root(&[("password_enabled", "FALSE")]), present]), hit, "the summary is always current");
    for partition in ["aws-us-gov", "aws-cn"] {
        let arn = format!("arn:{partition}:iam::{ACCOUNT}:root");
        assert_eq!(found(&[root(&[("arn", &arn)])]), set([]), "{partition}");
    }
}

#[test]
fn root_mfa_and_a_root_without_password() {
    let root = |mfa: &str| report(&[row("<root_account>", &[("mfa_active", mfa)])]);
    let hit = set(["root-without-mfa root@111122223333"]);
    assert_eq!(found(&[root("false")]), hit);
    assert_eq!(found(&[root("not_supported")]), set([]), "not known is no violation");
    assert_eq!(found(&[root("true")]), set([]));
    assert_eq!(found(&[summary(json!({ "AccountMFAEnabled": 0 }))]), hit);
    assert_eq!(
        found(&[summary(json!({ "AccountMFAEnabled": 0, "AccountPasswordPresent": 0 })), root("false")]),
        set([])
    );
    assert_eq!(found(&[summary(json!({ "AccountMFAEnabled": 1 })), root("false")]), hit);
}

#[test]
fn root_used_in_the_days_before() {
    let root = |used: &str| report(&[row("<root_account>", &[("password_last_used", used), ("mfa_active", "true")])]);
    assert_eq!(found(&[root(&days_ago(89))]), set(["root-used-recently root@111122223333"]));
    assert_eq!(found(&[root(&days_ago(90))]), set([]));
    assert_eq!(found(&[root("no_information")]), set([]));
}

#[test]
fn passwords_mfa_and_age() {
    let (new, used) = (days_ago(10), days_ago(1));
    let user = |mfa: &str| report(&[row("Alice", &password(&new, &used, mfa))]);
    assert_eq!(found(&[user("false")]), set(["user-without-mfa user/Alice"]));
    assert_eq!(found(&[user("true")]), set([]));
    assert_eq!(found(&[report(&[row("Alice", &[("mfa_active", "false")])])]), set([]), "no password, no MFA to miss");
    for (days, hit) in [(90, set([])), (91, set(["password-too-old user/Alice"]))] {
        let changed = days_ago(days);
        assert_eq!(found(&[report(&[row("Alice", &password(&changed, &used, "true"))])]), hit, "{days}");
    }
}

#[test]
fn keys_old_unused_and_two() {
    let used = days_ago(1);
    let one = |made: i64, used: &str| found(&[report(&[row("bob", &key(&days_ago(made), used))])]);
    assert_eq!(one(91, &used), set(["key-too-old user/bob access_key_1"]));
    assert_eq!(one(90, &used), set([]));
    assert_eq!(one(8, "N/A"), set(["active-key-never-used user/bob access_key_1"]));
    assert_eq!(one(7, "N/A"), set([]), "new keys have time");
    assert_eq!(one(8, "not_supported"), set([]), "not known is not never");
    let made = days_ago(20);
    let mut two = key(&made, &used);
    two.extend([("access_key_2_last_rotated", &*made), ("access_key_2_last_used_date", &*used)]);
    assert_eq!(found(&[report(&[row("bob", &two)])]), set([]), "the second is inactive");
    two.push(("access_key_2_active", "true"));
    let both = |first: i64, second: i64| {
        let (first, second) = (days_ago(first), days_ago(second));
        let mut two = key(&first, &used);
        two.extend([("access_key_2_last_rotated", &*second), ("access_key_2_last_used_date", &*used)]);
        two.push(("access_key_2_active", "true"));
        let answer = answer_with(&load(&[report(&[row("bob", &two)])]), &Options::default());
        let two = answer.findings.iter().filter(|finding| finding.rule == "user-with-two-keys");
        two.map(|finding| finding.severity.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(both(91, 400), ["low"]);
    for (first, second) in [(75, 1), (91, 90), (90, 90)] {
        assert_eq!(both(first, second), ["info"], "{first} {second}: a rotation may be under way");
    }
    let old = days_ago(400);
    let inactive = [("access_key_1_last_rotated", &*old)];
    assert_eq!(found(&[report(&[row("bob", &inactive)])]), set([]), "an inactive key may be old");
}

#[test]
fn signing_certificates_are_rotated_too() {
    let of = |active, made: i64| {
        let made = days_ago(made);
        found(&[report(&[row("bob", &[("cert_2_active", active), ("cert_2_last_rotated", &made)])])])
    };
    assert_eq!(of("true", 91), set(["certificate-too-old user/bob cert_2"]));
    assert_eq!(of("true", 90), set([]));
    assert_eq!(of("false", 400), set([]), "an inactive certificate may be old");
}

#[test]
fn a_key_gets_its_id_by_the_moment_it_was_made() {
    let made = "2026-01-01T10:00:00+00:00";
    let used = days_ago(1);
    let keys = |time: &str| {
        let one =
            json!({ "UserName": "bob", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active", "CreateDate": time });
        json!({ "AccessKeyMetadata": [one] }).to_string()
    };
    let of = report(&[row("bob", &key(made, &used))]);
    assert_eq!(found(&[of.clone(), keys("2026-01-01T10:00:00Z")]), set(["key-too-old AKIAIOSFODNN7EXAMPLE"]));
    assert_eq!(found(&[of, keys("2026-01-01T10:00:01Z")]), set(["key-too-old user/bob access_key_1"]));
}

#[test]
fn idle_means_every_credential() {
    let (old, made, used) = (days_ago(91), days_ago(80), days_ago(3));
    let user = |password_used: &str, key_used: &str| {
        let mut cells = password(&made, password_used, "true");
        cells.extend(key(&made, key_used));
        found(&[report(&[row("Alice", &cells)])])
    };
    assert_eq!(user(&old, &old), set(["user-idle user/Alice"]));
    assert_eq!(user(&old, &used), set([]));
    assert_eq!(user(&used, &old), set([]));
    assert_eq!(user(&old, "N/A"), set(["active-key-never-used user/Alice access_key_1"]), "made 80 days ago");
    assert_eq!(user(&old, "not_supported"), set([]), "not known");
    assert_eq!(found(&[report(&[row("nobody", &[])])]), set([]), "no credential, none idle");
    let long = days_ago(200);
    let never = found(&[report(&[row("Alice", &password(&long, "no_information", "true"))])]);
    assert_eq!(never, set(["password-too-old user/Alice", "user-idle user/Alice"]));
}

#[test]
fn roles_that_nobody_uses() {
    let details = |changes: Json| {
        let mut role = json!({"RoleName": "web", "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:role/web"),
            "RoleId": "AROAWEB", "CreateDate": days_ago(500), "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}});
        for (name, value) in changes.as_object().unwrap() {
            role[name] = value.clone();
        }
        // The newest date of the file: it is of today, or later.
        let user = json!({"UserName": "new", "Arn": format!("arn:aws:iam::{ACCOUNT}:user/new"), "CreateDate": NOW});
        json!({"UserDetailList": [user], "RoleDetailList": [role]}).to_string()
    };
    let told = |changes: Json| {
        let answer = answer_with(&load(&[details(changes)]), &Options::default());
        let found = answer.findings.iter().find(|finding| finding.rule == "role-not-used");
        found.map(|finding| format!("{} {}", finding.severity.as_str(), finding.summary))
    };
    let used = |days: i64| json!({"RoleLastUsed": {"LastUsedDate": days_ago(days), "Region": "us-east-1"}});
    assert_eq!(told(used(91)).as_deref(), Some("info web was not used for 91 days; it lets in ec2.amazonaws.com"));
    let never = "info web was not used since it was made 500 days before, or not in the 400 days that IAM keeps; it lets in \
                 ec2.amazonaws.com";
    assert_eq!(told(json!({"RoleLastUsed": {}})).as_deref(), Some(never));
    let mut admin = used(200);
    let managed = "arn:aws:iam::aws:policy/AdministratorAccess";
    admin["AttachedManagedPolicies"] = json!([{"PolicyName": "AdministratorAccess", "PolicyArn": managed}]);
    let administrator =
        "low web was not used for 200 days; it is administrator, or can become one; it lets in ec2.amazonaws.com";
    assert_eq!(told(admin).as_deref(), Some(administrator));
    assert_eq!(told(used(90)), None);
    assert_eq!(told(json!({})), None, "not known");
    assert_eq!(told(json!({"RoleLastUsed": {}, "CreateDate": days_ago(30)})), None, "too new to be idle");
    assert_eq!(told(json!({"RoleLastUsed": {}, "Path": "/aws-service-role/x.amazonaws.com/"})), None, "AWS's own");
    // An old file says nothing of the days since.
    let old = details(used(100)).replace(NOW, &days_ago(80));
    assert!(!found(&[old]).iter().any(|line| line.starts_with("role-not-used")));
}

#[test]
fn programs_with_passwords() {
    let (new, used) = (days_ago(10), days_ago(1));
    let user = |name: &str, used: &str| found(&[report(&[row(name, &password(&new, used, "true"))])]);
    assert_eq!(user("ci-deploy", &used), set(["headless-user-with-password user/ci-deploy"]));
    assert_eq!(user("Cicero", &used), set([]));
    assert_eq!(found(&[report(&[row("ci-deploy", &key(&new, &used))])]), set([]), "no password");
    let with_key = |password_used: &str| {
        let mut cells = password(&new, password_used, "true");
        cells.extend(key(&new, &used));
        found(&[report(&[row("Alice", &cells)])])
    };
    assert_eq!(with_key("no_information"), set(["headless-user-with-password user/Alice"]));
    assert_eq!(with_key(&used), set([]));
}

#[test]
fn password_policies() {
    let policy = |rules: Json| found(&[json!({ "PasswordPolicy": rules }).to_string()]);
    let good = json!({ "MinimumPasswordLength": 14, "PasswordReusePrevention": 24 });
    assert_eq!(policy(good), set([]));
    let weak = set(["account-password-policy-weak 111122223333"]);
    assert_eq!(policy(json!({ "MinimumPasswordLength": 13, "PasswordReusePrevention": 24 })), weak);
    assert_eq!(policy(json!({ "MinimumPasswordLength": 14 })), weak);
    let absent = "An error occurred (NoSuchEntity) when calling the GetAccountPasswordPolicy operation: …".to_owned();
    assert_eq!(found(&[absent]), set(["account-password-policy-absent 111122223333"]));
    assert_eq!(policy(Json::Null), set(["account-password-policy-absent 111122223333"]));
}

fn arn(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

fn user(name: &str, more: Json) -> Json {
    let mut user = json!({ "UserName": name, "Arn": arn(&format!("user/{name}")), "GroupList": ["Staff"] });
    user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    user
}

fn group(name: &str, more: Json) -> Json {
    let mut group = json!({ "GroupName": name, "Arn": arn(&format!("group/{name}")) });
    group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    group
}

fn allow(action: Json, resource: Json) -> Json {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn says(statements: Json) -> Json {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn policy(arn: &str, document: Json, more: Json) -> Json {
    let mut policy = json!({
        "PolicyName": arn.rsplit('/').next(), "Arn": arn, "AttachmentCount": 1,
        "PolicyVersionList": [{ "IsDefaultVersion": true, "Document": document }],
    });
    policy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    policy
}

fn details(users: &[Json], groups: &[Json], roles: &[Json], policies: &[Json]) -> String {
    json!({ "UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles, "Policies": policies })
        .to_string()
}

fn attached(names: &[&str]) -> Json {
    let one = |name: &&str| json!({ "PolicyName": name, "PolicyArn": arn(&format!("policy/{name}")) });
    names.iter().map(one).collect()
}

#[test]
fn policies_on_users_and_through_groups() {
    let staff = group("Staff", json!({ "AttachedManagedPolicies": attached(&["read"]) }));
    let with = |more: Json| found(&[details(&[user("Alice", more)], std::slice::from_ref(&staff), &[], &[])]);
    assert_eq!(with(json!({})), set([]));
    assert_eq!(
        with(json!({ "AttachedManagedPolicies": attached(&["read"]) })),
        set(["user-managed-policy user/Alice", "user-policy-duplicates-group user/Alice"])
    );
    assert_eq!(
        with(json!({ "AttachedManagedPolicies": attached(&["write"]) })),
        set(["user-managed-policy user/Alice"])
    );
    let inline = json!([{ "PolicyName": "p", "PolicyDocument": says(json!([])) }]);
    assert_eq!(with(json!({ "UserPolicyList": inline })), set(["user-inline-policy user/Alice"]));
    let boundary = json!({ "PermissionsBoundary": { "PermissionsBoundaryArn": arn("policy/b") } });
    assert_eq!(with(boundary), set([]), "a boundary grants nothing");
    assert_eq!(
        with(json!({ "GroupList": [] })),
        set(["user-in-no-group user/Alice", "group-without-members group/Staff"])
    );
}

#[test]
fn the_common_group_is_named_or_clear() {
    let users = |outside: usize| -> Vec<Json> {
        let groups = |n: usize| if n < outside { json!(["Other"]) } else { json!(["Staff"]) };
        (0..5).map(|n| user(&format!("u{n}"), json!({ "GroupList": groups(n) }))).collect()
    };
    let groups = [group("Staff", json!({})), group("Other", json!({}))];
    let one_outside = details(&users(1), &groups, &[], &[]);
    assert_eq!(found(std::slice::from_ref(&one_outside)), set(["user-not-in-common-group user/u0"]));
    assert_eq!(found(&[details(&users(2), &groups, &[], &[])]), set([]), "60 % is not clear");
    let two = [user("a", json!({})), user("b", json!({ "GroupList": ["Other"] }))];
    assert_eq!(found(&[details(&two, &groups, &[], &[])]), set([]), "two users have no common group");
    let mut named = Options::default();
    named.set_texts(&COMMON_GROUP, vec!["Other".to_owned()]);
    assert_eq!(found_with(std::slice::from_ref(&one_outside), &named).len(), 4);
    let mut categories = Options::default();
    categories.set_texts(&CATEGORY_GROUP, vec!["Admins".to_owned(), "Staff".to_owned()]);
    let both = found_with(&[one_outside], &categories);
    assert_eq!(both, set(["user-in-no-category-group user/u0", "user-not-in-common-group user/u0"]));
}

#[test]
fn the_common_group_manages_oneself_or_others() {
    let users: Vec<Json> = (0..3).map(|n| user(&format!("u{n}"), json!({}))).collect();
    let with = |resource: Json| {
        let document = says(json!([allow(json!(["iam:CreateAccessKey", "iam:ListUsers"]), resource)]));
        let staff = group("Staff", json!({ "AttachedManagedPolicies": attached(&["self"]) }));
        let all = found(&[details(&users, &[staff], &[], &[policy(&arn("policy/self"), document, json!({}))])]);
        all.contains("common-group-manages-others group/Staff")
    };
    assert!(with(json!("*")));
    assert!(!with(json!("arn:aws:iam::*:user/${aws:username}")));
}

#[test]
fn groups_without_members_only_where_users_are_known() {
    let groups = [group("Empty", json!({})), group("Staff", json!({}))];
    assert_eq!(
        found(&[details(&[user("Alice", json!({}))], &groups, &[], &[])]),
        set(["group-without-members group/Empty"])
    );
    assert_eq!(found(&[details(&[], &groups, &[], &[])]), set([]), "a file without users tells nothing");
}

fn role(name: &str, path: &str, trust: Json, more: Json) -> Json {
    let mut role = json!({
        "RoleName": name, "Path": path, "Arn": arn(&format!("role{path}{name}")),
        "AssumeRolePolicyDocument": says(json!([trust])),
    });
    role.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    role
}

#[test]
fn inline_policies_of_groups_and_roles() {
    let inline = json!([{ "PolicyName": "p", "PolicyDocument": says(json!([])) }]);
    let ec2 = json!({ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" });
    let roles = [
        role("worker", "/", ec2.clone(), json!({ "RolePolicyList": inline })),
        role("AWSServiceRoleForX", "/aws-service-role/x.amazonaws.com/", ec2, json!({ "RolePolicyList": inline })),
    ];
    let groups = [group("Staff", json!({ "GroupPolicyList": inline }))];
    assert_eq!(
        found(&[details(&[user("Alice", json!({}))], &groups, &roles, &[])]),
        set(["group-inline-policy group/Staff", "role-inline-policy role/worker"])
    );
}

#[test]
fn copies_of_aws_policies() {
    let aws = "arn:aws:iam::aws:policy/ReadX";
    let theirs = says(json!([allow(json!(["s3:Get*", "s3:List*"]), json!("*"))]));
    let with = |document: Json| {
        let ours = policy(&arn("policy/mine"), document, json!({}));
        found(&[details(&[], &[], &[], &[policy(aws, theirs.clone(), json!({})), ours])])
    };
    let in_other_words = json!([allow(json!("s3:list*"), json!("*")), allow(json!(["S3:Get*"]), json!(["*"]))]);
    assert_eq!(with(says(in_other_words)), set(["policy-copies-aws-managed policy/mine"]));
    assert_eq!(with(says(json!([allow(json!("s3:Get*"), json!("*"))]))), set([]), "less than AWS's");
}

#[test]
fn what_documents_allow() {
    let with = |statement: Json| {
        found(&[details(&[], &[], &[], &[policy(&arn("policy/p"), says(json!([statement])), json!({}))])])
    };
    assert_eq!(with(allow(json!("*"), json!("*"))), set(["policy-allows-all-actions policy/p"]));
    assert_eq!(with(allow(json!("s3:Get*"), json!("*"))), set([]));
    assert_eq!(with(json!({ "Effect": "Deny", "Action": "*", "Resource": "*" })), set([]));
    let but = |effect: &str| json!({ "Effect": effect, "NotAction": "iam:*", "Resource": "*" });
    assert_eq!(with(but("Allow")), set(["policy-not-action policy/p"]));
    assert_eq!(with(but("Deny")), set([]));
    assert_eq!(
        with(allow(json!(["ec2:RunInstances", "ec2:Describe*"]), json!("*"))),
        set(["policy-writes-on-all-resources policy/p"])
    );
    assert_eq!(with(allow(json!("ec2:RunInstances"), json!("arn:aws:ec2:*:*:instance/*"))), set([]));
    let aws =
        policy("arn:aws:iam::aws:policy/AdministratorAccess", says(json!([allow(json!("*"), json!("*"))])), json!({}));
    assert_eq!(found(&[details(&[], &[], &[], &[aws])]), set([]), "AWS's own is not judged");
    let broken = policy(&arn("policy/p"), json!("{\"Statement\": ["), json!({}));
    assert_eq!(found(&[details(&[], &[], &[], &[broken])]), set(["policy-not-judged policy/p"]));
}

#[test]
fn policies_attached_to_nobody() {
    let with = |more: Json| found(&[details(&[], &[], &[], &[policy(&arn("policy/p"), says(json!([])), more)])]);
    assert_eq!(with(json!({ "AttachmentCount": 0 })), set(["policy-unattached policy/p"]));
    assert_eq!(with(json!({ "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 1 })), set([]));
    assert_eq!(with(json!({})), set([]));
}

#[test]
fn whom_roles_let_in() {
    let with = |trust: Json| found(&[details(&[], &[], &[role("r", "/", trust, json!({}))], &[])]);
    let trust = |principal: Json| json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    let narrowed = |principal: Json| {
        let condition = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-exampleorgid" } });
        json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition })
    };
    assert_eq!(with(trust(json!("*"))), set(["role-trusts-anyone role/r"]));
    assert_eq!(with(narrowed(json!("*"))), set(["role-trusts-other-account role/r"]));
    assert_eq!(with(trust(json!({ "AWS": "444455556666" }))), set(["role-trusts-other-account role/r"]));
    assert_eq!(with(trust(json!({ "AWS": arn("root") }))), set([]), "its own account");
    let provider = json!({ "Federated": arn("oidc-provider/token.actions.githubusercontent.com") });
    assert_eq!(with(trust(provider.clone())), set(["role-trusts-anyone role/r"]));
    assert_eq!(with(narrowed(provider)), set([]));
}

#[test]
fn what_guests_of_an_identity_pool_are_granted() {
    let told = |amr: &str, action: &str| {
        let trust = json!({ "Effect": "Allow", "Principal": { "Federated": "cognito-identity.amazonaws.com" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { "cognito-identity.amazonaws.com:aud": "us-east-1:pool" },
                "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr } } });
        let allows = says(json!([allow(json!(action), json!("*"))]));
        let inline = json!({ "RolePolicyList": [{ "PolicyName": "p", "PolicyDocument": allows }] });
        let answer =
            answer_with(&load(&[details(&[], &[], &[role("r", "/", trust, inline)], &[])]), &Options::default());
        let of_role = answer.findings.into_iter().filter(|found| found.rule.starts_with("role-trusts"));
        of_role.map(|found| (found.rule, found.severity.as_str(), found.summary)).collect::<Vec<_>>()
    };
    for (action, severity, so) in [
        ("mobiletargeting:PutEvents", "low", "it is granted less than a whole service"),
        ("s3:*", "medium", "it may do all that a service can"),
        ("iam:*", "high", "it is administrator, or can become one"),
    ] {
        let summary =
            format!("r trusts guests of the identity pool us-east-1:pool: anybody on the internet has it, and {so}");
        assert_eq!(told("unauthenticated", action), [("role-trusts-anyone", severity, summary)], "{action}");
    }
    assert_eq!(told("authenticated", "iam:*"), [], "who signed in");
}

#[test]
fn trust_that_looks_narrow() {
    let with = |principal: Json, condition: Json| {
        let trust = json!({ "Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"],
            "Condition": condition });
        found(&[details(&[], &[], &[role("r", "/", trust, json!({}))], &[])])
    };
    let anyone = set(["role-trusts-anyone role/r"]);
    assert_eq!(with(json!("*"), json!({ "StringLike": { "aws:PrincipalArn": "*" } })), anyone);
    assert_eq!(with(json!("*"), json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-exampleorg1" } })), anyone);
    let github = json!({ "Federated": arn("oidc-provider/token.actions.githubusercontent.com") });
    let aud = json!({ "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" });
    assert_eq!(with(github.clone(), json!({ "StringEquals": aud })), anyone);
    let sub =
        |sub: &str| json!({ "StringEquals": aud, "StringLike": { "token.actions.githubusercontent.com:sub": sub } });
    assert_eq!(with(github.clone(), sub("repo:*")), anyone);
    assert_eq!(with(github, sub("repo:example/app:*")), set([]));
    let cluster = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";
    let condition = json!({ "StringEquals": { format!("{cluster}:aud"): "sts.amazonaws.com" } });
    let of_cluster = json!({ "Federated": arn(&format!("oidc-provider/{cluster}")) });
    assert_eq!(with(of_cluster, condition), set(["role-trusts-other-account role/r"]), "any pod of the account's own");
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    assert_eq!(with(json!({ "AWS": "444455556666" }), mfa), set(["role-trusts-other-account role/r"]));
}

#[test]
fn near_administrators_and_whole_services() {
    let with = |statement: Json, attachments: i64| {
        let policy = policy(&arn("policy/p"), says(json!([statement])), json!({ "AttachmentCount": attachments }));
        let answer = answer_with(&load(&[details(&[], &[], &[], &[policy])]), &Options::default());
        answer
            .findings
            .iter()
            .map(|found| format!("{} {}", found.rule, found.severity.as_str()))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(with(allow(json!("?*"), json!("*")), 1), set(["policy-allows-all-actions high"]));
    assert_eq!(with(allow(json!("*"), json!("arn:aws:*")), 1), set(["policy-allows-all-actions high"]));
    assert_eq!(with(allow(json!("iam:*"), json!("*")), 1), set(["policy-leads-to-admin high"]));
    assert_eq!(with(allow(json!("sso:Create*"), json!("*")), 1), set(["policy-leads-to-admin high"]));
    let nobody = set(["policy-leads-to-admin medium", "policy-unattached info"]);
    assert_eq!(with(allow(json!("iam:Put*"), json!("*")), 0), nobody);
    let all_but = json!({ "Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*" });
    assert_eq!(with(all_but, 1), set(["policy-allows-all-actions high", "policy-not-action medium"]));
    let whole = set(["policy-allows-whole-service low", "policy-writes-on-all-resources low"]);
    assert_eq!(with(allow(json!("s3:*"), json!("*")), 1), whole);
    assert_eq!(with(allow(json!("s3:*"), json!("arn:aws:s3:::x/*")), 1), set([]));
    assert_eq!(with(allow(json!("iam:PassRole"), arn("role/one").into()), 1), set([]));
    let low = set(["policy-allows-all-on-some low"]);
    assert_eq!(with(allow(json!("*"), json!(["arn:aws:s3:::x", "arn:aws:s3:::x/*"])), 1), low, "one bucket");
    assert_eq!(with(allow(json!("*"), json!("arn:aws:s3:::*")), 1), low);
    let medium = set(["policy-allows-all-on-some medium"]);
    let own = set(["policy-allows-all-on-some medium", "policy-leads-to-admin high"]);
    assert_eq!(with(allow(json!("*"), json!("arn:aws:iam::*:user/${aws:username}")), 1), own, "his own policy");
    let mut mfa = allow(json!("*"), json!("*"));
    mfa["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    assert_eq!(with(mfa, 1), medium);
    let own = |action: &str| allow(json!(action), json!("arn:aws:iam::*:user/${aws:username}"));
    assert_eq!(with(own("iam:*AccessKey"), 1), set([]));
    assert_eq!(with(own("iam:*"), 1), set(["policy-leads-to-admin high"]), "any policy, for oneself");
}

#[test]
fn what_is_denied_again_is_not_allowed() {
    let with = |denied: Json| {
        let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": denied["on"], "Condition": denied["if"] });
        let policy = policy(
            &arn("policy/p"),
            says(json!([allow(json!("*"), json!("*")), deny])),
            json!({ "AttachmentCount": 1 }),
        );
        let answer = answer_with(&load(&[details(&[], &[], &[], &[policy])]), &Options::default());
        answer
            .findings
            .iter()
            .map(|found| format!("{} {}", found.rule, found.severity.as_str()))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(with(json!({ "on": "*", "if": {} })), set([]));
    let high = set(["policy-allows-all-actions high"]);
    assert_eq!(with(json!({ "on": "arn:aws:s3:::x/*", "if": {} })), high, "of one bucket");
    let without_mfa = json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } });
    assert_eq!(with(json!({ "on": "*", "if": without_mfa })), high, "whoever has MFA");
}

#[test]
fn a_boundary_grants_nothing() {
    let with = |action: &str, attached: i64, bounds: i64| {
        let counts = json!({ "AttachmentCount": attached, "PermissionsBoundaryUsageCount": bounds });
        let ours = policy(&arn("policy/b"), says(json!([allow(json!(action), json!("*"))])), counts);
        let findings = answer_with(&load(&[details(&[], &[], &[], &[ours])]), &Options::default()).findings;
        findings.into_iter().map(|found| format!("{}: {}", found.severity.as_str(), found.summary)).collect::<Vec<_>>()
    };
    let only = "info: b allows every action on every resource; it is only a permissions boundary and grants nothing";
    assert_eq!(with("*", 0, 4), [only]);
    assert!(with("iam:*", 0, 1)[0].starts_with("info: b leads to everything by "));
    let attached = "high: b allows every action on every resource: an administrator";
    assert_eq!(with("*", 1, 4), [attached], "and attached");
    assert_eq!(with("*", 0, 0)[0], attached, "no boundary");
}

#[test]
fn who_is_administrator() {
    let admin =
        json!([{ "PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" }]);
    let ec2 = json!({ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" });
    let with = |users: &[Json], groups: &[Json], roles: &[Json]| {
        let answer = answer_with(&load(&[details(users, groups, roles, &[])]), &Options::default());
        let told = answer.findings.into_iter().find(|found| found.rule == "administrators")?;
        Some(format!("{} {}", told.severity.as_str(), told.summary))
    };
    let staff = group("Staff", json!({ "AttachedManagedPolicies": admin }));
    let web = role("web", "/", ec2.clone(), json!({ "AttachedManagedPolicies": admin }));
    let told =
        "low 2 holders of administrator rights, or of what leads to them, are known: group/Staff (1 member), role/web";
    assert_eq!(with(&[user("ana", json!({}))], &[staff], &[web]).as_deref(), Some(told));
    let reserved = role(
        "AWSReservedSSO_Admin_1",
        "/aws-reserved/sso.amazonaws.com/",
        ec2.clone(),
        json!({ "AttachedManagedPolicies": admin }),
    );
    assert!(with(&[], &[], &[reserved]).is_some_and(|told| told.starts_with("info 1 holder")));
    let linked = role(
        "AWSServiceRoleForX",
        "/aws-service-role/x.amazonaws.com/",
        ec2,
        json!({ "AttachedManagedPolicies": admin }),
    );
    assert_eq!(with(&[], &[], &[linked]), None);
    let parts = json!([
        { "PolicyName": "a", "PolicyDocument": says(json!([allow(json!("iam:PassRole"), json!("*"))])) },
        { "PolicyName": "b", "PolicyDocument": says(json!([allow(json!("lambda:*"), json!("*"))])) },
    ]);
    assert!(with(&[user("bo", json!({ "UserPolicyList": parts }))], &[], &[]).is_some(), "two policies add up");
}

#[test]
fn quarantine_and_what_only_denies() {
    let with = |attached: &[&str], inline: Json| {
        let attached: Vec<Json> =
            attached.iter().map(|arn| json!({ "PolicyName": arn.rsplit('/').next(), "PolicyArn": arn })).collect();
        found(&[details(
            &[user("bo", json!({ "AttachedManagedPolicies": attached, "UserPolicyList": inline }))],
            &[],
            &[],
            &[],
        )])
    };
    let told = set(["user-quarantined user/bo"]);
    assert_eq!(with(&["arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"], json!([])), told);
    assert_eq!(with(&["arn:aws-us-gov:iam::aws:policy/AWSCompromisedKeyQuarantine"], json!([])), told);
    let deny = json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }]);
    let older = |document: Json| json!([{ "PolicyName": "AWSExposedCredentialPolicy_DO_NOT_REMOVE", "PolicyDocument": says(document) }]);
    assert_eq!(with(&[], older(deny.clone())), told);
    let hidden = with(&[], older(json!([allow(json!("*"), json!("*"))])));
    assert!(
        !hidden.contains("user-quarantined user/bo") && hidden.contains("user-inline-policy user/bo"),
        "{hidden:?}"
    );
    assert_eq!(
        with(&["arn:aws:iam::aws:policy/AWSDenyAll"], json!([{ "PolicyName": "stop", "PolicyDocument": says(deny) }])),
        set([])
    );
    let own = arn("policy/AWSCompromisedKeyQuarantineV3");
    assert_eq!(with(&[&own], json!([])), set(["user-managed-policy user/bo"]), "an own policy of AWS's name");
}

#[test]
fn ages_run_to_the_moment_that_the_file_tells() {
    use base64::Engine;
    let csv = report(&[row("bob", &key("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"))]);
    let content = base64::engine::general_purpose::STANDARD.encode(&csv);
    let wrapped = json!({ "Content": content, "GeneratedTime": "2026-04-11T00:00:00+00:00" }).to_string();
    let ages = |file: String| {
        let answer = answer_with(&load(&[file]), &Options::default());
        let finding = answer.findings.iter().find(|finding| finding.rule == "key-too-old").unwrap().clone();
        (finding.evidence["age_days"].clone(), finding.evidence["as_of_basis"].clone())
    };
    assert_eq!(ages(wrapped), (json!(100), json!("generated")));
    assert_eq!(ages(csv), (json!(256), json!("newest-date")), "to now: the file does not say when it was made");
}

#[test]
fn every_rule_is_reached_by_a_case_here() {
    let text = include_str!("tests.rs");
    // The rules that join logs have their cases where they stand.
    for rule in REPORT.rules.iter().filter(|rule| !joined::is_joined(rule.id)) {
        assert!(text.matches(rule.id).count() >= 1, "{} has no case", rule.id);
    }
}

#[test]
fn long_lived_credentials_that_are_no_access_keys() {
    let service = |id: &str, name: &str, made: &str, more: Json| {
        let mut one = json!({ "UserName": "bob", "Status": "Active", "ServiceUserName": "bob-at-111122223333",
            "CreateDate": made, "ServiceSpecificCredentialId": id, "ServiceName": name });
        more.as_object().into_iter().flatten().for_each(|(name, value)| one[name] = value.clone());
        json!({ "ServiceSpecificCredentials": [one] }).to_string()
    };
    let users = || report(&[row("bob", &[])]);
    let of = |files: [String; 2]| found(&files);
    let (old, young) = (days_ago(91), days_ago(90));
    let git = |made: &str, more: Json| of([users(), service("ACCAGIT", "codecommit.amazonaws.com", made, more)]);
    assert_eq!(git(&old, json!({})), set(["other-credential-too-old ACCAGIT"]));
    assert_eq!(git(&young, json!({})), set([]));
    assert_eq!(git(&old, json!({ "Status": "Inactive" })), set([]));
    assert_eq!(git(&old, json!({ "ExpirationDate": days_ago(1) })), set([]), "it ended");
    assert_eq!(
        git(&old, json!({ "ExpirationDate": "2027-01-01T00:00:00Z" })),
        set(["other-credential-too-old ACCAGIT"])
    );
    let bedrock = |more: Json| of([users(), service("ACCABED", "bedrock.amazonaws.com", &young, more)]);
    assert_eq!(bedrock(json!({})), set(["bearer-key-active ACCABED"]));
    assert_eq!(bedrock(json!({ "Status": "Inactive" })), set([]));
    assert_eq!(bedrock(json!({ "ExpirationDate": days_ago(1) })), set([]));
    let ssh = |made: &str, status: &str| {
        let key = json!({ "UserName": "bob", "SSHPublicKeyId": "APKASSH", "Status": status, "UploadDate": made });
        of([users(), json!({ "SSHPublicKeys": [key] }).to_string()])
    };
    assert_eq!(ssh(&old, "Active"), set(["other-credential-too-old APKASSH"]));
    assert_eq!(ssh(&old, "Inactive"), set([]));
    assert_eq!(ssh(&young, "Active"), set([]));
    assert_eq!(of([users(), json!({ "SSHPublicKeys": [] }).to_string()]), set([]));
}

#[test]
fn lists_of_credentials_of_many_users_hold_together_and_a_cut_one_is_told() {
    let list = |user: &str, id: &str, cut: bool| {
        let key = json!({ "UserName": user, "SSHPublicKeyId": id, "Status": "Active", "UploadDate": days_ago(400) });
        json!({ "SSHPublicKeys": [key], "IsTruncated": cut }).to_string()
    };
    let users = report(&[row("bob", &[]), row("eve", &[])]);
    let posture = load(&[users, list("bob", "APKABOB", false), list("eve", "APKAEVE", false)]);
    assert_eq!(posture.accounts[ACCOUNT].ssh_keys.as_ref().map(|part| part.value.len()), Some(2));
    let given = |file: &str, text: &str| {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join(file).parent().unwrap()).unwrap();
        std::fs::write(dir.path().join(file), text).unwrap();
        let places = crate::posture::Places { folders: vec![dir.path().to_owned()], ..Default::default() };
        Posture::load(&places).files[0].trouble.clone().unwrap()
    };
    let cut = given("111122223333/ssh.json", &list("bob", "APKABOB", true));
    assert!(cut.damaged && cut.why.contains("fetch all of them"), "{cut:?}");
    let homeless = given("prod/ssh.json", &list("bob", "APKABOB", false));
    assert!(!homeless.why.contains("--ssh-public-keys") && homeless.why.contains("--iam-dir"), "{homeless:?}");
}

#[test]
fn identity_providers_that_no_role_trusts() {
    let arn = |rest: &str| format!("arn:aws:iam::{ACCOUNT}:{rest}");
    let role = |name: &str, effect: &str, provider: &str| {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": effect, "Action": "sts:AssumeRoleWithSAML",
                            "Principal": { "Federated": arn(provider) } }] });
        json!({ "RoleName": name, "RoleId": "AROA", "Path": "/", "Arn": arn(&format!("role/{name}")),
                "CreateDate": days_ago(9), "AssumeRolePolicyDocument": trust })
    };
    let details = |roles: &[Json]| {
        json!({ "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": [] }).to_string()
    };
    let saml = |names: &[&str]| {
        let one = |name: &&str| json!({ "Arn": arn(&format!("saml-provider/{name}")), "CreateDate": days_ago(3) });
        json!({ "SAMLProviderList": names.iter().map(one).collect::<Vec<_>>() }).to_string()
    };
    let untrusted = |files: &[String]| -> Vec<String> {
        found(files).into_iter().filter(|line| line.starts_with("identity-provider-untrusted")).collect()
    };
    let one = |name: &str| vec![format!("identity-provider-untrusted saml-provider/{name}")];
    let roles = [role("people", "Allow", "saml-provider/ADFS")];
    assert_eq!(untrusted(&[details(&roles), saml(&["ADFS", "Okta"])]), one("Okta"));
    let oidc = json!({ "OpenIDConnectProviderList": [{ "Arn": arn("oidc-provider/example.com/id/1") }] }).to_string();
    assert_eq!(untrusted(&[details(&roles), oidc]), ["identity-provider-untrusted oidc-provider/example.com/id/1"]);
    // A role that denies lets nobody in.
    assert_eq!(untrusted(&[details(&[role("no", "Deny", "saml-provider/ADFS")]), saml(&["ADFS"])]), one("ADFS"));
    // Near misses: all are trusted, Identity Center's own, a trust policy that cannot be read, no roles at hand.
    assert_eq!(untrusted(&[details(&roles), saml(&["ADFS"])]), [""; 0]);
    assert_eq!(untrusted(&[details(&roles), saml(&["AWSSSO_0123_DO_NOT_DELETE"])]), [""; 0]);
    let mut lost = role("lost", "Allow", "saml-provider/ADFS");
    lost["AssumeRolePolicyDocument"] = json!("not a document");
    assert_eq!(untrusted(&[details(&[lost]), saml(&["Okta"])]), [""; 0]);
    assert_eq!(untrusted(&[saml(&["Okta"])]), [""; 0]);
    // Whoever lets in everybody, or whatever a pattern means, may let in its users; the case of a name is not told apart.
    for principal in [
        json!("*"),
        json!({ "AWS": "*" }),
        json!({ "Federated": "*" }),
        json!({ "Federated": arn("saml-provider/*") }),
        json!({ "Federated": arn("saml-provider/okta") }),
    ] {
        let mut open = role("open", "Allow", "saml-provider/ADFS");
        open["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = principal.clone();
        assert_eq!(untrusted(&[details(&[open]), saml(&["Okta"])]), [""; 0], "{principal}");
    }
    let mut but = role("but", "Allow", "saml-provider/ADFS");
    let statement = json!({ "Effect": "Allow", "Action": "sts:*", "NotPrincipal": { "AWS": arn("root") } });
    but["AssumeRolePolicyDocument"]["Statement"][0] = statement;
    assert_eq!(untrusted(&[details(&[but]), saml(&["Okta"])]), [""; 0]);
    // A list that has one twice, and one of another account.
    assert_eq!(untrusted(&[details(&roles), saml(&["Okta", "Okta"])]), one("Okta"));
    let theirs = json!({ "SAMLProviderList": [{ "Arn": "arn:aws:iam::999900001111:saml-provider/Theirs" }] });
    assert_eq!(untrusted(&[details(&roles), theirs.to_string()]), [""; 0]);
    assert_eq!(untrusted(&[details(&roles), saml(&["A", "B", "C"])]).len(), 3);
    assert_eq!(
        untrusted(&[details(&roles), saml(&["A", "B", "C", "D"])]),
        [format!("identity-provider-untrusted {ACCOUNT}")],
        "one line"
    );
}

#[test]
fn virtual_mfa_devices_that_belong_to_nobody() {
    let serial = |name: &str| format!("arn:aws:iam::{ACCOUNT}:mfa/{name}");
    let devices = |all: &[Json]| json!({ "VirtualMFADevices": all }).to_string();
    let free = |name: &str| json!({ "SerialNumber": serial(name) });
    let owned = json!({ "SerialNumber": serial("phone"), "EnableDate": days_ago(9),
                        "User": { "UserName": "Alice", "Arn": format!("arn:aws:iam::{ACCOUNT}:user/Alice") } });
    assert_eq!(found(&[devices(&[])]), set([]));
    assert_eq!(found(&[devices(std::slice::from_ref(&owned))]), set([]), "somebody has it");
    assert_eq!(found(&[devices(&[owned, free("old")])]), set(["virtual-mfa-unassigned mfa/old"]));

    let three = ["a", "b", "c"].map(free);
    assert_eq!(found(&[devices(&three)]).len(), 3);
    let many = ["a", "b", "c", "d"].map(free);
    assert_eq!(found(&[devices(&many)]), set([&format!("virtual-mfa-unassigned {ACCOUNT}")]), "one line");
    let today = days_ago(0);
    let bob = report(&[row("bob", &password(&today, &today, "false"))]);
    let with_bob = devices(&["a", "b", "c", "d", "bob"].map(free));
    let unassigned = found(&[bob, with_bob]);
    assert!(unassigned.contains("virtual-mfa-unassigned mfa/bob"), "whoever needs one stands alone: {unassigned:?}");

    let severity = |cells: &[(&str, &str)]| {
        let files = [report(&[row("bob", cells)]), devices(&[free("bob")])];
        let answer = answer_with(&load(&files), &Options::default());
        let found = answer.findings.into_iter().find(|finding| finding.rule == "virtual-mfa-unassigned").unwrap();
        (found.severity, found.evidence["user_name"].clone())
    };
    let today = days_ago(0);
    let low = (crate::report::Severity::Low, json!("bob"));
    let info = (crate::report::Severity::Info, Json::Null);
    assert_eq!(severity(&password(&today, &today, "false")), low, "its registration was not finished");
    assert_eq!(severity(&password(&today, &today, "true")), info, "bob has another device");
    assert_eq!(severity(&[]), info, "bob does not sign in");
}
