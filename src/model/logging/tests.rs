use serde_json::{Value, json};

use super::*;
use crate::model::testing::{ACCOUNT, OTHER_ACCOUNT, at, event, service, user};
use crate::model::{EventTime, UserIdentity};

/// A record of `identity` calling `name` of a service with a request and a response.
fn record(identity: &UserIdentity<'_>, call: (&str, &str), request: &Value, response: &Value) -> Option<LoggingRecord> {
    let (source, name) = call;
    let (source, request, response) = (format!("{source}.amazonaws.com"), request.to_string(), response.to_string());
    let by_service = !identity.invoked_by.is_empty();
    let mut event = event(identity);
    (event.event_source, event.event_name) = (&source, name);
    (event.request_parameters, event.response_elements) = (&request, &response);
    if by_service {
        event.source_ip_address = &identity.invoked_by;
    }
    LoggingRecord::of(&event)
}

/// What a call does, where nothing else is known: `effect object name`, and `if-of-trail` where it depends.
fn effect(source: &str, name: &str, request: Value) -> String {
    let record = record(&user("ana", "AKIAIOSFODNN7EXAMPLE"), (source, name), &request, &Value::Null);
    let Some(call) = record.and_then(|record| record.call) else { return "nothing".to_owned() };
    let condition = if call.condition == Condition::Always { "" } else { " " };
    let condition = format!("{condition}{}", if condition.is_empty() { "" } else { call.condition.as_str() });
    format!("{} {} {}{condition}", call.effect.as_str(), call.object.as_str(), call.name)
}

fn selectors(selectors: Value) -> String {
    effect("cloudtrail", "PutEventSelectors", json!({ "trailName": "main", "eventSelectors": selectors }))
}

fn advanced(fields: Value) -> String {
    let selectors = json!([{ "name": "x", "fieldSelectors": fields }]);
    effect("cloudtrail", "PutEventSelectors", json!({ "trailName": "main", "advancedEventSelectors": selectors }))
}

#[test]
fn trails_that_stop_and_go_on() {
    let arn = format!("arn:aws-us-gov:cloudtrail:us-gov-west-1:{ACCOUNT}:trail/main");
    assert_eq!(effect("cloudtrail", "StopLogging", json!({ "name": "main" })), "stopped trail main");
    assert_eq!(effect("cloudtrail", "DeleteTrail", json!({ "name": arn })), "stopped trail main");
    assert_eq!(effect("cloudtrail", "StartLogging", json!({ "name": arn })), "resumed trail main");
    assert_eq!(effect("cloudtrail", "PutInsightSelectors", json!({ "trailName": "main" })), "nothing");
    assert_eq!(effect("cloudtrail", "LookupEvents", json!({})), "nothing");
    assert_eq!(effect("ec2", "StopLogging", json!({ "name": "main" })), "nothing");
    let store = format!("arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:eventdatastore/EXAMPLE-f852");
    for name in ["DeleteEventDataStore", "StopEventDataStoreIngestion"] {
        let stopped = effect("cloudtrail", name, json!({ "eventDataStore": store }));
        assert_eq!(stopped, "stopped event-data-store EXAMPLE-f852", "{name}");
    }
    let policy = |arn: &str| effect("cloudtrail", "DeleteResourcePolicy", json!({ "resourceArn": arn }));
    assert_eq!(policy(&store), "narrowed event-data-store EXAMPLE-f852");
    assert_eq!(
        policy("arn:aws:cloudtrail:eu-west-1:111122223333:channel/x"),
        "nothing",
        "a channel is another's source"
    );
    let update = |request| effect("cloudtrail", "UpdateEventDataStore", request);
    assert_eq!(update(json!({ "eventDataStore": "s", "multiRegionEnabled": false })), "narrowed event-data-store s");
    assert_eq!(update(json!({ "eventDataStore": "s", "retentionPeriod": 2557 })), "kept event-data-store s");
    assert_eq!(update(json!({ "eventDataStore": "s", "retentionPeriod": 90 })), "kept event-data-store s");
    assert_eq!(update(json!({ "eventDataStore": "s", "retentionPeriod": 7 })), "narrowed event-data-store s");
}

