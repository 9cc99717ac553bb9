//! Every way in which S3 refuses has its own line, and a next step.

use std::time::{Duration, Instant};

use super::archive::Archive;
use super::server::Asked;
use super::{Fault, Server, asking, three_asked};
use crate::harness::{Ended, Place};

/// Three objects; `rule` fails what it will. Runs to the end with `code`.
fn refused(rule: impl Fn(&Asked) -> Option<Fault> + Send + Sync + 'static, code: i32) -> (Ended, usize) {
    three_asked(rule, "3", code)
}

/// The second object.
fn is_second(asked: &Asked) -> bool {
    asked.path.ends_with("_0000000000000002.json.gz")
}

#[test]
fn what_is_refused_is_named_and_the_others_are_read() {
    for (fault, why) in [
        (Fault::Error(403, "AccessDenied", "Access Denied"), "access denied: allow s3:GetObject"),
        (
            Fault::Error(403, "AccessDenied", "User: x is not authorized to perform: kms:Decrypt on resource: y"),
            "denied by its KMS key: allow kms:Decrypt",
        ),
        (Fault::Error(400, "KMS.DisabledException", "the key is disabled"), "its KMS key cannot be used"),
        (Fault::Error(404, "NoSuchKey", "The specified key does not exist."), "gone since it was listed"),
        (Fault::Error(500, "InternalError", "We encountered an internal error."), "S3 fails with status 500"),
        (Fault::Error(503, "SlowDown", "Reduce your request rate."), "S3 asks for fewer requests"),
        (Fault::CutAfter(0), "cannot be reached"),
        (Fault::CutAfter(40), "the connection broke off after"),
    ] {
        let shown = format!("{fault:?}");
        let (ended, _) = refused(move |asked| is_second(asked).then(|| fault.clone()), 3);
        let coverage = &ended.json()["coverage"];
        assert_eq!(coverage["objects_read"], 2, "{shown}");
        assert_eq!(coverage["objects_failed"], 1, "{shown}");
        assert_eq!(coverage["events"], 4, "{shown}");
        let failure = &coverage["failures"][0];
        assert!(failure["object"].as_str().unwrap().starts_with("s3://logs/AWSLogs/111122223333/"), "{failure}");
        assert!(failure["why"].as_str().unwrap().contains(why), "{shown}: {failure}");
        assert!(ended.stderr.contains(why), "{shown}: {}", ended.stderr);
    }
}

#[test]
fn what_fails_once_is_asked_for_again_and_counted_once() {
    for fault in [
        Fault::Error(503, "SlowDown", "Reduce your request rate."),
        Fault::Error(500, "InternalError", "We encountered an internal error."),
        Fault::CutAfter(0),
        Fault::CutAfter(40),
    ] {
        let shown = format!("{fault:?}");
        let (ended, gets) = refused(move |asked| (asked.before == 0).then(|| fault.clone()), 0);
        let coverage = &ended.json()["coverage"];
        assert_eq!((&coverage["objects_read"], &coverage["events"]), (&3.into(), &6.into()), "{shown}");
        assert_eq!(coverage["duplicate_events"], 0, "{shown}");
        assert_eq!(gets, 6, "{shown}");
    }
}

#[test]
fn archived_objects_are_counted_and_not_asked_for() {
    for class in ["GLACIER", "DEEP_ARCHIVE"] {
        let (ended, gets) = refused(move |asked| asked.is_list().then_some(Fault::Stored(class)), 1);
        assert!(ended.stderr.contains("3 objects are archived"), "{}", ended.stderr);
        assert_eq!(gets, 0);
    }
    let (ended, gets) = refused(|asked| asked.is_list().then_some(Fault::Stored("GLACIER_IR")), 0);
    assert_eq!((ended.json()["coverage"]["objects_read"].as_u64(), gets), (Some(3), 3));
    let archived = |asked: &Asked| is_second(asked).then_some(Fault::Error(403, "InvalidObjectState", "archived"));
    let (ended, _) = refused(archived, 3);
    assert_eq!(ended.json()["coverage"]["objects_skipped"]["archived"], 1);
    assert_eq!(ended.json()["coverage"]["objects_read"], 2);
}

