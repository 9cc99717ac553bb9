//! The names under which files and folders lie while they are written, and what killed runs have left under such names.
//!
//! Beside each lies a lock: `.trailscan-AbCdEf.lock` for `.trailscan-AbCdEf.tmp`. It is held for as long as its process
//! lives, so whoever comes later and gets it knows that nobody will go on with what lies there. On file systems without
//! locks there is none, and nothing is ever cleared away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{Builder, NamedTempFile, TempDir};

use crate::model::{LOCK, OLD, PREFIX, TEMPORARY};

/// What a lock says first: by it a file of ours is known from one that only has such a name.
const MARK: &str = "trailscan holds what lies beside this file\n";
/// What a lock says when its folder changes places with an earlier one, and then the name of that place.
const PLACING: &str = "placing ";
/// More than a lock says.
const MOST_BYTES: u64 = 4096;

/// The temporary names of this process, also those that are gone again: few, and never given twice.
static NAMES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Finds the first thing in a folder that may not be lost, by its path in there.
pub(crate) type ForeignIn = fn(&Path) -> io::Result<Option<PathBuf>>;

/// That what lies under a temporary name is this process's, until dropped.
#[derive(Debug)]
pub(super) struct Owner(NamedTempFile);

impl Owner {
    /// The lock of a new name in `folder`; `None` where the file system has no locks.
    fn new(folder: &Path) -> io::Result<Option<Self>> {
        let mut lock = Builder::new().prefix(PREFIX).suffix(LOCK).tempfile_in(folder)?;
        know(lock.path());
        if lock.as_file().try_lock().is_err() {
            return Ok(None);
        }
        lock.as_file_mut().write_all(MARK.as_bytes())?;
        Ok(Some(Self(lock)))
    }

    /// Writes down where the folder goes. A name that is not UTF-8 is left out: nothing is cleared away by hearsay.
    fn placing(&mut self, target: &Path) -> io::Result<()> {
        let name = target.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let lock = self.0.as_file_mut();
        lock.seek(io::SeekFrom::End(0))?;
        writeln!(lock, "{PLACING}{name}")?;
        lock.sync_all()
    }

    /// The name of the lock without its end.
    fn stem(&self) -> String {
        let name = self.0.path().file_name().unwrap_or_default().to_string_lossy();
        name.strip_suffix(LOCK).unwrap_or(&name).to_owned()
    }
}

/// A new file in `folder`, with the permissions `mode` where the system has them, less the umask.
pub(super) fn file_in(folder: &Path, mode: u32) -> io::Result<(NamedTempFile, Option<Owner>)> {
    sweep(folder, None);
    let owner = Owner::new(folder)?;
    let stem = owner.as_ref().map(Owner::stem);
    let file = named(stem.as_deref(), mode).tempfile_in(folder)?;
    know(file.path());
    Ok((file, owner))
}

/// A new folder in `folder`. `foreign_in` finds in a folder what may not be lost.
pub(super) fn folder_in(folder: &Path, foreign_in: ForeignIn) -> io::Result<(TempDir, Option<Owner>)> {
    sweep(folder, Some(foreign_in));
    let owner = Owner::new(folder)?;
    let stem = owner.as_ref().map(Owner::stem);
    // What mkdir(2) gives any new folder.
    let made = named(stem.as_deref(), 0o777).tempdir_in(folder)?;
    know(made.path());
    Ok((made, owner))
}

