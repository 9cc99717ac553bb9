use serde_json::{Value, json};

use super::Issuances;
use crate::aggregate::sessions::sample::{content, samples, scan};

fn assume_role() -> Value {
    json!({
        "eventTime": "2026-01-02T03:00:00Z", "eventName": "AssumeRole", "eventSource": "sts.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333", "sharedEventID": "shared-1",
        "userIdentity": { "type": "IAMUser", "principalId": "AIDA", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/example", "accessKeyId": "AKIAIOSFODNN7EXAMPLE" },
        "requestParameters": { "roleArn": "arn:aws:iam::444455556666:role/r", "roleSessionName": "s" },
        "responseElements": { "credentials": { "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "sessionToken": "SECRET",
            "secretAccessKey": "SECRET", "expiration": "Jan 2, 2026, 4:00:00 AM" },
            "assumedRoleUser": { "assumedRoleId": "AROA:s" } },
    })
}

fn with(mut record: Value, name: &str, value: Value) -> Value {
    record[name] = value;
    record
}

fn count(records: impl IntoIterator<Item = Value>) -> usize {
    let state = scan(&samples(records));
    state.get::<Issuances>().unwrap().all(state.symbols()).len()
}

#[test]
fn copies_add_nothing() {
    let once = content(&scan(&samples([assume_role()])));
    let state = scan(&samples([assume_role(), assume_role(), assume_role()]));
    let issuances =
        |rows: Vec<String>| rows.into_iter().filter(|row| row.starts_with("issuances:")).collect::<Vec<_>>();
    assert_eq!(issuances(content(&state)), issuances(once));
    assert_eq!(count([assume_role(), with(assume_role(), "sharedEventID", json!("shared-2"))]), 2);
}

#[test]
fn the_two_records_of_a_cross_account_call_are_one() {
    let elsewhere = json!({ "type": "AWSAccount", "principalId": "AIDA", "accountId": "111122223333" });
    let other = with(with(assume_role(), "userIdentity", elsewhere), "recipientAccountId", json!("444455556666"));
    for records in [[assume_role(), other.clone()], [other.clone(), assume_role()]] {
        let state = scan(&samples(records));
        let all = state.get::<Issuances>().unwrap().all(state.symbols());
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].caller(), "arn:aws:iam::111122223333:user/example");
        assert_eq!(all[0].account_id(), "444455556666");
    }
    let mut other_key = other;
    other_key["responseElements"]["credentials"]["accessKeyId"] = json!("ASIA2");
    assert_eq!(count([assume_role(), other_key]), 2);
}

#[test]
fn what_is_no_issuance() {
    assert_eq!(count([with(assume_role(), "errorCode", json!("AccessDenied"))]), 0);
    assert_eq!(count([with(assume_role(), "eventSource", json!("example.amazonaws.com"))]), 0);
    assert_eq!(count([with(assume_role(), "eventName", json!("GetCallerIdentity"))]), 0);
    assert_eq!(count([with(assume_role(), "responseElements", json!(null))]), 0);
}

#[test]
fn no_secret_is_kept() {
    assert!(content(&scan(&samples([assume_role()]))).iter().all(|row| !row.contains("SECRET")));
}

#[test]
fn a_failed_sign_in_is_remembered_as_such() {
    let sign_in = |outcome: &str| {
        let record = with(assume_role(), "responseElements", json!({ "ConsoleLogin": outcome }));
        let record = with(record, "eventName", json!("ConsoleLogin"));
        with(record, "eventSource", json!("signin.amazonaws.com"))
    };
    let success = |record| {
        let state = scan(&samples([record]));
        state.get::<Issuances>().unwrap().all(state.symbols())[0].is_successful_sign_in()
    };
    assert!(success(sign_in("Success")));
    // A failure has a message and no code.
    assert!(!success(with(sign_in("Failure"), "errorMessage", json!("Failed authentication"))));
}
