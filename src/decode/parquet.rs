//! Parquet as JSON Lines, a row a line: what Security Lake writes, and what query engines and data lakes keep records in.
//!
//! A file tells at its end what it holds, so all of it is taken before its first row is: in memory where it is small, else
//! in a file without a name, of which the group of rows that is unpacked is in memory.

use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::sync::Arc;

use polars::io::mmap::MmapBytesReader;
use polars::prelude::*;

use super::columns::Column as Known;
use crate::model::EventTime;

/// How a Parquet file begins.
const MAGIC: &[u8] = b"PAR1";

/// How much of a file is held in memory; more of it goes to the folder for temporary files.
const IN_MEMORY: u64 = 16 << 20;

/// Why Parquet cannot be read.
#[derive(Debug, thiserror::Error)]
enum ParquetError {
    /// It is broken, or of a kind that polars does not know.
    #[error("broken Parquet: {0}")]
    Broken(#[from] PolarsError),
    /// A column of records is of a type that no text or number of a record has.
    #[error("column {0} is of type {1}: write it as text")]
    Type(String, String),
    /// The file is larger than is allowed.
    #[error("more than {0} bytes of Parquet: raise --max-object-bytes to read it")]
    TooLarge(u64),
}

/// Whether a file that begins with `head` is Parquet that is read.
pub(super) fn is_parquet(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// The rows of the file that `source` gives, of at most `most` bytes, as lines of JSON. What cannot be read is told by reading.
pub(super) fn lines<'a>(source: impl Read + Send + 'a, most: u64) -> Box<dyn Read + Send + 'a> {
    Box::new(Lines::of(source, most, IN_MEMORY))
}

/// Lines of JSON.
struct Lines<R> {
    /// The file, until it is read.
    source: Option<R>,
    most: u64,
    in_memory: u64,
    groups: Option<Groups>,
    /// The rows that are written, and the next of them.
    frame: Option<(DataFrame, usize)>,
    lines: Vec<u8>,
    given: usize,
}

/// A file that was taken whole.
enum Kept {
    Memory(Arc<[u8]>),
    /// One that nobody else can name, and that is gone when it is closed.
    Unnamed(File),
}

impl Kept {
    /// Takes what `source` gives, and keeps no more than `in_memory` bytes of it in memory where there is room elsewhere.
    fn of(source: &mut impl Read, in_memory: u64) -> io::Result<Self> {
        let mut bytes = Vec::new();
        source.by_ref().take(in_memory.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > in_memory {
            // Where no file can be made, memory has to do.
            if let Ok(mut file) = tempfile::tempfile() {
                file.write_all(&bytes)?;
                drop(bytes);
                io::copy(source, &mut file)?;
                return Ok(Self::Unnamed(file));
            }
            source.read_to_end(&mut bytes)?;
        }
        Ok(Self::Memory(bytes.into()))
    }

    fn len(&self) -> io::Result<u64> {
        match self {
            Self::Memory(bytes) => Ok(bytes.len() as u64),
            Self::Unnamed(file) => Ok(file.metadata()?.len()),
        }
    }

    /// A reader of it, which maps a file for as long as it lives.
    fn reader(&self) -> io::Result<ParquetReader<Box<dyn MmapBytesReader>>> {
        let from: Box<dyn MmapBytesReader> = match self {
            Self::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
            Self::Unnamed(file) => Box::new(file.try_clone()?),
        };
        Ok(ParquetReader::new(from))
    }
}

/// The groups of rows that are left.
struct Groups {
    file: Kept,
    /// The columns that are read.
    columns: Vec<String>,
    /// How many rows each has.
    rows: std::vec::IntoIter<usize>,
    /// How many rows stand before the next.
    before: usize,
}

impl Groups {
    fn of(file: Kept) -> Result<Self, ParquetError> {
        let mut reader = file.reader().map_err(PolarsError::from)?;
        let mut columns = Vec::new();
        for field in reader.schema()?.iter_values() {
            match is_read(field.dtype()) {
                true => columns.push(field.name.to_string()),
                // What is no field of a record is nothing that anybody needs.
                false if Known::of(&field.name).is_none() => {}
                false => return Err(ParquetError::Type(field.name.to_string(), format!("{:?}", field.dtype()))),
            }
        }
        let groups = reader.get_metadata()?.row_groups.iter();
        let rows: Vec<usize> = groups.map(|group| group.num_rows()).collect();
        Ok(Self { file, columns, rows: rows.into_iter(), before: 0 })
    }

