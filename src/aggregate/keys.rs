//! Long-lived access keys: from where, with what and since when each was used, who created it and who changed it.
//!
//! Counts only calls that a long-lived credential signed: an access key ([`UserIdentity::long_lived_key`]) or a bearer token
//! ([`Event::is_call_with_bearer_token`]). Keeps what was written in the records; which texts are one address, which agents
//! one program and what it all means is for the reports.

mod change;
mod creation;
mod key_use;
mod saved;
#[cfg(test)]
mod tests;

use hashbrown::{HashMap, HashSet};

pub use change::{Change, KeyStatus};
pub use creation::Creation;
pub use key_use::{KeyUse, SourceUse};

use super::{Aggregate, AggregateKind, Batch, BatchError, Remap, Remember, RowMemo, Seen, Sym, SymSet, Symbols};
use crate::model::{Event, UserIdentity, principal_of};

/// The aggregate of long-lived access keys.
pub static KIND: AggregateKind = AggregateKind {
    name: "keys",
    summary: "long-lived access keys: sources by hour, user agents, regions, holders, creations, changes",
    empty: || Box::new(Keys::default()),
};

/// Kept in the memo for an identity that signed with no long-lived key.
const NO_KEY: usize = 0;

/// Every long-lived key that was used, and every creation and change of a key that was logged.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    rows: Vec<KeyUse>,
    by_key: HashMap<Sym, u32, ahash::RandomState>,
    holders: Vec<Holder>,
    /// Identity → place in `holders` plus one, or [`NO_KEY`]: a known identity is not read again.
    memo: RowMemo,
    /// Users without an access key, whose calls may carry a bearer token → place in `holders` plus one, or [`NO_KEY`] while
    /// none did.
    bearers: RowMemo,
    /// Every account that received a record that was read.
    accounts: SymSet,
    creations: HashMap<Sym, Distinct<Creation>, ahash::RandomState>,
    changes: HashMap<Sym, Distinct<Change>, ahash::RandomState>,
    /// Keys whose creation was counted, not only remembered.
    created: HashSet<Sym, ahash::RandomState>,
    /// Keys of which a change was counted, not only remembered.
    changed: HashSet<Sym, ahash::RandomState>,
}

/// What is kept once, however often records tell it: few of a key, but for altered records.
type Distinct<T> = HashSet<T, ahash::RandomState>;

/// A record that says what became of a key.
enum Told {
    Created(Creation),
    Changed(Change),
}

/// Whose key it is, as the records say. A key has one holder; sanitised records may show several.
#[derive(Clone, Copy, Debug)]
pub struct Holder {
    /// The principal.
    pub principal: Sym,
    /// `userIdentity.accountId`, else the account that received the record.
    pub account: Sym,
    /// Events that say so.
    pub events: i64,
    /// Place of the key in [`Keys::rows`].
    row: u32,
}

impl Keys {
    /// Every key that was used, in no lasting order.
    pub fn rows(&self) -> &[KeyUse] {
        &self.rows
    }

