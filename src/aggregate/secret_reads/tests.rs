use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::aggregate::State;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::aggregate::testing::contents;

const CALLS: [(&str, &str); 5] = [
    ("secretsmanager", "GetSecretValue"),
    ("ssm", "GetParameters"),
    ("kms", "Decrypt"),
    ("ssm", "DescribeParameters"),
    ("ec2", "GetPasswordData"),
];

fn record((call, hour, error, account): (usize, u32, bool, bool)) -> Value {
    let (source, name) = CALLS[call];
    let account = if account { "111122223333" } else { "444455556666" };
    let mut record = json!({
        "eventTime": format!("2026-01-02T{hour:02}:30:00Z"), "eventName": name,
        "eventSource": format!("{source}.amazonaws.com"), "recipientAccountId": account,
        "sourceIPAddress": if name == "Decrypt" { "AWS Internal" } else { "192.0.2.1" },
        "requestParameters": { "secretId": "a", "names": ["b", "c"], "withDecryption": true, "instanceId": "i-1",
            "encryptionContext": { "PARAMETER_ARN": "arn:aws:ssm:us-east-1:111122223333:parameter/d" } },
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
        steps in prop::collection::vec((0..CALLS.len(), 0u32..24, any::<bool>(), any::<bool>()), 0..20),
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
fn a_call_is_counted_once_and_each_secret_has_a_row() {
    let by_service = |mut record: Value| {
        record["userIdentity"]["invokedBy"] = json!("cloudformation.amazonaws.com");
        record
    };
    let state = scan(&[
        record((1, 1, false, true)),
        record((1, 5, false, true)),
        by_service(record((0, 1, false, true))),
        by_service(record((2, 1, false, true))),
        record((3, 1, false, true)),
    ]);
    let text = |sym| state.symbols().text(sym).to_owned();
    let reads = state.get::<SecretReads>().unwrap().rows();
    let mut rows: Vec<(String, String, i64, usize)> = reads
        .iter()
        .map(|row| (text(row.key.event), text(row.key.secret), row.events, row.hours.iter().count()))
        .collect();
    rows.sort();
    let row = |event: &str, secret: &str, events, hours| (event.to_owned(), secret.to_owned(), events, hours);
    assert_eq!(
        rows,
        [
            row("Decrypt", "parameter/d", 1, 1),
            row("GetParameters", "parameter/b", 2, 2),
            row("GetParameters", "parameter/c", 0, 2)
        ]
    );
}
