//! What can be typed, and its help. Subcommands and their own numbers come from the registry of reports; nothing here
//! knows what a text means.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum, value_parser};
use serde::Deserialize;
use trailscan::output::Format;
use trailscan::report::{REPORTS, Report, ReportOption, Severity, audited, by_name};

use super::plan::Question;
use super::state::StateTyped;
use super::{effective, help, installed, listing, quantity, version};

/// The subcommand that runs every report.
pub const AUDIT: &str = "audit";

/// The id of a report's own argument.
const ARGUMENT: &str = "argument";

/// The id of `-v`.
const VERBOSE: &str = "verbose";

/// The command line as it was typed.
pub struct Typed {
    /// What was asked.
    pub question: Question,
    /// What the report asks about, if it asks about something.
    pub argument: Option<String>,
    /// What every subcommand takes.
    pub common: Common,
    /// What only a single report takes.
    pub shape: Shape,
    /// What was said of IAM's state.
    pub state: StateTyped,
    /// The reports' own numbers that were given.
    pub numbers: Vec<(ReportOption, i64)>,
}

/// What was asked for.
pub enum Asked {
    /// A report, or the audit.
    Report(Box<Typed>),
    /// All that is remembered, as files.
    Export(Box<super::export::Typed>),
    /// The rules, or one of them.
    Rules(listing::Typed),
    /// The settings that hold, in this format.
    Settings(String),
    /// Completions or man pages.
    Installed(installed::Typed),
    /// The profiles of the AWS config files.
    #[cfg(feature = "s3")]
    Profiles(super::profiles::Typed),
}

/// When colour is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Wherever the table goes.
    Always,
    /// Nowhere.
    Never,
}

