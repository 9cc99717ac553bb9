//! Rows. State is given as the AWS CLI prints it, logs as records, and what was read of them as a span.

mod proposals;

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

#[test]
fn a_call_of_which_the_service_cannot_be_told_may_be_any() {
    let of_source = |source: &str| {
        let mut call = call("ann", "ec2:NoSuchCall", "");
        call["eventSource"] = json!(source);
        rows(json!([allow(json!(["iam:CreateUser"]))]), &[call])
    };
    for source in ["", "EC2.amazonaws.com", "ec2-fips.amazonaws.com", "ec2.us-east-1.amazonaws.com"] {
        assert!(of_source(source).contains(&"iam:CreateUser UNSEEN".to_owned()), "{source:?}: {:?}", of_source(source));
    }
    // Of a service that is not in the table it is no action of another.
    assert!(of_source("no-such-service.amazonaws.com").contains(&"iam:CreateUser PROVEN".to_owned()));
}

#[test]
fn what_logs_cannot_tell_is_never_proven() {
    let actions = [
        "s3:GetObject",
        "iam:PassRole",
        "lambda:InvokeFunction",
        "dynamodb:GetItem",
        "ec2:CreateTags",
        "ec2:CreateNetworkInterface",
        "iam:CreateServiceLinkedRole",
        "secretsmanager:UntagResource",
        "elasticloadbalancing:AllowVendedLogDeliveryForResource",
        "kms:CreateKey",
        "iam:NoSuchAction",
    ];
    let mut expected: Vec<String> = actions.iter().map(|action| format!("{action} UNKNOWABLE")).collect();
    expected.sort();
    assert_eq!(rows(json!([allow(json!(actions))]), &[]), expected);
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

/// Whoever was made in these days could not use anything before; on the day before the first of 30 is early enough.
#[test]
fn who_was_made_lately_has_nothing_proven() {
    let made = |day: i32| {
        let mut details = ann(json!([allow(json!("iam:ListUsers"))]));
        details["UserDetailList"][0]["CreateDate"] = json!(format!("{}T10:00:00+00:00", Day(day)));
        rows_of(Some(&details), &[], (40, 0, None))
    };
    assert_eq!(made(20_009), ["iam:ListUsers PROVEN"]);
    assert_eq!(made(20_010), ["iam:ListUsers UNSEEN"]);
}

/// What IAM saw of a service stands beside its actions. It proves nothing; but where it saw what the logs do not show, they
/// prove nothing either.
#[test]
fn what_iam_saw_of_services() {
    let details = ann(json!([allow(json!(["iam:ListUsers", "iam:ListRoles", "ec2:RunInstances", "ec2:Describe*"]))]));
    let found = |services: Json, records: &[Json]| {
        let accessed = json!({ "Arn": arn("user/ann"), "JobStatus": "COMPLETED", "ServicesLastAccessed": services });
        let posture = load(&[details.to_string(), accessed.to_string()]);
        let others = ["iam:CreateGroup"].map(change);
        let state = scan_for(REPORT.needs, &samples(records.iter().cloned().chain(others)));
        let (options, logs) = (Options::default(), logs(30));
        let answer =
            (REPORT.answer)(&View { posture: Some(&posture), logs: Some(&logs), ..View::new(&state, &options) });
        let place = COLUMNS.iter().position(|column| column.name == "service_accessed").unwrap();
        let text = |row: &[Value], place: usize| row[place].as_text().unwrap_or_default().into_owned();
        let line = |row: Vec<Value>| {
            format!("{} {} {}", text(&row, 2), text(&row, 3), text(&row, place)).trim_end().to_owned()
        };
        answer.rows.into_iter().map(line).collect::<Vec<_>>()
    };
    let at = |day: i32| json!(format!("{}T10:00:00+00:00", Day(day)));
    let never = json!([{ "ServiceNamespace": "iam" }, { "ServiceNamespace": "ec2", "LastAuthenticated": at(19_999) }]);
    let before = format!("{}T10:00:00Z", Day(19_999));
    assert_eq!(
        found(never, &[]),
        [
            format!("ec2:RunInstances PROVEN {before}"),
            "iam:ListRoles PROVEN never".to_owned(),
            "iam:ListUsers PROVEN never".to_owned(),
            format!("ec2:Describe* UNKNOWABLE {before}"),
        ]
    );
    // On one of the days that the logs are of: they lack something.
    let lately = json!([{ "ServiceNamespace": "iam", "LastAuthenticated": at(20_010) }]);
    let within = format!("{}T10:00:00Z", Day(20_010));
    assert_eq!(
        found(lately.clone(), &[]),
        [
            "ec2:RunInstances PROVEN".to_owned(),
            format!("iam:ListRoles UNSEEN {within}"),
            format!("iam:ListUsers UNSEEN {within}"),
            "ec2:Describe* UNKNOWABLE".to_owned(),
        ]
    );
    // A call of the service explains it.
    let explained = found(lately, &[call("ann", "iam:ListUsers", "AccessDenied")]);
    assert!(explained.contains(&format!("iam:ListRoles PROVEN {within}")), "{explained:?}");
}

#[test]
fn what_another_call_may_have_asked_for_is_not_proven() {
    let granted = json!([allow(json!(["ec2:RunInstances", "ec2:RequestSpotFleet", "ec2:StopInstances"]))]);
    assert_eq!(
        rows(granted.clone(), &[call("ann", "ec2:RequestSpotFleet", "")]),
        ["ec2:StopInstances PROVEN", "ec2:RunInstances UNKNOWABLE", "ec2:RequestSpotFleet USED"]
    );
    assert_eq!(
        rows(granted, &[call("ann", "ec2:StopInstances", "")])[..2],
        ["ec2:RequestSpotFleet PROVEN", "ec2:RunInstances PROVEN"]
    );
    // A sign-in that switches to a role asks for that role; untagging is asked for within other calls as tagging is.
    let granted = json!([allow(json!(["dynamodb:DeleteTable", "ec2:StopInstances", "sts:AssumeRole"]))]);
    let near = [call("ann", "ec2:StopInstances", "")];
    assert_eq!(rows(granted.clone(), &near)[..2], ["dynamodb:DeleteTable PROVEN", "sts:AssumeRole PROVEN"]);
    let used = [call("ann", "signin:SwitchRole", ""), call("ann", "dynamodb:UpdateTable", "")];
    let found = rows(granted, &used);
    assert!(!found.contains(&"sts:AssumeRole PROVEN".to_owned()), "{found:?}");
    assert!(!found.contains(&"dynamodb:DeleteTable PROVEN".to_owned()), "{found:?}");
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

/// What keeps logs of whole days from proving anything.
#[test]
fn logs_that_lack_something_prove_nothing() {
    let posture = load(&[ann(json!([allow(json!("iam:ListUsers"))])).to_string()]);
    let options = Options::default();
    let verdict = |records: &[Json], needs: &[&'static crate::aggregate::AggregateKind], logs: Option<&LogSpan>| {
        let state = scan_for(needs, &samples(records.to_vec()));
        let view = View { posture: Some(&posture), logs, ..View::new(&state, &options) };
        let row = (REPORT.answer)(&view).rows.into_iter().next().unwrap();
        [3, 13].map(|place| row[place].as_text().unwrap().into_owned())
    };
    let other = call("bob", "iam:ListRoles", "");
    let (whole, one) = (logs(30), &[other.clone(), change("iam:CreateGroup")][..]);
    let proven = verdict(one, REPORT.needs, Some(&whole));
    assert!(
        proven[0] == "PROVEN" && proven[1].starts_with("not asked for in 30 whole days in 17 regions"),
        "{proven:?}"
    );
    let nameless = |identity: Json| {
        let mut call = other.clone();
        call["userIdentity"] = identity;
        call
    };
    let of_user = |member: &str| nameless(json!({ "type": "IAMUser", "accountId": ACCOUNT, member: "ann" }));
    let federated = nameless(json!({ "type": "FederatedUser", "accountId": ACCOUNT, "principalId": "1:bo",
        "arn": format!("arn:aws:sts::{ACCOUNT}:federated-user/bo") }));
    // Who is known to be none of the account's users and roles.
    for somebody in [
        json!({ "type": "AWSService", "invokedBy": "config.amazonaws.com" }),
        json!({ "type": "AWSAccount", "accountId": "444455556666", "principalId": "AIDAOTHER" }),
        json!({ "type": "Root", "accountId": ACCOUNT, "principalId": ACCOUNT, "arn": format!("arn:aws:iam::{ACCOUNT}:root") }),
    ] {
        let records = [nameless(somebody.clone()), change("iam:CreateGroup")];
        assert_eq!(verdict(&records, REPORT.needs, Some(&whole))[0], "PROVEN", "{somebody}");
    }
    let mut signed_in = nameless(json!({ "type": "SAMLUser", "principalId": "x:ann", "userName": "ann" }));
    signed_in["eventSource"] = json!("sts.amazonaws.com");
    signed_in["eventName"] = json!("AssumeRoleWithSAML");
    let records = [signed_in, change("iam:CreateGroup")];
    assert_eq!(verdict(&records, REPORT.needs, Some(&whole))[0], "PROVEN", "whom a provider vouches for");
    let unnamed = "some calls of this account name a user or role by an id that the state does not have";
    for call in [of_user("userName"), of_user("accessKeyId"), federated] {
        assert_eq!(verdict(std::slice::from_ref(&call), REPORT.needs, Some(&whole)), ["UNSEEN", unnamed], "{call}");
    }
    let nameless = nameless(json!({ "type": "AssumedRole", "principalId": "AROAGONE:s", "accountId": ACCOUNT }));
    let filtered = LogSpan { not_whole: Some("filters left out events".to_owned()), ..logs(30) };
    let one_region = LogSpan {
        days: [((ACCOUNT.to_owned(), "us-east-1".to_owned()), (20_000..20_030).map(Day).collect())].into(),
        ..logs(30)
    };
    for (records, needs, logs, why) in [
        (one, REPORT.needs, None, "no logs were read"),
        (&[], REPORT.needs, Some(&whole), "no event of this account was counted"),
        (
            std::slice::from_ref(&other),
            REPORT.needs,
            Some(&whole),
            "no call of this account was read that changes something: its trail may record read events only",
        ),
        (
            &[change("ec2:RunInstances")],
            REPORT.needs,
            Some(&whole),
            "no event of iam was read: the trail may not record global services",
        ),
        (
            &[change("ec2:RunInstances"), change("sts:AssumeRole")],
            REPORT.needs,
            Some(&whole),
            "no event of iam was read: the trail may not record global services",
        ),
        (one, &[&principals::KIND], Some(&whole), "a rollup that was read was made before calls were kept"),
        (
            &[nameless],
            REPORT.needs,
            Some(&whole),
            "some calls of this account name a user or role by an id that the state does not have",
        ),
        (one, REPORT.needs, Some(&filtered), "filters left out events"),
        (
            one,
            REPORT.needs,
            Some(&one_region),
            "ap-northeast-1, ap-northeast-2, ap-northeast-3 and 13 more regions are not known to be off, and no logs of these days were read",
        ),
    ] {
        assert_eq!(verdict(records, needs, logs), ["UNSEEN", why]);
    }
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
