//! A shard of a plan: objects that one task reads, as a line of JSON that tells all the task needs to know.

use serde::{Deserialize, Serialize};

use super::sha256;
use crate::input::FoundObject;
use crate::scan::rollup::{BesideRow, PlannedShard};

/// The version of the lines of a plan: another one is not read.
pub const PLAN_VERSION: u32 = 1;

/// How many hexadecimal digits tell shards and plans from others.
const DIGITS: usize = 32;

/// A shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// [`PLAN_VERSION`] of whoever wrote it.
    pub plan_version: u32,
    /// A digest of what it holds, by which its rollup is named.
    pub shard: String,
    /// A digest of the ids of all shards of the plan.
    pub plan: String,
    /// Which of them it is, counted from 1.
    pub number: u64,
    /// How many there are.
    pub of: u64,
    /// The bytes that are read for it.
    pub bytes: u64,
    /// The accounts and days of delivery that its objects' names tell of: all objects of each are in this shard.
    pub accounts_days: Vec<(String, String)>,
    /// What is read.
    pub objects: Vec<FoundObject>,
    /// What the listing met beside objects; the first shard has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<BesideRow>,
}

/// Why a text is no shard that can be read here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// It is not JSON, or lacks something.
    #[error("is not a line of `trailscan plan`: {0}")]
    Line(String),
    /// There is nothing, or there are several lines.
    #[error("holds {0} lines where one shard is one line of `trailscan plan`: give one")]
    Lines(usize),
    /// Another version wrote it.
    #[error("is of plan version {0}, and this program reads {PLAN_VERSION}: plan again with this program")]
    Version(u64),
    /// It was changed.
    #[error("does not hold what its id {0} stands for: give the line as `trailscan plan` wrote it")]
    Changed(String),
}

impl Shard {
    /// A shard of these objects, and of what was met beside them; its place in the plan is not known yet.
    pub(super) fn new(mut objects: Vec<FoundObject>, beside: Vec<BesideRow>) -> Self {
        objects.sort();
        let mut days: Vec<(String, String)> =
            objects.iter().filter_map(FoundObject::key).map(|key| (key.account_id, key.day.to_string())).collect();
        days.sort();
        days.dedup();
        let bytes = objects.iter().map(FoundObject::bytes_to_read).sum();
        let shard = Self {
            plan_version: PLAN_VERSION,
            shard: String::new(),
            plan: String::new(),
            number: 0,
            of: 0,
            bytes,
            accounts_days: days,
            objects,
            beside,
        };
        Self { shard: shard.id(), ..shard }
    }

    /// Reads the one line of a text.
    ///
    /// # Errors
    /// [`ShardError`].
    pub fn parse(text: &str) -> Result<Self, ShardError> {
        #[derive(Deserialize)]
        struct Version {
            plan_version: u64,
        }
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let [line] = lines[..] else { return Err(ShardError::Lines(lines.len())) };
        let unreadable = |error: serde_json::Error| ShardError::Line(error.to_string());
        let Version { plan_version } = serde_json::from_str(line).map_err(unreadable)?;
        if plan_version != u64::from(PLAN_VERSION) {
            return Err(ShardError::Version(plan_version));
        }
        let shard: Self = serde_json::from_str(line).map_err(unreadable)?;
        if shard.id() == shard.shard { Ok(shard) } else { Err(ShardError::Changed(shard.shard)) }
    }

    /// What tells it from every shard that holds something else.
    fn id(&self) -> String {
        // Names and numbers always have a JSON form.
        digest(&serde_json::to_vec(&(self.plan_version, &self.objects, &self.beside)).unwrap_or_default())
    }

    /// Its place in the plan.
    pub fn planned(&self) -> PlannedShard {
        let Self { plan, of, number, shard, .. } = self;
        PlannedShard { plan: plan.clone(), of: *of, number: *number, shard: shard.clone() }
    }

    /// What the ledger of its rollup says beside what is read.
    pub fn beside(&self) -> Vec<BesideRow> {
        self.beside.iter().cloned().chain(self.planned().rows()).collect()
    }
}

/// The id of the plan that has these shards.
pub(super) fn plan_id(shards: &[Shard]) -> String {
    let ids: Vec<&str> = shards.iter().map(|shard| shard.shard.as_str()).collect();
    digest(ids.join("\n").as_bytes())
}

fn digest(bytes: &[u8]) -> String {
    let mut digest = sha256(bytes);
    digest.truncate(DIGITS);
    digest
}
