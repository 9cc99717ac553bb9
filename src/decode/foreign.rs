//! What an object without events is, identified by its first bytes: what may hold a log in another form is named, with the
//! next step; what is known to be none (a licence, another service's log, a spreadsheet program's file) is passed over.
//!
//! Known misses: records in a form that none of these knows (a database that is not SQLite's, a raw deflate stream, a
//! table without CloudTrail's column names) are taken for none; the contents of an archive are not looked at, so one without any log is named, too.

use std::io::Read;

/// How much of an object's beginning is looked at.
pub const HEAD: usize = 4096;

/// How formats begin that can hold a log, what they are called, and what to do.
const MAGICS: [(&[u8], &str); 26] = [
    (b"PK\x03\x04", "a zip archive: unpack it and scan what was in it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it and scan what was in it"),
    (b"Rar!\x1a\x07", "a rar archive: unpack it and scan what was in it"),
    (b"\x1f\x8b\x08", "gzip in more than three layers of packing: unpack it once with gunzip and scan again"),
    (b"\x28\xb5\x2f\xfd", "zstd in more than three layers of packing: unpack it once with unzstd and scan again"),
    (b"\xfd7zXZ\0", "packed with xz: unpack it with unxz and scan again"),
    (b"BZh", "packed with bzip2: unpack it with bunzip2 and scan again"),
    (b"\x04\x22\x4d\x18", "packed with lz4: unpack it with unlz4 and scan again"),
    (b"\xff\x06\0\0sNaPpY", "packed with snappy: unpack it and scan again"),
    (b"\x1f\x9d", "packed with compress: unpack it with uncompress and scan again"),
    (b"PAR1", PARQUET),
    (b"ORC", "an ORC file: write its rows as JSON, or scan the log files that it was made of"),
    (b"Obj\x01", "an Avro file: write its rows as JSON, or scan the log files that it was made of"),
    (b"ARROW1", "an Arrow file: write its rows as JSON, or scan the log files that it was made of"),
    (b"SQLite format 3\0", "an SQLite database: write its rows as JSON, or scan the log files that it was made of"),
    (b"MSCF\0\0\0\0", "a cab archive: unpack it and scan what was in it"),
    (ZLIB[0], "a zlib stream: unpack it (`zlib-flate -uncompress`, `pigz -dz`) and scan again"),
    (ZLIB[1], "a zlib stream: unpack it (`zlib-flate -uncompress`, `pigz -dz`) and scan again"),
    (ZLIB[2], "a zlib stream: unpack it (`zlib-flate -uncompress`, `pigz -dz`) and scan again"),
    (b"-----BEGIN PGP MESSAGE-----", PGP),
    // A session key for one that was encrypted to a passphrase, and to RSA keys of 2048, 3072 and 4096 bits.
    (b"\x8c\x0d\x04", PGP),
    (b"\x85\x01\x0c\x03", PGP),
    (b"\x85\x02\x0c\x03", PGP),
    (b"age-encryption.org/", AGE),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", AGE),
    (b"Salted__", "encrypted by OpenSSL: decrypt it with `openssl enc -d` and scan again"),
];

/// How zlib streams begin, by how hard they were packed.
const ZLIB: [&[u8]; 3] = [b"\x78\x01", b"\x78\x9c", b"\x78\xda"];
const PARQUET: &str = "a Parquet file, which a build without the feature `columnar` does not read: take one with it, write its rows as JSON, \
     or scan the log files that it was made of";
const PGP: &str = "encrypted with PGP: decrypt it with `gpg --decrypt` and scan again";
const AGE: &str = "encrypted with age: decrypt it with `age --decrypt` and scan again";

/// The first member of zip files that are documents and programs.
const NO_ARCHIVES: [&[u8]; 5] = [b"[Content_Types].xml", b"META-INF/", b"mimetype", b"_rels/", b"AndroidManifest.xml"];

