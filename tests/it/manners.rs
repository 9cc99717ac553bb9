//! How trailscan behaves as a command: what it refuses and how it says so, exit codes, where it finds its input, streams
//! and colours, help.

use std::process::Stdio;

use serde_json::json;
use trailscan::report::REPORTS;

#[cfg(unix)]
use crate::docs::in_shell;
use crate::harness::{Ended, Place, count, formats, gzip, sample_logs, sample_state};
use crate::records::{calls, delivered, with};

/// Ends with `code` and one line on stderr, which says all of these; nothing on stdout.
fn refused(place: &Place, arguments: &str, code: i32, says: &[&str]) -> Ended {
    let ended = place.trailscan(arguments).ends(code);
    assert!(ended.stdout.is_empty(), "{arguments}: nothing on stdout");
    assert_eq!(ended.stderr.lines().count(), 1, "{arguments}: one line: {}", ended.stderr);
    assert!(ended.stderr.starts_with("trailscan: "), "{arguments}: {}", ended.stderr);
    for text in says {
        assert!(ended.stderr.contains(text), "{arguments}: {text:?} is not said: {}", ended.stderr);
    }
    ended
}

/// A folder with `logs/a.json`: three events.
fn with_logs() -> Place {
    let place = Place::new();
    place.write("logs/a.json", delivered(&calls(3)));
    place
}

#[test]
fn wrong_words_are_usage_errors_with_a_hint() {
    let place = with_logs();
    for (arguments, says) in [
        ("root-usge logs", "root-usage"),
        ("principals logs --fromat json", "--format"),
        ("principals logs --format xml", "parquet"),
        ("principals logs --min-addresses 3", "--min-addresses"),
        ("audit logs --sort events", "--sort"),
        ("principals logs --limit few", "--limit"),
        ("principals logs --width wide", "--width"),
        ("principals logs --threads 0", "--threads"),
        ("principals logs --fail-on worst", "critical"),
        ("key-spread logs --min-addresses many", "--min-addresses"),
        ("principals logs --max-object-bytes 8x", "--max-object-bytes"),
    ] {
        let ended = place.trailscan(arguments).ends(2);
        assert!(ended.stdout.is_empty(), "{arguments}");
        assert!(ended.stderr.contains(says), "{arguments}: {}", ended.stderr);
    }
    assert!(!place.trailscan("").ends(2).stderr.is_empty(), "without a report the help is shown");
}

#[test]
fn what_cannot_be_is_refused_in_one_line() {
    let place = with_logs();
    for (arguments, says) in [
        ("principals logs --since 2026-09-10 --until 2026-09-10", "the window is empty"),
        ("principals logs --since 2026-09-11 --until 2026-09-10", "the window is empty"),
        ("principals logs --since 2026-09-15", "the window starts"),
        ("principals logs --since yesterday", "--since \"yesterday\" is not a time"),
        ("principals logs --now 36h", "--now"),
        ("principals logs --address nowhere", "--address"),
        ("principals logs --principal [", "--principal"),
        ("principals logs --sort size", "has no column \"size\"; it has principal, type, "),
        ("principals logs --sort -size", "has no column \"size\""),
        ("principals logs --columns principal,size", "has no column \"size\""),
        ("key-spread logs --min-addresses -1", "--min-addresses must be at least 0"),
        ("principals logs -o answer.docx", "answer.docx"),
        ("principals logs -o new/", "give --format"),
        ("principals logs --output json", "--output json names a file; did you mean --format json?"),
        ("principals logs --output JSON", "--output JSON names a file; did you mean --format json?"),
        ("principals logs -o md", "--output md names a file; did you mean --format markdown?"),
        ("principals logs -o ndjson", "--output ndjson names a file; did you mean --format jsonl?"),
        ("principals - -", "- is named twice"),
    ] {
        refused(&place, arguments, 2, &[says]);
    }
    place.trailscan("principals logs --days 3 --since 7d").ends(2);
}

