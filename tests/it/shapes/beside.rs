//! What is not a log: passed over, named, or set aside with the next step.

use super::*;

/// Records in a file that is not JSON, met in a walk beside a log: it is named with the next step, which reads them.
#[test]
fn records_in_what_is_no_json_are_never_passed_over() {
    let place = Place::new();
    let texts: Vec<String> = calls(6).iter().map(text).collect();
    let document = delivered(&calls(6));
    let pretty = serde_json::to_string_pretty(&json!({"Records": calls(6)})).unwrap();
    let each =
        |before: &str, after: &str| texts.iter().map(|text| format!("{before}{text}{after}\n")).collect::<String>();
    for (name, text, whole) in [
        ("cut by a byte", document[1..].to_owned(), 6),
        ("cut by some", document[25..].to_owned(), 5),
        ("cut by half", document[document.len() / 2..].to_owned(), 3),
        ("pretty, cut", pretty[600..].to_owned(), 5),
        ("NULs before it", format!("{}{document}", "\0".repeat(512)), 6),
        ("a word before it", format!("logs: {document}"), 6),
        ("a program", format!("var x = {document};"), 6),
        ("JSONP", format!("callback({document})"), 6),
        ("syslog", each("<14>Sep 10 12:00:00 host app: ", ""), 6),
        ("kubectl", each("pod1 ", ""), 6),
        ("grep", each("a.json:", ""), 6),
        ("text of the aws cli", each("EVENTS\t", "\tGetBucketAcl\tAlice"), 6),
    ] {
        for bytes in [text.clone().into_bytes(), gzip(&text), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
            let walked = Place::new();
            walked.write("logs/good.json", delivered(&[call(100, 0)]));
            walked.write("logs/odd", bytes);
            let ended = walked.trailscan("principals logs").ends(3);
            let line = "logs/odd: no JSON, but there are records in it: read them with --carve";
            assert!(ended.stderr.contains(line), "{name}: {}", ended.stderr);
            let answer = walked.trailscan("principals logs --carve").json(3);
            assert_eq!(count(&answer["coverage"]["events_counted"]), 1 + whole, "{name}");
        }
        let file = place.write("odd", text);
        assert!(place.trailscan("principals").arg(file).ends(1).stderr.contains("read them with --carve"), "{name}");
    }
}

/// Programs, notes and pages that show a record are none, and files that nobody knows are none either.
#[test]
fn what_shows_a_record_is_passed_over() {
    let record = text(&call(1, 0));
    let code = "fn main() {\n    let something = of(other);\n    println!(something);\n}\n".repeat(12);
    let place = Place::new();
    place.write("logs/good.json", delivered(&[call(100, 0)]));
    for (name, text) in [
        ("a.py", format!("import json\n\nRECORD = {record}\n{code}")),
        ("a.rs", format!("use x;\n\nconst RECORD: &str = {record:?};\n{code}")),
        ("b.rs", format!("{code}const RECORD: &str = r#\"{record}\"#;\n{code}")),
        ("README.md", format!("# Logs\n\n    {record}\n\n{code}")),
        ("fenced.md", format!("Logs\n\n```\n {record}\n {record}\n```\n")),
        ("a.html", format!("<html><pre> {record}\n {record}</pre></html>\n")),
        ("a.xml", format!("<?xml version=\"1.0\"?> <a>{record}{record}</a>\n")),
        ("words", "a record has \"eventVersion\" and \"eventID\"\n".to_owned()),
    ] {
        place.write(&format!("logs/{name}"), text);
    }
    let answer = place.trailscan("principals logs").json(0);
    let mut expected = read(1);
    expected["objects_found"] = json!(9);
    expected["objects_skipped"] = json!({"not-json": 8});
    assert_eq!(counts(&answer["coverage"]), expected);
}