#[test]
fn credentials_that_expire_in_the_middle_end_the_asking() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for number in 0..400 {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (10, number), 1);
    }
    let expired = |asked: &Asked| {
        let is_later = !asked.is_list() && !asked.path.ends_with("00.json.gz");
        is_later.then_some(Fault::Error(400, "ExpiredToken", "The provided token has expired."))
    };
    let server = Server::start(&archive.root(), expired);
    let ended = asking(&place, &server, "principals --days 10 --format json s3://logs").ends(3);
    let coverage = &ended.json()["coverage"];
    assert!(ended.stderr.contains("the credentials have expired: sign in again"), "{}", ended.stderr);
    assert_eq!(coverage["objects_found"], 400);
    assert!(coverage["objects_failed"].as_u64().unwrap() >= 390);
    assert!(server.gets() <= 64 + 4, "{} requests after the first was refused", server.gets());
}

#[test]
fn listings_that_are_refused() {
    for (fault, why) in [
        (Fault::Error(403, "AccessDenied", "Access Denied"), "access denied: allow s3:ListBucket on the bucket"),
        (Fault::Error(404, "NoSuchBucket", "The specified bucket does not exist"), "no such bucket: check its name"),
        (Fault::Error(403, "SignatureDoesNotMatch", ""), "the signature does not match"),
        (Fault::Error(403, "RequestTimeTooSkewed", ""), "this machine's clock is wrong"),
        (Fault::Error(503, "SlowDown", "Reduce your request rate."), "S3 asks for fewer requests"),
    ] {
        let (ended, _) = refused(move |asked| asked.is_list().then(|| fault.clone()), 1);
        assert!(ended.stderr.contains(&format!("s3://logs/: cannot be listed to its end: {why}")), "{}", ended.stderr);
        assert!(!ended.stderr.contains(super::SECRET));
    }
    // A part that cannot be listed leaves the rest.
    let (ended, _) = refused(
        |asked| asked.prefix().ends_with("us-east-1/").then_some(Fault::Error(403, "AccessDenied", "Access Denied")),
        1,
    );
    assert!(ended.stderr.contains("CloudTrail/us-east-1/: cannot be listed to its end"), "{}", ended.stderr);
}

#[test]
fn slow_listings_and_throttled_ones_go_on() {
    let (ended, _) = refused(
        |asked| match (asked.is_list(), asked.before) {
            (true, 0) => Some(Fault::Error(503, "SlowDown", "Reduce your request rate.")),
            (true, _) => Some(Fault::Late(Duration::from_millis(100))),
            _ => None,
        },
        0,
    );
    assert_eq!(ended.json()["coverage"]["objects_read"], 3);
}

#[test]
fn a_bucket_of_another_region_is_followed() {
    let is_elsewhere = |asked: &Asked| {
        let signed = asked.headers.get("authorization").is_some_and(|text| text.contains("/eu-west-1/s3/"));
        (!signed).then_some(Fault::Elsewhere("eu-west-1"))
    };
    let (ended, _) = refused(is_elsewhere, 0);
    assert_eq!(ended.json()["coverage"]["objects_read"], 3);
    let (ended, _) = refused(|_| Some(Fault::Elsewhere("eu-west-1")), 1);
    assert!(ended.stderr.contains("the bucket lies in eu-west-1: give --aws-region eu-west-1"), "{}", ended.stderr);
}

