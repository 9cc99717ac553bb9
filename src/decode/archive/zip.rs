//! zip archives, as they stream.
//!
//! Source: PKWARE, APPNOTE.TXT 6.3, "Local file header", "Data descriptor", "Zip64 extended information extra field".

use std::io::{self, BufRead, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{broken, fill, pass};

const FILE: [u8; 4] = *b"PK\x03\x04";
/// What the directory is made of.
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const SIGNATURE: [u8; 4] = *b"PK\x05\x05";
const END_ZIP64: [u8; 4] = *b"PK\x06\x06";
const END_LOCATOR: [u8; 4] = *b"PK\x06\x07";
const END: [u8; 4] = *b"PK\x05\x06";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// What stands before the first file of an archive in one part that was made for several.
const SPANNED: [u8; 4] = *b"PK00";

const ENCRYPTED: u16 = 1;
const HAS_DESCRIPTOR: u16 = 1 << 3;
const IN_ZIP64: u32 = u32::MAX;

/// A zip archive; reading it reads the current file.
pub(super) struct Zip<R> {
    reader: R,
    file: Option<File>,
}

/// The file that is read.
struct File {
    packing: Packing,
    /// Bytes of it in the archive that were not read; `None` where only its end tells.
    left: Option<u64>,
    /// The checksum that its header tells; a descriptor behind it may tell another.
    sum: Option<u32>,
    has_descriptor: bool,
    is_zip64: bool,
    read: Crc,
    /// Whether its data are over, and whether its checksum was looked at.
    ended: bool,
    judged: bool,
}

enum Packing {
    Stored,
    Deflated(Box<Decompress>),
    /// Not to be read: why.
    Closed(String),
}

impl<R: BufRead> Zip<R> {
    /// The archive that `reader` gives.
    pub fn new(reader: R) -> Self {
        Self { reader, file: None }
    }

    /// Goes to the next file; see [`Archive::advance`](super::Archive::advance).
    pub fn advance(&mut self) -> io::Result<Option<String>> {
        loop {
            self.end_file()?;
            let mut signature = [0; 4];
            if fill(&mut self.reader, &mut signature)? < signature.len() {
                return Err(broken("ends early"));
            }
            match signature {
                FILE => {}
                SPANNED | DESCRIPTOR => continue,
                [b'P', b'K', ..] => return self.directory(signature),
                _ => return Err(broken("something else stands in the place of a file")),
            }
            let name = self.header()?;
            if !name.ends_with('/') {
                return Ok(Some(name));
            }
        }
    }

    /// Passes over the directory, which tells nothing more; behind it stands nothing else.
    fn directory(&mut self, mut signature: [u8; 4]) -> io::Result<Option<String>> {
        loop {
            let (fixed, lengths): (usize, &[usize]) = match signature {
                ENTRY => (42, &[24, 26, 28]),
                END => (18, &[16]),
                SIGNATURE => (2, &[0]),
                END_LOCATOR => (16, &[]),
                END_ZIP64 => (8, &[]),
                _ => return Err(broken("its directory is none")),
            };
            let mut bytes = vec![0; fixed];
            self.exactly(&mut bytes)?;
            let length = |&at: &usize| u64::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
            let more = match bytes.first_chunk() {
                Some(&size) if signature == END_ZIP64 => u64::from_le_bytes(size),
                _ => lengths.iter().map(length).sum(),
            };
            pass(&mut self.reader, more)?;
            let is_end = signature == END;
            match fill(&mut self.reader, &mut signature)? {
                0 if is_end => return Ok(None),
                _ if is_end => return Err(broken("something stands behind its end")),
                4 => {}
                _ => return Err(broken("ends early")),
            }
        }
    }

    /// Reads the rest of a header, after its signature; gives the name.
    fn header(&mut self) -> io::Result<String> {
        let mut header = [0; 26];
        self.exactly(&mut header)?;
        let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let long = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let (flags, method) = (short(2), short(4));
        let (sum, packed, unpacked) = (long(10), long(14), long(18));
        let mut name = vec![0; usize::from(short(22))];
        let mut extra = vec![0; usize::from(short(24))];
        self.exactly(&mut name)?;
        self.exactly(&mut extra)?;
        let has_descriptor = flags & HAS_DESCRIPTOR != 0;
        let zip64 = zip64_size(&extra, unpacked == IN_ZIP64);
        let size = if packed == IN_ZIP64 { zip64.unwrap_or(0) } else { u64::from(packed) };
        let left = (!has_descriptor || size > 0).then_some(size);
        let packing = match method {
            _ if flags & ENCRYPTED != 0 => {
                Packing::Closed("is encrypted: unpack the archive with its password and scan what was in it".to_owned())
            }
            0 if left.is_some() => Packing::Stored,
            8 => Packing::Deflated(Box::new(Decompress::new(false))),
            _ => Packing::Closed(format!(
                "is packed in a way that cannot be streamed (method {method}): unpack the archive and scan what was in it"
            )),
        };
        let sum = (!has_descriptor).then_some(sum);
        let (read, is_zip64) = (Crc::new(), zip64.is_some());
        self.file = Some(File { packing, left, sum, has_descriptor, is_zip64, read, ended: false, judged: false });
        Ok(String::from_utf8_lossy(&name).into_owned())
    }

    fn exactly(&mut self, into: &mut [u8]) -> io::Result<()> {
        if fill(&mut self.reader, into)? == into.len() { Ok(()) } else { Err(broken("ends early")) }
    }

    /// Passes over what is left of the file, and over the descriptor behind it.
    fn end_file(&mut self) -> io::Result<()> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        match file.left {
            Some(left) => pass(&mut self.reader, left)?,
            None if file.ended => {}
            None => return Err(broken("where a file ends is not known, and what follows it was not read")),
        }
        if file.has_descriptor && !file.judged {
            self.descriptor(&mut file)?;
        }
        Ok(())
    }

    /// Reads the descriptor behind a file, with or without its signature.
    fn descriptor(&mut self, file: &mut File) -> io::Result<()> {
        let mut first = [0; 4];
        self.exactly(&mut first)?;
        if first == DESCRIPTOR {
            self.exactly(&mut first)?;
        }
        file.sum = Some(u32::from_le_bytes(first));
        pass(&mut self.reader, if file.is_zip64 { 16 } else { 8 })
    }

    /// The file is at its end: its sum must be that of what was read.
    fn judge(&mut self, mut file: File) -> io::Result<usize> {
        pass(&mut self.reader, file.left.replace(0).unwrap_or_default())?;
        if file.has_descriptor {
            self.descriptor(&mut file)?;
        }
        file.judged = true;
        let is_right = file.sum == Some(file.read.sum());
        self.file = Some(file);
        if is_right { Ok(0) } else { Err(broken("the checksum of a file is another")) }
    }
}

