//! Ways in: permissions, trust, providers, and who may enter what. A table, with nothing decided in it.

use super::{Lasting, lasting};

/// The kinds, and what takes each back.
///
/// Source: API references of the services; AWS Security Incident Response Guide, containment.
pub(super) const ACCESS: &[Lasting] = &[
    lasting(
        ("iam", "AttachUserPolicy"),
        "policy attached to a user",
        &["userName", "policyArn"],
        &[("DetachUserPolicy", &["userName", "policyArn"]), ("DeleteUser", &["userName"])],
        "aws iam detach-user-policy --user-name {userName} --policy-arn {policyArn}",
    ),
    lasting(
        ("iam", "AttachGroupPolicy"),
        "policy attached to a group",
        &["groupName", "policyArn"],
        &[("DetachGroupPolicy", &["groupName", "policyArn"]), ("DeleteGroup", &["groupName"])],
        "aws iam detach-group-policy --group-name {groupName} --policy-arn {policyArn}",
    ),
    lasting(
        ("iam", "AttachRolePolicy"),
        "policy attached to a role",
        &["roleName", "policyArn"],
        &[("DetachRolePolicy", &["roleName", "policyArn"]), ("DeleteRole", &["roleName"])],
        "aws iam detach-role-policy --role-name {roleName} --policy-arn {policyArn}",
    ),
    lasting(
        ("iam", "PutUserPolicy"),
        "inline policy of a user",
        &["userName", "policyName"],
        &[("DeleteUserPolicy", &["userName", "policyName"]), ("DeleteUser", &["userName"])],
        "aws iam delete-user-policy --user-name {userName} --policy-name {policyName}",
    ),
    lasting(
        ("iam", "PutGroupPolicy"),
        "inline policy of a group",
        &["groupName", "policyName"],
        &[("DeleteGroupPolicy", &["groupName", "policyName"]), ("DeleteGroup", &["groupName"])],
        "aws iam delete-group-policy --group-name {groupName} --policy-name {policyName}",
    ),
    lasting(
        ("iam", "PutRolePolicy"),
        "inline policy of a role",
        &["roleName", "policyName"],
        &[("DeleteRolePolicy", &["roleName", "policyName"]), ("DeleteRole", &["roleName"])],
        "aws iam delete-role-policy --role-name {roleName} --policy-name {policyName}",
    ),
    lasting(
        ("iam", "AddUserToGroup"),
        "user added to a group",
        &["userName", "groupName"],
        &[
            ("RemoveUserFromGroup", &["userName", "groupName"]),
            ("DeleteUser", &["userName"]),
            ("DeleteGroup", &["groupName"]),
        ],
        "aws iam remove-user-from-group --user-name {userName} --group-name {groupName}",
    ),
    lasting(
        ("iam", "CreateRole"),
        "new role",
        &["roleName"],
        &[("DeleteRole", &["roleName"])],
        "aws iam attach-role-policy --role-name {roleName} --policy-arn \
         arn:aws:iam::aws:policy/AWSDenyAll",
    ),
    lasting(
        ("iam", "UpdateAssumeRolePolicy"),
        "changed trust of a role",
        &["roleName"],
        &[("UpdateAssumeRolePolicy", &["roleName"]), ("DeleteRole", &["roleName"])],
        "aws iam get-role --role-name {roleName} --query Role.AssumeRolePolicyDocument  # then \
         update-assume-role-policy",
    ),
    lasting(
        ("iam", "CreatePolicyVersion"),
        "new version of a policy",
        &["policyArn", "versionId"],
        &[
            ("DeletePolicyVersion", &["policyArn", "versionId"]),
            ("SetDefaultPolicyVersion", &["policyArn", "!versionId"]),
            ("DeletePolicy", &["policyArn"]),
        ],
        "aws iam list-policy-versions --policy-arn {policyArn}  # then set-default-policy-version",
    ),
    lasting(
        ("iam", "SetDefaultPolicyVersion"),
        "other version of a policy in force",
        &["policyArn", "versionId"],
        &[
            ("SetDefaultPolicyVersion", &["policyArn", "!versionId"]),
            ("CreatePolicyVersion", &["policyArn", "!versionId", "setAsDefault:true"]),
            ("DeletePolicy", &["policyArn"]),
        ],
        "aws iam list-policy-versions --policy-arn {policyArn}  # the version before is not in this log; \
         then set-default-policy-version",
    ),
    lasting(
        ("iam", "DeleteUserPermissionsBoundary"),
        "permissions boundary of a user taken away",
        &["userName"],
        &[("PutUserPermissionsBoundary", &["userName"]), ("DeleteUser", &["userName"])],
        "aws iam get-user --user-name {userName}  # the boundary before is not in this log; then \
         put-user-permissions-boundary",
    ),
    lasting(
        ("iam", "DeleteRolePermissionsBoundary"),
        "permissions boundary of a role taken away",
        &["roleName"],
        &[("PutRolePermissionsBoundary", &["roleName"]), ("DeleteRole", &["roleName"])],
        "aws iam get-role --role-name {roleName}  # the boundary before is not in this log; then \
         put-role-permissions-boundary",
    ),
    lasting(
        ("iam", "PutUserPermissionsBoundary"),
        "permissions boundary of a user",
        &["userName", "permissionsBoundary"],
        &[("PutUserPermissionsBoundary", &["userName", "!permissionsBoundary"]), ("DeleteUser", &["userName"])],
        "aws iam get-user --user-name {userName}  # the boundary before is not in this log; then \
         put-user-permissions-boundary",
    ),
    lasting(
        ("iam", "PutRolePermissionsBoundary"),
        "permissions boundary of a role",
        &["roleName", "permissionsBoundary"],
        &[("PutRolePermissionsBoundary", &["roleName", "!permissionsBoundary"]), ("DeleteRole", &["roleName"])],
        "aws iam get-role --role-name {roleName}  # the boundary before is not in this log; then \
         put-role-permissions-boundary",
    ),
    lasting(
        ("iam", "DetachUserPolicy"),
        "policy that contains a user taken away",
        &["userName", "policyArn"],
        &[("AttachUserPolicy", &["userName", "policyArn"]), ("DeleteUser", &["userName"])],
        "aws iam attach-user-policy --user-name {userName} --policy-arn {policyArn}",
    )
    .only("policyArn:*/AWSCompromisedKeyQuarantine*|*/AWSDenyAll"),
    lasting(
        ("iam", "DetachGroupPolicy"),
        "policy that contains a group taken away",
        &["groupName", "policyArn"],
        &[("AttachGroupPolicy", &["groupName", "policyArn"]), ("DeleteGroup", &["groupName"])],
        "aws iam attach-group-policy --group-name {groupName} --policy-arn {policyArn}",
    )
    .only("policyArn:*/AWSDenyAll"),
    lasting(
        ("iam", "DetachRolePolicy"),
        "policy that contains a role taken away",
        &["roleName", "policyArn"],
        &[("AttachRolePolicy", &["roleName", "policyArn"]), ("DeleteRole", &["roleName"])],
        "aws iam attach-role-policy --role-name {roleName} --policy-arn {policyArn}",
    )
    .only("policyArn:*/AWSDenyAll"),
    lasting(
        ("iam", "DeleteRolePolicy"),
        "policy that ends sessions taken away",
        &["roleName", "policyName"],
        &[("PutRolePolicy", &["roleName", "policyName"]), ("DeleteRole", &["roleName"])],
        "aws iam list-role-policies --role-name {roleName}  # then put-role-policy: what it said is not \
         in this log",
    )
    .only("policyName:AWSRevokeOlderSessions"),
    lasting(
        ("iam", "DeleteUserPolicy"),
        "policy that ends sessions taken away",
        &["userName", "policyName"],
        &[("PutUserPolicy", &["userName", "policyName"]), ("DeleteUser", &["userName"])],
        "aws iam list-user-policies --user-name {userName}  # then put-user-policy: what it said is not \
         in this log",
    )
    .only("policyName:AWSRevokeOlderSessions"),
    lasting(
        ("iam", "AddRoleToInstanceProfile"),
        "role given to an instance profile",
        &["instanceProfileName", "roleName"],
        &[
            ("RemoveRoleFromInstanceProfile", &["instanceProfileName", "roleName"]),
            ("DeleteInstanceProfile", &["instanceProfileName"]),
            ("DeleteRole", &["roleName"]),
        ],
        "aws iam remove-role-from-instance-profile --instance-profile-name {instanceProfileName} \
         --role-name {roleName}",
    ),
    lasting(
        ("iam", "CreateSAMLProvider"),
        "new identity provider",
        &["sAMLProviderArn"],
        &[("DeleteSAMLProvider", &["sAMLProviderArn"])],
        "aws iam delete-saml-provider --saml-provider-arn {sAMLProviderArn}",
    ),
    lasting(
        ("iam", "UpdateSAMLProvider"),
        "changed identity provider",
        &["sAMLProviderArn"],
        &[("DeleteSAMLProvider", &["sAMLProviderArn"])],
        "aws iam get-saml-provider --saml-provider-arn {sAMLProviderArn}  # then update-saml-provider \
         with the metadata of your own provider",
    ),
    lasting(
        ("iam", "CreateOpenIDConnectProvider"),
        "new identity provider",
        &["openIDConnectProviderArn"],
        &[("DeleteOpenIDConnectProvider", &["openIDConnectProviderArn"])],
        "aws iam delete-open-id-connect-provider --open-id-connect-provider-arn \
         {openIDConnectProviderArn}",
    ),
    lasting(
        ("iam", "AddClientIDToOpenIDConnectProvider"),
        "client of an identity provider",
        &["openIDConnectProviderArn", "clientID"],
        &[
            ("RemoveClientIDFromOpenIDConnectProvider", &["openIDConnectProviderArn", "clientID"]),
            ("DeleteOpenIDConnectProvider", &["openIDConnectProviderArn"]),
        ],
        "aws iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn \
         {openIDConnectProviderArn} --client-id {clientID}",
    ),
    lasting(
        ("iam", "UpdateOpenIDConnectProviderThumbprint"),
        "changed identity provider",
        &["openIDConnectProviderArn"],
        &[("DeleteOpenIDConnectProvider", &["openIDConnectProviderArn"])],
        "aws iam get-open-id-connect-provider --open-id-connect-provider-arn {openIDConnectProviderArn}  \
         # then update-open-id-connect-provider-thumbprint",
    ),
    lasting(
        ("iam", "EnableOrganizationsRootSessions"),
        "sessions as root of member accounts",
        &[],
        &[("DisableOrganizationsRootSessions", &[])],
        "aws iam disable-organizations-root-sessions",
    ),
    lasting(
        ("iam", "EnableOrganizationsRootCredentialsManagement"),
        "root credentials of member accounts managed",
        &[],
        &[("DisableOrganizationsRootCredentialsManagement", &[])],
        "aws iam disable-organizations-root-credentials-management",
    ),
    lasting(
        ("iam", "EnableOutboundWebIdentityFederation"),
        "tokens for services outside of AWS",
        &[],
        &[("DisableOutboundWebIdentityFederation", &[])],
        "aws iam disable-outbound-web-identity-federation",
    ),
    lasting(
        ("rolesanywhere", "CreateTrustAnchor"),
        "new trust anchor of Roles Anywhere",
        &["trustAnchorId", "name"],
        &[("DeleteTrustAnchor", &["trustAnchorId"]), ("DisableTrustAnchor", &["trustAnchorId"])],
        "aws rolesanywhere disable-trust-anchor --trust-anchor-id {trustAnchorId}",
    ),
    lasting(
        ("rolesanywhere", "EnableTrustAnchor"),
        "trust anchor of Roles Anywhere enabled",
        &["trustAnchorId", "name"],
        &[("DeleteTrustAnchor", &["trustAnchorId"]), ("DisableTrustAnchor", &["trustAnchorId"])],
        "aws rolesanywhere disable-trust-anchor --trust-anchor-id {trustAnchorId}",
    ),
    lasting(
        ("rolesanywhere", "UpdateTrustAnchor"),
        "changed trust anchor of Roles Anywhere",
        &["trustAnchorId", "name"],
        &[("DeleteTrustAnchor", &["trustAnchorId"]), ("DisableTrustAnchor", &["trustAnchorId"])],
        "aws rolesanywhere get-trust-anchor --trust-anchor-id {trustAnchorId}  # then \
         disable-trust-anchor or update-trust-anchor",
    ),
    lasting(
        ("rolesanywhere", "CreateProfile"),
        "new profile of Roles Anywhere",
        &["profileId", "name"],
        &[("DeleteProfile", &["profileId"]), ("DisableProfile", &["profileId"])],
        "aws rolesanywhere disable-profile --profile-id {profileId}",
    ),
    lasting(
        ("rolesanywhere", "EnableProfile"),
        "profile of Roles Anywhere enabled",
        &["profileId", "name"],
        &[("DeleteProfile", &["profileId"]), ("DisableProfile", &["profileId"])],
        "aws rolesanywhere disable-profile --profile-id {profileId}",
    ),
    lasting(
        ("rolesanywhere", "UpdateProfile"),
        "changed profile of Roles Anywhere",
        &["profileId", "name"],
        &[("DeleteProfile", &["profileId"]), ("DisableProfile", &["profileId"])],
        "aws rolesanywhere get-profile --profile-id {profileId}  # then disable-profile or update-profile",
    ),
    lasting(
        ("eks", "CreateAccessEntry"),
        "principal let into a cluster",
        &["clusterName", "name", "principalArn"],
        &[("DeleteAccessEntry", &["clusterName|name", "principalArn"]), ("DeleteCluster", &["clusterName|name"])],
        "aws eks delete-access-entry --cluster-name {clusterName|name} --principal-arn {principalArn}",
    ),
    lasting(
        ("eks", "AssociateAccessPolicy"),
        "policy of a principal in a cluster",
        &["clusterName", "name", "principalArn", "policyArn"],
        &[
            ("DisassociateAccessPolicy", &["clusterName|name", "principalArn", "policyArn"]),
            ("DeleteAccessEntry", &["clusterName|name", "principalArn"]),
            ("DeleteCluster", &["clusterName|name"]),
        ],
        "aws eks disassociate-access-policy --cluster-name {clusterName|name} --principal-arn \
         {principalArn} --policy-arn {policyArn}",
    ),
    lasting(
        ("eks", "CreatePodIdentityAssociation"),
        "role given to pods of a cluster",
        &["clusterName", "name", "roleArn", "+associationId"],
        &[("DeletePodIdentityAssociation", &["associationId"]), ("DeleteCluster", &["clusterName|name"])],
        "aws eks delete-pod-identity-association --cluster-name {clusterName|name} --association-id \
         {associationId}",
    ),
    lasting(
        ("eks", "UpdatePodIdentityAssociation"),
        "role given to pods of a cluster",
        &["clusterName", "name", "roleArn", "+associationId"],
        &[("DeletePodIdentityAssociation", &["associationId"]), ("DeleteCluster", &["clusterName|name"])],
        "aws eks describe-pod-identity-association --cluster-name {clusterName|name} --association-id \
         {associationId}  # then update-pod-identity-association",
    ),
    lasting(
        ("eks", "UpdateClusterConfig"),
        "changed configuration of a cluster",
        &["clusterName", "name"],
        &[("DeleteCluster", &["clusterName|name"])],
        "aws eks describe-cluster --name {clusterName|name}  # its logs and who reaches it; then \
         update-cluster-config",
    ),
    lasting(
        ("cognito-identity", "SetIdentityPoolRoles"),
        "roles of an identity pool",
        &["identityPoolId"],
        &[("DeleteIdentityPool", &["identityPoolId"])],
        "aws cognito-identity get-identity-pool-roles --identity-pool-id {identityPoolId}  # then \
         set-identity-pool-roles",
    ),
    lasting(
        ("cognito-identity", "UpdateIdentityPool"),
        "identity pool opened to guests",
        &["identityPoolId"],
        &[
            ("UpdateIdentityPool", &["identityPoolId", "allowUnauthenticatedIdentities:false"]),
            ("DeleteIdentityPool", &["identityPoolId"]),
        ],
        "aws cognito-identity describe-identity-pool --identity-pool-id {identityPoolId}  # then \
         update-identity-pool",
    )
    .only("allowUnauthenticatedIdentities:true"),
    lasting(
        ("cognito-idp", "AdminCreateUser"),
        "new user of a user pool",
        &["userPoolId", "username"],
        &[
            ("AdminDeleteUser", &["userPoolId", "username"]),
            ("AdminDisableUser", &["userPoolId", "username"]),
            ("DeleteUserPool", &["userPoolId"]),
        ],
        "aws cognito-idp admin-disable-user --user-pool-id {userPoolId} --username {username}",
    ),
    lasting(
        ("transfer", "CreateUser"),
        "new user of a file server",
        &["serverId", "userName"],
        &[("DeleteUser", &["serverId", "userName"]), ("DeleteServer", &["serverId"])],
        "aws transfer describe-user --server-id {serverId} --user-name {userName}  # then delete-user",
    ),
    lasting(
        ("transfer", "ImportSshPublicKey"),
        "SSH key of a user of a file server",
        &["serverId", "userName", "sshPublicKeyId"],
        &[
            ("DeleteSshPublicKey", &["serverId", "userName", "sshPublicKeyId"]),
            ("DeleteUser", &["serverId", "userName"]),
        ],
        "aws transfer delete-ssh-public-key --server-id {serverId} --user-name {userName} \
         --ssh-public-key-id {sshPublicKeyId}",
    ),
];
