//! What event selectors record of management events.

use serde_json::Value;

use super::{LoggingEffect, flag_of, text_of};

/// Sources of many events that AWS itself offers to leave out; leaving them out hides nothing of who uses root or keys.
///
/// Source: CloudTrail API reference, `EventSelector`, `ExcludeManagementEventSources`.
const MAY_BE_LEFT_OUT: [&str; 2] = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

const READS: u8 = 1;
const WRITES: u8 = 2;

/// What a request with event selectors does: whole management events are kept, all else narrows.
///
/// Source: CloudTrail user guide, "Logging management events"; API reference, `PutEventSelectors` replaces the selectors
/// that were there.
pub(super) fn effect(request: &Value) -> LoggingEffect {
    let list = |name: &str| request.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let basic = list("eventSelectors").iter().map(of_basic);
    let advanced = list("advancedEventSelectors").iter().map(of_advanced);
    match basic.chain(advanced).fold(0, |all, some| all | some) {
        both if both == READS | WRITES => LoggingEffect::Kept,
        _ => LoggingEffect::Narrowed,
    }
}

/// Which management events a basic selector records.
fn of_basic(selector: &Value) -> u8 {
    let left_out = texts(selector.get("excludeManagementEventSources"));
    let leaves_out_more = left_out.iter().any(|source| !MAY_BE_LEFT_OUT.contains(source));
    if leaves_out_more || flag_of(selector, "includeManagementEvents") == Some(false) {
        return 0;
    }
    match text_of(selector, "readWriteType") {
        "" | "All" => READS | WRITES,
        "ReadOnly" => READS,
        "WriteOnly" => WRITES,
        _ => 0,
    }
}

/// Which management events an advanced selector records.
fn of_advanced(selector: &Value) -> u8 {
    let fields = selector.get("fieldSelectors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut kinds = READS | WRITES;
    let mut is_management = false;
    for field in fields {
        let equals = texts(field.get("equals"));
        match text_of(field, "field") {
            "eventCategory" => is_management = equals.contains(&"Management"),
            "readOnly" => {
                kinds &= equals.iter().fold(0, |all, value| all | if *value == "true" { READS } else { WRITES })
            }
            "eventSource" if is_small(field) => {}
            _ => return 0,
        }
    }
    if is_management { kinds } else { 0 }
}

/// Whether a condition on eventSource leaves out no more than AWS offers to leave out.
fn is_small(field: &Value) -> bool {
    let others = ["equals", "startsWith", "endsWith", "notStartsWith", "notEndsWith"];
    let left_out = texts(field.get("notEquals"));
    others.iter().all(|name| texts(field.get(*name)).is_empty())
        && left_out.iter().all(|source| MAY_BE_LEFT_OUT.contains(source))
}

fn texts(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
