//! What is asked: one file per report, a view over the aggregates of a finished scan.
//!
//! A report stands whole in its file: name, summary, what its rows prove, columns, options, the aggregates it needs and
//! the function that makes its rows and findings. [`REPORTS`] registers it; subcommand, help, every format and
//! the tests' loops come from there.

mod addresses;
mod baseline;
pub mod charts;
mod columns;
pub mod export;
mod finding;
mod finding_rows;
mod frameworks;
mod joined;
mod lineage;
mod occurrence;
mod options;
mod rule;
mod same_deed;
mod same_fact;
mod scorecard;
mod table;
mod tree;

mod activity;
mod console_logins;
mod coverage;
mod enrolment;
mod events;
mod incident;
mod key_age;
mod key_facts;
mod key_spread;
mod keys;
mod logging;
mod permissions;
mod policies;
mod policy_changes;
mod posture;
mod principals;
mod root_usage;
mod secrets;
mod sessions;
mod source_list;
mod state_keys;
mod trace;
mod user_arns;
mod variants;
mod verify;

pub use addresses::{AddressLookup, AwsPlace, AwsRange, AwsRanges, AwsRangesError, GeoDatabase, GeoError};
pub use baseline::{
    ARGUMENT, Asked, Baseline, BaselineError, Cause, Counts, FILTERS, FirstSeen, Gone, KindOfThings, News, Reach, Seen,
    Standing, Today, moment,
};
pub use columns::{Number, columns};
pub use events::wanted as events_wanted;
pub use finding::{Finding, Severity, SeverityError, sort as sort_findings};
pub use finding_rows::{FINDINGS, finding_columns, findings_table, rule_of};
pub use frameworks::{BENCHMARK, control, technique};
pub use incident::{Subject, subject_of};
pub use occurrence::Occurrence;
pub use options::{OptionError, Options, ReportOption, TextOption};
pub use permissions::SERVICE_REFERENCE;
pub use rule::{Practice, Rule};
pub use same_deed::one_finding_per_deed;
pub use same_fact::{one_finding_for_many_accounts, one_finding_per_fact, told_by};
pub use scorecard::{
    Blinding, Blindings, Evidence, InLogs, LogSpan, SCORECARD, Score, Verdict, Worst, columns as scorecard_columns,
    matrix as scorecard_matrix, scorecard, table as scorecard_table, worst_accounts_first,
};
pub use source_list::address_text;
pub use table::{Column, ColumnError, ColumnKind, Drawing, Prominence, Role, Table, Value};
pub use trace::{Descent, LINEAGE_NEEDS, UnknownNameError, descent};
pub use tree::{PART, Tree, TreeNode, Way};
pub use variants::{VARIANTS, Variant, typed, variants_of};

use self::charts::Chart;
use crate::aggregate::{AggregateKind, State};
use crate::integrity::Verified;
use crate::model::{Actions, EventTime, Policy};
use crate::posture::Posture;

/// Every report, in the order in which they are listed.
pub static REPORTS: &[&Report] = &[
    &root_usage::REPORT,
    &console_logins::REPORT,
    &keys::REPORT,
    &key_spread::REPORT,
    &policy_changes::REPORT,
    &logging::REPORT,
    &secrets::REPORT,
    &sessions::REPORT,
    &principals::REPORT,
    &activity::REPORT,
    &posture::REPORT,
    &policies::REPORT,
    &permissions::REPORT,
    &trace::REPORT,
    &events::REPORT,
    &incident::REPORT,
];

/// What `verify` says: of objects and not of events, so no scan answers it and no audit runs it.
pub static VERIFY: &Report = &verify::REPORT;

/// What `coverage` says: of what was delivered and not of events, so no scan answers it and no audit runs it.
pub static COVERAGE: &Report = &coverage::REPORT;

/// Every report whose rules findings may name.
pub fn with_rules() -> impl Iterator<Item = &'static Report> + Clone {
    REPORTS.iter().copied().chain([COVERAGE, VERIFY])
}

