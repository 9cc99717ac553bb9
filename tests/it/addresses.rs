//! `--aws-ip-ranges` and `--geoip-db` from outside: which reports get their columns, that they say of each row what a scan of
//! the file says, and what a file does that is none.

#[allow(dead_code)]
#[path = "../../src/report/addresses/geo/mmdb_writer.rs"]
mod mmdb_writer;

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};
use trailscan::report::Role;

use self::mmdb_writer::{Data, database, text};
use crate::harness::{Place, audited_logs, count, rows, sample_logs, sample_state};
use crate::records::{calls, delivered, with};

/// Prefixes and what is said of addresses in them, the more telling first.
const RANGES: &[(&str, &str, &str)] = &[
    ("203.0.113.64/29", "S3", "eu-west-1"),
    ("192.0.2.0/25", "EC2", "us-east-1"),
    ("198.51.100.64/26", "EC2", "us-west-2"),
    ("2001:db8::/48", "EC2", "us-east-1"),
    ("192.0.2.0/24", "AMAZON", "us-east-1"),
    ("203.0.113.64/29", "AMAZON", "eu-west-1"),
];

/// The reports with a list of addresses that an audit runs.
fn with_addresses() -> impl Iterator<Item = &'static str> {
    audited_logs().filter(|report| Role::Addresses.place(report.columns).is_some()).map(|report| report.name)
}

/// A file of [`RANGES`].
fn ranges() -> String {
    let entries = |field: &str, of_family: fn(&str) -> bool| -> Vec<Value> {
        let of_family = RANGES.iter().filter(|(prefix, ..)| of_family(prefix));
        let entry = |(prefix, service, region): &(&str, &str, &str)| json!({ field: prefix, "service": service, "region": region, "network_border_group": region });
        of_family.map(entry).collect()
    };
    let v4 = entries("ip_prefix", |prefix| !prefix.contains(':'));
    let v6 = entries("ipv6_prefix", |prefix| prefix.contains(':'));
    json!({ "createDate": "2026-09-07-12-00-00", "prefixes": v4, "ipv6_prefixes": v6 }).to_string()
}

/// The range of an address, else `private` or `outside`.
fn place_of(address: &str) -> String {
    let ip: IpAddr = address.parse().expect("an address");
    let around = |prefix: &str| prefix.parse::<IpNet>().expect("a prefix").contains(&ip);
    match RANGES.iter().find(|(prefix, ..)| around(prefix)) {
        Some((_, service, region)) => format!("{service} {region}"),
        None if address.starts_with("10.") => "private".to_owned(),
        None => "outside".to_owned(),
    }
}

fn columns(report: &Value) -> Vec<&str> {
    let columns = report["columns"].as_array().expect("columns");
    columns.iter().map(|column| column["name"].as_str().expect("a name")).collect()
}

/// The columns that a row's addresses come to.
fn expected(row: &Value) -> (Vec<String>, i64) {
    let (mut within, mut outside) = (BTreeSet::new(), 0);
    for address in row["address_list"].as_array().expect("a list") {
        match place_of(address.as_str().expect("text")).as_str() {
            "private" => {}
            "outside" => outside += 1,
            range => drop(within.insert(range.to_owned())),
        }
    }
    (within.into_iter().collect(), outside)
}

const ELSEWHERE: &str = "workload-credentials-elsewhere";