/// What may hold a log in another form is named, whoever walks by.
#[test]
fn foreign_forms_are_named_in_a_walk() {
    let dialect = |quote: &str| json!([call(1, 0)]).to_string().replace('"', quote);
    let table = "eventTime;eventName;eventID;eventSource\n2026-09-10T12:00:00Z;GetBucketAcl;1;s3\n";
    for (bytes, word) in [
        (dialect("'"), "a dialect of JSON"),
        (table.to_owned(), "a table without a record of CloudTrail"),
        ("-----BEGIN PGP MESSAGE-----\n\nhQ\n".to_owned(), "encrypted with PGP"),
        ("age-encryption.org/v1\n-> X25519 x\n".to_owned(), "encrypted with age"),
        ("Salted__12345678 and more".to_owned(), "encrypted by OpenSSL"),
        ("SQLite format 3\0 and more".to_owned(), "an SQLite database"),
        ("MSCF\0\0\0\0 and more".to_owned(), "a cab archive"),
    ] {
        let place = Place::new();
        place.write("logs/good.json", delivered(&[call(100, 0)]));
        place.write("logs/data", bytes);
        let ended = place.trailscan("principals logs").ends(3);
        assert!(ended.stderr.contains(&format!("logs/data: is {word}")), "{word}: {}", ended.stderr);
    }
}

