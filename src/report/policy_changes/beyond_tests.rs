//! What lies beyond IAM: resources that are shared, the organization, the people of Identity Center.

use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::report::Options;

const ANA: &str = "arn:aws:iam::111122223333:user/ana";
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const STRANGER: &str = "999988887777";

/// A call by ana of 111122223333.
fn call(service: &str, name: &str, request: Json) -> Json {
    json!({
        "eventTime": "2026-01-02T03:00:00Z", "eventName": name, "eventSource": format!("{service}.amazonaws.com"),
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333", "requestParameters": request,
        "userIdentity": { "type": "IAMUser", "principalId": "AIDAANA", "accountId": "111122223333", "arn": ANA },
    })
}

fn at(time: &str, mut record: Json) -> Json {
    record["eventTime"] = json!(time);
    record
}

fn findings(records: impl IntoIterator<Item = Json>) -> Vec<crate::report::Finding> {
    let state = scan_for(REPORT.needs, &samples(records));
    (REPORT.answer)(&View::new(&state, &Options::default())).findings
}

/// `rule severity` of each finding.
fn found(records: impl IntoIterator<Item = Json>) -> String {
    let lines = findings(records).into_iter().map(|found| format!("{} {}", found.rule, found.severity.as_str()));
    lines.collect::<Vec<_>>().join(", ")
}

fn shared(service: &str, name: &str, request: Json) -> String {
    found([call(service, name, request)]).replace("resource-shared ", "")
}

fn policy(principal: Json, action: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": action,
        "Resource": "*" }] })
    .to_string()
}

#[test]
fn resources_that_everybody_may_come_to() {
    let all = || policy(json!("*"), "kms:Decrypt");
    let document: Json = serde_json::from_str(&all()).unwrap();
    for (service, name, request, severity) in [
        (
            "ec2",
            "ModifySnapshotAttribute",
            json!({ "snapshotId": "snap-1", "createVolumePermission":
            { "add": { "items": [{ "group": "all" }] } } }),
            "high",
        ),
        ("rds", "ModifyDBSnapshotAttribute", json!({ "dBSnapshotIdentifier": "s", "valuesToAdd": ["all"] }), "high"),
        (
            "rds",
            "ModifyDBClusterSnapshotAttribute",
            json!({ "dBClusterSnapshotIdentifier": "s", "valuesToAdd": ["all"] }),
            "high",
        ),
        ("kms", "PutKeyPolicy", json!({ "keyId": "1", "policy": all() }), "high"),
        ("secretsmanager", "PutResourcePolicy", json!({ "secretId": "s", "resourcePolicy": all() }), "high"),
        (
            "ec2",
            "ModifyImageAttribute",
            json!({ "imageId": "ami-1", "launchPermission":
            { "add": { "items": [{ "group": "all" }] } } }),
            "medium",
        ),
        ("s3", "PutBucketPolicy", json!({ "bucketName": "b", "bucketPolicy": document }), "medium"),
        ("s3", "PutBucketAcl", json!({ "bucketName": "b", "x-amz-acl": ["public-read-write"] }), "medium"),
        (
            "s3",
            "PutBucketAcl",
            json!({ "bucketName": "b", "AccessControlPolicy": { "AccessControlList": { "Grant": [
            { "Grantee": { "URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" }, "Permission": "READ" }] } } }),
            "medium",
        ),
        ("ecr", "SetRepositoryPolicy", json!({ "repositoryName": "r", "policyText": all() }), "medium"),
        (
            "sqs",
            "SetQueueAttributes",
            json!({ "queueUrl": "https://q/1/q", "attributes": { "Policy": all() } }),
            "medium",
        ),
        (
            "sns",
            "SetTopicAttributes",
            json!({ "topicArn": "arn:aws:sns:::t", "attributeName": "Policy", "attributeValue": all() }),
            "medium",
        ),
        (
            "dynamodb",
            "PutResourcePolicy",
            json!({ "resourceArn": "arn:aws:dynamodb:::table/t", "policy": all() }),
            "medium",
        ),
        ("lambda", "AddPermission20150331v2", json!({ "functionName": "f", "principal": "*" }), "medium"),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "sourceArn": "arn:aws:s3:::*" }),
            "medium",
        ),
        ("ssm", "ModifyDocumentPermission", json!({ "name": "d", "accountIdsToAdd": ["all"] }), "medium"),
        ("ssm", "ModifyDocumentPermission", json!({ "name": "d", "accountIdsToAdd": ["All"] }), "medium"),
        ("elasticfilesystem", "PutFileSystemPolicy", json!({ "fileSystemId": "fs-1", "policy": all() }), "low"),
        ("backup", "PutBackupVaultAccessPolicy", json!({ "backupVaultName": "v", "policy": all() }), "medium"),
        ("es", "UpdateDomainConfig", json!({ "domainName": "d", "accessPolicies": all() }), "low"),
        ("organizations", "PutResourcePolicy", json!({ "content": all() }), "medium"),
        (
            "s3",
            "PutBucketAcl",
            json!({ "bucketName": "b", "x-amz-grant-read":
            ["uri=http://acs.amazonaws.com/groups/global/AllUsers"] }),
            "medium",
        ),
        ("lambda", "CreateFunctionUrlConfig", json!({ "functionName": "f", "authType": "NONE" }), "low"),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "action": "lambda:InvokeFunctionUrl",
            "functionUrlAuthType": "NONE" }),
            "low",
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "action": "lambda:InvokeFunction",
            "invokedViaFunctionUrl": true }),
            "low",
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "action": "lambda:InvokeFunctionUrl",
            "functionUrlAuthType": "AWS_IAM" }),
            "medium",
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "action": "lambda:InvokeFunction",
            "statementId": "FunctionURLAllowPublicAccess", "invokedViaFunctionUrl": false }),
            "medium",
        ),
    ] {
        assert_eq!(shared(service, name, request), severity, "{service} {name}");
    }
}

/// A bucket's copies that belong to `account`; the rule has the name and prefix that an account could have.
fn copies(account: Json) -> Json {
    let rule = json!({ "ID": "all", "Priority": 1, "Filter": { "Prefix": STRANGER },
        "Destination": { "Bucket": "arn:aws:s3:::copies", "Account": account } });
    json!({ "bucketName": "b", "ReplicationConfiguration": { "Rule": rule } })
}

/// A policy that lets in whoever is in an organization.
fn of_organization() -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": "*",
        "Action": "secretsmanager:GetSecretValue", "Resource": "*",
        "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-example" } } }] })
    .to_string()
}

