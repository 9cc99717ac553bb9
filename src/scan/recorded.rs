//! Where counted events belong: account, region and category, and the days on which an account has management events in a
//! region, and whether one of them only read.
//!
//! A trail that records write events only shows that on every day; so does a day after it was set so.

use hashbrown::HashMap;

use crate::coverage::CoverageFacts;
use crate::model::{Day, Event, EventTime};

/// Those places and days, as one worker meets them. The events of an object are mostly of one.
#[derive(Default)]
pub(super) struct Recorded {
    places: Vec<Place>,
    by_name: HashMap<[String; 3], usize, ahash::RandomState>,
    days: Vec<RecordedDay>,
    by_day: HashMap<(usize, Day), usize, ahash::RandomState>,
    /// The last of each.
    last: (usize, usize),
}

/// Where events belong.
struct Place {
    account: String,
    region: String,
    category: String,
    /// Those that were counted.
    events: u64,
}

/// A day of a place whose events are management events.
struct RecordedDay {
    place: usize,
    day: Day,
    reads: bool,
}

impl Recorded {
    /// Takes in a counted event. Data and network events say nothing of what is recorded of management events.
    #[inline]
    pub fn add(&mut self, event: &Event<'_>, time: EventTime) {
        let names = [event.account_id(), event.aws_region, event.event_category];
        let (mut place, mut nth) = self.last;
        if !self.places.get(place).is_some_and(|last| last.is_of(names)) {
            place = self.place(names);
        }
        self.places[place].events += 1;
        if is_management(event) {
            let day = time.day();
            if !self.days.get(nth).is_some_and(|last| last.place == place && last.day == day) {
                nth = self.day(place, day);
            }
            self.days[nth].reads |= event.read_only == Some(true);
        }
        self.last = (place, nth);
    }

    #[inline(never)]
    fn place(&mut self, names: [&str; 3]) -> usize {
        *self.by_name.entry(names.map(str::to_owned)).or_insert_with(|| {
            let [account, region, category] = names.map(str::to_owned);
            self.places.push(Place { account, region, category, events: 0 });
            self.places.len() - 1
        })
    }

    #[inline(never)]
    fn day(&mut self, place: usize, day: Day) -> usize {
        *self.by_day.entry((place, day)).or_insert_with(|| {
            self.days.push(RecordedDay { place, day, reads: false });
            self.days.len() - 1
        })
    }

    /// Adds them to a coverage.
    pub fn fold_into(self, coverage: &mut CoverageFacts) {
        let days = self.days.iter().map(|day| {
            let place = &self.places[day.place];
            ((place.account.clone(), place.region.clone()), day.day, day.reads)
        });
        coverage.proof.add_recorded(days);
        for Place { account, region, category: name, events } in self.places {
            coverage.accounts.extend(Some(account).filter(|name| !name.is_empty()));
            coverage.regions.extend(Some(region).filter(|name| !name.is_empty()));
            *coverage.categories.entry(category(&name)).or_default() += events;
        }
    }
}

impl Place {
    #[inline]
    fn is_of(&self, [account, region, category]: [&str; 3]) -> bool {
        is_same(&self.account, account) && is_same(&self.region, region) && is_same(&self.category, category)
    }
}

/// Whether two texts are the same; of eight to sixteen bytes, as account ids, regions and categories have, without a call.
#[inline]
fn is_same(one: &str, other: &str) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let ends = |text: &str| {
        let bytes = text.as_bytes();
        bytes.first_chunk::<8>().copied().zip(bytes.last_chunk::<8>().copied())
    };
    match (ends(one), ends(other)) {
        (Some(one_ends), Some(other_ends)) if one.len() <= 16 => one_ends == other_ends,
        _ => one == other,
    }
}

/// Whether an event is a management event. Records before eventVersion 1.07 have no category.
pub(super) fn is_management(event: &Event<'_>) -> bool {
    matches!(event.event_category, "" | "Management")
}

/// The word that coverage uses for an `eventCategory`. Records before eventVersion 1.07 have none.
pub(super) fn category(name: &str) -> String {
    match name {
        "" => "unspecified".to_owned(),
        "NetworkActivity" => "network".to_owned(),
        other => other.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_are_compared_whole() {
        for length in 0..20 {
            let text = "x".repeat(length);
            assert!(is_same(&text, &text.clone()) && !is_same(&text, &format!("{text}x")));
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "y");
                assert!(!is_same(&text, &other), "{other}");
            }
        }
    }
}
