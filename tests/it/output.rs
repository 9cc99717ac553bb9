//! What is written, and where: every format to stdout and to files, whole or not at all, safe for whoever reads it next.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use trailscan::output::Format;
use trailscan::report::{Form, REPORTS};

use crate::harness::{Place, audited_logs, command, count, formats, of_logs, sample_logs};
use crate::records::{calls, delivered};

/// The members of a JSON object in the order in which they stand.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl Members {
    fn of(text: &str) -> Self {
        serde_json::from_str(text).expect("an object")
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no member {name}")).1.get()
    }

    /// The objects of a member that is an array.
    fn objects(&self, name: &str) -> Vec<Members> {
        serde_json::from_str(self.get(name)).expect("an array of objects")
    }
}

/// Names that are to stand in this order, others perhaps between.
fn assert_in_order(expected: &str, actual: &[&str], what: &str) {
    let mut rest = actual.iter();
    for name in expected.split_whitespace() {
        assert!(rest.any(|actual| *actual == name), "{what}: {name} is missing or out of order in {actual:?}");
    }
}

pub fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

const COVERAGE: &str = "objects_found objects_read objects_damaged objects_failed objects_skipped objects_pruned places_failed events \
    events_in_window events_out_of_window events_without_time events_filtered events_counted duplicate_events \
    conflicting_ids malformed_records broken_records bytes_compressed bytes_json accounts regions categories first_event last_event \
    gaps warnings failures logging_changes interrupted";

