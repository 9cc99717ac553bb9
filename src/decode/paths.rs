//! Both paths say the same of a record, whatever is wrong with it: whether a text beside the damage is written with an
//! escape decides which of them reads the record, and nothing else.

use ahash::RandomState;
use proptest::prelude::*;

use super::{Aside, Decoder, Fingerprint, Sink};
use crate::model::Event;

/// What was found, in order.
#[derive(Debug, Default, PartialEq)]
struct Found {
    events: Vec<String>,
    broken: u64,
    malformed: u64,
    asides: u64,
}

impl Sink for Found {
    type Note = ();

    fn coming(&mut self, _: &str, _: &str) {}

    fn event(&mut self, event: &Event<'_>, fingerprint: u64, (): ()) {
        // Which identity it is, and its text, differ from text to text; what they say does not.
        let identity = crate::model::IdentityRef { generation: 0, slot: 0 };
        let user_identity = crate::model::LazyIdentity::known(&event.user_identity);
        self.events.push(format!("{fingerprint} {:?}", Event { identity, user_identity, record: "", ..*event }));
    }

    fn broken_part(&mut self) {
        self.broken += 1;
    }

    fn malformed(&mut self) {
        self.malformed += 1;
    }

    fn aside(&mut self, _: Aside) {
        self.asides += 1;
    }
}

/// What is found in an array of a record that begins with this member, and goes on with the text.
fn found(first: &str, rest: &str) -> Found {
    let mut found = Found::default();
    let next = r#"{"eventVersion":"1.08","eventID":"next"}"#;
    let text = format!("{{\"Records\":[{{\"userAgent\":{first},{rest},{next}]}}");
    Decoder::new(RandomState::with_seeds(1, 2, 3, 4), 1 << 20).document(&text, &mut found);
    found
}

const RECORD: &str = r#""eventVersion":"1.08","eventID":"1","eventName":"X","sourceIPAddress":"192.0.2.1",
    "userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/a","sessionContext":{"attributes":{"mfaAuthenticated":"true"}}},
    "requestParameters":{"userName":"a","list":[1,{"b":null}],"text":"{\"c\":\"d\"}"},"responseElements":null,
    "additionalEventData":{"MFAUsed":"No"},"resources":[{"ARN":"x"}],"tlsDetails":{"a":1},"readOnly":true}"#;

#[test]
fn what_is_whole_is_one_event_on_both() {
    let (fast, careful) = (found("\"a\"", RECORD), found("\"\\u0061\"", RECORD));
    assert_eq!(fast, careful);
    assert_eq!((fast.events.len(), fast.broken, fast.malformed), (2, 0, 0));
    // An escape in a key beside a broken part: the record counts there, too.
    let broken = RECORD.replace("[1,{", "[1 {");
    let (fast, careful) = (found("\"a\"", &broken), found("\"a\",\"apiV\\u0065rsion\":\"1\"", &broken));
    assert_eq!(fast, careful);
    assert_eq!((fast.events.len(), fast.broken, fast.malformed), (2, 1, 0));
    // A text that is none is told, and left out.
    let text = found("\"\\x\"", RECORD);
    assert_eq!((text.events.len(), text.broken, text.malformed), (2, 1, 0));
}

/// The fingerprint of the record that an array of one has.
fn print_of(record: &str, kind: Fingerprint) -> String {
    let mut found = Found::default();
    let mut decoder = Decoder::new(RandomState::with_seeds(1, 2, 3, 4), 1 << 20).with(kind);
    decoder.document(&format!("{{\"Records\":[{record}]}}"), &mut found);
    found.events[0].split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn bytes_differ_where_the_same_is_said_in_other_words_and_parts_do_not() {
    let record = format!("{{\"userAgent\":\"a\",{RECORD}}}");
    let [bytes, parts] =
        [Fingerprint::Bytes, Fingerprint::Parts].map(|kind| move |record: &str| print_of(record, kind));
    // Before the identity, in a sub-document, and at the end.
    for (from, to) in
        [("\"a\",", "\"a\" ,"), ("\"list\":", "\"list\" :"), ("\"readOnly\":true}", "\"readOnly\": true}")]
    {
        let other = record.replacen(from, to, 1);
        assert_ne!(other, record);
        assert_ne!(bytes(&other), bytes(&record), "{to}");
        assert_eq!(parts(&other), parts(&record), "{to}");
    }
    let other = record.replacen("user/a", "user/b", 1);
    assert_ne!(bytes(&other), bytes(&record));
    assert_ne!(parts(&other), parts(&record));
    // Of an identity only what it says counts.
    let other = record.replacen("\"type\":\"IAMUser\"", "\"type\": \"IAMUser\"", 1);
    assert_eq!(bytes(&other), bytes(&record));
    for without in
        ["{\"eventID\":\"1\"}", "{\"eventID\":\"1\",\"userIdentity\":null}", "{\"eventID\":\"1\",\"userIdentity\":{}}"]
    {
        assert_eq!(bytes(without), bytes(without));
        assert_ne!(bytes(without), bytes(&without.replacen('1', "2", 1)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_record_is_the_same_on_both(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop_oneof![Just(None), proptest::sample::select(b"{}[]\",:\\ x1\n".to_vec()).prop_map(Some)]),
            1..4,
        ),
    ) {
        let mut bytes = RECORD.as_bytes().to_vec();
        for (at, with) in changes {
            let at = at.index(bytes.len());
            match with {
                Some(with) => bytes[at] = with,
                None => drop(bytes.remove(at)),
            }
        }
        let text = String::from_utf8(bytes).expect("ASCII");
        prop_assert_eq!(found("\"a\"", &text), found("\"\\u0061\"", &text), "{}", text);
    }
}
