//! In which part of the page a call stands: tables of calls, and what of a record decides.

use super::line::Part;
use super::{Event, Scene};
use crate::aggregate::Symbols;
use crate::aggregate::events::EventRow;
use crate::model::{SourceAddress, members, plain_event, secrets_asked_for, service_of, takes_from_attribute, text};

/// Calls of services.
type Calls = &'static [(&'static str, &'static [&'static str])];

/// Calls that stop or change what is recorded, or take away what was.
const LOGGING: Calls = &[
    (
        "cloudtrail",
        &[
            "StopLogging",
            "DeleteTrail",
            "UpdateTrail",
            "PutEventSelectors",
            "DeleteEventDataStore",
            "StopEventDataStoreIngestion",
            "UpdateEventDataStore",
            "PutInsightSelectors",
        ],
    ),
    ("ec2", &["DeleteFlowLogs"]),
    (
        "guardduty",
        &[
            "DeleteDetector",
            "UpdateDetector",
            "UpdateMemberDetectors",
            "CreateFilter",
            "UpdateFilter",
            "StopMonitoringMembers",
            "DisassociateMembers",
            "DisassociateFromAdministratorAccount",
            "DisassociateFromMasterAccount",
            "DeleteMembers",
            "DeletePublishingDestination",
            "CreateIPSet",
            "UpdateIPSet",
        ],
    ),
    (
        "config",
        &["StopConfigurationRecorder", "DeleteConfigurationRecorder", "DeleteDeliveryChannel", "DeleteConfigRule"],
    ),
    (
        "logs",
        &["DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy", "DeleteSubscriptionFilter", "DeleteMetricFilter"],
    ),
    ("securityhub", &["DisableSecurityHub", "BatchDisableStandards", "CreateAutomationRule"]),
    ("macie2", &["DisableMacie"]),
    ("inspector2", &["Disable"]),
    ("detective", &["DeleteGraph"]),
    ("access-analyzer", &["DeleteAnalyzer", "CreateArchiveRule"]),
    ("wafv2", &["DeleteLoggingConfiguration"]),
    ("bedrock", &["DeleteModelInvocationLoggingConfiguration"]),
    ("monitoring", &["DeleteAlarms", "DisableAlarmActions"]),
    ("route53resolver", &["DeleteResolverQueryLogConfig", "DisassociateResolverQueryLogConfig"]),
    ("s3", &["PutBucketLifecycle", "PutBucketLifecycleConfiguration", "PutBucketLogging"]),
    ("events", &["DisableRule", "DeleteRule", "RemoveTargets"]),
];

/// Calls that let others in whom no account names: whoever has a certificate of that authority.
const ALWAYS_SHARING: &[&str] = &["CreateTrustAnchor"];

/// Calls that may give something secret, of which no record says what it was.
const DECRYPTING: Calls = &[("kms", &["Decrypt"]), ("codecommit", &["GetFile", "GetBlob"])];

/// Calls that run something on a machine, open a way into it, or give what its screen shows or its first password is.
///
/// Source: the API references of AWS Systems Manager, EC2 Instance Connect, Amazon ECS and Amazon EC2.
const REACHING: Calls = &[
    ("ssm", &["StartSession", "ResumeSession", "SendCommand", "StartAutomationExecution"]),
    ("ec2-instance-connect", &["SendSSHPublicKey", "SendSerialConsoleSSHPublicKey", "OpenTunnel"]),
    ("ecs", &["ExecuteCommand"]),
    ("ec2", &["GetConsoleScreenshot", "GetConsoleOutput", "GetPasswordData"]),
];

/// Calls that have a model answer, at the cost of the account.
///
/// Source: Amazon Bedrock and Amazon SageMaker Runtime API references.
const ASKING_MODELS: Calls = &[
    (
        "bedrock",
        &[
            "InvokeModel",
            "InvokeModelWithResponseStream",
            "InvokeModelWithBidirectionalStream",
            "Converse",
            "ConverseStream",
            "StartAsyncInvoke",
            "CreateModelInvocationJob",
            "InvokeAgent",
            "InvokeInlineAgent",
            "InvokeFlow",
            "RetrieveAndGenerate",
        ],
    ),
    ("sagemaker", &["InvokeEndpoint", "InvokeEndpointAsync"]),
];