    /// The holders that the records name for a key, in no lasting order.
    pub fn holders<'a>(&'a self, row: &'a KeyUse) -> impl Iterator<Item = &'a Holder> + 'a {
        row.holders.iter().map(|&place| &self.holders[place as usize])
    }

    /// The logged creations of a key, in no lasting order: none or one, but for sanitised records.
    pub fn creations(&self, key: Sym) -> impl Iterator<Item = &Creation> {
        self.creations.get(&key).into_iter().flatten()
    }

    /// Every logged creation with its key, in no lasting order.
    pub fn all_creations(&self) -> impl Iterator<Item = (Sym, &Creation)> {
        self.creations.iter().flat_map(|(&key, creations)| creations.iter().map(move |creation| (key, creation)))
    }

    /// The logged changes of a key, in no lasting order.
    pub fn changes(&self, key: Sym) -> impl Iterator<Item = &Change> {
        self.changes.get(&key).into_iter().flatten()
    }

    /// Every logged change with its key, in no lasting order.
    pub fn all_changes(&self) -> impl Iterator<Item = (Sym, &Change)> {
        self.changes.iter().flat_map(|(&key, changes)| changes.iter().map(move |change| (key, change)))
    }

    /// Whether the creation of a key is among the counted events: inside the window and past the filters.
    pub fn is_creation_counted(&self, key: Sym) -> bool {
        self.created.contains(&key)
    }

    /// Every key that a counted event used, created or changed, each once, in no lasting order, with its use.
    pub fn counted(&self) -> impl Iterator<Item = (Sym, Option<&KeyUse>)> {
        let unused = |key: &&Sym| !self.by_key.contains_key(*key);
        let only_changed = self.changed.iter().filter(|key| !self.created.contains(*key));
        let told = self.created.iter().chain(only_changed).filter(unused);
        self.rows.iter().map(|row| (row.key, Some(row))).chain(told.map(|&key| (key, None)))
    }

    /// Every account that received a record that was read, counted or not: the accounts whose logs these are.
    pub fn accounts(&self) -> &SymSet {
        &self.accounts
    }

    fn row(&mut self, key: Sym) -> u32 {
        *self.by_key.entry(key).or_insert_with(|| {
            self.rows.push(KeyUse::new(key));
            self.rows.len() as u32 - 1
        })
    }

    /// The place of this holder of this key, made when new.
    fn holder(&mut self, key: Sym, principal: Sym, account: Sym) -> usize {
        let row = self.row(key);
        let known = self.rows[row as usize].holders.iter().copied().find(|&place| {
            let holder = &self.holders[place as usize];
            holder.principal == principal && holder.account == account
        });
        if let Some(place) = known {
            return place as usize;
        }
        self.holders.push(Holder { principal, account, events: 0, row });
        let place = self.holders.len() - 1;
        self.rows[row as usize].holders.push(place as u32);
        place
    }

    /// Reads an identity that is not in the memo: the place of its holder, if a long-lived key signed. Without an
    /// accountId the holder hangs on the account that received the record, so such an identity is read each time.
    #[cold]
    fn meet(&mut self, seen: &mut Seen<'_>) -> Option<usize> {
        let event = seen.event;
        let identity: &UserIdentity<'_> = &event.user_identity;
        let Some(key) = identity.long_lived_key() else {
            self.memo.keep(event.identity, NO_KEY);
            if identity.may_carry_bearer_token() {
                self.bearers.keep(event.identity, NO_KEY);
            }
            return None;
        };
        let place = self.holder_of(key, seen);
        if !identity.account_id.is_empty() {
            self.memo.keep(event.identity, place + 1);
        }
        Some(place)
    }

    /// The place of the holder of the bearer token that the call carried, if it did. Asks for the sub-document only where
    /// the identity can have carried one.
    fn bearer(&mut self, seen: &mut Seen<'_>) -> Option<usize> {
        let event = seen.event;
        let known = self.bearers.get(event.identity)?;
        if !event.is_call_with_bearer_token() {
            return None;
        }
        known.checked_sub(1).or_else(|| {
            let identity: &UserIdentity<'_> = &event.user_identity;
            let place = self.holder_of(&identity.bearer_key(), seen);
            if !identity.account_id.is_empty() {
                self.bearers.keep(event.identity, place + 1);
            }
            Some(place)
        })
    }

    fn holder_of(&mut self, key: &str, seen: &mut Seen<'_>) -> usize {
        let identity: &UserIdentity<'_> = &seen.event.user_identity;
        let key = seen.symbols.intern(key);
        let principal = seen.symbols.intern(&principal_of(identity));
        let account = match identity.account_id.is_empty() {
            true => seen.account(),
            false => seen.symbols.intern(&identity.account_id),
        };
        self.holder(key, principal, account)
    }

    fn add_creation(&mut self, key: Sym, creation: Creation) {
        self.creations.entry(key).or_default().insert(creation);
    }

    fn add_change(&mut self, key: Sym, change: Change) {
        self.changes.entry(key).or_default().insert(change);
    }
}

impl Told {
    /// What `event` says of which key. Turns nearly every event away by the length of its name.
    #[inline]
    fn read(event: &Event<'_>, symbols: &mut Symbols) -> Option<(Sym, Self)> {
        match event.event_name {
            "CreateAccessKey" => Creation::read(event, symbols).map(|(key, creation)| (key, Self::Created(creation))),
            "UpdateAccessKey" | "DeleteAccessKey" => {
                Change::read(event, symbols).map(|(key, change)| (key, Self::Changed(change)))
            }
            _ => None,
        }
    }
}

impl Keys {
    fn remember(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        if !event.recipient_account_id.is_empty() {
            self.accounts.insert(symbols.intern(event.recipient_account_id));
        }
        match Told::read(event, symbols) {
            Some((key, Told::Created(creation))) => self.add_creation(key, creation),
            Some((key, Told::Changed(change))) => self.add_change(key, change),
            None => {}
        }
    }
}

impl Aggregate for Keys {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        // What it says is remembered; here is only that it counts.
        match Told::read(seen.event, seen.symbols) {
            Some((key, Told::Created(_))) => drop(self.created.insert(key)),
            Some((key, Told::Changed(_))) => drop(self.changed.insert(key)),
            None => {}
        }
        let place = match self.memo.get(seen.event.identity) {
            Some(NO_KEY) => None,
            Some(known) => Some(known - 1),
            None => self.meet(seen),
        };
        let place = place.or_else(|| self.bearer(seen));
        let Some(place) = place else { return };
        let holder = &mut self.holders[place];
        holder.events += 1;
        self.rows[holder.row as usize].see(seen);
    }

    const REMEMBER: Option<Remember<Self>> = Some(Self::remember);

    fn merge(&mut self, other: Self, remap: &Remap) {
        for theirs in &other.rows {
            let key = remap.of(theirs.key);
            let row = self.row(key);
            self.rows[row as usize].merge(theirs, remap);
            for holder in other.holders(theirs) {
                let place = self.holder(key, remap.of(holder.principal), remap.of(holder.account));
                self.holders[place].events += holder.events;
            }
        }
        for (&key, creations) in &other.creations {
            for creation in creations {
                self.add_creation(remap.of(key), creation.renamed(remap));
            }
        }
        for (&key, changes) in &other.changes {
            for change in changes {
                self.add_change(remap.of(key), change.renamed(remap));
            }
        }
        self.accounts.merge(&other.accounts, remap);
        self.created.extend(other.created.iter().map(|key| remap.of(*key)));
        self.changed.extend(other.changed.iter().map(|key| remap.of(*key)));
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        saved::save(self, symbols)
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        saved::load(self, batches, symbols)
    }
}
