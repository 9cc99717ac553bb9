//! JSON documents: one report, or an audit of many. Rows are streamed, never gathered.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::json_layout::{ElementALine, buffered};
use super::json_news::Since;
use super::json_tree::Forest;
use super::json_value::Cell;
use super::{Content, Document, Section, SectionKind, Told, VERSION};
use crate::coverage::Coverage;
use crate::model::{EventTime, TimeWindow};
use crate::report::{Asked, Column, Table, Value};

/// Writes the document and a line end.
pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    buffered(out, |out| {
        let mut serializer = serde_json::Serializer::with_formatter(&mut *out, ElementALine::default());
        match document.content {
            Content::Report(section) => ReportDocument::new(document, section).serialize(&mut serializer)?,
            Content::Audit(sections) => AuditDocument::new(document, sections).serialize(&mut serializer)?,
        }
        out.write_all(b"\n")
    })
}

/// Writes rows that rest on no logs.
pub(super) fn write_list(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let list = List {
        list: table.report,
        trailscan: VERSION,
        columns: &table.columns,
        rows: Rows(table),
        rows_total: table.rows_total,
        rows_shown: table.rows.len(),
    };
    buffered(out, |out| {
        list.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, ElementALine::default()))?;
        out.write_all(b"\n")
    })
}

/// Rows that rest on no logs.
#[derive(serde::Serialize)]
struct List<'a> {
    list: &'static str,
    trailscan: &'static str,
    columns: &'a [Column],
    rows: Rows<'a>,
    rows_total: usize,
    rows_shown: usize,
}

/// The answer of one report. The order of the fields is the contract's.
#[derive(serde::Serialize)]
struct ReportDocument<'a> {
    report: &'static str,
    trailscan: &'static str,
    window: Option<Window>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<&'a Asked>,
    coverage: &'a Coverage,
    #[serde(skip_serializing_if = "Option::is_none")]
    since_baseline: Option<Since<'a>>,
    columns: &'a [Column],
    rows: Rows<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<Forest<'a>>,
    rows_total: usize,
    rows_shown: usize,
    #[serde(skip_serializing_if = "Total::is_empty")]
    total: Total<'a>,
    findings: Vec<Told<'a>>,
    suppressed: usize,
}

/// The answers of an audit.
#[derive(serde::Serialize)]
struct AuditDocument<'a> {
    trailscan: &'static str,
    window: Option<Window>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<&'a Asked>,
    coverage: &'a Coverage,
    #[serde(skip_serializing_if = "Option::is_none")]
    since_baseline: Option<Since<'a>>,
    /// The practices, account by account.
    scorecard: Scorecard<'a>,
    reports: Reports<'a>,
    /// Those of all reports, worst first.
    findings: Vec<Told<'a>>,
    /// Those that the user's config left out.
    suppressed: usize,
}

#[derive(serde::Serialize)]
struct Window {
    since: EventTime,
    until: EventTime,
}

/// The rows of the scorecard; none where there is none.
struct Scorecard<'a>(&'a [Section]);

/// Every report by its name, in the audit's order.
struct Reports<'a>(&'a [Section]);

/// One report inside an audit.
#[derive(serde::Serialize)]
struct Part<'a> {
    columns: &'a [Column],
    rows: Rows<'a>,
    rows_total: usize,
    rows_shown: usize,
    findings: Vec<Told<'a>>,
    suppressed: usize,
}

struct Rows<'a>(&'a Table);

/// What all rows come to, as an object.
struct Total<'a>(&'a [(&'static str, Value)]);

impl Total<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Total<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Cell(value))))
    }
}

/// A row as an object with a member a column; null where the value is unknown.
pub(super) struct Row<'a> {
    /// Put first, when rows of several reports share a stream.
    pub(super) report: Option<&'static str>,
    pub(super) columns: &'a [Column],
    pub(super) values: &'a [Value],
}

