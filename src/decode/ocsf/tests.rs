//! Pairs of a record and the event that it is mapped to, after the shape of those of ocsf/examples.

use serde_json::{Value, json};

use super::*;

/// What an event is read as.
fn of(event: &Value) -> Option<(Value, Vec<&'static str>)> {
    let names: Vec<&str> = event.as_object().expect("an object").keys().map(String::as_str).collect();
    match read(&event.to_string(), names.into_iter())? {
        Ocsf::Record(json, lost) => Some((serde_json::from_str(&json).expect("JSON"), lost.names().collect())),
        Ocsf::Other => None,
    }
}

/// A call of a role session, as 1.5 maps it.
fn call() -> Value {
    json!({
        "class_uid": 6003, "class_name": "API Activity", "time": 1_789_041_600_000_i64, "time_dt": "2026-09-10T12:00:00+00:00",
        "metadata": {"uid": "e-1", "version": "1.5.0", "event_code": "AwsApiCall",
            "product": {"name": "CloudTrail", "version": "1.11", "feature": {"name": "Management"}}},
        "actor": {
            "invoked_by": "ecs.amazonaws.com",
            "session": {"created_time_dt": "2026-09-10T11:30:00+00:00", "is_mfa": false,
                "issuer": "arn:aws:iam::111122223333:role/apps/Deploy"},
            "user": {"account": {"uid": "111122223333"}, "credential_uid": "ASIAEXAMPLE1", "type": "AssumedRole",
                "uid": "arn:aws:sts::111122223333:assumed-role/Deploy/build", "uid_alt": "AROAEXAMPLE1:build"}
        },
        "api": {"operation": "PutBucketPolicy", "version": "2006-03-01", "service": {"name": "s3.amazonaws.com"},
            "request": {"data": "{\"bucketName\":\"b\"}", "uid": "r-1"},
            "response": {"data": "", "error": "AccessDenied", "message": "no"}},
        "cloud": {"account": {"uid": "444455556666"}, "provider": "AWS", "region": "eu-west-1"},
        "http_request": {"user_agent": "aws-cli/2"},
        "resources": [{"uid": "arn:aws:s3:::b", "type": "AWS::S3::Bucket", "owner": {"account": {"uid": "444455556666"}}}],
        "src_endpoint": {"ip": "192.0.2.7", "uid": "vpce-1"},
        "status": "Failure",
        "unmapped": {"managementEvent": "true", "readOnly": "false", "sharedEventID": "s-1", "vpcEndpointAccountId": "777788889999",
            "additionalEventData.bytesTransferredIn": "12", "tlsDetails.tlsVersion": "TLSv1.3", "addendum": "",
            "userIdentity.sessionContext.sourceIdentity": "ana", "userIdentity.sessionContext.sessionIssuer.type": "Role"}
    })
}

/// The record that [`call`] was made of.
fn record() -> Value {
    json!({
        "eventVersion": "1.11", "eventID": "e-1", "eventType": "AwsApiCall", "eventSource": "s3.amazonaws.com",
        "eventName": "PutBucketPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.7", "vpcEndpointId": "vpce-1",
        "userAgent": "aws-cli/2", "errorCode": "AccessDenied", "errorMessage": "no", "requestID": "r-1",
        "apiVersion": "2006-03-01", "eventTime": "2026-09-10T12:00:00Z", "eventCategory": "Management",
        "requestParameters": {"bucketName": "b"}, "recipientAccountId": "444455556666", "readOnly": false,
        "managementEvent": true, "sharedEventID": "s-1", "vpcEndpointAccountId": "777788889999",
        "additionalEventData": {"bytesTransferredIn": "12"}, "tlsDetails": {"tlsVersion": "TLSv1.3"},
        "resources": [{"ARN": "arn:aws:s3:::b", "accountId": "444455556666", "type": "AWS::S3::Bucket"}],
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAEXAMPLE1:build", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE1",
            "arn": "arn:aws:sts::111122223333:assumed-role/Deploy/build", "invokedBy": "ecs.amazonaws.com",
            "sessionContext": {
                "sourceIdentity": "ana",
                "attributes": {"creationDate": "2026-09-10T11:30:00Z", "mfaAuthenticated": "false"},
                "sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE1", "accountId": "111122223333",
                    "arn": "arn:aws:iam::111122223333:role/apps/Deploy", "userName": "Deploy"}
            }
        }
    })
}

