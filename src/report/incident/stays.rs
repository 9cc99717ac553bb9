//! Changes that outlast the credential, and what took them back: the same credentials, or anybody else.

use ahash::AHashMap;

use super::Event;
use super::line::{Line, Part, at};
use crate::aggregate::Symbols;
use crate::aggregate::around::Around;
use crate::aggregate::events::{EventRow, Place};
use crate::model::{Change, EventTime, PolicyClass, is_quarantine, plain_event, service_of, short_name};

/// What is said of a change that nothing took back.
const STAYS: &str = "stays, as far as these logs tell";

/// A lasting change of the incident.
pub(super) struct Lasting<'a> {
    pub event: Event<'a>,
    pub change: Change,
    /// What took it back: when, who, by which call.
    pub undone: Option<String>,
}

/// Calls that take back changes, by service and name, in the order of time.
struct TakenBack<'a> {
    by_call: AHashMap<(&'a str, &'a str), Vec<Call<'a>>>,
}

/// A call with what its record says.
struct Call<'a> {
    event: Event<'a>,
    record: serde_json::Value,
}

/// All of them, in the order of time.
pub(super) fn changes<'a>(events: &[Event<'a>], around: Option<&Around>, symbols: &Symbols) -> Vec<Lasting<'a>> {
    let text = |sym| symbols.text(sym);
    // What AWS attaches to the user of a leaked key is no change of the incident: it contains it.
    let is_quarantined = |row: &EventRow| row.resources.iter().any(|name| is_quarantine(name, PolicyClass::AwsManaged));
    let worked = events.iter().filter(|(_, row)| row.error(symbols).is_empty() && !is_quarantined(row));
    let taken_back = TakenBack::of(around, symbols);
    let changes = worked.filter_map(|&(place, row)| {
        let change = Change::of(text(row.service), text(row.event_name), &row.record)?;
        let undone = taken_back.of_change(&change, place).map(|((time, by), how)| match how {
            "CreateTrail" if time <= place.time => {
                format!("was made {} by {}", at(time), short_name(text(by.principal)))
            }
            how => format!("taken back {} by {} ({how})", at(time), short_name(text(by.principal))),
        });
        Some(Lasting { event: (place, row), change, undone })
    });
    changes.collect()
}

impl<'a> TakenBack<'a> {
    fn of(around: Option<&'a Around>, symbols: &'a Symbols) -> Self {
        let mut by_call: AHashMap<(&str, &str), Vec<Call<'_>>> = AHashMap::new();
        for event in around.into_iter().flat_map(Around::taken_back) {
            let (_, row) = event;
            let call = (service_of(symbols.text(row.service)), plain_event(symbols.text(row.event_name)));
            if let Ok(record) = serde_json::from_str(&row.record) {
                by_call.entry(call).or_default().push(Call { event, record });
            }
        }
        Self { by_call }
    }

    /// The first call that took a change back; of a trail that was taken away, else the one that had made it.
    fn of_change(&self, change: &Change, made: &Place) -> Option<((EventTime, &'a EventRow), &'static str)> {
        let calls =
            || change.undone_by().filter_map(|(service, event)| Some((self.by_call.get(&(service, event))?, event)));
        let same = |call: &&Call<'a>, event: &str| {
            call.event.0.account_id == made.account_id && change.is_undone_by(event, &call.record)
        };
        let later = calls().flat_map(|(calls, event)| {
            let begin = calls.partition_point(|call| call.event.0.time < made.time);
            let redone = calls[begin..].iter().rposition(|call| change.is_redone_by(event, &call.record));
            let begin = begin + redone.map_or(0, |redone| redone + 1);
            calls[begin..].iter().find(|call| same(call, event)).map(|call| (call, event))
        });
        let earlier = calls().filter(|(_, event)| *event == "CreateTrail");
        let earlier =
            earlier.flat_map(|(calls, event)| calls.iter().find(|call| same(call, event)).map(|call| (call, event)));
        let found = later.min_by_key(|(call, _)| call.event.0).or_else(|| earlier.min_by_key(|(call, _)| call.event.0));
        found.map(|(call, event)| ((call.event.0.time, call.event.1), event))
    }
}

/// The lines: first what stays.
pub(super) fn lines(changes: &[Lasting<'_>], symbols: &Symbols) -> Vec<Line> {
    let is_of_many =
        super::deeds::is_of_many_accounts(&changes.iter().map(|lasting| lasting.event).collect::<Vec<_>>());
    let mut lines: Vec<Line> = changes.iter().map(|lasting| line((lasting, is_of_many), symbols)).collect();
    lines.sort_by_key(|line| (!line.outcome.starts_with(STAYS), line.first));
    lines
}

fn line((lasting, is_of_many): (&Lasting<'_>, bool), symbols: &Symbols) -> Line {
    let (place, row) = lasting.event;
    let text = |sym| symbols.text(sym);
    let (what, name) = (lasting.change.kind.what, lasting.change.name());
    let outcome = lasting.undone.clone().unwrap_or_else(|| STAYS.to_owned());
    let account = is_of_many.then(|| format!("account {}", place.account_id));
    let by =
        format!("{} by {} ({})", at(place.time), short_name(text(row.principal)), plain_event(text(row.event_name)));
    Line {
        part: Some(Part::Stays),
        what: format!("{what}: {name}"),
        more: vec![account.into_iter().chain([by, outcome.clone()]).collect()],
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
