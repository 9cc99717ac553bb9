//! Input of any size and shape: memory stays flat, what is too large is told, and no bytes make the decoder panic.

use ahash::RandomState;
use proptest::prelude::*;
use serde_json::{Value, json};
use trailscan::decode::{Aside, Decoder, Ending, Parts, Sink};
use trailscan::model::Event;

use crate::harness::{Place, count, gzip};
use crate::records::{calls, delivered, with};

const MIB: usize = 1 << 20;

fn covered(answer: &Value, field: &str) -> i64 {
    count(&answer["coverage"][field])
}

/// A call whose record takes about `bytes`.
fn large_call(bytes: usize) -> Value {
    with(calls(1)[0].clone(), json!({"requestParameters": {"filler": "x".repeat(bytes)}}))
}

/// What is no value and no ASCII, before what may be the next record.
#[test]
fn other_characters_in_a_records_place_are_stepped_over() {
    let text = "{\"Records\":[{\"eventID\":\"a\"},\u{fffd}{\"eventVersion\":\"1.08\",\"eventID\":\"b\"},\u{fffd}";
    for end in (text.find('\u{fffd}').unwrap()..=text.len()).filter(|&end| text.is_char_boundary(end)) {
        let (found, _) = as_document(&text[..end], 64 << 20);
        assert_eq!(found.ids[0], "a");
    }
}

#[test]
fn a_record_of_50_mb_is_counted() {
    let place = Place::new();
    let records = [large_call(50_000_000), calls(3)[1].clone(), calls(3)[2].clone()];
    place.write("large.json", delivered(&records));
    place.write("large.json.gz", gzip(delivered(&records)));
    for name in ["large.json", "large.json.gz"] {
        let answer = place.trailscan("principals").arg(name).json(0);
        assert_eq!((covered(&answer, "events_counted"), covered(&answer, "malformed_records")), (3, 0), "{name}");
        let answer = place.trailscan("principals --max-record-bytes 49MB").arg(name).json(3);
        assert_eq!((covered(&answer, "events_counted"), covered(&answer, "malformed_records")), (2, 1), "{name}");
    }
}

#[test]
fn the_records_after_one_too_large_are_read_whatever_the_envelope() {
    let place = Place::new();
    let records = [calls(3)[0].clone(), large_call(3 * MIB), calls(3)[1].clone(), calls(3)[2].clone()];
    let lines = crate::records::lines(&records);
    let bare = Value::from(records.to_vec()).to_string();
    for (name, text) in [("records", delivered(&records)), ("lines", lines), ("bare", bare)] {
        for (size, packed) in
            [("plain", text.clone().into_bytes()), ("gzip", gzip(&text)), ("stream", gzip_twice(&text))]
        {
            place.write("logs", packed);
            let answer = place.trailscan("principals logs --max-record-bytes 1MiB").json(3);
            let found = (covered(&answer, "events_counted"), covered(&answer, "malformed_records"));
            assert_eq!(found, (3, 1), "{name} {size}");
            assert_eq!(covered(&answer, "objects_read"), 1, "{name} {size}");
        }
    }
}

/// In two members, which are read as a stream.
fn gzip_twice(text: &str) -> Vec<u8> {
    let (first, second) = text.as_bytes().split_at(text.len() / 3);
    [gzip(first), gzip(second)].concat()
}

#[test]
fn hundred_thousand_brackets_are_no_stack() {
    let place = Place::new();
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let objects = "{\"a\":".repeat(100_000);
    let call = calls(1)[0].to_string();
    let inside =
        |what: &str| call.replacen("\"requestParameters\":{", &format!("\"deep\":{what},\"requestParameters\":{{"), 1);
    let ended = place.trailscan("principals - --format json").stdin(inside(&format!("{open}{close}"))).ends(0);
    assert_eq!(covered(&ended.json(), "events_counted"), 1, "a deep subtree never loses the record");
    for (name, text) in [
        ("closed", format!("{open}{close}")),
        ("open", open.clone()),
        ("objects", format!("{objects}1{}", "}".repeat(100_000))),
        ("open objects", objects.clone()),
        ("records", format!("{{\"Records\":[{call},{open}{close},{objects}")),
        ("open inside", inside(&open)),
        ("wrapped", "{\"detail\":".repeat(100_000)),
        ("wrapped whole", format!("{}{{}}{}", "{\"detail\":".repeat(20_000), "}".repeat(20_000))),
        ("in identity", call.replacen("\"userIdentity\":{", &format!("\"userIdentity\":{{\"x\":{open}{close},"), 1)),
        ("in parameters", call.replacen("\"bucketName\":", &format!("\"x\":{open}{close},\"bucketName\":"), 1)),
    ] {
        let ended = place.trailscan("audit - --format json").stdin(text).run();
        assert!(matches!(ended.code, Some(0 | 1 | 3)), "{name}: {:?} {}", ended.code, ended.stderr);
    }
}

