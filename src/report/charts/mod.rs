//! What a page draws: typed numbers with their names, made from the same states as the tables. No picture is made here,
//! no colour and no markup.
//!
//! A report names its charts in its [`Report`](super::Report); the output draws what it is given and knows no report by
//! name.

mod days;

pub use days::{DayAxis, Step};

use super::Severity;
use crate::model::{Arn, Day};

/// The last part of an ARN, by which people know it; other principals whole.
pub(in crate::report) fn short_name(principal: &str) -> &str {
    Arn::parse(principal).map_or(principal, |arn| arn.name())
}

/// One picture and what a reader needs to believe it.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Its name on the page, unique over all reports: `root-by-day`.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub title: &'static str,
    /// How to read it, and what it does not say.
    pub about: &'static str,
    /// The report and its flags that print the same numbers; whoever knows inputs and window adds them.
    pub command: String,
    /// The numbers.
    pub picture: Picture,
    /// What did not fit, in a sentence; `None` when all did.
    pub left_out: Option<String>,
}

/// The numbers of a chart, by the way they are drawn.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Picture {
    /// Counts in rows and columns.
    Grid(Grid),
    /// Events of each account and region by day; whoever knows the gaps in the logs marks them.
    Places(Vec<PlaceDays>),
    /// Events and errors of each step of time.
    Columns(DayColumns),
    /// One length for each name.
    Bars(Bars),
    /// What each whole is made of.
    Shares(Shares),
    /// What leads to what.
    Flow(Flow),
}

/// Counts in rows and columns.
#[derive(Clone, Debug)]
pub struct Grid {
    /// What stands above the columns.
    pub columns: GridColumns,
    /// The rows, from the top.
    pub rows: Vec<GridRow>,
    /// What a marked cell says; `None` where none is marked.
    pub mark: Option<&'static str>,
    /// What is counted: `events`.
    pub unit: &'static str,
}

/// What stands above the columns of a grid.
#[derive(Clone, Debug)]
pub enum GridColumns {
    /// Names.
    Names(Vec<String>),
    /// Time.
    Days(DayAxis),
}

/// A row of a grid.
#[derive(Clone, Debug)]
pub struct GridRow {
    /// Its name: an id, so it is never cut.
    pub label: String,
    /// What else is said of it.
    pub note: String,
    /// How much it matters; `None` where that is no question.
    pub severity: Option<Severity>,
    /// Its cells, by column; those without a count are left out.
    pub cells: Vec<GridCell>,
}

/// A cell of a grid.
#[derive(Clone, Debug)]
pub struct GridCell {
    /// Its column, from 0.
    pub column: usize,
    /// Its count.
    pub count: i64,
    /// What it stands for, in words.
    pub told: String,
    /// Whether it is marked.
    pub marked: bool,
}

/// Events of one account and region.
#[derive(Clone, Debug)]
pub struct PlaceDays {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// Events by day, earliest first.
    pub days: Vec<(Day, i64)>,
}

/// Events over time.
#[derive(Clone, Debug)]
pub struct DayColumns {
    /// Time.
    pub axis: DayAxis,
    /// For each step of the axis: events, and how many of them failed.
    pub counts: Vec<(i64, i64)>,
}

/// One length for each name.
#[derive(Clone, Debug)]
pub struct Bars {
    /// The bars, from the top.
    pub bars: Vec<Bar>,
    /// The unit of their lengths: `days`.
    pub unit: &'static str,
    /// A length that matters and its name: (90, `90 days`).
    pub limit: Option<(i64, String)>,
    /// What an open end says: the length is at least this.
    pub open: &'static str,
}

/// A bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// What else is said of it.
    pub note: String,
    /// Its length.
    pub length: i64,
    /// Whether the true length may be greater.
    pub is_open: bool,
    /// What it stands for, in words.
    pub told: String,
}

/// What wholes are made of.
#[derive(Clone, Debug)]
pub struct Shares {
    /// What each part is called and whether it is good, bad or neither.
    pub parts: Vec<(&'static str, Tone)>,
    /// The wholes, from the top: a name, and a count for each part.
    pub wholes: Vec<(String, Vec<i64>)>,
    /// What is counted: `sessions`.
    pub unit: &'static str,
}

/// Whether something is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It is.
    Good,
    /// It is not.
    Bad,
    /// Somebody else holds that.
    Elsewhere,
    /// Nobody knows.
    Unknown,
}

/// What leads to what: nodes in layers, edges from a lower layer to a higher one, or within a layer where a chain is
/// closed.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The nodes.
    pub nodes: Vec<FlowNode>,
    /// The edges, by the places of their ends in `nodes`.
    pub edges: Vec<FlowEdge>,
    /// What is counted on the edges: `sessions`.
    pub unit: &'static str,
}

/// A node.
#[derive(Clone, Debug)]
pub struct FlowNode {
    /// Its name.
    pub label: String,
    /// What else is said of it.
    pub note: String,
    /// Its layer, from 0.
    pub layer: usize,
}

/// An edge.
#[derive(Clone, Debug)]
pub struct FlowEdge {
    /// Where from.
    pub from: usize,
    /// Where to.
    pub to: usize,
    /// How many.
    pub count: i64,
    /// The worst of what it stands for.
    pub severity: Severity,
    /// What it stands for, in words.
    pub told: String,
}
