//! The rules about policies, groups and roles. What each means stands here; when it holds stands beside its facts.

use crate::report::{Practice, Rule, Severity};

const BEST_PRACTICES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";
const GROUPS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html";
const INLINE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html";

pub(super) const USER_MANAGED_POLICY: Rule = Rule {
    id: "user-managed-policy",
    severity: Severity::Medium,
    practice: Some(Practice::PoliciesOnGroups),
    about: "Managed policies are attached to a user and not to a group. A permissions boundary is none.",
    check: "`aws iam list-attached-user-policies --user-name NAME`.",
    fix: "Attach them to a group that the user is in, then `aws iam detach-user-policy` each.",
    page: GROUPS,
};

pub(super) const USER_INLINE_POLICY: Rule = Rule {
    id: "user-inline-policy",
    severity: Severity::Medium,
    practice: Some(Practice::PoliciesOnGroups),
    about: "A user has inline policies: rights that no list of policies shows and no other user shares.",
    check: "`aws iam get-user-policy --user-name NAME --policy-name POLICY` shows each.",
    fix: "Make a managed policy of it, attach that to a group, then `aws iam delete-user-policy`.",
    page: INLINE,
};

pub(super) const USER_POLICY_DUPLICATE: Rule = Rule {
    id: "user-policy-duplicates-group",
    severity: Severity::Low,
    practice: Some(Practice::PoliciesOnGroups),
    about: "A policy is attached to a user who has it through a group as well: leaving the group would not end it.",
    check: "`aws iam list-groups-for-user` and `aws iam list-attached-group-policies`.",
    fix: "`aws iam detach-user-policy`: the user keeps the rights through the group.",
    page: GROUPS,
};

pub(super) const USER_IN_NO_GROUP: Rule = Rule {
    id: "user-in-no-group",
    severity: Severity::Low,
    practice: Some(Practice::PoliciesOnGroups),
    about: "A user is in no group, so all rights are the user's own.",
    check: "`aws iam list-groups-for-user --user-name NAME` is empty.",
    fix: "Put people into groups by what they do; give programs roles instead of users.",
    page: GROUPS,
};

pub(super) const NOT_IN_COMMON_GROUP: Rule = Rule {
    id: "user-not-in-common-group",
    severity: Severity::Low,
    practice: None,
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
    about: "A user is in none of the groups that --category-group names (Admins, Developers, …). Off without the flag.",
    check: "`aws iam list-groups-for-user --user-name NAME`.",
    fix: "Add the user to the group of what they do.",
    page: GROUPS,
};

pub(super) const COMMON_GROUP_ON_OTHERS: Rule = Rule {
    id: "common-group-manages-others",
    severity: Severity::High,
    practice: None,
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
    about: "A group has no members. Not judged where the file has no users at all.",
    check: "`aws iam get-group --group-name GROUP` lists nobody.",
    fix: "Delete it, or keep it for whoever joins: whoever may add members grants its policies.",
    page: GROUPS,
};

pub(super) const GROUP_INLINE_POLICY: Rule = Rule {
    id: "group-inline-policy",
    severity: Severity::Low,
    practice: Some(Practice::AwsManagedPolicies),
    about: "A group has inline policies, which cannot be shared, versioned or found by policy.",
    check: "`aws iam get-group-policy --group-name GROUP --policy-name POLICY` shows each.",
    fix: "Use AWS's managed policy where one fits, else make a customer-managed policy of it.",
    page: INLINE,
};

pub(super) const ROLE_INLINE_POLICY: Rule = Rule {
    id: "role-inline-policy",
    severity: Severity::Low,
    practice: Some(Practice::AwsManagedPolicies),
    about: "A role has inline policies. Service-linked roles and those of Identity Center are left out: AWS keeps them.",
    check: "`aws iam get-role-policy --role-name ROLE --policy-name POLICY` shows each.",
    fix: "Use AWS's managed policy where one fits, else make a customer-managed policy of it.",
    page: INLINE,
};

pub(super) const COPY_OF_AWS: Rule = Rule {
    id: "policy-copies-aws-managed",
    severity: Severity::Low,
    practice: Some(Practice::AwsManagedPolicies),
    about: "A customer-managed policy says the same as an AWS-managed one in the same file, whatever the order and the \
            spelling of its statements. AWS's own follows new services; a copy does not.",
    check: "The evidence names AWS's policy. Only AWS-managed policies that are in the file can be compared.",
    fix: "Attach AWS's policy in its place and delete the copy.",
    page: INLINE,
};

pub(super) const ALL_ACTIONS: Rule = Rule {
    id: "policy-allows-all-actions",
    severity: Severity::High,
    practice: None,
    about: "A customer-managed or inline policy allows Action *. On Resource * that is an administrator.",
    check: "The evidence names who has the policy; a permissions boundary may still limit them.",
    fix: "List the actions that are needed: `aws accessanalyzer start-policy-generation` makes a policy from CloudTrail.",
    page: BEST_PRACTICES,
};

pub(super) const NOT_ACTION: Rule = Rule {
    id: "policy-not-action",
    severity: Severity::Medium,
    practice: None,
    about: "A customer-managed or inline policy allows all actions but some (NotAction): also those that AWS adds later.",
    check: "Read the statement; with a narrow Resource or Condition it may be meant.",
    fix: "Allow by Action, and deny apart what must not be.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
};

pub(super) const WRITE_EVERYWHERE: Rule = Rule {
    id: "policy-writes-on-all-resources",
    severity: Severity::Low,
    practice: None,
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
    about: "A customer-managed policy is attached to nobody and is nobody's permissions boundary.",
    check: "`aws iam list-entities-for-policy --policy-arn ARN` is empty.",
    fix: "Delete it, or keep it for whoever needs it.",
    page: INLINE,
};

pub(super) const NOT_JUDGED: Rule = Rule {
    id: "policy-not-judged",
    severity: Severity::Info,
    practice: None,
    about: "A policy document is missing in the file or cannot be read, so no rule speaks of it.",
    check: "The detail says why.",
    fix: "Fetch the authorization details again, without a filter.",
    page: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html",
};

pub(super) const TRUSTS_ANYONE: Rule = Rule {
    id: "role-trusts-anyone",
    severity: Severity::High,
    practice: None,
    about: "A role's trust policy lets in anyone (Principal *), all but some (NotPrincipal), or whomever an identity \
            provider vouches for, without a condition.",
    check: "trailscan sessions shows who took the role.",
    fix: "Name the principals, or add a condition: aws:PrincipalOrgID, or the provider's subject and audience.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
};

pub(super) const TRUSTS_OTHER_ACCOUNT: Rule = Rule {
    id: "role-trusts-other-account",
    severity: Severity::Low,
    practice: None,
    about: "A role's trust policy lets in other accounts, or anyone who meets a condition. Often meant: own accounts, \
            vendors. A suppression with a reason keeps the list short.",
    check: "Whose account is it? A vendor's needs the condition sts:ExternalId.",
    fix: "Narrow to one role of that account and add sts:ExternalId or aws:PrincipalOrgID; else remove the principal.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
};
