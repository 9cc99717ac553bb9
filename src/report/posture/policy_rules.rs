//! The rules about policies, groups and roles. What each means stands here; when it holds stands beside its facts.

use crate::report::{Practice, Rule, Severity};

const BEST_PRACTICES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";
const GROUPS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html";
const INLINE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html";

pub(super) const USER_MANAGED_POLICY: Rule = Rule {
    id: "user-managed-policy",
    severity: Severity::Medium,
    practice: Some(Practice::PoliciesOnGroups),
    techniques: &[],
    controls: &["1.15"],
    about: "Managed policies are attached to a user and not to a group. A permissions boundary is none; \
            what only denies and AWS's quarantine are left out.",
    check: "`aws iam list-attached-user-policies --user-name NAME`.",
    fix: "Attach them to a group that the user is in, then `aws iam detach-user-policy` each.",
    page: GROUPS,
};

pub(super) const USER_INLINE_POLICY: Rule = Rule {
    id: "user-inline-policy",
    severity: Severity::Medium,
    practice: Some(Practice::PoliciesOnGroups),
    techniques: &[],
    controls: &["1.15"],
    about: "A user has inline policies: rights that no list of policies shows and no other user shares. What only \
            denies is left out.",
    check: "`aws iam get-user-policy --user-name NAME --policy-name POLICY` shows each.",
    fix: "Make a managed policy of it, attach that to a group, then `aws iam delete-user-policy`.",
    page: INLINE,
};

pub(super) const USER_POLICY_DUPLICATE: Rule = Rule {
    id: "user-policy-duplicates-group",
    severity: Severity::Low,
    practice: Some(Practice::PoliciesOnGroups),
    techniques: &[],
    controls: &["1.15"],
    about: "A policy is attached to a user who has it through a group as well: leaving the group would not end it. What only \
            denies, AWS's quarantine too, is left out.",
    check: "`aws iam list-groups-for-user` and `aws iam list-attached-group-policies`.",
    fix: "`aws iam detach-user-policy`: the user keeps the rights through the group.",
    page: GROUPS,
};

pub(super) const USER_IN_NO_GROUP: Rule = Rule {
    id: "user-in-no-group",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A user is in no group, so all rights that the user has are the user's own. Without any it breaks no practice: \
            policies of its own are told apart.",
    check: "`aws iam list-groups-for-user --user-name NAME` is empty.",
    fix: "Put people into groups by what they do; give programs roles instead of users.",
    page: GROUPS,
};

pub(super) const NOT_IN_COMMON_GROUP: Rule = Rule {
    id: "user-not-in-common-group",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A user is not in the group that all users should be in: the one of --common-group, else the largest, where at \
            least --common-share per cent of three or more users are in it. Otherwise the rule is off.",
    check: "`aws iam get-group --group-name GROUP` lists the members.",
    fix: "Add the user, or name the right group with --common-group.",
    page: GROUPS,
};

pub(super) const NOT_IN_CATEGORY_GROUP: Rule = Rule {
    id: "user-in-no-category-group",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A user is in none of the groups that --category-group names (Admins, Developers, …). Off without the flag.",
    check: "`aws iam list-groups-for-user --user-name NAME`.",
    fix: "Add the user to the group of what they do.",
    page: GROUPS,
};

pub(super) const COMMON_GROUP_ON_OTHERS: Rule = Rule {
    id: "common-group-manages-others",
    severity: Severity::High,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "The common group lets its members manage access keys, passwords or MFA devices of more than themselves: the \
            resource is not narrowed by ${aws:username}. Any member can then become any user. Conditions are not judged: \
            a statement that has one is left out.",
    check: "The policy and the actions are in the evidence; `aws iam simulate-principal-policy` settles doubts.",
    fix: "Narrow the resource to arn:aws:iam::*:user/${aws:username} as AWS's example policies for self-service do.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html",
};

pub(super) const GROUP_WITHOUT_MEMBERS: Rule = Rule {
    id: "group-without-members",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A group has no members. Not judged where the file has no users at all.",
    check: "`aws iam get-group --group-name GROUP` lists nobody.",
    fix: "Delete it, or keep it for whoever joins: whoever may add members grants its policies.",
    page: GROUPS,
};

pub(super) const ROLE_NOT_USED: Rule = Rule {
    id: "role-not-used",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "IAM does not know of any use of a role for --idle-days days before its state was asked for (it keeps 400), and \
            where logs of the account were read they show none either. Low where the role is administrator or can become \
            one. Roles that AWS keeps are left out, and so is a role of which the file does not say when it was used. A role \
            for emergencies, and one that works once a year, is not used most of the time.",
    check: "`aws iam get-role --role-name ROLE`: RoleLastUsed; trailscan trace ROLE over logs of these days shows nothing.",
    fix: "Ask who needs it. Take its policies away first, or deny its sessions, and delete it when nobody misses it.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html",
};

