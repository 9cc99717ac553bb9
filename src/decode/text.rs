//! A stream of bytes as text that grows at its end and is dropped at its front.

use std::io::{self, Read};

use super::foreign::HEAD;

/// How much is read at a time.
const CHUNK: usize = 1 << 20;

/// UTF-8 text from a reader. Bytes that are not UTF-8 become U+FFFD.
pub struct TextReader<R> {
    reader: R,
    text: String,
    /// Bytes of a character that is not whole yet.
    carry: Vec<u8>,
    chunk: Vec<u8>,
    ended: bool,
    /// Bytes read so far.
    pub bytes: u64,
    /// The first of them, as they came.
    pub head: Vec<u8>,
    /// Whether some bytes were no UTF-8.
    pub lossy: bool,
    /// Why reading stopped early, if it did.
    pub error: Option<io::Error>,
}

impl<R: Read> TextReader<R> {
    /// Text from `reader`, nothing of which is read yet.
    pub fn new(reader: R) -> Self {
        let (text, carry, chunk) = (String::new(), Vec::new(), vec![0; CHUNK]);
        Self { reader, text, carry, chunk, ended: false, bytes: 0, head: Vec::new(), lossy: false, error: None }
    }

    /// The text that is held.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing follows the text that is held.
    pub fn is_whole(&self) -> bool {
        self.ended
    }

    /// Drops the first `done` bytes of the text and reads on; an error ends the text and is kept in `error`.
    pub fn advance(&mut self, done: usize) {
        self.text.drain(..done);
        let mut filled = 0;
        while filled < CHUNK && !self.ended {
            match self.reader.read(&mut self.chunk[filled..]) {
                Ok(0) => self.ended = true,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.error = Some(e);
                    self.ended = true;
                }
            }
        }
        if self.bytes == 0 {
            self.head = self.chunk[..filled.min(HEAD)].to_vec();
        }
        self.bytes += filled as u64;
        let chunk = std::mem::take(&mut self.chunk);
        self.push(&chunk[..filled]);
        self.chunk = chunk;
    }

    fn push(&mut self, bytes: &[u8]) {
        let joined;
        let mut rest = if self.carry.is_empty() {
            bytes
        } else {
            joined = [&std::mem::take(&mut self.carry), bytes].concat();
            &joined
        };
        loop {
            match simdutf8::compat::from_utf8(rest) {
                Ok(text) => return self.text.push_str(text),
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.text.push_str(&String::from_utf8_lossy(good));
                    match error.error_len() {
                        None if !self.ended => return self.carry = bad.to_vec(),
                        length => {
                            self.text.push('\u{fffd}');
                            self.lossy = true;
                            rest = &bad[length.unwrap_or(bad.len())..];
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(3).min(into.len());
            into[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    #[test]
    fn text_is_what_the_bytes_say() {
        for bytes in ["aé☃\u{1f600}".repeat(400_000).into_bytes(), b"a\xffb\xe2\x98".to_vec()] {
            let mut reader = TextReader::new(Slowly(&bytes));
            let mut all = String::new();
            while !reader.is_whole() {
                all.push_str(reader.text());
                reader.advance(reader.text().len());
            }
            all.push_str(reader.text());
            assert!(all == String::from_utf8_lossy(&bytes));
            assert_eq!(reader.lossy, std::str::from_utf8(&bytes).is_err());
            assert_eq!(reader.bytes, bytes.len() as u64);
        }
    }
}