impl When {
    /// As it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

/// What was asked for, and how much is told on the way.
pub struct CommandLine {
    /// What was asked for.
    pub asked: Asked,
    /// How often `-v` was given.
    pub verbosity: u8,
}

/// What every subcommand takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Files, directories to walk, s3://bucket/prefix, or - for standard input
    ///
    /// Files may be plain, gzip or zstd, and hold any form CloudTrail records are exported in; content decides, never
    /// the name. s3:// takes a bucket, a prefix or an object, at any level of AWSLogs/: accounts and regions are found,
    /// what the window needs is listed, and digests, insights and other services' logs beside it are not.
    ///
    /// Without INPUT, the environment variable TRAILSCAN_INPUT names one, else `input` in trailscan.toml (in the working
    /// directory, then in the user's config directory).
    #[cfg_attr(feature = "s3", doc = "")]
    #[cfg_attr(
        feature = "s3",
        doc = "When none of them does, CloudTrail is asked which trails there are, and what the"
    )]
    #[cfg_attr(
        feature = "s3",
        doc = "organization's trail delivers is read, else that of all regions, else of all trails."
    )]
    #[arg(value_name = "INPUT", value_parser = value_parser!(OsString))]
    pub inputs: Vec<OsString>,

    /// Count the last N days: from 00:00 UTC N days before the end of the window
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=36_525), conflicts_with = "since")]
    #[arg(help_heading = "Window")]
    pub days: Option<u32>,

    /// Count all there is: of s3:// not only the last 30 days, and despite `days` in trailscan.toml
    #[arg(long, conflicts_with_all = ["days", "since", "until"], help_heading = "Window")]
    pub all: bool,

    /// Count events at or after this: 2023-07-10, 2023-07-10T12:00:00Z, or 36h, 7d ago
    ///
    /// Events are counted by their eventTime. Objects in AWSLogs layout are read from 36 h before, the longest life of a
    /// session, to --late-slack after the window, so that what explains an event and what was delivered late are seen.
    #[arg(long, value_name = "TIME", help_heading = "Window")]
    pub since: Option<String>,

    /// Count events before this, given as --since is; a date is its first moment, so that day is not counted
    #[arg(long, value_name = "TIME", help_heading = "Window")]
    pub until: Option<String>,

    /// The moment that is now, for windows that end now and times ago [default: TRAILSCAN_NOW, else the clock]
    #[arg(long, value_name = "TIME", help_heading = "Window")]
    pub now: Option<String>,

    /// How late after an event its object may have been delivered
    #[arg(hide_short_help = true, long, value_name = "TIME", default_value = "2d", value_parser = quantity::seconds, help_heading = "Window")]
    pub late_slack: i64,

    /// Count only events of this account (recipientAccountId), exact; may be repeated, as all filters
    ///
    /// Within one filter any value may hold, and of several filters all must. Patterns are case-sensitive: `*` is any
    /// text, / included, `?` one character, `{a,b}` either.
    #[arg(long, value_name = "ID", help_heading = "Filters")]
    pub account: Vec<String>,

    /// Count only events of this region, exact; sign-ins and global services log elsewhere
    #[arg(long, value_name = "REGION", help_heading = "Filters")]
    pub region: Vec<String>,

    /// Count only events of principals like this, as reports print them: '*:role/admin/*'
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub principal: Vec<String>,

    /// Count only events of this name: 'Create*'
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub event: Vec<String>,

    /// Count only calls to this service (eventSource): iam, or iam.amazonaws.com
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub service: Vec<String>,

    /// Count only calls from this address or CIDR block: 198.51.100.0/24
    #[arg(long, value_name = "CIDR", help_heading = "Filters")]
    pub address: Vec<String>,

    /// Count only calls made with this access key: 'AKIA*'
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub access_key: Vec<String>,

    /// Tell what would be read, and what the requests would cost, in place of the answer
    ///
    /// Everything is listed as for the answer and no object is opened: accounts, regions, days, objects, bytes, requests.
    /// Options about the rows of a report (--columns, --sort, --limit, --fail-on) are then of no effect.
    #[arg(long, help_heading = "Output")]
    pub dry_run: bool,

    /// What is said about S3.
    #[cfg(feature = "s3")]
    #[command(flatten)]
    pub s3: super::s3::S3Typed,

    /// What the answer is written as [default: by the extension of --output, else table]
    #[arg(long, value_name = "FORMAT", value_parser = formats(), help_heading = "Output")]
    pub format: Option<String>,

    /// Write the answer to a file, to DIR/ one file a report, or to s3://bucket/key and s3://bucket/prefix/
    ///
    /// A file appears whole or not at all. CSV, JSON Lines and Parquet files get FILE.coverage.json beside them. s3:// is
    /// written with the credentials, region and endpoint that S3 is read with; whether it may be is asked first.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Write what was read, and what was not, as JSON
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub coverage: Option<PathBuf>,

    /// Keep the first N rows of a report, 0 all; findings still speak of all [default: 20 in the tables of an audit,
    /// 10000 on a page, else 0]
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub limit: Option<u64>,

    /// Fit tables into N columns, 0 cuts nothing [default: the terminal's width, 0 where there is none]
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub width: Option<u16>,

    /// Exit with 4 when there is a finding this severe, or worse
    #[arg(long, value_name = "SEVERITY", value_parser = severities(), help_heading = "Output")]
    pub fail_on: Option<String>,

    /// When to use colour; NO_COLOR turns auto off [default: auto]
    #[arg(long, value_name = "WHEN", value_enum, help_heading = "Output")]
    pub color: Option<When>,

    /// Write a table that is longer than the screen to the terminal itself, without a pager
    ///
    /// The pager is what TRAILSCAN_PAGER names, else `pager` in trailscan.toml, else PAGER, else less -FRX. An empty name
    /// is none; nothing but a table on a terminal is ever paged.
    #[arg(hide_short_help = true, long, help_heading = "Output")]
    pub no_pager: bool,

    /// No progress on stderr; the coverage line and warnings stay
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,

    /// Threads that read [default: one per core]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=4096), help_heading = "Limits")]
    pub threads: Option<u32>,

    /// Count every copy of an event; saves up to 24 bytes of memory an event
    #[arg(long, help_heading = "Limits")]
    pub no_dedupe: bool,

    /// End with an error when the scan needs more memory: 2GiB
    #[arg(long, value_name = "SIZE", value_parser = quantity::bytes, help_heading = "Limits")]
    pub max_memory: Option<u64>,

    /// Read no more JSON than this of one object; the object is then damaged
    #[arg(hide_short_help = true, long, value_name = "SIZE", default_value = "8GiB", value_parser = quantity::bytes, help_heading = "Limits")]
    pub max_object_bytes: u64,

    /// Skip records larger than this as malformed
    #[arg(hide_short_help = true, long, value_name = "SIZE", default_value = "64MiB", value_parser = quantity::bytes, help_heading = "Limits")]
    pub max_record_bytes: u64,

    /// A CSV of id,name,contact: adds account_name to tables, name and contact to the evidence of findings
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub account_names: Option<PathBuf>,

    /// A MaxMind database (ASN, country or city): networks and countries beside addresses; may be repeated
    ///
    /// Rows with address_list get the columns asns, asn_list, countries and country_list about all of these addresses, rows
    /// with issued_from also issued_from_place, and findings address_places in their evidence. It is the database's estimate
    /// on its build date; null where no file given holds it.
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub geoip_db: Vec<PathBuf>,

    /// AWS's ip-ranges.json: services and regions of addresses, and which are outside AWS
    ///
    /// Rows with address_list get the columns aws (such as EC2 us-east-1, of the longest range around an address that names
    /// a service) and outside_addresses (how many are public and in no range), rows with issued_from also
    /// issued_from_place, and findings address_places in their evidence. It tells AWS's addresses from others, not yours
    /// from another customer's; not all services are in it, and no ranges that customers bring to AWS.
    ///
    /// Download https://ip-ranges.amazonaws.com/ip-ranges.json
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub aws_ip_ranges: Option<PathBuf>,
}

