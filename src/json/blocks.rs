//! Finding where a JSON string or container ends, a vector and sixty-four bytes at a time.
//!
//! The leaf of the fast path. It looks at quotes, backslashes, braces and brackets only, so it never says that JSON is
//! right; it says where a value would end if it is. [`Portable`] vectors are sixteen bytes wide and everywhere; where
//! the processor has AVX2, [`avx2`] has the same twice as wide. Safe code: the vector types come from the crates `wide`
//! and `pulp`.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;

use wide::u8x16;

/// How blocks of bytes are compared. All ways say the same.
pub(crate) trait Blocks: Copy {
    /// Bytes of a vector.
    const VECTOR: usize;

    /// Where a vector's worth of bytes has quotes or backslashes: bit `i` for byte `i`. `None` when fewer are left.
    fn quotes_or_backslashes(self, bytes: &[u8]) -> Option<u32>;

    /// The same, apart: quotes, then backslashes.
    fn quotes_and_backslashes(self, bytes: &[u8]) -> Option<(u32, u32)>;

    /// Whether `bytes`, where `mask` is set, are `expected`.
    fn is_masked(self, bytes: &[u8; 32], mask: &[u8; 32], expected: &[u8; 32]) -> bool;

    /// How many bits are set.
    fn count(self, bits: u64) -> u32;

    /// Where a block has quotes and where backslashes.
    fn quotes_of(self, block: &[u8; BLOCK]) -> (u64, u64);

    /// Whether a block has braces or brackets, in strings or outside.
    fn has_brackets(self, block: &[u8; BLOCK]) -> bool;

    /// Where a block has braces and brackets: those that open, and those that close.
    fn brackets_of(self, block: &[u8; BLOCK]) -> (u64, u64);
}

/// Bytes that are looked at together where containers end.
pub(crate) const BLOCK: usize = 64;

/// The index `by` bytes after `at`, both in one text: always a number that fits, so it is not checked, which each value of
/// a record would pay.
#[inline(always)]
pub(crate) const fn ahead(at: usize, by: usize) -> usize {
    at.wrapping_add(by)
}

/// The widest vectors that this processor has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Vectors {
    /// Sixteen bytes.
    Portable,
    /// Thirty-two.
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
}

impl Vectors {
    /// Asks the processor, once per decoder.
    pub fn of_processor() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = avx2::Avx2::try_new() {
            return Self::Avx2(avx2);
        }
        Self::Portable
    }
}

/// Vectors of sixteen bytes, which every processor of 64 bits has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

/// Where a string ends and whether it holds an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StringEnd {
    /// Index of the closing quote.
    pub quote: usize,
    /// Whether a backslash lies before it.
    pub escaped: bool,
}

/// The closing quote of the string whose text begins at `start`, just after the opening quote, where that is told fast:
/// `None` when a backslash lies before it, and when it lies in the last bytes of `bytes`, or nowhere.
#[inline(always)]
pub(crate) fn plain_string_end<B: Blocks>(blocks: B, bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let (quotes, backslashes) = blocks.quotes_and_backslashes(bytes.get(at..)?)?;
        // Those up to the first quote, all where there is none.
        if backslashes & (quotes ^ quotes.wrapping_sub(1)) != 0 {
            return None;
        }
        if quotes != 0 {
            return Some(ahead(at, quotes.trailing_zeros() as usize));
        }
        at = ahead(at, B::VECTOR);
    }
}

/// The end of the string whose text begins at `start`, just after the opening quote; `None` when it does not end.
#[inline(always)]
pub(crate) fn string_end<B: Blocks>(blocks: B, bytes: &[u8], start: usize) -> Option<StringEnd> {
    let at = next_special(blocks, bytes, start)?;
    if bytes[at] == b'"' { Some(StringEnd { quote: at, escaped: false }) } else { escaped_string_end(bytes, at) }
}

/// The next quote or backslash at or after `at`.
#[inline(always)]
pub(crate) fn next_special<B: Blocks>(blocks: B, bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(found) = blocks.quotes_or_backslashes(bytes.get(at..)?) {
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += B::VECTOR;
    }
    last_special(blocks, bytes, at)
}

/// [`next_special`] where less than a vector is left, which is one with bytes before it that were looked at.
#[inline(always)]
fn last_special<B: Blocks>(blocks: B, bytes: &[u8], at: usize) -> Option<usize> {
    let Some(from) = bytes.len().checked_sub(B::VECTOR) else {
        let rest = bytes.get(at..)?;
        return rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|further| at + further);
    };
    let found = blocks.quotes_or_backslashes(&bytes[from..])?;
    let left = found.checked_shr(u32::try_from(at - from).ok()?)?;
    (left != 0).then(|| at + left.trailing_zeros() as usize)
}

