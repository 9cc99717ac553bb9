//! What some users and roles used, taken together: what a policy for them needs.

use std::collections::{BTreeMap, BTreeSet};

use super::is_meant;
use super::subject::Subjects;
use crate::model::{Actions, grouped};

/// Names that a note tells at most.
const MOST_NAMES: usize = 20;

/// What they used.
#[derive(Default)]
pub(super) struct Used<'a> {
    /// Their arns.
    pub who: BTreeSet<&'a str>,
    /// Actions of which at least one call was not denied, each with the calls that asked for it.
    pub actions: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Actions of which every call was denied.
    pub denied: BTreeSet<&'a str>,
    /// Calls that were not denied and of which the action is not known.
    pub unmapped: BTreeSet<&'a str>,
    /// Actions that these calls may have asked for beside their own, each with one such call.
    pub beside: BTreeMap<&'a str, &'a str>,
}

impl<'a> Used<'a> {
    /// Of those that a text means, as of the report's argument.
    pub(super) fn of(subjects: &'a Subjects, asked_about: &str) -> Self {
        let mut used = Self::default();
        for (_, done) in subjects.done.iter().filter(|(who, done)| is_meant(asked_about, who, done)) {
            used.who.insert(&done.arn);
            for (action, asked) in &done.asked {
                let action = action.as_str();
                match (asked.calls > 0, asked.is_unmapped) {
                    (false, _) => drop(used.denied.insert(action)),
                    (true, true) => drop(used.unmapped.insert(action)),
                    (true, false) => {
                        used.actions.entry(action).or_default().extend(asked.by.iter().map(String::as_str));
                    }
                }
            }
            for (action, call) in &done.beside {
                let known = used.beside.entry(action).or_insert(call);
                *known = (*known).min(call);
            }
        }
        used.denied.retain(|action| !used.actions.contains_key(action));
        used.beside.retain(|action, _| !used.actions.contains_key(action));
        used
    }

    /// Calls that any of several actions is enough for, each with these.
    pub(super) fn alternatives(&self) -> BTreeMap<&'a str, Vec<&'a str>> {
        let mut by_call: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (action, calls) in &self.actions {
            calls.iter().for_each(|call| by_call.entry(call).or_default().push(action));
        }
        by_call.retain(|call, actions| actions.len() > 1 && !Actions::known().needs_all(call));
        by_call
    }

    /// Says so where they are several.
    pub(super) fn of_several(&self) -> Option<String> {
        let several = || format!("it is of {} users and roles together: {}", self.who.len(), names(&self.who));
        (self.who.len() > 1).then(several)
    }

    /// Names the calls that count for nothing.
    pub(super) fn left_out(&self) -> Option<String> {
        let calls = || {
            let calls = names(&self.unmapped);
            format!("left out, since the table of actions does not tell what these calls need: {calls}")
        };
        (!self.unmapped.is_empty()).then(calls)
    }

    /// Names what calls may have asked for beside their own actions.
    pub(super) fn perhaps(&self) -> Option<String> {
        let beside = self.beside.iter().map(|(action, call)| format!("{action} (within {call})"));
        let told =
            || format!("logs do not show whether these were needed too, and they do not count: {}", names(beside));
        (!self.beside.is_empty()).then(told)
    }

    /// What is said where they used nothing.
    pub(super) fn nothing(&self) -> String {
        format!("{} used no action that is known", names(&self.who))
    }
}

/// The first of some names, and how many more there are.
pub(super) fn names<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> String {
    let mut all = all.into_iter();
    let mut first: Vec<String> = all.by_ref().take(MOST_NAMES).map(|name| name.as_ref().to_owned()).collect();
    let more = all.count();
    if more > 0 {
        first.push(format!("and {} more", grouped(more as u64)));
    }
    first.join(", ")
}
