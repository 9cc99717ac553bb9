//! All findings of the page, worst first, each with its evidence, what its rule means, and a place to link to.

use std::cmp::Reverse;

use maud::{Markup, html};
use serde_json::Value as Json;

use super::super::{Section, Told, sanitize};
use super::anchor::Anchors;
use super::cell::{badge, id};
use super::news::mark;
use crate::model::{grouped, quantity};
use crate::report::{Finding, Rule, Severity, by_name, control, technique};

/// The most findings that stand on the page; a scan that has more has them grouped badly, and the JSON has all.
const MOST: usize = 1_000;

/// Findings of one rule that stand open; the rest of them are folded.
const SHOWN: usize = 8;

/// The findings of all sections.
pub(super) struct Findings<'a> {
    all: Vec<(&'a Section, Told<'a>)>,
    suppressed: usize,
}

impl<'a> Findings<'a> {
    /// Worst first; within a severity the reports keep their order.
    pub fn of(sections: &'a [Section]) -> Self {
        let mut all: Vec<_> =
            sections.iter().flat_map(|section| section.told().map(move |told| (section, told))).collect();
        all.sort_by_key(|(_, told)| Reverse(told.finding.severity));
        Self { all, suppressed: sections.iter().map(|section| section.suppressed).sum() }
    }

    /// How many there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|(_, told)| told.finding.severity == severity).count()
    }

    /// Their part of the page.
    pub fn section(&self) -> Markup {
        let mut anchors = Anchors::default();
        let more = self.all.len().saturating_sub(MOST);
        let groups = self.all[..self.all.len() - more].chunk_by(|(_, a), (_, b)| a.finding.rule == b.finding.rule);
        html! {
            section id="findings" {
                h2 { "Findings" span.sub { (self.totals()) } }
                @if self.all.is_empty() { p.empty { "None in what was read." } }
                @if self.all.len() > 1 {
                    div.tools data-findings hidden {
                        label { span.label { "Filter" } input type="search" placeholder="text, or severity:high" spellcheck="false"; }
                        span.status role="status" aria-live="polite" {}
                    }
                }
                @for group in groups {
                    @let (first, rest) = group.split_at(group.len().min(SHOWN));
                    @for (section, told) in first { (one(*told, section, &mut anchors)) }
                    @if !rest.is_empty() {
                        details.rest {
                            summary { (quantity(rest.len() as u64, "more finding")) " of " (rest[0].1.finding.rule) }
                            @for (section, told) in rest { (one(*told, section, &mut anchors)) }
                        }
                    }
                }
                @if self.suppressed > 0 {
                    p.note { (quantity(self.suppressed as u64, "finding")) " suppressed by trailscan.toml." }
                }
                @if more > 0 {
                    p.note.loud { (quantity(more as u64, "more finding")) " not on this page: " code { "--format json" } " has all." }
                }
            }
        }
    }

    fn totals(&self) -> String {
        let worst_first = Severity::ALL.into_iter().rev().map(|severity| (severity, self.count(severity)));
        let told = worst_first
            .filter(|&(_, count)| count > 0)
            .map(|(severity, count)| format!("{count} {}", severity.as_str()));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// The subject without the account that stands before it in the anchor.
fn without(finding: &Finding) -> String {
    match finding.account_id.as_str() {
        "" => finding.subject.clone(),
        account => finding.subject.replace(account, ""),
    }
}

fn one(Told { finding, standing }: Told<'_>, section: &Section, anchors: &mut Anchors) -> Markup {
    let anchor = anchors.give(&["finding", finding.rule, &finding.account_id, &without(finding)]);
    let report = section.table.report;
    let rule = by_name(report).and_then(|report| report.rules.iter().find(|rule| rule.id == finding.rule));
    let occurrence = finding.occurrence();
    let seen = occurrence.in_words(&format!("{} {}", finding.subject, finding.summary));
    html! {
        article.finding id=(&anchor) data-severity=(finding.severity.as_str()) {
            h3 {
                (badge(finding.severity)) (mark(standing)) " " a.rule href={ "#" (&anchor) } { (finding.rule) } " " (id(&finding.subject))
                @if !finding.account_id.is_empty() && !finding.subject.contains(&finding.account_id) {
                    span.account { "account " (id(&finding.account_id)) }
                }
            }
            p { (sanitize(&finding.summary)) "." }
            @if !seen.is_empty() { p.seen { (sanitize(&seen)) } }
            details {
                summary {
                    "Evidence"
                    @if occurrence.first_seen.is_some() { ": " (quantity(finding.count.unsigned_abs(), "event")) }
                    @if rule.is_some() { ", how to check it, how to fix it" }
                }
                @if let Some(rule) = rule { (advice(rule)) }
                dl.evidence {
                    @for (name, value) in &finding.evidence {
                        @if !value.is_null() { dt { (name) } dd { (evidence(value)) } }
                    }
                }
                p.from { "From " a href={ "#" (report) } { (report) } "." }
            }
        }
    }
}

fn advice(rule: &Rule) -> Markup {
    html! {
        div.advice {
            @for (title, text) in [("Means", rule.about), ("Check", rule.check), ("Fix", rule.fix)] {
                @if !text.is_empty() { p { b { (title) ": " } (text) } }
            }
            @let others = elsewhere(rule);
            @if !others.is_empty() { p { b { "Elsewhere: " } (others.join("; ")) } }
            @if rule.page.starts_with("https://") {
                p { a href=(rule.page) rel="noreferrer noopener" target="_blank" { "AWS: " (rule.page) } }
            } @else if !rule.page.is_empty() { p { "AWS: " (rule.page) } }
        }
    }
}

/// What the rule is about in the words of others.
fn elsewhere(rule: &Rule) -> Vec<String> {
    let techniques = rule.techniques.iter().filter_map(|id| Some(format!("ATT&CK {id}, {}", technique(id)?)));
    let controls = rule.controls.iter().filter_map(|id| Some(format!("CIS {id}, {}", control(id)?)));
    techniques.chain(controls).collect()
}

/// A value of the evidence in words.
fn evidence(value: &Json) -> Markup {
    match value {
        Json::Null => html! { span.none { "–" } },
        Json::Bool(flag) => html! { (if *flag { "yes" } else { "no" }) },
        Json::Number(number) if number.is_i64() || number.is_u64() => html! { (grouped(number)) },
        Json::Number(number) => html! { (number) },
        Json::String(text) => id(text),
        Json::Array(members) if members.is_empty() => html! { span.none { "none" } },
        Json::Array(members) => {
            html! { @for (i, member) in members.iter().enumerate() { @if i > 0 { ", " } (evidence(member)) } }
        }
        Json::Object(fields) => html! {
            @for (i, (name, value)) in fields.iter().enumerate() {
                @if i > 0 { ", " } span.field { (sanitize(name)) " " } (evidence(value))
            }
        },
    }
}
