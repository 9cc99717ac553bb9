//! Rows. State is given as the AWS CLI prints it, logs as records, and what was read of them as a span.

mod proposals;
mod summary;
mod unproven;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::model::{Actions, Day, Listed};
use crate::posture::testing::{ACCOUNT, load};
use crate::report::scorecard::{LogSpan, regions};
use crate::report::{Options, Value};

/// Regions that are on by default.
fn by_default() -> BTreeSet<String> {
    let one = LogSpan { regions: [(ACCOUNT.to_owned(), ["us-east-1".to_owned()].into())].into(), ..LogSpan::default() };
    regions::of(ACCOUNT, &one, None).regions
}

fn arn(rest: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{rest}")
}

fn allow(action: Json) -> Json {
    json!({ "Effect": "Allow", "Action": action, "Resource": "*" })
}

fn document(statements: Json) -> Json {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn inline(statements: Json) -> Json {
    json!([{ "PolicyName": "own", "PolicyDocument": document(statements) }])
}

/// A user, group or role: `kind` as AWS spells it.
fn entity(kind: &str, name: &str, more: Json) -> Json {
    let (id, folder) = (format!("AIDA{}", name.to_uppercase()), kind.to_lowercase());
    let mut entity = json!({ format!("{kind}Name"): name, format!("{kind}Id"): id, "Path": "/",
                             "Arn": arn(&format!("{folder}/{name}")), "CreateDate": "2024-01-01T00:00:00+00:00" });
    entity.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entity
}

/// State with one user, `ann`, of these statements.
fn ann(statements: Json) -> Json {
    json!({ "UserDetailList": [entity("User", "ann", json!({ "UserPolicyList": inline(statements) }))],
            "GroupDetailList": [], "RoleDetailList": [], "Policies": [] })
}

/// A call of `user/ann`, or with `role` of a session of that role.
fn call(who: &str, call: &str, error: &str) -> Json {
    let (service, name) = call.split_once(':').unwrap();
    let identity = match who.strip_prefix("role/") {
        None => {
            json!({ "type": "IAMUser", "principalId": "AIDAANN", "accountId": ACCOUNT, "arn": arn(&format!("user/{who}")),
                        "userName": who })
        }
        Some(role) => json!({ "type": "AssumedRole", "principalId": "AROAROLE:s", "accountId": ACCOUNT,
                              "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/s") }),
    };
    json!({ "eventVersion": "1.08", "eventTime": "2026-08-03T00:00:00Z", "eventSource": format!("{service}.amazonaws.com"),
            "eventName": name, "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli",
            "errorCode": error, "recipientAccountId": ACCOUNT, "eventID": call, "userIdentity": identity })
}

/// A call of root, which has no rows, that changes something.
fn change(named: &str) -> Json {
    let mut change = call("", named, "");
    change["userIdentity"] = json!({ "type": "Root", "principalId": ACCOUNT, "accountId": ACCOUNT, "arn": format!("arn:aws:iam::{ACCOUNT}:root") });
    change
}

/// So many whole days of logs, with reads, of every region.
fn logs(days: i32) -> LogSpan {
    let first = Day(20_000);
    let all: BTreeSet<Day> = (first.0..first.0 + days).map(Day).collect();
    let place = |region: &String| (ACCOUNT.to_owned(), region.clone());
    let regions = by_default();
    LogSpan {
        recorded: regions.iter().map(|region| (place(region), all.iter().map(|day| (*day, true)).collect())).collect(),
        regions: [(ACCOUNT.to_owned(), regions.clone())].into(),
        days: regions.iter().map(|region| (place(region), all.clone())).collect(),
        whole_days: Some((first, Day(first.0 + days - 1))),
        ..LogSpan::default()
    }
}

/// `action verdict` of every row, and of patterns how their actions stand.
fn rows_of(details: Option<&Json>, records: &[Json], (days, expand, asked): (i32, i64, Option<&str>)) -> Vec<String> {
    let files: Vec<String> = details.into_iter().map(Json::to_string).collect();
    let (posture, logs) = (load(&files), logs(days));
    // Of an account without any event, any change, or any event of a global service nothing is proven.
    let others = ["iam:CreateGroup", "route53:CreateHostedZone", "account:PutContactInformation"].map(change);
    let state = scan_for(REPORT.needs, &samples(records.iter().cloned().chain(others)));
    let mut options = Options::default();
    options.set(&EXPAND, expand).unwrap();
    let view = View { posture: Some(&posture), logs: Some(&logs), argument: asked, ..View::new(&state, &options) };
    let answer = (REPORT.answer)(&view);
    let place = |name: &str| COLUMNS.iter().position(|column| column.name == name).expect("a column");
    let text = |row: &[Value], name: &str| row[place(name)].as_text().unwrap_or_default().into_owned();
    let count = |row: &[Value], name: &str| match row[place(name)] {
        Value::Count(count) => count,
        _ => 0,
    };
    let line = |row: Vec<Value>| {
        let mut line = format!("{} {}", text(&row, "action"), text(&row, "verdict"));
        if count(&row, "actions") != 1 {
            let sum: i64 =
                ["used_actions", "proven_unused", "unseen", "unknowable"].iter().map(|name| count(&row, name)).sum();
            assert_eq!(count(&row, "actions"), sum, "{line}");
            line += &format!(" {} used", count(&row, "used_actions"));
        }
        line
    };
    answer.rows.into_iter().map(line).collect()
}