    fn next(&mut self) -> PolarsResult<Option<DataFrame>> {
        let Some(rows) = self.rows.find(|rows| *rows > 0) else { return Ok(None) };
        let slice = Some((self.before, rows));
        self.before += rows;
        let reader = self.file.reader()?.with_columns(Some(self.columns.clone()));
        reader.read_parallel(ParallelStrategy::None).with_slice(slice).finish().map(Some)
    }
}

/// Whether polars reads columns of that type here, where each costs time to build.
fn is_read(of: &ArrowDataType) -> bool {
    use ArrowDataType as Type;

    match of {
        Type::Null
        | Type::Boolean
        | Type::Int32
        | Type::Int64
        | Type::UInt32
        | Type::UInt64
        | Type::Float32
        | Type::Float64
        | Type::Timestamp(..)
        | Type::Binary
        | Type::LargeBinary
        | Type::BinaryView
        | Type::FixedSizeBinary(_)
        | Type::Utf8
        | Type::LargeUtf8
        | Type::Utf8View => true,
        Type::List(one) | Type::LargeList(one) | Type::Map(one, _) => is_read(one.dtype()),
        Type::Struct(fields) => fields.iter().all(|field| is_read(field.dtype())),
        Type::Dictionary(_, of, _) => is_read(of),
        _ => false,
    }
}

impl<R: Read> Lines<R> {
    const fn of(source: R, most: u64, in_memory: u64) -> Self {
        Self { source: Some(source), most, in_memory, groups: None, frame: None, lines: Vec::new(), given: 0 }
    }

    /// Writes the next line; `false` when there is none.
    fn fill(&mut self) -> io::Result<bool> {
        let broken = |error: PolarsError| io::Error::other(ParquetError::Broken(error));
        if let Some(source) = self.source.take() {
            let file = Kept::of(&mut source.take(self.most.saturating_add(1)), self.in_memory)?;
            if file.len()? > self.most {
                return Err(io::Error::other(ParquetError::TooLarge(self.most)));
            }
            self.groups = Some(Groups::of(file).map_err(io::Error::other)?);
        }
        let Some(groups) = &mut self.groups else { return Ok(false) };
        loop {
            match &mut self.frame {
                Some((frame, row)) if *row < frame.height() => {
                    self.lines.clear();
                    self.given = 0;
                    write_row(frame, *row, &mut self.lines).map_err(broken)?;
                    *row += 1;
                    return Ok(true);
                }
                _ => match groups.next().map_err(broken)? {
                    Some(frame) => self.frame = Some((frame, 0)),
                    None => return Ok(false),
                },
            }
        }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.lines.len() {
            if !self.fill()? {
                return Ok(0);
            }
        }
        let got = into.len().min(self.lines.len() - self.given);
        into[..got].copy_from_slice(&self.lines[self.given..self.given + got]);
        self.given += got;
        Ok(got)
    }
}

/// Writes a row. A column without a value is one of the row's all the same: what rows lack is told by their columns.
fn write_row(frame: &DataFrame, row: usize, out: &mut Vec<u8>) -> PolarsResult<()> {
    let mut members = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        members.push((column.name().as_str(), column.get(row)?));
    }
    write_members(members.into_iter(), out);
    out.push(b'\n');
    Ok(())
}

/// Writes a struct or a map: what has no value in it is a field that a record has not.
fn write_object<'a>(members: impl Iterator<Item = (&'a str, AnyValue<'a>)>, out: &mut Vec<u8>) {
    write_members(members.filter(|(_, value)| !matches!(value, AnyValue::Null)), out);
}

fn write_members<'a>(members: impl Iterator<Item = (&'a str, AnyValue<'a>)>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (place, (name, value)) in members.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write_text(name, out);
        out.push(b':');
        write_value(&value, out);
    }
    out.push(b'}');
}

