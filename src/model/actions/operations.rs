//! How calls in a log are called in policies, where that differs.

/// `eventSource`, without what ends the host, whose service has another prefix in policies.
///
/// Source: the pages of these services in the Service Authorization Reference, beside AWS's service endpoints.
const PREFIXES: &[(&str, &str)] = &[
    ("cloudcontrolapi", "cloudformation"),
    ("data.iot", "iot"),
    ("email", "ses"),
    ("managed-grafana", "grafana"),
    ("metering.marketplace", "aws-marketplace"),
    ("models.lex", "lex"),
    ("monitoring", "cloudwatch"),
    ("runtime.lex", "lex"),
    ("streams.dynamodb", "dynamodb"),
    ("tagging", "tag"),
];

/// Services of the same `eventSource` as another, whose calls are told apart by their names.
///
/// Source: Application Auto Scaling user guide, "Log Application Auto Scaling API calls using AWS CloudTrail"; AWS Auto
/// Scaling user guide, "Logging AWS Auto Scaling API calls using AWS CloudTrail".
const SHARED: &[(&str, &[&str])] = &[("autoscaling", &["application-autoscaling", "autoscaling-plans"])];

/// Events that are not calls of an API that IAM would be asked about.
///
/// Source: IAM user guide, "Logging IAM and AWS STS API calls": sign-ins.
const NOT_CALLS: &[&str] = &["signin"];

/// Calls that need no permission.
///
/// Source: AWS STS API reference, GetCallerIdentity, GetSessionToken: "No permissions are required".
const WITHOUT_PERMISSION: &[(&str, &str)] = &[("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")];

/// Operations, as CloudTrail names them, that need actions of other names; with a prefix where services share a source, and
/// the name does not tell which of them it is.
///
/// Source: Amazon S3 user guide, "Required permissions for Amazon S3 API operations" and "Amazon S3 CloudTrail events";
/// AWS Lambda developer guide, API reference, Invoke and InvokeWithResponseStream; Amazon DynamoDB developer guide,
/// "DynamoDB API permissions" and "IAM and PartiQL".
const OPERATIONS: &[(&str, &str, &[&str])] = &[
    (
        "autoscaling",
        "DescribeScalingActivities",
        &["DescribeScalingActivities", "application-autoscaling:DescribeScalingActivities"],
    ),
    (
        "autoscaling",
        "GetPredictiveScalingForecast",
        &["GetPredictiveScalingForecast", "application-autoscaling:GetPredictiveScalingForecast"],
    ),
    ("autoscaling", "PutScalingPolicy", &["PutScalingPolicy", "application-autoscaling:PutScalingPolicy"]),
    ("dynamodb", "BatchExecuteStatement", &["PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"]),
    ("dynamodb", "ExecuteStatement", &["PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"]),
    ("dynamodb", "ExecuteTransaction", &["PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"]),
    ("dynamodb", "TransactGetItems", &["GetItem"]),
    ("dynamodb", "TransactWriteItems", &["ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"]),
    ("lambda", "InvokeWithResponseStream", &["InvokeFunction"]),
    ("s3", "CompleteMultipartUpload", &["PutObject"]),
    ("s3", "CopyObject", &["GetObject", "PutObject"]),
    ("s3", "CreateMultipartUpload", &["PutObject"]),
    ("s3", "DeleteAccountPublicAccessBlock", &["PutAccountPublicAccessBlock"]),
    ("s3", "DeleteBucketAnalyticsConfiguration", &["PutAnalyticsConfiguration"]),
    ("s3", "DeleteBucketCors", &["PutBucketCORS"]),
    ("s3", "DeleteBucketEncryption", &["PutEncryptionConfiguration"]),
    ("s3", "DeleteBucketIntelligentTieringConfiguration", &["PutIntelligentTieringConfiguration"]),
    ("s3", "DeleteBucketInventoryConfiguration", &["PutInventoryConfiguration"]),
    ("s3", "DeleteBucketLifecycle", &["PutLifecycleConfiguration"]),
    ("s3", "DeleteBucketMetricsConfiguration", &["PutMetricsConfiguration"]),
    ("s3", "DeleteBucketOwnershipControls", &["PutBucketOwnershipControls"]),
    ("s3", "DeleteBucketPublicAccessBlock", &["PutBucketPublicAccessBlock"]),
    ("s3", "DeleteBucketReplication", &["PutReplicationConfiguration"]),
    ("s3", "DeleteBucketTagging", &["PutBucketTagging"]),
    ("s3", "DeleteObjects", &["DeleteObject"]),
    ("s3", "GetBucketLifecycle", &["GetLifecycleConfiguration"]),
    ("s3", "GetBucketNotificationConfiguration", &["GetBucketNotification"]),
    ("s3", "HeadBucket", &["ListBucket"]),
    ("s3", "HeadObject", &["GetObject"]),
    ("s3", "ListBucketAnalyticsConfigurations", &["GetAnalyticsConfiguration"]),
    ("s3", "ListBucketIntelligentTieringConfigurations", &["GetIntelligentTieringConfiguration"]),
    ("s3", "ListBucketInventoryConfigurations", &["GetInventoryConfiguration"]),
    ("s3", "ListBucketMetricsConfigurations", &["GetMetricsConfiguration"]),
    ("s3", "ListObjects", &["ListBucket"]),
    ("s3", "PutBucketLifecycle", &["PutLifecycleConfiguration"]),
    ("s3", "PutBucketNotificationConfiguration", &["PutBucketNotification"]),
    ("s3", "SelectObjectContent", &["GetObject"]),
    ("s3", "UploadPart", &["PutObject"]),
    ("s3", "UploadPartCopy", &["GetObject", "PutObject"]),
];

