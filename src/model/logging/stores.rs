//! Calls on event data stores of CloudTrail Lake, and on who may use them.

use serde_json::Value;

use super::buckets::KEPT_DAYS;
use super::{
    LoggingCall, LoggingEffect, LoggingObject, LoggingReach, LoggingRecord, TrailFact, flag_of, request, selectors,
    short_name, text_of,
};
use crate::model::Event;

/// What a call on an event data store does. Source: CloudTrail API reference, Actions.
pub(super) fn read(event: &Event<'_>) -> Option<LoggingRecord> {
    let effect = match event.event_name {
        "DeleteEventDataStore" | "StopEventDataStoreIngestion" => LoggingEffect::Stopped,
        "StartEventDataStoreIngestion" | "RestoreEventDataStore" => LoggingEffect::Resumed,
        "UpdateEventDataStore" => update(&request(event)),
        "PutResourcePolicy" | "DeleteResourcePolicy" => return resource_policy(event),
        _ => return None,
    };
    let request = request(event);
    let call = LoggingCall::new(event, LoggingObject::EventDataStore, effect);
    let call = call.named(short_name(text_of(&request, "eventDataStore"))).reach(LoggingReach::Trail);
    let fact = (effect == LoggingEffect::Resumed).then(|| TrailFact::resumed(event, &call)).flatten();
    Some(LoggingRecord::call(call).with(fact))
}

fn update(request: &Value) -> LoggingEffect {
    let is_off = |name: &str| flag_of(request, name) == Some(false);
    let switched_off =
        ["multiRegionEnabled", "organizationEnabled", "terminationProtectionEnabled"].into_iter().any(is_off);
    let days = request.get("retentionPeriod").and_then(|days| days.as_i64().or_else(|| days.as_str()?.parse().ok()));
    let expires_early = days.is_some_and(|days| days < KEPT_DAYS);
    let selects = request.get("advancedEventSelectors").is_some();
    if switched_off || expires_early || selects && selectors::effect(request).blinds() {
        LoggingEffect::Narrowed
    } else {
        LoggingEffect::Kept
    }
}

/// Who may use an event data store. Policies of channels and dashboards take nothing away from the logs.
fn resource_policy(event: &Event<'_>) -> Option<LoggingRecord> {
    let request = request(event);
    let arn = text_of(&request, "resourceArn");
    if !arn.contains(":eventdatastore/") {
        return None;
    }
    let call = LoggingCall::new(event, LoggingObject::EventDataStore, LoggingEffect::Narrowed);
    Some(LoggingRecord::call(call.named(short_name(arn)).reach(LoggingReach::Trail)))
}
