//! Records that bring an earlier one up to date: `addendum` with the reason UPDATED_DATA.
//!
//! Such a record stands for the event that it names, so it counts only where that was not read: the trail may have
//! delivered it before the window, to another place, or not at all. Of several updates of one event the last counts.
//! Whether the original is there is known only when all has been read, so updates wait until then, whatever comes first.
//!
//! Source: CloudTrail user guide, "CloudTrail record contents", `addendum`: the reason, and the originalEventID that the
//! record updates.

use std::collections::BTreeMap;

use super::counting::{Counts, Rules};
use super::keep::Keep;
use crate::model::{Event, KeptEvent, members, text};

/// Whether the record updates an earlier one.
#[inline]
pub(super) fn is_update(event: &Event<'_>) -> bool {
    !event.addendum.is_empty() && event.addendum.contains("\"UPDATED_DATA\"")
}

/// An update that waits.
pub(super) struct Update {
    /// The account and the eventID of the record that it updates.
    original: (String, String),
    event: KeptEvent,
}

impl Update {
    /// Keeps an update; `None` where it does not say what it updates.
    pub fn of(event: &Event<'_>) -> Option<Self> {
        let [original] = members(event.addendum, ["originalEventID"]).map(text);
        if original.is_empty() {
            return None;
        }
        let original = (event.account_id().to_owned(), original.into_owned());
        KeptEvent::of(event).map(|event| Self { original, event })
    }
}

/// Counts what updates events that were not read; the others are among the duplicates.
pub(super) fn settle(updates: Vec<Update>, rules: &Rules<'_>, counts: &mut Counts, kept: &mut impl Keep) {
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
