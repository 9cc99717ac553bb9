//! From the text of a document to events.

use ahash::RandomState;

use super::document::{Document, Ending};
use super::identity;
use super::known::{IdentityTable, Key, Print};
use super::nested;
use super::ocsf::Lost;
use super::parts::{Part, PartLayout};
use super::record::{Field, OwnedRecord, Reading, Record};
use super::rows;
use super::said::Contents;
use super::walk::{Unit, Walk, after_broken, is_key, json_of_line};
use super::wrapped::{self, Wrapped};
use crate::json::fields::{Stop, value_at};
use crate::model::{Event, EventTime, LazyIdentity, UnreadIdentity};

/// How deep documents may be wrapped in documents.
const DEEPEST: u32 = 6;

/// Takes what a decoder finds, in order.
pub trait Sink {
    /// What a sink notes of an event that is to come.
    type Note: Copy;

    /// Says which event will come, one record before it does: time for memory to be fetched. The note is given back with
    /// the event; nothing else depends on it.
    fn coming(&mut self, event_id: &str, recipient_account_id: &str) -> Self::Note;

    /// An event and the note on it. `fingerprint` is a keyed hash as [`Fingerprint`] says.
    fn event(&mut self, event: &Event<'_>, fingerprint: u64, note: Self::Note);

    /// Says that something of the next event is not known, and the event comes without it: a sub-document or a text is no
    /// JSON, or the row of an export or an event of OCSF lacks fields of a record.
    fn broken_part(&mut self);

    /// Says that the next event comes from an event of OCSF, and what that does not carry.
    fn of_ocsf(&mut self, _lost: Lost) {}

    /// Something in a record's place that is no event.
    fn malformed(&mut self);

    /// A record that CloudTrail writes but that is no call by anyone.
    fn aside(&mut self, kind: Aside);
}

/// What the number that comes with an event is a keyed hash of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fingerprint {
    /// What its userIdentity and its sub-documents say, however they are written.
    #[default]
    Parts,
    /// What its userIdentity says, and all other bytes of its record: cheaper, and another one where the same is written in
    /// another way.
    Bytes,
}

/// What CloudTrail delivers beside events, and what Security Lake keeps beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Aside {
    /// A digest file, or a record of one.
    Digest,
    /// An Insights event.
    Insight,
    /// An aggregated event.
    Aggregated,
    /// An event of OCSF that was made of no record of CloudTrail.
    OtherOcsf,
}

/// The record that is read, and the one before it, which waits until then.
struct Pair<'t, N> {
    records: [Record<'t>; 2],
    /// Which of the two is read into.
    current: usize,
    /// What is known of the other one, if it waits.
    waiting: Option<Waiting<'t, N>>,
}

/// What is known of a record before it is an event.
#[derive(Clone, Copy)]
struct Waiting<'t, N> {
    /// Its text.
    record: &'t str,
    note: N,
    identity: Key,
    /// A hash of its text without the userIdentity, where that is asked for.
    text: u64,
}

/// Reads documents. One per thread: it remembers the identities it has met.
pub struct Decoder {
    identities: IdentityTable,
    reading: Reading,
    fingerprints: RandomState,
    contents: Contents,
    fingerprint: Fingerprint,
    max_record_bytes: usize,
    carves: bool,
    depth: u32,
    /// Whether the document says so far that it is not all.
    is_unfinished: Option<bool>,
}

impl Aside {
    /// The word that coverage counts it under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Insight => "insight",
            Self::Aggregated => "aggregated",
            Self::OtherOcsf => "other-ocsf",
        }
    }
}

impl Decoder {
    /// A decoder that takes records of up to `max_record_bytes`; longer ones are malformed. Decoders with clones of one
    /// `fingerprints` give equal identities equal fingerprints.
    pub fn new(fingerprints: RandomState, max_record_bytes: usize) -> Self {
        let contents = Contents::of(&fingerprints);
        let (identities, reading) = (IdentityTable::new(), Reading::default());
        let fingerprint = Fingerprint::default();
        Self {
            identities,
            reading,
            fingerprints,
            contents,
            fingerprint,
            max_record_bytes,
            carves: false,
            depth: 0,
            is_unfinished: None,
        }
    }

    /// The decoder, which looks for records where a document makes no sense, if `carves`.
    #[must_use]
    pub fn carving(self, carves: bool) -> Self {
        Self { carves, ..self }
    }

