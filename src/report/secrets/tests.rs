use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::report::Options;

const EVE: &str = "arn:aws:iam::111122223333:user/eve";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/deploy";
const PERSON: &str =
    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef";

/// A call at a minute of a day, by a user or a session of a role.
fn call(who: &str, (day, minute): (usize, usize), (source, name): (&str, &str), request: Json) -> Json {
    let identity = match who.contains(":role/") {
        false => json!({ "type": "IAMUser", "principalId": "AIDAEVE", "accountId": "111122223333", "arn": who,
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE" }),
        true => json!({ "type": "AssumedRole", "principalId": "AROAONE:run", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/one/run", "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": { "sessionIssuer": { "type": "Role", "principalId": "AROAONE", "arn": who,
                "accountId": "111122223333", "userName": "one" } } }),
    };
    json!({
        "eventTime": format!("2026-01-{:02}T{:02}:{:02}:00Z", day + 1, minute / 60, minute % 60), "eventName": name,
        "eventSource": format!("{source}.amazonaws.com"), "sourceIPAddress": "192.0.2.1",
        "recipientAccountId": "111122223333", "requestParameters": request, "userIdentity": identity,
    })
}

const GET: (&str, &str) = ("secretsmanager", "GetSecretValue");

fn get(who: &str, at: (usize, usize), number: usize) -> Json {
    call(who, at, GET, json!({ "secretId": format!("s{number}") }))
}

/// Reads of so many secrets from a minute of a day on, one each `pace` minutes.
fn reads(who: &str, day: usize, count: usize, pace: usize) -> Vec<Json> {
    (0..count).map(|number| get(who, (day, 60 + number * pace), number)).collect()
}

fn ask(records: impl IntoIterator<Item = Json>) -> Answer {
    let state = scan_for(REPORT.needs, &samples(records));
    (REPORT.answer)(&View::new(&state, &Options::default()))
}

/// The severities of what is found, with why.
fn found(records: impl IntoIterator<Item = Json>) -> Vec<String> {
    let line = |found: Finding| {
        assert_eq!(found.rule, "secrets-read-in-bulk");
        let because = found.evidence["severity_because"].as_str().unwrap_or_default().to_owned();
        format!("{}: {because}", found.severity.as_str())
    };
    ask(records).findings.into_iter().map(line).collect()
}

#[test]
fn a_user_that_reads_many() {
    let answer = ask(reads(EVE, 0, 60, 1));
    let [finding] = &answer.findings[..] else { panic!("{:?}", answer.findings) };
    assert_eq!(finding.severity, Severity::Medium);
    assert_eq!(finding.summary, "user/eve asked for 60 secrets within 24 hours: GetSecretValue 60");
    assert_eq!((finding.subject.as_str(), finding.count), (EVE, 60));
    let occurrence = finding.occurrence();
    assert_eq!(occurrence.in_words(""), "2026-01-01 01:00 – 01:59Z from 192.0.2.1 with AKIAIOSFODNN7EXAMPLE");
    assert_eq!(finding.evidence["secret_list"].as_array().map(Vec::len), Some(60));
    assert!(found(reads(EVE, 0, 19, 1)).is_empty(), "as many as an application has");
    assert_eq!(found(reads(EVE, 0, 20, 60)).len(), 1, "one an hour is as many in a day");
    assert!(found(reads(EVE, 0, 9, 150)).is_empty());
}

/// One secret a minute, an hour, over the end of a day: 24 hours may begin at any of them.
#[test]
fn slow_reads_over_midnight() {
    let over = (0..24).map(|number| get(EVE, (number / 12, if number < 12 { 1_200 + number } else { number }), number));
    assert_eq!(found(over).len(), 1);
}

#[test]
fn what_is_read_all_the_time_is_good_to_know() {
    let every_night = |who, nights: usize| (0..nights).flat_map(move |day| reads(who, day, 200, 1)).collect::<Vec<_>>();
    assert_eq!(found(every_night(DEPLOY, 3)), ["info: it reads these all the time"]);
    assert_eq!(found(every_night(EVE, 3)), ["info: it reads these all the time"]);
    let every_hour = (0..8).flat_map(|hour| (0..30).map(move |number| get(DEPLOY, (0, hour * 60 + number), number)));
    assert_eq!(
        found(every_hour.clone()),
        ["info: it reads these all the time"],
        "an operator that keeps secrets in step"
    );
    let more = (100..160).map(|number| get(DEPLOY, (0, 600 + number % 60), number));
    let found_more = found(every_hour.chain(more));
    assert!(found_more[0].contains("do not go back a week"), "what it never read before counts: {found_more:?}");
    let others_each_day = (0..6).flat_map(|day| (0..30).map(move |n| get(DEPLOY, (day, 60 + n), day * 100 + n)));
    assert_eq!(found(others_each_day), ["info: it reads as many on five days or more"]);
    let starts = (0..50).map(|start| get(DEPLOY, (start / 10, start % 10 * 97), start % 5));
    assert!(found(starts).is_empty(), "containers that start over and over read the same few");
}

