//! Where log objects come from: files, directories and standard input; what a key says, and what a window prunes.
//!
//! Nothing is parsed here but names, and nothing is opened before [`LogObject::open`]. The command line calls
//! [`list`], the engine opens what it gives.

mod feed;
mod key;
mod list;
mod object;
mod prune;

pub use feed::Feed;
pub use key::{KeyKind, LogKey};
pub use list::{Listing, ListingFailure, Pruned, list};
pub use object::{LogObject, Origin, explain_io};
pub use prune::DayRange;

use std::ffi::OsString;
use std::path::PathBuf;

/// A place to read from, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file, or a directory to walk.
    Path(PathBuf),
    /// Standard input: `-`.
    Stdin,
}

/// Why a text names no place to read from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// An empty text, often an unset shell variable.
    #[error("an input is empty: give a file, a directory or - for standard input")]
    Empty,
    /// An S3 URI.
    #[error("{0}: S3 cannot be read yet: copy it first (aws s3 sync {0} DIR) and give the directory")]
    S3(String),
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
            Some(uri) if uri.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3://")) => {
                Err(InputError::S3(uri.to_owned()))
            }
            _ => Ok(Self::Path(PathBuf::from(text))),
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
        assert_eq!(Input::parse("S3://bucket/p".into()), Err(InputError::S3("S3://bucket/p".into())));
    }
}
