//! Where chains of credentials begin: people, services, identity providers, other accounts, and the long-lived keys of
//! people.

use std::borrow::Cow;

use ahash::AHashMap;

use crate::aggregate::keys::{Creation, KeyUse, Keys};
use crate::aggregate::{Sym, Symbols};
use crate::model::{AccessKeyKind, Arn};
use crate::report::lineage::{Credential, Kind, issuing_service};

/// What a chain begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum OriginKind {
    User,
    Root,
    Service,
    IdentityProvider,
    /// A person of Identity Center.
    Person,
    /// Another account: its own trail would name the caller.
    Account,
    /// Whoever the record names.
    Other,
    /// Nobody knows: no record that was read issued it.
    NotInRange,
}

/// Where a chain begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Origin<'a> {
    pub kind: OriginKind,
    /// The principal, as it is printed; empty where it is not in range.
    pub name: Cow<'a, str>,
    /// The identity provider.
    pub provider: &'a str,
}

/// A long-lived access key.
pub(super) struct LongKey<'a> {
    pub id: &'a str,
    pub account_id: &'a str,
    /// Place of its principal among the origins.
    pub owner: usize,
    /// What was counted of it.
    pub used: Option<&'a KeyUse>,
    pub creation: Option<&'a Creation>,
}

/// What a credential without a parent hangs on.
pub(super) enum Start {
    Origin(usize),
    Key(usize),
}

/// Origins and long-lived keys, each once.
pub(super) struct Origins<'a> {
    pub all: Vec<Origin<'a>>,
    pub keys: Vec<LongKey<'a>>,
    places: AHashMap<Origin<'a>, usize>,
    key_places: AHashMap<&'a str, usize>,
}

impl OriginKind {
    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Root => "root",
            Self::Service => "service",
            Self::IdentityProvider => "identity-provider",
            Self::Person => "person",
            Self::Account => "account",
            Self::Other => "principal",
            Self::NotInRange => "not-in-range",
        }
    }

    /// Whether a person may stand behind it.
    pub const fn is_person(self) -> bool {
        matches!(self, Self::User | Self::Root)
    }

    fn of_person(identity_type: &str, name: &str) -> Self {
        match identity_type {
            "Root" => Self::Root,
            "IAMUser" => Self::User,
            _ if name.starts_with("root@") => Self::Root,
            _ if name.contains(":user/") => Self::User,
            _ => Self::Other,
        }
    }
}

impl Origin<'_> {
    /// The account that it lies in, where its name tells.
    pub fn account_id(&self) -> &str {
        let name = &*self.name;
        let named = name.strip_prefix("root@").or_else(|| name.strip_prefix("account:"));
        named.or_else(|| Arn::parse(name).map(|arn| arn.account_id)).unwrap_or_default()
    }
}

impl<'a> Origins<'a> {
    /// The long-lived keys that were used or created, with their owners.
    pub fn of(keys: Option<&'a Keys>, symbols: &'a Symbols) -> Self {
        let mut origins =
            Self { all: Vec::new(), keys: Vec::new(), places: AHashMap::new(), key_places: AHashMap::new() };
        let Some(keys) = keys else { return origins };
        let mut rows: Vec<&KeyUse> = keys.rows().iter().collect();
        rows.sort_unstable_by_key(|row| symbols.text(row.key));
        for row in rows {
            let text = |sym: Sym| symbols.text(sym);
            // One, but for sanitised records: then the one with most events.
            let holders = keys.holders(row);
            let holder = holders.max_by_key(|holder| {
                (holder.events, std::cmp::Reverse((text(holder.principal), text(holder.account))))
            });
            let (owner, account) = holder.map_or(("", ""), |holder| (text(holder.principal), text(holder.account)));
            let kind = OriginKind::of_person("", owner);
            let owner = origins.place(Origin { kind, name: owner.into(), provider: "" });
            let place = origins.key(text(row.key), owner);
            origins.keys[place].account_id = account;
            origins.keys[place].used = Some(row);
        }
        origins.add_created(keys, symbols);
        origins
    }

