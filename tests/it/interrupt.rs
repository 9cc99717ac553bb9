//! Ctrl-C: the report so far, soon; a second one leaves at once.

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::child::{End, start};
use crate::harness::{Place, assert_identities, count, gzip};
use crate::records::{calls, delivered, lines};

/// What counts as soon; a run that waits for its input would take for ever.
const SOON: Duration = Duration::from_secs(1);

/// Feeds a run that waits for more, interrupts it, and gives its end.
fn interrupted(place: &Place, arguments: &str, fed: &[u8]) -> (End, Duration) {
    let mut run = start(place.trailscan(arguments));
    run.listens_for(libc::SIGINT);
    run.feed(fed);
    run.has_taken_its_input();
    run.signal(libc::SIGINT);
    run.hears("stopping");
    let since = Instant::now();
    (run.ends(), since.elapsed())
}

#[test]
fn the_report_so_far_comes_soon_though_the_input_goes_on() {
    let place = Place::new();
    let three = delivered(&calls(3));
    let middle = gzip(&three).len() - 12;
    for (name, fed, events) in [
        ("lines", lines(&calls(3)).into_bytes(), 3),
        ("half a line", [lines(&calls(3)).as_bytes(), br#"{"eventVersion":"1.11","eve"#].concat(), 3),
        ("records", three.as_bytes()[..three.len() - 2].to_vec(), 3),
        ("gzip", gzip(&three)[..middle].to_vec(), 2),
        ("nothing", Vec::new(), 0),
    ] {
        let (end, took) = interrupted(&place, "principals - --format json", &fed);
        assert_eq!(end.status.code(), Some(3), "{name}: {}", end.stderr);
        assert!(took < SOON, "{name}: {took:?}");
        let answer: Value = serde_json::from_slice(&end.stdout).expect("one JSON document");
        let coverage = &answer["coverage"];
        assert_identities(coverage);
        assert_eq!(coverage["interrupted"], true, "{name}");
        assert!(count(&coverage["events_counted"]) >= events, "{name}: {coverage}");
        assert_eq!(count(&coverage["malformed_records"]), 0, "{name}: what was not there yet is not broken");
        // Before the first byte the stop may come even before the object is opened.
        if !fed.is_empty() {
            assert_eq!(coverage["failures"][0]["why"], "interrupted before its end", "{name}");
        }
        assert!(end.stderr.contains("PARTIAL: ") && end.stderr.contains("interrupted"), "{name}: {}", end.stderr);
    }
}

#[test]
fn files_and_tables_are_written_and_marked_too() {
    let place = Place::new();
    let (end, _) = interrupted(&place, "audit - -o answer.json --coverage c.json", lines(&calls(3)).as_bytes());
    assert_eq!(end.status.code(), Some(3), "{}", end.stderr);
    for (name, coverage) in [("answer.json", "/coverage"), ("c.json", "")] {
        let document: Value = serde_json::from_str(&place.read(name)).expect("JSON");
        assert_eq!(document.pointer(coverage).expect("coverage")["interrupted"], true, "{name}");
    }
    let (end, _) = interrupted(&place, "principals -", lines(&calls(3)).as_bytes());
    assert!(String::from_utf8_lossy(&end.stdout).contains("PARTIAL: "), "the table says so itself");
    let (end, _) = interrupted(&place, "principals - --fail-on info", lines(&calls(3)).as_bytes());
    assert_eq!(end.status.code(), Some(3), "3 beats 4");
}

#[test]
fn a_pipe_that_nobody_writes_to_holds_nothing_up() {
    let place = Place::new();
    let mkfifo = std::process::Command::new("mkfifo").arg(place.path("pipe")).status().expect("mkfifo");
    assert!(mkfifo.success());
    place.write("a.json", delivered(&calls(2)));
    let run = start(place.trailscan("principals a.json pipe - --format json --threads 1"));
    run.listens_for(libc::SIGINT);
    run.signal(libc::SIGINT);
    let end = run.ends();
    let answer: Value = serde_json::from_slice(&end.stdout).expect("one JSON document");
    assert_eq!((end.status.code(), answer["coverage"]["interrupted"].as_bool()), (Some(3), Some(true)));
}

#[test]
fn a_pipe_in_the_place_of_a_state_file_holds_nothing_up() {
    let place = Place::new();
    let mkfifo = std::process::Command::new("mkfifo").arg(place.path("pipe")).status().expect("mkfifo");
    assert!(mkfifo.success());
    place.write("a.json", delivered(&calls(2)));
    for (signal, arguments, code) in [
        (libc::SIGINT, "posture --credential-report pipe", 1),
        (libc::SIGTERM, "posture --credential-report pipe", 1),
        (libc::SIGTERM, "audit a.json --enabled-regions pipe", 3),
    ] {
        let run = start(place.trailscan(arguments));
        run.listens_for(signal);
        run.signal(signal);
        let end = run.ends();
        let stderr = &end.stderr;
        assert_eq!(end.status.code(), Some(code), "{arguments}: {stderr}");
        assert!(stderr.contains("pipe: cannot be read: interrupted before its end"), "{arguments}: {stderr}");
    }
}

#[test]
fn a_second_one_leaves_at_once_and_leaves_nothing() {
    let place = Place::new();
    // The first is answered within moments, so the second comes with it: before the answer, or it finds nobody.
    let mut last = None;
    for _ in 0..20 {
        let mut run = start(place.trailscan("principals - -o answer.json"));
        run.listens_for(libc::SIGINT);
        run.feed(lines(&calls(3)));
        run.has_taken_its_input();
        run.signal(libc::SIGINT);
        run.hears("stopping");
        run.signal(libc::SIGINT);
        let end = run.ends();
        assert_eq!(end.status.signal(), None, "no signal kills it");
        last = end.status.code();
        if last == Some(130) {
            break;
        }
        assert_eq!(last, Some(3));
        std::fs::remove_file(place.path("answer.json")).expect("an answer");
    }
    assert_eq!(last, Some(130));
    let left: Vec<_> =
        std::fs::read_dir(place.path(".")).expect("a folder").map(|e| e.expect("one").file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_supervisor_that_ends_it_gets_the_report_so_far() {
    let place = Place::new();
    let mut run = start(place.trailscan("principals - -o answer.json"));
    run.listens_for(libc::SIGTERM);
    run.feed(lines(&calls(3)));
    run.has_taken_its_input();
    run.signal(libc::SIGTERM);
    run.hears("stopping");
    assert_eq!(run.ends().status.code(), Some(3));
    assert!(place.read("answer.json").contains("\"interrupted\": true"));
    let left: Vec<_> =
        std::fs::read_dir(place.path(".")).expect("a folder").map(|e| e.expect("one").file_name()).collect();
    assert_eq!(left, ["answer.json"]);
}
