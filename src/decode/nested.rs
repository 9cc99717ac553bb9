//! Records inside of what is no envelope that is known: at any depth, in rows of queries, and in JSON that is kept as text.
//!
//! Known misses: an object with fewer than three texts of a record is taken for something else, since rules and filters
//! speak of one or two; so is what lies deeper than [`DEEPEST`].

use std::borrow::Cow;
use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::inflate::JsonReader;
use super::wrapped::is_json_text;
use crate::json::careful;
use crate::json::fields::{Raw, skip_space, value_at};

/// How many containers and texts deep a record is looked for.
const DEEPEST: u32 = 32;

/// The most JSON that one text of base64 may give.
const MOST_PACKED: u64 = 64 << 20;

/// The texts of a record by which it is known where nothing says that one stands there, and how many of them must.
const TEXTS: [&str; 7] =
    ["eventName", "eventTime", "eventSource", "eventVersion", "eventID", "awsRegion", "sourceIPAddress"];
const ENOUGH: usize = 3;

/// How packed JSON and plain JSON begin in base64.
const BASE64_BEGINS: [&str; 3] = ["H4sI", "eyJ", "W3si"];

/// The JSON documents with records that stand in `value`, in order.
pub(super) fn documents(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    // All that a record is known by has an `eventName`, in whatever spelling, or is packed.
    let may_hold = |what: &str| memchr::memmem::find(value.as_bytes(), what.as_bytes()).is_some();
    if may_hold("vent") || BASE64_BEGINS.iter().any(|begin| may_hold(begin)) {
        look_at(value, DEEPEST, &mut found);
    }
    found
}

/// Adds what is found in `value`, no more than `depth` deep.
fn look_at(value: &str, depth: u32, found: &mut Vec<String>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value.as_bytes().first() {
        Some(b'{') => look_at_object(value, depth, found),
        Some(b'[') => look_at_array(value, depth, found),
        Some(b'"') => {
            if let Ok((text, _)) = value_at(value, 0) {
                look_at_value(text, depth, found);
            }
        }
        _ => {}
    }
}

fn look_at_object(object: &str, depth: u32, found: &mut Vec<String>) {
    let mut fields: Vec<(Cow<'_, str>, Raw<'_>)> = Vec::new();
    if careful::each_field(object, |key, value| fields.push((key, value))).is_err() {
        return;
    }
    if is_record(&fields) {
        return found.push(object.to_owned());
    }
    for (_, value) in fields {
        look_at_value(value, depth, found);
    }
}

fn look_at_value(value: Raw<'_>, depth: u32, found: &mut Vec<String>) {
    match value {
        Raw::Container(container) => look_at(container, depth, found),
        Raw::Plain(_) | Raw::Escaped(_) => look_at_text(&careful::text_of(value), depth, found),
        Raw::Scalar(_) | Raw::Null => {}
    }
}

/// A text may be JSON, several of them, or either in base64.
fn look_at_text(text: &str, depth: u32, found: &mut Vec<String>) {
    let text = text.trim();
    if is_json_text(text) {
        let before = found.len();
        for value in values(text) {
            look_at(value, depth, found);
        }
        // Of a record that is cut off, whoever reads it tells.
        if found.len() == before && TEXTS.iter().filter(|name| text.contains(&format!("\"{name}\""))).count() >= ENOUGH
        {
            found.push(text.to_owned());
        }
    } else if BASE64_BEGINS.iter().any(|begin| text.starts_with(begin))
        && let Some(text) = unpacked(text)
    {
        look_at_text(&text, depth.saturating_sub(1), found);
    }
}

/// The text that base64 stands for, unpacked if it is packed.
fn unpacked(text: &str) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    let mut json = String::new();
    JsonReader::new(bytes.as_slice(), MOST_PACKED).ok()?.read_to_string(&mut json).ok()?;
    is_json_text(&json).then_some(json)
}

fn look_at_array(array: &str, depth: u32, found: &mut Vec<String>) {
    let elements: Vec<&str> = elements(array);
    if let Some(row) = row(&elements) {
        return look_at_object(&row, depth, found);
    }
    for element in elements {
        look_at(element, depth, found);
    }
}

/// The object that a row of a query's results is: CloudWatch Logs Insights prints it as
/// `[{"field":"@message","value":"…"},…]`, CloudTrail Lake as `[{"eventName":"…"},…]`. `None` for any other array.
///
/// Source: AWS CLI reference, `aws logs get-query-results` and `aws cloudtrail get-query-results`.
fn row(elements: &[&str]) -> Option<String> {
    let mut cells = serde_json::Map::new();
    for element in elements {
        let mut fields = Vec::new();
        careful::each_field(element, |key, value| fields.push((key, value))).ok()?;
        let (name, value) = match fields.as_slice() {
            [(name, value)] => (name.clone(), *value),
            [(first, name), (second, value)] if first == "field" && second == "value" => {
                (careful::text_of(*name), *value)
            }
            _ => return None,
        };
        // A name twice: these are things of one kind, not the cells of a row.
        if matches!(value, Raw::Container(_)) || cells.contains_key(&*name) {
            return None;
        }
        cells.insert(name.into_owned(), careful::text_of(value).into());
    }
    (!cells.is_empty()).then(|| serde_json::Value::from(cells).to_string())
}

