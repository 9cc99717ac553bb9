//! UTF-16 as UTF-8, which everything after it reads: what `>` of Windows PowerShell 5 and some editors write.

use std::io::{self, Read};

/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// Given for what is no character: no UTF-8 either, so that whoever reads the text tells it.
const NO_CHARACTER: u8 = 0xff;

/// The order of the bytes of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The high byte first.
    Big,
    /// The low byte first.
    Little,
}

/// The bytes of a text of UTF-16 as UTF-8. A byte order mark stays one.
pub(super) struct Utf16<R> {
    reader: R,
    order: Order,
    /// The first byte of a unit whose second has not come.
    odd: Option<u8>,
    /// The first half of a pair.
    high: Option<u16>,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl Order {
    /// The order of what begins with `head`, if that is UTF-16: with a mark, or two characters of ASCII without one.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            // The mark of UTF-32.
            [0xff, 0xfe, 0, 0, ..] => None,
            [0xff, 0xfe, ..] => Some(Self::Little),
            [0xfe, 0xff, ..] => Some(Self::Big),
            [1..=0x7f, 0, 1..=0x7f, 0, ..] => Some(Self::Little),
            [0, 1..=0x7f, 0, 1..=0x7f, ..] => Some(Self::Big),
            _ => None,
        }
    }
}

impl<R: Read> Utf16<R> {
    /// The text that `reader` gives.
    pub fn new(reader: R, order: Order) -> Self {
        Self { reader, order, odd: None, high: None, text: Vec::new(), given: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut bytes = [0; CHUNK];
        let got = self.reader.read(&mut bytes)?;
        self.text.clear();
        self.given = 0;
        for &byte in &bytes[..got] {
            match self.odd.take() {
                None => self.odd = Some(byte),
                Some(first) => self.take(match self.order {
                    Order::Big => u16::from_be_bytes([first, byte]),
                    Order::Little => u16::from_le_bytes([first, byte]),
                }),
            }
        }
        if got == 0 {
            self.ended = true;
            let rest = [self.odd.take().is_some(), self.high.take().is_some()];
            self.text.extend(rest.into_iter().filter(|&is| is).map(|_| NO_CHARACTER));
        }
        Ok(())
    }

    fn take(&mut self, unit: u16) {
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let pair = 0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(unit) - 0xdc00);
                self.push(char::from_u32(pair));
            }
            (high, _) => {
                if high.is_some() {
                    self.push(None);
                }
                match unit {
                    0xd800..=0xdbff => self.high = Some(unit),
                    _ => self.push(char::from_u32(u32::from(unit))),
                }
            }
        }
    }

    fn push(&mut self, character: Option<char>) {
        match character {
            Some(character) => self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => self.text.push(NO_CHARACTER),
        }
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.fill()?;
        }
        let got = into.len().min(self.text.len() - self.given);
        into[..got].copy_from_slice(&self.text[self.given..self.given + got]);
        self.given += got;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str, order: Order) -> Vec<u8> {
        let of = |unit: u16| if order == Order::Big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(of).collect()
    }

    fn read(bytes: &[u8], order: Order) -> Vec<u8> {
        let mut text = Vec::new();
        Utf16::new(bytes, order).read_to_end(&mut text).expect("bytes can be read");
        text
    }

    #[test]
    fn a_text_is_what_it_was() {
        for order in [Order::Big, Order::Little] {
            for text in ["", "{}", "\u{feff}{\"é☃\u{1f600}\":1}", &"\u{1f600}x".repeat(CHUNK)] {
                assert!(read(&bytes(text, order), order) == text.as_bytes(), "{order:?}");
            }
        }
    }

    #[test]
    fn what_is_no_character_is_no_utf_8() {
        let unit = |units: &[u16]| units.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<u8>>();
        for (units, text) in [
            (&[0x61, 0xd83d, 0x62][..], &b"a\xffb"[..]),
            (&[0xde00, 0x62], b"\xffb"),
            (&[0xd83d, 0xd83d, 0xde00], b"\xff\xf0\x9f\x98\x80"),
            (&[0x61, 0xd83d], b"a\xff"),
        ] {
            assert_eq!(read(&unit(units), Order::Big), text, "{units:x?}");
        }
        assert_eq!(read(b"\0a\0", Order::Big), b"a\xff");
    }

    #[test]
    fn utf_16_is_told_by_its_beginning() {
        for order in [Order::Big, Order::Little] {
            for text in ["\u{feff}{}", "{}", "[\n", "eventName"] {
                assert_eq!(Order::of(&bytes(text, order)), Some(order), "{text}");
            }
        }
        for other in
            [&b"\xff\xfe\0\0{\0\0\0"[..], b"{}", b"\xef\xbb\xbf{}", b"\0\0\0\x01Bud1", b"\x80\0\x81\0", b"", b"{\0"]
        {
            assert_eq!(Order::of(other), None, "{other:?}");
        }
    }
}
