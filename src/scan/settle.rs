//! Counting the updates of earlier records, once all has been read.

use std::collections::BTreeMap;

use super::counting::{Counts, Rules};
use super::update::Update;
use crate::aggregate::State;
use crate::model::KeptEvent;

/// Counts what updates events that were not read; the others are among the duplicates.
pub(super) fn updates(updates: Vec<Update>, rules: &Rules<'_>, counts: &mut Counts, state: &mut State) {
    let mut by_original: BTreeMap<(String, String), Vec<KeptEvent>> = BTreeMap::new();
    for Update { original, event } in updates {
        by_original.entry(original).or_default().push(event);
    }
    for (((account, original), events), number) in by_original.into_iter().zip(0..) {
        let is_read = rules.dedupe.as_ref().is_some_and(|dedupe| dedupe.has(&original, &account));
        let last = events.iter().max_by(|a, b| a.order(b)).filter(|_| !is_read);
        counts.superseded(events.len() as u64 - u64::from(last.is_some()));
        if let Some(last) = last {
            last.with(number, |event| counts.count_late(event, state));
        }
    }
}
