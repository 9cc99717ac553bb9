//! `trailscan iam-snapshot`: IAM's state of many accounts, asked of AWS and written as the files that `--iam-dir` reads.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Command, FromArgMatches, value_parser};
use trailscan::model::quantity;
use trailscan::output::{self, Destination, Format};
use trailscan::report::{Table, columns};
use trailscan::snapshot::{self, AccountSnapshot, DEFAULT_ACCOUNTS_AT_ONCE, Snapshot, SnapshotRequest};

use super::complete::complete;
use super::exit::{End, Problem};
use super::s3::S3Typed;
use super::stop::STOP;
use super::style::{self, When};
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::{interrupt, quantity as typed_quantity, tell, window};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: NAME, command, run };

const NAME: &str = "iam-snapshot";

/// The id of the folder.
const FOLDER: &str = "folder";

/// The id of how many accounts are asked at once, which S3 has for its objects.
const AT_ONCE: &str = "concurrency";

/// Arguments that are about S3 alone.
const USELESS: [&str; 4] = ["endpoint_url", "s3_path_style", "no_sign_request", "request_payer"];

const SUMMARY: &str = "Asks IAM for its state, account by account, and writes what --iam-dir reads";

const ABOUT: &str = "\
A folder per account in DIR, with the files that the AWS CLI would print: the credential report, the account authorization \
details, access keys, MFA devices, service-specific credentials, signing certificates and SSH public keys of all users, \
virtual MFA devices, the account summary, the password policy, account aliases and enabled regions; with --last-accessed \
the services that each user, group and role used last. manifest.json says who asked, when, and what each file's SHA-256 is.

Who asks is said as for S3: the credentials found, --profile for each account that a profile is of, --all-profiles, or \
--assume-role. With --org-role NAME the accounts are those of the organization: its management account, or a delegated \
administrator, lists them, and the role NAME is assumed in each; the account of who asks is asked without it.

A folder appears whole or not at all, also when this is interrupted. An account that cannot be asked is named and the \
others go on (exit 3). A part that is denied is missing, and manifest.json says why: `trailscan audit --iam-dir DIR` then \
does not take it for empty. Without the credential report or the authorization details there is no folder. Files are \
readable by their owner alone, and hold no secret: IAM gives none.

It only reads, but for asking IAM to make a credential report. docs/posture.md has a policy that allows just this.";

const EXAMPLES: &str = "\
Examples:
  trailscan iam-snapshot iam --all-profiles                an account for each profile
  trailscan iam-snapshot iam --profile audit --overwrite   again, in the place of an earlier one
  trailscan iam-snapshot iam --profile management --org-role OrganizationAccountAccessRole
  trailscan audit --iam-dir iam --all-profiles             what they and the logs show together";

columns! {
    const COLUMNS;
    fn cells(account: &AccountSnapshot) {
        let written = account.why_not.is_none();
    }

    account_id("account_id", "The account; empty when not even that could be asked.") => account.account_id.as_deref().unwrap_or_default(),
    text("name", "What the organization calls it, else its alias.") => account.name.as_deref().unwrap_or_default(),
    yes_no("written", "Whether its folder was written.") => written,
    count("users", "Its IAM users.").unit("users") => written.then_some(account.users),
    count("roles", "Its roles.").unit("roles") => written.then_some(account.roles),
    count("calls", "Calls that were made to ask it.").unit("calls") => account.calls,
    count("seconds", "How long it took.").unit("seconds") => account.took.as_secs(),
    text("missing", "The parts that could not be had; their reasons are in manifest.json.") => missing(account),
    text("asked_by", "Who asked: a profile, or the default credentials.") => account.asked_by.as_str(),
    text("why", "Why it was not written, with the next step.") => account.why_not.as_deref().unwrap_or_default(),
}

/// How many of the columns a table shows: what follows would be cut, and stderr says it.
const SHOWN: usize = COLUMNS.len() - 2;

fn missing(account: &AccountSnapshot) -> String {
    let kinds: Vec<&str> = account.missing.iter().map(|part| part.kind.as_str()).collect();
    kinds.join(", ")
}

/// What can be typed.
#[derive(Clone, Debug, Args)]
struct Typed {
    /// The folder that gets a folder per account; made when it is not there
    #[arg(id = FOLDER, value_name = "DIR", value_parser = value_parser!(PathBuf))]
    folder: PathBuf,

    /// Ask every account of the organization, by assuming this role in each
    #[arg(long, value_name = "NAME", help_heading = "Accounts")]
    org_role: Option<String>,

    /// Ask which services each user, group and role used last, too: two calls or more for each of them
    #[arg(long, help_heading = "Accounts")]
    last_accessed: bool,

