//! The order in which records write their keys: a guess at the next one, so that most keys are compared, not searched.

/// Past this many keys a shape learns no more.
const MOST: usize = 64;
/// How many keys that a record leaves out are passed over before its key counts as unknown.
const AHEAD: usize = 8;

/// The keys seen so far, in the order of a record that had them all. A shortcut: it never changes what is read.
#[derive(Clone, Debug)]
pub(super) struct Shape<F> {
    keys: Vec<(Written, F)>,
}

/// A key as it is written, `"key":`, ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    /// The first sixteen bytes; those that a shorter key lacks are zero here and in `mask`.
    head: u128,
    mask: u128,
    /// What follows the first sixteen bytes.
    tail: Box<[u8]>,
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
    pub fn expect(&self, bytes: &[u8], at: usize, place: &mut usize) -> Option<(F, usize)> {
        let head = u128::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
        let ahead = self.keys.get(*place..)?.iter().take(AHEAD).enumerate();
        for (passed, (key, meaning)) in ahead {
            if head & key.mask == key.head && (key.length <= 16 || bytes[at + 16..].starts_with(&key.tail)) {
                *place += passed + 1;
                return Some((*meaning, at + key.length));
            }
        }
        None
    }

    /// Takes in a key that was not expected at `place`, which moves behind it.
    #[cold]
    pub fn learn(&mut self, key: &str, meaning: F, place: &mut usize) {
        let written = Written::new(key);
        if let Some(known) = self.keys.iter().position(|(same, _)| *same == written) {
            *place = known + 1;
        } else if self.keys.len() < MOST {
            self.keys.insert((*place).min(self.keys.len()), (written, meaning));
            *place += 1;
        }
    }
}

impl Written {
    fn new(key: &str) -> Self {
        let text = format!("\"{key}\":").into_bytes();
        let (mut head, mut mask) = ([0; 16], [0; 16]);
        for (i, &byte) in text.iter().take(16).enumerate() {
            (head[i], mask[i]) = (byte, 0xff);
        }
        let tail = text.get(16..).unwrap_or_default().into();
        Self { head: u128::from_le_bytes(head), mask: u128::from_le_bytes(mask), tail, length: text.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_learns_the_order_of_keys() {
        let mut shape = Shape::default();
        let mut place = 0;
        assert_eq!(shape.expect(b"\"a\":1", 0, &mut place), None);
        shape.learn("a", 'A', &mut place);
        shape.learn("c", 'C', &mut place);
        let mut place = 1;
        shape.learn("b", 'B', &mut place);
        let mut place = 0;
        assert_eq!(shape.expect(b"{\"a\":1              ", 1, &mut place), Some(('A', 5)));
        assert_eq!(shape.expect(b"\"c\":1              ", 0, &mut place), Some(('C', 4)), "b is left out");
        assert_eq!(shape.expect(b"\"b\":1              ", 0, &mut place), None, "b does not come after c");
        shape.learn("b", 'B', &mut place);
        assert_eq!(place, 2);
        assert_eq!(shape.expect(b"\"c\" :1             ", 0, &mut place), None, "only the compact form is expected");
        let long = b"\"additionalEventData\":{}";
        let mut place = 3;
        shape.learn("additionalEventData", 'D', &mut place);
        for (text, found) in [(&long[..], true), (b"\"additionalEventDatum\":{}", false), (&long[..20], false)] {
            assert_eq!(shape.expect(text, 0, &mut 3).is_some(), found);
        }
    }
}
