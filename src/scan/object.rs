//! One object: read whole where it is small, cut into parts where it is large, and judged.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tracing::debug;

use super::queue::Tally;
use super::rollup::{DAMAGED, FAILED, READ, SKIPPED};
use crate::coverage::{CoverageFacts, Failure, ObjectMet};
use crate::decode::{
    ArchiveKind, Aside, Compression, Ending, Inflater, JsonReader, PartsEnd, foreign, has_own_columns, is_plain,
    is_table, markup, other_ocsf,
};
use crate::input::{Feed, LogObject, explain_io};

/// Objects up to this many bytes are read into memory before they are unpacked…
pub(super) const WHOLE_PACKED: usize = 16 << 20;
const FIRST_PACKED: usize = 256 << 10;
/// …and unpacked in one piece when they give up to this many.
pub(super) const WHOLE_JSON: usize = 32 << 20;

/// What became of an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Read to its end.
    Read,
    /// Holds no events, by kind.
    Skipped(&'static str),
    /// Read in part.
    Damaged(String),
    /// Not read.
    Failed(String),
}

/// What was found in an object, as far as its fate depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub events: u64,
    pub aside: Option<&'static str>,
    pub envelope: bool,
    pub ending: Ending,
    /// Whether something that is not JSON came first.
    pub is_late: bool,
    /// Whether it is not JSON, and consists of records all the same.
    pub has_records: bool,
    /// Whether it says itself that it is not all.
    pub is_unfinished: bool,
    /// Values in the place of records that are none.
    pub others: u64,
    pub json_bytes: u64,
    /// The first bytes of its JSON, or of what stands in its place.
    pub head: &'a [u8],
}

/// How an object's content is to be had.
pub(super) enum Content<'a> {
    /// All its JSON.
    Whole(&'a [u8]),
    /// A stream of JSON.
    Stream(Box<dyn Read + Send + 'a>),
    /// An archive of files.
    Archive(ArchiveKind, Box<dyn Read + Send + 'a>),
}

impl<'a> Content<'a> {
    /// The content of packed bytes as a stream.
    ///
    /// # Errors
    /// When there is no memory to unpack with.
    pub fn of(packed: impl Read + Send + 'a, most: u64) -> io::Result<Self> {
        let reader = JsonReader::new(packed, most)?;
        Ok(match reader.archive {
            Some(kind) => Self::Archive(kind, Box::new(reader)),
            None => Self::Stream(Box::new(reader)),
        })
    }
}

/// Buffers that a worker uses again and again.
#[derive(Default)]
pub(super) struct Buffers {
    packed: Vec<u8>,
    inflater: Inflater,
}

impl Buffers {
    /// Opens what `source` gives, whose packed bytes are read through `counted`, which may stop it.
    ///
    /// # Errors
    /// When its beginning cannot be read.
    pub fn open<'a>(
        &'a mut self,
        source: Box<dyn Read + Send>,
        most: u64,
        counted: &'a Counter<'_>,
    ) -> io::Result<Content<'a>> {
        let mut source = counted.count(source);
        let (filled, ended) = fill(&mut self.packed, &mut source)?;
        let packed = &self.packed[..filled];
        if ended && let Some(json) = whole(&mut self.inflater, packed, most) {
            return Ok(Content::Whole(json));
        }
        Content::of(io::Cursor::new(packed).chain(source), most)
    }

    /// Opens an object all of whose packed bytes are there.
    ///
    /// # Errors
    /// When its beginning cannot be read.
    pub fn open_whole<'a>(&'a mut self, packed: &'a [u8], most: u64, counted: &Counter<'_>) -> io::Result<Content<'a>> {
        counted.add(packed.len());
        match whole(&mut self.inflater, packed, most) {
            Some(json) => Ok(Content::Whole(json)),
            None => Content::of(packed, most),
        }
    }
}

/// The JSON of an object in one piece, where that can be had.
fn whole<'a>(inflater: &'a mut Inflater, packed: &'a [u8], most: u64) -> Option<&'a [u8]> {
    let whole = match Compression::of(packed) {
        Compression::Plain => Some(packed),
        Compression::Gzip => inflater.whole(packed, WHOLE_JSON),
        Compression::Zstd => None,
    };
    whole.filter(|json| json.len() as u64 <= most && is_plain(json))
}

/// Reads up to [`WHOLE_PACKED`] bytes into `buffer`, which only ever grows; gives how many, and whether that was all.
fn fill(buffer: &mut Vec<u8>, source: &mut impl Read) -> io::Result<(usize, bool)> {
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            if filled == WHOLE_PACKED {
                return Ok((filled, false));
            }
            buffer.resize((filled * 4).clamp(FIRST_PACKED, WHOLE_PACKED), 0);
        }
        match source.read(&mut buffer[filled..]) {
            Ok(0) => return Ok((filled, true)),
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Opens an object. Bytes that may be long in coming are read on a thread of their own, so that a stop need not wait for
/// them.
pub(super) fn open(object: &LogObject) -> io::Result<Box<dyn Read + Send>> {
    if !object.may_wait() {
        return object.open();
    }
    Ok(Box::new(Feed::of(object.clone())?))
}

/// Counts the bytes of an object, and knows whether a stop has ended it.
pub(super) struct Counter<'a> {
    stop: &'a AtomicBool,
    stopped: AtomicBool,
    bytes: AtomicU64,
}

