//! State that is kept: a scan's states and its ledger, and these as an input. As one Parquet dataset
//!
//! ```text
//! DIR/rollup.json                                            what there is: tables, files, sizes, digests
//! DIR/coverage.json                                          the coverage of the scan, as every answer has it
//! DIR/TABLE/account=111122223333/day=2026-09-01/part-0.parquet    what is remembered
//! DIR/TABLE/part-0.parquet                                   the ledger: what was read
//! ```
//!
//! or as one file of few bytes, of the same tables. What is in a partition, and why a window over a rollup answers as the
//! logs would, is told in [`scan::rollup`](crate::scan::rollup).

mod bytes;
mod cache;
mod dataset;
mod error;
mod folder;
mod manifest;
mod pack;
#[cfg(feature = "columnar")]
mod parquet;
mod plan;
mod read;
mod shard;
mod write;

pub use cache::{Cache, Filled, Remote, UnitFile};
pub use error::RollupError;
pub use manifest::ROLLUP_VERSION;
pub use plan::Plan;
pub use read::{Rollup, answer};
pub use shard::{PLAN_VERSION, Shard, ShardError};
pub use write::{NewRollup, Written, write};

use crate::model::sha256;
