//! One record's fields as texts: filled by the fast path, or by the careful one where the fast path is unsure.

use std::borrow::Cow;

use super::shape::Shape;
#[cfg(target_arch = "x86_64")]
use crate::json::blocks::avx2::Avx2;
use crate::json::blocks::{Blocks, Portable, Vectors, ahead, plain_string_end};
use crate::json::careful;
use crate::json::content;
use crate::json::fields::{Found, Kind, Raw, Stop, key_at, skip_space, value_at};

/// The fields that are read from a record; their numbers index [`Record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Field {
    EventId,
    EventTime,
    EventName,
    EventVersion,
    EventSource,
    EventType,
    EventCategory,
    AwsRegion,
    SourceIpAddress,
    UserAgent,
    ErrorCode,
    ErrorMessage,
    RecipientAccountId,
    SharedEventId,
    VpcEndpointId,
    VpcEndpointAccountId,
    ReadOnly,
    SessionCredentialFromConsole,
    RequestParameters,
    ResponseElements,
    AdditionalEventData,
    ServiceEventDetails,
    Resources,
    Addendum,
    UserIdentity,
}

const FIELDS: usize = Field::UserIdentity as usize + 1;

/// What a key of a record means: worked out once for each key, not for each record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Meaning {
    /// The field that it is, if it is read.
    field: Option<Field>,
    /// [`Field::makes_event`].
    makes_event: bool,
    /// [`Field::is_document`].
    is_document: bool,
}

/// The order in which records write their keys, and what those mean.
type RecordShape = Shape<Meaning>;

/// What reading records has learned, and what it reads with.
#[derive(Debug)]
pub(super) struct Reading {
    shape: RecordShape,
    vectors: Vectors,
}

/// The fields of one record, absent ones empty. From [`Field::RequestParameters`] on, raw JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    texts: [&'a str; FIELDS],
    /// Whether the object has a field that makes it an event.
    pub is_event: bool,
    /// Whether a text that is read is not JSON, and so was left out.
    pub has_broken_text: bool,
    /// The sub-documents that are not JSON, a bit a field.
    broken: u32,
}

/// A record whose texts had to be unescaped.
pub(super) struct OwnedRecord<'a> {
    texts: [Cow<'a, str>; FIELDS],
    is_event: bool,
    has_broken_text: bool,
}

/// [`Record::fast_by`] with everything that it takes, to be compiled for AVX2.
#[cfg(target_arch = "x86_64")]
struct OnAvx2<'r, 'a> {
    record: &'r mut Record<'a>,
    avx2: Avx2,
    shape: &'r mut RecordShape,
    text: &'a str,
    at: usize,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for OnAvx2<'_, '_> {
    type Output = Result<usize, Stop>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        self.record.fast_by(self.avx2, self.shape, self.text, self.at)
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self { shape: RecordShape::default(), vectors: Vectors::of_processor() }
    }
}

impl Meaning {
    fn of(key: &str) -> Self {
        let field = Field::of(key);
        let is = |says: fn(Field) -> bool| field.is_some_and(says);
        Self { field, makes_event: is(Field::makes_event), is_document: is(Field::is_document) }
    }
}

