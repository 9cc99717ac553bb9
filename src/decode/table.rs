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

/// The most lines above the names of the columns: a title, `sep=;`, a comment.
const ABOVE: usize = 4;

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
    /// How many rows stand above the names.
    above: usize,
    /// The names as they are written.
    head: Vec<Vec<u8>>,
    /// The names of the columns; empty of those that are not read.
    names: Vec<String>,
    cells: Vec<Vec<u8>>,
    cell: Vec<u8>,
    filled: usize,
    json: Vec<u8>,
    given: usize,
    rows: u64,
    ended: bool,
}

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// What stands between its columns.
    delimiter: u8,
    /// How many lines that are not empty stand above the names of its columns.
    above: usize,
}

impl Layout {
    /// That of the table that begins with `head`, if that is one of records.
    pub fn of(head: &[u8]) -> Option<Self> {
        let begin = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
        if matches!(begin.first(), None | Some(b'{' | b'[')) {
            return None;
        }
        let text = String::from_utf8_lossy(head);
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty());
        for (above, line) in lines.take(1 + ABOVE).enumerate() {
            // As Microsoft Sentinel's portal writes the names of times.
            let line = line.replace(" [UTC]", "");
            // No column is called that. What a caller wrote into a record must not make its file a table.
            if line.contains(['{', '[']) {
                return None;
            }
            if let Some(delimiter) = DELIMITERS.into_iter().find(|&delimiter| are_names(&line, delimiter)) {
                return Some(Self { delimiter, above });
            }
        }
        None
    }
}

/// Whether a line has the names of the columns of records.
fn are_names(line: &str, delimiter: u8) -> bool {
    let names: Vec<&str> = line.split(char::from(delimiter)).map(|name| name.trim().trim_matches('"')).collect();
    let names = || unprefixed(&names);
    are_of_records(names())
        || ocsf::are_columns(names())
        || names().any(|name| OF_JSON.contains(&name.to_ascii_lowercase().as_str()))
}

