//! The rules of `policy-changes` about what lies beyond IAM: resources that are shared, the organization, the people of
//! Identity Center.

use crate::report::{Rule, Severity};

pub(super) const RESOURCE_SHARED: Rule = Rule {
    id: "resource-shared",
    severity: Severity::High,
    practice: None,
    techniques: &["T1537"],
    controls: &[],
    about: "A policy, grant or list of a resource was set, or made with it, so that it lets in everybody, or accounts that \
were not read: buckets, keys, secrets, snapshots, images, queues, topics, functions, repositories and more, a line for each \
caller and whom it let in. Everybody is high for snapshots, keys and secrets, low for the URL of a function (and the \
permission to call by it), search domains and file systems, else medium. Other accounts are medium for snapshots, images, \
keys and secrets, else low, also under a condition that says more than which account, or where a service of AWS did it by \
itself. In a function's permission, everybody \
by a source of one account is that account, and a service without a source, or with a pattern of any account's, is low: who makes \
a bucket, topic or rule in an account of his own has the function run. An organization that gets an image is the account that manages it, on a \
condition. An organization that a condition names, and an account for which a service may come, are low; info is the account's own \
organization, which is known where CloudTrail delivers the account's logs under the id of one and no other \
(AWSLogs/o-…/ACCOUNT; a rollup does not keep it), or where a snapshot of IAM's state lists it (iam-snapshot --org-role). Not in the record is whose an address range or VPC endpoint is that alone keeps everybody else \
out (low, too). Who only delivers (a load balancer's logs), whoever a condition holds to private addresses or a \
source of the account, services without a source in other policies, and RAM's shares within the own organization are left out; \
accounts that were read are info. A Deny counts where it covers all that is allowed. What it let in \
before is not in the record.",
    check: "Whose are the accounts? aws s3api get-bucket-policy, aws kms get-key-policy, aws ec2 describe-snapshot-attribute \
and the like say what holds now.",
    fix: "Take them out again; what was copied stays copied. Then look at what else the caller did.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
};

pub(super) const LAYER_ADDED: Rule = Rule {
    id: "function-layer-of-others",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "Functions were given, or made with, layers of other accounts: code of others that runs with the rights of the function. Info for \
accounts that were read, for well-known publishers, and where the caller has done so for more than a day.",
    check: "Whose is the account, and what is in the layer? aws lambda get-layer-version-by-arn.",
    fix: "If nobody of yours meant it, take the layer away (aws lambda update-function-configuration --layers) and look at who \
called.",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html",
};

pub(super) const PEOPLE_CHANGED: Rule = Rule {
    id: "identity-center-people-changed",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1098"],
    controls: &[],
    about: "Somebody made users in the directory of IAM Identity Center, put them into groups, or changed how others sign in: \
their passwords, e-mail addresses, names or MFA devices, or that they may again (EnableUser), or set when the directory asks for \
MFA: a line for each caller. Medium where the caller put itself into a group, or anybody into one that these logs show to be administrator, or changed two of \
password, e-mail address and devices of one user within a day, unless these logs show that user made; info where all it did was to make users and memberships for more \
than a week; else low. What an identity provider keeps in step (SCIM) is not part of it, nor what people do to themselves.",
    check: "Ask who called, and those whose devices or passwords went; trailscan console-logins shows who signed in since.",
    fix: "If it was not meant: disable the user, end its sessions, and look at what the caller did.",
    page: "https://docs.aws.amazon.com/singlesignon/latest/userguide/logging-using-cloudtrail.html",
};

pub(super) const LIMIT_LIFTED: Rule = Rule {
    id: "organization-limit-lifted",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A policy that limits accounts of the organization was detached, rewritten so that it allows everything, or its type \
was disabled: a line for each caller. Low where the same caller attached it again or another there within a day, none that these logs show \
to allow everything, and for an account that was moved under other policies. Detaching FullAWSAccess \
limits more and is left out, as are tag, backup and AI services opt-out policies that these logs show to be made; what the \
policy said is not in the record.",
    check: "aws organizations list-policies-for-target; what did the accounts below do since that was denied before?",
    fix: "Attach the policy again: aws organizations attach-policy. Then look at who called.",
    page: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
};

pub(super) const DETECTION_OFF: Rule = Rule {
    id: "detection-switched-off",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1562.001"],
    controls: &[],
    about: "GuardDuty, AWS Config, Security Hub, Macie, Inspector or Detective was switched off, or accounts were taken from \
GuardDuty's sight: a line for each caller. Low where each was switched on again in the same region within a day. What AWS's services do by themselves \
is left out, and so are single rules and controls, and alarms; filters, trusted lists, flow logs and analyzers are \
detection-narrowed.",
    check: "Did somebody of yours mean it? What else did the caller do before and after: trailscan incident PRINCIPAL.",
    fix: "Switch it on again (aws guardduty create-detector --enable, aws configservice start-configuration-recorder, aws \
securityhub enable-security-hub), and look at what happened while it was off.",
    page: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html",
};

pub(super) const DETECTION_NARROWED: Rule = Rule {
    id: "detection-narrowed",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1562.001"],
    controls: &[],
    about: "GuardDuty was told to archive findings unseen (CreateFilter, UpdateFilter with ARCHIVE), to trust addresses \
(CreateIPSet, UpdateIPSet), to report to one place less, or to go on without some of its features; Security Hub to suppress \
findings or to leave a standard; AWS Config to record but some kinds of resources; IAM Access Analyzer to archive findings, or an \
analyzer was deleted; flow logs of a VPC or query logs of Route 53 Resolver were ended: a line for each caller. People and tools \
that keep an account do all of this; what AWS's services do by themselves is left out, and so is how a service is set in the day that it \
is switched on; info where settings are all, for more than a week. What a setting was before is not in the record, nor what an update changes of a filter that archives already.",
    check: "Which findings does the filter or list hide (aws guardduty get-filter, get-ip-set)? Is whoever it hides one of yours?",
    fix: "Delete the filter or list, make the flow log or analyzer anew, and look at the findings that were archived.",
    page: "https://docs.aws.amazon.com/guardduty/latest/ug/findings_suppression-rule.html",
};

pub(super) const SERVICE_DELEGATED: Rule = Rule {
    id: "organization-service-delegated",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A member account was made the administrator of a service for the organization, or a service was let into all of its \
accounts. Medium for what gives rights in, or takes logs from, other accounts (IAM, Identity Center, StackSets, Account \
Management, CloudTrail) where that account was not read; else low.",
    check: "aws organizations list-delegated-administrators, list-aws-service-access-for-organization.",
    fix: "If it was not meant: aws organizations deregister-delegated-administrator, and look at who called.",
    page: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html",
};

pub(super) const ORGANIZATION_GROWN: Rule = Rule {
    id: "organization-grown",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "Accounts were made in the organization, or invited to it, by somebody else than AWS's own services, or the account \
accepted to enter one, whose owner then limits it. Info where the \
caller has done so for more than a week.",
    check: "Whose are the new accounts, and who pays for them?",
    fix: "If nobody of yours asked for one, close it (aws organizations close-account) and look at who called.",
    page: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts.html",
};