/// What a single report takes beside [`Common`].
#[derive(Clone, Debug, Default, Args)]
pub struct Shape {
    /// Sort by a column: numbers and times largest first, text from a; -COLUMN is the other way round
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true, help_heading = "Output")]
    pub sort: Option<String>,

    /// Keep these columns, in this order: principal,events
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Output")]
    pub columns: Vec<String>,
}

/// Reads the command line.
///
/// # Errors
/// Wrong usage, and also a request for help or the version: clap's error knows its text, stream and exit code.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<CommandLine, clap::Error> {
    let matches = command().try_get_matches_from(arguments)?;
    // A subcommand is required, so there is one.
    let (name, matches) = matches.subcommand().unwrap_or((AUDIT, &matches));
    Ok(CommandLine { asked: asked(name, matches)?, verbosity: matches.get_count(VERBOSE) })
}

fn asked(name: &str, matches: &ArgMatches) -> Result<Asked, clap::Error> {
    #[cfg(feature = "s3")]
    if name == super::profiles::NAME {
        return super::profiles::Typed::from_arg_matches(matches).map(Asked::Profiles);
    }
    if name == super::export::NAME {
        return super::export::typed(matches).map(|typed| Asked::Export(Box::new(typed)));
    }
    if let Some(typed) = listing::typed(name, matches) {
        return Ok(Asked::Rules(typed));
    }
    if let Some(format) = effective::typed(name, matches) {
        return Ok(Asked::Settings(format));
    }
    if let Some(typed) = installed::typed(name, matches) {
        return Ok(Asked::Installed(typed));
    }
    let report = by_name(name);
    let options = options_of(report);
    let reads_state = report.is_none_or(Report::reads_state);
    Ok(Asked::Report(Box::new(Typed {
        question: report.map_or(Question::Audit, Question::One),
        state: if reads_state { StateTyped::from_arg_matches(matches)? } else { StateTyped::default() },
        argument: report.and_then(|report| report.argument).and_then(|_| matches.get_one(ARGUMENT).cloned()),
        common: Common::from_arg_matches(matches)?,
        shape: if report.is_some() { Shape::from_arg_matches(matches)? } else { Shape::default() },
        numbers: options.into_iter().filter_map(|option| Some((option, number(matches, option)?))).collect(),
    })))
}

/// The whole command line.
pub fn command() -> Command {
    let root = Command::new("trailscan")
        .version(version::SHORT)
        .long_version(version::long())
        .about(env!("CARGO_PKG_DESCRIPTION"))
        .after_help(help::root())
        .after_long_help(help::root_long())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .override_usage("trailscan REPORT [OPTIONS] [INPUT]...")
        .subcommand_help_heading("Reports")
        .max_term_width(help::WIDTH)
        .arg(verbose());
    // The texts come last: adding arguments sets those of their structs.
    let reports = REPORTS.iter().map(|report| {
        // The report's own argument stands before INPUT.
        let command = Command::new(report.name).args(report.argument.map(argument));
        let command = Shape::augment_args(Common::augment_args(command));
        let command = if report.reads_state() { StateTyped::augment_args(command) } else { command };
        let command = match report.needs_no_logs() {
            true => command.mut_args(aside),
            false => command.mut_args(not_of_keys),
        };
        let command = command.about(report.summary).long_about(help::about(report));
        command.after_help(help::examples(report.name)).after_long_help(help::after(report))
    });
    let audit = StateTyped::augment_args(Common::augment_args(Command::new(AUDIT))).about("Every report, in one pass");
    let audit = audit.long_about(help::about_audit());
    let audit = audit.after_help(help::examples(AUDIT)).after_long_help(help::after_audit());
    let with_numbers = |command: Command| {
        let options = options_of(by_name(command.get_name()));
        // An audit takes those of all reports: its short help leaves them to the long one.
        let is_audit = command.get_name() == AUDIT;
        let arg = |option| number_arg(option).hide_short_help(is_audit);
        options.into_iter().fold(command, |command, option| command.arg(arg(option)))
    };
    let root = root.subcommands(reports.chain([audit]).map(with_numbers)).subcommand(super::export::command());
    let root = root.subcommands(listing::commands());
    let root = root.subcommand(effective::command()).subcommands(installed::commands());
    #[cfg(feature = "s3")]
    let root = root.subcommand(super::profiles::command());
    root
}

