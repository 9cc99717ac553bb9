//! Reads AWS CloudTrail logs and answers who used root, which long-lived keys are embedded where, which sessions
//! existed and who issued them.
//!
//! A scan reads [`input`] objects, [`decode`]s them to events, applies window and [`filter`]s, and folds the events into
//! the [`aggregate`]s that a [`report`] needs; [`scan`] does all this in parallel and says what it [`covered`](coverage); [`output`]
//! writes tables. The command line is a thin layer over it. Nothing here prints, but for an answer that is sent to
//! [`Destination::Stdout`](output::Destination::Stdout), and nothing ends the process; what is done is told as events of
//! the crate `tracing`.
//!
//! # A report
//!
//! [`answer`] asks one report of files and folders:
//!
//! ```
//! use trailscan::input::Input;
//! use trailscan::output::Format;
//! use trailscan::{answer, report};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let report = report::by_name("key-spread").ok_or("no such report")?;
//!     let answered = answer(report, &[Input::Path("sample-logs/AWSLogs".into())])?;
//!     assert!(!answered.coverage.is_partial(), "{:?}", answered.coverage.failures);
//!     for finding in &answered.section.findings {
//!         println!("{} {}: {}", finding.severity.as_str(), finding.subject, finding.summary);
//!     }
//!     answered.write(Format::Json, &mut std::io::stdout())?;
//!     Ok(())
//! }
//! ```
//!
//! With a window, filters, limits or objects of S3 it is [`scan()`](scan::scan), then the [`answer`](report::Report::answer) of
//! a report to a [`View`](report::View) of the state, then [`output::write`].
//!
//! # A custom aggregate
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

pub mod aggregate;
mod answer;
pub mod coverage;
pub mod decode;
pub mod filter;
pub mod input;
pub mod integrity;
mod json;
pub mod model;
pub mod output;
pub mod posture;
pub mod report;
pub mod rollup;
pub mod scan;
#[cfg(feature = "iam")]
pub mod snapshot;

pub use answer::{Answered, answer};

/// Runs the example of the documentation as a test.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct LibraryDocs;
