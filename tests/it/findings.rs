//! Findings as tables and in the formats of other tools, the parts of an audit, and what of an answer is told.

use serde_json::{Value, json};

use crate::harness::{Place, sample_logs, sample_state};
use crate::records::{ACCOUNT, call, with};

fn lines(stdout: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The findings of an audit, as its JSON has them.
fn audited(place: &Place) -> Vec<Value> {
    let audit = place.trailscan("audit").arg(sample_logs()).json(0);
    audit["findings"].as_array().expect("findings").clone()
}

#[test]
fn every_format_has_the_findings_of_the_audit() {
    let place = Place::new();
    let audited = audited(&place);
    let rules: Vec<&str> = audited.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    let run = |line: &str| place.trailscan(line).arg(sample_logs()).ends(0).stdout;

    let sarif: Value = serde_json::from_slice(&run("audit --format sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect::<Vec<_>>(), rules);
    let known = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_i64().unwrap()).expect("a rule");
        assert_eq!(known[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
    }

    let ocsf = lines(&run("audit --format OCSF"));
    assert_eq!(ocsf.iter().map(|event| event["finding_info"]["title"].as_str().unwrap()).collect::<Vec<_>>(), rules);
    let mut uids: Vec<&str> = ocsf.iter().map(|event| event["finding_info"]["uid"].as_str().unwrap()).collect();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), rules.len());

    let junit = String::from_utf8(run("audit --format junit")).unwrap();
    let told = audited.iter().filter(|finding| finding["severity"] != "info").count();
    assert_eq!(junit.matches("<failure ").count(), told);
    assert!(junit.contains(&format!("failures=\"{told}\"")) && junit.ends_with("</testsuites>\n"));

    let rows = lines(&run("findings --format jsonl"));
    assert_eq!(rows.len(), audited.len());
    for (row, finding) in rows.iter().zip(&audited) {
        for name in ["severity", "rule", "subject", "summary", "count", "first_seen", "last_seen"] {
            assert_eq!(row[name], finding[name], "{name} of {finding}");
        }
        assert_eq!((&row["address_list"], &row["access_key_ids"]), (&finding["addresses"], &finding["credentials"]));
    }
    let of_audit = lines(&run("audit --format jsonl"));
    let last: Vec<&Value> = of_audit.iter().filter(|row| row["report"] == "findings").collect();
    assert_eq!(last.len(), rows.len());
}

/// A finding stands on a timeline where it begins and where it ends, in the order of time.
#[test]
fn findings_are_a_timeline_for_timesketch() {
    let place = Place::new();
    let audited = audited(&place);
    let run = |line: &str| place.trailscan(line).arg(sample_logs()).ends(0);
    let timeline = lines(&run("audit --format timesketch").stdout);
    assert_eq!(timeline, lines(&run("findings --format timesketch").stdout));
    let mut expected: Vec<(String, String, String)> = Vec::new();
    for finding in &audited {
        let [first, last] =
            ["first_seen", "last_seen"].map(|name| finding[name].as_str().unwrap_or_default().to_owned());
        let rule = finding["rule"].as_str().expect("a rule").to_owned();
        let moments = [(&first, "First Seen", !first.is_empty()), (&last, "Last Seen", last != first)];
        let on_it = moments.into_iter().filter(|(.., holds)| *holds);
        expected.extend(on_it.map(|(time, what, _)| (time.clone(), what.to_owned(), rule.clone())));
    }
    expected.sort();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let mut told: Vec<(String, String, String)> = timeline
        .iter()
        .map(|line| (text(line, "datetime"), text(line, "timestamp_desc"), text(line, "rule")))
        .collect();
    assert!(told.is_sorted_by_key(|(time, ..)| time.clone()), "{told:?}");
    told.sort();
    assert_eq!(told, expected);
    for line in &timeline {
        assert_eq!(line["data_type"], "trailscan:finding");
        let severity = text(line, "severity");
        assert!(text(line, "message").starts_with(&format!("{severity} finding: ")), "{line}");
        assert!(line["timestamp"].is_i64() && line["account_identifier"].is_string(), "{line}");
    }
    if cfg!(feature = "columnar") {
        let csv = run("findings --format timesketch-csv");
        assert!(csv.text().starts_with("message,datetime,timestamp,timestamp_desc,data_type,severity,rule,"));
        assert_eq!(csv.text().lines().count(), timeline.len() + 1);
    }
    let state =
        place.trailscan("findings --format timesketch --iam-dir").arg(sample_state()).arg(sample_logs()).ends(0);
    assert!(state.stderr.contains(" without a time: not on the timeline\n"), "{}", state.stderr);
    place.trailscan("audit --format timesketch --output tools/").arg(sample_logs()).ends(0);
    assert_eq!(lines(place.read("tools/findings.jsonl").as_bytes()), timeline);
    let refused = place.trailscan("scorecard --format timesketch").arg(sample_logs()).ends(2);
    assert!(refused.stderr.contains("and scorecard has none; ask trailscan events"), "{}", refused.stderr);
}

#[test]
fn a_folder_has_the_findings_beside_the_reports() {
    let place = Place::new();
    place.trailscan("audit --format jsonl --output all/").arg(sample_logs()).ends(0);
    assert_eq!(lines(place.read("all/findings.jsonl").as_bytes()).len(), audited(&place).len());
    place.trailscan("root-usage --format jsonl --output one/").arg(sample_logs()).ends(0);
    let found = lines(place.read("one/findings.jsonl").as_bytes());
    assert!(!found.is_empty() && found.iter().all(|row| row["found_by"] == "root-usage"), "{found:?}");
    place.trailscan("audit --format sarif --output tools/").arg(sample_logs()).ends(0);
    assert!(place.read("tools/findings.sarif").contains("\"version\": \"2.1.0\""));
    place.trailscan("root-usage --format json --output json/").arg(sample_logs()).ends(0);
    assert!(!place.path("json/findings.json").exists(), "a document holds its findings");
}

#[test]
fn the_scorecard_alone_is_that_of_the_audit() {
    let place = Place::new();
    let audit = place.trailscan("audit").arg(sample_logs()).json(0);
    let alone = place.trailscan("scorecard").arg(sample_logs()).json(0);
    assert_eq!(alone["rows"], audit["scorecard"]);
    assert_eq!((&alone["report"], &alone["findings"]), (&Value::from("scorecard"), &Value::Array(Vec::new())));
    let failed = place.trailscan("scorecard --fail-on critical").arg(sample_logs()).ends(4);
    assert!(!failed.stdout.is_empty());
}

#[test]
fn what_is_told_can_be_narrowed() {
    let place = Place::new();
    let run = |line: &str| place.trailscan(line).arg(sample_logs()).json(0);
    let all = run("key-spread");
    let critical = run("audit --severity critical");
    let severities = |answer: &Value| -> Vec<String> {
        let all = answer["findings"].as_array().unwrap().iter();
        all.map(|finding| finding["severity"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!severities(&critical).is_empty() && severities(&critical).iter().all(|severity| severity == "critical"));
    assert_eq!(critical["scorecard"], run("audit")["scorecard"], "scores stay what they are");
    let embedded = run("key-spread --where verdict=embedded");
    let of = |answer: &Value, verdict: &str| {
        answer["rows"].as_array().unwrap().iter().filter(|row| row["verdict"] == verdict).count()
    };
    assert_eq!(embedded["rows"].as_array().unwrap().len(), of(&all, "embedded"));
    assert_eq!(embedded["rows_total"].as_u64(), Some(of(&all, "embedded") as u64));
    assert_eq!(embedded["asked"]["where"], serde_json::json!(["verdict=embedded"]));
    assert_eq!(embedded["findings"], all["findings"], "a column says nothing of findings");
    let one = run("key-spread --rule key-embedded");
    assert!(one["findings"].as_array().unwrap().iter().all(|finding| finding["rule"] == "key-embedded"));
    assert_eq!(one["rows"], all["rows"], "rows that are no findings stay");
    let listed = run("findings --rule key-embedded --where account_id=111122223333");
    let rows = listed["rows"].as_array().unwrap();
    assert!(
        !rows.is_empty() && rows.iter().all(|row| row["rule"] == "key-embedded" && row["account_id"] == "111122223333")
    );
    // A run fails for what it tells.
    place.trailscan("audit --rule key-embedded --fail-on critical").arg(sample_logs()).ends(0);
    place.trailscan("audit --rule root-access-key --fail-on critical").arg(sample_logs()).ends(4);
    for (line, told) in [
        ("audit --rule key-embeded", "did you mean key-embedded"),
        ("principals --rule key-embedded", "principals does not find it; key-spread does"),
        ("principals --where principals=x", "did you mean principal?"),
        ("audit --where principals=x", "no report has a column of that name"),
        ("principals --where principal", "give COLUMN=PATTERN"),
    ] {
        let ended = place.trailscan(line).arg(sample_logs()).ends(2);
        assert!(ended.stderr.contains(told), "{line}: {}", ended.stderr);
    }
}

/// What is read of state alone has no time, and a finding says so by having none.
#[test]
fn rows_that_are_findings_are_shown_once() {
    let place = Place::new();
    let state = sample_logs().join("../iam");
    let posture = |line: &str| {
        let ended = place.trailscan(&format!("posture {line} --width 120 --iam-dir")).arg(&state).ends(0);
        String::from_utf8(ended.stdout).unwrap()
    };
    let text = posture("");
    assert_eq!(text.matches("headless-user-with-password").count(), 1, "{text}");
    assert!(text.lines().next().is_some_and(|line| line.ends_with(" findings")), "{text}");
    let sorted = posture("--sort age_days");
    assert!(sorted.starts_with("account_id"), "{sorted}");
}

/// The folder in which CloudTrail delivers says whose an organization is; a policy that names one does not.
#[test]
fn a_share_with_the_own_organization_is_told_by_the_folder_of_the_logs() {
    let policy = json!({ "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue",
        "Resource": "*", "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-exampleorg" } } }] });
    let share = with(
        call(1, 0),
        json!({ "eventSource": "secretsmanager.amazonaws.com", "eventName": "PutResourcePolicy", "readOnly": false,
            "requestParameters": { "secretId": "s", "resourcePolicy": policy.to_string() } }),
    );
    let bytes = json!({ "Records": [share] }).to_string();
    let told = |folders: &[&str]| {
        let place = Place::new();
        for (number, folder) in folders.iter().enumerate() {
            let name = format!("{ACCOUNT}_CloudTrail_us-east-1_20260910T1205Z_{number:016}.json");
            let folder = format!("logs/AWSLogs/{folder}{ACCOUNT}/CloudTrail/us-east-1/2026/09/10");
            place.write(&format!("{folder}/{name}"), &bytes);
        }
        let answer = place.trailscan("findings --rule resource-shared logs").json(0);
        answer["findings"][0]["severity"].as_str().expect("a severity").to_owned()
    };
    assert_eq!(told(&["o-exampleorg/"]), "info");
    assert_eq!(told(&[""]), "low", "no organization's folder");
    assert_eq!(told(&["o-anotherorg/"]), "low", "another organization's folder");
    assert_eq!(told(&["o-exampleorg/", "o-anotherorg/"]), "low", "of two organizations which one is its own");
}