impl<'a> ReportDocument<'a> {
    fn new(document: &Document<'a>, section: &'a Section) -> Self {
        let table = &section.table;
        Self {
            report: table.report,
            trailscan: VERSION,
            window: Window::of(document.window),
            asked: document.asked.filter(|asked| !asked.is_empty()),
            coverage: document.coverage,
            since_baseline: document.news.map(Since),
            columns: &table.columns,
            rows: Rows(table),
            tree: section.tree.as_ref().map(Forest::of),
            rows_total: table.rows_total,
            rows_shown: table.rows.len(),
            total: Total(&table.total),
            findings: section.told().collect(),
            suppressed: section.suppressed,
        }
    }
}

impl<'a> AuditDocument<'a> {
    fn new(document: &Document<'a>, sections: &'a [Section]) -> Self {
        let mut findings: Vec<Told<'_>> = sections.iter().flat_map(Section::told).collect();
        // Stable: within a severity the reports keep their order, and each its own.
        findings.sort_by_key(|told| std::cmp::Reverse(told.finding.severity));
        Self {
            trailscan: VERSION,
            window: Window::of(document.window),
            asked: document.asked.filter(|asked| !asked.is_empty()),
            coverage: document.coverage,
            since_baseline: document.news.map(Since),
            scorecard: Scorecard(sections),
            reports: Reports(sections),
            findings,
            suppressed: sections.iter().map(|section| section.suppressed).sum(),
        }
    }
}

impl Window {
    fn of(window: Option<TimeWindow>) -> Option<Self> {
        window.map(|w| Self { since: w.since(), until: w.until() })
    }
}

impl Serialize for Scorecard<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.iter().find(|section| section.kind == SectionKind::Scorecard) {
            Some(section) => Rows(&section.table).serialize(serializer),
            None => serializer.serialize_seq(Some(0))?.end(),
        }
    }
}

