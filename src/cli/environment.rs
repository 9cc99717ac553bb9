//! The variables of the environment. An empty one says nothing; one of ours that stands for nothing is told.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};

use clap::Command;

use super::{config, inputs, log, pager, settings};

/// How our variables begin.
const PREFIX: &str = "TRAILSCAN_";

/// The variables, as they were when the process began.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// What a variable says.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|text| !text.is_empty())
    }

    /// The variables that are named as ours are and stand for no flag of any subcommand, nor for anything else.
    pub fn unknown(&self, root: &Command) -> Vec<String> {
        let commands = std::iter::once(root).chain(root.get_subcommands());
        let of_flags = commands.flat_map(Command::get_arguments).flat_map(settings::variables);
        let others = [config::VARIABLE, inputs::VARIABLE, log::VARIABLE, pager::VARIABLE].map(str::to_owned);
        let known: BTreeSet<String> = of_flags.chain(others).collect();
        let names = self.0.keys().map(|name| name.to_string_lossy().into_owned());
        names.filter(|name| name.starts_with(PREFIX) && !known.contains(name)).collect()
    }

    /// The same as text, as far as it is text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|text| text.to_string_lossy().into_owned())
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(name, text)| (name.into(), text.into())).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;

    #[test]
    fn what_stands_for_nothing_is_told() {
        let environment = Environment::from([
            ("TRAILSCAN_SINCE", "7d"),
            ("TRAILSCAN_FROM", "7d"),
            ("TRAILSCAN_MIN_ADDRESSES", "3"),
            ("TRAILSCAN_TASKS", "3"),
            ("TRAILSCAN_INPUT", "x"),
            ("TRAILSCAN_CONFIG", "x"),
            ("TRAILSCAN_PAGER", ""),
            ("TRAILSCAN_LOG", "info"),
            ("TRAILSCAN_NOW", "x"),
            ("TRAILSCAN_MIN_ADRESSES", "3"),
            ("TRAILSCAN", "x"),
            ("AWS_PROFILE", "x"),
        ]);
        assert_eq!(environment.unknown(&args::root()), ["TRAILSCAN_MIN_ADRESSES"]);
    }

    /// Whatever other names a flag has, each stands for it.
    #[test]
    fn every_name_of_every_flag_is_known() {
        let root = args::root();
        let aliases = |command: &Command| -> Vec<String> {
            let flags = command.get_arguments();
            flags.flat_map(|arg| arg.get_all_aliases().unwrap_or_default()).map(settings::variable).collect()
        };
        let all: Vec<String> = root.get_subcommands().flat_map(aliases).collect();
        assert!(all.contains(&"TRAILSCAN_FROM".to_owned()) && all.contains(&"TRAILSCAN_TO".to_owned()));
        let environment = Environment(all.iter().map(|name| (name.into(), "x".into())).collect());
        assert_eq!(environment.unknown(&root), [""; 0]);
    }
}
