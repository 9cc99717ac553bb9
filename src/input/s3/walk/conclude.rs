//! What is said of a walk when it is over.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Walk;
use crate::model::quantity;

impl Walk {
    /// Says what a walk without objects means, and what was left out on the way.
    pub(super) async fn conclude(&self) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (accounts, regions) = (count(&self.tally.accounts_left_out), count(&self.tally.regions_left_out));
        if accounts + regions > 0 {
            self.ledger.arrivals().warnings.push(format!(
                "{}: --account and --region left {accounts} accounts and {regions} regions unlisted: who issued a \
                 session from there is not known here",
                self.uri
            ));
        }
        let digests = count(&self.tally.digests_unlisted);
        let refused = self.tally.digests_refused.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(why) = refused {
            let folders = quantity(digests, "folder");
            let warning = format!("{}: {folders} of digests not listed, quiet days there stay gaps: {why}", self.uri);
            self.ledger.arrivals().warnings.push(warning);
        }
        let failed =
            self.ledger.arrivals().failures.iter().any(|failure| failure.object.starts_with(&*self.bucket.uri));
        if count(&self.tally.objects) > 0 || failed {
            return;
        }
        if let Some(why) = self.why_nothing(count(&self.tally.regions), accounts + regions).await {
            self.ledger.failed(self.uri.to_string(), why);
        }
    }

    async fn why_nothing(&self, regions: u64, left_out: u64) -> Option<String> {
        if self.bucket.is_any(&self.uri.key).await.is_ok_and(|is_any| !is_any) {
            return Some("no object has a key like this: check the bucket and the prefix".to_owned());
        }
        // Regions without an object in the window are told for all places together.
        if left_out > 0 || regions > 0 {
            return None;
        }
        Some("holds no CloudTrail/ folder: name the prefix that the trail delivers to".to_owned())
    }
}
