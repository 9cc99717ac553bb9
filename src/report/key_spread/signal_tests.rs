//! Each signal with who it is meant for, and beside it who looks almost the same and is not.

use super::*;
use crate::aggregate::State;
use crate::model::testing::{OTHER_ACCOUNT, at, event, user};
use crate::model::{Event, UserIdentity};
use crate::report::addresses::mmdb_writer::{Data, database, text};
use crate::report::{AwsRanges, GeoDatabase, Options, Value};

pub(super) const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub(super) const CLI: &str = "aws-cli/2.17.3 Python/3.11.8";
pub(super) const BOTO: &str = "Boto3/1.34.5 md/Botocore#1.34.5";
pub(super) const HOME: &str = "203.0.113.7";
pub(super) const OFFICE: &str = "192.0.2.55";
pub(super) const AWAY: &str = "198.51.100.66";
pub(super) const STRANGER: &str = "999988887777";

/// What is called, and when: hours since the start of a Monday.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) hour: i64,
    minute: i64,
    address: String,
    agent: &'static str,
    /// Owner of the VPC endpoint.
    endpoint: &'static str,
}

/// Calls on each of `days` at each of `hours`.
pub(super) fn calls(days: impl Iterator<Item = i64>, hours: &[i64], address: &str, agent: &'static str) -> Vec<Call> {
    let call = |hour| Call { hour, minute: 0, address: address.to_owned(), agent, endpoint: "" };
    days.flat_map(|day| hours.iter().map(move |hour| day * 24 + hour)).map(call).collect()
}

/// Days of the week but Saturday and Sunday.
pub(super) fn workdays(weeks: i64) -> impl Iterator<Item = i64> + Clone {
    (0..weeks * 7).filter(|day| day % 7 < 5)
}

/// Twenty calls in one hour.
pub(super) fn burst(day: i64, hour: i64, address: &str, agent: &'static str) -> Vec<Call> {
    let one = &calls(day..day + 1, &[hour], address, agent)[0];
    (1..21).map(|minute| Call { minute, ..one.clone() }).collect()
}

pub(super) fn through(endpoint: &'static str, calls: Vec<Call>) -> Vec<Call> {
    calls.into_iter().map(|call| Call { endpoint, ..call }).collect()
}

pub(super) fn observe(state: &mut State, identity: &UserIdentity<'_>, calls: &[Call]) {
    for call in calls {
        let seen = Event {
            event_time: Some(at("2026-05-04T00:00:00Z").plus_seconds(call.hour * 3600 + call.minute * 60)),
            source_ip_address: &call.address,
            user_agent: call.agent,
            vpc_endpoint_account_id: call.endpoint,
            vpc_endpoint_id: if call.endpoint.is_empty() { "" } else { "vpce-1a2b3c4d" },
            ..event(identity)
        };
        state.observe(&seen);
        state.remember(&seen);
    }
}

pub(super) fn answer_to(state: &State, addresses: Option<&AddressLookup>) -> Answer {
    answer(&View { addresses, ..View::new(state, &Options::default()) })
}

/// Verdict and severity of one key, and what is said of it.
pub(super) fn judged_with(all: &[Vec<Call>], addresses: Option<&AddressLookup>) -> (String, String, String) {
    let mut state = State::new(&[&keys::KIND]);
    observe(&mut state, &user("ana", KEY), &all.concat());
    let answer = answer_to(&state, addresses);
    let cell = |name: &str| {
        let place = answer.columns.iter().position(|column| column.name == name).expect("a column");
        answer.rows[0][place].as_text().unwrap_or_else(|| panic!("{name} is no text")).into_owned()
    };
    let said = answer.findings.first().map_or_else(String::new, |finding| finding.summary.clone());
    (cell("verdict"), cell("severity"), said)
}

pub(super) fn judge_of(all: &[Vec<Call>]) -> String {
    let (verdict, severity, _) = judged_with(all, None);
    format!("{verdict} {severity}")
}

const OFFICE_HOURS: &[i64] = &[8, 9, 10, 11, 12, 13, 14, 15, 16, 17];
const EVERY_FOUR: &[i64] = &[0, 4, 8, 12, 16, 20];

