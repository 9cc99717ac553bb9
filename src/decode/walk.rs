//! Where records stand in a document: every envelope that CloudTrail records come in, told by content.
//!
//! Finds places, does not read records: `{"Records":[…]}` and its kin, bare arrays, JSON Lines, concatenated values,
//! single events, CloudWatch Logs export lines. Works on a growing text: [`Unit::More`] asks for what follows.

use memchr::memchr;

use super::seek::{self, Ahead, next_record};
use super::unfinished::is_token;
use crate::json::fields::{Raw, Stop, skip_space, value_at};

/// Fields of an envelope object whose array holds records: trail files, lookup-events, CloudWatch Logs (API and
/// subscription).
pub(super) const RECORD_ARRAYS: [&str; 4] = ["Records", "Events", "events", "logEvents"];

/// The byte order mark of UTF-8. One stands where a file begins, and where files were joined.
const MARK: &str = "\u{feff}";
const MARK_BEGINS: u8 = MARK.as_bytes()[0];

/// What comes next in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A value in a record's place begins here.
    Place(usize),
    /// A line of JSON Lines or of a log export: from here to there.
    Line(usize, usize),
    /// Something that is not JSON value stands in a record's place and ends here.
    Junk(usize),
    /// What follows is needed; everything before this index is done with.
    More(usize),
    /// The document is over.
    End,
    /// The document is over in the middle of something.
    Cut,
    /// The document is not JSON at all.
    NotJson,
}

/// Where in a document a walk stands; the text itself is the caller's.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Walk {
    standing: Standing,
    layout: Layout,
    /// How many arrays of records were entered.
    pub arrays: u32,
    /// Whether something that is not JSON came first.
    pub is_late: bool,
    /// Whether records are looked for where the document makes no sense.
    pub carves: bool,
    /// Whether the text of what is not JSON consists of records all the same.
    pub has_records: bool,
    /// Whether the last envelope says that another page of its records follows.
    pub is_unfinished: bool,
    /// Where the next record begins in the text, and where the next line with a value does, as far as that was found.
    record_ahead: Ahead,
    line_ahead: Ahead,
    /// The same for the next record after what is no value.
    stray_ahead: Ahead,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    /// Between the values of the document.
    #[default]
    Outside,
    /// In an envelope object, between its fields.
    Envelope,
    /// In an array of records, a field of an envelope.
    EnvelopeRecords,
    /// In an array of records that stands alone.
    Records,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Layout {
    /// Nothing seen yet.
    #[default]
    Unknown,
    /// JSON values one after another.
    Values,
    /// One value a line; a bad line costs that line.
    Lines,
}

impl Walk {
    /// A walk that begins inside an array of records.
    pub fn in_records() -> Self {
        Self { standing: Standing::Records, layout: Layout::Values, arrays: 1, ..Self::default() }
    }

    /// A walk over one line, which is not to be split into lines again.
    pub fn of_values() -> Self {
        Self { layout: Layout::Values, ..Self::default() }
    }

    /// A walk over lines.
    pub fn of_lines() -> Self {
        Self { layout: Layout::Lines, ..Self::default() }
    }

    /// Whether the walk stands inside an array of records.
    pub fn is_in_records(&self) -> bool {
        matches!(self.standing, Standing::Records | Standing::EnvelopeRecords)
    }

