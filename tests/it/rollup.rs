//! `trailscan rollup`: what is kept answers as the logs do, whatever it was split into; what is damaged is named.

#[cfg(feature = "columnar")]
use std::collections::BTreeMap;
#[cfg(feature = "columnar")]
use std::path::{Path, PathBuf};

#[cfg(feature = "columnar")]
use serde_json::Value;

use crate::harness::{Place, sample_logs};
#[cfg(feature = "columnar")]
use crate::harness::{command, count, of_rollups};
#[cfg(feature = "columnar")]
use crate::oracle::{files, is_log};
#[cfg(feature = "columnar")]
use crate::order::{Sequence, mutated, record};
#[cfg(feature = "columnar")]
use crate::records::delivered;

#[cfg(not(feature = "columnar"))]
#[test]
fn a_build_without_columnar_says_what_it_lacks() {
    let place = Place::new();
    let ended = place.trailscan("rollup -o kept").arg(sample_logs()).ends(2);
    assert!(ended.stderr.contains("needs the feature `columnar`"), "{}", ended.stderr);
    assert!(!place.path("kept").exists());
}

/// Every file below a folder, by its path in it.
#[cfg(feature = "columnar")]
fn all_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let below = |file: &PathBuf| file.strip_prefix(folder).expect("below").to_owned();
    files(folder).iter().map(|file| (below(file), std::fs::read(file).expect("a file"))).collect()
}

#[cfg(feature = "columnar")]
fn roll_up(place: &Place, to: &str, inputs: &[PathBuf], options: &str) {
    place.trailscan(&format!("rollup -q -o {to} {options}")).args(inputs).ends(0);
}

/// The answer over some inputs, as bytes, and what stderr says.
#[cfg(feature = "columnar")]
#[track_caller]
fn answer(place: &Place, line: &str, inputs: &[impl AsRef<std::ffi::OsStr>]) -> (Vec<u8>, String) {
    let ended = place.trailscan(line).args(inputs).run();
    assert!([Some(0), Some(3)].contains(&ended.code), "{line}: {:?}", ended.stderr);
    (ended.stdout, ended.stderr)
}

#[cfg(feature = "columnar")]
#[test]
fn a_rollup_answers_as_the_logs_in_every_format() {
    let place = Place::new();
    roll_up(&place, "kept", &[sample_logs()], "");
    let mut asked = 0;
    for report in of_rollups().map(command).chain(["audit".to_owned()]) {
        for format in ["table", "json", "jsonl", "csv", "parquet", "markdown"] {
            if report == "audit" && ["csv", "parquet"].contains(&format) {
                continue;
            }
            let line = format!("{report} --format {format}");
            assert_eq!(answer(&place, &line, &["kept"]), answer(&place, &line, &[sample_logs()]), "{line}");
            asked += 1;
        }
    }
    assert!(asked > 40, "{asked}");
    for (folder, input) in [("from-logs", sample_logs()), ("from-rollup", "kept".into())] {
        place.trailscan("export").arg(folder).arg(input).ends(0);
    }
    assert_eq!(all_files(&place.path("from-logs")), all_files(&place.path("from-rollup")));
}

#[cfg(feature = "columnar")]
#[test]
fn any_window_of_whole_days_and_any_account_is_that_of_the_logs() {
    let place = Place::new();
    roll_up(&place, "kept", &[sample_logs()], "");
    let accounts = ["111122223333", "444455556666"].map(|account| format!("--account {account}"));
    let mut windows: Vec<String> = [1, 9, 11, 13].map(|day| format!("--since 2026-09-{day:02}")).into();
    windows.extend([2, 10, 13].map(|day| format!("--until 2026-09-{day:02}")));
    windows.extend([1, 5, 9, 11].map(|day| format!("--since 2026-09-{day:02} --until 2026-09-{:02}", day + 2)));
    windows.extend([1, 2, 7].map(|days| format!("--days {days}")));
    windows.extend(accounts.iter().cloned());
    windows.extend(accounts.iter().map(|account| format!("--days 5 {account}")));
    windows.push("--days 3 --account 999999999999".to_owned());
    roll_up(&place, "kept.rollup", &[sample_logs()], "");
    for window in windows {
        let line = format!("audit --format json {window}");
        let of_rollups = answer(&place, &line, &[sample_logs()]);
        assert_eq!(answer(&place, &line, &["kept"]), of_rollups, "{window}");
        assert_eq!(answer(&place, &line, &["kept.rollup"]), of_rollups, "{window}");
    }
}

