//! A table of the page: the first rows as HTML, for printing and for readers without the script.

use maud::{Markup, html};

use super::super::{Section, sanitize};
use super::cell::cell;
use super::data::{is_shown, kind};
use crate::model::{grouped, quantity};
use crate::report::{Column, Table, typed};

/// Rows that stand as HTML. The script shows as many on a page.
const ROWS: usize = 50;

/// The table, what can be done with it, and what is not in it.
pub(super) fn table(section: &Section) -> Markup {
    let table = &section.table;
    if table.rows.is_empty() {
        return html! { p.empty { "No rows." @if let Some(hidden) = &section.hidden { " " (sanitize(hidden)) "." } } };
    }
    let shown: Vec<usize> = (0..table.columns.len()).filter(|&i| is_shown(table, &table.columns[i])).collect();
    html! {
        div.tools data-tools=(table.report) hidden {
            label { span.label { "Filter" } input type="search" placeholder="text, or column:text" spellcheck="false"; }
            label.check { input type="checkbox"; span { "all " (table.columns.len()) " columns" } }
            span.status role="status" aria-live="polite" {}
            span.pages { button type="button" data-page="-1" { "‹ previous" } button type="button" data-page="1" { "next ›" } }
        }
        div.scroll tabindex="0" role="region" aria-label={ "Table " (table.report) } {
            table data-table=(table.report) {
                thead { tr { @for &i in &shown { (header(&table.columns[i])) } } }
                tbody {
                    @for row in table.rows.iter().take(ROWS) {
                        tr { @for &i in &shown { (cell(&row[i], &table.columns[i])) } }
                    }
                }
            }
        }
        (notes(section, table, shown.len()))
    }
}

fn header(column: &Column) -> Markup {
    html! { th scope="col" data-kind=(kind(column.kind)) title=(column.about) { (column.name) } }
}

/// What is not in the table: rows of it that need the script, rows that a limit cut, rows that an option left out.
fn notes(section: &Section, table: &Table, columns: usize) -> Markup {
    let beyond = table.rows.len().saturating_sub(ROWS);
    let cut = table.rows_total.saturating_sub(table.rows.len());
    let hidden_columns = table.columns.len() - columns;
    let command = typed(table.report);
    html! {
        @if beyond > 0 || hidden_columns > 0 {
            p.note.static {
                @if beyond > 0 {
                    "The first " (ROWS) " of " (quantity(table.rows.len() as u64, "row")) "; "
                }
                @if hidden_columns > 0 { (quantity(hidden_columns as u64, "more column")) "; " }
                "with scripts on this page shows all of it, as does " code { "trailscan " (command) " --format json" } "."
            }
        }
        @if cut > 0 {
            p.note.loud {
                (quantity(cut as u64, "more row")) " of " (grouped(table.rows_total)) " are not on this page "
                "(" code { "--limit 0" } " puts all of them here)."
            }
        }
        @if let Some(hidden) = &section.hidden { p.note { (sanitize(hidden)) "." } }
        @if section.suppressed > 0 { p.note { (quantity(section.suppressed as u64, "finding")) " suppressed by trailscan.toml." } }
    }
}
