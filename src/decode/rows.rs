//! Rows of exports as records: of query engines, of CloudTrail Lake, of the console's tables.
//!
//! A row that has not all that its record had is told, since what it does not say must prove nothing.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::columns::{Column, are_of_records, are_whole, plain};
use super::record::{Field, Record};
use super::structs;
use crate::json::careful;
use crate::json::fields::Raw;
use crate::model::EventTime;

/// How deep a userIdentity is read.
const DEEPEST: u32 = 8;

/// A name and its value.
pub(super) type Cell<'a> = (Cow<'a, str>, Raw<'a>);

/// A record that was a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowRecord {
    /// Its JSON, as CloudTrail writes it.
    pub json: String,
    /// Whether the row had all that a record has.
    pub is_whole: bool,
}

/// Whether a record is a row in CloudTrail's own spelling: its userIdentity or a sub-document is text, or its userIdentity
/// has columns of its own. CloudTrail writes objects.
#[inline]
pub(super) fn is_row(record: &Record<'_>, text: &str) -> bool {
    match record.text(Field::UserIdentity).as_bytes() {
        [] => has_flat_identity(text),
        [b'"', b'{', ..] => true,
        [b'{', b'"' | b'}' | b' ' | b'\n' | b'\r' | b'\t', ..] => {
            let fields = [Field::RequestParameters, Field::ResponseElements, Field::AdditionalEventData];
            fields.iter().any(|field| record.text(*field).starts_with("\"{"))
        }
        [first, ..] => *first == b'{',
    }
}

/// As [`is_row`], of fields that were read.
pub(super) fn are_cells(fields: &[Cell<'_>]) -> bool {
    let value_of = |name: &str| fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value);
    let is_text_of_json = |name: &&str| matches!(value_of(name), Some(Raw::Escaped(text)) if text.starts_with("\"{"));
    match value_of("userIdentity") {
        None | Some(Raw::Null) => fields.iter().any(|(name, value)| is_of_a_row(name, *value)),
        Some(Raw::Plain(text)) => text.starts_with('{'),
        Some(Raw::Escaped(text)) => text.starts_with("\"{"),
        Some(Raw::Container(_)) => {
            ["requestParameters", "responseElements", "additionalEventData"].iter().any(is_text_of_json)
        }
        Some(Raw::Scalar(_)) => false,
    }
}

/// Whether a field of an object without a userIdentity is a column of one, or holds the whole record as text.
fn is_of_a_row(name: &str, value: Raw<'_>) -> bool {
    match Column::of(name) {
        Some(Column::Text(path)) => path.starts_with("userIdentity."),
        Some(_) => false,
        None => matches!(value, Raw::Escaped(_)) && careful::text_of(value).trim_start().starts_with('{'),
    }
}

/// Whether an object without a userIdentity has one in columns, or its record as text.
#[cold]
fn has_flat_identity(text: &str) -> bool {
    let mut is_flat = false;
    let read = careful::each_field(text, |name, value| is_flat |= is_of_a_row(&name, value));
    read.is_ok() && is_flat
}

