//! What logs and IAM's state show only together: rules that join both, for the rows and findings of `posture`.
//!
//! Called where both were read. What either shows alone is judged by its own report. A file a rule; each says nothing
//! where state may be older than what the logs show.

mod inactive_key;
mod old_key;
mod root;
mod rules;
mod sign_in;
mod unseen;

#[cfg(test)]
mod tests;

pub(super) use rules::*;

use super::console_logins::tried;
use super::key_facts::{self, Join, KeyFacts};
use super::posture::{Look, Violation};
use super::root_usage;
use super::root_usage::Usage;
use super::state_keys::{self, StateKey};
use super::{LogSpan, View};
use crate::aggregate::keys::Keys;
use crate::aggregate::{State, Symbols};
use crate::model::Day;
use crate::posture::Source;
use sign_in::SignIns;
use unseen::Present;

/// What of the logs is joined, read once for all accounts.
pub(super) struct Logs<'a> {
    state: &'a State,
    span: &'a LogSpan,
    keys: Vec<KeyFacts<'a>>,
    state_keys: Vec<StateKey<'a>>,
    sign_ins: SignIns<'a>,
    root: Vec<Usage<'a>>,
    present: Present<'a>,
}

impl<'a> Logs<'a> {
    /// Those of a view; `None` where logs or state were not read.
    pub(super) fn of(view: &View<'a>) -> Option<Self> {
        let (span, posture, state) = (view.logs?, view.posture?, view.state);
        let keys = key_facts::all(state, view.as_of);
        Some(Self {
            state,
            span,
            state_keys: state_keys::of(Some(posture), &keys),
            sign_ins: SignIns::of(&tried::all(state)),
            root: root_usage::usages(view),
            present: Present::of(state, &keys),
            keys,
        })
    }

    fn symbols(&self) -> &'a Symbols {
        self.state.symbols()
    }

    fn key_aggregate(&self) -> &'a Keys {
        self.state.get::<Keys>().expect("the state has the aggregates that the report needs")
    }

    /// Whether the logs show who has this unique id.
    pub(in crate::report) fn shows(&self, id: &str) -> bool {
        self.present.has(id)
    }

    /// The first and the last day of an account's events, unless filters hide some.
    pub(in crate::report) fn days_of(&self, account: &str) -> Option<(Day, Day)> {
        let (first, last) = self.present.span(account).filter(|_| !self.span.is_filtered)?;
        Some((first.day(), last.day()))
    }

    /// The keys of an account's state that the logs show.
    fn keys_of(&self, look: Look<'_>) -> impl Iterator<Item = (&StateKey<'a>, &KeyFacts<'a>)> {
        let account = look.account_id.to_owned();
        let of_account = self.state_keys.iter().filter(move |key| key.account == account);
        of_account.filter_map(|key| Some((key, &self.keys[key.seen?.0])))
    }
}

/// What an account's state and the logs break together.
pub(super) fn judge<'a>(look: Look<'a>, logs: &Logs<'a>) -> Vec<Violation<'a>> {
    let mut found = old_key::judge(look, logs);
    found.extend(inactive_key::judge(look, logs));
    found.extend(sign_in::judge(look, logs));
    found.extend(root::judge(look, logs));
    found.extend(unseen::judge(look, logs));
    found
}

/// What was not judged, and why, in a sentence.
pub(super) fn withheld(view: &View<'_>, logs: &Logs<'_>) -> Option<String> {
    unseen::withheld(view, logs)
}

/// Whether a rule joins logs and state.
pub(super) fn is_joined(rule: &str) -> bool {
    RULES.iter().any(|known| known.id == rule)
}

/// A file of state, as sentences name it: `credential report`.
fn named(source: &Source) -> String {
    source.kind.as_str().replace('-', " ")
}

/// What a key is called: its id where that is exact.
fn key_name(key: &StateKey<'_>, facts: &KeyFacts<'_>) -> String {
    match key.seen {
        Some((_, Join::OnlyKey)) => format!("the only key of {} ({} in the logs)", key.name, facts.id),
        _ => format!("key {} of {}", facts.id, key.name),
    }
}
