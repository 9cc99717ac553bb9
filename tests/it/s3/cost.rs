//! How many requests a scan sends, and where its listings begin and end.

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
    // The bucket, AWSLogs/, the organisation, and each account's CloudTrail/.
    assert_eq!(folders.len(), 3 + ACCOUNTS.len());
    let most = (ACCOUNTS.len() * REGIONS.len()) as f64 + 1.1 * objects as f64 / 1000.0;
    assert!(keys.len() as f64 <= most, "{} listings, {most} allowed", keys.len());
    for (prefix, _, start_after) in keys {
        assert_eq!(start_after, Some(format!("{prefix}2026/09/04")));
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
