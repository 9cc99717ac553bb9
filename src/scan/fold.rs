//! What workers came to, folded into one.

use super::counting::{Counts, Rules};
use super::logging::LoggingNotes;
use super::object::Unjudged;
use super::rollup::Kept;
use super::settle;
use crate::aggregate::{AggregateKind, State};
use crate::coverage::CoverageFacts;
use crate::integrity::SeenObject;
use crate::model::EventTime;

/// What one worker came to.
pub(super) struct Done<K> {
    pub kept: K,
    pub counts: Counts,
    pub coverage: CoverageFacts,
    pub unjudged: Vec<Unjudged>,
    pub seen: Vec<SeenObject>,
}

/// What all workers came to.
pub(super) struct Folded {
    pub state: State,
    pub coverage: CoverageFacts,
    pub newest_event_read: Option<EventTime>,
    pub seen: Vec<SeenObject>,
}

/// Folds what all workers came to into one.
pub(super) fn fold(
    done: Vec<Done<State>>,
    aggregates: &[&'static AggregateKind],
    rules: &Rules<'_>,
    kept: &mut Option<Kept>,
) -> Folded {
    let mut coverage = CoverageFacts::default();
    let mut newest_event_read = None;
    let mut states: Vec<State> = Vec::with_capacity(done.len());
    let (mut unjudged, mut updates) = (Vec::new(), Vec::new());
    let (mut logging, mut seen) = (LoggingNotes::default(), Vec::new());
    for mut worker in done {
        seen.append(&mut worker.seen);
        coverage.add_objects(worker.coverage);
        logging.merge(std::mem::take(&mut worker.counts.logging));
        updates.append(&mut worker.counts.waiting);
        newest_event_read = newest_event_read.max(worker.counts.fold_into(&mut coverage));
        states.push(worker.kept);
        unjudged.extend(worker.unjudged);
    }
    if let Some(kept) = kept {
        kept.covered.iter_mut().for_each(|covered| logging.merge(std::mem::take(&mut covered.logging)));
        states.push(std::mem::replace(&mut kept.state, State::new(&[])));
    }
    for object in unjudged {
        object.judge(&mut coverage);
    }
    let mut state = states.into_iter().reduce(State::merge).unwrap_or_else(|| State::new(aggregates));
    let mut late = Counts::default();
    settle::updates(updates, rules, &mut late, &mut state);
    late.fold_into(&mut coverage);
    logging.settle(&mut coverage);
    Folded { state, coverage, newest_event_read, seen }
}
