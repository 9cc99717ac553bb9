//! `trailscan profiles`: the profiles of the AWS config files, whose they are, and whether they give credentials.

use std::io::{self, Write};

use clap::builder::PossibleValuesParser;
use clap::{Args, Command, FromArgMatches};
use trailscan::input::s3::{self, Caller, Profile};
use trailscan::output::{self, Destination, Format, OutputError};
use trailscan::report::{Table, columns};

use super::exit::{End, Problem};
use super::style::{self, When};
use super::subcommand::{Invocation, Subcommand};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: NAME, command, run };

const NAME: &str = "profiles";

/// What to do where there is no profile.
pub const NO_PROFILE: &str = "no profile is in the AWS config files (AWS_CONFIG_FILE, else ~/.aws/config, and \
     AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/credentials): `aws configure sso` or `aws configure` makes one";

const SUMMARY: &str = "The AWS profiles, and whether their credentials can be had";

const ABOUT: &str = "\
The profiles of the AWS config files, those that --aws-profile takes: AWS_CONFIG_FILE, else ~/.aws/config, and \
AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/credentials.

Each is asked for its credentials, and STS whose they are (GetCallerIdentity, which needs no permission): all at once, \
5 seconds at most. That a profile is usable does not say that it may read a bucket. No secret is shown.";

const EXAMPLES: &str = "\
Examples:
  trailscan profiles
  trailscan profiles --format json
  trailscan root-usage --aws-profile audit --aws-profile prod   these two profiles' trails
  trailscan root-usage --all-profiles                           all of them";

columns! {
    const COLUMNS;
    fn cells(row: Row) {}

    id("profile", "The profile's name.") => row.profile,
    text(
        "credentials",
        "What it gets credentials from: static-keys, session-keys, sso, assume-role, web-identity, process, login, credential-source (environment, container or instance) or none.",
    ) => row.credentials,
    text(
        "usable",
        "yes: AWS knows its credentials; no: there are none, or AWS refuses them; unknown: STS could not be asked.",
    ) => row.usable,
    id("account_id", "The account, as STS says; else the one that the profile names.") => row.account_id.unwrap_or_default(),
    text("region", "The profile's region.").second() => row.region.unwrap_or_default(),
    text("arn", "Who the credentials are of, as STS says.").third() => row.arn.unwrap_or_default(),
    text("why", "Why it is not usable, with the next step.") => row.why.unwrap_or_default(),
}

/// The place of `why`.
const WHY: usize = COLUMNS.len() - 1;

/// What can be typed.
#[derive(Clone, Debug, Args)]
struct Typed {
    /// What the list is written as
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = formats())]
    format: String,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new([Format::Table, Format::Json, Format::Jsonl, Format::Csv].map(Format::as_str))
}

/// Its arguments and its help.
fn command() -> Command {
    let command = Typed::augment_args(Command::new(NAME)).about(SUMMARY).long_about(format!("{SUMMARY}\n\n{ABOUT}"));
    command.after_help(EXAMPLES)
}

/// Lists the profiles.
fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let typed = Typed::from_arg_matches(asked.matches)?;
    let format: Format = typed.format.parse().map_err(Problem::usage)?;
    s3::check_environment(true).map_err(Problem::usage)?;
    let profiles = s3::profiles().map_err(Problem::failed)?;
    if profiles.is_empty() {
        return Err(Problem::failed(NO_PROFILE));
    }
    let names: Vec<String> = profiles.iter().map(|profile| profile.name.clone()).collect();
    let callers = s3::callers(&names).map_err(Problem::failed)?;
    let rows: Vec<Row> = profiles.into_iter().zip(callers).map(|(profile, caller)| Row::of(profile, caller)).collect();
    // On a terminal sentences would be cut in a table: they follow it.
    let (columns, told) =
        if format == Format::Table { (&COLUMNS[..WHY], told(&rows)) } else { (COLUMNS, String::new()) };
    let values = rows.into_iter().map(|row| cells(row).into_iter().take(columns.len()).collect());
    let table = Table::named(NAME, &["profile"], columns.to_vec(), values.collect());
    output::write_list(table, format, style::of(When::Auto, None, &Destination::Stdout))?;
    io::stdout().write_all(told.as_bytes()).map_err(OutputError::Stdout)?;
    Ok(End::Complete)
}

/// Why profiles are not usable, a line each.
fn told(rows: &[Row]) -> String {
    let lines = rows.iter().filter_map(|row| Some(format!("{}: {}", row.profile, row.why.as_ref()?)));
    let lines: String = lines.map(|line| format!("{}\n", output::sanitize(&line))).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// A profile.
struct Row {
    profile: String,
    credentials: &'static str,
    usable: &'static str,
    account_id: Option<String>,
    region: Option<String>,
    arn: Option<String>,
    why: Option<String>,
}

impl Row {
    fn of(profile: Profile, caller: Caller) -> Self {
        let (usable, account_id, arn, why) = match caller {
            Caller::Known { account_id, arn } => ("yes", account_id, arn, None),
            Caller::Refused(why) => ("no", None, None, Some(why)),
            Caller::Unknown(why) => ("unknown", None, None, Some(why)),
        };
        let Profile { name, credentials, account_id: named, region } = profile;
        let account_id = account_id.or(named);
        Self { profile: name, credentials: credentials.as_str(), usable, account_id, region, arn, why }
    }
}
