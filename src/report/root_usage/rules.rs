//! The rules of root use. Where the row decides the severity, the worst stands here.

use crate::report::{Practice, Rule, Severity};

const ROOT: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html";
const TASKS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html";
const CENTRAL: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html";

/// All of them.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "root-access-key",
        severity: Severity::Critical,
        practice: Some(Practice::NoRootKeys),
        about: "A long-lived access key of root signed calls: the key exists, works, and no policy limits it.",
        check: "The row's addresses and top_events say what uses it; key-spread has the key as well.",
        fix: "Move what uses it to a role; set the key inactive as root, watch for a few days, then delete it.",
        page: ROOT,
    },
    Rule {
        id: "root-key-created",
        severity: Severity::Critical,
        practice: Some(Practice::NoRootKeys),
        about: "Root made an access key for itself.",
        check: "The evidence names the key where the record does; `aws iam get-account-summary`: AccountAccessKeysPresent.",
        fix: "Delete the key as root unless somebody can say why it must be; then use a role instead.",
        page: ROOT,
    },
    Rule {
        id: "root-everyday-use",
        severity: Severity::High,
        practice: Some(Practice::RestrictRootUse),
        about: "Root was used at the console, or with tokens of its own, for what needs no root: everyday_events are neither \
                sign-ins nor on AWS's list of tasks that need root.",
        check: "top_events of the row; ask whoever signed in from its addresses.",
        fix: "Give that person a role or a user in Identity Center, and keep root for the tasks that need it.",
        page: TASKS,
    },
    Rule {
        id: "root-console-use",
        severity: Severity::High,
        practice: Some(Practice::RestrictRootUse),
        about: "Root was used at the console, and all that was done needs root. High without MFA, else medium.",
        check: "Was it planned? The row's times and addresses should match a ticket.",
        fix: "Nothing when it was planned; else change the password and look at what was done.",
        page: TASKS,
    },
    Rule {
        id: "root-federation",
        severity: Severity::High,
        practice: Some(Practice::RestrictRootUse),
        about: "A federated user whose credentials root issued (GetFederationToken) made calls: root's rights in another \
                name, for up to an hour.",
        check: "The issuing call stands under root's access key; `trailscan trace KEY` walks both ways.",
        fix: "Issue such tokens from a user or role with few rights, and delete root's access key.",
        page: ROOT,
    },
    Rule {
        id: "root-assume-root",
        severity: Severity::Medium,
        practice: Some(Practice::RestrictRootUse),
        about: "A central root session (AssumeRoot) was used: somebody in the management or delegated account acted as this \
                root. It is how central root access is meant to be, and rare.",
        check: "The evidence names the callers; the task policy of the AssumeRoot call says what the session could do.",
        fix: "Nothing when it was planned; else take sts:AssumeRoot from the caller.",
        page: CENTRAL,
    },
    Rule {
        id: "root-sign-in-without-mfa",
        severity: Severity::High,
        practice: Some(Practice::MfaForConsole),
        about: "Root signed in to the console and MFA was not used.",
        check: "`aws iam get-account-summary`: AccountMFAEnabled; posture reads it.",
        fix: "Add MFA devices to root, hardware keys best.",
        page: ROOT,
    },
    Rule {
        id: "root-credential-change",
        severity: Severity::High,
        practice: Some(Practice::RestrictRootUse),
        about: "The password or the e-mail address of root was changed or recovered: whoever did it can sign in.",
        check: "Was it planned? The addresses of the row, and the mailbox of the account.",
        fix: "If not, recover the account through its e-mail address and AWS Support, and look at all that root did since.",
        page: ROOT,
    },
    Rule {
        id: "root-attempts",
        severity: Severity::Low,
        practice: None,
        about: "Root was tried and nothing succeeded.",
        check: "The same addresses in console-logins and principals.",
        fix: "See that root has MFA and a long password that nobody knows by heart.",
        page: ROOT,
    },
    Rule {
        id: "root-sign-in-failures",
        severity: Severity::Low,
        practice: None,
        about: "Sign-ins as root failed beside others that worked: mistyped, or guessed.",
        check: "Do failures and successes come from the same addresses?",
        fix: "See that root has MFA.",
        page: ROOT,
    },
];