    /// The keys that a record created, used or not.
    fn add_created(&mut self, keys: &'a Keys, symbols: &'a Symbols) {
        let mut created: Vec<(&str, &Creation)> =
            keys.all_creations().map(|(key, creation)| (symbols.text(key), creation)).collect();
        created.sort_by_key(|&(key, creation)| (key, creation.time, symbols.text(creation.creator)));
        for (key, creation) in created {
            let account = symbols.text(creation.account);
            let place = match self.key_places.get(key) {
                Some(&place) => place,
                None => {
                    let (name, kind) = self.owner_named(symbols.text(creation.user_name), account);
                    let owner = self.place(Origin { kind, name, provider: "" });
                    let place = self.key(key, owner);
                    self.keys[place].account_id = account;
                    place
                }
            };
            self.keys[place].creation.get_or_insert(creation);
        }
    }

    /// The owner of a key that is only known to have been created for this user.
    fn owner_named(&self, user_name: &'a str, account: &str) -> (Cow<'a, str>, OriginKind) {
        if user_name.is_empty() {
            return (format!("root@{account}").into(), OriginKind::Root);
        }
        let is_this = |arn: Arn<'_>| arn.account_id == account && arn.name() == user_name;
        let known = self
            .all
            .iter()
            .find(|origin| origin.kind == OriginKind::User && Arn::parse(&origin.name).is_some_and(is_this));
        let unknown = || format!("{account}:user/{user_name}").into();
        (known.map_or_else(unknown, |origin| origin.name.clone()), OriginKind::User)
    }

    /// Where the chain of `credential`, which no session issued, begins.
    pub fn start_of(&mut self, credential: &Credential<'a>) -> Start {
        let Some(issuance) = credential.issuance() else { return Start::Origin(self.of_unexplained(credential)) };
        let caller = issuance.caller();
        let (kind, name) = match issuance.caller_type() {
            "IAMUser" | "Root" => {
                let is_key = AccessKeyKind::of(issuance.caller_access_key_id()) == AccessKeyKind::LongLived;
                let kind = OriginKind::of_person(issuance.caller_type(), caller);
                if is_key && issuance.caller_creation_date().is_none() {
                    let owner = self.place(Origin { kind, name: caller.into(), provider: "" });
                    let place = self.key(issuance.caller_access_key_id(), owner);
                    if self.keys[place].account_id.is_empty() {
                        self.keys[place].account_id = issuance.caller_account_id();
                    }
                    return Start::Key(place);
                }
                // A sign-in may name its person by the unique id alone; the events of the session give the arn.
                (kind, credential.principal())
            }
            _ if !issuing_service(issuance).is_empty() => (OriginKind::Service, caller.into()),
            "AWSService" => (OriginKind::Service, caller.into()),
            "IdentityCenterUser" => (OriginKind::Person, caller.into()),
            "SAMLUser" if issuance.is_by_identity_center() && !credential.person().is_empty() => {
                (OriginKind::Person, credential.person().into())
            }
            "SAMLUser" | "WebIdentityUser" => (OriginKind::IdentityProvider, caller.into()),
            "AWSAccount" => (OriginKind::Account, caller.into()),
            _ => (OriginKind::Other, caller.into()),
        };
        let provider = if kind == OriginKind::IdentityProvider { issuance.provider() } else { "" };
        Start::Origin(self.place(Origin { kind, name, provider }))
    }

    /// A session of which no issuing record was read: a user's and root's own belong to them all the same.
    fn of_unexplained(&mut self, credential: &Credential<'a>) -> usize {
        let name = credential.principal();
        let is_own = matches!(credential.identity_type(), "IAMUser" | "Root" | "FederatedUser")
            && credential.kind() != Kind::AssumeRoot
            && !name.is_empty();
        let person = credential.person();
        match is_own {
            false if !person.is_empty() => {
                self.place(Origin { kind: OriginKind::Person, name: person.into(), provider: "" })
            }
            true => self.place(Origin {
                kind: OriginKind::of_person(credential.identity_type(), &name),
                name,
                provider: "",
            }),
            false => self.place(Origin { kind: OriginKind::NotInRange, name: "".into(), provider: "" }),
        }
    }

    fn key(&mut self, id: &'a str, owner: usize) -> usize {
        if let Some(&place) = self.key_places.get(id) {
            return place;
        }
        self.keys.push(LongKey { id, account_id: "", owner, used: None, creation: None });
        self.key_places.insert(id, self.keys.len() - 1);
        self.keys.len() - 1
    }

    fn place(&mut self, origin: Origin<'a>) -> usize {
        let next = self.all.len();
        let place = *self.places.entry(origin.clone()).or_insert(next);
        if place == next {
            self.all.push(origin);
        }
        place
    }
}
