//! Where log objects come from: files, directories, standard input and S3; what a key says, and what a window prunes.
//!
//! Nothing is parsed here but names, and nothing is opened before [`LogObject::open`]. The command line calls
//! [`list`], the engine opens what it gives; objects of a [`Source`] arrive with their bytes while the scan runs.

mod caught;
mod deliveries;
mod feed;
mod found;
mod key;
mod list;
mod object;
mod prune;
#[cfg(feature = "s3")]
pub mod s3;
mod source;
mod survey;
mod uri;

pub use caught::{Panicked, caught};
#[cfg(feature = "iam")]
pub(crate) use caught::{caught_in, died};
pub use deliveries::{Delivered, Deliveries, DeliveryDay, DeliveryDays, Organizations};
pub use feed::Feed;
pub use found::{FoundObject, UnfitError};
pub use key::{KeyKind, LogKey};
pub use list::{Listing, ListingFailure, Pruned, ROLLUP, ROLLUP_MARK, is_rollup, list};
pub use object::{LogObject, Origin, explain_io, file_name};
pub use prune::DayRange;
pub use source::{Arrivals, Body, Fetched, Signed, Source, WholeBody};
pub use survey::{Amount, Spot, Survey};
pub use uri::S3Uri;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A place to read from, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file, or a directory to walk.
    Path(PathBuf),
    /// Standard input: `-`.
    Stdin,
    /// A place in S3.
    S3(S3Uri),
}

/// Why a text names no place to read from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// An empty text, often an unset shell variable.
    #[error("an input is empty: give a file, a directory, s3://bucket/prefix or - for standard input")]
    Empty,
    /// An S3 URI without a bucket.
    #[error("{0}: names no bucket: give s3://bucket, s3://bucket/prefix/ or s3://bucket/key")]
    NoBucket(String),
    /// An S3 URI, in a build that cannot read it.
    #[error(
        "{0}: this build reads no S3: install with the feature `s3`, or copy it first (aws s3 sync {0} DIR) and give the \
         directory"
    )]
    NoS3(String),
}

impl Input {
    /// Reads an INPUT argument. Only `-` is standard input; `./-` is a file.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn parse(text: OsString) -> Result<Self, InputError> {
        if text.is_empty() {
            return Err(InputError::Empty);
        }
        if text == "-" {
            return Ok(Self::Stdin);
        }
        match text.to_str() {
            Some(uri) if S3Uri::is_meant(uri) && cfg!(not(feature = "s3")) => Err(InputError::NoS3(uri.to_owned())),
            Some(uri) if S3Uri::is_meant(uri) => {
                S3Uri::parse(uri).map(Self::S3).ok_or_else(|| InputError::NoBucket(uri.to_owned()))
            }
            _ => Ok(Self::Path(PathBuf::from(text))),
        }
    }
}

impl Input {
    /// The place on disk, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Stdin | Self::S3(_) => None,
        }
    }

    /// The place in S3, if it is one.
    pub const fn s3(&self) -> Option<&S3Uri> {
        match self {
            Self::S3(uri) => Some(uri),
            Self::Path(_) | Self::Stdin => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_place() {
        let path = |s: &str| Ok(Input::Path(PathBuf::from(s)));
        assert_eq!(Input::parse("-".into()), Ok(Input::Stdin));
        assert_eq!(Input::parse("./-".into()), path("./-"));
        assert_eq!(Input::parse("AWSLogs".into()), path("AWSLogs"));
        assert_eq!(Input::parse("s3:/x".into()), path("s3:/x"));
        assert_eq!(Input::parse("".into()), Err(InputError::Empty));
        let parsed = Input::parse("S3://bucket/p".into());
        if cfg!(feature = "s3") {
            assert_eq!(parsed, Ok(Input::S3(S3Uri { bucket: "bucket".into(), key: "p".into() })));
            assert_eq!(Input::parse("s3://".into()), Err(InputError::NoBucket("s3://".into())));
        } else {
            assert_eq!(parsed, Err(InputError::NoS3("S3://bucket/p".into())));
        }
    }
}
