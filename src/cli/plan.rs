//! What was typed of a report or the audit, turned into what is to be done: everything checked, nothing of clap left.

use std::path::{Path, PathBuf};

use trailscan::aggregate::AggregateKind;
use trailscan::model::{Actions, Policy};
use trailscan::output::{Destination, Format};
use trailscan::posture::{AccountNames, Places};
use trailscan::report::{
    self, AddressLookup, Asked, Baseline, FINDINGS, Form, Options, REPORTS, Report, ReportOption, SCORECARD, Subject,
    Table, TextOption, VERIFY, events_wanted, subject_of,
};

use super::complete::Origins;
use super::delivery::{Delivery, Wanted};
use super::exit::Problem;
use super::flags::{Common, Shape};
use super::iam_state::StateTyped;
#[cfg(feature = "iam")]
use super::live::Live;
use super::narrow::{Narrow, NarrowTyped};
use super::question::Question;
use super::reading::{Reading, Reads};
use super::rulebook::Rulebook;
use super::surroundings::Surroundings;
use super::verifying::Verifying;
use super::{account_ids, account_names, addresses, baseline, iam_state, reference, repeat, variant};

/// The command line as it was typed.
pub struct Typed {
    /// Who gave what was not typed.
    pub origins: Origins,
    /// What was asked.
    pub question: Question,
    /// What the report asks about, if it asks about something.
    pub argument: Option<String>,
    /// What every subcommand takes.
    pub common: Common,
    /// What only a single table takes.
    pub shape: Shape,
    /// What of the answer is told.
    pub narrow: NarrowTyped,
    /// What was said of IAM's state.
    pub state: StateTyped,
    /// The reports' own numbers that were given.
    pub numbers: Vec<(ReportOption, i64)>,
    /// The reports' own texts that were given.
    pub texts: Vec<(TextOption, Vec<String>)>,
    /// Files of public keys.
    pub public_keys: Vec<PathBuf>,
    /// The file of a policy document beside the question.
    pub policy: Option<PathBuf>,
}

/// All that a run does.
pub struct Plan {
    /// What is read, and which of it counts.
    pub reading: Reading,
    /// What is asked.
    pub question: Question,
    /// What the report asks about, if it asks about something.
    pub argument: Option<String>,
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
    /// Whether any state is read.
    pub reads_state: bool,
    /// Who is asked for more of it.
    #[cfg(feature = "iam")]
    pub live: Option<Live>,
    /// The accounts whose state is asked for; all when empty.
    pub accounts: Vec<String>,
    /// What was asked beside the window.
    pub asked: Asked,
    /// What IAM's actions are, where that was given.
    pub actions: Option<Actions>,
    /// The policy document that was given beside the question.
    pub policy: Option<Policy>,
    /// What of the answer is told.
    pub narrow: Narrow,
    /// The earlier answer that it is compared with.
    pub baseline: Option<Baseline>,
    /// Where the answer goes.
    pub delivery: Delivery,
}

