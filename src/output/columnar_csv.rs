//! CSV: RFC 4180 quoting, a header always, `\n` line ends, UTF-8.
//!
//! - Unknown is an empty field, an empty text or list is `""`.
//! - Lists are joined by `;`, named counts are `name:count;…`. Members that contain these marks cannot be told apart
//!   again: JSON and Parquet keep them whole.
//! - Spreadsheets run what looks like a formula, and log text is written by whoever made the call. A text, and each
//!   member of a list, that begins with `=`, `+`, `-`, `@` (also in their full-width forms), tab, CR or LF gets a
//!   leading `'`, and so does what stands behind a `;`, tab or line end within it ([`without_formulas`]). Numbers and times
//!   are ours and stay as they are.

use std::borrow::Cow;
use std::io::{self, Write};

use polars::prelude::*;

use super::columnar::{BATCH, Witness, foreign};
use super::sanitize::without_formulas;
use super::{Document, sanitize};
use crate::report::{Column as Spec, ColumnKind, Table, Value as Cell, address_text};

/// Writes the table of the document; the destination has seen to it that there is one. On a terminal its text is escaped
/// as in tables.
pub(super) fn write(document: &Document<'_>, on_terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Witness::new(out);
    for section in document.sections() {
        rows(&section.table, on_terminal, &mut out).map_err(|error| out.explain(error))?;
    }
    Ok(())
}

/// Writes one table.
pub(super) fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Witness::new(out);
    rows(table, false, &mut out).map_err(|error| out.explain(error))
}

fn rows(table: &Table, on_terminal: bool, out: &mut Witness<'_>) -> PolarsResult<()> {
    CsvWriter::new(&mut *out).include_header(true).finish(&mut frame(&table.columns, &[], on_terminal)?)?;
    for rows in table.rows.chunks(BATCH) {
        CsvWriter::new(&mut *out).include_header(false).finish(&mut frame(&table.columns, rows, on_terminal)?)?;
    }
    Ok(())
}

/// The rows as numbers and texts.
fn frame(columns: &[Spec], rows: &[Vec<Cell>], on_terminal: bool) -> PolarsResult<DataFrame> {
    let series = columns.iter().enumerate().map(|(i, column)| {
        let cells = rows.iter().map(|row| &row[i]);
        let name = PlSmallStr::from_static(column.name);
        if column.kind == ColumnKind::Count {
            let counts = cells.map(|cell| match cell {
                Cell::Count(count) => Ok(Some(*count)),
                Cell::Null => Ok(None),
                _ => Err(foreign(column)),
            });
            return Ok(Column::new(name, counts.collect::<PolarsResult<Vec<_>>>()?));
        }
        let mut texts = StringChunkedBuilder::new(name, rows.len());
        cells.map(text).for_each(|text| match text {
            Some(text) if on_terminal => texts.append_value(sanitize(&text)),
            text => texts.append_option(text),
        });
        Ok(texts.finish().into_column())
    });
    DataFrame::new(rows.len(), series.collect::<PolarsResult<_>>()?)
}

/// The field of a cell; `None` when it is unknown.
fn text(cell: &Cell) -> Option<Cow<'_, str>> {
    Some(match cell {
        Cell::Null => return None,
        Cell::Text(text) => without_formulas(text),
        Cell::Severity(severity) => severity.as_str().into(),
        Cell::Address(address) => address_text(address).into(),
        Cell::Count(count) => count.to_string().into(),
        Cell::Time(time) => time.to_string().into(),
        Cell::Addresses(members) => members.iter().map(address_text).collect::<Vec<_>>().join(";").into(),
        Cell::List(members) => members.iter().map(|m| without_formulas(m)).collect::<Vec<_>>().join(";").into(),
        Cell::NamedCounts(counts) => {
            let members = counts.iter().map(|(name, count)| format!("{}:{count}", without_formulas(name)));
            members.collect::<Vec<_>>().join(";").into()
        }
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::super::{Content, Section, sample};
    use super::*;

    fn csv(section: &Section, on_terminal: bool) -> String {
        let coverage = sample::coverage();
        let document = Document::new(None, &coverage, Content::Report(section));
        let mut out = Vec::new();
        write(&document, on_terminal, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rows() {
        // The file holds control characters as they are, which source code had better not.
        let text = csv(&sample::section(), false);
        assert!(text.contains("\u{1b}[2J\u{202e}\r\nfake row"));
        expect![[r#"
            access_key_id,principal,events,last_seen,address_list,top_events
            AKIAIOSFODNN7EXAMPLE,"arn:aws:iam::111122223333:user/Zoë, ""build"" 文档",1234567,2023-07-10T11:42:18Z,192.0.2.1;192.0.2.2;198.51.100.7;203.0.113.9;2001:db8::1,GetObject:1200000;ListBuckets:30000;PutObject:4000;DeleteTrail:567
            ASIAIOSFODNN7EXAMPLE,"'=HYPERLINK(""http://example.com"")<ESC>[2J<RLO><CR>
            fake row",-1,2023-07-10T11:42:18.123456Z,'+1;a;b,'=cmd:1
            ,,,,"",
        "#]].assert_eq(&text.replace("\u{1b}", "<ESC>").replace('\u{202e}', "<RLO>").replace('\r', "<CR>"));
    }

    #[test]
    fn a_terminal_is_not_steered() {
        let text = csv(&sample::section(), true);
        assert!(text.contains(r"\x1b[2J\u{202e}\r\nfake row"), "{text}");
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
    }

    #[test]
    fn no_row_is_a_header() {
        expect![[r#"
            access_key_id,principal,events,last_seen,address_list,top_events
        "#]]
        .assert_eq(&csv(&sample::empty_section(), false));
    }

    #[test]
    fn batches_join_without_a_seam() {
        let section = sample::counting(BATCH + 3);
        let text = csv(&section, false);
        assert_eq!(text.lines().count(), BATCH + 4);
        assert!(text.lines().skip(1).enumerate().all(|(i, line)| line == i.to_string()));
    }

    #[test]
    fn a_reader_that_left_is_told_as_such() {
        let (section, coverage) = (sample::section(), sample::coverage());
        let document = Document::new(None, &coverage, Content::Report(&section));
        assert_eq!(write(&document, false, &mut sample::Closed).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    /// The fields of RFC 4180 text whose lines end in `\n`, told apart by quotes as a strict reader does.
    fn fields(text: &str) -> Vec<String> {
        let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if !quoted => quoted = true,
                '"' if chars.next_if_eq(&'"').is_some() => field.push('"'),
                '"' => quoted = false,
                ',' | '\n' if !quoted => fields.push(std::mem::take(&mut field)),
                c => field.push(c),
            }
        }
        fields
    }

    proptest! {
        #[test]
        fn any_text_is_one_field(text in any::<String>(), members in prop::collection::vec("[a-z\"\n\r;,=]{1,5}", 1..4)) {
            let mut section = sample::section();
            section.table.rows.truncate(1);
            section.table.rows[0][1] = Cell::Text(text.clone());
            section.table.rows[0][4] = Cell::List(members.clone());
            let fields = fields(&csv(&section, false));
            prop_assert_eq!(fields.len(), 12);
            prop_assert_eq!(&fields[7], &without_formulas(&text));
            prop_assert_eq!(&fields[10], &members.iter().map(|m| without_formulas(m)).collect::<Vec<_>>().join(";"));
        }
    }
}
