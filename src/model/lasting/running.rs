//! What runs code from now on: functions, instances, documents, schedules, builds. A table, with nothing decided in it.

use super::{Lasting, lasting};

/// The kinds, and what takes each back.
///
/// Source: API references of the services.
pub(super) const RUNNING: &[Lasting] = &[
    lasting(
        ("lambda", "CreateFunction"),
        "new function",
        &["functionName"],
        &[("DeleteFunction", &["functionName"])],
        "aws lambda put-function-concurrency --function-name {functionName} \
         --reserved-concurrent-executions 0",
    ),
    lasting(
        ("lambda", "UpdateFunctionCode"),
        "changed code of a function",
        &["functionName"],
        &[("DeleteFunction", &["functionName"])],
        "aws lambda put-function-concurrency --function-name {functionName} \
         --reserved-concurrent-executions 0",
    ),
    lasting(
        ("lambda", "UpdateFunctionConfiguration"),
        "changed configuration of a function",
        &["functionName"],
        &[("DeleteFunction", &["functionName"])],
        "aws lambda get-function-configuration --function-name {functionName}  # its layers, role and \
         environment; then update-function-configuration",
    ),
    lasting(
        ("lambda", "CreateEventSourceMapping"),
        "events that run a function",
        &["functionName", "+uUID"],
        &[
            ("DeleteEventSourceMapping", &["uUID"]),
            ("UpdateEventSourceMapping", &["uUID", "enabled:false"]),
            ("DeleteFunction", &["functionName"]),
        ],
        "aws lambda list-event-source-mappings --function-name {functionName}  # then \
         update-event-source-mapping --no-enabled or delete-event-source-mapping",
    ),
    lasting(
        ("ec2", "CreateKeyPair"),
        "new key pair",
        &["keyName"],
        &[("DeleteKeyPair", &["keyName"])],
        "aws ec2 delete-key-pair --key-name {keyName}",
    ),
    lasting(
        ("ec2", "ImportKeyPair"),
        "new key pair",
        &["keyName"],
        &[("DeleteKeyPair", &["keyName"])],
        "aws ec2 delete-key-pair --key-name {keyName}",
    ),
    lasting(
        ("ec2", "RunInstances"),
        "new instances",
        &["instanceId", "+instanceType"],
        &[("TerminateInstances", &["instanceId"])],
        "aws ec2 stop-instances --instance-ids {instanceId}",
    )
    .more(&["{instanceType}"]),
    lasting(
        ("ec2", "RequestSpotInstances"),
        "request for instances",
        &["spotInstanceRequestId"],
        &[("CancelSpotInstanceRequests", &["spotInstanceRequestId"])],
        "aws ec2 cancel-spot-instance-requests --spot-instance-request-ids {spotInstanceRequestId}",
    ),
    lasting(
        ("ec2", "ModifyInstanceAttribute"),
        "changed attribute of an instance",
        &["instanceId"],
        &[("TerminateInstances", &["instanceId"])],
        "aws ec2 describe-instance-attribute --instance-id {instanceId} --attribute userData  # then \
         modify-instance-attribute",
    ),
    lasting(
        ("ec2", "AssociateIamInstanceProfile"),
        "role given to an instance",
        &["instanceId", "associationId"],
        &[
            ("DisassociateIamInstanceProfile", &["AssociationId=associationId"]),
            ("TerminateInstances", &["instanceId"]),
        ],
        "aws ec2 disassociate-iam-instance-profile --association-id {associationId}",
    ),
    lasting(
        ("ec2", "ReplaceIamInstanceProfileAssociation"),
        "role given to an instance",
        &["instanceId", "associationId"],
        &[
            ("DisassociateIamInstanceProfile", &["AssociationId=associationId"]),
            ("ReplaceIamInstanceProfileAssociation", &["AssociationId=associationId"]),
            ("TerminateInstances", &["instanceId"]),
        ],
        "aws ec2 describe-iam-instance-profile-associations --association-ids {associationId}  # then \
         replace-iam-instance-profile-association",
    ),
    lasting(
        ("ec2", "CreateLaunchTemplate"),
        "new launch template",
        &["launchTemplateName", "launchTemplateId"],
        &[
            ("DeleteLaunchTemplate", &["LaunchTemplateId=launchTemplateId"]),
            ("DeleteLaunchTemplate", &["LaunchTemplateName=launchTemplateName"]),
        ],
        "aws ec2 describe-launch-template-versions --launch-template-id {launchTemplateId}  # then \
         delete-launch-template",
    ),
    lasting(
        ("ec2", "CreateLaunchTemplateVersion"),
        "new version of a launch template",
        &["launchTemplateId", "versionNumber"],
        &[
            ("DeleteLaunchTemplateVersions", &["LaunchTemplateId=launchTemplateId", "content=versionNumber"]),
            ("DeleteLaunchTemplate", &["LaunchTemplateId=launchTemplateId"]),
        ],
        "aws ec2 describe-launch-template-versions --launch-template-id {launchTemplateId}  # then \
         modify-launch-template or delete-launch-template-versions",
    ),
    lasting(
        ("ec2", "ModifyLaunchTemplate"),
        "other version of a launch template in force",
        &["LaunchTemplateId"],
        &[("DeleteLaunchTemplate", &["LaunchTemplateId"])],
        "aws ec2 describe-launch-template-versions --launch-template-id {LaunchTemplateId}  # then \
         modify-launch-template",
    ),
    lasting(
        ("ssm", "CreateAssociation"),
        "document that runs on machines",
        &["name", "associationId"],
        &[("DeleteAssociation", &["associationId"])],
        "aws ssm delete-association --association-id {associationId}",
    ),
    lasting(
        ("ssm", "UpdateAssociation"),
        "changed association of machines",
        &["associationId"],
        &[("DeleteAssociation", &["associationId"])],
        "aws ssm describe-association --association-id {associationId}  # then update-association or \
         delete-association",
    ),
    lasting(
        ("ssm", "UpdateDocument"),
        "changed document of Systems Manager",
        &["name"],
        &[("DeleteDocument", &["name"])],
        "aws ssm list-document-versions --name {name}  # then update-document-default-version",
    ),
    lasting(
        ("ssm", "UpdateDocumentDefaultVersion"),
        "other version of a document in force",
        &["name"],
        &[("DeleteDocument", &["name"])],
        "aws ssm list-document-versions --name {name}  # then update-document-default-version",
    ),
    lasting(
        ("ssm", "CreateActivation"),
        "activation for machines outside of AWS",
        &["activationId"],
        &[("DeleteActivation", &["activationId"])],
        "aws ssm delete-activation --activation-id {activationId}",
    ),
    lasting(
        ("ssm", "RegisterTaskWithMaintenanceWindow"),
        "task of a maintenance window",
        &["windowId", "windowTaskId"],
        &[
            ("DeregisterTaskFromMaintenanceWindow", &["windowId", "windowTaskId"]),
            ("DeleteMaintenanceWindow", &["windowId"]),
        ],
        "aws ssm deregister-task-from-maintenance-window --window-id {windowId} --window-task-id \
         {windowTaskId}",
    ),
    lasting(
        ("events", "PutRule"),
        "rule of EventBridge",
        &["name"],
        &[("DisableRule", &["name"]), ("DeleteRule", &["name"])],
        "aws events describe-rule --name {name}  # then disable-rule",
    ),
    lasting(
        ("events", "PutTargets"),
        "target of a rule",
        &["rule", "arn", "+id"],
        &[("RemoveTargets", &["rule", "*ids=id"])],
        "aws events list-targets-by-rule --rule {rule}  # then remove-targets",
    ),
    lasting(
        ("scheduler", "CreateSchedule"),
        "new schedule",
        &["name"],
        &[("DeleteSchedule", &["name"]), ("UpdateSchedule", &["name", "state:DISABLED"])],
        "aws scheduler get-schedule --name {name}  # then delete-schedule",
    ),
    lasting(
        ("scheduler", "UpdateSchedule"),
        "changed schedule",
        &["name"],
        &[("DeleteSchedule", &["name"]), ("UpdateSchedule", &["name", "state:DISABLED"])],
        "aws scheduler get-schedule --name {name}  # what it said before is not in this log; then \
         update-schedule",
    )
    .only("!state:DISABLED"),
    lasting(
        ("states", "UpdateStateMachine"),
        "changed state machine",
        &["stateMachineArn"],
        &[("DeleteStateMachine", &["stateMachineArn"])],
        "aws stepfunctions describe-state-machine --state-machine-arn {stateMachineArn}  # then \
         update-state-machine",
    ),
    lasting(
        ("cloudformation", "UpdateStack"),
        "changed stack",
        &["stackName"],
        &[("DeleteStack", &["stackName"])],
        "aws cloudformation describe-stack-resources --stack-name {stackName}  # then update-stack",
    ),
    lasting(
        ("codebuild", "UpdateProject"),
        "changed build project",
        &["name"],
        &[("DeleteProject", &["name"])],
        "aws codebuild batch-get-projects --names {name}  # its source, role and environment; then \
         update-project",
    ),
    lasting(
        ("codebuild", "CreateWebhook"),
        "events that start a build",
        &["projectName"],
        &[("DeleteWebhook", &["projectName"]), ("DeleteProject", &["name=projectName"])],
        "aws codebuild delete-webhook --project-name {projectName}",
    ),
    lasting(
        ("ecr", "PutImage"),
        "image pushed",
        &["repositoryName", "imageTag"],
        &[("DeleteRepository", &["repositoryName"])],
        "aws ecr describe-images --repository-name {repositoryName}  # then batch-delete-image",
    ),
    lasting(
        ("ecs", "CreateService"),
        "new service of a cluster",
        &["serviceName", "+cluster"],
        &[("DeleteService", &["service=serviceName"])],
        "aws ecs describe-services --services {serviceName}  # with its cluster; then update-service \
         --desired-count 0",
    ),
    lasting(
        ("ecs", "UpdateService"),
        "changed service of a cluster",
        &["service", "+cluster"],
        &[("DeleteService", &["service"])],
        "aws ecs describe-services --services {service}  # with its cluster; then update-service",
    ),
    lasting(
        ("glue", "CreateDevEndpoint"),
        "development endpoint with a role",
        &["endpointName"],
        &[("DeleteDevEndpoint", &["endpointName"])],
        "aws glue get-dev-endpoint --endpoint-name {endpointName}  # then delete-dev-endpoint",
    ),
    lasting(
        ("glue", "UpdateDevEndpoint"),
        "changed development endpoint",
        &["endpointName"],
        &[("DeleteDevEndpoint", &["endpointName"])],
        "aws glue get-dev-endpoint --endpoint-name {endpointName}  # its public keys; then \
         update-dev-endpoint",
    ),
    lasting(
        ("glue", "UpdateJob"),
        "changed job",
        &["jobName"],
        &[("DeleteJob", &["jobName"])],
        "aws glue get-job --job-name {jobName}  # then update-job",
    ),
    lasting(
        ("sagemaker", "CreateNotebookInstance"),
        "new notebook with a role",
        &["notebookInstanceName"],
        &[("DeleteNotebookInstance", &["notebookInstanceName"]), ("StopNotebookInstance", &["notebookInstanceName"])],
        "aws sagemaker stop-notebook-instance --notebook-instance-name {notebookInstanceName}",
    ),
    lasting(
        ("sagemaker", "UpdateNotebookInstance"),
        "changed notebook",
        &["notebookInstanceName"],
        &[("DeleteNotebookInstance", &["notebookInstanceName"])],
        "aws sagemaker describe-notebook-instance --notebook-instance-name {notebookInstanceName}  # then \
         update-notebook-instance",
    ),
    lasting(
        ("sagemaker", "UpdateNotebookInstanceLifecycleConfig"),
        "script that notebooks start with",
        &["notebookInstanceLifecycleConfigName"],
        &[("DeleteNotebookInstanceLifecycleConfig", &["notebookInstanceLifecycleConfigName"])],
        "aws sagemaker describe-notebook-instance-lifecycle-config \
         --notebook-instance-lifecycle-config-name {notebookInstanceLifecycleConfigName}  # then \
         update-notebook-instance-lifecycle-config",
    ),
    lasting(
        ("apprunner", "CreateService"),
        "new service of App Runner",
        &["serviceName", "serviceArn"],
        &[("DeleteService", &["serviceArn"]), ("PauseService", &["serviceArn"])],
        "aws apprunner pause-service --service-arn {serviceArn}",
    ),
];
