//! Texts of logs that would steer whatever shows them, a terminal or a spreadsheet, steer neither.

use serde_json::json;
use trailscan::output::Format;

use crate::harness::{Place, command, formats, of_logs};
use crate::output::words;
use crate::records::{calls, delivered, id, with};

/// Texts that steer a terminal, forge lines, or are formulas.
const HOSTILE: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "a\nAKIAFAKEFAKEEXAMPLE1  fake row",
    "b\r\u{8}\u{9b}2J",
    "\u{202e}txet\u{2066}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "x,\"y\"; z",
    "aws-cli;=1+1;\t@y",
];

/// Logs whose every free text is hostile: users, roles, session names, user agents, event names, services, addresses.
fn hostile_logs(place: &Place) {
    let mut records = Vec::new();
    for (i, text) in HOSTILE.iter().enumerate() {
        let user = json!({
            "eventID": id(i * 4), "userAgent": text, "eventName": text, "eventSource": text, "awsRegion": text,
            "sourceIPAddress": format!("192.0.2.{i}"), "errorCode": text, "errorMessage": text,
            "userIdentity": {"principalId": text, "userName": text, "arn": format!("arn:aws:iam::111122223333:user/{text}"),
                "accessKeyId": format!("AKIA{text}")},
        });
        let role = json!({
            "eventID": id(i * 4 + 1), "userAgent": text, "sourceIPAddress": text,
            "userIdentity": {
                "type": "AssumedRole", "principalId": format!("AROACKCEVSQ6C2EXAMPLE:{text}"), "userName": null,
                "arn": format!("arn:aws:sts::111122223333:assumed-role/{text}/{text}"), "accessKeyId": format!("ASIA{text}"),
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "principalId": text, "arn": text, "userName": text, "accountId": text},
                    "attributes": {"creationDate": "2026-09-10T12:00:00Z", "mfaAuthenticated": "false"},
                    "sourceIdentity": text,
                },
            },
        });
        let odd = json!({"eventID": id(i * 4 + 2), "userIdentity": {"type": text, "accountId": text, "arn": null,
            "principalId": text}, "recipientAccountId": text});
        let stop = json!({"eventID": id(i * 4 + 3), "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
            "requestParameters": {"name": text}, "userIdentity": {"type": "Root", "arn": null, "accountId": text}});
        records.extend([user, role, odd, stop].map(|changes| with(calls(1)[0].clone(), changes)));
    }
    place.write("hostile.json", delivered(&records));
}

/// Whether a terminal may act on it, or show nothing for it.
fn steers(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
}

#[test]
fn what_steers_a_terminal_reaches_none() {
    let place = Place::new();
    hostile_logs(&place);
    for report in of_logs().map(command).chain(["audit".to_owned()]) {
        for more in ["", "--width 80", "--width 20", "--width 0 --limit 3"] {
            let ended = place.trailscan(&report).args(words(more)).arg("hostile.json").ends(0);
            for text in [ended.text(), &ended.stderr] {
                assert!(!text.chars().any(steers), "{report} {more}: {text:?}");
                // A forged row would begin a line, and so look like one of ours.
                assert!(!text.lines().any(|line| line.trim_start().starts_with("AKIAFAKE")), "{report} {more}");
            }
        }
    }
    let keys = place.trailscan("key-spread hostile.json --min-addresses 0 --columns access_key_id,principal").ends(0);
    assert!(keys.text().contains(r"AKIAa\nAKIAFAKEFAKEEXAMPLE1  fake row"), "it is shown, escaped: {}", keys.text());
    let json = place.trailscan("key-spread hostile.json --min-addresses 0").json(0);
    let ids: Vec<&str> =
        json["rows"].as_array().expect("rows").iter().filter_map(|row| row["access_key_id"].as_str()).collect();
    for text in HOSTILE {
        assert!(ids.contains(&format!("AKIA{text}").as_str()), "JSON gives it back as it is: {text:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_steers_a_terminal_reaches_no_terminal_in_any_format() {
    let place = Place::new();
    hostile_logs(&place);
    for format in formats().filter(|format| *format != Format::Parquet) {
        let run = place.trailscan("principals hostile.json --format").arg(format.as_str());
        let (_, sent) = crate::child::on_terminal(run, 80);
        // No finding is no line of OCSF.
        let is_empty = sent.is_empty() && format != Format::Ocsf;
        assert!(!is_empty && !sent.chars().any(steers), "{format}: {sent:?}");
    }
}

/// The fields of CSV, by RFC 4180.
#[cfg(feature = "columnar")]
fn csv_fields(text: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    assert!(!quoted && field.is_empty(), "it ends with a line");
    fields
}

#[cfg(feature = "columnar")]
#[test]
fn no_formula_reaches_a_spreadsheet() {
    let place = Place::new();
    hostile_logs(&place);
    for report in of_logs() {
        let more = if report.name == "key-spread" { "--min-addresses 0" } else { "" };
        let ended =
            place.trailscan(&command(report)).args(words(more)).args(["--format", "csv", "hostile.json"]).ends(0);
        let fields = csv_fields(ended.text());
        assert_eq!(fields.len() % report.columns.len(), 0, "{}: every line has every field", report.name);
        let formula = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        for field in &fields {
            assert!(!formula(field), "{}: {field:?}", report.name);
            // Where the list separator is a semicolon each of these is a cell of its own.
            for cell in field.split([';', '\t', '\r', '\n']).skip(1) {
                assert!(!cell.starts_with(['=', '+', '-', '@']), "{}: {field:?}", report.name);
            }
        }
    }
    let ended = place.trailscan("principals hostile.json --format csv").ends(0);
    let fields = csv_fields(ended.text());
    assert!(fields.iter().any(|field| field == "'=cmd|' /C calc'!A0"), "a text stays, made harmless");
    assert!(fields.iter().any(|field| field.starts_with("arn:aws:iam::111122223333:user/x,\"y\"; z")), "quoting holds");
}
