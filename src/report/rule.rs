//! A rule that findings name: what it means, how to check it and how to put it right.

use super::Severity;

/// One of the seven practices that an audit scores. Source: IAM user guide, "Security best practices in IAM".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Practice {
    /// Root is used for tasks that need it, and for nothing else.
    RestrictRootUse,
    /// Root has no access keys.
    NoRootKeys,
    /// Whoever signs in to the console uses MFA.
    MfaForConsole,
    /// Machines use roles; long-lived keys are not embedded in them.
    RolesNotKeys,
    /// Access keys are rotated within 90 days.
    RotateKeys,
    /// Policies are attached to groups, not to users.
    PoliciesOnGroups,
    /// AWS-managed policies where they do, not copies of them.
    AwsManagedPolicies,
}

impl Practice {
    /// All seven, in the order in which they are scored.
    pub const ALL: [Self; 7] = [
        Self::RestrictRootUse,
        Self::NoRootKeys,
        Self::MfaForConsole,
        Self::RolesNotKeys,
        Self::RotateKeys,
        Self::PoliciesOnGroups,
        Self::AwsManagedPolicies,
    ];

    /// The name that is printed: `restrict-root-use`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RestrictRootUse => "restrict-root-use",
            Self::NoRootKeys => "no-root-keys",
            Self::MfaForConsole => "mfa-for-console",
            Self::RolesNotKeys => "roles-not-keys",
            Self::RotateKeys => "rotate-keys",
            Self::PoliciesOnGroups => "policies-on-groups",
            Self::AwsManagedPolicies => "aws-managed-policies",
        }
    }

    /// A short name, so that the heads of all seven stand side by side: `root-use`.
    pub const fn short_name(self) -> &'static str {
        match self {
            Self::RestrictRootUse => "root-use",
            Self::NoRootKeys => "root-keys",
            Self::MfaForConsole => "mfa",
            Self::RolesNotKeys => "roles",
            Self::RotateKeys => "rotation",
            Self::PoliciesOnGroups => "groups",
            Self::AwsManagedPolicies => "managed",
        }
    }
}

/// Rules that break a second practice beside their own, by id: root's key in use is a key of root and a use of it, and so
/// is root's sign-in without MFA a sign-in without MFA.
const SECOND_PRACTICES: [(&str, Practice); 4] = [
    ("root-access-key", Practice::RestrictRootUse),
    ("root-key-created", Practice::RestrictRootUse),
    ("root-key", Practice::RestrictRootUse),
    ("root-sign-in-without-mfa", Practice::RestrictRootUse),
];

/// What a finding's `rule` stands for. A report registers those that it may find.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name that findings carry: `root-access-key`. It never changes its meaning.
    pub id: &'static str,
    /// The severity of its findings; the worst, where the row decides.
    pub severity: Severity,
    /// The practice that a finding breaks, or the first of two ([`Rule::practices`]); `None` where it breaks none of the
    /// seven.
    pub practice: Option<Practice>,
    /// Techniques of MITRE ATT&CK for Enterprise that it is about, by id; [`technique`](super::technique) has their names.
    pub techniques: &'static [&'static str],
    /// Recommendations of the CIS AWS Foundations Benchmark that it is about; [`control`](super::control) has their names.
    pub controls: &'static [&'static str],
    /// When it holds and what that means, in a sentence or two.
    pub about: &'static str,
    /// How to check a finding before acting on it.
    pub check: &'static str,
    /// How to put it right.
    pub fix: &'static str,
    /// AWS's page on it.
    pub page: &'static str,
}

impl Rule {
    /// The practices that a finding breaks: none, one, or for few rules two.
    pub fn practices(&self) -> impl Iterator<Item = Practice> {
        let second = SECOND_PRACTICES.iter().find(|(id, _)| *id == self.id).map(|&(_, practice)| practice);
        self.practice.into_iter().chain(second)
    }
}
