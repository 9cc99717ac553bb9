use std::path::Path;

use serde_json::json;

use super::*;

fn v4(prefix: &str, service: &str, region: &str) -> Value {
    json!({ "ip_prefix": prefix, "region": region, "service": service, "network_border_group": region })
}

fn v6(prefix: &str, service: &str, region: &str) -> Value {
    json!({ "ipv6_prefix": prefix, "region": region, "service": service, "network_border_group": region })
}

fn file(v4: &[Value], v6: &[Value]) -> Vec<u8> {
    let written = json!({
        "syncToken": "1788782400", "createDate": "2026-09-07-12-00-00", "prefixes": v4, "ipv6_prefixes": v6,
    });
    written.to_string().into_bytes()
}

fn read(v4: &[Value], v6: &[Value]) -> AwsRanges {
    AwsRanges::from_json(Path::new("ip-ranges.json"), &file(v4, v6)).expect("ranges")
}

fn place(ranges: &AwsRanges, address: &str) -> String {
    ranges.place(address.parse().expect("an address")).to_string()
}

#[test]
fn ranges_end_where_they_end() {
    let ranges = read(&[v4("192.0.2.64/26", "EC2", "eu-west-1")], &[v6("2001:db8:1::/48", "EC2", "us-east-1")]);
    for (address, expected) in [
        ("192.0.2.63", "outside"),
        ("192.0.2.64", "EC2 eu-west-1"),
        ("192.0.2.127", "EC2 eu-west-1"),
        ("192.0.2.128", "outside"),
        ("2001:db8:0:ffff:ffff:ffff:ffff:ffff", "outside"),
        ("2001:db8:1::", "EC2 us-east-1"),
        ("2001:db8:1:ffff:ffff:ffff:ffff:ffff", "EC2 us-east-1"),
        ("2001:db8:2::", "outside"),
    ] {
        assert_eq!(place(&ranges, address), expected, "{address}");
    }
}

#[test]
fn a_service_says_more_than_the_whole_of_aws() {
    let ranges = read(
        &[
            v4("192.0.2.0/24", "AMAZON", "us-east-1"),
            v4("192.0.2.0/25", "EC2", "us-east-1"),
            // Longer than the service's range around it, and still only the whole of AWS.
            v4("192.0.2.16/28", "AMAZON", "us-east-1"),
            v4("192.0.2.32/28", "S3", "us-east-1"),
            v4("192.0.2.32/28", "AMAZON", "us-east-1"),
        ],
        &[],
    );
    assert_eq!(place(&ranges, "192.0.2.1"), "EC2 us-east-1");
    assert_eq!(place(&ranges, "192.0.2.17"), "EC2 us-east-1");
    assert_eq!(place(&ranges, "192.0.2.33"), "S3 us-east-1", "the longest range that names a service");
    assert_eq!(place(&ranges, "192.0.2.129"), "AMAZON us-east-1", "no service is published");
    assert_eq!(place(&ranges, "192.0.3.0"), "outside");
}

#[test]
fn services_of_one_range_are_sorted_and_each_is_told_once() {
    let entries = ["S3", "AMAZON", "EC2", "S3"].map(|service| v4("198.51.100.0/24", service, "us-west-2"));
    let ranges = read(&entries, &[]);
    assert_eq!(place(&ranges, "198.51.100.9"), "EC2 us-west-2 and S3 us-west-2");
}

#[test]
fn a_border_group_of_its_own_is_shown() {
    let mut zone = v4("198.51.100.0/25", "EC2", "us-west-2");
    zone["network_border_group"] = json!("us-west-2-lax-1");
    let mut old = v4("198.51.100.128/25", "EC2", "us-west-2");
    old.as_object_mut().expect("an object").remove("network_border_group");
    let ranges = read(&[zone, old], &[]);
    assert_eq!(place(&ranges, "198.51.100.1"), "EC2 us-west-2 (us-west-2-lax-1)");
    assert_eq!(place(&ranges, "198.51.100.200"), "EC2 us-west-2", "files before 2020 have no border groups");
    assert_eq!(ranges.warnings(None), [""; 0]);
}

#[test]
fn private_addresses_are_neither_inside_nor_outside() {
    let ranges = read(&[v4("192.0.2.0/24", "EC2", "us-east-1")], &[]);
    for address in ["10.0.0.1", "172.16.9.9", "192.168.1.1", "100.64.0.1", "fd00::1"] {
        assert_eq!(place(&ranges, address), "private", "{address}");
    }
    assert_eq!(place(&ranges, "11.0.0.1"), "outside");
}

