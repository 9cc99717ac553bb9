//! What was read, what was not, and why: part of every answer.
//!
//! A scan gathers [`CoverageFacts`] and seals them: nothing changes a [`Coverage`] any more. What is read beside the logs
//! (files of IAM's state) or is to be said of the answer comes [`Beside`] it.

mod basis;
mod facts;
mod sealed;

pub use basis::ProofBasis;
pub use facts::{
    CoverageFacts, Failure, Gap, LoggingChange, NOT_READ, ObjectMet, OcsfRead, SEE_LOGGING_CHANGES, Stands, StateFile,
    StateFileStatus, Verification,
};
pub use sealed::{Beside, Coverage};
