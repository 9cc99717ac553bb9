//! Which events belong to the tasks that AWS says need root user credentials.
//!
//! Source: IAM user guide, "AWS account root user", section "Tasks that require root user credentials". The page names
//! tasks, not events; this is our reading of it:
//!
//! | task | events |
//! |---|---|
//! | change the account name, e-mail address, root password | sign-in events; account `PutAccountName`, `StartPrimaryEmailUpdate`, `AcceptPrimaryEmailUpdate` |
//! | root access keys (and root's MFA device, which only root can set) | IAM key and MFA-device calls without a target user |
//! | close the account | account and billingconsole `CloseAccount` |
//! | activate IAM access to billing | billingconsole `UpdateIAMAccessPreference` |
//! | change a bucket policy that denies everyone; enable MFA delete | S3 `PutBucketPolicy`, `DeleteBucketPolicy`; `PutBucketVersioning` that speaks of MFA delete |
//! | change a queue policy that denies everyone | SQS `SetQueueAttributes` that speaks of the policy |
//! | recover an unmanageable KMS key, ask for GovCloud root keys | support `CreateCase` |
//!
//! Known misses: "restore IAM user permissions" looks like any other change of a policy and counts as everyday use on
//! purpose, because it is also what an intruder does; tax invoices and the Reserved Instance Marketplace leave no event
//! of their own. A policy call counts as the task whether or not the old policy denied everyone, unless the new one lets
//! everybody in, which [`opens`](super::opens) judges.

use crate::model::{Event, members, text};

/// Whether `event`, made by root, belongs to a task that needs root.
pub(super) fn needs_root(event: &Event<'_>) -> bool {
    match event.event_source {
        "account.amazonaws.com" => matches!(
            event.event_name,
            "CloseAccount" | "PutAccountName" | "StartPrimaryEmailUpdate" | "AcceptPrimaryEmailUpdate"
        ),
        "billingconsole.amazonaws.com" => matches!(event.event_name, "CloseAccount" | "UpdateIAMAccessPreference"),
        "support.amazonaws.com" => event.event_name == "CreateCase",
        "iam.amazonaws.com" => is_own_credential_call(event),
        "s3.amazonaws.com" => match event.event_name {
            "PutBucketPolicy" | "DeleteBucketPolicy" => true,
            "PutBucketVersioning" => event.request_parameters.contains("MfaDelete"),
            _ => false,
        },
        "sqs.amazonaws.com" => {
            event.event_name == "SetQueueAttributes" && event.request_parameters.contains("\"Policy\"")
        }
        _ => false,
    }
}

/// Whether a call about credentials names no IAM user, and so is about root's own. The console names root as below, which
/// no IAM user can be called: their names have no spaces (IAM user guide, "IAM identifiers").
pub(super) fn is_about_root(event: &Event<'_>) -> bool {
    let [user_name] = members(event.request_parameters, ["userName"]);
    matches!(&*text(user_name), "" | "AWS ROOT USER")
}

fn is_own_credential_call(event: &Event<'_>) -> bool {
    match event.event_name {
        "CreateAccessKey" | "UpdateAccessKey" | "DeleteAccessKey" => is_about_root(event),
        // Devices of root have such a name in their serial number (`mfa/root-account-mfa-device`, `u2f/root-account/…`),
        // whatever user name the request repeats.
        "CreateVirtualMFADevice"
        | "EnableMFADevice"
        | "DeactivateMFADevice"
        | "ResyncMFADevice"
        | "DeleteVirtualMFADevice" => event.request_parameters.contains("/root-account") || is_about_root(event),
        _ => false,
    }
}
