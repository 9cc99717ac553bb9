//! Log file integrity validation: whether objects are what CloudTrail delivered, by the digests that it signs.
//!
//! CloudTrail writes a digest an hour for each region of a trail with validation on. It names the log objects of that hour
//! with the SHA-256 of what they hold, and the digest before it with its SHA-256 and its signature; its own signature
//! stands in its metadata on S3. Whoever reads objects gathers [`SeenObject`], and [`judge`] says what they prove. Nothing is
//! opened here, and no event is looked at.
//!
//! Source: CloudTrail user guide, "CloudTrail digest file structure", "Custom implementations of CloudTrail log file
//! integrity validation".

mod chain;
mod content;
mod digest_file;
mod hours;
mod judge;
mod public_keys;
mod seen;
mod verdict;

pub use content::{Content, Hasher, content_of};
pub use digest_file::{DigestFile, DigestFileError, ListedLog, PreviousDigest};
pub use judge::{Asked, KeySource, judge};
pub use public_keys::{PublicKeyError, PublicKeys};
pub use seen::{MOST_DIGEST_BYTES, SeenDigest, SeenLog, SeenObject};
pub use verdict::{Standing, Verdict, Verified, What};

/// The file name at the end of a key or path, without what says how it is packed: a copy may be packed otherwise.
fn bare(object: &str) -> &str {
    let name = crate::input::file_name(object);
    [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}
