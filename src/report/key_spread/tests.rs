use proptest::prelude::*;

use super::verdict::Verdict;
use super::*;
use crate::aggregate::State;
use crate::aggregate::testing::{Step, fold, steps};
use crate::model::testing::{ACCOUNT, OTHER_ACCOUNT, at, event, user};
use crate::model::{EventTime, IdentityType, UserIdentity};
use crate::report::addresses::mmdb_writer::{Data, database, text};
use crate::report::{AwsRanges, GeoDatabase, Options, Value};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const CLI: &str = "aws-cli/2.17.3 Python/3.11.8";
const START: &str = "2024-01-01T00:00:00Z";

/// A call with the key: time, address, agent, errorCode.
type Call<'a> = (&'a str, &'a str, &'a str, &'a str);

fn state_of(identity: &UserIdentity<'_>, calls: &[Call<'_>]) -> State {
    let mut state = State::new(&[&keys::KIND]);
    for &(time, address, agent, error) in calls {
        let mut event = event(identity);
        event.event_time = Some(at(time));
        event.source_ip_address = address;
        event.user_agent = agent;
        event.error_code = error;
        state.observe(&event);
    }
    state
}

fn answer_of(state: &State, options: &[(&ReportOption, i64)], as_of: Option<EventTime>) -> Answer {
    let mut set = Options::default();
    set.set(&MIN_ADDRESSES, 0).expect("0 is allowed");
    for &(option, value) in options {
        set.set(option, value).expect("an allowed value");
    }
    answer(&View { as_of, ..View::new(state, &set) })
}

fn cell<'a>(answer: &'a Answer, row: usize, column: &str) -> &'a Value {
    let place = answer.columns.iter().position(|c| c.name == column).expect("a column of the report");
    &answer.rows[row][place]
}

