//! Changes that outlast the credential, and what took them back: the same credentials, or anybody else.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use ahash::{AHashMap, AHashSet};
use serde_json::Value;

use super::line::{Line, Part, Shown, at, phrases, span};
use super::{Event, Scene};
use crate::aggregate::Symbols;
use crate::aggregate::around::Around;
use crate::aggregate::events::EventRow;
use crate::model::{
    Change, EventTime, PolicyClass, grouped, is_quarantine, plain_event, quantity, service_of, short_name,
};

/// What is said of a change that nothing took back.
const STAYS: &str = "stays, as far as these logs tell";

/// Changes of one kind that the page tells one by one.
const ONE_BY_ONE: usize = 3;

/// Names that a line tells of each kind.
const NAMED: usize = 4;

/// A lasting change of the incident.
pub(super) struct Lasting<'a> {
    pub event: Event<'a>,
    pub change: Change,
    /// What took it back.
    pub undone: Option<Undone<'a>>,
}

/// The call that took a change back; of something of its own that was taken away, the one that had made it.
#[derive(Clone, Copy)]
pub(super) struct Undone<'a> {
    event: Event<'a>,
    /// The API.
    how: &'static str,
    /// Whether it came before: what was taken away was made by the same credentials.
    is_before: bool,
}

/// Calls that take back changes, by service and name, in the order of time.
struct TakenBack<'a> {
    by_call: AHashMap<(&'a str, &'a str), Vec<Call<'a>>>,
    /// The events of the incident, by time and id.
    own: AHashSet<(EventTime, &'a str)>,
}

/// A call, and what its record says: read where a change may be meant, since most are about nothing that was changed.
struct Call<'a> {
    event: Event<'a>,
    record: OnceCell<Option<Value>>,
}

impl Call<'_> {
    /// What its record says; `None` where that is not JSON.
    fn record(&self) -> Option<&Value> {
        self.record.get_or_init(|| serde_json::from_str(&self.event.1.record).ok()).as_ref()
    }
}

/// All of them, in the order of time.
pub(super) fn changes<'a>(events: &[Event<'a>], around: Option<&'a Around>, symbols: &'a Symbols) -> Vec<Lasting<'a>> {
    let text = |sym| symbols.text(sym);
    // What AWS attaches to the user of a leaked key is no change of the incident: it contains it.
    let is_quarantined = |row: &EventRow| {
        text(row.event_name) == "AttachUserPolicy"
            && row.resources.iter().any(|name| is_quarantine(name, PolicyClass::AwsManaged))
    };
    let worked = events.iter().filter(|(_, row)| row.error(symbols).is_empty() && !is_quarantined(row));
    let taken_back = TakenBack::of(events, around, symbols);
    let mut changes: Vec<Lasting<'_>> = worked
        .filter_map(|&(place, row)| {
            let change = Change::of(text(row.service), text(row.event_name), &row.record)?;
            let is_one = !change.kind.is_of_outsiders() || !row.lets_in.is_empty();
            is_one.then_some(((place, row), change))
        })
        .flat_map(|(event, change)| change.each().into_iter().map(move |change| (event, change)))
        .map(|(event, change)| Lasting { undone: taken_back.of_change(&change, event), event, change })
        .collect();
    // Neither a policy that only puts an end to what an earlier one let in is a change of its own, nor that a change of its own
    // was taken away again.
    let undoing = undoing(&changes);
    let made: AHashSet<(EventTime, &str)> =
        changes.iter().map(|lasting| (lasting.event.0.time, &*lasting.event.0.event_id)).collect();
    changes.retain(|lasting| {
        let (place, row) = lasting.event;
        if lasting
            .undone
            .is_some_and(|undone| undone.is_before && made.contains(&(undone.event.0.time, &*undone.event.0.event_id)))
        {
            return false;
        }
        let is_policy = lasting.change.is_replaced_by(plain_event(text(row.event_name)));
        !(is_policy && row.lets_in.is_empty() && undoing.contains(&(place.time, &*place.event_id)))
    });
    changes
}

/// The events that took changes back, by time and id.
pub(super) fn undoing<'a>(changes: &[Lasting<'a>]) -> AHashSet<(EventTime, &'a str)> {
    let later = changes.iter().filter_map(|lasting| lasting.undone.filter(|undone| !undone.is_before));
    later.map(|undone| (undone.event.0.time, &*undone.event.0.event_id)).collect()
}