/// A question and how it is answered.
pub struct Report {
    /// The subcommand: `root-usage`.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// What a row is, what it proves and what it does not; shown by `--help`.
    pub about: &'static str,
    /// The columns, in order. An answer may have [more](Report::columns_with) that depend on what was given.
    pub columns: &'static [Column],
    /// The columns that tell two rows apart; ties of any order are broken by them.
    pub key: &'static [&'static str],
    /// What must be remembered to answer.
    pub needs: &'static [&'static AggregateKind],
    /// The numbers that the user may set.
    pub options: &'static [ReportOption],
    /// The texts that the user may set.
    pub texts: &'static [TextOption],
    /// What its findings may say.
    pub rules: &'static [Rule],
    /// What it asks about. An audit leaves out a report that asks about something, be it optional.
    pub argument: Option<Argument>,
    /// What it does with files of IAM's state.
    pub state: StateUse,
    /// Commands that show what it is for, for the help; `REPORT` stands for its name.
    pub examples: &'static [&'static str],
    /// What its answer is.
    pub form: Form,
    /// Makes what a page draws of it, in order; `None` where there is never anything to draw.
    pub charts: Option<fn(&View<'_>) -> Vec<Chart>>,
    /// Makes the answer: rows in the report's default order, all findings.
    pub answer: fn(&View<'_>) -> Answer,
}

/// What a report asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// What it can be: `KEY|SESSION|PRINCIPAL`.
    pub name: &'static str,
    /// Whether the report answers without it too. What is typed in its place and is an INPUT is taken as one.
    pub is_optional: bool,
}

impl Argument {
    /// One that the report cannot do without.
    pub const fn required(name: &'static str) -> Self {
        Self { name, is_optional: false }
    }

    /// One that narrows the answer.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, is_optional: true }
    }
}

/// Examples of a report that asks for no more than logs.
pub const LOG_EXAMPLES: &[&str] = &[
    "trailscan REPORT --days 30 ./AWSLogs",
    "trailscan REPORT --account 111122223333 --output REPORT.json ./AWSLogs",
    "aws cloudtrail lookup-events | trailscan REPORT -",
];

/// What the answer of a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Rows.
    Rows,
    /// Rows that are also a [`Tree`], which can be drawn.
    Tree,
    /// Single events, a row each: as many as there are. An audit leaves such a report out, and a rollup cannot answer it.
    Records,
    /// A text that is no table, written as it is: `Answer::document`.
    Document,
}

/// What a report does with files of IAM's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateUse {
    /// It refuses them.
    No,
    /// It looks at them beside logs.
    BesideLogs,
    /// The same, and an audit without them leaves it out.
    JoinsLogs,
    /// It looks at them, and answers from them alone where no logs are given.
    Alone,
}

/// What a report looks at.
pub struct View<'a> {
    /// What was remembered.
    pub state: &'a State,
    /// What the user set.
    pub options: &'a Options,
    /// The moment that ages run to: the end of the window, else the last event; `None` when there is neither.
    pub as_of: Option<EventTime>,
    /// How many rows will be looked at, from the first in default order; a report may spare itself the rest.
    pub rows_wanted: usize,
    /// Whether the rows go to a table for people, which may leave out what they need not see; other formats have all.
    pub is_overview: bool,
    /// Whether lists in sentences are to be whole, however long.
    pub is_whole: bool,
    /// What was given for the report's [`argument`](Report::argument).
    pub argument: Option<&'a str>,
    /// Where addresses are, where files that tell it were given.
    pub addresses: Option<&'a AddressLookup>,
    /// IAM's own state, where files of it were given.
    pub posture: Option<&'a Posture>,
    /// What was read of logs; `None` when none were asked for.
    pub logs: Option<&'a LogSpan>,
    /// What digests prove of the objects, where that is what was asked.
    pub verified: Option<&'a Verified>,
    /// The actions that IAM knows, where they were given.
    pub actions: Option<&'a Actions>,
    /// The policy document that was given beside the question.
    pub policy: Option<&'a Policy>,
}

