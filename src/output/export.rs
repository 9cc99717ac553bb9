//! The export: every table of facts as files of one folder, with a schema and the coverage beside them.
//!
//! ```text
//! DIR/schema.json, DIR/coverage.json
//! DIR/TABLE.parquet                          whole
//! DIR/TABLE/day=2026-09-01/part-0.parquet    by day, for the tables that have one
//! DIR/TABLE/part-0.parquet                   by day, for the others
//! ```
//!
//! By day a file leaves the day to its folder's name, as Hive, Athena, Spark, DuckDB and polars read it. Rows without a
//! day lie in `day=__HIVE_DEFAULT_PARTITION__`, which all of them read as null; there also lies an empty file of a table
//! without any row, so that reading it finds columns and no error.
//!
//! `schema.json` lists every other file with its size, so that a later export replaces only what this one wrote (`proof`).

mod proof;
mod schema;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use super::{Format, NewFolder, OutputError, coverage_json};
use crate::coverage::Coverage;
use crate::model::TimeWindow;
use crate::report::export::{EXPORT_EVENTS, EXPORT_TABLES, ExportTable, SCHEMA_VERSION};
use crate::report::{Column, Table, Value, View};
pub(crate) use proof::foreign_to;
use schema::Written;

/// Where rows without a day lie.
const NO_DAY: &str = "__HIVE_DEFAULT_PARTITION__";

/// The files beside the tables.
const SCHEMA: &str = "schema.json";
const COVERAGE: &str = "coverage.json";

/// How an export is laid out.
#[derive(Clone, Debug)]
pub struct ExportLayout {
    /// [`Format::Parquet`], [`Format::Csv`] or both; a table is written in each.
    pub formats: Vec<Format>,
    /// Whether tables that have a day are split by it.
    pub by_day: bool,
    /// Whether there is a table of the events, which is split by day whatever the others are.
    pub with_events: bool,
}

/// What was exported, in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// Tables.
    pub tables: usize,
    /// Rows of all of them.
    pub rows: usize,
}

impl ExportLayout {
    /// Begins the folder of an export. `overwrite` lets it take the place of an earlier export.
    ///
    /// # Errors
    /// [`OutputError`] when the build or the place cannot take it.
    pub fn open(&self, path: &Path, overwrite: bool) -> Result<NewFolder, OutputError> {
        for format in &self.formats {
            format.built()?;
        }
        if (self.by_day || self.with_events) && self.formats.len() > 1 {
            return Err(OutputError::FormatsByDay);
        }
        NewFolder::create(path, proof::foreign_in, overwrite)
    }

    /// Whether a table lies in a folder of its own, split by day where it has one.
    fn is_by_day(&self, table: &ExportTable) -> bool {
        self.by_day || table.name == EXPORT_EVENTS.name
    }

    fn place(&self, table: &ExportTable, format: Format, (day, part): (Option<&str>, usize)) -> String {
        let (name, extension) = (table.name, format.as_str());
        match day {
            _ if !self.is_by_day(table) => format!("{name}.{extension}"),
            None => format!("{name}/part-{part}.{extension}"),
            Some(day) => format!("{name}/day={day}/part-{part}.{extension}"),
        }
    }
}

/// An export that is being written: its tables, its events in as many parts as they come, and in the end what describes them
/// all. Dropped before, nothing of it is there.
pub struct ExportWriter<'a> {
    layout: &'a ExportLayout,
    folder: NewFolder,
    written: Vec<Written>,
    /// How many files of events each day has.
    parts: BTreeMap<String, usize>,
}

impl<'a> ExportWriter<'a> {
    /// Nothing written yet.
    pub fn new(layout: &'a ExportLayout, folder: NewFolder) -> Self {
        Self { layout, folder, written: Vec::new(), parts: BTreeMap::new() }
    }

    /// Writes every table of a finished scan.
    ///
    /// # Errors
    /// [`OutputError`] naming the file.
    pub fn tables(&mut self, view: &View<'_>, coverage: &Coverage) -> Result<(), OutputError> {
        for kind in EXPORT_TABLES {
            let table = kind.table(view);
            self.written.push(Written { table: kind, rows: table.rows.len() });
            self.table(kind, &table, coverage)?;
        }
        Ok(())
    }