/// Made-up records that contradict each other, in AWSLogs layout by the day of some of them, so that others are late.
#[cfg(feature = "columnar")]
fn archive(place: &Place, folder: &str, sequence: &mut Sequence, of: fn(&mut Sequence) -> Value) {
    for number in 0..24 {
        let records: Vec<Value> = (0..12).map(|_| of(sequence)).collect();
        let (account, region) =
            (["111122223333", "444455556666"][number % 2], ["us-east-1", "eu-west-1"][number / 2 % 2]);
        let day = 9 + sequence.below(4);
        let name = format!("{account}_CloudTrail_{region}_202609{day:02}T{number:02}05Z_{number:016}.json");
        let at = match sequence.below(6) {
            0 => format!("{folder}/copied/{name}"),
            1 => format!("{folder}/{number}.json"),
            _ => format!("{folder}/AWSLogs/o-exampleorg/{account}/CloudTrail/{region}/2026/09/{day:02}/{name}"),
        };
        place.write(&at, delivered(&records));
    }
}

#[cfg(feature = "columnar")]
#[test]
fn a_rollup_of_contradictions_answers_as_they_do() {
    for seed in 1..=3 {
        let (place, mut sequence) = (Place::new(), Sequence(seed));
        archive(&place, "logs", &mut sequence, mutated);
        for options in ["", "--no-dedupe"] {
            let threads = 1 + seed % 3;
            place.trailscan(&format!("rollup logs -o kept{options} {options} --threads {threads}")).run();
            place.trailscan(&format!("rollup logs -o again{options} {options} --threads 1")).run();
            assert_eq!(
                all_files(&place.path(format!("kept{options}"))),
                all_files(&place.path(format!("again{options}")))
            );
            let line = format!("audit --min-addresses 0 --format json {options}");
            place.trailscan(&format!("rollup logs -o {seed}{options}.rollup {options} --threads {threads}")).run();
            let of_rollups = answer(&place, &line, &["logs"]);
            assert_eq!(answer(&place, &line, &[format!("kept{options}")]), of_rollups, "{seed}");
            assert_eq!(answer(&place, &line, &[format!("{seed}{options}.rollup")]), of_rollups, "{seed}");
        }
        archive(&place, "plain", &mut sequence, record);
        place.trailscan("rollup plain -o plain-kept").ends(0);
        for window in ["--since 2026-09-10", "--until 2026-09-11", "--since 2026-09-10 --until 2026-09-11"] {
            let line = format!("audit --min-addresses 0 --format json {window}");
            let [kept, logs] = ["plain-kept", "plain"].map(|input| {
                let mut answer: Value = serde_json::from_slice(&answer(&place, &line, &[input]).0).expect("JSON");
                // Of a rollup it speaks of all days.
                answer["coverage"]["conflicting_ids"].take();
                answer["coverage"]["warnings"].take();
                answer
            });
            assert_eq!(kept, logs, "{seed} {window}");
        }
    }
}

/// The name of a part: some are folders, some are files.
#[cfg(feature = "columnar")]
fn part_of(round: usize, number: usize) -> String {
    format!("{round}/{}/part-{number}{}", number % 2, if number.is_multiple_of(3) { "" } else { ".rollup" })
}

