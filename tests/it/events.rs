//! `events`: the records themselves, in order, whatever the threads, the limit and the copies.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Place, count, sample_logs};
use crate::records::{call, delivered, id, with};

/// The lines of an answer.
fn lines(place: &Place, options: &str, input: &str) -> Vec<String> {
    let ended = place.trailscan(&format!("events --format jsonl {options}")).arg(input).ends(0);
    ended.text().lines().map(str::to_owned).collect()
}

/// The number of each event, by its id.
fn numbers(lines: &[String]) -> Vec<usize> {
    let all: Vec<String> = (0..100).map(id).collect();
    let number = |line: &String| {
        let record: Value = serde_json::from_str(line).expect("a record");
        all.iter().position(|known| record["eventID"] == **known).expect("an id of ours")
    };
    lines.iter().map(number).collect()
}

/// Twelve calls, two of which share their second, in two objects that do not follow each other in time.
fn logs(place: &Place) {
    let record = |number: usize| {
        let minute = if number == 7 { 6 } else { number };
        with(call(number, 0), json!({"eventTime": format!("2026-09-10T12:{minute:02}:00Z")}))
    };
    let (odd, even): (Vec<usize>, Vec<usize>) = (1..13).partition(|number| number % 2 == 1);
    place.write("logs/odd.json", delivered(&odd.into_iter().rev().map(record).collect::<Vec<_>>()));
    place.write("logs/even.json", delivered(&even.into_iter().map(record).collect::<Vec<_>>()));
}

#[test]
fn by_time_then_by_id_whatever_the_threads() {
    let place = Place::new();
    logs(&place);
    let all = lines(&place, "--threads 1", "logs");
    assert_eq!(numbers(&all), (1..13).collect::<Vec<_>>());
    for threads in ["2", "5"] {
        assert_eq!(lines(&place, &format!("--threads {threads}"), "logs"), all);
    }
}

#[test]
fn a_limit_keeps_the_first_and_with_sort_the_last() {
    let place = Place::new();
    logs(&place);
    for (options, expected) in [
        ("--limit 1", vec![1]),
        ("--limit 6", vec![1, 2, 3, 4, 5, 6]),
        ("--limit 7", vec![1, 2, 3, 4, 5, 6, 7]),
        ("--sort -time --limit 3", vec![1, 2, 3]),
        ("--sort time --limit 3", vec![12, 11, 10]),
        ("--sort time --limit 7", vec![12, 11, 10, 9, 8, 6, 7]),
        ("--sort event_id --limit 2", vec![1, 2]),
        ("--since 2026-09-10T12:03:00Z --limit 2", vec![3, 4]),
        ("--limit 100", (1..13).collect()),
    ] {
        assert_eq!(numbers(&lines(&place, options, "logs")), expected, "{options}");
    }
    let answer = place.trailscan("events --limit 5 logs").json(0);
    assert_eq!((count(&answer["rows_total"]), count(&answer["rows_shown"])), (12, 5));
    let table = place.trailscan("events --limit 5 logs").ends(0);
    assert!(table.text().contains("7 more"), "{}", table.text());
}

/// Copies in other bytes are one event, in the same bytes whichever came first; other content under one id is another.
#[test]
fn copies_are_one_event_in_the_least_of_their_bytes() {
    let place = Place::new();
    let one = call(1, 0).to_string();
    let copy = one.replacen("{\"", "{ \"", 1);
    let other = with(call(1, 0), json!({"eventName": "PutObject"})).to_string();
    let wrapped = |records: &[&String]| {
        let records: Vec<&str> = records.iter().map(|record| record.as_str()).collect();
        format!("{{\"Records\":[{}]}}", records.join(","))
    };
    for (name, files) in [
        ("a", [wrapped(&[&one, &other]), wrapped(&[&copy])]),
        ("b", [wrapped(&[&copy]), wrapped(&[&other, &one, &copy])]),
        ("c", [wrapped(&[&copy, &copy, &one]), wrapped(&[&other, &other])]),
    ] {
        place.write(&format!("{name}/1.json"), &files[0]);
        place.write(&format!("{name}/2.json"), &files[1]);
        for threads in ["--threads 1", "--threads 3"] {
            let mut expected = vec![copy.clone(), other.clone()];
            expected.sort();
            assert_eq!(lines(&place, threads, name), expected, "{name} {threads}");
        }
        assert_eq!(lines(&place, "--no-dedupe", name).len(), files.concat().matches("eventVersion").count(), "{name}");
    }
}

