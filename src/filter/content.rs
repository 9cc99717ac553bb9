//! What the sub-documents of a record say, as a number: the same whatever the order of keys, the white space between them
//! and the escapes that JSON leaves open.
//!
//! The first of two records with one id is gone when the second comes, so that every event pays that may need it: those
//! that write, and those that issue credentials or sign in. Of what only reads, and of data events, no report reads a
//! sub-document; two of them with one id that differ in nothing else count as one.
//!
//! Known misses: fields that change places between two objects of one depth, and objects that change places in an array.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use memchr::memchr2;

use crate::model::Event;

/// A hash of what is raw of an event, where a report may read it.
#[inline]
pub(super) fn of_sub_documents(event: &Event<'_>, hasher: &RandomState) -> u64 {
    let only_reads = event.read_only == Some(true) || event.event_category == "Data";
    if only_reads && !matches!(event.event_source, "sts.amazonaws.com" | "signin.amazonaws.com") {
        return 0;
    }
    let documents = [
        event.request_parameters,
        event.response_elements,
        event.additional_event_data,
        event.service_event_details,
        event.resources,
    ];
    documents.iter().fold(0, |all, document| all.rotate_left(9) ^ of_document(document, hasher))
}

/// A hash of a document; 0 of one that is absent.
fn of_document(json: &str, hasher: &RandomState) -> u64 {
    if json.is_empty() { 0 } else { sum(json.as_bytes(), hasher).unwrap_or_else(|| of_escaped(json, hasher)) }
}

/// The sum of hashes of every value with its key and depth. `None` where a text is written with escapes that another
/// writer leaves out, or does not end.
fn sum(json: &[u8], hasher: &RandomState) -> Option<u64> {
    let (mut total, mut depth, mut key, mut value) = (0_u64, 0_u64, 0_u64, None);
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        at += 1;
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b':' => key = value.take().unwrap_or(0),
            b',' | b'}' | b']' => {
                total = total.wrapping_add(value.take().map_or(0, |value| mixed(depth, key, value)));
                match byte {
                    // A key follows in an object; in an array, the next place.
                    b',' => key = key.wrapping_add(1),
                    _ => depth = depth.wrapping_sub(1),
                }
            }
            b'{' | b'[' => {
                depth = depth.wrapping_add(1);
                total = total.wrapping_add(mixed(depth, key, u64::from(byte)));
            }
            b'"' => {
                let end = string_end(json, at)?;
                value = Some(hasher.hash_one(&json[at..end]));
                at = end + 1;
            }
            _ => {
                let is_end =
                    |byte: &u8| matches!(byte, b',' | b'}' | b']' | b':' | b'"' | b' ' | b'\n' | b'\r' | b'\t');
                let length = json[at..].iter().position(is_end).unwrap_or(json.len() - at);
                // One more than in a text of the same letters.
                value = Some(hasher.hash_one(&json[at - 1..at + length]).wrapping_add(1));
                at += length;
            }
        }
    }
    Some(total.wrapping_add(value.map_or(0, |value| mixed(depth, key, value))))
}

/// Where the quote stands that ends the text which begins at `at`.
#[inline]
fn string_end(json: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', json.get(at..)?)?;
        match (json[at], json.get(at + 1)) {
            (b'"', _) => return Some(at),
            (_, None | Some(b'u' | b'/')) => return None,
            _ => at += 2,
        }
    }
}

#[inline]
fn mixed(depth: u64, key: u64, value: u64) -> u64 {
    let product = u128::from(value ^ key.rotate_left(23)) * u128::from(0x9E37_79B9_7F4A_7C15 ^ depth.rotate_left(56));
    (product >> 64) as u64 ^ product as u64
}

