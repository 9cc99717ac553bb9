//! The fields of a JSON object, one level deep, borrowed: the fast path.
//!
//! Hands out each key and the raw text of its value without looking inside values. It understands the JSON that
//! CloudTrail writes and says [`Stop::Unsure`] about anything else (an escape in a key, a bare word); the careful path
//! then decides. It may take broken JSON inside a value for whole.

use super::blocks::{Blocks, Portable, container_end, string_end};

/// The raw text of a value and what it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raw<'a> {
    /// A string without escapes: the text between the quotes.
    Plain(&'a str),
    /// A string with escapes, quotes included.
    Escaped(&'a str),
    /// An object or array.
    Container(&'a str),
    /// A number, `true` or `false`.
    Scalar(&'a str),
    /// `null`.
    Null,
}

/// Why a walk over fields ended before its object did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Not JSON as CloudTrail writes it.
    Unsure,
    /// The text ends first.
    Incomplete,
}

impl<'a> Raw<'a> {
    /// The raw JSON of a value that is kept as it is; empty for null.
    pub fn json(self) -> &'a str {
        match self {
            Raw::Plain(text) | Raw::Escaped(text) | Raw::Container(text) | Raw::Scalar(text) => text,
            Raw::Null => "",
        }
    }
}

/// Calls `each` for every field of the object that opens at `at`, in order, and returns the index after its brace.
///
/// # Errors
/// [`Stop`], after `each` may have been called for some fields.
#[inline]
pub(crate) fn each_field<'a>(text: &'a str, at: usize, mut each: impl FnMut(&'a str, Raw<'a>)) -> Result<usize, Stop> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'{') {
        return Err(Stop::Unsure);
    }
    let mut at = skip_space(bytes, at + 1);
    if bytes.get(at) == Some(&b'}') {
        return Ok(at + 1);
    }
    loop {
        let (key, after) = key_at(text, at)?;
        let (value, after) = value_at(text, after)?;
        each(key, value);
        let next = skip_space(bytes, after);
        match bytes.get(next) {
            Some(b',') => at = skip_space(bytes, next + 1),
            Some(b'}') => return Ok(next + 1),
            Some(_) => return Err(Stop::Unsure),
            None => return Err(Stop::Incomplete),
        }
    }
}

/// The first index at or after `at` that is no white space.
#[inline(always)]
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The key at `at` and the index of its value.
#[inline]
pub(crate) fn key_at(text: &str, at: usize) -> Result<(&str, usize), Stop> {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        Some(b'"') => {}
        Some(_) => return Err(Stop::Unsure),
        None => return Err(Stop::Incomplete),
    }
    let end = string_end(Portable, bytes, at + 1).ok_or(Stop::Incomplete)?;
    if end.escaped {
        return Err(Stop::Unsure);
    }
    let key = text.get(at + 1..end.quote).ok_or(Stop::Unsure)?;
    let colon = skip_space(bytes, end.quote + 1);
    match bytes.get(colon) {
        Some(b':') => Ok((key, skip_space(bytes, colon + 1))),
        Some(_) => Err(Stop::Unsure),
        None => Err(Stop::Incomplete),
    }
}

/// The value at `at` and the index after it.
pub(crate) fn value_at(text: &str, at: usize) -> Result<(Raw<'_>, usize), Stop> {
    value_by(Portable, text, at)
}

/// [`value_at`], with a choice of how bytes are compared.
#[inline(always)]
pub(crate) fn value_by<B: Blocks>(blocks: B, text: &str, at: usize) -> Result<(Raw<'_>, usize), Stop> {
    let bytes = text.as_bytes();
    // Every value is cut from the text in one place, so that the check for whole characters is compiled in once.
    let (opening, from, to, after) = match bytes.get(at).ok_or(Stop::Incomplete)? {
        b'"' => {
            let end = string_end(blocks, bytes, at + 1).ok_or(Stop::Incomplete)?;
            let after = end.quote + 1;
            if end.escaped { (b'\\', at, after, after) } else { (b'"', at + 1, end.quote, after) }
        }
        b'{' | b'[' => {
            let end = container_end(blocks, bytes, at).ok_or(Stop::Incomplete)?;
            (b'{', at, end, end)
        }
        _ => return scalar_at(text, at),
    };
    let cut = text.get(from..to).ok_or(Stop::Unsure)?;
    let raw = match opening {
        b'"' => Raw::Plain(cut),
        b'\\' => Raw::Escaped(cut),
        _ => Raw::Container(cut),
    };
    Ok((raw, after))
}

/// A number or word: it ends at a comma, a closing bracket or white space.
#[inline]
fn scalar_at(text: &str, at: usize) -> Result<(Raw<'_>, usize), Stop> {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    let length = rest.iter().position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
    let end = at + length.ok_or(Stop::Incomplete)?;
    let word = text.get(at..end).ok_or(Stop::Unsure)?;
    match word.as_bytes() {
        b"null" => Ok((Raw::Null, end)),
        b"true" | b"false" => Ok((Raw::Scalar(word), end)),
        [b'-' | b'0'..=b'9', rest @ ..]
            if rest.iter().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) =>
        {
            Ok((Raw::Scalar(word), end))
        }
        _ => Err(Stop::Unsure),
    }
}
