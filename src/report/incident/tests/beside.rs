//! Others at the addresses of the subject, and what was there before it was reached.

use serde_json::json;

use super::changes::Story;
use super::*;
use crate::model::UserIdentity;
use crate::model::testing::role_session;

const OWN: &str = "198.51.100.66";
const OFFICE: &str = "203.0.113.7";

/// A session that the filters leave out, as they do all that is not below the subject.
fn of_others(role: &'static str, session: &'static str, key: &'static str) -> UserIdentity<'static> {
    UserIdentity { user_name: "ops".into(), ..role_session(role, session, key, Some(at("2023-12-31T23:00:00Z"))) }
}

fn from(address: &str) -> serde_json::Value {
    json!({"sourceIPAddress": address, "requestParameters": {}})
}

fn reading(address: &str) -> serde_json::Value {
    json!({"sourceIPAddress": address, "readOnly": true, "requestParameters": {}})
}

#[test]
fn others_at_its_addresses_what_changed_things_after_it_came_first() {
    let eve = user("eve", "AKIAEVE");
    let story = Story::new()
        .call(&user("mallory", "AKIAEARLY"), "iam:CreateUser", from(OWN))
        .call(&eve, "sts:GetCallerIdentity", reading(OWN))
        .call(&eve, "s3:ListBuckets", reading("10.0.0.5"))
        .call(&user("admin", "AKIAREADER"), "s3:ListBuckets", reading(OWN))
        .call(&of_others("web", "x", "ASIAWEB"), "iam:CreateUser", from(OWN))
        .call(
            &of_others("web", "x", "ASIAWEB"),
            "iam:CreateUser",
            json!({"sourceIPAddress": OWN, "errorCode": "AccessDenied"}),
        )
        // Elsewhere, at a private address, and of a service.
        .call(&user("ops", "AKIAELSEWHERE"), "iam:CreateUser", from(OFFICE))
        .call(&user("ops", "AKIAPRIVATE"), "iam:CreateUser", from("10.0.0.5"))
        .call(&user("ops", "AKIASERVICE"), "iam:CreateUser", from("cloudformation.amazonaws.com"));
    assert_eq!(
        story.page("AKIAEVE", Part::Beside),
        [
            "web/x: from 198.51.100.66, 2024-01-01 00:04:00Z to 2024-01-01 00:05:00Z | began after it came, changed by CreateUser, \
             with ASIAWEB, trailscan incident ASIAWEB",
            "user/admin: from 198.51.100.66, 2024-01-01 00:03:00Z | began after it came, changed nothing, with AKIAREADER, \
             trailscan incident AKIAREADER",
            "user/mallory: from 198.51.100.66, 2024-01-01 00:00:00Z | there before it came, changed by CreateUser, with AKIAEARLY, \
             trailscan incident AKIAEARLY",
        ]
    );
}

#[test]
fn one_subnet_of_ipv6_is_one_address_and_many_are_capped() {
    let eve = user("eve", "AKIAEVE");
    let mut story = Story::new().call(&eve, "s3:ListBuckets", reading("2001:db8:0:1::a"));
    story = story.call(&user("ops", "AKIANEXT"), "s3:ListBuckets", reading("2001:db8:0:2::a"));
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    for name in names {
        let session = of_others("sso", name, Box::leak(format!("ASIA{name}").into_boxed_str()));
        story = story.call(&session, "s3:ListBuckets", reading("2001:db8:0:1::b"));
    }
    let page = story.page("AKIAEVE", Part::Beside);
    assert_eq!(page.len(), 9, "{page:?}");
    assert!(page[0].starts_with("sso/a: from 2001:db8:0:1::, ") && page[8].starts_with("and 1 more: "), "{page:?}");
    let (_, rows) = story.told("AKIAEVE", false);
    assert_eq!(rows.iter().filter(|row| row[0].as_text().as_deref() == Some("beside")).count(), names.len());
}

/// The role's session of an instance or a task that lay there before it was reached, and went elsewhere afterwards.
#[test]
fn a_session_from_before_that_went_elsewhere_may_follow() {
    let eve = user("eve", "AKIAEVE");
    let id = "i-0123456789abcdef0";
    let web = |key| of_others("web-role", id, key);
    let send = json!({"sourceIPAddress": OWN, "requestParameters": {"instanceIds": [id]}});
    let told = |story: &Story| story.page("AKIAEVE", Part::Follows);
    let reached = || {
        Story::new().call(&web("ASIAWEB"), "ec2:DescribeInstances", reading(OFFICE)).call(
            &eve,
            "ssm:SendCommand",
            send.clone(),
        )
    };
    assert_eq!(
        told(&reached().call(&web("ASIAWEB"), "iam:CreateUser", from(OWN))),
        [
            "role of instance i-0123456789abcdef0: a session from before, used elsewhere, 2024-01-01 00:02:00Z | after SendCommand \
             2024-01-01 00:01:00Z, from 198.51.100.66, an address that it used, too, before from 203.0.113.7, trailscan incident ASIAWEB"
        ]
    );
    // Where it was, from a private address, and of another machine.
    assert_eq!(told(&reached().call(&web("ASIAWEB"), "iam:CreateUser", from(OFFICE))), [""; 0]);
    assert_eq!(told(&reached().call(&web("ASIAWEB"), "iam:CreateUser", from("10.0.0.5"))), [""; 0]);
    let other = of_others("web-role", "i-0aaaaaaaaaaaaaaa0", "ASIAOTHER");
    assert_eq!(told(&reached().call(&other, "iam:CreateUser", from(OWN))), [""; 0]);
    // Elsewhere before it was reached.
    let early = Story::new()
        .call(&web("ASIAWEB"), "ec2:DescribeInstances", reading(OFFICE))
        .call(&web("ASIAWEB"), "iam:CreateUser", from("192.0.2.200"))
        .call(&eve, "ssm:SendCommand", send.clone());
    assert_eq!(told(&early), [""; 0]);
    let task = "0123456789abcdef0123456789abcdef";
    let run = json!({"sourceIPAddress": OWN, "requestParameters": {"cluster": "prod",
        "task": format!("arn:aws:ecs:us-east-1:111122223333:task/prod/{task}"), "command": "/bin/sh"}});
    let container = of_others("task-role", task, "ASIATASK");
    let told = told(
        &Story::new()
            .call(&container, "s3:ListBuckets", reading("10.0.0.5"))
            .call(&eve, "ecs:ExecuteCommand", run)
            .call(&container, "s3:DeleteBucket", from(OWN)),
    );
    assert!(told.len() == 1 && told[0].starts_with(&format!("role of task {task}: a session from before")), "{told:?}");
}

/// Functions change their addresses all the time: those of the subject count alone.
#[test]
fn a_session_of_a_function_may_follow_at_the_addresses_of_the_subject() {
    let eve = user("eve", "AKIAEVE");
    let code = json!({"sourceIPAddress": OWN, "requestParameters": {"functionName": "f"},
        "responseElements": {"functionName": "f", "role": "arn:aws:iam::111122223333:role/of-f"}});
    let of_function = of_others("of-f", "f", "ASIAF");
    let used_from = |address| {
        Story::new()
            .call(&of_function, "s3:ListBuckets", reading("192.0.2.10"))
            .call(&eve, "lambda:UpdateFunctionCode20150331v2", code.clone())
            .call(&of_function, "s3:DeleteBucket", from(address))
            .page("AKIAEVE", Part::Follows)
    };
    assert_eq!(used_from("192.0.2.11"), [""; 0]);
    let told = used_from(OWN);
    assert!(
        told.len() == 1 && told[0].starts_with("role of-f of function f: a session from before, used elsewhere"),
        "{told:?}"
    );
}

/// A key of somebody else that was switched on, and used; not one that nobody used, nor one that was used before alone.
#[test]
fn a_key_that_was_switched_on_may_follow() {
    let eve = user("eve", "AKIAEVE");
    let ops = user("ops", "AKIAOPS");
    let on = json!({"sourceIPAddress": OWN, "requestParameters": {"userName": "ops", "accessKeyId": "AKIAOPS", "status": "Active"}});
    let used = Story::new()
        .call(&ops, "s3:ListBuckets", reading(OFFICE))
        .call(&eve, "iam:UpdateAccessKey", on.clone())
        .call(&ops, "s3:DeleteBucket", from(OWN));
    assert_eq!(
        used.page("AKIAEVE", Part::Follows),
        [
            "access key AKIAOPS: switched on, and used, 2024-01-01 00:02:00Z | after UpdateAccessKey 2024-01-01 00:01:00Z, \
             from 198.51.100.66, an address that it used, too, user/ops, trailscan incident AKIAOPS"
        ]
    );
    let unused = Story::new().call(&ops, "s3:ListBuckets", reading(OFFICE)).call(&eve, "iam:UpdateAccessKey", on);
    assert_eq!(unused.page("AKIAEVE", Part::Follows), [""; 0]);
}

/// Who switched a key on again after somebody had switched it off.
#[test]
fn who_switched_its_key_on_again_is_named() {
    let eve = user("eve", "AKIAEVE");
    let (admin, ops) = (user("admin", "AKIAADMIN"), user("ops", "AKIAOPS"));
    let status =
        |status: &str| json!({"requestParameters": {"userName": "eve", "accessKeyId": "AKIAEVE", "status": status}});
    let story =
        Story::new().call(&eve, "s3:ListBuckets", reading(OWN)).call(&admin, "iam:UpdateAccessKey", status("Inactive"));
    assert!(
        story
            .page("AKIAEVE", Part::Credentials)
            .iter()
            .any(|line| line.contains("inactive since 2024-01-01 00:01:00Z"))
    );
    let again = story.call(&ops, "iam:UpdateAccessKey", status("Active"));
    let told = again.page("AKIAEVE", Part::Credentials);
    let expected = "still works: made active again 2024-01-01 00:02:00Z by user/ops";
    assert!(told.iter().any(|line| line.contains(expected)), "{told:?}");
}
