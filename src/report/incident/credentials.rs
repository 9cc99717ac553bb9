//! Where the credentials come from and what is below them, a line each; of sessions that nobody used, and of those of services,
//! the page has one line for all below one.

use std::collections::BTreeMap;

use super::contain::{is_alive, outcome};
use super::gone::Gone;
use super::line::{Line, Part, Shown, at, phrases, span};
use super::{Scene, deeds};
use crate::model::{EventTime, quantity};
use crate::report::Way;
use crate::report::trace::Link;

/// Names that a line tells.
const NAMED: usize = 3;

/// Why a session has no line of its own on the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fold {
    /// It was issued, and nothing was done with it that was counted.
    Unused,
    /// A service had it, to act on somebody's behalf.
    OfService,
}

/// The lines, in reading order.
pub(super) fn lines(links: &[Link], gone: &Gone<'_>, as_of: Option<EventTime>, scene: &Scene<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    // The sessions that have no line of their own yet, by where the line of all of them will stand.
    let mut folds: BTreeMap<(usize, Fold), Vec<&Link>> = BTreeMap::new();
    for (place, link) in links.iter().enumerate() {
        // What hangs below a link ends where the next is not deeper.
        let depth = link.node.depth;
        flush(&mut folds, depth, &mut lines, (gone, as_of), scene);
        let has_children = links.get(place + 1).is_some_and(|next| next.node.depth > depth);
        let fold = fold_of(link).filter(|_| !has_children && !scene.is_whole);
        let shown = if fold.is_some() { Shown::InRows } else { Shown::Everywhere };
        lines.push(Line { shown, ..line(link, gone, as_of) });
        if let Some(fold) = fold {
            folds.entry((depth, fold)).or_default().push(link);
        }
    }
    flush(&mut folds, 0, &mut lines, (gone, as_of), scene);
    lines
}

/// Writes the lines of folded sessions that are deeper than what comes next.
fn flush(
    folds: &mut BTreeMap<(usize, Fold), Vec<&Link>>,
    next: usize,
    lines: &mut Vec<Line>,
    (gone, as_of): (&Gone<'_>, Option<EventTime>),
    scene: &Scene<'_>,
) {
    while let Some(entry) = folds.last_entry().filter(|entry| entry.key().0 > next || next == 0) {
        let ((depth, fold), links) = entry.remove_entry();
        lines.push(folded(fold, (depth, &links), (gone, as_of), scene));
    }
}

fn fold_of(link: &Link) -> Option<Fold> {
    match link.is_session && link.node.way != Way::Asked && link.made.as_deref().unwrap_or_default().is_empty() {
        true if link.node.counts.0 == 0 => Some(Fold::Unused),
        true if link.is_of_service => Some(Fold::OfService),
        _ => None,
    }
}

fn folded(
    fold: Fold,
    (depth, links): (usize, &[&Link]),
    (gone, as_of): (&Gone<'_>, Option<EventTime>),
    scene: &Scene<'_>,
) -> Line {
    let lives = || links.iter().filter_map(|link| link.life);
    let times = lives().map(|(began, _)| began).min().zip(lives().map(|(_, last)| last).max());
    let when = times.map(|(first, last)| span(first, last));
    let number = quantity(links.len() as u64, "session");
    let (what, more) = match fold {
        Fold::Unused => {
            let labels = deeds::distinct(links.iter().map(|link| &*link.node.label));
            let alive: Vec<_> =
                links.iter().filter(|link| is_alive(link, as_of) && gone.of_link(link).is_none()).collect();
            let ends: Option<Vec<EventTime>> = alive.iter().map(|link| link.expires).collect();
            let outcome = match ends.and_then(|ends| ends.into_iter().max()) {
                _ if alive.is_empty() => "all have ended".to_owned(),
                Some(last) => format!("{} may still work, until {}", alive.len(), at(last)),
                None => format!("{} may still work", alive.len()),
            };
            let named = phrases("", &labels, scene.most(NAMED));
            let when = when.into_iter().chain([outcome]).collect();
            (format!("{number} issued, and no use counted"), vec![named, when])
        }
        Fold::OfService => {
            let events = quantity(links.iter().map(|link| link.node.counts.0.unsigned_abs()).sum(), "event");
            let when = when.into_iter().chain(["keys of theirs that nobody else holds".to_owned()]).collect();
            (format!("{number} of services that act on its behalf: {events}"), vec![when])
        }
    };
    Line { part: Some(Part::Credentials), shown: Shown::OnPage, depth, what, more, ..Line::default() }
}

fn line(link: &Link, gone: &Gone<'_>, as_of: Option<EventTime>) -> Line {
    let outcome = outcome(link, gone, as_of);
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
