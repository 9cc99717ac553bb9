//! Changes of IAM, and of what gives rights beside it: who changed whose permissions, memberships, passwords, MFA and boundaries, and how it ended.
//!
//! Facts of the records only; what is good or bad is for the report to say. Keys are no part of it: see `keys`. A policy
//! document is judged when its record is seen and is not kept.

mod act;
mod calls;
mod documents;
mod elsewhere;
mod event;
mod key;
mod organization;
mod provisioning;
mod read;
mod run_as;
mod saved;
mod shared;
#[cfg(test)]
mod tests;
mod watched;

use std::collections::BTreeSet;

use hashbrown::HashMap;

pub use act::{Act, TargetKind};
use documents::Documents;
pub use event::IamEvent;
pub use key::{BY_ITSELF, DORMANT, GUESTS_OF, Granted, Key, LIMITS_NOTHING, OF_ANY_ACCOUNT, OFF, ON, Outcome};
pub use read::lets_in;

use super::{Aggregate, AggregateKind, Batch, BatchError, Remap, RowMemo, Seen, Span, Sym, SymSet, Symbols};
use crate::model::{EventTime, principal_of, service_of};

/// What is seen in calls that were remembered before: rollups that were made then lack it.
const SEEN_LATER: [&str; 3] = [
    "AddPermission of lambda for services without a source",
    "policies that grant rights in Identity Center",
    "roles for guests of identity pools",
];

/// The calls that are remembered, each as `AttachRolePolicy of iam`, with what is seen in them; all others leave nothing.
pub fn kept_calls() -> BTreeSet<String> {
    let named = |(name, service, act, _): &(&str, &str, Act, TargetKind)| match act {
        // What else the call does was kept before its role was.
        Act::RunAs => format!("the role of {name} of {}", service_of(service)),
        _ => format!("{name} of {}", service_of(service)),
    };
    calls::EVENTS.iter().map(named).chain(SEEN_LATER.map(str::to_owned)).collect()
}

/// Registers [`IamChanges`].
pub static KIND: AggregateKind = AggregateKind {
    name: "iam_changes",
    summary: "changes of IAM by call, caller, target, policy and outcome: counts, addresses, access keys",
    empty: || Box::new(IamChanges::default()),
};

/// Every change of IAM.
#[derive(Clone, Debug, Default)]
pub struct IamChanges {
    rows: Vec<IamChange>,
    places: HashMap<Key, u32, ahash::RandomState>,
    /// The symbol of each identity's principal.
    actors: RowMemo,
    /// The symbol of the service that each identity acts for.
    services: RowMemo,
    documents: Documents,
}

/// Calls of one key.
#[derive(Clone, Debug)]
pub struct IamChange {
    /// What they have in common.
    pub key: Key,
    /// How many they are.
    pub events: i64,
    /// First and last.
    pub span: Span,
    /// `sourceIPAddress` as written.
    pub addresses: SymSet,
    /// The access keys that signed them, long-lived or temporary.
    pub access_keys: SymSet,
    /// When: only of calls that worked and gave a user a password or an MFA device, or took a device away, or set or lifted a
    /// limit of an organization, to tell which came first and how long one waited for the other.
    pub moments: BTreeSet<EventTime>,
}

impl IamChanges {
    /// The changes, in no lasting order.
    pub fn rows(&self) -> impl Iterator<Item = &IamChange> {
        self.rows.iter()
    }

    fn row(&mut self, key: Key) -> &mut IamChange {
        let next = self.rows.len() as u32;
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.rows.push(IamChange {
                key,
                events: 0,
                span: Span::default(),
                addresses: SymSet::default(),
                access_keys: SymSet::default(),
                moments: BTreeSet::new(),
            });
        }
        &mut self.rows[place as usize]
    }

    fn actor(&mut self, seen: &mut Seen<'_>) -> Sym {
        if let Some(known) = self.actors.get(seen.event.identity) {
            return Sym(known as u32);
        }
        let actor = seen.symbols.intern(&principal_of(&seen.event.user_identity));
        self.actors.keep(seen.event.identity, actor.0 as usize);
        actor
    }

    fn service(&mut self, seen: &mut Seen<'_>) -> Sym {
        if let Some(known) = self.services.get(seen.event.identity) {
            return Sym(known as u32);
        }
        let service = seen.symbols.intern(provisioning::service_of(&seen.event.user_identity));
        self.services.keep(seen.event.identity, service.0 as usize);
        service
    }
}

impl IamChange {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        self.events += 1;
        self.addresses.insert(seen.address());
        let access_key = &*seen.event.user_identity.access_key_id;
        if !access_key.is_empty() {
            self.access_keys.insert(seen.symbols.intern(access_key));
        }
        let Some(time) = seen.event.event_time else { return };
        self.span.see(time);
        let is_timed = matches!(
            self.key.event.act(),
            Act::CreateLogin
                | Act::UpdateLogin
                | Act::EnableMfa
                | Act::DeactivateMfa
                | Act::ResetPerson
                | Act::SetLimit
                | Act::LiftLimit
        );
        if is_timed && self.key.outcome == Outcome::Succeeded {
            self.moments.insert(time);
        }
    }
}

impl Aggregate for IamChanges {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let Some(change) = IamEvent::of_call(seen.event.event_source, seen.event.event_name) else { return };
        let caller = (self.actor(seen), self.service(seen));
        for change in [Some(change), change.twin()].into_iter().flatten() {
            if let Some(key) = read::key(change, caller, &mut self.documents, seen) {
                self.row(key).observe(seen);
            }
        }
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        for theirs in other.rows {
            let ours = self.row(theirs.key.renamed(remap));
            ours.events += theirs.events;
            ours.span.merge(theirs.span);
            ours.addresses.merge(&theirs.addresses, remap);
            ours.access_keys.merge(&theirs.access_keys, remap);
            ours.moments.extend(theirs.moments);
        }
        // Symbols of this table stay what they are, so what is known of identities holds.
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        saved::save(&self.rows, symbols)
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        saved::load(self, batches, symbols)
    }
}
