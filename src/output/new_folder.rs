//! A folder that appears whole or not at all. Knows nothing of what is in it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{BUFFER, OutputError, new_file};

/// A folder being filled. It lies under a temporary name beside its place until it is committed; dropped before, it
/// is gone and what was in its place is as it was.
#[derive(Debug)]
pub struct NewFolder {
    path: PathBuf,
    target: PathBuf,
    temporary: TempDir,
}

impl NewFolder {
    /// Begins the folder, so that a place that cannot be written is known before any work is done. An empty folder in its
    /// place is replaced; another one only when `is_replaced` is given and knows all that lies in it by name.
    ///
    /// # Errors
    /// [`OutputError`] when the place is taken, or the folder around it is missing or may not be written.
    pub(super) fn create(path: &Path, is_replaced: Option<&dyn Fn(&str) -> bool>) -> Result<Self, OutputError> {
        let failed = |source| OutputError::create(path, source);
        match fs::metadata(path) {
            Ok(there) if !there.is_dir() => return Err(OutputError::IsFile(path.to_owned())),
            Ok(_) => check_content(path, is_replaced)?,
            Err(_) => {}
        }
        let target = new_file::follow_links(path).map_err(failed)?;
        let around = target.parent().filter(|around| !around.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !around.is_dir() {
            return Err(OutputError::NoFolder { file: path.to_owned(), folder: around.to_owned() });
        }
        let temporary = begin(around).map_err(failed)?;
        Ok(Self { path: path.to_owned(), target, temporary })
    }

    /// The folder's path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file of the folder, and the folders that it needs. `name` is its path in the folder.
    pub(super) fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), OutputError> {
        let place = self.temporary.path().join(name);
        let written = || {
            if let Some(folder) = place.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = BufWriter::with_capacity(BUFFER, File::create(&place)?);
            fill(&mut file)?;
            file.flush()?;
            file.get_ref().sync_all()
        };
        written().map_err(|source| OutputError::write(&self.path.join(name), source))
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// [`OutputError::Write`] when its place was lost meanwhile; what was there is then as it was.
    pub(super) fn commit(self) -> Result<(), OutputError> {
        let Self { path, target, temporary } = self;
        let moved = || {
            if !target.exists() {
                return fs::rename(temporary.path(), &target);
            }
            let around = temporary.path().parent().unwrap_or(Path::new("."));
            let aside = tempfile::Builder::new().prefix(".trailscan-").suffix(".old").tempdir_in(around)?;
            let old = aside.path().join("old");
            fs::rename(&target, &old)?;
            fs::rename(temporary.path(), &target).inspect_err(|_| {
                // What failed is told; the earlier folder goes back, or is found where it was put.
                if fs::rename(&old, &target).is_err() {
                    let _ = aside.keep();
                }
            })
        };
        moved().map_err(|source| OutputError::write(&path, source))?;
        // Nothing lies under the temporary name any more.
        let _ = temporary.keep();
        Ok(())
    }
}

/// Refuses a folder that holds what would be lost.
fn check_content(path: &Path, is_replaced: Option<&dyn Fn(&str) -> bool>) -> Result<(), OutputError> {
    let read = || -> std::io::Result<Vec<OsString>> {
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    };
    let mut names = read().map_err(|source| OutputError::create(path, source))?;
    names.sort();
    let Some(is_replaced) = is_replaced else {
        return if names.is_empty() { Ok(()) } else { Err(OutputError::NotEmpty(path.to_owned())) };
    };
    match names.into_iter().find(|name| !name.to_str().is_some_and(is_replaced)) {
        None => Ok(()),
        Some(name) => Err(OutputError::Foreign { folder: path.to_owned(), name: name.into() }),
    }
}

fn begin(around: &Path) -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".trailscan-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What mkdir(2) gives any new folder; the system takes the umask away from it.
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    let temporary = builder.tempdir_in(around)?;
    new_file::know_temporary(temporary.path());
    Ok(temporary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(path: &Path, replaced: Option<&dyn Fn(&str) -> bool>, text: &str) -> Result<(), OutputError> {
        let folder = NewFolder::create(path, replaced)?;
        folder.write("a/b.txt", |out| out.write_all(text.as_bytes()))?;
        folder.commit()
    }

    #[test]
    fn whole_or_not_at_all() {
        let around = tempfile::tempdir().unwrap();
        let path = around.path().join("out");
        {
            let folder = NewFolder::create(&path, None).unwrap();
            folder.write("a/b.txt", |out| out.write_all(b"half")).unwrap();
        }
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 0);
        fill(&path, None, "whole").unwrap();
        assert_eq!(fs::read_to_string(path.join("a/b.txt")).unwrap(), "whole");
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_what_is_known_is_replaced() {
        let around = tempfile::tempdir().unwrap();
        let path = around.path().join("out");
        fs::create_dir(&path).unwrap();
        fill(&path, None, "into an empty one").unwrap();
        assert!(matches!(fill(&path, None, "again"), Err(OutputError::NotEmpty(_))));
        let known = |name: &str| name == "a";
        fill(&path, Some(&known), "again").unwrap();
        assert_eq!(fs::read_to_string(path.join("a/b.txt")).unwrap(), "again");
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let error = fill(&path, Some(&known), "lost").unwrap_err();
        assert!(error.is_usage() && error.to_string().contains("notes.txt"), "{error}");
        assert_eq!(fs::read_to_string(path.join("notes.txt")).unwrap(), "mine");
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_bad_place_is_told_at_once() {
        let around = tempfile::tempdir().unwrap();
        let file = around.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(NewFolder::create(&file, None), Err(OutputError::IsFile(_))));
        assert!(matches!(NewFolder::create(&around.path().join("no/out"), None), Err(OutputError::NoFolder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_folder() {
        use std::os::unix::fs::PermissionsExt;
        let around = tempfile::tempdir().unwrap();
        let (plain, ours) = (around.path().join("plain"), around.path().join("ours"));
        fs::create_dir(&plain).unwrap();
        fill(&ours, None, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&ours), mode(&plain));
    }
}