#[test]
fn a_machine_that_goes_on_while_another_network_comes_is_in_two_hands() {
    let machine = || calls(0..31, EVERY_FOUR, HOME, BOTO);
    assert_eq!(judge_of(&[machine(), burst(29, 12, AWAY, BOTO)]), "leak-suspect medium", "the same program");
    assert_eq!(judge_of(&[machine(), burst(29, 14, AWAY, BOTO)]), "leak-suspect medium", "between its hours");
    assert_eq!(judge_of(&[machine(), burst(1, 13, AWAY, BOTO)]), "leak-suspect medium", "on the second day");
    assert_eq!(judge_of(&[machine(), burst(29, 12, "2001:db8:7::1", "Boto3/1.20")]), "leak-suspect medium", "by IPv6");
    // Who looks the same to a glance.
    assert_eq!(judge_of(&[machine(), burst(29, 12, "203.0.9.1", BOTO)]), "embedded low", "a neighbour network");
    assert_eq!(judge_of(&[machine(), burst(29, 12, "2001:db8:7::1", BOTO)]), "embedded low", "dual stack, switched on");
    assert_eq!(judge_of(&[machine(), calls(15..31, EVERY_FOUR, AWAY, BOTO)]), "embedded low", "one more machine");
    let moved = [calls(0..15, EVERY_FOUR, HOME, BOTO), calls(15..31, EVERY_FOUR, AWAY, BOTO)];
    assert_eq!(judge_of(&moved), "embedded low", "a move");
    let own = through("111122223333", calls(15..31, EVERY_FOUR, "10.0.0.4", BOTO));
    assert_eq!(judge_of(&[machine(), own]), "embedded low", "the account's own endpoint");
}

#[test]
fn who_works_without_a_break_is_not_elsewhere() {
    let at_work = |agent| calls(workdays(4), OFFICE_HOURS, OFFICE, agent);
    let other_cli = "aws-cli/2.9.1 Python/3.9.2";
    assert_eq!(judge_of(&[at_work(CLI), burst(24, 12, AWAY, other_cli)]), "leak-suspect medium");
    assert_eq!(judge_of(&[at_work(BOTO), burst(24, 12, AWAY, BOTO)]), "leak-suspect medium", "a program, not a person");
    assert_eq!(judge_of(&[at_work(CLI), burst(24, 12, AWAY, CLI)]), "roaming low", "a VPN that is switched on");
    assert_eq!(judge_of(&[at_work(CLI), burst(24, 18, HOME, other_cli)]), "roaming low", "the laptop at home, later");
    assert_eq!(judge_of(&[at_work(CLI), burst(24, 17, HOME, other_cli)]), "roaming low", "on the way home");
}

#[test]
fn travel_is_no_machine_and_no_leak() {
    let turns = |agent| {
        let of = |day: i64| if day % 2 == 0 { HOME } else { OFFICE };
        (0..31).map(|day| calls(day..day + 1, &[10], of(day), agent)).collect::<Vec<_>>()
    };
    assert_eq!(judge_of(&turns(CLI)), "roaming low");
    assert_eq!(judge_of(&turns(BOTO)), "roaming low", "scripts on a laptop");
    let hotels: Vec<_> = (0..8).map(|i| calls(i * 3..i * 3 + 3, &[9, 14, 20], &format!("198.{i}.4.9"), CLI)).collect();
    assert_eq!(judge_of(&hotels), "roaming low");
    let commuter = [calls(workdays(4), &[8, 19], HOME, CLI), calls(workdays(4), &[8, 12, 17], OFFICE, CLI)];
    assert_eq!(judge_of(&commuter), "roaming low");
    let breaks = |id: &str| REPORT.rules.iter().any(|rule| rule.id == id && rule.practice.is_some());
    assert!(!breaks("key-roaming") && breaks("key-hosted-ci") && breaks("key-embedded") && breaks("key-leak-suspect"));
}

#[test]
fn one_machine_is_a_machine() {
    let hourly: Vec<i64> = (0..24).collect();
    assert_eq!(judge_of(&[calls(0..31, &hourly, HOME, CLI)]), "embedded low");
    assert_eq!(judge_of(&[calls(0..31, &[3, 15], HOME, BOTO)]), "embedded low", "an SDK on every day");
    assert_eq!(judge_of(&[calls(0..2, &[9], HOME, "Boto3/1.34 exec-env/EC2")]), "embedded low");
    assert_eq!(judge_of(&[calls(0..2, &[9], "10.0.0.4", BOTO)]), "embedded low", "an SDK inside a VPC");
    assert_eq!(judge_of(&[calls(0..31, &[10], HOME, CLI)]), "single info", "a person on every day");
    assert_eq!(judge_of(&[calls(workdays(4), OFFICE_HOURS, HOME, BOTO)]), "single info", "scripts at office hours");
    assert_eq!(judge_of(&[calls(0..2, &[9], HOME, "aws-cli/2.15 exec-env/CloudShell")]), "single info");
    assert_eq!(judge_of(&[calls(0..2, &[9], "10.0.0.4", CLI)]), "single info", "a person on a VPN");
}

