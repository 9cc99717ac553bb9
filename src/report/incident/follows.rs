//! What may follow from the incident: credentials that were issued through what it had opened, to others or to machines. A
//! person or a machine that was let in is not the one who opened. Beside them what was there before and was used from elsewhere
//! afterwards: see [`WereThere`].
//!
//! Issuing calls of all that was read are known, counted or not: sessions here need not be among the counted events.

use std::collections::BTreeMap;

use ahash::AHashSet;

use super::line::{Line, Part, at, capped, phrases, span};
use super::openings::{Opening, Way, openings};
use super::stays::Lasting;
use super::were_there::WereThere;
use super::{Event, Scene, deeds};
use crate::aggregate::State;
use crate::aggregate::issuances::{Issuance, Issuances};
use crate::model::{EventTime, grouped, plain_event, shell_quoted, short_name};
use crate::report::trace::Link;

/// Callers that a line names.
const NAMED: usize = 3;

/// Lines that the page has.
const SHOWN: usize = 12;

/// Changes after which sessions come that records do not tell from those through another provider or anchor: the call that
/// issues them.
const UNTOLD: [(&str, &str, &str); 5] = [
    ("CreateSAMLProvider", "sts", "AssumeRoleWithSAML"),
    ("UpdateSAMLProvider", "sts", "AssumeRoleWithSAML"),
    ("CreateTrustAnchor", "rolesanywhere", "CreateSession"),
    ("EnableTrustAnchor", "rolesanywhere", "CreateSession"),
    ("UpdateTrustAnchor", "rolesanywhere", "CreateSession"),
];

/// The lines: a line a way, by the first that came through it.
pub(super) fn lines(
    state: &State,
    (events, changes): (&[Event<'_>], &[Lasting<'_>]),
    held: &[&Link],
    scene: &Scene<'_>,
) -> Vec<Line> {
    let issued = state.get::<Issuances>().map(|issuances| issuances.all(scene.symbols)).unwrap_or_default();
    let own: AHashSet<&str> = held.iter().flat_map(|link| &link.access_keys).map(|key| &**key).collect();
    // Of several changes of one thing the first opened it.
    let mut ways: BTreeMap<(Way, &str), Vec<Opening<'_>>> = BTreeMap::new();
    for opening in openings(events, changes, scene) {
        ways.entry((opening.way.clone(), opening.account)).or_default().push(opening);
    }
    let were_there = WereThere::of(state, events, (&issued, &own), scene);
    let of_before: Vec<Line> = ways.values().filter_map(|openings| were_there.line(openings)).collect();
    let of_ways = ways.into_values().filter_map(|openings| line(&openings, &issued, &own, scene));
    let mut lines: Vec<Line> = of_ways.chain(untold(changes, scene)).collect();
    lines.extend(of_before);
    lines.sort_by(|a, b| (a.first, &a.what).cmp(&(b.first, &b.what)));
    let shown = if scene.is_whole { usize::MAX } else { SHOWN };
    capped(Part::Follows, lines, shown)
}

/// What came through one way; `None` where nothing did.
fn line(openings: &[Opening<'_>], issued: &[Issuance<'_>], own: &AHashSet<&str>, scene: &Scene<'_>) -> Option<Line> {
    let opening = openings.iter().min_by_key(|opening| opening.since)?;
    let is_open = |time: EventTime| {
        openings.iter().any(|opening| opening.since <= time && opening.until.is_none_or(|until| time <= until))
    };
    let of_way = || {
        let of_account = issued.iter().filter(|issuance| issuance.account_id() == opening.account);
        of_account.filter(|issuance| opening.way.leads_to(issuance))
    };
    // Who took the role before could do so without what was opened.
    let is_role = matches!(opening.way, Way::Role(_));
    let before: AHashSet<&str> = of_way()
        .filter(|issuance| is_role && issuance.time().is_some_and(|time| time < opening.since))
        .map(|issuance| issuance.caller())
        .collect();
    let is_of_others = |issuance: &&Issuance<'_>| {
        !own.contains(issuance.access_key_id()) && !own.contains(issuance.caller_access_key_id())
    };
    let mut came: Vec<&Issuance<'_>> = of_way()
        .filter(|issuance| issuance.time().is_some_and(is_open))
        .filter(|issuance| !before.contains(issuance.caller()))
        .filter(is_of_others)
        .collect();
    came.sort_by_key(|issuance| issuance.time());
    let times = || came.iter().filter_map(|issuance| issuance.time());
    let (first, last) = (times().min()?, times().max()?);
    let callers = deeds::distinct(came.iter().map(|issuance| short_name(issuance.caller())));
    let addresses = deeds::distinct(came.iter().map(|issuance| issuance.source_address()));
    let (told, next) = (opening.way.told(), opening.way.next(&came));
    let count =
        if came.len() == 1 { "1 session".to_owned() } else { format!("{} sessions", grouped(came.len() as u64)) };
    let account = scene.is_of_many.then(|| format!("account {}", opening.account));
    let since = format!("after {} {}", opening.event, at(opening.since));
    Some(Line {
        part: Some(Part::Follows),
        what: format!("{told}: {count} of others, {}", span(first, last)),
        more: vec![
            account
                .into_iter()
                .chain([since])
                .chain(phrases("to ", &callers, scene.most(NAMED)))
                .chain(phrases("from ", &addresses, scene.most(NAMED)))
                .collect(),
            vec![next.clone()],
        ],
        first: Some(first),
        last: Some(last),
        events: came.len(),
        addresses,
        access_keys: deeds::distinct(came.iter().map(|issuance| issuance.access_key_id())),
        command: next,
        ..Line::default()
    })
}

/// What records do not tell: how to look for it.
fn untold(changes: &[Lasting<'_>], scene: &Scene<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for lasting in changes {
        let (place, row) = lasting.event;
        let event = plain_event(scene.symbols.text(row.event_name));
        let Some((_, service, issuing)) = UNTOLD.iter().find(|(of, ..)| *of == event) else { continue };
        let until = lasting.undone.map_or_else(String::new, |undone| format!(" until {}", at(undone.time())));
        let end = lasting.undone.map_or_else(String::new, |undone| format!(" --until {}", undone.time()));
        let command = format!(
            "trailscan events --event {issuing} --service {service}.amazonaws.com --account {} --since {}{end}",
            shell_quoted(&place.account_id),
            place.time
        );
        let what = format!("{}: whose sessions came through it is not told here", lasting.change.kind.what);
        lines.push(Line {
            part: Some(Part::Follows),
            what,
            more: vec![vec![lasting.change.name(), format!("from {}{until}", at(place.time))], vec![command.clone()]],
            first: Some(place.time),
            last: Some(place.time),
            events: 0,
            command,
            ..Line::default()
        });
    }
    lines
}
