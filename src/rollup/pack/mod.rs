//! A rollup in one file of few bytes.
//!
//! ```text
//! TSROLLUP version                       what it is, told by content
//! block…                                 zstd: texts, then the tables of some partitions; the ledger's in the last
//! index                                  zstd, JSON: what lies where, with SHA-256
//! lengths of the index, packed and not, its SHA-256, TSROLLUP
//! ```
//!
//! Columns have no names in there: they are those of [`dataset::tables`], in its order, of which the index holds a digest.

mod columns;
mod read;
mod write;

use serde::{Deserialize, Serialize};

use super::manifest::By;
use crate::aggregate::PartitionKey;
use crate::input::ROLLUP_MARK as MARK;

pub(super) use read::{Pack, Which};
pub(super) use write::{Part, pack};

/// Bytes before the first block: the mark and the version.
const HEAD: usize = MARK.len() + 4;

/// Bytes behind the index: its lengths, its digest and the mark.
const TAIL: usize = 8 + 8 + 32 + MARK.len();

/// What lies where.
#[derive(Debug, Serialize, Deserialize)]
struct Index {
    trailscan: String,
    /// SHA-256 of the names and types of all columns.
    schema: String,
    duplicates_dropped: bool,
    events_counted: u64,
    blocks: Vec<BlockEntry>,
    /// Bytes that are for whoever wrote the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attached: Option<Extent>,
    #[serde(flatten)]
    notes: Notes,
}

/// What whoever wrote the file tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notes {
    /// What a unit of a cache is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitNote>,
}

/// A unit of a cache: what it was made of, and which others it was made beside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UnitNote {
    /// What its objects are known by.
    pub fingerprint: String,
    /// Whether it can be judged beside all of the logs only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_others: bool,
    /// The first day that it holds events of, where that is before the day of delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_day: Option<i32>,
    /// The earlier days, from that one on, that were there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Neighbour>,
}

/// A unit of an earlier day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Neighbour {
    /// Its day of delivery, since 1970.
    pub day: i32,
    /// What its objects are known by.
    pub fingerprint: String,
    /// Whether events of it are delivered again in this one, where they are not counted.
    pub shares: bool,
}

/// Some bytes of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Extent {
    at: u64,
    bytes: u64,
    sha256: String,
}

/// A block.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct BlockEntry {
    at: u64,
    bytes: u64,
    /// Bytes of what is in it.
    raw: u64,
    sha256: String,
    parts: Vec<PartEntry>,
}

/// A partition in a block.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct PartEntry {
    /// `None` is the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<By>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    account: String,
    /// Days since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<i32>,
    /// Bytes of its tables in the block.
    length: u64,
}

impl PartEntry {
    fn new(of: Option<(By, &PartitionKey)>, length: usize) -> Self {
        let (by, key) = of.map_or((None, None), |(by, key)| (Some(by), Some(key)));
        Self {
            by,
            account: key.map(|key| key.account.clone()).unwrap_or_default(),
            day: key.and_then(|key| key.day).map(|day| day.0),
            length: length as u64,
        }
    }
}
