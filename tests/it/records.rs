//! Records as the tests need them, built on one plain call; ids and addresses are those of AWS's documentation.

use serde_json::{Value, json};

/// The account of [`call`].
pub const ACCOUNT: &str = "111122223333";

/// A call by the IAM user Alice with a long-lived key, at 12:00 of 10 September 2026 and `second`; `number` makes its eventID.
pub fn call(number: usize, second: u32) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDACKCEVSQ6C2EXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/Alice",
            "accountId": ACCOUNT,
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "userName": "Alice"
        },
        "eventTime": format!("2026-09-10T12:{:02}:{:02}Z", second / 60, second % 60),
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetBucketAcl",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "aws-cli/2.17.1",
        "requestParameters": {"bucketName": "amzn-s3-demo-bucket"},
        "responseElements": null,
        "eventID": id(number),
        "readOnly": true,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management"
    })
}

/// `n` calls, a second apart.
pub fn calls(n: usize) -> Vec<Value> {
    (0..n).map(|i| call(i, u32::try_from(i).expect("few"))).collect()
}

/// An eventID.
pub fn id(number: usize) -> String {
    format!("EXAMPLE8-90ab-cdef-fedc-{number:012}")
}

/// A record with other members: those of `changes` replace its own, level by level; `null` removes.
pub fn with(mut record: Value, changes: Value) -> Value {
    merge(&mut record, changes);
    record
}

fn merge(target: &mut Value, changes: Value) {
    match (target, changes) {
        (Value::Object(members), Value::Object(changes)) => {
            for (name, change) in changes {
                if change.is_null() {
                    members.remove(&name);
                } else {
                    merge(members.entry(name).or_insert(Value::Null), change);
                }
            }
        }
        (target, change) => *target = change,
    }
}

/// The order in which CloudTrail writes the members of a record; others come last.
const ORDER: [&str; 22] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "managementEvent",
    "recipientAccountId",
    "sharedEventID",
    "eventCategory",
];

/// A record's JSON with its members in CloudTrail's order. (A [`Value`] writes them from a to z.)
pub fn text(record: &Value) -> String {
    let Some(members) = record.as_object() else { return record.to_string() };
    let place = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| place(name));
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", members.join(","))
}

/// `{"Records":[…]}`, as CloudTrail delivers.
pub fn delivered(records: &[Value]) -> String {
    format!("{{\"Records\":[{}]}}", records.iter().map(text).collect::<Vec<_>>().join(","))
}

/// One record a line.
pub fn lines(records: &[Value]) -> String {
    records.iter().map(|record| text(record) + "\n").collect()
}

/// The AWSLogs key of an object that was delivered at noon of a day.
pub fn key(account: &str, region: &str, day: &str, salt: &str) -> String {
    let (folder, compact) = (day.replace('-', "/"), day.replace('-', ""));
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/{folder}/{account}_CloudTrail_{region}_{compact}T1200Z_{salt}.json.gz"
    )
}

/// A record at another time.
pub fn at(record: Value, time: &str) -> Value {
    with(record, json!({ "eventTime": time }))
}

/// A call in a session of the role `deploy`, created at `created` and known by `key`.
pub fn session_call(number: usize, key: &str, created: &str, time: &str) -> Value {
    let identity = json!({
        "type": "AssumedRole",
        "principalId": "AROACKCEVSQ6C2EXAMPLE:build-7",
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy/build-7",
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROACKCEVSQ6C2EXAMPLE",
                "arn": "arn:aws:iam::111122223333:role/deploy",
                "accountId": ACCOUNT,
                "userName": "deploy"
            },
            "attributes": {"creationDate": created, "mfaAuthenticated": "false"}
        }
    });
    let mut record = at(call(number, 0), time);
    record["userIdentity"] = identity;
    record["sourceIPAddress"] = json!("198.51.100.7");
    record
}

/// Alice's AssumeRole that issued `key` for a session of [`session_call`] at `time`, for twelve hours.
pub fn assume_role(number: usize, key: &str, time: &str, expires: &str) -> Value {
    let role = json!({
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "requestParameters": {
            "bucketName": null,
            "roleArn": "arn:aws:iam::111122223333:role/deploy",
            "roleSessionName": "build-7",
            "durationSeconds": 43200
        },
        "responseElements": {
            "credentials": {"accessKeyId": key, "sessionToken": "REDACTED", "expiration": expires},
            "assumedRoleUser": {
                "assumedRoleId": "AROACKCEVSQ6C2EXAMPLE:build-7",
                "arn": "arn:aws:sts::111122223333:assumed-role/deploy/build-7"
            }
        }
    });
    at(with(call(number, 0), role), time)
}
