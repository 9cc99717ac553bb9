//! Who keeps a policy, and how much it grants at its widest.

use super::{Policy, PolicyError};
use crate::model::Arn;

/// Who keeps a policy. Not an AWS field; the words are AWS's.
///
/// Source: IAM user guide, "Managed policies and inline policies".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyClass {
    /// AWS: `arn:aws:iam::aws:policy/…`, in any partition and under any path (`job-function/`).
    AwsManaged,
    /// The account: `arn:aws:iam::111122223333:policy/…`.
    CustomerManaged,
    /// The user, group or role that it is embedded in.
    Inline,
    /// There is no policy.
    None,
}

/// How much a policy grants at its widest. Not an AWS field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// Nothing: the document only denies.
    DenyOnly,
    /// Less than [`Grant::FullService`], or there is no policy.
    Other,
    /// The document is not at hand, or cannot be read.
    NotJudged,
    /// Every action of a service, or all but some actions, on every resource without a condition.
    FullService,
    /// What [`Grant::Admin`] is, under a condition about who calls that whoever holds the policy can come to meet: MFA, an
    /// address range, an own name, a date.
    AdminOnCondition,
    /// What leads to everything in a call or two: see [`Policy::escalations`].
    Escalation,
    /// Most actions on what nobody has named, ways to everything among them, whatever the words.
    Admin,
}

/// How AWS's managed policies begin that it attaches to a user whose key it found in public: AWSCompromisedKeyQuarantine,
/// …V2, …V3. Source: AWS managed policy reference guide, AWSCompromisedKeyQuarantineV3.
const QUARANTINE: &str = "AWSCompromisedKeyQuarantine";

/// The inline policy that AWS wrote for the same end before. Source: AWS re:Post Knowledge Center, "What do I do if I notice
/// unauthorized activity in my AWS account?"; Elastic detection-rules #3910.
const OLDER_QUARANTINE: &str = "AWSExposedCredentialPolicy_DO_NOT_REMOVE";

/// Whether a policy is AWS's quarantine of a user whose key it found in public: by the ARN of a managed policy (anybody may
/// give an own policy AWS's name), or by the name of an inline one. What an inline one says is for the caller to look at.
pub fn is_quarantine(policy: &str, class: PolicyClass) -> bool {
    match class {
        PolicyClass::AwsManaged => Arn::parse(policy).is_some_and(|arn| arn.name().starts_with(QUARANTINE)),
        PolicyClass::Inline => policy == OLDER_QUARANTINE || policy.starts_with(QUARANTINE),
        PolicyClass::CustomerManaged | PolicyClass::None => false,
    }
}

impl PolicyClass {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::AwsManaged, Self::CustomerManaged, Self::Inline, Self::None];

    /// The class of the managed policy `arn`; `None` when it is the ARN of no policy.
    pub fn of_arn(arn: &str) -> Self {
        match Arn::parse(arn) {
            Some(arn) if arn.service != "iam" || !arn.resource.starts_with("policy/") => Self::None,
            Some(arn) if arn.account_id == "aws" => Self::AwsManaged,
            Some(_) => Self::CustomerManaged,
            None => Self::None,
        }
    }

    /// The name that is printed: `aws-managed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwsManaged => "aws-managed",
            Self::CustomerManaged => "customer-managed",
            Self::Inline => "inline",
            Self::None => "none",
        }
    }

    /// The class of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

impl Grant {
    /// All of them, least first.
    pub const ALL: [Self; 7] = [
        Self::DenyOnly,
        Self::Other,
        Self::NotJudged,
        Self::FullService,
        Self::AdminOnCondition,
        Self::Escalation,
        Self::Admin,
    ];

    /// Whether whoever has it is administrator, or can become one; under a condition nobody is.
    pub const fn is_admin_equivalent(self) -> bool {
        matches!(self, Self::Escalation | Self::Admin)
    }

    /// What a document grants; one that cannot be read is not judged.
    pub fn of(policy: &Result<Policy, PolicyError>) -> Self {
        policy.as_ref().map_or(Self::NotJudged, Policy::grant)
    }

    /// What the managed policy `arn` grants, as far as its name tells: AWS's own by AWS's naming, an account's never.
    ///
    /// `AdministratorAccess` is `*:*`; `IAMFullAccess` is `iam:*`, which leads there, and so do the policies of those who
    /// administer Identity Center (`AWSSSOMasterAccountAdministrator`, `…MemberAccount…`) or its directory
    /// (`AWSSSODirectoryAdministrator`): they assign any permission set, or make anybody a member of any group; `PowerUserAccess` and `…FullAccess`
    /// hold every action of a service, as AWS names them; AWS's quarantine and `AWSDenyAll` only deny.
    /// `AdministratorAccess-Amplify` and the like are none of these. Known miss: `AWSLambda_FullAccess` and the like, which may
    /// pass any role that their service may take: where no such role is administrator they lead nowhere. Source: AWS managed policy reference guide.
    pub fn of_managed(arn: &str) -> Self {
        match PolicyClass::of_arn(arn) {
            PolicyClass::AwsManaged => match Arn::parse(arn).map_or("", |arn| arn.name()) {
                "AdministratorAccess" => Self::Admin,
                "IAMFullAccess" => Self::Escalation,
                "AWSSSODirectoryAdministrator"
                | "AWSSSOMasterAccountAdministrator"
                | "AWSSSOMemberAccountAdministrator" => Self::Escalation,
                "AWSDenyAll" => Self::DenyOnly,
                name if name.starts_with(QUARANTINE) => Self::DenyOnly,
                "PowerUserAccess" => Self::FullService,
                name if name.ends_with("FullAccess") => Self::FullService,
                _ => Self::Other,
            },
            _ => Self::NotJudged,
        }
    }

    /// The name that is printed: `full-service`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DenyOnly => "deny-only",
            Self::Other => "other",
            Self::NotJudged => "not-judged",
            Self::FullService => "full-service",
            Self::AdminOnCondition => "admin-on-condition",
            Self::Escalation => "escalation",
            Self::Admin => "admin",
        }
    }

    /// The grant of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == name)
    }
}
