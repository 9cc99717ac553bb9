//! Where an answer goes, as what, and what of it.

use std::fmt::Display;
use std::path::Path;

use trailscan::output::{Destination, Format, Place, Style};
use trailscan::report::Severity;

use super::complete::Origins;
use super::destination;
use super::exit::Problem;
use super::flags::{Common, Shape};
use super::question::Question;
use super::style::{self, When};
use super::surroundings::Surroundings;

/// Rows of a report that a table of an audit shows when nothing else is said.
const AUDIT_ROWS: usize = 20;

/// Alike nodes side by side that a tree shows when nothing else is said.
const ALIKE: usize = 10;

/// Rows of a report that a page holds when nothing else is said: more make it slow to open and to send.
const PAGE_ROWS: usize = 10_000;
/// Where the answer goes, and what of it.
pub struct Delivery {
    /// What it is written as.
    pub format: Format,
    /// Where to.
    pub destination: Destination,
    /// How a table looks.
    pub style: Style,
    /// Whether files of others in a folder are replaced.
    pub overwrite: bool,
    /// Where the coverage goes, beside the answer.
    pub coverage: Option<Destination>,
    /// Columns and order.
    pub shape: Shape,
    /// The most rows of a report.
    pub limit: Option<usize>,
    /// The most alike nodes side by side in a tree.
    pub alike: Option<usize>,
    /// Whether nothing is to be cut: no limit was asked for.
    pub is_whole: bool,
    /// The severity that fails the run.
    pub fail_on: Option<Severity>,
    /// The severity of new and worse findings that fails it.
    pub fail_on_new: Option<Severity>,
    /// What shows a table that is longer than the screen.
    pub pager: Option<String>,
    /// What a command needs to count the same events: window, filters, inputs.
    pub repeat: String,
}

/// What says where an answer goes, and how it looks there.
pub struct Wanted<'a> {
    /// What is asked; nothing where files of an export are written.
    pub question: Option<Question>,
    /// The flags.
    pub common: &'a Common,
    /// Who gave those that were not typed.
    pub origins: &'a Origins,
    /// The config files, and the environment.
    pub around: &'a Surroundings,
}

impl Wanted<'_> {
    /// Resolves it.
    ///
    /// # Errors
    /// [`Problem::Usage`] for a place or format that cannot be.
    pub fn delivery(&self, mut shape: Shape) -> Result<Delivery, Problem> {
        let common = self.common;
        let destination = common.output.as_deref().map_or(Ok(Destination::Stdout), |to| destination::of(to, common))?;
        let format = self.format(&destination)?;
        let is_for_people = matches!(format, Format::Table | Format::Markdown);
        // What programs read never changes by a file that happens to lie there.
        let mut rows = common.limit.filter(|_| is_for_people || !self.origins.is_of_file("limit"));
        let of_report =
            self.question.and_then(Question::report).and_then(|report| self.around.config.of_report(report.name));
        if let Some(of_report) = of_report.filter(|_| is_for_people) {
            if shape.columns.is_empty() {
                shape.columns = of_report.columns.clone().unwrap_or_default();
            }
            shape.sort = shape.sort.or_else(|| of_report.sort.clone());
            // It says more than the file's `limit` of all reports.
            rows = of_report.limit.filter(|_| rows.is_none() || self.origins.is_of_file("limit")).or(rows);
        }
        let style = style::of(common.color.unwrap_or(When::Auto), common.width, &destination);
        Ok(Delivery {
            format,
            style,
            destination,
            overwrite: common.overwrite,
            coverage: common.coverage.as_deref().map(|to| destination::of(to, common)).transpose()?,
            shape,
            limit: limit(self.question, format, rows),
            alike: alike(format, rows),
            is_whole: rows == Some(0),
            pager: self.pager(format, style.place),
            repeat: String::new(),
            fail_on: severity(common.fail_on.as_deref())?,
            fail_on_new: severity(common.fail_on_new.as_deref())?,
        })
    }

    /// The pager of a table that goes to a terminal.
    fn pager(&self, format: Format, place: Place) -> Option<String> {
        let environment = &self.around.pager;
        let (command, _) = environment.pager(self.around.config.pager().map(|(pager, _)| pager));
        let is_paged = format == Format::Table && place == Place::Terminal;
        (is_paged && !self.common.no_pager && !environment.is_dumb).then_some(command)
    }

    /// The format that was typed; else that of the file's name, of the environment or a config file, and of a table.
    fn format(&self, destination: &Destination) -> Result<Format, Problem> {
        let word = self.common.format.as_deref();
        let is_typed = self.origins.of("format").is_none();
        let format = match (word, destination) {
            (Some(word), _) if is_typed => word.parse(),
            // The AWS CLI has --output for what is --format here.
            (_, Destination::File(path)) => match meant(path) {
                Some(format) => {
                    let word = path.display();
                    return Err(Problem::usage(format!(
                        "--output {word} names a file; did you mean --format {format}?"
                    )));
                }
                None => Format::from_path(path),
            },
            (_, Destination::Object(remote)) => Format::from_path(Path::new(&remote.uri)),
            (Some(word), _) => word.parse(),
            (None, Destination::Directory(folder)) => return Err(no_format(folder.display())),
            (None, Destination::Prefix(remote)) => return Err(no_format(&remote.uri)),
            (None, Destination::Stdout) => Ok(Format::Table),
        };
        format.map_err(Problem::usage)
    }
}

/// The most alike nodes side by side in a tree; `None` is no limit. JSON is for programs, which want all.
fn alike(format: Format, given: Option<u64>) -> Option<usize> {
    match given {
        Some(0) => None,
        Some(most) => Some(usize::try_from(most).unwrap_or(usize::MAX)),
        None => matches!(format, Format::Table | Format::Markdown | Format::Dot).then_some(ALIKE),
    }
}

fn severity(word: Option<&str>) -> Result<Option<Severity>, Problem> {
    word.map(str::parse).transpose().map_err(Problem::usage)
}

/// The format that a file's name is the word or the extension of, in any case of letters.
fn meant(path: &Path) -> Option<Format> {
    let word = path.to_str().filter(|word| !word.contains(['.', '/', '\\']))?.to_ascii_lowercase();
    word.parse().or_else(|_| Format::from_path(&Path::new("answer").with_extension(word))).ok()
}

fn no_format(folder: impl Display) -> Problem {
    Problem::usage(format!("{folder}: a folder names no format: give --format"))
}

/// The most rows of a report; `None` is no limit. The tables of an audit are an overview, wherever they go, and a page is
/// for people.
fn limit(question: Option<Question>, format: Format, given: Option<u64>) -> Option<usize> {
    match (given, question) {
        (Some(0), _) => None,
        (Some(rows), _) => Some(usize::try_from(rows).unwrap_or(usize::MAX)),
        (None, _) if format == Format::Html => Some(PAGE_ROWS),
        (None, Some(Question::Audit)) if matches!(format, Format::Table | Format::Markdown) => Some(AUDIT_ROWS),
        (None, _) => None,
    }
}
