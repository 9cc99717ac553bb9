//! What was typed, turned into what is to be done: everything checked, nothing of clap left.

use std::fmt::Display;
use std::num::NonZeroUsize;
use std::path::Path;

use trailscan::aggregate::{AggregateKind, State};
use trailscan::filter::{Criteria, Filters};
use trailscan::input::{DayRange, Input};
use trailscan::model::{EventTime, TimeWindow};
use trailscan::output::{Destination, Format, Place, Style};
use trailscan::posture::{AccountNames, Places};
use trailscan::report::export::export_needs;
use trailscan::report::{
    AddressLookup, Options, REPORTS, Report, ReportOption, SCORECARD, Severity, Table, View, audited,
};
use trailscan::scan::Limits;

use super::defaults::Defaults;
use super::exit::Problem;
use super::flags::{Common, Shape};
use super::rulebook::Rulebook;
use super::state::StateTyped;
use super::style::{self, When};
use super::surroundings::Surroundings;
use super::{addresses, destination, inputs, log, names, pager, repeat, state, window};

/// Rows of a report that a table of an audit shows when nothing else is said.
const AUDIT_ROWS: usize = 20;

/// Alike nodes side by side that a tree shows when nothing else is said.
const ALIKE: usize = 10;
/// Rows of a report that a page holds when nothing else is said: more make it slow to open and to send.
const PAGE_ROWS: usize = 10_000;

/// All that a run does.
pub struct Plan {
    /// What is asked.
    pub question: Question,
    /// What the report asks about, if it asks about something.
    pub argument: Option<String>,
    /// Whether only what would be read is told.
    pub dry_run: bool,
    /// The reports' numbers.
    pub options: Options,
    /// Where addresses are, where files that tell it were given.
    pub addresses: Option<AddressLookup>,
    /// What accounts are called, where a file says it.
    pub account_names: Option<AccountNames>,
    /// What the config says of rules.
    pub rulebook: Rulebook,
    /// Where IAM's state is read from.
    pub state: Places,
    /// Whether nothing but IAM's state is read.
    pub is_state_alone: bool,
    /// The accounts whose state is asked for; all when empty.
    pub accounts: Vec<String>,
    /// The moment that is now.
    pub now: EventTime,
    /// Where to read; nothing when only IAM's state is asked for.
    pub inputs: Vec<Input>,
    /// What is counted; `None` is everything.
    pub window: Option<TimeWindow>,
    /// Whether nobody asked for that window: it bounds what is read of S3.
    pub window_by_default: bool,
    /// The days of that window, where a config file asks for them.
    pub days_of_config: Option<u32>,
    /// The delivery days that are read.
    pub read: DayRange,
    /// What is read of S3.
    #[cfg(feature = "s3")]
    pub s3: Option<trailscan::input::s3::S3Request>,
    /// Whose trails say what is read, when nothing else does.
    #[cfg(feature = "s3")]
    pub trails_of: Vec<std::sync::Arc<trailscan::input::s3::Access>>,
    /// What else is asked of an event.
    pub filters: Filters,
    /// How the scan works.
    pub work: Work,
    /// Where the answer goes.
    pub delivery: Delivery,
}

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

/// One report or all of them.
#[derive(Clone, Copy)]
pub enum Question {
    /// A report.
    One(&'static Report),
    /// Every report.
    Audit,
    /// No report: all that is remembered leaves as it is.
    Export,
}

/// How the scan works.
#[derive(Clone, Copy)]
pub struct Work {
    /// Threads that read.
    pub threads: NonZeroUsize,
    /// Whether copies of an event are dropped.
    pub dedupe: bool,
    /// Bounds.
    pub limits: Limits,
    /// Whether progress is shown, where there is a terminal.
    pub progress: bool,
}

/// Where the answer goes, and what of it.
pub struct Delivery {
    /// What it is written as.
    pub format: Format,
    /// Where to.
    pub destination: Destination,
    /// How a table looks.
    pub style: Style,
    /// Where the coverage goes, beside the answer.
    pub coverage: Option<Destination>,
    /// Columns and order.
    pub shape: Shape,
    /// The most rows of a report.
    pub limit: Option<usize>,
    /// The most alike nodes side by side in a tree.
    pub alike: Option<usize>,
    /// The severity that fails the run.
    pub fail_on: Option<Severity>,
    /// What shows a table that is longer than the screen.
    pub pager: Option<String>,
    /// What a command needs to count the same events: window, filters, inputs.
    pub repeat: String,
}

impl Question {
    /// The report, where one alone is asked.
    pub const fn report(self) -> Option<&'static Report> {
        if let Self::One(report) = self { Some(report) } else { None }
    }

