//! posture, the rules and the config of rules: the state of `sample-logs/iam` and files that go wrong.

use expect_test::expect_file;
use serde_json::{Value, json};

use crate::harness::{Place, count, rows, sample_logs, sample_state};
use crate::records::{calls, delivered};

/// What `trailscan` prints of the sample state, its version and this machine's folders left out.
fn printed(arguments: &str) -> String {
    let place = Place::new();
    let ended = place.trailscan(arguments).arg("--iam-dir").arg(sample_state()).ends(0);
    let version = format!("\"trailscan\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let text = ended.text().replace(&version, "\"trailscan\": \"VERSION\"");
    text.replace(&format!("{}/", sample_state().display()), "iam/")
}

fn finds(answer: &Value, rule: &str) -> Vec<String> {
    let findings = answer["findings"].as_array().expect("findings").iter();
    findings.filter(|finding| finding["rule"] == rule).map(|f| f["subject"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_sample_state() {
    expect_file!["expected/posture.txt"].assert_eq(&printed("posture --width 120"));
    expect_file!["expected/posture.json"].assert_eq(&printed("posture --format json"));
    if cfg!(feature = "columnar") {
        expect_file!["expected/posture.csv"].assert_eq(&printed("posture --format csv"));
    }
}

#[test]
fn the_policies_of_the_sample_state() {
    expect_file!["expected/policies.txt"].assert_eq(&printed("policies --width 120"));
    expect_file!["expected/policies.json"].assert_eq(&printed("policies --format json"));
    if cfg!(feature = "columnar") {
        expect_file!["expected/policies.csv"].assert_eq(&printed("policies --format csv"));
    }
}

#[test]
fn policies_by_kind_and_grant_and_who_was_seen_last() {
    let place = Place::new();
    let run = |arguments: &str| place.trailscan(&format!("policies {arguments}")).arg("--iam-dir").arg(sample_state());
    let all = run("").json(0);
    let of = |column: &str, value: &str| rows(&all, "policies").iter().filter(|row| row[column] == value).count();
    for (column, value) in [("kind", "inline"), ("kind", "aws-managed"), ("grant", "admin")] {
        let chosen = run(&format!("--where {column}={value}")).json(0);
        assert_eq!(rows(&chosen, "policies").len(), of(column, value), "{column}={value}");
        assert!((1..rows(&all, "policies").len()).contains(&of(column, value)), "{column}={value}");
    }
    let deploy = rows(&all, "policies").iter().find(|row| row["attached_to"][0] == "user/ci-deploy").expect("a row");
    let document: Value = serde_json::from_str(deploy["document"].as_str().expect("a text")).expect("JSON");
    assert_eq!(document["Statement"][0]["Action"], json!(["ecs:*", "ecr:*"]));
    assert!(rows(&all, "policies").iter().all(|row| row["holder_last_seen"].is_null()), "no logs were read");
    let with = run("").arg(sample_logs()).json(0);
    let deploy = rows(&with, "policies").iter().find(|row| row["attached_to"][0] == "user/ci-deploy").expect("a row");
    assert_eq!(deploy["last_holder"], "user/ci-deploy");
    assert!(deploy["holder_last_seen"].is_string());
    let unheld = rows(&with, "policies").iter().find(|row| row["attachments"] == 0).expect("a row");
    assert!(unheld["holder_last_seen"].is_null() && unheld["last_holder"].is_null());
    let audit = place.trailscan("audit").arg(sample_logs()).arg("--iam-dir").arg(sample_state()).json(0);
    assert_eq!(rows(&audit, "policies"), rows(&with, "policies"));
}

#[test]
fn rows_are_findings_and_coverage_names_every_file() {
    let place = Place::new();
    let answer = place.trailscan("posture").arg("--iam-dir").arg(sample_state()).json(0);
    let triple = |value: &Value| {
        ["rule", "account_id", "subject"].map(|name| value[name].as_str().expect("text").to_owned()).to_vec()
    };
    let mut of_rows: Vec<_> = rows(&answer, "posture").iter().map(triple).collect();
    let mut of_findings: Vec<_> = answer["findings"].as_array().unwrap().iter().map(triple).collect();
    of_rows.sort();
    of_findings.sort();
    assert_eq!(of_rows, of_findings);
    let coverage = &answer["coverage"];
    assert_eq!((count(&coverage["objects_found"]), count(&coverage["events"])), (0, 0));
    let files = coverage["state_files"].as_array().unwrap();
    assert_eq!(files.len(), 15);
    assert!(files.iter().all(|file| file["status"] == "read" && file["account_id"].is_string()));
}

/// With every date in it replaced by another, where one stands between quotes or commas.
fn dated(text: &str, date: &str) -> String {
    let is_date = |text: &str| {
        let bytes = text.as_bytes();
        bytes.len() >= 20
            && bytes[4] == b'-'
            && bytes[7] == b'-'
            && bytes[10] == b'T'
            && bytes[..4].iter().all(u8::is_ascii_digit)
    };
    let cells = text.split_inclusive(['"', ',', '\n']);
    cells
        .map(|cell| {
            let (cell, end) = cell.split_at(cell.trim_end_matches(['"', ',', '\n']).len());
            format!("{}{end}", if is_date(cell) { date } else { cell })
        })
        .collect()
}

/// A date far outside the calendar costs no more than itself: nothing overflows, and no age comes of it that cannot be.
#[test]
fn dates_outside_of_the_calendar_overflow_nothing() {
    let place = Place::new();
    let dates = [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "+262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "292277026596-12-04T15:30:07Z",
        "9223372036854775807",
        "-9223372036854775808",
        "1e300",
        "2026-13-45T99:99:99Z",
        "",
    ];
    for date in dates {
        let mut replaced = 0;
        for entry in walkdir::WalkDir::new(sample_state()).into_iter().map(|entry| entry.expect("state")) {
            if !entry.file_type().is_file() {
                continue;
            }
            let text = std::fs::read_to_string(entry.path()).expect("text");
            let other = match serde_json::from_str::<Value>(&text) {
                // The report within one is base64.
                Ok(mut state) if state["Content"].is_string() => {
                    use base64::Engine as _;
                    let engine = base64::engine::general_purpose::STANDARD;
                    let report = engine.decode(state["Content"].as_str().expect("text")).expect("base64");
                    let report = dated(&String::from_utf8(report).expect("CSV"), date);
                    state["Content"] = engine.encode(report).into();
                    dated(&state.to_string(), date)
                }
                _ => dated(&text, date),
            };
            replaced += usize::from(other != text);
            let name = entry.path().strip_prefix(sample_state()).expect("in it").display().to_string();
            place.write(&format!("iam/{name}"), other);
        }
        assert!(replaced > 5, "{replaced}");
        for line in ["posture --iam-dir iam", "audit --iam-dir iam", "keys --iam-dir iam", "scorecard --iam-dir iam"] {
            let run = place.trailscan(&format!("{line} --format json"));
            let ended = if line.starts_with("posture") { run.run() } else { run.arg(sample_logs()).run() };
            assert!(matches!(ended.code, Some(0 | 1 | 3)), "{line} with {date}: {:?}: {}", ended.code, ended.stderr);
            assert!(!ended.stderr.contains("panicked"), "{line} with {date}: {}", ended.stderr);
            if ended.code == Some(1) {
                assert!(
                    ended.stderr.contains("iam/"),
                    "{line} with {date} names what cannot be read: {}",
                    ended.stderr
                );
            } else if line.starts_with("posture") {
                let answer = ended.json();
                let ages = rows(&answer, "posture").iter().filter_map(|row| row["age_days"].as_i64());
                // From the year 1 until now.
                assert!(ages.clone().all(|age| (0..=740_000).contains(&age)), "{date}: {:?}", ages.collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn without_a_file_the_flags_are_named() {
    let place = Place::new();
    place.trailscan("policies").arg(sample_logs()).ends(2);
    let ended = place.trailscan("posture").arg(sample_logs()).ends(2);
    for flag in ["--credential-report", "--authorization-details", "--access-keys", "--account-summary", "--iam-dir"] {
        assert!(ended.stderr.contains(flag), "{flag}");
    }
    let ended = place.trailscan("root-usage --iam-dir x").arg(sample_logs()).ends(2);
    assert!(ended.stderr.contains("--iam-dir"), "a report that does not look at state refuses it");
}

#[test]
fn an_audit_has_posture_when_it_has_files() {
    let place = Place::new();
    let without = place.trailscan("audit").arg(sample_logs()).json(0);
    assert!(without["reports"].get("posture").is_none() && without["reports"].get("policies").is_none());
    let with = place.trailscan("audit").arg(sample_logs()).arg("--iam-dir").arg(sample_state()).json(0);
    assert!(!rows(&with, "posture").is_empty());
    assert_eq!(rows(&with, "root-usage"), rows(&without, "root-usage"));
    // Files without a time are taken as of the last event, 13 September; those with one keep theirs.
    let scanner = |row: &&Value| row["rule"] == "key-too-old" && row["subject"] == "AKIAOLDSCAN22EXAMPLE";
    let row = rows(&with, "posture").iter().find(scanner).expect("old-scanner's key");
    assert_eq!(row["age_days"], 1643);
}

#[test]
fn logs_and_state_joined() {
    let place = Place::new();
    let run = |arguments: &str| place.trailscan(arguments).arg(sample_logs()).arg("--iam-dir").arg(sample_state());
    let answer = run("posture").json(0);
    for (rule, subjects) in [
        ("root-used-without-mfa-device", &["root@111122223333"][..]),
        ("user-signs-in-without-mfa-device", &["arn:aws:iam::123456789012:user/Richard_Roe"]),
        ("old-key-in-use", &["AKIABOBLAPTOPEXAMPLE", "AKIAI44QH8DHBEXAMPLE", "AKIAOLDSCAN22EXAMPLE"]),
        ("inactive-key-used", &["AKIATMPUSER22EXAMPLE"]),
        ("policies-on-unseen-user", &["arn:aws:iam::111122223333:user/vendor-audit"]),
    ] {
        assert_eq!(finds(&answer, rule), subjects, "{rule}");
        assert!(rows(&answer, "posture").iter().any(|row| row["rule"] == rule), "{rule} has a row");
        place.trailscan(&format!("explain {rule}")).ends(0);
    }
    let alone = place.trailscan("posture").arg("--iam-dir").arg(sample_state()).json(0);
    assert_eq!(rows(&answer, "posture").len(), rows(&alone, "posture").len() + 7, "what state shows alone is the same");
    expect_file!["expected/posture-joined.txt"].assert_eq(&joined_findings(&answer));

    let audit = run("audit").json(0);
    let score = |account: &str, practice: &str| {
        let mut scores = audit["scorecard"].as_array().unwrap().iter();
        let is_it = |score: &&Value| score["account_id"] == account && score["practice"] == practice;
        let score = scores.find(is_it).unwrap();
        (score["rule"].as_str().unwrap().to_owned(), count(&score["violations"]))
    };
    let main = "111122223333";
    assert_eq!(score(main, "restrict-root-use"), ("root-used-without-mfa-device".to_owned(), 4));
    // bob, ci-deploy, tmp and vendor-audit: what both sides say of the first two counts once.
    assert_eq!(score(main, "rotate-keys"), ("old-key-in-use".to_owned(), 4));
    assert_eq!(score("123456789012", "mfa-for-console").0, "user-signs-in-without-mfa-device");

    let filtered = run("posture --principal *:user/bob --format json").ends(0);
    assert_eq!(finds(&filtered.json(), "policies-on-unseen-user"), [""; 0]);
    assert!(filtered.stderr.contains("policies-on-unseen-user was not looked for: filters hide who was active"));
    let account = run("posture --account 111122223333").json(0);
    assert_eq!(finds(&account, "policies-on-unseen-user").len(), 1, "whole accounts hide nothing of theirs");
}

/// The findings that join logs and state, a line of severity, rule and subject each, and what they say.
fn joined_findings(answer: &Value) -> String {
    let joined = ["root-used-without", "user-signs-in", "old-key-in", "inactive-key-used", "policies-on-unseen"];
    let findings = answer["findings"].as_array().unwrap().iter();
    let is_joined = |finding: &&Value| joined.iter().any(|rule| finding["rule"].as_str().unwrap().starts_with(rule));
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings
        .filter(is_joined)
        .map(|finding| {
            let [severity, rule, subject, summary] =
                ["severity", "rule", "subject", "summary"].map(|name| text(finding, name));
            format!("{severity} {rule} {subject}\n  {summary}\n")
        })
        .collect()
}

#[test]
fn keys_beside_state() {
    let place = Place::new();
    let answer = place.trailscan("keys").arg(sample_logs()).arg("--iam-dir").arg(sample_state()).json(0);
    let key = |id: &str| rows(&answer, "keys").iter().find(|row| row["access_key_id"] == id).unwrap().clone();
    let vendor = key("AKIAVENDOR222EXAMPLE");
    assert_eq!((count(&vendor["events"]), &vendor["never_used"]), (0, &Value::Null));
    assert_eq!((&vendor["created_basis"], &vendor["status"]), (&json!("exact"), &json!("active")));
    assert_eq!(vendor["state_last_used"], "2025-03-14T16:20:00Z");
    let bob = key("AKIABOBLAPTOPEXAMPLE");
    assert_eq!((&bob["created_basis"], count(&bob["age_days"])), (&json!("exact"), 412));
    assert_eq!(finds(&answer, "key-over-age").len(), 3);
    let tmp = key("AKIATMPUSER22EXAMPLE");
    assert_eq!(
        (&tmp["status"], &tmp["status_basis"], &tmp["state_status"]),
        (&json!("active"), &json!("logs"), &json!("inactive"))
    );
    let root = key("AKIAROOTKEY22EXAMPLE");
    assert_eq!(root["state_basis"], "only-key", "root's key stands in the credential report, without its id");
    let without = place.trailscan("keys").arg(sample_logs()).json(0);
    assert_eq!(rows(&answer, "keys").len(), rows(&without, "keys").len() + 1);
    assert!(rows(&without, "keys").iter().all(|row| row["state_status"].is_null() && row["state_basis"].is_null()));
}

/// Nobody named a pipe or a device in a folder, and either may never end.
#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_in_a_folder_is_left_out() {
    let place = Place::new();
    std::fs::create_dir(place.path("iam")).unwrap();
    std::fs::copy(sample_state().join("111122223333/credential-report.json"), place.path("iam/credential-report.json"))
        .unwrap();
    let mkfifo = std::process::Command::new("mkfifo").arg(place.path("iam/pipe.json")).status().unwrap();
    assert!(mkfifo.success());
    std::os::unix::fs::symlink("/dev/zero", place.path("iam/zero.csv")).unwrap();
    let ended = place.trailscan("posture --iam-dir iam").ends(0);
    for name in ["pipe.json", "zero.csv"] {
        let line = format!("iam/{name}: is a pipe, socket or device and was left out");
        assert!(ended.stderr.contains(&line), "{}", ended.stderr);
    }
}

#[test]
fn single_files_and_accounts() {
    let place = Place::new();
    let at = |name: &str| sample_state().join(name);
    let one = place
        .trailscan("posture --credential-report")
        .arg(at("123456789012/credential-report.csv"))
        .arg("--access-keys")
        .arg(at("123456789012/access-keys.json"))
        .json(0);
    assert_eq!(finds(&one, "key-too-old"), ["AKIAOLDSCAN22EXAMPLE"]);
    assert!(finds(&one, "user-in-no-group").is_empty(), "nothing is said of what was not given");
    let data = place.trailscan("posture --account 444455556666").arg("--iam-dir").arg(sample_state()).json(0);
    assert!(rows(&data, "posture").iter().all(|row| row["account_id"] == "444455556666"));
    assert_eq!(finds(&data, "root-used-recently"), ["root@444455556666"]);
}

#[test]
fn bad_files_cost_their_line_and_nothing_else() {
    let place = Place::new();
    let report = std::fs::read(sample_state().join("123456789012/credential-report.csv")).unwrap();
    let details = std::fs::read(sample_state().join("111122223333/authorization-details.json")).unwrap();
    let summary = std::fs::read(sample_state().join("111122223333/account-summary.json")).unwrap();
    place.write("iam/a/report.csv", &report);
    place.write("iam/b/details.json", &details[..details.len() / 2]);
    place.write("iam/b/empty.json", "");
    place.write("iam/c/summary.json", summary);
    place.write("iam/c/started.json", r#"{"State": "STARTED", "Description": "No report exists."}"#);
    let ended = place.trailscan("posture --format json --iam-dir iam").ends(3);
    let answer = ended.json();
    assert!(!finds(&answer, "user-without-mfa").is_empty());
    for line in [
        "iam/b/details.json: is cut off (EOF",
        "iam/b/empty.json: is empty: fetch it again",
        "iam/c/started.json: says that a credential report is being made",
        "PARTIAL: 3 state files failed",
    ] {
        assert!(ended.stderr.contains(line), "{line}");
    }
    // The summary names no account, its folder is no account id, and only one account is known.
    assert_eq!(answer["coverage"]["failures"].as_array().unwrap().len(), 3);
    let statuses: Vec<&Value> =
        answer["coverage"]["state_files"].as_array().unwrap().iter().map(|file| &file["status"]).collect();
    assert_eq!(statuses.iter().filter(|status| **status == "failed").count(), 3);
    let ended = place.trailscan("posture --credential-report gone.csv --password-policy iam/b/empty.json").ends(1);
    assert!(ended.stderr.contains("gone.csv: cannot be read: ") && ended.stderr.contains("there is no answer"));
    assert!(ended.stdout.is_empty());
}

#[test]
fn state_from_before_the_window_is_told() {
    let place = Place::new();
    let run = |arguments: &str| {
        place.trailscan(arguments).arg("--iam-dir").arg(sample_state()).ends(0).stderr.matches("before").count()
    };
    assert_eq!(run("posture"), 0);
    let ended = place.trailscan("posture --now 2026-12-01T00:00:00Z").arg("--iam-dir").arg(sample_state()).ends(0);
    assert!(ended.stderr.contains("credential-report.json: was generated on 2026-09-13, 78 days before 2026-12-01"));
    assert!(
        ended.stderr.contains("credential-report.csv: does not say when it was made; its newest date is 2026-09-11")
    );
    assert_eq!(run("posture --since 2026-09-14 --now 2026-09-15T00:00:00Z"), 3, "all three reports are older");
}

#[test]
fn no_byte_of_a_credential_is_shown_and_names_are_safe() {
    let place = Place::new();
    let csv = std::fs::read_to_string(sample_state().join("123456789012/credential-report.csv")).unwrap();
    place.write("report.csv", csv.replace("Richard_Roe", "Rich\u{1b}[2Jard"));
    let ended = place.trailscan("posture --credential-report report.csv --width 0").ends(0);
    assert!(!ended.text().contains('\u{1b}'));
}

#[test]
fn the_rules_and_one_of_them() {
    let place = Place::new();
    let list = place.trailscan("rules --format json").ends(0).json();
    assert_eq!(list["list"], "rules");
    let registered: Vec<&str> = trailscan::report::with_rules().flat_map(|r| r.rules).map(|rule| rule.id).collect();
    let listed: Vec<&str> = list["rows"].as_array().unwrap().iter().map(|row| row["rule"].as_str().unwrap()).collect();
    assert_eq!(listed, registered);
    for row in list["rows"].as_array().unwrap() {
        for column in ["rule", "severity", "report", "enabled", "about", "page"] {
            assert!(row[column].is_string(), "{column} of {row}");
        }
    }
    let lines = place.trailscan("rules --format jsonl --report verify --columns rule").ends(0);
    assert!(lines.text().starts_with(r#"{"rule":"delivered-altered"}"#), "{}", lines.text());
    let lines = place.trailscan("rules --format jsonl --report posture --columns rule,severity").ends(0);
    assert!(lines.text().starts_with(r#"{"rule":"root-has-access-key","severity":"critical"}"#));
    if cfg!(feature = "columnar") {
        assert!(place.trailscan("rules --format csv").ends(0).text().starts_with("rule,severity,practice,report"));
    }
    assert!(place.trailscan("rules --width 100").ends(0).text().starts_with("rule "));
    let told = place.trailscan("explain key-too-old").ends(0);
    for part in
        ["key-too-old  (medium, found by posture, breaks rotate-keys)", "\nabout ", "\ncheck ", "\nfix ", "\npage "]
    {
        assert!(told.text().contains(part), "{part}");
    }
    let ended = place.trailscan("explain key-to-old").ends(2);
    assert!(ended.stderr.contains("there is no rule \"key-to-old\"; did you mean key-too-old"));
    assert!(place.trailscan("explain").ends(2).stdout.is_empty());
}

#[test]
fn the_config_changes_suppresses_and_counts() {
    let place = Place::new();
    let run = |more: &str| place.trailscan(&format!("posture {more}")).arg("--iam-dir").arg(sample_state());
    let before = run("").json(0);
    assert_eq!(before["suppressed"], 0);
    run("--fail-on critical").ends(4);
    place.write(
        "trailscan.toml",
        r#"
        [rules.root-has-access-key]
        severity = "low"
        [rules.user-quarantined]
        severity = "high"
        [rules.role-inline-policy]
        enabled = false
        [rules.key-too-old]
        max-age = 500
        [[suppress]]
        rule = "user-without-mfa"
        account = "123456789012"
        subject = "*:user/old-*"
        reason = "removed with the scanner, ticket 42"
        expires = 2026-10-01
        [[suppress]]
        rule = "root-without-mfa"
        reason = "hardware key is on its way"
        expires = "2026-09-01"
        "#,
    );
    let ended = run("--format json --fail-on critical").ends(0);
    let answer = ended.json();
    let old = ["AKIAI44QH8DHBEXAMPLE", "AKIAVENDOR222EXAMPLE", "AKIAOLDSCAN22EXAMPLE"];
    assert_eq!(finds(&answer, "key-too-old"), old);
    assert_eq!(finds(&answer, "role-inline-policy"), [""; 0]);
    assert_eq!(finds(&answer, "user-without-mfa").len(), finds(&before, "user-without-mfa").len() - 1);
    assert_eq!(finds(&answer, "root-without-mfa").len(), 1, "an expired suppression does not act");
    let gone = 1 + finds(&before, "role-inline-policy").len();
    assert_eq!(answer["suppressed"], gone);
    assert_eq!(rows(&answer, "posture").len(), rows(&before, "posture").len() - gone - 1);
    let root = rows(&answer, "posture").iter().find(|row| row["rule"] == "root-has-access-key").unwrap();
    assert_eq!(root["severity"], "low");
    assert!(ended.stderr.contains("findings suppressed by trailscan.toml"));
    assert!(ended.stderr.contains("the suppression of root-without-mfa expired on 2026-09-01: renew or remove it"));
    let table = run("").ends(0);
    assert!(table.text().contains("findings suppressed by trailscan.toml"));
    let flag = run("--max-age 90 --format json").ends(0).json();
    assert_eq!(finds(&flag, "key-too-old").len(), 4, "the command line wins");
    let list = place.trailscan("rules --format json --report posture").ends(0).json();
    let rule = |id: &str| list["rows"].as_array().unwrap().iter().find(|row| row["rule"] == id).unwrap().clone();
    assert_eq!(rule("root-has-access-key")["severity"], "low");
    assert_eq!(rule("role-inline-policy")["enabled"], "no");
}

#[test]
fn the_config_acts_on_every_report() {
    let place = Place::new();
    let before = place.trailscan("audit").arg(sample_logs()).json(0);
    place.write(
        "trailscan.toml",
        "[[suppress]]\nrule = \"key-embedded\"\nreason = \"known\"\nexpires = 2027-01-01\n[rules.key-quiet]\nseverity = \"high\"\n",
    );
    let after = place.trailscan("audit").arg(sample_logs()).json(0);
    let findings = |answer: &Value| answer["findings"].as_array().unwrap().clone();
    let embedded = findings(&before).iter().filter(|f| f["rule"] == "key-embedded").count();
    assert!(embedded > 0, "a story with an embedded key");
    let suppressed = json!(embedded);
    assert_eq!((&after["suppressed"], &after["reports"]["key-spread"]["suppressed"]), (&suppressed, &suppressed));
    assert_eq!(findings(&after).len(), findings(&before).len() - embedded);
    let quiet = after["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "key-quiet").unwrap();
    assert_eq!(quiet["severity"], "high");
    assert_eq!(rows(&after, "key-spread").len(), rows(&before, "key-spread").len(), "rows that are no findings stay");
}

#[test]
fn what_the_config_cannot_mean_is_named() {
    let place = Place::new();
    for (text, expected) in [
        ("[rules.nonsense]\nseverity = \"low\"", "trailscan.toml: [rules.nonsense]: there is no rule \"nonsense\""),
        ("[rules.key-too-old]\ncolour = 1", "[rules.key-too-old]: there is no key \"colour\""),
        ("[[suppress]]\nrule = \"key-too-old\"\nexpires = 2027-01-01", "missing field `reason`"),
        ("[[suppress]]\nrule = \"key-too-old\"\nreason = \"x\"", "missing field `expires`"),
        (
            "[[suppress]]\nrule = \"key-too-old\"\nreason = \"x\"\nexpires = 2027-01-01\nuntil = 1",
            "unknown field `until`",
        ),
    ] {
        place.write("trailscan.toml", text);
        let ended = place.trailscan("posture").arg("--iam-dir").arg(sample_state()).ends(2);
        assert!(ended.stderr.contains(expected), "{expected}");
    }
}

/// Stands in for the AWS CLI: three profiles, of which one has no credentials; a report that takes a while to be made.
#[cfg(unix)]
const AWS: &str = r#"#!/bin/sh
case "$AWS_PROFILE" in
  main) account=111122223333 ;;
  "the sandbox") account=123456789012 ;;
esac
state=$STATE/$account
case "$1 $2" in
  "configure list-profiles") printf 'main\nno-login\nthe sandbox\n'; exit ;;
esac
[ -n "$account" ] || { echo "Unable to locate credentials." >&2; exit 253; }
case "$2" in
  get-caller-identity) echo $account ;;
  generate-credential-report)
    if [ -e "made-$account" ]; then echo COMPLETE; else : > "made-$account"; echo STARTED; fi ;;
  get-credential-report)
    [ -e "$state/credential-report.json" ] && exec cat "$state/credential-report.json"
    content=$(base64 < "$state/credential-report.csv" | tr -d '\n')
    echo "{\"Content\": \"$content\", \"ReportFormat\": \"text/csv\", \"GeneratedTime\": \"2026-09-13T20:00:00+00:00\"}" ;;
  get-account-authorization-details) cat "$state/authorization-details.json" ;;
  list-users) printf 'first\nsecond\n' ;;
  list-access-keys)
    if [ "$4" = first ]; then cat "$state/access-keys.json"; else echo '{"AccessKeyMetadata": []}'; fi ;;
  get-account-summary) cat "$state/account-summary.json" ;;
  list-open-id-connect-providers) echo '{"OpenIDConnectProviderList": []}' ;;
  list-saml-providers) echo '{"SAMLProviderList": []}' ;;
  describe-regions) echo '{"Regions": [{"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required"}]}' ;;
  get-account-password-policy)
    if grep -q NoSuchEntity "$state/password-policy.json"; then cat "$state/password-policy.json" >&2; exit 254; fi
    cat "$state/password-policy.json" ;;
  *) echo "unexpected: $*" >&2; exit 252 ;;