/// What tells rows of a report apart, and its columns that may change with AWS's ranges: machines in ranges of EC2 are a
/// signal, and a workload elsewhere weighs more outside of AWS.
fn judged(report: &str) -> Option<(&'static str, &'static [&'static str])> {
    match report {
        "key-spread" => Some(("access_key_id", &["verdict", "severity", "signals"])),
        "sessions" => Some(("session_id", &["severity"])),
        _ => None,
    }
}

/// Whether a row is a session that a finding about a workload elsewhere is about.
fn is_of_workload_elsewhere(audit: &Value, row: &Value) -> bool {
    let findings = audit["findings"].as_array().expect("findings").iter();
    let ids = |finding: &Value| finding["evidence"]["session_ids"].as_array().cloned().unwrap_or_default();
    findings.filter(|finding| finding["rule"] == ELSEWHERE).any(|finding| ids(finding).contains(&row["session_id"]))
}

#[test]
fn every_report_with_addresses_says_where_they_are() {
    let place = Place::new();
    place.write("ranges.json", ranges());
    let with = place.trailscan("audit --aws-ip-ranges ranges.json").arg(sample_logs()).json(0);
    let without = place.trailscan("audit").arg(sample_logs()).json(0);
    let (mut seen, mut outside, mut inside) = (BTreeSet::new(), 0, 0);
    for (name, report) in with["reports"].as_object().expect("reports") {
        let before = &without["reports"][name];
        let (all, known) = (columns(report), columns(before));
        let added = &all[known.len()..];
        assert_eq!(all[..known.len()], known, "{name}: columns are added behind those that were");
        if !known.contains(&"address_list") {
            assert!(added.is_empty(), "{name}: {added:?}");
            continue;
        }
        seen.insert(name.as_str());
        let has_issuer = known.contains(&"issued_from");
        let expected_columns = ["aws", "outside_addresses", "issued_from_place"];
        assert_eq!(added, &expected_columns[..if has_issuer { 3 } else { 2 }], "{name}");
        let judged = judged(name);
        for (place, row) in rows(&with, name).iter().enumerate() {
            // Where an address is may change what is judged and so the order.
            let is_same = |before: &&Value| judged.is_some_and(|(id, _)| before[id] == row[id]);
            let before = match judged {
                Some(_) => rows(&without, name).iter().find(is_same),
                None => rows(&without, name).get(place),
            };
            let before = before.expect("the same rows");
            let (within, out) = expected(row);
            assert_eq!((&row["aws"], count(&row["outside_addresses"])), (&json!(within), out), "{name}: {row}");
            outside += out;
            inside += within.len();
            let may_differ = |column: &&str| judged.is_some_and(|(_, columns)| columns.contains(column));
            let is_told = name != "sessions" || is_of_workload_elsewhere(&with, row);
            for column in known.iter().filter(|column| !is_told || !may_differ(column)) {
                assert_eq!(row[column], before[column], "{name}");
            }
        }
    }
    assert_eq!(seen, with_addresses().collect());
    assert!(outside > 50 && inside > 20, "{outside} outside, {inside} ranges");
    let facts = |answer: &Value| -> Vec<String> {
        let findings = answer["findings"].as_array().expect("findings").iter();
        let is_verdict = |f: &&Value| ["key-embedded", "key-roaming"].iter().any(|rule| f["rule"] == *rule);
        let severity = |f: &Value| if f["rule"] == ELSEWHERE { Value::Null } else { f["severity"].clone() };
        let fact = |f: &Value| json!([f["rule"], f["subject"], severity(f), f["count"]]).to_string();
        let mut facts: Vec<String> = findings.filter(|f| !is_verdict(f)).map(fact).collect();
        facts.sort();
        facts
    };
    assert_eq!(facts(&with), facts(&without), "no finding comes or goes but those of machines in ranges of EC2");
}

#[test]
fn a_workload_elsewhere_weighs_by_where_it_is() {
    let place = Place::new();
    place.write("ranges.json", ranges());
    let severity = |arguments: &str, of: &str| {
        let answer = place.trailscan(&format!("sessions {arguments}")).arg(sample_logs()).json(0);
        let findings = answer["findings"].as_array().expect("findings");
        let is_it = |f: &&Value| f["rule"] == ELSEWHERE && f["subject"].as_str().is_some_and(|id| id.contains(of));
        findings.iter().find(is_it).expect("the finding")["severity"].clone()
    };
    // A function in a range of EC2 may have got a new address there; an instance keeps its own.
    let given = "--aws-ip-ranges ranges.json";
    assert_eq!((severity("", "nightly-report"), severity(given, "nightly-report")), (json!("medium"), json!("low")));
    assert_eq!((severity("", "i-0598c7d3"), severity(given, "i-0598c7d3")), (json!("medium"), json!("medium")));
}

#[test]
fn findings_say_where_their_addresses_are() {
    let place = Place::new();
    place.write("ranges.json", ranges());
    let answer = place.trailscan("audit --aws-ip-ranges ranges.json").arg(sample_logs()).json(0);
    let findings = answer["findings"].as_array().expect("findings");
    let mut named = 0;
    for finding in findings {
        let places = finding["evidence"]["address_places"].as_array();
        for place in places.into_iter().flatten() {
            assert_eq!(place["aws"], place_of(place["address"].as_str().expect("text")), "{finding}");
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
    let summary = |rule: &str| {
        let found = findings.iter().find(|finding| finding["rule"] == rule);
        found.unwrap_or_else(|| panic!("no {rule}"))["summary"].as_str().expect("text").to_owned()
    };
    let spread = summary("key-embedded");
    assert!(spread.contains(" outside AWS's ranges, the rest in "), "{spread}");
    let instance = summary("workload-credentials-elsewhere");
    assert!(instance.contains("; the address is in "), "{instance}");
}

#[test]
fn a_trace_says_it_beside_each_address() {
    let place = Place::new();
    place.write("ranges.json", ranges());
    let traced = |arguments: &str| {
        place.trailscan(&format!("trace bob --aws-ip-ranges ranges.json {arguments}")).arg(sample_logs()).ends(0)
    };
    let tree = traced("").text().to_owned();
    assert!(tree.contains("from 192.0.2.10 (EC2 us-east-1)"), "{tree}");
    assert!(tree.contains("AssumeRole 2026-08-26 11:15:00Z, from 198.51.100.40 (outside AWS)"), "{tree}");
    let answer = traced("--format json").json();
    assert!(columns(&answer).ends_with(&["aws", "outside_addresses", "issued_from_place"]));
    let rows = rows(&answer, "trace");
    let used = rows.iter().find(|row| row["kind"] == "access-key").expect("the key of bob");
    assert_eq!((json!(expected(used).0), expected(used).1), (used["aws"].clone(), count(&used["outside_addresses"])));
    assert_eq!(rows[0]["aws"], Value::Null, "a user has no addresses of its own");
    assert!(rows.iter().any(|row| row["issued_from_place"] == "outside AWS"), "{rows:?}");
    // The tree nests the same hops.
    assert_eq!(answer["tree"][0]["children"][0]["aws"], rows[1]["aws"]);
}

#[test]
fn what_is_no_address_is_nowhere() {
    let place = Place::new();
    place.write("ranges.json", ranges());
    let sources = ["AWS Internal", "ec2.amazonaws.com", "192.0.2.1", ""];
    let records: Vec<Value> = calls(sources.len())
        .into_iter()
        .zip(sources)
        .map(|(call, source)| with(call, json!({ "sourceIPAddress": source })))
        .collect();
    place.write("logs/a.json", delivered(&records));
    let answer = place.trailscan("principals logs --aws-ip-ranges ranges.json").json(0);
    let row = &rows(&answer, "principals")[0];
    assert_eq!((&row["aws"], &row["outside_addresses"]), (&json!(["EC2 us-east-1"]), &json!(0)));
    assert_eq!(row["events"], 4);
}

#[test]
fn a_file_that_is_none_is_refused_and_odd_entries_are_told() {
    let place = Place::new();
    place.write("logs/a.json", delivered(&calls(1)));
    for text in ["", "not JSON", "{}", r#"{"prefixes": [], "ipv6_prefixes": []}"#] {
        place.write("none.json", text);
        let refused = place.trailscan("principals logs --aws-ip-ranges none.json").ends(2);
        assert!(refused.stderr.starts_with("trailscan: none.json: cannot be used as AWS's IP ranges: "), "{text:?}");
        assert!(refused.stderr.contains("download https://ip-ranges.amazonaws.com/ip-ranges.json"), "{text:?}");
        assert_eq!((refused.stderr.lines().count(), refused.text()), (1, ""), "{}", refused.stderr);
    }
    place.write("odd.json", ranges().replace("203.0.113.64/29", "203.0.113.64/129"));
    let answer = place.trailscan("principals logs --aws-ip-ranges odd.json").json(0);
    let warnings = answer["coverage"]["warnings"].to_string();
    assert!(warnings.contains("odd.json: 2 of 6 entries are not address ranges"), "{warnings}");
    assert_eq!(rows(&answer, "principals")[0]["aws"], json!(["EC2 us-east-1"]), "the others still say what they say");
}

#[test]
fn the_config_names_a_file_and_the_command_line_wins() {
    let place = Place::new();
    place.write("logs/a.json", delivered(&calls(1)));
    place.write("here.json", ranges());
    place.write("there.json", ranges().replace("us-east-1", "eu-north-1"));
    place.write("trailscan.toml", "aws-ip-ranges = 'here.json'\n");
    let aws = |arguments: &str| {
        let answer = place.trailscan(&format!("principals logs {arguments}")).json(0);
        rows(&answer, "principals")[0]["aws"].clone()
    };
    assert_eq!(aws(""), json!(["EC2 us-east-1"]));
    assert_eq!(aws("--aws-ip-ranges there.json"), json!(["EC2 eu-north-1"]));
    if cfg!(feature = "columnar") {
        // Facts only: an export takes no notice of the config, and has no use for the option.
        place.trailscan("export tables logs").ends(0);
        place.trailscan("export others logs --aws-ip-ranges here.json").ends(2);
    }
}

#[test]
fn a_database_of_countries_speaks_in_every_report() {
    let place = Place::new();
    let country = Data::Map(vec![("country", Data::Map(vec![("iso_code", text("DE"))]))]);
    place.write("country.mmdb", database("GeoLite2-Country", &[("192.0.2.0", 24, country)]));
    let answer = place.trailscan("audit --geoip-db country.mmdb").arg(sample_logs()).json(0);
    for name in with_addresses() {
        let report = &answer["reports"][name];
        assert!(columns(report).contains(&"country_list") && !columns(report).contains(&"aws"), "{name}");
        let (mut known, mut others) = (0, 0);
        for row in rows(&answer, name) {
            let addresses = row["address_list"].as_array().expect("a list");
            let is_known = addresses.iter().any(|address| address.as_str().expect("text").starts_with("192.0.2."));
            let expected = if is_known { json!(["DE"]) } else { json!([]) };
            assert_eq!((&row["country_list"], count(&row["countries"])), (&expected, i64::from(is_known)), "{name}");
            assert_eq!(row["asns"], Value::Null, "no file holds them");
            *(if is_known { &mut known } else { &mut others }) += 1;
        }
        let is_both = known > 0 && others > 0;
        assert!(is_both || known + others < 2, "{name}: {known} with, {others} without");
    }
}

#[test]
fn findings_of_logs_and_state_say_where_their_addresses_are() {
    let place = Place::new();
    place.write("ranges.json", ranges());
    let run = place.trailscan("posture --aws-ip-ranges ranges.json --iam-dir").arg(sample_state()).arg(sample_logs());
    let answer = run.json(0);
    let findings = answer["reports"]["posture"]["findings"].as_array().or(answer["findings"].as_array());
    let with_addresses = findings.expect("findings").iter().map(|finding| &finding["evidence"]);
    let mut seen = 0;
    for evidence in with_addresses.filter(|evidence| evidence["address_list"].is_array()) {
        let listed: BTreeSet<&str> =
            evidence["address_list"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        let placed = evidence["address_places"].as_array().expect("places");
        assert_eq!(placed.len(), listed.len(), "{evidence}");
        for told in placed {
            let address = told["address"].as_str().expect("an address");
            assert!(listed.contains(address), "{address}");
            assert_eq!(told["aws"], place_of(address), "{address}");
        }
        seen += 1;
    }
    assert!(seen >= 2, "an old key in use, and a user who signs in without MFA: {seen}");
}
