//! An object whose bytes may be long in coming, read on a thread of its own. Not for files on disk: they are read faster
//! without.
//!
//! A read of a terminal or pipe cannot be called off. So a thread reads, and whoever wants the bytes can look up in
//! between; the engine does, to end at Ctrl-C. The thread then stays behind in its read until the process ends.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use super::LogObject;

/// Bytes that are asked for at once: what a pipe holds.
const CHUNK: usize = 64 << 10;

/// Chunks that wait to be taken.
const WAITING: usize = 4;

/// How long a read waits for bytes before it gives [`ErrorKind::WouldBlock`].
const PATIENCE: Duration = Duration::from_millis(50);

/// The bytes of an object that another thread opens and reads. A read gives [`ErrorKind::WouldBlock`] when none have come
/// for a twentieth of a second: read again.
pub struct Feed {
    /// An empty one is the end.
    chunks: Receiver<io::Result<Vec<u8>>>,
    /// Where emptied chunks go back to.
    emptied: SyncSender<Vec<u8>>,
    chunk: Vec<u8>,
    /// How much of the chunk was given.
    given: usize,
    ended: bool,
}

impl Feed {
    /// Starts to read `object`. What goes wrong in opening it is the error of the first read.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn of(object: LogObject) -> io::Result<Self> {
        let (to_reader, chunks) = sync_channel(WAITING);
        let (emptied, spare) = sync_channel(WAITING);
        let read = move || match object.open() {
            Ok(source) => feed(source, &to_reader, &spare),
            // A reader that is gone needs no error.
            Err(error) => drop(to_reader.send(Err(error))),
        };
        std::thread::Builder::new().name("feed".to_owned()).spawn(read)?;
        Ok(Self { chunks, emptied, chunk: Vec::new(), given: 0, ended: false })
    }
}

/// Reads to the end, an error, or the end of interest.
fn feed(mut source: impl Read, chunks: &SyncSender<io::Result<Vec<u8>>>, spare: &Receiver<Vec<u8>>) {
    loop {
        let mut chunk = spare.try_recv().unwrap_or_default();
        chunk.resize(CHUNK, 0);
        let read = match source.read(&mut chunk) {
            Ok(got) => {
                chunk.truncate(got);
                Ok(chunk)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // A descriptor that some other process has set to not wait.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(PATIENCE);
                continue;
            }
            Err(error) => Err(error),
        };
        let ended = read.as_ref().map_or(true, Vec::is_empty);
        if chunks.send(read).is_err() || ended {
            return;
        }
    }
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        if self.given == self.chunk.len() {
            let next = match self.chunks.recv_timeout(PATIENCE) {
                Ok(next) => next?,
                Err(RecvTimeoutError::Timeout) => return Err(ErrorKind::WouldBlock.into()),
                // Never taken for the end: what is missing must be told.
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("its reader stopped before the end"));
                }
            };
            self.ended = next.is_empty();
            let emptied = std::mem::replace(&mut self.chunk, next);
            self.given = 0;
            // No room or no reader: it is dropped.
            let _ = self.emptied.try_send(emptied);
        }
        let got = (&self.chunk[self.given..]).read(into)?;
        self.given += got;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_gives_what_the_file_holds() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..CHUNK * 9 + 1).map(|i| (i % 251) as u8).collect();
        std::fs::write(file.path(), &bytes).unwrap();
        let mut feed = Feed::of(LogObject::named(file.path())).unwrap();
        let (mut got, mut buffer) = (Vec::new(), vec![0; 1000]);
        loop {
            match feed.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => got.extend_from_slice(&buffer[..n]),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
        assert!(got == bytes);
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error_and_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut feed = Feed::of(LogObject::named(&folder.path().join("no"))).unwrap();
        let error = loop {
            match feed.read(&mut [0; 8]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                other => break other.unwrap_err(),
            }
        };
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_without_a_writer_makes_nobody_wait() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let object = LogObject::named(&pipe);
        assert!(object.may_wait() && !LogObject::named(&folder.path().join("no")).may_wait());
        let mut feed = Feed::of(object).unwrap();
        assert_eq!(feed.read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);
        std::fs::write(&pipe, "{}").unwrap();
        let mut buffer = [0; 8];
        let got = loop {
            match feed.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                other => break other.unwrap(),
            }
        };
        assert_eq!(&buffer[..got], b"{}");
    }
}
