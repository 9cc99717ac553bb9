//! `trailscan coverage`: which days each account and region delivered, by the names of what is there.

use std::sync::atomic::Ordering;

use clap::{Args, Command, FromArgMatches};
use trailscan::aggregate::State;
use trailscan::coverage::Coverage;
use trailscan::input::KeyKind;
use trailscan::integrity::Verified;
use trailscan::output::Section;
use trailscan::posture::Posture;
use trailscan::report::{COVERAGE, LogSpan, Options, Table, Value, View};
use trailscan::scan::{Judged, unread};

use super::complete::{Completed, complete};
use super::deliver::Opened;
use super::delivery::Wanted;
use super::exit::{End, Problem};
use super::flags::{Common, Shape};
use super::iam_state::{self, StateTyped};
use super::reading::{Reading, Reads};
use super::stop::STOP;
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::verifying::{self, Verifying};
use super::{account_ids, account_names, dry_run, of_objects, progress, repeat, scan, verify};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: "coverage", command, run };

/// State that says nothing of regions.
const OF_OTHERS: [&str; 7] = [
    "credential_report",
    "authorization_details",
    "access_keys",
    "account_summary",
    "password_policy",
    "live",
    "org_role",
];

/// What chooses, in words for days of delivery.
const WINDOW: [(&str, &str); 6] = [
    ("days", "The last N days: from 00:00 UTC N days before the end of the window; whole days count"),
    ("all", "All there is: of s3:// not only the last 30 days, and despite `days` in trailscan.toml"),
    ("since", "Days from this moment on: 2023-07-10, 2023-07-10T12:00:00Z, or 36h, 7d ago"),
    ("until", "Days that end before this, given as --since is"),
    ("account", "Only this account: 12 digits, or a name of --account-names; may be repeated"),
    ("region", "Only this region, exact; may be repeated"),
];

/// The flags that mean nothing here: nothing is found that could fail.
fn useless() -> impl Iterator<Item = &'static str> {
    of_objects::useless().chain(OF_OTHERS).chain(["fail_on"])
}

/// Its arguments and its help.
fn command() -> Command {
    let keys = verifying::arg().help("Read and verify all by these public keys, too: as verify does; may be repeated");
    let own = |command| StateTyped::augment_args(command).arg(keys);
    let command = of_objects::command(COVERAGE, own, (useless(), WINDOW));
    command.mut_arg("enabled_regions", |arg| arg.hide_short_help(false))
}

/// Lists, or reads, and writes.
fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let around = Surroundings::of_run(asked)?;
    let own: Vec<&str> = useless().collect();
    let Completed { matches, origins } = complete(asked, &around, &own)?;
    let mut common = Common::from_arg_matches(&matches)?;
    let shape = Shape::from_arg_matches(&matches)?;
    let state = StateTyped::from_arg_matches(&matches)?.places()?;
    account_ids::resolve(&mut common)?;
    let names = common.account_names.as_deref().map(account_names::read).transpose()?;
    let typed = verifying::typed(&matches);
    let verifying = (!typed.is_empty()).then(|| Verifying::new(&typed, &common)).transpose()?;
    let mut reading = Reading::resolve(Reads::logs(&common, &around)?, &common, &origins, around.clock)?;
    let delivery = Wanted { question: None, common: &common, origins: &origins, around: &around }.delivery(shape)?;
    delivery.shape.apply(&mut Table::new(COVERAGE, COVERAGE.columns.to_vec(), Vec::new()))?;
    scan::begin(&reading)?;
    let opened = Opened::new(&delivery, &[COVERAGE.name])?;
    scan::locate(&mut reading)?;
    let (verified, coverage) = match &verifying {
        None => (None, listed(&reading)?),
        Some(verifying) => {
            let (verified, coverage) = verify::verify(&reading, &common, verifying, false)?;
            (Some(verified), coverage)
        }
    };
    let (mut posture, beside) = iam_state::load(&state, &common.account, &coverage);
    let coverage = coverage.with(beside);
    let mut logs = LogSpan::of(&coverage, reading.window, reading.now, !common.region.is_empty());
    keep_asked(&common, &mut logs, posture.as_mut());
    let (events, options) = (State::new(&[]), Options::default());
    let view = View {
        logs: Some(&logs),
        posture: posture.as_ref(),
        verified: verified.as_ref(),
        ..View::new(&events, &options)
    };
    let answer = (COVERAGE.answer)(&view);
    let mut table = Table::new(COVERAGE, answer.columns, answer.rows);
    let is_proven = verified.as_ref().is_none_or(Verified::is_clean);
    let end = end_of(&coverage, &table, is_proven);
    account_names::add_to(&mut table, names.as_ref());
    let is_sorted = delivery.shape.sort.is_some();
    delivery.shape.apply(&mut table)?;
    delivery.limit.into_iter().for_each(|limit| table.limit(limit));
    let section = Section { hidden: answer.hidden, is_sorted, ..Section::new(COVERAGE.summary, table) };
    let nothing = format!("nothing was found{}, so there is no answer", repeat::within(reading.reads.inputs()));
    of_objects::write(opened, (section, &delivery), (&coverage, reading.window), (end, &nothing))?;
    Ok(end)
}

/// Lists what there is, and opens nothing.
fn listed(reading: &Reading) -> Result<Coverage, Problem> {
    let mut survey = progress::listing(reading.work.progress, || dry_run::survey(reading))?;
    if let Some(folder) = survey.listing.rollups.first() {
        return Err(Problem::usage(format!("{}: is a rollup, which names no objects: give logs", folder.display())));
    }
    // A log has bytes: an empty one shows no delivery.
    survey.listing.objects.retain(|object| object.kind() != Some(KeyKind::CloudTrail) || object.size() != Some(0));
    let judged = Judged { window: reading.window, now: Some(reading.now) };
    Ok(unread(&survey, (judged, &reading.filters), STOP.load(Ordering::Relaxed)))
}

/// Leaves out accounts and regions that nobody asked for.
fn keep_asked(common: &Common, logs: &mut LogSpan, posture: Option<&mut Posture>) {
    let is_wanted = |wanted: &[String], one: &String| wanted.is_empty() || wanted.contains(one);
    logs.regions.retain(|account, _| is_wanted(&common.account, account));
    let of_state = posture.into_iter().flat_map(|posture| posture.accounts.values_mut());
    let listed = of_state.filter_map(|account| account.enabled_regions.as_mut()).map(|listed| &mut listed.value);
    for regions in logs.regions.values_mut().chain(listed) {
        regions.retain(|region| is_wanted(&common.region, region));
    }
}

/// Complete where every day of every row is there, all could be listed, and digests prove all, where that is asked.
fn end_of(coverage: &Coverage, table: &Table, is_proven: bool) -> End {
    let missing = table.columns.iter().position(|column| column.name == "missing");
    let is_whole = |row: &Vec<Value>| missing.is_some_and(|missing| row[missing] == Value::count(0_u64));
    let failed = coverage.objects_failed + coverage.places_failed;
    let nothing = coverage.objects_found == 0 || failed > 0 && coverage.delivered.is_empty();
    match () {
        () if nothing && !coverage.interrupted => End::Nothing,
        () if coverage.is_partial() || !is_proven || table.rows.is_empty() || !table.rows.iter().all(is_whole) => {
            End::Partial
        }
        () => End::Complete,
    }
}
