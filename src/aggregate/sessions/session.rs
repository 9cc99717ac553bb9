//! One session as reports see it.

use smallvec::SmallVec;

use super::facts::{Facts, Key, Text};
use super::index::Index;
use super::places::{EndpointUse, Programs, Usage};
use crate::aggregate::{Remap, Span, Sym, SymMap, Symbols, Tally};
use crate::model::{Event, EventTime, session_id, session_name};

/// No row follows.
pub(super) const NONE: u32 = u32::MAX;

/// All that is counted of one access key of a session.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub key: Key,
    /// Empty where the identity shows none.
    pub access_key: Sym,
    /// Whether it is the first row of its session.
    pub is_first: bool,
    /// The next row of the same session, or [`NONE`].
    pub next: u32,
    pub tally: Tally,
    pub span: Span,
    /// An event said that its credentials came from the console, or only the console makes such a call.
    pub in_console: bool,
    /// Distinct facts; one but for rare disagreements.
    pub facts: SmallVec<[Facts; 1]>,
    /// By `sourceIPAddress` as written.
    pub sources: SymMap<Usage>,
    /// What came through VPC endpoints, by endpoint and owner.
    pub endpoints: SmallVec<[EndpointUse; 0]>,
    index: Option<Box<Index>>,
}

/// A session with its texts.
///
/// What reports ask of every session is copied: they go through sessions by id, and the rows lie in memory as they came.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    rows: &'a [Row],
    /// Its first row.
    place: u32,
    /// Whether this row is all: the session's other keys are other sessions.
    is_alone: bool,
    symbols: &'a Symbols,
    /// If there is one of it.
    facts: Option<Facts>,
    creation_date: Option<EventTime>,
    tally: Tally,
    span: Span,
}

impl Row {
    pub fn new(key: Key, access_key: Sym) -> Self {
        Self {
            key,
            access_key,
            is_first: true,
            next: NONE,
            tally: Tally::default(),
            span: Span::default(),
            in_console: false,
            facts: SmallVec::new(),
            sources: SymMap::default(),
            endpoints: SmallVec::new(),
            index: None,
        }
    }

    pub fn add_facts(&mut self, facts: Facts) {
        self.in_console |= facts.console_click;
        if Index::of_facts(&mut self.index, &self.facts, &facts).is_none() {
            self.facts.push(facts);
        }
    }

    pub fn see_endpoint(&mut self, event: &Event<'_>, programs: Programs, symbols: &mut Symbols) {
        let endpoint = symbols.intern(event.vpc_endpoint_id);
        let owner = symbols.intern(event.vpc_endpoint_account_id);
        self.endpoint(endpoint, owner).see(event.event_time, programs, true);
    }

    /// What came through an endpoint, put in when new.
    pub fn endpoint(&mut self, endpoint: Sym, owner: Sym) -> &mut Usage {
        let key_of = |known: &EndpointUse| (known.endpoint, known.owner);
        let known = Index::of_endpoint(&mut self.index, &self.endpoints, key_of, (endpoint, owner));
        let place = known.unwrap_or_else(|| {
            self.endpoints.push(EndpointUse { endpoint, owner, usage: Usage::default() });
            self.endpoints.len() - 1
        });
        &mut self.endpoints[place].usage
    }

    /// Makes this a row of another table of symbols.
    pub fn rename(&mut self, remap: &Remap) {
        self.key = self.key.remapped(remap);
        self.index = None;
        for facts in &mut self.facts {
            *facts = facts.remapped(remap);
        }
        self.access_key = remap.of(self.access_key);
        let mut sources = SymMap::<Usage>::default();
        for (source, usage) in self.sources.iter() {
            *sources.entry(remap.of(source)) = *usage;
        }
        self.sources = sources;
        for known in &mut self.endpoints {
            (known.endpoint, known.owner) = (remap.of(known.endpoint), remap.of(known.owner));
        }
    }

    /// Adds a row of the same session, access key and table of symbols.
    pub fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        self.span.merge(other.span);
        self.in_console |= other.in_console;
        for facts in other.facts {
            self.add_facts(facts);
        }
        for (source, usage) in other.sources.iter() {
            self.sources.entry(source).merge(usage);
        }
        for theirs in other.endpoints {
            self.endpoint(theirs.endpoint, theirs.owner).merge(&theirs.usage);
        }
    }
}

