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
