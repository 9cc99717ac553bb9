//! Windows: which events they count, which objects they leave shut, and that neither blinds what explains a row.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::harness::{Place, count, gzip, rows, sample_logs};
use crate::oracle::{files, is_log, text};
use crate::records::{ACCOUNT, assume_role, at, call, delivered, key, session_call, with};

/// Puts records under the key of a delivery day.
fn deliver(place: &Place, day: &str, records: &[Value]) {
    let salt = format!("{:016}", place.number());
    place.write(&format!("logs/{}", key(ACCOUNT, "us-east-1", day, &salt)), gzip(delivered(records)));
}

/// The eventTimes that a run with these options counts: each is a principal of its own.
fn counted(place: &Place, options: &str) -> Vec<String> {
    counted_of(&place.trailscan(&format!("principals {options}")).json(0))
}

/// The same of an answer.
fn counted_of(answer: &Value) -> Vec<String> {
    let mut times: Vec<String> = rows(answer, "principals").iter().map(|row| text(&row["first_seen"])).collect();
    times.sort();
    times
}

/// A call at this time, by a user of its own.
fn call_at(number: usize, time: &str) -> Value {
    let arn = format!("arn:aws:iam::111122223333:user/user-{number}");
    with(at(call(number, 0), time), json!({"userIdentity": {"arn": arn}}))
}

/// Writes `log.json` with a call at each of these times.
fn log_of(place: &Place, times: &[&str]) {
    let records: Vec<Value> = times.iter().enumerate().map(|(i, time)| call_at(i, time)).collect();
    place.write("log.json", delivered(&records));
}

#[test]
fn since_is_inside_and_until_is_not() {
    let place = Place::new();
    let times = [
        "2026-09-09T23:59:59Z",
        "2026-09-10T00:00:00Z",
        "2026-09-10T12:34:56.789Z",
        "2026-09-10T23:59:59Z",
        "2026-09-11T00:00:00Z",
    ];
    log_of(&place, &times);
    assert_eq!(counted(&place, "log.json"), times);
    for window in [
        "--since 2026-09-10 --until 2026-09-11",
        "--since 2026-09-10T00:00:00Z --until 2026-09-11T00:00:00Z",
        "--since 2026-09-10T02:00:00+02:00 --until 2026-09-10T19:00:00-05:00",
        "--days 1 --until 2026-09-11",
        "--since 108h --until 84h",
    ] {
        assert_eq!(counted(&place, &format!("{window} log.json")), times[1..4], "{window}");
    }
    let answer = place.trailscan("principals --since 2026-09-10 --until 2026-09-11 log.json").json(0);
    assert_eq!(answer["window"], json!({"since": "2026-09-10T00:00:00Z", "until": "2026-09-11T00:00:00Z"}));
    let fields = ["events", "events_in_window", "events_out_of_window", "events_counted"];
    assert_eq!(fields.map(|field| count(&answer["coverage"][field])), [5, 3, 2, 3]);
    assert_eq!(answer["coverage"]["first_event"], times[1]);
    assert_eq!(answer["coverage"]["last_event"], times[3]);
    assert_eq!(place.trailscan("principals log.json").json(0)["window"], Value::Null);
}

#[test]
fn days_begin_at_midnight_and_end_now() {
    let place = Place::new();
    // The harness pins now to 2026-09-14T12:00:00Z.
    let times = [
        "2026-09-11T23:59:59Z",
        "2026-09-12T00:00:00Z",
        "2026-09-12T23:59:59Z",
        "2026-09-13T00:00:00Z",
        "2026-09-14T11:59:59Z",
        "2026-09-14T12:00:00Z",
    ];
    log_of(&place, &times);
    assert_eq!(counted(&place, "--days 1 log.json"), times[3..5]);
    assert_eq!(counted(&place, "--days 2 log.json"), times[1..5]);
    assert_eq!(counted(&place, "--days 1 --until 2026-09-13T00:00:00Z log.json"), times[1..3]);
    // Half a day into the 13th: a day before is the 12th, from its start.
    assert_eq!(counted(&place, "--days 1 --until 2026-09-13T12:00:00Z log.json"), times[1..4]);
    assert_eq!(counted(&place, "--since 1d log.json"), times[4..5]);
    assert_eq!(counted(&place, "--since 12h log.json"), times[4..5]);
    assert_eq!(counted(&place, "--until 2026-09-12 log.json"), times[..1]);
    assert_eq!(counted(&place, "--since 2026-09-13 log.json"), times[3..5]);
    assert_eq!(counted(&place, "--days 1 --now 2026-09-13T00:00:00Z log.json"), times[1..3]);
    // The flag wins over the environment, the environment over the clock.
    let run = |options: &str| {
        let run = place.trailscan(&format!("principals --days 1 {options} log.json"));
        text(&run.env("TRAILSCAN_NOW", "2026-09-13T00:00:00Z").json(0)["window"]["until"])
    };
    assert_eq!(run(""), "2026-09-13T00:00:00Z");
    assert_eq!(run("--now 2026-09-12T06:00:00Z"), "2026-09-12T06:00:00Z");
}

