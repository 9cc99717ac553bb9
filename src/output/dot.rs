//! The tree of an answer for Graphviz: `dot -Tsvg`. Everything from a log is escaped, twice: for eyes, as on a terminal,
//! and for the DOT language.
//!
//! Source: Graphviz, "The DOT Language", double-quoted strings.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Document, sanitize};
use crate::report::{Tree, TreeNode, Way};

/// Writes a graph with the trees of all sections.
pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph trailscan {{")?;
    writeln!(out, "  rankdir=LR;")?;
    writeln!(out, "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=10];")?;
    writeln!(out, "  edge [fontname=\"sans-serif\", fontsize=9];")?;
    for tree in document.sections().iter().filter_map(|section| section.tree.as_ref()) {
        write_tree(tree, out)?;
    }
    writeln!(out, "}}")
}

fn write_tree(tree: &Tree, out: &mut dyn Write) -> io::Result<()> {
    // The nodes between the root and the one at hand.
    let mut path: Vec<usize> = Vec::new();
    for (at, node) in tree.nodes.iter().enumerate() {
        path.truncate(node.depth);
        writeln!(out, "  n{at} [label=\"{}\"{}];", label(node), look(node))?;
        if let Some(above) = path.last() {
            let words = [node.edge, node.confidence].map(str::trim).join("\\n");
            let style = if matches!(node.confidence, "exact" | "") { "" } else { ", style=dashed" };
            writeln!(out, "  n{above} -> n{at} [label=\"{}\"{style}];", words.trim_matches(['\\', 'n']))?;
        }
        path.push(at);
    }
    Ok(())
}

/// The label and what is known, a line each, aligned to the left.
fn label(node: &TreeNode) -> String {
    let mut text = escaped(&node.label);
    for line in &node.lines {
        // Writing to a String cannot fail.
        let _ = write!(text, "\\l{}", escaped(&line.join(", ")));
    }
    if node.lines.is_empty() { text } else { text + "\\l" }
}

fn look(node: &TreeNode) -> &'static str {
    match node.way {
        Way::Asked => ", penwidth=2.5",
        _ if node.folded > 0 => ", style=\"rounded,dashed\"",
        _ => "",
    }
}

/// `text` inside of a double-quoted string.
fn escaped(text: &str) -> String {
    sanitize(text).replace('\\', "\\\\").replace('"', "\\\"")
}
