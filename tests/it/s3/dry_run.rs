//! What `--dry-run` tells is what a scan then does, and no object is asked for.

use super::archive::{ACCOUNTS, REGIONS};
use super::{Archive, Fault, Server, asking};
use crate::harness::{Place, count};

#[test]
fn it_tells_what_a_scan_then_does() {
    let place = Place::new();
    let archive = Archive::organization(&place);
    let dry = Server::start(&archive.root(), |_| None);
    let told = asking(&place, &dry, "audit --since 2026-09-06 --until 2026-09-07 s3://logs --dry-run").json(0);
    assert_eq!(dry.gets(), 0);
    let rows = told["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), ACCOUNTS.len() * REGIONS.len());
    for row in rows {
        assert_eq!((count(&row["days"]), count(&row["objects"]), count(&row["get_requests"])), (6, 150, 150), "{row}");
        assert_eq!(row["place"], "s3://logs/");
    }
    let total = &told["total"];
    assert_eq!((count(&total["accounts"]), count(&total["regions"]), count(&total["days"])), (5, 2, 6));
    assert_eq!(count(&told["coverage"]["objects_read"]), 0);
    assert_eq!(count(&told["coverage"]["objects_skipped"]["not-read"]), 1500);
    let scan = Server::start(&archive.root(), |_| None);
    let read = asking(&place, &scan, "audit --since 2026-09-06 --until 2026-09-07 s3://logs").json(0);
    assert_eq!(read["coverage"]["objects_read"], total["objects"]);
    assert_eq!(read["coverage"]["bytes_compressed"], total["bytes"]);
    assert_eq!(read["coverage"]["gaps"], told["coverage"]["gaps"]);
    assert_eq!(scan.gets(), count(&total["get_requests"]) as usize);
    assert_eq!(scan.listings().len(), count(&total["list_requests"]) as usize);
    let nanodollars = scan.listings().len() * 5_000 + scan.gets() * 400;
    assert_eq!(total["cost_usd"], format!("{:.6}", nanodollars as f64 / 1e9));
}

#[test]
fn a_table_says_the_sum_and_what_it_leaves_open() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for number in 0..3 {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (10, number), 1);
    }
    // 41 MiB that no disk holds: ten ranges of 4 MiB and one of one.
    archive.put("exports/large.json", b"");
    let large = std::fs::File::options().write(true).open(archive.folder("exports/large.json")).expect("a file");
    large.set_len(41 << 20).expect("a sparse file");
    place.write("disk/a.json", "{}");
    let server = Server::start(&archive.root(), |_| None);
    let run = "root-usage --all --dry-run s3://logs/AWSLogs/ s3://logs/exports/ disk";
    let ended = asking(&place, &server, run).ends(0);
    assert_eq!(server.gets(), 0);
    let lines: Vec<Vec<&str>> = ended.text().lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(lines.contains(&vec!["disk", "-", "-", "-", "1", "2", "0"]), "{}", ended.text());
    assert!(lines.contains(&vec!["s3://logs/exports/", "-", "-", "-", "1", "42,991,616", "11"]), "{}", ended.text());
    let sum = ended.text().lines().last().expect("a line");
    assert!(sum.starts_with("total: 1 account, 1 region, 1 day, 5 objects, 42,99"), "{sum}");
    let requests = format!("; a scan makes {} LIST and 14 GET requests: about $0.0001", server.listings().len());
    assert!(sum.contains(&requests), "{sum}");
    assert!(sum.ends_with(" (estimate, us-east-1 prices, without data transfer)"), "{sum}");
    let small = asking(&place, &server, "root-usage --all --dry-run s3://logs/AWSLogs/ -o told.jsonl").ends(0);
    assert_eq!(place.read("told.jsonl").lines().count(), 1);
    assert!(place.read("told.jsonl.coverage.json").contains("\"not-read\":3"));
    assert!(small.stderr.contains("dry-run: total: "), "{}", small.stderr);
}

#[test]
fn what_cannot_be_listed_is_told() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 1);
    archive.log("AWSLogs/", "111122223333", "eu-west-1", (10, 1), 1);
    let denied = Fault::Error(403, "AccessDenied", "Access Denied");
    let fault = denied.clone();
    let server =
        Server::start(&archive.root(), move |asked| asked.prefix().ends_with("eu-west-1/").then(|| fault.clone()));
    let ended = asking(&place, &server, "audit --days 10 --dry-run s3://logs --format json").ends(3);
    assert_eq!(ended.json()["total"]["objects"], 1);
    assert!(ended.stderr.contains("eu-west-1/: cannot be listed to its end: access denied"), "{}", ended.stderr);
    let server = Server::start(&archive.root(), move |_| Some(denied.clone()));
    let ended = asking(&place, &server, "audit --days 10 --dry-run s3://logs").ends(1);
    assert!(ended.stdout.is_empty() && ended.stderr.contains("allow s3:ListBucket"), "{}", ended.stderr);
    let server = Server::start(&archive.root(), |asked| asked.is_list().then_some(Fault::Stored("GLACIER")));
    let ended = asking(&place, &server, "audit --days 10 --dry-run s3://logs --format json").ends(3);
    assert_eq!(ended.json()["coverage"]["objects_skipped"]["archived"], 2);
    assert_eq!(ended.json()["total"]["get_requests"], 0);
}
