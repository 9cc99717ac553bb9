//! What leads to what: nodes in layers from left to right, edges as wide as they are many.

use maud::{Markup, html};

use super::super::super::sanitize;
use super::{shortened, svg};
use crate::model::grouped;
use crate::report::charts::{Flow, FlowEdge, FlowNode};

/// Width and height of a node.
const NODE: (usize, usize) = (250, 36);

/// Between two nodes of a layer.
const BETWEEN: usize = 8;

/// Between two layers.
const ACROSS: usize = 130;

/// Characters of a node's name that fit.
const NAME: usize = 31;

/// Times that the nodes are put in order, each by what leads to it.
const SWEEPS: usize = 3;

/// Where the nodes of a flow stand.
struct Layout {
    /// Top left corner of each node.
    corners: Vec<(usize, usize)>,
    width: usize,
    height: usize,
}

pub(super) fn draw(flow: &Flow, title: &str) -> Markup {
    let layout = Layout::of(flow);
    let most = flow.edges.iter().map(|edge| edge.count).max().unwrap_or(1);
    svg(
        layout.width,
        layout.height,
        title,
        &html! {
            g.edges { @for edge in &flow.edges { (draw_edge(edge, most, &layout)) } }
            @for (i, node) in flow.nodes.iter().enumerate() { (draw_node(node, incoming(flow, i), layout.corners[i], flow.unit)) }
        },
    )
}

impl Layout {
    fn of(flow: &Flow) -> Self {
        let layers = flow.nodes.iter().map(|node| node.layer).max().unwrap_or(0) + 1;
        let mut order: Vec<Vec<usize>> = vec![Vec::new(); layers];
        for edge in &flow.edges {
            for end in [edge.from, edge.to] {
                let layer = &mut order[flow.nodes[end].layer];
                if !layer.contains(&end) {
                    layer.push(end);
                }
            }
        }
        for _ in 0..SWEEPS {
            for layer in 0..layers {
                arrange(&mut order, layer, flow);
            }
        }
        let tallest = order.iter().map(Vec::len).max().unwrap_or(0);
        let step = NODE.1 + BETWEEN;
        let mut corners = vec![(0, 0); flow.nodes.len()];
        for (layer, nodes) in order.iter().enumerate() {
            let top = 4 + (tallest - nodes.len()) * step / 2;
            for (place, &node) in nodes.iter().enumerate() {
                corners[node] = (layer * (NODE.0 + ACROSS) + 2, top + place * step);
            }
        }
        Self { corners, width: layers * (NODE.0 + ACROSS) - ACROSS + 28, height: tallest * step + 8 }
    }
}

/// Puts the nodes of a layer in the order of the middle of their neighbours, so that fewer edges cross. Equal middles
/// keep their order.
fn arrange(order: &mut [Vec<usize>], layer: usize, flow: &Flow) {
    let mut places = vec![0.0; flow.nodes.len()];
    for nodes in order.iter() {
        let middle = nodes.len() as f64 / 2.0;
        for (place, &node) in nodes.iter().enumerate() {
            places[node] = place as f64 - middle;
        }
    }
    let middle = |node: usize| {
        let neighbours = flow.edges.iter().filter(|edge| edge.from != edge.to).filter_map(|edge| match node {
            node if node == edge.to => Some(edge.from),
            node if node == edge.from => Some(edge.to),
            _ => None,
        });
        let places: Vec<f64> = neighbours.map(|neighbour| places[neighbour]).collect();
        if places.is_empty() { f64::MAX } else { places.iter().sum::<f64>() / places.len() as f64 }
    };
    let mut keyed: Vec<(f64, usize)> = order[layer].iter().map(|&node| (middle(node), node)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    order[layer] = keyed.into_iter().map(|(_, node)| node).collect();
}

fn incoming(flow: &Flow, node: usize) -> i64 {
    flow.edges.iter().filter(|edge| edge.to == node).map(|edge| edge.count).sum()
}

fn draw_node(node: &FlowNode, incoming: i64, (x, y): (usize, usize), unit: &str) -> Markup {
    let count = if incoming > 0 { format!("{} {unit}", grouped(incoming)) } else { String::new() };
    let note = [node.note.as_str(), count.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let name = sanitize(&node.label);
    html! {
        g.node {
            title { (name) @if !node.note.is_empty() { " (" (sanitize(&node.note)) ")" } }
            rect x=(x) y=(y) width=(NODE.0) height=(NODE.1) rx="6" {}
            text.label x=(x + 10) y=(y + if note.is_empty() { 22 } else { 16 }) { (shortened(&name, NAME)) }
            @if !note.is_empty() { text.noted x=(x + 10) y=(y + 30) { (sanitize(&note.join(" · "))) } }
        }
    }
}

fn draw_edge(edge: &FlowEdge, most: i64, layout: &Layout) -> Markup {
    let ((from_x, from_y), (to_x, to_y)) = (layout.corners[edge.from], layout.corners[edge.to]);
    let (x1, y1, y2) = (from_x + NODE.0, from_y + NODE.1 / 2, to_y + NODE.1 / 2);
    let path = if to_x > from_x {
        let bend = (to_x - x1) / 2;
        format!("M{x1} {y1}C{} {y1} {} {y2} {to_x} {y2}", x1 + bend, to_x - bend)
    } else {
        // Back, or to itself: round the right side.
        let (x2, out) = (to_x + NODE.0, x1 + 26);
        let (y1, y2) = if edge.from == edge.to { (y1 - 8, y2 + 8) } else { (y1, y2) };
        format!("M{x1} {y1}C{out} {y1} {out} {y2} {x2} {y2}")
    };
    let share = if most > 1 { (edge.count.max(1) as f64).ln() / (most as f64).ln() } else { 0.0 };
    html! {
        path.edge.(edge.severity.as_str()) d=(path) stroke-width=(format!("{:.1}", 1.5 + share * 6.5)) { title { (sanitize(&edge.told)) } }
    }
}
