//! How JSON is laid out, for people and line tools: a member a line, and an element of an array a line, however deep it
//! is inside: `grep`, `diff` and `head` work on rows.
//!
//! Characters that steer a terminal or hide (DEL, C1 controls, direction marks, zero width) are written as `\u` escapes:
//! the same JSON value, and safe to look at.

use std::io::{self, BufWriter, Write};

use serde_json::ser::Formatter;

use super::BUFFER;
use super::sanitize::is_unsafe;

/// Lets `write` write JSON to a buffer of a known type before `out`: JSON comes in pieces of a few bytes, for which a call
/// through `dyn` each costs more than the bytes.
pub(super) fn buffered(
    out: &mut dyn Write,
    write: impl FnOnce(&mut BufWriter<&mut dyn Write>) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = BufWriter::with_capacity(BUFFER, out);
    write(&mut buffer)?;
    buffer.flush()
}

/// A member a line and an element a line, but inside of an element all on that line.
#[derive(Default)]
pub(super) struct ElementALine {
    /// How many objects and arrays are open.
    depth: usize,
    /// How many of the open ones are elements of an array, or lie inside one.
    inside_element: usize,
    /// Whether anything stands between the last opening bracket and here.
    filled: bool,
}

impl ElementALine {
    /// All on one line, as if inside of an element.
    pub(super) fn one_line() -> Self {
        Self { inside_element: 1, ..Self::default() }
    }

    fn open(&mut self) {
        self.depth += 1;
        self.filled = false;
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.filled { self.line(out) } else { Ok(()) }
    }

    fn next<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        self.line(out)
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        if self.inside_element > 0 {
            return Ok(());
        }
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b"  "))
    }
}

/// Whether there is nothing to look for in `text`, as in nearly all. Without a branch a byte, so that compilers make vectors
/// of it.
#[inline]
fn is_printable_ascii(text: &str) -> bool {
    text.bytes().fold(true, |is_all, byte| is_all & matches!(byte, b' '..=b'~'))
}

impl Formatter for ElementALine {
    #[inline]
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        if is_printable_ascii(fragment) {
            return out.write_all(fragment.as_bytes());
        }
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_unsafe(c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    #[inline]
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open();
        out.write_all(b"[")
    }

    #[inline]
    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out)?;
        out.write_all(b"]")
    }

    #[inline]
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)?;
        self.inside_element += 1;
        Ok(())
    }

    #[inline]
    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.inside_element -= 1;
        self.filled = true;
        Ok(())
    }

    #[inline]
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open();
        out.write_all(b"{")
    }

    #[inline]
    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out)?;
        out.write_all(b"}")
    }

    #[inline]
    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    #[inline]
    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.inside_element > 0 { b":" } else { b": " })
    }

    #[inline]
    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}
