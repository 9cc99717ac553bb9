//! What several scans know of each other.

use std::sync::Arc;

use crate::decode::Fingerprint;
use crate::filter::Dedupe;

/// The events that earlier scans met, so that copies of them are told in the next.
#[derive(Clone, Default)]
pub struct Seen {
    pub(in crate::scan) dedupe: Arc<Dedupe>,
    pub(in crate::scan) fingerprint: Fingerprint,
    pub(in crate::scan) fingerprints: ahash::RandomState,
}

impl Seen {
    /// None yet, told by the bytes of their records.
    pub(in crate::scan) fn by_bytes() -> Self {
        Self { dedupe: Arc::new(Dedupe::by_bytes()), fingerprint: Fingerprint::Bytes, ..Self::default() }
    }
}