impl<'a> Counter<'a> {
    /// A counter of an object that is read until `stop`.
    pub fn new(stop: &'a AtomicBool) -> Self {
        Self { stop, stopped: AtomicBool::new(false), bytes: AtomicU64::new(0) }
    }

    /// How many bytes there were.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether a stop ended the object before its end.
    pub fn was_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn count(&self, source: Box<dyn Read + Send>) -> Counted<'_> {
        Counted { source, counter: self, reads_left: READS_AFTER_STOP }
    }
}

/// How often a source is still read after a stop: enough to take what has come before it.
const READS_AFTER_STOP: u32 = 16;

struct Counted<'a> {
    source: Box<dyn Read + Send>,
    counter: &'a Counter<'a>,
    reads_left: u32,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let stop = self.counter.stop.load(Ordering::Relaxed);
            if stop && self.reads_left == 0 {
                self.counter.stopped.store(true, Ordering::Relaxed);
                return Ok(0);
            }
            match self.source.read(into) {
                // Nothing has come for a while, see `Feed`.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.reads_left = if stop { 0 } else { self.reads_left };
                }
                Err(error) => return Err(error),
                Ok(got) => {
                    self.reads_left -= u32::from(stop);
                    self.counter.add(got);
                    return Ok(got);
                }
            }
        }
    }
}

/// The fate of an object that could be unpacked to its end.
pub(super) fn judge(object: &LogObject, found: Found<'_>) -> Fate {
    if found.json_bytes == 0 {
        let why = "is empty: a log never is, so whatever should have written it has probably failed";
        return if object.is_expected() { Fate::Failed(why.to_owned()) } else { Fate::Skipped("empty") };
    }
    let gave_nothing = found.events == 0 && found.aside.is_none();
    if gave_nothing && is_table(found.head) {
        let why = "is a table without a record of CloudTrail: export the records with all their columns, or as JSON";
        let is_of_records = object.is_expected() || has_own_columns(found.head);
        return if is_of_records { Fate::Failed(why.to_owned()) } else { Fate::Skipped("not-json") };
    }
    if gave_nothing && let Some(what) = foreign(found.head) {
        return Fate::Failed(format!("is {what}"));
    }
    let is_other_ocsf = found.aside == Some(Aside::OtherOcsf.as_str());
    if found.events == 0 && is_other_ocsf && object.is_expected() {
        return Fate::Failed(format!("is {}", other_ocsf(found.head)));
    }
    // Where no event follows, what came first was no damage of a log.
    let ending = if gave_nothing && found.is_late { Ending::NotJson } else { found.ending };
    match ending {
        Ending::NotJson if found.has_records => {
            Fate::Failed("no JSON, but there are records in it: read them with --carve".to_owned())
        }
        Ending::NotJson if object.is_expected() => {
            let what = markup(found.head).map_or_else(String::new, |what| format!(" but {what}"));
            Fate::Failed(format!("no JSON{what}: CloudTrail logs are JSON, plain or packed with gzip or zstd"))
        }
        Ending::NotJson => Fate::Skipped("not-json"),
        Ending::Cut => Fate::Damaged("ends in the middle of a record: fetch the object again".to_owned()),
        Ending::Whole if found.is_unfinished && found.events > 0 => Fate::Damaged(
            "says that it is not all (NextToken, or a query that had not ended): ask for the rest and scan all of it"
                .to_owned(),
        ),
        Ending::Whole if found.events > 0 => Fate::Read,
        Ending::Whole => match found.aside {
            Some(kind) => Fate::Skipped(kind),
            None if object.is_expected() && !found.envelope && is_blank(found.head) => {
                Fate::Failed("holds nothing but white space".to_owned())
            }
            None if object.is_expected() && !found.envelope && found.others > 0 => {
                Fate::Failed("holds no record of CloudTrail that can be read: give the log files".to_owned())
            }
            None if found.envelope || object.is_expected() => Fate::Read,
            None => Fate::Skipped("other-json"),
        },
    }
}

fn is_blank(head: &[u8]) -> bool {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).iter().all(u8::is_ascii_whitespace)
}

/// The fate of an object that was read in parts; `found` speaks of what came before any error.
pub(super) fn judge_parts(object: &LogObject, end: &PartsEnd, found: Found<'_>) -> Fate {
    match &end.error {
        None => judge(object, found),
        Some(error) if found.events == 0 => Fate::Failed(worded(error)),
        Some(error) => Fate::Damaged(format!("{}: what came before was read", worded(error))),
    }
}

