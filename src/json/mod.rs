//! The JSON that CloudTrail writes, read without building values: the only scanner of it.
//!
//! Two speeds, one meaning: the fast path ([`fields`], [`blocks`]) borrows the raw text of the fields that are needed and
//! skips the rest; whatever it does not understand goes to the careful path ([`careful`], serde_json), which decides.

pub(crate) mod blocks;
pub(crate) mod careful;
pub(crate) mod content;
pub(crate) mod fields;

use std::borrow::Cow;

#[cfg(target_arch = "x86_64")]
use blocks::avx2::Avx2;
use blocks::{Blocks, Portable, StringEnd, Vectors, string_end};
use fields::{Raw, Stop, key_by, skip_space, value_at};

/// The value of a field. An object is read where it stands, by whoever asks for its fields; one that nobody asks for is
/// skipped.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    /// Whatever is no object of the fast path.
    Cut(Raw<'a>),
    /// An object that opens at an index of a text, and where it ends, once it was read.
    Object(&'a str, usize, Option<End>),
}

/// Where an object ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    /// The index after its brace.
    after: usize,
    /// Whether all of it was looked at on the fast path, texts without escapes, so that it is JSON for certain.
    is_plain: bool,
}

impl<'a> Value<'a> {
    /// Its raw text.
    #[inline]
    pub fn raw(&mut self) -> Raw<'a> {
        match self {
            Self::Cut(raw) => *raw,
            Self::Object(text, at, end) => match value_at(text, *at) {
                Ok((raw, after)) => {
                    *end = Some(End { after, is_plain: false });
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
            Self::Cut(Raw::Plain(text)) => Cow::Borrowed(text),
            Self::Cut(raw) => careful::text_of(*raw),
            Self::Object(..) => Cow::Borrowed(""),
        }
    }

    /// [`each_field`] of what it is.
    #[inline]
    pub fn each_field(&mut self, mut each: impl FnMut(&str, &mut Value<'a>)) {
        match self {
            Self::Cut(raw) => _ = each_field(raw.json(), each),
            Self::Object(text, at, end) => match fields_at(text, *at, &mut each) {
                Ok(found) => *end = Some(found),
                Err(_) => careful_fields(self.raw().json(), &mut each),
            },
        }
    }
}

/// Calls `each` for the fields of the object that `raw` is, on the fast path where that will do; for none, when `raw` is
/// no object, and up to where it stops being JSON. A field may be given again by the careful path, with the same value.
///
/// Says whether all of `raw` was seen to be JSON; where it was not, it may be all the same.
#[inline]
pub(crate) fn each_field<'a>(raw: &'a str, mut each: impl FnMut(&str, &mut Value<'a>)) -> bool {
    match fields_at(raw, 0, &mut each) {
        Ok(End { after, is_plain }) => is_plain && after == raw.len(),
        Err(_) => {
            careful_fields(raw, &mut each);
            false
        }
    }
}

/// Takes the fields of an object.
type Each<'e, 'a> = &'e mut dyn FnMut(&str, &mut Value<'a>);

/// [`fields_by`] with everything that it takes, to be compiled for AVX2.
#[cfg(target_arch = "x86_64")]
struct OnAvx2<'e, 'a> {
    avx2: Avx2,
    text: &'a str,
    at: usize,
    each: Each<'e, 'a>,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for OnAvx2<'_, '_> {
    type Output = Result<End, Stop>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        fields_by(self.avx2, self.text, self.at, self.each)
    }
}

/// The fields of the object that opens at `at`, in order; gives where it ends.
///
/// Compiled once, not for every caller: what it does for a field costs more than a call through a pointer.
fn fields_at<'a>(text: &'a str, at: usize, each: Each<'_, 'a>) -> Result<End, Stop> {
    match Vectors::of_processor() {
        Vectors::Portable => fields_by(Portable, text, at, each),
        #[cfg(target_arch = "x86_64")]
        Vectors::Avx2(avx2) => avx2.vectorize(OnAvx2 { avx2, text, at, each }),
    }
}