impl Field {
    /// The field of that name. A key is identified by its length and first bytes, then compared whole.
    #[inline]
    pub fn of(key: &str) -> Option<Self> {
        let (field, name) = match tag(key.as_bytes()) {
            EVENT_ID => (Self::EventId, "eventID"),
            EVENT_TIME => (Self::EventTime, "eventTime"),
            EVENT_NAME => (Self::EventName, "eventName"),
            EVENT_VERSION => (Self::EventVersion, "eventVersion"),
            EVENT_SOURCE => (Self::EventSource, "eventSource"),
            EVENT_TYPE => (Self::EventType, "eventType"),
            EVENT_CATEGORY => (Self::EventCategory, "eventCategory"),
            AWS_REGION => (Self::AwsRegion, "awsRegion"),
            SOURCE_IP_ADDRESS => (Self::SourceIpAddress, "sourceIPAddress"),
            USER_AGENT => (Self::UserAgent, "userAgent"),
            ERROR_CODE => (Self::ErrorCode, "errorCode"),
            ERROR_MESSAGE => (Self::ErrorMessage, "errorMessage"),
            RECIPIENT_ACCOUNT_ID => (Self::RecipientAccountId, "recipientAccountId"),
            SHARED_EVENT_ID => (Self::SharedEventId, "sharedEventID"),
            VPC_ENDPOINT_ID => (Self::VpcEndpointId, "vpcEndpointId"),
            VPC_ENDPOINT_ACCOUNT_ID => (Self::VpcEndpointAccountId, "vpcEndpointAccountId"),
            READ_ONLY => (Self::ReadOnly, "readOnly"),
            FROM_CONSOLE => (Self::SessionCredentialFromConsole, "sessionCredentialFromConsole"),
            REQUEST_PARAMETERS => (Self::RequestParameters, "requestParameters"),
            RESPONSE_ELEMENTS => (Self::ResponseElements, "responseElements"),
            ADDITIONAL_EVENT_DATA => (Self::AdditionalEventData, "additionalEventData"),
            SERVICE_EVENT_DETAILS => (Self::ServiceEventDetails, "serviceEventDetails"),
            RESOURCES => (Self::Resources, "resources"),
            ADDENDUM => (Self::Addendum, "addendum"),
            USER_IDENTITY => (Self::UserIdentity, "userIdentity"),
            _ => return None,
        };
        (key == name).then_some(field)
    }

    /// Whether the value is kept as raw JSON.
    #[inline]
    const fn is_raw(self) -> bool {
        self as usize >= Self::RequestParameters as usize
    }

    /// Whether it is one of [`Self::DOCUMENTS`].
    #[inline]
    const fn is_document(self) -> bool {
        self.is_raw() && self as usize <= Self::Addendum as usize
    }

    /// The fields that hold sub-documents.
    pub const DOCUMENTS: [Self; 6] = [
        Self::RequestParameters,
        Self::ResponseElements,
        Self::AdditionalEventData,
        Self::ServiceEventDetails,
        Self::Resources,
        Self::Addendum,
    ];

    /// Whether an object with this field is an event.
    const fn makes_event(self) -> bool {
        self as usize <= Field::EventVersion as usize
    }
}

const EVENT_ID: u64 = tag(b"eventID");
const EVENT_TIME: u64 = tag(b"eventTime");
const EVENT_NAME: u64 = tag(b"eventName");
const EVENT_VERSION: u64 = tag(b"eventVersion");
const EVENT_SOURCE: u64 = tag(b"eventSource");
const EVENT_TYPE: u64 = tag(b"eventType");
const EVENT_CATEGORY: u64 = tag(b"eventCategory");
const AWS_REGION: u64 = tag(b"awsRegion");
const SOURCE_IP_ADDRESS: u64 = tag(b"sourceIPAddress");
const USER_AGENT: u64 = tag(b"userAgent");
const ERROR_CODE: u64 = tag(b"errorCode");
const ERROR_MESSAGE: u64 = tag(b"errorMessage");
const RECIPIENT_ACCOUNT_ID: u64 = tag(b"recipientAccountId");
const SHARED_EVENT_ID: u64 = tag(b"sharedEventID");
const VPC_ENDPOINT_ID: u64 = tag(b"vpcEndpointId");
const VPC_ENDPOINT_ACCOUNT_ID: u64 = tag(b"vpcEndpointAccountId");
const READ_ONLY: u64 = tag(b"readOnly");
const FROM_CONSOLE: u64 = tag(b"sessionCredentialFromConsole");
const REQUEST_PARAMETERS: u64 = tag(b"requestParameters");
const RESPONSE_ELEMENTS: u64 = tag(b"responseElements");
const ADDITIONAL_EVENT_DATA: u64 = tag(b"additionalEventData");
const SERVICE_EVENT_DETAILS: u64 = tag(b"serviceEventDetails");
const RESOURCES: u64 = tag(b"resources");
const ADDENDUM: u64 = tag(b"addendum");
const USER_IDENTITY: u64 = tag(b"userIdentity");

/// The length of a key and four of its bytes, which differ between all names above.
#[inline]
const fn tag(key: &[u8]) -> u64 {
    if key.len() < 7 {
        return 0;
    }
    let (first, last) = (key[0] as u64, key[key.len() - 1] as u64);
    (key.len() as u64) << 32 | (key[6] as u64) << 24 | (key[5] as u64) << 16 | last << 8 | first
}