#[test]
fn windows_that_can_be() {
    let place = with_logs();
    for (window, events) in [
        ("", 3),
        ("--days 4", 3),
        ("--days 3", 0),
        ("--since 2026-09-10", 3),
        ("--since 2026-09-10T12:00:01Z", 2),
        ("--since 2026-09-10T12:00:01Z --until 2026-09-10T12:00:02Z", 1),
        ("--until 2026-09-10T12:00:00Z", 0),
        ("--since 96h", 3),
        ("--from 2026-09-10T12:00:01Z --to 2026-09-10T12:00:02Z", 1),
        ("--since 96h --now 2026-09-14T12:00:01Z", 2),
    ] {
        let code = if events == 0 { 3 } else { 0 };
        let answer = place.trailscan("principals logs").args(window.split_whitespace()).json(code);
        assert_eq!(count(&answer["coverage"]["events_counted"]), events, "{window}");
        assert_eq!(answer["window"].is_null(), window.is_empty(), "{window}");
    }
    let ended = place.trailscan("principals logs --days 3").ends(3);
    assert!(ended.stderr.contains("no rows: 1 object read, 3 events; 3 events outside the window"), "{}", ended.stderr);
    assert!(ended.stderr.contains("newest event read is of 2026-09-10T12:00:02Z"), "{}", ended.stderr);
}

#[test]
fn nothing_to_read() {
    let place = Place::new();
    refused(&place, "principals", 2, &["nothing to read: name files", "TRAILSCAN_INPUT", "trailscan.toml"]);
    std::fs::create_dir(place.path("empty")).expect("a folder");
    let ended = place.trailscan("principals empty").ends(1);
    assert!(ended.stderr.contains("no log object was found"), "{}", ended.stderr);
    let ended = place.trailscan("principals missing.json").ends(1);
    let said = "trailscan: missing.json: no such file or directory: check the path\n";
    assert!(ended.stderr.contains(said) && ended.stdout.is_empty(), "{}", ended.stderr);
    let ended = place.trailscan("principals - --fail-on low").ends(1);
    assert!(
        ended.stderr.contains("-: is empty") && ended.stdout.is_empty(),
        "an empty input is no answer: {}",
        ended.stderr
    );

    let place = with_logs();
    let answer = place.trailscan("principals missing.json logs").json(3);
    assert_eq!(count(&answer["coverage"]["events_counted"]), 3, "what is there is answered");
}

#[test]
fn where_the_input_comes_from() {
    let place = with_logs();
    let events = |run: crate::harness::Run<'_>| count(&run.json(0)["coverage"]["events_counted"]);
    place.write("one/b.json", delivered(&calls(1)));
    place.write("home/trailscan/trailscan.toml", format!("input = {:?}\n", place.path("one")));
    let home = place.path("home");
    let bare = || place.trailscan("principals").env("XDG_CONFIG_HOME", &home);
    assert_eq!(events(bare()), 1, "the user's config");
    place.write("trailscan.toml", "input = ['logs', 'one']\nthreads = 1\n");
    assert_eq!(events(bare()), 3, "the working directory's config; the copy in one/ is counted once");
    assert_eq!(events(bare().env("TRAILSCAN_INPUT", "one")), 1, "the environment");
    assert_eq!(events(bare().env("TRAILSCAN_INPUT", "one").arg("logs")), 3, "the arguments");
    assert_eq!(events(bare().env("TRAILSCAN_INPUT", "")), 3, "an empty variable says nothing");
    let compressed = gzip(delivered(&calls(2)));
    assert_eq!(events(bare().env("TRAILSCAN_INPUT", "-").stdin(compressed)), 2, "standard input");

    place.write("trailscan.toml", "inputs = 'logs'\n");
    refused(&place, "principals logs", 2, &["trailscan.toml", "line 1", "unknown field `inputs`"]);
    place.write("trailscan.toml", "input = \n");
    refused(&place, "principals logs", 2, &["trailscan.toml", "line 1"]);
    place.write("trailscan.toml", "threads = 2\n");
    refused(&place, "principals", 2, &["nothing to read"]);
}

