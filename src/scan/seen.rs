//! What several scans know of each other.

use std::sync::Arc;

use crate::filter::Dedupe;

/// The events that earlier scans met, so that copies of them are told in the next.
#[derive(Clone, Default)]
pub struct Seen {
    pub(in crate::scan) dedupe: Arc<Dedupe>,
    pub(in crate::scan) fingerprints: ahash::RandomState,
}