pub(super) const GROUP_INLINE_POLICY: Rule = Rule {
    id: "group-inline-policy",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A group has inline policies, which cannot be shared, versioned or found by policy. A matter \
            of order: what they grant is judged apart.",
    check: "`aws iam get-group-policy --group-name GROUP --policy-name POLICY` shows each.",
    fix: "Use AWS's managed policy where one fits, else make a customer-managed policy of it.",
    page: INLINE,
};

pub(super) const ROLE_INLINE_POLICY: Rule = Rule {
    id: "role-inline-policy",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A role has inline policies. Service-linked roles and those of Identity Center are left out: AWS keeps them. \
            One policy for one role can be right: what it grants is judged apart.",
    check: "`aws iam get-role-policy --role-name ROLE --policy-name POLICY` shows each.",
    fix: "Use AWS's managed policy where one fits, else make a customer-managed policy of it.",
    page: INLINE,
};

pub(super) const COPY_OF_AWS: Rule = Rule {
    id: "policy-copies-aws-managed",
    severity: Severity::Low,
    practice: Some(Practice::AwsManagedPolicies),
    techniques: &[],
    controls: &[],
    about: "A customer-managed policy says the same as an AWS-managed one in the same file, whatever the order and the \
            spelling of its statements. AWS's own follows new services; a copy does not.",
    check: "The evidence names AWS's policy. Only AWS-managed policies that are in the file can be compared.",
    fix: "Attach AWS's policy in its place and delete the copy.",
    page: INLINE,
};

pub(super) const ALL_ACTIONS: Rule = Rule {
    id: "policy-allows-all-actions",
    severity: Severity::High,
    practice: Some(Practice::AwsManagedPolicies),
    techniques: &[],
    controls: &["1.16"],
    about: "A customer-managed or inline policy allows Action *, or most of what there is in other \
            words: ?*, letters one by one, resource arn:aws:*, all but little, a condition that everybody meets. On every \
            resource that is an administrator.",
    check: "The evidence names who has the policy; a permissions boundary may still limit them.",
    fix: "List the actions that are needed: `aws accessanalyzer start-policy-generation` makes a policy from CloudTrail.",
    page: BEST_PRACTICES,
};

pub(super) const ALL_NARROWED: Rule = Rule {
    id: "policy-allows-all-on-some",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A customer-managed or inline policy allows Action *, but only on some resources: every action of one bucket is \
            that service's, whatever the star says. Medium where it is on every resource, but under a condition or less what \
            the policy denies, and where users, roles or policies are among the resources. Nothing where the policy denies it all \
            again.",
    check: "Read the statement: what is left when its condition, and what the policy denies, are taken off?",
    fix: "Write the service into the action (s3:*), or list what is needed.",
    page: BEST_PRACTICES,
};

pub(super) const NOT_ACTION: Rule = Rule {
    id: "policy-not-action",
    severity: Severity::Medium,
    practice: Some(Practice::AwsManagedPolicies),
    techniques: &[],
    controls: &[],
    about: "A customer-managed or inline policy allows all actions but some (NotAction): also those that AWS adds later.",
    check: "Read the statement; with a narrow Resource or Condition it may be meant.",
    fix: "Allow by Action, and deny apart what must not be.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
};

pub(super) const ESCALATION: Rule = Rule {
    id: "policy-leads-to-admin",
    severity: Severity::High,
    practice: Some(Practice::AwsManagedPolicies),
    techniques: &[],
    controls: &[],
    about: "A customer-managed or inline policy does not allow everything, but a call or two away from it is everything: \
            iam:Attach*, iam:Put*Policy, iam:CreatePolicyVersion, iam:SetDefaultPolicyVersion, iam:UpdateAssumeRolePolicy, \
            iam:AddUserToGroup, iam:CreateAccessKey, iam:CreateLoginProfile or iam:UpdateLoginProfile on anybody, or \
            iam:PassRole on any role with a service that runs code as it. So is what names the service of IAM Identity Center or of its \
            directory and assigns any permission set (sso:CreateAccountAssignment), writes and provisions one, joins any \
            group (identitystore:CreateGroupMembership, sso-directory:AddMemberToGroup) or sets passwords \
            (sso-directory:UpdatePassword): it leads to all accounts from the one that administers Identity Center, and nowhere from \
            others, which a document does not tell apart. Medium where it is attached to nobody. Not seen: \
            the same on named users or roles or on one's own user, under a condition, or by way of what exists in the \
            account (sts:AssumeRole, lambda:UpdateFunctionCode, ssm:SendCommand).",
    check: "The evidence lists the ways. A permissions boundary may still limit who has it.",
    fix: "Name the users, roles and policies in Resource, or demand a boundary: the condition iam:PermissionsBoundary.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
};