esac
"#;

/// The documentation's loop that fetches state.
#[cfg(unix)]
fn fetching_loop() -> String {
    let docs = crate::docs::text_of("docs/posture.md");
    let blocks = docs.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block);
    blocks.filter(|block| block.contains("list-profiles")).map(str::to_owned).next().expect("the loop")
}

#[cfg(unix)]
#[test]
fn the_loop_fetches_every_profile() {
    let place = Place::new();
    for (name, text) in [("bin/aws", AWS), ("bin/sleep", "#!/bin/sh\n")] {
        place.write_program(name, text);
    }
    let script = format!("STATE='{}'; export STATE\n{}", sample_state().display(), fetching_loop());
    let output = crate::docs::in_shell(&place, &script);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("no-login"), "{stderr}");
    assert!(!stderr.contains("unexpected"), "{stderr}");
    let fetched = place.trailscan("posture --iam-dir iam").json(0);
    let direct =
        place.trailscan("posture --account 111122223333 --account 123456789012").arg("--iam-dir").arg(sample_state());
    let direct = direct.json(0);
    let key = |answer: &Value| -> Vec<Value> {
        let all = answer["findings"].as_array().unwrap().iter();
        all.map(|f| json!([f["rule"], f["account_id"], f["subject"]])).collect()
    };
    assert_eq!(key(&fetched), key(&direct));
    assert_eq!(fetched["coverage"]["state_files"].as_array().unwrap().len(), 16, "eight files of two accounts");
}

