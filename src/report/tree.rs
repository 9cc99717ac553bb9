//! A forest beside a table: what led to what, for a terminal, nested JSON and Graphviz. The nodes stand in reading order,
//! each before its children; nothing here recurses, since a forged log may chain as deep as it likes.

use super::{Column, Value};

/// The longest run of nodes that lead from one to the next before its middle is folded.
const LONGEST_RUN: usize = 12;

/// The nodes that stay at each end of a folded run.
const ENDS: usize = 4;

/// How deep a tree is shown.
const DEEPEST: usize = 48;

/// The kind of a root that is a part of a page.
pub const PART: &str = "part";

/// A forest in reading order.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// What the cells of its nodes are.
    pub columns: Vec<Column>,
    /// Its nodes: the children of one are those that follow it one deeper, up to the next that is not deeper.
    pub nodes: Vec<TreeNode>,
}

/// A node of a [`Tree`].
#[derive(Clone, Debug, Default)]
pub struct TreeNode {
    /// 0 for a root.
    pub depth: usize,
    /// What it is, in a word.
    pub kind: &'static str,
    /// What it is called, for people.
    pub label: String,
    /// What is known of it, for people: lines of phrases; a line may be broken between two of them.
    pub lines: Vec<Vec<String>>,
    /// What leads to it from the node above: `AssumeRole`. Empty where nothing does, or nobody knows.
    pub edge: &'static str,
    /// How sure that is: `exact`, `inferred`, `none`; empty for a root.
    pub confidence: &'static str,
    /// How it stands to what was asked.
    pub way: Way,
    /// Siblings that follow each other and have the same number are alike.
    pub alike: usize,
    /// Events and errors, to be summed up when it is folded.
    pub counts: (i64, i64),
    /// Its row: a value per column.
    pub cells: Vec<Value>,
    /// How many nodes it stands for that are not shown; 0 for a node of its own.
    pub folded: usize,
}

/// How a node stands to what was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// It leads to what was asked.
    #[default]
    Back,
    /// It is what was asked.
    Asked,
    /// What was asked led to it.
    Forward,
}

impl Way {
    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Back => "back",
            Self::Asked => "asked",
            Self::Forward => "forward",
        }
    }
}

impl Tree {
    /// The tree as it is shown: of alike siblings the first `alike` (`None`: all), long runs without their middle, and
    /// nothing deeper than 48. A node that says how many stands for what is folded.
    #[must_use]
    pub fn folded(self, alike: Option<usize>) -> Self {
        let nodes = fold_runs(self.nodes);
        let nodes = match alike {
            Some(most) => fold_alike(&nodes, most),
            None => nodes,
        };
        Self { columns: self.columns, nodes: fold_deep(nodes) }
    }

    /// Whether it is a page of parts, to be read from the first to the last.
    pub fn is_page(&self) -> bool {
        self.nodes.first().is_some_and(|node| node.kind == PART)
    }

    /// Each root, with all that is below it.
    pub fn roots(&self) -> impl Iterator<Item = (&TreeNode, &[TreeNode])> {
        self.children(None).map(|at| (&self.nodes[at], &self.nodes[at + 1..=at + below(&self.nodes, at)]))
    }

    /// The places of the nodes right below `at`, or of the roots.
    pub fn children(&self, at: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let (first, depth) = at.map_or((0, 0), |at| (at + 1, self.nodes[at].depth + 1));
        let below = self.nodes[first..].iter().take_while(move |node| node.depth >= depth);
        below.enumerate().filter(move |(_, node)| node.depth == depth).map(move |(i, _)| first + i)
    }
}

fn below(nodes: &[TreeNode], at: usize) -> usize {
    nodes[at + 1..].iter().take_while(|node| node.depth > nodes[at].depth).count()
}

/// A node that stands for `nodes`.
fn fold(depth: usize, nodes: &[TreeNode], what: &str) -> TreeNode {
    let folded = nodes.iter().map(|node| node.folded.max(1)).sum();
    let counts = nodes.iter().fold((0, 0), |sum, node| (sum.0 + node.counts.0, sum.1 + node.counts.1));
    TreeNode { depth, kind: "folded", label: what.to_owned(), counts, folded, ..TreeNode::default() }
}

