//! A file that appears whole or not at all. Knows nothing of formats.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::claim::{self, Claim, Relation};
use super::temporary::{self, Owner};
use super::{OutputError, Remote, Staged};

/// As many links as a path may lead through, as in Linux.
const MAX_LINKS: usize = 40;

/// A file being written. It lies under a temporary name in its folder until [`NewFile::commit`]; dropped before, it is
/// gone and an earlier file of the name is as it was.
///
/// What is at the path decides how it is written:
/// - nothing: the new file has the permissions of any file created here (the umask holds);
/// - a file: it is replaced and its permissions are kept; one that may not be written is refused;
/// - a link: the file it leads to is written, and the link stays, as with a shell's `>`;
/// - a device or pipe (`/dev/null`, `>(…)`): is written straight away, since it cannot be replaced;
/// - `/dev/stdout`: standard output itself, so that `>> FILE` goes on where FILE ends.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    kind: Kind,
    /// Its place is no other file's; devices have none.
    _claim: Option<Claim>,
}

#[derive(Debug)]
enum Kind {
    /// Takes the place of `target` when complete.
    Replacing { temporary: NamedTempFile, target: PathBuf, _owner: Option<Owner> },
    /// Written in place.
    Straight(File),
    /// Handed to a store when complete.
    Sent { temporary: NamedTempFile, remote: Remote, staged: Option<Box<dyn Staged>>, _owner: Option<Owner> },
}

impl NewFile {
    /// As [`NewFile::create`], of an answer: it takes the place of nothing that is read (see [`protect`](super::protect)),
    /// but for what `is_earlier` says was written by an earlier one, which a walk may have met.
    ///
    /// # Errors
    /// [`OutputError::IsInput`], and as [`NewFile::create`].
    pub fn beside_inputs(path: &Path, is_earlier: impl Fn() -> bool) -> Result<Self, OutputError> {
        let is_lost = match claim::relation(path) {
            Relation::Input => true,
            Relation::Within => fs::metadata(path).is_ok_and(|there| there.is_file()) && !is_earlier(),
            Relation::Apart => false,
        };
        if is_lost { Err(OutputError::IsInput(path.to_owned())) } else { Self::create(path) }
    }

    /// Begins the file, so that a place that cannot be written is known before any work is done.
    ///
    /// # Errors
    /// [`OutputError`] when there is no such folder, the folder or an existing file may not be written, or another file of
    /// this process goes there.
    pub fn create(path: &Path) -> Result<Self, OutputError> {
        let failed = |source| OutputError::create(path, source);
        if let Some(file) = own_stream(path) {
            return Ok(Self { path: path.to_owned(), kind: Kind::Straight(file.map_err(failed)?), _claim: None });
        }
        let present = fs::metadata(path).ok();
        let mut claim = None;
        let kind = match present {
            Some(there) if there.is_dir() => return Err(OutputError::IsDirectory(path.to_owned())),
            Some(there) if !there.is_file() => {
                Kind::Straight(OpenOptions::new().write(true).open(path).map_err(failed)?)
            }
            there => {
                let target = follow_links(path).map_err(failed)?;
                claim = Some(Claim::new(&target).ok_or_else(|| OutputError::Twice(path.to_owned()))?);
                let (temporary, _owner) = begin(path, &target)?;
                if let Some(there) = there {
                    // Opening changes nothing; it asks whether a plain write would be allowed.
                    OpenOptions::new().write(true).open(&target).map_err(failed)?;
                    temporary.as_file().set_permissions(there.permissions()).map_err(failed)?;
                }
                Kind::Replacing { temporary, target, _owner }
            }
        };
        Ok(Self { path: path.to_owned(), kind, _claim: claim })
    }

    /// Begins a file of a store. Whether that takes it is for [`Store::check`](super::Store::check) to say.
    ///
    /// # Errors
    /// [`OutputError::Create`] when there is no room for temporary files.
    pub fn for_store(remote: Remote) -> Result<Self, OutputError> {
        let path = PathBuf::from(&remote.uri);
        let claim = Claim::new(&path).ok_or_else(|| OutputError::Twice(path.clone()))?;
        let folder = std::env::temp_dir();
        let begun = temporary::file_in(&folder, 0o600);
        let (temporary, _owner) = begun.map_err(|source| OutputError::create(&folder, source))?;
        Ok(Self { path, kind: Kind::Sent { temporary, remote, staged: None, _owner }, _claim: Some(claim) })
    }

    /// Brings a complete file as far on its way as can be taken back: [`NewFile::commit`] then has little left to fail.
    ///
    /// # Errors
    /// [`OutputError::Store`] when the store does not take it.
    pub(super) fn stage(&mut self) -> Result<(), OutputError> {
        let Kind::Sent { temporary, remote, staged, .. } = &mut self.kind else { return Ok(()) };
        let file = temporary.reopen().map_err(|source| OutputError::write(&self.path, source))?;
        let taken = remote.store.stage(&remote.uri, file);
        *staged = Some(taken.map_err(|why| OutputError::store(&remote.uri, why.as_ref()))?);
        Ok(())
    }

