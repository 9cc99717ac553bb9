//! What IAM answers, as the AWS CLI prints it: the same members, documents decoded, times in ISO 8601.

use aws_sdk_iam::primitives::{DateTime, DateTimeFormat};
use aws_sdk_iam::types::{
    AccessKeyMetadata, AttachedPermissionsBoundary, AttachedPolicy, GroupDetail, InstanceProfile, ManagedPolicyDetail,
    MfaDevice, PasswordPolicy, PolicyDetail, PolicyVersion, Role, RoleDetail, RoleLastUsed, SamlProviderListEntry,
    ServiceSpecificCredentialMetadata, SigningCertificate, SshPublicKeyMetadata, Tag, User, UserDetail,
    VirtualMfaDevice,
};
use serde_json::{Value, json};

use crate::model::Policy;

/// An object of the members that are there.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(there.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A document as a file holds it.
pub(super) fn text(document: &Value) -> String {
    format!("{document:#}\n")
}

/// A time as the AWS CLI writes it: `2026-08-28T13:00:00+00:00`.
pub(super) fn time(time: &DateTime) -> Value {
    let text = time.fmt(DateTimeFormat::DateTime).ok();
    text.map_or(Value::Null, |text| Value::String(text.replace('Z', "+00:00")))
}

fn maybe_time(moment: Option<&DateTime>) -> Value {
    moment.map_or(Value::Null, time)
}

fn document(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| Policy::decoded(text))
}

/// A list; one that IAM does not answer is left out, as the AWS CLI does.
fn list<T>(all: Option<&Vec<T>>, shape: impl Fn(&T) -> Value) -> Value {
    all.map_or(Value::Null, |all| Value::Array(all.iter().map(shape).collect()))
}

fn tag(tag: &Tag) -> Value {
    json!({"Key": tag.key, "Value": tag.value})
}

fn inline(policy: &PolicyDetail) -> Value {
    json!({"PolicyName": policy.policy_name, "PolicyDocument": document(policy.policy_document.as_ref())})
}

fn attached(policy: &AttachedPolicy) -> Value {
    json!({"PolicyName": policy.policy_name, "PolicyArn": policy.policy_arn})
}

fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Value {
    let kind = |boundary: &AttachedPermissionsBoundary| {
        boundary.permissions_boundary_type.as_ref().map(|kind| kind.as_str().to_owned())
    };
    let shape = |boundary: &AttachedPermissionsBoundary| {
        object([
            ("PermissionsBoundaryType", json!(kind(boundary))),
            ("PermissionsBoundaryArn", json!(boundary.permissions_boundary_arn)),
        ])
    };
    boundary.map_or(Value::Null, shape)
}

fn last_used(used: Option<&RoleLastUsed>) -> Value {
    let shape = |used: &RoleLastUsed| {
        object([("LastUsedDate", maybe_time(used.last_used_date.as_ref())), ("Region", json!(used.region))])
    };
    used.map_or(Value::Null, shape)
}

/// A user of the authorization details.
pub(super) fn user_detail(user: &UserDetail) -> Value {
    object([
        ("Path", json!(user.path)),
        ("UserName", json!(user.user_name)),
        ("UserId", json!(user.user_id)),
        ("Arn", json!(user.arn)),
        ("CreateDate", maybe_time(user.create_date.as_ref())),
        ("UserPolicyList", list(user.user_policy_list.as_ref(), inline)),
        ("GroupList", list(user.group_list.as_ref(), |name| json!(name))),
        ("AttachedManagedPolicies", list(user.attached_managed_policies.as_ref(), attached)),
        ("PermissionsBoundary", boundary(user.permissions_boundary.as_ref())),
        ("Tags", list(user.tags.as_ref(), tag)),
    ])
}