#[test]
fn a_call_is_its_record() {
    assert_eq!(of(&call()), Some((record(), Vec::new())));
    // Without what nothing is lost of, and in other spellings of the same.
    let mut same = call();
    same["unmapped"] = json!([{"key": "managementEvent", "value": "true"}, {"key": "readOnly", "value": "false"}]);
    same["time"] = "2026-09-10 12:00:00.000".into();
    same["actor"]["session"] = json!(null);
    same["api"]["request"]["data"] = json!({"bucketName": "b"});
    let (read, lost) = of(&same).expect("a record");
    assert_eq!((&read["eventTime"], &read["readOnly"]), (&record()["eventTime"], &record()["readOnly"]));
    assert_eq!(read["requestParameters"], record()["requestParameters"]);
    assert_eq!((read["userIdentity"].get("sessionContext"), lost), (None, Vec::new()));
}

#[test]
fn a_record_that_an_event_keeps_is_that_record() {
    let mut event = call();
    let kept = json!({"eventName": "Kept", "eventTime": "2026-09-10T12:00:00Z", "eventSource": "s3.amazonaws.com", "eventVersion": "1.11"});
    event["raw_data"] = kept.to_string().into();
    assert_eq!(of(&event), Some((kept, Vec::new())));
    for other in ["{\"eventName\":\"x\"}", "words", "[]"] {
        event["raw_data"] = other.into();
        assert_eq!(of(&event), Some((record(), Vec::new())), "{other}");
    }
}

/// A struct or map as Athena prints it.
fn printed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name}={}", printed(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(elements) => format!("[{}]", elements.iter().map(printed).collect::<Vec<_>>().join(", ")),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn a_row_of_a_query_is_its_record() {
    let event = call();
    let row: Value = event
        .as_object()
        .expect("an object")
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(printed(value))))
        .collect();
    let text = row.to_string();
    let mut cells = Vec::new();
    careful::each_field(&text, |name, value| cells.push((name, value))).expect("an object");
    let Some(Ocsf::Record(json, lost)) = read_row(&cells) else { panic!("no record") };
    assert_eq!(serde_json::from_str::<Value>(&json).expect("JSON"), record());
    assert!(lost.is_nothing());
    assert_eq!(read_row(&cells[..2]), None);
}

/// What reads a sub-document may go by the order of its fields.
#[test]
fn documents_stay_as_they_are_written() {
    let named = |event: &Value| match read(&event.to_string(), ["class_uid", "metadata"].into_iter()) {
        Some(Ocsf::Record(json, _)) => json,
        other => panic!("{other:?}"),
    };
    let mut event = call();
    event["api"]["request"]["data"] = "{\"z\": 1, \"a\": \"\u{e4}\"}".into();
    assert!(named(&event).contains("\"requestParameters\":{\"z\": 1, \"a\": \"\u{e4}\"}"), "{}", named(&event));
    event["unmapped"]["requestParameters.b"] = "2".into();
    assert!(
        named(&event).contains("\"requestParameters\":{\"a\":\"\u{e4}\",\"b\":\"2\",\"z\":1}"),
        "{}",
        named(&event)
    );
}

#[test]
fn a_zone_that_is_wrong_is_wrong_twice() {
    let mut event = call();
    event["time_dt"] = "2026-09-10T12:00:00.000-04:00".into();
    event["actor"]["session"]["created_time_dt"] = "2026-09-10T11:30:00.000-04:00".into();
    assert_eq!(of(&event).map(|(record, _)| record), Some(record()));
    // Where the zones say when it was, they count.
    event["time_dt"] = "2026-09-10T08:00:00.000-04:00".into();
    event["actor"]["session"]["created_time_dt"] = "2026-09-10T07:30:00.000-04:00".into();
    assert_eq!(of(&event).map(|(record, _)| record), Some(record()));
}

