//! No order of records, files or threads decides anything: made-up records that contradict each other in every way, dealt
//! to files again and again, give the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use trailscan::output::Format;
use trailscan::report::REPORTS;

use crate::harness::{Place, command, count, formats, formats_of, rows, sample_state};
use crate::records::{assume_role, at, call, delivered, session_call, with};

/// A fixed sequence of numbers that look random.
pub struct Sequence(pub u64);

impl Sequence {
    /// The next number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// A moment of three days.
    fn time(&mut self) -> String {
        format!("2026-09-{:02}T{:02}:{:02}:00Z", 9 + self.below(3), self.of(&[0, 9, 23]), self.below(4) * 15)
    }
}

/// A record that shares its id, its key, its session, its principal with many others and agrees with none.
pub fn record(sequence: &mut Sequence) -> Value {
    let (time, number) = (sequence.time(), sequence.below(150));
    let key =
        sequence.of(&["ASIAIOSFODNN7EXAMPLE", "ASIAI44QH8DHBEXAMPLE", "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"]);
    let created = sequence.of(&["2026-09-09T00:00:00Z", "2026-09-09T09:00:00Z", "2026-09-10T09:00:00Z"]);
    let plain = match sequence.below(11) {
        0 => assume_role(number, key, &time, sequence.of(&["Sep 10, 2026, 2:00:00 AM", "Sep 10, 2026, 9:00:00 PM"])),
        1 | 2 => session_call(number, key, created, &time),
        3 => with(
            session_call(number, key, created, &time),
            json!({"userIdentity": {"sessionContext": {
            "attributes": {"mfaAuthenticated": "true"}, "sourceIdentity": sequence.of(&["Alice", "Bob"]),
            "ec2RoleDelivery": sequence.of(&["1.0", "2.0"]), "sessionIssuer": {"userName": sequence.of(&["deploy", "Deploy"])}}}}),
        ),
        4 => root(sequence, number, key, created, &time),
        5 => sign_in(sequence, number, &time),
        6 => created_key(sequence, number, key, &time),
        9 | 10 => attached_policy(sequence, number, &time),
        7 => with(
            at(call(number, 0), &time),
            json!({"userIdentity": {"accessKeyId": key,
            "sessionContext": {"attributes": {"creationDate": created, "mfaAuthenticated": sequence.of(&["true", "false"])}}}}),
        ),
        _ => with(at(call(number, 0), &time), json!({"userIdentity": {"accessKeyId": key}})),
    };
    let mut varied = with(
        plain,
        json!({"sourceIPAddress": sequence.of(&["192.0.2.1", "192.0.2.77", "198.51.100.1", "2001:db8::1", "10.0.0.1", "AWS Internal"]),
            "userAgent": sequence.of(&["aws-cli/2.17.1", "Boto3/1.34.1", "console.amazonaws.com"]),
            "awsRegion": sequence.of(&["us-east-1", "eu-west-1"]),
            "userIdentity": {"principalId": sequence.of(&["AROACKCEVSQ6C2EXAMPLE:build-7", "AIDACKCEVSQ6C2EXAMPLE"])}}),
    );
    if sequence.below(4) == 0 {
        varied["errorCode"] = json!(sequence.of(&["AccessDenied", "ThrottlingException"]));
    }
    varied
}

fn root(sequence: &mut Sequence, number: usize, key: &str, created: &str, time: &str) -> Value {
    let mut record = at(call(number, 0), time);
    record["userIdentity"] = json!({"type": "Root", "principalId": "111122223333", "accountId": "111122223333",
        "arn": "arn:aws:iam::111122223333:root", "accessKeyId": key});
    match sequence.below(4) {
        0 => with(record, json!({"userIdentity": {"invokedBy": "autoscaling.amazonaws.com"}})),
        1 => with(
            record,
            json!({"userIdentity": {"sessionContext": {"attributes": {"creationDate": created}, "assumedRoot": "true"}}}),
        ),
        2 => with(record, json!({"userIdentity": {"sessionContext": {"attributes": {"creationDate": created}}}})),
        _ => record,
    }
}