/// A group of the authorization details.
pub(super) fn group_detail(group: &GroupDetail) -> Value {
    object([
        ("Path", json!(group.path)),
        ("GroupName", json!(group.group_name)),
        ("GroupId", json!(group.group_id)),
        ("Arn", json!(group.arn)),
        ("CreateDate", maybe_time(group.create_date.as_ref())),
        ("GroupPolicyList", list(group.group_policy_list.as_ref(), inline)),
        ("AttachedManagedPolicies", list(group.attached_managed_policies.as_ref(), attached)),
    ])
}

/// A role of the authorization details.
pub(super) fn role_detail(role: &RoleDetail) -> Value {
    object([
        ("Path", json!(role.path)),
        ("RoleName", json!(role.role_name)),
        ("RoleId", json!(role.role_id)),
        ("Arn", json!(role.arn)),
        ("CreateDate", maybe_time(role.create_date.as_ref())),
        ("AssumeRolePolicyDocument", document(role.assume_role_policy_document.as_ref())),
        ("InstanceProfileList", list(role.instance_profile_list.as_ref(), instance_profile)),
        ("RolePolicyList", list(role.role_policy_list.as_ref(), inline)),
        ("AttachedManagedPolicies", list(role.attached_managed_policies.as_ref(), attached)),
        ("PermissionsBoundary", boundary(role.permissions_boundary.as_ref())),
        ("Tags", list(role.tags.as_ref(), tag)),
        ("RoleLastUsed", last_used(role.role_last_used.as_ref())),
    ])
}

fn instance_profile(profile: &InstanceProfile) -> Value {
    object([
        ("Path", json!(profile.path)),
        ("InstanceProfileName", json!(profile.instance_profile_name)),
        ("InstanceProfileId", json!(profile.instance_profile_id)),
        ("Arn", json!(profile.arn)),
        ("CreateDate", time(&profile.create_date)),
        ("Roles", list(Some(&profile.roles), role)),
        ("Tags", list(profile.tags.as_ref(), tag)),
    ])
}

fn role(role: &Role) -> Value {
    object([
        ("Path", json!(role.path)),
        ("RoleName", json!(role.role_name)),
        ("RoleId", json!(role.role_id)),
        ("Arn", json!(role.arn)),
        ("CreateDate", time(&role.create_date)),
        ("AssumeRolePolicyDocument", document(role.assume_role_policy_document.as_ref())),
    ])
}

/// A managed policy of the authorization details.
pub(super) fn policy_detail(policy: &ManagedPolicyDetail) -> Value {
    object([
        ("PolicyName", json!(policy.policy_name)),
        ("PolicyId", json!(policy.policy_id)),
        ("Arn", json!(policy.arn)),
        ("Path", json!(policy.path)),
        ("DefaultVersionId", json!(policy.default_version_id)),
        ("AttachmentCount", json!(policy.attachment_count)),
        ("PermissionsBoundaryUsageCount", json!(policy.permissions_boundary_usage_count)),
        ("IsAttachable", json!(policy.is_attachable)),
        ("Description", json!(policy.description)),
        ("CreateDate", maybe_time(policy.create_date.as_ref())),
        ("UpdateDate", maybe_time(policy.update_date.as_ref())),
        ("PolicyVersionList", list(policy.policy_version_list.as_ref(), version)),
    ])
}

fn version(version: &PolicyVersion) -> Value {
    object([
        ("Document", document(version.document.as_ref())),
        ("VersionId", json!(version.version_id)),
        ("IsDefaultVersion", json!(version.is_default_version)),
        ("CreateDate", maybe_time(version.create_date.as_ref())),
    ])
}

/// A key of `list-access-keys`.
pub(super) fn access_key(key: &AccessKeyMetadata) -> Value {
    object([
        ("UserName", json!(key.user_name)),
        ("AccessKeyId", json!(key.access_key_id)),
        ("Status", json!(key.status.as_ref().map(|status| status.as_str()))),
        ("CreateDate", maybe_time(key.create_date.as_ref())),
    ])
}

