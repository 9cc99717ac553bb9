//! The rules of `console-logins`.

use crate::report::{Practice, Rule, Severity};

const SIGN_IN_EVENTS: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html";

/// Root or an IAM user signed in without MFA.
pub(super) const SIGN_IN_WITHOUT_MFA: Rule = Rule {
    id: "sign-in-without-mfa",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    about: "Root (high) or an IAM user (medium) signed in to the console with nothing but a password. Sign-ins through \
            an identity provider are not judged: MFA is held there.",
    check: "See whether the principal has signed in with MFA since (the finding says so), and whether it has a device: \
            aws iam list-mfa-devices --user-name NAME.",
    fix: "Register an MFA device for the user and require MFA by policy (aws:MultiFactorAuthPresent), or let people \
          sign in through IAM Identity Center and delete the password: aws iam delete-login-profile --user-name NAME.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",
};

/// Many failures of one principal from one address, then a success.
pub(super) const BRUTE_FORCE_SUCCESS: Rule = Rule {
    id: "brute-force-success",
    severity: Severity::Critical,
    practice: None,
    about: "At least --guesses sign-ins of one principal failed from one address within a UTC hour and the next, and one \
            succeeded from there after the first of them: critical for root, high for a user, medium where the success \
            had MFA.",
    check: "Ask the owner about the time and the address, and look at what the session did next: trailscan sessions, \
            trailscan principals --principal NAME.",
    fix: "Change the password, end the sessions (an inline policy that denies calls with older tokens), look for keys, \
          users and policies made since, and require MFA.",
    page: SIGN_IN_EVENTS,
};

/// Failures of many users from one address.
pub(super) const PASSWORD_SPRAY: Rule = Rule {
    id: "password-spray",
    severity: Severity::High,
    practice: None,
    about: "Sign-ins of at least --spray-users users failed from one address within a UTC hour and the next, and they did \
            not get in meanwhile. Each failure with a name that does not exist counts as a user of its own. High where a \
            user got in after a failure, low where at most one of the names exists, else medium.",
    check: "See whether the address is yours (an office, a VPN: many people mistype there), and whether any of the users \
            signed in from it later.",
    fix: "Require MFA for every password, set a strong password policy, and change the passwords of users who got in.",
    page: SIGN_IN_EVENTS,
};

/// Many failures of one principal.
pub(super) const SIGN_IN_GUESSING: Rule = Rule {
    id: "sign-in-guessing",
    severity: Severity::Medium,
    practice: None,
    about: "At least --guesses sign-ins of one principal failed within a UTC hour and the next, from whatever addresses, \
            and none is known to have been guessed right: medium for root, low for a user.",
    check: "Ask the owner; a script with an old password looks the same. Look for a sign-in that worked soon after.",
    fix: "Require MFA, and change the password if the owner did not do it.",
    page: SIGN_IN_EVENTS,
};

/// All of them, for the registry.
pub(super) const RULES: &[Rule] = &[SIGN_IN_WITHOUT_MFA, BRUTE_FORCE_SUCCESS, PASSWORD_SPRAY, SIGN_IN_GUESSING];
