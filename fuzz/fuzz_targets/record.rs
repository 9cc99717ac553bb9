//! A record is read as serde_json reads it: whatever the fast path takes, the careful one means the same.
#![no_main]

use std::borrow::Cow;

use ahash::RandomState;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use trailscan::decode::{Aside, Decoder, Sink};
use trailscan::model::Event;
use trailscan_fuzz::HASHED_WITH;

/// The texts of the last event.
#[derive(Default)]
struct Last {
    events: usize,
    texts: Vec<(&'static str, String)>,
}

impl Sink for Last {
    type Note = ();

    fn coming(&mut self, _: &str, _: &str) {}

    fn event(&mut self, event: &Event<'_>, _: u64, (): ()) {
        self.events += 1;
        let texts = [
            ("eventID", event.event_id),
            ("eventName", event.event_name),
            ("eventSource", event.event_source),
            ("awsRegion", event.aws_region),
            ("sourceIPAddress", event.source_ip_address),
            ("userAgent", event.user_agent),
            ("errorCode", event.error_code),
        ];
        self.texts = texts.map(|(name, text)| (name, text.to_owned())).into();
    }

    fn broken_part(&mut self) {}

    fn malformed(&mut self) {}

    fn aside(&mut self, _: Aside) {}
}

fuzz_target!(|text: &str| {
    let Ok(Value::Object(record)) = serde_json::from_str::<Value>(text) else { return };
    // What lacks one of these may be the row of an export, whose names are written in many ways.
    let is_record = record.get("userIdentity").is_some_and(Value::is_object) && record.contains_key("eventVersion");
    if !is_record {
        return;
    }
    let mut last = Last::default();
    let document = format!("{{\"Records\":[{text}]}}");
    let hashed_with: RandomState = HASHED_WITH;
    Decoder::new(hashed_with, 1 << 24).document(&document, &mut last);
    // Insights, digests and aggregated events are no events; one event is.
    assert!(last.events <= 1, "one record is one event: {text}");
    for (name, text) in &last.texts {
        let expected: Cow<'_, str> = match record.get(*name) {
            Some(Value::String(text)) => Cow::Borrowed(text),
            None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => Cow::Borrowed(""),
            // Numbers are taken as they are written, which a Value no longer knows.
            Some(Value::Number(_)) => continue,
            Some(Value::Bool(is)) => Cow::Owned(is.to_string()),
        };
        assert_eq!(text, &expected, "{name} of {document}");
    }
});
