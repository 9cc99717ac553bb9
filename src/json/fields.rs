//! The fields of a JSON object, one level deep, borrowed: the fast path.
//!
//! Hands out each key and the raw text of its value without looking inside values. It understands the JSON that
//! CloudTrail writes and says [`Stop::Unsure`] about anything else (an escape in a key, a bare word); the careful path
//! then decides. It may take broken JSON inside a value for whole.

use std::ops::Range;

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
    let mut cut = Cut { text, raw: Raw::Null };
    let after = value_by(Portable, text.as_bytes(), at, &mut cut)?;
    Ok((cut.raw, after))
}

/// Cuts a value out of its text.
struct Cut<'a> {
    text: &'a str,
    raw: Raw<'a>,
}

impl Take for Cut<'_> {
    #[inline(always)]
    fn take(&mut self, kind: Kind, place: Range<usize>) -> Result<(), Stop> {
        let cut = self.text.get(place).ok_or(Stop::Unsure)?;
        self.raw = match kind {
            Kind::Plain => Raw::Plain(cut),
            Kind::Escaped => Raw::Escaped(cut),
            Kind::Container => Raw::Container(cut),
            Kind::Scalar => Raw::Scalar(cut),
            Kind::Null => Raw::Null,
        };
        Ok(())
    }
}

/// What a value begins with: [`Raw`] without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Escaped,
    Container,
    Scalar,
    Null,
}

/// Takes a value that was found. Its method is to be inlined always: it is compiled into the branch of each kind.
pub(crate) trait Take {
    /// Takes the value of that kind; `place` is where that lies which [`Raw`] keeps of it.
    ///
    /// # Errors
    /// [`Stop`].
    fn take(&mut self, kind: Kind, place: Range<usize>) -> Result<(), Stop>;
}

/// Gives the value at `at` to `taker` and returns the index after it.
///
/// # Errors
/// [`Stop`], also that of `taker`.
#[inline(always)]
pub(crate) fn value_by<B: Blocks>(blocks: B, bytes: &[u8], at: usize, taker: &mut impl Take) -> Result<usize, Stop> {
    match bytes.get(at).ok_or(Stop::Incomplete)? {
        b'"' => {
            let end = string_end(blocks, bytes, at + 1).ok_or(Stop::Incomplete)?;
            let after = end.quote + 1;
            if end.escaped {
                taker.take(Kind::Escaped, at..after)?
            } else {
                taker.take(Kind::Plain, at + 1..end.quote)?
            }
            Ok(after)
        }
        b'{' | b'[' => {
            let after = container_end(blocks, bytes, at).ok_or(Stop::Incomplete)?;
            taker.take(Kind::Container, at..after)?;
            Ok(after)
        }
        _ => {
            let (kind, after) = match word_at(bytes, at) {
                Some((kind, length)) => (kind, at + length),
                None => scalar_at(bytes, at)?,
            };
            taker.take(kind, at..after)?;
            Ok(after)
        }
    }
}

/// The kind of the number or word at `at`, and its end: a comma, a closing bracket or white space.
fn scalar_at(bytes: &[u8], at: usize) -> Result<(Kind, usize), Stop> {
    let rest = &bytes[at..];
    let length = rest.iter().position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
    let end = at + length.ok_or(Stop::Incomplete)?;
    match &bytes[at..end] {
        b"null" => Ok((Kind::Null, end)),
        b"true" | b"false" => Ok((Kind::Scalar, end)),
        [b'-' | b'0'..=b'9', rest @ ..]
            if rest.iter().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) =>
        {
            Ok((Kind::Scalar, end))
        }
        _ => Err(Stop::Unsure),
    }
}

/// One of JSON's three words, if it ends as words in CloudTrail's compact records do, and its length.
#[inline(always)]
fn word_at(bytes: &[u8], at: usize) -> Option<(Kind, usize)> {
    let next: &[u8; 6] = bytes.get(at..)?.first_chunk()?;
    let ends = |byte: u8| byte == b',' || byte == b'}';
    match *next {
        [b'n', b'u', b'l', b'l', end, _] if ends(end) => Some((Kind::Null, 4)),
        [b't', b'r', b'u', b'e', end, _] if ends(end) => Some((Kind::Scalar, 4)),
        [b'f', b'a', b'l', b's', b'e', end] if ends(end) => Some((Kind::Scalar, 5)),
        _ => None,
    }
}
