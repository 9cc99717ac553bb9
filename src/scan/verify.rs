//! Objects read for what they hold and not for their events: what the digests of CloudTrail prove of them.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::gaps::{Judged, add_gaps};
use super::limits::workers;
use super::warnings::warnings_of;
use super::{Meter, ScanError};
use crate::coverage::{Coverage, CoverageFacts, Failure, Verification};
use crate::filter::Filters;
use crate::input::{Body, Fetched, KeyKind, Listing, LogObject, Signed, Source, caught};
use crate::integrity::{
    Asked, Content, MOST_DIGEST_BYTES, SeenDigest, SeenLog, SeenObject, Standing, Verified, What, content_of, judge,
};
use crate::model::{EventTime, quantity};

/// What is to be verified, and how.
pub struct VerifyRequest<'a> {
    /// Files.
    pub listing: Listing,
    /// What arrives while they are read.
    pub source: Option<&'a dyn Source>,
    /// What is judged, and by which keys.
    pub asked: Asked<'a>,
    /// Days that begin later have not come yet.
    pub now: EventTime,
    /// Threads that read.
    pub threads: std::num::NonZeroUsize,
    /// The most bytes that an object may give.
    pub max_object_bytes: u64,
    /// Ends it early.
    pub stop: &'a AtomicBool,
    /// Follows it.
    pub meter: &'a Meter,
}

/// Reads all objects to their end, and says how they stand to the digests among them.
///
/// # Errors
/// [`ScanError`]; what cannot be read is no error but part of the coverage.
pub fn verify(request: VerifyRequest<'_>) -> Result<(Verified, Coverage), ScanError> {
    let reader = Reader { request: &request, next: AtomicUsize::new(0), all: Mutex::default() };
    Meter::add(&request.meter.objects, request.listing.objects.len() as u64);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers(request.threads).get()).build();
    let pool = pool.map_err(|error| ScanError::Threads(error.to_string()))?;
    let done = pool.broadcast(|_| caught(|| reader.run()));
    done.into_iter().collect::<Result<(), _>>().map_err(ScanError::Died)?;
    let Gathered { seen, mut coverage } = reader.all.into_inner().unwrap_or_else(PoisonError::into_inner);
    let listed = request.source.map_or(0, Source::listed);
    let arrivals = request.source.map(Source::arrivals).unwrap_or_default();
    coverage.add_unreached(request.listing.objects.len() as u64 + listed);
    coverage.add_listing(&request.listing);
    coverage.add_arrivals(&arrivals);
    coverage.settle_failures(&arrivals);
    coverage.interrupted = request.stop.load(Ordering::Relaxed) || request.listing.interrupted;
    let days = Judged { window: request.asked.window, now: Some(request.now) };
    add_gaps(&mut coverage, (&request.listing, &arrivals), days);
    coverage.warnings = warnings_of(&coverage, &Filters::default());
    coverage.warnings.extend(arrivals.warnings);
    let verified = judged((seen, 0), Some(&request.asked), &mut coverage).unwrap_or_default();
    Ok((verified, coverage.into()))
}

/// Says how what was seen stands, where that is asked, and tells the coverage; of so many others no digest can tell.
pub(super) fn judged(
    (seen, unseen): (Vec<SeenObject>, u64),
    asked: Option<&Asked<'_>>,
    coverage: &mut CoverageFacts,
) -> Option<Verified> {
    let asked = asked?;
    let is_whole = !coverage.interrupted && coverage.places_failed == 0;
    let verified = judge(seen, asked, is_whole);
    coverage.warnings.extend(verified.notes.iter().cloned());
    let mut told = Verification { gaps: verified.count(What::Hours, Standing::Gap), ..Verification::default() };
    if unseen > 0 {
        told.logs.unverified = unseen;
        told.accounts.entry(String::new()).or_default().unverified = unseen;
    }
    for (account, counts) in &verified.counts {
        for (&(what, standing), &count) in counts {
            if what == What::Hours {
                told.accounts.entry(account.clone()).or_default().gaps += count;
                continue;
            }
            let of_kind = if what == What::Log { &mut told.logs } else { &mut told.digests };
            for stands in [of_kind, told.accounts.entry(account.clone()).or_default()] {
                *match standing {
                    Standing::Verified => &mut stands.verified,
                    Standing::Altered => &mut stands.altered,
                    Standing::Missing => &mut stands.missing,
                    Standing::Unlisted => &mut stands.unlisted,
                    Standing::Unverified | Standing::Gap => &mut stands.unverified,
                } += count;
            }
        }
    }
    coverage.verification = Some(told);
    Some(verified)
}