#[test]
fn selectors_that_keep_all_management_events_and_those_that_do_not() {
    let (kept, narrowed) = ("kept trail main", "narrowed trail main");
    assert_eq!(selectors(json!([{ "readWriteType": "All", "includeManagementEvents": true }])), kept);
    assert_eq!(selectors(json!([{ "dataResources": [] }])), kept, "all is what AWS takes without a word");
    let kms = json!([{ "readWriteType": "All", "excludeManagementEventSources": ["kms.amazonaws.com"] }]);
    assert_eq!(selectors(kms), kept, "AWS offers it");
    assert_eq!(selectors(json!([{ "readWriteType": "ReadOnly" }, { "readWriteType": "WriteOnly" }])), kept);
    assert_eq!(selectors(json!([{ "readWriteType": "WriteOnly" }])), narrowed);
    assert_eq!(selectors(json!([{ "readWriteType": "All", "includeManagementEvents": false }])), narrowed);
    let iam = json!([{ "readWriteType": "All", "excludeManagementEventSources": ["iam.amazonaws.com"] }]);
    assert_eq!(selectors(iam), narrowed);
    assert_eq!(selectors(json!([])), narrowed);
    let management = json!({ "field": "eventCategory", "equals": ["Management"] });
    assert_eq!(advanced(json!([management])), kept);
    assert_eq!(advanced(json!([management, { "field": "readOnly", "equals": ["false"] }])), narrowed);
    let without = |source| json!([management, { "field": "eventSource", "notEquals": [source] }]);
    assert_eq!(advanced(without("rdsdata.amazonaws.com")), kept);
    assert_eq!(advanced(without("iam.amazonaws.com")), narrowed);
    let only = json!([management, { "field": "eventSource", "equals": ["ec2.amazonaws.com"] }]);
    assert_eq!(advanced(only), narrowed);
    assert_eq!(advanced(json!([{ "field": "eventCategory", "equals": ["Data"] }])), narrowed);
}

#[test]
fn updates_of_a_trail() {
    let update = |request: Value| effect("cloudtrail", "UpdateTrail", request);
    assert_eq!(update(json!({ "name": "main", "isMultiRegionTrail": true })), "kept trail main");
    assert_eq!(update(json!({ "name": "main", "isMultiRegionTrail": false })), "narrowed trail main");
    assert_eq!(update(json!({ "name": "main", "includeGlobalServiceEvents": "false" })), "narrowed trail main");
    assert_eq!(update(json!({ "name": "main", "enableLogFileValidation": false })), "narrowed trail main");
    assert_eq!(update(json!({ "name": "main", "cloudWatchLogsLogGroupArn": "" })), "kept trail main");
    let moved = json!({ "name": "main", "s3BucketName": "elsewhere", "isMultiRegionTrail": true });
    assert_eq!(update(moved), "narrowed trail main unless-of-trail");
    let key = |account: &str| format!("arn:aws:kms:eu-west-1:{account}:key/0a1b");
    assert_eq!(update(json!({ "name": "main", "kmsKeyId": key(ACCOUNT) })), "kept trail main");
    assert_eq!(update(json!({ "name": "main", "kmsKeyId": key(OTHER_ACCOUNT) })), "narrowed trail main");
}

#[test]
fn buckets_and_what_lies_in_them() {
    let bucket = |name: &str, bucket: &str| effect("s3", name, json!({ "bucketName": bucket }));
    assert_eq!(bucket("DeleteBucket", "logs"), "stopped bucket logs if-of-trail");
    assert_eq!(bucket("DeleteBucketPolicy", "my-cloudtrail"), "stopped bucket my-cloudtrail if-no-other");
    assert_eq!(bucket("PutBucketTagging", "my-cloudtrail"), "nothing");
    let delete = |key: &str| effect("s3", "DeleteObject", json!({ "bucketName": "logs", "key": key }));
    let folder = "AWSLogs/o-exampleorg/111122223333";
    assert_eq!(delete(&format!("p/{folder}/CloudTrail/eu-west-1/2026/05/19/x.json.gz")), "deleted log-objects logs");
    assert_eq!(delete(&format!("{folder}/CloudTrail-Digest/eu-west-1/2026/05/19/x")), "deleted log-objects logs");
    assert_eq!(delete(&format!("{folder}/Config/eu-west-1/2026/5/19/x.json.gz")), "nothing", "another service's");
    assert_eq!(delete("backup/CloudTrail/x.json.gz"), "nothing");
    let many = effect("s3", "DeleteObjects", json!({ "bucketName": "logs", "delete": "" }));
    assert_eq!(many, "deleted log-objects logs if-of-trail");
}

