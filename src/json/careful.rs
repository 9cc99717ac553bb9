//! The fields of a JSON object through serde_json: the careful path, which decides what the fast one leaves open.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::Raw;

/// Calls `each` for every field of the JSON object `text`, in order.
///
/// # Errors
/// Why serde_json will not have it: `text` is not exactly one JSON object.
pub(crate) fn each_field<'a>(text: &'a str, each: impl FnMut(Cow<'a, str>, Raw<'a>)) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_map(Fields(each))?;
    deserializer.end()
}

/// The text that a value stands for in a text field: strings unescaped (a lone surrogate becomes U+FFFD), numbers and
/// booleans as written, nothing for null and containers.
pub(crate) fn text_of(value: Raw<'_>) -> Cow<'_, str> {
    match value {
        Raw::Plain(text) | Raw::Scalar(text) => Cow::Borrowed(text),
        Raw::Escaped(quoted) => Cow::Owned(unescape(quoted)),
        Raw::Container(_) | Raw::Null => Cow::Borrowed(""),
    }
}

/// The text of a quoted JSON string. serde_json gives lone surrogates as bytes, which become U+FFFD here.
pub(crate) fn unescape(quoted: &str) -> String {
    struct Bytes;
    impl Visitor<'_> for Bytes {
        type Value = String;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }
        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
            Ok(String::from_utf8_lossy(bytes).into_owned())
        }
    }
    serde_json::Deserializer::from_str(quoted).deserialize_bytes(Bytes).unwrap_or_default()
}

/// Whether a quoted text is one to serde_json.
pub(crate) fn is_text(quoted: &str) -> bool {
    serde_json::from_str::<&RawValue>(quoted).is_ok()
}

/// The raw form of a value that serde_json has found whole.
fn raw_of(value: &RawValue) -> Raw<'_> {
    let text = value.get();
    match text.as_bytes() {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => Raw::Plain(&text[1..text.len() - 1]),
        [b'"', ..] => Raw::Escaped(text),
        [b'{' | b'[', ..] => Raw::Container(text),
        b"null" => Raw::Null,
        _ => Raw::Scalar(text),
    }
}

struct Fields<F>(F);

impl<'de, F: FnMut(Cow<'de, str>, Raw<'de>)> Visitor<'de> for Fields<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&'de RawValue>()? {
            let value = map.next_value::<&'de RawValue>()?;
            (self.0)(text_of(raw_of(key)), raw_of(value));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_as_written() {
        let mut seen = Vec::new();
        let text = r#"{"a":"x","b\u0041":"y\n","c":[1, 2],"d":null,"e":1e400,"a":"z"}"#;
        each_field(text, |key, value| seen.push((key.into_owned(), value.json().to_owned()))).expect("an object");
        let seen: Vec<(&str, &str)> = seen.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let all = [("a", "x"), ("bA", "\"y\\n\""), ("c", "[1, 2]"), ("d", ""), ("e", "1e400"), ("a", "z")];
        assert_eq!(seen, all);
    }

    #[test]
    fn lone_surrogates_are_replaced() {
        assert_eq!(unescape(r#""a\ud800b""#), "a\u{fffd}\u{fffd}\u{fffd}b");
        assert_eq!(unescape(r#""\ud83d\ude00""#), "\u{1f600}");
    }

    #[test]
    fn half_objects_are_refused() {
        for bad in ["", "[]", "{", r#"{"a":}"#, r#"{"a":1} x"#, r#"{a:1}"#, "{\"a\":\"\n\"}"] {
            assert!(each_field(bad, |_, _| ()).is_err(), "{bad}");
        }
    }
}