    /// Removes what lies under temporary names, for a process that leaves without dropping its files.
    pub fn discard_all() {
        temporary::discard_all();
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the path leads to a device or pipe, which has no folder for files beside it.
    pub fn is_straight(&self) -> bool {
        matches!(self.kind, Kind::Straight(_))
    }

    /// Puts the file in its place, on the disk for good.
    ///
    /// # Errors
    /// [`OutputError::Write`] when the disk is full or the place was lost, [`OutputError::Store`] when a store refuses.
    pub fn commit(mut self) -> Result<(), OutputError> {
        if matches!(self.kind, Kind::Sent { staged: None, .. }) {
            self.stage()?;
        }
        let Self { path, kind, _claim } = self;
        let (temporary, target, _owner) = match kind {
            Kind::Replacing { temporary, target, _owner } => (temporary, target, _owner),
            Kind::Straight(_) => return Ok(()),
            Kind::Sent { staged, remote, .. } => {
                let done = staged.map_or(Ok(()), Staged::complete);
                return done.map_err(|why| OutputError::store(&remote.uri, why.as_ref()));
            }
        };
        let failed = |source| OutputError::write(&path, source);
        temporary.as_file().sync_all().map_err(failed)?;
        temporary.persist(&target).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// The error of a write that failed.
    pub(super) fn failed(&self, source: io::Error) -> OutputError {
        OutputError::write(&self.path, source)
    }

    fn file(&mut self) -> &mut File {
        match &mut self.kind {
            Kind::Replacing { temporary, .. } | Kind::Sent { temporary, .. } => temporary.as_file_mut(),
            Kind::Straight(file) => file,
        }
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

/// Standard output, where the path names it: opened by its name it would be the file that it was led to, from its
/// beginning.
#[cfg(unix)]
fn own_stream(path: &Path) -> Option<io::Result<File>> {
    use std::os::fd::AsFd;
    let is_ours = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name));
    is_ours.then(|| io::stdout().as_fd().try_clone_to_owned().map(File::from))
}

/// Other systems have no such names.
#[cfg(not(unix))]
fn own_stream(_: &Path) -> Option<io::Result<File>> {
    None
}

/// The temporary file beside `target`; `path` is what the user knows it by.
fn begin(path: &Path, target: &Path) -> Result<(NamedTempFile, Option<Owner>), OutputError> {
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(OutputError::NoFolder { file: path.to_owned(), folder: folder.to_owned() });
    }
    // What open(2) gives any new file.
    temporary::file_in(folder, 0o666).map_err(|source| OutputError::create(path, source))
}

/// Where `path` leads, also when nothing is there yet.
pub(super) fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(link) => path = path.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "too many levels of symbolic links"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) -> Result<(), OutputError> {
        let mut file = NewFile::create(path)?;
        file.write_all(text.as_bytes()).unwrap();
        file.commit()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write(&path, "first").unwrap();
        {
            let mut file = NewFile::create(&path).unwrap();
            file.write_all(b"half").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(names(folder.path()), ["a.json"]);
        write(&path, "2").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "2");
    }

    #[test]
    fn a_bad_place_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let missing = NewFile::create(&folder.path().join("no/a.json")).unwrap_err();
        assert!(missing.to_string().contains("does not exist, create it first"), "{missing}");
        assert!(!missing.is_usage());
        let directory = NewFile::create(folder.path()).unwrap_err();
        assert!(directory.is_usage() && directory.to_string().contains("is a directory"), "{directory}");
    }

    #[test]
    fn two_files_do_not_go_to_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let first = NewFile::create(&path).unwrap();
        let again = NewFile::create(&folder.path().join("./a.json")).unwrap_err();
        assert!(again.is_usage() && again.to_string().contains("written twice"), "{again}");
        let _other = NewFile::create(&folder.path().join("b.json")).unwrap();
        first.commit().unwrap();
        NewFile::create(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_file_and_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (plain, ours) = (folder.path().join("plain"), folder.path().join("ours"));
        fs::write(&plain, "").unwrap();
        write(&ours, "").unwrap();
        assert_eq!(mode(&ours), mode(&plain));
        fs::set_permissions(&ours, fs::Permissions::from_mode(0o640)).unwrap();
        write(&ours, "again").unwrap();
        assert_eq!(mode(&ours), 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_file_is_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("real")).unwrap();
        for there in [true, false] {
            let (target, link) = (format!("real/{there}"), folder.path().join(format!("link-{there}")));
            if there {
                fs::write(folder.path().join(&target), "old").unwrap();
            }
            std::os::unix::fs::symlink(&target, &link).unwrap();
            write(&link, "new").unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(folder.path().join(&target)).unwrap(), "new");
        }
        let round = folder.path().join("round");
        std::os::unix::fs::symlink("round", &round).unwrap();
        assert!(NewFile::create(&round).unwrap_err().to_string().contains("symbolic links"));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_straight() {
        let mut file = NewFile::create(Path::new("/dev/null")).unwrap();
        assert!(file.is_straight());
        file.write_all(b"x").unwrap();
        file.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
