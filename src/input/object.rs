//! One log object: a file, standard input, an object of a bucket or a file of an archive, not yet opened.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{KeyKind, LogKey};

/// How an object came to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The user named it.
    Named,
    /// It was met in a directory.
    Walked,
}

/// A log object, not yet opened. Kept small: archives have millions, so a folder's path is shared by its files and what
/// the name says is worked out when asked.
#[derive(Clone, Debug)]
pub struct LogObject {
    /// How it came to be read.
    pub origin: Origin,
    location: Location,
}

#[derive(Clone, Debug)]
enum Location {
    Stdin,
    Named(Box<Path>),
    Walked(Arc<Folder>, Box<OsStr>),
    Fetched(Arc<str>, Box<str>),
    /// Of an archive.
    Member(Box<str>, Box<str>),
}

/// A folder with files of logs, which share what its path says.
#[derive(Debug)]
pub(super) struct Folder {
    path: Box<Path>,
    key: Option<LogKey>,
}

impl Folder {
    /// The folder of this path.
    pub fn new(path: &Path) -> Arc<Self> {
        Arc::new(Self { path: path.into(), key: LogKey::of_folder(path) })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl LogObject {
    /// Standard input.
    pub const fn stdin() -> Self {
        Self { origin: Origin::Named, location: Location::Stdin }
    }

    /// A file that the user named.
    pub fn named(path: &Path) -> Self {
        Self { origin: Origin::Named, location: Location::Named(path.into()) }
    }

    /// A file met in a directory.
    pub(super) fn walked(folder: Arc<Folder>, file_name: &OsStr) -> Self {
        Self { origin: Origin::Walked, location: Location::Walked(folder, file_name.into()) }
    }

    /// An object that a source fetches: `key` in the bucket that `uri` names, without a slash at its end.
    pub fn fetched(origin: Origin, uri: Arc<str>, key: Box<str>) -> Self {
        Self { origin, location: Location::Fetched(uri, key) }
    }

    /// A file `name` of the archive that this object is.
    pub fn member(&self, name: &str) -> Self {
        Self { origin: Origin::Walked, location: Location::Member(self.name().into(), name.into()) }
    }

    /// Where the file lies; `None` for standard input and for what no file holds.
    pub fn path(&self) -> Option<PathBuf> {
        match &self.location {
            Location::Stdin | Location::Fetched(..) | Location::Member(..) => None,
            Location::Named(path) => Some(path.to_path_buf()),
            Location::Walked(folder, file_name) => Some(folder.path.join(&**file_name)),
        }
    }

    /// The bytes of its file; `None` where they are not known before they are read.
    pub fn size(&self) -> Option<u64> {
        self.path()?.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len())
    }

    /// The path as the user can use it again: standard input is `-`, and what is not UTF-8 is written as `$'\xff'`, which
    /// bash and zsh read back.
    pub fn name(&self) -> String {
        match (&self.location, self.path()) {
            (Location::Fetched(bucket, key), _) => format!("{bucket}/{key}"),
            (Location::Member(archive, name), _) => format!("{archive}!/{name}"),
            (_, Some(path)) => printable(path.as_os_str()),
            (_, None) => "-".to_owned(),
        }
    }

    /// What the name says about the content, where it follows CloudTrail's grammar.
    pub fn key(&self) -> Option<LogKey> {
        match &self.location {
            Location::Fetched(_, key) | Location::Member(_, key) => LogKey::parse(key),
            Location::Walked(folder, file_name) => LogKey::in_folder(folder.key.as_ref(), file_name.to_str()),
            Location::Named(path) => LogKey::of_path(path),
            Location::Stdin => None,
        }
    }

    /// The stream that [`Self::key`] names.
    pub fn kind(&self) -> Option<KeyKind> {
        match &self.location {
            Location::Walked(folder, _) if folder.key.is_some() => folder.key.as_ref().map(|key| key.kind),
            _ => self.key().map(|key| key.kind),
        }
    }

    /// What tells the object from all others wherever it lies: its file name, where CloudTrail gave it. Of any other name
    /// nothing is known: another file may have it, and this one may lie under a second.
    pub fn identity(&self) -> Option<String> {
        self.key()?.delivered?;
        Some(file_name(&self.name()).to_owned())
    }

    /// Whether it is meant to be a log: the user named it, or its name is one that CloudTrail gives. When such an
    /// object cannot be read it has failed; any other is skipped.
    pub fn is_expected(&self) -> bool {
        self.origin == Origin::Named
            || self.key().is_some_and(|key| key.delivered.is_some() || has_log_extension(OsStr::new(&self.name())))
    }

    /// What its name says of a delivery; `None` where it is not named as a log.
    pub fn delivery(&self) -> Option<LogKey> {
        delivery_of(self.key(), OsStr::new(&self.name()))
    }

    /// Whether its name leaves open that it is a rollup, though it was met in a folder of logs.
    pub(super) fn may_be_rollup(&self) -> bool {
        self.origin == Origin::Walked && !has_log_extension(OsStr::new(&self.name())) && !self.is_expected()
    }

    /// Whether its reader may have to wait for a writer: standard input, a named pipe, a device.
    pub fn may_wait(&self) -> bool {
        match &self.location {
            Location::Stdin => true,
            Location::Named(path) => path.metadata().is_ok_and(|metadata| !metadata.is_file()),
            // Only files are taken from a walk; what was fetched is there.
            Location::Walked(..) | Location::Fetched(..) | Location::Member(..) => false,
        }
    }

    /// Opens the object. Standard input can be read once.
    ///
    /// # Errors
    /// Those of opening a file, which [`explain_io`] words; an object that a source fetches, or that is of an archive, has
    /// its bytes from there.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        match (&self.location, self.path()) {
            (Location::Fetched(..) | Location::Member(..), _) => Err(io::ErrorKind::Unsupported.into()),
            (_, None) => Ok(Box::new(io::stdin())),
            (_, Some(path)) => Ok(Box::new(File::open(path)?)),
        }
    }
}

