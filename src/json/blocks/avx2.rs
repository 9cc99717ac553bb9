//! Vectors of thirty-two bytes, where the processor has AVX2 (nearly every one of x86-64 since 2015).
//!
//! The same as [`super::Portable`] twice as wide; a test holds the two equal. Code that runs inside
//! [`Avx2::vectorize`] and is inlined there is compiled for such a processor.

use std::arch::x86_64::__m256i;

use pulp::x86::V3;
use pulp::{NullaryFnOnce, Simd, bytemuck};

use super::{BLOCK, Blocks};

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

    /// The masks of two halves of a block.
    #[inline(always)]
    fn both(self, low: __m256i, high: __m256i) -> u64 {
        let mask = |half| u64::from(self.0.avx2._mm256_movemask_epi8(half).cast_unsigned());
        mask(low) | mask(high) << 32
    }

    /// `[` and `{`, `]` and `}` differ only in bit 0x20, which is set here.
    #[inline(always)]
    fn folded(self, bytes: __m256i) -> __m256i {
        self.0.avx2._mm256_or_si256(bytes, self.0.avx._mm256_set1_epi8(0x20))
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
    fn quotes_and_backslashes(self, bytes: &[u8]) -> Option<(u32, u32)> {
        let block = load(bytes.first_chunk()?);
        Some((self.mask(block, b'"'), self.mask(block, b'\\')))
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
    fn quotes_of(self, block: &[u8; BLOCK]) -> (u64, u64) {
        let [low, high] = halves(block);
        let quotes = self.both(self.equal(low, b'"'), self.equal(high, b'"'));
        (quotes, self.both(self.equal(low, b'\\'), self.equal(high, b'\\')))
    }

    #[inline(always)]
    fn has_brackets(self, block: &[u8; BLOCK]) -> bool {
        let [low, high] = halves(block).map(|half| self.folded(half));
        let or = |one, other| self.0.avx2._mm256_or_si256(one, other);
        let of = |half| or(self.equal(half, b'{'), self.equal(half, b'}'));
        let any = or(of(low), of(high));
        self.0.avx._mm256_testz_si256(any, any) == 0
    }

    #[inline(always)]
    fn brackets_of(self, block: &[u8; BLOCK]) -> (u64, u64) {
        let [low, high] = halves(block).map(|half| self.folded(half));
        let opens = self.both(self.equal(low, b'{'), self.equal(high, b'{'));
        (opens, self.both(self.equal(low, b'}'), self.equal(high, b'}')))
    }
}

#[inline(always)]
fn halves(block: &[u8; BLOCK]) -> [__m256i; 2] {
    bytemuck::cast(*block)
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
            if let Some(block) = bytes.first_chunk() {
                prop_assert_eq!(avx2.quotes_of(block), Portable.quotes_of(block));
                prop_assert_eq!(avx2.brackets_of(block), Portable.brackets_of(block));
                prop_assert_eq!(avx2.has_brackets(block), Portable.has_brackets(block));
            }
            let both = [&bytes[..], &bytes[16.min(bytes.len())..]].map(|half| Portable.quotes_or_backslashes(half));
            let expected = if let [Some(low), Some(high)] = both { Some(high << 16 | low) } else { None };
            prop_assert_eq!(avx2.quotes_or_backslashes(&bytes), expected);
            let both = [&bytes[..], &bytes[16.min(bytes.len())..]].map(|half| Portable.quotes_and_backslashes(half));
            let expected = if let [Some(low), Some(high)] = both {
                Some((high.0 << 16 | low.0, high.1 << 16 | low.1))
            } else {
                None
            };
            prop_assert_eq!(avx2.quotes_and_backslashes(&bytes), expected);
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