#[test]
fn a_service_that_comes_in_for_whatever_account() {
    let own = "111122223333";
    let add = |permission: Json| {
        let mut request = json!({ "functionName": "f", "statementId": "s", "action": "lambda:InvokeFunction" });
        request.as_object_mut().unwrap().extend(permission.as_object().unwrap().clone());
        call("lambda", "AddPermission20150331v2", request)
    };
    for permission in [
        json!({ "principal": "s3.amazonaws.com" }),
        json!({ "principal": "sns.amazonaws.com", "sourceArn": "" }),
        json!({ "principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::*" }),
        json!({ "principal": "events.amazonaws.com", "sourceArn": "arn:aws:events:*:*:rule/*" }),
        json!({ "principal": "sns.amazonaws.com", "sourceArn": "arn:aws:sns:us-east-1:*:orders" }),
        json!({ "principal": "apigateway.amazonaws.com", "sourceArn": "arn:aws:execute-api:us-east-1:*:*/*" }),
        json!({ "principal": "cloudfront.amazonaws.com", "sourceArn": "arn:aws:cloudfront::*:distribution/*" }),
    ] {
        assert_eq!(found([add(permission.clone())]), "resource-shared low", "{permission}");
    }
    let told = findings([add(json!({ "principal": "s3.amazonaws.com" }))]).swap_remove(0).summary;
    assert_eq!(told, format!("{ANA} let s3.amazonaws.com of any account into function/f"));
    for permission in [
        json!({ "principal": "s3.amazonaws.com", "sourceAccount": own }),
        json!({ "principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::bucket" }),
        json!({ "principal": "sns.amazonaws.com", "sourceArn": format!("arn:aws:sns:us-east-1:{own}:*") }),
        json!({ "principal": "events.amazonaws.com", "sourceArn": format!("arn:aws:events:us-east-1:{own}:rule/r") }),
        json!({ "principal": "apigateway.amazonaws.com", "sourceArn": "arn:aws:execute-api:us-east-1:*:a1b2c3/*" }),
        json!({ "principal": "cloudfront.amazonaws.com", "sourceArn": "arn:aws:cloudfront::*:distribution/E1EXAMPLE" }),
        json!({ "principal": "s3.amazonaws.com", "principalOrgID": "o-exampleorg" }),
        json!({ "principal": "elasticloadbalancing.amazonaws.com" }),
        json!({ "principal": "logs.us-east-1.amazonaws.com" }),
        json!({ "principal": "alexa-appkit.amazon.com", "eventSourceToken": "amzn1.ask.skill.1" }),
        json!({ "principal": own }),
    ] {
        assert_eq!(found([add(permission.clone())]), "", "{permission}");
    }
    let mut refused = add(json!({ "principal": "s3.amazonaws.com" }));
    refused["errorCode"] = json!("AccessDenied");
    assert!(!found([refused]).contains("resource-shared"), "it opened nothing");
}

#[test]
fn the_own_organization_is_known_by_the_folder_of_the_logs() {
    let in_folder = |id: &str| crate::report::LogSpan {
        organizations: [("111122223333".to_owned(), id.to_owned())].into(),
        ..Default::default()
    };
    let judged = |request: Json, logs: &crate::report::LogSpan| {
        let state = scan_for(REPORT.needs, &samples([call("secretsmanager", "PutResourcePolicy", request)]));
        let options = Options::default();
        let answer = (REPORT.answer)(&View { logs: Some(logs), ..View::new(&state, &options) });
        let told = answer.findings.iter().map(|found| format!("{} {}", found.rule, found.severity.as_str()));
        told.collect::<Vec<_>>().join(", ")
    };
    let put = |document: String| json!({ "secretId": "s", "resourcePolicy": document });
    let also = |beside: Json| {
        let mut document: Json = serde_json::from_str(&of_organization()).unwrap();
        document["Statement"].as_array_mut().unwrap().push(beside);
        put(document.to_string())
    };
    let allow = |principal: Json, condition: Json| {
        json!({ "Effect": "Allow", "Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
            "Condition": condition })
    };
    assert_eq!(judged(put(of_organization()), &in_folder("o-example")), "resource-shared info");
    assert_eq!(judged(put(of_organization()), &in_folder("o-examples")), "resource-shared low", "a thief's");
    let elsewhere = crate::report::LogSpan {
        organizations: [("444455556666".to_owned(), "o-example".to_owned())].into(),
        ..Default::default()
    };
    assert_eq!(judged(put(of_organization()), &elsewhere), "resource-shared low", "another account's");
    assert_eq!(judged(put(of_organization()), &Default::default()), "resource-shared low", "not known");
    let listed = |account: &str, id: &str| {
        let manifest = json!({ "trailscan": "0.1.0", "schema_version": 1, "name": null, "organization": id, "asked_by": "",
            "begun": "", "ended": "", "apis": {}, "calls": 0, "written": [], "missing": [] });
        let manifest = manifest.to_string().replacen('{', &format!(r#"{{"snapshot_of":"{account}","#), 1);
        let posture = crate::posture::testing::load(&[manifest]);
        let shared = call("secretsmanager", "PutResourcePolicy", put(of_organization()));
        let (state, options) = (scan_for(REPORT.needs, &samples([shared])), Options::default());
        let answer = (REPORT.answer)(&View { posture: Some(&posture), ..View::new(&state, &options) });
        answer.findings.iter().map(|found| found.severity.as_str()).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(listed("111122223333", "o-example"), "info", "Organizations lists the account in it");
    assert_eq!(listed("111122223333", "o-thief"), "low", "in another");
    assert_eq!(listed("444455556666", "o-example"), "low", "another account");
    for (beside, severity, why) in [
        (allow(json!("*"), json!({ "StringEquals": { "aws:PrincipalOrgID": "o-thief" } })), "low", "another beside it"),
        (allow(json!({ "AWS": STRANGER }), json!({})), "medium", "an account beside it"),
        (allow(json!("*"), json!({ "IpAddress": { "aws:SourceIp": "203.0.113.9/32" } })), "low", "a network beside it"),
        (allow(json!("*"), json!({})), "high", "everybody beside it"),
    ] {
        assert_eq!(judged(also(beside), &in_folder("o-example")), format!("resource-shared {severity}"), "{why}");
    }
}

/// A policy that lets a service decrypt for `account`.
fn of_service(account: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" },
        "Action": "kms:Decrypt", "Resource": "*", "Condition": { "StringEquals": { "aws:SourceAccount": account } } }] })
    .to_string()
}

/// An image for an organization, or a unit of it, that `account` manages.
fn launch(member: &str, account: &str) -> Json {
    let arn = format!("arn:aws:organizations::{account}:organization/o-example");
    json!({ "imageId": "ami-1", "launchPermission": { "add": { "items": [{ member: arn }] } } })
}

