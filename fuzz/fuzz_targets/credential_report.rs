//! Any bytes as a credential report: read or told, and answered.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailscan::posture::StateKind;

fuzz_target!(|bytes: &[u8]| trailscan_fuzz::answer_of_state(StateKind::CredentialReport, bytes));