#[test]
fn the_first_version_kept_values_by_their_paths() {
    let event = json!({
        "class_uid": 3001, "time": 1_789_041_600_000_i64,
        "metadata": {"uid": "e-1", "version": "1.0.0-rc.2", "product": {"name": "CloudTrail", "version": "1.08",
            "feature": {"name": "Management"}}},
        "actor": {"idp": {}, "session": {"created_time": 1_789_039_800_000_i64, "issuer": "arn:aws:iam::111122223333:role/Admin", "mfa": true},
            "user": {"account_uid": "111122223333", "credential_uid": "ASIAEXAMPLE1", "type": "AssumedRole",
                "uid": "AROAEXAMPLE1:ana", "uuid": "arn:aws:sts::111122223333:assumed-role/Admin/ana"}},
        "api": {"operation": "CreateUser", "request": {"uid": "''"}, "response": {}, "service": {"name": "iam.amazonaws.com"}},
        "cloud": {"region": "us-east-1"}, "src_endpoint": {"domain": "AWS Internal"}, "status": "Success", "status_id": 1,
        "unmapped": {"eventType": "AwsApiCall", "recipientAccountId": "111122223333", "managementEvent": "true",
            "requestParameters.tags[0].key": "a", "requestParameters.tags[2].key": "c",
            "responseElements.user.arn": "arn:aws:iam::111122223333:user/bo"},
        "user": {"name": "bo", "uid": "AIDAEXAMPLE2"}
    });
    let (record, lost) = of(&event).expect("a record");
    // The second of three tags.
    assert_eq!(lost, ["requestParameters"]);
    let identity = &record["userIdentity"];
    assert_eq!(
        json!([
            identity["principalId"],
            identity["arn"],
            identity["sessionContext"]["attributes"],
            record["requestParameters"],
            record["responseElements"],
            record["sourceIPAddress"],
            record.get("requestID"),
        ]),
        json!([
            "AROAEXAMPLE1:ana",
            "arn:aws:sts::111122223333:assumed-role/Admin/ana",
            {"creationDate": "2026-09-10T11:30:00Z", "mfaAuthenticated": "true"},
            {"tags": [{"key": "a"}], "userName": "bo"},
            {"user": {"arn": "arn:aws:iam::111122223333:user/bo", "userName": "bo", "userId": "AIDAEXAMPLE2"}},
            "AWS Internal",
            null,
        ])
    );
    // The name of a role may stand there, its path, or what describes it.
    let mut role = event;
    role["api"]["operation"] = "CreateRole".into();
    let named = of(&role).and_then(|(record, _)| record["requestParameters"].get("roleName").cloned());
    assert_eq!(named, None);
}