#[test]
fn several_machines_in_one_network_are_several() {
    let hosts = |count: u8, agent| {
        judge_of(&(1..=count).map(|i| calls(0..5, &[10], &format!("203.0.113.{i}"), agent)).collect::<Vec<_>>())
    };
    assert_eq!(hosts(6, CLI), "embedded medium");
    assert_eq!(hosts(3, BOTO), "embedded medium");
    assert_eq!(hosts(5, CLI), "single info", "a pool of proxies");
    let laptop = ["2001:db8:5:6::1", "2001:db8:5:6:a::2", "2001:db8:5:6:b::3", HOME];
    assert_eq!(judge_of(&laptop.map(|address| calls(0..31, &[8], address, CLI))), "single info", "privacy addresses");
    let sites = ["2001:db8:1:1::1", "2001:db8:2:1::1", "2001:db8:3:1::1"];
    assert_eq!(judge_of(&sites.map(|address| calls(0..31, &[8], address, CLI))), "embedded medium");
}

#[test]
fn hosted_runners_come_and_go() {
    let runs = |count: i64, agent| (0..count).map(move |i| calls(i..i + 1, &[8], &format!("20.4.{i}.9"), agent));
    assert_eq!(judge_of(&Vec::from_iter(runs(20, CLI))), "hosted-ci medium");
    let second = calls(15..16, &[9], "20.4.15.9", "aws-sdk-js/3.500.0");
    assert_eq!(judge_of(&Vec::from_iter(runs(20, CLI).chain([second]))), "hosted-ci medium", "one more program");
    let kali = burst(16, 9, AWAY, "aws-cli/2.9.19 Linux/6.1.0-kali9-amd64");
    assert_eq!(judge_of(&Vec::from_iter(runs(20, CLI).chain([kali]))), "leak-suspect high");
    assert_eq!(judge_of(&Vec::from_iter(runs(9, CLI))), "roaming low", "few networks");
    let any_hour = |agent| (0..20).map(move |i| calls(i..i + 1, &[i * 7 % 24], &format!("20.4.{i}.9"), agent));
    assert_eq!(judge_of(&Vec::from_iter(any_hour(BOTO))), "hosted-ci medium", "programs");
    assert_eq!(judge_of(&Vec::from_iter(any_hour(CLI))), "roaming low", "a person with an address a day");
    let nomad = |i: i64| calls(2 * i..2 * i + 1, &[9 + i * 3 % 8], &format!("20.4.{i}.9"), BOTO);
    assert_eq!(judge_of(&Vec::from_iter((0..16).map(nomad))), "roaming low", "a script on a laptop that travels");
    let night = calls(11..12, &[2], "20.5.1.9", BOTO);
    assert_eq!(judge_of(&Vec::from_iter((0..16).map(nomad).chain([night]))), "roaming low", "and one short night");
    let tool = burst(16, 9, AWAY, "APN/1.0 HashiCorp/1.0 Terraform/1.6.2");
    assert_eq!(judge_of(&Vec::from_iter(any_hour(CLI).chain([tool]))), "roaming low", "new networks are no news");
    let at_once = (0..30).map(|i| calls(i..i + 1, &[8], &format!("20.{}.{i}.9", i % 3), CLI));
    let matrix = (0..30).map(|i| calls(i..i + 1, &[8], &format!("21.{}.{i}.9", i % 3), CLI));
    let third = (0..30).map(|i| calls(i..i + 1, &[8], &format!("22.{}.{i}.9", i % 3), CLI));
    assert_eq!(judge_of(&Vec::from_iter(at_once.chain(matrix).chain(third))), "embedded medium", "many at a time");
    let proxies = (1..13).map(|i| burst(29, 12, &format!("20.4.{i}.9"), "curl/8.1"));
    let taken = Vec::from_iter(proxies.chain([calls(0..31, &[3, 15], HOME, BOTO)]));
    assert_eq!(judge_of(&taken), "leak-suspect high", "many networks in one night are no runners");
}

