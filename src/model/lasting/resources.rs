//! Resources that are made and stay, and let nobody in by themselves: a table, with nothing decided in it. They have no
//! command: what they cost or hold is for their owner to say.

use super::{Lasting, Undone, lasting};

/// A resource that a call makes.
const fn made(
    call: (&'static str, &'static str),
    what: &'static str,
    names: &'static [&'static str],
    undone_by: Undone,
) -> Lasting {
    lasting(call, what, names, undone_by, "")
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
        &["vpcPeeringConnectionId", "+peerOwnerId"],
        &[
            ("DeleteVpcPeeringConnection", &["vpcPeeringConnectionId"]),
            ("RejectVpcPeeringConnection", &["vpcPeeringConnectionId"]),
        ],
    )
    .more(&["with account {peerOwnerId}"]),
    made(("ec2", "CreateVolume"), "new volume", &["volumeId"], &[("DeleteVolume", &["volumeId"])]),
    made(("ec2", "CreateSnapshot"), "new snapshot", &["snapshotId"], &[("DeleteSnapshot", &["snapshotId"])]),
    made(("ec2", "CreateImage"), "new image", &["imageId"], &[("DeregisterImage", &["imageId"])]),
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
    made(("cloudformation", "CreateStack"), "new stack", &["stackName"], &[("DeleteStack", &["stackName"])]),
    made(
        ("bedrock", "CreateFoundationModelAgreement"),
        "agreement for a model",
        &["modelId"],
        &[("DeleteFoundationModelAgreement", &["modelId"])],
    ),
    made(("bedrock", "PutFoundationModelEntitlement"), "model unlocked", &["modelId"], &[]),
    made(("ec2", "RegisterImage"), "new image", &["imageId"], &[("DeregisterImage", &["imageId"])]),
    made(("ec2", "CopyImage"), "new image", &["imageId"], &[("DeregisterImage", &["imageId"])]),
    made(("ec2", "CopySnapshot"), "new snapshot", &["snapshotId"], &[("DeleteSnapshot", &["snapshotId"])]),
    made(
        ("autoscaling", "CreateLaunchConfiguration"),
        "new launch configuration",
        &["launchConfigurationName"],
        &[("DeleteLaunchConfiguration", &["launchConfigurationName"])],
    ),
    made(
        ("autoscaling", "CreateAutoScalingGroup"),
        "new group of instances",
        &["autoScalingGroupName"],
        &[("DeleteAutoScalingGroup", &["autoScalingGroupName"])],
    ),
    made(
        ("rds", "CopyDBSnapshot"),
        "new database snapshot",
        &["targetDBSnapshotIdentifier"],
        &[("DeleteDBSnapshot", &["dBSnapshotIdentifier=targetDBSnapshotIdentifier"])],
    ),
    made(
        ("rds", "CreateDBClusterSnapshot"),
        "new database snapshot",
        &["dBClusterSnapshotIdentifier"],
        &[("DeleteDBClusterSnapshot", &["dBClusterSnapshotIdentifier"])],
    ),
    made(
        ("rds", "RestoreDBClusterFromSnapshot"),
        "database restored from a snapshot",
        &["dBClusterIdentifier"],
        &[("DeleteDBCluster", &["dBClusterIdentifier"])],
    ),
    made(("iam", "CreateGroup"), "new group", &["groupName"], &[("DeleteGroup", &["groupName"])]),
    made(
        ("iam", "CreateInstanceProfile"),
        "new instance profile",
        &["instanceProfileName"],
        &[("DeleteInstanceProfile", &["instanceProfileName"])],
    ),
    made(
        ("iam", "CreateVirtualMFADevice"),
        "new virtual MFA device",
        &["serialNumber"],
        &[("DeleteVirtualMFADevice", &["serialNumber"])],
    ),
    made(("kms", "CreateKey"), "new key", &["keyId"], &[("ScheduleKeyDeletion", &["keyId"])]),
    made(("ssm", "CreateDocument"), "new document", &["name"], &[("DeleteDocument", &["name"])]),
    made(
        ("cloudformation", "CreateStackSet"),
        "new stack set",
        &["stackSetName"],
        &[("DeleteStackSet", &["stackSetName"])],
    ),
    made(
        ("rds", "StartExportTask"),
        "snapshot exported",
        &["exportTaskIdentifier", "+s3BucketName"],
        &[("CancelExportTask", &["exportTaskIdentifier"])],
    )
    .more(&["to bucket {s3BucketName}"]),
    made(
        ("logs", "CreateExportTask"),
        "log group exported",
        &["logGroupName", "+taskId", "+destination"],
        &[("CancelExportTask", &["taskId"])],
    )
    .more(&["to bucket {destination}"]),
    made(("dynamodb", "ExportTableToPointInTime"), "table exported", &["tableArn", "+s3Bucket"], &[])
        .more(&["to bucket {s3Bucket}"]),
    made(("codebuild", "CreateProject"), "new build project", &["name"], &[("DeleteProject", &["name"])]),
    made(("codepipeline", "CreatePipeline"), "new pipeline", &["name"], &[("DeletePipeline", &["name"])]),
    made(("ecs", "CreateCluster"), "new cluster", &["clusterName"], &[("DeleteCluster", &["cluster=clusterName"])]),
    made(
        ("ecs", "RegisterTaskDefinition"),
        "new task definition",
        &["taskDefinitionArn"],
        &[("DeregisterTaskDefinition", &["taskDefinitionArn"])],
    ),
    made(("glue", "CreateJob"), "new job", &["name"], &[("DeleteJob", &["jobName=name"])]),
    made(
        ("batch", "RegisterJobDefinition"),
        "new job definition",
        &["jobDefinitionArn"],
        &[("DeregisterJobDefinition", &["jobDefinition=jobDefinitionArn"])],
    ),
    made(
        ("sagemaker", "CreateNotebookInstanceLifecycleConfig"),
        "new script for notebooks",
        &["notebookInstanceLifecycleConfigName"],
        &[("DeleteNotebookInstanceLifecycleConfig", &["notebookInstanceLifecycleConfigName"])],
    ),
    made(
        ("states", "CreateStateMachine"),
        "new state machine",
        &["stateMachineArn"],
        &[("DeleteStateMachine", &["stateMachineArn"])],
    ),
];
