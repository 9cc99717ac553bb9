//! How an answer leaves: [`Format`] × [`Destination`] over tables, findings and coverage.
//!
//! One small file per format. Nothing here knows a report by name or decides what a row means; the command line opens
//! the destination before the scan, so that one that cannot be written fails at once, and calls [`write()`] at
//! the end.
//!
//! Log text is written by whoever made the call, attackers included: terminals get it escaped ([`sanitize`]), CSV gets
//! it without formulas, JSON and Parquet get it as it is, pages and Markdown get it as text that is no markup. Findings
//! are part of tables, JSON, Markdown and pages, a table of their own where rows are all that a format has, and all that
//! SARIF, OCSF and JUnit hold.

mod claim;
mod coverage;
mod destination;
mod dot;
mod earlier;
mod error;
mod export;
mod findings;
mod format;
mod html;
mod json;
mod json_layout;
mod json_lines;
mod json_news;
mod json_tree;
mod json_value;
mod markdown;
mod markdown_news;
mod markdown_text;
mod markdown_tree;
mod new_file;
mod new_folder;
mod news;
mod sanitize;
#[cfg(feature = "iam")]
mod scratch;
mod store;
mod temporary;
mod terminal;
mod timesketch;

#[cfg(feature = "columnar")]
mod columnar;
#[cfg(feature = "columnar")]
mod columnar_csv;
#[cfg(feature = "columnar")]
mod columnar_parquet;
#[cfg(test)]
mod sample;

use std::io::{self, BufWriter, Write};
use std::path::Path;

pub use claim::protect;
pub use coverage::{coverage_json, coverage_line};
pub use destination::{Destination, Pending};
pub use earlier::check_by as check_replaced;
pub use error::OutputError;
pub(crate) use export::foreign_to;
pub use export::{ExportLayout, ExportWriter, Exported};
pub use format::{Format, FormatError};
pub use new_file::NewFile;
pub use new_folder::NewFolder;
pub use news::headline as news_line;
pub use sanitize::sanitize;
#[cfg(feature = "iam")]
pub use scratch::Scratch;
pub use store::{Remote, Staged, Store, StoreError};

use crate::coverage::Coverage;
use crate::model::TimeWindow;
use crate::report::charts::Chart;
use crate::report::{Asked, FINDINGS, Finding, News, Role, Standing, Table, Tree};

/// Bytes gathered before the operating system is asked to write.
const BUFFER: usize = 1 << 16;

/// The version that JSON documents carry.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// What was counted; `None` when no window was asked for.
    pub window: Option<TimeWindow>,
    /// What was read.
    pub coverage: &'a Coverage,
    /// The answers.
    pub content: Content<'a>,
    /// What was asked beside the window; part of JSON documents.
    pub asked: Option<&'a Asked>,
    /// How the answers differ from an earlier one.
    pub news: Option<&'a News>,
}

/// One answer or many. The two have different JSON shapes.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// The answer of one report.
    Report(&'a Section),
    /// The answers of an audit, in the order in which they are shown.
    Audit(&'a [Section]),
}

/// The answer of one report, ready to be written.
#[derive(Clone, Debug)]
pub struct Section {
    /// What it answers.
    pub kind: SectionKind,
    /// One line that says what the report is; heads its part of an audit on a terminal.
    pub summary: &'static str,
    /// The rows.
    pub table: Table,
    /// What deserves attention, worst first.
    pub findings: Vec<Finding>,
    /// What a page draws of it; other formats have the numbers in their rows.
    pub charts: Vec<Chart>,
    /// A line below the rows: which of them the report's own options left out, or what they come to. Tables say it, the
    /// command line says it for the other formats.
    pub hidden: Option<String>,
    /// How many findings the user's config left out; they are nowhere else.
    pub suppressed: usize,
    /// The rows as a forest, folded as it is to be shown.
    pub tree: Option<Tree>,
    /// A text that is written in place of all else, whatever the format.
    pub document: Option<String>,
    /// What is to be known of it and stands nowhere in it: the command line says it.
    pub notes: Vec<String>,
    /// Whether something was to be proven and is not.
    pub is_open: bool,
    /// How each finding stands to an earlier answer, in their order; empty where there is none.
    pub standings: Vec<Standing>,
    /// Whether the user chose the order of the rows, and so wants to see them.
    pub is_sorted: bool,
}

/// A finding, and how it stands to an earlier answer, where there is one.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// How it stands.
    pub standing: Option<&'a Standing>,
}

/// What a section answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SectionKind {
    /// A report.
    #[default]
    Report,
    /// The practices of each account, which stand before the reports.
    Scorecard,
    /// The findings of all reports as rows, which stand behind them.
    Findings,
}

/// How text looks on standard output. Files are written plain and whole, as [`Style::default`] says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether severities and headings of a table are coloured.
    pub color: bool,
    /// The columns that a table may take; `None` when nothing is to be cut.
    pub width: Option<usize>,
    /// What reads it.
    pub place: Place,
}

/// What text is written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// A file, which is read without what stderr said: a table ends with the coverage line.
    #[default]
    File,
    /// A pipe or a redirection.
    Pipe,
    /// A terminal, which must get nothing that steers it.
    Terminal,
}

impl Section {
    /// A table and what it is, with nothing found.
    pub fn new(summary: &'static str, table: Table) -> Self {
        Self {
            kind: SectionKind::Report,
            summary,
            table,
            findings: Vec::new(),
            charts: Vec::new(),
            hidden: None,
            suppressed: 0,
            tree: None,
            document: None,
            notes: Vec::new(),
            is_open: false,
            standings: Vec::new(),
            is_sorted: false,
        }
    }

