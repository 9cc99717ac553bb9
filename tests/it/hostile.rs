//! Objects that are broken, or made to break their reader: what can be read is read, what cannot is named, nothing
//! hangs, nothing is silent.

use serde_json::{Value, json};

use crate::harness::{Ended, Place, count, gzip};
use crate::records::{calls, delivered, lines};

/// The names and reasons of what could not be read.
fn failures(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let list = answer["coverage"]["failures"].as_array().expect("a list");
    list.iter().map(|failure| (text(&failure["object"]), text(&failure["why"]))).collect()
}

/// The only failure, of the object of this name.
fn failure_of(answer: &Value, object: &str) -> String {
    let failures = failures(answer);
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].0.ends_with(object), "{failures:?}");
    failures[0].1.clone()
}

fn covered(answer: &Value, field: &str) -> i64 {
    count(&answer["coverage"][field])
}

/// Every line of stderr is ours, and one names the object.
fn told(ended: &Ended, object: &str) {
    assert!(ended.stderr.lines().all(|line| line.starts_with("trailscan: ")), "{}", ended.stderr);
    assert!(ended.stderr.contains(object), "{}", ended.stderr);
}

#[test]
fn a_gzip_bomb_is_an_error_beyond_the_cap_and_none_within() {
    let place = Place::new();
    let text = format!("{{\"Records\":[{},\n{}]}}", calls(1)[0], " ".repeat(3 << 20));
    let packed = gzip(&text);
    assert!(packed.len() < 100_000, "a bomb is small: {}", packed.len());
    place.write("logs/bomb.json.gz", packed);
    place.write("logs/fine.json.gz", gzip(delivered(&calls(3)[1..])));

    let answer = place.trailscan("principals logs --max-object-bytes 1MiB").json(3);
    let why = failure_of(&answer, "logs/bomb.json.gz");
    assert!(why.contains("--max-object-bytes") && why.contains("1048576"), "{why}");
    assert_eq!((covered(&answer, "objects_damaged"), covered(&answer, "objects_read")), (1, 1));
    assert_eq!(covered(&answer, "events_counted"), 3, "what came before the cap is kept");
    told(&place.trailscan("principals logs --max-object-bytes 1MiB").ends(3), "logs/bomb.json.gz");

    let within = place.trailscan("principals logs --max-object-bytes 4MiB").json(0);
    assert_eq!((covered(&within, "objects_read"), covered(&within, "events_counted")), (2, 3));
}

#[test]
fn a_bomb_that_never_gives_a_record_has_failed() {
    let place = Place::new();
    place.write("bomb.json.gz", gzip(" ".repeat(2 << 20)));
    let ended = place.trailscan("principals bomb.json.gz --max-object-bytes 1MiB --coverage c.json").ends(1);
    told(&ended, "bomb.json.gz: ");
    assert!(ended.stdout.is_empty(), "no answer");
    let coverage: Value = serde_json::from_str(&place.read("c.json")).expect("JSON");
    assert_eq!(count(&coverage["objects_failed"]), 1);
}

#[test]
fn of_a_truncated_gzip_the_whole_records_are_kept() {
    let place = Place::new();
    // Records that differ a lot, so that half of the bytes is about half of the records.
    let noise =
        |i: usize| (0..40).map(|j| format!("{:08x}", (i * 41 + j) * 2_654_435_761 % 0xffff_ffff)).collect::<String>();
    let records: Vec<Value> = calls(40)
        .into_iter()
        .enumerate()
        .map(|(i, call)| crate::records::with(call, json!({"requestParameters": {"noise": noise(i)}})))
        .collect();
    for (name, text) in [("records.json.gz", delivered(&records)), ("lines.json.gz", lines(&records))] {
        let whole = gzip(text);
        place.write(name, &whole[..whole.len() / 2]);
        let answer = place.trailscan("principals").arg(name).json(3);
        let kept = covered(&answer, "events_counted");
        assert!((5..35).contains(&kept), "{name}: {kept}");
        assert_eq!((covered(&answer, "objects_damaged"), covered(&answer, "malformed_records")), (1, 0), "{name}");
        assert!(failure_of(&answer, name).contains("what came before was read"), "{name}");

        place.write(name, &whole[..whole.len() - 4]);
        let answer = place.trailscan("principals").arg(name).json(3);
        assert_eq!(covered(&answer, "events_counted"), 40, "{name}: only the length is missing");
        place.write(name, &whole);
        assert_eq!(covered(&place.trailscan("principals").arg(name).json(0), "events_counted"), 40, "{name}");
    }
}