impl Serialize for Reports<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().filter(|section| section.kind == SectionKind::Report).map(|section| {
            let table = &section.table;
            let part = Part {
                columns: &table.columns,
                rows: Rows(table),
                rows_total: table.rows_total,
                rows_shown: table.rows.len(),
                findings: section.told().collect(),
                suppressed: section.suppressed,
            };
            (table.report, part)
        }))
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.rows.len()))?;
        for values in &self.0.rows {
            rows.serialize_element(&Row { report: None, columns: &self.0.columns, values })?;
        }
        rows.end()
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_map(None)?;
        if let Some(report) = self.report {
            row.serialize_entry("report", report)?;
        }
        for (i, column) in self.columns.iter().enumerate() {
            row.serialize_entry(column.name, &Cell(&self.values[i]))?;
        }
        row.end()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::super::sanitize::is_unsafe;
    use super::super::{json_lines, sample};
    use super::*;

    fn json(content: Content<'_>, window: Option<TimeWindow>) -> String {
        let coverage = sample::coverage();
        let mut out = Vec::new();
        write(&Document::new(window, &coverage, content), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn lines(content: Content<'_>) -> String {
        let coverage = sample::coverage();
        let mut out = Vec::new();
        json_lines::write(&Document::new(None, &coverage, content), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn keys(text: &str) -> Vec<String> {
        let members = text.lines().filter(|line| line.starts_with("  \""));
        members.map(|line| line.split('"').nth(1).unwrap().to_owned()).collect()
    }

    #[test]
    fn one_report() {
        let at = |text| EventTime::parse(text).unwrap();
        let window = TimeWindow::new(at("2023-07-01T00:00:00Z"), at("2023-07-31T00:00:00Z")).unwrap();
        let text = json(Content::Report(&sample::section()), Some(window));
        // The version changes with every release.
        let text = text.replace(&format!("\"trailscan\": \"{VERSION}\""), "\"trailscan\": \"VERSION\"");
        expect![[r#"
            {
              "report": "sample",
              "trailscan": "VERSION",
              "window": {
                "since": "2023-07-01T00:00:00Z",
                "until": "2023-07-31T00:00:00Z"
              },
              "coverage": {
                "objects_found": 56,
                "objects_read": 55,
                "objects_damaged": 0,
                "objects_failed": 0,
                "objects_skipped": {
                  "licence": 1
                },
                "objects_pruned": 0,
                "places_failed": 0,
                "events": 2900,
                "events_in_window": 2900,
                "events_out_of_window": 0,
                "events_without_time": 0,
                "events_unbelievable_time": 0,
                "events_filtered": 0,
                "events_counted": 2900,
                "duplicate_events": 0,
                "updated_events": 0,
                "late_events": 0,
                "read_only_events": 0,
                "conflicting_ids": 0,
                "aside_records": 0,
                "malformed_records": 0,
                "broken_records": 0,
                "lossy_objects": 0,
                "bytes_compressed": 305000,
                "bytes_json": 4400000,
                "accounts": [
                  "111122223333"
                ],
                "regions": [
                  "us-east-1"
                ],
                "categories": {
                  "management": 2900
                },
                "first_event": "2023-07-10T11:42:18Z",
                "last_event": "2023-07-10T12:37:50Z",
                "gaps": [],
                "warnings": [],
                "failures": [],
                "logging_changes": [],
                "state_files": [],
                "interrupted": false
              },
              "columns": [
                {"name":"access_key_id","kind":"id","unit":"","about":"the key"},
                {"name":"principal","kind":"text","unit":"","about":"whose it is"},
                {"name":"events","kind":"count","unit":"events","about":"how many events"},
                {"name":"last_seen","kind":"time","unit":"","about":"the last event"},
                {"name":"address_list","kind":"list","unit":"","about":"where from"},
                {"name":"top_events","kind":"named-counts","unit":"","about":"what for"}
              ],
              "rows": [
                {"access_key_id":"AKIAIOSFODNN7EXAMPLE","principal":"arn:aws:iam::111122223333:user/Zoë, \"build\" 文档","events":1234567,"last_seen":"2023-07-10T11:42:18Z","address_list":["192.0.2.1","192.0.2.2","198.51.100.7","203.0.113.9","2001:db8::1"],"top_events":[{"name":"GetObject","count":1200000},{"name":"ListBuckets","count":30000},{"name":"PutObject","count":4000},{"name":"DeleteTrail","count":567}]},
                {"access_key_id":"ASIAIOSFODNN7EXAMPLE","principal":"=HYPERLINK(\"http://example.com\")\u001b[2J\u202e\r\nfake row","events":-1,"last_seen":"2023-07-10T11:42:18.123456Z","address_list":["+1","a;b"],"top_events":[{"name":"=cmd","count":1}]},
                {"access_key_id":null,"principal":null,"events":null,"last_seen":null,"address_list":[],"top_events":null}
              ],
              "rows_total": 5,
              "rows_shown": 3,
              "findings": [
                {"severity":"high","rule":"key-embedded","account_id":"111122223333","subject":"AKIAIOSFODNN7EXAMPLE","summary":"the key was used from 3 networks within one hour, so it is stored in several places\u001b[31m","count":1234567,"first_seen":null,"last_seen":null,"addresses":["192.0.2.1","192.0.2.2"],"credentials":["AKIAIOSFODNN7EXAMPLE"],"evidence":{"address_list":["192.0.2.1","192.0.2.2"],"addresses":5}}
              ],
              "suppressed": 0
            }
        "#]].assert_eq(&text);
    }

    #[test]
    fn an_audit() {
        let sections = [sample::section(), sample::empty_section()];
        let text = json(Content::Audit(&sections), None);
        assert_eq!(keys(&text), ["trailscan", "window", "coverage", "scorecard", "reports", "findings", "suppressed"]);
        let value: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(value["window"], Json::Null);
        assert_eq!(value["scorecard"], serde_json::json!([]));
        let parts: Vec<&String> = value["reports"].as_object().unwrap().keys().collect();
        assert_eq!(parts.len(), 2);
        for (name, rows, findings) in [("sample", 3, 1), ("empty", 0, 0)] {
            let part = &value["reports"][name];
            assert_eq!(part["columns"].as_array().unwrap().len(), 6, "{name}");
            assert_eq!(part["rows"].as_array().unwrap().len(), rows, "{name}");
            assert_eq!(part["rows_shown"], rows, "{name}");
            assert_eq!(part["findings"].as_array().unwrap().len(), findings, "{name}");
        }
        assert_eq!(value["findings"], value["reports"]["sample"]["findings"]);
    }

    #[test]
    fn findings_of_an_audit_are_worst_first() {
        use crate::report::Severity;
        let mut sections = [sample::section(), sample::section()];
        sections[0].findings[0].severity = Severity::Low;
        sections[1].findings[0].severity = Severity::Critical;
        let value: Json = serde_json::from_str(&json(Content::Audit(&sections), None)).unwrap();
        assert_eq!([&value["findings"][0]["severity"], &value["findings"][1]["severity"]], ["critical", "low"]);
    }

    #[test]
    fn rows_as_lines() {
        let section = sample::section();
        expect![[r#"
            {"access_key_id":"AKIAIOSFODNN7EXAMPLE","principal":"arn:aws:iam::111122223333:user/Zoë, \"build\" 文档","events":1234567,"last_seen":"2023-07-10T11:42:18Z","address_list":["192.0.2.1","192.0.2.2","198.51.100.7","203.0.113.9","2001:db8::1"],"top_events":[{"name":"GetObject","count":1200000},{"name":"ListBuckets","count":30000},{"name":"PutObject","count":4000},{"name":"DeleteTrail","count":567}]}
            {"access_key_id":"ASIAIOSFODNN7EXAMPLE","principal":"=HYPERLINK(\"http://example.com\")\u001b[2J\u202e\r\nfake row","events":-1,"last_seen":"2023-07-10T11:42:18.123456Z","address_list":["+1","a;b"],"top_events":[{"name":"=cmd","count":1}]}
            {"access_key_id":null,"principal":null,"events":null,"last_seen":null,"address_list":[],"top_events":null}
        "#]].assert_eq(&lines(Content::Report(&section)));
        let sections = [sample::section(), sample::empty_section()];
        let audit = lines(Content::Audit(&sections));
        assert_eq!(audit.lines().count(), 3);
        assert!(audit.lines().all(|line| line.starts_with(r#"{"report":"sample","access_key_id":"#)), "{audit}");
        assert_eq!(lines(Content::Report(&sections[1])), "");
    }

    #[test]
    fn what_steers_a_terminal_is_escaped_and_comes_back() {
        let hostile = "\u{9b}31m \u{7f} \u{202e}nimda \u{200b} \u{e0041} é 文 🦀";
        let mut section = sample::section();
        section.table.rows[0][1] = Value::text(hostile);
        for text in [json(Content::Report(&section), None), lines(Content::Report(&section))] {
            assert!(text.contains(r"\u009b31m \u007f \u202enimda \u200b \udb40\udc41 é 文 🦀"), "{text}");
            assert!(!text.contains(|c| c != '\n' && is_unsafe(c)));
        }
        let value: Json = serde_json::from_str(&json(Content::Report(&section), None)).unwrap();
        assert_eq!(value["rows"][0]["principal"], hostile);
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_every_row_has_every_column(text in any::<String>(), members in any::<Vec<String>>()) {
            let mut section = sample::section();
            section.table.rows[0][1] = Value::Text(text.clone());
            section.table.rows[0][4] = Value::List(members.clone());
            let value: Json = serde_json::from_str(&json(Content::Report(&section), None)).unwrap();
            prop_assert_eq!(&value["rows"][0]["principal"], &Json::from(text));
            prop_assert_eq!(&value["rows"][0]["address_list"], &Json::from(members));
            let rows = lines(Content::Report(&section));
            for (line, row) in rows.lines().zip(value["rows"].as_array().unwrap()) {
                prop_assert_eq!(&serde_json::from_str::<Json>(line).unwrap(), row);
                for column in &section.table.columns {
                    prop_assert!(row.get(column.name).is_some(), "{}", column.name);
                }
            }
        }
    }
}
