//! Calls of CloudTrail itself: trails, event data stores, delegated administrators.

use serde_json::Value;

use super::{
    Condition, FactKind, LoggingCall, LoggingEffect, LoggingObject, LoggingReach, LoggingRecord, TrailFact, account_of,
    flag_of, request, selectors, short_name, stores, text_of,
};
use crate::model::Event;

/// What a call of CloudTrail does. Source: CloudTrail API reference, Actions.
pub(super) fn read(event: &Event<'_>) -> Option<LoggingRecord> {
    match event.event_name {
        "StopLogging" => Some(LoggingRecord::call(on_trail(event, LoggingEffect::Stopped))),
        "DeleteTrail" => {
            let call = on_trail(event, LoggingEffect::Stopped);
            let fact = TrailFact::new(FactKind::Deleted, &call.name, &call.home).at(event.event_time);
            Some(LoggingRecord::call(call).with((!event.is_error()).then_some(fact)))
        }
        "StartLogging" => {
            let call = on_trail(event, LoggingEffect::Resumed);
            let fact = TrailFact::resumed(event, &call);
            Some(LoggingRecord::call(call).with(fact))
        }
        "UpdateTrail" => Some(update(event)),
        "PutEventSelectors" => {
            let effect = selectors::effect(&request(event));
            Some(LoggingRecord::call(on_trail(event, effect)))
        }
        "CreateTrail" | "GetTrail" | "DescribeTrails" => described(event),
        "DeregisterOrganizationDelegatedAdmin" => {
            let call = LoggingCall::new(event, LoggingObject::Organization, LoggingEffect::Narrowed);
            let account = text_of(&request(event), "delegatedAdminAccountId").to_owned();
            Some(LoggingRecord::call(call.named(account).reach(LoggingReach::Organization)))
        }
        _ => stores::read(event),
    }
}

/// A call on the trail that the request names, by name or ARN. A trail of another account is one of the organization,
/// changed by a delegated administrator.
///
/// Source: CloudTrail API reference, `StopLogging`: a trail of another account or region is named by ARN.
fn on_trail(event: &Event<'_>, effect: LoggingEffect) -> LoggingCall {
    let request = request(event);
    let written = [text_of(&request, "name"), text_of(&request, "trailName")];
    let written = written.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let call = LoggingCall::new(event, LoggingObject::Trail, effect).named(short_name(written));
    match account_of(written) {
        Some(home) if home != event.account_id() => {
            LoggingCall { home: home.to_owned(), ..call }.reach(LoggingReach::Organization)
        }
        _ => call.reach(LoggingReach::Trail),
    }
}

/// What a trail's update takes away. The console and some tools send every setting again, so a setting counts only where
/// it is off, and a bucket only where it is not known to be the trail's.
fn update(event: &Event<'_>) -> LoggingRecord {
    let asked = request(event);
    let is_off = |name: &str| flag_of(&asked, name) == Some(false);
    let settings =
        ["isMultiRegionTrail", "includeGlobalServiceEvents", "isOrganizationTrail", "enableLogFileValidation"];
    let bucket = text_of(&asked, "s3BucketName");
    let call = on_trail(event, LoggingEffect::Narrowed);
    let key = text_of(&asked, "kmsKeyId");
    let foreign_key = account_of(key).is_some_and(|account| account != call.home);
    let uses_key = !key.is_empty() && !event.is_error();
    let key_fact = uses_key.then(|| TrailFact::new(FactKind::Key, short_name(key), &call.home));
    let is_everyones =
        flag_of(&asked, "isOrganizationTrail") == Some(true) || is_organizations(event.response_elements);
    let organization =
        (is_everyones && !event.is_error()).then(|| TrailFact::new(FactKind::Organization, &call.name, &call.home));
    let was_everyones = is_off("isOrganizationTrail") || is_organizations(event.response_elements);
    let call = if was_everyones { call.reach(LoggingReach::Organization) } else { call };
    let call = if settings.into_iter().any(is_off) || foreign_key {
        call
    } else if !bucket.is_empty() {
        LoggingCall { bucket: bucket.to_owned(), ..call }.on(Condition::UnlessOfTrail)
    } else {
        LoggingCall { effect: LoggingEffect::Kept, ..call }
    };
    LoggingRecord::call(call).with(key_fact).with(organization)
}

fn is_organizations(response: &str) -> bool {
    let response: Value = serde_json::from_str(response).unwrap_or(Value::Null);
    flag_of(&response, "isOrganizationTrail") == Some(true)
}

/// What a record tells of the trails that it describes.
fn described(event: &Event<'_>) -> Option<LoggingRecord> {
    if event.is_error() || event.response_elements.is_empty() {
        return None;
    }
    let response: Value = serde_json::from_str(event.response_elements).ok()?;
    let listed = response.get("trailList").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = response.get("trail").unwrap_or(&response);
    let trails = if listed.is_empty() { std::slice::from_ref(one) } else { listed };
    let mut facts: Vec<TrailFact> = trails.iter().flat_map(|trail| facts_of(event, trail)).collect();
    if event.event_name == "CreateTrail" {
        let created = text_of(&response, "name");
        let fact = TrailFact::new(FactKind::Created, short_name(created), event.account_id());
        facts.extend((!created.is_empty()).then_some(fact.at(event.event_time)));
    }
    Some(LoggingRecord { call: None, facts })
}

fn facts_of(event: &Event<'_>, trail: &Value) -> Vec<TrailFact> {
    let member = |names: [&str; 2]| names.into_iter().map(|name| text_of(trail, name)).find(|text| !text.is_empty());
    let home = member(["trailARN", "TrailARN"]).and_then(account_of).unwrap_or(event.account_id());
    let organizations =
        ["isOrganizationTrail", "IsOrganizationTrail"].into_iter().find_map(|name| flag_of(trail, name));
    let kind = if organizations == Some(true) { FactKind::Organization } else { FactKind::Own };
    let name = organizations.and(member(["name", "Name"])).map(|name| TrailFact::new(kind, short_name(name), home));
    let bucket = member(["s3BucketName", "S3BucketName"])
        .map(|name| TrailFact::new(FactKind::Bucket, name, home).at(event.event_time));
    let key = member(["kmsKeyId", "KmsKeyId"]).map(|name| TrailFact::new(FactKind::Key, short_name(name), home));
    [name, bucket, key].into_iter().flatten().collect()
}
