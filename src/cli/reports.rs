//! The subcommands of the reports, and that of the audit, which runs them all. Names, texts and numbers are the reports'
//! own.

use std::path::Path;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use trailscan::report::{
    Argument, FINDINGS, Form, REPORTS, Report, ReportOption, SCORECARD, TextOption, audited, by_name, finding_columns,
    scorecard_columns,
};

use super::complete::{Completed, complete};
use super::exit::{End, Problem};
use super::flags::{Common, Shape};
use super::iam_state::StateTyped;
use super::narrow::NarrowTyped;
use super::plan::{Plan, Typed};
use super::question::Question;
use super::subcommand::Invocation;
use super::surroundings::Surroundings;
use super::{help, notes, run, variant, verifying};

/// The id of a report's own argument.
const ARGUMENT: &str = "argument";

/// The subcommands, in the order of the help.
pub fn commands() -> impl Iterator<Item = Command> {
    let parts = [
        part(SCORECARD, "The seven practices, account by account", help::ABOUT_SCORECARD),
        part(FINDINGS, "What every report found, as one list", help::ABOUT_FINDINGS),
    ];
    REPORTS.iter().copied().map(of_report).chain([audit()]).chain(parts).map(with_options)
}

/// Answers a report, or the audit.
///
/// # Errors
/// When there can be no answer.
pub fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let around = Surroundings::of_run(asked)?;
    let typed = typed(asked.name, complete(asked, &around, &[])?)?;
    let plan = Plan::resolve(typed, &around)?;
    notes::rules_here(&around.config);
    run::run(plan)
}

fn of_report(report: &'static Report) -> Command {
    // The report's own argument stands before INPUT.
    let command = Command::new(report.name).args(report.argument.map(argument)).args(variant::args(report));
    let command = NarrowTyped::augment_args(Shape::augment_args(Common::augment_args(command)));
    let command = if report.reads_state() { StateTyped::augment_args(command) } else { command };
    let command = match report.needs_no_logs() {
        true => command.mut_args(aside),
        false => command.mut_args(not_of_keys),
    };
    let has_addresses = report.columns.iter().any(|column| column.name.contains("address"));
    let command = if has_addresses { command } else { command.mut_args(not_of_addresses) };
    let command = match report.form {
        Form::Records => command.mut_args(of_events),
        _ => command,
    };
    // The texts come last: adding arguments sets those of their structs.
    let command = command.about(report.summary).long_about(help::about(report));
    command.after_help(help::examples(report.name)).after_long_help(help::after(report))
}

fn audit() -> Command {
    let command = StateTyped::augment_args(Common::augment_args(Command::new(help::AUDIT)));
    let command = NarrowTyped::augment_args(command);
    let command = command.about("Every report, in one pass").long_about(help::about_audit());
    command.after_help(help::examples(help::AUDIT)).after_long_help(help::after_audit())
}

/// A part of the audit that can be asked alone.
fn part(name: &'static str, about: &'static str, long: &'static str) -> Command {
    let command = StateTyped::augment_args(Shape::augment_args(Common::augment_args(Command::new(name))));
    let command = NarrowTyped::augment_args(command).about(about).long_about(long);
    let columns = if name == SCORECARD { scorecard_columns() } else { finding_columns() };
    command.after_help(help::examples(name)).after_long_help(help::after_part(name, &columns))
}

fn with_options(command: Command) -> Command {
    let report = by_name(command.get_name());
    let options = options_of(report);
    // An audit takes those of all reports: its short help leaves them to the long one.
    let is_audit = report.is_none();
    let arg = |option| number_arg(option).hide_short_help(is_audit);
    let command = texts_of(report).fold(command, |command, option| command.arg(text_arg(option, report)));
    let keys =
        verifying::arg().hide_short_help(true).help("Verify objects by CloudTrail's digests, with these public keys");
    let keys = keys.long_help(
        "Verify objects by CloudTrail's digests, with these public keys\n\nIn the same pass, where digests are in reach: \
         the coverage counts what is verified, an audit has what `trailscan verify` finds, and its scorecard says whether the \
         logs that prove a practice are verified. See `trailscan verify --help`. It takes 0.65 s of CPU more for a GB of JSON.",
    );
    options.into_iter().fold(command.arg(keys), |command, option| command.arg(arg(option)))
}

