//! `s3://bucket/prefix`, as the user names it.

use std::fmt;

/// A place in S3: a bucket, and a key or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Uri {
    /// The bucket's name.
    pub bucket: String,
    /// What follows the bucket: empty for its root, with a slash at its end for a folder, else an object or a folder.
    pub key: String,
}

impl S3Uri {
    /// Whether a text is meant to be an S3 URI.
    pub fn is_meant(text: &str) -> bool {
        text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3://"))
    }

    /// Reads `s3://bucket[/key]`. `None` when it names no bucket, or one whose name cannot be.
    ///
    /// Source: S3 user guide, "General purpose bucket naming rules" (old buckets of us-east-1 may have capitals and `_`).
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.get(5..).filter(|_| Self::is_meant(text))?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let is_name = (3..=255).contains(&bucket.len()) && bucket.chars().all(is_allowed);
        is_name.then(|| Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

impl fmt::Display for S3Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_and_keys() {
        let parsed = |text: &str| S3Uri::parse(text).map(|uri| (uri.bucket, uri.key));
        let is = |bucket: &str, key: &str| Some((bucket.to_owned(), key.to_owned()));
        assert_eq!(parsed("s3://my-trail"), is("my-trail", ""));
        assert_eq!(parsed("S3://my.trail/"), is("my.trail", ""));
        assert_eq!(parsed("s3://my-trail/AWSLogs/"), is("my-trail", "AWSLogs/"));
        assert_eq!(parsed("s3://my-trail//a//b"), is("my-trail", "/a//b"));
        for miss in ["s3://", "s3:///key", "s3://my trail/x", "s3://ab", "s3:/my-trail", "http://my-trail", "s3://é12"]
        {
            assert_eq!(parsed(miss), None, "{miss}");
        }
    }
}
