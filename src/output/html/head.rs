//! The top of the page: what it is about, whether it is whole, and its numbers at a glance.

use maud::{Markup, html};

use super::super::coverage::nothing_read;
use super::super::{Document, coverage_line, sanitize};
use super::cell::{badge, id, shown_time, without_folder};
use super::findings::Findings;
use crate::coverage::{Coverage, LoggingChange, SEE_LOGGING_CHANGES};
use crate::model::{EventTime, grouped, quantity};
use crate::report::Severity;

/// Objects that could not be read and are named at the top; the coverage names all.
const FAILURES: usize = 5;

/// Calls that took logs away and are named at the top; the coverage names all.
const CHANGES: usize = 5;

/// Title, window and the coverage in one line.
pub(super) fn top(title: &str, document: &Document<'_>) -> Markup {
    let line = coverage_line(document.coverage, document.window);
    html! {
        header {
            div.bar {
                h1 { (title) }
                button.theme type="button" hidden { "Light / dark" }
            }
            @if let Some(window) = document.window {
                p.window {
                    "Window: " b { (shown_time(&window.since().to_string())) } " to " b { (shown_time(&window.until().to_string())) }
                }
            }
            p.coverage { (sanitize(&line)) }
        }
    }
}

/// What makes the answer less than whole, loudly.
pub(super) fn banner(coverage: &Coverage) -> Markup {
    let gaps = coverage.gaps.len();
    html! {
        @if coverage.is_partial() {
            div.banner.bad role="alert" {
                h2 {
                    @if coverage.interrupted { "Interrupted: this page speaks of a part" }
                    @else if coverage.window_is_empty { "Nothing lies in the window" }
                    @else { "Partial: something could not be read" }
                }
                @if let Some(nothing) = nothing_read(coverage) { p { (nothing) "." } }
                p {
                    @if coverage.places_failed > 0 { (quantity(coverage.places_failed, "place")) " not listed, " }
                    (quantity(coverage.objects_failed, "object")) " failed, " (grouped(coverage.objects_damaged)) " damaged, "
                    (quantity(coverage.malformed_records, "record")) " malformed"
                    @if coverage.broken_records > 0 { ", " (grouped(coverage.broken_records)) " not understood whole" }
                    @if coverage.interrupted { ", stopped before the end" }
                    ". What is not here may still have happened."
                }
                @if !coverage.failures.is_empty() {
                    ul { @for failure in coverage.failures.iter().take(FAILURES) { li { (id(without_folder(&failure.object))) ": " (sanitize(&failure.why)) } } }
                    @if coverage.failures.len() > FAILURES { p { a href="#failures" { "All " (coverage.failures.len()) } } }
                }
            }
        }
        @if !coverage.logging_changes.is_empty() || gaps > 0 {
            div.banner.careful {
                h2 { "Logging was interrupted or changed" }
                @if !coverage.logging_changes.is_empty() {
                    p { a href="#logging-changes" { (quantity(coverage.logging_changes.len() as u64, "call")) " that changed or stopped logging" } "." }
                    ul { @for change in took_away(coverage) { li { (took(change)) } } }
                }
                @if gaps > 0 {
                    p { a href="#gaps" { (quantity(gaps as u64, "gap")) " without any log object" } ": account and region pairs with no log file on some days." }
                }
            }
        }
        @let warnings: Vec<&String> = coverage.warnings.iter().filter(|warning| !warning.ends_with(SEE_LOGGING_CHANGES)).collect();
        @if !warnings.is_empty() {
            div.banner.careful {
                h2 { "Warnings" }
                ul { @for warning in warnings { li { (sanitize(&about_file(warning))) } } }
            }
        }
    }
}

/// The first changes of logging that took something away.
fn took_away(coverage: &Coverage) -> impl Iterator<Item = &LoggingChange> {
    coverage.logging_changes.iter().filter(|change| change.effect != "kept").take(CHANGES)
}

fn took(change: &LoggingChange) -> Markup {
    let time = |time: EventTime| shown_time(&time.to_string());
    html! {
        @if let Some(at) = change.time { (time(at)) " " }
        (sanitize(&change.event)) @if !change.trail.is_empty() { " of " (id(&change.trail)) } " by " (id(&change.actor))
        @if let Some(undone) = change.undone { ", undone " (time(undone)) }
    }
}

/// A warning that begins with a file, without the folders that it lies in.
fn about_file(warning: &str) -> String {
    match warning.split_once(": ") {
        Some((file, said)) if !file.contains(' ') => format!("{}: {said}", without_folder(file)),
        _ => warning.to_owned(),
    }
}

/// The numbers at a glance; those of findings where there can be some.
pub(super) fn tiles(document: &Document<'_>, findings: Option<&Findings<'_>>) -> Markup {
    let coverage = document.coverage;
    let worst_first = Severity::ALL.into_iter().rev();
    html! {
        div.tiles {
            @if let Some(findings) = findings {
                div.tile.wide {
                    span.what { "Findings" }
                    span.list {
                        @for severity in worst_first {
                            span.count.zero[findings.count(severity) == 0] { b { (findings.count(severity)) } " " (badge(severity)) }
                        }
                    }
                }
            }
            (tile("Events counted", &grouped(coverage.events_counted), &left_out(coverage)))
            (tile("Accounts", &grouped(coverage.accounts.len()), &quantity(coverage.regions.len() as u64, "region")))
            (tile("Objects read", &grouped(coverage.objects_read + coverage.objects_damaged), &megabytes(coverage.bytes_json)))
        }
    }
}

fn tile(what: &str, number: &str, note: &str) -> Markup {
    html! { div.tile { span.what { (what) } b.number { (number) } span.note { (note) } } }
}

fn left_out(coverage: &Coverage) -> String {
    match coverage.events.saturating_sub(coverage.events_counted) {
        0 => "all that were read".to_owned(),
        others => format!("{} read and not counted", grouped(others)),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB of JSON", grouped(bytes / 1_000_000), bytes / 100_000 % 10)
}
