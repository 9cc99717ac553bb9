//! Where snapshots lie: a folder for all, readable by its owner alone, and in it a folder an account.

use std::io;
use std::path::{Path, PathBuf};

use super::manifest::{FILE, File};
use crate::output::{NewFolder, OutputError, foreign_to};
use crate::posture::Manifest;

/// Why no snapshot can be written there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// A file is there.
    #[error("{}: is a file: name a folder", .0.display())]
    IsFile(PathBuf),
    /// The folder cannot be made or written.
    #[error("{}: cannot be created: {source}: choose a place that can be written", path.display())]
    Create {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Makes the folder of all accounts where it is not there, so that a place that cannot be written is known before anyone is
/// asked.
///
/// # Errors
/// [`PlaceError`] that names it.
pub fn check_place(folder: &Path) -> Result<(), PlaceError> {
    let failed = |source| PlaceError::Create { path: folder.to_owned(), source };
    match std::fs::metadata(folder) {
        Ok(there) if there.is_dir() => tempfile::tempfile_in(folder).map(drop).map_err(failed),
        Ok(_) => Err(PlaceError::IsFile(folder.to_owned())),
        Err(_) => made(folder).map_err(failed),
    }
}

#[cfg_attr(not(unix), allow(unused_mut))]
fn made(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Begins the folder of an account.
///
/// # Errors
/// One line: it is there already, or cannot be written.
pub(super) fn begin(folder: &Path, account_id: &str, overwrite: bool) -> Result<NewFolder, String> {
    let path = folder.join(account_id);
    let begun = NewFolder::private(&path, |folder| foreign_to(folder, FILE), overwrite);
    begun.map_err(|error| match error {
        OutputError::NotEmpty(path) => {
            format!("{}: is there already: add --overwrite, or name another DIR", path.display())
        }
        OutputError::Foreign { folder, name } => format!(
            "{}: holds {}, which no snapshot wrote: --overwrite replaces only what the {FILE} in there lists",
            folder.display(),
            name.display()
        ),
        other => other.to_string(),
    })
}

/// Writes all files, the manifest last, and puts the folder in its place.
///
/// # Errors
/// One line that names what cannot be written.
pub(super) fn finish(folder: NewFolder, files: &[File], manifest: &Manifest) -> Result<(), String> {
    let list = serde_json::to_string_pretty(manifest).map_err(|error| error.to_string())?;
    let written = || {
        for file in files {
            folder.write(&file.name(), |out| out.write_all(file.text.as_bytes()))?;
        }
        folder.write(FILE, |out| writeln!(out, "{list}"))
    };
    written().and_then(|()| folder.commit()).map_err(|error| error.to_string())
}
