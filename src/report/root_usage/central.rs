//! Central root sessions (AssumeRoot): who got them, for which task, and whether they were refused.
//!
//! The task policy decides how much one matters: a session can do what its policy allows and nothing else. Source: IAM user
//! guide, "Perform a privileged task on an AWS Organizations member account". Who slips past: whoever deletes what stands
//! in the way (a bucket's policy, MFA) by a task that is meant for that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::aggregate::Symbols;
use crate::aggregate::root_use::{Reach, ReachOutcome, ReachText, Reached, RootUse};
use crate::model::SourceAddress;
use crate::report::Severity;

/// One distinct way in which somebody reached for root, with its texts.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub event_name: &'a str,
    pub target: &'a str,
    pub caller: &'a str,
    pub recipient: &'a str,
    pub caller_key: &'a str,
    pub source: &'a str,
    pub task: &'a str,
    pub issued_key: &'a str,
    pub outcome: ReachOutcome,
    pub reached: Reached,
}

/// All of them, by account, caller and what they did.
#[derive(Default)]
pub(in crate::report) struct Central<'a> {
    pub(super) calls: Vec<Call<'a>>,
    tasks: BTreeMap<&'a str, &'a str>,
}

impl<'a> Call<'a> {
    fn new(reach: &Reach, reached: &Reached, symbols: &'a Symbols) -> Self {
        let text = |text| symbols.text(reach.text(text));
        Self {
            event_name: text(ReachText::EventName),
            target: text(ReachText::Target),
            caller: text(ReachText::Caller),
            recipient: text(ReachText::Recipient),
            caller_key: text(ReachText::CallerKey),
            source: text(ReachText::Source),
            task: text(ReachText::TaskPolicy),
            issued_key: text(ReachText::IssuedKey),
            outcome: reach.outcome,
            reached: *reached,
        }
    }

    /// What calls are told apart by, and so their order.
    fn key(&self) -> (&'a str, &'a str, &'a str, ReachOutcome, [&'a str; 5]) {
        let rest = [self.task, self.issued_key, self.caller_key, self.source, self.recipient];
        (self.event_name, self.target, self.caller, self.outcome, rest)
    }
}

impl<'a> Central<'a> {
    pub(in crate::report) fn of(root_use: &'a RootUse, symbols: &'a Symbols) -> Self {
        let mut calls: Vec<Call<'a>> =
            root_use.reaches().map(|(reach, reached)| Call::new(reach, reached, symbols)).collect();
        calls.sort_by(|a, b| a.key().cmp(&b.key()));
        let with_task = calls.iter().filter(|call| !call.issued_key.is_empty() && !call.task.is_empty());
        let tasks = with_task.map(|call| (call.issued_key, call.task)).collect();
        Self { calls, tasks }
    }

    /// The task that a key was issued for.
    pub(super) fn task_of(&self, access_key_id: &str) -> Option<&'a str> {
        self.tasks.get(access_key_id).copied()
    }

    pub(super) fn issued(&self) -> impl Iterator<Item = &Call<'a>> {
        self.calls.iter().filter(|call| call.event_name == "AssumeRoot" && call.outcome == ReachOutcome::Worked)
    }
}

/// How much sessions for these tasks that did this matter; what is not known of a task the deeds tell.
pub(super) fn severity<'t>(
    tasks: impl Iterator<Item = &'t str>,
    event_names: impl Iterator<Item = &'t str>,
) -> Severity {
    let of_tasks = tasks.map(of_task).max();
    let of_deeds = event_names.map(of_deed).max();
    match (of_tasks, of_deeds) {
        (Some(task), Some(Severity::High)) => task.max(Severity::High),
        (Some(task), _) => task,
        (None, Some(deed)) => deed,
        (None, None) => Severity::Medium,
    }
}

fn of_task(task: &str) -> Severity {
    match task {
        "IAMAuditRootUserCredentials" | "IAMDeleteRootUserCredentials" => Severity::Info,
        "IAMCreateRootUserPassword" => Severity::High,
        // S3UnlockBucketPolicy, SQSUnlockQueuePolicy, and whatever comes.
        _ => Severity::Medium,
    }
}

fn of_deed(event_name: &str) -> Severity {
    match event_name {
        "CreateLoginProfile" | "UpdateLoginProfile" | "CreateAccessKey" => Severity::High,
        "DeleteLoginProfile"
        | "DeleteAccessKey"
        | "DeleteSigningCertificate"
        | "DeactivateMFADevice"
        | "DeleteVirtualMFADevice" => Severity::Info,
        read if read.starts_with("Get") || read.starts_with("List") => Severity::Info,
        _ => Severity::Medium,
    }
}

pub(super) fn addresses<'a, 'c: 'a>(calls: impl Iterator<Item = &'a Call<'c>>) -> BTreeSet<String> {
    calls.filter_map(|call| SourceAddress::parse(call.source).ip()).map(|ip| ip.to_string()).collect()
}

pub(super) fn named<const N: usize>(values: [(&str, Value); N]) -> Map<String, Value> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