fn sign_in(sequence: &mut Sequence, number: usize, time: &str) -> Value {
    let record = with(
        at(call(number, 0), time),
        json!({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "requestParameters": null,
            "additionalEventData": {"MFAUsed": sequence.of(&["Yes", "No"])}, "userIdentity": {"accessKeyId": null}}),
    );
    with(record, json!({"responseElements": {"ConsoleLogin": sequence.of(&["Success", "Failure"])}}))
}

fn created_key(sequence: &mut Sequence, number: usize, key: &str, time: &str) -> Value {
    let date = sequence.of(&["Sep 1, 2026, 12:00:00 PM", "Sep 8, 2026, 12:00:00 PM"]);
    with(
        at(call(number, 0), time),
        json!({"eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "requestParameters": {"userName": "Alice"},
            "responseElements": {"accessKey": {"accessKeyId": key, "status": "Active", "userName": "Alice", "createDate": date}}}),
    )
}

/// The same id now with one policy for one user, now with another: all else is equal.
fn attached_policy(sequence: &mut Sequence, number: usize, time: &str) -> Value {
    let policy = sequence.of(&["AdministratorAccess", "ReadOnlyAccess"]);
    let parameters =
        json!({"userName": sequence.of(&["Alice", "Bob"]), "policyArn": format!("arn:aws:iam::aws:policy/{policy}")});
    with(
        at(call(number, 0), time),
        json!({"eventSource": "iam.amazonaws.com", "eventName": "AttachUserPolicy", "readOnly": false, "responseElements": null,
            "requestParameters": parameters}),
    )
}

/// Deals the records to five files.
fn deal(place: &Place, records: &[Value], sequence: &mut Sequence) {
    let mut hands: [Vec<Value>; 5] = Default::default();
    let mut order: Vec<usize> = (0..records.len()).collect();
    for i in (1..order.len()).rev() {
        order.swap(i, sequence.below(i + 1));
    }
    for (n, i) in order.into_iter().enumerate() {
        // None goes empty: the same commas are written each time.
        let hand = if n < 5 { n } else { sequence.below(5) };
        hands[hand].push(records[i].clone());
    }
    for (hand, records) in hands.iter().enumerate() {
        place.write(&format!("logs/{hand}.json"), delivered(records));
    }
}

#[test]
fn contradictions_are_settled_the_same_way_in_every_order() {
    for seed in 1..=4 {
        let (place, mut sequence) = (Place::new(), Sequence(seed));
        let mut records: Vec<Value> = (0..300).map(|_| record(&mut sequence)).collect();
        // Copies too.
        records.extend_from_within(..40);
        for options in ["", "--no-dedupe", "--since 2026-09-10 --until 2026-09-11", "--region us-east-1"] {
            let mut expected: Option<Vec<u8>> = None;
            for round in 0..6 {
                deal(&place, &records, &mut sequence);
                let line = format!("audit --min-addresses 0 --format json {options} --threads {} logs", 1 + round % 3);
                let ended = place.trailscan(&line).ends(0);
                match &expected {
                    None => {
                        let coverage = &ended.json()["coverage"];
                        assert!(options == "--no-dedupe" || count(&coverage["duplicate_events"]) > 0, "{options}");
                        assert!(!options.is_empty() || count(&coverage["conflicting_ids"]) > 10);
                        expected = Some(ended.stdout);
                    }
                    Some(expected) => differ_nowhere(expected, &ended.stdout, &format!("seed {seed} {options}")),
                }
            }
        }
    }
}