#[test]
fn resources_that_another_account_may_come_to() {
    let of = |whom: &str| policy(json!({ "AWS": format!("arn:aws:iam::{whom}:root") }), "s3:GetObject");
    let bucket = |whom: &str| {
        let document: Json = serde_json::from_str(&of(whom)).unwrap();
        json!({ "bucketName": "b", "bucketPolicy": document })
    };
    for (service, name, request, severity) in [
        (
            "ec2",
            "ModifySnapshotAttribute",
            json!({ "snapshotId": "snap-1", "createVolumePermission":
            { "add": { "items": [{ "userId": STRANGER }] } } }),
            "medium",
        ),
        (
            "redshift",
            "AuthorizeSnapshotAccess",
            json!({ "snapshotIdentifier": "s", "accountWithRestoreAccess": STRANGER }),
            "medium",
        ),
        (
            "kms",
            "CreateGrant",
            json!({ "keyId": "1", "granteePrincipal": format!("arn:aws:iam::{STRANGER}:role/x") }),
            "medium",
        ),
        ("s3", "PutBucketPolicy", bucket(STRANGER), "low"),
        (
            "imagebuilder",
            "PutImageRecipePolicy",
            json!({ "imageRecipeArn": "arn:aws:imagebuilder:us-east-1:111122223333:image-recipe/web/1.0.0",
                "policy": policy(json!({ "AWS": STRANGER }), "imagebuilder:GetImageRecipe") }),
            "low",
        ),
        ("events", "PutPermission", json!({ "eventBusName": "default", "principal": STRANGER }), "low"),
        (
            "ecr",
            "PutRegistryPolicy",
            json!({ "policyText": policy(json!({ "AWS": STRANGER }), "ecr:ReplicateImage") }),
            "low",
        ),
        (
            "codeartifact",
            "PutDomainPermissionsPolicy",
            json!({ "domain": "d", "policyDocument": policy(json!({ "AWS": STRANGER }), "codeartifact:*") }),
            "low",
        ),
        (
            "acm-pca",
            "PutPolicy",
            json!({ "resourceArn": "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/1",
                "policy": policy(json!({ "AWS": STRANGER }), "acm-pca:IssueCertificate") }),
            "low",
        ),
        ("sns", "AddPermission", json!({ "topicArn": "arn:aws:sns:::t", "aWSAccountId": [STRANGER] }), "low"),
        ("sqs", "AddPermission", json!({ "queueUrl": "https://q/1/q", "aWSAccountIds": [STRANGER] }), "low"),
        ("lambda", "AddPermission20150331", json!({ "functionName": "f", "principal": STRANGER }), "low"),
        ("ram", "CreateResourceShare", json!({ "name": "s", "principals": [STRANGER] }), "low"),
        ("s3", "PutBucketReplication", copies(json!(STRANGER)), "low"),
        ("ec2", "ModifyImageAttribute", launch("organizationArn", STRANGER), "low"),
        ("ec2", "ModifyImageAttribute", launch("organizationalUnitArn", STRANGER), "low"),
        ("s3", "PutBucketReplication", copies(json!(999_988_887_777_u64)), "low"),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "sourceAccount": STRANGER }),
            "low",
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "s3.amazonaws.com", "sourceAccount": STRANGER,
            "sourceArn": "arn:aws:s3:::bucket" }),
            "low",
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "events.amazonaws.com",
            "sourceArn": format!("arn:aws:events:us-east-1:{STRANGER}:rule/r") }),
            "low",
        ),
        (
            "events",
            "PutPermission",
            json!({ "principal": "*",
            "condition": { "type": "StringEquals", "key": "aws:PrincipalOrgID", "value": "o-example" } }),
            "low",
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "principalOrgID": "o-1" }),
            "low",
        ),
        (
            "lambda",
            "AddLayerVersionPermission20181031",
            json!({ "layerName": "l", "principal": "*", "organizationId": "o-1" }),
            "low",
        ),
        ("secretsmanager", "PutResourcePolicy", json!({ "secretId": "s", "resourcePolicy": of_organization() }), "low"),
        ("kms", "PutKeyPolicy", json!({ "keyId": "k", "policy": of_service(STRANGER) }), "low"),
    ] {
        assert_eq!(shared(service, name, request), severity, "{service} {name}");
    }
    let own = "111122223333";
    for (service, name, request) in [
        ("s3", "PutBucketPolicy", bucket(own)),
        ("kms", "PutKeyPolicy", json!({ "keyId": "k", "policy": of_service(own) })),
        ("s3", "PutBucketAcl", json!({ "bucketName": "public-read", "x-amz-acl": ["private"] })),
        ("ssm", "ModifyDocumentPermission", json!({ "name": "All", "accountIdsToAdd": [own] })),
        ("s3", "PutBucketReplication", copies(json!(111_122_223_333_u64))),
        ("ec2", "ModifyImageAttribute", launch("organizationArn", own)),
        ("kms", "CreateGrant", json!({ "keyId": "1", "granteePrincipal": "dynamodb.us-east-1.amazonaws.com" })),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "s3.amazonaws.com", "sourceAccount": own,
            "sourceArn": "arn:aws:s3:::bucket" }),
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::bucket" }),
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "apigateway.amazonaws.com",
            "sourceArn": format!("arn:aws:execute-api:us-east-1:{own}:x/*") }),
        ),
        ("lambda", "AddPermission20150331v2", json!({ "functionName": "f", "principal": "*", "sourceAccount": own })),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "sourceArn": format!("arn:aws:execute-api:us-east-1:{own}:x/*") }),
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({ "functionName": "f", "principal": "*", "sourceArn": "arn:aws:s3:::bucket" }),
        ),
        ("lambda", "CreateFunctionUrlConfig", json!({ "functionName": "f", "authType": "AWS_IAM" })),
        (
            "ram",
            "CreateResourceShare",
            json!({ "name": "s", "principals": ["arn:aws:organizations::999988887777:organization/o-1"] }),
        ),
        (
            "sns",
            "SetTopicAttributes",
            json!({ "topicArn": "t", "attributeName": "DisplayName", "attributeValue": "*" }),
        ),
        (
            "ec2",
            "ModifySnapshotAttribute",
            json!({ "snapshotId": "snap-1", "createVolumePermission":
            { "remove": { "items": [{ "userId": STRANGER }] } } }),
        ),
    ] {
        assert_eq!(shared(service, name, request), "", "{service} {name}");
    }
    let mut by_service = call("kms", "CreateGrant", json!({ "keyId": "1", "granteePrincipal": STRANGER }));
    by_service["userIdentity"]["invokedBy"] = json!("rds.amazonaws.com");
    assert_eq!(found([by_service]), "", "a service for its own work");
    let mut refused = call("s3", "PutBucketPolicy", bucket(STRANGER));
    refused["errorCode"] = json!("AccessDenied");
    assert_eq!(found([refused]), "");
    let mut of_stranger = call("iam", "CreateGroup", json!({ "groupName": "g" }));
    of_stranger["recipientAccountId"] = json!(STRANGER);
    assert_eq!(found([call("s3", "PutBucketPolicy", bucket(STRANGER)), of_stranger.clone()]), "resource-shared info");
    let image = call("ec2", "ModifyImageAttribute", launch("organizationArn", STRANGER));
    assert_eq!(
        found([image, of_stranger]),
        "resource-shared info",
        "an organization whose management account was read"
    );
}

#[test]
fn what_is_shared_is_a_line_for_each_caller_and_whom_it_let_in() {
    let share = |snapshot: &str, verb: &str| {
        call(
            "ec2",
            "ModifySnapshotAttribute",
            json!({ "snapshotId": snapshot, "attributeType": "CREATE_VOLUME_PERMISSION",
            "createVolumePermission": { verb: { "items": [{ "userId": STRANGER }] } } }),
        )
    };
    let [one] = &findings([share("snap-1", "add"), share("snap-2", "add")])[..] else { panic!("one line") };
    assert_eq!(one.summary, format!("{ANA} let {STRANGER} into snapshot/snap-1, snapshot/snap-2"));
    let again = at("2026-01-02T04:00:00Z", share("snap-1", "remove"));
    let summary = |records: Vec<Json>| findings(records)[0].summary.clone();
    assert!(summary(vec![share("snap-1", "add"), again.clone()]).ends_with(", taken back again"));
    assert!(
        summary(vec![share("snap-1", "add"), share("snap-2", "add"), again]).ends_with(", partly taken back again")
    );
    let before = at("2026-01-02T02:00:00Z", share("snap-1", "remove"));
    assert!(summary(vec![share("snap-1", "add"), before]).ends_with("snap-1"));
}

