//! Rows as typed columns, for the formats that want them. The polars side of the output lives in `columnar*` only.

use std::io::{self, Write};

use polars::chunked_array::builder::get_list_builder;
use polars::prelude::*;

use crate::report::{Column as Spec, ColumnKind, Value as Cell, address_text};

/// Rows that become columns at once: memory grows by one batch, not by a second copy of the table.
pub(super) const BATCH: usize = 1 << 16;

/// The type of a column in files that have types.
fn dtype(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text | ColumnKind::Id => DataType::String,
        ColumnKind::Count => DataType::Int64,
        ColumnKind::Time => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
        ColumnKind::List => DataType::List(Box::new(DataType::String)),
        ColumnKind::NamedCounts => DataType::List(Box::new(named_count())),
    }
}

fn named_count() -> DataType {
    DataType::Struct(vec![Field::new("name".into(), DataType::String), Field::new("count".into(), DataType::Int64)])
}

/// The names and types of the columns, which hold also when there is no row.
pub(super) fn schema(columns: &[Spec]) -> Schema {
    columns.iter().map(|column| Field::new(column.name.into(), dtype(column.kind))).collect()
}

/// The rows under those types.
pub(super) fn frame(columns: &[Spec], rows: &[Vec<Cell>]) -> PolarsResult<DataFrame> {
    let series = columns.iter().enumerate().map(|(i, column)| {
        let cells = rows.iter().map(|row| &row[i]);
        Ok(typed(column, cells, rows.len())?.into_column())
    });
    DataFrame::new(rows.len(), series.collect::<PolarsResult<_>>()?)
}

fn typed<'a>(column: &Spec, cells: impl Iterator<Item = &'a Cell>, len: usize) -> PolarsResult<Series> {
    let name = PlSmallStr::from_static(column.name);
    match column.kind {
        ColumnKind::Text | ColumnKind::Id => {
            let mut texts = StringChunkedBuilder::new(name, len);
            for cell in cells {
                match cell.as_text() {
                    Some(text) => texts.append_value(text),
                    None if *cell == Cell::Null => texts.append_null(),
                    None => return Err(foreign(column)),
                }
            }
            Ok(texts.finish().into_series())
        }
        ColumnKind::Count | ColumnKind::Time => {
            let mut numbers = PrimitiveChunkedBuilder::<Int64Type>::new(name, len);
            for cell in cells {
                match cell {
                    Cell::Count(count) if column.kind == ColumnKind::Count => numbers.append_value(*count),
                    Cell::Time(time) if column.kind == ColumnKind::Time => numbers.append_value(time.0),
                    Cell::Null => numbers.append_null(),
                    _ => return Err(foreign(column)),
                }
            }
            let numbers = numbers.finish();
            Ok(match column.kind {
                ColumnKind::Count => numbers.into_series(),
                _ => numbers.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_series(),
            })
        }
        ColumnKind::List => {
            let mut lists = ListStringChunkedBuilder::new(name, len, len);
            for cell in cells {
                match cell {
                    Cell::List(members) => lists.append_values_iter(members.iter().map(String::as_str)),
                    Cell::Addresses(members) => {
                        let texts: Vec<String> = members.iter().map(address_text).collect();
                        lists.append_values_iter(texts.iter().map(String::as_str));
                    }
                    Cell::Null => lists.append_null(),
                    _ => return Err(foreign(column)),
                }
            }
            Ok(lists.finish().into_series())
        }
        ColumnKind::NamedCounts => named_counts(column, cells, len),
    }
}

/// Lists of {name, count}: all members as one struct column, of which each row takes its slice.
fn named_counts<'a>(column: &Spec, cells: impl Iterator<Item = &'a Cell>, len: usize) -> PolarsResult<Series> {
    let (mut names, mut counts, mut lengths) = (Vec::new(), Vec::new(), Vec::with_capacity(len));
    for cell in cells {
        match cell {
            Cell::NamedCounts(members) => {
                lengths.push(Some(members.len()));
                for (name, count) in members {
                    names.push(name.as_str());
                    counts.push(*count);
                }
            }
            Cell::Null => lengths.push(None),
            _ => return Err(foreign(column)),
        }
    }
    let fields = [Series::new("name".into(), &names), Series::new("count".into(), &counts)];
    let members = StructChunked::from_series(PlSmallStr::EMPTY, names.len(), fields.iter())?.into_series();
    let mut lists = get_list_builder(&named_count(), 0, len, PlSmallStr::from_static(column.name));
    let mut start = 0;
    for length in lengths {
        match length {
            Some(length) => lists.append_owned_series(members.slice(start as i64, length))?,
            None => lists.append_null(),
        }
        start += length.unwrap_or(0);
    }
    Ok(lists.finish().into_series())
}

/// A cell of another kind than its column is a fault of the report; it must not turn into an unknown value.
pub(super) fn foreign(column: &Spec) -> PolarsError {
    polars_err!(SchemaMismatch: "column {} holds a value that is not a {:?}", column.name, column.kind)
}

/// A writer that remembers what went wrong, since polars turns errors of the writer into text.
pub(super) struct Witness<'a> {
    out: &'a mut dyn Write,
    kind: Option<io::ErrorKind>,
}

impl<'a> Witness<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, kind: None }
    }

    /// `error` with the kind that the writer gave.
    pub(super) fn explain(&self, error: PolarsError) -> io::Error {
        io::Error::new(self.kind.unwrap_or(io::ErrorKind::Other), error)
    }
}

impl Write for Witness<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.kind = Some(error.kind());
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().inspect_err(|error| self.kind = Some(error.kind()))
    }
}
