//! How many requests a scan sends, and where its listings begin and end.

use serde_json::Value;

use super::archive::{ACCOUNTS, REGIONS};
use super::{Archive, Server, asking};
use crate::harness::Place;

#[test]
fn a_window_is_listed_and_nothing_else() {
    let place = Place::new();
    let archive = Archive::organization(&place);
    let server = Server::start(&archive.root(), |_| None);
    // Delivery days: 36 h before the window to 2 d after it, 4 to 9 September.
    let run = asking(&place, &server, "principals --since 2026-09-06 --until 2026-09-07 s3://logs").json(0);
    let objects = 25 * 6 * ACCOUNTS.len() * REGIONS.len();
    assert_eq!(run["coverage"]["objects_read"], objects);
    assert_eq!(server.gets(), objects);
    let (folders, keys): (Vec<_>, Vec<_>) = server.listings().into_iter().partition(|(_, by_folder, _)| *by_folder);
    // The bucket, AWSLogs/, the organisation, and each account's CloudTrail/ and CloudTrail-Digest/.
    assert_eq!(folders.len(), 3 + 2 * ACCOUNTS.len());
    let most = (ACCOUNTS.len() * REGIONS.len()) as f64 + 1.1 * objects as f64 / 1000.0;
    assert!(keys.len() as f64 <= most, "{} listings, {most} allowed", keys.len());
    for (prefix, _, start_after) in keys {
        assert_eq!(start_after, Some(format!("{prefix}2026/09/04")));
    }
}

/// What docs/s3.md says that a scan lists: each level above the accounts, each account twice, each of its regions once,
/// and once more where it has digests, and each further thousand objects.
fn lists(levels: usize, accounts: usize, regions: usize, digests: usize, further_pages: usize) -> usize {
    levels + 2 * accounts + regions + digests + further_pages
}

#[test]
fn listings_are_as_many_as_the_documentation_says() {
    let place = Place::new();
    let archive = Archive::new(&place);
    let account = "111122223333";
    for number in 0..2300 {
        archive.log("AWSLogs/", account, "us-east-1", (5, number), 1);
    }
    archive.log("AWSLogs/", account, "eu-west-1", (5, 1), 1);
    archive.log("AWSLogs/", "444455556666", "eu-west-1", (5, 1), 1);
    let name = "111122223333_CloudTrail-Digest_eu-west-1_trail_eu-west-1_20260905T004205Z.json.gz";
    archive.put(&format!("AWSLogs/{account}/CloudTrail-Digest/eu-west-1/2026/09/05/{name}"), b"x");
    let listed = |uri: &str| {
        let server = Server::start(&archive.root(), |_| None);
        let run = asking(&place, &server, "principals --since 2026-09-05 --until 2026-09-06").arg(uri).json(0);
        assert_eq!(
            run["coverage"]["objects_skipped"]["digest"],
            if uri.ends_with("6666/") { Value::Null } else { 1.into() }
        );
        server.listings().len()
    };
    assert_eq!(listed("s3://logs"), lists(2, 2, 3, 1, 2));
    assert_eq!(listed("s3://logs/AWSLogs/"), lists(1, 2, 3, 1, 2));
    assert_eq!(listed(&format!("s3://logs/AWSLogs/{account}/")), lists(0, 1, 2, 1, 2));
    assert_eq!(listed("s3://logs/AWSLogs/444455556666/"), lists(0, 1, 1, 0, 0));
    let docs = crate::docs::text_of("docs/s3.md");
    let docs = docs.split_whitespace().collect::<Vec<_>>().join(" ");
    let formula = "A scan makes one listing for each level of folders above the accounts (the bucket, `AWSLogs/`, the \
                   organization), two for each account, one for each region of it and another where it has digests, and \
                   one for each further thousand keys";
    assert!(docs.contains(formula), "docs/s3.md has no or another formula");
}

/// The events of an export come in parts, each of a scan of its own: what is listed is listed once for all of them.
#[cfg(feature = "columnar")]
#[test]
fn the_parts_of_an_export_list_once() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for day in [5, 9] {
        for number in 0..15 {
            archive.log("AWSLogs/", "111122223333", "us-east-1", (day, number), 1000);
        }
    }
    let exported = |flags: &str| {
        let server = Server::start(&archive.root(), |_| None);
        let run = format!("export tables --overwrite --format csv --late-slack 0 {flags} s3://logs");
        let ended = asking(&place, &server, &run).ends(0);
        assert!(!ended.stderr.contains("were read again"), "{}", ended.stderr);
        (server.listings().len(), server.gets())
    };
    let (listings, gets) = exported("--since 2026-09-05 --until 2026-09-10");
    assert_eq!(gets, 30);
    let with_events = exported("--since 2026-09-05 --until 2026-09-10 --with-events");
    // Of the two days each is read again by itself.
    assert_eq!(with_events, (2 * listings, 60));
    let folder = |day: u32| place.path(format!("tables/events/day=2026-09-{day:02}/part-0.csv"));
    for day in [5, 9] {
        assert_eq!(std::fs::read_to_string(folder(day)).expect("a part").lines().count(), 15_001);
    }
}

#[test]
fn a_region_of_many_pages() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for number in 0..2300 {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (5, number), 1);
    }
    for day in [1, 9] {
        for number in 0..1200 {
            archive.log("AWSLogs/", "111122223333", "us-east-1", (day, number), 1);
        }
    }
    let server = Server::start(&archive.root(), |_| None);
    let run = "principals --since 2026-09-05 --until 2026-09-06 --late-slack 0 s3://logs";
    let run = asking(&place, &server, run).json(0);
    assert_eq!(run["coverage"]["objects_read"], 2300);
    let keys = server.listings().into_iter().filter(|(_, by_folder, _)| !by_folder).count();
    assert!(keys as f64 <= 1.0 + 1.1 * 2.3, "{keys}");
}

#[test]
fn what_is_delivered_late_is_not_lost() {
    let place = Place::new();
    let archive = Archive::new(&place);
    // Both ends of the days that are read, by the first and the last key that they can have, and the days beside.
    let folder = |day: u32| format!("AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/{day:02}/");
    let late = |n: u32| format!("{{\"eventID\":\"{n}\",\"eventName\":\"x\",\"eventTime\":\"2026-09-06T12:00:00Z\"}}");
    for (number, (day, name)) in [(3, "~"), (4, "!"), (4, "~"), (9, "!"), (9, "~"), (10, "!")].into_iter().enumerate() {
        archive.put(&format!("{}{name}.json", folder(day)), late(number as u32).as_bytes());
    }
    let server = Server::start(&archive.root(), |_| None);
    let run = asking(&place, &server, "principals --since 2026-09-06 --until 2026-09-07 s3://logs").json(0);
    assert_eq!(run["coverage"]["events_counted"], 4);
}

#[test]
fn accounts_and_regions_are_left_out_before_they_are_listed() {
    let place = Place::new();
    let archive = Archive::organization(&place);
    let server = Server::start(&archive.root(), |_| None);
    let run = "principals --all --account 444455556666 --region eu-west-1 s3://logs";
    let run = asking(&place, &server, run).json(0);
    assert_eq!(run["coverage"]["objects_read"], 250);
    assert_eq!(run["coverage"]["events_counted"], 500);
    let keys: Vec<_> = server.listings().into_iter().filter(|(_, by_folder, _)| !by_folder).collect();
    assert_eq!(keys.len(), 1);
    let warnings = run["coverage"]["warnings"].to_string();
    assert!(warnings.contains("left 4 accounts and 1 regions unlisted"), "{warnings}");
}