fn write_value(value: &AnyValue<'_>, out: &mut Vec<u8>) {
    match value {
        AnyValue::Null => out.extend_from_slice(b"null"),
        AnyValue::Boolean(_)
        | AnyValue::Int8(_)
        | AnyValue::Int16(_)
        | AnyValue::Int32(_)
        | AnyValue::Int64(_)
        | AnyValue::UInt8(_)
        | AnyValue::UInt16(_)
        | AnyValue::UInt32(_)
        | AnyValue::UInt64(_) => out.extend_from_slice(value.to_string().as_bytes()),
        AnyValue::Float32(number) => write_number(f64::from(*number), out),
        AnyValue::Float64(number) => write_number(*number, out),
        AnyValue::String(text) => write_text(text, out),
        AnyValue::StringOwned(text) => write_text(text, out),
        AnyValue::Binary(bytes) => write_bytes(bytes, out),
        AnyValue::BinaryOwned(bytes) => write_bytes(bytes, out),
        AnyValue::Datetime(moment, unit, _) | AnyValue::DatetimeOwned(moment, unit, _) => {
            write_text(&time(*moment, *unit).to_string(), out);
        }
        AnyValue::Struct(_, _, fields) => {
            let names = fields.iter().map(|field| field.name().as_str());
            write_object(names.zip(value._iter_struct_av()), out);
        }
        AnyValue::StructOwned(owned) => {
            let (values, fields) = owned.as_ref();
            let names = fields.iter().map(|field| field.name().as_str());
            write_object(names.zip(values.iter().cloned()), out);
        }
        AnyValue::List(elements) => write_list(elements, out),
        // Of categories, too, the text alone: printed, it stands in quotes.
        other => match other.get_str() {
            Some(text) => write_text(text, out),
            None => write_text(&other.to_string(), out),
        },
    }
}

/// Bytes are a text that is not said to be one, or an id of 128 bits, which is not UTF-8.
fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    match (std::str::from_utf8(bytes), <[u8; 16]>::try_from(bytes)) {
        (Err(_), Ok(id)) => {
            let digits = crate::model::hexadecimal(&id);
            let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
            write_text(&parts.join("-"), out);
        }
        _ => write_text(&String::from_utf8_lossy(bytes), out),
    }
}

fn write_number(number: f64, out: &mut Vec<u8>) {
    // JSON has no infinity.
    let number = serde_json::Number::from_f64(number).map_or(serde_json::Value::Null, serde_json::Value::from);
    out.extend_from_slice(number.to_string().as_bytes());
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
}

/// A list, or the object that a map is: polars gives its pairs as structs of `key` and `value`.
fn write_list(elements: &Series, out: &mut Vec<u8>) {
    let is_map = matches!(elements.dtype(), DataType::Struct(fields)
        if fields.iter().map(|field| field.name().as_str()).eq(["key", "value"]));
    if is_map {
        let pairs: Vec<(String, AnyValue<'static>)> = elements.iter().filter_map(|pair| pair_of(&pair)).collect();
        return write_object(pairs.iter().map(|(key, value)| (key.as_str(), value.clone())), out);
    }
    out.push(b'[');
    for (place, element) in elements.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write_value(&element, out);
    }
    out.push(b']');
}

fn pair_of(pair: &AnyValue<'_>) -> Option<(String, AnyValue<'static>)> {
    let members: Vec<AnyValue<'_>> = match pair {
        AnyValue::Struct(..) => pair._iter_struct_av().collect(),
        AnyValue::StructOwned(owned) => owned.0.clone(),
        _ => return None,
    };
    let [key, value] = members.as_slice() else { return None };
    Some((key.get_str()?.to_owned(), value.clone().into_static()))
}