/// Fields of a record that exports keep, in whatever spelling: without capitals, underscores and blanks they are the same.
const FIELDS: [&str; 8] = [
    "eventName",
    "eventTime",
    "eventSource",
    "eventVersion",
    "eventID",
    "userIdentity",
    "awsRegion",
    "sourceIPAddress",
];

const TABLE: &str = "a table (CSV or the like) that has not the columns of records: export eventTime, eventName and all others, or the \
     records as JSON";
const UTF_32: &str = "UTF-32: save it as UTF-8 and scan again";
const OTHER_JSON: &str = "JSON in the form of another tool, without the columns of records: export eventTime, eventName and all others, or scan \
     the log files that it was made of";
const DIALECT: &str = "a dialect of JSON (single quotes or none around names, as Python and JavaScript print their values): write it as \
     JSON, for example with json.dumps, and scan again";
const OCSF: &str = "OCSF of CloudTrail that names no call: scan the log files that it was made of";
const YAML: &str = "YAML or text of the aws cli: ask for it again with --output json";
const BASE64: &str = "base64: decode it with `base64 -d` and scan again";

/// What an object that begins with `head` is, and the next step, where it may hold a log; `None` for all that is known
/// to be none, and for what nobody knows.
pub fn foreign(head: &[u8]) -> Option<&'static str> {
    let head = &head[..head.len().min(HEAD)];
    if let Some((magic, what)) = MAGICS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return is_that(magic, head).then_some(what);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive: unpack it and scan what was in it");
    }
    if let Some(text) = utf_32(head) {
        return (text.trim_start().starts_with(['{', '[']) || of_text(&text).is_some()).then_some(UTF_32);
    }
    of_text(&String::from_utf8_lossy(head))
}

/// What a zip archive is, and the next step; `None` for anything else, a document or a program too.
pub fn zip(bytes: &[u8]) -> Option<&'static str> {
    bytes.starts_with(b"PK\x03\x04").then(|| foreign(bytes))?
}

/// What stands in the place of a log that was to be fetched, where it is a page or a message of markup.
pub fn markup(head: &[u8]) -> Option<&'static str> {
    let head = &head[..head.len().min(HEAD)];
    let text = String::from_utf8_lossy(head).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let is_html = ["<!doctype html", "<html"].iter().any(|begin| text.starts_with(begin));
    let is_xml = text.starts_with("<?xml") || text.starts_with("<error>");
    match () {
        () if is_html => Some("HTML (a page saved in the place of the log, perhaps of an error)"),
        () if is_xml => Some("XML (perhaps an error of S3 saved in the place of the log)"),
        () => None,
    }
}

/// Whether bytes that begin like a format are of it, and can hold a log.
fn is_that(magic: &[u8], head: &[u8]) -> bool {
    match magic {
        // The name of the first member stands at 30.
        b"PK\x03\x04" => !head.get(30..).is_some_and(|name| NO_ARCHIVES.iter().any(|known| name.starts_with(known))),
        b"BZh" => head.get(4..10) == Some(b"1AY&SY"),
        // Words may begin so.
        b"ORC" => head.get(3).is_some_and(|&byte| byte < b' '),
        // Objects of git are such streams too, and begin with words.
        zlib if ZLIB.contains(&zlib) => matches!(first_of_zlib(head), Some(b'{' | b'[')),
        _ => true,
    }
}

/// The first byte that a zlib stream stands for.
fn first_of_zlib(head: &[u8]) -> Option<u8> {
    let mut first = [0];
    flate2::bufread::ZlibDecoder::new(head).read_exact(&mut first).ok()?;
    Some(first[0])
}

/// The text of UTF-32 with a mark.
fn utf_32(head: &[u8]) -> Option<String> {
    let read: fn([u8; 4]) -> u32 = match head {
        [0xff, 0xfe, 0, 0, ..] => u32::from_le_bytes,
        [0, 0, 0xfe, 0xff, ..] => u32::from_be_bytes,
        _ => return None,
    };
    let units = head[4..].chunks_exact(4).filter_map(|unit| unit.try_into().ok());
    units.map(|unit| char::from_u32(read(unit))).collect()
}

