//! From what is to be read to what a scan remembers of it.

use tracing::info;
use trailscan::aggregate::AggregateKind;
use trailscan::coverage::Beside;
use trailscan::filter::Filters;
use trailscan::input::{DayRange, Input, Listing, Source};
use trailscan::model::Day;
use trailscan::output::protect;
use trailscan::scan::rollup::{self, Asked, Rolled};
use trailscan::scan::{self, Meter, ScanError, ScanOutcome, ScanRequest};

use super::exit::Problem;
use super::kept::{self, Answered};
use super::reading::{Reading, Reads, WindowSource};
use super::remote::Remote;
use super::shard::{self, Unfetched, Watched};
#[cfg(feature = "s3")]
use super::stop::STOP;
use super::{cached, interrupt, progress, repeat, request, tell, window};

/// Prepares the process for a long run, and emits what it will do.
///
/// # Errors
/// When signals or memory cannot be watched.
pub fn begin(reading: &Reading) -> Result<(), Problem> {
    interrupt::listen()?;
    interrupt::keep_to_memory(reading.work.limits.max_memory)?;
    protect(reading.reads.inputs().iter().filter_map(Input::path));
    emit(reading);
    Ok(())
}

/// Completes what is to be read: where nothing says it, trails do. Whoever reads S3 has credentials then.
///
/// # Errors
/// When nobody can say what is to be read.
pub fn locate(reading: &mut Reading) -> Result<(), Problem> {
    #[cfg(feature = "s3")]
    super::trails::look_up(reading, &STOP)?;
    #[cfg(feature = "s3")]
    super::trails::sign_in(reading, &STOP)?;
    if let (WindowSource::Config(file, days), Some(window)) = (&reading.chosen_by, reading.window) {
        let (from, file) = (window.since(), file.display());
        tell::line(format!("counting the last {days} days, from {from}, as {file} says: --all counts all"));
    }
    if let Some(window) = reading.window.filter(|_| reading.chosen_by == WindowSource::Default) {
        let days = window::S3_DAYS;
        tell::line(format!("counting the last {days} days, from {}: --all reads all of S3", window.since()));
    }
    Ok(())
}

/// Emits what will be read.
fn emit(reading: &Reading) {
    for input in reading.reads.inputs() {
        info!(input = %repeat::input(input), "reading");
    }
    match reading.window {
        None => info!("counting all events"),
        Some(window) => {
            let day = |day: Option<Day>| day.map_or_else(|| "any".to_owned(), |day| day.to_string());
            let (first, last) = (day(reading.days.first), day(reading.days.last));
            info!(since = %window.since(), until = %window.until(), first, last, "counting events; reading delivery days");
        }
    }
}

/// Reads all that can be read, and remembers it in these aggregates.
///
/// # Errors
/// When the scan fails.
pub fn read(reading: &Reading, aggregates: &[&'static AggregateKind]) -> Result<ScanOutcome, Problem> {
    if reading.reads == Reads::StateAlone {
        let said = Beside { warnings: reading.filters.warnings(), ..Beside::default() };
        let mut outcome = ScanOutcome::without_logs();
        outcome.coverage = outcome.coverage.with(said);
        return Ok(outcome);
    }
    let mut listing = request::list(reading);
    let mut remote = Remote::of(reading);
    if let Some(place) = reading.cache.as_ref().filter(|_| reading.verify.is_some()) {
        let folder = place.name();
        return Err(Problem::usage(format!(
            "--public-keys: objects are verified as they are read, and {folder} spares that"
        )));
    }
    let cached = cached::answered(reading, (&mut listing, &mut remote), aggregates)?;
    let Answered { kept, warnings } = match cached {
        Some(kept) => Answered { kept: Some(kept), warnings: Vec::new() },
        None => kept::answered(reading, (&mut listing, &mut remote), aggregates)?,
    };
    if kept.is_some() && reading.verify.is_some() {
        return Err(Problem::usage(
            "--public-keys: a rollup stands for logs that are not read, and no digest tells of it",
        ));
    }
    let scanned = |request: ScanRequest<'_>| scan::scan_beside(request, kept);
    let mut outcome = with_request(reading, (listing, remote), aggregates, scanned)?;
    outcome.coverage = outcome.coverage.with(Beside { warnings, ..Beside::default() });
    Ok(outcome)
}

/// Reads all that can be read, whatever the window and the filters leave, and remembers it in these aggregates.
///
/// # Errors
/// When the scan fails, or a rollup stands in the place of logs.
pub fn read_all(reading: &Reading, aggregates: &[&'static AggregateKind]) -> Result<ScanOutcome, Problem> {
    let mut listing = request::list(reading);
    let mut remote = Remote::of(reading);
    kept::answered(reading, (&mut listing, &mut remote), aggregates)?;
    let all = Filters::default();
    let scanned = |request: ScanRequest<'_>| scan::scan(ScanRequest { window: None, filters: &all, ..request });
    with_request(reading, (listing, remote), aggregates, scanned)
}

/// Reads all that can be read, and keeps what these aggregates remember by account and day.
///
/// # Errors
/// When the scan fails, or an object of a shard is not what was planned.
pub fn roll_up(reading: &Reading, aggregates: &[&'static AggregateKind]) -> Result<(Rolled, ScanOutcome), Problem> {
    let mut listing = request::list(reading);
    let mut remote = Remote::of(reading);
    let (mut earlier, warnings) = kept::unrolled(reading, (&mut listing, &mut remote), aggregates)?;
    let asked = Asked { window: reading.window, days: DayRange::ALL, filters: &reading.filters };
    let Some(shard) = reading.reads.shard() else {
        let rolled = |request: ScanRequest<'_>| rollup::roll_up(request, earlier, &asked);
        let (rolled, mut outcome) = with_request(reading, (listing, remote), aggregates, rolled)?;
        outcome.coverage = outcome.coverage.with(Beside { warnings, ..Beside::default() });
        return Ok((rolled, outcome));
    };
    earlier.ledger.add(shard.beside());
    let unfetched = Unfetched::default();
    let (rolled, outcome) = with_request(reading, (listing, remote), aggregates, |request| {
        let watched = request.source.map(|source| Watched::new(source, unfetched.clone()));
        let source = watched.as_ref().map(|watched| watched as &dyn Source);
        rollup::roll_up(ScanRequest { source, ..request }, earlier, &asked)
    })?;
    shard::check_met(shard, &rolled.ledger, &outcome.coverage, &unfetched)?;
    Ok((rolled, outcome))
}

/// Scans what was listed, and what there is of S3, while progress is shown.
fn with_request<T: Send>(
    reading: &Reading,
    (listing, remote): (Listing, Remote),
    aggregates: &[&'static AggregateKind],
    scanned: impl FnOnce(ScanRequest<'_>) -> Result<T, ScanError>,
) -> Result<T, Problem> {
    let meter = Meter::default();
    let objects = listing.objects.len();
    let source = remote.open().map_err(Problem::failed)?;
    let request = ScanRequest { source: source.as_deref(), ..request::request(reading, listing, aggregates, &meter) };
    progress::scanning(reading.work.progress, objects, &meter, || scanned(request)).map_err(Problem::failed)
}
