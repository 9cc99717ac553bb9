//! Tables of CSV and its kin as JSON: what Athena, CloudTrail Lake, CloudWatch Logs Insights and Event history download.
//!
//! A row becomes what Logs Insights prints a row as, an array of `{"field":…,"value":…}`: whoever reads those reads these.

use std::io::{self, Read};

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use super::columns::are_of_records;
use super::ocsf;

/// How a table begins once it is JSON.
const BEGINS: &[u8] = b"[\n[{\"field\":";

/// What may stand between columns.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Columns that hold a whole record as JSON, in lower case.
const OF_JSON: [&str; 6] = ["@message", "eventjson", "event_json", "_raw", "cloudtrailevent", "cloudtrail_event"];

/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// The most that one cell may hold.
const MOST_IN_CELL: usize = 64 << 20;

/// A table that is read as JSON: an array with an array for each row.
pub(super) struct Table<R> {
    reader: R,
    csv: Reader,
    /// Whether blanks around cells are none of theirs, and lines of dashes no rows.
    is_drawn: bool,
    names: Vec<String>,
    cells: Vec<Vec<u8>>,
    cell: Vec<u8>,
    filled: usize,
    json: Vec<u8>,
    given: usize,
    rows: u64,
    ended: bool,
}

/// What stands between the columns of a table that begins with `head`, if that is one of records.
pub(super) fn delimiter(head: &[u8]) -> Option<u8> {
    let begin = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    if matches!(begin.first(), None | Some(b'{' | b'[')) {
        return None;
    }
    let text = String::from_utf8_lossy(head);
    let line = text.trim_start_matches('\u{feff}').trim_start().lines().next()?;
    // No column is called that. What a caller wrote into a record must not make its file a table.
    if line.contains(['{', '[']) {
        return None;
    }
    DELIMITERS.into_iter().find(|&delimiter| {
        let names = line.split(char::from(delimiter)).map(|name| name.trim().trim_matches('"'));
        are_of_records(names.clone())
            || ocsf::are_columns(names.clone())
            || names.clone().any(|name| OF_JSON.contains(&name.to_ascii_lowercase().as_str()))
    })
}

/// Whether JSON that begins with `head` was a table.
pub fn is_table(head: &[u8]) -> bool {
    head.starts_with(BEGINS)
}

impl<R: Read> Table<R> {
    /// The table that `reader` gives.
    pub fn new(reader: R, delimiter: u8) -> Self {
        Self {
            reader,
            csv: ReaderBuilder::new().delimiter(delimiter).build(),
            is_drawn: delimiter == b'|',
            names: Vec::new(),
            cells: Vec::new(),
            cell: vec![0; CHUNK],
            filled: 0,
            json: b"[".to_vec(),
            given: 0,
            rows: 0,
            ended: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut bytes = [0; CHUNK];
        let got = self.reader.read(&mut bytes)?;
        self.json.clear();
        self.given = 0;
        let mut input = &bytes[..got];
        loop {
            // Nothing at all would be the end of the table.
            if input.is_empty() && got > 0 {
                break;
            }
            let (result, taken, written) = self.csv.read_field(input, &mut self.cell[self.filled..]);
            input = &input[taken..];
            self.filled += written;
            match result {
                ReadFieldResult::InputEmpty => break,
                ReadFieldResult::OutputFull if self.filled >= MOST_IN_CELL => {
                    let why = format!("a cell of the table has more than {MOST_IN_CELL} bytes");
                    return Err(io::Error::other(why));
                }
                ReadFieldResult::OutputFull => self.cell.resize(self.cell.len() * 2, 0),
                ReadFieldResult::Field { record_end } => {
                    self.cells.push(self.cell[..self.filled].to_vec());
                    self.filled = 0;
                    if record_end {
                        self.row();
                    }
                }
                ReadFieldResult::End => {
                    self.ended = true;
                    self.json.extend_from_slice(b"\n]");
                    break;
                }
            }
        }
        Ok(())
    }

    /// Writes the cells as a row. Joined files have their names again.
    fn row(&mut self) {
        let mut cells: Vec<Vec<u8>> = std::mem::take(&mut self.cells);
        for cell in &mut cells {
            let text = match cell.strip_prefix("\u{feff}".as_bytes()) {
                // Behind the mark a quote is no first character of its cell.
                Some(text) => text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text),
                None if self.is_drawn => cell.trim_ascii(),
                None => continue,
            };
            *cell = text.to_vec();
        }
        let is_line = self.is_drawn && cells.iter().all(|cell| cell.iter().all(|byte| matches!(byte, b'-' | b':')));
        if self.names.is_empty() {
            self.names = cells.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
            return;
        }
        let is_head = cells.iter().map(Vec::as_slice).eq(self.names.iter().map(String::as_bytes));
        if is_head || is_line || cells.iter().all(Vec::is_empty) {
            return;
        }
        self.json.extend_from_slice(if self.rows == 0 { b"\n" } else { b",\n" });
        self.rows += 1;
        for (i, (name, cell)) in self.names.iter().zip(&cells).enumerate() {
            self.json.extend_from_slice(if i == 0 { b"[{\"field\":" } else { b",{\"field\":" });
            self.json.extend_from_slice(quoted(name.as_bytes()).as_slice());
            self.json.extend_from_slice(b",\"value\":");
            self.json.extend_from_slice(quoted(cell).as_slice());
            self.json.push(b'}');
        }
        self.json.push(b']');
    }
}

