//! The tree of an answer as nested JSON: each node has the members of its row, and `children`. A tree is folded before it
//! comes here, so nesting has an end.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::json_value::Cell;
use crate::report::{Tree, TreeNode};

/// The nodes right below one, or the roots.
pub(super) struct Forest<'a> {
    tree: &'a Tree,
    below: Option<usize>,
}

struct Branch<'a> {
    tree: &'a Tree,
    at: usize,
}

impl<'a> Forest<'a> {
    /// All of a tree.
    pub(super) fn of(tree: &'a Tree) -> Self {
        Self { tree, below: None }
    }
}

impl Serialize for Forest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut branches = serializer.serialize_seq(None)?;
        for at in self.tree.children(self.below) {
            branches.serialize_element(&Branch { tree: self.tree, at })?;
        }
        branches.end()
    }
}

impl Serialize for Branch<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let node = &self.tree.nodes[self.at];
        let mut branch = serializer.serialize_map(None)?;
        if node.folded > 0 {
            folded::<S>(node, &mut branch)?;
        }
        for (column, value) in self.tree.columns.iter().zip(&node.cells) {
            branch.serialize_entry(column.name, &Cell(value))?;
        }
        branch.serialize_entry("children", &Forest { tree: self.tree, below: Some(self.at) })?;
        branch.end()
    }
}

/// A node that stands for others has none of their values but the sums.
fn folded<S: Serializer>(node: &TreeNode, branch: &mut S::SerializeMap) -> Result<(), S::Error> {
    branch.serialize_entry("folded", &node.folded)?;
    branch.serialize_entry("label", &node.label)?;
    branch.serialize_entry("events", &node.counts.0)?;
    branch.serialize_entry("errors", &node.counts.1)
}
