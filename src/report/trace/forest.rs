//! What of the graph an answer shows: what was asked, all that led to it and all that it led to, in reading order.

use std::cmp::Reverse;

use ahash::AHashMap;

use super::graph::{Graph, Node};
use crate::model::EventTime;
use crate::report::Way;

/// A place of the graph in its place of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    pub place: usize,
    pub depth: usize,
    pub way: Way,
    /// Siblings of one number are alike.
    pub alike: usize,
}

/// What tells siblings of different groups apart.
type Likeness<'a> = (&'static str, std::borrow::Cow<'a, str>, bool);

/// The answer's hops. No recursion: a forged log may chain as deep as it likes.
pub(super) fn hops(graph: &Graph<'_>, asked: &[usize]) -> Vec<Hop> {
    let ways = ways(graph, asked);
    let mut roots: Vec<usize> =
        (0..graph.len()).filter(|&place| ways[place].is_some() && graph.parent(place).is_none()).collect();
    let mut groups = 0;
    let mut hops = Vec::new();
    let mut open = in_order(graph, &ways, &mut roots, &mut groups);
    open.reverse();
    let mut open: Vec<(usize, usize, usize)> = open.into_iter().map(|(place, alike)| (place, alike, 0)).collect();
    while let Some((place, alike, depth)) = open.pop() {
        if let Some(way) = ways[place] {
            hops.push(Hop { place, depth, way, alike });
        }
        let mut below: Vec<usize> =
            graph.children(place).iter().copied().filter(|&child| ways[child].is_some()).collect();
        let below = in_order(graph, &ways, &mut below, &mut groups);
        open.extend(below.into_iter().rev().map(|(child, alike)| (child, alike, depth + 1)));
    }
    hops
}

/// How each place stands to what was asked; `None` for those that have nothing to do with it.
fn ways(graph: &Graph<'_>, asked: &[usize]) -> Vec<Option<Way>> {
    let mut ways = vec![None; graph.len()];
    for &place in asked {
        ways[place] = Some(Way::Asked);
    }
    let mut open: Vec<usize> = asked.to_vec();
    while let Some(place) = open.pop() {
        for &child in graph.children(place) {
            if ways[child].is_none() {
                ways[child] = Some(Way::Forward);
                open.push(child);
            }
        }
    }
    for &place in asked {
        let mut above = graph.parent(place);
        while let Some(at) = above.filter(|&at| ways[at].is_none()) {
            ways[at] = Some(Way::Back);
            above = graph.parent(at);
        }
    }
    ways
}

/// Siblings in the order in which they are shown, each with the number of its group: groups by the time of their first,
/// and within a group by time. The id breaks ties, so that nothing rests on the order of reading.
fn in_order(
    graph: &Graph<'_>,
    ways: &[Option<Way>],
    siblings: &mut [usize],
    groups: &mut usize,
) -> Vec<(usize, usize)> {
    let time = |place: usize| time_of(graph.node(place)).map_or(i64::MAX, |time| time.0);
    siblings.sort_by_cached_key(|&place| (time(place), id_of(graph.node(place)), place));
    let mut known: AHashMap<Likeness<'_>, usize> = AHashMap::new();
    let mut ordered: Vec<(usize, usize)> = siblings
        .iter()
        .map(|&place| {
            let asked = ways[place] == Some(Way::Asked);
            let group = known.entry(likeness(graph.node(place), asked)).or_insert_with(|| {
                *groups += 1;
                *groups
            });
            (place, *group)
        })
        .collect();
    // Stable: within a group the order stays. What was asked comes first, so that no group before it pushes it down.
    ordered.sort_by_key(|&(place, group)| (Reverse(ways[place] == Some(Way::Asked)), group));
    ordered
}

fn likeness<'a>(node: Node<'_, 'a>, asked: bool) -> Likeness<'a> {
    match node {
        Node::Credential(credential) => (credential.kind().as_str(), credential.principal(), asked),
        Node::Key(_) => ("access-key", "".into(), asked),
        Node::Origin(origin) => (origin.kind.as_str(), "".into(), asked),
    }
}

/// When it began, as far as is known.
fn time_of(node: Node<'_, '_>) -> Option<EventTime> {
    match node {
        Node::Credential(credential) => {
            let issued = credential.issuance().and_then(|issuance| issuance.time());
            issued.or(credential.creation_date()).or(credential.activity().map(|(first, _)| first))
        }
        Node::Key(key) => key.creation.map(|creation| creation.time).or(key.used.and_then(|used| used.span.first())),
        Node::Origin(_) => None,
    }
}

fn id_of(node: Node<'_, '_>) -> String {
    match node {
        Node::Credential(credential) => credential.id().to_owned(),
        Node::Key(key) => key.id.to_owned(),
        Node::Origin(origin) => format!("{}{}", origin.name, origin.provider),
    }
}
