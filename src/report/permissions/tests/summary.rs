//! `--summary`: administrators, what nobody used, and how much of what is granted was.

use std::collections::BTreeMap;

use super::*;
use crate::posture::testing::HEADER;

/// `principal grant usage granted used proven unseen unknowable` of every row, by column name, and the sentence below them.
fn summary(files: &[String], records: &[Json], days: i32) -> (Vec<BTreeMap<&'static str, String>>, String) {
    let (posture, logs) = (load(files), logs(days));
    let others = ["iam:CreateGroup", "route53:CreateHostedZone", "account:PutContactInformation"].map(change);
    let state = scan_for(SUMMARY.needs, &samples(records.iter().cloned().chain(others)));
    let options = Options::default();
    let view = View { posture: Some(&posture), logs: Some(&logs), ..View::new(&state, &options) };
    let answer = (SUMMARY.answer)(&view);
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::Count(count) => count.to_string(),
        Value::Time(time) => time.to_string(),
        Value::List(all) => all.join("; "),
        other => other.as_text().unwrap_or_default().into_owned(),
    };
    let rows = answer.rows.iter().map(|row| {
        let named = SUMMARY.columns.iter().zip(row);
        named.map(|(column, value)| (column.name, text(value))).collect()
    });
    let rows = rows.collect();
    (rows, answer.hidden.unwrap_or_default())
}

