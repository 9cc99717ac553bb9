//! What an object holds, which must be what was listed: its size, its entity tag, and its checksum where the store gives
//! one. What is not is asked for again, and fails after that.

use std::collections::HashMap;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use tokio::time::Instant;
use tracing::debug;

use super::super::explain::{Needs, Next, Refusal, chain_of, refusal_of};
use super::super::reach::Waits;
use super::{Bucket, Listed};
use crate::input::Signed;
use crate::model::EventTime;

/// How often an object is read that is not what was listed.
const READS: u32 = 3;
/// The most memory that is asked for because an answer says how long it is.
const MOST_AHEAD: u64 = 64 << 20;

/// What an object, or a range of it, holds.
#[derive(Debug)]
pub struct Got {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The object's entity tag.
    pub etag: Option<Box<str>>,
    /// What its metadata say of a digest.
    pub signed: Option<Signed>,
    /// The size of the whole object, where an answer about a range says it.
    size: Option<u64>,
}

impl Bucket {
    /// All bytes of an object, or those of a range. A truncated body is requested again from its first byte, and so
    /// is one that is not of the object that was listed.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn get(&self, object: &Listed, range: Option<(u64, u64)>) -> Result<Got, Refusal> {
        let begun = Instant::now();
        let mut why = String::new();
        for _ in 0..READS {
            let got = self.answered(object, range).await?;
            let Some(other) = got.differs(object, range) else {
                debug!(
                    object = format!("{}/{}", self.uri, object.key),
                    from = range.map_or(0, |(from, _)| from),
                    bytes = got.bytes.len(),
                    took = ?begun.elapsed(),
                    "s3 fetched"
                );
                return Ok(got);
            };
            debug!(object = format!("{}/{}", self.uri, object.key), why = other, "s3 object is not what was listed");
            why = other;
        }
        Err(Refusal { why: format!("{why}, at every attempt: scan again, or check the store"), next: Next::No })
    }

    async fn answered(&self, object: &Listed, range: Option<(u64, u64)>) -> Result<Got, Refusal> {
        self.repeated(Waits::Object, |client| async move {
            let call = client.get_object().bucket(&self.name).key(&*object.key).set_request_payer(self.payer());
            let call = match range {
                None => call,
                Some((from, to)) => call
                    .range(format!("bytes={from}-{}", to.saturating_sub(1)))
                    .set_if_match(object.etag.as_deref().map(str::to_owned)),
            };
            let got = call.send().await.map_err(|error| refusal_of(&error, Needs::GetObject))?;
            let etag = got.e_tag().map(Into::into);
            let size = got.content_range().and_then(|range| range.rsplit('/').next()?.parse().ok());
            let signed = got.metadata().and_then(signed_of);
            Ok(Got { bytes: self.body(got, wanted(object, range)).await?, etag, signed, size })
        })
        .await
    }

    /// The bytes of an answer, as many as it said there would be; no more than a little past `wanted`, since what is
    /// larger is wrong and was paid for by nobody.
    async fn body(&self, mut got: GetObjectOutput, wanted: u64) -> Result<Vec<u8>, Refusal> {
        let said = got.content_length().and_then(|length| u64::try_from(length).ok());
        let ahead = said.unwrap_or(0).min(wanted).min(MOST_AHEAD);
        let mut bytes = Vec::with_capacity(usize::try_from(ahead).unwrap_or(0));
        while let Some(chunk) = got.body.next().await {
            self.reach.heard();
            bytes.extend_from_slice(&chunk.map_err(|error| broke_off(bytes.len(), &chain_of(&error)))?);
            if bytes.len() as u64 > wanted {
                return Ok(bytes);
            }
        }
        match said {
            Some(said) if said != bytes.len() as u64 => Err(broke_off(bytes.len(), "")),
            _ => Ok(bytes),
        }
    }
}

impl Got {
    /// Why this is not what was listed, if so.
    fn differs(&self, object: &Listed, range: Option<(u64, u64)>) -> Option<String> {
        let (length, wanted) = (self.bytes.len() as u64, wanted(object, range));
        let of_what = if range.is_some() { "were asked for" } else { "were listed" };
        if length > wanted {
            return Some(format!("gives more bytes than the {wanted} that {of_what}"));
        }
        if length < wanted {
            return Some(format!("gives {length} bytes where {wanted} {of_what}"));
        }
        if let Some(size) = self.size.filter(|size| *size != object.size) {
            return Some(format!("holds {size} bytes where {} were listed", object.size));
        }
        let listed = object.etag.as_deref().zip(self.etag.as_deref());
        let is_other = listed.is_some_and(|(listed, got)| bare(listed) != bare(got));
        is_other.then(|| "has another ETag than it was listed with".to_owned())
    }
}

/// What metadata say of a digest.
fn signed_of(metadata: &HashMap<String, String>) -> Option<Signed> {
    let generated = metadata.get("backfill-generation-timestamp");
    let generated = generated.and_then(|text| EventTime::parse_creation_date(text));
    Some(Signed { signature: metadata.get("signature")?.clone(), generated })
}

/// How many bytes are asked for.
fn wanted(object: &Listed, range: Option<(u64, u64)>) -> u64 {
    range.map_or(object.size, |(from, to)| to - from)
}

/// An entity tag without what stores put around it.
fn bare(etag: &str) -> &str {
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

fn broke_off(after: usize, cause: &str) -> Refusal {
    if cause.to_ascii_lowercase().contains("checksum") {
        return Refusal::passing(
            "its bytes do not match its checksum, at every attempt: scan again, or check the store",
        );
    }
    Refusal::passing(format!("the connection broke off after {after} bytes, at every attempt: check the network"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_the_listing() {
        let object = Listed { key: "k".into(), size: 4, etag: Some("\"e\"".into()), archived: false };
        let got = |bytes: &[u8], etag: Option<&str>, size| Got {
            bytes: bytes.into(),
            etag: etag.map(Into::into),
            signed: None,
            size,
        };
        for (got, range, expected) in [
            (got(b"1234", Some("\"e\""), None), None, None),
            (got(b"1234", None, None), None, None),
            (got(b"1234", Some("e"), None), None, None),
            (got(b"1234", Some("W/\"e\""), None), None, None),
            (got(b"34", Some("\"e\""), Some(4)), Some((2, 4)), None),
            (got(b"123", Some("\"e\""), None), None, Some("gives 3 bytes where 4 were listed")),
            (got(b"", Some("\"e\""), None), None, Some("gives 0 bytes where 4 were listed")),
            (got(b"12345", Some("\"e\""), None), None, Some("gives more bytes than the 4 that were listed")),
            (got(b"3", Some("\"e\""), Some(4)), Some((2, 4)), Some("gives 1 bytes where 2 were asked for")),
            (got(b"34", Some("\"e\""), Some(9)), Some((2, 4)), Some("holds 9 bytes where 4 were listed")),
            (got(b"1234", Some("\"f\""), None), None, Some("has another ETag than it was listed with")),
        ] {
            assert_eq!(got.differs(&object, range).as_deref(), expected);
        }
    }

    #[test]
    fn a_wrong_checksum_is_no_broken_connection() {
        assert!(broke_off(3, "streaming error: body checksum mismatch. expected x").why.contains("checksum"));
        assert!(broke_off(3, "unexpected end of file").why.starts_with("the connection broke off after 3 bytes"));
    }
}
