//! Changes of logging: who stopped, narrowed or changed what CloudTrail records, or took away what it delivered.
//!
//! Facts of the records only. Whether a bucket or key is a trail's is known when all records were read: facts about
//! trails are kept beside the calls, those of every record, counted or not.

mod saved;
#[cfg(test)]
mod tests;

use hashbrown::HashMap;

use super::iam_changes::Outcome;
use super::{Aggregate, AggregateKind, Batch, BatchError, Remap, Remember, Seen, Span, Sym, SymSet, Symbols};
use crate::model::{
    Arn, Event, LoggingCall, LoggingCondition, LoggingEffect, LoggingObject, LoggingReach, LoggingRecord, TrailFacts,
    principal_of,
};

/// Registers [`LoggingChanges`].
pub static KIND: AggregateKind = AggregateKind {
    name: "logging",
    summary: "changes of logging by call, caller, trail or bucket and outcome: counts, addresses, keys; what is known of trails",
    empty: || Box::new(LoggingChanges::default()),
};

/// What tells two changes apart; two calls of one key are one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub account_id: Sym,
    pub actor: Sym,
    /// Whether a service-linked role called: AWS itself, which nobody else can be.
    pub is_service_linked: bool,
    pub event: Sym,
    pub name: Sym,
    pub home: Sym,
    pub bucket: Sym,
    pub effect: LoggingEffect,
    pub object: LoggingObject,
    pub reach: LoggingReach,
    pub condition: LoggingCondition,
    pub outcome: Outcome,
}

/// Calls of one key.
#[derive(Clone, Debug)]
pub struct LoggingRow {
    pub(super) key: Key,
    /// How many they are.
    pub events: i64,
    /// First and last.
    pub span: Span,
    /// `sourceIPAddress` as written.
    pub addresses: SymSet,
    /// Access keys that signed them.
    pub access_keys: SymSet,
}

/// Every change of logging, and what is known of trails.
#[derive(Clone, Debug, Default)]
pub struct LoggingChanges {
    rows: Vec<LoggingRow>,
    places: HashMap<Key, u32, ahash::RandomState>,
    facts: TrailFacts,
}

impl LoggingChanges {
    /// The changes, in no lasting order; those among them that are about no trail, too.
    pub fn rows(&self) -> impl Iterator<Item = &LoggingRow> {
        self.rows.iter()
    }

    /// What is known of trails.
    pub const fn facts(&self) -> &TrailFacts {
        &self.facts
    }

    fn row(&mut self, key: Key) -> &mut LoggingRow {
        let next = self.rows.len() as u32;
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            let (addresses, access_keys) = (SymSet::default(), SymSet::default());
            self.rows.push(LoggingRow { key, events: 0, span: Span::default(), addresses, access_keys });
        }
        &mut self.rows[place as usize]
    }
}

impl LoggingRow {
    /// The account that the calls were made in.
    pub fn account_id(&self) -> Sym {
        self.key.account_id
    }

    /// The principal that called.
    pub fn actor(&self) -> Sym {
        self.key.actor
    }

    /// Whether that is a service-linked role.
    pub fn is_service_linked(&self) -> bool {
        self.key.is_service_linked
    }

    /// How they ended.
    pub fn outcome(&self) -> Outcome {
        self.key.outcome
    }

    /// What they have in common.
    pub fn call(&self, symbols: &Symbols) -> LoggingCall {
        let Key { event, name, home, bucket, effect, object, reach, condition, .. } = self.key;
        let [event, name, home, bucket] = [event, name, home, bucket].map(|sym| symbols.text(sym).to_owned());
        LoggingCall { event, effect, object, name, home, reach, condition, bucket }
    }

    fn observe(&mut self, seen: &mut Seen<'_>) {
        self.events += 1;
        self.addresses.insert(seen.address());
        let access_key = &*seen.event.user_identity.access_key_id;
        if !access_key.is_empty() {
            self.access_keys.insert(seen.symbols.intern(access_key));
        }
        if let Some(time) = seen.event.event_time {
            self.span.see(time);
        }
    }
}

impl Key {
    fn of(call: &LoggingCall, seen: &mut Seen<'_>) -> Self {
        let identity = &seen.event.user_identity;
        let actor = principal_of(identity);
        let is_service_linked = Arn::parse(&actor).is_some_and(|actor| actor.linked_service().is_some());
        let actor = seen.symbols.intern(&actor);
        let [event, name, home, bucket] =
            [&call.event, &call.name, &call.home, &call.bucket].map(|text| seen.symbols.intern(text));
        let outcome = Outcome::of(seen.event);
        let LoggingCall { effect, object, reach, condition, .. } = *call;
        let account_id = seen.account();
        Self {
            account_id,
            actor,
            is_service_linked,
            event,
            name,
            home,
            bucket,
            effect,
            object,
            reach,
            condition,
            outcome,
        }
    }

    fn renamed(self, remap: &Remap) -> Self {
        Self {
            account_id: remap.of(self.account_id),
            actor: remap.of(self.actor),
            event: remap.of(self.event),
            name: remap.of(self.name),
            home: remap.of(self.home),
            bucket: remap.of(self.bucket),
            ..self
        }
    }
}

impl LoggingChanges {
    fn remember(&mut self, event: &Event<'_>, _: &mut Symbols) {
        let facts = LoggingRecord::of(event).map(|record| record.facts).unwrap_or_default();
        facts.into_iter().for_each(|fact| self.facts.insert(fact));
    }
}

impl Aggregate for LoggingChanges {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let Some(call) = LoggingRecord::of(seen.event).and_then(|record| record.call) else { return };
        let key = Key::of(&call, seen);
        self.row(key).observe(seen);
    }

    const REMEMBER: Option<Remember<Self>> = Some(Self::remember);

    fn merge(&mut self, other: Self, remap: &Remap) {
        for theirs in other.rows {
            let ours = self.row(theirs.key.renamed(remap));
            ours.events += theirs.events;
            ours.span.merge(theirs.span);
            ours.addresses.merge(&theirs.addresses, remap);
            ours.access_keys.merge(&theirs.access_keys, remap);
        }
        self.facts.merge(other.facts);
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        saved::save(self, symbols)
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        saved::load(self, batches, symbols)
    }
}