#[test]
fn windows_that_cannot_be() {
    let place = Place::new();
    log_of(&place, &["2026-09-10T00:00:00Z"]);
    for window in [
        "--since 2026-09-11 --until 2026-09-10",
        "--since 2026-09-10 --until 2026-09-10",
        "--since 2026-09-15",
        "--since yesterday",
        "--since 2026-02-30",
        "--since 10",
        "--until 7y",
        "--days 0",
        "--days -1",
        "--days 2 --since 2026-09-01",
        "--now never --days 1",
        "--late-slack soon --days 1",
    ] {
        let ended = place.trailscan(&format!("principals {window} log.json")).ends(2);
        assert!(ended.stdout.is_empty() && !ended.stderr.is_empty(), "{window}");
    }
}

#[test]
fn events_without_time_are_in_no_window_and_never_counted() {
    let place = Place::new();
    let untimed = with(call(1, 0), json!({"eventTime": null}));
    place.write("log.json", delivered(&[untimed, call(2, 0)]));
    for window in ["", "--since 2026-09-01", "--until 2026-09-12"] {
        let answer = place.trailscan(&format!("principals {window} log.json")).json(3);
        assert_eq!(count(&answer["coverage"]["events_without_time"]), 1, "{window}");
        assert_eq!(count(&answer["coverage"]["events_counted"]), 1, "{window}");
    }
}

#[test]
fn days_outside_are_left_shut() {
    let place = Place::new();
    for day in 3..=14 {
        let day = format!("2026-09-{day:02}");
        deliver(&place, &day, &[call_at(place.number(), &format!("{day}T11:00:00Z"))]);
    }
    // From 36 h before the window to two days after it: the 7th, noon, to the 12th, 00:00, both days included.
    for (options, read) in [
        ("--since 2026-09-09 --until 2026-09-10", 7..=12),
        ("--since 2026-09-09T12:00:00Z --until 2026-09-10", 8..=12),
        ("--since 2026-09-09 --until 2026-09-10 --late-slack 0h", 7..=10),
        ("--since 2026-09-09 --until 2026-09-10 --late-slack 12h", 7..=10),
        ("--since 2026-09-09 --until 2026-09-10 --late-slack 3d", 7..=13),
        // No later than now, the 14th.
        ("--since 2026-09-09 --until 2026-09-13", 7..=14),
        ("--since 2026-09-12", 10..=14),
        ("--days 2", 10..=14),
        ("--until 2026-09-05", 3..=7),
        ("", 3..=14),
    ] {
        // Half a day without any call is a window in which nothing lies.
        let code = if options.contains("T12:00:00Z") { 3 } else { 0 };
        let answer = place.trailscan(&format!("principals {options} logs")).json(code);
        let coverage = &answer["coverage"];
        let read = i64::try_from(read.count()).unwrap();
        assert_eq!([&coverage["objects_read"], &coverage["objects_pruned"]].map(count), [read, 12 - read], "{options}");
        assert_eq!(count(&coverage["events"]), read, "{options}");
    }
    assert_eq!(counted(&place, "--since 2026-09-09 --until 2026-09-10 logs"), ["2026-09-09T11:00:00Z"]);
}

#[test]
fn what_is_delivered_late_is_counted_within_the_slack() {
    let place = Place::new();
    let times = ["2026-09-09T23:00:01Z", "2026-09-09T23:00:02Z", "2026-09-09T23:00:03Z", "2026-09-09T23:00:04Z"];
    for (number, (time, day)) in times.iter().zip(["2026-09-09", "2026-09-10", "2026-09-12", "2026-09-13"]).enumerate()
    {
        deliver(&place, day, &[call_at(number, time)]);
    }
    let window = "--since 2026-09-09 --until 2026-09-10";
    assert_eq!(counted(&place, &format!("{window} logs")), times[..3]);
    assert_eq!(counted(&place, &format!("{window} --late-slack 4d logs")), times);
    assert_eq!(counted(&place, &format!("{window} --late-slack 0h logs")), times[..2]);
    // A file that is named is under the same rule; one outside the layout is read whatever its name.
    let late = files(&place.path("logs")).pop().unwrap();
    let alone = place.trailscan(&format!("principals {window} {}", late.display())).json(3);
    assert_eq!(counted_of(&alone), [""; 0], "nothing lies in the window");
    place.write("2026/09/13/late.json", delivered(&[call_at(3, times[3])]));
    assert_eq!(counted(&place, &format!("{window} 2026")), times[3..]);
}

