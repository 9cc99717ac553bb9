//! The rules about root, passwords, MFA and keys. What each means stands here; when it holds stands beside its facts.

use crate::report::{Practice, Rule, Severity};

pub(super) const ROOT_HAS_KEY: Rule = Rule {
    id: "root-has-access-key",
    severity: Severity::Critical,
    practice: Some(Practice::NoRootKeys),
    techniques: &[],
    controls: &["1.4"],
    about: "Root has an access key. Whoever holds it can do everything in the account, and no policy limits it. Medium where \
            every key is inactive: root can make it active again, and nobody needs it.",
    check: "trailscan root-usage shows whether the key is used, and from where; `aws iam get-account-summary` as root's \
            account: AccountAccessKeysPresent.",
    fix: "Move what uses it to a role, set the key inactive as root, watch for a few days, then delete it.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
};

pub(super) const ROOT_HAS_CERTIFICATE: Rule = Rule {
    id: "root-has-signing-certificate",
    severity: Severity::High,
    practice: Some(Practice::NoRootKeys),
    techniques: &[],
    controls: &[],
    about: "Root has an X.509 signing certificate: a long-lived credential of root like an access key, for old APIs. Medium \
            where every certificate is inactive.",
    check: "The credential report: cert_1_active and cert_2_active of <root_account>; `aws iam get-account-summary`: \
            AccountSigningCertificatesPresent.",
    fix: "See what still signs with it (SOAP calls, bundling of old AMIs), then delete it as root under Security credentials, \
          or centrally with IAMDeleteRootUserCredentials.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
};

pub(super) const ROOT_WITHOUT_MFA: Rule = Rule {
    id: "root-without-mfa",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    techniques: &[],
    controls: &["1.5"],
    about: "Root has no MFA device: its password, or a reset of it by e-mail, is enough. An account whose root has no \
            password (root access managed centrally) is left out, and so are GovCloud and China, where nobody signs in as root.",
    check: "`aws iam get-account-summary`: AccountMFAEnabled is 0 and AccountPasswordPresent is not.",
    fix: "Sign in as root and add MFA devices, two hardware keys best; or remove the root credentials of member accounts \
          with centralised root access.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
};

pub(super) const ROOT_USED: Rule = Rule {
    id: "root-used-recently",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &["1.7"],
    about: "Root's password or access key was used within the last --root-days days before the report was made. The report \
            does not say for what, so this breaks no practice by itself.",
    check: "trailscan root-usage over logs of those days shows what root did; few tasks need root.",
    fix: "Give whoever signs in as root a role or a user in Identity Center, and keep root for the tasks that need it.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html",
};

pub(super) const PASSWORD_WITHOUT_MFA: Rule = Rule {
    id: "user-without-mfa",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    techniques: &[],
    controls: &["1.10"],
    about: "A user has a console password and no MFA device.",
    check: "trailscan console-logins shows whether the user signs in; `aws iam list-mfa-devices --user-name NAME` is empty.",
    fix: "Have the user add an MFA device, or delete the password: `aws iam delete-login-profile --user-name NAME`.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",
};

pub(super) const MFA_UNASSIGNED: Rule = Rule {
    id: "virtual-mfa-unassigned",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A virtual MFA device belongs to nobody: it was made and never enabled, or deactivated and not deleted. It protects \
            nobody, and as long as it is there its name is taken, so whoever began to register it cannot begin anew. A device \
            that is being registered at the moment looks the same. Low where a user of its name has a password and no MFA \
            device; more than three others of an account are one line.",
    check: "`aws iam list-virtual-mfa-devices --assignment-status Unassigned`; trailscan policy-changes shows who made it, or \
            who deactivated it.",
    fix: "`aws iam delete-virtual-mfa-device --serial-number SERIAL`, then have the user register the device again.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html",
};

pub(super) const PROVIDER_UNTRUSTED: Rule = Rule {
    id: "identity-provider-untrusted",
    severity: Severity::Info,
    practice: None,
    techniques: &["T1484.002"],
    controls: &[],
    about: "The account has an OpenID Connect or SAML identity provider that the trust policy of no role names: left over, or kept \
            for later. Nobody comes in by it today; whoever may change a trust policy can let in whom it vouches for. Not wrong \
            where something else than a role uses it: a Cognito identity pool, a Client VPN endpoint. Providers of Identity \
            Center are left out, and nothing is said where a trust policy could not be read; more than three of an account \
            are one line.",
    check: "`trailscan policies --trust` lists who trusts which provider; policy-changes shows who made it.",
    fix: "Once nothing uses it: `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ARN`, or \
          `delete-saml-provider --saml-provider-arn ARN`.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html",
};

pub(super) const KEY_TOO_OLD: Rule = Rule {
    id: "key-too-old",
    severity: Severity::Medium,
    practice: Some(Practice::RotateKeys),
    techniques: &[],
    controls: &["1.14"],
    about: "An active access key is older than --max-age days.",
    check: "trailscan key-spread shows where the key is used; `aws iam get-access-key-last-used --access-key-id ID`.",
    fix: "Replace the key by a role; else make a second key, move its users, set the old one inactive, then delete it.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",
};

