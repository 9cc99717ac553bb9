//! What those commands share that tell of objects and not of events: `coverage` and `verify`.

use clap::{Args, Command};
use trailscan::coverage::Coverage;
use trailscan::model::TimeWindow;
use trailscan::output::{Content, Document, Section};
use trailscan::report::Report;

use super::deliver::Opened;
use super::delivery::Delivery;
use super::exit::{End, Problem};
use super::flags::{Common, Shape};
use super::{help, notes, rollup, tell};

/// What a report takes and neither has a use for: it is of events, or of earlier answers.
const OF_EVENTS: [&str; 7] =
    ["no_dedupe", "max_memory", "max_record_bytes", "carve", "dry_run", "baseline", "fail_on_new"];

/// What a rollup has no use for, and these have.
const USED: [&str; 6] = ["format", "limit", "fail_on", "account_names", "account", "region"];

/// The flags that mean nothing to either.
pub fn useless() -> impl Iterator<Item = &'static str> {
    let of_rollups = rollup::USELESS.into_iter().filter(|id| !USED.contains(id) && !OF_EVENTS.contains(id));
    of_rollups.chain(OF_EVENTS)
}

/// A command with what all reports take, without what means nothing to it. `window` has the words of what chooses.
pub fn command(
    report: &'static Report,
    own: impl FnOnce(Command) -> Command,
    (unwanted, window): (impl Iterator<Item = &'static str>, [(&'static str, &'static str); 6]),
) -> Command {
    let command = own(Shape::augment_args(Common::augment_args(Command::new(report.name))));
    let command =
        unwanted.fold(command, |command, id| command.mut_arg(id, |arg| arg.hide(true).conflicts_with("inputs")));
    let command = window
        .into_iter()
        .fold(command, |command, (id, help)| command.mut_arg(id, |arg| arg.help(help).long_help(None::<&str>)));
    command
        .about(report.summary)
        .long_about(help::about(report))
        .after_help(help::examples(report.name))
        .after_long_help(help::after(report))
}

/// Writes the answer, and says what is to be said of it; where there is none, `nothing` and the coverage.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    opened: Opened,
    (section, delivery): (Section, &Delivery),
    (coverage, window): (&Coverage, Option<TimeWindow>),
    (end, nothing): (End, &str),
) -> Result<(), Problem> {
    let document = Document::new(window, coverage, Content::Report(&section));
    let written = match end {
        End::Nothing => opened.write_coverage(coverage),
        _ => opened.write(&document, delivery),
    };
    tell::troubles(coverage);
    match end {
        End::Nothing => tell::line(nothing),
        _ => notes::hidden(delivery, std::slice::from_ref(&section)),
    }
    written
}
