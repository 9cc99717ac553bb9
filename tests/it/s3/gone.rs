//! A server that stops answering is noticed once, and one that comes back, or asks for patience, is waited for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::archive::Archive;
use super::{Fault, Server, asking};
use crate::harness::Place;

/// A bucket of so many objects.
fn objects(place: &Place, count: usize) -> Archive<'_> {
    let archive = Archive::new(place);
    for number in 0..count {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (10, number), 1);
    }
    archive
}

#[test]
fn a_server_that_is_gone_is_noticed_once() {
    let place = Place::new();
    let archive = objects(&place, 1500);
    let given = AtomicUsize::new(0);
    let server = Server::start(&archive.root(), move |asked| {
        (!asked.is_list() && given.fetch_add(1, Ordering::Relaxed) >= 30).then_some(Fault::CutAfter(0))
    });
    let ended = asking(&place, &server, "principals --days 10 --format json s3://logs").ends(3);
    let coverage = &ended.json()["coverage"];
    assert_eq!((&coverage["objects_read"], &coverage["objects_failed"]), (&30.into(), &1470.into()));
    assert!(ended.stderr.contains("so nothing more was asked for"), "{}", ended.stderr);
    // Six attempts for each object would be nine thousand.
    assert!(server.gets() < 1500, "{} requests", server.gets());
}

#[test]
fn requests_that_are_never_answered_end_the_asking() {
    let place = Place::new();
    let archive = objects(&place, 300);
    let hang = Duration::from_secs(36_000);
    let server = Server::start(&archive.root(), move |asked| (!asked.is_list()).then_some(Fault::Late(hang)));
    let ended = asking(&place, &server, "principals --days 10 s3://logs").ends(1);
    assert!(ended.stderr.contains("no answer in time: check the network (no request went well"), "{}", ended.stderr);
    assert!(server.gets() <= 4 * 64, "{} requests", server.gets());
}

/// It is given up by the silence, which lasts two questions whether it is there, and not by the longest time of a page.
#[test]
fn a_server_that_answers_nothing_is_given_up_at_the_first_listing() {
    let place = Place::new();
    let archive = objects(&place, 3);
    let hang = Duration::from_secs(36_000);
    let server = Server::start(&archive.root(), move |_| Some(Fault::Late(hang)));
    let ended = asking(&place, &server, "principals --days 10 s3://logs").ends(1);
    assert!(ended.stderr.contains("no answer in time: check the network (no request went well"), "{}", ended.stderr);
    assert!((1..=2).contains(&server.heads()), "{} questions", server.heads());
}

/// Longer than a server may be silent that is not there.
#[test]
fn a_page_that_takes_long_is_waited_for_while_the_server_says_that_it_is_there() {
    let place = Place::new();
    let archive = objects(&place, 3);
    let server = Server::start(&archive.root(), |asked| {
        let is_first = asked.is_list() && asked.before == 0 && asked.prefix().ends_with("us-east-1/");
        is_first.then_some(Fault::Late(Duration::from_secs(17)))
    });
    let run = asking(&place, &server, "principals --days 10 s3://logs").json(0);
    assert_eq!(run["coverage"]["objects_read"], 3);
    assert!(server.heads() >= 2, "{} questions", server.heads());
}

#[test]
fn a_connection_that_is_lost_without_a_word_is_made_anew() {
    let place = Place::new();
    let archive = objects(&place, 3);
    let hang = Duration::from_secs(36_000);
    let server = Server::start(&archive.root(), move |asked| {
        let is_lost = asked.path.ends_with("_0000000000000002.json.gz") && asked.before == 0;
        is_lost.then_some(Fault::Late(hang))
    });
    let run = asking(&place, &server, "principals --days 10 s3://logs").json(0);
    assert_eq!(run["coverage"]["objects_read"], 3);
}

#[test]
fn a_server_that_starts_anew_costs_no_object() {
    let place = Place::new();
    let archive = objects(&place, 40);
    let refused = AtomicUsize::new(0);
    // Six attempts of each would be over for half of them.
    let server = Server::start(&archive.root(), move |asked| {
        (!asked.is_list() && refused.fetch_add(1, Ordering::Relaxed) < 220).then_some(Fault::CutAfter(0))
    });
    let run = asking(&place, &server, "principals --days 10 s3://logs").json(0);
    assert_eq!(run["coverage"]["objects_read"], 40);
}

#[test]
fn a_listing_that_is_slowed_down_is_waited_for() {
    let place = Place::new();
    let archive = objects(&place, 3);
    let server = Server::start(&archive.root(), |asked| {
        let is_slowed = asked.is_list() && asked.prefix().ends_with("us-east-1/") && asked.before < 6;
        is_slowed.then_some(Fault::Error(503, "SlowDown", "Reduce your request rate."))
    });
    let run = asking(&place, &server, "principals --days 10 s3://logs").json(0);
    assert_eq!(run["coverage"]["objects_read"], 3);
}
