//! That two files of one run do not go to one place, where the second would be all that stays.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The places that files of this process are being written to.
static PLACES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

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