fn rows(statements: Json, records: &[Json]) -> Vec<String> {
    rows_of(Some(&ann(statements)), records, (30, 0, None))
}

#[test]
fn used_and_proven_unused() {
    let granted = json!([allow(json!(["iam:CreateUser", "IAM:listusers", "ec2:DescribeInstances"]))]);
    let used = call("ann", "iam:ListUsers", "");
    assert_eq!(
        rows(granted.clone(), std::slice::from_ref(&used)),
        ["ec2:DescribeInstances PROVEN", "iam:CreateUser PROVEN", "iam:ListUsers USED"]
    );
    // Near misses: another's call, a failure that is no denial, and a day too few.
    assert!(rows(granted.clone(), &[call("bob", "iam:CreateUser", "")]).contains(&"iam:CreateUser PROVEN".to_owned()));
    assert!(
        rows(granted.clone(), &[call("ann", "iam:CreateUser", "EntityAlreadyExists")])
            .contains(&"iam:CreateUser USED".to_owned())
    );
    let short = rows_of(Some(&ann(granted.clone())), &[used], (29, 0, None));
    assert_eq!(short, ["ec2:DescribeInstances UNSEEN", "iam:CreateUser UNSEEN", "iam:ListUsers USED"]);
    // A call of which the action is not known may be any of its service.
    let unmapped = rows(granted, &[call("ann", "iam:NoSuchCall", "")]);
    assert_eq!(
        unmapped,
        ["ec2:DescribeInstances PROVEN", "iam:CreateUser UNSEEN", "iam:ListUsers UNSEEN", "iam:NoSuchCall UNMAPPED"]
    );
}

/// Who calls what needs no permission does not use what grants it, and does not leave it unused either.
#[test]
fn what_needs_no_permission_is_neither_used_nor_unused() {
    let granted = json!([allow(json!(["sts:GetCallerIdentity", "sts:AssumeRole"]))]);
    for calls in [&[][..], &[call("ann", "sts:GetCallerIdentity", "")]] {
        assert_eq!(rows(granted.clone(), calls), ["sts:AssumeRole PROVEN", "sts:GetCallerIdentity UNKNOWABLE"]);
    }
}

/// Calls of IAM users by credentials of GetFederationToken are theirs.
#[test]
fn federated_sessions_use_what_their_issuer_is_granted() {
    let mut federated = call("ann", "iam:ListUsers", "");
    federated["userIdentity"] = json!({
        "type": "FederatedUser", "principalId": format!("{ACCOUNT}:guest"), "accountId": ACCOUNT,
        "arn": format!("arn:aws:sts::{ACCOUNT}:federated-user/guest"),
        "sessionContext": { "sessionIssuer": { "type": "IAMUser", "principalId": "AIDAANN", "accountId": ACCOUNT,
                                               "arn": arn("user/ann"), "userName": "ann" } }
    });
    let granted = json!([allow(json!(["iam:ListUsers", "iam:ListRoles"]))]);
    assert_eq!(rows(granted, &[federated]), ["iam:ListRoles PROVEN", "iam:ListUsers USED"]);
}

/// A call that a service makes with somebody's identity is his, whoever `invokedBy` names.
#[test]
fn calls_on_behalf_are_of_whoever_they_are_made_for() {
    let mut forwarded = call("ann", "ec2:DescribeImages", "");
    forwarded["userIdentity"]["invokedBy"] = json!("cloudformation.amazonaws.com");
    forwarded["sourceIPAddress"] = json!("cloudformation.amazonaws.com");
    let granted = json!([allow(json!(["ec2:DescribeImages", "ec2:DescribeVolumes"]))]);
    assert_eq!(rows(granted, &[forwarded]), ["ec2:DescribeVolumes PROVEN", "ec2:DescribeImages USED"]);
}

