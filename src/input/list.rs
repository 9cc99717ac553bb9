//! Inputs to objects: directories are walked in a fixed order, objects outside the window are counted and left shut.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tracing::{debug, info};
use walkdir::WalkDir;

use super::object::{Folder, printable};
use super::{DayRange, Input, KeyKind, LogKey, LogObject, explain_io};
use crate::model::{Day, is_temporary};

/// What there is to read.
#[derive(Debug, Default)]
pub struct Listing {
    /// The objects to open, in the order of the inputs and, in a directory, of their names.
    pub objects: Vec<LogObject>,
    /// What is left shut.
    pub pruned: Pruned,
    /// Entries that are no files and hide nothing, by kind: special files, links to a folder above.
    pub skipped: BTreeMap<&'static str, u64>,
    /// What could not be listed; each stands for one object that failed.
    pub failures: Vec<ListingFailure>,
    /// Folders and files that an earlier rollup wrote: what is in them are no logs.
    pub rollups: Vec<PathBuf>,
    /// Whether the listing was stopped before its end.
    pub interrupted: bool,
}

/// Objects that the window leaves shut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many.
    pub objects: u64,
    /// The latest delivery day among them.
    pub newest_day: Option<Day>,
    /// The accounts and regions that they hold events of: each is known to log, so a day without it is a gap.
    pub places: BTreeSet<(String, String)>,
}

/// Something that could not be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingFailure {
    /// Its path, as the user can use it.
    pub object: String,
    /// What failed, and the next step when known.
    pub why: String,
}

/// Lists what `inputs` hold, pruning objects in AWSLogs layout whose delivery day lies outside `read`.
///
/// Nothing is opened and nothing stops the listing but `stop`: what cannot be listed is in [`Listing::failures`]. Links
/// are followed; one that leads back to a folder above it is skipped, since that folder is being read.
pub fn list(inputs: &[Input], read: DayRange, stop: &AtomicBool) -> Listing {
    let begun = Instant::now();
    let mut lister = Lister { read, stop, listing: Listing::default() };
    for input in inputs {
        match input {
            Input::Stdin => lister.listing.objects.push(LogObject::stdin()),
            Input::Path(path) => lister.path(path),
            // Listed and fetched by a source of its own, while the scan runs.
            Input::S3(_) => {}
        }
    }
    let listing = lister.listing;
    info!(
        objects = listing.objects.len(),
        outside_window = listing.pruned.objects,
        failed = listing.failures.len(),
        took = ?begun.elapsed(),
        "listed"
    );
    listing
}

impl Listing {
    /// Adds what another input holds.
    pub(super) fn extend(&mut self, other: Self) {
        let Self { objects, pruned, skipped, failures, rollups, interrupted } = other;
        self.objects.extend(objects);
        self.rollups.extend(rollups);
        self.pruned.extend(pruned);
        for (kind, count) in skipped {
            *self.skipped.entry(kind).or_default() += count;
        }
        self.failures.extend(failures);
        self.interrupted |= interrupted;
    }
}

/// The file by which the folder of a rollup is known.
pub const ROLLUP: &str = "rollup.json";

/// What such a file begins with.
const ROLLUP_LIST: &[u8] = b"{\n  \"rollup_version\": ";

/// What a rollup that is one file begins with, and ends with.
pub const ROLLUP_MARK: &[u8; 8] = b"TSROLLUP";

/// Whether a rollup lies in a folder, told by what its `rollup.json` begins with, or in a file, told by what that begins with.
pub fn is_rollup(place: &Path) -> bool {
    let (file, mark) = match place.is_dir() {
        true => (&*place.join(ROLLUP), ROLLUP_LIST),
        false => (place, &ROLLUP_MARK[..]),
    };
    let mut begin = Vec::new();
    let read = File::open(file).and_then(|file| file.take(mark.len() as u64).read_to_end(&mut begin));
    read.is_ok() && begin == mark
}

/// Whether another run of ours is writing there, or was killed when it did.
fn is_unfinished(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(is_temporary)
}

struct Lister<'a> {
    read: DayRange,
    stop: &'a AtomicBool,
    listing: Listing,
}

impl Lister<'_> {
    fn path(&mut self, path: &Path) {
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => self.directory(path),
            Ok(metadata) if metadata.is_file() && is_rollup(path) => self.listing.rollups.push(path.to_owned()),
            Ok(_) => self.object(LogObject::named(path)),
            Err(error) => self.failure(path, &error),
        }
    }

    fn directory(&mut self, root: &Path) {
        let mut folder = Folder::new(root);
        let entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
        let mut entries = entries.filter_entry(|entry| entry.depth() == 0 || !is_unfinished(entry.path()));
        while let Some(entry) = entries.next() {
            if self.stop.load(Ordering::Relaxed) {
                self.listing.interrupted = true;
                return;
            }
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    if is_rollup(entry.path()) {
                        self.listing.rollups.push(entry.into_path());
                        entries.skip_current_dir();
                    }
                }
                Ok(entry) if entry.file_type().is_file() => {
                    let parent = entry.path().parent().unwrap_or(root);
                    if parent != folder.path() {
                        folder = Folder::new(parent);
                    }
                    self.object(LogObject::walked(Arc::clone(&folder), entry.file_name()));
                }
                Ok(_) => self.skipped("special-file"),
                // It is in its place by now.
                Err(error) if error.path().is_some_and(is_unfinished) => {}
                Err(error) => match error.io_error() {
                    Some(why) => self.failure(error.path().unwrap_or(root), why),
                    // walkdir's only other error: a link to a folder that is being walked.
                    None => self.skipped("link-loop"),
                },
            }
        }
    }

    fn object(&mut self, object: LogObject) {
        let path = if object.may_be_rollup() { object.path() } else { None };
        if let Some(path) = path.filter(|path| is_rollup(path)) {
            return self.listing.rollups.push(path);
        }
        match object.key() {
            Some(key) if key.in_layout && !self.read.contains(key.day) => {
                debug!(object = object.name(), day = %key.day, "object left shut: outside the window");
                self.listing.pruned.add(key);
            }
            _ => self.listing.objects.push(object),
        }
    }

    fn skipped(&mut self, kind: &'static str) {
        *self.listing.skipped.entry(kind).or_default() += 1;
    }

    fn failure(&mut self, path: &Path, error: &io::Error) {
        let object = printable(path.as_os_str());
        let is_pattern = error.kind() == io::ErrorKind::NotFound && object.contains(['*', '?']);
        let why = match is_pattern {
            true => "no such file or directory: the shell expands patterns, and found none; give the folder, which is read whole".to_owned(),
            false => explain_io(error),
        };
        self.listing.failures.push(ListingFailure { object, why });
    }
}