impl Plan {
    /// The reports that answer: an audit has those about IAM's state only where files of it were named.
    pub fn reports(&self) -> Vec<&'static Report> {
        let verify = (self.reading.verify.is_some() && self.question.report().is_none()).then_some(VERIFY);
        self.of_events().chain(verify).collect()
    }

    /// What must be remembered to answer: an audit without IAM's state does not pay for what only that is joined with.
    pub fn needs(&self) -> Vec<&'static AggregateKind> {
        self.of_events().flat_map(|report| report.needs).copied().collect()
    }

    fn of_events(&self) -> impl Iterator<Item = &'static Report> {
        let is_asked = self.reads_state || self.question.report().is_some();
        self.question.reports().into_iter().filter(move |report| is_asked || report.is_audited_alone())
    }

    /// What the filters mean for findings; `None` where none can be made.
    pub fn warning_of_verdicts(&self) -> Option<String> {
        let judges = self.reports().iter().any(|report| !report.rules.is_empty());
        self.reading.filters.warning_of_verdicts().filter(|_| judges)
    }

    /// The names of the tables of the answer.
    pub fn tables(&self) -> Vec<&'static str> {
        let reports = self.reports();
        let reports = reports.iter().map(|report| report.name);
        match self.question {
            _ if self.is_of_findings() => vec![FINDINGS],
            Question::Scorecard => vec![SCORECARD],
            Question::Findings => vec![FINDINGS],
            Question::Audit => {
                [SCORECARD].into_iter().chain(reports).chain(self.lists_findings().then_some(FINDINGS)).collect()
            }
            Question::One(_) => reports.chain(self.lists_findings().then_some(FINDINGS)).collect(),
        }
    }

    /// Whether findings are all that is written.
    pub fn is_of_findings(&self) -> bool {
        let is_of_many = matches!(self.question, Question::Findings | Question::Audit);
        self.delivery.format.is_of_findings() || self.delivery.format.is_timeline() && is_of_many
    }

    /// Whether the answer has a table of all findings: where it is asked for, and where rows are all that a format has and
    /// more than those of one report are written.
    pub fn lists_findings(&self) -> bool {
        let is_folder = matches!(self.delivery.destination, Destination::Directory(_) | Destination::Prefix(_));
        match self.question {
            Question::Findings => !self.is_of_findings(),
            Question::Scorecard => false,
            Question::Audit => self.delivery.format.is_of_rows(),
            Question::One(_) => self.delivery.format.is_of_rows() && is_folder,
        }
    }

    /// Whether a text that is no table is the answer.
    pub fn wants_document(&self) -> bool {
        self.question.report().is_some_and(|report| report.form == Form::Document)
    }

    /// Resolves what was typed.
    ///
    /// # Errors
    /// [`Problem::Usage`] for what cannot be.
    pub fn resolve(typed: Typed, around: &Surroundings) -> Result<Self, Problem> {
        let Typed {
            origins, question, argument, mut common, shape, state: typed_state, numbers, texts, narrow, ..
        } = typed;
        let (public_keys, policy) = (typed.public_keys, typed.policy);
        variant::check(question, argument.as_deref(), (policy.as_deref(), &common.inputs))?;
        let policy = policy.as_deref().map(variant::read).transpose()?;
        account_ids::resolve(&mut common)?;
        let rulebook = around.rulebook(common.now.as_deref())?;
        let state = typed_state.places()?;
        iam_state::check(question.report(), &state, (&common.inputs, typed_state.live))?;
        let is_state_read = !state.is_empty() || typed_state.live;
        let reads = reads(question, argument.as_deref(), &common, around)?;
        narrow_to(question, argument.as_deref(), &mut common);
        let mut reading = Reading::resolve(reads, &common, &origins, around.clock)?;
        if !public_keys.is_empty() {
            reading.verify = Some(Verifying::new(&public_keys, &common)?);
        }
        let addresses = addresses::open(&common)?;
        let account_names = account_names::known(common.account_names.as_deref(), &state, typed_state.live)?;
        #[cfg(feature = "iam")]
        let live = Live::of(&typed_state, &common)?;
        let mut options = Options::default();
        rulebook.set_options(&mut options).map_err(Problem::usage)?;
        for (option, value) in numbers {
            options.set(&option, value).map_err(Problem::usage)?;
        }
        for (option, texts) in texts {
            options.set_texts(&option, texts);
        }
        let actions = reference::actions(&options)?;
        let told = narrow.checked(question.report())?;
        let mut asked = baseline::asked(question, &common, &options, argument.as_deref());
        narrow.add_to(&mut asked);
        let baseline = baseline::open(question, &common, &origins, &asked)?;
        let wanted = Wanted { question: Some(question), common: &common, origins: &origins, around };
        let delivery = variant::as_document(question, wanted.delivery(shape)?)?;
        if question.report().is_some_and(|report| report.form == Form::Records) {
            reading.work.limits.events = events_wanted(delivery.shape.sort.as_deref(), delivery.limit);
        }
        let mut tables = empty_tables(question, (addresses.as_ref(), account_names.as_ref()), baseline.is_some());
        // Columns that the answer will not have are refused before anything is read.
        told.check(&tables)?;
        if let [table] = &mut tables[..] {
            delivery.shape.apply(table)?;
        }
        check_form(question, delivery.format)?;
        let repeat = repeat::arguments(&common, reading.window, reading.reads.inputs());
        Ok(Self {
            reading,
            question,
            argument,
            options,
            addresses,
            account_names,
            rulebook,
            state,
            reads_state: is_state_read,
            #[cfg(feature = "iam")]
            live,
            accounts: common.account,
            asked,
            actions,
            policy,
            narrow: told,
            baseline,
            delivery: Delivery { repeat, ..delivery },
        })
    }
}

