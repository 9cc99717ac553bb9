//! A folder that appears whole or not at all. Knows nothing of what is in it.

use std::cell::RefCell;
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
    foreign_in: Option<ForeignIn>,
    /// The files so far, with their bytes.
    written: RefCell<Vec<(String, u64)>>,
}

/// Finds the first thing in a folder that may not be lost, by its path in there.
pub(super) type ForeignIn = fn(&Path) -> std::io::Result<Option<PathBuf>>;

impl NewFolder {
    /// Begins the folder, so that a place that cannot be written is known before any work is done. An empty folder in its
    /// place is replaced; another one only when `foreign_in` is given and finds nothing in it.
    ///
    /// # Errors
    /// [`OutputError`] when the place is taken, or the folder around it is missing or may not be written.
    pub(super) fn create(path: &Path, foreign_in: Option<ForeignIn>) -> Result<Self, OutputError> {
        let failed = |source| OutputError::create(path, source);
        match fs::metadata(path) {
            Ok(there) if !there.is_dir() => return Err(OutputError::IsFile(path.to_owned())),
            Ok(_) => check_content(path, path, foreign_in)?,
            Err(_) => {}
        }
        let target = new_file::follow_links(path).map_err(failed)?;
        let around = target.parent().filter(|around| !around.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !around.is_dir() {
            return Err(OutputError::NoFolder { file: path.to_owned(), folder: around.to_owned() });
        }
        let temporary = begin(around).map_err(failed)?;
        Ok(Self { path: path.to_owned(), target, temporary, foreign_in, written: RefCell::default() })
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
            file.get_ref().sync_all()?;
            file.get_ref().metadata()
        };
        let bytes = written().map_err(|source| OutputError::write(&self.path.join(name), source))?.len();
        self.written.borrow_mut().push((name.to_owned(), bytes));
        Ok(())
    }

    /// The files that were written, with their bytes.
    pub(super) fn written(&self) -> Vec<(String, u64)> {
        self.written.borrow().clone()
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// [`OutputError::Write`] when its place was lost meanwhile, and what [`NewFolder::create`] says when something came
    /// into it that may not be lost; what was there is then as it was.
    pub(super) fn commit(self) -> Result<(), OutputError> {
        let Self { path, target, temporary, foreign_in, .. } = self;
        let failed = |source| OutputError::write(&path, source);
        if !target.exists() {
            fs::rename(temporary.path(), &target).map_err(failed)?;
        } else {
            let around = temporary.path().parent().unwrap_or(Path::new("."));
            let aside = tempfile::Builder::new().prefix(".trailscan-").suffix(".old").tempdir_in(around);
            let aside = aside.map_err(failed)?;
            let old = aside.path().join("old");
            fs::rename(&target, &old).map_err(failed)?;
            // Looked at once more where nobody puts anything in: it goes only when nothing came while logs were read.
            let moved = check_content(&old, &path, foreign_in)
                .and_then(|()| fs::rename(temporary.path(), &target).map_err(failed));
            moved.inspect_err(|_| {
                // What failed is told; the earlier folder goes back, or is found where it was put.
                if fs::rename(&old, &target).is_err() {
                    let _ = aside.keep();
                }
            })?;
        }
        // Nothing lies under the temporary name any more.
        let _ = temporary.keep();
        Ok(())
    }
}

/// Refuses a folder that holds what would be lost; `path` is what the user knows it by.
fn check_content(folder: &Path, path: &Path, foreign_in: Option<ForeignIn>) -> Result<(), OutputError> {
    let failed = |source| OutputError::create(path, source);
    let is_empty = fs::read_dir(folder).map_err(failed)?.next().is_none();
    match foreign_in {
        _ if is_empty => Ok(()),
        None => Err(OutputError::NotEmpty(path.to_owned())),
        Some(foreign_in) => match foreign_in(folder).map_err(failed)? {
            None => Ok(()),
            Some(name) => Err(OutputError::Foreign { folder: path.to_owned(), name }),
        },
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

    fn fill(path: &Path, replaced: Option<ForeignIn>, text: &str) -> Result<(), OutputError> {
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
        let foreign = |folder: &Path| Ok(Some(PathBuf::from("notes.txt")).filter(|name| folder.join(name).exists()));
        fill(&path, Some(foreign), "again").unwrap();
        assert_eq!(fs::read_to_string(path.join("a/b.txt")).unwrap(), "again");
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let error = fill(&path, Some(foreign), "lost").unwrap_err();
        assert!(error.is_usage() && error.to_string().contains("notes.txt"), "{error}");
        assert_eq!(fs::read_to_string(path.join("notes.txt")).unwrap(), "mine");
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_comes_while_logs_are_read_stays() {
        let around = tempfile::tempdir().unwrap();
        let path = around.path().join("out");
        let folder = NewFolder::create(&path, None).unwrap();
        folder.write("a.txt", |out| out.write_all(b"new")).unwrap();
        assert_eq!(folder.written(), [("a.txt".to_owned(), 3)]);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        assert!(matches!(folder.commit(), Err(OutputError::NotEmpty(_))));
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
