//! The files of an archive, each read as an object of its own: `logs.zip!/AWSLogs/….json.gz`.
//!
//! An archive in an archive is named, not entered. A rollup takes no archive: it knows what it has by the names of the
//! objects that are listed, and of an archive only that of the whole is.

use std::io::{self, Read};

use super::engine::Worker;
use super::object::{Buffers, Content, Counter, Fate, WHOLE_PACKED, interrupted, skipped_by_key, worded};
use super::turn::Turn;
use crate::decode::Archive;
use crate::input::LogObject;

/// A reader that gives what it holds, then ends in an error.
struct Until<'a> {
    bytes: &'a [u8],
    error: Option<io::Error>,
}

impl<K: Turn> Worker<'_, K> {
    /// Reads the files of the archive that `object` is.
    pub(super) fn archive<R: Read + Send>(
        &mut self,
        object: &LogObject,
        mut archive: Archive<R>,
        packed: &Counter<'_>,
    ) {
        if self.coverage.objects.is_some() {
            let why =
                "is an archive, of which a rollup cannot tell what it has of it: unpack it and scan what was in it";
            return self.coverage.enter(object, Fate::Failed(why.to_owned()), false);
        }
        let (mut buffers, mut files, before) = (Buffers::default(), 0_u64, self.taken());
        let fate = loop {
            if self.shared.is_over() || packed.was_stopped() {
                break Some(interrupted(self.taken() - before));
            }
            match archive.advance() {
                Ok(Some(name)) => {
                    self.member(&object.member(&name), &mut archive, (&mut buffers, packed));
                    files += 1;
                }
                Ok(None) if files == 0 && object.is_expected() => {
                    break Some(Fate::Failed("is an archive without a file".to_owned()));
                }
                Ok(None) if files == 0 => break Some(Fate::Skipped("empty")),
                Ok(None) => break None,
                Err(error) if self.taken() == before => break Some(Fate::Failed(worded(&error))),
                Err(error) => break Some(Fate::Damaged(format!("{}: what came before was read", worded(&error)))),
            }
        };
        if let Some(fate) = fate {
            self.coverage.enter(object, fate, false);
        }
    }

    /// How many objects were read, at least in part as far as is known.
    fn taken(&self) -> u64 {
        self.coverage.objects_read + self.coverage.objects_damaged + self.unjudged.len() as u64
    }

    /// Reads one file of an archive.
    fn member<R: Read + Send>(
        &mut self,
        member: &LogObject,
        archive: &mut Archive<R>,
        (buffers, packed): (&mut Buffers, &Counter<'_>),
    ) {
        if let Some(kind) = skipped_by_key(member) {
            return self.coverage.enter(member, Fate::Skipped(kind), false);
        }
        let mut bytes = Vec::new();
        let read = archive.by_ref().take(WHOLE_PACKED as u64).read_to_end(&mut bytes);
        let most = self.shared.limits.max_object_bytes;
        let counted = Counter::new(self.shared.stop);
        let content = match read {
            Err(error) if bytes.is_empty() => Err(error),
            Err(error) => Content::of(Until { bytes: &bytes, error: Some(error) }, most),
            Ok(WHOLE_PACKED) => Content::of(bytes.chain(archive), most),
            Ok(_) => buffers.open_whole(&bytes, most, &counted),
        };
        match content {
            Err(error) => self.coverage.enter(member, Fate::Failed(worded(&error)), false),
            Ok(Content::Whole(json)) => self.whole(member, json, packed),
            Ok(Content::Stream(stream)) => self.stream(member, stream, packed),
            Ok(Content::Archive(..)) => {
                let why = "is an archive in an archive: unpack it and scan what was in it";
                self.coverage.enter(member, Fate::Failed(why.to_owned()), false);
            }
        }
    }
}

impl Read for Until<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.bytes.read(into)? {
            0 => self.error.take().map_or(Ok(0), Err),
            got => Ok(got),
        }
    }
}
