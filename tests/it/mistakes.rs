//! What people type by mistake, and that the answer helps: each line is something that somebody tried.

use serde_json::json;

use crate::harness::{Place, gzip, sample_logs};
use crate::records::{call, delivered, with};

/// Runs a command in a folder with `logs/log.json`, and `iam/` as of the sample logs.
fn place() -> Place {
    let place = Place::new();
    place.write("logs/log.json", delivered(&[call(1, 0)]));
    place.write("other.json", r#"{"hello": "world"}"#);
    place.write("names.csv", "111122223333,main,\n");
    place.write("cut.json.gz", &gzip(delivered(&[call(1, 0)]))[..60]);
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
        ("principals --since yesterday logs", "or a time ago (36h, 7d)"),
        ("principals --since 2026-09-01T12:00 logs", "RFC 3339 (2023-07-10T12:00:00Z)"),
        ("logs", "logs is not a report: name one first, as in trailscan audit logs"),
        ("principals --columns access_keys_ids logs", "has no column \"access_keys_ids\"; "),
        ("keys --columns access_key,principal logs", "did you mean access_key_id? it has access_key_id, "),
        ("audit", "nothing to read: name files, directories, s3://bucket/prefix or -"),
        ("principals --address nonsense logs", "is not an address, nor a CIDR block such as 192.0.2.0/24"),
        ("principals --event [ logs", "is not a pattern: "),
        ("principals --account-names no.csv logs", "no.csv: no such file or directory"),
        ("principals --format xlsx logs", "possible values: table, json"),
        ("principals --format jsno logs", "`json`"),
        ("principals --account 1111-2222-333 logs", "is not an account id of 12 digits: it has 11"),
        ("principals --account main logs", "and names need --account-names FILE"),
        ("principals --account 11112222 logs", "it has 8"),
        ("principals --days thirty logs", "give a whole number, in digits"),
        ("principals --limit all logs", "give a whole number, in digits"),
        ("principals --days -5 logs", "invalid value '-5' for '--days <N>'"),
        ("trace logs", "logs stands where KEY|SESSION|PRINCIPAL belongs: trailscan trace KEY|SESSION|PRINCIPAL logs"),
        ("--format json audit logs", "`audit --format` exists"),
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
    for text in ["2026-09-06T07:10:00+02:00", "2026-09-06 05:10Z", "2026-09-06T05:10Z", "2026-09-06 05:10:00Z"] {
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
    let of_s3 = if cfg!(feature = "s3") {
        (1, "no AWS credentials found: set AWS_PROFILE or --aws-profile, ")
    } else {
        (2, "this build reads no S3: install with the feature `s3`")
    };
    let of_s3 = ("root-usage s3://amzn-s3-demo-bucket/x", of_s3.0, of_s3.1);
    for (line, code, told) in [
        ("principals logs -o /no/such/dir/x.json", 1, "create it first"),
        ("audit no/such", 1, "no/such: no such file or directory: check the path"),
        ("audit cut.json.gz", 1, "cut.json.gz: broken gzip: "),
        ("audit other.json", 1, "other.json: holds no record of CloudTrail that can be read: give the log files"),
        ("root-usage --days 30 --now 2026-12-01 logs", 3, "the newest found is "),
        ("audit logs/**/*.json.gz", 1, "the shell expands patterns, and found none; give the folder"),
        ("audit empty", 1, "no object could be read in empty, so there is no answer"),
        (
            "audit --since 2030-01-01 --until 2030-02-01 --now 2030-03-01 --fail-on high logs",
            3,
            "no event lies between",
        ),
        ("principals --region us-east1 logs", 3, "nothing is of region us-east1"),
        ("principals --service S3 logs", 0, "there is s3, and upper and lower case differ"),
        ("principals --event getbucketacl logs", 0, "there is GetBucketAcl, and upper and lower case differ"),
        ("principals --principal Alice logs", 0, "which '*Alice' matches"),
        ("principals --event GetBuketAcl logs", 0, "did you mean GetBucketAcl?"),
        ("principals --access-key AKIAIOSFODNN7EXAMPLF logs", 0, "did you mean AKIAIOSFODNN7EXAMPLE?"),
        ("principals --resource amzn-s3-demo-buckt logs", 0, "did you mean amzn-s3-demo-bucket?"),
        ("principals --user-agent AWS-CLI logs", 0, "there is aws-cli, and upper and lower case differ"),
        ("principals --address 198.51.100.1 logs", 0, "no event passes --address, of 1 event read\n"),
        ("trace AKIANOSUCHKEY logs", 0, "no credential, session or principal like AKIANOSUCHKEY"),
        of_s3,
    ] {
        let ended = place.trailscan(line).run();
        assert_eq!(ended.code, Some(code), "{line}: {}", ended.stderr);
        assert!(ended.stderr.contains(told), "{line}: {}", ended.stderr);
    }
}

/// Of nothing that can be read, only what to do is said; and what is not found, once.
#[test]
fn one_line_says_it() {
    let place = place();
    for (line, expected) in
        [("audit no/such", 2), ("audit other.json", 2), ("audit cut.json.gz", 2), ("trace AKIANOSUCHKEY logs", 2)]
    {
        let ended = place.trailscan(line).run();
        assert_eq!(ended.stderr.lines().count(), expected, "{line}: {}", ended.stderr);
    }
}

/// A file that only others may read, as somebody who may not.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let place = place();
    let file = place.write("secret/log.json", delivered(&[call(2, 0)]));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o0)).expect("our file");
    if std::fs::File::open(&file).is_ok() {
        eprintln!("skipped: whoever runs this may read everything");
        return;
    }
    let ended = place.trailscan("audit secret logs").ends(3);
    assert!(ended.stderr.contains("permission denied: run as a user who can read it"), "{}", ended.stderr);
}

/// Events have no findings, so nothing is said of findings.
#[test]
fn filters_speak_of_findings_where_there_are_some() {
    let place = place();
    let judged = "findings and verdicts judge the counted events alone: without --event ";
    for (report, is_told) in [("keys", true), ("audit", true), ("events", false), ("activity", false)] {
        let ended = place.trailscan(&format!("{report} --event Get* logs")).ends(0);
        assert_eq!(ended.stderr.contains(judged), is_told, "{report}: {}", ended.stderr);
    }
    let never = place.trailscan("events --event GetBucketAcl --service iam logs").ends(0);
    assert!(!never.stderr.contains("no event meets all"), "{}", never.stderr);
    place.write(
        "two.json",
        delivered(&[call(1, 0), with(call(2, 0), json!({"eventName": "PutObject", "errorCode": "X"}))]),
    );
    let never = place.trailscan("events --event GetBucketAcl --error X two.json").ends(0);
    assert!(never.stderr.contains("each of them is met by some event, and no event meets all"), "{}", never.stderr);
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