    /// The reports that answer it.
    pub fn reports(self) -> Vec<&'static Report> {
        match self {
            Self::One(report) => vec![report],
            Self::Audit => audited().collect(),
            Self::Export => Vec::new(),
        }
    }

    /// What must be remembered to answer it.
    pub fn needs(self) -> Vec<&'static AggregateKind> {
        if matches!(self, Self::Export) {
            return export_needs();
        }
        self.reports().iter().flat_map(|report| report.needs).copied().collect()
    }
}

impl Plan {
    /// The reports that answer: those about IAM's state alone only where files of it were named.
    pub fn reports(&self) -> Vec<&'static Report> {
        let all = self.question.reports().into_iter();
        all.filter(|report| !self.state.is_empty() || !report.needs_no_logs()).collect()
    }
}

impl Plan {
    /// The names of the tables of the answer.
    pub fn tables(&self) -> Vec<&'static str> {
        let scorecard = matches!(self.question, Question::Audit).then_some(SCORECARD);
        scorecard.into_iter().chain(self.reports().iter().map(|report| report.name)).collect()
    }

    /// Resolves what was typed.
    ///
    /// # Errors
    /// [`Problem::Usage`] for what cannot be.
    pub fn resolve(typed: Typed, surroundings: Surroundings) -> Result<Self, Problem> {
        let Typed { question, argument, mut common, shape, state: typed_state, numbers } = typed;
        let report = question.report();
        let rulebook = surroundings.rulebook(common.now.as_deref())?;
        let Surroundings { clock, now, input, pager, config } = surroundings;
        let days_of_config = config.defaults.days.filter(|_| config.defaults.gives_days(&common));
        config.defaults.complete(&mut common);
        let places = typed_state.places()?;
        state::check(report, &places)?;
        let is_state_alone = common.inputs.is_empty() && report.is_some_and(Report::needs_no_logs);
        let inputs = match is_state_alone {
            true => Vec::new(),
            false => inputs::resolve(common.inputs.clone(), input, config.input.clone()).map_err(Problem::usage)?,
        };
        if inputs.is_empty() && !is_state_alone {
            check_argument(report, argument.as_deref())?;
        }
        if inputs.is_empty() && !is_state_alone && !looks_up_trails(&common) {
            return Err(Problem::usage(inputs::nothing_to_read()));
        }
        let by_default = !is_state_alone && is_by_default(&common, &inputs);
        let (window, read) = resolve_window(&common, by_default, (now.as_deref(), clock))?;
        let addresses = addresses::open(&common, &config)?;
        let account_names =
            common.account_names.as_deref().map(AccountNames::read).transpose().map_err(Problem::usage)?;
        let mut options = Options::default();
        rulebook.set_options(&mut options).map_err(Problem::usage)?;
        for (option, value) in numbers {
            options.set(&option, value).map_err(Problem::usage)?;
        }
        typed_state.set_groups(&mut options);
        let delivery = delivery(question, &common, shape, &config.defaults)?;
        if let Some(report) = report {
            check_shape(report, &delivery.shape, &options, (addresses.as_ref(), account_names.as_ref()))?;
        }
        let pager = pager_of(&pager, &common, &delivery, &config.defaults);
        check_tree(question, delivery.format)?;
        let moment = window::now(common.now.as_deref(), now.as_deref(), clock).map_err(Problem::usage)?;
        // A clock that was set back, as for an example, makes no event impossible.
        let latest = moment.max(clock).plus_seconds(86_400);
        Ok(Self {
            question,
            argument,
            dry_run: common.dry_run,
            rulebook,
            state: places,
            is_state_alone,
            accounts: common.account.clone(),
            now: moment,
            options,
            addresses,
            account_names,
            window,
            read,
            filters: Filters::new(&criteria(&common)).map_err(Problem::usage)?,
            work: work(&common, config.threads, latest),
            delivery: Delivery { repeat: repeat::arguments(&common, window, &inputs), pager, ..delivery },
            window_by_default: by_default,
            days_of_config,
            #[cfg(feature = "s3")]
            trails_of: match inputs.is_empty() && !is_state_alone {
                true => common.s3.who().map_err(Problem::usage)?,
                false => Vec::new(),
            },
            #[cfg(feature = "s3")]
            s3: match is_state_alone {
                true => None,
                false => common.s3.request(&inputs, read, (&common.account, &common.region)).map_err(Problem::usage)?,
            },
            inputs,
        })
    }
}

