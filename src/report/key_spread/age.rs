//! How old a key is, and how that is known.

use crate::aggregate::Symbols;
use crate::aggregate::keys::{Creation, KeyUse};
use crate::model::EventTime;

const DAY_SECONDS: i64 = 86_400;

/// What the age of a key is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AgeBasis {
    /// Its `CreateAccessKey` is in the logs: the age is exact.
    Created,
    /// Its first event: the key is at least this old.
    FirstSeen,
}

/// The age of one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Age<'a> {
    /// Whole days; `None` when there is no moment to count from or to.
    pub days: Option<i64>,
    /// What they are counted from.
    pub basis: AgeBasis,
    /// When it was created and by whom, where that is logged.
    pub created: Option<(EventTime, &'a str)>,
}

impl AgeBasis {
    /// The word that is printed.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::FirstSeen => "first-seen",
        }
    }
}

impl<'a> Age<'a> {
    /// The age of a key at `as_of`. Of several logged creations (altered records) the earliest holds, and one that is
    /// later than the key's first event is no creation of this key.
    pub(super) fn of(row: &KeyUse, creations: &[Creation], symbols: &'a Symbols, as_of: Option<EventTime>) -> Self {
        let first_seen = row.span.first();
        let created = creations
            .iter()
            .filter(|creation| first_seen.is_none_or(|first| creation.time <= first))
            .map(|creation| (creation.time, symbols.text(creation.creator)))
            .min();
        let basis = if created.is_some() { AgeBasis::Created } else { AgeBasis::FirstSeen };
        let from = created.map(|(time, _)| time).or(first_seen);
        let days = from.zip(as_of).map(|(from, to)| (to.seconds() - from.seconds()).div_euclid(DAY_SECONDS).max(0));
        Self { days, basis, created }
    }
}