/// Lets nobody but its owner look into a folder, where the system knows owners.
///
/// # Errors
/// When the folder is not ours.
#[cfg(feature = "iam")]
#[cfg_attr(not(unix), allow(unused_variables, clippy::unnecessary_wraps))]
pub(super) fn keep_private(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// What gives a temporary name: that of the lock, else one by chance.
#[cfg_attr(not(unix), allow(unused_variables))]
fn named(stem: Option<&str>, mode: u32) -> Builder<'_, 'static> {
    let mut builder = Builder::new();
    builder.prefix(stem.unwrap_or(PREFIX)).suffix(TEMPORARY);
    if stem.is_some() {
        builder.rand_bytes(0);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    builder
}

/// Notes that the folder under the name `temporary` is about to take the place `target`: what lies under that name may be
/// the earlier one from then on, which no way of leaving removes unseen.
///
/// # Errors
/// When the disk is full.
pub(super) fn placing(temporary: &Path, owner: Option<&mut Owner>, target: &Path) -> io::Result<()> {
    let lock = owner.as_ref().map(|owner| owner.0.path().to_owned());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    names.retain(|name| name != temporary && Some(name) != lock.as_ref());
    drop(names);
    owner.map_or(Ok(()), |owner| owner.placing(target))
}

/// Where the earlier folder lies while the one under the name `temporary` takes its place.
pub(super) fn old_of(temporary: &Path) -> PathBuf {
    temporary.with_extension(&OLD[1..])
}

/// Removes what lies under temporary names, for a process that leaves without dropping its files.
pub(super) fn discard_all() {
    for path in NAMES.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        remove(&path);
    }
}

fn know(path: &Path) {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
}

/// One that is in its place or gone is no longer there; a folder is no file, and a link is only that.
fn remove(path: &Path) {
    if fs::remove_file(path).is_err() {
        let _ = fs::remove_dir_all(path);
    }
}

/// Clears away what runs that were killed have left in `folder`; what cannot be cleared away stays.
fn sweep(folder: &Path, foreign_in: Option<ForeignIn>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_lock = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(LOCK));
        // A pipe would keep whoever opens it waiting.
        if is_lock
            && entry.file_type().is_ok_and(|kind| kind.is_file())
            && let Some((_lock, said)) = abandoned(&entry.path())
        {
            match said {
                Said::Nothing => remove(&entry.path()),
                Said::After(said) => clear(&entry.path(), &said, foreign_in),
            }
        }
    }
}

/// What an abandoned lock says.
enum Said {
    /// It is empty: its run was killed before it wrote the mark, and before anything else. Only the lock itself is its.
    Nothing,
    /// This, after its mark.
    After(String),
}

/// A lock that nobody holds, held now, and what it says.
fn abandoned(path: &Path) -> Option<(File, Said)> {
    let file = OpenOptions::new().read(true).write(true).open(path).ok()?;
    file.try_lock().ok()?;
    let mut text = String::new();
    (&file).take(MOST_BYTES).read_to_string(&mut text).ok()?;
    let said = match text.strip_prefix(MARK) {
        Some(said) => Said::After(said.to_owned()),
        None if text.is_empty() => Said::Nothing,
        None => return None,
    };
    Some((file, said))
}

