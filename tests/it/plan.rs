//! `trailscan plan` and `rollup --shard`: whatever the shards, in whatever order and however often they are read, their parts
//! answer as one run does; what is missing or changed is named.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Ended, Place, sample_logs};
use crate::order::Sequence;
use crate::records::{call, calls, delivered, with};

/// A plan's lines.
fn lines(place: &Place, arguments: &str) -> Vec<String> {
    let ended = place.trailscan(&format!("plan {arguments}")).run();
    assert!([Some(0), Some(3)].contains(&ended.code), "{arguments}: {}", ended.stderr);
    ended.text().lines().map(str::to_owned).collect()
}

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).expect("a line of JSON")
}

/// Rolls up a line into `parts`.
#[track_caller]
fn roll_up(place: &Place, line: &str, code: i32) -> Ended {
    place.trailscan("rollup -q --shard - --output parts").stdin(line).ends(code)
}

/// The part of a line.
fn part(line: &str) -> String {
    format!("parts/{}.rollup", parsed(line)["shard"].as_str().expect("an id"))
}

/// Logs of two accounts and four days, a digest, and a file whose name tells nothing.
fn with_logs() -> Place {
    let place = Place::new();
    for (number, account) in ["111122223333", "444455556666"].into_iter().enumerate() {
        for day in 9..13 {
            let records: Vec<Value> = (0..3)
                .map(|event| {
                    let id = crate::records::id(number * 1000 + day * 10 + event);
                    let time = format!("2026-09-{day:02}T10:0{event}:00Z");
                    with(call(event, 0), json!({"eventID": id, "eventTime": time, "recipientAccountId": account}))
                })
                .collect();
            let name = format!("{account}_CloudTrail_us-east-1_202609{day:02}T1005Z_{day:016}.json");
            let folder = format!("logs/AWSLogs/{account}/CloudTrail/us-east-1/2026/09/{day:02}");
            place.write(&format!("{folder}/{name}"), delivered(&records));
        }
    }
    let digest = "111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20260909T114203Z.json.gz";
    place.write(&format!("logs/AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/09/09/{digest}"), "digest");
    place.write("logs/export.json", delivered(&calls(2)));
    place
}

#[test]
fn a_plan_holds_every_object_once_and_the_same_again() {
    let place = with_logs();
    let plan = lines(&place, "logs --tasks 3");
    assert_eq!(plan, lines(&place, "logs --tasks 3 --threads 1"));
    let shards: Vec<Value> = plan.iter().map(|line| parsed(line)).collect();
    assert_eq!(shards.len(), 3);
    let mut names = Vec::new();
    for (number, shard) in (1..).zip(&shards) {
        assert_eq!((&shard["number"], &shard["of"], &shard["plan"]), (&json!(number), &json!(3), &shards[0]["plan"]));
        let objects = shard["objects"].as_array().expect("objects");
        for object in objects {
            let name = object["object"].as_str().expect("a name");
            let bytes = place.path(name).metadata().expect("a file").len();
            assert_eq!(object["bytes"], bytes, "{name}");
            names.push(name.to_owned());
        }
    }
    let of_days = |shard: &Value| shard["accounts_days"].as_array().expect("days").len();
    assert_eq!(shards.iter().map(of_days).collect::<Vec<_>>(), [4, 4, 0]);
    assert_eq!(shards[0]["accounts_days"][0], json!(["111122223333", "2026-09-09"]));
    let (count, bytes) = (names.len(), |shard: &Value| shard["bytes"].as_u64().expect("bytes"));
    names.sort();
    names.dedup();
    assert_eq!((count, names.len()), (10, 10));
    assert_eq!(bytes(&shards[0]), bytes(&shards[1]), "a digest is no work");
    place.trailscan("plan logs --tasks 3 --output plan.jsonl").ends(0);
    assert_eq!(place.read("plan.jsonl").lines().collect::<Vec<_>>(), plan);
    // What is added is another plan; shards that hold what they held keep their ids.
    place.write("logs/other.json", delivered(&calls(1)));
    let after: Vec<Value> = lines(&place, "logs --tasks 3").iter().map(|line| parsed(line)).collect();
    let same: Vec<bool> = shards.iter().zip(&after).map(|(one, two)| one["shard"] == two["shard"]).collect();
    assert_eq!((same, shards[0]["plan"] == after[0]["plan"]), (vec![true, true, false], false));
}

