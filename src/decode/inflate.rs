//! The door for compressed bytes: gzip (several members), zstd, either of them in either, plain, identified by their first
//! bytes; and for what is no JSON in UTF-8 but says the same: UTF-16, tables, Parquet.
//!
//! A small object is inflated whole by libdeflate into a buffer that is used again; anything else, and anything that
//! libdeflate will not have, is a stream.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;
use libdeflater::Decompressor;

use super::archive::ArchiveKind;
use super::foreign::HEAD;
use super::parquet;
use super::table::{self, Table};
use super::utf_16::{Order, Utf16};

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

/// How often an object may be packed: CloudWatch Logs packs what it gives to Firehose, which packs it again.
const MOST_LAYERS: u32 = 4;

/// The text of an object as a stream of UTF-8, with a cap on what each layer of packing gives.
pub struct JsonReader<'a> {
    /// What kind of archive was packed, if it was one: its bytes are given as they are.
    pub archive: Option<ArchiveKind>,
    text: Capped<Box<dyn Read + Send + 'a>>,
}

/// A reader whose first bytes have been looked at.
struct Headed<'a> {
    head: io::Cursor<Vec<u8>>,
    rest: Box<dyn Read + Send + 'a>,
    /// Why no more of its head could be had, if it could not; told behind it.
    error: Option<io::Error>,
}

/// A reader that ends in an error past its cap.
struct Capped<R> {
    reader: R,
    /// Bytes that may still be given.
    left: u64,
    most: u64,
}

/// gzip members one after another.
struct Members<R: Read> {
    member: Option<GzDecoder<BufReader<R>>>,
}

/// Says whose the errors of a reader of zstd are.
struct Zstd<R: Read>(zstd::stream::read::Decoder<'static, BufReader<R>>);

/// Whether what begins with `head` is a text to read as it stands: not packed once more, no archive, in no other
/// encoding, no table.
pub fn is_plain(head: &[u8]) -> bool {
    let head = &head[..head.len().min(HEAD)];
    let is_text = || Order::of(head).is_none() && table::Layout::of(head).is_none();
    let is_packed = Compression::of(head) != Compression::Plain || parquet::is_parquet(head);
    !is_packed && ArchiveKind::of(head).is_none() && is_text()
}

impl<'a> JsonReader<'a> {
    /// Unpacks `packed`, however often it is packed; each layer gives at most `most` bytes.
    ///
    /// # Errors
    /// When there is no memory to unpack with; what cannot be read or unpacked is told by reading.
    pub fn new(packed: impl Read + Send + 'a, most: u64) -> io::Result<Self> {
        let mut layer = Headed::of(Box::new(packed));
        for _ in 0..MOST_LAYERS {
            layer = match Compression::of(layer.head()) {
                Compression::Plain => break,
                Compression::Gzip => Headed::capped(Members { member: Some(GzDecoder::new(buffered(layer))) }, most),
                Compression::Zstd => {
                    let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered(layer))?;
                    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                    Headed::capped(Zstd(decoder), most)
                }
            };
        }
        let archive = ArchiveKind::of(layer.head());
        if let Some(order) = Order::of(layer.head()).filter(|_| archive.is_none()) {
            layer = Headed::of(Box::new(Utf16::new(layer, order)));
        }
        let text: Box<dyn Read + Send + 'a> = match table::Layout::of(layer.head()) {
            Some(layout) => Box::new(Table::new(layer, layout)),
            None if parquet::is_parquet(layer.head()) => parquet::lines(layer, most),
            None => Box::new(layer),
        };
        Ok(Self { archive, text: Capped { reader: text, left: most, most } })
    }
}

fn buffered<R: Read>(reader: R) -> BufReader<R> {
    BufReader::with_capacity(CHUNK, reader)
}

impl Read for JsonReader<'_> {
    /// Reads on.
    ///
    /// # Errors
    /// An [`InflateError`] inside an [`io::Error`], or what the source says.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.text.read(into)
    }
}

impl<'a> Headed<'a> {
    fn capped(reader: impl Read + Send + 'a, most: u64) -> Self {
        Self::of(Box::new(Capped { reader, left: most, most }))
    }

    fn of(mut rest: Box<dyn Read + Send + 'a>) -> Self {
        let (mut head, mut filled, mut error) = (vec![0; HEAD], 0, None);
        while filled < HEAD {
            match rest.read(&mut head[filled..]) {
                Ok(0) => break,
                Ok(got) => filled += got,
                Err(told) if told.kind() == io::ErrorKind::Interrupted => {}
                Err(told) => {
                    error = Some(told);
                    break;
                }
            }
        }
        head.truncate(filled);
        Self { head: io::Cursor::new(head), rest, error }
    }

    fn head(&self) -> &[u8] {
        self.head.get_ref()
    }
}

impl Read for Headed<'_> {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.head.read(into)? {
            0 => self.error.take().map_or_else(|| self.rest.read(into), Err),
            got => Ok(got),
        }
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(into)?;
        match self.left.checked_sub(got as u64) {
            Some(left) => self.left = left,
            None => return Err(other(InflateError::TooLarge(self.most))),
        }
        Ok(got)
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(|error| other(InflateError::Zstd(error)))
    }
}

impl<R: Read> Read for Members<R> {
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
    fn what_is_packed_again_is_unpacked_again() {
        let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).expect("memory takes it");
        let times = |times| (0..times).fold(b"hello".to_vec(), |packed, _| gzip(&packed));
        for packed in [times(2), times(4), zstd(&times(1)), gzip(&zstd(b"hello")), [times(2), times(2)].concat()] {
            let (text, error) = stream(&packed, 1 << 10);
            assert!(error.is_none() && text.starts_with(b"hello") && text.ends_with(b"hello"), "{text:?} {error:?}");
        }
        assert_eq!(stream(&times(5), 1 << 10), (gzip(b"hello"), None), "not without end");
        let bomb = gzip(&gzip(&vec![b' '; 1 << 20]));
        let (text, error) = stream(&bomb, 1 << 16);
        assert!(text.len() <= 1 << 16 && error.is_some_and(|e| e.contains("--max-object-bytes")));
        let cut = times(2);
        assert!(stream(&gzip(&cut[..cut.len() - 9]), 1 << 10).1.is_some_and(|e| e.starts_with("broken gzip")));
    }

    #[test]
    fn utf_16_is_given_as_utf_8() {
        let wide: Vec<u8> = "\u{feff}{\"é\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for packed in [wide.clone(), gzip(&wide), gzip(&gzip(&wide))] {
            assert_eq!(stream(&packed, 100), ("\u{feff}{\"é\":1}".as_bytes().to_vec(), None));
        }
        assert!(!is_plain(&wide) && !is_plain(&gzip(b"x")) && is_plain(b"{}") && is_plain(b""));
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
