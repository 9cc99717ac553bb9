//! That two files of one run do not go to one place, where the second would be all that stays, and that none goes where the
//! run reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The places that files of this process are being written to.
static PLACES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The files and folders that this process reads, by their real paths.
static INPUTS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Says what is read: no answer of this process takes the place of one of these files, or of a file in one of these folders
/// that is none of an earlier answer. What does not exist is left out.
pub fn protect<'a>(read: impl IntoIterator<Item = &'a Path>) {
    let places = read.into_iter().filter_map(|path| fs::canonicalize(path).ok());
    INPUTS.lock().unwrap_or_else(PoisonError::into_inner).extend(places);
}

/// How a file that is to be written stands to what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is read.
    Input,
    /// It lies in a folder that is read.
    Within,
    /// Neither, or it is not there yet.
    Apart,
}

/// How the file at `path`, whose links are followed, stands to what is read.
pub(super) fn relation(path: &Path) -> Relation {
    let Ok(place) = fs::canonicalize(path) else { return Relation::Apart };
    let inputs = INPUTS.lock().unwrap_or_else(PoisonError::into_inner);
    match () {
        () if inputs.contains(&place) => Relation::Input,
        () if inputs.iter().any(|input| place.starts_with(input)) => Relation::Within,
        () => Relation::Apart,
    }
}

/// A place that a file is being written to, until dropped.
#[derive(Debug)]
pub(super) struct Claim(PathBuf);

impl Claim {
    /// The place, unless another file goes there. Links in its folder's path are followed, so that one place has one
    /// name; two names of one file (hard links) are two places, since a file is replaced and not written over.
    pub fn new(target: &Path) -> Option<Self> {
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let place = match (fs::canonicalize(folder), target.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            _ => target.to_owned(),
        };
        let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        if places.contains(&place) {
            return None;
        }
        places.push(place.clone());
        Some(Self(place))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        PLACES.lock().unwrap_or_else(PoisonError::into_inner).retain(|place| *place != self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_known_by_any_name() {
        let around = tempfile::tempdir().unwrap();
        let path = |name: &str| around.path().join(name);
        fs::create_dir_all(path("logs/deep")).unwrap();
        for name in ["a.json", "logs/deep/b.json", "logs-2.json"] {
            fs::write(path(name), "{}").unwrap();
        }
        protect([path("a.json"), path("logs"), path("none")].iter().map(PathBuf::as_path));
        for (name, expected) in [
            ("a.json", Relation::Input),
            ("logs/../a.json", Relation::Input),
            ("logs/deep/b.json", Relation::Within),
            ("logs/deep/new.json", Relation::Apart),
            ("logs-2.json", Relation::Apart),
            ("none", Relation::Apart),
        ] {
            assert_eq!(relation(&path(name)), expected, "{name}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(path("a.json"), path("link.json")).unwrap();
            assert_eq!(relation(&path("link.json")), Relation::Input);
        }
    }
}
