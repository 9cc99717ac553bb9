//! The long texts of the help: what a report proves, its columns, examples, exit codes.

use trailscan::report::{Column, ColumnKind, LOG_EXAMPLES, REPORTS, Report, audited, variants_of, with_rules};

/// The subcommand that runs every report.
pub const AUDIT: &str = "audit";

/// The most columns of a terminal that help takes; its tables are written for that many.
pub const WIDTH: usize = 100;

/// What exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0    complete answer
  1    no answer: nothing was read, the output cannot be written, or --max-memory was reached
  2    wrong usage
  3    partial answer: something was damaged, failed, malformed or archived, has no readable time
       or is in a form that is not read (a zip, a table); nothing lies in the window, or is of an
       account or region that was asked for; or Ctrl-C ended it
  4    findings at or above --fail-on (3 beats 4)
  130  a second Ctrl-C: left at once";

/// Shown below the list of subcommands: with that it fills a screen.
pub fn root() -> String {
    format!("Examples:\n  {}", EXAMPLES[1])
}

/// The same for the long help, which has room for another example and the exit codes.
pub fn root_long() -> String {
    format!(
        "Examples:\n  {}\n`trailscan REPORT --help`: what it proves; `trailscan explain RULE`: what a finding means.\n\n\
         {EXIT_CODES}",
        EXAMPLES.join("\n  ")
    )
}

/// Commands to begin with, each with what it answers.
const EXAMPLES: &[&str] = &[
    "trailscan root-usage --days 30 ./AWSLogs        who used root in the last 30 days",
    "trailscan audit s3://amzn-s3-demo-bucket        every report, over what a trail delivers there",
    "trailscan trace root@111122223333 ./AWSLogs     what a credential comes from, and what it issued",
];

/// What a report proves, for its long help.
pub fn about(report: &Report) -> String {
    format!("{}\n\n{}", report.summary, report.about).trim_end().to_owned()
}

/// What the audit's scorecard says, and what it rests on.
const SCORECARD: &str = "\
It begins with what to look at first and a scorecard: the seven practices of the IAM checklist, account by account.

  INCORRECT  something in the logs or in the state breaks the practice: a finding, low or worse
  CORRECT    what was read proves it. The use of root and keys on machines: 30 whole days of logs of
             every enabled region, read-only events among them, which nothing blinded. The others: a
             file of IAM's state of the last day of the logs or the day before, and no change after
  UNKNOWN    neither, or something that could break it was not judged; `next` (in JSON) says what
             would settle it

What CORRECT does not prove: that nobody did what leaves no record, or looks like the work of the owner.";

/// What the audit is.
pub fn about_audit() -> String {
    // The sections that a flag of a report answers have longer names, and stand on a line of their own.
    let is_report = |report: &&Report| REPORTS.iter().any(|one| one.name == report.name);
    let width = audited().filter(is_report).map(|report| report.name.len()).max().unwrap_or(0);
    let line = |report: &Report| match report.name.len() > width {
        true => format!("  {}\n  {:width$}  {}", report.name, "", report.summary),
        false => format!("  {:width$}  {}", report.name, report.summary),
    };
    let lines: Vec<String> = audited().map(line).collect();
    let alone: Vec<&str> = audited().filter(|report| !report.is_audited_alone()).map(|report| report.name).collect();
    format!(
        "Every report, in one pass over the logs:\n\n{}\n\n{} {} among them when files of IAM's state are given.\n\n{SCORECARD}",
        lines.join("\n"),
        listing(&alone),
        if alone.len() == 1 { "is" } else { "are" }
    )
}

