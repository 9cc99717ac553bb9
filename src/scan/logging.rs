//! Calls that stop, narrow or delete what trails record: a trail that was blinded is part of coverage.
//!
//! Of every record that is read, counted or not: a window or filter does not make a trail see again.

use std::collections::BTreeMap;

use crate::coverage::{CoverageFacts, LoggingChange};
use crate::model::{
    Event, EventTime, FactKind, LoggingCall, LoggingObject, LoggingRecord, TrailFact, TrailFacts, principal_of,
};

/// Calls that always belong to the coverage, whatever they come to.
const ALWAYS: [&str; 4] = ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"];

/// What records say of logging.
#[derive(Clone, Debug, Default)]
pub(super) struct LoggingNotes {
    /// The time of each call; of deletions the first of a day, since there may be one for every object.
    calls: BTreeMap<Noted, Option<EventTime>>,
    /// What is known of trails.
    facts: TrailFacts,
}

/// A call that was noted.
pub(super) struct NotedCall {
    /// What tells it from others beside what follows: of deletions the begin of the day.
    pub moment: Option<EventTime>,
    /// When; of deletions the first of the day.
    pub time: Option<EventTime>,
    /// The account that received the record.
    pub account_id: String,
    /// The principal.
    pub actor: String,
    /// The call.
    pub call: LoggingCall,
}

/// What tells two calls apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Noted {
    moment: Option<EventTime>,
    account_id: String,
    actor: String,
    call: LoggingCall,
}

impl LoggingNotes {
    /// Takes in what `event` says. Failed calls change nothing.
    #[inline]
    pub fn note(&mut self, event: &Event<'_>) {
        if let Some(record) = LoggingRecord::of(event) {
            self.keep(record, event);
        }
    }

    #[cold]
    fn keep(&mut self, record: LoggingRecord, event: &Event<'_>) {
        record.facts.into_iter().for_each(|fact| self.facts.insert(fact));
        let Some(call) = record.call.filter(|_| !event.is_error()) else { return };
        let time = event.event_time;
        let is_deletion = call.object == LoggingObject::LogObjects;
        let moment = if is_deletion { time.map(|time| time.day().start()) } else { time };
        let actor = principal_of(&event.user_identity).into_owned();
        let noted = Noted { moment, account_id: event.account_id().to_owned(), actor, call };
        self.see(noted, time);
    }

    fn see(&mut self, noted: Noted, time: Option<EventTime>) {
        let first = self.calls.entry(noted).or_insert(time);
        *first = (*first).min(time);
    }

    /// The calls, in order.
    pub fn calls(&self) -> impl Iterator<Item = NotedCall> {
        self.calls.iter().map(|(noted, &time)| {
            let Noted { moment, account_id, actor, call } = noted.clone();
            NotedCall { moment, time, account_id, actor, call }
        })
    }

    /// What is known of trails, in order.
    pub fn facts(&self) -> impl Iterator<Item = &TrailFact> {
        self.facts.iter()
    }

    /// Takes in a call that was noted before.
    pub fn add_call(&mut self, noted: NotedCall) {
        let NotedCall { moment, time, account_id, actor, call } = noted;
        self.see(Noted { moment, account_id, actor, call }, time);
    }

    /// Takes in a fact that was noted before.
    pub fn add_fact(&mut self, fact: TrailFact) {
        self.facts.insert(fact);
    }

    /// Takes in all that another worker noted.
    pub fn merge(&mut self, other: Self) {
        self.facts.merge(other.facts);
        for (noted, time) in other.calls {
            self.see(noted, time);
        }
    }

    /// Tells a coverage what the calls come to, now that all records were read.
    pub fn settle(self, coverage: &mut CoverageFacts) {
        for (noted, time) in self.calls {
            let Noted { account_id, actor, call, .. } = noted;
            let Some(settled) = self.facts.settle(&call, time) else { continue };
            if !settled.effect.blinds() && !ALWAYS.contains(&call.event.as_str()) {
                continue;
            }
            coverage.logging_changes.push(LoggingChange {
                time,
                event: call.event,
                actor,
                trail: call.name,
                account_id,
                effect: settled.effect.as_str(),
                undone: settled.undone,
                concerns: settled,
            });
        }
        coverage.logging_changes.sort();
        let is_region = |fact: &&TrailFact| fact.kind == FactKind::EnabledRegion;
        for fact in self.facts.iter().filter(is_region) {
            coverage.proof.enabled_regions.insert((fact.home.clone(), fact.name.clone()));
        }
    }
}
