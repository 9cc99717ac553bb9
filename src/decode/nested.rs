//! Records inside of what is no envelope that is known: at any depth, in rows of queries, and in JSON that is kept as text.
//!
//! What a caller can write into a record (requestParameters and the like) is no place to look for records in.
//!
//! Known misses: an object with fewer than three texts of a record is taken for something else, since rules and filters
//! speak of one or two; so is what lies deeper than [`DEEPEST`].

use std::io::Read;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::athena;
use super::columns::{Column, plain};
use super::inflate::JsonReader;
use super::ocsf::{self, Lost, Ocsf};
use super::rows::{self, Cell};
use super::unfinished::is_unfinished;
use super::wrapped::is_json_text;
use crate::json::careful;
use crate::json::fields::{Raw, skip_space, value_at};

/// How many containers and texts deep a record is looked for.
const DEEPEST: u32 = 32;

/// The most JSON that all base64 of a document may give.
const MOST_PACKED: u64 = 64 << 20;

/// The texts of a record by which it is known where nothing says that one stands there, and how many of them must.
const TEXTS: [&str; 7] =
    ["eventName", "eventTime", "eventSource", "eventVersion", "eventID", "awsRegion", "sourceIPAddress"];
const ENOUGH: usize = 3;

/// What carries records as text, in whatever spelling, in what queues, pipelines and log stores write. Any other text may be a
/// caller's own words.
const CARRIERS: [&str; 30] = [
    "message",
    "fullmessage",
    "messagebody",
    "msg",
    "line",
    "logevent",
    "textpayload",
    "rawmessage",
    "raw",
    "original",
    "eventoriginal",
    "body",
    "data",
    "rawdata",
    "cloudtrailevent",
    "eventjson",
    "eventdata",
    "event",
    "rawevent",
    "payload",
    "content",
    "text",
    "log",
    "rawlog",
    "record",
    "records",
    "detail",
    // Kafka and Spark, Loki, OpenTelemetry.
    "value",
    "values",
    "stringvalue",
];

/// What holds a caller's words, whatever stands in it.
const OF_CALLERS: [&str; 7] = ["error", "useragent", "httprequest", "headers", "http", "query", "useridentity"];

/// Base64 of any producer: some leave out what fills the last group.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How packed JSON and plain JSON begin in base64.
const BASE64_BEGINS: [&str; 5] = ["H4sI", "eyJ", "W3si", "ewog", "eyAi"];

/// A JSON document with a record that stood in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inner {
    /// The document.
    pub json: String,
    /// Whether it has all that the record had.
    pub is_whole: bool,
    /// What it lost, where it was made of an event of OCSF.
    pub of_ocsf: Option<Lost>,
}

impl Inner {
    /// A document that lost nothing.
    const fn whole(json: String) -> Self {
        Self { json, is_whole: true, of_ocsf: None }
    }
}

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    /// The documents, in order.
    pub documents: Vec<Inner>,
    /// How many texts that should be JSON, or base64, are not to their end.
    pub lost: u64,
    /// How many events of OCSF there are that are of no record.
    pub other_ocsf: u64,
    /// Whether it says that what it holds is not all; `None` where it holds no results of a query.
    pub is_unfinished: Option<bool>,
    /// How many bytes base64 may still give.
    left: u64,
}

/// The JSON documents with records that stand in `value`.
pub(super) fn documents(value: &str) -> Found {
    let is_unfinished = if value.starts_with('{') { is_unfinished(value) } else { None };
    let mut found = Found { documents: Vec::new(), lost: 0, other_ocsf: 0, is_unfinished, left: MOST_PACKED };
    // All that a record is known by has an `eventName`, in whatever spelling, is an event of OCSF or is packed.
    let may_hold = |what: &str| memchr::memmem::find(value.as_bytes(), what.as_bytes()).is_some();
    let has_name = ["vent", "VENT", "class_uid"].into_iter().any(may_hold);
    if has_name || BASE64_BEGINS.iter().any(|begin| may_hold(begin)) {
        look_at(value, (DEEPEST, true), &mut found);
    }
    found
}

/// Adds what is found in `value`, no more than `depth` deep; a text carries records where that is said.
fn look_at(value: &str, (depth, carries): (u32, bool), found: &mut Found) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value.as_bytes().first() {
        Some(b'{') => look_at_object(value, depth, found),
        Some(b'[') => look_at_array(value, (depth, carries), found),
        Some(b'"') if carries => {
            if let Ok((text, _)) = value_at(value, 0) {
                look_at_value(text, (depth, true), found);
            }
        }
        _ => {}
    }
}