#[test]
fn every_exit_code() {
    let place = with_logs();
    place.write("damaged.json", "{\"Records\":[{");
    place.write("malformed.json", format!("{{\"Records\":[{},{{\"x\":1}}]}}", calls(1)[0]));
    let root = with(calls(1)[0].clone(), json!({"userIdentity": {"type": "Root"}}));
    place.write("root.json", delivered(&[root]));
    for (arguments, code) in [
        ("root-usage logs", 0),
        ("root-usage root.json", 0),
        ("root-usage root.json --fail-on info", 4),
        ("root-usage root.json --fail-on critical", 4),
        ("principals root.json --fail-on info", 0),
        ("audit root.json --fail-on critical", 4),
        ("root-usage logs --fail-on info", 0),
        ("root-usage root.json missing.json --fail-on info", 3),
        ("root-usage root.json malformed.json --fail-on info", 3),
        ("root-usage root.json damaged.json", 3),
        ("root-usage malformed.json", 3),
        ("root-usage missing.json", 1),
        ("root-usage logs -o no/such/folder.json", 1),
        ("root-usage logs --max-memory 1MiB", 1),
        ("root-usage logs --days x", 2),
        ("--version", 0),
        ("--help", 0),
    ] {
        place.trailscan(arguments).ends(code);
    }
    let capped = place.trailscan("root-usage root.json --limit 1 --fail-on critical --format json").ends(4);
    assert!(!capped.json()["findings"].as_array().expect("a list").is_empty());
}

