//! The page: its parts in order, and as a tree.

use super::gone::Gone;
use super::line::{Line, Part, Shown, phrases, some, span};
use super::made::{self, Made};
use super::parts::is_by_service;
use super::{Event, Scene, beside, contain, credentials, deeds, follows, stays, unseen, whence};
use crate::aggregate::around::Around;
use crate::model::{grouped, quantity, short_name};
use crate::report::trace::{Descent, Link, Links, links};
use crate::report::{PART, TreeNode, View, Way};

/// Names of a kind that a line tells.
const NAMED: usize = 4;

/// All lines of the page, part by part.
pub(super) fn lines(view: &View<'_>, asked: &str, events: &[Event<'_>]) -> Vec<Line> {
    let (symbols, around) = (view.state.symbols(), view.state.get::<Around>());
    let Links { hops: chains, made } = chains(view, asked, events);
    let changes = stays::changes(events, around, symbols);
    let scene = Scene {
        symbols,
        made: Made::of(made),
        undoing: stays::undoing(&changes),
        is_of_many: deeds::is_of_many_accounts(events),
        is_whole: view.is_whole,
    };
    let done = deeds::lines(events, &scene);
    let logging: Vec<&Line> = done.iter().filter(|line| line.part == Some(Part::Logging)).collect();
    let gone = Gone::of(around, symbols);
    let held: Vec<&Link> = chains.iter().filter(|link| link.node.way != Way::Back).collect();
    let unseen = if events.is_empty() { Vec::new() } else { unseen::lines(view, events, &logging, &scene) };
    let mut lines = summary(asked, (events, &chains), &changes, &scene);
    lines.extend(credentials::lines(&chains, &gone, view.as_of, &scene));
    lines.extend(whence::lines(view, events, &scene));
    let own = held.iter().flat_map(|link| &link.access_keys).map(|key| &**key).collect();
    lines.extend(beside::lines(around, events, &own, &scene));
    lines.extend(done);
    lines.extend(stays::lines(&changes, &scene));
    lines.extend(follows::lines(view.state, (events, &changes), &held, &scene));
    lines.extend(unseen);
    lines.extend(contain::lines((&held, &gone), &changes, view.as_of, &scene));
    lines
}

/// The chains of what was asked; of an address those of all keys that were used there, whoever made them.
fn chains(view: &View<'_>, asked: &str, events: &[Event<'_>]) -> Links {
    let named = links(view.state, &[asked.to_owned()], view.addresses);
    if !named.hops.is_empty() {
        return named;
    }
    let symbols = view.state.symbols();
    let keys = deeds::distinct(events.iter().map(|(_, row)| symbols.text(row.access_key_id)));
    Links { made: Descent::default(), ..links(view.state, &keys, view.addresses) }
}

/// The parts whose events are counted in short, in order.
const COUNTED: &[Part] = &[
    Part::Logging,
    Part::Shared,
    Part::Secrets,
    Part::Reached,
    Part::Models,
    Part::Deleted,
    Part::Changed,
    Part::Issued,
    Part::Denied,
    Part::Failed,
    Part::Discovery,
    Part::ByService,
];

fn summary(
    asked: &str,
    (events, chains): (&[Event<'_>], &[Link]),
    changes: &[stays::Lasting<'_>],
    scene: &Scene<'_>,
) -> Vec<Line> {
    let text = |sym| scene.symbols.text(sym);
    let times = || events.iter().map(|(place, _)| place.time);
    let Some((first, last)) = times().min().zip(times().max()) else { return Vec::new() };
    let own = || events.iter().filter(|(_, row)| !is_by_service(row, scene.symbols));
    let principals = deeds::distinct(events.iter().map(|(_, row)| short_name(text(row.principal))));
    let sources = deeds::distinct(own().map(|(_, row)| text(row.address)));
    let keys = deeds::distinct(own().map(|(_, row)| text(row.access_key_id)));
    let accounts = deeds::distinct(events.iter().map(|(place, _)| &*place.account_id));
    let counts: Vec<String> = COUNTED.iter().filter_map(|part| deeds::counted(*part, events, scene)).collect();
    let back = changes.iter().filter(|lasting| lasting.undone.is_some()).count();
    let stay = (!changes.is_empty()).then(|| {
        let (left, all) = (changes.len() - back, quantity(changes.len() as u64, "lasting change"));
        format!("{} of {all} left, {} taken back", grouped(left as u64), grouped(back as u64))
    });
    let made = events.iter().filter(|event| scene.made.holds(**event, scene.symbols)).count();
    let addresses = match sources.len() {
        1 => "1 address".to_owned(),
        many => format!("{} addresses", grouped(many as u64)),
    };
    let count = quantity(events.len() as u64, "event");
    let account =
        if accounts.len() == 1 { "account".to_owned() } else { quantity(accounts.len() as u64, "account") + ":" };
    let most = scene.most(NAMED);
    let what = format!("{asked}: {count} in {account} {}, {}", some(&accounts, most), span(first, last));
    vec![Line {
        part: Some(Part::Summary),
        what,
        more: vec![
            [phrases("by ", &principals, most), vec![quantity(keys.len() as u64, "access key"), addresses]].concat(),
            counts,
            made::told(made, chains).into_iter().collect(),
            stay.into_iter().collect(),
        ],
        first: Some(first),
        last: Some(last),
        events: events.len(),
        errors: events.iter().filter(|(_, row)| !row.error(scene.symbols).is_empty()).count(),
        addresses: sources,
        access_keys: keys,
        ..Line::default()
    }]
}

/// The page as a tree: a part a root.
pub(super) fn nodes(lines: &[Line]) -> Vec<TreeNode> {
    let mut nodes = Vec::new();
    let mut part = None;
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.shown != Shown::InRows) {
        if line.part != part {
            part = line.part;
            let label = part.map_or("", Part::title).to_owned();
            nodes.push(TreeNode { kind: PART, label, alike: usize::MAX - number, ..TreeNode::default() });
        }
        nodes.push(TreeNode {
            depth: line.depth + 1,
            kind: part.map_or("", Part::name),
            label: line.what.clone(),
            lines: line.more.iter().filter(|phrases| !phrases.is_empty()).cloned().collect(),
            // Of the credentials those that are alike are folded; of all else every line stands.
            alike: if part == Some(Part::Credentials) { line.alike } else { usize::MAX - number },
            counts: (i64::try_from(line.events).unwrap_or_default(), i64::try_from(line.errors).unwrap_or_default()),
            cells: super::line::cells(line),
            ..TreeNode::default()
        });
    }
    nodes
}
