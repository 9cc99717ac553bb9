//! What is not proven to be unused, and why.

use super::*;

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

/// Whom IAM saw on one of these days, and the logs do not have since, nothing is proven of: they lack a call of it.
#[test]
fn whom_iam_saw_and_the_logs_do_not_have() {
    let role = |seen: Option<i32>| {
        let mut role =
            entity("Role", "ops", json!({ "RolePolicyList": inline(json!([allow(json!("iam:ListUsers"))])) }));
        role["RoleLastUsed"] =
            seen.map_or(json!({}), |day| json!({ "LastUsedDate": format!("{}T10:00:00+00:00", Day(day)) }));
        json!({ "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": [] })
    };
    let called = |day: i32| {
        let mut call = call("role/ops", "sts:GetCallerIdentity", "");
        call["eventTime"] = json!(format!("{}T10:00:00Z", Day(day)));
        call
    };
    let verdict = |seen: Option<i32>, records: &[Json]| {
        let rows = rows_of(Some(&role(seen)), records, (30, 0, None));
        rows.into_iter().find(|row| row.starts_with("iam:ListUsers")).expect("a row")
    };
    assert_eq!(verdict(Some(20_010), &[]), "iam:ListUsers UNSEEN");
    assert_eq!(verdict(Some(20_010), &[called(20_009)]), "iam:ListUsers UNSEEN", "the day before explains nothing");
    // Near misses: never, before and after these days, and a call of that day or later.
    for (seen, records) in [
        (None, vec![]),
        (Some(19_999), vec![]),
        (Some(20_030), vec![]),
        (Some(20_010), vec![called(20_010)]),
        (Some(20_010), vec![called(20_020)]),
    ] {
        assert_eq!(verdict(seen, &records), "iam:ListUsers PROVEN", "{seen:?}");
    }
}
