//! A row of root use: all that one account's root did in one class, and how much that matters.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::issuances::Issuance;
use crate::aggregate::root_use::{Count, RootClass, RootUse, RootUseRow};
use crate::aggregate::{Span, Symbols, Tally};
use crate::model::{Day, IssuanceApi};
use crate::report::Severity;

/// Use of one account's root in one class.
#[derive(Debug)]
pub(in crate::report) struct Usage<'a> {
    pub account_id: &'a str,
    pub class: RootClass,
    pub tally: Tally,
    pub span: Span,
    counts: [i64; Count::ALL.len()],
    pub access_keys: BTreeSet<&'a str>,
    pub addresses: BTreeSet<&'a str>,
    pub event_names: BTreeMap<&'a str, i64>,
    pub days: BTreeMap<Day, i64>,
    pub created_keys: BTreeSet<&'a str>,
}

/// How many event names are shown.
const TOP: usize = 10;

/// The usages, with the keys that AssumeRoot issued counted as such.
pub(in crate::report) fn by_account_and_class<'a>(
    root_use: &'a RootUse,
    symbols: &'a Symbols,
    issued: &[Issuance<'a>],
) -> Vec<Usage<'a>> {
    let assumed = issued.iter().filter(|issuance| issuance.api() == IssuanceApi::AssumeRoot);
    let assumed: BTreeMap<&str, &str> =
        assumed.map(|issuance| (issuance.access_key_id(), issuance.account_id())).collect();
    let mut usages: BTreeMap<(&str, RootClass), Usage<'a>> = BTreeMap::new();
    for row in root_use.rows() {
        let account_id = symbols.text(row.account_id());
        let access_key_id = symbols.text(row.access_key_id());
        let issued_for = assumed.get(access_key_id).filter(|_| !access_key_id.is_empty());
        let moved = row.class() != RootClass::Federation
            && issued_for.is_some_and(|account| account.is_empty() || *account == account_id);
        let class = if moved { RootClass::AssumeRoot } else { row.class() };
        usages.entry((account_id, class)).or_insert_with(|| Usage::new(account_id, class)).add(row, symbols);
    }
    usages.into_values().collect()
}

impl<'a> Usage<'a> {
    fn new(account_id: &'a str, class: RootClass) -> Self {
        Self {
            account_id,
            class,
            tally: Tally::default(),
            span: Span::default(),
            counts: [0; Count::ALL.len()],
            access_keys: BTreeSet::new(),
            addresses: BTreeSet::new(),
            event_names: BTreeMap::new(),
            days: BTreeMap::new(),
            created_keys: BTreeSet::new(),
        }
    }

    fn add(&mut self, row: &RootUseRow, symbols: &'a Symbols) {
        self.tally.merge(row.tally);
        self.span.merge(row.span);
        for count in Count::ALL {
            self.counts[count as usize] += row.count(count);
        }
        self.access_keys.extend(Some(symbols.text(row.access_key_id())).filter(|key| !key.is_empty()));
        self.addresses.extend(row.addresses.iter().map(|sym| symbols.text(sym)));
        self.created_keys.extend(row.created_keys.iter().map(|sym| symbols.text(sym)));
        for (name, count) in row.event_names.iter() {
            *self.event_names.entry(symbols.text(name)).or_default() += count;
        }
        for (&day, events) in &row.days {
            *self.days.entry(day).or_default() += events;
        }
    }

    /// One of the numbers.
    pub fn count(&self, count: Count) -> i64 {
        self.counts[count as usize]
    }

    /// `yes`, `no`, `mixed` or `unknown`. Only console sessions and what services do within them carry a statement that
    /// is about root's own MFA.
    pub fn mfa(&self) -> &'static str {
        if !matches!(self.class, RootClass::Console | RootClass::Service) {
            return "unknown";
        }
        match (self.count(Count::WithMfa) > 0, self.count(Count::WithoutMfa) > 0) {
            (true, true) => "mixed",
            (true, false) => "yes",
            (false, true) => "no",
            (false, false) => "unknown",
        }
    }

    /// How much the row matters: the table in the report's help.
    pub fn severity(&self) -> Severity {
        match self.class {
            RootClass::AccessKey => Severity::Critical,
            RootClass::Federation => Severity::High,
            RootClass::AssumeRoot => Severity::Medium,
            RootClass::Service => Severity::Info,
            RootClass::Console if self.tally.events == self.tally.errors => Severity::Low,
            RootClass::Console if self.count(Count::Everyday) > 0 => Severity::High,
            RootClass::Console if matches!(self.mfa(), "no" | "mixed") => Severity::High,
            RootClass::Console => Severity::Medium,
        }
    }

    /// The most frequent event names, by count, then name.
    pub fn top_events(&self) -> Vec<(String, i64)> {
        let mut names: Vec<_> = self.event_names.iter().map(|(&name, &count)| (name.to_owned(), count)).collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        names.truncate(TOP);
        names
    }
}
