//! `trailscan rollup`: all that a scan remembers, kept by account and day, to be read again in place of the logs.

use std::path::PathBuf;

use clap::{Arg, Command, FromArgMatches, value_parser};
use trailscan::aggregate::AGGREGATES;
use trailscan::coverage::Coverage;
use trailscan::input::S3Uri;
use trailscan::model::{TimeWindow, quantity};
use trailscan::output::coverage_line;
use trailscan::rollup::{self, NewRollup, Written};
use trailscan::scan::ScanOutcome;

use super::complete::{Completed, complete};
use super::deliver::OpenedCoverage;
use super::delivery::{Delivery, Wanted};
use super::empty_answer::{Newest, empty_answer};
use super::exit::{End, Problem};
use super::flags::{Common, INPUTS, Shape};
use super::reading::{Reading, Reads};
use super::sent::SentTo;
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::{account_ids, dry_run, scan, shard, tell};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: NAME, command, run };

const NAME: &str = "rollup";

/// The ids of its own arguments.
const FOLDER: &str = "output";
const OVERWRITE: &str = "overwrite";
const SHARD: &str = "shard";

/// What every other subcommand takes and a rollup has no use for: it keeps all, and whoever reads it asks.
pub const USELESS: [&str; 24] = [
    "format",
    "limit",
    "fail_on",
    "fail_on_new",
    "baseline",
    "cache",
    "geoip_db",
    "aws_ip_ranges",
    "account_names",
    "account",
    "region",
    "principal",
    "event",
    "service",
    "address",
    "access_key",
    "session",
    "resource",
    "error",
    "user_agent",
    "event_id",
    "read_only",
    "write",
    "below",
];

/// What chooses days: refused in words of its own where it is typed, and no default of `trailscan.toml` holds.
const WINDOW: [&str; 4] = ["days", "since", "until", "late_slack"];

const SUMMARY: &str = "What logs say, kept by account and day, as an INPUT that stands for them";

const ABOUT: &str = "\
Reads the logs once and writes what all reports remember of them as one Parquet dataset: a folder for each table, account \
and UTC day, with rollup.json (tables, columns, files with their SHA-256) and coverage.json beside them. \
DIR is then an INPUT of every report, of audit and of export, alone, with other rollups, or with logs: its days answer as \
their logs would, byte for byte, and the logs are not read. Where its name ends in .rollup, it is one file of few bytes in \
place of the folder, which only trailscan reads. Rollups are an INPUT of rollup, too: it joins them, and makes either of the other.

DIR appears whole or not at all. It may be s3://bucket/NAME.rollup, for a shard s3://bucket/PREFIX/, and is an INPUT there \
too. Every day of what is read is kept. A window over a rollup counts whole UTC days, and of the \
filters only --account is answered: no other can be told from what is kept. Copies of an event are told apart within a rollup and not between two.";

const EXAMPLES: &str = "\
Examples:
  trailscan rollup ./AWSLogs --output kept
  trailscan audit kept --days 30
  trailscan rollup ./AWSLogs --output kept.rollup
  trailscan rollup week-1.rollup week-2.rollup --output both
  trailscan rollup ./AWSLogs --output kept --overwrite";

/// Its arguments and its help.
fn command() -> Command {
    let shard = Arg::new(SHARD).long(SHARD).value_name("FILE").value_parser(value_parser!(PathBuf));
    let shard = shard.conflicts_with_all([INPUTS, OVERWRITE, "dry_run"]).help_heading("Input").help(
        "Read the objects of one line of trailscan plan, - from standard input, into DIR/ID.rollup, in place of INPUT",
    );
    let command = <Common as clap::Args>::augment_args(Command::new(NAME));
    let command = command.mut_arg(FOLDER, |output| {
        output
            .value_name("DIR")
            .required(true)
            .help("The folder to write: new, or empty; or a file that ends in .rollup")
            .long_help(None::<&str>)
    });
    let unwelcome = |command: Command, id| command.mut_arg(id, |arg| arg.hide(true).conflicts_with(FOLDER));
    let command = USELESS.into_iter().fold(command, unwelcome);
    let command = WINDOW.into_iter().fold(command, |command, id| command.mut_arg(id, |arg| arg.hide(true)));
    let command = command.arg(shard).mut_arg(OVERWRITE, |overwrite| {
        let help = "Replace an earlier rollup: of a folder, if all in it is what the rollup.json there lists";
        overwrite.help(help).hide_short_help(false)
    });
    command.about(SUMMARY).long_about(format!("{SUMMARY}\n\n{ABOUT}")).after_help(EXAMPLES)
}

