//! What a call was about: the resources that a record lists, and those that its parameters and its response name.
//!
//! `resources` stands in few records. Which members name a resource is a table by service: the same word names a resource of
//! one service and nothing of another.

use super::{Event, Raw, text};
use crate::json::each_field;

/// Members that name a resource, at any depth, by the host of the service without `.amazonaws.com`. A list there names one
/// a member.
///
/// Source: the API references of the services, whose names CloudTrail writes with a small first letter (`dBInstanceIdentifier`).
const NAMES: &[(&str, &[&str])] = &[
    ("apigateway", &["restApiId", "apiId", "domainName"]),
    ("athena", &["workGroup", "queryExecutionId"]),
    ("autoscaling", &["autoScalingGroupName", "launchConfigurationName"]),
    ("bedrock", &["modelId", "agentId", "knowledgeBaseId", "guardrailIdentifier"]),
    ("cloudformation", &["stackName", "stackId", "stackSetName"]),
    ("cloudfront", &["distributionId"]),
    ("cloudtrail", &["name", "trailName", "trailNameList", "eventDataStore", "channel"]),
    ("codebuild", &["projectName"]),
    ("cognito-idp", &["userPoolId"]),
    ("config", &["configurationRecorderName", "configRuleName", "deliveryChannelName"]),
    ("dynamodb", &["tableName", "tableArn", "backupArn", "s3Bucket"]),
    (
        "ec2",
        &[
            "instanceId",
            "instanceIds",
            "imageId",
            "snapshotId",
            "volumeId",
            "groupId",
            "groupName",
            "vpcId",
            "subnetId",
            "keyName",
            "networkInterfaceId",
            "allocationId",
            "internetGatewayId",
            "natGatewayId",
            "routeTableId",
            "networkAclId",
            "vpcEndpointId",
            "vpcPeeringConnectionId",
            "flowLogId",
            "launchTemplateId",
            "launchTemplateName",
            "iamInstanceProfile",
            "arn",
        ],
    ),
    ("ec2-instance-connect", &["instanceId", "instanceOSUser"]),
    ("ecr", &["repositoryName"]),
    ("ecs", &["cluster", "service", "taskDefinition", "task"]),
    ("eks", &["clusterName", "name", "principalArn"]),
    ("elasticfilesystem", &["fileSystemId"]),
    ("elasticloadbalancing", &["loadBalancerArn", "loadBalancerName", "targetGroupArn"]),
    ("es", &["domainName"]),
    ("events", &["rule", "name"]),
    ("glue", &["databaseName", "jobName", "crawlerName"]),
    ("guardduty", &["detectorId"]),
    (
        "iam",
        &[
            "userName",
            "roleName",
            "groupName",
            "policyName",
            "policyArn",
            "instanceProfileName",
            "accessKeyId",
            "serialNumber",
            "sAMLProviderArn",
            "openIDConnectProviderArn",
            "serverCertificateName",
            "certificateId",
            "serviceSpecificCredentialId",
            "sSHPublicKeyId",
            "accountAlias",
        ],
    ),
    ("kms", &["keyId", "aliasName", "targetKeyId", "grantId"]),
    ("lambda", &["functionName", "layerName", "functionArn"]),
    ("logs", &["logGroupName", "logStreamName", "destination"]),
    ("organizations", &["accountId", "policyId", "targetId", "handshakeId"]),
    ("ram", &["resourceShareArn", "resourceArns", "principals"]),
    (
        "rds",
        &[
            "dBInstanceIdentifier",
            "dBClusterIdentifier",
            "dBSnapshotIdentifier",
            "dBClusterSnapshotIdentifier",
            "finalDBSnapshotIdentifier",
            "targetDBSnapshotIdentifier",
            "sourceDBSnapshotIdentifier",
            "exportTaskIdentifier",
            "s3BucketName",
        ],
    ),
    ("redshift", &["clusterIdentifier", "snapshotIdentifier"]),
    ("rolesanywhere", &["trustAnchorId", "profileId", "name", "roleArns"]),
    ("route53", &["hostedZoneId", "id"]),
    ("s3", &["bucketName"]),
    ("sagemaker", &["notebookInstanceName", "endpointName", "modelName"]),
    ("secretsmanager", &["secretId", "name"]),
    ("ses", &["identity", "emailAddress", "identities"]),
    ("signin", &["switchTo"]),
    ("sns", &["topicArn"]),
    ("sqs", &["queueUrl", "queueName"]),
    ("ssm", &["name", "names", "documentName", "instanceId", "instanceIds", "target"]),
    ("sso", &["permissionSetArn", "instanceArn", "principalId", "targetId", "accountId", "roleName"]),
    ("states", &["stateMachineArn"]),
    ("sts", &["roleArn", "targetPrincipal"]),
];

