//! One session as reports see it.

use std::fmt::Write;

use smallvec::SmallVec;

use super::facts::{Facts, Key, Text};
use crate::aggregate::{Remap, Span, Sym, SymSet, Symbols, Tally};
use crate::model::EventTime;

/// All that is counted of one session.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub key: Key,
    pub tally: Tally,
    pub span: Span,
    /// An event said that its credentials came from the console, or only the console makes such a call.
    pub in_console: bool,
    /// Distinct facts; one but for rare disagreements.
    pub facts: SmallVec<[Facts; 1]>,
    pub access_keys: SymSet,
    /// `sourceIPAddress` as written.
    pub addresses: SymSet,
}

/// A session with its texts.
///
/// What reports ask of every session is copied: they go through sessions by id, and the rows lie in memory as they came.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    row: &'a Row,
    symbols: &'a Symbols,
    /// If there is one of it.
    facts: Option<Facts>,
    access_key: Option<Sym>,
    creation_date: Option<EventTime>,
    tally: Tally,
    span: Span,
}

impl Row {
    pub fn new(key: Key) -> Self {
        Self {
            key,
            tally: Tally::default(),
            span: Span::default(),
            in_console: false,
            facts: SmallVec::new(),
            access_keys: SymSet::default(),
            addresses: SymSet::default(),
        }
    }

    pub fn add_facts(&mut self, facts: Facts) {
        self.in_console |= facts.console_click;
        if !self.facts.contains(&facts) {
            self.facts.push(facts);
        }
    }

    pub fn add_access_key(&mut self, access_key_id: Sym) {
        if access_key_id != Sym::EMPTY {
            self.access_keys.insert(access_key_id);
        }
    }

    /// Makes this a row of another table of symbols.
    pub fn rename(&mut self, remap: &Remap) {
        self.key = self.key.remapped(remap);
        for facts in &mut self.facts {
            *facts = facts.remapped(remap);
        }
        self.access_keys.rename(remap);
        self.addresses.rename(remap);
    }

    /// Adds a row of the same session and table of symbols.
    pub fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        self.span.merge(other.span);
        self.in_console |= other.in_console;
        for facts in other.facts {
            self.add_facts(facts);
        }
        self.access_keys.extend(&other.access_keys);
        self.addresses.extend(&other.addresses);
    }
}

impl<'a> Session<'a> {
    pub(super) fn new(row: &'a Row, symbols: &'a Symbols) -> Self {
        let facts = <[Facts; 1]>::try_from(&*row.facts).ok().map(|[facts]| facts);
        let access_key = row.access_keys.iter().next().filter(|_| row.access_keys.len() == 1);
        let creation_date = row.key.creation_date;
        Self { row, symbols, facts, access_key, creation_date, tally: row.tally, span: row.span }
    }

    /// The name of the session, not an AWS field: `<principalId>@<creationDate>`; without a creation date the access key
    /// id, else the principalId. Unique.
    pub fn id(&self) -> String {
        Self::id_of_name(self.name(), self.creation_date())
    }

    /// The id of the session of that name.
    pub(crate) fn id_of_name(name: &str, creation_date: Option<EventTime>) -> String {
        let Some(date) = creation_date else { return name.to_owned() };
        let mut id = String::with_capacity(name.len() + "@2026-01-02T03:04:05Z".len());
        id.push_str(name);
        // Writing to a string cannot fail.
        let _ = write!(id, "@{date}");
        id
    }

