//! Any URI, any layout.

use super::{Archive, Server, asking};
use crate::harness::Place;

/// Every prefix that a trail may deliver to.
const LOGS: [&str; 5] =
    ["AWSLogs/", "AWSLogs/o-exampleorg/", "a/b/AWSLogs/", "o-exampleorg/AWSLogs/o-exampleorg/", "AWSLogs/AWSLogs/"];

#[test]
fn every_level_of_every_layout_is_an_input() {
    for logs in LOGS {
        let place = Place::new();
        let archive = Archive::new(&place);
        let key = archive.log(logs, "111122223333", "us-east-1", (10, 1), 3);
        let server = Server::start(&archive.root(), |_| None);
        let mut starts = vec![String::new()];
        starts.extend(key.match_indices('/').map(|(at, _)| key[..=at].to_owned()));
        starts.extend(key.match_indices('/').map(|(at, _)| key[..at].to_owned()));
        starts.push(key.clone());
        for start in starts {
            let run = asking(&place, &server, "principals --days 10").arg(format!("s3://logs/{start}")).json(0);
            assert_eq!(run["coverage"]["events_counted"], 3, "{logs} from {start:?}");
            assert_eq!(run["coverage"]["objects_found"], 1, "{logs} from {start:?}");
        }
    }
}

#[test]
fn several_trails_in_one_bucket() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for (number, logs) in LOGS.into_iter().enumerate() {
        archive.log(logs, "111122223333", "us-east-1", (10, number), 3);
    }
    archive.put("reports/2026/summary.json", b"{}");
    let server = Server::start(&archive.root(), |_| None);
    let run = asking(&place, &server, "principals --days 10 s3://logs").json(0);
    assert_eq!(run["coverage"]["objects_read"], 5);
    assert_eq!(run["coverage"]["events_counted"], 15);
    let warnings = run["coverage"]["warnings"].to_string();
    assert!(
        warnings.contains("1 folder beside AWSLogs/ left unread") && warnings.contains("s3://logs/reports/"),
        "{warnings}"
    );
}

#[test]
fn among_any_number_of_folders_the_logs_are_found() {
    for logs in ["team-300/AWSLogs/", "AWSLogs/", "o-exampleorg/AWSLogs/o-exampleorg/"] {
        let place = Place::new();
        let archive = Archive::new(&place);
        for number in 0..537 {
            archive.put(&format!("team-{number}/data.json"), b"{}");
        }
        for number in 0..40 {
            archive.put(&format!("{number}.json"), b"{}");
        }
        archive.log(logs, "111122223333", "us-east-1", (10, 1), 3);
        let server = Server::start(&archive.root(), |_| None);
        let run = asking(&place, &server, "principals --days 10 s3://logs").json(0);
        assert_eq!((&run["coverage"]["events_counted"], server.gets()), (&3.into(), 1), "{logs}");
        let warnings = run["coverage"]["warnings"].to_string();
        assert!(warnings.contains("folders beside AWSLogs/ left unread (s3://logs/team-"), "{warnings}");
        assert!(
            warnings.contains("40 objects beside AWSLogs/ left unread (s3://logs/0.json, s3://logs/1.json"),
            "{warnings}"
        );
        let asked = asking(&place, &server, "principals --all s3://logs/team-7/").run();
        assert!(asked.stderr.contains("1 skipped: other-json"), "who names it gets it: {}", asked.stderr);
    }
}

#[test]
fn a_bucket_that_is_read_whole_for_want_of_logs_says_so() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for number in 0..230 {
        archive.put(
            &format!("team-{number}/a/a.json"),
            br#"{"eventID":"1","eventName":"x","eventTime":"2026-09-10T00:00:00Z"}"#,
        );
    }
    let server = Server::start(&archive.root(), |_| None);
    let run = asking(&place, &server, "principals --all s3://logs").json(0);
    assert_eq!(run["coverage"]["objects_read"], 230);
    let warnings = run["coverage"]["warnings"].to_string();
    assert!(
        warnings.contains("s3://logs/ holds too many folders to look into each: no AWSLogs/ was found"),
        "{warnings}"
    );
}