    /// The same decoder, which gives such fingerprints.
    #[must_use]
    pub fn with(self, fingerprint: Fingerprint) -> Self {
        Self { fingerprint, ..self }
    }

    /// Gives every event of a whole document to `sink`. Any text is taken; none panics.
    pub fn document<S: Sink>(&mut self, text: &str, sink: &mut S) -> Document {
        self.is_unfinished = None;
        let document = self.walk(Walk::default(), text, sink);
        Document { is_unfinished: self.is_unfinished.unwrap_or(false), ..document }
    }

    /// The same for a part of a document, as [`super::Parts`] cuts it. Gives whether results within it say that they are not
    /// all, where there are some.
    pub fn part<S: Sink>(&mut self, part: &Part, sink: &mut S) -> Option<bool> {
        self.is_unfinished = None;
        let walk = match part.layout {
            PartLayout::Elements => Walk::in_records(),
            PartLayout::Lines => Walk::of_lines(),
            PartLayout::Values => Walk::of_values(),
        };
        let cut = self.walk(walk, &part.text, sink).ending == Ending::Cut;
        // A truncated document is reported by its ending.
        if cut && !part.is_cut {
            sink.malformed();
        }
        // Of the array that the part was cut from, its envelope says it.
        self.is_unfinished.filter(|_| part.layout != PartLayout::Elements)
    }

    fn walk<S: Sink>(&mut self, mut walk: Walk, text: &str, sink: &mut S) -> Document {
        let mut at = 0;
        walk.carves = self.carves;
        let mut pair = Pair { records: [Record::EMPTY; 2], current: 0, waiting: None };
        let ending = loop {
            match walk.next(text, at, true) {
                Unit::Place(place) => match self.place(text, place, (&mut walk, &mut pair), sink) {
                    Some(after) => at = after,
                    None => match walk.resume(text, place) {
                        Some(next) => {
                            sink.malformed();
                            at = next;
                        }
                        None => break Ending::Cut,
                    },
                },
                Unit::Line(from, to) => {
                    at = to;
                    if !self.line(&text[from..to], &mut pair, sink) {
                        if to == text.len() {
                            break Ending::Cut;
                        }
                        sink.malformed();
                    }
                }
                Unit::Junk(after) => {
                    sink.malformed();
                    at = after;
                }
                Unit::More(_) | Unit::Cut => break Ending::Cut,
                Unit::End => break Ending::Whole,
                Unit::NotJson => break Ending::NotJson,
            }
        };
        self.catch_up(&mut pair, sink);
        if walk.arrays > 0 && self.depth == 0 {
            self.is_unfinished = Some(walk.is_unfinished);
        }
        let Walk { is_late, has_records, is_unfinished, .. } = walk;
        Document { ending, envelope: walk.arrays > 0, is_late, has_records, is_unfinished }
    }

    /// Reads the value in a record's place at `at`; `None` when it does not end.
    #[inline]
    fn place<'t, S: Sink>(
        &mut self,
        text: &'t str,
        at: usize,
        (walk, pair): (&mut Walk, &mut Pair<'t, S::Note>),
        sink: &mut S,
    ) -> Option<usize> {
        let record = &mut pair.records[pair.current];
        *record = Record::EMPTY;
        match record.fast(&mut self.reading, text, at) {
            Ok(end) => {
                self.record(&text[at..end], pair, sink);
                Some(end)
            }
            Err(_) => {
                self.catch_up(pair, sink);
                self.careful_place(text, at, walk, sink)
            }
        }
    }

    /// What the fast path would not read: finds where the value ends, then lets serde_json decide.
    #[cold]
    fn careful_place<S: Sink>(&mut self, text: &str, at: usize, walk: &mut Walk, sink: &mut S) -> Option<usize> {
        let end = match value_at(text, at) {
            Ok((_, end)) if is_key(text, at, end) => {
                sink.malformed();
                return Some(after_broken(walk, text, at));
            }
            Ok((_, end)) => end,
            Err(Stop::Incomplete) => return None,
            Err(Stop::Unsure) => {
                sink.malformed();
                return Some(after_broken(walk, text, at));
            }
        };
        if !text[at..].starts_with('{') && self.wrapped_in(&text[at..end], sink) {
            return Some(end);
        }
        match OwnedRecord::read(&text[at..end]) {
            Ok(record) => {
                let mut pair = Pair { records: [record.as_record(), Record::EMPTY], current: 0, waiting: None };
                self.record(&text[at..end], &mut pair, sink);
                self.catch_up(&mut pair, sink);
            }
            Err(_) => {
                sink.malformed();
                return Walk::resume_within(text, at, end).or(Some(end));
            }
        }
        Some(end)
    }

