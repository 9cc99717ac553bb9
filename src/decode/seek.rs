//! Where records begin in a text that makes no sense as a document, and whether a text consists of them.
//!
//! Records are told by how they begin, which cannot stand inside a JSON string. Known misses: a record whose first key is
//! none of those that CloudTrail or a sorting tool writes first, and one that stands as text in another value.

use super::record::Field;
use crate::json::fields::{key_at, skip_space, value_at};

/// How records begin: as CloudTrail writes them, and where a tool has sorted their keys.
const FIRST_KEYS: [&str; 6] = ["eventVersion", "additionalEventData", "addendum", "apiVersion", "awsRegion", "eventID"];

/// How much of a text is looked at to tell whether it consists of records.
const ENOUGH: usize = 64 << 10;

/// What was found ahead in a text, so that a text full of damage is not searched to its end for each fault.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ahead {
    /// From where on was searched, and what is there.
    found: Option<(usize, Option<usize>)>,
}

impl Ahead {
    /// What `find` finds in a text after an index; it gives the same for all before that.
    pub fn find(&mut self, find: fn(&str, usize) -> Option<usize>, (text, at): (&str, usize)) -> Option<usize> {
        match self.found {
            Some((from, found)) if from <= at && found.is_none_or(|found| found > at) => found,
            _ => {
                let found = find(text, at);
                self.found = Some((at, found));
                found
            }
        }
    }

    /// The same, for a `find` that may give more for what stands at the index itself.
    pub fn unless_none(&mut self, find: fn(&str, usize) -> Option<usize>, (text, at): (&str, usize)) -> Option<usize> {
        if let Some((from, None)) = self.found
            && from <= at
        {
            return None;
        }
        let found = find(text, at);
        self.found = Some((at, found));
        found
    }
}

/// The next object after `at` that begins as records do, or with the field of a record that the object at `at` begins with.
pub(super) fn next_record(text: &str, at: usize) -> Option<usize> {
    // Bytes, since what stands at `at` may be a character of several.
    let rest = &text.as_bytes()[at + 1..];
    let first_key = text.as_bytes()[at..].starts_with(b"{").then(|| key_at(text, skip_space(text.as_bytes(), at + 1)));
    let own = first_key.and_then(Result::ok).map(|(key, _)| key).filter(|key| Field::of(key).is_some());
    let mut nearest = rest.len();
    for key in FIRST_KEYS.into_iter().chain(own) {
        // What opens further on than the nearest so far is not looked for.
        let until = rest.len().min(nearest + key.len() + 64);
        nearest = object_with(&rest[..until], key).unwrap_or(nearest).min(nearest);
    }
    (nearest < rest.len()).then(|| at + 1 + nearest)
}

/// Where the first object of `bytes` opens whose first key is `key`.
fn object_with(bytes: &[u8], key: &str) -> Option<usize> {
    memchr::memmem::find_iter(bytes, format!("\"{key}\"").as_bytes()).find_map(|found| {
        let before = bytes[..found].trim_ascii_end();
        before.ends_with(b"{").then(|| before.len() - 1)
    })
}

/// Where the array opens, or the envelope around it, of which the record at `record` is the first, if it does so after
/// `at`; else the record itself. Envelopes name their array as `keys` do.
pub(super) fn opening(text: &str, (at, record): (usize, usize), keys: &[&str]) -> usize {
    let before = |end: usize| text.as_bytes()[at + 1..end].trim_ascii_end();
    let ends_with =
        |end: usize, what: &[u8]| before(end).ends_with(what).then(|| at + 1 + before(end).len() - what.len());
    let Some(array) = ends_with(record, b"[") else { return record };
    let Some(colon) = ends_with(array, b":") else { return array };
    let key = keys.iter().find_map(|name| ends_with(colon, format!("\"{name}\"").as_bytes()));
    key.and_then(|key| ends_with(key, b"{")).unwrap_or(record)
}

