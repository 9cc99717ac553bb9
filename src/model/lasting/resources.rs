//! Resources that are made and stay, and what is switched off or given away beside: a table, with nothing decided in it.
//! Most have no command: what they cost or hold is for their owner to say.

use super::Lasting;

/// Calls that take a change back, with the members that name the same.
type Undone = &'static [(&'static str, &'static [&'static str])];

/// A resource that a call makes.
const fn made(
    (service, event): (&'static str, &'static str),
    what: &'static str,
    names: &'static [&'static str],
    undone_by: Undone,
) -> Lasting {
    Lasting { service, event, what, names, undone_by, command: "" }
}

/// The kinds, and what takes each back.
///
/// Source: the API references of the services.
pub(super) const RESOURCES: &[Lasting] = &[
    made(("ec2", "CreateVpc"), "new VPC", &["vpcId"], &[("DeleteVpc", &["vpcId"])]),
    made(("ec2", "CreateSubnet"), "new subnet", &["subnetId"], &[("DeleteSubnet", &["subnetId"])]),
    made(("ec2", "CreateSecurityGroup"), "new security group", &["groupId"], &[("DeleteSecurityGroup", &["groupId"])]),
    made(
        ("ec2", "CreateInternetGateway"),
        "new internet gateway",
        &["internetGatewayId"],
        &[("DeleteInternetGateway", &["internetGatewayId"])],
    ),
    made(
        ("ec2", "CreateNatGateway"),
        "new NAT gateway",
        &["natGatewayId"],
        &[("DeleteNatGateway", &["NatGatewayId=natGatewayId"])],
    ),
    made(("ec2", "CreateRouteTable"), "new route table", &["routeTableId"], &[("DeleteRouteTable", &["routeTableId"])]),
    made(("ec2", "AllocateAddress"), "new address", &["allocationId"], &[("ReleaseAddress", &["allocationId"])]),
    made(
        ("ec2", "CreateVpcPeeringConnection"),
        "new VPC peering",
        &["vpcPeeringConnectionId"],
        &[
            ("DeleteVpcPeeringConnection", &["vpcPeeringConnectionId"]),
            ("RejectVpcPeeringConnection", &["vpcPeeringConnectionId"]),
        ],
    ),
    made(("ec2", "CreateVolume"), "new volume", &["volumeId"], &[("DeleteVolume", &["volumeId"])]),
    made(("ec2", "CreateSnapshot"), "new snapshot", &["snapshotId"], &[("DeleteSnapshot", &["snapshotId"])]),
    made(("ec2", "CreateImage"), "new image", &["imageId"], &[("DeregisterImage", &["imageId"])]),
    Lasting {
        service: "ec2",
        event: "ModifyInstanceAttribute",
        what: "changed attribute of an instance",
        names: &["instanceId"],
        undone_by: &[("TerminateInstances", &["instanceId"])],
        command: "aws ec2 describe-instance-attribute --instance-id {instanceId} --attribute userData  # then modify-instance-attribute",
    },
    Lasting {
        service: "ec2",
        event: "AssociateIamInstanceProfile",
        what: "role given to an instance",
        names: &["instanceId", "associationId"],
        undone_by: &[
            ("DisassociateIamInstanceProfile", &["AssociationId=associationId"]),
            ("TerminateInstances", &["instanceId"]),
        ],
        command: "aws ec2 disassociate-iam-instance-profile --association-id {associationId}",
    },
    Lasting {
        service: "ec2",
        event: "EnableSerialConsoleAccess",
        what: "serial console opened",
        names: &[],
        undone_by: &[("DisableSerialConsoleAccess", &[])],
        command: "aws ec2 disable-serial-console-access",
    },
    made(
        ("rds", "CreateDBInstance"),
        "new database",
        &["dBInstanceIdentifier"],
        &[("DeleteDBInstance", &["dBInstanceIdentifier"])],
    ),
    made(
        ("rds", "RestoreDBInstanceFromDBSnapshot"),
        "database restored from a snapshot",
        &["dBInstanceIdentifier"],
        &[("DeleteDBInstance", &["dBInstanceIdentifier"])],
    ),
    made(
        ("rds", "CreateDBCluster"),
        "new database cluster",
        &["dBClusterIdentifier"],
        &[("DeleteDBCluster", &["dBClusterIdentifier"])],
    ),
    made(
        ("rds", "CreateDBSnapshot"),
        "new database snapshot",
        &["dBSnapshotIdentifier"],
        &[("DeleteDBSnapshot", &["dBSnapshotIdentifier"])],
    ),
    made(
        ("rds", "DeleteDBInstance"),
        "final snapshot of a deleted database",
        &["finalDBSnapshotIdentifier"],
        &[("DeleteDBSnapshot", &["dBSnapshotIdentifier=finalDBSnapshotIdentifier"])],
    ),
    made(("s3", "CreateBucket"), "new bucket", &["bucketName"], &[("DeleteBucket", &["bucketName"])]),
    made(
        ("secretsmanager", "CreateSecret"),
        "new secret",
        &["name", "arn", "aRN"],
        &[("DeleteSecret", &["secretId=name|arn|aRN"])],
    ),
    made(
        ("ssm", "PutParameter"),
        "parameter written",
        &["name"],
        &[("DeleteParameter", &["name"]), ("DeleteParameters", &["names=name"])],
    ),
    made(("iam", "CreatePolicy"), "new policy", &["policyName", "arn"], &[("DeletePolicy", &["policyArn=arn"])]),
    Lasting {
        service: "iam",
        event: "CreateServiceSpecificCredential",
        what: "new credential for a service",
        names: &["userName", "serviceSpecificCredentialId"],
        undone_by: &[
            ("DeleteServiceSpecificCredential", &["serviceSpecificCredentialId"]),
            ("DeleteUser", &["userName"]),
        ],
        command: "aws iam update-service-specific-credential --user-name {userName} --service-specific-credential-id {serviceSpecificCredentialId} --status Inactive",
    },
    Lasting {
        service: "lambda",
        event: "UpdateFunctionConfiguration",
        what: "changed configuration of a function",
        names: &["functionName"],
        undone_by: &[("DeleteFunction", &["functionName"])],
        command: "aws lambda get-function-configuration --function-name {functionName}  # its layers, role and environment; then update-function-configuration",
    },
    Lasting {
        service: "lambda",
        event: "CreateFunctionUrlConfig",
        what: "URL of a function",
        names: &["functionName"],
        undone_by: &[("DeleteFunctionUrlConfig", &["functionName"]), ("DeleteFunction", &["functionName"])],
        command: "aws lambda delete-function-url-config --function-name {functionName}",
    },
    made(("cloudformation", "CreateStack"), "new stack", &["stackName"], &[("DeleteStack", &["stackName"])]),
    made(
        ("bedrock", "CreateFoundationModelAgreement"),
        "agreement for a model",
        &["modelId"],
        &[("DeleteFoundationModelAgreement", &["modelId"])],
    ),
    made(("bedrock", "PutFoundationModelEntitlement"), "model unlocked", &["modelId"], &[]),
    Lasting {
        service: "kms",
        event: "ScheduleKeyDeletion",
        what: "key that will be deleted",
        names: &["keyId"],
        undone_by: &[("CancelKeyDeletion", &["keyId"])],
        command: "aws kms cancel-key-deletion --key-id {keyId}  # then enable-key",
    },
    Lasting {
        service: "kms",
        event: "DisableKey",
        what: "key that was disabled",
        names: &["keyId"],
        undone_by: &[("EnableKey", &["keyId"])],
        command: "aws kms enable-key --key-id {keyId}",
    },
    made(("logs", "DeleteLogGroup"), "log group deleted", &["logGroupName"], &[("CreateLogGroup", &["logGroupName"])]),
    made(
        ("route53resolver", "DeleteResolverQueryLogConfig"),
        "query logs of the resolver deleted",
        &["resolverQueryLogConfigId"],
        &[],
    ),
];
