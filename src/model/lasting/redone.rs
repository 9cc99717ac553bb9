//! Calls that give back what another had taken away: the last state counts.

/// By service: what took it away, what gives it back, and what the latter has to say. Both name the same.
///
/// A call that makes the change anew is a change of its own, and stands here only where another than the one that made the
/// first may make it: a state that is switched.
///
/// Source: the API references of the services.
const REDONE: &[(&str, &str, &str, &[&str])] = &[
    ("apprunner", "PauseService", "ResumeService", &[]),
    ("cloudtrail", "DeleteEventDataStore", "RestoreEventDataStore", &[]),
    ("cognito-identity", "UpdateIdentityPool", "UpdateIdentityPool", &["allowUnauthenticatedIdentities:true"]),
    ("cognito-idp", "AdminDisableUser", "AdminEnableUser", &[]),
    ("ec2", "ModifyInstanceMetadataOptions", "ModifyInstanceMetadataOptions", &["HttpTokens:optional"]),
    ("events", "DisableRule", "EnableRule", &[]),
    ("guardduty", "UpdateDetector", "UpdateDetector", &["enable|status:false|DISABLED"]),
    ("guardduty", "UpdateFilter", "UpdateFilter", &["action:ARCHIVE"]),
    ("guardduty", "UpdateIPSet", "UpdateIPSet", &["activate:true"]),
    ("guardduty", "UpdateMemberDetectors", "UpdateMemberDetectors", &["enable|status:false|DISABLED"]),
    ("iam", "SetDefaultPolicyVersion", "SetDefaultPolicyVersion", &[]),
    ("iam", "UpdateAccessKey", "UpdateAccessKey", &["status:Active"]),
    ("iam", "UpdateSSHPublicKey", "UpdateSSHPublicKey", &["status:Active"]),
    ("iam", "UpdateServiceSpecificCredential", "UpdateServiceSpecificCredential", &["status:Active"]),
    ("iam", "UpdateSigningCertificate", "UpdateSigningCertificate", &["status:Active"]),
    ("kms", "CancelKeyDeletion", "ScheduleKeyDeletion", &[]),
    ("kms", "EnableKey", "DisableKey", &[]),
    ("kms", "ScheduleKeyDeletion", "CancelKeyDeletion", &[]),
    ("lambda", "UpdateEventSourceMapping", "UpdateEventSourceMapping", &["enabled:true"]),
    ("lambda", "UpdateFunctionUrlConfig", "UpdateFunctionUrlConfig", &["authType:NONE"]),
    ("rds", "ModifyDBInstance", "ModifyDBInstance", &["publiclyAccessible:true"]),
    ("rolesanywhere", "DisableProfile", "EnableProfile", &[]),
    ("rolesanywhere", "DisableTrustAnchor", "EnableTrustAnchor", &[]),
    ("s3", "PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", &[]),
    ("s3", "PutBucketPublicAccessBlock", "PutBucketPublicAccessBlock", &[WIDER]),
    ("s3", "PutAccountPublicAccessBlock", "DeleteAccountPublicAccessBlock", &[]),
    ("s3", "PutAccountPublicAccessBlock", "PutAccountPublicAccessBlock", &[WIDER]),
    ("s3", "PutBucketVersioning", "PutBucketVersioning", &["Status:Suspended"]),
    ("sagemaker", "StopNotebookInstance", "StartNotebookInstance", &[]),
    ("scheduler", "UpdateSchedule", "UpdateSchedule", &["!state:DISABLED"]),
    ("secretsmanager", "DeleteSecret", "RestoreSecret", &[]),
    ("secretsmanager", "RestoreSecret", "DeleteSecret", &[]),
    ("securityhub", "UpdateStandardsControl", "UpdateStandardsControl", &["controlStatus:DISABLED"]),
    ("sso-directory", "DisableExternalIdPConfigurationForDirectory", "EnableExternalIdPConfigurationForDirectory", &[]),
    ("sso-directory", "DisableUser", "EnableUser", &[]),
];

const WIDER: &str = "BlockPublicAcls|IgnorePublicAcls|BlockPublicPolicy|RestrictPublicBuckets:false";

/// The calls that give back what a call has taken away, and what each has to say.
pub(super) fn redone_by(service: &str, undo: &str) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let of_call = REDONE.iter().filter(move |(of, taking, ..)| *of == service && *taking == undo);
    of_call.map(|(_, _, giving, said)| (*giving, *said))
}

/// Whether a call gives something back.
pub(super) fn is_redoing(service: &str, event: &str) -> bool {
    REDONE.iter().any(|(of, _, giving, _)| *of == service && *giving == event)
}

/// All calls of the table, by service.
#[cfg(test)]
pub(super) fn all_named() -> impl Iterator<Item = (&'static str, &'static str)> {
    REDONE.iter().flat_map(|(service, undo, redo, _)| [(*service, *undo), (*service, *redo)])
}
