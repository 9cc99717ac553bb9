//! What is proposed of what was used: policies.

use super::*;
use crate::model::{AwsPolicies, AwsPolicy, AwsStatement, Effect, Needed, Policy};

/// The document of what some used, and what is said beside it.
fn policy(asked: &str, records: &[Json]) -> (Option<Json>, Answer) {
    let state = scan_for(REPORT.needs, &samples(records.to_vec()));
    let options = Options::default();
    let answer = (POLICY.answer)(&View { argument: Some(asked), ..View::new(&state, &options) });
    (answer.document.as_ref().map(|text| serde_json::from_str(text).unwrap()), answer)
}

fn statement(sid: &str, actions: &[&str]) -> Json {
    json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*" })
}

#[test]
fn the_least_policy_is_what_was_not_denied() {
    let records = [
        call("ann", "s3:HeadObject", ""),
        call("ann", "s3:ListBuckets", ""),
        call("ann", "access-analyzer:ListAnalyzers", ""),
        call("ann", "iam:CreateUser", "EntityAlreadyExists"),
        call("ann", "iam:ListUsers", "AccessDenied"),
        call("ann", "iam:NoSuchCall", ""),
        call("ann", "iam:NeverAllowed", "AccessDenied"),
        call("ann", "sts:GetCallerIdentity", ""),
        call("bob", "ec2:RunInstances", ""),
    ];
    let (document, answer) = policy("user/ann", &records);
    let expected = [
        statement("AccessAnalyzer", &["access-analyzer:ListAnalyzers"]),
        statement("Iam", &["iam:CreateUser"]),
        statement("S3", &["s3:GetObject", "s3:ListAllMyBuckets"]),
    ];
    assert_eq!(document, Some(json!({ "Version": "2012-10-17", "Statement": expected })));
    assert_eq!(
        answer.notes,
        [
            "denied each time, so not in it: iam:ListUsers, iam:NeverAllowed",
            "left out, since the table of actions does not tell what these calls need: iam:NoSuchCall",
        ]
    );
    assert!(answer.hidden.is_none());
    // In the order in which AWS writes it.
    let text = answer.document.unwrap();
    assert!(text.starts_with("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"AccessAnalyzer\",\n      \"Effect\""));
}

/// Denied once and allowed once is used.
#[test]
fn what_was_denied_at_times_is_needed() {
    let mut again = call("ann", "iam:ListUsers", "AccessDenied");
    again["eventID"] = json!("again");
    let (document, answer) = policy("ann", &[call("ann", "iam:ListUsers", ""), again]);
    assert_eq!(document.unwrap()["Statement"], json!([statement("Iam", &["iam:ListUsers"])]));
    assert_eq!(answer.notes, [""; 0]);
}

#[test]
fn of_several_it_is_what_all_of_them_used() {
    let records = [
        call("ann", "iam:ListUsers", ""),
        call("bob", "iam:ListRoles", ""),
        call("ann", "iam:ListRoles", "AccessDenied"),
    ];
    let (document, answer) = policy("user/*", &records);
    assert_eq!(document.unwrap()["Statement"], json!([statement("Iam", &["iam:ListRoles", "iam:ListUsers"])]));
    let (ann, bob) = (arn("user/ann"), arn("user/bob"));
    assert_eq!(answer.notes, [format!("it is of 2 users and roles together: {ann}, {bob}")]);
}

#[test]
fn without_anything_used_nothing_is_written() {
    let (document, answer) = policy("eve", &[call("ann", "iam:ListUsers", "")]);
    assert_eq!(
        (document, answer.hidden.as_deref()),
        (None, Some("no user or role of the logs or the state is called eve"))
    );
    let (document, answer) =
        policy("ann", &[call("ann", "iam:ListUsers", "AccessDenied"), call("ann", "sts:GetCallerIdentity", "")]);
    assert_eq!((document, answer.hidden), (None, Some(format!("{} used no action that is known", arn("user/ann")))));
    assert_eq!(answer.notes, ["denied each time, so not in it: iam:ListUsers"]);
}

