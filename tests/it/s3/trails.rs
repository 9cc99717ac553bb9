//! Without INPUT the trails say where the logs are.

use serde_json::json;

use super::cloud::{describes_trails, refused, trail, trails};
use super::{Archive, Fault, Server, asking};
use crate::harness::{Ended, Place};

/// A bucket `logs` with one object at its root, one below `team/`, and a log beside them that no trail delivers.
fn archive(place: &Place) -> Archive<'_> {
    let archive = Archive::new(place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    archive.log("team/AWSLogs/", "111122223333", "us-east-1", (10, 1), 3);
    archive.log("other/AWSLogs/", "444455556666", "us-east-1", (10, 1), 4);
    archive
}

#[test]
fn the_widest_trail_is_read_and_said() {
    let place = Place::new();
    let here = json!({"IsMultiRegionTrail": false});
    let wide = json!({"S3KeyPrefix": "team", "HomeRegion": "eu-west-1"});
    let of_all = json!({"IsOrganizationTrail": true});
    let (old, multi) = (trail("old", "old-logs", here.clone()), trail("events", "logs", wide));
    let one = trail("one", "logs", here);
    let both =
        "no INPUT: reading s3://logs/team/AWSLogs/, where trail events (all regions, home region eu-west-1) delivers";
    for (all, events, said) in [
        (vec![old.clone(), multi.clone()], 3, both),
        (
            vec![multi, trail("everyone", "logs", of_all)],
            2,
            "no INPUT: reading s3://logs/AWSLogs/, where trail everyone (of the organization, all regions, home region us-east-1) \
             delivers",
        ),
        (
            vec![one],
            2,
            "no INPUT: reading s3://logs/AWSLogs/, where trail one (one region, home region us-east-1) delivers",
        ),
    ] {
        let server = Server::start(&archive(&place).root(), move |asked| describes_trails(asked).map(|_| trails(&all)));
        let ended = asking(&place, &server, "principals --format json").ends(0);
        assert_eq!(ended.json()["coverage"]["events_counted"], events, "{said}");
        assert!(ended.stderr.starts_with(&format!("trailscan: {said}\n")), "{}", ended.stderr);
        assert!(ended.stderr.contains("counting the last 30 days"), "{}", ended.stderr);
        assert_eq!(
            ended.stderr.contains("are not read, unless named as INPUT: s3://old-logs/AWSLogs/ (old)"),
            said == both
        );
        assert_eq!(server.asked().iter().filter(|asked| describes_trails(asked).is_some()).count(), 1);
        let lists = server.listings();
        assert!(lists.iter().all(|(prefix, ..)| prefix.contains("AWSLogs/")), "only where it delivers: {lists:?}");
    }
}

#[test]
fn trails_that_cover_none_of_each_other_are_all_read() {
    let place = Place::new();
    archive(&place);
    Archive::named(&place, "west-logs").log("AWSLogs/", "111122223333", "us-west-2", (10, 1), 5);
    let here = json!({"IsMultiRegionTrail": false});
    let there = json!({"IsMultiRegionTrail": false, "HomeRegion": "us-west-2"});
    let same = json!({"IsMultiRegionTrail": false, "HomeRegion": "eu-west-1"});
    let all = [trail("a", "logs", here), trail("b", "west-logs", there), trail("c", "logs", same)];
    let server = Server::start(&place.path("buckets"), move |asked| describes_trails(asked).map(|_| trails(&all)));
    let run = asking(&place, &server, "principals --days 10").json(0);
    assert_eq!(run["coverage"]["events_counted"], 7);
    assert_eq!(server.gets(), 2, "two trails that deliver to one place are read once");
}

#[test]
fn whoever_names_an_input_is_not_asked_for_trails() {
    let place = Place::new();
    let archive = archive(&place);
    let server = Server::start(&archive.root(), |asked| describes_trails(asked).map(|_| trails(&[])));
    asking(&place, &server, "principals --days 10 s3://logs/team/").ends(0);
    asking(&place, &server, "principals --days 10 buckets/logs").ends(0);
    asking(&place, &server, "principals --days 10").env("TRAILSCAN_INPUT", "s3://logs/team/").ends(0);
    place.write("trailscan.toml", "input = 's3://logs/team/'");
    asking(&place, &server, "principals --days 10").ends(0);
    assert!(server.asked().iter().all(|asked| describes_trails(asked).is_none()));
}