fn verdict(calls: &[Call<'_>]) -> String {
    let answer = answer_of(&state_of(&user("ana", KEY), calls), &[], None);
    let Value::Text(verdict) = cell(&answer, 0, "verdict") else { panic!("no verdict") };
    verdict.clone()
}

fn counts(calls: &[Call<'_>], columns: &[&str]) -> Vec<Value> {
    let answer = answer_of(&state_of(&user("ana", KEY), calls), &[], None);
    columns.iter().map(|column| cell(&answer, 0, column).clone()).collect()
}

#[test]
fn quiet_until_a_call_succeeds() {
    let failed = (START, "192.0.2.1", CLI, "AccessDenied");
    assert_eq!(verdict(&[failed, ("2024-01-01T00:00:01Z", "198.51.100.1", CLI, "Throttling")]), "quiet");
    assert_eq!(verdict(&[failed, ("2024-01-01T00:00:01Z", "192.0.2.1", CLI, "")]), "single");
}

#[test]
fn single_is_one_network_however_many_addresses() {
    let one = [(START, "192.0.2.1", CLI, ""), (START, "192.0.2.2", CLI, ""), (START, "192.0.2.3", CLI, "")];
    assert_eq!(verdict(&one), "single");
    let next = one.map(|(_, address, agent, error)| ("2024-01-02T00:00:00Z", address, agent, error));
    let other = |time| (time, "192.0.3.3", CLI, "");
    let two_days = [one[0], one[1], other(START), next[0], next[1], other(next[0].0)];
    assert_eq!((verdict(&two_days), verdict(&two_days[..3])), ("embedded".to_owned(), "roaming".to_owned()));
    assert_eq!(verdict(&[(START, "athena.amazonaws.com", CLI, "")]), "single", "no network at all");
}

#[test]
fn embedded_needs_three_canonical_addresses_in_one_clock_hour() {
    let calls = |third: Call<'static>| {
        let first = ("2024-01-02T10:00:00Z", "192.0.2.1", CLI, "");
        let second = ("2024-01-02T10:59:59Z", "198.51.100.1", CLI, "");
        [(START, first.1, CLI, ""), (START, second.1, CLI, ""), first, second, (START, third.1, CLI, ""), third]
    };
    assert_eq!(verdict(&calls(("2024-01-02T10:30:00Z", "203.0.113.1", CLI, ""))), "embedded");
    assert_eq!(verdict(&calls(("2024-01-02T11:00:00Z", "203.0.113.1", CLI, ""))), "roaming", "the next hour");
    assert_eq!(verdict(&calls(("2024-01-02T10:30:00Z", "::ffff:192.0.2.1", CLI, ""))), "roaming", "the same address");
    assert_eq!(verdict(&calls(("2024-01-02T10:30:00Z", "192.000.2.01", CLI, ""))), "roaming", "the same address");
    assert_eq!(verdict(&calls(("2024-01-02T10:30:00Z", "ec2.amazonaws.com", CLI, ""))), "roaming", "a service");
}

#[test]
fn a_leak_suspect_needs_a_late_network_and_a_late_agent() {
    let calls = |time, address, agent| [(START, "192.0.2.1", CLI, ""), (time, address, agent, "")];
    let (late, early) = ("2024-01-08T00:00:00Z", "2024-01-07T23:59:59Z");
    let (new, python) = ("198.51.100.1", "python-requests/2.31.0");
    assert_eq!(verdict(&calls(late, new, python)), "leak-suspect");
    assert_eq!(verdict(&calls(early, new, python)), "roaming", "a second too early");
    assert_eq!(verdict(&calls(late, new, "aws-cli/2.99.0")), "roaming", "a new version is no new program");
    assert_eq!(
        verdict(&calls(late, new, "athena.amazonaws.com")),
        "leak-suspect",
        "at an address it is the caller's word"
    );
    let host = "athena.amazonaws.com";
    let by_service = [(START, "192.0.2.1", CLI, ""), (late, new, CLI, ""), (late, host, host, "")];
    assert_eq!(verdict(&by_service), "roaming", "a service that calls for the caller is no program");
    let apart = [(START, "192.0.2.1", CLI, ""), (late, new, CLI, ""), (late, "192.0.2.1", python, "")];
    assert_eq!(verdict(&apart), "roaming", "a new program that was never used from the new network");
    assert_eq!(verdict(&calls(late, "192.0.2.9", python)), "single", "a new program in the old network");
    assert_eq!(verdict(&calls(late, new, "")), "leak-suspect", "no agent is a new agent");
}

#[test]
fn thresholds_are_options() {
    let calls = [(START, "192.0.2.1", CLI, ""), ("2024-01-03T00:00:00Z", "198.51.100.1", "curl/8.1", "")];
    let state = state_of(&user("ana", KEY), &calls);
    let verdict_with = |options: &[(&ReportOption, i64)]| cell(&answer_of(&state, options, None), 0, "verdict").clone();
    assert_eq!(verdict_with(&[]), Value::text("roaming"));
    assert_eq!(verdict_with(&[(&LEAK_DAYS, 2)]), Value::text("leak-suspect"));
    let at_once = [START, "2024-01-02T00:00:00Z"]
        .map(|time| ["192.0.2.1", "198.51.100.1"].map(|address| (time, address, CLI, "")))
        .concat();
    let state = state_of(&user("ana", KEY), &at_once);
    assert_eq!(cell(&answer_of(&state, &[], None), 0, "verdict"), &Value::text("roaming"));
    assert_eq!(cell(&answer_of(&state, &[(&EMBEDDED_PEAK, 2)], None), 0, "verdict"), &Value::text("embedded"));
}

#[test]
fn what_is_counted() {
    let calls = [
        (START, "192.0.2.1", CLI, ""),
        (START, "::ffff:192.0.2.1", "aws-cli/1.0", "AccessDenied"),
        ("2024-01-02T00:00:00Z", "10.0.0.1", "", "ThrottlingException"),
        (START, "2001:db8::1", "Boto3/1.34", ""),
        (START, "2001:db8::2", "Boto3/1.34", ""),
        (START, "athena.amazonaws.com", "athena.amazonaws.com", ""),
        (START, "AWS Internal", CLI, ""),
    ];
    let columns = [
        "events",
        "errors",
        "denied",
        "addresses",
        "private_addresses",
        "service_sources",
        "networks",
        "peak_concurrent_addresses",
        "user_agents",
        "agent_families",
        "regions",
        "active_days",
    ];
    let expected: Vec<Value> = [7, 2, 1, 4, 1, 1, 3, 1, 4, 3, 1, 2].map(Value::Count).into();
    assert_eq!(counts(&calls, &columns), expected);
    let list = ["10.0.0.1", "192.0.2.1", "2001:db8::1", "2001:db8::2"].map(|text| text.parse().expect("an address"));
    assert_eq!(counts(&calls, &["address_list"]), [Value::addresses(Vec::from(list))]);
    let times = [Value::Time(at(START)), Value::Time(at("2024-01-02T00:00:00Z")), Value::Time(at(START))];
    assert_eq!(counts(&calls, &["first_seen", "last_seen", "last_success"]), times);
}

#[test]
fn a_public_address_through_a_vpc_endpoint_counts_as_private() {
    let ana = user("ana", KEY);
    let mut state = State::new(&[&keys::KIND]);
    let mut call = event(&ana);
    state.observe(&call);
    assert_eq!(cell(&answer_of(&state, &[], None), 0, "private_addresses"), &Value::Count(0));
    call.vpc_endpoint_id = "vpce-1a2b3c4d";
    state.observe(&call);
    assert_eq!(cell(&answer_of(&state, &[], None), 0, "private_addresses"), &Value::Count(1));
}

#[test]
fn min_addresses_hides_rows_but_no_finding() {
    let single = state_of(&user("ana", KEY), &[(START, "192.0.2.1", CLI, "")]);
    let options = Options::default();
    let rows = |is_overview| answer(&View { is_overview, ..View::new(&single, &options) }).rows.len();
    assert_eq!((rows(true), rows(false)), (0, 1), "the default acts on tables only");
    let state = state_of(&user("ana", KEY), &[(START, "192.0.2.1", CLI, "AccessDenied")]);
    let overview = answer(&View { is_overview: true, ..View::new(&state, &options) });
    assert_eq!(overview.rows.len(), 1, "by default what a finding is about has its row");
    let answer = answer_of(&state, &[(&MIN_ADDRESSES, 2)], None);
    assert!(answer.rows.is_empty());
    assert_eq!(answer.findings[0].rule, "key-quiet");
    assert_eq!(answer_of(&state, &[(&MIN_ADDRESSES, 1)], None).rows.len(), 1);
    assert_eq!((MIN_ADDRESSES.default, EMBEDDED_PEAK.default, LEAK_DAYS.default), (2, 3, 7));
}

#[test]
fn a_finding_explains_its_verdict() {
    let calls = [
        (START, "192.0.2.1", CLI, ""),
        ("2024-01-20T00:00:00Z", "198.51.100.1", "python-requests/2.31.0", ""),
        ("2024-01-20T00:01:00Z", "198.51.100.2", "python-requests/2.31.0", ""),
    ];
    let answer = answer_of(&state_of(&user("ana", KEY), &calls), &[], None);
    let [finding] = &answer.findings[..] else { panic!("{:?}", answer.findings) };
    assert_eq!((finding.severity, finding.rule), (Severity::High, "key-leak-suspect"));
    assert_eq!((finding.subject.as_str(), finding.account_id.as_str(), finding.count), (KEY, ACCOUNT, 2));
    let expected = json!([{"network": "198.51.100.0/24", "first_seen": "2024-01-20T00:00:00Z", "events": 2}]);
    assert_eq!(finding.evidence["new_networks"], expected);
    assert_eq!(finding.evidence["new_agent_families"][0]["agent_family"], "python-requests");
    assert_eq!(finding.evidence["leak_days"], 7);
    let single = answer_of(&state_of(&user("ana", KEY), &calls[..1]), &[], None);
    assert!(single.findings.is_empty());
}

#[test]
fn the_peak_hour_is_the_earliest_of_equals() {
    let calls = [("2024-01-03T05:10:00Z", "192.0.2.1", CLI, ""), ("2024-01-02T07:20:00Z", "198.51.100.1", CLI, "")];
    let answer = answer_of(&state_of(&user("ana", KEY), &calls), &[], None);
    assert_eq!(answer.findings[0].rule, "key-roaming");
    assert_eq!(answer.findings[0].evidence["peak_hour"], "2024-01-02T07:00:00Z");
}

#[test]
fn the_severity_table_of_the_help_is_the_one_in_force() {
    for verdict in Verdict::ALL {
        let severity = verdict.worst().as_str();
        let line = ABOUT.lines().find(|line| line.trim_start().starts_with(verdict.as_str())).expect("in the table");
        assert_eq!(line.split_whitespace().nth(1), Some(severity), "{line}");
    }
    for signal in signal::Signal::ALL {
        let told = ABOUT.split(&format!("  {}  ", signal.as_str())).nth(1).unwrap_or_else(|| panic!("{signal:?}"));
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let misses = told.split(" Not: ").nth(1).expect("what it does not see");
        assert!(misses.starts_with(signal.misses()), "{signal:?}: {misses}");
    }
}

#[test]
fn age_is_exact_with_a_creation_and_at_least_without() {
    let ana = user("ana", KEY);
    let mut state = state_of(&ana, &[("2024-01-10T12:00:00Z", "192.0.2.1", CLI, "")]);
    let as_of = Some(at("2024-01-20T11:00:00Z"));
    let age = |state: &State, as_of| {
        let answer = answer_of(state, &[], as_of);
        (cell(&answer, 0, "age_days").clone(), cell(&answer, 0, "age_basis").clone())
    };
    assert_eq!(age(&state, as_of), (Value::Count(9), Value::text("first-seen")));
    assert_eq!(age(&state, None), (Value::Null, Value::text("first-seen")));
    let mut created = event(&ana);
    created.event_name = "CreateAccessKey";
    created.event_source = "iam.amazonaws.com";
    created.response_elements =
        r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","createDate":"Feb 1, 2024, 1:00:00 AM"}}"#;
    state.remember(&created);
    assert_eq!(age(&state, as_of).1, Value::text("first-seen"), "created after its first use");
    created.response_elements =
        r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","createDate":"Jan 1, 2024, 1:00:00 AM"}}"#;
    state.remember(&created);
    assert_eq!(age(&state, as_of), (Value::Count(19), Value::text("created")));
    assert_eq!(age(&state, Some(at("2023-01-01T00:00:00Z"))).0, Value::Count(0));
}

#[test]
fn of_several_holders_the_most_frequent_is_named_and_told() {
    let (ana, bo) = (user("ana", KEY), user("bo", KEY));
    let state_with = |identities: &[&UserIdentity<'_>]| {
        let mut state = State::new(&[&keys::KIND]);
        identities.iter().for_each(|identity| state.observe(&event(identity)));
        state
    };
    let principal = |state: &State| cell(&answer_of(state, &[], None), 0, "principal").clone();
    let (of_ana, of_bo) = (Value::text(&*ana.arn), Value::text(&*bo.arn));
    assert_eq!(principal(&state_with(&[&bo, &ana])), of_ana, "a tie goes to the smaller text");
    assert_eq!(principal(&state_with(&[&bo, &ana, &bo])), of_bo);
    let findings = answer_of(&state_with(&[&bo, &ana]), &[], None).findings;
    assert_eq!(findings[0].rule, "key-several-holders");
    assert!(answer_of(&state_with(&[&bo, &bo]), &[], None).findings.is_empty());
}

#[test]
fn accounts_come_from_the_credential_else_from_the_receiver() {
    let account = |account_id: &str| {
        let identity = UserIdentity { account_id: account_id.into(), ..user("ana", KEY) };
        let mut state = State::new(&[&keys::KIND]);
        state.observe(&crate::model::Event { recipient_account_id: OTHER_ACCOUNT, ..event(&identity) });
        cell(&answer_of(&state, &[], None), 0, "account_id").clone()
    };
    assert_eq!(account(ACCOUNT), Value::text(ACCOUNT));
    assert_eq!(account(""), Value::text(OTHER_ACCOUNT));
}

#[test]
fn worst_come_first_then_the_busiest_then_by_key() {
    let mut state = State::new(&[&keys::KIND]);
    let mut call = |key: &str, address: &'static str| {
        let identity = UserIdentity { kind: IdentityType::Root, ..user("x", key) };
        let mut event = event(&identity);
        event.source_ip_address = address;
        state.observe(&event);
    };
    for address in ["192.0.2.1", "192.0.2.2", "198.51.100.1", "198.51.100.2", "203.0.113.1", "203.0.113.2"] {
        call("AKIAZEXAMPLE", address);
    }
    for key in ["AKIAYEXAMPLE", "AKIAYEXAMPLE", "AKIAXEXAMPLE", "AKIAWEXAMPLE"] {
        call(key, "192.0.2.1");
    }
    let answer = answer_of(&state, &[], None);
    let ids: Vec<_> = (0..4).map(|row| cell(&answer, row, "access_key_id").clone()).collect();
    assert_eq!(ids, ["AKIAZEXAMPLE", "AKIAYEXAMPLE", "AKIAWEXAMPLE", "AKIAXEXAMPLE"].map(Value::text));
}

