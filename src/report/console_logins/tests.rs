use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::report::Options;

const ADDRESS: &str = "203.0.113.77";

/// A sign-in of the IAM user `name` at `time` of 10 January 2026.
fn sign_in(name: &str, time: &str, worked: bool) -> Json {
    json!({
        "eventTime": format!("2026-01-10T{time}Z"), "eventName": "ConsoleLogin", "awsRegion": "us-east-2",
        "eventSource": "signin.amazonaws.com", "sourceIPAddress": ADDRESS, "recipientAccountId": "111122223333",
        "userIdentity": { "type": "IAMUser", "accountId": "111122223333", "userName": name,
            "principalId": format!("AIDA{name}") },
        "responseElements": { "ConsoleLogin": if worked { "Success" } else { "Failure" } },
        "errorMessage": if worked { "" } else { "Failed authentication" },
        "additionalEventData": { "MFAUsed": "No" },
    })
}

fn with(mut record: Json, pointer: &str, value: Json) -> Json {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap()[name] = value;
    record
}

fn of_root(record: Json) -> Json {
    with(record, "/userIdentity", json!({ "type": "Root", "accountId": "111122223333", "principalId": "111122223333" }))
}

/// `n` failures of `name`, a second apart, from `from` on.
fn failures(name: &str, from: &str, n: usize) -> Vec<Json> {
    (0..n).map(|i| sign_in(name, &format!("{from}:{i:02}"), false)).collect()
}

fn answer_to(records: Vec<Json>) -> Answer {
    let state = scan_for(REPORT.needs, &samples(records));
    let answer = answer(&View::new(&state, &Options::default()));
    assert!(answer.rows.iter().all(|row| row.len() == COLUMNS.len()));
    answer
}

fn found(records: Vec<Json>) -> Vec<(&'static str, &'static str, String)> {
    let of = |finding: Finding| (finding.rule, finding.severity.as_str(), finding.subject);
    answer_to(records).findings.into_iter().map(of).collect()
}

/// What findings there are but those about MFA.
fn attacks(records: Vec<Json>) -> Vec<(&'static str, &'static str)> {
    let all = found(records).into_iter().map(|(rule, severity, _)| (rule, severity));
    all.filter(|(rule, _)| *rule != "sign-in-without-mfa").collect()
}

fn cells(answer: &Answer, names: &[&str]) -> Vec<Vec<String>> {
    let places: Vec<usize> = names.iter().map(|n| COLUMNS.iter().position(|c| c.name == *n).unwrap()).collect();
    let text = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        other => format!("{other:?}"),
    };
    answer.rows.iter().map(|row| places.iter().map(|&place| text(&row[place])).collect()).collect()
}

#[test]
fn a_row_for_each_mfa_and_result() {
    let with_mfa = with(sign_in("ana", "11:00:00", true), "/additionalEventData/MFAUsed", json!("Yes"));
    let check = with(sign_in("ana", "10:59:00", true), "/eventName", json!("CheckMfa"));
    let silent = with(sign_in("ana", "12:00:00", true), "/additionalEventData", Json::Null);
    let answer = answer_to(vec![
        with_mfa,
        check,
        silent,
        sign_in("ana", "09:00:00", true),
        sign_in("ana", "09:30:00", true),
        sign_in("ana", "08:00:00", false),
    ]);
    let columns = ["mfa", "result", "severity", "events", "failure_reasons"];
    let reasons = r#"NamedCounts([("Failed authentication", 1)])"#;
    assert_eq!(
        cells(&answer, &columns),
        [
            ["no", "success", "medium", "2", "NamedCounts([])"],
            ["yes", "success", "info", "1", "NamedCounts([])"],
            ["no", "failure", "info", "1", reasons],
            ["unknown", "success", "info", "1", "NamedCounts([])"],
        ]
    );
    assert_eq!(answer.findings.len(), 1);
    assert_eq!(answer.findings[0].summary, "signed in without MFA, 2 times; with MFA since then, once");
}

