use serde_json::{Value, json};

use super::{Count, RootClass, RootUse};
use crate::aggregate::sessions::sample::{samples, scan};

fn root(changes: Value) -> Value {
    let mut record = json!({
        "eventTime": "2026-01-02T03:00:00Z", "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "eventType": "AwsApiCall", "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333",
        "userIdentity": { "type": "Root", "principalId": "111122223333", "accountId": "111122223333" },
    });
    for (name, value) in changes.as_object().unwrap() {
        match (name.as_str(), value) {
            ("userIdentity", Value::Object(fields)) => {
                for (field, value) in fields {
                    record["userIdentity"][field] = value.clone();
                }
            }
            _ => record[name] = value.clone(),
        }
    }
    record
}

fn classes(record: Value) -> Vec<(String, RootClass)> {
    let state = scan(&samples([record]));
    let rows = state.get::<RootUse>().unwrap().rows();
    rows.map(|row| (state.symbols().text(row.account_id()).to_owned(), row.class())).collect()
}

fn class(record: Value) -> RootClass {
    classes(record)[0].1
}

fn count(record: Value, count: Count) -> i64 {
    let state = scan(&samples([record]));
    state.get::<RootUse>().unwrap().rows().map(|row| row.count(count)).sum()
}

#[test]
fn classes_and_their_neighbours() {
    let session = json!({ "attributes": { "creationDate": "2026-01-02T02:00:00Z", "mfaAuthenticated": "false" } });
    assert_eq!(class(root(json!({}))), RootClass::Console);
    assert_eq!(class(root(json!({ "userIdentity": { "accessKeyId": "AKIA1" } }))), RootClass::AccessKey);
    assert_eq!(class(root(json!({ "userIdentity": { "accessKeyId": "ASIA1" } }))), RootClass::Console);
    let s3_console = json!({ "userIdentity": { "accessKeyId": "AKIA1", "sessionContext": session } });
    assert_eq!(class(root(s3_console)), RootClass::Console);
    let by = |by: &str| class(root(json!({ "userIdentity": { "invokedBy": by, "accessKeyId": "AKIA1" } })));
    assert_eq!(by("autoscaling.amazonaws.com"), RootClass::Service);
    assert_eq!(by("autoscaling.amazonaws.com.cn"), RootClass::Service);
    assert_eq!(by("signin.amazonaws.com"), RootClass::AccessKey);
    assert_eq!(by("AWS Internal"), RootClass::AccessKey);
    assert_eq!(class(root(json!({ "eventType": "AwsServiceEvent" }))), RootClass::Service);
    for flag in [json!("true"), json!(true)] {
        let session = json!({ "assumedRoot": flag, "attributes": {} });
        let assumed = json!({ "userIdentity": { "sessionContext": session, "invokedBy": "s3.amazonaws.com" } });
        assert_eq!(class(root(assumed)), RootClass::AssumeRoot);
    }
    let not_assumed = json!({ "assumedRoot": "false", "attributes": {} });
    assert_eq!(class(root(json!({ "userIdentity": { "sessionContext": not_assumed } }))), RootClass::Console);
}

#[test]
fn federation_counts_for_the_issuers_account() {
    let federated = |kind: &str, arn: &str| {
        let issuer = json!({ "type": kind, "arn": arn, "accountId": "444455556666" });
        root(json!({ "userIdentity": { "type": "FederatedUser", "sessionContext": { "sessionIssuer": issuer } } }))
    };
    let by_root = federated("Root", "arn:aws:iam::444455556666:root");
    assert_eq!(classes(by_root), [("444455556666".to_owned(), RootClass::Federation)]);
    assert_eq!(classes(federated("IAMUser", "arn:aws:iam::444455556666:user/u")), []);
}

#[test]
fn nobody_elses_use() {
    for kind in ["IAMUser", "AssumedRole", "AWSService", "AWSAccount", ""] {
        assert_eq!(classes(root(json!({ "userIdentity": { "type": kind } }))), []);
    }
}

#[test]
fn one_identity_in_events_of_two_types_and_accounts() {
    let no_account =
        |recipient: &str| root(json!({ "recipientAccountId": recipient, "userIdentity": { "accountId": "" } }));
    let records = [
        root(json!({})),
        root(json!({ "eventType": "AwsServiceEvent" })),
        root(json!({})),
        no_account("111122223333"),
        no_account("444455556666"),
    ];
    let state = scan(&samples(records));
    let rows = state.get::<RootUse>().unwrap().rows();
    let mut rows: Vec<_> =
        rows.map(|row| (state.symbols().text(row.account_id()), row.class().as_str(), row.tally.events)).collect();
    rows.sort_unstable();
    let expected = [("111122223333", "console", 3), ("111122223333", "service", 1), ("444455556666", "console", 1)];
    assert_eq!(rows, expected);
}

