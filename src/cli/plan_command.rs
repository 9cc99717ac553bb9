//! `trailscan plan`: what a scan would read, divided into shards for tasks that read them anywhere.

use std::io::{self, BufWriter, Write};
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::atomic::Ordering;

use clap::{Arg, Command, FromArgMatches, value_parser};
use trailscan::filter::Filters;
use trailscan::input::{FoundObject, S3Uri, Survey};
use trailscan::model::{grouped, quantity};
use trailscan::output::{NewFile, OutputError};
use trailscan::rollup::{Plan, Shard};
use trailscan::scan::rollup::BesideRow;
use trailscan::scan::{Judged, unread};

use super::complete::{Completed, complete};
use super::dry_run::end_of;
use super::exit::{End, Problem};
use super::flags::Common;
use super::reading::{Reading, Reads};
use super::remote::Remote;
use super::stop::STOP;
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::{account_ids, progress, rollup, scan, tell};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: NAME, command, run };

const NAME: &str = "plan";

/// The id of its own argument.
const TASKS: &str = "tasks";

/// What a rollup takes and a plan has no use for, since nothing is opened.
const USELESS: [&str; 6] = ["coverage", "dry_run", "no_dedupe", "max_memory", "max_object_bytes", "max_record_bytes"];

const SUMMARY: &str = "What logs there are, divided into shards that tasks roll up anywhere";

const ABOUT: &str = "\
Lists what a scan would read, opens nothing, and writes shards of even bytes, one a line, as JSON: the accounts and days of \
delivery, the objects with their sizes, and an id that is a digest of them. A task gives its line to trailscan rollup \
--shard -, which reads exactly these objects; the folder with all that the tasks wrote is then an INPUT of audit, of every \
report and of rollup. Whoever reads it is told which shards are missing.

All objects of one account and day of delivery are in one shard, and neighbouring days of an account too, but for the \
borders between shards: an event that was delivered on both sides of one is counted twice. Objects whose names tell no \
account and day are one shard. --days, --since and --until choose objects by their day of delivery; what is chosen is kept \
whole.";

const EXAMPLES: &str = "\
Examples:
  trailscan plan ./AWSLogs --tasks 100 --output plan.jsonl
  trailscan plan ./AWSLogs --tasks 4 | head -n 1 | trailscan rollup --shard - --output parts";

/// Its arguments and its help.
fn command() -> Command {
    let tasks = Arg::new(TASKS).long(TASKS).value_name("N").required(true).help_heading("Output");
    let tasks = tasks.value_parser(value_parser!(u32).range(1..=1_000_000)).help("The most shards");
    let command = <Common as clap::Args>::augment_args(Command::new(NAME)).arg(tasks);
    let command = command.mut_arg("output", |output| {
        output.help("Write the plan to a file [default: standard output]").long_help(None::<&str>)
    });
    let unwelcome = |command: Command, id| command.mut_arg(id, |arg| arg.hide(true).conflicts_with(TASKS));
    let command = rollup::USELESS.into_iter().chain(USELESS).fold(command, unwelcome);
    command.about(SUMMARY).long_about(format!("{SUMMARY}\n\n{ABOUT}")).after_help(EXAMPLES)
}

/// Lists, divides and writes.
fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let around = Surroundings::of_run(asked)?;
    let Completed { matches, origins } = complete(asked, &around, &rollup::USELESS)?;
    let tasks = matches.get_one(TASKS).copied().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
    let mut common = Common::from_arg_matches(&matches)?;
    account_ids::resolve(&mut common)?;
    let mut reading = Reading::resolve(Reads::logs(&common, &around)?, &common, &origins, around.clock)?;
    scan::begin(&reading)?;
    let file = common.output.as_deref().map(create).transpose()?;
    scan::locate(&mut reading)?;
    let (mut survey, mut objects) = progress::listing(reading.work.progress, || look(&reading))?;
    if let Some(folder) = survey.listing.rollups.first() {
        return Err(Problem::usage(format!("{}: is a rollup already: give logs", folder.display())));
    }
    let judged = Judged { window: reading.window, now: Some(reading.now) };
    let coverage = unread(&survey, (judged, &Filters::default()), STOP.load(Ordering::Relaxed));
    let end = end_of(&coverage, survey.total().objects);
    tell::troubles(&coverage);
    if coverage.interrupted || end == End::Nothing {
        tell::line(if coverage.interrupted { "interrupted, so there is no plan" } else { "nothing was found to read" });
        return Ok(end);
    }
    for object in std::mem::take(&mut survey.listing.objects) {
        objects.push(FoundObject::of_file(&object).map_err(Problem::failed)?);
    }
    let plan = Plan::new(objects, BesideRow::of_listing(&survey.listing, &survey.arrivals), tasks);
    write(&plan.shards, file)?;
    tell::line(what(&plan));
    Ok(end)
}

fn create(path: &Path) -> Result<NewFile, Problem> {
    if let Some(uri) = path.to_str().filter(|text| S3Uri::is_meant(text)) {
        return Err(Problem::usage(format!("{uri}: write a file and copy it (aws s3 cp FILE {uri})")));
    }
    Ok(NewFile::beside_inputs(path, || false)?)
}

/// What there is, and the objects of S3 one by one.
fn look(reading: &Reading) -> Result<(Survey, Vec<FoundObject>), Problem> {
    let mut survey = Survey::of_disk(reading.reads.inputs(), reading.days, &STOP);
    let found = Remote::of(reading).look()?;
    survey.add_s3(found.survey);
    Ok((survey, found.objects))
}

fn write(shards: &[Shard], file: Option<NewFile>) -> Result<(), Problem> {
    match file {
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            lines(shards, &mut out).and_then(|()| out.flush()).map_err(OutputError::Stdout)?;
        }
        Some(file) => {
            let path = file.path().to_owned();
            let mut out = BufWriter::new(file);
            let failed = |source| OutputError::Write { path, source };
            let written = lines(shards, &mut out).and_then(|()| out.into_inner().map_err(io::Error::from));
            written.map_err(failed)?.commit()?;
        }
    }
    Ok(())
}

fn lines(shards: &[Shard], out: &mut impl Write) -> io::Result<()> {
    for shard in shards {
        serde_json::to_writer(&mut *out, shard)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// `plan 0123…: 4 shards of 1,200 to 1,300 bytes, 85 objects; …`.
fn what(plan: &Plan) -> String {
    let shards = &plan.shards;
    let sizes = || shards.iter().map(|shard| shard.bytes);
    let (least, most) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
    let objects: usize = shards.iter().map(|shard| shard.objects.len()).sum();
    let (count, objects) = (quantity(shards.len() as u64, "shard"), quantity(objects as u64, "object"));
    let mut line = format!("plan {}: {count} of {} to {}, {objects}", plan.id, grouped(least), quantity(most, "byte"));
    let divided = plan.divided_accounts();
    if divided > 0 {
        let accounts = quantity(divided as u64, "account");
        line += &format!(
            "; the days of {accounts} lie in several shards: an event that was delivered in two of them is counted twice"
        );
    }
    let unnamed = shards.last().filter(|shard| shard.accounts_days.is_empty() && shards.len() > 1);
    if let Some(unnamed) = unnamed {
        let objects = quantity(unnamed.objects.len() as u64, "object");
        line += &format!("; {objects} whose names tell no account and day are the last");
    }
    line
}