pub(super) const WHOLE_SERVICE: Rule = Rule {
    id: "policy-allows-whole-service",
    severity: Severity::Low,
    practice: Some(Practice::AwsManagedPolicies),
    techniques: &[],
    controls: &[],
    about: "A customer-managed or inline policy allows every action of a service on Resource *, where AWS keeps a managed \
            policy that says so (…FullAccess) or less would do.",
    check: "The evidence lists the services.",
    fix: "Attach AWS's managed policy, or list the actions that are needed.",
    page: INLINE,
};

pub(super) const ADMINISTRATORS: Rule = Rule {
    id: "administrators",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "Who holds administrator rights, or policies that lead to them, AWS's own policies among these: users, groups \
            with their members, roles with whom they trust. One line per account, to be read once in a while. Info where \
            only roles of Identity Center do. Boundaries, organization policies and sts:AssumeRole are not followed.",
    check: "Ask of each whether it must be; roles of instances and functions mostly must not.",
    fix: "Grant what the work needs: `aws accessanalyzer start-policy-generation` makes a policy from CloudTrail.",
    page: BEST_PRACTICES,
};

pub(super) const QUARANTINED: Rule = Rule {
    id: "user-quarantined",
    severity: Severity::Critical,
    practice: Some(Practice::RolesNotKeys),
    techniques: &["T1552"],
    controls: &[],
    about: "A user carries AWS's quarantine: AWSCompromisedKeyQuarantine, …V2 or …V3 attached, or the inline \
            AWSExposedCredentialPolicy_DO_NOT_REMOVE. AWS puts it on when it finds a key of the user in public. It stops \
            some calls only: the key still works.",
    check: "The AWS Health event and the mail to the account name the key; trailscan key-spread and trailscan trace show what \
            it did.",
    fix: "Delete the user's keys, look for what they left behind, and give the workload a role. Leave the quarantine in place \
          until the keys are gone and AWS Support has closed the case.",
    page: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html",
};

pub(super) const WRITE_EVERYWHERE: Rule = Rule {
    id: "policy-writes-on-all-resources",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A customer-managed or inline policy allows actions that change something on Resource *. What an action does is \
            told by its verb, a heuristic; some actions cannot be narrowed.",
    check: "The evidence lists the actions; the Service Authorization Reference says which can be narrowed.",
    fix: "Name the resources, or narrow by tags.",
    page: BEST_PRACTICES,
};

pub(super) const UNATTACHED: Rule = Rule {
    id: "policy-unattached",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A customer-managed policy is attached to nobody and is nobody's permissions boundary.",
    check: "`aws iam list-entities-for-policy --policy-arn ARN` is empty.",
    fix: "Delete it, or keep it for whoever needs it.",
    page: INLINE,
};

pub(super) const NOT_JUDGED: Rule = Rule {
    id: "policy-not-judged",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A policy document is missing in the file or cannot be read, so no rule speaks of it.",
    check: "The detail says why.",
    fix: "Fetch the authorization details again, without a filter.",
    page: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html",
};

pub(super) const TRUSTS_ANYONE: Rule = Rule {
    id: "role-trusts-anyone",
    severity: Severity::High,
    practice: None,
    techniques: &["T1199"],
    controls: &[],
    about: "A role's trust policy lets in anyone (Principal *), all but some (NotPrincipal), or whomever a web \
            identity provider vouches for: without a condition, or under one that keeps nobody out. Conditions that all \
            meet or that callers choose count as none (aws:PrincipalArn like *, …IfExists, SecureTransport, session names, \
            tags). Of providers that many share (GitHub, GitLab, HCP Terraform, Cognito, …) a condition must say whose token \
            it is: `sub` with the owner's name, or the pool; `aud` alone does not. Guests of an identity pool of Cognito (`amr` is \
            unauthenticated) are anybody on the internet, as apps without sign-in mean it: that is high where the role is \
            administrator or can become one, medium where it has all of a service, else low. Whose pool it is IAM's state does not \
            say.",
    check: "trailscan sessions shows who took the role.",
    fix: "Name the principals, or add a condition: aws:PrincipalOrgID, or the provider's subject and audience.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
};

pub(super) const TRUSTS_OTHER_ACCOUNT: Rule = Rule {
    id: "role-trusts-other-account",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1199"],
    controls: &[],
    about: "A role's trust policy lets in other accounts, anyone who meets a condition, or an \
            identity provider of the account's own without one. Often meant: own accounts, \
            vendors. A suppression with a reason keeps the list short.",
    check: "Whose account is it? A vendor's needs the condition sts:ExternalId.",
    fix: "Narrow to one role of that account and add sts:ExternalId or aws:PrincipalOrgID; else remove the principal.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
};
