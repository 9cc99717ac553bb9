//! What is read is what a disk would give, whatever the way.

use serde_json::Value;

use super::archive::gzip;
use super::{Archive, Fault, Server, asking};
use crate::harness::Place;

/// A report without the names of objects and the counts of what a window leaves unlisted.
fn comparable(mut answer: Value) -> Value {
    for field in ["objects_found", "objects_pruned"] {
        answer["coverage"][field] = Value::Null;
    }
    answer
}

#[test]
fn the_same_answer_as_from_disk() {
    let place = Place::new();
    let archive = Archive::organization(&place);
    let server = Server::start(&archive.root(), |_| None);
    for window in ["--all", "--since 2026-09-04 --until 2026-09-06"] {
        for format in ["csv", "json"] {
            let disk =
                place.trailscan("key-spread --min-addresses 0").args(window.split(' ')).args(["--format", format]);
            let disk = disk.arg("buckets/logs").ends(0);
            let s3 = asking(&place, &server, "key-spread --min-addresses 0 s3://logs").args(window.split(' '));
            let s3 = s3.args(["--format", format]).ends(0);
            assert!(disk.text().contains("AKIAIOSFODNN7EXAMPLE"));
            if format == "csv" {
                assert_eq!(s3.text(), disk.text());
            } else {
                assert_eq!(comparable(s3.json()), comparable(disk.json()));
            }
        }
    }
}

#[test]
fn two_thousand_five_hundred_objects_in_pages() {
    let place = Place::new();
    let archive = Archive::organization(&place);
    let server = Server::start(&archive.root(), |_| None);
    let flat = asking(&place, &server, "principals --all s3://logs/AWSLogs/o-exampleorg/111122223333/").json(0);
    assert_eq!(flat["coverage"]["objects_read"], 500);
    let all = asking(&place, &server, "principals --all s3://logs").json(0);
    assert_eq!(all["coverage"]["objects_read"], 2500);
    assert_eq!(all["coverage"]["events_counted"], 5000);
    assert_eq!(all["coverage"]["accounts"].as_array().map(Vec::len), Some(5));
    assert!(server.most_at_once() <= 64 + 32, "{}", server.most_at_once());
}

#[test]
fn of_s3_the_last_thirty_days_unless_all_is_said() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    let old =
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/08/01/111122223333_CloudTrail_us-east-1_20260801T1200Z_x.json";
    archive.put(old, br#"{"Records":[{"eventName":"x","eventTime":"2026-08-01T11:00:00Z","eventID":"EXAMPLE8"}]}"#);
    let server = Server::start(&archive.root(), |_| None);
    let days = asking(&place, &server, "principals s3://logs").args(["--format", "json"]).ends(0);
    assert_eq!(days.json()["coverage"]["events"], 2);
    assert_eq!(days.json()["window"]["since"], "2026-08-15T00:00:00Z");
    assert!(days.stderr.contains("last 30 days, from 2026-08-15T00:00:00Z: --all reads all"), "{}", days.stderr);
    let all = asking(&place, &server, "principals --all s3://logs").json(0);
    assert_eq!((all["coverage"]["events"].clone(), all["window"].clone()), (3.into(), Value::Null));
}

#[test]
fn a_large_object_is_read_in_ranges_and_again_where_it_broke_off() {
    let place = Place::new();
    let archive = Archive::new(&place);
    let record =
        |n: usize| format!("{{\"eventID\":\"e{n}\",\"eventName\":\"x{n}\",\"eventTime\":\"2026-09-10T11:00:00Z\"}}");
    let records: Vec<String> = (0..20_000).map(record).collect();
    let json = format!("{{\"Records\":[{}]}}", records.join(","));
    archive.put("exports/large.json", json.as_bytes());
    archive.put("exports/small.json.gz", &gzip(json.as_bytes()));
    let server = Server::start(&archive.root(), |asked| {
        let is_second = asked.headers.get("range").is_some_and(|range| !range.starts_with("bytes=0-"));
        (is_second && asked.before == 0).then_some(Fault::CutAfter(1000))
    });
    let run = asking(&place, &server, "principals --all --max-in-flight 1MiB s3://logs/exports/").json(0);
    assert_eq!(run["coverage"]["events"], 40_000);
    assert_eq!(run["coverage"]["events_counted"], 20_000);
    assert_eq!(run["coverage"]["bytes_json"], 2 * json.len());
    let is_range = |name: &str, begin: &str| {
        let asked = server.asked();
        asked.iter().filter(|asked| asked.headers.get(name).is_some_and(|value| value.starts_with(begin))).count()
    };
    let (ranges, first) = (is_range("range", "bytes="), is_range("range", "bytes=0-"));
    assert!(ranges > 10 && first == 1, "{ranges}");
    assert_eq!(is_range("if-match", "\""), ranges - 1);
}