/// The index after the closing brace or bracket of the container that opens at `start`; `None` when it does not close.
#[inline(always)]
pub(crate) fn container_end<B: Blocks>(blocks: B, bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut state = InString::default();
    let mut at = start;
    while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let (quotes, backslashes) = blocks.quotes_of(block);
        if !blocks.has_brackets(block) {
            state.pass(quotes, backslashes);
            at = ahead(at, BLOCK);
            continue;
        }
        let quoted = state.quoted(quotes, backslashes);
        let (opens, closes) = blocks.brackets_of(block);
        let (opens, closes) = (opens & !quoted, closes & !quoted);
        if closes == 0 {
            depth = ahead(depth, blocks.count(opens) as usize);
            at = ahead(at, BLOCK);
            continue;
        }
        // Few blocks have more than two brackets.
        let mut brackets = opens | closes;
        while brackets != 0 {
            let bracket = brackets & brackets.wrapping_neg();
            if opens & bracket != 0 {
                depth = ahead(depth, 1);
            } else if depth > 1 {
                depth -= 1;
            } else {
                return Some(at + bracket.trailing_zeros() as usize + 1);
            }
            brackets ^= bracket;
        }
        at = ahead(at, BLOCK);
    }
    slow_container_end(bytes, at, depth, state)
}

/// Whether the scan is inside a string, carried from block to block.
#[derive(Clone, Copy, Debug, Default)]
struct InString {
    /// All ones inside a string, else zero.
    inside: u64,
    /// Whether the first byte of the next block is escaped.
    escaped: bool,
}

impl InString {
    /// Goes past a block of which nothing but its strings is of interest.
    #[inline(always)]
    fn pass(&mut self, quotes: u64, backslashes: u64) {
        let quotes = self.unescaped(quotes, backslashes);
        if quotes.count_ones() % 2 == 1 {
            self.inside = !self.inside;
        }
    }

    /// Those quotes that begin or end a string.
    #[inline(always)]
    fn unescaped(&mut self, quotes: u64, backslashes: u64) -> u64 {
        if backslashes == 0 && !self.escaped { quotes } else { quotes & !self.escapes(backslashes) }
    }

    /// Which bytes of the block lie in a string (the opening quote counts, the closing one does not).
    #[inline(always)]
    fn quoted(&mut self, quotes: u64, backslashes: u64) -> u64 {
        let quotes = self.unescaped(quotes, backslashes);
        if quotes == 0 {
            return self.inside;
        }
        let quoted = prefix_xor(quotes) ^ self.inside;
        self.inside = ((quoted as i64) >> 63) as u64;
        quoted
    }

    /// Which bytes are escaped by a backslash before them.
    #[cold]
    fn escapes(&mut self, backslashes: u64) -> u64 {
        let mut escaped = u64::from(self.escaped);
        self.escaped = false;
        let mut left = backslashes & !escaped;
        while left != 0 {
            let at = left.trailing_zeros();
            if at == 63 {
                self.escaped = true;
                break;
            }
            escaped |= 1 << (at + 1);
            left &= !(0b11 << at);
        }
        escaped
    }
}

impl Blocks for Portable {
    const VECTOR: usize = 16;

    #[inline(always)]
    fn quotes_or_backslashes(self, bytes: &[u8]) -> Option<u32> {
        let block = load(bytes.first_chunk()?);
        let hits = block.simd_eq(u8x16::splat(b'"')) | block.simd_eq(u8x16::splat(b'\\'));
        Some(hits.to_bitmask())
    }

    #[inline(always)]
    fn quotes_and_backslashes(self, bytes: &[u8]) -> Option<(u32, u32)> {
        let block = load(bytes.first_chunk()?);
        let mask = |byte| block.simd_eq(u8x16::splat(byte)).to_bitmask();
        Some((mask(b'"'), mask(b'\\')))
    }

    #[inline(always)]
    fn is_masked(self, bytes: &[u8; 32], mask: &[u8; 32], expected: &[u8; 32]) -> bool {
        let [bytes, mask, expected] = [bytes, mask, expected].map(|all| {
            let (halves, _) = all.as_chunks();
            [u128::from_le_bytes(halves[0]), u128::from_le_bytes(halves[1])]
        });
        bytes[0] & mask[0] == expected[0] && bytes[1] & mask[1] == expected[1]
    }

    /// Bit by bit: there are few, and counting is slow without an instruction for it.
    #[inline(always)]
    fn count(self, mut bits: u64) -> u32 {
        let mut count = 0;
        while bits != 0 {
            bits &= bits - 1;
            count += 1;
        }
        count
    }

