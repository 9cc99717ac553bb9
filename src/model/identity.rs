//! `userIdentity`: who made the call, as the record says it. Attribution to a principal is in `principal`.

use std::borrow::Cow;

use super::{AccessKeyKind, EventTime, address::is_service_host};

/// `userIdentity.type`.
///
/// Source: CloudTrail user guide, "CloudTrail userIdentity element".
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityType {
    /// The account root.
    Root,
    /// An IAM user.
    IamUser,
    /// A role session.
    AssumedRole,
    /// A role itself; documented, rare.
    Role,
    /// Credentials from GetFederationToken.
    FederatedUser,
    /// The caller of AssumeRoleWithSAML.
    SamlUser,
    /// The caller of AssumeRoleWithWebIdentity.
    WebIdentityUser,
    /// A user of IAM Identity Center.
    IdentityCenterUser,
    /// Another AWS account.
    AwsAccount,
    /// An AWS service.
    AwsService,
    /// No type, or no userIdentity at all.
    #[default]
    Missing,
    /// Any other type, as spelled in the record.
    Other(Box<str>),
}

impl IdentityType {
    /// The type that `text` spells; [`IdentityType::Missing`] for the empty string.
    pub fn parse(text: &str) -> Self {
        match text {
            "" => Self::Missing,
            "Root" => Self::Root,
            "IAMUser" => Self::IamUser,
            "AssumedRole" => Self::AssumedRole,
            "Role" => Self::Role,
            "FederatedUser" => Self::FederatedUser,
            "SAMLUser" => Self::SamlUser,
            "WebIdentityUser" => Self::WebIdentityUser,
            "IdentityCenterUser" => Self::IdentityCenterUser,
            "AWSAccount" => Self::AwsAccount,
            "AWSService" => Self::AwsService,
            other => Self::Other(other.into()),
        }
    }

    /// AWS's spelling; empty for [`IdentityType::Missing`].
    pub fn as_str(&self) -> &str {
        match self {
            Self::Root => "Root",
            Self::IamUser => "IAMUser",
            Self::AssumedRole => "AssumedRole",
            Self::Role => "Role",
            Self::FederatedUser => "FederatedUser",
            Self::SamlUser => "SAMLUser",
            Self::WebIdentityUser => "WebIdentityUser",
            Self::IdentityCenterUser => "IdentityCenterUser",
            Self::AwsAccount => "AWSAccount",
            Self::AwsService => "AWSService",
            Self::Missing => "",
            Self::Other(text) => text,
        }
    }
}

/// `userIdentity` of one record; its texts are mostly borrowed from the record.
///
/// Every field of the record is optional and an empty string is the same as an absent one, so absent text is `""`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserIdentity<'a> {
    /// `type`.
    pub kind: IdentityType,
    /// `principalId`: `AIDA…`, `AROA…:session`, an account id for root.
    pub principal_id: Cow<'a, str>,
    /// `arn`.
    pub arn: Cow<'a, str>,
    /// `accountId`: the account that owns the credential. Text, leading zeros kept.
    pub account_id: Cow<'a, str>,
    /// `accessKeyId`.
    pub access_key_id: Cow<'a, str>,
    /// `userName`.
    pub user_name: Cow<'a, str>,
    /// `invokedBy`: the service that made the call on the principal's behalf.
    pub invoked_by: Cow<'a, str>,
    /// `identityProvider`, of SAML and web identities.
    pub identity_provider: Cow<'a, str>,
    /// `credentialId`, of Identity Center users.
    pub credential_id: Cow<'a, str>,
    /// `onBehalfOf`.
    pub on_behalf_of: Option<OnBehalfOf<'a>>,
    /// `inScopeOf`.
    pub in_scope_of: Option<InScopeOf<'a>>,
    /// `invokedByDelegate.accountId`: the account that acts with the permissions of this identity by a temporary
    /// delegation.
    ///
    /// Source: IAM user guide, "Temporary delegation".
    pub delegate_account_id: Cow<'a, str>,
    /// `sessionContext`; present where the record has a non-empty one.
    pub session: Option<SessionContext<'a>>,
}