/// The names without the name of a table that Hive writes before each: `logs.eventname`.
fn unprefixed<'a>(names: &'a [&'a str]) -> impl Iterator<Item = &'a str> + Clone {
    let of_table = names.first().and_then(|name| name.split_once('.')).map(|(table, _)| table);
    let rest = |name: &'a str, table: &str| name.strip_prefix(table)?.strip_prefix('.');
    let table = of_table.filter(|table| names.iter().all(|name| rest(name, table).is_some()));
    names.iter().map(move |name| table.and_then(|table| rest(name, table)).unwrap_or(name))
}

/// Whether JSON that begins with `head` was a table.
pub fn is_table(head: &[u8]) -> bool {
    head.starts_with(BEGINS)
}

impl<R: Read> Table<R> {
    /// The table that `reader` gives.
    pub fn new(reader: R, Layout { delimiter, above }: Layout) -> Self {
        Self {
            reader,
            csv: ReaderBuilder::new().delimiter(delimiter).build(),
            is_drawn: delimiter == b'|',
            above,
            head: Vec::new(),
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
        if self.above > 0 {
            self.above -= 1;
            return;
        }
        if self.names.is_empty() {
            let texts: Vec<String> = cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            self.head = cells;
            for name in unprefixed(&texts.iter().map(String::as_str).collect::<Vec<_>>()) {
                // Of a column that stands twice the first counts.
                let is_again = self.names.iter().any(|known| known == name);
                self.names.push(if is_again { String::new() } else { name.to_owned() });
            }
            return;
        }
        let is_head = cells == self.head;
        if is_head || is_line || cells.iter().all(Vec::is_empty) {
            return;
        }
        self.json.extend_from_slice(if self.rows == 0 { b"\n" } else { b",\n" });
        self.rows += 1;
        let mut begin: &[u8] = b"[{\"field\":";
        for (name, cell) in self.names.iter().zip(&cells).filter(|(name, _)| !name.is_empty()) {
            self.json.extend_from_slice(begin);
            self.json.extend_from_slice(quoted(name.as_bytes()).as_slice());
            self.json.extend_from_slice(b",\"value\":");
            self.json.extend_from_slice(quoted(cell).as_slice());
            self.json.push(b'}');
            begin = b",{\"field\":";
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
        let layout = Layout::of(table).expect("a table");
        Table::new(table, layout).read_to_end(&mut json).expect("bytes can be read");
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
    fn names_may_stand_below_a_title_and_behind_the_name_of_a_table() {
        let of = |text: &str| Layout::of(text.as_bytes());
        let names = "eventTime,eventName,eventSource";
        assert_eq!(
            of(&format!("Export of September\n\nsep=,\n# by hand\n{names}\n")),
            Some(Layout { delimiter: b',', above: 3 })
        );
        assert_eq!(of(&format!("sep=;\n{}", names.replace(',', ";"))), Some(Layout { delimiter: b';', above: 1 }));
        assert_eq!(of(&format!("a\nb\nc\nd\ne\n{names}\n")), None, "too far down");
        assert_eq!(of(&format!("{{\"a\":1}}\n{names}\n")), None, "a log whose caller wrote names");
        assert_eq!(of(&format!("see [1]\n{names}\n")), None);
        assert_eq!(of("logs.eventtime,logs.eventname,logs.eventsource\n"), Some(Layout { delimiter: b',', above: 0 }));
        assert_eq!(of("logs.eventtime,logs.eventname,other.eventsource\n"), None);
        assert_eq!(of("TimeGenerated [UTC],EventName,EventSource\n"), Some(Layout { delimiter: b',', above: 0 }));
        let json = |text: &str| {
            let mut json = String::new();
            Table::new(text.as_bytes(), of(text).expect("a table")).read_to_string(&mut json).expect("bytes");
            json
        };
        let row = "[\n[{\"field\":\"eventtime\",\"value\":\"1\"},{\"field\":\"eventname\",\"value\":\"2\"},\
            {\"field\":\"awsregion\",\"value\":\"3\"}]\n]";
        assert_eq!(json("A title\nt.eventtime,t.eventname,t.awsregion\n1,2,3\n"), row);
        assert_eq!(
            json("eventtime,eventname,eventname,awsregion\n1,2,9,3\neventtime,eventname,eventname,awsregion\n"),
            row
        );
    }

    #[test]
    fn no_border_of_reading_ends_a_table() {
        let table = b"eventTime,eventName,userAgent\nt1,a,\"x, y\"\nt2,b,\nt3,c,z\n";
        for few in 1..table.len() {
            let mut json = Vec::new();
            Table::new(Few(table, few), Layout { delimiter: b',', above: 0 })
                .read_to_end(&mut json)
                .expect("bytes can be read");
            assert_eq!(json, read(table), "{few} bytes at a time");
        }
    }

    #[test]
    fn json_is_no_table_whatever_is_in_it() {
        for begin in ["", "\u{feff}", "\n", " \u{feff}", "2026-09-10T00:00:00Z "] {
            let log = format!(
                "{begin}{{\"Records\":[{{\"eventTime\":\"t\",\"userAgent\":\"x,_raw,eventTime,eventName\"}}]}}"
            );
            assert_eq!(Layout::of(log.as_bytes()), None, "{log}");
        }
        assert_eq!(Layout::of(b"[\"a\",\"@message\",\"b\"]"), None);
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
        assert_eq!(rows(drawn)[0][0], json!({"field": "eventTime", "value": "t1"}));
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
            assert_eq!(Layout::of(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Layout::of(b"@timestamp,@message\n"), Some(Layout { delimiter: b',', above: 0 }));
        assert_eq!(Layout::of(b"Event name;Event time;Event source\n"), Some(Layout { delimiter: b';', above: 0 }));
    }
}