    /// Whether both walks stand in the same array of records, or both outside any.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.arrays == other.arrays && self.is_in_records() == other.is_in_records()
    }

    /// Whether the document is read by lines.
    pub fn is_by_lines(&self) -> bool {
        self.layout == Layout::Lines
    }

    /// Where to go on when the value at `at` does not end: at the next line that begins a value, or inside an array at
    /// the next object that begins as CloudTrail's records do, or as the one at `at`. (`{"eventVersion"` cannot stand
    /// inside a JSON string.)
    pub fn resume(&mut self, text: &str, at: usize) -> Option<usize> {
        match self.is_in_records() {
            true => self.record_ahead.unless_none(next_record, (text, at)),
            false => self.line_ahead.unless_none(next_line_with_a_value, (text, at)),
        }
    }

    /// Where to go on when the value at `at` is broken but ends at `end`: at a record within it.
    pub fn resume_within(text: &str, at: usize, end: usize) -> Option<usize> {
        next_record(&text[..end], at)
    }

    /// Says that the text has changed: more has come, or what was read has gone.
    pub fn forget(&mut self) {
        (self.record_ahead, self.line_ahead, self.stray_ahead) = Default::default();
    }

    /// What comes next at `at`; `whole` says that no text follows.
    #[inline]
    pub fn next(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        if self.is_in_records() { self.in_array(text, at, whole) } else { self.outside(text, at, whole) }
    }

    #[inline]
    fn in_array(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        let mut at = at;
        loop {
            at = skip_space(text.as_bytes(), at);
            match text.as_bytes().get(at) {
                Some(b',') => at += 1,
                Some(&MARK_BEGINS) if is_mark(text, at) => at += MARK.len(),
                Some(b']') => {
                    let in_envelope = self.standing == Standing::EnvelopeRecords;
                    self.standing = if in_envelope { Standing::Envelope } else { Standing::Outside };
                    return self.outside(text, at + 1, whole);
                }
                Some(_) => return Unit::Place(at),
                None => return if whole { Unit::Cut } else { Unit::More(at) },
            }
        }
    }

    #[cold]
    fn outside(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        match (self.standing, self.layout) {
            (Standing::Outside, Layout::Unknown) => self.at_start(text, at, whole),
            (Standing::Outside, Layout::Values) => self.between_values(text, at, whole),
            (Standing::Outside, Layout::Lines) => line(text, at, whole),
            _ => self.in_envelope(text, at, whole),
        }
    }

    fn at_start(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        let bytes = text.as_bytes();
        let start = skip_marks(text, at);
        let newline = || memchr(b'\n', &bytes[start..]).map(|n| start + n);
        match bytes.get(start) {
            None => return if whole { Unit::End } else { Unit::More(start) },
            Some(b'{') if matches!(record_array(text, start), Envelope::At(_)) => self.layout = Layout::Values,
            Some(&first) if first == b'{' || is_text_of_json(text, start) => match newline() {
                None if !whole && text.len() - start < MOST_TO_FIND_A_LINE => return Unit::More(start),
                None => self.layout = Layout::Values,
                Some(end) => self.layout = if is_one_value(text, start, end) { Layout::Lines } else { Layout::Values },
            },
            Some(b'[') => self.layout = Layout::Values,
            Some(b'0'..=b'9') => match newline() {
                None if !whole && text.len() - start < MOST_TO_FIND_A_LINE => return Unit::More(start),
                end if text[start..end.unwrap_or(text.len())].contains('{') => self.layout = Layout::Lines,
                _ => return self.after_lead_in(text, start, whole),
            },
            Some(_) => return self.after_lead_in(text, start, whole),
        }
        self.next(text, start, whole)
    }

    /// The document begins with what is not JSON: the rest of a line that was cut, a header, a warning of whatever wrote
    /// the file. A line with a value may follow soon; a page or a text that shows records among its words is no log.
    fn after_lead_in(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        let next = next_line_with_a_value(text, at).filter(|next| next - at <= MOST_TO_FIND_A_LINE);
        if self.carves {
            return self.carve(text, at, whole);
        }
        match next {
            _ if seek::is_markup(&text[at..]) => Unit::NotJson,
            Some(next) if text[at..next].contains("```") => Unit::NotJson,
            Some(next) => {
                self.is_late = true;
                Unit::Junk(next)
            }
            None if !whole && text.len() - at < MOST_TO_FIND_A_LINE => Unit::More(at),
            None => {
                self.has_records = seek::consists_of_records(&text[at..]);
                Unit::NotJson
            }
        }
    }

    /// Goes to the next object that begins as a record does, whatever stands before it.
    fn carve(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        match next_record(text, at) {
            Some(next) => {
                self.is_late = self.arrays == 0;
                self.standing = Standing::Records;
                self.layout = Layout::Values;
                self.arrays += 1;
                Unit::Junk(next)
            }
            None if !whole && text.len() - at < MOST_TO_FIND_A_LINE => Unit::More(at),
            None if self.arrays == 0 => Unit::NotJson,
            None => junk(text, at, whole),
        }
    }

    fn between_values(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        let mut at = skip_marks(text, at);
        // What parts values that were written into no array; nothing of them is lost.
        while self.arrays == 0 && matches!(text.as_bytes().get(at), Some(b',' | b';')) {
            at = skip_marks(text, at + 1);
        }
        match text.as_bytes().get(at) {
            None => return if whole { Unit::End } else { Unit::More(at) },
            // In an array that was entered, it may as well be what is left of a broken record.
            Some(b'"') if self.arrays == 0 && is_text_of_json(text, at) => return Unit::Place(at),
            Some(b'[') => return self.enter(Standing::Records, text, at, whole),
            Some(b'{') => {}
            Some(_) => return self.astray(text, at, whole),
        }
        match record_array(text, at) {
            Envelope::At(array) => {
                self.is_unfinished = has_token(text, at, array);
                self.enter(Standing::EnvelopeRecords, text, array, whole)
            }
            Envelope::Unknown if !whole => Unit::More(at),
            Envelope::Unknown | Envelope::None => Unit::Place(at),
        }
    }

    /// Goes into the array of records that opens at `at`.
    fn enter(&mut self, standing: Standing, text: &str, at: usize, whole: bool) -> Unit {
        self.standing = standing;
        self.arrays += 1;
        self.in_array(text, at + 1, whole)
    }

    fn in_envelope(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        let bytes = text.as_bytes();
        let mut from = at;
        loop {
            let here = skip_space(bytes, from);
            match bytes.get(here) {
                Some(b',') => from = here + 1,
                Some(b'}') => {
                    self.standing = Standing::Outside;
                    return self.between_values(text, here + 1, whole);
                }
                Some(b'"') => match field(text, here) {
                    Ok((_, value, Some(_))) if bytes.get(value) == Some(&b'[') => {
                        return self.enter(Standing::EnvelopeRecords, text, value, whole);
                    }
                    Ok((key, value, _)) => match value_at(text, value) {
                        Ok((raw, after)) => {
                            self.is_unfinished = is_token(key, raw).unwrap_or(self.is_unfinished);
                            from = after;
                        }
                        Err(Stop::Incomplete) if !whole => return Unit::More(here),
                        Err(Stop::Incomplete) => return Unit::Cut,
                        Err(Stop::Unsure) => return self.lost(text, value, whole),
                    },
                    Err(Stop::Incomplete) if !whole => return Unit::More(here),
                    Err(Stop::Incomplete) => return Unit::Cut,
                    Err(Stop::Unsure) => return self.lost(text, here + 1, whole),
                },
                Some(_) => return self.lost(text, here, whole),
                None => return if whole { Unit::Cut } else { Unit::More(here) },
            }
        }
    }

    /// The envelope makes no sense any more: goes on after it with the next value that begins a line.
    fn lost(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        self.standing = Standing::Outside;
        self.astray(text, at, whole)
    }

    /// No value stands at `at`: goes on with the next line that begins one, or with the next record if that is nearer.
    /// Where a record lacks a bracket, one of its own has closed the array of records, which then goes on.
    fn astray(&mut self, text: &str, at: usize, whole: bool) -> Unit {
        let Some(record) = self.stray_ahead.find(next_record, (text, at)) else { return junk(text, at, whole) };
        if let Some(line) = next_line_with_a_value(&text[..=record], at).filter(|&line| line < record) {
            return Unit::Junk(line);
        }
        let opening = seek::opening(text, (at, record), &RECORD_ARRAYS);
        let is_of_a_record = matches!(text.as_bytes().get(at), Some(b',' | b'}' | b']' | b':' | b'"'));
        if (self.arrays > 0 || self.carves) && is_of_a_record && opening == record {
            self.standing = Standing::Records;
            self.arrays = self.arrays.max(1);
        }
        Unit::Junk(opening)
    }
}

