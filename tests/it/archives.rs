//! Archives of logs: each file is an object of its own, and what cannot be read of one is named.

use serde_json::{Value, json};

use crate::harness::{Place, count, gzip};
use crate::records::{calls, delivered, lines};

const KEY: &str =
    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/10/111122223333_CloudTrail_us-east-1_20260910T1215Z_x.json.gz";

/// A file of a zip archive, packed or stored as it is; `flags` says what else holds of it.
fn zipped(name: &str, content: &[u8], (method, flags): (u16, u16)) -> Vec<u8> {
    let mut data = content.to_vec();
    if method == 8 {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, content).unwrap();
        data = encoder.finish().unwrap();
    }
    let mut sum = flate2::Crc::new();
    sum.update(content);
    let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let told = [sum.sum().to_le_bytes(), long(data.len()), long(content.len())].concat();
    let (before, behind) = match flags & 8 {
        0 => (told, Vec::new()),
        _ => (vec![0; 12], [b"PK\x07\x08".to_vec(), told].concat()),
    };
    let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let head =
        [&[20, 0][..], &flags.to_le_bytes(), &method.to_le_bytes(), &[0; 4], &before, &name_length, &[0; 2]].concat();
    [&b"PK\x03\x04"[..], &head, name.as_bytes(), &data, &behind].concat()
}

fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let files = files.iter().flat_map(|(name, content)| zipped(name, content, (8, 8)));
    files.chain([&b"PK\x01\x02"[..], &[0; 42], b"PK\x05\x06", &[0; 18]].concat()).collect()
}

