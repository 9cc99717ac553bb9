//! Answers to tables, and tables to where they go.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Instant;

use tracing::info;
use trailscan::aggregate::State;
use trailscan::coverage::Coverage;
use trailscan::integrity::Verified;
use trailscan::model::{EventTime, quantity};
use trailscan::output::{
    self, Content, Destination, Document, Format, NewFile, OutputError, Pending, Section, SectionKind, Told,
};
use trailscan::posture::Posture;
use trailscan::report::charts::Chart;
use trailscan::report::{
    self, Evidence, FINDINGS, InLogs, LogSpan, News, Reach, Report, SCORECARD, Score, Table, Verdict, View,
};

use super::delivery::Delivery;
use super::exit::Problem;
use super::pager::Paged;
use super::plan::Plan;
use super::question::Question;
use super::reading::{Reading, Reads};
use super::{account_names, news};

/// What a scorecard is.
const ABOUT_SCORECARD: &str = "The seven practices, account by account";

/// Accounts of a scorecard that people see at least: a screen of them.
const ACCOUNTS: usize = 40;

/// Accounts of which a scorecard that is asked for alone tells every reason.
const FEW_ACCOUNTS: usize = 3;

/// What a matrix means, and where its reasons are.
const LEGEND: &str = "FAIL: broken, so often; pass: proven; -: not proven. Reasons, and what to do next: trailscan scorecard \
                      --columns account_id,practice,verdict,why,next";

/// Places that are known to take what will be written.
pub struct Opened {
    answer: Pending,
    coverage: OpenedCoverage,
}

impl Opened {
    /// Opens all that will be written, before anything is read: these tables, and the coverage.
    ///
    /// # Errors
    /// When a place cannot be written.
    pub fn new(delivery: &Delivery, tables: &[&str]) -> Result<Self, Problem> {
        let answer = delivery.destination.open(delivery.format, tables, delivery.overwrite)?;
        Ok(Self { answer, coverage: OpenedCoverage::new(delivery)? })
    }

    /// Writes the coverage alone: there is no answer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_coverage(self, coverage: &Coverage) -> Result<(), Problem> {
        self.coverage.write(coverage)
    }

    /// Writes the answer and the coverage.
    ///
    /// # Errors
    /// When one cannot be written; a reader that went away is [`Problem::ReaderGone`].
    pub fn write(self, document: &Document<'_>, delivery: &Delivery) -> Result<(), Problem> {
        let written = match delivery.pager.as_deref().and_then(Paged::new) {
            Some(paged) => write_paged(document, paged, delivery),
            None => output::write(document, self.answer, delivery.style),
        };
        // A reader of the answer that went away says nothing about the coverage file.
        self.coverage.write(document.coverage)?;
        Ok(written?)
    }
}

/// The file of the coverage, where one was asked for, that is known to take it.
pub struct OpenedCoverage(Option<NewFile>);

impl OpenedCoverage {
    /// Opens it, before anything is read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(delivery: &Delivery) -> Result<Self, Problem> {
        Ok(Self(delivery.coverage.as_ref().map(coverage_file).transpose()?))
    }

    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(self, coverage: &Coverage) -> Result<(), Problem> {
        self.0.map_or(Ok(()), |file| output::write_coverage(coverage, file)).map_err(Problem::from)
    }
}

/// The answer of a plan, as it is written: that of one report, or those of an audit.
pub fn content<'a>(plan: &Plan, sections: &'a [Section]) -> Content<'a> {
    match (plan.question, shown(plan, sections)) {
        (Question::One(_) | Question::Scorecard | Question::Findings, [section]) => Content::Report(section),
        (_, sections) => Content::Audit(sections),
    }
}

/// What of the answers is written.
pub fn shown<'a>(plan: &Plan, sections: &'a [Section]) -> &'a [Section] {
    let scores = sections.iter().take_while(|section| section.kind == SectionKind::Scorecard).count();
    match plan.question {
        Question::Scorecard => &sections[..scores],
        Question::Findings if plan.lists_findings() => &sections[sections.len().saturating_sub(1)..],
        Question::Findings | Question::One(_) | Question::Audit => sections,
    }
}

/// Writes to a terminal through a pager, which may be left before it has seen all: that is no failure.
fn write_paged(document: &Document<'_>, mut paged: Paged, delivery: &Delivery) -> Result<(), OutputError> {
    let written = output::write_to(document, delivery.format, delivery.style, &mut paged);
    let finished = paged.finish().map_err(OutputError::Stdout);
    match written.and(finished) {
        Err(error) if error.is_broken_pipe() => Ok(()),
        other => other,
    }
}

fn coverage_file(to: &Destination) -> Result<NewFile, OutputError> {
    match to {
        Destination::Object(remote) => {
            remote.check()?;
            NewFile::for_store(remote.clone())
        }
        Destination::File(path) | Destination::Directory(path) => output::coverage_file(path),
        Destination::Stdout => Err(OutputError::CoverageOnStdout),
        Destination::Prefix(remote) => Err(OutputError::IsDirectory((&remote.uri).into())),
    }
}

