//! The one table that every report makes and every format writes.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

use serde::Serialize;

use super::source_list::address_text;
use super::{Report, Severity};
use crate::model::EventTime;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// Free text.
    Text,
    /// An identifier: never shortened, always text.
    Id,
    /// A whole number.
    Count,
    /// A moment in UTC.
    Time,
    /// A list of texts, sorted.
    List,
    /// A list of {name, count}, by count, then name.
    NamedCounts,
}

/// What a column is to whoever looks up, joins or colours by it, whatever its name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// How much the row matters.
    Severity,
    /// What the row was found to be. Has the colour of the severity, where there is one.
    Verdict,
    /// The account that the row is about.
    AccountId,
    /// What that account is called.
    AccountName,
    /// All IP addresses of the row.
    Addresses,
    /// Where the credentials were issued to.
    IssuedFrom,
    /// Of a row that is a finding: its rule.
    Rule,
    /// Of a row that is a finding: its subject.
    Subject,
    /// A practice.
    Practice,
    /// What a verdict rests on.
    Why,
    /// How often a practice is broken.
    Violations,
    /// A file of IAM's state.
    File,
    /// A UTC day, by which rows can be parted.
    Day,
    /// The row in a sentence.
    Message,
    /// Of a row that is an event: its record.
    Record,
    /// A command to copy.
    Command,
}

/// When a terminal shows a column that was not asked for by `--columns`. Other formats always carry all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Prominence {
    /// Always.
    First,
    /// When there is room.
    Second,
    /// When there is still room.
    Third,
    /// When there is room to spare: texts have been given a good width before.
    Last,
    /// Only when asked for.
    Asked,
}

/// How a terminal shows counts by name. Other formats always carry the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// As text.
    Text,
    /// The names are the hours of a day: a block for each.
    Hours,
    /// The names are days: a block for each, from the first to the last of the table.
    Days,
}

/// A column of a report.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Column {
    /// Its name, as the contract spells it.
    pub name: &'static str,
    /// What its values are.
    pub kind: ColumnKind,
    /// What it is to those who know no column by its name; `None` of most columns.
    #[serde(skip)]
    pub role: Option<Role>,
    /// The unit of its numbers; empty where the name says it.
    pub unit: &'static str,
    /// What it means, in one sentence.
    pub about: &'static str,
    /// When a terminal shows it.
    #[serde(skip)]
    pub prominence: Prominence,
    /// How a terminal shows it.
    #[serde(skip)]
    pub drawing: Drawing,
}

/// A cell. `Null` means unknown, in every column kind. Orders by value, `Null` first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Unknown or not applicable.
    Null,
    /// For [`ColumnKind::Text`] and [`ColumnKind::Id`].
    Text(String),
    /// For [`ColumnKind::Text`].
    Severity(Severity),
    /// For [`ColumnKind::Text`].
    Address(IpAddr),
    /// For [`ColumnKind::Count`].
    Count(i64),
    /// For [`ColumnKind::Time`].
    Time(EventTime),
    /// For [`ColumnKind::List`].
    List(Vec<String>),
    /// For [`ColumnKind::List`]: sorted as texts.
    Addresses(Vec<IpAddr>),
    /// For [`ColumnKind::NamedCounts`].
    NamedCounts(Vec<(String, i64)>),
}

/// Why a table has no such column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{report} has no column {column:?}; {near}it has {known}")]
pub struct ColumnError {
    report: &'static str,
    column: String,
    near: String,
    known: String,
}

/// Rows under columns, ready to be written.
#[derive(Clone, Debug)]
pub struct Table {
    /// The report that made it.
    pub report: &'static str,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a value per column.
    pub rows: Vec<Vec<Value>>,
    /// How many rows there were before any limit.
    pub rows_total: usize,
    /// Whether the columns were chosen by the user.
    pub chosen: bool,
    /// What all rows come to, by name; empty where that says nothing. Part of JSON documents.
    pub total: Vec<(&'static str, Value)>,
    key: &'static [&'static str],
}

impl Role {
    /// The place of the column that has it.
    pub fn place(self, columns: &[Column]) -> Option<usize> {
        columns.iter().position(|column| column.role == Some(self))
    }
}

impl Value {
    /// The text of a value for [`ColumnKind::Text`] or [`ColumnKind::Id`].
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(text.into()),
            Self::Severity(severity) => Some(severity.as_str().into()),
            Self::Address(address) => Some(address_text(address).into()),
            _ => None,
        }
    }
}

impl Column {
    /// A column that a terminal always shows.
    pub const fn new(name: &'static str, kind: ColumnKind, about: &'static str) -> Self {
        Self { name, kind, role: None, unit: "", about, prominence: Prominence::First, drawing: Drawing::Text }
    }

    /// With a role.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// With a unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// Drawn on a terminal as a line of 24 hours.
    #[must_use]
    pub const fn by_hour(mut self) -> Self {
        self.drawing = Drawing::Hours;
        self
    }

    /// Drawn on a terminal as a line of days.
    #[must_use]
    pub const fn by_day(mut self) -> Self {
        self.drawing = Drawing::Days;
        self
    }

    /// Shown on a terminal only when there is room.
    #[must_use]
    pub const fn second(mut self) -> Self {
        self.prominence = Prominence::Second;
        self
    }

    /// Shown on a terminal only when there is room after those of [`Prominence::Second`].
    #[must_use]
    pub const fn third(mut self) -> Self {
        self.prominence = Prominence::Third;
        self
    }

