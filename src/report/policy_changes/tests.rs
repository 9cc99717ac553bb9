use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan, scan_for};
use crate::report::{Finding, Options, Value};

const ANA: &str = "arn:aws:iam::111122223333:user/ana";
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const READ: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// A call by ana on the second of January, at this time.
fn call(time: &str, name: &str, request: Json) -> Json {
    json!({
        "eventTime": format!("2026-01-02T{time}:00Z"), "eventName": name, "eventSource": "iam.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333", "requestParameters": request,
        "userIdentity": { "type": "IAMUser", "principalId": "AIDAANA", "accountId": "111122223333", "arn": ANA },
    })
}

fn denied(mut record: Json) -> Json {
    record["errorCode"] = json!("AccessDenied");
    record
}

fn by(mut record: Json, arn: &str) -> Json {
    record["userIdentity"]["arn"] = json!(arn);
    record["userIdentity"]["principalId"] = json!(arn);
    record
}

fn document(action: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": action, "Resource": "*" } })
        .to_string()
}

fn put(time: &str, user: &str, action: &str) -> Json {
    call(time, "PutUserPolicy", json!({ "userName": user, "policyName": "p", "policyDocument": document(action) }))
}

fn attach(time: &str, user: &str, arn: &str) -> Json {
    call(time, "AttachUserPolicy", json!({ "userName": user, "policyArn": arn }))
}

fn of_user(time: &str, name: &str, user: &str) -> Json {
    call(time, name, json!({ "userName": user, "serialNumber": "arn:aws:iam::111122223333:mfa/phone" }))
}

fn ask(records: impl IntoIterator<Item = Json>) -> Answer {
    let state = scan_for(REPORT.needs, &samples(records));
    (REPORT.answer)(&View::new(&state, &Options::default()))
}

fn findings(records: impl IntoIterator<Item = Json>) -> Vec<Finding> {
    ask(records).findings
}

/// The findings of what was read to that moment.
fn findings_until(end: &str, records: impl IntoIterator<Item = Json>) -> Vec<Finding> {
    let (state, options) = (scan_for(REPORT.needs, &samples(records)), Options::default());
    let view = View { as_of: crate::model::EventTime::parse(end), ..View::new(&state, &options) };
    (REPORT.answer)(&view).findings
}

/// `rule severity subject` of each finding but the shares.
fn found(records: impl IntoIterator<Item = Json>) -> Vec<String> {
    let findings = findings(records).into_iter().filter(|finding| finding.rule != "policy-classes");
    findings.map(|found| format!("{} {} {}", found.rule, found.severity.as_str(), found.subject)).collect()
}

fn has(records: impl IntoIterator<Item = Json>, line: &str) -> bool {
    let found = found(records);
    found.iter().any(|found| found == line)
}

/// Of each row, these columns.
fn columns<const N: usize>(answer: &Answer, names: [&str; N]) -> Vec<[String; N]> {
    let places = names.map(|name| COLUMNS.iter().position(|column| column.name == name).unwrap());
    let cell = |value: &Value| match value {
        Value::Count(count) => count.to_string(),
        Value::Null => "-".to_owned(),
        other => other.as_text().map_or_else(|| format!("{other:?}"), Into::into),
    };
    answer.rows.iter().map(|row| places.map(|place| cell(&row[place]))).collect()
}

#[test]
fn everything_to_a_user() {
    let found = found([attach("03:00", "bo", ADMIN)]);
    assert_eq!(found, ["admin-granted high user/bo", "policy-on-user low user/bo"]);
    assert!(has([put("03:00", "bo", "*:*")], "admin-granted high user/bo"));
    for near in [attach("03:00", "bo", READ), put("03:00", "bo", "s3:*"), denied(attach("03:00", "bo", ADMIN))] {
        assert!(!has([near], "admin-granted high user/bo"));
    }
    let detached = call("04:00", "DetachUserPolicy", json!({ "userName": "bo", "policyArn": ADMIN }));
    let findings = findings([attach("03:00", "bo", ADMIN), detached.clone()]);
    assert!(findings[0].summary.ends_with("removed later"), "{}", findings[0].summary);
    assert_eq!((findings[0].rule, findings[0].evidence["actors"].clone()), ("admin-granted", json!([ANA])));
    assert_eq!(findings[0].evidence["changes"][0]["removed"], "2026-01-02T04:00:00Z");
    assert!(has([attach("03:00", "bo", ADMIN), detached.clone()], "policy-on-user info user/bo"));
    assert!(has([attach("05:00", "bo", ADMIN), detached], "policy-on-user low user/bo"), "given anew afterwards");
}

/// What is found, but for matters of order.
fn graver(records: impl IntoIterator<Item = Json>) -> Vec<String> {
    let order = ["own-policy-broad", "policy-on-user", "inline-policy"];
    found(records).into_iter().filter(|line| !order.iter().any(|rule| line.starts_with(rule))).collect()
}

#[test]
fn an_own_policy_is_judged_by_its_document() {
    let arn = "arn:aws:iam::111122223333:policy/own";
    let mut made = call("02:00", "CreatePolicy", json!({ "policyName": "own", "policyDocument": document("*") }));
    made["responseElements"] = json!({ "policy": { "arn": arn } });
    assert_eq!(graver([made.clone()]), ["admin-granted medium policy/own"]);
    let attached = call("03:00", "AttachGroupPolicy", json!({ "groupName": "devs", "policyArn": arn }));
    assert_eq!(found([attached.clone()]), [""; 0]);
    assert_eq!(columns(&ask([attached.clone()]), ["grant"]), [["not-judged"]]);
    let both = graver([attached.clone(), made.clone()]);
    assert_eq!(both, ["admin-granted high group/devs", "admin-granted medium policy/own"]);
    made["errorCode"] = json!("LimitExceeded");
    assert_eq!(found([attached, made]), [""; 0], "a document that was refused says nothing");
}

/// A version of policy/own by dev7.
fn version(time: &str, id: &str, (action, is_default): (&str, bool)) -> Json {
    let arn = "arn:aws:iam::111122223333:policy/own";
    let request = json!({ "policyArn": arn, "policyDocument": document(action), "setAsDefault": is_default });
    let mut record = by(call(time, "CreatePolicyVersion", request), "arn:aws:iam::111122223333:user/dev7");
    record["responseElements"] = json!({ "policyVersion": { "versionId": id, "isDefaultVersion": is_default } });
    record
}

