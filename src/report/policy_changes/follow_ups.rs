//! The changes joined with each other: a removal that followed, the MFA device that a new password waited for.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Target};
use super::versions;
use crate::aggregate::Symbols;
use crate::aggregate::iam_changes::{Act, IamChanges};
use crate::model::EventTime;
use crate::posture::Posture;
use crate::report::source_list::ReadAddresses;

/// All changes, joined with each other, in no lasting order.
pub(super) fn all<'a>(changes: &'a IamChanges, symbols: &'a Symbols, posture: Option<&Posture>) -> Vec<Change<'a>> {
    let mut read = ReadAddresses::new(symbols);
    let mut all: Vec<Change<'a>> = changes.rows().map(|row| Change::new(row, symbols, &mut read)).collect();
    join_credentials(&mut all);
    versions::judge(&mut all, posture);
    find_removals(&mut all);
    find_mfa_delays(&mut all);
    all
}

/// One row for all credentials of a kind that somebody gave to one user: their ids are for others to tell.
fn join_credentials(all: &mut Vec<Change<'_>>) {
    let is_one = |change: &mut Change<'_>| matches!(change.act(), Act::AddCredential | Act::RemoveCredential);
    let mut joined: BTreeMap<_, Change<'_>> = BTreeMap::new();
    for change in all.extract_if(.., is_one) {
        let key = (change.target(), change.event, change.actor, change.policy, change.invoked_by, change.outcome);
        match joined.entry(key) {
            Entry::Vacant(free) => _ = free.insert(change),
            Entry::Occupied(mut known) => known.get_mut().merge(change),
        }
    }
    all.extend(joined.into_values());
}

/// What somebody can be given and lose again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    ManagedPolicy,
    InlinePolicy,
    Membership,
}

/// What the act gives (`true`) or takes away.
fn held(act: Act) -> Option<(Held, bool)> {
    match act {
        Act::Attach => Some((Held::ManagedPolicy, true)),
        Act::Detach => Some((Held::ManagedPolicy, false)),
        Act::PutInline => Some((Held::InlinePolicy, true)),
        Act::DeleteInline => Some((Held::InlinePolicy, false)),
        Act::Join => Some((Held::Membership, true)),
        Act::Leave => Some((Held::Membership, false)),
        _ => None,
    }
}

/// A policy or membership was removed when its last removal comes at or after the last time it was given, by whomever.
fn find_removals(all: &mut [Change<'_>]) {
    let (mut given, mut taken) = (BTreeMap::new(), BTreeMap::new());
    for change in all.iter().filter(|change| change.succeeded()) {
        let Some(((held, gives), last)) = held(change.act()).zip(change.span.last()) else { continue };
        let times = if gives { &mut given } else { &mut taken };
        let known: &mut EventTime = times.entry((change.target(), held, change.policy)).or_insert(last);
        *known = last.max(*known);
    }
    for change in all.iter_mut().filter(|change| change.succeeded()) {
        let Some((held, true)) = held(change.act()) else { continue };
        let key = (change.target(), held, change.policy);
        change.removed = taken.get(&key).copied().filter(|taken| given.get(&key).is_none_or(|given| taken >= given));
    }
}

fn find_mfa_delays(all: &mut [Change<'_>]) {
    let enabled = moments(all, Act::EnableMfa);
    for change in all.iter_mut().filter(|change| change.did(Act::CreateLogin)) {
        let Some(&created) = change.moments.last() else { continue };
        let next = enabled.get(&change.target()).and_then(|times| times.range(created..).next());
        change.mfa_delay = next.map(|next| (next.0 - created.0) / 1_000_000);
    }
}

/// When calls that worked and did `act` were made, by what they were about.
pub(super) fn moments<'a>(all: &[Change<'a>], act: Act) -> BTreeMap<Target<'a>, BTreeSet<EventTime>> {
    let mut found: BTreeMap<Target<'a>, BTreeSet<EventTime>> = BTreeMap::new();
    for change in all.iter().filter(|change| change.did(act)) {
        found.entry(change.target()).or_default().extend(change.moments);
    }
    found
}
