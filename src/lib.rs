//! Reads AWS CloudTrail logs and answers who used root, which long-lived keys are embedded where, which sessions
//! existed and who issued them.
//!
//! A scan reads [`input`] objects, [`decode`]s them to events, applies window and [`filter`]s, and folds the events into
//! the [`aggregate`]s that a [`report`] needs; [`scan`] does all this in parallel and says what it covered; [`output`]
//! writes tables. The command line is a thin layer over it. Nothing here prints, but for an answer that is sent to
//! [`Destination::Stdout`](output::Destination::Stdout), and nothing ends the process; what is done is told as events of
//! the crate `tracing`.
//!
//! # An aggregate of one's own
//!
//! Whatever a report does not answer is an [`Aggregate`](aggregate::Aggregate): it sees each event once, in parallel, and
//! is folded at the end. This one counts refused calls by name:
//!
//! ```
//! use trailscan::aggregate::{Aggregate, AggregateKind, Remap, Seen, SymCounts};
//! use trailscan::input::Input;
//! use trailscan::scan::scan_inputs;
//!
//! #[derive(Default)]
//! struct Refused(SymCounts);
//!
//! static REFUSED: AggregateKind =
//!     AggregateKind { name: "refused", summary: "refused calls by name", empty: || Box::new(Refused::default()) };
//!
//! impl Aggregate for Refused {
//!     fn observe(&mut self, seen: &mut Seen<'_>) {
//!         if seen.event.is_denied() {
//!             self.0.add(seen.event_name(), 1);
//!         }
//!     }
//!
//!     fn merge(&mut self, other: Self, remap: &Remap) {
//!         self.0.merge(&other.0, remap);
//!     }
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let outcome = scan_inputs(&[Input::Path("sample-logs/AWSLogs".into())], &[&REFUSED])?;
//!     assert!(!outcome.coverage.is_partial(), "{:?}", outcome.coverage.failures);
//!     let refused = outcome.state.get::<Refused>().ok_or("it was asked for")?;
//!     let names = outcome.state.symbols();
//!     let mut rows: Vec<(i64, &str)> = refused.0.iter().map(|(name, calls)| (calls, names.text(name))).collect();
//!     rows.sort_unstable_by(|a, b| b.cmp(a));
//!     assert_eq!(rows[0], (5, "ListRoles"));
//!     Ok(())
//! }
//! ```
//!
//! # A report, with all that can be said about a scan
//!
//! ```
//! use std::num::NonZeroUsize;
//! use std::path::PathBuf;
//! use std::sync::atomic::AtomicBool;
//!
//! use trailscan::filter::Filters;
//! use trailscan::input::{self, DayRange, Input};
//! use trailscan::output::{self, Content, Destination, Document, Format, Section, Style};
//! use trailscan::report::{self, Options, Table, View};
//! use trailscan::scan::{self, Limits, Meter, ScanRequest};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let report = report::by_name("key-spread").ok_or("no such report")?;
//!     let stop = AtomicBool::new(false);
//!     let folder = Input::Path(PathBuf::from("sample-logs/AWSLogs"));
//!     let outcome = scan::scan(ScanRequest {
//!         listing: input::list(&[folder], DayRange::ALL, &stop),
//!         source: None,
//!         window: None,
//!         now: None,
//!         filters: &Filters::default(),
//!         aggregates: report.needs,
//!         threads: NonZeroUsize::new(2).ok_or("no thread")?,
//!         dedupe: true,
//!         limits: Limits::default(),
//!         stop: &stop,
//!         meter: &Meter::default(),
//!     })?;
//!     let coverage = &outcome.coverage;
//!     assert!(!coverage.is_partial(), "{:?}", coverage.failures);
//!
//!     let options = Options::default();
//!     let view = View { as_of: coverage.last_event, ..View::new(&outcome.state, &options) };
//!     let answer = (report.answer)(&view);
//!     let table = Table::new(report, answer.columns, answer.rows);
//!     assert_eq!(table.rows.len(), 14);
//!     let (summary, findings, hidden) = (report.summary, answer.findings, answer.hidden);
//!     let section = Section { hidden, findings, ..Section::new(summary, table) };
//!     let document = Document { window: None, coverage, content: Content::Report(&section) };
//!     let pending = Destination::Stdout.open(Format::Table, &[report.name])?;
//!     output::write(&document, pending, Style::default())?;
//!     Ok(())
//! }
//! ```

pub mod aggregate;
pub mod decode;
pub mod filter;
pub mod input;
mod json;
pub mod model;
pub mod output;
pub mod posture;
pub mod report;
pub mod scan;

/// Runs the example of the documentation as a test.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct LibraryDocs;
