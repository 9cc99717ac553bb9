//! The whole command line: the reports, and one table of what else there is.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::exit::{End, Problem};
use super::subcommand::{CONFIG, Invocation, Subcommand};
use super::{config_command, coverage, export, help, plan_command, reports, rollup, rules, shell, verify, version};

/// The id of `-v`.
const VERBOSE: &str = "verbose";

/// The subcommands that are no report, in the order of the help.
const OTHERS: &[Subcommand] = &[
    coverage::SUBCOMMAND,
    verify::SUBCOMMAND,
    export::SUBCOMMAND,
    rollup::SUBCOMMAND,
    plan_command::SUBCOMMAND,
    rules::RULES,
    rules::EXPLAIN,
    config_command::SUBCOMMAND,
    shell::COMPLETIONS,
    shell::MAN,
    #[cfg(feature = "s3")]
    super::profiles::SUBCOMMAND,
    #[cfg(feature = "iam")]
    super::iam_snapshot::SUBCOMMAND,
    #[cfg(not(feature = "iam"))]
    super::not_built::IAM_SNAPSHOT,
];

/// What runs the subcommand of this name: one of the table, else a report.
pub fn runner(name: &str) -> fn(&Invocation<'_>) -> Result<End, Problem> {
    OTHERS.iter().find(|other| other.name == name).map_or(reports::run, |other| other.run)
}

/// The whole command line.
pub fn root() -> Command {
    Command::new("trailscan")
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
        .arg(config())
        .arg(verbose())
        .subcommands(reports::commands())
        .subcommands(OTHERS.iter().map(|other| (other.command)()))
}

/// How often `-v` was given.
pub fn verbosity(matches: &ArgMatches) -> u8 {
    matches.subcommand().map_or(0, |(_, matches)| matches.get_count(VERBOSE))
}

/// `--config`, which every subcommand takes.
fn config() -> Arg {
    Arg::new(CONFIG)
        .long(CONFIG)
        .value_name("FILE")
        .global(true)
        .value_parser(value_parser!(PathBuf))
        .help("Read this trailscan.toml, and no other [default: TRAILSCAN_CONFIG, else those that are found]")
        .long_help(
            "Read this trailscan.toml, and no other [default: TRAILSCAN_CONFIG, else those that are found]\n\nIt gives \
             flags that are not typed, and says what is made of rules. Before it, every flag of a report is looked for in \
             the environment: TRAILSCAN_DAYS=30 stands for --days 30. `trailscan config` lists what holds and who says so.",
        )
        .help_heading("Output")
        .hide_short_help(true)
}

/// `-v`, which every subcommand takes.
fn verbose() -> Arg {
    Arg::new(VERBOSE)
        .short('v')
        .long(VERBOSE)
        .global(true)
        .action(ArgAction::Count)
        .help("Log progress to stderr and how long it takes; -vv each object and request")
        .long_help(
            "Log progress to stderr and how long it takes; -vv each object and request\n\nWithout it the \
             environment variable TRAILSCAN_LOG sets the level: off, error, warn, info (as -v), debug (as -vv) or \
             trace, also target=LEVEL,… for parts of it (trailscan::input=debug). Other crates' targets tell nothing \
             unless named, and nothing below info.",
        )
        .help_heading("Output")
        .hide_short_help(true)
}

#[cfg(test)]
mod tests {
    use trailscan::report::REPORTS;

    use super::*;

    #[test]
    fn every_subcommand_is_consistent() {
        root().debug_assert();
    }

    #[test]
    fn every_subcommand_can_be_asked_to_tell_more() {
        let count = |line: &str| verbosity(&root().try_get_matches_from(line.split_whitespace()).unwrap());
        assert_eq!(
            [count("trailscan audit x"), count("trailscan audit -v x"), count("trailscan -vv rules")],
            [0, 1, 2]
        );
    }

    #[test]
    fn subcommands_say_what_they_are() {
        let command = root();
        for report in REPORTS {
            let about = command.find_subcommand(report.name).and_then(Command::get_about).map(ToString::to_string);
            assert_eq!(about.as_deref(), Some(report.summary));
        }
    }
}