/// The fate of an object of which this much was read before a stop.
pub(super) fn interrupted(read: u64) -> Fate {
    let why = "interrupted before its end".to_owned();
    if read > 0 { Fate::Damaged(why) } else { Fate::Failed(why) }
}

/// The fate of an object in which a part of trailscan died, after so many events of it.
pub(super) fn died(why: String, events: u64) -> Fate {
    if events > 0 { Fate::Damaged(format!("{why}: what came before was read")) } else { Fate::Failed(why) }
}

/// What is wrong with bytes that do not unpack, or cannot be read.
pub(super) fn worded(error: &io::Error) -> String {
    match error.get_ref() {
        Some(inflate) => inflate.to_string(),
        None => explain_io(error),
    }
}

/// The kind under which an object is skipped for what its key says, unopened.
pub(super) fn skipped_by_key(object: &LogObject) -> Option<&'static str> {
    object.kind()?.skipped_as()
}

/// The entry of the failures list, for a fate that belongs there.
pub(super) fn failure_of(object: &LogObject, fate: &Fate) -> Option<Failure> {
    match fate {
        Fate::Damaged(why) | Fate::Failed(why) => Some(Failure { object: object.name(), why: why.clone() }),
        Fate::Read | Fate::Skipped(_) => None,
    }
}

/// The entry of a rollup's ledger.
fn met(object: &LogObject, fate: &Fate) -> ObjectMet {
    let (fate, why) = match fate {
        Fate::Read => (READ, ""),
        Fate::Damaged(why) => (DAMAGED, why.as_str()),
        Fate::Failed(why) => (FAILED, why.as_str()),
        Fate::Skipped(kind) => (SKIPPED, *kind),
    };
    ObjectMet { name: object.name(), fate, why: why.to_owned(), key: object.key() }
}

/// An object that was read in parts, some of them elsewhere and perhaps not yet.
pub(super) struct Unjudged {
    pub object: LogObject,
    pub envelope: bool,
    pub end: PartsEnd,
    pub tally: Arc<Tally>,
}

impl Unjudged {
    /// Enters what became of the object; what no log holds is no malformed record.
    pub fn judge(self, coverage: &mut CoverageFacts) {
        let Self { object, envelope, end, tally } = self;
        if let Some(why) = tally.why_died() {
            return coverage.enter(&object, died(why, tally.events()), end.lossy);
        }
        let aside = tally.aside().map(Aside::as_str);
        let &PartsEnd { ending, is_late, has_records, bytes: json_bytes, .. } = &end;
        let is_unfinished = tally.is_unfinished().unwrap_or(end.is_unfinished);
        let fate = judge_parts(
            &object,
            &end,
            Found {
                events: tally.events(),
                aside,
                envelope,
                ending,
                json_bytes,
                is_late,
                has_records,
                is_unfinished,
                others: tally.malformed(),
                head: &end.head,
            },
        );
        if matches!(fate, Fate::Skipped(_) | Fate::Failed(_)) {
            coverage.malformed_records -= tally.malformed();
        } else if tally.malformed() > 0 {
            coverage.proof.object_not_read(&object);
        }
        coverage.enter_broken(&object, tally.broken());
        coverage.enter(&object, fate, end.lossy);
    }
}

/// Emits what became of an object; costs a comparison where nobody listens.
fn tell(object: &LogObject, fate: &Fate) {
    match fate {
        Fate::Read => debug!(object = object.name(), "object read"),
        Fate::Skipped(kind) => debug!(object = object.name(), kind, "object skipped"),
        Fate::Damaged(why) => debug!(object = object.name(), why, "object damaged"),
        Fate::Failed(why) => debug!(object = object.name(), why, "object failed"),
    }
}

impl CoverageFacts {
    /// Enters how many events of an object were not understood whole.
    pub(super) fn enter_broken(&mut self, object: &LogObject, events: u64) {
        if events > 0 {
            *self.broken_in.entry(object.name()).or_default() += events;
            self.proof.object_not_read(object);
        }
    }

    /// Enters what became of an object, and whether bytes of it are not UTF-8, which matters where it was read.
    pub(super) fn enter(&mut self, object: &LogObject, fate: Fate, lossy: bool) {
        tell(object, &fate);
        self.objects_found += 1;
        self.lossy_objects += u64::from(lossy && matches!(fate, Fate::Read | Fate::Damaged(_)));
        self.failures.extend(failure_of(object, &fate));
        if let Some(objects) = &mut self.objects {
            objects.push(met(object, &fate));
        }
        if matches!(fate, Fate::Damaged(_) | Fate::Failed(_) | Fate::Skipped("archived")) {
            self.proof.object_not_read(object);
        }
        match fate {
            Fate::Read => self.objects_read += 1,
            Fate::Damaged(_) => self.objects_damaged += 1,
            Fate::Failed(_) => self.objects_failed += 1,
            Fate::Skipped(kind) => *self.objects_skipped.entry(kind.to_owned()).or_default() += 1,
        }
    }
}
