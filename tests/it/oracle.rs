//! A plain reading of logs, record by record and without any cleverness, to hold trailscan's answers against.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The files below a folder, in order of their paths.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Whether a file of an AWSLogs folder holds events, by its folder.
pub fn is_log(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == "CloudTrail")
}

/// What is packed in a file.
pub fn unpacked(file: &Path) -> Vec<u8> {
    let mut json = Vec::new();
    let packed = std::fs::File::open(file).expect("a file");
    flate2::read::MultiGzDecoder::new(packed).read_to_end(&mut json).expect("gzip");
    json
}

/// What plain counting says of logs.
#[derive(Default)]
pub struct Oracle {
    /// Files.
    pub files: i64,
    /// Bytes of JSON.
    pub json: i64,
    /// Events, each once.
    pub events: Vec<Value>,
    /// Copies.
    pub duplicates: i64,
}

impl Oracle {
    /// Reads the files; a record that is equal to an earlier one is a copy.
    pub fn read<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Self {
        let mut oracle = Self::default();
        let mut met = BTreeSet::new();
        for file in files {
            let json = unpacked(file);
            let document: Value = serde_json::from_slice(&json).expect("JSON");
            oracle.files += 1;
            oracle.json += i64::try_from(json.len()).unwrap();
            for record in document["Records"].as_array().expect("records") {
                if met.insert(record.to_string()) {
                    oracle.events.push(record.clone());
                } else {
                    oracle.duplicates += 1;
                }
            }
        }
        oracle
    }

    /// How many events there are for each value of a field.
    pub fn by(&self, field: &str) -> BTreeMap<String, i64> {
        let mut counts = BTreeMap::new();
        for event in &self.events {
            *counts.entry(text(&event[field])).or_default() += 1;
        }
        counts
    }

    /// Events that are like this.
    pub fn count(&self, like: impl Fn(&Value) -> bool) -> i64 {
        i64::try_from(self.events.iter().filter(|event| like(event)).count()).unwrap()
    }

    /// Each long-lived key that was used: its events, and its addresses.
    pub fn keys(&self) -> BTreeMap<String, (i64, BTreeSet<String>)> {
        let mut keys: BTreeMap<String, (i64, BTreeSet<String>)> = BTreeMap::new();
        for event in &self.events {
            let identity = &event["userIdentity"];
            let key = text(&identity["accessKeyId"]);
            let session = !identity["sessionContext"]["attributes"]["creationDate"].is_null();
            if !key.starts_with("AKIA") || session {
                continue;
            }
            let (events, addresses) = keys.entry(key).or_default();
            *events += 1;
            let source = text(&event["sourceIPAddress"]);
            if source.parse::<IpAddr>().is_ok() {
                addresses.insert(source);
            }
        }
        keys
    }
}

/// Whether a call failed.
pub fn is_error(event: &Value) -> bool {
    !event["errorCode"].is_null() || !event["errorMessage"].is_null()
}

/// A text; nothing for anything else.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