    /// How long IAM may take to make a credential report
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = typed_quantity::seconds, help_heading = "Accounts")]
    report_wait: i64,

    /// Replace the earlier snapshot of an account, where all in its folder is what manifest.json lists
    #[arg(long, help_heading = "Output")]
    overwrite: bool,

    /// What the list of accounts is written as
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = formats(), help_heading = "Output")]
    format: String,

    /// Who asks.
    #[command(flatten)]
    s3: S3Typed,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new([Format::Table, Format::Json, Format::Jsonl, Format::Csv].map(Format::as_str))
}

/// Its arguments and its help.
fn command() -> Command {
    let command = Typed::augment_args(Command::new(NAME));
    let of_accounts = |command: Command, id| command.mut_arg(id, |arg| arg.help_heading("Accounts"));
    let command = ["aws_profile", "all_profiles", "assume_role", "external_id", "aws_region", AT_ONCE]
        .into_iter()
        .fold(command, of_accounts);
    let unwelcome = |command: Command, id| command.mut_arg(id, |arg| arg.hide(true).conflicts_with(FOLDER));
    let command = USELESS.into_iter().fold(command, unwelcome);
    let command = command
        .mut_arg("max_in_flight", |arg| arg.hide(true))
        .mut_arg("aws_profile", |arg| arg.help(PROFILE).long_help(PROFILE))
        .mut_arg("all_profiles", |arg| arg.help("Ask with every profile that names credentials"))
        .mut_arg("aws_region", |arg| {
            arg.help("The region that says the partition: us-east-1, cn-north-1, us-gov-west-1")
        })
        .mut_arg(AT_ONCE, |arg| arg.hide_short_help(false).help("Accounts asked at once").default_value(at_once()));
    command.about(SUMMARY).long_about(format!("{SUMMARY}\n\n{ABOUT}")).after_help(EXAMPLES)
}

const PROFILE: &str = "Ask the account of this profile of the AWS config files; may be repeated [default: the keys of the environment, else AWS_PROFILE]";

fn at_once() -> String {
    DEFAULT_ACCOUNTS_AT_ONCE.to_string()
}

/// Asks all accounts and lists what became of them.
fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let around = Surroundings::of_process(asked.config())?;
    let completed = complete(asked, &around, &["format", AT_ONCE])?;
    let typed = Typed::from_arg_matches(&completed.matches)?;
    let format: Format = typed.format.parse().map_err(Problem::usage)?;
    let request = SnapshotRequest {
        who: typed.s3.who().map_err(Problem::usage)?,
        folder: typed.folder,
        organization_role: typed.org_role,
        last_accessed: typed.last_accessed,
        at_once: NonZeroUsize::new(typed.s3.concurrency.into()).unwrap_or(DEFAULT_ACCOUNTS_AT_ONCE),
        report_wait: Duration::from_secs(typed.report_wait.unsigned_abs()),
        overwrite: typed.overwrite,
        now: window::now(None, around.environment.text(window::VARIABLE).as_deref(), around.clock)
            .map_err(Problem::usage)?,
    };
    snapshot::check_place(&request.folder).map_err(Problem::failed)?;
    interrupt::listen()?;
    let folder = request.folder.display().to_string();
    let taken = snapshot::take(request, &STOP).map_err(Problem::failed)?;
    let columns = if format == Format::Table { &COLUMNS[..SHOWN] } else { COLUMNS };
    let rows = taken.accounts.iter().map(|account| cells(account).into_iter().take(columns.len()).collect());
    let table = Table::named(NAME, &["account_id", "name"], columns.to_vec(), rows.collect());
    output::write_list(table, format, style::of(When::Auto, None, &Destination::Stdout))?;
    tell_lacking(&taken);
    let written: Vec<&AccountSnapshot> = taken.accounts.iter().filter(|account| account.why_not.is_none()).collect();
    let calls: u64 = taken.accounts.iter().map(|account| account.calls).sum();
    let counts = (quantity(written.len() as u64, "account"), quantity(calls, "call"));
    tell::line(format!("{folder}: {} written, {}", counts.0, counts.1));
    Ok(match (written.is_empty(), taken.is_partial()) {
        (true, _) if !taken.interrupted => End::Nothing,
        (_, true) => End::Partial,
        _ => End::Complete,
    })
}

/// Tells what is not there and why: a line an account or part.
pub fn tell_lacking(taken: &Snapshot) {
    for account in &taken.accounts {
        let label = match &account.name {
            Some(name) => format!("account {} ({name})", account.label()),
            None if account.account_id.is_some() => format!("account {}", account.label()),
            None => account.label().to_owned(),
        };
        for part in &account.missing {
            tell::line(format!("{label}: lacks {}: {}", part.kind, part.why));
        }
        if let Some(why) = &account.why_not {
            tell::line(format!("{label}: {why}"));
        }
    }
    if taken.interrupted {
        tell::line("interrupted: the accounts that are not listed were not written");
    }
}
