//! The pictures of activity: over time, over the hours of the week, and by place.

use std::collections::BTreeMap;

use crate::aggregate::Symbols;
use crate::aggregate::activity::{Activity, DayUse};
use crate::model::{Day, grouped, quantity};
use crate::report::View;
use crate::report::charts::{Chart, DayAxis, DayColumns, Grid, GridCell, GridColumns, GridRow, Picture, PlaceDays};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Hours of a day.
const HOURS: usize = 24;

/// Events over time, over the week, and by account and region.
pub fn charts(view: &View<'_>) -> Vec<Chart> {
    let rows = view.state.get::<Activity>().map_or(&[][..], Activity::rows);
    let Some(axis) = DayAxis::over(rows.iter().map(|row| row.day)) else { return Vec::new() };
    vec![over_time(rows, axis), over_the_week(rows), by_place(rows, view.state.symbols())]
}

fn over_time(rows: &[DayUse], axis: DayAxis) -> Chart {
    let mut counts = vec![(0, 0); axis.len()];
    let mut before = 0;
    for row in rows {
        match axis.place(row.day) {
            Some(place) => {
                counts[place].0 += row.tally.events;
                counts[place].1 += row.tally.errors;
            }
            None => before += row.tally.events,
        }
    }
    Chart {
        name: "activity-by-day",
        title: "Activity over time",
        about: "Counted events of all accounts, and how many of them failed.",
        command: "activity --columns day,account_id,events,errors".to_owned(),
        picture: Picture::Columns(DayColumns { axis, counts }),
        left_out: axis.not_drawn(before),
    }
}

fn over_the_week(rows: &[DayUse]) -> Chart {
    let mut counts = [[0i64; HOURS]; 7];
    for row in rows {
        let weekday = &mut counts[(row.day.0 + 3).rem_euclid(7) as usize];
        for (sum, events) in weekday.iter_mut().zip(row.hours) {
            *sum += events;
        }
    }
    let cells = |weekday: usize| {
        let counted = counts[weekday].iter().enumerate().filter(|(_, events)| **events > 0);
        let cell = |(hour, &count): (usize, &i64)| GridCell {
            column: hour,
            count,
            told: format!("{} {hour:02}:00–{hour:02}:59 UTC: {}", WEEKDAYS[weekday], events(count)),
            marked: false,
        };
        counted.map(cell).collect()
    };
    let row = |weekday: usize| GridRow {
        label: WEEKDAYS[weekday].to_owned(),
        note: grouped(counts[weekday].iter().sum::<i64>()),
        severity: None,
        cells: cells(weekday),
    };
    Chart {
        name: "activity-by-hour",
        title: "Activity by weekday and hour (UTC)",
        about: "Counted events by the hour in which they happened, all weeks and accounts together. Work done by \
                people shows as office hours; what runs by itself shows as even rows.",
        command: "activity --columns day,account_id,events_by_hour --format json".to_owned(),
        picture: Picture::Grid(Grid {
            columns: GridColumns::Names((0..HOURS).map(|hour| format!("{hour:02}")).collect()),
            rows: (0..WEEKDAYS.len()).map(row).collect(),
            mark: None,
            unit: "events",
        }),
        left_out: None,
    }
}

fn by_place(rows: &[DayUse], symbols: &Symbols) -> Chart {
    let mut places: BTreeMap<(&str, &str), BTreeMap<Day, i64>> = BTreeMap::new();
    for row in rows {
        for (region, events) in row.regions.iter() {
            let place = places.entry((symbols.text(row.account), symbols.text(region))).or_default();
            *place.entry(row.day).or_default() += events;
        }
    }
    let told = |((account, region), days): ((&str, &str), BTreeMap<Day, i64>)| PlaceDays {
        account: account.to_owned(),
        region: region.to_owned(),
        days: days.into_iter().collect(),
    };
    Chart {
        name: "coverage",
        title: "Coverage: accounts, regions and days",
        about: "Counted events of each account and region. A gap is a day without any log object where there are some \
                on other days: logging was off there, or its objects are missing. An empty day is not a gap: objects \
                are there, and hold nothing that was counted.",
        command: "activity --columns day,account_id,events_by_region --format json".to_owned(),
        picture: Picture::Places(places.into_iter().map(told).collect()),
        left_out: None,
    }
}

fn events(count: i64) -> String {
    quantity(count.unsigned_abs(), "event")
}