#[test]
fn what_follows_the_last_member() {
    let place = Place::new();
    let whole = gzip(delivered(&calls(3)));
    for (name, after, code) in [
        ("zeros", vec![0; 700], 0),
        ("garbage", b"garbage".to_vec(), 3),
        ("zeros-then-garbage", [vec![0; 10], b"x".to_vec()].concat(), 3),
        ("half-a-member", whole[..12].to_vec(), 3),
        ("an-empty-member", gzip(""), 0),
    ] {
        place.write(name, [whole.clone(), after].concat());
        let answer = place.trailscan("principals").arg(name).json(code);
        assert_eq!(covered(&answer, "events_counted"), 3, "{name}");
        assert_eq!(failures(&answer).len(), usize::from(code == 3), "{name}");
    }
}

#[test]
fn a_corrupted_middle_keeps_what_came_before() {
    let place = Place::new();
    let members = [gzip(lines(&calls(3)[..1])), gzip(lines(&calls(3)[1..2])), gzip(lines(&calls(3)[2..]))];
    let middle = members[0].len() + members[1].len() / 2;
    let mut bytes = members.concat();
    for byte in &mut bytes[middle..middle + 8] {
        *byte = !*byte;
    }
    place.write("logs.json.gz", bytes);
    let answer = place.trailscan("principals logs.json.gz").json(3);
    assert_eq!(covered(&answer, "objects_damaged"), 1);
    assert!(failure_of(&answer, "logs.json.gz").starts_with("broken gzip"));
    assert!((1..3).contains(&covered(&answer, "events_counted")));
}

#[test]
fn broken_zstd_and_a_text_that_ends_early() {
    let place = Place::new();
    let text = delivered(&calls(3));
    let packed = zstd::encode_all(text.as_bytes(), 1).expect("memory");
    place.write("cut.json.zst", &packed[..packed.len() - 6]);
    place.write("cut.json", &text[..text.len() - 20]);
    place.write("fine.json.zst", &packed);
    for (name, code, events) in [("cut.json", 3, 2), ("fine.json.zst", 0, 3)] {
        let answer = place.trailscan("principals").arg(name).json(code);
        assert_eq!(covered(&answer, "events_counted"), events, "{name}");
    }
    place.trailscan("principals cut.json.zst fine.json.zst").json(3);
    told(&place.trailscan("principals cut.json").ends(3), "cut.json: ends in the middle of a record");
}

/// A sub-document that is not JSON is the same on every path: the record counts, the object is named, the answer is partial.
#[test]
fn a_broken_sub_document_is_told_whatever_stands_beside_it() {
    let place = Place::new();
    let whole = calls(3);
    for name in ["requestParameters", "responseElements", "additionalEventData", "resources", "userIdentity"] {
        for part in [r#"{"bucketName" "x"}"#, r#"{"a":}"#, "[1 2]", r#"{"a":tru}"#, r#"{"a":"\x"}"#] {
            let broken = crate::records::with(whole[0].clone(), json!({name: "BROKEN"})).to_string();
            let broken = broken.replace("\"BROKEN\"", part);
            // The user agent decides which path reads the record.
            let escaped = broken.replace("aws-cli/2.17.1", "aws-cli\\/2.17.1").replace("000000000000", "000000000009");
            for (kind, records) in
                [("fast", vec![&broken]), ("careful", vec![&escaped]), ("both", vec![&broken, &escaped])]
            {
                let all: Vec<String> =
                    records.iter().map(|text| (*text).clone()).chain(whole[1..].iter().map(Value::to_string)).collect();
                let (array, lines) = (format!("{{\"Records\":[{}]}}", all.join(",")), all.join("\n") + "\n");
                let stream = [gzip(&lines[..200]), gzip(&lines[200..])].concat();
                let forms = [("array", array.into_bytes()), ("lines", lines.into_bytes()), ("stream", stream)];
                for (form, bytes) in forms.into_iter().take(if part == "[1 2]" { 3 } else { 1 }) {
                    let what = format!("{name} {part} {kind} {form}");
                    place.write("logs/fine.json", delivered(&calls(5)[3..]));
                    place.write("logs/odd.json", bytes);
                    let answer = place.trailscan("principals logs").json(3);
                    let n = i64::try_from(records.len()).unwrap();
                    let counts =
                        ["events_counted", "broken_records", "malformed_records", "objects_damaged", "objects_read"];
                    assert_eq!(counts.map(|field| covered(&answer, field)), [n + 4, n, 0, 0, 2], "{what}");
                    let warning = answer["coverage"]["warnings"][0].as_str().unwrap();
                    assert!(
                        warning.contains("logs/odd.json: ") && warning.contains(&n.to_string()),
                        "{what}: {warning}"
                    );
                }
            }
        }
    }
    // Told where people look, too.
    let told = place.trailscan("principals logs").ends(3);
    assert!(told.stderr.contains("logs/odd.json: 2 records have a sub-document that is not JSON"), "{}", told.stderr);
    assert!(told.stderr.contains("PARTIAL: 2 records not understood whole"), "{}", told.stderr);
    for format in ["html", "markdown"] {
        let page = place.trailscan(&format!("principals logs --format {format}")).ends(3);
        assert!(page.text().contains("not understood whole"), "{}", page.text());
    }
}

