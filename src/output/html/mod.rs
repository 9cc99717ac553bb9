//! One self-contained page: findings, charts, tables and coverage, for people who were not there when it was made.
//!
//! Nothing is fetched and nothing is sent: styles, script, pictures and rows are in the file, and a Content-Security-
//! Policy that names the style and the script by their hashes forbids everything else. All is readable without the
//! script, which only sorts, filters, turns pages and copies. Markup is made by `maud` templates, which are checked when
//! the program is compiled and escape every text; text from logs is made visible by [`sanitize`](super::sanitize())
//! before. The same document gives the same bytes.
//!
//! Templates are macros of Rust and not files of their own, because `maud` brings no crate that the build does not have
//! already but itself and its macros.

mod anchor;
mod cell;
mod coverage;
mod data;
mod figure;
mod findings;
mod head;
mod news;
mod policy;
mod scorecard;
mod section;
mod svg;
mod table;
#[cfg(test)]
mod tests;
mod tree;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Content, Document, Section, SectionKind, VERSION};
use crate::report::by_any_name;
use findings::Findings;

/// How the page looks.
const STYLE: &str = include_str!("page.css");

/// What sorts and filters.
const SCRIPT: &str = include_str!("page.js");

/// Writes the page.
pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sections = document.sections();
    let findings = Findings::of(sections);
    let title = title(document);
    let before = html! {
        (head::banner(document.coverage))
        (head::tiles(document, can_find(sections).then_some(&findings)))
        (news::section(document.news, sections))
        (scorecard::scorecard(sections))
        @if can_find(sections) { (findings.section()) }
    };
    put(out, DOCTYPE)?;
    out.write_all(b"<html lang=\"en\">")?;
    put(out, meta(&title))?;
    out.write_all(b"<body>")?;
    put(out, head::top(&title, document))?;
    out.write_all(b"<div class=\"frame\">")?;
    put(out, contents(document))?;
    out.write_all(b"<main id=\"main\">")?;
    put(out, before)?;
    for section in sections.iter().filter(|section| section.kind == SectionKind::Report) {
        put(out, section::section(section))?;
    }
    put(out, coverage::section(document))?;
    out.write_all(b"</main></div>")?;
    put(out, foot())?;
    for section in sections {
        data::write(section, out)?;
    }
    put(out, html! { script { (PreEscaped(SCRIPT)) } })?;
    out.write_all(b"</body></html>\n")
}

/// Whether there can be findings: a report without rules has none, which says nothing.
fn can_find(sections: &[Section]) -> bool {
    let has_rules = |section: &Section| by_any_name(section.table.report).is_none_or(|report| !report.rules.is_empty());
    sections.iter().any(|section| !section.findings.is_empty() || has_rules(section))
}

fn put(out: &mut dyn Write, markup: impl Into<String>) -> io::Result<()> {
    out.write_all(markup.into().as_bytes())
}

fn title(document: &Document<'_>) -> String {
    match document.content {
        Content::Audit(_) => "CloudTrail audit".to_owned(),
        Content::Report(section) => format!("CloudTrail {}", section.table.report),
    }
}

fn meta(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy::policy(STYLE, SCRIPT));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            meta name="generator" content=(format!("trailscan {VERSION}"));
            title { (title) }
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// The list of what is on the page.
fn contents(document: &Document<'_>) -> Markup {
    html! {
        nav aria-label="Contents" {
            @if document.news.is_some() { a href="#since-baseline" { "What is new" } }
            @if document.sections().iter().any(scorecard::is_one) { a href="#scorecard" { "Scorecard" } }
            @if can_find(document.sections()) { a href="#findings" { "Findings" } }
            @for section in document.sections().iter().filter(|section| section.kind == SectionKind::Report) {
                a href={ "#" (section.table.report) } { (section.table.report) }
                (tree::contents(section))
            }
            a href="#coverage" { "Coverage" }
        }
    }
}

fn foot() -> Markup {
    html! {
        footer {
            p {
                "Made by trailscan " (VERSION) ". Times are UTC. The page is one file: it loads nothing and sends nothing. "
                "Text from logs was written by whoever made the calls: names and user agents are claims, not facts."
            }
        }
    }
}
