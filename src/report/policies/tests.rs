//! Rows of the inventory. State is given as the AWS CLI prints it.

use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::posture::testing::{ACCOUNT, HEADER, ROOT_ROW, load};
use crate::report::{Options, Value};

fn arn(rest: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{rest}")
}

fn document(statements: Json) -> Json {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn allow(action: Json, resource: Json) -> Json {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn managed(arn: &str, attachments: i64, document: &Json) -> Json {
    json!({ "PolicyName": arn.rsplit('/').next(), "Arn": arn, "AttachmentCount": attachments,
            "UpdateDate": "2025-03-01T00:00:00+00:00",
            "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true, "Document": document }] })
}

fn attached(arns: &[&str]) -> Json {
    arns.iter().map(|arn| json!({ "PolicyName": arn.rsplit('/').next(), "PolicyArn": arn })).collect()
}

/// A user, group or role: `kind` as AWS spells it.
fn entity(kind: &str, name: &str, more: Json) -> Json {
    let (id, folder) = (format!("AIDA{}", name.to_uppercase()), kind.to_lowercase());
    let mut entity = json!({ format!("{kind}Name"): name, format!("{kind}Id"): id, "Path": "/",
                             "Arn": arn(&format!("{folder}/{name}")), "CreateDate": "2025-01-01T00:00:00+00:00" });
    entity.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entity
}

/// A call of a user, or of a session of a role.
fn call(kind: &str, name: &str, time: &str, error: &str) -> Json {
    let identity = match kind {
        "user" => {
            json!({ "type": "IAMUser", "principalId": format!("AIDA{}", name.to_uppercase()), "accountId": ACCOUNT,
                          "arn": arn(&format!("user/{name}")), "userName": name })
        }
        _ => json!({ "type": "AssumedRole", "principalId": format!("AROAOTHER:{name}"), "accountId": ACCOUNT,
                     "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/s"),
                     "sessionContext": { "sessionIssuer": { "type": "Role", "principalId": "AROAOTHER",
                                         "arn": arn(&format!("role/{name}")), "accountId": ACCOUNT, "userName": name } } }),
    };
    json!({ "eventVersion": "1.08", "eventTime": time, "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets",
            "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli", "errorCode": error,
            "recipientAccountId": ACCOUNT, "eventID": format!("{time}{name}"), "userIdentity": identity })
}

/// The values of some columns of every row.
fn rows(files: &[String], records: &[Json], columns: &[&str]) -> Vec<Vec<Value>> {
    let posture = load(files);
    let state = scan_for(REPORT.needs, &samples(records.to_vec()));
    let options = Options::default();
    let answer = (REPORT.answer)(&View { posture: Some(&posture), ..View::new(&state, &options) });
    assert!(answer.findings.is_empty() && answer.hidden.is_none(), "{:?}", answer.hidden);
    let place = |name: &str| COLUMNS.iter().position(|column| column.name == name).expect("a column");
    let row = |row: Vec<Value>| columns.iter().map(|name| row[place(name)].clone()).collect();
    answer.rows.into_iter().map(row).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Count(count) => count.to_string(),
        Value::Time(time) => time.to_string(),
        Value::List(members) => members.join(" "),
        other => other.as_text().expect("text").replace(&arn(""), ""),
    }
}

fn lines(files: &[String], records: &[Json], columns: &[&str]) -> Vec<String> {
    let line = |row: Vec<Value>| row.iter().map(text).collect::<Vec<_>>().join(" | ");
    rows(files, records, columns).into_iter().map(line).collect()
}

const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[test]
fn a_row_for_every_kind_of_policy_and_who_holds_it() {
    let own = arn("policy/own");
    let read = document(json!([allow(json!("s3:GetObject"), json!("arn:aws:s3:::logs/*"))]));
    let inline =
        json!([{ "PolicyName": "all", "PolicyDocument": document(json!([allow(json!("ec2:*"), json!("*"))])) }]);
    let details = json!({
        "UserDetailList": [
            entity("User", "ann", json!({ "GroupList": ["ops"], "AttachedManagedPolicies": attached(&[&own]) })),
            entity("User", "bob", json!({ "GroupList": [], "UserPolicyList": inline })),
        ],
        "GroupDetailList": [entity("Group", "ops", json!({ "AttachedManagedPolicies": attached(&[ADMIN]) }))],
        "RoleDetailList": [entity("Role", "app", json!({
            "AttachedManagedPolicies": attached(&["arn:aws:iam::aws:policy/AmazonS3FullAccess", &own]),
            "PermissionsBoundary": { "PermissionsBoundaryArn": arn("policy/edge"), "PermissionsBoundaryType": "Policy" },
        }))],
        "Policies": [
            managed(ADMIN, 1, &document(json!([allow(json!("*"), json!("*"))]))),
            managed(&own, 2, &read),
            managed(&arn("policy/edge"), 0, &document(json!([allow(json!("*"), json!("*"))]))),
            managed(&arn("policy/nobody"), 0, &json!("not a document")),
        ],
    });
    let columns = ["policy", "kind", "grant", "grant_basis", "statements", "attached_to", "attachments", "boundary_of"];
    assert_eq!(
        lines(&[details.to_string()], &[], &columns),
        [
            "policy/edge | customer-managed | admin | document | 1 |  | 0 | role/app",
            "arn:aws:iam::aws:policy/AdministratorAccess | aws-managed | admin | document | 1 | group/ops | 1 | ",
            "user/bob inline all | inline | full-service | document | 1 | user/bob | 1 | ",
            "arn:aws:iam::aws:policy/AmazonS3FullAccess | aws-managed | full-service | name | - | role/app | 1 | ",
            "policy/nobody | customer-managed | not-judged | none | - |  | 0 | ",
            "policy/own | customer-managed | other | document | - | role/app user/ann | 2 | ",
        ]
    );
}

#[test]
fn a_file_without_groups_does_not_count_holders() {
    let users =
        json!({ "UserDetailList": [entity("User", "ann", json!({ "AttachedManagedPolicies": attached(&[ADMIN]) }))] });
    let columns = ["policy", "grant", "grant_basis", "attached_to", "attachments"];
    assert_eq!(lines(&[users.to_string()], &[], &columns), [format!("{ADMIN} | admin | name | user/ann | -")]);
}

#[test]
fn what_documents_list() {
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "false" } });
    let statements = json!([
        allow(json!(["s3:Put*", "s3:Get*"]), json!("*")),
        { "Sid": "Rest", "Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "NotResource": ["arn:aws:s3:::a"] },
        { "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::secret/*", "Condition": mfa },
    ]);
    let details = json!({ "Policies": [managed(&arn("policy/p"), 0, &document(statements))] });
    let columns = ["actions", "resources", "denied_actions", "condition_keys", "changed"];
    let expected = "NotAction: iam:*, sts:* s3:Get* s3:Put* | * NotResource: arn:aws:s3:::a | s3:GetObject | \
                    aws:multifactorauthpresent | 2025-03-01T00:00:00Z";
    assert_eq!(lines(&[details.to_string()], &[], &columns), [expected]);
}

