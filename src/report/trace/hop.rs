//! What is known of one hop: the values of its row.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::IpAddr;

use super::graph::{Graph, Node};
use super::origin::OriginKind;
use crate::aggregate::issuances::Issuance;
use crate::aggregate::{Span, Tally};
use crate::model::EventTime;
use crate::report::columns::columns;
use crate::report::lineage::{Confidence, Credential, Expiry, Mfa, session_name};
use crate::report::source_list::ip_addresses;
use crate::report::{AddressLookup, Way};

/// The facts of one place of the graph.
pub(super) struct Facts<'a> {
    pub kind: &'static str,
    /// What it can be asked for by; empty for an issuer that is not in range.
    pub id: Cow<'a, str>,
    pub parent_id: Cow<'a, str>,
    /// How it is known what stands above it; `None` for an origin.
    pub confidence: Option<Confidence>,
    pub principal: Cow<'a, str>,
    pub account_id: Cow<'a, str>,
    pub session_name: &'a str,
    pub access_key_ids: Vec<&'a str>,
    /// The API that issued it, or made it: `AssumeRole`, `ConsoleLogin`, `CreateAccessKey`.
    pub issued_event: &'static str,
    pub issued_at: Option<EventTime>,
    pub issued_by: Cow<'a, str>,
    /// As the record has it.
    pub issued_from: &'a str,
    /// `None` for what does not expire.
    pub expires: Option<Expiry>,
    pub mfa: Option<Mfa>,
    pub source_identity: &'a str,
    /// The person of Identity Center behind it.
    pub person: &'a str,
    pub addresses: BTreeSet<IpAddr>,
    /// `None` for what has no events of its own.
    pub tally: Option<Tally>,
    pub span: Span,
    /// How many credentials and keys stand right below it, shown or not.
    pub issued: usize,
    /// What files say of its addresses.
    pub lookup: Option<&'a AddressLookup>,
}

