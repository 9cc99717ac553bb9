//! One run: plan, scan, answer, end.

use std::path::PathBuf;
use std::time::Instant;

use tracing::info;
use trailscan::output::{Document, coverage_line, protect};
use trailscan::report;
use trailscan::scan::ScanOutcome;

use super::deliver::{self, Known, Opened};
use super::empty_answer::{Newest, empty_answer};
use super::exit::{End, Problem, is_over_nothing};
#[cfg(feature = "iam")]
use super::live::Asked;
use super::plan::Plan;
use super::reading::Reads;
use super::{below, dry_run, iam_state, news, notes, repeat, scan, tell};

/// Runs a plan to its answer.
///
/// # Errors
/// When there can be no answer.
pub fn run(mut plan: Plan) -> Result<End, Problem> {
    if plan.reading.dry_run {
        return dry_run::run(plan.reading, &plan.delivery);
    }
    scan::begin(&plan.reading)?;
    let reports: Vec<&str> = plan.reports().iter().map(|report| report.name).collect();
    let (threads, format) = (plan.reading.work.threads, plan.delivery.format.as_str());
    info!(reports = reports.join(","), threads, format, "asked");
    protect(plan.state.files.iter().map(|named| named.path.as_path()));
    protect(plan.state.folders.iter().map(PathBuf::as_path));
    let opened = Opened::new(&plan.delivery, &plan.tables())?;
    scan::locate(&mut plan.reading)?;
    #[cfg(feature = "iam")]
    let asked = match &plan.live {
        Some(live) => Some(Asked::of(live, plan.reading.now, &mut plan.state, &mut plan.account_names)?),
        None => None,
    };
    // What asks is a flag, or the argument of the report alone.
    let is_of_flag = plan.reading.filters.below() != plan.argument.as_deref().map(str::trim).as_slice();
    let report = plan.reports().first().map(|report| report.name).filter(|_| !is_of_flag);
    below::resolve(&mut plan.reading, report)?;
    let outcome = scan::read(&plan.reading, &plan.needs())?;
    let (plan, window) = (&plan, plan.reading.window);
    let ScanOutcome { state, coverage, newest_event_read, newest_pruned_day, verified, .. } = outcome;
    let (posture, mut beside) = iam_state::load(&plan.state, &plan.accounts, &coverage);
    #[cfg(feature = "iam")]
    asked.iter().for_each(|asked| asked.add_to(&mut beside));
    let as_of = deliver::as_of(&plan.reading, newest_event_read);
    beside.warnings.extend(posture.iter().flat_map(|posture| iam_state::age_warnings(posture, window, as_of)));
    let unknown = posture.iter().flat_map(|posture| report::unknown_groups(posture, &plan.options));
    beside.warnings.extend(unknown);
    beside.warnings.extend(plan.warning_of_verdicts());
    let (sections, news) = deliver::sections(
        plan,
        &Known { state: &state, posture: posture.as_ref(), as_of, coverage: &coverage, verified: verified.as_ref() },
    )?;
    beside.warnings.extend(plan.addresses.iter().flat_map(|lookup| lookup.warnings(as_of)));
    let coverage = coverage.with(beside);
    // The process ends soon: giving back millions of small pieces one by one would only take time.
    std::mem::forget(state);
    let shown = deliver::shown(plan, &sections);
    let findings: Vec<_> = sections.iter().flat_map(|section| &section.findings).collect();
    let is_state_alone = plan.reading.reads == Reads::StateAlone;
    let end = match is_state_alone {
        true => End::of_state(&coverage, plan.delivery.fail_on, &findings),
        false => End::of(&coverage, plan.delivery.fail_on, &findings),
    };
    let end = if end == End::Complete && news::fails(plan, &sections) { End::Findings } else { end };
    let end = if end == End::Complete && shown.iter().any(|section| section.is_open) { End::Partial } else { end };
    // Without a document there is nothing to write, and what was read is told all the same.
    let lacks_document = end != End::Nothing && plan.wants_document() && shown.iter().all(|it| it.document.is_none());
    let end = if lacks_document { End::Nothing } else { end };
    let begun = Instant::now();
    let written = match end {
        End::Nothing => opened.write_coverage(&coverage),
        _ => {
            let content = deliver::content(plan, &sections);
            let (asked, news) = (Some(&plan.asked), news.as_ref());
            opened.write(&Document { asked, news, ..Document::new(window, &coverage, content) }, &plan.delivery)
        }
    };
    info!(took = ?begun.elapsed(), "answer written");
    tell::troubles(&coverage);
    // What failed has been named, and nothing else was there.
    if end != End::Nothing || coverage.failures.is_empty() || coverage.skipped() > 0 {
        tell::line(coverage_line(&coverage, window));
    }
    match (end, lacks_document) {
        (End::Nothing, false) if is_state_alone => tell::line("no file of state could be read, so there is no answer"),
        (End::Nothing, false) => {
            let of_state = "; files of IAM's state are read by `trailscan posture --iam-dir DIR`";
            let of_state = if coverage.objects_skipped.contains_key("other-json") { of_state } else { "" };
            let within = repeat::within(plan.reading.reads.inputs());
            tell::line(format!("no object could be read{within}, so there is no answer{of_state}"));
        }
        _ if is_state_alone || plan.wants_document() && coverage.events_counted > 0 => {}
        _ if shown.iter().all(|section| section.table.rows_total == 0)
            && (coverage.events_counted == 0 || shown.iter().all(|section| section.hidden.is_none())) =>
        {
            let newest = Newest { event: newest_event_read, pruned_day: newest_pruned_day };
            tell::line(empty_answer(&coverage, newest));
        }
        _ => {}
    }
    if end == End::Partial && plan.delivery.fail_on.is_some() && !is_state_alone && is_over_nothing(&coverage) {
        tell::line("no event was read, which --fail-on does not pass over");
    }
    notes::hidden(&plan.delivery, shown);
    notes::beside(shown);
    notes::timeless(plan, &sections);
    notes::suppressed(plan, &sections);
    notes::news(plan, news.as_ref(), &sections);
    // As the state.
    std::mem::forget(sections);
    written.map(|()| end)
}