#[inline(always)]
fn fields_by<'a, B: Blocks>(blocks: B, text: &'a str, at: usize, each: Each<'_, 'a>) -> Result<End, Stop> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'{') {
        return Err(Stop::Unsure);
    }
    let mut at = skip_space(bytes, at + 1);
    let mut is_plain = true;
    if bytes.get(at) == Some(&b'}') {
        return Ok(End { after: at + 1, is_plain });
    }
    loop {
        let (key, begin) = key_by(blocks, text, at)?;
        let (mut value, known_end) = match bytes.get(begin) {
            Some(b'{') => (Value::Object(text, begin, None), None),
            Some(b'"') => {
                let StringEnd { quote, escaped } = string_end(blocks, bytes, begin + 1).ok_or(Stop::Incomplete)?;
                let raw = match escaped {
                    false => Raw::Plain(text.get(begin + 1..quote).ok_or(Stop::Unsure)?),
                    true => Raw::Escaped(text.get(begin..=quote).ok_or(Stop::Unsure)?),
                };
                (Value::Cut(raw), Some(End { after: quote + 1, is_plain: !escaped }))
            }
            _ => value_at(text, begin)
                .map(|(raw, after)| (Value::Cut(raw), Some(End { after, is_plain: raw.is_leaf() })))?,
        };
        each(key, &mut value);
        let end = match (value, known_end) {
            (_, Some(end)) | (Value::Object(_, _, Some(end)), None) => end,
            _ => End { after: value_at(text, begin)?.1, is_plain: false },
        };
        is_plain &= end.is_plain;
        let next = skip_space(bytes, end.after);
        match bytes.get(next) {
            Some(b',') => at = skip_space(bytes, next + 1),
            Some(b'}') => return Ok(End { after: next + 1, is_plain }),
            Some(_) => return Err(Stop::Unsure),
            None => return Err(Stop::Incomplete),
        }
    }
}

/// The record as a whole was valid or is malformed; a part that is no object has no fields.
#[cold]
fn careful_fields<'a>(raw: &'a str, each: Each<'_, 'a>) {
    let _ = careful::each_field(raw, |key, value| each(&key, &mut Value::Cut(value)));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    type Leaves = BTreeMap<String, String>;

    /// Every leaf by its path; objects are read where they stand.
    fn in_place(path: &str, value: &mut Value<'_>, leaves: &mut Leaves) {
        leaves.insert(path.to_owned(), value.text().into_owned());
        value.each_field(|key, value| in_place(&format!("{path}/{key}"), value, leaves));
    }

    /// The definition: objects are cut out first.
    fn cut_first(path: &str, raw: Raw<'_>, leaves: &mut Leaves) {
        leaves.insert(path.to_owned(), careful::text_of(raw).into_owned());
        each_field(raw.json(), |key, value| cut_first(&format!("{path}/{key}"), value.raw(), leaves));
    }

    /// Looks at every field of an object, or at some of them only.
    fn look(value: &mut Value<'_>, all: bool) {
        value.each_field(|key, value| {
            if all || key == "a" {
                look(value, all)
            }
        });
    }

    fn documents() -> impl Strategy<Value = String> {
        use serde_json::Value;
        let text = prop_oneof!["[ -~]{0,20}", "[a-zé\\\\\"\n{}\\[\\],:]{0,40}"];
        let leaf = prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), text.prop_map(Value::from)];
        let value = leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                4 => proptest::collection::vec(("[ab\"]{1,2}", inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        });
        (value, any::<bool>()).prop_map(|(value, pretty)| match pretty {
            true => serde_json::to_string_pretty(&value).expect("a value prints"),
            false => value.to_string(),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn where_an_object_stands_it_reads_as_when_cut_out(
            text in documents(), at in any::<prop::sample::Index>(), with in proptest::option::of(any::<u8>()),
        ) {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            if let Some(with) = with { bytes[at] = with }
            let text = String::from_utf8_lossy(&bytes);
            for all in [true, false] {
                if each_field(&text, |_, value| look(value, all)) {
                    prop_assert!(content::is_json(blocks::Portable, &text), "{}", text);
                }
            }
            // Whoever asks for fields has found where the object ends.
            if let Ok((raw @ Raw::Container(whole), _)) = value_at(&text, 0) {
                let (mut walked, mut cut) = (Leaves::new(), Leaves::new());
                each_field(whole, |key, value| in_place(key, value, &mut walked));
                each_field(raw.json(), |key, value| cut_first(key, value.raw(), &mut cut));
                prop_assert_eq!(walked, cut);
            }
        }
    }
}
