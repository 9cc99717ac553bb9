//! Turning to the next object: what is kept apart by where an object was delivered is kept apart from here on.

use super::counting::Counts;
use super::keep::Keep;
use crate::aggregate::State;
use crate::coverage::CoverageFacts;
use crate::input::LogObject;

/// Is told before an object, or a part of one, is read.
pub(super) trait Turn: Keep + Send {
    /// Turns to `object`: the numbers that follow go to `counts` and `coverage`. Whether identities are to be numbered anew.
    fn turn(&mut self, object: &LogObject, counts: &mut Counts, coverage: &mut CoverageFacts) -> bool;
}

impl Turn for State {
    #[inline]
    fn turn(&mut self, _: &LogObject, _: &mut Counts, _: &mut CoverageFacts) -> bool {
        false
    }
}