impl<'a> TakenBack<'a> {
    fn of(events: &[Event<'a>], around: Option<&'a Around>, symbols: &'a Symbols) -> Self {
        let mut by_call: AHashMap<(&str, &str), Vec<Call<'_>>> = AHashMap::new();
        for event in around.into_iter().flat_map(Around::taken_back) {
            let (_, row) = event;
            let call = (service_of(symbols.text(row.service)), plain_event(symbols.text(row.event_name)));
            by_call.entry(call).or_default().push(Call { event, record: OnceCell::new() });
        }
        Self { by_call, own: events.iter().map(|(place, _)| (place.time, &*place.event_id)).collect() }
    }

    /// The first call that took a change back; of what was taken away, else the call of the same credentials that had made it.
    fn of_change(&self, change: &Change, (made, row): Event<'a>) -> Option<Undone<'a>> {
        let calls =
            || change.undone_by().filter_map(|(service, event)| Some((self.by_call.get(&(service, event))?, event)));
        let same = |call: &&Call<'a>, event: &str| {
            call.event.0.account_id == made.account_id
                && (change.is_global() || call.event.1.region == row.region)
                && call.record().is_some_and(|record| change.is_undone_by(event, record))
                && (!change.is_replaced_by(event) || lets_none_in(row, call.event.1))
        };
        let is_own = |call: &&Call<'a>| self.own.contains(&(call.event.0.time, &*call.event.0.event_id));
        let later = calls().flat_map(|(calls, event)| {
            let begin = match self.redone(change, event, (made, row)) {
                // In the same second nobody knows which came last.
                Some(redone) => calls.partition_point(|call| call.event.0.time <= redone),
                None => calls.partition_point(|call| call.event.0.time < made.time),
            };
            // A trail or device of the same name that the same credentials make is theirs, and not the one that was there.
            let back = |call: &&Call<'a>| same(call, event) && !(change.is_made_anew_by(event) && is_own(call));
            calls[begin..].iter().find(back).map(|call| (call, event))
        });
        let is_making = |event: &str| event != "EnableMFADevice" && change.is_made_anew_by(event);
        let earlier = calls().filter(|(_, event)| is_making(event));
        let earlier = earlier.flat_map(|(calls, event)| {
            let begin = calls.partition_point(|call| call.event.0.time <= made.time);
            calls[..begin].iter().find(|call| same(call, event) && is_own(call)).map(|call| (call, event))
        });
        let found = later.min_by_key(|(call, _)| call.event.0).or_else(|| earlier.min_by_key(|(call, _)| call.event.0));
        found.map(|(call, how)| {
            let is_before = is_making(how) && is_own(&call) && call.event.0.time <= made.time;
            Undone { event: call.event, how, is_before }
        })
    }

    /// When what `undo` takes from a change was given back last.
    fn redone(&self, change: &Change, undo: &str, (made, row): Event<'a>) -> Option<EventTime> {
        let gives_back = |call: &&Call<'a>, event: &str| {
            call.event.0 > made
                && call.event.0.account_id == made.account_id
                && (change.is_global() || call.event.1.region == row.region)
                && call.record().is_some_and(|record| change.is_redone_by(undo, event, record))
        };
        let calls = change.redone_by(undo).filter_map(|call| Some((self.by_call.get(&call)?, call.1)));
        let last = calls.filter_map(|(calls, event)| calls.iter().rfind(|call| gives_back(call, event)));
        last.map(|call| call.event.0.time).max()
    }
}

/// Whether a policy that stands in the place of another lets in none of those whom that one did.
fn lets_none_in(before: &EventRow, after: &EventRow) -> bool {
    let lets_all_in = after.lets_in.iter().any(|who| who == "*");
    !before.lets_in.is_empty() && !lets_all_in && before.lets_in.iter().all(|who| !after.lets_in.contains(who))
}

impl Undone<'_> {
    /// When the call was made.
    pub fn time(&self) -> EventTime {
        self.event.0.time
    }

    fn told(&self, symbols: &Symbols) -> String {
        let (place, row) = self.event;
        let (time, by) = (at(place.time), short_name(symbols.text(row.principal)));
        match self.is_before {
            true => format!("was made {time} by {by}"),
            false => format!("taken back {time} by {by} ({})", self.how),
        }
    }
}

