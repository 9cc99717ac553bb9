//! What is new since an earlier answer, before all findings.

use maud::{Markup, html};

use super::super::news::{self, Group};
use super::super::{Section, sanitize};
use super::cell::{badge, id};
use crate::report::{Gone, News, Standing};

/// Groups of findings that are named; all are marked below.
const SHOWN: usize = 20;

/// The section; nothing where there is no baseline.
pub(super) fn section(news: Option<&News>, sections: &[Section]) -> Markup {
    html! {
        @if let Some(news) = news {
            section id="since-baseline" {
                h2 { "What is new" span.sub { (sanitize(&news::headline(news))) } }
                p.note { (sanitize(&news::basis(news))) "." }
                (groups("New or worse", &news::standing(sections, Standing::is_news)))
                (groups(
                    "Not covered by the baseline",
                    &news::standing(sections, |standing| matches!(standing, Standing::NotCovered(_))),
                ))
                (groups("Better", &news::standing(sections, |standing| matches!(standing, Standing::Better(..)))))
                (gone(news))
                @if news.first_seen() > 0 {
                    h3 { "Seen for the first time" }
                    ul {
                        @for first in news::first_seen(news) {
                            li { b { (news::counted(first)) } ul { @for thing in news::things(first) { li { (sanitize(&thing)) } } } }
                        }
                    }
                }
                @for line in news::not_covered(news, sections) { p.note { "Not covered by the baseline: " (sanitize(&line)) "." } }
                @for caveat in &news.caveats { p.note.loud { (sanitize(caveat)) "." } }
            }
        }
    }
}

/// A mark beside the severity of a finding.
pub(super) fn mark(standing: Option<&Standing>) -> Markup {
    html! {
        @if let (Some(standing), Some(mark)) = (standing, news::mark(standing)) {
            " " span.mark data-since=(standing.as_str()) title=[standing.not_covered_because()] { (mark) }
        }
    }
}

fn groups(title: &str, groups: &[Group<'_>]) -> Markup {
    let rest: usize = groups.iter().skip(SHOWN).map(|group| group.more + 1).sum();
    html! {
        @if !groups.is_empty() {
            h3 { (title) }
            ul {
                @for Group { first, more } in groups.iter().take(SHOWN) {
                    li {
                        (badge(first.finding.severity)) (mark(first.standing)) " " b { (first.finding.rule) } " "
                        (sanitize(&news::in_a_sentence(first.finding, *more)))
                    }
                }
                @if rest > 0 { li { (rest) " more, marked below" } }
            }
        }
    }
}

fn gone(news: &News) -> Markup {
    let not_found: Vec<&Gone> = news::not_found(news).collect();
    html! {
        @if !news.gone.is_empty() {
            h3 { "Gone" }
            ul {
                @for gone in not_found.iter().take(SHOWN) {
                    li { (badge(gone.finding.severity)) " " b { (gone.finding.rule) } " " (id(&gone.finding.subject)) ": " (sanitize(&gone.why)) }
                }
                @if not_found.len() > SHOWN { li { (not_found.len() - SHOWN) " more not found any more" } }
                @for line in news::gone_otherwise(news) { li { (sanitize(&line)) } }
            }
        }
    }
}