impl<'a> Record<'a> {
    /// A record without a field.
    pub const EMPTY: Self = Self { texts: [""; FIELDS], is_event: false, has_broken_text: false, broken: 0 };

    /// Whether something in it that is read is not JSON.
    pub fn has_broken_part(&self) -> bool {
        self.has_broken_text || self.broken != 0
    }

    /// Notes whether a sub-document is JSON; of a field that stands twice the last counts, as its text does.
    #[inline(always)]
    fn note_document(&mut self, field: Field, is_json: bool) {
        let bit = 1 << field as u32;
        self.broken = if is_json { self.broken & !bit } else { self.broken | bit };
    }

    /// The text of a field; raw JSON for those that keep it.
    #[inline]
    pub fn text(&self, field: Field) -> &'a str {
        self.texts[field as usize]
    }

    /// Reads the object at `at` into this record, which is empty, and gives the index after it: the fast path.
    ///
    /// # Errors
    /// [`Stop::Unsure`] also where a field that is kept as text has escapes.
    #[inline]
    pub fn fast(&mut self, reading: &mut Reading, text: &'a str, at: usize) -> Result<usize, Stop> {
        match reading.vectors {
            Vectors::Portable => self.fast_by(Portable, &mut reading.shape, text, at),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2(avx2) => avx2.vectorize(OnAvx2 { record: self, avx2, shape: &mut reading.shape, text, at }),
        }
    }

    #[inline(always)]
    fn fast_by<B: Blocks>(
        &mut self,
        blocks: B,
        shape: &mut RecordShape,
        text: &'a str,
        at: usize,
    ) -> Result<usize, Stop> {
        let bytes = text.as_bytes();
        if bytes.get(at) != Some(&b'{') {
            return Err(Stop::Unsure);
        }
        let mut at = skip_space(bytes, at + 1);
        if bytes.get(at) == Some(&b'}') {
            return Ok(at + 1);
        }
        // Whether a field was met that makes an event, and whether one that is kept as text is still escaped.
        let (mut place, mut is_event, mut escaped) = (0, false, false);
        loop {
            let (meaning, value) = match shape.expect(blocks, bytes, at, &mut place) {
                Some((meaning, colon)) => (meaning, skip_space(bytes, colon)),
                None if skip_space(bytes, at) != at => {
                    at = skip_space(bytes, at);
                    continue;
                }
                None => {
                    let (key, value) = key_at(text, at)?;
                    let meaning = Meaning::of(key);
                    shape.learn(key, meaning, &mut place);
                    (meaning, value)
                }
            };
            is_event |= meaning.makes_event;
            let after = match plain_text(blocks, bytes, value) {
                // Most values.
                Some(quote) => {
                    if let Some(field) = meaning.field {
                        self.texts[field as usize] = text.get(ahead(value, 1)..quote).ok_or(Stop::Unsure)?;
                        if meaning.is_document {
                            self.note_document(field, is_json(self.texts[field as usize]));
                        }
                    }
                    ahead(quote, 1)
                }
                None => {
                    let whole = match meaning.is_document {
                        true => content::container_end(blocks, text, value),
                        false => None,
                    };
                    let found = match whole {
                        Some(after) => Found::of(Kind::Container, value, after),
                        None => Found::at(blocks, bytes, value),
                    };
                    if let Kind::Stopped(stop) = found.kind {
                        return Err(stop);
                    }
                    if let Some(field) = meaning.field {
                        let is_kept = found.kind != Kind::Null && (found.kind != Kind::Container || field.is_raw());
                        let kept = if is_kept { found.from..found.to } else { 0..0 };
                        self.texts[field as usize] = text.get(kept).ok_or(Stop::Unsure)?;
                        escaped |= found.kind == Kind::Escaped && !field.is_raw();
                        if meaning.is_document {
                            let is_json = whole.is_some() || is_json(self.texts[field as usize]);
                            self.note_document(field, is_json);
                        }
                    }
                    found.after
                }
            };
            // As records are mostly written.
            if bytes.get(after) == Some(&b',') {
                at = ahead(after, 1);
                continue;
            }
            let next = skip_space(bytes, after);
            match bytes.get(next) {
                Some(b',') => at = next + 1,
                Some(b'}') if escaped => return Err(Stop::Unsure),
                Some(b'}') => {
                    self.is_event = is_event;
                    return Ok(next + 1);
                }
                Some(_) => return Err(Stop::Unsure),
                None => return Err(Stop::Incomplete),
            }
        }
    }
}

