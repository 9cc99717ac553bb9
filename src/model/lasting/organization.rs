//! Ways into an organization: Identity Center, its directory, policies and accounts. A table, with nothing decided in
//! it.

use super::{Lasting, lasting};

/// The kinds, and what takes each back.
///
/// Source: API references of IAM Identity Center, the identity store, AWS Organizations and AWS Account Management;
/// IAM Identity Center user guide, "Logging IAM Identity Center API calls with AWS CloudTrail".
pub(super) const ORGANIZATION: &[Lasting] = &[
    lasting(
        ("sso", "CreateAccountAssignment"),
        "permission set given in an account",
        &["principalId", "permissionSetArn", "targetId", "+principalType", "+instanceArn"],
        &[
            ("DeleteAccountAssignment", &["principalId", "permissionSetArn", "targetId"]),
            ("DeletePermissionSet", &["permissionSetArn"]),
        ],
        "aws sso-admin delete-account-assignment --instance-arn {instanceArn} --permission-set-arn \
         {permissionSetArn} --target-type AWS_ACCOUNT --target-id {targetId} --principal-type \
         {principalType} --principal-id {principalId}",
    ),
    lasting(
        ("sso", "CreatePermissionSet"),
        "new permission set",
        &["name", "permissionSetArn", "+instanceArn"],
        &[("DeletePermissionSet", &["permissionSetArn"])],
        "aws sso-admin list-accounts-for-provisioned-permission-set --instance-arn {instanceArn} \
         --permission-set-arn {permissionSetArn}  # then delete-permission-set",
    ),
    lasting(
        ("sso", "AttachManagedPolicyToPermissionSet"),
        "policy of a permission set",
        &["permissionSetArn", "managedPolicyArn", "+instanceArn"],
        &[
            ("DetachManagedPolicyFromPermissionSet", &["permissionSetArn", "managedPolicyArn"]),
            ("DeletePermissionSet", &["permissionSetArn"]),
        ],
        "aws sso-admin detach-managed-policy-from-permission-set --instance-arn {instanceArn} \
         --permission-set-arn {permissionSetArn} --managed-policy-arn {managedPolicyArn}  # then \
         provision-permission-set",
    ),
    lasting(
        ("sso", "AttachCustomerManagedPolicyReferenceToPermissionSet"),
        "policy of a permission set",
        &["permissionSetArn", "name", "+instanceArn"],
        &[
            ("DetachCustomerManagedPolicyReferenceFromPermissionSet", &["permissionSetArn", "name"]),
            ("DeletePermissionSet", &["permissionSetArn"]),
        ],
        "aws sso-admin list-customer-managed-policy-references-in-permission-set --instance-arn \
         {instanceArn} --permission-set-arn {permissionSetArn}  # then \
         detach-customer-managed-policy-reference-from-permission-set and provision-permission-set",
    ),
    lasting(
        ("sso", "PutInlinePolicyToPermissionSet"),
        "inline policy of a permission set",
        &["permissionSetArn", "+instanceArn"],
        &[
            ("DeleteInlinePolicyFromPermissionSet", &["permissionSetArn"]),
            ("DeletePermissionSet", &["permissionSetArn"]),
        ],
        "aws sso-admin get-inline-policy-for-permission-set --instance-arn {instanceArn} \
         --permission-set-arn {permissionSetArn}  # then put-inline-policy-to-permission-set or \
         delete-inline-policy-from-permission-set, and provision-permission-set",
    ),
    lasting(
        ("sso", "DeletePermissionsBoundaryFromPermissionSet"),
        "permissions boundary of a permission set taken away",
        &["permissionSetArn", "+instanceArn"],
        &[
            ("PutPermissionsBoundaryToPermissionSet", &["permissionSetArn"]),
            ("DeletePermissionSet", &["permissionSetArn"]),
        ],
        "aws sso-admin describe-permission-set --instance-arn {instanceArn} --permission-set-arn \
         {permissionSetArn}  # the boundary before is not in this log; then \
         put-permissions-boundary-to-permission-set",
    ),
    lasting(
        ("sso", "CreateTrustedTokenIssuer"),
        "new issuer of tokens trusted",
        &["trustedTokenIssuerArn", "name"],
        &[("DeleteTrustedTokenIssuer", &["trustedTokenIssuerArn"])],
        "aws sso-admin delete-trusted-token-issuer --trusted-token-issuer-arn {trustedTokenIssuerArn}",
    ),
    lasting(
        ("sso", "PutMfaDeviceManagementForDirectory"),
        "MFA settings of Identity Center",
        &[],
        &[],
        "aws sso-admin list-instances  # the MFA settings themselves stand in the console alone",
    ),
    lasting(
        ("identitystore", "CreateUser"),
        "new person in the directory",
        &["userId", "userName", "+identityStoreId"],
        &[("DeleteUser", &["userId"])],
        "aws identitystore describe-user --identity-store-id {identityStoreId} --user-id {userId}  # then \
         delete-user",
    ),
    lasting(
        ("identitystore", "CreateGroupMembership"),
        "person added to a group of the directory",
        &["userId", "groupId", "+membershipId", "+identityStoreId"],
        &[("DeleteGroupMembership", &["membershipId"]), ("DeleteUser", &["userId"]), ("DeleteGroup", &["groupId"])],
        "aws identitystore delete-group-membership --identity-store-id {identityStoreId} --membership-id \
         {membershipId}",
    ),
    lasting(
        ("identitystore", "UpdateUser"),
        "sign-in name or e-mail address of a person",
        &["userId", "+identityStoreId"],
        &[("DeleteUser", &["userId"])],
        "aws identitystore describe-user --identity-store-id {identityStoreId} --user-id {userId}  # what \
         was there before is not in this log; then update-user",
    )
    .only("attributePath:userName|username|emails*"),
    lasting(
        ("sso-directory", "CreateUser"),
        "new person in the directory",
        &["userId", "userName", "+identityStoreId"],
        &[("DeleteUser", &["userId"]), ("DisableUser", &["userId"])],
        "aws identitystore describe-user --identity-store-id {identityStoreId} --user-id {userId}  # then \
         delete-user",
    ),
    lasting(
        ("sso-directory", "AddMemberToGroup"),
        "person added to a group of the directory",
        &["memberId", "groupId", "+identityStoreId"],
        &[("RemoveMemberFromGroup", &["memberId", "groupId"]), ("DeleteGroup", &["groupId"])],
        "aws identitystore list-group-memberships --identity-store-id {identityStoreId} --group-id \
         {groupId}  # then delete-group-membership",
    ),
    lasting(
        ("sso-directory", "EnableUser"),
        "person of the directory enabled",
        &["userId", "+identityStoreId"],
        &[("DisableUser", &["userId"]), ("DeleteUser", &["userId"])],
        "aws identitystore describe-user --identity-store-id {identityStoreId} --user-id {userId}  # to \
         disable a person is for the console",
    ),
    lasting(
        ("sso-directory", "UpdatePassword"),
        "changed password of a person",
        &["userId", "+identityStoreId"],
        &[("DisableUser", &["userId"]), ("DeleteUser", &["userId"])],
        "aws identitystore describe-user --identity-store-id {identityStoreId} --user-id {userId}  # to \
         reset the password is for the console",
    ),
    lasting(
        ("sso-directory", "DeleteMfaDeviceForUser"),
        "MFA device of a person taken away",
        &["userId", "+identityStoreId"],
        &[("DeleteUser", &["userId"])],
        "aws identitystore describe-user --identity-store-id {identityStoreId} --user-id {userId}  # to \
         register a device is for the console",
    ),
    lasting(
        ("sso-directory", "CreateExternalIdPConfigurationForDirectory"),
        "identity provider of the directory",
        &["directoryId"],
        &[
            ("DisableExternalIdPConfigurationForDirectory", &["directoryId"]),
            ("DeleteExternalIdPConfigurationForDirectory", &["directoryId"]),
        ],
        "aws sso-admin list-instances  # the provider stands in the console alone",
    ),
    lasting(
        ("sso-directory", "EnableExternalIdPConfigurationForDirectory"),
        "identity provider of the directory",
        &["directoryId"],
        &[
            ("DisableExternalIdPConfigurationForDirectory", &["directoryId"]),
            ("DeleteExternalIdPConfigurationForDirectory", &["directoryId"]),
        ],
        "aws sso-admin list-instances  # the provider stands in the console alone",
    ),
    lasting(
        ("sso-directory", "UpdateExternalIdPConfigurationForDirectory"),
        "identity provider of the directory",
        &["directoryId"],
        &[
            ("DisableExternalIdPConfigurationForDirectory", &["directoryId"]),
            ("DeleteExternalIdPConfigurationForDirectory", &["directoryId"]),
        ],
        "aws sso-admin list-instances  # the provider stands in the console alone",
    ),
    lasting(
        ("sso-directory", "CreateBearerToken"),
        "token that provisions the directory",
        &["tenantId"],
        &[("DeleteBearerToken", &["tenantId"]), ("DeleteProvisioningTenant", &["tenantId"])],
        "aws sso-admin list-instances  # its tokens stand in the console alone",
    ),
    lasting(
        ("organizations", "AcceptHandshake"),
        "account that joined an organization",
        &["handshakeId"],
        &[("LeaveOrganization", &[])],
        "aws organizations describe-organization  # then leave-organization",
    ),
    lasting(
        ("organizations", "LeaveOrganization"),
        "account that left its organization",
        &[],
        &[("AcceptHandshake", &[])],
        "aws organizations describe-organization  # then invite-account-to-organization, by the \
         organization that it left",
    ),
    lasting(
        ("organizations", "RemoveAccountFromOrganization"),
        "account removed from the organization",
        &["accountId"],
        &[("InviteAccountToOrganization", &["id=accountId"])],
        "aws organizations invite-account-to-organization --target Id={accountId},Type=ACCOUNT",
    ),
    lasting(
        ("organizations", "InviteAccountToOrganization"),
        "account invited to the organization",
        &["id"],
        &[("CancelHandshake", &["handshakeId=id"]), ("RemoveAccountFromOrganization", &["accountId=id"])],
        "aws organizations list-handshakes-for-organization  # then cancel-handshake or \
         remove-account-from-organization",
    ),
    lasting(
        ("organizations", "CreateAccount"),
        "new account of the organization",
        &["accountName"],
        &[],
        "aws organizations list-accounts  # then close-account",
    ),
    lasting(
        ("organizations", "MoveAccount"),
        "account moved in the organization",
        &["accountId", "+sourceParentId", "+destinationParentId"],
        &[("MoveAccount", &["accountId", "destinationParentId=sourceParentId"])],
        "aws organizations move-account --account-id {accountId} --source-parent-id {destinationParentId} \
         --destination-parent-id {sourceParentId}",
    ),
    lasting(
        ("organizations", "DetachPolicy"),
        "policy of the organization detached",
        &["policyId", "targetId"],
        &[("AttachPolicy", &["policyId", "targetId"])],
        "aws organizations attach-policy --policy-id {policyId} --target-id {targetId}",
    ),
    lasting(
        ("organizations", "UpdatePolicy"),
        "changed policy of the organization",
        &["policyId"],
        &[("DeletePolicy", &["policyId"])],
        "aws organizations describe-policy --policy-id {policyId}  # what it said before is not in this \
         log; then update-policy",
    ),
    lasting(
        ("organizations", "DeletePolicy"),
        "policy of the organization deleted",
        &["policyId"],
        &[("CreatePolicy", &["id=policyId"])],
        "aws organizations list-policies --filter SERVICE_CONTROL_POLICY  # what it said is not in this \
         log; then create-policy",
    ),
    lasting(
        ("organizations", "DisablePolicyType"),
        "policies of a type switched off",
        &["rootId", "policyType"],
        &[("EnablePolicyType", &["rootId", "policyType"])],
        "aws organizations enable-policy-type --root-id {rootId} --policy-type {policyType}",
    ),
    lasting(
        ("organizations", "RegisterDelegatedAdministrator"),
        "account that administers a service",
        &["accountId", "servicePrincipal"],
        &[("DeregisterDelegatedAdministrator", &["accountId", "servicePrincipal"])],
        "aws organizations deregister-delegated-administrator --account-id {accountId} \
         --service-principal {servicePrincipal}",
    ),
    lasting(
        ("organizations", "EnableAWSServiceAccess"),
        "service let into the organization",
        &["servicePrincipal"],
        &[("DisableAWSServiceAccess", &["servicePrincipal"])],
        "aws organizations list-aws-service-access-for-organization  # then disable-aws-service-access",
    ),
    lasting(
        ("organizations", "PutResourcePolicy"),
        "resource policy of the organization",
        &[],
        &[("PutResourcePolicy", &[]), ("DeleteResourcePolicy", &[])],
        "aws organizations describe-resource-policy  # then put-resource-policy or delete-resource-policy",
    ),
    lasting(
        ("account", "PutAlternateContact"),
        "contact of the account",
        &["alternateContactType"],
        &[],
        "aws account get-alternate-contact --alternate-contact-type {alternateContactType}  # then \
         put-alternate-contact",
    ),
    lasting(
        ("account", "DeleteAlternateContact"),
        "contact of the account deleted",
        &["alternateContactType"],
        &[("PutAlternateContact", &["alternateContactType"])],
        "aws account get-alternate-contact --alternate-contact-type {alternateContactType}  # then \
         put-alternate-contact",
    ),
    lasting(
        ("account", "EnableRegion"),
        "region enabled",
        &["regionName"],
        &[("DisableRegion", &["regionName"])],
        "aws account disable-region --region-name {regionName}",
    ),
];
