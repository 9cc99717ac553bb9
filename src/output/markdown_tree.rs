//! A tree in Markdown: one that is drawn as a block of text; the parts of a page as headings and lists, and its commands as a
//! block to copy.

use std::io::{self, Write};

use super::Style;
use super::markdown_text::{Within, escaped, longest_run};
use super::sanitize;
use super::terminal::write_tree;
use crate::report::{Role, Tree, TreeNode, Value};

/// Writes it.
pub(super) fn write(tree: &Tree, out: &mut dyn Write) -> io::Result<()> {
    if tree.is_page() {
        return write_page(tree, out);
    }
    let mut text = Vec::new();
    write_tree(tree, Style::default(), &mut text)?;
    block("text", &String::from_utf8_lossy(&text), out)
}

fn write_page(tree: &Tree, out: &mut dyn Write) -> io::Result<()> {
    let command = Role::Command.place(&tree.columns);
    let is_command =
        |node: &&TreeNode| command.is_some_and(|at| node.cells.get(at).is_some_and(|cell| *cell != Value::Null));
    for (root, below) in tree.roots() {
        writeln!(out, "### {}\n", escaped(&root.label, Within::Prose))?;
        if !below.is_empty() && below.iter().all(|node| is_command(&node)) {
            let commands: Vec<_> = below.iter().map(|node| sanitize(&node.label)).collect();
            block("sh", &commands.join("\n"), out)?;
            continue;
        }
        below.iter().try_for_each(|node| write_item(node, out))?;
        writeln!(out)?;
    }
    Ok(())
}

/// An item of a list, as deep as the node stands below its root; a backslash ends a line of it.
fn write_item(node: &TreeNode, out: &mut dyn Write) -> io::Result<()> {
    let indent = "  ".repeat(node.depth.saturating_sub(1));
    write!(out, "{indent}- {}", escaped(&node.label, Within::Prose))?;
    for phrases in &node.lines {
        write!(out, "\\\n{indent}  {}", escaped(&phrases.join(", "), Within::Prose))?;
    }
    writeln!(out)
}

/// A fenced block, which no text in it can end.
fn block(language: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    writeln!(out, "{fence}{language}\n{}\n{fence}\n", text.trim_end())
}
