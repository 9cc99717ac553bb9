//! What is opened or shared: functions, images, databases, networks, addresses. A table, with nothing decided in it.

use super::{Lasting, lasting};

/// The kinds, and what takes each back.
///
/// Source: API references of the services.
pub(super) const OPENED: &[Lasting] = &[
    lasting(
        ("lambda", "AddPermission"),
        "function opened to others",
        &["functionName", "statementId"],
        &[("RemovePermission", &["functionName", "statementId"]), ("DeleteFunction", &["functionName"])],
        "aws lambda remove-permission --function-name {functionName} --statement-id {statementId}",
    ),
    lasting(
        ("lambda", "AddLayerVersionPermission"),
        "layer opened to others",
        &["layerName", "versionNumber", "statementId"],
        &[
            ("RemoveLayerVersionPermission", &["layerName", "versionNumber", "statementId"]),
            ("DeleteLayerVersion", &["layerName", "versionNumber"]),
        ],
        "aws lambda remove-layer-version-permission --layer-name {layerName} --version-number \
         {versionNumber} --statement-id {statementId}",
    ),
    lasting(
        ("lambda", "CreateFunctionUrlConfig"),
        "URL of a function",
        &["functionName"],
        &[("DeleteFunctionUrlConfig", &["functionName"]), ("DeleteFunction", &["functionName"])],
        "aws lambda delete-function-url-config --function-name {functionName}",
    ),
    lasting(
        ("lambda", "UpdateFunctionUrlConfig"),
        "URL of a function opened to everybody",
        &["functionName"],
        &[
            ("UpdateFunctionUrlConfig", &["functionName", "authType:AWS_IAM"]),
            ("DeleteFunctionUrlConfig", &["functionName"]),
            ("DeleteFunction", &["functionName"]),
        ],
        "aws lambda update-function-url-config --function-name {functionName} --auth-type AWS_IAM",
    )
    .only("authType:NONE"),
    lasting(
        ("ec2", "ModifyImageAttribute"),
        "image shared",
        &["imageId", "userId", "group", "organizationArn"],
        &[
            ("ModifyImageAttribute", &["imageId", "*userId|group|organizationArn"]),
            ("DeregisterImage", &["imageId"]),
            ("ResetImageAttribute", &["imageId"]),
        ],
        "aws ec2 reset-image-attribute --image-id {imageId} --attribute launchPermission",
    ),
    lasting(
        ("ec2", "ModifySnapshotAttribute"),
        "snapshot shared",
        &["snapshotId", "userId", "group"],
        &[
            ("ModifySnapshotAttribute", &["snapshotId", "*userId|group"]),
            ("DeleteSnapshot", &["snapshotId"]),
            ("ResetSnapshotAttribute", &["snapshotId"]),
        ],
        "aws ec2 reset-snapshot-attribute --snapshot-id {snapshotId} --attribute createVolumePermission",
    ),
    lasting(
        ("ec2", "AuthorizeSecurityGroupIngress"),
        "security group opened",
        &["groupId", "+securityGroupRuleId", "+cidrIp", "+cidrIpv6", "+ipProtocol", "+fromPort", "+toPort"],
        &[
            ("RevokeSecurityGroupIngress", &["groupId", "*securityGroupRuleId"]),
            ("RevokeSecurityGroupIngress", &["groupId", "ipProtocol", "fromPort", "*cidrIp"]),
            ("DeleteSecurityGroup", &["groupId"]),
        ],
        "aws ec2 describe-security-group-rules --filters Name=group-id,Values={groupId}  # then \
         revoke-security-group-ingress",
    )
    .more(&["{ipProtocol}", "port {fromPort}", "to {toPort}", "for {cidrIp|cidrIpv6}"]),
    lasting(
        ("ec2", "AcceptVpcPeeringConnection"),
        "VPC peering accepted",
        &["vpcPeeringConnectionId"],
        &[("DeleteVpcPeeringConnection", &["vpcPeeringConnectionId"])],
        "aws ec2 describe-vpc-peering-connections --vpc-peering-connection-ids {vpcPeeringConnectionId}  \
         # then delete-vpc-peering-connection",
    ),
    lasting(
        ("ec2", "CreateInstanceConnectEndpoint"),
        "endpoint into a subnet",
        &["instanceConnectEndpointId"],
        &[("DeleteInstanceConnectEndpoint", &["InstanceConnectEndpointId=instanceConnectEndpointId"])],
        "aws ec2 delete-instance-connect-endpoint --instance-connect-endpoint-id \
         {instanceConnectEndpointId}",
    ),
    lasting(
        ("ec2", "CreateTrafficMirrorSession"),
        "traffic mirrored",
        &["trafficMirrorSessionId"],
        &[("DeleteTrafficMirrorSession", &["TrafficMirrorSessionId=trafficMirrorSessionId"])],
        "aws ec2 delete-traffic-mirror-session --traffic-mirror-session-id {trafficMirrorSessionId}",
    ),
    lasting(
        ("ec2", "DisableSnapshotBlockPublicAccess"),
        "public snapshots allowed",
        &[],
        &[("EnableSnapshotBlockPublicAccess", &[])],
        "aws ec2 enable-snapshot-block-public-access --state block-all-sharing",
    ),
    lasting(
        ("ec2", "DisableImageBlockPublicAccess"),
        "public images allowed",
        &[],
        &[("EnableImageBlockPublicAccess", &[])],
        "aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing",
    ),
    lasting(
        ("ec2", "EnableSerialConsoleAccess"),
        "serial console opened",
        &[],
        &[("DisableSerialConsoleAccess", &[])],
        "aws ec2 disable-serial-console-access",
    ),
    lasting(
        ("ec2", "ModifyInstanceMetadataOptions"),
        "instance metadata without a token",
        &["InstanceId"],
        &[
            ("ModifyInstanceMetadataOptions", &["InstanceId", "HttpTokens:required"]),
            ("TerminateInstances", &["instanceId=InstanceId"]),
        ],
        "aws ec2 modify-instance-metadata-options --instance-id {InstanceId} --http-tokens required",
    )
    .only("HttpTokens:optional"),
    lasting(
        ("rds", "ModifyDBSnapshotAttribute"),
        "database snapshot shared",
        &["dBSnapshotIdentifier", "valuesToAdd"],
        &[
            ("ModifyDBSnapshotAttribute", &["dBSnapshotIdentifier", "*valuesToRemove=valuesToAdd"]),
            ("DeleteDBSnapshot", &["dBSnapshotIdentifier"]),
        ],
        "aws rds modify-db-snapshot-attribute --db-snapshot-identifier {dBSnapshotIdentifier} \
         --attribute-name restore --values-to-remove {valuesToAdd}",
    ),
    lasting(
        ("rds", "ModifyDBClusterSnapshotAttribute"),
        "database snapshot shared",
        &["dBClusterSnapshotIdentifier", "valuesToAdd"],
        &[
            ("ModifyDBClusterSnapshotAttribute", &["dBClusterSnapshotIdentifier", "*valuesToRemove=valuesToAdd"]),
            ("DeleteDBClusterSnapshot", &["dBClusterSnapshotIdentifier"]),
        ],
        "aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier \
         {dBClusterSnapshotIdentifier} --attribute-name restore --values-to-remove {valuesToAdd}",
    ),
    lasting(
        ("rds", "ModifyDBInstance"),
        "database reachable from everywhere",
        &["dBInstanceIdentifier"],
        &[
            ("ModifyDBInstance", &["dBInstanceIdentifier", "publiclyAccessible:false"]),
            ("DeleteDBInstance", &["dBInstanceIdentifier"]),
        ],
        "aws rds modify-db-instance --db-instance-identifier {dBInstanceIdentifier} \
         --no-publicly-accessible --apply-immediately",
    )
    .only("publiclyAccessible:true"),
    lasting(
        ("rds", "ModifyDBInstance"),
        "changed password of a database",
        &["dBInstanceIdentifier"],
        &[("DeleteDBInstance", &["dBInstanceIdentifier"])],
        "aws rds describe-db-instances --db-instance-identifier {dBInstanceIdentifier}  # then \
         modify-db-instance with a password of your own",
    )
    .only("?masterUserPassword"),
    lasting(
        ("redshift", "AuthorizeSnapshotAccess"),
        "warehouse snapshot shared",
        &["snapshotIdentifier", "accountWithRestoreAccess"],
        &[
            ("RevokeSnapshotAccess", &["snapshotIdentifier", "accountWithRestoreAccess"]),
            ("DeleteClusterSnapshot", &["snapshotIdentifier"]),
        ],
        "aws redshift revoke-snapshot-access --snapshot-identifier {snapshotIdentifier} \
         --account-with-restore-access {accountWithRestoreAccess}",
    ),
    lasting(
        ("logs", "PutSubscriptionFilter"),
        "logs sent on",
        &["logGroupName", "filterName", "destinationArn"],
        &[("DeleteSubscriptionFilter", &["logGroupName", "filterName"]), ("DeleteLogGroup", &["logGroupName"])],
        "aws logs describe-subscription-filters --log-group-name {logGroupName}  # then \
         delete-subscription-filter",
    ),
    lasting(
        ("logs", "PutResourcePolicy"),
        "resource policy of CloudWatch Logs",
        &["policyName"],
        &[("DeleteResourcePolicy", &["policyName"])],
        "aws logs describe-resource-policies  # then delete-resource-policy",
    ),
    lasting(
        ("route53", "ChangeResourceRecordSets"),
        "DNS records",
        &["hostedZoneId"],
        &[("DeleteHostedZone", &["id=hostedZoneId"])],
        "aws route53 list-resource-record-sets --hosted-zone-id {hostedZoneId}  # then \
         change-resource-record-sets",
    ),
    lasting(
        ("route53domains", "UpdateDomainNameservers"),
        "name servers of a domain",
        &["domainName"],
        &[],
        "aws route53domains get-domain-detail --domain-name {domainName}  # then \
         update-domain-nameservers",
    ),
    lasting(
        ("route53domains", "DisableDomainTransferLock"),
        "domain that can be transferred",
        &["domainName"],
        &[("EnableDomainTransferLock", &["domainName"])],
        "aws route53domains enable-domain-transfer-lock --domain-name {domainName}",
    ),
    lasting(
        ("route53domains", "TransferDomainToAnotherAwsAccount"),
        "domain given to another account",
        &["domainName", "+accountId"],
        &[("CancelDomainTransferToAnotherAwsAccount", &["domainName"])],
        "aws route53domains cancel-domain-transfer-to-another-aws-account --domain-name {domainName}",
    )
    .more(&["to account {accountId}"]),
    lasting(
        ("ses", "CreateEmailIdentity"),
        "new sender of mail",
        &["emailIdentity"],
        &[("DeleteEmailIdentity", &["emailIdentity"])],
        "aws sesv2 get-email-identity --email-identity {emailIdentity}  # then delete-email-identity",
    ),
    lasting(
        ("ses", "CreateEmailIdentityPolicy"),
        "policy of a sender of mail",
        &["emailIdentity", "policyName"],
        &[("DeleteEmailIdentityPolicy", &["emailIdentity", "policyName"]), ("DeleteEmailIdentity", &["emailIdentity"])],
        "aws sesv2 delete-email-identity-policy --email-identity {emailIdentity} --policy-name \
         {policyName}",
    ),
];
