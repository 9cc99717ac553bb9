//! What a record says, as one number, and whether its sub-documents are JSON.

use ahash::RandomState;

use super::record::{Field, Record};
#[cfg(target_arch = "x86_64")]
use crate::json::blocks::avx2::Avx2;
use crate::json::blocks::{Blocks, Portable, Vectors};
use crate::json::content::{self, Keys, content, is_json};

/// The fields that hold one, in the order in which they count.
const DOCUMENTS: [Field; 6] = [
    Field::RequestParameters,
    Field::ResponseElements,
    Field::AdditionalEventData,
    Field::ServiceEventDetails,
    Field::Resources,
    Field::Addendum,
];

/// What contents are read with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contents {
    keys: Keys,
    vectors: Vectors,
}

/// What was found in the sub-documents of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Documents {
    /// A keyed hash of what they say, however they are laid out, where that is asked for.
    pub said: u64,
    /// Whether all of them are JSON.
    pub are_json: bool,
}

/// [`documents`] with everything that it takes, to be compiled for AVX2.
#[cfg(target_arch = "x86_64")]
struct DocumentsOnAvx2<'r, 'a, const SAID: bool> {
    record: &'r Record<'a>,
    avx2: Avx2,
    keys: Keys,
}

#[cfg(target_arch = "x86_64")]
impl<const SAID: bool> pulp::NullaryFnOnce for DocumentsOnAvx2<'_, '_, SAID> {
    type Output = Documents;

    #[inline(always)]
    fn call(self) -> Self::Output {
        documents::<_, SAID>(self.avx2, self.record, self.keys)
    }
}

/// [`form`] with everything that it takes, to be compiled for AVX2.
#[cfg(target_arch = "x86_64")]
struct FormOnAvx2<'a> {
    raw: &'a str,
    avx2: Avx2,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for FormOnAvx2<'_> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> Self::Output {
        form(self.avx2, self.raw)
    }
}

impl Contents {
    /// Clones of one `hasher` give equal contents equal numbers.
    pub fn of(hasher: &RandomState) -> Self {
        Self { keys: Keys::of(hasher), vectors: Vectors::of_processor() }
    }

    /// A keyed hash of the text of a record as it stands.
    #[inline]
    pub fn of_text(self, record: &str) -> u64 {
        content::of_long(record, self.keys)
    }

    /// Looks at the sub-documents of a record; `SAID`: also at what they say.
    #[inline]
    pub fn documents<const SAID: bool>(self, record: &Record<'_>) -> Documents {
        match self.vectors {
            Vectors::Portable => documents::<_, SAID>(Portable, record, self.keys),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2(avx2) => avx2.vectorize(DocumentsOnAvx2::<SAID> { record, avx2, keys: self.keys }),
        }
    }

    /// Whether a raw value is JSON.
    pub fn is_json(self, raw: &str) -> bool {
        match self.vectors {
            Vectors::Portable => form(Portable, raw),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2(avx2) => avx2.vectorize(FormOnAvx2 { raw, avx2 }),
        }
    }
}

// A loop, not `fold`: a closure would be compiled by itself, for any processor.
#[inline(always)]
fn documents<B: Blocks, const SAID: bool>(blocks: B, record: &Record<'_>, keys: Keys) -> Documents {
    let mut all = Documents { said: 0, are_json: true };
    for field in DOCUMENTS {
        let raw = record.text(field);
        if !SAID {
            all.are_json &= form(blocks, raw);
            continue;
        }
        let said = match is_container_or_text(raw) {
            true => content(blocks, raw, keys),
            false if raw.is_empty() => Some(0),
            false => Some(content::of_raw(raw, keys)),
        };
        all.are_json &= said.is_some();
        all.said = all.said.rotate_left(9) ^ said.unwrap_or_else(|| content::of_raw(raw, keys));
    }
    all
}

#[inline(always)]
fn form<B: Blocks>(blocks: B, raw: &str) -> bool {
    !is_container_or_text(raw) || is_json(blocks, raw)
}

/// Everything else was looked at when it was read: a number, a word, or a text without escapes, which is kept without its
/// quotes.
#[inline(always)]
fn is_container_or_text(raw: &str) -> bool {
    matches!(raw.as_bytes().first(), Some(b'{' | b'[' | b'"'))
}