    /// Whether its rows are findings, which stand below it in words: who reads those needs no rows.
    fn repeats_findings(&self) -> bool {
        let are_findings = Role::Rule.place(&self.table.columns).is_some();
        are_findings && !self.table.chosen && !self.is_sorted && !self.findings.is_empty()
    }

    /// The findings, each with how it stands to an earlier answer.
    pub fn told(&self) -> impl Iterator<Item = Told<'_>> {
        let finding = |(place, finding)| Told { finding, standing: self.standings.get(place) };
        self.findings.iter().enumerate().map(finding)
    }
}

impl<'a> Document<'a> {
    /// Answers that are compared with none.
    pub fn new(window: Option<TimeWindow>, coverage: &'a Coverage, content: Content<'a>) -> Self {
        Self { window, coverage, content, asked: None, news: None }
    }

    /// The answers, one or many.
    pub fn sections(&self) -> &'a [Section] {
        match self.content {
            Content::Report(section) => std::slice::from_ref(section),
            Content::Audit(sections) => sections,
        }
    }
}

/// Writes a document to where [`Destination::open`] said. Files appear whole or not at all, those of one call after all
/// of them are written.
///
/// # Errors
/// [`OutputError`] naming what could not be written; [`OutputError::is_broken_pipe`] tells a reader that went away.
pub fn write(document: &Document<'_>, pending: Pending, style: Style) -> Result<(), OutputError> {
    let format = pending.format();
    match pending.into_files() {
        None => write_to(document, format, style, &mut io::stdout().lock()),
        Some(mut files) => {
            for file in &mut files {
                let part = match file.report() {
                    None => Some(*document),
                    Some(_) if format.is_of_findings() => Some(*document),
                    Some(FINDINGS) if format.is_timeline() => Some(*document),
                    Some(name) => one_report(document, name),
                };
                if let Some(part) = part {
                    file.write(&part, format)?;
                }
            }
            files.iter_mut().try_for_each(destination::OutputFile::stage)?;
            files.into_iter().try_for_each(destination::OutputFile::commit)
        }
    }
}

/// Writes a document to a stream, such as a pager's or a buffer of the caller's.
///
/// # Errors
/// [`OutputError`]; [`OutputError::is_broken_pipe`] tells a reader that went away.
pub fn write_to(
    document: &Document<'_>,
    format: Format,
    style: Style,
    stream: &mut dyn Write,
) -> Result<(), OutputError> {
    let mut out = BufWriter::with_capacity(BUFFER, stream);
    emit(document, format, style, &mut out).and_then(|()| out.flush()).map_err(OutputError::stdout)
}

/// Writes rows that rest on no logs, such as the list of rules, to standard output: no window, no coverage, no findings.
///
/// # Errors
/// [`OutputError`]; [`OutputError::is_broken_pipe`] tells a reader that went away.
pub fn write_list(table: Table, format: Format, style: Style) -> Result<(), OutputError> {
    format.built()?;
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let written = match format {
        Format::Table => terminal::write_list(&table, style, &mut out),
        Format::Json => json::write_list(&table, &mut out),
        _ => {
            let (coverage, section) = (Coverage::default(), Section::new("", table));
            let document = Document::new(None, &coverage, Content::Report(&section));
            emit(&document, format, style, &mut out)
        }
    };
    written.and_then(|()| out.flush()).map_err(OutputError::stdout)
}

/// Begins the file that the coverage goes to.
///
/// # Errors
/// As [`NewFile::beside_inputs`].
pub fn coverage_file(path: &Path) -> Result<NewFile, OutputError> {
    NewFile::beside_inputs(path, || earlier::check_coverage(path).is_ok())
}

/// Writes the coverage as a JSON document of its own.
///
/// # Errors
/// [`OutputError`] naming the file.
pub fn write_coverage(coverage: &Coverage, mut file: NewFile) -> Result<(), OutputError> {
    writeln!(file, "{}", coverage_json(coverage)).map_err(|source| file.failed(source))?;
    file.commit()
}

/// The part of a document that a file of its own holds: the same document with one report.
fn one_report<'a>(document: &Document<'a>, name: &str) -> Option<Document<'a>> {
    let section = document.sections().iter().find(|section| section.table.report == name)?;
    Some(Document { content: Content::Report(section), ..*document })
}

fn emit(document: &Document<'_>, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if let Content::Report(Section { document: Some(text), .. }) = document.content {
        return out.write_all(text.as_bytes());
    }
    match format {
        Format::Table => terminal::write(document, style, out),
        Format::Json => json::write(document, out),
        Format::Jsonl => json_lines::write(document, out),
        Format::Dot => dot::write(document, out),
        Format::Html => html::write(document, out),
        Format::Markdown => markdown::write(document, out),
        Format::Timesketch => timesketch::write(document, out),
        #[cfg(feature = "columnar")]
        Format::TimesketchCsv => timesketch::each(document, |section| {
            let content = Content::Report(section);
            columnar_csv::write(&Document { content, ..*document }, style.place == Place::Terminal, out)
        }),
        Format::Sarif => findings::write_sarif(document, out),
        Format::Ocsf => findings::write_ocsf(document, out),
        Format::Junit => findings::write_junit(document, out),
        #[cfg(feature = "columnar")]
        Format::Csv => columnar_csv::write(document, style.place == Place::Terminal, out),
        #[cfg(feature = "columnar")]
        Format::Parquet => columnar_parquet::write(document, out),
        #[cfg(not(feature = "columnar"))]
        Format::Csv | Format::Parquet | Format::TimesketchCsv => {
            Err(io::Error::new(io::ErrorKind::Unsupported, FormatError::NotBuilt(format.as_str())))
        }
    }
}
