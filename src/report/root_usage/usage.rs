//! A row of root use: all that one account's root did in one class, and how much that matters.

use std::collections::{BTreeMap, BTreeSet};

use super::central::{self, Central};
use crate::aggregate::issuances::Issuance;
use crate::aggregate::root_use::{Count, RootClass, RootUse, RootUseRow};
use crate::aggregate::{Span, Symbols, Tally};
use crate::model::{AccessKeyKind, Day, IssuanceApi};
use crate::report::Severity;

/// The keys whose issuance says what class their use is.
#[derive(Default)]
pub(in crate::report) struct Issued<'a> {
    /// Sessions of AssumeRoot.
    pub central: Vec<Issuance<'a>>,
    /// Tokens that somebody got for themselves.
    pub tokens: Vec<Issuance<'a>>,
}

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
    used_days: BTreeSet<Day>,
    task_days: BTreeSet<Day>,
    pub created_keys: BTreeSet<&'a str>,
    pub reset_addresses: BTreeSet<&'a str>,
    /// Of central sessions, the tasks that they were issued for, as far as that was read.
    pub tasks: BTreeSet<&'a str>,
}

/// So many days of use within a month, none of them with a task that needs root, are everyday use, even where nothing but
/// reading was seen: whoever only looks needs no root.
const HABIT: usize = 5;

const MONTH: i32 = 30;

/// How many event names are shown.
const TOP: usize = 10;

/// The usages, with the keys that AssumeRoot issued and the tokens of root's own keys counted as such.
pub(in crate::report) fn by_account_and_class<'a>(
    root_use: &'a RootUse,
    symbols: &'a Symbols,
    issued: &Issued<'a>,
    central: &Central<'a>,
) -> Vec<Usage<'a>> {
    let mut usages: BTreeMap<(&str, RootClass), Usage<'a>> = BTreeMap::new();
    for row in root_use.rows() {
        let account_id = symbols.text(row.account_id());
        let access_key_id = symbols.text(row.access_key_id());
        let class = issued.class(row.class(), account_id, access_key_id);
        let usage = usages.entry((account_id, class)).or_insert_with(|| Usage::new(account_id, class));
        usage.add(row, symbols);
        if class == RootClass::AssumeRoot {
            usage.tasks.extend(central.task_of(access_key_id));
        }
    }
    usages.into_values().collect()
}

impl Issued<'_> {
    /// The class of a row, taken from its key where a single event cannot show it.
    fn class(&self, told: RootClass, account_id: &str, access_key_id: &str) -> RootClass {
        let of_row = |issuance: &&Issuance<'_>| {
            let account = issuance.account_id();
            issuance.access_key_id() == access_key_id && (account.is_empty() || account == account_id)
        };
        match told {
            _ if access_key_id.is_empty() => told,
            RootClass::Federation => told,
            _ if self.central.iter().any(|issuance| of_row(&issuance)) => RootClass::AssumeRoot,
            RootClass::Console if self.tokens.iter().any(|issuance| of_row(&issuance)) => RootClass::AccessKey,
            _ => told,
        }
    }

    /// Those of a state: of tokens only what a long-lived key of root got.
    pub fn of<'a>(all: &'a crate::aggregate::issuances::Issuances, symbols: &'a Symbols) -> Issued<'a> {
        let is_of_key = |issuance: &Issuance<'_>| {
            issuance.caller_type() == "Root"
                && AccessKeyKind::of(issuance.caller_access_key_id()) == AccessKeyKind::LongLived
                && issuance.caller_creation_date().is_none()
        };
        let mut tokens = all.by(IssuanceApi::GetSessionToken, symbols);
        tokens.retain(is_of_key);
        Issued { central: all.by(IssuanceApi::AssumeRoot, symbols), tokens }
    }
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
            used_days: BTreeSet::new(),
            task_days: BTreeSet::new(),
            created_keys: BTreeSet::new(),
            reset_addresses: BTreeSet::new(),
            tasks: BTreeSet::new(),
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
        self.reset_addresses.extend(row.reset_addresses.iter().map(|sym| symbols.text(sym)));
        for (name, count) in row.event_names.iter() {
            *self.event_names.entry(symbols.text(name)).or_default() += count;
        }
        self.used_days.extend(&row.used_days);
        self.task_days.extend(&row.task_days);
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

    /// Whether somebody was in, even if all calls were denied; if not, root was only tried, or a reset of its password asked for.
    pub fn is_use(&self) -> bool {
        self.count(Count::Uses) > 0
    }

    /// The days on which root was in and no task needed it, where there are so many within a month that it is a habit.
    pub fn idle_days(&self) -> Option<Vec<Day>> {
        let idle: Vec<Day> = self.used_days.difference(&self.task_days).copied().collect();
        let is_habit = idle.windows(HABIT).any(|days| days[HABIT - 1].0 - days[0].0 < MONTH);
        (self.class == RootClass::Console && is_habit).then_some(idle)
    }

    /// Whether a sign-in or session says that MFA was not used.
    pub fn is_without_mfa(&self) -> bool {
        matches!(self.mfa(), "no" | "mixed")
    }

    /// How much the row matters: the table in the report's help.
    pub fn severity(&self) -> Severity {
        match self.class {
            RootClass::AccessKey => Severity::Critical,
            RootClass::Federation => Severity::High,
            RootClass::AssumeRoot if self.count(Count::OpenedToEverybody) > 0 => Severity::High,
            RootClass::AssumeRoot => central::severity(self.tasks.iter().copied(), self.event_names.keys().copied()),
            RootClass::Service => Severity::Info,
            RootClass::Console if !self.is_use() => Severity::Low,
            RootClass::Console if self.count(Count::Everyday) > 0 => Severity::High,
            RootClass::Console if self.is_without_mfa() => Severity::High,
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