fn look_at_object(object: &str, depth: u32, found: &mut Found) {
    let mut fields: Vec<Cell<'_>> = Vec::new();
    if careful::each_field(object, |key, value| fields.push((key, value))).is_err() {
        // Examples of OCSF have commas too many.
        let may_be_ocsf = object.contains("\"class_uid\"");
        if let Some(object) = may_be_ocsf.then(|| ocsf::without_stray_commas(object)).flatten() {
            look_at_object(&object, depth, found);
        }
        return;
    }
    if is_record(&fields) && !rows::are_cells(&fields) {
        return found.documents.push(Inner::whole(object.to_owned()));
    }
    if let Some(event) = ocsf::read(object, fields.iter().map(|(key, _)| &**key)) {
        return take_event(event, found);
    }
    match fields.iter().any(|(key, _)| key == "Rows").then(|| athena::rows(object)).flatten() {
        Some(rows) => rows.iter().for_each(|row| look_at_row(row, depth, found)),
        None => look_at_fields(&fields, depth, found),
    }
}

/// A row, as an object whose fields are its cells.
fn look_at_row(row: &str, depth: u32, found: &mut Found) {
    let mut cells: Vec<Cell<'_>> = Vec::new();
    if careful::each_field(row, |key, value| cells.push((key, value))).is_ok() {
        look_at_fields(&cells, depth, found);
    }
}

fn take_event(event: Ocsf, found: &mut Found) {
    match event {
        Ocsf::Record(json, lost) => {
            found.documents.push(Inner { json, is_whole: lost.is_nothing(), of_ocsf: Some(lost) });
        }
        Ocsf::Other => found.other_ocsf += 1,
    }
}

/// The fields of an object that is no record as it stands: what they hold, or a record of which they are the columns.
fn look_at_fields(fields: &[Cell<'_>], depth: u32, found: &mut Found) {
    if let Some(event) = ocsf::read_row(fields) {
        return take_event(event, found);
    }
    let before = found.documents.len();
    for (key, value) in fields {
        let plain = plain(key);
        let is_of_caller = Column::of(key).is_some() || Column::within_document(key).is_some();
        if !is_of_caller && !OF_CALLERS.contains(&plain.as_str()) {
            look_at_value(*value, (depth, CARRIERS.contains(&plain.as_str())), found);
        }
    }
    if found.documents.len() == before
        && let Some(row) = rows::record_of(fields)
    {
        found.documents.push(Inner { json: row.json, is_whole: row.is_whole, of_ocsf: None });
    }
}

fn look_at_value(value: Raw<'_>, (depth, carries): (u32, bool), found: &mut Found) {
    match value {
        Raw::Container(container) => look_at(container, (depth, carries), found),
        Raw::Plain(_) | Raw::Escaped(_) if carries => look_at_text(&careful::text_of(value), depth, found),
        // Whether it is a record or a caller's words is not known.
        Raw::Escaped(_) => found.lost += u64::from(speaks(&careful::text_of(value))),
        Raw::Plain(_) | Raw::Scalar(_) | Raw::Null => {}
    }
}

/// Whether a text names what records have, as JSON does.
fn speaks(text: &str) -> bool {
    TEXTS.iter().filter(|name| text.contains(&format!("\"{name}\""))).count() >= ENOUGH
}

/// A text may be JSON, several of them, or either in base64.
fn look_at_text(text: &str, depth: u32, found: &mut Found) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let text = text.trim();
    if is_json_text(text) {
        let before = found.documents.len();
        let (values, end) = values(text);
        for value in values {
            look_at(value, (depth, true), found);
        }
        if end == text.len() {
            return;
        }
        // Of a record that is cut off, whoever reads it tells.
        match found.documents.len() == before && speaks(&text[end..]) {
            true => found.documents.push(Inner::whole(text.to_owned())),
            false => found.lost += 1,
        }
    } else if BASE64_BEGINS.iter().any(|begin| text.starts_with(begin)) {
        match unpacked(text, &mut found.left) {
            Some(text) => look_at_text(&text, depth, found),
            // Tokens look like it, and have dots.
            None => found.lost += u64::from(!text.contains('.')),
        }
    } else {
        found.lost += u64::from(speaks(text));
    }
}