/// The lines: first what stays, then what was taken back. Of the latter the page has the names alone.
pub(super) fn lines(changes: &[Lasting<'_>], scene: &Scene<'_>) -> Vec<Line> {
    let (left, back): (Vec<_>, Vec<_>) = changes.iter().partition(|lasting| lasting.undone.is_none());
    let mut ordered: Vec<(bool, Line)> = Vec::new();
    for alike in by_kind(&left, true) {
        let is_folded = alike.len() > ONE_BY_ONE && !scene.is_whole;
        let shown = if is_folded { Shown::InRows } else { Shown::Everywhere };
        let each = alike.iter().map(|lasting| Line { shown, ..line(lasting, scene) });
        let is_resource = alike.first().is_some_and(|lasting| lasting.change.kind.is_resource());
        let all = each.chain(is_folded.then(|| several(&alike, scene)));
        ordered.extend(all.map(|line| (is_resource, line)));
    }
    // What lets somebody in, or blinds, comes before things.
    ordered.sort_by_key(|(is_resource, line)| (*is_resource, line.first));
    let mut lines: Vec<Line> = ordered.into_iter().map(|(_, line)| line).collect();
    let shown = if scene.is_whole { Shown::Everywhere } else { Shown::InRows };
    lines.extend(back.iter().map(|lasting| Line { shown, ..line(lasting, scene) }));
    if !back.is_empty() && !scene.is_whole {
        lines.push(taken_back(&back, changes.len(), scene));
    }
    lines
}

/// Changes by what they are, and by account where that matters; the kinds by their first, resources last.
fn by_kind<'c, 'a>(changes: &[&'c Lasting<'a>], by_account: bool) -> Vec<Vec<&'c Lasting<'a>>> {
    let mut kinds: BTreeMap<(&str, &str), Vec<&Lasting<'_>>> = BTreeMap::new();
    for lasting in changes {
        let account = if by_account { &*lasting.event.0.account_id } else { "" };
        kinds.entry((account, lasting.change.kind.what)).or_default().push(lasting);
    }
    let mut kinds: Vec<_> = kinds.into_values().collect();
    kinds.sort_by_key(|alike| alike.first().map(|lasting| (lasting.change.kind.is_resource(), lasting.event.0)));
    kinds
}

/// `new secret 3: a`, `b`, `c`: what changes of one kind are about, each once.
fn names(alike: &[&Lasting<'_>], scene: &Scene<'_>) -> Vec<String> {
    let all: Vec<String> = alike.iter().map(|lasting| in_short(&lasting.change.name())).collect();
    let all = super::deeds::distinct(all.iter().map(String::as_str));
    let what = alike.first().map_or("", |lasting| lasting.change.kind.what);
    let number = if alike.len() == 1 { String::new() } else { format!(", {}", grouped(alike.len() as u64)) };
    phrases(&format!("{what}{number}: "), &all, scene.most(NAMED))
}

/// `role (policy)` of `role, arn:…:policy`: what a change is about, and what more it names.
fn in_short(name: &str) -> String {
    let mut parts = name.split(", ").map(short_name);
    let first = parts.next().unwrap_or_default();
    let more: Vec<&str> = parts.collect();
    if more.is_empty() { first.to_owned() } else { format!("{first} ({})", more.join(", ")) }
}

/// Changes of one kind that stay.
fn several(alike: &[&Lasting<'_>], scene: &Scene<'_>) -> Line {
    let mut named = names(alike, scene).into_iter();
    let first_line = named.next().unwrap_or_default();
    let times = || alike.iter().map(|lasting| lasting.event.0.time);
    let (first, last) = (times().min(), times().max());
    let account =
        alike.first().filter(|_| scene.is_of_many).map(|lasting| format!("account {}", lasting.event.0.account_id));
    let when = first.zip(last).map(|(first, last)| span(first, last));
    Line {
        part: Some(Part::Stays),
        shown: Shown::OnPage,
        what: first_line,
        more: vec![named.collect(), account.into_iter().chain(when).chain([STAYS.to_owned()]).collect()],
        first,
        last,
        events: alike.len(),
        ..Line::default()
    }
}

/// What was taken back, with the names of each kind.
fn taken_back(back: &[&Lasting<'_>], all: usize, scene: &Scene<'_>) -> Line {
    let undone = || back.iter().filter_map(|lasting| lasting.undone);
    let times = || undone().map(|undone| undone.event.0.time);
    let when = times().min().zip(times().max()).map(|(first, last)| span(first, last));
    let by = super::deeds::distinct(undone().map(|undone| short_name(scene.symbols.text(undone.event.1.principal))));
    let mut more = vec![phrases("by ", &by, scene.most(NAMED))];
    more[0].extend(when);
    more.extend(by_kind(back, false).iter().map(|alike| names(alike, scene)));
    Line {
        part: Some(Part::Stays),
        shown: Shown::OnPage,
        what: format!(
            "{} of {} taken back, or of what it had made itself",
            grouped(back.len() as u64),
            quantity(all as u64, "change")
        ),
        more,
        events: back.len(),
        ..Line::default()
    }
}

fn line(lasting: &Lasting<'_>, scene: &Scene<'_>) -> Line {
    let (place, row) = lasting.event;
    let text = |sym| scene.symbols.text(sym);
    let (what, name) = (lasting.change.kind.what, lasting.change.name());
    let outcome = lasting.undone.map_or_else(|| STAYS.to_owned(), |undone| undone.told(scene.symbols));
    let account = scene.is_of_many.then(|| format!("account {}", place.account_id));
    let by =
        format!("{} by {} ({})", at(place.time), short_name(text(row.principal)), plain_event(text(row.event_name)));
    Line {
        part: Some(Part::Stays),
        what: match (&*name, &*lasting.change.more()) {
            ("", _) => what.to_owned(),
            (name, "") => format!("{what}: {name}"),
            (name, more) => format!("{what}: {name} ({more})"),
        },
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
