//! What was read and what was not, by account, region and day: the gaps drawn over the activity.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::super::{Document, sanitize};
use super::cell::{id, shown_time, without_folder};
use super::figure;
use crate::coverage::{Coverage, Gap};
use crate::model::{Day, grouped, quantity};
use crate::report::charts::{Chart, DayAxis, Grid, GridCell, GridColumns, GridRow, Picture, PlaceDays, Step};

/// The most places that are drawn, those with gaps first.
const PLACES: usize = 60;

/// The most lines of a list.
const LINES: usize = 200;

/// The section on coverage.
pub(super) fn section(document: &Document<'_>) -> Markup {
    let coverage = document.coverage;
    let charts = document.sections().iter().flat_map(|section| &section.charts);
    html! {
        section id="coverage" {
            h2 { "Coverage" span.sub { "What was read, and what was not" } }
            @for chart in charts {
                @if let Picture::Places(places) = &chart.picture { (map(chart, places, coverage)) }
            }
            (numbers(coverage))
            (gaps(coverage))
            (logging_changes(coverage))
            (failures(coverage))
        }
    }
}

fn map(chart: &Chart, places: &[PlaceDays], coverage: &Coverage) -> Markup {
    let Some((grid, left_out)) = grid(places, &coverage.gaps) else { return html! {} };
    figure::figure_of_grid(&Chart { left_out, ..chart.clone() }, &grid)
}

/// Events and gaps of each place, those with gaps first; and what was not drawn.
fn grid(places: &[PlaceDays], gaps: &[Gap]) -> Option<(Grid, Option<String>)> {
    let gap_days = gaps.iter().flat_map(|gap| [gap.from, gap.to]);
    let axis = DayAxis::over(places.iter().flat_map(|place| place.days.iter().map(|(day, _)| *day)).chain(gap_days))?;
    let mut rows: BTreeMap<(&str, &str), Line> = BTreeMap::new();
    for place in places {
        let (counts, _) = rows.entry((&place.account, &place.region)).or_insert_with(|| empty(&axis));
        for &(day, events) in &place.days {
            if let Some(step) = axis.place(day) {
                counts[step] += events;
            }
        }
    }
    for gap in gaps {
        let (_, silent) = rows.entry((&gap.account, &gap.region)).or_insert_with(|| empty(&axis));
        silent.extend((gap.from.0..=gap.to.0).filter_map(|day| axis.place(Day(day))));
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|((account, region), (_, silent))| (silent.is_empty(), *account, *region));
    let more = rows.len().saturating_sub(PLACES);
    rows.truncate(PLACES);
    let rows = rows.into_iter().map(|(place, (counts, silent))| row(place, &counts, &silent, &axis)).collect();
    let left_out = (more > 0).then(|| format!("{} without a gap not drawn", quantity(more as u64, "more place")));
    let mark = gaps.first().map(|_| match axis.step() {
        Step::Day => "a gap: a day without any log object",
        _ => "a gap: days without any log object (a ring where others have some)",
    });
    Some((Grid { columns: GridColumns::Days(axis), rows, mark, unit: "events" }, left_out))
}

/// The counts of one place by step, and the steps with a gap.
type Line = (Vec<i64>, BTreeSet<usize>);

fn empty(axis: &DayAxis) -> Line {
    (vec![0; axis.len()], BTreeSet::new())
}

fn row((account, region): (&str, &str), counts: &[i64], silent: &BTreeSet<usize>, axis: &DayAxis) -> GridRow {
    let cells = counts.iter().enumerate().filter(|&(step, &count)| count > 0 || silent.contains(&step));
    let cell = |(column, &count): (usize, &i64)| {
        // Events of a day without an object came with another day's object: that day is not silent.
        let marked = silent.contains(&column) && (count == 0 || axis.step() != Step::Day);
        let events = quantity(count.unsigned_abs(), "event");
        let gap = if marked { ", a gap: no log object" } else { "" };
        GridCell { column, count, told: format!("{account} {region}, {}: {events}{gap}", axis.told(column)), marked }
    };
    let events = quantity(counts.iter().sum::<i64>().unsigned_abs(), "event");
    GridRow {
        label: format!("{} {}", told(account, "no account"), told(region, "no region")),
        note: events,
        severity: None,
        cells: cells.map(cell).collect(),
    }
}