/// Whether an object is a record, where nothing else says so.
fn is_record(fields: &[(Cow<'_, str>, Raw<'_>)]) -> bool {
    let is_text = |value: &Raw<'_>| matches!(value, Raw::Plain(_) | Raw::Escaped(_));
    let texts = fields.iter().filter(|(key, value)| is_text(value) && TEXTS.contains(&&**key));
    texts.count() >= ENOUGH
}

/// The elements of an array, up to where it stops being JSON.
fn elements(array: &str) -> Vec<&str> {
    let inside = array.strip_prefix('[').and_then(|array| array.strip_suffix(']')).unwrap_or_default();
    values(inside)
}

/// The values of a text one after another, with commas between or without, up to where it stops being JSON.
fn values(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let (mut values, mut at) = (Vec::new(), skip_space(bytes, 0));
    while let Ok((_, after)) = value_at(text, at) {
        values.push(&text[at..after]);
        let next = skip_space(bytes, after);
        at = if bytes.get(next) == Some(&b',') { skip_space(bytes, next + 1) } else { next };
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::bufread::GzEncoder;
    use serde_json::{Value, json};

    const RECORD: &str = r#"{"eventVersion":"1.08","eventTime":"2026-09-01T00:00:00Z","eventName":"x"}"#;

    fn record() -> Value {
        serde_json::from_str(RECORD).expect("JSON")
    }

    fn packed(text: &str) -> String {
        let mut gzip = Vec::new();
        GzEncoder::new(text.as_bytes(), Compression::fast()).read_to_end(&mut gzip).expect("memory");
        BASE64_STANDARD.encode(gzip)
    }

    #[test]
    fn records_are_found_wherever_they_stand() {
        let body = json!({"Type": "Notification", "Message": json!({"detail": record()}).to_string()});
        let cells = |name: &str| json!([{"field": "@timestamp", "value": "x"}, {"field": name, "value": RECORD}]);
        for value in [
            json!({"_source": record()}),
            json!({"a": [1, {"b": {"c": [record()]}}]}),
            json!({"hits": {"hits": [{"_source": {"event": {"original": RECORD}}}]}}),
            json!({"Messages": [{"Body": body.to_string()}]}),
            json!({"input": {"message": RECORD}}),
            json!({"text": format!("\n {RECORD} ")}),
            json!({"awslogs": {"data": packed(&json!({"logEvents": [{"message": RECORD}]}).to_string())}}),
            json!({"kinesis": {"data": BASE64_STANDARD.encode(RECORD)}}),
            json!({"results": [cells("@message")]}),
            json!([cells("@message")]),
            json!({"QueryResultRows": [[{"eventTime": "x"}, {"eventName": "x"}, {"eventJson": RECORD}]]}),
            json!([RECORD]),
            json!([[RECORD]]),
        ] {
            let found: Vec<Value> =
                documents(&value.to_string()).iter().map(|text| serde_json::from_str(text).expect("JSON")).collect();
            assert_eq!(found, [record()], "{value}");
        }
        let two = json!([{"message": RECORD}, {"message": RECORD}]);
        assert_eq!(documents(&two.to_string()), [RECORD, RECORD], "no row, but two things");
        assert_eq!(documents(&json!({"a": format!("{RECORD}\n{RECORD}")}).to_string()), [RECORD, RECORD]);
    }

    #[test]
    fn what_only_speaks_of_records_is_none() {
        for value in [
            json!({"detail-type": ["x"], "detail": {"eventSource": ["iam"], "eventName": ["x"], "awsRegion": ["y"]}}),
            json!({"selector": {"eventName": "x", "eventSource": "y"}}),
            json!({"events": 3, "prevent": "{}", "a": "{event}"}),
            json!({"data": "H4sIno base64", "event": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx"}),
            json!({"results": [[{"field": "@message", "value": "2 111122223333 eni-1 ACCEPT, no event"}]]}),
            json!(["event", 1, null, [], {}]),
        ] {
            assert!(documents(&value.to_string()).is_empty(), "{value}");
        }
    }

    #[test]
    fn a_record_that_is_cut_off_is_left_to_its_reader() {
        let cut = &RECORD[..RECORD.len() - 3];
        assert_eq!(documents(&json!({"a": {"message": cut}}).to_string()), [cut]);
        assert!(documents(&json!({"a": {"message": &RECORD[..20]}}).to_string()).is_empty());
    }

    #[test]
    fn nothing_is_looked_at_forever() {
        let deep = format!("{}{RECORD}{}", "{\"event\":".repeat(100_000), "}".repeat(100_000));
        assert!(documents(&deep).is_empty());
        let mut texts = RECORD.to_owned();
        for _ in 0..8 {
            texts = json!({ "message": texts }).to_string();
        }
        assert_eq!(documents(&texts), [RECORD]);
        let bomb = packed(&format!("{}{RECORD}", " ".repeat(65 << 20)));
        assert!(documents(&json!({ "data": bomb }).to_string()).is_empty());
    }
}