/// The closing quote of the text at `at`, if one without escapes stands there and [`plain_string_end`] tells.
#[inline(always)]
fn plain_text<B: Blocks>(blocks: B, bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) == Some(&b'"') { plain_string_end(blocks, bytes, ahead(at, 1)) } else { None }
}

/// Whether a sub-document is JSON. Apart from the fast path, which asks it of nearly none.
#[inline(never)]
fn is_json(raw: &str) -> bool {
    content::is_json_value(Portable, raw)
}

impl Default for OwnedRecord<'_> {
    fn default() -> Self {
        Self { texts: [const { Cow::Borrowed("") }; FIELDS], is_event: false, has_broken_text: false }
    }
}

impl<'a> OwnedRecord<'a> {
    /// Reads `text`, which is one object: the careful path. Where a value is broken inside, which the fast path does not
    /// look at, the record counts all the same, and who reads that value finds nothing in it; the decoder tells it.
    ///
    /// # Errors
    /// When the object itself is not JSON.
    pub fn read(text: &'a str) -> Result<Self, Stop> {
        Self::careful(text).or_else(|_| Self::lenient(text))
    }

    /// As the fast path reads, with texts unescaped.
    #[cold]
    fn lenient(text: &'a str) -> Result<Self, Stop> {
        let mut record = Self::default();
        let bytes = text.as_bytes();
        let mut at = skip_space(bytes, 1);
        loop {
            let (key @ (Raw::Plain(_) | Raw::Escaped(_)), colon) = value_at(text, at)? else {
                return Err(Stop::Unsure);
            };
            let colon = skip_space(bytes, colon);
            if bytes.get(colon) != Some(&b':') {
                return Err(Stop::Unsure);
            }
            let (value, after) = value_at(text, skip_space(bytes, colon + 1))?;
            record.take(&careful::text_of(key), value);
            let next = skip_space(bytes, after);
            match bytes.get(next) {
                Some(b',') => at = skip_space(bytes, next + 1),
                Some(b'}') if next + 1 == bytes.len() => return Ok(record),
                _ => return Err(Stop::Unsure),
            }
        }
    }

    fn take(&mut self, key: &str, value: Raw<'a>) {
        let Some(field) = Field::of(key) else { return };
        self.has_broken_text |= !field.is_raw() && matches!(value, Raw::Escaped(quoted) if !careful::is_text(quoted));
        self.texts[field as usize] = match field.is_raw() {
            true => Cow::Borrowed(value.json()),
            false => careful::text_of(value),
        };
        self.is_event |= field.makes_event();
    }

    /// Reads `text` as serde_json does.
    fn careful(text: &'a str) -> Result<Self, serde_json::Error> {
        let mut record = Self::default();
        careful::each_field(text, |key, value| record.take(&key, value))?;
        Ok(record)
    }

    /// The record, borrowed.
    pub fn as_record(&self) -> Record<'_> {
        let (is_event, has_broken_text) = (self.is_event, self.has_broken_text);
        let mut record = Record { is_event, has_broken_text, ..Record::EMPTY };
        for (borrowed, owned) in record.texts.iter_mut().zip(&self.texts) {
            *borrowed = owned;
        }
        for field in Field::DOCUMENTS {
            record.note_document(field, is_json(record.text(field)));
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; FIELDS] = [
        "eventID",
        "eventTime",
        "eventName",
        "eventVersion",
        "eventSource",
        "eventType",
        "eventCategory",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
        "recipientAccountId",
        "sharedEventID",
        "vpcEndpointId",
        "vpcEndpointAccountId",
        "readOnly",
        "sessionCredentialFromConsole",
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "serviceEventDetails",
        "resources",
        "addendum",
        "userIdentity",
    ];

