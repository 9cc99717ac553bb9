//! What was not typed: flags that a variable `TRAILSCAN_FLAG` gives, then those that a config file gives. They are put
//! behind what was typed and read as if they had been, so that there is one meaning and one check of each.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, Id};

use super::exit::Problem;
use super::settings::{self, SETTINGS};
use super::subcommand::Invocation;
use super::surroundings::Surroundings;
use super::usage;

/// What says something that was not typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A variable of the environment.
    Variable(String),
    /// A config file.
    File(PathBuf),
}

/// Who gave the flags that were not typed, by their long names.
#[derive(Clone, Debug, Default)]
pub struct Origins(BTreeMap<String, Source>);

impl Origins {
    /// Who gave a flag; `None` when it was typed, or nobody did.
    pub fn of(&self, long: &str) -> Option<&Source> {
        self.0.get(long)
    }

    /// Whether a config file gave it.
    pub fn is_of_file(&self, long: &str) -> bool {
        matches!(self.of(long), Some(Source::File(_)))
    }
}

/// What was typed, and who gave the rest.
pub struct Completed {
    /// All of it.
    pub matches: ArgMatches,
    /// Who gave what was not typed.
    pub origins: Origins,
}

/// Completes a subcommand. `own` names flags that mean something else here than everywhere.
///
/// # Errors
/// When a variable says what its flag does not take, or what cannot be beside what was typed.
pub fn complete(asked: &Invocation<'_>, around: &Surroundings, own: &[&str]) -> Result<Completed, Problem> {
    let Some(command) = asked.root.find_subcommand(asked.name) else {
        return Ok(Completed { matches: asked.matches.clone(), origins: Origins::default() });
    };
    let mut filling = Filling::new(command, asked.matches);
    let flags = command.get_arguments().filter_map(|arg| Some((arg, arg.get_long()?)));
    for (arg, _) in flags.filter(|(_, long)| !own.contains(long)) {
        let said = |name: String| Some((around.environment.get(&name)?, name));
        if let Some((value, name)) = settings::variables(arg).into_iter().find_map(said) {
            let wrong = |why| Problem::usage(format!("{name} = {value:?}{why}"));
            filling.add(arg, &[value.to_owned()], Source::Variable(name.clone())).map_err(wrong)?;
        }
    }
    filling.next_layer();
    for setting in SETTINGS.iter().filter(|setting| setting.in_files && !own.contains(&setting.key)) {
        let Some(arg) = settings::flag(command, setting.key) else { continue };
        let Some((values, file)) = around.config.said(setting.key) else { continue };
        let is_silent = setting.shared.iter().any(|shared| around.environment.get(shared.name).is_some())
            || setting.beside.iter().any(|long| filling.is_given(long));
        if !is_silent {
            let wrong = |why| Problem::usage(format!("{}: {}{why}", file.display(), setting.key));
            filling.add(arg, values, Source::File(file.to_owned())).map_err(wrong)?;
        }
    }
    filling.completed(asked)
}

/// Flags on their way to a command line.
struct Filling<'a> {
    command: &'a Command,
    /// What the layers before gave.
    given: Vec<Id>,
    /// What this layer gives.
    added: Vec<Id>,
    words: Vec<OsString>,
    origins: Origins,
}

impl<'a> Filling<'a> {
    fn new(command: &'a Command, matches: &ArgMatches) -> Self {
        let is_typed = |arg: &&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
        let given = command.get_arguments().filter(is_typed).map(|arg| arg.get_id().clone()).collect();
        Self { command, given, added: Vec::new(), words: Vec::new(), origins: Origins::default() }
    }

    /// Adds a flag, unless the layers before gave it, or another that excludes it.
    fn add(&mut self, arg: &Arg, values: &[OsString], source: Source) -> Result<(), String> {
        if self.given.iter().any(|given| given == arg.get_id() || self.excludes(arg, given)) {
            return Ok(());
        }
        let words = settings::words(self.command, arg, values)?;
        if !words.is_empty() {
            self.words.extend(words);
            self.added.push(arg.get_id().clone());
            self.origins.0.insert(arg.get_long().unwrap_or_default().to_owned(), source);
        }
        Ok(())
    }

    fn excludes(&self, arg: &Arg, given: &Id) -> bool {
        let names = |arg: &Arg, other: &Id| {
            self.command.get_arg_conflicts_with(arg).iter().any(|excluded| excluded.get_id() == other)
        };
        let given_arg = self.command.get_arguments().find(|other| other.get_id() == given);
        names(arg, given) || given_arg.is_some_and(|given| names(given, arg.get_id()))
    }

    fn is_given(&self, long: &str) -> bool {
        settings::flag(self.command, long).is_some_and(|arg| self.given.contains(arg.get_id()))
    }

    fn next_layer(&mut self) {
        self.given.append(&mut self.added);
    }

    fn completed(self, asked: &Invocation<'_>) -> Result<Completed, Problem> {
        // What stands behind `--` is no flag.
        let typed = asked.words.iter().position(|word| word == OsStr::new("--")).unwrap_or(asked.words.len());
        let (flags, rest) = asked.words.split_at(typed);
        let words = flags.iter().cloned().chain(self.words).chain(rest.iter().cloned());
        let read = asked.root.clone().try_get_matches_from(words);
        let line = |error| usage::line(&error, asked.root, Some(&asked.name.into())).unwrap_or_default();
        let mut matches = read.map_err(|error| Problem::Usage(line(error)))?;
        let matches = matches.remove_subcommand().map_or_else(|| asked.matches.clone(), |(_, matches)| matches);
        Ok(Completed { matches, origins: self.origins })
    }
}
