//! The engine: objects in parallel → decode → window, filters, de-duplication → state, plus [`Coverage`].
//!
//! Knows no report and no aggregate by name. [`scan`] is the door: it never prints and stops for nothing but the user,
//! the memory limit and the end.

mod basis;
mod counting;
mod coverage;
mod doubts;
mod engine;
mod gaps;
mod inputs;
mod keep;
mod limits;
mod logging;
mod memory;
mod meter;
mod object;
mod queue;
pub mod rollup;
mod shares;
mod turn;
mod unread;
mod updates;
mod warnings;

pub use basis::ProofBasis;
pub use coverage::{Coverage, Failure, Gap, LoggingChange, StateFile};
pub use engine::{ScanError, ScanOutcome, ScanRequest, scan, scan_beside};
pub use gaps::Judged;
pub use inputs::scan_inputs;
pub use limits::Limits;
pub use memory::watch_memory;
pub use meter::Meter;
pub use unread::{NOT_READ, unread};
