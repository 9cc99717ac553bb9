//! The saved form of a state: tables of typed columns, with no file format attached.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Span;
use crate::model::EventTime;

/// One table of a saved aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Name of the table, unique over all aggregates: `keys`, `key_addresses`…
    pub table: String,
    /// Columns by name, all of one length.
    pub columns: Vec<(String, Cells)>,
}

/// The cells of a column; times are microseconds since 1970, flags are 0 and 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cells {
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Texts. Equal ones may be one in memory: most are said again and again.
    Text(Vec<Option<Arc<str>>>),
}

/// Why a saved state cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A table is missing.
    #[error("table {0} is missing")]
    NoTable(String),
    /// A column is missing or of another type.
    #[error("table {0} has no {1} column {2}")]
    NoColumn(String, &'static str, String),
    /// A cell has no value where one is needed, or one that means nothing.
    #[error("table {0}, column {1}, row {2}: {3}")]
    BadCell(String, String, usize, &'static str),
}

impl Batch {
    /// An empty table.
    pub fn new(table: &str) -> Self {
        Self { table: table.to_owned(), columns: Vec::new() }
    }

    /// With a column of numbers.
    #[must_use]
    pub fn ints(mut self, name: &str, cells: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.columns.push((name.to_owned(), Cells::Int(cells.into_iter().collect())));
        self
    }

    /// With a column of texts.
    #[must_use]
    pub fn texts<'a>(mut self, name: &str, cells: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let cells = cells.into_iter().map(|c| c.map(Arc::from)).collect();
        self.columns.push((name.to_owned(), Cells::Text(cells)));
        self
    }

    /// With the columns `first_seen` and `last_seen`.
    #[must_use]
    pub fn spans(self, spans: impl Iterator<Item = Span> + Clone) -> Self {
        let micros = |time: Option<EventTime>| time.map(|time| time.0);
        let last = spans.clone().map(|span| micros(span.last()));
        self.ints("first_seen", spans.map(|span| micros(span.first()))).ints("last_seen", last)
    }

    /// Puts the rows in order, by their cells from the first column on: the same for any order of reading.
    pub fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.rows()).collect();
        let by_cells = |&a: &usize, &b: &usize| {
            let orders = self.columns.iter().map(|(_, cells)| match cells {
                Cells::Int(cells) => cells[a].cmp(&cells[b]),
                Cells::Text(cells) => cells[a].cmp(&cells[b]),
            });
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        order.sort_by(by_cells);
        for (_, cells) in &mut self.columns {
            match cells {
                Cells::Int(cells) => *cells = order.iter().map(|&row| cells[row]).collect(),
                Cells::Text(cells) => *cells = order.iter().map(|&row| cells[row].take()).collect(),
            }
        }
    }

    /// Puts the rows of a batch of the same columns behind these.
    ///
    /// # Errors
    /// [`BatchError::NoColumn`] when it has others.
    pub fn append(&mut self, other: Self) -> Result<(), BatchError> {
        let mut theirs = other.columns.into_iter();
        for (name, cells) in &mut self.columns {
            match (cells, theirs.next().filter(|(known, _)| known == name)) {
                (Cells::Int(cells), Some((_, Cells::Int(more)))) => cells.extend(more),
                (Cells::Text(cells), Some((_, Cells::Text(more)))) => cells.extend(more),
                (Cells::Int(_), _) => return Err(BatchError::NoColumn(other.table, "number", name.clone())),
                (Cells::Text(_), _) => return Err(BatchError::NoColumn(other.table, "text", name.clone())),
            }
        }
        Ok(())
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, cells)| match cells {
            Cells::Int(cells) => cells.len(),
            Cells::Text(cells) => cells.len(),
        })
    }
}

/// Reads one table by column name.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    batch: &'a Batch,
}

impl<'a> Reader<'a> {
    /// The table of that name.
    ///
    /// # Errors
    /// [`BatchError::NoTable`].
    pub fn of(batches: &'a [Batch], table: &str) -> Result<Self, BatchError> {
        let batch = batches.iter().find(|b| b.table == table);
        batch.map(|batch| Self { batch }).ok_or_else(|| BatchError::NoTable(table.to_owned()))
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// A column of numbers.
    ///
    /// # Errors
    /// [`BatchError::NoColumn`].
    pub fn ints(&self, name: &str) -> Result<&'a [Option<i64>], BatchError> {
        match self.cells(name) {
            Some(Cells::Int(cells)) => Ok(cells),
            _ => Err(BatchError::NoColumn(self.batch.table.clone(), "number", name.to_owned())),
        }
    }

    /// A column of texts.
    ///
    /// # Errors
    /// [`BatchError::NoColumn`].
    pub fn texts(&self, name: &str) -> Result<&'a [Option<Arc<str>>], BatchError> {
        match self.cells(name) {
            Some(Cells::Text(cells)) => Ok(cells),
            _ => Err(BatchError::NoColumn(self.batch.table.clone(), "text", name.to_owned())),
        }
    }

    /// A column of numbers, one in every row.
    ///
    /// # Errors
    /// [`BatchError::NoColumn`], [`BatchError::BadCell`].
    pub fn full_ints(&self, name: &str) -> Result<Vec<i64>, BatchError> {
        let cells = self.ints(name)?.iter().enumerate();
        cells.map(|(row, cell)| cell.ok_or_else(|| self.bad_cell(name, row, "needs a number"))).collect()
    }

    /// The columns `first_seen` and `last_seen`.
    ///
    /// # Errors
    /// [`BatchError::NoColumn`].
    pub fn spans(&self) -> Result<Vec<Span>, BatchError> {
        let times = self.ints("first_seen")?.iter().zip(self.ints("last_seen")?);
        let span = |(first, last): (&Option<i64>, &Option<i64>)| {
            let mut span = Span::default();
            [first, last].into_iter().flatten().for_each(|time| span.see(EventTime(*time)));
            span
        };
        Ok(times.map(span).collect())
    }

    /// A column of texts, one in every row.
    ///
    /// # Errors
    /// [`BatchError::NoColumn`], [`BatchError::BadCell`].
    pub fn full_texts(&self, name: &str) -> Result<Vec<&'a str>, BatchError> {
        let cells = self.texts(name)?.iter().enumerate();
        cells.map(|(row, cell)| cell.as_deref().ok_or_else(|| self.bad_cell(name, row, "needs a text"))).collect()
    }

    /// The error for a cell of this table.
    pub fn bad_cell(&self, column: &str, row: usize, why: &'static str) -> BatchError {
        BatchError::BadCell(self.batch.table.clone(), column.to_owned(), row, why)
    }

    fn cells(&self, name: &str) -> Option<&'a Cells> {
        self.batch.columns.iter().find(|(n, _)| n == name).map(|(_, cells)| cells)
    }
}