impl<R: BufRead> Read for Zip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(mut file) = self.file.take() else { return Ok(0) };
        if let Packing::Closed(why) = &file.packing {
            let why = io::Error::other(why.clone());
            self.file = Some(file);
            return Err(why);
        }
        if file.judged || into.is_empty() {
            self.file = Some(file);
            return Ok(0);
        }
        let got = if file.ended { Ok(0) } else { file.read_from(&mut self.reader, into) };
        if file.ended && matches!(got, Ok(0)) {
            return self.judge(file);
        }
        self.file = Some(file);
        got
    }
}

impl File {
    /// Reads some bytes; none only at the end, which sets `ended`.
    fn read_from(&mut self, reader: &mut impl BufRead, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let available = reader.fill_buf()?;
            let most = self
                .left
                .map_or(available.len(), |left| available.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
            let input = &available[..most];
            let (taken, given, is_end) = match &mut self.packing {
                Packing::Deflated(inflater) => {
                    let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
                    let status = inflater.decompress(input, into, FlushDecompress::None);
                    let status = status.map_err(|error| broken(&error.to_string()))?;
                    let counted = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(0);
                    let (taken, given) =
                        (counted(inflater.total_in(), before_in), counted(inflater.total_out(), before_out));
                    (taken, given, status == Status::StreamEnd)
                }
                _ => {
                    let given = input.len().min(into.len());
                    into[..given].copy_from_slice(&input[..given]);
                    (given, given, self.left == Some(given as u64))
                }
            };
            let is_stuck = input.is_empty() && given == 0 && !is_end;
            reader.consume(taken);
            self.left = self.left.map(|left| left - taken as u64);
            self.read.update(&into[..given]);
            self.ended = is_end;
            if is_stuck {
                return Err(broken("ends early"));
            }
            if given > 0 || is_end {
                return Ok(given);
            }
        }
    }
}

