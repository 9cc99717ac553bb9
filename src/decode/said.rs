//! What the sub-documents of a record say, as one number, and whether they are JSON.

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

/// [`documents`] with everything that it takes, to be compiled for AVX2.
#[cfg(target_arch = "x86_64")]
struct DocumentsOnAvx2<'r, 'a> {
    record: &'r Record<'a>,
    avx2: Avx2,
    keys: Keys,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for DocumentsOnAvx2<'_, '_> {
    type Output = (u64, bool);

    #[inline(always)]
    fn call(self) -> Self::Output {
        documents(self.avx2, self.record, self.keys)
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

    /// What the sub-documents of a record say, however they are laid out, and whether all of them are JSON.
    #[inline]
    pub fn documents(self, record: &Record<'_>) -> (u64, bool) {
        match self.vectors {
            Vectors::Portable => documents(Portable, record, self.keys),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2(avx2) => avx2.vectorize(DocumentsOnAvx2 { record, avx2, keys: self.keys }),
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
fn documents<B: Blocks>(blocks: B, record: &Record<'_>, keys: Keys) -> (u64, bool) {
    let (mut all, mut are_json) = (0_u64, true);
    for field in DOCUMENTS {
        let raw = record.text(field);
        let said = match is_container_or_text(raw) {
            true => match content(blocks, raw, keys) {
                Some(said) => said,
                None => {
                    are_json = false;
                    content::of_raw(raw, keys)
                }
            },
            false if raw.is_empty() => 0,
            false => content::of_raw(raw, keys),
        };
        all = all.rotate_left(9) ^ said;
    }
    (all, are_json)
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