    /// Adds the events of a scan, which come after those that were added before.
    ///
    /// # Errors
    /// [`OutputError`] naming the file.
    pub fn events(&mut self, view: &View<'_>) -> Result<(), OutputError> {
        let table = EXPORT_EVENTS.table(view);
        match self.written.iter_mut().find(|written| written.table.name == EXPORT_EVENTS.name) {
            Some(written) => written.rows += table.rows.len(),
            None => self.written.push(Written { table: EXPORT_EVENTS, rows: table.rows.len() }),
        }
        for rows in parts(&table.rows).into_iter().filter(|rows| !rows.is_empty()) {
            let number = self.parts.entry(day_of(rows).to_owned()).or_default();
            let place = (Some(day_of(rows)), *number);
            *number += 1;
            self.part(EXPORT_EVENTS, (&table.columns[1..], rows), place)?;
        }
        Ok(())
    }

    /// Writes what describes the tables; the folder appears.
    ///
    /// # Errors
    /// [`OutputError`] naming the file.
    pub fn finish(mut self, coverage: &Coverage, window: Option<TimeWindow>) -> Result<Exported, OutputError> {
        if self.layout.with_events && self.parts.is_empty() {
            self.written.push(Written { table: EXPORT_EVENTS, rows: 0 });
            self.part(EXPORT_EVENTS, (&EXPORT_EVENTS.columns()[1..], &[]), (Some(NO_DAY), 0))?;
        }
        let Self { layout, folder, written, .. } = self;
        folder.write(COVERAGE, |out| writeln!(out, "{}", coverage_json(coverage)))?;
        // Last, since it lists all others.
        let files = folder.written();
        folder.write(SCHEMA, |out| schema::write((&written, &files), layout, window, out))?;
        folder.commit()?;
        Ok(Exported { tables: written.len(), rows: written.iter().map(|table| table.rows).sum() })
    }

    fn table(&self, kind: &ExportTable, table: &Table, coverage: &Coverage) -> Result<(), OutputError> {
        if self.layout.by_day && kind.has_day() {
            // The day is the first column, and rows come by it.
            let mut all = parts(&table.rows).into_iter();
            return all.try_for_each(|rows| self.part(kind, (&table.columns[1..], rows), (Some(day_of(rows)), 0)));
        }
        // One file a table: it can go astray without the coverage beside it.
        let mut metadata = metadata(kind);
        metadata.push(("trailscan.coverage".to_owned(), coverage_json(coverage)));
        for &format in &self.layout.formats {
            self.folder
                .write(&self.layout.place(kind, format, (None, 0)), |out| emit(table, format, &metadata, out))?;
        }
        Ok(())
    }

    /// Writes the rows of one day, in which the day comes first, without it.
    fn part(
        &self,
        kind: &ExportTable,
        (columns, rows): (&[Column], &[Vec<Value>]),
        place: (Option<&str>, usize),
    ) -> Result<(), OutputError> {
        let rows = rows.iter().map(|row| row[1..].to_vec()).collect();
        let part = Table::named(kind.name, kind.key, columns.to_vec(), rows);
        for &format in &self.layout.formats {
            let place = self.layout.place(kind, format, place);
            self.folder.write(&place, |out| emit(&part, format, &metadata(kind), out))?;
        }
        Ok(())
    }
}

fn metadata(kind: &ExportTable) -> Vec<(String, String)> {
    vec![
        ("trailscan.table".to_owned(), kind.name.to_owned()),
        ("trailscan.schema_version".to_owned(), SCHEMA_VERSION.to_string()),
    ]
}

/// The rows of each day; one part without rows where there are none.
fn parts(rows: &[Vec<Value>]) -> Vec<&[Vec<Value>]> {
    if rows.is_empty() { vec![rows] } else { rows.chunk_by(|a, b| a[0] == b[0]).collect() }
}

/// The day of rows that share it.
fn day_of(rows: &[Vec<Value>]) -> &str {
    match rows.first().map(|row| &row[0]) {
        Some(Value::Text(day)) => day.as_str(),
        _ => NO_DAY,
    }
}

#[cfg(feature = "columnar")]
fn emit(table: &Table, format: Format, metadata: &[(String, String)], out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Csv => super::columnar_csv::write_table(table, out),
        _ => super::columnar_parquet::write_table(table, metadata.to_vec(), out),
    }
}