#[test]
fn what_logs_do_not_show_is_named() {
    let (_, answer) = policy(
        "ann",
        &[call("ann", "lambda:CreateFunction20150331", ""), call("ann", "dynamodb:ExecuteStatement", "")],
    );
    assert!(answer.notes[0].starts_with("logs do not show whether these were needed too, and they do not count: "));
    assert!(answer.notes[0].contains("iam:PassRole (within lambda:CreateFunction20150331), "), "{:?}", answer.notes);
    let several = "of these calls all actions are in it, where one may be enough: dynamodb:ExecuteStatement (dynamodb:PartiQLDelete, \
                   dynamodb:PartiQLInsert, dynamodb:PartiQLSelect, dynamodb:PartiQLUpdate)";
    assert_eq!(answer.notes[1..], [several]);
}

/// Of EC2 alone there are more actions than a managed policy holds; one that just fits is not told.
#[test]
fn a_policy_that_is_too_long_is_told() {
    let names: Vec<String> = Actions::known().all().filter(|action| action.starts_with("ec2:Describe")).collect();
    let calls: Vec<Json> = names.iter().map(|name| call("ann", name, "")).collect();
    let of = |count: usize| {
        let (document, answer) = policy("ann", &calls[..count]);
        let text: usize = serde_json::to_string(&document.unwrap()).unwrap().len();
        (text, answer.notes.iter().any(|note| note.starts_with("it has ")))
    };
    let sizes: Vec<(usize, bool)> = [100, names.len()].into_iter().map(of).collect();
    assert!(sizes.iter().all(|(text, is_told)| (*text > 6_144) == *is_told), "{sizes:?}");
    let last = (1..names.len()).rev().map(of).find(|(text, _)| *text <= 6_144).unwrap();
    assert!(last.0 > 6_000 || sizes[1].0 <= 6_144, "{last:?}");
}

/// `verdict policy` of each row, and all of the answer.
fn closest(records: &[Json]) -> (Vec<String>, Answer) {
    let state = scan_for(REPORT.needs, &samples(records.to_vec()));
    let options = Options::default();
    let answer = (CLOSEST.answer)(&View { argument: Some("ann"), ..View::new(&state, &options) });
    let line = |row: &Vec<Value>| [0, 1].map(|place| row[place].as_text().unwrap().into_owned()).join(" ");
    (answer.rows.iter().map(line).collect(), answer)
}

fn calls(names: &[&str]) -> Vec<Json> {
    names.iter().map(|name| call("ann", name, "")).collect()
}

/// What a policy allows at all and allows on everything, by a matcher that tries everything.
fn plainly(policy: &AwsPolicy, action: &str) -> (bool, bool) {
    let meant = |it: &&AwsStatement| {
        let is_met = |patterns: &[String]| patterns.iter().any(|one| is_like(one.as_bytes(), action.as_bytes()));
        match &it.actions {
            Listed::Only(patterns) => is_met(patterns),
            Listed::AllBut(patterns) => !is_met(patterns),
            Listed::Absent => false,
        }
    };
    let of = |effect| policy.statements.iter().filter(move |it| it.effect == effect).filter(meant);
    let denied = of(Effect::Deny).any(|it| !it.has_condition && !it.is_of_some_resources);
    let whole = of(Effect::Allow).any(|it| !it.has_condition && !it.is_of_some_resources);
    (of(Effect::Allow).next().is_some() && !denied, whole && of(Effect::Deny).next().is_none())
}

