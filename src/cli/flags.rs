//! The flags that reports share. Nothing here knows what a text means.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Command, value_parser};
use trailscan::output::Format;
use trailscan::report::{Severity, Table};

use super::exit::Problem;
use super::style::When;
use super::{quantity, window};

/// The id of INPUT.
pub const INPUTS: &str = "inputs";

/// What every subcommand takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Files, directories to walk, s3://bucket/prefix, or - for standard input
    ///
    /// Files may be plain, gzip, zstd, zip or tar, and hold any form CloudTrail records are exported in; content decides, never
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
    #[arg(allow_negative_numbers = true, help_heading = "Window")]
    pub days: Option<u32>,

    /// Count all there is: of s3:// not only the last 30 days, and despite `days` in trailscan.toml
    #[arg(long, conflicts_with_all = ["days", "since", "until"], help_heading = "Window")]
    pub all: bool,

    /// Count events at or after this: 2023-07-10, 2023-07-10T12:00:00Z, or 36h, 7d ago
    ///
    /// Events are counted by their eventTime. Objects in AWSLogs layout are read from 36 h before, the longest life of a
    /// session, to --late-slack after the window, so that what explains an event and what was delivered late are seen.
    #[arg(long, visible_alias = "from", value_name = "TIME", help_heading = "Window")]
    pub since: Option<String>,

    /// Count events before this, given as --since is; a date is its first moment, so that day is not counted
    #[arg(long, visible_alias = "to", value_name = "TIME", help_heading = "Window")]
    pub until: Option<String>,

    /// The moment that is now, for windows that end now and times ago [default: TRAILSCAN_NOW, else the clock]
    #[arg(long, value_name = "TIME", value_parser = window::clock, help_heading = "Window")]
    pub now: Option<String>,

    /// How late after an event its object may have been delivered
    #[arg(hide_short_help = true, long, value_name = "TIME", default_value = "2d", value_parser = quantity::seconds, help_heading = "Window")]
    pub late_slack: i64,

    /// Count only events of this account (recipientAccountId): 12 digits, or a name of --account-names; may be repeated, as
    /// all filters
    ///
    /// Within one filter any value may hold, and of several filters all must. Patterns are case-sensitive: `*` is any
    /// text, / included, `?` one character, `{a,b}` either.
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = "Filters")]
    pub account: Vec<String>,

    /// Count only events of this region, exact; sign-ins and global services log elsewhere
    #[arg(long, value_name = "REGION", value_delimiter = ',', help_heading = "Filters")]
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

    /// Count only calls of this session: its id, its principalId, its arn, or the name it was given
    #[arg(hide_short_help = true, long, value_name = "PATTERN", help_heading = "Filters")]
    pub session: Vec<String>,

    /// Count only calls that name this resource: an ARN or its end, a bucket, an instance, a user, a role
    ///
    /// Looked for in `resources`, and in what requestParameters and responseElements name. my-bucket finds
    /// arn:aws:s3:::my-bucket, and both user/eve and eve find the ARN of that user; '*/eve/*' looks in all of it.
    #[arg(hide_short_help = true, long, value_name = "PATTERN", help_heading = "Filters")]
    pub resource: Vec<String>,

    /// Count only calls that failed with this errorCode: '*AccessDenied*', or '*' for any failure
    #[arg(hide_short_help = true, long, value_name = "PATTERN", help_heading = "Filters")]
    pub error: Vec<String>,

    /// Count only calls of this program: a userAgent, or what reports call it: boto3, '*Terraform*'
    #[arg(hide_short_help = true, long, value_name = "PATTERN", help_heading = "Filters")]
    pub user_agent: Vec<String>,

    /// Count only the event with this eventID
    #[arg(hide_short_help = true, long, value_name = "PATTERN", help_heading = "Filters")]
    pub event_id: Vec<String>,

    /// Count only calls that change nothing: readOnly is true
    #[arg(hide_short_help = true, long, help_heading = "Filters")]
    pub read_only: bool,

    /// Count only calls that may change something: readOnly is false, or not told
    #[arg(hide_short_help = true, long, conflicts_with = "read_only", help_heading = "Filters")]
    pub write: bool,

    /// Count only what was done with this key, session or principal, and with all that it issued
    ///
    /// As `trailscan trace` names them: sessions further down, whoever they are of. Below it are, too, access keys that it
    /// created, sign-ins with a password that it set, and the role's sessions of instances that it launched; whoever holds
    /// those may be somebody else. The logs are read twice: first to learn who issued what.
    #[arg(hide_short_help = true, long, value_name = "KEY|SESSION|PRINCIPAL", help_heading = "Filters")]
    pub below: Vec<String>,

    /// Keep what is read in DIR, by account and day, and read only what is new or changed the next time
    ///
    /// Of logs in AWSLogs layout, on disk and in S3, for windows of whole days and --account. What a day holds is known by
    /// the names, sizes and times of change of its files, in S3 by their ETags. Whatever DIR cannot answer is read from the
    /// logs, and a line says why. DIR lies outside of INPUT, and may be removed at any time. It may be s3://bucket/prefix/.
    #[arg(long, value_name = "DIR", help_heading = "Limits")]
    pub cache: Option<PathBuf>,

    /// Tell what would be read, and its cost, in place of the answer
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
    #[arg(long, value_name = "FORMAT", value_parser = formats(), ignore_case = true, help_heading = "Output")]
    pub format: Option<String>,

    /// Write the answer to a file, to DIR/ one file a report, or to s3://bucket/key and s3://bucket/prefix/
    ///
    /// A file appears whole or not at all. CSV, JSON Lines and Parquet files get FILE.coverage.json beside them. s3:// is
    /// written with the credentials, region and endpoint that S3 is read with; whether it may be is asked first.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Replace files in DIR/ and s3://bucket/prefix/ that no earlier answer wrote
    #[arg(hide_short_help = true, long, help_heading = "Output")]
    pub overwrite: bool,

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

    /// Tell what is new since OLD, an earlier answer of --format json
    ///
    /// OLD is an answer of the same command, or of an audit. Findings are new, worse, better, same or gone, and gone with a reason; principals, keys, ways into roles, regions
    /// and networks that the baseline does not know are listed as seen for the first time. What it could not have seen,
    /// such as another account, is not called new. It is read before the answer is written, which may take its place.
    #[arg(long, value_name = "OLD", help_heading = "Output")]
    pub baseline: Option<PathBuf>,

    /// Exit with 4 when a finding this severe, or worse, is new or worse than in --baseline
    #[arg(hide_short_help = true, long, value_name = "SEVERITY", value_parser = severities(), help_heading = "Output")]
    pub fail_on_new: Option<String>,

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

    /// Look for whole records in text that is damaged or no JSON, as a paste that begins in the middle
    #[arg(hide_short_help = true, long, help_heading = "Limits")]
    pub carve: bool,

    /// End with an error when the scan needs more memory: 2GiB
    #[arg(long, value_name = "SIZE", value_parser = quantity::bytes, help_heading = "Limits")]
    pub max_memory: Option<u64>,

    /// Read no more JSON than this of one object; the object is then damaged
    #[arg(hide_short_help = true, long, value_name = "SIZE", default_value = "8GiB", value_parser = quantity::bytes, help_heading = "Limits")]
    pub max_object_bytes: u64,

    /// Skip records larger than this as malformed
    #[arg(hide_short_help = true, long, value_name = "SIZE", default_value = "64MiB", value_parser = quantity::bytes, help_heading = "Limits")]
    pub max_record_bytes: u64,

    /// A CSV of id,name,contact: names of accounts in tables and evidence
    ///
    /// Tables get account_name, the evidence of findings account_name and account_contact. Accounts that it does not name have
    /// the name that a snapshot or an alias in --iam-dir gives, if any.
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