#[test]
fn everyday_and_what_needs_root() {
    let everyday = |source: &str, name: &str, request: Value| {
        count(root(json!({ "eventSource": source, "eventName": name, "requestParameters": request })), Count::Everyday)
            == 1
    };
    assert!(everyday("s3.amazonaws.com", "ListBuckets", json!(null)));
    assert!(!everyday("signin.amazonaws.com", "PasswordUpdated", json!(null)));
    assert!(!everyday("account.amazonaws.com", "CloseAccount", json!(null)));
    assert!(everyday("account.amazonaws.com", "GetContactInformation", json!(null)));
    assert!(!everyday("iam.amazonaws.com", "DeleteAccessKey", json!({ "accessKeyId": "AKIA1" })));
    assert!(everyday("iam.amazonaws.com", "DeleteAccessKey", json!({ "accessKeyId": "AKIA1", "userName": "u" })));
    let certificate = |status: &str| json!({ "certificateId": "C1", "status": status });
    assert!(!everyday("iam.amazonaws.com", "DeleteSigningCertificate", json!({ "certificateId": "C1" })));
    assert!(!everyday("iam.amazonaws.com", "UpdateSigningCertificate", certificate("Inactive")));
    assert!(everyday("iam.amazonaws.com", "UpdateSigningCertificate", certificate("Active")));
    assert!(everyday("iam.amazonaws.com", "UploadSigningCertificate", json!({ "certificateBody": "-" })));
    assert!(everyday(
        "iam.amazonaws.com",
        "DeleteSigningCertificate",
        json!({ "certificateId": "C1", "userName": "u" })
    ));
    for name in ["CreateCase", "AddAttachmentsToSet", "AddCommunicationToCase", "ResolveCase"] {
        assert!(!everyday("support.amazonaws.com", name, json!(null)), "{name}");
    }
    assert!(everyday("support.amazonaws.com", "RefreshTrustedAdvisorCheck", json!(null)));
    assert!(everyday("iam.amazonaws.com", "AttachUserPolicy", json!({ "userName": "u" })));
    assert!(!everyday("s3.amazonaws.com", "DeleteBucketPolicy", json!({ "bucketName": "b" })));
    assert!(!everyday(
        "s3.amazonaws.com",
        "PutBucketVersioning",
        json!({ "VersioningConfiguration": { "MfaDelete": "Enabled" } })
    ));
    assert!(everyday(
        "s3.amazonaws.com",
        "PutBucketVersioning",
        json!({ "VersioningConfiguration": { "Status": "Enabled" } })
    ));
}

#[test]
fn what_the_console_reads_with_mfa_is_not_everyday() {
    let session = |mfa: &str| json!({ "attributes": { "mfaAuthenticated": mfa } });
    let with = |changes: Value| {
        let mut record = root(json!({ "readOnly": true, "sessionCredentialFromConsole": "true",
            "userIdentity": { "accessKeyId": "ASIA1", "sessionContext": session("true") } }));
        for (name, value) in changes.as_object().unwrap() {
            record[name] = value.clone();
        }
        count(record, Count::Everyday) == 1
    };
    assert!(!with(json!({})));
    let browser = json!({ "sessionCredentialFromConsole": null, "userAgent": "Mozilla/5.0 (X11; Linux x86_64)" });
    assert!(!with(browser));
    assert!(with(json!({ "readOnly": false })), "a write");
    assert!(with(json!({ "readOnly": null })), "nobody knows");
    assert!(with(json!({ "sessionCredentialFromConsole": null })), "a program");
    assert!(with(json!({ "userAgent": "aws-cli/2.17.0 exec-env/CloudShell" })), "typed in CloudShell");
    assert!(with(json!({ "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue" })), "a secret");
    assert!(!with(json!({ "eventSource": "secretsmanager.amazonaws.com", "eventName": "ListSecrets" })));
    let identity = |key: &str, context: Value| {
        json!({ "userIdentity": { "type": "Root", "principalId": "111122223333", "accountId": "111122223333",
            "accessKeyId": key, "sessionContext": context } })
    };
    assert!(with(identity("ASIA1", session("false"))), "without MFA");
    assert!(with(identity("AKIA1", json!(null))), "a key");
}

#[test]
fn sign_ins() {
    let sign_in = |outcome: &str, mfa: &str, message: &str| {
        root(json!({
            "eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com", "errorMessage": message,
            "responseElements": { "ConsoleLogin": outcome }, "additionalEventData": { "MFAUsed": mfa },
        }))
    };
    let counts = |record: Value| {
        [Count::SignIns, Count::SignInFailures, Count::WithMfa, Count::WithoutMfa, Count::Everyday]
            .map(|which| count(record.clone(), which))
    };
    assert_eq!(counts(sign_in("Success", "YES", "")), [1, 0, 1, 0, 0]);
    assert_eq!(counts(sign_in("Success", "No", "")), [1, 0, 0, 1, 0]);
    assert_eq!(counts(sign_in("Failure", "No", "Failed authentication")), [0, 1, 0, 0, 0]);
    let mut check_mfa = sign_in("Success", "Yes", "");
    check_mfa["eventName"] = json!("CheckMfa");
    assert_eq!(counts(check_mfa), [0, 0, 0, 0, 0]);
}

#[test]
fn keys_that_root_makes() {
    let made = |request: Value, error: &str| {
        let response = json!({ "accessKey": { "accessKeyId": "AKIA9", "status": "Active" } });
        let record = root(json!({ "eventName": "CreateAccessKey", "eventSource": "iam.amazonaws.com",
            "requestParameters": request, "responseElements": response, "errorCode": error }));
        count(record, Count::KeysCreated)
    };
    assert_eq!(made(json!(null), ""), 1);
    assert_eq!(made(json!({}), ""), 1);
    assert_eq!(made(json!({ "userName": "u" }), ""), 0);
    assert_eq!(made(json!(null), "AccessDenied"), 0);
}
