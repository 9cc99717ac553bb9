//! Shards of what lies in S3: listed once, by whoever plans, and read by name.

use serde_json::Value;

use super::{Archive, Fault, Server, archive, asking};
use crate::harness::Place;

/// A few accounts, regions and days.
fn filled(place: &Place) -> Archive<'_> {
    let logs = Archive::new(place);
    for account in &archive::ACCOUNTS[..3] {
        for region in archive::REGIONS {
            for day in 1..=5 {
                logs.log("AWSLogs/o-exampleorg/", account, region, (day, 1), 2);
            }
        }
    }
    logs
}

fn plan(place: &Place, server: &Server, tasks: u32) -> Vec<String> {
    let ended = asking(place, server, &format!("plan s3://logs --all --tasks {tasks}")).ends(0);
    ended.text().lines().map(str::to_owned).collect()
}

#[test]
fn shards_are_read_without_another_listing_and_answer_as_one_run() {
    let place = Place::new();
    let logs = filled(&place);
    let digest = "111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20260903T114203Z.json.gz";
    logs.put(&format!("AWSLogs/o-exampleorg/111122223333/CloudTrail-Digest/us-east-1/2026/09/03/{digest}"), b"digest");
    logs.put("AWSLogs/o-exampleorg/111122223333/CloudTrail/notes.txt", b"no log");
    let server = Server::start(&logs.root(), |_| None);
    let lines = plan(&place, &server, 5);
    assert_eq!((server.gets(), lines.len()), (0, 5), "the last is what tells no day");
    let first: Value = serde_json::from_str(&lines[0]).expect("JSON");
    let object = &first["objects"][0];
    assert!(object["object"].as_str().is_some_and(|name| name.starts_with("s3://logs/AWSLogs/")), "{object}");
    assert!(object["bytes"].is_u64(), "{object}");
    let reading = Server::start(&logs.root(), |_| None);
    for line in &lines {
        asking(&place, &reading, "rollup -q --shard - -o parts").stdin(line.as_str()).ends(0);
    }
    assert_eq!((reading.gets(), reading.listings().len()), (31, 0), "digests are not fetched");
    let answer = |input: &str| asking(&place, &server, &format!("audit --all --format json {input}")).ends(0).stdout;
    assert_eq!(answer("parts"), answer("s3://logs"));
}

#[test]
fn an_object_that_changed_or_is_not_to_be_had_is_named_and_nothing_is_kept() {
    let place = Place::new();
    let logs = filled(&place);
    let tagged = |text: &str| text.replace("<Size>", "<ETag>&quot;listed&quot;</ETag><Size>");
    let server = Server::start(&logs.root(), move |asked| asked.is_list().then_some(Fault::Edited(tagged)));
    let lines = plan(&place, &server, 2);
    let first: Value = serde_json::from_str(&lines[0]).expect("JSON");
    let uri = first["objects"][0]["object"].as_str().expect("a name").to_owned();
    let key = uri.strip_prefix("s3://logs/").expect("of the bucket").to_owned();
    let fails = |why: &str, fault: Option<Fault>| {
        let path = format!("/logs/{key}");
        let server = Server::start(&logs.root(), move |asked| fault.clone().filter(|_| asked.path == path));
        let run = asking(&place, &server, "rollup -q --shard - -o parts").env("AWS_MAX_ATTEMPTS", "1");
        let ended = run.stdin(lines[0].as_str()).ends(1);
        assert!(ended.stderr.contains(&format!("{uri}: ")) && ended.stderr.contains(why), "{}", ended.stderr);
        assert!(ended.stderr.contains("so there is no part: run shard 1 of plan "), "{}", ended.stderr);
    };
    fails("access denied", Some(Fault::Error(403, "AccessDenied", "Access Denied")));
    fails("status 500", Some(Fault::Error(500, "InternalError", "We encountered an internal error")));
    let bytes = std::fs::read(logs.folder(&key)).expect("an object");
    logs.put(&key, &[&bytes[..], b" "].concat());
    fails("more bytes than", None);
    logs.put(&key, &bytes);
    fails("another ETag", Some(Fault::Header("etag", "\"changed\"")));
    std::fs::remove_file(logs.folder(&key)).expect("an object");
    fails("", None);
    let nobody = place.trailscan("rollup -q --shard - -o parts").env("AWS_ENDPOINT_URL", server.url());
    let ended = nobody.stdin(lines[0].as_str()).ends(1);
    assert!(ended.stderr.contains("16 objects of 16 could not be asked for"), "{}", ended.stderr);
    assert_eq!(std::fs::read_dir(place.path("parts")).expect("a folder").count(), 0);
    logs.put(&key, &bytes);
    let listed = |asked: &super::server::Asked| (asked.method == "GET").then_some(Fault::Header("etag", "\"listed\""));
    let server = Server::start(&logs.root(), listed);
    asking(&place, &server, "rollup -q --shard - -o parts").stdin(lines[0].as_str()).ends(0);
}
