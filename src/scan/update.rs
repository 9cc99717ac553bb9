//! Records that bring an earlier one up to date: `addendum` with the reason UPDATED_DATA.
//!
//! Such a record stands for the event that it names, so it counts only where that was not read: the trail may have
//! delivered it before the window, to another place, or not at all. Of several updates of one event the last counts.
//! Whether the original is there is known only when all has been read, so updates wait until then, whatever comes first.
//!
//! Source: CloudTrail user guide, "CloudTrail record contents", `addendum`: the reason, and the originalEventID that the
//! record updates.

use crate::model::{Event, KeptEvent, members, text};

/// Whether the record updates an earlier one.
#[inline]
pub(super) fn is_update(event: &Event<'_>) -> bool {
    !event.addendum.is_empty() && event.addendum.contains("\"UPDATED_DATA\"")
}

/// An update that waits.
pub(super) struct Update {
    /// The account and the eventID of the record that it updates.
    pub original: (String, String),
    pub event: KeptEvent,
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
