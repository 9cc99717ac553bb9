//! The rules of `policy-changes` about ways in that are no policy of a user, and about AWS's own alarm.

use crate::report::{Practice, Rule, Severity};

pub(super) const QUARANTINED: Rule = Rule {
    id: "key-quarantined-by-aws",
    severity: Severity::Critical,
    practice: Some(Practice::RolesNotKeys),
    techniques: &["T1552"],
    controls: &[],
    about: "AWS attached its quarantine to a user (AWSCompromisedKeyQuarantine, …V2, …V3, or the inline \
AWSExposedCredentialPolicy_DO_NOT_REMOVE): it found a key of the user where anybody can read it. The policy stops some \
calls only; the key still works. High where a principal of the account put it on. An inline policy of that name that allows \
something is judged as a grant.",
    check: "The AWS Health event and the mail to the account name the key: look at its calls from new addresses (trailscan \
key-spread, trailscan trace), and at what it made.",
    fix: "Delete the key, undo what it made, and give the workload a role. Leave the quarantine in place until the key is gone \
and AWS Support has closed the case.",
    page: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html",
};

pub(super) const QUARANTINE_LIFTED: Rule = Rule {
    id: "quarantine-lifted",
    severity: Severity::High,
    practice: None,
    techniques: &["T1098"],
    controls: &[],
    about: "AWS's quarantine of a user was taken off or written over; medium where that was refused. Low where somebody else took \
it off after the keys that the user had then were deleted, or switched off and one deleted at least. A thief does this first. \
It is in order only when the leaked key was deleted and AWS Support has closed the case.",
    check: "Were the user's keys deleted before (trailscan keys), was the case closed, and who called, from where?",
    fix: "If a key of the user is still there or the case is open: delete the key, attach the quarantine again (aws iam \
attach-user-policy), and look at what was done since.",
    page: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html",
};

pub(super) const NAMES_INSIDER: Rule = Rule {
    id: "admin-role-names-insider",
    severity: Severity::High,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "The trust policy of a role that these logs or IAM's state show to be administrator was set to name users or roles \
of the account. High where the caller named itself. Low where what the role may do is not known, and a user or the caller itself is \
named. Whether the \
policy named them before is not in the record.",
    check: "Ask who called whether it was meant; trailscan sessions shows whether they took the role.",
    fix: "Set the trust policy back: aws iam update-assume-role-policy.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
};

pub(super) const ADMIN_TRUST_REWRITTEN: Rule = Rule {
    id: "admin-role-trust-rewritten",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1098"],
    controls: &[],
    about: "The trust policy of a role that these logs or IAM's state show to be administrator was replaced, and lets in the \
account itself, services of AWS or subjects of an identity provider (`provider:HOST for SUBJECTS`) that no earlier policy of the \
role in these logs let in. Low where that is CloudFormation alone. Users and roles of the account are admin-role-names-insider, \
others role-trust-opened. Left out: roles that the caller made itself in these logs. Known miss: whom the role let in before the \
logs is not in the record, so a tool that writes the same text again looks like a change, once.",
    check: "Is that the pipeline, cluster or service that is to be administrator? Whose is the repository or pool? trailscan sessions shows \
who took the role since.",
    fix: "Set the trust policy back: aws iam update-assume-role-policy.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
};

pub(super) const CONTAINMENT_LIFTED: Rule = Rule {
    id: "containment-lifted",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1098"],
    controls: &[],
    about: "A policy that only denies was taken off a user or role, or written over with one that allows something, by another \
principal than had put it on in these logs; of AWSDenyAll also where these logs do not show who put it on (low). So ends what \
holds a thief back, as well as any clean-up. Left out: AWSRevokeOlderSessions more than twelve hours after it was written, when the \
sessions that it ended are over anyway. Known misses: what was put on before the logs; a Deny that stands in a policy which \
also allows.",
    check: "Was the incident over? Ask who put it on and who took it off; look at what the user or role did since: trailscan \
principals.",
    fix: "If it was not: put it on again (aws iam attach-user-policy AWSDenyAll), and look at who called.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html",
};

