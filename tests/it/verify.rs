//! `verify`: chains of digests that a key of these tests signs, and what becomes of them when any part is touched.

use std::io::{Read, Write};
use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Ended, Place};

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "us-east-1";
pub const BUCKET: &str = "logs";
const FINGERPRINT: &str = "31e8b5433410dfb61a9dc45cc65b22ff";
/// Hours of the chain that most tests begin with; the third is quiet.
const HOURS: u32 = 6;
const QUIET: u32 = 2;

fn key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).expect("a key"))
}

/// What the AWS CLI prints of a key.
fn list_of(key: &KeyPair, fingerprint: &str, valid: [&str; 2]) -> String {
    let key = STANDARD.encode(key.public_key().as_ref());
    let [from, until] = valid;
    json!({ "PublicKeyList": [{
        "Value": key, "ValidityStartTime": from, "ValidityEndTime": until, "Fingerprint": fingerprint,
    }] })
    .to_string()
}

const MONTH: [&str; 2] = ["2026-08-25T00:00:00+00:00", "2026-09-25T00:00:00+00:00"];

/// The list of the key that signs here.
pub fn keys() -> String {
    list_of(key(), FINGERPRINT, MONTH)
}

pub fn gzip(text: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(text).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

pub fn gunzip(packed: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut text).expect("gzip");
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// Digests of a trail for one account and region, as they are delivered.
pub struct Trail {
    pub name: &'static str,
    pub account: &'static str,
    pub region: &'static str,
    /// What stands before the account: `AWSLogs/`, with an organization's id behind it for a trail of one.
    pub root: &'static str,
    /// The last digest, by which the next is linked: key, hash, signature.
    last: Option<[String; 3]>,
    /// Key and signature of each.
    pub signatures: Vec<(String, String)>,
}

impl Trail {
    pub fn new(name: &'static str) -> Self {
        Self { name, account: ACCOUNT, region: REGION, root: "AWSLogs/", last: None, signatures: Vec::new() }
    }

    pub fn log_key(&self, hour: u32, minute: u32, unique: &str) -> String {
        let Self { account, region, root, .. } = self;
        let name = format!("{account}_CloudTrail_{region}_20260901T{hour:02}{minute:02}Z_{unique}.json.gz");
        format!("{root}{account}/CloudTrail/{region}/2026/09/01/{name}")
    }

    /// The key of the digest of an hour; `late` is what a backfill has behind the time.
    pub fn digest_key(&self, hour: u32, late: &str) -> String {
        let Self { account, region, root, name, .. } = self;
        let file = format!(
            "{account}_CloudTrail-Digest_{region}_{name}_us-east-1_20260901T{:02}3000Z{late}.json.gz",
            hour + 1
        );
        format!("{root}{account}/CloudTrail-Digest/{region}/2026/09/01/{file}")
    }

    /// Delivers a log of an hour: its key and what it holds.
    pub fn log(&self, place: &Place, hour: u32, minute: u32) -> (String, String) {
        let key = self.log_key(hour, minute, &format!("{}{hour:02}{minute:02}abcdef", self.name));
        let text = log_text(self.account, self.region, (hour, minute));
        place.write(&format!("{BUCKET}/{key}"), gzip(text.as_bytes(), 6));
        (key, text)
    }

    /// Delivers the digest of the hour from half past, naming these logs.
    pub fn digest(&mut self, place: &Place, hour: u32, logs: &[(String, String)]) {
        self.digest_called(place, (hour, ""), logs);
    }

    pub fn digest_called(&mut self, place: &Place, (hour, late): (u32, &str), logs: &[(String, String)]) {
        let key = self.digest_key(hour, late);
        let logs: Vec<Value> = logs
            .iter()
            .map(|(key, text)| {
                json!({ "s3Bucket": BUCKET, "s3Object": key, "hashValue": sha256(text.as_bytes()),
                    "hashAlgorithm": "SHA-256", "newestEventTime": "2026-09-01T00:00:00Z",
                    "oldestEventTime": "2026-09-01T00:00:00Z" })
            })
            .collect();
        let (start, end) = (format!("2026-09-01T{hour:02}:30:00Z"), format!("2026-09-01T{:02}:30:00Z", hour + 1));
        let [previous, hash, signature] = match &self.last {
            Some(last) => last.each_ref().map(|text| json!(text)),
            None => [Value::Null, Value::Null, Value::Null],
        };
        let has_last = self.last.is_some();
        let text = json!({
            "awsAccountId": self.account, "digestStartTime": start, "digestEndTime": end,
            "digestS3Bucket": BUCKET, "digestS3Object": key,
            "digestPublicKeyFingerprint": FINGERPRINT, "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": null, "oldestEventTime": null,
            "previousDigestS3Bucket": has_last.then_some(BUCKET), "previousDigestS3Object": previous,
            "previousDigestHashValue": hash, "previousDigestHashAlgorithm": has_last.then_some("SHA-256"),
            "previousDigestSignature": signature, "logFiles": logs,
        })
        .to_string();
        let hash = sha256(text.as_bytes());
        let previous = self.last.as_ref().map_or("null", |[_, _, signature]| signature);
        let signature = sign(&format!("{end}\n{BUCKET}/{key}\n{hash}\n{previous}"));
        place.write(&format!("{BUCKET}/{key}"), gzip(text.as_bytes(), 6));
        self.signatures.push((key.clone(), signature.clone()));
        self.last = Some([key, hash, signature]);
    }

    /// Six hours, of which one is quiet.
    pub fn hours(&mut self, place: &Place) {
        for hour in 0..HOURS {
            let logs: Vec<_> = if hour == QUIET { Vec::new() } else { vec![self.log(place, hour, 45)] };
            self.digest(place, hour, &logs);
        }
    }
}

pub fn log_text(account: &str, region: &str, (hour, minute): (u32, u32)) -> String {
    json!({ "Records": [{
        "eventVersion": "1.08", "eventID": format!("{account}-{region}-{hour}-{minute}"), "eventName": "DescribeInstances",
        "eventSource": "ec2.amazonaws.com", "eventTime": format!("2026-09-01T{hour:02}:{minute:02}:00Z"),
        "awsRegion": region, "sourceIPAddress": "192.0.2.1", "readOnly": true, "recipientAccountId": account,
        "userIdentity": { "type": "Root", "principalId": account, "accountId": account, "arn": format!("arn:aws:iam::{account}:root") },
    }] })
    .to_string()
}

fn sign(text: &str) -> String {
    let mut signature = vec![0; key().public_modulus_len()];
    key().sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("a signature");
    hex(&signature)
}

/// A folder with the chain of six hours, and the list of keys beside it.
fn delivered() -> (Place, Trail) {
    let (place, mut trail) = (Place::new(), Trail::new("main"));
    trail.hours(&place);
    place.write("keys.json", keys());
    (place, trail)
}

/// A row in brief: state, what it is, and the end of the file's name that tells it apart, or the hours.
pub fn rows(ended: &Ended) -> Vec<String> {
    brief(&serde_json::from_str(ended.text()).expect("JSON"))
}

fn brief(answer: &Value) -> Vec<String> {
    let rows = answer["rows"].as_array().expect("rows").iter().map(|row| {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let time = |name: &str| text(name).get(11..16).unwrap_or("-").to_owned();
        format!(
            "{} {} {}",
            text("state"),
            text("what"),
            match text("what") {
                "hours" => format!("{}-{}", time("from"), time("until")),
                "digest" => time("until"),
                _ => time("from"),
            }
        )
    });
    rows.collect()
}

/// The rules that found something, and how severe.
fn rules(ended: &Ended) -> Vec<String> {
    let answer: Value = serde_json::from_str(ended.text()).expect("JSON");
    let findings = answer["findings"].as_array().expect("findings").iter();
    findings
        .map(|finding| format!("{} {}", finding["severity"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
        .collect()
}

/// What the end of a chain leaves open on a disk: the last digest and its log.
const END: [&str; 2] = ["unverified log 05:45", "unverified digest 06:30"];

fn with_end(rows: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = rows.iter().copied().chain(END).map(str::to_owned).collect();
    let order = ["altered", "missing", "gap", "unlisted", "unverified"];
    all.sort_by_key(|row| order.iter().position(|state| row.starts_with(state)));
    all
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}

/// Runs over the folder, and says what is not verified.
fn verify(place: &Place, more: &str, code: i32) -> Vec<String> {
    rows(&place.trailscan(&format!("verify {BUCKET} --public-keys keys.json --format json {more}")).ends(code))
}

#[test]
fn a_whole_chain_is_proven_but_for_its_end_on_a_disk() {
    let (place, _) = delivered();
    assert_eq!(sorted(verify(&place, "", 3)), sorted(with_end(&[])));
    let each = verify(&place, "--each", 3);
    assert_eq!((each.len(), each.iter().filter(|row| row.starts_with("verified")).count()), (11, 9));
    // The digest after the window bears witness.
    assert_eq!(verify(&place, "--until 2026-09-01T05:30:00Z", 0), [""; 0]);
    assert_eq!(verify(&place, "--since 2026-09-01T02:30:00Z --until 2026-09-01T04:30:00Z --each", 0).len(), 3);
    assert_eq!(verify(&place, "--account 444455556666", 3), [""; 0], "nothing was judged");
    // What was removed from the end leaves no other trace.
    let until = |more: &str| sorted(verify(&place, &format!("--since 2026-09-01 --until 2026-09-01T{more}"), 3));
    let end = sorted(with_end(&[]));
    assert_eq!(until("12:00:00Z"), sorted(with_end(&["gap hours 06:30-12:00"])));
    assert_eq!(until("09:00:00Z"), end, "perhaps not written yet");
    assert_eq!(until("12:00:00Z --now 2026-09-01T09:00:00Z"), end, "it has not come");
    let table = place.trailscan("verify logs --public-keys keys.json --until 2026-09-01T05:30:00Z").ends(0);
    assert!(table.stderr.contains("verify: 4 logs and 5 digests: 9 verified"), "{}", table.stderr);
}

/// What is done to a delivered chain, and what is found of it beside the open end.
type Tampering = (&'static str, fn(&Place, &Trail), &'static [&'static str], &'static [&'static str]);

fn path(key: &str) -> String {
    format!("{BUCKET}/{key}")
}

fn log_of(trail: &Trail, hour: u32) -> String {
    path(&trail.log_key(hour, 45, &format!("{}{hour:02}45abcdef", trail.name)))
}

fn remove(place: &Place, name: &str) {
    std::fs::remove_file(place.path(name)).expect("it was there");
}

/// Writes a digest anew, changed.
fn edit(place: &Place, key: &str, change: impl Fn(&mut Value)) {
    let mut digest: Value = serde_json::from_slice(&gunzip(&place.read_bytes(&path(key)))).expect("JSON");
    change(&mut digest);
    place.write(&path(key), gzip(digest.to_string().as_bytes(), 6));
}

const TAMPERINGS: &[Tampering] = &[
    (
        "an event of a log is changed",
        |place, trail| {
            let text = log_text(ACCOUNT, REGION, (1, 45)).replace("192.0.2.1", "192.0.2.9");
            place.write(&log_of(trail, 1), gzip(text.as_bytes(), 6));
        },
        &["altered log 01:45"],
        &["critical delivered-altered"],
    ),
    (
        "bytes are put behind the stream of a log, as no delivery has",
        |place, trail| {
            let bytes = place.read_bytes(&log_of(trail, 1));
            place.write(&log_of(trail, 1), [&bytes[..], b"x"].concat());
        },
        &["altered log 01:45"],
        &["critical delivered-altered"],
    ),
    (
        "a log is removed",
        |place, trail| remove(place, &log_of(trail, 1)),
        &["missing log 01:45"],
        &["critical delivered-missing"],
    ),
    (
        "a log is packed anew: it holds the same",
        |place, trail| {
            place.write(&log_of(trail, 1), gzip(log_text(ACCOUNT, REGION, (1, 45)).as_bytes(), 1));
        },
        &[],
        &[],
    ),
    (
        "a log lies unpacked: it holds the same",
        |place, trail| {
            remove(place, &log_of(trail, 1));
            place.write(log_of(trail, 1).trim_end_matches(".gz"), log_text(ACCOUNT, REGION, (1, 45)));
        },
        &[],
        &[],
    ),
    (
        "a log has another name: it holds what a digest names",
        |place, trail| {
            let renamed = path(&trail.log_key(1, 50, "renamed"));
            std::fs::rename(place.path(log_of(trail, 1)), place.path(renamed)).expect("it was there");
        },
        &[],
        &[],
    ),
    (
        "two logs change places",
        |place, trail| {
            let (one, other) = (place.read_bytes(&log_of(trail, 0)), place.read_bytes(&log_of(trail, 1)));
            place.write(&log_of(trail, 0), other);
            place.write(&log_of(trail, 1), one);
        },
        &["altered log 00:45", "altered log 01:45"],
        &["critical delivered-altered"],
    ),
    (
        "a log is added in an hour of digests",
        |place, trail| {
            let key = path(&trail.log_key(3, 50, "added"));
            place.write(&key, gzip(log_text("1", REGION, (3, 50)).as_bytes(), 6));
        },
        &["unlisted log 03:50"],
        &["medium log-unlisted"],
    ),
    (
        "a log is added before the first digest: nothing tells of that hour",
        |place, trail| {
            let key = path(&trail.log_key(0, 10, "before"));
            place.write(&key, gzip(log_text("1", REGION, (0, 10)).as_bytes(), 6));
        },
        &["unverified log 00:10"],
        &[],
    ),
    (
        "a digest is removed",
        |place, trail| remove(place, &path(&trail.digest_key(3, ""))),
        &["missing digest 04:30", "gap hours 03:30-04:30", "unverified log 03:45", "unverified digest 03:30"],
        &["critical delivered-missing", "high digest-gap"],
    ),
    (
        "two digests in a row are removed: the earlier is named by none",
        |place, trail| {
            remove(place, &path(&trail.digest_key(2, "")));
            remove(place, &path(&trail.digest_key(3, "")));
        },
        &[
            "missing digest 04:30",
            "gap hours 02:30-04:30",
            "unverified log 03:45",
            "unverified digest 02:30",
            "unverified log 01:45",
        ],
        &["critical delivered-missing", "high digest-gap"],
    ),
    (
        "a log and its line in the digest are removed",
        |place, trail| {
            remove(place, &log_of(trail, 1));
            edit(place, &trail.digest_key(1, ""), |digest| digest["logFiles"] = json!([]));
        },
        &["altered digest 02:30"],
        &["critical delivered-altered"],
    ),
    (
        "a digest is no JSON any more",
        |place, trail| {
            place.write(&path(&trail.digest_key(1, "")), gzip(b"gone", 6));
        },
        &["altered digest 02:30", "unverified log 01:45", "unverified digest 01:30", "unverified log 00:45"],
        &["critical delivered-altered"],
    ),
    (
        "the signature of the digest before is changed in the one after",
        |place, trail| {
            edit(place, &trail.digest_key(3, ""), |digest| digest["previousDigestSignature"] = json!("00ff"));
        },
        &["altered digest 04:30", "unverified digest 03:30", "unverified log 03:45"],
        &["critical delivered-altered"],
    ),
    (
        "the link to the digest before is changed",
        |place, trail| {
            let earlier = trail.digest_key(1, "");
            edit(place, &trail.digest_key(3, ""), |digest| digest["previousDigestS3Object"] = json!(earlier));
        },
        &["altered digest 04:30", "unverified digest 03:30", "unverified log 03:45"],
        &["critical delivered-altered"],
    ),
    (
        "a digest is put in the place of another",
        |place, trail| {
            let other = place.read_bytes(&path(&trail.digest_key(1, "")));
            place.write(&path(&trail.digest_key(3, "")), other);
        },
        &["altered digest 04:30", "unverified log 03:45", "unverified digest 03:30"],
        &["critical delivered-altered"],
    ),
];

#[test]
fn every_tampering_is_found_and_its_near_misses_are_not() {
    for (what, tamper, expected, found) in TAMPERINGS {
        let (place, trail) = delivered();
        tamper(&place, &trail);
        let ended = place.trailscan("verify logs --public-keys keys.json --format json").ends(3);
        assert_eq!(sorted(rows(&ended)), sorted(with_end(expected)), "{what}: {}", ended.text());
        assert_eq!(rules(&ended), *found, "{what}: {}", ended.text());
    }
}

/// What was found over the chain of six hours with these keys in the place of the right ones.
fn with_keys(keys: &str, code: i32) -> (Place, Ended) {
    let (place, _) = delivered();
    place.write("keys.json", keys);
    let ended =
        place.trailscan("verify logs --public-keys keys.json --format json --until 2026-09-01T05:30:00Z").ends(code);
    (place, ended)
}

fn all_are(state: &str, ended: &Ended, count: usize) {
    let rows = rows(ended);
    assert!(rows.len() == count && rows.iter().all(|row| row.starts_with(state)), "{rows:?}");
}

#[test]
fn a_signature_is_worth_what_its_key_is() {
    static OTHER: OnceLock<KeyPair> = OnceLock::new();
    let other = OTHER.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).expect("a key"));
    let (_, ended) = with_keys(&list_of(other, "another", MONTH), 3);
    all_are("unverified", &ended, 9);
    assert!(ended.text().contains(&format!("no public key {FINGERPRINT} was given")), "a key of another region");
    let (_, ended) = with_keys(&list_of(other, FINGERPRINT, MONTH), 3);
    let rows = rows(&ended);
    let is_altered = rows.iter().any(|row| row.starts_with("altered digest"));
    assert!(rows.len() >= 8 && is_altered, "{rows:?}: not signed with it");
    for valid in [["2026-08-25T00:00:00Z", "2026-08-31T00:00:00Z"], ["2026-09-02T00:00:00Z", "2026-09-25T00:00:00Z"]] {
        let (_, ended) = with_keys(&list_of(key(), FINGERPRINT, valid), 3);
        all_are("unverified", &ended, 9);
        assert!(ended.text().contains("was valid at another time"), "{valid:?}");
    }
    // Signed within two hours of the end of its hours.
    with_keys(&list_of(key(), FINGERPRINT, ["2026-09-01T03:00:00Z", "2026-09-25T00:00:00Z"]), 0);
    let (place, _) = with_keys(&keys(), 0);
    let seconds =
        keys().replace(&format!("{:?}", MONTH[0]), "1787616000").replace(&format!("{:?}", MONTH[1]), "1790294400.25");
    place.write("keys/b.json", seconds);
    place.write("keys/a.json", list_of(other, "another", MONTH));
    place.trailscan("verify logs --public-keys keys --until 2026-09-01T05:30:00Z").ends(0);
    let none = place.trailscan("verify logs --format json --until 2026-09-01T05:30:00Z").ends(3);
    all_are("unverified", &none, 9);
    let command = "aws cloudtrail list-public-keys --region us-east-1 --start-time 2026-08-31T23:30:00Z --end-time 2026-09-01T07:30:00Z";
    assert!(none.stderr.contains(command), "{}", none.stderr);
}

#[test]
fn files_of_keys_that_are_none() {
    let (place, _) = delivered();
    for (text, said) in [("{}", "not the output of aws cloudtrail list-public-keys"), ("[1", "not the output of")] {
        place.write("keys.json", text);
        let ended = place.trailscan("verify logs --public-keys keys.json").ends(2);
        assert!(ended.stderr.contains("keys.json: ") && ended.stderr.contains(said), "{}", ended.stderr);
    }
    let ended = place.trailscan("verify logs --public-keys nowhere.json").ends(2);
    assert!(ended.stderr.contains("nowhere.json: no such file"), "{}", ended.stderr);
    // A key that is none verifies nothing.
    place.write("keys.json", list_of(key(), FINGERPRINT, MONTH).replace("MII", "AAA"));
    assert!(verify(&place, "", 3).iter().all(|row| !row.starts_with("verified")));
}

#[test]
fn chains_that_end_begin_and_are_cut() {
    // Validation was off for two hours: CloudTrail begins a new chain.
    let (place, mut trail) = (Place::new(), Trail::new("main"));
    place.write("keys.json", keys());
    for hour in [0, 1, 4, 5] {
        if hour == 4 {
            trail.last = None;
        }
        let log = trail.log(&place, hour, 45);
        trail.digest(&place, hour, &[log]);
    }
    let ended = place.trailscan("verify logs --public-keys keys.json --format json").ends(3);
    // The last digest of the first chain has none after it, either.
    let expected = ["gap hours 02:30-04:30", "unverified digest 02:30", "unverified log 01:45"];
    assert_eq!(sorted(rows(&ended)), sorted(with_end(&expected)));
    assert_eq!(rules(&ended), ["medium digest-gap"]);
    // What was read begins in the middle of a chain: nothing is known to be missing.
    let (place, trail) = delivered();
    for hour in 0..3 {
        remove(&place, &path(&trail.digest_key(hour, "")));
        if hour != QUIET {
            remove(&place, &log_of(&trail, hour));
        }
    }
    let ended =
        place.trailscan("verify logs --public-keys keys.json --format json --until 2026-09-01T05:30:00Z").ends(0);
    assert!(ended.stderr.contains("1 chain of digests began before what was read"), "{}", ended.stderr);
    // A window says that it has to be there.
    let window = "--since 2026-09-01T02:30:00Z --until 2026-09-01T05:30:00Z";
    assert_eq!(verify(&place, window, 3), ["missing digest 03:30"]);
    let window = "--since 2026-09-01T03:30:00Z --until 2026-09-01T05:30:00Z";
    assert_eq!(verify(&place, window, 0), [""; 0]);
}

#[test]
fn a_backfill_names_what_was_late() {
    let (place, trail) = delivered();
    let late = trail.log(&place, 1, 50);
    assert!(verify(&place, "", 3).contains(&"unlisted log 01:50".to_owned()));
    let mut backfill = Trail::new("main");
    backfill.digest_called(&place, (1, "_backfill"), &[late]);
    // On a disk its signature is nowhere.
    let rows = verify(&place, "", 3);
    let expected = ["unverified log 01:50", "unverified digest 02:30"];
    assert_eq!(sorted(rows), sorted(with_end(&expected)));
    // One after it, which names it.
    let other = backfill.log(&place, 3, 50);
    backfill.digest_called(&place, (3, "_backfill"), &[other]);
    let until = "--until 2026-09-01T03:00:00Z";
    assert_eq!(verify(&place, until, 0), [""; 0]);
}

#[test]
fn trails_and_organizations_in_one_bucket() {
    let (place, trail) = delivered();
    let mut others = [
        Trail { name: "second", ..Trail::new("second") },
        Trail { account: "444455556666", root: "AWSLogs/o-exampleorgid/", ..Trail::new("org") },
        Trail { region: "eu-west-1", ..Trail::new("main") },
    ];
    for other in &mut others {
        other.hours(&place);
    }
    let until = "--until 2026-09-01T05:30:00Z";
    assert_eq!(verify(&place, until, 0), [""; 0]);
    assert_eq!(verify(&place, &format!("{until} --each"), 0).len(), 4 * 9);
    assert_eq!(verify(&place, &format!("{until} --each --account 444455556666"), 0).len(), 9);
    assert_eq!(verify(&place, &format!("{until} --each --region eu-west-1"), 0).len(), 9);
    // What is done to one is told of one.
    remove(&place, &log_of(&others[1], 1));
    let ended = place.trailscan(&format!("verify logs --public-keys keys.json --format json {until}")).ends(3);
    assert_eq!(rows(&ended), ["missing log 01:45"]);
    assert!(ended.text().contains("\"account_id\":\"444455556666\""), "{}", ended.text());
    // A trail without validation that delivers there, too.
    let quiet = Trail::new("unsigned");
    quiet.log(&place, 3, 55);
    assert!(verify(&place, until, 3).contains(&"unlisted log 03:55".to_owned()));
    // In a folder of its own, as that of an organization's trail: no digest tells of that folder.
    let apart = Trail { root: "AWSLogs/o-exampleorgid/", ..Trail::new("apart") };
    apart.log(&place, 3, 56);
    assert!(verify(&place, until, 3).contains(&"unverified log 03:56".to_owned()));
    assert!(trail.signatures.len() == 6);
}

#[test]
fn how_it_ends() {
    let (place, trail) = delivered();
    let run = |more: &str, code| {
        place.trailscan(&format!("verify logs --public-keys keys.json --until 2026-09-01T05:30:00Z {more}")).ends(code)
    };
    run("--fail-on info", 0);
    remove(&place, &log_of(&trail, 1));
    run("", 3);
    run("--fail-on critical", 4);
    let findings = run("--format sarif", 3);
    assert!(findings.text().contains("delivered-missing"), "{}", findings.text());
    place.write(&path(&trail.log_key(3, 55, "added")), gzip(b"{}", 6));
    run("--fail-on critical", 3);
    let ended = place
        .trailscan("verify logs/AWSLogs/111122223333/CloudTrail-Digest --public-keys keys.json --format json")
        .ends(3);
    assert!(rows(&ended).iter().all(|row| row.starts_with("unverified")), "nobody gave the logs: none is missing");
    let ended = place.trailscan("verify logs/AWSLogs/111122223333/CloudTrail --public-keys keys.json").ends(3);
    assert!(ended.stderr.contains("no digest is in reach"), "{}", ended.stderr);
    std::fs::create_dir_all(place.path("empty")).unwrap();
    place.trailscan("verify empty").ends(1);
    place.write(
        "trailscan.toml",
        "[[suppress]]\nrule = \"delivered-missing\"\nreason = \"expired\"\nexpires = \"2027-01-01\"\n",
    );
    assert!(!run("--format sarif", 3).text().contains("\"ruleId\":\"delivered-missing\""));
}

/// What a report's pass over the same objects finds is what `verify` finds.
#[test]
fn reports_verify_in_the_same_pass() {
    for (what, tamper, expected, _) in TAMPERINGS {
        let (place, trail) = delivered();
        tamper(&place, &trail);
        let answer: Value =
            serde_json::from_str(place.trailscan("audit logs --public-keys keys.json --format json").run().text())
                .expect("JSON");
        let report = &answer["reports"]["verify"];
        // A report reads members of gzip one after another, as nothing that is delivered has them.
        if what.starts_with("bytes are put behind") {
            continue;
        }
        assert_eq!(sorted(brief(report)), sorted(with_end(expected)), "{what}");
        let alone: Value =
            serde_json::from_str(place.trailscan("verify logs --public-keys keys.json --format json").ends(3).text())
                .expect("JSON");
        assert_eq!(report["rows"], alone["rows"], "{what}");
        assert_eq!(answer["coverage"]["verification"], alone["coverage"]["verification"], "{what}");
    }
}

#[test]
fn a_report_counts_what_is_verified_where_it_is_asked() {
    let (place, trail) = delivered();
    let plain = place.trailscan("audit logs").json(0);
    assert!(plain["coverage"]["verification"].is_null() && plain["reports"]["verify"].is_null());
    let until = "--until 2026-09-01T05:30:00Z";
    let asked = place.trailscan(&format!("audit logs --public-keys keys.json {until}")).json(0);
    assert_eq!(asked["coverage"]["objects_skipped"], json!({ "digest": 6 }), "no event is in a digest");
    let none = json!({ "verified": 4, "unverified": 0, "altered": 0, "missing": 0, "unlisted": 0 });
    assert_eq!(asked["coverage"]["verification"]["logs"], none);
    assert_eq!(asked["coverage"]["verification"]["gaps"], 0);
    assert_eq!(asked["reports"]["verify"]["rows"], json!([]));
    // One report: the coverage alone tells.
    let run = place.trailscan(&format!("principals logs --public-keys keys.json {until}")).ends(0);
    assert!(run.stderr.contains("4 of 4 logs verified by digests"), "{}", run.stderr);
    let text = log_text(ACCOUNT, REGION, (1, 45)).replace("192.0.2.1", "192.0.2.9");
    place.write(&log_of(&trail, 1), gzip(text.as_bytes(), 6));
    let table = place.trailscan(&format!("audit logs --public-keys keys.json {until} --fail-on critical")).ends(4);
    assert!(table.text().contains("delivered-altered"), "{}", table.text());
    // Of what has no name of a log, no digest tells.
    place.write("logs/copy.json", log_text(ACCOUNT, REGION, (3, 50)));
    let unnamed = place.trailscan(&format!("audit logs --public-keys keys.json {until}")).json(0);
    assert_eq!(unnamed["coverage"]["verification"]["logs"]["unverified"], 1);
    let warnings = unnamed["coverage"]["warnings"].to_string();
    assert!(warnings.contains("1 object has no name that CloudTrail gives, or came in an archive"), "{warnings}");
    // A large object arrives in parts.
    let filler = format!("{{\"Records\":[{}]}}", vec![" ".repeat(1 << 20); 33].join(""));
    let (place, mut trail) = (Place::new(), Trail::new("main"));
    place.write("keys.json", keys());
    let (key, _) = trail.log(&place, 0, 45);
    place.write(&path(&key), gzip(filler.as_bytes(), 1));
    trail.digest(&place, 0, &[(key, filler)]);
    trail.digest(&place, 1, &[]);
    let asked = place.trailscan("audit logs --public-keys keys.json --until 2026-09-01T01:30:00Z --format json").run();
    let asked: Value = serde_json::from_str(asked.text()).expect("JSON");
    assert_eq!(asked["coverage"]["verification"]["logs"]["verified"], 1, "{}", asked["coverage"]);
    // What is kept was not read.
    let refused = place.trailscan("audit logs --public-keys keys.json --cache kept").ends(2);
    assert!(refused.stderr.contains("--public-keys: objects are verified as they are read"), "{}", refused.stderr);
}

/// Writes `sample-logs/signed`: a chain of this key, which nobody has afterwards, and what was done to it.
#[test]
#[ignore = "signs the sample anew, with another key"]
fn sample() {
    let (place, trail) = delivered();
    place.write(
        &log_of(&trail, 1),
        gzip(log_text(ACCOUNT, REGION, (1, 45)).replace("192.0.2.1", "192.0.2.9").as_bytes(), 6),
    );
    place.write(
        &path(&trail.log_key(3, 50, "6b2d1f0e9c8a7b65")),
        gzip(log_text(ACCOUNT, REGION, (3, 50)).as_bytes(), 6),
    );
    remove(&place, &log_of(&trail, 4));
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs/signed");
    let _ = std::fs::remove_dir_all(&sample);
    std::fs::create_dir_all(&sample).expect("a folder");
    for part in ["logs/AWSLogs", "keys.json"] {
        let to = sample.join(part.trim_start_matches("logs/"));
        let copied = std::process::Command::new("cp").arg("-r").arg(place.path(part)).arg(to).status();
        assert!(copied.expect("cp").success());
    }
}

/// The commands of the help run, over the chain of six hours: on a disk its end stays open.
#[test]
#[cfg(unix)]
fn the_examples_of_the_help() {
    let (place, _) = delivered();
    std::fs::rename(place.path("logs/AWSLogs"), place.path("AWSLogs")).expect("it was there");
    let help = place.trailscan("verify --help").ends(0);
    let examples: Vec<&str> =
        help.text().lines().filter_map(|line| line.trim().strip_prefix("trailscan verify ")).collect();
    assert_eq!(examples.len(), 2, "{examples:?}");
    let [on_disk, on_s3] = examples[..] else { unreachable!() };
    assert!(place.trailscan("verify").args(on_disk.split(' ')).ends(3).stderr.contains("9 verified, 2 unverified"));
    assert!(on_s3.contains("s3://"));
    assert!(help.text().lines().any(|line| line.trim().starts_with("aws cloudtrail list-public-keys ")));
}

#[cfg(not(feature = "s3"))]
#[test]
fn this_build_asks_nobody_for_keys() {
    let (place, _) = delivered();
    let ended = place.trailscan("verify logs --public-keys aws").ends(2);
    assert!(ended.stderr.contains("--public-keys aws: this build does not ask CloudTrail"), "{}", ended.stderr);
}
