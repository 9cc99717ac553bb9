//! A report over inputs in one call.

use std::io::Write;

use crate::coverage::Coverage;
use crate::input::Input;
use crate::output::{Content, Document, Format, OutputError, Section, Style, write_to};
use crate::report::{Options, Report, Table, View};
use crate::scan::{ScanError, scan_inputs};

/// What a report says, and what it rests on.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answered {
    /// What was read. An answer of which [`is_partial`](crate::coverage::CoverageFacts::is_partial) holds is incomplete.
    pub coverage: Coverage,
    /// Rows and findings.
    pub section: Section,
}

/// Answers `report` over all that files and folders, or standard input, hold: every event with a time, each once, on all
/// cores, with the report's default options. Ages run to the last event.
///
/// [`scan()`](crate::scan::scan) takes a window, filters, limits and objects of S3, and [`View`] the options of a report,
/// IAM's state and where addresses are.
///
/// # Errors
/// [`ScanError`]; what cannot be read is no error but part of the coverage.
pub fn answer(report: &'static Report, inputs: &[Input]) -> Result<Answered, ScanError> {
    let outcome = scan_inputs(inputs, report.needs)?;
    let (coverage, options) = (outcome.coverage, Options::default());
    let view = View { as_of: coverage.last_event, ..View::new(&outcome.state, &options) };
    let answer = (report.answer)(&view);
    let mut table = Table::new(report, answer.columns, answer.rows);
    table.rows_total += answer.rows_spared;
    let (findings, hidden, charts) = (answer.findings, answer.hidden, report.charts_of(&view));
    let section = Section { findings, hidden, charts, tree: answer.tree, ..Section::new(report.summary, table) };
    Ok(Answered { coverage, section })
}

impl Answered {
    /// Writes it as a document of that format, plain and whole.
    ///
    /// # Errors
    /// [`OutputError`] where `out` takes nothing more, or this build has no such format.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> Result<(), OutputError> {
        let content = Content::Report(&self.section);
        write_to(&Document::new(None, &self.coverage, content), format, Style::default(), out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::REPORTS;

    #[test]
    fn every_report_is_answered_and_written() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/AWSLogs");
        for report in REPORTS {
            let answered = answer(report, &[Input::Path(folder.into())]).unwrap();
            assert!(!answered.coverage.is_partial(), "{}", report.name);
            assert_eq!(answered.section.table.report, report.name);
            let mut written = Vec::new();
            answered.write(Format::Json, &mut written).unwrap();
            let document: serde_json::Value = serde_json::from_slice(&written).unwrap();
            assert_eq!(document["report"], report.name);
            assert_eq!(document["coverage"]["events_counted"], answered.coverage.events_counted);
        }
    }

    #[test]
    fn nothing_there_is_in_the_coverage() {
        let answered = answer(REPORTS[0], &[Input::Path("no/such/folder".into())]).unwrap();
        assert!(answered.coverage.is_partial() && answered.section.table.rows.is_empty());
    }
}
