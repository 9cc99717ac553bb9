//! The order in which records write their keys: a guess at the next one, so that most keys are compared, not searched.

use crate::json::blocks::{Blocks, ahead};

/// Past this many keys a shape learns no more.
const MOST: usize = 64;
/// How many keys that a record leaves out are passed over before its key counts as unknown.
const AHEAD: usize = 8;
/// The longest key that is expected, with quotes and colon: CloudTrail's own have up to 31 bytes.
const LONGEST: usize = 32;

/// The keys seen so far, in the order of a record that had them all. A shortcut: it never changes what is read.
#[derive(Clone, Debug)]
pub(super) struct Shape<F> {
    keys: Vec<(Written, F)>,
}

/// A key as it is written, `"key":`, ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    /// Its bytes; those that a shorter key lacks are zero here and in `mask`.
    bytes: [u8; LONGEST],
    mask: [u8; LONGEST],
    length: usize,
}

impl<F> Default for Shape<F> {
    fn default() -> Self {
        Self { keys: Vec::new() }
    }
}

impl<F: Copy> Shape<F> {
    /// What the key at `at` means and the index after its colon, if it is one that is expected from `place` on; `place`
    /// then moves behind it.
    #[inline(always)]
    pub fn expect<B: Blocks>(&self, blocks: B, bytes: &[u8], at: usize, place: &mut usize) -> Option<(F, usize)> {
        let next: &[u8; LONGEST] = bytes.get(at..)?.first_chunk()?;
        let (key, meaning) = self.keys.get(*place)?;
        if key.is_at(blocks, next) {
            *place += 1;
            return Some((*meaning, ahead(at, key.length)));
        }
        let others = self.keys.get(*place + 1..)?;
        for (passed, (key, meaning)) in others[..others.len().min(AHEAD)].iter().enumerate() {
            if key.is_at(blocks, next) {
                *place += passed + 2;
                return Some((*meaning, ahead(at, key.length)));
            }
        }
        None
    }

    /// Takes in a key that was not expected at `place`, which moves behind it.
    #[cold]
    pub fn learn(&mut self, key: &str, meaning: F, place: &mut usize) {
        let Some(written) = Written::new(key) else { return };
        if let Some(known) = self.keys.iter().position(|(same, _)| *same == written) {
            *place = known + 1;
        } else if self.keys.len() < MOST {
            self.keys.insert((*place).min(self.keys.len()), (written, meaning));
            *place += 1;
        }
    }
}

impl Written {
    #[inline(always)]
    fn is_at<B: Blocks>(&self, blocks: B, next: &[u8; LONGEST]) -> bool {
        blocks.is_masked(next, &self.mask, &self.bytes)
    }

    /// `None` for a key that is too long.
    fn new(key: &str) -> Option<Self> {
        let text = format!("\"{key}\":").into_bytes();
        let length = text.len();
        let (mut bytes, mut mask) = ([0; LONGEST], [0; LONGEST]);
        bytes.get_mut(..length)?.copy_from_slice(&text);
        mask.get_mut(..length)?.fill(0xff);
        Some(Self { bytes, mask, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::blocks::Portable;

    #[test]
    fn a_shape_learns_the_order_of_keys() {
        let mut shape = Shape::default();
        let mut place = 0;
        assert_eq!(shape.expect(Portable, b"\"a\":1", 0, &mut place), None);
        shape.learn("a", 'A', &mut place);
        shape.learn("c", 'C', &mut place);
        let mut place = 1;
        shape.learn("b", 'B', &mut place);
        let expect = |shape: &Shape<char>, text: &str, at: usize, place: &mut usize| {
            shape.expect(Portable, format!("{text:40}").as_bytes(), at, place)
        };
        let mut place = 0;
        assert_eq!(expect(&shape, "{\"a\":1", 1, &mut place), Some(('A', 5)));
        assert_eq!(expect(&shape, "\"c\":1", 0, &mut place), Some(('C', 4)), "b is left out");
        assert_eq!(expect(&shape, "\"b\":1", 0, &mut place), None, "b does not come after c");
        shape.learn("b", 'B', &mut place);
        assert_eq!(place, 2);
        assert_eq!(expect(&shape, "\"c\" :1", 0, &mut place), None, "only the compact form is expected");
        let mut place = 3;
        shape.learn("additionalEventData", 'D', &mut place);
        for (text, found) in [("\"additionalEventData\":{}", true), ("\"additionalEventDatum\":{}", false)] {
            assert_eq!(expect(&shape, text, 0, &mut 3).is_some(), found);
        }
        assert_eq!(
            shape.expect(Portable, b"\"additionalEventData\":{}", 0, &mut 3),
            None,
            "too near to the end to compare"
        );
        shape.learn("aKeyOfMoreThanThirtyTwoBytesInAll", 'E', &mut place);
        assert_eq!(place, 4, "what cannot be expected is not learned");
    }
}
