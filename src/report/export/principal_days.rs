//! Who did how much on which day.

use super::{ABOUT_DAY, DAY, ExportContent, ExportTable, Value, View, columns};
use crate::aggregate::principal_days::{self, PrincipalDays};
use crate::aggregate::{DayCounts, DayKey, DayTable, Symbols};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "principal_days",
    about: "A row is one principal of one account and one UTC day; every counted event is in exactly one row.",
    key: &[DAY, "principal", "account_id"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&principal_days::KIND], rows },
};

columns! {
    const COLUMNS;
    fn cells(row: &DayKey, counts: &DayCounts, symbols: &Symbols) {
        let [principal, account] = row.texts.map(|text| symbols.text(text));
    }

    day(DAY, ABOUT_DAY) => row.day,
    id("principal", "A user's or role's arn, root@account, service:host and the like.") => principal,
    account_id("account_id", "The account that owns the credential, else the one that received the records.") => account,
    count("events", "Events.").unit("events") => counts.tally.events,
    count("errors", "Events that failed.").unit("events") => counts.tally.errors,
    count("denied", "Events refused for lack of permission.").unit("events") => counts.tally.denied,
    count("read_only", "Events that changed nothing (readOnly).").unit("events") => counts.read_only,
    count("active_hours", "Distinct UTC clock hours with an event.").unit("hours")
        => i64::from(counts.active_hours()),
    time("first_seen", "Time of the first event.") => counts.span.first(),
    time("last_seen", "Time of the last event.") => counts.span.last(),
}

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let symbols = view.state.symbols();
    let counted = view.state.get::<PrincipalDays>().map(PrincipalDays::table).into_iter().flat_map(DayTable::rows);
    counted.map(|(row, counts)| cells(row, counts, symbols)).collect()
}