fn told<'a>(text: &'a str, absent: &'a str) -> &'a str {
    if text.is_empty() { absent } else { text }
}

fn numbers(coverage: &Coverage) -> Markup {
    let skipped: Vec<String> =
        coverage.objects_skipped.iter().map(|(kind, count)| format!("{} {kind}", grouped(count))).collect();
    let categories: Vec<String> =
        coverage.categories.iter().map(|(kind, count)| format!("{} {kind}", grouped(count))).collect();
    let rows = [
        ("places not listed", grouped(coverage.places_failed), String::new()),
        ("objects found", grouped(coverage.objects_found), String::new()),
        ("objects read", grouped(coverage.objects_read), String::new()),
        ("objects damaged", grouped(coverage.objects_damaged), String::new()),
        ("objects failed", grouped(coverage.objects_failed), String::new()),
        ("objects skipped", grouped(coverage.skipped()), skipped.join(", ")),
        ("objects not opened", grouped(coverage.objects_pruned), "outside the window, by their keys".to_owned()),
        ("events", grouped(coverage.events), String::new()),
        ("events counted", grouped(coverage.events_counted), categories.join(", ")),
        ("duplicates", grouped(coverage.duplicate_events), "counted once".to_owned()),
        ("outside the window", grouped(coverage.events_out_of_window), String::new()),
        ("filtered", grouped(coverage.events_filtered), String::new()),
        ("without a time", grouped(coverage.events_without_time), String::new()),
        ("conflicting ids", grouped(coverage.conflicting_ids), "one eventID, different content: all kept".to_owned()),
        ("malformed records", grouped(coverage.malformed_records), String::new()),
        ("records not understood whole", grouped(coverage.broken_records), String::new()),
    ];
    html! {
        div.scroll tabindex="0" role="region" aria-label="Numbers of the coverage" {
            table.plain { tbody {
                @for (name, number, note) in &rows { tr { th scope="row" { (name) } td.n { (number) } td { (sanitize(note)) } } }
            } }
        }
    }
}

fn gaps(coverage: &Coverage) -> Markup {
    html! {
        @if !coverage.gaps.is_empty() {
            h3 id="gaps" { "Gaps: days without any log object" }
            (list(&["account", "region", "from", "to"], coverage.gaps.iter().map(|gap| html! {
                td { (id(&gap.account)) } td { (sanitize(&gap.region)) } td { (gap.from) } td { (gap.to) }
            }), coverage.gaps.len()))
        }
    }
}

fn logging_changes(coverage: &Coverage) -> Markup {
    let time =
        |time: Option<crate::model::EventTime>| time.map(|time| shown_time(&time.to_string())).unwrap_or_default();
    html! {
        @if !coverage.logging_changes.is_empty() {
            h3 id="logging-changes" { "Calls that changed or stopped logging" }
            (list(&["time", "event", "by", "trail"], coverage.logging_changes.iter().map(|change| html! {
                td { (time(change.time)) } td { (sanitize(&change.event)) } td { (id(&change.actor)) } td { (id(&change.trail)) }
            }), coverage.logging_changes.len()))
        }
    }
}

fn failures(coverage: &Coverage) -> Markup {
    html! {
        @if !coverage.failures.is_empty() {
            h3 id="failures" { "Places that could not be listed, and objects that could not be read, or not whole" }
            (list(&["place or object", "why"], coverage.failures.iter().map(|failure| html! {
                td { (id(without_folder(&failure.object))) } td { (sanitize(&failure.why)) }
            }), coverage.failures.len()))
        }
    }
}

fn list(heads: &[&str], rows: impl Iterator<Item = Markup>, len: usize) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(heads.join(", ")) {
            table.plain {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { @for row in rows.take(LINES) { tr { (row) } } }
            }
        }
        @if len > LINES {
            p.note.loud { (quantity((len - LINES) as u64, "more line")) ": " code { "--coverage FILE" } " writes all." }
        }
    }
}
