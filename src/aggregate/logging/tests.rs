use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::aggregate::State;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::aggregate::testing::contents;

const NAMES: [(&str, &str); 6] = [
    ("cloudtrail", "StopLogging"),
    ("cloudtrail", "StartLogging"),
    ("cloudtrail", "CreateTrail"),
    ("s3", "DeleteBucket"),
    ("s3", "GetBucketAcl"),
    ("ec2", "StopInstances"),
];

fn record((name, minute, error, account): (usize, u32, bool, bool)) -> Value {
    let (source, name) = NAMES[name];
    let account = if account { "111122223333" } else { "444455556666" };
    let mut record = json!({
        "eventTime": format!("2026-01-02T03:{minute:02}:00Z"), "eventName": name,
        "eventSource": format!("{source}.amazonaws.com"), "recipientAccountId": account,
        "sourceIPAddress": if name == "GetBucketAcl" { "cloudtrail.amazonaws.com" } else { "192.0.2.1" },
        "requestParameters": { "name": "main", "bucketName": "logs" },
        "responseElements": { "name": "main", "isOrganizationTrail": true },
        "userIdentity": { "type": "IAMUser", "principalId": "AIDAANA", "accountId": account, "userName": "ana",
            "arn": format!("arn:aws:iam::{account}:user/ana"), "accessKeyId": "AKIAIOSFODNN7EXAMPLE" },
    });
    if error {
        record["errorCode"] = json!("AccessDenied");
    }
    record
}

fn scan(records: &[Value]) -> State {
    scan_for(&[&KIND], &samples(records.iter().cloned()))
}

proptest! {
    #[test]
    fn merging_and_saving_change_nothing(
        steps in prop::collection::vec((0..NAMES.len(), 0u32..60, any::<bool>(), any::<bool>()), 0..20),
        cut in 0_usize..20,
    ) {
        let records: Vec<Value> = steps.into_iter().map(record).collect();
        let whole = scan(&records);
        let expected = contents(&whole);
        let (left, right) = records.split_at(cut.min(records.len()));
        prop_assert_eq!(&contents(&scan(left).merge(scan(right))), &expected);
        prop_assert_eq!(&contents(&scan(right).merge(scan(left))), &expected);
        let loaded = State::load(&[&KIND], &whole.save()).unwrap();
        prop_assert_eq!(&contents(&loaded), &expected);
        prop_assert_eq!(&contents(&State::new(&[&KIND]).merge(whole)), &expected);
    }
}

#[test]
fn calls_and_facts_are_kept_apart() {
    let state = scan(&[record((0, 1, false, true)), record((0, 2, false, true)), record((2, 0, false, true))]);
    let all = state.get::<LoggingChanges>().unwrap();
    let rows: Vec<(i64, String)> = all.rows().map(|row| (row.events, row.call(state.symbols()).event)).collect();
    assert_eq!(rows, [(2, "StopLogging".to_owned())]);
    assert!(all.facts().iter().count() >= 2, "the trail is everyone's and was made");
}