/// Whether S3 is read and nothing says which days of it.
fn is_by_default(common: &Common, inputs: &[Input]) -> bool {
    let is_said = common.all || common.days.is_some() || common.since.is_some() || common.until.is_some();
    !is_said && (inputs.is_empty() || inputs.iter().any(|input| input.s3().is_some()))
}

/// Whether CloudTrail can be asked where the logs are.
#[cfg(feature = "s3")]
const fn looks_up_trails(common: &Common) -> bool {
    !common.s3.no_sign_request
}

/// Whether CloudTrail can be asked where the logs are.
#[cfg(not(feature = "s3"))]
const fn looks_up_trails(_: &Common) -> bool {
    false
}

fn resolve_window(
    common: &Common,
    by_default: bool,
    (set, clock): (Option<&str>, EventTime),
) -> Result<(Option<TimeWindow>, DayRange), Problem> {
    let now = window::now(common.now.as_deref(), set, clock).map_err(Problem::usage)?;
    let days = common.days.or(by_default.then_some(window::S3_DAYS));
    let typed = window::Typed { days, since: common.since.as_deref(), until: common.until.as_deref() };
    let window = window::resolve(typed, now).map_err(Problem::usage)?;
    let read = window.map_or(DayRange::ALL, |window| DayRange::of_window(window, common.late_slack, now));
    Ok((window, read))
}

/// Refuses columns that the report will not have, before anything is read: asked of an empty answer, since a report may
/// add columns for what it was given.
fn check_shape(
    report: &'static Report,
    shape: &Shape,
    options: &Options,
    (addresses, names): (Option<&AddressLookup>, Option<&AccountNames>),
) -> Result<(), Problem> {
    let state = State::new(report.needs);
    let answer = (report.answer)(&View { addresses, ..View::new(&state, options) });
    let mut table = Table::new(report, answer.columns, Vec::new());
    names::add_to(&mut table, names);
    shape.apply(&mut table)
}

/// Refuses a tree of what has none.
fn check_tree(question: Question, format: Format) -> Result<(), Problem> {
    let name = match question {
        _ if format != Format::Dot => return Ok(()),
        Question::One(report) if has_tree(report) => return Ok(()),
        Question::One(report) => report.name,
        Question::Audit | Question::Export => "audit",
    };
    let with: Vec<String> = REPORTS
        .iter()
        .filter(|report| has_tree(report))
        .map(|report| format!("trailscan {} {}", report.name, report.argument.unwrap_or_default()))
        .collect();
    let with = with.join(" or ");
    Err(Problem::usage(format!("dot draws a tree, and {name} has none; ask {with} --format dot")))
}

/// Whether a report answers with a tree: asked of an empty state.
fn has_tree(report: &Report) -> bool {
    let state = State::new(report.needs);
    (report.answer)(&View::new(&state, &Options::default())).tree.is_some()
}

/// Refuses a report's own argument that must have been meant as INPUT, where there is no other.
fn check_argument(report: Option<&Report>, argument: Option<&str>) -> Result<(), Problem> {
    let Some((report, text)) = report.zip(argument) else { return Ok(()) };
    let path = Path::new(text);
    let is_path = path.is_dir() || text.contains(std::path::is_separator) && path.exists();
    if !is_path && text != "-" && !text.starts_with("s3://") {
        return Ok(());
    }
    let (name, wanted) = (report.name, report.argument.unwrap_or_default());
    Err(Problem::usage(format!("{text} stands where {wanted} belongs: trailscan {name} {wanted} {text}")))
}

fn criteria(common: &Common) -> Criteria {
    Criteria {
        accounts: common.account.clone(),
        regions: common.region.clone(),
        principals: common.principal.clone(),
        events: common.event.clone(),
        services: common.service.clone(),
        access_keys: common.access_key.clone(),
        addresses: common.address.clone(),
    }
}

