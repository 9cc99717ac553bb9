//! Cutting a large document between records, so that its parts can be read on several cores and memory stays flat.

use std::io::Read;

use super::document::Ending;
use super::text::TextReader;
use super::walk::{Unit, Walk, after_broken, is_key, is_whole_line, next_beginning};
use crate::json::fields::{Stop, value_at};

/// How records stand in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartLayout {
    /// Elements of an array, with commas between.
    Elements,
    /// A value a line.
    Lines,
    /// Values one after another.
    Values,
}

/// A piece of a document that holds whole records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The text, with what ends its last record: a bracket for elements, a newline for lines.
    pub text: String,
    /// How records stand in it.
    pub layout: PartLayout,
    /// Whether the document ends in the middle of its last line.
    pub is_cut: bool,
}

/// What became of a document that was cut into parts.
#[derive(Debug)]
pub struct PartsEnd {
    /// How it ended.
    pub ending: Ending,
    /// Bytes of JSON.
    pub bytes: u64,
    /// The first of them, as they came.
    pub head: Vec<u8>,
    /// Places where no record can be, and records longer than allowed.
    pub malformed: u64,
    /// Whether some bytes were no UTF-8.
    pub lossy: bool,
    /// Whether something that is not JSON came first.
    pub is_late: bool,
    /// Whether it is not JSON, and consists of records all the same.
    pub has_records: bool,
    /// As [`super::Document::is_unfinished`], of envelopes.
    pub is_unfinished: bool,
    /// Why reading stopped early, if it did.
    pub error: Option<std::io::Error>,
}

/// The parts of the document that a reader gives, about a megabyte each.
pub struct Parts<R> {
    reader: TextReader<R>,
    walk: Walk,
    /// Where the walk stands in the text that is held.
    at: usize,
    max_record_bytes: usize,
    malformed: u64,
    ending: Option<Ending>,
    /// A record longer than allowed is being passed over.
    passing: Option<Passing>,
}

/// As many bytes as what a record is known by may have.
const LONGEST_BEGINNING: usize = 64;

/// What is passed over, and where in it the text stands.
#[derive(Clone, Copy, Debug)]
enum Passing {
    /// A line.
    Line,
    /// What is no value, outside of arrays: to the next line that begins one, or the next record.
    Junk,
    /// What is no value, in an array: to where the next may begin.
    NoValue,
    /// A value.
    Value(InValue),
}

#[derive(Clone, Copy, Debug, Default)]
struct InValue {
    depth: u32,
    inside: bool,
    escaped: bool,
}

impl<R: Read> Parts<R> {
    /// The parts of what `reader` gives; records longer than `max_record_bytes` are malformed and passed over.
    pub fn new(reader: R, max_record_bytes: usize) -> Self {
        let reader = TextReader::new(reader);
        Self { reader, walk: Walk::default(), at: 0, max_record_bytes, malformed: 0, ending: None, passing: None }
    }

    /// The parts, also of what makes no sense as a document, if `carves`.
    #[must_use]
    pub fn carving(mut self, carves: bool) -> Self {
        self.walk.carves = carves;
        self
    }

    /// Whether the document is, so far, an envelope or an array of records.
    pub fn has_envelope(&self) -> bool {
        self.walk.arrays > 0
    }

    /// What became of the document, once [`Iterator::next`] has given `None` (or the caller has had enough).
    pub fn end(self) -> PartsEnd {
        let TextReader { bytes, head, lossy, error, .. } = self.reader;
        let ending = self.ending.unwrap_or(Ending::Cut);
        let Walk { is_late, has_records, is_unfinished, .. } = self.walk;
        PartsEnd { ending, bytes, head, malformed: self.malformed, lossy, is_late, has_records, is_unfinished, error }
    }

    /// Takes records from the text that is held, as many as are whole and stand alike with nothing else between.
    fn cut(&mut self) -> Option<Part> {
        let mut part: Option<(usize, usize, Walk)> = None;
        while self.ending.is_none() {
            let (at, walk, malformed) = (self.at, self.walk, self.malformed);
            match (self.step(), &mut part) {
                (Step::More, _) => break,
                (Step::Record(from, to), None) => part = Some((from, to, self.walk)),
                (Step::Record(_, to), Some((_, end, first))) if first.is_beside(&self.walk) => *end = to,
                (Step::Nothing, None) => {}
                (_, Some(_)) => {
                    // What is not part of this one is met again when the next is cut.
                    (self.at, self.walk, self.malformed) = (at, walk, malformed);
                    break;
                }
            }
        }
        let (from, to, walk) = part?;
        Some(self.part(from, to, PartLayout::of(walk)))
    }