/// Application Auto Scaling's calls, which have the event source of EC2 Auto Scaling, prove nothing of that either way.
#[test]
fn a_shared_event_source_is_not_taken_for_one_service() {
    let granted = json!([allow(json!(["autoscaling:PutScalingPolicy", "autoscaling:SetDesiredCapacity"]))]);
    let found = rows(
        granted,
        &[call("ann", "autoscaling:RegisterScalableTarget", ""), call("ann", "autoscaling:PutScalingPolicy", "")],
    );
    let expected = [
        "application-autoscaling:RegisterScalableTarget UNGRANTED",
        "autoscaling:SetDesiredCapacity PROVEN",
        "application-autoscaling:PutScalingPolicy USED",
        "autoscaling:PutScalingPolicy USED",
    ];
    assert_eq!(found, expected);
}

/// A call that one of several actions is enough for is granted by one; of a call that needs all, the others are not.
#[test]
fn one_action_of_several_grants_a_call() {
    let granted = json!([allow(json!(["dynamodb:PartiQLSelect", "s3:GetObject"]))]);
    let found = rows(granted, &[call("ann", "dynamodb:ExecuteStatement", ""), call("ann", "s3:CopyObject", "")]);
    let expected = [
        "s3:PutObject UNGRANTED",
        "dynamodb:PartiQLDelete USED",
        "dynamodb:PartiQLInsert USED",
        "dynamodb:PartiQLSelect USED",
        "dynamodb:PartiQLUpdate USED",
        "s3:GetObject USED",
    ];
    assert_eq!(found, expected);
    let denied = rows(
        json!([allow(json!("dynamodb:PartiQLSelect"))]),
        &[call("ann", "dynamodb:ExecuteStatement", "AccessDenied"), call("ann", "dynamodb:PutItem", "AccessDenied")],
    );
    assert_eq!(denied[0], "dynamodb:PutItem WANTED");
    assert_eq!(denied[1..].iter().filter(|line| line.ends_with(" DENIED")).count(), 4, "{denied:?}");
}

#[test]
fn denied_wanted_and_granted_elsewhere() {
    let granted = json!([
        allow(json!("iam:*")),
        { "Effect": "Deny", "Action": "iam:DeleteUser", "Resource": "*" },
        { "Effect": "Deny", "Action": "iam:ListRoles", "Resource": arn("role/secret") },
        { "Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*",
          "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } },
    ]);
    let calls = [
        call("ann", "ec2:RunInstances", "Client.UnauthorizedOperation"),
        call("ann", "ec2:DescribeInstances", ""),
        call("ann", "iam:CreateUser", "AccessDenied"),
        call("ann", "iam:DeleteUser", ""),
        call("ann", "iam:ListRoles", ""),
        call("ann", "iam:ListUsers", ""),
    ];
    let expected = [
        "ec2:DescribeInstances UNGRANTED",
        "iam:DeleteUser UNGRANTED",
        "ec2:RunInstances WANTED",
        "iam:CreateUser DENIED",
        "iam:* USED 4 used",
        "iam:ListRoles USED",
        "iam:ListUsers USED",
    ];
    assert_eq!(rows(granted, &calls), expected);
    // Without state nobody knows what is granted: nothing is wanted, nothing granted elsewhere.
    let without = rows_of(None, &calls[..2], (30, 0, None));
    assert_eq!(without, ["ec2:RunInstances DENIED", "ec2:DescribeInstances USED"]);
}

#[test]
fn a_pattern_is_proven_only_where_all_of_it_is() {
    let granted = json!([allow(json!(["iam:List*Providers", "iam:*Role", "s3:Get*"]))]);
    let found = rows(granted.clone(), &[]);
    assert_eq!(found, ["iam:List*Providers PROVEN 0 used", "iam:*Role UNKNOWABLE 0 used", "s3:Get* UNKNOWABLE 0 used"]);
    assert_eq!(
        rows(granted.clone(), &[call("ann", "iam:ListSAMLProviders", "")])[2..],
        ["iam:List*Providers USED 1 used", "iam:ListSAMLProviders USED"]
    );
    let expanded = rows_of(Some(&ann(granted)), &[], (30, 2, None));
    assert_eq!(expanded[..2], ["iam:ListOpenIDConnectProviders PROVEN", "iam:ListSAMLProviders PROVEN"]);
    assert_eq!(expanded.len(), 4);
    let in_vain = rows(json!([allow(json!("iam:*User"))]), &[call("ann", "iam:CreateUser", "AccessDenied")]);
    assert_eq!(in_vain, ["iam:*User DENIED 1 used", "iam:CreateUser DENIED"]);
    let all_but = json!([{ "Effect": "Allow", "NotAction": ["ec2:*"], "Resource": "*" }]);
    assert_eq!(
        rows(all_but, &[call("ann", "iam:ListUsers", "")]),
        ["NotAction: ec2:* USED 1 used", "iam:ListUsers USED"]
    );
}

#[test]
fn groups_boundaries_and_roles() {
    let managed = |name: &str, action: &str| {
        json!({ "PolicyName": name, "Arn": arn(&format!("policy/{name}")),
                "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true, "Document": document(json!([allow(json!(action))])) }] })
    };
    let attached = |name: &str| json!([{ "PolicyName": name, "PolicyArn": arn(&format!("policy/{name}")) }]);
    let edge = json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy/edge") });
    let details = json!({
        "UserDetailList": [
            entity("User", "ann", json!({ "GroupList": ["ops"], "PermissionsBoundary": edge })),
            entity("User", "eve", json!({ "AttachedManagedPolicies": attached("gone") })),
        ],
        "GroupDetailList": [entity("Group", "ops", json!({ "AttachedManagedPolicies": attached("ops") }))],
        "RoleDetailList": [
            entity("Role", "app", json!({ "RoleId": "AROAROLE", "Path": "/x/", "Arn": arn("role/x/app"), "RolePolicyList": inline(json!([allow(json!("iam:ListUsers"))])) })),
            entity("Role", "AWSServiceRoleForX", json!({ "Path": "/aws-service-role/x/", "Arn": arn("role/aws-service-role/x/AWSServiceRoleForX"), "RolePolicyList": inline(json!([allow(json!("iam:ListUsers"))])) })),
        ],
        "Policies": [managed("ops", "iam:ListUsers"), managed("edge", "ec2:*")],
    });
    let calls = [
        call("ann", "iam:ListUsers", "AccessDenied"),
        call("role/app", "iam:ListUsers", ""),
        call("eve", "iam:ListUsers", ""),
    ];
    let of = |who: &str| rows_of(Some(&details), &calls, (30, 0, Some(who)));
    assert_eq!(of("user/ann"), ["iam:ListUsers DENIED"], "outside the boundary");
    assert_eq!(of("app"), ["iam:ListUsers USED"], "a session does not tell the path of its role");
    assert_eq!(of(&arn("role/x/app")), of("role/APP"));
    assert_eq!(of("eve"), ["iam:ListUsers USED"], "a policy that the file does not have may grant it");
    assert_eq!(of("*").len(), 3);
    assert!(of("nobody").is_empty() && of("ops").is_empty());
}

/// As slow as it is plain.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            is_like(rest, text) || text.split_first().is_some_and(|(_, after)| is_like(pattern, after))
        }
        (Some((p, rest)), Some((t, after))) => (*p == b'?' || p.eq_ignore_ascii_case(t)) && is_like(rest, after),
        _ => false,
    }
}

