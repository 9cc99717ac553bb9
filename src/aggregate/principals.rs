//! Principals: what each did, with which credentials, from where.
//!
//! A row per (principal, account). What an identity alone tells (its ids, key, session, type) is taken down once, when
//! it is first met; an event that follows costs a few small-set look-ups. Attribution is the model's.

mod saved;
#[cfg(test)]
mod tests;

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
    /// Identity with an accountId → row. A known identity is not read again.
    at_home: RowMemo,
    /// Identity without one → place in `faces`: its row hangs on who received the record.
    without_account: RowMemo,
    faces: Vec<Face>,
    by_face: HashMap<Face, u32, ahash::RandomState>,
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

/// What an identity alone tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Face {
    principal: Sym,
    kind: Sym,
    principal_id: Sym,
    access_key: Sym,
    session: Option<SessionRef>,
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

    /// Reads an identity that is in neither memo and puts it into one.
    #[cold]
    fn meet(&mut self, seen: &mut Seen<'_>) -> usize {
        let event = seen.event;
        let identity: &UserIdentity<'_> = &event.user_identity;
        let face = Face::of(identity, seen.symbols);
        if identity.account_id.is_empty() {
            let place = self.place_of(face);
            self.without_account.keep(event.identity, place);
            return self.row_for(face, seen.account());
        }
        let account = seen.symbols.intern(&identity.account_id);
        let row = self.row_for(face, account);
        self.at_home.keep(event.identity, row);
        row
    }

    /// The row of a principal in an account, with the face known to it.
    fn row_for(&mut self, face: Face, account: Sym) -> usize {
        let row = self.row(face.principal, account);
        self.rows[row].know(face);
        row
    }

    /// The place of a face, made when new.
    fn place_of(&mut self, face: Face) -> usize {
        let place = *self.by_face.entry(face).or_insert_with(|| {
            self.faces.push(face);
            self.faces.len() as u32 - 1
        });
        place as usize
    }
}

impl Aggregate for Principals {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let identity = seen.event.identity;
        let row = if let Some(row) = self.at_home.get(identity) {
            row
        } else if let Some(place) = self.without_account.get(identity) {
            self.row_for(self.faces[place], seen.account())
        } else {
            self.meet(seen)
        };
        self.rows[row].see(seen);
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
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

    /// Adds another row of the same table of symbols.
    pub fn absorb(&mut self, other: &Self) {
        self.tally.merge(other.tally);
        self.span.merge(other.span);
        for (ours, theirs) in [
            (&mut self.types, &other.types),
            (&mut self.principal_ids, &other.principal_ids),
            (&mut self.access_keys, &other.access_keys),
            (&mut self.sources, &other.sources),
            (&mut self.services, &other.services),
            (&mut self.regions, &other.regions),
        ] {
            ours.extend(theirs);
        }
        for (name, count) in other.event_names.iter() {
            self.event_names.add(name, count);
        }
        self.hours.merge(&other.hours);
        self.sessions.extend(&other.sessions);
    }

    /// Takes down what the identity alone tells.
    fn know(&mut self, face: Face) {
        self.types.insert(face.kind);
        if face.principal_id != Sym::EMPTY {
            self.principal_ids.insert(face.principal_id);
        }
        if face.access_key != Sym::EMPTY {
            self.access_keys.insert(face.access_key);
        }
        self.sessions.extend(face.session);
    }

    fn see(&mut self, seen: &mut Seen<'_>) {
        self.tally.merge(seen.tally());
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

impl Face {
    fn of(identity: &UserIdentity<'_>, symbols: &mut Symbols) -> Self {
        Self {
            principal: symbols.intern(&principal_of(identity)),
            kind: symbols.intern(identity.kind.as_str()),
            principal_id: symbols.intern(unique_id_of(identity)),
            access_key: symbols.intern(&identity.access_key_id),
            session: session_of(identity, symbols),
        }
    }
}

/// The unique id that stays when a name is given to another user or role: `AIDA…`, `AROA…` without `:session`.
///
/// A federated user's principalId is `account:name`, chosen by its issuer, whom its events are attributed to.
fn unique_id_of<'a>(identity: &'a UserIdentity<'_>) -> &'a str {
    match identity.kind {
        IdentityType::FederatedUser => identity.session.as_ref().map_or("", |session| &session.issuer.principal_id),
        _ => identity.unique_id(),
    }
}

/// The session that an identity belongs to; long-lived keys, services and whoever has only a name have none.
fn session_of(identity: &UserIdentity<'_>, symbols: &mut Symbols) -> Option<SessionRef> {
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
