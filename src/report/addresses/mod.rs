//! Where addresses are, as far as files tell that the user gives: autonomous systems and countries from MaxMind
//! databases, services and regions from AWS's published ranges, behind one look-up.
//!
//! No file comes with the program and none is fetched. What a file says of an address is its publisher's word on one day,
//! not where a machine was when it called. Service hosts and `AWS Internal` are no addresses and are never looked up.

mod aws;
mod columns;
mod geo;
mod prefixes;
#[cfg(test)]
mod tests;
mod whereabouts;

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use aws::{AwsPlace, AwsRange, AwsRanges, AwsRangesError};
pub(super) use columns::{add_places, with_places};
#[cfg(test)]
pub(super) use geo::mmdb_writer;
pub use geo::{GeoDatabase, GeoError};
pub(super) use whereabouts::Whereabouts;

use crate::model::{EventTime, quantity};

/// What the files that were given say of addresses.
#[derive(Debug, Default)]
pub struct AddressLookup {
    geo: Option<GeoDatabase>,
    aws: Option<AwsRanges>,
    failures: Mutex<Failures>,
}

/// GeoIP entries that could not be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Failures {
    /// How many look-ups failed.
    pub count: usize,
    /// The first error.
    pub first: Option<String>,
}

impl AddressLookup {
    /// A look-up in these files.
    pub fn new(geo: Option<GeoDatabase>, aws: Option<AwsRanges>) -> Self {
        Self { geo, aws, failures: Mutex::default() }
    }

    /// AWS's ranges, where they were given.
    pub fn aws(&self) -> Option<&AwsRanges> {
        self.aws.as_ref()
    }

    /// The autonomous system of `address`: `AS64500 Example Net`. `None` when no file knows it, or its entry cannot be
    /// read, which [`warnings`](Self::warnings) tells.
    pub fn asn(&self, address: IpAddr) -> Option<String> {
        self.geo.as_ref().and_then(|geo| self.readable(geo.asn(address)))
    }

    /// The ISO 3166 country code of `address`. `None` as of [`asn`](Self::asn).
    pub fn country(&self, address: IpAddr) -> Option<String> {
        self.geo.as_ref().and_then(|geo| self.readable(geo.country(address)))
    }

    /// All that is known of `address`, in words: `EC2 us-east-1, AS64500 Example Net, DE`. Empty when nothing is; outside
    /// of AWS's published ranges it begins with `outside AWS`.
    pub fn describe(&self, address: IpAddr) -> String {
        let aws = self.aws.as_ref().map(|aws| match aws.place(address) {
            AwsPlace::Outside => "outside AWS".to_owned(),
            place => place.to_string(),
        });
        let known = aws.into_iter().chain(self.asn(address)).chain(self.country(address));
        known.collect::<Vec<_>>().join(", ")
    }

    /// What spoils answers about events up to `as_of`, in sentences: entries of the files that could not be read (of GeoIP
    /// those of look-ups so far), and AWS's ranges that are old.
    pub fn warnings(&self, as_of: Option<EventTime>) -> Vec<String> {
        let failures = self.failed().clone();
        let geo = failures.first.map(|first| {
            let failed = quantity(failures.count as u64, "GeoIP look-up");
            format!("{failed} failed, so autonomous systems and countries are incomplete: {first}")
        });
        self.aws.iter().flat_map(|aws| aws.warnings(as_of)).chain(geo).collect()
    }

    fn readable(&self, answer: Result<Option<String>, GeoError>) -> Option<String> {
        answer.unwrap_or_else(|error| {
            let mut failures = self.failed();
            failures.count += 1;
            failures.first.get_or_insert_with(|| error.to_string());
            None
        })
    }

    fn failed(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