/// What is one record in other words is counted once; what says something else with the same id is another.
#[test]
fn one_id_with_other_content_is_kept_and_other_words_are_not() {
    let place = Place::new();
    let policy = |user: &str, name: &str| {
        let mut record = at(call(1, 0), "2026-09-10T12:00:00Z");
        record["eventSource"] = json!("iam.amazonaws.com");
        record["eventName"] = json!("AttachUserPolicy");
        record["readOnly"] = json!(false);
        record["requestParameters"] = json!({"userName": user, "policyArn": format!("arn:aws:iam::aws:policy/{name}")});
        record
    };
    let (admin, reader) = (policy("alice", "AdministratorAccess"), policy("bob", "ReadOnlyAccess"));
    for (first, second) in [(&admin, &reader), (&reader, &admin)] {
        place.write("logs/1.json", delivered(std::slice::from_ref(first)));
        // The same in other words: pretty, keys in another order, an escape that need not be.
        let pretty = serde_json::to_string_pretty(&json!({"Records": [first]})).unwrap();
        place.write("logs/2.json", pretty.replace("policy/", "policy\\/"));
        let moved = first.to_string().replace("\"policyArn\":", "\"x\":1,\"policyArn\":");
        place.write("logs/3.json", moved);
        place.write("logs/4.json", delivered(std::slice::from_ref(second)));
        let ended = place.trailscan("policy-changes --format json logs").ends(0);
        let coverage = &ended.json()["coverage"];
        let counts = ["events_counted", "duplicate_events", "conflicting_ids"].map(|name| count(&coverage[name]));
        assert_eq!(counts, [3, 1, 1]);
        assert!(ended.text().contains("alice") && ended.text().contains("bob"));
    }
}

/// What hostile or careless writers make of a record: odd times, members that are gone, other accounts, names that make one
/// session id of two sessions, several agents of attackers, records that update others.
pub fn mutated(sequence: &mut Sequence) -> Value {
    let mut record = record(sequence);
    match sequence.below(16) {
        0 => {
            let odd =
                ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-09-10 09:00:00.5", "1789030800", "noon", ""];
            record["eventTime"] = json!(sequence.of(&odd));
        }
        1..=3 => {
            let members = record.as_object_mut().unwrap();
            let name = sequence.of(&members.keys().cloned().collect::<Vec<_>>());
            members.remove(&name);
        }
        4 | 5 => record["recipientAccountId"] = json!(sequence.of(&["444455556666", "777788889999", ""])),
        6 | 7 => {
            // One id, in two ways to write it.
            let created = sequence.of(&["2026-09-09T00:00:00Z", "2026-09-10T09:00:00Z"]);
            let name = "AROACKCEVSQ6C2EXAMPLE:build-7";
            record["userIdentity"]["type"] = json!("AssumedRole");
            match sequence.below(2) {
                0 => record["userIdentity"]["sessionContext"] = json!({"attributes": {"creationDate": created}}),
                _ => {
                    let identity = record["userIdentity"].as_object_mut().unwrap();
                    identity.remove("sessionContext");
                    identity.remove("accessKeyId");
                    identity.insert("principalId".into(), json!(format!("{name}@{created}")));
                    return record;
                }
            }
            record["userIdentity"]["principalId"] = json!(name);
        }
        8 | 9 => {
            record["userAgent"] = json!(sequence.of(&["pacu/1.0", "trufflehog", "aws-cli/2.1 kali", "sqlmap pacu"]))
        }
        10 => {
            let original = crate::records::id(sequence.below(200));
            record["eventID"] = json!(crate::records::id(1000 + sequence.below(20)));
            record["addendum"] = json!({"reason": "UPDATED_DATA", "originalEventID": original,
                "updatedFields": "responseElements", "originalRequestID": "x"});
        }
        11 => record["requestParameters"] = json!({"bucketName": sequence.of(&["a", "b"]), "key": [1, {"x": null}]}),
        12 => record["requestParameters"] = json!("a text"),
        13 => record["resources"] = json!([{"ARN": sequence.of(&["arn:aws:s3:::a", "arn:aws:s3:::b"])}]),
        _ => {}
    }
    record
}