#[test]
fn nothing_in_it() {
    let place = Place::new();
    gives_nothing(&place, "", &json!({"objects_failed": 1}), &skipped("empty"));
    gives_nothing(&place, " \n", &json!({"objects_failed": 1}), &json!({"objects_skipped": {"other-json": 1}}));
    gives(&place, json!({"Records": []}).to_string(), 0, &read(0));
    gives(&place, "[]", 0, &read(0));
    gives(&place, json!({"Events": []}).to_string(), 0, &read(0));
    let control = json!({"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
        "subscriptionFilters": [], "logEvents": [{"id": "", "timestamp": 1_788_000_000_000_i64,
            "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}]});
    let mixed = format!(
        "{control}{}",
        json!({"messageType": "DATA_MESSAGE", "subscriptionFilters": [],
        "logEvents": [{"id": "1", "timestamp": 1, "message": call(1, 0).to_string()}]})
    );
    gives(&place, mixed, 0, &read(1));
}

fn digest() -> Value {
    json!({"awsAccountId": "111122223333", "digestStartTime": "2026-09-10T11:00:00Z", "digestEndTime": "2026-09-10T12:00:00Z",
        "digestS3Bucket": "amzn-s3-demo-bucket", "digestS3Object": "x", "newestEventTime": null, "oldestEventTime": null,
        "previousDigestS3Bucket": null, "logFiles": []})
}

fn insight() -> Value {
    json!({"eventVersion": "1.07", "eventTime": "2026-09-10T12:00:00Z", "awsRegion": "us-east-1",
        "eventID": "EXAMPLE8-90ab-cdef-fedc-EXAMPLE00001", "eventType": "AwsCloudTrailInsight",
        "recipientAccountId": "111122223333", "sharedEventID": "EXAMPLE8-90ab-cdef-fedc-EXAMPLE00002",
        "insightDetails": {"state": "Start", "eventSource": "s3.amazonaws.com", "eventName": "GetBucketAcl",
            "insightType": "ApiCallRateInsight"}, "eventCategory": "Insight"})
}

#[test]
fn beside_the_logs() {
    let place = Place::new();
    for (text, kind) in [
        (digest().to_string(), "digest"),
        (serde_json::to_string_pretty(&digest()).unwrap(), "digest"),
        (delivered(&[insight()]), "insight"),
        (lines(&[insight(), insight()]), "insight"),
    ] {
        gives_nothing(&place, text, &skipped(kind), &skipped(kind));
    }
    // An Insight event among calls is no call, and no loss.
    gives(&place, delivered(&[call(1, 0), insight()]), 0, &read(1));
}

#[test]
fn beside_the_logs_by_key() {
    let place = Place::new();
    let root = "AWSLogs/111122223333";
    for (kind, skipped_as) in [
        ("CloudTrail-Digest", "digest"),
        ("CloudTrail-Insight", "insight"),
        ("CloudTrail-NetworkActivity", "network-activity"),
        ("CloudTrail-Aggregated", "aggregated"),
    ] {
        let key = format!("{root}/{kind}/us-east-1/2026/09/10/111122223333_{kind}_us-east-1_20260910T1200Z_x.json.gz");
        // Whatever is in it: the key says what it is.
        let file = place.write(&key, gzip(delivered(&calls(2))));
        let ended = place.trailscan("principals --format json").arg(file).ends(1);
        assert!(ended.stderr.contains(&format!("1 skipped: {skipped_as}")), "{kind}: {}", ended.stderr);
    }
    let key =
        format!("{root}/CloudTrail/us-east-1/2026/09/10/111122223333_CloudTrail_us-east-1_20260910T1200Z_x.json.gz");
    place.write(&key, gzip(delivered(&calls(2))));
    let answer = place.trailscan("principals AWSLogs").json(0);
    let expected = json!({"objects_found": 5, "objects_read": 1, "events": 2, "events_in_window": 2, "events_counted": 2,
        "objects_skipped": {"digest": 1, "insight": 1, "network-activity": 1, "aggregated": 1}});
    assert_eq!(counts(&answer["coverage"]), expected);
}

#[test]
fn no_json() {
    let place = Place::new();
    for (name, bytes) in [
        ("LICENSE", b"MIT License\n\nCopyright\n".to_vec()),
        (".DS_Store", b"\0\0\0\x01Bud1\0\0".to_vec()),
        ("access.log", b"192.0.2.1 - - [10/Sep/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200\n".to_vec()),
        ("packed.gz", gzip("MIT License\n")),
    ] {
        let alone = Place::new();
        let file = alone.write(&format!("logs/{name}"), &bytes);
        // Named: it was expected to be a log, and nothing was read.
        let ended = alone.trailscan("principals --format json").arg(&file).ends(1);
        assert!(ended.stdout.is_empty(), "{name}");
        assert!(ended.stderr.contains("no JSON"), "{name}: {}", ended.stderr);
        // Met in a walk: not ours, and nothing else was there.
        let ended = alone.trailscan("principals logs --format json").ends(1);
        assert!(ended.stderr.contains("1 skipped: not-json"), "{name}: {}", ended.stderr);
        // Named beside a log: the answer is partial.
        let log = alone.write("good/log.json", delivered(&calls(1)));
        let answer = alone.trailscan("principals").arg(log).arg(&file).json(3);
        let mut expected = read(1);
        expected["objects_found"] = json!(2);
        expected["objects_failed"] = json!(1);
        assert_eq!(counts(&answer["coverage"]), expected, "{name}");
        assert_eq!(answer["coverage"]["failures"][0]["object"], json!(file), "{name}");
        place.write(&format!("logs/{name}"), &bytes);
    }
    // A CloudTrail key name is expected to be a log, wherever it is met.
    let key = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/10/111122223333_CloudTrail_us-east-1_20260910T1200Z_x.json.gz";
    place.write(&format!("logs/{key}"), "AccessDenied");
    place.write("logs/good.json", delivered(&calls(1)));
    let answer = place.trailscan("principals logs").json(3);
    let expected = json!({"objects_found": 6, "objects_read": 1, "objects_failed": 1, "objects_skipped": {"not-json": 4},
        "events": 1, "events_in_window": 1, "events_counted": 1});
    assert_eq!(counts(&answer["coverage"]), expected);
}

#[test]
fn other_json() {
    let place = Place::new();
    for text in
        ["{\"name\":\"x\",\"version\":\"1.0\"}", "{\"AWSTemplateFormatVersion\":\"2010-09-09\",\"Resources\":{}}\n"]
    {
        let walked = Place::new();
        let file = walked.write("logs/package.json", text);
        let ended = walked.trailscan("principals logs --format json").ends(1);
        assert!(ended.stderr.contains("1 skipped: other-json"), "{text}: {}", ended.stderr);
        let named = walked.trailscan("principals").arg(file).ends(1);
        assert!(
            named.stderr.contains("package.json: holds no record of CloudTrail that can be read"),
            "{}",
            named.stderr
        );
    }
    // An S3 event notification has the fields of an event, and is counted as one.
    let notice = json!({"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
        "eventTime": "2026-09-10T12:00:00.000Z", "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AIDACKCEVSQ6C2EXAMPLE"}, "s3": {"object": {"key": "k"}}}]});
    gives(&place, notice.to_string(), 0, &read(1));
}

/// What may hold a log in another form is named, and the answer is partial, whatever `--fail-on` says; alone it is none.
#[test]
fn what_is_set_aside_is_named() {
    let ocsf = json!({"class_uid": 6003, "metadata": {"product": {"name": "CloudTrail"}}, "api": {}});
    for (name, bytes, word) in [
        ("export.zip", [&b"PK\x03\x04"[..], &[0; 26], b"log.json..."].concat(), "broken archive"),
        ("export.7z", b"7z\xbc\xaf\x27\x1c".to_vec(), "7z"),
        ("often.gz", gzip(gzip(gzip(gzip(gzip(delivered(&calls(1))))))), "gzip"),
        ("counts.csv", b"eventSource,eventName,awsRegion,count\nx,y,z,4\n".to_vec(), "CSV"),
        ("rows.json", b"[{\"eventversion\":\"1\",\"eventtime\":\"2\",\"awsregion\":\"x\"}]".to_vec(), "another tool"),
        ("ocsf.json", ocsf.to_string().into_bytes(), "OCSF"),
        ("part.parquet", b"PAR1\x15\x04".to_vec(), "Parquet"),
    ] {
        println!("== {name}");
        let place = Place::new();
        place.write(&format!("logs/{name}"), &bytes);
        let alone = place.trailscan("audit logs --fail-on low --format json").ends(1);
        assert!(
            alone.stdout.is_empty() && alone.stderr.contains(name) && alone.stderr.contains(word),
            "{}",
            alone.stderr
        );
        place.write("logs/log.json", delivered(&calls(1)));
        let answer = place.trailscan("principals logs --fail-on low").json(3);
        let failure = &answer["coverage"]["failures"][0];
        assert!(failure["object"].as_str().is_some_and(|object| object.ends_with(name)), "{failure}");
        assert!(failure["why"].as_str().is_some_and(|why| why.contains(word)), "{failure}");
        assert_eq!(answer["coverage"]["malformed_records"], 0, "{name}");
    }
}

#[test]
fn other_files_are_skipped_however_they_are_packed_and_cut() {
    let place = Place::new();
    // More than one part: three megabytes of another service's log, and of Insight events.
    let other: String = (0..40_000)
        .map(|n| format!("{{\"level\":\"info\",\"message\":{n},\"service\":\"shop\",\"x\":\"{n:040}\"}}\n"))
        .collect();
    let insights = lines(&vec![insight(); 8_000]);
    assert!(other.len() > 3 << 20 && insights.len() > 3 << 20);
    let pack = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    place.write("logs/other.zst", pack(&other));
    place.write("logs/insights.zst", pack(&insights));
    place.write("logs/digest.zst", pack(&digest().to_string()));
    place.write("logs/package.zst", pack("{\"name\":\"x\"}"));
    place.write("logs/latin", b"M\xfcnchen");
    place.write("logs/other.gz", gzip(&other));
    place.write("logs/good.zst", pack(&delivered(&calls(3))));
    for threads in ["1", "2", "4"] {
        let answer = place.trailscan("principals logs --threads").arg(threads).json(0);
        let expected = json!({"objects_found": 7, "objects_read": 1, "events": 3, "events_in_window": 3, "events_counted": 3,
            "objects_skipped": {"other-json": 3, "insight": 1, "digest": 1, "not-json": 1}});
        assert_eq!(counts(&answer["coverage"]), expected, "{threads} threads");
        assert_eq!(answer["coverage"]["warnings"], json!([]));
    }
    // Named, they were to be logs: what is in them is malformed.
    let named = place.trailscan("principals logs/other.zst").ends(1);
    assert!(named.stderr.contains("no record of CloudTrail that can be read"), "{}", named.stderr);
}
