//! What whoever reads objects gathers of each: what it holds, and of a digest what it says.

use super::{Content, DigestFile};
use crate::input::{LogObject, Signed};
use crate::model::EventTime;

/// An object that was read, or could not be.
#[derive(Clone, Debug)]
pub enum SeenObject {
    /// A log.
    Log(SeenLog),
    /// A digest.
    Digest(Box<SeenDigest>),
}

/// A log object.
#[derive(Clone, Debug)]
pub struct SeenLog {
    /// Where it lies.
    pub object: LogObject,
    /// What it holds.
    pub content: Content,
}

/// The most bytes that a digest may hold: far more than an hour of objects takes. What is larger is not kept in memory.
pub const MOST_DIGEST_BYTES: u64 = 256 << 20;

/// A digest object.
#[derive(Clone, Debug)]
pub struct SeenDigest {
    /// Where it lies.
    pub object: LogObject,
    /// What it holds.
    pub content: Content,
    /// What it says; else why it says nothing.
    pub file: Result<DigestFile, String>,
    /// What its metadata say, where it has any: S3 keeps them, a disk does not.
    pub signed: Option<Signed>,
}

impl SeenDigest {
    /// A digest that holds this: its bytes, unpacked.
    pub fn new(object: LogObject, content: Content, json: &[u8], signed: Option<Signed>) -> Self {
        let file = match &content {
            Content::Whole(_) => DigestFile::parse(json).map_err(|error| error.to_string()),
            Content::Broken(why) | Content::Unread(why) => Err(why.clone()),
        };
        Self { object, content, file, signed }
    }
}

/// The digests of one trail for one account and region, each of which names the one before it. Those that CloudTrail writes
/// later, of logs that were left out (backfill), are a chain of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chain {
    pub account_id: String,
    pub region: String,
    pub trail: String,
    /// The region that the trail was made in.
    pub home: String,
    pub is_backfill: bool,
}

/// What the name of a digest says: `account_CloudTrail-Digest_region_trail_region_YYYYMMDDTHHMMSSZ[_backfill].json.gz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DigestName {
    pub chain: Chain,
    /// The end of the hours that it covers.
    pub end: EventTime,
}

impl DigestName {
    /// Reads the file name at the end of a key or path.
    pub fn of(object: &str) -> Option<Self> {
        let name = crate::input::file_name(object);
        let packed = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let stem = packed.strip_suffix(".json").unwrap_or(packed);
        let (stem, is_backfill) = stem.strip_suffix("_backfill").map_or((stem, false), |stem| (stem, true));
        let (stem, stamp) = stem.rsplit_once('_')?;
        let (stem, home) = stem.rsplit_once('_')?;
        let mut parts = stem.splitn(4, '_');
        let (account_id, kind, region) = (parts.next()?, parts.next()?, parts.next()?);
        let text = str::to_owned;
        let chain = Chain {
            account_id: text(account_id),
            region: text(region),
            trail: text(parts.next()?),
            home: text(home),
            is_backfill,
        };
        let end = EventTime::parse_creation_date(stamp)?;
        (kind == "CloudTrail-Digest").then_some(Self { chain, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_digests() {
        let name = |text: &str| DigestName::of(text);
        let plain =
            name("b/AWSLogs/1/111122223333_CloudTrail-Digest_eu-west-1_my_trail_us-east-1_20230710T114203Z.json.gz");
        let plain = plain.unwrap();
        let chain = &plain.chain;
        assert_eq!((&*chain.account_id, &*chain.region, &*chain.trail), ("111122223333", "eu-west-1", "my_trail"));
        assert_eq!(
            (&*chain.home, chain.is_backfill, plain.end.to_string()),
            ("us-east-1", false, "2023-07-10T11:42:03Z".into())
        );
        let late =
            name("111122223333_CloudTrail-Digest_eu-west-1_my_trail_us-east-1_20230710T114203Z_backfill.json.gz")
                .unwrap();
        assert_eq!((late.chain.is_backfill, late.end), (true, plain.end));
        for other in ["x.json.gz", "111122223333_CloudTrail_us-east-1_20230710T1140Z_Mx3Td9b8ZCBzVK7n.json.gz", ""] {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
