//! What can be built on: the aggregates of a finished scan as tables of facts, a file each.
//!
//! No judgement stands here: severities and verdicts depend on options and are the reports'. A column that a report has
//! too is called and means the same. Columns come and go only with [`SCHEMA_VERSION`]; how tables become files is for
//! `output`.

mod activity;
mod calls;
mod events;
mod iam_changes;
mod issuances;
mod key_address_days;
mod keys;
mod logging;
mod principal_days;
mod principals;
mod root_use;
mod root_use_days;
mod secret_reads;
mod sessions;
mod sign_ins;
#[cfg(test)]
mod tests;

use super::columns::columns;
use super::{Column, Report, Role, Table, Value, View};
use crate::aggregate::AggregateKind;

/// The version of all tables together: a column that is new, gone or of another meaning raises it.
pub const SCHEMA_VERSION: u32 = 2;

/// The column that a table is partitioned by.
pub const DAY: &str = "day";

/// What that column means.
const ABOUT_DAY: &str = "The UTC day: 2026-09-01.";

/// Every table, in the order in which they are written.
pub static EXPORT_TABLES: &[&ExportTable] = &[
    &root_use::TABLE,
    &root_use_days::TABLE,
    &keys::TABLE,
    &key_address_days::TABLE,
    &sessions::TABLE,
    &issuances::TABLE,
    &principals::TABLE,
    &principal_days::TABLE,
    &sign_ins::TABLE,
    &iam_changes::TABLE,
    &logging::TABLE,
    &activity::TABLE,
    &secret_reads::TABLE,
    &calls::TABLE,
];

/// The table of single events, which is written where it is asked for.
pub static EXPORT_EVENTS: &ExportTable = &events::TABLE;

/// A table of the export.
pub struct ExportTable {
    /// Its name, which its file or folder has.
    pub name: &'static str,
    /// What a row is, and what the table leaves open.
    pub about: &'static str,
    /// The columns that tell two rows apart; empty where nothing does.
    pub key: &'static [&'static str],
    /// Where its rows come from.
    pub content: ExportContent,
}

/// Where the rows of an export come from.
pub enum ExportContent {
    /// The facts of a report: these of its columns.
    Report(&'static Report, &'static [&'static str]),
    /// An aggregate, without a report between.
    Own {
        /// The columns.
        columns: &'static [Column],
        /// What must be remembered.
        needs: &'static [&'static AggregateKind],
        /// Makes the rows, in any order.
        rows: fn(&View<'_>) -> Vec<Vec<Value>>,
    },
}

impl ExportContent {
    /// These columns of a report. One that the report has not fails the build.
    const fn of(report: &'static Report, names: &'static [&'static str]) -> Self {
        let mut at = 0;
        while at < names.len() {
            assert!(is_column(report.columns, names[at]), "no such column");
            at += 1;
        }
        Self::Report(report, names)
    }
}

const fn is_column(columns: &[Column], name: &str) -> bool {
    let mut at = 0;
    while at < columns.len() {
        if is_same(columns[at].name.as_bytes(), name.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

impl ExportTable {
    /// Its columns, in order.
    pub fn columns(&self) -> Vec<Column> {
        match &self.content {
            ExportContent::Own { columns, .. } => columns.to_vec(),
            ExportContent::Report(report, names) => {
                places(report.columns, names).into_iter().map(|place| report.columns[place]).collect()
            }
        }
    }

    /// Whether its rows carry a day, so that it can be partitioned.
    pub fn has_day(&self) -> bool {
        Role::Day.place(&self.columns()).is_some()
    }

    /// What must be remembered to fill it.
    pub fn needs(&self) -> &'static [&'static AggregateKind] {
        match &self.content {
            ExportContent::Own { needs, .. } => needs,
            ExportContent::Report(report, _) => report.needs,
        }
    }

    /// Its rows of a finished scan: by day where they have one, then by key.
    pub fn table(&self, view: &View<'_>) -> Table {
        let columns = self.columns();
        let mut rows = match &self.content {
            ExportContent::Own { rows, .. } => rows(view),
            ExportContent::Report(report, names) => {
                let answer = (report.answer)(view);
                let places = places(&answer.columns, names);
                let taken = |cell: &mut Value| std::mem::replace(cell, Value::Null);
                let pick = |mut row: Vec<Value>| places.iter().map(|&place| taken(&mut row[place])).collect();
                answer.rows.into_iter().map(pick).collect()
            }
        };
        let day = Role::Day.place(&columns);
        let key: Vec<usize> = day.into_iter().chain(places(&columns, self.key)).collect();
        rows.sort_by(|a: &Vec<Value>, b: &Vec<Value>| {
            let by_key = key.iter().map(|&place| a[place].cmp(&b[place])).find(|order| order.is_ne());
            by_key.unwrap_or_else(|| a.cmp(b))
        });
        Table::named(self.name, self.key, columns, rows)
    }
}

/// All that must be remembered for an export.
pub fn export_needs() -> Vec<&'static AggregateKind> {
    EXPORT_TABLES.iter().flat_map(|table| table.needs()).copied().collect()
}

fn places(columns: &[Column], names: &[&str]) -> Vec<usize> {
    let place = |name: &&str| columns.iter().position(|column| column.name == *name);
    names.iter().map(|name| place(name).expect("a table names columns that there are")).collect()
}
