//! Reads of secrets: who asked for which, by which call, how it ended, in which clock hours.
//!
//! Facts of the records only; how much is too much is for the report to say. What a service asks for in the course of
//! another call of its own (CloudFormation resolving a reference) is no part of it, but for what AWS KMS decrypts, which
//! is the only record of what a call by path or filter gave.

mod saved;
#[cfg(test)]
mod tests;

use hashbrown::HashMap;

use super::iam_changes::Outcome;
use super::{Aggregate, AggregateKind, Batch, BatchError, HourSet, Remap, Seen, Span, Sym, SymSet, Symbols};
use crate::model::principal_of;

/// Registers [`SecretReads`].
pub static KIND: AggregateKind = AggregateKind {
    name: "secret_reads",
    summary: "reads of secrets by caller, secret, call and outcome: counts, hours, addresses, access keys",
    empty: || Box::new(SecretReads::default()),
};

/// The call that AWS KMS records of what others give.
pub const BY_KMS: &str = "Decrypt";

/// What tells two reads apart; two calls of one key are one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The account that the call was made in.
    pub account_id: Sym,
    /// The principal that called.
    pub principal: Sym,
    /// `eventName`.
    pub event: Sym,
    /// The secret; empty where the record does not say.
    pub secret: Sym,
    /// How it ended.
    pub outcome: Outcome,
}

/// Calls of one key.
#[derive(Clone, Debug)]
pub struct SecretRead {
    /// What they have in common.
    pub key: Key,
    /// Calls; one that asks for several secrets counts with its first.
    pub events: i64,
    /// First and last.
    pub span: Span,
    /// The clock hours in which they were made.
    pub hours: HourSet,
    /// `sourceIPAddress` as written.
    pub addresses: SymSet,
    /// Access keys that signed them.
    pub access_keys: SymSet,
}

/// Every read of a secret.
#[derive(Clone, Debug, Default)]
pub struct SecretReads {
    rows: Vec<SecretRead>,
    places: HashMap<Key, u32, ahash::RandomState>,
}

impl SecretReads {
    /// The reads, in no lasting order.
    pub fn rows(&self) -> &[SecretRead] {
        &self.rows
    }

    fn row(&mut self, key: Key) -> &mut SecretRead {
        let next = self.rows.len() as u32;
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.rows.push(SecretRead {
                key,
                events: 0,
                span: Span::default(),
                hours: HourSet::default(),
                addresses: SymSet::default(),
                access_keys: SymSet::default(),
            });
        }
        &mut self.rows[place as usize]
    }
}

impl SecretRead {
    fn observe(&mut self, events: i64, seen: &mut Seen<'_>) {
        self.events += events;
        self.addresses.insert(seen.address());
        let access_key = &*seen.event.user_identity.access_key_id;
        if !access_key.is_empty() {
            self.access_keys.insert(seen.symbols.intern(access_key));
        }
        if let Some(time) = seen.event.event_time {
            self.span.see(time);
            self.hours.see(time);
        }
    }
}

impl Key {
    fn renamed(self, remap: &Remap) -> Self {
        Self {
            account_id: remap.of(self.account_id),
            principal: remap.of(self.principal),
            event: remap.of(self.event),
            secret: remap.of(self.secret),
            ..self
        }
    }
}

impl Aggregate for SecretReads {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let event = seen.event;
        let Some(mut secrets) = event.secrets_asked_for() else { return };
        if event.event_name != BY_KMS && event.user_identity.is_invoked_by_service() {
            return;
        }
        if secrets.is_empty() {
            secrets.push(String::new());
        }
        let principal = seen.symbols.intern(&principal_of(&event.user_identity));
        let (account_id, name, outcome) = (seen.account(), seen.event_name(), Outcome::of(event));
        for (place, secret) in secrets.iter().enumerate() {
            let secret = seen.symbols.intern(secret);
            let key = Key { account_id, principal, event: name, secret, outcome };
            self.row(key).observe(i64::from(place == 0), seen);
        }
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        for theirs in other.rows {
            let ours = self.row(theirs.key.renamed(remap));
            ours.events += theirs.events;
            ours.span.merge(theirs.span);
            ours.hours.merge(&theirs.hours);
            ours.addresses.merge(&theirs.addresses, remap);
            ours.access_keys.merge(&theirs.access_keys, remap);
        }
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        saved::save(&self.rows, symbols)
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        saved::load(self, batches, symbols)
    }
}
