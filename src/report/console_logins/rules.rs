//! The rules of `console-logins`.

use crate::report::{Practice, Rule, Severity};

const SIGN_IN_EVENTS: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html";

/// Root or an IAM user signed in without MFA.
pub(super) const SIGN_IN_WITHOUT_MFA: Rule = Rule {
    id: "sign-in-without-mfa",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    techniques: &[],
    controls: &["1.10"],
    about: "Root (high) or an IAM user (medium) signed in to the console with nothing but a password, or people of Identity \
            Center did (medium, one finding an account). The first sign-in of a user who was made at most two weeks before, and \
            who registers a device for itself within a day, or gets one from whoever made it, is how people start: info; not \
            where the user had MFA before. Sign-ins through an identity provider are not judged: MFA is held \
            there.",
    check: "See whether the principal has signed in with MFA since (the finding says so), and whether it has a device: \
            aws iam list-mfa-devices --user-name NAME.",
    fix: "Register an MFA device for the user and require MFA by policy (aws:MultiFactorAuthPresent), or let people \
          sign in through IAM Identity Center and delete the password: aws iam delete-login-profile --user-name NAME. \
          For Identity Center: Settings, Authentication, prompt users for MFA every time they sign in.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",
};

/// A session that a key or a workload issued signed in.
pub(super) const CONSOLE_BY_KEY: Rule = Rule {
    id: "console-by-key",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    techniques: &["T1078.004"],
    controls: &[],
    about: "Credentials that GetFederationToken or AssumeRole gave to a long-lived key or a workload were exchanged for a \
            console session (GetSigninToken): somebody is at the console and nobody was asked for MFA. Medium; high for \
            root's key and a workload's role. A custom broker that signs people in looks the same. A role session \
            whose issuing call was not read is not judged.",
    check: "Is there such a broker, and are issued_from and the address of the sign-in its? trailscan trace KEY shows what \
            the key issued and what the session did.",
    fix: "Let people sign in through IAM Identity Center. If nobody knows the sign-in: set the key inactive, deny its \
          sessions (an inline policy on aws:TokenIssueTime), and look at what they made.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html",
};

/// Many failures of one principal, then a success.
pub(super) const BRUTE_FORCE_SUCCESS: Rule = Rule {
    id: "brute-force-success",
    severity: Severity::Critical,
    practice: None,
    techniques: &["T1078.004", "T1110.001"],
    controls: &[],
    about: "At least --guesses sign-ins of one principal failed, within a UTC hour and the next, or slowly within two weeks or \
            with no success between, and one succeeded after the first of them: from the same address, from one of several, \
            or within a day from an address that was new (slowly, where three addresses or more failed). Critical for root, high for a user; medium where the success had \
            MFA, or where one or two addresses failed and another one got in, unless that was beside them, without MFA, and in a \
            network new to a user who had used MFA elsewhere; low where somebody else set the password in \
            between and the success came from no place that is new to the user, and where all came from one address from which \
            the user had got in on three days before, and the success had MFA. Whoever forgot a password looks the same.",
    check: "Ask the owner about the time and the address, and look at what the session did next: trailscan sessions, \
            trailscan principals --principal NAME.",
    fix: "Change the password, end the sessions (an inline policy that denies calls with older tokens), look for keys, \
          users and policies made since, and require MFA.",
    page: SIGN_IN_EVENTS,
};

/// Failures after the password was right.
pub(super) const PASSWORD_KNOWN: Rule = Rule {
    id: "password-known",
    severity: Severity::High,
    practice: None,
    techniques: &["T1110"],
    controls: &[],
    about: "Sign-ins were asked for the second factor (CheckMfa, or a TOTP, WEBAUTHN or other CredentialType at Identity \
            Center) and failed: whoever tried knows the password, and MFA held. High from three on; else medium for root, low \
            for a user. Medium, too, where the second factor was asked for five times or more in a day and no sign-in ended, from \
            an address that never got in: somebody turned back. Days on which the same principal got in from the same address are left out: an owner mistypes codes. \
            But five or more before the first success from there ever may have guessed the code: high where the user had \
            signed in from elsewhere before. \
            That CheckMfa comes only after the right password is inferred; a guesser at the owner's address is not found.",
    check: "Ask the owner whether they tried from these addresses and gave up.",
    fix: "If not theirs: change the password, and look for where else it is used. Keep MFA as it is.",
    page: SIGN_IN_EVENTS,
};