    /// The records from here to there, and what ends the last of them.
    fn part(&self, from: usize, to: usize, layout: PartLayout) -> Part {
        let held = self.reader.text();
        let mut text = String::with_capacity(to - from + 1);
        text.push_str(&held[from..to]);
        match layout {
            PartLayout::Elements => text.push(']'),
            PartLayout::Lines if to < held.len() => text.push('\n'),
            PartLayout::Lines | PartLayout::Values => {}
        }
        let is_cut = layout == PartLayout::Lines && to == held.len() && self.ending == Some(Ending::Cut);
        Part { text, layout, is_cut }
    }

    fn step(&mut self) -> Step {
        let whole = self.reader.is_whole();
        match self.walk.next(self.reader.text(), self.at, whole) {
            Unit::Place(place) => self.place(place, whole),
            Unit::Line(from, to) => {
                self.at = to;
                let text = self.reader.text();
                if to == text.len() && !is_whole_line(&text[from..to]) {
                    self.ending = Some(Ending::Cut);
                }
                Step::Record(from, to)
            }
            Unit::Junk(after) => {
                self.malformed += 1;
                self.at = after;
                Step::Nothing
            }
            Unit::More(keep) => {
                self.at = keep;
                Step::More
            }
            Unit::End => self.end_with(Ending::Whole),
            Unit::Cut => self.end_with(Ending::Cut),
            Unit::NotJson => self.end_with(Ending::NotJson),
        }
    }

    fn place(&mut self, place: usize, whole: bool) -> Step {
        let value = match value_at(self.reader.text(), place) {
            Ok((_, end)) if is_key(self.reader.text(), place, end) => Err(Stop::Unsure),
            value => value.map(|(_, end)| end),
        };
        match value {
            Ok(end) => {
                self.at = end;
                Step::Record(place, end)
            }
            Err(Stop::Unsure) => {
                let after = after_broken(&mut self.walk, self.reader.text(), place);
                if after == self.reader.text().len() && !whole {
                    self.at = place;
                    return Step::More;
                }
                self.malformed += 1;
                self.at = after;
                Step::Nothing
            }
            Err(Stop::Incomplete) if !whole => {
                self.at = place;
                Step::More
            }
            Err(Stop::Incomplete) => match self.walk.resume(self.reader.text(), place) {
                None => self.end_with(Ending::Cut),
                Some(next) => {
                    self.malformed += 1;
                    self.at = next;
                    Step::Nothing
                }
            },
        }
    }

    fn end_with(&mut self, ending: Ending) -> Step {
        self.ending = Some(ending);
        Step::More
    }

    /// The record that begins at `at` is longer than allowed: goes on at a record after it, or passes it over.
    fn give_up(&mut self) {
        self.malformed += 1;
        if let Some(next) = self.walk.resume(self.reader.text(), self.at) {
            self.at = next;
        } else {
            self.passing = Some(self.what_to_pass());
        }
    }

    fn what_to_pass(&self) -> Passing {
        let rest = &self.reader.text()[self.at..];
        if self.walk.is_by_lines() {
            Passing::Line
        } else if self.walk.is_in_records() && value_at(rest, 0) == Err(Stop::Unsure) {
            Passing::NoValue
        } else if self.walk.is_in_records() || rest.starts_with(['{', '[']) {
            Passing::Value(InValue::default())
        } else {
            Passing::Junk
        }
    }

    fn pass(&mut self, mut passing: Passing) {
        let text = self.reader.text();
        match passing.over(&text[self.at..]) {
            Some(length) => {
                self.at += length;
                self.passing = None;
            }
            None => {
                // What a value or a record may begin with is kept.
                let kept = match passing {
                    Passing::Junk => LONGEST_BEGINNING,
                    _ => usize::from(text.ends_with('\n')),
                };
                let rest = text.len().saturating_sub(kept).max(self.at);
                self.at = (rest..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
                self.passing = Some(passing);
            }
        }
    }
}

impl<R: Read> Iterator for Parts<R> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        loop {
            if let Some(passing) = self.passing {
                self.pass(passing);
            }
            if self.passing.is_none()
                && let Some(part) = self.cut()
            {
                return Some(part);
            }
            if self.ending.is_some() {
                return None;
            }
            if let Some(passing) = self.passing
                && self.reader.is_whole()
            {
                let ending = if matches!(passing, Passing::Value(_)) { Ending::Cut } else { Ending::Whole };
                self.ending = Some(ending);
                return None;
            }
            if self.passing.is_none() && self.reader.text().len() - self.at > self.max_record_bytes {
                self.give_up();
                continue;
            }
            self.reader.advance(self.at);
            self.walk.forget();
            self.at = 0;
        }
    }
}

