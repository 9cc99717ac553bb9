//! An object as a listing shows it, kept to be read later, perhaps by another process: its name, and what tells it from
//! another object of that name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::object::{Folder, LogObject, Origin, explain_io};
use super::{Listing, LogKey, S3Uri};

/// An object that was listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FoundObject {
    /// What an INPUT names it by: its path, or `s3://bucket/key`.
    #[serde(rename = "object")]
    pub name: String,
    /// Its bytes, as it lies there.
    pub bytes: u64,
    /// Its entity tag, where S3 tells one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Whether it lies in an archive of S3 and has not been restored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// Whether the user named it, rather than a folder around it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
}

/// Why an object cannot be kept to be read later: one line, naming it and the next step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitError {
    /// A name that JSON cannot hold.
    #[error("{0}: its name is not UTF-8, which no list of objects can hold: rename it")]
    Name(String),
    /// Standard input, a pipe, a device.
    #[error("{0}: can be read once, and by this process alone: write it to a file, and give that")]
    Passing(String),
    /// It cannot be looked at.
    #[error("{0}: {1}")]
    Unseen(String, String),
}

impl FoundObject {
    /// A file of this machine.
    ///
    /// # Errors
    /// [`UnfitError`] for what is no file that another process can read later.
    pub fn of_file(object: &LogObject) -> Result<Self, UnfitError> {
        let passing = || UnfitError::Passing(object.name());
        let path = object.path().ok_or_else(passing)?;
        let name = path.to_str().ok_or_else(|| UnfitError::Name(object.name()))?.to_owned();
        let there = path.metadata().map_err(|error| UnfitError::Unseen(name.clone(), explain_io(&error)))?;
        if !there.is_file() {
            return Err(passing());
        }
        Ok(Self { name, bytes: there.len(), etag: None, archived: false, named: object.origin == Origin::Named })
    }

    /// Where it lies in S3; `None` of a file.
    pub fn s3(&self) -> Option<S3Uri> {
        S3Uri::parse(&self.name)
    }

    /// How it came to be read.
    pub const fn origin(&self) -> Origin {
        if self.named { Origin::Named } else { Origin::Walked }
    }

    /// What its name says.
    pub fn key(&self) -> Option<LogKey> {
        match self.s3() {
            Some(uri) => LogKey::parse(&uri.key),
            None => LogKey::of_path(Path::new(&self.name)),
        }
    }

    /// The bytes that reading it takes: none of what is left shut whoever reads it.
    pub fn bytes_to_read(&self) -> u64 {
        let is_shut = self.archived || self.key().is_some_and(|key| key.kind.skipped_as().is_some());
        if is_shut { 0 } else { self.bytes }
    }

    /// Why the file is not the one that was listed, if so; what lies in S3 is looked at when it is fetched.
    pub fn differs(&self) -> Option<String> {
        if self.s3().is_some() {
            return None;
        }
        match Path::new(&self.name).metadata() {
            Err(error) => Some(explain_io(&error)),
            Ok(there) if there.is_file() && there.len() == self.bytes => None,
            Ok(there) => Some(format!("has {} bytes where {} were listed", there.len(), self.bytes)),
        }
    }
}

impl Listing {
    /// The files among objects that were listed before. What lies in S3 is read by a source of its own.
    pub fn of_found(objects: &[FoundObject]) -> Self {
        let mut listing = Self::default();
        let mut folder = Folder::new(Path::new(""));
        for found in objects.iter().filter(|found| found.s3().is_none()) {
            let path = PathBuf::from(&found.name);
            let (Origin::Walked, Some(parent), Some(name)) = (found.origin(), path.parent(), path.file_name()) else {
                listing.objects.push(LogObject::named(&path));
                continue;
            };
            if parent != folder.path() {
                folder = Folder::new(parent);
            }
            listing.objects.push(LogObject::walked(Arc::clone(&folder), name));
        }
        listing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "1234").unwrap();
        let found = FoundObject::of_file(&LogObject::named(&path)).unwrap();
        assert_eq!((found.bytes, found.named, found.differs()), (4, true, None));
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(found.differs().as_deref(), Some("has 5 bytes where 4 were listed"));
        std::fs::remove_file(&path).unwrap();
        assert!(found.differs().unwrap().starts_with("no such file"));
        assert!(matches!(FoundObject::of_file(&LogObject::stdin()), Err(UnfitError::Passing(_))));
        assert!(matches!(FoundObject::of_file(&LogObject::named(folder.path())), Err(UnfitError::Passing(_))));
    }

    #[test]
    fn what_is_left_shut_weighs_nothing() {
        let found =
            |name: &str, archived| FoundObject { name: name.to_owned(), bytes: 7, etag: None, archived, named: false };
        let key = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/01/a.json.gz";
        assert_eq!(found(&format!("s3://logs/{key}"), false).bytes_to_read(), 7);
        assert_eq!(found(&format!("s3://logs/{key}"), true).bytes_to_read(), 0);
        assert_eq!(found(&key.replace("CloudTrail", "CloudTrail-Digest"), false).bytes_to_read(), 0);
    }

    #[test]
    fn a_listing_that_was_written_down_is_read_as_it_was() {
        let found =
            |name: &str, named| FoundObject { name: name.to_owned(), bytes: 1, etag: None, archived: false, named };
        let objects =
            [found("a/b.json", false), found("a/c.json", true), found("s3://logs/d.json", false), found("e", false)];
        let listing = Listing::of_found(&objects);
        let read: Vec<_> =
            listing.objects.iter().map(|object| (object.name(), object.origin == Origin::Named)).collect();
        assert_eq!(read, [("a/b.json".into(), false), ("a/c.json".into(), true), ("e".into(), false)]);
        let line = serde_json::to_string(&objects[0]).unwrap();
        assert_eq!(line, r#"{"object":"a/b.json","bytes":1}"#);
        assert_eq!(serde_json::from_str::<FoundObject>(&line).unwrap(), objects[0]);
    }
}
