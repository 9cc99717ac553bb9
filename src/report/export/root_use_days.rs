//! Root use by day: the days of `root-usage`, a row each.

use super::{Column, ColumnKind, DAY, ExportContent, ExportTable, Value, View, day_column, places};
use crate::aggregate::{issuances, root_use};
use crate::report::root_usage;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "root_use_days",
    about: "A row is one account, one class of root use and one UTC day with an event of it.",
    key: &[DAY, "account_id", "class"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&root_use::KIND, &issuances::KIND], rows },
};

const COLUMNS: &[Column] = &[
    day_column(),
    Column::new("account_id", ColumnKind::Id, "Account whose root was used."),
    Column::new("class", ColumnKind::Text, "How: federation, assume-root, service, access-key or console."),
    Column::new("events", ColumnKind::Count, "Events.").unit("events"),
];

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let answer = (root_usage::REPORT.answer)(view);
    let wanted = places(&answer.columns, &["account_id", "class", "events_by_day"]);
    let mut rows = Vec::new();
    for row in &answer.rows {
        let [account, class, days] = [0, 1, 2].map(|i| &row[wanted[i]]);
        if let Value::NamedCounts(days) = days {
            let of_day = |(day, events): &(String, i64)| {
                vec![Value::text(day.as_str()), account.clone(), class.clone(), Value::Count(*events)]
            };
            rows.extend(days.iter().map(of_day));
        }
    }
    rows
}
