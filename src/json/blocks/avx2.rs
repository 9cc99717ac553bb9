//! Vectors of thirty-two bytes, where the processor has AVX2 (nearly every one of x86-64 since 2015).
//!
//! The same as [`super::Portable`] twice as wide; a test holds the two equal. Code that runs inside
//! [`Avx2::vectorize`] and is inlined there is compiled for such a processor.

use std::arch::x86_64::__m256i;

use pulp::x86::V3;
use pulp::{NullaryFnOnce, Simd, bytemuck};

use super::{Blocks, Masks};

/// Proof that the processor has AVX2 and what comes with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(V3);

impl Avx2 {
    /// The proof, if it can be given.
    pub fn try_new() -> Option<Self> {
        V3::try_new().map(Self)
    }

    /// Runs `work` compiled for AVX2.
    #[inline(always)]
    pub fn vectorize<W: NullaryFnOnce>(self, work: W) -> W::Output {
        Simd::vectorize(self.0, work)
    }

    #[inline(always)]
    fn mask(self, bytes: __m256i, byte: u8) -> u32 {
        self.0.avx2._mm256_movemask_epi8(self.equal(bytes, byte)).cast_unsigned()
    }

    #[inline(always)]
    fn equal(self, bytes: __m256i, byte: u8) -> __m256i {
        self.0.avx2._mm256_cmpeq_epi8(bytes, self.0.avx._mm256_set1_epi8(byte.cast_signed()))
    }
}

impl Blocks for Avx2 {
    const VECTOR: usize = 32;

    #[inline(always)]
    fn quotes_or_backslashes(self, bytes: &[u8]) -> Option<u32> {
        let block = load(bytes.first_chunk()?);
        let hits = self.0.avx2._mm256_or_si256(self.equal(block, b'"'), self.equal(block, b'\\'));
        Some(self.0.avx2._mm256_movemask_epi8(hits).cast_unsigned())
    }

    #[inline(always)]
    fn is_masked(self, bytes: &[u8; 32], mask: &[u8; 32], expected: &[u8; 32]) -> bool {
        let masked = self.0.avx2._mm256_and_si256(load(bytes), load(mask));
        let hits = self.0.avx2._mm256_cmpeq_epi8(masked, load(expected));
        self.0.avx2._mm256_movemask_epi8(hits) == -1
    }

    #[inline(always)]
    fn count(self, bits: u64) -> u32 {
        bits.count_ones()
    }

    #[inline(always)]
    fn masks(self, bytes: &[u8]) -> Option<Masks> {
        let block: &[u8; 64] = bytes.first_chunk()?;
        let (low, high) = (load(block.first_chunk()?), load(block.last_chunk()?));
        // `[` and `{`, `]` and `}` differ only in bit 0x20.
        let bit = self.0.avx._mm256_set1_epi8(0x20);
        let (folded_low, folded_high) = (self.0.avx2._mm256_or_si256(low, bit), self.0.avx2._mm256_or_si256(high, bit));
        let both = |low, high, byte| u64::from(self.mask(low, byte)) | u64::from(self.mask(high, byte)) << 32;
        Some(Masks {
            quotes: both(low, high, b'"'),
            backslashes: both(low, high, b'\\'),
            opens: both(folded_low, folded_high, b'{'),
            closes: both(folded_low, folded_high, b'}'),
        })
    }
}

#[inline(always)]
fn load(bytes: &[u8; 32]) -> __m256i {
    bytemuck::cast(*bytes)
}

#[cfg(test)]
mod tests {
    use super::super::Portable;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sees_what_the_portable_one_sees(bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), proptest::sample::select(br#""\{}[]"#.to_vec()),
        ], 0..100)) {
            let Some(avx2) = Avx2::try_new() else { return Ok(()) };
            prop_assert_eq!(avx2.masks(&bytes), Portable.masks(&bytes));
            let both = [&bytes[..], &bytes[16.min(bytes.len())..]].map(|half| Portable.quotes_or_backslashes(half));
            let expected = if let [Some(low), Some(high)] = both { Some(high << 16 | low) } else { None };
            prop_assert_eq!(avx2.quotes_or_backslashes(&bytes), expected);
        }

        #[test]
        fn it_compares_as_the_portable_one_does(
            bytes in any::<[u8; 32]>(), length in 0usize..33, other in prop::option::of((0usize..32, any::<u8>())),
        ) {
            let Some(avx2) = Avx2::try_new() else { return Ok(()) };
            let (mut mask, mut expected) = ([0; 32], [0; 32]);
            mask[..length].fill(0xff);
            expected[..length].copy_from_slice(&bytes[..length]);
            if let Some((at, byte)) = other {
                expected[at] = byte;
            }
            let is_equal = bytes[..length] == expected[..length] && expected[length..].iter().all(|&byte| byte == 0);
            prop_assert_eq!(Portable.is_masked(&bytes, &mask, &expected), is_equal);
            prop_assert_eq!(avx2.is_masked(&bytes, &mask, &expected), is_equal);
        }
    }
}
