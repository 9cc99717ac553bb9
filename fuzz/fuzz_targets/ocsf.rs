//! Documents of OCSF and of other tools, wrapped in anything: any text is taken.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailscan::decode::{foreign, other_ocsf};
use trailscan_fuzz::{Given, decoder};

fuzz_target!(|text: &str| {
    let mut given = Given::default();
    decoder(false).document(text, &mut given);
    let _ = foreign(text.as_bytes());
    let _ = other_ocsf(text.as_bytes());
    // The same again inside of a message.
    let mut wrapped = Given::default();
    let message = serde_json::json!({"Type": "Notification", "Message": text}).to_string();
    decoder(false).document(&message, &mut wrapped);
});
