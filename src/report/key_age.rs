//! How old a long-lived key is, and how that is known.

use crate::aggregate::Symbols;
use crate::aggregate::keys::Creation;
use crate::model::EventTime;

const DAY_SECONDS: i64 = 86_400;

/// What the age of a key is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgeBasis {
    /// Its `CreateAccessKey` is in the logs: the age is exact.
    Created,
    /// Its first event: the key is at least this old.
    FirstSeen,
}

/// The age of one key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Age<'a> {
    /// Whole days; `None` when there is no moment to count from or to.
    pub days: Option<i64>,
    /// What they are counted from.
    pub basis: AgeBasis,
    /// When it was created and by whom, where that is logged.
    pub created: Option<(EventTime, &'a str)>,
}

impl AgeBasis {
    /// The word that is printed.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::FirstSeen => "first-seen",
        }
    }
}

impl<'a> Age<'a> {
    /// The age, at `as_of`, of a key that was first seen at `first_seen`.
    pub(crate) fn of<'c>(
        first_seen: Option<EventTime>,
        creations: impl Iterator<Item = &'c Creation>,
        symbols: &'a Symbols,
        as_of: Option<EventTime>,
    ) -> Self {
        let created =
            creation_of(first_seen, creations, symbols).map(|creation| (creation.time, symbols.text(creation.creator)));
        let basis = if created.is_some() { AgeBasis::Created } else { AgeBasis::FirstSeen };
        let from = created.map(|(time, _)| time).or(first_seen);
        let days = from.zip(as_of).map(|(from, to)| days_between(from, to));
        Self { days, basis, created }
    }
}

/// The creation of a key among those that are logged. Of several (altered records) the earliest holds, and one that is
/// later than the key's first event is no creation of this key.
pub(crate) fn creation_of<'c>(
    first_seen: Option<EventTime>,
    creations: impl Iterator<Item = &'c Creation>,
    symbols: &Symbols,
) -> Option<&'c Creation> {
    let before = creations.filter(|creation| first_seen.is_none_or(|first| creation.time <= first));
    before.min_by_key(|c| (c.time, symbols.text(c.creator), symbols.text(c.user_name), symbols.text(c.account)))
}

/// Whole days from one moment to a later one; 0 when it is not later.
pub(crate) fn days_between(from: EventTime, to: EventTime) -> i64 {
    (to.seconds() - from.seconds()).div_euclid(DAY_SECONDS).max(0)
}