#[test]
fn statements_that_give_the_grant_are_named() {
    let parts = json!([
        allow(json!("iam:PassRole"), json!("*")),
        allow(json!("s3:GetObject"), json!("*")),
        { "Sid": "Make", "Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*" },
    ]);
    let details = json!({ "Policies": [managed(&arn("policy/p"), 0, &document(parts))] });
    assert_eq!(lines(&[details.to_string()], &[], &["grant", "statements"]), ["escalation | 1 + 3 (Make)"]);
}

#[test]
fn the_document_is_the_same_in_every_form() {
    let plain = document(json!([allow(json!("s3:GetObject"), json!("*"))]));
    let encoded: String = plain.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
    for written in [plain.clone(), json!(plain.to_string()), json!(encoded)] {
        let details = json!({ "Policies": [managed(&arn("policy/p"), 0, &written)] });
        let found = rows(&[details.to_string()], &[], &["document"]);
        let read: Json = serde_json::from_str(&found[0][0].as_text().unwrap()).unwrap();
        assert_eq!(read, plain);
    }
}

#[test]
fn who_of_the_holders_was_seen_last() {
    let own = arn("policy/own");
    let read = document(json!([allow(json!("s3:GetObject"), json!("*"))]));
    let details = json!({
        "UserDetailList": [
            entity("User", "ann", json!({ "GroupList": ["ops"] })),
            entity("User", "bob", json!({ "GroupList": [] })),
        ],
        "GroupDetailList": [entity("Group", "ops", json!({ "AttachedManagedPolicies": attached(&[&own]) }))],
        "RoleDetailList": [
            entity("Role", "app", json!({ "AttachedManagedPolicies": attached(&[&own]) })),
            entity("Role", "idle", json!({ "AttachedManagedPolicies": attached(&[ADMIN]) })),
            entity("Role", "edged", json!({ "PermissionsBoundary": { "PermissionsBoundaryArn": arn("policy/edge") } })),
        ],
        "Policies": [managed(&own, 2, &read), managed(&arn("policy/edge"), 0, &read)],
    });
    let seen =
        |records: &[Json]| lines(&[details.to_string()], records, &["policy", "holder_last_seen", "last_holder"]);
    let unseen = [&*format!("{ADMIN} | - | -"), "policy/edge | - | -", "policy/own | - | -"];
    assert_eq!(seen(&[]), unseen, "no logs, nobody seen");
    let near = [
        call("user", "bob", "2026-03-03T00:00:00Z", ""),
        call("role", "edged", "2026-03-03T00:00:00Z", ""),
        call("role", "app2", "2026-03-03T00:00:00Z", ""),
    ];
    assert_eq!(seen(&near), unseen, "others, and one whose boundary it is");
    let ann = call("user", "ann", "2026-03-01T00:00:00Z", "");
    assert_eq!(
        seen(std::slice::from_ref(&ann))[2],
        "policy/own | 2026-03-01T00:00:00Z | user/ann",
        "a member of a group"
    );
    let app = call("role", "app", "2026-03-02T00:00:00Z", "");
    assert_eq!(seen(&[ann, app])[2], "policy/own | 2026-03-02T00:00:00Z | role/app");
}

