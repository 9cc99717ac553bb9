//! The calls that are remembered, each with its service, what it does and what it is about.

use super::act::{Act, TargetKind};

/// IAM Roles Anywhere.
const ANYWHERE: &str = "rolesanywhere.amazonaws.com";
/// AWS Private Certificate Authority.
const AUTHORITY: &str = "acm-pca.amazonaws.com";
const BACKUP: &str = "backup.amazonaws.com";
const CODEARTIFACT: &str = "codeartifact.amazonaws.com";
const COGNITO: &str = "cognito-identity.amazonaws.com";
/// The directory of IAM Identity Center, as its console calls it.
const DIRECTORY: &str = "sso-directory.amazonaws.com";
const DYNAMODB: &str = "dynamodb.amazonaws.com";
const EC2: &str = "ec2.amazonaws.com";
const ECR: &str = "ecr.amazonaws.com";
const EFS: &str = "elasticfilesystem.amazonaws.com";
const EKS: &str = "eks.amazonaws.com";
/// Amazon OpenSearch Service.
const ES: &str = "es.amazonaws.com";
/// Amazon EventBridge.
const EVENTBRIDGE: &str = "events.amazonaws.com";
const GLUE: &str = "glue.amazonaws.com";
const IAM: &str = "iam.amazonaws.com";
const KINESIS: &str = "kinesis.amazonaws.com";
const KMS: &str = "kms.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";
const ORGANIZATIONS: &str = "organizations.amazonaws.com";
/// EC2 Image Builder.
const IMAGEBUILDER: &str = "imagebuilder.amazonaws.com";
/// AWS Resource Access Manager.
const RAM: &str = "ram.amazonaws.com";
const RDS: &str = "rds.amazonaws.com";
const REDSHIFT: &str = "redshift.amazonaws.com";
const S3: &str = "s3.amazonaws.com";
/// AWS Secrets Manager.
const SECRETS: &str = "secretsmanager.amazonaws.com";
const SNS: &str = "sns.amazonaws.com";
const SQS: &str = "sqs.amazonaws.com";
const SSM: &str = "ssm.amazonaws.com";
/// IAM Identity Center.
const SSO: &str = "sso.amazonaws.com";
const STS: &str = "sts.amazonaws.com";
/// IAM Access Analyzer.
const ANALYZER: &str = "access-analyzer.amazonaws.com";
/// AWS Config.
const CONFIG: &str = "config.amazonaws.com";
/// Amazon Detective.
const DETECTIVE: &str = "detective.amazonaws.com";
const GUARDDUTY: &str = "guardduty.amazonaws.com";
/// Amazon Inspector.
const INSPECTOR: &str = "inspector2.amazonaws.com";
/// Amazon Macie.
const MACIE: &str = "macie2.amazonaws.com";
/// AWS Security Hub.
const SECURITY_HUB: &str = "securityhub.amazonaws.com";
/// The same directory, as its API is called.
const STORE: &str = "identitystore.amazonaws.com";

/// Amazon Bedrock AgentCore.
const AGENTCORE: &str = "bedrock-agentcore.amazonaws.com";
/// AWS App Runner.
const APPRUNNER: &str = "apprunner.amazonaws.com";
/// Amazon EC2 Auto Scaling.
const AUTOSCALING: &str = "autoscaling.amazonaws.com";
/// AWS Batch.
const BATCH: &str = "batch.amazonaws.com";
const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";
const CODEBUILD: &str = "codebuild.amazonaws.com";
const CODEPIPELINE: &str = "codepipeline.amazonaws.com";
/// AWS Data Pipeline.
const DATAPIPELINE: &str = "datapipeline.amazonaws.com";
const ECS: &str = "ecs.amazonaws.com";
/// Amazon EMR.
const EMR: &str = "elasticmapreduce.amazonaws.com";
const EMR_SERVERLESS: &str = "emr-serverless.amazonaws.com";
/// Amazon Route 53 Resolver.
const RESOLVER: &str = "route53resolver.amazonaws.com";
const SAGEMAKER: &str = "sagemaker.amazonaws.com";
/// Amazon EventBridge Scheduler.
const SCHEDULER: &str = "scheduler.amazonaws.com";
/// AWS Step Functions.
const STATES: &str = "states.amazonaws.com";

