//! What is listed, and what is then given, must agree; what contradicts itself is no answer.

use serde_json::Value;

use super::archive::Archive;
use super::server::Asked;
use super::{Fault, Server, asking, three_asked};
use crate::harness::{Ended, Place};

/// Three objects of a region; `rule` fails what it will. Runs to the end with `code`.
fn scanned(rule: impl Fn(&Asked) -> Option<Fault> + Send + Sync + 'static, code: i32) -> (Ended, usize) {
    three_asked(rule, "2", code)
}

/// A listing of the region's keys.
fn is_of_keys(asked: &Asked) -> bool {
    asked.is_list() && asked.prefix().ends_with("/CloudTrail/us-east-1/")
}

fn is_first_page(asked: &Asked) -> bool {
    is_of_keys(asked) && !asked.query.contains_key("continuation-token")
}

/// A page that ends after its first object, and how it says so.
fn cut_after_first(xml: &str, said: &str) -> String {
    let (first, _) = xml.split_once("</Contents>").expect("an object");
    let first = first.replace("<IsTruncated>false</IsTruncated>", "");
    format!("{first}</Contents>{said}</ListBucketResult>")
}

/// The only key of a page.
fn key(xml: &str) -> &str {
    xml.split_once("<Key>").and_then(|(_, rest)| rest.split_once("</Key>")).expect("a key").0
}

#[test]
fn a_listing_that_contradicts_itself_is_a_failed_listing() {
    let truncated: fn(&str) -> String = |xml| cut_after_first(xml, "<IsTruncated>true</IsTruncated>");
    let empty: fn(&str) -> String =
        |xml| cut_after_first(xml, "<IsTruncated>true</IsTruncated><NextContinuationToken></NextContinuationToken>");
    let back: fn(&str) -> String = |xml| {
        let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>!</NextContinuationToken>";
        xml.replace("<IsTruncated>false</IsTruncated>", more)
    };
    let elsewhere: fn(&str) -> String = |xml| xml.replace("<Key>AWSLogs/", "<Key>BWSLogs/");
    for (edit, read, why) in [
        (truncated, 1, "says that more follows, and not how to ask for it"),
        (empty, 1, "says that more follows, and not how to ask for it"),
        (back, 3, "goes back, from"),
    ] {
        let (ended, _) = scanned(move |asked| is_first_page(asked).then_some(Fault::Edited(edit)), 3);
        let coverage = &ended.json()["coverage"];
        assert_eq!((&coverage["objects_failed"], &coverage["places_failed"]), (&0.into(), &1.into()), "{why}");
        assert!(coverage["objects_read"].as_u64() >= Some(read), "{why}: {coverage}");
        let said = "us-east-1/: cannot be listed to its end: the listing ";
        assert!(ended.stderr.contains(said) && ended.stderr.contains(why), "{why}: {}", ended.stderr);
    }
    let (ended, _) = scanned(move |asked| is_first_page(asked).then_some(Fault::Edited(elsewhere)), 1);
    assert!(ended.stderr.contains("names keys that were not asked for"), "{}", ended.stderr);
    // The same page again and again ends, too.
    let (ended, _) = scanned(move |asked| is_of_keys(asked).then_some(Fault::Edited(back)), 3);
    assert_eq!(ended.json()["coverage"]["places_failed"], 1);
}

#[test]
fn keys_out_of_order_hide_nothing() {
    let reversed: fn(&str) -> String = |xml| {
        let (head, rest) = xml.split_once("<Contents>").expect("an object");
        let (objects, tail) = rest.rsplit_once("</Contents>").expect("an object");
        let mut objects: Vec<_> = objects.split("</Contents><Contents>").collect();
        objects.reverse();
        format!("{head}<Contents>{}</Contents>{tail}", objects.join("</Contents><Contents>"))
    };
    let place = Place::new();
    let archive = Archive::new(&place);
    for day in 1..=12 {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (day, 1), 1);
    }
    let server = Server::start(&archive.root(), move |asked| is_of_keys(asked).then_some(Fault::Edited(reversed)));
    let run = "principals --since 2026-09-05 --until 2026-09-06 --late-slack 0 s3://logs";
    let run = asking(&place, &server, run).json(3);
    // Past the window comes first: that says nothing of what follows.
    assert_eq!(run["coverage"]["events_counted"], 1);
    assert!(run["coverage"]["failures"].to_string().contains("goes back"), "{run}");
}

#[test]
fn a_token_is_followed_whatever_else_is_said() {
    let without: fn(&str) -> String =
        |xml| cut_after_first(xml, &format!("<NextContinuationToken>{}</NextContinuationToken>", key(xml)));
    let denied: fn(&str) -> String = |xml| {
        let token = format!("<NextContinuationToken>{}</NextContinuationToken>", key(xml));
        cut_after_first(xml, &format!("<IsTruncated>false</IsTruncated>{token}"))
    };
    for edit in [without, denied] {
        let (ended, _) = scanned(move |asked| is_first_page(asked).then_some(Fault::Edited(edit)), 0);
        assert_eq!(ended.json()["coverage"]["objects_read"], 3);
    }
}

/// One object of JSON Lines, listed with its size; `rule` gives it otherwise.
fn lines(rule: impl Fn(&Asked) -> Option<Fault> + Send + Sync + 'static, code: i32) -> (Ended, usize) {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.put("flat/a.json", LINES.as_bytes());
    let server = Server::start(&archive.root(), move |asked| rule(asked).filter(|_| !asked.is_list()));
    let ended = asking(&place, &server, "principals --all --format json s3://logs/flat/").ends(code);
    (ended, server.gets())
}