/// A device of `list-mfa-devices`.
pub(super) fn mfa_device(device: &MfaDevice) -> Value {
    object([
        ("UserName", json!(device.user_name)),
        ("SerialNumber", json!(device.serial_number)),
        ("EnableDate", time(&device.enable_date)),
    ])
}

/// A provider of `list-saml-providers`.
pub(super) fn saml_provider(provider: &SamlProviderListEntry) -> Value {
    object([
        ("Arn", json!(provider.arn)),
        ("ValidUntil", maybe_time(provider.valid_until.as_ref())),
        ("CreateDate", maybe_time(provider.create_date.as_ref())),
    ])
}

/// A device of `list-virtual-mfa-devices`. What makes one, its seed and the picture of it, is never written: a list has
/// neither.
pub(super) fn virtual_mfa_device(device: &VirtualMfaDevice) -> Value {
    object([
        ("SerialNumber", json!(device.serial_number)),
        ("User", device.user.as_ref().map_or(Value::Null, user)),
        ("EnableDate", maybe_time(device.enable_date.as_ref())),
        ("Tags", list(device.tags.as_ref(), tag)),
    ])
}

fn user(user: &User) -> Value {
    object([
        ("Path", json!(user.path)),
        ("UserName", json!(user.user_name)),
        ("UserId", json!(user.user_id)),
        ("Arn", json!(user.arn)),
        ("CreateDate", time(&user.create_date)),
        ("PasswordLastUsed", maybe_time(user.password_last_used.as_ref())),
    ])
}

/// A certificate of `list-signing-certificates`.
pub(super) fn certificate(certificate: &SigningCertificate) -> Value {
    object([
        ("UserName", json!(certificate.user_name)),
        ("CertificateId", json!(certificate.certificate_id)),
        ("CertificateBody", json!(certificate.certificate_body)),
        ("Status", json!(certificate.status.as_str())),
        ("UploadDate", maybe_time(certificate.upload_date.as_ref())),
    ])
}

/// A key of `list-ssh-public-keys`.
pub(super) fn ssh_key(key: &SshPublicKeyMetadata) -> Value {
    object([
        ("UserName", json!(key.user_name)),
        ("SSHPublicKeyId", json!(key.ssh_public_key_id)),
        ("Status", json!(key.status.as_str())),
        ("UploadDate", time(&key.upload_date)),
    ])
}

/// A credential of `list-service-specific-credentials`.
pub(super) fn service_credential(credential: &ServiceSpecificCredentialMetadata) -> Value {
    object([
        ("UserName", json!(credential.user_name)),
        ("Status", json!(credential.status.as_str())),
        ("ServiceUserName", json!(credential.service_user_name)),
        ("ServiceCredentialAlias", json!(credential.service_credential_alias)),
        ("CreateDate", time(&credential.create_date)),
        ("ExpirationDate", maybe_time(credential.expiration_date.as_ref())),
        ("ServiceSpecificCredentialId", json!(credential.service_specific_credential_id)),
        ("ServiceName", json!(credential.service_name)),
    ])
}

/// The policy of `get-account-password-policy`.
pub(super) fn password_policy(policy: &PasswordPolicy) -> Value {
    object([
        ("MinimumPasswordLength", json!(policy.minimum_password_length)),
        ("RequireSymbols", json!(policy.require_symbols)),
        ("RequireNumbers", json!(policy.require_numbers)),
        ("RequireUppercaseCharacters", json!(policy.require_uppercase_characters)),
        ("RequireLowercaseCharacters", json!(policy.require_lowercase_characters)),
        ("AllowUsersToChangePassword", json!(policy.allow_users_to_change_password)),
        ("ExpirePasswords", json!(policy.expire_passwords)),
        ("MaxPasswordAge", json!(policy.max_password_age)),
        ("PasswordReusePrevention", json!(policy.password_reuse_prevention)),
        ("HardExpiry", json!(policy.hard_expiry)),
    ])
}
