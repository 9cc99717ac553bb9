//! A digest file: what it says, and what of it is signed.
//!
//! Source: CloudTrail user guide, "CloudTrail digest file structure".

use serde::Deserialize;

use crate::model::{EventTime, hexadecimal};

/// What a digest file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestFile {
    /// The account whose logs it names.
    pub account_id: String,
    /// The first moment that it covers: log objects delivered from here on.
    pub start: EventTime,
    /// The end of what it covers.
    pub end: EventTime,
    /// The bucket that it was delivered to.
    pub bucket: String,
    /// The key that it was delivered under.
    pub object: String,
    /// Which public key verifies its signature.
    pub fingerprint: String,
    /// The digest before it; `None` at the beginning of a chain.
    pub previous: Option<PreviousDigest>,
    /// The log objects that were delivered in its hours.
    pub logs: Vec<ListedLog>,
    /// What of its text is signed, but for its hash: before and behind it.
    signed: [String; 2],
}

/// What a digest says of the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousDigest {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub object: String,
    /// The SHA-256 of what it holds; `None` where it is no such hash.
    pub hash: Option<[u8; 32]>,
    /// Its signature, in hexadecimal.
    pub signature: String,
}

/// What a digest says of a log object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLog {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub object: String,
    /// The SHA-256 of what it holds; `None` where it is no such hash.
    pub hash: Option<[u8; 32]>,
    /// The time of the oldest event in it; `None` where the digest does not say.
    pub oldest: Option<EventTime>,
}

/// Why something is not a digest file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DigestFileError {
    /// Not the JSON of one.
    #[error("not a digest file: {0}")]
    Format(String),
    /// Signed or hashed in a way that is not known.
    #[error("{0} is not known: this version verifies SHA256withRSA and SHA-256")]
    Algorithm(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    aws_account_id: String,
    digest_start_time: String,
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    digest_s3_bucket: String,
    #[serde(rename = "digestS3Object")]
    digest_s3_object: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_digest_s3_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    /// Null at the beginning of a chain, and never left out.
    #[serde(deserialize_with = "Option::deserialize")]
    previous_digest_signature: Option<String>,
    log_files: Vec<RawLog>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLog {
    #[serde(rename = "s3Bucket")]
    s3_bucket: String,
    #[serde(rename = "s3Object")]
    s3_object: String,
    hash_value: String,
    hash_algorithm: Option<String>,
    oldest_event_time: Option<String>,
}

impl DigestFile {
    /// Reads the JSON of one, unpacked.
    ///
    /// # Errors
    /// [`DigestFileError`].
    pub fn parse(json: &[u8]) -> Result<Self, DigestFileError> {
        let raw: Raw = serde_json::from_slice(json).map_err(|error| DigestFileError::Format(error.to_string()))?;
        let moment = |text: &str| {
            EventTime::parse(text).ok_or_else(|| DigestFileError::Format(format!("{text:?} is not a time")))
        };
        let known = |said: Option<&str>, wanted: &str| match said.filter(|said| *said != wanted) {
            Some(other) => Err(DigestFileError::Algorithm(other.to_owned())),
            None => Ok(()),
        };
        known(raw.digest_signature_algorithm.as_deref(), "SHA256withRSA")?;
        known(raw.previous_digest_hash_algorithm.as_deref(), "SHA-256")?;
        for log in &raw.log_files {
            known(log.hash_algorithm.as_deref(), "SHA-256")?;
        }
        let before = format!("{}\n{}/{}\n", raw.digest_end_time, raw.digest_s3_bucket, raw.digest_s3_object);
        let behind = format!("\n{}", raw.previous_digest_signature.as_deref().unwrap_or("null"));
        let previous = raw.previous_digest_s3_bucket.zip(raw.previous_digest_s3_object);
        Ok(Self {
            start: moment(&raw.digest_start_time)?,
            end: moment(&raw.digest_end_time)?,
            account_id: raw.aws_account_id,
            bucket: raw.digest_s3_bucket,
            object: raw.digest_s3_object,
            fingerprint: raw.digest_public_key_fingerprint,
            previous: previous.map(|(bucket, object)| PreviousDigest {
                bucket,
                object,
                hash: raw.previous_digest_hash_value.as_deref().and_then(bytes_of),
                signature: raw.previous_digest_signature.unwrap_or_default(),
            }),
            logs: raw.log_files.into_iter().map(RawLog::listed).collect(),
            signed: [before, behind],
        })
    }

    /// What is signed of a digest whose content has this hash.
    pub fn signed(&self, hash: &[u8; 32]) -> String {
        let [before, behind] = &self.signed;
        format!("{before}{}{behind}", hexadecimal(hash))
    }
}

impl RawLog {
    fn listed(self) -> ListedLog {
        ListedLog {
            bucket: self.s3_bucket,
            object: self.s3_object,
            hash: bytes_of(&self.hash_value),
            oldest: self.oldest_event_time.as_deref().and_then(EventTime::parse),
        }
    }
}

/// The bytes of a text in hexadecimal, if it is one of so many.
fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let digits = text.as_bytes();
    let is_whole = digits.len() == 2 * N;
    is_whole.then(|| hex_into(digits, &mut bytes)).flatten().map(|()| bytes)
}

