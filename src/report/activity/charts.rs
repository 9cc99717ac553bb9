//! The pictures of activity: over time, over the hours of the week, and by place.

use std::collections::BTreeMap;

use crate::aggregate::Symbols;
use crate::aggregate::activity::{Activity, DayUse};
use crate::model::{Day, grouped, quantity};
use crate::report::View;
use crate::report::charts::{
    Chart, DayAxis, DayColumns, Grid, GridCell, GridColumns, GridRow, Picture, PlaceDays, Step,
};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The most days that have a line each in the chart of hours.
const DAYS: usize = 31;

/// Hours of a day.
const HOURS: usize = 24;

/// Events over time, over the week, and by account and region.
pub fn charts(view: &View<'_>) -> Vec<Chart> {
    let rows = view.state.get::<Activity>().map_or(&[][..], Activity::rows);
    let Some(axis) = DayAxis::over(rows.iter().map(|row| row.day)) else { return Vec::new() };
    vec![over_time(rows, axis), by_hour(rows, axis), by_place(rows, view.state.symbols())]
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

/// By day and hour, where there are few days; else by weekday and hour.
fn by_hour(rows: &[DayUse], axis: DayAxis) -> Chart {
    let (first, last) = (axis.day(0), axis.day(axis.len() - 1));
    let is_short = axis.step() == Step::Day && axis.len() <= DAYS;
    let lines = if is_short { first.0..=last.0 } else { 0..=6 };
    let mut counts: BTreeMap<i32, [i64; HOURS]> = lines.map(|line| (line, [0; HOURS])).collect();
    for row in rows {
        let line = if is_short { row.day.0 } else { weekday(row.day) as i32 };
        for (sum, events) in counts.entry(line).or_insert([0; HOURS]).iter_mut().zip(row.hours) {
            *sum += events;
        }
    }
    let name = |line: i32| match is_short {
        true => format!("{} {}", Day(line), &WEEKDAYS[weekday(Day(line))][..3]),
        false => WEEKDAYS[line as usize % WEEKDAYS.len()].to_owned(),
    };
    Chart {
        name: "activity-by-hour",
        title: if is_short { "Activity by day and hour (UTC)" } else { "Activity by weekday and hour (UTC)" },
        about: "Counted events of all accounts by the clock hour in which they happened. Work done by people shows as \
                office hours; what runs by itself shows as even rows.",
        command: "activity --columns day,account_id,events_by_hour --format json".to_owned(),
        picture: Picture::Grid(Grid {
            columns: GridColumns::Names((0..HOURS).map(|hour| format!("{hour:02}")).collect()),
            rows: counts.into_iter().map(|(line, hours)| hour_row(name(line), &hours)).collect(),
            mark: None,
            unit: "events",
        }),
        left_out: None,
    }
}

fn hour_row(label: String, hours: &[i64; HOURS]) -> GridRow {
    let counted = hours.iter().enumerate().filter(|(_, events)| **events > 0);
    let cells = counted.map(|(hour, &count)| GridCell {
        column: hour,
        count,
        told: format!("{label} {hour:02}:00–{hour:02}:59 UTC: {}", quantity(count.unsigned_abs(), "event")),
        marked: false,
    });
    GridRow { cells: cells.collect(), note: grouped(hours.iter().sum::<i64>()), severity: None, label }
}

/// 0 for Monday; 1970-01-01 was a Thursday.
fn weekday(day: Day) -> usize {
    (day.0 + 3).rem_euclid(7) as usize
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