    /// Reads a line; `false` when it is broken off or no JSON.
    fn line<'t, S: Sink>(&mut self, line: &'t str, pair: &mut Pair<'t, S::Note>, sink: &mut S) -> bool {
        let line = line.trim_ascii_end();
        let record = &mut pair.records[pair.current];
        *record = Record::EMPTY;
        if record.fast(&mut self.reading, line, 0) == Ok(line.len()) {
            self.record(line, pair, sink);
            return true;
        }
        self.catch_up(pair, sink);
        let json = json_of_line(line);
        self.walk(Walk::of_values(), json, sink).ending == Ending::Whole && !json.is_empty()
    }

    /// Takes in the current record of `pair`, which is `text`: announces it, then gives the one that waits to `sink`.
    #[inline]
    fn record<'t, S: Sink>(&mut self, text: &'t str, pair: &mut Pair<'t, S::Note>, sink: &mut S) {
        let record = &pair.records[pair.current];
        if text.len() > self.max_record_bytes {
            sink.malformed();
        } else if record.is_event && !rows::is_row(record, text) {
            self.event_ahead(text, pair, sink);
        } else if record.is_event {
            self.row(text, pair, sink);
        } else {
            self.catch_up(pair, sink);
            self.no_event(text, sink);
        }
    }

    /// Announces the current record of `pair`, then gives the one that waits to `sink`.
    #[inline]
    fn event_ahead<'t, S: Sink>(&mut self, text: &'t str, pair: &mut Pair<'t, S::Note>, sink: &mut S) {
        let record = &pair.records[pair.current];
        let note = sink.coming(record.text(Field::EventId), record.text(Field::RecipientAccountId));
        let identity = self.identities.announce(record.text(Field::UserIdentity));
        let hash = match self.fingerprint {
            Fingerprint::Parts => 0,
            Fingerprint::Bytes => self.contents.of_text(text, record.text(Field::UserIdentity)),
        };
        let before = pair.waiting.replace(Waiting { record: text, note, identity, text: hash });
        pair.current ^= 1;
        if let Some(before) = before {
            self.event(&pair.records[pair.current], before, sink);
        }
    }

    /// Reads a record that was exported as a row; what cannot be is read as it stands.
    #[cold]
    fn row<'t, S: Sink>(&mut self, text: &'t str, pair: &mut Pair<'t, S::Note>, sink: &mut S) {
        self.catch_up(pair, sink);
        if !self.wrapped_in(text, sink) {
            self.event_ahead(text, pair, sink);
        }
    }

    /// Gives the record that waits to `sink`.
    #[inline]
    fn catch_up<S: Sink>(&mut self, pair: &mut Pair<'_, S::Note>, sink: &mut S) {
        if let Some(before) = pair.waiting.take() {
            self.event(&pair.records[pair.current ^ 1], before, sink);
        }
    }

    fn event<S: Sink>(&mut self, record: &Record<'_>, waited: Waiting<'_, S::Note>, sink: &mut S) {
        let raw = record.text(Field::UserIdentity);
        let unread = UnreadIdentity::new(raw, identity::parse);
        let user_identity = LazyIdentity::new(&unread);
        let (fingerprints, contents) = (&self.fingerprints, self.contents);
        let known = self.identities.find(waited.identity, || {
            let (identity, is_json) = identity::read(raw);
            let fingerprint = identity::fingerprint(&identity, fingerprints);
            unread.know(identity);
            Print { fingerprint, is_json: is_json || contents.is_json(raw) }
        });
        let event = event_of((record, waited.record), user_identity, known.identity);
        if let Some(kind) = aside_of(&event) {
            return sink.aside(kind);
        }
        if record.has_broken_part() || !known.print.is_json {
            sink.broken_part();
        }
        let rest = match self.fingerprint {
            Fingerprint::Parts => contents.documents(record),
            Fingerprint::Bytes => waited.text,
        };
        sink.event(&event, known.print.fingerprint ^ rest, waited.note);
    }

    /// An object without a field of an event: it may carry events, or be a digest.
    #[cold]
    fn no_event<S: Sink>(&mut self, text: &str, sink: &mut S) {
        match wrapped::unwrap(text) {
            Wrapped::Documents(documents) if self.depth < DEEPEST => {
                documents.iter().for_each(|document| self.inner(document, sink));
            }
            Wrapped::Page(documents, is_unfinished) if self.depth < DEEPEST => {
                documents.iter().for_each(|document| self.inner(document, sink));
                self.is_unfinished = Some(is_unfinished);
            }
            Wrapped::Digest => sink.aside(Aside::Digest),
            Wrapped::Empty => {}
            Wrapped::Nothing if self.wrapped_in(text, sink) => {}
            Wrapped::Documents(_) | Wrapped::Page(..) | Wrapped::Nothing => sink.malformed(),
        }
    }

    /// Reads the records in a value of which no envelope is known; `false` when none is in it.
    #[cold]
    fn wrapped_in<S: Sink>(&mut self, value: &str, sink: &mut S) -> bool {
        if self.depth >= DEEPEST {
            return false;
        }
        let found = nested::documents(value);
        for inner in &found.documents {
            if let Some(lost) = inner.of_ocsf {
                sink.of_ocsf(lost);
            }
            if !inner.is_whole {
                sink.broken_part();
            }
            self.inner(&inner.json, sink);
        }
        if let Some(is_unfinished) = found.is_unfinished.filter(|_| self.depth == 0) {
            self.is_unfinished = Some(is_unfinished);
        }
        if !found.documents.is_empty() {
            (0..found.lost).for_each(|_| sink.malformed());
        }
        (0..found.other_ocsf).for_each(|_| sink.aside(Aside::OtherOcsf));
        !found.documents.is_empty() || found.other_ocsf > 0
    }

    /// Reads a document that stood in another one.
    fn inner<S: Sink>(&mut self, document: &str, sink: &mut S) {
        self.depth += 1;
        if self.walk(Walk::of_values(), document, sink).ending != Ending::Whole {
            sink.malformed();
        }
        self.depth -= 1;
    }
}