/// Counts what a report is about whose argument chooses the events.
fn narrow_to(question: Question, argument: Option<&str>, common: &mut Common) {
    let Some((report, argument)) = question.report().zip(argument) else { return };
    match subject_of(report, argument.trim()) {
        Some(Subject::Below) => common.below.push(argument.trim().to_owned()),
        Some(Subject::Address) => common.address.push(argument.trim().to_owned()),
        None => {}
    }
}

/// The tables of the answer, without rows.
fn empty_tables(
    question: Question,
    (addresses, names): (Option<&AddressLookup>, Option<&AccountNames>),
    has_baseline: bool,
) -> Vec<Table> {
    let of_report = |report: &'static Report| {
        let mut table = Table::new(report, report.columns_with(addresses), Vec::new());
        if has_baseline && Baseline::adds_to(report) {
            table.add_last(Baseline::COLUMN, Vec::new());
        }
        table
    };
    let mut tables: Vec<Table> = match question {
        Question::Scorecard => vec![report::scorecard_table(Vec::new())],
        Question::Findings => vec![report::findings_table([])],
        Question::One(_) | Question::Audit => question.reports().into_iter().map(of_report).collect(),
    };
    tables.iter_mut().for_each(|table| account_names::add_to(table, names));
    tables
}

/// What is read: a report that needs no logs reads those that were typed alone.
fn reads(question: Question, argument: Option<&str>, common: &Common, around: &Surroundings) -> Result<Reads, Problem> {
    let report = question.report();
    if common.inputs.is_empty() && report.is_some_and(Report::needs_no_logs) {
        return Ok(Reads::StateAlone);
    }
    let reads = Reads::logs(common, around)?;
    if reads.looks_for_trails() {
        check_argument(report, argument)?;
    }
    Ok(reads)
}

/// Refuses a tree or a timeline of what has none.
fn check_form(question: Question, format: Format) -> Result<(), Problem> {
    let (form, what) = match format {
        Format::Dot => (Form::Tree, "draws a tree"),
        timeline if timeline.is_timeline() => (Form::Records, "is a timeline of single events"),
        _ => return Ok(()),
    };
    let name = match question {
        Question::One(report) if report.form == form => return Ok(()),
        Question::Findings | Question::Audit if format.is_timeline() => return Ok(()),
        question => question.subcommand(),
    };
    let with = REPORTS.iter().filter(|report| report.form == form).map(|report| {
        let argument = report.argument.map_or_else(String::new, |argument| format!(" {}", argument.name));
        format!("{}{argument}", report.name)
    });
    let of_findings = format.is_timeline().then(|| FINDINGS.to_owned());
    let with: Vec<String> =
        with.chain(of_findings).map(|asked| format!("trailscan {asked} --format {format}")).collect();
    let with = with.join(" or ");
    let or_findings = if format.is_timeline() { " or of findings" } else { "" };
    Err(Problem::usage(format!("{format} {what}{or_findings}, and {name} has none; ask {with}")))
}

