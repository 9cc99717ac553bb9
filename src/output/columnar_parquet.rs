//! Parquet: typed columns, zstd, the coverage in the footer under `trailscan.coverage`.
//!
//! Counts are `int64`, times `timestamp[us, UTC]`, lists `list<string>`, named counts `list<struct<name, count>>`. Text
//! is as the log has it. A table without rows still has all its columns.

use std::io::{self, Write};

use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::*;

use super::columnar::{BATCH, Witness, frame, schema};
use super::{Document, coverage_json};
use crate::report::Table;

/// The footer key.
const COVERAGE: &str = "trailscan.coverage";

/// Writes the table of the document; the destination has seen to it that there is one.
pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    for section in document.sections() {
        write_table(&section.table, vec![(COVERAGE.to_owned(), coverage_json(document.coverage))], out)?;
    }
    Ok(())
}

/// Writes one table, with `metadata` in the footer.
pub(super) fn write_table(table: &Table, metadata: Vec<(String, String)>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Witness::new(out);
    rows(table, metadata, &mut out).map_err(|error| out.explain(error))
}

fn rows(table: &Table, metadata: Vec<(String, String)>, out: &mut Witness<'_>) -> PolarsResult<()> {
    let metadata = KeyValueMetadata::from_static(metadata);
    let mut writer = ParquetWriter::new(out)
        .with_compression(ParquetCompression::Zstd(None))
        .with_key_value_metadata(Some(metadata))
        .batched(&schema(&table.columns))?;
    for rows in table.rows.chunks(BATCH) {
        writer.write_batch(&frame(&table.columns, rows)?)?;
    }
    writer.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use expect_test::expect;

    use super::super::{Content, Section, sample};
    use super::*;

    fn parquet(section: &Section) -> Vec<u8> {
        let coverage = sample::coverage();
        let document = Document::new(None, &coverage, Content::Report(section));
        let mut out = Vec::new();
        write(&document, &mut out).unwrap();
        out
    }

    fn read(bytes: Vec<u8>) -> DataFrame {
        ParquetReader::new(Cursor::new(bytes)).finish().unwrap()
    }

    fn types(frame: &DataFrame) -> Vec<String> {
        frame.schema().iter().map(|(name, dtype)| format!("{name}: {dtype:?}")).collect()
    }

    const TYPES: [&str; 6] = [
        "access_key_id: String",
        "principal: String",
        "events: Int64",
        "last_seen: Datetime('μs', 'UTC')",
        "address_list: List(String)",
        "top_events: List(Struct({'name': String, 'count': Int64}))",
    ];

    #[test]
    fn types_hold_with_and_without_rows() {
        let frame = read(parquet(&sample::section()));
        assert_eq!(types(&frame), TYPES);
        let empty = read(parquet(&sample::empty_section()));
        assert_eq!(types(&empty), TYPES);
        assert_eq!(empty.height(), 0);
    }

    #[test]
    fn values_come_back_as_they_were() {
        let section = sample::section();
        let frame = read(parquet(&section));
        let read_back: Vec<Vec<String>> = frame
            .columns()
            .iter()
            .map(|column| {
                // A zoned time cannot be printed without the time zone database; its number can.
                let column = match column.dtype() {
                    DataType::Datetime(..) => column.cast(&DataType::Int64).unwrap(),
                    _ => column.clone(),
                };
                (0..frame.height()).map(|i| format!("{:?}", column.get(i).unwrap().into_static())).collect()
            })
            .collect();
        expect![[r#"
            [
                [
                    "StringOwned(\"AKIAIOSFODNN7EXAMPLE\")",
                    "StringOwned(\"ASIAIOSFODNN7EXAMPLE\")",
                    "Null",
                ],
                [
                    "StringOwned(\"arn:aws:iam::111122223333:user/Zoë, \\\"build\\\" 文档\")",
                    "StringOwned(\"=HYPERLINK(\\\"http://example.com\\\")\\u{1b}[2J\\u{202e}\\r\\nfake row\")",
                    "Null",
                ],
                [
                    "Int64(1234567)",
                    "Int64(-1)",
                    "Null",
                ],
                [
                    "Int64(1688989338000000)",
                    "Int64(1688989338123456)",
                    "Null",
                ],
                [
                    "List(shape: (5,)\nSeries: '' [str]\n[\n\t\"192.0.2.1\"\n\t\"192.0.2.2\"\n\t\"198.51.100.7\"\n\t\"203.0.113.9\"\n\t\"2001:db8::1\"\n])",
                    "List(shape: (2,)\nSeries: '' [str]\n[\n\t\"+1\"\n\t\"a;b\"\n])",
                    "List(shape: (0,)\nSeries: '' [str]\n[\n])",
                ],
                [
                    "List(shape: (4,)\nSeries: '' [struct[2]]\n[\n\t{\"GetObject\",1200000}\n\t{\"ListBuckets\",30000}\n\t{\"PutObject\",4000}\n\t{\"DeleteTrail\",567}\n])",
                    "List(shape: (1,)\nSeries: '' [struct[2]]\n[\n\t{\"=cmd\",1}\n])",
                    "Null",
                ],
            ]
        "#]].assert_debug_eq(&read_back);
        assert_eq!(frame.height(), section.table.rows.len());
    }

    #[test]
    fn the_footer_says_what_was_covered() {
        for section in [sample::section(), sample::empty_section()] {
            let mut reader = ParquetReader::new(Cursor::new(parquet(&section)));
            let footer = reader.get_metadata().unwrap().key_value_metadata().clone().unwrap();
            let entry = footer.iter().find(|entry| entry.key == COVERAGE).unwrap();
            assert_eq!(entry.value.as_deref(), Some(coverage_json(&sample::coverage()).as_str()));
        }
    }

    #[test]
    fn batches_join_in_order() {
        let frame = read(parquet(&sample::counting(BATCH + 3)));
        assert_eq!(frame.height(), BATCH + 3);
        let numbers = frame.columns()[0].i64().unwrap();
        assert!(numbers.iter().enumerate().all(|(i, n)| n == Some(i as i64)));
    }

    #[test]
    fn a_reader_that_left_is_told_as_such() {
        let (section, coverage) = (sample::section(), sample::coverage());
        let document = Document::new(None, &coverage, Content::Report(&section));
        assert_eq!(write(&document, &mut sample::Closed).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_value_of_another_kind_is_an_error_and_no_null() {
        let mut section = sample::section();
        section.table.rows[0][2] = crate::report::Value::Text("many".to_owned());
        let coverage = sample::coverage();
        let document = Document::new(None, &coverage, Content::Report(&section));
        let error = write(&document, &mut Vec::new()).unwrap_err().to_string();
        assert!(error.contains("column events holds a value that is not a Count"), "{error}");
    }
}