/// What is written can be read again: the same records give the same answers.
#[test]
fn the_lines_are_logs() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let all = lines(&place, "", &logs);
    place.write("again.jsonl", all.join("\n"));
    assert_eq!(lines(&place, "", "again.jsonl"), all);
    let rows = |input: &str| place.trailscan("principals").arg(input).json(0)["rows"].clone();
    assert_eq!(rows(&logs), rows("again.jsonl"));
    let answer = place.trailscan("principals").arg(&logs).json(0);
    assert_eq!(count(&answer["coverage"]["events_counted"]), i64::try_from(all.len()).expect("a count"));
}

/// With columns it is rows, as for every report; the table neutralises what steers a terminal.
#[test]
fn columns_make_rows_and_hostile_text_is_shown_as_text() {
    let place = Place::new();
    let hostile = with(call(1, 0), json!({"userAgent": "a\u{1b}[2J\u{202e}b", "errorCode": "=cmd|x"}));
    place.write("log.json", delivered(&[hostile]));
    let chosen = place.trailscan("events --format jsonl --columns event,error log.json").ends(0);
    assert_eq!(chosen.text(), "{\"event\":\"GetBucketAcl\",\"error\":\"=cmd|x\"}\n");
    for format in ["table", "jsonl", "json", "markdown", "html"] {
        let columns = if format == "jsonl" { "" } else { "--columns user_agent,message,record" };
        let ended = place.trailscan(&format!("events --format {format} {columns} log.json")).ends(0);
        assert!(!ended.text().contains(['\u{1b}', '\u{202e}']), "{format}");
    }
}

#[test]
fn a_rollup_keeps_no_events() {
    let place = Place::new();
    logs(&place);
    place.trailscan("rollup logs --output kept.rollup").ends(0);
    let ended = place.trailscan("events kept.rollup").ends(2);
    assert!(
        ended.stderr.contains("a rollup keeps no events, only what they come to: give the logs"),
        "{}",
        ended.stderr
    );
    for filter in ["--session x", "--resource x", "--error x", "--user-agent x", "--event-id x", "--write", "--below x"]
    {
        let ended = place.trailscan(&format!("principals kept.rollup {filter}")).ends(2);
        assert!(ended.stderr.contains("chooses single events"), "{filter}: {}", ended.stderr);
    }
}

/// An independent reading of the sample logs, as `zcat | jq` would do it, gives the same lines.
#[test]
fn a_plain_reading_finds_the_same() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let all: Vec<Value> =
        lines(&place, "", &logs).iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let denied = lines(&place, "--error *AccessDenied* --write", &logs);
    let expected: Vec<&Value> = all
        .iter()
        .filter(|record| record["errorCode"].as_str().is_some_and(|code| code.contains("AccessDenied")))
        .filter(|record| record["readOnly"] != true)
        .collect();
    let found: Vec<Value> = denied.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(!found.is_empty());
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    let agents: BTreeSet<String> = lines(&place, "--user-agent boto3", &logs)
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["userAgent"].to_string())
        .collect();
    assert!(!agents.is_empty() && agents.iter().all(|agent| agent.contains("Boto3")), "{agents:?}");
}

