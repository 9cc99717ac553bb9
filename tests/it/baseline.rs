//! `--baseline`: what is new since an earlier answer, over the sample logs split in time.

use serde_json::Value;

use crate::harness::{Place, audited_logs, command, of_logs, sample_logs, sample_state};

/// Where the logs are split: the story's attack begins on the seventh.
const SPLIT: &str = "2026-09-07";

/// A place with the answers of an audit to the split.
fn with_old(arguments: &str) -> Place {
    let place = Place::new();
    place.trailscan(&format!("{arguments} --until {SPLIT} --format json --output old.json")).arg(sample_logs()).ends(0);
    place
}

fn of<'a>(list: &'a Value, rule: &str, subject: &str) -> Option<&'a Value> {
    list.as_array().expect("a list").iter().find(|finding| finding["rule"] == rule && finding["subject"] == subject)
}

#[test]
fn an_answer_is_no_news_to_itself() {
    let place = Place::new();
    for report in of_logs() {
        let asked = command(report);
        place.trailscan(&format!("{asked} --format json --output old.json")).arg(sample_logs()).ends(0);
        let json = place.trailscan(&format!("{asked} --baseline old.json")).arg(sample_logs()).json(0);
        let since = &json["since_baseline"];
        for nothing in ["new", "worse", "better", "not_covered"] {
            assert_eq!(since[nothing], 0, "{asked}: {nothing}");
        }
        for nothing in ["gone", "first_seen", "caveats"] {
            assert_eq!(since[nothing], serde_json::json!([]), "{asked}: {nothing}");
        }
        let findings = json["findings"].as_array().expect("findings");
        assert!(findings.iter().all(|finding| finding["since_baseline"] == "same"), "{asked}");
        assert_eq!(since["same"], findings.len());
        let rows = json["rows"].as_array().expect("rows");
        assert!(rows.iter().all(|row| row.get("since_baseline").is_none_or(|word| word == "same")), "{asked}");
    }
}

#[test]
fn an_audit_is_no_news_to_itself_nor_to_its_reports() {
    let place = Place::new();
    let state = sample_state();
    let audit =
        |arguments: &str| place.trailscan(&format!("audit {arguments} --iam-dir")).arg(&state).arg(sample_logs());
    audit("--format json --output old.json").ends(0);
    let json = audit("--baseline old.json").json(0);
    let since = &json["since_baseline"];
    let quiet = |since: &Value| ["new", "worse", "better", "not_covered"].iter().all(|name| since[name] == 0);
    assert!(quiet(since) && since["gone"] == serde_json::json!([]), "{since}");
    for report in audited_logs() {
        let alone = place.trailscan(&format!("{} --baseline old.json", report.name));
        let alone = if report.reads_state() { alone.arg("--iam-dir").arg(&state) } else { alone };
        let json = alone.arg(sample_logs()).json(0);
        let since = &json["since_baseline"];
        assert!(quiet(since) && since["gone"] == serde_json::json!([]), "{}: {since}", report.name);
    }
}

#[test]
fn what_happened_since_is_new() {
    let place = with_old("audit");
    let json = place.trailscan("audit --baseline old.json").arg(sample_logs()).json(0);
    let since = &json["since_baseline"];
    let counts = ["new", "worse", "better", "same", "not_covered"].map(|name| since[name].as_u64().expect("a count"));
    assert_eq!(counts.iter().sum::<u64>() as usize, json["findings"].as_array().expect("findings").len());
    assert_eq!(since["baseline"], "old.json");
    assert_eq!(since["logs"]["first_event"], "2026-08-25T00:20:00Z");
    let standing =
        |rule: &str, subject: &str| of(&json["findings"], rule, subject).expect("a finding")["since_baseline"].clone();
    assert_eq!(standing("key-quarantined-by-aws", "user/reporting"), "new");
    assert_eq!(standing("self-grant", "arn:aws:iam::123456789012:user/Richard_Roe"), "new");
    assert_eq!(standing("root-access-key", "root@111122223333"), "same");
    // Of more events, but no news.
    assert_eq!(standing("key-embedded", "AKIAI44QH8DHBEXAMPLE"), "same");
    let kinds: Vec<&Value> =
        since["first_seen"].as_array().expect("kinds").iter().map(|first| &first["kind"]).collect();
    assert_eq!(kinds, ["access keys", "principals", "networks of known principals", "ways into roles"]);
    let keys: Vec<&Value> =
        since["first_seen"][0]["seen"].as_array().expect("keys").iter().map(|key| &key["access_key_id"]).collect();
    assert_eq!(keys, ["AKIASUPTEMP22EXAMPLE", "AKIATMPUSER22EXAMPLE"]);
    // The same in one line a document.
    let text = place.read("old.json");
    let compact = serde_json::from_str::<Value>(&text).expect("JSON").to_string();
    place.write("compact.json", compact);
    let again = place.trailscan("audit --baseline compact.json").arg(sample_logs()).json(0);
    assert_eq!(again["findings"], json["findings"]);
}