#[test]
fn cloudtrail_has_an_endpoint_of_its_own() {
    let place = Place::new();
    let archive = archive(&place);
    let all = [trail("events", "logs", json!({}))];
    let cloudtrail = Server::start(&archive.root(), move |asked| describes_trails(asked).map(|_| trails(&all)));
    let s3 = Server::start(&archive.root(), |_| None);
    let run = asking(&place, &s3, "principals --days 10 --aws-region eu-west-1 --endpoint-url").arg(s3.url());
    let run = run.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("AWS_ENDPOINT_URL_CLOUDTRAIL", cloudtrail.url());
    assert_eq!(run.json(0)["coverage"]["objects_read"], 1);
    assert_eq!((cloudtrail.asked().len(), s3.gets()), (1, 1));
    let signature = &cloudtrail.asked()[0].headers["authorization"];
    assert!(signature.contains("/eu-west-1/cloudtrail/"), "{signature}");
}

/// A run without INPUT that ends in one line.
fn one_line(place: &Place, answer: Option<Fault>, arguments: &str, code: i32) -> Ended {
    let server = Server::start(&archive(place).root(), move |asked| describes_trails(asked).and(answer.clone()));
    let ended = asking(place, &server, "principals --days 10").args(arguments.split_whitespace()).ends(code);
    assert_eq!((ended.stderr.lines().count(), ended.stdout.len()), (1, 0), "{}", ended.stderr);
    assert!(!ended.stderr.contains(super::SECRET), "{}", ended.stderr);
    ended
}

#[test]
fn every_way_to_see_no_trail_has_its_line() {
    let place = Place::new();
    let message = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: cloudtrail:DescribeTrails";
    let denied = "no INPUT is given, and trails cannot be looked up: access denied: allow cloudtrail:DescribeTrails";
    let none = "no INPUT is given, and no trail is seen in us-east-1: give --aws-region REGION where there is one, or name \
                the bucket of the logs, s3://bucket/prefix";
    for (answer, said) in [
        (refused("AccessDeniedException", message), denied),
        (trails(&[]), none),
        (refused("ExpiredTokenException", "The security token included in the request is expired"), "sign in again"),
        (refused("UnrecognizedClientException", "The security token included in the request is invalid."), "not known"),
        (
            refused("InvalidSignatureException", "The request signature we calculated does not match"),
            "the signature does not match",
        ),
        (Fault::Text(418, "{}".to_owned()), "CloudTrail refuses with status 418"),
    ] {
        let ended = one_line(&place, Some(answer), "", 1);
        assert!(ended.stderr.contains(said), "{said}: {}", ended.stderr);
    }
}

#[test]
fn without_credentials_both_ways_are_named() {
    let place = Place::new();
    let ended = place.trailscan("principals --days 10").ends(2);
    assert_eq!(ended.stderr.lines().count(), 1);
    for said in [
        "nothing to read: name files, directories, s3://bucket/prefix or -, or set TRAILSCAN_INPUT",
        "trailscan.toml",
        "without AWS credentials no trail can be looked up either: set AWS_PROFILE or --aws-profile",
    ] {
        assert!(ended.stderr.contains(said), "{said}: {}", ended.stderr);
    }
    let ended = place.trailscan("principals --aws-profile none").ends(1);
    let said =
        "no INPUT is given, and profile none gives no credentials: there is no such profile, `trailscan profiles`";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    let ended = place.trailscan("principals --no-sign-request").ends(2);
    assert!(ended.stderr.contains("nothing to read") && !ended.stderr.contains("credentials"), "{}", ended.stderr);
}

#[test]
fn nobody_listens() {
    let place = Place::new();
    let server = Server::start(&archive(&place).root(), |_| None);
    let run = asking(&place, &server, "principals").env("AWS_ENDPOINT_URL_CLOUDTRAIL", "http://127.0.0.1:1");
    let ended = run.env("AWS_MAX_ATTEMPTS", "1").ends(1);
    assert!(ended.stderr.contains("trails cannot be looked up: CloudTrail cannot be reached"), "{}", ended.stderr);
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_the_looking_up() {
    use std::time::{Duration, Instant};
    let place = Place::new();
    let late = |_: &super::server::Asked| Some(Fault::Late(Duration::from_secs(3600)));
    let server = Server::start(&archive(&place).root(), late);
    let running = crate::child::start(asking(&place, &server, "principals --format json"));
    crate::child::until("the service is asked", || !server.asked().is_empty());
    let begin = Instant::now();
    running.signal(libc::SIGINT);
    let end = running.ends();
    assert_eq!(end.status.code(), Some(3), "{}", end.stderr);
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
}
