//! Why a scan has no answer.

use crate::input::Panicked;
use crate::model::grouped;

/// Why a scan has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The process held more than `--max-memory`.
    #[error(
        "memory: {} bytes held, {} allowed by --max-memory: allow more, narrow the window, or give up de-duplication with \
         --no-dedupe",
        grouped(held),
        grouped(limit)
    )]
    Memory {
        /// Bytes held.
        held: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Objects of S3 arrive through a source.
    #[error("{0}: is read through ScanRequest::source, which input::s3::S3Source is")]
    NeedsSource(String),
    /// Threads cannot be started.
    #[error("threads: {0}: ask for fewer with --threads")]
    Threads(String),
    /// What was read is lost with the thread that had it.
    #[error("the scan {0}")]
    Died(Panicked),
}
