//! The tree of an answer on the page: a heading for each root, and lists for what is below it. Nothing here recurses: a
//! forged log may chain as deep as it likes.

use maud::{Markup, PreEscaped, html};

use super::super::{Section, sanitize};
use super::cell::id;
use crate::model::{grouped, quantity};
use crate::report::{Role, Tree, TreeNode, Value, Way};

/// Roots that the contents of the page list; of more, none.
const LISTED: usize = 20;

/// The tree of a section.
pub(super) fn tree(section: &Section, tree: &Tree) -> Markup {
    let command = Role::Command.place(&tree.columns);
    html! {
        div.tree {
            @for (number, (root, below)) in tree.roots().enumerate() {
                div.root id=(anchor(section, number)) {
                    h3 { (sanitize(&root.label)) }
                    (lines(root))
                    (PreEscaped(list(below, command)))
                }
            }
        }
    }
}

/// What the contents of the page say of it: the roots, where they are few.
pub(super) fn contents(section: &Section) -> Markup {
    let roots: Vec<_> = section.tree.iter().flat_map(Tree::roots).enumerate().collect();
    let listed = if roots.len() <= LISTED { &roots[..] } else { &[] };
    html! {
        @for (number, (root, _)) in listed {
            a.below href={ "#" (anchor(section, *number)) } { (sanitize(&root.label)) }
        }
    }
}

fn anchor(section: &Section, number: usize) -> String {
    format!("{}-{}", section.table.report, number + 1)
}

/// Nested lists of nodes that stand in reading order, the first of them one below its root.
fn list(nodes: &[TreeNode], command: Option<usize>) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for node in nodes {
        // No node is more than one deeper than the one before.
        if node.depth > depth {
            out.push_str("<ul>");
            depth += 1;
        } else {
            for _ in node.depth..depth {
                out.push_str("</li></ul>");
            }
            out.push_str("</li>");
            depth = node.depth;
        }
        out.push_str("<li>");
        out.push_str(&head(node, command).into_string());
        out.push_str(&lines(node).into_string());
    }
    for _ in 0..depth {
        out.push_str("</li></ul>");
    }
    out
}

/// What a node is called; a command as a text to copy.
fn head(node: &TreeNode, command: Option<usize>) -> Markup {
    let is_command = command.and_then(|place| node.cells.get(place)).is_some_and(|cell| *cell != Value::Null);
    html! {
        @if node.folded > 0 {
            span.none {
                "… " (sanitize(&node.label)) ": " (quantity(node.counts.0.unsigned_abs(), "event"))
                @if node.counts.1 > 0 { ", " (grouped(node.counts.1.unsigned_abs())) " of them errors" }
                " (" code { "--limit 0" } " shows all)"
            }
        } @else if is_command {
            (id(&node.label))
        } @else if node.way == Way::Asked {
            b { (sanitize(&node.label)) }
        } @else {
            (sanitize(&node.label))
        }
    }
}

fn lines(node: &TreeNode) -> Markup {
    html! {
        @for phrases in &node.lines {
            p { (phrases.iter().map(|phrase| sanitize(phrase)).collect::<Vec<_>>().join(", ")) }
        }
    }
}
