//! What a worker keeps when a rollup is made: states by account and day, and the numbers of each place of delivery.

use indexmap::IndexMap;

use super::ids::Ids;
use super::numbers::DayNumbers;
use crate::aggregate::{AggregateKind, PartitionKey, Partitions};
use crate::coverage::CoverageFacts;
use crate::input::LogObject;
use crate::model::{Day, Event};
use crate::scan::counting::Counts;
use crate::scan::keep::Keep;
use crate::scan::turn::Turn;

/// An account, a region and a day of delivery; `None` of objects outside AWSLogs layout, which every window reads.
pub(super) type Place = Option<(String, String, Day)>;

/// The numbers of one place.
#[derive(Default)]
pub(super) struct Desk {
    pub counts: Counts,
    pub coverage: CoverageFacts,
}

/// What one worker keeps.
pub(in crate::scan) struct Keeper {
    /// Counted events, by their own account and day.
    pub(super) counted: Partitions,
    pub(super) days: IndexMap<PartitionKey, DayNumbers, ahash::RandomState>,
    /// What explains others, by the account and day of delivery of its object.
    pub(super) remembered: Partitions,
    pub(super) desks: IndexMap<Place, Desk, ahash::RandomState>,
    /// Which events were met, where that is asked.
    pub(super) ids: Option<Ids>,
    /// Where the object that is being read was delivered.
    place: Place,
    /// The numbers of the last event's day: the next is mostly of the same.
    last_day: usize,
}

impl Keeper {
    /// Has read nothing yet.
    pub fn new(kinds: &[&'static AggregateKind]) -> Self {
        Self {
            counted: Partitions::new(kinds),
            days: IndexMap::default(),
            remembered: Partitions::new(kinds),
            desks: IndexMap::default(),
            ids: None,
            place: None,
            last_day: 0,
        }
    }

    /// Notes which events are met, too.
    pub fn with_ids(self) -> Self {
        Self { ids: Some(Ids::default()), ..self }
    }

    /// Takes back the numbers of the last place.
    pub(super) fn close(&mut self, counts: Counts, coverage: CoverageFacts) {
        let place = std::mem::take(&mut self.place);
        self.desks.insert(place, Desk { counts, coverage });
    }

    /// The coverage of the place of an object.
    pub(super) fn coverage_of(&mut self, object: &LogObject) -> &mut CoverageFacts {
        let coverage = &mut self.desks.entry(place_of(object)).or_default().coverage;
        coverage.objects.get_or_insert_default();
        coverage
    }

    /// Adds the partitions of another worker.
    pub(super) fn merge(self, other: Self) -> Self {
        let mut days = self.days;
        for (key, numbers) in other.days {
            days.entry(key).or_default().merge(numbers);
        }
        let counted = self.counted.merge(other.counted);
        let remembered = self.remembered.merge(other.remembered);
        let mut ids = self.ids;
        if let Some(theirs) = other.ids {
            ids.get_or_insert_default().merge(theirs);
        }
        Self { counted, remembered, days, ids, ..self }
    }

    /// The numbers of the day of an event that was met.
    fn day(&mut self, event: &Event<'_>) -> &mut DayNumbers {
        if let Some(ids) = &mut self.ids {
            ids.note(event, self.place.as_ref().map(|(account, _, day)| (account.as_str(), *day)));
        }
        let (account, day) = (event.account_id(), event.event_time.map(|time| time.day()));
        if !self.days.get_index(self.last_day).is_some_and(|(key, _)| key.is(account, day)) {
            let entry = self.days.entry(PartitionKey { account: account.to_owned(), day });
            self.last_day = entry.index();
            entry.or_default();
        }
        &mut self.days[self.last_day]
    }
}

fn place_of(object: &LogObject) -> Place {
    let key = object.key().filter(|key| key.in_layout)?;
    Some((key.account_id, key.region, key.day))
}

impl Keep for Keeper {
    fn remember(&mut self, event: &Event<'_>) {
        let (account, day) = match &self.place {
            Some((account, _, day)) => (account.as_str(), Some(*day)),
            None => ("", None),
        };
        self.remembered.remember(event, account, day);
    }

    fn observe(&mut self, event: &Event<'_>) {
        self.day(event).count(event);
        self.counted.observe(event, event.account_id(), event.event_time.map(|time| time.day()));
    }

    fn pass_over(&mut self, event: &Event<'_>) {
        self.day(event).count_copy(event);
    }

    fn supersede(&mut self, event: &Event<'_>) {
        let numbers = self.day(event);
        numbers.duplicates += 1;
        numbers.updates += 1;
    }
}

impl Turn for Keeper {
    /// Identities are numbered anew in each place, so that partitions do not keep room for those of all others.
    fn turn(&mut self, object: &LogObject, counts: &mut Counts, coverage: &mut CoverageFacts) -> bool {
        let place = place_of(object);
        coverage.objects.get_or_insert_default();
        if place == self.place {
            return place.is_none();
        }
        let next = self.desks.swap_remove(&place).unwrap_or_default();
        let before = Desk {
            counts: std::mem::replace(counts, next.counts),
            coverage: std::mem::replace(coverage, next.coverage),
        };
        coverage.objects.get_or_insert_default();
        self.desks.insert(std::mem::replace(&mut self.place, place), before);
        true
    }
}
