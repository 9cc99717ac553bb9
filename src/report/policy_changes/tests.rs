use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan};
use crate::report::{Finding, Options};

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
    let state = scan(&samples(records));
    (REPORT.answer)(&View::new(&state, &Options::default()))
}

fn findings(records: impl IntoIterator<Item = Json>) -> Vec<Finding> {
    ask(records).findings
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
        Value::Text(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        Value::Null => "-".to_owned(),
        other => format!("{other:?}"),
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
    assert!(findings[0].summary.ends_with("taken away again"), "{}", findings[0].summary);
    assert_eq!((findings[0].rule, findings[0].evidence["actors"].clone()), ("admin-granted", json!([ANA])));
    assert_eq!(findings[0].evidence["changes"][0]["removed"], "2026-01-02T04:00:00Z");
    assert!(has([attach("03:00", "bo", ADMIN), detached.clone()], "policy-on-user info user/bo"));
    assert!(has([attach("05:00", "bo", ADMIN), detached], "policy-on-user low user/bo"), "given anew afterwards");
}

#[test]
fn an_own_policy_is_judged_by_its_document() {
    let arn = "arn:aws:iam::111122223333:policy/own";
    let mut made = call("02:00", "CreatePolicy", json!({ "policyName": "own", "policyDocument": document("*") }));
    made["responseElements"] = json!({ "policy": { "arn": arn } });
    assert_eq!(found([made.clone()]), ["admin-granted medium policy/own"]);
    let attached = call("03:00", "AttachGroupPolicy", json!({ "groupName": "devs", "policyArn": arn }));
    assert_eq!(found([attached.clone()]), [""; 0]);
    assert_eq!(columns(&ask([attached.clone()]), ["grant"]), [["not-judged"]]);
    let both = found([attached.clone(), made.clone()]);
    assert_eq!(both, ["admin-granted high group/devs", "admin-granted medium policy/own"]);
    made["errorCode"] = json!("LimitExceeded");
    assert_eq!(found([attached, made]), [""; 0], "a document that was refused says nothing");
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
    assert_eq!(summary, &format!("{ANA} gave itself membership of Admins, taken away again"));
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
    assert_eq!(found([by(boundary, "arn:aws:iam::111122223333:user/bo")]).len(), 2, "of itself");
}

#[test]
fn mfa_that_went() {
    let gone = || of_user("03:00", "DeactivateMFADevice", "bo");
    assert_eq!(found([gone()]), ["mfa-deactivated high user/bo"]);
    assert_eq!(found([gone(), of_user("02:59", "EnableMFADevice", "bo")]), ["mfa-deactivated high user/bo"]);
    assert_eq!(found([gone(), of_user("04:00", "EnableMFADevice", "cy")]), ["mfa-deactivated high user/bo"]);
    assert_eq!(found([gone(), of_user("03:10", "EnableMFADevice", "bo")]), ["mfa-deactivated low user/bo"]);
    assert_eq!(found([gone(), of_user("03:10", "DeleteUser", "bo")]), ["mfa-deactivated low user/bo"]);
    assert_eq!(found([denied(gone())]), [format!("iam-changes-denied low {ANA}")]);
}

#[test]
fn passwords_and_the_mfa_that_they_wait_for() {
    let login = |time: &str| of_user(time, "CreateLoginProfile", "bo");
    let delay = |records: &[Json]| {
        let rows = columns(&ask(records.to_vec()), ["event", "mfa_delay_seconds"]);
        rows.into_iter().find(|row| row[0] == "CreateLoginProfile").unwrap()[1].clone()
    };
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
        call(
            "03:00",
            "CreateRole",
            json!({ "roleName": "r", "assumeRolePolicyDocument":
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"# }),
        ),
    ];
    let findings = findings(records);
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