/// Rollups of any objects, given in any order and in any folders, are the rollup of all of them.
#[cfg(feature = "columnar")]
#[test]
fn rollups_of_any_split_are_one() {
    let place = Place::new();
    let mut sequence = Sequence(7);
    let logs: Vec<PathBuf> = files(&sample_logs()).into_iter().filter(|file| is_log(file)).collect();
    // Copies of an event may lie on both sides, so all are counted.
    let line = "audit --no-dedupe --min-addresses 0 --format json";
    let expected = answer(&place, line, &logs);
    for round in 0..2 {
        let parts = 2 + round * 3;
        let mut split: Vec<Vec<PathBuf>> = vec![Vec::new(); parts];
        for file in &logs {
            split[sequence.below(parts)].push(file.clone());
        }
        for (number, files) in split.iter().enumerate() {
            std::fs::create_dir_all(place.path(format!("{round}/{}", number % 2))).expect("folders");
            roll_up(&place, &part_of(round, number), files, "--no-dedupe");
        }
        assert_eq!(answer(&place, line, &[round.to_string()]), expected, "{parts} parts in folders");
        let backwards: Vec<String> = (0..parts).rev().map(|number| part_of(round, number)).collect();
        assert_eq!(answer(&place, line, &backwards), expected, "{parts} parts backwards");
        let (one, two) = backwards.split_at(1);
        for (name, inputs) in [("one", one), ("two", two), ("tree", &["one".into(), "two.rollup".into()])] {
            for form in ["", ".rollup"] {
                let line = format!("rollup -q --no-dedupe -o {name}{form} --overwrite");
                place.trailscan(&line).args(inputs).ends(0);
            }
        }
        assert_eq!(answer(&place, line, &["tree"]), expected, "{parts} parts, joined two by two");
        assert_eq!(answer(&place, line, &["tree.rollup"]), expected, "{parts} parts, joined two by two");
    }
}

/// Objects that a rollup holds are not read again; others are.
#[cfg(feature = "columnar")]
#[test]
fn logs_beside_a_rollup_are_read_where_it_does_not_hold_them() {
    let place = Place::new();
    let logs: Vec<PathBuf> = files(&sample_logs()).into_iter().filter(|file| is_log(file)).collect();
    let half = &logs[..logs.len() / 2];
    roll_up(&place, "half", half, "--no-dedupe");
    let line = "audit --no-dedupe --format json";
    let [mut mixed, mut whole] = [vec!["half".into(), sample_logs()], vec![sample_logs()]]
        .map(|inputs| serde_json::from_slice::<Value>(&answer(&place, line, &inputs).0).expect("JSON"));
    let skipped = mixed["coverage"]["objects_skipped"]["in-rollup"].take();
    assert_eq!(count(&skipped), half.len() as i64);
    for answer in [&mut mixed, &mut whole] {
        for speaks_of_objects in ["objects_found", "objects_skipped", "warnings"] {
            answer["coverage"][speaks_of_objects].take();
        }
    }
    assert_eq!(mixed, whole);
    place.trailscan("rollup -q --no-dedupe -o joined.rollup half").arg(sample_logs()).ends(0);
    let of_joined = answer(&place, line, &["joined.rollup"]).0;
    let mut of_joined: Value = serde_json::from_slice(&of_joined).expect("JSON");
    for speaks_of_objects in ["objects_found", "objects_skipped", "warnings"] {
        of_joined["coverage"][speaks_of_objects].take();
    }
    assert_eq!(of_joined, whole);
}