/// Before 1.1 nothing says that a record had no parameters: what proves it, and what does not.
#[test]
fn the_first_version_lacks_only_what_may_have_been_there() {
    const BOTH: &[&str] = &["requestParameters", "responseElements"];
    const RESULTS: &[&str] = &["responseElements"];
    let leftovers = json!({"eventType": "AwsApiCall", "recipientAccountId": "444455556666", "managementEvent": "true"});
    for (class, operation, unmapped, lost) in [
        // Values that are kept by their paths are kept of both.
        (6003, "PutBucketPolicy", json!({"requestParameters.bucketName": "b"}), &[][..]),
        (3005, "CreateKey", json!({"responseElements.keyMetadata.keyId": "k"}), &[]),
        (6003, "CreateKey", json!({}), BOTH),
        (6003, "CreateKey", json!({"additionalEventData.x": "1"}), BOTH),
        (6003, "GetSecretValue", json!({"readOnly": "true", "requestParameters.secretId": "s"}), &[]),
        // What must have had a parameter, and what need not.
        (6003, "GetSecretValue", json!({"readOnly": "true"}), &["requestParameters"]),
        (6003, "ListUsers", json!({"readOnly": "true"}), &[]),
        (6003, "DescribeInstances", json!({"readOnly": "true"}), &[]),
        (6003, "ListUsers", json!({"readOnly": "false"}), BOTH),
        (6003, "ListUsers", json!({}), BOTH),
        // Who moves values to fields of its own may have moved all.
        (3001, "CreateLoginProfile", json!({"requestParameters.passwordResetRequired": "true"}), RESULTS),
        (3002, "AssumeRole", json!({"requestParameters.roleArn": "r"}), RESULTS),
        (
            3002,
            "AssumeRole",
            json!({"requestParameters.roleArn": "r", "responseElements.credentials.accessKeyId": "A"}),
            &[],
        ),
        // Not everything that a path leads to is there.
        (
            6003,
            "RunInstances",
            json!({"requestParameters.x[0].y": "1", "requestParameters.x[2].y": "3"}),
            &["requestParameters"],
        ),
    ] {
        let mut event = call();
        event["class_uid"] = class.into();
        event["metadata"]["version"] = "1.0.0-rc.2".into();
        event["api"] = json!({"operation": operation, "service": {"name": "x.amazonaws.com"}});
        event["status"] = "Success".into();
        event["unmapped"] = leftovers.clone();
        let more = unmapped.as_object().cloned().unwrap_or_default();
        event["unmapped"].as_object_mut().expect("a map").extend(more);
        assert_eq!(of(&event).map(|(_, lost)| lost), Some(lost.to_vec()), "{operation} {unmapped}");
        // A call that failed has no results.
        event["api"]["response"] = json!({"error": "AccessDenied"});
        let without: Vec<&str> = lost.iter().copied().filter(|name| *name != "responseElements").collect();
        assert_eq!(of(&event).map(|(_, lost)| lost), Some(without), "{operation} {unmapped}, denied");
    }
    // A mapping that is not seen to keep what it has no place for.
    let mut event = call();
    event["metadata"]["version"] = "1.0.0-rc.2".into();
    event["api"] = json!({"operation": "ListUsers", "service": {"name": "iam.amazonaws.com"}});
    event["status"] = "Success".into();
    event["unmapped"] = json!({"readOnly": "true"});
    let lost = of(&event).map(|(_, lost)| lost).unwrap_or_default();
    assert!(lost.contains(&"requestParameters") && !lost.contains(&"responseElements"), "{lost:?}");
}

#[test]
fn a_sign_in_says_whether_there_was_mfa_and_whether_it_failed() {
    let sign_in = |changes: Value| {
        let mut event = json!({
            "class_uid": 3002, "time": 1_789_041_600_000_i64, "is_mfa": true, "status": "Success",
            "metadata": {"uid": "e-1", "version": "1.1.0", "event_code": "AwsConsoleSignIn",
                "product": {"name": "CloudTrail", "version": "1.08", "feature": {"name": "Management"}}},
            "actor": {"user": {"account": {"uid": "111122223333"}, "name": "ana", "type": "IAMUser",
                "uid": "arn:aws:iam::111122223333:user/ana", "uid_alt": "AIDAEXAMPLE1"}},
            "api": {"operation": "ConsoleLogin", "response": {"data": "{\"ConsoleLogin\":\"Success\"}"},
                "service": {"name": "signin.amazonaws.com"}},
            "cloud": {"region": "us-east-1"}, "src_endpoint": {"ip": "192.0.2.7"},
            "dst_endpoint": {"svc_name": "https://console.aws.amazon.com/"},
            "unmapped": {"recipientAccountId": "111122223333", "managementEvent": "true", "additionalEventData.MobileVersion": "No"}
        });
        let changes = changes.as_object().cloned().unwrap_or_default();
        for (name, value) in changes {
            event[name] = value;
        }
        let (record, lost) = of(&event).expect("a record");
        (json!([record["additionalEventData"], record["responseElements"], record.get("errorMessage")]), lost)
    };
    let more =
        |used: &str| json!({"LoginTo": "https://console.aws.amazon.com/", "MFAUsed": used, "MobileVersion": "No"});
    let success = json!({"ConsoleLogin": "Success"});
    assert_eq!(sign_in(json!({})), (json!([more("Yes"), success, null]), Vec::new()));
    assert_eq!(sign_in(json!({"is_mfa": "false"})), (json!([more("No"), success, null]), Vec::new()));
    let (record, lost) = sign_in(json!({"is_mfa": null}));
    assert_eq!((record[0].get("MFAUsed"), lost), (None, vec!["additionalEventData.MFAUsed"]));
    let failed =
        json!({"status": "Failure", "api": {"operation": "ConsoleLogin", "service": {"name": "signin.amazonaws.com"}}});
    let (record, lost) = sign_in(failed);
    assert_eq!((&record[1], &record[2], lost), (&json!({"ConsoleLogin": "Failure"}), &json!("Failure"), Vec::new()));
}

