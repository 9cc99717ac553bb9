//! `verify` over S3: signatures stand in the metadata of digests.

use std::collections::HashMap;

use super::server::{Fault, Server};
use super::{Place, asking};
use crate::verify::{BUCKET, Trail, gzip, keys, rows};

/// A chain of six hours as a bucket, served with what `metadata` has for a digest, by its key.
fn served(place: &Place, metadata: impl Fn(&Trail) -> HashMap<String, String>) -> (Server, Trail) {
    let mut trail = Trail::new("main");
    trail.hours(place);
    place.write("keys.json", keys());
    let signatures: HashMap<String, &'static str> =
        metadata(&trail).into_iter().map(|(key, text)| (format!("/{BUCKET}/{key}"), &*text.leak())).collect();
    std::fs::create_dir_all(place.path("buckets")).expect("a folder");
    std::fs::rename(place.path(BUCKET), place.path("buckets").join(BUCKET)).expect("the bucket");
    let server = Server::start(&place.path("buckets"), move |asked| {
        let signature = signatures.get(&asked.path).filter(|_| asked.method == "GET")?;
        Some(Fault::Header("x-amz-meta-signature", signature))
    });
    (server, trail)
}

fn right(trail: &Trail) -> HashMap<String, String> {
    trail.signatures.iter().cloned().collect()
}

fn ends(place: &Place, server: &Server, more: &str, code: i32) -> Vec<String> {
    let line = format!("verify s3://{BUCKET} --all --public-keys keys.json --format json {more}");
    rows(&asking(place, server, &line).ends(code))
}

#[test]
fn all_of_a_chain_is_proven_where_metadata_are() {
    let place = Place::new();
    let (server, _) = served(&place, right);
    assert_eq!(ends(&place, &server, "", 0), [""; 0]);
    assert_eq!(ends(&place, &server, "--each", 0).len(), 11);
    let table = asking(&place, &server, "verify s3://logs --public-keys keys.json").ends(3);
    assert!(table.stderr.contains("5 logs and 6 digests: 11 verified, 1 gap"), "{}", table.stderr);
    assert!(table.text().contains("the digests end before the window does"), "{}", table.text());
}

#[test]
fn a_signature_that_is_wrong_or_gone() {
    let edited = |change: fn(&mut String)| {
        let place = Place::new();
        let (server, _) = served(&place, |trail| {
            let mut all = right(trail);
            change(all.get_mut(&trail.digest_key(5, "")).expect("the last"));
            all
        });
        ends(&place, &server, "", 3)
    };
    // The last is proven by nothing else.
    let expected = ["altered digest 06:30", "unverified log 05:45"];
    assert_eq!(edited(|signature| signature.replace_range(..2, "zz")), expected);
    assert_eq!(edited(|signature| signature.replace_range(..4, "0000")), expected);
    assert_eq!(edited(String::clear), expected);
    // In the middle, the digest after it has the right signature: still somebody wrote the object anew.
    let place = Place::new();
    let (server, _) = served(&place, |trail| {
        let mut all = right(trail);
        all.insert(trail.digest_key(3, ""), "00".to_owned());
        all
    });
    assert_eq!(ends(&place, &server, "", 3), ["altered digest 04:30", "unverified log 03:45"]);
    let place = Place::new();
    let (server, _) = served(&place, |_| HashMap::new());
    assert_eq!(
        ends(&place, &server, "", 3),
        ["unverified digest 06:30", "unverified log 05:45"],
        "a copy without metadata"
    );
}

#[test]
fn what_is_touched_in_a_bucket() {
    let place = Place::new();
    let (server, trail) = served(&place, right);
    let path = |key: &str| format!("buckets/{BUCKET}/{key}");
    std::fs::remove_file(place.path(path(&trail.digest_key(2, "")))).expect("it was there");
    place.write(&path(&trail.log_key(4, 45, "main0445abcdef")), gzip(b"{\"Records\":[]}", 6));
    let expected = ["altered log 04:45", "missing digest 03:30", "gap hours 02:30-03:30"];
    assert_eq!(ends(&place, &server, "", 3), expected);
    asking(&place, &server, "verify s3://logs --all --region eu-west-1 --public-keys keys.json").ends(1);
}

