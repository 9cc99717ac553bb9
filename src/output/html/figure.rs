//! A chart with its title, how to read it, and the command that prints its numbers.

use maud::{Markup, html};

use super::super::sanitize;
use super::svg;
use crate::report::charts::{Chart, Grid, Picture};

/// The chart as a figure.
pub(super) fn figure(chart: &Chart) -> Markup {
    framed(chart, svg::picture(&chart.picture, chart.title))
}

/// A chart by place, drawn as the grid that the coverage made of it.
pub(super) fn figure_of_grid(chart: &Chart, grid: &Grid) -> Markup {
    framed(chart, svg::picture(&Picture::Grid(grid.clone()), chart.title))
}

fn framed(chart: &Chart, picture: Markup) -> Markup {
    html! {
        figure id={ "chart-" (chart.name) } {
            figcaption { h3 { (chart.title) } p { (chart.about) } }
            div.scroll.picture tabindex="0" role="region" aria-label=(chart.title) { (picture) }
            @if let Some(left_out) = &chart.left_out { p.note.loud { (sanitize(left_out)) "." } }
            p.command { "The numbers: " code { "trailscan " (sanitize(&chart.command)) } }
        }
    }
}
