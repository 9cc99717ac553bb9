//! What a subcommand is: its words, and what they do.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

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
    /// The whole command line, word by word.
    pub words: &'a [OsString],
    /// Its arguments.
    pub matches: &'a ArgMatches,
    /// The whole command line, for what is made of it.
    pub root: &'a Command,
}

/// The id of `--config`, which every subcommand takes.
pub const CONFIG: &str = "config";

impl Invocation<'_> {
    /// The config file that was typed.
    pub fn config(&self) -> Option<&Path> {
        self.matches.get_one::<PathBuf>(CONFIG).map(PathBuf::as_path)
    }
}
