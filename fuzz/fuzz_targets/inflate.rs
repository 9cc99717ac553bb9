//! The door for packed bytes: no more comes out than is allowed, and both ways through it give the same.
#![no_main]

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use trailscan::decode::{Compression, Inflater, JsonReader};

const MOST: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let _ = Compression::of(bytes);
    let mut inflater = Inflater::default();
    let whole = inflater.whole(bytes, MOST as usize);
    let Ok(mut reader) = JsonReader::new(Cursor::new(bytes.to_vec()), MOST) else { return };
    let mut streamed = Vec::new();
    let ended = reader.read_to_end(&mut streamed);
    assert!(streamed.len() as u64 <= 4 * MOST, "{} bytes", streamed.len());
    // What is packed twice, or is UTF-16, is given as UTF-8 by the stream alone.
    if let (Some(whole), Ok(_), None) = (whole, ended, reader.archive)
        && Compression::of(whole) == Compression::Plain
        && whole.is_ascii()
        && !whole.contains(&0)
    {
        assert_eq!(whole, streamed);
    }
});
