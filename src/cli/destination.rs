//! What `--output` and `--coverage` mean, and what is left of it when the process leaves at once.

use std::path::Path;

use trailscan::input::S3Uri;
use trailscan::output::{Destination, NewFile};

use super::exit::Problem;
use super::flags::Common;

/// Where `to` leads: a place on disk, or `s3://bucket/key`.
///
/// # Errors
/// [`Problem::Usage`] for a place that cannot be.
pub fn of(to: &Path, common: &Common) -> Result<Destination, Problem> {
    match to.to_str().filter(|text| S3Uri::is_meant(text)) {
        Some(uri) => in_s3(uri, common),
        None => Ok(Destination::from_path(to)),
    }
}

#[cfg(not(feature = "s3"))]
fn in_s3(uri: &str, _: &Common) -> Result<Destination, Problem> {
    Err(Problem::usage(format!(
        "{uri}: this build writes no S3: install with the feature `s3`, or write a file and copy it (aws s3 cp FILE {uri})"
    )))
}

#[cfg(feature = "s3")]
fn in_s3(text: &str, common: &Common) -> Result<Destination, Problem> {
    use std::sync::Arc;

    use trailscan::input::s3::Uploader;
    use trailscan::output::Remote;

    let wrong = |what: &str| {
        let give = "give s3://bucket/key.json, or s3://bucket/prefix/ for a file a report";
        Problem::usage(format!("{text}: names no {what}: {give}"))
    };
    let uri = S3Uri::parse(text).ok_or_else(|| wrong("bucket"))?;
    let is_folder = text.ends_with('/');
    if uri.key.is_empty() && !is_folder {
        return Err(wrong("object"));
    }
    // Of several profiles the first writes.
    let who = common.s3.who().map_err(Problem::usage)?;
    let first = who.into_iter().next().ok_or_else(|| Problem::usage(format!("{text}: nobody is named to write it")))?;
    let uploader = Uploader::new(first, &super::stop::STOP);
    let remote = Remote { uri: uri.to_string(), store: Arc::new(sending::Buckets(uploader)) };
    Ok(if is_folder { Destination::Prefix(remote) } else { Destination::Object(remote) })
}

/// Whether a file is on its way to where it cannot be replaced at once.
pub fn is_being_sent() -> bool {
    #[cfg(feature = "s3")]
    let sent = trailscan::input::s3::is_uploading();
    #[cfg(not(feature = "s3"))]
    let sent = false;
    sent
}

/// Removes what was begun, for a process that leaves at once.
pub fn give_up() {
    NewFile::discard_all();
    #[cfg(feature = "s3")]
    trailscan::input::s3::abort_uploads(sending::PATIENCE);
}

#[cfg(feature = "s3")]
mod sending {
    use std::fs::File;
    use std::time::Duration;

    use trailscan::input::S3Uri;
    use trailscan::input::s3::{Taken, Uploader};
    use trailscan::output::{Staged, Store, StoreError};

    /// How long the giving up of uploads may take; who leaves at once does not wait.
    pub const PATIENCE: Duration = Duration::from_millis(1400);

    /// Buckets as a place for files.
    #[derive(Debug)]
    pub struct Buckets(pub Uploader);

    #[derive(Debug)]
    struct InBucket(Taken);

    impl Store for Buckets {
        fn check(&self, uri: &str) -> Result<(), StoreError> {
            Ok(self.0.check(&parsed(uri)?)?)
        }

        fn ends(&self, uri: &str, most: usize) -> Option<[Vec<u8>; 2]> {
            self.0.ends(&parsed(uri).ok()?, most)
        }

        fn stage(&self, uri: &str, file: File) -> Result<Box<dyn Staged>, StoreError> {
            Ok(Box::new(InBucket(self.0.take(&parsed(uri)?, file)?)))
        }
    }

    impl Staged for InBucket {
        fn complete(self: Box<Self>) -> Result<(), StoreError> {
            Ok(self.0.complete()?)
        }
    }

    fn parsed(uri: &str) -> Result<S3Uri, String> {
        S3Uri::parse(uri).ok_or_else(|| "names no bucket".to_owned())
    }
}
