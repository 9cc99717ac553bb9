//! The order in which records write their keys: a guess at the next one, so that most keys are compared, not searched.

/// Past this many keys a shape learns no more.
const MOST: usize = 64;
/// How many keys that a record leaves out are passed over before its key counts as unknown.
const AHEAD: usize = 8;

/// The keys seen so far, in the order of a record that had them all. A shortcut: it never changes what is read.
#[derive(Clone, Debug)]
pub(super) struct Shape<F> {
    keys: Vec<(Box<[u8]>, F)>,
}

impl<F> Default for Shape<F> {
    fn default() -> Self {
        Self { keys: Vec::new() }
    }
}

impl<F: Copy> Shape<F> {
    /// What the key at `at` means and the index after its colon, if it is one that is expected from `place` on; `place`
    /// then moves behind it.
    #[inline]
    pub fn expect(&self, bytes: &[u8], at: usize, place: &mut usize) -> Option<(F, usize)> {
        let rest = bytes.get(at..)?;
        let ahead = self.keys.get(*place..)?.iter().take(AHEAD).enumerate();
        for (passed, (key, meaning)) in ahead {
            if rest.starts_with(key) {
                *place += passed + 1;
                return Some((*meaning, at + key.len()));
            }
        }
        None
    }

    /// Takes in a key that was not expected at `place`, which moves behind it.
    #[cold]
    pub fn learn(&mut self, key: &str, meaning: F, place: &mut usize) {
        let written = format!("\"{key}\":").into_bytes().into_boxed_slice();
        if let Some(known) = self.keys.iter().position(|(same, _)| *same == written) {
            *place = known + 1;
        } else if self.keys.len() < MOST {
            self.keys.insert((*place).min(self.keys.len()), (written, meaning));
            *place += 1;
        }
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
        assert_eq!(shape.expect(b"{\"a\":1", 1, &mut place), Some(('A', 5)));
        assert_eq!(shape.expect(b"\"c\":1", 0, &mut place), Some(('C', 4)), "b is left out");
        assert_eq!(shape.expect(b"\"b\":1", 0, &mut place), None, "b does not come after c");
        shape.learn("b", 'B', &mut place);
        assert_eq!(place, 2);
        assert_eq!(shape.expect(b"\"c\" :1", 0, &mut place), None, "only the compact form is expected");
    }
}