#[test]
fn accounts_without_policies_are_named() {
    let posture = load(&[format!("{HEADER}\n{ROOT_ROW}\n")]);
    let state = scan_for(REPORT.needs, &samples(Vec::new()));
    let options = Options::default();
    let answer = (REPORT.answer)(&View { posture: Some(&posture), ..View::new(&state, &options) });
    assert!(answer.rows.is_empty());
    let why = format!("the policies of {ACCOUNT} are not known: no authorization details were given");
    assert_eq!(answer.hidden, Some(why));
}

/// Identity providers first, of each kind the roles that grant most; a trust policy that cannot be read is named.
#[test]
fn whom_roles_let_in() {
    let trusting = |action: &str, principal: Json, condition: Json| {
        let mut statement = json!({ "Effect": "Allow", "Action": action, "Principal": principal });
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        document(json!([statement]))
    };
    let github = arn("oidc-provider/token.actions.githubusercontent.com");
    let subject = json!({ "StringLike": { "token.actions.githubusercontent.com:sub": "repo:acme/app:*" } });
    let saml = json!({ "Federated": arn("saml-provider/ADFS") });
    let details = json!({
        "UserDetailList": [], "GroupDetailList": [], "Policies": [],
        "RoleDetailList": [
            entity("Role", "ci", json!({ "AssumeRolePolicyDocument":
                trusting("sts:AssumeRoleWithWebIdentity", json!({ "Federated": github }), subject) })),
            entity("Role", "people", json!({ "AssumeRolePolicyDocument":
                trusting("sts:AssumeRoleWithSAML", saml.clone(), Json::Null) })),
            entity("Role", "admins", json!({ "AttachedManagedPolicies": attached(&[ADMIN]), "AssumeRolePolicyDocument":
                trusting("sts:AssumeRoleWithSAML", saml, Json::Null) })),
            entity("Role", "vm", json!({ "AssumeRolePolicyDocument":
                trusting("sts:AssumeRole", json!({ "Service": "ec2.amazonaws.com" }), Json::Null) })),
            entity("Role", "lost", json!({ "AssumeRolePolicyDocument": "not a document" })),
        ],
    });
    let posture = load(&[details.to_string()]);
    let (state, options) = (scan_for(REPORT.needs, &samples(Vec::<Json>::new())), Options::default());
    let answer = (TRUST.answer)(&View { posture: Some(&posture), ..View::new(&state, &options) });
    let line = |row: &Vec<Value>| row[1..6].iter().map(text).collect::<Vec<_>>().join(" | ");
    let expected = [
        "saml-provider | saml-provider/ADFS |  | role/admins | admin",
        "saml-provider | saml-provider/ADFS |  | role/people | other",
        "oidc-provider | oidc-provider/token.actions.githubusercontent.com | repo:acme/app:* | role/ci | other",
        "service | ec2.amazonaws.com |  | role/vm | other",
    ];
    assert_eq!(answer.rows.iter().map(line).collect::<Vec<_>>(), expected);
    assert_eq!(answer.notes, [format!("the trust policy of {} could not be read", arn("role/lost"))]);
}