/// The event of a record and its text.
#[inline]
fn event_of<'a>(
    (record, text): (&Record<'a>, &'a str),
    user_identity: LazyIdentity<'a>,
    identity: crate::model::IdentityRef,
) -> Event<'a> {
    Event {
        event_id: record.text(Field::EventId),
        event_time: EventTime::parse_event_time(record.text(Field::EventTime)),
        event_name: record.text(Field::EventName),
        event_source: record.text(Field::EventSource),
        event_type: record.text(Field::EventType),
        event_category: record.text(Field::EventCategory),
        aws_region: record.text(Field::AwsRegion),
        source_ip_address: record.text(Field::SourceIpAddress),
        user_agent: record.text(Field::UserAgent),
        error_code: record.text(Field::ErrorCode),
        error_message: record.text(Field::ErrorMessage),
        recipient_account_id: record.text(Field::RecipientAccountId),
        shared_event_id: record.text(Field::SharedEventId),
        vpc_endpoint_id: record.text(Field::VpcEndpointId),
        vpc_endpoint_account_id: record.text(Field::VpcEndpointAccountId),
        read_only: identity::flag(record.text(Field::ReadOnly)),
        session_credential_from_console: identity::flag(record.text(Field::SessionCredentialFromConsole)),
        request_parameters: record.text(Field::RequestParameters),
        response_elements: record.text(Field::ResponseElements),
        additional_event_data: record.text(Field::AdditionalEventData),
        service_event_details: record.text(Field::ServiceEventDetails),
        resources: record.text(Field::Resources),
        addendum: record.text(Field::Addendum),
        record: text,
        user_identity,
        identity,
    }
}

/// Source: CloudTrail user guide, "CloudTrail record contents", `eventCategory`.
#[inline]
fn aside_of(event: &Event<'_>) -> Option<Aside> {
    match event.event_category {
        "Management" | "Data" => None,
        "Insight" => Some(Aside::Insight),
        other if other.starts_with("Aggregated") => Some(Aside::Aggregated),
        _ if event.event_type == "AwsCloudTrailInsight" => Some(Aside::Insight),
        _ => None,
    }
}