/// The same with a part that is not JSON.
fn broken(sequence: &mut Sequence) -> String {
    let record = mutated(sequence);
    let name =
        sequence.of(&["requestParameters", "responseElements", "userIdentity", "resources", "additionalEventData"]);
    let part = sequence.of(&[r#"{"userName" "Bob"}"#, r#"{"a":}"#, "[1 2]", r#"{"type":"Root","arn":tru}"#]);
    with(record, json!({name: "BROKEN"})).to_string().replace("\"BROKEN\"", part)
}

/// In any order.
fn shuffled<T: Clone>(all: &[T], sequence: &mut Sequence) -> Vec<T> {
    let mut all = all.to_vec();
    for i in (1..all.len()).rev() {
        all.swap(i, sequence.below(i + 1));
    }
    all
}

/// Everything that can be asked of logs: each report and the audit, in every format.
fn questions() -> Vec<String> {
    let mut all = Vec::new();
    for report in REPORTS.iter().copied().filter(|report| !report.reads_state() || report.name == "keys") {
        let all_rows = if report.name == "key-spread" { "--min-addresses 0" } else { "" };
        all.extend(formats_of(report).map(|format| format!("{} {all_rows} --format {format}", command(report))));
    }
    all.extend(
        // Of the others a file holds one report.
        formats()
            .filter(|format| !matches!(format, Format::Csv | Format::Parquet))
            .map(|format| format!("audit --min-addresses 0 --format {format}")),
    );
    all.extend(formats().map(|format| format!("posture --iam-dir iam --format {format}")));
    all.extend(["json", "table", "html"].map(|format| format!("audit --iam-dir iam --format {format}")));
    all
}

/// What is written as a folder: the tables of all reports, and those of an export.
fn folders() -> Vec<&'static str> {
    if cfg!(not(feature = "columnar")) {
        return Vec::new();
    }
    vec![
        "audit --min-addresses 0 --format csv -o out/",
        "audit --iam-dir iam --format parquet -o out/",
        "export out --format csv",
        "export out --format parquet --partition-by day",
        "export out --format csv --with-events",
    ]
}

/// The state of IAM that the project ships, with documents, users, keys, roles and the rows of reports in another order each time.
fn write_state(place: &Place, sequence: &mut Sequence) {
    for (path, bytes) in held(&sample_state()) {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let text = match path.extension().is_some_and(|extension| extension == "csv") {
            true => {
                let (header, rows) = text.trim_end().split_once('\n').expect("a header");
                let rows = shuffled(&rows.lines().collect::<Vec<_>>(), sequence);
                format!("{header}\n{}\n", rows.join("\n"))
            }
            // One document or several behind each other.
            false => {
                let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
                let Ok(documents) = documents.collect::<Result<Vec<_>, _>>() else {
                    // What the AWS CLI says of a policy that there is none of.
                    place.write(&format!("iam/{}", path.display()), text);
                    continue;
                };
                let documents = shuffled(&documents, sequence).into_iter().map(|mut document| {
                    let members = document.as_object_mut().into_iter().flatten();
                    for list in members.filter_map(|(_, value)| value.as_array_mut()) {
                        *list = shuffled(list, sequence);
                    }
                    serde_json::to_string_pretty(&document).expect("JSON") + "\n"
                });
                documents.collect()
            }
        };
        place.write(&format!("iam/{}", path.display()), text);
    }
}

/// The files below a folder, with what they hold.
fn held(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("a file"));
    let files = files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files
        .map(|path| (path.strip_prefix(folder).expect("in it").to_owned(), std::fs::read(&path).expect("a file")))
        .collect()
}