    /// Shown on a terminal only when there is room to spare.
    #[must_use]
    pub const fn last(mut self) -> Self {
        self.prominence = Prominence::Last;
        self
    }

    /// Shown on a terminal only when asked for.
    #[must_use]
    pub const fn asked(mut self) -> Self {
        self.prominence = Prominence::Asked;
        self
    }
}

impl Table {
    /// The table of an answer's columns and rows.
    pub fn new(report: &'static Report, columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Self {
        Self::named(report.name, report.key, columns, rows)
    }

    /// The table of an answer that is no report's: its name, and the columns that tell its rows apart.
    pub fn named(
        name: &'static str,
        key: &'static [&'static str],
        columns: Vec<Column>,
        rows: Vec<Vec<Value>>,
    ) -> Self {
        Self { report: name, rows_total: rows.len(), columns, rows, chosen: false, total: Vec::new(), key }
    }

    /// Sorts by a column: numbers and times descending, text ascending, nulls last; `-column` the other way round. Ties
    /// are broken by the report's key, then by the other columns.
    ///
    /// # Errors
    /// [`ColumnError`] when there is no such column.
    pub fn sort(&mut self, by: &str) -> Result<(), ColumnError> {
        let (name, reversed) = by.strip_prefix('-').map_or((by, false), |name| (name, true));
        let column = self.index(name)?;
        let keys: Vec<usize> = self.key.iter().filter_map(|key| self.index(key).ok()).collect();
        self.rows.sort_by(|a, b| {
            let order = compare(&a[column], &b[column], reversed);
            let by_key = || keys.iter().map(|&k| compare(&a[k], &b[k], false)).find(|o| o.is_ne());
            order.then_with(|| by_key().unwrap_or_else(|| a.cmp(b)))
        });
        Ok(())
    }

    /// Adds a column behind the one with the role `after`, with a value for what each row has there; a table without that
    /// column stays as it is.
    pub fn add_behind(&mut self, after: Role, column: Column, value: impl Fn(&Value) -> Value) {
        let Some(place) = after.place(&self.columns) else { return };
        self.columns.insert(place + 1, column);
        for row in &mut self.rows {
            let added = value(&row[place]);
            row.insert(place + 1, added);
        }
    }

    /// Adds a column behind all others, with the value of each row in their order.
    pub fn add_last(&mut self, column: Column, values: Vec<Value>) {
        self.columns.push(column);
        for (row, value) in self.rows.iter_mut().zip(values) {
            row.push(value);
        }
    }

    /// Keeps the first `limit` rows; `rows_total` still says how many there were.
    pub fn limit(&mut self, limit: usize) {
        self.rows.truncate(limit);
    }

    /// Keeps these columns, in this order. `all` keeps every one; where all names begin with `+`, those are shown beside
    /// the columns that a table shows anyhow.
    ///
    /// # Errors
    /// [`ColumnError`] when there is no such column.
    pub fn select(&mut self, names: &[String]) -> Result<(), ColumnError> {
        let names: Vec<&str> = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
        if names.iter().all(|name| name.starts_with('+')) {
            for name in names {
                let place = self.index(name.trim_start_matches('+').trim())?;
                self.columns[place].prominence = Prominence::First;
            }
            return Ok(());
        }
        if names.contains(&"all") {
            self.chosen = true;
            return Ok(());
        }
        let places =
            names.iter().map(|name| self.index(name.trim_start_matches('+'))).collect::<Result<Vec<_>, _>>()?;
        self.columns = places.iter().map(|&p| self.columns[p]).collect();
        self.rows = self.rows.iter().map(|row| places.iter().map(|&p| row[p].clone()).collect()).collect();
        self.chosen = true;
        Ok(())
    }

    /// The column that a name which is none comes nearest to, where one is near.
    fn nearest(&self, name: &str) -> Option<&'static str> {
        let far = |column: &Column| strsim::damerau_levenshtein(column.name, name);
        let nearest = self.columns.iter().min_by_key(|column| far(column))?;
        (far(nearest) <= name.len().max(3) / 3).then_some(nearest.name)
    }

    fn index(&self, name: &str) -> Result<usize, ColumnError> {
        self.columns.iter().position(|c| c.name == name).ok_or_else(|| ColumnError {
            report: self.report,
            column: name.to_owned(),
            near: self.nearest(name).map_or(String::new(), |near| format!("did you mean {near}? ")),
            known: match &self.columns[..] {
                [] => "none".to_owned(),
                known => known.iter().map(|c| c.name).collect::<Vec<_>>().join(", "),
            },
        })
    }
}

/// Numbers and times descending, text ascending; `reversed` turns that round; nulls stay last.
fn compare(a: &Value, b: &Value, reversed: bool) -> Ordering {
    let order = match (a, b) {
        (Value::Null, Value::Null) => return Ordering::Equal,
        (Value::Null, _) => return Ordering::Greater,
        (_, Value::Null) => return Ordering::Less,
        (Value::Count(a), Value::Count(b)) => b.cmp(a),
        (Value::Time(a), Value::Time(b)) => b.cmp(a),
        (Value::List(a), Value::List(b)) => a.cmp(b),
        (Value::Addresses(a), Value::Addresses(b)) => a.iter().map(address_text).cmp(b.iter().map(address_text)),
        (Value::NamedCounts(a), Value::NamedCounts(b)) => a.cmp(b),
        _ => a.as_text().cmp(&b.as_text()),
    };
    if reversed { order.reverse() } else { order }
}
