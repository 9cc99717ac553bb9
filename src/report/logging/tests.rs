use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::report::Options;

const OPS: &str = "arn:aws:iam::111122223333:user/ops";

fn call(time: &str, source: &str, name: &str, request: Json) -> Json {
    json!({
        "eventTime": format!("2026-01-02T{time}:00Z"), "eventName": name, "eventSource": format!("{source}.amazonaws.com"),
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333", "requestParameters": request,
        "userIdentity": { "type": "IAMUser", "principalId": "AIDAOPS", "accountId": "111122223333", "arn": OPS,
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE" },
    })
}

fn trail(time: &str, name: &str) -> Json {
    call(time, "cloudtrail", name, json!({ "name": "main" }))
}

fn ask(records: impl IntoIterator<Item = Json>) -> Answer {
    let state = scan_for(REPORT.needs, &samples(records));
    (REPORT.answer)(&View::new(&state, &Options::default()))
}

/// `severity rule subject` of each finding.
fn found(records: impl IntoIterator<Item = Json>) -> Vec<String> {
    let line = |found: Finding| format!("{} {} {}", found.severity.as_str(), found.rule, found.subject);
    ask(records).findings.into_iter().map(line).collect()
}

#[test]
fn a_trail_that_is_stopped_deleted_and_started_again() {
    let answer = ask([trail("03:00", "StopLogging"), trail("03:05", "StartLogging"), trail("04:00", "DeleteTrail")]);
    assert_eq!(answer.rows.len(), 3);
    let [finding] = &answer.findings[..] else { panic!("{:?}", answer.findings) };
    assert_eq!((finding.severity, finding.rule, finding.count), (Severity::High, "logging-stopped", 2));
    assert_eq!(finding.summary, format!("DeleteTrail, StopLogging of trail main by {OPS}"));
    assert_eq!(finding.evidence["access_key_ids"], json!(["AKIAIOSFODNN7EXAMPLE"]));
    assert_eq!(finding.evidence["address_list"], json!(["192.0.2.1"]));
    let undone = ask([trail("03:00", "StopLogging"), trail("03:05", "StartLogging")]).findings;
    assert!(undone[0].summary.ends_with("; it went on at 2026-01-02T03:05:00Z"), "{}", undone[0].summary);
    assert_eq!(undone[0].severity, Severity::High, "it is told all the same");
}

#[test]
fn attempts_are_low_and_routine_is_nothing() {
    let mut denied = trail("03:00", "StopLogging");
    denied["errorCode"] = json!("AccessDenied");
    assert_eq!(found([denied]), ["low logging-change-refused main"]);
    assert_eq!(found([trail("03:00", "StartLogging")]), Vec::<String>::new());
    let widened = call("03:00", "cloudtrail", "UpdateTrail", json!({ "name": "main", "isMultiRegionTrail": true }));
    assert_eq!(found([widened]), Vec::<String>::new());
    let bucket = |name: &str| {
        let rule = json!({ "Rule": { "Status": "Enabled", "Expiration": { "Days": 1 } } });
        call("03:00", "s3", "PutBucketLifecycle", json!({ "bucketName": name, "LifecycleConfiguration": rule }))
    };
    assert_eq!(found([bucket("scratch")]), Vec::<String>::new(), "a bucket of anything");
    assert!(ask([bucket("scratch")]).rows.is_empty());
    assert_eq!(found([bucket("aws-cloudtrail-logs-111122223333-0a1b")]).len(), 1);
    let mut acl = call("02:00", "s3", "GetBucketAcl", json!({ "bucketName": "scratch" }));
    acl["sourceIPAddress"] = json!("cloudtrail.amazonaws.com");
    assert_eq!(found([bucket("scratch"), acl]), ["medium logging-narrowed scratch"]);
}

#[test]
fn a_service_linked_role_is_aws() {
    let by = |arn: &str| {
        let mut record = trail("03:00", "DeleteTrail");
        record["userIdentity"] = json!({
            "type": "AssumedRole", "principalId": "AROAEXAMPLE:CloudTrail", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForCloudTrail/CloudTrail",
            "sessionContext": { "sessionIssuer": { "type": "Role", "principalId": "AROAEXAMPLE", "arn": arn } },
        });
        record
    };
    let linked =
        by("arn:aws:iam::111122223333:role/aws-service-role/cloudtrail.amazonaws.com/AWSServiceRoleForCloudTrail");
    assert_eq!(found([linked]), ["info logging-stopped main"]);
    let named = by("arn:aws:iam::111122223333:role/AWSServiceRoleForCloudTrail");
    assert_eq!(found([named]), ["high logging-stopped main"], "anybody can give a role that name");
}

#[test]
fn one_finding_for_many_deleted_objects() {
    let delete = |minute: usize| {
        let key = format!("AWSLogs/444455556666/CloudTrail/eu-west-1/2026/01/01/{minute}.json.gz");
        call(&format!("03:{minute:02}"), "s3", "DeleteObject", json!({ "bucketName": "logs", "key": key }))
    };
    let answer = ask((0..12).map(delete));
    let [finding] = &answer.findings[..] else { panic!("{:?}", answer.findings) };
    assert_eq!((finding.severity, finding.count), (Severity::High, 12));
    assert_eq!(finding.summary, format!("DeleteObject of logs in bucket logs (account 444455556666) by {OPS}"));
}

const EVERYONES: &str = "arn:aws:cloudtrail:us-east-1:123456789012:trail/org";

/// The organization's trail, as a call in the management account shows it.
fn everyones(time: &str, name: &str) -> Json {
    let trail = json!({ "name": "org", "s3BucketName": "org-logs", "isMultiRegionTrail": true, "isOrganizationTrail": true,
        "trailARN": EVERYONES });
    let mut record = call(time, "cloudtrail", name, json!({ "name": EVERYONES }));
    record["recipientAccountId"] = json!("123456789012");
    record["userIdentity"]["accountId"] = json!("123456789012");
    record["responseElements"] = if name == "GetTrail" { json!({ "trail": trail }) } else { trail };
    record
}

fn day(day: u32) -> crate::model::Day {
    crate::model::Day::from_ymd(2026, 1, day).unwrap()
}

/// As [`found`], where logs of the account were delivered on these days.
fn found_with(records: Vec<Json>, days: &[u32]) -> Vec<String> {
    let of = |account: &str, days: &[u32]| {
        ((account.to_owned(), "us-east-1".to_owned()), days.iter().map(|&number| day(number)).collect())
    };
    let days = [of("111122223333", days), of("444455556666", &[1, 2, 3, 4, 5, 6])].into();
    let logs = crate::report::LogSpan { days, ..Default::default() };
    let state = scan_for(REPORT.needs, &samples(records));
    let options = Options::default();
    let view = View { logs: Some(&logs), ..View::new(&state, &options) };
    let line = |found: Finding| format!("{} {} {}", found.severity.as_str(), found.rule, found.subject);
    (REPORT.answer)(&view).findings.into_iter().map(line).collect()
}

#[test]
fn a_trail_that_makes_way_for_the_organizations() {
    let stopped = || vec![trail("03:00", "StopLogging"), trail("03:05", "DeleteTrail")];
    let made = |time: &str| {
        let mut record = everyones("02:00", "CreateTrail");
        record["eventTime"] = json!(time);
        [vec![record], stopped()].concat()
    };
    let moved = || made("2025-12-30T02:00:00Z");
    assert_eq!(found_with(moved(), &[1, 2, 3, 4]), ["medium logging-stopped main"]);
    let told = found_with(moved(), &[1, 2]);
    assert_eq!(told, ["high logging-stopped main"], "its logs end");
    assert_eq!(found(moved()), ["high logging-stopped main"], "nobody knows that logs go on");
    let decoy = everyones("02:00", "CreateTrail");
    assert_eq!(
        found_with([vec![decoy], stopped()].concat(), &[1, 2, 3, 4]),
        ["high logging-stopped main"],
        "made an hour before: it has delivered nothing yet"
    );
    let described = || [vec![everyones("02:00", "GetTrail")], stopped()].concat();
    assert_eq!(found_with(described(), &[1, 2, 3, 4]), ["medium logging-stopped main"], "it was there before");
    assert_eq!(found(described()), ["high logging-stopped main"], "nobody knows that logs go on");
    assert_eq!(found_with(stopped(), &[1, 2, 3, 4]), ["high logging-stopped main"], "what delivers is not known");
}

#[test]
fn what_is_no_move_to_the_organizations_trail() {
    let stop = || trail("03:00", "StopLogging");
    let later = vec![stop(), everyones("04:00", "CreateTrail")];
    assert_eq!(found(later), ["high logging-stopped main"], "made afterwards");
    let mut stop_both = everyones("02:30", "StopLogging");
    stop_both["responseElements"] = Json::Null;
    let both = vec![everyones("02:00", "CreateTrail"), stop_both, stop()];
    assert_eq!(found(both), ["high logging-stopped main", "high logging-stopped org"]);
    let mut own = call("02:00", "cloudtrail", "CreateTrail", json!({ "name": "decoy" }));
    own["responseElements"] = json!({ "name": "decoy", "s3BucketName": "b", "isMultiRegionTrail": true, "isOrganizationTrail": false,
        "trailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/decoy" });
    assert_eq!(found(vec![own, stop()]), ["high logging-stopped main"], "a trail of the account's own may be a decoy");
    let bucket = call("03:00", "s3", "DeleteBucket", json!({ "bucketName": "aws-cloudtrail-logs-111122223333-0a1b" }));
    let gone = vec![everyones("02:00", "CreateTrail"), bucket];
    assert_eq!(found(gone), ["high logging-stopped aws-cloudtrail-logs-111122223333-0a1b"], "a bucket is no trail");
}