/// How deep a name may stand.
const DEEPEST: usize = 6;

/// Shows every resource that the record names, perhaps some of them twice: what `resources` lists, then what
/// requestParameters name, then what responseElements do, then what a refusal was about. An object of S3 is shown as `bucket/key`.
pub fn each_resource(event: &Event<'_>, show: &mut dyn FnMut(&str)) {
    each_of_record(event, show);
    if let Some(refused) = refused(event.error_message) {
        show(refused);
    }
}

/// The ARN that a message of refusal names, whose record has no parameters: `… is not authorized to perform: sts:AssumeRole on
/// resource: arn:… because …`. A message is not for programs, and what it says otherwise names nothing.
///
/// Source: IAM user guide, "Troubleshoot access denied error messages".
fn refused(message: &str) -> Option<&str> {
    let (before, rest) = message.split_once(" on resource: ")?;
    let named = rest.trim_start_matches(['"', '\'']).split([' ', '"', '\'']).next()?.trim_end_matches(['.', ',', ';']);
    (before.contains("not authorized to perform: ") && named.starts_with("arn:") && !named.ends_with('*'))
        .then_some(named)
}

fn each_of_record(event: &Event<'_>, show: &mut dyn FnMut(&str)) {
    each_member(event.resources, &mut |listed| {
        each_field(listed.json(), |name, value| {
            if matches!(name, "ARN" | "arn") {
                shown(&value.text(), show);
            }
        });
    });
    let service = event.event_source.strip_suffix(".amazonaws.com").unwrap_or(event.event_source);
    let Some((_, names)) = NAMES.iter().find(|(known, _)| *known == service) else { return };
    if service == "s3" {
        object(event.request_parameters, show);
    }
    for document in [event.request_parameters, event.response_elements] {
        within(document, names, DEEPEST, show);
    }
}

/// An object of S3.
fn object(parameters: &str, show: &mut dyn FnMut(&str)) {
    let [bucket, key] = super::members(parameters, ["bucketName", "key"]).map(text);
    if !bucket.is_empty() && !key.is_empty() {
        show(&format!("{bucket}/{key}"));
    }
}

fn within(json: &str, names: &[&str], depth: usize, show: &mut dyn FnMut(&str)) {
    if depth == 0 {
        return;
    }
    each_field(json.trim_ascii(), |name, value| {
        let is_name = names.contains(&name);
        let raw = value.raw();
        match raw {
            Raw::Container(list) if list.starts_with('[') => each_member(list, &mut |member| match member {
                Raw::Container(inner) => within(inner, names, depth - 1, show),
                leaf if is_name => shown(&text(leaf), show),
                _ => {}
            }),
            Raw::Container(inner) => within(inner, names, depth - 1, show),
            leaf if is_name => shown(&text(leaf), show),
            _ => {}
        }
    });
}

/// Shows what stands for a name, but for nothing at all and for any.
fn shown(name: &str, show: &mut dyn FnMut(&str)) {
    if !name.is_empty() && name != "*" {
        show(name);
    }
}