/// Every call that is remembered, by name and service. Of those that share something only what lets others in is kept. A call
/// that does two things stands here twice: it adds layers to a function, and has its code run as a role.
///
/// Known misses: sharing by access points, clusters, vaults of Glacier and what is not listed here; what other services keep
/// of their own users (Cognito, Transfer Family, Redshift).
///
/// Source: API references of the services, Actions; IAM user guide, "Temporary delegation" and "Centrally manage root access
/// for member accounts"; IAM Identity Center user guide, "Logging IAM Identity Center API calls with AWS CloudTrail"; Lambda
/// developer guide, "Logging AWS Lambda API calls using AWS CloudTrail" (names with a version behind them). Known misses of
/// what watches: what an update changes of a filter of GuardDuty that archives already, alarms, single controls and rules.
pub(super) const EVENTS: &[(&str, &str, Act, TargetKind)] = &[
    ("AcceptDelegationRequest", IAM, Act::Delegate, TargetKind::Account),
    ("AcceptHandshake", ORGANIZATIONS, Act::GrowOrganization, TargetKind::Account),
    ("AddClientIDToOpenIDConnectProvider", IAM, Act::TrustProvider, TargetKind::Provider),
    ("AddLayerVersionPermission20181031", LAMBDA, Act::Share, TargetKind::Resource),
    ("AddMemberToGroup", DIRECTORY, Act::JoinPeople, TargetKind::Person),
    ("AddPermission", SNS, Act::Share, TargetKind::Resource),
    ("AddPermission", SQS, Act::Share, TargetKind::Resource),
    ("AddPermission20150331", LAMBDA, Act::Share, TargetKind::Resource),
    ("AddPermission20150331v2", LAMBDA, Act::Share, TargetKind::Resource),
    ("AddRoleToInstanceProfile", IAM, Act::HandRole, TargetKind::InstanceProfile),
    ("AddUserToGroup", IAM, Act::Join, TargetKind::User),
    ("AssociateAccessPolicy", EKS, Act::EnterCluster, TargetKind::Cluster),
    ("AssociateIamInstanceProfile", EC2, Act::HandRole, TargetKind::InstanceProfile),
    ("AssociateResourceShare", RAM, Act::Share, TargetKind::Resource),
    ("AttachCustomerManagedPolicyReferenceToPermissionSet", SSO, Act::Attach, TargetKind::PermissionSet),
    ("AttachGroupPolicy", IAM, Act::Attach, TargetKind::Group),
    ("AttachManagedPolicyToPermissionSet", SSO, Act::Attach, TargetKind::PermissionSet),
    ("AttachPolicy", ORGANIZATIONS, Act::SetLimit, TargetKind::Limit),
    ("AttachRolePolicy", IAM, Act::Attach, TargetKind::Role),
    ("AttachUserPolicy", IAM, Act::Attach, TargetKind::User),
    ("AuthorizeSnapshotAccess", REDSHIFT, Act::Share, TargetKind::Resource),
    ("BatchDisableStandards", SECURITY_HUB, Act::NarrowDetection, TargetKind::Detection),
    ("ChangePassword", IAM, Act::ChangePassword, TargetKind::User),
    ("CompleteVirtualMfaDeviceRegistration", DIRECTORY, Act::ResetPerson, TargetKind::Person),
    ("CompleteWebAuthnDeviceRegistration", DIRECTORY, Act::ResetPerson, TargetKind::Person),
    ("CreateAccessEntry", EKS, Act::EnterCluster, TargetKind::Cluster),
    ("CreateAccount", ORGANIZATIONS, Act::GrowOrganization, TargetKind::Account),
    ("CreateAccountAssignment", SSO, Act::Assign, TargetKind::PermissionSet),
    ("CreateActivation", SSM, Act::HandRole, TargetKind::Resource),
    ("CreateArchiveRule", ANALYZER, Act::NarrowDetection, TargetKind::Detection),
    ("CreateAutomationRule", SECURITY_HUB, Act::NarrowDetection, TargetKind::Detection),
    ("CreateBearerToken", DIRECTORY, Act::TrustProvider, TargetKind::Provider),
    ("CreateBucket", S3, Act::Share, TargetKind::Resource),
    ("CreateChangeSet", CLOUDFORMATION, Act::RunAs, TargetKind::Role),
    ("CreateCodeInterpreter", AGENTCORE, Act::RunAs, TargetKind::Role),
    ("CreateDetector", GUARDDUTY, Act::StartDetection, TargetKind::Detection),
    ("CreateDevEndpoint", GLUE, Act::HandRole, TargetKind::Resource),
    ("CreateDomain", ES, Act::Share, TargetKind::Resource),
    ("CreateElasticsearchDomain", ES, Act::Share, TargetKind::Resource),
    ("CreateExternalIdPConfigurationForDirectory", DIRECTORY, Act::TrustProvider, TargetKind::Provider),
    ("CreateFilter", GUARDDUTY, Act::NarrowDetection, TargetKind::Detection),
    ("CreateFunction20150331", LAMBDA, Act::AddLayer, TargetKind::Resource),
    ("CreateFunction20150331", LAMBDA, Act::RunAs, TargetKind::Role),
    ("CreateFunctionUrlConfig", LAMBDA, Act::Share, TargetKind::Resource),
    ("CreateGrant", KMS, Act::Share, TargetKind::Resource),
    ("CreateGraph", DETECTIVE, Act::StartDetection, TargetKind::Detection),
    ("CreateGroup", IAM, Act::Create, TargetKind::Group),
    ("CreateGroupMembership", STORE, Act::JoinPeople, TargetKind::Person),
    ("CreateIPSet", GUARDDUTY, Act::NarrowDetection, TargetKind::Detection),
    ("CreateJob", GLUE, Act::RunAs, TargetKind::Role),
    ("CreateKey", KMS, Act::Share, TargetKind::Resource),
    ("CreateLaunchConfiguration", AUTOSCALING, Act::RunAs, TargetKind::InstanceProfile),
    ("CreateLaunchTemplate", EC2, Act::RunAs, TargetKind::InstanceProfile),
    ("CreateLaunchTemplateVersion", EC2, Act::RunAs, TargetKind::InstanceProfile),
    ("CreateLoginProfile", IAM, Act::CreateLogin, TargetKind::User),
    ("CreateNotebookInstance", SAGEMAKER, Act::RunAs, TargetKind::Role),
    ("CreateOpenIDConnectProvider", IAM, Act::TrustProvider, TargetKind::Provider),
    ("CreatePermissionSet", SSO, Act::MakeSet, TargetKind::PermissionSet),
    ("CreatePipeline", CODEPIPELINE, Act::RunAs, TargetKind::Role),
    ("CreatePodIdentityAssociation", EKS, Act::HandRole, TargetKind::Cluster),
    ("CreatePolicy", IAM, Act::WritePolicy, TargetKind::Policy),
    ("CreatePolicy", ORGANIZATIONS, Act::MakeLimit, TargetKind::Limit),
    ("CreatePolicyVersion", IAM, Act::WritePolicy, TargetKind::Policy),
    ("CreateProcessingJob", SAGEMAKER, Act::RunAs, TargetKind::Role),
    ("CreateProfile", ANYWHERE, Act::OpenProfile, TargetKind::Profile),
    ("CreateProject", CODEBUILD, Act::RunAs, TargetKind::Role),
    ("CreateProvisioningTenant", DIRECTORY, Act::TrustProvider, TargetKind::Provider),
    ("CreateQueue", SQS, Act::Share, TargetKind::Resource),
    ("CreateResourceShare", RAM, Act::Share, TargetKind::Resource),
    ("CreateRole", IAM, Act::CreateRole, TargetKind::Role),
    ("CreateSAMLProvider", IAM, Act::TrustProvider, TargetKind::Provider),
    ("CreateSchedule", SCHEDULER, Act::RunAs, TargetKind::Role),
    ("CreateService", APPRUNNER, Act::RunAs, TargetKind::Role),
    ("CreateServiceSpecificCredential", IAM, Act::AddCredential, TargetKind::User),
    ("CreateSession", GLUE, Act::RunAs, TargetKind::Role),
    ("CreateStack", CLOUDFORMATION, Act::RunAs, TargetKind::Role),
    ("CreateStateMachine", STATES, Act::RunAs, TargetKind::Role),
    ("CreateTable", DYNAMODB, Act::Share, TargetKind::Resource),
    ("CreateTopic", SNS, Act::Share, TargetKind::Resource),
    ("CreateTrainingJob", SAGEMAKER, Act::RunAs, TargetKind::Role),
    ("CreateTrustAnchor", ANYWHERE, Act::TrustAnchor, TargetKind::TrustAnchor),
    ("CreateTrustedTokenIssuer", SSO, Act::TrustProvider, TargetKind::Provider),
    ("CreateUser", IAM, Act::Create, TargetKind::User),
    ("CreateUser", STORE, Act::MakePerson, TargetKind::Person),
    ("CreateUser", DIRECTORY, Act::MakePerson, TargetKind::Person),
    ("CreateVirtualMFADevice", IAM, Act::HandleMfa, TargetKind::MfaDevice),
    ("DeactivateMFADevice", IAM, Act::DeactivateMfa, TargetKind::User),
    ("DeleteAccountPasswordPolicy", IAM, Act::DeletePasswordPolicy, TargetKind::Account),
    ("DeleteAnalyzer", ANALYZER, Act::NarrowDetection, TargetKind::Detection),
    ("DeleteConfigurationRecorder", CONFIG, Act::StopDetection, TargetKind::Detection),
    ("DeleteDeliveryChannel", CONFIG, Act::StopDetection, TargetKind::Detection),
    ("DeleteDetector", GUARDDUTY, Act::StopDetection, TargetKind::Detection),
    ("DeleteFlowLogs", EC2, Act::NarrowDetection, TargetKind::Detection),
    ("DeleteGraph", DETECTIVE, Act::StopDetection, TargetKind::Detection),
    ("DeleteGroup", IAM, Act::Delete, TargetKind::Group),
    ("DeleteGroupPolicy", IAM, Act::DeleteInline, TargetKind::Group),
    ("DeleteInlinePolicyFromPermissionSet", SSO, Act::DeleteInline, TargetKind::PermissionSet),
    ("DeleteLoginProfile", IAM, Act::DeleteLogin, TargetKind::User),
    ("DeleteMembers", GUARDDUTY, Act::StopDetection, TargetKind::Detection),
    ("DeleteMfaDeviceForUser", DIRECTORY, Act::ResetPerson, TargetKind::Person),
    ("DeletePermissionsBoundaryFromPermissionSet", SSO, Act::DeleteBoundary, TargetKind::PermissionSet),
    ("DeletePolicy", IAM, Act::DeletePolicy, TargetKind::Policy),
    ("DeletePolicy", ORGANIZATIONS, Act::LiftLimit, TargetKind::Limit),
    ("DeletePolicyVersion", IAM, Act::DeletePolicy, TargetKind::Policy),
    ("DeletePublishingDestination", GUARDDUTY, Act::NarrowDetection, TargetKind::Detection),
    ("DeleteResolverQueryLogConfig", RESOLVER, Act::NarrowDetection, TargetKind::Detection),
    ("DeleteRole", IAM, Act::Delete, TargetKind::Role),
    ("DeleteRolePermissionsBoundary", IAM, Act::DeleteBoundary, TargetKind::Role),
    ("DeleteRolePolicy", IAM, Act::DeleteInline, TargetKind::Role),
    ("DeleteSSHPublicKey", IAM, Act::RemoveCredential, TargetKind::User),
    ("DeleteServiceSpecificCredential", IAM, Act::RemoveCredential, TargetKind::User),
    ("DeleteSigningCertificate", IAM, Act::RemoveCredential, TargetKind::User),
    ("DeleteUser", IAM, Act::Delete, TargetKind::User),
    ("DeleteUserPermissionsBoundary", IAM, Act::DeleteBoundary, TargetKind::User),
    ("DeleteUserPolicy", IAM, Act::DeleteInline, TargetKind::User),
    ("DeleteVirtualMFADevice", IAM, Act::HandleMfa, TargetKind::MfaDevice),
    ("DetachCustomerManagedPolicyReferenceFromPermissionSet", SSO, Act::Detach, TargetKind::PermissionSet),
    ("DetachGroupPolicy", IAM, Act::Detach, TargetKind::Group),
    ("DetachManagedPolicyFromPermissionSet", SSO, Act::Detach, TargetKind::PermissionSet),
    ("DetachPolicy", ORGANIZATIONS, Act::LiftLimit, TargetKind::Limit),
    ("DetachRolePolicy", IAM, Act::Detach, TargetKind::Role),
    ("DetachUserPolicy", IAM, Act::Detach, TargetKind::User),
    ("Disable", INSPECTOR, Act::StopDetection, TargetKind::Detection),
    ("DisableMacie", MACIE, Act::StopDetection, TargetKind::Detection),
    ("DisablePolicyType", ORGANIZATIONS, Act::LiftLimit, TargetKind::Limit),
    ("DisableSecurityHub", SECURITY_HUB, Act::StopDetection, TargetKind::Detection),
    ("DisassociateFromAdministratorAccount", GUARDDUTY, Act::StopDetection, TargetKind::Detection),
    ("DisassociateFromMasterAccount", GUARDDUTY, Act::StopDetection, TargetKind::Detection),
    ("DisassociateMembers", GUARDDUTY, Act::StopDetection, TargetKind::Detection),
    ("DisassociateResolverQueryLogConfig", RESOLVER, Act::NarrowDetection, TargetKind::Detection),
    ("Enable", INSPECTOR, Act::StartDetection, TargetKind::Detection),
    ("EnableAWSServiceAccess", ORGANIZATIONS, Act::TrustService, TargetKind::Account),
    ("EnableExternalIdPConfigurationForDirectory", DIRECTORY, Act::TrustProvider, TargetKind::Provider),
    ("EnableMFADevice", IAM, Act::EnableMfa, TargetKind::User),
    ("EnableMacie", MACIE, Act::StartDetection, TargetKind::Detection),
    ("EnableOrganizationsRootCredentialsManagement", IAM, Act::CentralRoot, TargetKind::Account),
    ("EnableOrganizationsRootSessions", IAM, Act::CentralRoot, TargetKind::Account),
    ("EnableOutboundWebIdentityFederation", IAM, Act::FederateOut, TargetKind::Account),
    ("EnableProfile", ANYWHERE, Act::OpenProfile, TargetKind::Profile),
    ("EnableSecurityHub", SECURITY_HUB, Act::StartDetection, TargetKind::Detection),
    ("EnableTrustAnchor", ANYWHERE, Act::TrustAnchor, TargetKind::TrustAnchor),
    ("EnableUser", DIRECTORY, Act::ResetPerson, TargetKind::Person),
    ("GetWebIdentityToken", STS, Act::GetToken, TargetKind::Account),
    ("InviteAccountToOrganization", ORGANIZATIONS, Act::GrowOrganization, TargetKind::Account),
    ("ModifyDBClusterSnapshotAttribute", RDS, Act::Share, TargetKind::Resource),
    ("ModifyDBSnapshotAttribute", RDS, Act::Share, TargetKind::Resource),
    ("ModifyDocumentPermission", SSM, Act::Share, TargetKind::Resource),
    ("ModifyImageAttribute", EC2, Act::Share, TargetKind::Resource),
    ("ModifySnapshotAttribute", EC2, Act::Share, TargetKind::Resource),
    ("MoveAccount", ORGANIZATIONS, Act::LiftLimit, TargetKind::Limit),
    ("PutBackupVaultAccessPolicy", BACKUP, Act::Share, TargetKind::Resource),
    ("PutBucketAcl", S3, Act::Share, TargetKind::Resource),
    ("PutBucketPolicy", S3, Act::Share, TargetKind::Resource),
    ("PutBucketReplication", S3, Act::Share, TargetKind::Resource),
    ("PutComponentPolicy", IMAGEBUILDER, Act::Share, TargetKind::Resource),
    ("PutConfigurationRecorder", CONFIG, Act::NarrowDetection, TargetKind::Detection),
    ("PutContainerRecipePolicy", IMAGEBUILDER, Act::Share, TargetKind::Resource),
    ("PutDomainPermissionsPolicy", CODEARTIFACT, Act::Share, TargetKind::Resource),
    ("PutFileSystemPolicy", EFS, Act::Share, TargetKind::Resource),
    ("PutGroupPolicy", IAM, Act::PutInline, TargetKind::Group),
    ("PutImagePolicy", IMAGEBUILDER, Act::Share, TargetKind::Resource),
    ("PutImageRecipePolicy", IMAGEBUILDER, Act::Share, TargetKind::Resource),
    ("PutInlinePolicyToPermissionSet", SSO, Act::PutInline, TargetKind::PermissionSet),
    ("PutKeyPolicy", KMS, Act::Share, TargetKind::Resource),
    ("PutMfaDeviceManagementForDirectory", SSO, Act::SetDirectoryMfa, TargetKind::Account),
    ("PutPermission", EVENTBRIDGE, Act::Share, TargetKind::Resource),
    ("PutPipelineDefinition", DATAPIPELINE, Act::RunAs, TargetKind::InstanceProfile),
    ("PutPolicy", AUTHORITY, Act::Share, TargetKind::Resource),
    ("PutRegistryPolicy", ECR, Act::Share, TargetKind::Resource),
    ("PutRepositoryPermissionsPolicy", CODEARTIFACT, Act::Share, TargetKind::Resource),
    ("PutResourcePolicy", DYNAMODB, Act::Share, TargetKind::Resource),
    ("PutResourcePolicy", GLUE, Act::Share, TargetKind::Resource),
    ("PutResourcePolicy", KINESIS, Act::Share, TargetKind::Resource),
    ("PutResourcePolicy", ORGANIZATIONS, Act::Share, TargetKind::Resource),
    ("PutResourcePolicy", SECRETS, Act::Share, TargetKind::Resource),
    ("PutResourcePolicy", SSM, Act::Share, TargetKind::Resource),
    ("PutRolePermissionsBoundary", IAM, Act::PutBoundary, TargetKind::Role),
    ("PutRolePolicy", IAM, Act::PutInline, TargetKind::Role),
    ("PutUserPermissionsBoundary", IAM, Act::PutBoundary, TargetKind::User),
    ("PutUserPolicy", IAM, Act::PutInline, TargetKind::User),
    ("RegisterDelegatedAdministrator", ORGANIZATIONS, Act::DelegateAdmin, TargetKind::Account),
    ("RegisterJobDefinition", BATCH, Act::RunAs, TargetKind::Role),
    ("RegisterTaskDefinition", ECS, Act::RunAs, TargetKind::Role),
    ("RemoveUserFromGroup", IAM, Act::Leave, TargetKind::User),
    ("ReplaceIamInstanceProfileAssociation", EC2, Act::HandRole, TargetKind::InstanceProfile),
    ("RequestSpotInstances", EC2, Act::RunAs, TargetKind::InstanceProfile),
    ("ResetServiceSpecificCredential", IAM, Act::AddCredential, TargetKind::User),
    ("ResyncMFADevice", IAM, Act::HandleMfa, TargetKind::User),
    ("RunInstances", EC2, Act::RunAs, TargetKind::InstanceProfile),
    ("RunJobFlow", EMR, Act::RunAs, TargetKind::InstanceProfile),
    ("RunTask", ECS, Act::RunAs, TargetKind::Role),
    ("SendDelegationToken", IAM, Act::Delegate, TargetKind::Account),
    ("SetDefaultPolicyVersion", IAM, Act::SetDefaultVersion, TargetKind::Policy),
    ("SetIdentityPoolRoles", COGNITO, Act::HandRole, TargetKind::Resource),
    ("SetQueueAttributes", SQS, Act::Share, TargetKind::Resource),
    ("SetRepositoryPolicy", ECR, Act::Share, TargetKind::Resource),
    ("SetTopicAttributes", SNS, Act::Share, TargetKind::Resource),
    ("StartAutomationExecution", SSM, Act::RunAs, TargetKind::Role),
    ("StartBuild", CODEBUILD, Act::RunAs, TargetKind::Role),
    ("StartConfigurationRecorder", CONFIG, Act::StartDetection, TargetKind::Detection),
    ("StartJobRun", EMR_SERVERLESS, Act::RunAs, TargetKind::Role),
    ("StartMonitoringMembers", GUARDDUTY, Act::StartDetection, TargetKind::Detection),
    ("StartTask", ECS, Act::RunAs, TargetKind::Role),
    ("StopConfigurationRecorder", CONFIG, Act::StopDetection, TargetKind::Detection),
    ("StopMonitoringMembers", GUARDDUTY, Act::StopDetection, TargetKind::Detection),
    ("UpdateAccountPasswordPolicy", IAM, Act::UpdatePasswordPolicy, TargetKind::Account),
    ("UpdateAssumeRolePolicy", IAM, Act::UpdateTrust, TargetKind::Role),
    ("UpdateDetector", GUARDDUTY, Act::StopDetection, TargetKind::Detection),
    ("UpdateDevEndpoint", GLUE, Act::HandRole, TargetKind::Resource),
    ("UpdateDomainConfig", ES, Act::Share, TargetKind::Resource),
    ("UpdateElasticsearchDomainConfig", ES, Act::Share, TargetKind::Resource),
    ("UpdateExternalIdPConfigurationForDirectory", DIRECTORY, Act::TrustProvider, TargetKind::Provider),
    ("UpdateFilter", GUARDDUTY, Act::NarrowDetection, TargetKind::Detection),
    ("UpdateFunctionConfiguration20150331", LAMBDA, Act::AddLayer, TargetKind::Resource),
    ("UpdateFunctionConfiguration20150331", LAMBDA, Act::RunAs, TargetKind::Role),
    ("UpdateFunctionConfiguration20150331v2", LAMBDA, Act::AddLayer, TargetKind::Resource),
    ("UpdateFunctionConfiguration20150331v2", LAMBDA, Act::RunAs, TargetKind::Role),
    ("UpdateFunctionUrlConfig", LAMBDA, Act::Share, TargetKind::Resource),
    ("UpdateGroup", IAM, Act::Rename, TargetKind::Group),
    ("UpdateIPSet", GUARDDUTY, Act::NarrowDetection, TargetKind::Detection),
    ("UpdateJob", GLUE, Act::RunAs, TargetKind::Role),
    ("UpdateLoginProfile", IAM, Act::UpdateLogin, TargetKind::User),
    ("UpdateMemberDetectors", GUARDDUTY, Act::NarrowDetection, TargetKind::Detection),
    ("UpdateNotebookInstance", SAGEMAKER, Act::RunAs, TargetKind::Role),
    ("UpdateOpenIDConnectProviderThumbprint", IAM, Act::TrustProvider, TargetKind::Provider),
    ("UpdatePassword", DIRECTORY, Act::ResetPerson, TargetKind::Person),
    ("UpdatePodIdentityAssociation", EKS, Act::HandRole, TargetKind::Cluster),
    ("UpdatePolicy", ORGANIZATIONS, Act::LiftLimit, TargetKind::Limit),
    ("UpdateProfile", ANYWHERE, Act::OpenProfile, TargetKind::Profile),
    ("UpdateProject", CODEBUILD, Act::RunAs, TargetKind::Role),
    ("UpdateSAMLProvider", IAM, Act::TrustProvider, TargetKind::Provider),
    ("UpdateSSHPublicKey", IAM, Act::AddCredential, TargetKind::User),
    ("UpdateSchedule", SCHEDULER, Act::RunAs, TargetKind::Role),
    ("UpdateServiceSpecificCredential", IAM, Act::AddCredential, TargetKind::User),
    ("UpdateSigningCertificate", IAM, Act::AddCredential, TargetKind::User),
    ("UpdateStack", CLOUDFORMATION, Act::RunAs, TargetKind::Role),
    ("UpdateStateMachine", STATES, Act::RunAs, TargetKind::Role),
    ("UpdateTrustAnchor", ANYWHERE, Act::TrustAnchor, TargetKind::TrustAnchor),
    ("UpdateUser", IAM, Act::Rename, TargetKind::User),
    ("UpdateUser", STORE, Act::ResetPerson, TargetKind::Person),
    ("UpdateUser", DIRECTORY, Act::ResetPerson, TargetKind::Person),
    ("UpdateUserName", DIRECTORY, Act::ResetPerson, TargetKind::Person),
    ("UploadSSHPublicKey", IAM, Act::AddCredential, TargetKind::User),
    ("UploadSigningCertificate", IAM, Act::AddCredential, TargetKind::User),
];
