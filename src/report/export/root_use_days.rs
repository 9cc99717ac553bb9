//! Root use by day: the days of `root-usage`, a row each.

use super::{ABOUT_DAY, DAY, ExportContent, ExportTable, Value, View, columns};
use crate::aggregate::{issuances, root_use};
use crate::model::Day;
use crate::report::root_usage::{self, Usage};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "root_use_days",
    about: "A row is one account, one class of root use and one UTC day with an event of it.",
    key: &[DAY, "account_id", "class"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&root_use::KIND, &issuances::KIND], rows },
};

columns! {
    const COLUMNS;
    fn cells(usage: &Usage<'_>, day: Day, events: i64) {}

    day(DAY, ABOUT_DAY) => day,
    account_id("account_id", "Account whose root was used.") => usage.account_id,
    text("class", "How: federation, assume-root, service, access-key or console.") => usage.class.as_str(),
    count("events", "Events.").unit("events") => events,
}

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let usages = root_usage::usages(view);
    let rows = usages.iter().flat_map(|usage| usage.days.iter().map(|(&day, &events)| cells(usage, day, events)));
    rows.collect()
}
