//! The calls that are remembered, each with its service, what it does and what it is about.

use super::act::{Act, TargetKind};

const IAM: &str = "iam.amazonaws.com";
/// IAM Identity Center.
const SSO: &str = "sso.amazonaws.com";
/// IAM Roles Anywhere.
const ANYWHERE: &str = "rolesanywhere.amazonaws.com";
const EC2: &str = "ec2.amazonaws.com";
const EKS: &str = "eks.amazonaws.com";

/// `eventSource` of the calls that are remembered.
pub(super) const SOURCES: [&str; 5] = [IAM, SSO, ANYWHERE, EKS, EC2];

/// Every call that is remembered, by name.
///
/// Known misses: rights that resource policies give (S3, Lambda, KMS); users and memberships that are made within Identity
/// Center's own directory; what other services keep (Cognito, Transfer Family, Redshift).
///
/// Source: API references of IAM, IAM Identity Center (`sso-admin`), IAM Roles Anywhere, Amazon EKS and Amazon EC2, Actions; IAM user
/// guide, "Temporary delegation" and "Centrally manage root access for member accounts".
pub(super) static EVENTS: &[(&str, &str, Act, TargetKind)] = &[
    ("AcceptDelegationRequest", IAM, Act::Delegate, TargetKind::Account),
    ("AddClientIDToOpenIDConnectProvider", IAM, Act::TrustProvider, TargetKind::Provider),
    ("AddRoleToInstanceProfile", IAM, Act::HandRole, TargetKind::InstanceProfile),
    ("AddUserToGroup", IAM, Act::Join, TargetKind::User),
    ("AssociateAccessPolicy", EKS, Act::EnterCluster, TargetKind::Cluster),
    ("AssociateIamInstanceProfile", EC2, Act::HandRole, TargetKind::InstanceProfile),
    ("AttachCustomerManagedPolicyReferenceToPermissionSet", SSO, Act::Attach, TargetKind::PermissionSet),
    ("AttachGroupPolicy", IAM, Act::Attach, TargetKind::Group),
    ("AttachManagedPolicyToPermissionSet", SSO, Act::Attach, TargetKind::PermissionSet),
    ("AttachRolePolicy", IAM, Act::Attach, TargetKind::Role),
    ("AttachUserPolicy", IAM, Act::Attach, TargetKind::User),
    ("ChangePassword", IAM, Act::ChangePassword, TargetKind::User),
    ("CreateAccessEntry", EKS, Act::EnterCluster, TargetKind::Cluster),
    ("CreateAccountAssignment", SSO, Act::Assign, TargetKind::PermissionSet),
    ("CreateGroup", IAM, Act::Create, TargetKind::Group),
    ("CreateLoginProfile", IAM, Act::CreateLogin, TargetKind::User),
    ("CreateOpenIDConnectProvider", IAM, Act::TrustProvider, TargetKind::Provider),
    ("CreatePodIdentityAssociation", EKS, Act::HandRole, TargetKind::Cluster),
    ("CreatePolicy", IAM, Act::WritePolicy, TargetKind::Policy),
    ("CreatePolicyVersion", IAM, Act::WritePolicy, TargetKind::Policy),
    ("CreateProfile", ANYWHERE, Act::OpenProfile, TargetKind::Profile),
    ("CreateRole", IAM, Act::CreateRole, TargetKind::Role),
    ("CreateSAMLProvider", IAM, Act::TrustProvider, TargetKind::Provider),
    ("CreateServiceSpecificCredential", IAM, Act::AddCredential, TargetKind::User),
    ("CreateTrustAnchor", ANYWHERE, Act::TrustAnchor, TargetKind::TrustAnchor),
    ("CreateUser", IAM, Act::Create, TargetKind::User),
    ("CreateVirtualMFADevice", IAM, Act::HandleMfa, TargetKind::MfaDevice),
    ("DeactivateMFADevice", IAM, Act::DeactivateMfa, TargetKind::User),
    ("DeleteAccountPasswordPolicy", IAM, Act::DeletePasswordPolicy, TargetKind::Account),
    ("DeleteGroup", IAM, Act::Delete, TargetKind::Group),
    ("DeleteGroupPolicy", IAM, Act::DeleteInline, TargetKind::Group),
    ("DeleteInlinePolicyFromPermissionSet", SSO, Act::DeleteInline, TargetKind::PermissionSet),
    ("DeleteLoginProfile", IAM, Act::DeleteLogin, TargetKind::User),
    ("DeletePolicy", IAM, Act::DeletePolicy, TargetKind::Policy),
    ("DeletePolicyVersion", IAM, Act::DeletePolicy, TargetKind::Policy),
    ("DeleteRole", IAM, Act::Delete, TargetKind::Role),
    ("DeleteRolePermissionsBoundary", IAM, Act::DeleteBoundary, TargetKind::Role),
    ("DeleteRolePolicy", IAM, Act::DeleteInline, TargetKind::Role),
    ("DeleteUser", IAM, Act::Delete, TargetKind::User),
    ("DeleteUserPermissionsBoundary", IAM, Act::DeleteBoundary, TargetKind::User),
    ("DeleteUserPolicy", IAM, Act::DeleteInline, TargetKind::User),
    ("DeleteVirtualMFADevice", IAM, Act::HandleMfa, TargetKind::MfaDevice),
    ("DetachCustomerManagedPolicyReferenceFromPermissionSet", SSO, Act::Detach, TargetKind::PermissionSet),
    ("DetachGroupPolicy", IAM, Act::Detach, TargetKind::Group),
    ("DetachManagedPolicyFromPermissionSet", SSO, Act::Detach, TargetKind::PermissionSet),
    ("DetachRolePolicy", IAM, Act::Detach, TargetKind::Role),
    ("DetachUserPolicy", IAM, Act::Detach, TargetKind::User),
    ("EnableMFADevice", IAM, Act::EnableMfa, TargetKind::User),
    ("EnableOrganizationsRootCredentialsManagement", IAM, Act::CentralRoot, TargetKind::Account),
    ("EnableOrganizationsRootSessions", IAM, Act::CentralRoot, TargetKind::Account),
    ("EnableOutboundWebIdentityFederation", IAM, Act::FederateOut, TargetKind::Account),
    ("EnableProfile", ANYWHERE, Act::OpenProfile, TargetKind::Profile),
    ("EnableTrustAnchor", ANYWHERE, Act::TrustAnchor, TargetKind::TrustAnchor),
    ("PutGroupPolicy", IAM, Act::PutInline, TargetKind::Group),
    ("PutInlinePolicyToPermissionSet", SSO, Act::PutInline, TargetKind::PermissionSet),
    ("PutRolePermissionsBoundary", IAM, Act::PutBoundary, TargetKind::Role),
    ("PutRolePolicy", IAM, Act::PutInline, TargetKind::Role),
    ("PutUserPermissionsBoundary", IAM, Act::PutBoundary, TargetKind::User),
    ("PutUserPolicy", IAM, Act::PutInline, TargetKind::User),
    ("RemoveUserFromGroup", IAM, Act::Leave, TargetKind::User),
    ("ReplaceIamInstanceProfileAssociation", EC2, Act::HandRole, TargetKind::InstanceProfile),
    ("ResetServiceSpecificCredential", IAM, Act::AddCredential, TargetKind::User),
    ("ResyncMFADevice", IAM, Act::HandleMfa, TargetKind::User),
    ("SendDelegationToken", IAM, Act::Delegate, TargetKind::Account),
    ("SetDefaultPolicyVersion", IAM, Act::SetDefaultVersion, TargetKind::Policy),
    ("UpdateAccountPasswordPolicy", IAM, Act::UpdatePasswordPolicy, TargetKind::Account),
    ("UpdateAssumeRolePolicy", IAM, Act::UpdateTrust, TargetKind::Role),
    ("UpdateLoginProfile", IAM, Act::UpdateLogin, TargetKind::User),
    ("UpdateOpenIDConnectProviderThumbprint", IAM, Act::TrustProvider, TargetKind::Provider),
    ("UpdatePodIdentityAssociation", EKS, Act::HandRole, TargetKind::Cluster),
    ("UpdateProfile", ANYWHERE, Act::OpenProfile, TargetKind::Profile),
    ("UpdateSAMLProvider", IAM, Act::TrustProvider, TargetKind::Provider),
    ("UpdateTrustAnchor", ANYWHERE, Act::TrustAnchor, TargetKind::TrustAnchor),
    ("UploadSSHPublicKey", IAM, Act::AddCredential, TargetKind::User),
    ("UploadSigningCertificate", IAM, Act::AddCredential, TargetKind::User),
];