/// What is not in a credential report, or cannot be read there, proves nothing.
#[test]
fn an_edited_report_proves_nothing() {
    const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
                          password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
                          access_key_2_active,access_key_2_last_rotated,cert_1_active,cert_1_last_rotated,cert_2_active,\
                          cert_2_last_rotated";
    const ROOT: &str = "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,\
                        2026-09-17T09:00:00+00:00,not_supported,not_supported,true,false,N/A,false,N/A,false,N/A,false,N/A";
    const BOB: &str = "bob,arn:aws:iam::111122223333:user/bob,2026-08-01T09:00:00+00:00,false,N/A,N/A,N/A,false,true,\
                       2026-09-17T09:00:00+00:00,false,N/A,false,N/A,false,N/A";
    let place = Place::new();
    let verdicts = |report: &str, code: i32| {
        place.write("report.csv", report);
        place.write("log.json", delivered(&calls(1)));
        let ended =
            place.trailscan("audit log.json --format json --now 2026-09-18T00:00:00Z --credential-report report.csv");
        let answer = ended.ends(code).json();
        let scorecard = answer["scorecard"].as_array().expect("practices").clone();
        let verdict = |practice: &str| {
            let row = scorecard.iter().find(|row| row["practice"] == practice).expect(practice);
            row["verdict"].as_str().expect("a verdict").to_owned()
        };
        ["no-root-keys", "mfa-for-console", "rotate-keys"].map(verdict).join(" ")
    };
    let whole = format!("{HEADER}\n{ROOT}\n{BOB}\n");
    assert_eq!(verdicts(&whole, 0), "CORRECT CORRECT CORRECT");
    assert_eq!(verdicts(&format!("{HEADER}\n{BOB}\n"), 0), "UNKNOWN UNKNOWN CORRECT", "nothing is known of root");
    let edited = whole.replace(",true,2026-09-17T09:00:00+00:00,", ",true,17/09/2020,");
    assert_eq!(verdicts(&edited, 3), "UNKNOWN UNKNOWN UNKNOWN");
    let cut: Vec<String> = whole
        .lines()
        .map(|line| {
            line.split(',').enumerate().filter(|(i, _)| *i != 8).map(|(_, cell)| cell).collect::<Vec<_>>().join(",")
        })
        .collect();
    assert_eq!(verdicts(&cut.join("\n"), 3), "UNKNOWN UNKNOWN UNKNOWN", "access_key_1_active");
}

/// A build that does not ask IAM says so, and what to do.
#[cfg(not(feature = "iam"))]
#[test]
fn what_this_build_does_not_ask() {
    let place = Place::new();
    for arguments in ["iam-snapshot iam --all-profiles", "posture --live", "audit --live logs"] {
        let ended = place.trailscan(arguments).ends(2);
        assert!(
            ended.stderr.contains("this build does not ask IAM: install with the feature `iam`"),
            "{}",
            ended.stderr
        );
    }
}
