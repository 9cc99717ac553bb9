//! What came of it, object by object.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Day, EventTime};

/// How an object stands to the digests in reach. Worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is not what was delivered.
    Altered,
    /// A digest names it, and it is not there.
    Missing,
    /// No digest is there for these hours, between others of the same trail.
    Gap,
    /// It is there, and in no digest, though digests cover its hour.
    Unlisted,
    /// Nothing proves it, and nothing speaks against it.
    Unverified,
    /// It is what CloudTrail delivered.
    Verified,
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A log object.
    Log,
    /// A digest.
    Digest,
    /// Hours.
    Hours,
}

/// What was found of one object, or of hours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verdict {
    /// How it stands.
    pub standing: Standing,
    /// The account.
    pub account_id: String,
    /// The region.
    pub region: String,
    /// The first moment: of a log its delivery by its name, of a digest and of hours their begin.
    pub from: Option<EventTime>,
    /// The end of the hours; `None` of a log.
    pub until: Option<EventTime>,
    /// What it is.
    pub what: What,
    /// Its path or URI; empty of hours.
    pub object: String,
    /// The trail whose digests tell of it; empty where none does.
    pub trail: String,
    /// Whether logging or validation that was turned off in these hours would look the same.
    pub may_be_off: bool,
    /// Why it does not stand better, in a sentence; empty of what is verified.
    pub why: String,
}

/// All that was found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Worst first; what is verified only where it was asked for.
    pub verdicts: Vec<Verdict>,
    /// How many there are of each account, listed or not.
    pub counts: BTreeMap<String, BTreeMap<(What, Standing), u64>>,
    /// The days of which each account and region has events that were delivered more than an hour later, as digests say.
    pub late: BTreeMap<(String, String), BTreeSet<Day>>,
    /// What else the reader should know.
    pub notes: Vec<String>,
}

impl Standing {
    /// All, worst first.
    pub const ALL: [Self; 6] =
        [Self::Altered, Self::Missing, Self::Gap, Self::Unlisted, Self::Unverified, Self::Verified];

    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Gap => "gap",
            Self::Unlisted => "unlisted",
            Self::Unverified => "unverified",
            Self::Verified => "verified",
        }
    }
}

impl What {
    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Digest => "digest",
            Self::Hours => "hours",
        }
    }
}

impl Verified {
    /// How many of these there are.
    pub fn count(&self, what: What, standing: Standing) -> u64 {
        self.counts.values().filter_map(|of| of.get(&(what, standing))).sum()
    }

    /// How many stand so, whatever they are.
    pub fn standing(&self, standing: Standing) -> u64 {
        [What::Log, What::Digest, What::Hours].into_iter().map(|what| self.count(what, standing)).sum()
    }

    /// Whether something was judged, and all of it is what CloudTrail delivered.
    pub fn is_clean(&self) -> bool {
        let mut all = self.counts.values().flat_map(BTreeMap::keys).peekable();
        all.peek().is_some() && all.all(|(_, standing)| *standing == Standing::Verified)
    }
}