/// Refuses a report's own argument that must have been meant as INPUT, where there is no other.
fn check_argument(report: Option<&Report>, argument: Option<&str>) -> Result<(), Problem> {
    let Some((report, text)) = report.zip(argument) else { return Ok(()) };
    let path = Path::new(text);
    let is_path = path.is_dir() || text.contains(std::path::is_separator) && path.exists();
    if !is_path && text != "-" && !text.starts_with("s3://") {
        return Ok(());
    }
    let (name, wanted) = (report.name, report.argument.map_or("", |argument| argument.name));
    Err(Problem::usage(format!("{text} stands where {wanted} belongs: trailscan {name} {wanted} {text}")))
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};
    use trailscan::input::{DayRange, Input};
    use trailscan::model::EventTime;
    use trailscan::output::{Destination, Place};
    use trailscan::report::audited;

    use super::*;
    use crate::cli::flags;
    #[cfg(feature = "s3")]
    use crate::cli::reading::WindowSource;

    fn plan(line: &str) -> Result<Plan, String> {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let report = trailscan::report::by_name(name);
        let command = Shape::augment_args(flags::command());
        let now = ["trailscan", "--now", "2023-07-11"];
        let now = if rest.contains("--now") { &now[..1] } else { &now[..] };
        let words = now.iter().copied().chain(rest.split_whitespace());
        let matches = command.try_get_matches_from(words).expect("flags that there are");
        let surroundings = Surroundings {
            clock: EventTime::parse("2023-07-10T12:34:56Z").unwrap(),
            environment: [("TRAILSCAN_INPUT", "from-environment")].into(),
            pager: Default::default(),
            config: Default::default(),
        };
        let typed = Typed {
            origins: Origins::default(),
            question: report.map_or(Question::Audit, Question::One),
            narrow: NarrowTyped::default(),
            argument: None,
            common: Common::from_arg_matches(&matches).unwrap(),
            shape: Shape::from_arg_matches(&matches).unwrap(),
            state: StateTyped::default(),
            numbers: Vec::new(),
            texts: Vec::new(),
            public_keys: Vec::new(),
            policy: None,
        };
        Plan::resolve(typed, &surroundings).map_err(|problem| problem.to_string())
    }

    #[test]
    fn what_nothing_else_was_said_means() {
        let plan = plan("audit --threads 3").unwrap();
        assert_eq!(plan.reading.reads.inputs(), [Input::Path("from-environment".into())]);
        assert!(plan.reading.window.is_none() && plan.reading.filters.is_empty() && plan.addresses.is_none());
        assert_eq!(plan.reading.days, DayRange::ALL);
        assert_eq!(
            (plan.reading.work.threads.get(), plan.reading.work.dedupe, plan.reading.work.progress),
            (3, true, true)
        );
        assert_eq!((plan.delivery.format, plan.delivery.destination), (Format::Table, Destination::Stdout));
        assert_eq!(plan.question.reports().len(), audited().count());
    }

    #[test]
    fn a_window_reads_around_itself() {
        let plan = plan("audit --until 2023-07-05 --days 1 --late-slack 1d --now 2023-07-20").unwrap();
        let days = |range: DayRange| (range.first.unwrap().to_string(), range.last.unwrap().to_string());
        assert_eq!(days(plan.reading.days), ("2023-07-02".into(), "2023-07-06".into()));
    }

    #[test]
    #[cfg(feature = "s3")]
    fn of_s3_the_last_days_are_read() {
        let window = |line: &str| {
            let plan = plan(line).unwrap();
            (
                plan.reading.chosen_by == WindowSource::Default,
                plan.reading.window.map(|window| window.since().to_string()),
            )
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
        assert_eq!([limit("audit"), limit("audit -o x.txt")], [Some(20); 2]);
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
            ("audit s3:///AWSLogs".to_owned(), "s3:///AWSLogs"),
        ] {
            let error = plan(&line).map(|_| ()).unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
