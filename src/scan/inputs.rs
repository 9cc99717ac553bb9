//! A scan of files and folders in one call.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use super::engine::scan;
use super::{Limits, Meter, ScanError, ScanOutcome, ScanRequest};
use crate::aggregate::AggregateKind;
use crate::filter::Filters;
use crate::input::{DayRange, Input, list};

/// Scans all that files and folders, or standard input, hold: every event with a time, each once, on all cores.
///
/// [`scan()`] takes a window, filters, limits, a way to stop, and objects of S3.
///
/// # Errors
/// [`ScanError`]; what cannot be read is no error but part of the coverage.
pub fn scan_inputs(inputs: &[Input], aggregates: &[&'static AggregateKind]) -> Result<ScanOutcome, ScanError> {
    if let Some(uri) = inputs.iter().find_map(Input::s3) {
        return Err(ScanError::NeedsSource(uri.to_string()));
    }
    let stop = AtomicBool::new(false);
    scan(ScanRequest {
        listing: list(inputs, DayRange::ALL, &stop),
        source: None,
        window: None,
        now: None,
        filters: &Filters::default(),
        aggregates,
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        dedupe: true,
        limits: Limits::default(),
        stop: &stop,
        meter: &Meter::default(),
        verify: None,
    })
}