impl<'a> Session<'a> {
    pub(super) fn new(rows: &'a [Row], place: u32, is_alone: bool, symbols: &'a Symbols) -> Self {
        let row = &rows[place as usize];
        let facts = <[Facts; 1]>::try_from(&*row.facts).ok().map(|[facts]| facts);
        let facts = facts.filter(|_| is_alone || row.next == NONE);
        let creation_date = row.key.creation_date;
        let mut all = Self { rows, place, is_alone, symbols, facts, creation_date, tally: row.tally, span: row.span };
        for other in all.parts().skip(1) {
            all.tally.merge(other.tally);
            all.span.merge(other.span);
        }
        all
    }

    fn row(&self) -> &'a Row {
        &self.rows[self.place as usize]
    }

    /// Its rows, one for each access key.
    fn parts(&self) -> impl Iterator<Item = &'a Row> + use<'a> {
        let (rows, is_alone) = (self.rows, self.is_alone);
        let next = move |row: &&'a Row| (!is_alone && row.next != NONE).then(|| &rows[row.next as usize]);
        std::iter::successors(Some(self.row()), next)
    }

    /// Where it is among those of the state.
    pub(crate) fn place(&self) -> usize {
        self.place as usize
    }

    /// Whether it has several keys, each of which may be a session of its own.
    pub(crate) fn has_several_keys(&self) -> bool {
        !self.is_alone && self.row().next != NONE
    }

    /// The place of each of its keys.
    pub(crate) fn key_places(&self) -> impl Iterator<Item = usize> + use<'a> {
        let (rows, is_alone) = (self.rows, self.is_alone);
        let next = move |&at: &usize| (!is_alone && rows[at].next != NONE).then(|| rows[at].next as usize);
        std::iter::successors(Some(self.place()), next)
    }

    /// The key that its id ends with, where other keys of the same principalId and creation date are other sessions;
    /// else empty.
    pub(crate) fn told_by_key(&self) -> &'a str {
        let row = self.row();
        let has_others = self.is_alone && (!row.is_first || row.next != NONE);
        if has_others { self.symbols.text(row.access_key) } else { "" }
    }

    /// The name of the session, not an AWS field: `<principalId>@<creationDate>`; without a creation date the access key
    /// id, else the principalId. Unique: where several callers gave one name in one second, `#<access key>` follows.
    pub fn id(&self) -> String {
        let id = session_id(self.name(), self.creation_date());
        Self::id_with_key(id, self.told_by_key())
    }

    /// The id of one key of the session with that id.
    pub(crate) fn id_with_key(mut id: String, access_key_id: &str) -> String {
        if !access_key_id.is_empty() {
            id.push('#');
            id.push_str(access_key_id);
        }
        id
    }

    /// What no two sessions have in common: what the key of the first row says, and its access key.
    pub(crate) fn told_apart(&self) -> impl Ord + use<'a> {
        let row = self.row();
        let text = |sym| self.symbols.text(sym);
        let access_key = if self.is_alone { text(row.access_key) } else { "" };
        (text(row.key.principal_id), row.key.creation_date, text(row.key.access_key_id), access_key)
    }

    /// What its id begins with, or is.
    pub(crate) fn name(&self) -> &'a str {
        let key = &self.row().key;
        session_name(self.symbols.text(key.principal_id), key.creation_date, self.symbols.text(key.access_key_id))
    }

    /// The name of the session that calls with such an identity belong to, as [`Session::id`]; empty where nothing tells
    /// it. `principal_id` is the principalId, else the arn.
    pub fn id_of(principal_id: &str, creation_date: Option<EventTime>, access_key_id: &str) -> String {
        session_id(session_name(principal_id, creation_date, access_key_id), creation_date)
    }

    /// `creationDate`.
    pub fn creation_date(&self) -> Option<EventTime> {
        self.creation_date
    }

    /// `principalId`: for a role session `AROA…:<session name>`.
    pub fn principal_id(&self) -> &'a str {
        self.text(Text::PrincipalId)
    }

    /// The same as a symbol.
    pub(crate) fn principal_id_symbol(&self) -> Sym {
        self.symbol(Text::PrincipalId)
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

    /// The person of Identity Center on whose behalf it was used: `idc:<identityStore>#<userId>`.
    pub fn on_behalf_of(&self) -> &'a str {
        self.text(Text::Person)
    }

    /// The account that used it by a temporary delegation (`invokedByDelegate.accountId`).
    pub fn delegate_account_id(&self) -> &'a str {
        self.text(Text::Delegate)
    }

    /// The sign-in to the console or by `aws login` that it comes from.
    pub fn sign_in_session_arn(&self) -> &'a str {
        self.text(Text::SignInSessionArn)
    }

    /// `webIdFederationData.federatedProvider`.
    pub fn federated_provider(&self) -> &'a str {
        self.text(Text::FederatedProvider)
    }

    /// `mfaAuthenticated`: true if any event says so, absent if none says anything.
    pub fn mfa_flag(&self) -> Option<bool> {
        match self.facts {
            Some(facts) => facts.mfa,
            None => self.all_facts().filter_map(|facts| facts.mfa).max(),
        }
    }

    /// Whether an event carries the flag of an AssumeRoot session.
    pub fn is_assumed_root(&self) -> bool {
        self.all_facts().any(|facts| facts.assumed_root)
    }

    /// Whether an event shows that a person at the console made it.
    pub fn in_console(&self) -> bool {
        self.parts().any(|row| row.in_console)
    }

    /// The access keys of the session, in no lasting order.
    pub fn access_keys(&self) -> impl Iterator<Item = &'a str> {
        self.access_key_symbols().map(|sym| self.symbols.text(sym))
    }

    /// The access keys of the session as symbols, in no lasting order.
    pub(crate) fn access_key_symbols(&self) -> impl Iterator<Item = Sym> + use<'a> {
        self.parts().map(|row| row.access_key).filter(|&key| key != Sym::EMPTY)
    }

    /// The access keys of the session, sorted.
    pub fn access_key_ids(&self) -> Vec<&'a str> {
        let mut keys: Vec<_> = self.access_keys().collect();
        keys.sort_unstable();
        keys
    }

    /// The `sourceIPAddress` texts, in no lasting order, of several keys some twice; not all of them are addresses.
    pub fn source_addresses(&self) -> impl Iterator<Item = &'a str> {
        self.source_symbols().map(|sym| self.symbols.text(sym))
    }

    /// The `sourceIPAddress` texts as symbols, as [`Session::source_addresses`].
    pub(crate) fn source_symbols(&self) -> impl Iterator<Item = Sym> + use<'a> {
        self.sources().map(|(source, _)| source)
    }

    /// What was seen of it at each `sourceIPAddress`, in no lasting order, of several keys some twice.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (Sym, &'a Usage)> + use<'a> {
        self.parts().flat_map(|row| row.sources.iter())
    }

    /// What came through VPC endpoints, in no lasting order, of several keys some twice.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &'a EndpointUse> + use<'a> {
        self.parts().flat_map(|row| &row.endpoints)
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
        self.symbols.text(self.symbol(text))
    }

    fn symbol(&self, text: Text) -> Sym {
        match self.facts {
            Some(facts) => facts.texts[text as usize],
            None => {
                let all = self.all_facts().map(|facts| facts.texts[text as usize]).filter(|&sym| sym != Sym::EMPTY);
                all.min_by_key(|&sym| self.symbols.text(sym)).unwrap_or(Sym::EMPTY)
            }
        }
    }

    fn texts(&self, text: Text) -> Vec<&'a str> {
        let all = self.all_facts().map(|facts| facts.texts[text as usize]).filter(|&sym| sym != Sym::EMPTY);
        let mut given: Vec<Sym> = all.collect();
        given.sort_unstable();
        given.dedup();
        let mut texts: Vec<_> = given.into_iter().map(|sym| self.symbols.text(sym)).collect();
        texts.sort_unstable();
        texts
    }

    fn all_facts(&self) -> impl Iterator<Item = &'a Facts> + use<'a> {
        self.parts().flat_map(|row| &row.facts)
    }
}