#[test]
fn without_mfa_root_is_worse_than_a_user_and_a_provider_is_nothing() {
    let role = json!({ "type": "AssumedRole", "accountId": "111122223333", "principalId": "AROA:ana",
        "arn": "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/ana" });
    let saml = "/additionalEventData/SamlProviderArn";
    let found = found(vec![
        of_root(sign_in("", "09:00:00", true)),
        sign_in("ana", "09:00:00", true),
        with(sign_in("", "09:00:00", true), "/userIdentity", role),
        with(sign_in("bo", "09:00:00", true), saml, json!("arn:aws:iam::111122223333:saml-provider/idp")),
        of_root(sign_in("", "09:10:00", false)),
    ]);
    let subjects: Vec<_> = found.iter().map(|(rule, severity, subject)| (*rule, *severity, subject.as_str())).collect();
    let rule = "sign-in-without-mfa";
    assert_eq!(subjects, [(rule, "high", "root@111122223333"), (rule, "medium", "AIDAana")]);
}

#[test]
fn guesses_and_then_a_success() {
    let mut guessed = failures("ana", "09:59", 10);
    guessed.push(sign_in("ana", "10:20:00", true));
    assert_eq!(attacks(guessed.clone()), [("brute-force-success", "high")]);
    let rows = cells(&answer_to(guessed.clone()), &["result", "severity"]);
    assert_eq!(rows, [["failure", "high"], ["success", "high"]]);
    let as_root: Vec<Json> = guessed.iter().cloned().map(of_root).collect();
    assert_eq!(attacks(as_root), [("brute-force-success", "critical")]);
    *guessed.last_mut().unwrap() = with(sign_in("ana", "10:20:00", true), "/additionalEventData/MFAUsed", json!("Yes"));
    assert_eq!(attacks(guessed), [("brute-force-success", "medium")]);
}

#[test]
fn near_misses_of_guesses_and_a_success() {
    let guessing = [("sign-in-guessing", "low")];
    let after = |n: usize, success: Json| {
        let mut records = failures("ana", "09:30", n);
        records.push(success);
        attacks(records)
    };
    assert_eq!(after(10, sign_in("ana", "10:59:59", true)), [("brute-force-success", "high")]);
    assert_eq!(after(9, sign_in("ana", "09:40:00", true)), [], "one too few");
    assert_eq!(after(10, sign_in("ana", "11:00:00", true)), guessing, "two hours later");
    assert_eq!(after(10, sign_in("ana", "09:00:00", true)), guessing, "before the first failure");
    assert_eq!(after(10, sign_in("bo", "09:40:00", true)), guessing, "somebody else");
    let elsewhere = with(sign_in("ana", "09:40:00", true), "/sourceIPAddress", json!("192.0.2.1"));
    assert_eq!(after(10, elsewhere), guessing, "from another address");
    let provided = with(
        sign_in("ana", "09:40:00", true),
        "/additionalEventData/SamlProviderArn",
        json!("arn:aws:iam::111122223333:saml-provider/idp"),
    );
    assert_eq!(after(10, provided), guessing, "at an identity provider");
}

#[test]
fn failures_of_one_user_from_anywhere() {
    let from_many = |n: usize| {
        let move_to = |(i, record)| with(record, "/sourceIPAddress", json!(format!("198.51.100.{i}")));
        attacks(failures("ana", "09:59", n).into_iter().enumerate().map(move_to).collect())
    };
    assert_eq!(from_many(10), [("sign-in-guessing", "low")]);
    assert_eq!(from_many(9), []);
    assert_eq!(attacks(failures("", "09:59", 10).into_iter().map(of_root).collect()), [("sign-in-guessing", "medium")]);
    let spread_out = (0..10).map(|i| sign_in("ana", &format!("{:02}:00:00", i * 2), false)).collect();
    assert_eq!(attacks(spread_out), [], "never ten within an hour and the next");
}

