//! `manifest.json` of `trailscan iam-snapshot`: what is in the folder of an account, of when, and what could not be had.
//!
//! [`snapshot`](crate::snapshot) writes it and this reads it. It says when files were asked for that do not say it
//! themselves, and that a part is missing which would otherwise look as if there were nothing in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StateKind;

/// The version of the form.
const SCHEMA_VERSION: u32 = 1;

/// A manifest. Its first member tells it from other files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The account.
    pub snapshot_of: String,
    /// The version of trailscan that wrote it.
    pub trailscan: String,
    /// The version of its form.
    pub schema_version: u32,
    /// What the organization calls the account, else its alias.
    pub name: Option<String>,
    /// The organization that the account is in, as Organizations lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The ARN of who asked.
    pub asked_by: String,
    /// Before the first call, RFC 3339.
    pub begun: String,
    /// After the last.
    pub ended: String,
    /// The versions of the APIs that were asked.
    pub apis: BTreeMap<String, String>,
    /// How many calls were made.
    pub calls: u64,
    /// Every other file of the folder.
    pub written: Vec<WrittenFile>,
    /// What could not be had.
    pub missing: Vec<MissingFile>,
}

/// A file of the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WrittenFile {
    /// Its name.
    pub file: String,
    /// What it holds: `credential-report`, …
    pub kind: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// A file that the folder does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MissingFile {
    /// What it would hold.
    pub kind: String,
    /// Why it could not be had.
    pub why: String,
}

impl Manifest {
    /// The manifest of a text.
    ///
    /// # Errors
    /// When it is of a later version, in one line.
    pub fn checked(self) -> Result<Self, String> {
        match self.schema_version {
            SCHEMA_VERSION => Ok(self),
            other => {
                Err(format!("is a manifest of version {other}, which this version does not read: update trailscan"))
            }
        }
    }

    /// The version that is written.
    #[cfg(feature = "iam")]
    pub const fn version() -> u32 {
        SCHEMA_VERSION
    }

    /// The kinds that are missing, with why.
    pub(super) fn missing(&self) -> impl Iterator<Item = (StateKind, &str)> {
        self.missing.iter().filter_map(|missing| Some((StateKind::of_name(&missing.kind)?, missing.why.as_str())))
    }
}
