//! Members of zip and tar archives: any bytes end, in files or in an error.
#![no_main]

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use trailscan::decode::{Archive, ArchiveKind};

fuzz_target!(|bytes: &[u8]| {
    let Some(kind) = ArchiveKind::of(bytes) else { return };
    let mut archive = Archive::new(kind, Cursor::new(bytes));
    let mut members = 0;
    while let Ok(Some(_)) = archive.advance() {
        members += 1;
        assert!(members <= bytes.len(), "more members than bytes");
        let mut content = Vec::new();
        let _ = (&mut archive).take(1 << 20).read_to_end(&mut content);
    }
});