fn of_text(text: &str) -> Option<&'static str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let plain: String = text.chars().filter(|c| !matches!(c, '_' | ' ')).map(|c| c.to_ascii_lowercase()).collect();
    if text.starts_with(['{', '[']) {
        // In CloudTrail's own spelling it is a log, if a damaged one.
        let is_own = holds(text, |field| text.contains(&format!("\"{field}\"")));
        let is_dialect = || {
            let is_field = |field: &str| text.contains(&format!("'{field}'")) || text.contains(&format!("{field}:"));
            holds(text, is_field)
        };
        return match () {
            () if is_own => None,
            () if is_dialect() => Some(DIALECT),
            () => of_json(&plain),
        };
    }
    let first = plain.lines().next().unwrap_or_default();
    // Two columns are enough where they are spelled as CloudTrail does: event_name and event_time have others, too.
    let own = text.lines().next().unwrap_or_default();
    let has_own = || ["eventName", "eventTime"].iter().all(|field| is_column(own, field));
    if first.contains([',', ';', '\t', '|']) && (holds(first, |field| is_column(first, field)) || has_own()) {
        return Some(TABLE);
    }
    let yaml = ["-", "events:", "event", "records:", "{"].iter().any(|begin| plain.starts_with(begin));
    let is_key = |field: &str| {
        let key = format!("{field}:");
        text.lines().any(|line| line.trim_start_matches(['-', ' ']).starts_with(&key))
    };
    if yaml && (plain.contains("cloudtrailevent") || holds(text, is_key)) {
        return Some(YAML);
    }
    let token = text.lines().next().unwrap_or_default().trim_end();
    let encoded =
        token.len() >= 60 && token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    (encoded && ["H4sI", "eyJ", "W3si", "ewog", "KLUv"].iter().any(|begin| token.starts_with(begin))).then_some(BASE64)
}

fn of_json(plain: &str) -> Option<&'static str> {
    if plain.contains("\"classuid\"") && plain.contains("cloudtrail") {
        return Some(OCSF);
    }
    let is_field = |field: &str| plain.contains(&format!("\"{}\"", field.to_lowercase()));
    (holds(plain, is_field) || plain.contains("\"cloudtrail\":{")).then_some(OTHER_JSON)
}

/// Whether the rows of a table, which begin with `head` as JSON, have columns in CloudTrail's own spelling: then it is one
/// of records, whatever is missing from them.
pub fn has_own_columns(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&head[..head.len().min(HEAD)]);
    holds(&text, |field| text.contains(&format!("\"field\":\"{field}\"")))
}

/// Whether three fields or more are there: two have other meanings too, as in a rule's pattern.
fn holds(text: &str, is_there: impl Fn(&str) -> bool) -> bool {
    text.len() > 20 && FIELDS.iter().filter(|field| is_there(field)).count() >= 3
}

