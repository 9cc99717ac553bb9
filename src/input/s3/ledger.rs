//! What walks are told, and what they write down beside the objects that they find.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, mpsc};

use super::bucket::{Bucket, Listed};
use crate::input::{Arrivals, DayRange, Deliveries, ListingFailure, Origin};

/// What of a bucket is wanted.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The delivery days.
    pub days: DayRange,
    /// Accounts whose folders are listed; all when empty.
    pub accounts: Vec<String>,
    /// Regions whose folders are listed; all when empty.
    pub regions: Vec<String>,
}

/// What all walks of a source share.
#[derive(Clone)]
pub struct Ways {
    /// What is wanted.
    pub scope: Arc<Scope>,
    /// What is written down.
    pub ledger: Arc<Ledger>,
    /// Listings under way.
    pub listings: Arc<Semaphore>,
    /// Where objects go.
    pub found: mpsc::Sender<Wanted>,
}

/// What all walks write down.
#[derive(Default)]
pub struct Ledger {
    /// Objects found.
    pub listed: AtomicU64,
    /// Listing requests that were sent.
    pub list_requests: AtomicU64,
    /// The rest.
    arrivals: Mutex<Arrivals>,
}

/// An object to fetch.
pub struct Wanted {
    /// Where it lies.
    pub bucket: Arc<Bucket>,
    /// The URI that it was found by.
    pub place: Arc<str>,
    /// How it came to be read.
    pub origin: Origin,
    /// The object.
    pub object: Listed,
}

impl Ledger {
    /// The rest, to be written to.
    pub fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place could not be listed.
    pub fn failed(&self, object: String, why: String) {
        self.arrivals().failures.push(ListingFailure { object, why });
    }

    /// A listing came to its end; only then what it saw is all there is.
    pub fn delivered(&self, deliveries: Deliveries) {
        self.arrivals().delivered.merge(deliveries);
    }
}