/// What is named by CloudTrail is known wherever it lies; of any other file nobody knows, so it is read, and said.
#[cfg(feature = "columnar")]
#[test]
fn what_may_be_counted_twice_is_said_and_nothing_is_lost() {
    let place = Place::new();
    let logs: Vec<PathBuf> = files(&sample_logs()).into_iter().filter(|file| is_log(file)).collect();
    let (some, others) = logs.split_at(logs.len() / 2);
    roll_up(&place, "some", some, "");
    roll_up(&place, "others", others, "");
    roll_up(&place, "all", &logs, "");
    let said = |inputs: &[PathBuf]| answer(&place, "activity --format json", inputs).1;
    assert!(said(&["some".into(), "others".into()]).contains("is counted twice"));
    assert!(!said(&["all".into(), sample_logs()]).contains("is counted twice"));
    let mut sequence = Sequence(3);
    for folder in ["one", "two"] {
        place.write(&format!("{folder}/events.json"), delivered(&[record(&mut sequence), record(&mut sequence)]));
    }
    roll_up(&place, "kept", &["one/events.json".into()], "");
    let events = |inputs: &[&str]| {
        let (bytes, said) = answer(&place, "activity --format json", inputs);
        let answer: Value = serde_json::from_slice(&bytes).expect("JSON");
        (count(&answer["coverage"]["events"]), said.contains("whether it is the same is not known"))
    };
    assert_eq!(events(&["kept"]), (2, false));
    assert_eq!(events(&["kept", "two/events.json"]), (4, true));
}

#[cfg(feature = "columnar")]
#[test]
fn what_a_rollup_cannot_answer_is_refused() {
    let place = Place::new();
    roll_up(&place, "kept", &[sample_logs()], "");
    let refused = |line: &str, why: &str| {
        let ended = place.trailscan(line).ends(2);
        assert!(ended.stderr.contains(why) && ended.stdout.is_empty(), "{line}: {}", ended.stderr);
    };
    for flag in
        ["--region us-east-1", "--principal x", "--event x", "--service iam", "--access-key x", "--address 192.0.2.1"]
    {
        refused(&format!("audit kept {flag}"), flag.split(' ').next().expect("a flag"));
    }
    refused("audit kept --since 2026-09-10T12:00:00Z", "kept: the window cuts 2026-09-10 of account ");
    refused("audit kept --until 2026-09-10T12:00:00Z", "kept: the window cuts 2026-09-10 of account ");
    refused("audit kept --no-dedupe", "kept: was made without --no-dedupe");
    roll_up(&place, "copies", &[sample_logs()], "--no-dedupe");
    refused("audit copies", "copies: was made with --no-dedupe");
    let files = place.trailscan("audit kept --dry-run").json(0)["rows"][0]["objects"].as_u64();
    assert_eq!(files, Some(all_files(&place.path("kept")).len() as u64));
    refused("audit kept -", "standard input beside a rollup");
    refused("rollup kept", "--output");
    std::fs::create_dir(place.path("copy")).expect("a folder");
    for (name, bytes) in all_files(&place.path("kept")) {
        place.write(&format!("copy/{}", name.display()), bytes);
    }
    refused("audit kept copy", "its events would be counted twice");
    let logs = sample_logs().display().to_string();
    for window in ["--since 2026-09-10", "--until 2026-09-10", "--days 5"] {
        refused(&format!("rollup {logs} -o x {window}"), "keeps every day");
    }
    place.write("trailscan.toml", "days = 5\n");
    roll_up(&place, "whole", &[sample_logs()], "");
    assert_eq!(
        all_files(&place.path("whole")),
        all_files(&place.path("kept")),
        "a default of reports is none of rollups"
    );
    refused(&format!("rollup {logs} -o x --account 111122223333"), "--account");
    refused(&format!("rollup {logs} -o s3://amzn-s3-demo-bucket/x"), "aws s3 cp --recursive");
}

