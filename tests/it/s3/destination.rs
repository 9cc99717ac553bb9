//! Answers into buckets: every format, whole or not at all, and nothing left of what failed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::server::Asked;
use super::{Archive, Fault, Server, asking};
use crate::child::start;
use crate::harness::{Ended, Place};
use crate::records::{call, calls, delivered, with};

const DENIED: Fault = Fault::Error(403, "AccessDenied", "Access Denied");

/// A folder with `logs/a.json`, whose answer as JSON is some `mebibytes` long, and an empty bucket `answers`.
fn with_answer(mebibytes: usize) -> Place {
    let place = Place::new();
    std::fs::create_dir_all(place.path("buckets/answers")).expect("a bucket");
    let user = |number: usize| {
        let name = format!("{number:05}{}", "x".repeat(950));
        let user = json!({"arn": format!("arn:aws:iam::111122223333:user/{name}"), "userName": name});
        with(call(number, 0), json!({ "userIdentity": user }))
    };
    place.write("logs/a.json", delivered(&(0..(mebibytes * 700).max(3)).map(user).collect::<Vec<_>>()));
    place
}

fn serving(place: &Place, rule: impl Fn(&Asked) -> Option<Fault> + Send + Sync + 'static) -> Server {
    Server::start(&place.path("buckets"), rule)
}

/// The visible names in the bucket; and nothing of uploads lies beside it.
fn names(place: &Place) -> Vec<String> {
    let of = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
    };
    let parts: Vec<_> = of(&place.path("buckets")).into_iter().filter(|name| name.contains(".part-")).collect();
    assert!(parts.is_empty(), "parts are left: {parts:?}");
    let mut names = of(&place.path("buckets/answers"));
    names.sort();
    names
}

/// The number of a part that is put.
fn part(asked: &Asked) -> Option<u32> {
    asked.query.get("partNumber").filter(|_| asked.method == "PUT")?.parse().ok()
}

fn asked_for(server: &Server, is_meant: impl Fn(&Asked) -> bool) -> usize {
    server.asked().iter().filter(|asked| is_meant(asked)).count()
}

fn begun(server: &Server) -> usize {
    asked_for(server, |asked| asked.method == "POST" && asked.query.contains_key("uploads"))
}

fn aborted(server: &Server) -> usize {
    asked_for(server, |asked| asked.method == "DELETE" && asked.query.contains_key("uploadId"))
}

#[test]
fn every_format_as_on_disk() {
    let place = with_answer(0);
    let server = serving(&place, |_| None);
    let formats =
        if cfg!(feature = "columnar") { &["json", "txt", "jsonl", "csv", "parquet"][..] } else { &["json", "txt"] };
    for extension in formats {
        let name = format!("principals.{extension}");
        place.trailscan("principals logs -o").arg(&name).ends(0);
        asking(&place, &server, "principals logs -o").arg(format!("s3://answers/{name}")).ends(0);
        assert!(place.read_bytes(&name) == place.read_bytes(&format!("buckets/answers/{name}")), "{name}");
        let beside = format!("{name}.coverage.json");
        let has_beside = place.path(&beside).exists();
        assert_eq!(has_beside, ["jsonl", "csv", "parquet"].contains(extension));
        if has_beside {
            assert_eq!(place.read(&beside), place.read(&format!("buckets/answers/{beside}")));
        }
    }
    asking(&place, &server, "principals logs --coverage s3://answers/c.json").ends(0);
    assert!(place.read("buckets/answers/c.json").contains("\"objects_read\":1"));
    assert_eq!(begun(&server), aborted(&server), "only to ask whether it may");
}

#[test]
fn a_folder_gets_a_file_a_report() {
    let place = with_answer(0);
    let server = serving(&place, |_| None);
    asking(&place, &server, "audit logs --format jsonl -o s3://answers/2026/09/").ends(0);
    let lies = |name: &str| place.path("buckets/answers/2026/09").join(name).exists();
    for report in trailscan::report::audited().filter(|report| report.is_audited_alone()) {
        assert!(lies(&format!("{}.jsonl", report.name)), "{}", report.name);
        assert!(lies(&format!("{}.jsonl.coverage.json", report.name)), "{}", report.name);
    }
    asking(&place, &server, "principals logs --format json -o s3://answers/").ends(0);
    assert!(place.path("buckets/answers/principals.json").exists());
}

#[test]
fn a_file_of_somebody_else_under_a_prefix_stays() {
    let place = with_answer(0);
    let server = serving(&place, |_| None);
    for format in ["json", "jsonl"] {
        let object = format!("buckets/answers/x/principals.{format}");
        let run = |more: &str| {
            asking(&place, &server, &format!("principals logs --format {format} -o s3://answers/x/ {more}"))
        };
        place.write(&object, "mine");
        let ended = run("").ends(2);
        let line = format!("s3://answers/x/principals.{format}: is there already, and no earlier answer wrote it");
        assert!(ended.stderr.contains(&line), "{}", ended.stderr);
        assert_eq!(place.read(&object), "mine");
        run("--overwrite").ends(0);
        assert_ne!(place.read(&object), "mine");
        run("").ends(0);
    }
    // Who may not look is not held up: nothing is known then.
    let server = serving(&place, |asked| (asked.method == "HEAD").then_some(DENIED));
    place.write("buckets/answers/y/principals.json", "mine");
    asking(&place, &server, "principals logs --format json -o s3://answers/y/").ends(0);
}

