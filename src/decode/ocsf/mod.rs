//! Events of OCSF, the Open Cybersecurity Schema Framework, that were made of records of CloudTrail, as Security Lake and
//! CloudWatch write them: each becomes the record that it was, as far as it carries it.
//!
//! What an event does not carry is told, since nothing may be concluded from what it does not say. Which fields of OCSF
//! hold which of a record stands in `record`.
//!
//! Source: github.com/ocsf/examples, mappings/markdown/AWS v1.1.0 and v1.5.0, CloudTrail (API Activity, Authentication,
//! Account Change), and the same of 1.0.0-rc.2 in its folder "Audit Activity".

mod lost;
mod path;
mod record;

use serde_json::{Map, Value};

use super::rows::Cell;
use super::structs;
use crate::json::careful;
use crate::json::fields::Raw;

pub use lost::Lost;

/// The classes that calls to AWS are mapped to. In 1.0.0-rc.2 API Activity had the number 3005.
const CLASSES: [u64; 3] = [6003, 3002, 3001];
const API_ACTIVITY_AT_FIRST: u64 = 3005;

/// What an event of OCSF is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ocsf {
    /// A record of CloudTrail, as JSON in CloudTrail's own form, and what of it the event does not carry.
    Record(String, Lost),
    /// An event of another class, or of another product.
    Other,
}

/// Reads an object whose fields have these names; `None` when it is no event of OCSF, or one of a call without a name.
#[cold]
pub(super) fn read<'a>(object: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<Ocsf> {
    if !are_columns(names) {
        return None;
    }
    let event: Value = serde_json::from_str(object).ok()?;
    let class = number(&event["class_uid"])?;
    if !event["metadata"].is_object() {
        return None;
    }
    let version = event.pointer("/metadata/version").and_then(Value::as_str).unwrap_or_default();
    let is_at_first = class == API_ACTIVITY_AT_FIRST && version.starts_with("1.0.0-rc");
    if !CLASSES.contains(&class) && !is_at_first || !is_of_cloudtrail(&event) {
        return Some(Ocsf::Other);
    }
    let raw = event.get("raw_data").and_then(Value::as_str).filter(|raw| is_record(raw));
    raw.map(|raw| (raw.to_owned(), Lost::default()))
        .or_else(|| record::of(&event, object))
        .map(|(json, lost)| Ocsf::Record(json, lost))
}

/// Whether a text is a record as CloudTrail wrote it, which some mappings keep beside what they make of it.
fn is_record(text: &str) -> bool {
    let record = serde_json::from_str::<Value>(text).unwrap_or_default();
    ["eventName", "eventTime", "eventSource", "eventVersion"].iter().all(|name| record[name].is_string())
}

/// Whether rows with these columns are events of OCSF.
pub(super) fn are_columns<'a>(mut names: impl Iterator<Item = &'a str> + Clone) -> bool {
    names.clone().any(|name| name == "class_uid") && names.any(|name| name == "metadata")
}

/// Reads a row whose structs and maps are texts, as Athena prints them.
#[cold]
pub(super) fn read_row(cells: &[Cell<'_>]) -> Option<Ocsf> {
    let names = cells.iter().map(|(name, _)| &**name);
    if !are_columns(names.clone()) {
        return None;
    }
    let of = |value: &Raw<'_>| match value {
        Raw::Container(json) => serde_json::from_str(json).unwrap_or_default(),
        value => {
            let text = careful::text_of(*value);
            structs::parse(&text).unwrap_or_else(|| text.into_owned().into())
        }
    };
    let event: Map<String, Value> = cells.iter().map(|(name, value)| (name.to_string(), of(value))).collect();
    read(&Value::from(event).to_string(), names)
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// Whether CloudTrail is the product that an event is of: calls to other APIs have the same classes.
fn is_of_cloudtrail(event: &Value) -> bool {
    let text = |pointer| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let product = text("/metadata/product/name").to_ascii_lowercase();
    product.contains("cloudtrail") || product.is_empty() && text("/api/service/name").contains(".amazonaws.com")
}

/// What a document is that begins with `head`, where it begins with an event of OCSF that is of no call to AWS.
pub fn other_ocsf(head: &[u8]) -> String {
    let text = String::from_utf8_lossy(head);
    let after = |name: &str| {
        let rest = text.split_once(&format!("\"{name}\""))?.1.trim_start().strip_prefix(':')?.trim_start();
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        let end = rest.find(['"', ',', '}', '\n']).unwrap_or(rest.len());
        Some(rest[..end].trim().to_owned()).filter(|value| !value.is_empty() && value.len() <= 64)
    };
    let name = after("class_name").map(|name| format!(" ({name})")).unwrap_or_default();
    match after("class_uid").filter(|class| class.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(class) if CLASSES.iter().any(|known| known.to_string() == class) => {
            format!("OCSF of class {class}{name} of another product than CloudTrail, which holds no records of it")
        }
        Some(class) => format!("OCSF of class {class}{name}, which holds no API calls"),
        None => "OCSF of a class that holds no API calls".to_owned(),
    }
}

/// An object without the commas that stand before a closing bracket, as examples that were written by hand have them;
/// `None` where there are none.
pub(super) fn without_stray_commas(object: &str) -> Option<String> {
    let (mut written, mut in_text, mut escaped) = (String::with_capacity(object.len()), false, false);
    for (at, letter) in object.char_indices() {
        let is_stray = || letter == ',' && !in_text && object[at + 1..].trim_start().starts_with(['}', ']']);
        if !is_stray() {
            written.push(letter);
        }
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ => {}
        }
    }
    (written.len() < object.len()).then_some(written)
}

#[cfg(test)]
mod tests;
