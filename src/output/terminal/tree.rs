//! The tree of an answer on a terminal. Lines are broken between phrases, never inside one: ids stay whole.

use std::io::{self, Write};

use super::super::{Style, sanitize};
use super::cell;
use super::paint::Paint;
use crate::model::{grouped, quantity};
use crate::report::{Tree, TreeNode, Way};

/// Marks what was asked.
const ASKED: &str = "  ← asked";

/// Between two phrases of a line.
const BETWEEN: &str = ", ";

/// Writes all trees, an empty line between two.
pub(in crate::output) fn write(tree: &Tree, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let has_next = has_next(&tree.nodes);
    // For each depth above the node at hand, whether a line runs down to a later sibling.
    let mut rails: Vec<bool> = Vec::new();
    for (at, node) in tree.nodes.iter().enumerate() {
        if node.depth == 0 && at > 0 {
            writeln!(out)?;
        }
        rails.truncate(node.depth);
        let above: String = rails.iter().skip(1).map(|&rail| if rail { "│  " } else { "   " }).collect();
        let branch = match (node.depth, has_next[at]) {
            (0, _) => "",
            (_, true) => "├─ ",
            (_, false) => "└─ ",
        };
        rails.push(has_next[at]);
        let below = tree.nodes.get(at + 1).is_some_and(|next| next.depth > node.depth);
        let rail = match (node.depth, has_next[at]) {
            (0, _) => "",
            (_, true) => "│  ",
            (_, false) => "   ",
        };
        write_head(node, &format!("{above}{branch}"), Paint::new(style.color), out)?;
        let indent = format!("{above}{rail}{}", if below { "│  " } else { "   " });
        write_lines(node, &indent, style, out)?;
    }
    Ok(())
}

/// For each node whether a sibling follows it.
fn has_next(nodes: &[TreeNode]) -> Vec<bool> {
    let mut has_next = vec![false; nodes.len()];
    // By depth: whether a node of that depth stands further down, under the same parent.
    let mut later: Vec<bool> = Vec::new();
    for (at, node) in nodes.iter().enumerate().rev() {
        later.truncate(node.depth + 1);
        later.resize(node.depth + 1, false);
        has_next[at] = later[node.depth];
        later[node.depth] = true;
    }
    has_next
}

fn write_head(node: &TreeNode, before: &str, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let label = sanitize(&node.label);
    if node.folded > 0 {
        let (events, errors) = node.counts;
        let errors = if errors > 0 { format!(", {} of them errors", grouped(errors)) } else { String::new() };
        let events = quantity(events.unsigned_abs(), "event");
        let how = "(--limit 0 shows all)";
        return writeln!(out, "{before}{}", paint.faint(&format!("… {label}: {events}{errors} {how}")));
    }
    match node.way {
        Way::Asked => writeln!(out, "{before}{}{}", paint.heading(&label), paint.faint(ASKED)),
        _ => writeln!(out, "{before}{label}"),
    }
}

fn write_lines(node: &TreeNode, indent: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let room = style.width.map_or(usize::MAX, |width| width.saturating_sub(cell::width(indent)));
    for phrases in &node.lines {
        let mut line = String::new();
        for (i, phrase) in phrases.iter().enumerate() {
            let phrase = sanitize(phrase);
            let comma = if i + 1 < phrases.len() { 1 } else { 0 };
            let full = cell::width(&line) + cell::width(BETWEEN) + cell::width(&phrase) + comma > room;
            if full && !line.is_empty() {
                writeln!(out, "{indent}{line},")?;
                line.clear();
            }
            if !line.is_empty() {
                line.push_str(BETWEEN);
            }
            line.push_str(&phrase);
        }
        writeln!(out, "{indent}{line}")?;
    }
    Ok(())
}