#[test]
fn a_window_that_moved_on_is_the_reason_why_findings_are_gone() {
    let place = with_old("audit");
    let json = place.trailscan(&format!("audit --since {SPLIT} --baseline old.json")).arg(sample_logs()).json(0);
    let gone = &json["since_baseline"]["gone"];
    let bob = of(gone, "sign-in-without-mfa", "arn:aws:iam::111122223333:user/bob").expect("gone");
    assert_eq!(bob["cause"], "out-of-window");
    assert_eq!(bob["why"], "its last event of 2026-08-27 lies before what was read now, from 2026-09-07");
    // What is seen again is neither gone nor new.
    let root = of(&json["findings"], "root-access-key", "root@111122223333").expect("still there");
    assert_eq!(root["since_baseline"], "same");
}

#[test]
fn other_accounts_are_not_new() {
    let place = with_old("audit --account 111122223333");
    let json = place.trailscan("audit --baseline old.json").arg(sample_logs()).json(0);
    let findings = json["findings"].as_array().expect("findings");
    let others = findings.iter().filter(|finding| finding["account_id"] != "111122223333");
    assert!(others.clone().count() > 10);
    assert!(others.into_iter().all(|finding| finding["since_baseline"] == "not-covered"));
    // A filter that lets less through sees less of everything.
    let place = with_old("audit --event Get*");
    let json = place.trailscan("audit --baseline old.json").arg(sample_logs()).json(0);
    let since = &json["since_baseline"];
    assert_eq!(since["new"], 0);
    let caveat = since["caveats"][0].as_str().expect("a caveat");
    assert_eq!(caveat, "the baseline was asked with --event Get*: what it lacks is not proven to be new");
}

#[test]
fn suppressed_findings_are_gone_for_that_reason() {
    let place = with_old("audit");
    let suppress = "[[suppress]]\nrule = \"root-access-key\"\nreason = \"known\"\nexpires = 2027-01-01\n";
    place.write("trailscan.toml", suppress);
    let json = place.trailscan("audit --baseline old.json").arg(sample_logs()).json(0);
    let root = of(&json["since_baseline"]["gone"], "root-access-key", "root@111122223333").expect("gone");
    assert_eq!(root["cause"], "suppressed");
}

#[test]
fn names_of_accounts_make_no_difference() {
    let place = with_old("audit");
    place.write("names.csv", "id,name,contact\n111122223333,Payments,payments@example.com\n");
    let asked = |more: &str| {
        let json = place.trailscan(&format!("audit --baseline old.json {more}")).arg(sample_logs()).json(0);
        json["since_baseline"].clone()
    };
    assert_eq!(asked("--account-names names.csv"), asked(""));
}

#[test]
fn the_answer_may_take_the_place_of_the_baseline() {
    let place = with_old("audit");
    place.trailscan("audit --baseline old.json --format json --output old.json").arg(sample_logs()).ends(0);
    let json: Value = serde_json::from_str(&place.read("old.json")).expect("JSON");
    assert_eq!(json["since_baseline"]["new"], 19);
    let ended = place.trailscan("audit --baseline old.json --format json").arg(sample_logs()).ends(0);
    assert_eq!(ended.json()["since_baseline"]["new"], 0);
}

