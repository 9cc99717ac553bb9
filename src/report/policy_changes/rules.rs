//! The rules of `policy-changes`: what each means, how to check it, how to put it right.

use super::{access_rules, beyond_rules};
use crate::report::{Practice, Rule, Severity};

const PRACTICES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";
const MANAGED: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html";
const GROUPS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html";
const PRINCIPAL: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html";
const MFA: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html";
const PASSWORDS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_admin-change-user.html";
const PASSWORD_POLICY: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html";
const BOUNDARIES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html";
const DENIED: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";

pub(super) const ADMIN_GRANTED: Rule = Rule {
    id: "admin-granted",
    severity: Severity::High,
    practice: None,
    techniques: &["T1098.003"],
    controls: &[],
    about: "A user, group or role was given everything, in whatever words, or what leads there in a call or two \
(iam:Attach*, iam:Put*Policy, iam:CreatePolicyVersion, iam:SetDefaultPolicyVersion, iam:UpdateAssumeRolePolicy, \
iam:AddUserToGroup, iam:CreateAccessKey, iam:CreateLoginProfile, iam:UpdateLoginProfile on anybody, iam:PassRole on any \
role with what runs code as it, IAMFullAccess; where the policy names these services: sso:CreateAccountAssignment, \
sso:PutInlinePolicyToPermissionSet and sso:AttachManagedPolicyToPermissionSet with sso:ProvisionPermissionSet, \
identitystore:CreateGroupMembership, sso-directory:AddMemberToGroup and UpdatePassword, which lead to every account from \
the one that administers Identity Center and nowhere from others). A version of a policy that takes effect while somebody has it, or may \
have it, is the deed of who put it into force. Medium where everything is allowed on a condition that whoever holds it can \
come to meet (MFA, which AWS advises; an address range narrower than a /8, an own name, a date). Of a role that was made in these \
logs it is low where only CloudFormation of the account may assume it (a thief can hand such a role to a stack of his), and \
medium where only accounts may that were read, too (known by AWSLogs layout, state or changes of IAM); whatever its name. Medium for a policy that nobody has yet, a permission set, and a user that \
joined a group which these logs or IAM's state show to be administrator; low for a version that is not the default. \
`held_by` names who had it at once, as far as these logs show: members of a group, users and roles of a trust policy, \
holders of a written policy.",
    check: "Ask who called whether the change was meant, and look at what the target did since: trailscan principals.",
    fix: "Take the policy away (aws iam detach-user-policy, delete-user-policy and the like) and grant what the work needs.",
    page: PRACTICES,
};

pub(super) const SELF_GRANT: Rule = Rule {
    id: "self-grant",
    severity: Severity::High,
    practice: None,
    techniques: &["T1098.003"],
    controls: &[],
    about: "A user or role gave itself a policy, joined a group or dropped its own permissions boundary, or wrote into a group \
that it is in, or into a customer-managed policy that it holds, by these logs or IAM's state. Medium for these two, and where the \
policy is known to grant less than a whole service. Low where the caller is administrator by what it did not give itself: by what \
others gave it before in these logs, or by state without what it gave itself or wrote in these logs.",
    check: "See whether the caller was an administrator already; if not, this is how permissions are escalated.",
    fix: "Undo the change, rotate the credentials that made it, and leave iam:Attach*, iam:Put* and iam:AddUserToGroup on \
itself to nobody but administrators.",
    page: PRACTICES,
};

pub(super) const TRUST_OPENED: Rule = Rule {
    id: "role-trust-opened",
    severity: Severity::High,
    practice: None,
    techniques: &["T1098"],
    controls: &[],
    about: "A role was made, or its trust policy replaced, so that principals outside of the account may assume it: high \
for anyone, or anybody with an account at an identity provider that many share, without a condition that keeps somebody \
out (a subject with the owner's name; not an audience, a pattern that all match, a session name); for guests of an identity \
pool of Cognito, who are anybody on the internet as apps without sign-in mean it, high only where the role is known to be administrator, low where \
the pool was given this role in these logs (SetIdentityPoolRoles) and no policy that the role was given is a whole service or not known, else medium; medium for another \
account without one or for anyone who knows or guesses an sts:ExternalId, high where the role is known to be administrator; low under a condition, medium where that was set for an administrator. Of accounts that were read, too, it is low, and \
medium where the role is administrator. What AWS set up for whoever asked is told where it lets in anyone, or, by a stack set, an \
account that was neither read nor is one that roles trust which Organizations, Control Tower or Identity Center made: high \
where the role is administrator, medium where no such role is known, else low.",
    check: "Compare the accounts with those of your organisation and your partners; look for sessions of the role from \
them: trailscan sessions.",
    fix: "Name the principals that need the role and give partners an sts:ExternalId: aws iam update-assume-role-policy.",
    page: PRINCIPAL,
};