#[test]
fn resources_that_are_made_with_a_policy() {
    let of = |principal: &str| policy(json!(principal), "kms:Decrypt");
    let requests = |principal: &str, acl: &str| {
        [
            ("kms", "CreateKey", json!({ "policy": of(principal) }), "high"),
            ("sqs", "CreateQueue", json!({ "queueName": "q", "attributes": { "Policy": of(principal) } }), "medium"),
            ("sns", "CreateTopic", json!({ "name": "t", "attributes": { "Policy": of(principal) } }), "medium"),
            ("dynamodb", "CreateTable", json!({ "tableName": "t", "resourcePolicy": of(principal) }), "medium"),
            ("es", "CreateDomain", json!({ "domainName": "d", "accessPolicies": of(principal) }), "low"),
            ("es", "CreateElasticsearchDomain", json!({ "domainName": "d", "accessPolicies": of(principal) }), "low"),
            ("s3", "CreateBucket", json!({ "bucketName": "b", "x-amz-acl": [acl] }), "medium"),
        ]
    };
    for (service, name, request, severity) in requests("*", "public-read") {
        assert_eq!(shared(service, name, request), severity, "{service} {name}");
    }
    for (service, name, request, _) in requests("111122223333", "private") {
        assert_eq!(shared(service, name, request), "", "{service} {name}");
    }
    for (service, name, request) in [
        ("kms", "CreateKey", json!(null)),
        ("sqs", "CreateQueue", json!({ "queueName": "q" })),
        ("glue", "CreateTable", json!({ "resourcePolicy": of("*") })),
    ] {
        assert_eq!(shared(service, name, request), "", "{service} {name}");
    }
    let mut key = call("kms", "CreateKey", json!({ "policy": of("*") }));
    key["responseElements"] = json!({ "keyMetadata": { "keyId": "1234" } });
    assert_eq!(findings([key])[0].summary, format!("{ANA} let everybody into kms-key/1234"));
}

#[test]
fn what_services_of_aws_share_by_themselves() {
    let role = |path: &str| {
        let issuer =
            json!({ "type": "Role", "arn": format!("arn:aws:iam::111122223333:role/{path}AWSServiceRoleForBackup") });
        json!({ "type": "AssumedRole", "principalId": "AROAX:s", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForBackup/s",
            "sessionContext": { "sessionIssuer": issuer } })
    };
    let share = |whom: Json, identity: Json| {
        let mut record = call(
            "ec2",
            "ModifySnapshotAttribute",
            json!({ "snapshotId": "snap-1", "createVolumePermission": { "add": { "items": [whom] } } }),
        );
        record["userIdentity"] = identity;
        record
    };
    let linked = || role("aws-service-role/backup.amazonaws.com/");
    let [one] = &findings([share(json!({ "userId": STRANGER }), linked())])[..] else { panic!("one line") };
    assert_eq!((one.severity.as_str(), one.subject.as_str()), ("low", "backup.amazonaws.com"));
    assert_eq!(one.summary, format!("backup.amazonaws.com let {STRANGER} into snapshot/snap-1"));
    assert_eq!(found([share(json!({ "group": "all" }), linked())]), "resource-shared high", "everybody");
    let named_alike = share(json!({ "userId": STRANGER }), role(""));
    assert_eq!(found([named_alike]), "resource-shared medium", "a role of that name");
}

#[test]
fn layers_of_others() {
    let layer = |account: &str| {
        let arn = format!("arn:aws:lambda:us-east-1:{account}:layer:extension:1");
        call("lambda", "UpdateFunctionConfiguration20150331v2", json!({ "functionName": "f", "layers": [arn] }))
    };
    assert_eq!(found([layer(STRANGER)]), "function-layer-of-others low");
    assert_eq!(found([layer("017000801446")]), "function-layer-of-others info");
    assert_eq!(found([layer("111122223333")]), "", "its own");
    let later = at("2026-01-05T03:00:00Z", layer(STRANGER));
    assert_eq!(found([layer(STRANGER), later]), "function-layer-of-others info", "a pipeline");
    let without = call("lambda", "UpdateFunctionConfiguration20150331v2", json!({ "functionName": "f", "timeout": 9 }));
    assert_eq!(found([without]), "");
    let made =
        |layers: Json| call("lambda", "CreateFunction20150331", json!({ "functionName": "f", "layers": layers }));
    let arn = |account: &str| json!([format!("arn:aws:lambda:us-east-1:{account}:layer:extension:1")]);
    assert_eq!(found([made(arn(STRANGER))]), "function-layer-of-others low");
    assert_eq!(found([made(arn("111122223333")), made(json!([]))]), "", "its own, or none");
}

#[test]
fn roles_for_guests_machines_and_endpoints() {
    let role = "arn:aws:iam::111122223333:role/service";
    let pool = |roles: Json| {
        call("cognito-identity", "SetIdentityPoolRoles", json!({ "identityPoolId": "p", "roles": roles }))
    };
    let activation = || call("ssm", "CreateActivation", json!({ "iamRole": "service" }));
    let endpoint = call("glue", "CreateDevEndpoint", json!({ "endpointName": "e", "roleArn": role }));
    for record in [pool(json!({ "unauthenticated": role })), activation(), endpoint] {
        assert_eq!(found([record]), "access-outside-iam low");
    }
    assert_eq!(found([pool(json!({ "authenticated": role }))]), "", "whoever signed in");
    let admin = call("iam", "AttachRolePolicy", json!({ "roleName": "service", "policyArn": ADMIN }));
    let both = "admin-granted high, access-outside-iam medium";
    assert_eq!(found([admin.clone(), activation()]), both);
    let by_path = |role: &str| call("ssm", "CreateActivation", json!({ "iamRole": role }));
    assert_eq!(found([admin.clone(), by_path("service-role/service")]), both, "with its path");
    assert_eq!(found([admin, by_path("service/other")]), both.replace("medium", "low"), "a path of that name");
}

