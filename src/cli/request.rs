//! What a scan is asked for, of what is to be read.

use trailscan::aggregate::AggregateKind;
use trailscan::input::{self, Listing};
use trailscan::scan::{Meter, ScanRequest};

use super::progress;
use super::reading::Reading;
use super::stop::STOP;

/// What is asked of a scan of files.
pub fn request<'a>(
    reading: &'a Reading,
    listing: Listing,
    aggregates: &'a [&'static AggregateKind],
    meter: &'a Meter,
) -> ScanRequest<'a> {
    ScanRequest {
        listing,
        source: None,
        window: reading.window,
        now: Some(reading.now),
        filters: &reading.filters,
        aggregates,
        threads: reading.work.threads,
        dedupe: reading.work.dedupe,
        limits: reading.work.limits,
        stop: &STOP,
        meter,
        verify: reading.verify.as_ref().map(|verify| verify.asked(reading.window, reading.now)),
    }
}

/// What there is on disk.
pub fn list(reading: &Reading) -> Listing {
    match reading.reads.shard() {
        Some(shard) => Listing::of_found(&shard.objects),
        None => progress::listing(reading.work.progress, || input::list(reading.reads.inputs(), reading.days, &STOP)),
    }
}