/// What Timesketch asks for comes first, under its names, and the sentence says what happened.
#[test]
fn a_timeline_for_timesketch() {
    let place = Place::new();
    place.write("log.json", delivered(&[call(1, 5)]));
    let line = place.trailscan("events --format timesketch log.json").ends(0);
    let event: Value = serde_json::from_str(line.text()).expect("a line of JSON");
    let first = ["message", "datetime", "timestamp", "timestamp_desc", "data_type"].map(|name| event[name].clone());
    let message = "user/Alice called GetBucketAcl (s3) on amzn-s3-demo-bucket from 192.0.2.10";
    let stamp = 1_789_041_605_000_000_i64;
    assert_eq!(
        first.to_vec(),
        [
            json!(message),
            json!("2026-09-10T12:00:05Z"),
            json!(stamp),
            json!("Event Time"),
            json!("aws:cloudtrail:entry")
        ]
    );
    assert_eq!(
        [&event["event_name"], &event["source_ip"], &event["access_key"]],
        [&json!("GetBucketAcl"), &json!("192.0.2.10"), &json!("AKIAIOSFODNN7EXAMPLE")]
    );
    if cfg!(feature = "columnar") {
        let csv = place.trailscan("events --format timesketch-csv log.json").ends(0);
        let lines: Vec<&str> = csv.text().lines().collect();
        assert!(lines[0].starts_with("message,datetime,timestamp,timestamp_desc,data_type,"), "{}", lines[0]);
        assert!(
            lines[1].starts_with(&format!("{message},2026-09-10T12:00:05Z,{stamp},Event Time,aws:cloudtrail:entry,"))
        );
    }
    let refused = place.trailscan("principals --format timesketch log.json").ends(2);
    let why = "timesketch is a timeline of single events or of findings, and principals has none; ask trailscan events \
               --format timesketch or trailscan findings --format timesketch";
    assert!(refused.stderr.contains(why), "{}", refused.stderr);
}

/// Whose call it is, and what it issued.
fn issued(number: usize, key: &str, event: &str, response: Value) -> Value {
    let user = json!({"type": "IAMUser", "principalId": "AIDAEVE", "arn": "arn:aws:iam::111122223333:user/eve",
        "accountId": "111122223333", "accessKeyId": key, "userName": "eve"});
    let role = json!({"type": "AssumedRole", "principalId": "AROADEPLOY:eve", "accountId": "111122223333", "accessKeyId": key,
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy/eve", "userName": null,
        "sessionContext": {"attributes": {"creationDate": "2026-09-10T12:02:00Z"}, "sessionIssuer": {"type": "Role",
        "arn": "arn:aws:iam::111122223333:role/deploy", "principalId": "AROADEPLOY", "accountId": "111122223333", "userName": "deploy"}}});
    let service = if event == "AssumeRole" { "sts.amazonaws.com" } else { "iam.amazonaws.com" };
    with(
        call(number, 0),
        json!({"userIdentity": if key.starts_with("ASIA") { role } else { user }, "eventTime": format!("2026-09-10T12:{number:02}:00Z"),
            "eventSource": service, "eventName": event, "readOnly": false, "responseElements": response}),
    )
}