#[test]
fn a_plan_says_what_it_leaves_open() {
    let place = with_logs();
    let said = |arguments: &str| place.trailscan(&format!("plan {arguments}")).ends(0).stderr;
    let even = said("logs --tasks 3");
    assert!(even.contains(": 3 shards of ") && !even.contains("is counted twice"), "{even}");
    assert!(even.contains("; 1 object whose names tell no account and day are the last"), "{even}");
    assert!(said("logs --tasks 5").contains("the days of 2 accounts lie in several shards: an event "));
    assert_eq!(said("logs --tasks 1").lines().count(), 1);
    let days = lines(&place, "logs/AWSLogs --tasks 9 --since 2026-09-12 --late-slack 0");
    let days: Vec<Value> = days.iter().map(|line| parsed(line)["accounts_days"].clone()).collect();
    assert_eq!(days[0], json!([["111122223333", "2026-09-10"]]), "36 hours before the window, as reports read");
}

#[test]
fn what_cannot_be_planned_is_refused() {
    let place = with_logs();
    let refused = |arguments: &str, code: i32, why: &str| {
        let ended = place.trailscan(&format!("plan {arguments}")).ends(code);
        assert!(ended.stderr.contains(why) && ended.stdout.is_empty(), "{arguments}: {}", ended.stderr);
    };
    refused("logs", 2, "--tasks");
    refused("logs --tasks 0", 2, "--tasks");
    refused("- --tasks 2", 1, "-: can be read once");
    refused("missing --tasks 2", 1, "missing: no such file or directory");
    refused("logs --tasks 2 --region us-east-1", 2, "--region");
    refused("logs --tasks 2 --output s3://amzn-s3-demo-bucket/plan.jsonl", 2, "aws s3 cp FILE ");
    refused("logs --tasks 2 --output no/such/plan.jsonl", 1, "create it first");
    std::fs::create_dir(place.path("empty")).expect("a folder");
    refused("empty --tasks 2", 1, "nothing was found to read");
}

#[track_caller]
fn audit(place: &Place, input: impl AsRef<Path>) -> (Option<i32>, Vec<u8>, String) {
    let ended = place.trailscan("audit --min-addresses 0 --format json").arg(input.as_ref()).run();
    (ended.code, ended.stdout, ended.stderr)
}

#[test]
fn parts_of_any_plan_answer_as_one_run() {
    let logs = sample_logs().parent().expect("a folder").join("AWSLogs");
    for (tasks, seed) in [(1, 1), (3, 2), (40, 3)] {
        let (place, mut sequence) = (Place::new(), Sequence(seed));
        let mut plan = lines(&place, &format!("{} --tasks {tasks}", logs.display()));
        assert!(plan.len() <= tasks && plan.len() > tasks / 2, "{}", plan.len());
        while !plan.is_empty() {
            roll_up(&place, &plan.swap_remove(sequence.below(plan.len())), 0);
        }
        assert_eq!(audit(&place, "parts"), audit(&place, &logs), "{tasks} tasks");
    }
}

