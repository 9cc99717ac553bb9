//! Counting the updates of earlier records, once all has been read.

use std::collections::BTreeMap;

use super::counting::{Counts, Rules};
use super::keep::Keep;
use super::update::Update;
use crate::model::KeptEvent;

/// Counts what updates events that were not read; the others are among the duplicates.
pub(super) fn updates(updates: Vec<Update>, rules: &Rules<'_>, counts: &mut Counts, kept: &mut impl Keep) {
    let mut by_original: BTreeMap<(String, String), Vec<KeptEvent>> = BTreeMap::new();
    for Update { original, event } in updates {
        by_original.entry(original).or_default().push(event);
    }
    let mut number = 0;
    for ((account, original), mut events) in by_original {
        let is_read = rules.dedupe.as_ref().is_some_and(|dedupe| dedupe.has(&original, &account));
        events.sort_by(KeptEvent::order);
        let last = if is_read { None } else { events.pop() };
        for (event, is_last) in events.iter().map(|event| (event, false)).chain(last.iter().map(|last| (last, true))) {
            event.with(number, |event| match is_last {
                true => counts.count_late(event, kept),
                false => counts.superseded(event, kept),
            });
            number += 1;
        }
    }
}
