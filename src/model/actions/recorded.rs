//! What logs of management events show of actions that were not used.
//!
//! That something was not done is only claimed where AWS documents that it would have been recorded: of services whose every
//! operation is a management event, but for those that are listed here.

use super::operations;
use crate::model::pattern_matches as matches;

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
/// What is not on the list of a service's recorded operations is here too.
///
/// Source: CloudTrail user guide, "Logging data events"; Amazon S3 user guide, "Amazon S3 CloudTrail events"; Amazon
/// DynamoDB developer guide, "Logging DynamoDB operations by using AWS CloudTrail"; Amazon SNS developer guide, "Logging
/// Amazon SNS API calls using AWS CloudTrail".
const NOT_RECORDED: &[(&str, &[&str])] = &[
    (
        "dynamodb",
        &[
            "BatchGetItem",
            "BatchWriteItem",
            "ConditionCheckItem",
            "DeleteItem",
            "DescribeEndpoints",
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
    ("guardduty", &["Send*"]),
    ("lambda", &["*DurableExecution*", "Invoke*"]),
    ("s3", &["ListBucket*"]),
    ("sns", &["Publish*"]),
];

/// Actions that services ask for on behalf of somebody: whether that leaves a call of his in the logs is not documented.
///
/// Source: IAM user guide, "Create a service-linked role" (other calls ask for it); AWS Lambda developer guide, "Giving
/// Lambda functions access to resources in an Amazon VPC" and "Using AWS Lambda with Amazon DynamoDB" (execution role
/// permissions); "Using Lambda with Amazon MSK" (the same).
const BY_SERVICES: &[(&str, &[&str])] = &[
    ("dynamodb", &["DescribeStream", "ListStreams"]),
    (
        "ec2",
        &[
            "AssignPrivateIpAddresses",
            "CreateNetworkInterface",
            "DeleteNetworkInterface",
            "DescribeNetworkInterfaces",
            "DescribeSecurityGroups",
            "DescribeSubnets",
            "DescribeVpcs",
            "DetachNetworkInterface",
            "GetSecurityGroupsForVpc",
            "UnassignPrivateIpAddresses",
        ],
    ),
    ("iam", &["CreateServiceLinkedRole"]),
];

/// Services whose events are recorded in one region alone, and only by trails that record global services
/// (`IncludeGlobalServiceEvents`): that they are, only an event of them shows.
///
/// Given is the service whose events show it: those of STS are partly recorded in the region of a call, whatever the trail.
///
/// Source: CloudTrail user guide, "Global service events"; Route 53 and Account Management guides, on their logs.
const GLOBAL_SERVICES: [(&str, &str); 4] =
    [("account", "account"), ("iam", "iam"), ("route53", "route53"), ("sts", "iam")];

/// The service of which an event shows that trails record a global service; `None` of a service that is not global.
pub fn global_witness(service: &str) -> Option<&'static str> {
    GLOBAL_SERVICES.iter().find(|(known, _)| *known == service).map(|(_, witness)| *witness)
}

/// Why logs do not tell that an action was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknowable {
    /// The action is not in the table.
    NotListed,
    /// No call has its name: it is asked for within others, as `iam:PassRole`, or is not documented.
    WithinOthers,
    /// It is asked for when something is made with tags, too.
    Tags,
    /// It needs no permission, so calls do not ask for it.
    NeedsNone,
    /// Services ask for it on behalf of whoever has it.
    ByServices,
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
            Self::NeedsNone => "it needs no permission: everybody may call it",
            Self::ByServices => "services ask for it on behalf of users and roles, which logs may not show",
            Self::DataEvent => "its calls are data events, which a trail records only where it is told to",
            Self::Service => "not all calls of the service are known to be recorded as management events",
        }
    }
}

/// Actions of any service for which there is no call, whatever the reference says.
///
/// Source: Service Authorization Reference, `AllowVendedLogDeliveryForResource` and `SendFindingEvents`: permission only.
const WITHOUT_CALL: &[&str] = &["AllowVendedLogDeliveryForResource", "SendFindingEvents"];

/// Why logs would not show an action of that name.
pub(super) fn unknowable(prefix: &str, name: &str, is_operation: bool) -> Option<Unknowable> {
    if !RECORDED.contains(&prefix) {
        return Some(Unknowable::Service);
    }
    let is_in = |lists: &[(&str, &[&str])]| {
        let of_service = lists.iter().filter(|(service, _)| *service == prefix);
        of_service.flat_map(|(_, names)| *names).any(|pattern| matches(pattern, name))
    };
    // Of S3, what is not of a bucket as a whole: objects, access points, grants.
    if operations::needs_nothing(prefix, name) {
        Some(Unknowable::NeedsNone)
    } else if is_in(NOT_RECORDED) || prefix == "s3" && (!name.contains("Bucket") || name.contains("Object")) {
        Some(Unknowable::DataEvent)
    } else if !is_operation || WITHOUT_CALL.contains(&name) {
        Some(Unknowable::WithinOthers)
    } else if is_in(BY_SERVICES) {
        Some(Unknowable::ByServices)
    } else if name.contains("Tag") || name.contains("Untag") {
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
