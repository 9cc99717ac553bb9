use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::mmdb_writer::{Data, database, text};
use super::{GeoDatabase, GeoError, GeoFile};

fn system(number: u32, organization: &str) -> Data {
    Data::Map(vec![
        ("autonomous_system_number", Data::Number(number)),
        ("autonomous_system_organization", text(organization)),
    ])
}

fn country(code: &str) -> Data {
    Data::Map(vec![
        ("city", Data::Map(vec![("names", Data::Map(vec![("en", text("Example"))]))])),
        ("country", Data::Map(vec![("iso_code", text(code))])),
    ])
}

fn asn_file() -> Vec<u8> {
    database(
        "GeoLite2-ASN",
        &[("192.0.2.0", 24, system(64500, "Example Net")), ("2001:db8::", 32, system(64501, "Example Six"))],
    )
}

fn city_file() -> Vec<u8> {
    database("GeoLite2-City", &[("192.0.2.0", 25, country("DE")), ("198.51.100.0", 24, Data::Map(vec![]))])
}

fn open(files: &[&[u8]]) -> (Result<GeoDatabase, GeoError>, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |(i, bytes): (usize, &&[u8])| {
        let path = folder.path().join(format!("{i}.mmdb"));
        std::fs::write(&path, bytes).expect("written");
        path
    };
    let paths: Vec<PathBuf> = files.iter().enumerate().map(write).collect();
    (GeoDatabase::open(&paths), paths)
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn each_file_answers_what_it_holds() {
    let geo = open(&[&asn_file(), &city_file()]).0.expect("both are good");
    assert!(geo.holds_asn() && geo.holds_country());
    let asn = |address| geo.asn(ip(address)).expect("readable");
    assert_eq!(asn("192.0.2.200").as_deref(), Some("AS64500 Example Net"));
    assert_eq!(asn("2001:db8::7").as_deref(), Some("AS64501 Example Six"));
    assert_eq!(asn("192.0.3.1"), None);
    let country = |address| geo.country(ip(address)).expect("readable");
    assert_eq!(country("192.0.2.1").as_deref(), Some("DE"));
    assert_eq!(country("192.0.2.200"), None, "the entry covers a /25 only");
    assert_eq!(country("198.51.100.1"), None, "an entry without a country");
}

#[test]
fn a_country_file_knows_no_networks() {
    let geo = open(&[&database("GeoIP2-Country", &[("192.0.2.0", 24, country("FR"))])]).0.expect("good");
    assert!(!geo.holds_asn() && geo.holds_country());
    assert_eq!(geo.asn(ip("192.0.2.1")).expect("readable"), None);
}

#[test]
fn the_first_file_that_knows_an_address_answers() {
    let first = database("GeoLite2-Country", &[("192.0.2.0", 24, country("FR"))]);
    let second = database("GeoLite2-Country", &[("192.0.2.0", 24, country("DE")), ("198.51.100.0", 24, country("DE"))]);
    let geo = open(&[&first, &second]).0.expect("good");
    assert_eq!(geo.country(ip("192.0.2.1")).expect("readable").as_deref(), Some("FR"));
    assert_eq!(geo.country(ip("198.51.100.1")).expect("readable").as_deref(), Some("DE"));
}

#[test]
fn what_is_no_database_is_named() {
    let other = database("GeoIP2-Anonymous-IP", &[("192.0.2.0", 24, Data::Map(vec![]))]);
    for bytes in [&b""[..], b"{}", &other, &asn_file()[..200]] {
        let (opened, paths) = open(&[&city_file(), bytes]);
        let error = opened.expect_err("no database").to_string();
        assert!(error.starts_with(&paths[1].display().to_string()), "{error}");
        assert!(error.contains("ASN, Country or City") && !error.contains('\n'), "{error}");
    }
    let missing = GeoDatabase::open(&[PathBuf::from("no/such.mmdb")]).expect_err("missing").to_string();
    assert!(missing.starts_with("no/such.mmdb: "), "{missing}");
}

#[test]
fn a_damaged_entry_is_an_error_and_no_answer() {
    let wrong = Data::Map(vec![("country", Data::Map(vec![("iso_code", Data::Map(vec![]))]))]);
    let geo = open(&[&database("GeoLite2-Country", &[("192.0.2.0", 24, wrong)])]).0.expect("opens");
    let error = geo.country(ip("192.0.2.1")).expect_err("not a text").to_string();
    assert!(error.contains("0.mmdb") && error.contains("192.0.2.1"), "{error}");
    assert_eq!(geo.country(ip("203.0.113.1")).expect("readable"), None);
}

#[test]
fn broken_bytes_never_panic() {
    let good = city_file();
    for at in 0..good.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut broken = good.clone();
            broken[at] ^= flip;
            if let Ok(file) = GeoFile::from_bytes(Path::new("broken.mmdb"), broken) {
                let geo = GeoDatabase { files: vec![file] };
                for address in ["192.0.2.1", "2001:db8::1"] {
                    let _ = (geo.asn(ip(address)), geo.country(ip(address)));
                }
            }
        }
    }
}
