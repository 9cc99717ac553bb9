//! What kind of session it is: who or what holds its credentials.

/// The kind of a session. Not an AWS field; the order of the role kinds is the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Kind {
    /// A role on an EC2 instance.
    Ec2,
    /// A role of a Lambda function.
    Lambda,
    /// A role that another AWS service assumed.
    Service,
    /// A permission set of IAM Identity Center.
    Sso,
    /// A role for a user of an OpenID Connect provider.
    WebIdentity,
    /// A role for a user of a SAML provider.
    Saml,
    /// Any other role session.
    Role,
    /// An IAM user or root at the console.
    Console,
    /// An IAM user's or root's own token (GetSessionToken).
    UserToken,
    /// A federated user (GetFederationToken).
    Federated,
    /// Root of a member account, centrally (AssumeRoot).
    AssumeRoot,
}

impl Kind {
    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::Lambda => "lambda",
            Self::Service => "service",
            Self::Sso => "sso",
            Self::WebIdentity => "web-identity",
            Self::Saml => "saml",
            Self::Role => "role",
            Self::Console => "console",
            Self::UserToken => "user-token",
            Self::Federated => "federated",
            Self::AssumeRoot => "assume-root",
        }
    }

    /// Whether programs hold such sessions: no person can be behind them, so that MFA says nothing.
    pub const fn is_workload(self) -> bool {
        matches!(self, Self::Ec2 | Self::Lambda | Self::Service)
    }

    /// Whether an identity provider signed the person in, so that MFA is not visible here.
    pub const fn has_identity_provider(self) -> bool {
        matches!(self, Self::Sso | Self::WebIdentity | Self::Saml)
    }
}