/// What is missing or was changed is named, and never silently less.
#[cfg(feature = "columnar")]
#[test]
fn a_damaged_rollup_is_named() {
    let place = Place::new();
    roll_up(&place, "kept", &[sample_logs()], "");
    let kept = all_files(&place.path("kept"));
    let tables = ["objects/part-0.parquet", "event_days/part-0.parquet"].map(PathBuf::from);
    let of_state = kept.keys().filter(|name| name.components().count() == 4);
    let chosen: Vec<&PathBuf> = of_state.step_by(197).chain(&tables).collect();
    assert!(chosen.len() > 5);
    for name in chosen {
        let path = place.path("kept").join(name);
        let bytes = &kept[name];
        let mut other = bytes.clone();
        other[bytes.len() / 2] ^= 1;
        for (damage, why) in
            [(Some(&bytes[1..]), "bytes where rollup.json lists"), (Some(&other), "SHA-256"), (None, "no such file")]
        {
            match damage {
                Some(bytes) => std::fs::write(&path, bytes).expect("a file"),
                None => std::fs::remove_file(&path).expect("a file"),
            }
            let ended = place.trailscan("export tables kept").ends(1);
            assert!(ended.stderr.contains(&format!("kept/{}: ", name.display())), "{}", ended.stderr);
            assert!(ended.stderr.contains(why) && ended.stdout.is_empty(), "{}", ended.stderr);
        }
        std::fs::write(&path, bytes).expect("a file");
    }
    let list = place.read("kept/rollup.json");
    place.write("kept/rollup.json", list.replace("\"rollup_version\": 2,", "\"rollup_version\": 99,"));
    let ended = place.trailscan("export tables kept").ends(1);
    assert!(ended.stderr.contains("kept/rollup.json: is of rollup version 99"), "{}", ended.stderr);
    place.write("kept/rollup.json", &list[..list.len() / 2]);
    assert!(
        place.trailscan("export tables kept").ends(1).stderr.contains("kept/rollup.json: is not a list of a rollup")
    );
    place.write("kept/rollup.json", list);
    place.trailscan("export tables kept").ends(0);
}

#[cfg(feature = "columnar")]
#[test]
fn only_what_a_rollup_wrote_is_replaced() {
    let place = Place::new();
    let run = |more: &str, code| place.trailscan(&format!("rollup -o out {more}")).arg(sample_logs()).ends(code).stderr;
    run("", 0);
    let first = all_files(&place.path("out"));
    assert!(run("", 2).contains("out: is not empty: "));
    run("--overwrite --threads 1", 0);
    assert_eq!(all_files(&place.path("out")), first, "the same bytes for any number of threads");
    place.write("out/keys/notes.txt", "mine");
    assert!(run("--overwrite", 2).contains("out: holds keys/notes.txt, "));
    place.trailscan("export tables").arg(sample_logs()).ends(0);
    assert!(
        place.trailscan("rollup -o tables --overwrite").arg(sample_logs()).ends(2).stderr.contains("tables: holds ")
    );
    std::fs::create_dir(place.path("empty")).expect("a folder");
    place.trailscan("rollup empty -o nothing").ends(1);
    place.trailscan("rollup -o nothing --dry-run").arg(sample_logs()).ends(0);
    assert!(!place.path("nothing").exists());
}

/// Whenever a run is killed, its place holds nothing or all of it, and nothing stays beside the next.
#[cfg(all(unix, feature = "columnar"))]
#[test]
fn a_rollup_that_is_killed_leaves_nothing_or_all_of_it() {
    let place = Place::new();
    roll_up(&place, "whole", &[sample_logs()], "");
    let whole = all_files(&place.path("whole"));
    let files_in = |folder: &str| std::fs::read_dir(place.path(folder)).map_or(0, |entries| entries.count());
    for round in 0..12 {
        std::fs::create_dir_all(place.path("around")).expect("a folder");
        let mut run = place.trailscan("rollup -q -o around/kept").arg(sample_logs()).into_command();
        run.stderr(std::process::Stdio::null());
        let mut child = run.spawn().expect("trailscan starts");
        // From the first file on, at a different number of files each round.
        let begun = std::time::Instant::now();
        while files_in("around") == 0 && begun.elapsed().as_secs() < 60 {
            std::thread::yield_now();
        }
        let tables = || {
            let entries = std::fs::read_dir(place.path("around")).into_iter().flatten().flatten();
            entries
                .filter(|entry| entry.path().is_dir())
                .map(|entry| std::fs::read_dir(entry.path()).map_or(0, |e| e.count()))
                .sum::<usize>()
        };
        while tables() < round * 4 && child.try_wait().expect("a child").is_none() {
            std::thread::yield_now();
        }
        child.kill().and_then(|()| child.wait()).expect("it ends");
        if place.path("around/kept").exists() {
            assert_eq!(all_files(&place.path("around/kept")), whole, "round {round}");
            std::fs::remove_dir_all(place.path("around")).expect("a folder");
            continue;
        }
        if round % 5 == 0 {
            roll_up(&place, "around/kept", &[sample_logs()], "");
            assert_eq!(files_in("around"), 1, "the next run clears away what was left");
            std::fs::remove_dir_all(place.path("around")).expect("a folder");
        }
    }
}