/// A command that takes what every subcommand takes, and nothing else.
pub fn command() -> Command {
    Common::augment_args(Command::new("trailscan"))
}

/// What a single report takes beside [`Common`].
#[derive(Clone, Debug, Default, Args)]
pub struct Shape {
    /// Sort by a column: numbers and times largest first, text from a; -COLUMN is the other way round
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true, help_heading = "Output")]
    pub sort: Option<String>,

    /// Keep these columns, in this order: principal,events; `all` keeps all, +NAME adds to those that a table shows
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Output")]
    pub columns: Vec<String>,
}

impl Shape {
    /// Whether anything of it was given.
    pub fn is_given(&self) -> bool {
        self.sort.is_some() || !self.columns.is_empty()
    }

    /// Sorts a table and keeps the columns that were asked for.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn apply(&self, table: &mut Table) -> Result<(), Problem> {
        if let Some(column) = &self.sort {
            table.sort(column).map_err(Problem::usage)?;
        }
        if !self.columns.is_empty() {
            table.select(&self.columns).map_err(Problem::usage)?;
        }
        Ok(())
    }
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(Format::ALL.map(|format| {
        let value = PossibleValue::new(format.as_str());
        if format == Format::Markdown { value.alias(format.extension()) } else { value }
    }))
}

/// The words of severities.
pub fn severities() -> PossibleValuesParser {
    PossibleValuesParser::new(Severity::ALL.map(Severity::as_str))
}