#[test]
fn wrong_secrets_and_unknown_keys_are_refused() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    let server = Server::start(&archive.root(), |_| None);
    let run = || asking(&place, &server, "principals --days 10 s3://logs");
    let wrong = run().env("AWS_SECRET_ACCESS_KEY", "wrongsecretwrongsecret").ends(1);
    assert!(wrong.stderr.contains("the signature does not match"), "{}", wrong.stderr);
    assert!(!wrong.stderr.contains("wrongsecret"), "{}", wrong.stderr);
    let unknown = run().env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE").ends(1);
    assert!(unknown.stderr.contains("the access key is not known"), "{}", unknown.stderr);
    let unsigned = run().arg("--no-sign-request").ends(1);
    assert!(unsigned.stderr.contains("access denied: allow s3:ListBucket"), "{}", unsigned.stderr);
    assert!(!server.asked().last().unwrap().headers.contains_key("authorization"));
    let missing = asking(&place, &server, "principals --days 10 s3://nosuchbucket").ends(1);
    assert!(
        missing.stderr.contains("s3://nosuchbucket/: cannot be listed to its end: no such bucket"),
        "{}",
        missing.stderr
    );
}

#[test]
fn no_credentials_is_said_within_five_seconds() {
    let place = Place::new();
    let begin = Instant::now();
    let run = |arguments: &str| {
        let run = place.trailscan(arguments).env("AWS_EC2_METADATA_DISABLED", "true");
        run.env("AWS_CONFIG_FILE", place.path("none")).env("AWS_SHARED_CREDENTIALS_FILE", place.path("none"))
    };
    let ended = run("principals --days 10 s3://logs").ends(1);
    assert!(ended.stderr.contains("s3://logs/: no AWS credentials found: set AWS_PROFILE"), "{}", ended.stderr);
    let ended = run("principals --days 10 --aws-profile none s3://logs").ends(1);
    assert!(ended.stderr.contains("profile none gives no credentials"), "{}", ended.stderr);
    // What else is named is read all the same.
    place.write("a.json", r#"{"eventID":"1","eventName":"x","eventTime":"2026-09-10T00:00:00Z"}"#);
    let ended = run("principals --days 10 a.json s3://logs").ends(3);
    assert!(ended.stderr.contains("no AWS credentials found"), "{}", ended.stderr);
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
}

#[test]
fn nobody_listens() {
    let place = Place::new();
    let run = place.trailscan("principals --days 10 s3://logs --endpoint-url http://127.0.0.1:1");
    let run = run.env("AWS_ACCESS_KEY_ID", super::ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", super::SECRET);
    let ended = run.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_MAX_ATTEMPTS", "2").ends(1);
    assert!(ended.stderr.contains("cannot be reached"), "{}", ended.stderr);
}

#[test]
fn a_metadata_service_that_does_not_answer_is_not_waited_for() {
    let place = Place::new();
    // Takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let run = place.trailscan("principals --days 10 s3://logs");
    let run = run.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://{}", silent.local_addr().expect("bound")));
    let begin = Instant::now();
    let ended = run.ends(1);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert!(ended.stderr.contains("no AWS credentials found: set AWS_PROFILE"), "{}", ended.stderr);
}

#[test]
fn secrets_are_told_to_nobody() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    let answers: [fn(&Asked) -> Option<Fault>; 4] = [
        |_| None,
        |_| Some(Fault::Error(403, "SignatureDoesNotMatch", "the signature does not match")),
        |asked| (!asked.is_list()).then_some(Fault::Error(400, "ExpiredToken", "The provided token has expired.")),
        |_| Some(Fault::CutAfter(0)),
    ];
    for rule in answers {
        let server = Server::start(&archive.root(), rule);
        let run = asking(&place, &server, "audit --days 10 s3://logs --format json --coverage c.json");
        let run = run.env("AWS_SESSION_TOKEN", "EXAMPLETOKEN/PXRfiCYEXAMPLE").env("AWS_MAX_ATTEMPTS", "1");
        // What the SDK would log for whoever asks it to.
        let ended = run.env("RUST_LOG", "trace").run();
        let coverage = std::fs::read_to_string(place.path("c.json")).unwrap_or_default();
        for said in [ended.text(), &ended.stderr, &coverage] {
            for secret in [super::SECRET, "EXAMPLETOKEN", "Signature="] {
                assert!(!said.contains(secret), "{secret} in {said}");
            }
        }
    }
}
