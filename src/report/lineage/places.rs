//! Places by symbol: which of many have an access key.

use crate::aggregate::Sym;

/// The places of each symbol, in order.
pub(super) struct Places(Vec<(Sym, usize)>);

impl Places {
    /// These symbols and their places.
    pub fn new(places: impl Iterator<Item = (Sym, usize)>) -> Self {
        let mut places: Vec<_> = places.collect();
        places.sort_unstable();
        Self(places)
    }

    /// The places of each symbol, with it.
    pub fn groups(&self) -> impl Iterator<Item = &[(Sym, usize)]> {
        self.0.chunk_by(|a, b| a.0 == b.0)
    }

    /// The places of `sym`, in order.
    pub fn of(&self, sym: Sym) -> impl Iterator<Item = usize> {
        let start = self.0.partition_point(|&(known, _)| known < sym);
        self.0[start..].iter().take_while(move |&&(known, _)| known == sym).map(|&(_, place)| place)
    }
}
