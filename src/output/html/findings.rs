//! All findings of the page, worst first, each with its evidence, what its rule means, and a place to link to.

use std::cmp::Reverse;
use std::collections::HashMap;

use maud::{Markup, html};
use serde_json::Value as Json;

use super::super::{Section, Told, sanitize};
use super::anchor::Anchors;
use super::cell::{badge, id, without_folder};
use super::news::mark;
use crate::model::{grouped, quantity};
use crate::report::{Finding, Rule, Severity, by_name, control, technique};

/// The most findings that stand on the page; a scan that has more has them grouped badly, and the JSON has all.
const MOST: usize = 1_000;

/// Findings of one rule and severity that stand open; the rest of them are folded, and all of what hardly matters.
const fn open(severity: Severity) -> Option<usize> {
    match severity {
        Severity::Critical | Severity::High => Some(3),
        Severity::Medium => Some(1),
        Severity::Low | Severity::Info => None,
    }
}

/// The findings of all sections.
pub(super) struct Findings<'a> {
    all: Vec<(&'a Section, Told<'a>)>,
    suppressed: usize,
}

impl<'a> Findings<'a> {
    /// Worst first; within a severity those of one rule stand together, and the rules as the reports found them.
    pub fn of(sections: &'a [Section]) -> Self {
        let mut all: Vec<_> =
            sections.iter().flat_map(|section| section.told().map(move |told| (section, told))).collect();
        all.sort_by_key(|(_, told)| Reverse(told.finding.severity));
        let mut rules: HashMap<(Severity, &str), usize> = HashMap::new();
        for (place, (_, told)) in all.iter().enumerate() {
            rules.entry((told.finding.severity, told.finding.rule)).or_insert(place);
        }
        all.sort_by_key(|(_, told)| rules.get(&(told.finding.severity, told.finding.rule)).copied());
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
        let severities =
            self.all[..self.all.len() - more].chunk_by(|(_, a), (_, b)| a.finding.severity == b.finding.severity);
        html! {
            section id="findings" {
                h2 { "Findings" span.sub { (self.totals()) } }
                @if self.all.is_empty() { p.empty { "None in what was read." } }
                @if self.all.len() > 1 {
                    div.tools data-findings hidden {
                        label { span.label { "Filter" } input type="search" placeholder="text, severity:high, rule:root, account:1111" spellcheck="false"; }
                        span.status role="status" aria-live="polite" {}
                    }
                }
                @for of_severity in severities { (of_one_severity(of_severity, &mut anchors)) }
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

/// The findings of a severity, rule by rule.
fn of_one_severity(found: &[(&Section, Told<'_>)], anchors: &mut Anchors) -> Markup {
    let severity = found.first().map_or(Severity::Info, |(_, told)| told.finding.severity);
    let rules: Vec<_> = found.chunk_by(|(_, a), (_, b)| a.finding.rule == b.finding.rule).collect();
    let Some(open) = open(severity) else {
        let counts: Vec<String> =
            rules.iter().map(|found| format!("{} {}", found[0].1.finding.rule, grouped(found.len()))).collect();
        return html! {
            details.rest {
                summary { (badge(severity)) " " (quantity(found.len() as u64, "finding")) ": " (counts.join(", ")) }
                @for (section, told) in found { (one(*told, section, anchors)) }
            }
        };
    };
    html! {
        @for found in rules {
            @let (first, rest) = found.split_at(found.len().min(open));
            @for (section, told) in first { (one(*told, section, anchors)) }
            @if !rest.is_empty() {
                details.rest {
                    summary { (badge(severity)) " " (quantity(rest.len() as u64, "more finding")) " of " (rest[0].1.finding.rule) }
                    @for (section, told) in rest { (one(*told, section, anchors)) }
                }
            }
        }
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
    let name = finding.evidence.get("account_name").and_then(Json::as_str).unwrap_or_default();
    let account = sanitize(format!("{name} {}", finding.account_id).trim()).to_lowercase();
    let seen = occurrence.in_words(&format!("{} {}", finding.subject, finding.summary));
    html! {
        article.finding id=(&anchor) data-severity=(finding.severity.as_str()) data-rule=(finding.rule) data-account=(account) {
            h3 {
                (badge(finding.severity)) (mark(standing)) " " a.rule href={ "#" (&anchor) } { (finding.rule) } " " (id(&finding.subject))
                @if !name.is_empty() || !finding.account_id.is_empty() && !finding.subject.contains(&finding.account_id) {
                    span.account { "account " @if !name.is_empty() { b { (sanitize(name)) } " " } (id(&finding.account_id)) }
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
                        @if !value.is_null() { dt { (name) } dd { (evidence(name, value)) } }
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
fn evidence(name: &str, value: &Json) -> Markup {
    match value {
        Json::Null => html! { span.none { "–" } },
        Json::Bool(flag) => html! { (if *flag { "yes" } else { "no" }) },
        Json::Number(number) if number.is_i64() || number.is_u64() => html! { (grouped(number)) },
        Json::Number(number) => html! { (number) },
        Json::String(file) if name == "file" => id(without_folder(file)),
        Json::String(text) => id(text),
        Json::Array(members) if members.is_empty() => html! { span.none { "none" } },
        Json::Array(members) => {
            html! { @for (i, member) in members.iter().enumerate() { @if i > 0 { ", " } (evidence(name, member)) } }
        }
        Json::Object(fields) => html! {
            @for (i, (name, value)) in fields.iter().enumerate() {
                @if i > 0 { ", " } span.field { (sanitize(name)) " " } (evidence(name, value))
            }
        },
    }
}