/// Whether a text is a page. A priority of syslog, `<14>`, is no tag.
pub(super) fn is_markup(text: &str) -> bool {
    text.starts_with('<') && !text[1..].starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a text that is not JSON consists of records, cut at its beginning or with something around each: half of it or
/// more. A program or a page that shows one among its own words does not.
pub(super) fn consists_of_records(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c == '\0' || c.is_whitespace());
    if text.is_empty() || is_markup(text) || text.contains("```") {
        return false;
    }
    let Some(first) = next_record(text, 0) else { return false };
    let (mut of_records, mut others) = (0, first.min(ENOUGH));
    let mut next = Some(first);
    while let Some(record) = next.filter(|record| record - first < ENOUGH) {
        let Ok((_, end)) = value_at(text, record) else { break };
        next = next_record(text, end - 1);
        of_records += end - record;
        others += (next.unwrap_or(text.len()) - end).min(ENOUGH);
    }
    of_records > others
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"eventVersion":"1.08","eventTime":"2026-09-01T00:00:00Z","eventName":"x"}"#;

    #[test]
    fn a_text_of_records_is_told_from_one_that_shows_some() {
        let three = format!("{RECORD},{RECORD},{RECORD}");
        let program = "const SOMETHING = require('something')\n".repeat(8);
        for text in [
            format!("\"Records\":[{three}]}}"),
            format!("ion\":\"1.08\",\"eventName\":\"x\"}},{three}]}}"),
            format!("\0\0\0{{\"Records\":[{three}]}}"),
            format!("logs: {{\"Records\":[{three}]}}"),
            format!("var x = {{\"Records\":[{three}]}};"),
            format!("callback({{\"Records\":[{three}]}})"),
            format!("<14>Sep 10 12:00:00 h app: {RECORD}\n<14>Sep 10 12:00:00 h app: {RECORD}\n"),
            format!("pod1 {RECORD}\npod1 {RECORD}\n"),
            format!("a.json:{RECORD}\na.json:{RECORD}\n"),
            format!("é{RECORD}é"),
        ] {
            assert!(consists_of_records(&text), "{text}");
        }
        for text in [
            String::new(),
            "MIT License".to_owned(),
            format!("{program}const RECORD = {RECORD};\n{program}"),
            format!("RECORD = {RECORD}\n{program}"),
            format!("<p>{three}</p>"),
            format!("# Records\n\n```json\n  {three}\n```\n"),
            format!("const RECORD = {:?};", RECORD),
            "x = {\"eventVersion\": ".to_owned(),
        ] {
            assert!(!consists_of_records(&text), "{text}");
        }
    }

    #[test]
    fn an_array_or_envelope_opens_before_its_first_record() {
        let opens = |before: &str| opening(&format!("?{before}{RECORD}"), (0, 1 + before.len()), &["Records"]) - 1;
        assert_eq!(opens(" x "), 3);
        assert_eq!(opens(" x [ "), 3);
        assert_eq!(opens(" x {\"Records\": ["), 3);
        assert_eq!(opens(" x {\"other\": ["), 14, "no envelope: the record");
        assert_eq!(opens(" \"Records\":["), 12, "of which the beginning is missing");
    }

    #[test]
    fn what_was_found_ahead_is_not_searched_again() {
        fn must_not(_: &str, _: usize) -> Option<usize> {
            panic!("searched again")
        }
        let text = format!("abc{RECORD}");
        let mut ahead = Ahead::default();
        assert_eq!(ahead.find(next_record, (&text, 0)), Some(3));
        assert_eq!(ahead.find(must_not, (&text, 2)), Some(3));
        assert_eq!(ahead.find(next_record, (&text, 3)), None);
        assert_eq!(ahead.find(must_not, (&text, 9)), None);
        assert_eq!(ahead.unless_none(must_not, (&text, 9)), None);
    }
}