#[test]
fn a_version_is_the_deed_of_who_puts_it_into_force() {
    let arn = "arn:aws:iam::111122223333:policy/own";
    let attached = |time: &str| call(time, "AttachGroupPolicy", json!({ "groupName": "devs", "policyArn": arn }));
    let made =
        || call("01:00", "CreatePolicy", json!({ "policyName": "own", "policyDocument": document("s3:GetObject") }));
    let set =
        |time: &str, id: &str| call(time, "SetDefaultPolicyVersion", json!({ "policyArn": arn, "versionId": id }));
    let high = ["admin-granted high policy/own"];
    assert_eq!(
        graver([attached("02:00"), version("03:00", "v2", ("*", true))]),
        high,
        "who attached it before is left in peace"
    );
    assert_eq!(graver([made(), attached("02:00"), version("03:00", "v2", ("*", true))]), high);
    assert_eq!(graver([version("03:00", "v2", ("iam:*", true))]), high, "who has it is not known");
    assert_eq!(
        graver([made(), version("03:00", "v2", ("*", true))]),
        ["admin-granted medium policy/own"],
        "nobody has it"
    );
    let later = graver([made(), version("03:00", "v2", ("*", true)), attached("04:00")]);
    assert_eq!(later, ["admin-granted high group/devs", "admin-granted medium policy/own"]);
    assert_eq!(graver([attached("02:00"), version("03:00", "v2", ("*", false))]), ["admin-granted low policy/own"]);
    let put = graver([attached("02:00"), version("03:00", "v2", ("*", false)), set("04:00", "v2")]);
    assert_eq!(put, ["admin-granted high policy/own", "admin-granted low policy/own"]);
    assert_eq!(graver([attached("02:00"), version("03:00", "v2", ("s3:GetObject", true))]), [""; 0]);
    let unseen = ["policy-version-unseen low policy/own"];
    assert_eq!(graver([attached("02:00"), set("04:00", "v1")]), unseen, "a version that was not seen");
    let to = |user: &str| call("02:00", "AttachUserPolicy", json!({ "userName": user, "policyArn": arn }));
    let by_dev = || by(set("04:00", "v1"), "arn:aws:iam::111122223333:user/dev7");
    assert_eq!(graver([to("dev7"), by_dev()]), ["policy-version-unseen medium policy/own"], "its own policy");
    assert_eq!(graver([to("dev8"), by_dev()]), unseen, "somebody else's");
    assert_eq!(graver([to("dev7"), denied(by_dev())]).len(), 1, "refused");
    let back = [version("01:00", "v2", ("*", true)), version("02:00", "v3", ("s3:Get*", true)), attached("03:00")];
    assert!(!graver(back).contains(&"admin-granted high group/devs".to_owned()), "harmless again by then");
    let detached = call("02:30", "DetachGroupPolicy", json!({ "groupName": "devs", "policyArn": arn }));
    let gone = [made(), attached("02:00"), detached, version("03:00", "v2", ("*", true))];
    assert_eq!(graver(gone), ["admin-granted medium policy/own"]);
    let findings = findings([attached("02:00"), version("03:00", "v2", ("*", true))]);
    assert_eq!(findings[0].evidence["actors"], json!(["arn:aws:iam::111122223333:user/dev7"]));
    assert_eq!(findings[0].evidence["held_by"], json!(["group/devs"]));
}

#[test]
fn what_leads_to_everything_is_high_and_what_comes_near_is_not() {
    for action in ["iam:*", "iam:AttachUserPolicy", "iam:Put*", "?*", "sso:*", "identitystore:*"] {
        assert!(has([put("03:00", "bo", action)], "admin-granted high user/bo"), "{action}");
    }
    assert!(has([attach("03:00", "bo", "arn:aws:iam::aws:policy/IAMFullAccess")], "admin-granted high user/bo"));
    for action in ["iam:GetUser", "iam:PassRole", "s3:*", "sts:AssumeRole", "sso:List*", "sso-directory:CreateUser"] {
        assert!(graver([put("03:00", "bo", action)]).is_empty(), "{action}");
    }
    let power = "arn:aws:iam::aws:policy/PowerUserAccess";
    assert_eq!(found([attach("03:00", "bo", power)]), ["policy-on-user low user/bo"]);
    let set = json!({ "permissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "managedPolicyArn": ADMIN });
    let mut set = call("03:00", "AttachManagedPolicyToPermissionSet", set);
    set["eventSource"] = json!("sso.amazonaws.com");
    assert_eq!(found([set]), ["admin-granted medium permission-set/ps-1"]);
}

#[test]
fn what_a_user_may_do_to_itself_by_name() {
    let put = |user: &str, action: &str, resource: &str| {
        let document = json!({ "Statement": { "Effect": "Allow", "Action": action,
            "Resource": format!("arn:aws:iam::111122223333:user/{resource}") } });
        let put = json!({ "userName": user, "policyName": "p", "policyDocument": document.to_string() });
        has([call("03:00", "PutUserPolicy", put)], &format!("admin-granted high user/{user}"))
    };
    assert!(put("bo", "iam:PutUserPolicy", "bo") && put("bo", "iam:AttachUserPolicy", "${aws:username}"));
    assert!(!put("bo", "iam:PutUserPolicy", "bob") && !put("bo", "iam:PutUserPolicy", "cy"), "another user");
    assert!(!put("bo", "iam:CreateAccessKey", "bo"), "its own keys");
}

#[test]
fn what_a_role_may_do_to_itself_by_name() {
    let put = |role: &str, action: &str, resource: &str| {
        let document = json!({ "Statement": { "Effect": "Allow", "Action": action,
            "Resource": format!("arn:aws:iam::111122223333:{resource}") } });
        let put = json!({ "roleName": role, "policyName": "p", "policyDocument": document.to_string() });
        has([call("03:00", "PutRolePolicy", put)], &format!("admin-granted high role/{role}"))
    };
    assert!(put("app", "iam:PutRolePolicy", "role/app") && put("app", "iam:Attach*", "role/app"));
    assert!(
        !put("app", "iam:PutRolePolicy", "role/apps") && !put("app", "iam:PutRolePolicy", "role/db"),
        "another role"
    );
    assert!(!put("app", "iam:PutRolePolicy", "user/app"), "a user of that name");
    assert!(!put("app", "iam:PutRolePolicy", "role/${aws:username}"), "roles have no user name");
    assert!(!put("app", "iam:PassRole", "role/app") && !put("app", "iam:TagRole", "role/app"));
}

#[test]
fn who_joins_administrators() {
    let to_group = |time: &str| call(time, "AttachGroupPolicy", json!({ "groupName": "Admins", "policyArn": ADMIN }));
    let joined = |user: &str| call("05:00", "AddUserToGroup", json!({ "userName": user, "groupName": "Admins" }));
    assert!(has([to_group("03:00"), joined("bo")], "admin-granted medium user/bo"));
    assert!(!has([to_group("06:00"), joined("bo")], "admin-granted medium user/bo"), "it was none by then");
    assert!(has([to_group("03:00"), joined("ana")], &format!("self-grant high {ANA}")));
    assert!(!has([to_group("03:00"), joined("ana")], "admin-granted medium user/ana"), "told once");
    let detached = call("04:00", "DetachGroupPolicy", json!({ "groupName": "Admins", "policyArn": ADMIN }));
    assert!(!has([to_group("03:00"), detached, joined("bo")], "admin-granted medium user/bo"));
    assert!(!has([to_group("03:00"), denied(joined("bo"))], "admin-granted medium user/bo"));
}

#[test]
fn who_stood_behind_the_door_is_named() {
    let held = |records: Vec<Json>| {
        let found = findings(records).into_iter().find(|found| found.rule == "admin-granted").unwrap();
        (found.evidence.get("held_by").cloned(), found.summary)
    };
    let joined = |time: &str| call(time, "AddUserToGroup", json!({ "userName": "cy", "groupName": "Admins" }));
    let left = |time: &str| call(time, "RemoveUserFromGroup", json!({ "userName": "cy", "groupName": "Admins" }));
    let to_group = || call("03:00", "AttachGroupPolicy", json!({ "groupName": "Admins", "policyArn": ADMIN }));
    let (names, summary) = held(vec![joined("02:00"), to_group()]);
    assert_eq!(names, Some(json!(["user/cy"])));
    assert!(summary.ends_with("; it is held by user/cy"), "{summary}");
    assert_eq!(held(vec![joined("02:00"), left("02:30"), to_group()]).0, None, "it had left");
    let later = [joined("04:00"), to_group()];
    let admin = findings(later).into_iter().find(|found| found.subject == "group/Admins").unwrap();
    assert_eq!(admin.evidence.get("held_by"), None, "who comes later is told apart");
    let trust = |time: &str, name: &str, who: &str| {
        let document = json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "AWS": format!("arn:aws:iam::111122223333:{who}") } } })
        .to_string();
        let document_name = if name == "CreateRole" { "assumeRolePolicyDocument" } else { "policyDocument" };
        call(time, name, json!({ "roleName": "helper", document_name: document }))
    };
    let to_role = || call("03:00", "AttachRolePolicy", json!({ "roleName": "helper", "policyArn": ADMIN }));
    let (names, summary) = held(vec![trust("02:00", "CreateRole", "user/cy"), to_role()]);
    assert_eq!(names, Some(json!(["user/cy"])));
    assert!(summary.ends_with("; its trust policy names user/cy"), "{summary}");
    let set = trust("02:30", "UpdateAssumeRolePolicy", "user/di");
    assert_eq!(held(vec![trust("02:00", "CreateRole", "user/cy"), set, to_role()]).0, Some(json!(["user/di"])));
    assert_eq!(held(vec![trust("02:00", "CreateRole", "root"), to_role()]).0, None, "the account as a whole");
}

