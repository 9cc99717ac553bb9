//! `console-logins` and `keys` from outside: what windows and filters do to them, and what their options do.

use serde_json::{Value, json};

use crate::harness::{Place, count, rows, sample_logs};
use crate::records::{at, call, delivered, with};

const USED: &str = "AKIAIOSFODNN7EXAMPLE";
const MADE: &str = "AKIAI44QH8DHBEXAMPLE";

/// A call of IAM by Alice about a key of hers, from the console.
fn about_key(number: usize, event: &str, key: &str, time: &str) -> Value {
    let made = json!({"accessKey": {"accessKeyId": key, "status": "Active", "userName": "Alice"}});
    let response = if event == "CreateAccessKey" { made } else { Value::Null };
    let changes = json!({"eventSource": "iam.amazonaws.com", "eventName": event, "readOnly": false,
        "userIdentity": {"accessKeyId": null},
        "requestParameters": {"bucketName": null, "userName": "Alice", "accessKeyId": key, "status": "Inactive"},
        "responseElements": response});
    at(with(call(number, 0), changes), time)
}

/// The keys of an answer: id, status, basis, calls.
fn keys(answer: &Value) -> Vec<(String, String, String, i64)> {
    let text = |row: &Value, column: &str| row[column].as_str().unwrap_or_default().to_owned();
    let mut keys: Vec<_> = rows(answer, "keys")
        .iter()
        .map(|row| {
            let texts = ["access_key_id", "status", "created_basis"].map(|column| text(row, column));
            let [id, status, basis] = texts;
            (id, status, basis, count(&row["events"]))
        })
        .collect();
    keys.sort();
    keys
}

fn key(id: &str, status: &str, basis: &str, events: i64) -> (String, String, String, i64) {
    (id.to_owned(), status.to_owned(), basis.to_owned(), events)
}

#[test]
fn windows_and_filters_choose_keys_and_hide_no_explanation() {
    let place = Place::new();
    let records = [
        about_key(1, "CreateAccessKey", USED, "2026-09-01T12:00:00Z"),
        at(call(2, 0), "2026-09-08T12:00:00Z"),
        about_key(3, "CreateAccessKey", MADE, "2026-09-09T12:00:00Z"),
        about_key(4, "UpdateAccessKey", USED, "2026-09-10T12:00:00Z"),
        about_key(5, "DeleteAccessKey", USED, "2026-09-12T12:00:00Z"),
    ];
    place.write("log.json", delivered(&records));
    let ends = |options: &str, code| keys(&place.trailscan(&format!("keys log.json {options}")).json(code));
    let found = |options: &str| ends(options, 0);
    let (unused, exact) = (key(MADE, "active", "exact", 0), |status| key(USED, status, "exact", 1));
    assert_eq!(found(""), [unused.clone(), exact("deleted")]);
    // What comes after the window is not yet known; what came before it explains, and makes no row of its own.
    assert_eq!(found("--since 2026-09-08 --until 2026-09-10"), [unused, exact("active")]);
    assert_eq!(found("--since 2026-09-08 --until 2026-09-09"), [exact("active")]);
    assert_eq!(found("--since 2026-09-10 --until 2026-09-11"), [key(USED, "inactive", "exact", 0)]);
    assert_eq!(ends("--since 2026-09-13 --until 2026-09-14", 3), [], "nothing lies in the window");
    assert_eq!(ends("--account 444455556666", 3), [], "nothing is of that account");
    assert_eq!(found(&format!("--access-key {USED}")), [exact("deleted")], "whoever ended it");
}

#[test]
fn a_key_never_used_needs_its_creation_in_the_window() {
    let place = Place::new();
    let records = [
        about_key(1, "CreateAccessKey", USED, "2026-09-07T12:00:00Z"),
        at(call(2, 0), "2026-09-07T13:00:00Z"),
        about_key(3, "UpdateAccessKey", USED, "2026-09-08T12:00:00Z"),
    ];
    place.write("log.json", delivered(&records));
    let never = |options: &str| {
        let answer = place.trailscan(&format!("keys log.json {options}")).json(0);
        rows(&answer, "keys")[0]["never_used"].clone()
    };
    assert_eq!(never(""), "no");
    assert_eq!(never("--since 2026-09-08"), Value::Null, "its use before the window was not counted");
}

/// Rules and subjects of the findings.
fn findings(arguments: &str) -> Vec<(String, String)> {
    let answer = Place::new().trailscan(arguments).arg(sample_logs()).json(0);
    let text = |finding: &Value, name: &str| finding[name].as_str().expect("text").to_owned();
    let all = answer["findings"].as_array().expect("findings").iter();
    all.map(|finding| (text(finding, "rule"), text(finding, "subject"))).collect()
}

fn has(findings: &[(String, String)], rule: &str) -> bool {
    findings.iter().any(|(found, _)| found == rule)
}

#[test]
fn options_of_console_logins() {
    // The sample logs hold fourteen guesses, and a spray of four users, root and eight unknown names.
    for (options, guessed, sprayed) in [
        ("", true, true),
        // Fourteen within two hours, and one more from there before: slowly it is fifteen.
        ("--guesses 15", true, true),
        ("--guesses 16", false, true),
        ("--spray-users 13", true, true),
        ("--spray-users 14", true, false),
    ] {
        let found = findings(&format!("console-logins {options}"));
        assert_eq!(has(&found, "brute-force-success"), guessed, "{options}");
        assert_eq!(has(&found, "password-spray"), sprayed, "{options}");
    }
    let place = Place::new();
    let ended = place.trailscan("console-logins --spray-users 1").arg(sample_logs()).ends(2);
    assert!(ended.stderr.contains("--spray-users must be at least 2"), "{}", ended.stderr);
    place.trailscan("console-logins --fail-on high").arg(sample_logs()).ends(4);
    place.trailscan("console-logins --fail-on critical").arg(sample_logs()).ends(0);
}

#[test]
fn options_of_keys() {
    let old = |options: &str| {
        let found = findings(&format!("keys {options}"));
        found.into_iter().filter(|(rule, _)| rule == "key-over-age").map(|(_, key)| key).collect::<Vec<_>>()
    };
    assert!(old("").is_empty());
    assert_eq!(old("--max-age 18"), ["AKIABACKUP222EXAMPLE", "AKIAREPORTINGEXAMPLE"]);
    assert!(!has(&findings("keys"), "key-unused"));
    assert!(has(&findings("keys --unused 6"), "key-unused"));
}
