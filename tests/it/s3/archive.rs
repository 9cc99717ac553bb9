//! Folders that are buckets, filled with logs as CloudTrail delivers them.

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::Place;
use crate::records::{call, id, with};

/// The organisation's accounts, each with its regions.
pub const ACCOUNTS: [&str; 5] = ["111122223333", "123456789012", "444455556666", "555555555555", "999999999999"];
/// Regions of each account.
pub const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
/// The day of the first delivery: 1 September 2026, and one each day after.
pub const DAYS: u32 = 10;

/// A bucket's folder.
pub struct Archive<'a> {
    place: &'a Place,
    bucket: &'static str,
}

impl<'a> Archive<'a> {
    /// An empty bucket `logs`.
    pub fn new(place: &'a Place) -> Self {
        Self::named(place, "logs")
    }

    /// An empty bucket.
    pub fn named(place: &'a Place, bucket: &'static str) -> Self {
        let archive = Self { place, bucket };
        std::fs::create_dir_all(archive.folder("")).expect("a folder");
        archive
    }

    /// The folder of buckets, for the server.
    pub fn root(&self) -> PathBuf {
        self.place.path("buckets")
    }

    /// Where the bucket, or a folder of it, lies.
    pub fn folder(&self, key: &str) -> PathBuf {
        self.root().join(self.bucket).join(key)
    }

    /// Puts an object.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        let path = self.folder(key);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, bytes).expect("a file");
    }

    /// Puts the log of `events` calls delivered on a day of September 2026; gives its key.
    pub fn log(&self, logs: &str, account: &str, region: &str, (day, number): (u32, usize), events: usize) -> String {
        let name = format!("{account}_CloudTrail_{region}_202609{day:02}T1200Z_{number:016}.json.gz");
        let key = format!("{logs}{account}/CloudTrail/{region}/2026/09/{day:02}/{name}");
        let seed = key.bytes().fold(7u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        let records: Vec<Value> = (0..events)
            .map(|event| {
                let change = json!({
                    "eventID": id((seed % 1_000_000_000) as usize * 1000 + event),
                    "eventTime": format!("2026-09-{day:02}T11:{:02}:00Z", event % 60),
                    "awsRegion": region,
                    "recipientAccountId": account,
                    "sourceIPAddress": format!("198.51.100.{}", number % 200),
                });
                with(call(event, 0), change)
            })
            .collect();
        self.put(&key, &gzip(json!({ "Records": records }).to_string().as_bytes()));
        key
    }

    /// Puts 2,500 objects: five accounts of two regions and ten days each, 25 objects a day.
    pub fn organization(place: &'a Place) -> Self {
        let archive = Self::new(place);
        for account in ACCOUNTS {
            for region in REGIONS {
                for day in 1..=DAYS {
                    for number in 0..25 {
                        archive.log("AWSLogs/o-exampleorg/", account, region, (day, number), 2);
                    }
                }
            }
        }
        archive
    }
}

/// One gzip member.
pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}