    /// What its id begins with, or is.
    pub(crate) fn name(&self) -> &'a str {
        let key = &self.row.key;
        name_of(self.symbols.text(key.principal_id), key.creation_date, self.symbols.text(key.access_key_id))
    }

    /// The name of the session that calls with such an identity belong to, as [`Session::id`]; empty where nothing tells
    /// it. `principal_id` is the principalId, else the arn.
    pub fn id_of(principal_id: &str, creation_date: Option<EventTime>, access_key_id: &str) -> String {
        Self::id_of_name(name_of(principal_id, creation_date, access_key_id), creation_date)
    }

    /// `creationDate`.
    pub fn creation_date(&self) -> Option<EventTime> {
        self.creation_date
    }

    /// `principalId`: for a role session `AROA…:<session name>`.
    pub fn principal_id(&self) -> &'a str {
        self.text(Text::PrincipalId)
    }

    /// `userIdentity.type`.
    pub fn identity_type(&self) -> &'a str {
        self.text(Text::Type)
    }

    /// `arn`; empty for a role session whose principalId and issuer tell as much.
    pub fn arn(&self) -> &'a str {
        self.text(Text::Arn)
    }

    /// The account that owns the credentials.
    pub fn account_id(&self) -> &'a str {
        self.text(Text::AccountId)
    }

    /// The principal, as it is printed.
    pub fn principal(&self) -> &'a str {
        self.text(Text::Principal)
    }

    /// The arn of the role or user that the session stands for, with its IAM path.
    pub fn issuer_arn(&self) -> &'a str {
        self.text(Text::IssuerArn)
    }

    /// The name of the role or user that the session stands for.
    pub fn issuer_name(&self) -> &'a str {
        self.text(Text::IssuerName)
    }

    /// `sourceIdentity`.
    pub fn source_identity(&self) -> &'a str {
        self.text(Text::SourceIdentity)
    }

    /// `inScopeOf.issuerType`.
    pub fn scope_issuer_type(&self) -> &'a str {
        self.text(Text::ScopeIssuerType)
    }

    /// `inScopeOf.credentialsIssuedTo`.
    pub fn scope_issued_to(&self) -> &'a str {
        self.text(Text::ScopeIssuedTo)
    }

    /// The distinct values of `ec2RoleDelivery`, sorted.
    pub fn ec2_role_deliveries(&self) -> Vec<&'a str> {
        match self.facts {
            Some(facts) if facts.texts[Text::Ec2RoleDelivery as usize] == Sym::EMPTY => Vec::new(),
            _ => self.texts(Text::Ec2RoleDelivery),
        }
    }

    /// `webIdFederationData.federatedProvider`.
    pub fn federated_provider(&self) -> &'a str {
        self.text(Text::FederatedProvider)
    }

    /// `mfaAuthenticated`: true if any event says so, absent if none says anything.
    pub fn mfa_flag(&self) -> Option<bool> {
        match self.facts {
            Some(facts) => facts.mfa,
            None => self.row.facts.iter().filter_map(|facts| facts.mfa).max(),
        }
    }

    /// Whether an event carries the flag of an AssumeRoot session.
    pub fn is_assumed_root(&self) -> bool {
        self.row.facts.iter().any(|facts| facts.assumed_root)
    }

    /// Whether an event shows that a person at the console made it.
    pub fn in_console(&self) -> bool {
        self.row.in_console
    }

    /// The access keys of the session, in no lasting order.
    pub fn access_keys(&self) -> impl Iterator<Item = &'a str> {
        self.access_key_symbols().map(|sym| self.symbols.text(sym))
    }

    /// The access keys of the session as symbols, in no lasting order.
    pub(crate) fn access_key_symbols(&self) -> impl Iterator<Item = Sym> + use<'a> {
        let others = self.access_key.is_none().then(|| self.row.access_keys.iter());
        self.access_key.into_iter().chain(others.into_iter().flatten())
    }

    /// The access keys of the session, sorted.
    pub fn access_key_ids(&self) -> Vec<&'a str> {
        self.sorted(&self.row.access_keys)
    }

    /// The distinct `sourceIPAddress` texts, in no lasting order; not all of them are addresses.
    pub fn source_addresses(&self) -> impl Iterator<Item = &'a str> {
        self.source_symbols().map(|sym| self.symbols.text(sym))
    }

    /// The distinct `sourceIPAddress` texts as symbols, in no lasting order.
    pub(crate) fn source_symbols(&self) -> impl Iterator<Item = Sym> + use<'a> {
        self.row.addresses.iter()
    }

    /// Counts.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// First and last event.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The text that the session's events give. When they disagree it is the smallest one, so that the order of reading
    /// does not matter.
    fn text(&self, text: Text) -> &'a str {
        match self.facts {
            Some(facts) => self.symbols.text(facts.texts[text as usize]),
            None => self.texts(text).first().copied().unwrap_or_default(),
        }
    }

    fn texts(&self, text: Text) -> Vec<&'a str> {
        let all = self.row.facts.iter().map(|facts| self.symbols.text(facts.texts[text as usize]));
        let mut given: Vec<_> = all.filter(|text| !text.is_empty()).collect();
        given.sort_unstable();
        given.dedup();
        given
    }

    fn sorted(&self, set: &SymSet) -> Vec<&'a str> {
        let mut texts: Vec<_> = set.iter().map(|sym| self.symbols.text(sym)).collect();
        texts.sort_unstable();
        texts
    }
}

fn name_of<'a>(principal_id: &'a str, creation_date: Option<EventTime>, access_key_id: &'a str) -> &'a str {
    let is_key = if creation_date.is_some() { principal_id.is_empty() } else { !access_key_id.is_empty() };
    if is_key { access_key_id } else { principal_id }
}