/// Which days are there costs listings alone, digests of quiet days included.
#[test]
fn days_are_told_of_names_alone() {
    let place = Place::new();
    let (server, _) = served(&place, right);
    let folder = place.path("buckets").join(BUCKET).join("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/09/02");
    std::fs::create_dir_all(&folder).expect("folders");
    for hour in 0..24 {
        let stamp = format!("20260902T{hour:02}3000Z");
        let name = format!("111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_{stamp}.json.gz");
        std::fs::write(folder.join(name), "never opened").expect("a digest");
    }
    let days = "--since 2026-09-01 --until 2026-09-04";
    let line = format!("coverage s3://{BUCKET} {days} --format json");
    let ended = asking(&place, &server, &line).ends(3);
    let answer: serde_json::Value = serde_json::from_str(ended.text()).expect("JSON");
    let row = &answer["rows"][0];
    assert_eq!((row["calendar"].as_str(), row["state"].as_str()), (Some("#-."), Some("missing")), "{row}");
    assert_eq!(server.gets(), 0);
    let read = asking(&place, &server, &format!("{line} --public-keys keys.json")).ends(3);
    let answer: serde_json::Value = serde_json::from_str(read.text()).expect("JSON");
    assert_eq!(answer["rows"][0]["calendar"], "!!.", "the digests of the second day are none");
    assert!(server.gets() > 0);
}

/// The region of a request for public keys; `None` for any other.
fn asks_for_keys(asked: &super::server::Asked) -> Option<String> {
    let action = asked.headers.get("x-amz-target")?;
    assert!(action.ends_with("CloudTrail_20131101.ListPublicKeys"), "{action}");
    let (_, service) = asked.signed_by();
    assert_eq!(service, "cloudtrail");
    let scope = asked.headers["authorization"].split('/').nth(2).expect("a scope");
    Some(scope.to_owned())
}

#[test]
fn public_keys_are_asked_of_cloudtrail() {
    use super::cloud::refused;
    let listed: serde_json::Value = serde_json::from_str(&keys()).expect("JSON");
    let mut key = listed["PublicKeyList"][0].clone();
    key["ValidityStartTime"] = serde_json::json!(1_787_616_000.0);
    key["ValidityEndTime"] = serde_json::json!(1_790_294_400.5);
    let (first, second) = (serde_json::json!([]), serde_json::json!([key]));
    let (pages, is_refused) = ([first, second], std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let place = Place::new();
    let mut trail = Trail::new("main");
    trail.hours(&place);
    let signatures: HashMap<String, &'static str> =
        right(&trail).into_iter().map(|(key, text)| (format!("/{BUCKET}/{key}"), &*text.leak())).collect();
    std::fs::create_dir_all(place.path("buckets")).expect("a folder");
    std::fs::rename(place.path(BUCKET), place.path("buckets").join(BUCKET)).expect("the bucket");
    let refuses = std::sync::Arc::clone(&is_refused);
    let server = Server::start(&place.path("buckets"), move |asked| {
        if let Some(region) = asks_for_keys(asked) {
            assert_eq!(region, "us-east-1", "where the digests are of");
            if refuses.load(std::sync::atomic::Ordering::Relaxed) {
                return Some(refused("AccessDeniedException", "not authorized to perform: cloudtrail:ListPublicKeys"));
            }
            // Each run asks for two pages.
            let is_second = asked.before % 2 == 1;
            let mut page = serde_json::json!({ "PublicKeyList": pages[usize::from(is_second)] });
            if !is_second {
                page["NextToken"] = "more".into();
            }
            return Some(Fault::Text(200, page.to_string()));
        }
        let signature = signatures.get(&asked.path).filter(|_| asked.method == "GET")?;
        Some(Fault::Header("x-amz-meta-signature", signature))
    });
    let line = format!("verify s3://{BUCKET} --all --public-keys aws --format json");
    assert_eq!(rows(&asking(&place, &server, &line).ends(0)), [""; 0]);
    let audit = asking(&place, &server, &format!("audit s3://{BUCKET} --all --public-keys aws")).json(0);
    assert_eq!(audit["coverage"]["verification"]["logs"]["verified"], 5, "{}", audit["coverage"]["verification"]);
    is_refused.store(true, std::sync::atomic::Ordering::Relaxed);
    let ended = asking(&place, &server, &line).ends(3);
    let why = "the public keys of us-east-1 could not be had: access denied: allow cloudtrail:ListPublicKeys";
    assert!(ended.stderr.contains(why), "{}", ended.stderr);
    assert!(rows(&ended).iter().all(|row| row.starts_with("unverified")), "{:?}", rows(&ended));
}
