//! `trailscan export DIR`: all that a scan remembers, as files that other tools read.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, FromArgMatches, value_parser};
use trailscan::coverage::Coverage;
use trailscan::input::S3Uri;
use trailscan::model::quantity;
use trailscan::output::{ExportLayout, ExportWriter, Exported, Format, NewFolder, coverage_line};
use trailscan::report::export::{EXPORT_TABLES, SCHEMA_VERSION, export_needs};
use trailscan::report::{Options, View};
use trailscan::scan::ScanOutcome;

use super::complete::{Completed, Origins, complete};
use super::deliver::{self, OpenedCoverage};
use super::delivery::Wanted;
use super::empty_answer::{Newest, empty_answer};
use super::exit::{End, Problem};
use super::flags::{Common, Shape};
use super::reading::{Reading, Reads};
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::{account_ids, below, dry_run, export_events, scan, tell};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: NAME, command, run };

const NAME: &str = "export";

/// The ids of its own arguments.
const FOLDER: &str = "folder";
const PARTITION: &str = "partition-by";
const OVERWRITE: &str = "overwrite";
const WITH_EVENTS: &str = "with-events";

/// What every other subcommand takes and an export has no use for.
const USELESS: [&str; 7] = ["output", "limit", "fail_on", "baseline", "fail_on_new", "geoip_db", "aws_ip_ranges"];

const SUMMARY: &str = "All that is remembered as Parquet or CSV tables, with a schema";

const ABOUT: &str = "\
Reads the logs once and writes a table of facts for each thing that is remembered, with schema.json (every table and \
column: type, unit, meaning, and the version of it all) and coverage.json (what was read, and what was not) beside them. \
Facts only: severities and findings are the reports'. Ids are text, times UTC, unknown is null.

DIR appears whole or not at all. What can be counted on: columns come and go only with schema_version.";

const EXAMPLES: &str = "\
Examples:
  trailscan export tables ./AWSLogs
  trailscan export tables --overwrite --format parquet,csv --days 30 ./AWSLogs
  trailscan export by-day --partition-by day ./AWSLogs
  trailscan export case --with-events --since 2026-09-06 ./AWSLogs";

/// What was typed.
struct Typed {
    common: Common,
    origins: Origins,
    folder: PathBuf,
    layout: ExportLayout,
    overwrite: bool,
}

/// Its arguments and its help.
fn command() -> Command {
    let folder = Arg::new(FOLDER).value_name("DIR").required(true).value_parser(value_parser!(PathBuf));
    let folder = folder.help("The folder to write: new, or empty");
    let partition = Arg::new(PARTITION).long(PARTITION).value_name("COLUMN").help_heading("Output");
    let partition =
        partition.value_parser(["day"]).help("Split tables that have a day: TABLE/day=2026-09-01/part-0.parquet");
    let with_events = Arg::new(WITH_EVENTS).long(WITH_EVENTS).action(ArgAction::SetTrue).help_heading("Output");
    let with_events =
        with_events.help("Write a table of the events too, by day; the logs are read again for each 25,000 of them");
    let command = <Common as clap::Args>::augment_args(Command::new(NAME).arg(folder));
    let command = command.mut_arg("format", |format| {
        let formats = PossibleValuesParser::new([Format::Parquet, Format::Csv].map(Format::as_str));
        let format = format.value_parser(formats).action(ArgAction::Append).value_delimiter(',');
        format.help("What tables are written as, one or both [default: parquet]")
    });
    let unwelcome = |command: Command, id| command.mut_arg(id, |arg| arg.hide(true).conflicts_with(FOLDER));
    let command = USELESS.into_iter().fold(command, unwelcome);
    let command = command.arg(partition).arg(with_events).mut_arg(OVERWRITE, |overwrite| {
        let help = "Replace DIR, if all in it is what the schema.json there lists, with the same sizes";
        overwrite.help(help).hide_short_help(false)
    });
    command.about(SUMMARY).long_about(about()).after_help(EXAMPLES)
}

fn about() -> String {
    let width = EXPORT_TABLES.iter().map(|table| table.name.len()).max().unwrap_or(0);
    let lines: Vec<String> = EXPORT_TABLES
        .iter()
        .map(|table| {
            let row = table.about.trim_start_matches("A row is ").split([';', '.', ':']).next().unwrap_or_default();
            format!("  {:width$}  {row}", table.name)
        })
        .collect();
    format!("{SUMMARY}\n\n{ABOUT}\n\nTables, and what a row is:\n{}", lines.join("\n"))
}