/// The text that base64 stands for, unpacked if it is packed.
fn unpacked(text: &str, left: &mut u64) -> Option<String> {
    let text: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(text).ok()?;
    let mut json = String::new();
    let read = JsonReader::new(bytes.as_slice(), *left).ok()?.read_to_string(&mut json);
    *left = if read.is_ok() { left.saturating_sub(json.len() as u64) } else { 0 };
    read.ok()?;
    is_json_text(json.trim_start()).then_some(json)
}

fn look_at_array(array: &str, (depth, carries): (u32, bool), found: &mut Found) {
    let elements: Vec<&str> = elements(array);
    if let Some(row) = row(&elements) {
        return look_at_row(&row, depth, found);
    }
    // Texts among others are the cells of a row, some of which are a caller's words.
    let is_json = |element: &&str| !element.starts_with('"') || begins_as_json(element);
    let carries = carries && elements.iter().all(is_json);
    for element in elements {
        look_at(element, (depth, carries), found);
    }
}

/// Whether a text, as it stands in JSON, begins as one that may hold records.
fn begins_as_json(text: &str) -> bool {
    let text = text.trim_start_matches(['"', ' ']);
    text.starts_with(['{', '[', '\\']) || BASE64_BEGINS.iter().any(|begin| text.starts_with(begin))
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
fn is_record(fields: &[Cell<'_>]) -> bool {
    let is_text = |value: &Raw<'_>| matches!(value, Raw::Plain(_) | Raw::Escaped(_));
    let texts = fields.iter().filter(|(key, value)| is_text(value) && TEXTS.contains(&&**key));
    texts.count() >= ENOUGH
}

/// The elements of an array, up to where it stops being JSON.
fn elements(array: &str) -> Vec<&str> {
    let inside = array.strip_prefix('[').and_then(|array| array.strip_suffix(']')).unwrap_or_default();
    values(inside).0
}

/// The values of a text one after another, with commas between or without, and where it stops being JSON.
fn values(text: &str) -> (Vec<&str>, usize) {
    let bytes = text.as_bytes();
    let (mut values, mut at) = (Vec::new(), skip_space(bytes, 0));
    while let Ok((_, after)) = value_at(text, at) {
        values.push(&text[at..after]);
        let next = skip_space(bytes, after);
        at = if bytes.get(next) == Some(&b',') { skip_space(bytes, next + 1) } else { next };
    }
    (values, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::bufread::GzEncoder;
    use serde_json::{Value, json};

    use base64::prelude::BASE64_STANDARD;

    const RECORD: &str = r#"{"eventVersion":"1.08","eventTime":"2026-09-01T00:00:00Z","eventName":"x"}"#;

    fn record() -> Value {
        serde_json::from_str(RECORD).expect("JSON")
    }

    /// What is found in a value, all of it whole.
    fn texts(value: &Value) -> Vec<String> {
        let found = documents(&value.to_string());
        assert_eq!(found.lost, 0, "{value}");
        let found = found.documents.into_iter();
        found.inspect(|inner| assert!(inner.is_whole)).map(|inner| inner.json).collect()
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
                texts(&value).iter().map(|text| serde_json::from_str(text).expect("JSON")).collect();
            assert_eq!(found, [record()], "{value}");
        }
        let two = json!([{"message": RECORD}, {"message": RECORD}]);
        assert_eq!(texts(&two), [RECORD, RECORD], "no row, but two things");
        assert_eq!(texts(&json!({"log": format!("{RECORD}\n{RECORD}")})), [RECORD, RECORD]);
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
            assert!(documents(&value.to_string()).documents.is_empty(), "{value}");
        }
    }

    #[test]
    fn rows_are_found_wherever_they_stand_and_say_what_they_lost() {
        let row = json!({"eventtime": "2026-09-01T00:00:00Z", "eventname": "x", "eventsource": "iam.amazonaws.com"});
        let cells: Value =
            row.as_object().expect("an object").iter().map(|(k, v)| json!({"field": k, "value": v})).collect();
        let lake: Value = row.as_object().expect("an object").iter().map(|(k, v)| json!({k: v})).collect();
        let data =
            |cells: Vec<&Value>| json!({"Data": cells.iter().map(|v| json!({"VarCharValue": v})).collect::<Value>()});
        let (names, values) =
            (["eventtime", "eventname", "eventsource"].map(Value::from), row.as_object().expect("an object"));
        let athena = json!({"Rows": [data(names.iter().collect()), data(["eventtime", "eventname", "eventsource"].map(|k| &values[k]).to_vec())]});
        let record = json!({"eventTime": "2026-09-01T00:00:00Z", "eventName": "x", "eventSource": "iam.amazonaws.com"});
        for value in [
            row.clone(),
            json!([row]),
            json!({"results": [cells]}),
            json!({"QueryResultRows": [lake]}),
            json!({"ResultSet": athena}),
        ] {
            let found = documents(&value.to_string()).documents;
            assert_eq!(found.len(), 1, "{value}");
            assert_eq!(serde_json::from_str::<Value>(&found[0].json).expect("JSON"), record, "{value}");
            assert!(!found[0].is_whole, "{value}");
        }
    }

    /// Who may call an API may write what looks like a record into its parameters.
    #[test]
    fn what_a_caller_wrote_is_no_record() {
        let forged = json!({"eventVersion": "1.08", "eventTime": "t", "eventName": "Forged"});
        for value in [
            json!({"request_parameters": {"a": forged}, "message": "vent"}),
            json!({"aws": {"cloudtrail": {"requestParameters": forged.to_string()}}}),
            json!({"responseelements": [forged]}),
        ] {
            assert!(documents(&value.to_string()).documents.is_empty(), "{value}");
        }
        let row = json!({"eventtime": "t", "eventname": "PutEvents", "awsregion": "r", "useragent": forged.to_string(),
            "requestparameters": forged.to_string()});
        let found = documents(&row.to_string()).documents;
        assert!(found.len() == 1 && found[0].json.contains("PutEvents"), "{found:?}");
    }

    /// Whatever carries records as text has a name of its own; a caller's words stand under others.
    #[test]
    fn a_callers_words_carry_no_record() {
        let forged = RECORD;
        for value in [
            json!({"eventTime": "t", "eventName": "PutUserPolicy", "requestParameters.policyDocument": forged}),
            json!({"user_agent": {"original": forged}, "event": {"kind": "x"}}),
            json!({"error": {"message": forged}, "aws": {"cloudtrail": {"error_message": forged}}}),
            json!({"httpRequest": {"headers": [{"name": "User-Agent", "value": forged}]}}),
            json!([[{"field": "@timestamp", "value": "t"}, {"field": "userAgent", "value": forged}]]),
            json!([["2026-09-10", "PutUserPolicy", forged], ["2026-09-10", "x", "y"]]),
            json!({"p_any_usernames": [forged], "resource_tags": forged, "_source": {"userAgent": forged}}),
        ] {
            let found = documents(&value.to_string()).documents;
            assert!(found.iter().all(|inner| inner.json.contains("PutUserPolicy")), "{value}: {found:?}");
        }
    }

    /// What stands beside a record and makes no sense is told.
    #[test]
    fn what_is_lost_beside_a_record_is_counted() {
        let lost = |value: Value| documents(&value.to_string()).lost;
        let packed = packed(RECORD);
        assert_eq!(lost(json!({"records": [{"data": packed}, {"data": packed}]})), 0);
        assert_eq!(lost(json!({"records": [{"data": packed}, {"data": &packed[..packed.len() - 9]}]})), 1);
        assert_eq!(lost(json!({"message": format!("{RECORD}\n{{\"eventName\":")})), 1);
        let bomb = super::tests::packed(&" ".repeat(40 << 20));
        assert!(lost(json!({"records": [{"data": packed}, {"data": bomb}, {"data": bomb}, {"data": bomb}]})) > 0);
        assert_eq!(lost(json!([{"message": RECORD}, {"message": format!("INFO {RECORD}")}, {"x": RECORD}])), 2);
        assert_eq!(lost(json!({"message": RECORD, "data": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx"})), 0, "a token");
    }

    #[test]
    fn a_record_that_is_cut_off_is_left_to_its_reader() {
        let cut = &RECORD[..RECORD.len() - 3];
        assert_eq!(texts(&json!({"a": {"message": cut}})), [cut]);
        assert!(documents(&json!({"a": {"message": &RECORD[..20]}}).to_string()).documents.is_empty());
    }

    #[test]
    fn nothing_is_looked_at_forever() {
        let deep = format!("{}{RECORD}{}", "{\"event\":".repeat(100_000), "}".repeat(100_000));
        assert!(documents(&deep).documents.is_empty());
        let mut message = RECORD.to_owned();
        for _ in 0..8 {
            message = json!({ "message": message }).to_string();
        }
        assert_eq!(documents(&message).documents, [Inner::whole(RECORD.to_owned())]);
        let bomb = packed(&format!("{}{RECORD}", " ".repeat(65 << 20)));
        assert!(documents(&json!({ "data": bomb }).to_string()).documents.is_empty());
    }
}
