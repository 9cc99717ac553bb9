//! tar archives, as they stream: POSIX (ustar, pax) and GNU.
//!
//! Source: POSIX.1-2017, `pax`, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".

use std::io::{self, Read};

use super::{broken, fill, pass};

const BLOCK: usize = 512;

/// The longest name or list of attributes that is read.
const MOST_IN_NAME: u64 = 1 << 20;

/// A tar archive; reading it reads the current file.
pub(super) struct Tar<R> {
    reader: R,
    /// Bytes of the current file that were not read, and what fills its last block.
    left: u64,
    padding: u64,
    /// Whether a header was read.
    is_begun: bool,
}

/// Whether a tar archive begins with `head`. JSON is none, whatever a caller wrote into its first record.
pub(super) fn is_begun(head: &[u8]) -> bool {
    let is_json = head.trim_ascii_start().first().is_some_and(|first| matches!(first, b'{' | b'['));
    !is_json && head.get(257..262) == Some(b"ustar") && head.first_chunk().is_some_and(has_its_sum)
}

impl<R: Read> Tar<R> {
    /// The archive that `reader` gives.
    pub fn new(reader: R) -> Self {
        Self { reader, left: 0, padding: 0, is_begun: false }
    }

    /// Goes to the next file; see [`Archive::advance`](super::Archive::advance).
    pub fn advance(&mut self) -> io::Result<Option<String>> {
        let mut long_name = None;
        loop {
            pass(&mut self.reader, self.left + self.padding)?;
            (self.left, self.padding) = (0, 0);
            let mut block = [0; BLOCK];
            match fill(&mut self.reader, &mut block)? {
                BLOCK if block != [0; BLOCK] => self.is_begun = true,
                BLOCK => return self.end(),
                0 if !self.is_begun => return Ok(None),
                _ => return Err(broken("ends early")),
            }
            if !has_its_sum(&block) {
                return Err(broken("a header has another checksum"));
            }
            let size = number(&block[124..136]).ok_or_else(|| broken("a header without a size"))?;
            self.left = size;
            self.padding = size.next_multiple_of(BLOCK as u64) - size;
            match block[156] {
                b'0' | 0 | b'7' => return Ok(Some(long_name.unwrap_or_else(|| name_of(&block)))),
                b'L' => long_name = Some(text(&self.content()?)),
                b'x' => long_name = path_of(&self.content()?).or(long_name),
                // Of a folder or link no long name is one of the next file.
                _ => long_name = None,
            }
        }
    }

    /// Behind the end of an archive stands nothing else.
    fn end(&mut self) -> io::Result<Option<String>> {
        let mut block = [0; BLOCK];
        loop {
            let got = fill(&mut self.reader, &mut block)?;
            if block[..got].iter().any(|&byte| byte != 0) {
                return Err(broken("something stands behind its end"));
            }
            if got < BLOCK {
                return Ok(None);
            }
        }
    }

    /// The bytes of a header that is one of a name.
    fn content(&mut self) -> io::Result<Vec<u8>> {
        if self.left > MOST_IN_NAME {
            return Err(broken("a name without end"));
        }
        let mut content = Vec::new();
        self.read_to_end(&mut content)?;
        Ok(content)
    }
}

impl<R: Read> Read for Tar<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).map_or(into.len(), |left| left.min(into.len()));
        let got = self.reader.read(&mut into[..most])?;
        self.left -= got as u64;
        if got == 0 && most > 0 { Err(broken("ends early")) } else { Ok(got) }
    }
}

/// Whether the checksum of a header is that of its bytes, its own taken for blanks.
fn has_its_sum(block: &[u8; BLOCK]) -> bool {
    let of = |(at, &byte): (usize, &u8)| if (148..156).contains(&at) { u64::from(b' ') } else { u64::from(byte) };
    number(&block[148..156]) == Some(block.iter().enumerate().map(of).sum())
}

/// A number in octal digits, or, where the first bit is set, in binary.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first @ 0x80..=0xff, rest)) = field.split_first().filter(|(first, _)| **first >= 0x80) {
        let (high, low) = rest.split_last_chunk::<8>()?;
        let is_small = *first == 0x80 && high.iter().all(|&byte| byte == 0);
        return is_small.then(|| u64::from_be_bytes(*low)).filter(|&size| size < 1 << 60);
    }
    let digits = text(field);
    u64::from_str_radix(digits.trim(), 8).ok()
}

/// The bytes before the first zero.
fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field.split(|&byte| byte == 0).next().unwrap_or_default()).into_owned()
}

fn name_of(block: &[u8; BLOCK]) -> String {
    let (name, prefix) = (text(&block[..100]), text(&block[345..500]));
    // GNU's own headers have other things in the place of the prefix.
    let is_posix = block[257..263] == *b"ustar\0" && !prefix.is_empty();
    if is_posix { format!("{prefix}/{name}") } else { name }
}

