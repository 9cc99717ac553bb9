//! `activity`: how much happened in each account on each UTC day.

mod charts;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::{Answer, Column, ColumnKind, Report, StateUse, Value, View};
use crate::aggregate::Symbols;
use crate::aggregate::activity::{self, Activity, DayUse};

/// The report.
pub static REPORT: Report = Report {
    name: "activity",
    summary: "Events of each account on each UTC day, by hour and region",
    about: ABOUT,
    columns: COLUMNS,
    key: &["day", "account_id"],
    needs: &[&activity::KIND],
    options: &[],
    rules: &[],
    argument: None,
    state: StateUse::No,
    charts: Some(charts::charts),
    answer,
};

const ABOUT: &str = "\
A row is one account and one UTC day with at least one counted event. The account is the one that the events are \
counted for: the one that received the record, else the one of the credential. Rows come newest day first, then by \
account.

What it proves: how many events were recorded, when and where. What it does not: a day without a row is a day without \
a counted event, which quiet accounts have, and blinded trails too; the coverage tells days without any log object \
(gaps) and calls that changed logging. A busy hour is not a strange one: it has to be held against other days.";

const COLUMNS: &[Column] = &[
    Column::new("day", ColumnKind::Text, "The UTC day."),
    Column::new("account_id", ColumnKind::Id, "Account that the events are counted for; null where none is told."),
    Column::new("events", ColumnKind::Count, "Events.").unit("events"),
    Column::new("errors", ColumnKind::Count, "Events that failed.").unit("events"),
    Column::new("denied", ColumnKind::Count, "Events refused for lack of permission.").unit("events").third(),
    Column::new("read_only", ColumnKind::Count, "Events that changed nothing (readOnly).").unit("events").third(),
    Column::new("active_hours", ColumnKind::Count, "UTC clock hours with an event.").unit("hours").third(),
    Column::new("regions", ColumnKind::Count, "Distinct regions.").unit("regions"),
    Column::new("events_by_region", ColumnKind::NamedCounts, "Events of each region, most first.").third(),
    Column::new("events_by_hour", ColumnKind::NamedCounts, "Events of each UTC hour (00 to 23), by hour.")
        .by_hour()
        .asked(),
];

fn answer(view: &View<'_>) -> Answer {
    let symbols = view.state.symbols();
    let mut days: Vec<&DayUse> = view.state.get::<Activity>().map_or(&[][..], Activity::rows).iter().collect();
    days.sort_by_key(|row| (Reverse(row.day), symbols.text(row.account)));
    let rows_spared = days.len().saturating_sub(view.rows_wanted);
    let rows = days.iter().take(view.rows_wanted).map(|row| cells(row, symbols)).collect();
    Answer { columns: COLUMNS.to_vec(), rows, rows_spared, ..Answer::default() }
}

fn cells(row: &DayUse, symbols: &Symbols) -> Vec<Value> {
    let hours = row.hours.iter().enumerate().filter(|(_, events)| **events > 0);
    let hours: Vec<(String, i64)> = hours.map(|(hour, &events)| (format!("{hour:02}"), events)).collect();
    let named = row.regions.iter().filter(|(region, _)| !symbols.text(*region).is_empty());
    let mut regions: Vec<(String, i64)> =
        named.map(|(region, events)| (symbols.text(region).to_owned(), events)).collect();
    regions.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    vec![
        Value::text(row.day.to_string()),
        Value::text(symbols.text(row.account)),
        Value::Count(row.tally.events),
        Value::Count(row.tally.errors),
        Value::Count(row.tally.denied),
        Value::Count(row.read_only),
        Value::count(hours.len()),
        Value::count(regions.len()),
        Value::NamedCounts(regions),
        Value::NamedCounts(hours),
    ]
}