impl<'a> View<'a> {
    /// A look at all of `state`, with nothing else known.
    pub fn new(state: &'a State, options: &'a Options) -> Self {
        Self {
            state,
            options,
            as_of: None,
            rows_wanted: usize::MAX,
            is_overview: false,
            is_whole: false,
            argument: None,
            addresses: None,
            posture: None,
            logs: None,
            verified: None,
            actions: None,
            policy: None,
        }
    }

    /// The actions that IAM knows: as they were given, else those of this build.
    pub fn known_actions(&self) -> &'a Actions {
        self.actions.unwrap_or_else(|| Actions::known())
    }
}

/// The answer of one report.
#[derive(Debug, Default)]
pub struct Answer {
    /// The columns: the report's, and those that were added.
    pub columns: Vec<Column>,
    /// A value per column, every row as long as `columns`, in the report's default order: all, or as many as are wanted.
    pub rows: Vec<Vec<Value>>,
    /// How many rows follow that were not wanted.
    pub rows_spared: usize,
    /// What deserves attention, worst first. Made before any limit acts.
    pub findings: Vec<Finding>,
    /// Which rows the report's own options left out and how to see them, in a sentence; `None` when none. Of a report with
    /// an argument also why nothing answers to it.
    pub hidden: Option<String>,
    /// The rows as a forest, of a report of [`Form::Tree`].
    pub tree: Option<Tree>,
    /// What a report of [`Form::Document`] answers; `None` where there is nothing to write, of which `hidden` says why.
    pub document: Option<String>,
    /// What is to be known of the answer and has no place in it, each a sentence.
    pub notes: Vec<String>,
    /// Whether something was to be proven and is not: the run ends as one that lacks something.
    pub is_open: bool,
}

/// The reports that an audit runs: those that need no argument, and sum up; those of IAM's state last.
pub fn audited() -> impl Iterator<Item = &'static Report> {
    let reports = REPORTS.iter().copied();
    reports.filter(|report| report.argument.is_none() && report.form != Form::Records).chain([&permissions::SUMMARY])
}

/// The report of that name, or the question that a flag asks.
pub fn by_any_name(name: &str) -> Option<&'static Report> {
    let variant = || VARIANTS.iter().find(|variant| variant.report.name == name).map(|variant| variant.report);
    by_name(name).or_else(variant)
}

impl Report {
    /// Whether it looks at IAM's state.
    pub fn reads_state(&self) -> bool {
        self.state != StateUse::No
    }

    /// Whether it can answer from IAM's state alone. With logs beside it, it may say more.
    pub fn needs_no_logs(&self) -> bool {
        self.state == StateUse::Alone
    }

    /// Whether an audit runs it where there is no state.
    pub fn is_audited_alone(&self) -> bool {
        !matches!(self.state, StateUse::Alone | StateUse::JoinsLogs)
    }

    /// The columns of its answer: its own, and those about addresses that `lookup` adds.
    pub fn columns_with(&self, lookup: Option<&AddressLookup>) -> Vec<Column> {
        let added = lookup.map(|lookup| lookup.added_columns(self.columns)).unwrap_or_default();
        [self.columns, &added].concat()
    }

    /// What a page draws of it, in order.
    pub fn charts_of(&self, view: &View<'_>) -> Vec<Chart> {
        self.charts.map(|make| make(view)).unwrap_or_default()
    }
}

/// Sorts what will be looked at, the first `wanted`, lets go of the rest and says how much that is.
fn keep_first<T: Ord>(all: &mut Vec<T>, wanted: usize) -> usize {
    let spared = all.len().saturating_sub(wanted);
    if spared > 0 {
        all.select_nth_unstable(wanted);
        all.truncate(wanted);
    }
    all.sort_unstable();
    spared
}

/// A sentence for each group that an option names and that no account has, where the groups are known.
pub fn unknown_groups(posture: &Posture, options: &Options) -> Vec<String> {
    posture::unknown_groups(posture, options)
}

/// The report of that name.
pub fn by_name(name: &str) -> Option<&'static Report> {
    REPORTS.iter().copied().find(|report| report.name == name)
}