/// What is found where IAM's own state was read as well.
fn found_with_state(records: impl IntoIterator<Item = Json>, details: &Json) -> Vec<String> {
    let (state, posture) = (scan(&samples(records)), crate::posture::testing::load(&[details.to_string()]));
    let options = Options::default();
    let answer = (REPORT.answer)(&View { posture: Some(&posture), ..View::new(&state, &options) });
    answer
        .findings
        .iter()
        .map(|found| format!("{} {} {}", found.rule, found.severity.as_str(), found.subject))
        .collect()
}

#[test]
fn state_tells_what_the_logs_do_not() {
    let arn = |resource: &str| format!("arn:aws:iam::111122223333:{resource}");
    let admin = json!([{ "PolicyName": "AdministratorAccess", "PolicyArn": ADMIN }]);
    let details = |updated: &str| {
        let versions = json!([{ "VersionId": "v1", "IsDefaultVersion": true, "Document": document("*") }]);
        json!({
            "UserDetailList": [],
            "GroupDetailList": [{ "GroupName": "Admins", "Arn": arn("group/Admins"), "AttachedManagedPolicies": admin }],
            "RoleDetailList": [{ "RoleName": "r", "Arn": arn("role/r"), "Path": "/", "AttachedManagedPolicies": admin,
                "AssumeRolePolicyDocument": { "Statement": [] } }],
            "Policies": [{ "PolicyName": "own", "Arn": arn("policy/own"), "UpdateDate": updated, "PolicyVersionList": versions }],
        })
    };
    let before = details("2025-01-01T00:00:00Z");
    let joined = call("05:00", "AddUserToGroup", json!({ "userName": "bo", "groupName": "Admins" }));
    assert_eq!(found_with_state([joined.clone()], &before), ["admin-granted medium user/bo"]);
    assert_eq!(found([joined]), [""; 0]);
    let outside = json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "444455556666" } } });
    let opened =
        call("05:00", "UpdateAssumeRolePolicy", json!({ "roleName": "r", "policyDocument": outside.to_string() }));
    assert_eq!(found_with_state([opened], &before), ["role-trust-opened high role/r"]);
    let attached =
        || call("05:00", "AttachGroupPolicy", json!({ "groupName": "devs", "policyArn": arn("policy/own") }));
    let told =
        |details: &Json| found_with_state([attached()], details).contains(&"admin-granted high group/devs".to_owned());
    assert!(told(&before));
    let set = |id: &str| {
        let call = call("05:00", "SetDefaultPolicyVersion", json!({ "policyArn": arn("policy/own"), "versionId": id }));
        found_with_state([call], &before).contains(&"admin-granted high policy/own".to_owned())
    };
    assert!(set("v1"));
    assert!(!set("v2"), "what that one allowed is not known");
    assert!(!told(&details("2026-02-01T00:00:00Z")), "it may have allowed less by then");
}

#[test]
fn who_is_let_into_an_administrator_role() {
    let admin = |role: &str| call("02:00", "AttachRolePolicy", json!({ "roleName": role, "policyArn": ADMIN }));
    let trust = |role: &str, principal: &str| {
        let document = json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": principal } } });
        call("03:00", "UpdateAssumeRolePolicy", json!({ "roleName": role, "policyDocument": document.to_string() }))
    };
    let (user, role) = ("arn:aws:iam::111122223333:user/old", "arn:aws:iam::111122223333:role/app");
    assert!(has([admin("r"), trust("r", user)], "admin-role-names-insider medium role/r"));
    assert!(has([admin("r"), trust("r", role)], "admin-role-names-insider medium role/r"));
    assert!(has([admin("r"), trust("r", ANA)], "admin-role-names-insider high role/r"), "lets itself in");
    assert_eq!(found([trust("r", user)]), ["admin-role-names-insider low role/r"]);
    assert_eq!(found([trust("r", role)]), [""; 0], "roles chain every day");
    assert_eq!(found([trust("r", "arn:aws:iam::111122223333:root")]), [""; 0]);
    assert_eq!(found([denied(trust("r", user))]), [format!("iam-changes-denied low {ANA}")]);
    let outside = "arn:aws:iam::444455556666:root";
    assert_eq!(found([trust("r", outside)]), ["role-trust-opened medium role/r"]);
    assert!(has([admin("r"), trust("r", outside)], "role-trust-opened high role/r"));
}