    #[test]
    fn every_name_finds_its_field_and_its_neighbours_do_not() {
        for (number, name) in NAMES.iter().enumerate() {
            assert_eq!(Field::of(name).map(|f| f as usize), Some(number), "{name}");
            assert_eq!(Field::of(&name.to_uppercase()), None, "{name}");
            assert_eq!(Field::of(&name[1..]), None, "{name}");
            assert_eq!(Field::of(&format!("{}x{}", &name[..3], &name[4..])), None, "{name}");
        }
        assert_eq!(Field::of(""), None);
        assert_eq!(Field::of("requestID"), None);
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let text = prop_oneof!["[ -~]{0,20}", "[a-zé☃\u{1f600}\\\\\"\n\t{}\\[\\],:]{0,40}", "[x ]{60,200}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9f64).prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec(("[a-z{\"]{0,8}", inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// Records with known and unknown keys, some twice, some with escapes, compact or pretty.
    fn records() -> impl Strategy<Value = String> {
        let key = prop_oneof![
            8 => proptest::sample::select(NAMES.to_vec()).prop_map(str::to_owned),
            2 => "[a-zA-Z]{1,12}",
            1 => Just("event\\u0049D".to_owned()),
        ];
        (proptest::collection::vec((key, json()), 0..14), any::<bool>()).prop_map(|(fields, pretty)| {
            let (open, colon, comma) = if pretty { ("{\r\n\t", " : ", " ,\n  ") } else { ("{", ":", ",") };
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| {
                    let value = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
                    format!("\"{key}\"{colon}{}", value.expect("a value prints"))
                })
                .collect();
            format!("{open}{}}}", fields.join(comma))
        })
    }

    /// The fast path with a shape that has seen all records before, as in a real scan.
    fn fast(text: &str) -> Result<(Record<'_>, usize), Stop> {
        thread_local!(static READING: std::cell::RefCell<Reading> = std::cell::RefCell::default());
        let (mut record, mut plain) = (Record::EMPTY, Record::EMPTY);
        READING.with_borrow_mut(|reading| {
            let end = record.fast(reading, text, 0);
            assert_eq!(end, plain.fast_by(Portable, &mut reading.shape, text, 0), "vectors of any width read the same");
            assert!(end.is_err() || record == plain, "vectors of any width read the same");
            end.map(|end| (record, end))
        })
    }

    /// What is wrong inside a sub-document is the same on both paths, whether a text beside it has escapes or none.
    #[test]
    fn a_broken_sub_document_costs_itself() {
        for broken in [r#"{"a":}"#, r#"{"a" 1}"#, "[1 2]", "{'a':1}", r#"{"a":tru}"#, "{\"a\":\"\n\"}"] {
            for agent in ["aws-cli", "aws\\\"cli"] {
                let text = format!(
                    r#"{{"eventID":"1","userAgent":"{agent}","requestParameters":{broken},"eventName":"X","x":{broken}}}"#
                );
                let read = OwnedRecord::read(&text).unwrap_or_else(|_| panic!("{text}"));
                let read = read.as_record();
                assert!(read.is_event && read.text(Field::EventName) == "X", "{text}");
                assert_eq!(read.text(Field::RequestParameters), broken);
                if let Ok((fast, end)) = fast(&text) {
                    assert_eq!((fast, end), (read, text.len()));
                }
            }
        }
        for no_object in
            ["{\"eventID\":\"1\",{}}", "{\"eventID\" \"1\"}", "{\"eventID\":[1,\"x\":2}}", "{eventName: 1}", "{]"]
        {
            assert!(OwnedRecord::read(no_object).is_err(), "{no_object}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn the_fast_path_is_the_careful_path(text in records()) {
            let careful = OwnedRecord::careful(&text).expect("the record is JSON");
            match fast(&text) {
                Ok((fast, end)) => {
                    prop_assert_eq!(end, text.len());
                    prop_assert_eq!(fast, careful.as_record());
                }
                Err(stop) => prop_assert_eq!(stop, Stop::Unsure),
            }
        }

        #[test]
        fn on_mutated_records_the_fast_path_agrees_wherever_serde_json_accepts(
            text in records(), at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<bool>(),
        ) {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] = with }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let (Ok((fast, end)), Ok(careful)) = (fast(&text), OwnedRecord::careful(&text)) {
                prop_assert_eq!(text[end..].trim_ascii(), "");
                prop_assert_eq!(fast, careful.as_record());
            }
        }
    }
}