#[test]
fn every_report_and_format_is_the_same_in_every_order_over_mutated_records() {
    let (place, mut sequence) = (Place::new(), Sequence(77));
    let mut records: Vec<Value> = (0..260).map(|_| mutated(&mut sequence)).collect();
    records.extend_from_within(..30);
    let broken: Vec<String> = (0..40).map(|_| broken(&mut sequence)).collect();
    let mut expected: Vec<Vec<u8>> = Vec::new();
    let mut expected_of: BTreeMap<&str, BTreeMap<PathBuf, Vec<u8>>> = BTreeMap::new();
    for (round, threads) in [1, 2, 8].into_iter().enumerate() {
        deal(&place, &records, &mut sequence);
        write_state(&place, &mut sequence);
        // Warnings name the objects of these: they stay together.
        place.write("logs/broken.jsonl", shuffled(&broken, &mut sequence).join("\n"));
        for (number, question) in questions().into_iter().enumerate() {
            let found = place.trailscan(&format!("{question} --threads {threads} logs")).ends(3).stdout;
            match round {
                0 => {
                    let may_be_empty = ["dot", "jsonl", "ocsf"].iter().any(|format| question.contains(format));
                    assert!(may_be_empty || !found.is_empty(), "{question}");
                    expected.push(found);
                }
                _ => differ_nowhere(&expected[number], &found, &question),
            }
        }
        for question in folders() {
            place.trailscan(&format!("{question} --threads {threads} logs")).ends(3);
            let found = held(&place.path("out"));
            std::fs::remove_dir_all(place.path("out")).expect("our folder");
            assert!(found.len() > 5, "{question}: {:?}", found.keys());
            let expected = expected_of.entry(question).or_insert_with(|| found.clone());
            assert!(expected.keys().eq(found.keys()), "{question}");
            for (path, expected) in expected {
                differ_nowhere(expected, &found[path], &format!("{question}: {}", path.display()));
            }
        }
    }
}

/// Objects may be cut and joined anywhere: all but what coverage says of objects stays.
#[test]
fn how_records_lie_in_objects_says_nothing() {
    const OF_OBJECTS: [&str; 4] = ["objects_found", "objects_read", "bytes_json", "bytes_compressed"];
    let mut sequence = Sequence(5);
    let records: Vec<Value> = (0..200).map(|_| mutated(&mut sequence)).collect();
    let mut expected: Option<Value> = None;
    for objects in [1, 2, 7, 60] {
        let place = Place::new();
        for (number, part) in shuffled(&records, &mut sequence).chunks(records.len().div_ceil(objects)).enumerate() {
            let text = if number % 2 == 0 { delivered(part) } else { crate::records::lines(part) };
            place.write(&format!("logs/{number}.json"), text);
        }
        let mut answer = place.trailscan(&format!("audit --min-addresses 0 --threads {} logs", objects.min(8))).json(3);
        for field in OF_OBJECTS {
            answer["coverage"][field] = Value::Null;
        }
        let expected = expected.get_or_insert_with(|| answer.clone());
        differ_nowhere(
            serde_json::to_string_pretty(expected).unwrap().as_bytes(),
            serde_json::to_string_pretty(&answer).unwrap().as_bytes(),
            &format!("{objects} objects"),
        );
    }
}

/// A principalId can be made to look like another session's id. Which of the two comes first is not for the files to say.
#[test]
fn two_sessions_of_one_id_stand_in_one_order() {
    let place = Place::new();
    let created = "2026-09-10T09:00:00Z";
    let plain = session_call(1, "ASIAIOSFODNN7EXAMPLE", created, "2026-09-10T10:00:00Z");
    let mut odd = session_call(2, "ASIAIOSFODNN7EXAMPLE", created, "2026-09-10T10:00:00Z");
    let id = plain["userIdentity"]["principalId"].as_str().unwrap().to_owned();
    odd["userIdentity"] = json!({"type": "AssumedRole", "principalId": format!("{id}@{created}"), "accountId": "111122223333",
        "arn": "arn:aws:sts::111122223333:assumed-role/other/build-7"});
    let answers = [[&plain, &odd], [&odd, &plain]].map(|[first, second]| {
        place.write("logs/1.json", delivered(std::slice::from_ref(first)));
        place.write("logs/2.json", delivered(std::slice::from_ref(second)));
        place.trailscan("sessions --format json logs --threads 1").ends(0)
    });
    let found = answers[0].json();
    let ids: Vec<&Value> = rows(&found, "sessions").iter().map(|row| &row["session_id"]).collect();
    assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
    differ_nowhere(&answers[0].stdout, &answers[1].stdout, "sessions");
}

/// Names the first line that differs.
#[track_caller]
fn differ_nowhere(expected: &[u8], found: &[u8], what: &str) {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    for (expected, found) in lines(expected).iter().zip(lines(found)) {
        assert_eq!(*expected, found, "{what}");
    }
    assert!(expected == found, "{what}");
}