/// The moment of a number of units since 1970.
const fn time(moment: i64, unit: TimeUnit) -> EventTime {
    EventTime(match unit {
        TimeUnit::Nanoseconds => moment.div_euclid(1000),
        TimeUnit::Microseconds => moment,
        TimeUnit::Milliseconds => moment.saturating_mul(1000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(frame: &mut DataFrame, groups: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(groups)).finish(frame).expect("memory");
        bytes
    }

    /// What is read from memory and from a file; they are the same.
    fn read(bytes: &[u8], most: u64) -> io::Result<String> {
        let read = |in_memory| {
            let mut text = String::new();
            Lines::of(bytes, most, in_memory).read_to_string(&mut text).map(|_| text)
        };
        let (memory, file) = (read(IN_MEMORY), read(3));
        assert_eq!(format!("{memory:?}"), format!("{file:?}"));
        file
    }

    #[test]
    fn rows_are_lines_whatever_groups_they_stand_in() {
        let words = Series::new("words".into(), ["a \"b\"", "c"]);
        let names = ["key", "value"].map(PlSmallStr::from);
        let cells = [Series::new(names[0].clone(), ["x.y", "z"]), Series::new(names[1].clone(), [Some("1"), None])];
        let pairs = StructChunked::from_series("".into(), 2, cells.iter()).expect("pairs").into_series();
        let lists = [pairs.clone(), pairs.slice(0, 1)];
        let time = Series::new("time".into(), [1_695_334_972_000_i64, 0])
            .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
            .expect("times");
        let columns = vec![
            Column::from(Series::new("text".into(), [Some("ä\n"), None])),
            Column::from(Series::new("number".into(), [1_i64, -2])),
            Column::from(Series::new("flag".into(), [Some(true), None])),
            Column::from(Series::new("words".into(), [words.clone(), words.slice(0, 0)])),
            Column::from(Series::new("map".into(), lists)),
            Column::from(StructChunked::from_series("outer".into(), 2, [time].iter()).expect("a struct").into_series()),
        ];
        let mut frame = DataFrame::new(2, columns).expect("columns");
        let expected = "{\"text\":\"ä\\n\",\"number\":1,\"flag\":true,\"words\":[\"a \\\"b\\\"\",\"c\"],\"map\":{\"x.y\":\"1\"},\
            \"outer\":{\"time\":\"2023-09-21T22:22:52Z\"}}\n\
            {\"text\":null,\"number\":-2,\"flag\":null,\"words\":[],\"map\":{\"x.y\":\"1\"},\"outer\":{\"time\":\"1970-01-01T00:00:00Z\"}}\n";
        for groups in [1, 2] {
            assert_eq!(read(&file(&mut frame, groups), 1 << 20).expect("rows"), expected, "{groups}");
        }
        assert!(read(&file(&mut frame, 1), 100).is_err_and(|error| error.to_string().contains("--max-object-bytes")));
    }

    #[test]
    fn an_id_of_bytes_is_one_and_what_is_no_field_is_left_out() {
        let id: &[u8] = &[0x0a, 0x1b, 0x2c, 0x3d, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 2];
        let columns = vec![
            Column::new("eventID".into(), [id]),
            Column::new("raw".into(), [b"text of bytes".as_slice()]),
            Column::new("day".into(), [19_000_i32]).cast(&DataType::Date).expect("a date"),
        ];
        let mut frame = DataFrame::new(1, columns).expect("columns");
        let expected = "{\"eventID\":\"0a1b2c3d-0000-4000-8000-000000000002\",\"raw\":\"text of bytes\"}\n";
        assert_eq!(read(&file(&mut frame, 1), 1 << 20).expect("rows"), expected);
        let day = Column::new("eventTime".into(), [19_000_i32]).cast(&DataType::Date).expect("a date");
        let error = read(&file(&mut DataFrame::new(1, vec![day]).expect("a column"), 1), 1 << 20).expect_err("no time");
        assert_eq!(error.to_string(), "column eventTime is of type Date32: write it as text");
    }

    #[test]
    fn what_is_broken_is_told() {
        let mut frame = DataFrame::new(1, vec![Column::new("a".into(), [1_i64])]).expect("a column");
        let whole = file(&mut frame, 1);
        for bytes in [&b"PAR1"[..], b"PAR1\x15\x04", &whole[..whole.len() - 9]] {
            let error = read(bytes, 1 << 20).expect_err("no file");
            assert!(error.to_string().starts_with("broken Parquet: "), "{error}");
        }
        assert!(is_parquet(&whole) && !is_parquet(b"PAR") && !is_parquet(b"{\"PAR1\":1}"));
    }
}
