//! What lies around the counted events and is needed to judge them: calls that take back a change, whoever made them, since
//! when data events are recorded, and which credentials were used from which addresses.
//!
//! Read of every record, counted or not. Never saved: it belongs to the look at one incident.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::events::{EventRow, Place};
use super::uses::{Done, Use, Uses};
use super::{Aggregate, AggregateKind, Remap, Remember, Seen, Sym, Symbols};
use crate::model::{Event, EventTime, takes_back};

/// Registers [`Around`].
pub static KIND: AggregateKind = AggregateKind {
    name: "around",
    summary: "calls that take back changes, since when data events are recorded, who was at which address",
    empty: || Box::new(Around::default()),
};

/// What lies around the counted events.
#[derive(Clone, Debug, Default)]
pub struct Around {
    taken_back: BTreeMap<Place, EventRow>,
    data_since: HashMap<Sym, EventTime, ahash::RandomState>,
    uses: Uses,
}

impl Around {
    /// Calls that worked and take back what another may have done, in the order of time.
    pub fn taken_back(&self) -> impl Iterator<Item = (&Place, &EventRow)> {
        self.taken_back.iter()
    }

    /// The first data event of a service; `None` where there is none.
    pub fn data_since(&self, service: &str, symbols: &Symbols) -> Option<EventTime> {
        symbols.find(service).and_then(|service| self.data_since.get(&service)).copied()
    }

    /// Which credentials were used from where.
    pub fn uses(&self) -> impl Iterator<Item = (&Use, &Done)> {
        self.uses.all()
    }

    fn add(&mut self, place: Place, row: EventRow) {
        // Copies of one record differ in their bytes at most: the least is kept, whichever came first.
        match self.taken_back.get_mut(&place) {
            Some(known) if known.record <= row.record => {}
            Some(known) => *known = row,
            None => drop(self.taken_back.insert(place, row)),
        }
    }

    fn see_data(&mut self, service: Sym, time: EventTime) {
        self.data_since.entry(service).and_modify(|first| *first = time.min(*first)).or_insert(time);
    }
}

impl Around {
    fn remember(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        let Some(time) = event.event_time else { return };
        self.uses.see(event, symbols);
        if event.event_category == "Data" {
            self.see_data(symbols.intern(event.event_source), time);
        } else if !event.is_error()
            && takes_back(event.event_source, event.event_name)
            && let Some(place) = Place::of(event)
        {
            self.add(place, EventRow::of(&mut Seen::new(event, symbols)));
        }
    }
}

impl Aggregate for Around {
    fn observe(&mut self, _: &mut Seen<'_>) {}

    const REMEMBER: Option<Remember<Self>> = Some(Self::remember);

    fn merge(&mut self, other: Self, remap: &Remap) {
        self.uses.merge(other.uses, remap);
        for (service, time) in other.data_since {
            self.see_data(remap.of(service), time);
        }
        for (place, mut row) in other.taken_back {
            row.rename(remap);
            self.add(place, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::State;
    use crate::model::testing::{at, event, user};

    #[test]
    fn what_takes_back_and_what_does_not() {
        let admin = user("admin", "AKIAADMIN");
        let delete = Event {
            event_source: "iam.amazonaws.com",
            event_name: "DeleteUser",
            event_id: "1",
            record: "{}",
            ..event(&admin)
        };
        let data = Event { event_source: "s3.amazonaws.com", event_category: "Data", event_id: "2", ..delete };
        let early = Event { event_time: Some(at("2023-12-31T00:00:00Z")), ..data };
        let mut states = [State::new(&[&KIND]), State::new(&[&KIND])];
        for event in [delete, delete, Event { error_code: "AccessDenied", event_id: "3", ..delete }, data] {
            states[0].remember(&event);
        }
        states[1].remember(&Event { event_source: "sts.amazonaws.com", event_id: "4", ..delete });
        states[1].remember(&early);
        let [one, other] = states;
        let merged = other.merge(one);
        let around = merged.get::<Around>().expect("it was asked for");
        let found: Vec<&str> = around.taken_back().map(|(place, _)| &*place.event_id).collect();
        assert_eq!(found, ["1"]);
        assert_eq!(around.data_since("s3.amazonaws.com", merged.symbols()), early.event_time);
        assert_eq!(around.data_since("lambda.amazonaws.com", merged.symbols()), None);
    }
}