#[test]
fn a_journey_is_no_fleet() {
    let home = || calls(workdays(4), &[8, 12], HOME, CLI);
    // Each network is left for the next one, twenty minutes later.
    let train = |day: i64, agent| {
        let met = |i: i64| calls(day..day + 1, &[16], &format!("80.{i}.{day}.4"), agent).remove(0);
        (0..3).map(|i| Call { minute: i * 20, ..met(i) }).collect::<Vec<_>>()
    };
    let hosts = |days: &[i64], agent| {
        let host = |i: i64| days.iter().flat_map(move |&day| burst(day, 16, &format!("80.{i}.7.4"), agent));
        (0..3).map(|i| host(i).collect::<Vec<_>>()).collect::<Vec<_>>().concat()
    };
    assert_eq!(judge_of(&[home(), train(10, CLI)]), "roaming low", "one hour on a train");
    assert_eq!(judge_of(&[home(), train(10, CLI), train(11, CLI)]), "roaming low", "and another one");
    assert_eq!(judge_of(&[train(10, BOTO), train(11, BOTO)]), "roaming low", "scripts on a train");
    assert_eq!(judge_of(&[home(), hosts(&[10], CLI)]), "roaming low", "one hour");
    assert_eq!(judge_of(&[home(), hosts(&[10, 11], CLI)]), "embedded medium", "two days");
    assert_eq!(judge_of(&[hosts(&[10], BOTO)]), "embedded medium", "programs");
    let many: Vec<_> = (0..6).map(|i| calls(10..11, &[16], &format!("80.{i}.7.4"), CLI)).collect();
    assert_eq!(judge_of(&[home(), many.concat()]), "embedded medium", "twice as many");
}

#[test]
fn an_address_a_working_day_is_a_person() {
    let nightly = |days: &[i64]| {
        judge_of(&days.iter().map(|&day| calls(day..day + 1, &[9], &format!("79.{day}.4.9"), CLI)).collect::<Vec<_>>())
    };
    assert_eq!(nightly(&workdays(4).collect::<Vec<_>>()), "roaming low");
    assert_eq!(nightly(&workdays(4).chain([12, 13]).collect::<Vec<_>>()), "roaming low", "one weekend at work");
    let from_sunday: Vec<i64> = (6..34).filter(|day| !matches!(day % 7, 4 | 5)).collect();
    assert_eq!(nightly(&from_sunday), "roaming low", "a week from Sunday to Thursday");
    assert_eq!(nightly(&(0..28).collect::<Vec<_>>()), "hosted-ci medium", "weekends too");
    assert_eq!(nightly(&(0..12).collect::<Vec<_>>()), "hosted-ci medium", "twelve days with a weekend");
    let runs =
        |i: i64, hour| workdays(4).map(move |day| calls(day..day + 1, &[hour], &format!("{}.{day}.4.9", 79 + i), CLI));
    assert_eq!(judge_of(&Vec::from_iter(runs(0, 9).chain(runs(1, 9)))), "hosted-ci medium", "two on each day");
    let v6 = |day: i64| calls(day..day + 1, &[9], &format!("2001:db8:{day}:1::1"), CLI);
    assert_eq!(judge_of(&Vec::from_iter(runs(0, 9).chain(workdays(4).map(v6)))), "roaming low", "dual stack");
}

#[test]
fn a_tool_that_comes_long_after_a_move_is_its_owners() {
    let moved = |until| [calls(0..until, &[8, 12], HOME, CLI), calls(12..28, &[8, 12], AWAY, CLI)].concat();
    assert_eq!(judge_of(&[moved(12), burst(25, 15, AWAY, BOTO)]), "roaming low");
    assert_eq!(judge_of(&[moved(12), burst(13, 15, AWAY, BOTO)]), "leak-suspect high", "with the network");
    // The old network goes on: by its agents it is seen who works there.
    let other_cli = "aws-cli/2.9.1 Python/3.9.2";
    let at_both = |agent, from| [calls(0..28, &[8, 12], HOME, CLI), calls(from..28, &[18], AWAY, agent)].concat();
    assert_eq!(judge_of(&[at_both(other_cli, 12), burst(25, 15, AWAY, BOTO)]), "leak-suspect high", "another version");
    assert_eq!(judge_of(&[at_both(CLI, 23), burst(25, 15, AWAY, BOTO)]), "leak-suspect high", "there for two days");
    let tried = burst(15, 18, AWAY, other_cli);
    assert_eq!(judge_of(&[at_both(CLI, 12), tried, burst(25, 15, AWAY, BOTO)]), "leak-suspect high", "and another");
    assert_eq!(judge_of(&[at_both(CLI, 12), burst(25, 15, AWAY, BOTO)]), "roaming low", "home and office");
    assert_eq!(judge_of(&[at_both("", 12), burst(25, 15, AWAY, BOTO)]), "leak-suspect high", "no agent is no sign");
}

