//! Changes that outlast the credential, and what took them back: the same credentials, or anybody else.

use super::Event;
use super::line::{Line, Part, at};
use crate::aggregate::Symbols;
use crate::aggregate::around::Around;
use crate::aggregate::events::{EventRow, Place};
use crate::model::{Change, PolicyClass, is_quarantine, plain_event, short_name};

/// What is said of a change that nothing took back.
const STAYS: &str = "stays, as far as these logs tell";

/// A lasting change of the incident.
pub(super) struct Lasting<'a> {
    pub event: Event<'a>,
    pub change: Change,
    /// What took it back: when, who, by which call.
    pub undone: Option<String>,
}

/// All of them, in the order of time.
pub(super) fn changes<'a>(events: &[Event<'a>], around: Option<&Around>, symbols: &Symbols) -> Vec<Lasting<'a>> {
    let text = |sym| symbols.text(sym);
    // What AWS attaches to the user of a leaked key is no change of the incident: it contains it.
    let is_quarantined = |row: &EventRow| row.resources.iter().any(|name| is_quarantine(name, PolicyClass::AwsManaged));
    let worked = events.iter().filter(|(_, row)| row.error(symbols).is_empty() && !is_quarantined(row));
    let changes = worked.filter_map(|&(place, row)| {
        let change = Change::of(text(row.service), text(row.event_name), &row.record)?;
        let undone = around.into_iter().flat_map(Around::taken_back).find(|(later, by)| {
            let same = later.account_id == place.account_id && later.time >= place.time;
            same && change.is_undone_by(text(by.service), text(by.event_name), &by.record)
        });
        let undone = undone.map(|(later, by)| {
            let (who, how) = (short_name(text(by.principal)), plain_event(text(by.event_name)));
            format!("taken back {} by {who} ({how})", at(later.time))
        });
        let undone = undone.or_else(|| own(&change, place, around, symbols));
        Some(Lasting { event: (place, row), change, undone })
    });
    changes.collect()
}

/// Of a trail that was taken away: that it had been made in the time that was read, when and by whom.
fn own(change: &Change, place: &Place, around: Option<&Around>, symbols: &Symbols) -> Option<String> {
    let text = |sym| symbols.text(sym);
    let made = around.into_iter().flat_map(Around::taken_back).find(|(earlier, by)| {
        let same = earlier.account_id == place.account_id && earlier.time <= place.time;
        same && plain_event(text(by.event_name)) == "CreateTrail"
            && change.is_undone_by(text(by.service), text(by.event_name), &by.record)
    });
    made.map(|(earlier, by)| format!("was made {} by {}", at(earlier.time), short_name(text(by.principal))))
}

/// The lines: first what stays.
pub(super) fn lines(changes: &[Lasting<'_>], symbols: &Symbols) -> Vec<Line> {
    let mut lines: Vec<Line> = changes.iter().map(|lasting| line(lasting, symbols)).collect();
    lines.sort_by_key(|line| (!line.outcome.starts_with(STAYS), line.first));
    lines
}

fn line(lasting: &Lasting<'_>, symbols: &Symbols) -> Line {
    let (place, row) = lasting.event;
    let text = |sym| symbols.text(sym);
    let (what, name) = (lasting.change.kind.what, lasting.change.name());
    let outcome = lasting.undone.clone().unwrap_or_else(|| STAYS.to_owned());
    let by =
        format!("{} by {} ({})", at(place.time), short_name(text(row.principal)), plain_event(text(row.event_name)));
    Line {
        part: Some(Part::Stays),
        what: format!("{what}: {name}"),
        more: vec![vec![by, outcome.clone()]],
        first: Some(place.time),
        last: Some(place.time),
        events: 1,
        resources: row.resources.iter().map(|name| name.to_string()).collect(),
        addresses: vec![super::deeds::shown(text(row.address))],
        access_keys: Some(text(row.access_key_id))
            .filter(|key| !key.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect(),
        outcome,
        ..Line::default()
    }
}