/// The bytes of a text in hexadecimal.
pub(super) fn bytes_of_any(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    (text.len().is_multiple_of(2) && !text.is_empty()).then(|| hex_into(text.as_bytes(), &mut bytes)).flatten()?;
    Some(bytes)
}

fn hex_into(digits: &[u8], bytes: &mut [u8]) -> Option<()> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    for (pair, byte) in digits.chunks_exact(2).zip(bytes) {
        *byte = u8::try_from(value(pair[0])? * 16 + value(pair[1])?).ok()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: &str = r#"{"awsAccountId":"111122223333","digestStartTime":"2015-08-17T14:01:31Z",
        "digestEndTime":"2015-08-17T15:01:31Z","digestS3Bucket":"b","digestS3Object":"AWSLogs/d.json.gz",
        "digestPublicKeyFingerprint":"31e8","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,
        "previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,
        "previousDigestHashAlgorithm":null,"previousDigestSignature":null,"logFiles":[]}"#;

    #[test]
    fn what_is_signed() {
        let digest = DigestFile::parse(FIRST.as_bytes()).unwrap();
        assert_eq!(
            digest.signed(&[0xab; 32]),
            format!("2015-08-17T15:01:31Z\nb/AWSLogs/d.json.gz\n{}\nnull", "ab".repeat(32))
        );
        assert_eq!((digest.previous, digest.logs.len()), (None, 0));
    }

    #[test]
    fn what_is_no_digest_file() {
        let parse = |from: &str, to: &str| DigestFile::parse(FIRST.replace(from, to).as_bytes());
        assert!(parse("", "").is_ok());
        for (from, to) in [
            ("\"digestS3Bucket\"", "\"x\""),
            ("\"previousDigestSignature\":null,", ""),
            ("2015-08-17T15:01:31Z", "yesterday"),
            ("\"logFiles\":[]", "\"logFiles\":{}"),
            ("{", "["),
        ] {
            assert!(matches!(parse(from, to), Err(DigestFileError::Format(_))), "{from}");
        }
        assert_eq!(parse("SHA256withRSA", "MD5"), Err(DigestFileError::Algorithm("MD5".into())));
    }

    proptest! {
        /// Digests and lists of keys are written by whoever can write there.
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, cut in 0usize..700, name in ".{0,80}") {
            let _ = DigestFile::parse(&bytes);
            let _ = DigestFile::parse(&FIRST.as_bytes()[..cut.min(FIRST.len())]);
            let _ = DigestFile::parse(FIRST.replace("2015-08-17T15:01:31Z", &name).as_bytes());
            let _ = crate::integrity::PublicKeys::default().add(&bytes);
            let _ = crate::integrity::content_of(&bytes[..], 1 << 10, None);
            let _ = crate::integrity::seen::DigestName::of(&name);
            let _ = bytes_of_any(&name);
            let _ = bytes_of::<2>(&name);
        }
    }

    #[test]
    fn hexadecimal_texts() {
        assert_eq!(bytes_of::<2>("0aFf"), Some([10, 255]));
        assert_eq!([bytes_of::<2>("0af"), bytes_of::<2>("0afg"), bytes_of::<2>("")], [None; 3]);
        assert_eq!(bytes_of_any("00ff"), Some(vec![0, 255]));
        assert_eq!([bytes_of_any(""), bytes_of_any("0"), bytes_of_any("+1")], [None, None, None]);
    }
}