    #[inline(always)]
    fn quotes_of(self, block: &[u8; BLOCK]) -> (u64, u64) {
        (
            mask_of(block, |part| part.simd_eq(u8x16::splat(b'"'))),
            mask_of(block, |part| part.simd_eq(u8x16::splat(b'\\'))),
        )
    }

    #[inline(always)]
    fn has_brackets(self, block: &[u8; BLOCK]) -> bool {
        let (opens, closes) = self.brackets_of(block);
        opens | closes != 0
    }

    #[inline(always)]
    fn brackets_of(self, block: &[u8; BLOCK]) -> (u64, u64) {
        // `[` and `{`, `]` and `}` differ only in bit 0x20.
        let folded = |part: u8x16| part | u8x16::splat(0x20);
        (
            mask_of(block, |part| folded(part).simd_eq(u8x16::splat(b'{'))),
            mask_of(block, |part| folded(part).simd_eq(u8x16::splat(b'}'))),
        )
    }
}

/// Where the bytes of a block are what `is` says of a sixteenth of them at a time.
#[inline(always)]
fn mask_of(block: &[u8; BLOCK], is: impl Fn(u8x16) -> u8x16) -> u64 {
    let parts = block.as_chunks().0.iter().enumerate();
    parts.fold(0, |mask, (i, part)| mask | u64::from(is(load(part)).to_bitmask()) << (i * 16))
}

#[inline(always)]
fn load(bytes: &[u8; 16]) -> u8x16 {
    u8x16::new(*bytes)
}

/// Bit `i` of the result is the parity of bits `0..=i`.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// Byte by byte from `at`: the tail of a buffer. A backslash takes away what the quote or backslash after it would mean,
/// outside of strings too: there it is not JSON, but where a container ends must not depend on how much text follows.
fn slow_container_end(bytes: &[u8], mut at: usize, mut depth: usize, state: InString) -> Option<usize> {
    let mut inside = state.inside != 0;
    let is_escapable = |at: usize| matches!(bytes.get(at), Some(b'"' | b'\\'));
    at += usize::from(state.escaped && is_escapable(at));
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += usize::from(is_escapable(at + 1)),
            b'"' => inside = !inside,
            b'{' | b'[' if !inside => depth += 1,
            b'}' | b']' if !inside => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Byte by byte from `at`, which lies inside a string.
#[cold]
fn escaped_string_end(bytes: &[u8], mut at: usize) -> Option<StringEnd> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(StringEnd { quote: at, escaped: true }),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, a byte at a time.
    fn plain_container_end(bytes: &[u8]) -> Option<usize> {
        slow_container_end(bytes, 0, 0, InString::default())
    }

    /// What stands inside strings.
    fn quoted() -> impl Strategy<Value = String> {
        let piece =
            prop_oneof![Just("\\\\"), Just("\\\""), Just("{"), Just("}"), Just("]"), Just("é"), Just("abcdefghijklm ")];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    /// Brackets, strings and what stands between, balanced or not; backslashes anywhere.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => proptest::sample::select(vec!["{", "}", "[", "]"]).prop_map(str::to_owned),
            4 => quoted().prop_map(|inner| format!("\"{inner}\"")),
            3 => "[a-z ,:é]{0,70}",
            1 => proptest::sample::select(vec!["\\", "\\\\", "\\\"", "\\{"]).prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn containers_end_where_the_definition_says(inner in pieces(), open_string in any::<bool>(), open in prop_oneof![Just('{'), Just('[')]) {
            let text = format!("{open}{inner}{}", if open_string { "\"}]}" } else { "" });
            prop_assert_eq!(container_end(Portable, text.as_bytes(), 0), plain_container_end(text.as_bytes()));
        }

        #[test]
        fn strings_end_where_the_definition_says(text in quoted(), skip in 0usize..3) {
            let padded = format!("{}{text}\"", "\"x".repeat(skip));
            let start = skip * 2;
            let plain = escaped_string_end(padded.as_bytes(), start);
            for padding in ["", "x", &"\\".repeat(64)] {
                let whole = format!("{padded}{padding}");
                if let Some(quote) = plain_string_end(Portable, whole.as_bytes(), start) {
                    prop_assert_eq!(Some(quote), plain.map(|e| e.quote));
                    prop_assert!(!padded[start..quote].contains('\\'));
                } else {
                    prop_assert!(padding.len() < 64 || padded[start..].contains('\\'));
                }
            }
            let found = string_end(Portable, padded.as_bytes(), start);
            prop_assert_eq!(found.map(|e| e.quote), plain.map(|e| e.quote));
            if let Some(end) = found {
                prop_assert_eq!(end.escaped, padded[start..end.quote].contains('\\'));
            }
        }
    }
}