#[test]
fn a_role_is_told_by_what_it_did_before() {
    let short = "info: these logs do not go back a week before, and a job each night looks the same";
    assert_eq!(found(reads(DEPLOY, 0, 30, 1)), [short]);
    let known = |who, day| call(who, (day, 0), ("ec2", "DescribeInstances"), Json::Null);
    let with = |day, beside: Json| found(reads(DEPLOY, day, 30, 1).into_iter().chain([beside]));
    assert_eq!(with(6, known(DEPLOY, 0)), [short]);
    assert_eq!(with(7, known(DEPLOY, 0)), ["medium: these reads are new to the role"]);
    assert_eq!(with(7, known(EVE, 0)), ["low: the role is new in these logs"]);
    let listed = call(DEPLOY, (0, 0), ("secretsmanager", "ListSecrets"), Json::Null);
    let because = "the role listed secrets, too; what keeps them in step or backs them up does so";
    assert_eq!(with(0, listed), [format!("low: {because}")]);
    assert_eq!(found(reads(PERSON, 0, 30, 1)), ["medium: people seldom need so many"]);
}

#[test]
fn refusals_count_and_say_so() {
    let refused = |count| {
        let mut records = reads(DEPLOY, 0, 30, 1);
        for record in records.iter_mut().take(count) {
            record["errorCode"] = json!("AccessDeniedException");
        }
        ask(records).findings
    };
    let all = refused(30);
    assert_eq!(all[0].severity, Severity::Medium);
    assert_eq!(
        all[0].summary,
        "role/deploy asked for 30 secrets within 24 hours, 30 of them refused: GetSecretValue 30"
    );
    assert_eq!(refused(19)[0].severity, Severity::Info);
    let passwords = (0..25).map(|number| {
        let mut record =
            call(DEPLOY, (0, number), ("ec2", "GetPasswordData"), json!({ "instanceId": format!("i-{number}") }));
        record["errorCode"] = json!("Client.UnauthorizedOperation");
        record
    });
    assert_eq!(found(passwords), ["medium: as many were refused: somebody tried what it may not"]);
}

/// A call by path or filter names none; what it gave, AWS KMS tells.
#[test]
fn what_calls_by_path_and_filter_gave() {
    let decrypted = |number: usize| {
        let arn = format!("arn:aws:ssm:us-east-1:111122223333:parameter/app/p{number}");
        let mut record =
            call(EVE, (0, 60), ("kms", "Decrypt"), json!({ "encryptionContext": { "PARAMETER_ARN": arn } }));
        record["sourceIPAddress"] = json!("AWS Internal");
        record
    };
    let by_path = |decrypts: bool| {
        call(EVE, (0, 60), ("ssm", "GetParametersByPath"), json!({ "path": "/", "withDecryption": decrypts }))
    };
    let decrypts = || (0..30).map(decrypted);
    let answer = ask(decrypts().chain([by_path(true)]));
    assert_eq!(answer.findings[0].summary, "user/eve asked for 31 secrets within 24 hours: GetParametersByPath 1");
    assert!(ask(decrypts().chain([by_path(false)])).rows.is_empty());
    let ids: Vec<String> = (0..20).map(|number| format!("s{number}")).collect();
    let batch =
        |ids: &[String]| call(EVE, (0, 60), ("secretsmanager", "BatchGetSecretValue"), json!({ "secretIdList": ids }));
    assert_eq!(found([batch(&ids)]).len(), 1);
    assert!(found([batch(&ids[1..])]).is_empty());
    let twice = reads(EVE, 0, 19, 1).into_iter().chain([batch(&ids[..19])]);
    assert!(found(twice).is_empty(), "a secret is one however it was asked for");
}

/// Replicas of a secret in other regions are one secret, and what CloudFormation resolves is its own.
#[test]
fn what_is_no_bulk() {
    let replicas = (0..30).map(|number| {
        let region = ["us-east-1", "eu-west-1", "eu-west-3"][number % 3];
        let arn = format!("arn:aws:secretsmanager:{region}:111122223333:secret:s{}-a1B2c3", number / 3);
        call(EVE, (0, number), GET, json!({ "secretId": arn }))
    });
    assert!(found(replicas).is_empty());
    let resolved = reads(EVE, 0, 40, 1).into_iter().map(|mut record| {
        record["userIdentity"]["invokedBy"] = json!("cloudformation.amazonaws.com");
        record
    });
    assert!(ask(resolved).rows.is_empty());
    let public = (0..40).map(|number| {
        let name = format!("/aws/service/eks/{number}");
        call(EVE, (0, number), ("ssm", "GetParameter"), json!({ "name": name, "withDecryption": true }))
    });
    assert!(ask(public).rows.is_empty());
    let plain = (0..40)
        .map(|number| call(EVE, (0, number), ("ssm", "GetParameter"), json!({ "name": format!("/p/{number}") })));
    assert!(ask(plain).rows.is_empty(), "a parameter that is no secret");
}

#[test]
fn rows_come_worst_first() {
    let answer = ask(reads(DEPLOY, 0, 25, 1).into_iter().chain(reads(EVE, 0, 22, 1)).chain(reads(PERSON, 0, 3, 1)));
    let text = |row: &Vec<crate::report::Value>, place: usize| row[place].as_text().unwrap_or_default().into_owned();
    let rows: Vec<(String, String)> =
        answer.rows.iter().map(|row| (text(row, 1), text(row, COLUMNS.len() - 1))).collect();
    let row = |principal: &str, severity: &str| (principal.to_owned(), severity.to_owned());
    assert_eq!(rows, [row(EVE, "medium"), row(DEPLOY, "info"), row(PERSON, "info")]);
}