#[test]
fn objects_that_a_call_for_many_names_as_its_resources() {
    let delete = |name: &str, resources: Value| {
        let (identity, resources) = (user("ana", "AKIAIOSFODNN7EXAMPLE"), resources.to_string());
        let mut event = event(&identity);
        (event.event_source, event.event_name) = ("s3.amazonaws.com", name);
        event.request_parameters = r#"{ "bucketName": "logs", "delete": "" }"#;
        event.resources = &resources;
        LoggingRecord::of(&event).and_then(|record| record.call).map(|call| (call.condition, call.home))
    };
    let named = |below: &str| {
        json!([
            { "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::logs", "accountId": ACCOUNT },
            { "type": "AWS::S3::Object", "ARN": format!("arn:aws:s3:::logs/{below}") },
        ])
    };
    let (log, home) =
        (format!("AWSLogs/{OTHER_ACCOUNT}/CloudTrail/eu-west-1/2026/05/19/x.json.gz"), OTHER_ACCOUNT.to_owned());
    let of_bucket = Some((Condition::IfOfTrail, ACCOUNT.to_owned()));
    assert_eq!(delete("DeleteObjects", named(&log)), Some((Condition::Always, home.clone())));
    let prefix = json!([{ "type": "AWS::S3::Object", "ARNPrefix": format!("arn:aws:s3:::logs/AWSLogs/{OTHER_ACCOUNT}/CloudTrail/") }]);
    assert_eq!(delete("DeleteObjects", prefix), Some((Condition::Always, home)));
    assert_eq!(delete("DeleteObjects", named(&log.replace("CloudTrail", "Config"))), of_bucket, "another service's");
    assert_eq!(delete("DeleteObjects", named("AWSLogs/report.csv")), of_bucket);
    assert_eq!(delete("DeleteObjects", json!([{ "ARNPrefix": "arn:aws:s3:::logs/" }])), of_bucket);
    assert_eq!(delete("DeleteObjects", Value::Null), of_bucket);
    assert_eq!(delete("PutObject", named(&log)), None);
}

#[test]
fn lifecycles_that_let_logs_expire_early() {
    let put = |rule: Value| {
        let request = json!({ "bucketName": "x-cloudtrail", "LifecycleConfiguration": { "Rule": rule } });
        effect("s3", "PutBucketLifecycle", request).replace(" if-no-other", "")
    };
    let rule = |prefix: &str, days: i64| json!({ "Status": "Enabled", "Filter": { "Prefix": prefix }, "Expiration": { "Days": days } });
    let (kept, narrowed) = ("kept bucket x-cloudtrail", "narrowed bucket x-cloudtrail");
    assert_eq!(put(rule("", 1)), narrowed);
    assert_eq!(put(json!([rule("", 400), rule("*", 1)])), narrowed, "what a well-known attack tool writes");
    assert_eq!(put(rule("trail-prefix/", 7)), narrowed, "it may be the trail's");
    assert_eq!(put(rule("AWSLogs/111122223333/Config/", 7)), kept, "another service's logs");
    assert_eq!(put(rule("", 365)), kept);
    assert_eq!(put(json!({ "Status": "Disabled", "Expiration": { "Days": 1 } })), kept);
    assert_eq!(put(json!({ "Status": "Enabled", "Transition": { "Days": 1, "StorageClass": "GLACIER" } })), kept);
    assert_eq!(put(rule("AWSLogs/111122223333/C", 1)), narrowed, "a prefix that ends in a name is CloudTrail's, too");
    assert_eq!(put(rule("AWSLogs/o", 1)), narrowed, "that of an organization");
    assert_eq!(put(rule("AWSLogs/111122223333/CloudTrail-Digest/", 1)), narrowed);
    assert_eq!(put(rule("AWSLogs/111122223333/Co", 1)), kept, "Config's alone");
    assert_eq!(put(rule("AWSLogs/111122223333/C/", 1)), kept, "a folder of that name");
    let elsewhere = |prefix| {
        let rules = json!({ "Rules": [rule(prefix, 1)] });
        effect("s3", "PutBucketLifecycleConfiguration", json!({ "bucketName": "b", "lifecycleConfiguration": rules }))
    };
    assert_eq!(elsewhere("AWSLogs/"), "narrowed bucket b", "the rule says what lies there");
    assert_eq!(elsewhere("tmp/"), "narrowed bucket b if-of-trail");
}

