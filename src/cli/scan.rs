//! From a plan to what a scan remembers: where to read is looked up, and all of it read.

use tracing::info;
use trailscan::aggregate::State;
use trailscan::input;
use trailscan::model::Day;
use trailscan::scan::{self, Coverage, Meter, ScanOutcome, ScanRequest};

use super::exit::Problem;
use super::plan::Plan;
use super::stop::STOP;
use super::{config, interrupt, progress, repeat, tell, window};

/// Prepares the process for a long run, and emits what it will do.
///
/// # Errors
/// When signals or memory cannot be watched.
pub fn begin(plan: &Plan) -> Result<(), Problem> {
    interrupt::listen()?;
    interrupt::keep_to_memory(plan.work.limits.max_memory)?;
    tell_plan(plan);
    Ok(())
}

/// Completes what is to be read: where nothing says it, trails do. Whoever reads S3 has credentials then.
///
/// # Errors
/// When nobody can say what is to be read.
pub fn locate(plan: &mut Plan) -> Result<(), Problem> {
    #[cfg(feature = "s3")]
    super::trails::look_up(plan, &STOP)?;
    #[cfg(feature = "s3")]
    super::trails::sign_in(plan, &STOP)?;
    if let Some((days, window)) = plan.days_of_config.zip(plan.window) {
        let from = window.since();
        tell::line(format!(
            "counting the last {days} days, from {from}, as {} says: --all counts all",
            config::FILE_NAME
        ));
    }
    Ok(())
}

/// Reads all that can be read.
///
/// # Errors
/// When the scan fails.
pub fn read(plan: &Plan) -> Result<ScanOutcome, Problem> {
    let mut outcome = all(plan)?;
    outcome.coverage.warnings.extend(plan.filters.warnings());
    Ok(outcome)
}

/// Emits what will be done.
fn tell_plan(plan: &Plan) {
    for input in &plan.inputs {
        info!(input = %repeat::input(input), "reading");
    }
    match plan.window {
        None => info!("counting all events"),
        Some(window) => {
            let day = |day: Option<Day>| day.map_or_else(|| "any".to_owned(), |day| day.to_string());
            let (first, last) = (day(plan.read.first), day(plan.read.last));
            info!(since = %window.since(), until = %window.until(), first, last, "counting events; reading delivery days");
        }
    }
    let reports: Vec<&str> = plan.reports().iter().map(|report| report.name).collect();
    info!(reports = reports.join(","), threads = plan.work.threads, format = plan.delivery.format.as_str(), "asked");
}

/// Lists and scans what the plan names.
fn all(plan: &Plan) -> Result<ScanOutcome, Problem> {
    if plan.is_state_alone {
        let (state, coverage) = (State::new(&[]), Coverage::default());
        return Ok(ScanOutcome { state, coverage, newest_event_read: None, newest_pruned_day: None });
    }
    let shown = plan.work.progress;
    let listing = progress::listing(shown, || input::list(&plan.inputs, plan.read, &STOP));
    let meter = Meter::default();
    let (objects, aggregates) = (listing.objects.len(), plan.question.needs());
    #[cfg(feature = "s3")]
    let s3 = open_s3(plan)?;
    let request = ScanRequest {
        listing,
        #[cfg(feature = "s3")]
        source: s3.as_ref().map(|source| source as &dyn input::Source),
        #[cfg(not(feature = "s3"))]
        source: None,
        window: plan.window,
        now: Some(plan.now),
        filters: &plan.filters,
        aggregates: &aggregates,
        threads: plan.work.threads,
        dedupe: plan.work.dedupe,
        limits: plan.work.limits,
        stop: &STOP,
        meter: &meter,
    };
    progress::scanning(shown, objects, &meter, || scan::scan(request)).map_err(Problem::failed)
}

/// Begins to read what the plan names of S3.
#[cfg(feature = "s3")]
fn open_s3(plan: &Plan) -> Result<Option<input::s3::S3Source>, Problem> {
    let Some(request) = plan.s3.clone() else { return Ok(None) };
    tell_default_window(plan);
    input::s3::S3Source::open(request, &STOP).map(Some).map_err(Problem::failed)
}

/// Says which window nobody asked for.
pub fn tell_default_window(plan: &Plan) {
    if let Some(window) = plan.window.filter(|_| plan.window_by_default) {
        let days = window::S3_DAYS;
        tell::line(format!("counting the last {days} days, from {}: --all reads all of S3", window.since()));
    }
}
