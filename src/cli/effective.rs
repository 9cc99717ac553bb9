//! `trailscan config`: what holds when a command line says nothing, and who said it: the environment, a file, or nobody.
//!
//! No credential of AWS is shown, only the names of profile and region.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use trailscan::output::{self, Destination, Format};
use trailscan::report::{Column, ColumnKind, Table, Value};

use super::config::{self, Config};
use super::exit::{End, Problem};
use super::style::{self, When};
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::{inputs, log, pager, rulebook, tell, window};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: NAME, command, run };

const NAME: &str = "config";

const ABOUT: &str = "The settings that hold when the command line says nothing, and who says so";

const EXAMPLES: &str = "\
Examples:
  trailscan config
  trailscan config --format json";

const COLUMNS: &[Column] = &[
    Column::new("setting", ColumnKind::Id, "Its name, as trailscan.toml and the options have it."),
    Column::new("value", ColumnKind::Text, "What holds; null when nothing does."),
    Column::new("source", ColumnKind::Text, "Who says so: an environment variable, a file, or default."),
    Column::new("flag", ColumnKind::Text, "What overrides it on the command line.").second(),
];

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
    let around = Surroundings::of_process()?;
    around.rulebook(None)?;
    let files: Vec<PathBuf> = config::files();
    let read: Vec<(String, Config)> = files
        .iter()
        .filter(|file| file.exists())
        .map(|file| Ok((file.display().to_string(), config::read(std::slice::from_ref(file))?)))
        .collect::<anyhow::Result<_>>()
        .map_err(|error| Problem::usage(format!("{error:#}")))?;
    for file in &files {
        let state = if file.exists() { "read" } else { "is not there" };
        tell::line(format!("{}: {state}", file.display()));
    }
    let table = Table::named(NAME, &["setting"], COLUMNS.to_vec(), rows(&around, &read));
    output::write_list(table, format, style::of(When::Auto, None, &Destination::Stdout))?;
    Ok(End::Complete)
}

fn rows(around: &Surroundings, files: &[(String, Config)]) -> Vec<Vec<Value>> {
    let of_files = |get: &dyn Fn(&Config) -> Option<String>| {
        files.iter().find_map(|(file, config)| Some((get(config)?, file.clone())))
    };
    let variable = |name: &str, text: Option<String>| {
        text.filter(|text| !text.is_empty()).map(|text| (text, format!("environment variable {name}")))
    };
    let or_default = |said: Option<(String, String)>, default: &str| {
        said.unwrap_or_else(|| (default.to_owned(), DEFAULT.to_owned()))
    };
    let input = around.input.as_ref().map(|text| text.to_string_lossy().into_owned());
    let input = variable(inputs::VARIABLE, input).or_else(|| of_files(&|c| c.input.as_deref().map(listed)));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).to_string();
    let of_environment = |name: &str| {
        let text = std::env::var_os(name).map(|text| text.to_string_lossy().into_owned());
        variable(name, text)
    };
    let no_color = std::env::var_os("NO_COLOR").map(|text| text.to_string_lossy().into_owned());
    let no_color = variable("NO_COLOR", no_color).map(|(_, source)| ("never".to_owned(), source));
    let trails = if cfg!(feature = "s3") { "what the account's trails deliver" } else { "" };
    let mut rows = vec![
        row("input", or_default(input, trails), "INPUT"),
        row("now", or_default(variable(window::VARIABLE, around.now.clone()), "the clock"), "--now"),
        row("threads", or_default(of_files(&|c| c.threads.map(|n| n.to_string())), &threads), "--threads"),
        row("geoip-db", or_default(of_files(&|c| c.geoip_db.as_deref().map(listed)), ""), "--geoip-db"),
        row("aws-ip-ranges", or_default(of_files(&|c| c.aws_ip_ranges.as_deref().map(shown)), ""), "--aws-ip-ranges"),
    ];
    for (setting, flag, variables, default) in SETTINGS {
        let said = variables.iter().find_map(|name| of_environment(name));
        let said = if *setting == "color" { no_color.clone() } else { said };
        let said = said.or_else(|| of_files(&|config| said_by(config, setting)));
        rows.push(row(setting, or_default(said, default), flag));
    }
    rows.push(pager_row(around, files));
    rows.extend(reports(files));
    rows.extend(rules(files));
    rows
}