#[test]
fn networks_for_documents_are_far_by_site() {
    let machine = |address| calls(0..31, EVERY_FOUR, address, BOTO);
    let taken = |home, by| judge_of(&[machine(home), burst(29, 14, by, BOTO)]);
    assert_eq!(taken("2001:db8:1:2::10", "2001:db8:ffff:1::66"), "leak-suspect medium");
    assert_eq!(taken("2001:db8:1:2::10", "2001:db8:1:9::66"), "embedded low", "one site");
    assert_eq!(taken("2001:4c8:1:2::10", "2001:4c8:ffff:1::66"), "embedded low", "one provider");
    assert_eq!(taken("198.18.4.4", "198.18.77.7"), "leak-suspect medium");
    assert_eq!(taken("198.18.4.4", "198.18.4.99"), "embedded low", "one network");
    assert_eq!(taken("93.184.4.4", "93.184.77.7"), "embedded low", "one provider");
}

#[test]
fn a_strangers_endpoint_is_a_strangers_network() {
    let own = || through("111122223333", calls(0..31, &[8], "10.0.1.20", BOTO));
    let foreign = |owner, days| through(owner, calls(days, &[9], "10.0.1.20", BOTO));
    assert_eq!(judge_of(&[own(), foreign(STRANGER, 29..30)]), "leak-suspect high");
    assert_eq!(judge_of(&[foreign(STRANGER, 0..3)]), "leak-suspect medium", "nothing came before");
    assert_eq!(judge_of(&[foreign(STRANGER, 0..10)]), "embedded low", "so it is used since it is seen");
    assert_eq!(judge_of(&[own()]), "embedded low");
    let mut state = State::new(&[&keys::KIND]);
    observe(&mut state, &user("ana", KEY), &[own(), foreign(OTHER_ACCOUNT, 29..30)].concat());
    let leaks = |state: &State| answer_to(state, None).findings.iter().any(|found| found.rule == "key-leak-suspect");
    assert!(leaks(&state));
    state.remember(&Event { recipient_account_id: OTHER_ACCOUNT, ..event(&user("bo", "")) });
    assert!(!leaks(&state), "an account whose logs were read is no stranger");
}

#[test]
fn tools_of_attackers_are_told_where_they_call() {
    assert_eq!(judge_of(&[burst(0, 9, AWAY, "TruffleHog")]), "leak-suspect high");
    assert_eq!(judge_of(&[burst(0, 9, "ec2.amazonaws.com", "TruffleHog")]), "single info", "no address");
    let (_, _, said) = judged_with(&[burst(0, 9, AWAY, "Pacu/1.5")], None);
    assert_eq!(said, "used by pacu, a tool of attackers and testers: the key may have leaked");
}

#[test]
fn a_short_time_shows_nothing_new_and_says_so() {
    let week = |days| [calls(days, &[10], HOME, CLI), calls(1..2, &[14], OFFICE, CLI)];
    assert!(
        judged_with(&week(0..6), None)
            .2
            .ends_with("; seen for less than 7 days, so nothing in it can be told to be new")
    );
    assert!(judged_with(&week(0..9), None).2.ends_with("at most 1 in one hour"));
    let early = [calls(0..7, &[3, 15], HOME, BOTO), burst(5, 12, AWAY, CLI)];
    assert_eq!(judge_of(&early), "leak-suspect medium", "a program goes on, and another came from elsewhere");
    let test = [burst(0, 9, OFFICE, CLI), calls(0..7, &[10, 15], HOME, BOTO)];
    assert_eq!(judge_of(&test), "roaming low", "a key that its owner tried first");
}

