//! What `-v` and `TRAILSCAN_LOG` tell, and that they change nothing else.

use crate::harness::Place;
use crate::records::{calls, delivered};

/// A folder with a log in AWSLogs layout, one outside the window, and one that is no log.
fn with_logs() -> Place {
    let place = Place::new();
    let log = |day: &str| {
        let name =
            format!("111122223333_CloudTrail_us-east-1_2026{}T1200Z_abcdefghijklmnop.json", day.replace('/', ""));
        format!("logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/{day}/{name}")
    };
    place.write(&log("09/10"), delivered(&calls(3)));
    place.write(&log("01/10"), delivered(&calls(3)));
    place.write("logs/LICENSE", "not a log");
    place
}

#[test]
fn nothing_is_told_unless_asked() {
    let place = with_logs();
    let quiet = place.trailscan("principals logs --days 7").ends(0);
    assert_eq!(quiet.stderr.lines().count(), 1, "the coverage line alone: {}", quiet.stderr);
    let off = place.trailscan("principals logs --days 7").env("TRAILSCAN_LOG", "off").ends(0);
    assert_eq!(off.stderr, quiet.stderr);
}

#[test]
fn v_tells_what_is_done_and_vv_each_object() {
    let place = with_logs();
    place.write("trailscan.toml", "threads = 2\nlimit = 50\n");
    let quiet = place.trailscan("principals logs --days 7").ends(0);
    let told = place.trailscan("-v principals logs --days 7").ends(0);
    assert_eq!(told.stdout, quiet.stdout, "the answer is the same");
    for says in [
        "config file read file=trailscan.toml",
        "config sets setting=limit value=50",
        "reading input=logs",
        "since=2026-09-07T00:00:00Z until=2026-09-14T12:00:00Z first=2026-09-05 last=2026-09-14",
        "asked reports=principals threads=2 format=table",
        "listed objects=2 outside_window=1 failed=0 took=",
        "scan ends objects=1 events=3 json_bytes=",
        "answered report=principals rows=1 findings=0 suppressed=0 took=",
        "answer written took=",
    ] {
        assert!(told.stderr.contains(says), "{says}: {}", told.stderr);
    }
    assert!(told.stderr.lines().all(|line| line.starts_with("trailscan: ")), "{}", told.stderr);
    assert!(told.stderr.contains("trailscan: info  0."), "level and seconds: {}", told.stderr);
    assert!(!told.stderr.contains("debug"), "{}", told.stderr);

    let more = place.trailscan("principals logs --days 7 -vv").ends(0);
    for says in [
        "object read object=logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/10/",
        "object skipped object=logs/LICENSE kind=",
        "object left shut: outside the window object=logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/10/",
    ] {
        assert!(more.stderr.contains(says), "{says}: {}", more.stderr);
    }
    let debug = place.trailscan("principals logs --days 7").env("TRAILSCAN_LOG", "debug").ends(0);
    assert_eq!(debug.stderr.lines().count(), more.stderr.lines().count(), "debug is -vv");
    let part = place.trailscan("principals logs --days 7").env("TRAILSCAN_LOG", "trailscan::scan=debug").ends(0);
    assert!(part.stderr.contains("object read") && !part.stderr.contains("listed"), "{}", part.stderr);
}

#[test]
fn a_wrong_level_is_wrong_usage() {
    let place = with_logs();
    let ended = place.trailscan("principals logs").env("TRAILSCAN_LOG", "loud").ends(2);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(
        ended.stderr.starts_with("trailscan: TRAILSCAN_LOG: \"loud\" is not a level: give off, "),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.is_empty());
}

#[cfg(unix)]
#[test]
fn names_from_a_disk_steer_no_terminal() {
    let place = Place::new();
    place.write("logs/\u{1b}[2Jx.json", delivered(&calls(1)));
    let ended = place.trailscan("principals logs -vv").ends(0);
    assert!(ended.stderr.contains("object read") && !ended.stderr.contains('\u{1b}'), "{}", ended.stderr);
}
