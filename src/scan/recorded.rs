//! The days on which an account has management events in a region, and whether one of them only read.
//!
//! A trail that records write events only shows that on every day; so does a day after it was set so.

use hashbrown::HashMap;

use crate::model::{Day, Event, EventTime};

/// Those days, as one worker meets them. The events of an object are mostly of one account, region and day.
#[derive(Default)]
pub(super) struct Recorded {
    days: Vec<RecordedDay>,
    places: HashMap<(String, String, Day), usize, ahash::RandomState>,
    last: usize,
}

struct RecordedDay {
    account: String,
    region: String,
    day: Day,
    reads: bool,
}

impl Recorded {
    /// Takes in a counted event. Data and network events say nothing of what is recorded of management events.
    #[inline]
    pub fn add(&mut self, event: &Event<'_>, time: EventTime) {
        if is_management(event) {
            let (account, region, day) = (event.account_id(), event.aws_region, time.day());
            let is_last = |known: &RecordedDay| known.day == day && known.region == region && known.account == account;
            if !self.days.get(self.last).is_some_and(is_last) {
                self.last = self.find(account, region, day);
            }
            self.days[self.last].reads |= event.read_only == Some(true);
        }
    }

    fn find(&mut self, account: &str, region: &str, day: Day) -> usize {
        *self.places.entry((account.to_owned(), region.to_owned(), day)).or_insert_with(|| {
            self.days.push(RecordedDay { account: account.to_owned(), region: region.to_owned(), day, reads: false });
            self.days.len() - 1
        })
    }

    /// Each day with its account and region.
    pub fn into_days(self) -> impl Iterator<Item = ((String, String), Day, bool)> {
        self.days.into_iter().map(|day| ((day.account, day.region), day.day, day.reads))
    }
}

/// Whether an event is a management event. Records before eventVersion 1.07 have no category.
pub(super) fn is_management(event: &Event<'_>) -> bool {
    matches!(event.event_category, "" | "Management")
}
