//! The scorecard: practices by account at a glance, and its table with the reasons below.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::super::{Section, SectionKind, sanitize};
use super::cell::id;
use super::table;
use crate::model::quantity;
use crate::report::{Practice, Role, Value};

/// The most accounts that stand side by side.
const ACCOUNTS: usize = 40;

/// The accounts, and the verdict and its reason for each practice of each.
struct Card<'a> {
    section: &'a Section,
    accounts: BTreeSet<&'a str>,
    verdicts: BTreeMap<(&'a str, &'a str), (&'a str, &'a str)>,
}

/// Whether a section is the scorecard, which stands before the findings.
pub(super) fn is_one(section: &Section) -> bool {
    section.kind == SectionKind::Scorecard
}

/// The scorecard; nothing where no section is one.
pub(super) fn scorecard(sections: &[Section]) -> Markup {
    let Some(card) = sections.iter().find_map(Card::of) else { return html! {} };
    let more = card.accounts.len().saturating_sub(ACCOUNTS);
    html! {
        section id="scorecard" {
            h2 { "Scorecard" span.sub { (card.section.summary) } }
            div.scroll tabindex="0" role="region" aria-label="Scorecard" {
                table.card {
                    thead { tr { th scope="col" { "practice" } @for account in card.shown() { th scope="col" { (id(account)) } } } }
                    tbody { @for practice in Practice::ALL { (card.row(practice.as_str())) } }
                }
            }
            @if more > 0 { p.note.loud { (quantity(more as u64, "more account")) " below." } }
            p.note { "INCORRECT: what was read breaks the practice. CORRECT: nothing does, and enough was read to say so. "
                "UNKNOWN: too little was read; the table says what would settle it." }
            details { summary { "Why, and what next" } (table::table(card.section)) }
        }
    }
}

impl<'a> Card<'a> {
    fn of(section: &'a Section) -> Option<Self> {
        let table = &section.table;
        if !is_one(section) || table.rows.is_empty() {
            return None;
        }
        let place = |role: Role| role.place(&table.columns);
        let (practice, account) = (place(Role::Practice)?, place(Role::AccountId)?);
        let (verdict, why) = (place(Role::Verdict)?, place(Role::Why)?);
        let mut card = Self { section, accounts: BTreeSet::new(), verdicts: BTreeMap::new() };
        for row in &table.rows {
            let account = text(&row[account]);
            card.accounts.insert(account);
            card.verdicts.insert((text(&row[practice]), account), (text(&row[verdict]), text(&row[why])));
        }
        Some(card)
    }

    fn shown(&self) -> impl Iterator<Item = &'a str> {
        self.accounts.iter().copied().take(ACCOUNTS)
    }

    fn row(&self, practice: &str) -> Markup {
        html! {
            tr {
                th scope="row" { (practice) }
                @for account in self.shown() {
                    td {
                        @match self.verdicts.get(&(practice, account)) {
                            Some((verdict, why)) => { span class={ "verdict " (verdict.to_lowercase()) } title=(sanitize(why)) { (verdict) } }
                            None => { span.none { "–" } }
                        }
                    }
                }
            }
        }
    }
}

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}