/// Rollups of this version stay readable: `rollup-v1` was written once, from these logs. A later version reads it, or says in one
/// line that it does not.
#[cfg(feature = "columnar")]
#[test]
fn an_earlier_rollup_is_read_or_refused() {
    let place = Place::new();
    let earlier = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/rollup-v1");
    let logs = sample_logs().join("o-exampleorgid/111122223333/CloudTrail/us-east-1/2026/09/04");
    if trailscan::rollup::ROLLUP_VERSION > 1 {
        let ended = place.trailscan("audit").arg(&earlier).ends(1);
        return assert!(ended.stderr.contains("is of rollup version 1, and this program reads "), "{}", ended.stderr);
    }
    // What is made of calls alone, an earlier rollup has nothing of, and says so.
    let is_of_calls = |report: &&trailscan::report::Report| report.needs.contains(&&trailscan::aggregate::calls::KIND);
    let of_calls = place.trailscan("permissions *").arg(&earlier).ends(0);
    assert!(of_calls.stderr.contains("was made before calls was kept"), "{}", of_calls.stderr);
    for report in of_rollups().filter(|report| !is_of_calls(report)).map(command).chain(["audit".to_owned()]) {
        let line = format!("{report} --format json");
        let told = [&earlier, &logs].map(|input| {
            let (stdout, stderr) = answer(&place, &line, &[input]);
            let answer = without_keys_of_changes(serde_json::from_slice(&stdout).expect("JSON"));
            (without_earlier(answer), stderr.lines().filter(|line| !is_of_earlier(line)).collect::<Vec<_>>().join("\n"))
        });
        assert_eq!(told[0], told[1], "{line}");
    }
}

/// Whether a line says what an earlier rollup does not hold.
pub fn is_of_earlier(line: &str) -> bool {
    line.ends_with(": was made before secret_reads was kept: make it anew from the logs to have it")
}

/// An answer without the warnings of what an earlier rollup does not hold.
pub fn without_earlier(mut answer: serde_json::Value) -> serde_json::Value {
    if let Some(warnings) = answer.pointer_mut("/coverage/warnings").and_then(serde_json::Value::as_array_mut) {
        warnings.retain(|warning| !warning.as_str().is_some_and(is_of_earlier));
    }
    answer
}

/// An answer without the access keys that changed IAM, which the first rollups do not hold.
pub fn without_keys_of_changes(mut answer: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    fn clear(value: &mut Value) {
        match value {
            Value::Object(members) => {
                let is_of_changes = members.contains_key("policy_class")
                    || members.get("evidence").is_some_and(|evidence| evidence.get("severity_because").is_some());
                for name in ["access_key_ids", "credentials"] {
                    if let Some(keys) = members.get_mut(name).filter(|_| is_of_changes) {
                        *keys = Value::Array(Vec::new());
                    }
                }
                let of_evidence = members.get_mut("evidence").and_then(|evidence| evidence.get_mut("access_key_ids"));
                if let Some(keys) = of_evidence.filter(|_| is_of_changes) {
                    *keys = Value::Array(Vec::new());
                }
                members.values_mut().for_each(clear);
            }
            Value::Array(members) => members.iter_mut().for_each(clear),
            _ => {}
        }
    }
    clear(&mut answer);
    answer
}