pub(super) const MFA_DEACTIVATED: Rule = Rule {
    id: "mfa-deactivated",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    techniques: &["T1556.006"],
    controls: &["1.10"],
    about: "An MFA device was taken from a user or root. High where none was seen enabled afterwards; low where one was, \
where somebody else had enabled another before that was not taken since, or where somebody else took it within the last \
hour of the logs and nobody signed in without MFA since. Info where the user had enabled another itself, signed in with MFA \
afterwards, or was deleted or its password, before or afterwards, and where a central session took it from root (AssumeRoot for \
IAMDeleteRootUserCredentials, which may do little else).",
    check: "aws iam list-mfa-devices --user-name NAME; ask the user, and look at sign-ins after that time.",
    fix: "Have the user enable a device, and allow iam:DeactivateMFADevice only with aws:MultiFactorAuthPresent.",
    page: MFA,
};

pub(super) const PASSWORD_WITHOUT_MFA: Rule = Rule {
    id: "password-without-mfa",
    severity: Severity::Medium,
    practice: Some(Practice::MfaForConsole),
    techniques: &[],
    controls: &["1.10"],
    about: "A user was given a console password and no MFA device was seen enabled for it, before or after. Low where the \
password or the user was deleted afterwards.",
    check: "aws iam list-mfa-devices --user-name NAME: a device may have been enabled outside of what was read. A user \
that was there before and suddenly gets a password deserves a question.",
    fix: "Have the user enable a device, or delete the password: aws iam delete-login-profile.",
    page: MFA,
};

pub(super) const PASSWORD_NEW: Rule = Rule {
    id: "password-new",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A user was given a console password less than a day before the end of what was read, and no MFA device was seen \
enabled yet. A day later it is mfa-delay or password-without-mfa. Who starts today looks the same as somebody who makes a way \
in.",
    check: "Ask whoever called whether the user is new, and read the next day's logs.",
    fix: "Have the user enable a device, or delete the password: aws iam delete-login-profile.",
    page: MFA,
};

pub(super) const MFA_DELAY: Rule = Rule {
    id: "mfa-delay",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &["1.10"],
    about: "How long a user had a console password before its MFA device was enabled. Info within a day, low after that.",
    check: "Look at the user's sign-ins in that time.",
    fix: "Deny everything but setting up MFA while aws:MultiFactorAuthPresent is false.",
    page: MFA,
};

pub(super) const PASSWORD_RESET: Rule = Rule {
    id: "password-reset-by-other",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1098"],
    controls: &[],
    about: "A user's console password was set anew by somebody else: a help desk's day, and a way to take a user over.",
    check: "Ask the user whether the reset was asked for; compare the addresses of the sign-ins that follow.",
    fix: "If it was not: delete the password, end the user's sessions and look at who called.",
    page: PASSWORDS,
};

pub(super) const PASSWORD_POLICY_DELETED: Rule = Rule {
    id: "password-policy-deleted",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &["1.8", "1.9"],
    about: "The account's password policy was deleted: IAM's default holds, under which eight characters suffice and old \
passwords may be used again.",
    check: "aws iam get-account-password-policy says what holds now.",
    fix: "Set one: aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24.",
    page: PASSWORD_POLICY,
};

pub(super) const PASSWORD_POLICY_WEAK: Rule = Rule {
    id: "password-policy-weak",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &["1.8", "1.9"],
    about: "The account's password policy was set so that fewer than 14 characters suffice (medium) or old passwords may be \
used again (low). What it was before is not in the record.",
    check: "aws iam get-account-password-policy says what holds now.",
    fix: "Set one: aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24.",
    page: PASSWORD_POLICY,
};

pub(super) const BOUNDARY_REMOVED: Rule = Rule {
    id: "boundary-removed",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1098"],
    controls: &[],
    about: "The permissions boundary of a user or role was deleted, or set to AdministratorAccess or the like, which limits \
nothing: whatever its policies grant holds in full. Low where somebody else set it so.",
    check: "Look at the policies of the target, and who called.",
    fix: "Set the boundary again: aws iam put-user-permissions-boundary, put-role-permissions-boundary.",
    page: BOUNDARIES,
};

