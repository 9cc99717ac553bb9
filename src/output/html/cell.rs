//! A value as it stands in a table of the page. The script makes the same cells from the embedded rows.

use maud::{Markup, html};

use super::super::sanitize;
use crate::model::grouped;
use crate::report::{Column, ColumnKind, Role, Severity, Value, address_text};

/// Members of a list that a cell shows; the opened row shows all.
const MEMBERS: usize = 3;

/// The cell of a value.
pub(super) fn cell(value: &Value, column: &Column) -> Markup {
    html! { td class=[class(column.kind)] { (inside(value, column)) } }
}

/// Numbers stand at the right, times on one line.
const fn class(kind: ColumnKind) -> Option<&'static str> {
    match kind {
        ColumnKind::Count => Some("n"),
        ColumnKind::Time => Some("t"),
        _ => None,
    }
}

fn inside(value: &Value, column: &Column) -> Markup {
    match value {
        Value::Null => html! { span.none { "–" } },
        Value::Text(file) if column.role == Some(Role::File) => id(without_folder(file)),
        Value::Severity(severity) => badge(*severity),
        Value::Address(address) => html! { (address) },
        Value::Text(text) if column.kind == ColumnKind::Id || text.starts_with("arn:") => id(text),
        Value::Text(text) if text.split(' ').any(|word| word.chars().count() > WORD) => {
            html! { span.long { (sanitize(text)) } }
        }
        Value::Text(text) => html! { (sanitize(text)) },
        Value::Count(count) => html! { (grouped(count)) },
        Value::Time(time) => html! { (shown_time(&time.to_string())) },
        Value::List(members) => some(members.iter().map(|member| id(member)), members.len()),
        Value::Addresses(members) => some(members.iter().map(|member| id(&address_text(member))), members.len()),
        Value::NamedCounts(counts) => {
            let named = counts.iter().map(|(name, count)| html! { (sanitize(name)) " " b { (grouped(count)) } });
            some(named, counts.len())
        }
    }
}

/// The first members, and how many follow.
fn some(members: impl Iterator<Item = Markup>, len: usize) -> Markup {
    html! {
        @for (i, member) in members.take(MEMBERS).enumerate() {
            span.m { (member) @if i + 1 < len.min(MEMBERS) { "," } } " "
        }
        @if len > MEMBERS { span.more { "+" (grouped(len - MEMBERS)) } }
        @if len == 0 { span.none { "none" } }
    }
}

/// The most letters of an id that stand on one line, and of a word of other texts; the script has the same numbers.
const LINE: usize = 12;
const WORD: usize = 10;

/// An id, whole: a click copies it. A long one may break anywhere, so that no column is pushed off the page.
pub(super) fn id(text: &str) -> Markup {
    let is_long = text.chars().count() > LINE;
    html! { code.id.long[is_long] { (sanitize(text)) } }
}

/// A file without the folders that it lies in: a page is passed on, and where files lie on the machine that made it is
/// nobody else's business. What lies in a bucket, and files in an archive, keep their names.
pub(super) fn without_folder(name: &str) -> &str {
    if name.starts_with("s3://") {
        return name;
    }
    let file = name.find("!/").unwrap_or(name.len());
    name[..file].rfind('/').map_or(name, |slash| &name[slash + 1..])
}

/// A severity in its colour.
pub(super) fn badge(severity: Severity) -> Markup {
    let word = severity.as_str();
    html! { span class={ "badge " (word) } { (word) } }
}

/// `2026-09-07 02:15:00Z`.
pub(super) fn shown_time(time: &str) -> String {
    time.replacen('T', " ", 1)
}
