//! Which events belong to the tasks that AWS says need root user credentials, and which come with signing in for one.
//!
//! Source: IAM user guide, "AWS account root user", section "Tasks that require root user credentials". The page names
//! tasks, not events; this is our reading of it:
//!
//! | task | events |
//! |---|---|
//! | change the account name, e-mail address, root password | sign-in events; account `PutAccountName`, `StartPrimaryEmailUpdate`, `AcceptPrimaryEmailUpdate` |
//! | root access keys (and root's MFA device, which only root can set) | IAM key and MFA-device calls without a target user |
//! | what ends a signing certificate of root's own | IAM `DeleteSigningCertificate`, and `UpdateSigningCertificate` to Inactive, without a target user |
//! | close the account | account and billingconsole `CloseAccount` |
//! | activate IAM access to billing | billingconsole `UpdateIAMAccessPreference` |
//! | change a bucket policy that denies everyone; enable MFA delete | S3 `PutBucketPolicy`, `DeleteBucketPolicy`; `PutBucketVersioning` that speaks of MFA delete |
//! | change a queue policy that denies everyone | SQS `SetQueueAttributes` that speaks of the policy |
//! | recover an unmanageable KMS key, ask for GovCloud root keys | support `CreateCase`, `AddAttachmentsToSet`, `AddCommunicationToCase`, `ResolveCase` |
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
        "support.amazonaws.com" => {
            matches!(event.event_name, "CreateCase" | "AddAttachmentsToSet" | "AddCommunicationToCase" | "ResolveCase")
        }
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

/// Calls that read what is kept, rather than what there is: no page of the console makes them until somebody asks for it.
const CONTENTS: [(&str, &str); 13] = [
    ("dynamodb.amazonaws.com", "BatchGetItem"),
    ("dynamodb.amazonaws.com", "GetItem"),
    ("dynamodb.amazonaws.com", "Query"),
    ("dynamodb.amazonaws.com", "Scan"),
    ("ec2.amazonaws.com", "GetPasswordData"),
    ("kms.amazonaws.com", "Decrypt"),
    ("s3.amazonaws.com", "GetObject"),
    ("secretsmanager.amazonaws.com", "BatchGetSecretValue"),
    ("secretsmanager.amazonaws.com", "GetSecretValue"),
    ("ssm.amazonaws.com", "GetParameter"),
    ("ssm.amazonaws.com", "GetParameterHistory"),
    ("ssm.amazonaws.com", "GetParameters"),
    ("ssm.amazonaws.com", "GetParametersByPath"),
];

/// Whether `event` is what the console reads in a session with MFA: whoever signs in for a task that needs root loads
/// pages that ask for regions, costs and health by themselves.
///
/// The flag or a browser shows the console; a client with the console's credentials, such as the AWS CLI in CloudShell,
/// has the flag as well and is none. Source: CloudTrail user guide, "CloudTrail record contents",
/// `sessionCredentialFromConsole`, and "CloudTrail userIdentity element", `mfaAuthenticated`. That pages read by
/// themselves is our inference. Known misses: somebody who only looks around at the console, with MFA; a program that
/// calls itself a browser.
pub(super) fn is_console_reading(event: &Event<'_>) -> bool {
    let session = event.user_identity.session.as_ref();
    let is_of_console = event.session_credential_from_console == Some(true) || event.user_agent.starts_with("Mozilla/");
    event.read_only == Some(true)
        && is_of_console
        && session.is_some_and(|session| session.mfa_authenticated == Some(true))
        && !event.user_agent.starts_with("aws-cli/")
        && !CONTENTS.contains(&(event.event_source, event.event_name))
}

/// Whether a call about credentials names no IAM user, and so is about root's own. The console names root as below, which
/// no IAM user can be called: their names have no spaces (IAM user guide, "IAM identifiers").
pub(super) fn is_about_root(event: &Event<'_>) -> bool {
    let [user_name] = members(event.request_parameters, ["userName"]);
    matches!(&*text(user_name), "" | "AWS ROOT USER")
}

fn is_own_credential_call(event: &Event<'_>) -> bool {
    match event.event_name {
        "CreateAccessKey" | "UpdateAccessKey" | "DeleteAccessKey" | "DeleteSigningCertificate" => is_about_root(event),
        "UpdateSigningCertificate" => {
            let [status] = members(event.request_parameters, ["status"]);
            is_about_root(event) && &*text(status) == "Inactive"
        }
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
