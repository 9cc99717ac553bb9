//! A report on the page: what it is, its charts, its table.

use maud::{Markup, html};

use super::super::{Section, sanitize};
use super::{figure, table, tree};
use crate::report::charts::Picture;
use crate::report::{Finding, by_any_name};

/// The section of a report.
pub(super) fn section(section: &Section) -> Markup {
    let name = section.table.report;
    let about = by_any_name(name).map(|report| report.about).filter(|about| !about.is_empty());
    html! {
        section id=(name) {
            h2 { (name) @if !section.summary.is_empty() { span.sub { (section.summary) } } }
            @if !section.findings.is_empty() { (severities(&section.findings)) }
            // What is drawn by place belongs to the coverage, which knows the gaps.
            @for chart in section.charts.iter().filter(|chart| !matches!(chart.picture, Picture::Places(_))) {
                (figure::figure(chart))
            }
            @if let Some(tree) = &section.tree { (tree::tree(section, tree)) }
            h3 { "Table" }
            (table::table(section))
            @if let Some(about) = about {
                details.about { summary { "What a row proves, and what it does not" } pre { (sanitize_lines(about)) } }
            }
        }
    }
}

/// Which findings come from here.
fn severities(findings: &[Finding]) -> Markup {
    let what = if findings.len() == 1 { "1 finding" } else { "findings" };
    html! {
        p.counts {
            @if findings.len() > 1 { (findings.len()) " " }
            (what) " from this report, " a href="#findings" { "above" } "."
        }
    }
}

/// A text of ours in lines.
fn sanitize_lines(text: &str) -> String {
    text.lines().map(sanitize).collect::<Vec<_>>().join("\n")
}