columns! {
    pub(super) const COLUMNS;
    pub(super) fn cells(facts: &Facts<'_>, depth: usize, way: Way) {}

    count("depth", "How far from where its chain begins; 0 there.").unit("hops") => depth,
    text("direction", "back (leads to what was asked), asked, or forward (issued by it).") => way.as_str(),
    text("kind", "What it is: user, access-key, service, ec2, role, console and so on.") => facts.kind,
    id("id", "By what it can be asked for: access key, session_id or principal.") => &*facts.id,
    id("parent", "id of the hop above, which issued it.").third() => &*facts.parent_id,
    text("confidence", "How the hop above is known: exact, inferred or none.")
        => facts.confidence.map_or("", Confidence::as_str),
    text("principal", "Principal that its events are attributed to.").last() => &*facts.principal,
    account_id("account_id", "Account that owns it.").last() => &*facts.account_id,
    text("session_name", "Name that the issuing call gave the session.").last() => facts.session_name,
    list("access_key_ids", "Its access keys, used or issued.").last() => facts.access_key_ids.iter().copied(),
    text("issued_event", "The API that issued it, ConsoleLogin or CreateAccessKey.").second() => facts.issued_event,
    time("issued_at", "Time of that call.").second() => facts.issued_at,
    text("issued_by", "Principal that made that call; of an identity provider its name.").last() => &*facts.issued_by,
    issued_from("issued_from", "Source address of that call.").second() => facts.issued_from,
    time("expires", "When the credentials end.").third() => facts.expires.and_then(|expires| expires.at),
    text("expires_basis", "How that is known: response, estimate or none.").asked()
        => facts.expires.map_or("", |expires| expires.basis),
    text("mfa", "Whether MFA stands behind it: yes, no or unknown; null for workloads.").second()
        => facts.mfa.map_or("", |mfa| mfa.answer),
    text(
        "mfa_basis",
        "What says so: session-flag, serial-number, parent-session, identity-provider, sign-in or none.",
    ).asked() => facts.mfa.map_or("", |mfa| mfa.basis),
    text("source_identity", "sourceIdentity, which survives role chaining.").last() => facts.source_identity,
    count("addresses", "Distinct IP addresses that used it.").unit("addresses").third()
        => facts.tally.map(|_| facts.addresses.len()),
    addresses("address_list", "The IP addresses.").asked()
        => facts.tally.map(|_| Vec::from_iter(facts.addresses.iter().copied())),
    count("events", "Events.").unit("events") => facts.tally.map(|tally| tally.events),
    count("errors", "Events that failed.").unit("events") => facts.tally.map(|tally| tally.errors),
    time("first_seen", "Time of the first event.").last() => facts.span.first(),
    time("last_seen", "Time of the last event.").last() => facts.span.last(),
    count("issued", "Credentials it issued and keys it has, shown here or not.").last() => facts.issued,
    id("on_behalf_of", "Person of Identity Center behind it.").asked() => facts.person,
}

impl<'a> Facts<'a> {
    /// The facts of a place.
    pub fn of(graph: &Graph<'a>, place: usize) -> Self {
        let mut facts = match graph.node(place) {
            Node::Credential(credential) => Self::of_credential(credential, Mfa::of(&graph.lineage, place)),
            Node::Key(_) => Self::of_key(graph, place),
            Node::Origin(origin) => Self {
                id: origin.name.clone(),
                principal: origin.name.clone(),
                account_id: origin.account_id().to_owned().into(),
                issued_by: origin.provider.into(),
                ..Self::empty(origin.kind.as_str())
            },
        };
        facts.issued = graph.children(place).len();
        if let Some(above) = graph.parent(place) {
            facts.parent_id = id_of(graph.node(above));
        }
        facts
    }

    fn of_credential(credential: &Credential<'a>, mfa: Mfa) -> Self {
        let issuance = credential.issuance();
        let kind = credential.kind();
        let session = credential.session();
        let mut access_key_ids: Vec<&str> = credential.access_keys().collect();
        access_key_ids.sort_unstable();
        access_key_ids.dedup();
        Self {
            id: credential.id().to_owned().into(),
            confidence: Some(credential.confidence),
            principal: credential.principal(),
            account_id: credential.account_id().into(),
            session_name: session_name(credential),
            access_key_ids,
            issued_event: issuance.map_or("", |issuance| issuance.api().as_str()),
            issued_at: issuance.and_then(Issuance::time),
            issued_by: issuance.map_or("", |issuance| issuance.caller()).into(),
            issued_from: credential.issued_from_source(),
            person: credential.person(),
            expires: Some(Expiry::of(credential)),
            mfa: Some(mfa).filter(|mfa| mfa.answer == "yes" || !kind.is_workload()),
            source_identity: credential.source_identity(),
            addresses: session.map(|session| ip_addresses(session.source_addresses())).unwrap_or_default(),
            tally: Some(session.map(|session| session.tally()).unwrap_or_default()),
            span: session.map(|session| session.span()).unwrap_or_default(),
            ..Self::empty(kind.as_str())
        }
    }

    fn of_key(graph: &Graph<'a>, place: usize) -> Self {
        let Node::Key(key) = graph.node(place) else { return Self::empty("") };
        let owner = graph.parent(place).map(|owner| id_of(graph.node(owner))).unwrap_or_default();
        let sources = key.used.into_iter().flat_map(|used| used.sources.iter());
        Self {
            id: key.id.into(),
            confidence: Some(Confidence::Exact),
            principal: owner,
            account_id: key.account_id.into(),
            access_key_ids: vec![key.id],
            issued_event: if key.creation.is_some() { "CreateAccessKey" } else { "" },
            issued_at: key.creation.map(|creation| creation.time),
            issued_by: key.creation.map_or("", |creation| graph.symbols.text(creation.creator)).into(),
            addresses: ip_addresses(sources.map(|(address, _)| graph.symbols.text(address))),
            tally: Some(key.used.map(|used| used.tally).unwrap_or_default()),
            span: key.used.map(|used| used.span).unwrap_or_default(),
            ..Self::empty("access-key")
        }
    }

    fn empty(kind: &'static str) -> Self {
        Self {
            kind,
            id: "".into(),
            parent_id: "".into(),
            confidence: None,
            principal: "".into(),
            account_id: "".into(),
            session_name: "",
            access_key_ids: Vec::new(),
            issued_event: "",
            issued_at: None,
            issued_by: "".into(),
            issued_from: "",
            expires: None,
            mfa: None,
            source_identity: "",
            person: "",
            addresses: BTreeSet::new(),
            tally: None,
            span: Span::default(),
            issued: 0,
            lookup: None,
        }
    }

    /// An address with what is known of it: `192.0.2.1 (EC2 us-east-1)`.
    pub fn named(&self, address: IpAddr) -> String {
        let place = self.lookup.map(|lookup| lookup.describe(address)).filter(|place| !place.is_empty());
        place.map_or_else(|| address.to_string(), |place| format!("{address} ({place})"))
    }
}

fn id_of<'a>(node: Node<'_, 'a>) -> Cow<'a, str> {
    match node {
        Node::Credential(credential) => credential.id().to_owned().into(),
        Node::Key(key) => key.id.into(),
        Node::Origin(origin) if origin.kind == OriginKind::NotInRange => "".into(),
        Node::Origin(origin) => origin.name.clone(),
    }
}
