//! What walks are told, and what they write down beside the objects that they find.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, mpsc};

use super::bucket::{Bucket, Listed};
use super::place::RegionFolder;
use crate::input::{Arrivals, DayRange, KeyKind, ListingFailure, LogKey, Origin};
use crate::model::Day;

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

    /// Something could not be listed.
    pub fn failed(&self, object: String, why: String) {
        self.arrivals().failures.push(ListingFailure { object, why });
    }
}

/// The delivery days of accounts and regions.
#[derive(Default)]
pub struct Delivered(BTreeMap<(String, String), BTreeSet<Day>>);

impl Delivered {
    /// The listing of an account and region, which is known to log.
    pub fn begin(&mut self, region: &RegionFolder) {
        self.0.entry((region.account.clone(), region.region.clone())).or_default();
    }

    /// An object of a listing.
    pub fn note(&mut self, object: &Listed) {
        if let Some(key) = LogKey::parse(&object.key).filter(|key| key.in_layout && key.kind == KeyKind::CloudTrail) {
            self.0.entry((key.account_id, key.region)).or_default().insert(key.day);
        }
    }

    /// Writes them down: the listing came to its end.
    pub fn write(self, ledger: &Ledger) {
        let delivered = &mut ledger.arrivals().delivered;
        for (place, days) in self.0 {
            delivered.entry(place).or_default().extend(days);
        }
    }
}
