//! The rules of `logging`: what each means, how to check it, how to put it right.

use crate::report::{Rule, Severity};

const SECURITY: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html";
const ORGANIZATION: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html";
const VALIDATION: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html";

/// All of them.
pub(super) const RULES: &[Rule] = &[STOPPED, DELETED, NARROWED, REFUSED];

pub(super) const STOPPED: Rule = Rule {
    id: "logging-stopped",
    severity: Severity::High,
    practice: None,
    techniques: &["T1562.008"],
    controls: &["3.1"],
    about: "A trail or an event data store was stopped or deleted, the bucket, bucket policy or KMS key that a trail needs was \
taken away, or CloudTrail's access to the organization was disabled. What happened afterwards may be in no log, and the \
scorecard proves nothing of the accounts concerned, even where it was started again. Medium for the trail of one account while \
records show a trail of the organization that is a day old or more, that nobody stopped or narrowed, and the account's logs go on: \
it may have moved to that. Info where a service-linked role did \
it.",
    check: "Who called, from where, and what the same principal did before and after: trailscan principals, sessions. Does \
something else still log: aws cloudtrail get-trail-status, another trail, the organization's?",
    fix: "Start it again (aws cloudtrail start-logging), or make again what was deleted: the trail (create-trail, then \
start-logging), the event data store (restore-event-data-store, within 7 days), the bucket with its policy, the key (aws kms \
cancel-key-deletion). Then deny these calls by a service control policy to all but one role; it does not bind the management \
account, so keep its administrators few.",
    page: SECURITY,
};

pub(super) const DELETED: Rule = Rule {
    id: "logs-deleted",
    severity: Severity::High,
    practice: None,
    techniques: &["T1070"],
    controls: &[],
    about: "Log or digest objects that a trail had delivered were deleted. What is left is not what happened. A job that moves \
old logs elsewhere does the same: the object's keys say how old they were. Info where a service-linked role did it.",
    check: "aws cloudtrail validate-logs names the objects that are missing; object versions may still hold them.",
    fix: "Restore the versions, turn on Object Lock and MFA delete for the bucket, and take s3:DeleteObject from everybody.",
    page: VALIDATION,
};

pub(super) const NARROWED: Rule = Rule {
    id: "logging-narrowed",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1562.008"],
    controls: &[],
    about: "A trail or event data store was changed so that it records less or delivers elsewhere, its logs were made to expire \
within 90 days, its key's or bucket's policy no longer lets CloudTrail in, or an account or a delegated administrator was \
taken out of the organization. A trail that never recorded management events, and a bucket that only looks like a trail's \
by its name, look the same. Info where a service-linked role did it.",
    check: "aws cloudtrail get-event-selectors and get-trail: is every management event of every region still recorded?",
    fix: "Set it back, and deny these calls by a service control policy to all but one role.",
    page: ORGANIZATION,
};

pub(super) const REFUSED: Rule = Rule {
    id: "logging-change-refused",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1562.008"],
    controls: &[],
    about: "Somebody tried to stop or narrow logging, or to delete logs, and was refused or failed. Logs are as they were; who \
tries it is worth knowing.",
    check: "What else the same principal was denied: trailscan principals --sort denied.",
    fix: "When nobody meant it: rotate or revoke the credentials that called.",
    page: SECURITY,
};