/// The members of a JSON list; none of what is no list, and no more behind a place that is not JSON.
fn each_member(list: &str, each: &mut dyn FnMut(Raw<'_>)) {
    let list = list.trim_ascii();
    let bytes = list.as_bytes();
    if bytes.first() != Some(&b'[') {
        return;
    }
    let mut at = crate::json::fields::skip_space(bytes, 1);
    while bytes.get(at).is_some_and(|&byte| byte != b']') {
        let Ok((member, after)) = crate::json::fields::value_at(list, at) else { return };
        each(member);
        let next = crate::json::fields::skip_space(bytes, after);
        if bytes.get(next) != Some(&b',') {
            return;
        }
        at = crate::json::fields::skip_space(bytes, next + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{UserIdentity, testing};

    fn of(service: &str, [resources, request, response]: [&str; 3]) -> Vec<String> {
        let identity = UserIdentity::default();
        let host = format!("{service}.amazonaws.com");
        let event = Event {
            event_source: &host,
            resources,
            request_parameters: request,
            response_elements: response,
            ..testing::event(&identity)
        };
        let mut found = Vec::new();
        each_resource(&event, &mut |name| found.push(name.to_owned()));
        found
    }

    #[test]
    fn a_refusal_names_what_it_was_about() {
        let role = "arn:aws:iam::111122223333:role/prod-admin";
        let user = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole";
        for (message, named) in [
            (format!("{user} on resource: {role}"), Some(role)),
            (
                format!("{user} on resource: {role} because no identity-based policy allows the sts:AssumeRole action"),
                Some(role),
            ),
            (format!("{user} on resource: {role} with an explicit deny in a service control policy"), Some(role)),
            (format!("{user} on resource: \"arn:aws:s3:::payroll\""), Some("arn:aws:s3:::payroll")),
            (format!("{user} on resource: *"), None),
            (format!("{user} on resource: arn:aws:ec2:us-east-1:111122223333:instance/*"), None),
            (format!("{user} on resource: user alice"), None),
            (user.to_owned(), None),
            (format!("no such thing on resource: {role}"), None),
            (String::new(), None),
        ] {
            assert_eq!(refused(&message), named, "{message}");
        }
        let identity = UserIdentity::default();
        let message = format!("{user} on resource: {role}");
        let event = Event { event_source: "sts.amazonaws.com", error_message: &message, ..testing::event(&identity) };
        let mut found = Vec::new();
        each_resource(&event, &mut |name| found.push(name.to_owned()));
        assert_eq!(found, [role]);
    }

    #[test]
    fn names_and_their_near_misses() {
        let listed =
            r#"[{"ARN":"arn:aws:s3:::b","accountId":"1"},{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b/k"}]"#;
        assert_eq!(
            of("s3", [listed, r#"{"bucketName":"b","key":"k"}"#, ""]),
            ["arn:aws:s3:::b", "arn:aws:s3:::b/k", "b/k", "b"]
        );
        let instances =
            r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]},"instanceType":"t2.micro"}"#;
        assert_eq!(
            of("ec2", ["", instances, r#"{"instancesSet":{"items":[{"instanceId":"i-3"}]}}"#]),
            ["i-1", "i-2", "i-3"]
        );
        assert_eq!(of("ssm", ["", r#"{"names":["/a","/b"],"withDecryption":true}"#, ""]), ["/a", "/b"]);
        assert_eq!(
            of("iam", ["", r#"{"userName":"eve","path":"/"}"#, r#"{"accessKey":{"accessKeyId":"AKIA1"}}"#]),
            ["eve", "AKIA1"]
        );
        // The same word of another service, a name of nothing, and what is no JSON.
        assert_eq!(of("sts", ["", r#"{"name":"x","roleArn":"arn:aws:iam::1:role/r"}"#, ""]), ["arn:aws:iam::1:role/r"]);
        assert_eq!(of("s3", ["", r#"{"bucketName":"","key":"k"}"#, ""]), [""; 0]);
        for odd in ["", "null", "[1", "{", "\"bucketName\"", r#"{"bucketName":"#] {
            assert_eq!(of("s3", [odd, odd, odd]), [""; 0], "{odd}");
        }
    }
}
