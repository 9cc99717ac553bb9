//! Addresses with the keys of several, and beside each hit the people who work there.

use super::signal_tests::{AWAY, BOTO, CLI, answer_to, calls, observe, workdays};
use super::*;
use crate::aggregate::State;
use crate::model::Event;
use crate::model::testing::{at, event, user};

/// Another version of the command line, on another system.
const OTHER_CLI: &str = "aws-cli/2.18.9 Python/3.12.6 Linux/5.15";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.9.5";

/// Rules and severities of what is found when `address` calls with the keys of four users, each used from a home of its own
/// before and, where `goes_on`, after.
fn hands(name: &'static str, agent: &'static str, goes_on: bool) -> Vec<(&'static str, &'static str)> {
    let mut state = State::new(&[&keys::KIND]);
    for i in 0..4 {
        let (name_of, key) = (format!("user{i}"), format!("AKIAUSER{i}EXAMPLE"));
        let identity = user(&name_of, &key);
        let home = calls(workdays(if goes_on { 4 } else { 3 }), &[10], &format!("20.{i}.1.7"), CLI);
        observe(&mut state, &identity, &home);
        let mut call = Event { event_name: name, user_agent: agent, source_ip_address: AWAY, ..event(&identity) };
        call.event_time = Some(at("2026-05-26T09:00:00Z").plus_seconds(i * 600));
        state.observe(&call);
    }
    answer_to(&state, None).findings.iter().map(|found| (found.rule, found.severity.as_str())).collect()
}

#[test]
fn one_hand_with_the_keys_of_several() {
    let curl = "curl/8.1";
    assert_eq!(hands("GetCallerIdentity", "TruffleHog", true), [("keys-in-one-hand", "high")], "and no line a key");
    assert_eq!(hands("ListBuckets", curl, true), [("keys-in-one-hand", "high")], "new to each, with one program");
    let roaming = ("key-roaming", "low");
    assert_eq!(hands("ListBuckets", CLI, true), [roaming; 4], "all in a new office, as they always work");
    assert!(
        hands("ListBuckets", curl, false).iter().all(|found| found.0 != "keys-in-one-hand"),
        "all move to a new host"
    );
    let probes = hands("GetCallerIdentity", CLI, true);
    assert_eq!((probes[0], probes.len()), (("keys-in-one-hand", "medium"), 5), "{probes:?}");
}