impl Pruned {
    /// Adds what is left shut elsewhere.
    pub(super) fn extend(&mut self, other: Self) {
        self.objects += other.objects;
        self.newest_day = self.newest_day.max(other.newest_day);
        self.places.extend(other.places);
    }

    /// Counts an object that is left shut.
    pub(super) fn add(&mut self, key: LogKey) {
        self.objects += 1;
        self.newest_day = self.newest_day.max(Some(key.day));
        let place = (key.account_id, key.region);
        if key.kind == KeyKind::CloudTrail && !self.places.contains(&place) {
            self.places.insert(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        root
    }

    fn listed(root: &Path, read: DayRange) -> (Listing, Vec<String>) {
        let listing = list(&[Input::Path(root.into())], read, &AtomicBool::new(false));
        let below = |o: &LogObject| o.path().unwrap().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let names = listing.objects.iter().map(below).collect();
        (listing, names)
    }

    #[test]
    fn a_window_leaves_shut_only_what_is_in_layout() {
        let account = "AWSLogs/111122223333";
        let files = [
            format!("{account}/CloudTrail/us-east-1/2023/07/09/a.json.gz"),
            format!("{account}/CloudTrail/us-east-1/2023/07/10/b.json.gz"),
            format!("{account}/CloudTrail/us-east-1/2023/07/11/c.json.gz"),
            format!("{account}/CloudTrail-Digest/eu-west-1/2023/07/12/d.json.gz"),
            "copied/111122223333_CloudTrail_us-east-1_20230101T1140Z_abc.json.gz".to_owned(),
            "2023/01/01/e.json".to_owned(),
        ];
        let root = tree(&files.each_ref().map(|f| &**f));
        let day = Day::from_ymd(2023, 7, 10);
        let (listing, names) = listed(root.path(), DayRange { first: day, last: day });
        assert_eq!(names, [&*files[5], &*files[1], &*files[4]]);
        assert_eq!(listing.pruned.objects, 3);
        assert_eq!(listing.pruned.newest_day, Day::from_ymd(2023, 7, 12));
        assert_eq!(listing.pruned.places, BTreeSet::from([("111122223333".into(), "us-east-1".into())]));
        let (listing, names) = listed(root.path(), DayRange::ALL);
        assert_eq!((listing.pruned, names.len()), (Pruned::default(), 6));
    }

    #[test]
    fn a_missing_path_is_a_failure_beside_what_is_there() {
        let root = tree(&["a.json"]);
        let inputs = [Input::Path(root.path().join("no")), Input::Stdin, Input::Path(root.path().join("a.json"))];
        let listing = list(&inputs, DayRange::ALL, &AtomicBool::new(false));
        assert_eq!(listing.objects.len(), 2);
        assert_eq!(listing.failures.len(), 1);
        assert!(listing.failures[0].object.ends_with("/no"), "{:?}", listing.failures);
        assert!(listing.failures[0].why.starts_with("no such file"), "{:?}", listing.failures);
    }

    #[test]
    fn a_stopped_listing_says_so() {
        let root = tree(&["a.json"]);
        let listing = list(&[Input::Path(root.path().into())], DayRange::ALL, &AtomicBool::new(true));
        assert!(listing.interrupted && listing.objects.is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn links_loops_odd_names_and_special_files() {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        let root = tree(&["real/a.json", "real/sub/b.json", "elsewhere/c.json"]);
        let at = |name: &str| root.path().join(name);
        symlink(at("elsewhere/c.json"), at("real/link.json")).unwrap();
        symlink(at("elsewhere"), at("real/other")).unwrap();
        symlink(at("real"), at("real/sub/up")).unwrap();
        symlink(at("nowhere"), at("real/dangling.json")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("real/socket")).unwrap();
        let odd = at("real").join(std::ffi::OsStr::from_bytes(b"odd-\xff.json"));
        fs::write(&odd, "{}").unwrap();
        let listing = list(&[Input::Path(at("real"))], DayRange::ALL, &AtomicBool::new(false));
        let names: Vec<_> = listing.objects.iter().map(|o| o.path().unwrap()).collect();
        let expected = [at("real/a.json"), at("real/link.json"), odd, at("real/other/c.json"), at("real/sub/b.json")];
        assert_eq!(names, expected);
        assert_eq!(listing.skipped, BTreeMap::from([("link-loop", 1), ("special-file", 1)]));
        assert_eq!(listing.failures.len(), 1);
        assert!(listing.failures[0].object.ends_with("real/dangling.json"));
        assert!(listing.objects[2].name().ends_with(r"odd-\xff.json'"));
        for object in &listing.objects {
            let mut text = String::new();
            object.open().unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "{}");
        }
    }
}
