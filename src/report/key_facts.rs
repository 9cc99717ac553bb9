//! What the logs tell of each long-lived key: whose it is, since when, who created it, what became of it. No judgement:
//! that is for the reports and the scorecard, which all start from these facts.

use std::cmp::Reverse;

use super::key_age::creation_of;
use super::user_arns::{UserArns, user_of};
use crate::aggregate::keys::{Change, Creation, Holder, KeyStatus, KeyUse, Keys};
use crate::aggregate::{Span, State, Sym, Symbols};
use crate::model::EventTime;

/// One long-lived key that a counted event used, created or changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyFacts<'a> {
    /// `accessKeyId`.
    pub id: &'a str,
    /// The account that owns it, as far as the records say.
    pub account: &'a str,
    /// Whose it is: a user's arn, `root@account`, the user's bare name where no counted event names the arn, and empty
    /// where nothing names anybody.
    pub owner: &'a str,
    /// Its counted use.
    pub used: Option<&'a KeyUse>,
    /// When it was created and by whom, where that is logged.
    pub created: Option<(EventTime, &'a str)>,
    /// Whether its creation is itself a counted event, so that all use since is in the window.
    pub is_creation_counted: bool,
    /// Whether somebody else than its owner created it; `None` where that cannot be told.
    pub is_created_for_other: Option<bool>,
    /// The earliest moment at which it is known to exist: its creation, else its first use or change.
    pub known_since: Option<EventTime>,
    /// What it is, as last seen in the logs; `None` where no record says.
    pub status: Option<KeyStatus>,
    /// Since when it is inactive or deleted; until when it is known to be active.
    pub status_time: Option<EventTime>,
    /// Who made it so; empty where its creation or its use says it.
    pub status_by: &'a str,
    /// When it was switched on again after it was inactive; of several times one by somebody else than switched it off, else
    /// the one after the longest time.
    pub switched_on: Option<SwitchedOn<'a>>,
    /// From when to when it is known to be active, one moment with the next; `None` unless it is active.
    pub active: Option<(EventTime, EventTime)>,
    /// What IAM's state says of it, where that was given and looked at.
    pub in_state: Option<InState>,
}

/// A key that was made active again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SwitchedOn<'a> {
    /// When.
    pub time: EventTime,
    /// Who did it.
    pub by: &'a str,
    /// When and by whom it was made inactive before; `None` where that is not in the logs.
    pub off: Option<(EventTime, &'a str)>,
}

impl SwitchedOn<'_> {
    /// Whether somebody else did it than switched it off.
    pub(crate) fn is_by_other(&self) -> bool {
        self.off.is_some_and(|(_, by)| by != self.by)
    }
}

/// What IAM's own state says of a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InState {
    /// Active or inactive.
    pub status: KeyStatus,
    /// Whether `status` of the facts is this one: it is newer than what the logs say.
    pub is_newer: bool,
    /// The moment that the file speaks of.
    pub as_of: Option<EventTime>,
    /// When the key was made.
    pub created: Option<EventTime>,
    /// When IAM saw it used last; `None` where that is not known, or never.
    pub last_used: Option<EventTime>,
    /// How it is known to be this key.
    pub join: Join,
}

/// How a key of state is known to be one of the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// Both have its id.
    Id,
    /// State and logs know a single key of its owner: inferred.
    OnlyKey,
}

impl Join {
    /// The word that is printed.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "access-key-id",
            Self::OnlyKey => "only-key",
        }
    }
}

impl KeyFacts<'_> {
    /// When it was created, where logs or state tell.
    pub(crate) fn known_creation(&self) -> Option<EventTime> {
        self.created.map(|(time, _)| time).or(self.in_state.and_then(|state| state.created))
    }

    /// Whether it is root's.
    pub(crate) fn is_root(&self) -> bool {
        self.owner.starts_with("root@")
    }

    /// Whether it was made inactive or deleted.
    pub(crate) fn is_ended(&self) -> bool {
        matches!(self.status, Some(KeyStatus::Inactive | KeyStatus::Deleted))
    }

    /// The last counted call with it, failed ones included.
    pub(crate) fn last_used(&self) -> Option<EventTime> {
        self.used.and_then(|used| used.span.last())
    }

    /// The last counted call with it that succeeded.
    pub(crate) fn last_success(&self) -> Option<EventTime> {
        self.used.and_then(|used| used.successes.last())
    }
}

/// The facts of every key, by id. Creations and changes after `as_of` are not looked at.
pub(crate) fn all(state: &State, as_of: Option<EventTime>) -> Vec<KeyFacts<'_>> {
    let keys = state.get::<Keys>().expect("the state has the aggregates that the report needs");
    let reading = Reading { keys, symbols: state.symbols(), arns: UserArns::of(state), as_of };
    let mut all: Vec<_> = keys.counted().map(|(key, used)| reading.facts(key, used)).collect();
    all.sort_by_key(|facts| facts.id);
    all
}

/// Whose key it is, as its records say: (principal, account, events), the most frequent first.
pub(crate) fn holders_of<'a>(keys: &'a Keys, used: &'a KeyUse, symbols: &'a Symbols) -> Vec<(&'a str, &'a str, i64)> {
    let name = |holder: &Holder| (symbols.text(holder.principal), symbols.text(holder.account), holder.events);
    let mut holders: Vec<_> = keys.holders(used).map(name).collect();
    holders.sort_by_key(|&(principal, account, events)| (Reverse(events), principal, account));
    holders
}

/// What facts are read from.
struct Reading<'a> {
    keys: &'a Keys,
    symbols: &'a Symbols,
    arns: UserArns<'a>,
    as_of: Option<EventTime>,
}