/// A text as JSON. Bytes that are not UTF-8 give one that is none either, so that whoever reads the text tells it.
fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut json = vec![b'"'];
    for chunk in bytes.utf8_chunks() {
        let valid = serde_json::Value::from(chunk.valid()).to_string();
        json.extend_from_slice(&valid.as_bytes()[1..valid.len() - 1]);
        if !chunk.invalid().is_empty() {
            json.push(0xff);
        }
    }
    json.push(b'"');
    json
}

impl<R: Read> Read for Table<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.json.len() && !self.ended {
            self.fill()?;
        }
        let got = into.len().min(self.json.len() - self.given);
        into[..got].copy_from_slice(&self.json[self.given..self.given + got]);
        self.given += got;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(table: &[u8]) -> Vec<u8> {
        let mut json = Vec::new();
        let delimiter = delimiter(table).expect("a table");
        Table::new(table, delimiter).read_to_end(&mut json).expect("bytes can be read");
        json
    }

    /// A reader that gives few bytes at a time.
    struct Few<'a>(&'a [u8], usize);

    impl Read for Few<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let few = self.1.min(into.len());
            self.0.read(&mut into[..few])
        }
    }

    #[test]
    fn no_border_of_reading_ends_a_table() {
        let table = b"eventTime,eventName,userAgent\nt1,a,\"x, y\"\nt2,b,\nt3,c,z\n";
        for few in 1..table.len() {
            let mut json = Vec::new();
            Table::new(Few(table, few), b',').read_to_end(&mut json).expect("bytes can be read");
            assert_eq!(json, read(table), "{few} bytes at a time");
        }
    }

    #[test]
    fn json_is_no_table_whatever_is_in_it() {
        for begin in ["", "\u{feff}", "\n", " \u{feff}", "2026-09-10T00:00:00Z "] {
            let log = format!(
                "{begin}{{\"Records\":[{{\"eventTime\":\"t\",\"userAgent\":\"x,_raw,eventTime,eventName\"}}]}}"
            );
            assert_eq!(delimiter(log.as_bytes()), None, "{log}");
        }
        assert_eq!(delimiter(b"[\"a\",\"@message\",\"b\"]"), None);
    }

    fn rows(table: &str) -> Value {
        serde_json::from_slice(&read(table.as_bytes())).expect("JSON")
    }

    fn row(cells: [&str; 3]) -> Value {
        let of = |(name, value): (&str, &str)| json!({"field": name, "value": value});
        ["eventTime", "eventName", "userAgent"].into_iter().zip(cells).map(of).collect()
    }

    #[test]
    fn a_table_is_its_rows() {
        let expected = json!([row(["t1", "a", "x, \"y\"\nz"]), row(["t2", "b", ""])]);
        for table in [
            "eventTime,eventName,userAgent\nt1,a,\"x, \"\"y\"\"\nz\"\nt2,b,\n",
            "\u{feff}\"eventTime\";\"eventName\";\"userAgent\"\r\n\"t1\";\"a\";\"x, \"\"y\"\"\nz\"\r\nt2;b;\"\"",
            "eventTime\teventName\tuserAgent\nt1\ta\t\"x, \"\"y\"\"\nz\"\n\neventTime\teventName\tuserAgent\nt2\tb\t\n",
            "eventTime,eventName,userAgent\nt1,a,\"x, \"\"y\"\"\nz\"\n\u{feff}eventTime,eventName,userAgent\nt2,b,,more\n",
            "eventTime,eventName,userAgent\nt1,a,\"x, \"\"y\"\"\nz\"\n\u{feff}\"eventTime\",eventName,userAgent\nt2,b,\n",
        ] {
            assert_eq!(rows(table), expected, "{table}");
        }
        let drawn = "| eventTime | eventName | userAgent |\n|---|---|---|\n| t1 | a | x |\n";
        assert_eq!(rows(drawn)[0][1], json!({"field": "eventTime", "value": "t1"}));
        assert_eq!(rows(drawn).as_array().map(Vec::len), Some(1));
        assert_eq!(rows("eventTime,eventName\n"), json!([]));
        assert!(is_table(&read(b"eventTime,eventName\n1,2")) && !is_table(b"[[1]]") && !is_table(b"[\n]"));
    }

    #[test]
    fn cells_may_be_long_and_no_utf_8() {
        let long = "x".repeat(CHUNK * 5);
        assert_eq!(rows(&format!("@message\n{long}\n"))[0][0]["value"], json!(long));
        assert_eq!(read(b"@message\na\xffb\n"), b"[\n[{\"field\":\"@message\",\"value\":\"a\xffb\"}]\n]");
    }

    #[test]
    fn other_tables_and_texts_are_none() {
        for text in [
            "",
            "{\"eventTime\":1,\"eventName\":2}",
            "[",
            "user,arn,user_creation_time\n",
            "eventTime,value\n1,2\n",
            "event_time,event_name,user_pseudo_id\n",
            "time message\n",
            "message,level\n",
            "eventTime and eventName\n",
        ] {
            assert_eq!(delimiter(text.as_bytes()), None, "{text}");
        }
        assert_eq!(delimiter(b"@timestamp,@message\n"), Some(b','));
        assert_eq!(delimiter(b"Event name;Event time;Event source\n"), Some(b';'));
    }
}