fn quarantine(record: Json) -> Json {
    let mut record = record;
    record["requestParameters"]["policyArn"] = json!("arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2");
    record
}

#[test]
fn the_alarm_of_aws() {
    let on = |user: &str| quarantine(attach("03:00", user, ""));
    assert_eq!(found([on("ana")]), ["key-quarantined-by-aws critical user/ana"], "under the user's own identity");
    assert_eq!(found([on("bo")]), ["key-quarantined-by-aws high user/bo"], "by somebody of the account");
    let service = json!({ "type": "AWSService", "invokedBy": "support.amazonaws.com" });
    let mut by_aws = on("bo");
    by_aws["userIdentity"] = service;
    assert_eq!(found([by_aws.clone()]), ["key-quarantined-by-aws critical user/bo"]);
    let off = quarantine(call("04:00", "DetachUserPolicy", json!({ "userName": "bo" })));
    let both = ["key-quarantined-by-aws critical user/bo", "quarantine-lifted high user/bo"];
    assert_eq!(found([by_aws, off.clone()]), both, "no milder for having been lifted");
    assert_eq!(found([denied(off)]), ["quarantine-lifted medium user/bo"]);
    let older = |document: &str| {
        let request = json!({ "userName": "ana", "policyName": "AWSExposedCredentialPolicy_DO_NOT_REMOVE", "policyDocument": document });
        call("03:00", "PutUserPolicy", request)
    };
    let deny = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    assert_eq!(found([older(deny)]), ["key-quarantined-by-aws critical user/ana"]);
    let mut named = older(deny);
    named["requestParameters"]["policyName"] = json!("AWSCompromisedKeyQuarantineV3");
    assert_eq!(found([named.clone()]), ["key-quarantined-by-aws critical user/ana"], "inline, of the newer name");
    named["requestParameters"]["policyDocument"] = json!(document("s3:GetObject"));
    assert!(!has([named], "key-quarantined-by-aws critical user/ana"), "it grants something");
    let hidden = graver([older(&document("*"))]);
    let expected = [
        "admin-granted high user/ana".to_owned(),
        "quarantine-lifted high user/ana".to_owned(),
        format!("self-grant high {ANA}"),
    ];
    assert_eq!(hidden, expected, "a grant behind AWS's name");
    let own = "arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantineV3";
    assert_eq!(found([attach("03:00", "bo", own)]), ["policy-on-user low user/bo"]);
}

#[test]
fn a_quarantine_that_ends_when_the_key_is_gone() {
    let key = |time: &str, name: &str, (id, status): (&str, &str)| {
        call(time, name, json!({ "userName": "bo", "accessKeyId": id, "status": status }))
    };
    let mut used = by(call("02:00", "GetUser", json!({})), "arn:aws:iam::111122223333:user/bo");
    used["userIdentity"]["accessKeyId"] = json!("AKIABO");
    let on = || quarantine(attach("03:00", "bo", ""));
    let off = |time: &str| quarantine(call(time, "DetachUserPolicy", json!({ "userName": "bo" })));
    let lifted = |records: Vec<Json>| {
        let found = findings(records.into_iter().chain([on(), used.clone()]));
        let one = found.iter().find(|found| found.rule == "quarantine-lifted").unwrap();
        format!("{} {}", one.severity.as_str(), one.summary)
    };
    let deleted = |time: &str| key(time, "DeleteAccessKey", ("AKIABO", ""));
    let told = lifted(vec![deleted("04:00"), off("05:00")]);
    assert_eq!(told, format!("low AWS's quarantine of user/bo was lifted by {ANA}, after AKIABO was deleted"));
    assert!(lifted(vec![deleted("06:00"), off("05:00")]).starts_with("high"), "only afterwards");
    assert!(lifted(vec![off("05:00")]).starts_with("high"), "the key is there");
    let off_only = key("04:00", "UpdateAccessKey", ("AKIABO", "Inactive"));
    assert!(lifted(vec![off_only, off("05:00")]).starts_with("high"), "it can be switched on again");
    let other = || key("02:30", "UpdateAccessKey", ("AKIATWO", "Active"));
    assert!(lifted(vec![other(), deleted("04:00"), off("05:00")]).starts_with("high"), "another key still works");
    let itself = by(off("05:00"), "arn:aws:iam::111122223333:user/bo");
    assert!(lifted(vec![deleted("04:00"), itself]).starts_with("high"), "by itself");
}

#[test]
fn containment_is_no_grant() {
    let deny = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}}}"#;
    let put = |user: &str| {
        call("03:00", "PutUserPolicy", json!({ "userName": user, "policyName": "stop", "policyDocument": deny }))
    };
    assert_eq!(found([put("bo"), put("ana"), attach("03:00", "bo", "arn:aws:iam::aws:policy/AWSDenyAll")]), [""; 0]);
    assert!(findings([put("bo")]).is_empty(), "and no share of what was given");
}

#[test]
fn what_aws_sets_up_is_one_line() {
    let linked = |account: &str, path: &str| {
        let mut record =
            call("03:00", "AttachRolePolicy", json!({ "roleName": format!("r{account}"), "policyArn": ADMIN }));
        record["recipientAccountId"] = json!(account);
        record["userIdentity"] = json!({ "type": "AssumedRole", "principalId": format!("AROA{account}{}:s", path.len()), "accountId": account,
            "sessionContext": { "sessionIssuer": { "type": "Role", "arn": format!("arn:aws:iam::{account}:role/{path}AWSServiceRoleForSSO") } } });
        record
    };
    let path = "aws-service-role/sso.amazonaws.com/";
    let two = found([linked("111122223333", path), linked("444455556666", path)]);
    assert_eq!(two, ["provisioned-by-aws info organization"]);
    assert_eq!(found([linked("111122223333", path)]), ["provisioned-by-aws info 111122223333"]);
    assert_eq!(found([linked("111122223333", "")]), ["admin-granted high role/r111122223333"], "a role of that name");
    let summary = &findings([linked("111122223333", path), linked("444455556666", path)])[0].summary;
    assert_eq!(summary, "AWS itself set up roles in 2 accounts: sso.amazonaws.com; 2 roles got administrator rights");
}

/// A call of another service than IAM.
fn elsewhere(source: &str, name: &str, request: Json) -> Json {
    let mut record = call("03:00", name, request);
    record["eventSource"] = json!(format!("{source}.amazonaws.com"));
    record
}

