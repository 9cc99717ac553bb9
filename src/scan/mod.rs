//! The engine: objects in parallel → decode → window, filters, de-duplication → state, plus [`Coverage`].
//!
//! Knows no report and no aggregate by name.

mod coverage;

pub use coverage::{Coverage, Failure, Gap, LoggingChange};
