use std::path::PathBuf;

use serde_json::json;

use super::mmdb_writer::{Data, database, text};
use super::*;
use crate::aggregate::State;
use crate::report::{Answer, Column, Finding, Options, Severity, Value, View};

const RANGES: &str = r#"{
    "prefixes": [
        {"ip_prefix": "192.0.2.0/25", "region": "us-east-1", "service": "EC2", "network_border_group": "us-east-1"},
        {"ip_prefix": "198.51.100.0/24", "region": "GLOBAL", "service": "CLOUDFRONT", "network_border_group": "GLOBAL"}
    ],
    "ipv6_prefixes": []
}"#;

/// A look-up in AWS's ranges, and in a country file where it is asked for.
fn lookup(country: Option<Data>, with_aws: bool) -> AddressLookup {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    let geo = country.map(|entry| {
        let path = write("country.mmdb", &database("GeoLite2-Country", &[("192.0.2.0", 24, entry)]));
        GeoDatabase::open(&[path]).expect("a database")
    });
    let aws = with_aws.then(|| AwsRanges::read(&write("ip-ranges.json", RANGES.as_bytes())).expect("ranges"));
    AddressLookup::new(geo, aws)
}

fn country(code: &str) -> Data {
    Data::Map(vec![("country", Data::Map(vec![("iso_code", text(code))]))])
}

fn list(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|&text| text.to_owned()).collect())
}

fn addresses(texts: &[&str]) -> Value {
    Value::addresses(texts.iter().map(|text| text.parse().expect("an address")).collect::<Vec<IpAddr>>())
}

/// The answer with places for these rows of (address_list, issued_from), and the failures.
fn answered(lookup: Option<&AddressLookup>, rows: Vec<Vec<Value>>, findings: Vec<Finding>) -> (Answer, usize) {
    let columns = vec![
        Column::addresses("address_list", "The IP addresses."),
        Column::issued_from("issued_from", "Source address."),
    ];
    let (state, options) = (State::new(&[]), Options::default());
    let mut answer = Answer { columns, rows, findings, ..Answer::default() };
    let view = View { addresses: lookup, ..View::new(&state, &options) };
    let failures = add_places(&view, &mut answer);
    (answer, failures.count)
}

fn names(answer: &Answer) -> Vec<&'static str> {
    answer.columns.iter().skip(2).map(|column| column.name).collect()
}

#[test]
fn without_files_nothing_is_added() {
    let (answer, _) = answered(None, vec![vec![addresses(&["192.0.2.1"]), Value::Null]], Vec::new());
    assert_eq!((names(&answer), answer.rows[0].len()), (Vec::new(), 2));
}

#[test]
fn columns_speak_of_all_addresses_of_a_row() {
    let rows = vec![
        vec![
            addresses(&["10.0.0.1", "192.0.2.1", "192.0.2.2", "192.0.2.200", "203.0.113.1"]),
            Value::issued_from("192.0.2.1"),
        ],
        vec![addresses(&["198.51.100.1", "192.0.2.7"]), Value::issued_from("ec2.amazonaws.com")],
        vec![addresses(&[]), Value::issued_from("203.0.113.1")],
        vec![Value::Null, Value::Null],
    ];
    let (answer, failures) = answered(Some(&lookup(None, true)), rows, Vec::new());
    assert_eq!(names(&answer), ["aws", "outside_addresses", "issued_from_place"]);
    let added: Vec<&[Value]> = answer.rows.iter().map(|row| &row[2..]).collect();
    assert_eq!(added[0], [list(&["EC2 us-east-1"]), Value::Count(2), Value::text("EC2 us-east-1")]);
    assert_eq!(added[1], [list(&["CLOUDFRONT GLOBAL", "EC2 us-east-1"]), Value::Count(0), Value::Null]);
    assert_eq!(added[2], [list(&[]), Value::Count(0), Value::text("outside AWS")]);
    assert_eq!(added[3], [Value::Null, Value::Null, Value::Null]);
    assert_eq!(failures, 0);
}