/// Folds all but the first `most` of alike siblings, with what is below them.
fn fold_alike(nodes: &[TreeNode], most: usize) -> Vec<TreeNode> {
    let mut shown: Vec<TreeNode> = Vec::new();
    // By depth: the kind of the last sibling there and how many of it there were.
    let mut counts: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < nodes.len() {
        let node = &nodes[at];
        counts.truncate(node.depth + 1);
        match counts.get_mut(node.depth) {
            Some((alike, count)) if *alike == node.alike => *count += 1,
            Some(other) => *other = (node.alike, 1),
            None => counts.resize(node.depth + 1, (node.alike, 1)),
        }
        if counts[node.depth].1 <= most {
            shown.push(node.clone());
            at += 1;
            continue;
        }
        let (mut end, mut siblings) = (at, 0);
        while nodes.get(end).is_some_and(|next| next.depth == node.depth && next.alike == node.alike) {
            end += 1 + below(nodes, end);
            siblings += 1;
        }
        let all = end - at;
        let rest = if all > siblings { format!(" and {} below them", all - siblings) } else { String::new() };
        shown.push(fold(node.depth, &nodes[at..end], &format!("{siblings} more like it{rest}")));
        at = end;
    }
    shown
}

/// Folds the middle of long runs of nodes that only lead to the next.
fn fold_runs(nodes: Vec<TreeNode>) -> Vec<TreeNode> {
    let runs = runs(&nodes);
    if runs.iter().all(|&run| run <= LONGEST_RUN) {
        return nodes;
    }
    let mut shown: Vec<TreeNode> = Vec::new();
    // What was folded: how deep it began, and by how much all below it moves up.
    let mut lifted: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    let mut kept = 0;
    while at < nodes.len() {
        while lifted.last().is_some_and(|&(depth, _)| nodes[at].depth <= depth) {
            lifted.pop();
        }
        let lift: usize = lifted.iter().map(|&(_, by)| by).sum();
        let depth = nodes[at].depth - lift;
        // The run's own end stays too, so that what follows it has its place.
        let is_long = runs[at] > LONGEST_RUN - ENDS;
        if kept == 0 && runs[at] > LONGEST_RUN {
            kept = ENDS;
        }
        if kept == 1 && is_long {
            let end = at + runs[at] - ENDS;
            shown.push(fold(depth, &nodes[at..end], &format!("{} hops between", end - at)));
            lifted.push((nodes[at].depth, end - at - 1));
            at = end;
        } else {
            shown.push(TreeNode { depth, ..nodes[at].clone() });
            at += 1;
        }
        kept = kept.saturating_sub(1);
    }
    shown
}

/// For each node how many in a row, beginning with it, lead to what was asked through one single node.
fn runs(nodes: &[TreeNode]) -> Vec<usize> {
    let mut runs = vec![0; nodes.len()];
    // The depths of the later nodes that have no parent yet, nearest last.
    let mut open: Vec<usize> = Vec::new();
    for at in (0..nodes.len()).rev() {
        let depth = nodes[at].depth;
        let before = open.len();
        while open.last().is_some_and(|&next| next > depth) {
            open.pop();
        }
        let has_one_child = before - open.len() == 1;
        open.push(depth);
        if has_one_child && nodes[at].way == Way::Back {
            runs[at] = runs[at + 1] + 1;
        }
    }
    runs
}

/// Folds what is deeper than a tree is shown.
fn fold_deep(nodes: Vec<TreeNode>) -> Vec<TreeNode> {
    let mut shown: Vec<TreeNode> = Vec::new();
    let mut at = 0;
    while at < nodes.len() {
        if nodes[at].depth < DEEPEST {
            shown.push(nodes[at].clone());
            at += 1;
            continue;
        }
        let end = at + nodes[at..].iter().take_while(|node| node.depth >= DEEPEST).count();
        shown.push(fold(DEEPEST, &nodes[at..end], &format!("{} more below: trace one of these to go on", end - at)));
        at = end;
    }
    shown
}
