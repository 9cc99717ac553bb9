//! A part that dies is a failure with a name: what one event kills costs its object, and nothing is lost without a word.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use trailscan::aggregate::{Aggregate, AggregateKind, Remap, Seen, principals};
use trailscan::filter::Filters;
use trailscan::input::{self, DayRange, Input};
use trailscan::scan::{self, Limits, Meter, ScanError, ScanOutcome, ScanRequest};

use crate::harness::Place;
use crate::records::{call, delivered, id};

/// The event that kills.
const DEADLY: usize = 5;

/// An aggregate of somebody who uses the library, with a fault in it.
struct Deadly {
    /// Whether it dies of the event, or only when two are merged.
    of_event: bool,
}

impl Aggregate for Deadly {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        assert!(!(self.of_event && seen.event.event_id == id(DEADLY)), "no such\n  event.");
    }

    fn merge(&mut self, _: Self, _: &Remap) {
        assert!(self.of_event, "cannot be merged");
    }
}

static OF_EVENT: AggregateKind =
    AggregateKind { name: "of-event", summary: "Dies of an event", empty: || Box::new(Deadly { of_event: true }) };
static OF_MERGE: AggregateKind =
    AggregateKind { name: "of-merge", summary: "Dies of merging", empty: || Box::new(Deadly { of_event: false }) };
static OF_BIRTH: AggregateKind =
    AggregateKind { name: "of-birth", summary: "Never lives", empty: || unreachable!("never made") };

fn scanned(place: &Place, kind: &'static AggregateKind, threads: usize) -> Result<ScanOutcome, ScanError> {
    let stop = AtomicBool::new(false);
    let folder = Input::Path(place.path("logs"));
    scan::scan(ScanRequest {
        listing: input::list(&[folder], DayRange::ALL, &stop),
        source: None,
        window: None,
        now: None,
        filters: &Filters::default(),
        aggregates: &[&principals::KIND, kind],
        threads: NonZeroUsize::new(threads).expect("a number"),
        dedupe: true,
        limits: Limits::default(),
        stop: &stop,
        meter: &Meter::default(),
        verify: None,
    })
}

/// Five objects of three events, one of which kills in its middle; `pack` is how they are packed.
fn logs(place: &Place, pack: impl Fn(String) -> Vec<u8>) {
    for object in 0..5 {
        let records: Vec<_> = (0..3).map(|event| call(object * 3 + event + 1, 0)).collect();
        place.write(&format!("logs/{object}.json"), pack(delivered(&records)));
    }
}

fn assert_one_is_damaged(outcome: &ScanOutcome, threads: usize) {
    let coverage = &outcome.coverage;
    assert_eq!((coverage.objects_read, coverage.objects_damaged), (4, 1), "{threads} threads: {:?}", coverage.failures);
    assert!(coverage.is_partial());
    let failure = &coverage.failures[0];
    assert!(failure.object.ends_with("logs/1.json"), "{failure:?}");
    let why = "died of a fault in trailscan: please report it, with what -vv says (no such event)";
    assert!(failure.why.starts_with(why), "{failure:?}");
    assert_eq!(coverage.events, coverage.events_in_window + coverage.events_out_of_window);
    // All of the others, and what came before in this one.
    assert!((13..=14).contains(&coverage.events_counted), "{}", coverage.events_counted);
}

#[test]
fn what_one_event_kills_costs_its_object() {
    let place = Place::new();
    logs(&place, String::into_bytes);
    for threads in [1, 4] {
        assert_one_is_damaged(&scanned(&place, &OF_EVENT, threads).expect("an outcome"), threads);
    }
}

#[test]
fn a_part_of_a_stream_that_dies_costs_its_object() {
    let place = Place::new();
    // Streams are cut into parts, which any thread may read.
    logs(&place, |text| zstd::encode_all(text.as_bytes(), 1).expect("memory"));
    for threads in [1, 4] {
        assert_one_is_damaged(&scanned(&place, &OF_EVENT, threads).expect("an outcome"), threads);
    }
}

#[test]
fn a_thread_that_dies_ends_the_scan_with_a_word() {
    let place = Place::new();
    logs(&place, String::into_bytes);
    // One thread alone has nothing to merge.
    let merges = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    for (kind, why) in
        [(&OF_MERGE, "(cannot be merged)"), (&OF_BIRTH, "never made)")].into_iter().skip(usize::from(!merges))
    {
        let error = scanned(&place, kind, 4).err().expect("no outcome").to_string();
        let begins = "the scan died of a fault in trailscan: please report it";
        assert!(error.starts_with(begins) && error.ends_with(why), "{error}");
    }
}
