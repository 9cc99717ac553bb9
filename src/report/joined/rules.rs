//! The rules that join logs and state. What each means stands here; when it holds stands beside its facts.

use crate::report::{Practice, Rule, Severity};

pub(in crate::report) const ROOT_USED_WITHOUT_MFA_DEVICE: Rule = Rule {
    id: "root-used-without-mfa-device",
    severity: Severity::Critical,
    practice: Some(Practice::RestrictRootUse),
    techniques: &[],
    controls: &["1.5"],
    about: "Root has no MFA device in IAM's state, and the logs show root signed in, or used in sessions of its own. Access \
            keys and what they issued have rules of their own; sessions that AssumeRoot issued and calls of services are left \
            out: none of them needs root's password.",
    check: "trailscan root-usage LOGS shows what root did, and when; `aws iam get-account-summary` says AccountMFAEnabled 0.",
    fix: "Sign in as root, add MFA devices, delete its access keys, and give whoever uses root a role instead.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
};

pub(in crate::report) const SIGNS_IN_WITHOUT_MFA_DEVICE: Rule = Rule {
    id: "user-signs-in-without-mfa-device",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    techniques: &[],
    controls: &["1.10"],
    about: "A user has a console password and no MFA device in IAM's state, and signed in to the console without MFA. A \
            user who signed in with MFA after the state was made is left out: the state is then out of date.",
    check: "trailscan console-logins LOGS shows from where; `aws iam list-mfa-devices --user-name NAME` is empty.",
    fix: "Ask the user whether the sign-ins were theirs, have them add an MFA device, or delete the password.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",
};

pub(in crate::report) const OLD_KEY_IN_USE: Rule = Rule {
    id: "old-key-in-use",
    severity: Severity::High,
    practice: Some(Practice::RotateKeys),
    techniques: &[],
    controls: &["1.14"],
    about: "An active access key is older than --max-age days by IAM's state, and the logs show it used when it was: high \
            from several networks, medium from one, or where every call failed. Root's keys have rules of their own.",
    check: "trailscan key-spread LOGS --access-key ID --min-addresses 0 shows the networks and programs.",
    fix: "Find the programs, give each a role; else make a second key, move them, set this one inactive, then delete it.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",
};

pub(in crate::report) const INACTIVE_KEY_USED: Rule = Rule {
    id: "inactive-key-used",
    severity: Severity::High,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A key was inactive when the credential report was generated, and a call with it succeeded more than 15 minutes \
            later: it was made active again. Medium where the logs show by whom. Only a report that says when it was \
            generated proves this (the JSON of get-credential-report).",
    check: "trailscan keys LOGS --access-key ID, and `aws iam list-access-keys --user-name NAME`, which says what it is now.",
    fix: "Set the key inactive, look at what it did (trailscan trace ID LOGS) and at who made it active, then delete it.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
};

pub(in crate::report) const POLICIES_ON_UNSEEN_USER: Rule = Rule {
    id: "policies-on-unseen-user",
    severity: Severity::Medium,
    practice: Some(Practice::PoliciesOnGroups),
    techniques: &[],
    controls: &["1.15"],
    about: "A user has attached or inline policies in IAM's state, and no event of the logs is the user's: permissions that \
            nobody needs. Medium where 30 days of whole logs without a gap show that; low where fewer days or gaps do, and \
            the finding says so. A user whose last use in the credential report lies in these days is left out.",
    check: "`aws iam generate-service-last-accessed-details --arn ARN` tells when each permission was used last.",
    fix: "Detach the policies that allow something, and leave AWS's quarantine and other denials in place; delete the user \
          when nobody misses it.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#remove-credentials",
};

/// All of them.
pub(super) const RULES: [Rule; 5] = [
    ROOT_USED_WITHOUT_MFA_DEVICE,
    SIGNS_IN_WITHOUT_MFA_DEVICE,
    OLD_KEY_IN_USE,
    INACTIVE_KEY_USED,
    POLICIES_ON_UNSEEN_USER,
];
