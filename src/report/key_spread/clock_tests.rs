//! Hours that people keep and hours that clocks keep, and what one sign of a machine is worth.

use super::signal_tests::{
    AWAY, BOTO, CLI, Call, HOME, KEY, OFFICE, STRANGER, calls, judge_of, observe, through, workdays,
};
use super::*;
use crate::aggregate::State;
use crate::model::Event;
use crate::model::testing::{at, event, user};
use crate::report::Options;

const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.9.5";

/// What is seen of keys that may lie on a machine.
fn open(all: &[Vec<Call>]) -> Vec<String> {
    let mut state = State::new(&[&keys::KIND]);
    observe(&mut state, &user("ana", KEY), &all.concat());
    perhaps_on_machines(&View::new(&state, &Options::default())).into_iter().map(|(_, seen)| seen).collect()
}

/// A person at the command line: at other hours each day.
fn by_hand(days: impl Iterator<Item = i64>, address: &str, agent: &'static str) -> Vec<Call> {
    days.flat_map(|day| calls(day..day + 1, &[8 + day % 3, 11, 14 + day % 2], address, agent)).collect()
}

#[test]
fn one_sign_of_a_machine_leaves_a_key_open() {
    let nightly = calls(workdays(4), &[3], OFFICE, BOTO);
    assert_eq!(open(std::slice::from_ref(&nightly)), [format!("{KEY} was used by SDKs and HTTP libraries only")]);
    assert_eq!(open(&[by_hand(workdays(4), OFFICE, CLI)]), [""; 0], "a person at the command line");
    assert_eq!(open(&[through(STRANGER, nightly.clone())]), [""; 0], "a leak is told as one");
    let moving = [calls(0..2, &[3], OFFICE, BOTO), calls(2..4, &[3], HOME, BOTO)];
    assert_eq!(open(&moving).len(), 1, "roaming");
    let daily = calls(0..28, &[3], OFFICE, BOTO);
    assert_eq!(open(&[daily]), [""; 0], "two signs are a finding");
}

#[test]
fn a_clock_leaves_a_key_open() {
    let kept = |hours: &[i64], agent| open(&[calls(workdays(4), hours, OFFICE, agent)]);
    let says = |hours: &str| [format!("{KEY} was used in the same hours on nearly all of 20 days: {hours} UTC")];
    assert_eq!(kept(&[2], CLI), says("02:00"));
    assert_eq!(kept(&[8, 12, 16], TERRAFORM), says("08:00, 12:00, 16:00"));
    assert_eq!(kept(&[8, 9, 10, 11, 12, 13, 14, 15, 16, 17], CLI), says("08:00 to 17:59"));
    assert_eq!(kept(&[8, 9, 10, 11, 13, 14, 15, 16], CLI), [""; 0], "with a lunch");
    assert_eq!(judge_of(&[calls(0..31, &[2], HOME, CLI)]), "single info", "people keep hours as well");
}

#[test]
fn a_key_that_is_always_refused_is_open() {
    let refused = |agent| {
        let mut state = State::new(&[&keys::KIND]);
        let ana = user("ana", KEY);
        for day in 0..31 {
            let event_time = Some(at("2026-05-04T02:00:00Z").plus_seconds(day * 86_400 + day % 5 * 7_200));
            let call = Event { event_time, user_agent: agent, source_ip_address: HOME, ..event(&ana) };
            state.observe(&Event { error_code: "AccessDenied", ..call });
        }
        perhaps_on_machines(&View::new(&state, &Options::default())).len()
    };
    assert_eq!((refused(BOTO), refused("Mozilla/5.0 Firefox/128.0")), (1, 1), "each day");
    let mut state = State::new(&[&keys::KIND]);
    let ana = user("ana", KEY);
    state.observe(&Event { error_code: "AccessDenied", user_agent: CLI, source_ip_address: HOME, ..event(&ana) });
    assert!(perhaps_on_machines(&View::new(&state, &Options::default())).is_empty(), "refused once by hand");
}

#[test]
fn behind_a_companys_way_out_people_look_like_machines() {
    let pool = |days: fn() -> Box<dyn Iterator<Item = i64>>, count: i64, agent| {
        let host = |i: i64| by_hand(days(), &format!("165.{}.72.{i}", i % 2), agent);
        judge_of(&(0..count).map(host).collect::<Vec<_>>())
    };
    let working = || Box::new(workdays(4)) as Box<dyn Iterator<Item = i64>>;
    let always = || Box::new(0_i64..28) as Box<dyn Iterator<Item = i64>>;
    assert_eq!(pool(working, 4, TERRAFORM), "roaming low", "two providers, two addresses each");
    assert_eq!(pool(working, 32, CLI), "embedded medium", "32 machines");
    assert_eq!(pool(working, 4, BOTO), "embedded medium", "programs");
    assert_eq!(pool(always, 4, CLI), "embedded medium", "weekends");
    let some = [by_hand(workdays(4), HOME, CLI), calls(8..10, &[15], OFFICE, CLI), calls(8..10, &[15], AWAY, CLI)];
    let peak = [some.concat(), calls(8..10, &[15], HOME, CLI)];
    assert_eq!(judge_of(&peak), "embedded medium", "three hosts on two days of twenty");
}

#[test]
fn in_working_hours_a_vpc_is_a_vpn() {
    let inside = |all: Vec<Call>| judge_of(&[all]);
    assert_eq!(inside(by_hand(workdays(4), "10.0.0.4", BOTO)), "single info", "a notebook behind a client VPN");
    assert_eq!(inside(calls(workdays(4), &[8, 9], "10.0.0.4", BOTO)), "embedded low", "by the clock");
    assert_eq!(inside(by_hand(0..28, "10.0.0.4", BOTO)), "embedded low", "weekends");
    assert_eq!(inside(by_hand(0..3, "10.0.0.4", BOTO)), "embedded low", "too few days to tell a person");
}
