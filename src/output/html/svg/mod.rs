//! Charts as SVG, drawn when the page is written: no script makes them and none is needed to read them.
//!
//! Colours are classes, so that light, dark and paper have their own. Sizes are in pixels and text is never scaled: what
//! is wider than the page is scrolled.

mod bars;
mod columns;
mod flow;
mod grid;
mod shares;

use maud::{Markup, html};

use crate::report::charts::Picture;

/// Width of a character of the labels, which are set in a fixed width.
const LABEL_CHAR: usize = 7;

/// Width of a character of the notes, on average and a little more.
const NOTE_CHAR: usize = 7;

/// The picture; `title` is what is read out for it.
pub(super) fn picture(picture: &Picture, title: &str) -> Markup {
    match picture {
        Picture::Grid(grid) => grid::draw(grid, title),
        Picture::Columns(columns) => columns::draw(columns, title),
        Picture::Bars(bars) => bars::draw(bars, title),
        Picture::Shares(shares) => shares::draw(shares, title),
        Picture::Flow(flow) => flow::draw(flow, title),
        // Drawn by the coverage, as a grid.
        Picture::Places(_) => html! {},
    }
}

/// The frame of a picture.
fn svg(width: usize, height: usize, title: &str, inside: &Markup) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(title) {
            (inside)
        }
    }
}

/// Room for the longest of some texts.
fn room<'a>(texts: impl Iterator<Item = &'a str>, char_width: usize) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0) * char_width
}

/// Which of five shades a count has, by its logarithm: counts of events span many orders.
fn shade(count: i64, most: i64) -> usize {
    if count <= 0 {
        return 0;
    }
    if most <= 1 {
        return 3;
    }
    // Exact enough for five shades.
    let share = (count as f64).ln() / (most as f64).ln();
    1 + (share * 4.0).round().clamp(0.0, 4.0) as usize
}

/// The beginning and the end of a text that is too long, with `…` between.
fn shortened(text: &str, most: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= most {
        return text.to_owned();
    }
    let end = (most - 1) * 2 / 3;
    let beginning: String = chars[..most - 1 - end].iter().collect();
    let ending: String = chars[chars.len() - end..].iter().collect();
    format!("{beginning}…{ending}")
}

/// A round number at or above `most`, to end an axis with.
fn round_up(most: i64) -> i64 {
    let mut unit = 1i64;
    while unit.saturating_mul(10) < most {
        unit = unit.saturating_mul(10);
    }
    [1, 2, 5, 10].map(|times| unit.saturating_mul(times)).into_iter().find(|&round| round >= most).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_cover_the_range() {
        assert_eq!([shade(0, 100), shade(1, 100), shade(10, 100), shade(100, 100)], [0, 1, 3, 5]);
        assert_eq!([shade(1, 1), shade(2, 2), shade(i64::MAX, i64::MAX)], [3, 5, 5]);
    }

    #[test]
    fn axes_end_on_round_numbers() {
        let ends = [0, 1, 3, 11, 20, 51, 999, 1_001].map(round_up);
        assert_eq!(ends, [1, 1, 5, 20, 20, 100, 1_000, 2_000]);
        assert!(round_up(i64::MAX) >= i64::MAX / 10);
    }

    #[test]
    fn long_texts_keep_both_ends() {
        assert_eq!(shortened("role/service/web-server-role", 12), "role…er-role");
        assert_eq!(shortened("role", 12), "role");
        assert_eq!(shortened("文文文文文文", 4).chars().count(), 4);
    }
}