#[test]
fn stderr_is_ours_line_by_line_and_stdout_is_data() {
    let place = with_logs();
    place.write("logs/broken.json.gz", &gzip("{}")[..6]);
    place.write("logs/111122223333_CloudTrail_us-east-1_20260910T1200Z_abcdefghijklmnop.json", "no JSON");
    for arguments in
        ["audit logs", "audit logs -q", "principals logs --region us-east-1", "sessions logs --format json"]
    {
        let ended = place.trailscan(arguments).ends(3);
        assert!(ended.stderr.lines().all(|line| line.starts_with("trailscan: ")), "{arguments}: {}", ended.stderr);
        assert!(ended.stderr.contains("us-east-1_20260910T1200Z_abcdefghijklmnop.json: no JSON"), "{}", ended.stderr);
        assert!(ended.stderr.contains("3 events counted in 1 object"), "{}", ended.stderr);
        assert!(!ended.stderr.contains('\x1b') && !ended.stderr.contains('\r'), "no progress bar: {}", ended.stderr);
        assert!(!ended.text().contains("trailscan: "), "{arguments}");
    }
    let ended = place.trailscan("principals logs --region us-east-1").ends(3);
    assert!(ended.stderr.contains("trailscan: warning: "), "a region filter warns: {}", ended.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::new();
    // Rows for far more than a pipe holds.
    let records: Vec<_> = (0..2000)
        .map(|i| {
            let arn = format!("arn:aws:iam::111122223333:user/{}{i}", "x".repeat(50));
            with(calls(1)[0].clone(), json!({"eventID": crate::records::id(i), "userIdentity": {"arn": arn}}))
        })
        .collect();
    place.write("a.json", delivered(&records));
    for format in formats() {
        let mut command = place.trailscan("principals a.json --format").arg(format.as_str()).into_command();
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{format}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{format}: the coverage line alone: {stderr}");
        assert!(stderr.contains("2,000 events counted"), "{format}: {stderr}");
    }
    let mut command = place.trailscan("principals --help").into_command();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn colour_is_for_terminals_and_whoever_asks() {
    let place = with_logs();
    let colored = |run: crate::harness::Run<'_>| run.ends(0).text().contains('\x1b');
    let run = || place.trailscan("principals logs --color");
    assert!(!colored(run().arg("auto")), "a pipe");
    assert!(!colored(run().arg("never")));
    assert!(colored(run().arg("always")));
    assert!(!colored(place.trailscan("principals logs --color always --format json")));
}

#[cfg(unix)]
#[test]
fn on_a_terminal_there_is_colour_unless_no_color_says_no() {
    use crate::child::on_terminal;
    let place = with_logs();
    let shown = |arguments: &str, no_color: &str| {
        let run = place.trailscan(arguments).env("NO_COLOR", no_color).env("TERM", "xterm-256color");
        on_terminal(run, 100).1
    };
    assert!(shown("principals logs", "").contains("\x1b["));
    assert!(!shown("principals logs", "1").contains('\x1b'));
    assert!(!shown("principals logs --color never", "").contains('\x1b'));
    assert!(shown("principals logs --color always", "1").contains("\x1b["), "the flag was typed");
    assert!(!shown("principals logs --format json", "").contains('\x1b'));
}

/// The commands that a help text gives as examples.
fn examples(help: &str) -> Vec<String> {
    let from = help.find("Examples:").expect("examples");
    let lines = help[from..].lines().skip(1).take_while(|line| line.starts_with("  "));
    // A remark stands apart by spaces.
    lines.map(|line| line.trim().split("   ").next().expect("a command").to_owned()).collect()
}

#[cfg(unix)]
#[test]
fn every_example_of_every_help_works() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    symlink(sample_logs(), place.path("AWSLogs")).expect("a link");
    symlink(sample_state(), place.path("iam")).expect("a link");
    for (name, file) in [("report.json", "credential-report.json"), ("details.json", "authorization-details.json")] {
        symlink(sample_state().join("111122223333").join(file), place.path(name)).expect("a link");
    }
    place.write("export.json.gz", gzip(delivered(&calls(3))));
    // What the AWS CLI prints, without AWS.
    let events = json!({"Events": [{"CloudTrailEvent": calls(1)[0].to_string()}]});
    place.write_program("bin/aws", format!("#!/bin/sh\ncat <<'END'\n{events}\nEND\n"));
    let names = REPORTS.iter().map(|report| report.name).chain(["audit"]);
    let helps = names.map(|name| format!("{name} --help")).chain(["--help".to_owned()]);
    for arguments in helps {
        let help = place.trailscan(&arguments).ends(0);
        let examples = examples(help.text());
        assert!(examples.len() >= 3, "{arguments}: {examples:?}");
        for example in examples {
            let is_columnar = example.contains(".csv") || example.contains("trailscan export ");
            if example.contains("s3://") || is_columnar && !cfg!(feature = "columnar") {
                continue;
            }
            let output = in_shell(&place, &example);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{example}: {stderr}");
            let counted = ["events counted in ", "1 event counted in ", "of IAM's state of "];
            let counted = counted.iter().any(|words| stderr.contains(words));
            assert!(counted && !stderr.contains(": 0 events"), "{example}: {stderr}");
        }
    }
}

/// The commands that are no reports.
const OTHERS: [&str; 14] = [
    "scorecard",
    "findings",
    "coverage",
    "verify",
    "export",
    "rollup",
    "plan",
    "rules",
    "explain",
    "config",
    "completions",
    "man",
    "profiles",
    "iam-snapshot",
];

#[test]
fn every_subcommand_is_held_by_a_test_of_its_examples() {
    let help = Place::new().trailscan("--help").ends(0);
    let list = help.text().lines().skip_while(|line| *line != "Reports:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<&str> = list.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let is_held = REPORTS.iter().any(|report| report.name == name) || OTHERS.contains(&name);
        assert!(is_held || ["audit", "help"].contains(&name), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn every_example_of_the_other_commands_works() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    symlink(sample_logs(), place.path("AWSLogs")).expect("a link");
    for folder in [".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions"] {
        std::fs::create_dir_all(place.path(folder)).expect("folders");
    }
    // What an example joins.
    for (week, account) in [("week-1.rollup", "111122223333"), ("week-2.rollup", "444455556666")] {
        let logs = sample_logs().join("o-exampleorgid").join(account);
        place.trailscan("rollup --quiet --output").arg(week).arg(logs).ends(0);
    }
    // Nobody answers there: which profiles there are is told all the same.
    place.write(".aws/config", "[profile audit]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:9\n");
    place.write(".aws/credentials", "[audit]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n");
    for name in OTHERS {
        if ["export", "rollup"].contains(&name) && !cfg!(feature = "columnar")
            || name == "profiles" && !cfg!(feature = "s3")
            || name == "iam-snapshot" && !cfg!(feature = "iam")
            // Their examples are those of a chain that is signed and of days that are missing, with other exit codes.
            || ["coverage", "verify"].contains(&name)
        {
            continue;
        }
        let examples = examples(place.trailscan(&format!("{name} --help")).ends(0).text());
        assert!(examples.len() >= 2, "{name}: {examples:?}");
        // Those of a report that asks AWS are the tests' of S3.
        for example in examples.iter().filter(|example| !example.contains("-profile")) {
            if example.contains("csv") && !cfg!(feature = "columnar") {
                continue;
            }
            let output = in_shell(&place, &format!("export AWS_ENDPOINT_URL_STS=http://127.0.0.1:9; {example}"));
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{example}: {stderr}");
            let writes = [" > ", "trailscan rollup ", " --output "].iter().any(|word| example.contains(word))
                || ["export", "man"].contains(&name);
            assert_eq!(output.stdout.is_empty(), writes, "{example}: {stderr}");
        }
    }
    let written = ["tables/schema.json", "by-day/schema.json", "pages/trailscan.1", ".zfunc/_trailscan"];
    for file in written.into_iter().filter(|file| cfg!(feature = "columnar") || !file.ends_with(".json")) {
        assert!(place.path(file).metadata().is_ok_and(|file| file.len() > 0), "{file}");
    }
}

#[test]
fn help_says_what_there_is() {
    let place = Place::new();
    let root = place.trailscan("--help").ends(0);
    let exit_codes = ["0    complete", "1    no answer", "2    wrong usage", "3    partial", "4    findings", "130  "];
    for report in REPORTS {
        assert!(root.text().contains(report.summary.split_whitespace().next().expect("words")), "{}", report.name);
        let long = place.trailscan(&format!("{} --help", report.name)).ends(0);
        // Wrapped lines are joined again.
        let words: Vec<&str> = long.text().split_whitespace().collect();
        let words = words.join(" ");
        for column in report.columns {
            assert!(long.text().contains(&format!("\n  {} ", column.name)), "{} {}", report.name, column.name);
            assert!(words.contains(column.about), "{} {}: {}", report.name, column.name, column.about);
        }
        for option in report.options {
            assert!(long.text().contains(&format!("--{} <N>", option.name)), "{}", option.name);
            assert!(words.contains(&format!("[default: {}]", option.default)), "{}", option.name);
        }
        for code in exit_codes {
            assert!(long.text().contains(code), "{}: {code}", report.name);
        }
        assert!(long.text().contains("prove"), "{}: what a row proves and does not prove", report.name);
    }
    assert!(root.stderr.is_empty());
    assert!(place.trailscan("--version").ends(0).text().starts_with("trailscan "));
}

#[test]
fn short_help_is_short() {
    let place = Place::new();
    let reports = REPORTS.iter().map(|report| format!("{} -h", report.name));
    for arguments in reports.chain(["-h", "audit -h"].map(str::to_owned)) {
        let help = place.trailscan(&arguments).ends(0);
        let lines: Vec<&str> = help.text().lines().collect();
        assert!(lines.len() <= 100, "{arguments}: {} lines", lines.len());
        assert!(lines.iter().all(|line| line.chars().count() <= 100), "{arguments}: a line is too long");
        assert!(help.text().contains("Examples:"), "{arguments}");
    }
    assert!(place.trailscan("-h").ends(0).text().lines().count() <= 44, "the first thing one sees fits a screen");
}

/// An answer over objects in which there is no event proves nothing, so no check passes over it.
#[test]
fn nothing_to_fail_on_is_no_pass() {
    let place = Place::new();
    place.write("empty.json", "{\"Records\":[]}");
    place.trailscan("principals empty.json").ends(0);
    let ended = place.trailscan("principals empty.json --fail-on low").ends(3);
    assert!(ended.stderr.contains("no event was read, which --fail-on does not pass over"), "{}", ended.stderr);
    place.write("logs/a.json", delivered(&calls(3)));
    place.write("logs/empty.json", "{\"Records\":[]}");
    place.trailscan("principals logs --fail-on low").ends(0);
}
