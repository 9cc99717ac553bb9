//! One run over many profiles: who reads what, and what of those who cannot.

use serde_json::{Value, json};

use super::cloud::{describes_trails, profiles, refused, trail, trails};
use super::server::Asked;
use super::{Archive, Fault, Server};
use crate::harness::{Place, Run};

/// A run with the profiles' files and nothing in the environment but where the server is.
fn asking<'a>(place: &'a Place, server: &Server, arguments: &str) -> Run<'a> {
    profiles(place);
    let run = place.trailscan("principals --days 10").args(arguments.split_whitespace());
    run.env("AWS_ENDPOINT_URL", server.url()).env("AWS_MAX_ATTEMPTS", "1")
}

/// Two buckets with a log each.
fn buckets(place: &Place) {
    Archive::new(place).log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    Archive::named(place, "other-logs").log("AWSLogs/", "444455556666", "us-east-1", (10, 1), 3);
}

const DENIED: Fault = Fault::Error(403, "AccessDenied", "Access Denied");

/// A server that lets one bucket be listed and read by one access key only.
fn shut_to_others(place: &Place, bucket: &'static str, key: &'static str) -> Server {
    buckets(place);
    Server::start(&place.path("buckets"), move |asked: &Asked| {
        let is_of_bucket = asked.path.trim_start_matches('/').split('/').next() == Some(bucket);
        (is_of_bucket && asked.signed_by().0 != key).then_some(DENIED)
    })
}

/// The access keys that objects were asked for with.
fn readers(server: &Server) -> Vec<String> {
    let asked = server.asked();
    let gets = asked.iter().filter(|asked| asked.method == "GET" && !asked.is_list());
    gets.map(|asked| asked.signed_by().0.to_owned()).collect()
}

fn failures(answer: &Value) -> Vec<(&str, &str)> {
    let failures = answer["coverage"]["failures"].as_array().expect("a list").iter();
    failures.map(|failure| (failure["object"].as_str().unwrap(), failure["why"].as_str().unwrap())).collect()
}

#[test]
fn what_several_may_read_is_read_once_by_the_first() {
    let place = Place::new();
    buckets(&place);
    for (order, key) in
        [("one two", super::ACCESS_KEY), ("two one", super::OTHER_KEY), ("two one two", super::OTHER_KEY)]
    {
        let server = Server::start(&place.path("buckets"), |_| None);
        let named = order.split(' ').map(|name| format!("--aws-profile {name} ")).collect::<String>();
        let run = asking(&place, &server, &format!("{named} s3://logs s3://other-logs")).json(0);
        assert_eq!(run["coverage"]["events_counted"], 5);
        assert_eq!(run["coverage"]["duplicate_events"], 0);
        assert_eq!(readers(&server), [key, key], "{order}");
        assert!(server.asked().iter().all(|asked| asked.signed_by().0 == key), "nobody else asks");
    }
}

#[test]
fn each_bucket_is_read_by_who_may_list_it() {
    let place = Place::new();
    let server = shut_to_others(&place, "other-logs", super::OTHER_KEY);
    let run = asking(&place, &server, "--aws-profile one --aws-profile two s3://logs s3://other-logs").json(0);
    assert_eq!(run["coverage"]["events_counted"], 5);
    let mut readers = readers(&server);
    readers.sort();
    assert_eq!(readers, [super::OTHER_KEY, super::ACCESS_KEY]);
    let run = asking(&place, &server, "--aws-profile one s3://logs s3://other-logs").json(3);
    assert!(failures(&run)[0].1.contains("access denied: allow s3:ListBucket"), "{run}");
}

#[test]
fn what_nobody_may_list_is_one_failure() {
    let place = Place::new();
    let server = shut_to_others(&place, "other-logs", "nobody");
    let run = asking(&place, &server, "--aws-profile one --aws-profile two s3://logs s3://other-logs").json(3);
    let [(object, why)] = failures(&run)[..] else { panic!("{run}") };
    assert_eq!(object, "s3://other-logs/");
    let said = "none of profile one, profile two may list it: access denied: allow s3:ListBucket on the bucket";
    assert!(why.starts_with(said), "{why}");
    assert_eq!(run["coverage"]["events_counted"], 2);
}

#[test]
fn an_object_that_the_second_may_read_without_listing() {
    let place = Place::new();
    let key = Archive::new(&place).log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    let server = Server::start(&place.path("buckets"), |asked| {
        (asked.is_list() || asked.signed_by().0 != super::OTHER_KEY).then_some(DENIED)
    });
    let run = asking(&place, &server, &format!("--aws-profile one --aws-profile two s3://logs/{key}")).json(0);
    assert_eq!(run["coverage"]["events_counted"], 2);
}

#[test]
fn a_profile_without_credentials_is_named_and_the_others_go_on() {
    let place = Place::new();
    buckets(&place);
    let server = Server::start(&place.path("buckets"), |_| None);
    let arguments = "--aws-profile broken --aws-profile one --aws-profile nix s3://logs s3://other-logs";
    let ended = asking(&place, &server, arguments).args(["--format", "json"]).ends(3);
    let run = ended.json();
    assert_eq!(run["coverage"]["events_counted"], 5);
    let failures = failures(&run);
    assert_eq!(failures.len(), 2, "once each, however many places: {failures:?}");
    assert_eq!((failures[0].0, failures[1].0), ("profile broken", "profile nix"));
    assert!(
        failures[0].1.starts_with("gives no credentials: sign in with `aws sso login --profile broken` ("),
        "{run}"
    );
    assert!(failures[1].1.starts_with("gives no credentials: there is no such profile"), "{run}");
    assert!(ended.stderr.contains("trailscan: profile broken: gives no credentials: sign in"), "{}", ended.stderr);

    let ended = asking(&place, &server, "--aws-profile broken --aws-profile nix s3://logs").ends(1);
    assert!(ended.stderr.contains("s3://logs/: nobody who could ask for it has credentials"), "{}", ended.stderr);
}