pub(super) const VERSION_UNSEEN: Rule = Rule {
    id: "policy-version-unseen",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1098.003"],
    controls: &[],
    about: "An earlier version of a customer-managed policy was put into force (SetDefaultPolicyVersion), and neither these \
logs nor IAM's state show what it allows. Low: going back to an earlier version is ordinary. Medium where the caller is known to \
have the policy itself: a version that was too wide long ago is a known way to more rights.",
    check: "aws iam get-policy-version shows the document; or give IAM's state (--iam-dir).",
    fix: "If it allows more than it should: aws iam set-default-policy-version back, and delete the wide version.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html",
};

pub(super) const CREDENTIAL_MADE: Rule = Rule {
    id: "long-lived-credential-made",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1098.001"],
    controls: &[],
    about: "A user got a long-lived credential that is not an access key: a service-specific one (CodeCommit, Keyspaces, Amazon \
Bedrock API keys), an SSH key or a signing certificate.",
    check: "aws iam list-service-specific-credentials, list-ssh-public-keys and list-signing-certificates --user-name NAME.",
    fix: "If nobody of yours made it, delete it and look at who called. Roles and short-term keys do the same work.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_service-specific-creds.html",
};

pub(super) const ROOT_CREDENTIAL_MADE: Rule = Rule {
    id: "root-credential-made",
    severity: Severity::High,
    practice: Some(Practice::NoRootKeys),
    techniques: &[],
    controls: &[],
    about: "Root got a long-lived credential that is not an access key, or one that was off was switched on: a signing certificate, \
which signs calls as root does.",
    check: "aws iam get-account-summary: AccountSigningCertificatesPresent. Ask the owner of root whether it was meant.",
    fix: "Delete it as root, and look at what root did since: trailscan root-usage.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
};

pub(super) const PROVIDER_TRUSTED: Rule = Rule {
    id: "identity-provider-trusted",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1484.002"],
    controls: &[],
    about: "A SAML or OpenID Connect provider was made, or its metadata, thumbprint or audience changed, or what keeps the \
directory of IAM Identity Center in step with one got a token (CreateBearerToken). Low for that, since it is renewed each year, \
and for the providers of GitHub, GitLab, HCP Terraform and EKS clusters, which ordinary accounts make.",
    check: "Whose provider is it? Which roles trust it: trailscan posture --authorization-details FILE.",
    fix: "If it is not yours: aws iam delete-saml-provider, delete-open-id-connect-provider, and look at who called.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html",
};

pub(super) const ROLES_ANYWHERE: Rule = Rule {
    id: "roles-anywhere-opened",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A trust anchor of IAM Roles Anywhere was made, changed or enabled (medium), or a profile, which lists the roles \
that certificates may take (low).",
    check: "aws rolesanywhere list-trust-anchors and list-profiles; trailscan sessions shows who took the roles.",
    fix: "If it is not yours: aws rolesanywhere disable-trust-anchor, then look at who called.",
    page: "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/introduction.html",
};

pub(super) const DELEGATION: Rule = Rule {
    id: "delegation-given",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A request for temporary delegation was accepted, or its token sent: another account, mostly a vendor's, acts with \
rights of this one for a time.",
    check: "Who asked for it, and what for? The request names the permissions.",
    fix: "If it was not meant, end it: the IAM console, Temporary delegation requests.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-temporary-delegation.html",
};

pub(super) const FEDERATION_OUT: Rule = Rule {
    id: "outbound-federation-enabled",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "Outbound identity federation was enabled: principals of the account can get signed tokens (GetWebIdentityToken) \
that other clouds and services take for proof of who they are.",
    check: "Which services outside trust the account's issuer?",
    fix: "If nobody needs it: aws iam disable-outbound-web-identity-federation.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html",
};