#[test]
fn pruning_loses_nothing() {
    let place = Place::new();
    // Standard input has no keys, so nothing of it is left shut.
    let all: Vec<PathBuf> = files(&sample_logs()).into_iter().filter(|file| is_log(file)).collect();
    let packed: Vec<u8> = all.iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
    for window in [
        "--since 2026-09-01 --until 2026-09-04",
        "--since 2026-08-27T18:00:00Z --until 2026-08-27T19:00:00Z",
        "--since 2026-09-10T07:00:00Z --until 2026-09-10T09:30:00Z",
        "--since 2026-09-08 --until 2026-09-09",
        "--days 3",
    ] {
        let line = format!("audit --min-addresses 0 {window}");
        let (pruned, whole) = (
            place.trailscan(&line).arg(sample_logs()).json(0),
            place.trailscan(&format!("{line} -")).stdin(packed.clone()).json(0),
        );
        assert!(count(&pruned["coverage"]["objects_pruned"]) > 0, "{window}");
        assert!(count(&pruned["coverage"]["events_counted"]) > 0, "{window}");
        for report in ["root-usage", "console-logins", "sessions", "principals", "key-spread"] {
            let rows_of = |answer: &Value| -> Vec<Value> {
                let rows = rows(answer, report).iter();
                // A key's creation may lie far before the window: its age is then "at least", and said to be.
                rows.map(|row| with(row.clone(), json!({"age_days": null, "age_basis": null}))).collect()
            };
            assert_eq!(rows_of(&pruned), rows_of(&whole), "{report} {window}");
        }
        for field in ["events_counted", "duplicate_events", "first_event", "last_event", "accounts", "regions"] {
            assert_eq!(pruned["coverage"][field], whole["coverage"][field], "{field} {window}");
        }
    }
}

/// Alice's GetSessionToken at `time`, with the longest life of all: 36 hours.
fn session_token(number: usize, key: &str, time: &str, expires: &str) -> Value {
    let issued = json!({"eventSource": "sts.amazonaws.com", "eventName": "GetSessionToken",
        "requestParameters": {"bucketName": null, "durationSeconds": 129_600},
        "responseElements": {"credentials": {"accessKeyId": key, "sessionToken": "REDACTED", "expiration": expires}}});
    at(with(call(number, 0), issued), time)
}

/// A call by Alice in a session that was created at `created`.
fn token_call(number: usize, key: &str, created: &str, time: &str) -> Value {
    let session = json!({"accessKeyId": key,
        "sessionContext": {"attributes": {"creationDate": created, "mfaAuthenticated": "false"}}});
    at(with(call(number, 0), json!({ "userIdentity": session })), time)
}

