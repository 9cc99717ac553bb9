//! What is no longer recorded or kept. A table, with nothing decided in it.

use super::{Lasting, lasting};

/// The kinds, and what takes each back.
///
/// Source: API references of the services.
pub(super) const BLINDED: &[Lasting] = &[
    lasting(
        ("cloudtrail", "DeleteTrail"),
        "trail deleted",
        &["name"],
        &[("CreateTrail", &["name"])],
        "aws cloudtrail describe-trails  # then create-trail",
    ),
    lasting(
        ("cloudtrail", "StopLogging"),
        "trail stopped",
        &["name"],
        &[("StartLogging", &["name"])],
        "aws cloudtrail start-logging --name {name}",
    ),
    lasting(
        ("cloudtrail", "UpdateTrail"),
        "changed trail",
        &["name"],
        &[("DeleteTrail", &["name"])],
        "aws cloudtrail get-trail --name {name}  # what it was before is not in this log; then \
         update-trail",
    ),
    lasting(
        ("cloudtrail", "PutEventSelectors"),
        "what a trail records was changed",
        &["trailName"],
        &[("DeleteTrail", &["name=trailName"])],
        "aws cloudtrail get-event-selectors --trail-name {trailName}  # then put-event-selectors",
    ),
    lasting(
        ("cloudtrail", "PutInsightSelectors"),
        "what a trail looks for was changed",
        &["trailName"],
        &[("DeleteTrail", &["name=trailName"])],
        "aws cloudtrail get-insight-selectors --trail-name {trailName}  # then put-insight-selectors",
    ),
    lasting(
        ("cloudtrail", "DeleteEventDataStore"),
        "event data store deleted",
        &["eventDataStore"],
        &[("RestoreEventDataStore", &["eventDataStore"])],
        "aws cloudtrail restore-event-data-store --event-data-store {eventDataStore}",
    ),
    lasting(
        ("cloudtrail", "StopEventDataStoreIngestion"),
        "event data store stopped",
        &["eventDataStore"],
        &[("StartEventDataStoreIngestion", &["eventDataStore"])],
        "aws cloudtrail start-event-data-store-ingestion --event-data-store {eventDataStore}",
    ),
    lasting(
        ("cloudtrail", "UpdateEventDataStore"),
        "changed event data store",
        &["eventDataStore"],
        &[("DeleteEventDataStore", &["eventDataStore"])],
        "aws cloudtrail get-event-data-store --event-data-store {eventDataStore}  # then \
         update-event-data-store",
    ),
    lasting(
        ("ec2", "DeleteFlowLogs"),
        "flow logs deleted",
        &["content", "flowLogId"],
        &[("CreateFlowLogs", &["item=content|flowLogId"])],
        "aws ec2 describe-flow-logs  # then create-flow-logs",
    ),
    lasting(
        ("logs", "DeleteLogGroup"),
        "log group deleted",
        &["logGroupName"],
        &[("CreateLogGroup", &["logGroupName"])],
        "aws logs describe-log-groups --log-group-name-prefix {logGroupName}  # what it held is gone; \
         then create-log-group",
    ),
    lasting(
        ("logs", "DeleteLogStream"),
        "log stream deleted",
        &["logGroupName", "logStreamName"],
        // One of that name that is made anew holds none of it; and programs make streams all day.
        &[],
        "aws logs describe-log-streams --log-group-name {logGroupName}  # what it held is gone",
    ),
    lasting(
        ("logs", "PutRetentionPolicy"),
        "how long logs are kept was changed",
        &["logGroupName"],
        &[("DeleteRetentionPolicy", &["logGroupName"]), ("DeleteLogGroup", &["logGroupName"])],
        "aws logs describe-log-groups --log-group-name-prefix {logGroupName}  # then put-retention-policy",
    ),
    lasting(
        ("logs", "DeleteSubscriptionFilter"),
        "logs no longer sent on",
        &["logGroupName", "filterName"],
        &[("PutSubscriptionFilter", &["logGroupName", "filterName"])],
        "aws logs describe-subscription-filters --log-group-name {logGroupName}  # then \
         put-subscription-filter",
    ),
    lasting(
        ("logs", "DeleteMetricFilter"),
        "filter that counts log lines deleted",
        &["logGroupName", "filterName"],
        &[("PutMetricFilter", &["logGroupName", "filterName"])],
        "aws logs describe-metric-filters --log-group-name {logGroupName}  # then put-metric-filter",
    ),
    lasting(
        ("monitoring", "DeleteAlarms"),
        "alarms deleted",
        &["alarmNames"],
        &[("PutMetricAlarm", &["alarmName=alarmNames"])],
        "aws cloudwatch describe-alarms  # what they watched is not in this log; then put-metric-alarm",
    ),
    lasting(
        ("monitoring", "DisableAlarmActions"),
        "alarms that tell nobody",
        &["alarmNames"],
        &[("EnableAlarmActions", &["*alarmNames"])],
        "aws cloudwatch enable-alarm-actions --alarm-names {alarmNames}",
    ),
    lasting(
        ("events", "DisableRule"),
        "rule of EventBridge disabled",
        &["name"],
        &[("EnableRule", &["name"])],
        "aws events enable-rule --name {name}",
    ),
    lasting(
        ("events", "DeleteRule"),
        "rule of EventBridge deleted",
        &["name"],
        &[("PutRule", &["name"])],
        "aws events list-rules  # what it matched is not in this log; then put-rule",
    ),
    lasting(
        ("events", "RemoveTargets"),
        "targets of a rule removed",
        &["rule", "+ids"],
        &[("PutTargets", &["rule", "*id=ids"])],
        "aws events list-targets-by-rule --rule {rule}  # then put-targets",
    ),
    lasting(
        ("route53resolver", "DeleteResolverQueryLogConfig"),
        "query logs of the resolver deleted",
        &["resolverQueryLogConfigId"],
        &[("CreateResolverQueryLogConfig", &["id=resolverQueryLogConfigId"])],
        "aws route53resolver list-resolver-query-log-configs  # then create-resolver-query-log-config",
    ),
    lasting(
        ("route53resolver", "DisassociateResolverQueryLogConfig"),
        "query logs of a VPC switched off",
        &["resolverQueryLogConfigId", "resourceId"],
        &[("AssociateResolverQueryLogConfig", &["resolverQueryLogConfigId", "resourceId"])],
        "aws route53resolver associate-resolver-query-log-config --resolver-query-log-config-id \
         {resolverQueryLogConfigId} --resource-id {resourceId}",
    ),
    lasting(
        ("wafv2", "DeleteLoggingConfiguration"),
        "logs of a web ACL switched off",
        &["resourceArn"],
        &[("PutLoggingConfiguration", &["resourceArn"])],
        "aws wafv2 get-web-acl-for-resource --resource-arn {resourceArn}  # where it logged is not in \
         this log; then put-logging-configuration",
    ),
    lasting(
        ("wafv2", "DisassociateWebACL"),
        "web ACL taken from a resource",
        &["resourceArn"],
        &[("AssociateWebACL", &["resourceArn"])],
        "aws wafv2 get-web-acl-for-resource --resource-arn {resourceArn}  # then associate-web-acl",
    ),
    lasting(
        ("bedrock", "DeleteModelInvocationLoggingConfiguration"),
        "logs of model calls switched off",
        &[],
        &[("PutModelInvocationLoggingConfiguration", &[])],
        "aws bedrock get-model-invocation-logging-configuration  # then \
         put-model-invocation-logging-configuration",
    ),
    lasting(
        ("s3", "PutBucketLifecycle"),
        "lifecycle rule of a bucket",
        &["bucketName"],
        &[("DeleteBucketLifecycle", &["bucketName"]), ("DeleteBucket", &["bucketName"])],
        "aws s3api get-bucket-lifecycle-configuration --bucket {bucketName}  # then \
         delete-bucket-lifecycle",
    ),
    lasting(
        ("s3", "PutBucketLogging"),
        "access logs of a bucket",
        &["bucketName"],
        &[("DeleteBucket", &["bucketName"])],
        "aws s3api get-bucket-logging --bucket {bucketName}  # then put-bucket-logging",
    ),
    lasting(
        ("s3", "PutBucketVersioning"),
        "versions of a bucket no longer kept",
        &["bucketName"],
        &[("PutBucketVersioning", &["bucketName", "Status:Enabled"]), ("DeleteBucket", &["bucketName"])],
        "aws s3api put-bucket-versioning --bucket {bucketName} --versioning-configuration Status=Enabled",
    )
    .only("Status:Suspended"),
    lasting(
        ("kms", "ScheduleKeyDeletion"),
        "key that will be deleted",
        &["keyId"],
        &[("CancelKeyDeletion", &["keyId"]), ("CreateKey", &["keyId"])],
        "aws kms cancel-key-deletion --key-id {keyId}  # then enable-key",
    ),
    lasting(
        ("kms", "DisableKey"),
        "key that was disabled",
        &["keyId"],
        &[("EnableKey", &["keyId"]), ("CreateKey", &["keyId"])],
        "aws kms enable-key --key-id {keyId}",
    ),
    lasting(
        ("kms", "DeleteImportedKeyMaterial"),
        "key without its material",
        &["keyId"],
        &[("ImportKeyMaterial", &["keyId"])],
        "aws kms describe-key --key-id {keyId}  # then import-key-material",
    ),
    lasting(
        ("secretsmanager", "DeleteSecret"),
        "secret that will be deleted",
        &["secretId"],
        &[("RestoreSecret", &["secretId"]), ("CreateSecret", &["name=secretId"])],
        "aws secretsmanager restore-secret --secret-id {secretId}  # within its recovery window; not \
         where it was deleted by force",
    ),
];