/// What is known when all has been read.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// What was remembered of the logs.
    pub state: &'a State,
    /// IAM's own state, where it was read.
    pub posture: Option<&'a Posture>,
    /// The moment that ages run to.
    pub as_of: Option<EventTime>,
    /// What was read.
    pub coverage: &'a Coverage,
    /// What digests prove of it, where that was asked.
    pub verified: Option<&'a Verified>,
}

/// The moment that ages run to: the end of the window, else the newest event that was read, filtered or not: what ended a
/// key counts whoever did it; now, where no logs are asked for.
pub fn as_of(reading: &Reading, newest_event_read: Option<EventTime>) -> Option<EventTime> {
    let without_window = if reading.reads == Reads::StateAlone { Some(reading.now) } else { newest_event_read };
    reading.window.map_or(without_window, |window| Some(window.until()))
}

/// What the reports say about a finished scan, shaped as it was asked for.
///
/// # Errors
/// When a column was asked for that a report does not have.
pub fn sections(plan: &Plan, known: &Known<'_>) -> Result<(Vec<Section>, Option<News>), Problem> {
    let Known { state, posture, as_of, coverage, verified } = *known;
    let logs = (plan.reading.reads != Reads::StateAlone).then(|| logs(&plan.reading, coverage));
    // Rows are cut after they are sorted, so only the default order can spare some.
    let by_default = plan.delivery.shape.sort.is_none() && !plan.narrow.is_of_rows();
    let rows_wanted = plan.delivery.limit.filter(|_| by_default).unwrap_or(usize::MAX);
    let argument = plan.argument.as_deref();
    let of_options = View::new(state, &plan.options);
    let addresses = plan.addresses.as_ref();
    let is_overview = plan.delivery.format == Format::Table;
    let view = View {
        as_of,
        rows_wanted,
        is_overview,
        is_whole: plan.delivery.is_whole,
        argument,
        addresses,
        posture,
        logs: logs.as_ref(),
        verified,
        actions: plan.actions.as_ref(),
        policy: plan.policy.as_ref(),
        ..of_options
    };
    let (reports, reach) = (plan.reports(), news::reach(plan, coverage));
    let mut sections: Vec<Section> =
        reports.iter().map(|report| section(report, &view, plan, &reach)).collect::<Result<_, _>>()?;
    let tables = news::tables(plan, &view);
    if plan.question.report().is_none() {
        let in_logs = InLogs::of(&view);
        let scorecard = scorecard(plan, known, (logs, in_logs), &sections)?;
        sections.insert(0, scorecard);
        let mut findings: Vec<_> = sections.iter_mut().map(|section| &mut section.findings).collect();
        report::one_finding_per_fact(&mut findings);
        report::one_finding_per_deed(&mut findings);
        report::one_finding_for_many_accounts(&mut findings);
    }
    let news = news::news(plan, &tables, &reach, &mut sections);
    sections.iter_mut().for_each(|section| plan.narrow.findings(section));
    if plan.lists_findings() {
        sections.push(findings(plan, &sections)?);
    }
    Ok((sections, news))
}

/// The findings of all reports as a table, and as findings where nothing else is shown.
fn findings(plan: &Plan, sections: &[Section]) -> Result<Section, Problem> {
    let mut told: Vec<Told<'_>> = sections.iter().flat_map(Section::told).collect();
    told.sort_by_key(|told| Reverse(told.finding.severity));
    let mut table = report::findings_table(told.iter().map(|told| told.finding));
    account_names::add_to(&mut table, plan.account_names.as_ref());
    let hidden = plan.narrow.rows(&mut table);
    let is_alone = plan.question.report().is_none() && plan.question.subcommand() == FINDINGS;
    let mut section = Section { kind: SectionKind::Findings, hidden, ..Section::new("What every report found", table) };
    if is_alone {
        shape(plan, &mut section)?;
        section.findings = told.iter().map(|told| told.finding.clone()).collect();
        section.standings = told.iter().filter_map(|told| told.standing.cloned()).collect();
        section.suppressed = sections.iter().map(|section| section.suppressed).sum();
    }
    Ok(section)
}

/// Brings the one table of an answer into the order that was asked for, with its columns and so many rows.
fn shape(plan: &Plan, section: &mut Section) -> Result<(), Problem> {
    plan.delivery.shape.apply(&mut section.table)?;
    section.is_sorted = plan.delivery.shape.sort.is_some();
    if let Some(limit) = plan.delivery.limit {
        section.table.limit(limit);
    }
    Ok(())
}

/// What was read of logs.
fn logs(reading: &Reading, coverage: &Coverage) -> LogSpan {
    LogSpan::of(coverage, reading.window, reading.now, !reading.filters.are_accounts_alone())
}

