//! The coverage of a finished scan.

use std::ops::Deref;

use serde::Serialize;

use super::{CoverageFacts, Failure, StateFile};

/// What a scan covered, once it is over. Reads as the [`CoverageFacts`] that it was made of, which nothing changes any more.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Coverage(CoverageFacts);

/// What an answer rests on beside logs, and what is to be said of it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Files of IAM's state.
    pub state_files: Vec<StateFile>,
    /// Those of them that could not be read, or not whole.
    pub failures: Vec<Failure>,
    /// What else the reader should know.
    pub warnings: Vec<String>,
}

impl Coverage {
    /// The coverage of an answer that rests on this as well: it comes after what the scan itself says.
    #[must_use]
    pub fn with(self, beside: Beside) -> Self {
        let Self(mut facts) = self;
        facts.state_files.extend(beside.state_files);
        facts.failures.extend(beside.failures);
        facts.warnings.extend(beside.warnings);
        Self(facts)
    }
}

impl From<CoverageFacts> for Coverage {
    fn from(facts: CoverageFacts) -> Self {
        Self(facts)
    }
}

impl Deref for Coverage {
    type Target = CoverageFacts;

    fn deref(&self) -> &CoverageFacts {
        &self.0
    }
}
