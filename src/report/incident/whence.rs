//! Where the calls came from.

use std::collections::BTreeMap;

use super::line::{Line, Part, phrases, span};
use super::parts::is_by_service;
use super::{Event, Scene, deeds};
use crate::model::{agent_family, quantity};
use crate::report::View;

/// Names of a kind that a line tells.
const NAMED: usize = 4;

/// The lines, most events first.
pub(super) fn lines(view: &View<'_>, events: &[Event<'_>], scene: &Scene<'_>) -> Vec<Line> {
    let mut by_source: BTreeMap<String, Vec<Event<'_>>> = BTreeMap::new();
    for &event in events {
        by_source.entry(deeds::shown(scene.symbols.text(event.1.address))).or_default().push(event);
    }
    let mut lines: Vec<Line> =
        by_source.into_iter().filter_map(|(source, events)| line(view, source, &events, scene)).collect();
    lines.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.what.cmp(&b.what)));
    lines
}

fn line(view: &View<'_>, source: String, events: &[Event<'_>], scene: &Scene<'_>) -> Option<Line> {
    let text = |sym| scene.symbols.text(sym);
    let (first, last) = (events.first()?.0.time, events.last()?.0.time);
    let families: Vec<String> = events.iter().map(|(_, row)| agent_family(text(row.user_agent))).collect();
    let programs = deeds::distinct(families.iter().map(String::as_str));
    // The keys of a service are nobody's.
    let own: Vec<_> = events.iter().filter(|(_, row)| !is_by_service(row, scene.symbols)).collect();
    let keys = deeds::distinct(own.iter().map(|(_, row)| text(row.access_key_id)));
    let place = source.parse().ok().zip(view.addresses).map(|(address, lookup)| lookup.describe(address));
    let place = place.filter(|place| !place.is_empty()).map(|place| format!(" ({place})")).unwrap_or_default();
    let (count, most) = (quantity(events.len() as u64, "event"), scene.most(NAMED));
    let with = match (own.is_empty(), keys.is_empty()) {
        (true, _) => vec!["a service that acts on its behalf".to_owned()],
        (_, true) => vec!["with no access key".to_owned()],
        _ => phrases("with ", &keys, most),
    };
    Some(Line {
        part: Some(Part::Addresses),
        what: format!("{source}{place}: {count}, {}", span(first, last)),
        more: vec![[phrases("programs ", &programs, most), with].concat()],
        first: Some(first),
        last: Some(last),
        events: events.len(),
        errors: events.iter().filter(|(_, row)| !row.error(scene.symbols).is_empty()).count(),
        addresses: vec![source],
        access_keys: keys,
        ..Line::default()
    })
}
