//! Small answers that the tests of every format write: nulls, lists, hostile text, formulas, wide letters.

#[cfg(feature = "columnar")]
use std::io::{self, Write};

use serde_json::json;

use super::Section;
use crate::coverage::{Coverage, CoverageFacts};
use crate::model::EventTime;
use crate::report::{Answer, Column, ColumnKind, Finding, Form, Report, Severity, StateUse, Table, Value};

const COLUMNS: &[Column] = &[
    Column::new("access_key_id", ColumnKind::Id, "the key"),
    Column::new("principal", ColumnKind::Text, "whose it is"),
    Column::new("events", ColumnKind::Count, "how many events").unit("events"),
    Column::new("last_seen", ColumnKind::Time, "the last event"),
    Column::new("address_list", ColumnKind::List, "where from").second(),
    Column::new("top_events", ColumnKind::NamedCounts, "what for").second(),
];

#[cfg(feature = "columnar")]
const ONE: &[Column] = &[Column::new("number", ColumnKind::Count, "a number")];

static SAMPLE: Report = report("sample", COLUMNS);
static EMPTY: Report = report("empty", COLUMNS);
#[cfg(feature = "columnar")]
static COUNTING: Report = report("counting", ONE);

/// A pipe whose reader is gone.
#[cfg(feature = "columnar")]
pub(super) struct Closed;

#[cfg(feature = "columnar")]
impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const fn report(name: &'static str, columns: &'static [Column]) -> Report {
    Report {
        name,
        summary: "",
        about: "",
        columns,
        key: &[],
        needs: &[],
        options: &[],
        texts: &[],
        rules: &[],
        argument: None,
        state: StateUse::No,
        examples: &[],
        form: Form::Rows,
        charts: None,
        answer: |_| Answer::default(),
    }
}

fn texts(members: &[&str]) -> Value {
    Value::List(members.iter().map(|&m| m.to_owned()).collect())
}

fn counts(members: &[(&str, i64)]) -> Value {
    Value::NamedCounts(members.iter().map(|&(name, count)| (name.to_owned(), count)).collect())
}

fn at(text: &str) -> Value {
    Value::time(EventTime::parse(text))
}

/// Three rows: an ordinary one, a hostile one, and one of which nothing is known.
pub(super) fn section() -> Section {
    let rows = vec![
        vec![
            Value::text("AKIAIOSFODNN7EXAMPLE"),
            Value::text("arn:aws:iam::111122223333:user/Zoë, \"build\" 文档"),
            Value::Count(1_234_567),
            at("2023-07-10T11:42:18Z"),
            texts(&["192.0.2.1", "192.0.2.2", "198.51.100.7", "203.0.113.9", "2001:db8::1"]),
            counts(&[("GetObject", 1_200_000), ("ListBuckets", 30_000), ("PutObject", 4_000), ("DeleteTrail", 567)]),
        ],
        vec![
            Value::text("ASIAIOSFODNN7EXAMPLE"),
            Value::text("=HYPERLINK(\"http://example.com\")\x1b[2J\u{202e}\r\nfake row"),
            Value::Count(-1),
            at("2023-07-10T11:42:18.123456Z"),
            texts(&["+1", "a;b"]),
            counts(&[("=cmd", 1)]),
        ],
        vec![Value::Null, Value::Null, Value::Null, Value::Null, texts(&[]), Value::Null],
    ];
    let mut table = Table::new(&SAMPLE, COLUMNS.to_vec(), rows);
    table.rows_total = 5;
    Section { findings: vec![finding()], ..Section::new("Keys and where they are used from", table) }
}

/// No rows, no findings.
pub(super) fn empty_section() -> Section {
    let table = Table::new(&EMPTY, COLUMNS.to_vec(), Vec::new());
    Section::new("Nothing to see", table)
}

/// One column that counts from 0 to `rows`.
#[cfg(feature = "columnar")]
pub(super) fn counting(rows: usize) -> Section {
    let rows = (0..rows).map(|i| vec![Value::count(i)]).collect();
    let table = Table::new(&COUNTING, ONE.to_vec(), rows);
    Section::new("", table)
}

/// A finding about the first row.
pub(super) fn finding() -> Finding {
    let mut evidence = serde_json::Map::new();
    evidence.insert("addresses".to_owned(), json!(5));
    evidence.insert("address_list".to_owned(), json!(["192.0.2.1", "192.0.2.2"]));
    Finding {
        severity: Severity::High,
        rule: "key-embedded",
        account_id: "111122223333".to_owned(),
        subject: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        summary: "the key was used from 3 networks within one hour, so it is stored in several places\x1b[31m"
            .to_owned(),
        count: 1_234_567,
        evidence,
    }
}

/// A scan without trouble.
pub(super) fn coverage() -> Coverage {
    facts().into()
}

/// What its coverage is made of.
pub(super) fn facts() -> CoverageFacts {
    CoverageFacts {
        objects_found: 56,
        objects_read: 55,
        objects_skipped: [("licence".to_owned(), 1)].into(),
        events: 2900,
        events_in_window: 2900,
        events_counted: 2900,
        bytes_compressed: 305_000,
        bytes_json: 4_400_000,
        accounts: ["111122223333".to_owned()].into(),
        regions: ["us-east-1".to_owned()].into(),
        categories: [("management".to_owned(), 2900)].into(),
        first_event: EventTime::parse("2023-07-10T11:42:18Z"),
        last_event: EventTime::parse("2023-07-10T12:37:50Z"),
        ..CoverageFacts::default()
    }
}
