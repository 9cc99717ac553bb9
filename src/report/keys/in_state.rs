//! What IAM's own state adds to the keys of the logs: exact creations, newer statuses, and keys that no log shows.

use crate::aggregate::keys::KeyStatus;
use crate::model::quantity;
use crate::report::View;
use crate::report::key_facts::{self, InState, Join, KeyFacts};
use crate::report::state_keys::{self, StateKey};

/// The keys of the logs and those of state.
pub(super) fn read<'a>(view: &View<'a>) -> (Vec<KeyFacts<'a>>, Vec<StateKey<'a>>) {
    let logged = key_facts::all(view.state, view.as_of);
    let state_keys = state_keys::of(view.posture, &logged);
    (logged, state_keys)
}

/// All of them, by id, and what is not shown: keys of state without an id, and those that filters may have hidden from
/// the logs.
pub(super) fn facts<'k>(
    mut facts: Vec<KeyFacts<'k>>,
    state_keys: &'k [StateKey<'k>],
    view: &View<'_>,
) -> (Vec<KeyFacts<'k>>, Option<String>) {
    let is_filtered = view.logs.is_some_and(|logs| logs.is_filtered);
    let (mut nameless, mut filtered) = (0, 0);
    let mut alone = Vec::new();
    for state in state_keys {
        match (state.seen, state.key.id) {
            (Some((place, join)), _) => add(&mut facts[place], state, join),
            (None, None) => nameless += 1,
            (None, Some(_)) if is_filtered => filtered += 1,
            (None, Some(id)) => alone.push(of_state(id, state)),
        }
    }
    facts.extend(alone);
    facts.sort_by_key(|facts| facts.id);
    (facts, hidden(nameless, filtered))
}

fn hidden(nameless: u64, filtered: u64) -> Option<String> {
    let keys = |count: u64, why: &str| {
        let are = if count == 1 { "is" } else { "are" };
        (count > 0).then(|| format!("{} of IAM's state {are} not shown: {why}", quantity(count, "key")))
    };
    let nameless = keys(nameless, "the credential report has no ids (--access-keys FILE has them)");
    let filtered = keys(filtered, "filters choose among the keys of the logs");
    let all: Vec<String> = nameless.into_iter().chain(filtered).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn status_of(state: &StateKey<'_>) -> KeyStatus {
    if state.key.active { KeyStatus::Active } else { KeyStatus::Inactive }
}

/// Adds what state says of a key that the logs show.
fn add(facts: &mut KeyFacts<'_>, state: &StateKey<'_>, join: Join) {
    let (status, as_of) = (status_of(state), state.source.as_of);
    // A deleted key does not come back, and of an inactive one the logs know since when.
    let is_told = facts.status == Some(KeyStatus::Deleted)
        || status == KeyStatus::Inactive && facts.status == Some(KeyStatus::Inactive);
    let is_newer = !is_told && (facts.status.is_none() || as_of.is_some() && as_of >= facts.status_time);
    // No key is used before it is made.
    let created = state.key.created.filter(|made| facts.known_since.is_none_or(|since| *made <= since));
    facts.in_state = Some(InState { status, is_newer, as_of, created, last_used: state.key.last_used, join });
    if facts.created.is_none() {
        facts.known_since = created.or(facts.known_since);
    }
    if is_newer {
        let was_ended = facts.is_ended();
        (facts.status, facts.status_time, facts.status_by) = (Some(status), as_of, "");
        let known = facts.active.or(facts.known_since.zip(as_of).filter(|_| !was_ended)).or(as_of.zip(as_of));
        facts.active = known.map(|(from, to)| (from, as_of.map_or(to, |as_of| to.max(as_of))));
        facts.active = facts.active.filter(|_| status == KeyStatus::Active);
    }
}

/// A key that only state knows.
fn of_state<'k>(id: &'k str, state: &'k StateKey<'k>) -> KeyFacts<'k> {
    let mut facts = KeyFacts {
        id,
        account: state.account,
        owner: &state.owner,
        used: None,
        created: None,
        is_creation_counted: false,
        is_created_for_other: None,
        known_since: None,
        status: None,
        status_time: None,
        status_by: "",
        switched_on: None,
        active: None,
        in_state: None,
    };
    add(&mut facts, state, Join::Id);
    facts
}
