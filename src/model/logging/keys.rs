//! Calls of AWS KMS on the key that a trail encrypts with.

use serde_json::Value;

use super::policy::{CloudTrailMay, DATA_KEY, Delivery};
use super::{
    Condition, FactKind, LoggingCall, LoggingEffect, LoggingObject, LoggingRecord, TrailFact, account_of,
    is_by_cloudtrail, request, short_name, text_of,
};
use crate::model::{Event, Raw, members, text};

/// What a call of KMS does to logs: without its key a trail cannot deliver, and what it delivered cannot be read.
///
/// Source: CloudTrail user guide, "Encrypting CloudTrail log files with AWS KMS keys"; KMS API reference, Actions.
pub(super) fn read(event: &Event<'_>) -> Option<LoggingRecord> {
    let effect = match event.event_name {
        "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" => return used_by_cloudtrail(event),
        "DisableKey" | "ScheduleKeyDeletion" | "DeleteImportedKeyMaterial" => LoggingEffect::Stopped,
        "EnableKey" | "CancelKeyDeletion" => LoggingEffect::Resumed,
        "PutKeyPolicy" => LoggingEffect::Narrowed,
        _ => return None,
    };
    let request = request(event);
    let written = text_of(&request, "keyId");
    let may = CloudTrailMay::of(request.get("policy").unwrap_or(&Value::Null), DATA_KEY, Delivery::after(event));
    let effect = if may.go_on { LoggingEffect::Kept } else { effect };
    let is_told = may.is_named || written.contains("cloudtrail");
    let condition = if is_told { Condition::Always } else { Condition::IfOfTrail };
    let call = LoggingCall::new(event, LoggingObject::KmsKey, effect).named(short_name(written)).on(condition);
    let fact = (effect == LoggingEffect::Resumed).then(|| TrailFact::resumed(event, &call)).flatten();
    Some(LoggingRecord::call(call).with(fact))
}

/// CloudTrail asks for a data key for each object, in the name of its trail: that key is the trail's.
fn used_by_cloudtrail(event: &Event<'_>) -> Option<LoggingRecord> {
    if !is_by_cloudtrail(event) {
        return None;
    }
    let [key, context] = members(event.request_parameters, ["keyId", "encryptionContext"]);
    let key = text(key);
    let trail = match context {
        Raw::Container(context) => members(context, ["aws:cloudtrail:arn"]).map(text)[0].to_string(),
        _ => String::new(),
    };
    let home = account_of(&trail).unwrap_or(event.account_id());
    let fact = TrailFact::new(FactKind::Key, short_name(&key), home);
    (!key.is_empty()).then(|| LoggingRecord { call: None, facts: vec![fact] })
}