#[test]
fn many_users_from_one_address() {
    let names = ["ana", "bo", "cy", "di", "eva"];
    let spray = |n: usize| names[..n].iter().map(|name| sign_in(name, "09:58:00", false)).collect::<Vec<_>>();
    assert_eq!(found(spray(5)), [("password-spray", "medium", ADDRESS.to_owned())]);
    assert_eq!(found(spray(4)), []);
    let split = |hour: &str| {
        let (early, late) = (spray(3), &names[3..]);
        let late = late.iter().map(|name| sign_in(name, &format!("{hour}:30:00"), false));
        found(early.into_iter().chain(late).collect()).len()
    };
    assert_eq!((split("10"), split("11")), (1, 0), "the next hour belongs to it, the one after does not");
    let elsewhere = spray(5).into_iter().enumerate();
    let elsewhere =
        elsewhere.map(|(i, record)| with(record, "/sourceIPAddress", json!(format!("192.0.2.{}", i % 2)))).collect();
    assert_eq!(found(elsewhere), [], "two addresses");
}

#[test]
fn people_who_mistype_are_no_spray_and_one_who_is_hit_makes_it_worse() {
    let names = ["ana", "bo", "cy", "di", "eva"];
    let both = |name: &str| [sign_in(name, "09:10:00", false), sign_in(name, "09:11:00", true)];
    assert_eq!(attacks(names.iter().flat_map(|name| both(name)).collect()), [], "an office behind one address");
    let mut hit: Vec<Json> = names.iter().map(|name| sign_in(name, "09:10:00", false)).collect();
    hit.extend(both("fay"));
    assert_eq!(attacks(hit.clone()), [("password-spray", "high")]);
    let entered = &answer_to(hit).findings[0];
    assert_eq!(entered.evidence["signed_in"], json!(["AIDAfay"]));
}

#[test]
fn names_that_do_not_exist_are_one_row_and_many_users() {
    let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    let unknown = |n| failures(hidden, "09:10", n);
    assert_eq!(attacks(unknown(5)), [("password-spray", "low")], "perhaps one who forgot a name");
    assert_eq!(attacks(unknown(4)), []);
    let mut mixed = unknown(3);
    mixed.extend([sign_in("ana", "09:10:00", false), sign_in("bo", "09:10:00", false)]);
    let answer = answer_to(mixed);
    assert_eq!(answer.findings[0].severity, Severity::Medium);
    let evidence = &answer.findings[0].evidence;
    assert_eq!((&evidence["users"], &evidence["unknown_name_failures"]), (&json!(2), &json!(3)));
    assert_eq!(cells(&answer, &["principal", "events"])[0], [hidden, "3"]);
    assert_eq!(attacks(unknown(50)).len(), 1, "nobody is being guessed at by name");
}

#[test]
fn a_user_without_an_arn_is_found_by_name_in_other_events() {
    let arn = "arn:aws:iam::111122223333:user/ops/ana";
    let call = json!({
        "eventTime": "2026-01-10T09:00:00Z", "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "recipientAccountId": "111122223333", "userIdentity": { "type": "IAMUser", "accountId": "111122223333",
            "userName": "ana", "principalId": "AIDAana", "arn": arn },
    });
    let principals = |records| cells(&answer_to(records), &["principal", "user_name"]);
    let alone = sign_in("ana", "09:00:00", false);
    assert_eq!(principals(vec![alone.clone()]), [["AIDAana", "ana"]]);
    assert_eq!(principals(vec![alone.clone(), call.clone()]), [[arn, "ana"]]);
    let other_account = with(call, "/userIdentity/arn", json!("arn:aws:iam::444455556666:user/ana"));
    assert_eq!(principals(vec![alone, other_account]), [["AIDAana", "ana"]]);
}

#[test]
fn every_finding_names_a_registered_rule() {
    let mut records = failures("ana", "09:30", 10);
    records.push(sign_in("ana", "09:40:00", true));
    records.extend(["bo", "cy", "di", "eva", "fay"].iter().flat_map(|name| failures(name, "09:30", 12)));
    let found: std::collections::BTreeSet<&str> = found(records).into_iter().map(|(rule, ..)| rule).collect();
    let registered: std::collections::BTreeSet<&str> = REPORT.rules.iter().map(|rule| rule.id).collect();
    assert_eq!(found, registered);
}
