//! A folder for what is read again in the same run, by its owner alone, and gone after it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::OutputError;
use super::temporary::{self, Owner};

/// A folder among the temporary files of the system. What a killed run has left of its own there goes with the next run's.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
    _owner: Option<Owner>,
}

impl Scratch {
    /// An empty one.
    ///
    /// # Errors
    /// [`OutputError::Create`] when there is no room for temporary files.
    pub fn new() -> Result<Self, OutputError> {
        let around = std::env::temp_dir();
        // Nothing that took its place there was a scratch folder: it stays.
        let all_is_foreign = |folder: &Path| Ok(Some(PathBuf::from(folder)));
        let made = temporary::folder_in(&around, all_is_foreign);
        let (folder, owner) = made.map_err(|source| OutputError::create(&around, source))?;
        temporary::keep_private(folder.path()).map_err(|source| OutputError::create(folder.path(), source))?;
        Ok(Self { folder, _owner: owner })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_gone_with_its_run() {
        let scratch = Scratch::new().unwrap();
        let path = scratch.path().to_owned();
        std::fs::write(path.join("a"), "x").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
        drop(scratch);
        assert!(!path.exists());
    }
}