/// Calls that issue credentials, or sign in.
const ISSUING: Calls = &[
    (
        "sts",
        &[
            "AssumeRole",
            "AssumeRoleWithSAML",
            "AssumeRoleWithWebIdentity",
            "AssumeRoot",
            "GetSessionToken",
            "GetFederationToken",
        ],
    ),
    ("signin", &["ConsoleLogin", "CheckMfa", "GetSigninToken", "SwitchRole"]),
    ("sso", &["GetRoleCredentials"]),
    ("rolesanywhere", &["CreateSession"]),
];

/// How calls begin that take something away.
const DELETING: &[&str] = &[
    "Delete",
    "Terminate",
    "Deregister",
    "Remove",
    "Purge",
    "Destroy",
    "ScheduleKeyDeletion",
    "Release",
    "Detach",
    "Disable",
];

/// The part of an event.
pub(super) fn part_of((place, row): Event<'_>, scene: &Scene<'_>) -> Part {
    let symbols = scene.symbols;
    let service = service_of(symbols.text(row.service));
    let event = plain_event(symbols.text(row.event_name));
    let is_in = |table: Calls| table.iter().any(|(of, events)| *of == service && events.contains(&event));
    let is_by_service = is_by_service(row, symbols);
    match () {
        // Who tried to stop the recording is told where it is told who did.
        () if is_in(LOGGING) => Part::Logging,
        () if row.is_denied => Part::Denied,
        () if !row.error(symbols).is_empty() => Part::Failed,
        () if ALWAYS_SHARING.contains(&event) || !row.lets_in.is_empty() => Part::Shared,
        () if is_in(REACHING) => Part::Reached,
        () if (is_in(DECRYPTING) || secrets(row, symbols).is_some()) && is_direct(row, symbols) => Part::Secrets,
        () if is_in(ASKING_MODELS) => Part::Models,
        () if is_in(ISSUING) => Part::Issued,
        () if row.read_only == Some(true) && is_by_service => Part::ByService,
        () if row.read_only == Some(true) => Part::Discovery,
        () if takes_back(event, row) || scene.undoing.contains(&(place.time, &*place.event_id)) => Part::Deleted,
        () if DELETING.iter().any(|begin| event.starts_with(begin)) => Part::Deleted,
        () if row.read_only.is_none() && is_reading(event) => Part::Discovery,
        () => Part::Changed,
    }
}

/// Whether a call takes a share back, and shares with nobody more.
fn takes_back(event: &str, row: &EventRow) -> bool {
    event.starts_with("Modify")
        && serde_json::from_str(&row.record).is_ok_and(|record| takes_from_attribute(event, &record))
}

/// Whether somebody called, and no service in the course of another call.
fn is_direct(row: &EventRow, symbols: &Symbols) -> bool {
    SourceAddress::parse(symbols.text(row.address)).ip().is_some()
}

/// Whether a service made the call on somebody's behalf, in the course of another call or of a page of the console: it has
/// a session of its own for that, whose keys nobody else holds. `AWS Internal` is also what a person's own clicks look like.
///
/// Source: IAM user guide, "Forward access sessions".
pub(super) fn is_by_service(row: &EventRow, symbols: &Symbols) -> bool {
    let source = symbols.text(row.address);
    let is_host = source.ends_with(".amazonaws.com") || source.ends_with(".amazonaws.com.cn");
    // The AWS MCP server is somebody's agent.
    (is_host && source != "aws-mcp.amazonaws.com") || source.starts_with("AWS Internal") && !is_of_console(row)
}

fn is_of_console(row: &EventRow) -> bool {
    let [from_console] = members(&row.record, ["sessionCredentialFromConsole"]).map(text);
    from_console.eq_ignore_ascii_case("true")
}

/// The secrets that a call asks for; `None` of one that asks for none.
pub(super) fn secrets(row: &EventRow, symbols: &Symbols) -> Option<Vec<String>> {
    let call = (symbols.text(row.service), symbols.text(row.event_name));
    let [parameters] = members(&row.record, ["requestParameters"]);
    secrets_asked_for(call, parameters.json(), &row.error_message)
}

fn is_reading(event: &str) -> bool {
    ["Get", "List", "Describe", "Head", "Lookup", "Search"].iter().any(|begin| event.starts_with(begin))
}