#[test]
fn what_was_issued_before_the_window_still_explains_it() {
    let place = Place::new();
    let [role, token, far] = ["ASIAIOSFODNN7EXAMPLE", "ASIAI44QH8DHBEXAMPLE", "ASIAFARAWAY7EXAMPLE2"];
    deliver(&place, "2026-09-09", &[assume_role(1, role, "2026-09-09T14:00:00Z", "Sep 10, 2026, 2:00:00 AM")]);
    deliver(&place, "2026-09-08", &[session_token(2, token, "2026-09-08T14:00:00Z", "Sep 10, 2026, 2:00:00 AM")]);
    deliver(&place, "2026-09-06", &[session_token(3, far, "2026-09-06T14:00:00Z", "Sep 8, 2026, 2:00:00 AM")]);
    let calls = [
        session_call(4, role, "2026-09-09T14:00:00Z", "2026-09-10T00:30:00Z"),
        token_call(5, token, "2026-09-08T14:00:00Z", "2026-09-10T00:30:00Z"),
        token_call(6, far, "2026-09-06T14:00:00Z", "2026-09-10T00:30:01Z"),
    ];
    deliver(&place, "2026-09-10", &calls);
    let answer = place.trailscan("audit --since 2026-09-10 --until 2026-09-11 logs").json(0);
    let sessions = rows(&answer, "sessions");
    for (key, confidence, expires) in [
        // Ten hours before; thirty-four; four days before, which no session lives and nothing opens.
        (role, "exact", json!("2026-09-10T02:00:00Z")),
        (token, "exact", json!("2026-09-10T02:00:00Z")),
        (far, "none", json!(null)),
    ] {
        let row = sessions.iter().find(|row| row["access_key_ids"] == json!([key])).unwrap();
        assert_eq!([&row["issue_confidence"], &row["expires"]], [&json!(confidence), &expires], "{key}");
        let alice = if confidence == "none" { Value::Null } else { json!("arn:aws:iam::111122223333:user/Alice") };
        assert_eq!(row["issued_by"], alice, "{key}");
    }
    // They explain, and are not counted.
    let coverage = &answer["coverage"];
    let fields = ["objects_pruned", "events", "events_out_of_window", "events_counted"];
    assert_eq!(fields.map(|field| count(&coverage[field])), [1, 5, 2, 3]);
    let events: Vec<i64> = rows(&answer, "principals").iter().map(|row| count(&row["events"])).collect();
    assert_eq!(events, [2, 1]);
}

#[test]
fn an_issuance_explains_no_use_after_its_end() {
    let place = Place::new();
    let id = "ASIAIOSFODNN7EXAMPLE";
    let confidence = |time: &str| {
        let issued = assume_role(1, id, "2026-09-10T10:00:00Z", "Sep 10, 2026, 10:00:00 PM");
        // Another session that happens to have the same key: ids come back, with another secret.
        place.write("log.json", delivered(&[issued, session_call(2, id, time, time)]));
        text(&rows(&place.trailscan("sessions log.json").json(0), "sessions")[0]["issue_confidence"])
    };
    assert_eq!(confidence("2026-09-10T10:00:00Z"), "exact");
    assert_eq!(confidence("2026-09-10T21:59:59Z"), "exact");
    assert_eq!(confidence("2026-09-11T10:00:00Z"), "none");
    assert_eq!(confidence("2026-09-10T09:00:00Z"), "none");
}

#[test]
fn what_was_issued_after_the_window_ends_explains_nothing_before() {
    let place = Place::new();
    let id = "ASIAIOSFODNN7EXAMPLE";
    // A key id alone proves little: ASIA ids come back with another secret.
    let later = assume_role(1, id, "2026-09-10T12:00:00Z", "Sep 11, 2026, 12:00:00 AM");
    deliver(&place, "2026-09-10", &[session_call(2, id, "2026-09-09T10:00:00Z", "2026-09-09T10:30:00Z"), later]);
    let answer = place.trailscan("sessions --since 2026-09-09 --until 2026-09-10 logs").json(0);
    assert_eq!(rows(&answer, "sessions")[0]["issue_confidence"], "none");
}

#[test]
fn what_the_filters_leave_out_still_explains() {
    let place = Place::new();
    let id = "ASIAIOSFODNN7EXAMPLE";
    let issued = with(
        assume_role(1, id, "2026-09-10T10:00:00Z", "Sep 10, 2026, 10:00:00 PM"),
        json!({"recipientAccountId": "444455556666", "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.9"}),
    );
    place.write("log.json", delivered(&[issued, session_call(2, id, "2026-09-10T10:00:00Z", "2026-09-10T11:00:00Z")]));
    for filter in [
        "",
        "--account 111122223333",
        "--region us-east-1",
        "--principal *:role/deploy",
        "--event GetBucketAcl",
        "--service s3",
        "--address 198.51.100.0/24",
        "--access-key ASIA*",
    ] {
        let answer = place.trailscan(&format!("audit {filter} log.json")).json(0);
        let row = &rows(&answer, "sessions")[0];
        assert_eq!(row["issue_confidence"], "exact", "{filter}");
        assert_eq!(row["issued_by"], "arn:aws:iam::111122223333:user/Alice", "{filter}");
        assert_eq!(row["issued_from"], "203.0.113.9", "{filter}");
        assert_eq!(row["events"], 1, "{filter}");
        let left_out = i64::from(!filter.is_empty());
        assert_eq!(count(&answer["coverage"]["events_filtered"]), left_out, "{filter}");
        assert_eq!(rows(&answer, "principals").len(), if filter.is_empty() { 2 } else { 1 }, "{filter}");
    }
}