/// Leaves to the long help what a report that reads no logs has for them.
fn aside(arg: Arg) -> Arg {
    let heading = arg.get_help_heading().unwrap_or_default();
    let is_of_logs = ["S3", "Limits", "Filters"].contains(&heading) && arg.get_id() != "account";
    let is_of_addresses = ["geoip_db", "aws_ip_ranges"].iter().any(|id| arg.get_id() == id);
    if is_of_logs || is_of_addresses { arg.hide_short_help(true) } else { arg }
}

/// Hides the kinds of state that say nothing of keys.
fn not_of_keys(arg: Arg) -> Arg {
    let is_aside = ["account_summary", "password_policy", "enabled_regions", "common_group", "category_group"]
        .contains(&arg.get_id().as_str());
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

/// `-v`, which every subcommand takes.
fn verbose() -> Arg {
    Arg::new(VERBOSE)
        .short('v')
        .long(VERBOSE)
        .global(true)
        .action(ArgAction::Count)
        .help("Tell on stderr what is done and how long it takes; -vv each object and request")
        .long_help(
            "Tell on stderr what is done and how long it takes; -vv each object and request\n\nWithout it the \
             environment variable TRAILSCAN_LOG says what is told: off, error, warn, info (as -v), debug (as -vv) or \
             trace, also target=LEVEL,… for parts of it (trailscan::input=debug). Other crates' targets tell nothing \
             unless named, and nothing below info.",
        )
        .help_heading("Output")
}

/// What a report asks about.
fn argument(name: &'static str) -> Arg {
    Arg::new(ARGUMENT)
        .value_name(name)
        .required(true)
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

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(Format::ALL.map(Format::as_str))
}

fn severities() -> PossibleValuesParser {
    PossibleValuesParser::new(Severity::ALL.map(Severity::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Result<Typed, clap::Error> {
        match parse(std::iter::once("trailscan").chain(line.split_whitespace()).map(OsString::from))?.asked {
            Asked::Report(typed) => Ok(*typed),
            Asked::Rules(_) | Asked::Settings(_) | Asked::Installed(_) => unreachable!("{line}"),
            Asked::Export(_) => unreachable!("{line}"),
            #[cfg(feature = "s3")]
            Asked::Profiles(_) => unreachable!("{line}"),
        }
    }

    #[test]
    fn every_subcommand_is_consistent() {
        command().debug_assert();
        for report in REPORTS {
            let line = format!("{} {}", report.name, report.argument.map_or("", |_| "asked"));
            let typed = typed(&line).unwrap();
            assert!(matches!(typed.question, Question::One(asked) if asked.name == report.name));
            assert_eq!(typed.argument.as_deref(), report.argument.map(|_| "asked"));
            assert_eq!(typed.common.inputs, [""; 0]);
        }
        assert!(matches!(typed(AUDIT).unwrap().question, Question::Audit));
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
    fn every_subcommand_can_be_asked_to_tell_more() {
        let count = |line: &str| parse(line.split_whitespace().map(OsString::from)).unwrap().verbosity;
        assert_eq!(
            [count("trailscan audit x"), count("trailscan audit -v x"), count("trailscan -vv rules")],
            [0, 1, 2]
        );
    }

    #[test]
    fn subcommands_say_what_they_are() {
        let command = command();
        for report in REPORTS {
            let about = command.find_subcommand(report.name).and_then(Command::get_about).map(ToString::to_string);
            assert_eq!(about.as_deref(), Some(report.summary));
        }
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
