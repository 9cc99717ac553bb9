//! What a JSON text says, as a number: the same whatever the order of keys, the white space between them and the escapes
//! that JSON leaves open; and whether it is JSON at all.
//!
//! Every record pays for it, so it goes through a text once and builds nothing. Each value counts with the keys and places
//! that lead to it, and what an object holds is added up, in whatever order it comes. It is more lenient than serde_json
//! in what harms no reader: control characters in texts, and how numbers are written (`01`, and `1.0` is not `1`).
//!
//! Known miss: of a key that stands twice in one object both values count, in any order.

use std::hash::BuildHasher;

use smallvec::SmallVec;

use super::blocks::{Blocks, ahead, next_special, plain_string_end};
use super::careful;
use super::fields::skip_space;

/// What contents are hashed with; clones give equal texts equal numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys([u64; 2]);

impl Keys {
    /// Keys that nobody who does not know `hasher` can know.
    pub fn of(hasher: &impl BuildHasher) -> Self {
        Self([hasher.hash_one(1_u8), hasher.hash_one(2_u8)])
    }
}

/// A container that is being read, or what stands around the whole text.
#[derive(Clone, Copy)]
struct Level<P> {
    /// What leads to it.
    path: P,
    /// What leads to the value that is read next.
    next: P,
    is_object: bool,
}

/// A value that holds no other.
#[derive(Clone, Copy)]
enum Leaf {
    Text,
    /// A number or a word.
    Scalar,
}

/// How a text is turned into a number, or into none where only its form is asked about.
trait Hashes: Copy {
    /// What leads to a value.
    type Path: Copy;

    /// Where the whole text begins.
    fn start(self) -> Self::Path;

    /// A hash of the leaf of these bytes, where `path` leads to it.
    fn value(self, bytes: &[u8], leaf: Leaf, path: Self::Path) -> u64;

    /// What leads to the container that opens with `open`, and what it counts.
    fn into(self, path: Self::Path, open: u8) -> (Self::Path, u64);

    /// What leads to the value of a key.
    fn key(self, path: Self::Path, key: &[u8]) -> Self::Path;

    /// What leads to the value after the one that `path` leads to, in an array.
    fn after(self, path: Self::Path) -> Self::Path;
}

impl Hashes for Keys {
    type Path = u64;

    #[inline(always)]
    fn start(self) -> u64 {
        self.0[0]
    }

    #[inline(always)]
    fn value(self, bytes: &[u8], leaf: Leaf, path: u64) -> u64 {
        // A number is one more than a text of the same digits.
        let hash = hash(bytes, self).wrapping_add(u64::from(matches!(leaf, Leaf::Scalar)));
        fold(hash ^ self.0[1], path)
    }

    #[inline(always)]
    fn into(self, path: u64, open: u8) -> (u64, u64) {
        let path = fold(path ^ u64::from(open), self.0[1]);
        (path, path)
    }

    #[inline(always)]
    fn key(self, path: u64, key: &[u8]) -> u64 {
        fold(path, hash(key, self))
    }

    #[inline(always)]
    fn after(self, path: u64) -> u64 {
        path.wrapping_add(PLACE)
    }
}

/// No number at all.
#[derive(Clone, Copy)]
struct FormOnly;

impl Hashes for FormOnly {
    type Path = ();

    #[inline(always)]
    fn start(self) {}

    #[inline(always)]
    fn value(self, _: &[u8], _: Leaf, (): ()) -> u64 {
        0
    }

    #[inline(always)]
    fn into(self, (): (), _: u8) -> ((), u64) {
        ((), 0)
    }

    #[inline(always)]
    fn key(self, (): (), _: &[u8]) {}

    #[inline(always)]
    fn after(self, (): ()) {}
}

/// The content of the JSON text `json`; `None` where it is none.
#[inline(always)]
pub(crate) fn content<B: Blocks>(blocks: B, json: &str, keys: Keys) -> Option<u64> {
    let (content, after) = walk((json, skip_space(json.as_bytes(), 0)), (blocks, keys))?;
    (skip_space(json.as_bytes(), after) == json.len()).then_some(content)
}