/// The settings that stand for a flag: name, flag, the variables of the environment that come before files, and what holds
/// when nobody says anything.
const SETTINGS: &[(&str, &str, &[&str], &str)] = &[
    ("days", "--days", &[], "all; of S3 the last 30"),
    ("format", "--format", &[], "by the extension of --output, else table"),
    ("limit", "--limit", &[], "20 in the tables of an audit, 10000 on a page, else 0"),
    ("color", "--color", &["NO_COLOR"], "auto"),
    ("quiet", "--quiet", &[], "false"),
    ("fail-on", "--fail-on", &[], ""),
    ("max-memory", "--max-memory", &[], ""),
    ("account-names", "--account-names", &[], ""),
    ("aws-profile", "--aws-profile", &["AWS_PROFILE"], ""),
    ("aws-region", "--aws-region", &["AWS_REGION", "AWS_DEFAULT_REGION"], ""),
    ("log", "-v", &[log::VARIABLE], "off"),
];

fn said_by(config: &Config, setting: &str) -> Option<String> {
    config.defaults.said().into_iter().find(|(name, _)| *name == setting)?.1
}

fn pager_row(around: &Surroundings, files: &[(String, Config)]) -> Vec<Value> {
    let said = files.iter().find_map(|(file, config)| Some((config.defaults.pager.clone()?, file.clone())));
    let (command, source) = around.pager.pager(said.as_ref().map(|(setting, _)| setting));
    let source = match source {
        pager::Source::Own => format!("environment variable {}", pager::VARIABLE),
        pager::Source::Everyones => format!("environment variable {}", pager::EVERYONES),
        pager::Source::Config => said.map(|(_, file)| file).unwrap_or_default(),
        pager::Source::Default => DEFAULT.to_owned(),
    };
    row("pager", (if command.is_empty() { "false".to_owned() } else { command }, source), "--no-pager")
}

/// What the nearest file says of each report.
fn reports(files: &[(String, Config)]) -> Vec<Vec<Value>> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (at, (file, config)) in files.iter().enumerate() {
        for (report, said) in &config.defaults.reports {
            if files[..at].iter().any(|(_, nearer)| nearer.defaults.reports.contains_key(report)) {
                continue;
            }
            for (key, value) in said.said() {
                let flag = format!("--{key}");
                rows.extend(value.map(|value| row(&format!("reports.{report}.{key}"), (value, file.clone()), &flag)));
            }
        }
    }
    rows
}

/// What files say of rules: of each rule what the nearest file says, and all suppressions.
fn rules(files: &[(String, Config)]) -> Vec<Vec<Value>> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (at, (file, config)) in files.iter().enumerate() {
        for (rule, table) in &config.rules.rules {
            if files[..at].iter().any(|(_, nearer)| nearer.rules.rules.contains_key(rule)) {
                continue;
            }
            for (key, value) in table {
                rows.push(row(&format!("rules.{rule}.{key}"), (rulebook::plain(value), file.clone()), ""));
            }
        }
    }
    for (file, config) in files {
        for suppress in &config.rules.suppress {
            rows.push(row("suppress", (suppress.to_string(), file.clone()), ""));
        }
    }
    rows
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| shown(path)).collect::<Vec<_>>().join(", ")
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn row(setting: &str, (value, source): (String, String), flag: &str) -> Vec<Value> {
    vec![Value::text(setting), Value::text(value), Value::text(source), Value::text(flag)]
}
