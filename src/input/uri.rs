//! `s3://bucket/prefix`, as the user names it.

use std::fmt;

use crate::model::is_account_id;

/// A place in S3: a bucket, and a key or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Uri {
    /// The bucket's name, or the ARN of an access point.
    pub bucket: String,
    /// What follows the bucket: empty for its root, with a slash at its end for a folder, else an object or a folder.
    pub key: String,
}

impl S3Uri {
    /// Whether a text is meant to be an S3 URI.
    pub fn is_meant(text: &str) -> bool {
        text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3://"))
    }

    /// Whether the bucket is named by an access point.
    pub fn is_access_point(bucket: &str) -> bool {
        bucket.starts_with("arn:")
    }

    /// Reads `s3://bucket[/key]`, and `s3://` with the ARN of an access point in place of the bucket. `None` when it names no bucket, or one whose name cannot be.
    ///
    /// Source: S3 user guide, "General purpose bucket naming rules" (old buckets of us-east-1 may have capitals and `_`).
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.get(5..).filter(|_| Self::is_meant(text))?;
        if let Some(split) = rest.starts_with("arn:").then(|| access_point(rest)) {
            return split.map(|(arn, key)| Self { bucket: arn.to_owned(), key: key.to_owned() });
        }
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let is_name = (3..=255).contains(&bucket.len()) && bucket.chars().all(is_allowed);
        is_name.then(|| Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

/// The ARN of an access point of one region, and the key behind it.
///
/// Source: S3 user guide, "Access points for general purpose buckets", "Referencing access points".
fn access_point(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.splitn(6, ':').skip(1);
    let [partition, service, region, account, resource] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    let named = resource.strip_prefix("accesspoint/").or_else(|| resource.strip_prefix("accesspoint:"))?;
    let name = named.split('/').next().unwrap_or_default();
    let is_name = (3..=50).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_sound =
        partition.starts_with("aws") && service == "s3" && !region.is_empty() && is_account_id(account) && is_name;
    let (arn, key) = text.split_at(text.len() - named.len() + name.len());
    is_sound.then(|| (arn, key.strip_prefix('/').unwrap_or_default()))
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
        let point = "arn:aws:s3:us-east-1:111122223333:accesspoint/audit";
        assert_eq!(parsed(&format!("s3://{point}")), is(point, ""));
        assert_eq!(parsed(&format!("s3://{point}/AWSLogs/a")), is(point, "AWSLogs/a"));
        let colon = "arn:aws-cn:s3:cn-north-1:111122223333:accesspoint:audit";
        assert_eq!(parsed(&format!("s3://{colon}/")), is(colon, ""));
        for miss in [
            "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",
            "arn:aws:s3:us-east-1:111122223333:bucket/x",
            "arn:aws:iam::111122223333:role/x",
            "arn:",
        ] {
            assert_eq!(parsed(&format!("s3://{miss}")), None, "{miss}");
        }
        for miss in ["s3://", "s3:///key", "s3://my trail/x", "s3://ab", "s3:/my-trail", "http://my-trail", "s3://é12"]
        {
            assert_eq!(parsed(miss), None, "{miss}");
        }
    }
}