/// A look-up in a database of this type from bytes, through a file.
fn lookup_of(bytes: &[u8]) -> AddressLookup {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("written");
    AddressLookup::new(Some(GeoDatabase::open(&[file.path().to_owned()]).expect("a database")), None)
}

#[test]
fn places_are_added_when_a_database_is_given() {
    let country = |code| Data::Map(vec![("country", Data::Map(vec![("iso_code", text(code))]))]);
    let geo = lookup_of(&database("GeoLite2-Country", &[("192.0.2.0", 24, country("DE"))]));
    let calls = [(START, "192.0.2.1", CLI, ""), (START, "192.0.2.2", CLI, ""), (START, "203.0.113.1", CLI, "")];
    let state = state_of(&user("ana", KEY), &calls);
    let options = Options::default();
    let answer = answer(&View { addresses: Some(&geo), ..View::new(&state, &options) });
    assert_eq!(cell(&answer, 0, "countries"), &Value::Count(1));
    assert_eq!(cell(&answer, 0, "country_list"), &Value::List(vec!["DE".to_owned()]));
    assert_eq!(cell(&answer, 0, "asns"), &Value::Null, "no file holds them");
    assert_eq!(answer.columns.len(), COLUMNS.len() + 4);
    assert!(answer.findings.iter().all(|finding| finding.rule != "geoip-entry-unreadable"));
}

