//! What a record says of the services that watch an account: what they look at from now on, and what they keep to themselves.

use std::borrow::Cow;

use serde_json::Value;

use super::key::{OFF, ON};
use crate::model::{Event, members, text};

/// Whether a filter of GuardDuty archives what it finds, unseen, or a list of trusted addresses is in use; a rule of Security Hub
/// suppresses findings; a recorder of AWS Config keeps but some kinds of resources.
///
/// Source: Amazon GuardDuty API reference, CreateFilter (action `NOOP` or `ARCHIVE`) and CreateIPSet (activate); Amazon
/// GuardDuty user guide, "Suppression rules" and "Working with trusted IP lists and threat lists"; AWS Security Hub API
/// reference, CreateAutomationRule (WorkflowUpdate.Status); AWS Config API reference, RecordingGroup.
pub(super) fn narrows(event: &Event<'_>) -> bool {
    let [action, activate] = members(event.request_parameters, ["action", "activate"]);
    match event.event_name {
        "CreateIPSet" | "UpdateIPSet" => activate.json() != "false",
        "CreateAutomationRule" => {
            let [actions] = members(event.request_parameters, ["actions"]);
            actions.json().contains("\"SUPPRESSED\"")
        }
        "PutConfigurationRecorder" => records_some(event),
        "UpdateMemberDetectors" => !features_off(event).is_empty(),
        _ => text(action).eq_ignore_ascii_case("archive"),
    }
}

/// Whether a recorder is to keep but the kinds of resources that are listed.
fn records_some(event: &Event<'_>) -> bool {
    let [recorder] = members(event.request_parameters, ["configurationRecorder"]);
    let [group] = members(recorder.json(), ["recordingGroup"]);
    let [all, strategy] = members(group.json(), ["allSupported", "recordingStrategy"]);
    let [strategy] = members(strategy.json(), ["useOnly"]);
    all.json() == "false" && text(strategy) != "EXCLUSION_BY_RESOURCE_TYPES"
}

/// [`ON`] or [`OFF`], where a call sets a detector so; else the features that it switches off.
///
/// Source: Amazon GuardDuty API reference, CreateDetector and UpdateDetector.
pub(super) fn enabled<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [enable] = members(event.request_parameters, ["enable"]);
    match enable.json() {
        "false" => Cow::Borrowed(OFF),
        _ if event.event_name == "UpdateDetector" && !features_off(event).is_empty() => features_off(event),
        "true" => Cow::Borrowed(ON),
        _ => Cow::Borrowed(""),
    }
}

/// The features of GuardDuty that a call switches off: `S3_DATA_EVENTS off`.
///
/// Source: Amazon GuardDuty API reference, DetectorFeatureConfiguration (status `DISABLED`) and DataSourceConfigurations.
pub(super) fn features_off<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [features, sources] = members(event.request_parameters, ["features", "dataSources"]);
    let features: Vec<Value> = serde_json::from_str(features.json()).unwrap_or_default();
    let of_features = features.iter().filter(|feature| feature["status"] == "DISABLED");
    let mut off: Vec<&str> = of_features.filter_map(|feature| feature["name"].as_str()).collect();
    let sources: Value = serde_json::from_str(sources.json()).unwrap_or_default();
    if sources["s3Logs"]["enable"] == false {
        off.push("S3_DATA_EVENTS");
    }
    Cow::Owned(if off.is_empty() { String::new() } else { format!("{} {OFF}", off.join(", ")) })
}