fn work(common: &Common, configured: Option<NonZeroUsize>, latest: EventTime) -> Work {
    let given = common.threads.and_then(|threads| NonZeroUsize::new(threads as usize)).or(configured);
    let threads = given.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let limits = Limits {
        max_object_bytes: common.max_object_bytes,
        max_record_bytes: usize::try_from(common.max_record_bytes).unwrap_or(usize::MAX),
        max_memory: common.max_memory,
        latest_time: Some(latest),
    };
    Work { threads, dedupe: !common.no_dedupe, limits, progress: !common.quiet && !log::tells() }
}

/// The pager of a table that goes to a terminal.
fn pager_of(
    environment: &pager::Environment,
    common: &Common,
    delivery: &Delivery,
    defaults: &Defaults,
) -> Option<String> {
    let is_table = delivery.format == Format::Table && delivery.style.place == Place::Terminal;
    let (command, _) = environment.pager(defaults.pager.as_ref());
    (is_table && !common.no_pager && !environment.is_dumb).then_some(command)
}

fn delivery(question: Question, common: &Common, mut shape: Shape, defaults: &Defaults) -> Result<Delivery, Problem> {
    let destination = common.output.as_deref().map_or(Ok(Destination::Stdout), |to| destination::of(to, common))?;
    let format = match (&common.format, &destination) {
        (Some(word), _) => word.parse(),
        (None, Destination::File(path)) => Format::from_path(path),
        (None, Destination::Object(remote)) => Format::from_path(Path::new(&remote.uri)),
        (None, place) => match (defaults.format.filter(|_| !matches!(question, Question::Export)), place) {
            (Some(format), _) => Ok(format),
            (None, Destination::Directory(folder)) => return Err(no_format(folder.display())),
            (None, Destination::Prefix(remote)) => return Err(no_format(&remote.uri)),
            (None, _) => Ok(Format::Table),
        },
    };
    let format = format.map_err(Problem::usage)?;
    let mut rows = common.limit;
    if matches!(format, Format::Table | Format::Markdown) {
        defaults.complete_shape(question.report(), (&mut shape, &mut rows));
    }
    Ok(Delivery {
        format,
        style: style::of(common.color.unwrap_or(When::Auto), common.width, &destination),
        destination,
        coverage: common.coverage.as_deref().map(|to| destination::of(to, common)).transpose()?,
        shape,
        limit: limit(question, format, rows),
        alike: alike(format, rows),
        pager: None,
        repeat: String::new(),
        fail_on: common.fail_on.as_deref().and_then(|word| Severity::ALL.into_iter().find(|s| s.as_str() == word)),
    })
}

/// The most alike nodes side by side in a tree; `None` is no limit. JSON is for programs, which want all.
fn alike(format: Format, given: Option<u64>) -> Option<usize> {
    match given {
        Some(0) => None,
        Some(most) => Some(usize::try_from(most).unwrap_or(usize::MAX)),
        None => matches!(format, Format::Table | Format::Markdown | Format::Dot).then_some(ALIKE),
    }
}

fn no_format(folder: impl Display) -> Problem {
    Problem::usage(format!("{folder}: a folder names no format: give --format"))
}