/// The same of the document as serde_json writes it; of what is no JSON, of its bytes.
#[cold]
fn of_escaped(json: &str, hasher: &RandomState) -> u64 {
    let plain = serde_json::from_str::<serde_json::Value>(json).map(|value| value.to_string());
    plain.ok().and_then(|plain| sum(plain.as_bytes(), hasher)).unwrap_or_else(|| hasher.hash_one(json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{UserIdentity, testing};

    fn same(one: &str, other: &str) -> bool {
        let hasher = RandomState::default();
        of_document(one, &hasher) == of_document(other, &hasher)
    }

    #[test]
    fn order_of_keys_white_space_and_open_escapes_say_nothing() {
        let text = r#"{"userName":"alice","tags":[{"key":"a","value":"1"}],"n":3,"b":true,"x":null,"s":"a/b\n\"é"}"#;
        for other in [
            r#"{"s":"a/b\n\"é","x":null,"b":true,"n":3,"tags":[{"value":"1","key":"a"}],"userName":"alice"}"#,
            "{ \"userName\" : \"alice\",\r\n\t\"tags\": [ { \"key\":\"a\", \"value\":\"1\" } ], \"n\": 3, \"b\":true ,\"x\":null, \"s\":\"a/b\\n\\\"é\" }",
            r#"{"userName":"al\u0069ce","tags":[{"key":"a","value":"1"}],"n":3,"b":true,"x":null,"s":"a\/b\n\"\u00e9"}"#,
        ] {
            assert!(same(text, other), "{other}");
        }
        assert!(same("\"x\"", " \"x\" ") && same("[1,2]", "[ 1, 2 ]") && same("", ""));
    }

    #[test]
    fn everything_else_says_something() {
        let text = r#"{"userName":"alice","policyArn":"ReadOnlyAccess","n":12,"list":["a","b"],"in":{"x":"1"}}"#;
        for other in [
            r#"{"userName":"bob","policyArn":"ReadOnlyAccess","n":12,"list":["a","b"],"in":{"x":"1"}}"#,
            r#"{"userName":"ReadOnlyAccess","policyArn":"alice","n":12,"list":["a","b"],"in":{"x":"1"}}"#,
            r#"{"userName":"ecila","policyArn":"ReadOnlyAccess","n":12,"list":["a","b"],"in":{"x":"1"}}"#,
            r#"{"userName":"alice","policyArn":"ReadOnlyAccess","n":21,"list":["a","b"],"in":{"x":"1"}}"#,
            r#"{"userName":"alice","policyArn":"ReadOnlyAccess","n":"12","list":["a","b"],"in":{"x":"1"}}"#,
            r#"{"userName":"alice","policyArn":"ReadOnlyAccess","n":12,"list":["b","a"],"in":{"x":"1"}}"#,
            r#"{"userName":"alice","policyArn":"ReadOnlyAccess","n":12,"list":["a,b"],"in":{"x":"1"}}"#,
            r#"{"userName":"alice","policyArn":"ReadOnlyAccess","n":12,"list":["a","b"],"in":{},"x":"1"}"#,
            r#"{"userName":"alice ","policyArn":"ReadOnlyAccess","n":12,"list":["a","b"],"in":{"x":"1"}}"#,
            r#"{"userName":"alice","policyArn":"ReadOnlyAccess","n":12,"list":["a","b"]}"#,
            "",
        ] {
            assert!(!same(text, other), "{other}");
        }
        assert!(!same("{}", "[]") && !same("{}", "") && !same("{\"a\":\"\\u00", "{\"a\":\"\\u01"));
    }

    #[test]
    fn each_sub_document_counts_where_a_report_may_read_it() {
        let (identity, hasher) = (UserIdentity::default(), RandomState::default());
        let base = Event { read_only: Some(false), ..testing::event(&identity) };
        let of = |event: &Event<'_>| of_sub_documents(event, &hasher);
        let text = "{\"a\":1}";
        let written = [
            base,
            Event { request_parameters: text, ..base },
            Event { response_elements: text, ..base },
            Event { additional_event_data: text, ..base },
            Event { service_event_details: text, ..base },
            Event { resources: text, ..base },
        ];
        let distinct: std::collections::BTreeSet<u64> = written.iter().map(of).collect();
        assert_eq!(distinct.len(), written.len());
        let read = Event { read_only: Some(true), request_parameters: text, ..base };
        let data = Event { event_category: "Data", request_parameters: text, ..base };
        assert_eq!((of(&read), of(&data)), (0, 0));
        assert_ne!(of(&Event { event_source: "sts.amazonaws.com", ..read }), 0);
        assert_ne!(of(&Event { event_source: "signin.amazonaws.com", ..read }), 0);
        assert_ne!(of(&Event { read_only: None, ..read }), 0);
    }
}
