//! Objects that arrive while a scan runs: what a source that fetches hands to the engine.

use std::any::Any;
use std::collections::BTreeMap;
use std::io::Read;

use super::{Deliveries, ListingFailure, LogObject, Pruned};
use crate::model::EventTime;

/// An object and what became of fetching it.
pub struct Fetched {
    /// The object.
    pub object: LogObject,
    /// Its bytes, or why there are none.
    pub body: Body,
}

/// The bytes of an object, or why there are none.
pub enum Body {
    /// All of them.
    Whole(WholeBody),
    /// To be read; an error in the middle damages the object.
    Stream(Box<dyn Read + Send>),
    /// Not fetched, as objects of this kind are not.
    Skipped(&'static str),
    /// Not to be had: what failed, and the next step when known.
    Failed(String),
}

/// All bytes of an object.
pub struct WholeBody {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What the source counts these bytes with; it ends with them.
    pub held: Box<dyn Any + Send>,
    /// What its metadata say of a digest.
    pub signed: Option<Signed>,
}

/// What the metadata of a digest say, which S3 keeps beside it and a disk does not.
///
/// Source: CloudTrail user guide, "CloudTrail digest file structure", "Metadata properties".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its signature, in hexadecimal: `x-amz-meta-signature`.
    pub signature: String,
    /// When it was made, of a backfill: `x-amz-meta-backfill-generation-timestamp`.
    pub generated: Option<EventTime>,
}

/// Gives objects as they arrive. Many threads ask at once.
pub trait Source: Sync {
    /// The next object, waited for; `None` when there will be no more, or the scan is to stop.
    fn next(&self) -> Option<Fetched>;

    /// How many objects were found so far, given or not. Only grows.
    fn listed(&self) -> u64;

    /// What was met beside the objects that were given. Asked once, at the end.
    fn arrivals(&self) -> Arrivals;
}

/// What a source met beside the objects that it gave.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// Objects that were seen and left shut.
    pub pruned: Pruned,
    /// What is no log and hides nothing, by kind.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Places that could not be asked or not be listed to their end: how many objects are there is not known.
    pub failures: Vec<ListingFailure>,
    /// What keys say of the deliveries of all that was listed to its end.
    pub delivered: Deliveries,
    /// Folders of an account and region whose days of the window were listed to their end, whatever they hold.
    pub regions_listed: u64,
    /// What else the reader should know.
    pub warnings: Vec<String>,
}

impl Arrivals {
    /// Adds what was met elsewhere.
    pub fn extend(&mut self, other: Self) {
        self.pruned.extend(other.pruned);
        for (kind, count) in other.skipped {
            *self.skipped.entry(kind).or_default() += count;
        }
        self.failures.extend(other.failures);
        self.delivered.merge(other.delivered);
        self.regions_listed += other.regions_listed;
        self.warnings.extend(other.warnings);
    }
}
