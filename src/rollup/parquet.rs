//! Column batches as Parquet files, and back.

use std::io::Cursor;

use polars::prelude::*;

use crate::aggregate::{Batch, Cells};

/// The file of a batch. Without statistics: files are chosen by their names.
pub(super) fn bytes(batch: &Batch) -> Result<Vec<u8>, String> {
    let columns = batch.columns.iter().map(|(name, cells)| match cells {
        Cells::Int(cells) => Column::new(name.as_str().into(), cells),
        Cells::Text(cells) => {
            let cells: StringChunked = cells.iter().map(Option::as_deref).collect();
            cells.with_name(name.as_str().into()).into_column()
        }
    });
    let written = DataFrame::new(batch.rows(), columns.collect()).and_then(|mut frame| {
        let mut out = Vec::new();
        ParquetWriter::new(&mut out)
            .with_compression(ParquetCompression::Zstd(None))
            .with_statistics(StatisticsOptions::empty())
            .finish(&mut frame)?;
        Ok(out)
    });
    written.map_err(|error| error.to_string())
}

/// The batch of a file.
pub(super) fn batch(table: &str, bytes: Vec<u8>) -> Result<Batch, String> {
    let frame = ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None).finish();
    let frame = frame.map_err(|error| error.to_string())?;
    let mut batch = Batch::new(table);
    for column in frame.columns() {
        let name = column.name().to_string();
        let cells = match column.dtype() {
            DataType::Int64 => column.i64().map(|cells| Cells::Int(cells.iter().collect())),
            DataType::String => {
                column.str().map(|cells| Cells::Text(cells.iter().map(|cell| cell.map(Arc::from)).collect()))
            }
            other => return Err(format!("column {name} is of type {other}")),
        };
        batch.columns.push((name, cells.map_err(|error| error.to_string())?));
    }
    Ok(batch)
}