impl<'a> Reading<'a> {
    fn facts(&self, key: Sym, used: Option<&'a KeyUse>) -> KeyFacts<'a> {
        let symbols = self.symbols;
        let changes = self.changes(key);
        let uses = used.map(|used| used.span).unwrap_or_default();
        let mut told = uses;
        changes.iter().for_each(|change| told.see(change.time));
        let is_creation_counted = self.keys.is_creation_counted(key);
        let creation = creation_of(told.first(), self.keys.creations(key), symbols)
            .filter(|creation| is_creation_counted || self.is_past(creation.time));
        let (owner, account) = self.owner(used, creation, &changes);
        let created = creation.map(|creation| (creation.time, symbols.text(creation.creator)));
        let mut facts = KeyFacts {
            id: symbols.text(key),
            account,
            owner,
            used,
            created,
            is_creation_counted,
            is_created_for_other: creation.and_then(|creation| self.is_for_other(creation, owner)),
            known_since: created.map(|(time, _)| time).or(told.first()),
            status: None,
            status_time: None,
            status_by: "",
            switched_on: self.switched_on(&changes),
            active: None,
            in_state: None,
        };
        self.add_status(&mut facts, &changes);
        facts
    }

    fn is_past(&self, time: EventTime) -> bool {
        self.as_of.is_none_or(|as_of| time <= as_of)
    }

    /// The changes of a key, earliest first.
    fn changes(&self, key: Sym) -> Vec<&'a Change> {
        let mut changes: Vec<_> = self.keys.changes(key).filter(|change| self.is_past(change.time)).collect();
        changes.sort_by_key(|change| {
            let [by, user_name, account] =
                [change.by, change.user_name, change.account].map(|sym| self.symbols.text(sym));
            (change.time, change.status, by, user_name, account)
        });
        changes
    }

    /// Principal and account: from its use, else from its creation, else from a change.
    fn owner(
        &self,
        used: Option<&'a KeyUse>,
        creation: Option<&Creation>,
        changes: &[&'a Change],
    ) -> (&'a str, &'a str) {
        let holders = used.map(|used| holders_of(self.keys, used, self.symbols)).unwrap_or_default();
        if let Some(&(principal, account, _)) = holders.first() {
            return (principal, account);
        }
        let of_creation = creation.map(|creation| (creation.user_name, creation.creator, creation.account));
        let of_changes = changes.iter().map(|change| (change.user_name, change.by, change.account));
        let mut told = of_creation
            .into_iter()
            .chain(of_changes)
            .map(|told| (self.symbols.text(told.0), self.symbols.text(told.1), self.symbols.text(told.2)));
        let account = told.clone().next().map_or("", |(_, _, account)| account);
        // Without a userName it is the caller's own, but only root's calls are sure to mean that.
        let owner = told.find_map(|(user_name, by, account)| match user_name {
            "" => Some(by).filter(|by| by.starts_with("root@")),
            name => Some(self.arns.get(account, name).unwrap_or(name)),
        });
        (owner.unwrap_or_default(), account)
    }

    fn is_for_other(&self, creation: &Creation, owner: &str) -> Option<bool> {
        let creator = self.symbols.text(creation.creator);
        let (name, account) = (self.symbols.text(creation.user_name), self.symbols.text(creation.account));
        if owner.is_empty() || creator == owner {
            return (creator == owner).then_some(false);
        }
        match user_of(creator) {
            Some(by) => Some(by != (account, name)),
            // A principalId alone may be the owner's own.
            None => (creator.starts_with("arn:") || creator.starts_with("root@")).then_some(true),
        }
    }

    fn switched_on(&self, changes: &[&'a Change]) -> Option<SwitchedOn<'a>> {
        let by = |change: &Change| self.symbols.text(change.by);
        let first = changes.first().filter(|first| first.status == KeyStatus::Active);
        let unknown = first.map(|on| SwitchedOn { time: on.time, by: by(on), off: None });
        let pairs = changes.windows(2).filter_map(|pair| match pair {
            [off, on] if (off.status, on.status) == (KeyStatus::Inactive, KeyStatus::Active) => {
                Some(SwitchedOn { time: on.time, by: by(on), off: Some((off.time, by(off))) })
            }
            _ => None,
        });
        let time_off = |on: &SwitchedOn<'_>| on.off.map(|(off, _)| on.time.0 - off.0);
        unknown.into_iter().chain(pairs).max_by_key(|on| (on.is_by_other(), time_off(on)))
    }

    fn add_status(&self, facts: &mut KeyFacts<'a>, changes: &[&'a Change]) {
        let last_success = facts.last_success();
        let deleted = changes.iter().find(|change| change.status == KeyStatus::Deleted);
        let last = deleted.or(changes.last()).filter(|last| facts.created.is_none_or(|(time, _)| last.time >= time));
        if let Some(end) = last.filter(|last| last.status != KeyStatus::Active) {
            (facts.status, facts.status_time) = (Some(end.status), Some(end.time));
            facts.status_by = self.symbols.text(end.by);
            return;
        }
        let said = last.map(|last| last.time).or(facts.created.map(|(time, _)| time));
        let successes = facts.used.map_or_else(Span::default, |used| used.successes);
        let from = facts.created.map(|(time, _)| time).or(successes.first().into_iter().chain(said).min());
        // What made it active is in the logs, and what would have ended it is not: it is active to the last.
        let to = if said.is_some() { self.as_of.max(last_success).max(said) } else { last_success };
        facts.status = to.map(|_| KeyStatus::Active);
        facts.status_time = said.max(last_success);
        facts.status_by = last.map_or("", |last| self.symbols.text(last.by));
        facts.active = from.zip(to);
    }
}