#[test]
fn ways_to_stay() {
    let one = |record: Json| found([record]).join(", ");
    let key = json!({ "userName": "bo", "serviceName": "bedrock.amazonaws.com" });
    assert_eq!(one(call("03:00", "CreateServiceSpecificCredential", key)), "long-lived-credential-made low user/bo");
    let provider = |url: &str| one(call("03:00", "CreateOpenIDConnectProvider", json!({ "url": url })));
    assert_eq!(provider("https://id.example.com"), "identity-provider-trusted medium identity-provider/id.example.com");
    let github = "token.actions.githubusercontent.com";
    assert_eq!(
        provider(&format!("https://{github}")),
        format!("identity-provider-trusted low identity-provider/{github}")
    );
    assert_eq!(
        one(elsewhere("rolesanywhere", "CreateTrustAnchor", json!({ "name": "ca" }))),
        "roles-anywhere-opened medium trust-anchor/ca"
    );
    assert_eq!(one(call("03:00", "AcceptDelegationRequest", json!({}))), "delegation-given medium ".to_owned() + ANA);
    let pods = || {
        elsewhere(
            "eks",
            "CreatePodIdentityAssociation",
            json!({ "name": "c", "roleArn": "arn:aws:iam::111122223333:role/r" }),
        )
    };
    assert_eq!(one(pods()), format!("access-outside-iam low {ANA}"));
    let admin = call("02:00", "AttachRolePolicy", json!({ "roleName": "r", "policyArn": ADMIN }));
    assert!(has([admin, pods()], &format!("access-outside-iam medium {ANA}")));
    let profile = call("03:00", "AddRoleToInstanceProfile", json!({ "instanceProfileName": "p", "roleName": "r" }));
    assert_eq!(one(profile), format!("access-outside-iam info {ANA}"));
    let to_instance = |profile: Json| {
        let asked =
            json!({ "AssociateIamInstanceProfileRequest": { "IamInstanceProfile": profile, "InstanceId": "i-0a" } });
        elsewhere("ec2", "AssociateIamInstanceProfile", asked)
    };
    let by_arn = || to_instance(json!({ "Arn": "arn:aws:iam::111122223333:instance-profile/path/Boss" }));
    assert_eq!(one(by_arn()), format!("access-outside-iam low {ANA}"));
    let summary = &findings([by_arn()])[0].summary;
    assert_eq!(summary, &format!("{ANA} handed on instance-profile/Boss to i-0a"));
    let boss = call("02:00", "AttachRolePolicy", json!({ "roleName": "Boss", "policyArn": ADMIN }));
    let both = [boss, to_instance(json!({ "Name": "Boss" }))];
    assert!(has(both, &format!("access-outside-iam low {ANA}")), "a profile of a role's name is a guess");
    let replaced = json!({ "ReplaceIamInstanceProfileAssociationRequest": {
        "IamInstanceProfile": { "Name": "Boss" }, "AssociationId": "iip-assoc-0" } });
    let replaced = elsewhere("ec2", "ReplaceIamInstanceProfileAssociation", replaced);
    assert_eq!(one(replaced), format!("access-outside-iam low {ANA}"));
    assert_eq!(one(elsewhere("ec2", "DisassociateIamInstanceProfile", json!({ "AssociationId": "iip-assoc-0" }))), "");
    let set = "arn:aws:sso:::permissionSet/ssoins-1/ps-1";
    let assign = |account: &str| {
        elsewhere(
            "sso",
            "CreateAccountAssignment",
            json!({ "permissionSetArn": set, "principalType": "USER", "principalId": "u", "targetId": account }),
        )
    };
    let many: Vec<Json> = (0..50).map(|n| assign(&format!("{:012}", 111_122_223_000_u64 + n))).collect();
    assert_eq!(found(many), [format!("identity-center-assigned low {ANA}")], "a line for each caller");
    let admin_set = elsewhere(
        "sso",
        "AttachManagedPolicyToPermissionSet",
        json!({ "permissionSetArn": set, "managedPolicyArn": ADMIN }),
    );
    assert!(has([admin_set, assign("444455556666")], &format!("identity-center-assigned medium {ANA}")));
    assert_eq!(
        one(denied(call("03:00", "CreateSAMLProvider", json!({ "name": "x" })))),
        format!("iam-changes-denied low {ANA}")
    );
    assert_eq!(one(elsewhere("transfer", "CreateProfile", json!({ "name": "x" }))), "");
}

#[test]
fn who_gives_itself_more() {
    assert!(has([put("03:00", "ana", "s3:*")], &format!("self-grant high {ANA}")));
    assert!(has([put("03:00", "ana", "s3:GetObject")], &format!("self-grant medium {ANA}")));
    let joined = |user: &str| call("03:00", "AddUserToGroup", json!({ "userName": user, "groupName": "Admins" }));
    assert_eq!(found([joined("ana")]), [format!("self-grant high {ANA}")]);
    assert_eq!(found([joined("bo")]), [""; 0]);
    let left = call("04:00", "RemoveUserFromGroup", json!({ "userName": "ana", "groupName": "Admins" }));
    let summary = &findings([joined("ana"), left])[0].summary;
    assert_eq!(summary, &format!("{ANA} gave itself membership of Admins; removed later"));
    assert_eq!(found([denied(joined("ana"))]), [format!("iam-changes-denied low {ANA}")]);
    let role = "arn:aws:iam::111122223333:role/path/deploy";
    let to_role = |name: &str| call("03:00", "AttachRolePolicy", json!({ "roleName": name, "policyArn": ADMIN }));
    assert!(has([by(to_role("deploy"), role)], &format!("self-grant high {role}")));
    assert!(!has([by(to_role("other"), role)], &format!("self-grant high {role}")));
    let namesake = "arn:aws:iam::444455556666:user/ana";
    assert!(!has([by(put("03:00", "ana", "*"), namesake)], &format!("self-grant high {namesake}")));
    assert!(!has([by(put("03:00", "deploy", "*"), role)], &format!("self-grant high {role}")), "a user of that name");
}

#[test]
fn doors_that_were_opened() {
    let trust = |principal: Json, condition: Json| {
        let statement =
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, "Condition": condition });
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        found([call("03:00", "UpdateAssumeRolePolicy", json!({ "roleName": "r", "policyDocument": document }))])
    };
    assert_eq!(trust(json!({ "AWS": "*" }), json!({})), ["role-trust-opened high role/r"]);
    let other = json!({ "AWS": "arn:aws:iam::444455556666:root" });
    assert_eq!(trust(other.clone(), json!({})), ["role-trust-opened medium role/r"]);
    assert_eq!(trust(other, json!({ "StringEquals": { "sts:ExternalId": "x" } })), ["role-trust-opened low role/r"]);
    assert_eq!(trust(json!({ "Service": "ec2.amazonaws.com" }), json!({})), [""; 0]);
    let boundary = call("03:00", "DeleteUserPermissionsBoundary", json!({ "userName": "bo" }));
    assert_eq!(found([boundary.clone()]), ["boundary-removed medium user/bo"]);
    let then = |time: &str, user: &str| found([boundary.clone(), of_user(time, "DeleteUser", user)]);
    assert_eq!(then("03:01", "bo"), ["boundary-removed info user/bo"], "it went as the user did");
    assert_eq!(then("03:01", "cy"), ["boundary-removed medium user/bo"], "another one");
    assert_eq!(then("04:01", "bo"), ["boundary-removed medium user/bo"], "free of it for an hour");
    assert_eq!(found([by(boundary, "arn:aws:iam::111122223333:user/bo")]).len(), 2, "of itself");
}