/// Not reached: [`ExportLayout::open`] has refused the formats.
#[cfg(not(feature = "columnar"))]
fn emit(_: &Table, format: Format, _: &[(String, String)], _: &mut dyn Write) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, super::FormatError::NotBuilt(format.as_str())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    /// Every file, folder and link below a folder, with what it holds.
    fn all(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let kind = entry.file_type().unwrap();
            let content = if kind.is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
            found.insert(entry.path(), content);
            if kind.is_dir() {
                all(&entry.path(), found);
            }
        }
    }

    fn held(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        all(folder, &mut found);
        found
    }

    /// Writes the files of an export that are no tables, and a file for each name.
    fn export(folder: NewFolder, names: &[&str]) -> Result<(), OutputError> {
        let layout = ExportLayout { formats: vec![Format::Csv], by_day: false, with_events: false };
        for name in names {
            folder.write(name, |out| writeln!(out, "a table"))?;
        }
        folder.write(COVERAGE, |out| writeln!(out, "{{}}"))?;
        let files = folder.written();
        folder.write(SCHEMA, |out| schema::write((&[], &files), &layout, None, out))?;
        folder.commit()
    }

    fn begin(path: &Path) -> Result<NewFolder, OutputError> {
        NewFolder::create(path, proof::foreign_in, true)
    }

    const TABLES: [&str; 3] = ["keys.csv", "sessions.csv", "activity/day=2026-09-01/part-0.csv"];

    /// What looks like a part of an export, by name, size or form, and was written by nobody that is known.
    const LOOK_ALIKES: [(&str, &str); 14] = [
        ("notes.txt", "mine"),
        ("keys.csv", "a table of mine"),
        ("keys.csv.coverage.json", "{}"),
        ("keys.parquet", "mine"),
        ("keys/id_rsa", "PRIVATE"),
        ("keys/part-0.csv", "mine"),
        ("activity/day=2026-09-01/part-1.csv", "mine"),
        ("activity/day=2026-09-02/part-0.csv", "a table\n"),
        ("activity/day=__HIVE_DEFAULT_PARTITION__/part-0.csv", "a table\n"),
        ("coverage.json", "{ mine }"),
        ("schema.json.bak", "{}"),
        (".hidden", ""),
        (".trailscan-a.tmp", "mine"),
        ("KEYS.csv", "a table\n"),
    ];

    #[test]
    fn a_folder_of_look_alikes_stays_as_it_is() {
        for (name, text) in LOOK_ALIKES {
            let around = tempfile::tempdir().unwrap();
            let path = around.path().join("out");
            export(begin(&path).unwrap(), &TABLES).unwrap();
            export(begin(&path).unwrap(), &TABLES).expect("an export takes the place of another");
            let put = || {
                fs::create_dir_all(path.join(name).parent().unwrap()).unwrap();
                fs::write(path.join(name), text).unwrap();
                held(around.path())
            };
            // It comes while logs are read.
            let begun = begin(&path).unwrap();
            let _ = put();
            let before = held(&path);
            let failed = export(begun, &TABLES).unwrap_err().to_string();
            assert!(failed.contains(&format!("out: holds {name}, ")), "{failed}");
            assert_eq!(held(&path), before, "{name}");
            // It is there before.
            let before = held(around.path());
            let failed = begin(&path).unwrap_err().to_string();
            assert!(failed.contains(&format!("out: holds {name}, ")), "{failed}");
            assert_eq!(held(around.path()), before, "{name}");
        }
    }

    /// Without the list of an export nothing is one, however much it looks so.
    #[test]
    fn a_folder_that_never_held_an_export_stays_as_it_is() {
        for list in [None, Some("{}"), Some(r#"{"trailscan":"1","schema_version":1,"tables":[]}"#)] {
            let around = tempfile::tempdir().unwrap();
            for (name, text) in LOOK_ALIKES {
                let path = around.path().join("out").join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            if let Some(list) = list {
                fs::write(around.path().join("out/schema.json"), list).unwrap();
            }
            let before = held(around.path());
            assert!(begin(&around.path().join("out")).unwrap_err().to_string().contains("not part of an export"));
            assert_eq!(held(around.path()), before);
        }
    }
}
