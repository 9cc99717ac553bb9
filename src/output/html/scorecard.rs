//! The scorecard: a line an account and a column a practice, the worst account first, and its table with the reasons below.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::{Section, SectionKind, sanitize};
use super::cell::id;
use super::table;
use crate::model::quantity;
use crate::report::{Practice, Role, Value};

/// The most accounts that stand open; the others are folded.
const ACCOUNTS: usize = 40;

/// The accounts in the order of the table, and how each stands.
struct Card<'a> {
    section: &'a Section,
    accounts: Vec<Account<'a>>,
}

struct Account<'a> {
    id: &'a str,
    name: &'a str,
    practices: BTreeMap<&'a str, Standing<'a>>,
}

/// How a practice stands, and why.
struct Standing<'a> {
    verdict: &'a str,
    violations: Option<i64>,
    why: &'a str,
}

/// Whether a section is the scorecard, which stands before the findings.
pub(super) fn is_one(section: &Section) -> bool {
    section.kind == SectionKind::Scorecard
}

/// The scorecard; nothing where no section is one.
pub(super) fn scorecard(sections: &[Section]) -> Markup {
    let Some(card) = sections.iter().find_map(Card::of) else { return html! {} };
    let (shown, folded) = card.accounts.split_at(card.accounts.len().min(ACCOUNTS));
    html! {
        section id="scorecard" {
            h2 { "Scorecard" span.sub { (card.section.summary) } }
            (grid(shown))
            @if !folded.is_empty() {
                details { summary { (quantity(folded.len() as u64, "more account")) } (grid(folded)) }
            }
            p.note { "FAIL: what was read breaks the practice, so often (INCORRECT in the table). pass: nothing does, and enough was "
                "read to say so (CORRECT). –: not proven (UNKNOWN); the table says what would settle it." }
            details { summary { "Why, and what next" } (table::table(card.section)) }
        }
    }
}

fn grid(accounts: &[Account<'_>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Scorecard" {
            table.card {
                thead { tr {
                    th scope="col" { "account" }
                    @for practice in Practice::ALL { th scope="col" title=(practice.as_str()) { (practice.short_name()) } }
                } }
                tbody { @for account in accounts { (row(account)) } }
            }
        }
    }
}

fn row(account: &Account<'_>) -> Markup {
    html! {
        tr {
            th scope="row" { @if !account.name.is_empty() { b { (sanitize(account.name)) } " " } (id(account.id)) }
            @for practice in Practice::ALL { td { (standing(account.practices.get(practice.as_str()))) } }
        }
    }
}

fn standing(standing: Option<&Standing<'_>>) -> Markup {
    let Some(Standing { verdict, violations, why }) = standing else { return html! { span.none { "–" } } };
    html! {
        @match *verdict {
            "INCORRECT" => span.verdict.incorrect title=(sanitize(why)) { "FAIL" @if let Some(often) = violations { " " (often) } },
            "CORRECT" => span.verdict.correct title=(sanitize(why)) { "pass" },
            _ => span.none title=(sanitize(why)) { "–" },
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
        let (practice, id, verdict) = (place(Role::Practice)?, place(Role::AccountId)?, place(Role::Verdict)?);
        let (why, name, violations) = (place(Role::Why)?, place(Role::AccountName), place(Role::Violations));
        let mut card = Self { section, accounts: Vec::new() };
        for row in &table.rows {
            if card.accounts.last().is_none_or(|last| last.id != text(&row[id])) {
                let name = name.map_or("", |name| text(&row[name]));
                card.accounts.push(Account { id: text(&row[id]), name, practices: BTreeMap::new() });
            }
            let violations = violations.and_then(|place| match row[place] {
                Value::Count(count) => Some(count),
                _ => None,
            });
            let standing = Standing { verdict: text(&row[verdict]), violations, why: text(&row[why]) };
            if let Some(account) = card.accounts.last_mut() {
                account.practices.insert(text(&row[practice]), standing);
            }
        }
        Some(card)
    }
}

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}
