//! Root use: how often, how and from where each account's root was used, and who else got hold of it.
//!
//! Counts only; what is good or bad is for the report to say. Source: IAM user guide, "AWS account root user".

mod class;
mod opens;
mod reach;
mod saved;
mod tasks;
#[cfg(test)]
mod tests;
mod use_row;

use hashbrown::HashMap;

pub use class::RootClass;
use reach::Reaches;
pub use reach::{Reach, ReachOutcome, ReachText, Reached};
use use_row::Key;
pub use use_row::{Count, RootUseRow};

use super::{Aggregate, AggregateKind, Batch, BatchError, Remap, RowMemo, Seen, Symbols};
use crate::model::{Arn, Event, SourceAddress, UserIdentity};

/// Registers [`RootUse`].
pub static KIND: AggregateKind = AggregateKind {
    name: "root_use",
    summary: "use of each account's root by class: counts, sign-ins, addresses, event names",
    empty: || Box::new(RootUse::default()),
};

/// Every way in which root was used.
#[derive(Clone, Debug, Default)]
pub struct RootUse {
    rows: Vec<RootUseRow>,
    places: HashMap<Key, u32, ahash::RandomState>,
    /// The row of each identity, counted from 1; 0 for an identity that is not root.
    memo: RowMemo,
    reaches: Reaches,
}

impl RootUse {
    /// The rows, in no lasting order.
    pub fn rows(&self) -> impl Iterator<Item = &RootUseRow> {
        self.rows.iter()
    }

    /// What was done to get hold of root, by whomever, in no lasting order.
    pub fn reaches(&self) -> impl Iterator<Item = (&Reach, &Reached)> {
        self.reaches.iter()
    }

    fn row(&mut self, key: Key) -> usize {
        let next = self.rows.len() as u32;
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.rows.push(RootUseRow::new(key));
        }
        place as usize
    }

    /// The marked row of an event whose identity is not remembered, or whose class or account rests on more than the
    /// identity; the latter is found anew each time.
    #[cold]
    fn find(&mut self, seen: &mut Seen<'_>) -> usize {
        let event = seen.event;
        let identity = &*event.user_identity;
        let is_by_service = is_by_service(event);
        let Some(class) = RootClass::of(identity, is_by_service) else {
            self.memo.keep(event.identity, 0);
            return 0;
        };
        let account = account_of(class, identity);
        let key = Key {
            account_id: seen.symbols.intern(if account.is_empty() { event.recipient_account_id } else { account }),
            class,
            access_key_id: seen.symbols.intern(&identity.access_key_id),
        };
        let marked = self.row(key) + 1;
        if !account.is_empty() && !is_by_service {
            self.memo.keep(event.identity, marked);
        }
        marked
    }
}

impl Aggregate for RootUse {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        self.reaches.observe(seen);
        let marked = match self.memo.get(seen.event.identity) {
            Some(0) => return,
            Some(marked) if !is_by_service(seen.event) => marked,
            _ => self.find(seen),
        };
        if let Some(place) = marked.checked_sub(1) {
            self.rows[place].observe(seen);
        }
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        self.reaches.merge(&other.reaches, remap);
        for theirs in &other.rows {
            let Key { account_id, class, access_key_id } = theirs.key;
            let key = Key { account_id: remap.of(account_id), class, access_key_id: remap.of(access_key_id) };
            let place = self.row(key);
            self.rows[place].merge(theirs, remap);
        }
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        let mut batches = saved::save(&self.rows, symbols);
        batches.push(self.reaches.save(symbols));
        batches
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        self.reaches.load(batches, symbols)?;
        saved::load(self, batches, symbols)
    }
}

/// Whether a record shows, beside its identity, that a service was at work: it is the service's own event, or the call
/// came from the host of a service, which no caller can set. The host of the sign-in service stands for a person.
///
/// Source: CloudTrail user guide, "CloudTrail record contents", sourceIPAddress: for calls by services the DNS name.
fn is_by_service(event: &Event<'_>) -> bool {
    let source = event.source_ip_address;
    event.event_type == "AwsServiceEvent"
        || is_from_within(event)
        || (source.ends_with(['m', 'n'])
            && SourceAddress::parse(source) == SourceAddress::Service
            && !source.starts_with("signin.")
            && !class::is_of_agent(source))
}

/// Whether a call came from within AWS and without anything that a person holds: no key, no session, no console. What a
/// person does at the console comes from within as well, but in a session; so does signing in, which has none yet.
///
/// Source: CloudTrail user guide, "CloudTrail record contents", sourceIPAddress: `AWS Internal` for events that originate
/// from AWS; that those without credentials are a service's is our inference.
fn is_from_within(event: &Event<'_>) -> bool {
    let identity = &*event.user_identity;
    event.source_ip_address.starts_with("AWS Internal")
        && SourceAddress::parse(event.source_ip_address) == SourceAddress::AwsInternal
        && event.event_source != "signin.amazonaws.com"
        && event.session_credential_from_console != Some(true)
        && identity.access_key_id.is_empty()
        && identity.creation_date().is_none()
}

/// The account whose root it is; empty when the identity does not say.
fn account_of<'a>(class: RootClass, identity: &'a UserIdentity<'_>) -> &'a str {
    let issuer = identity.session.as_ref().filter(|_| class == RootClass::Federation).map(|session| &session.issuer);
    let issuer_account = issuer.map_or("", |issuer| match &*issuer.account_id {
        "" => Arn::parse(&issuer.arn).map_or("", |arn| arn.account_id),
        known => known,
    });
    if issuer_account.is_empty() { &identity.account_id } else { issuer_account }
}
