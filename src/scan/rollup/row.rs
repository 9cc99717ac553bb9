//! Typed rows to and from column batches: what a table of the ledger is, said once.

use crate::aggregate::{Batch, BatchError, Cells, Reader};

/// A column and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnAbout {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
}

/// A table and what its rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableAbout {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its columns, in order.
    pub columns: &'static [ColumnAbout],
}

/// The row of a table.
pub(super) trait Row: Sized {
    /// The table.
    const ABOUT: TableAbout;

    /// The rows as columns.
    fn save(rows: &[Self]) -> Batch;

    /// The rows of a saved table.
    ///
    /// # Errors
    /// When the table, or a column of it, is missing or of another type.
    fn load(batches: &[Batch]) -> Result<Vec<Self>, BatchError>;
}

/// What a cell can be.
pub(super) trait Cell: Sized {
    /// A column of such cells.
    fn column<'a>(cells: impl Iterator<Item = &'a Self>) -> Cells
    where
        Self: 'a;

    /// Reads a column.
    fn read(table: Reader<'_>, column: &str) -> Result<Vec<Self>, BatchError>;
}

impl Cell for String {
    fn column<'a>(cells: impl Iterator<Item = &'a Self>) -> Cells {
        Cells::Text(cells.map(|cell| Some(cell.as_str().into())).collect())
    }

    fn read(table: Reader<'_>, column: &str) -> Result<Vec<Self>, BatchError> {
        Ok(table.full_texts(column)?.into_iter().map(str::to_owned).collect())
    }
}

impl Cell for Option<i64> {
    fn column<'a>(cells: impl Iterator<Item = &'a Self>) -> Cells {
        Cells::Int(cells.copied().collect())
    }

    fn read(table: Reader<'_>, column: &str) -> Result<Vec<Self>, BatchError> {
        table.ints(column).map(<[Self]>::to_vec)
    }
}

impl Cell for u64 {
    fn column<'a>(cells: impl Iterator<Item = &'a Self>) -> Cells {
        Cells::Int(cells.map(|&cell| i64::try_from(cell).ok()).collect())
    }

    fn read(table: Reader<'_>, column: &str) -> Result<Vec<Self>, BatchError> {
        let cells = table.full_ints(column)?.into_iter().enumerate();
        cells
            .map(|(row, cell)| Self::try_from(cell).map_err(|_| table.bad_cell(column, row, "is less than nothing")))
            .collect()
    }
}

impl Cell for bool {
    fn column<'a>(cells: impl Iterator<Item = &'a Self>) -> Cells {
        Cells::Int(cells.map(|&cell| Some(i64::from(cell))).collect())
    }

    fn read(table: Reader<'_>, column: &str) -> Result<Vec<Self>, BatchError> {
        Ok(table.full_ints(column)?.into_iter().map(|cell| cell != 0).collect())
    }
}

/// Makes a struct the row of a table, from one list of its columns.
macro_rules! rows {
    (
        #[doc = $about:literal]
        $(#[$more:meta])*
        pub struct $row:ident in $table:literal {
            $(#[doc = $column_about:literal] $column:ident: $type:ty,)+
        }
    ) => {
        #[doc = $about]
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        $(#[$more])*
        pub struct $row {
            $(#[doc = $column_about] pub $column: $type,)+
        }

        impl $crate::scan::rollup::row::Row for $row {
            const ABOUT: $crate::scan::rollup::row::TableAbout = $crate::scan::rollup::row::TableAbout {
                name: $table,
                about: $about.trim_ascii(),
                columns: &[$($crate::scan::rollup::row::ColumnAbout {
                    name: stringify!($column),
                    about: $column_about.trim_ascii(),
                },)+],
            };

            fn save(rows: &[Self]) -> $crate::aggregate::Batch {
                use $crate::scan::rollup::row::Cell;
                let mut batch = $crate::aggregate::Batch::new($table);
                $(batch.columns.push((
                    stringify!($column).to_owned(),
                    <$type as Cell>::column(rows.iter().map(|row| &row.$column)),
                ));)+
                batch
            }

            fn load(batches: &[$crate::aggregate::Batch]) -> Result<Vec<Self>, $crate::aggregate::BatchError> {
                use $crate::scan::rollup::row::Cell;
                let table = $crate::aggregate::Reader::of(batches, $table)?;
                $(let mut $column = <$type as Cell>::read(table, stringify!($column))?.into_iter();)+
                let all = (0..table.rows()).map_while(|_| Some(Self { $($column: $column.next()?,)+ }));
                Ok(all.collect())
            }
        }
    };
}

pub(super) use rows;