#[test]
fn mfa_that_went() {
    let gone = || of_user("03:00", "DeactivateMFADevice", "bo");
    assert_eq!(found([gone()]), ["mfa-deactivated high user/bo"]);
    assert_eq!(found([gone(), of_user("02:59", "EnableMFADevice", "bo")]), ["mfa-deactivated high user/bo"]);
    assert_eq!(found([gone(), of_user("04:00", "EnableMFADevice", "cy")]), ["mfa-deactivated high user/bo"]);
    assert_eq!(found([gone(), of_user("03:10", "EnableMFADevice", "bo")]), ["mfa-deactivated low user/bo"]);
    let itself = |time: &str| by(of_user(time, "EnableMFADevice", "bo"), "arn:aws:iam::111122223333:user/bo");
    assert_eq!(found([gone(), itself("03:10")]), ["mfa-deactivated info user/bo"], "a new phone");
    assert_eq!(found([gone(), itself("02:59")]), ["mfa-deactivated high user/bo"], "before it");
    assert_eq!(found([gone(), of_user("03:10", "DeleteUser", "bo")]), ["mfa-deactivated info user/bo"]);
    assert_eq!(found([denied(gone())]), [format!("iam-changes-denied low {ANA}")]);
}

/// A call of root on itself, signed with this key.
fn of_root(time: &str, name: &str, (key, request): (&str, Json)) -> Json {
    let mut record = call(time, name, request);
    record["userIdentity"] = json!({ "type": "Root", "principalId": "111122223333", "accountId": "111122223333",
        "arn": "arn:aws:iam::111122223333:root", "accessKeyId": key, "sessionContext": { "attributes": {} } });
    record
}

/// A device of this name is taken from root, or given to it.
fn device(time: &str, name: &str, (key, serial): (&str, &str)) -> Json {
    let serial = format!("arn:aws:iam::111122223333:mfa/{serial}");
    of_root(time, name, (key, json!({ "userName": "AWS ROOT USER", "serialNumber": serial })))
}

#[test]
fn mfa_that_a_central_clean_up_takes_off() {
    let gone = |key: &str| device("03:00", "DeactivateMFADevice", (key, "r1"));
    let info = "mfa-deactivated info root@111122223333";
    let high = ["mfa-deactivated high root@111122223333"];
    assert_eq!(found([gone("ASIAONE")]), high);
    let assume = |task: &str| {
        let mut record = call(
            "02:55",
            "AssumeRoot",
            json!({ "targetPrincipal": "111122223333",
            "taskPolicyArn": { "arn": format!("arn:aws:iam::aws:policy/root-task/{task}") } }),
        );
        record["eventSource"] = json!("sts.amazonaws.com");
        record["responseElements"] = json!({ "credentials": { "accessKeyId": "ASIAONE" } });
        record
    };
    let clean_up = || assume("IAMDeleteRootUserCredentials");
    assert_eq!(found([clean_up(), gone("ASIAONE")]), [info]);
    assert_eq!(found([clean_up(), gone("ASIATWO")]), high, "by another session");
    assert_eq!(found([clean_up(), gone("ASIAONE"), gone("ASIATWO")]), high, "by both");
    assert_eq!(found([assume("IAMCreateRootUserPassword"), gone("ASIAONE")]), high, "another task");
    let mut failed = clean_up();
    failed["errorCode"] = json!("AccessDenied");
    assert_eq!(found([failed, gone("ASIAONE")]), high);
    let mut flagged = gone("ASIAONE");
    flagged["userIdentity"]["sessionContext"]["assumedRoot"] = json!("true");
    assert_eq!(found([flagged]), [info], "only the member's logs");
    let password = |time: &str, name: &str| of_root(time, name, ("ASIAONE", json!(null)));
    assert_eq!(found([password("02:10", "DeleteLoginProfile"), gone("ASIAONE")]), [info]);
    assert_eq!(found([password("01:50", "DeleteLoginProfile"), gone("ASIAONE")]), [info], "however long before");
    let anew = [password("02:10", "DeleteLoginProfile"), password("02:20", "CreateLoginProfile"), gone("ASIAONE")];
    assert!(has(anew, high[0]), "and given anew");
}

#[test]
fn a_swap_of_devices_in_the_safe_order() {
    let gone = |serial: &str| device("03:00", "DeactivateMFADevice", ("ASIAONE", serial));
    let new = |time: &str, serial: &str| device(time, "EnableMFADevice", ("ASIAONE", serial));
    assert_eq!(found([new("02:58", "r2"), gone("r1")]), ["mfa-deactivated info root@111122223333"]);
    assert_eq!(found([new("02:58", "r1"), gone("r1")]), ["mfa-deactivated high root@111122223333"], "the same");
    let both = [new("02:58", "r2"), gone("r1"), gone("r2")];
    assert_eq!(found(both), ["mfa-deactivated high root@111122223333"], "both went");
    let of_bo =
        |time: &str, name: &str, serial: &str| call(time, name, json!({ "userName": "bo", "serialNumber": serial }));
    let bo = "arn:aws:iam::111122223333:user/bo";
    let swap =
        |user: &str| [by(of_bo("02:58", "EnableMFADevice", "b"), user), of_bo("03:00", "DeactivateMFADevice", "a")];
    assert_eq!(found(swap(bo)), ["mfa-deactivated info user/bo"]);
    assert_eq!(found(swap(ANA)), ["mfa-deactivated low user/bo"], "it may be theirs");
    let mut early = of_bo("02:58", "EnableMFADevice", "b");
    early["eventTime"] = json!("2026-01-01T02:58:00Z");
    assert_eq!(found([early.clone(), of_bo("03:00", "DeactivateMFADevice", "a")]), ["mfa-deactivated low user/bo"]);
    let passkey = by(early.clone(), bo);
    assert_eq!(found([passkey, of_bo("03:00", "DeactivateMFADevice", "a")]), ["mfa-deactivated info user/bo"]);
    let lost = [early.clone(), of_bo("02:00", "DeactivateMFADevice", "b"), of_bo("03:00", "DeactivateMFADevice", "a")];
    assert_eq!(found(lost), ["mfa-deactivated high user/bo"], "taken again");
    let mut before = of_bo("02:00", "DeactivateMFADevice", "b");
    before["eventTime"] = json!("2025-12-30T02:00:00Z");
    let back = [before, early, of_bo("03:00", "DeactivateMFADevice", "a")];
    assert_eq!(found(back), ["mfa-deactivated low user/bo"], "taken before it was enabled");
    let sign_in = |time: &str, mfa: &str| {
        let mut record = by(call(time, "ConsoleLogin", json!(null)), bo);
        record["eventSource"] = json!("signin.amazonaws.com");
        record["responseElements"] = json!({ "ConsoleLogin": "Success" });
        record["additionalEventData"] = json!({ "MFAUsed": mfa });
        record
    };
    let then = |time: &str, mfa: &str| found([of_bo("03:00", "DeactivateMFADevice", "a"), sign_in(time, mfa)]);
    assert_eq!(then("19:00", "Yes"), ["mfa-deactivated info user/bo"], "by another device");
    assert_eq!(then("19:00", "No"), ["mfa-deactivated high user/bo"]);
    assert_eq!(then("02:00", "Yes"), ["mfa-deactivated high user/bo"], "before it");
}