/// The record that a row is of; `None` when it is of none.
pub(super) fn record_of(cells: &[Cell<'_>]) -> Option<RowRecord> {
    let names = cells.iter().map(|(name, _)| &**name);
    if !are_of_records(names.clone()) {
        return None;
    }
    // As CloudTrail writes a record, fields without a value are left out.
    let is_as_written = |(name, value): &Cell<'_>| name == "userIdentity" && matches!(value, Raw::Container(_));
    let is_whole = are_whole(names) || cells.iter().any(is_as_written);
    let mut record = Written { is_whole, ..Written::default() };
    for (name, value) in cells {
        record.take(name, *value);
    }
    record.complete();
    let fields = record.fields;
    let is_of_aws = |source: &Value| source.as_str().is_some_and(|source| source.contains(".amazonaws.com"));
    let has_name = fields.contains_key("eventName") && fields.get("eventSource").is_none_or(is_of_aws);
    has_name.then(|| RowRecord { json: Value::from(fields).to_string(), is_whole: record.is_whole })
}

/// A record while it is written.
#[derive(Default)]
struct Written {
    fields: Map<String, Value>,
    is_whole: bool,
}

impl Written {
    fn take(&mut self, name: &str, value: Raw<'_>) {
        let text = careful::text_of(value);
        let text = text.trim();
        let column = Column::of(name);
        match column {
            _ if !matches!(value, Raw::Container(_)) && is_nothing(text, column) => {}
            Some(Column::Text(path)) => self.take_text(path, text),
            Some(Column::Identity) => match container(value) {
                Some(identity) => self.take_identity("useridentity", &identity, DEEPEST),
                None => self.is_whole = false,
            },
            Some(Column::Document(document)) => match container(value) {
                Some(json) => _ = self.fields.insert(document.to_owned(), json),
                None => self.is_whole = false,
            },
            None => {
                if let Some((document, rest)) = Column::within_document(name) {
                    self.take_within(document, rest, value);
                }
            }
        }
    }

    /// Takes a cell, as the tool that wrote it may have changed it.
    fn take_text(&mut self, path: &str, text: &str) {
        let member = path.rsplit('.').next().unwrap_or_default();
        if FLAGS.contains(&member) {
            self.set(path, flag(text));
        } else if ACCOUNTS.contains(&member) {
            match account(text) {
                Some(account) => self.set(path, &account),
                None => self.is_whole = false,
            }
        } else {
            self.set(path, text);
        }
    }

    /// Sets a text by its path; what was set before stays.
    fn set(&mut self, path: &str, text: &str) {
        let mut at = &mut self.fields;
        let mut rest = path;
        while let Some((outer, inner)) = rest.split_once('.') {
            let Value::Object(next) = at.entry(outer).or_insert_with(|| Map::new().into()) else { return };
            (at, rest) = (next, inner);
        }
        let is_time = path == "eventTime";
        at.entry(rest).or_insert_with(|| if is_time { time(text).into() } else { text.into() });
    }

    /// Takes the texts of a userIdentity whose names may be of any spelling; `at` is where it stands.
    fn take_identity(&mut self, at: &str, value: &Value, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let text = match value {
            Value::Object(members) => {
                for (name, value) in members {
                    self.take_identity(&format!("{at}{}", plain(name)), value, depth);
                }
                return;
            }
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Null | Value::Array(_) => return,
        };
        if let Some(Column::Text(path)) = Column::of(at) {
            self.take_text(path, &text);
        }
    }

    /// Takes one value of a sub-document.
    fn take_within(&mut self, document: &str, name: &str, value: Raw<'_>) {
        let json = container(value).unwrap_or_else(|| careful::text_of(value).into_owned().into());
        let within = self.fields.entry(document).or_insert_with(|| Map::new().into());
        if let Value::Object(members) = within {
            members.insert(name.to_owned(), json);
        }
    }

    /// Adds what the ARN of the identity says, where its own columns are missing.
    fn complete(&mut self) {
        let identity = self.fields.get("userIdentity");
        let text = |name: &str| identity.and_then(|identity| identity.get(name)).and_then(Value::as_str);
        let Some(arn) = text("arn").map(str::to_owned) else { return };
        if let (Some(kind), Some(account)) = (kind_of(&arn), account_of(&arn)) {
            self.set("userIdentity.type", kind);
            self.set("userIdentity.accountId", account);
        }
    }
}

/// Members that are true or false.
const FLAGS: [&str; 4] = ["readOnly", "sessionCredentialFromConsole", "mfaAuthenticated", "assumedRoot"];

/// Members that are the id of an account.
const ACCOUNTS: [&str; 3] = ["accountId", "recipientAccountId", "vpcEndpointAccountId"];

/// Members that a person or service is called by: there `None` may be a name.
const NAMES: [&str; 2] = ["userName", "principalId"];

/// Whether a cell says that there is nothing: as query engines, Hive and MySQL, pandas and spreadsheets write it.
fn is_nothing(text: &str, column: Option<Column>) -> bool {
    const WORDS: [&str; 5] = ["nan", "none", "<na>", "n/a", "undefined"];
    let is_name =
        matches!(column, Some(Column::Text(path)) if NAMES.contains(&path.rsplit('.').next().unwrap_or_default()));
    matches!(text, "" | "-" | "\\N" | "null" | "NULL" | "Null")
        || !is_name && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// True or false, in the words of PostgreSQL, of spreadsheets and of numbers.
fn flag(text: &str) -> &str {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match () {
        () if is(&["true", "t", "yes", "y", "1", "1.0"]) => "true",
        () if is(&["false", "f", "no", "n", "0", "0.0"]) => "false",
        () => text,
    }
}

/// An account id that was taken for a number: without leading zeros, with `.0`. `None` where digits of it are lost, as in
/// `1.11122E+11`. Whatever was never a number stays.
fn account(text: &str) -> Option<Cow<'_, str>> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if !whole.is_empty() && whole.len() <= ID && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(if whole.len() == ID { Cow::Borrowed(whole) } else { Cow::Owned(format!("{whole:0>ID$}")) });
    }
    let is_rounded = text.bytes().all(|byte| byte.is_ascii_digit() || b".,eE+".contains(&byte));
    (!is_rounded || text.len() == ID).then_some(Cow::Borrowed(text))
}

/// The digits of an account id.
const ID: usize = 12;

