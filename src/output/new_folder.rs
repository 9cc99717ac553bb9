//! A folder that appears whole or not at all. Knows nothing of what is in it.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::temporary::{self, ForeignIn, Owner};
use super::{BUFFER, OutputError, new_file};

/// A folder being filled. It lies under a temporary name beside its place until it is committed; dropped before, it
/// is gone and what was in its place is as it was.
#[derive(Debug)]
pub struct NewFolder {
    path: PathBuf,
    target: PathBuf,
    temporary: TempDir,
    owner: Option<Owner>,
    foreign_in: ForeignIn,
    /// Whether a folder with something in it may be replaced.
    overwrite: bool,
    /// Whether only who made it may read it.
    is_private: bool,
    /// The files so far, with their bytes.
    written: RefCell<Vec<(String, u64)>>,
}

impl NewFolder {
    /// Begins the folder, so that a place that cannot be written is known before any work is done. An empty folder in its
    /// place is replaced; with `overwrite` any in which `foreign_in` finds nothing.
    ///
    /// # Errors
    /// [`OutputError`] when the place is taken, or the folder around it is missing or may not be written.
    pub(crate) fn create(path: &Path, foreign_in: ForeignIn, overwrite: bool) -> Result<Self, OutputError> {
        let failed = |source| OutputError::create(path, source);
        let target = new_file::follow_links(path).map_err(failed)?;
        // `.` and what ends in `..` have a folder around them too, which only their real path names.
        let target = fs::canonicalize(&target).unwrap_or(target);
        let around = target.parent().filter(|around| !around.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match fs::metadata(path) {
            Ok(there) if !there.is_dir() => return Err(OutputError::IsFile(path.to_owned())),
            Ok(_) => check_content(path, path, overwrite.then_some(foreign_in))?,
            Err(_) if !around.is_dir() => {
                return Err(OutputError::NoFolder { file: path.to_owned(), folder: around.to_owned() });
            }
            Err(_) => {}
        }
        let (temporary, owner) = temporary::folder_in(around, foreign_in).map_err(failed)?;
        let folder = Self {
            path: path.to_owned(),
            target,
            temporary,
            owner,
            foreign_in,
            overwrite,
            is_private: false,
            written: RefCell::default(),
        };
        // What a killed run had taken away from its place may be there again.
        if path.exists() {
            check_content(path, path, overwrite.then_some(foreign_in))?;
        }
        Ok(folder)
    }

    /// As [`NewFolder::create`]; nobody but its owner may look into the folder or read its files, where the system knows
    /// owners.
    ///
    /// # Errors
    /// As [`NewFolder::create`].
    #[cfg(feature = "iam")]
    pub(crate) fn private(path: &Path, foreign_in: ForeignIn, overwrite: bool) -> Result<Self, OutputError> {
        let folder = Self::create(path, foreign_in, overwrite)?;
        temporary::keep_private(folder.temporary.path()).map_err(|source| OutputError::create(path, source))?;
        Ok(Self { is_private: true, ..folder })
    }

    /// The folder's path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file of the folder, and the folders that it needs. `name` is its path in the folder.
    pub(crate) fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), OutputError> {
        let place = self.temporary.path().join(name);
        let written = || {
            if let Some(folder) = place.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = BufWriter::with_capacity(BUFFER, self.file(&place)?);
            fill(&mut file)?;
            file.flush()?;
            file.get_ref().metadata()
        };
        let bytes = written().map_err(|source| OutputError::write(&self.path.join(name), source))?.len();
        self.written.borrow_mut().push((name.to_owned(), bytes));
        Ok(())
    }