/// Names in a sentence.
fn listing(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// What the scorecard alone is.
pub const ABOUT_SCORECARD: &str = "The seven practices of the IAM checklist, account by account: broken, kept, or not \
proven, each with its reason and the next command.\n\nWhat `audit` begins with, without the reports that it is made from.";

/// What the findings alone are.
pub const ABOUT_FINDINGS: &str = "What every report found, as one list: a row a finding in CSV, JSON Lines and Parquet, and in the \
formats of findings, sarif, ocsf and junit.\n\nA fact is one finding, whichever reports tell it, as in `audit`.";

/// Examples of the parts of an audit.
const PART_EXAMPLES: &[&str] = &[
    "trailscan REPORT ./AWSLogs",
    "trailscan REPORT --severity high ./AWSLogs",
    "trailscan REPORT --output REPORT.json ./AWSLogs",
];

/// The examples of a report, or of the audit and its parts.
pub fn examples(name: &str) -> String {
    let others = if name == AUDIT { LOG_EXAMPLES } else { PART_EXAMPLES };
    let all = with_rules().find(|report| report.name == name).map_or(others, |report| report.examples);
    format!("Examples:\n  {}", all.join("\n  ").replace("REPORT", name))
}

/// Columns, examples and exit codes, for the long help.
pub fn after(report: &Report) -> String {
    let of_variants = variants_of(report)
        .filter(|variant| !variant.report.columns.is_empty())
        .map(|variant| format!("\n\nColumns of --{}:{}", variant.flag, listed(variant.report.columns)));
    let of_variants: String = of_variants.collect();
    format!("{}{of_variants}\n\n{}\n\n{EXIT_CODES}", columns(report.columns), examples(report.name))
}

/// Examples and exit codes, for the long help of the audit.
pub fn after_audit() -> String {
    format!("{}\n\n{EXIT_CODES}", examples(AUDIT))
}

/// Columns, examples and exit codes, for the long help of a part of an audit.
pub fn after_part(name: &str, of: &[Column]) -> String {
    format!("{}\n\n{}\n\n{EXIT_CODES}", columns(of), examples(name))
}

fn columns(columns: &[Column]) -> String {
    format!("Columns (shown by --columns, all of them in every format but table):{}", listed(columns))
}

/// A line a column, or more.
fn listed(columns: &[Column]) -> String {
    let width = columns.iter().map(|column| column.name.len()).max().unwrap_or(0);
    let lines = columns.iter().map(|column| {
        let head = format!("  {:width$}  {:5}  ", column.name, kind(column.kind));
        format!("\n{head}{}", hanging(column.about, head.len()))
    });
    lines.collect()
}

/// `text` in lines of [`WIDTH`] columns, of which the first stands behind `indent` others and the rest below it.
pub fn hanging(text: &str, indent: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if indent + line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

const fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Id => "id",
        ColumnKind::Count => "count",
        ColumnKind::Time => "time",
        ColumnKind::List => "list",
        ColumnKind::NamedCounts => "names",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_of_a_report_tells_every_column() {
        for report in REPORTS {
            let text = after(report);
            for column in report.columns {
                let about = column.about.split_whitespace().next().unwrap();
                let tells = |line: &str| line.starts_with(&format!("  {} ", column.name)) && line.contains(about);
                assert!(text.lines().any(tells), "{}", column.name);
            }
            assert!(text.contains(EXIT_CODES) && text.contains(report.name));
        }
    }

    #[test]
    fn the_help_of_a_report_tells_the_columns_of_its_other_questions() {
        for report in REPORTS {
            let text = after(report);
            for variant in variants_of(report) {
                let tells = |column: &Column| text.lines().any(|line| line.starts_with(&format!("  {} ", column.name)));
                assert!(variant.report.columns.iter().all(tells), "--{}", variant.flag);
                assert!(report.about.contains(&format!("--{}", variant.flag)), "--{} is not in the help", variant.flag);
            }
        }
    }

    /// Lines that were laid out by hand (tables, examples) fit; what clap wraps by itself has no line ends inside.
    #[test]
    fn no_line_of_a_table_is_wrapped() {
        let texts = REPORTS.iter().flat_map(|report| [about(report), after(report)]);
        for text in texts.chain([root(), about_audit(), after_audit()]) {
            for line in text.lines().filter(|line| line.starts_with("  ")) {
                assert!(line.chars().count() <= WIDTH, "{line}");
            }
        }
    }

    #[test]
    fn long_texts_hang() {
        let text = "word ".repeat(30);
        let hung = hanging(&text, 60);
        assert!(hung.lines().skip(1).all(|line| line.starts_with(&" ".repeat(60)) && line.len() <= WIDTH), "{hung}");
        assert_eq!(hung.split_whitespace().count(), 30);
        assert_eq!(hanging("", 3), "");
    }
}