/// `userIdentity.onBehalfOf`: the Identity Center user behind a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OnBehalfOf<'a> {
    /// `userId`.
    pub user_id: Cow<'a, str>,
    /// `identityStoreArn`.
    pub identity_store_arn: Cow<'a, str>,
}

/// `userIdentity.inScopeOf`: the workload that AWS issued the credentials to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct InScopeOf<'a> {
    /// `issuerType`, such as `AWS::EC2::Instance`.
    pub issuer_type: Cow<'a, str>,
    /// `credentialsIssuedTo`: the ARN of the workload.
    pub credentials_issued_to: Cow<'a, str>,
    /// `sourceArn`: the ARN of the resource that the service used the credentials for.
    pub source_arn: Cow<'a, str>,
    /// `sourceAccount`: the account of that resource.
    pub source_account: Cow<'a, str>,
}

/// `userIdentity.sessionContext`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SessionContext<'a> {
    /// `attributes.creationDate`; `None` when absent or not a time.
    pub creation_date: Option<EventTime>,
    /// `attributes.mfaAuthenticated`. Three states: absent is not `false`.
    pub mfa_authenticated: Option<bool>,
    /// `sessionIssuer`.
    pub issuer: SessionIssuer<'a>,
    /// `sourceIdentity`, which survives role chaining.
    pub source_identity: Cow<'a, str>,
    /// `ec2RoleDelivery`: `1.0` is the instance metadata service of version 1.
    pub ec2_role_delivery: Cow<'a, str>,
    /// `assumedRoot`, where sources put it: beside `attributes` or inside.
    pub assumed_root: Option<bool>,
    /// `webIdFederationData.federatedProvider`.
    pub federated_provider: Cow<'a, str>,
    /// `signInSessionArn`: the console or `aws login` sign-in that the credentials come from.
    pub sign_in_session_arn: Cow<'a, str>,
}

/// `userIdentity.sessionContext.sessionIssuer`: the role or user that the session stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SessionIssuer<'a> {
    /// `type`: Role, IAMUser, Root.
    pub kind: Cow<'a, str>,
    /// `principalId`, without a session name.
    pub principal_id: Cow<'a, str>,
    /// `arn`, with the IAM path.
    pub arn: Cow<'a, str>,
    /// `accountId`.
    pub account_id: Cow<'a, str>,
    /// `userName`.
    pub user_name: Cow<'a, str>,
}

impl UserIdentity<'_> {
    /// `sessionContext.attributes.creationDate`, where there is one.
    pub fn creation_date(&self) -> Option<EventTime> {
        self.session.as_ref().and_then(|s| s.creation_date)
    }

    /// `principalId` without the session name behind its colon.
    pub(crate) fn unique_id(&self) -> &str {
        let name = self.principal_id.bytes().position(|byte| byte == b':');
        name.map_or(&self.principal_id, |colon| &self.principal_id[..colon])
    }

    /// Whether this call was signed with a long-lived access key: an `AKIA` id, no session creation date, and not a
    /// role session or federated user (whose type overrides the prefix).
    ///
    /// `AKIA` with a creation date is the S3 console proxying a signed-in person: no use of the key by its owner.
    pub fn is_long_lived_key_use(&self) -> bool {
        AccessKeyKind::of(&self.access_key_id) == AccessKeyKind::LongLived
            && self.creation_date().is_none()
            && !matches!(self.kind, IdentityType::AssumedRole | IdentityType::FederatedUser)
    }

    /// Whether a FederatedUser's session was issued by the account root.
    pub fn is_federated_by_root(&self) -> bool {
        self.kind == IdentityType::FederatedUser
            && self.session.as_ref().is_some_and(|s| &*s.issuer.kind == "Root" || s.issuer.arn.ends_with(":root"))
    }

    /// Whether `invokedBy` names an AWS service that acts on its own: a service host other than the sign-in service,
    /// which is a person at the console, and the AWS MCP server, which is a person's agent. `AWS Internal` is no service
    /// either.
    ///
    /// Source for the latter: AWS MCP Server user guide, "Logging with CloudTrail".
    pub fn is_invoked_by_service(&self) -> bool {
        let of_person = ["signin.amazonaws.com", "aws-mcp.amazonaws.com"];
        is_service_host(&self.invoked_by) && !of_person.iter().any(|host| self.invoked_by.starts_with(host))
    }
}