/// The `path` of a list of pax attributes, `LENGTH KEY=VALUE` a line.
fn path_of(attributes: &[u8]) -> Option<String> {
    let mut rest = attributes;
    while let Some(blank) = rest.iter().position(|&byte| byte == b' ') {
        let length: usize = std::str::from_utf8(&rest[..blank]).ok()?.parse().ok()?;
        let attribute = rest.get(blank + 1..length.checked_sub(1)?)?;
        if let Some(path) = attribute.strip_prefix(b"path=") {
            return Some(String::from_utf8_lossy(path).into_owned());
        }
        // The newline at the end of the last may be missing.
        rest = rest.get(length..).unwrap_or_default();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, kind: u8, size: usize) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..name.len().min(100)].copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
        block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        block[156] = kind;
        block[257..263].copy_from_slice(b"ustar\0");
        block[148..156].fill(b' ');
        let sum: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        block
    }

    fn entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
        let mut entry = [header(name, kind, content.len()), content.to_vec()].concat();
        entry.resize(entry.len().next_multiple_of(BLOCK), 0);
        entry
    }

    fn files(tar: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
        let (mut tar, mut files) = (Tar::new(tar), Vec::new());
        while let Some(name) = tar.advance().map_err(|error| error.to_string())? {
            let mut content = Vec::new();
            tar.read_to_end(&mut content).map_err(|error| error.to_string())?;
            files.push((name, content));
        }
        Ok(files)
    }

    #[test]
    fn attributes_that_end_too_early() {
        assert_eq!(path_of(b"11 a=bcdef\n12 path=a/b\n").as_deref(), Some("a/b"));
        assert_eq!(path_of(b"11 a=bcdef\n12 path=a/b").as_deref(), Some("a/b"), "without its newline");
        assert_eq!(path_of(b"11 a=bcdef"), None);
        assert_eq!(path_of(b"12 a=bcdef"), None);
        assert_eq!(path_of(b"0 a=bcdef"), None);
    }

    #[test]
    fn files_and_their_names() {
        let long = "x".repeat(300);
        let pax = format!("{} path={long}\n", long.len() + 10);
        let all = [
            entry("a.json", b'0', b"one"),
            entry("folder/", b'5', b""),
            entry("link", b'2', b""),
            entry("././@LongLink", b'L', format!("{long}\0").as_bytes()),
            entry("cut", b'0', &[b'y'; 1000]),
            entry("PaxHeader", b'x', pax.as_bytes()),
            entry("cut", 0, b""),
            vec![0; 1024],
        ]
        .concat();
        let expected = [("a.json".to_owned(), b"one".to_vec()), (long.clone(), vec![b'y'; 1000]), (long, Vec::new())];
        assert_eq!(files(&all), Ok(expected.to_vec()));
        let mut unread = Tar::new(all.as_slice());
        let names: Vec<_> = std::iter::from_fn(|| unread.advance().expect("whole")).map(|name| name.len()).collect();
        assert_eq!(names, [6, 300, 300], "what is not read is passed over");
        assert_eq!(files(&[]), Ok(Vec::new()));
    }

    #[test]
    fn behind_the_end_stands_nothing() {
        let whole = [entry("a.json", b'0', b"one"), vec![0; 1024]].concat();
        assert!(files(&whole).is_ok() && files(&[whole.clone(), vec![0; 9000]].concat()).is_ok());
        assert!(files(&[whole.clone(), whole].concat()).is_err_and(|why| why.contains("behind its end")));
        assert!(files(&entry("a.json", b'0', b"one")).is_err_and(|why| why.contains("ends early")), "no end");
    }

    #[test]
    fn json_with_the_word_in_its_place_is_no_archive() {
        assert!(is_begun(&entry("a.json", b'0', b"one")));
        let mut json = br#"{"Records":[{"userIdentity":{"arn":""#.to_vec();
        json.resize(257, b'x');
        json.extend_from_slice(b"ustar");
        json.resize(4096, b'x');
        assert!(!is_begun(&json));
        assert!(!is_begun(&json[1..]) && !is_begun(b"ustar"));
    }

    #[test]
    fn what_is_broken_is_told() {
        let whole = entry("a.json", b'0', &[b'y'; 1000]);
        for length in [100, BLOCK + 10, BLOCK + 1000] {
            assert!(length == BLOCK + 1000 || files(&whole[..length]).is_err_and(|why| why.contains("ends early")));
        }
        let mut other = whole.clone();
        other[0] = b'b';
        assert!(files(&other).is_err_and(|why| why.contains("checksum")));
        assert!(files(&header("x", b'L', 1 << 30)).is_err_and(|why| why.contains("a name without end")));
    }

    #[test]
    fn sizes_in_binary() {
        assert_eq!(number(b"\x80\0\0\0\0\0\0\0\0\0\x01\0"), Some(256));
        assert_eq!(number(b"\x80\xff\0\0\0\0\0\0\0\0\x01\0"), None);
        assert_eq!(number(b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!((number(b"00000000017\0"), number(b"x")), (Some(15), None));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000), at in 0..512_usize, byte: u8) {
            let _ = files(&bytes);
            let mut mutated = [entry("a", b'x', b"11 path=abc\n"), entry("a", b'0', b"x")].concat();
            mutated[at] = byte;
            let _ = files(&mutated);
        }
    }
}
