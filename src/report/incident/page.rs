//! The page: its parts in order, and as a tree.

use std::collections::BTreeMap;

use super::gone::Gone;
use super::line::{Line, Part, some, span};
use super::made::Made;
use super::{Event, contain, deeds, made, stays, unseen};
use crate::aggregate::around::Around;
use crate::model::{EventTime, agent_family, grouped, quantity, short_name};
use crate::report::trace::{Descent, Link, Links, links};
use crate::report::{PART, TreeNode, View, Way};

/// Names of a kind that a line tells.
const NAMED: usize = 4;

/// All lines of the page, part by part.
pub(super) fn lines(view: &View<'_>, asked: &str, events: &[Event<'_>]) -> Vec<Line> {
    let symbols = view.state.symbols();
    let Links { hops: chains, made } = chains(view, asked, events);
    let made = Made::of(made);
    let done = deeds::lines(events, &made, symbols);
    let changes = stays::changes(events, view.state.get::<Around>(), symbols);
    let logging: Vec<Line> = done.iter().filter(|line| line.part == Some(Part::Logging)).cloned().collect();
    let gone = Gone::of(view.state.get::<Around>(), symbols);
    let held: Vec<&Link> = chains.iter().filter(|link| link.node.way != Way::Back).collect();
    let mut lines = summary(view, asked, (events, &chains), &done, &changes);
    lines.extend(chains.iter().map(|link| credential(link, &gone, view.as_of)));
    lines.extend(addresses(view, events));
    lines.extend(done);
    lines.extend(stays::lines(&changes, symbols));
    if !events.is_empty() {
        lines.extend(unseen::lines(view, events, &logging));
    }
    lines.extend(contain::lines((&held, &gone), &changes, view.as_of, symbols));
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

fn summary(
    view: &View<'_>,
    asked: &str,
    (events, chains): (&[Event<'_>], &[Link]),
    done: &[Line],
    changes: &[stays::Lasting<'_>],
) -> Vec<Line> {
    let symbols = view.state.symbols();
    let times = || events.iter().map(|(place, _)| place.time);
    let Some((first, last)) = times().min().zip(times().max()) else { return Vec::new() };
    let principals = deeds::distinct(events.iter().map(|(_, row)| short_name(symbols.text(row.principal))));
    let sources = deeds::distinct(events.iter().map(|(_, row)| symbols.text(row.address)));
    let keys = deeds::distinct(events.iter().map(|(_, row)| symbols.text(row.access_key_id)));
    let accounts = deeds::distinct(events.iter().map(|(place, _)| &*place.account_id));
    let counted =
        |part: Part| done.iter().filter(|line| line.part == Some(part)).map(|line| line.events).sum::<usize>();
    let parts = [
        Part::Logging,
        Part::Shared,
        Part::Secrets,
        Part::Deleted,
        Part::Changed,
        Part::Issued,
        Part::Denied,
        Part::Discovery,
    ];
    let counts = parts.into_iter().filter(|part| counted(*part) > 0);
    let counts: Vec<String> = counts.map(|part| format!("{} {}", grouped(counted(part) as u64), part.name())).collect();
    let lasting = changes.iter().filter(|lasting| lasting.undone.is_none()).count();
    let stay = (!changes.is_empty()).then(|| {
        format!("{} of {} taken back", changes.len() - lasting, quantity(changes.len() as u64, "lasting change"))
    });
    let made = done.iter().filter(|line| line.is_made).map(|line| line.events).sum();
    let count = quantity(events.len() as u64, "event");
    let what = format!("{asked}: {count} in account {}, {}", some(&accounts, NAMED), span(first, last));
    vec![Line {
        part: Some(Part::Summary),
        what,
        more: vec![
            vec![
                format!("by {}", some(&principals, NAMED)),
                quantity(keys.len() as u64, "access key"),
                quantity(sources.len() as u64, "source"),
            ],
            counts,
            made::told(made, chains).into_iter().collect(),
            stay.into_iter().collect(),
        ],
        first: Some(first),
        last: Some(last),
        events: events.len(),
        errors: counted(Part::Denied) + counted(Part::Failed),
        addresses: sources,
        access_keys: keys,
        ..Line::default()
    }]
}

fn credential(link: &Link, gone: &Gone<'_>, as_of: Option<EventTime>) -> Line {
    let outcome = contain::outcome(link, gone, as_of);
    let mut more = link.node.lines.clone();
    let made = link.made.as_ref().filter(|made| !made.is_empty());
    more.extend(made.map(|made| vec![made.clone(), "whoever holds it".to_owned()]));
    if !outcome.is_empty() {
        more.push(vec![outcome.clone()]);
    }
    let (events, errors) = link.node.counts;
    Line {
        part: Some(Part::Credentials),
        depth: link.node.depth,
        what: match link.node.way {
            Way::Asked => format!("{}  ← asked", link.node.label),
            _ => link.node.label.clone(),
        },
        more,
        events: usize::try_from(events).unwrap_or_default(),
        errors: usize::try_from(errors).unwrap_or_default(),
        access_keys: link.access_keys.clone(),
        outcome,
        is_made: link.made.is_some(),
        alike: link.node.alike,
        ..Line::default()
    }
}

/// Where the calls came from, most first.
fn addresses(view: &View<'_>, events: &[Event<'_>]) -> Vec<Line> {
    let symbols = view.state.symbols();
    let mut by_source: BTreeMap<String, Vec<Event<'_>>> = BTreeMap::new();
    for &event in events {
        by_source.entry(deeds::shown(symbols.text(event.1.address))).or_default().push(event);
    }
    let mut lines: Vec<Line> = by_source
        .into_iter()
        .filter_map(|(source, events)| {
            let (first, last) = (events.first()?.0.time, events.last()?.0.time);
            let families: Vec<String> =
                events.iter().map(|(_, row)| agent_family(symbols.text(row.user_agent))).collect();
            let programs = deeds::distinct(families.iter().map(String::as_str));
            let keys = deeds::distinct(events.iter().map(|(_, row)| symbols.text(row.access_key_id)));
            let place = source.parse().ok().zip(view.addresses).map(|(address, lookup)| lookup.describe(address));
            let place = place.filter(|place| !place.is_empty()).map(|place| format!(" ({place})")).unwrap_or_default();
            let count = quantity(events.len() as u64, "event");
            Some(Line {
                part: Some(Part::Addresses),
                what: format!("{source}{place}: {count}, {}", span(first, last)),
                more: vec![vec![
                    format!("programs {}", some(&programs, NAMED)),
                    format!("with {}", if keys.is_empty() { "no access key".to_owned() } else { some(&keys, NAMED) }),
                ]],
                first: Some(first),
                last: Some(last),
                events: events.len(),
                errors: events.iter().filter(|(_, row)| !row.error(symbols).is_empty()).count(),
                addresses: vec![source],
                access_keys: keys,
                ..Line::default()
            })
        })
        .collect();
    lines.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.what.cmp(&b.what)));
    lines
}

/// The page as a tree: a part a root.
pub(super) fn nodes(lines: &[Line]) -> Vec<TreeNode> {
    let mut nodes = Vec::new();
    let mut part = None;
    for (number, line) in lines.iter().enumerate() {
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