/// The most rows of a report; `None` is no limit. The tables of an audit are an overview, wherever they go, and a page is
/// for people.
fn limit(question: Question, format: Format, given: Option<u64>) -> Option<usize> {
    match (given, question) {
        (Some(0), _) => None,
        (Some(rows), _) => Some(usize::try_from(rows).unwrap_or(usize::MAX)),
        (None, _) if format == Format::Html => Some(PAGE_ROWS),
        (None, Question::Audit) if matches!(format, Format::Table | Format::Markdown) => Some(AUDIT_ROWS),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};

    use super::*;
    use crate::cli::config::Config;

    fn plan(line: &str) -> Result<Plan, String> {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let report = trailscan::report::by_name(name);
        let command = Shape::augment_args(Common::augment_args(Command::new("trailscan")));
        let words = std::iter::once("trailscan").chain(rest.split_whitespace());
        let matches = command.try_get_matches_from(words).expect("flags that there are");
        let surroundings = Surroundings {
            clock: EventTime::parse("2023-07-10T12:34:56Z").unwrap(),
            now: Some("2023-07-11".to_owned()),
            input: Some("from-environment".into()),
            pager: pager::Environment::default(),
            config: Config { threads: NonZeroUsize::new(3), ..Config::default() },
        };
        let typed = Typed {
            question: report.map_or(Question::Audit, Question::One),
            argument: None,
            common: Common::from_arg_matches(&matches).unwrap(),
            shape: Shape::from_arg_matches(&matches).unwrap(),
            state: StateTyped::default(),
            numbers: Vec::new(),
        };
        Plan::resolve(typed, surroundings).map_err(|problem| problem.to_string())
    }

    #[test]
    fn what_nothing_else_was_said_means() {
        let plan = plan("audit").unwrap();
        assert_eq!(plan.inputs, [Input::Path("from-environment".into())]);
        assert!(plan.window.is_none() && plan.filters.is_empty() && plan.addresses.is_none());
        assert_eq!(plan.read, DayRange::ALL);
        assert_eq!((plan.work.threads.get(), plan.work.dedupe, plan.work.progress), (3, true, true));
        assert_eq!((plan.delivery.format, plan.delivery.destination), (Format::Table, Destination::Stdout));
        assert_eq!(plan.question.reports().len(), audited().count());
    }

    #[test]
    fn a_window_reads_around_itself() {
        let plan = plan("audit --until 2023-07-05 --days 1 --late-slack 1d --now 2023-07-20").unwrap();
        let days = |range: DayRange| (range.first.unwrap().to_string(), range.last.unwrap().to_string());
        assert_eq!(days(plan.read), ("2023-07-02".into(), "2023-07-06".into()));
    }

    #[test]
    #[cfg(feature = "s3")]
    fn of_s3_the_last_days_are_read() {
        let window = |line: &str| {
            let plan = plan(line).unwrap();
            (plan.window_by_default, plan.window.map(|window| window.since().to_string()))
        };
        let since = |text: &str| Some(text.to_owned());
        assert_eq!(window("audit s3://bucket"), (true, since("2023-06-11T00:00:00Z")));
        assert_eq!(window("audit . s3://bucket"), (true, since("2023-06-11T00:00:00Z")));
        assert_eq!(window("audit --days 1 s3://bucket"), (false, since("2023-07-10T00:00:00Z")));
        assert_eq!(window("audit --all s3://bucket"), (false, None));
        assert_eq!(window("audit ."), (false, None));
    }

    #[test]
    fn the_format_is_said_or_seen() {
        let format = |line: &str| plan(line).map(|plan| plan.delivery.format);
        assert_eq!(format("audit --format json"), Ok(Format::Json));
        assert_eq!(format("audit -o x.jsonl"), Ok(Format::Jsonl));
        assert_eq!(format("audit -o x.jsonl --format json"), Ok(Format::Json));
        assert!(format("audit -o x.unknown").unwrap_err().contains("x.unknown"));
        assert!(format("audit -o x/").unwrap_err().contains("give --format"));
    }

    #[test]
    fn only_the_tables_of_an_audit_are_cut() {
        let name = REPORTS[0].name;
        let limit = |line: &str| plan(line).unwrap().delivery.limit;
        assert_eq!([limit("audit"), limit("audit -o x.txt")], [Some(AUDIT_ROWS); 2]);
        assert_eq!([limit("audit --format json"), limit("audit --limit 0"), limit(name)], [None; 3]);
        assert_eq!([limit("audit --limit 3"), limit(&format!("{name} --limit 3"))], [Some(3); 2]);
    }

    #[test]
    fn what_reads_the_answer() {
        let style = |line: &str| plan(line).unwrap().delivery.style;
        assert_eq!(style("audit --width 100").width, Some(100));
        assert_eq!((style("audit --width 0").width, style("audit -o x.json").place), (None, Place::File));
        assert_ne!(style("audit").place, Place::File);
    }

    #[test]
    fn what_cannot_be_is_refused_before_anything_is_read() {
        let name = REPORTS[0].name;
        for (line, expected) in [
            (format!("{name} --sort no_such"), "no_such"),
            (format!("{name} --columns no_such"), "no_such"),
            ("audit --since 2024-01-01".to_owned(), "the window starts"),
            ("audit --address nowhere".to_owned(), "--address"),
            ("audit --now 36h".to_owned(), "--now"),
            ("audit s3:///AWSLogs".to_owned(), "s3:///AWSLogs"),
        ] {
            let error = plan(&line).map(|_| ()).unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
