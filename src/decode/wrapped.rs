//! Objects that are no event but hold some: lookup-events, EventBridge, CloudWatch Logs, Splunk.

use super::unfinished::is_token;
use super::walk::RECORD_ARRAYS;
use crate::json::careful;
use crate::json::fields::Raw;

/// What an object that is no event turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrapped {
    /// JSON documents that it carries.
    Documents(Vec<String>),
    /// The same, of a page of which it says whether another one follows.
    Page(Vec<String>, bool),
    /// A CloudTrail digest file.
    Digest,
    /// A message without log events, such as CloudWatch Logs' check of a destination.
    Empty,
    /// Nothing that is known.
    Nothing,
}

/// How the one message of CloudWatch Logs' check of a destination begins.
const CONTROL: &str = "CWL CONTROL MESSAGE";

/// Looks into the object `text`.
///
/// | form | where the events are |
/// |---|---|
/// | `aws cloudtrail lookup-events` | `CloudTrailEvent`, JSON as text |
/// | EventBridge | `detail` |
/// | CloudWatch Logs: filter-log-events, subscription | `events[].message`, `logEvents[].message`, JSON as text |
/// | Splunk export | `result._raw`, JSON as text |
/// | any of them inside an envelope | `Records`, `Events`, … |
/// | Elasticsearch bulk files | none in `{"index":{…}}`, which says what becomes of the next line |
pub(super) fn unwrap(text: &str) -> Wrapped {
    let mut documents = Vec::new();
    let (mut digest, mut control) = (0, false);
    let (mut is_page, mut is_unfinished) = (false, false);
    let read = careful::each_field(text, |key, value| match (&*key, value) {
        ("message", Raw::Plain(text)) if text.starts_with(CONTROL) => control = true,
        ("CloudTrailEvent" | "message" | "_raw", Raw::Plain(_) | Raw::Escaped(_)) => {
            let text = careful::text_of(value);
            if is_json_text(&text) {
                documents.push(text.into_owned());
            }
        }
        ("detail" | "result" | "CloudTrailEvent" | "message", Raw::Container(json)) => documents.push(json.to_owned()),
        (name, Raw::Container(json)) if RECORD_ARRAYS.contains(&name) => {
            is_page = true;
            documents.push(json.to_owned());
        }
        (name, token) if is_token(name, token).is_some() => is_unfinished |= is_token(name, token) == Some(true),
        ("messageType", Raw::Plain("CONTROL_MESSAGE")) => control = true,
        ("awsAccountId" | "digestStartTime" | "digestS3Bucket", _) => digest += 1,
        _ => {}
    });
    match read {
        Ok(()) if control => Wrapped::Empty,
        Ok(()) if is_page => Wrapped::Page(documents, is_unfinished),
        Ok(()) if !documents.is_empty() => Wrapped::Documents(documents),
        Ok(()) if digest == 3 => Wrapped::Digest,
        Ok(()) if is_bulk_action(text) => Wrapped::Empty,
        _ => Wrapped::Nothing,
    }
}

/// Whether an object is a line of a bulk file that stands before a document.
///
/// Source: Elasticsearch reference, "Bulk API": the actions `index` and `create` expect a document on the next line.
fn is_bulk_action(text: &str) -> bool {
    let (mut is_action, mut fields) = (false, 0);
    let read = careful::each_field(text, |key, value| {
        fields += 1;
        is_action = matches!((&*key, value), ("index" | "create", Raw::Container(target)) if target.starts_with('{'));
    });
    read.is_ok() && is_action && fields == 1
}

/// Whether a text is, by its first character, JSON that can hold records.
pub(super) fn is_json_text(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrapping_and_its_neighbour() {
        let one = |json: &str| Wrapped::Documents(vec![json.to_owned()]);
        assert_eq!(unwrap(r#"{"EventId":"x","CloudTrailEvent":"{\"eventID\":\"1\"}"}"#), one(r#"{"eventID":"1"}"#));
        assert_eq!(unwrap(r#"{"source":"aws.s3","detail":{"eventID":"1"}}"#), one(r#"{"eventID":"1"}"#));
        assert_eq!(unwrap(r#"{"timestamp":1,"message":"{}"}"#), one("{}"));
        assert_eq!(unwrap(r#"{"preview":false,"result":{"_raw":"{}"}}"#), one(r#"{"_raw":"{}"}"#));
        let page = |is_unfinished| Wrapped::Page(vec!["[]".to_owned()], is_unfinished);
        assert_eq!(unwrap(r#"{"x":{},"Records":[]}"#), page(false));
        assert_eq!(unwrap(r#"{"x":{},"Events":[],"NextToken":"x"}"#), page(true));
        assert_eq!(unwrap(r#"{"x":{},"events":[],"nextToken":null,"nextForwardToken":"x"}"#), page(false));
        assert_eq!(unwrap(r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"x"}]}"#), Wrapped::Empty);
        assert_eq!(unwrap(r#"{"id":"","message":"CWL CONTROL MESSAGE: Checking health."}"#), Wrapped::Empty);
        assert_eq!(unwrap(r#"{"awsAccountId":"1","digestStartTime":"","digestS3Bucket":""}"#), Wrapped::Digest);
        assert_eq!(unwrap(r#"{"awsAccountId":"1","digestStartTime":""}"#), Wrapped::Nothing);
        assert_eq!(unwrap(r#"{"detail":"text","message":3}"#), Wrapped::Nothing);
        assert_eq!(unwrap(r#"{"detail":{}"#), Wrapped::Nothing);
        assert_eq!(unwrap(r#"{"index":{"_index":"logs","_id":"1"}}"#), Wrapped::Empty);
        assert_eq!(unwrap(r#"{"create":{}}"#), Wrapped::Empty);
        for other in [r#"{"delete":{}}"#, r#"{"index":{},"x":1}"#, r#"{"index":[]}"#, r#"{"index":1}"#] {
            assert_eq!(unwrap(other), Wrapped::Nothing, "{other}");
        }
    }
}
