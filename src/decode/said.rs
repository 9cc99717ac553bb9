//! What a record says, as one number.

use ahash::RandomState;

use super::record::{Field, Record};
#[cfg(target_arch = "x86_64")]
use crate::json::blocks::avx2::Avx2;
use crate::json::blocks::{Blocks, Portable, Vectors};
use crate::json::content::{self, Keys, is_json_value};

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
    type Output = u64;

    #[inline(always)]
    fn call(self) -> Self::Output {
        documents(self.avx2, self.record, self.keys)
    }
}

/// [`of_text`] with everything that it takes, to be compiled for AVX2.
#[cfg(target_arch = "x86_64")]
struct TextOnAvx2<'a> {
    parts: [&'a str; 2],
    keys: Keys,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for TextOnAvx2<'_> {
    type Output = u64;

    #[inline(always)]
    fn call(self) -> Self::Output {
        of_text(self.parts, self.keys)
    }
}

/// [`is_json_value`] with everything that it takes, to be compiled for AVX2.
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
        is_json_value(self.avx2, self.raw)
    }
}

impl Contents {
    /// Clones of one `hasher` give equal contents equal numbers.
    pub fn of(hasher: &RandomState) -> Self {
        Self { keys: Keys::of(hasher), vectors: Vectors::of_processor() }
    }

    /// A keyed hash of the text of a record as it stands, around what is cut out of it.
    #[inline]
    pub fn of_text(self, record: &str, cut: &str) -> u64 {
        let from = cut.as_ptr().addr().wrapping_sub(record.as_ptr().addr());
        let after = record.get(from..).and_then(|rest| rest.get(cut.len()..)).filter(|_| !cut.is_empty());
        // What is cut out may be nothing, or of another text.
        let parts = after.zip(record.get(..from)).map_or([record, ""], |(after, before)| [before, after]);
        match self.vectors {
            Vectors::Portable => of_text(parts, self.keys),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2(avx2) => avx2.vectorize(TextOnAvx2 { parts, keys: self.keys }),
        }
    }

    /// A keyed hash of what the sub-documents of a record say, however they are laid out.
    #[inline]
    pub fn documents(self, record: &Record<'_>) -> u64 {
        match self.vectors {
            Vectors::Portable => documents(Portable, record, self.keys),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2(avx2) => avx2.vectorize(DocumentsOnAvx2 { record, avx2, keys: self.keys }),
        }
    }

    /// Whether a raw value is JSON.
    pub fn is_json(self, raw: &str) -> bool {
        match self.vectors {
            Vectors::Portable => is_json_value(Portable, raw),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2(avx2) => avx2.vectorize(FormOnAvx2 { raw, avx2 }),
        }
    }
}

#[inline(always)]
fn of_text([before, after]: [&str; 2], keys: Keys) -> u64 {
    content::of_long(before, keys).rotate_left(32) ^ content::of_long(after, keys)
}

// A loop, not `fold`: a closure would be compiled by itself, for any processor.
#[inline(always)]
fn documents<B: Blocks>(blocks: B, record: &Record<'_>, keys: Keys) -> u64 {
    let mut all = 0_u64;
    for field in Field::DOCUMENTS {
        all = all.rotate_left(9) ^ content::of_value(blocks, record.text(field), keys);
    }
    all
}