/// What was typed.
fn typed(name: &str, Completed { matches, origins }: Completed) -> Result<Typed, clap::Error> {
    let report = by_name(name);
    let options = options_of(report);
    let reads_state = report.is_none_or(Report::reads_state);
    let mut common = Common::from_arg_matches(&matches)?;
    let asks = report.and_then(|report| report.argument);
    let mut argument: Option<String> = asks.and_then(|_| matches.get_one(ARGUMENT).cloned());
    if asks.is_some_and(|asks| asks.is_optional)
        && let Some(input) = argument.take_if(|text| is_input(text))
    {
        common.inputs.insert(0, input.into());
    }
    let of_variant = report.and_then(|report| variant::question(report, &matches));
    Ok(Typed {
        origins,
        question: of_variant.unwrap_or_else(|| Question::of_subcommand(name)),
        narrow: NarrowTyped::from_arg_matches(&matches)?,
        state: if reads_state { StateTyped::from_arg_matches(&matches)? } else { StateTyped::default() },
        argument,
        common,
        shape: if name == help::AUDIT { Shape::default() } else { Shape::from_arg_matches(&matches)? },
        numbers: options.into_iter().filter_map(|option| Some((option, number(&matches, option)?))).collect(),
        texts: texts_of(report).filter_map(|option| Some((option, texts(&matches, option)?))).collect(),
        public_keys: verifying::typed(&matches),
        policy: report.and_then(|report| variant::file(report, &matches)),
    })
}

/// Shows the filters that look into events in the short help of a report that is for that.
fn of_events(arg: Arg) -> Arg {
    let is_looked_with = ["resource", "error", "write", "below"].contains(&arg.get_id().as_str());
    if is_looked_with { arg.hide_short_help(false) } else { arg }
}

/// Leaves to the long help what a report that reads no logs has for them.
fn aside(arg: Arg) -> Arg {
    let heading = arg.get_help_heading().unwrap_or_default();
    let is_of_logs = ["S3", "Limits", "Filters"].contains(&heading) && arg.get_id() != "account";
    let is_of_addresses = ["geoip_db", "aws_ip_ranges"].iter().any(|id| arg.get_id() == id);
    if is_of_logs || is_of_addresses { arg.hide_short_help(true) } else { arg }
}

/// Leaves to the long help what a report without addresses has for them.
fn not_of_addresses(arg: Arg) -> Arg {
    if ["geoip_db", "aws_ip_ranges"].iter().any(|id| arg.get_id() == id) { arg.hide_short_help(true) } else { arg }
}

/// Hides the kinds of state that say nothing of keys.
fn not_of_keys(arg: Arg) -> Arg {
    let is_aside = ["account_summary", "password_policy", "enabled_regions"].contains(&arg.get_id().as_str());
    if is_aside { arg.hide(true) } else { arg }
}

/// The numbers that a report, or the audit of all of them, can be given, each name once.
fn options_of(report: Option<&'static Report>) -> Vec<ReportOption> {
    let reports = report.map_or_else(|| audited().collect(), |report| vec![report]);
    let mut options: Vec<ReportOption> = Vec::new();
    for option in reports.iter().flat_map(|report| report.options) {
        if options.iter().all(|known| known.name != option.name) {
            options.push(*option);
        }
    }
    options
}

/// The texts that a report, or the audit of all of them, can be given. What says something about IAM's state every report
/// takes that looks at it, as it takes every kind of file.
fn texts_of(asked: Option<&'static Report>) -> impl Iterator<Item = TextOption> {
    let is_of = move |report: &&&Report| {
        let is_of_state = |asked: &Report| asked.reads_state() && report.needs_no_logs();
        // An audit takes those of the reports that it runs.
        let is_audited = || report.argument.is_none();
        asked.map_or_else(is_audited, |asked| asked.name == report.name || is_of_state(asked))
    };
    REPORTS.iter().filter(is_of).flat_map(|report| report.texts).copied()
}

/// Whether what stands in the place of an optional argument is an INPUT: it looks like one, or there is one of that name.
fn is_input(text: &str) -> bool {
    text == "-" || text.starts_with("s3://") || text.starts_with(['.', '/', '~']) || Path::new(text).exists()
}

