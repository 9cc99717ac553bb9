//! Where each long-lived access key was used from, by day.

use std::collections::BTreeMap;

use super::{Column, ColumnKind, DAY, ExportContent, ExportTable, Value, View, count_columns, day_cells, day_column};
use crate::aggregate::key_days::{self, KeyDays};
use crate::aggregate::{DayCounts, DayTable};
use crate::model::{Day, SourceAddress};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "key_address_days",
    about: "A row is one long-lived access key, one source of its calls and one UTC day; the events of a key add up to \
            those in keys.",
    key: &[DAY, "access_key_id", "source"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&key_days::KIND], rows },
};

const COUNTS: [Column; 6] = count_columns();

const COLUMNS: &[Column] = &[
    day_column(),
    Column::new("access_key_id", ColumnKind::Id, "The key."),
    Column::new(
        "source",
        ColumnKind::Text,
        "sourceIPAddress: an address in its usual form, else the service host or other text.",
    ),
    Column::new("address", ColumnKind::Text, "The source where it is an IP address."),
    Column::new("network", ColumnKind::Text, "The /24 or /64 around that address."),
    Column::new("is_private", ColumnKind::Text, "Whether the Internet does not route that address: yes or no."),
    COUNTS[0],
    COUNTS[1],
    COUNTS[2],
    COUNTS[3],
    COUNTS[4],
    COUNTS[5],
];

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let symbols = view.state.symbols();
    let counted = view.state.get::<KeyDays>().map(KeyDays::table).into_iter().flat_map(DayTable::rows);
    // Several texts of one address are one address.
    let mut sums: BTreeMap<(Day, &str, String), (SourceAddress, DayCounts)> = BTreeMap::new();
    for (row, counts) in counted {
        let [key, text] = row.texts.map(|text| symbols.text(text));
        let source = SourceAddress::parse(text);
        let name = source.ip().map_or_else(|| text.to_owned(), |ip| ip.to_string());
        let sum = sums.entry((row.day, key, name)).or_insert_with(|| (source, DayCounts::default()));
        sum.1.merge(counts);
    }
    sums.into_iter().map(|((day, key, name), (source, counts))| cells(day, key, name, (source, &counts))).collect()
}

fn cells(day: Day, key: &str, name: String, (source, counts): (SourceAddress, &DayCounts)) -> Vec<Value> {
    let is_private = source.ip().map_or("", |_| if source.is_private() { "yes" } else { "no" });
    let mut cells = vec![
        Value::text(day.to_string()),
        Value::text(key),
        Value::text(name),
        Value::text(source.ip().map(|ip| ip.to_string()).unwrap_or_default()),
        Value::text(source.network().map(|network| network.to_string()).unwrap_or_default()),
        Value::text(is_private),
    ];
    cells.extend(day_cells(counts));
    cells
}