/// The packed size in an extra field of zip64, where the unpacked one stands before it; `None` without such a field.
fn zip64_size(extra: &[u8], has_unpacked: bool) -> Option<u64> {
    let mut rest = extra;
    while let Some(([low, high, size_low, size_high], after)) = rest.split_first_chunk::<4>() {
        let size = usize::from(u16::from_le_bytes([*size_low, *size_high]));
        let field = after.get(..size)?;
        if u16::from_le_bytes([*low, *high]) == 1 {
            let at = if has_unpacked { 8 } else { 0 };
            return Some(field.get(at..at + 8).and_then(|size| size.try_into().ok()).map_or(0, u64::from_le_bytes));
        }
        rest = &after[size..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn deflated(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn sum(content: &[u8]) -> [u8; 4] {
        let mut crc = Crc::new();
        crc.update(content);
        crc.sum().to_le_bytes()
    }

    /// A file with its sizes before it, or behind it.
    fn file(name: &str, content: &[u8], (method, flags): (u16, u16)) -> Vec<u8> {
        let data = if method == 8 { deflated(content) } else { content.to_vec() };
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).expect("small").to_le_bytes();
        let told = [sum(content), size(&data), size(content)].concat();
        let is_behind = flags & HAS_DESCRIPTOR != 0;
        let before = if is_behind { vec![0; 12] } else { told.clone() };
        let behind = if is_behind { [DESCRIPTOR.to_vec(), told].concat() } else { Vec::new() };
        let length = u16::try_from(name.len()).expect("short").to_le_bytes();
        let head =
            [&[20, 0][..], &flags.to_le_bytes(), &method.to_le_bytes(), &[0; 4], &before, &length, &[0, 0]].concat();
        [&FILE[..], &head, name.as_bytes(), &data, &behind].concat()
    }

    fn directory() -> Vec<u8> {
        [&ENTRY[..], &[0; 42], &END, &[0; 18]].concat()
    }

    type Files = Vec<(String, Result<Vec<u8>, String>)>;

    fn files(zip: &[u8]) -> (Files, Option<String>) {
        let (mut zip, mut files) = (Zip::new(zip), Vec::new());
        loop {
            match zip.advance() {
                Ok(Some(name)) => {
                    let mut content = Vec::new();
                    let read = zip.read_to_end(&mut content).map(|_| content).map_err(|error| error.to_string());
                    files.push((name, read));
                }
                Ok(None) => return (files, None),
                Err(error) => return (files, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn files_however_they_are_packed() {
        let large = b"abc".repeat(100_000);
        let all = [
            file("folder/", b"", (0, 0)),
            file("a", b"one", (0, 0)),
            file("b", &large, (8, 0)),
            file("c", &large, (8, HAS_DESCRIPTOR)),
            file("d", b"", (8, HAS_DESCRIPTOR)),
            file("e", b"", (0, 0)),
            directory(),
        ]
        .concat();
        let ok = |name: &str, content: &[u8]| (name.to_owned(), Ok(content.to_vec()));
        let expected = vec![ok("a", b"one"), ok("b", &large), ok("c", &large), ok("d", b""), ok("e", b"")];
        assert!(files(&all) == (expected, None));
        let mut unread = Zip::new(all.as_slice());
        assert_eq!(
            [unread.advance().ok().flatten(), unread.advance().ok().flatten()],
            [Some("a".into()), Some("b".into())]
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_and_passed_over() {
        let (found, end) = files(
            &[file("a", b"x", (8, ENCRYPTED)), file("b", b"x", (14, 0)), file("c", b"x", (8, 0)), directory()].concat(),
        );
        let whys: Vec<_> = found.iter().map(|(_, read)| read.clone().err().unwrap_or_default()).collect();
        assert!(
            whys[0].contains("password") && whys[1].contains("method 14") && whys[2].is_empty() && end.is_none(),
            "{whys:?}"
        );
        let (found, end) = files(&[file("a", b"x", (0, HAS_DESCRIPTOR)), directory()].concat());
        assert!(found[0].1.as_ref().is_err_and(|why| why.contains("cannot be streamed")) && end.is_some());
        let whole = file("a", &b"abc".repeat(1000), (8, 0));
        let (found, end) = files(&whole[..whole.len() - 4]);
        assert!(found[0].1.as_ref().is_err_and(|why| why.contains("ends early")) && end.is_some());
        let mut other = [file("a", b"x", (0, 0)), directory()].concat();
        other[31] = b'y';
        let (found, end) = files(&other);
        assert!(found[0].1.as_ref().is_err_and(|why| why.contains("checksum")) && end.is_none());
        assert!(files(b"PK\x03\x04").1.is_some() && files(b"").1.is_some());
    }

    #[test]
    fn behind_the_end_stands_nothing() {
        let whole = [file("a", b"x", (0, 0)), directory()].concat();
        assert_eq!(files(&whole).1, None);
        for behind in [&whole[..], b"{\"Records\":[]}"] {
            let (found, end) = files(&[&whole, behind].concat());
            assert!(found.len() == 1 && end.is_some_and(|why| why.contains("behind its end")));
        }
    }

    #[test]
    fn sizes_of_zip64() {
        let field = [&[9, 0, 1, 0, 7][..], &[1, 0, 16, 0], &5_u64.to_le_bytes(), &6_u64.to_le_bytes()].concat();
        assert_eq!((zip64_size(&field, true), zip64_size(&field, false)), (Some(6), Some(5)));
        assert_eq!(
            (zip64_size(&field[..5], true), zip64_size(&field[..20], true), zip64_size(b"", true)),
            (None, None, None)
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 0..100_usize, byte: u8, method in 0..9_u16, flags in 0..16_u16) {
            let mut bytes = [file("a", b"abcabc", (method, flags)), file("b", b"x", (8, 8)), directory()].concat();
            bytes[at] = byte;
            let _ = files(&bytes);
        }
    }
}