/// What nobody reads breaks nothing, and neither do texts where sub-documents stand.
#[test]
fn what_no_report_reads_may_be_anything() {
    let place = Place::new();
    let record = crate::records::with(calls(1)[0].clone(), json!({"tlsDetails": "BROKEN"})).to_string();
    place.write("logs/a.json", record.replace("\"BROKEN\"", "{\"a\" 1}"));
    for (number, value) in
        [json!("a text"), json!("{\"a\":1}"), json!(7), json!(true), json!([]), json!({})].iter().enumerate()
    {
        let record = crate::records::with(calls(9)[number + 1].clone(), json!({"responseElements": value}));
        place.write(&format!("logs/{number}.json"), record.to_string());
    }
    let answer = place.trailscan("principals logs").json(0);
    assert_eq!((covered(&answer, "events_counted"), covered(&answer, "broken_records")), (7, 0));
}

#[test]
fn objects_that_are_no_logs() {
    let place = Place::new();
    for (name, bytes) in
        [("LICENSE", &b"Permission is granted"[..]), (".DS_Store", b"\0\0\0\x01Bud1"), ("empty.json", b"")]
    {
        place.write(&format!("logs/{name}"), bytes);
    }
    place.write("logs/a.json", delivered(&calls(1)));
    let answer = place.trailscan("principals logs").json(0);
    assert_eq!((covered(&answer, "objects_found"), covered(&answer, "objects_read")), (4, 1));
    let skipped = answer["coverage"]["objects_skipped"].as_object().expect("kinds");
    assert_eq!(skipped.values().map(count).sum::<i64>(), 3, "{skipped:?}");
    told(&place.trailscan("principals logs/LICENSE").ends(1), "logs/LICENSE: no JSON");
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::os::unix::process::CommandExt;
    use std::path::Path;

    use super::*;
    use crate::harness::copy_program;

    /// A run as someone whom permissions hold back: as nobody, where the tests run as root. Gives code, stdout, stderr.
    fn unprivileged(place: &Place, arguments: &[&str]) -> (Option<i32>, Value, String) {
        let mut command = place.trailscan("principals --format json").into_command();
        if std::fs::metadata(place.path(".")).expect("a folder").uid() == 0 {
            // What is built may lie where only root may look.
            let copied = place.path("trailscan-copy");
            copy_program(Path::new(command.get_program()), &copied);
            set_permissions(place.path("."), Permissions::from_mode(0o755)).expect("our folder");
            let mut copy = std::process::Command::new(copied);
            copy.args(command.get_args()).current_dir(place.path(".")).uid(65534).gid(65534);
            copy.env_clear().env("HOME", place.path("."));
            command = copy;
        }
        let output = command.args(arguments).output().expect("trailscan starts");
        let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code(), answer, String::from_utf8(output.stderr).expect("UTF-8"))
    }

    #[test]
    fn what_may_not_be_read_is_named() {
        let place = Place::new();
        place.write("logs/a.json", delivered(&calls(3)[..1]));
        let file = place.write("logs/secret.json", delivered(&calls(3)[1..2]));
        place.write("logs/shut/b.json", delivered(&calls(3)[2..]));
        set_permissions(&file, Permissions::from_mode(0o000)).expect("our file");
        set_permissions(place.path("logs/shut"), Permissions::from_mode(0o000)).expect("our folder");

        let (code, answer, stderr) = unprivileged(&place, &["logs"]);
        set_permissions(place.path("logs/shut"), Permissions::from_mode(0o755)).expect("our folder");
        assert_eq!(code, Some(3), "{stderr}");
        assert_eq!(covered(&answer, "events_counted"), 1);
        let denied = "permission denied: run as a user who can read it".to_owned();
        let expected = [("logs/secret.json".to_owned(), denied.clone()), ("logs/shut".to_owned(), denied)];
        assert_eq!(failures(&answer), expected);
        assert_eq!(covered(&answer, "objects_failed"), 2);

        let (code, _, stderr) = unprivileged(&place, &["logs/secret.json"]);
        assert_eq!(code, Some(1));
        assert!(stderr.contains("trailscan: logs/secret.json: permission denied"), "{stderr}");
        let (code, answer, _) = unprivileged(&place, &["logs/shut"]);
        assert_eq!((code, covered(&answer, "events_counted")), (Some(0), 1), "the near miss: now it may be read");
    }

    #[test]
    fn a_place_that_may_not_be_written_is_told_before_the_scan() {
        let place = Place::new();
        place.write("logs/a.json", "no JSON at all, which a scan would name");
        std::fs::create_dir(place.path("shut")).expect("a folder");
        set_permissions(place.path("shut"), Permissions::from_mode(0o555)).expect("our folder");
        let (code, _, stderr) = unprivileged(&place, &["logs/a.json", "--output", "shut/a.json"]);
        assert_eq!(code, Some(1), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "one line, of the output alone: {stderr}");
        assert!(stderr.starts_with("trailscan: shut/a.json: cannot be created: "), "{stderr}");
    }

    #[test]
    fn names_that_are_no_utf_8_are_read_and_told() {
        let place = Place::new();
        place.write("logs/a.json", delivered(&calls(2)[..1]));
        let name = |bytes: &[u8]| place.path("logs").join(OsStr::from_bytes(bytes));
        std::fs::write(name(b"b-\xff.json"), delivered(&calls(2)[1..])).expect("a file");
        let answer = place.trailscan("principals logs").json(0);
        assert_eq!((covered(&answer, "objects_read"), covered(&answer, "events_counted")), (2, 2));

        std::fs::write(name(b"b-\xff.json"), &delivered(&calls(2)[1..])[..300]).expect("a file");
        let answer = place.trailscan("principals logs").json(3);
        assert!(failure_of(&answer, r"b-\xff.json'").starts_with("ends in the middle"));
        std::fs::write(name(b"c-\x1b[31m\n.json"), "{\"Records\":[{").expect("a file");
        let ended = place.trailscan("principals logs").ends(3);
        assert!(!ended.stderr.contains('\x1b'), "{:?}", ended.stderr);
        told(&ended, r"c-\x1b[31m\n.json");
        place.trailscan("principals").arg(name(b"b-\xff.json").as_os_str()).ends(3);
    }

    #[test]
    fn links_pipes_and_loops() {
        let place = Place::new();
        place.write("logs/a.json", delivered(&calls(3)[..1]));
        place.write("elsewhere/b.json", delivered(&calls(3)[1..2]));
        place.write("elsewhere/c.json", delivered(&calls(3)[2..]));
        let link = |to: &str, name: &str| symlink(place.path(to), place.path(name)).expect("a link");
        link("elsewhere/b.json", "logs/link.json");
        link("logs", "logs/loop");
        symlink("itself", place.path("logs/itself")).expect("a link");
        link("nowhere", "logs/dangling.json");
        let mkfifo = std::process::Command::new("mkfifo").arg(place.path("logs/pipe.json")).status();
        assert!(mkfifo.expect("mkfifo").success());
        link("logs/pipe.json", "logs/to-pipe.json");

        let answer = place.trailscan("principals logs").json(3);
        assert_eq!(covered(&answer, "events_counted"), 2, "the file and the linked file, once");
        let skipped = &answer["coverage"]["objects_skipped"];
        assert_eq!((count(&skipped["special-file"]), count(&skipped["link-loop"])), (2, 1));
        let failures = failures(&answer);
        assert_eq!(failures.len(), 2, "{failures:?}");
        assert!(failures[0].0.ends_with("logs/dangling.json") && failures[1].0.ends_with("logs/itself"));
    }

    #[test]
    fn a_pipe_that_is_named_is_read() {
        let place = Place::new();
        let pipe = place.path("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let writer = std::thread::spawn(move || std::fs::write(pipe, gzip(delivered(&calls(3)))));
        let answer = place.trailscan("principals pipe").json(0);
        writer.join().expect("the writer ends").expect("the pipe takes it");
        assert_eq!(covered(&answer, "events_counted"), 3);
    }
}
