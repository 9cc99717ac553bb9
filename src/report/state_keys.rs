//! Long-lived keys as IAM's own state tells them, and which keys of the logs they are. No judgement.
//!
//! A list of access keys has ids, which are exact. The credential report has none: its key is taken for one of the logs
//! only where its owner has a single key in both and nothing speaks against it.

use std::collections::{BTreeMap, BTreeSet};

use super::key_facts::{Join, KeyFacts};
use super::user_arns::user_of;
use crate::model::{AccessKeyKind, EventTime};
use crate::posture::{Account, KeyState, Posture, Source};

/// Seconds that two records of one creation may differ by.
const SAME_MOMENT: i64 = 5;

/// Seconds after which IAM knows of a use: the credential report's last use may lag by hours.
const LATE: i64 = 86_400;

/// The name of root among the owners of keys; no user's name is empty.
const ROOT: &str = "";

/// One long-lived key of IAM's state.
#[derive(Clone, Debug)]
pub(crate) struct StateKey<'a> {
    /// The account.
    pub account: &'a str,
    /// Whose it is, as reports print it: a user's arn, its name where no file has the arn, or `root@account`.
    pub owner: String,
    /// The user's name, or `root`.
    pub name: &'a str,
    /// What state says of it.
    pub key: KeyState<'a>,
    /// The file that says so.
    pub source: &'a Source,
    /// Its place among the keys of the logs, and how that is known; `None` where they do not show it.
    pub seen: Option<(usize, Join)>,
}

/// The keys of the logs, ready to be looked up.
struct Seen<'s, 'a> {
    facts: &'s [KeyFacts<'a>],
    by_owner: BTreeMap<(&'a str, &'a str), Vec<usize>>,
}

/// Whose keys are looked at.
#[derive(Clone, Copy)]
struct Owner<'a> {
    account_id: &'a str,
    account: &'a Account,
    name: &'a str,
}

impl StateKey<'_> {
    /// Whether it is root's.
    pub(crate) fn is_root(&self) -> bool {
        self.name == "root" && self.owner.starts_with("root@")
    }
}

/// Every key of every account, by account and owner. `facts` are the keys of the logs, sorted by id.
pub(crate) fn of<'a>(posture: Option<&'a Posture>, facts: &[KeyFacts<'_>]) -> Vec<StateKey<'a>> {
    let seen = Seen::new(facts);
    let accounts = posture.into_iter().flat_map(|posture| &posture.accounts);
    let owners = accounts.flat_map(|(account_id, account)| owners(account_id, account));
    owners.flat_map(|owner| owner.keys(&seen)).collect()
}

/// Root, and every user that a file about keys names.
fn owners<'a>(account_id: &'a str, account: &'a Account) -> Vec<Owner<'a>> {
    let reported = account.credentials.iter().flat_map(|part| part.value.users.keys());
    let listed = account.access_keys.iter().flat_map(|part| part.value.iter().map(|key| &key.user_name));
    let mut names: BTreeSet<&str> = reported.chain(listed).map(String::as_str).collect();
    names.remove(account_id);
    names.insert(ROOT);
    names.into_iter().map(|name| Owner { account_id, account, name }).collect()
}

impl<'a> Owner<'a> {
    fn keys(self, seen: &Seen<'_, '_>) -> Vec<StateKey<'a>> {
        let mut keys = match self.name {
            ROOT => self.account.root_keys(self.account_id),
            name => self.account.keys_of(name),
        };
        let is_alone = keys.len() == 1;
        // The list may know keys that were made after the report.
        let known: BTreeSet<&str> = keys.iter().filter_map(|key| key.id).collect();
        let listed = self.account.access_keys.iter().flat_map(|part| &part.value);
        let is_own = |name: &str| name == self.name || self.name == ROOT && name == self.account_id;
        let more = listed.filter(|key| is_own(&key.user_name) && !known.contains(key.access_key_id.as_str()));
        let more: Vec<_> = more.collect();
        let is_alone = is_alone && more.is_empty();
        keys.extend(more.into_iter().map(KeyState::listed));
        keys.into_iter().filter_map(|key| self.key(key, seen, is_alone)).collect()
    }

    fn key(self, key: KeyState<'a>, seen: &Seen<'_, '_>, is_alone: bool) -> Option<StateKey<'a>> {
        let source = match key.slot {
            Some(_) => self.account.credentials.as_ref().map(|part| &part.source),
            None => self.account.access_keys.as_ref().map(|part| &part.source),
        }?;
        let place = match key.id {
            Some(id) => seen.by_id(id, self.account_id).map(|place| (place, Join::Id)),
            None if is_alone => seen.only(self, key, source).map(|place| (place, Join::OnlyKey)),
            None => None,
        };
        let name = if self.name == ROOT { "root" } else { self.name };
        Some(StateKey { account: self.account_id, owner: self.text(), name, key, source, seen: place })
    }

    fn text(self) -> String {
        if self.name == ROOT {
            return format!("root@{}", self.account_id);
        }
        let reported = self.account.credentials.as_ref().and_then(|part| part.value.users.get(self.name));
        let detailed = self.account.authorization.as_ref().and_then(|part| part.value.users.as_ref()?.get(self.name));
        let arn = reported.map(|row| &row.arn).or(detailed.map(|user| &user.arn));
        arn.filter(|arn| !arn.is_empty()).cloned().unwrap_or_else(|| self.name.to_owned())
    }
}

impl<'s, 'a> Seen<'s, 'a> {
    fn new(facts: &'s [KeyFacts<'a>]) -> Self {
        let mut by_owner: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        // Keys for one service are in none of these files.
        let is_access_key = |facts: &KeyFacts<'_>| AccessKeyKind::of(facts.id) == AccessKeyKind::LongLived;
        for (place, facts) in
            facts.iter().enumerate().filter(|(_, facts)| !facts.owner.is_empty() && is_access_key(facts))
        {
            let name = if facts.is_root() { ROOT } else { user_of(facts.owner).map_or(facts.owner, |(_, name)| name) };
            by_owner.entry((facts.account, name)).or_default().push(place);
        }
        Self { facts, by_owner }
    }

    /// Ids are unique in all of AWS; a record that names another account was altered.
    fn by_id(&self, id: &str, account: &str) -> Option<usize> {
        let place = self.facts.binary_search_by(|facts| facts.id.cmp(id)).ok()?;
        let of = self.facts[place].account;
        (of.is_empty() || of == account).then_some(place)
    }

    /// The only key of an owner in the logs, where it can be the only one of state.
    fn only(&self, owner: Owner<'_>, key: KeyState<'_>, source: &Source) -> Option<usize> {
        match self.by_owner.get(&(owner.account_id, owner.name)).map(Vec::as_slice) {
            Some(&[place]) if can_be(key, source, &self.facts[place]) => Some(place),
            _ => None,
        }
    }
}

/// Whether the logs say nothing that the key of state cannot have done.
fn can_be(key: KeyState<'_>, source: &Source, facts: &KeyFacts<'_>) -> bool {
    let (Some(made), Some(as_of), Some(since)) = (key.created, source.as_of, facts.known_since) else { return false };
    let is_made_then = match facts.created {
        Some((time, _)) => (time.seconds() - made.seconds()).abs() <= SAME_MOMENT,
        None => made <= since,
    };
    let is_late = |told: EventTime, used: EventTime| told.plus_seconds(LATE) < used;
    let is_unknown_use = facts
        .last_used()
        .is_some_and(|used| is_late(used, as_of) && key.last_used.is_none_or(|told| is_late(told, used)));
    is_made_then && since <= as_of && !is_unknown_use
}
