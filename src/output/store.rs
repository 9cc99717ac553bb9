//! Places for whole files that are no file system, as a bucket is. How such a place is reached is not known here: whoever
//! opens the destination brings it along.

use std::fmt;
use std::fs::File;
use std::sync::Arc;

use super::OutputError;

/// Why a store does not take a file: whatever the error of the store is.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// A place that takes files whole. What fails is told in one line, with the next step when known.
pub trait Store: fmt::Debug + Send + Sync {
    /// Makes sure that a file can be put there, as far as that can be known without putting one.
    ///
    /// # Errors
    /// Why none can.
    fn check(&self, uri: &str) -> Result<(), StoreError>;

    /// The first and the last bytes, up to `most` each, of a file that is there; `None` where there is none, or whether
    /// there is one may not be known.
    fn ends(&self, uri: &str, most: usize) -> Option<[Vec<u8>; 2]>;

    /// Takes the bytes of `file`, from its beginning. Nothing is there before [`Staged::complete`].
    ///
    /// # Errors
    /// Why it cannot be taken; nothing is left of it then.
    fn stage(&self, uri: &str, file: File) -> Result<Box<dyn Staged>, StoreError>;
}

/// A file that a store has taken and does not show yet. Dropped, nothing is left of it.
pub trait Staged: fmt::Debug + Send {
    /// Puts it in its place.
    ///
    /// # Errors
    /// Why that failed; nothing is left of it then.
    fn complete(self: Box<Self>) -> Result<(), StoreError>;
}

/// A file, or a folder, of a store.
#[derive(Clone, Debug)]
pub struct Remote {
    /// What it is called, with a slash at the end of a folder.
    pub uri: String,
    /// Where it lies.
    pub store: Arc<dyn Store>,
}

impl Remote {
    /// Makes sure that a file can be put there, as far as that can be known without putting one.
    ///
    /// # Errors
    /// [`OutputError::Store`].
    pub fn check(&self) -> Result<(), OutputError> {
        self.store.check(&self.uri).map_err(|why| OutputError::store(&self.uri, why.as_ref()))
    }

    /// Another file of the same store.
    pub(super) fn with_uri(&self, uri: String) -> Self {
        Self { uri, store: Arc::clone(&self.store) }
    }
}

impl PartialEq for Remote {
    fn eq(&self, other: &Self) -> bool {
        self.uri == other.uri
    }
}

impl Eq for Remote {}