fn is_mark(text: &str, at: usize) -> bool {
    text.as_bytes()[at..].starts_with(MARK.as_bytes())
}

/// The first index at or after `at` that is neither white space nor part of a byte order mark.
fn skip_marks(text: &str, at: usize) -> usize {
    let mut at = skip_space(text.as_bytes(), at);
    while is_mark(text, at) {
        at = skip_space(text.as_bytes(), at + MARK.len());
    }
    at
}

/// Whether a JSON string that holds JSON begins at `at`.
fn is_text_of_json(text: &str, at: usize) -> bool {
    matches!(text.as_bytes()[at..], [b'"', b'{' | b'[', ..])
}

/// How far a first line may reach and still make a document one of lines.
const MOST_TO_FIND_A_LINE: usize = 1 << 20;

enum Envelope {
    /// The array of records opens here.
    At(usize),
    /// The object is no envelope, or not one that can be told from its first fields.
    None,
    /// The text ends too early to tell.
    Unknown,
}

/// Where the array of records opens in the object at `at`, if only plain values stand before it.
fn record_array(text: &str, at: usize) -> Envelope {
    let bytes = text.as_bytes();
    let mut from = at + 1;
    loop {
        let here = skip_space(bytes, from);
        if bytes.get(here).is_some_and(|&b| b != b'"') {
            return Envelope::None;
        }
        match field(text, here) {
            Ok((_, value, Some(_))) if bytes.get(value) == Some(&b'[') => return Envelope::At(value),
            Ok((key, ..)) if key.starts_with("event") => return Envelope::None,
            Ok((_, value, _)) => match value_at(text, value) {
                Ok((Raw::Container(_), _)) | Err(Stop::Unsure) => return Envelope::None,
                Ok((_, after)) => {
                    let comma = skip_space(bytes, after);
                    match bytes.get(comma) {
                        Some(b',') => from = comma + 1,
                        Some(_) => return Envelope::None,
                        None => return Envelope::Unknown,
                    }
                }
                Err(Stop::Incomplete) => return Envelope::Unknown,
            },
            Err(Stop::Unsure) => return Envelope::None,
            Err(Stop::Incomplete) => return Envelope::Unknown,
        }
    }
}

