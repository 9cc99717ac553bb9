//! The files of a zip or tar archive, one after another, as the archive streams.
//!
//! A zip is read by its local headers, not by the directory at its end, which a stream has not yet seen. Known misses: a
//! file that was stored without its size cannot be told from what follows it.

mod tar;
mod zip;

use std::io::{self, BufReader, Read};

use tar::Tar;
use zip::Zip;

use super::foreign;

/// What kind of archive something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// zip.
    Zip,
    /// tar.
    Tar,
}

/// An archive; reading it reads the file that [`Archive::advance`] went to.
pub struct Archive<R: Read>(Format<R>);

enum Format<R: Read> {
    Zip(Box<Zip<BufReader<R>>>),
    Tar(Tar<BufReader<R>>),
}

impl ArchiveKind {
    /// The kind of what begins with `head`, if that is an archive. Documents and programs that are zips inside are none.
    pub fn of(head: &[u8]) -> Option<Self> {
        if foreign::zip(head).is_some() {
            return Some(Self::Zip);
        }
        tar::is_begun(head).then_some(Self::Tar)
    }
}

impl<R: Read> Archive<R> {
    /// The archive that `reader` gives.
    pub fn new(kind: ArchiveKind, reader: R) -> Self {
        let reader = BufReader::new(reader);
        Self(match kind {
            ArchiveKind::Zip => Format::Zip(Box::new(Zip::new(reader))),
            ArchiveKind::Tar => Format::Tar(Tar::new(reader)),
        })
    }

    /// Goes to the next file and gives its name; `None` when there are no more. What is no file is passed over.
    ///
    /// # Errors
    /// When the archive is broken, or what is left of the last file cannot be passed over.
    pub fn advance(&mut self) -> io::Result<Option<String>> {
        match &mut self.0 {
            Format::Zip(zip) => zip.advance(),
            Format::Tar(tar) => tar.advance(),
        }
    }
}

impl<R: Read> Read for Archive<R> {
    /// Reads on in the file.
    ///
    /// # Errors
    /// When its bytes are broken, encrypted or packed in a way that is not known.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Format::Zip(zip) => zip.read(into),
            Format::Tar(tar) => tar.read(into),
        }
    }
}

/// Fills `into` as far as there are bytes; gives how many.
fn fill(reader: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match reader.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Passes over so many bytes.
fn pass(reader: &mut impl Read, bytes: u64) -> io::Result<()> {
    let passed = io::copy(&mut reader.take(bytes), &mut io::sink())?;
    if passed == bytes { Ok(()) } else { Err(broken("ends early")) }
}

/// An archive that is not as it should be.
fn broken(what: &str) -> io::Error {
    io::Error::other(format!("broken archive: {what}: unpack it as far as possible and scan what was in it"))
}