/// A key, the session that it got, the key that this session created for somebody else, and what that did; not the calls of
/// others, nor of another key of the same user.
#[test]
fn below_a_key_is_all_that_it_issued() {
    let place = Place::new();
    let session = json!({"credentials": {"accessKeyId": "ASIASTOLEN", "sessionToken": "x", "expiration": "Sep 10, 2026, 1:02:00 PM"},
        "assumedRoleUser": {"assumedRoleId": "AROADEPLOY:eve", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/eve"}});
    let created = json!({"accessKey": {"accessKeyId": "AKIABACKDOOR", "userName": "backup", "status": "Active"}});
    let mallory = json!({"type": "IAMUser", "principalId": "AIDABACKUP", "arn": "arn:aws:iam::111122223333:user/backup",
        "accountId": "111122223333", "accessKeyId": "AKIABACKDOOR", "userName": "backup"});
    place.write(
        "log.json",
        delivered(&[
            issued(1, "AKIAEVE", "ListUsers", json!(null)),
            issued(2, "AKIAEVE", "AssumeRole", session),
            issued(3, "ASIASTOLEN", "CreateAccessKey", created),
            with(call(4, 300), json!({"userIdentity": mallory})),
            issued(5, "AKIAOTHEREVE", "ListUsers", json!(null)),
            call(6, 400),
        ]),
    );
    for (asked, expected) in [
        ("AKIAEVE", vec![1, 2, 3, 4]),
        ("ASIASTOLEN", vec![3, 4]),
        ("AKIABACKDOOR", vec![4]),
        ("user/eve", vec![1, 2, 3, 4, 5]),
        ("role/deploy", vec![3, 4]),
        ("Alice", vec![6]),
    ] {
        assert_eq!(numbers(&lines(&place, &format!("--below {asked}"), "log.json")), expected, "{asked}");
    }
    // The window and the other filters leave what is shown, and never what is known.
    let late = lines(&place, "--below AKIAEVE --since 2026-09-10T12:05:00Z", "log.json");
    assert_eq!(numbers(&late), [4]);
    let nobody = place.trailscan("events --below nobody log.json").ends(2);
    assert!(nobody.stderr.contains("--below: no credential, session or principal like nobody"), "{}", nobody.stderr);
    let piped = place.trailscan("events --below AKIAEVE -").stdin(place.read("log.json")).ends(2);
    assert!(piped.stderr.contains("standard input can be read once; save it to a file"), "{}", piped.stderr);
}

/// What a key made is below it: a password, until somebody else sets another, and the role's sessions of its instance.
#[test]
fn below_a_key_is_what_it_made() {
    let place = Place::new();
    let user = |name: &str, key: &str| {
        json!({"type": "IAMUser", "principalId": format!("AIDA{}", name.to_uppercase()), "accountId": "111122223333",
            "arn": format!("arn:aws:iam::111122223333:user/{name}"), "accessKeyId": key, "userName": name})
    };
    let made = |number: usize, by: Value, event: &str, parameters: Value, response: Value| {
        let service = if event == "RunInstances" { "ec2.amazonaws.com" } else { "iam.amazonaws.com" };
        with(
            call(number, 0),
            json!({"userIdentity": by, "eventTime": format!("2026-09-10T12:{number:02}:00Z"), "eventSource": service,
                "eventName": event, "readOnly": false, "requestParameters": parameters, "responseElements": response}),
        )
    };
    let signed_in = |number: usize| {
        with(
            call(number, 0),
            json!({"userIdentity": user("bob", ""), "eventTime": format!("2026-09-10T12:{number:02}:00Z"),
                "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn",
                "readOnly": false, "requestParameters": null, "responseElements": {"ConsoleLogin": "Success"}}),
        )
    };
    let on = |number: usize, instance: &str| {
        let role = json!({"type": "AssumedRole", "principalId": format!("AROAWEB:{instance}"), "accountId": "111122223333",
            "arn": format!("arn:aws:sts::111122223333:assumed-role/web/{instance}"), "accessKeyId": format!("ASIA{number}"),
            "sessionContext": {"attributes": {"creationDate": "2026-09-10T12:00:00Z"},
                "sessionIssuer": {"type": "Role", "principalId": "AROAWEB", "arn": "arn:aws:iam::111122223333:role/web",
                    "accountId": "111122223333", "userName": "web"}}});
        with(call(number, 0), json!({"userIdentity": role, "eventTime": format!("2026-09-10T12:{number:02}:00Z")}))
    };
    let (bob, launched) =
        (json!({"userName": "bob"}), json!({"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}}));
    place.write(
        "log.json",
        delivered(&[
            signed_in(1),
            made(2, user("eve", "AKIAEVE"), "CreateLoginProfile", bob.clone(), json!(null)),
            signed_in(3),
            made(4, user("admin", "AKIAADMIN"), "UpdateLoginProfile", bob, json!(null)),
            signed_in(5),
            made(6, user("eve", "AKIAEVE"), "RunInstances", json!({}), launched),
            on(7, "i-0123456789abcdef0"),
            on(8, "i-0fedcba9876543210"),
        ]),
    );
    for (asked, expected) in [("AKIAEVE", vec![2, 3, 6, 7]), ("AKIAADMIN", vec![4, 5]), ("user/bob", vec![1, 3, 5])] {
        assert_eq!(numbers(&lines(&place, &format!("--below {asked}"), "log.json")), expected, "{asked}");
    }
}
