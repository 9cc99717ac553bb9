//! Bars from left to right: one length for each name, with an open end where the true length may be greater.

use maud::{Markup, html};

use super::super::super::sanitize;
use super::{LABEL_CHAR, NOTE_CHAR, room, svg};
use crate::model::grouped;
use crate::report::charts::{Bar, Bars};

const ROW: usize = 22;
const LONG: usize = 460;
const TOP: usize = 22;
const GAP: usize = 10;

pub(super) fn draw(bars: &Bars, title: &str) -> Markup {
    let left = room(bars.bars.iter().map(|bar| bar.label.as_str()), LABEL_CHAR) + GAP;
    let limit = bars.limit.as_ref().map_or(0, |(limit, _)| *limit);
    let most = bars.bars.iter().map(|bar| bar.length).max().unwrap_or(0).max(limit + limit / 8).max(1);
    let x = |length: i64| left + (length as f64 / most as f64 * LONG as f64).round() as usize;
    let notes = room(bars.bars.iter().map(|bar| bar.note.as_str()), NOTE_CHAR) + 12 * NOTE_CHAR;
    let bottom = TOP + bars.bars.len() * ROW;
    let any_open = bars.bars.iter().any(|bar| bar.is_open);
    svg(
        left + LONG + notes,
        bottom + if any_open { 34 } else { 10 },
        title,
        &html! {
            line.axisline x1=(left) x2=(left) y1=(TOP) y2=(bottom) {}
            @if let Some((length, name)) = &bars.limit {
                line.limit x1=(x(*length)) x2=(x(*length)) y1=(TOP - 6) y2=(bottom) {}
                text.axis.middle x=(x(*length)) y=(TOP - 9) { (name) }
            }
            @for (i, bar) in bars.bars.iter().enumerate() {
                (draw_bar(bar, (left, x(bar.length), TOP + i * ROW), bars))
            }
            @if any_open {
                g.legend {
                    (open_end(left + 26, bottom + 12, "s4"))
                    rect.s4 x=(left) y=(bottom + 12) width="26" height="14" {}
                    text.noted x=(left + 44) y=(bottom + 23) { (bars.open) }
                }
            }
        },
    )
}

fn draw_bar(bar: &Bar, (left, end, y): (usize, usize, usize), bars: &Bars) -> Markup {
    let is_over = bars.limit.as_ref().is_some_and(|(limit, _)| bar.length > *limit);
    let class = if is_over { "over" } else { "s4" };
    let least = if bar.is_open { "≥ " } else { "" };
    html! {
        g {
            title { (sanitize(&bar.told)) }
            text.label x="0" y=(y + 15) { (sanitize(&bar.label)) }
            rect class=(class) x=(left) y=(y + 4) width=(end.saturating_sub(left).max(2)) height=(ROW - 8) {}
            @if bar.is_open { (open_end(end.max(left + 2), y + 4, class)) }
            text.noted.halo x=(end + if bar.is_open { 18 } else { 8 }) y=(y + 15) {
                tspan.strong { (least) (grouped(bar.length)) " " (bars.unit) } "  " (sanitize(&bar.note))
            }
        }
    }
}

/// Two fading slices: it goes on.
fn open_end(x: usize, y: usize, class: &str) -> Markup {
    html! {
        rect class={ (class) " fade" } x=(x + 2) y=(y) width="4" height=(ROW - 8) {}
        rect class={ (class) " fader" } x=(x + 8) y=(y) width="3" height=(ROW - 8) {}
    }
}