    #[cfg_attr(not(unix), allow(unused_mut))]
    fn file(&self, place: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        if self.is_private {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        options.open(place)
    }

    /// The files that were written, with their bytes.
    pub(crate) fn written(&self) -> Vec<(String, u64)> {
        self.written.borrow().clone()
    }

    /// Puts the folder in its place. One that is there already is exchanged in one step, so that there always is one, where
    /// the system can do that.
    ///
    /// # Errors
    /// [`OutputError::Write`] when its place was lost meanwhile, and what [`NewFolder::create`] says when something came
    /// into it that may not be lost; what was there is then as it was.
    pub(crate) fn commit(self) -> Result<(), OutputError> {
        let Self { path, target, temporary, mut owner, foreign_in, overwrite, written, .. } = self;
        let failed = |source| OutputError::write(&path, source);
        settle(temporary.path(), &written.into_inner()).map_err(failed)?;
        if !target.exists() {
            fs::rename(temporary.path(), &target).map_err(failed)?;
            // Nothing lies under the temporary name any more.
            let _ = temporary.keep();
            return Ok(());
        }
        temporary::placing(temporary.path(), owner.as_mut(), &target).map_err(failed)?;
        // Looked at once more where nobody puts anything in: it goes only when nothing came while logs were read.
        let check = |old: &Path| check_content(old, &path, overwrite.then_some(foreign_in));
        if exchange(temporary.path(), &target).is_err() {
            return replace(temporary, &target, check, failed);
        }
        check(temporary.path()).inspect_err(|_| {
            // What failed is told; the earlier folder goes back, or is found where it was put.
            if exchange(temporary.path(), &target).is_err() {
                let _ = temporary.keep();
            }
        })
    }
}

/// Brings all files onto the disk, so that no folder appears whose files are lost with the power: all at once, which costs
/// thousands of small ones far less time than one by one.
#[cfg(target_os = "linux")]
fn settle(folder: &Path, _: &[(String, u64)]) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

/// Other systems bring them one by one.
#[cfg(not(target_os = "linux"))]
fn settle(folder: &Path, files: &[(String, u64)]) -> io::Result<()> {
    files.iter().try_for_each(|(name, _)| File::open(folder.join(name))?.sync_all())
}

/// Lets two folders change places in one step.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

/// Other systems have no such step.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Puts a folder in the place of another in two steps. Who is killed between them leaves the earlier one under a
/// temporary name, from where the next run puts it back.
fn replace(
    temporary: TempDir,
    target: &Path,
    check: impl Fn(&Path) -> Result<(), OutputError>,
    failed: impl Fn(io::Error) -> OutputError,
) -> Result<(), OutputError> {
    let old = temporary::old_of(temporary.path());
    fs::rename(target, &old).map_err(&failed)?;
    let moved = check(&old).and_then(|()| fs::rename(temporary.path(), target).map_err(&failed));
    moved.inspect_err(|_| {
        // What failed is told; the earlier folder goes back, or is found where it was put.
        let _ = fs::rename(&old, target);
    })?;
    let _ = temporary.keep();
    // One that cannot be removed is cleared away by a later run.
    let _ = fs::remove_dir_all(old);
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn notes_are_foreign(folder: &Path) -> io::Result<Option<PathBuf>> {
        fs::read_dir(folder)?;
        Ok(Some(PathBuf::from("notes.txt")).filter(|name| folder.join(name).exists()))
    }

    fn fill(path: &Path, overwrite: bool, text: &str) -> Result<(), OutputError> {
        let folder = NewFolder::create(path, notes_are_foreign, overwrite)?;
        folder.write("a/b.txt", |out| out.write_all(text.as_bytes()))?;
        folder.commit()
    }

    #[test]
    fn whole_or_not_at_all() {
        let around = tempfile::tempdir().unwrap();
        let path = around.path().join("out");
        {
            let folder = NewFolder::create(&path, notes_are_foreign, false).unwrap();
            folder.write("a/b.txt", |out| out.write_all(b"half")).unwrap();
        }
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 0);
        fill(&path, false, "whole").unwrap();
        assert_eq!(fs::read_to_string(path.join("a/b.txt")).unwrap(), "whole");
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_what_is_known_is_replaced() {
        let around = tempfile::tempdir().unwrap();
        let path = around.path().join("out");
        fs::create_dir(&path).unwrap();
        fill(&path, false, "into an empty one").unwrap();
        assert!(matches!(fill(&path, false, "again"), Err(OutputError::NotEmpty(_))));
        fill(&path, true, "again").unwrap();
        assert_eq!(fs::read_to_string(path.join("a/b.txt")).unwrap(), "again");
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let error = fill(&path, true, "lost").unwrap_err();
        assert!(error.is_usage() && error.to_string().contains("notes.txt"), "{error}");
        assert_eq!(fs::read_to_string(path.join("notes.txt")).unwrap(), "mine");
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_comes_while_logs_are_read_stays() {
        let around = tempfile::tempdir().unwrap();
        let path = around.path().join("out");
        let folder = NewFolder::create(&path, notes_are_foreign, false).unwrap();
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
        assert!(matches!(NewFolder::create(&file, notes_are_foreign, false), Err(OutputError::IsFile(_))));
        assert!(matches!(
            NewFolder::create(&around.path().join("no/out"), notes_are_foreign, false),
            Err(OutputError::NoFolder { .. })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_folder() {
        use std::os::unix::fs::PermissionsExt;
        let around = tempfile::tempdir().unwrap();
        let (plain, ours) = (around.path().join("plain"), around.path().join("ours"));
        fs::create_dir(&plain).unwrap();
        fill(&ours, false, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&ours), mode(&plain));
    }

    /// Not a test: what the next one starts as a process of its own, and kills.
    #[cfg(unix)]
    #[test]
    #[ignore = "is run by another test"]
    fn replace_for_ever() {
        let Some(path) = std::env::var_os("TRAILSCAN_TEST_FOLDER") else { return };
        for round in 0_u64.. {
            fill(Path::new(&path), true, &round.to_string()).unwrap();
            println!("replaced");
        }
    }

    #[cfg(unix)]
    #[test]
    fn whoever_is_killed_leaves_one_whole_folder() {
        use std::io::BufRead;
        use std::process::{Command, Stdio};
        let around = tempfile::tempdir().unwrap();
        let path = around.path().join("out");
        fill(&path, true, "first").unwrap();
        let can_exchange = {
            let [one, other] = ["a", "b"].map(|name| around.path().join(name));
            fs::create_dir(&one).and_then(|()| fs::create_dir(&other)).unwrap();
            let can = exchange(&one, &other).is_ok();
            fs::remove_dir(one).and_then(|()| fs::remove_dir(other)).unwrap();
            can
        };
        for kills in 0..12 {
            let mut replacing = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "output::new_folder::tests::replace_for_ever", "--ignored", "--nocapture"])
                .env("TRAILSCAN_TEST_FOLDER", &path)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            // From one line to the next all that a replacement does is done: where in it the kill comes is chance.
            let mut told = std::io::BufReader::new(replacing.stdout.take().unwrap()).lines().map(Result::unwrap);
            told.by_ref().filter(|line| line.ends_with("replaced")).nth(kills);
            replacing.kill().and_then(|()| replacing.wait()).unwrap();
            if can_exchange {
                fs::read_to_string(path.join("a/b.txt")).unwrap();
            }
            fill(&path, true, "next").unwrap();
            assert_eq!(fs::read_to_string(path.join("a/b.txt")).unwrap(), "next");
            let left: Vec<_> = fs::read_dir(around.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(left, ["out"]);
        }
    }

    /// As on a system that cannot exchange.
    #[test]
    fn two_steps_do_as_well() {
        let around = tempfile::tempdir().unwrap();
        let path = around.path().join("out");
        fill(&path, false, "first").unwrap();
        let two_steps = |text: &str| {
            let folder = NewFolder::create(&path, notes_are_foreign, true).unwrap();
            folder.write("a/b.txt", |out| out.write_all(text.as_bytes())).unwrap();
            let check = |old: &Path| check_content(old, &path, Some(notes_are_foreign));
            replace(folder.temporary, &path, check, |source| OutputError::write(&path, source))
        };
        two_steps("second").unwrap();
        assert_eq!(fs::read_to_string(path.join("a/b.txt")).unwrap(), "second");
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let folder = NewFolder::create(&around.path().join("other"), notes_are_foreign, true).unwrap();
        let check = |old: &Path| check_content(old, &path, Some(notes_are_foreign));
        let failed = replace(folder.temporary, &path, check, |source| OutputError::write(&path, source)).unwrap_err();
        assert!(failed.to_string().contains("notes.txt"), "{failed}");
        assert_eq!(fs::read_to_string(path.join("notes.txt")).unwrap(), "mine");
        drop(folder.owner);
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
    }
}