/// Severities of `keys-in-one-hand` when `AWAY` uses the keys of three people: on each of `days` at each of `hours`, by
/// `agent`, as `name`. They work from a home of their own on all working days but those of `away`.
fn hand_of(name: &str, agent: &'static str, (days, hours): (&[i64], &[i64]), away: &[i64]) -> Vec<&'static str> {
    let mut state = State::new(&[&keys::KIND]);
    for i in 0..3 {
        let (name_of, key) = (format!("user{i}"), format!("AKIAUSER{i}EXAMPLE"));
        let identity = user(&name_of, &key);
        let home = workdays(4).filter(|day| !away.contains(day));
        observe(&mut state, &identity, &calls(home, &[8, 9, 11, 14, 16], &format!("20.{i}.1.7"), CLI));
        for call in calls(days.iter().copied(), hours, AWAY, agent) {
            let time = at("2026-05-04T00:00:00Z").plus_seconds(call.hour * 3_600 + i * 600);
            let event_time = Some(time);
            state.observe(&Event {
                event_name: name,
                user_agent: agent,
                source_ip_address: AWAY,
                event_time,
                ..event(&identity)
            });
        }
    }
    let found = answer_to(&state, None).findings;
    found.iter().filter(|found| found.rule == "keys-in-one-hand").map(|found| found.severity.as_str()).collect()
}

#[test]
fn colleagues_meet_at_a_shared_host() {
    let none: [&str; 0] = [];
    let lists = |agent, when, away: &[i64]| hand_of("ListBuckets", agent, when, away);
    assert_eq!(lists(OTHER_CLI, (&[15, 16, 17, 21, 23], &[12]), &[]), none, "a jump host at noon");
    assert_eq!(lists(OTHER_CLI, (&[15, 16], &[9, 11, 14]), &[15, 16]), none, "loaner laptops for two days");
    assert_eq!(lists(TERRAFORM, (&[15, 16], &[9, 11, 14]), &[15, 16]), ["medium"], "a course with a new tool");
    assert_eq!(lists(OTHER_CLI, (&[15], &[2]), &[]), ["high"], "in one sitting");
    assert_eq!(lists(OTHER_CLI, (&[15, 16, 17], &[1, 3]), &[]), ["high"], "night after night");
    assert_eq!(lists(TERRAFORM, (&[15, 16], &[9, 11, 14]), &[]), ["high"], "a new tool while all go on at home");
    assert_eq!(lists(TERRAFORM, (&[19, 20], &[9, 11, 14]), &[]), ["high"], "on a weekend");
    assert_eq!(lists(CLI, (&[15], &[2]), &[]), none, "with the very programs of the holders nothing is new");
}

#[test]
fn holders_ask_who_they_are() {
    let none: [&str; 0] = [];
    let asks = |agent, when| hand_of("GetCallerIdentity", agent, when, &[]);
    assert_eq!(asks(CLI, (&[15], &[9])), none, "after a rotation, at their hours");
    assert_eq!(asks(CLI, (&[8, 9, 10, 11], &[7])), none, "a prompt in the morning");
    assert_eq!(asks(CLI, (&[15], &[2])), ["medium"], "at night");
    assert_eq!(asks(OTHER_CLI, (&[15, 16, 17, 18], &[9])), ["medium"], "day after day with a program of its own");
    assert_eq!(asks(BOTO, (&[15], &[9])), ["high"], "with a program that is new to all");
}

/// Severities of `keys-in-one-hand` when `AWAY` uses the keys of some people who work from one office, with their own program.
fn beside_office(people: i64, (days, hours): (&[i64], &[i64]), from: &'static str) -> Vec<&'static str> {
    let mut state = State::new(&[&keys::KIND]);
    for i in 0..people {
        let (name_of, key) = (format!("user{i}"), format!("AKIAUSER{i}EXAMPLE"));
        let identity = user(&name_of, &key);
        observe(&mut state, &identity, &calls(workdays(4), &[8, 9, 11, 14, 16], "20.1.1.7", CLI));
        observe(&mut state, &identity, &calls(days.iter().copied(), hours, from, CLI));
    }
    let found = answer_to(&state, None).findings;
    found.iter().filter(|found| found.rule == "keys-in-one-hand").map(|found| found.severity.as_str()).collect()
}

#[test]
fn an_address_beside_the_office_of_many() {
    assert_eq!(beside_office(5, (&[23], &[14]), AWAY), ["medium"]);
    assert_eq!(beside_office(4, (&[23], &[14]), AWAY), [""; 0], "a few");
    assert_eq!(beside_office(5, (&[23, 24], &[14]), AWAY), [""; 0], "a tunnel that they use again");
    assert_eq!(beside_office(5, (&[23], &[12]), AWAY), [""; 0], "between two hours at the office");
    assert_eq!(beside_office(5, (&[23], &[9, 14]), AWAY), [""; 0], "all day");
    assert_eq!(beside_office(5, (&[23], &[14]), "2001:db8:9::7"), [""; 0], "the other family");
    assert_eq!(beside_office(5, (&[0], &[14]), AWAY), [""; 0], "on the first day");
    assert_eq!(beside_office(5, (&[25], &[16]), AWAY), [""; 0], "the last that is seen");
}

#[test]
fn the_command_is_no_program() {
    let cli =
        |command: &str| format!("aws-cli/2.17.44 Python/3.11.8 Darwin/23.4.0 exe/x86_64 prompt/off command/{command}");
    let leaks = |agent: &str| {
        let mut state = State::new(&[&keys::KIND]);
        let identity = user("ana", "AKIAANAEXAMPLE");
        let mut call = |day: i64, hour: i64, address: &str, agent: &str| {
            let event_time = Some(at("2026-05-04T00:00:00Z").plus_seconds((day * 24 + hour) * 3_600));
            state.observe(&Event { event_time, source_ip_address: address, user_agent: agent, ..event(&identity) });
        };
        let (list, describe) = (cli("s3.ls"), cli("ec2.describe-instances"));
        for day in workdays(4) {
            (8..17).for_each(|hour| call(day, hour, "20.1.1.7", if hour % 2 == 0 { &list } else { &describe }));
        }
        call(22, 12, AWAY, agent);
        let found = answer_to(&state, None).findings;
        found.iter().map(|found| format!("{} {}", found.rule, found.severity.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(leaks(&cli("logs.tail")), ["key-roaming low"], "one more command");
    assert_eq!(leaks(&cli("s3.ls")), ["key-roaming low"]);
    let other = cli("s3.ls").replace("2.17.44", "2.9.1");
    assert_eq!(leaks(&other), ["key-leak-suspect medium"], "another version");
}
