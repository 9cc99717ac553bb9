//! The rules of root use. Where the row decides the severity, the worst stands here.

use crate::report::{Practice, Rule, Severity};

const ROOT: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html";
const TASKS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html";
const EMAIL: &str = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html";
const CENTRAL: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html";

/// All of them.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "root-access-key",
        severity: Severity::Critical,
        practice: Some(Practice::NoRootKeys),
        techniques: &[],
        controls: &["1.4"],
        about: "A long-lived access key of root signed calls, or a token that it got for itself (GetSessionToken) did: the \
                key exists, works, and no policy limits it. Breaks restrict-root-use as well.",
        check: "The row's addresses and top_events say what uses it; key-spread has the key as well.",
        fix: "Move what uses it to a role; set the key inactive as root, watch for a few days, then delete it.",
        page: ROOT,
    },
    Rule {
        id: "root-key-created",
        severity: Severity::Critical,
        practice: Some(Practice::NoRootKeys),
        techniques: &["T1098.001"],
        controls: &["1.4"],
        about: "Root made an access key for itself. Breaks restrict-root-use as well.",
        check: "The evidence names the key where the record does; `aws iam get-account-summary`: AccountAccessKeysPresent.",
        fix: "Delete the key as root unless somebody can say why it must be; then use a role instead.",
        page: ROOT,
    },
    Rule {
        id: "root-everyday-use",
        severity: Severity::High,
        practice: Some(Practice::RestrictRootUse),
        techniques: &[],
        controls: &["1.7"],
        about: "Root was used at the console, or with tokens of its own, for everyday work: everyday_events are neither \
                sign-ins nor on AWS's list of tasks that need root, nor what the console reads in a session with MFA. A \
                bucket or queue policy that lets everybody in is one, also of a central session (AssumeRoot), where \
                unlocking means to delete or narrow it. Medium where root signed in with MFA and only looked, on \
                five days or more within 30 without such a task: looking needs no root. Not seen: tasks that leave no event, \
                such as tax settings, so ask first.",
        check: "top_events of the row; ask whoever signed in from its addresses.",
        fix: "Give that person a role or a user in Identity Center, and keep root for the tasks that need it.",
        page: TASKS,
    },
    Rule {
        id: "root-console-use",
        severity: Severity::Medium,
        practice: None,
        techniques: &[],
        controls: &["1.7"],
        about: "Root signed in, or was used in sessions of its own, and all that was done needs root, or was reading at the \
                console with MFA; no record says that MFA was not used. That is what root is for, so no practice is broken.",
        check: "Was it planned? The row's times and addresses should match a ticket.",
        fix: "Nothing when it was planned; else change the password and look at what was done.",
        page: TASKS,
    },
    Rule {
        id: "root-federation",
        severity: Severity::High,
        practice: Some(Practice::RestrictRootUse),
        techniques: &[],
        controls: &[],
        about: "A federated user whose credentials root issued (GetFederationToken) made calls: root's rights in another \
                name, for up to an hour.",
        check: "The issuing call stands under root's access key; `trailscan trace KEY` walks both ways.",
        fix: "Issue such tokens from a user or role with few rights, and delete root's access key.",
        page: ROOT,
    },
    Rule {
        id: "root-assume-root",
        severity: Severity::Medium,
        practice: None,
        techniques: &[],
        controls: &[],
        about: "A central root session (AssumeRoot) was issued or used: somebody in the management or delegated account acted \
                as this root. It is how central root access is meant to be, so no practice is broken. Info for reviews and \
                clean-ups (IAMAuditRootUserCredentials, IAMDeleteRootUserCredentials), one finding a caller; medium for other \
                tasks, and where neither task nor deeds tell. Credentials that no event used may have been used in an account \
                that was not read.",
        check: "The evidence names the callers and the task policies, which say what the session could do.",
        fix: "Nothing when it was planned; else take sts:AssumeRoot from the caller.",
        page: CENTRAL,
    },
    Rule {
        id: "root-assume-root-password",
        severity: Severity::High,
        practice: Some(Practice::RestrictRootUse),
        techniques: &["T1098"],
        controls: &[],
        about: "A central root session was issued to make a root password (IAMCreateRootUserPassword), or made a password or \
                key: this root can be signed in to again, by whoever reads its mailbox.",
        check: "Was it planned, and was the password deleted afterwards (IAMDeleteRootUserCredentials)?",
        fix: "Delete root's credentials centrally, take sts:AssumeRoot from the caller, and look at what root did since.",
        page: CENTRAL,
    },
    Rule {
        id: "root-assume-root-refused",
        severity: Severity::Medium,
        practice: None,
        techniques: &[],
        controls: &[],
        about: "Somebody tried to become root of other accounts (AssumeRoot) and was refused: medium from three denials on, \
                else low, and low for a caller that gets such sessions at other times.",
        check: "Does the caller have to do with central root access? What else did its key do: trailscan trace KEY.",
        fix: "If not, treat the key as taken: set it inactive and look at what it did.",
        page: CENTRAL,
    },
    Rule {
        id: "root-sign-in-without-mfa",
        severity: Severity::High,
        practice: Some(Practice::MfaForConsole),
        techniques: &[],
        controls: &["1.5"],
        about: "Root signed in to the console and MFA was not used, or was used in sessions that say so. Breaks \
                restrict-root-use as well.",
        check: "`aws iam get-account-summary`: AccountMFAEnabled; posture reads it.",
        fix: "Add MFA devices to root, hardware keys best.",
        page: ROOT,
    },
    Rule {
        id: "root-email-change",
        severity: Severity::High,
        practice: None,
        techniques: &["T1098"],
        controls: &[],
        about: "The primary e-mail address of an account was changed (StartPrimaryEmailUpdate, AcceptPrimaryEmailUpdate), by \
                root or, for a member, by the management account or a delegated administrator: whoever reads the new mailbox \
                can reset root's password. Medium where it was denied, low where it failed.",
        check: "Was it planned, and whose is the mailbox? The evidence names the callers and addresses.",
        fix: "Of a member account: change the address back from the management account, then reset root's password. Of the \
              management account, or one that stands alone: change it back as root or, if you cannot sign in, ask AWS \
              Support at once. Then look at what the caller did.",
        page: EMAIL,
    },
    Rule {
        id: "root-password-reset-requested",
        severity: Severity::Low,
        practice: None,
        techniques: &[],
        controls: &[],
        about: "Somebody asked for a reset of root's password (PasswordRecoveryRequested). Anybody can who knows the e-mail \
                address; nobody was in. A reset that was completed is root-credential-change.",
        check: "Did somebody of yours ask? The summary says from where; has the mailbox been read by others?",
        fix: "Nothing but to see that the mailbox is safe and that root has MFA.",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reset-root-password.html",
    },
    Rule {
        id: "root-credential-change",
        severity: Severity::High,
        practice: None,
        techniques: &["T1098"],
        controls: &[],
        about: "The password or the e-mail address of root was changed or recovered: whoever did it can sign in. It needs root, \
                so no practice is broken by it; whether it was the owner is the question. Medium for a new password alone, \
                where all that was read of root's sessions had MFA.",
        check: "Was it planned? The addresses of the row, and the mailbox of the account.",
        fix: "If not, recover the account through its e-mail address and AWS Support, and look at all that root did since.",
        page: ROOT,
    },
    Rule {
        id: "root-attempts",
        severity: Severity::Low,
        practice: None,
        techniques: &[],
        controls: &[],
        about: "Root was tried and nobody got in: sign-ins failed, MFA was asked for and not given, or a reset of the \
                password came to its last step and failed.",
        check: "The same addresses in console-logins and principals.",
        fix: "See that root has MFA and a long password that nobody knows by heart.",
        page: ROOT,
    },
    Rule {
        id: "root-sign-in-failures",
        severity: Severity::Low,
        practice: None,
        techniques: &["T1110"],
        controls: &[],
        about: "Sign-ins as root failed beside others that worked: mistyped, or guessed.",
        check: "Do failures and successes come from the same addresses?",
        fix: "See that root has MFA.",
        page: ROOT,
    },
];