/// Why a file or directory could not be read, with the next step where there is one: `permission denied: …`.
pub fn explain_io(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory: check the path".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied: run as a user who can read it".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            let mut letters = text.chars();
            letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

/// The last part of a path or URI.
pub fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn has_log_extension(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    [&b".json"[..], b".json.gz", b".json.zst"].iter().any(|end| name.ends_with(end))
}

/// The key of an object whose name is one that a log may have: CloudTrail's own, or that of a file that was rewritten or packed.
/// A note or an index page beside the logs is no delivery.
pub(super) fn delivery_of(key: Option<LogKey>, name: &OsStr) -> Option<LogKey> {
    const REWRITTEN: [&[u8]; 6] = [b".json", b".jsonl", b".ndjson", b".gz", b".zst", b".zip"];
    let is_rewritten = || REWRITTEN.iter().any(|end| name.as_encoded_bytes().ends_with(end));
    key.filter(|key| key.delivered.is_some() || is_rewritten())
}

/// The text of a name; a name that is not plain UTF-8, or could be taken for a written-out one, as `$'…'`.
pub(super) fn printable(name: &OsStr) -> String {
    match name.to_str() {
        Some(text) if !text.starts_with("$'") => text.to_owned(),
        _ => written_out(name),
    }
}

fn written_out(name: &OsStr) -> String {
    let mut text = String::from("$'");
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            if matches!(letter, '\'' | '\\') {
                text.push('\\');
            }
            text.push(letter);
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text.push('\'');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_objects() {
        let walked = |path: &str| {
            let path = Path::new(path);
            LogObject::walked(Folder::new(path.parent().unwrap()), path.file_name().unwrap()).is_expected()
        };
        let day = "/AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10";
        assert!(walked("/x/111122223333_CloudTrail_us-east-1_20230710T1140Z_abc.json.gz"));
        assert!(walked(&format!("{day}/renamed.json.gz")));
        assert!(!walked(&format!("{day}/.DS_Store")));
        assert!(!walked("/x/any.json.gz"));
        assert!(LogObject::named(Path::new("any")).is_expected());
        assert!(LogObject::stdin().is_expected());
    }

    #[test]
    #[cfg(unix)]
    fn names_lose_nothing() {
        use std::os::unix::ffi::OsStrExt;
        let name = |bytes: &[u8]| LogObject::named(Path::new(OsStr::from_bytes(bytes))).name();
        assert_eq!(name(b"a/b c.json"), "a/b c.json");
        assert_eq!(name("a/\u{e9}".as_bytes()), "a/\u{e9}");
        assert_eq!(name(b"a/\xff'\\b"), r"$'a/\xff\'\\b'");
        assert_eq!(name(br"$'\xff'"), r"$'$\'\\xff\''");
        assert_eq!(LogObject::stdin().name(), "-");
    }

    #[test]
    fn io_errors_are_worded() {
        let worded = |code| explain_io(&io::Error::from_raw_os_error(code));
        assert!(worded(2).starts_with("no such file or directory"));
        assert!(worded(13).starts_with("permission denied"));
        #[cfg(unix)]
        assert_eq!(worded(5), "input/output error");
    }
}