/// Whether [`content`] has an answer.
#[inline(always)]
pub(crate) fn is_json<B: Blocks>(blocks: B, json: &str) -> bool {
    let read = walk((json, skip_space(json.as_bytes(), 0)), (blocks, FormOnly));
    read.is_some_and(|(_, after)| skip_space(json.as_bytes(), after) == json.len())
}

/// The index after the container that opens at `at`, where it is JSON; `None` for everything else.
#[inline(always)]
pub(crate) fn container_end<B: Blocks>(blocks: B, text: &str, at: usize) -> Option<usize> {
    let opens = matches!(text.as_bytes().get(at), Some(b'{' | b'['));
    if opens { walk((text, at), (blocks, FormOnly)).map(|(_, after)| after) } else { None }
}

/// Whether the raw text of a value is JSON. Only containers and texts with their quotes are looked at: everything else was
/// when it was read, a number, a word, or a text without escapes, which is kept without its quotes.
#[inline(always)]
pub(crate) fn is_json_value<B: Blocks>(blocks: B, raw: &str) -> bool {
    !is_container_or_text(raw) || is_json(blocks, raw)
}

/// A keyed hash of what the raw text of a value says, which is none for an absent one; as it stands where it is not JSON.
#[inline(always)]
pub(crate) fn of_value<B: Blocks>(blocks: B, raw: &str, keys: Keys) -> u64 {
    match is_container_or_text(raw) {
        true => content(blocks, raw, keys).unwrap_or_else(|| of_raw(raw, keys)),
        false if raw.is_empty() => 0,
        false => of_raw(raw, keys),
    }
}

#[inline(always)]
fn is_container_or_text(raw: &str) -> bool {
    matches!(raw.as_bytes().first(), Some(b'{' | b'[' | b'"'))
}

/// Reads the value at `at`, and gives its content and the index after it.
#[inline(always)]
fn walk<B: Blocks, H: Hashes>((json, mut at): (&str, usize), with @ (blocks, hashes): (B, H)) -> Option<(u64, usize)> {
    let bytes = json.as_bytes();
    let mut around: SmallVec<[Level<H::Path>; 8]> = SmallVec::new();
    let mut level = Level { path: hashes.start(), next: hashes.start(), is_object: false };
    let mut total = 0_u64;
    'members: loop {
        match *bytes.get(at)? {
            b'"' => {
                let end = text_end(blocks, bytes, ahead(at, 1))?;
                total = total.wrapping_add(hashed(json, at, end, |text| hashes.value(text, Leaf::Text, level.next))?);
                at = ahead(end.quote, 1);
            }
            open @ (b'{' | b'[') => {
                let (path, counts) = hashes.into(level.next, open);
                total = total.wrapping_add(counts);
                around.push(level);
                level = Level { path, next: path, is_object: open == b'{' };
                at = skip_space(bytes, ahead(at, 1));
                // One that holds nothing is closed below.
                if bytes.get(at) != Some(&(open + 2)) {
                    if level.is_object {
                        (level.next, at) = key(json, at, path, with)?;
                    }
                    continue;
                }
            }
            _ => {
                let scalar = scalar(bytes, at)?;
                total = total.wrapping_add(hashes.value(scalar, Leaf::Scalar, level.next));
                at += scalar.len();
            }
        }
        if around.is_empty() {
            return Some((total, at));
        }
        loop {
            match *bytes.get(at)? {
                b',' => {
                    at = skip_space(bytes, ahead(at, 1));
                    match level.is_object {
                        true => (level.next, at) = key(json, at, level.path, with)?,
                        false => level.next = hashes.after(level.next),
                    }
                    continue 'members;
                }
                b'}' if level.is_object => level = around.pop()?,
                b']' if !level.is_object => level = around.pop()?,
                b' ' | b'\n' | b'\r' | b'\t' => {
                    at += 1;
                    continue;
                }
                _ => return None,
            }
            at = ahead(at, 1);
            if around.is_empty() {
                return Some((total, at));
            }
        }
    }
}

