//! `trailscan rules` and `trailscan explain RULE`: what the reports may find, without reading anything.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use trailscan::output::{self, Destination, Format, OutputError};
use trailscan::report::{Column, ColumnKind, REPORTS, Report, Rule, Table, Value};

use super::args::{Shape, When};
use super::exit::Problem;
use super::help;
use super::plan::{self, Surroundings};
use super::rulebook::Rulebook;

const RULES: &str = "rules";
const EXPLAIN: &str = "explain";

const COLUMNS: &[Column] = &[
    Column::new("rule", ColumnKind::Id, "The name that findings carry."),
    Column::severity("severity", "Of its findings, the worst where the row decides; trailscan.toml counts."),
    Column::new("practice", ColumnKind::Text, "The practice that a finding breaks, of the seven."),
    Column::new("report", ColumnKind::Text, "The report that finds it."),
    Column::new("enabled", ColumnKind::Text, "yes, or no where trailscan.toml turns it off.").last(),
    Column::new("about", ColumnKind::Text, "When it holds and what that means.").second(),
    Column::new("page", ColumnKind::Text, "AWS's page on it.").asked(),
];

/// All rules, by report and in each report's order.
pub fn all() -> impl Iterator<Item = (&'static Report, &'static Rule)> {
    REPORTS.iter().flat_map(|&report| report.rules.iter().map(move |rule| (report, rule)))
}

/// The rule of that id and the report that finds it.
pub fn find(id: &str) -> Option<(&'static Report, &'static Rule)> {
    all().find(|(_, rule)| rule.id == id)
}

/// The ids that come nearest to one that is none: at most three, nearest first.
pub fn nearest(id: &str) -> Vec<&'static str> {
    let most = id.len().max(3) / 3;
    let distance = |rule: &Rule| match rule.id.contains(id) && id.len() > 2 {
        true => 0,
        false => strsim::damerau_levenshtein(rule.id, id),
    };
    let mut near: Vec<(usize, &str)> = all().map(|(_, rule)| (distance(rule), rule.id)).collect();
    near.retain(|(far, _)| *far <= most);
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, id)| id).collect()
}

const RULES_EXAMPLES: &str = "\
Examples:
  trailscan rules
  trailscan rules --report keys
  trailscan rules --columns rule,practice,page --format csv";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  trailscan explain root-access-key
  trailscan explain key-embedded";

/// Both commands.
pub fn commands() -> [Command; 2] {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).help_heading("Output")
    };
    let rules = Command::new(RULES)
        .about("Every rule that findings name, with its severity and practice")
        .arg(flag("report", "REPORT", "Only the rules of this report").value_parser(names()))
        .arg(flag("format", "FORMAT", "What the list is written as").value_parser(formats()).default_value("table"))
        .arg(flag("width", "N", "Fit the table into N columns, 0 cuts nothing").value_parser(clap::value_parser!(u16)))
        .arg(flag("columns", "A,B", "Keep these columns, in this order").value_delimiter(',').num_args(1..))
        .arg(flag("sort", "COLUMN", "Sort by a column").allow_hyphen_values(true))
        .after_help(RULES_EXAMPLES);
    let explain = Command::new(EXPLAIN)
        .about("What a rule means, how to check a finding and how to put it right")
        .arg(Arg::new("rule").value_name("RULE").required(true).help("A rule, as findings name it"))
        .after_help(EXPLAIN_EXAMPLES);
    [rules, explain]
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(REPORTS.iter().map(|report| report.name))
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new([Format::Table, Format::Json, Format::Jsonl, Format::Csv].map(Format::as_str))
}

/// What was typed.
pub enum Typed {
    /// The list.
    Rules {
        /// Only the rules of this report.
        report: Option<String>,
        /// What it is written as.
        format: String,
        /// The columns that the table may take.
        width: Option<u16>,
        /// Columns and order.
        shape: Shape,
    },
    /// The rule that is explained.
    Explain(String),
}

/// What was typed, when the command is one of these.
pub fn typed(name: &str, matches: &ArgMatches) -> Option<Typed> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    match name {
        RULES => Some(Typed::Rules {
            report: text("report"),
            format: text("format").unwrap_or_default(),
            width: matches.get_one("width").copied(),
            shape: Shape {
                sort: text("sort"),
                columns: matches.get_many("columns").into_iter().flatten().cloned().collect(),
            },
        }),
        EXPLAIN => text("rule").map(Typed::Explain),
        _ => None,
    }
}

/// Runs the command.
///
/// # Errors
/// For a rule or column that there is not, and when the answer cannot be written.
pub fn run(typed: Typed) -> Result<(), Problem> {
    let (report, format, width, shape) = match typed {
        Typed::Explain(id) => return explain(&id),
        Typed::Rules { report, format, width, shape } => (report, format, width, shape),
    };
    let book = Surroundings::of_process()?.rulebook(None)?;
    let rows = all().filter(|(of, _)| report.as_ref().is_none_or(|name| of.name == name));
    let rows = rows.map(|found| row(found, &book)).collect();
    let mut table = Table::named(RULES, &["rule"], COLUMNS.to_vec(), rows);
    shape.apply(&mut table)?;
    let format: Format = format.parse().map_err(Problem::usage)?;
    let style = plan::style(When::Auto, width, &Destination::Stdout);
    Ok(output::write_list(table, format, style)?)
}

fn row((report, rule): (&Report, &Rule), book: &Rulebook) -> Vec<Value> {
    let severity = book.severity(rule.id).unwrap_or(rule.severity);
    vec![
        Value::text(rule.id),
        Value::severity(severity),
        Value::text(rule.practice.map_or("", |practice| practice.as_str())),
        Value::text(report.name),
        Value::text(if book.is_enabled(rule.id) { "yes" } else { "no" }),
        Value::text(rule.about),
        Value::text(rule.page),
    ]
}

fn explain(id: &str) -> Result<(), Problem> {
    let (report, rule) = find(id).ok_or_else(|| {
        let near = nearest(id);
        let near = if near.is_empty() { String::new() } else { format!("did you mean {}? ", near.join(" or ")) };
        Problem::usage(format!("there is no rule {id:?}; {near}`trailscan rules` lists them"))
    })?;
    let practice = rule.practice.map_or(String::new(), |practice| format!(", breaks {}", practice.as_str()));
    let parts = [("about", rule.about), ("check", rule.check), ("fix", rule.fix), ("page", rule.page)];
    let mut text = format!("{}  ({}, found by {}{practice})\n", rule.id, rule.severity.as_str(), report.name);
    for (name, part) in parts {
        text += &format!("\n{name:5}  {}\n", help::hanging(part, 7));
    }
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| Problem::from(OutputError::Stdout(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_text_is_there() {
        let mut ids: Vec<&str> = all().map(|(_, rule)| rule.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for (_, rule) in all() {
            let is_told = |text: &str| !text.is_empty() && !text.contains("  ");
            assert!([rule.about, rule.check, rule.fix].iter().all(|text| is_told(text)), "{}", rule.id);
            assert!(rule.about.ends_with('.'), "{}", rule.id);
            assert!(rule.page.starts_with("https://"), "{}", rule.id);
            assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        }
    }

    #[test]
    fn what_was_meant() {
        assert_eq!(nearest("key-to-old"), ["key-too-old"]);
        assert_eq!(nearest("idle"), ["user-idle"]);
        assert_eq!(nearest("zzzzzzzzzzzzzz"), [""; 0]);
    }
}
