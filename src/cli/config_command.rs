//! `trailscan config`: what holds when a command line says nothing, and who said it: the environment, a file, or nobody.
//!
//! No credential of AWS is shown, only the names of profile and region.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use trailscan::output::{self, Destination, Format};
use trailscan::report::{Table, Value, columns};

use super::config::{self, File};
use super::exit::{End, Problem};
use super::settings::{self, SETTINGS, Says, Setting};
use super::style::{self, When};
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::{log, pager, rulebook, tell};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: NAME, command, run };

const NAME: &str = "config";

const ABOUT: &str = "Effective settings, and where each comes from";

const EXAMPLES: &str = "\
Examples:
  trailscan config
  trailscan config --format json";

columns! {
    const COLUMNS;
    fn row(setting: &str, said: (String, String), flag: &str) {
        let (value, source) = said;
    }

    id("setting", "Its name, as trailscan.toml and the options have it.") => setting,
    text("value", "What holds; null when nothing does.") => value,
    text("source", "Who says so: an environment variable, a file, or default.") => source,
    text("flag", "What overrides it on the command line.").second() => flag,
}

/// Who sets what nobody has set.
const DEFAULT: &str = "default";

fn command() -> Command {
    let formats = [Format::Table, Format::Json, Format::Jsonl, Format::Csv].map(Format::as_str);
    let format = Arg::new("format").long("format").value_name("FORMAT").default_value("table");
    let format = format.help("What the list is written as").value_parser(PossibleValuesParser::new(formats));
    Command::new(NAME).about(ABOUT).arg(format).after_help(EXAMPLES)
}

/// Lists the settings.
fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let format = asked.matches.get_one::<String>("format").map(String::as_str).unwrap_or_default();
    let format: Format = format.parse().map_err(Problem::usage)?;
    let around = Surroundings::of_process(asked.config())?;
    around.rulebook(None)?;
    let read: Vec<PathBuf> = around.config.files().iter().map(|file| file.path.clone()).collect();
    let looked_for = config::files();
    let is_named = read.iter().any(|path| !looked_for.contains(path));
    for path in if is_named { &read } else { &looked_for } {
        let state = if read.contains(path) { "read" } else { "is not there" };
        tell::line(format!("{}: {state}", path.display()));
    }
    let table = Table::named(NAME, &["setting"], COLUMNS.to_vec(), rows(asked.root, &around));
    output::write_list(table, format, style::of(When::Auto, None, &Destination::Stdout))?;
    Ok(End::Complete)
}

fn rows(root: &Command, around: &Surroundings) -> Vec<Vec<Value>> {
    let mut rows: Vec<Vec<Value>> = SETTINGS.iter().map(|setting| setting_row(setting, (root, around))).collect();
    let log = of_variable(around, log::VARIABLE).unwrap_or_else(|| ("off".to_owned(), DEFAULT.to_owned()));
    rows.push(row("log", log, "-v"));
    rows.push(pager_row(around));
    rows.extend(others(root, around));
    rows.extend(reports(around.config.files()));
    rows.extend(rules(around.config.files()));
    rows
}

fn setting_row(setting: &Setting, (root, around): (&Command, &Surroundings)) -> Vec<Value> {
    let shared = || {
        setting.shared.iter().find_map(|shared| {
            let (text, source) = of_variable(around, shared.name)?;
            match shared.says {
                Says::Text => Some((text, source)),
                Says::Always(text) => Some((text.to_owned(), source)),
                Says::Silence => Some((String::new(), source)),
            }
        })
    };
    let of_file = || {
        let (values, file) = around.config.said(setting.key)?;
        Some((config::shown(values), file.display().to_string()))
    };
    let flag = root.get_subcommands().find_map(|command| settings::flag(command, setting.key));
    let own = match flag {
        Some(flag) => of_flag(around, flag),
        None => of_variable(around, &settings::variable(setting.key)),
    };
    let said = own.or_else(shared).or_else(of_file);
    row(setting.key, said.unwrap_or_else(|| (setting.unset.to_owned(), DEFAULT.to_owned())), &setting.flag())
}

fn of_variable(around: &Surroundings, name: &str) -> Option<(String, String)> {
    Some((around.environment.text(name)?, format!("environment variable {name}")))
}

/// What the first variable says that stands for a flag.
fn of_flag(around: &Surroundings, arg: &Arg) -> Option<(String, String)> {
    settings::variables(arg).iter().find_map(|name| of_variable(around, name))
}

/// The other flags of reports that the environment gives.
fn others(root: &Command, around: &Surroundings) -> Vec<Vec<Value>> {
    let flags = root.get_subcommands().flat_map(Command::get_arguments).filter_map(|arg| Some((arg.get_long()?, arg)));
    let flags: BTreeMap<&str, &Arg> =
        flags.filter(|(flag, _)| SETTINGS.iter().all(|setting| setting.key != *flag)).collect();
    let said = flags.into_iter().filter_map(|(flag, arg)| Some((flag, of_flag(around, arg)?)));
    said.map(|(flag, said)| row(flag, said, &format!("--{flag}"))).collect()
}

fn pager_row(around: &Surroundings) -> Vec<Value> {
    let said = around.config.pager();
    let (command, source) = around.pager.pager(said.map(|(setting, _)| setting));
    let source = match source {
        pager::Source::Own => format!("environment variable {}", pager::VARIABLE),
        pager::Source::Everyones => format!("environment variable {}", pager::EVERYONES),
        pager::Source::Config => said.map(|(_, file)| file.display().to_string()).unwrap_or_default(),
        pager::Source::Default => DEFAULT.to_owned(),
    };
    row("pager", (if command.is_empty() { "false".to_owned() } else { command }, source), "--no-pager")
}

/// What the nearest file says of each report.
fn reports(files: &[File]) -> Vec<Vec<Value>> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        for (report, said) in &file.reports {
            if files[..at].iter().any(|nearer| nearer.reports.contains_key(report)) {
                continue;
            }
            for (key, value) in said.said() {
                let (name, flag) = (format!("reports.{report}.{key}"), format!("--{key}"));
                rows.extend(value.map(|value| row(&name, (value, file.path.display().to_string()), &flag)));
            }
        }
    }
    rows
}

/// What files say of rules: of each rule what the nearest file says, and all suppressions.
fn rules(files: &[File]) -> Vec<Vec<Value>> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        for (rule, table) in &file.rules.rules {
            if files[..at].iter().any(|nearer| nearer.rules.rules.contains_key(rule)) {
                continue;
            }
            for (key, value) in table {
                let said = (rulebook::plain(value), file.path.display().to_string());
                rows.push(row(&format!("rules.{rule}.{key}"), said, ""));
            }
        }
    }
    for file in files {
        for suppress in &file.rules.suppress {
            rows.push(row("suppress", (suppress.to_string(), file.path.display().to_string()), ""));
        }
    }
    rows
}
