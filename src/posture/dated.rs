//! What the manifest of a snapshot says of the files beside it: of when they are, where they do not say it themselves.

use std::path::Path;

use super::AsOfBasis;
use super::manifest::Manifest;
use super::met::Group;
use super::parse::Part;
use crate::model::{EventTime, sha256};

impl Group {
    /// The manifest among the files.
    pub(super) fn manifest(&self) -> Option<&Manifest> {
        self.files.iter().find_map(|met| match &met.parsed.as_ref().ok()?.part {
            Part::Manifest(manifest) => Some(manifest.as_ref()),
            _ => None,
        })
    }

    /// Gives files that do not say when they were made the moment of the snapshot that wrote them; a warning for each that
    /// was changed since.
    pub(super) fn date(&mut self) -> Vec<String> {
        let Some(manifest) = self.manifest().cloned() else { return Vec::new() };
        let begun = EventTime::parse(&manifest.begun);
        let mut warnings = Vec::new();
        for met in &mut self.files {
            let (path, Ok(parsed)) = (Path::new(&met.path), &mut met.parsed) else { continue };
            let name = path.file_name().map(|name| name.to_string_lossy());
            let Some(listed) = manifest.written.iter().find(|written| name.as_deref() == Some(&*written.file)) else {
                continue;
            };
            match std::fs::read(path) {
                Ok(bytes) if sha256(&bytes) == listed.sha256 => {
                    if parsed.basis != AsOfBasis::Generated && begun.is_some() {
                        (parsed.as_of, parsed.basis) = (begun, AsOfBasis::Generated);
                    }
                }
                _ => warnings
                    .push(format!("{}: was changed after the snapshot: its manifest has another SHA-256", met.file)),
            }
        }
        warnings
    }
}
