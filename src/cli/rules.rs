//! `trailscan rules` and `trailscan explain RULE`: what the reports may find, without reading anything.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use trailscan::output::{self, Destination, Format, OutputError};
use trailscan::report::{BENCHMARK, Report, Rule, Table, columns, control, technique, with_rules};

use super::exit::{End, Problem};
use super::flags::Shape;
use super::rulebook::Rulebook;
use super::style::{self, When};
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::{catalogue, help};

/// `rules`.
pub const RULES: Subcommand = Subcommand { name: "rules", command: rules, run: list };

/// `explain`.
pub const EXPLAIN: Subcommand = Subcommand { name: "explain", command: explain, run: tell };

columns! {
    const COLUMNS;
    fn row(report: &Report, rule: &Rule, book: &Rulebook) {}

    id("rule", "The name that findings carry.") => rule.id,
    severity("severity", "Of its findings, the worst where the row decides; trailscan.toml counts.")
        => book.severity(rule.id).unwrap_or(rule.severity),
    text("practice", "The practice that a finding breaks, of the seven.")
        => rule.practice.map_or("", |practice| practice.as_str()),
    text("report", "The report that finds it.") => report.name,
    yes_no("enabled", "yes, or no where trailscan.toml turns it off.").last() => book.is_enabled(rule.id),
    text("about", "When it holds and what that means.").second() => rule.about,
    list("techniques", "Techniques of MITRE ATT&CK for Enterprise that it is about.").asked()
        => rule.techniques.iter().copied(),
    list("controls", "Recommendations of the CIS AWS Foundations Benchmark v3.0.0 that it is about.").asked()
        => rule.controls.iter().copied(),
    text("page", "AWS's page on it.").asked() => rule.page,
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

fn rules() -> Command {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).help_heading("Output")
    };
    Command::new(RULES.name)
        .about("Every rule that findings name, with its severity and practice")
        .arg(flag("report", "REPORT", "Only the rules of this report").value_parser(names()))
        .arg(flag("format", "FORMAT", "What the list is written as").value_parser(formats()).default_value("table"))
        .arg(flag("width", "N", "Fit the table into N columns, 0 cuts nothing").value_parser(clap::value_parser!(u16)))
        .arg(flag("columns", "A,B", "Keep these columns, in this order").value_delimiter(',').num_args(1..))
        .arg(flag("sort", "COLUMN", "Sort by a column").allow_hyphen_values(true))
        .after_help(RULES_EXAMPLES)
}

fn explain() -> Command {
    Command::new(EXPLAIN.name)
        .about("What a rule means, how to check a finding and how to put it right")
        .arg(Arg::new("rule").value_name("RULE").required(true).help("A rule, as findings name it"))
        .after_help(EXPLAIN_EXAMPLES)
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(with_rules().map(|report| report.name))
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new([Format::Table, Format::Json, Format::Jsonl, Format::Csv].map(Format::as_str))
}

/// Lists the rules.
fn list(asked: &Invocation<'_>) -> Result<End, Problem> {
    let text = |name: &str| asked.matches.get_one::<String>(name).cloned();
    let (report, format) = (text("report"), text("format").unwrap_or_default());
    let columns = asked.matches.get_many("columns").into_iter().flatten().cloned().collect();
    let shape = Shape { sort: text("sort"), columns };
    let book = Surroundings::of_process(asked.config())?.rulebook(None)?;
    let rows = catalogue::all().filter(|(of, _)| report.as_ref().is_none_or(|name| of.name == name));
    let rows = rows.map(|(report, rule)| row(report, rule, &book)).collect();
    let mut table = Table::named(RULES.name, &["rule"], COLUMNS.to_vec(), rows);
    shape.apply(&mut table)?;
    let format: Format = format.parse().map_err(Problem::usage)?;
    let style = style::of(When::Auto, asked.matches.get_one("width").copied(), &Destination::Stdout);
    output::write_list(table, format, style)?;
    Ok(End::Complete)
}

/// Explains a rule.
fn tell(asked: &Invocation<'_>) -> Result<End, Problem> {
    let id = asked.matches.get_one::<String>("rule").map(String::as_str).unwrap_or_default();
    let (report, rule) = catalogue::find(id).ok_or_else(|| Problem::usage(catalogue::unknown(id)))?;
    let practice = rule.practice.map_or(String::new(), |practice| format!(", breaks {}", practice.as_str()));
    let parts = [("about", rule.about), ("check", rule.check), ("fix", rule.fix), ("page", rule.page)];
    let mut text = format!("{}  ({}, found by {}{practice})\n", rule.id, rule.severity.as_str(), report.name);
    for (name, part) in parts {
        text += &format!("\n{name:5}  {}\n", help::hanging(part, 7));
    }
    let techniques = rule.techniques.iter().filter_map(|id| Some(format!("ATT&CK {id}, {}", technique(id)?)));
    let controls = rule.controls.iter().filter_map(|id| Some(format!("{BENCHMARK}, {id} {}", control(id)?)));
    for (place, line) in techniques.chain(controls).enumerate() {
        let (space, name) = if place == 0 { ("\n", "also") } else { ("", "") };
        text += &format!("{space}{name:5}  {}\n", help::hanging(&line, 7));
    }
    std::io::stdout().write_all(text.as_bytes()).map_err(OutputError::Stdout)?;
    Ok(End::Complete)
}
