//! The picture of root use: when each account's root was used, and how.

use super::usage::Usage;
use super::{sorted, usages};
use crate::model::quantity;
use crate::report::View;
use crate::report::charts::{Chart, DayAxis, Grid, GridCell, GridColumns, GridRow, Picture};

/// The most rows that are drawn.
const ROWS: usize = 60;

/// When root was used; nothing where it was not.
pub(in crate::report) fn charts(view: &View<'_>) -> Vec<Chart> {
    let usages = sorted(usages(view));
    let Some(axis) = DayAxis::over(usages.iter().flat_map(|usage| usage.days.keys().copied())) else {
        return Vec::new();
    };
    let more = usages.len().saturating_sub(ROWS);
    let rows = usages.iter().take(ROWS).map(|usage| row(usage, &axis)).collect();
    vec![Chart {
        name: "root-by-day",
        title: "When root was used",
        about: "Events of each account's root by the way in which it was used, worst first. Every cell outside of \
                planned work deserves a question to the account's owner.",
        command: "root-usage --columns account_id,class,severity,events,events_by_day --format json".to_owned(),
        picture: Picture::Grid(Grid { columns: GridColumns::Days(axis), rows, mark: None, unit: "events" }),
        left_out: (more > 0).then(|| format!("{} not drawn: the table has them", quantity(more as u64, "row"))),
    }]
}

fn row(usage: &Usage<'_>, axis: &DayAxis) -> GridRow {
    let mut counts = vec![0; axis.len()];
    for (&day, events) in &usage.days {
        if let Some(place) = axis.place(day) {
            counts[place] += events;
        }
    }
    let counted = counts.into_iter().enumerate().filter(|&(_, count)| count > 0);
    let cells = counted.map(|(column, count)| GridCell {
        column,
        count,
        told: format!(
            "root of {}, {}, {}: {}",
            usage.account_id,
            usage.class.as_str(),
            axis.told(column),
            quantity(count.unsigned_abs(), "event")
        ),
        marked: false,
    });
    GridRow {
        label: format!("{} {}", usage.account_id, usage.class.as_str()),
        note: quantity(usage.tally.events.unsigned_abs(), "event"),
        severity: Some(usage.severity()),
        cells: cells.collect(),
    }
}
