//! The public keys that verify digests: what `aws cloudtrail list-public-keys` prints.
//!
//! Source: CloudTrail API reference, "ListPublicKeys"; RSA keys in PKCS #1, DER, as base64.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::digest_file::bytes_of_any;
use crate::model::EventTime;

/// How long after its hours a digest may be signed: the AWS CLI asks for the keys of as much time.
const SIGNED_WITHIN: i64 = 2 * 3600;

/// Public keys, by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicKeys(BTreeMap<String, PublicKey>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct PublicKey {
    der: Vec<u8>,
    from: Option<EventTime>,
    until: Option<EventTime>,
}

/// Why a file holds no public keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublicKeyError {
    /// Not what the AWS CLI prints.
    #[error("not the output of aws cloudtrail list-public-keys: {0}")]
    Format(String),
    /// A key that is none.
    #[error("the key {0} is not base64")]
    Key(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawList {
    public_key_list: Vec<RawKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawKey {
    value: String,
    fingerprint: String,
    #[serde(default)]
    validity_start_time: Value,
    #[serde(default)]
    validity_end_time: Value,
}

/// Why a signature proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoKey {
    /// No key of that fingerprint was given.
    Unknown,
    /// It was valid at another time: from, until.
    OutsideValidity(String),
}

/// A key that was valid when a digest was signed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verifier<'a>(&'a PublicKey);

impl PublicKeys {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the keys of one file; the same key may stand in several.
    ///
    /// # Errors
    /// [`PublicKeyError`].
    pub fn add(&mut self, json: &[u8]) -> Result<(), PublicKeyError> {
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        // Files of several regions are often put one behind the other.
        for list in serde_json::Deserializer::from_slice(json).into_iter::<RawList>() {
            let list = list.map_err(|error| PublicKeyError::Format(error.to_string()))?;
            for key in list.public_key_list {
                let der = STANDARD.decode(&key.value).map_err(|_| PublicKeyError::Key(key.fingerprint.clone()))?;
                let (from, until) = (moment(&key.validity_start_time), moment(&key.validity_end_time));
                self.0.insert(key.fingerprint, PublicKey { der, from, until });
            }
        }
        Ok(())
    }

    /// Adds a key that was asked for: its fingerprint, the key in PKCS #1, and the time in which it signs.
    pub fn insert(&mut self, fingerprint: String, der: Vec<u8>, (from, until): (Option<EventTime>, Option<EventTime>)) {
        self.0.insert(fingerprint, PublicKey { der, from, until });
    }

    /// Adds the keys of others; of a key that both have, theirs.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The key of a digest whose hours end then; `None` for the time where that does not tell when it was signed.
    pub(super) fn of(&self, fingerprint: &str, end: Option<EventTime>) -> Result<Verifier<'_>, NoKey> {
        let key = self.0.get(fingerprint).ok_or(NoKey::Unknown)?;
        let is_early = |end: EventTime| key.from.is_some_and(|from| end.plus_seconds(SIGNED_WITHIN) < from);
        let is_late = |end: EventTime| key.until.is_some_and(|until| end > until);
        if end.is_some_and(|end| is_early(end) || is_late(end)) {
            let text = |time: Option<EventTime>| time.map_or_else(|| "?".to_owned(), |time| time.to_string());
            return Err(NoKey::OutsideValidity(format!("{} to {}", text(key.from), text(key.until))));
        }
        Ok(Verifier(key))
    }
}

impl Verifier<'_> {
    /// Whether `signature`, in hexadecimal, is that of `signed` by this key: RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn verifies(self, signed: &str, signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0.der);
        bytes_of_any(signature).is_some_and(|signature| key.verify(signed.as_bytes(), &signature).is_ok())
    }
}

/// A time as the AWS CLI prints it: seconds since 1970, or ISO 8601.
fn moment(value: &Value) -> Option<EventTime> {
    match value {
        Value::Number(seconds) => seconds.as_f64().map(|seconds| EventTime::from_seconds(seconds as i64)),
        Value::String(text) => EventTime::parse(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_aws_cli_prints() {
        let mut keys = PublicKeys::default();
        let list = |start: &str, end: &str, name: &str| {
            format!(
                r#"{{"PublicKeyList":[{{"Value":"AAEC","ValidityStartTime":{start},"ValidityEndTime":{end},"Fingerprint":"{name}"}}]}}"#
            )
        };
        let numbers = list("1439335600.5", "1441927600", "a");
        let texts = list("\"2015-08-12T00:00:00+00:00\"", "\"2015-09-11T00:00:00Z\"", "b");
        keys.add(format!("{numbers}\n{texts}").as_bytes()).unwrap();
        let at = |text: &str| EventTime::parse(text);
        for name in ["a", "b"] {
            assert!(keys.of(name, at("2015-08-17T15:00:00Z")).is_ok(), "{name}");
            assert!(keys.of(name, None).is_ok(), "{name}");
            for other in ["2015-08-11T20:00:00Z", "2015-09-12T00:00:00Z"] {
                assert!(matches!(keys.of(name, at(other)), Err(NoKey::OutsideValidity(_))), "{name} {other}");
            }
        }
        assert_eq!(keys.of("c", None).err(), Some(NoKey::Unknown));
        assert!(matches!(keys.add(b"{}"), Err(PublicKeyError::Format(_))));
        assert!(matches!(keys.add(list("0", "0", "d").replace("AAEC", "?").as_bytes()), Err(PublicKeyError::Key(_))));
    }
}