/// What is shown of policies is what a plain matcher finds, and none that covers all adds fewer.
#[test]
fn the_closest_policy_beside_a_plain_matcher() {
    for used in [
        &["states:StartExecution", "s3:HeadObject", "lambda:Invoke"][..],
        &["iam:CreateGroup", "iam:ListUsers"],
        &["route53:ChangeResourceRecordSets"],
    ] {
        let (lines, answer) = closest(&calls(used));
        assert!(lines[0].starts_with("COVERS "), "{lines:?}");
        let actions: Vec<String> = used
            .iter()
            .flat_map(|call| {
                let (service, name) = call.split_once(':').unwrap();
                match Actions::known().needed(service, name) {
                    Needed::Actions(actions) => actions,
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        let measure = |policy: &AwsPolicy| {
            let allowed = Actions::known().all().filter(|action| plainly(policy, action).0);
            allowed.filter(|action| !actions.contains(action)).count()
        };
        let covering: Vec<&AwsPolicy> = AwsPolicies::known()
            .iter()
            .filter(|policy| {
                policy.name != "AdministratorAccess" && actions.iter().all(|action| plainly(policy, action).1)
            })
            .collect();
        let mut by_plain: Vec<(usize, String)> =
            covering.iter().map(|policy| (measure(policy), policy.name.clone())).collect();
        by_plain.sort();
        let shown: Vec<(usize, String)> = answer
            .rows
            .iter()
            .filter(|row| row[0].as_text().as_deref() == Some("COVERS"))
            .map(|row| match (&row[6], row[1].as_text()) {
                (Value::Count(adds), Some(name)) => (usize::try_from(*adds).unwrap(), name.into_owned()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(shown, by_plain[..shown.len()], "{used:?}");
        assert_eq!(shown.len(), by_plain.len().min(3));
    }
}

#[test]
fn what_no_policy_covers_and_what_is_not_a_proposal() {
    let (lines, answer) = closest(&calls(&["iam:CreateUser", "ec2:RunInstances", "organizations:CreateAccount"]));
    assert!(lines.iter().all(|line| line.starts_with("LACKS ")), "{lines:?}");
    assert_eq!(lines.len(), 3);
    assert_eq!(
        answer.hidden.as_deref(),
        Some("no AWS-managed policy short of an administrator's covers all that was used")
    );
    // What nobody used is close to nothing.
    let (lines, answer) = closest(&[call("ann", "iam:ListUsers", "AccessDenied")]);
    assert_eq!((lines, answer.hidden), (Vec::new(), Some(format!("{} used no action that is known", arn("user/ann")))));
    let (_, answer) = closest(&[call("ann", "iam:NoSuchCall", ""), call("ann", "iam:ListUsers", "")]);
    assert_eq!(
        answer.notes,
        ["left out, since the table of actions does not tell what these calls need: iam:NoSuchCall"]
    );
}

/// What a policy denies it does not cover, and what it allows on some resources or on a condition it may.
#[test]
fn denials_and_terms_of_managed_policies() {
    let named = |name: &str| AwsPolicies::known().iter().find(|policy| policy.name == name).unwrap();
    for (policy, action, expected) in [
        ("PowerUserAccess", "ec2:RunInstances", (true, true)),
        ("PowerUserAccess", "iam:ListRoles", (true, true)),
        ("PowerUserAccess", "iam:CreateUser", (false, false)),
        ("AWSDenyAll", "ec2:RunInstances", (false, false)),
        ("AmazonConnectReadOnlyAccess", "connect:AdminGetEmergencyAccessToken", (false, false)),
        ("AmazonConnectReadOnlyAccess", "connect:DescribeInstance", (true, true)),
        // On the condition iam:PassedToService, and on a role's name.
        ("AWSLambda_FullAccess", "iam:PassRole", (true, false)),
    ] {
        assert_eq!(plainly(named(policy), action), expected, "{policy} {action}");
    }
    let (lines, _) = closest(&calls(&["connect:AdminGetEmergencyAccessToken"]));
    assert!(!lines.iter().any(|line| line.contains("AmazonConnectReadOnlyAccess")), "{lines:?}");
}

/// `action verdict` of each row of a proof, and all of the answer.
fn proof(document: Option<Json>, details: Option<&Json>, records: &[Json]) -> (Vec<String>, Answer) {
    let files: Vec<String> = details.into_iter().map(Json::to_string).collect();
    let posture = load(&files);
    let state = scan_for(REPORT.needs, &samples(records.to_vec()));
    let policy = document.map(|document| Policy::from_value(&document).unwrap());
    let options = Options::default();
    let view =
        View { argument: Some("ann"), policy: policy.as_ref(), posture: Some(&posture), ..View::new(&state, &options) };
    let answer = (PROOF.answer)(&view);
    let line = |row: &Vec<Value>| [2, 3].map(|place| row[place].as_text().unwrap().into_owned()).join(" ");
    (answer.rows.iter().map(line).collect(), answer)
}

#[test]
fn the_policy_of_what_was_used_denies_none_of_it() {
    let used = calls(&["s3:HeadObject", "iam:ListUsers", "lambda:GetPolicy20150331", "dynamodb:ExecuteStatement"]);
    let (lines, answer) = proof(None, None, &used);
    assert!(lines.iter().all(|line| line.ends_with(" ALLOWED")), "{lines:?}");
    assert_eq!(lines.len(), 7);
    assert_eq!(answer.hidden.as_deref(), Some("none of 7 used actions would have been denied"));
    assert!(!answer.is_open);
    // Near misses: nothing used proves nothing, and a call of no known action is not proven to be allowed.
    let (lines, answer) = proof(None, None, &[call("ann", "iam:ListUsers", "AccessDenied")]);
    assert!(lines.is_empty() && answer.is_open, "{lines:?}");
    let (lines, answer) = proof(None, None, &calls(&["iam:ListUsers", "iam:NoSuchCall"]));
    assert_eq!(lines, ["iam:NoSuchCall UNMAPPED", "iam:ListUsers ALLOWED"]);
    assert!(answer.is_open);
}

#[test]
fn what_a_policy_would_have_denied() {
    let used = calls(&[
        "iam:ListUsers",
        "iam:ListRoles",
        "iam:CreateUser",
        "iam:DeleteUser",
        "ec2:RunInstances",
        "s3:ListBuckets",
    ]);
    let given = document(json!([
        { "Sid": "Most", "Effect": "Allow", "NotAction": "ec2:*", "Resource": "*" },
        { "Effect": "Deny", "Action": "iam:Delete*", "Resource": "*" },
        { "Effect": "Deny", "Action": "iam:CreateUser", "Resource": arn("user/boss") },
        { "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*" },
    ]));
    let (lines, answer) = proof(Some(given), None, &used);
    let expected = [
        "iam:DeleteUser DENIED",
        "ec2:RunInstances NOT ALLOWED",
        "ec2:CreateTags PERHAPS",
        "iam:CreateUser PERHAPS",
        "iam:ListRoles ALLOWED",
        "iam:ListUsers ALLOWED",
        "s3:ListAllMyBuckets ALLOWED",
    ];
    assert_eq!(lines, expected);
    let sum = "2 of 6 used actions would have been denied; 1 decided by what is not judged: resources, conditions, what a call \
               asked for; 1 not allowed that calls may have asked for beside";
    assert_eq!(answer.hidden.as_deref(), Some(sum));
    assert!(answer.is_open);
    assert_eq!(answer.rows[0][5], Value::list(["1 (Most)", "2"].map(str::to_owned).to_vec()));
}

/// Of some calls one of several actions is enough, and logs do not tell which; others need all.
#[test]
fn one_of_several_actions_may_be_enough() {
    let given = || document(json!([allow(json!(["dynamodb:PartiQLSelect", "s3:GetObject"]))]));
    let (lines, answer) = proof(Some(given()), None, &calls(&["dynamodb:ExecuteStatement", "s3:CopyObject"]));
    let expected = [
        "s3:PutObject NOT ALLOWED",
        "dynamodb:PartiQLDelete PERHAPS",
        "dynamodb:PartiQLInsert PERHAPS",
        "dynamodb:PartiQLUpdate PERHAPS",
        "dynamodb:PartiQLSelect ALLOWED",
        "s3:GetObject ALLOWED",
    ];
    assert_eq!(lines, expected);
    assert!(answer.is_open);
    // Nothing of it allowed is nothing that may be enough.
    let (lines, _) = proof(Some(given()), None, &calls(&["dynamodb:PutItem", "dynamodb:TransactWriteItems"]));
    assert!(lines.iter().all(|line| line.ends_with(" NOT ALLOWED")), "{lines:?}");
    let (_, answer) = policy("ann", &calls(&["s3:CopyObject"]));
    assert_eq!(answer.notes, [""; 0], "both are needed");
}

/// What calls may have asked for beside their own action counts where it is not allowed.
#[test]
fn what_was_perhaps_asked_for_beside_is_not_proven() {
    let made = calls(&["dynamodb:UpdateTable"]);
    let given = |actions: Json| Some(document(json!([allow(actions)])));
    let all = json!(["dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:UpdateTable"]);
    let (lines, answer) = proof(given(all.clone()), None, &made);
    assert!(lines == ["dynamodb:UpdateTable ALLOWED"] && !answer.is_open, "{lines:?}");
    let (lines, answer) = proof(given(json!("dynamodb:UpdateTable")), None, &made);
    let expected = ["dynamodb:CreateTable PERHAPS", "dynamodb:DeleteTable PERHAPS", "dynamodb:UpdateTable ALLOWED"];
    assert_eq!(lines, expected);
    assert!(answer.is_open);
    let sum =
        "none of 1 used action is denied whatever the resource; 2 not allowed that calls may have asked for beside";
    assert_eq!(answer.hidden.as_deref(), Some(sum));
    let deny = json!({ "Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*" });
    let (lines, _) = proof(Some(document(json!([allow(all), deny]))), None, &made);
    assert_eq!(lines, ["dynamodb:DeleteTable PERHAPS", "dynamodb:UpdateTable ALLOWED"]);
}

/// What is allowed on some resources or on a condition may have been denied; what is allowed on everything beside that not.
#[test]
fn resources_and_conditions_are_not_judged() {
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    for (statement, verdict) in [
        (json!({ "Effect": "Allow", "Action": "iam:ListUsers", "Resource": arn("user/x") }), "PERHAPS"),
        (json!({ "Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*", "Condition": mfa }), "PERHAPS"),
        (json!({ "Effect": "Allow", "Action": "iam:ListUsers", "NotResource": arn("user/x") }), "PERHAPS"),
        (json!({ "Effect": "Allow", "Action": "iam:ListUsers", "Resource": "arn:*" }), "PERHAPS"),
        (json!({ "Effect": "Allow", "Action": "IAM:list?sers", "Resource": "*" }), "ALLOWED"),
        (json!({ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" }), "NOT ALLOWED"),
    ] {
        let (lines, answer) = proof(Some(document(json!([statement]))), None, &calls(&["iam:ListUsers"]));
        assert_eq!(lines, [format!("iam:ListUsers {verdict}")]);
        assert_eq!(answer.is_open, verdict != "ALLOWED");
    }
}

#[test]
fn a_boundary_counts_beside_the_policy() {
    let managed = |statements: Json| {
        let versions = json!([{ "VersionId": "v1", "IsDefaultVersion": true, "Document": document(statements) }]);
        json!([{ "PolicyName": "edge", "Arn": arn("policy/edge"), "PolicyVersionList": versions }])
    };
    let edge = json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy/edge") });
    let details = |policies: Json| {
        json!({ "UserDetailList": [entity("User", "ann", json!({ "PermissionsBoundary": edge }))], "GroupDetailList": [],
                "RoleDetailList": [], "Policies": policies })
    };
    let deny = json!({ "Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*" });
    for (policies, verdict) in [
        (managed(json!([allow(json!("iam:*"))])), "ALLOWED"),
        (managed(json!([allow(json!("ec2:*"))])), "OUTSIDE BOUNDARY"),
        (managed(json!([allow(json!("iam:*")), deny])), "OUTSIDE BOUNDARY"),
        (managed(json!([{ "Effect": "Allow", "Action": "iam:*", "Resource": arn("user/x") }])), "PERHAPS"),
    ] {
        let (lines, answer) = proof(None, Some(&details(policies)), &calls(&["iam:ListUsers"]));
        assert_eq!(lines, [format!("iam:ListUsers {verdict}")]);
        assert_eq!(answer.notes, [""; 0]);
    }
    let (lines, answer) = proof(None, Some(&details(json!([]))), &calls(&["iam:ListUsers"]));
    assert_eq!(lines, ["iam:ListUsers ALLOWED"]);
    assert_eq!(
        answer.notes,
        [format!("the permissions boundary {} is not in the state: not judged", arn("policy/edge"))]
    );
    assert!(answer.is_open, "what is not judged is not proven");
}