/// The `userIdentity.type` of whoever has that ARN.
pub(super) fn kind_of(arn: &str) -> Option<&'static str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    Some(match resource.split('/').next()? {
        "root" => "Root",
        "user" => "IAMUser",
        "role" => "Role",
        "assumed-role" => "AssumedRole",
        "federated-user" => "FederatedUser",
        _ => return None,
    })
}

/// The account of an ARN.
pub(super) fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// A time as CloudTrail writes it, where it can be read.
fn time(text: &str) -> String {
    let time = EventTime::parse_event_time(text).or_else(|| EventTime::parse_expiration(text));
    time.or_else(|| shown(text)).map_or_else(|| text.to_owned(), |time| time.to_string())
}

/// A time as the console shows it: `September 10, 2026, 14:00:00 (UTC+02:00)`.
fn shown(text: &str) -> Option<EventTime> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (moment, zone) = text.strip_suffix(')')?.split_once(" (UTC")?;
    let mut parts = moment.splitn(3, ", ");
    let (month, day) = parts.next()?.split_once(' ')?;
    let (year, clock) = (parts.next()?, parts.next()?);
    let month = MONTHS.iter().zip(1..).find(|(known, _)| month.starts_with(*known))?.1;
    EventTime::parse_event_time(&format!("{year}-{month:02}-{day:0>2}T{clock}{zone}"))
}