#[test]
fn what_stands_beside_the_events_is_never_listed() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 3);
    for beside in ["CloudTrail-Digest", "CloudTrail-Insight", "Config", "vpcflowlogs", "elasticloadbalancing"] {
        archive.put(&format!("AWSLogs/111122223333/{beside}/us-east-1/2026/09/10/x.json.gz"), b"x");
    }
    let server = Server::start(&archive.root(), |_| None);
    let run = asking(&place, &server, "principals --days 10 s3://logs").json(0);
    // The keys of digests tell which days were quiet: they are listed, and none is fetched.
    assert_eq!(run["coverage"]["objects_found"], 2);
    assert_eq!(run["coverage"]["objects_skipped"]["digest"], 1);
    let account = "AWSLogs/111122223333/";
    for (prefix, by_folder, _) in server.listings() {
        let below = prefix.strip_prefix(account);
        let is_known = |below: &str| below.starts_with("CloudTrail/") || below.starts_with("CloudTrail-Digest/");
        assert!(below.is_none_or(is_known), "{prefix}");
        assert!(by_folder || prefix.ends_with("/us-east-1/"), "{prefix}");
    }
    // Who names it gets it, as a kind that is skipped; that is no answer.
    let digests = asking(&place, &server, "principals --all s3://logs/AWSLogs/111122223333/CloudTrail-Digest/").ends(1);
    assert!(digests.stderr.contains("1 skipped: digest"), "{}", digests.stderr);
    assert!(server.asked().iter().all(|asked| !asked.path.contains("Digest/us-east-1")));
}

#[test]
fn a_prefix_in_no_layout_is_listed_flat() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for folder in ["exports/", "exports/2026/", "exports/2026/09/deep/er/", "exports-old/"] {
        archive
            .put(&format!("{folder}a.json"), br#"{"eventID":"1","eventName":"x","eventTime":"2026-09-10T00:00:00Z"}"#);
    }
    archive.put("exports/README", b"no log");
    let server = Server::start(&archive.root(), |_| None);
    let counts = |uri: &str| {
        let run = asking(&place, &server, "principals --no-dedupe --all").arg(uri).json(0);
        (run["coverage"]["objects_read"].as_u64(), run["coverage"]["objects_skipped"]["not-json"].as_u64())
    };
    assert_eq!(counts("s3://logs/exports/"), (Some(3), Some(1)));
    assert_eq!(counts("s3://logs/exports"), (Some(3), Some(1)));
    assert_eq!(counts("s3://logs/exp"), (Some(4), Some(1)));
    assert_eq!(counts("s3://logs/exports/a"), (Some(1), None));
    assert_eq!(counts("s3://logs/exports/2026/a.json"), (Some(1), None));
    assert_eq!(counts("s3://logs/"), (Some(4), Some(1)));
    let windowed = asking(&place, &server, "principals --until 2026-09-09 s3://logs/exports/").json(3);
    assert_eq!(windowed["coverage"]["events_out_of_window"], 3);
}

#[test]
fn keys_of_any_spelling() {
    let place = Place::new();
    let archive = Archive::new(&place);
    let one = br#"{"eventID":"1","eventName":"x","eventTime":"2026-09-10T00:00:00Z"}"#;
    for name in ["a b.json", "a+b.json", "a%20b.json", "é.json", "a&b=c.json", "a'b\".json"] {
        archive.put(&format!("odd/{name}"), one);
    }
    let server = Server::start(&archive.root(), |_| None);
    let run = asking(&place, &server, "principals --no-dedupe --all s3://logs/odd/").json(0);
    assert_eq!((&run["coverage"]["objects_read"], &run["coverage"]["events"]), (&6.into(), &6.into()));
}

#[test]
fn a_prefix_without_anything_is_named() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 3);
    archive.put("AWSLogs/444455556666/Config/x.json", b"{}");
    let server = Server::start(&archive.root(), |_| None);
    for (uri, why) in [
        ("s3://logs/no/such/", "s3://logs/no/such/: no object has a key like this"),
        ("s3://logs/nosuch", "s3://logs/nosuch: no object has a key like this"),
        ("s3://logs/AWSLogs/111122223333/CloudTrail/us-west-2/", "us-west-2/: no object has a key like this"),
        ("s3://logs/AWSLogs/444455556666/", "444455556666/: holds no CloudTrail/ folder"),
    ] {
        let run = asking(&place, &server, "principals --days 10").arg(uri).ends(1);
        assert!(run.stderr.contains(why), "{uri}: {}", run.stderr);
    }
}
