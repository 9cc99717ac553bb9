//! What people type by mistake, and that the answer helps: each line is something that somebody tried.

use crate::harness::{Place, sample_logs};
use crate::records::{call, delivered};

/// Runs a command in a folder with `logs/log.json`, and `iam/` as of the sample logs.
fn place() -> Place {
    let place = Place::new();
    place.write("logs/log.json", delivered(&[call(1, 0)]));
    place.write("other.json", r#"{"hello": "world"}"#);
    place.write("names.csv", "111122223333,main,\n");
    std::fs::create_dir_all(place.path("iam")).expect("a folder");
    place
}

/// Wrong usage: nothing is read, and one line says what was meant.
#[test]
fn wrong_usage_says_what_was_meant() {
    let place = place();
    for (line, told) in [
        ("audit --dyas 30 logs", "`--days`"),
        ("audit --colums x logs", "audit has no --colums; --columns is a flag of others, such as trailscan "),
        ("audit --columns x logs", "audit has no --columns; --columns is a flag of others, such as trailscan "),
        ("principals --since 2026-13-01 logs", "is not a time: give a date (2023-07-10)"),
        ("principals --since 01/09/2026 logs", "is not a time: give a date (2023-07-10)"),
        ("principals --since 2026-09-01T12:00 logs", "RFC 3339 (2023-07-10T12:00:00Z)"),
        ("logs", "logs is not a report: name one first, as in trailscan audit logs"),
        ("principals --columns access_keys_ids logs", "has no column \"access_keys_ids\"; "),
        ("principals --format xlsx logs", "possible values: table, json"),
        ("principals --format jsno logs", "`json`"),
        ("principals --account 1111-2222-333 logs", "is not an account id of 12 digits: it has 11"),
        ("principals --account main logs", "and names need --account-names FILE"),
        ("principals --account 11112222 logs", "it has 8"),
        ("principals --days thirty logs", "give a whole number, in digits"),
        ("principals --limit all logs", "give a whole number, in digits"),
        ("principals --days -5 logs", "invalid value '-5' for '--days <N>'"),
        ("trace logs", "logs stands where KEY|SESSION|PRINCIPAL belongs: trailscan trace KEY|SESSION|PRINCIPAL logs"),
        ("--format json audit logs", "--format"),
        ("posture iam", "; iam is read as logs, as state it is --iam-dir iam"),
        ("posture --rule x --iam-dir iam", "there is no rule \"x\""),
        ("explain key-leak", "did you mean key-leak-suspect?"),
        ("principals -o x.docx logs", ".docx: the extension names no format"),
        ("principals --coverage - logs", "--coverage -: standard output is the answer's; name a file"),
    ] {
        let ended = place.trailscan(line).run();
        assert_eq!((ended.code, ended.stdout.len()), (Some(2), 0), "{line}: {}", ended.stderr);
        assert!(ended.stderr.contains(told) && ended.stderr.lines().count() == 1, "{line}: {}", ended.stderr);
    }
}

/// What can be read in one way only is read so.
#[test]
fn forms_that_people_copy_are_taken() {
    let place = place();
    for line in [
        "principals --columns principal,events",
        "principals --format JSON",
        "principals --format md",
        "principals --account 1111-2222-3333,444455556666",
        "principals --account main --account-names names.csv",
        "principals --now 2026-09-14T12:00Z",
        "principals --columns all",
        "principals --columns +sessions",
    ] {
        let ended = place.trailscan(line).arg("logs").run();
        // An account of which there is nothing makes the answer partial.
        assert!(matches!(ended.code, Some(0 | 3)) && !ended.stdout.is_empty(), "{line}: {}", ended.stderr);
    }
    let since = |text: &str| {
        let answer = place.trailscan("principals").args(["--since", text]).arg("logs").run();
        let answer =
            place.trailscan("principals --format json").args(["--since", text]).arg("logs").ends(answer.code.unwrap());
        answer.json()["window"]["since"].clone()
    };
    for text in ["2026-09-06 05:10Z", "2026-09-06T05:10Z", "2026-09-06 05:10:00Z"] {
        assert_eq!(since(text), "2026-09-06T05:10:00Z", "{text}");
    }
    let blanks = place.trailscan("principals").args(["--columns", "principal, events"]).arg("logs").ends(0);
    assert!(blanks.text().starts_with("principal"), "{}", blanks.text());
}

/// What is missing, or is nothing, must not read as a quiet account.
#[test]
fn nothing_is_told_as_nothing() {
    let place = place();
    std::fs::create_dir_all(place.path("empty")).expect("a folder");
    for (line, code, told) in [
        ("principals logs -o /no/such/dir/x.json", 1, "create it first"),
        ("audit no/such", 1, "no/such: no such file or directory: check the path"),
        ("audit logs/**/*.json.gz", 1, "the shell expands patterns, and found none; give the folder"),
        ("audit empty", 1, "no object could be read, so there is no answer"),
        (
            "audit --since 2030-01-01 --until 2030-02-01 --now 2030-03-01 --fail-on high logs",
            3,
            "no event lies between",
        ),
        ("principals --region us-east1 logs", 3, "nothing is of region us-east1"),
        ("principals --service S3 logs", 0, "there is s3, and upper and lower case differ"),
        ("principals --event getbucketacl logs", 0, "there is GetBucketAcl, and upper and lower case differ"),
        ("principals --principal Alice logs", 0, "which '*Alice' matches"),
        ("trace AKIANOSUCHKEY logs", 0, "no credential, session or principal like AKIANOSUCHKEY"),
    ] {
        let ended = place.trailscan(line).run();
        assert_eq!(ended.code, Some(code), "{line}: {}", ended.stderr);
        assert!(ended.stderr.contains(told), "{line}: {}", ended.stderr);
    }
}

/// An empty window is the first thing that is said, for people in every format, and the warning counts what lies outside.
#[test]
fn an_empty_window_is_said_first() {
    let place = Place::new();
    let run = |format: &str| {
        let line = format!("audit --days 1 --now 2026-09-20 --fail-on critical --format {format}");
        String::from_utf8(place.trailscan(&line).arg(sample_logs()).ends(3).stdout).expect("UTF-8")
    };
    let said = "no event lies in the window: that nothing is found here does not mean that nothing happened";
    assert!(run("table").starts_with(said));
    assert!(run("markdown").lines().any(|line| line == format!("> **{said}**")));
    let page = run("html");
    assert!(page.contains("Nothing lies in the window") && page.contains(said));
    let counted = "outside of it 89 objects were delivered";
    assert!(
        run("json").contains(counted)
            && run("sarif").contains(counted)
            && run("junit").contains("<error type=\"partial\"")
    );
}

/// The sentences that stopped a reader, by what stands there now.
#[test]
fn sentences_say_what_they_mean() {
    let place = Place::new();
    let state = sample_logs().join("../iam");
    let answer = place.trailscan("audit --format json --iam-dir").arg(&state).arg(sample_logs()).ends(0);
    let page = place.trailscan("audit --format html --iam-dir").arg(&state).arg(sample_logs()).ends(0);
    let help = place.trailscan("root-usage --help").ends(0);
    let logs = place.trailscan("audit --format json").arg(sample_logs()).ends(0);
    let texts = [answer.text(), page.text(), help.text(), logs.text()].concat();
    for told in [
        "did everyday work that does not need root",
        "removed later",
        "logs alone cannot prove this",
        "probably embedded on machines",
        "Logging was interrupted or changed",
        "account and region pairs with no log file on some days",
        "Who assumed which role",
        "MFA is checked there, CloudTrail cannot see it",
        "not recorded",
        "trusts ",
        "passwords never expire",
        "a missing row says nothing about accounts",
        "new since 2026-09-06",
    ] {
        assert!(texts.contains(told), "{told}");
    }
    for gone in [
        "for what needs no root",
        "taken away again",
        "logs cannot prove it",
        "Logging was not even",
        "Who got sessions of what",
        "not told\"",
        "passwords never end",
        "no row proves nothing",
    ] {
        assert!(!texts.contains(gone), "{gone}");
    }
}
