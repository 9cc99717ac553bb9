//! The door for compressed bytes: gzip (several members), zstd, plain, identified by their first bytes.
//!
//! A small object is inflated whole by libdeflate into a buffer that is used again; anything else, and anything that
//! libdeflate will not have, is a stream.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;
use libdeflater::Decompressor;

const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// zstd frames may ask for a window of up to 128 MiB.
const ZSTD_WINDOW_LOG: u32 = 27;
/// How much a stream reads at a time.
const CHUNK: usize = 256 << 10;

/// How an object is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// gzip, as CloudTrail delivers.
    Gzip,
    /// Zstandard.
    Zstd,
    /// Not at all.
    Plain,
}

/// Why an object does not inflate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InflateError {
    /// Data follows that is no gzip member.
    #[error("data that is not gzip follows the last member")]
    Trailing,
    /// The gzip data stop early or are wrong.
    #[error("broken gzip: {0}")]
    Gzip(io::Error),
    /// The zstd data stop early or are wrong.
    #[error("broken zstd: {0}")]
    Zstd(io::Error),
    /// The object gives more JSON than is allowed.
    #[error("more than {0} bytes of JSON: raise --max-object-bytes to read it")]
    TooLarge(u64),
}

impl Compression {
    /// What `head`, the beginning of an object, is packed with.
    pub fn of(head: &[u8]) -> Self {
        if head.starts_with(&GZIP_MAGIC) {
            Self::Gzip
        } else if head.starts_with(&ZSTD_MAGIC) {
            Self::Zstd
        } else {
            Self::Plain
        }
    }
}

/// Inflates whole objects into one buffer.
pub struct Inflater {
    decompressor: Decompressor,
    buffer: Vec<u8>,
}

impl Default for Inflater {
    fn default() -> Self {
        Self { decompressor: Decompressor::new(), buffer: Vec::new() }
    }
}

impl Inflater {
    /// The JSON of a gzip object of one member that gives at most `most` bytes.
    ///
    /// `None` when it is larger, has several members or is broken: then read it as a stream, which says what is wrong.
    pub fn whole(&mut self, gzip: &[u8], most: usize) -> Option<&[u8]> {
        // The last four bytes of a member are the length of what it holds, modulo 2^32.
        let size = u32::from_le_bytes(*gzip.last_chunk()?) as usize;
        if size > most || gzip.len() < 18 || memchr::memmem::find(&gzip[1..], &GZIP_MAGIC).is_some() {
            return None;
        }
        if self.buffer.len() < size {
            self.buffer.resize(size.next_power_of_two(), 0);
        }
        let got = self.decompressor.gzip_decompress(gzip, &mut self.buffer[..size]).ok()?;
        (got == size).then(|| &self.buffer[..size])
    }
}

/// The JSON of an object as a stream of bytes, with a cap.
pub struct JsonReader<R: Read> {
    unpacked: Unpacked<R>,
    /// Bytes that may still be given.
    left: u64,
    most: u64,
}

enum Unpacked<R: Read> {
    Plain(BufReader<R>),
    Gzip(Box<Members<R>>),
    Zstd(zstd::stream::read::Decoder<'static, BufReader<R>>),
}

/// gzip members one after another.
struct Members<R: Read> {
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> JsonReader<R> {
    /// Unpacks `packed`, giving at most `most` bytes.
    ///
    /// # Errors
    /// When nothing can be read.
    pub fn new(packed: R, most: u64) -> io::Result<Self> {
        let mut packed = BufReader::with_capacity(CHUNK, packed);
        let unpacked = match Compression::of(packed.fill_buf()?) {
            Compression::Gzip => Unpacked::Gzip(Box::new(Members { member: Some(GzDecoder::new(packed)) })),
            Compression::Plain => Unpacked::Plain(packed),
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Unpacked::Zstd(decoder)
            }
        };
        Ok(Self { unpacked, left: most, most })
    }
}

impl<R: Read> Read for JsonReader<R> {
    /// Reads on.
    ///
    /// # Errors
    /// An [`InflateError`] inside an [`io::Error`], or what the source says.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = match &mut self.unpacked {
            Unpacked::Plain(reader) => reader.read(into)?,
            Unpacked::Gzip(members) => members.read(into)?,
            Unpacked::Zstd(decoder) => decoder.read(into).map_err(|e| other(InflateError::Zstd(e)))?,
        };
        match self.left.checked_sub(got as u64) {
            Some(left) => self.left = left,
            None => return Err(other(InflateError::TooLarge(self.most))),
        }
        Ok(got)
    }
}

