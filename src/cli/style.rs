//! How text looks where it goes: colour and width.

use std::io::{IsTerminal, stdout};

use clap::ValueEnum;
use trailscan::output::{Destination, Place, Style};

/// When colour is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Wherever the table goes.
    Always,
    /// Nowhere.
    Never,
}

/// Colour and width belong to a terminal; a file or pipe gets everything, plain, unless it was asked for.
pub fn of(color: When, width: Option<u16>, destination: &Destination) -> Style {
    let place = match destination {
        Destination::Stdout if stdout().is_terminal() => Place::Terminal,
        Destination::Stdout => Place::Pipe,
        _ => Place::File,
    };
    let to_terminal = place == Place::Terminal;
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => to_terminal && anstream::AutoStream::choice(&stdout()) != anstream::ColorChoice::Never,
    };
    let size = if to_terminal { terminal_size::terminal_size_of(stdout()) } else { None };
    let width = width.or(size.map(|(width, _)| width.0)).filter(|&width| width > 0);
    Style { color, width: width.map(usize::from), place }
}