/// What the listing met beside objects is told by the parts as by one run.
#[cfg(unix)]
#[test]
fn what_could_not_be_listed_stays_known() {
    use std::os::unix::fs::symlink;
    let place = with_logs();
    symlink("nowhere", place.path("logs/dangling.json")).expect("a link");
    symlink("..", place.path("logs/AWSLogs/up")).expect("a link");
    let ended = place.trailscan("plan logs --tasks 4 --output plan.jsonl").ends(3);
    assert!(ended.stderr.contains("logs/dangling.json: no such file"), "{}", ended.stderr);
    for line in place.read("plan.jsonl").lines() {
        roll_up(&place, line, if parsed(line)["number"] == 1 { 3 } else { 0 });
    }
    let expected = audit(&place, "logs");
    assert_eq!((expected.0, audit(&place, "parts")), (Some(3), expected));
}

/// Digests, and objects that the window leaves shut, are told by the parts as by one run.
#[test]
fn a_window_that_was_planned_answers_as_one_run() {
    let place = with_logs();
    let digest = "444455556666_CloudTrail-Digest_eu-west-1_trail_eu-west-1_20260912T114203Z.json.gz";
    place.write(&format!("logs/AWSLogs/444455556666/CloudTrail-Digest/eu-west-1/2026/09/12/{digest}"), "digest");
    let window = "--since 2026-09-12 --until 2026-09-13";
    let plan = lines(&place, &format!("logs --tasks 30 {window}"));
    plan.iter().for_each(|line| drop(roll_up(&place, line, 0)));
    let told = |input: &str| {
        let ended = place.trailscan(&format!("audit --format json {window} {input}")).run();
        (ended.code, ended.stdout)
    };
    assert_eq!(told("parts"), told("logs"));
}

#[test]
fn a_task_that_runs_twice_counts_once() {
    let place = with_logs();
    let plan = lines(&place, "logs --tasks 2");
    plan.iter().for_each(|line| drop(roll_up(&place, line, 0)));
    let expected = audit(&place, "logs");
    assert_eq!(audit(&place, "parts"), expected);
    let again = roll_up(&place, &plan[0], 0);
    let left = format!("{}: is there already, so shard 1 is left as it is", part(&plan[0]));
    assert!(again.stderr.contains(&left) && again.stderr.lines().count() == 1, "{}", again.stderr);
    assert_eq!(audit(&place, "parts"), expected);
    // A part of another plan does not know how many there are, so it is made anew.
    place.write("logs/other.json", delivered(&calls(1)));
    let other = lines(&place, "logs --tasks 2");
    assert_eq!(parsed(&other[0])["shard"], parsed(&plan[0])["shard"]);
    assert!(!roll_up(&place, &other[0], 0).stderr.contains("is there already"));
}

/// Merging is associative: parts in any groups, and the groups again, answer as all logs; parts that are missing stay so.
#[test]
fn parts_are_merged_in_any_groups() {
    let place = with_logs();
    let plan = lines(&place, "logs --tasks 5");
    plan.iter().for_each(|line| drop(roll_up(&place, line, 0)));
    let expected = audit(&place, "logs");
    let merge = |to: &str, from: &[String]| drop(place.trailscan("rollup -q --output").arg(to).args(from).ends(0));
    let parts: Vec<String> = plan.iter().map(|line| part(line)).collect();
    merge("a.rollup", &[parts[3].clone(), parts[0].clone()]);
    merge("b.rollup", &parts[1..3]);
    merge("c.rollup", &["b.rollup".into(), parts[4].clone()]);
    merge("tree.rollup", &["c.rollup".into(), "a.rollup".into()]);
    merge("flat.rollup", &["parts".into()]);
    assert_eq!(place.read_bytes("tree.rollup"), place.read_bytes("flat.rollup"));
    assert_eq!((audit(&place, "tree.rollup"), audit(&place, "parts")), (expected.clone(), expected));
    let ended = place.trailscan("audit c.rollup").ends(3);
    assert!(
        ended.stderr.contains("shard 1 of 5 of plan ") && ended.stderr.contains("shard 4 of 5 of plan "),
        "{}",
        ended.stderr
    );
    assert!(!ended.stderr.contains("shard 2 of 5 of plan "), "{}", ended.stderr);
}

