//! Answers to tables, and tables to where they go.

use std::path::Path;

use trailscan::aggregate::State;
use trailscan::model::EventTime;
use trailscan::output::{self, Content, Destination, Document, Format, NewFile, OutputError, Pending, Section};
use trailscan::report::charts::{self, Chart};
use trailscan::report::{Report, Table, View};
use trailscan::scan::Coverage;

use super::exit::Problem;
use super::plan::{Delivery, Plan, Question};

/// Places that are known to take what will be written.
pub struct Opened {
    answer: Pending,
    coverage: Option<NewFile>,
}

impl Opened {
    /// Opens all that will be written, before anything is read.
    ///
    /// # Errors
    /// When a place cannot be written.
    pub fn new(plan: &Plan) -> Result<Self, Problem> {
        let Delivery { format, destination, coverage, .. } = &plan.delivery;
        Ok(Self {
            answer: destination.open(*format, &plan.tables())?,
            coverage: coverage.as_ref().map(coverage_file).transpose()?,
        })
    }

    /// Writes the coverage alone: there is no answer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_coverage(self, coverage: &Coverage) -> Result<(), Problem> {
        self.coverage.map_or(Ok(()), |file| output::write_coverage(coverage, file)).map_err(Problem::from)
    }

    /// Writes the answer and the coverage.
    ///
    /// # Errors
    /// When one cannot be written; a reader that went away is [`Problem::ReaderGone`].
    pub fn write(self, plan: &Plan, coverage: &Coverage, sections: &[Section]) -> Result<(), Problem> {
        let content = match (plan.question, sections) {
            (_, [section]) if plan.dry_run => Content::Report(section),
            (Question::One(_), [section]) => Content::Report(section),
            _ => Content::Audit(sections),
        };
        let document = Document { window: plan.window, coverage, content };
        let written = output::write(&document, self.answer, plan.delivery.style);
        // A reader of the answer that went away says nothing about the coverage file.
        self.coverage.map_or(Ok(()), |file| output::write_coverage(coverage, file))?;
        Ok(written?)
    }
}

fn coverage_file(to: &Destination) -> Result<NewFile, OutputError> {
    match to {
        Destination::Object(remote) => {
            remote.check()?;
            NewFile::for_store(remote.clone())
        }
        Destination::File(path) | Destination::Directory(path) => NewFile::create(path),
        Destination::Stdout => NewFile::create(Path::new("-")),
        Destination::Prefix(remote) => Err(OutputError::IsDirectory((&remote.uri).into())),
    }
}

/// What the reports say about a finished scan, shaped as it was asked for.
///
/// # Errors
/// When a column was asked for that a report does not have.
pub fn sections(plan: &Plan, state: &State, last_event: Option<EventTime>) -> Result<Vec<Section>, Problem> {
    let as_of = plan.window.map_or(last_event, |window| Some(window.until()));
    // Rows are cut after they are sorted, so only the default order can spare some.
    let by_default = plan.delivery.shape.sort.is_none();
    let rows_wanted = plan.delivery.limit.filter(|_| by_default).unwrap_or(usize::MAX);
    let argument = plan.argument.as_deref();
    let view = View { as_of, rows_wanted, argument, geo: plan.geo.as_ref(), ..View::new(state, &plan.options) };
    plan.question.reports().into_iter().map(|report| section(report, &view, &plan.delivery)).collect()
}

fn section(report: &'static Report, view: &View<'_>, delivery: &Delivery) -> Result<Section, Problem> {
    let answer = (report.answer)(view);
    let mut table = Table::new(report, answer.columns, answer.rows);
    table.rows_total += answer.rows_spared;
    delivery.shape.apply(&mut table)?;
    if let Some(limit) = delivery.limit {
        table.limit(limit);
    }
    // A table with chosen columns, or in a chosen order, is asked for where a tree would stand.
    let wants_rows = delivery.format == Format::Table && (table.chosen || delivery.shape.sort.is_some());
    let tree = answer.tree.filter(|_| !wants_rows).map(|tree| tree.folded(delivery.alike));
    let charts = if delivery.format == Format::Html { charts(report, view, delivery) } else { Vec::new() };
    let (findings, hidden) = (answer.findings, answer.hidden);
    Ok(Section { findings, charts, hidden, tree, ..Section::new(report.summary, table) })
}

/// What a page draws, with the commands that print the same numbers of the same logs.
fn charts(report: &Report, view: &View<'_>, delivery: &Delivery) -> Vec<Chart> {
    let mut charts = charts::charts_of(report.name, view);
    for chart in &mut charts {
        chart.command = format!("{} {}", chart.command, delivery.repeat);
    }
    charts
}