#[test]
fn files_stand_side_by_side() {
    let rows = vec![vec![addresses(&["192.0.2.1", "192.0.2.200"]), Value::issued_from("192.0.2.200")]];
    let (answer, _) = answered(Some(&lookup(Some(country("DE")), true)), rows.clone(), Vec::new());
    let all = ["asns", "asn_list", "countries", "country_list", "aws", "outside_addresses", "issued_from_place"];
    assert_eq!(names(&answer), all);
    assert_eq!(answer.rows[0][2..4], [Value::Null, Value::Null], "no file holds autonomous systems");
    assert_eq!(answer.rows[0][4..6], [Value::Count(1), list(&["DE"])]);
    assert_eq!(answer.rows[0][8], Value::text("outside AWS, DE"));
    let (answer, _) = answered(Some(&lookup(Some(country("DE")), false)), rows, Vec::new());
    assert_eq!(names(&answer), ["asns", "asn_list", "countries", "country_list", "issued_from_place"]);
}

#[test]
fn findings_say_where_the_addresses_are_that_they_name() {
    let evidence = json!({ "address_list": ["192.0.2.1", "203.0.113.1"], "issued_from": "AWS Internal", "events": 3 });
    let serde_json::Value::Object(evidence) = evidence else { unreachable!() };
    let finding = |evidence| Finding {
        severity: Severity::Low,
        rule: "key-roaming",
        account_id: String::new(),
        subject: String::new(),
        summary: String::new(),
        count: 1,
        evidence,
    };
    let findings = vec![finding(evidence), finding(serde_json::Map::new())];
    let (answer, _) = answered(Some(&lookup(Some(country("DE")), true)), Vec::new(), findings);
    let expected = json!([
        { "address": "192.0.2.1", "aws": "EC2 us-east-1", "country": "DE" },
        { "address": "203.0.113.1", "aws": "outside" },
    ]);
    assert_eq!(answer.findings[0].evidence["address_places"], expected);
    assert!(answer.findings[1].evidence.is_empty());
}

#[test]
fn an_entry_that_cannot_be_read_is_warned_of() {
    let broken = Data::Map(vec![("country", text("not a map"))]);
    let lookup = lookup(Some(broken), false);
    assert_eq!(lookup.warnings(None), [""; 0]);
    let rows = vec![vec![addresses(&["192.0.2.1", "203.0.113.1"]), Value::Null]];
    let (answer, failures) = answered(Some(&lookup), rows, Vec::new());
    assert_eq!((&answer.rows[0][4], failures), (&Value::Count(0), 1));
    let warnings = lookup.warnings(None);
    assert!(warnings[0].starts_with("1 GeoIP look-up failed") && warnings[0].contains("192.0.2.1"), "{warnings:?}");
}

#[test]
fn whereabouts_in_a_sentence() {
    let lookup = lookup(None, true);
    let aws = lookup.aws().expect("ranges");
    let sentence = |addresses: &[&str]| {
        let parsed: Vec<IpAddr> = addresses.iter().map(|text| text.parse().expect("an address")).collect();
        Whereabouts::of(&parsed, aws).sentence().unwrap_or_default()
    };
    let (ec2, ec2_2, edge, out, out_2) = ("192.0.2.1", "192.0.2.2", "198.51.100.1", "203.0.113.1", "192.0.2.128");
    for (addresses, expected) in [
        (&[][..], ""),
        (&["10.0.0.1"], ""),
        (&[ec2], "the address is in EC2 us-east-1"),
        (&[ec2, ec2_2], "all 2 addresses are in EC2 us-east-1"),
        (&[ec2, edge], "all 2 addresses are in CLOUDFRONT GLOBAL and EC2 us-east-1"),
        (&[ec2, ec2_2, "10.0.0.1"], "all 2 public addresses are in EC2 us-east-1"),
        (&[out], "no address is in AWS's ranges"),
        (&[out, "fd00::1"], "no public address is in AWS's ranges"),
        (&[ec2, out], "1 of 2 addresses is outside AWS's ranges, the rest in EC2 us-east-1"),
        (&[ec2, out, out_2], "2 of 3 addresses are outside AWS's ranges, the rest in EC2 us-east-1"),
    ] {
        assert_eq!(sentence(addresses), expected, "{addresses:?}");
    }
}