#[test]
fn too_little_memory_is_told_with_the_way_out() {
    let place = Place::new();
    place.write("a.json", delivered(&calls(3)));
    place.write("b.json", delivered(&calls(3)));
    let ended = place.trailscan("principals a.json b.json --max-memory 1MiB --output out.json").ends(1);
    assert!(ended.stderr.lines().any(|line| line.starts_with("trailscan: memory: ") && line.contains("--no-dedupe")));
    assert!(!place.path("out.json").exists(), "no answer");
    place.trailscan("principals a.json b.json --max-memory 4GiB").ends(0);
}

#[cfg(unix)]
mod memory {
    use super::*;
    use crate::child::watched;

    /// What a run may hold at most, however large its input.
    const FLAT: u64 = 200 << 20;

    /// What a record holds: its number goes wherever something is to grow.
    type Growing = Box<dyn Fn(usize) -> String>;

    /// Whatever grows, the run ends in its one line and without an answer.
    #[test]
    fn whatever_grows_ends_in_the_message_of_max_memory() {
        let place = Place::new();
        let (end, least) = watched(place.trailscan("audit -"), |stdin| drop(writeln!(stdin, "{}", calls(1)[0])));
        assert_eq!(end.status.code(), Some(0), "{}", end.stderr);
        let most = format!("--max-memory {}", least.max(24 << 20) + (12 << 20));
        let user = |name: &str, rest: &str| {
            format!(
                r#"{{"eventName":"GetBucketAcl","eventSource":"s3.amazonaws.com","recipientAccountId":"111122223333",
                "sourceIPAddress":"192.0.2.1","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{name}"}},{rest}}}"#
            )
            .replace('\n', " ")
        };
        let with_key = move |n: usize, key: &str, address: &str| {
            user("Alice", &format!(r#""eventTime":"2026-09-10T12:00:00Z","eventID":"{n}""#))
                .replace("\"type\"", &format!("\"accessKeyId\":\"{key}\",\"type\""))
                .replace("192.0.2.1", address)
        };
        let ids: fn(usize) -> String = |n| format!(r#"{{"eventID":"{n}","eventTime":"2026-09-10T12:00:00Z"}}"#);
        let grown: [(&str, Growing); 7] = [
            ("event ids", Box::new(ids)),
            (
                "users at odd times",
                Box::new(move |n| {
                    let time = [
                        "0001-01-01T00:00:00Z",
                        "9999-12-31T23:00:00Z",
                        "2006-01-01T00:00:00Z",
                        "2026-09-10T12:00:00Z",
                    ];
                    user(&format!("user-{}", n / 4), &format!(r#""eventTime":"{}","eventID":"{n}""#, time[n % 4]))
                }),
            ),
            (
                "addresses of a key",
                Box::new(move |n| {
                    with_key(n, "AKIAIOSFODNN7EXAMPLE", &format!("{}.{}.{}.9", 1 + n / 65_536, n / 256 % 256, n % 256))
                }),
            ),
            ("keys", Box::new(move |n| with_key(n, &format!("AKIA{n:016}"), "192.0.2.1"))),
            ("sessions", Box::new(move |n| with_key(n, &format!("ASIA{n:016}"), "192.0.2.1"))),
            (
                "agents",
                Box::new(move |n| {
                    with_key(n, "AKIAIOSFODNN7EXAMPLE", "192.0.2.1").replacen(
                        '{',
                        &format!("{{\"userAgent\":\"program-{n}/{}\",", "x".repeat(60)),
                        1,
                    )
                }),
            ),
            (
                "one record",
                Box::new(|n| {
                    if n == 0 {
                        format!(r#"{{"eventID":"1","x":"{}"#, "x".repeat(1 << 20))
                    } else {
                        "x".repeat(1 << 20)
                    }
                }),
            ),
        ];
        for (what, record) in grown {
            let run = place.trailscan(&format!("audit - --format json {most} --output out.json"));
            let (end, _) = watched(run, |stdin| {
                let separator = if what == "one record" { "" } else { "\n" };
                // Ends when nobody reads any more.
                let _ = (0..3_000_000).try_for_each(|n| write!(stdin, "{}{separator}", record(n)));
            });
            assert_eq!(end.status.code(), Some(1), "{what}: {}", end.stderr);
            let told: Vec<&str> = end.stderr.lines().filter(|line| line.starts_with("trailscan: memory: ")).collect();
            assert!(told.len() == 1 && told[0].contains("--max-memory"), "{what}: {}", end.stderr);
            let left: Vec<_> = std::fs::read_dir(place.path(".")).expect("our folder").collect();
            assert!(left.is_empty() && end.stdout.is_empty(), "{what}: {left:?}");
        }
    }

    /// What grows when no log is read: files of state, and the report over them.
    #[test]
    fn state_that_grows_ends_in_the_same_message() {
        let place = Place::new();
        let policies: Vec<String> = (0..60_000)
            .map(|n| format!(r#"{{"UserName":"user-{n}","UserId":"AIDA{n:017}","Arn":"arn:aws:iam::111122223333:user/user-{n}","GroupList":[],"AttachedManagedPolicies":[{{"PolicyName":"AdministratorAccess","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}}]}}"#))
            .collect();
        let state = format!(
            r#"{{"UserDetailList":[{}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}}"#,
            policies.join(",")
        );
        place.write("iam/details.json", state);
        let (end, _) = watched(place.trailscan("posture --iam-dir iam --max-memory 30MiB --format json"), |_| ());
        assert_eq!((end.status.code(), end.stdout.len()), (Some(1), 0), "{}", end.stderr);
        assert!(end.stderr.starts_with("trailscan: memory: ") && end.stderr.lines().count() == 1, "{}", end.stderr);
    }

    /// A block of about a megabyte of records, each ended by a comma, and how many they are.
    fn block() -> (String, usize) {
        let text: String = calls(1000).iter().map(|call| format!("{call},\n")).collect();
        (text, 1000)
    }

    /// One array of at least so many bytes comes through standard input; every record is a copy of a few.
    fn one_array(bytes: usize) {
        let place = Place::new();
        let (block, records) = block();
        let times = bytes.div_ceil(block.len());
        let (end, peak) = watched(place.trailscan("principals - --format json"), |stdin| {
            stdin.write_all(b"{\"Records\":[").expect("trailscan reads");
            for _ in 0..times {
                stdin.write_all(block.as_bytes()).expect("trailscan reads");
            }
            write!(stdin, "{}]}}", calls(1)[0]).expect("trailscan reads");
        });
        assert_eq!(end.status.code(), Some(0), "{}", end.stderr);
        let answer: Value = serde_json::from_slice(&end.stdout).expect("JSON");
        assert_eq!(covered(&answer, "events"), i64::try_from(times * records + 1).expect("a count"));
        assert_eq!(covered(&answer, "events_counted"), 1000, "copies are counted once");
        assert!(peak < FLAT, "{} MiB held", peak >> 20);
    }

    #[test]
    fn one_array_of_300_mb_leaves_memory_flat() {
        one_array(300 << 20);
    }

    #[test]
    fn one_array_of_2_gb_leaves_memory_flat() {
        match std::env::var_os("TRAILSCAN_BIG_TESTS") {
            Some(_) => one_array(2 << 30),
            None => crate::harness::loudly("SKIPPED 2 GB: set TRAILSCAN_BIG_TESTS"),
        }
    }

    /// A bomb of so many bytes, whose members are made once.
    fn bomb(times: usize) -> Vec<u8> {
        let (block, _) = block();
        let mut bytes = gzip("{\"Records\":[");
        let member = gzip(&block);
        for _ in 0..times {
            bytes.extend_from_slice(&member);
        }
        bytes.extend(gzip(format!("{}]}}", calls(1)[0])));
        bytes
    }

    #[test]
    fn a_gzip_bomb_leaves_memory_flat() {
        let place = Place::new();
        place.write("bomb.json.gz", bomb(400));
        place.write("spaces.json.gz", gzip(vec![b' '; 300 << 20]));
        let run = || place.trailscan("principals --format json");
        let (end, peak) = watched(run().arg("bomb.json.gz"), |_| ());
        assert_eq!(end.status.code(), Some(0), "{}", end.stderr);
        assert!(peak < FLAT, "{} MiB held", peak >> 20);
        let (end, peak) = watched(run().args(["bomb.json.gz", "--max-object-bytes", "100MiB"]), |_| ());
        assert_eq!(end.status.code(), Some(3), "{}", end.stderr);
        assert!(end.stderr.contains("bomb.json.gz") && peak < FLAT, "{} MiB held", peak >> 20);
        let (end, peak) = watched(run().arg("spaces.json.gz"), |_| ());
        assert!(end.status.code().is_some() && peak < FLAT, "{} MiB held", peak >> 20);
    }

    #[test]
    fn an_endless_record_leaves_memory_flat_and_what_follows_is_read() {
        let place = Place::new();
        for (envelope, close) in [("{\"Records\":[", "]}"), ("", "\n"), ("[", "]")] {
            let separator = if envelope.is_empty() { "\n" } else { "," };
            let run = place.trailscan("principals - --format json --max-record-bytes 1MiB");
            let (end, peak) = watched(run, |stdin| {
                let (first, last) = (calls(2)[0].to_string(), calls(2)[1].to_string());
                let filler = vec![b'x'; MIB];
                write!(stdin, "{envelope}{first}{separator}{{\"eventVersion\":\"1.11\",\"x\":\"")
                    .expect("trailscan reads");
                for _ in 0..200 {
                    stdin.write_all(&filler).expect("trailscan reads");
                }
                write!(stdin, "\"}}{separator}{last}{close}").expect("trailscan reads");
            });
            let answer: Value = serde_json::from_slice(&end.stdout).expect("JSON");
            assert_eq!(end.status.code(), Some(3), "{}", end.stderr);
            let found = (covered(&answer, "events_counted"), covered(&answer, "malformed_records"));
            assert_eq!(found, (2, 1), "{envelope:?}");
            assert!(peak < 100 << 20, "{} MiB held", peak >> 20);
        }
    }
}

/// What a decoder found.
#[derive(Debug, Default, PartialEq)]
struct Found {
    ids: Vec<String>,
    malformed: u64,
    broken: u64,
    asides: Vec<Aside>,
}

impl Sink for Found {
    type Note = ();

    fn coming(&mut self, _: &str, _: &str) {}

    fn event(&mut self, event: &Event<'_>, _: u64, (): ()) {
        self.ids.push(event.event_id.to_owned());
    }

    fn broken_part(&mut self) {
        self.broken += 1;
    }

    fn malformed(&mut self) {
        self.malformed += 1;
    }

    fn aside(&mut self, kind: Aside) {
        self.asides.push(kind);
    }
}

fn decoder(max_record_bytes: usize) -> Decoder {
    Decoder::new(RandomState::with_seeds(1, 2, 3, 4), max_record_bytes)
}

fn as_document(text: &str, max_record_bytes: usize) -> (Found, Ending) {
    let mut found = Found::default();
    let document = decoder(max_record_bytes).document(text, &mut found);
    (found, document.ending)
}

fn in_parts(text: &[u8], max_record_bytes: usize) -> (Found, Ending) {
    let (mut found, mut decoder) = (Found::default(), decoder(max_record_bytes));
    let mut parts = Parts::new(text, max_record_bytes);
    for part in parts.by_ref() {
        decoder.part(&part, &mut found);
    }
    let end = parts.end();
    assert!(end.error.is_none());
    found.malformed += end.malformed;
    (found, end.ending)
}

/// What may stand in a record's place, whole: events, wrapped events, and things that are none.
fn unit() -> impl Strategy<Value = String> {
    let event = "[a-f0-9]{1,6}".prop_flat_map(|id| {
        prop_oneof![
            Just(format!(r#"{{"eventVersion":"1.08","eventID":"{id}","userAgent":"a, b{{c}} ]"}}"#)),
            Just(format!(r#"{{"eventVersion":"1.08","x":{{"y":[1,{{"z":"\"]}}\\"}}]}},"eventID":"{id}"}}"#)),
            Just(format!(r#"{{"event\u0049D":"{id}"}}"#)),
            Just(format!(r#"{{ "detail" : {{"eventID":"{id}"}} , "source":"aws.iam"}}"#)),
            Just(format!(r#"{{"CloudTrailEvent":"{{\"eventID\":\"{id}\"}}"}}"#)),
        ]
    });
    let none = prop::sample::select(vec![
        "{}",
        r#"{"x":1}"#,
        r#"{"eventID":}"#,
        r#"{"eventID":"a" "b"}"#,
        r#"{"awsAccountId":"1","digestStartTime":"","digestS3Bucket":""}"#,
        r#"{"eventCategory":"Insight","eventID":"i"}"#,
    ]);
    prop_oneof![6 => event, 2 => none.prop_map(str::to_owned)]
}

/// What is no object, in the place of a record of an array.
fn element() -> impl Strategy<Value = String> {
    let odd =
        prop::sample::select(vec!["null", "3", "\"text\"", "[]", "[1,{\"a\":2}]", "true", "nonsense", "\"a,{b\""]);
    prop_oneof![6 => unit(), 1 => odd.prop_map(str::to_owned)]
}

/// Documents of every layout, some cut off.
fn document() -> impl Strategy<Value = String> {
    let elements = || prop::collection::vec(element(), 0..8).prop_map(|all| all.join(",\n "));
    let whole = prop_oneof![
        elements().prop_map(|e| format!(r#"{{"Records":[{e}]}}"#)),
        elements().prop_map(|e| format!(r#"{{"preview": false, "Events" : [ {e} ], "NextToken":"x"}}"#)),
        elements().prop_map(|e| format!("[{e}]\n")),
        (elements(), elements()).prop_map(|(a, b)| format!("{{\"Records\":[{a}]}}\n{{\"Records\":[{b}]}}")),
        prop::collection::vec(unit(), 1..8).prop_map(|units| units.join("\n") + "\n"),
        prop::collection::vec(unit(), 1..8).prop_map(|units| units.join("\r\n")),
        prop::collection::vec(prop_oneof![5 => unit(), 1 => Just("broken {".to_owned())], 1..8)
            .prop_map(|units| format!("{{\"eventID\":\"0\"}}\n{}\n", units.join("\n"))),
        prop::collection::vec(unit(), 1..8).prop_map(|units| units.concat()),
        prop::collection::vec(unit(), 1..8)
            .prop_map(|units| units.iter().map(|unit| format!("2026-09-10T12:00:00.000Z {unit}\n")).collect()),
    ];
    (whole, prop_oneof![4 => Just(None), 1 => any::<prop::sample::Index>().prop_map(Some)]).prop_map(|(text, cut)| {
        let Some(cut) = cut else { return text };
        let mut at = cut.index(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text[..at].to_owned()
    })
}

/// The text with so much white space before it that a stream, which is read by the megabyte, is cut at `cut`.
fn padded(text: &str, cut: usize) -> String {
    format!("{}{text}", " ".repeat(MIB - cut))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_cut_anywhere_give_what_the_whole_gives(text in document(), cut in any::<prop::sample::Index>()) {
        let text = padded(&text, cut.index(text.len() + 1));
        let (whole, parts) = (as_document(&text, 64 << 20), in_parts(text.as_bytes(), 64 << 20));
        prop_assert_eq!(&whole.0.ids, &parts.0.ids);
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn records_too_large_are_the_same_in_parts(
        units in prop::collection::vec(prop_oneof![4 => Just(0usize), 1 => 1usize..3000], 1..6), layout in 0..3,
        cut in any::<prop::sample::Index>(),
    ) {
        let units: Vec<String> = units
            .iter()
            .enumerate()
            .map(|(id, size)| format!(r#"{{"eventVersion":"1.08","eventID":"{id}","x":"{}"}}"#, "[{\\\"".repeat(*size)))
            .collect();
        let text = match layout {
            0 => format!(r#"{{"Records":[{}]}}"#, units.join(",")),
            1 => units.join("\n"),
            _ => format!("[{}]", units.join(",")),
        };
        let text = padded(&text, cut.index(text.len() + 1));
        let (whole, parts) = (as_document(&text, 2000), in_parts(text.as_bytes(), 2000));
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn no_bytes_make_it_panic(
        text in document(), noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = padded(&text, cut.index(text.len() + 1)).into_bytes();
        let start = MIB - cut.index(text.len() + 1);
        if !text.is_empty() {
            for (at, byte) in noise {
                bytes[start + at.index(text.len())] = byte;
            }
        }
        in_parts(&bytes, 64 << 20);
        as_document(&String::from_utf8_lossy(&bytes[start..]), 64 << 20);
        in_parts(&bytes[start..], 5);
    }

    #[test]
    fn no_random_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        in_parts(&bytes, 64 << 20);
        as_document(&String::from_utf8_lossy(&bytes), 64 << 20);
    }

    #[test]
    fn no_punctuation_makes_it_panic_or_fall_silent(text in r#"[\[\]{}",:\\ \na0e]{0,80}"#) {
        let ((whole, ending), (parts, _)) = (as_document(&text, 64 << 20), in_parts(text.as_bytes(), 64 << 20));
        // How many places of records there are in what is no JSON is nobody's law; that there are some is told.
        let is_told = |found: &Found| found.malformed > 0;
        prop_assert_eq!((&whole.ids, is_told(&whole)), (&parts.ids, is_told(&parts)), "{:?}", ending);
    }
}
