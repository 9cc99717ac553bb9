//! What stands in the manifest of an account's folder, beside what each file says itself.

use crate::model::sha256;
use crate::posture::{Manifest, MissingFile, StateKind, WrittenFile};

use super::MissingPart;

/// Its name in the folder.
pub(super) const FILE: &str = "manifest.json";

/// The versions of the APIs that are asked.
const APIS: [(&str, &str); 4] =
    [("account", "2021-02-01"), ("iam", "2010-05-08"), ("organizations", "2016-11-28"), ("sts", "2011-06-15")];

/// A file of the folder.
pub(super) struct File {
    /// What it holds.
    pub kind: StateKind,
    /// All of it.
    pub text: String,
}

impl File {
    /// Its name.
    pub fn name(&self) -> String {
        format!("{}.json", self.kind.as_str())
    }
}

/// The manifest of these files; who asked, when and how often is still to be said.
pub(super) fn of(account_id: &str, files: &[File], missing: &[MissingPart]) -> Manifest {
    Manifest {
        snapshot_of: account_id.to_owned(),
        trailscan: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: Manifest::version(),
        apis: APIS.map(|(api, version)| (api.to_owned(), version.to_owned())).into(),
        written: files.iter().map(written).collect(),
        missing: missing.iter().map(lacking).collect(),
        ..Manifest::default()
    }
}

fn written(file: &File) -> WrittenFile {
    WrittenFile {
        file: file.name(),
        kind: file.kind.as_str().to_owned(),
        bytes: file.text.len() as u64,
        sha256: sha256(file.text.as_bytes()),
    }
}

fn lacking(missing: &MissingPart) -> MissingFile {
    MissingFile { kind: missing.kind.as_str().to_owned(), why: missing.why.clone() }
}