/// Operations with several actions that need all of them; of the others one may be enough, by what is asked.
///
/// Source: Amazon S3 user guide, "Required permissions for Amazon S3 API operations".
const NEED_ALL: &[&str] = &["s3:CopyObject", "s3:UploadPartCopy"];

/// Actions that an operation may need beside its own and the Service Authorization Reference does not list.
///
/// Source: the API reference of each operation, "Required permissions" or "Permissions"; Amazon EC2 Auto Scaling user guide,
/// "Control Amazon EC2 launch template usage in Auto Scaling groups"; Amazon EC2 user guide, "Spot Instance requests" and
/// "EC2 Fleet prerequisites"; IAM user guide, "Create a service-linked role".
const OTHERS: &[(&str, &[&str])] = &[
    ("autoscaling:CreateAutoScalingGroup", &["ec2:RunInstances"]),
    ("autoscaling:UpdateAutoScalingGroup", &["ec2:RunInstances"]),
    ("dynamodb:CreateTable", &["dynamodb:PutResourcePolicy"]),
    ("dynamodb:UpdateTable", &["dynamodb:CreateTable", "dynamodb:DeleteTable"]),
    ("ec2:CreateFleet", &["ec2:RunInstances"]),
    ("ec2:ModifyFleet", &["ec2:RunInstances"]),
    ("ec2:RequestSpotFleet", &["ec2:RunInstances"]),
    ("ec2:RequestSpotInstances", &["ec2:RunInstances"]),
    ("ecr:BatchGetImage", &["ecr:CreateRepository"]),
    ("iam:CreateServiceLinkedRole", &["iam:AttachRolePolicy", "iam:PutRolePolicy"]),
    ("lambda:CreateFunction", OF_FUNCTIONS),
    ("lambda:GetFunction", &["lambda:ListTags"]),
    ("lambda:UpdateFunctionCode", OF_FUNCTIONS),
    ("lambda:UpdateFunctionConfiguration", &["lambda:GetLayerVersion"]),
    ("s3:CreateBucket", &["s3:PutBucketAcl", "s3:PutBucketOwnershipControls", "s3:PutBucketVersioning"]),
    ("secretsmanager:BatchGetSecretValue", &["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets"]),
    ("secretsmanager:CreateSecret", &["secretsmanager:ReplicateSecretToRegions"]),
    ("secretsmanager:ValidateResourcePolicy", &["secretsmanager:PutResourcePolicy"]),
    ("signin:SwitchRole", &["sts:AssumeRole"]),
];

/// What making a function may ask for: layers, and the image that it runs.
///
/// Source: AWS Lambda developer guide, "Create a Lambda function using a container image", Amazon ECR permissions.
const OF_FUNCTIONS: &[&str] = &[
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetRepositoryPolicy",
    "ecr:SetRepositoryPolicy",
    "lambda:GetLayerVersion",
];