/// Where lists of providers are given: one that no role trusts has a row, and one that a role trusts may be gone.
#[test]
fn providers_that_nobody_trusts() {
    let trust = |provider: &str| {
        document(
            json!([{ "Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": { "Federated": provider } }]),
        )
    };
    let details = |roles: &[(&str, Json)]| {
        let roles =
            roles.iter().map(|(name, trust)| entity("Role", name, json!({ "AssumeRolePolicyDocument": trust })));
        json!({ "UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": roles.collect::<Vec<_>>() })
            .to_string()
    };
    let saml =
        json!({ "SAMLProviderList": [{ "Arn": arn("saml-provider/ADFS") }, { "Arn": arn("saml-provider/Old") }] })
            .to_string();
    let oidc = json!({ "OpenIDConnectProviderList": [{ "Arn": arn("oidc-provider/example.com") }] }).to_string();
    let lines = |files: &[String]| -> Vec<String> {
        let posture = load(files);
        let (state, options) = (scan_for(REPORT.needs, &samples(Vec::<Json>::new())), Options::default());
        let answer = (TRUST.answer)(&View { posture: Some(&posture), ..View::new(&state, &options) });
        let at = |name: &str| TRUST.columns.iter().position(|column| column.name == name).unwrap();
        let places = ["trusted", "role", "exists"].map(at);
        answer.rows.iter().map(|row| places.map(|place| text(&row[place])).join(" | ")).collect()
    };
    let other = "arn:aws:iam::999900001111:saml-provider/Theirs";
    let roles = [
        ("people", trust(&arn("saml-provider/ADFS"))),
        ("gone", trust(&arn("saml-provider/Gone"))),
        ("odd", trust(other)),
    ];
    assert_eq!(
        lines(&[details(&roles), saml.clone(), oidc]),
        [
            "saml-provider/ADFS | role/people | yes",
            "saml-provider/Gone | role/gone | no",
            &format!("{other} | role/odd | -"),
            "saml-provider/Old | none | yes",
            "oidc-provider/example.com | none | yes",
        ]
    );
    // Without the lists nothing is said of it; a trust policy that cannot be read may trust any.
    assert_eq!(lines(&[details(&roles[..1])]), ["saml-provider/ADFS | role/people | -"]);
    let unread = lines(&[details(&[("lost", json!("not a document"))]), saml]);
    assert_eq!(unread, ["saml-provider/ADFS | - | yes", "saml-provider/Old | - | yes"]);
}
