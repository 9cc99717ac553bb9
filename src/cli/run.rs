//! One run: plan, list, scan, answer, end.

use std::fmt::Display;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tracing::{debug, info};
use trailscan::aggregate::State;
use trailscan::input;
use trailscan::model::{Day, quantity};
use trailscan::output::{Format, Place, Section, coverage_line};
use trailscan::scan::{self, Coverage, Meter, ScanOutcome, ScanRequest};

use super::args::Asked;
use super::deliver::{self, Known, Opened};
use super::exit::{End, INTERRUPTED_TWICE, Problem};
use super::explain::{Newest, empty_answer};
use super::plan::{Plan, Surroundings};
use super::{
    args, config, destination, dry_run, effective, installed, listing, log, pager, progress, repeat, state, tell, usage,
};

/// Set by the first Ctrl-C.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// Set when the process is about to leave without an answer.
static LEAVING: AtomicBool = AtomicBool::new(false);

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    // Whatever dies is a failure with a name, told where it is caught; where it died stands in the log.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        debug!(at, "died");
    }));
    let variable = std::env::var_os(log::VARIABLE).map(|text| text.to_string_lossy().into_owned());
    let parsed = args::parse(std::env::args_os());
    if let Ok(line) = &parsed
        && let Err(why) = log::start(line.verbosity, variable.as_deref())
    {
        let problem = Problem::Usage(why);
        tell::line(problem.to_string());
        return ExitCode::from(&problem);
    }
    let ended = match parsed.map(|line| line.asked) {
        Ok(asked) => or_died(|| answer(asked)),
        Err(error) => {
            match usage::line(&error, std::env::args_os().nth(1)) {
                Some(line) => tell::line(line),
                // A reader of the help that went away is no failure.
                None => drop(error.print()),
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    while LEAVING.swap(true, Ordering::Relaxed) {
        // Whoever set it first ends the process; what failed meanwhile failed for that.
        std::thread::park();
    }
    match ended {
        Ok(end) => end.into(),
        Err(problem) => {
            if !matches!(problem, Problem::ReaderGone) {
                tell::line(problem.to_string());
            }
            ExitCode::from(&problem)
        }
    }
}

/// How a run ends; should it die, that is a problem like others.
fn or_died(run: impl FnOnce() -> Result<End, Problem>) -> Result<End, Problem> {
    input::caught(run).unwrap_or_else(|why| Err(Problem::failed(why)))
}

fn answer(asked: Asked) -> Result<End, Problem> {
    match asked {
        Asked::Report(typed) => {
            Surroundings::of_process().and_then(|around| Plan::resolve(*typed, around)).and_then(run)
        }
        Asked::Export(typed) => super::export::run(*typed),
        Asked::Rules(typed) => listing::run(typed).map(|()| End::Complete),
        Asked::Settings(format) => effective::run(&format).map(|()| End::Complete),
        Asked::Installed(typed) => installed::run(typed).map(|()| End::Complete),
        #[cfg(feature = "s3")]
        Asked::Profiles(typed) => super::profiles::run(&typed).map(|()| End::Complete),
    }
}

fn run(mut plan: Plan) -> Result<End, Problem> {
    let (opened, outcome) = match scanned(&mut plan)? {
        Scanned::Told(end) => return Ok(end),
        Scanned::Read(opened, outcome) => (*opened, outcome),
    };
    let plan = &plan;
    let ScanOutcome { state, mut coverage, newest_event_read, newest_pruned_day } = *outcome;
    let posture = state::load(&plan.state, &plan.accounts, &mut coverage);
    let as_of = deliver::as_of(plan, newest_event_read);
    if let Some(posture) = &posture {
        state::warn_of_age(posture, plan.window, as_of, &mut coverage);
    }
    let sections =
        deliver::sections(plan, &Known { state: &state, posture: posture.as_ref(), as_of, coverage: &coverage })?;
    coverage.warnings.extend(plan.addresses.iter().flat_map(|lookup| lookup.warnings(as_of)));
    // The process ends soon: giving back millions of small pieces one by one would only take time.
    std::mem::forget(state);
    let findings: Vec<_> = sections.iter().flat_map(|section| &section.findings).collect();
    let end = match plan.is_state_alone {
        true => End::of_state(&coverage, plan.delivery.fail_on, &findings),
        false => End::of(&coverage, plan.delivery.fail_on, &findings),
    };
    let begun = Instant::now();
    let written = match end {
        End::Nothing => opened.write_coverage(&coverage),
        _ => opened.write(plan, &coverage, &sections),
    };
    info!(took = ?begun.elapsed(), "answer written");
    tell::troubles(&coverage);
    tell::line(coverage_line(&coverage, plan.window));
    match end {
        End::Nothing if plan.is_state_alone => tell::line("no file of state could be read, so there is no answer"),
        End::Nothing => tell::line(match coverage.objects_skipped.get("other-json") {
            None => "no object could be read, so there is no answer",
            Some(_) => {
                "no object could be read, so there is no answer; files of IAM's state are read by \
                 `trailscan posture --iam-dir DIR`"
            }
        }),
        _ if plan.is_state_alone => {}
        _ if sections.iter().all(|section| section.table.rows_total == 0)
            && (plan.argument.is_some() || sections.iter().all(|section| section.hidden.is_none())) =>
        {
            let newest = Newest { event: newest_event_read, pruned_day: newest_pruned_day };
            tell::line(empty_answer(&coverage, newest));
        }
        _ => {}
    }
    tell_hidden(plan, &sections);
    tell_suppressed(plan, &sections);
    written.map(|()| end)
}

/// What came of reading.
pub enum Scanned {
    /// Only what would be read was asked for, and told.
    Told(End),
    /// All was read that can be.
    Read(Box<Opened>, Box<ScanOutcome>),
}

/// Opens where the answer goes, and reads what a plan names.
///
/// # Errors
/// When a place cannot be written, or the scan fails.
pub fn scanned(plan: &mut Plan) -> Result<Scanned, Problem> {
    stop_on_interrupt()?;
    keep_to_memory(plan)?;
    tell_plan(plan);
    let opened = Opened::new(plan)?;
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
    if plan.dry_run {
        tell_default_window(plan);
        return dry_run::run(plan, opened, &STOP).map(Scanned::Told);
    }
    let mut outcome = read(plan)?;
    outcome.coverage.warnings.extend(plan.filters.warnings());
    Ok(Scanned::Read(Box::new(opened), Box::new(outcome)))
}

/// Says which rows the reports' own options left out, unless the table on the terminal has just said it.
pub fn tell_hidden(plan: &Plan, sections: &[Section]) {
    if plan.delivery.format == Format::Table && plan.delivery.style.place == Place::Terminal {
        return;
    }
    for section in sections {
        if let Some(hidden) = &section.hidden {
            tell::line(format!("{}: {hidden}", section.table.report));
        }
    }
}

/// Says how many findings the config left out, and which of its suppressions no longer act.
fn tell_suppressed(plan: &Plan, sections: &[Section]) {
    let suppressed: usize = sections.iter().map(|section| section.suppressed).sum();
    if suppressed > 0 {
        tell::line(format!("{} suppressed by {}", quantity(suppressed as u64, "finding"), config::FILE_NAME));
    }
    for line in plan.rulebook.expired(&plan.reports()) {
        tell::line(format!("warning: {}: {line}", config::FILE_NAME));
    }
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
fn read(plan: &Plan) -> Result<ScanOutcome, Problem> {
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
fn tell_default_window(plan: &Plan) {
    if let Some(window) = plan.window.filter(|_| plan.window_by_default) {
        let days = super::window::S3_DAYS;
        tell::line(format!("counting the last {days} days, from {}: --all reads all of S3", window.since()));
    }
}

/// Ends the process where it holds more than it may, whatever it is at.
fn keep_to_memory(plan: &Plan) -> Result<(), Problem> {
    let Some(most) = plan.work.limits.max_memory else { return Ok(()) };
    let exceeded = |error: scan::ScanError| {
        if !LEAVING.swap(true, Ordering::Relaxed) {
            let problem = Problem::failed(error);
            tell::line(problem.to_string());
            destination::give_up();
            std::process::exit(problem.code().into());
        }
    };
    scan::watch_memory(most, exceeded).map_err(|error| Problem::failed(format!("cannot watch memory: {error}")))
}

/// The first Ctrl-C ends the reading, and what was read is answered; a second leaves at once. SIGTERM, as supervisors send
/// it, is the same.
fn stop_on_interrupt() -> Result<(), Problem> {
    let failed = |error: &dyn Display| Problem::failed(format!("cannot listen for Ctrl-C: {error}"));
    // Once the answer is there and being read, Ctrl-C is the pager's.
    let pressed = || {
        if !pager::is_paging() {
            interrupted()
        }
    };
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]);
        let mut signals = signals.map_err(|error| failed(&error))?;
        let listen = move || {
            for signal in signals.forever() {
                if signal == SIGTERM { interrupted() } else { pressed() }
            }
        };
        std::thread::Builder::new().name("signals".to_owned()).spawn(listen).map_err(|error| failed(&error))?;
    }
    #[cfg(not(unix))]
    ctrlc::set_handler(pressed).map_err(|error| failed(&error))?;
    Ok(())
}

fn interrupted() {
    // An upload is what comes last: who interrupts that wants no answer.
    if STOP.swap(true, Ordering::Relaxed) || destination::is_being_sent() {
        LEAVING.store(true, Ordering::Relaxed);
        destination::give_up();
        std::process::exit(INTERRUPTED_TWICE);
    }
    tell::line("stopping: answering from what was read so far; Ctrl-C again leaves at once");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_dies_has_failed_and_says_so() {
        let died = or_died(|| panic!("index out of bounds"));
        let Err(Problem::Failed(why)) = died else { panic!("{died:?}") };
        assert!(why.starts_with("died of a fault in trailscan") && why.ends_with("(index out of bounds)"), "{why}");
        assert!(matches!(or_died(|| Ok(End::Partial)), Ok(End::Partial)));
    }
}
