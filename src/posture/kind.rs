//! The kinds of state files, and how content tells them apart. Names of files never count.

use std::fmt;

/// What a file of IAM state holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StateKind {
    /// `aws iam get-credential-report`: its CSV, or the JSON that wraps it.
    CredentialReport,
    /// `aws iam get-account-authorization-details`.
    AuthorizationDetails,
    /// `aws iam list-access-keys`.
    AccessKeys,
    /// `aws iam list-service-specific-credentials`.
    ServiceCredentials,
    /// `aws iam list-ssh-public-keys`.
    SshKeys,
    /// `aws iam get-account-summary`.
    AccountSummary,
    /// `aws iam get-account-password-policy`.
    PasswordPolicy,
    /// `aws account list-regions` or `aws ec2 describe-regions`.
    EnabledRegions,
    /// `aws iam list-mfa-devices`. Nothing is judged by it yet.
    MfaDevices,
    /// `aws iam list-virtual-mfa-devices`.
    VirtualMfaDevices,
    /// `aws iam list-open-id-connect-providers`.
    OidcProviders,
    /// `aws iam list-saml-providers`.
    SamlProviders,
    /// `aws iam list-signing-certificates`. The credential report has what is judged of them.
    SigningCertificates,
    /// `aws iam list-account-aliases`: what the account is called.
    AccountAliases,
    /// `aws iam get-service-last-accessed-details`, with whose it is.
    LastAccessed,
    /// `aws sts get-caller-identity`: names the account of the files beside it, and nothing else.
    CallerIdentity,
    /// The manifest of `trailscan iam-snapshot`: of when the files beside it are, and which are missing.
    Manifest,
}

impl StateKind {
    /// All that are judged.
    pub const ALL: [Self; 12] = [
        Self::CredentialReport,
        Self::AuthorizationDetails,
        Self::AccessKeys,
        Self::ServiceCredentials,
        Self::SshKeys,
        Self::AccountSummary,
        Self::PasswordPolicy,
        Self::EnabledRegions,
        Self::VirtualMfaDevices,
        Self::OidcProviders,
        Self::SamlProviders,
        Self::LastAccessed,
    ];

    /// Whether a flag of its own names such a file; others are found in a folder (`--iam-dir`).
    pub const fn has_flag(self) -> bool {
        matches!(
            self,
            Self::CredentialReport
                | Self::AuthorizationDetails
                | Self::AccessKeys
                | Self::AccountSummary
                | Self::PasswordPolicy
                | Self::EnabledRegions
        )
    }

    /// The word that is printed, and the flag that names such a file, where there is one: `credential-report`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CredentialReport => "credential-report",
            Self::AuthorizationDetails => "authorization-details",
            Self::AccessKeys => "access-keys",
            Self::ServiceCredentials => "service-specific-credentials",
            Self::SshKeys => "ssh-public-keys",
            Self::AccountSummary => "account-summary",
            Self::PasswordPolicy => "password-policy",
            Self::EnabledRegions => "enabled-regions",
            Self::MfaDevices => "mfa-devices",
            Self::VirtualMfaDevices => "virtual-mfa-devices",
            Self::OidcProviders => "open-id-connect-providers",
            Self::SamlProviders => "saml-providers",
            Self::SigningCertificates => "signing-certificates",
            Self::AccountAliases => "account-aliases",
            Self::LastAccessed => "service-last-accessed",
            Self::CallerIdentity => "caller-identity",
            Self::Manifest => "manifest",
        }
    }

    /// The kind that is judged and has this word.
    pub(super) fn of_name(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The kind whose JSON has a member of this name at its top.
    pub(super) fn of_member(name: &str) -> Option<Self> {
        Some(match name {
            "Content" | "ReportFormat" | "GeneratedTime" => Self::CredentialReport,
            "UserDetailList" | "GroupDetailList" | "RoleDetailList" | "Policies" => Self::AuthorizationDetails,
            "AccessKeyMetadata" => Self::AccessKeys,
            "ServiceSpecificCredentials" => Self::ServiceCredentials,
            "SSHPublicKeys" => Self::SshKeys,
            "SummaryMap" => Self::AccountSummary,
            "PasswordPolicy" => Self::PasswordPolicy,
            "Regions" => Self::EnabledRegions,
            "MFADevices" => Self::MfaDevices,
            "VirtualMFADevices" => Self::VirtualMfaDevices,
            "OpenIDConnectProviderList" => Self::OidcProviders,
            "SAMLProviderList" => Self::SamlProviders,
            "Certificates" => Self::SigningCertificates,
            "AccountAliases" => Self::AccountAliases,
            "JobStatus" | "ServicesLastAccessed" => Self::LastAccessed,
            "Account" => Self::CallerIdentity,
            "snapshot_of" => Self::Manifest,
            _ => return None,
        })
    }
}

impl fmt::Display for StateKind {
    /// With its article, for sentences: `a credential report`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CredentialReport => "a credential report",
            Self::AuthorizationDetails => "account authorization details",
            Self::AccessKeys => "a list of access keys",
            Self::ServiceCredentials => "a list of service-specific credentials",
            Self::SshKeys => "a list of SSH public keys",
            Self::AccountSummary => "an account summary",
            Self::PasswordPolicy => "a password policy",
            Self::EnabledRegions => "a list of regions",
            Self::MfaDevices => "a list of MFA devices",
            Self::VirtualMfaDevices => "a list of virtual MFA devices",
            Self::OidcProviders => "a list of OpenID Connect providers",
            Self::SamlProviders => "a list of SAML providers",
            Self::SigningCertificates => "a list of signing certificates",
            Self::AccountAliases => "account aliases",
            Self::LastAccessed => "services last accessed",
            Self::CallerIdentity => "a caller identity",
            Self::Manifest => "the manifest of a snapshot",
        })
    }
}