/// Scans and keeps.
fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let around = Surroundings::of_run(asked)?;
    let Completed { matches, origins } = complete(asked, &around, &USELESS)?;
    let mut common = Common::from_arg_matches(&matches)?;
    account_ids::resolve(&mut common)?;
    if origins.is_of_file("days") {
        common.days = None;
    }
    let mut folder = common.output.take().unwrap_or_default();
    let shard = matches.get_one(SHARD).map(PathBuf::as_path).map(shard::read).transpose()?;
    let mut overwrite = matches.get_flag(OVERWRITE);
    let mut sent = None;
    if folder.to_str().is_some_and(S3Uri::is_meant) {
        let there = SentTo::resolve(&folder, shard.as_ref(), &common)?;
        if there.is_there(shard.as_ref(), overwrite)? {
            let (uri, number) = (&there.uri, shard.as_ref().map_or(0, |shard| shard.number));
            tell::line(format!("{uri}: is there already, so shard {number} is left as it is"));
            return Ok(End::Complete);
        }
        (folder, overwrite) = (there.file(), true);
        shard.as_ref().map_or(Ok(()), shard::check_files)?;
        sent = Some(there);
    } else if let Some(shard) = &shard {
        (folder, overwrite) = (shard::place(shard, &folder)?, true);
        if shard::is_done(&folder, shard)? {
            tell::line(format!("{}: is there already, so shard {} is left as it is", folder.display(), shard.number));
            return Ok(End::Complete);
        }
        shard::check_files(shard)?;
    }
    let reads = shard.map_or_else(|| Reads::logs(&common, &around), |shard| Ok(Reads::Shard(Box::new(shard))))?;
    let reading = Reading::resolve(reads, &common, &origins, around.clock)?;
    check_window(reading.window)?;
    let wanted = Wanted { question: None, common: &common, origins: &origins, around: &around };
    let delivery = wanted.delivery(Shape::default())?;
    let to = NewRollup::create(&folder, overwrite)?;
    if reading.dry_run {
        return dry_run::run(reading, &delivery);
    }
    roll_up(reading, &delivery, (to, sent))
}

/// Reads, writes and tells.
fn roll_up(mut reading: Reading, delivery: &Delivery, (to, sent): (NewRollup, Option<SentTo>)) -> Result<End, Problem> {
    scan::begin(&reading)?;
    let opened = OpenedCoverage::new(delivery)?;
    scan::locate(&mut reading)?;
    let path = sent.as_ref().map_or_else(|| to.path().to_owned(), |sent| PathBuf::from(&sent.uri));
    let (outcome, written) = keep(&reading, to)?;
    if let (Some(sent), Some(_)) = (&sent, &written) {
        sent.send()?;
    }
    let ScanOutcome { coverage, newest_event_read, newest_pruned_day, .. } = outcome;
    let end = end_of(&reading, &coverage);
    let told = opened.write(&coverage);
    tell::troubles(&coverage);
    tell::line(coverage_line(&coverage, None));
    match written {
        None if coverage.interrupted => tell::line(format!("interrupted, so {} was not written", path.display())),
        None => tell::line(format!("no object could be read, so {} was not written", path.display())),
        Some(written) => tell::line(what(&path, written)),
    }
    if coverage.events_counted == 0 && end != End::Nothing {
        tell::line(empty_answer(&coverage, Newest { event: newest_event_read, pruned_day: newest_pruned_day }));
    }
    told.map(|()| end)
}

/// How the run ends. A shard may hold nothing to be read, such as digests alone, and is complete all the same.
fn end_of(reading: &Reading, coverage: &Coverage) -> End {
    match End::of(coverage, None, &[]) {
        End::Nothing if reading.reads.shard().is_some() && coverage.is_partial() => End::Partial,
        End::Nothing if reading.reads.shard().is_some() => End::Complete,
        end => end,
    }
}

/// Reads all and writes the rollup; none of what a stop cut short, nor of nothing.
fn keep(reading: &Reading, to: NewRollup) -> Result<(ScanOutcome, Option<Written>), Problem> {
    let (rolled, outcome) = scan::roll_up(reading, AGGREGATES)?;
    let coverage = &outcome.coverage;
    if coverage.interrupted || end_of(reading, coverage) == End::Nothing {
        return Ok((outcome, None));
    }
    let written = rollup::write(&rolled, (coverage, reading.work.dedupe), to)?;
    // The process ends soon: giving back millions of small pieces one by one would only take time.
    std::mem::forget(rolled);
    Ok((outcome, Some(written)))
}

/// Refuses a window: of an object that lies at its edge only a part would be kept, and nothing could tell that the rest is
/// missing.
fn check_window(window: Option<TimeWindow>) -> Result<(), Problem> {
    match window {
        None => Ok(()),
        Some(_) => Err(Problem::usage(
            "a rollup keeps every day of what it reads, and whoever reads it chooses: leave out --days, --since and --until; \
             for s3://, where the last 30 days are the default, say --all",
        )),
    }
}

fn what(path: &std::path::Path, written: Written) -> String {
    let (tables, files) = (quantity(written.tables as u64, "table"), quantity(written.files as u64, "file"));
    let (bytes, version) = (quantity(written.bytes, "byte"), rollup::ROLLUP_VERSION);
    format!("{}: {tables}, {files}, {bytes}, rollup version {version}", PathBuf::from(path).display())
}
