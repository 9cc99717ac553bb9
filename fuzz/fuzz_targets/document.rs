//! Whole and in parts, a document gives the same events; any text is taken.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use trailscan::decode::{Ending, Parts};
use trailscan_fuzz::{Given, MOST_RECORD_BYTES, decoder};

/// Gives a few bytes at a time.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = self.1.min(into.len());
        (&mut self.0).take(most as u64).read(into)
    }
}

fuzz_target!(|input: (u8, &str)| {
    let (how, text) = input;
    let carves = how & 1 == 1;
    let mut whole = Given::default();
    let ended = decoder(carves).document(text, &mut whole);

    let mut parts = Parts::new(Trickle(text.as_bytes(), usize::from(how >> 1) + 1), MOST_RECORD_BYTES).carving(carves);
    let (mut by_parts, mut decoder) = (Given::default(), decoder(carves));
    for part in &mut parts {
        decoder.part(&part, &mut by_parts);
    }
    let end = parts.end();
    assert!(end.error.is_none());
    // How much of what is damaged can be read is not the same: values that end nowhere end elsewhere in parts. That it is
    // damaged is told by both.
    let is_damaged = ended.ending != Ending::Whole || ended.is_late || whole.malformed > 0;
    let are_damaged = end.ending != Ending::Whole || end.is_late || end.malformed > 0 || by_parts.malformed > 0;
    assert_eq!(is_damaged, are_damaged, "{ended:?} {whole:?} {end:?} {by_parts:?}");
    if !is_damaged && !carves {
        assert_eq!(whole.events, by_parts.events);
        assert_eq!(whole.fingerprints, by_parts.fingerprints);
        assert_eq!((whole.broken, whole.asides), (by_parts.broken, by_parts.asides));
    }
});
