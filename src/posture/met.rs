//! Files on their way to an account: read, and together with those that were given with them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::parse::Parsed;
use super::{AsOfBasis, StateFile, StateKind, Trouble};

/// A file that was found.
#[derive(Debug)]
pub(super) struct Met {
    pub file: String,
    /// Where it lies.
    pub path: PathBuf,
    /// The account that the user said it is of.
    pub said: Option<String>,
    pub kind: Option<StateKind>,
    /// What it holds, or why that is not known.
    pub parsed: Result<Parsed, String>,
}

/// Files that were given together.
#[derive(Debug)]
pub(super) struct Group {
    /// The account that their folder is named for.
    pub account_id: Option<String>,
    pub files: Vec<Met>,
}

/// A file, or folder, of which nothing counts.
pub(super) fn unread(path: &Path, kind: Option<StateKind>, why: String) -> StateFile {
    let trouble = Some(Trouble { damaged: false, why });
    StateFile { file: path.display().to_string(), kind, account_id: None, as_of: None, basis: AsOfBasis::None, trouble }
}

impl Met {
    /// The file, with nothing of it counted for this reason.
    pub(super) fn unread(self, why: String) -> StateFile {
        unread(&PathBuf::from(self.file), self.kind, why)
    }
}

impl Group {
    /// The accounts that the files themselves, or the user, name.
    pub fn own_accounts(&self) -> BTreeSet<String> {
        let of = |met: &Met| met.parsed.as_ref().ok()?.account_id.clone().or_else(|| met.said.clone());
        self.files.iter().filter_map(of).collect()
    }

    /// The account of a caller identity among the files.
    pub fn identity(&self) -> Option<String> {
        let of = |met: &Met| met.parsed.as_ref().ok()?.account_id.clone();
        self.files.iter().filter(|met| met.kind == Some(StateKind::CallerIdentity)).find_map(of)
    }
}