#[test]
fn a_large_answer_goes_in_parts_and_shows_when_complete() {
    let place = with_answer(20);
    place.trailscan("principals logs -o p.json").ends(0);
    let (seen, object) = (Arc::new(AtomicBool::new(false)), place.path("buckets/answers/p.json"));
    let early = Arc::clone(&seen);
    let server = serving(&place, move |asked| {
        early.fetch_or(part(asked).is_some() && object.exists(), Ordering::Relaxed);
        // What breaks off is sent again.
        (part(asked) == Some(2) && asked.before == 0).then_some(Fault::CutAfter(0))
    });
    asking(&place, &server, "principals logs -o s3://answers/p.json").ends(0);
    assert!(place.read_bytes("p.json") == place.read_bytes("buckets/answers/p.json"));
    assert!(!seen.load(Ordering::Relaxed), "visible before it was complete");
    let parts = place.read_bytes("p.json").len().div_ceil(8 << 20);
    assert!(parts >= 3, "{parts}");
    assert_eq!(asked_for(&server, |asked| part(asked).is_some()), parts + 1);
    assert_eq!((begun(&server), aborted(&server)), (2, 1));
    assert_eq!(names(&place), ["p.json"]);
}

#[test]
fn what_fails_on_the_way_leaves_nothing() {
    let place = with_answer(20);
    type Rule = fn(&Asked) -> bool;
    let rules: [(Rule, &str); 2] = [(|asked| part(asked) == Some(2), "a part"), (is_completion, "the completion")];
    for (is_denied, what) in rules {
        // The other parts are still on their way when one is refused.
        let late = |asked: &Asked| part(asked).map(|_| Fault::Late(Duration::from_millis(300)));
        let server = serving(&place, move |asked| if is_denied(asked) { Some(DENIED) } else { late(asked) });
        // The coverage beside the answer must not stay there alone.
        let ended = asking(&place, &server, "principals logs -o s3://answers/p.jsonl").ends(1);
        let line = "s3://answers/p.jsonl: cannot be written: access denied: allow s3:PutObject on the object";
        assert!(ended.stderr.contains(line), "{what}: {}", ended.stderr);
        assert_eq!(begun(&server), aborted(&server), "{what}");
        let left: &[&str] = if what == "a part" { &[] } else { &["p.jsonl.coverage.json"] };
        assert_eq!(names(&place), left, "{what}");
        let is_told = ended.stderr.contains("its coverage is there: s3://answers/p.jsonl.coverage.json");
        assert_eq!(is_told, !left.is_empty(), "{what}: {}", ended.stderr);
    }
    let server = serving(&place, |asked| (part(asked) == Some(2)).then_some(DENIED));
    // An earlier object stays as it is.
    std::fs::write(place.path("buckets/answers/old.json"), "old").expect("a file");
    asking(&place, &server, "principals logs -o s3://answers/old.json").ends(1);
    assert_eq!(place.read("buckets/answers/old.json"), "old");
}

#[test]
fn a_place_that_cannot_be_written_is_known_before_anything_is_read() {
    let refused = |rule: fn(&Asked) -> Option<Fault>, code: i32| -> (Ended, usize) {
        let place = with_answer(0);
        let archive = Archive::new(&place);
        archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
        let server = serving(&place, rule);
        let ended = asking(&place, &server, "principals --all s3://logs -o s3://answers/p.json").ends(code);
        (ended, server.gets())
    };
    for (rule, why) in [
        (
            (|asked| asked.query.contains_key("uploads").then_some(DENIED)) as fn(&Asked) -> Option<Fault>,
            "s3://answers/p.json: cannot be written: access denied: allow s3:PutObject on the object",
        ),
        (
            |asked| asked.query.contains_key("uploads").then_some(Fault::Error(404, "NoSuchBucket", "no such bucket")),
            "s3://answers/p.json: cannot be written: no such bucket: check its name",
        ),
        (
            |asked| asked.query.contains_key("uploads").then_some(Fault::Elsewhere("eu-west-1")),
            "s3://answers/p.json: cannot be written: the bucket lies in eu-west-1: give --aws-region eu-west-1",
        ),
        (
            |asked| {
                let message = "User: x is not authorized to perform: kms:GenerateDataKey on resource: y";
                asked.query.contains_key("uploads").then_some(Fault::Error(403, "AccessDenied", message))
            },
            "allow kms:GenerateDataKey and kms:Decrypt on it",
        ),
    ] {
        let (ended, gets) = refused(rule, 1);
        assert!(ended.stderr.contains(why), "{why}: {}", ended.stderr);
        assert_eq!((ended.stderr.lines().count(), gets), (1, 0), "{}", ended.stderr);
    }
    // A bucket elsewhere is followed there.
    let (_, gets) = refused(
        |asked| {
            let signed = asked.headers.get("authorization").is_some_and(|text| text.contains("/eu-west-1/s3/"));
            (asked.path.starts_with("/answers") && !signed).then_some(Fault::Elsewhere("eu-west-1"))
        },
        0,
    );
    assert_eq!(gets, 1);
    let place = with_answer(0);
    let run = place.trailscan("principals logs -o s3://answers/p.json").env("AWS_EC2_METADATA_DISABLED", "true");
    let ended = run.ends(1);
    assert!(ended.stderr.contains("s3://answers/p.json: cannot be written: no AWS credentials"), "{}", ended.stderr);
}

