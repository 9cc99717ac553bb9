//! Objects that a scan reads for their events, seen for what they hold in the same pass.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::engine::Worker;
use super::object::{open, worded};
use super::turn::Turn;
use crate::input::{Body, KeyKind, LogObject};
use crate::integrity::{Content, Hasher, MOST_DIGEST_BYTES, SeenDigest, SeenLog, SeenObject, content_of};

/// What a stream has given so far, and why it ended where that was no end.
#[derive(Default)]
pub(super) struct Given {
    hash: Hasher,
    failed: Option<Content>,
}

/// A stream that is hashed as it is read.
struct Hashed<'a> {
    stream: Box<dyn Read + Send + 'a>,
    given: Arc<Mutex<Given>>,
}

impl Read for Hashed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.stream.read(into);
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        match &got {
            Ok(got) => given.hash.update(&into[..*got]),
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            // What does not unpack is told by what unpacks; all else is the source's.
            Err(error) if error.get_ref().is_some_and(|error| error.is::<crate::decode::InflateError>()) => {
                given.failed = Some(Content::Broken(worded(error)));
            }
            Err(error) => given.failed = Some(Content::Unread(worded(error))),
        }
        got
    }
}

/// Whether digests tell of an object: a log, by its name.
fn is_log(object: &LogObject) -> bool {
    object.kind() == Some(KeyKind::CloudTrail)
}

impl<'a, K: Turn> Worker<'a, K> {
    fn sees(&self, object: &LogObject) -> bool {
        self.shared.verifies && is_log(object)
    }

    /// Reads a digest, where objects are verified: no event is in it.
    pub fn witness(&mut self, object: &LogObject, body: Option<Body>) {
        if !self.shared.verifies || object.kind() != Some(KeyKind::Digest) {
            return;
        }
        let body = body.unwrap_or_else(|| open(object).map_or_else(|error| Body::Failed(worded(&error)), Body::Stream));
        let most = MOST_DIGEST_BYTES.min(self.shared.limits.max_object_bytes);
        let mut json = Vec::new();
        let (content, signed) = match body {
            Body::Whole(body) => (content_of(&body.bytes[..], most, Some(&mut json)).0, body.signed),
            Body::Stream(stream) => (content_of(stream, most, Some(&mut json)).0, None),
            Body::Skipped(kind) => (Content::Unread(kind.to_owned()), None),
            Body::Failed(why) => (Content::Unread(why), None),
        };
        self.seen.push(SeenObject::Digest(Box::new(SeenDigest::new(object.clone(), content, &json, signed))));
    }

    /// Sees what an object holds, which is all there.
    pub fn see(&mut self, object: &LogObject, json: &[u8]) {
        if self.sees(object) {
            let mut hash = Hasher::default();
            hash.update(json);
            self.seen.push(SeenObject::Log(SeenLog { object: object.clone(), content: hash.content() }));
        }
    }

    /// Notes an object that cannot be read.
    pub fn unseen(&mut self, object: &LogObject, why: &str) {
        if self.sees(object) {
            let content = Content::Unread(why.to_owned());
            self.seen.push(SeenObject::Log(SeenLog { object: object.clone(), content }));
        }
    }

    /// The stream of an object, hashed where objects are verified.
    pub fn hashed<'s>(
        &self,
        object: &LogObject,
        stream: Box<dyn Read + Send + 's>,
    ) -> (Box<dyn Read + Send + 's>, Option<Arc<Mutex<Given>>>) {
        if !self.sees(object) {
            return (stream, None);
        }
        let given = Arc::new(Mutex::default());
        (Box::new(Hashed { stream, given: Arc::clone(&given) }), Some(given))
    }

    /// Sees what a stream gave, once it is read.
    pub fn see_hashed(&mut self, object: &LogObject, given: Option<Arc<Mutex<Given>>>, was_stopped: bool) {
        let Some(given) = given else { return };
        let given = std::mem::take(&mut *given.lock().unwrap_or_else(PoisonError::into_inner));
        let content = match given.failed {
            _ if was_stopped || self.shared.is_over() => Content::Unread("interrupted before its end".to_owned()),
            Some(failed) => failed,
            None => given.hash.content(),
        };
        self.seen.push(SeenObject::Log(SeenLog { object: object.clone(), content }));
    }
}