#[test]
fn what_is_not_carried_is_named() {
    for (place, value, lost) in [
        ("/unmapped", json!(null), vec![Lost::UNMAPPED]),
        ("/cloud", json!({"region": "x"}), vec!["recipientAccountId"]),
        ("/cloud", json!({"account": {"uid": "1"}}), vec!["awsRegion"]),
        ("/actor", json!({}), vec!["userIdentity"]),
        ("/actor/session/is_mfa", json!(null), vec!["mfaAuthenticated"]),
        ("/metadata/event_code", json!(""), vec!["eventType"]),
        ("/api/request/data", json!("{\"bucketName\":\"b"), vec!["requestParameters"]),
        ("/api/response", json!({}), vec!["errorCode"]),
        ("/status", json!("Success"), Vec::new()),
        ("/src_endpoint", json!(null), Vec::new()),
    ] {
        let mut event = call();
        *event.pointer_mut(place).expect("a place") = value;
        assert_eq!(of(&event).map(|(_, lost)| lost), Some(lost), "{place}");
    }
    // Kinds of users of OCSF's own are none of CloudTrail's.
    let mut event = call();
    event["actor"]["user"]["type"] = "User".into();
    assert_eq!(of(&event).map(|(record, _)| record["userIdentity"]["type"].clone()), Some("AssumedRole".into()));
}

#[test]
fn other_events_are_none_and_other_objects_no_events() {
    let other = |changes: &[(&str, Value)]| {
        let mut event = call();
        for (place, value) in changes {
            *event.pointer_mut(place).expect("a place") = value.clone();
        }
        let names: Vec<String> = event.as_object().expect("an object").keys().cloned().collect();
        read(&event.to_string(), names.iter().map(String::as_str))
    };
    assert_eq!(other(&[("/class_uid", json!(4001))]), Some(Ocsf::Other));
    assert_eq!(other(&[("/metadata/product/name", json!("Amazon EKS"))]), Some(Ocsf::Other));
    // In 1.0 and later that is another class.
    assert_eq!(other(&[("/class_uid", json!(3005))]), Some(Ocsf::Other));
    let at_first = [("/class_uid", json!(3005)), ("/metadata/version", json!("1.0.0-rc.2"))];
    assert!(matches!(other(&at_first), Some(Ocsf::Record(..))));
    assert!(matches!(other(&[("/class_uid", json!("6003"))]), Some(Ocsf::Record(..))));
    for (place, value) in [("/class_uid", json!(null)), ("/metadata", json!("x")), ("/api/operation", json!(""))] {
        assert_eq!(other(&[(place, value)]), None, "{place}");
    }
    assert_eq!(read("{\"class_uid\":6003}", ["class_uid"].into_iter()), None);
}

#[test]
fn another_class_is_named() {
    for (head, told) in [
        (
            "{\"class_uid\": 4001, \"class_name\": \"Network Activity\"}",
            "OCSF of class 4001 (Network Activity), which holds no API calls",
        ),
        ("{\"metadata\":{},\"class_uid\":2004}", "OCSF of class 2004, which holds no API calls"),
        ("{\"class_uid\":\"x\"}", "OCSF of a class that holds no API calls"),
        ("", "OCSF of a class that holds no API calls"),
        (
            "{\"class_name\":\"API Activity\",\"class_uid\":6003,",
            "OCSF of class 6003 (API Activity) of another product than CloudTrail, which holds no records of it",
        ),
    ] {
        assert_eq!(other_ocsf(head.as_bytes()), told);
    }
}

#[test]
fn commas_too_many_are_left_out_and_those_of_texts_stay() {
    assert_eq!(
        without_stray_commas("{\"a\":[1,2,\n],\"b\":{\"c\":1, },}").as_deref(),
        Some("{\"a\":[1,2\n],\"b\":{\"c\":1 }}")
    );
    for text in ["{\"a\":\",}\"}", "{\"a\":\"\\\",]\"}", "{}", ""] {
        assert_eq!(without_stray_commas(text), None, "{text}");
    }
}