fn typed(Completed { matches, origins }: Completed) -> Result<Typed, clap::Error> {
    let words: Vec<String> = matches.get_many("format").into_iter().flatten().cloned().collect();
    let all = [Format::Parquet, Format::Csv];
    let named: Vec<Format> =
        all.into_iter().filter(|format| words.iter().any(|word| word == format.as_str())).collect();
    let formats = if named.is_empty() { vec![Format::Parquet] } else { named };
    let common = Common { format: None, ..Common::from_arg_matches(&matches)? };
    Ok(Typed {
        common,
        origins,
        folder: matches.get_one(FOLDER).cloned().unwrap_or_default(),
        layout: ExportLayout {
            formats,
            by_day: matches.contains_id(PARTITION),
            with_events: matches.get_flag(WITH_EVENTS),
        },
        overwrite: matches.get_flag(OVERWRITE),
    })
}

/// Scans and exports.
fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let around = Surroundings::of_run(asked)?;
    // Its --format is another than that of answers.
    let Typed { mut common, origins, folder, layout, overwrite } = typed(complete(asked, &around, &["format"])?)?;
    account_ids::resolve(&mut common)?;
    if let Some(uri) = folder.to_str().filter(|text| S3Uri::is_meant(text)) {
        let copy = "write a folder and copy it";
        return Err(Problem::usage(format!("{uri}: {copy} (aws s3 cp --recursive DIR {uri})")));
    }
    let mut options = Options::default();
    around.rulebook(common.now.as_deref())?.set_options(&mut options).map_err(Problem::usage)?;
    let mut reading = Reading::resolve(Reads::logs(&common, &around)?, &common, &origins, around.clock)?;
    let wanted = Wanted { question: None, common: &common, origins: &origins, around: &around };
    let delivery = wanted.delivery(Shape::default())?;
    if layout.with_events {
        export_events::check(&reading)?;
    }
    let folder = layout.open(&folder, overwrite)?;
    if reading.dry_run {
        return dry_run::run(reading, &delivery);
    }
    scan::begin(&reading)?;
    let opened = OpenedCoverage::new(&delivery)?;
    scan::locate(&mut reading)?;
    below::resolve(&mut reading, None)?;
    let outcome = scan::read(&reading, &export_needs())?;
    let ScanOutcome { state, coverage, newest_event_read, newest_pruned_day, .. } = outcome;
    let as_of = deliver::as_of(&reading, newest_event_read);
    let view = View { as_of, ..View::new(&state, &options) };
    let end = End::of(&coverage, None, &[]);
    let path = folder.path().display().to_string();
    let window = reading.window;
    let written = match end {
        End::Nothing => None,
        _ => Some(write(&view, &coverage, (&layout, folder), (reading, common.late_slack))),
    };
    // The process ends soon: giving back millions of small pieces one by one would only take time.
    std::mem::forget(state);
    let told = opened.write(&coverage);
    tell::troubles(&coverage);
    tell::line(coverage_line(&coverage, window));
    match written.transpose()? {
        None => tell::line(format!("no object could be read, so {path} was not written")),
        Some(exported) => tell::line(format!("{path}: {}", what(exported, &layout))),
    }
    if coverage.events_counted == 0 && end != End::Nothing {
        tell::line(empty_answer(&coverage, Newest { event: newest_event_read, pruned_day: newest_pruned_day }));
    }
    told.map(|()| end)
}

/// Writes the tables, and where they are asked for the events.
fn write(
    view: &View<'_>,
    coverage: &Coverage,
    (layout, folder): (&ExportLayout, NewFolder),
    (reading, late_slack): (Reading, i64),
) -> Result<Exported, Problem> {
    let window = reading.window;
    let mut writer = ExportWriter::new(layout, folder);
    writer.tables(view, coverage)?;
    if layout.with_events {
        export_events::write(&mut writer, reading, (view.state, late_slack))?;
    }
    Ok(writer.finish(coverage, window)?)
}

fn what(exported: Exported, layout: &ExportLayout) -> String {
    let formats: Vec<&str> = layout.formats.iter().map(|format| format.as_str()).collect();
    let (tables, rows) = (quantity(exported.tables as u64, "table"), quantity(exported.rows as u64, "row"));
    let by_day = if layout.by_day { ", by day" } else { "" };
    format!("{tables}, {rows}, {}{by_day}, schema version {SCHEMA_VERSION}", formats.join(" and "))
}
