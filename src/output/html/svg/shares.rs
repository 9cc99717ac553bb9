//! What each whole is made of: one line of parts for each, all of one length.

use maud::{Markup, html};

use super::super::super::sanitize;
use super::{LABEL_CHAR, NOTE_CHAR, room, svg};
use crate::model::grouped;
use crate::report::charts::{Shares, Tone};

const ROW: usize = 26;
const LONG: usize = 460;
const GAP: usize = 10;

pub(super) fn draw(shares: &Shares, title: &str) -> Markup {
    let left = room(shares.wholes.iter().map(|(name, _)| name.as_str()), LABEL_CHAR) + GAP;
    let bottom = 4 + shares.wholes.len() * ROW;
    svg(
        left + LONG + 24 * NOTE_CHAR,
        bottom + 30,
        title,
        &html! {
            @for (i, (name, counts)) in shares.wholes.iter().enumerate() {
                (whole(name, counts, (left, 4 + i * ROW), shares))
            }
            g.legend {
                @for (i, (name, tone)) in shares.parts.iter().enumerate() {
                    @let x = left + i * 150;
                    rect class=(class(*tone)) x=(x) y=(bottom + 10) width="14" height="14" rx="2" {}
                    text.noted x=(x + 20) y=(bottom + 21) { (name) }
                }
            }
        },
    )
}

fn whole(name: &str, counts: &[i64], (left, y): (usize, usize), shares: &Shares) -> Markup {
    let total: i64 = counts.iter().sum();
    let mut before = 0;
    let parts = counts.iter().zip(&shares.parts).filter(|(count, _)| **count > 0).map(|(&count, &(part, tone))| {
        let x = |count: i64| left as f64 + count as f64 / total as f64 * LONG as f64;
        let (from, to) = (x(before), x(before + count));
        before += count;
        (count, part, tone, from, to)
    });
    html! {
        text.label x="0" y=(y + 16) { (sanitize(name)) }
        @for (count, part, tone, from, to) in parts {
            g {
                title { (sanitize(name)) ": " (grouped(count)) " of " (grouped(total)) " " (shares.unit) ", " (part) }
                rect class=(class(tone)) x=(format!("{from:.1}")) y=(y + 2) width=(format!("{:.1}", (to - from - 1.0).max(1.0))) height=(ROW - 6) {}
                @if to - from > 34.0 { text.inside x=(format!("{:.1}", from + 6.0)) y=(y + 16) { (grouped(count)) } }
            }
        }
        text.noted x=(left + LONG + 8) y=(y + 16) { (grouped(total)) " " (shares.unit) }
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Bad => "wrong",
        Tone::Elsewhere => "s4",
        Tone::Unknown => "unknown",
    }
}