#[test]
fn odd_entries_are_counted_and_nothing_else_is_lost() {
    let good = v4("192.0.2.0/24", "EC2", "us-east-1");
    let odd = [
        json!(null),
        json!("192.0.2.0/24"),
        json!({}),
        json!({ "ip_prefix": "198.51.100.0/24", "service": "EC2" }),
        json!({ "ip_prefix": "198.51.100.0/24", "region": "us-east-1" }),
        json!({ "ip_prefix": 7, "region": "us-east-1", "service": "EC2" }),
        v4("198.51.100.0", "EC2", "us-east-1"),
        v4("198.51.100.0/33", "EC2", "us-east-1"),
        v4("198.51.100.0/24", "", "us-east-1"),
        v4("0.0.0.0/0", "EC2", "us-east-1"),
        v4("2001:db8::/32", "EC2", "us-east-1"),
        v6("2001:db8::/32", "EC2", "us-east-1"),
    ];
    let mut entries = odd.to_vec();
    entries.insert(5, good.clone());
    let ranges = read(&entries, &[v6("2001:db8:1::/48", "S3", "us-east-1"), v6("198.51.100.0/24", "S3", "us-east-1")]);
    assert_eq!(place(&ranges, "192.0.2.1"), "EC2 us-east-1");
    assert_eq!(place(&ranges, "2001:db8:1::1"), "S3 us-east-1");
    assert_eq!(place(&ranges, "198.51.100.1"), "outside");
    assert_eq!(place(&ranges, "2001:db8:9::1"), "outside");
    let warning = ranges.warnings(None).concat();
    assert!(warning.starts_with("ip-ranges.json: 13 of 15 entries are not address ranges"), "{warning}");
    assert_eq!(read(&[good], &[]).warnings(None), [""; 0]);
}

#[test]
fn an_old_file_is_told() {
    let ranges = read(&[v4("192.0.2.0/24", "EC2", "us-east-1")], &[]);
    let told = |as_of: &str| ranges.warnings(EventTime::parse(as_of)).concat();
    assert_eq!(told("2026-12-06T23:59:59Z"), "");
    let expected =
        "ip-ranges.json: of 2026-09-07, 91 days before 2026-12-07: what AWS has added since counts as outside";
    assert_eq!(told("2026-12-07T00:00:00Z"), expected);
    assert_eq!(told("2020-01-01T00:00:00Z"), "");
}

#[test]
fn bits_behind_the_length_do_not_matter() {
    // AWS's own page has this prefix.
    let ranges = read(&[v4("198.51.100.2/24", "EC2", "us-east-1")], &[]);
    assert_eq!(place(&ranges, "198.51.100.1"), "EC2 us-east-1");
    assert_eq!(place(&ranges, "198.51.101.1"), "outside");
}

#[test]
fn when_it_was_published() {
    let published = |date: Value, token: Value| {
        let entry = v4("192.0.2.0/24", "EC2", "us-east-1");
        let written = json!({ "syncToken": token, "createDate": date, "prefixes": [entry], "ipv6_prefixes": [] });
        let ranges = AwsRanges::from_json(Path::new("x"), written.to_string().as_bytes()).expect("ranges");
        ranges.published().map(|time| time.to_string())
    };
    let expected = Some("2026-09-07T12:00:00Z".to_owned());
    assert_eq!(published(json!("2026-09-07-12-00-00"), json!(null)), expected);
    assert_eq!(published(json!("7 September"), json!("1788782400")), expected);
    assert_eq!(published(json!(20260907), json!(1_788_782_400)), None);
    assert_eq!(published(json!("2026-09-07-12-00"), json!("99999999999999999999")), None);
}

#[test]
fn what_is_no_such_file_is_told_with_the_next_step() {
    let entry = v4("192.0.2.0/24", "EC2", "us-east-1");
    for (bytes, why) in [
        (Vec::new(), "EOF"),
        (b"PK\x03\x04".to_vec(), "expected value"),
        (b"[]".to_vec(), "invalid type"),
        (b"[1]".to_vec(), "invalid type"),
        (b"{}".to_vec(), "it has no list \"prefixes\""),
        (json!({ "prefixes": [&entry] }).to_string().into_bytes(), "it has no list \"ipv6_prefixes\""),
        (json!({ "prefixes": {}, "ipv6_prefixes": [] }).to_string().into_bytes(), "no list \"prefixes\""),
        (file(&[], &[]), "it holds no address range"),
        (file(&[json!({})], &[]), "it holds no address range"),
        (file(std::slice::from_ref(&entry), &[])[..60].to_vec(), "EOF"),
    ] {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), &bytes).expect("written");
        let error = AwsRanges::read(file.path()).expect_err("no ranges").to_string();
        assert!(error.starts_with(&format!("{}: ", file.path().display())) && error.contains(why), "{error}");
        assert!(error.ends_with("download https://ip-ranges.amazonaws.com/ip-ranges.json"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
    let missing = AwsRanges::read(Path::new("no/such.json")).expect_err("missing").to_string();
    assert!(missing.starts_with("no/such.json: "), "{missing}");
}