/// Whether a field is a column of a table's first line.
fn is_column(line: &str, field: &str) -> bool {
    line.split([',', ';', '\t', '|']).any(|column| column.trim_matches(['"', '\'']).eq_ignore_ascii_case(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_32_of(text: &str, big: bool) -> Vec<u8> {
        let units = ['\u{feff}'].into_iter().chain(text.chars()).map(u32::from);
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn tar() -> Vec<u8> {
        let mut tar = vec![0; 512];
        tar[..8].copy_from_slice(b"log.json");
        tar[257..262].copy_from_slice(b"ustar");
        tar
    }

    fn zip_of(member: &[u8]) -> Vec<u8> {
        [&b"PK\x03\x04"[..], &[0; 26], member, b" ..."].concat()
    }

    fn zlib_of(text: &str) -> Vec<u8> {
        let mut packed = Vec::new();
        let level = flate2::Compression::default();
        flate2::bufread::ZlibEncoder::new(text.as_bytes(), level).read_to_end(&mut packed).unwrap();
        packed
    }

    #[test]
    fn a_table_with_columns_of_records_is_told_by_its_rows() {
        let rows = |names: &[&str]| {
            let cells = names.iter().map(|name| format!("{{\"field\":\"{name}\",\"value\":\"x\"}}"));
            format!("[\n[{}]\n]", cells.collect::<Vec<_>>().join(","))
        };
        assert!(has_own_columns(rows(&["eventTime", "eventName", "eventSource"]).as_bytes()));
        assert!(!has_own_columns(rows(&["eventTime", "eventName", "value"]).as_bytes()));
        assert!(!has_own_columns(rows(&["event_time", "event_name", "event_source"]).as_bytes()));
    }

    #[test]
    fn what_may_hold_a_log_is_named() {
        let json = "{\"Records\":[]}";
        for (head, word) in [
            (zip_of(b"AWSLogs/1.json"), "zip"),
            (b"7z\xbc\xaf\x27\x1c".to_vec(), "7z"),
            (b"\x1f\x8b\x08\0".to_vec(), "gzip"),
            (b"\xfd7zXZ\0\0".to_vec(), "xz"),
            (b"BZh91AY&SY".to_vec(), "bzip2"),
            (b"PAR1\x15".to_vec(), "Parquet"),
            (b"ORC\x11".to_vec(), "ORC"),
            (b"Obj\x01\x04".to_vec(), "Avro"),
            (tar(), "tar"),
            (b"eventVersion,eventTime,eventSource,eventName\n1,2,3,4".to_vec(), "table"),
            (b"Event ID;Event time;Event source;User name\n".to_vec(), "table"),
            (b"eventTime,eventName\n1,2\n".to_vec(), "table"),
            (b"user\teventname\teventtime\r\nana\tx\t1\r\n".to_vec(), "table"),
            (utf_32_of(json, false), "UTF-32"),
            (utf_32_of(json, true), "UTF-32"),
            (b"\"event_id\"\t\"event_time\"\t\"event_name\"\n".to_vec(), "table"),
            (b"{\"eventversion\":\"1\",\"eventtime\":\"2\",\"eventname\":\"x\"}".to_vec(), "another tool"),
            (b"[{\"event_time\":\"2\",\"aws_region\":\"x\",\"event_name\":\"x\"}]".to_vec(), "another tool"),
            (b"{\"metadata\":{\"product\":{\"name\":\"CloudTrail\"}},\"class_uid\":6003}".to_vec(), "OCSF"),
            (b"Events:\n- CloudTrailEvent: '{}'\n".to_vec(), "YAML"),
            (b"Records:\n- eventName: x\n  eventTime: t\n  eventID: 1\n".to_vec(), "YAML"),
            (format!("H4sI{}", "A".repeat(70)).into_bytes(), "base64"),
            (zlib_of(json), "zlib"),
            (b"SQLite format 3\0\x10".to_vec(), "SQLite"),
            (b"MSCF\0\0\0\0\x2c".to_vec(), "cab"),
            (b"-----BEGIN PGP MESSAGE-----\n\nhQ".to_vec(), "PGP"),
            (b"\x8c\x0d\x04\x09\x03\x08".to_vec(), "PGP"),
            (b"\x85\x02\x0c\x03\x9a".to_vec(), "PGP"),
            (b"age-encryption.org/v1\n-> X25519 x".to_vec(), "age"),
            (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl".to_vec(), "age"),
            (b"Salted__12345678".to_vec(), "OpenSSL"),
            (b"[{'eventVersion': '1.08', 'eventName': 'x', 'eventTime': 't'}]".to_vec(), "dialect"),
            (b"{eventVersion: \"1.08\", eventName: \"x\", eventTime: \"t\"}".to_vec(), "dialect"),
        ] {
            let what = foreign(&head);
            assert!(what.is_some_and(|what| what.contains(word)), "{word}: {what:?}");
        }
    }

    #[test]
    fn what_is_no_log_is_passed_over() {
        for head in [
            &b""[..],
            b"MIT License\n\nCopyright\n",
            b"# CloudTrail logs\n\nEach has eventName, eventTime, eventSource and awsRegion.\n",
            b"\0\0\0\x01Bud1\0\0",
            b"\x89PNG\r\n\x1a\n",
            b"192.0.2.1 - - [10/Sep/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200\n",
            b"version account-id interface-id srcaddr dstaddr\n",
            b"user,arn,user_creation_time,password_enabled\n",
            b"event_time,event_name,user_pseudo_id\n1,page_view,2\n",
            b"eventTime,value\n1,2\n",
            b"eventTime and eventName, of every record\n",
            b"ORCHESTRATION of things",
            b"BZhong",
            b"- eventName: x\n  eventTime: t\n",
            b"# of a log:\neventName: x\neventTime: t\neventID: 1\n",
            b"x\x9c no stream",
            b"x\x01",
            b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
            b"-----BEGIN PGP SIGNATURE-----\n",
            b"Salted peanuts",
            b"SQLite format of things",
            b"MSCF",
            b"{'name': 'x', 'eventName': 'x', 'eventTime': 't'}",
            b"{name: \"eventName\", about: 'of eventTime, awsRegion'}",
            b"{\"eventVersion\":\"1.08\",\"eventName\":\"'eventTime' 'awsRegion' 'eventID'\",\"eventTime\":\"t\"",
            b"{\"name\":\"x\",\"version\":\"1.0\"}",
            b"{\"Records\":[{\"eventVersion\":\"1.08\",\"eventTime\":\"\",\"eventName\":\"x",
            b"{\"source\":[\"aws.iam\"],\"detail\":{\"eventSource\":[\"iam.amazonaws.com\"],\"eventName\":[\"x\"]}}",
            b"{\"Statement\":[{\"Action\":\"cloudtrail:StopLogging\"}]}",
            b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        ] {
            assert_eq!(foreign(head), None, "{:?}", String::from_utf8_lossy(head));
        }
        assert_eq!(foreign(&zlib_of("blob 12\0{\"Records\":[]}")), None, "an object of git");
        assert_eq!(foreign(&zip_of(b"[Content_Types].xml")), None, "a spreadsheet");
        assert_eq!(foreign(&zip_of(b"META-INF/MANIFEST.MF")), None, "a program");
        assert_eq!(foreign(&utf_32_of("Read me first\r\n", false)), None, "a text");
    }

    #[test]
    fn a_zip_is_one_from_its_first_byte_on() {
        assert!(zip(&zip_of(b"a.json{\"Records\":[]}")).is_some_and(|what| what.starts_with("a zip archive")));
        assert_eq!(zip(&zip_of(b"[Content_Types].xml")), None, "a spreadsheet");
        assert_eq!(zip(b"{\"a\":\"PK\x03\x04\"}"), None);
        assert_eq!(zip(b"PK\x05\x06"), None);
        assert_eq!(zip(b""), None);
    }

    #[test]
    fn pages_and_messages_are_told() {
        let is_told = |head: &[u8], word| markup(head).is_some_and(|what| what.starts_with(word));
        assert!(is_told(b"<!DOCTYPE html><html>", "HTML") && is_told(b"\xef\xbb\xbf\n<html lang=\"en\">", "HTML"));
        assert!(is_told(b"<?xml version=\"1.0\"?><Error>", "XML") && is_told(b"<Error><Code>", "XML"));
        for other in [&b"AccessDenied"[..], b"", b"<134>Jan 1 host", b"{\"a\":\"<html>\"}"] {
            assert_eq!(markup(other), None);
        }
    }
}