#[test]
fn a_key_made_before_the_window_has_its_exact_age() {
    let place = Place::new();
    let made = with(
        at(call(1, 0), "2026-09-01T12:00:00Z"),
        json!({"eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "readOnly": false,
            "userIdentity": {"accessKeyId": "AKIAI44QH8DHBEXAMPLE"},
            "requestParameters": {"bucketName": null, "userName": "Alice"},
            "responseElements": {"accessKey": {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "status": "Active", "userName": "Alice",
                "createDate": "Sep 1, 2026, 12:00:00 PM"}}}),
    );
    place.write(
        "log.json",
        delivered(&[made, at(call(2, 0), "2026-09-08T12:00:00Z"), at(call(3, 0), "2026-09-10T12:00:00Z")]),
    );
    let age = |options: &str| {
        let answer = place.trailscan(&format!("key-spread --min-addresses 0 {options} log.json")).json(0);
        let rows = rows(&answer, "key-spread").iter();
        let row = rows.into_iter().find(|row| row["access_key_id"] == "AKIAIOSFODNN7EXAMPLE").unwrap();
        (count(&row["age_days"]), text(&row["age_basis"]))
    };
    // Up to the last event without a window, else to its end.
    assert_eq!(age(""), (9, "created".to_owned()));
    assert_eq!(age("--since 2026-09-08 --until 2026-09-09"), (7, "created".to_owned()));
    assert_eq!(age("--since 2026-09-08"), (13, "created".to_owned()));
    place.write(
        "log.json",
        delivered(&[at(call(2, 0), "2026-09-08T12:00:00Z"), at(call(3, 0), "2026-09-10T12:00:00Z")]),
    );
    assert_eq!(age(""), (2, "first-seen".to_owned()));
}

#[test]
fn days_without_an_object_are_gaps() {
    let place = Place::new();
    for (n, day) in ["2026-09-06", "2026-09-07", "2026-09-10", "2026-09-11"].into_iter().enumerate() {
        deliver(&place, day, &[call_at(n, &format!("{day}T11:00:00Z"))]);
    }
    let gaps = |options: &str| {
        let answer = place.trailscan(&format!("principals {options} logs")).json(0);
        let gaps = answer["coverage"]["gaps"].as_array().unwrap().clone();
        gaps.iter().map(|gap| format!("{} {}", text(&gap["from"]), text(&gap["to"]))).collect::<Vec<_>>()
    };
    assert_eq!(gaps(""), ["2026-09-08 2026-09-09"]);
    assert_eq!(gaps("--since 2026-09-07 --until 2026-09-09"), ["2026-09-08 2026-09-08"]);
    assert_eq!(gaps("--since 2026-09-10 --until 2026-09-12"), [""; 0]);
    assert_eq!(gaps("--since 2026-09-10 --until 2026-09-14"), ["2026-09-12 2026-09-13"], "the end counts, too");
    assert_eq!(gaps("--since 2026-09-05 --until 2026-09-08"), ["2026-09-05 2026-09-05"]);
}

#[test]
fn an_empty_answer_explains_itself() {
    let place = Place::new();
    deliver(&place, "2026-09-06", &[call_at(1, "2026-09-06T11:22:33Z")]);
    deliver(&place, "2026-09-07", &[call_at(2, "2026-09-07T11:22:33Z")]);
    let said = |options: &str, code| {
        let ended = place.trailscan(&format!("principals --format json {options}")).ends(code);
        assert_eq!(ended.json()["rows"], json!([]), "{options}");
        ended.stderr
    };
    // All was left shut: the newest delivery day.
    let stderr = said("--days 1 logs", 3);
    for part in ["no rows", "2 objects delivered outside the window", "2026-09-07", "warning: no event lies between"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    // Some was read: the newest event.
    let stderr = said("--since 2026-09-09 --until 2026-09-10 logs", 3);
    for part in ["no rows: 1 object read, 1 event;", "1 event outside the window", "read is of 2026-09-07T11:22:33Z"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    let stderr = said("--event Nothing logs", 0);
    for part in ["2 objects read, 2 events", "2 events left out by the filters"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    // A report may be empty although events were counted.
    let ended = place.trailscan("root-usage --format json logs").ends(0);
    assert!(ended.stderr.contains("2 events counted; none is relevant to this report"), "{}", ended.stderr);
    let ended = place.trailscan("principals --format json logs").ends(0);
    assert!(!ended.stderr.contains("no rows"), "{}", ended.stderr);
}