#[test]
fn an_entry_that_cannot_be_read_is_told() {
    let broken = Data::Map(vec![("country", text("not a map"))]);
    let geo = lookup_of(&database("GeoLite2-Country", &[("192.0.2.0", 24, broken)]));
    let calls = [(START, "192.0.2.1", CLI, ""), (START, "203.0.113.1", CLI, "")];
    let state = state_of(&user("ana", KEY), &calls);
    let answer = answer(&View { addresses: Some(&geo), ..View::new(&state, &Options::default()) });
    let told = answer.findings.iter().find(|finding| finding.rule == "geoip-entry-unreadable").expect("told");
    assert_eq!(told.count, 1);
    assert!(told.summary.contains("192.0.2.1"), "{}", told.summary);
}

/// The finding of a verdict of one key, with AWS's ranges for 192.0.2.0/24.
fn told_with_ranges(calls: &[Call<'_>]) -> Finding {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let entry = r#"{"ip_prefix": "192.0.2.0/24", "region": "us-east-1", "service": "EC2"}"#;
    let ranges = format!(r#"{{"createDate": "2024-02-01-00-00-00", "prefixes": [{entry}], "ipv6_prefixes": []}}"#);
    std::fs::write(file.path(), ranges).expect("written");
    let lookup = AddressLookup::new(None, Some(AwsRanges::read(file.path()).expect("ranges")));
    let (state, options) = (state_of(&user("ana", KEY), calls), Options::default());
    let with = answer(&View { addresses: Some(&lookup), ..View::new(&state, &options) });
    let without = answer(&View::new(&state, &options));
    let (mut with, without) = (with.findings, without.findings);
    let verdict = |findings: &[Finding]| (findings.len(), findings[0].rule, findings[0].severity, findings[0].count);
    assert_eq!(verdict(&with), verdict(&without), "one day in AWS's ranges is no machine");
    assert!(with[0].summary.starts_with(&without[0].summary));
    with.remove(0)
}

#[test]
fn a_key_that_leaves_aws_is_told_apart_from_one_that_comes_there() {
    const LATE: &str = "2024-01-20T00:00:00Z";
    let boto = "Boto3/1.34.0";
    let left = told_with_ranges(&[(START, "192.0.2.1", CLI, ""), (LATE, "203.0.113.1", boto, "")]);
    let says = "; before it came from EC2 us-east-1 only, the new addresses are outside AWS's ranges";
    assert!(left.rule == "key-leak-suspect" && left.summary.ends_with(says), "{}", left.summary);
    assert_eq!(left.evidence["aws"], json!(["EC2 us-east-1"]));
    assert_eq!(left.evidence["outside_addresses"], json!(1));
    assert_eq!(left.evidence["aws_ranges_published"], json!("2024-02-01T00:00:00Z"));
    let came = told_with_ranges(&[(START, "203.0.113.1", CLI, ""), (LATE, "192.0.2.1", boto, "")]);
    let says = "; the new addresses are in EC2 us-east-1, none was in AWS's ranges before";
    assert!(came.summary.ends_with(says), "{}", came.summary);
    // An outside address among the old ones: it did not leave.
    let before = [(START, "192.0.2.1", CLI, ""), (START, "198.51.100.1", CLI, "")];
    let neither = told_with_ranges(&[before[0], before[1], (LATE, "203.0.113.1", boto, "")]);
    let says = "; 2 of 3 addresses are outside AWS's ranges, the rest in EC2 us-east-1";
    assert!(neither.rule == "key-leak-suspect" && neither.summary.ends_with(says), "{}", neither.summary);
}

fn whole(state: &State) -> (Vec<Vec<Value>>, Vec<Finding>) {
    let answer = answer_of(state, &[], Some(at("2024-02-15T00:00:00Z")));
    (answer.rows, answer.findings)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_split_order_and_saving_give_the_same_answer(steps in steps(), cut in 0usize..40) {
        let kinds = [&keys::KIND];
        let expected = whole(&fold(&kinds, &steps));
        let (left, right) = steps.split_at(cut.min(steps.len()));
        prop_assert_eq!(&whole(&fold(&kinds, right).merge(fold(&kinds, left))), &expected);
        let backwards: Vec<Step> = steps.iter().rev().cloned().collect();
        prop_assert_eq!(&whole(&fold(&kinds, &backwards)), &expected);
        let loaded = State::load(&kinds, &fold(&kinds, &steps).save()).expect("what was saved");
        prop_assert_eq!(&whole(&loaded), &expected);
    }
}

/// The charts of several keys, each with its calls.
fn charts_of(keys: &[(&str, &[Call<'_>])]) -> Vec<crate::report::charts::Chart> {
    let states = keys.iter().map(|(key, calls)| state_of(&user(key, key), calls));
    let state = states.reduce(State::merge).expect("a key");
    let options = Options::default();
    REPORT.charts_of(&View { as_of: Some(at("2024-02-01T00:00:00Z")), ..View::new(&state, &options) })
}

#[test]
fn the_matrix_rings_what_was_used_at_once_and_shows_shared_networks_below_each_other() {
    use crate::report::charts::{GridColumns, Picture};
    let at_once: &[Call<'_>] = &[
        ("2024-01-01T10:00:00Z", "192.0.2.1", CLI, ""),
        ("2024-01-01T10:30:00Z", "198.51.100.1", CLI, ""),
        ("2024-01-01T12:00:00Z", "203.0.113.1", CLI, ""),
    ];
    let later: &[Call<'_>] =
        &[("2024-01-02T10:00:00Z", "203.0.113.9", CLI, ""), ("2024-01-02T11:00:00Z", "ec2.amazonaws.com", CLI, "")];
    let charts = charts_of(&[("AKIAONE", at_once), ("AKIATWO", later)]);
    let Picture::Grid(grid) = &charts[0].picture else { panic!("a grid") };
    let GridColumns::Names(names) = &grid.columns else { panic!("networks") };
    let told: Vec<String> = grid
        .rows
        .iter()
        .flat_map(|row| {
            row.cells.iter().map(|cell| format!("{} {} {} {}", row.label, names[cell.column], cell.count, cell.marked))
        })
        .collect();
    let expected = [
        "AKIAONE 192.0.2.0/24 1 true",
        "AKIAONE 198.51.100.0/24 1 true",
        "AKIAONE 203.0.113.0/24 1 false",
        "AKIATWO 203.0.113.0/24 1 false",
    ];
    assert_eq!(told, expected);
    assert!(
        grid.rows[0].note.ends_with("3 networks, 2 addresses at once on 2024-01-01 at 10h"),
        "{}",
        grid.rows[0].note
    );
}

#[test]
fn networks_past_the_last_column_share_one_and_nothing_is_lost() {
    use crate::report::charts::{GridColumns, Picture};
    let addresses: Vec<String> = (0..90).map(|i| format!("198.51.{i}.1")).collect();
    let calls: Vec<Call<'_>> = addresses.iter().map(|address| (START, address.as_str(), CLI, "")).collect();
    let shared = [calls[89], calls[88]];
    let charts = charts_of(&[("AKIAMANY", &calls), ("AKIATWO", &shared)]);
    let Picture::Grid(grid) = &charts[0].picture else { panic!("a grid") };
    let GridColumns::Names(names) = &grid.columns else { panic!("networks") };
    assert!(names.contains(&"198.51.88.0/24".to_owned()) && names.contains(&"198.51.89.0/24".to_owned()), "{names:?}");
    assert_eq!((names.len(), names[24].as_str()), (25, "66 more"));
    let sums: Vec<i64> = grid.rows.iter().map(|row| row.cells.iter().map(|cell| cell.count).sum()).collect();
    assert_eq!(sums, [90, 2]);
}
