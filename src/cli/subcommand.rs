//! What a subcommand is: its words, and what they do.

use clap::{ArgMatches, Command};

use super::exit::{End, Problem};

/// A subcommand.
#[derive(Clone, Copy)]
pub struct Subcommand {
    /// As it is typed.
    pub name: &'static str,
    /// Its arguments and its help.
    pub command: fn() -> Command,
    /// What it does.
    pub run: fn(&Invocation<'_>) -> Result<End, Problem>,
}

/// A subcommand that was typed.
#[derive(Clone, Copy)]
pub struct Invocation<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its arguments.
    pub matches: &'a ArgMatches,
    /// The whole command line, for what is made of it.
    pub root: &'a Command,
}
