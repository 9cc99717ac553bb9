//! The long texts of the help: what a report proves, its columns, examples, exit codes.

use trailscan::report::{Column, ColumnKind, REPORTS, Report};

use super::args::AUDIT;

/// What exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0    complete answer
  1    no answer: no object could be read, the output cannot be written, or --max-memory was reached
  2    wrong usage
  3    partial answer: something was damaged, failed or malformed, or Ctrl-C ended the scan
  4    findings at or above --fail-on (3 beats 4)
  130  a second Ctrl-C: left at once";

/// Shown below the list of subcommands.
pub fn root() -> String {
    format!(
        "Examples:\n  \
         trailscan {AUDIT} ./AWSLogs                       every report over all that is there\n  \
         trailscan root-usage --days 30 ./AWSLogs        who used root in the last 30 days\n  \
         trailscan root-usage s3://amzn-s3-demo-bucket   the same, from where the trail delivers\n  \
         trailscan key-spread -o keys.csv ./AWSLogs      where long-lived keys are used, as CSV\n\n\
         `trailscan REPORT --help` shows what a report proves and does not prove, its columns and its options.\n\n\
         {EXIT_CODES}"
    )
}

/// What a report proves, for its long help.
pub fn about(report: &Report) -> String {
    format!("{}\n\n{}", report.summary, report.about).trim_end().to_owned()
}

/// What the audit is.
pub fn about_audit() -> String {
    let width = REPORTS.iter().map(|report| report.name.len()).max().unwrap_or(0);
    let lines: Vec<String> =
        REPORTS.iter().map(|report| format!("  {:width$}  {}", report.name, report.summary)).collect();
    format!("Every report, in one pass over the logs:\n\n{}", lines.join("\n"))
}

/// Examples, for the short help.
pub fn examples(name: &str) -> String {
    format!(
        "Examples:\n  \
         trailscan {name} --days 30 ./AWSLogs\n  \
         trailscan {name} --account 111122223333 --format json --output {name}.json ./AWSLogs\n  \
         zcat export.json.gz | trailscan {name} -"
    )
}

/// Columns, examples and exit codes, for the long help.
pub fn after(report: &Report) -> String {
    format!("{}\n\n{}\n\n{EXIT_CODES}", columns(report.columns), examples(report.name))
}

/// Examples and exit codes, for the long help of the audit.
pub fn after_audit() -> String {
    format!("{}\n\n{EXIT_CODES}", examples(AUDIT))
}

fn columns(columns: &[Column]) -> String {
    let width = columns.iter().map(|column| column.name.len()).max().unwrap_or(0);
    let lines = columns.iter().map(|column| {
        let unit = if column.unit.is_empty() { String::new() } else { format!(" ({})", column.unit) };
        format!("\n  {:width$}  {:5}  {}{unit}", column.name, kind(column.kind), column.about)
    });
    format!("Columns:{}", lines.collect::<String>())
}

const fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Id => "id",
        ColumnKind::Count => "count",
        ColumnKind::Time => "time",
        ColumnKind::List => "list",
        ColumnKind::NamedCounts => "list of name, count",
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
                assert!(
                    text.contains(&format!("\n  {} ", column.name)) && text.contains(column.about),
                    "{}",
                    column.name
                );
            }
            assert!(text.contains(EXIT_CODES) && text.contains(report.name));
        }
    }
}