/// What a task that was killed has left beside the parts is none of them.
#[test]
fn what_is_unfinished_is_not_read() {
    let place = with_logs();
    let plan = lines(&place, "logs --tasks 2");
    plan.iter().for_each(|line| drop(roll_up(&place, line, 0)));
    let expected = audit(&place, "parts");
    let bytes = place.read_bytes(&part(&plan[0]));
    for name in
        ["parts/.trailscan-AbCdEf.tmp", "parts/.trailscan-AbCdEf.lock", "parts/.trailscan-GhIjKl.tmp/rollup.json"]
    {
        place.write(name, &bytes[..bytes.len() / 2]);
    }
    assert_eq!(audit(&place, "parts"), expected);
    place.write("parts/half.rollup", &bytes[..bytes.len() / 2]);
    place.trailscan("audit parts").ends(1);
}

#[test]
fn a_lost_shard_is_named() {
    let place = with_logs();
    let plan = lines(&place, "logs --tasks 4");
    plan.iter().filter(|line| parsed(line)["number"] != 2).for_each(|line| drop(roll_up(&place, line, 0)));
    let id = parsed(&plan[0])["plan"].as_str().expect("an id").to_owned();
    let ended = place.trailscan("audit parts --format json").ends(3);
    let why = "its part is missing: roll up the line of the plan that has \"number\":2";
    let lost = format!("shard 2 of 4 of plan {id}");
    assert!(ended.stderr.contains(&format!("trailscan: {lost}: {why}\n")), "{}", ended.stderr);
    let answer = ended.json();
    assert_eq!(answer["coverage"]["failures"], json!([{"object": lost, "why": why}]));
    assert_eq!(answer["coverage"]["places_failed"], 1);
    let practices = answer["scorecard"].as_array().expect("practices");
    assert!(!practices.is_empty() && practices.iter().all(|row| row["verdict"] != "CORRECT"), "{practices:?}");
    #[cfg(feature = "columnar")]
    place.trailscan("export tables parts").ends(3);
    roll_up(&place, &plan[1], 0);
    assert!(!place.trailscan("audit parts").ends(0).stderr.contains("missing"));
}

#[test]
fn what_is_not_what_was_planned_is_named_and_not_kept() {
    let place = with_logs();
    let plan = lines(&place, "logs --tasks 3");
    let object = parsed(&plan[0])["objects"][1]["object"].as_str().expect("a name").to_owned();
    let text = place.read(&object);
    place.write(&object, format!("{text} "));
    let ended = roll_up(&place, &plan[0], 1);
    let bytes = text.len();
    assert!(
        ended.stderr.contains(&format!("{object}: has {} bytes where {bytes} were listed", bytes + 1)),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("1 object of 5 are not what was planned"), "{}", ended.stderr);
    std::fs::remove_file(place.path(&object)).expect("our file");
    let ended = roll_up(&place, &plan[0], 1);
    assert!(ended.stderr.contains(&format!("{object}: no such file or directory")), "{}", ended.stderr);
    assert!(!place.path(part(&plan[0])).exists());
    // Another file in the same folder is not of the shard, and changes nothing.
    place.write(&object, &text);
    place.write(&format!("{object}.new.json"), "{");
    roll_up(&place, &plan[0], 0);
    // One that was damaged when it was planned is read as far as it can be.
    let damaged = Place::new();
    damaged.write("logs/a.json", "{\"Records\":[{");
    damaged.write("logs/b.json", delivered(&calls(2)));
    roll_up(&damaged, &lines(&damaged, "logs --tasks 1")[0], 3);
    assert!(damaged.trailscan("audit parts").ends(3).stderr.contains("2 events counted"));
}

