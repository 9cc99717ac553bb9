//! The fields of a JSON object, one level deep, borrowed: the fast path.
//!
//! Hands out each key and the raw text of its value without looking inside values. It understands the JSON that
//! CloudTrail writes and says [`Stop::Unsure`] about anything else (an escape in a key, a bare word); the careful path
//! then decides. It may take broken JSON inside a value for whole.

use super::blocks::{Blocks, Portable, StringEnd, container_end, string_end};

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
    /// Whether finding its end has shown that it is JSON.
    #[inline(always)]
    pub const fn is_leaf(self) -> bool {
        matches!(self, Raw::Plain(_) | Raw::Scalar(_) | Raw::Null)
    }

    /// The raw JSON of a value that is kept as it is; empty for null.
    pub fn json(self) -> &'a str {
        match self {
            Raw::Plain(text) | Raw::Escaped(text) | Raw::Container(text) | Raw::Scalar(text) => text,
            Raw::Null => "",
        }
    }
}

/// The first index at or after `at` that is no white space.
#[inline(always)]
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    // Nearly always there is none.
    if bytes.get(at).is_some_and(|&byte| byte > b' ') {
        return at;
    }
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The key at `at` and the index of its value.
#[inline]
pub(crate) fn key_at(text: &str, at: usize) -> Result<(&str, usize), Stop> {
    key_by(Portable, text, at)
}

/// [`key_at`] with such vectors.
#[inline(always)]
pub(crate) fn key_by<B: Blocks>(blocks: B, text: &str, at: usize) -> Result<(&str, usize), Stop> {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        Some(b'"') => {}
        Some(_) => return Err(Stop::Unsure),
        None => return Err(Stop::Incomplete),
    }
    let end = string_end(blocks, bytes, at + 1).ok_or(Stop::Incomplete)?;
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
    let found = Found::at(Portable, text.as_bytes(), at);
    if let Kind::Stopped(stop) = found.kind {
        return Err(stop);
    }
    let cut = text.get(found.from..found.to).ok_or(Stop::Unsure)?;
    let raw = match found.kind {
        Kind::Plain => Raw::Plain(cut),
        Kind::Escaped => Raw::Escaped(cut),
        Kind::Container => Raw::Container(cut),
        Kind::Scalar => Raw::Scalar(cut),
        Kind::Null | Kind::Stopped(_) => Raw::Null,
    };
    Ok((raw, found.after))
}

/// What a value begins with: [`Raw`] without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Escaped,
    Container,
    Scalar,
    Null,
    /// No value was found. Not an error type: a `Result` would go through memory, which each value of a record pays.
    Stopped(Stop),
}

/// Where a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub kind: Kind,
    /// What [`Raw`] keeps of it, as indices.
    pub from: usize,
    pub to: usize,
    /// The index after it.
    pub after: usize,
}

impl Found {
    /// Finds the value at `at`.
    #[inline(always)]
    pub fn at<B: Blocks>(blocks: B, bytes: &[u8], at: usize) -> Self {
        match bytes.get(at) {
            Some(b'"') => match string_end(blocks, bytes, at + 1) {
                Some(StringEnd { quote, escaped: false }) => {
                    Self { kind: Kind::Plain, from: at + 1, to: quote, after: quote + 1 }
                }
                Some(StringEnd { quote, escaped: true }) => Self::of(Kind::Escaped, at, quote + 1),
                None => Self::of(Kind::Stopped(Stop::Incomplete), at, at),
            },
            Some(&open @ (b'{' | b'[')) => match container_end(blocks, bytes, at) {
                // Brackets are counted, not told apart: where one is missing, the other kind ends the count.
                Some(after) if bytes[after - 1] != open + 2 => Self::of(Kind::Stopped(Stop::Unsure), at, at),
                Some(after) => Self::of(Kind::Container, at, after),
                None => Self::of(Kind::Stopped(Stop::Incomplete), at, at),
            },
            Some(_) => match word_at(bytes, at) {
                Some((kind, length)) => Self::of(kind, at, at + length),
                None => {
                    let (kind, after) = scalar_at(bytes, at);
                    Self::of(kind, at, after)
                }
            },
            None => Self::of(Kind::Stopped(Stop::Incomplete), at, at),
        }
    }

    /// A value that is kept with all that it is written with.
    #[inline(always)]
    pub fn of(kind: Kind, from: usize, to: usize) -> Self {
        Self { kind, from, to, after: to }
    }
}

/// The kind of the number or word at `at`, and its end: a comma, a closing bracket or white space.
fn scalar_at(bytes: &[u8], at: usize) -> (Kind, usize) {
    let rest = &bytes[at..];
    let ending = rest.iter().position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
    let Some(length) = ending else { return (Kind::Stopped(Stop::Incomplete), at) };
    let kind = match &rest[..length] {
        b"null" => Kind::Null,
        b"true" | b"false" => Kind::Scalar,
        [b'-' | b'0'..=b'9', rest @ ..]
            if rest.iter().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) =>
        {
            Kind::Scalar
        }
        _ => Kind::Stopped(Stop::Unsure),
    };
    (kind, at + length)
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
