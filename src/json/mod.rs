//! The JSON that CloudTrail writes, read without building values.
//!
//! Two speeds, one meaning: the fast path ([`fields`], [`blocks`]) borrows the raw text of the fields that are needed and
//! skips the rest; whatever it does not understand goes to the careful path ([`careful`], serde_json), which decides.

pub(crate) mod blocks;
pub(crate) mod careful;
pub(crate) mod fields;

use std::borrow::Cow;

use fields::{Raw, Stop, key_at, skip_space, value_at};

/// The value of a field. An object is read where it stands, by whoever asks for its fields; one that nobody asks for is
/// skipped.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    /// Whatever is no object of the fast path.
    Cut(Raw<'a>),
    /// An object that opens at an index of a text, and the index after it, once it was read.
    Object(&'a str, usize, Option<usize>),
}

impl<'a> Value<'a> {
    /// Its raw text.
    #[inline]
    pub fn raw(&mut self) -> Raw<'a> {
        match self {
            Self::Cut(raw) => *raw,
            Self::Object(text, at, end) => match value_at(text, *at) {
                Ok((raw, after)) => {
                    *end = Some(after);
                    raw
                }
                Err(_) => Raw::Null,
            },
        }
    }

    /// The text that it stands for, as [`careful::text_of`]; empty for an object.
    #[inline]
    pub fn text(&self) -> Cow<'a, str> {
        match self {
            Self::Cut(raw) => careful::text_of(*raw),
            Self::Object(..) => Cow::Borrowed(""),
        }
    }

    /// [`each_field`] of what it is.
    #[inline]
    pub fn each_field(&mut self, mut each: impl FnMut(&str, &mut Value<'a>)) {
        match self {
            Self::Cut(raw) => each_field(raw.json(), each),
            Self::Object(text, at, end) => match fields_at(text, *at, &mut each) {
                Ok(after) => *end = Some(after),
                Err(_) => careful_fields(self.raw().json(), &mut each),
            },
        }
    }
}

/// Calls `each` for the fields of the object that `raw` is, on the fast path where that will do; for none, when `raw` is
/// no object, and up to where it stops being JSON. A field may be given again by the careful path, with the same value.
#[inline]
pub(crate) fn each_field<'a>(raw: &'a str, mut each: impl FnMut(&str, &mut Value<'a>)) {
    if fields_at(raw, 0, &mut each).is_err() {
        careful_fields(raw, &mut each);
    }
}

/// The fields of the object that opens at `at`, in order; gives the index after its brace.
#[inline(always)]
fn fields_at<'a>(text: &'a str, at: usize, each: &mut impl FnMut(&str, &mut Value<'a>)) -> Result<usize, Stop> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'{') {
        return Err(Stop::Unsure);
    }
    let mut at = skip_space(bytes, at + 1);
    if bytes.get(at) == Some(&b'}') {
        return Ok(at + 1);
    }
    loop {
        let (key, begin) = key_at(text, at)?;
        let (mut value, known_end) = match bytes.get(begin) {
            Some(b'{') => (Value::Object(text, begin, None), None),
            _ => value_at(text, begin).map(|(raw, after)| (Value::Cut(raw), Some(after)))?,
        };
        each(key, &mut value);
        let after = match (value, known_end) {
            (_, Some(after)) | (Value::Object(_, _, Some(after)), None) => after,
            _ => value_at(text, begin)?.1,
        };
        let next = skip_space(bytes, after);
        match bytes.get(next) {
            Some(b',') => at = skip_space(bytes, next + 1),
            Some(b'}') => return Ok(next + 1),
            Some(_) => return Err(Stop::Unsure),
            None => return Err(Stop::Incomplete),
        }
    }
}

/// The record as a whole was valid or is malformed; a part that is no object has no fields.
#[cold]
fn careful_fields<'a>(raw: &'a str, each: &mut dyn FnMut(&str, &mut Value<'a>)) {
    let _ = careful::each_field(raw, |key, value| each(&key, &mut Value::Cut(value)));
}
