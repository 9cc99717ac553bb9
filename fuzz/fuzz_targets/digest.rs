//! Digest files and lists of public keys: any bytes are read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailscan::integrity::{DigestFile, PublicKeys};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(digest) = DigestFile::parse(bytes) {
        assert!(digest.signed(&[0; 32]).contains(&digest.object));
    }
    let _ = PublicKeys::default().add(bytes);
});