#[test]
fn a_phone_that_is_lost_when_the_logs_end() {
    let bo = "arn:aws:iam::111122223333:user/bo";
    let sign_in = |time: &str, mfa: &str| {
        let mut record = by(call(time, "ConsoleLogin", json!(null)), bo);
        record["eventSource"] = json!("signin.amazonaws.com");
        record["responseElements"] = json!({ "ConsoleLogin": "Success" });
        record["additionalEventData"] = json!({ "MFAUsed": mfa });
        record
    };
    let until = |end: &str, records: &[Json]| {
        let all = findings_until(&format!("2026-01-02T{end}:00Z"), records.to_vec());
        let of_mfa = all.iter().filter(|found| found.rule == "mfa-deactivated");
        of_mfa.map(|found| found.severity.as_str()).collect::<Vec<_>>()
    };
    let gone = || of_user("03:00", "DeactivateMFADevice", "bo");
    assert_eq!(until("03:30", &[gone()]), ["low"]);
    assert_eq!(until("04:00", &[gone()]), ["high"], "an hour was read after it");
    assert_eq!(until("03:30", &[gone(), sign_in("03:20", "No")]), ["high"], "a password did");
    assert_eq!(until("03:30", &[gone(), sign_in("02:20", "No")]), ["low"], "before it");
    assert_eq!(until("03:30", &[by(gone(), bo)]), ["high"], "the user itself, or who has its session");
}