proptest! {
    /// Statements that allow and deny, and a boundary, beside a matcher that tries everything.
    #[test]
    fn as_a_plain_matcher_has_it(
        statements in prop::collection::vec(
            (any::<bool>(), any::<bool>(), prop::collection::vec("(iam|sts|i\\?m|s\\*)(:)(\\*|List\\*|Li\\?tUsers|\\*Role|AssumeRole|ListUsers|create\\*)", 1..3)),
            1..4,
        ),
    ) {
        let documents: Vec<Json> = statements.iter().map(|(allow, not, patterns)| {
            let element = if *not { "NotAction" } else { "Action" };
            json!({ "Effect": if *allow { "Allow" } else { "Deny" }, element: patterns, "Resource": "*" })
        }).collect();
        let posture = load(&[ann(json!(documents)).to_string()]);
        let part = &posture.accounts[ACCOUNT].authorization.as_ref().unwrap().value;
        let who = Who { account_id: ACCOUNT.to_owned(), name: "user/ann".to_owned() };
        let granted = Granted::of(&who, part).unwrap();
        for action in ["iam:ListUsers", "iam:ListRoles", "iam:CreateRole", "sts:AssumeRole", "ec2:RunInstances"] {
            let meant = |allows: bool| statements.iter().filter(|(allow, ..)| *allow == allows).any(|(_, not, patterns)| {
                patterns.iter().any(|pattern| is_like(pattern.as_bytes(), action.as_bytes())) != *not
            });
            let is_granted = granted.effective(action) == granted::Effective::Granted;
            prop_assert_eq!(is_granted, meant(true) && !meant(false), "{} {:?}", action, statements);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// What a pattern stands for is found among the actions of its service, and is what a search of all finds.
    #[test]
    fn members_of_patterns(pattern in "(iam|S3|sts|i\\?m|\\*)(:)(\\*|Get\\*|\\*Role|\\?e\\*|AssumeRole)") {
        let listed = Listed::Only(vec![pattern.clone()]);
        let found = Known::new(Actions::known()).count(&pattern, &listed);
        let all = Actions::known().all().filter(|action| is_like(pattern.as_bytes(), action.as_bytes())).count();
        prop_assert_eq!(found, all, "{}", pattern);
    }
}