/// Clears away what belongs to a lock. Before the folder took its place all of it was written by the run that was killed.
/// From then on one of the two is an earlier folder: it goes only when nothing in it is foreign, and back to its place
/// when that is empty.
fn clear(lock: &Path, said: &str, foreign_in: Option<ForeignIn>) {
    let (temporary, old) = (lock.with_extension(&TEMPORARY[1..]), old_of(lock));
    let Some(place) = said.strip_prefix(PLACING) else {
        remove(&temporary);
        return remove(lock);
    };
    let place = place.strip_suffix('\n').filter(|name| !name.is_empty() && !name.contains(std::path::is_separator));
    // A file that is written looks for nothing in folders.
    let (Some(place), Some(foreign_in)) = (place, foreign_in) else { return };
    let place = lock.with_file_name(place);
    if !place.exists() && old.is_dir() && fs::rename(&old, &place).is_err() {
        return;
    }
    let is_gone = |path: &PathBuf| match foreign_in(path) {
        Ok(None) => fs::remove_dir_all(path).is_ok(),
        Ok(Some(_)) => false,
        Err(_) => !path.exists(),
    };
    let are_gone = [temporary, old].map(|path| is_gone(&path));
    if are_gone == [true, true] {
        remove(lock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// What a killed run has left: its lock, not held, and what is written down in it.
    fn leave(folder: &Path, said: &str, stem: &str) {
        fs::write(folder.join(format!("{stem}.lock")), format!("{MARK}{said}")).unwrap();
    }

    fn notes_are_foreign(folder: &Path) -> io::Result<Option<PathBuf>> {
        let notes = PathBuf::from("notes.txt");
        fs::read_dir(folder)?;
        Ok(Some(notes).filter(|name| folder.join(name).exists()))
    }

    #[test]
    fn what_a_killed_run_left_is_cleared_away() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path();
        leave(folder, "", ".trailscan-a");
        fs::write(folder.join(".trailscan-a.tmp"), "half").unwrap();
        leave(folder, "", ".trailscan-b");
        fs::create_dir_all(folder.join(".trailscan-b.tmp/deep")).unwrap();
        leave(folder, "", ".trailscan-c");
        let (file, owner) = file_in(folder, 0o666).unwrap();
        assert_eq!(names(folder).len(), 2, "its own and the lock: {:?}", names(folder));
        drop((file, owner));
        assert_eq!(names(folder), [""; 0]);
    }

    /// Names like ours, and none that a run of ours has proven to have left.
    #[test]
    fn look_alikes_stay() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path();
        fs::write(folder.join(".trailscan-a.tmp"), "without a lock").unwrap();
        fs::write(folder.join(".trailscan-b.lock"), "mine").unwrap();
        fs::write(folder.join(".trailscan-b.tmp"), "mine").unwrap();
        fs::create_dir(folder.join(".trailscan-c.lock")).unwrap();
        fs::write(folder.join(".trailscan-c.tmp"), "mine").unwrap();
        fs::write(folder.join("trailscan-d.lock"), MARK).unwrap();
        fs::write(folder.join("trailscan-d.tmp"), "mine").unwrap();
        let before = names(folder);
        drop(file_in(folder, 0o666).unwrap());
        drop(folder_in(folder, notes_are_foreign).unwrap());
        assert_eq!(names(folder), before);
    }

    #[test]
    fn an_empty_lock_goes_alone() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path();
        fs::write(folder.join(".trailscan-a.lock"), "").unwrap();
        fs::write(folder.join(".trailscan-a.tmp"), "not proven to be ours").unwrap();
        drop(file_in(folder, 0o666).unwrap());
        assert_eq!(names(folder), [".trailscan-a.tmp"]);
    }

    #[test]
    fn what_another_run_is_writing_stays() {
        let around = tempfile::tempdir().unwrap();
        let (first, owner) = file_in(around.path(), 0o666).unwrap();
        let (second, other) = folder_in(around.path(), notes_are_foreign).unwrap();
        assert!(owner.is_some() && other.is_some(), "this file system has locks");
        assert!(first.path().exists() && second.path().exists());
        assert_eq!(names(around.path()).len(), 4);
    }

    /// A run that was killed between its renames, on a system that cannot exchange.
    #[test]
    fn an_earlier_folder_goes_back_to_its_place() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path();
        leave(folder, "placing out\n", ".trailscan-a");
        for part in [".trailscan-a.tmp", ".trailscan-a.old"] {
            fs::create_dir(folder.join(part)).unwrap();
            fs::write(folder.join(part).join("which"), part).unwrap();
        }
        drop(file_in(folder, 0o666).unwrap());
        assert_eq!(names(folder).len(), 3, "a file looks for no folder");
        drop(folder_in(folder, notes_are_foreign).unwrap());
        assert_eq!(names(folder), ["out"]);
        assert_eq!(fs::read_to_string(folder.join("out/which")).unwrap(), ".trailscan-a.old");
    }

    /// A run that was killed after the exchange, and what had come into the earlier folder by then.
    #[test]
    fn an_earlier_folder_with_foreign_files_is_not_lost() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path();
        leave(folder, "placing out\n", ".trailscan-a");
        fs::create_dir_all(folder.join(".trailscan-a.tmp")).unwrap();
        fs::create_dir_all(folder.join("out")).unwrap();
        fs::write(folder.join(".trailscan-a.tmp/notes.txt"), "mine").unwrap();
        drop(folder_in(folder, notes_are_foreign).unwrap());
        assert_eq!(names(folder), [".trailscan-a.lock", ".trailscan-a.tmp", "out"]);
        fs::remove_file(folder.join(".trailscan-a.tmp/notes.txt")).unwrap();
        drop(folder_in(folder, notes_are_foreign).unwrap());
        assert_eq!(names(folder), ["out"]);
    }
}
