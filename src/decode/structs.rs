//! Structs, maps and arrays as Athena and CloudTrail Lake print them in a cell: `{type=IAMUser, arn=null, tags=[{key=x}]}`.
//!
//! That form quotes nothing. A comma and a name with `=` behind it in a value are taken for the next member, and a closing
//! bracket for the end.

use serde_json::{Map, Value};

use crate::json::fields::{Stop, value_at};

/// How deep structs are read.
const DEEPEST: u32 = 16;

/// What a cell holds: JSON, or a struct. `None` for anything else.
pub(super) fn parse(cell: &str) -> Option<Value> {
    let cell = cell.trim();
    if !cell.starts_with(['{', '[']) {
        return None;
    }
    if let Ok(json) = serde_json::from_str(cell) {
        return Some(json);
    }
    let (value, rest) = Structs { may_hold_json: true }.value(cell, DEEPEST)?;
    rest.is_empty().then_some(value)
}

/// Reads structs.
struct Structs {
    /// Whether JSON is looked for in them. Once one has no end, no other is: each would be looked for to the end of the cell.
    may_hold_json: bool,
}

impl Structs {
    /// The value that `text` begins with, and what follows it.
    fn value<'a>(&mut self, text: &'a str, depth: u32) -> Option<(Value, &'a str)> {
        let depth = depth.checked_sub(1)?;
        match text.as_bytes().first() {
            Some(b'{') => self.json(text).or_else(|| self.members(&text[1..], depth)),
            Some(b'[') => self.json(text).or_else(|| self.elements(&text[1..], depth)),
            _ => {
                let (scalar, rest) = text.split_at(end_of_scalar(text)?);
                let value = if scalar == "null" { Value::Null } else { Value::from(scalar) };
                Some((value, rest))
            }
        }
    }

    /// JSON that stands within a struct, as maps of texts hold it.
    fn json<'a>(&mut self, text: &'a str) -> Option<(Value, &'a str)> {
        let end = self.may_hold_json.then(|| value_at(text, 0))?;
        self.may_hold_json = end != Err(Stop::Incomplete);
        let (_, after) = end.ok()?;
        let (json, rest) = text.split_at(after);
        Some((serde_json::from_str(json).ok()?, rest))
    }

    fn members<'a>(&mut self, text: &'a str, depth: u32) -> Option<(Value, &'a str)> {
        let (mut members, mut rest) = (Map::new(), text);
        loop {
            if let Some(rest) = rest.strip_prefix('}') {
                return Some((members.into(), rest));
            }
            let (name, after) = rest.split_at(end_of_name(rest)?);
            let (value, after) = self.value(&after[1..], depth)?;
            // A name that comes again stood in a value, where a caller may have written it.
            if members.insert(name.to_owned(), value).is_some() {
                return None;
            }
            rest = after.strip_prefix(", ").unwrap_or(after);
        }
    }

    fn elements<'a>(&mut self, text: &'a str, depth: u32) -> Option<(Value, &'a str)> {
        let (mut elements, mut rest) = (Vec::new(), text);
        loop {
            if let Some(rest) = rest.strip_prefix(']') {
                return Some((elements.into(), rest));
            }
            let (element, after) = self.value(rest, depth)?;
            elements.push(element);
            rest = after.strip_prefix(", ").unwrap_or(after);
            if rest.is_empty() || after.len() == rest.len() && !rest.starts_with(']') {
                return None;
            }
        }
    }
}

/// Where the name of a member ends, at its `=`.
fn end_of_name(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || "_-.:/@$ ".contains(c)))?;
    (end > 0 && text[end..].starts_with('=')).then_some(end)
}

/// Where a text ends in a struct: at a closing bracket, or at a comma with another member behind it.
fn end_of_scalar(text: &str) -> Option<usize> {
    text.char_indices().find_map(|(at, c)| match c {
        '}' | ']' => Some(at),
        ',' => {
            let next = text[at..].strip_prefix(", ")?;
            let is_member = !next.starts_with(' ') && end_of_name(next).is_some();
            is_member.then_some(at)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A caller may write `, type=Root` into a name of its own.
    #[test]
    fn a_name_that_comes_again_makes_the_struct_unknown() {
        let user = "{type=IAMUser, arn=null, username=m, type=Root, arn=arn:aws:iam::999999999999:root}";
        assert_eq!(parse(user), None);
        assert!(parse("{type=IAMUser, session={type=x}}").is_some(), "elsewhere it is another");
    }

    #[test]
    fn a_struct_is_what_was_printed() {
        for (cell, expected) in [
            (
                "{type=AssumedRole, principalid=AROAEXAMPLE:a, arn=arn:aws:sts::111122223333:assumed-role/r/a@b, invokedby=null, \
                 sessioncontext={attributes={mfaauthenticated=false, creationdate=2026-09-10T12:00:00Z}, sessionissuer=null}}",
                json!({"type": "AssumedRole", "principalid": "AROAEXAMPLE:a", "invokedby": null,
                    "arn": "arn:aws:sts::111122223333:assumed-role/r/a@b",
                    "sessioncontext": {"attributes": {"mfaauthenticated": "false", "creationdate": "2026-09-10T12:00:00Z"},
                        "sessionissuer": null}}),
            ),
            ("{}", json!({})),
            ("[{arn=a, type=b}, {arn=c, type=}]", json!([{"arn": "a", "type": "b"}, {"arn": "c", "type": ""}])),
            (
                "{roleArn=x, tags={\"items\":[{\"a\":1}]}, z=1, 2 and 3}",
                json!({"roleArn": "x", "tags": {"items": [{"a": 1}]}, "z": "1, 2 and 3"}),
            ),
            ("{\"userName\":\"a, b=c}\"}", json!({"userName": "a, b=c}"})),
            ("[]", json!([])),
        ] {
            assert_eq!(parse(cell), Some(expected), "{cell}");
        }
    }

    #[test]
    fn what_is_no_struct_is_none() {
        for cell in ["", "null", "x", "{", "{x", "{=x}", "{a=b", "[a, b", "{a=b}c", "{a={b=c}", "[,", "[x=", "{type:1}"]
        {
            assert_eq!(parse(cell), None, "{cell}");
        }
        assert_eq!(parse(&"{a=".repeat(100_000)), None);
        assert_eq!(parse(&"[".repeat(100_000)), None);
        let endless = "{a=\\\"}, ".repeat(1 << 16);
        assert!(parse(&format!("[{endless}{{a=b}}]")).is_some(), "and not in hours");
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic_or_go_on_forever(cell in "[{\\[][a=,{}\\[\\] \"é]{0,40}") {
            let _ = parse(&cell);
        }
    }
}
