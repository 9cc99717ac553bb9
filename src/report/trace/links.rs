//! The chains of some credentials for whoever tells a story of them: each hop in words, and what it takes to end it.

use super::below::{Below, Descent};
use super::forest;
use super::graph::{Graph, Node};
use super::hop::Facts;
use super::{names, nodes};
use crate::aggregate::State;
use crate::aggregate::keys::{KeyStatus, Keys};
use crate::aggregate::made::{Deed, Made, Thing};
use crate::model::EventTime;
use crate::report::lineage::Kind;
use crate::report::{AddressLookup, TreeNode, Way};

/// A hop of a chain.
pub(in crate::report) struct Link {
    /// The hop in words.
    pub node: TreeNode,
    /// Whether it is a long-lived key.
    pub is_key: bool,
    /// Whether it is a session.
    pub is_session: bool,
    /// Whether the session was begun at the sign-in page: of a user or root with a password.
    pub is_signed_in: bool,
    /// Whether a service had the session, to act on somebody's behalf: no record issued it, and all its calls came from
    /// services.
    pub is_of_service: bool,
    /// The person of Identity Center behind it.
    pub person: String,
    /// The name of a role session.
    pub session_name: String,
    /// The principal whose it is, as it is printed.
    pub principal: String,
    /// The account that owns it.
    pub account_id: String,
    /// Its access keys.
    pub access_keys: Vec<String>,
    /// From when it was issued or made, else first used, to when it was last used, or, unused, issued; `None` where nothing
    /// is known of either.
    pub life: Option<(EventTime, EventTime)>,
    /// When it ends by itself, where that is known.
    pub expires: Option<EventTime>,
    /// Of a key: since when it is inactive or deleted, and which of both.
    pub ended: Option<(EventTime, KeyStatus)>,
    /// Of a key that was switched off and on again since: when, and by whom.
    pub restored: Option<(EventTime, String)>,
    /// Of what a deed made: which, in words. Of what is below such a one an empty text.
    pub made: Option<String>,
}

/// The chains that some texts name.
#[derive(Default)]
pub(in crate::report) struct Links {
    /// Their hops in reading order: what was issued, then what deeds made.
    pub hops: Vec<Link>,
    /// How events tell the credentials that deeds made.
    pub made: Descent,
}

/// The chains that these texts name; none where they name nothing.
pub(in crate::report) fn links(state: &State, asked: &[String], lookup: Option<&AddressLookup>) -> Links {
    let graph = Graph::of(state);
    let mut found: Vec<usize> = asked.iter().flat_map(|text| names::find(&graph, text.trim())).collect();
    found.sort_unstable();
    found.dedup();
    let below = Below::of(&graph, state.get::<Made>(), &found);
    let mut made: Vec<usize> = below.by_deed.keys().copied().collect();
    made.sort_unstable();
    let mut hops = forest::hops(&graph, &found);
    let groups = hops.iter().map(|hop| hop.alike).max().unwrap_or_default();
    hops.extend(forest::hops(&graph, &made).into_iter().map(|hop| forest::Hop { alike: groups + hop.alike, ..hop }));
    let nodes = nodes(&graph, &hops, lookup);
    let told = |place: usize| match below.by_deed.get(&place) {
        Some(deed) => Some(deed_told(&graph, deed)),
        None => below.is_made(place).then(String::new),
    };
    let links = hops.iter().zip(nodes).map(|(hop, node)| {
        let made = told(hop.place);
        let way = if made.is_some() { Way::Forward } else { node.way };
        Link { made, ..link(&graph, state, hop.place, TreeNode { way, ..node }) }
    });
    Links { hops: links.collect(), made: below.descent(|place| below.is_made(place)) }
}

/// `made by CreateAccessKey 2026-09-01 10:00:00Z with AKIAIOSFODNN7EXAMPLE`.
fn deed_told(graph: &Graph<'_>, deed: &Deed) -> String {
    let text = |sym| graph.symbols.text(sym);
    let (event, time) = (text(deed.event), deed.time.to_string().replace('T', " "));
    let with = match text(deed.by_key) {
        "" => text(deed.by),
        key => key,
    };
    match deed.thing {
        Thing::AccessKey(_) => format!("made by {event} {time} with {with}"),
        Thing::Password(_) => format!("its password made by {event} {time} with {with}"),
        Thing::Instance(_) => format!("its instance made by {event} {time} with {with}"),
    }
}

fn link(graph: &Graph<'_>, state: &State, place: usize, node: TreeNode) -> Link {
    let facts = Facts::of(graph, place);
    let node_of = graph.node(place);
    let known = match node_of {
        Node::Credential(credential) => credential.creation_date(),
        _ => None,
    };
    let times = || [facts.issued_at, known, facts.span.first(), facts.span.last()].into_iter().flatten();
    Link {
        node,
        is_key: matches!(node_of, Node::Key(_)),
        is_session: matches!(node_of, Node::Credential(_)),
        is_signed_in: matches!(node_of, Node::Credential(credential) if credential.kind() == Kind::Console),
        is_of_service: facts.kind == Kind::UserToken.as_str()
            && facts.issued_event.is_empty()
            && facts.addresses.is_empty()
            && facts.tally.is_some_and(|tally| tally.events > 0),
        person: facts.person.to_owned(),
        session_name: facts.session_name.to_owned(),
        principal: facts.principal.clone().into_owned(),
        account_id: facts.account_id.clone().into_owned(),
        access_keys: facts.access_key_ids.iter().map(|&key| key.to_owned()).collect(),
        life: times().min().zip(times().max()),
        expires: facts.expires.and_then(|expires| expires.at),
        ended: match node_of {
            Node::Key(key) => ended(state, key.id),
            _ => None,
        },
        restored: match node_of {
            Node::Key(key) => restored(state, key.id),
            _ => None,
        },
        made: None,
    }
}

/// What the last change of a key made of it, unless it is active.
fn ended(state: &State, key: &str) -> Option<(EventTime, KeyStatus)> {
    let keys = state.get::<Keys>()?;
    let changes = keys.changes(state.symbols().find(key)?);
    let last = changes.map(|change| (change.time, change.status)).max()?;
    (last.1 != KeyStatus::Active).then_some(last)
}

/// When a key was last switched on after it had been switched off, and by whom, where it is active.
fn restored(state: &State, key: &str) -> Option<(EventTime, String)> {
    let (keys, symbols) = (state.get::<Keys>()?, state.symbols());
    let mut changes: Vec<_> = keys.changes(symbols.find(key)?).collect();
    changes.sort_by_key(|change| (change.time, change.status, symbols.text(change.by)));
    let off = changes.iter().rposition(|change| change.status != KeyStatus::Active)?;
    let on = changes.get(off + 1)?;
    Some((on.time, symbols.text(on.by).to_owned()))
}