#[test]
fn roles_for_guests_of_an_identity_pool() {
    let trust = |pool: &str, amr: &str| {
        json!({ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": { "Federated": "cognito-identity.amazonaws.com" },
            "Condition": { "StringEquals": { "cognito-identity.amazonaws.com:aud": pool },
                "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr } } })
    };
    let made = |statements: Json| {
        let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        call("iam", "CreateRole", json!({ "roleName": "guest", "assumeRolePolicyDocument": document }))
    };
    let guest = || made(json!([trust("us-east-1:own", "unauthenticated")]));
    let given = |pool: &str, role: &str| {
        let roles = json!({ "unauthenticated": format!("arn:aws:iam::111122223333:role/{role}") });
        call("cognito-identity", "SetIdentityPoolRoles", json!({ "identityPoolId": pool, "roles": roles }))
    };
    let attach = |arn: &str| call("iam", "AttachRolePolicy", json!({ "roleName": "guest", "policyArn": arn }));
    let severity = |records: Vec<Json>| {
        let told = findings(records).into_iter().find(|found| found.rule == "role-trust-opened");
        told.map_or("", |found| found.severity.as_str())
    };
    let own = || given("us-east-1:own", "guest");
    assert_eq!(severity(vec![guest(), own()]), "low", "as apps mean it");
    let summary =
        findings([guest(), own()]).into_iter().find(|found| found.rule == "role-trust-opened").unwrap().summary;
    assert!(summary.contains("from outside of the account: guests of us-east-1:own; set by"), "{summary}");
    assert_eq!(severity(vec![guest()]), "medium", "whose pool it is nobody knows");
    assert_eq!(severity(vec![guest(), given("us-east-1:other", "guest")]), "medium", "another pool");
    assert_eq!(severity(vec![guest(), given("us-east-1:own", "others")]), "medium", "another role");
    let both = json!([trust("us-east-1:own", "unauthenticated"), trust("us-east-1:thief", "unauthenticated")]);
    assert_eq!(severity(vec![made(both), own()]), "medium", "and a pool that is not known");
    assert_eq!(severity(vec![guest(), own(), attach(ADMIN)]), "high", "an administrator");
    assert_eq!(severity(vec![guest(), own(), attach("arn:aws:iam::aws:policy/AmazonS3FullAccess")]), "medium");
    assert_eq!(severity(vec![guest(), own(), attach("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")]), "low");
    let unread = attach("arn:aws:iam::111122223333:policy/app");
    assert_eq!(severity(vec![guest(), own(), unread]), "medium", "a policy that nobody read");
    let anyone = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*" });
    let beside = json!([trust("us-east-1:own", "unauthenticated"), anyone]);
    assert_eq!(severity(vec![made(beside), own()]), "high", "anybody beside them");
    assert_eq!(severity(vec![made(json!([trust("us-east-1:own", "authenticated")])), own()]), "", "who signed in");
}

#[test]
fn limits_of_an_organization() {
    let organizations = |name: &str, request: Json| call("organizations", name, request);
    let attach = |id: &str, time: &str| {
        at(&format!("2026-01-{time}Z"), organizations("AttachPolicy", json!({ "policyId": id, "targetId": "ou-1" })))
    };
    let detach = |id: &str| organizations("DetachPolicy", json!({ "policyId": id, "targetId": "ou-1" }));
    let (medium, low) = ("organization-limit-lifted medium", "organization-limit-lifted low");
    assert_eq!(found([detach("p-1")]), medium);
    assert_eq!(found([detach("p-1"), attach("p-2", "02T03:05:00")]), low, "another instead");
    assert_eq!(found([attach("p-2", "02T02:55:00"), detach("p-1")]), low, "the new one first");
    assert_eq!(found([detach("p-1"), attach("p-2", "04T03:05:00")]), medium, "days later");
    assert_eq!(found([detach("p-1"), attach("p-FullAWSAccess", "02T03:05:00")]), medium, "which limits nothing");
    assert_eq!(found([detach("p-FullAWSAccess")]), "", "limits more");
    assert_eq!(found([detach("p-1"), attach("p-1", "02T03:01:00")]), low, "the same again");
    let again = at("2026-01-02T03:02:00Z", detach("p-1"));
    assert_eq!(found([detach("p-1"), attach("p-1", "02T03:01:00"), again]), medium, "and off again");
    let spring = at("2026-04-01T03:00:00Z", detach("p-1"));
    assert_eq!(found([spring, detach("p-1"), attach("p-1", "02T03:01:00")]), medium, "once it came back, once not");
    let made = |id: &str, kind: &str, effect: &str| {
        let content = json!({ "Statement": [{ "Effect": effect, "Action": "*", "Resource": "*" }] }).to_string();
        let mut record = organizations("CreatePolicy", json!({ "name": "n", "type": kind, "content": content }));
        record["responseElements"] = json!({ "policy": { "policySummary": { "id": id, "type": kind } } });
        at("2026-01-02T02:00:00Z", record)
    };
    let scp = "SERVICE_CONTROL_POLICY";
    let swapped = |made: Json| found([made, attach("p-2", "02T02:55:00"), detach("p-1")]);
    assert_eq!(swapped(made("p-2", scp, "Deny")), low);
    assert_eq!(swapped(made("p-2", scp, "Allow")), medium, "the new one allows everything");
    assert_eq!(swapped(made("p-2", "TAG_POLICY", "Deny")), medium, "the new one is about tags");
    assert_eq!(swapped(made("p-3", scp, "Allow")), low, "another was made");
    assert_eq!(found([made("p-1", "TAG_POLICY", "Deny"), detach("p-1")]), "", "it limits no calls");
    assert_eq!(found([made("p-1", scp, "Allow"), detach("p-1")]), medium, "it may have been rewritten since");
    let disable = |kind: &str| organizations("DisablePolicyType", json!({ "rootId": "r-1", "policyType": kind }));
    assert_eq!(found([disable("SERVICE_CONTROL_POLICY")]), medium);
    assert_eq!(found([disable("TAG_POLICY")]), "");
    assert_eq!(found([organizations("DeletePolicy", json!({ "policyId": "p-1" }))]), "", "attached to nothing");
    let rewrite = |effect: &str| {
        let content =
            json!({ "Version": "2012-10-17", "Statement": [{ "Effect": effect, "Action": "*", "Resource": "*" }] });
        organizations("UpdatePolicy", json!({ "policyId": "p-1", "content": content.to_string() }))
    };
    assert_eq!(found([rewrite("Allow")]), medium);
    assert_eq!(found([rewrite("Deny")]), "");
    assert_eq!(found([organizations("UpdatePolicy", json!({ "policyId": "p-1", "name": "n" }))]), "");
    let moved = organizations("MoveAccount", json!({ "accountId": STRANGER, "destinationParentId": "ou-2" }));
    assert_eq!(found([moved]), low);
    let iam_policy = call("iam", "DeletePolicy", json!({ "policyArn": "arn:aws:iam::111122223333:policy/p" }));
    assert_eq!(found([iam_policy]), "", "the call of another service");
}

#[test]
fn who_comes_into_an_organization() {
    let organizations = |name: &str, request: Json| call("organizations", name, request);
    let delegate = |service: &str| {
        organizations(
            "RegisterDelegatedAdministrator",
            json!({ "accountId": STRANGER, "servicePrincipal": format!("{service}.amazonaws.com") }),
        )
    };
    assert_eq!(found([delegate("sso")]), "organization-service-delegated medium");
    assert_eq!(found([delegate("macie")]), "organization-service-delegated low");
    let mut known = call("iam", "CreateGroup", json!({ "groupName": "g" }));
    known["recipientAccountId"] = json!(STRANGER);
    assert_eq!(found([delegate("sso"), known]), "organization-service-delegated low", "an account that was read");
    let enable = organizations("EnableAWSServiceAccess", json!({ "servicePrincipal": "ssm.amazonaws.com" }));
    assert_eq!(found([enable]), "organization-service-delegated low");
    let made = || organizations("CreateAccount", json!({ "accountName": "HIDDEN_DUE_TO_SECURITY_REASONS" }));
    assert_eq!(found([made()]), "organization-grown low");
    assert_eq!(found([made(), at("2026-01-12T03:00:00Z", made())]), "organization-grown info");
    assert_eq!(found([organizations("AcceptHandshake", json!({ "handshakeId": "h-1" }))]), "organization-grown low");
    let mut by_aws = made();
    by_aws["userIdentity"]["invokedBy"] = json!("controltower.amazonaws.com");
    assert_eq!(found([by_aws]), "");
}

/// A call of a person whose user of the directory is `me`.
fn person(service: &str, name: &str, request: Json) -> Json {
    let mut record = call(service, name, request);
    record["userIdentity"]["onBehalfOf"] =
        json!({ "userId": "me", "identityStoreArn": "arn:aws:identitystore::1:identitystore/d" });
    record
}

#[test]
fn people_of_the_directory() {
    let rule = |severity: &str| format!("identity-center-people-changed {severity}");
    let made = || {
        let mut record = person("identitystore", "CreateUser", json!({ "userName": "HIDDEN_DUE_TO_SECURITY_REASONS" }));
        record["responseElements"] = json!({ "userId": "u-9", "identityStoreId": "d-1" });
        record
    };
    let join = |id: &str| {
        person("identitystore", "CreateGroupMembership", json!({ "groupId": "g", "memberId": { "userId": id } }))
    };
    let later = |record: Json| at("2026-01-12T03:00:00Z", record);
    assert_eq!(found([made()]), rule("low"));
    assert_eq!(found([made(), later(made())]), rule("info"), "the work of weeks");
    assert_eq!(found([join("u-1")]), rule("low"));
    assert_eq!(found([join("u-1"), later(join("u-2"))]), rule("info"));
    assert_eq!(found([join("me")]), rule("medium"));
    assert_eq!(
        found([person("sso-directory", "AddMemberToGroup", json!({ "groupId": "g", "member": { "memberId": "me" } }))]),
        rule("medium"),
        "as the console calls it"
    );
    let reset = |name: &str, id: &str| person("sso-directory", name, json!({ "userId": id }));
    assert_eq!(found([reset("UpdatePassword", "u-1")]), rule("low"));
    assert_eq!(
        found([reset("UpdatePassword", "u-1"), later(reset("UpdatePassword", "u-2"))]),
        rule("low"),
        "a help desk"
    );
    let both = [reset("UpdatePassword", "u-1"), reset("DeleteMfaDeviceForUser", "u-1")];
    assert_eq!(found(both), rule("medium"));
    let months = [
        reset("UpdatePassword", "u-1"),
        at("2026-08-20T10:00:00Z", reset("DeleteMfaDeviceForUser", "u-1")),
        at("2026-10-20T10:00:00Z", reset("UpdatePassword", "u-1")),
    ];
    assert_eq!(found(months), rule("low"), "a help desk's user over the year");
    let night = [reset("UpdatePassword", "u-1"), at("2026-01-03T02:00:00Z", reset("DeleteMfaDeviceForUser", "u-1"))];
    assert_eq!(found(night), rule("medium"), "within a day");
    let two = [reset("UpdatePassword", "u-1"), reset("DeleteMfaDeviceForUser", "u-2")];
    assert_eq!(found(two), rule("low"));
    assert_eq!(found([reset("UpdatePassword", "me"), reset("DeleteMfaDeviceForUser", "me")]), "", "their own");
    let address = |id: &str| {
        let set = json!({ "userId": id, "operations": [{ "attributePath": "emails", "attributeValue": "HIDDEN" }] });
        person("identitystore", "UpdateUser", set)
    };
    assert_eq!(found([address("u-1")]), rule("low"));
    assert_eq!(found([address("u-1"), reset("UpdatePassword", "u-1")]), rule("medium"), "its mail goes elsewhere");
    assert_eq!(found([address("u-1"), later(reset("UpdatePassword", "u-1"))]), rule("low"));
    assert_eq!(found([made(), address("u-9"), reset("UpdatePassword", "u-9")]), rule("low"), "a typing error");
    let title = json!({ "userId": "u-1", "operations": [{ "attributePath": "title" }] });
    assert_eq!(found([person("identitystore", "UpdateUser", title)]), "", "no way to sign in");
    assert_eq!(found([reset("UpdateUser", "u-1")]), rule("low"), "the record does not say what");
    assert_eq!(found([reset("EnableUser", "u-1"), reset("UpdatePassword", "u-1")]), rule("low"), "who comes back");
    let device = |id: &str| reset("CompleteVirtualMfaDeviceRegistration", id);
    assert_eq!(found([device("u-1")]), rule("low"));
    assert_eq!(found([device("u-1"), reset("UpdatePassword", "u-1")]), rule("medium"));
    assert_eq!(found([device("u-1"), reset("DeleteMfaDeviceForUser", "u-1")]), rule("low"), "a new phone");
    for (kind, name) in [
        ("IdentityCenterUser", "CompleteWebAuthnDeviceRegistration"),
        ("IdentityCenterUser", "UpdatePassword"),
        ("Unknown", "UpdatePassword"),
    ] {
        let mut own = reset(name, "u-1");
        own["userIdentity"] = json!({ "type": kind, "accountId": "111122223333" });
        assert_eq!(found([own]), "", "at the portal: {kind} {name}");
    }
    assert_eq!(found([device("me")]), "", "their own");
    let token = person("sso-directory", "CreateBearerToken", json!({ "directoryId": "d-1" }));
    assert_eq!(found([token]), "identity-provider-trusted low");
    let rules = person("sso", "PutMfaDeviceManagementForDirectory", json!({ "directoryId": "d-1" }));
    assert_eq!(found([rules]), rule("low"));
    let of_iam = call("iam", "CreateUser", json!({ "userName": "bo" }));
    assert_eq!(found([of_iam]), "", "a user of IAM");
}

#[test]
fn who_was_assigned_what() {
    let set = "arn:aws:sso:::permissionSet/ssoins-1/ps-1";
    let assign = |id: &str| {
        person(
            "sso",
            "CreateAccountAssignment",
            json!({ "permissionSetArn": set, "principalType": "USER",
            "principalId": id, "targetId": "444455556666" }),
        )
    };
    let admin = || {
        let grant = json!({ "permissionSetArn": set, "managedPolicyArn": ADMIN });
        at("2026-01-01T03:00:00Z", call("sso", "AttachManagedPolicyToPermissionSet", grant))
    };
    let made = || {
        let mut record = person("identitystore", "CreateUser", json!({}));
        record["responseElements"] = json!({ "userId": "u-9" });
        record
    };
    let assigned = |records: Vec<Json>| {
        let found = findings(records).into_iter().find(|found| found.rule == "identity-center-assigned").unwrap();
        found.severity.as_str()
    };
    assert_eq!(assigned(vec![assign("u-1")]), "low");
    assert_eq!(assigned(vec![assign("u-1"), at("2026-01-12T03:00:00Z", assign("u-2"))]), "info", "the work of weeks");
    assert_eq!(assigned(vec![assign("me"), at("2026-01-12T03:00:00Z", assign("u-2"))]), "low", "for itself");
    assert_eq!(assigned(vec![admin(), assign("u-1")]), "medium");
    assert_eq!(assigned(vec![admin(), assign("me")]), "high");
    assert_eq!(assigned(vec![admin(), made(), assign("u-9")]), "high", "whom it made");
    assert_eq!(assigned(vec![admin(), made(), assign("u-1")]), "medium");
    let by_delegate = |mut record: Json| {
        record["recipientAccountId"] = json!("444455556666");
        record
    };
    assert_eq!(assigned(vec![admin(), by_delegate(assign("me"))]), "high", "made in the management account");
    let own = || {
        let reference = json!({ "name": "AllPower", "path": "/" });
        let grant = json!({ "permissionSetArn": set, "customerManagedPolicyReference": reference });
        at("2026-01-01T03:00:00Z", call("sso", "AttachCustomerManagedPolicyReferenceToPermissionSet", grant))
    };
    let policy = |name: &str| {
        let document = json!({ "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] }).to_string();
        let mut record = call("iam", "CreatePolicy", json!({ "policyName": name, "policyDocument": document }));
        record["responseElements"] =
            json!({ "policy": { "arn": format!("arn:aws:iam::111122223333:policy/path/{name}") } });
        at("2026-01-01T02:00:00Z", record)
    };
    assert_eq!(assigned(vec![policy("AllPower"), own(), assign("me")]), "high", "a policy of the account");
    assert_eq!(assigned(vec![policy("Other"), own(), assign("me")]), "low", "of another name");
    let mut set_made = call("sso", "CreatePermissionSet", json!({ "name": "x" }));
    set_made["responseElements"] = json!({ "permissionSet": { "permissionSetArn": set } });
    let [one] = &findings([set_made])[..] else { panic!("one line") };
    assert_eq!((one.severity.as_str(), one.rule), ("low", "identity-center-assigned"));
    assert_eq!(one.summary, format!("{ANA} made or changed permission sets of Identity Center: permission-set/ps-1"));
}

#[test]
fn groups_of_the_directory_with_administrator_rights() {
    let set = "arn:aws:sso:::permissionSet/ssoins-1/ps-1";
    let admin = || {
        let grant = json!({ "permissionSetArn": set, "managedPolicyArn": ADMIN });
        at("2026-01-01T03:00:00Z", call("sso", "AttachManagedPolicyToPermissionSet", grant))
    };
    let assign = || {
        let to = json!({ "permissionSetArn": set, "principalType": "GROUP", "principalId": "g", "targetId": STRANGER });
        person("sso", "CreateAccountAssignment", to)
    };
    let made = || {
        let mut record = person("identitystore", "CreateUser", json!({}));
        record["responseElements"] = json!({ "userId": "u-9" });
        record
    };
    let join = |group: &str, id: &str| {
        person("identitystore", "CreateGroupMembership", json!({ "groupId": group, "memberId": { "userId": id } }))
    };
    let told = |records: Vec<Json>, rule: &str| {
        let found = findings(records).into_iter().find(|found| found.rule == rule).unwrap();
        found.severity.as_str()
    };
    let assigned = |records: Vec<Json>| told(records, "identity-center-assigned");
    assert_eq!(assigned(vec![admin(), made(), join("g", "u-9"), assign()]), "high", "whom it made");
    assert_eq!(assigned(vec![admin(), assign(), join("g", "me")]), "high", "itself");
    assert_eq!(assigned(vec![admin(), made(), join("h", "u-9"), assign()]), "medium", "into another group");
    assert_eq!(assigned(vec![admin(), join("g", "u-1"), assign()]), "medium", "a colleague");
    let later = at("2026-03-01T03:00:00Z", join("g", "u-9"));
    assert_eq!(assigned(vec![admin(), assign(), made(), later]), "medium", "months later");
    assert_eq!(assigned(vec![made(), join("g", "u-9"), assign()]), "low", "not known to be administrator");
    let people = |records: Vec<Json>| told(records, "identity-center-people-changed");
    assert_eq!(people(vec![admin(), assign(), made(), join("g", "u-9")]), "medium");
    assert_eq!(people(vec![admin(), assign(), made(), join("h", "u-9")]), "low", "another group");
    assert_eq!(people(vec![assign(), made(), join("g", "u-9")]), "low");
}

#[test]
fn credentials_that_are_switched_on_again() {
    let update = |status: &str| {
        call("iam", "UpdateSSHPublicKey", json!({ "userName": "bo", "sSHPublicKeyId": "APKA1", "status": status }))
    };
    assert_eq!(found([update("Active")]), "long-lived-credential-made low");
    assert_eq!(found([update("Inactive")]), "");
    let of_root = |status: &str| {
        let mut record = call("iam", "UpdateSigningCertificate", json!({ "certificateId": "C1", "status": status }));
        record["userIdentity"] = json!({ "type": "Root", "principalId": "111122223333", "accountId": "111122223333" });
        found([record])
    };
    assert_eq!(of_root("Active"), "root-credential-made high");
    assert_eq!(of_root("Inactive"), "");
    let said = |name: &str, id: &str| {
        let mut record = call("iam", name, json!({ "userName": "bo", "status": "Active" }));
        record["requestParameters"]["serviceSpecificCredentialId"] = json!(id);
        findings([record])[0].summary.clone()
    };
    let (reset, on) = ("ResetServiceSpecificCredential", "UpdateServiceSpecificCredential");
    assert_eq!(said(reset, "ACCA1"), format!("user/bo got a new password for the credential ACCA1 by {ANA}"));
    assert_eq!(said(on, "ACCA1"), format!("user/bo got the credential ACCA1 again that was off by {ANA}"));
    let made = |id: &str, second: u8| {
        let request = json!({ "userName": "bo", "serviceName": "codecommit.amazonaws.com" });
        let mut record = call("iam", "CreateServiceSpecificCredential", request);
        record["responseElements"] = json!({ "serviceSpecificCredential": { "serviceSpecificCredentialId": id } });
        at(&format!("2026-01-02T03:00:{second:02}Z"), record)
    };
    let [two] = &findings([made("ACCA1", 1), made("ACCA2", 2)])[..] else { panic!("one line") };
    assert_eq!(two.summary, format!("user/bo got a credential for codecommit.amazonaws.com by {ANA}"));
    assert_eq!((two.count, two.evidence["changes"].as_array().map(Vec::len)), (2, Some(1)));
    assert_eq!(found([call("iam", "DeleteSSHPublicKey", json!({ "userName": "bo" }))]), "");
}

#[test]
fn tokens_for_services_outside() {
    let token = || call("sts", "GetWebIdentityToken", json!({ "audience": ["https://id.example.com"] }));
    let [one] = &findings([token()])[..] else { panic!("one line") };
    assert_eq!((one.rule, one.severity.as_str()), ("outbound-token-got", "low"));
    assert!(one.summary.ends_with("for https://id.example.com"), "{}", one.summary);
    assert_eq!(found([token(), at("2026-01-05T03:00:00Z", token())]), "outbound-token-got info", "a workload");
    let enabled = call("iam", "EnableOutboundWebIdentityFederation", json!(null));
    assert_eq!(found([enabled, token()]), "outbound-token-got medium, outbound-federation-enabled low");
    assert_eq!(found([call("sts", "GetSessionToken", json!(null))]), "");
}

#[test]
fn what_filters_left_out_may_have_undone_it() {
    let records = || [call("iam", "AttachRolePolicy", json!({ "roleName": "r", "policyArn": ADMIN }))];
    let ask = |is_filtered| {
        let (state, options) = (scan_for(REPORT.needs, &samples(records())), Options::default());
        let logs = crate::report::LogSpan { is_filtered, ..Default::default() };
        let answer = (REPORT.answer)(&View { logs: Some(&logs), ..View::new(&state, &options) });
        let marked = answer.findings[0].evidence.get("undo_may_be_filtered_out").cloned();
        (answer.hidden.is_some(), marked)
    };
    assert_eq!(ask(true), (true, Some(json!(true))));
    assert_eq!(ask(false), (false, None));
}

#[test]
fn permission_sets_that_got_policies() {
    let grant = |policy: &str| {
        let set = "arn:aws:sso:::permissionSet/ssoins-1/ps-1";
        call(
            "sso",
            "AttachManagedPolicyToPermissionSet",
            json!({ "permissionSetArn": set, "managedPolicyArn": policy }),
        )
    };
    assert_eq!(found([grant("arn:aws:iam::aws:policy/ReadOnlyAccess")]), "identity-center-assigned low");
    assert_eq!(found([grant(ADMIN)]), "admin-granted medium", "told once");
}

#[test]
fn boundaries_that_limit_nothing() {
    let set = |user: &str, policy: &str| {
        call("iam", "PutUserPermissionsBoundary", json!({ "userName": user, "permissionsBoundary": policy }))
    };
    assert_eq!(found([set("ana", ADMIN)]), "boundary-removed medium", "its own");
    assert_eq!(found([set("bo", ADMIN)]), "boundary-removed low");
    assert_eq!(found([set("bo", "arn:aws:iam::111122223333:policy/boundary")]), "");
}

#[test]
fn what_watches_is_narrowed() {
    let guardduty = |name: &str, request: Json| call("guardduty", name, request);
    let filter =
        |name: &str, action: &str| guardduty(name, json!({ "detectorId": "d1", "name": "f", "action": action }));
    let list = |on: bool| guardduty("CreateIPSet", json!({ "detectorId": "d1", "name": "office", "activate": on }));
    let feature = |status: &str| {
        let set = json!({ "detectorId": "d1", "features": [{ "name": "S3_DATA_EVENTS", "status": status }] });
        guardduty("UpdateDetector", set)
    };
    let suppression = |status: &str| {
        let update = json!({ "findingFieldsUpdate": { "workflow": { "status": status } } });
        call("securityhub", "CreateAutomationRule", json!({ "ruleName": "r", "actions": [update] }))
    };
    let recorder = |group: Json| {
        call("config", "PutConfigurationRecorder", json!({ "configurationRecorder": { "recordingGroup": group } }))
    };
    let flow_logs = || call("ec2", "DeleteFlowLogs", json!({ "DeleteFlowLogsRequest": { "FlowLogId": "fl-1" } }));
    for record in [
        filter("CreateFilter", "ARCHIVE"),
        filter("UpdateFilter", "ARCHIVE"),
        list(true),
        guardduty("UpdateIPSet", json!({ "detectorId": "d1", "ipSetId": "1", "location": "s3://b/list" })),
        guardduty("DeletePublishingDestination", json!({ "detectorId": "d1", "destinationId": "1" })),
        call("access-analyzer", "CreateArchiveRule", json!({ "analyzerName": "a", "ruleName": "r" })),
        call("access-analyzer", "DeleteAnalyzer", json!({ "analyzerName": "a" })),
        flow_logs(),
        feature("DISABLED"),
        guardduty("UpdateDetector", json!({ "detectorId": "d1", "dataSources": { "s3Logs": { "enable": false } } })),
        guardduty(
            "UpdateMemberDetectors",
            json!({ "detectorId": "d1",
            "features": [{ "name": "RUNTIME_MONITORING", "status": "DISABLED" }] }),
        ),
        call("securityhub", "BatchDisableStandards", json!({ "standardsSubscriptionArns": ["a"] })),
        suppression("SUPPRESSED"),
        recorder(json!({ "allSupported": false, "resourceTypes": ["AWS::EC2::Instance"] })),
        call("route53resolver", "DeleteResolverQueryLogConfig", json!({ "resolverQueryLogConfigId": "r" })),
    ] {
        assert_eq!(found([record.clone()]), "detection-narrowed low", "{record}");
    }
    for record in [
        filter("CreateFilter", "NOOP"),
        guardduty("UpdateFilter", json!({ "detectorId": "d1", "filterName": "f", "description": "x" })),
        list(false),
        guardduty("CreateThreatIntelSet", json!({ "detectorId": "d1", "activate": true })),
        call("inspector2", "CreateFilter", json!({ "action": "SUPPRESS", "name": "f" })),
        call("wafv2", "CreateIPSet", json!({ "name": "s", "addresses": [] })),
        call("ec2", "CreateFlowLogs", json!({})),
        feature("ENABLED"),
        suppression("NOTIFIED"),
        recorder(json!({ "allSupported": true })),
        recorder(json!({ "allSupported": false, "recordingStrategy": { "useOnly": "EXCLUSION_BY_RESOURCE_TYPES" } })),
    ] {
        assert_eq!(found([record.clone()]), "", "{record}");
    }
    let set_up = |time: &str| at(time, guardduty("CreateDetector", json!({ "enable": true })));
    assert_eq!(found([set_up("2026-01-02T02:00:00Z"), feature("DISABLED")]), "", "as it is set up");
    assert_eq!(found([set_up("2025-12-02T02:00:00Z"), feature("DISABLED")]), "detection-narrowed low");
    let weeks = [feature("DISABLED"), at("2026-01-12T03:00:00Z", feature("DISABLED"))];
    assert_eq!(found(weeks), "detection-narrowed info", "a tool that writes it again and again");
    let mut refused = flow_logs();
    refused["errorCode"] = json!("Client.UnauthorizedOperation");
    assert_eq!(found([refused]), "iam-changes-denied low");
    let mut aws = flow_logs();
    aws["userIdentity"] = json!({ "type": "AWSService", "invokedBy": "ec2.amazonaws.com" });
    assert_eq!(found([aws]), "", "AWS by itself");
}

#[test]
fn what_watches_is_switched_off() {
    let (medium, low) = ("detection-switched-off medium", "detection-switched-off low");
    let detector = |name: &str, request: Json| call("guardduty", name, request);
    let delete = || detector("DeleteDetector", json!({ "detectorId": "d1" }));
    let set = |on: bool| detector("UpdateDetector", json!({ "detectorId": "d1", "enable": on }));
    let create = |time: &str| at(&format!("2026-01-{time}Z"), detector("CreateDetector", json!({ "enable": true })));
    for record in [
        delete(),
        set(false),
        detector("StopMonitoringMembers", json!({ "detectorId": "d1", "accountIds": [STRANGER] })),
        detector("DeleteMembers", json!({ "detectorId": "d1", "accountIds": [STRANGER] })),
        call("config", "StopConfigurationRecorder", json!({ "configurationRecorderName": "default" })),
        call("config", "DeleteDeliveryChannel", json!({ "deliveryChannelName": "default" })),
        call("securityhub", "DisableSecurityHub", json!(null)),
        call("macie2", "DisableMacie", json!(null)),
        call("inspector2", "Disable", json!({ "resourceTypes": ["EC2"] })),
        call("detective", "DeleteGraph", json!({ "graphArn": "arn:aws:detective:us-east-1:111122223333:graph:1" })),
    ] {
        assert_eq!(found([record.clone()]), medium, "{record}");
    }
    // What a detector looks at, one that is switched on, and what only sounds like it.
    for record in [
        set(true),
        create("02T03:00:00"),
        detector("UpdateDetector", json!({ "detectorId": "d1", "findingPublishingFrequency": "ONE_HOUR" })),
        detector("GetDetector", json!({ "detectorId": "d1" })),
        call("ssm", "Disable", json!({})),
        call("config", "DeleteConfigRule", json!({ "configRuleName": "r" })),
    ] {
        assert_eq!(found([record.clone()]), "", "{record}");
    }
    assert_eq!(found([delete(), create("02T04:00:00")]), low, "it came back");
    assert_eq!(found([delete(), create("04T03:00:00")]), medium, "days later");
    assert_eq!(found([set(false), at("2026-01-02T05:00:00Z", set(true))]), low, "on again");
    let again = at("2026-01-02T04:01:00Z", delete());
    assert_eq!(found([delete(), create("02T04:00:00"), again]), medium, "and off again");
    assert_eq!(found([create("01T03:00:00"), delete()]), medium, "whose it was is not known by that");
    let elsewhere = |mut record: Json| {
        record["awsRegion"] = json!("eu-west-3");
        record
    };
    assert_eq!(found([delete(), elsewhere(create("02T04:00:00"))]), medium, "in another region");
    let idle = at("2026-01-02T04:00:00Z", detector("CreateDetector", json!({ "enable": false })));
    assert_eq!(found([delete(), idle]), medium, "a new one that is off");
    let stop = || detector("StopMonitoringMembers", json!({ "detectorId": "d1", "accountIds": [STRANGER] }));
    assert_eq!(found([stop(), at("2026-01-02T04:00:00Z", set(true))]), medium, "which was on all the time");
    let recorder = call("config", "StartConfigurationRecorder", json!({ "configurationRecorderName": "default" }));
    assert_eq!(found([delete(), at("2026-01-02T04:00:00Z", recorder)]), medium, "another service came");
    let mut refused = delete();
    refused["errorCode"] = json!("AccessDenied");
    assert_eq!(found([refused]), "iam-changes-denied low");
    let mut aws = delete();
    aws["userIdentity"] = json!({ "type": "AWSService", "invokedBy": "organizations.amazonaws.com" });
    assert_eq!(found([aws]), "", "AWS for the organization");
}