/// The object or array that a value is, or that its text stands for.
fn container(value: Raw<'_>) -> Option<Value> {
    match value {
        Raw::Container(json) => serde_json::from_str(json).ok(),
        Raw::Plain(_) | Raw::Escaped(_) => structs::parse(&careful::text_of(value)),
        Raw::Scalar(_) | Raw::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(row: &Value) -> Option<(Value, bool)> {
        let text = row.to_string();
        let mut cells = Vec::new();
        careful::each_field(&text, |name, value| cells.push((name, value))).expect("an object");
        record_of(&cells).map(|row| (serde_json::from_str(&row.json).expect("JSON"), row.is_whole))
    }

    /// A row as Athena gives it.
    fn row() -> Value {
        json!({"eventversion": "1.08", "useridentity": "{type=IAMUser, principalid=AIDAEXAMPLE, \
            arn=arn:aws:iam::111122223333:user/ana, accountid=111122223333, invokedby=null, accesskeyid=AKIAEXAMPLE, \
            username=ana, sessioncontext={attributes={mfaauthenticated=true, creationdate=2026-09-10T11:00:00Z}, sessionissuer=null}}",
            "eventtime": "2026-09-10 12:00:00.000", "eventsource": "iam.amazonaws.com", "eventname": "CreateUser",
            "awsregion": "us-east-1", "sourceipaddress": "192.0.2.1", "useragent": "x", "errorcode": null, "errormessage": null,
            "requestparameters": "{\"userName\":\"bob\"}", "responseelements": null, "additionaleventdata": null,
            "eventid": "1", "eventtype": "AwsApiCall", "recipientaccountid": "111122223333", "readonly": "false"})
    }

    #[test]
    fn words_of_tools_are_what_they_stand_for() {
        let text = |path| Some(Column::Text(path));
        for nothing in ["", "-", "null", "NULL", "\\N", "nan", "NaN", "None", "<NA>", "N/A"] {
            assert!(is_nothing(nothing, text("errorCode")), "{nothing}");
        }
        assert!(!is_nothing("NoSuchBucket", text("errorCode")));
        // Somebody may be called so.
        assert!(!is_nothing("Nan", text("userIdentity.userName")) && is_nothing("NULL", text("userIdentity.userName")));
        assert_eq!(["t", "TRUE", "1", "yes"].map(flag), ["true"; 4]);
        assert_eq!(["f", "False", "0", "no"].map(flag), ["false"; 4]);
        assert_eq!(flag("perhaps"), "perhaps");
        let account = |text| account(text).map(Cow::into_owned);
        for (text, id) in [
            ("111122223333", "111122223333"),
            ("111122223333.0", "111122223333"),
            ("11122223333", "011122223333"),
            ("12345678901", "012345678901"),
            ("anonymous", "anonymous"),
        ] {
            assert_eq!(account(text).as_deref(), Some(id), "{text}");
        }
        assert_eq!([account("1.11122E+11"), account("1,11122E+11")], [None, None], "digits are lost");
    }

    #[test]
    fn a_row_is_the_record_it_was_made_of() {
        let record = json!({"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/ana", "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLE", "userName": "ana",
            "sessionContext": {"attributes": {"mfaAuthenticated": "true", "creationDate": "2026-09-10T11:00:00Z"}}},
            "eventTime": "2026-09-10T12:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser",
            "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1", "userAgent": "x",
            "requestParameters": {"userName": "bob"}, "eventID": "1", "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333", "readOnly": "false"});
        assert_eq!(of(&row()), Some((record, true)));
    }

    #[test]
    fn what_a_row_lost_is_told() {
        let without = |name: &str| {
            let mut row = row();
            row.as_object_mut().expect("an object").remove(name);
            of(&row).map(|(_, is_whole)| is_whole)
        };
        for lost in ["useridentity", "useragent", "requestparameters", "errorcode", "eventid", "sourceipaddress"] {
            assert_eq!(without(lost), Some(false), "{lost}");
        }
        assert_eq!(without("eventversion"), Some(true));
        let mut unread = row();
        unread["useridentity"] = json!("{type:1}");
        assert_eq!(
            of(&unread).map(|(record, is_whole)| (record.get("userIdentity").is_some(), is_whole)),
            Some((false, false))
        );
    }

    #[test]
    fn a_record_with_a_text_for_a_document_has_lost_nothing() {
        let row = json!({"eventTime": "2026-09-10T12:00:00Z", "eventName": "x", "userIdentity": {"type": "Root"},
            "responseElements": "{\"a\":1}"});
        let record = with_document(row.clone(), json!({"a": 1}));
        assert_eq!(of(&row), Some((record, true)));
        let broken =
            json!({"eventTime": "t", "eventName": "x", "userIdentity": {"type": "Root"}, "responseElements": "{\"a"});
        assert_eq!(of(&broken).map(|(_, is_whole)| is_whole), Some(false));
    }

    fn with_document(mut record: Value, document: Value) -> Value {
        record["responseElements"] = document;
        record
    }

    #[test]
    fn columns_of_an_identity_make_one() {
        let row = json!({"eventTime": "Sep 10, 2026, 12:00:00 PM", "eventName": "AssumeRole", "userIdentity.arn":
            "arn:aws:iam::111122223333:root", "requestParameters.roleArn": "r", "requestParameters.tags": "[{\"a\":1}]", "other": "x"});
        let record = json!({"eventTime": "2026-09-10T12:00:00Z", "eventName": "AssumeRole",
            "userIdentity": {"arn": "arn:aws:iam::111122223333:root", "type": "Root", "accountId": "111122223333"},
            "requestParameters": {"roleArn": "r", "tags": [{"a": 1}]}});
        assert_eq!(of(&row), Some((record, false)));
    }

    #[test]
    fn times_of_the_console_are_read() {
        for (shown, expected) in [
            ("September 10, 2026, 14:00:00 (UTC+02:00)", "2026-09-10T12:00:00Z"),
            ("March 1, 2026, 00:30:05 (UTC-05:00)", "2026-03-01T05:30:05Z"),
            ("May 31, 2026, 23:59:59 (UTC)", "2026-05-31T23:59:59Z"),
            ("Sometime 10, 2026, 14:00:00 (UTC+02:00)", "Sometime 10, 2026, 14:00:00 (UTC+02:00)"),
            ("September 10, 2026, 14:00:00", "September 10, 2026, 14:00:00"),
            ("September 31, 2026, 14:00:00 (UTC)", "September 31, 2026, 14:00:00 (UTC)"),
        ] {
            assert_eq!(time(shown), expected);
        }
    }

    #[test]
    fn a_row_of_sentinel_is_a_record() {
        let row = json!({"TimeGenerated [UTC]": "2026-09-10T12:00:00Z", "EventName": "x", "EventSource": "iam.amazonaws.com",
            "AwsEventId": "1", "EventTypeName": "AwsApiCall", "AWSRegion": "us-east-1", "SourceIpAddress": "192.0.2.1",
            "UserIdentityType": "AssumedRole", "UserIdentityPrincipalid": "AROAEXAMPLE:ana", "SessionMfaAuthenticated": false,
            "SessionIssuerArn": "arn:aws:iam::111122223333:role/r", "TenantId": "t"});
        let record = json!({"eventTime": "2026-09-10T12:00:00Z", "eventName": "x", "eventSource": "iam.amazonaws.com",
            "eventID": "1", "eventType": "AwsApiCall", "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1",
            "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:ana", "sessionContext": {
                "attributes": {"mfaAuthenticated": "false"}, "sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/r"}}}});
        assert_eq!(of(&row), Some((record, false)));
    }

    #[test]
    fn rows_of_other_things_are_none() {
        for row in [
            json!({"event_time": "2026-09-10", "event_name": "page_view", "event_source": "web"}),
            json!({"event_time": "2026-09-10", "event_name": "", "event_source": "iam.amazonaws.com"}),
            json!({"event_name": "x", "event_source": "iam.amazonaws.com", "count": 3}),
            json!({"user": "x"}),
        ] {
            assert_eq!(of(&row), None, "{row}");
        }
    }
}
