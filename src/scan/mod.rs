//! The engine: objects in parallel → decode → window, filters, de-duplication → state, plus [`Coverage`](crate::coverage::Coverage).
//!
//! Knows no report and no aggregate by name. [`scan`] is the door: it never prints and stops for nothing but the user,
//! the memory limit and the end.

mod counting;
mod doubts;
mod engine;
mod error;
mod fold;
mod gaps;
mod gather;
mod inputs;
mod keep;
mod limits;
mod logging;
mod members;
mod memory;
mod meter;
mod object;
mod queue;
mod recorded;
mod request;
pub mod rollup;
mod seen;
mod settle;
mod shares;
mod turn;
mod unread;
mod update;
mod verify;
mod warnings;
mod witness;

pub use engine::{scan, scan_beside};
pub use error::ScanError;
pub use gaps::Judged;
pub use inputs::scan_inputs;
pub use limits::Limits;
pub use memory::watch_memory;
pub use meter::Meter;
pub use request::{ScanOutcome, ScanRequest};
pub use seen::Seen;
pub use unread::unread;
pub use verify::{VerifyRequest, verify};