/// What leads to the value of the key at `at`, in an object that `path` leads to, and where that value begins.
#[inline(always)]
fn key<B: Blocks, H: Hashes>(
    json: &str,
    at: usize,
    path: H::Path,
    (blocks, hashes): (B, H),
) -> Option<(H::Path, usize)> {
    let bytes = json.as_bytes();
    if *bytes.get(at)? != b'"' {
        return None;
    }
    let end = text_end(blocks, bytes, ahead(at, 1))?;
    let path = hashed(json, at, end, |key| hashes.key(path, key))?;
    // As JSON is mostly written.
    if let Some(&[b':', next]) = bytes.get(ahead(end.quote, 1)..)?.first_chunk()
        && next > b' '
    {
        return Some((path, ahead(end.quote, 2)));
    }
    let colon = skip_space(bytes, end.quote + 1);
    (*bytes.get(colon)? == b':').then(|| (path, skip_space(bytes, colon + 1)))
}

/// The number or word of JSON at `at`.
#[inline(always)]
fn scalar(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
    let length = match rest {
        [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => {
            let mut length = 1;
            while rest.get(length).is_some_and(is_digit) {
                length += 1;
            }
            length
        }
        [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => 4,
        [b'f', b'a', b'l', b's', b'e', ..] => 5,
        _ => return None,
    };
    rest.get(..length)
}

/// What `hash` makes of the text between the quotes at `at` and `end.quote`.
#[inline(always)]
fn hashed<T>(json: &str, at: usize, end: TextEnd, hash: impl FnOnce(&[u8]) -> T) -> Option<T> {
    match end.is_open {
        false => json.as_bytes().get(ahead(at, 1)..end.quote).map(hash),
        true => unescaped(json.get(at..=end.quote)?)?.as_bytes().get(1..).map(hash),
    }
}

/// A hash of `text` as it stands.
fn of_raw(text: &str, keys: Keys) -> u64 {
    hash(text.as_bytes(), keys)
}

/// A hash of a text of a record's length, as it stands.
#[inline(always)]
pub(crate) fn of_long(text: &str, keys: Keys) -> u64 {
    let Keys([first, second]) = keys;
    // Four chunks at a time, none of which waits for another.
    let mut states = [first, first.rotate_left(16), first.rotate_left(32), first.rotate_left(48)];
    let (fours, rest) = text.as_bytes().as_chunks::<64>();
    for four in fours {
        for (state, pair) in states.iter_mut().zip(four.as_chunks().0) {
            *state = mixed(*state, pair, second);
        }
    }
    // The length counts with the rest, in which it is known only to the last six bits.
    let length = (text.len() as u64).wrapping_mul(PLACE);
    states.into_iter().fold(hash(rest, keys) ^ length, |all, state| fold(all ^ state, second ^ PLACE))
}

/// From one place of an array, or one length of a text, to the next.
const PLACE: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where a text ends.
#[derive(Clone, Copy)]
struct TextEnd {
    /// The index of its quote.
    quote: usize,
    /// Whether it has escapes that another writer leaves out.
    is_open: bool,
}

/// The end of the text that begins at `at`. `None` where it does not end, or what follows a backslash is no escape.
#[inline(always)]
fn text_end<B: Blocks>(blocks: B, bytes: &[u8], at: usize) -> Option<TextEnd> {
    match plain_string_end(blocks, bytes, at) {
        Some(quote) => Some(TextEnd { quote, is_open: false }),
        None => escaped_text_end(blocks, bytes, at),
    }
}

/// The same of any text.
#[inline(always)]
fn escaped_text_end<B: Blocks>(blocks: B, bytes: &[u8], at: usize) -> Option<TextEnd> {
    let mut end = TextEnd { quote: next_special(blocks, bytes, at)?, is_open: false };
    while bytes[end.quote] != b'"' {
        match bytes.get(end.quote + 1)? {
            b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't' => {}
            b'u' | b'/' => end.is_open = true,
            _ => return None,
        }
        end.quote = next_special(blocks, bytes, end.quote + 2)?;
    }
    Some(end)
}

/// A text with escapes that need not be, as it would be written without them: after a quote, and without the other.
#[cold]
fn unescaped(quoted: &str) -> Option<String> {
    if !careful::is_text(quoted) {
        return None;
    }
    let mut plain = serde_json::to_string(&careful::unescape(quoted)).ok()?;
    plain.pop();
    Some(plain)
}

/// A keyed hash: texts that nobody has made for these keys meet by chance alone.
#[inline(always)]
fn hash(bytes: &[u8], Keys([first, second]): Keys) -> u64 {
    // Texts of two lengths never share a key.
    let second = second.wrapping_add((bytes.len() as u64).wrapping_mul(PLACE));
    let (a, b) = match bytes {
        [] => (0, 0),
        [one] => (u64::from(*one), 0),
        _ => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(head), Some(tail)) => {
                return long(bytes, (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)), [first, second]);
            }
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(head), Some(tail)) => {
                    (u64::from(u32::from_le_bytes(*head)), u64::from(u32::from_le_bytes(*tail)))
                }
                _ => (u64::from(bytes[0]) | u64::from(bytes[1]) << 8, u64::from(bytes[bytes.len() - 1])),
            },
        },
    };
    fold(a ^ first, b ^ second)
}