impl<R: Read> Members<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = &mut self.member else { return Ok(0) };
            let got = member.read(into).map_err(|e| other(InflateError::Gzip(e)))?;
            if got > 0 || into.is_empty() {
                return Ok(got);
            }
            self.member = match self.member.take() {
                Some(done) => next_member(done.into_inner())?,
                None => None,
            };
        }
    }
}

/// The next member, if there is one. Zeros after the last are padding, as gzip itself holds.
fn next_member<R: Read>(mut packed: BufReader<R>) -> io::Result<Option<GzDecoder<BufReader<R>>>> {
    loop {
        let head = packed.fill_buf()?;
        if head.is_empty() {
            return Ok(None);
        }
        let zeros = head.iter().take_while(|&&b| b == 0).count();
        if zeros == 0 {
            let is_member = head[0] == GZIP_MAGIC[0] && head.get(1).is_none_or(|&b| b == GZIP_MAGIC[1]);
            return if is_member { Ok(Some(GzDecoder::new(packed))) } else { Err(other(InflateError::Trailing)) };
        }
        packed.consume(zeros);
    }
}

fn other(error: InflateError) -> io::Error {
    io::Error::other(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn stream(packed: &[u8], most: u64) -> (Vec<u8>, Option<String>) {
        let mut text = Vec::new();
        let mut reader = JsonReader::new(packed, most).expect("memory can be read");
        let error = reader.read_to_end(&mut text).err().map(|e| e.to_string());
        (text, error)
    }

    #[test]
    fn one_member_is_inflated_whole_and_several_are_not() {
        let mut inflater = Inflater::default();
        let (one, twice) = (gzip(b"hello"), [gzip(b"hello"), gzip(b"hello")].concat());
        assert_eq!(inflater.whole(&one, 5), Some(&b"hello"[..]));
        assert_eq!(inflater.whole(&one, 4), None);
        assert_eq!(inflater.whole(&twice, 100), None);
        assert_eq!(inflater.whole(&one[..one.len() - 1], 100), None);
        assert_eq!(inflater.whole(b"", 100), None);
        assert_eq!(stream(&twice, 100), (b"hellohello".to_vec(), None));
    }

    #[test]
    fn streams_of_every_packing() {
        let zstd = zstd::encode_all(&b"hello"[..], 1).expect("memory takes it");
        for packed in [b"hello".to_vec(), gzip(b"hello"), zstd.clone(), [zstd.clone(), zstd[..0].to_vec()].concat()] {
            assert_eq!(stream(&packed, 5), (b"hello".to_vec(), None));
        }
        assert_eq!(stream(&[zstd.clone(), zstd].concat(), 10), (b"hellohello".to_vec(), None));
        assert_eq!(stream(&[gzip(b"x"), vec![0; 600]].concat(), 5), (b"x".to_vec(), None));
    }

    #[test]
    fn what_came_before_the_damage_is_given() {
        let whole = gzip(&[b'x'; 100_000]);
        let (text, error) = stream(&whole[..whole.len() / 2], 1 << 20);
        assert!(!text.is_empty() && text.len() < 100_000);
        assert!(error.is_some_and(|e| e.starts_with("broken gzip")));
        let (text, error) = stream(&[gzip(b"x"), b"PK".to_vec()].concat(), 5);
        assert_eq!(
            (text.as_slice(), error.as_deref()),
            (&b"x"[..], Some("data that is not gzip follows the last member"))
        );
        let (text, error) = stream(&gzip(&[b' '; 1000]), 999);
        assert!(text.len() < 1000 && error.is_some_and(|e| e.contains("--max-object-bytes")));
    }
}
