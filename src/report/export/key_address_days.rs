//! Where each long-lived access key was used from, by day.

use std::collections::BTreeMap;

use super::{ABOUT_DAY, DAY, ExportContent, ExportTable, Value, View, columns};
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

/// A source of a key's calls, and what it did on a day.
struct SourceDay<'a> {
    day: Day,
    key: &'a str,
    name: String,
    source: SourceAddress,
    counts: DayCounts,
}

columns! {
    const COLUMNS;
    fn cells(row: SourceDay<'_>) {
        let (source, counts) = (row.source, row.counts);
    }

    day(DAY, ABOUT_DAY) => row.day,
    id("access_key_id", "The key.") => row.key,
    text("source", "sourceIPAddress: an address in its usual form, else the service host or other text.") => row.name,
    text("address", "The source where it is an IP address.")
        => source.ip().map(|ip| ip.to_string()).unwrap_or_default(),
    text("network", "The /24 or /64 around that address.")
        => source.network().map(|network| network.to_string()).unwrap_or_default(),
    yes_no("is_private", "Whether the Internet does not route that address: yes or no.")
        => source.ip().map(|_| source.is_private()),
    count("events", "Events.").unit("events") => counts.tally.events,
    count("errors", "Events that failed.").unit("events") => counts.tally.errors,
    count("denied", "Events refused for lack of permission.").unit("events") => counts.tally.denied,
    count("active_hours", "Distinct UTC clock hours with an event.").unit("hours")
        => i64::from(counts.active_hours()),
    time("first_seen", "Time of the first event.") => counts.span.first(),
    time("last_seen", "Time of the last event.") => counts.span.last(),
}

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
    let rows =
        sums.into_iter().map(|((day, key, name), (source, counts))| SourceDay { day, key, name, source, counts });
    rows.map(cells).collect()
}