fn lines(rows: &[BTreeMap<&'static str, String>], columns: &[&str]) -> Vec<String> {
    let line =
        |row: &BTreeMap<&str, String>| columns.iter().map(|name| row[name].as_str()).collect::<Vec<_>>().join(" ");
    rows.iter().map(|row| line(row).replace(&arn(""), "")).collect()
}

fn role(name: &str, last_used: Option<Json>, statements: Json) -> Json {
    let trust = json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": arn("root") } }]);
    let mut role = entity(
        "Role",
        name,
        json!({ "RolePolicyList": inline(statements), "AssumeRolePolicyDocument": document(trust) }),
    );
    if let Some(used) = last_used {
        role["RoleLastUsed"] = used;
    }
    role
}

fn state(users: &[Json], groups: &[Json], roles: &[Json]) -> String {
    json!({ "UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles, "Policies": [] }).to_string()
}

/// Each action once, however many statements have it; what a `Deny` takes back is not granted.
#[test]
fn granted_actions_are_counted_once() {
    let statements = json!([
        allow(json!(["sts:*", "sts:Assume*", "IAM:listusers", "iam:ListUsers"])),
        allow(json!(["iam:List*"])),
        { "Effect": "Deny", "Action": "iam:ListRoles", "Resource": "*" },
    ]);
    let records = [
        call("ann", "iam:ListUsers", ""),
        call("ann", "iam:ListGroups", "AccessDenied"),
        call("ann", "ec2:RunInstances", ""),
    ];
    let (rows, _) = summary(&[ann(statements).to_string()], &records, 30);
    let count = |name: &str| rows[0][name].parse::<usize>().unwrap();
    let known = Known::new(Actions::known());
    let of = |pattern: &str| known.count(pattern, &Listed::Only(vec![pattern.to_owned()]));
    assert_eq!(count("granted"), of("sts:*") + of("iam:List*") - 1, "iam:ListRoles is taken back");
    assert_eq!(count("used"), 2);
    assert_eq!(count("granted"), ["used", "proven_unused", "unseen", "unknowable"].map(count).iter().sum::<usize>());
    assert!(count("proven_unused") > 0 && count("unseen") == 0);
    assert_eq!(lines(&rows, &["asked", "ungranted", "wanted"]), ["3 1 0"]);
    // A day less proves nothing.
    let (rows, _) = summary(&[ann(json!([allow(json!("iam:ListUsers"))])).to_string()], &[], 29);
    assert_eq!(lines(&rows, &["granted", "proven_unused", "unseen"]), ["1 0 1"]);
}

#[test]
fn administrators_come_first_and_say_through_what() {
    let group = entity("Group", "ops", json!({ "GroupPolicyList": inline(json!([allow(json!("*"))])) }));
    let users = [
        entity(
            "User",
            "ann",
            json!({ "GroupList": ["ops"], "UserPolicyList": inline(json!([allow(json!("iam:ListUsers"))])) }),
        ),
        entity("User", "bob", json!({ "UserPolicyList": inline(json!([allow(json!("ec2:*"))])) })),
        entity(
            "User",
            "cid",
            json!({ "AttachedManagedPolicies": [{ "PolicyName": "AdministratorAccess",
            "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" }] }),
        ),
        // Neither leads anywhere by itself.
        entity(
            "User",
            "dan",
            json!({ "GroupList": ["makers"], "UserPolicyList": inline(json!([allow(json!("iam:PassRole"))])) }),
        ),
    ];
    let makers =
        entity("Group", "makers", json!({ "GroupPolicyList": inline(json!([allow(json!("lambda:CreateFunction"))])) }));
    let roles = [
        role("admin", Some(json!({})), json!([allow(json!("*"))])),
        role("reader", None, json!([allow(json!("s3:Get*"))])),
    ];
    let state = state(&users, &[group, makers], &roles);
    let (rows, said) = summary(&[state], &[call("ann", "iam:ListUsers", "")], 30);
    let shown = lines(&rows, &["name", "grant", "usage", "grant_by", "trusts"]);
    assert_eq!(
        shown,
        [
            "role/admin admin never inline own root",
            "user/dan escalation unknown several policies together ",
            "user/cid admin unknown arn:aws:iam::aws:policy/AdministratorAccess ",
            "user/ann admin used group/ops: inline own ",
            "user/bob full-service unknown inline own ",
            "role/reader other unknown  root",
        ]
    );
    assert_eq!(
        said,
        "4 of 6 users and roles are administrators or can become one, 3 of them not in these logs; IAM knows no use of 1"
    );
}

/// What IAM says of the last use, beside what logs show.
#[test]
fn who_was_used() {
    let user = |name: &str| entity("User", name, json!({}));
    let date = "2026-06-01T00:00:00+00:00";
    let roles = [
        role("never", Some(json!({})), json!([])),
        role("old", Some(json!({ "LastUsedDate": date, "Region": "us-east-1" })), json!([])),
        role("untold", None, json!([])),
        role("here", Some(json!({})), json!([])),
    ];
    let users = ["ann", "bob", "cid", "dan"].map(user);
    let row = |name: &str, password: &str, key: &str| {
        format!(
            "{name},{},2024-01-01T00:00:00Z,true,{password},N/A,N/A,false,true,2024-01-01T00:00:00Z,{key},N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n",
            arn(&format!("user/{name}"))
        )
    };
    let report = [
        format!("{HEADER}\n"),
        row("ann", "no_information", "N/A"),
        row("bob", "N/A", "2026-05-01T00:00:00Z"),
        row("cid", "", "N/A"),
    ]
    .concat();
    let records = [call("role/here", "sts:GetCallerIdentity", "")];
    let (rows, said) = summary(&[state(&users, &[], &roles), report], &records, 30);
    assert_eq!(
        lines(&rows, &["name", "usage", "last_used"]),
        [
            "role/never never ",
            "user/ann never ",
            "role/old not-seen 2026-06-01T00:00:00Z",
            "user/bob not-seen 2026-05-01T00:00:00Z",
            "role/untold unknown ",
            "user/cid unknown ",
            "user/dan unknown ",
            "role/here used 2026-08-03T00:00:00Z",
        ]
    );
    assert!(said.starts_with("0 of 8 users and roles are administrators"), "{said}");
}

/// Credentials of a role that were issued are a use of it, though no call with them is in the logs.
#[test]
fn who_was_assumed_was_used() {
    let role_of = |name: &str| role(name, Some(json!({})), json!([allow(json!("*"))]));
    let mut assume = call("ann", "sts:AssumeRole", "");
    assume["requestParameters"] = json!({ "roleArn": arn("role/Assumed"), "roleSessionName": "s" });
    assume["responseElements"] =
        json!({ "credentials": { "accessKeyId": "ASIA1" }, "assumedRoleUser": { "assumedRoleId": "AROAROLE:s" } });
    let mut refused = call("bob", "sts:AssumeRole", "AccessDenied");
    refused["requestParameters"] = json!({ "roleArn": arn("role/refused"), "roleSessionName": "s" });
    let roles = ["assumed", "refused"].map(role_of);
    let (rows, said) = summary(&[state(&[], &[], &roles)], &[assume, refused], 30);
    let of_roles = rows.into_iter().filter(|row| row["name"].starts_with("role/")).collect::<Vec<_>>();
    let lines = lines(&of_roles, &["name", "usage", "last_used"]);
    assert_eq!(lines, ["role/refused never ", "role/assumed assumed 2026-08-03T00:00:00Z"]);
    assert!(said.contains("2 of 4 users and roles") && said.contains(", 1 of them not in these logs"), "{said}");
}

/// What IAM saw of services is a use, too.
#[test]
fn who_asked_for_a_service_is_not_never() {
    let details = state(&[], &[], &[role("ops", Some(json!({})), json!([]))]);
    let accessed = |services: Json| {
        json!({ "Arn": arn("role/ops"), "JobStatus": "COMPLETED", "ServicesLastAccessed": services }).to_string()
    };
    let usage =
        |services: Json| lines(&summary(&[details.clone(), accessed(services)], &[], 30).0, &["usage", "last_used"]);
    let at = "2026-06-01T00:00:00+00:00";
    assert_eq!(
        usage(json!([{ "ServiceNamespace": "s3", "LastAuthenticated": at }])),
        ["not-seen 2026-06-01T00:00:00Z"]
    );
    assert_eq!(usage(json!([{ "ServiceNamespace": "s3" }])), ["never "]);
}

/// Of a policy without a document nobody knows what it gives: it is named, and nothing is counted.
#[test]
fn policies_without_a_document_are_not_judged() {
    let attached = |name: &str, policy: &str| {
        let more = json!({ "AttachedManagedPolicies": [{ "PolicyName": "x", "PolicyArn": policy }],
            "UserPolicyList": inline(json!([allow(json!("ec2:*"))])) });
        entity("User", name, more)
    };
    let own = arn("policy/own");
    let users = [
        attached("ann", &own),
        attached("bob", "arn:aws:iam::aws:policy/AdministratorAccess"),
        entity("User", "cid", json!({ "GroupList": ["gone"] })),
        entity("User", "dan", json!({})),
    ];
    let (rows, said) = summary(&[state(&users, &[], &[])], &[], 30);
    assert_eq!(
        lines(&rows, &["name", "grant", "granted", "unread"]),
        [
            "user/bob admin  arn:aws:iam::aws:policy/AdministratorAccess",
            "user/ann not-judged  policy/own",
            "user/cid not-judged  group/gone",
            "user/dan other 0 ",
        ]
    );
    assert!(said.starts_with("1 of 4 users and roles is administrator or can become one"), "{said}");
    assert!(said.contains("; of 2 it is not known"), "{said}");
}

/// A credential report alone names the users, and says nothing of what they are granted.
#[test]
fn a_credential_report_names_users() {
    let row = format!(
        "ann,{},2024-01-01T00:00:00Z,true,2026-06-01T00:00:00Z,N/A,N/A,false,true,2024-01-01T00:00:00Z,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n",
        arn("user/ann")
    );
    let (rows, said) = summary(&[format!("{HEADER}\n{row}")], &[], 30);
    assert_eq!(lines(&rows, &["name", "grant", "usage", "granted"]), ["user/ann  not-seen "]);
    assert!(said.starts_with("who of 1 users and roles is an administrator is not known;"), "{said}");
}

/// Who is there and has no row is not told to be missing.
#[test]
fn who_has_no_row_is_there() {
    let own = arn("policy/own");
    let users = [
        entity("User", "ann", json!({ "AttachedManagedPolicies": [{ "PolicyName": "own", "PolicyArn": own }] })),
        entity("User", "bob", json!({})),
    ];
    let posture = load(&[state(&users, &[], &[])]);
    let (state, options) = (scan_for(REPORT.needs, &samples(Vec::<Json>::new())), Options::default());
    let said = |asked: &str| {
        let view = View { posture: Some(&posture), argument: Some(asked), ..View::new(&state, &options) };
        (REPORT.answer)(&view).hidden.unwrap_or_default()
    };
    let none = "made no call in these logs that needs an action, and";
    assert_eq!(said("bob"), format!("user/bob {none} the state grants no action"));
    assert_eq!(said("ann"), format!("user/ann {none} what is granted is not known: no document was read of {own}"));
    assert!(said("eve").starts_with("no user or role"), "{}", said("eve"));
}

/// Without state there is what was asked for, and it is said that the rest is not known.
#[test]
fn without_state() {
    let (rows, said) = summary(&[], &[call("ann", "iam:ListUsers", "")], 30);
    assert_eq!(lines(&rows, &["name", "grant", "usage", "granted", "asked"]), ["user/ann  used  1"]);
    assert!(said.ends_with("no authorization details were read"), "{said}");
}

/// A session means its role, names that differ in case only are one user, and a name that nobody has tells the nearest.
#[test]
fn who_is_meant() {
    let state = scan_for(
        REPORT.needs,
        &samples(vec![
            call("role/ops", "iam:ListUsers", ""),
            call("role/ops-2", "iam:ListGroups", ""),
            call("Alice", "iam:ListRoles", ""),
            call("alice", "iam:ListUsers", ""),
        ]),
    );
    let options = Options::default();
    let answer = |asked: &str| (REPORT.answer)(&View { argument: Some(asked), ..View::new(&state, &options) });
    let session = answer(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/any-session"));
    assert_eq!(session.rows.len(), 1);
    assert_eq!(
        session.notes,
        [format!("a session has what its role has: this is of role/ops of account {ACCOUNT}, all sessions together")]
    );
    for spelling in
        [format!("ARN:AWS:STS::{ACCOUNT}:ASSUMED-ROLE/OPS/x"), "arn:aws:sts::*:assumed-role/ops/x".to_owned()]
    {
        assert_eq!(answer(&spelling).rows.len(), 1, "{spelling}");
    }
    assert_eq!(answer(&arn("role/some/path/ops")).rows.len(), 1, "a path is no part of the name");
    // Near misses: another account, and a role that is no session.
    assert_eq!(answer("arn:aws:sts::999900001111:assumed-role/ops/s").rows.len(), 0);
    assert_eq!((answer("role/ops").rows.len(), answer("role/ops").notes), (1, Vec::new()));
    let spelt: BTreeSet<String> =
        answer("user/ALICE").rows.iter().map(|row| row[1].as_text().unwrap().into_owned()).collect();
    assert_eq!((answer("user/alice").rows.len(), spelt.len()), (2, 1), "one user: {spelt:?}");
    assert_eq!(
        answer("alcie").hidden.unwrap(),
        "no user or role of the logs or the state is called alcie; the nearest is user/alice"
    );
    assert_eq!(
        answer("nobody-at-all").hidden.unwrap(),
        "no user or role of the logs or the state is called nobody-at-all"
    );
}
