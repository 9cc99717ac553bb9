//! What logs of management events show of actions that were not used.
//!
//! That something was not done is only claimed where AWS documents that it would have been recorded: of services whose every
//! operation is a management event, but for those that are listed here.

/// Services whose operations CloudTrail records as management events, all but [`NOT_RECORDED`].
///
/// KMS is not among them: a trail may leave its events out (`ExcludeManagementEventSources`), and logs do not tell. Nor are
/// services with more data events than are listed here, or whose operations ask for actions of one another in ways that the
/// table does not have (ECS, EKS, Organizations, RDS, Systems Manager).
///
/// Source: "Logging … API calls with AWS CloudTrail" in the guide of each: IAM and STS, Account Management, EC2, CloudTrail,
/// Config, Secrets Manager, S3 (bucket-level actions), Lambda, DynamoDB, SNS, Elastic Load Balancing, EC2 Auto Scaling, ECR,
/// Route 53, GuardDuty, Security Hub, Access Analyzer, ACM.
const RECORDED: &[&str] = &[
    "access-analyzer",
    "account",
    "acm",
    "autoscaling",
    "cloudtrail",
    "config",
    "dynamodb",
    "ec2",
    "ecr",
    "elasticloadbalancing",
    "guardduty",
    "iam",
    "lambda",
    "route53",
    "s3",
    "secretsmanager",
    "securityhub",
    "sns",
    "sts",
];

/// Actions of these services that are data events, which a trail records only where it is told to, or that are not recorded.
///
/// Source: CloudTrail user guide, "Logging data events"; Amazon S3 user guide, "Amazon S3 CloudTrail events"; Amazon DynamoDB developer guide, "Logging DynamoDB operations by using
/// AWS CloudTrail"; Amazon SNS developer guide, "Logging Amazon SNS API calls using AWS CloudTrail".
const NOT_RECORDED: &[(&str, &[&str])] = &[
    (
        "dynamodb",
        &[
            "BatchGetItem",
            "BatchWriteItem",
            "ConditionCheckItem",
            "DeleteItem",
            "GetItem",
            "GetRecords",
            "GetShardIterator",
            "PartiQL*",
            "PutItem",
            "Query",
            "Scan",
            "UpdateItem",
        ],
    ),
    ("lambda", &["Invoke*"]),
    ("s3", &["ListBucket*"]),
    ("sns", &["Publish*"]),
];

/// Services whose events are recorded in one region alone, and only by trails that record global services
/// (`IncludeGlobalServiceEvents`): that they are, only an event of them shows.
///
/// Source: CloudTrail user guide, "Global service events"; Route 53 and Account Management guides, on their logs.
pub const GLOBAL_SERVICES: [&str; 3] = ["account", "iam", "route53"];

/// Why logs do not tell that an action was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknowable {
    /// The action is not in the table.
    NotListed,
    /// No call has its name: it is asked for within others, as `iam:PassRole`, or is not documented.
    WithinOthers,
    /// It is asked for when something is made with tags, too.
    Tags,
    /// It is a data event, which a trail records only where it is told to, or is not recorded.
    DataEvent,
    /// The service is not among those of which all is known to be recorded.
    Service,
}

impl Unknowable {
    /// In words that end a sentence about the action.
    pub const fn why(self) -> &'static str {
        match self {
            Self::NotListed => "the action is not in the table of actions",
            Self::WithinOthers => "no call has its name, so logs may not show whether it was asked for",
            Self::Tags => "it is asked for too when something is made with tags, which has another call",
            Self::DataEvent => "its calls are data events, which a trail records only where it is told to",
            Self::Service => "not all calls of the service are known to be recorded as management events",
        }
    }
}

/// Why logs would not show an action of that name.
pub(super) fn unknowable(prefix: &str, name: &str, is_operation: bool) -> Option<Unknowable> {
    if !RECORDED.contains(&prefix) {
        return Some(Unknowable::Service);
    }
    let listed = NOT_RECORDED.iter().filter(|(service, _)| *service == prefix).flat_map(|(_, names)| *names);
    let is_listed = listed.into_iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(begin) => name.starts_with(begin),
        None => *pattern == name,
    });
    // Of S3, what is not of a bucket as a whole: objects, access points, grants.
    if is_listed || prefix == "s3" && (!name.contains("Bucket") || name.contains("Object")) {
        Some(Unknowable::DataEvent)
    } else if !is_operation {
        Some(Unknowable::WithinOthers)
    } else if name.contains("Tag") {
        Some(Unknowable::Tags)
    } else {
        None
    }
}

/// The services of which it is known what is recorded.
#[cfg(test)]
pub(super) fn services() -> impl Iterator<Item = &'static str> {
    RECORDED.iter().copied()
}
