//! Principals: what each did, with which credentials, from where.
//!
//! A row per (principal, account). What an identity alone tells (its ids, key, session, type) is taken down once, when
//! it is first met; an event that follows costs a few small-set look-ups. Attribution is the model's.

mod saved;
#[cfg(test)]
mod tests;

use std::any::Any;

use hashbrown::{HashMap, HashSet};

use super::{
    Aggregate, AggregateKind, Batch, BatchError, HourSet, Remap, RowMemo, Seen, Span, Sym, SymCounts, SymSet, Symbols,
    Tally,
};
use crate::model::{AccessKeyKind, EventTime, Hour, IdentityType, UserIdentity, principal_of};

/// The aggregate of principals.
pub static KIND: AggregateKind = AggregateKind {
    name: "principals",
    summary: "principals: credentials, sessions, sources, services, regions, hours, event names",
    empty: || Box::new(Principals::default()),
};

/// Every principal that was seen.
#[derive(Clone, Debug, Default)]
pub struct Principals {
    rows: Vec<PrincipalUse>,
    by_name: HashMap<(Sym, Sym), u32, ahash::RandomState>,
    /// Identity with an accountId → row.
    at_home: RowMemo,
    /// Identity without one → number of the symbol of its principal: its row hangs on who received the record.
    homeless: RowMemo,
}

/// What one principal of one account did.
#[derive(Clone, Debug)]
pub struct PrincipalUse {
    /// The principal, as printed.
    pub principal: Sym,
    /// `userIdentity.accountId`, else the account that received the record.
    pub account: Sym,
    /// Its events.
    pub tally: Tally,
    /// First and last event.
    pub span: Span,
    /// Every `userIdentity.type`, in AWS's spelling.
    pub types: SymSet,
    /// Every unique id: `principalId` without a session name, of a federated user its issuer's.
    pub principal_ids: SymSet,
    /// Every `accessKeyId`, long-lived and temporary.
    pub access_keys: SymSet,
    /// Every session.
    pub sessions: HashSet<SessionRef, ahash::RandomState>,
    /// Every `sourceIPAddress` as written: addresses, service hosts and whatever else.
    pub sources: SymSet,
    /// Every `eventSource`.
    pub services: SymSet,
    /// Every `awsRegion`.
    pub regions: SymSet,
    /// Events by `eventName`.
    pub event_names: SymCounts,
    /// The clock hours in which it was active.
    pub hours: HourSet,
    /// The hour that was last put into `hours`: most events fall into the one before's.
    last_hour: Hour,
}

/// What tells a principal's sessions apart: (principalId, creationDate); without a creationDate the access key, else
/// the principalId. Not an AWS term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionRef {
    /// `principalId`, or `accessKeyId` when there is no creationDate.
    pub id: Sym,
    /// `creationDate`.
    pub created: Option<EventTime>,
}

impl Principals {
    /// Every principal, in no lasting order.
    pub fn rows(&self) -> &[PrincipalUse] {
        &self.rows
    }

    fn row(&mut self, principal: Sym, account: Sym) -> usize {
        let row = *self.by_name.entry((principal, account)).or_insert_with(|| {
            self.rows.push(PrincipalUse::new(principal, account));
            self.rows.len() as u32 - 1
        });
        row as usize
    }

    /// The row of an identity with an accountId that is not in the memo.
    #[cold]
    fn meet(&mut self, seen: &mut Seen<'_>) -> usize {
        let event = seen.event;
        let identity = &*event.user_identity;
        let principal = seen.symbols.intern(&principal_of(identity));
        let account = seen.symbols.intern(&identity.account_id);
        let row = self.row(principal, account);
        self.rows[row].know(identity, seen.symbols);
        self.at_home.keep(event.identity, row);
        row
    }

    /// The row of an identity without an accountId: services above all.
    fn meet_homeless(&mut self, seen: &mut Seen<'_>) -> usize {
        let event = seen.event;
        let principal = match self.homeless.get(event.identity) {
            Some(number) => Sym(number as u32),
            None => {
                let principal = seen.symbols.intern(&principal_of(&event.user_identity));
                self.homeless.keep(event.identity, principal.0 as usize);
                principal
            }
        };
        let account = seen.account();
        let row = self.row(principal, account);
        self.rows[row].know(&event.user_identity, seen.symbols);
        row
    }
}

