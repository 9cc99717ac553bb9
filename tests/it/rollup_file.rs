//! Rollups in one file: small, told by content, the same in every build, and never read when they are damaged.

use std::path::PathBuf;

use crate::harness::{Place, command, of_rollups, sample_logs};
use crate::rollup::{is_of_earlier, without_earlier, without_keys_of_changes};

fn rolled_up() -> Place {
    let place = Place::new();
    place.trailscan("rollup -q -o kept.rollup").arg(sample_logs()).ends(0);
    place
}

#[test]
fn a_file_answers_as_the_logs() {
    let place = rolled_up();
    for report in of_rollups().map(command).chain(["audit".to_owned()]) {
        for format in ["table", "json", "jsonl", "markdown"] {
            let line = format!("{report} --format {format}");
            let [kept, logs] = [PathBuf::from("kept.rollup"), sample_logs()].map(|input| {
                let ended = place.trailscan(&line).arg(input).ends(0);
                (ended.stdout, ended.stderr)
            });
            assert_eq!(kept, logs, "{line}");
        }
    }
}

/// Whatever it is called, alone and in a folder, a rollup is one; and what is called like one is read as what it is.
#[test]
fn a_file_is_told_by_its_content() {
    let place = rolled_up();
    let bytes = std::fs::read(place.path("kept.rollup")).expect("a file");
    let expected = place.trailscan("activity kept.rollup").ends(0);
    for name in ["folder/state", "folder2/state.bin", "named.json"] {
        place.write(name, &bytes);
    }
    for input in ["folder", "folder2", "named.json", "folder/state"] {
        let ended = place.trailscan("activity").arg(input).ends(0);
        assert_eq!((&ended.stdout, &ended.stderr), (&expected.stdout, &expected.stderr), "{input}");
    }
    place.write(
        "log.rollup",
        r#"{"Records":[{"eventID":"a","eventTime":"2026-09-10T00:00:00Z","eventName":"GetUser"}]}"#,
    );
    let ended = place.trailscan("activity log.rollup").json(0);
    assert_eq!(ended["coverage"]["events"], 1);
}

#[test]
fn the_same_file_for_any_number_of_threads() {
    let place = rolled_up();
    for threads in [1, 3] {
        let line = format!("rollup -q -o again.rollup --overwrite --threads {threads}");
        place.trailscan(&line).arg(sample_logs()).ends(0);
        let [kept, again] =
            ["kept.rollup", "again.rollup"].map(|name| std::fs::read(place.path(name)).expect("a file"));
        assert!(kept == again, "{threads} threads");
    }
    place.trailscan("rollup -q kept.rollup -o copy.rollup").ends(0);
    let [kept, copy] = ["kept.rollup", "copy.rollup"].map(|name| std::fs::read(place.path(name)).expect("a file"));
    assert!(kept == copy, "what is read and written again is the same");
}

/// Any byte that is another, and any end that is missing, is told; never a panic, never an answer.
#[test]
fn a_damaged_file_is_named() {
    let place = rolled_up();
    let bytes = std::fs::read(place.path("kept.rollup")).expect("a file");
    let refused = |damaged: &[u8], what: &str| {
        place.write("damaged", damaged);
        let ended = place.trailscan("audit damaged").ends(1);
        assert!(
            ended.stderr.contains("damaged: ") && ended.stderr.contains("roll the logs up again"),
            "{what}: {}",
            ended.stderr
        );
        assert!(ended.stdout.is_empty(), "{what}");
    };
    let length = bytes.len();
    for cut in [8, 11, 12, 40, length / 2, length - 60, length - 8, length - 1] {
        refused(&bytes[..cut], &format!("cut at {cut}"));
    }
    for at in [8, 13, length / 3, length / 2, length - 400, length - 60, length - 50, length - 20, length - 1] {
        let mut other = bytes.clone();
        other[at] ^= 0x41;
        refused(&other, &format!("byte {at}"));
    }
    let mut longer = bytes.clone();
    longer.push(0);
    refused(&longer, "a byte more");
    let mut other = bytes;
    other[8] = 99;
    place.write("damaged", &other);
    assert!(place.trailscan("audit damaged").ends(1).stderr.contains("damaged: is of rollup version 99"));
}

#[test]
fn only_a_rollup_is_replaced() {
    let place = rolled_up();
    let roll = |more: &str, code| place.trailscan(&format!("rollup -q {more}")).arg(sample_logs()).ends(code).stderr;
    assert!(roll("-o kept.rollup", 2).contains("kept.rollup: is there already: "));
    roll("-o kept.rollup --overwrite", 0);
    place.write("notes.rollup", "mine");
    assert!(roll("-o notes.rollup --overwrite", 2).contains("notes.rollup: is not a rollup: "));
    assert_eq!(place.read("notes.rollup"), "mine");
    place.write("empty/.keep", "");
    place.trailscan("rollup -q empty -o nothing.rollup").ends(1);
    assert!(!place.path("nothing.rollup").exists());
}

/// A file of this version stays readable: `rollup-v1.rollup` was written once, from these logs.
#[test]
fn an_earlier_file_is_read_or_refused() {
    let place = Place::new();
    let earlier = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/rollup-v1.rollup");
    let logs = sample_logs().join("o-exampleorgid/111122223333/CloudTrail/us-east-1/2026/09/04");
    if trailscan::rollup::ROLLUP_VERSION > 1 {
        let ended = place.trailscan("audit").arg(&earlier).ends(1);
        return assert!(ended.stderr.contains("is of rollup version 1, and this program reads "), "{}", ended.stderr);
    }
    let [kept, logs] = [earlier, logs]
        .map(|input| without_keys_of_changes(place.trailscan("audit --format json").arg(input).ends(0).json()));
    let warned = kept["coverage"]["warnings"].as_array().expect("warnings");
    assert!(warned.iter().any(|warning| warning.as_str().is_some_and(is_of_earlier)), "{warned:?}");
    assert_eq!(without_earlier(kept), logs);
}