pub(super) const TOKEN_GOT: Rule = Rule {
    id: "outbound-token-got",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A principal got a signed token that says who it is to other clouds and services (GetWebIdentityToken), a line for \
each caller. Medium where the caller enabled outbound federation itself; info where it has got them for more than a day; else \
low.",
    check: "Which service is the audience, and does the workload need it?",
    fix: "If not: take sts:GetWebIdentityToken from the caller, and look at what the token opened there.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html",
};

pub(super) const CENTRAL_ROOT: Rule = Rule {
    id: "central-root-enabled",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "Central management of root credentials, or root sessions on member accounts, was enabled for the organization. \
AWS recommends it; from then on sts:AssumeRoot reaches every member.",
    check: "Was it meant? trailscan root-usage shows calls of AssumeRoot.",
    fix: "If not: aws iam disable-organizations-root-sessions and disable-organizations-root-credentials-management.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html",
};

pub(super) const OUTSIDE_IAM: Rule = Rule {
    id: "access-outside-iam",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A role was handed to an instance profile or to pods of an EKS cluster, a profile to a running instance, a \
principal was let into a cluster, or a role was given to guests of an identity pool, machines outside of AWS (hybrid \
activations) or a development endpoint. Medium where administrator rights were handed on (of an instance's profile the record does \
not say), low for what else is named and running instances, info for roles of instance profiles.",
    check: "aws eks list-pod-identity-associations, list-access-entries; who may run pods or instances has the role.",
    fix: "If it was not meant: aws eks delete-pod-identity-association, delete-access-entry.",
    page: "https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html",
};

pub(super) const ADMIN_ROLE_HANDED: Rule = Rule {
    id: "admin-role-handed-to-code",
    severity: Severity::High,
    practice: None,
    techniques: &["T1548.005"],
    controls: &[],
    about: "A role that these logs or IAM's state show to be administrator was given to code (a Lambda function, an instance or its \
template, an ECS task, a build, a stack, a notebook, a job, a state machine, a schedule) by a caller that neither shows to be \
administrator: with iam:PassRole whoever writes the code has what the role may do. A line for each caller. High where the role gave \
its caller rights afterwards; medium where IAM's state shows the caller without administrator rights, low where no state of it was read; info where the code is a stack of CloudFormation, and where the caller has done so for more than \
a week, which is how deployments work. Quiet: root, the role itself, and callers that made administrators before, which is \
told as such. CloudTrail does not record PassRole. Known misses: roles and instance profiles of which nothing was read; code that is put where \
such a role is already (UpdateFunctionCode, SendCommand).",
    check: "May the caller be as strong as the role? trailscan events --event CALL shows what it made; trailscan sessions shows what \
the role did since.",
    fix: "Allow iam:PassRole on the roles that the work needs, none of them administrator, with iam:PassedToService; delete \
what was made.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
};

pub(super) const ASSIGNED: Rule = Rule {
    id: "identity-center-assigned",
    severity: Severity::High,
    practice: None,
    techniques: &["T1098.003"],
    controls: &[],
    about: "Somebody made permission sets of IAM Identity Center, gave them policies, or assigned them to people or groups in accounts: a line for \
each caller. High where the caller gave a set that these logs show to be administrator to itself, to a user that it made, or to a group that it put one of these into within a week, \
medium where it gave one to others; info where the caller has done so for more than a week; else low.",
    check: "aws sso-admin list-account-assignments, list-permission-sets.",
    fix: "If it was not meant: aws sso-admin delete-account-assignment, and look at who called.",
    page: "https://docs.aws.amazon.com/singlesignon/latest/userguide/logging-using-cloudtrail.html",
};

pub(super) const PROVISIONED: Rule = Rule {
    id: "provisioned-by-aws",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "AWS itself set up roles: Organizations, Identity Center, Control Tower, StackSets and others, told by who signed \
the call (an AWSService identity, a service-linked role, invokedBy), never by names. One line for all accounts.",
    check: "Whoever asked the service is in its own calls: trailscan principals.",
    fix: "Nothing to do where the organization is meant to work so.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html",
};