/// Failures of many users.
pub(super) const PASSWORD_SPRAY: Rule = Rule {
    id: "password-spray",
    severity: Severity::High,
    practice: None,
    techniques: &["T1110.003"],
    controls: &[],
    about: "Sign-ins of at least --spray-users users failed from one address within a UTC hour and the next, and they did \
            not get in meanwhile; or within two weeks, when more users failed and never got in from there than did. Each \
            failure with a name that does not exist counts as a user of its own. High where somebody got in from there within \
            a day, or of a slow one within twice the time from user to user, or within two weeks where no other user ever got in \
            from there, who had never come from there, or within the half hour before, where at most two users ever got in from \
            there; medium where that had MFA, or was in an account where nothing failed and under a name that was tried in \
            none; low where at most one of the names exists, \
            where as many get in as stay out, or where all who failed got in from there before it and after. Or sign-ins of three times as many users of one account failed from many \
            addresses at once, more than got in: medium, about the account; an address counts as one more user there for failures \
            with names that do not exist, where nobody got in from it. High where one of them failed with the others and then \
            got in without MFA from an address of theirs, or from one where it had neither got in before nor failed; or where a user who had not failed got in at the first try, \
            without MFA, from an address of theirs from which nobody else ever got in and two others failed, or one and the user \
            had always come from elsewhere. Medium is it where --spray-users users failed on three days \
            or more within two weeks from networks that nobody ever got in from. And medium where fewer, two at least, failed \
            from one address and never got in there, and within a day one of their account, who had come from elsewhere \
            before, got in without MFA from there: the first and only one ever to come from its network.",
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
    techniques: &["T1110.001"],
    controls: &[],
    about: "At least --guesses sign-ins of one principal failed within a UTC hour and the next, from whatever addresses, \
            or within two weeks with no success from the same address soon after, and none is known to have been guessed \
            right: medium for root and from five addresses on, else low.",
    check: "Ask the owner; a script with an old password looks the same. Look for a sign-in that worked soon after.",
    fix: "Require MFA, and change the password if the owner did not do it.",
    page: SIGN_IN_EVENTS,
};

/// Somebody else set the password, and somebody signed in with it from where the user never was.
pub(super) const SIGN_IN_AFTER_RESET: Rule = Rule {
    id: "sign-in-after-reset",
    severity: Severity::High,
    practice: None,
    techniques: &["T1078.004"],
    controls: &[],
    about: "A principal set the password of another user, mostly together with taking the MFA device away or registering \
            one, and the next sign-in within a week came from where that principal called from, or from a network that is \
            new to a user who always came from the same. High where the device was changed, too, and the user had signed in \
            from elsewhere; medium where one of these is missing; low where several other people sign in from that network, \
            as at a help desk's counter, or where nothing is known of the user and no device was registered for it. A user who comes back from a network of its own is none, nor is one made in these \
            logs.",
    check: "Ask the user whether they asked for the reset and signed in then, by another way than the console or mail.",
    fix: "If not: delete the password (aws iam delete-login-profile), end the user's sessions, look at what it did since, \
          and at what else whoever reset it did: trailscan policy-changes, principals.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_admin-change-user.html",
};

/// All of them, for the registry.
pub(super) const RULES: &[Rule] = &[
    SIGN_IN_WITHOUT_MFA,
    CONSOLE_BY_KEY,
    BRUTE_FORCE_SUCCESS,
    PASSWORD_KNOWN,
    PASSWORD_SPRAY,
    SIGN_IN_GUESSING,
    SIGN_IN_AFTER_RESET,
];