/// Whether the fields between the object's beginning at `at` and its array of records say that another page follows.
fn has_token(text: &str, at: usize, array: usize) -> bool {
    let mut from = at + 1;
    while from < array {
        let Ok((key, value, _)) = field(text, skip_space(text.as_bytes(), from)) else { return false };
        if value >= array {
            return false;
        }
        let Ok((raw, after)) = value_at(text, value) else { return false };
        if is_token(key, raw) == Some(true) {
            return true;
        }
        from = skip_space(text.as_bytes(), after) + 1;
    }
    false
}

/// A field's key, the index of its value, and which record array it names, if any.
fn field(text: &str, at: usize) -> Result<(&str, usize, Option<usize>), Stop> {
    let bytes = text.as_bytes();
    let (Raw::Plain(key), after) = value_at(text, at)? else { return Err(Stop::Unsure) };
    let colon = skip_space(bytes, after);
    match bytes.get(colon) {
        None => return Err(Stop::Incomplete),
        Some(b':') => {}
        Some(_) => return Err(Stop::Unsure),
    }
    let value = skip_space(bytes, colon + 1);
    if value == bytes.len() {
        return Err(Stop::Incomplete);
    }
    Ok((key, value, RECORD_ARRAYS.iter().position(|&name| name == key)))
}

