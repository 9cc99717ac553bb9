//! The chains of some credentials for whoever tells a story of them: each hop in words, and what it takes to end it.

use super::forest;
use super::graph::{Graph, Node};
use super::hop::Facts;
use super::{names, nodes};
use crate::aggregate::State;
use crate::aggregate::keys::{KeyStatus, Keys};
use crate::model::EventTime;
use crate::report::{AddressLookup, TreeNode};

/// A hop of a chain.
pub(in crate::report) struct Link {
    /// The hop in words.
    pub node: TreeNode,
    /// Whether it is a long-lived key.
    pub is_key: bool,
    /// Whether it is a session.
    pub is_session: bool,
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
}

/// The hops of the chains that these texts name, in reading order; none where they name nothing.
pub(in crate::report) fn links(state: &State, asked: &[String], lookup: Option<&AddressLookup>) -> Vec<Link> {
    let graph = Graph::of(state);
    let mut found: Vec<usize> = asked.iter().flat_map(|text| names::find(&graph, text.trim())).collect();
    found.sort_unstable();
    found.dedup();
    let hops = forest::hops(&graph, &found);
    let nodes = nodes(&graph, &hops, lookup);
    hops.iter().zip(nodes).map(|(hop, node)| link(&graph, state, hop.place, node)).collect()
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
        principal: facts.principal.clone().into_owned(),
        account_id: facts.account_id.clone().into_owned(),
        access_keys: facts.access_key_ids.iter().map(|&key| key.to_owned()).collect(),
        life: times().min().zip(times().max()),
        expires: facts.expires.and_then(|expires| expires.at),
        ended: match node_of {
            Node::Key(key) => ended(state, key.id),
            _ => None,
        },
    }
}

/// What the last change of a key made of it, unless it is active.
fn ended(state: &State, key: &str) -> Option<(EventTime, KeyStatus)> {
    let keys = state.get::<Keys>()?;
    let changes = keys.changes(state.symbols().find(key)?);
    let last = changes.map(|change| (change.time, change.status)).max()?;
    (last.1 != KeyStatus::Active).then_some(last)
}