#[test]
fn policies_of_buckets_and_keys() {
    let statement = |effect: &str, principal: Value| json!({ "Effect": effect, "Principal": principal, "Action": "*" });
    let cloudtrail = json!({ "Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"] });
    let put = |statements: Value| {
        let request = json!({ "bucketName": "b", "bucketPolicy": { "Statement": statements } });
        effect("s3", "PutBucketPolicy", request)
    };
    assert_eq!(put(json!([statement("Allow", cloudtrail.clone())])), "kept bucket b");
    assert_eq!(put(json!([statement("Deny", cloudtrail.clone())])), "narrowed bucket b");
    let shut = json!([statement("Allow", cloudtrail.clone()), statement("Deny", json!("*"))]);
    assert_eq!(put(shut), "narrowed bucket b");
    let mut tls = statement("Deny", json!("*"));
    tls["Condition"] = json!({ "Bool": { "aws:SecureTransport": "false" } });
    assert_eq!(put(json!([statement("Allow", cloudtrail.clone()), tls])), "kept bucket b", "the usual rule for TLS");
    assert_eq!(put(json!([statement("Allow", json!({ "AWS": "*" }))])), "narrowed bucket b if-of-trail");
    let key = |statements: Value| {
        let policy = json!({ "Statement": statements }).to_string();
        effect("kms", "PutKeyPolicy", json!({ "keyId": "0a1b", "policy": policy }))
    };
    assert_eq!(key(json!([statement("Allow", cloudtrail)])), "kept kms-key 0a1b");
    assert_eq!(key(json!([statement("Allow", json!({ "AWS": "*" }))])), "narrowed kms-key 0a1b if-of-trail");
    assert_eq!(effect("kms", "DisableKey", json!({ "keyId": "k/0a1b" })), "stopped kms-key 0a1b if-of-trail");
    assert_eq!(effect("kms", "Decrypt", json!({ "keyId": "0a1b" })), "nothing");
}

/// What a bucket's policy comes to that allows CloudTrail to deliver, with one more statement.
fn with_statement(more: Value) -> String {
    let allow = json!({ "Effect": "Allow", "Principal": { "Service": "cloudtrail.amazonaws.com" },
        "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::b/AWSLogs/*" });
    effect("s3", "PutBucketPolicy", json!({ "bucketName": "b", "bucketPolicy": { "Statement": [allow, more] } }))
}

#[test]
fn policies_allow_what_delivery_needs() {
    let cloudtrail = json!({ "Service": "cloudtrail.amazonaws.com" });
    let bucket = |action: Value, resource: &str| {
        let one = json!({ "Effect": "Allow", "Principal": cloudtrail, "Action": action, "Resource": resource });
        effect("s3", "PutBucketPolicy", json!({ "bucketName": "b", "bucketPolicy": { "Statement": one } }))
    };
    assert_eq!(bucket(json!("s3:PutObject"), "arn:aws:s3:::b/*"), "kept bucket b");
    assert_eq!(bucket(json!(["s3:Get*", "S3:put*"]), "arn:aws:s3:::b/*"), "kept bucket b");
    assert_eq!(bucket(json!("s3:GetBucketAcl"), "arn:aws:s3:::b"), "narrowed bucket b if-of-trail");
    assert_eq!(bucket(json!("s3:*"), "arn:aws:s3:::b"), "narrowed bucket b if-of-trail", "no object is the bucket");
    let key = |action: &str| {
        let one = json!({ "Effect": "Allow", "Principal": cloudtrail, "Action": action, "Resource": "*" });
        effect("kms", "PutKeyPolicy", json!({ "keyId": "0a1b", "policy": json!({ "Statement": [one] }).to_string() }))
    };
    assert_eq!(key("kms:GenerateDataKey*"), "kept kms-key 0a1b");
    assert_eq!(key("kms:DescribeKey"), "narrowed kms-key 0a1b if-of-trail");
}