#[test]
fn a_line_that_is_no_shard_is_refused() {
    let place = with_logs();
    let plan = lines(&place, "logs --tasks 2");
    for (line, code, why) in [
        (String::new(), 2, "-: holds 0 lines"),
        (plan.join("\n"), 2, "-: holds 2 lines"),
        ("{}".to_owned(), 2, "-: is not a line of `trailscan plan`"),
        (plan[0].replace("09/09", "09/10"), 2, "does not hold what its id "),
        (plan[0].replace("\"plan_version\":1", "\"plan_version\":9"), 2, "is of plan version 9"),
    ] {
        let ended = roll_up(&place, &line, code);
        assert!(ended.stderr.contains(why) && ended.stderr.lines().count() == 1, "{}", ended.stderr);
    }
    assert!(!place.path("parts").exists());
    place.trailscan("rollup --shard plan.jsonl logs --output parts").ends(2);
    assert!(
        place.trailscan("rollup --shard no.jsonl --output parts").ends(1).stderr.contains("no.jsonl: no such file")
    );
    place.write("one.jsonl", &plan[0]);
    place.trailscan("rollup --shard one.jsonl --output parts").ends(0);
    roll_up(&place, &plan[1], 0);
    // What lies under the name of a part and is none is not taken for it.
    std::fs::rename(place.path(part(&plan[0])), place.path(part(&plan[1]))).expect("our file");
    assert!(roll_up(&place, &plan[1], 1).stderr.contains("holds another rollup than that of its shard"));
}

/// A shard of digests alone has nothing to read, and is whole.
#[test]
fn a_shard_of_digests_is_a_part() {
    let place = with_logs();
    let plan = lines(&place, "logs/AWSLogs/111122223333/CloudTrail-Digest --tasks 3");
    assert_eq!(plan.len(), 1);
    roll_up(&place, &plan[0], 0);
    assert!(place.path(part(&plan[0])).exists());
}

/// The task for machines that share no storage, with folders in place of S3 and a copier in place of the AWS CLI.
#[cfg(unix)]
#[test]
fn the_task_of_the_example_puts_a_part_and_says_how_it_ends() {
    use crate::docs::in_shell;
    let place = with_logs();
    place.write_program("bin/aws", "#!/bin/sh\n[ \"$4\" = --recursive ] && { mkdir -p \"$6\"; exec cp -r \"$5/.\" \"$6\"; }\nexec cp \"$4\" \"$5\"\n");
    place.trailscan("plan logs --tasks 3 --output plan.jsonl").ends(0);
    let split = "mkdir shards && split --lines 1 --numeric-suffixes --suffix-length 5 --additional-suffix .json plan.jsonl shards/";
    assert!(in_shell(&place, split).status.success());
    let task = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/aws/task.sh");
    let ended = |index: usize| {
        let ended = in_shell(&place, &format!("{} shards parts {index}", task.display()));
        (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
    };
    for index in [2, 0, 1, 1] {
        let (code, said) = ended(index);
        assert_eq!(code, Some(0), "{said}");
    }
    assert_eq!(audit(&place, "parts"), audit(&place, "logs"));
    // What fails has no part and is told to whoever runs tasks; what is damaged is a part.
    std::fs::remove_dir_all(place.path("parts")).expect("our folder");
    std::fs::remove_file(place.path("logs/export.json")).expect("our file");
    let (code, said) = ended(2);
    assert!(code == Some(1) && said.contains("logs/export.json: no such file"), "{code:?} {said}");
    assert!(!place.path("parts").exists());
    place.write("logs/export.json", "{\"Records\":[{");
    place.trailscan("plan logs --tasks 3 --output plan.jsonl").ends(0);
    assert!(
        in_shell(
            &place,
            "rm -r shards && mkdir shards && split -l 1 -d -a 5 --additional-suffix .json plan.jsonl shards/"
        )
        .status
        .success()
    );
    assert_eq!(ended(2).0, Some(0));
    assert_eq!(std::fs::read_dir(place.path("parts")).expect("a folder").count(), 1);
}