impl Aggregate for Principals {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let row = match self.at_home.get(seen.event.identity) {
            Some(row) => row,
            None if seen.event.user_identity.account_id.is_empty() => self.meet_homeless(seen),
            None => self.meet(seen),
        };
        self.rows[row].see(seen);
    }

    fn merge(&mut self, other: Box<dyn Any>, remap: &Remap) {
        let other = other.downcast::<Self>().expect("states are merged aggregate by aggregate");
        for theirs in &other.rows {
            let row = self.row(remap.of(theirs.principal), remap.of(theirs.account));
            self.rows[row].merge(theirs, remap);
        }
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        saved::save(self, symbols)
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        saved::load(self, batches, symbols)
    }
}

impl PrincipalUse {
    fn new(principal: Sym, account: Sym) -> Self {
        Self {
            principal,
            account,
            tally: Tally::default(),
            span: Span::default(),
            types: SymSet::default(),
            principal_ids: SymSet::default(),
            access_keys: SymSet::default(),
            sessions: HashSet::default(),
            sources: SymSet::default(),
            services: SymSet::default(),
            regions: SymSet::default(),
            event_names: SymCounts::default(),
            hours: HourSet::default(),
            last_hour: Hour(i32::MIN),
        }
    }

    /// Takes down what the identity alone tells.
    fn know(&mut self, identity: &UserIdentity, symbols: &mut Symbols) {
        self.types.insert(symbols.intern(identity.kind.as_str()));
        let principal_id = unique_id_of(identity);
        if !principal_id.is_empty() {
            self.principal_ids.insert(symbols.intern(principal_id));
        }
        if !identity.access_key_id.is_empty() {
            self.access_keys.insert(symbols.intern(&identity.access_key_id));
        }
        if let Some(session) = session_of(identity, symbols) {
            self.sessions.insert(session);
        }
    }

    fn see(&mut self, seen: &mut Seen<'_>) {
        self.tally.count(seen.event);
        self.sources.insert(seen.address());
        self.services.insert(seen.service());
        self.regions.insert(seen.region());
        self.event_names.add(seen.event_name(), 1);
        let Some(time) = seen.event.event_time else { return };
        self.span.see(time);
        if self.last_hour != time.hour() {
            self.last_hour = time.hour();
            self.hours.insert(self.last_hour);
        }
    }

    fn merge(&mut self, other: &Self, remap: &Remap) {
        self.tally.merge(other.tally);
        self.span.merge(other.span);
        self.types.merge(&other.types, remap);
        self.principal_ids.merge(&other.principal_ids, remap);
        self.access_keys.merge(&other.access_keys, remap);
        self.sources.merge(&other.sources, remap);
        self.services.merge(&other.services, remap);
        self.regions.merge(&other.regions, remap);
        self.event_names.merge(&other.event_names, remap);
        self.hours.merge(&other.hours);
        let renamed = other.sessions.iter().map(|s| SessionRef { id: remap.of(s.id), created: s.created });
        self.sessions.extend(renamed);
    }
}

/// The unique id that stays when a name is given to another user or role: `AIDA…`, `AROA…` without `:session`.
///
/// A federated user's principalId is `account:name`, chosen by its issuer, whom its events are attributed to.
fn unique_id_of(identity: &UserIdentity) -> &str {
    match identity.kind {
        IdentityType::FederatedUser => identity.session.as_ref().map_or("", |session| &session.issuer.principal_id),
        _ => identity.principal_id.split(':').next().unwrap_or_default(),
    }
}

/// The session that an identity belongs to; long-lived keys, services and whoever has only a name have none.
fn session_of(identity: &UserIdentity, symbols: &mut Symbols) -> Option<SessionRef> {
    if let Some(created) = identity.creation_date() {
        return Some(SessionRef { id: symbols.intern(&identity.principal_id), created: Some(created) });
    }
    let always_session = matches!(identity.kind, IdentityType::AssumedRole | IdentityType::FederatedUser);
    if !always_session && AccessKeyKind::of(&identity.access_key_id) != AccessKeyKind::Temporary {
        return None;
    }
    let id = if identity.access_key_id.is_empty() { &identity.principal_id } else { &identity.access_key_id };
    Some(SessionRef { id: symbols.intern(id), created: None })
}
