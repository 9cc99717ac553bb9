//! How many events an account has on a day, and of which kinds.

use indexmap::IndexMap;

use crate::model::{Event, EventTime};
use crate::scan::recorded::is_management;

type Names = IndexMap<String, u64, ahash::RandomState>;

/// The numbers of one account and day.
#[derive(Debug, Default)]
pub(super) struct DayNumbers {
    pub events: u64,
    pub duplicates: u64,
    pub updates: u64,
    pub read_only: u64,
    pub first: Option<EventTime>,
    pub last: Option<EventTime>,
    pub regions: Names,
    /// Management events by region, and those of them that only read.
    pub management: [Names; 2],
    pub categories: Names,
}

impl DayNumbers {
    /// Takes in a counted event.
    pub fn count(&mut self, event: &Event<'_>) {
        self.events += 1;
        self.read_only += u64::from(event.read_only == Some(true));
        self.see(event.event_time, event.event_time);
        add(&mut self.regions, event.aws_region, 1);
        add(&mut self.categories, event.event_category, 1);
        if is_management(event) {
            add(&mut self.management[0], event.aws_region, 1);
            if event.read_only == Some(true) {
                add(&mut self.management[1], event.aws_region, 1);
            }
        }
    }

    /// Takes in a copy of a counted event, which may be counted elsewhere.
    pub fn count_copy(&mut self, event: &Event<'_>) {
        self.duplicates += 1;
        self.see(event.event_time, event.event_time);
    }

    /// Adds the numbers of another worker.
    pub fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.duplicates += other.duplicates;
        self.updates += other.updates;
        self.read_only += other.read_only;
        self.see(other.first, other.last);
        other.regions.iter().for_each(|(name, &count)| add(&mut self.regions, name, count));
        for (own, others) in self.management.iter_mut().zip(other.management) {
            others.iter().for_each(|(name, &count)| add(own, name, count));
        }
        other.categories.iter().for_each(|(name, &count)| add(&mut self.categories, name, count));
    }

    fn see(&mut self, first: Option<EventTime>, last: Option<EventTime>) {
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = self.last.max(last);
    }
}

fn add(names: &mut Names, name: &str, by: u64) {
    match names.get_mut(name) {
        Some(count) => *count += by,
        None => drop(names.insert(name.to_owned(), by)),
    }
}