pub(super) const USER_POLICY: Rule = Rule {
    id: "policy-on-user",
    severity: Severity::Low,
    practice: Some(Practice::PoliciesOnGroups),
    techniques: &[],
    controls: &["1.15"],
    about: "A policy was attached to a user or written into it, where a group should carry it. Info where all of them were \
removed later. What only denies, and AWS's quarantine, is left out.",
    check: "aws iam list-attached-user-policies and list-user-policies --user-name NAME say what holds now.",
    fix: "Attach the policy to a group, add the user to it, and take the policy from the user.",
    page: GROUPS,
};

pub(super) const INLINE_POLICY: Rule = Rule {
    id: "inline-policy",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "Policies were written into users, groups or roles. Nobody can see them in one place, reuse them or roll them back. It \
breaks no practice by itself: what they grant is judged apart, and what only denies is left out.",
    check: "aws iam list-user-policies, list-group-policies and list-role-policies say what holds now.",
    fix: "Use a managed policy; keep inline ones for a strict one-to-one of policy and identity.",
    page: MANAGED,
};

pub(super) const OWN_BROAD: Rule = Rule {
    id: "own-policy-broad",
    severity: Severity::Low,
    practice: Some(Practice::AwsManagedPolicies),
    techniques: &[],
    controls: &[],
    about: "An inline or customer-managed policy was written that allows every action of a service, all but some actions \
(NotAction), or more, on every resource. Info where all of them were removed later.",
    check: "Read the document; AWS's managed policies of that service say the same or less.",
    fix: "Attach AWS's managed policy, or list the actions and resources that are needed.",
    page: MANAGED,
};

pub(super) const POLICY_CLASSES: Rule = Rule {
    id: "policy-classes",
    severity: Severity::Info,
    practice: Some(Practice::AwsManagedPolicies),
    techniques: &[],
    controls: &[],
    about: "How many of the policies that were given in an account are AWS-managed, customer-managed and inline. It breaks \
no practice by itself: a customer-managed policy can be right.",
    check: "Compare customer-managed documents with AWS's: aws iam get-account-authorization-details, then trailscan posture.",
    fix: "Where an AWS-managed policy or job function does, use it instead of a custom one.",
    page: MANAGED,
};

pub(super) const DENIED_CHANGES: Rule = Rule {
    id: "iam-changes-denied",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1098"],
    controls: &[],
    about: "A principal tried to change permissions, passwords, MFA or trust and was refused. Permissions held; somebody \
tried.",
    check: "Ask the owner; look at what else came from these addresses: trailscan principals --address ADDRESS.",
    fix: "If nobody of yours tried, rotate the credentials that did.",
    page: DENIED,
};

/// All of them, as `trailscan` lists them.
pub(super) static RULES: &[Rule] = &[
    access_rules::QUARANTINED,
    access_rules::QUARANTINE_LIFTED,
    ADMIN_GRANTED,
    SELF_GRANT,
    TRUST_OPENED,
    MFA_DEACTIVATED,
    PASSWORD_WITHOUT_MFA,
    PASSWORD_POLICY_DELETED,
    PASSWORD_POLICY_WEAK,
    BOUNDARY_REMOVED,
    access_rules::NAMES_INSIDER,
    access_rules::ADMIN_TRUST_REWRITTEN,
    access_rules::CONTAINMENT_LIFTED,
    access_rules::VERSION_UNSEEN,
    access_rules::PROVIDER_TRUSTED,
    access_rules::ROLES_ANYWHERE,
    access_rules::DELEGATION,
    access_rules::OUTSIDE_IAM,
    access_rules::ADMIN_ROLE_HANDED,
    access_rules::ASSIGNED,
    beyond_rules::RESOURCE_SHARED,
    beyond_rules::PEOPLE_CHANGED,
    beyond_rules::LIMIT_LIFTED,
    beyond_rules::DETECTION_OFF,
    beyond_rules::DETECTION_NARROWED,
    beyond_rules::SERVICE_DELEGATED,
    beyond_rules::ORGANIZATION_GROWN,
    beyond_rules::LAYER_ADDED,
    PASSWORD_NEW,
    access_rules::CREDENTIAL_MADE,
    access_rules::ROOT_CREDENTIAL_MADE,
    access_rules::FEDERATION_OUT,
    access_rules::TOKEN_GOT,
    access_rules::CENTRAL_ROOT,
    USER_POLICY,
    OWN_BROAD,
    INLINE_POLICY,
    PASSWORD_RESET,
    MFA_DELAY,
    DENIED_CHANGES,
    POLICY_CLASSES,
    access_rules::PROVISIONED,
];
