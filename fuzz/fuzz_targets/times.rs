//! Times, lengths of time and sizes: what is printed of a time is read as that time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailscan::model::EventTime;

#[path = "../../src/cli/quantity.rs"]
#[allow(dead_code)]
mod quantity;

fuzz_target!(|text: &str| {
    let times = [
        EventTime::parse(text),
        EventTime::parse_event_time(text),
        EventTime::parse_creation_date(text),
        EventTime::parse_expiration(text),
    ];
    for time in times.into_iter().flatten() {
        assert_eq!(EventTime::parse(&time.to_string()), Some(time), "{text}");
    }
    let _ = quantity::seconds(text);
    let _ = quantity::bytes(text);
});