/// The same of eight bytes and more, whose first and last eight are `ends`.
#[inline(always)]
fn long(bytes: &[u8], (head, tail): (u64, u64), [first, second]: [u64; 2]) -> u64 {
    if bytes.len() <= 16 {
        return fold(head ^ first, tail ^ second);
    }
    let mut state = first;
    // The last bytes count with what the chunks leave over.
    for pair in bytes.as_chunks().0 {
        state = mixed(state, pair, second);
    }
    let before = bytes[bytes.len() - 16..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
    fold(before ^ state, tail ^ second)
}

/// A state with sixteen bytes more.
#[inline(always)]
fn mixed(state: u64, pair: &[u8; 16], second: u64) -> u64 {
    let word = |half: &[u8]| half.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
    fold(word(&pair[..8]) ^ state, word(&pair[8..]) ^ second)
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasherDefault;

    use super::super::blocks::{Portable, Vectors};
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// With the vectors of this processor and with those of every one, which must say the same.
    fn of(json: &str) -> Option<u64> {
        let keys = Keys([0x1234_5678_9ABC_DEF1, 0x0FED_CBA9_8765_4321]);
        let content = super::content(Portable, json, keys);
        #[cfg(target_arch = "x86_64")]
        if let Vectors::Avx2(avx2) = Vectors::of_processor() {
            assert_eq!(super::content(avx2, json, keys), content, "{json}");
        }
        assert_eq!(is_json(Portable, json), content.is_some(), "{json}");
        content
    }

    #[test]
    fn order_of_keys_white_space_and_open_escapes_say_nothing() {
        let text = r#"{"userName":"alice","tags":[{"key":"a","value":"1"}],"n":3,"b":true,"x":null,"s":"a/b\n\"é"}"#;
        for other in [
            r#"{"s":"a/b\n\"é","x":null,"b":true,"n":3,"tags":[{"value":"1","key":"a"}],"userName":"alice"}"#,
            "{ \"userName\" : \"alice\",\r\n\t\"tags\": [ { \"key\":\"a\", \"value\":\"1\" } ], \"n\": 3, \"b\":true ,\"x\":null, \"s\":\"a/b\\n\\\"é\" }",
            r#"{"userName":"al\u0069ce","tags":[{"key":"a","value":"1"}],"n":3,"b":true,"x":null,"s":"a\/b\n\"\u00e9"}"#,
        ] {
            assert_eq!(of(text), of(other), "{other}");
        }
        assert!(of(text).is_some() && of("\"x\"") == of(" \"x\" ") && of("[1,2]") == of("[ 1, 2 ]"));
    }

    #[test]
    fn everything_else_says_something() {
        let text = r#"{"userName":"alice","policyArn":"ReadOnlyAccess","n":12,"list":["a","b"],"in":{"x":"1"}}"#;
        let others = [
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
            "{}",
            "[]",
            "[{}]",
            "[[]]",
            "\"\"",
            "null",
            r#"[{"a":1},{"b":2}]"#,
            r#"[{"b":2},{"a":1}]"#,
            r#"[{"a":1,"b":2}]"#,
            r#"[{"a":2},{"b":1}]"#,
        ];
        let distinct: std::collections::BTreeSet<_> = others.iter().map(|other| of(other)).collect();
        assert_eq!(distinct.len(), others.len());
        assert!(!distinct.contains(&None) && !distinct.contains(&of(text)));
    }

    #[test]
    fn what_is_no_json_has_no_content() {
        for broken in [
            "",
            "{",
            "[",
            "{]",
            "[}",
            "{\"a\":}",
            "{\"a\" 1}",
            "[1 2]",
            "{'a':1}",
            "{\"a\":tru}",
            "{\"a\":1,}",
            "[1,]",
            "[,1]",
            "{,}",
            "{\"a\"}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":1}}",
            "[1]]",
            "{} {}",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "{\"a\\\":1}",
            "{1:2}",
            "{\"a\"::1}",
            "{\"a\":1,,\"b\":2}",
            "nul",
            "x",
            "[\"a\":1]",
            "{\"a\",\"b\"}",
            "{\"a\":[1}",
        ] {
            assert_eq!(of(broken), None, "{broken}");
        }
        assert!(of(&("[".repeat(100_000) + &"]".repeat(100_000))).is_some(), "depth costs no stack");
    }

    #[test]
    fn texts_of_any_length_differ_in_any_byte() {
        for length in 0..70 {
            let text = "x".repeat(length);
            let mut seen = std::collections::BTreeSet::from([of(&format!("\"{text}\"")), of(&format!("\"{text}x\""))]);
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "y");
                assert!(seen.insert(of(&format!("\"{other}\""))), "{other}");
            }
            assert_eq!(seen.len(), length + 2);
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["[ -~]{0,20}", "[a-zé☃\\\\\"\n/{}\\[\\],:]{0,40}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::vec(("[ab\"/]{1,2}", inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// The same value in other words.
    fn reworded(value: &Value) -> String {
        match value {
            Value::Object(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .rev()
                    .map(|(key, value)| format!(" {} :\n{}", reworded(&Value::from(key.as_str())), reworded(value)))
                    .collect();
                format!("{{{}\t}}", fields.join(" ,"))
            }
            Value::Array(all) => format!("[ {}]", all.iter().map(reworded).collect::<Vec<_>>().join(" , ")),
            Value::String(text) => Value::from(text.as_str()).to_string().replace('/', "\\/").replace('a', "\\u0061"),
            other => other.to_string(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn other_words_are_the_same_and_other_values_are_not(one in values(), other in values()) {
            let content = of(&one.to_string());
            prop_assert!(content.is_some());
            prop_assert_eq!(content, of(&reworded(&one)));
            prop_assert_eq!(content == of(&other.to_string()), one == other);
        }

        #[test]
        fn on_mutated_texts_it_refuses_what_serde_json_refuses(
            value in values(), at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<bool>(),
        ) {
            let mut bytes = value.to_string().into_bytes();
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] = with }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            if is_json {
                prop_assert!(of(&text).is_some(), "{}", text);
            } else if !text.chars().any(char::is_control) && !text.contains(|c: char| c.is_ascii_digit()) {
                prop_assert_eq!(of(&text), None, "{}", text);
            }
        }
    }

    #[test]
    fn keys_decide_the_numbers() {
        let keys = Keys::of(&BuildHasherDefault::<std::collections::hash_map::DefaultHasher>::default());
        assert_ne!(super::content(Portable, "1", keys), of("1"));
    }
}
