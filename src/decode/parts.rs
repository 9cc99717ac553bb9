//! Cutting a large document between records, so that its parts can be read on several cores and memory stays flat.

use std::io::Read;

use super::Ending;
use super::fields::{Stop, value_at};
use super::text::TextReader;
use super::walk::{Unit, Walk, after_no_value};

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
    /// The text.
    pub text: String,
    /// How records stand in it.
    pub layout: PartLayout,
}

/// What became of a document that was cut into parts.
#[derive(Debug)]
pub struct PartsEnd {
    /// How it ended.
    pub ending: Ending,
    /// Bytes of JSON.
    pub bytes: u64,
    /// Places where no record can be, and records longer than allowed.
    pub malformed: u64,
    /// Whether some bytes were no UTF-8.
    pub lossy: bool,
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

/// Where in a record that is passed over the text stands.
#[derive(Clone, Copy, Debug, Default)]
struct Passing {
    by_lines: bool,
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

    /// Whether the document is, so far, an envelope or an array of records.
    pub fn has_envelope(&self) -> bool {
        self.walk.arrays > 0
    }

    /// What became of the document, once [`Iterator::next`] has given `None` (or the caller has had enough).
    pub fn end(self) -> PartsEnd {
        let TextReader { bytes, lossy, error, .. } = self.reader;
        PartsEnd { ending: self.ending.unwrap_or(Ending::Cut), bytes, malformed: self.malformed, lossy, error }
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
        Some(Part { text: self.reader.text()[from..to].to_owned(), layout: PartLayout::of(walk) })
    }

    fn step(&mut self) -> Step {
        let whole = self.reader.is_whole();
        match self.walk.next(self.reader.text(), self.at, whole) {
            Unit::Place(place) => self.place(place, whole),
            Unit::Line(from, to) => {
                self.at = to;
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
        match value_at(self.reader.text(), place) {
            Ok((_, end)) => {
                self.at = end;
                Step::Record(place, end)
            }
            Err(Stop::Unsure) => {
                self.malformed += 1;
                self.at = after_no_value(self.reader.text(), place);
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
            self.passing = Some(Passing { by_lines: self.walk.is_by_lines(), ..Passing::default() });
        }
    }

    fn pass(&mut self, mut passing: Passing) {
        match passing.over(&self.reader.text().as_bytes()[self.at..]) {
            Some(length) => {
                self.at += length;
                self.passing = None;
            }
            None => {
                self.at = self.reader.text().len();
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
            if self.passing.is_some() && self.reader.is_whole() {
                self.ending = Some(Ending::Cut);
                return None;
            }
            if self.passing.is_none() && self.reader.text().len() - self.at > self.max_record_bytes {
                self.give_up();
                continue;
            }
            self.reader.advance(self.at);
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
    /// The length of what is left of the record in `bytes`, if it ends there.
    fn over(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.by_lines {
            return memchr::memchr(b'\n', bytes);
        }
        for (i, &byte) in bytes.iter().enumerate() {
            if self.escaped {
                self.escaped = false;
                continue;
            }
            match byte {
                b'\\' if self.inside => self.escaped = true,
                b'"' => self.inside = !self.inside,
                b'{' | b'[' if !self.inside => self.depth += 1,
                b'}' | b']' if !self.inside => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth == 0 && !self.inside {
                return Some(i + 1);
            }
        }
        None
    }
}