/// What a report asks about.
fn argument(asked: Argument) -> Arg {
    Arg::new(ARGUMENT)
        .value_name(asked.name)
        .required(!asked.is_optional)
        .value_parser(NonEmptyStringValueParser::new())
        .help("What is asked about; --help lists what it can be")
}

fn number_arg(option: ReportOption) -> Arg {
    let help = format!("{} [default: {}]", option.about.trim_end_matches('.'), option.default);
    Arg::new(option.name)
        .long(option.name)
        .value_name("N")
        .value_parser(value_parser!(i64))
        .allow_negative_numbers(true)
        .action(ArgAction::Set)
        .help(help)
        .help_heading("Report")
}

fn number(matches: &ArgMatches, option: ReportOption) -> Option<i64> {
    matches.get_one::<i64>(option.name).copied()
}

/// A report that makes nothing of the text takes it, and its help does not say so.
fn text_arg(option: TextOption, report: Option<&Report>) -> Arg {
    let is_used = report.is_none_or(|report| report.texts.contains(&option));
    Arg::new(option.name)
        .long(option.name)
        .value_name(option.value)
        .value_parser(NonEmptyStringValueParser::new())
        .action(if option.is_many { ArgAction::Append } else { ArgAction::Set })
        .help(option.about)
        .help_heading("IAM state")
        .hide(!is_used)
}

fn texts(matches: &ArgMatches, option: TextOption) -> Option<Vec<String>> {
    Some(matches.get_many(option.name)?.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::complete::Origins;

    fn typed(line: &str) -> Result<Typed, clap::Error> {
        let root = Command::new("trailscan").subcommand_required(true).subcommands(commands());
        let words = std::iter::once("trailscan").chain(line.split_whitespace());
        let matches = root.clone().try_get_matches_from(words)?;
        let (name, matches) = matches.subcommand().expect("a subcommand");
        super::typed(name, Completed { matches: matches.clone(), origins: Origins::default() })
    }

    #[test]
    fn every_report_takes_what_it_asks_about() {
        for report in REPORTS {
            let line = format!("{} {}", report.name, report.argument.map_or("", |_| "asked"));
            let typed = typed(&line).unwrap();
            assert!(matches!(typed.question, Question::One(asked) if asked.name == report.name));
            assert_eq!(typed.argument.as_deref(), report.argument.map(|_| "asked"));
            assert_eq!(typed.common.inputs, [""; 0]);
        }
        assert!(matches!(typed(help::AUDIT).unwrap().question, Question::Audit));
    }

    #[test]
    fn what_was_typed() {
        let name = REPORTS[0].name;
        let line = format!("{name} a - --account 1 --account 2 --sort -events --columns a,b --since 36h -q --limit 3");
        let typed = typed(&line).unwrap();
        assert_eq!(typed.common.inputs, ["a", "-"]);
        assert_eq!(typed.common.account, ["1", "2"]);
        assert_eq!(typed.shape.sort.as_deref(), Some("-events"));
        assert_eq!(typed.shape.columns, ["a", "b"]);
        assert_eq!(
            (typed.common.since.as_deref(), typed.common.quiet, typed.common.limit),
            (Some("36h"), true, Some(3))
        );
        assert_eq!((typed.common.late_slack, typed.common.max_object_bytes), (172_800, 8 << 30));
    }

    #[test]
    fn wrong_usage_is_refused() {
        let name = REPORTS[0].name;
        for line in [
            "",
            "no-such-report",
            &format!("{name} --days 0"),
            &format!("{name} --days 1 --since 7d"),
            &format!("{name} --limit -1"),
            &format!("{name} --width x"),
            &format!("{name} --threads 0"),
            &format!("{name} --late-slack 2"),
            &format!("{name} --max-memory 0"),
            &format!("{name} --format xml"),
            &format!("{name} --fail-on worst"),
            "audit --sort events",
            "audit --columns events",
        ] {
            assert_eq!(typed(line).map(|_| ()).unwrap_err().exit_code(), 2, "{line}");
        }
        assert_eq!(typed("--help").map(|_| ()).unwrap_err().exit_code(), 0);
    }
}