/// How many objects were read for their events of which no digest can tell, of names that CloudTrail does not give and
/// archives; and tells the coverage.
pub(super) fn unseen(seen: &[SeenObject], coverage: &mut CoverageFacts) -> u64 {
    let is_whole =
        |seen: &&SeenObject| matches!(seen, SeenObject::Log(log) if matches!(log.content, Content::Whole(_)));
    let unseen = coverage.objects_read.saturating_sub(seen.iter().filter(is_whole).count() as u64);
    if unseen > 0 {
        let has = if unseen == 1 { "has no name" } else { "have no names" };
        coverage.warnings.push(format!(
            "{} {has} that CloudTrail gives, or came in an archive: no digest tells of what was read there",
            quantity(unseen, "object")
        ));
    }
    unseen
}

/// What all threads gather.
#[derive(Default)]
struct Gathered {
    seen: Vec<SeenObject>,
    coverage: CoverageFacts,
}

struct Reader<'a> {
    request: &'a VerifyRequest<'a>,
    next: AtomicUsize,
    all: Mutex<Gathered>,
}

impl Reader<'_> {
    fn run(&self) {
        let mut own = Gathered::default();
        while let Some(fetched) = self.next() {
            own.add(fetched, self.request);
            Meter::add(&self.request.meter.objects_done, 1);
        }
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.seen.append(&mut own.seen);
        all.coverage.add_objects(own.coverage.clone());
        all.coverage.accounts.append(&mut own.coverage.accounts);
        all.coverage.regions.append(&mut own.coverage.regions);
    }

    /// The next object: files first, then what arrives.
    fn next(&self) -> Option<Fetched> {
        if self.request.stop.load(Ordering::Relaxed) {
            return None;
        }
        let objects = &self.request.listing.objects;
        let Some(object) = objects.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
            return self.request.source?.next();
        };
        let body = if kind_of(object).is_err() { Ok(Body::Skipped("")) } else { object.open().map(Body::Stream) };
        let body = body.unwrap_or_else(|error| Body::Failed(crate::input::explain_io(&error)));
        Some(Fetched { object: object.clone(), body })
    }
}

/// Whether an object is a digest; else the kind under which it is skipped.
fn kind_of(object: &LogObject) -> Result<bool, &'static str> {
    match object.kind() {
        Some(KeyKind::Digest) => Ok(true),
        Some(kind) => kind.skipped_as().map_or(Ok(false), Err),
        // Of a name that CloudTrail gives nothing, no digest tells.
        None if object.is_expected() || object.may_wait() => Ok(false),
        None => Err("other"),
    }
}

impl Gathered {
    fn add(&mut self, Fetched { object, body }: Fetched, request: &VerifyRequest<'_>) {
        self.coverage.objects_found += 1;
        let is_digest = match kind_of(&object) {
            Err(kind) => return self.skip(kind),
            Ok(is_digest) => is_digest,
        };
        let most = if is_digest { MOST_DIGEST_BYTES } else { u64::MAX }.min(request.max_object_bytes);
        let mut json = Vec::new();
        let mut read = |bytes: &mut dyn std::io::Read| content_of(bytes, most, is_digest.then_some(&mut json));
        let (content, [packed, unpacked], signed): (Content, [u64; 2], Option<Signed>) = match body {
            Body::Whole(body) => {
                let (content, bytes) = read(&mut &body.bytes[..]);
                (content, bytes, body.signed)
            }
            Body::Stream(mut stream) => {
                let (content, bytes) = read(&mut stream);
                (content, bytes, None)
            }
            Body::Skipped(kind) => {
                self.skip(kind);
                return self.see((object, is_digest), Content::Unread(format!("{kind}, and not fetched")), &[], None);
            }
            Body::Failed(why) => (Content::Unread(why), [0, 0], None),
        };
        Meter::add(&request.meter.bytes_json, unpacked);
        self.coverage.bytes_compressed += packed;
        self.coverage.bytes_json += unpacked;
        self.count(&object, &content);
        self.see((object, is_digest), content, &json, signed);
    }

    fn see(&mut self, (object, is_digest): (LogObject, bool), content: Content, json: &[u8], signed: Option<Signed>) {
        self.seen.push(match is_digest {
            true => SeenObject::Digest(Box::new(SeenDigest::new(object, content, json, signed))),
            false => SeenObject::Log(SeenLog { object, content }),
        });
    }

    fn skip(&mut self, kind: &'static str) {
        *self.coverage.objects_skipped.entry(kind.to_owned()).or_default() += 1;
    }

    fn count(&mut self, object: &LogObject, content: &Content) {
        if let Some(key) = object.key() {
            self.coverage.accounts.insert(key.account_id);
            self.coverage.regions.insert(key.region);
        }
        let why = match content {
            Content::Whole(_) => return self.coverage.objects_read += 1,
            Content::Broken(why) => {
                self.coverage.objects_damaged += 1;
                why
            }
            Content::Unread(why) => {
                self.coverage.objects_failed += 1;
                why
            }
        };
        self.coverage.failures.push(Failure { object: object.name(), why: why.clone() });
    }
}
