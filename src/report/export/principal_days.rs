//! Who did how much on which day.

use super::{Column, ColumnKind, DAY, ExportContent, ExportTable, Value, View, count_columns, day_cells, day_column};
use crate::aggregate::DayTable;
use crate::aggregate::principal_days::{self, PrincipalDays};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "principal_days",
    about: "A row is one principal of one account and one UTC day; every counted event is in exactly one row.",
    key: &[DAY, "principal", "account_id"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&principal_days::KIND], rows },
};

const COUNTS: [Column; 6] = count_columns();

const COLUMNS: &[Column] = &[
    day_column(),
    Column::new("principal", ColumnKind::Id, "A user's or role's arn, root@account, service:host and the like."),
    Column::new(
        "account_id",
        ColumnKind::Id,
        "The account that owns the credential, else the one that received the records.",
    ),
    COUNTS[0],
    COUNTS[1],
    COUNTS[2],
    Column::new("read_only", ColumnKind::Count, "Events that changed nothing (readOnly).").unit("events"),
    COUNTS[3],
    COUNTS[4],
    COUNTS[5],
];

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let symbols = view.state.symbols();
    let counted = view.state.get::<PrincipalDays>().map(PrincipalDays::table).into_iter().flat_map(DayTable::rows);
    let rows = counted.map(|(row, counts)| {
        let [principal, account] = row.texts.map(|text| Value::text(symbols.text(text)));
        let [events, errors, denied, hours, first, last] = day_cells(counts);
        let (day, read_only) = (Value::text(row.day.to_string()), Value::Count(counts.read_only));
        vec![day, principal, account, events, errors, denied, read_only, hours, first, last]
    });
    rows.collect()
}