/// Takes out the accounts in which nothing is broken, and counts them.
fn leave_out_quiet(scores: &mut Vec<Score>) -> usize {
    let is_broken = |score: &&Score| score.verdict == Verdict::Incorrect;
    let broken: BTreeSet<String> = scores.iter().filter(is_broken).map(|score| score.account_id.clone()).collect();
    let all: BTreeSet<&String> = scores.iter().map(|score| &score.account_id).collect();
    let quiet = all.len() - broken.len();
    scores.retain(|score| broken.contains(&score.account_id));
    quiet
}

/// How each account stands against the practices, by all that the reports found. People read the top of a screen: they get
/// a line an account, the worst first; the reasons where those of a few accounts are asked for alone.
fn scorecard(
    plan: &Plan,
    known: &Known<'_>,
    (logs, in_logs): (Option<LogSpan>, InLogs),
    sections: &[Section],
) -> Result<Section, Problem> {
    let mut scores = report::scorecard(
        &Evidence {
            findings: sections.iter().flat_map(|section| &section.findings).collect(),
            accounts: &known.coverage.accounts,
            logs,
            in_logs,
            posture: known.posture,
        },
        &plan.reports(),
    );
    let is_for_people = matches!(plan.delivery.format, Format::Table | Format::Markdown);
    if is_for_people || plan.delivery.format == Format::Html {
        report::worst_accounts_first(&mut scores);
    }
    let is_alone = plan.question.subcommand() == SCORECARD;
    let accounts = scores.iter().map(|score| &score.account_id).collect::<BTreeSet<_>>().len();
    let is_asked = plan.delivery.shape.is_given() || plan.narrow.is_of_rows() || accounts <= FEW_ACCOUNTS;
    let is_matrix = is_for_people && !(is_alone && is_asked);
    // Of many accounts those are shown in which something is broken.
    let quiet = if is_matrix && accounts > ACCOUNTS { leave_out_quiet(&mut scores) } else { 0 };
    let mut table = if is_matrix { report::scorecard_matrix(&scores) } else { report::scorecard_table(scores) };
    account_names::add_to(&mut table, plan.account_names.as_ref());
    let mut section = Section { kind: SectionKind::Scorecard, ..Section::new(ABOUT_SCORECARD, table) };
    if is_matrix {
        section.table.limit(plan.delivery.limit.map_or(usize::MAX, |limit| limit.max(ACCOUNTS)));
        let others = quantity(quiet as u64, "account");
        let others = if quiet > 0 {
            format!("{others} in which nothing is known to be broken: not shown. ")
        } else {
            String::new()
        };
        section.hidden = (accounts > 0).then(|| format!("{others}{LEGEND}"));
    } else if is_alone {
        section.hidden = plan.narrow.rows(&mut section.table);
        shape(plan, &mut section)?;
    }
    Ok(section)
}

fn section(report: &'static Report, view: &View<'_>, plan: &Plan, reach: &Reach) -> Result<Section, Problem> {
    let delivery = &plan.delivery;
    let begun = Instant::now();
    let mut answer = (report.answer)(view);
    let mut table = Table::new(report, answer.columns, answer.rows);
    table.rows_total += answer.rows_spared;
    account_names::add_to(&mut table, plan.account_names.as_ref());
    account_names::add_to_findings(&mut answer.findings, plan.account_names.as_ref());
    let suppressed = plan.rulebook.apply(&mut answer.findings, &mut table).total();
    if let Some(baseline) = &plan.baseline {
        baseline.add_to(&mut table, &answer.findings, reach);
    }
    let narrowed = plan.narrow.rows(&mut table);
    if plan.question.report().is_some() {
        delivery.shape.apply(&mut table)?;
    }
    if let Some(limit) = delivery.limit {
        table.limit(limit);
    }
    // A table with chosen columns, or in a chosen order, is asked for where a tree would stand.
    let wants_rows = delivery.format == Format::Table && (table.chosen || delivery.shape.sort.is_some());
    let tree = answer.tree.filter(|_| !wants_rows).map(|tree| tree.folded(delivery.alike));
    let charts = if delivery.format == Format::Html { charts(report, view, delivery) } else { Vec::new() };
    let hidden = [answer.hidden, narrowed].into_iter().flatten().collect::<Vec<_>>().join("; ");
    let (findings, hidden) = (answer.findings, Some(hidden).filter(|hidden| !hidden.is_empty()));
    let is_sorted = delivery.shape.sort.is_some();
    let rows = table.rows_total;
    info!(report = report.name, rows, findings = findings.len(), suppressed, took = ?begun.elapsed(), "answered");
    let (document, notes, is_open) = (answer.document, answer.notes, answer.is_open);
    let section = Section { document, notes, is_open, ..Section::new(report.summary, table) };
    Ok(Section { findings, charts, hidden, suppressed, tree, is_sorted, ..section })
}

/// What a page draws, with the commands that print the same numbers of the same logs.
fn charts(report: &Report, view: &View<'_>, delivery: &Delivery) -> Vec<Chart> {
    let mut charts = report.charts_of(view);
    for chart in &mut charts {
        chart.command = format!("{} {}", chart.command, delivery.repeat);
    }
    charts
}
