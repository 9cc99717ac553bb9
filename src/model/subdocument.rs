//! Reading single members out of a raw sub-document (requestParameters, responseElements, additionalEventData).
//!
//! A sub-document is unchecked JSON of any shape: a member may have any type, stand twice (the last one counts) or hold
//! lone surrogates. Nothing here fails: what cannot be read is absent, and a member that nobody asks for is skipped
//! unread, so secrets in it never become a value of this program.

use crate::json::each_field;
use crate::json::fields::Raw;

/// The members `names` of the JSON object `json`, in the order of `names`; [`Raw::Null`] where a member is absent, null,
/// or `json` is no object. What follows a place that is not JSON is absent too.
pub(crate) fn members<'a, const N: usize>(json: &'a str, names: [&str; N]) -> [Raw<'a>; N] {
    let mut found = [Raw::Null; N];
    each_field(json.trim_ascii(), |name, value| {
        if let Some(place) = names.iter().position(|wanted| *wanted == name) {
            found[place] = value.raw();
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::careful::text_of;

    #[test]
    fn members_of_any_shape() {
        let json = r#" { "a": 1, "skip": "\ud800", "b" : {"c":[1]}, "n":null, "a": "two", "\u0065": "\"" }"#;
        let found = [Raw::Plain("two"), Raw::Container(r#"{"c":[1]}"#), Raw::Null, Raw::Escaped(r#""\"""#), Raw::Null];
        assert_eq!(members(json, ["a", "b", "n", "e", "z"]), found);
        for odd in ["", "null", "[1]", "\"a\"", "{", "{\"z\":}", "17"] {
            assert_eq!(members(odd, ["a"]), [Raw::Null], "{odd}");
        }
        assert_eq!(members(r#"{"a":7,"b":!}"#, ["a", "b"]), [Raw::Scalar("7"), Raw::Null]);
    }

    #[test]
    fn texts_of_any_type() {
        let json = r#"{"a":"x\u0041","b":"plain","c":900,"d":true,"e":{},"f":[],"g":null}"#;
        let read = members(json, ["a", "b", "c", "d", "e", "f", "g"]).map(text_of);
        assert_eq!(read, ["xA", "plain", "900", "true", "", "", ""]);
    }
}