const LINES: &str = "{\"eventID\":\"1\",\"eventName\":\"x\",\"eventTime\":\"2026-09-10T00:00:00Z\"}\n\
                     {\"eventID\":\"2\",\"eventName\":\"x\",\"eventTime\":\"2026-09-10T00:00:00Z\"}\n";

#[test]
fn a_body_that_is_not_what_was_listed_is_read_again_and_then_failed() {
    let one_line = LINES.split_inclusive('\n').next().expect("a line").to_owned();
    for (fault, why) in [
        (Fault::Text(200, String::new()), "gives 0 bytes where"),
        (Fault::Text(200, one_line), "where 134 were listed, at every attempt: scan again"),
        (Fault::Text(200, LINES.repeat(2)), "gives more bytes than the 134 that were listed"),
        (Fault::Text(200, "<html>Sign in</html>".to_owned()), "gives 20 bytes where"),
    ] {
        let shown = format!("{fault:?}");
        let always = fault.clone();
        let (ended, gets) = lines(move |_| Some(always.clone()), 1);
        assert!(
            ended.stderr.contains("s3://logs/flat/a.json: ") && ended.stderr.contains(why),
            "{shown}: {}",
            ended.stderr
        );
        assert_eq!(gets, 3, "{shown}");
        let (ended, gets) = lines(move |asked| (asked.before == 0).then(|| fault.clone()), 0);
        assert_eq!((&ended.json()["coverage"]["events"], gets), (&2.into(), 2), "{shown}");
    }
}

#[test]
fn a_checksum_that_does_not_agree_is_said() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.put("flat/a.json", LINES.as_bytes());
    let server = Server::start(&archive.root(), |asked| {
        (!asked.is_list()).then_some(Fault::Header("x-amz-checksum-crc32", "AAAAAA=="))
    });
    let run = asking(&place, &server, "principals --all s3://logs/flat/").env("AWS_MAX_ATTEMPTS", "2").ends(1);
    assert!(run.stderr.contains("its bytes do not match its checksum"), "{}", run.stderr);
}

#[test]
fn another_tag_is_another_object() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.put("flat/a.json", LINES.as_bytes());
    let tagged: fn(&str) -> String = |xml| xml.replace("</Key>", "</Key><ETag>\"listed\"</ETag>");
    let server = |given: &'static str| {
        Server::start(&archive.root(), move |asked| {
            Some(if asked.is_list() { Fault::Edited(tagged) } else { Fault::Header("etag", given) })
        })
    };
    let same: Value = asking(&place, &server("\"listed\""), "principals --all s3://logs/flat/").json(0);
    assert_eq!(same["coverage"]["events"], 2);
    let other = asking(&place, &server("\"other\""), "principals --all s3://logs/flat/").ends(1);
    assert!(other.stderr.contains("has another ETag than it was listed with"), "{}", other.stderr);
}

#[test]
fn a_place_that_cannot_be_listed_is_told_before_any_number_of_objects() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "999999999999", "us-east-1", (10, 1), 1);
    archive.log("AWSLogs/", "444455556666", "us-east-1", (10, 1), 1);
    for number in 0..21 {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (10, number), 1);
    }
    let denied = |asked: &Asked| {
        let is_shut = asked.is_list() && asked.prefix().contains("/999999999999/");
        let is_denied = !asked.is_list() && asked.path.contains("/111122223333/");
        (is_shut || is_denied).then_some(Fault::Error(403, "AccessDenied", "Access Denied"))
    };
    let server = Server::start(&archive.root(), denied);
    let ended = asking(&place, &server, "principals --days 10 --format json s3://logs --coverage c.json").ends(3);
    let shut = "s3://logs/AWSLogs/999999999999/CloudTrail/";
    let first = ended.stderr.lines().find(|line| line.contains("s3://logs/A")).expect("a line");
    assert!(first.starts_with(&format!("trailscan: {shut}: cannot be listed to its end: access denied")), "{first}");
    assert!(ended.stderr.contains("PARTIAL: 1 place not listed, 21 objects failed"), "{}", ended.stderr);
    assert!(ended.stderr.contains("11 more could not be read"), "{}", ended.stderr);
    for coverage in [&ended.json()["coverage"], &serde_json::from_str(&place.read("c.json")).expect("JSON")] {
        assert_eq!((&coverage["places_failed"], &coverage["objects_failed"]), (&1.into(), &21.into()));
        assert_eq!((&coverage["failures"][0]["object"], &coverage["objects_found"]), (&shut.into(), &22.into()));
        crate::harness::assert_identities(coverage);
    }
}

#[test]
fn what_answers_in_the_place_of_s3_is_said() {
    let xml = "<?xml version=\"1.0\"?><Error/>";
    for text in ["<!DOCTYPE html><html><body>Sign in</body></html>", xml, ""] {
        let (ended, _) = scanned(move |_| Some(Fault::Text(200, text.to_owned())), 1);
        assert!(!ended.stderr.contains("status 200"), "{text}: {}", ended.stderr);
        if !text.is_empty() {
            assert!(ended.stderr.contains("whether a proxy or a sign-in page answers"), "{text}: {}", ended.stderr);
        }
    }
}