#[test]
fn all_profiles_are_those_that_name_credentials() {
    let place = Place::new();
    buckets(&place);
    let server = Server::start(&place.path("buckets"), |_| None);
    // default names none; broken has none.
    let run = asking(&place, &server, "--all-profiles s3://logs").json(3);
    assert_eq!(failures(&run).len(), 1, "{run}");
    assert_eq!(failures(&run)[0].0, "profile broken");
    assert_eq!(run["coverage"]["events_counted"], 2);
    let ended = asking(&place, &server, "--all-profiles s3://logs").env("AWS_CONFIG_FILE", "none").ends(0);
    assert!(!ended.stderr.contains("broken"), "{}", ended.stderr);

    let none = place.trailscan("principals --all-profiles").env("AWS_CONFIG_FILE", "none");
    let ended = none.env("AWS_SHARED_CREDENTIALS_FILE", "none").ends(2);
    assert!(ended.stderr.contains("--all-profiles: no profile is in the AWS config files"), "{}", ended.stderr);
    for arguments in ["--all-profiles --aws-profile one", "--all-profiles --no-sign-request"] {
        asking(&place, &server, arguments).ends(2);
    }
}

#[test]
fn without_input_the_trails_of_each_profile_are_read() {
    let place = Place::new();
    buckets(&place);
    let here = json!({"IsMultiRegionTrail": false});
    let (one, two) = (trail("first", "logs", json!({})), trail("second", "other-logs", here));
    let server = Server::start(&place.path("buckets"), move |asked| {
        Some(trails(match describes_trails(asked)? {
            super::ACCESS_KEY => std::slice::from_ref(&one),
            _ => std::slice::from_ref(&two),
        }))
    });
    let ended = asking(&place, &server, "--all-profiles --format json").ends(3);
    let run = ended.json();
    assert_eq!(run["coverage"]["events_counted"], 5);
    assert_eq!(failures(&run).len(), 1);
    assert!(ended.stderr.contains("trailscan: profile broken: gives no credentials: sign in"), "{}", ended.stderr);
    for said in [
        "no INPUT: reading s3://logs/AWSLogs/, where trail first (all regions, home region us-east-1) delivers; seen \
         with profile one",
        "no INPUT: reading s3://other-logs/AWSLogs/, where trail second (one region, home region us-east-1) delivers; seen \
         with profile two",
    ] {
        assert!(ended.stderr.contains(said), "{said}: {}", ended.stderr);
    }
}

#[test]
fn a_dry_run_without_input_tells_the_same_places_and_failures() {
    let place = Place::new();
    buckets(&place);
    let all = [trail("first", "logs", json!({}))];
    let server = Server::start(&place.path("buckets"), move |asked| describes_trails(asked).map(|_| trails(&all)));
    let told = asking(&place, &server, "--all-profiles --dry-run").json(3);
    assert_eq!(told["rows"][0]["place"], "s3://logs/AWSLogs/");
    assert_eq!(failures(&told).len(), 1, "{told}");
    assert_eq!(failures(&told)[0].0, "profile broken");
    assert_eq!(server.gets(), 0);
}

#[test]
fn the_bucket_of_one_account_is_read_once_for_all_who_see_the_trail() {
    let place = Place::new();
    // Both see the organization's trail; only the second may read its bucket.
    buckets(&place);
    let all = [trail("everyone", "logs", json!({"IsOrganizationTrail": true}))];
    let server = Server::start(&place.path("buckets"), move |asked| match describes_trails(asked) {
        Some(_) => Some(trails(&all)),
        None => (asked.signed_by().0 != super::OTHER_KEY).then_some(DENIED),
    });
    let ended = asking(&place, &server, "--aws-profile one --aws-profile two --format json").ends(0);
    assert_eq!(ended.json()["coverage"]["events_counted"], 2);
    assert_eq!(readers(&server), [super::OTHER_KEY]);
    assert!(ended.stderr.contains("delivers; seen with profile one, profile two\n"), "{}", ended.stderr);
}

#[test]
fn a_profile_that_sees_no_trail_is_named_and_reads_for_others() {
    let place = Place::new();
    buckets(&place);
    let all = [trail("first", "logs", json!({}))];
    let server = Server::start(&place.path("buckets"), move |asked| match describes_trails(asked) {
        Some(super::ACCESS_KEY) => Some(trails(&all)),
        Some(_) => Some(refused("AccessDeniedException", "not authorized")),
        // Who sees the trail may not read its bucket.
        None => (asked.signed_by().0 != super::OTHER_KEY).then_some(DENIED),
    });
    let run = asking(&place, &server, "--aws-profile one --aws-profile two").json(3);
    assert_eq!(run["coverage"]["events_counted"], 2);
    let [(object, why)] = failures(&run)[..] else { panic!("{run}") };
    assert_eq!(object, "profile two");
    assert!(why.starts_with("trails cannot be looked up: access denied: allow cloudtrail:DescribeTrails"), "{why}");
    // Nobody sees one: each is named, and there is no answer.
    let server = Server::start(&place.path("buckets"), |asked| describes_trails(asked).map(|_| trails(&[])));
    let ended = asking(&place, &server, "--aws-profile one --aws-profile two").ends(1);
    for name in ["one", "two"] {
        let said = format!("profile {name}: no trail is seen in us-east-1: give --aws-region");
        assert!(ended.stderr.contains(&said), "{}", ended.stderr);
    }
}