pub(super) fn lookup(geo: Option<&[u8]>, ranges: Option<&str>) -> AddressLookup {
    let file = |bytes: &[u8]| {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes).expect("written");
        file
    };
    let geo = geo.map(|bytes| GeoDatabase::open(&[file(bytes).path().to_owned()]).expect("a database"));
    AddressLookup::new(geo, ranges.map(|text| AwsRanges::read(file(text.as_bytes()).path()).expect("ranges")))
}

#[test]
fn two_countries_in_one_hour() {
    let country = |code| Data::Map(vec![("country", Data::Map(vec![("iso_code", text(code))]))]);
    let nets =
        [("203.0.113.0", 24, country("DE")), ("192.0.2.0", 24, country("DE")), ("198.51.100.0", 24, country("BR"))];
    let geo = lookup(Some(&database("GeoLite2-Country", &nets)), None);
    let person = || calls(workdays(4), &[9, 12, 15], HOME, CLI);
    let verdict = |other: Vec<Call>| judged_with(&[person(), other], Some(&geo)).0;
    assert_eq!(verdict(burst(24, 12, AWAY, CLI)), "leak-suspect");
    assert_eq!(verdict(burst(24, 12, OFFICE, CLI)), "roaming", "the same country");
    assert_eq!(verdict(burst(26, 12, AWAY, CLI)), "roaming", "a weekend abroad");
    assert_eq!(verdict(burst(24, 13, AWAY, CLI)), "leak-suspect", "there and back in three hours");
    assert_eq!(
        verdict(burst(24, 2, AWAY, CLI)),
        "roaming",
        "the night before a Friday: eighteen hours at home are free"
    );
    let late = || calls(workdays(4), &[8, 12, 18], HOME, CLI);
    let verdict_of = |home: Vec<Call>, other| judged_with(&[home, other], Some(&geo)).0;
    assert_eq!(verdict_of(late(), burst(24, 2, AWAY, CLI)), "leak-suspect", "in a night");
    assert_eq!(verdict_of(late(), burst(24, 2, OFFICE, CLI)), "roaming", "in the same country");
    let day_trip = calls(workdays(4).filter(|day| *day != 23), &[8, 12, 18], HOME, CLI);
    assert_eq!(verdict_of(day_trip, burst(23, 12, AWAY, CLI)), "roaming", "a day abroad");
    let evening = calls(workdays(4).filter(|day| *day != 23), &[8, 18], HOME, CLI);
    let early = calls(23..24, &[7, 20], HOME, CLI);
    assert_eq!(judged_with(&[evening, early, burst(23, 12, AWAY, CLI)], Some(&geo)).0, "roaming", "and back at night");
    assert_eq!(judge_of(&[person(), burst(24, 12, AWAY, CLI)]), "roaming low", "nobody knows countries");
}

#[test]
fn ranges_of_ec2_are_machines() {
    let range = |service| {
        let entry = format!(r#"{{"ip_prefix": "203.0.113.0/24", "region": "us-east-1", "service": "{service}"}}"#);
        let file = format!(r#"{{"createDate": "2026-02-01-00-00-00", "prefixes": [{entry}], "ipv6_prefixes": []}}"#);
        lookup(None, Some(&file))
    };
    let verdict = |days, service| judged_with(&[calls(days, &[9], HOME, CLI)], Some(&range(service))).0;
    assert_eq!(verdict(0..2, "EC2"), "embedded");
    assert_eq!(verdict(0..1, "EC2"), "single", "one day");
    assert_eq!(verdict(0..2, "WORKSPACES_GATEWAYS"), "single");
}

#[test]
fn bearer_tokens_are_keys() {
    let ana = user("BedrockAPIKey-826f", "");
    let call = |address, data| Event {
        source_ip_address: address,
        user_agent: "python-requests/2.31",
        additional_event_data: data,
        ..event(&ana)
    };
    let mut state = State::new(&[&keys::KIND]);
    state.observe(&call(HOME, ""));
    assert!(answer_to(&state, None).rows.is_empty(), "a call without a token is none");
    state.observe(&call(HOME, r#"{"callWithBearerToken":true}"#));
    let answer = answer_to(&state, None);
    assert_eq!(answer.rows[0][0], Value::text(&*ana.bearer_key()));
    assert_eq!(answer.findings[0].rule, "key-embedded", "a program with a token");
    assert!(answer.findings[0].subject.ends_with(":user/BedrockAPIKey-826f"));
}
