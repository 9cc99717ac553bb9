//! The same input gives the same bytes from disk and from S3: also where digests prove quiet days, objects lie under an
//! organization's id, or the window is empty.

use serde_json::Value;

use super::{Archive, Fault, Server, asking};
use crate::harness::{Ended, Place};

const LOGS: &str = "AWSLogs/o-exampleorg/";

/// Two accounts; one logs every day, the other is quiet but for its first day. Digests of both, and of a region in which
/// nothing ever happens.
fn quiet(place: &Place) -> Archive<'_> {
    let archive = Archive::new(place);
    for day in 1..=12 {
        archive.log(LOGS, "111122223333", "us-east-1", (day, 1), 2);
        digests(&archive, "111122223333", "us-east-1", day);
        digests(&archive, "111122223333", "us-west-2", day);
        digests(&archive, "444455556666", "us-east-1", day);
    }
    archive.log(LOGS, "444455556666", "us-east-1", (1, 1), 2);
    // A region without digests has gaps.
    archive.log(LOGS, "444455556666", "eu-west-1", (4, 1), 2);
    archive
}

fn digests(archive: &Archive<'_>, account: &str, region: &str, day: u32) {
    for hour in 0..24 {
        let name =
            format!("{account}_CloudTrail-Digest_{region}_trail_us-east-1_202609{day:02}T{hour:02}4205Z.json.gz");
        archive.put(&format!("{LOGS}{account}/CloudTrail-Digest/{region}/2026/09/{day:02}/{name}"), b"never read");
    }
}

fn both(place: &Place, server: &Server, arguments: &str, code: i32) -> (Ended, Ended) {
    let disk = place.trailscan(arguments).args(["--format", "json", "buckets/logs"]).ends(code);
    let s3 = asking(place, server, arguments).args(["--format", "json", "s3://logs"]).ends(code);
    (disk, s3)
}

/// Without what a bucket does not tell of the days before and after a window: nobody lists those.
fn of_window(ended: &Ended) -> Value {
    let mut answer = ended.json();
    for field in ["objects_found", "objects_pruned"] {
        answer["coverage"][field] = Value::Null;
    }
    answer
}

#[test]
fn the_same_bytes_from_disk_and_from_s3() {
    let place = Place::new();
    let archive = quiet(&place);
    let server = Server::start(&archive.root(), |_| None);
    let (disk, s3) = both(&place, &server, "audit --all", 0);
    assert!(disk.text() == s3.text(), "{}\n\n{}", disk.text(), s3.text());
    let window = "audit --since 2026-09-05 --until 2026-09-11";
    let (disk, s3) = both(&place, &server, window, 0);
    assert_eq!(of_window(&s3), of_window(&disk));
    let gaps = &s3.json()["coverage"]["gaps"];
    assert_eq!(gaps.as_array().map(Vec::len), Some(1), "{gaps}");
    assert_eq!((&gaps[0]["account"], &gaps[0]["region"]), (&"444455556666".into(), &"eu-west-1".into()));
    assert!(server.asked().iter().all(|asked| asked.is_list() || !asked.path.contains("Digest")), "none is fetched");
}

#[test]
fn digests_that_must_not_be_listed_cost_a_warning() {
    let place = Place::new();
    let archive = quiet(&place);
    let server = Server::start(&archive.root(), |asked| {
        let is_digest = asked.is_list() && asked.prefix().contains("CloudTrail-Digest");
        is_digest.then_some(Fault::Error(403, "AccessDenied", "Access Denied"))
    });
    let run = asking(&place, &server, "principals --since 2026-09-05 --until 2026-09-11 s3://logs").json(0);
    let warnings = run["coverage"]["warnings"].to_string();
    assert!(
        warnings.contains("2 folders of digests not listed, quiet days there stay gaps: access denied"),
        "{warnings}"
    );
    assert!(run["coverage"]["gaps"].to_string().contains("us-east-1"), "{run}");
}

#[test]
fn a_window_without_objects_is_told_as_on_disk() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for day in 3..=4 {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (day, 1), 2);
    }
    let server = Server::start(&archive.root(), |_| None);
    for window in ["--since 2026-08-01 --until 2026-08-03", "--since 2026-09-08 --until 2026-09-10"] {
        let (disk, s3) = both(&place, &server, &format!("audit {window}"), 3);
        let [disk, s3] = [&disk, &s3].map(|ended| {
            let mut answer = of_window(ended);
            let warnings = answer["coverage"]["warnings"].take();
            assert!(warnings.to_string().contains("no event lies between"), "{window}: {warnings}");
            assert!(ended.stderr.contains("PARTIAL: nothing in the window"), "{}", ended.stderr);
            answer
        });
        assert_eq!(s3, disk, "{window}");
        for format in ["table", "markdown"] {
            let ended = asking(&place, &server, "audit s3://logs").args(window.split(' ')).args(["--format", format]);
            let ended = ended.ends(3);
            assert!(ended.stderr.contains("warning: no event lies between"), "{format}: {}", ended.stderr);
        }
    }
}

#[test]
fn a_folder_with_nothing_but_its_marker_is_no_answer() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.put("exports/a", b"");
    let marker: fn(&str) -> String = |xml| xml.replace("<Key>exports/a</Key>", "<Key>exports/</Key>");
    let server = Server::start(&archive.root(), move |asked| asked.is_list().then_some(Fault::Edited(marker)));
    std::fs::create_dir_all(place.path("disk/exports")).expect("a folder");
    place.trailscan("principals --all --format json disk/exports").ends(1);
    asking(&place, &server, "principals --all --format json s3://logs/exports/").ends(1);
    assert_eq!(server.gets(), 0);
}
