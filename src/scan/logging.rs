//! Calls that change what a trail records: a trail that was blinded is part of coverage.

use serde::Deserialize;

use super::LoggingChange;
use crate::model::{Event, principal_of};

/// The logging change that `event` is, if it is one that succeeded.
///
/// Source: CloudTrail API reference: StopLogging, DeleteTrail, UpdateTrail, PutEventSelectors.
pub(super) fn logging_change_of(event: &Event<'_>) -> Option<LoggingChange> {
    let is_one = matches!(event.event_name, "StopLogging" | "DeleteTrail" | "UpdateTrail" | "PutEventSelectors");
    if !is_one || event.event_source != "cloudtrail.amazonaws.com" || event.is_error() {
        return None;
    }
    Some(LoggingChange {
        time: event.event_time,
        event: event.event_name.to_owned(),
        actor: principal_of(&event.user_identity).into_owned(),
        trail: trail_of(event.request_parameters).unwrap_or_default(),
    })
}

fn trail_of(request_parameters: &str) -> Option<String> {
    /// The two spellings that these calls use; anything but text is left out.
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Named {
        name: serde_json::Value,
        trail_name: serde_json::Value,
    }
    let named: Named = serde_json::from_str(request_parameters).ok()?;
    [named.name, named.trail_name].iter().find_map(|value| value.as_str().map(str::to_owned))
}
