//! `activity`: how much happened in each account on each UTC day.

mod charts;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::columns::columns;
use super::{Answer, Form, LOG_EXAMPLES, Report, StateUse, View};
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
    texts: &[],
    rules: &[],
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
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

columns! {
    const COLUMNS;
    fn cells(row: &DayUse, symbols: &Symbols) {
        let (hours, regions) = (by_hour(row), by_region(row, symbols));
    }

    day("day", "The UTC day.") => row.day,
    account_id("account_id", "Account that the events are counted for; null where none is told.")
        => symbols.text(row.account),
    count("events", "Events.").unit("events") => row.tally.events,
    count("errors", "Events that failed.").unit("events") => row.tally.errors,
    count("denied", "Events refused for lack of permission.").unit("events").third() => row.tally.denied,
    count("read_only", "Events that changed nothing (readOnly).").unit("events").third() => row.read_only,
    count("active_hours", "UTC clock hours with an event.").unit("hours").third() => hours.len(),
    count("regions", "Distinct regions.").unit("regions") => regions.len(),
    named_counts("events_by_region", "Events of each region, most first.").third() => regions,
    named_counts("events_by_hour", "Events of each UTC hour (00 to 23), by hour.").by_hour().asked() => hours,
}

fn answer(view: &View<'_>) -> Answer {
    let symbols = view.state.symbols();
    let mut days: Vec<&DayUse> = view.state.get::<Activity>().map_or(&[][..], Activity::rows).iter().collect();
    days.sort_by_key(|row| (Reverse(row.day), symbols.text(row.account)));
    let rows_spared = days.len().saturating_sub(view.rows_wanted);
    let rows = days.iter().take(view.rows_wanted).map(|row| cells(row, symbols)).collect();
    Answer { columns: COLUMNS.to_vec(), rows, rows_spared, ..Answer::default() }
}

/// The UTC hours with an event.
fn by_hour(row: &DayUse) -> Vec<(String, i64)> {
    let hours = row.hours.iter().enumerate().filter(|(_, events)| **events > 0);
    hours.map(|(hour, &events)| (format!("{hour:02}"), events)).collect()
}

/// The regions, most events first.
fn by_region(row: &DayUse, symbols: &Symbols) -> Vec<(String, i64)> {
    let named = row.regions.iter().filter(|(region, _)| !symbols.text(*region).is_empty());
    let mut regions: Vec<(String, i64)> =
        named.map(|(region, events)| (symbols.text(region).to_owned(), events)).collect();
    regions.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    regions
}