/// Whether a call, `s3:CopyObject`, needs all actions that are listed for it.
pub(super) fn needs_all(call: &str) -> bool {
    NEED_ALL.contains(&call)
}

/// The verbs of API Gateway's actions, by how an operation begins.
///
/// Source: API Gateway developer guide, "Actions, resources, and condition keys for Amazon API Gateway Management": the
/// actions are the HTTP methods of its REST operations.
const VERBS: &[(&str, &str)] = &[
    ("Create", "POST"),
    ("Delete", "DELETE"),
    ("Export", "GET"),
    ("Generate", "POST"),
    ("Get", "GET"),
    ("Put", "PUT"),
    ("Update", "PATCH"),
];

/// The prefix in policies of the service that an `eventSource` names; `None` where its events are not calls.
pub(super) fn service_of(event_source: &str) -> Option<&str> {
    let ends = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws"];
    let host = ends.iter().find_map(|end| event_source.strip_suffix(end)).unwrap_or(event_source);
    let prefix = PREFIXES.iter().find(|(source, _)| *source == host).map_or(host, |(_, prefix)| prefix);
    (!NOT_CALLS.contains(&prefix)).then_some(prefix)
}

/// Whether a call needs no permission.
pub(super) fn needs_nothing(prefix: &str, event_name: &str) -> bool {
    WITHOUT_PERMISSION.contains(&(prefix, event_name))
}

/// The name of an operation without the version that CloudTrail appends to those of Lambda and CloudFront:
/// `CreateFunction20150331`, `GetFunction20150331v2`, `GetDistribution2016_09_29`.
///
/// Source: AWS Lambda developer guide, "Logging AWS Lambda API calls using AWS CloudTrail"; Amazon CloudFront developer guide,
/// "Logging Amazon CloudFront API calls using AWS CloudTrail".
pub(super) fn without_version(event_name: &str) -> &str {
    let base = match event_name.rsplit_once('v') {
        Some((before, version)) if before.ends_with(|c: char| c.is_ascii_digit()) && is_number(version) => before,
        _ => event_name,
    };
    let name = base.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let digits = base[name.len()..].bytes().filter(u8::is_ascii_digit).count();
    if digits == 8 { name } else { event_name }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The prefixes of services that share an event source with that of this prefix.
pub(super) fn sharing(prefix: &str) -> &'static [&'static str] {
    SHARED.iter().find(|(first, _)| *first == prefix).map_or(&[], |(_, others)| others)
}

/// An action of a service, or as it is listed with a prefix of its own.
pub(super) fn action(prefix: &str, name: &str) -> String {
    if name.contains(':') { name.to_owned() } else { format!("{prefix}:{name}") }
}

/// The actions that are listed for an operation.
pub(super) fn listed(prefix: &str, operation: &str) -> Option<Vec<&'static str>> {
    let found = OPERATIONS.iter().find(|(service, name, _)| (*service, *name) == (prefix, operation));
    found.map(|(.., actions)| actions.to_vec())
}

/// The action of an operation of API Gateway.
pub(super) fn by_verb(prefix: &str, operation: &str) -> Option<Vec<&'static str>> {
    let verb = VERBS.iter().find(|(begin, _)| prefix == "apigateway" && operation.starts_with(begin));
    verb.map(|(_, action)| vec![*action])
}

/// The actions that are listed beside an operation's own.
pub(super) fn others(operation: &str) -> &'static [&'static str] {
    OTHERS.iter().find(|(name, _)| *name == operation).map_or(&[], |(_, others)| others)
}

/// Every action that is named here.
#[cfg(test)]
pub(super) fn all_named() -> impl Iterator<Item = String> {
    let of_operations =
        OPERATIONS.iter().flat_map(|(prefix, _, names)| names.iter().map(move |name| action(prefix, name)));
    let of_verbs = VERBS.iter().map(|(_, action)| format!("apigateway:{action}"));
    let others = OTHERS.iter().flat_map(|(operation, others)| others.iter().chain([operation]));
    of_operations.chain(of_verbs).chain(others.map(|action| (*action).to_owned()))
}