fn tar(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, content) in files {
        let mut head = [0; 512];
        head[..name.len().min(100)].copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
        head[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        head[156] = b'0';
        head[257..263].copy_from_slice(b"ustar\0");
        head[148..156].fill(b' ');
        let sum: u32 = head.iter().map(|&byte| u32::from(byte)).sum();
        head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar.extend_from_slice(&head);
        tar.extend_from_slice(content);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

/// Three logs and what else lies beside logs.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let records = calls(4);
    vec![
        (KEY, gzip(delivered(&records[..1]))),
        ("logs/pretty.json", serde_json::to_vec_pretty(&json!({"Records": records[1..2]})).unwrap()),
        ("logs/README", b"What lies here.\n".to_vec()),
        ("logs/lines.jsonl.gz", gzip(gzip(lines(&records[2..])))),
    ]
}

fn covered(answer: &Value) -> Value {
    let coverage = &answer["coverage"];
    let of =
        ["objects_found", "objects_read", "objects_failed", "objects_damaged", "events_counted", "malformed_records"];
    of.iter()
        .map(|field| (*field).to_owned())
        .zip(of.iter().map(|field| coverage[field].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn whole() -> Value {
    json!({"objects_found": 4, "objects_read": 3, "objects_failed": 0, "objects_damaged": 0, "events_counted": 4, "malformed_records": 0})
}

#[test]
fn each_file_is_an_object() {
    let place = Place::new();
    for (name, bytes) in [
        ("logs.zip", zip(&files())),
        ("logs.tar", tar(&files())),
        ("logs.tgz", gzip(tar(&files()))),
        ("logs.tar.zst", zstd::encode_all(tar(&files()).as_slice(), 1).unwrap()),
        ("misnamed.json.gz", gzip(zip(&files()))),
    ] {
        println!("== {name}");
        let answer = place.trailscan("principals -").stdin(bytes.clone()).json(0);
        assert_eq!(covered(&answer), whole());
        let file = place.write(&format!("{name}.d/{name}"), bytes);
        assert_eq!(covered(&place.trailscan("principals").arg(file).json(0)), whole());
        assert_eq!(covered(&place.trailscan(&format!("principals {name}.d")).json(0)), whole());
    }
}

/// Beside the logs that it holds, an archive tells nothing new.
#[test]
fn copies_in_an_archive_are_copies() {
    let place = Place::new();
    for (name, content) in files() {
        place.write(&format!("logs/{name}"), content);
    }
    place.write("logs/again.zip", zip(&files()));
    let answer = place.trailscan("principals logs").json(0);
    assert_eq!((count(&answer["coverage"]["events_counted"]), count(&answer["coverage"]["duplicate_events"])), (4, 4));
}

/// What an archive gives with an exit code, and the only failure: its object and why.
#[track_caller]
fn fails(bytes: Vec<u8>, events: i64) -> (String, String) {
    let place = Place::new();
    place.write("logs/a.zip", bytes);
    place.write("logs/log.json", delivered(&calls(1)));
    let answer = place.trailscan("principals logs --no-dedupe").json(3);
    assert_eq!(count(&answer["coverage"]["events_counted"]), events + 1, "{}", answer["coverage"]);
    let failures = answer["coverage"]["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "{failures:?}");
    (failures[0]["object"].as_str().unwrap().to_owned(), failures[0]["why"].as_str().unwrap().to_owned())
}

#[test]
fn what_cannot_be_read_is_named() {
    let log = delivered(&calls(1)).into_bytes();
    let end = [&b"PK\x01\x02"[..], &[0; 42], b"PK\x05\x06", &[0; 18]].concat();
    let with = |file: Vec<u8>| [file, zipped("b.json", &log, (8, 0)), end.clone()].concat();
    let (object, why) = fails(with(zipped("a.json", &log, (8, 1))), 1);
    assert!(
        object.ends_with("logs/a.zip!/a.json") && why.contains("encrypted") && why.contains("password"),
        "{object}: {why}"
    );
    let (_, why) = fails(with(zipped("a.json", &log, (14, 0))), 1);
    assert!(why.contains("method 14"), "{why}");
    let (object, why) = fails(with(zipped("inner.zip", &zip(&files()), (0, 0))), 1);
    assert!(object.ends_with("a.zip!/inner.zip") && why.contains("an archive in an archive"), "{object}: {why}");
    let (object, why) = fails(with([&b"PK\x03\x04"[..], &[0; 10]].concat()), 0);
    assert!(object.ends_with("a.zip") && why.contains("broken archive"), "{object}: {why}");
    // One that is cut off: what came before was read.
    let place = Place::new();
    let cut = zipped("a.json", &log, (0, 0));
    let file = place.write("cut.zip", [zipped("b.json", &log, (8, 0)), cut[..cut.len() / 2].to_vec()].concat());
    let answer = place.trailscan("principals").arg(file).json(3);
    assert_eq!(count(&answer["coverage"]["events_counted"]), 1);
    let failures = answer["coverage"]["failures"].to_string();
    assert!(failures.contains("cut.zip!/a.json") && failures.contains("broken archive: ends early"), "{failures}");
    // A bomb ends at the cap, and the files behind it are read.
    let place = Place::new();
    let bomb = vec![b' '; 3 << 20];
    let file =
        place.write("bomb.zip", [zipped("bomb.json", &bomb, (8, 0)), zipped("b.json", &log, (8, 0)), end].concat());
    let answer = place.trailscan("principals --max-object-bytes 1MiB").arg(file).json(3);
    assert_eq!(count(&answer["coverage"]["events_counted"]), 1);
    assert!(answer["coverage"]["failures"].to_string().contains("--max-object-bytes"), "{}", answer["coverage"]);
}

/// A rollup knows what it has by the names that are listed.
#[test]
fn a_rollup_takes_no_archive() {
    let place = Place::new();
    place.write("logs/a.zip", zip(&files()));
    place.write("logs/log.json", delivered(&calls(1)));
    let ended = place.trailscan("rollup logs --output kept.rollup").ends(3);
    assert!(ended.stderr.contains("logs/a.zip: is an archive, of which a rollup"), "{}", ended.stderr);
}
