//! Reading single members out of a raw sub-document (requestParameters, responseElements, additionalEventData).
//!
//! A sub-document is unchecked JSON of any shape: a member may have any type, stand twice (the last one counts) or hold
//! lone surrogates. Nothing here fails: what cannot be read is absent, and a member that nobody asks for is skipped
//! unread, so secrets in it never become a value of this program.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The raw texts of the members `names` of the JSON object `json`, in the order of `names`; `""` where a member is
/// absent, null, or `json` is no object. What follows a place that is no JSON is absent too.
pub(crate) fn members<'a, const N: usize>(json: &'a str, names: [&str; N]) -> [&'a str; N] {
    let mut found = [""; N];
    if json.trim_start().starts_with('{') {
        let mut reader = serde_json::Deserializer::from_str(json);
        // An error ends the walk; what was found before it stands.
        let _ = reader.deserialize_any(Members { names: &names, found: &mut found });
    }
    found.map(|raw| if raw == "null" { "" } else { raw })
}

/// The text of a raw member: a string unescaped, a number or a flag as written; `""` for anything else.
pub(crate) fn text(raw: &str) -> Cow<'_, str> {
    match raw.as_bytes() {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => Cow::Borrowed(&raw[1..raw.len() - 1]),
        [b'"', ..] => serde_json::from_str::<String>(raw).map_or(Cow::Borrowed(""), Cow::Owned),
        [b'{' | b'[', ..] => Cow::Borrowed(""),
        _ => Cow::Borrowed(raw),
    }
}

struct Members<'n, 'a, const N: usize> {
    names: &'n [&'n str; N],
    found: &'n mut [&'a str; N],
}

impl<'de: 'a, 'a, const N: usize> Visitor<'de> for Members<'_, 'a, N> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            match self.names.iter().position(|wanted| *wanted == name) {
                Some(place) => self.found[place] = map.next_value::<&'de RawValue>()?.get(),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_any_shape() {
        let json = r#"{ "a": 1, "skip": "\ud800", "b" : {"c":[1]}, "n":null, "a": "two" }"#;
        assert_eq!(members(json, ["a", "b", "n", "z"]), ["\"two\"", r#"{"c":[1]}"#, "", ""]);
        for odd in ["", "null", "[1]", "\"a\"", "{", "{\"z\":}", "17"] {
            assert_eq!(members(odd, ["a"]), [""], "{odd}");
        }
        assert_eq!(members(r#"{"a":7,"b":!}"#, ["a", "b"]), ["7", ""]);
    }

    #[test]
    fn texts_of_any_type() {
        let read: Vec<_> =
            [r#""x\u0041""#, r#""plain""#, "900", "true", "{}", "[]", r#""\ud800""#, ""].map(text).into();
        assert_eq!(read, ["xA", "plain", "900", "true", "", "", "", ""]);
    }
}
