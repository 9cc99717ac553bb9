//! What is proposed of what was used: policies.

use super::*;

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
    let beside = "logs do not show whether these were needed too, and they are not in it: iam:PassRole (within lambda:CreateFunction20150331), ";
    assert!(answer.notes[0].starts_with(beside), "{:?}", answer.notes);
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