#[test]
fn passwords_and_the_mfa_that_they_wait_for() {
    let login = |time: &str| of_user(time, "CreateLoginProfile", "bo");
    let delay = |records: &[Json]| {
        let rows = columns(&ask(records.to_vec()), ["event", "mfa_delay_seconds"]);
        rows.into_iter().find(|row| row[0] == "CreateLoginProfile").unwrap()[1].clone()
    };
    let as_of = |end: &str| {
        let found = findings_until(end, [login("03:00")]);
        found.iter().map(|found| (found.rule, found.severity.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(as_of("2026-01-02T03:08:00Z"), [("password-new", "low")], "a device may follow");
    assert_eq!(as_of("2026-01-03T03:00:00Z"), [("password-without-mfa", "medium")]);
    assert_eq!(found([login("03:00")]), ["password-without-mfa medium user/bo"]);
    assert_eq!(delay(&[login("03:00")]), "-");
    let enabled = |time: &str| of_user(time, "EnableMFADevice", "bo");
    assert_eq!(found([login("03:00"), enabled("04:30")]), ["mfa-delay info user/bo"]);
    assert_eq!(delay(&[login("03:00"), enabled("05:30"), enabled("04:30"), enabled("01:00")]), "5400");
    assert_eq!(delay(&[login("01:00"), login("04:00"), enabled("04:30")]), "1800", "from the last password");
    assert_eq!(found([login("03:00"), enabled("02:00")]), [""; 0], "a device was there before");
    assert_eq!(delay(&[login("03:00"), enabled("02:00")]), "-");
    let mut late = enabled("03:00");
    late["eventTime"] = json!("2026-01-04T03:00:00Z");
    let findings = findings([login("03:00"), late]);
    assert_eq!((findings[0].rule, findings[0].severity), ("mfa-delay", Severity::Low));
    assert_eq!(findings[0].summary, "user/bo had a console password for 2 days before MFA");
    assert_eq!(findings[0].evidence["mfa_delay_seconds"], 172_800);
    let closed = [login("03:00"), of_user("04:00", "DeleteLoginProfile", "bo")];
    assert_eq!(found(closed), ["password-without-mfa low user/bo"]);
    assert_eq!(found([denied(enabled("04:00")), login("03:00")]), ["password-without-mfa medium user/bo"]);
    assert_eq!(found([of_user("03:00", "UpdateLoginProfile", "bo")]), ["password-reset-by-other low user/bo"]);
    assert_eq!(found([of_user("03:00", "UpdateLoginProfile", "ana")]), [""; 0]);
}

#[test]
fn password_policies() {
    let update = |length: i64, reuse: i64| {
        let request = json!({ "minimumPasswordLength": length, "passwordReusePrevention": reuse });
        found([call("03:00", "UpdateAccountPasswordPolicy", request)])
    };
    assert_eq!(update(8, 24), ["password-policy-weak medium 111122223333"]);
    assert_eq!(update(14, 0), ["password-policy-weak low 111122223333"]);
    assert_eq!(update(14, 24), [""; 0]);
    let deleted = call("03:00", "DeleteAccountPasswordPolicy", json!(null));
    assert_eq!(found([deleted]), ["password-policy-deleted medium 111122223333"]);
}

#[test]
fn rows_worst_first_and_by_time() {
    let records = [
        of_user("01:00", "CreateUser", "bo"),
        attach("03:00", "bo", READ),
        attach("02:00", "bo", ADMIN),
        denied(attach("05:00", "bo", ADMIN)),
        attach("04:00", "bo", ADMIN),
    ];
    let rows = columns(&ask(records), ["event", "outcome", "events", "errors", "denied", "severity"]);
    assert_eq!(rows[0], ["AttachUserPolicy", "succeeded", "2", "0", "0", "high"]);
    assert_eq!(rows[1], ["AttachUserPolicy", "succeeded", "1", "0", "0", "low"]);
    assert_eq!(rows[2], ["AttachUserPolicy", "denied", "1", "1", "1", "low"]);
    assert_eq!(rows[3], ["CreateUser", "succeeded", "1", "0", "0", "info"]);
}

#[test]
fn shares_of_classes_and_facts() {
    let role = |name: &str, arn: &str| call("03:00", "AttachRolePolicy", json!({ "roleName": name, "policyArn": arn }));
    let own = "arn:aws:iam::111122223333:policy/own";
    let detached = call("04:00", "DetachUserPolicy", json!({ "userName": "cy", "policyArn": READ }));
    let records = [
        role("r", READ),
        role("r", READ),
        role("s", READ),
        role("s", own),
        put("03:00", "bo", "s3:GetObject"),
        attach("03:00", "cy", READ),
        detached,
        denied(put("03:00", "di", "*")),
    ];
    let state = scan(&samples(records));
    let answer = (REPORT.answer)(&View::new(&state, &Options::default()));
    let shares = answer.findings.iter().find(|finding| finding.rule == "policy-classes").unwrap();
    let summary =
        "of 5 policies given in 111122223333, 3 (60 %) AWS-managed, 1 (20 %) customer-managed, 1 (20 %) inline";
    assert_eq!((shares.summary.as_str(), shares.count), (summary, 5));
    assert_eq!(shares.evidence["users_with_policies"], json!(["bo", "cy"]));
    let refused = findings([denied(put("03:00", "di", "*"))]);
    assert!(refused.iter().all(|finding| finding.rule != "policy-classes"), "nothing was given");
    let managed = findings([role("r", READ)]);
    assert!(managed.is_empty(), "nothing but AWS-managed policies is no finding");
}

#[test]
fn every_rule_is_registered_and_every_finding_says_why() {
    let records = [
        attach("03:00", "bo", ADMIN),
        put("03:00", "ana", "*"),
        of_user("03:00", "DeactivateMFADevice", "bo"),
        of_user("03:00", "CreateLoginProfile", "cy"),
        of_user("03:00", "CreateLoginProfile", "di"),
        of_user("04:00", "EnableMFADevice", "di"),
        of_user("03:00", "UpdateLoginProfile", "bo"),
        call("03:00", "DeleteAccountPasswordPolicy", json!(null)),
        call("03:00", "UpdateAccountPasswordPolicy", json!({})),
        call("03:00", "DeleteRolePermissionsBoundary", json!({ "roleName": "r" })),
        denied(put("04:00", "bo", "*")),
        call("02:00", "AttachRolePolicy", json!({ "roleName": "a", "policyArn": ADMIN })),
        call(
            "03:00",
            "UpdateAssumeRolePolicy",
            json!({ "roleName": "a", "policyDocument":
            format!(r#"{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"{ANA}"}},"Action":"sts:AssumeRole"}}}}"#) }),
        ),
        call("02:00", "AttachRolePolicy", json!({ "roleName": "b", "policyArn": ADMIN })),
        call(
            "03:00",
            "UpdateAssumeRolePolicy",
            json!({ "roleName": "b", "policyDocument":
            r#"{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"# }),
        ),
        call(
            "03:00",
            "DetachUserPolicy",
            json!({ "userName": "bo", "policyArn": "arn:aws:iam::aws:policy/AWSDenyAll" }),
        ),
        quarantine(attach("03:00", "ana", "")),
        quarantine(call("04:00", "DetachUserPolicy", json!({ "userName": "ana" }))),
        call(
            "03:00",
            "SetDefaultPolicyVersion",
            json!({ "policyArn": "arn:aws:iam::111122223333:policy/old", "versionId": "v1" }),
        ),
        call("03:00", "UploadSSHPublicKey", json!({ "userName": "bo" })),
        call("03:00", "UploadSigningCertificate", json!({ "userName": "AWS ROOT USER" })),
        call("03:00", "UpdateSAMLProvider", json!({ "sAMLProviderArn": "arn:aws:iam::111122223333:saml-provider/x" })),
        elsewhere("rolesanywhere", "CreateProfile", json!({ "name": "x", "roleArns": [] })),
        call("03:00", "SendDelegationToken", json!({})),
        call("03:00", "EnableOutboundWebIdentityFederation", json!(null)),
        call("03:00", "EnableOrganizationsRootSessions", json!(null)),
        elsewhere("eks", "CreateAccessEntry", json!({ "name": "c", "principalArn": ANA })),
        by(
            elsewhere("states", "CreateStateMachine", json!({ "roleArn": "arn:aws:iam::111122223333:role/a" })),
            "arn:aws:iam::111122223333:user/bob",
        ),
        elsewhere("sso", "CreateAccountAssignment", json!({})),
        elsewhere("sns", "AddPermission", json!({ "aWSAccountId": ["999988887777"] })),
        elsewhere(
            "lambda",
            "UpdateFunctionConfiguration20150331v2",
            json!({ "layers": ["arn:aws:lambda:::layer:x:1"] }),
        ),
        elsewhere("sso-directory", "UpdatePassword", json!({ "userId": "u" })),
        elsewhere("organizations", "DetachPolicy", json!({ "policyId": "p-1" })),
        elsewhere("organizations", "EnableAWSServiceAccess", json!({})),
        elsewhere("organizations", "CreateAccount", json!({})),
        elsewhere("guardduty", "DeleteDetector", json!({ "detectorId": "d" })),
        elsewhere("access-analyzer", "DeleteAnalyzer", json!({ "analyzerName": "a" })),
        elsewhere("sts", "GetWebIdentityToken", json!({ "audience": ["https://id.example.com"] })),
        {
            let mut made = call("03:00", "CreateRole", json!({ "roleName": "z", "assumeRolePolicyDocument": "{}" }));
            made["userIdentity"] = json!({ "type": "AWSService", "invokedBy": "organizations.amazonaws.com" });
            made
        },
        call(
            "03:00",
            "CreateRole",
            json!({ "roleName": "r", "assumeRolePolicyDocument":
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"# }),
        ),
    ];
    let mut findings = findings(records);
    findings.extend(findings_until("2026-01-02T04:00:00Z", [of_user("03:00", "CreateLoginProfile", "cy")]));
    for finding in &findings {
        let rule = REPORT.rules.iter().find(|rule| rule.id == finding.rule).expect("registered");
        assert!(finding.severity <= rule.severity, "{} is worse than its rule says", finding.rule);
        assert!(finding.evidence["severity_because"].as_str().is_some_and(|why| !why.is_empty()), "{}", finding.rule);
        assert!(ABOUT.contains(rule.id), "{} is not in the help", rule.id);
    }
    for rule in REPORT.rules {
        assert!(findings.iter().any(|finding| finding.rule == rule.id), "no case makes {}", rule.id);
        assert!(
            rule.page.starts_with("https://docs.aws.amazon.com/") && !rule.check.is_empty() && !rule.fix.is_empty()
        );
    }
}