fn is_completion(asked: &Asked) -> bool {
    asked.method == "POST" && asked.query.contains_key("uploadId")
}

#[test]
fn where_nothing_may_be_given_up_the_question_becomes_the_answer() {
    for mebibytes in [0, 20] {
        let place = with_answer(mebibytes);
        let server = serving(&place, |asked| (asked.method == "DELETE").then_some(DENIED));
        place.trailscan("principals logs -o p.json").ends(0);
        asking(&place, &server, "principals logs -o s3://answers/p.json").ends(0);
        assert!(place.read_bytes("p.json") == place.read_bytes("buckets/answers/p.json"));
        assert_eq!((begun(&server), asked_for(&server, is_completion)), (1, 1), "nothing of the question is left");
        assert_eq!(names(&place), ["p.json"]);
    }
}

#[test]
fn an_error_after_the_completion_was_answered_is_no_loss() {
    let place = with_answer(20);
    let late = "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>try again</Message></Error>";
    let server =
        serving(&place, move |asked| (is_completion(asked) && asked.before == 0).then(|| Fault::Xml(late.to_owned())));
    asking(&place, &server, "principals logs -o s3://answers/p.json").ends(0);
    assert_eq!(asked_for(&server, is_completion), 2);
    assert_eq!(names(&place), ["p.json"]);
}

#[test]
fn a_store_that_takes_no_parts_gets_the_answer_whole() {
    for fault in [
        Fault::Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented"),
        Fault::Text(405, "method not allowed".to_owned()),
    ] {
        let place = with_answer(20);
        let server = serving(&place, move |asked| asked.query.contains_key("uploads").then(|| fault.clone()));
        place.trailscan("principals logs -o p.json").ends(0);
        asking(&place, &server, "principals logs -o s3://answers/p.json").ends(0);
        assert!(place.read_bytes("p.json") == place.read_bytes("buckets/answers/p.json"));
        assert_eq!(
            asked_for(&server, |asked| asked.method == "DELETE"),
            0,
            "what takes no parts may delete the object"
        );
    }
}

#[test]
fn what_names_no_object_is_a_usage_error() {
    let place = with_answer(0);
    for (to, says) in [
        ("s3://answers", "s3://answers: names no object: give s3://bucket/key.json"),
        ("s3:///p.json", "s3:///p.json: names no bucket"),
        ("s3://answers/p.xyz", "the extension names no format"),
        ("s3://answers/2026/", "a folder names no format: give --format"),
    ] {
        let ended = place.trailscan("principals logs -o").arg(to).ends(2);
        assert!(ended.stderr.contains(says), "{to}: {}", ended.stderr);
    }
    let ended = place.trailscan("audit logs --format parquet -o s3://answers/a.parquet").ends(2);
    assert!(ended.stderr.contains("holds one report a file"), "{}", ended.stderr);
}

#[test]
#[cfg(unix)]
fn ctrl_c_while_parts_are_sent_leaves_nothing() {
    let place = with_answer(20);
    let server = serving(&place, |asked| part(asked).map(|_| Fault::Late(Duration::from_secs(3600))));
    let run = start(asking(&place, &server, "principals logs -o s3://answers/p.json"));
    crate::child::until("parts are sent", || asked_for(&server, |asked| part(asked).is_some()) > 0);
    let begin = Instant::now();
    run.signal(libc::SIGINT);
    let end = run.ends();
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!(end.status.code(), Some(130), "{}", end.stderr);
    assert_eq!((begun(&server), aborted(&server)), (2, 2));
    assert_eq!(names(&place), [""; 0]);
}

#[test]
#[cfg(unix)]
fn ctrl_c_while_reading_uploads_the_report_so_far() {
    let place = with_answer(0);
    let server = serving(&place, |_| None);
    let mut run = start(asking(&place, &server, "principals - -o s3://answers/p.json"));
    run.listens_for(libc::SIGINT);
    run.feed(crate::records::lines(&calls(3)));
    run.has_taken_its_input();
    run.signal(libc::SIGINT);
    assert_eq!(run.ends().status.code(), Some(3));
    assert!(place.read("buckets/answers/p.json").contains("\"interrupted\": true"));
}