/// Whether exactly one whole value stands from `start` to the line's end.
fn is_one_value(text: &str, start: usize, end: usize) -> bool {
    let line = text[start..end].trim_ascii_end();
    matches!(value_at(line, 0), Ok((_, after)) if after == line.len())
}

fn line(text: &str, at: usize, whole: bool) -> Unit {
    let start = skip_marks(text, at);
    match memchr(b'\n', &text.as_bytes()[start..]) {
        Some(length) => Unit::Line(start, start + length),
        None if !whole => Unit::More(start),
        None if start == text.len() => Unit::End,
        None => Unit::Line(start, text.len()),
    }
}

/// No value stands at `at`: passes over to the next line that begins one, or to the end.
fn junk(text: &str, at: usize, whole: bool) -> Unit {
    match next_line_with_a_value(text, at) {
        Some(next) => Unit::Junk(next),
        None if whole => Unit::Junk(text.len()),
        None => Unit::More(at),
    }
}

/// The JSON of a line: a line of a CloudWatch Logs export to S3 is a time and the event.
pub(super) fn json_of_line(line: &str) -> &str {
    let line = line.trim_ascii_end();
    match line.as_bytes().first() {
        Some(b'0'..=b'9') => line.find('{').map_or("", |at| &line[at..]),
        _ => line,
    }
}

/// Whether the values of a line are there to their end.
pub(super) fn is_whole_line(line: &str) -> bool {
    let json = json_of_line(line);
    let (mut walk, mut at) = (Walk::of_values(), 0);
    !json.is_empty()
        && loop {
            at = match walk.next(json, at, true) {
                Unit::Place(place) => match value_at(json, place) {
                    Ok((_, end)) => end,
                    Err(Stop::Unsure) => after_broken(&mut walk, json, place),
                    Err(Stop::Incomplete) => match walk.resume(json, place) {
                        Some(next) => next,
                        None => break false,
                    },
                },
                Unit::Junk(after) => after,
                Unit::End => break true,
                Unit::Line(..) | Unit::More(_) | Unit::Cut | Unit::NotJson => break false,
            }
        }
}

/// Where to go on when no whole value stands at `at` in a record's place: one that lacks a bracket costs itself.
pub(super) fn after_broken(walk: &mut Walk, text: &str, at: usize) -> usize {
    let is_of_a_record = matches!(text.as_bytes()[at], b'{' | b'"' | b':' | b'}');
    let next = is_of_a_record.then(|| walk.resume(text, at)).flatten();
    next.unwrap_or_else(|| after_no_value(text, at))
}

/// Whether the text that ends at `end` is a key: a record that lacks its first bracket, or the rest of one, stands there.
pub(super) fn is_key(text: &str, at: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    bytes[at] == b'"' && bytes.get(skip_space(bytes, end)) == Some(&b':')
}

/// Where to go on when no value stands at `at` in a record's place.
fn after_no_value(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at + 1..];
    memchr::memchr3(b',', b'{', b']', rest).map_or(text.len(), |n| at + 1 + n)
}

/// The nearer of the first line after `at` that begins with an object or array, and the next record.
pub(super) fn next_beginning(text: &str, at: usize) -> Option<usize> {
    let record = (at < text.len()).then(|| next_record(text, at)).flatten();
    let until = record.map_or(text.len(), |record| record + 1);
    next_line_with_a_value(&text[..until], at).or(record)
}

/// The start of the first line after `at` that begins with an object or array.
pub(super) fn next_line_with_a_value(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\n', &bytes[at..]).map(|n| at + n + 1).find(|&start| {
        let start = if is_mark(text, start) { start + MARK.len() } else { start };
        matches!(bytes.get(start), Some(b'{' | b'['))
    })
}
