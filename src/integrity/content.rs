//! The SHA-256 of what an object holds, unpacked: what digests name. A copy that was packed anew, or not at all, holds the
//! same and has the same.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// What an object holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The SHA-256 of it, unpacked.
    Whole([u8; 32]),
    /// Not what any delivery is: why.
    Broken(String),
    /// Not to be had: what failed, and the next step when known.
    Unread(String),
}

/// Reads an object to its end: what it holds, how many bytes it was read from and gave. `keep` has it, when it is wanted.
/// One gzip member and nothing behind it, as CloudTrail delivers and the AWS CLI asks for; or zstd,
/// or not packed at all, as a copy may be. More than `most` bytes are not read.
pub fn content_of(object: impl Read, most: u64, mut keep: Option<&mut Vec<u8>>) -> (Content, [u64; 2]) {
    let mut packed = Counted { reader: object, bytes: 0, failed: None };
    let mut hash = Hashing { hash: Sha256::new(), bytes: 0 };
    let mut buffered = BufReader::with_capacity(CHUNK, &mut packed);
    let begins =
        |buffered: &mut BufReader<_>, magic: &[u8]| buffered.fill_buf().is_ok_and(|head| head.starts_with(magic));
    let (is_gzip, is_zstd) = (begins(&mut buffered, &GZIP_MAGIC), begins(&mut buffered, &ZSTD_MAGIC));
    let mut take = |reader: &mut dyn Read| hash.all(reader, most, &mut keep);
    let done = if is_gzip {
        let mut member = GzDecoder::new(&mut buffered);
        take(&mut member).and_then(|()| match member.into_inner().fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => Err(io::Error::other("data follows the end of the compressed stream")),
            Err(error) => Err(error),
        })
    } else if is_zstd {
        zstd::stream::read::Decoder::with_buffer(&mut buffered).and_then(|mut reader| take(&mut reader))
    } else {
        take(&mut buffered)
    };
    let (read, failed) = (packed.bytes, packed.failed);
    let given = hash.bytes;
    let content = match (failed, done) {
        (Some(why), _) => Content::Unread(why),
        (None, Ok(())) => Content::Whole(hash.hash.finalize().into()),
        (None, Err(_)) if given > most => Content::Unread(format!("holds more than {most} bytes")),
        (None, Err(error)) => Content::Broken(error.to_string()),
    };
    (content, [read, given])
}

/// Counts what is read, and tells what fails there from what does not unpack.
struct Counted<R> {
    reader: R,
    bytes: u64,
    failed: Option<String>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(into);
        match &got {
            Ok(got) => self.bytes += *got as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => self.failed = Some(crate::input::explain_io(error)),
        }
        got
    }
}

/// Hashes what is read elsewhere.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Takes more of it.
    pub fn update(&mut self, text: &[u8]) {
        self.0.update(text);
    }

    /// What was read.
    pub fn content(self) -> Content {
        Content::Whole(self.0.finalize().into())
    }
}

struct Hashing {
    hash: Sha256,
    bytes: u64,
}

impl Hashing {
    fn all(&mut self, reader: &mut dyn Read, most: u64, keep: &mut Option<&mut Vec<u8>>) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let got = match reader.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.bytes += got as u64;
            if self.bytes > most {
                return Err(io::Error::other("too large"));
            }
            self.hash.update(&chunk[..got]);
            if let Some(kept) = keep {
                kept.extend_from_slice(&chunk[..got]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
        encoder.write_all(text).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn content(packed: &[u8]) -> Content {
        content_of(packed, 1 << 20, None).0
    }

    #[test]
    fn what_is_held_counts_and_not_how_it_is_packed() {
        let whole = Content::Whole(Sha256::digest(b"hello").into());
        for packed in [b"hello".to_vec(), gzip(b"hello", 1), gzip(b"hello", 9), gzip(b"hello", 0)] {
            assert_eq!(content(&packed), whole);
        }
        assert_eq!(content(&zstd::encode_all(&b"hello"[..], 1).expect("memory takes it")), whole);
        assert_eq!(content_of(&gzip(b"hello", 1)[..], 9, Some(&mut Vec::new())).1[1], 5);
        assert_ne!(content(b"hellp"), whole);
        assert_eq!(content(b""), Content::Whole(Sha256::digest(b"").into()));
    }

    #[test]
    fn what_no_delivery_is() {
        let broken = |packed: &[u8]| matches!(content(packed), Content::Broken(_));
        let packed = gzip(b"hello", 6);
        assert!(broken(&[&packed[..], b"x"].concat()), "bytes behind the member");
        assert!(broken(&[&packed[..], &gzip(b"", 6)].concat()), "a second member");
        assert!(broken(&packed[..packed.len() - 1]), "cut short");
        let mut wrong = packed.clone();
        wrong[packed.len() - 6] ^= 1;
        assert!(broken(&wrong), "its checksum");
    }

    #[test]
    fn what_could_not_be_read_proves_nothing() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
        let (content, _) = content_of(gzip(b"hello", 6)[..9].chain(Fails), 1 << 20, None);
        assert!(matches!(content, Content::Unread(why) if why.starts_with("permission denied")));
        assert!(matches!(content_of(&gzip(&[b' '; 100], 6)[..], 99, None).0, Content::Unread(_)));
    }
}
