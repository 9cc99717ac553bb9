//! The rule of `secrets`.

use crate::report::{Rule, Severity};

pub(super) const IN_BULK: Rule = Rule {
    id: "secrets-read-in-bulk",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1555.006"],
    controls: &[],
    about: "One principal asked for many secrets (--bulk-secrets) within 24 hours, of those that it does not read all the time: on \
three days, or in six clock hours. Medium for a user, root and a person of Identity Center, for a role that these logs show a \
week before without these reads, and where as many were refused; low for another role that listed secrets, too, or is new in \
logs that go back a week; info for a role in shorter logs, where a job that reads as many each night looks the same, where all \
are read all the time, and where as many are on five days. What slips past: fewer in a day, and a few each by many principals.",
    check: "Is it a job of yours, and should it read all of these? trailscan incident PRINCIPAL tells what else it did; the list of \
secrets is in the evidence.",
    fix: "If it was not meant, take the credential away, then change every secret that was read: whoever has it keeps it.",
    page: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring.html",
};