#[test]
fn only_news_fail_on_new() {
    let place = with_old("audit");
    let run = |arguments: &str| place.trailscan(&format!("audit --baseline old.json {arguments}")).arg(sample_logs());
    run("--fail-on-new critical").ends(4);
    run("--fail-on-new high").ends(4);
    // A root key is critical, and no news.
    run("--until 2026-09-07 --fail-on-new info").ends(0);
    run("--until 2026-09-07 --fail-on critical").ends(4);
    run("missing --fail-on-new high").ends(3);
    let not_covered = with_old("audit --account 111122223333");
    let ended = not_covered
        .trailscan("audit --baseline old.json --account 111122223333 --account 444455556666 --fail-on-new critical")
        .arg(sample_logs())
        .ends(0);
    assert!(ended.stderr.contains("--fail-on-new does not count 1 finding that"), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_a_baseline_is_refused_in_a_line() {
    let place = Place::new();
    place.write("a.csv", "principal,events\nx,1\n");
    place.write("other.json", "{\"a\": 1}");
    place.write("folder/x", "");
    for (arguments, expected) in [
        ("audit --baseline missing.json", "--baseline missing.json: "),
        ("audit --baseline a.csv", "--baseline a.csv: no JSON document"),
        ("audit --baseline other.json", "--baseline other.json: no answer of trailscan"),
        ("audit --baseline folder", "--baseline folder: a folder"),
        ("audit --baseline s3://bucket/old.json", "aws s3 cp s3://bucket/old.json FILE"),
        ("audit --fail-on-new high", "give --baseline OLD.json"),
        ("keys --fail-on-new high", "give --baseline OLD.json"),
    ] {
        let ended = place.trailscan(arguments).arg(sample_logs()).ends(2);
        assert!(ended.stderr.contains(expected), "{arguments}: {}", ended.stderr);
        assert_eq!((ended.stderr.lines().count(), ended.stdout.len()), (1, 0), "{}", ended.stderr);
    }
    place.trailscan("keys --format json --output keys.json").arg(sample_logs()).ends(0);
    let ended = place.trailscan("sessions --baseline keys.json").arg(sample_logs()).ends(2);
    assert!(ended.stderr.contains("it is the answer of keys, and sessions is asked"), "{}", ended.stderr);
    place.trailscan("trace AKIA* --format json --output trace.json").arg(sample_logs()).ends(0);
    let ended = place.trailscan("trace ASIA* --baseline trace.json").arg(sample_logs()).ends(2);
    assert!(ended.stderr.contains("it is an answer about AKIA*, and trace ASIA* is asked"), "{}", ended.stderr);
}

#[test]
fn the_config_names_a_baseline_for_what_it_answers() {
    let place = with_old("audit");
    place.write("trailscan.toml", "baseline = 'old.json'\nfail-on-new = 'critical'\n");
    place.trailscan("audit").arg(sample_logs()).ends(4);
    place.trailscan("principals").arg(sample_logs()).ends(0);
    place.trailscan("trace AKIA*").arg(sample_logs()).ends(0);
    place.trailscan("principals --columns principal,since_baseline").arg(sample_logs()).ends(0);
}

/// What is read on a Monday, as a terminal and a ticket show it.
#[test]
fn as_people_read_it() {
    let place = with_old("audit");
    let shown = |arguments: &str, end: &str| {
        let asked = format!("audit --since 2026-09-05 --baseline old.json {arguments}");
        let text = place.trailscan(&asked).arg(sample_logs()).ends(0).text().to_owned();
        text.split_inclusive('\n').take_while(|line| !line.starts_with(end)).collect::<String>()
    };
    expect_test::expect_file!["expected/baseline.txt"].assert_eq(&shown("--width 100", "findings: "));
    expect_test::expect_file!["expected/baseline.md"].assert_eq(&shown("--format markdown", "## scorecard"));
    let page = place.trailscan("audit --baseline old.json --format html").arg(sample_logs()).ends(0);
    let page = page.text();
    assert!(page.contains("<section id=\"since-baseline\"><h2>What is new"), "no section");
    assert!(page.contains("<span class=\"mark\" data-since=\"new\">new</span>"), "no mark");
    assert!(page.find("id=\"since-baseline\"") < page.find("id=\"findings\""));
}

#[test]
fn rows_that_are_findings_or_things_say_how_they_stand() {
    let place = with_old("principals");
    let lines = place.trailscan("principals --format jsonl --baseline old.json").arg(sample_logs()).ends(0);
    let roe = lines.text().lines().find(|line| line.contains("user/Richard_Roe\"")).expect("a row").to_owned();
    assert!(roe.ends_with("\"since_baseline\":\"new\"}"), "{roe}");
    assert!(lines.stderr.contains("trailscan: since 2026-09-07: "), "{}", lines.stderr);
    if cfg!(feature = "columnar") {
        let csv = place.trailscan("principals --format csv --baseline old.json").arg(sample_logs()).ends(0);
        assert!(csv.text().lines().next().is_some_and(|header| header.ends_with(",since_baseline")), "{}", csv.text());
    }
    let state = sample_state();
    place.trailscan("posture --format json --output old.json --iam-dir").arg(&state).ends(0);
    let lines = place.trailscan("posture --format jsonl --baseline old.json --iam-dir").arg(&state).ends(0);
    assert!(lines.text().lines().all(|line| line.ends_with("\"since_baseline\":\"same\"}")), "{}", lines.text());
}