impl PartLayout {
    fn of(walk: Walk) -> Self {
        match (walk.is_in_records(), walk.is_by_lines()) {
            (true, _) => Self::Elements,
            (false, true) => Self::Lines,
            (false, false) => Self::Values,
        }
    }
}

enum Step {
    /// A record's text.
    Record(usize, usize),
    /// Something else was passed.
    Nothing,
    /// The text that is held is used up.
    More,
}

impl Passing {
    /// The length of what is left of it in `text`, if it ends there.
    fn over(&mut self, text: &str) -> Option<usize> {
        match self {
            Self::Line => memchr::memchr(b'\n', text.as_bytes()),
            Self::Junk => next_beginning(text, 0),
            Self::NoValue => memchr::memchr3(b',', b'{', b']', text.as_bytes()),
            Self::Value(value) => value.over(text.as_bytes()),
        }
    }
}

impl InValue {
    fn over(&mut self, bytes: &[u8]) -> Option<usize> {
        for (i, &byte) in bytes.iter().enumerate() {
            if self.escaped {
                self.escaped = false;
                continue;
            }
            match byte {
                b'\\' if self.inside => self.escaped = true,
                b'"' => self.inside = !self.inside,
                _ if self.inside => {}
                b'{' | b'[' => self.depth += 1,
                // Of what the value stands in: it was a number or word.
                b'}' | b']' | b',' if self.depth == 0 => return Some(i),
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            if self.depth == 0 && !self.inside && matches!(byte, b'"' | b'}' | b']') {
                return Some(i + 1);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    /// The parts of a text, and its end.
    fn cut(text: &str, max_record_bytes: usize) -> (Vec<Part>, PartsEnd) {
        let mut parts = Parts::new(text.as_bytes(), max_record_bytes);
        let cut = parts.by_ref().collect();
        (cut, parts.end())
    }

    fn texts(parts: &[Part]) -> Vec<&str> {
        parts.iter().map(|part| part.text.as_str()).collect()
    }

    #[test]
    fn a_part_ends_with_what_ends_its_last_record() {
        let (parts, end) = cut(r#"{"Records":[{"a":1},true],"x":1}"#, MIB);
        assert_eq!((texts(&parts), end.ending), (vec![r#"{"a":1},true]"#], Ending::Whole));
        let (parts, end) = cut("{\"a\":1}\n{\"b\":2}", MIB);
        assert_eq!((texts(&parts), end.ending), (vec!["{\"a\":1}\n{\"b\":2}"], Ending::Whole));
        assert!(!parts[0].is_cut);
    }

    #[test]
    fn a_last_line_that_breaks_off_cuts_the_document() {
        let (parts, end) = cut("{\"a\":1}\n{\"b\":", MIB);
        assert_eq!((parts.len(), end.ending, end.malformed), (1, Ending::Cut, 0));
        assert!(parts[0].is_cut);
        let (parts, end) = cut("{\"a\":1}\n{\"b\":\n{\"c\":1}\n", MIB);
        assert_eq!((parts.len(), end.ending, parts[0].is_cut), (1, Ending::Whole, false));
    }

    /// Were each word looked at anew with all that follows, these would take hours.
    #[test]
    fn what_is_no_record_is_passed_over_once() {
        let junk = "a ".repeat(3 * MIB);
        for (text, malformed) in [
            (format!("[{{\"a\":1}}]\n{junk}\n{{\"b\":2}}"), 1),
            (format!("[{{\"a\":1}},{junk},{{\"b\":2}}]"), 1),
            (format!("[{{\"a\":1}},{},{{\"b\":2}}]", "a".repeat(6 * MIB)), 1),
            (format!("[{{\"a\":1}},\"{junk}\",{{\"b\":2}}]"), 1),
            (format!("[{{\"a\":1}},{{\"c\":\"{junk}]}}\\\"\"}},{{\"b\":2}}]"), 1),
            (format!("{}{{\"a\":1}}\n{{\"b\":2}}", " ".repeat(9 * MIB)), 0),
            (format!("{{\"Records\":[{{\"a\":1}}],{}\"x\":3}}\n{{\"b\":2}}", " ".repeat(9 * MIB)), 0),
        ] {
            let (parts, end) = cut(&text, MIB);
            let records = texts(&parts).concat();
            assert!(records.contains("{\"a\":1}") && records.contains("{\"b\":2}"), "{}", &text[..40]);
            assert_eq!((end.malformed, end.ending), (malformed, Ending::Whole), "{}", &text[..40]);
        }
    }
}