#[test]
fn denials_that_meet_cloudtrail_and_those_that_do_not() {
    let (kept, narrowed) = ("kept bucket b", "narrowed bucket b");
    let deny = |action: &str, condition: Value| {
        let mut one = json!({ "Effect": "Deny", "Principal": "*", "Action": action });
        if condition.is_object() {
            one["Condition"] = condition;
        }
        with_statement(one)
    };
    assert_eq!(deny("s3:*", Value::Null), narrowed);
    assert_eq!(deny("s3:DeleteObject*", Value::Null), kept, "what protects logs");
    assert_eq!(deny("s3:*", json!({ "StringLike": { "aws:PrincipalServiceName": "cloudtrail*" } })), narrowed);
    assert_eq!(deny("s3:*", json!({ "StringLike": { "aws:PrincipalServiceName": "config*" } })), kept);
    assert_eq!(deny("s3:*", json!({ "Bool": { "aws:PrincipalIsAWSService": "true" } })), narrowed);
    assert_eq!(deny("s3:*", json!({ "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } })), kept);
    let perimeter = json!({ "StringNotEqualsIfExists": { "aws:SourceOrgID": "o-exampleorg" },
        "Bool": { "aws:PrincipalIsAWSService": "true" } });
    assert_eq!(deny("s3:*", perimeter), kept, "AWS's own rule against confused deputies");
    let tls = json!({ "Bool": { "aws:SecureTransport": "false" } });
    assert_eq!(deny("s3:*", tls.clone()), kept);
    let but = |spared: Value, condition: Option<&Value>| {
        let mut one = json!({ "Effect": "Deny", "NotPrincipal": spared, "Action": "s3:*" });
        condition.into_iter().for_each(|condition| one["Condition"] = condition.clone());
        with_statement(one)
    };
    let root = json!({ "AWS": "arn:aws:iam::111122223333:root" });
    assert_eq!(but(root.clone(), None), narrowed);
    assert_eq!(but(root, Some(&tls)), kept);
    assert_eq!(but(json!({ "Service": "cloudtrail.amazonaws.com" }), None), kept);
}

#[test]
fn denials_that_speak_of_the_call_of_cloudtrail() {
    let (kept, narrowed) = ("kept bucket b", "narrowed bucket b");
    let deny = |condition: Value| {
        with_statement(json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::b/*", "Condition": condition }))
    };
    let own = format!("arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main");
    for shuts in [
        json!({ "ArnLike": { "aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*" } }),
        json!({ "StringEquals": { "aws:SourceArn": own } }),
        json!({ "StringEquals": { "aws:SourceAccount": ACCOUNT } }),
        json!({ "StringLike": { "s3:x-amz-acl": "bucket-owner-*" } }),
        json!({ "Null": { "aws:SourceArn": "false" } }),
        json!({ "Null": { "aws:PrincipalOrgID": "true" } }),
        json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-exampleorg" } }),
        json!({ "Bool": { "aws:ViaAWSService": "false" } }),
        json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01" }, "Null": { "s3:x-amz-acl": "false" } }),
    ] {
        assert_eq!(deny(shuts.clone()), narrowed, "{shuts}");
    }
    for keeps in [
        json!({ "ArnNotLike": { "aws:SourceArn": own } }),
        json!({ "ArnLike": { "aws:SourceArn": "arn:aws:config:*:*:*" } }),
        json!({ "StringNotEquals": { "aws:SourceAccount": ACCOUNT } }),
        json!({ "StringNotEqualsIfExists": { "aws:SourceAccount": OTHER_ACCOUNT } }),
        json!({ "StringNotEquals": { "s3:x-amz-acl": "bucket-owner-full-control" } }),
        json!({ "Null": { "s3:x-amz-acl": "true" } }),
        json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-exampleorg" }, "Bool": { "aws:PrincipalIsAWSService": "false" } }),
        json!({ "StringEquals": { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
        json!({ "NumericLessThan": { "s3:TlsVersion": "1.2" } }),
    ] {
        assert_eq!(deny(keeps.clone()), kept, "{keeps}");
    }
}

#[test]
fn what_allows_cloudtrail_has_to_be_met_by_it() {
    let bucket = |resource: Value, condition: Value| {
        let one = json!({ "Effect": "Allow", "Principal": { "Service": "cloudtrail.amazonaws.com" },
            "Action": "s3:PutObject", "Resource": resource, "Condition": condition });
        effect("s3", "PutBucketPolicy", json!({ "bucketName": "b", "bucketPolicy": { "Statement": one } }))
    };
    let (kept, narrowed) = ("kept bucket b", "narrowed bucket b");
    let folder = |account: &str| json!(format!("arn:aws:s3:::b/AWSLogs/{account}/*"));
    let of_trail = |account: &str| {
        json!({ "StringEquals": { "s3:x-amz-acl": "bucket-owner-full-control",
            "aws:SourceArn": format!("arn:aws:cloudtrail:eu-west-1:{account}:trail/main") } })
    };
    assert_eq!(bucket(folder(ACCOUNT), of_trail(ACCOUNT)), kept, "AWS's own policy");
    assert_eq!(bucket(folder(OTHER_ACCOUNT), of_trail(OTHER_ACCOUNT)), kept, "of another account's trail");
    assert_eq!(bucket(folder("o-exampleorg"), of_trail(OTHER_ACCOUNT)), kept, "of an organization");
    assert_eq!(bucket(json!([folder(ACCOUNT), folder("o-exampleorg")]), of_trail(OTHER_ACCOUNT)), kept);
    assert_eq!(bucket(folder(OTHER_ACCOUNT), json!({})), kept, "nobody knows whose trails deliver here");
    assert_eq!(bucket(folder("999988887777"), of_trail(ACCOUNT)), narrowed, "no trail delivers to another's folder");
    let until = |year: &str| json!({ "DateLessThan": { "aws:CurrentTime": format!("{year}-01-01T00:00:00Z") } });
    assert_eq!(bucket(folder(ACCOUNT), until("2020")), narrowed, "it is over");
    assert_eq!(bucket(folder(ACCOUNT), until("2099")), kept);
    let acl = |acl: &str| json!({ "StringEquals": { "s3:x-amz-acl": acl } });
    assert_eq!(bucket(folder(ACCOUNT), acl("public-read")), narrowed);
    assert_eq!(bucket(folder(ACCOUNT), json!({ "Bool": { "aws:SecureTransport": "true" } })), kept);
}

#[test]
fn a_name_tells_of_logs_only_where_no_trails_bucket_is_known() {
    let now = at("2024-01-05T00:00:00Z");
    let delete = |bucket: &str| call("s3", "DeleteBucket", json!({ "bucketName": bucket }));
    let (athena, real) = (delete("old-cloudtrail-athena-results"), delete("logs"));
    assert_eq!(settled(&TrailFacts::default(), &athena, now), Some(("stopped", false)));
    let seen = facts(&[(("s3", "GetBucketAcl"), json!({ "bucketName": "logs" }), Value::Null, true)]);
    assert_eq!(settled(&seen, &athena, now), None, "CloudTrail delivers elsewhere");
    assert_eq!(settled(&seen, &real, now), Some(("stopped", false)));
    let named = facts(&[(("s3", "GetBucketAcl"), json!({ "bucketName": "my-cloudtrail" }), Value::Null, true)]);
    assert_eq!(settled(&named, &delete("my-cloudtrail"), now), Some(("stopped", false)));
}

#[test]
fn an_update_makes_a_trail_the_organizations() {
    let now = at("2024-01-05T00:00:00Z");
    let stop = call("cloudtrail", "StopLogging", json!({ "name": "main" }));
    let stopped = |seen: &TrailFacts| settled(seen, &stop, now).map(|(_, is_everyones)| is_everyones);
    let updated = |request: Value, response: Value, name: &str| {
        let mut request = request;
        request["name"] = json!(name);
        facts(&[(("cloudtrail", "UpdateTrail"), request, response, false)])
    };
    let on = || json!({ "isOrganizationTrail": true });
    assert_eq!(stopped(&updated(on(), Value::Null, "main")), Some(true), "what was asked for worked");
    assert_eq!(stopped(&updated(json!({ "s3BucketName": "b" }), on(), "main")), Some(true), "it was one already");
    let arn = format!("arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main");
    assert_eq!(stopped(&updated(on(), on(), &arn)), Some(true), "by its ARN");
    assert_eq!(stopped(&updated(on(), on(), "other")), Some(false), "another trail");
    let off = || json!({ "isOrganizationTrail": false });
    assert_eq!(stopped(&updated(json!({}), off(), "main")), Some(false), "a trail of the account");
}

#[test]
fn a_trail_that_moves_is_not_excused_by_a_second_trail_of_the_same_day() {
    let mut seen = TrailFacts::default();
    let bucket = |name: &str, time: &str| TrailFact::new(FactKind::Bucket, name, ACCOUNT).at(Some(at(time)));
    let moved = call("cloudtrail", "UpdateTrail", json!({ "name": "main", "s3BucketName": "drop" }));
    let effect = |seen: &TrailFacts, time| settled(seen, &moved, at(time)).map(|(effect, _)| effect);
    seen.insert(bucket("drop", "2024-01-05T14:03:00Z"));
    assert_eq!(effect(&seen, "2024-01-05T14:04:00Z"), Some("kept"), "the first that is known of the account");
    seen.insert(bucket("logs", "2024-01-01T00:00:00Z"));
    assert_eq!(effect(&seen, "2024-01-05T14:04:00Z"), Some("narrowed"));
    assert_eq!(effect(&seen, "2024-01-08T14:04:00Z"), Some("kept"), "long known");
    let mut made = seen.clone();
    made.insert(TrailFact::new(FactKind::Created, "other", ACCOUNT).at(Some(at("2024-01-05T14:03:00Z"))));
    assert_eq!(effect(&made, "2024-01-05T14:04:00Z"), Some("narrowed"), "another trail");
    made.insert(TrailFact::new(FactKind::Created, "main", ACCOUNT).at(Some(at("2024-01-05T14:03:00Z"))));
    assert_eq!(effect(&made, "2024-01-05T14:04:00Z"), Some("kept"), "the new trail, set up in steps");
}

#[test]
fn organizations() {
    let of = |name: &str, request: Value| effect("organizations", name, request);
    assert_eq!(of("LeaveOrganization", Value::Null), "narrowed organization 111122223333");
    let removed = of("RemoveAccountFromOrganization", json!({ "accountId": OTHER_ACCOUNT }));
    assert_eq!(removed, "narrowed organization 444455556666");
    let service = |name: &str, service: &str| of(name, json!({ "servicePrincipal": service }));
    assert_eq!(
        service("DisableAWSServiceAccess", "cloudtrail.amazonaws.com"),
        "stopped organization cloudtrail.amazonaws.com"
    );
    assert_eq!(service("DisableAWSServiceAccess", "config.amazonaws.com"), "nothing");
    assert_eq!(service("DeregisterDelegatedAdministrator", "guardduty.amazonaws.com"), "nothing");
    assert_eq!(of("MoveAccount", json!({ "accountId": OTHER_ACCOUNT })), "nothing");
}

/// Facts of some records.
fn facts(records: &[((&str, &str), Value, Value, bool)]) -> TrailFacts {
    let mut facts = TrailFacts::default();
    for (call, request, response, by_cloudtrail) in records {
        let identity = if *by_cloudtrail { service("cloudtrail.amazonaws.com") } else { user("ana", "AKIA") };
        let record = record(&identity, *call, request, response).expect("a record of logging");
        record.facts.into_iter().for_each(|fact| facts.insert(fact));
    }
    facts
}

#[test]
fn cloudtrail_may_call_from_an_address() {
    let tells = |identity: &UserIdentity<'_>, (source, name): (&str, &str)| {
        let mut event = event(identity);
        (event.event_source, event.event_name) = (source, name);
        (event.source_ip_address, event.request_parameters) =
            ("192.0.2.1", r#"{ "bucketName": "logs", "keyId": "0a1b" }"#);
        LoggingRecord::of(&event).map_or(0, |record| record.facts.len())
    };
    for call in [("s3.amazonaws.com", "GetBucketAcl"), ("kms.amazonaws.com", "GenerateDataKey")] {
        assert_eq!(tells(&service("cloudtrail.amazonaws.com"), call), 1, "{call:?}");
        assert_eq!(tells(&service("config.amazonaws.com"), call), 0, "{call:?}");
        let mut through = user("ana", "AKIA");
        through.invoked_by = "cloudtrail.amazonaws.com".into();
        assert_eq!(tells(&through, call), 0, "on behalf of a person: {call:?}");
    }
}

fn call(source: &str, name: &str, request: Value) -> LoggingCall {
    record(&user("ana", "AKIA"), (source, name), &request, &Value::Null).and_then(|record| record.call).expect("a call")
}

fn settled(facts: &TrailFacts, call: &LoggingCall, time: EventTime) -> Option<(&'static str, bool)> {
    facts.settle(call, Some(time)).map(|settled| (settled.effect.as_str(), settled.is_everyones))
}

#[test]
fn what_records_tell_of_trails_settles_calls() {
    let now = at("2024-01-05T00:00:00Z");
    let none = TrailFacts::default();
    let lifecycle = json!({ "bucketName": "logs", "Rule": { "Status": "Enabled", "Expiration": { "Days": 1 } } });
    let expire = call("s3", "PutBucketLifecycle", lifecycle);
    let disable = call("kms", "DisableKey", json!({ "keyId": "0a1b" }));
    let update = call("cloudtrail", "UpdateTrail", json!({ "name": "main", "s3BucketName": "logs" }));
    let stop = call("cloudtrail", "StopLogging", json!({ "name": "main" }));
    assert_eq!(settled(&none, &expire, now), None, "a bucket of anything");
    assert_eq!(settled(&none, &disable, now), None, "a key of anything");
    assert_eq!(settled(&none, &update, now), Some(("narrowed", false)));
    assert_eq!(settled(&none, &stop, now), Some(("stopped", false)));
    let seen = facts(&[
        (("s3", "GetBucketAcl"), json!({ "bucketName": "logs" }), Value::Null, true),
        (
            ("kms", "GenerateDataKey"),
            json!({ "keyId": "arn:aws:kms:eu-west-1:111122223333:key/0a1b" }),
            Value::Null,
            true,
        ),
    ]);
    assert_eq!(settled(&seen, &expire, now), Some(("narrowed", false)));
    assert_eq!(settled(&seen, &disable, now), Some(("stopped", false)));
    assert_eq!(settled(&seen, &update, now), Some(("kept", false)), "its own bucket, named again");
    let arn = format!("arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main");
    let made = json!({ "name": "main", "trailARN": arn, "s3BucketName": "logs", "isOrganizationTrail": true });
    let of_all = facts(&[(("cloudtrail", "CreateTrail"), json!({ "name": "main" }), made, false)]);
    assert_eq!(settled(&of_all, &stop, now), Some(("stopped", true)));
    assert_eq!(settled(&of_all, &expire, now), Some(("narrowed", true)));
    let first = call("cloudtrail", "PutEventSelectors", json!({ "trailName": "main", "eventSelectors": [] }));
    assert_eq!(settled(&of_all, &first, at("2024-01-01T00:05:00Z")), Some(("kept", true)));
    assert_eq!(settled(&of_all, &first, now).map(|(effect, _)| effect), Some("narrowed"), "long after it was made");
}

#[test]
fn a_trail_that_moves_is_not_excused_by_the_look_at_its_new_bucket() {
    let check = |bucket: &str| (("s3", "GetBucketAcl"), json!({ "bucketName": bucket }), Value::Null, true);
    let (noon, old) = (at("2024-01-01T00:00:00Z"), at("2023-12-01T00:00:00Z"));
    let mut seen = facts(&[check("new")]);
    let moved = call("cloudtrail", "UpdateTrail", json!({ "name": "main", "s3BucketName": "new" }));
    let effect = |seen: &TrailFacts, time| settled(seen, &moved, time).map(|(effect, _)| effect);
    assert_eq!(effect(&seen, noon), Some("narrowed"), "it was seen as it was moved");
    assert_eq!(effect(&seen, at("2024-01-02T00:00:00Z")), Some("kept"), "it was moved before");
    let fact = |bucket: &str, home: &str| TrailFact::new(FactKind::Bucket, bucket, home).at(Some(old));
    seen.insert(fact("new", OTHER_ACCOUNT));
    assert_eq!(effect(&seen, noon), Some("kept"), "the bucket of another account, where none is known at home");
    seen.insert(fact("logs", ACCOUNT));
    assert_eq!(effect(&seen, noon), Some("narrowed"), "another account's instead of its own");
    seen.insert(fact("new", ACCOUNT));
    assert_eq!(effect(&seen, noon), Some("kept"));
    let buckets = seen.iter().filter(|fact| fact.kind == FactKind::Bucket);
    assert_eq!(buckets.count(), 3, "of each the first time only");
}

#[test]
fn the_key_of_an_update_is_a_trails() {
    let key = |id: &str| format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/{id}");
    let update = json!({ "name": "main", "kmsKeyId": key("0a1b") });
    let seen = facts(&[(("cloudtrail", "UpdateTrail"), update, Value::Null, false)]);
    let gone = |id: &str| {
        let deletion = call("kms", "ScheduleKeyDeletion", json!({ "keyId": key(id) }));
        settled(&seen, &deletion, at("2024-01-02T00:00:00Z"))
    };
    assert_eq!(gone("0a1b"), Some(("stopped", false)));
    assert_eq!(gone("0a1c"), None, "another key");
}

#[test]
fn a_trail_that_was_deleted_and_made_again_does_not_begin() {
    let made = (("cloudtrail", "CreateTrail"), json!({ "name": "main" }), json!({ "name": "main" }), false);
    let deleted = |name: &str| (("cloudtrail", "DeleteTrail"), json!({ "name": name }), Value::Null, false);
    let put = call("cloudtrail", "PutEventSelectors", json!({ "trailName": "main", "eventSelectors": [] }));
    let effect = |seen: TrailFacts| settled(&seen, &put, at("2024-01-01T00:00:09Z")).map(|(effect, _)| effect);
    assert_eq!(effect(facts(&[made.clone(), deleted("main")])), Some("narrowed"));
    assert_eq!(effect(facts(&[made, deleted("other")])), Some("kept"));
}

#[test]
fn what_was_stopped_and_goes_on_is_undone() {
    let stop = call("cloudtrail", "StopLogging", json!({ "name": "main" }));
    let started = facts(&[(("cloudtrail", "StartLogging"), json!({ "name": "main" }), Value::Null, false)]);
    let undone = |time: &str| started.settle(&stop, Some(at(time))).and_then(|settled| settled.undone);
    assert_eq!(undone("2023-12-31T23:00:00Z"), Some(at("2024-01-01T00:00:00Z")));
    assert_eq!(undone("2024-01-02T00:00:00Z"), None, "it was started before");
    let arn = format!("arn:aws:cloudtrail:eu-west-1:{OTHER_ACCOUNT}:trail/main");
    let elsewhere = call("cloudtrail", "StopLogging", json!({ "name": arn }));
    let settled = started.settle(&elsewhere, Some(at("2023-12-31T23:00:00Z"))).unwrap();
    assert_eq!((settled.undone, settled.is_everyones), (None, true), "a delegated administrator's trail");
}
