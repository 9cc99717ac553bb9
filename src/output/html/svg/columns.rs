//! Columns over time: events, and in front of them those that failed.

use maud::{Markup, html};

use super::{round_up, svg};
use crate::model::grouped;
use crate::report::charts::DayColumns;

/// Height of the highest column.
const HIGH: usize = 150;

/// Room for the numbers on the left.
const LEFT: usize = 64;

/// Room above.
const TOP: usize = 12;

/// Least room between two dates below.
const DATE: usize = 84;

pub(super) fn draw(columns: &DayColumns, title: &str) -> Markup {
    let axis = &columns.axis;
    let wide = (860 / axis.len().max(1)).clamp(8, 40);
    let most = round_up(columns.counts.iter().map(|(events, _)| *events).max().unwrap_or(0));
    let right = LEFT + axis.len() * wide;
    let x = |i: usize| LEFT + i * wide;
    let every = DATE.div_ceil(wide);
    svg(
        (right + DATE).max(420),
        TOP + HIGH + 48,
        title,
        &html! {
            @for (y, number) in [(TOP + HIGH, 0), (TOP + HIGH / 2, most / 2), (TOP, most)] {
            line.tick x1=(LEFT) x2=(right) y1=(y) y2=(y) {}
            text.axis.end x=(LEFT - 8) y=(y + 4) { (grouped(number)) }
        }
        @for (i, &(events, errors)) in columns.counts.iter().enumerate() {
                @if events > 0 { (column((x(i), wide), (events, errors), most, &axis.told(i))) }
            }
            @for i in (0..axis.len()).step_by(every) {
                line.tick x1=(x(i)) x2=(x(i)) y1=(TOP + HIGH) y2=(TOP + HIGH + 6) {}
                text.axis x=(x(i)) y=(TOP + HIGH + 18) { (axis.day(i)) }
            }
            g.legend {
                rect.s4 x=(LEFT) y=(TOP + HIGH + 30) width="14" height="14" rx="2" {}
                text.noted x=(LEFT + 20) y=(TOP + HIGH + 41) { "events a " (axis.step().as_str()) }
                rect.failed x=(LEFT + 170) y=(TOP + HIGH + 30) width="14" height="14" rx="2" {}
                text.noted x=(LEFT + 190) y=(TOP + HIGH + 41) { "of them failed" }
            }
        },
    )
}

fn column((x, wide): (usize, usize), (events, errors): (i64, i64), most: i64, told: &str) -> Markup {
    // What there is can be seen, however little it is.
    let high = |count: i64| if count > 0 { (count as f64 / most as f64 * HIGH as f64).max(1.5) } else { 0.0 };
    let rect = |class: &str, count: i64| {
        let high = high(count);
        html! {
            rect class=(class) x=(x + 1) y=(format!("{:.1}", (TOP + HIGH) as f64 - high)) width=(wide - 2) height=(format!("{high:.1}")) {}
        }
    };
    html! {
        g {
            title { (told) ": " (grouped(events)) " events, " (grouped(errors)) " failed" }
            (rect("s4", events))
            @if errors > 0 { (rect("failed", errors)) }
        }
    }
}