/// Columns, rows and findings, of a document or of a part of an audit.
fn assert_table(part: &Members, report: &str) {
    let columns = part.objects("columns");
    let names: Vec<String> =
        columns.iter().map(|column| serde_json::from_str(column.get("name")).expect("text")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for column in &columns {
        assert_eq!(column.names(), ["name", "kind", "unit", "about"], "{report}");
    }
    let registered: Vec<&str> =
        REPORTS.iter().find(|r| r.name == report).expect("registered").columns.iter().map(|c| c.name).collect();
    assert_eq!(names, registered, "{report}");
    let rows = part.objects("rows");
    assert!(!rows.is_empty(), "{report}: the sample logs have rows for it");
    for row in &rows {
        assert_eq!(row.names(), names, "{report}: every row has every column, in order");
    }
    for finding in part.objects("findings") {
        let members =
            "severity rule account_id subject summary count first_seen last_seen addresses credentials evidence";
        assert_eq!(finding.names(), words(members), "{report}");
    }
    assert_eq!(part.get("rows_total"), rows.len().to_string());
    assert_eq!(part.get("rows_shown"), rows.len().to_string());
}

#[test]
fn json_is_what_the_contract_says() {
    let place = Place::new();
    for report in of_logs() {
        let ended = place.trailscan(&command(report)).args(["--format", "json"]).arg(sample_logs()).ends(0);
        let document = Members::of(ended.text());
        let tree = if report.form == Form::Tree { "tree" } else { "" };
        // What a report was asked about is asked beside the window.
        let asked = if report.argument.is_some() { "asked" } else { "" };
        let members = format!("report trailscan window {asked} coverage columns rows {tree} rows_total rows_shown");
        assert_eq!(document.names(), words(&format!("{members} findings suppressed")), "{}", report.name);
        assert_eq!(document.get("report"), format!("{:?}", report.name));
        assert_eq!(document.get("window"), "null");
        assert_in_order(COVERAGE, &Members::of(document.get("coverage")).names(), "coverage");
        assert_table(&document, report.name);
    }
    let ended = place.trailscan("audit --format json --days 20").arg(sample_logs()).ends(0);
    let document = Members::of(ended.text());
    assert_eq!(document.names(), words("trailscan window coverage scorecard reports findings suppressed"));
    assert_eq!(Members::of(document.get("window")).names(), ["since", "until"]);
    let reports = Members::of(document.get("reports"));
    assert_eq!(reports.names(), audited_logs().map(|report| report.name).collect::<Vec<_>>());
    for report in audited_logs() {
        let part = Members::of(reports.get(report.name));
        assert_eq!(part.names(), words("columns rows rows_total rows_shown findings suppressed"), "{}", report.name);
        assert_table(&part, report.name);
    }
}

#[test]
fn findings_are_made_before_anything_is_cut() {
    let place = Place::new();
    let run = |arguments: &str| place.trailscan("root-usage").arg(sample_logs()).args(words(arguments)).json(0);
    let (whole, cut) = (run(""), run("--limit 1 --columns class,events --sort class"));
    assert_eq!(whole["findings"], cut["findings"]);
    assert_eq!((count(&cut["rows_total"]), count(&cut["rows_shown"])), (count(&whole["rows_total"]), 1));
    assert_eq!(cut["rows"], json!([{"class": "access-key", "events": 7}]));
    let all = place.trailscan("key-spread --min-addresses 0").arg(sample_logs()).json(0);
    let some = place.trailscan("key-spread --min-addresses 8").arg(sample_logs()).json(0);
    assert_eq!((all["rows_total"].as_i64(), some["rows_total"].as_i64()), (Some(14), Some(1)));
    assert_eq!(all["findings"], some["findings"]);
}

#[test]
fn the_order_of_rows_is_said() {
    let place = Place::new();
    let run = |by: &str| place.trailscan("principals").arg(sample_logs()).args(["--sort", by]).json(0);
    let column = |answer: &Value, name: &str| -> Vec<Value> {
        answer["rows"].as_array().expect("rows").iter().map(|row| row[name].clone()).collect()
    };
    let counts = |answer: &Value| column(answer, "events").iter().map(count).collect::<Vec<_>>();
    let (down, up) = (counts(&run("events")), counts(&run("-events")));
    assert!(down.is_sorted_by(|a, b| a >= b) && up.is_sorted(), "numbers largest first");
    let names = |answer: &Value| -> Vec<String> {
        column(answer, "principal").iter().map(|name| name.as_str().expect("text").to_owned()).collect()
    };
    let (down, up) = (names(&run("principal")), names(&run("-principal")));
    assert!(down.is_sorted() && up.is_sorted_by(|a, b| a >= b), "text from a");
    assert_eq!(column(&run("type"), "type").last(), Some(&Value::Null), "what is unknown stands last");
    assert_eq!(column(&run("-type"), "type").last(), Some(&Value::Null), "also the other way round");
}

/// A name of standard output is standard output: where it was led to a file that goes on, what stands there stays.
#[cfg(unix)]
#[test]
fn standard_output_by_its_name_goes_on_where_it_is() {
    let place = Place::new();
    let run = |arguments: &str| place.trailscan(arguments).arg(sample_logs());
    let direct = run("principals --format jsonl").ends(0).text().to_owned();
    for name in ["/dev/stdout", "/dev/fd/1", "-"] {
        let path = place.write("log.txt", "what was there\n");
        for round in 1..=2 {
            let appended = std::fs::OpenOptions::new().append(true).open(&path).expect("our file");
            let mut command = run(&format!("principals -q --format jsonl -o {name}")).into_command();
            let status = command.stdout(appended).stderr(std::process::Stdio::null()).status().expect("it starts");
            assert_eq!(status.code(), Some(0), "{name}");
            assert!(place.read("log.txt") == format!("what was there\n{}", direct.repeat(round)), "{name}");
        }
        // As a shell leaves it after another command wrote there: behind that, not at its beginning.
        let mut begun = std::fs::File::create(&path).expect("our file");
        std::io::Write::write_all(&mut begun, b"header\n").expect("our file");
        let mut command = run(&format!("principals -q --format jsonl -o {name}")).into_command();
        command.stdout(begun).stderr(std::process::Stdio::null()).status().expect("it starts");
        assert!(place.read("log.txt") == format!("header\n{direct}"), "{name}");
    }
}

#[test]
fn a_file_holds_what_stdout_would() {
    let place = Place::new();
    for format in formats() {
        let run = || place.trailscan("key-spread --format").arg(format.as_str()).arg(sample_logs());
        let direct = run().ends(0).stdout;
        let filed = run().args(["-o", "answer"]).ends(0);
        // stderr does not lie beside a file, so a table there ends with the coverage.
        let same = |name: &str| match format {
            Format::Table => {
                let text = place.read(name);
                let rest = text.strip_prefix(std::str::from_utf8(&direct).expect("UTF-8"));
                rest.is_some_and(|rest| rest.starts_with("\n731 events counted in 87 objects"))
            }
            _ => direct == place.read_bytes(name),
        };
        assert!(filed.stdout.is_empty() && same("answer"), "{format}");
        let name = format!("answer.{}", format.extension());
        place.trailscan("key-spread -o").arg(&name).arg(sample_logs()).ends(0);
        assert!(same(&name), "{format}: the extension names it");
        let named = place.trailscan("key-spread -o - --format").arg(format.as_str()).arg(sample_logs()).ends(0);
        assert_eq!(named.stdout, direct, "{format}");
        assert_eq!(direct.starts_with(b"PAR1"), format == Format::Parquet);
    }
}

#[test]
fn coverage_lies_beside_rows_that_have_no_place_for_it() {
    let place = Place::new();
    let answer = place.trailscan("sessions --coverage said.json").arg(sample_logs()).json(0);
    let said: Value = serde_json::from_str(&place.read("said.json")).expect("JSON");
    assert_eq!(said, answer["coverage"], "--coverage is the coverage");
    for format in formats() {
        let name = format!("answer-{format}");
        place.trailscan("sessions --format").arg(format.as_str()).args(["-o", &name]).arg(sample_logs()).ends(0);
        let beside = place.path(format!("{name}.coverage.json"));
        let lies_beside = matches!(format, Format::Jsonl | Format::Csv | Format::Parquet | Format::Ocsf);
        assert_eq!(beside.exists(), lies_beside, "{format}");
        if beside.exists() {
            let beside: Value = serde_json::from_slice(&std::fs::read(beside).expect("a file")).expect("JSON");
            assert_eq!(beside, said, "{format}");
        }
    }
    let on_stdout = place.trailscan("sessions --format jsonl --coverage again.json").arg(sample_logs()).ends(0);
    assert_eq!(place.read("again.json"), place.read("said.json"));
    assert!(on_stdout.text().lines().all(|line| line.starts_with("{\"session_id\":")));
}

#[test]
fn no_answer_takes_the_place_of_what_is_read() {
    let place = Place::new();
    let log = delivered(&calls(3));
    for name in ["a.json", "logs/b.json", "logs/deep/c.json"] {
        place.write(name, &log);
    }
    place.write("logs/notes.txt", "mine");
    for arguments in [
        "principals a.json -o a.json",
        "principals logs a.json -o a.json",
        "principals logs -o logs/b.json",
        "principals logs -o logs/deep/../b.json",
        "principals logs -o logs/deep/c.json",
        "principals logs -o logs/notes.txt",
        "principals a.json --coverage a.json",
        "principals logs --coverage logs/b.json",
        "principals logs --dry-run -o logs/b.json",
        "plan logs --tasks 1 -o logs/b.json",
    ] {
        let ended = place.trailscan(arguments).ends(2);
        assert!(
            ended.stderr.contains("is an INPUT, which no answer takes the place of"),
            "{arguments}: {}",
            ended.stderr
        );
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(place.path("a.json"), place.path("link.json")).unwrap();
        place.trailscan("principals a.json -o link.json").ends(2);
        place.trailscan("principals link.json -o a.json").ends(2);
    }
    for name in ["a.json", "logs/b.json", "logs/deep/c.json"] {
        assert_eq!(place.read(name), log, "{name}");
    }
    assert_eq!(place.read("logs/notes.txt"), "mine");
    // What is not there yet lies anywhere, an earlier answer is replaced, and so is any file that is named and not read.
    for _ in 0..2 {
        for name in ["answer.json", "answer.html", "answer.txt", "answer.md"] {
            place.trailscan("principals logs -o").arg(format!("logs/{name}")).ends(0);
        }
        place.trailscan("principals logs --coverage logs/c.json").ends(0);
    }
    place.write("other.json", "mine");
    place.trailscan("principals logs -o other.json").ends(0);
    assert!(place.read("other.json").contains("\"trailscan\""));
}

/// The coverage and the answer in one place, whatever it is called, would be one of them.
#[cfg(unix)]
#[test]
fn two_names_of_one_place_are_one() {
    let place = Place::new();
    place.write("logs/a.json", delivered(&calls(3)));
    std::fs::create_dir(place.path("sub")).unwrap();
    std::os::unix::fs::symlink(place.path("sub"), place.path("link")).unwrap();
    for (answer, coverage) in [("a.json", "sub/../a.json"), ("sub/a.json", "link/a.json"), ("a.json", "./a.json")] {
        let ended = place.trailscan(&format!("principals logs -o {answer} --coverage {coverage}")).ends(2);
        assert!(ended.stderr.contains("would be written twice"), "{coverage}: {}", ended.stderr);
        assert!(!place.path(answer).exists(), "{answer}");
    }
}

/// In a folder nobody has named the files, so what no answer wrote stays.
#[test]
fn a_file_of_somebody_else_in_a_folder_stays() {
    let place = Place::new();
    place.write("logs/a.json", delivered(&calls(3)));
    let formats = if cfg!(feature = "columnar") {
        &["json", "jsonl", "html", "csv", "parquet"][..]
    } else {
        &["json", "jsonl", "html"]
    };
    for format in formats {
        let mine = format!("out/principals.{format}");
        let run = |more: &str| format!("principals logs --format {format} -o out/ {more}");
        place.write(&mine, "mine");
        let ended = place.trailscan(&run("")).ends(2);
        let line = format!("{mine}: is there already, and no earlier answer wrote it");
        assert!(ended.stderr.contains(&line) && ended.stderr.contains("--overwrite"), "{}", ended.stderr);
        assert_eq!(place.read(&mine), "mine");
        place.trailscan(&run("--overwrite")).ends(0);
        assert_ne!(place.read_bytes(&mine), b"mine");
        // Ours is replaced without being asked.
        place.trailscan(&run("")).ends(0);
        place.trailscan(&run("--now 2026-09-14")).ends(0);
    }
    place.write("out/keys.json", "{\"private\": \"key\"}");
    let before = files_in(&place, "out");
    place.trailscan("audit logs --format json -o out/").ends(2);
    assert_eq!(files_in(&place, "out"), before, "nothing of a refused answer is there");
    // Man pages as well.
    place.write("man/trailscan.1", "mine");
    assert!(place.trailscan("man man").ends(2).stderr.contains("man/trailscan.1: is there already"));
    assert_eq!((place.read("man/trailscan.1").as_str(), files_in(&place, "man").len()), ("mine", 1));
    place.trailscan("man man --overwrite").ends(0);
    place.trailscan("man man").ends(0);
}

#[test]
fn a_failed_scan_leaves_its_coverage_and_no_answer() {
    let place = Place::new();
    place.write("earlier.json", "what was there before");
    let ended = place.trailscan("principals missing.json -o earlier.json --coverage c.json").ends(1);
    assert!(ended.stderr.contains("missing.json"));
    assert_eq!(place.read("earlier.json"), "what was there before");
    let coverage: Value = serde_json::from_str(&place.read("c.json")).expect("JSON");
    assert_eq!(coverage["failures"][0]["object"], "missing.json");
}

fn files_in(place: &Place, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(place.path(folder)).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|e| e.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn an_audit_into_a_folder_is_a_file_a_report() {
    let place = Place::new();
    for format in formats() {
        let folder = format!("out-{format}/");
        place.trailscan("audit --format").arg(format.as_str()).args(["-o", &folder]).arg(sample_logs()).ends(0);
        let extension = format.extension();
        let beside = format.is_of_rows();
        if format.is_of_findings() {
            let mut expected = vec![format!("findings.{extension}")];
            expected.extend((format == Format::Ocsf).then(|| format!("findings.{extension}.coverage.json")));
            assert_eq!(files_in(&place, &folder), expected, "{format}");
            continue;
        }
        let names = || {
            let others = ["scorecard", "findings"].into_iter().take(if beside { 2 } else { 1 });
            audited_logs().map(|report| report.name).chain(others)
        };
        let mut expected: Vec<String> = names().map(|name| format!("{name}.{extension}")).collect();
        if beside {
            expected.extend(names().map(|name| format!("{name}.{extension}.coverage.json")));
        }
        expected.sort();
        assert_eq!(files_in(&place, &folder), expected, "{format}");
        if format == Format::Json {
            continue; // The audit's own numbers stand in its documents.
        }
        for report in audited_logs() {
            let alone =
                place.trailscan(report.name).args(["--format", format.as_str()]).arg(sample_logs()).ends(0).stdout;
            let filed = place.read_bytes(&format!("{folder}{}.{extension}", report.name));
            // What is for people says in a file over what it speaks, and a page names the command that made it.
            if beside {
                assert!(alone == filed, "{}.{extension}: as the report alone", report.name);
            }
        }
    }
    for format in formats().filter(|format| matches!(format, Format::Csv | Format::Parquet)) {
        let refused = place.trailscan("audit --format").arg(format.as_str()).arg(sample_logs()).ends(2);
        assert!(refused.stderr.contains("--output DIR/"), "{}", refused.stderr);
        let refused = place.trailscan("audit -o").arg(format!("one.{format}")).arg(sample_logs()).ends(2);
        assert!(refused.stderr.contains("--output DIR/") && !place.path(format!("one.{format}")).exists());
    }
    let lines = place.trailscan("audit --format jsonl").arg(sample_logs()).ends(0);
    assert!(lines.text().lines().all(|line| line.starts_with("{\"report\":\"")), "rows of an audit say whose they are");
}

#[cfg(not(feature = "columnar"))]
#[test]
fn a_build_without_columns_says_so() {
    let place = Place::new();
    for format in ["csv", "parquet"] {
        for arguments in [format!("principals --format {format}"), format!("principals -o out.{format}")] {
            let refused = place.trailscan(&arguments).arg(sample_logs()).ends(2);
            assert!(refused.stderr.contains("needs the feature `columnar`"), "{}", refused.stderr);
            assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn on_a_narrow_terminal_ids_stay_whole() {
    let place = Place::new();
    for (report, column, columns) in [
        ("key-spread", "access_key_id", 80),
        ("root-usage", "account_id", 80),
        ("principals", "principal", 80),
        ("keys", "access_key_id", 80),
        ("key-spread", "access_key_id", 30),
    ] {
        let mut run = place.trailscan(report).arg(sample_logs()).args(["--limit", "0"]);
        if report == "key-spread" {
            run = run.args(["--min-addresses", "0"]);
        }
        let (status, sent) = crate::child::on_terminal(run, columns);
        assert_eq!(status.code(), Some(0));
        let answer = place.trailscan(report).arg(sample_logs()).json(0);
        let ids: Vec<&str> =
            answer["rows"].as_array().expect("rows").iter().filter_map(|row| row[column].as_str()).collect();
        for id in &ids {
            assert!(sent.contains(id), "{report} in {columns}: {id} is not whole");
        }
        // Below the rows stand remarks, each with a way to see more; an id wider than its column has a line of its own.
        let table = sent.lines().take_while(|line| !line.is_empty() && !line.ends_with(')'));
        let table: Vec<&str> = table.filter(|line| !ids.contains(line)).collect();
        let widest = table.iter().map(|line| line.chars().count()).max();
        assert!(columns < 80 || widest.is_some_and(|widest| (40..=80).contains(&widest)), "{report}: {widest:?}");
    }
    let run = place.trailscan("principals").arg(sample_logs()).args(["--format", "parquet"]);
    let (status, sent) = crate::child::on_terminal(run, 80);
    assert_eq!((status.code(), sent.as_str()), (Some(2), ""), "parquet is not for a terminal");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_what_was_there() {
    let place = Place::new();
    place.write("answer.json", "what was there before");
    let mut run = crate::child::start(place.trailscan("principals - -o answer.json --coverage new.json"));
    run.listens_for(libc::SIGINT);
    crate::child::until("a file and its lock are there", || files_in(&place, ".").len() > 2);
    run.feed(delivered(&calls(3)));
    run.signal(libc::SIGKILL);
    run.ends();
    assert_eq!(place.read("answer.json"), "what was there before");
    assert!(!place.path("new.json").exists());
    assert!(files_in(&place, ".").len() > 1, "what it was writing lies there");
    place.write("logs/a.json", delivered(&calls(3)));
    place.trailscan("principals logs -o answer.json").ends(0);
    assert_eq!(files_in(&place, "."), ["answer.json", "logs"], "the next run clears it away");
}

/// What another run is writing, or what only looks like ours, is left alone.
#[cfg(unix)]
#[test]
fn what_a_run_is_writing_is_cleared_away_by_no_other() {
    let place = Place::new();
    place.write("logs/a.json", delivered(&calls(3)));
    place.write(".trailscan-notes.tmp", "mine");
    place.write(".trailscan-other.lock", "mine");
    place.write(".trailscan-other.tmp", "mine");
    let mut run = crate::child::start(place.trailscan("principals - -o first.json"));
    run.listens_for(libc::SIGINT);
    crate::child::until("a file and its lock are there", || files_in(&place, ".").len() == 6);
    let writing = files_in(&place, ".");
    place.trailscan("principals logs -o second.json").ends(0);
    let left: Vec<String> = files_in(&place, ".").into_iter().filter(|name| name != "second.json").collect();
    assert_eq!(left, writing);
    run.feed(delivered(&calls(3)));
    run.has_taken_its_input();
    run.signal(libc::SIGINT);
    assert_eq!(run.ends().status.code(), Some(3));
    let left = files_in(&place, ".");
    let mine = [".trailscan-notes.tmp", ".trailscan-other.lock", ".trailscan-other.tmp"];
    assert_eq!(left, [&mine[..], &["first.json", "logs", "second.json"]].concat());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_nothing() {
    let place = Place::new();
    let ended = place.trailscan("principals --format json -o /dev/full").arg(sample_logs()).ends(1);
    assert!(ended.stderr.contains("trailscan: /dev/full: cannot be written: No space left"), "{}", ended.stderr);
}

#[test]
fn accounts_are_named_beside_their_ids() {
    let place = Place::new();
    std::fs::write(place.path("names.csv"), "id,name,contact\n111122223333,Payments,pay@example.com\n")
        .expect("written");
    let logs = sample_logs();
    let named = |report: &str| place.trailscan(&format!("{report} --account-names names.csv")).arg(&logs).json(0);
    let answer = named("root-usage");
    let columns: Vec<&str> = rows_of_columns(&answer);
    assert_eq!(columns[..2], ["account_id", "account_name"]);
    for row in answer["rows"].as_array().expect("rows") {
        let name = if row["account_id"] == "111122223333" { "Payments".into() } else { serde_json::Value::Null };
        assert_eq!(row["account_name"], name, "{row}");
    }
    let finding = &answer["findings"][0];
    assert_eq!(finding["evidence"]["account_contact"], "pay@example.com", "{finding}");
    assert_eq!(named("audit")["scorecard"][0]["account_name"], "Payments");
    let wrong = place.trailscan("audit --account-names names.csv.gone").arg(&logs).ends(2);
    assert!(wrong.stderr.contains("names.csv.gone: no such file"), "{}", wrong.stderr);
}

fn rows_of_columns(answer: &serde_json::Value) -> Vec<&str> {
    let columns = answer["columns"].as_array().expect("columns");
    columns.iter().map(|column| column["name"].as_str().expect("a name")).collect()
}
