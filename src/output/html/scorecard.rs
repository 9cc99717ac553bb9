//! The scorecard: practices by account, from whatever section has one.
//!
//! A section is a scorecard when its table has a column `practice` and a column whose every value is INCORRECT, CORRECT
//! or UNKNOWN. Its table stands further down as any other; here it is the first thing seen.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::super::{Section, sanitize};
use super::cell::id;
use crate::report::{Practice, Table, Value};

const VERDICTS: [&str; 3] = ["INCORRECT", "CORRECT", "UNKNOWN"];

/// Practices that the card has rows for, accounts, and what is said of each pair.
struct Card<'a> {
    section: &'a Section,
    accounts: BTreeSet<&'a str>,
    verdicts: BTreeMap<(&'a str, &'a str), &'a str>,
}

/// Whether there is one.
pub(super) fn is_there(sections: &[Section]) -> bool {
    sections.iter().any(|section| columns(&section.table).is_some())
}

/// The scorecard; nothing where no section has one.
pub(super) fn scorecard(sections: &[Section]) -> Markup {
    let Some(card) = sections.iter().find_map(Card::of) else { return html! {} };
    let known: Vec<&str> = Practice::ALL.into_iter().map(Practice::as_str).collect();
    let others: BTreeSet<&str> =
        card.verdicts.keys().map(|(practice, _)| *practice).filter(|practice| !known.contains(practice)).collect();
    html! {
        section id="scorecard" {
            h2 { "Scorecard" span.sub { (card.section.summary) } }
            div.scroll tabindex="0" role="region" aria-label="Scorecard" {
                table.card {
                    thead { tr { th scope="col" { "practice" } @for account in &card.accounts { th scope="col" { (id(account)) } } } }
                    tbody { @for practice in known.iter().chain(&others) { (card.row(practice)) } }
                }
            }
            p.note { "INCORRECT: something in the logs or files breaks the practice. CORRECT: nothing does, and enough was seen to say so. "
                "UNKNOWN: not enough was seen. Reasons: " a href={ "#" (card.section.table.report) } { "the table" } "." }
        }
    }
}

impl<'a> Card<'a> {
    fn of(section: &'a Section) -> Option<Self> {
        let table = &section.table;
        let (practice, verdict) = columns(table)?;
        let account = table.columns.iter().position(|column| column.name == "account_id");
        let mut card = Self { section, accounts: BTreeSet::new(), verdicts: BTreeMap::new() };
        for row in &table.rows {
            let account = account.map_or("", |account| text(&row[account]));
            card.accounts.insert(account);
            card.verdicts.insert((text(&row[practice]), account), text(&row[verdict]));
        }
        Some(card)
    }

    fn row(&self, practice: &str) -> Markup {
        html! {
            tr {
                th scope="row" { (sanitize(practice)) }
                @for account in &self.accounts {
                    @let verdict = self.verdicts.get(&(practice, *account)).copied().unwrap_or_default();
                    td { @if verdict.is_empty() { span.none { "–" } } @else { span class={ "verdict " (verdict.to_lowercase()) } { (verdict) } } }
                }
            }
        }
    }
}

/// Where the practice and the verdict stand; `None` when the table is no scorecard.
fn columns(table: &Table) -> Option<(usize, usize)> {
    let practice = table.columns.iter().position(|column| column.name == "practice")?;
    let is_verdict =
        |i: &usize| !table.rows.is_empty() && table.rows.iter().all(|row| VERDICTS.contains(&text(&row[*i])));
    let verdict = (0..table.columns.len()).find(is_verdict)?;
    Some((practice, verdict))
}

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}