pub(super) const KEY_NEVER_USED: Rule = Rule {
    id: "active-key-never-used",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &["1.12"],
    about: "An active access key was never used, and was made more than --unused-grace days before the report.",
    check: "`aws iam get-access-key-last-used --access-key-id ID` says N/A.",
    fix: "Set it inactive: `aws iam update-access-key --user-name NAME --access-key-id ID --status Inactive`; delete it later.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html",
};

pub(super) const CERTIFICATE_TOO_OLD: Rule = Rule {
    id: "certificate-too-old",
    severity: Severity::Medium,
    practice: Some(Practice::RotateKeys),
    techniques: &[],
    controls: &[],
    about: "An active X.509 signing certificate of a user is older than --max-age days. It signs requests to old APIs as an \
            access key does, and few still need one.",
    check: "`aws iam list-signing-certificates --user-name NAME`; no report says when one was used last.",
    fix: "Set it inactive: `aws iam update-signing-certificate --user-name NAME --certificate-id ID --status Inactive`; delete \
          it later.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html",
};

pub(super) const OTHER_CREDENTIAL_TOO_OLD: Rule = Rule {
    id: "other-credential-too-old",
    severity: Severity::Medium,
    practice: Some(Practice::RotateKeys),
    techniques: &[],
    controls: &[],
    about: "An active service-specific credential (CodeCommit, Keyspaces, Amazon Bedrock) or SSH public key of a user is older \
            than --max-age days. It opens what its user may open there for as long as it is active, and stands in no credential \
            report. One that has expired is left out.",
    check: "Ask the user what signs in with it; neither list says when one was used last.",
    fix: "Make a new one, move whatever uses it, then `aws iam update-service-specific-credential --status Inactive`, or \
          update-ssh-public-key, and delete it later. git-remote-codecommit and short-term keys need none.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_service-specific-creds.html",
};

pub(super) const BEARER_KEY: Rule = Rule {
    id: "bearer-key-active",
    severity: Severity::Low,
    practice: Some(Practice::RolesNotKeys),
    techniques: &[],
    controls: &[],
    about: "A user has an active long-term API key of Amazon Bedrock, CloudWatch or the like: a bearer key, with which a program calls \
            the service and whoever finds it does, too. AWS asks to keep them for where short-term credentials cannot be used.",
    check: "trailscan sessions and principals show what the user does; CloudTrail records calls with it as calls of the user.",
    fix: "Let the program use a role, or short-term keys that end with the session, and delete this one: `aws iam \
          delete-service-specific-credential`.",
    page: "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
};

pub(super) const TWO_ACTIVE_KEYS: Rule = Rule {
    id: "user-with-two-keys",
    severity: Severity::Low,
    practice: Some(Practice::RotateKeys),
    techniques: &[],
    controls: &["1.13"],
    about: "A user has two active access keys, both older than --max-age days: a rotation that was not finished, or two \
            programs that share a user. Info while one of them is younger: a rotation may be under way.",
    check: "trailscan keys, or key-spread, shows which of them is used.",
    fix: "Move what still uses the older key, set it inactive, then delete it; give each program a role of its own.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",
};

pub(super) const USER_IDLE: Rule = Rule {
    id: "user-idle",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &["1.12"],
    about: "Every credential that a user has, password and access keys, has been idle for --idle-days days; one that was \
            never used counts from when it was made.",
    check: "trailscan principals over logs of those days does not list the user.",
    fix: "Set the keys inactive and delete the password; delete the user when nobody misses them.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html",
};

pub(super) const PASSWORD_TOO_OLD: Rule = Rule {
    id: "password-too-old",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A console password was not changed for --password-max-age days. With MFA this matters little.",
    check: "The credential report's password_last_changed.",
    fix: "Have the user change it, or set MaxPasswordAge in the password policy; Identity Center needs no IAM password.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
};

pub(super) const PASSWORD_POLICY_ABSENT: Rule = Rule {
    id: "account-password-policy-absent",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &["1.8", "1.9"],
    about: "The account has no password policy of its own. AWS's default holds: 8 characters of three kinds, for ever.",
    check: "`aws iam get-account-password-policy` ends with NoSuchEntity. It matters when users have passwords.",
    fix: "`aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24` and more.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
};

pub(super) const PASSWORD_POLICY_WEAK: Rule = Rule {
    id: "account-password-policy-weak",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &["1.8", "1.9"],
    about: "The password policy asks for fewer than --min-password-length characters, or lets passwords come back.",
    check: "`aws iam get-account-password-policy`: MinimumPasswordLength, PasswordReusePrevention.",
    fix: "`aws iam update-account-password-policy` sets all values at once: give those to keep as well.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
};

pub(super) const HEADLESS_PASSWORD: Rule = Rule {
    id: "headless-user-with-password",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A user that looks like a program has a console password: its name says so (svc, ci, deploy, backup, agent and \
            the like), or its key is in use and its password never was. A heuristic: a person may be named so.",
    check: "trailscan principals shows what the user does; ask whoever made it.",
    fix: "Delete the password: `aws iam delete-login-profile --user-name NAME`; replace the key by a role.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
};
